//! How stages end: the stage, its outcome and the stable code of its cause.

use serde::{Deserialize, Serialize};

/// How far one candidate got.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Directory lookup of service connection points.
    Ldap,
    /// Name resolution.
    Dns,
    /// Opening the connection.
    Tcp,
    /// Handshake and certificate.
    Tls,
    /// Request and status.
    Http,
    /// The answer's content.
    Xml,
}

impl Stage {
    /// The stages that every candidate may pass, in order.
    pub const PROBED: [Self; 5] = [Self::Dns, Self::Tcp, Self::Tls, Self::Http, Self::Xml];

    /// Stable name, as used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ldap => "ldap",
            Self::Dns => "dns",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Http => "http",
            Self::Xml => "xml",
        }
    }
}

/// How a stage ended.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The client would get through.
    Passed,
    /// The client would get through, with something worth knowing.
    Warned {
        /// What was noticed.
        cause: Cause,
    },
    /// The client would not get through, or would ask the user first.
    Failed {
        /// Why.
        cause: Cause,
    },
    /// Not run, because something before it ended the candidate.
    Skipped {
        /// What stood before it.
        blocker: Blocker,
    },
    /// This candidate has no such stage (TLS on the port 80 probe).
    NotApplicable,
}

impl Outcome {
    /// The cause, where the outcome has one.
    pub fn cause(self) -> Option<Cause> {
        match self {
            Self::Warned { cause } | Self::Failed { cause } => Some(cause),
            Self::Passed | Self::Skipped { .. } | Self::NotApplicable => None,
        }
    }

    /// Whether the client would get through.
    pub fn is_through(self) -> bool {
        matches!(self, Self::Passed | Self::Warned { .. })
    }
}

/// What ended a candidate before a stage could run.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Blocker {
    /// The candidate is not probed at all.
    Standing,
    /// Name resolution.
    Dns,
    /// The connection.
    Tcp,
    /// The handshake.
    Tls,
    /// The HTTP answer.
    Http,
    /// The endpoint answers, but its content needs credentials.
    Password,
    /// The answer names another place; see the candidate it opened.
    Redirect,
    /// The run was stopped first.
    Cancelled,
}

/// Stable code of an outcome: the only thing rules match on besides evidence.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Domain controllers hold different entries.
    LdapControllersDiffer,
    /// The directory holds no entry for Autodiscover that can be used.
    LdapNoEntries,
    /// No domain controller was found, or none could be reached.
    LdapNoServer,
    /// The password was not sent: the server's identity was not verified, or a refusal came before.
    LdapPasswordNotSent,
    /// The domain controller refused the sign-in.
    LdapPasswordRefused,
    /// A pointer to another directory could not be followed.
    LdapPointerUnusable,
    /// The domain controller refused the search.
    LdapRefused,
    /// The entries are shown to signed-in readers only.
    LdapSignInNeeded,
    /// The ticket was not used: there is none, or it does not serve for this server.
    LdapTicketNotUsed,
    /// The domain controller refused the ticket.
    LdapTicketRefused,
    /// What came back was not Active Directory.
    LdapUnreadable,
    /// An alias leads to a name that does not exist.
    DnsAliasDangling,
    /// Aliases lead back to themselves, or never end.
    DnsAliasLoop,
    /// The answer could not be read.
    DnsMalformed,
    /// The name exists but has no record of the type asked for (NODATA).
    DnsNoData,
    /// The name does not exist (NXDOMAIN).
    DnsNoSuchName,
    /// The server refused to answer (REFUSED).
    DnsRefused,
    /// The server could not answer (SERVFAIL or another error code).
    DnsServerFailure,
    /// The SRV record's target has no address.
    DnsSrvTargetMissing,
    /// The SRV record's target is `.`: the service is declared absent (RFC 2782).
    DnsSrvTargetRoot,
    /// The SRV record's target is an alias, which RFC 2782 forbids.
    DnsSrvTargetAlias,
    /// The SRV record's port is not 443.
    DnsSrvPort,
    /// No server answered in time.
    DnsTimeout,
    /// The server could not be reached, or nothing listens there.
    DnsUnreachable,
    /// Refused.
    TcpRefused,
    /// Reset while opening.
    TcpReset,
    /// At least one address of several failed.
    TcpSomeFailed,
    /// Nothing came back.
    TcpTimeout,
    /// No route, or the local network stack failed.
    TcpUnreachable,
    /// The handshake demands a client certificate.
    TlsClientCertificateRequired,
    /// The far end closed in mid-handshake.
    TlsClosed,
    /// The certificate has expired.
    TlsExpired,
    /// The far end refused the handshake with an alert.
    TlsHandshakeRefused,
    /// The issuer is not trusted.
    TlsIssuerUntrusted,
    /// What came back was not a TLS handshake that can be read.
    TlsMalformed,
    /// The certificate does not carry the name that was asked for.
    TlsNameMismatch,
    /// The certificate is not valid yet.
    TlsNotYetValid,
    /// The port speaks something else.
    TlsNotTls,
    /// The connection was reset in mid-handshake.
    TlsReset,
    /// The certificate is its own issuer and not trusted.
    TlsSelfSigned,
    /// The handshake took too long.
    TlsTimeout,
    /// No protocol version in common.
    TlsVersion,
    /// The certificate may not serve TLS (extended key usage, CA certificate).
    TlsWrongUsage,
    /// The directory demands a client certificate (403.7 and its kin, renegotiation, post-handshake request).
    HttpClientCertificateRequired,
    /// The connection ended before an answer.
    HttpClosed,
    /// 403 or another refusal of access.
    HttpForbidden,
    /// The redirect leads to a sign-in page, not to Autodiscover.
    HttpLoginPage,
    /// The answer could not be read as HTTP.
    HttpMalformed,
    /// 405: the handler does not take this method.
    HttpMethodNotAllowed,
    /// The port 80 probe got an answer that is not a redirect; Outlook ignores it.
    HttpNoRedirect,
    /// 404 or 410.
    HttpNotFound,
    /// More than ten redirects.
    HttpRedirectLimit,
    /// The redirect leads back to a place already asked.
    HttpRedirectLoop,
    /// The redirect's target is not https.
    HttpRedirectNotHttps,
    /// The redirect's target could not be read.
    HttpRedirectInvalid,
    /// Another status that means "try the next".
    HttpOtherStatus,
    /// 500 and its kin.
    HttpServerError,
    /// The server did not accept the credentials that were given.
    HttpSignInRefused,
    /// No answer in time.
    HttpTimeout,
    /// 503.
    HttpUnavailable,
    /// Empty body.
    XmlEmpty,
    /// Autodiscover error answer.
    XmlErrorCode,
    /// A web page.
    XmlHtml,
    /// Settings for IMAP, POP and SMTP only.
    XmlImapOnly,
    /// Well-formed, but no Autodiscover answer.
    XmlNotAutodiscover,
    /// Not well-formed.
    XmlMalformed,
    /// An ActiveSync answer to Outlook's question.
    XmlMobileSyncOnly,
    /// `redirectAddr` that cannot be followed (same or already seen address).
    XmlRedirectAddressLoop,
    /// The body was larger than 1 MiB.
    XmlTooLarge,
    /// Autodiscover elements in an unknown namespace.
    XmlWrongNamespace,
}

impl Cause {
    /// The stable snake_case code.
    pub fn code(self) -> String {
        // A unit variant always serialises to a JSON string.
        serde_json::to_value(self).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
    }
}
