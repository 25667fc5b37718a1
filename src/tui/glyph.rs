//! The signs on the screen, in a Unicode and an ASCII form, and the states they stand for.

use super::theme::Meaning;
use crate::{
    event::Outcome,
    finding::Severity,
    walk::{Role, VerdictClass},
};
use ratatui::{buffer::Buffer, symbols::border};
use std::env;

/// One form of every sign.
#[derive(Debug)]
pub struct Glyphs {
    /// Whether only ASCII may be drawn, foreign text included.
    pub ascii: bool,
    passed: &'static str,
    warned: &'static str,
    failed: &'static str,
    skipped: &'static str,
    waiting: &'static str,
    spinner: &'static [&'static str],
    /// Stands for text that was cut.
    pub ellipsis: &'static str,
    /// Between facts on one line.
    pub dot: &'static str,
    /// Before what is selected.
    pub pointer: &'static str,
    /// Before what hangs below something else.
    pub branch: &'static str,
    /// From one place to another.
    pub arrow: &'static str,
    /// Says that the screen is held still.
    pub pause: &'static str,
    /// Hides the local part of an address.
    pub mask: &'static str,
    /// Says that another choice exists.
    pub choice: &'static str,
    /// Frame of a pane.
    pub frame: border::Set<'static>,
    /// Frame of the selected pane.
    pub frame_selected: border::Set<'static>,
}

/// Signs for terminals that show Unicode.
pub static UNICODE: Glyphs = Glyphs {
    ascii: false,
    passed: "✓",
    warned: "!",
    failed: "✗",
    skipped: "·",
    waiting: "·",
    spinner: &["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧"],
    ellipsis: "…",
    dot: "·",
    pointer: "▸",
    branch: "└ ",
    arrow: "→",
    pause: "‖",
    mask: "•",
    choice: "▾",
    frame: border::ROUNDED,
    frame_selected: border::THICK,
};

/// Signs for every terminal.
pub static ASCII: Glyphs = Glyphs {
    ascii: true,
    passed: "ok",
    warned: "warn",
    failed: "FAIL",
    skipped: "-",
    waiting: "-",
    spinner: &["|", "/", "-", "\\"],
    ellipsis: "..",
    dot: "-",
    pointer: ">",
    branch: "`-",
    arrow: "->",
    pause: "=",
    mask: "*",
    choice: "v",
    frame: PLAIN_FRAME,
    frame_selected: border::Set { horizontal_top: "=", horizontal_bottom: "=", ..PLAIN_FRAME },
};

const PLAIN_FRAME: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

/// How something stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Status {
    /// It went through.
    Passed,
    /// It went through, with something worth knowing.
    Warned,
    /// It did not go through.
    Failed,
    /// It was not run, or does not exist here.
    Skipped,
    /// It runs.
    Running,
    /// It has not begun.
    Waiting,
}

impl Status {
    /// Status of a stage with this outcome; running while it has none.
    pub fn of_stage(outcome: Option<Outcome>) -> Self {
        match outcome {
            None => Self::Running,
            Some(Outcome::Passed) => Self::Passed,
            Some(Outcome::Warned { .. }) => Self::Warned,
            Some(Outcome::Failed { .. }) => Self::Failed,
            Some(Outcome::Skipped { .. } | Outcome::NotApplicable) => Self::Skipped,
        }
    }

    /// Status that a role has for the reader, in a run with this verdict: what decides a search without a result is what
    /// failed, or what is not known.
    pub fn of_role(role: Role, class: VerdictClass) -> Self {
        match role {
            Role::Decides if class == VerdictClass::Fails => Self::Failed,
            Role::Decides if class == VerdictClass::Inconclusive => Self::Warned,
            Role::Decides => Self::Passed,
            Role::Prompts => Self::Failed,
            Role::Delays | Role::Hidden => Self::Warned,
            Role::Harmless | Role::Unreached => Self::Skipped,
        }
    }

    /// Status that a severity has for the reader.
    pub fn of_severity(severity: Severity) -> Self {
        match severity {
            Severity::Info => Self::Skipped,
            Severity::Minor => Self::Warned,
            Severity::Major | Severity::Blocker => Self::Failed,
        }
    }

    /// Status that a verdict has for the reader.
    pub fn of_verdict(class: VerdictClass) -> Self {
        match class {
            VerdictClass::Silent | VerdictClass::NeedsPassword => Self::Passed,
            VerdictClass::Degraded => Self::Warned,
            VerdictClass::Prompts | VerdictClass::Fails => Self::Failed,
            VerdictClass::Inconclusive => Self::Waiting,
        }
    }

    /// The status in one word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => say!("passed"),
            Self::Warned => say!("warned"),
            Self::Failed => say!("failed"),
            Self::Skipped => say!("not run"),
            Self::Running => say!("running"),
            Self::Waiting => say!("waiting"),
        }
    }

    /// What the status means to the theme.
    pub fn meaning(self) -> Meaning {
        match self {
            Self::Passed => Meaning::Passed,
            Self::Warned => Meaning::Warned,
            Self::Failed => Meaning::Failed,
            Self::Skipped | Self::Waiting => Meaning::Skipped,
            Self::Running => Meaning::Running,
        }
    }
}

impl Glyphs {
    /// The sign of a status; `turn` counts the ticks of the spinner.
    pub fn status(&self, status: Status, turn: usize) -> &'static str {
        match status {
            Status::Passed => self.passed,
            Status::Warned => self.warned,
            Status::Failed => self.failed,
            Status::Skipped => self.skipped,
            Status::Running => self.spinner.get(turn % self.spinner.len().max(1)).copied().unwrap_or("*"),
            Status::Waiting => self.waiting,
        }
    }

    /// Replaces what an ASCII terminal cannot show, in the buffer that was drawn.
    pub fn plain(&self, buffer: &mut Buffer) {
        if !self.ascii {
            return;
        }
        for cell in &mut buffer.content {
            if !cell.symbol().is_ascii() {
                let plain = cell.symbol().chars().next().map_or("?", ascii_twin);
                cell.set_symbol(plain);
            }
        }
    }
}

/// Whether the locale says that the terminal shows Unicode. Windows terminals always do.
pub fn locale_shows_unicode() -> bool {
    if cfg!(windows) {
        return true;
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(env::var_os).find(|value| !value.is_empty());
    locale.is_some_and(|value| {
        let value = value.to_string_lossy().to_ascii_lowercase();
        value.contains("utf-8") || value.contains("utf8")
    })
}

/// One ASCII character in the place of another, so that no column moves.
fn ascii_twin(character: char) -> &'static str {
    match character {
        '‘' | '’' | '′' => "'",
        '“' | '”' | '„' | '″' => "\"",
        '–' | '—' | '‑' | '−' | '─' => "-",
        '•' | '·' | '…' => ".",
        '→' | '▸' | '›' => ">",
        '←' | '‹' => "<",
        '↑' => "^",
        '↓' => "v",
        '×' => "x",
        '\u{a0}' | '\u{2009}' | '\u{202f}' => " ",
        _ => "?",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;

    #[test]
    fn an_ascii_screen_holds_only_ascii() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 1));
        buffer.set_string(0, 0, "a–b “c” 漢→", ratatui::style::Style::new());
        ASCII.plain(&mut buffer);
        let row: String = buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect();
        assert!(row.is_ascii(), "{row:?}");
        assert!(row.starts_with("a-b \"c\" ?"), "{row:?}");
    }

    #[test]
    fn every_ascii_sign_is_ascii() {
        for status in [Status::Passed, Status::Warned, Status::Failed, Status::Skipped, Status::Waiting] {
            assert!(ASCII.status(status, 0).is_ascii());
        }
        assert!((0..9).all(|turn| ASCII.status(Status::Running, turn).is_ascii()));
    }
}
