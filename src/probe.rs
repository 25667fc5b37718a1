//! The probes: one stage each, from its input to evidence and outcome.

pub mod dns;
pub mod tcp;
