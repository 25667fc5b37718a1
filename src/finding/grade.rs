//! How bad a finding is, and how sure.

use serde::{Deserialize, Serialize};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Looks like a fault, is not one.
    Info,
    /// Slow or cosmetic.
    Minor,
    /// Works with prompts, or services are missing.
    Major,
    /// No profile can be made, or mail stops.
    Blocker,
}

/// How sure a finding is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// The evidence fits, and so do other cases.
    Possible,
    /// The evidence fits this case better than any other.
    Likely,
    /// The evidence allows nothing else.
    Proven,
}

impl Severity {
    /// The severity with this stable word.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        [Self::Info, Self::Minor, Self::Major, Self::Blocker].into_iter().find(|severity| severity.as_str() == word)
    }

    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Minor => "minor",
            Self::Major => "major",
            Self::Blocker => "blocker",
        }
    }
}
