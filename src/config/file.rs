//! The configuration file: read, and every line of it named.

use super::ConfigError;
use crate::text::sanitise_line;
use std::{
    fs,
    io::Read as _,
    ops::Range,
    path::{Path, PathBuf},
};
use toml::de::{DeTable, DeValue};

/// Most bytes of the file.
const LIMIT: u64 = 256 * 1024;

/// A value as it was written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Raw {
    /// In a variable: what it is depends on what is wanted.
    Typed(String),
    /// A string.
    Text(String),
    /// A whole number.
    Number(i64),
    /// `true` or `false`.
    Switch(bool),
    /// Strings.
    List(Vec<String>),
    /// Anything else.
    Other,
}

/// One setting of the file.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) raw: Raw,
    /// The value as it stands in the file, for messages.
    pub(super) written: String,
    /// Its line, counted from 1.
    pub(super) line: usize,
}

/// What the configuration file says.
#[derive(Clone, Debug, Default)]
pub(super) struct File {
    pub(super) path: PathBuf,
    pub(super) settings: Vec<Entry>,
    pub(super) keys: Vec<Entry>,
}

impl File {
    /// Reads a file; an absent one says nothing, unless it was asked for by name.
    pub(super) fn read(path: &Path, asked_for: bool) -> Result<Option<Self>, ConfigError> {
        let failed = |reason: String| ConfigError::File { place: shown(path), reason };
        let file = match fs::File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !asked_for => return Ok(None),
            Err(error) => return Err(failed(error.to_string())),
        };
        let mut bytes = Vec::new();
        file.take(LIMIT + 1).read_to_end(&mut bytes).map_err(|error| failed(error.to_string()))?;
        if bytes.len() as u64 > LIMIT {
            return Err(failed(format!("has more than {LIMIT} bytes")));
        }
        let text = String::from_utf8(bytes).map_err(|_| failed("is not UTF-8 text".to_owned()))?;
        Self::parse(path, &text).map(Some)
    }

    /// Takes a file's text apart.
    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let table = DeTable::parse(text).map_err(|error| {
            let line = error.span().map_or(1, |span| line_of(text, span.start));
            ConfigError::File { place: format!("{}:{line}", shown(path)), reason: sanitise_line(error.message()) }
        })?;
        let mut file = Self { path: path.to_owned(), ..Self::default() };
        for (name, value) in table.get_ref() {
            match value.get_ref() {
                DeValue::Table(keys) if name.get_ref() == "keys" => {
                    let keys = keys.iter();
                    file.keys.extend(keys.map(|(name, value)| entry(text, name.get_ref(), name.span(), value)));
                }
                _ => file.settings.push(entry(text, name.get_ref(), name.span(), value)),
            }
        }
        // In the order of the file, whatever order the table has.
        file.settings.sort_by_key(|entry| entry.line);
        file.keys.sort_by_key(|entry| entry.line);
        Ok(file)
    }

    /// A line of the file, for messages.
    pub(super) fn place(&self, line: usize) -> String {
        format!("{}:{line}", shown(&self.path))
    }

    /// What the file says about a setting.
    pub(super) fn setting(&self, name: &str) -> Option<&Entry> {
        self.settings.iter().find(|entry| entry.name == name)
    }
}

fn entry(text: &str, name: &str, at: Range<usize>, value: &toml::Spanned<DeValue<'_>>) -> Entry {
    let written = text.get(value.span()).unwrap_or_default();
    Entry {
        name: sanitise_line(name),
        raw: raw(value.get_ref()),
        written: sanitise_line(written),
        line: line_of(text, at.start),
    }
}

fn raw(value: &DeValue<'_>) -> Raw {
    let text = |value: &toml::Spanned<DeValue<'_>>| match value.get_ref() {
        DeValue::String(text) => Some(text.clone().into_owned()),
        _ => None,
    };
    match value {
        DeValue::String(text) => Raw::Text(text.clone().into_owned()),
        DeValue::Boolean(switch) => Raw::Switch(*switch),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or(Raw::Other, Raw::Number)
        }
        DeValue::Array(items) => items.iter().map(text).collect::<Option<_>>().map_or(Raw::Other, Raw::List),
        _ => Raw::Other,
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

/// A path, as it can be shown.
pub(super) fn shown(path: &Path) -> String {
    sanitise_line(&path.display().to_string())
}
