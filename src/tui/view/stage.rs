//! One candidate's stages: the list, the evidence of the selected one, and the stage as it was recorded.

use super::{
    evidence,
    pane::{Corner, draw_frame, draw_line},
    path,
};
use crate::{
    event::Outcome,
    model::StageState,
    tui::{
        app::{App, Focus},
        document::{Document, Paragraph},
        glyph::Status,
        measure,
        theme::Meaning,
    },
    walk, words,
};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

/// Draws the list of stages.
pub(super) fn draw_list(app: &App, area: Rect, buffer: &mut Buffer) {
    let Some(candidate) = app.selected() else { return };
    let glyphs = app.look.glyphs;
    let focused = app.ui.place.focus == Focus::First;
    let name = words::candidate(&candidate.candidate, glyphs.arrow, "");
    let fits = measure::width(&name) + 4 <= usize::from(area.width);
    let title = if fits { name } else { name.replacen("https://", "", 1) };
    let inside = draw_frame(&app.look, &title, &Corner::default(), (focused, focused), area, buffer);
    let selected = app.stage();
    for ((stage, state), y) in candidate.stages.iter().zip(inside.y..inside.bottom()) {
        let is_selected = Some(*stage) == selected;
        let outcome = walk::outcome(&app.model, candidate, *stage);
        let line = row(app, words::stage(*stage), (state, outcome), is_selected, usize::from(inside.width));
        draw_line(&line, Rect { y, height: 1, ..inside }, buffer);
    }
}

fn row(
    app: &App,
    name: &str,
    (state, outcome): (&StageState, Option<Outcome>),
    selected: bool,
    width: usize,
) -> Line<'static> {
    let look = &app.look;
    let status = Status::of_stage(outcome);
    let sign = look.glyphs.status(status, app.ui.turn);
    let sign = measure::pad(sign, if look.glyphs.ascii { 5 } else { 2 });
    let word = match state.outcome {
        Some(Outcome::NotApplicable) => say!("none here"),
        // What stays to be said although nothing is wrong is said, too.
        Some(outcome) => outcome.cause().map_or(status.word(), words::cause),
        None => status.word(),
    };
    let time = match status {
        Status::Passed | Status::Warned | Status::Failed => words::duration(state.elapsed_us),
        Status::Skipped | Status::Running | Status::Waiting => String::new(),
    };
    let pointer = if selected { look.glyphs.pointer } else { " " };
    let room = width.saturating_sub(2 + 6 + measure::width(&sign) + measure::width(&time));
    vec![
        Span::styled(format!("{pointer} "), look.style(Meaning::Focus)),
        Span::styled(format!("{name:<6}"), look.style(if selected { Meaning::Title } else { Meaning::Plain })),
        Span::styled(sign, look.style(status.meaning())),
        Span::styled(
            measure::pad(&measure::shorten(word, room, look.glyphs.ellipsis), room),
            look.style(status.meaning()),
        ),
        Span::styled(time, look.style(Meaning::Muted)),
    ]
    .into()
}

/// The evidence of the selected stage.
pub(super) fn document(app: &App) -> Document {
    let mut document = Document::default();
    let Some((candidate, stage)) = app.selected().zip(app.stage()) else {
        document.text(0, Meaning::Muted, say!("Nothing was measured here."));
        return document;
    };
    let Some(state) = candidate.stages.get(&stage) else { return document };
    let outcome = walk::outcome(&app.model, candidate, stage);
    let status = Status::of_stage(outcome);
    let sign = app.look.glyphs.status(status, app.ui.turn);
    let title = Paragraph::new(0, status.meaning(), format!("{sign} {}", evidence::outcome(outcome)));
    document.push(if state.attempt > 1 {
        title.right(Meaning::Muted, say!("attempt {attempt}", attempt = state.attempt))
    } else {
        title
    });
    document.gap();
    document.append(path::document(app));
    if state.evidence.is_empty() {
        document.text(0, Meaning::Muted, say!("No evidence was recorded."));
    }
    document.append(evidence::document(app, state));
    document
}
