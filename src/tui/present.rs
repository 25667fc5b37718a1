//! For an audience: the verdict on a card, pressed keys in the corner, calm redraws.

use super::{
    app::App,
    keymap::{self, Context},
    theme::Look,
};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::time::Duration;

/// Least time between two frames that the run causes: about 4 a second, for those who watch over a shared screen. What
/// the presenter presses is drawn at once.
pub(super) const FRAME: Duration = Duration::from_millis(250);

/// What the presenter's mode keeps.
#[derive(Clone, Debug, Default)]
pub struct Present {
    /// The screen is for an audience.
    pub on: bool,
    /// The key pressed last, with what it does.
    echo: Option<String>,
}

impl Present {
    /// The key pressed last, for the corner.
    pub(super) fn echo(&self) -> Option<&str> {
        self.echo.as_deref().filter(|_| self.on)
    }
}

/// Whether keys go into a field, where they may be anything: nothing of that is ever repeated.
fn is_typed(context: Context) -> bool {
    matches!(context, Context::Filter | Context::Search | Context::WhatIf | Context::Palette | Context::Questions)
}

/// Keeps a key that was pressed in `context`. Called after it was heard, so that one that opens a field leaves nothing.
pub(super) fn hear(app: &mut App, context: Context, key: KeyEvent) {
    if !app.present.on {
        return;
    }
    let typed = is_typed(context) || is_typed(app.context());
    let bound = keymap::of(context).find(|binding| binding.keys.iter().any(|known| known.matches(key)));
    app.present.echo = match bound {
        Some(binding) if !typed => Some(format!("{} {}", name(key, &app.look), binding.said_label())),
        _ => None,
    };
}

/// How a key is written.
fn name(key: KeyEvent, look: &Look) -> String {
    let ascii = look.glyphs.ascii;
    let plain = |unicode: &str, plain: &str| if ascii { plain.to_owned() } else { unicode.to_owned() };
    match key.code {
        KeyCode::Char(' ') => "space".to_owned(),
        KeyCode::Char(letter) if key.modifiers.contains(KeyModifiers::CONTROL) => {
            format!("^{}", letter.to_ascii_uppercase())
        }
        KeyCode::Char(letter) => letter.to_string(),
        KeyCode::Enter => plain("⏎", "Enter"),
        KeyCode::Esc => "Esc".to_owned(),
        KeyCode::Tab => "Tab".to_owned(),
        KeyCode::BackTab => plain("⇧Tab", "S-Tab"),
        KeyCode::Up => plain("↑", "up"),
        KeyCode::Down => plain("↓", "down"),
        KeyCode::PageUp => "PgUp".to_owned(),
        KeyCode::PageDown => "PgDn".to_owned(),
        KeyCode::Home => "Home".to_owned(),
        KeyCode::End => "End".to_owned(),
        KeyCode::F(number) => format!("F{number}"),
        _ => "key".to_owned(),
    }
}
