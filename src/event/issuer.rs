//! Evidence of a fetch that the technician asked for: the certificate of an issuer that a server did not send.

use super::Certificate;
use serde::{Deserialize, Serialize};

/// One fetch from an address that a certificate names for its issuer's (AIA caIssuers, RFC 5280 4.2.2.1).
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct IssuerFetch {
    /// The issuer looked for, in RFC 4514 form.
    pub issuer: String,
    /// The address, sanitised.
    pub url: String,
    /// How it ended.
    pub result: IssuerFetchResult,
    /// HTTP status, where an answer came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The issuer's certificate, where it was fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Box<Certificate>>,
    /// With this certificate, and those fetched before it, a path leads to a trusted root.
    #[serde(default)]
    pub completes: bool,
    /// Microseconds it took.
    pub elapsed_us: u64,
}

/// How the fetch of an issuer's certificate ended.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IssuerFetchResult {
    /// A certificate came whose key signed the one below.
    Fetched,
    /// The address is no http URL; others are not fetched.
    NotHttp,
    /// The host of the address has no IP address.
    NoAddress,
    /// No connection could be opened.
    NotConnected,
    /// It took longer than the limit.
    TimedOut,
    /// The connection ended without an answer that can be read.
    NoAnswer,
    /// The answer's status was not 200.
    Status,
    /// The answer was longer than the limit.
    TooLarge,
    /// The answer was neither a certificate in DER nor a PKCS#7 bag of certificates.
    NotCertificate,
    /// Certificates came, but none whose key signed the one below.
    NotIssuer,
}

impl IssuerFetchResult {
    /// The stable code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fetched => "fetched",
            Self::NotHttp => "not_http",
            Self::NoAddress => "no_address",
            Self::NotConnected => "not_connected",
            Self::TimedOut => "timed_out",
            Self::NoAnswer => "no_answer",
            Self::Status => "status",
            Self::TooLarge => "too_large",
            Self::NotCertificate => "not_certificate",
            Self::NotIssuer => "not_issuer",
        }
    }
}
