//! What the vocabulary's codes are called, in one place for every front end.

use crate::{
    certificate::{Remark, RemarkCode},
    event::{
        AnswerKind, Blocker, Candidate, Cause, ClientFamily, DateCheck, DateReason, DnsStatus, NameCheck, NameReason,
        Origin, Stage, Standing, TcpResult, TlsFailure, TrustCheck, TrustReason, TrustStore, UsageCheck, VantageSide,
    },
    finding::{Certainty, Severity},
};

/// A client family as people call it.
pub fn client(client: ClientFamily) -> &'static str {
    match client {
        ClientFamily::Outlook2007Rtm => "Outlook 2007 RTM",
        ClientFamily::Outlook2007 => "Outlook 2007 SP1+",
        ClientFamily::Outlook2010 => "Outlook 2010",
        ClientFamily::Outlook2013 => "Outlook 2013",
        ClientFamily::Outlook2016 => "Outlook 2016-2021",
        ClientFamily::Outlook365 => "Outlook Microsoft 365",
    }
}

/// A client family in a narrow place.
pub fn client_short(client: ClientFamily) -> &'static str {
    match client {
        ClientFamily::Outlook2007Rtm => "2007 RTM",
        ClientFamily::Outlook2007 => "2007",
        ClientFamily::Outlook2010 => "2010",
        ClientFamily::Outlook2013 => "2013",
        ClientFamily::Outlook2016 => "2016",
        ClientFamily::Outlook365 => "M365",
    }
}

/// A candidate's name in the list.
pub fn candidate(candidate: &Candidate, arrow: &str, branch: &str) -> String {
    let place = || place(candidate);
    match candidate.origin {
        Origin::Boot => "Interrupted first start".to_owned(),
        Origin::LocalXml => "Local XML file".to_owned(),
        Origin::LastKnownGood => "Last URL that worked".to_owned(),
        Origin::Office365 => "Microsoft 365".to_owned(),
        Origin::Scp => match candidate.host {
            Some(_) => format!("SCP {}", place()),
            None => "SCP (Active Directory)".to_owned(),
        },
        Origin::Srv => match candidate.host {
            Some(_) => format!("SRV record {arrow} {}", place()),
            None => "SRV record".to_owned(),
        },
        Origin::Root | Origin::Autodiscover | Origin::Redirect => place(),
        Origin::Followed | Origin::Service => format!("{branch}{}", place()),
    }
}

fn place(candidate: &Candidate) -> String {
    let host = candidate.host.as_deref().unwrap_or("?");
    let scheme = if candidate.url.as_deref().is_some_and(|url| url.starts_with("http://")) { "http" } else { "https" };
    match (scheme, candidate.port) {
        (_, 0) | ("https", 443) | ("http", 80) => format!("{scheme}://{host}"),
        (_, port) => format!("{scheme}://{host}:{port}"),
    }
}

/// Why a candidate is not probed: a word for the corner of its pane and a sentence; absent for what is probed.
pub fn standing(standing: Standing, domain: &str) -> Option<(&'static str, String)> {
    Some(match standing {
        Standing::Probed => return None,
        Standing::AwaitingSigns => ("waiting", "asked only when DNS shows a Microsoft 365 sign".to_owned()),
        Standing::NoSign => ("not tried", format!("{domain} shows no Microsoft 365 sign")),
        Standing::Unmeasured => ("not known", "DNS gave no answer, so no Microsoft 365 sign could be seen".to_owned()),
        Standing::NotAsked => ("not asked", "give --scp-url".to_owned()),
        Standing::NotVisible => ("not visible", "on the user's PC, not visible from here".to_owned()),
        Standing::LeftOut => ("left out", "left out with --only or --skip".to_owned()),
        Standing::Absent => ("absent", "there is nothing to ask".to_owned()),
    })
}

/// A stage's short name.
pub fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Ldap => "LDAP",
        Stage::Dns => "DNS",
        Stage::Tcp => "TCP",
        Stage::Tls => "TLS",
        Stage::Http => "HTTP",
        Stage::Xml => "XML",
    }
}

/// A cause in at most twelve columns.
pub fn cause(cause: Cause) -> &'static str {
    match cause {
        Cause::DnsAliasDangling => "dead alias",
        Cause::DnsAliasLoop | Cause::HttpRedirectLoop => "loop",
        Cause::DnsMalformed | Cause::TlsMalformed | Cause::HttpMalformed | Cause::XmlMalformed => "unreadable",
        Cause::DnsNoData => "no record",
        Cause::DnsNoSuchName => "no name",
        Cause::DnsRefused | Cause::TcpRefused | Cause::TlsHandshakeRefused => "refused",
        Cause::DnsServerFailure => "SERVFAIL",
        Cause::DnsSrvTargetMissing => "no target",
        Cause::DnsSrvTargetRoot => "switched off",
        Cause::DnsSrvTargetAlias => "alias",
        Cause::DnsSrvPort => "port",
        Cause::DnsTimeout | Cause::TcpTimeout | Cause::TlsTimeout | Cause::HttpTimeout => "silent",
        Cause::DnsUnreachable | Cause::TcpUnreachable => "unreachable",
        Cause::TcpReset | Cause::TlsReset => "reset",
        Cause::TcpSomeFailed => "in part",
        Cause::TlsClientCertificateRequired | Cause::HttpClientCertificateRequired => "client cert",
        Cause::TlsClosed | Cause::HttpClosed => "closed",
        Cause::TlsExpired => "expired",
        Cause::TlsIssuerUntrusted => "issuer",
        Cause::TlsNameMismatch => "name",
        Cause::TlsNotYetValid => "too early",
        Cause::TlsNotTls => "not TLS",
        Cause::TlsSelfSigned => "self-signed",
        Cause::TlsVersion => "version",
        Cause::TlsWrongUsage => "usage",
        Cause::HttpForbidden => "forbidden",
        Cause::HttpLoginPage => "sign-in page",
        Cause::HttpMethodNotAllowed => "method",
        Cause::HttpNoRedirect => "no redirect",
        Cause::HttpNotFound => "not found",
        Cause::HttpRedirectLimit => "too many",
        Cause::HttpRedirectNotHttps => "not https",
        Cause::HttpRedirectInvalid => "bad target",
        Cause::HttpOtherStatus => "other status",
        Cause::HttpServerError => "server error",
        Cause::HttpUnavailable => "unavailable",
        Cause::XmlEmpty => "empty",
        Cause::XmlErrorCode => "error answer",
        Cause::XmlHtml => "web page",
        Cause::XmlImapOnly => "IMAP only",
        Cause::XmlNotAutodiscover => "other XML",
        Cause::XmlMobileSyncOnly => "mobile only",
        Cause::XmlRedirectAddressLoop => "same address",
        Cause::XmlTooLarge => "too large",
        Cause::XmlWrongNamespace => "namespace",
    }
}

/// What stood before a stage that was not run.
pub fn blocker(blocker: Blocker) -> &'static str {
    match blocker {
        Blocker::Standing => "the step is not probed",
        Blocker::Dns => "name resolution ended it",
        Blocker::Tcp => "the connection ended it",
        Blocker::Tls => "the handshake ended it",
        Blocker::Http => "the HTTP answer ended it",
        Blocker::Password => "the content needs a mailbox password",
        Blocker::Redirect => "the answer names another place",
        Blocker::Cancelled => "the run was stopped first",
    }
}

/// How a DNS question ended.
pub fn dns_status(status: DnsStatus) -> &'static str {
    match status {
        DnsStatus::Answered => "answered",
        DnsStatus::NoData => "the name exists, without this type",
        DnsStatus::NoSuchName => "no such name (NXDOMAIN)",
        DnsStatus::ServerFailure => "server failure (SERVFAIL)",
        DnsStatus::Refused => "refused by the server (REFUSED)",
        DnsStatus::OtherCode => "another error code",
        DnsStatus::TimedOut => "no answer in time",
        DnsStatus::PortClosed => "nothing listens at the server's port",
        DnsStatus::Unreachable => "no route to the server",
        DnsStatus::Malformed => "an answer that cannot be read",
    }
}

/// How a connection attempt ended.
pub fn tcp_result(result: TcpResult) -> &'static str {
    match result {
        TcpResult::Connected => "connected",
        TcpResult::Denied => "denied by this machine",
        TcpResult::Failed => "failed on this machine",
        TcpResult::Refused => "refused: nothing listens, or a firewall rejects",
        TcpResult::Reset => "reset while opening",
        TcpResult::TimedOut => "silent: nothing came back in time",
        TcpResult::Unreachable => "no route to this address",
    }
}

/// Kind of an answer.
pub fn answer(kind: AnswerKind) -> &'static str {
    match kind {
        AnswerKind::Settings => "mailbox settings",
        AnswerKind::RedirectAddr => "another address to ask for",
        AnswerKind::RedirectUrl => "another URL to ask",
        AnswerKind::Error => "an Autodiscover error",
        AnswerKind::ImapPop => "settings for IMAP, POP3 and SMTP only",
        AnswerKind::MobileSync => "an ActiveSync answer",
        AnswerKind::Html => "a web page",
        AnswerKind::Json => "JSON",
        AnswerKind::Empty => "nothing",
        AnswerKind::WrongNamespace => "Autodiscover elements in an unknown namespace",
        AnswerKind::OtherXml => "XML of another kind",
        AnswerKind::Malformed => "XML that is not well-formed",
        AnswerKind::OtherText => "other text",
    }
}

/// Inside or outside; empty when not known.
pub fn side(side: VantageSide) -> &'static str {
    match side {
        VantageSide::Inside => "inside",
        VantageSide::Outside => "outside",
        VantageSide::Unknown => "",
    }
}

/// How sure a finding is.
pub fn certainty(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Possible => "possible",
        Certainty::Likely => "likely",
        Certainty::Proven => "proven",
    }
}

/// How bad a finding is.
pub fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "no fault",
        Severity::Minor => "minor",
        Severity::Major => "major",
        Severity::Blocker => "blocker",
    }
}

/// First line of the Security Alert, with what each store said.
pub fn trusted(check: &TrustCheck) -> String {
    let reason = match check.reason {
        TrustReason::Trusted => "The issuer is trusted",
        TrustReason::SelfSigned => "The certificate is its own issuer, and not trusted",
        TrustReason::UnknownIssuer => "The issuer is not trusted",
        TrustReason::MissingIntermediate => "The issuer's certificate was not sent, and no store holds it",
        TrustReason::BadPath => "A signature in the chain is not valid",
        TrustReason::Unsupported => "A signature in the chain is of a kind that cannot be checked here",
    };
    let stores = check.stores.iter().map(|verdict| {
        let answer = if verdict.ok { "yes" } else { "no" };
        format!("{}: {answer}", store(verdict.store))
    });
    let stores: Vec<String> = stores.collect();
    if stores.is_empty() { reason.to_owned() } else { format!("{reason} ({})", stores.join(", ")) }
}

/// A set of roots.
pub fn store(store: TrustStore) -> &'static str {
    match store {
        TrustStore::PublicRoots => "public roots",
        TrustStore::ThisMachine => "this PC",
        TrustStore::CaFile => "the given roots",
    }
}

/// Second line of the Security Alert.
pub fn in_date(check: DateCheck) -> String {
    match check.reason {
        DateReason::Valid => format!("The date is valid, {} left", days(check.days_left)),
        DateReason::Expired => format!("The certificate expired {} ago", days(-check.days_left)),
        DateReason::NotYetValid => "The certificate is not valid yet".to_owned(),
        DateReason::IssuerOutOfDate => "The certificate is in date, but its issuer's is not".to_owned(),
        DateReason::Unreadable => "The dates cannot be read".to_owned(),
    }
}

/// A number of days.
pub fn days(days: i64) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

/// Third line of the Security Alert.
pub fn name_matches(check: &NameCheck) -> String {
    let asked = &check.asked;
    match check.reason {
        NameReason::Listed => format!("The name {asked} is listed"),
        NameReason::Wildcard => {
            format!("The name {asked} is covered by {}", check.matched.as_deref().unwrap_or("a wildcard"))
        }
        NameReason::CommonNameOnly => format!("Only the common name says {asked}; clients want it among the names"),
        NameReason::WildcardDepth => format!("The wildcard covers one label, {asked} has more"),
        NameReason::NotListed => format!("The name {asked} is not listed"),
        NameReason::NoNames => format!("The certificate lists no names, {asked} is not among them"),
    }
}

/// What the Security Alert never shows.
pub fn usable(check: &UsageCheck) -> String {
    let problems = check.problems.join(", ").replace('_', " ");
    if check.ok { "It may serve TLS".to_owned() } else { format!("May not serve TLS: {problems}") }
}

/// What ended a handshake.
pub fn tls_failure(failure: &TlsFailure) -> String {
    match failure {
        TlsFailure::Alert { name, number } => {
            format!("the server refuses the handshake with the alert {name} ({number})")
        }
        TlsFailure::Closed => "the server closes the connection in the handshake".to_owned(),
        TlsFailure::Reset => "the connection is reset in the handshake".to_owned(),
        TlsFailure::TimedOut => "the handshake does not end in time".to_owned(),
        TlsFailure::NotTls { banner } => format!("the server does not speak TLS, it sends {banner}"),
        TlsFailure::Protocol { detail } => format!("the handshake fails here: {detail}"),
    }
}

/// A remark about a chain, as a sentence.
pub fn remark(remark: &Remark) -> String {
    let details = remark.details.join(", ");
    let first = remark.details.first().map_or("", String::as_str);
    let rest = remark.details.get(1..).unwrap_or_default().join(", ");
    let which = remark.certificate.map_or_else(String::new, |place| (place + 1).to_string());
    match remark.code {
        RemarkCode::MissingIntermediate if rest.is_empty() => {
            format!("The server has to send the certificate of its issuer too: {first}")
        }
        RemarkCode::MissingIntermediate => {
            format!("The server has to send the certificate of its issuer too: {first}. It can be fetched from {rest}")
        }
        RemarkCode::WrongOrder => format!("The certificates are not in order; it should be {details}"),
        RemarkCode::SuperfluousRoot => format!("Certificate {which} is a root; it need not be sent"),
        RemarkCode::UnrelatedCertificate => {
            format!("Certificate {which} has nothing to do with the server's own certificate")
        }
        RemarkCode::AlternativePath => format!("Certificate {which} belongs to another path of the same issuer"),
        RemarkCode::ExpiredIntermediate => format!("Certificate {which}, an issuer's, expired on {details}"),
        RemarkCode::EarlyIntermediate => format!("Certificate {which}, an issuer's, is not valid before {details}"),
        RemarkCode::SelfSigned => {
            "The certificate is its own issuer; every client has to be told to trust it".to_owned()
        }
        RemarkCode::PrivateAuthority => {
            "Trusted here, but by no public root: a private authority, or a proxy that inspects; other devices will \
             refuse it"
                .to_owned()
        }
        RemarkCode::NotTrustedHere => {
            "Public roots trust it, this machine does not: its store is old, or the root was taken out".to_owned()
        }
        RemarkCode::WeakSignature => {
            format!("Certificate {which} is signed with {details}, which current clients refuse")
        }
        RemarkCode::WeakKey => {
            format!("Certificate {which} has an RSA key of {details} bits; 2048 are the least today")
        }
        RemarkCode::TinyKey => format!("Certificate {which} has an RSA key of {details} bits, which Windows refuses"),
        RemarkCode::NoServerAuth => format!("It may not identify a server: it is made for {details}"),
        RemarkCode::NoServerKeyUsage => format!("Its key may not be used for TLS: it is made for {details}"),
        RemarkCode::IssuerNoServerAuth => "An issuer in the chain may not issue for servers".to_owned(),
        RemarkCode::AuthorityAsServer => {
            "It is the certificate of an authority; Windows accepts that for a server, other clients do not".to_owned()
        }
        RemarkCode::CommonNameOnly => {
            format!("It has no list of names, only the common name {details}; current clients refuse that")
        }
        RemarkCode::NearMiss => format!("{first} is listed, {rest} was asked for"),
        RemarkCode::InternalNames => {
            format!("It lists names that no public authority may certify any more: {details}")
        }
        RemarkCode::ValidityTooLong => {
            format!("It is valid for {first} days; on its day of issue a public authority could give {rest} at most")
        }
        RemarkCode::ExpiresSoon => format!("It ends soon: {} left", days(first.parse().unwrap_or_default())),
        RemarkCode::RevocationAddresses => format!("Whether it was revoked was not asked; {details} would know"),
        RemarkCode::NoRevocationAddresses => "It names no address that would know whether it was revoked".to_owned(),
        RemarkCode::FormalFault => format!("Certificate {which} is not in the form of RFC 5280: {details}"),
        RemarkCode::Unreadable => format!("Certificate {which} is damaged in part: {details}"),
    }
}

/// Microseconds as milliseconds for a narrow cell: `<1`, `24`, `5.0s`.
pub fn milliseconds(microseconds: u64) -> String {
    match microseconds {
        0..1_000 => "<1".to_owned(),
        1_000..10_000_000 => format!("{}", (microseconds + 500) / 1_000),
        _ => seconds(microseconds),
    }
}

/// Microseconds as a duration in text: `0.4 ms`, `24 ms`, `5.0 s`.
pub fn duration(microseconds: u64) -> String {
    match microseconds {
        0..1_000 => format!("0.{} ms", microseconds / 100),
        1_000..1_000_000 => format!("{} ms", (microseconds + 500) / 1_000),
        _ => format!("{}.{} s", microseconds / 1_000_000, microseconds / 100_000 % 10),
    }
}

fn seconds(microseconds: u64) -> String {
    format!("{}s", microseconds / 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        assert_eq!(milliseconds(400), "<1");
        assert_eq!(milliseconds(23_600), "24");
        assert_eq!(milliseconds(12_000_000), "12s");
        assert_eq!(duration(400), "0.4 ms");
        assert_eq!(duration(24_000), "24 ms");
        assert_eq!(duration(5_040_000), "5.0 s");
    }

    #[test]
    fn days_read_well() {
        let check = |reason, days_left| DateCheck { ok: reason == DateReason::Valid, reason, days_left };
        assert_eq!(in_date(check(DateReason::Expired, -1)), "The certificate expired 1 day ago");
        assert_eq!(in_date(check(DateReason::Valid, 30)), "The date is valid, 30 days left");
    }
}
