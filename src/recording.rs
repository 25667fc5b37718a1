//! Recordings: the events of a run as JSON Lines.
