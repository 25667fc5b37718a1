//! The language of what people read. English stands in the code, where it is said; every such text is listed in
//! `assets/messages.toml`, and a translation is a folder with that list filled in (and, if wanted, translated pages).
//!
//! Events, ids, codes and field names have no language: whatever is recorded or read by a program stays as it is.

mod file;

pub use file::LanguageError;

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Display,
    path::Path,
    sync::OnceLock,
};

/// Every text that is said, as TOML: English on the left, nothing on the right.
pub const MESSAGES: &str = include_str!("../assets/messages.toml");

/// The language of this process; English until one is chosen.
static CHOSEN: OnceLock<Language> = OnceLock::new();

/// A translation.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Language {
    /// Translated texts by their English ones.
    texts: HashMap<String, String>,
    /// Translated pages of the catalogue by finding id, as written.
    pages: BTreeMap<String, String>,
}

impl Language {
    /// Reads a translation from its folder: `messages.toml`, and `findings/<id>.md` for the pages that are translated.
    /// What is not translated stays English.
    ///
    /// # Errors
    /// [`LanguageError`] for what cannot be read, is too long, or says something that English does not.
    pub fn read(folder: &Path) -> Result<Self, LanguageError> {
        file::read(folder)
    }
}

/// Chooses the language of this process, once, before anything is said. False when one was chosen already.
pub fn choose(language: Language) -> bool {
    CHOSEN.set(language).is_ok()
}

/// A text in the language of this process. Use the [`say!`](crate::say) macro, which keeps the list of texts complete.
pub fn say(english: &'static str) -> &'static str {
    let translated = CHOSEN.get().and_then(|language| language.texts.get(english));
    translated.map_or(english, String::as_str)
}

/// A text that was made where no language is known, such as the name of a certificate's extension in a recording: in the
/// language of this process when a translation has it. Its literal is marked with [`said!`](crate::said).
pub fn known(english: &str) -> &str {
    let translated = CHOSEN.get().and_then(|language| language.texts.get(english));
    translated.map_or(english, String::as_str)
}

/// A text that was recorded with values in it: in the language of this process when it was made from one of these
/// templates, each marked with [`said!`](crate::said). Values that are known texts themselves are translated, too.
pub fn retold(templates: &[&'static str], text: &str) -> String {
    let retell = |template: &&'static str| {
        let values = values_in(template, text)?;
        let values: Vec<(&str, &dyn Display)> =
            values.iter().map(|(name, value)| (*name, value as &dyn Display)).collect();
        Some(fill(template, &values))
    };
    templates.iter().find_map(retell).unwrap_or_else(|| text.to_owned())
}

/// The values that fill a template's places in a text; nothing where the text was not made from it.
fn values_in<'a>(template: &'a str, text: &str) -> Option<Vec<(&'a str, String)>> {
    let mut pieces = template.split('{');
    let mut rest = text.strip_prefix(pieces.next()?)?;
    let mut values = Vec::new();
    for piece in pieces {
        let (name, behind) = piece.split_once('}')?;
        let end = if behind.is_empty() { rest.len() } else { rest.find(behind)? };
        let (value, after) = rest.split_at(end);
        values.push((name, known(value).to_owned()));
        rest = after.strip_prefix(behind)?;
    }
    rest.is_empty().then_some(values)
}

/// [`known`] for each of several texts.
pub fn all_known(texts: &[String]) -> Vec<&str> {
    texts.iter().map(|text| known(text)).collect()
}

/// A text with values in its places, in the language of this process. Use the [`say!`](crate::say) macro.
pub fn fill(english: &'static str, values: &[(&str, &dyn Display)]) -> String {
    let mut filled = String::new();
    let mut rest = say(english);
    while let Some((before, from_name)) = rest.split_once('{') {
        filled.push_str(before);
        let value = from_name
            .split_once('}')
            .and_then(|(name, after)| values.iter().find(|(known, _)| *known == name).map(|(_, value)| (value, after)));
        match value {
            Some((value, after)) => {
                filled.push_str(&value.to_string());
                rest = after;
            }
            None => {
                filled.push('{');
                rest = from_name;
            }
        }
    }
    filled.push_str(rest);
    filled
}

/// The translated page of a finding, as written; nothing when English serves.
pub fn page(id: &str) -> Option<&'static str> {
    CHOSEN.get().and_then(|language| language.pages.get(id)).map(String::as_str)
}

/// Names of the places in a text, each once, in alphabetical order.
pub fn places(text: &str) -> Vec<&str> {
    let names = text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
    let is_name = |name: &&str| !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let mut names: Vec<&str> = names.filter(is_name).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Says something in the language of this process: `say!("copy")` is text, `say!("{count} more", count = n)` a `String`
/// with values in the places of the same name. The English text has to be a literal, because the list of texts is made
/// by reading the code.
#[macro_export]
macro_rules! say {
    ($text:literal) => {
        $crate::language::say($text)
    };
    ($text:literal, $($name:ident $(= $value:expr)?),+ $(,)?) => {
        $crate::language::fill($text, &[$((stringify!($name), &$crate::say!(@value $name $(= $value)?) as &dyn ::std::fmt::Display)),+])
    };
    (@value $name:ident) => {
        $name
    };
    (@value $name:ident = $value:expr) => {
        $value
    };
}

/// A text that is said elsewhere, by [`language::say`](crate::language::say): the literal itself, marked for the list of
/// texts. For constants and tables.
#[macro_export]
macro_rules! said {
    ($text:literal) => {
        $text
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_in_their_places() {
        let (count, name) = (3, "a{count}b");
        assert_eq!(say!("{count} of {name}", count, name), "3 of a{count}b");
        assert_eq!(say!("{count}, {count}", count = count + 1), "4, 4");
        assert_eq!(say!("{ {missing} {count", count), "{ {missing} {count");
        assert_eq!(say!("nothing to fill"), "nothing to fill");
    }

    #[test]
    fn a_text_is_told_again_by_its_template() {
        assert_eq!(
            values_in("{count} bytes after {what}", "7 bytes after it"),
            Some(vec![("count", "7".to_owned()), ("what", "it".to_owned())])
        );
        assert_eq!(values_in("{count} bytes", "7 bytes more"), None);
        assert_eq!(retold(&["{count} bytes"], "7 bytes"), "7 bytes");
        assert_eq!(retold(&["{count} bytes"], "nothing of it"), "nothing of it");
    }

    #[test]
    fn places_are_names_in_braces() {
        assert_eq!(places("{b} {a} {b} {} {X} {a b} {unfinished"), ["a", "b"]);
    }
}
