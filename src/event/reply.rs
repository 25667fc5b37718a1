//! Replies of the person at the screen to questions that no probe can answer.

use serde::{Deserialize, Serialize};

/// Longest output that a reply keeps, in characters.
pub const OUTPUT_LIMIT: usize = 4096;

/// What a person replied to a question about this PC or the server.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "reply", rename_all = "snake_case")]
pub enum Reply {
    /// Yes.
    Yes,
    /// No.
    No,
    /// What the command that was asked for printed, sanitised, at most [`OUTPUT_LIMIT`] characters.
    Output {
        /// The text.
        text: String,
    },
    /// The reply is taken back.
    Withdrawn,
}

impl Reply {
    /// A reply as it was typed or pasted, sanitised: `yes`, `no`, nothing, or else the output of the command.
    pub fn read(typed: &str) -> Self {
        match typed.trim().to_ascii_lowercase().as_str() {
            "yes" | "y" => Self::Yes,
            "no" | "n" => Self::No,
            "" => Self::Withdrawn,
            _ => Self::Output { text: typed.chars().take(OUTPUT_LIMIT).collect() },
        }
    }
}
