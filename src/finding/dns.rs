//! Rules about names.

use super::{
    Certainty, Finding, Severity,
    case::{self, Case},
    draft::{Draft, record_words},
    values,
};
use crate::{
    event::{Cause, Certificate, DnsAnswer, DnsData, DnsStatus, Origin, Outcome, Purpose, Sign, Stage, View},
    model::CandidateState,
};
use std::net::{IpAddr, SocketAddr};

/// The mail domain itself does not exist, so nothing underneath can (RFC 8020).
pub(super) fn domain_missing(case: &Case) -> Vec<Finding> {
    if !is_domain_missing(case) {
        return Vec::new();
    }
    let Some(root) = case.first_of(Origin::Root) else { return Vec::new() };
    let mut draft = Draft::new(case, "domain-does-not-exist", Certainty::Proven, Some(root))
        .stage(Stage::Dns)
        .fact(case.domain(), "no such name (NXDOMAIN)");
    for answer in case::lookups(root) {
        if let Some(authority) = &answer.authority {
            draft = draft.fact("denied by the zone", authority.zone.clone());
        }
    }
    draft.found()
}

fn is_domain_missing(case: &Case) -> bool {
    let denied = |answer: &DnsAnswer| answer.question.name == case.domain() && answer.status == DnsStatus::NoSuchName;
    let root = case.first_of(Origin::Root);
    let denied = root.is_some_and(|root| case::lookups(root).any(denied));
    let exists = |answer: &DnsAnswer| {
        matches!(answer.status, DnsStatus::Answered | DnsStatus::NoData)
            && case::is_under(&answer.question.name, case.domain())
            && answer.purpose != Purpose::WildcardCanary
    };
    let anything = case.model.candidates.iter().flat_map(case::lookups).any(exists)
        || case.model.dns_facts(Purpose::Surroundings).any(exists);
    denied && !anything
}

const FAILURES: [Cause; 5] =
    [Cause::DnsServerFailure, Cause::DnsRefused, Cause::DnsTimeout, Cause::DnsUnreachable, Cause::DnsMalformed];

/// Name servers fail instead of answering.
pub(super) fn server_failing(case: &Case) -> Vec<Finding> {
    let states = case.failed_with(Stage::Dns, &FAILURES);
    let Some(first) = states.first().copied() else { return Vec::new() };
    let mut draft = Draft::new(case, "dns-server-failing", Certainty::Proven, Some(first)).stage(Stage::Dns);
    let mut questions = Vec::new();
    for state in &states {
        draft = draft.and(state);
        for answer in case::lookups(state) {
            let Some(words) = failure_words(answer.status) else { continue };
            let question = format!("{} {}", answer.question.name, answer.question.record.as_str());
            let by = answer.responder.as_ref().map(|server| format!(" by {server}")).unwrap_or_default();
            draft = draft.fact(question.clone(), format!("{words}{by}"));
            questions.push(format!("{question}: {words}"));
        }
    }
    if questions.is_empty() {
        questions = states.iter().map(|state| state.host().to_owned()).collect();
    }
    questions.dedup();
    draft.value("questions", questions.join("; ")).found()
}

fn failure_words(status: DnsStatus) -> Option<&'static str> {
    Some(match status {
        DnsStatus::ServerFailure => "the server failed (SERVFAIL)",
        DnsStatus::Refused => "the server refused (REFUSED)",
        DnsStatus::OtherCode => "the server answered with another error",
        DnsStatus::TimedOut => "no answer in time",
        DnsStatus::PortClosed => "nothing listens at the server",
        DnsStatus::Unreachable => "the server cannot be reached",
        DnsStatus::Malformed => "the answer could not be read",
        DnsStatus::Answered | DnsStatus::NoData | DnsStatus::NoSuchName => return None,
    })
}

/// A wildcard or an inventing resolver answers for a candidate that leads nowhere, even without a certificate alert.
pub(super) fn invented_addresses(case: &Case) -> Vec<Finding> {
    let leads_nowhere = |state: &&CandidateState| {
        let certificate_failed =
            state.handshake().and_then(|handshake| handshake.checks.as_ref()).is_some_and(|checks| !checks.all_hold());
        let is_decider = case.walk.decided_by.as_ref() == Some(&state.candidate.id);
        !certificate_failed && !is_decider && state.redirect.is_none() && failed_somewhere(state)
    };
    let autodiscover = case.concerned().into_iter().filter(|state| state.candidate.origin == Origin::Autodiscover);
    let drafts = autodiscover.filter(leads_nowhere).filter_map(|state| invented(case, state));
    drafts.filter_map(Draft::finish).collect()
}

fn failed_somewhere(state: &CandidateState) -> bool {
    state.stages.values().any(|stage| matches!(stage.outcome, Some(Outcome::Failed { .. })))
}

/// The finding that a host's address is only the wildcard's, or the resolver's invention.
pub(super) fn invented(case: &Case, state: &CandidateState) -> Option<Draft> {
    if !case.answers_like_canary(state) {
        return None;
    }
    let canary = case.answered_canary()?;
    let id = if case.is_rewritten() { "nxdomain-rewritten" } else { "wildcard-dns" };
    let mut draft = Draft::new(case, id, Certainty::Proven, Some(state)).stage(Stage::Dns).dns_facts(state);
    for record in &canary.records {
        draft = draft.fact(format!("made-up name {}", record.name), record_words(record));
    }
    let resolver = canary.responder.clone().unwrap_or_else(|| "the system's resolver".to_owned());
    Some(draft.value("resolver", resolver))
}

/// Neither a host record nor an SRV record, and nothing else gives settings.
pub(super) fn record_absent(case: &Case) -> Vec<Finding> {
    let (Some(state), Some(srv)) = (case.first_of(Origin::Autodiscover), case.first_of(Origin::Srv)) else {
        return Vec::new();
    };
    let root_over = case.first_of(Origin::Root).is_none_or(|root| case.is_over(root));
    let absent = case::is_absent(state) && case::is_absent(srv) && root_over;
    let elsewhere = [state, srv].iter().any(|state| differing(state, |_, _| true).is_some());
    let known = is_domain_missing(case) || case.is_mail_at_microsoft() || elsewhere;
    if !absent || known || case.has_answer() || !case.concerns(state) {
        return Vec::new();
    }
    let mut draft = Draft::new(case, "autodiscover-record-absent", Certainty::Proven, Some(state))
        .and(srv)
        .stage(Stage::Dns)
        .dns_facts(state);
    for about in [state, srv] {
        for answer in case::lookups(about) {
            let question = format!("{} {}", answer.question.name, answer.question.record.as_str());
            draft = draft.fact(question, denial_words(answer));
        }
    }
    draft.found()
}

fn denial_words(answer: &DnsAnswer) -> String {
    let words = match answer.status {
        DnsStatus::NoSuchName => "no such name (NXDOMAIN)",
        DnsStatus::NoData => "no record of this type",
        _ => return String::new(),
    };
    match &answer.authority {
        Some(authority) => format!("{words}   remembered for {} s", authority.negative_ttl),
        None => words.to_owned(),
    }
}

/// Mail is at Microsoft 365, but `autodiscover` does not lead there.
pub(super) fn microsoft365_alias_missing(case: &Case) -> Vec<Finding> {
    let Some(state) = case.first_of(Origin::Autodiscover).filter(|_| case.is_mail_at_microsoft()) else {
        return Vec::new();
    };
    let asked =
        matches!(state.outcome(Stage::Dns), Some(Outcome::Passed | Outcome::Warned { .. })) || case::is_absent(state);
    let leads_there = case::aliases(state).into_iter().any(case::is_microsoft);
    let own_exchange = case.model.candidates.iter().any(|other| {
        other.candidate.origin != Origin::Office365 && !case::is_microsoft(other.host()) && case.is_exchange(other)
    });
    if !asked || leads_there || own_exchange || is_domain_missing(case) {
        return Vec::new();
    }
    let signs = microsoft_signs(case);
    let found = case::lookups(state).flat_map(|answer| &answer.records).map(record_words).collect::<Vec<_>>();
    let found = if found.is_empty() { "no record".to_owned() } else { found.join(", ") };
    let mut draft = Draft::new(case, "m365-cname-missing", Certainty::Proven, Some(state))
        .stage(Stage::Dns)
        .fact("mail", signs.clone())
        .fact(case.autodiscover_host(), found.clone())
        .value("signs", signs)
        .value("found", found);
    if case.has_answer() {
        // The step for Microsoft 365 finds the settings; phones and older versions miss the record.
        draft = draft.severity(Severity::Minor);
    }
    draft.found()
}

/// Signs of Microsoft 365 in words.
pub(super) fn microsoft_signs(case: &Case) -> String {
    let mut words: Vec<String> = case
        .model
        .signs
        .iter()
        .map(|sign| match sign {
            Sign::VerificationText { text } => format!("TXT {text}"),
            Sign::MailServer { exchange } => format!("MX {exchange}"),
            Sign::Alias { target } => format!("CNAME {target}"),
        })
        .collect();
    for server in case.mail_servers() {
        let server = format!("MX {server}");
        if !words.contains(&server) {
            words.push(server);
        }
    }
    words.join(", ")
}

/// The SRV record's target cannot be used.
pub(super) fn srv_target_bad(case: &Case) -> Vec<Finding> {
    let Some(state) = case.first_of(Origin::Srv) else { return Vec::new() };
    let (target, _) = srv_record(state).unwrap_or_default();
    let is_literal = target.trim_end_matches('.').parse::<IpAddr>().is_ok();
    let (fault, severity) = match case::cause(state, Stage::Dns) {
        Some(Cause::DnsSrvTargetMissing) => ("has no address", Severity::Major),
        Some(Cause::DnsSrvTargetRoot) => {
            ("is a single dot, which declares that the service is not offered", Severity::Major)
        }
        Some(Cause::DnsSrvTargetAlias) => ("is an alias (CNAME), which the standard forbids", Severity::Minor),
        _ if is_literal => ("is an address where a name belongs", Severity::Major),
        _ => return Vec::new(),
    };
    // A declared absence is a choice as long as another step answers.
    let chosen = case::cause(state, Stage::Dns) == Some(Cause::DnsSrvTargetRoot) && case.has_answer();
    if chosen || !case.concerns(state) {
        return Vec::new();
    }
    Draft::new(case, "srv-target-bad", Certainty::Proven, Some(state))
        .stage(Stage::Dns)
        .severity(severity)
        .dns_facts(state)
        .value("srv_fault", fault)
        .value("srv_host", if target.is_empty() || target == "." { "a target".to_owned() } else { target })
        .found()
}

/// The SRV record names a port that Outlook does not use.
pub(super) fn srv_port(case: &Case) -> Vec<Finding> {
    let Some(state) = case.first_of(Origin::Srv) else { return Vec::new() };
    let Some((target, port)) = srv_record(state).filter(|(_, port)| *port != 443) else { return Vec::new() };
    if target == "." || !case.concerns(state) {
        return Vec::new();
    }
    Draft::new(case, "srv-port-not-443", Certainty::Likely, Some(state))
        .stage(Stage::Dns)
        .dns_facts(state)
        .value("srv_host", values::host_name(&target))
        .value("srv_port", port.to_string())
        .found()
}

/// Target and port of the SRV record that a client takes first.
fn srv_record(state: &CandidateState) -> Option<(String, u16)> {
    let records = case::lookups(state).flat_map(|answer| &answer.records);
    let first = records.filter_map(|record| match &record.data {
        DnsData::Srv { priority, weight, port, target } => Some((*priority, u16::MAX - weight, *port, target)),
        _ => None,
    });
    first.min().map(|(_, _, port, target)| (target.clone(), port))
}

/// Inside and outside disagree, without a certificate alert that says so already.
pub(super) fn split_views(case: &Case) -> Vec<Finding> {
    let failing = case.concerned().into_iter().filter(|state| {
        let is_decider = case.walk.decided_by.as_ref() == Some(&state.candidate.id);
        !is_decider && failed_somewhere(state)
    });
    let drafts = failing.filter_map(|state| match leaf(state) {
        None => split(case, state),
        // Somebody else's server is not "the same server from the other side".
        Some(leaf) if !case::holds(state) && !case.is_same_organisation(state, leaf) => {
            differing(state, |_, _| true).map(|other| split_draft(case, state, other))
        }
        Some(_) => None,
    });
    let mut findings: Vec<Finding> = Vec::new();
    for finding in drafts.filter_map(Draft::finish) {
        // The port 80 step asks for the same host as the step before it.
        match findings.iter_mut().find(|known| known.title == finding.title) {
            Some(known) => known.candidates.extend(finding.candidates),
            None => findings.push(finding),
        }
    }
    findings
}

fn leaf(state: &CandidateState) -> Option<&Certificate> {
    state.handshake().and_then(|handshake| handshake.leaf())
}

/// The finding that the views of the resolvers disagree about a host. A private address in one view and a public one
/// in the other is how the same server looks from two sides.
pub(super) fn split(case: &Case, state: &CandidateState) -> Option<Draft> {
    let is_private = |addresses: &[IpAddr]| addresses.iter().any(|address| case::is_private(*address));
    let unusual = |here: &[IpAddr], there: &[IpAddr]| {
        here.is_empty() || there.is_empty() || is_private(here) == is_private(there)
    };
    differing(state, unusual).map(|other| split_draft(case, state, other))
}

/// The system's answers about a candidate's host in one view.
fn answers(state: &CandidateState, view: View) -> impl Iterator<Item = &DnsAnswer> {
    state.dns().filter(move |answer| {
        answer.view == view && answer.question.name == state.host() && answer.purpose == Purpose::Lookup
    })
}

fn sorted(state: &CandidateState, view: View) -> Vec<IpAddr> {
    let mut addresses: Vec<IpAddr> = answers(state, view).flat_map(DnsAnswer::addresses).collect();
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}

/// The first view that properly says something else of the host, no address in common, where the difference counts.
fn differing(state: &CandidateState, counts: impl Fn(&[IpAddr], &[IpAddr]) -> bool) -> Option<View> {
    let here = sorted(state, View::System);
    let mut views = state.dns().map(|answer| answer.view).filter(|view| *view != View::System);
    views.find(|view| {
        let proper = answers(state, *view)
            .any(|answer| matches!(answer.status, DnsStatus::Answered | DnsStatus::NoData | DnsStatus::NoSuchName));
        let there = sorted(state, *view);
        let apart = here != there && here.iter().all(|address| !there.contains(address));
        proper && apart && counts(&here, &there)
    })
}

fn split_draft(case: &Case, state: &CandidateState, other: View) -> Draft {
    let mut draft = Draft::new(case, "split-dns-mismatch", Certainty::Likely, Some(state)).stage(Stage::Dns);
    let mut lines = Vec::new();
    for view in [View::System, other] {
        let who = answers(state, view).find_map(|answer| answer.responder.clone()).unwrap_or_else(|| view_words(view));
        let addresses: Vec<String> = sorted(state, view).iter().map(ToString::to_string).collect();
        let words = if addresses.is_empty() { "no such name".to_owned() } else { addresses.join(", ") };
        draft = draft.fact(format!("{} at {who}", state.host()), words.clone());
        lines.push(format!("{who}: {words}"));
    }
    draft.value("views", lines.join("\n"))
}

fn view_words(view: View) -> String {
    match view {
        View::System => "the system's resolver".to_owned(),
        View::Further { number } => format!("further resolver {number}"),
        View::OperatingSystem => "the operating system".to_owned(),
        View::Authoritative => "the zone's own server".to_owned(),
    }
}

/// A resolver that serves the public gives out an address that works only inside.
pub(super) fn private_in_public(case: &Case) -> Vec<Finding> {
    let found = case.concerned().into_iter().filter_map(|state| {
        let answer = state.dns().find(|answer| {
            answer.question.name == state.host()
                && answer.responder.as_deref().is_some_and(is_public_server)
                && answer.addresses().into_iter().any(case::is_private)
        })?;
        let address = answer.addresses().into_iter().find(|address| case::is_private(*address))?;
        let resolver = answer.responder.clone().unwrap_or_default();
        let mut draft = Draft::new(case, "private-address-in-public-dns", Certainty::Proven, Some(state))
            .stage(Stage::Dns)
            .fact(format!("{} at {resolver}", state.host()), address.to_string())
            .value("address", address.to_string())
            .value("resolver", resolver);
        if state.outcome(Stage::Tcp).is_some_and(Outcome::is_through) {
            draft = draft.severity(Severity::Major);
        }
        draft.finish()
    });
    // The port 80 step asks for the same host as the step before it.
    let mut findings: Vec<Finding> = Vec::new();
    for finding in found {
        match findings.iter_mut().find(|known| known.title == finding.title) {
            Some(known) => known.candidates.extend(finding.candidates),
            None => findings.push(finding),
        }
    }
    findings
}

fn is_public_server(responder: &str) -> bool {
    match responder.parse::<SocketAddr>() {
        Ok(server) => !case::is_private(server.ip()),
        Err(_) => responder.starts_with("https://") || responder.starts_with("tls://"),
    }
}
