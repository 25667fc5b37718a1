//! The keys that work here, on one line.

use super::pane::draw_line;
use crate::tui::{
    action,
    app::App,
    keymap::{self, Binding},
    measure,
    theme::{Look, Meaning},
};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

/// Draws the keys. Help and quit stay in any case; labels go before keys, the least needed first.
pub(super) fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    let bindings: Vec<&Binding> = keymap::of(app.context())
        .filter(|binding| binding.rank.is_some() && action::availability(app, binding.action).is_ok())
        .collect();
    draw_line(&line(&bindings, usize::from(area.width), &app.look), area, buffer);
}

/// One key in the line, with or without its label.
struct Item {
    key: &'static str,
    label: Option<&'static str>,
    rank: u8,
}

impl Item {
    fn width(&self) -> usize {
        measure::width(self.key) + self.label.map_or(0, |label| label.len() + 1) + 2
    }
}

fn line(bindings: &[&Binding], room: usize, look: &Look) -> Line<'static> {
    let mut items: Vec<Item> = bindings
        .iter()
        .map(|binding| Item {
            key: if look.glyphs.ascii { binding.shown.1 } else { binding.shown.0 },
            label: Some(binding.label),
            rank: binding.rank.unwrap_or(u8::MAX),
        })
        .collect();
    while items.iter().map(Item::width).sum::<usize>() > room {
        let labelled = items.iter_mut().filter(|item| item.rank > 0 && item.label.is_some());
        if let Some(item) = labelled.max_by_key(|item| item.rank) {
            item.label = None;
            continue;
        }
        let Some(last) = items.iter().filter(|item| item.rank > 0).map(|item| item.rank).max() else { break };
        items.retain(|item| item.rank != last);
    }
    let mut spans = vec![Span::raw(" ")];
    for (number, item) in items.iter().enumerate() {
        spans.push(Span::raw(if number == 0 { "" } else { "  " }));
        spans.push(Span::styled(item.key, look.style(Meaning::Key)));
        if let Some(label) = item.label {
            spans.push(Span::styled(format!(" {label}"), look.style(Meaning::Muted)));
        }
    }
    Line::from(spans)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::{keymap::Context, theme::Theme};

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
    fn labels_go_before_keys() {
        let look = Look::new(Theme::Dark, false);
        let bindings: Vec<_> = keymap::of(Context::Overview).filter(|binding| binding.rank.is_some()).collect();
        let wide = line(&bindings, 200, &look).to_string();
        let narrow = line(&bindings, 60, &look).to_string();
        for key in ["⏎", "c", "o", "y", "r", "z"] {
            assert!(narrow.split_whitespace().any(|word| word == key), "{key} in {narrow}");
        }
        assert!(wide.contains("r rerun") && !narrow.contains("zoom"));
    }
}
