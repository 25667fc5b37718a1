//! The stages of one candidate on one line: `DNS ✓ 4  TCP ✓ 11  TLS ✗ name  HTTP ✓ 401  XML ·`.

use crate::{
    event::{Cause, Outcome, Stage},
    model::{CandidateState, StageState},
    tui::{
        app::App,
        glyph::Status,
        measure,
        theme::{Look, Meaning},
    },
    walk::{self, Role},
    words,
};
use ratatui::text::{Line, Span};

/// One stage in the line.
struct Cell {
    name: &'static str,
    status: Status,
    /// A fault in a word, or a status code: what must stay.
    word: String,
    /// The sign as a word, for an audience that does not know the signs.
    spoken: &'static str,
    /// Milliseconds: what may go.
    time: String,
    /// Its faults do not matter to the client.
    calm: bool,
}

/// How generously the line is set.
#[derive(Clone, Copy, Debug)]
struct Setting {
    times: bool,
    gap: usize,
    close: bool,
    waiting: bool,
    spoken: bool,
    /// Stages that merely passed are shown, too.
    sound: bool,
}

/// From the most generous to the tightest.
const SETTINGS: [Setting; 8] = [
    Setting { times: true, ..ROOMY },
    ROOMY,
    Setting { gap: 1, ..ROOMY },
    Setting { waiting: false, ..ROOMY },
    Setting { gap: 1, waiting: false, ..ROOMY },
    Setting { spoken: false, ..TIGHT },
    TIGHT,
    Setting { sound: false, ..TIGHT },
];

const ROOMY: Setting = Setting { times: false, gap: 2, close: false, waiting: true, spoken: true, sound: true };

const TIGHT: Setting = Setting { gap: 1, close: true, waiting: false, spoken: false, ..ROOMY };

/// The stages of a candidate in at most `room` columns, as generously as they fit.
pub(super) fn line(app: &App, state: &CandidateState, room: usize) -> Line<'static> {
    let mut cells: Vec<Cell> = shown(state).into_iter().map(|stage| cell(app, state, stage)).collect();
    for cell in &mut cells {
        cell.calm = is_calm(app, state);
        // An audience does not know the signs; in ASCII they are words already.
        if app.present.on && !app.look.glyphs.ascii && cell.word.is_empty() {
            cell.spoken = spoken(cell.status);
        }
    }
    let mut tightest = Line::default();
    for setting in SETTINGS {
        tightest = set(&cells, setting, app.ui.turn, &app.look);
        if tightest.width() <= room {
            return tightest;
        }
    }
    measure::shorten_line(tightest, room, app.look.glyphs.ellipsis)
}

/// A sign as a word; none for what stands back anyway.
fn spoken(status: Status) -> &'static str {
    match status {
        Status::Passed => say!("ok"),
        Status::Running => say!("asking"),
        Status::Failed => say!("failed"),
        Status::Warned | Status::Skipped | Status::Waiting => "",
    }
}

/// Whether faults of this candidate stand back, because the client passes over them or never gets there.
pub(super) fn is_calm(app: &App, state: &CandidateState) -> bool {
    let role = app.step(&state.candidate.id).map(|step| step.role);
    state.finished && matches!(role, Some(Role::Harmless | Role::Unreached))
}

/// The first fault of a candidate: its stage and a word.
pub(super) fn fault(app: &App, state: &CandidateState) -> Option<(Status, String)> {
    let cells = state.stages.keys().map(|stage| cell(app, state, *stage));
    let fault = cells.into_iter().find(|cell| matches!(cell.status, Status::Failed))?;
    Some((fault.status, format!("{} {}", fault.name, fault.word)))
}

fn shown(state: &CandidateState) -> Vec<Stage> {
    let ldap = state.stages.contains_key(&Stage::Ldap).then_some(Stage::Ldap);
    let applies = |stage: &Stage| state.outcome(*stage) != Some(Outcome::NotApplicable);
    ldap.into_iter().chain(Stage::PROBED).filter(applies).collect()
}

fn cell(app: &App, state: &CandidateState, stage: Stage) -> Cell {
    let name = words::stage(stage);
    let Some(measured) = state.stages.get(&stage) else {
        let (status, word, time) = (Status::Waiting, String::new(), String::new());
        return Cell { name, status, word, spoken: "", time, calm: false };
    };
    let status = Status::of_stage(walk::outcome(&app.model, state, stage));
    let cause = measured.outcome.and_then(Outcome::cause);
    let code = match stage {
        Stage::Http => state.decisive_status().filter(|code| says_all(*code, cause)),
        _ => None,
    };
    let word = match (code, cause) {
        (Some(code), _) => code.to_string(),
        (None, cause) => cause.map(words::cause).unwrap_or_default().to_owned(),
    };
    Cell { name, status, word, spoken: "", time: time(measured, status), calm: false }
}

/// Whether a status tells what is wrong: one that means success, or leads elsewhere, tells nothing of a fault.
fn says_all(code: u16, cause: Option<Cause>) -> bool {
    cause.is_none() || code >= 400 && cause != Some(Cause::HttpSignInRefused)
}

fn time(measured: &StageState, status: Status) -> String {
    match status {
        Status::Passed | Status::Warned | Status::Failed => words::milliseconds(measured.elapsed_us),
        Status::Skipped | Status::Running | Status::Waiting => String::new(),
    }
}

fn set(cells: &[Cell], setting: Setting, turn: usize, look: &Look) -> Line<'static> {
    let mut spans: Vec<Span<'static>> = Vec::new();
    for cell in cells {
        let sound = cell.status == Status::Passed && cell.word.is_empty();
        if !setting.waiting && matches!(cell.status, Status::Waiting | Status::Skipped) || !setting.sound && sound {
            continue;
        }
        if !spans.is_empty() {
            spans.push(Span::raw(" ".repeat(setting.gap)));
        }
        let quiet = matches!(cell.status, Status::Waiting | Status::Skipped);
        let name = look.style(if quiet { Meaning::Muted } else { Meaning::Plain });
        let space = if setting.close && !look.glyphs.ascii { "" } else { " " };
        spans.push(Span::styled(format!("{}{space}", cell.name), name));
        let mut text = look.glyphs.status(cell.status, turn).to_owned();
        let spoken = if setting.spoken { cell.spoken } else { "" };
        for word in [cell.word.as_str(), spoken].into_iter().filter(|word| !word.is_empty()) {
            text.push(' ');
            text.push_str(word);
        }
        let meaning = if cell.calm && cell.status == Status::Failed { Meaning::Muted } else { cell.status.meaning() };
        spans.push(Span::styled(text, look.style(meaning)));
        if setting.times && cell.word.is_empty() && spoken.is_empty() && !cell.time.is_empty() {
            spans.push(Span::styled(format!(" {}", cell.time), look.style(Meaning::Muted)));
        }
    }
    Line::from(spans)
}
