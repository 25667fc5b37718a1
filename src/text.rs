//! Text from outside: made safe once, at the border, before it becomes evidence.
//!
//! No control character, escape sequence, bidi or zero-width character reaches a terminal, report or log. What is
//! taken out stays visible as `<U+202E>`.

/// Longest single-line foreign text that is kept, in characters.
pub const LINE_LIMIT: usize = 512;

/// Combining marks that may follow one another before the rest is escaped.
const COMBINING_LIMIT: usize = 4;

/// Foreign text for one line: line breaks become escapes too; longer text is cut with its length noted.
pub fn sanitise_line(text: &str) -> String {
    sanitise(text, LINE_LIMIT, false)
}

/// Foreign text of several lines, at most `limit` characters: line feeds and tabs stay, carriage returns before a line
/// feed vanish.
pub fn sanitise_block(text: &str, limit: usize) -> String {
    sanitise(&text.replace("\r\n", "\n"), limit, true)
}

/// Foreign bytes that should be text: decoded as UTF-8 with replacement characters, then as [`sanitise_line`].
pub fn sanitise_bytes(bytes: &[u8]) -> String {
    sanitise_line(&String::from_utf8_lossy(bytes))
}

fn sanitise(text: &str, limit: usize, keep_lines: bool) -> String {
    let mut clean = String::with_capacity(text.len().min(limit));
    let mut combining = 0;
    for (index, character) in text.chars().enumerate() {
        if index == limit {
            clean.push_str(&format!("... ({} characters in all)", text.chars().count()));
            break;
        }
        combining = if is_combining(character) { combining + 1 } else { 0 };
        if keep_lines && matches!(character, '\n' | '\t') {
            clean.push(character);
        } else if is_unsafe(character) || combining > COMBINING_LIMIT {
            clean.push_str(&format!("<U+{:04X}>", u32::from(character)));
        } else {
            clean.push(character);
        }
    }
    clean
}

/// Text of a file that a Windows shell wrote: UTF-16 with a byte order mark, as PowerShell redirects, or UTF-8. What is
/// neither is replaced.
pub fn from_windows(bytes: &[u8]) -> String {
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// Text of UTF-16 units in the order that `unit` reads. What is none is replaced; an odd byte at the end is left out.
pub fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair));
    char::decode_utf16(units).map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Whether a character could steer a terminal, reorder or hide text.
pub fn is_unsafe(character: char) -> bool {
    matches!(
        u32::from(character),
        0x00..=0x1F // C0
            | 0x7F..=0x9F // DEL and C1
            | 0xAD // soft hyphen
            | 0x34F // combining grapheme joiner
            | 0x61C // Arabic letter mark
            | 0x115F..=0x1160 // Hangul fillers
            | 0x17B4..=0x17B5 // Khmer inherent vowels
            | 0x180B..=0x180F // Mongolian selectors
            | 0x200B..=0x200F // zero width, direction marks
            | 0x2028..=0x202E // separators, bidi embedding
            | 0x2060..=0x206F // invisible operators, bidi isolates
            | 0x3164 // Hangul filler
            | 0xFE00..=0xFE0F // variation selectors
            | 0xFEFF // byte order mark
            | 0xFFA0 // half-width Hangul filler
            | 0xFFF0..=0xFFFB // specials, interlinear annotation
            | 0x1BCA0..=0x1BCA3
            | 0x1D173..=0x1D17A
            | 0xE0000..=0xE0FFF // tags, variation selectors supplement
            | 0xFDD0..=0xFDEF
            | 0xFFFE..=0xFFFF
    )
}

fn is_combining(character: char) -> bool {
    matches!(
        u32::from(character),
        0x300..=0x36F | 0x483..=0x489 | 0x591..=0x5BD | 0x610..=0x61A | 0x64B..=0x65F | 0x1AB0..=0x1AFF
            | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF | 0xFE20..=0xFE2F
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escape_sequences_and_bidi_become_visible() {
        assert_eq!(sanitise_line("a\u{1b}[31mb"), "a<U+001B>[31mb");
        assert_eq!(sanitise_line("\u{202e}moc"), "<U+202E>moc");
        assert_eq!(sanitise_line("one\ntwo"), "one<U+000A>two");
        assert_eq!(sanitise_block("one\r\ntwo\tthree", 100), "one\ntwo\tthree");
    }

    #[test]
    fn long_text_is_cut_with_its_length() {
        assert_eq!(sanitise(&"x".repeat(12), 10, false), format!("{}... (12 characters in all)", "x".repeat(10)));
    }

    #[test]
    fn stacked_marks_are_capped() {
        let stacked = format!("e{}", "\u{301}".repeat(6));
        assert_eq!(sanitise_line(&stacked), format!("e{}<U+0301><U+0301>", "\u{301}".repeat(4)));
    }

    proptest! {
        #[test]
        fn nothing_unsafe_survives(text in any::<String>()) {
            prop_assert!(!sanitise_line(&text).chars().any(is_unsafe));
            prop_assert!(!sanitise_block(&text, 50).chars().any(|c| is_unsafe(c) && c != '\n' && c != '\t'));
        }
    }
}
