//! Actions: what a key asks for, when it may, and what it does.

use super::{
    app::{App, Focus, Level, Overlay, Place},
    input::LineInput,
    layout, view,
};
use crate::{
    certificate,
    event::{ClientFamily, Command, Outcome, Standing},
};

/// What a key asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Action {
    /// The one above (-1) or below (1), or a line up or down.
    Step(isize),
    /// The step with this number.
    Jump(u8),
    /// One level deeper.
    Open,
    /// One level up.
    Back,
    /// The next pane.
    NextPane,
    /// The pane before.
    PreviousPane,
    /// The certificate explorer.
    Certificate,
    /// The next client family.
    NextClient,
    /// The client family before.
    PreviousClient,
    /// Copies what is looked at.
    Copy,
    /// The next remedy.
    NextRemedy,
    /// The remedy before.
    PreviousRemedy,
    /// The next field of the certificate.
    NextField,
    /// The field before.
    PreviousField,
    /// Copies the whole certificate.
    CopyPem,
    /// Marks the certificate, for others to be compared with.
    Mark,
    /// Compares with the marked certificate, and back.
    Compare,
    /// Asks what would be if something were different.
    WhatIf,
    /// Types a filter.
    Filter,
    /// Asks the candidate or the stage again.
    Rerun,
    /// Asks everything again.
    RerunAll,
    /// One pane alone, and back.
    Zoom,
    /// Breaks long lines, or cuts them.
    Wrap,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// The beginning.
    Top,
    /// The end.
    Bottom,
    /// Yes.
    Confirm,
    /// The help.
    Help,
    /// Leaves, after a question while the run is going.
    Quit,
    /// Leaves at once.
    QuitNow,
}

/// What the application asks of the world.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Effect {
    /// Send a text to the clipboard.
    Copy {
        /// What it is, for the notice.
        what: String,
        /// The text.
        text: String,
    },
    /// Ask something of the run.
    Command(Command),
    /// Leave the program.
    Quit,
    /// Leave the program as a signal would make it: Ctrl-C as a key.
    Interrupt,
    /// Go back to where the program came from.
    Back,
}

/// Whether an action makes sense at the moment; if not, why.
///
/// # Errors
///
/// The reason, as a sentence for the reader.
pub fn availability(app: &App, action: Action) -> Result<(), String> {
    let place = app.ui.place;
    let available = |holds: bool, reason: &str| if holds { Ok(()) } else { Err(reason.to_owned()) };
    match action {
        Action::Open if app.ui.filtering => Ok(()),
        Action::Open => openable(app),
        Action::Back => {
            let deeper = app.ui.overlay.is_some() || app.ui.filtering || app.ui.zoom || !app.ui.behind.is_empty();
            let inside = deeper || place.focus == Focus::Second || app.can_go_back;
            available(inside, "this is the top level; q quits")
        }
        Action::Certificate => available(!view::certificates(app).is_empty(), "no certificate was seen at this step"),
        Action::Copy => available(view::copyable(app).is_some(), "there is nothing to copy here"),
        Action::NextRemedy | Action::PreviousRemedy => {
            available(app.remedies().len() > 1, "there is no other remedy here")
        }
        Action::CopyPem | Action::Mark => available(view::marked(app).is_some(), "there is no certificate here"),
        Action::NextField | Action::PreviousField => {
            available(!app.ui.comparing && view::marked(app).is_some(), "there are no fields to choose from here")
        }
        Action::WhatIf => available(!app.model.is_busy() && app.diagnosis.is_some(), "the run is still going"),
        Action::Compare => available(
            app.ui.comparing || app.ui.marked.is_some(),
            "mark a certificate first: m marks this one, then go to another",
        ),
        Action::Filter => available(view::has_names(app), "this certificate has no list of names"),
        Action::Rerun => rerunnable(app),
        Action::RerunAll => match app.rerun_refused {
            Some(reason) => Err(reason.to_owned()),
            None => available(!app.model.is_busy(), "the run is still going"),
        },
        Action::Zoom => available(!layout::is_single(app.ui.screen, place.level), "one pane is shown already"),
        Action::Jump(number) => {
            available(number == 0 || numbered(app, number).is_some(), &format!("there is no step {number}"))
        }
        _ => Ok(()),
    }
}

fn openable(app: &App) -> Result<(), String> {
    let selected = app.selected();
    match app.ui.place.level {
        Level::Overview if is_single_list(app) && selected.is_some() => Ok(()),
        Level::Overview | Level::Stages if selected.is_some_and(|state| !state.stages.is_empty()) => Ok(()),
        Level::Overview | Level::Stages => Err("nothing was measured at this step".to_owned()),
        Level::Certificate if app.ui.place.focus == Focus::First => Ok(()),
        Level::Certificate => Err("the details are open already".to_owned()),
        Level::Raw => Err("this is the deepest level".to_owned()),
    }
}

/// Only the list of candidates is seen, so the explanation is one level deeper.
fn is_single_list(app: &App) -> bool {
    let single = app.ui.zoom || layout::is_single(app.ui.screen, Level::Overview);
    single && app.ui.place.level == Level::Overview && app.ui.place.focus == Focus::First
}

fn rerunnable(app: &App) -> Result<(), String> {
    if let Some(reason) = app.rerun_refused {
        return Err(reason.to_owned());
    }
    let Some(candidate) = app.selected() else { return Err("there is no step to ask again".to_owned()) };
    if candidate.candidate.standing != Standing::Probed {
        return Err("this step is not probed, so it cannot be asked again".to_owned());
    }
    if !candidate.finished {
        return Err("this step is still running".to_owned());
    }
    let outcome = app.stage().and_then(|stage| candidate.outcome(stage));
    match (app.ui.place.level, outcome) {
        (Level::Stages | Level::Raw, Some(Outcome::Skipped { .. } | Outcome::NotApplicable) | None) => {
            Err("this stage was not run; ask an earlier one again".to_owned())
        }
        _ => Ok(()),
    }
}

/// Does what was asked for; it was available.
pub fn perform(app: &mut App, action: Action) -> Vec<Effect> {
    match action {
        Action::Step(by) => step(app, by),
        Action::PageUp | Action::PageDown | Action::Top | Action::Bottom => scroll_far(app, action),
        Action::Jump(number) => {
            if let Some(id) = numbered(app, number) {
                app.ui.moved = true;
                app.select(id);
            }
        }
        Action::Open => open(app),
        Action::Back => return back(app),
        Action::NextPane | Action::PreviousPane => {
            app.ui.moved = true;
            app.ui.place.focus = other(app.ui.place.focus);
        }
        Action::Certificate => {
            app.ui.certificate = 0;
            app.ui.field = None;
            descend(app, Level::Certificate, Focus::First);
        }
        Action::NextClient => change_client(app, 1),
        Action::PreviousClient => change_client(app, -1),
        Action::Copy => {
            let copied = view::copyable(app);
            return copied.map(|(what, text)| Effect::Copy { what, text }).into_iter().collect();
        }
        Action::NextRemedy => change_remedy(app, 1),
        Action::PreviousRemedy => change_remedy(app, -1),
        Action::NextField => change_field(app, 1),
        Action::PreviousField => change_field(app, -1),
        Action::CopyPem => {
            let text = view::marked(app).map(|marked| certificate::pem(&marked.certificate));
            return text.map(|text| Effect::Copy { what: "certificate (PEM)".to_owned(), text }).into_iter().collect();
        }
        Action::Mark => {
            app.ui.marked = view::marked(app);
            app.ui.notice = app.ui.marked.as_ref().map(|marked| format!("marked: {}", marked.place));
        }
        Action::Compare => {
            app.ui.comparing = !app.ui.comparing;
            app.ui.place.scroll = 0;
        }
        Action::WhatIf => {
            let chosen = app.remedies().get(app.ui.remedy).map(|remedy| remedy.assumes.as_slice()).unwrap_or_default();
            let said: Vec<String> = chosen.iter().map(ToString::to_string).collect();
            app.ui.assumed = LineInput::new(&said.join("; "));
            app.ui.overlay = Some(Overlay::WhatIf);
        }
        Action::Filter => app.ui.filtering = true,
        Action::Rerun => return rerun(app),
        Action::RerunAll => {
            app.ui.notice = Some("every step is asked again".to_owned());
            return vec![Effect::Command(Command::RerunAll)];
        }
        Action::Zoom => app.ui.zoom = !app.ui.zoom,
        Action::Wrap => {
            app.ui.wrap = !app.ui.wrap;
            app.ui.notice = Some(if app.ui.wrap { "long lines are broken" } else { "long lines are cut" }.to_owned());
        }
        Action::Help => app.ui.overlay = Some(Overlay::Help { scroll: 0 }),
        Action::Quit if app.model.is_busy() => app.ui.overlay = Some(Overlay::Question),
        Action::Quit | Action::Confirm => return leave(app, Effect::Quit),
        Action::QuitNow => return leave(app, Effect::Interrupt),
    }
    Vec::new()
}

fn leave(app: &App, effect: Effect) -> Vec<Effect> {
    if app.model.is_busy() { vec![Effect::Command(Command::Cancel), effect] } else { vec![effect] }
}

fn other(focus: Focus) -> Focus {
    match focus {
        Focus::First => Focus::Second,
        Focus::Second => Focus::First,
    }
}

fn numbered(app: &App, number: u8) -> Option<crate::event::CandidateId> {
    let steps = &app.diagnosis.as_ref()?.walk.steps;
    steps.iter().find(|step| step.number == Some(usize::from(number))).map(|step| step.candidate.clone())
}

fn step(app: &mut App, by: isize) {
    if let Some(Overlay::Help { scroll }) = app.ui.overlay {
        app.ui.overlay = Some(Overlay::Help { scroll: help_scroll(app, scroll.saturating_add_signed(by)) });
        return;
    }
    if app.ui.place.focus == Focus::Second || app.ui.place.level == Level::Raw {
        app.ui.place.scroll = app.ui.place.scroll.saturating_add_signed(by);
        return;
    }
    app.ui.moved = true;
    match app.ui.place.level {
        Level::Overview => {
            let ids: Vec<_> = app.ordered().into_iter().map(|state| state.candidate.id.clone()).collect();
            let at = app.selected().and_then(|state| ids.iter().position(|id| *id == state.candidate.id));
            let next = at.map_or(0, |at| at.saturating_add_signed(by));
            if let Some(id) = ids.get(next) {
                app.select(id.clone());
            }
        }
        Level::Stages => {
            let stages: Vec<_> = app.selected().into_iter().flat_map(|state| state.stages.keys().copied()).collect();
            let at = app.stage().and_then(|stage| stages.iter().position(|known| *known == stage)).unwrap_or(0);
            if let Some(stage) = stages.get(at.saturating_add_signed(by)) {
                app.ui.stage = Some(*stage);
                app.ui.place.scroll = 0;
            }
        }
        Level::Certificate => {
            let last = view::certificates(app).len().saturating_sub(1);
            app.ui.certificate = app.ui.certificate.saturating_add_signed(by).min(last);
            app.ui.field = None;
            app.ui.place.scroll = 0;
        }
        Level::Raw => {}
    }
}

fn help_scroll(app: &App, wanted: usize) -> usize {
    wanted.min(view::help_rows(app).saturating_sub(view::help_height(app)))
}

fn scroll_far(app: &mut App, action: Action) {
    let height = match app.ui.overlay {
        Some(_) => view::help_height(app),
        None => app.page().1,
    };
    let page = height.saturating_sub(1).max(1);
    let moved = |from: usize| match action {
        Action::PageUp => from.saturating_sub(page),
        Action::PageDown => from.saturating_add(page),
        Action::Top => 0,
        _ => usize::MAX,
    };
    match app.ui.overlay {
        Some(Overlay::Help { scroll }) => {
            app.ui.overlay = Some(Overlay::Help { scroll: help_scroll(app, moved(scroll)) });
        }
        _ => app.ui.place.scroll = moved(app.ui.place.scroll),
    }
}

fn descend(app: &mut App, level: Level, focus: Focus) {
    app.ui.moved = true;
    if app.ui.selected.is_none() {
        app.ui.selected = app.selected().map(|state| state.candidate.id.clone());
    }
    app.ui.behind.push(app.ui.place);
    app.ui.place = Place { level, focus, scroll: 0 };
    app.ui.zoom = false;
}

fn open(app: &mut App) {
    if app.ui.filtering {
        app.ui.filtering = false;
        app.ui.place.focus = Focus::Second;
        return;
    }
    match app.ui.place.level {
        Level::Overview if is_single_list(app) => {
            app.ui.moved = true;
            app.ui.place.focus = Focus::Second;
        }
        Level::Overview => descend(app, Level::Stages, Focus::First),
        Level::Stages => descend(app, Level::Raw, Focus::Second),
        Level::Certificate => app.ui.place.focus = Focus::Second,
        Level::Raw => {}
    }
}

fn back(app: &mut App) -> Vec<Effect> {
    if app.ui.overlay.take().is_some() {
        return Vec::new();
    }
    if std::mem::take(&mut app.ui.filtering) || !app.ui.filter.text().is_empty() {
        app.ui.filter = LineInput::default();
    } else if app.ui.field.take().is_some() {
        // The cursor goes first, then the pane.
    } else if std::mem::take(&mut app.ui.comparing) {
        app.ui.place.scroll = 0;
    } else if app.ui.zoom {
        app.ui.zoom = false;
    } else if app.ui.place.focus == Focus::Second && app.ui.place.level != Level::Raw {
        app.ui.place.focus = Focus::First;
    } else if let Some(place) = app.ui.behind.pop() {
        app.ui.place = place;
    } else {
        return leave(app, Effect::Back);
    }
    Vec::new()
}

fn change_client(app: &mut App, by: isize) {
    let families = ClientFamily::ALL;
    let at = families.iter().position(|family| *family == app.ui.client).unwrap_or(0);
    let next = if by > 0 { at + 1 } else { at + families.len() - 1 } % families.len();
    if let Some(family) = families.get(next) {
        app.ui.client = *family;
    }
    app.ui.place.scroll = 0;
    app.ui.remedy = 0;
    app.conclude();
}

fn change_remedy(app: &mut App, by: isize) {
    app.ui.moved = true;
    let last = app.remedies().len().saturating_sub(1);
    app.ui.remedy = app.ui.remedy.saturating_add_signed(by).min(last);
    let (page, height) = app.page();
    if let Some(line) = page.anchors.get(app.ui.remedy) {
        let seen = app.ui.place.scroll..app.ui.place.scroll + height.saturating_sub(3);
        if !seen.contains(line) {
            app.ui.place.scroll = line.saturating_sub(1);
        }
    }
}

fn change_field(app: &mut App, by: isize) {
    app.ui.place.focus = Focus::Second;
    let last = view::fields(app).len().saturating_sub(1);
    let next = app.ui.field.map_or(0, |field| field.saturating_add_signed(by).min(last));
    app.ui.field = Some(next);
    let (page, height) = app.page();
    if let Some(line) = page.anchors.get(next) {
        let seen = app.ui.place.scroll..app.ui.place.scroll + height.saturating_sub(1);
        if !seen.contains(line) {
            app.ui.place.scroll = line.saturating_sub(height / 2);
        }
    }
}

fn rerun(app: &mut App) -> Vec<Effect> {
    let Some(candidate) = app.selected().map(|state| state.candidate.id.clone()) else { return Vec::new() };
    app.ui.moved = true;
    app.ui.selected = Some(candidate.clone());
    let command = match (app.ui.place.level, app.stage()) {
        (Level::Stages | Level::Raw, Some(stage)) => Command::RerunStage { candidate, stage },
        _ => Command::RerunCandidate { candidate },
    };
    app.ui.notice = Some("asked again".to_owned());
    vec![Effect::Command(command)]
}
