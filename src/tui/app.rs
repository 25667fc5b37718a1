//! The application: the run's model, what the reader chose to look at, and how messages change both.

mod state;
mod update;

pub use state::{Focus, Level, Marked, Overlay, Place, Ui};
pub use update::{Message, update};

use super::{
    document::Page,
    freeze::Freeze,
    keymap::{Context, Keys},
    layout::{self, Areas, ViewState},
    present::Present,
    privacy::Privacy,
    theme::Look,
    view,
};
use crate::{
    diagnosis::Diagnosis,
    event::{CandidateId, ClientFamily, Stage},
    finding::{Finding, Question, Remedy, Severity},
    model::{CandidateState, Model, Progress},
    walk::WalkStep,
};
use ratatui::layout::Rect;

/// Concludes everything from a model, for one client.
pub type Diagnose = fn(&Model, ClientFamily) -> Diagnosis;

/// The application.
#[derive(Debug)]
pub struct App {
    /// The run so far.
    pub model: Model,
    /// What is concluded from it for the client looked at; absent before the run began.
    pub diagnosis: Option<Diagnosis>,
    /// What the reader chose.
    pub ui: Ui,
    /// Whether the screen is held still, and the run as it is meanwhile.
    pub freeze: Freeze,
    /// How it looks.
    pub look: Look,
    /// Whether it is shown in private.
    pub privacy: Privacy,
    /// What is different for an audience.
    pub present: Present,
    /// The bindings in force.
    pub keys: Keys,
    pub(super) diagnose: Diagnose,
    /// Why nothing can be asked again; absent when it can.
    pub rerun_refused: Option<&'static str>,
    /// Leaving the top level goes back to where the program came from.
    pub(super) can_go_back: bool,
    /// Leaving for where the program came from lets the run go on.
    pub(super) goes_on: bool,
}

impl App {
    /// An application that knows nothing yet.
    pub fn new(diagnose: Diagnose, look: Look, screen: Rect) -> Self {
        Self {
            model: Model::default(),
            diagnosis: None,
            ui: Ui::new(screen),
            freeze: Freeze::default(),
            look,
            privacy: Privacy::default(),
            present: Present::default(),
            keys: Keys::default(),
            diagnose,
            rerun_refused: None,
            can_go_back: false,
            goes_on: false,
        }
    }

    /// Something runs, so the spinner turns.
    pub fn is_animated(&self) -> bool {
        self.is_running()
    }

    /// The run goes on, even if the screen is held still.
    pub fn is_running(&self) -> bool {
        self.freeze.live().unwrap_or(&self.model).is_busy()
    }

    /// Where keys are pressed at the moment.
    pub fn context(&self) -> Context {
        if self.ui.search.typing {
            return Context::Search;
        }
        match (self.ui.overlay, self.ui.filtering, self.ui.place.level) {
            (Some(Overlay::Help { .. }), ..) => Context::Help,
            (Some(Overlay::Question), ..) => Context::Question,
            (Some(Overlay::WhatIf), ..) => Context::WhatIf,
            (Some(Overlay::Questions), ..) => Context::Questions,
            (Some(Overlay::SignIn), ..) if self.ui.sign_in.as_ref().is_some_and(|form| form.asks) => {
                Context::SignInConfirm
            }
            (Some(Overlay::SignIn), ..) => Context::SignIn,
            (Some(Overlay::Palette), ..) => Context::Palette,
            (Some(Overlay::Page { .. }), ..) => Context::Page,
            (None, true, _) => Context::Filter,
            (None, false, level) => self.context_below(level),
        }
    }

    /// Where keys are pressed once nothing lies above the screen.
    pub fn context_below(&self, level: Level) -> Context {
        match level {
            Level::Overview => Context::Overview,
            Level::Timeline => Context::Timeline,
            Level::Views => Context::Views,
            Level::Stages => Context::Stages,
            Level::Raw => Context::Raw,
            Level::Certificate => Context::Certificate,
        }
    }

    /// Candidates in the order of the client looked at.
    pub fn ordered(&self) -> Vec<&CandidateState> {
        self.model.in_order_of(self.ui.client)
    }

    /// The candidate looked at: the chosen one, or the first that is probed.
    pub fn selected(&self) -> Option<&CandidateState> {
        let chosen = self.ui.selected.as_ref().and_then(|id| self.model.candidate(id));
        chosen.or_else(|| {
            let ordered = self.ordered();
            ordered.iter().find(|state| view::words_why_not(self, state).is_none()).or(ordered.first()).copied()
        })
    }

    /// What the client looked at does with a candidate.
    pub fn step(&self, id: &CandidateId) -> Option<&WalkStep> {
        self.diagnosis.as_ref()?.walk.steps.iter().find(|step| step.candidate == *id)
    }

    /// Findings that concern a candidate, the root cause first.
    pub fn findings(&self, id: &CandidateId) -> Vec<&Finding> {
        let all = self.diagnosis.iter().flat_map(|diagnosis| &diagnosis.findings);
        all.filter(|finding| finding.candidates.contains(id)).collect()
    }

    /// Findings that concern the whole run.
    pub fn findings_of_the_run(&self) -> Vec<&Finding> {
        let all = self.diagnosis.iter().flat_map(|diagnosis| &diagnosis.findings);
        all.filter(|finding| finding.candidates.is_empty()).collect()
    }

    /// The question looked at.
    pub fn question(&self) -> Option<&Question> {
        let questions = &self.diagnosis.as_ref()?.questions;
        questions.get(self.ui.chosen).or(questions.last())
    }

    /// Findings that the explanation shows in full for the candidate looked at.
    pub fn findings_shown(&self) -> Vec<&Finding> {
        let Some(candidate) = self.selected() else { return self.findings_of_the_run() };
        let own = self.findings(&candidate.candidate.id);
        own.into_iter().chain(self.findings_of_the_run()).collect()
    }

    /// Remedies that the explanation shows, in its order.
    pub fn remedies(&self) -> Vec<&Remedy> {
        self.findings_shown().into_iter().flat_map(|finding| &finding.remedies).collect()
    }

    /// The stage looked at within the candidate: the chosen one, or the first that failed, or the last.
    pub fn stage(&self) -> Option<Stage> {
        let stages = &self.selected()?.stages;
        let chosen = self.ui.stage.filter(|stage| stages.contains_key(stage));
        let failed = || {
            let is_failed = |outcome| matches!(outcome, Some(crate::event::Outcome::Failed { .. }));
            stages.iter().find(|(_, state)| is_failed(state.outcome)).map(|(stage, _)| *stage)
        };
        let last = || {
            let ran = stages.iter().rev().find(|(_, state)| !state.evidence.is_empty());
            ran.or(stages.iter().next_back()).map(|(stage, _)| *stage)
        };
        chosen.or_else(failed).or_else(last)
    }

    /// The rectangles of the screen; absent when it is too small.
    pub fn areas(&self) -> Option<Areas> {
        let state = ViewState {
            level: self.ui.place.level,
            focus: self.ui.place.focus,
            zoom: self.ui.zoom,
            rows: u16::try_from(view::list_rows(self)).unwrap_or(u16::MAX),
            card: self.present.on,
        };
        layout::areas(self.ui.screen, state)
    }

    /// The text of the second pane laid out, and how many of its lines are seen at once. Where the pane is not shown,
    /// the whole body stands in for it.
    pub fn page(&self) -> (Page, usize) {
        let Some(areas) = self.areas() else { return (Page::default(), 0) };
        let Some(pane) = areas.second.or(areas.first) else { return (Page::default(), 0) };
        (view::page(self, pane.width), usize::from(pane.height.saturating_sub(2)))
    }

    /// Works everything out anew that depends on model or client.
    pub fn conclude(&mut self) {
        if self.model.progress != Progress::Waiting {
            self.diagnosis = Some((self.diagnose)(&self.model, self.ui.client));
        }
    }

    /// Keeps the text's first line within its bounds.
    pub fn clamp_scroll(&mut self) {
        let (page, height) = self.page();
        self.ui.place.scroll = self.ui.place.scroll.min(page.lines.len().saturating_sub(height));
    }

    /// Looks at another candidate.
    pub(super) fn select(&mut self, id: CandidateId) {
        if self.selected().is_some_and(|state| state.candidate.id == id) && self.ui.selected.is_some() {
            return;
        }
        self.ui.selected = Some(id);
        self.ui.place.scroll = 0;
        self.ui.remedy = 0;
        self.ui.stage = None;
    }

    /// Concludes from a model that has changed since its run stood so.
    pub(super) fn settle(&mut self, before: Progress) {
        self.conclude();
        let ended = matches!(self.model.progress, Progress::Finished | Progress::Cancelled);
        if ended && before != self.model.progress && !self.ui.moved {
            self.show_what_matters();
        }
    }

    /// Selects the candidate of the first finding that is a fault, else the one where the client's search ends.
    fn show_what_matters(&mut self) {
        let Some(diagnosis) = &self.diagnosis else { return };
        let faults = diagnosis.findings.iter().filter(|finding| finding.severity > Severity::Info);
        let of_fault = faults.flat_map(|finding| finding.candidates.first()).next();
        let target = of_fault.or(diagnosis.verdict.stops_at.as_ref()).or(diagnosis.walk.decided_by.as_ref());
        if let Some(id) = target.cloned() {
            self.select(id);
        }
    }
}
