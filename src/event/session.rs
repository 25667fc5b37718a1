//! The run as a whole: whom it is for and where it looks from.

use serde::{Deserialize, Serialize};

/// The SMTP address being diagnosed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Address {
    /// The part before the `@`, as typed.
    pub local: String,
    /// The domain in lower-case ASCII (A-labels, RFC 5890), without trailing dot.
    pub domain: String,
    /// The domain as people read it (U-labels); equal to `domain` when it is plain ASCII.
    pub domain_unicode: String,
}

impl Address {
    /// `local@domain` in ASCII form, as it goes into the request.
    pub fn ascii(&self) -> String {
        format!("{}@{}", self.local, self.domain)
    }

    /// Both forms of the domain for a reader: `bücher.test (xn--bcher-kva.test)`.
    pub fn domain_both(&self) -> String {
        if self.domain == self.domain_unicode {
            self.domain.clone()
        } else {
            format!("{} ({})", self.domain_unicode, self.domain)
        }
    }
}

/// Where the run looks from.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Vantage {
    /// Resolvers asked, in order, as `address:port`; the first stands in the system's place.
    pub resolvers: Vec<String>,
    /// Whether the resolvers come from this machine's configuration.
    pub system_resolvers: bool,
    /// Whether this machine's own resolver interface (getaddrinfo: hosts file, policy rules) is asked as well.
    pub operating_system_asked: bool,
    /// Trust stores used and how many roots each holds.
    pub stores: Vec<StoreSummary>,
    /// Inside or outside, as far as is known.
    #[serde(default)]
    pub side: VantageSide,
}

/// A trust store and its size.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct StoreSummary {
    /// Which store.
    pub store: super::TrustStore,
    /// Number of roots.
    pub roots: usize,
}

/// Inside the customer's network or outside it.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VantageSide {
    /// A private address answered for a name of the domain, or the technician said so.
    Inside,
    /// The technician said so.
    Outside,
    /// Not known.
    #[default]
    Unknown,
}

/// Kind of a note.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteCode {
    /// This machine's own resolver interface answered otherwise than DNS; `detail` holds name and both answers.
    OperatingSystemDisagrees,
    /// A limit was reached; `detail` names it.
    LimitReached,
    /// The recording could not be written; `detail` holds the reason.
    RecordingFailed,
    /// A stage or candidate was started again; `detail` names it.
    Rerun,
}
