//! TLS evidence: one handshake, the chain as sent, and the three checks of the Security Alert judged apart.

mod checks;

pub use checks::*;

use super::Certificate;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

/// One handshake with one address.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct TlsHandshake {
    /// Address and port, as DNS and the URL gave them.
    pub address: SocketAddr,
    /// Name sent in the hello (SNI, RFC 6066); absent when none was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
    /// Why the handshake was made.
    pub purpose: HandshakePurpose,
    /// The library that made it, where it was another than the usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub library: Option<TlsLibrary>,
    /// Negotiated version, such as `TLS 1.3`; absent when the handshake did not get that far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Negotiated cipher suite by its IANA name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suite: Option<String>,
    /// Named group of the key exchange, such as `secp256r1`; absent where it was not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Application protocol agreed by ALPN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alpn: Option<String>,
    /// Which versions the server accepts, oldest first; only what was measured, so empty for ordinary handshakes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<VersionSupport>,
    /// Certificates in the order sent, at most 10; the first is the server's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<Certificate>,
    /// Certificates beyond the bound that were dropped.
    #[serde(default)]
    pub chain_dropped: usize,
    /// An OCSP answer was stapled.
    #[serde(default)]
    pub ocsp_stapled: bool,
    /// The server asked for a client certificate in the handshake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_certificate: Option<ClientCertificateRequest>,
    /// The checks, when a certificate was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checks: Option<Checks>,
    /// Why the handshake failed for reasons other than the certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<TlsFailure>,
    /// What passed beside the result; absent for hellos in clear, other libraries, and in recordings of programs that did
    /// not keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Box<HandshakeDetail>>,
    /// Microseconds until the handshake ended.
    pub elapsed_us: u64,
}

/// What passed in a handshake beside its result.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct HandshakeDetail {
    /// Versions offered, the preferred first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offered_versions: Vec<String>,
    /// Cipher suites offered by their IANA names, the preferred first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offered_suites: Vec<String>,
    /// Named groups offered, the preferred first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offered_groups: Vec<String>,
    /// Application protocols offered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offered_alpn: Vec<String>,
    /// How the parties agreed on keys; absent when they did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<HandshakeKind>,
    /// Records in the order they passed, at most 32.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<TlsRecord>,
    /// Records beyond the bound.
    #[serde(default)]
    pub records_dropped: usize,
    /// The last alert that the server sent in clear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert: Option<TlsAlert>,
    /// The server ended the connection during the handshake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<TlsEnding>,
}

/// How the parties of a handshake agreed on keys.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HandshakeKind {
    /// In full.
    Full,
    /// In full, after the server asked for a hello with another group (RFC 8446 4.1.4).
    FullAfterRetry,
    /// With keys of an earlier session.
    Resumed,
}

/// One TLS record (RFC 8446 section 5.1).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TlsRecord {
    /// Who sent it.
    pub side: TlsSide,
    /// Its outer kind.
    pub kind: TlsRecordKind,
    /// Bytes of content.
    pub length: u16,
    /// Microseconds since the handshake began.
    pub at_us: u64,
}

/// One end of a TLS connection.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TlsSide {
    /// This program.
    Client,
    /// The far end.
    Server,
}

/// The outer kind of a record: in TLS 1.3 everything after the hellos passes as application data.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TlsRecordKind {
    /// The keys change.
    ChangeCipherSpec,
    /// An alert.
    Alert,
    /// A message of the handshake.
    Handshake,
    /// Anything encrypted.
    ApplicationData,
    /// No kind that is registered.
    Other,
}

/// An alert in clear (RFC 8446 section 6).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TlsAlert {
    /// Its name.
    pub name: String,
    /// Its number.
    pub number: u8,
    /// It ends the connection.
    pub fatal: bool,
    /// Microseconds since the handshake began.
    pub at_us: u64,
}

/// How a server ended a connection.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TlsEnding {
    /// By RST instead of in order.
    pub reset: bool,
    /// Microseconds since the handshake began.
    pub at_us: u64,
}

impl TlsHandshake {
    /// A handshake of which nothing is known yet, without a server name.
    pub fn blank(address: SocketAddr, purpose: HandshakePurpose) -> Self {
        Self {
            address,
            server_name: None,
            purpose,
            library: None,
            version: None,
            suite: None,
            group: None,
            alpn: None,
            versions: Vec::new(),
            chain: Vec::new(),
            chain_dropped: 0,
            ocsp_stapled: false,
            client_certificate: None,
            checks: None,
            failure: None,
            detail: None,
            elapsed_us: 0,
        }
    }

    /// The server's own certificate.
    pub fn leaf(&self) -> Option<&Certificate> {
        self.chain.first()
    }

    /// Names of the versions that the server accepts, oldest first, as far as they were measured.
    pub fn accepted_versions(&self) -> Vec<&str> {
        self.versions.iter().filter(|support| support.accepted).map(|support| support.version.as_str()).collect()
    }

    /// Which versions the server accepts and which not, where that was measured: `TLS 1.0; not TLS 1.1, TLS 1.2`.
    pub fn version_range(&self) -> Option<String> {
        let refused = self.versions.iter().filter(|support| !support.accepted);
        let refused = refused.map(|support| support.version.as_str()).collect::<Vec<_>>().join(", ");
        let accepted = self.accepted_versions().join(", ");
        match (accepted.as_str(), refused.as_str()) {
            ("", "") => None,
            ("", refused) => Some(format!("none of {refused}")),
            (accepted, "") => Some(accepted.to_owned()),
            (accepted, refused) => Some(format!("{accepted}; not {refused}")),
        }
    }
}

/// Whether a server accepts a protocol version.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct VersionSupport {
    /// The version, such as `TLS 1.0`.
    pub version: String,
    /// It answers a hello of this version with this version.
    pub accepted: bool,
}

/// Why a handshake was made.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HandshakePurpose {
    /// The client would make it too.
    Probe,
    /// On a mail port of the same address: does the server hold a better certificate that port 443 does not use?
    OtherPort,
    /// Without SNI: which certificate does the default virtual host have?
    WithoutServerName,
    /// With a name that cannot exist (`canary.invalid`, RFC 6761 6.4): what does the server show for unknown names?
    OtherName,
    /// The first messages only, in clear and hand-built, after the server refused the library's hello: which versions
    /// does it speak, and which certificate does it show? The far end has not proven that it holds the key.
    ClearText,
    /// By another library, which speaks what the usual one does not: what stands behind? Its certificates were judged
    /// from an earlier handshake or from the hello in clear, so this one holds none.
    OtherLibrary,
    /// With the host of a further SRV record: would it serve as well as the first?
    FurtherTarget,
    /// What stands at an address of this host that another view names.
    OtherView,
    /// With a mail server that the settings name: does its certificate cover that name?
    MailService,
    /// With a domain controller: may a password be sent to it?
    Directory,
}

/// A TLS library beside the usual one; only in programs that are built with the feature `legacy-tls`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TlsLibrary {
    /// OpenSSL, built in.
    OpenSsl,
    /// Windows' own, which Outlook uses too.
    SChannel,
}

impl TlsLibrary {
    /// The library's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenSsl => "OpenSSL",
            Self::SChannel => "SChannel",
        }
    }
}

/// What ended a handshake.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "failure", rename_all = "snake_case")]
pub enum TlsFailure {
    /// The far end sent an alert.
    Alert {
        /// The alert's name (RFC 8446 section 6), such as `handshake_failure`.
        name: String,
        /// The alert's number.
        number: u8,
    },
    /// There was no connection to shake hands over; only where none was reported by itself.
    NoConnection,
    /// The far end closed the connection.
    Closed,
    /// The connection was reset.
    Reset,
    /// Nothing came back in time.
    TimedOut,
    /// The first bytes were not TLS.
    NotTls {
        /// What came instead, sanitised, at most 64 characters.
        banner: String,
    },
    /// Something in the handshake could not be accepted by this program's TLS library.
    Protocol {
        /// The library's words, sanitised and shortened.
        detail: String,
    },
}

/// A request for a client certificate in the handshake.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ClientCertificateRequest {
    /// Names of acceptable issuers; empty when the server named none.
    pub acceptable_issuers: Vec<String>,
    /// Whether the server insisted.
    pub demand: ClientCertificateDemand,
}

/// Whether a server insists on a client certificate.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientCertificateDemand {
    /// It ended the connection, or the request, for want of one.
    Required,
    /// It went on without.
    Optional,
    /// The wire does not show it.
    Undecided,
}
