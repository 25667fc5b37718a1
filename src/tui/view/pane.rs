//! Frames, lines and scrolled text: what every pane is made of.

use crate::tui::{
    app::{App, Focus},
    document::Page,
    measure,
    theme::{Look, Meaning},
};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
    widgets::{Block, Widget as _},
};

/// What stands at the right end of a frame's title.
#[derive(Clone, Debug, Default)]
pub(in crate::tui) struct Corner {
    pub(in crate::tui) text: String,
    pub(in crate::tui) style: Style,
}

/// Draws a frame with a title and a corner word, and clears what is inside. Returns the area inside, one column in.
pub(in crate::tui) fn draw_frame(
    look: &Look,
    title: &str,
    corner: &Corner,
    (selected, focused): (bool, bool),
    area: Rect,
    buffer: &mut Buffer,
) -> Rect {
    let set = if selected { look.glyphs.frame_selected } else { look.glyphs.frame };
    let border = look.style(if focused { Meaning::Focus } else { Meaning::Muted });
    let room = usize::from(area.width).saturating_sub(4);
    let taken = if corner.text.is_empty() { 0 } else { measure::width(&corner.text) + 3 };
    let title = measure::shorten(title, room.saturating_sub(taken), look.glyphs.ellipsis);
    let name = look.style(if selected || focused { Meaning::Title } else { Meaning::Plain });
    ratatui::widgets::Clear.render(area, buffer);
    let mut block = Block::bordered().border_set(set).border_style(border);
    if !title.is_empty() {
        block = block.title(Span::styled(format!(" {title} "), name));
    }
    if !corner.text.is_empty() && taken <= room {
        block = block.title(Line::styled(format!(" {} ", corner.text), corner.style).right_aligned());
    }
    let inside = block.inner(area);
    block.render(area, buffer);
    Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside }.intersection(area)
}

/// Draws one line at the top of an area.
pub(in crate::tui) fn draw_line(line: &Line<'_>, area: Rect, buffer: &mut Buffer) {
    let area = area.intersection(buffer.area);
    if !area.is_empty() {
        buffer.set_line(area.x, area.y, line, area.width);
    }
}

/// Draws as many lines of a page as fit, from the first one seen, and their position into the frame below.
pub(in crate::tui) fn draw_text(look: &Look, page: &Page, scroll: usize, inside: Rect, buffer: &mut Buffer) {
    let height = usize::from(inside.height);
    let scroll = scroll.min(page.lines.len().saturating_sub(height));
    for (line, y) in page.lines.iter().skip(scroll).zip(inside.y..inside.bottom()) {
        draw_line(line, Rect { y, height: 1, ..inside }, buffer);
    }
    if page.lines.len() > height && inside.bottom() < buffer.area.bottom() {
        let last = (scroll + height).min(page.lines.len());
        let position = say!(" {first}-{last} of {lines} ", first = scroll + 1, last, lines = page.lines.len());
        let width = u16::try_from(position.len()).unwrap_or(u16::MAX).min(inside.width);
        let area = Rect { x: inside.right() - width, y: inside.bottom(), width, height: 1 };
        draw_line(&Line::styled(position, look.style(Meaning::Muted)), area, buffer);
    }
}

/// Draws the pane with the text of the level.
pub(super) fn draw_page(app: &App, title: &str, area: Rect, buffer: &mut Buffer) {
    let focused = app.ui.place.focus == Focus::Second;
    let inside = draw_frame(&app.look, title, &Corner::default(), (focused, focused), area, buffer);
    draw_text(&app.look, &super::page(app, area.width), app.ui.place.scroll, inside, buffer);
    if super::is_searched(app) {
        super::search::draw(app, area, buffer);
    }
}
