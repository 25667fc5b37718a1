//! What the vocabulary's codes are called, in one place for every front end.

mod certificate;
mod this_pc;

pub use certificate::{days, in_date, issuer_fetch, name_matches, remark, store, tls_failure, trusted, usable};
pub use this_pc::{pc_source, switched_off, this_pc};

use crate::{
    code,
    event::{
        AnswerKind, Blocker, Candidate, Cause, ClientFamily, DnsStatus, NoteCode, Origin, Stage, Standing, TcpResult,
        VantageSide,
    },
    finding::{Certainty, Prospect, Reading, Severity},
    walk::{Prompt, PromptKind, Recurrence},
};

/// What a change would lead to.
pub fn prospect(prospect: &Prospect) -> String {
    format!("{}. {}", prospect.class.as_str(), prospect.headline)
}

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

/// A note in one sentence; nothing for what only front ends need to know.
pub fn note(code: NoteCode, detail: &str) -> Option<String> {
    let words = match code {
        NoteCode::OperatingSystemDisagrees => "This machine's own resolver answers otherwise than DNS",
        NoteCode::LimitReached => "A limit was reached",
        NoteCode::RecordingFailed => "The recording could not be written",
        NoteCode::Rerun => return None,
    };
    Some(format!("{words}: {detail}"))
}

/// Inside or outside; empty when not known.
pub fn side(side: VantageSide) -> &'static str {
    match side {
        VantageSide::Inside => "inside",
        VantageSide::Outside => "outside",
        VantageSide::Unknown => "",
    }
}

/// A dialog and when it comes back; whether it is certain to be shown is for the reader to be told beside it.
pub fn dialog(prompt: &Prompt) -> String {
    let host = &prompt.host;
    let shown = match prompt.kind {
        PromptKind::SecurityAlert => {
            let code = prompt.code.map(|code| format!(" ({})", code_spellings(code))).unwrap_or_default();
            format!("Security Alert for {host}; red: {}{code}", prompt.red_lines.join(", "))
        }
        PromptKind::Consent => format!("\"Allow this website to configure ... server settings?\" for {host}"),
        PromptKind::Password => format!("Windows Security asks for the password for {host}"),
        PromptKind::SignIn => format!("A sign-in page for {host}"),
    };
    format!("{shown}. {}", recurrence(prompt))
}

fn recurrence(prompt: &Prompt) -> &'static str {
    match (prompt.recurs, prompt.kind) {
        (Recurrence::EverySearch, PromptKind::Password | PromptKind::SignIn) => {
            "Once signed in it stays away until the stored sign-in is refused."
        }
        (Recurrence::EverySearch, _) => {
            "It comes back at every start and about every hour; while no settings are found about every five minutes."
        }
        (Recurrence::OncePerProfile, _) => "Once per profile, if the user ticks not to be asked again.",
        (Recurrence::WithTheService, _) => {
            "Some seconds after the start, and when Out of Office or calendars are opened."
        }
    }
}

/// A code of Outlook's log in its three spellings: `0x80072F06, 2147954438, -2147012858`.
pub fn code_spellings(code: &str) -> String {
    match code::lookup(code) {
        Some(known) => format!("{}, {}, {}", known.hex, known.unsigned, known.signed),
        None => code.to_owned(),
    }
}

/// What a reply to a question says.
pub fn reading(reading: Reading) -> &'static str {
    match reading {
        Reading::Yes => "yes",
        Reading::No => "no",
        Reading::Unclear => "the output decides nothing; a person has to",
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
}
