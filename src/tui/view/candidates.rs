//! The list: one pane per candidate, in the client's order; one line where there is no room for a pane.

use super::pane::{Corner, draw_frame, draw_line};
use super::{cells, words_why_not};
use crate::{
    event::{CandidateId, Standing},
    model::CandidateState,
    tui::{
        app::{App, Focus},
        glyph::Status,
        layout::{self, Slot},
        measure,
        theme::Meaning,
    },
    walk::{Role, VerdictClass},
    words,
};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

/// Below this width only the selected candidate gets a frame.
const COMPACT: u16 = 60;

/// How one candidate stands, for the corner of its pane.
pub(super) struct Standpoint {
    pub(super) status: Status,
    pub(super) word: String,
}

/// Draws the list.
pub(super) fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    let ordered = app.ordered();
    let (slots, at) = slots(app, &ordered, area);
    let columns = number_columns(app);
    for slot in slots {
        let Some(state) = ordered.get(slot.index) else { continue };
        let name = |room: usize| name(app, state, columns, room);
        if slot.open {
            draw_open(app, state, name, slot.index == at, slot.area, buffer);
        } else {
            draw_closed(app, state, name, slot.index == at, slot.area, buffer);
        }
    }
    if ordered.is_empty() {
        let text = Line::styled(say!(" Working out where to look..."), app.look.style(Meaning::Muted));
        draw_line(&text, Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area }, buffer);
    }
}

/// The candidate in a row of the screen.
pub(super) fn at(app: &App, area: Rect, y: u16) -> Option<CandidateId> {
    let ordered = app.ordered();
    let (slots, _) = slots(app, &ordered, area);
    let slot = slots.into_iter().find(|slot| (slot.area.y..slot.area.bottom()).contains(&y))?;
    ordered.get(slot.index).map(|state| state.candidate.id.clone())
}

/// Where each candidate stands, and which of them is selected.
fn slots(app: &App, ordered: &[&CandidateState], area: Rect) -> (Vec<Slot>, usize) {
    let selected = app.selected().map(|state| &state.candidate.id);
    let at = ordered.iter().position(|state| Some(&state.candidate.id) == selected).unwrap_or(0);
    let priorities: Vec<u8> = ordered.iter().map(|state| priority(app, state)).collect();
    let room = if app.ui.screen.width < COMPACT && !app.ui.zoom {
        Rect { height: area.height.min(u16::try_from(ordered.len()).unwrap_or(u16::MAX).saturating_add(2)), ..area }
    } else {
        area
    };
    (layout::slots(room, &priorities, at), at)
}

fn draw_open(
    app: &App,
    state: &CandidateState,
    name: impl Fn(usize) -> String,
    selected: bool,
    area: Rect,
    buffer: &mut Buffer,
) {
    let focused = selected && app.ui.place.focus == Focus::First;
    let standpoint = standpoint(app, state);
    let sign = app.look.glyphs.status(standpoint.status, app.ui.turn);
    let corner =
        Corner { text: format!("{sign} {}", standpoint.word), style: app.look.style(standpoint.status.meaning()) };
    let room = usize::from(area.width).saturating_sub(measure::width(&corner.text) + 7);
    let inside = draw_frame(&app.look, &name(room), &corner, (selected, focused), area, buffer);
    let line = match words_why_not(app, state) {
        Some((_, sentence)) => {
            let room = usize::from(inside.width);
            let sentence = measure::shorten(&sentence, room, app.look.glyphs.ellipsis);
            Line::styled(sentence, app.look.style(Meaning::Muted))
        }
        None => cells::line(app, state, usize::from(inside.width)),
    };
    draw_line(&line, Rect { width: inside.width + 1, ..inside }, buffer);
}

fn draw_closed(
    app: &App,
    state: &CandidateState,
    name: impl Fn(usize) -> String,
    selected: bool,
    area: Rect,
    buffer: &mut Buffer,
) {
    let look = &app.look;
    let standpoint = standpoint(app, state);
    let style = look.style(standpoint.status.meaning());
    let sign = look.glyphs.status(standpoint.status, app.ui.turn);
    let end = format!("{sign} {}", standpoint.word);
    let room = usize::from(area.width).saturating_sub(measure::width(&end) + 5);
    let pointer = if selected { look.glyphs.pointer } else { " " };
    let quiet = words_why_not(app, state).is_some();
    let own = if selected {
        look.style(Meaning::Selected)
    } else {
        look.style(if quiet { Meaning::Muted } else { Meaning::Plain })
    };
    let mut text = measure::shorten(&name(room), room, look.glyphs.ellipsis);
    let fault = cells::fault(app, state).filter(|(_, fault)| measure::width(&text) + measure::width(fault) + 2 <= room);
    let fault = fault.map(|(_, fault)| fault).unwrap_or_default();
    text = measure::pad(&text, room - measure::width(&fault));
    let spans = vec![
        Span::styled(format!("{pointer} "), look.style(Meaning::Focus)),
        Span::styled(text, own),
        Span::styled(fault, look.style(Meaning::Muted)),
        Span::styled(format!(" {end}"), style),
    ];
    draw_line(&Line::from(spans), area, buffer);
}

/// Number and name of a candidate; what every name shares, the https scheme, goes first where room is short.
pub(super) fn name(app: &App, state: &CandidateState, columns: usize, room: usize) -> String {
    let glyphs = app.look.glyphs;
    let number = app.step(&state.candidate.id).and_then(|step| step.number);
    let number = number.map_or_else(String::new, |number| number.to_string());
    let name = words::candidate(&state.candidate, glyphs.arrow, glyphs.branch);
    let name = if measure::width(&name) + columns < room { name } else { name.replacen("https://", "", 1) };
    format!("{number:>columns$} {name}")
}

pub(super) fn number_columns(app: &App) -> usize {
    let steps = app.diagnosis.iter().flat_map(|diagnosis| &diagnosis.walk.steps);
    steps.filter_map(|step| step.number).max().map_or(1, |number| number.to_string().len())
}

/// What a candidate means to the client, or why it means nothing yet.
pub(super) fn standpoint(app: &App, state: &CandidateState) -> Standpoint {
    if state.candidate.standing == Standing::AwaitingSigns && app.model.is_busy() {
        return Standpoint { status: Status::Running, word: say!("waiting").to_owned() };
    }
    if let Some((word, _)) = words_why_not(app, state) {
        return Standpoint { status: Status::Skipped, word: word.to_owned() };
    }
    if !state.finished && app.model.is_busy() {
        let queued = state.stages.is_empty();
        let (status, word) =
            if queued { (Status::Waiting, say!("queued")) } else { (Status::Running, say!("running")) };
        return Standpoint { status, word: word.to_owned() };
    }
    match app.step(&state.candidate.id) {
        Some(step) if step.switched_off.is_some() => {
            Standpoint { status: Status::Skipped, word: say!("switched off").to_owned() }
        }
        Some(step) if step.number.is_none() && !step.reached && state.candidate.opened_by.is_none() => {
            Standpoint { status: Status::Skipped, word: say!("not used").to_owned() }
        }
        Some(step) => {
            let class = app.diagnosis.as_ref().map_or(VerdictClass::Inconclusive, |known| known.verdict.class);
            Standpoint { status: Status::of_role(step.role, class), word: words::role(step.role, class).to_owned() }
        }
        None => Standpoint { status: Status::Waiting, word: String::new() },
    }
}

/// Who gets a frame first when height is short.
fn priority(app: &App, state: &CandidateState) -> u8 {
    if words_why_not(app, state).is_some() {
        return if state.candidate.standing == Standing::NotVisible { 0 } else { 1 };
    }
    match app.step(&state.candidate.id).map(|step| step.role) {
        Some(Role::Prompts) if state.finished => 5,
        Some(Role::Decides | Role::Delays | Role::Hidden) if state.finished => 4,
        _ if cells::fault(app, state).is_some() => 3,
        _ => 2,
    }
}
