//! What is sought, in the frame below the text: `/autodis_  3 of 17`.

use super::pane::draw_line;
use crate::tui::{app::App, measure, theme::Meaning};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

/// Columns of the frame that are left to the text's own position.
const POSITION: u16 = 22;

/// Draws what is sought into the frame below a text, left of the text's position.
pub(super) fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    let search = &app.ui.search;
    if !search.is_on() || area.height < 2 {
        return;
    }
    let look = &app.look;
    let room = usize::from(area.width.saturating_sub(4).saturating_sub(POSITION.min(area.width / 3)));
    let standing = search.standing();
    let columns = room.saturating_sub(measure::width(&standing) + 5).max(4);
    let (seen, _) = search.line.seen(columns);
    let cursor = if search.typing { "_" } else { "" };
    let found = if search.count == 0 { Meaning::Warned } else { Meaning::Muted };
    let line = Line::from(vec![
        Span::styled(" /", look.style(Meaning::Key)),
        Span::styled(
            format!("{}{cursor} ", measure::shorten(seen, columns, look.glyphs.ellipsis)),
            look.style(Meaning::Title),
        ),
        Span::styled(if standing.is_empty() { String::new() } else { format!(" {standing} ") }, look.style(found)),
    ]);
    let width = u16::try_from(room).unwrap_or(area.width);
    draw_line(&line, Rect { x: area.x + 2, y: area.bottom() - 1, width, height: 1 }, buffer);
}
