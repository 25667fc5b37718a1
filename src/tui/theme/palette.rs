//! Colours and weights of each theme. Colours that have to keep a distance from others are named by their place in the
//! 256-colour palette, because a terminal's own sixteen may be anything.

use super::Meaning;
use ratatui::style::{Color, Modifier, Style};

/// White of the high-contrast theme.
pub(super) const WHITE: Color = Color::Indexed(231);

/// Black of the high-contrast theme.
pub(super) const BLACK: Color = Color::Indexed(16);

const PLAIN: Style = Style::new();

/// What nothing else is in any theme.
const FOUND_HERE: Modifier = Modifier::REVERSED.union(Modifier::BOLD);

/// For dark backgrounds.
pub(super) fn dark(meaning: Meaning) -> Style {
    match meaning {
        Meaning::Plain => PLAIN,
        Meaning::Passed => PLAIN.fg(Color::Green),
        Meaning::Warned => PLAIN.fg(Color::Yellow),
        Meaning::Failed => PLAIN.fg(Color::LightRed).add_modifier(Modifier::BOLD),
        Meaning::Skipped | Meaning::Muted => PLAIN.fg(Color::DarkGray),
        Meaning::Running | Meaning::Guidance => PLAIN.fg(Color::Cyan),
        Meaning::Focus => PLAIN.fg(Color::LightCyan),
        Meaning::Selected => PLAIN.add_modifier(Modifier::REVERSED),
        Meaning::Title => PLAIN.add_modifier(Modifier::BOLD),
        Meaning::Key => PLAIN.fg(Color::LightCyan).add_modifier(Modifier::BOLD),
        Meaning::Element => PLAIN.fg(Color::LightBlue),
        Meaning::Attribute => PLAIN.fg(Color::LightMagenta),
        Meaning::Value => PLAIN.fg(Color::Indexed(180)),
        Meaning::Comment => PLAIN.fg(Color::DarkGray).add_modifier(Modifier::ITALIC),
        Meaning::Found => PLAIN.fg(Color::Yellow).add_modifier(Modifier::UNDERLINED),
        Meaning::FoundHere => PLAIN.fg(Color::Yellow).add_modifier(FOUND_HERE),
    }
}

/// For light backgrounds: dark colours, and an orange where plain yellow could not be read on white.
pub(super) fn light(meaning: Meaning) -> Style {
    const GREEN: Color = Color::Indexed(22);
    const ORANGE: Color = Color::Indexed(130);
    const RED: Color = Color::Indexed(160);
    const BLUE: Color = Color::Indexed(26);
    const GREY: Color = Color::Indexed(242);
    match meaning {
        Meaning::Passed => PLAIN.fg(GREEN),
        Meaning::Warned => PLAIN.fg(ORANGE),
        Meaning::Failed => PLAIN.fg(RED).add_modifier(Modifier::BOLD),
        Meaning::Skipped | Meaning::Muted => PLAIN.fg(GREY),
        Meaning::Running | Meaning::Guidance | Meaning::Focus => PLAIN.fg(BLUE),
        Meaning::Key => PLAIN.fg(BLUE).add_modifier(Modifier::BOLD),
        Meaning::Element => PLAIN.fg(BLUE),
        Meaning::Attribute => PLAIN.fg(Color::Indexed(90)),
        Meaning::Value => PLAIN.fg(Color::Indexed(94)),
        Meaning::Comment => PLAIN.fg(GREY).add_modifier(Modifier::ITALIC),
        Meaning::Found => PLAIN.fg(ORANGE).add_modifier(Modifier::UNDERLINED),
        Meaning::FoundHere => PLAIN.fg(ORANGE).add_modifier(FOUND_HERE),
        other => dark(other),
    }
}

/// Bright colours on black.
pub(super) fn high_contrast(meaning: Meaning) -> Style {
    const GREEN: Color = Color::Indexed(46);
    const YELLOW: Color = Color::Indexed(226);
    const RED: Color = Color::Indexed(210);
    const CYAN: Color = Color::Indexed(51);
    const GREY: Color = Color::Indexed(250);
    match meaning {
        Meaning::Passed => PLAIN.fg(GREEN),
        Meaning::Warned => PLAIN.fg(YELLOW).add_modifier(Modifier::UNDERLINED),
        Meaning::Failed => PLAIN.fg(RED).add_modifier(Modifier::BOLD),
        Meaning::Skipped | Meaning::Muted => PLAIN.fg(GREY),
        Meaning::Running | Meaning::Guidance => PLAIN.fg(CYAN),
        Meaning::Focus => PLAIN.fg(YELLOW),
        Meaning::Key => PLAIN.fg(YELLOW).add_modifier(Modifier::BOLD),
        Meaning::Element => PLAIN.fg(CYAN),
        Meaning::Attribute => PLAIN.fg(Color::Indexed(219)),
        Meaning::Value => PLAIN.fg(Color::Indexed(223)),
        Meaning::Comment => PLAIN.fg(GREY).add_modifier(Modifier::ITALIC),
        Meaning::Found => PLAIN.fg(YELLOW).add_modifier(Modifier::UNDERLINED.union(Modifier::BOLD)),
        Meaning::FoundHere => PLAIN.fg(YELLOW).add_modifier(FOUND_HERE),
        other => dark(other),
    }
}

/// Blue and orange, which stay apart for every common kind of colour blindness; readable on black and on white. What is
/// alike in colour differs in weight or slant.
pub(super) fn colour_blind(meaning: Meaning) -> Style {
    const BLUE: Color = Color::Indexed(33);
    const ORANGE: Color = Color::Indexed(166);
    const GREY: Color = Color::Indexed(244);
    match meaning {
        Meaning::Passed => PLAIN.fg(BLUE),
        Meaning::Warned => PLAIN.fg(ORANGE).add_modifier(Modifier::UNDERLINED),
        Meaning::Failed => PLAIN.fg(ORANGE).add_modifier(Modifier::BOLD),
        Meaning::Skipped | Meaning::Muted => PLAIN.fg(GREY),
        Meaning::Running => PLAIN.fg(BLUE).add_modifier(Modifier::ITALIC),
        Meaning::Guidance | Meaning::Focus => PLAIN.fg(BLUE),
        Meaning::Key => PLAIN.fg(BLUE).add_modifier(Modifier::BOLD),
        Meaning::Element => PLAIN.fg(BLUE),
        Meaning::Attribute => PLAIN.add_modifier(Modifier::ITALIC),
        Meaning::Value => PLAIN.fg(Color::Indexed(136)),
        Meaning::Comment => PLAIN.fg(GREY).add_modifier(Modifier::ITALIC),
        Meaning::Found => PLAIN.fg(ORANGE).add_modifier(Modifier::UNDERLINED.union(Modifier::BOLD)),
        Meaning::FoundHere => PLAIN.fg(ORANGE).add_modifier(FOUND_HERE),
        other => dark(other),
    }
}

/// Weight, slant and underline alone.
pub(super) fn mono(meaning: Meaning) -> Style {
    match meaning {
        Meaning::Plain | Meaning::Passed => PLAIN,
        Meaning::Warned => PLAIN.add_modifier(Modifier::UNDERLINED),
        Meaning::Running => PLAIN.add_modifier(Modifier::ITALIC),
        Meaning::Failed | Meaning::Title | Meaning::Focus | Meaning::Key | Meaning::Guidance => {
            PLAIN.add_modifier(Modifier::BOLD)
        }
        Meaning::Element => PLAIN.add_modifier(Modifier::BOLD),
        Meaning::Attribute => PLAIN.add_modifier(Modifier::ITALIC),
        Meaning::Value => PLAIN,
        Meaning::Comment => PLAIN.add_modifier(Modifier::DIM.union(Modifier::ITALIC)),
        Meaning::Found => PLAIN.add_modifier(Modifier::UNDERLINED.union(Modifier::BOLD)),
        Meaning::FoundHere => PLAIN.add_modifier(FOUND_HERE),
        Meaning::Selected => PLAIN.add_modifier(Modifier::REVERSED),
        Meaning::Skipped | Meaning::Muted => PLAIN.add_modifier(Modifier::DIM),
    }
}
