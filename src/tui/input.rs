//! One line of typed text with a cursor.

use super::measure::{char_width, width};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// Most characters that a line takes: an SMTP address has at most 254 (RFC 5321), and what was pasted by mistake should
/// stay visible as such.
const LIMIT: usize = 512;

/// One line of typed text with a cursor.
#[derive(Clone, Debug, Default)]
pub struct LineInput {
    text: String,
    /// Byte position of the cursor, always on a character's edge.
    cursor: usize,
    /// The text was offered and nothing was typed yet: what is typed now stands in its place.
    offered: bool,
}

impl LineInput {
    /// A line that holds this text, with the cursor behind it.
    pub fn new(text: &str) -> Self {
        let mut line = Self::default();
        line.insert(text);
        line
    }

    /// A line that offers this text: the first character typed takes its place, every other key edits it.
    pub fn offering(text: &str) -> Self {
        Self { offered: !text.is_empty(), ..Self::new(text) }
    }

    /// Takes a key that edits; tells whether it did.
    pub fn press(&mut self, key: KeyEvent) -> bool {
        let types = matches!(key.code, KeyCode::Char(_)) && !key.modifiers.contains(KeyModifiers::CONTROL);
        if std::mem::take(&mut self.offered) && types {
            *self = Self::default();
        }
        let control = super::sign_in::is_control(key.modifiers);
        match key.code {
            KeyCode::Char('u') if control => *self = Self::new(self.text.split_at(self.cursor).1).at_start(),
            KeyCode::Char('a') if control => self.cursor = 0,
            KeyCode::Char('e') if control => self.cursor = self.text.len(),
            KeyCode::Char('w') if control => self.delete_word(),
            KeyCode::Char(_) if control => return false,
            KeyCode::Char(character) => self.insert(&character.to_string()),
            KeyCode::Backspace => {
                let end = self.cursor;
                self.left();
                self.text.replace_range(self.cursor..end, "");
            }
            KeyCode::Delete => {
                let start = self.cursor;
                self.right();
                self.text.replace_range(start..self.cursor, "");
                self.cursor = start;
            }
            KeyCode::Left => self.left(),
            KeyCode::Right => self.right(),
            KeyCode::Home => self.cursor = 0,
            KeyCode::End => self.cursor = self.text.len(),
            _ => return false,
        }
        true
    }

    /// Inserts text at the cursor; what cannot be shown safely is left out, and so is what stands past the limit.
    pub fn insert(&mut self, text: &str) {
        if std::mem::take(&mut self.offered) {
            *self = Self::default();
        }
        for character in text.chars().filter(|character| !crate::text::is_unsafe(*character)) {
            if self.text.chars().count() >= LIMIT {
                break;
            }
            self.text.insert(self.cursor, character);
            self.cursor += character.len_utf8();
        }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The part of the text that is seen in so many columns, and the cursor's column within it.
    pub fn seen(&self, columns: usize) -> (&str, usize) {
        let mut start = 0;
        let mut before = width(self.text.split_at(self.cursor).0);
        for character in self.text.chars() {
            if before < columns {
                break;
            }
            before -= char_width(character);
            start += character.len_utf8();
        }
        (self.text.split_at(start).1, before)
    }

    fn at_start(mut self) -> Self {
        self.cursor = 0;
        self
    }

    fn left(&mut self) {
        let before = self.text.split_at(self.cursor).0;
        self.cursor -= before.chars().next_back().map_or(0, char::len_utf8);
    }

    fn right(&mut self) {
        let after = self.text.split_at(self.cursor).1;
        self.cursor += after.chars().next().map_or(0, char::len_utf8);
    }

    fn delete_word(&mut self) {
        let before = self.text.split_at(self.cursor).0;
        let kept = before.trim_end().rfind([' ', '@', '.']).map_or(0, |index| index + 1);
        self.text.replace_range(kept..self.cursor, "");
        self.cursor = kept;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn press(line: &mut LineInput, code: KeyCode) {
        line.press(KeyEvent::new(code, KeyModifiers::NONE));
    }

    #[test]
    fn edits_at_the_cursor() {
        let mut line = LineInput::new("a@contoso.test");
        press(&mut line, KeyCode::Home);
        press(&mut line, KeyCode::Delete);
        press(&mut line, KeyCode::Char('é'));
        assert_eq!(line.text(), "é@contoso.test");
        press(&mut line, KeyCode::Backspace);
        assert_eq!(line.text(), "@contoso.test");
        press(&mut line, KeyCode::Backspace);
        assert_eq!(line.text(), "@contoso.test");
    }

    #[test]
    fn what_is_typed_takes_the_place_of_what_was_offered() {
        let typed = |keys: &[KeyCode]| {
            let mut line = LineInput::offering("remove a.test");
            keys.iter().for_each(|key| press(&mut line, *key));
            line.text().to_owned()
        };
        assert_eq!(typed(&[]), "remove a.test");
        assert_eq!(typed(&[KeyCode::Char('r'), KeyCode::Char('e')]), "re");
        assert_eq!(typed(&[KeyCode::End, KeyCode::Char('s')]), "remove a.tests");
        assert_eq!(typed(&[KeyCode::Backspace]), "remove a.tes");
    }

    #[test]
    fn pasted_line_breaks_and_escapes_are_left_out() {
        assert_eq!(LineInput::new("a@b\n\u{1b}[2J\u{200b}").text(), "a@b[2J");
    }

    #[test]
    fn the_cursor_stays_in_sight() {
        let line = LineInput::new("abcdefghij");
        assert_eq!(line.seen(5), ("ghij", 4));
        assert_eq!(line.seen(40), ("abcdefghij", 10));
    }

    proptest! {
        #[test]
        fn no_sequence_of_keys_panics(keys in proptest::collection::vec(0u8..10, 0..60)) {
            let mut line = LineInput::new("ü@漢.test");
            for key in keys {
                match key {
                    0 => press(&mut line, KeyCode::Left),
                    1 => press(&mut line, KeyCode::Right),
                    2 => press(&mut line, KeyCode::Backspace),
                    3 => press(&mut line, KeyCode::Delete),
                    4 => press(&mut line, KeyCode::Char('漢')),
                    5 => press(&mut line, KeyCode::Home),
                    6 => press(&mut line, KeyCode::End),
                    7 => line.delete_word(),
                    _ => { line.press(KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL)); }
                }
                let (_, column) = line.seen(4);
                prop_assert!(column < 4);
            }
        }
    }
}
