//! Themes: what something means decides how it looks. Views never name a colour.

mod stage;

use super::glyph::{self, Glyphs};
use ratatui::style::{Color, Modifier, Style};
use std::env;

/// What a piece of text means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Meaning {
    /// Ordinary text, in the terminal's own colours.
    Plain,
    /// Went through.
    Passed,
    /// Went through, with something worth knowing.
    Warned,
    /// Did not go through.
    Failed,
    /// Was not run.
    Skipped,
    /// Runs.
    Running,
    /// Has the keyboard.
    Focus,
    /// Is selected within a list.
    Selected,
    /// Names what follows.
    Title,
    /// Stands back.
    Muted,
    /// Tells what to do: text to paste, notices.
    Guidance,
    /// A key to press.
    Key,
}

impl Meaning {
    /// Every meaning.
    pub const ALL: [Self; 12] = [
        Self::Plain,
        Self::Passed,
        Self::Warned,
        Self::Failed,
        Self::Skipped,
        Self::Running,
        Self::Focus,
        Self::Selected,
        Self::Title,
        Self::Muted,
        Self::Guidance,
        Self::Key,
    ];
}

/// The themes that can be chosen.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Theme {
    /// For dark backgrounds.
    #[default]
    Dark,
    /// For light backgrounds.
    Light,
    /// Without any colour; weight and underline remain.
    Mono,
}

impl Theme {
    /// The theme with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "dark" => Some(Self::Dark),
            "light" => Some(Self::Light),
            "mono" => Some(Self::Mono),
            _ => None,
        }
    }

    /// How a meaning looks.
    pub fn style(self, meaning: Meaning) -> Style {
        match self {
            Self::Dark => dark(meaning),
            Self::Light => light(meaning),
            Self::Mono => mono(meaning),
        }
    }
}

/// Theme and signs: everything a view needs to know about looks.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// The theme.
    pub theme: Theme,
    /// The signs.
    pub glyphs: &'static Glyphs,
}

impl Look {
    /// This theme, with Unicode or ASCII signs.
    pub fn new(theme: Theme, ascii: bool) -> Self {
        Self { theme, glyphs: if ascii { &glyph::ASCII } else { &glyph::UNICODE } }
    }

    /// The look for this terminal. `NO_COLOR` (no-color.org: set and not empty) stands above the theme, because only a
    /// theme without colour keeps weight and underline; ASCII signs are taken when asked for or when the locale knows
    /// no Unicode.
    pub fn detect(theme: Theme, ascii: bool) -> Self {
        let no_color = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self::new(if no_color { Theme::Mono } else { theme }, ascii || !glyph::locale_shows_unicode())
    }

    /// How a meaning looks.
    pub fn style(&self, meaning: Meaning) -> Style {
        self.theme.style(meaning)
    }
}

fn dark(meaning: Meaning) -> Style {
    let plain = Style::new();
    match meaning {
        Meaning::Plain => plain,
        Meaning::Passed => plain.fg(Color::Green),
        Meaning::Warned => plain.fg(Color::Yellow),
        Meaning::Failed => plain.fg(Color::LightRed).add_modifier(Modifier::BOLD),
        Meaning::Skipped | Meaning::Muted => plain.fg(Color::DarkGray),
        Meaning::Running | Meaning::Guidance => plain.fg(Color::Cyan),
        Meaning::Focus => plain.fg(Color::LightCyan),
        Meaning::Selected => plain.add_modifier(Modifier::REVERSED),
        Meaning::Title => plain.add_modifier(Modifier::BOLD),
        Meaning::Key => plain.fg(Color::LightCyan).add_modifier(Modifier::BOLD),
    }
}

fn light(meaning: Meaning) -> Style {
    /// Dark orange of the 256-colour palette: plain yellow cannot be read on white.
    const ORANGE: Color = Color::Indexed(130);
    let plain = Style::new();
    match meaning {
        Meaning::Warned => plain.fg(ORANGE),
        Meaning::Failed => plain.fg(Color::Red).add_modifier(Modifier::BOLD),
        Meaning::Running | Meaning::Guidance | Meaning::Focus => plain.fg(Color::Blue),
        Meaning::Key => plain.fg(Color::Blue).add_modifier(Modifier::BOLD),
        other => dark(other),
    }
}

fn mono(meaning: Meaning) -> Style {
    let plain = Style::new();
    match meaning {
        Meaning::Plain | Meaning::Passed | Meaning::Running => plain,
        Meaning::Warned | Meaning::Failed | Meaning::Title | Meaning::Focus | Meaning::Key | Meaning::Guidance => {
            plain.add_modifier(Modifier::BOLD)
        }
        Meaning::Selected => plain.add_modifier(Modifier::REVERSED),
        Meaning::Skipped | Meaning::Muted => plain.add_modifier(Modifier::DIM),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mono_emits_no_colour() {
        for meaning in Meaning::ALL {
            let style = Theme::Mono.style(meaning);
            assert_eq!((style.fg, style.bg), (None, None), "{meaning:?}");
        }
    }

    #[test]
    fn ordinary_text_keeps_the_terminals_colours() {
        for theme in [Theme::Dark, Theme::Light, Theme::Mono] {
            assert_eq!(theme.style(Meaning::Plain), Style::new());
        }
    }
}
