//! The application: the run's model, what the reader chose to look at, and how messages change both.

use super::{
    action::{self, Effect},
    document::Page,
    freeze::{self, Freeze},
    input::LineInput,
    keymap::{Context, Keys},
    layout::{self, Areas, ViewState},
    mouse, overlay,
    present::{self, Present},
    privacy::Privacy,
    search::{self, Search},
    theme::Look,
    view,
};
use crate::{
    diagnosis::Diagnosis,
    event::{CandidateId, Certificate, ClientFamily, Envelope, Stage},
    finding::{Finding, Question, Remedy, Severity},
    model::{CandidateState, Model, Progress},
    walk::WalkStep,
};
use crossterm::event::{KeyEvent, MouseEvent};
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
    pub(super) rerun_refused: Option<&'static str>,
    /// Leaving the top level goes back to where the program came from.
    pub(super) can_go_back: bool,
    /// Leaving for where the program came from lets the run go on.
    pub(super) goes_on: bool,
}

/// What the reader chose.
#[derive(Clone, Debug)]
pub struct Ui {
    /// Size of the screen.
    pub screen: Rect,
    /// The client family looked at.
    pub client: ClientFamily,
    /// The level looked at.
    pub place: Place,
    /// The levels that Esc goes back to, the outermost first.
    pub behind: Vec<Place>,
    /// The candidate that was chosen; absent while the program chooses.
    pub selected: Option<CandidateId>,
    /// The certificate that others are compared with, and where it was seen; absent until one is marked.
    pub marked: Option<Marked>,
    /// What is taken to be different, as it is being typed.
    pub assumed: LineInput,
    /// What is sought in the palette.
    pub sought: LineInput,
    /// Which row of the palette or of the questions is looked at, counted from 0.
    pub chosen: usize,
    /// The case whose page lies above the screen.
    pub page: Option<&'static str>,
    /// The explorer compares instead of showing one.
    pub comparing: bool,
    /// The field of the certificate that is copied; absent while none was chosen.
    pub field: Option<usize>,
    /// The reader chose something, so the program no longer does.
    pub moved: bool,
    /// The stage looked at, within the candidate.
    pub stage: Option<Stage>,
    /// Which of the certificates shown is looked at, counted from 0.
    pub certificate: usize,
    /// Which remedy is copied, counted from 0.
    pub remedy: usize,
    /// Text that names on a certificate must hold.
    pub filter: LineInput,
    /// The filter is being typed.
    pub filtering: bool,
    /// The pane with the keyboard takes the whole body.
    pub zoom: bool,
    /// Long lines are broken.
    pub wrap: bool,
    /// What lies above the screen.
    pub overlay: Option<Overlay>,
    /// What is sought in a text.
    pub search: Search,
    /// What was recorded is shown as it was received instead of decoded and laid out.
    pub received: bool,
    /// What is to be said about the last key.
    pub notice: Option<String>,
    /// Ticks of the spinner.
    pub turn: usize,
    /// Microseconds, by the spinner, since the run said something: a silent host must not make the clock stand still.
    pub waited_us: u64,
}

/// A level with what the reader chose on it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Place {
    /// How deep.
    pub level: Level,
    /// Which pane has the keyboard.
    pub focus: Focus,
    /// First line seen of the text.
    pub scroll: usize,
}

/// A certificate to compare others with.
#[derive(Clone, Debug, PartialEq)]
pub struct Marked {
    /// Where it was seen: a candidate and an address, or a file.
    pub place: String,
    /// The certificate.
    pub certificate: Certificate,
}

/// How deep the reader is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Level {
    /// All candidates, and why.
    Overview,
    /// All candidates on one axis of time.
    Timeline,
    /// Every name in every view.
    Views,
    /// One candidate's stages, and their evidence.
    Stages,
    /// One stage as it was recorded.
    Raw,
    /// Certificates.
    Certificate,
}

/// Which pane has the keyboard.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Focus {
    /// The list.
    First,
    /// The text.
    Second,
}

/// What lies above the screen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Overlay {
    /// The keys that work here, from this line on.
    Help {
        /// First line seen.
        scroll: usize,
    },
    /// May the program quit while the run is going?
    Question,
    /// What would be if something were different.
    WhatIf,
    /// Questions that only a person can answer.
    Questions,
    /// A search through actions, steps, findings and cases.
    Palette,
    /// One page of the catalogue, from this line on.
    Page {
        /// First line seen.
        scroll: usize,
    },
}

/// What can happen to the application.
#[derive(Debug)]
pub enum Message {
    /// A key was pressed, repeated or released.
    Key(KeyEvent),
    /// The mouse was clicked or its wheel turned.
    Mouse(MouseEvent),
    /// Text was pasted.
    Paste(String),
    /// The screen has this size now, in columns and rows.
    Resized(u16, u16),
    /// The run said something.
    Run(Vec<Envelope>),
    /// The run can say nothing more.
    RunClosed,
    /// The spinner turns, so many microseconds after its last turn.
    Tick(u64),
    /// The report was written: the file's name, or why it was not.
    Exported(Result<String, String>),
    /// Text was sent to the clipboard: what it was, or why it was not.
    Copied(Result<String, String>),
}

impl App {
    /// An application that knows nothing yet.
    pub fn new(diagnose: Diagnose, look: Look, screen: Rect) -> Self {
        let ui = Ui {
            screen,
            client: ClientFamily::default(),
            place: Place { level: Level::Overview, focus: Focus::First, scroll: 0 },
            behind: Vec::new(),
            selected: None,
            moved: false,
            stage: None,
            certificate: 0,
            remedy: 0,
            marked: None,
            assumed: LineInput::default(),
            sought: LineInput::default(),
            chosen: 0,
            page: None,
            comparing: false,
            field: None,
            filter: LineInput::default(),
            filtering: false,
            zoom: false,
            wrap: true,
            overlay: None,
            search: Search::default(),
            received: false,
            notice: None,
            turn: 0,
            waited_us: 0,
        };
        Self {
            model: Model::default(),
            diagnosis: None,
            ui,
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

    /// Says why nothing can be asked again, as for a recording.
    pub fn without_rerun(mut self, reason: &'static str) -> Self {
        self.rerun_refused = Some(reason);
        self
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

    fn take(&mut self, envelopes: &[Envelope]) {
        if freeze::hold(self, envelopes) {
            return;
        }
        let before = self.model.progress;
        self.ui.waited_us = 0;
        for envelope in envelopes {
            self.privacy.take(envelope, &mut self.model);
        }
        if before == Progress::Waiting {
            self.ui.client = self.model.client;
        }
        self.settle(before);
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

/// Changes the application by one message; what it asks for is done by the caller.
pub fn update(app: &mut App, message: Message) -> Vec<Effect> {
    let effects = match message {
        Message::Key(key) if !key.is_press() => Vec::new(),
        Message::Key(key) => {
            let context = app.context();
            let effects = press(app, key);
            present::hear(app, context, key);
            effects
        }
        Message::Mouse(event) => mouse::hear(app, event),
        Message::Paste(text) => {
            match app.ui.overlay {
                _ if app.ui.search.typing => search::paste(app, &text),
                Some(Overlay::WhatIf) => app.ui.assumed.insert(&text),
                Some(Overlay::Palette) => overlay::seek(app, |sought| sought.insert(&text)),
                Some(Overlay::Questions) => return overlay::paste(app, &text),
                _ if app.ui.filtering => app.ui.filter.insert(&text),
                _ => {}
            }
            Vec::new()
        }
        Message::Resized(width, height) => {
            app.ui.screen = Rect::new(0, 0, width, height);
            Vec::new()
        }
        Message::Run(envelopes) => {
            app.take(&envelopes);
            Vec::new()
        }
        Message::RunClosed => {
            app.rerun_refused.get_or_insert("the run is over and cannot ask again");
            Vec::new()
        }
        Message::Tick(since) => {
            if !freeze::wait(app, since) {
                app.ui.waited_us = app.ui.waited_us.saturating_add(since);
                app.ui.turn = app.ui.turn.wrapping_add(1);
            }
            Vec::new()
        }
        Message::Exported(Ok(file)) => {
            app.ui.notice = Some(format!("the report is in {file}"));
            Vec::new()
        }
        Message::Exported(Err(reason)) => {
            app.ui.notice = Some(format!("no report was written: {reason}"));
            Vec::new()
        }
        Message::Copied(Ok(what)) => {
            app.ui.notice = Some(format!("{what}: sent to the terminal's clipboard"));
            Vec::new()
        }
        Message::Copied(Err(reason)) => {
            app.ui.notice = Some(format!("not copied: {reason}"));
            Vec::new()
        }
    };
    search::count(app);
    app.clamp_scroll();
    effects
}

fn press(app: &mut App, key: KeyEvent) -> Vec<Effect> {
    app.ui.notice = None;
    let context = app.context();
    let Some(action) = app.keys.action(context, key) else {
        if context == Context::Filter {
            app.ui.filter.press(key);
            app.ui.place.scroll = 0;
        } else if context == Context::Search {
            search::press(app, key);
        } else if context == Context::WhatIf {
            app.ui.assumed.press(key);
        } else if context == Context::Palette {
            overlay::seek(app, |sought| {
                sought.press(key);
            });
        }
        return Vec::new();
    };
    match action::availability(app, action) {
        Ok(()) => action::perform(app, action),
        Err(reason) => {
            app.ui.notice = Some(reason);
            Vec::new()
        }
    }
}
