//! Recordings: the events of a run as JSON Lines, one envelope a line.
//!
//! The stream is written as it happens, so a crash still leaves a usable file. A recording holds no secret: secrets
//! never enter an event.

use crate::{
    event::{Envelope, VERSION},
    redaction::Redactor,
};
use serde_json::Value;
use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, BufWriter, Read, Write},
    path::Path,
};
use thiserror::Error;

/// Longest line that is read, in bytes.
const LINE_LIMIT: usize = 4 * 1024 * 1024;
/// Most lines that are read.
const COUNT_LIMIT: usize = 100_000;
/// Most bytes that are read in all.
const SIZE_LIMIT: usize = 256 * 1024 * 1024;

/// Why a recording cannot be read.
#[derive(Debug, Error)]
pub enum RecordingError {
    /// The file could not be read.
    #[error("the recording could not be read: {0}")]
    Io(#[from] io::Error),
    /// A line is not an event.
    #[error("line {line} of the recording is not an event: {reason}")]
    Line {
        /// Number of the line, from 1.
        line: usize,
        /// What was wrong.
        reason: String,
    },
    /// A later version of the stream.
    #[error("line {line} is of version {version}; this program reads version {VERSION}")]
    Version {
        /// Number of the line, from 1.
        line: usize,
        /// The version found.
        version: u64,
    },
    /// A bound was passed.
    #[error("the recording passes a bound: {0}")]
    Bound(String),
    /// No event in it.
    #[error("the recording holds no event")]
    Empty,
}

/// Writes envelopes to a file.
#[derive(Debug)]
pub struct Writer {
    file: BufWriter<File>,
    redactor: Option<Redactor>,
}

impl Writer {
    /// Creates the file, readable by its owner only; an existing one is replaced by a new file, so that neither its
    /// rights nor a link in its place matter.
    ///
    /// # Errors
    /// When the file cannot be created.
    pub fn create(path: &Path) -> io::Result<Self> {
        let file = match create_private(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                fs::remove_file(path)?;
                create_private(path)?
            }
            opened => opened?,
        };
        Ok(Self { file: BufWriter::new(file), redactor: None })
    }

    /// The same, with everything made private before it is written.
    #[must_use]
    pub fn in_private(self) -> Self {
        Self { redactor: Some(Redactor::default()), ..self }
    }

    /// Writes one line and hands it to the system, so that a crash loses nothing before it.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&mut self, envelope: &Envelope) -> io::Result<()> {
        match &mut self.redactor {
            Some(redactor) => write_line(&redactor.redact(envelope), &mut self.file),
            None => write_line(envelope, &mut self.file),
        }
    }
}

/// Writes one envelope as a line of JSON and hands it to the system.
///
/// # Errors
/// When the output cannot be written.
pub fn write_line(envelope: &Envelope, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, envelope)?;
    out.write_all(b"\n")?;
    out.flush()
}

/// Creates a file that only its owner may read.
///
/// # Errors
/// When it exists already or cannot be created.
pub fn create_private(path: &Path) -> io::Result<fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    owner_only(&mut options);
    options.open(path)
}

#[cfg(unix)]
fn owner_only(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600);
}

/// On Windows a new file takes the rights of its folder; those of a user's profile are the owner's alone. No other
/// program may open it while it is written.
#[cfg(windows)]
fn owner_only(options: &mut OpenOptions) {
    use std::os::windows::fs::OpenOptionsExt;
    const FILE_SHARE_READ: u32 = 1;
    options.share_mode(FILE_SHARE_READ);
}

/// What a recording holds.
#[derive(Debug, Default)]
pub struct Recording {
    /// Events this program knows, in order.
    pub envelopes: Vec<Envelope>,
    /// Lines of kinds that this program does not know, as they are; skipped.
    pub unknown: Vec<Value>,
    /// The last line was cut off.
    pub cut_off: bool,
}

/// Reads a recording.
///
/// # Errors
/// [`RecordingError`]; only a broken last line is forgiven, because a stopped program leaves one.
pub fn read(source: impl Read) -> Result<Recording, RecordingError> {
    let mut reader = BufReader::new(source);
    let mut recording = Recording::default();
    let (mut number, mut size) = (0, 0);
    loop {
        let mut line = Vec::new();
        let length = reader.by_ref().take(LINE_LIMIT as u64 + 1).read_until(b'\n', &mut line)?;
        if length == 0 {
            break;
        }
        number += 1;
        size += length;
        if size > SIZE_LIMIT {
            return Err(RecordingError::Bound(format!("it is larger than {SIZE_LIMIT} bytes")));
        }
        if length > LINE_LIMIT {
            return Err(RecordingError::Bound(format!("line {number} is longer than {LINE_LIMIT} bytes")));
        }
        if number > COUNT_LIMIT {
            return Err(RecordingError::Bound(format!("more than {COUNT_LIMIT} lines")));
        }
        let complete = line.ends_with(b"\n");
        if line.trim_ascii().is_empty() {
            continue;
        }
        match parse(&line, number) {
            Ok(Line::Known(envelope)) => recording.envelopes.push(*envelope),
            Ok(Line::Unknown(value)) => recording.unknown.push(value),
            Err(_) if !complete => recording.cut_off = true,
            Err(error) => return Err(error),
        }
    }
    if recording.envelopes.is_empty() { Err(RecordingError::Empty) } else { Ok(recording) }
}

enum Line {
    Known(Box<Envelope>),
    Unknown(Value),
}

fn parse(line: &[u8], number: usize) -> Result<Line, RecordingError> {
    let broken = |error: serde_json::Error| RecordingError::Line { line: number, reason: error.to_string() };
    let value: Value = serde_json::from_slice(line).map_err(broken)?;
    let version = value
        .get("v")
        .and_then(Value::as_u64)
        .ok_or_else(|| RecordingError::Line { line: number, reason: "it has no version".to_owned() })?;
    if version > u64::from(VERSION) {
        return Err(RecordingError::Version { line: number, version });
    }
    match serde_json::from_value::<Envelope>(value.clone()) {
        Ok(envelope) => Ok(Line::Known(Box::new(envelope))),
        Err(error) => match value.get("event").and_then(Value::as_str) {
            Some(kind) if !is_known(kind) => Ok(Line::Unknown(value)),
            _ => Err(broken(error)),
        },
    }
}

/// Whether an event kind is one of this program's, so that a line that fails to parse is broken and not merely newer.
fn is_known(kind: &str) -> bool {
    // The kinds are asked of the type itself, which a list of our own could only fall behind.
    let bare = serde_json::from_value::<crate::event::Event>(serde_json::json!({ "event": kind }));
    bare.map_or_else(|error| !error.to_string().starts_with("unknown variant"), |_| true)
}

/// Makes every text of a recording safe again: a file is as foreign as the network.
pub fn sanitise(envelope: &Envelope) -> Envelope {
    fn clean(value: &mut Value) {
        match value {
            Value::String(text) if text.chars().any(|c| crate::text::is_unsafe(c) && c != '\n' && c != '\t') => {
                *text = crate::text::sanitise_block(text, usize::MAX);
            }
            Value::Array(items) => items.iter_mut().for_each(clean),
            Value::Object(fields) => fields.values_mut().for_each(clean),
            _ => {}
        }
    }
    let Ok(mut value) = serde_json::to_value(envelope) else { return envelope.clone() };
    clean(&mut value);
    serde_json::from_value(value).unwrap_or_else(|_| envelope.clone())
}
