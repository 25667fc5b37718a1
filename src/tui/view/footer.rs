//! The keys that work here, on one line.

use super::pane::draw_line;
use crate::tui::{
    action::{self, Action},
    app::App,
    keymap::Binding,
    measure,
    theme::{Look, Meaning},
};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Modifier,
    text::{Line, Span},
};

/// Columns that help and quit take at least.
const LEAST: usize = 18;

/// Draws the keys, each with its label: a bare letter tells a newcomer nothing. Where room is short the least needed go
/// first; help and quit stay in any case.
pub(super) fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    let bindings = bindings(app);
    let mut room = usize::from(area.width);
    if let Some(echo) = app.present.echo() {
        // The key that was pressed, in the corner; help and quit stay beside it.
        let echo = Line::styled(format!(" {echo} "), app.look.style(Meaning::Key).add_modifier(Modifier::REVERSED));
        if echo.width() + LEAST <= room {
            room -= echo.width();
            let width = u16::try_from(echo.width()).unwrap_or(area.width);
            draw_line(&echo, Rect { x: area.right() - width, width, ..area }, buffer);
        }
    }
    let width = u16::try_from(room).unwrap_or(area.width);
    draw_line(&line(&bindings, room, &app.look), Rect { width, ..area }, buffer);
}

/// What the key at a column of the footer does.
pub(super) fn action_at(app: &App, area: Rect, column: u16) -> Option<Action> {
    let column = usize::from(column.checked_sub(area.x)?);
    let bindings = bindings(app);
    let mut at = 1;
    for (number, binding) in kept(&bindings, usize::from(area.width), &app.look).into_iter().enumerate() {
        at += if number == 0 { 0 } else { GAP };
        let end = at + shown_width(binding, &app.look);
        if (at..end).contains(&column) {
            return match binding.action {
                // A row that goes both ways has no one meaning.
                Action::Step(0) | Action::Change(0) | Action::Jump(_) => None,
                action => Some(action),
            };
        }
        at = end;
    }
    None
}

/// The keys that work at the moment and are worth a place.
fn bindings(app: &App) -> Vec<&'static Binding> {
    let here = app.keys.of(app.context());
    here.filter(|binding| binding.rank.is_some() && action::availability(app, binding.action).is_ok()).collect()
}

/// Columns between two keys.
const GAP: usize = 2;

/// Columns of a key and its label.
fn shown_width(binding: &Binding, look: &Look) -> usize {
    measure::width(binding.written(look.glyphs.ascii)) + 1 + measure::width(binding.said_label())
}

/// Keys with their labels on one line, the least needed left out where room is short.
pub(in crate::tui) fn line(bindings: &[&Binding], room: usize, look: &Look) -> Line<'static> {
    let mut spans = vec![Span::raw(" ")];
    for (number, binding) in kept(bindings, room, look).into_iter().enumerate() {
        spans.push(Span::raw(if number == 0 { String::new() } else { " ".repeat(GAP) }));
        spans.push(Span::styled(binding.written(look.glyphs.ascii), look.style(Meaning::Key)));
        spans.push(Span::styled(format!(" {}", binding.said_label()), look.style(Meaning::Muted)));
    }
    Line::from(spans)
}

/// The keys that have room, in the order of the table.
fn kept<'a>(bindings: &[&'a Binding], room: usize, look: &Look) -> Vec<&'a Binding> {
    let width = |binding: &Binding| shown_width(binding, look) + GAP;
    let mut wanted: Vec<usize> = (0..bindings.len()).collect();
    wanted.sort_by_key(|place| bindings.get(*place).and_then(|binding| binding.rank));
    let mut left = room;
    let mut kept = Vec::new();
    for (place, binding) in wanted.into_iter().filter_map(|place| bindings.get(place).map(|binding| (place, *binding)))
    {
        if binding.rank == Some(0) || width(binding) <= left {
            left = left.saturating_sub(width(binding));
            kept.push((place, binding));
        }
    }
    kept.sort_by_key(|(place, _)| *place);
    kept.into_iter().map(|(_, binding)| binding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::{
        keymap::{self, Context},
        theme::Theme,
    };

    #[test]
    fn help_and_quit_never_fall_off() {
        for ascii in [false, true] {
            let look = Look::new(Theme::Dark, ascii);
            for context in [Context::Overview, Context::Stages, Context::Raw, Context::Certificate] {
                let bindings: Vec<_> = keymap::of(context).filter(|binding| binding.rank.is_some()).collect();
                for room in 40..160 {
                    let line = line(&bindings, room, &look);
                    assert!(line.width() <= room, "{line}");
                    assert!(line.to_string().ends_with("? help  q quit"), "{line}");
                }
            }
        }
    }

    #[test]
    fn keys_go_with_their_labels_the_least_needed_first() {
        let look = Look::new(Theme::Dark, false);
        let bindings: Vec<_> = keymap::of(Context::Overview).filter(|binding| binding.rank.is_some()).collect();
        for room in 40..200 {
            let text = line(&bindings, room, &look).to_string();
            for item in text.trim().split("  ") {
                let known =
                    bindings.iter().any(|binding| item == format!("{} {}", binding.shown.0, binding.said_label()));
                assert!(known, "{item:?} in {text}");
            }
        }
        let usual = line(&bindings, 80, &look).to_string();
        for item in ["⏎ open", "c certificate", "y copy", "e export", ": search", "? help", "q quit"] {
            assert!(usual.contains(item), "{item} in {usual}");
        }
        assert!(!usual.contains("zoom") && line(&bindings, 200, &look).to_string().contains("z zoom"));
    }
}
