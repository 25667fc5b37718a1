//! A translation's folder: read, bounded, and held against English.

use super::{Language, MESSAGES, places};
use crate::text::sanitise_line;
use std::{
    collections::{BTreeMap, HashMap},
    fs,
    io::Read as _,
    path::{Path, PathBuf},
};
use thiserror::Error;

/// Most bytes of one file.
const LIMIT: u64 = 1024 * 1024;
/// Most pages of the catalogue.
const PAGES: usize = 1000;

/// Why a translation is refused.
#[derive(Debug, Error)]
pub enum LanguageError {
    /// A file cannot be read.
    #[error("{}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system or the parser says.
        reason: String,
    },
    /// It translates what nobody says.
    #[error("{}: no text reads {english:?}; assets/messages.toml lists them", path.display())]
    Unknown {
        /// The file.
        path: PathBuf,
        /// The text, as the file has it.
        english: String,
    },
    /// A translation has a place that the English text has not.
    #[error("{}: the translation of {english:?} has {{{place}}}, the text has not", path.display())]
    Place {
        /// The file.
        path: PathBuf,
        /// The English text.
        english: String,
        /// Name of the place.
        place: String,
    },
}

pub(super) fn read(folder: &Path) -> Result<Language, LanguageError> {
    let path = folder.join("messages.toml");
    let texts = texts(&text(&path)?, &path)?;
    Ok(Language { texts, pages: pages(&folder.join("findings"))? })
}

fn text(path: &Path) -> Result<String, LanguageError> {
    let unreadable = |reason: String| LanguageError::Unreadable { path: path.to_owned(), reason };
    let file = fs::File::open(path).map_err(|error| unreadable(error.to_string()))?;
    let mut text = String::new();
    file.take(LIMIT + 1).read_to_string(&mut text).map_err(|error| unreadable(error.to_string()))?;
    if text.len() as u64 > LIMIT {
        return Err(unreadable(format!("longer than {LIMIT} bytes")));
    }
    Ok(text)
}

fn texts(written: &str, path: &Path) -> Result<HashMap<String, String>, LanguageError> {
    let parsed: Result<BTreeMap<String, String>, _> = toml::from_str(written);
    let given = parsed.map_err(|error| {
        let reason = error.message().to_owned();
        LanguageError::Unreadable { path: path.to_owned(), reason: sanitise_line(&reason) }
    })?;
    let known: BTreeMap<String, String> = toml::from_str(MESSAGES).unwrap_or_default();
    let mut texts = HashMap::new();
    for (english, translated) in given {
        if !known.contains_key(&english) {
            return Err(LanguageError::Unknown { path: path.to_owned(), english: sanitise_line(&english) });
        }
        let known_places = places(&english);
        if let Some(place) = places(&translated).into_iter().find(|place| !known_places.contains(place)) {
            let place = place.to_owned();
            return Err(LanguageError::Place { path: path.to_owned(), english, place });
        }
        if !translated.is_empty() {
            let translated = sanitise_line(&translated);
            texts.insert(english, translated);
        }
    }
    Ok(texts)
}

fn pages(folder: &Path) -> Result<BTreeMap<String, String>, LanguageError> {
    let unreadable =
        |error: std::io::Error| LanguageError::Unreadable { path: folder.to_owned(), reason: error.to_string() };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(unreadable(error)),
    };
    let mut pages = BTreeMap::new();
    for entry in entries.take(PAGES) {
        let path = entry.map_err(unreadable)?.path();
        let id = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        if let Some(id) = id.filter(|_| path.extension().is_some_and(|extension| extension == "md")) {
            pages.insert(id, text(&path)?);
        }
    }
    Ok(pages)
}
