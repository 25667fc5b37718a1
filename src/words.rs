//! What the vocabulary's codes are called, in one place for every front end.

mod cause;
mod certificate;
mod dialog;
pub mod directory;
mod outcome;
mod settings;
mod sign_in;
mod this_pc;

pub use cause::cause_in_full;
pub use certificate::{
    certificate_problem, days, in_date, issuer_fetch, name_matches, remark, store, tls_failure, trusted, usable,
};
pub use dialog::{code_spellings, dialog};
pub use outcome::{answer, blocker, cause, dns_status, dns_status_short, stage, tcp_result};
pub use settings::{protocol, server_version, time_to_live};
pub use sign_in::{ntlm_facts, scheme, sign_in, withheld};
pub use this_pc::{pc_source, switched_off, this_pc};

use crate::{
    event::{Candidate, ClientFamily, NoteCode, Origin, Stage, Standing, VantageSide, View},
    finding::{Certainty, Prospect, Reading, Remedy, Severity, Standpoint},
    walk::{Role, VerdictClass, WalkStep},
};
use std::net::IpAddr;

/// What a change would lead to.
pub fn prospect(prospect: &Prospect) -> String {
    format!("{}. {}", verdict_class(prospect.class), prospect.headline)
}

/// A verdict in a few words, everywhere the same; its stable word is for programs.
pub fn verdict_class(class: VerdictClass) -> &'static str {
    match class {
        VerdictClass::Silent => say!("works"),
        VerdictClass::NeedsPassword => say!("needs password"),
        VerdictClass::Degraded => say!("works badly"),
        VerdictClass::Prompts => say!("asks the user"),
        VerdictClass::Fails => say!("does not work"),
        VerdictClass::Inconclusive => say!("not known"),
    }
}

/// A verdict that was kept by its stable word; one that is not known stays as it is.
pub fn kept_verdict(word: &str) -> String {
    use VerdictClass::{Degraded, Fails, Inconclusive, NeedsPassword, Prompts, Silent};
    let classes = [Silent, NeedsPassword, Degraded, Prompts, Fails, Inconclusive];
    let known = classes.into_iter().find(|class| class.as_str() == word);
    known.map_or_else(|| word.to_owned(), |class| verdict_class(class).to_owned())
}

/// What a step means to a client that comes to this verdict, in a few words.
pub fn role(role: Role, class: VerdictClass) -> &'static str {
    match role {
        Role::Decides if class == VerdictClass::Fails => say!("the reason"),
        Role::Decides => say!("decides"),
        Role::Prompts => say!("asks the user"),
        Role::Delays => say!("delays"),
        Role::Harmless => say!("harmless"),
        Role::Unreached => say!("not reached"),
        Role::Hidden => say!("comes too late"),
    }
}

/// What a remedy leads to, in a sentence of its own; nothing for one that only looks.
pub fn leads_to(remedy: &Remedy) -> Option<String> {
    let Some(known) = &remedy.leads_to else { return remedy.unforeseen.clone() };
    let gone = if remedy.cures == Some(true) { say!(" This fault is gone then.") } else { "" };
    Some(say!("Leads to: {verdict}{gone}", verdict = prospect(known), gone))
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
        Standing::NotAsked => (say!("not asked"), say!("ask with --ldap auto, or paste an export here").to_owned()),
        Standing::NotVisible => (say!("not visible"), say!("on the user's PC, not visible from here").to_owned()),
        Standing::LeftOut => (say!("left out"), say!("left out with --only or --skip").to_owned()),
        Standing::Absent => (say!("absent"), say!("there is nothing to ask").to_owned()),
    })
}

/// What a step means to this verdict, with the seconds that it costs.
pub fn step_role(step: &WalkStep, class: VerdictClass) -> String {
    match step.waits_seconds {
        0 => role(step.role, class).to_owned(),
        seconds => say!("{role} about {seconds} s", role = role(step.role, class), seconds),
    }
}

/// Where the PC's own list of names leads a candidate in the place of what was measured; nothing where it does not.
pub fn own_addresses(addresses: &[IpAddr]) -> Option<String> {
    let addresses = addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    (!addresses.is_empty()).then(|| say!("this PC goes to {addresses} instead, by its own list of names", addresses))
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
