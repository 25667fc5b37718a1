//! The session: wires one run together, from engine or recording to recorder and front end.
