//! How stages, questions and connections end, in words.

use crate::event::{AnswerKind, Blocker, Cause, DnsStatus, Stage, TcpResult};

/// A stage's short name.
pub fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Ldap => say!("LDAP"),
        Stage::Dns => say!("DNS"),
        Stage::Tcp => say!("TCP"),
        Stage::Tls => say!("TLS"),
        Stage::Http => say!("HTTP"),
        Stage::Xml => say!("XML"),
    }
}

/// A cause in at most twelve columns.
pub fn cause(cause: Cause) -> &'static str {
    match cause {
        Cause::LdapControllersDiffer => say!("not alike"),
        Cause::LdapNoEntries => say!("no entry"),
        Cause::LdapNoServer => say!("no server"),
        Cause::LdapPasswordNotSent => say!("not signed in"),
        Cause::LdapPasswordRefused => say!("password"),
        Cause::LdapPointerUnusable => say!("pointer"),
        Cause::LdapRefused => say!("refused"),
        Cause::LdapSignInNeeded => say!("sign-in"),
        Cause::LdapTicketNotUsed => say!("not signed in"),
        Cause::LdapTicketRefused => say!("ticket"),
        Cause::LdapUnreadable => say!("unreadable"),
        Cause::DnsAliasDangling => say!("dead alias"),
        Cause::DnsAliasLoop | Cause::HttpRedirectLoop => say!("loop"),
        Cause::DnsMalformed | Cause::TlsMalformed | Cause::HttpMalformed | Cause::XmlMalformed => say!("unreadable"),
        Cause::DnsNoData => say!("no record"),
        Cause::DnsNoSuchName => say!("no name"),
        Cause::DnsRefused | Cause::TcpRefused | Cause::TlsHandshakeRefused => say!("refused"),
        Cause::DnsServerFailure => say!("SERVFAIL"),
        Cause::DnsSrvTargetMissing => say!("no target"),
        Cause::DnsSrvTargetRoot => say!("switched off"),
        Cause::DnsSrvTargetAlias => say!("alias"),
        Cause::DnsSrvPort => say!("port"),
        Cause::DnsTimeout | Cause::TcpTimeout | Cause::TlsTimeout | Cause::HttpTimeout => say!("silent"),
        Cause::DnsUnreachable | Cause::TcpUnreachable => say!("unreachable"),
        Cause::TcpReset | Cause::TlsReset => say!("reset"),
        Cause::TcpSomeFailed => say!("in part"),
        Cause::TlsClientCertificateRequired | Cause::HttpClientCertificateRequired => say!("client cert"),
        Cause::TlsClosed | Cause::HttpClosed => say!("closed"),
        Cause::TlsExpired => say!("expired"),
        Cause::TlsIssuerUntrusted => say!("issuer"),
        Cause::TlsNameMismatch => say!("name"),
        Cause::TlsNotYetValid => say!("too early"),
        Cause::TlsNotTls => say!("not TLS"),
        Cause::TlsSelfSigned => say!("self-signed"),
        Cause::TlsVersion => say!("version"),
        Cause::TlsWrongUsage => say!("usage"),
        Cause::HttpForbidden => say!("forbidden"),
        Cause::HttpLoginPage => say!("sign-in page"),
        Cause::HttpMethodNotAllowed => say!("method"),
        Cause::HttpNoRedirect => say!("no redirect"),
        Cause::HttpNotFound => say!("not found"),
        Cause::HttpRedirectLimit => say!("too many"),
        Cause::HttpRedirectNotHttps => say!("not https"),
        Cause::HttpRedirectInvalid => say!("bad target"),
        Cause::HttpOtherStatus => say!("other status"),
        Cause::HttpServerError => say!("server error"),
        Cause::HttpSignInRefused => say!("password"),
        Cause::HttpUnavailable => say!("unavailable"),
        Cause::XmlEmpty => say!("empty"),
        Cause::XmlErrorCode => say!("error answer"),
        Cause::XmlHtml => say!("web page"),
        Cause::XmlImapOnly => say!("IMAP only"),
        Cause::XmlNotAutodiscover => say!("other XML"),
        Cause::XmlMobileSyncOnly => say!("mobile only"),
        Cause::XmlRedirectAddressLoop => say!("same address"),
        Cause::XmlTooLarge => say!("too large"),
        Cause::XmlWrongNamespace => say!("namespace"),
    }
}

/// What stood before a stage that was not run.
pub fn blocker(blocker: Blocker) -> &'static str {
    match blocker {
        Blocker::Standing => say!("the step is not probed"),
        Blocker::Dns => say!("name resolution ended it"),
        Blocker::Tcp => say!("the connection ended it"),
        Blocker::Tls => say!("the handshake ended it"),
        Blocker::Http => say!("the HTTP answer ended it"),
        Blocker::Password => say!("the content needs a mailbox password"),
        Blocker::Redirect => say!("the answer names another place"),
        Blocker::Cancelled => say!("the run was stopped first"),
    }
}

/// How a DNS question ended.
pub fn dns_status(status: DnsStatus) -> &'static str {
    match status {
        DnsStatus::Answered => say!("answered"),
        DnsStatus::NoData => say!("the name exists, without this type"),
        DnsStatus::NoSuchName => say!("no such name (NXDOMAIN)"),
        DnsStatus::ServerFailure => say!("server failure (SERVFAIL)"),
        DnsStatus::Refused => say!("refused by the server (REFUSED)"),
        DnsStatus::OtherCode => say!("another error code"),
        DnsStatus::TimedOut => say!("no answer in time"),
        DnsStatus::PortClosed => say!("nothing listens at the server's port"),
        DnsStatus::Unreachable => say!("no route to the server"),
        DnsStatus::Untrusted => say!("the server's own certificate does not hold"),
        DnsStatus::Malformed => say!("an answer that cannot be read"),
    }
}

/// How a DNS question ended, in a word or two.
pub fn dns_status_short(status: DnsStatus) -> &'static str {
    match status {
        DnsStatus::Answered => say!("no address"),
        DnsStatus::NoData => say!("no such record"),
        DnsStatus::NoSuchName => say!("no such name"),
        DnsStatus::ServerFailure => say!("server failure"),
        DnsStatus::Refused => say!("refused"),
        DnsStatus::OtherCode => say!("another error"),
        DnsStatus::TimedOut => say!("silent"),
        DnsStatus::PortClosed => say!("nothing listens"),
        DnsStatus::Unreachable => say!("not reached"),
        DnsStatus::Untrusted => say!("bad certificate"),
        DnsStatus::Malformed => say!("unreadable"),
    }
}

/// How a connection attempt ended.
pub fn tcp_result(result: TcpResult) -> &'static str {
    match result {
        TcpResult::Connected => say!("connected"),
        TcpResult::Denied => say!("denied by this machine"),
        TcpResult::Failed => say!("failed on this machine"),
        TcpResult::Refused => say!("refused: nothing listens, or a firewall rejects"),
        TcpResult::Reset => say!("reset while opening"),
        TcpResult::TimedOut => say!("silent: nothing came back in time"),
        TcpResult::Unreachable => say!("no route to this address"),
    }
}

/// Kind of an answer.
pub fn answer(kind: AnswerKind) -> &'static str {
    match kind {
        AnswerKind::Settings => say!("mailbox settings"),
        AnswerKind::RedirectAddr => say!("another address to ask for"),
        AnswerKind::RedirectUrl => say!("another URL to ask"),
        AnswerKind::Error => say!("an Autodiscover error"),
        AnswerKind::ImapPop => say!("settings for IMAP, POP3 and SMTP only"),
        AnswerKind::MobileSync => say!("an ActiveSync answer"),
        AnswerKind::Html => say!("a web page"),
        AnswerKind::Json => say!("JSON"),
        AnswerKind::Empty => say!("nothing"),
        AnswerKind::WrongNamespace => say!("Autodiscover elements in an unknown namespace"),
        AnswerKind::OtherXml => say!("XML of another kind"),
        AnswerKind::Malformed => say!("XML that is not well-formed"),
        AnswerKind::OtherText => say!("other text"),
    }
}
