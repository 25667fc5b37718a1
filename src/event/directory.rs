//! Directory evidence: what Active Directory, or an export of it, holds about Autodiscover.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Keyword of a service connection point that holds a URL ([MS-OXDISCO] 2.2.1.2).
pub const URL_KEYWORD: &str = "77378F46-2C66-4aa9-A6A6-3E7A48B19596";

/// Keyword of a service connection point that points to another directory ([MS-OXDISCO] 2.2.1.2).
pub const POINTER_KEYWORD: &str = "67661d7F-8FC4-4fa7-BFAC-E1D7794C1F68";

/// What one source gave: a domain controller that was asked, or a file that was exported from one.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct DirectoryAnswer {
    /// Where it came from: `ldap://dc1.contoso.test`, `ldaps://dc1.contoso.test:3269`, or a file's name.
    pub source: String,
    /// Why it was asked.
    pub purpose: DirectoryPurpose,
    /// How what was said was protected while the entries were read.
    pub protection: DirectoryProtection,
    /// The certificate passed every check; a password is sent over no other connection.
    #[serde(default)]
    pub verified: bool,
    /// Who asked, and what the server said to that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<DirectorySignIn>,
    /// What the server says about itself without sign-in (RFC 4512 5.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<DirectoryRoot>,
    /// The entries about Autodiscover, in the order sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<ConnectionPoint>,
    /// Active Directory site of the PC, as given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// Entries past the limit.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub points_dropped: usize,
    /// Hosts to which tools of a hybrid organisation follow redirects; absent when the list was not looked for, empty
    /// when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trusted_redirects: Option<Vec<String>>,
    /// Domains for which this directory's Exchange takes mail, as far as the reader may see them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepted_domains: Vec<String>,
    /// What stood in the way; absent when the entries were read to their end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<DirectoryFailure>,
    /// Microseconds it took.
    pub elapsed_us: u64,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl DirectoryAnswer {
    /// A source of which nothing is known yet.
    pub fn new(source: String, purpose: DirectoryPurpose) -> Self {
        Self {
            source,
            purpose,
            protection: DirectoryProtection::None,
            verified: false,
            sign_in: None,
            root: None,
            points: Vec::new(),
            site: None,
            points_dropped: 0,
            trusted_redirects: None,
            accepted_domains: Vec::new(),
            failure: None,
            elapsed_us: 0,
        }
    }

    /// Whether the entries were read to their end.
    pub fn is_complete(&self) -> bool {
        self.failure.is_none() && self.points_dropped == 0
    }
}

/// Why a source was asked.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DirectoryPurpose {
    /// In the place of the PC's own domain controller.
    Client,
    /// To compare another domain controller of the same forest with it.
    Comparison,
    /// A pointer led here.
    Pointer,
    /// It was given as text.
    File,
}

/// How a connection was protected.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DirectoryProtection {
    /// There was no connection.
    None,
    /// In clear.
    Clear,
    /// TLS from the first byte (LDAPS).
    Tls,
    /// TLS after the StartTLS request (RFC 4511 4.14).
    StartTls,
    /// Every message after the sign-in encrypted with the ticket's key (RFC 4752 3.3), by a server that proved to have it.
    Kerberos,
}

/// A sign-in and its end.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DirectorySignIn {
    /// By which proof.
    #[serde(default, skip_serializing_if = "DirectorySignInWay::is_password")]
    pub way: DirectorySignInWay,
    /// The account, as given; by Kerberos that of the ticket, empty where there is none.
    pub account: String,
    /// How it ended.
    pub result: DirectorySignInResult,
    /// Service principal that the ticket was asked for, as far as it came to that (`ldap/dc1.contoso.test`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// What stood in the ticket's way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<TicketTrouble>,
    /// Result code (RFC 4511 appendix A), where the server answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<u32>,
    /// Active Directory's own code behind `data` in its words, such as `52e`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// The server's words, or those of this machine's Kerberos, sanitised.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
}

impl DirectorySignIn {
    /// A sign-in with a password of which nothing but this is known.
    pub fn new(account: String, result: DirectorySignInResult) -> Self {
        Self {
            way: DirectorySignInWay::Password,
            account,
            result,
            service: None,
            trouble: None,
            code: None,
            data: None,
            message: String::new(),
        }
    }
}

/// By which proof somebody signed in.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DirectorySignInWay {
    /// A simple bind with a password (RFC 4513 5.1.3).
    #[default]
    Password,
    /// The ticket of whoever is signed in on this machine (SASL GSSAPI, RFC 4752).
    Kerberos,
}

impl DirectorySignInWay {
    fn is_password(&self) -> bool {
        *self == Self::Password
    }
}

/// Why a ticket was not used.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketTrouble {
    /// There is none.
    NoTicket,
    /// It has expired.
    Expired,
    /// The clocks differ by more than Kerberos allows (KRB_AP_ERR_SKEW, RFC 4120 7.5.9).
    ClockSkew,
    /// Nobody knows the service by this name (KDC_ERR_S_PRINCIPAL_UNKNOWN, RFC 4120 7.5.9).
    UnknownService,
    /// No Kerberos server of the realm was found, or none answered.
    NoServer,
    /// The server is named by its address, and tickets are for names.
    NameNeeded,
    /// The server does not offer GSSAPI.
    NotOffered,
    /// The server does not take messages protected as they must be here.
    Layer,
    /// The server did not prove that it has the ticket's key, or spoke otherwise than agreed.
    NotProven,
    /// Anything else; the message says what.
    Other,
}

/// How a sign-in ended.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DirectorySignInResult {
    /// Accepted.
    Accepted,
    /// The server refused it.
    Refused,
    /// The password was not sent or the ticket not used, because the server's identity was not verified.
    NotVerified,
    /// The password was not sent, because the server refused it before in this run, or another one did.
    RefusedBefore,
    /// The password was not sent, because it was given for another server.
    OtherServer,
    /// The password was not sent, because nobody confirmed this server: DNS named it.
    NotConfirmed,
    /// No ticket could be used; [`DirectorySignIn::trouble`] says why.
    NoUsableTicket,
}

/// What a server says about itself.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct DirectoryRoot {
    /// `dnsHostName`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// `configurationNamingContext`: where the entries are looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration: Option<String>,
    /// `defaultNamingContext`: the server's domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// `rootDomainNamingContext`: the forest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forest: Option<String>,
    /// `supportedSASLMechanisms`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mechanisms: Vec<String>,
    /// Whether StartTLS is offered (`supportedExtension`).
    #[serde(default)]
    pub start_tls: bool,
}

/// A service connection point of Autodiscover ([MS-OXDISCO] 2.2.1.2).
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct ConnectionPoint {
    /// Distinguished name; empty where the source does not say it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub dn: String,
    /// The server that it belongs to: the first name of the entry.
    pub server: String,
    /// `serviceBindingInformation`: the URL, or that of another directory. Empty where the entry has none.
    pub binding: String,
    /// `keywords`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// `whenCreated`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    /// `whenChanged`, which each domain controller keeps by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<Timestamp>,
}

impl ConnectionPoint {
    /// Whether it points to another directory.
    pub fn is_pointer(&self) -> bool {
        self.keywords.iter().any(|keyword| keyword.eq_ignore_ascii_case(POINTER_KEYWORD))
    }

    /// Active Directory sites that it serves; empty when it serves any.
    pub fn sites(&self) -> Vec<&str> {
        self.of("site=")
    }

    /// Mail domains that a pointer is meant for; empty when it is meant for any.
    pub fn domains(&self) -> Vec<&str> {
        self.of("domain=")
    }

    fn of(&self, prefix: &str) -> Vec<&str> {
        let split = |keyword: &'_ String| {
            let (name, _) = keyword.split_at_checked(prefix.len())?;
            name.eq_ignore_ascii_case(prefix).then_some(prefix.len())
        };
        self.keywords.iter().filter_map(|keyword| Some(keyword.get(split(keyword)?..)?.trim())).collect()
    }
}

/// What stood in the way of the entries.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "failure", rename_all = "snake_case")]
pub enum DirectoryFailure {
    /// The name of the server has no address.
    NoAddress,
    /// No connection could be opened.
    NotConnected,
    /// The TLS handshake failed.
    Tls,
    /// The connection ended, or nothing came in time.
    Silent,
    /// What came back could not be read as LDAP, or was past a bound.
    Malformed {
        /// What was wrong.
        detail: String,
    },
    /// The server names no configuration naming context: it is not Active Directory.
    NotActiveDirectory,
    /// The server wants a sign-in first.
    SignInNeeded {
        /// Result code.
        code: u32,
        /// The server's words, sanitised.
        message: String,
    },
    /// The sign-in was refused, or the password was not sent.
    NotSignedIn,
    /// The server refused the search.
    Refused {
        /// Result code.
        code: u32,
        /// The server's words, sanitised.
        message: String,
    },
    /// A pointer led to a server that was asked before.
    PointerLoop,
    /// More than ten pointers.
    PointerLimit,
    /// A pointer holds no usable LDAP URL.
    PointerUnusable,
}

/// Which service connection point a candidate comes from.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PointSource {
    /// The server that the entry belongs to.
    pub server: String,
    /// Sites that the entry serves; empty when it serves any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sites: Vec<String>,
    /// How the entry suits the site of this PC.
    pub preference: SitePreference,
    /// The domain controller or file that gave it.
    pub source: String,
}

/// How an entry suits the site of the PC, the best first (Microsoft, "Find Autodiscover endpoints by using SCP lookup").
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SitePreference {
    /// It names the site.
    Own,
    /// It names no site.
    Any,
    /// It names other sites only.
    Other,
    /// The site is not known.
    Unknown,
}
