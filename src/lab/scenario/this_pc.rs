//! The user's PC in a scenario: a recorded one, as a technician would bring it.

use crate::{
    event::PcFileRole,
    pc::{LocalFile, Recorded},
};
use serde::Deserialize;

/// What a PC says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PcSpec {
    /// What `reg query` printed, with the lines that name the queries, and lines of the hosts file.
    pub text: String,
    /// Files on the PC.
    #[serde(default, rename = "file")]
    pub files: Vec<FileSpec>,
}

/// A file on the PC.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileSpec {
    /// Its path as the registry names it; for a stored answer the file's name.
    pub path: String,
    /// Whether Outlook stored it.
    #[serde(default)]
    pub stored: bool,
    /// What it holds; absent when it is not there.
    #[serde(default)]
    pub text: Option<String>,
}

impl PcSpec {
    /// The PC as the engine reads it.
    pub fn recorded(&self) -> Recorded {
        let file = |file: &FileSpec| LocalFile {
            role: if file.stored { PcFileRole::StoredAnswer } else { PcFileRole::LocalXml },
            path: file.path.clone(),
            content: file.text.clone().map(String::into_bytes).ok_or_else(|| "there is no such file".to_owned()),
        };
        Recorded { text: self.text.clone(), files: self.files.iter().map(file).collect() }
    }
}
