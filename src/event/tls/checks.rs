//! What was checked of a certificate: issuer, dates, names and usage, each by itself.

use crate::event::{Cause, Outcome};
use serde::{Deserialize, Serialize};

/// The three checks of Outlook's Security Alert, and whether the certificate may serve TLS at all.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Checks {
    /// First line of the alert: the issuer is trusted.
    pub trusted: TrustCheck,
    /// Second line: the date is valid.
    pub in_date: DateCheck,
    /// Third line: the name matches.
    pub name_matches: NameCheck,
    /// Not a line of the alert and never overridable: usage and structure.
    pub usable: UsageCheck,
}

impl Checks {
    /// Whether all four hold.
    pub fn all_hold(&self) -> bool {
        self.trusted.ok && self.in_date.ok && self.name_matches.ok && self.usable.ok
    }

    /// How the stage ends that rests on these checks: the first that fails, in the order of the Security Alert.
    pub fn outcome(&self) -> Outcome {
        let cause = if !self.trusted.ok {
            match self.trusted.reason {
                TrustReason::SelfSigned => Cause::TlsSelfSigned,
                _ => Cause::TlsIssuerUntrusted,
            }
        } else if !self.in_date.ok {
            match self.in_date.reason {
                DateReason::NotYetValid => Cause::TlsNotYetValid,
                DateReason::Unreadable => Cause::TlsMalformed,
                DateReason::Valid | DateReason::Expired | DateReason::IssuerOutOfDate => Cause::TlsExpired,
            }
        } else if !self.name_matches.ok {
            Cause::TlsNameMismatch
        } else if !self.usable.ok {
            Cause::TlsWrongUsage
        } else if self.usable.problems.iter().any(|problem| problem == "authority_as_server") {
            return Outcome::Warned { cause: Cause::TlsWrongUsage };
        } else {
            return Outcome::Passed;
        };
        Outcome::Failed { cause }
    }
}

/// Is the issuer trusted?
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TrustCheck {
    /// Trusted by what this machine trusts (its own store and `--ca-file`; the public roots where it has no store).
    pub ok: bool,
    /// Why, or why not.
    pub reason: TrustReason,
    /// Each store's own answer.
    pub stores: Vec<StoreVerdict>,
}

/// One store's answer.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct StoreVerdict {
    /// Which store.
    pub store: TrustStore,
    /// Whether a path to one of its roots was found.
    pub ok: bool,
}

/// A set of roots.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TrustStore {
    /// Roots that browsers trust (webpki-roots).
    PublicRoots,
    /// This machine's own store.
    ThisMachine,
    /// Roots given with `--ca-file`.
    CaFile,
}

/// Why an issuer is trusted or not.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TrustReason {
    /// A path to a root was found.
    Trusted,
    /// The certificate is its own issuer.
    SelfSigned,
    /// The path ends in an issuer that no store holds.
    UnknownIssuer,
    /// The issuer's certificate was not sent, and no store holds it.
    MissingIntermediate,
    /// A signature or structure in the path is not valid.
    BadPath,
    /// A signature in the path uses an algorithm that this program cannot check.
    Unsupported,
}

/// Is the date valid?
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DateCheck {
    /// Whether now lies between start and end of the server's own certificate.
    pub ok: bool,
    /// Why, or why not.
    pub reason: DateReason,
    /// Whole days until the end (negative: since).
    pub days_left: i64,
}

/// Why a date is valid or not.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DateReason {
    /// Within validity.
    Valid,
    /// The end has passed.
    Expired,
    /// The start lies ahead.
    NotYetValid,
    /// The certificate itself is in date, but on every path to a root an issuer's certificate is not.
    IssuerOutOfDate,
    /// The dates could not be read.
    Unreadable,
}

/// Does the name match?
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct NameCheck {
    /// Whether a subject alternative name covers the host (RFC 9525).
    pub ok: bool,
    /// Why, or why not.
    pub reason: NameReason,
    /// The host that was asked for.
    pub asked: String,
    /// The name on the certificate that covers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched: Option<String>,
    /// A name on the certificate that is nearly the one asked for (edit distance 1 or 2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near_miss: Option<String>,
}

/// Why a name matches or not.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NameReason {
    /// Listed as it is.
    Listed,
    /// Covered by a wildcard of one label.
    Wildcard,
    /// Only the subject's common name says it, and no alternative names exist; current clients refuse that.
    CommonNameOnly,
    /// A wildcard comes near but covers exactly one label.
    WildcardDepth,
    /// Not listed.
    NotListed,
    /// The certificate lists no names.
    NoNames,
}

/// May the certificate serve TLS?
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct UsageCheck {
    /// Whether usage and structure allow it.
    pub ok: bool,
    /// What does not, or is worth knowing, in stable codes: `no_server_auth`, `issuer_no_server_auth`,
    /// `no_server_key_usage`, `tiny_key`; beside a true `ok` only `authority_as_server`, `weak_key`, `weak_signature`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
}
