//! Themes: what something means decides how it looks. Views never name a colour; `theme::palette` does.

mod palette;

mod stage;

use super::glyph::{self, Glyphs};
use ratatui::{
    buffer::Buffer,
    style::{Color, Style},
};
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
    /// Name of an element, or a method.
    Element,
    /// Name of an attribute, of a header, of a kind.
    Attribute,
    /// A value that goes with such a name.
    Value,
    /// A comment, or a declaration.
    Comment,
    /// Holds what is sought.
    Found,
    /// Holds what is sought, and is looked at; nothing else looks so.
    FoundHere,
}

impl Meaning {
    /// Every meaning.
    pub const ALL: [Self; 18] = [
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
        Self::Element,
        Self::Attribute,
        Self::Value,
        Self::Comment,
        Self::Found,
        Self::FoundHere,
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
    /// White and bright colours on black, whatever the terminal's own background is.
    HighContrast,
    /// Blue for what went well and orange for what did not, on dark and light backgrounds.
    ColourBlind,
    /// Without any colour; weight, slant and underline remain.
    Mono,
}

impl Theme {
    /// Every theme.
    pub const ALL: [Self; 5] = [Self::Dark, Self::Light, Self::HighContrast, Self::ColourBlind, Self::Mono];

    /// The theme with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == name)
    }

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
            Self::HighContrast => "high-contrast",
            Self::ColourBlind => "colour-blind",
            Self::Mono => "mono",
        }
    }

    /// How a meaning looks.
    pub fn style(self, meaning: Meaning) -> Style {
        match self {
            Self::Dark => palette::dark(meaning),
            Self::Light => palette::light(meaning),
            Self::HighContrast => palette::high_contrast(meaning),
            Self::ColourBlind => palette::colour_blind(meaning),
            Self::Mono => palette::mono(meaning),
        }
    }

    /// Foreground and background of everything that names none; nothing where the terminal's own remain.
    pub fn ground(self) -> Option<(Color, Color)> {
        (self == Self::HighContrast).then_some((palette::WHITE, palette::BLACK))
    }
}

/// Whether colours are unwanted: `NO_COLOR` is set and not empty (no-color.org).
pub fn colours_are_unwanted() -> bool {
    env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
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

    /// The look for this terminal. `NO_COLOR` stands above the theme, because only a theme without colour keeps weight
    /// and underline; ASCII signs are taken when asked for or when the locale knows no Unicode.
    pub fn detect(theme: Theme, ascii: bool) -> Self {
        let theme = if colours_are_unwanted() { Theme::Mono } else { theme };
        Self::new(theme, ascii || !glyph::locale_shows_unicode())
    }

    /// How a meaning looks.
    pub fn style(&self, meaning: Meaning) -> Style {
        self.theme.style(meaning)
    }

    /// What is left to do when everything is drawn: ASCII signs only where asked for, and the theme's own ground.
    pub fn finish(&self, buffer: &mut Buffer) {
        self.glyphs.plain(buffer);
        let Some((foreground, background)) = self.theme.ground() else { return };
        for cell in &mut buffer.content {
            if cell.fg == Color::Reset {
                cell.set_fg(foreground);
            }
            if cell.bg == Color::Reset {
                cell.set_bg(background);
            }
        }
    }
}

#[cfg(test)]
mod tests;
