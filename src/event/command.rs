//! What a front end may ask of a run.

use super::{Account, CandidateId, Reply, Stage};

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
    /// Keep a person's reply to a question.
    Reply {
        /// Id of the case that the question belongs to.
        question: String,
        /// The reply.
        reply: Reply,
    },
    /// Look at this export of Active Directory for service connection points.
    Directory {
        /// LDIF, or what `Get-ClientAccessService | Format-List` prints; not sanitised.
        text: String,
    },
    /// Sign in at one candidate: it runs again, and where it asks for credentials and all conditions hold it gets them,
    /// once.
    SignIn {
        /// Which candidate.
        candidate: CandidateId,
        /// What to sign in with, and where it may go.
        account: Account,
    },
    /// Run everything again.
    RerunAll,
    /// Stop.
    Cancel,
}
