//! The title card: the verdict in plain words, to be read from the last row of a room.

use super::pane::draw_line;
use crate::{
    model::Progress,
    tui::{app::App, glyph::Status, measure, theme::Meaning},
    walk::VerdictClass,
    words,
};
use ratatui::{
    buffer::Buffer,
    layout::{Alignment, Rect},
    style::Modifier,
    text::{Line, Span},
    widgets::{Block, Widget as _},
};

/// Draws the card: one line, in a frame where there is room for one.
pub(super) fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    let (status, title, sentence) = state(app);
    let style = app.look.style(status.meaning());
    let inside = if area.height >= 3 {
        let block = Block::bordered().border_set(app.look.glyphs.frame_selected).border_style(style);
        let inside = block.inner(area);
        block.render(area, buffer);
        inside
    } else {
        area
    };
    let room = usize::from(inside.width).saturating_sub(2);
    // In ASCII the signs are words, and two words would contradict one another.
    let sign = if app.look.glyphs.ascii { "" } else { app.look.glyphs.status(status, app.ui.turn) };
    let title = format!(" {} ", format!("{sign} {}", title.to_uppercase()).trim());
    let rest = room.saturating_sub(measure::width(&title) + 2);
    // Half a sentence tells an audience nothing.
    let sentence = if measure::width(sentence) <= rest { format!("  {sentence}") } else { String::new() };
    let title = Span::styled(title, style.add_modifier(Modifier::BOLD | Modifier::REVERSED));
    let line = Line::from(vec![title, Span::styled(sentence, app.look.style(Meaning::Title))]);
    let width = u16::try_from(line.width()).unwrap_or(inside.width).min(inside.width);
    let x = inside.x + (inside.width - width) / 2;
    draw_line(&line.alignment(Alignment::Left), Rect { x, width, ..inside }, buffer);
}

/// The state of the run, in words that need no explanation.
fn state(app: &App) -> (Status, &'static str, &'static str) {
    let class = app.diagnosis.as_ref().map_or(VerdictClass::Inconclusive, |diagnosis| diagnosis.verdict.class);
    if app.model.progress == Progress::Waiting {
        return (Status::Waiting, say!("starting"), say!("Nothing has been asked yet"));
    }
    if app.model.is_busy() {
        return (Status::Running, say!("looking"), say!("The places that Outlook asks are being asked"));
    }
    let status = Status::of_verdict(class);
    let sentence = match class {
        VerdictClass::Silent => say!("Outlook finds its settings and asks nobody"),
        VerdictClass::NeedsPassword => say!("The mail server answers and only wants the password"),
        VerdictClass::Degraded => say!("Outlook finds its settings late, or not all of them"),
        VerdictClass::Prompts => say!("Outlook asks the user what it should not ask"),
        VerdictClass::Fails => say!("Outlook does not find its settings"),
        VerdictClass::Inconclusive => say!("Too little could be measured to say"),
    };
    (status, words::verdict_class(class), sentence)
}
