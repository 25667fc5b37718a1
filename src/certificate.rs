//! Certificates: decoding, names, and the three checks, judged apart. Pure.
