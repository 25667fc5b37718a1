//! The diagnosis: walk, findings and verdict of one model for one client, in one place so that they cannot disagree.

use crate::{
    event::{CandidateId, ClientFamily},
    finding::Finding,
    walk::{Prompt, VerdictClass, Walk},
};
use serde::Serialize;

/// Everything concluded from a model for one client.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// The run in one word and one sentence.
    pub verdict: Verdict,
    /// What this client would do.
    pub walk: Walk,
    /// What the evidence means, the root cause first.
    pub findings: Vec<Finding>,
}

/// The run in one word and one sentence, per client.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// The word for the chosen client.
    pub class: VerdictClass,
    /// The sentence for the chosen client.
    pub headline: String,
    /// Where the chosen client stops.
    pub stops_at: Option<CandidateId>,
    /// The dialogs the chosen client shows.
    pub prompts: Vec<Prompt>,
    /// The word for every client.
    pub per_client: Vec<ClientVerdict>,
}

/// One client's verdict.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClientVerdict {
    /// Which client.
    pub client: ClientFamily,
    /// The word.
    pub class: VerdictClass,
    /// Where it stops.
    pub stops_at: Option<CandidateId>,
}
