//! TLS evidence: one handshake, the chain as sent, and the three checks of the Security Alert judged apart.

use super::{Cause, Certificate, Outcome};
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
