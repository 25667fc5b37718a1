//! What the vocabulary's codes are called, in one place for every front end.

mod certificate;
pub mod directory;
mod settings;
mod sign_in;
mod this_pc;

pub use certificate::{days, in_date, issuer_fetch, name_matches, remark, store, tls_failure, trusted, usable};
pub use settings::{protocol, server_version, time_to_live};
pub use sign_in::{ntlm_facts, scheme, sign_in, withheld};
pub use this_pc::{pc_source, switched_off, this_pc};

use crate::{
    code,
    event::{
        AnswerKind, Blocker, Candidate, Cause, ClientFamily, DnsStatus, NoteCode, Origin, Stage, Standing, TcpResult,
        VantageSide, View,
    },
    finding::{Certainty, Prospect, Reading, Remedy, Severity, Standpoint},
    walk::{Prompt, PromptKind, Recurrence},
};

/// What a change would lead to.
pub fn prospect(prospect: &Prospect) -> String {
    format!("{}. {}", prospect.class.as_str(), prospect.headline)
}

/// What a remedy leads to, in a sentence of its own; nothing for one that only looks.
pub fn leads_to(remedy: &Remedy) -> Option<String> {
    let Some(known) = &remedy.leads_to else {
        return changes_something(remedy).then(|| say!("What follows cannot be computed from here.").to_owned());
    };
    let gone = if remedy.cures == Some(true) { say!(" This fault is gone then.") } else { "" };
    Some(say!("Leads to: {verdict}{gone}", verdict = prospect(known), gone))
}

/// Whether a remedy changes anything: a ticket asks for what other remedies do, and some only look.
fn changes_something(remedy: &Remedy) -> bool {
    !matches!(remedy.kind.as_str(), "ticket" | "shell")
}

/// What was not measured of a candidate, in brackets: `(assumed: DNS, TLS; not known: HTTP, XML)`.
pub fn unmeasured(assumed: &[Stage], unknown: &[Stage]) -> String {
    let list = |stages: &[Stage]| stages.iter().map(|known| stage(*known)).collect::<Vec<_>>().join(", ");
    match (assumed, unknown) {
        ([], []) => String::new(),
        (_, []) => say!("(assumed: {assumed})", assumed = list(assumed)),
        ([], _) => say!("(not known: {unknown})", unknown = list(unknown)),
        _ => say!("(assumed: {assumed}; not known: {unknown})", assumed = list(assumed), unknown = list(unknown)),
    }
}

/// A client family as people call it.
pub fn client(client: ClientFamily) -> &'static str {
    match client {
        ClientFamily::Outlook2007Rtm => say!("Outlook 2007 RTM"),
        ClientFamily::Outlook2007 => say!("Outlook 2007 SP1+"),
        ClientFamily::Outlook2010 => say!("Outlook 2010"),
        ClientFamily::Outlook2013 => say!("Outlook 2013"),
        ClientFamily::Outlook2016 => say!("Outlook 2016-2021"),
        ClientFamily::Outlook365 => say!("Outlook Microsoft 365"),
    }
}

/// A client family in a narrow place.
pub fn client_short(client: ClientFamily) -> &'static str {
    match client {
        ClientFamily::Outlook2007Rtm => say!("2007 RTM"),
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
        Origin::Boot => say!("Interrupted first start").to_owned(),
        Origin::LocalXml => say!("Local XML file").to_owned(),
        Origin::LastKnownGood => say!("Last URL that worked").to_owned(),
        Origin::Office365 => say!("Microsoft 365").to_owned(),
        Origin::Scp => match candidate.host {
            Some(_) => say!("SCP {place}", place = place()),
            None => say!("SCP (Active Directory)").to_owned(),
        },
        Origin::Srv => match candidate.host {
            Some(_) => say!("SRV record {arrow} {place}", arrow, place = place()),
            None => say!("SRV record").to_owned(),
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
        Standing::AwaitingSigns => (say!("waiting"), say!("asked only when DNS shows a Microsoft 365 sign").to_owned()),
        Standing::NoSign => (say!("not tried"), say!("{domain} shows no Microsoft 365 sign", domain)),
        Standing::Unmeasured => {
            (say!("not known"), say!("DNS gave no answer, so no Microsoft 365 sign could be seen").to_owned())
        }
        Standing::NotAsked => (say!("not asked"), say!("give --ldap or --scp-url").to_owned()),
        Standing::NotVisible => (say!("not visible"), say!("on the user's PC, not visible from here").to_owned()),
        Standing::LeftOut => (say!("left out"), say!("left out with --only or --skip").to_owned()),
        Standing::Absent => (say!("absent"), say!("there is nothing to ask").to_owned()),
    })
}

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

/// A note in one sentence; nothing for what only front ends need to know.
pub fn note(code: NoteCode, detail: &str) -> Option<String> {
    let words = match code {
        NoteCode::OperatingSystemDisagrees => say!("This machine's own resolver answers otherwise than DNS"),
        NoteCode::LimitReached => say!("A limit was reached"),
        NoteCode::RecordingFailed => say!("The recording could not be written"),
        NoteCode::Rerun => return None,
    };
    Some(format!("{words}: {detail}"))
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

/// Whose view an answer is.
pub fn view(view: View) -> String {
    match view {
        View::System => say!("system").to_owned(),
        View::Further { number } => say!("further {number}", number),
        View::Authoritative => say!("the zone itself").to_owned(),
        View::OperatingSystem => say!("this machine").to_owned(),
    }
}

/// Where a run looks from, and how that is known, in one line; nothing when it is not known.
pub fn standpoint(standpoint: &Standpoint) -> Option<String> {
    let sure = certainty(standpoint.certainty?);
    let evidence: Vec<String> =
        standpoint.evidence.iter().map(|fact| format!("{}: {}", fact.label, fact.value)).collect();
    Some(say!(
        "looking from {side}, {sure} ({evidence})",
        side = side(standpoint.side),
        sure,
        evidence = evidence.join("; ")
    ))
}

/// Inside or outside; empty when not known.
pub fn side(side: VantageSide) -> &'static str {
    match side {
        VantageSide::Inside => say!("inside"),
        VantageSide::Outside => say!("outside"),
        VantageSide::Unknown => "",
    }
}

/// A dialog and when it comes back; whether it is certain to be shown is for the reader to be told beside it.
pub fn dialog(prompt: &Prompt) -> String {
    let host = &prompt.host;
    let shown = match prompt.kind {
        PromptKind::SecurityAlert => {
            let code = prompt.code.map(|code| format!(" ({})", code_spellings(code))).unwrap_or_default();
            say!(
                "Security Alert for {host}; red: {red_lines}{code}",
                host,
                red_lines = prompt.red_lines.join(", "),
                code
            )
        }
        PromptKind::Consent => say!("\"Allow this website to configure ... server settings?\" for {host}", host),
        PromptKind::Password => say!("Windows Security asks for the password for {host}", host),
        PromptKind::SignIn => say!("A sign-in page for {host}", host),
    };
    format!("{shown}. {}", recurrence(prompt))
}

fn recurrence(prompt: &Prompt) -> &'static str {
    match (prompt.recurs, prompt.kind) {
        (Recurrence::EverySearch, PromptKind::Password | PromptKind::SignIn) => {
            say!("Once signed in it stays away until the stored sign-in is refused.")
        }
        (Recurrence::EverySearch, _) => {
            say!(
                "It comes back at every start and about every hour; while no settings are found about every five minutes."
            )
        }
        (Recurrence::OncePerProfile, _) => say!("Once per profile, if the user ticks not to be asked again."),
        (Recurrence::WithTheService, _) => {
            say!("Some seconds after the start, and when Out of Office or calendars are opened.")
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
        Reading::Yes => say!("yes"),
        Reading::No => say!("no"),
        Reading::Unclear => say!("the output decides nothing; a person has to"),
    }
}

/// How sure a finding is.
pub fn certainty(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Possible => say!("possible"),
        Certainty::Likely => say!("likely"),
        Certainty::Proven => say!("proven"),
    }
}

/// How bad a finding is.
pub fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => say!("no fault"),
        Severity::Minor => say!("minor"),
        Severity::Major => say!("major"),
        Severity::Blocker => say!("blocker"),
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
