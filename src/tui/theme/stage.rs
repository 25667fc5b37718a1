//! How stages look on the timeline. Colour never speaks alone: each has a pattern or a letter of its own as well.

use super::{Look, Theme};
use crate::event::Stage;
use ratatui::style::{Color, Style};

impl Look {
    /// How a stage's bar looks: its sign, repeated, and its colour.
    pub fn bar(&self, stage: Stage) -> (&'static str, Style) {
        let sign = match (stage, self.glyphs.ascii) {
            (Stage::Ldap, false) => "▞",
            (Stage::Dns, false) => "░",
            (Stage::Tcp, false) => "▒",
            (Stage::Tls, false) => "▓",
            (Stage::Http, false) => "█",
            (Stage::Xml, false) => "▚",
            (Stage::Ldap, true) => "l",
            (Stage::Dns, true) => "d",
            (Stage::Tcp, true) => "t",
            (Stage::Tls, true) => "s",
            (Stage::Http, true) => "h",
            (Stage::Xml, true) => "x",
        };
        (sign, self.theme.stage(stage))
    }
}

impl Theme {
    /// The colour of a stage. Red is left to faults.
    fn stage(self, stage: Stage) -> Style {
        let plain = Style::new();
        match (self, stage) {
            (Self::Mono, _) => plain,
            (_, Stage::Ldap) => plain.fg(Color::Gray),
            (Self::Light, Stage::Dns) => plain.fg(Color::Blue),
            (_, Stage::Dns) => plain.fg(Color::LightBlue),
            (_, Stage::Tcp) => plain.fg(Color::Cyan),
            (_, Stage::Tls) => plain.fg(Color::Magenta),
            (_, Stage::Http) => plain.fg(Color::Green),
            // Plain yellow cannot be read on white.
            (Self::Light, Stage::Xml) => plain.fg(Color::Indexed(130)),
            (_, Stage::Xml) => plain.fg(Color::Yellow),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAGES: [Stage; 6] = [Stage::Ldap, Stage::Dns, Stage::Tcp, Stage::Tls, Stage::Http, Stage::Xml];

    #[test]
    fn every_stage_is_told_apart_without_colour() {
        for ascii in [false, true] {
            let look = Look::new(Theme::Mono, ascii);
            let mut signs: Vec<&str> = STAGES.into_iter().map(|stage| look.bar(stage).0).collect();
            assert!(!ascii || signs.iter().all(|sign| sign.is_ascii()));
            signs.sort_unstable();
            signs.dedup();
            assert_eq!(signs.len(), STAGES.len());
            assert!(STAGES.into_iter().all(|stage| look.bar(stage).1 == Style::new()));
        }
    }
}
