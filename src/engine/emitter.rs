//! Says what happens to one candidate.

use super::{Run, say};
use crate::event::{Blocker, CandidateId, Event, Evidence, Outcome, Stage};
use std::time::Instant;

/// Speaks for one attempt at one candidate.
pub(super) struct Emitter<'a> {
    run: &'a Run,
    id: CandidateId,
    attempt: u32,
}

impl<'a> Emitter<'a> {
    pub(super) fn new(run: &'a Run, id: CandidateId, attempt: u32) -> Self {
        Self { run, id, attempt }
    }

    /// A stage begins; the result measures it.
    pub(super) fn start(&self, stage: Stage) -> Instant {
        self.say(Event::StageStarted { candidate: self.id.clone(), stage, attempt: self.attempt });
        Instant::now()
    }

    pub(super) fn observed(&self, stage: Stage, evidence: Evidence) {
        self.say(Event::Observed { candidate: Some(self.id.clone()), stage, evidence });
    }

    pub(super) fn finish(&self, stage: Stage, outcome: Outcome, began: Instant) {
        self.finish_after(stage, outcome, began.elapsed().as_micros());
    }

    pub(super) fn finish_after(&self, stage: Stage, outcome: Outcome, microseconds: u128) {
        self.say(Event::StageFinished {
            candidate: self.id.clone(),
            stage,
            attempt: self.attempt,
            outcome,
            elapsed_us: u64::try_from(microseconds).unwrap_or(u64::MAX),
        });
    }

    /// This stage and all after it do not run.
    pub(super) fn skip_from(&self, stage: Stage, blocker: Blocker) {
        for later in Stage::PROBED.into_iter().filter(|later| *later >= stage) {
            self.finish_after(later, Outcome::Skipped { blocker }, 0);
        }
    }

    pub(super) fn not_applicable(&self, stage: Stage) {
        self.finish_after(stage, Outcome::NotApplicable, 0);
    }

    pub(super) fn say(&self, event: Event) {
        say(&self.run.events, event);
    }
}
