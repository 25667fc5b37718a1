//! What the places before a run share: the keys on their last line, and the help above them.

use super::{
    action::Action,
    document::Document,
    keymap::{Binding, Context, Keys},
    theme::{Look, Meaning},
    view::{Corner, draw_frame, draw_line, draw_text, keys_line},
};
use ratatui::{buffer::Buffer, layout::Rect};

/// Widest help that is drawn.
const WIDTH: u16 = 74;

/// The help of such a place: the first line seen, while it is shown.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Help(Option<usize>);

impl Help {
    /// Whether it is shown.
    pub(super) fn is_shown(self) -> bool {
        self.0.is_some()
    }

    /// Where keys are pressed: in the help while it is shown, else below it.
    pub(super) fn context(self, below: Context) -> Context {
        if self.is_shown() { Context::Help } else { below }
    }

    /// Opens, scrolls or closes the help. True when the action was meant for it.
    pub(super) fn hear(&mut self, action: Action, rows: usize) -> bool {
        match (action, self.0) {
            (Action::Help, None) => self.0 = Some(0),
            (_, None) | (Action::QuitNow, _) => return false,
            (Action::Back, _) => self.0 = None,
            (Action::Step(by), Some(line)) => self.0 = Some(line.saturating_add_signed(by).min(rows.saturating_sub(1))),
            (_, Some(_)) => {}
        }
        true
    }

    /// Draws the help, where it is shown.
    pub(super) fn draw(self, page: &Document, look: &Look, screen: Rect, buffer: &mut Buffer) {
        let Some(first) = self.0 else { return };
        let width = WIDTH.min(screen.width);
        let page = page.lay_out(usize::from(width.saturating_sub(4)), true, look);
        let height =
            u16::try_from(page.lines.len()).unwrap_or(u16::MAX).saturating_add(2).min(screen.height.saturating_sub(1));
        let area = Rect {
            x: screen.x + (screen.width - width) / 2,
            y: screen.y + (screen.height.saturating_sub(1 + height)) / 2,
            width,
            height,
        };
        let inside = draw_frame(look, say!("Keys that work here"), &Corner::default(), (true, true), area, buffer);
        draw_text(look, &page, first, inside, buffer);
    }
}

/// The keys of a place with what they do, below a line about it.
pub(super) fn help(keys: Keys, context: Context, about: &str, look: &Look) -> Document {
    let bindings = keys.of(context).filter(|binding| binding.action != Action::Help);
    let rows = bindings.map(|binding| {
        let key = binding.written(look.glyphs.ascii);
        (format!("{key:<11}{}", binding.said_label()), Meaning::Plain, binding.said_tooltip().to_owned())
    });
    let mut document = Document::default();
    document.text(0, Meaning::Muted, about);
    document.gap();
    document.pairs(0, rows.collect());
    document
}

/// Lines of the help at its full width.
pub(super) fn help_rows(help: &Document, look: &Look) -> usize {
    help.lay_out(usize::from(WIDTH) - 4, true, look).lines.len()
}

/// Draws the keys of a place on one line.
pub(super) fn draw_keys(keys: Keys, context: Context, look: &Look, area: Rect, buffer: &mut Buffer) {
    let bindings: Vec<&Binding> = keys.of(context).filter(|binding| binding.rank.is_some()).collect();
    draw_line(&keys_line(&bindings, usize::from(area.width), look), area, buffer);
}
