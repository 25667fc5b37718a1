//! What somebody outside was asked about the domain, and what they said.

use super::{Checks, DnsStatus, HttpFailure, TcpResult};
use serde::{Deserialize, Serialize};

/// One question to somebody outside the customer's own places, who learns something by it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct OutsideQuestion {
    /// Which question.
    pub question: OutsideKind,
    /// Who was asked.
    pub asked: String,
    /// What they learned by being asked, in words.
    pub told: String,
    /// The URL.
    pub url: String,
    /// How it ended.
    pub result: OutsideResult,
    /// Status code of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What the checks of the certificate said, where one was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checks: Option<Checks>,
    /// How users of the domain sign in: `Managed`, `Federated` or `Unknown`, as Microsoft spells it, sanitised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The organisation's identifier at Microsoft, sanitised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// The cloud that the organisation is in, such as `Global`; in answer to the OpenID question its region, such as
    /// `EU`. Sanitised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// Where users of a federated domain sign in: scheme, host and path, sanitised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<String>,
    /// Microseconds until the answer or the failure.
    pub elapsed_us: u64,
}

/// Which question is asked outside.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OutsideKind {
    /// Which organisation and cloud the domain belongs to, as Outlook for phones asks it.
    FederationProvider,
    /// How users of the domain sign in.
    UserRealm,
    /// Who issues tokens for the domain (OpenID Connect Discovery 1.0 section 4).
    OpenidConfiguration,
    /// Whether the company's own sign-in server, which Microsoft names, can be used.
    SignInServer,
}

/// How a question to somebody outside ended.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "ended", rename_all = "snake_case")]
pub enum OutsideResult {
    /// An answer came back.
    Answered,
    /// The host has no address.
    NoAddress {
        /// How the question for its IPv4 address ended.
        status: DnsStatus,
    },
    /// No connection was made.
    NotConnected {
        /// How the last attempt ended.
        result: TcpResult,
    },
    /// No TLS connection was made.
    NoTls {},
    /// The certificate does not hold, so nothing was asked.
    Untrusted {},
    /// The connection ended without an answer.
    NoAnswer {
        /// Why.
        #[serde(flatten)]
        failure: HttpFailure,
    },
}
