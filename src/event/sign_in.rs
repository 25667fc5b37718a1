//! Signing in: what a technician gave, and the evidence of what became of it. No secret is ever part of evidence, and
//! neither is a message that holds a proof of one.

use crate::secret::Secret;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

/// A way to sign in over HTTP.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// The password itself, in base64 (RFC 7617).
    Basic,
    /// NTLM version 2 (\[MS-NLMP\], \[MS-NTHT\]).
    Ntlm,
    /// NTLM messages in the scheme Negotiate, as servers of Windows take them (RFC 4559, \[MS-SPNG\] 3.3.5.1).
    Negotiate,
    /// A token (RFC 6750).
    Bearer,
}

impl Scheme {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Ntlm, Self::Negotiate, Self::Basic, Self::Bearer];

    /// Stable name, as used in options and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Ntlm => "ntlm",
            Self::Negotiate => "negotiate",
            Self::Bearer => "bearer",
        }
    }

    /// The name that stands in headers.
    pub fn header_name(self) -> &'static str {
        match self {
            Self::Basic => "Basic",
            Self::Ntlm => "NTLM",
            Self::Negotiate => "Negotiate",
            Self::Bearer => "Bearer",
        }
    }

    /// The scheme of this name, in any capitals.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scheme| scheme.as_str().eq_ignore_ascii_case(name))
    }
}

/// What a technician gave to sign in with, and where it may go. Never serialised.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Account {
    /// User names in the order in which they are tried, each only after the one before was accepted; none with a token.
    pub users: Vec<String>,
    /// What proves who it is.
    pub proof: Proof,
    /// Ways to sign in, in the order in which they are tried, each only after the one before was accepted; when empty,
    /// the one of those offered that shows the server least.
    pub schemes: Vec<Scheme>,
    /// Hosts to which it may be sent, in lower-case ASCII: each was named to a person who agreed. `HOST:PORT` is that port
    /// alone, and a host without one the usual port.
    pub hosts: Vec<String>,
}

/// Whether one of these hosts, each `HOST` or `HOST:PORT`, is this one at this port; without a port it is the usual one.
pub fn is_confirmed(hosts: &[String], host: &str, port: u16, usual: u16) -> bool {
    let named = with_port(host, port);
    let bare = host.trim_matches(['[', ']']);
    let is_bare = |known: &str| known.trim_matches(['[', ']']).eq_ignore_ascii_case(bare);
    hosts.iter().any(|known| known.eq_ignore_ascii_case(&named) || (port == usual && is_bare(known)))
}

/// `HOST:PORT`, an IPv6 address in brackets.
pub fn with_port(host: &str, port: u16) -> String {
    let host = host.trim_matches(['[', ']']);
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

/// What proves who somebody is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Proof {
    /// A password.
    Password(Secret),
    /// An access token.
    Token(Secret),
}

impl Proof {
    /// The secret in it.
    pub fn secret(&self) -> &Secret {
        match self {
            Self::Password(secret) | Self::Token(secret) => secret,
        }
    }
}

/// One attempt to sign in, or why none was made.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SignIn {
    /// The host that asked, in lower-case ASCII.
    pub host: String,
    /// Address and port that were connected to, as DNS and the URL gave them.
    pub address: SocketAddr,
    /// The way it was done; absent where nothing was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<Scheme>,
    /// The user name, sanitised; absent with a token, and where nothing was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    /// How it ended.
    pub result: SignInResult,
    /// Why nothing was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld: Option<Withheld>,
    /// Requests that carried a message of the scheme: 1 for Basic and Bearer, 2 for a whole NTLM exchange.
    pub legs: u32,
    /// The server's certificate went into the proof, as Extended Protection wants it (RFC 5929 `tls-server-end-point`).
    #[serde(default)]
    pub channel_binding: bool,
    /// Status of the last answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Microseconds it took, the handshake apart.
    pub elapsed_us: u64,
}

/// How an attempt to sign in ended.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInResult {
    /// The server knows who asks.
    Accepted,
    /// The server asks again (401).
    Refused,
    /// The server answered something from which neither follows.
    Unclear,
    /// NTLM did not come to its end: no challenge came, or the connection ended before the proof could be sent. Nothing
    /// that the password went into was sent.
    Interrupted,
    /// No answer came.
    Failed,
    /// Nothing was sent.
    Withheld,
}

impl SignInResult {
    /// The stable code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Unclear => "unclear",
            Self::Interrupted => "interrupted",
            Self::Failed => "failed",
            Self::Withheld => "withheld",
        }
    }
}

/// Why credentials were not sent to a server that asks for them.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Withheld {
    /// The connection is not TLS.
    NotHttps,
    /// A check of the certificate failed, or another library than the checking one carried the connection.
    NotVerified,
    /// Nobody agreed that this host may get them.
    HostNotConfirmed,
    /// They were not accepted before, so that they go nowhere any more.
    NotAcceptedBefore,
    /// The same place got them before in this run.
    SentBefore,
    /// The server offers no way to sign in that was asked for and that fits what was given.
    NoCommonScheme,
}

impl Withheld {
    /// The stable code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotHttps => "not_https",
            Self::NotVerified => "not_verified",
            Self::HostNotConfirmed => "host_not_confirmed",
            Self::NotAcceptedBefore => "not_accepted_before",
            Self::SentBefore => "sent_before",
            Self::NoCommonScheme => "no_common_scheme",
        }
    }
}

/// What a server tells of itself in answer to the first message of NTLM, which holds nothing about anybody
/// (\[MS-NLMP\] 2.2.1.2, 2.2.2.1). Every text is sanitised.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct NtlmChallenge {
    /// Address and port that were connected to, as DNS and the URL gave them.
    pub address: SocketAddr,
    /// The scheme in which it was asked.
    pub scheme: Scheme,
    /// Whether a challenge came back.
    pub answered: bool,
    /// Whether every check of the certificate held on this connection.
    #[serde(default)]
    pub verified: bool,
    /// NetBIOS name of the server's domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub netbios_domain: Option<String>,
    /// NetBIOS name of the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub netbios_computer: Option<String>,
    /// DNS name of the server's domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns_domain: Option<String>,
    /// DNS name of the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns_computer: Option<String>,
    /// DNS name of the forest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns_forest: Option<String>,
    /// Version of Windows, such as `10.0.20348`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The server's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_time: Option<Timestamp>,
    /// Seconds by which the server's clock is ahead of this machine's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ahead_seconds: Option<i64>,
}
