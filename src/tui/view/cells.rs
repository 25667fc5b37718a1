//! The stages of one candidate on one line: `DNS ✓ 4  TCP ✓ 11  TLS ✗ name  HTTP ✓ 401  XML ·`.

use crate::{
    event::{Outcome, Stage},
    model::{CandidateState, StageState},
    tui::{
        app::App,
        glyph::Status,
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
}

/// From the most generous to the tightest.
const SETTINGS: [Setting; 6] = [
    Setting { times: true, gap: 2, close: false, waiting: true },
    Setting { times: false, gap: 2, close: false, waiting: true },
    Setting { times: false, gap: 1, close: false, waiting: true },
    Setting { times: false, gap: 2, close: false, waiting: false },
    Setting { times: false, gap: 1, close: false, waiting: false },
    Setting { times: false, gap: 1, close: true, waiting: false },
];

/// The stages of a candidate in at most `room` columns, as generously as they fit.
pub(super) fn line(app: &App, state: &CandidateState, room: usize) -> Line<'static> {
    let mut cells: Vec<Cell> = shown(state).into_iter().map(|stage| cell(state, stage)).collect();
    for cell in &mut cells {
        cell.calm = is_calm(app, state);
        // An audience does not know the signs; in ASCII they are words already.
        if app.present.on && !app.look.glyphs.ascii && cell.word.is_empty() {
            cell.word = spoken(cell.status).to_owned();
        }
    }
    let mut tightest = Line::default();
    for setting in SETTINGS {
        tightest = set(&cells, setting, app.ui.turn, &app.look);
        if tightest.width() <= room {
            break;
        }
    }
    tightest
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
pub(super) fn fault(state: &CandidateState) -> Option<(Status, String)> {
    let cells = state.stages.keys().map(|stage| cell(state, *stage));
    let fault = cells.into_iter().find(|cell| matches!(cell.status, Status::Failed))?;
    Some((fault.status, format!("{} {}", fault.name, fault.word)))
}

fn shown(state: &CandidateState) -> Vec<Stage> {
    let ldap = state.stages.contains_key(&Stage::Ldap).then_some(Stage::Ldap);
    let applies = |stage: &Stage| state.outcome(*stage) != Some(Outcome::NotApplicable);
    ldap.into_iter().chain(Stage::PROBED).filter(applies).collect()
}

fn cell(state: &CandidateState, stage: Stage) -> Cell {
    let name = words::stage(stage);
    let Some(measured) = state.stages.get(&stage) else {
        return Cell { name, status: Status::Waiting, word: String::new(), time: String::new(), calm: false };
    };
    let status = Status::of_stage(walk::outcome(state, stage));
    let code = match stage {
        Stage::Http => state.decisive_status().map(|status| status.to_string()),
        _ => None,
    };
    let word = code.or_else(|| measured.outcome.and_then(Outcome::cause).map(|cause| words::cause(cause).to_owned()));
    Cell { name, status, word: word.unwrap_or_default(), time: time(measured, status), calm: false }
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
        if !setting.waiting && matches!(cell.status, Status::Waiting | Status::Skipped) {
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
        if !cell.word.is_empty() {
            text.push(' ');
            text.push_str(&cell.word);
        }
        let meaning = if cell.calm && cell.status == Status::Failed { Meaning::Muted } else { cell.status.meaning() };
        spans.push(Span::styled(text, look.style(meaning)));
        if setting.times && cell.word.is_empty() && !cell.time.is_empty() {
            spans.push(Span::styled(format!(" {}", cell.time), look.style(Meaning::Muted)));
        }
    }
    Line::from(spans)
}
