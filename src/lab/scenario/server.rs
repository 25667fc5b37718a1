//! The servers of a scenario: their ports, and what comes back from each path.

use super::{DirectoryTree, Guarded};
use serde::Deserialize;
use std::{collections::BTreeMap, net::IpAddr};

/// A host.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Host {
    /// Its address, out of the documentation ranges (RFC 5737, RFC 3849) or a private network.
    pub address: IpAddr,
    /// What it is, in a few words.
    pub what: String,
    /// Its ports; all others are closed.
    #[serde(default, rename = "port")]
    pub ports: Vec<Port>,
}

/// A port of a host.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Port {
    /// TCP port number.
    pub number: u16,
    /// What listens there.
    pub listen: Listen,
    /// The certificate for names that `names` does not list, and for handshakes without SNI.
    #[serde(default)]
    pub certificate: Option<String>,
    /// Certificates chosen by SNI (RFC 6066).
    #[serde(default)]
    pub names: BTreeMap<String, String>,
    /// Whether the handshake asks for a client certificate.
    #[serde(default)]
    pub client_certificate: ClientCertificate,
    /// The server speaks no TLS newer than 1.2.
    #[serde(default)]
    pub tls12_only: bool,
    /// Suites of TLS 1.2 that the server takes.
    #[serde(default)]
    pub suites: Suites,
    /// The newest version of a `legacy-tls` server; 1.0 when absent.
    #[serde(default)]
    pub legacy_version: Option<LegacyVersion>,
    /// What a `directory` service holds.
    #[serde(default)]
    pub directory: Option<DirectoryTree>,
    /// First line of a `banner` service, such as `SSH-2.0-OpenSSH_9.2`.
    #[serde(default)]
    pub banner: Option<String>,
    /// Headers of every answer, such as `Server: nginx`.
    #[serde(default)]
    pub headers: Vec<String>,
    /// Answers by path; other paths get a 404.
    #[serde(default, rename = "path")]
    pub paths: Vec<Path>,
}

/// What listens on a port.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Listen {
    /// HTTP over TLS.
    Tls,
    /// TLS up to an old version and with static RSA alone, as far as it speaks in clear.
    LegacyTls,
    /// HTTP in clear.
    Http,
    /// Nothing: connections are refused.
    Closed,
    /// A firewall that drops: connections time out.
    Silent,
    /// A device that takes the connection and says nothing more.
    Stalls,
    /// A service that speaks first, and something else than TLS: the port's `banner`.
    Banner,
    /// A domain controller that speaks LDAP: TLS from the first byte at port 636, elsewhere StartTLS where the port has
    /// a certificate.
    Directory,
}

/// Suites of TLS 1.2 that a server takes.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Suites {
    /// All that the library has.
    #[default]
    Usual,
    /// ECDHE with RSA signatures alone. The lab's keys are elliptic, so that nobody has a suite in common with such a
    /// server: its list was left as it was when the certificate was replaced by one of another kind.
    RsaSignatures,
}

/// Newest version of an old TLS server.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
pub enum LegacyVersion {
    /// TLS 1.0.
    #[default]
    #[serde(rename = "1.0")]
    Tls10,
    /// TLS 1.1.
    #[serde(rename = "1.1")]
    Tls11,
    /// TLS 1.2.
    #[serde(rename = "1.2")]
    Tls12,
}

impl LegacyVersion {
    /// The number on the wire (RFC 5246 A.1).
    pub fn code(self) -> u16 {
        match self {
            Self::Tls10 => 0x0301,
            Self::Tls11 => 0x0302,
            Self::Tls12 => 0x0303,
        }
    }
}

/// Whether a handshake asks for a client certificate.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum ClientCertificate {
    /// It does not.
    #[default]
    None,
    /// It does, and goes on without.
    Optional,
    /// It does, and ends without.
    Required,
}

/// The answer to one path.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Path {
    /// The path, compared without case as IIS does; `*` is every path that no other entry names.
    pub path: String,
    /// Only for requests with this `Host`; absent means any.
    #[serde(default)]
    pub host: Option<String>,
    /// The server tells capitals in the path apart.
    #[serde(default)]
    pub case_sensitive: bool,
    /// What comes back.
    pub answer: Answer,
}

/// What comes back for a path.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Answer {
    /// 401 as Exchange gives it, with the challenges and headers that identify it.
    #[serde(rename = "exchange-401")]
    Exchange401 {
        /// Name of the front-end server (`X-FEServer`).
        #[serde(default = "default_server")]
        server: String,
        /// Version (`X-OWA-Version`).
        #[serde(default = "default_version")]
        version: String,
        /// Values of `WWW-Authenticate`; Negotiate, NTLM and Basic with the host as realm when empty.
        #[serde(default)]
        schemes: Vec<String>,
    },
    /// What stands behind a sign-in.
    Guarded(Box<Guarded>),
    /// Settings in the 2006a schema ([MS-OXDSCLI] 2.2.4), given without a password.
    Settings {
        /// Host of every service URL.
        service_host: String,
        /// Host of the internal URLs, where it differs.
        #[serde(default)]
        internal_host: Option<String>,
        /// Display name of the mailbox.
        display_name: String,
        /// Elements that are left out, such as `OABUrl`; `EXPR.OABUrl` leaves it out of that block alone.
        #[serde(default)]
        leave_out: Vec<String>,
        /// `CertPrincipalName` of the EXPR block.
        #[serde(default)]
        principal: Option<String>,
        /// `AutoDiscoverSMTPAddress`.
        #[serde(default)]
        address: Option<String>,
        /// `Server` of the EXCH block, where it is not the internal host: `<guid>@<domain>` since Exchange 2013.
        #[serde(default)]
        mailbox_server: Option<String>,
    },
    /// The answer to newer clients: where the service is, as JSON.
    Json {
        /// The URL that it names; that of the same host when empty.
        #[serde(default)]
        url: String,
    },
    /// An Autodiscover error answer ([MS-OXDSCLI] 2.2.4.1.1.3).
    ErrorXml {
        /// `ErrorCode`.
        code: u16,
        /// `Message`.
        message: String,
    },
    /// Settings for IMAP, POP3 and SMTP only, as web hosts give them.
    ImapSettings {
        /// Host of all three.
        host: String,
    },
    /// The advice to start again with another address, as Exchange gives it for a mailbox that has moved
    /// ([MS-OXDSCLI] 2.2.4.1.1.2.4).
    RedirectAddress {
        /// The other address.
        address: String,
    },
    /// A redirect.
    Redirect {
        /// Where to.
        location: String,
        /// 301, 302, 307 ...
        #[serde(default = "default_redirect")]
        status: u16,
    },
    /// 200 with a web page, for every method.
    Html {
        /// The page's title.
        title: String,
    },
    /// A parked domain: 200 with a page for GET, 405 for other methods, as a web server with static files answers.
    Parking {
        /// The page's title.
        title: String,
    },
    /// 404.
    NotFound {},
    /// 403.
    Forbidden {},
    /// 405.
    MethodNotAllowed {},
    /// 200 without a body.
    Empty {},
    /// 503 as Windows itself gives it (http.sys) for an application pool that has stopped.
    PoolStopped {},
    /// 200 with this body, byte by byte: what a responder other than Exchange sends.
    Body {
        /// `Content-Type`.
        #[serde(default = "default_content_type")]
        content_type: String,
        /// The body.
        text: String,
    },
    /// The certificate of the public authority's intermediate in DER, as authorities publish it.
    IssuingCertificate {},
    /// Any status, with a plain page.
    Status {
        /// The status code, 100 to 999.
        code: u16,
        /// What the page says; the reason phrase when absent.
        #[serde(default)]
        text: Option<String>,
    },
    /// 403 with the page of IIS for sub-status 7: a client certificate is required.
    #[serde(rename = "client-certificate-403")]
    ClientCertificate403 {},
    /// The server asks to renegotiate after the request, as IIS and Apache do for a directory that demands a client
    /// certificate under TLS 1.2 (RFC 5246 section 7.4.1.1), and ends the connection when that is declined.
    ClientCertificateRenegotiate {},
}

fn default_content_type() -> String {
    "text/xml; charset=utf-8".to_owned()
}

fn default_redirect() -> u16 {
    302
}

pub(super) fn default_server() -> String {
    "EX1".to_owned()
}

pub(super) fn default_version() -> String {
    "15.2.1544.11".to_owned()
}
