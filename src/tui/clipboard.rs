//! The terminal's clipboard (OSC 52), also through tmux, and which terminals have none.

use crossterm::{Command as _, clipboard::CopyToClipboard};
use std::{fmt, io, io::Write as _, path::PathBuf};

/// Where a copied text went.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Copied {
    /// To the terminal, which may or may not have taken it.
    Clipboard,
    /// Into a file, because this terminal has no clipboard that it shares.
    File(PathBuf),
}

/// Longest text in bytes that is sent: in base64 it stays below 75,000 characters, behind which widespread terminals drop
/// the sequence without a word.
const LIMIT: usize = 56_000;

/// Whether this terminal can be asked to keep a text of so many bytes, as far as its names tell: the Linux console and
/// macOS' Terminal know no OSC 52.
pub fn takes(bytes: usize) -> bool {
    let named = |variable: &str| std::env::var(variable).unwrap_or_default();
    is_able(&named("TERM"), &named("TERM_PROGRAM")) && bytes <= LIMIT
}

fn is_able(terminal: &str, program: &str) -> bool {
    !matches!(terminal, "linux" | "dumb") && program != "Apple_Terminal"
}

/// Sends text to the terminal's clipboard. Whether the terminal took it cannot be known.
///
/// # Errors
///
/// When the terminal cannot be written to, or knows no such sequence (the old Windows console).
pub fn send(text: &str) -> io::Result<()> {
    let sequences = sequences(text, std::env::var_os("TMUX").is_some()).map_err(io::Error::other)?;
    let mut out = io::stdout();
    out.write_all(sequences.as_bytes())?;
    out.flush()
}

/// The sequence; below tmux a second time in its wrapping, for the terminal outside: tmux takes the first where
/// `set-clipboard` is on, and lets the second through where `allow-passthrough` is (tmux(1)).
fn sequences(text: &str, in_tmux: bool) -> Result<String, fmt::Error> {
    let mut plain = String::new();
    CopyToClipboard::to_clipboard_from(text).write_ansi(&mut plain)?;
    if !in_tmux {
        return Ok(plain);
    }
    let wrapped = format!("\u{1b}Ptmux;{}\u{1b}\\", plain.replace('\u{1b}', "\u{1b}\u{1b}"));
    Ok(plain + &wrapped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_the_one_of_xterm_and_tmux_gets_it_wrapped_too() {
        // xterm, "Operating System Commands": 52 ; c ; base64. "YQ==" is "a" (RFC 4648).
        let plain = sequences("a", false).expect("text can be written");
        assert!(plain.starts_with("\u{1b}]52;c;YQ=="), "{plain:?}");
        let both = sequences("a", true).expect("text can be written");
        assert!(both.starts_with(&plain) && both.contains("\u{1b}Ptmux;\u{1b}\u{1b}]52;c;YQ=="), "{both:?}");
        assert!(both.ends_with("\u{1b}\\"), "{both:?}");
    }

    #[test]
    fn terminals_without_a_clipboard_are_known() {
        assert!(is_able("xterm-256color", "") && is_able("tmux-256color", "tmux"));
        assert!(!is_able("linux", "") && !is_able("xterm-256color", "Apple_Terminal"));
    }
}
