//! The diagnosis: walk, findings and verdict of one model for one client, in one place so that they cannot disagree.

mod blame;
mod headline;
mod prospect;
mod together;

pub use crate::finding::FAILS_ALL_THE_SAME;
pub use prospect::{AssumedStages, WhatIf, what_if};
pub use together::Together;

use crate::{
    event::{CandidateId, ClientFamily},
    finding::{self, Finding, Question, Severity, Standpoint},
    model::{Model, Progress},
    walk::{self, Prompt, VerdictClass, Walk},
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
    /// What only a person at the PC or the server can tell, as far as the evidence points there.
    pub questions: Vec<Question>,
    /// Where the run looks from, and how that is known.
    pub standpoint: Standpoint,
    /// Remedies that lead further together than any of them alone.
    pub together: Option<Together>,
    /// What would be if something were different, when somebody asked.
    pub what_if: Option<WhatIf>,
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

/// Concludes everything from a model, for one client.
pub fn diagnose(model: &Model, client: ClientFamily) -> Diagnosis {
    let mut walk = walk::walk(model, client);
    let mut findings = finding::evaluate(model, &walk);
    blame::blame(model, &mut walk, &findings);
    let mut together = None;
    if matches!(model.progress, Progress::Finished | Progress::Cancelled) {
        prospect::foresee(model, &walk, &mut findings);
        together = together::together(model, &walk, &findings);
    }
    let per_client = ClientFamily::ALL
        .into_iter()
        .map(|family| {
            let walk = walk::walk(model, family);
            ClientVerdict { client: family, class: walk.class, stops_at: walk.stops_at }
        })
        .collect();
    let verdict = Verdict {
        class: walk.class,
        headline: headline::headline(model, &walk, &findings),
        stops_at: walk.stops_at.clone(),
        prompts: walk.prompts.clone(),
        per_client,
    };
    let questions = finding::questions(model, &walk);
    let standpoint = finding::standpoint(model);
    Diagnosis { verdict, walk, findings, questions, standpoint, together, what_if: None }
}

impl Diagnosis {
    /// Whether a reply under this name means something to this run.
    pub fn asks(&self, model: &Model, question: &str) -> bool {
        self.questions.iter().any(|asked| asked.id == question)
            || question == FAILS_ALL_THE_SAME && finding::only_the_pc_is_left(model, &self.walk)
    }

    /// Whether nothing is wrong: settings are found, or only credentials are missing, and no finding is major.
    pub fn is_healthy(&self) -> bool {
        matches!(self.verdict.class, VerdictClass::Silent | VerdictClass::NeedsPassword)
            && self.findings.iter().all(|finding| finding.severity < Severity::Major)
    }
}
