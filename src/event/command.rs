//! What a front end may ask of a run.

use super::{CandidateId, Stage};

/// A request from the front end to the engine.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Command {
    /// Run one candidate again from this stage on.
    RerunStage {
        /// Which candidate.
        candidate: CandidateId,
        /// From which stage on.
        stage: Stage,
    },
    /// Run one candidate again.
    RerunCandidate {
        /// Which candidate.
        candidate: CandidateId,
    },
    /// Run everything again.
    RerunAll,
    /// Stop.
    Cancel,
}
