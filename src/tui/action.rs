//! Actions: what a key asks for, when it may, and what it does.

mod availability;
mod certificate;
mod movement;

pub use availability::availability;
pub(super) use movement::show_remedy;

use super::{
    app::{App, Focus, Level, Overlay, Place},
    freeze,
    input::LineInput,
    overlay, privacy, search,
    search::Search,
    sign_in, supposition, view,
};
use crate::{
    event::{ClientFamily, Command},
    words,
};
use availability::{is_single_list, numbered};
use movement::{change_field, change_remedy, scroll_far, step};

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
    /// All candidates on one axis of time, and back.
    Timeline,
    /// Every name in every view, and back.
    Views,
    /// Holds the screen still while the run goes on, and lets it move again.
    Freeze,
    /// The next client family.
    NextClient,
    /// The client family before.
    PreviousClient,
    /// Copies what is looked at.
    Copy,
    /// Writes the report to a file.
    Export,
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
    /// Answers questions that only a person can.
    Questions,
    /// What was read on the PC.
    ThisPc,
    /// Answers yes to the question looked at.
    Yes,
    /// Answers no to the question looked at.
    No,
    /// Takes the answer back.
    Withdraw,
    /// Hides what tells who somebody is, or shows it again.
    Privacy,
    /// Finds an action, a step, a finding or a case.
    Palette,
    /// Signs in at the step looked at.
    SignIn,
    /// Types a filter.
    Filter,
    /// Types what is sought in a text.
    Search,
    /// The next place that holds what is sought.
    NextPlace,
    /// The place before.
    PreviousPlace,
    /// What was recorded as it was received, or decoded.
    Received,
    /// Stops the program and goes back to the shell.
    Suspend,
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
    /// The choice before (-1) or after (1), in the form at the start.
    Change(isize),
    /// Starts the run, from the form at the start.
    Start,
    /// Forgets a run that was kept, in the form at the start.
    Forget,
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
    /// Write the report as it is seen to a file.
    Export,
    /// Ask something of the run.
    Command(Command),
    /// Stop, and draw everything again when somebody brings the program back.
    Suspend,
    /// Leave the program.
    Quit,
    /// Leave the program as a signal would make it: Ctrl-C as a key.
    Interrupt,
    /// Go back to where the program came from.
    Back,
}

/// Does what was asked for; it was available.
pub fn perform(app: &mut App, action: Action) -> Vec<Effect> {
    match action {
        Action::Step(by) => step(app, by),
        Action::PageUp | Action::PageDown | Action::Top | Action::Bottom => scroll_far(app, action),
        Action::Jump(number) => jump(app, number),
        Action::Open => return open(app),
        Action::Back => return back(app),
        Action::NextPane | Action::PreviousPane if app.ui.overlay == Some(Overlay::SignIn) => {
            sign_in::change_field(app, if action == Action::NextPane { 1 } else { -1 });
        }
        Action::NextPane | Action::PreviousPane => {
            app.ui.moved = true;
            app.ui.place.focus = other(app.ui.place.focus);
        }
        Action::Certificate => certificate::open(app),
        Action::Timeline if app.ui.place.level == Level::Timeline => return back(app),
        Action::Timeline => descend(app, Level::Timeline, Focus::First),
        Action::Views if app.ui.place.level == Level::Views => return back(app),
        Action::Views => descend(app, Level::Views, Focus::Second),
        Action::Freeze => freeze::toggle(app),
        Action::NextClient => change_client(app, 1),
        Action::PreviousClient => change_client(app, -1),
        Action::Copy => return copy(view::copyable(app)),
        Action::Export => return vec![Effect::Export],
        Action::NextRemedy => change_remedy(app, 1),
        Action::PreviousRemedy => change_remedy(app, -1),
        Action::NextField => change_field(app, 1),
        Action::PreviousField => change_field(app, -1),
        Action::CopyPem => return copy(certificate::armoured(app)),
        Action::Mark => certificate::mark(app),
        Action::Compare => certificate::compare(app),
        Action::WhatIf => supposition::open(app),
        Action::ThisPc => {
            app.ui.page = None;
            app.ui.overlay = Some(Overlay::Page { scroll: 0 });
        }
        Action::Questions => return overlay::ask(app),
        Action::Yes => return overlay::reply(app, "yes"),
        Action::No => return overlay::reply(app, "no"),
        Action::Withdraw => return overlay::reply(app, ""),
        Action::Palette => open_palette(app),
        Action::SignIn => sign_in::open(app),
        Action::Privacy => privacy::toggle(app),
        Action::Filter => app.ui.filtering = true,
        Action::Search if search::is_searchable(app) => search::begin(app),
        // What has no text of its own is searched as a whole.
        Action::Search => open_palette(app),
        Action::NextPlace => search::go(app, 1),
        Action::PreviousPlace => search::go(app, -1),
        Action::Received => change_form(app),
        Action::Suspend => return vec![Effect::Suspend],
        Action::Rerun => return rerun(app),
        Action::RerunAll => {
            app.ui.notice = Some(say!("every step is asked again").to_owned());
            return vec![Effect::Command(Command::RerunAll)];
        }
        Action::Zoom => app.ui.zoom = !app.ui.zoom,
        Action::Wrap => change_wrapping(app),
        Action::Help => app.ui.overlay = Some(Overlay::Help { scroll: 0 }),
        Action::Confirm if app.ui.overlay == Some(Overlay::SignIn) => return sign_in::send(app),
        // Keys of the form at the start, which does what they ask for itself.
        Action::Change(_) | Action::Start | Action::Forget => {}
        Action::Quit if app.is_running() => app.ui.overlay = Some(Overlay::Question),
        Action::Quit | Action::Confirm => return leave(app, Effect::Quit),
        Action::QuitNow => return leave(app, Effect::Interrupt),
    }
    Vec::new()
}

fn jump(app: &mut App, number: u8) {
    if let Some(id) = numbered(app, number) {
        app.ui.moved = true;
        app.select(id);
    }
}

fn copy(copied: Option<(String, String)>) -> Vec<Effect> {
    copied.map(|(what, text)| Effect::Copy { what, text }).into_iter().collect()
}

fn open_palette(app: &mut App) {
    app.ui.sought = LineInput::default();
    app.ui.chosen = 0;
    app.ui.overlay = Some(Overlay::Palette);
}

/// What was recorded as it was received, or decoded.
fn change_form(app: &mut App) {
    app.ui.received = !app.ui.received;
    app.ui.place.scroll = 0;
    app.ui.search.at = 0;
    app.ui.notice = Some(if app.ui.received { say!("as received") } else { say!("decoded and laid out") }.to_owned());
}

fn change_wrapping(app: &mut App) {
    app.ui.wrap = !app.ui.wrap;
    app.ui.notice =
        Some(if app.ui.wrap { say!("long lines are broken") } else { say!("long lines are cut") }.to_owned());
}

fn leave(app: &App, effect: Effect) -> Vec<Effect> {
    let kept = app.goes_on && effect == Effect::Back;
    if app.is_running() && !kept { vec![Effect::Command(Command::Cancel), effect] } else { vec![effect] }
}

fn other(focus: Focus) -> Focus {
    match focus {
        Focus::First => Focus::Second,
        Focus::Second => Focus::First,
    }
}

fn descend(app: &mut App, level: Level, focus: Focus) {
    app.ui.moved = true;
    if app.ui.selected.is_none() {
        app.ui.selected = app.selected().map(|state| state.candidate.id.clone());
    }
    app.ui.behind.push(app.ui.place);
    app.ui.place = Place { level, focus, scroll: 0 };
    app.ui.search = Search::default();
    app.ui.zoom = false;
}

fn open(app: &mut App) -> Vec<Effect> {
    if app.ui.search.typing {
        search::keep(app);
        return Vec::new();
    }
    if app.ui.overlay == Some(Overlay::Palette) {
        return overlay::run_chosen(app);
    }
    if app.ui.overlay == Some(Overlay::WhatIf) {
        supposition::keep(app);
        return Vec::new();
    }
    if app.ui.overlay == Some(Overlay::SignIn) {
        sign_in::go_on(app);
        return Vec::new();
    }
    if app.ui.filtering {
        app.ui.filtering = false;
        app.ui.place.focus = Focus::Second;
        return Vec::new();
    }
    match app.ui.place.level {
        Level::Overview if is_single_list(app) => {
            app.ui.moved = true;
            app.ui.place.focus = Focus::Second;
        }
        Level::Overview | Level::Timeline => descend(app, Level::Stages, Focus::First),
        Level::Stages => descend(app, Level::Raw, Focus::Second),
        Level::Certificate => app.ui.place.focus = Focus::Second,
        Level::Raw | Level::Views => {}
    }
    Vec::new()
}

fn back(app: &mut App) -> Vec<Effect> {
    if search::end(app) {
        return Vec::new();
    }
    if app.ui.overlay.take().is_some() {
        // What was typed to sign in with goes with its dialog.
        app.ui.sign_in = None;
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
    } else if app.ui.place.focus == Focus::Second && !matches!(app.ui.place.level, Level::Raw | Level::Views) {
        app.ui.place.focus = Focus::First;
    } else if let Some(place) = app.ui.behind.pop() {
        app.ui.place = place;
    } else if supposition::forget(app) {
        // What was supposed goes before the whole run does.
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
    app.ui.notice = app.diagnosis.as_ref().map(|diagnosis| {
        let verdict = words::verdict_class(diagnosis.verdict.class);
        say!("as {client} would do it: {verdict}", client = words::client(app.ui.client), verdict)
    });
}

fn rerun(app: &mut App) -> Vec<Effect> {
    let Some(candidate) = app.selected().map(|state| state.candidate.id.clone()) else { return Vec::new() };
    app.ui.moved = true;
    app.ui.selected = Some(candidate.clone());
    let command = match (app.ui.place.level, app.stage()) {
        (Level::Stages | Level::Raw, Some(stage)) => Command::RerunStage { candidate, stage },
        _ => Command::RerunCandidate { candidate },
    };
    app.ui.notice = Some(say!("asked again").to_owned());
    vec![Effect::Command(command)]
}
