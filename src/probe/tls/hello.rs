//! A hand-built hello in clear, for servers that the TLS library cannot talk to.
//!
//! Up to TLS 1.2 a server answers a hello with its certificates in clear (RFC 5246 7.3), so that version, suite, chain
//! and any request for a client certificate can be read without a cipher. In TLS 1.3 the answer shows the version only.

mod build;
mod message;
mod reader;
mod suite;

pub use build::client_hello;
pub use message::{CertificateRequest, ServerHello};
pub use reader::Reader;
pub use suite::suite_name;

/// Most bytes that are read of one answer.
pub const ANSWER_LIMIT: usize = 256 * 1024;
/// Most certificates that are kept of one answer.
pub const CHAIN_LIMIT: usize = 10;

/// A protocol version that a hello may ask for.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Version {
    /// TLS 1.0 (RFC 2246).
    Tls10,
    /// TLS 1.1 (RFC 4346).
    Tls11,
    /// TLS 1.2 (RFC 5246).
    Tls12,
    /// TLS 1.3 (RFC 8446).
    Tls13,
}

impl Version {
    /// All, oldest first.
    pub const ALL: [Self; 4] = [Self::Tls10, Self::Tls11, Self::Tls12, Self::Tls13];

    /// The number on the wire.
    pub fn code(self) -> u16 {
        match self {
            Self::Tls10 => 0x0301,
            Self::Tls11 => 0x0302,
            Self::Tls12 => 0x0303,
            Self::Tls13 => 0x0304,
        }
    }

    /// As people write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tls10 => "TLS 1.0",
            Self::Tls11 => "TLS 1.1",
            Self::Tls12 => "TLS 1.2",
            Self::Tls13 => "TLS 1.3",
        }
    }

    fn from_code(code: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|version| version.code() == code)
    }
}

/// What a server answered to one hello, as far as it could be read.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Flight {
    /// Its hello.
    pub hello: Option<ServerHello>,
    /// Certificates in DER in the order sent, at most [`CHAIN_LIMIT`].
    pub chain: Vec<Vec<u8>>,
    /// How many certificates were sent.
    pub sent: usize,
    /// An OCSP answer was stapled (RFC 6066 section 8).
    pub ocsp_stapled: bool,
    /// Named group of an ephemeral elliptic-curve key exchange, as it is registered.
    pub group: Option<String>,
    /// A request for a client certificate.
    pub request: Option<CertificateRequest>,
}

/// How reading an answer ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Ended {
    /// The server said all that it says in clear.
    Complete,
    /// The server refused with an alert.
    Alert {
        /// The alert's number (RFC 8446 section 6).
        number: u8,
    },
    /// What came back is not TLS: its first bytes, at most 64.
    NotTls(Vec<u8>),
    /// The answer is larger than [`ANSWER_LIMIT`], or says that it will be: its size in bytes as far as known.
    TooLarge(usize),
    /// The answer contradicts itself or the protocol.
    Malformed(&'static str),
}

#[cfg(test)]
#[path = "hello/tests.rs"]
mod tests;
