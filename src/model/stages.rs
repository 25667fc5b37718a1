//! How stages begin and end, and what a new beginning undoes.

use super::{Model, Progress, StageState};
use crate::event::{CandidateId, Envelope, Stage};

impl Model {
    /// What this candidate's answer opened, and what those opened, is no longer known to be open.
    fn close_followers(&mut self, id: &CandidateId) {
        let mut closed = vec![id.clone()];
        // An opener always stands before what it opened, so one pass finds all.
        self.candidates.retain(|state| {
            let follows = state.candidate.opened_by.as_ref().is_some_and(|opener| closed.contains(opener));
            if follows {
                closed.push(state.candidate.id.clone());
            }
            !follows
        });
    }

    /// A stage begins, again or for the first time: what came after it is no longer known.
    pub(super) fn start_stage(&mut self, id: &CandidateId, stage: Stage, attempt: u32, envelope: &Envelope) {
        // Events after the end mean that something was started again.
        self.progress = Progress::Running;
        let began_us = self.began_us;
        if stage <= Stage::Http {
            self.close_followers(id);
        }
        if let Some(state) = self.candidate_mut(id) {
            state.finished = false;
            state.stages.retain(|known, _| *known < stage);
            if stage <= Stage::Http {
                state.redirect = None;
            }
            let started_us = envelope.elapsed_us.saturating_sub(began_us);
            state.stages.insert(stage, StageState { attempt, started_us, ..StageState::default() });
        }
    }

    /// Whether a newer attempt at a stage has begun.
    pub(super) fn is_overtaken(&self, id: &CandidateId, stage: Stage, attempt: u32) -> bool {
        let known = self.candidate(id).and_then(|state| state.stages.get(&stage));
        known.is_some_and(|known| attempt < known.attempt)
    }

    /// A stage ended; one whose beginning was never told began as long ago as it took.
    pub(super) fn end_stage(&mut self, id: &CandidateId, stage: Stage, ended: StageState) {
        if let Some(state) = self.candidate_mut(id) {
            let untold = StageState { started_us: ended.started_us, ..StageState::default() };
            let known = state.stages.entry(stage).or_insert(untold);
            known.attempt = ended.attempt;
            known.outcome = ended.outcome;
            known.elapsed_us = ended.elapsed_us;
        }
    }
}
