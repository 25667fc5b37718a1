//! Rules about names.

mod alignment;
mod microsoft;
mod other_side;
mod srv;
mod views;

pub(super) use microsoft::{microsoft_signs, microsoft365_alias};
pub(super) use other_side::{hosts_override, old_address, other_side, remembered_addresses};
pub(super) use srv::{srv_owner_slip, srv_port, srv_records_disagree, srv_target_bad};
pub(super) use views::{leads_inside, private_in_public, remembered_denial, split, split_views};

use super::{
    Certainty, Finding, Owner,
    case::{self, Case},
    cross,
    draft::{Draft, record_words},
    values,
};
use crate::{
    event::{Cause, DnsAnswer, DnsStatus, Origin, Outcome, Purpose, Stage, View},
    model::CandidateState,
    walk::VerdictClass,
};
use views::differing;

/// The mail domain itself does not exist, so nothing underneath can (RFC 8020).
pub(super) fn domain_missing(case: &Case) -> Vec<Finding> {
    if !is_domain_missing(case) {
        return Vec::new();
    }
    let Some(root) = case.first_of(Origin::Root) else { return Vec::new() };
    let denied = |answer: &&DnsAnswer| answer.status == DnsStatus::NoSuchName;
    let zones: Vec<_> = case::lookups(root).filter(denied).filter_map(|answer| answer.authority.as_ref()).collect();
    // A denial names the zone that denies (RFC 2308 section 3); one that does not may be a resolver's own invention.
    let certainty = if zones.is_empty() { Certainty::Likely } else { Certainty::Proven };
    let draft = Draft::new(case, "domain-does-not-exist", certainty, Some(root))
        .stage(Stage::Dns)
        .fact(case.domain(), say!("no such name (NXDOMAIN)"));
    zones
        .into_iter()
        .fold(draft, |draft, authority| draft.fact(say!("denied by the zone"), zone_words(&authority.zone)))
        .found()
}

/// The root of all zones has a name that is easily overlooked.
fn zone_words(zone: &str) -> String {
    if zone.is_empty() || zone == "." { say!("the root of all zones").to_owned() } else { zone.to_owned() }
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

/// Name servers fail instead of answering. A resolver that answers nothing at all says nothing about the domain: the
/// verdict tells of it.
pub(super) fn server_failing(case: &Case) -> Vec<Finding> {
    let states = case.failed_with(Stage::Dns, &FAILURES);
    let Some(first) = states.first().copied() else { return Vec::new() };
    let something_answers = case.dns().any(|answer| answer.view == View::System && is_answer(answer.status));
    if !something_answers && case.walk.class == VerdictClass::Inconclusive {
        return Vec::new();
    }
    let alike = states.iter().any(|state| !alike_elsewhere(state).is_empty());
    let certainty = if alike { Certainty::Proven } else { Certainty::Likely };
    let mut draft = Draft::new(case, "dns-server-failing", certainty, Some(first)).stage(Stage::Dns);
    if !something_answers {
        // Not even names of other zones are answered, so the resolver is nearer at hand than the zone.
        draft = draft.owner(Owner::Network);
    }
    let mut questions = Vec::new();
    for state in &states {
        draft = draft.and(state);
        for answer in case::lookups(state) {
            let Some(words) = failure_words(answer.status) else { continue };
            let question = format!("{} {}", answer.question.name, answer.question.record.as_str());
            let by = answer.responder.as_ref().map(|server| say!(" by {server}", server)).unwrap_or_default();
            draft = draft.fact(question.clone(), format!("{words}{by}"));
            questions.push(format!("{question}: {words}"));
        }
    }
    for (question, words) in states.iter().flat_map(|state| alike_elsewhere(state)) {
        draft = draft.fact(question, words);
    }
    if questions.is_empty() {
        questions = states.iter().map(|state| state.host().to_owned()).collect();
    }
    questions.dedup();
    draft.value("questions", questions.join("; ")).found()
}

/// Whether a server did its work, whatever it had to say.
fn is_answer(status: DnsStatus) -> bool {
    matches!(status, DnsStatus::Answered | DnsStatus::NoData | DnsStatus::NoSuchName)
}

/// Questions that a further resolver or the zone's own server fails at in the same way, and what they say. The
/// operating system asks the same resolver again and proves nothing.
fn alike_elsewhere(state: &CandidateState) -> Vec<(String, String)> {
    let others = state.dns().filter(|other| matches!(other.view, View::Further { .. } | View::Authoritative));
    let alike = others.filter(|other| {
        case::lookups(state).any(|answer| answer.question == other.question && answer.status == other.status)
    });
    let told = alike.filter_map(|other| {
        let by = other.responder.as_ref().map(|server| say!(" by {server}", server)).unwrap_or_default();
        let question = format!("{} {}", other.question.name, other.question.record.as_str());
        failure_words(other.status).map(|words| (question, format!("{words}{by}")))
    });
    told.collect()
}

fn failure_words(status: DnsStatus) -> Option<&'static str> {
    Some(match status {
        DnsStatus::ServerFailure => say!("the server failed (SERVFAIL)"),
        DnsStatus::Refused => say!("the server refused (REFUSED)"),
        DnsStatus::OtherCode => say!("the server answered with another error"),
        DnsStatus::TimedOut => say!("no answer in time"),
        DnsStatus::PortClosed => say!("nothing listens at the server"),
        DnsStatus::Unreachable => say!("the server cannot be reached"),
        DnsStatus::Untrusted => say!("the server's own certificate does not hold"),
        DnsStatus::Malformed => say!("the answer could not be read"),
        DnsStatus::Answered | DnsStatus::NoData | DnsStatus::NoSuchName => return None,
    })
}

/// A wildcard or an inventing resolver answers for a candidate that leads nowhere, even without a certificate alert.
pub(super) fn invented_addresses(case: &Case) -> Vec<Finding> {
    let leads_nowhere = |state: &&CandidateState| {
        let certificate_failed =
            state.handshake().and_then(|handshake| handshake.checks.as_ref()).is_some_and(|checks| !checks.all_hold());
        !certificate_failed && !case.is_decider(state) && state.redirect.is_none() && failed_somewhere(state)
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
        draft = draft.fact(say!("made-up name {name}", name = record.name), record_words(record));
    }
    if id == "nxdomain-rewritten" {
        draft = invention_facts(case, state, draft);
    } else {
        draft = other_canaries(case, canary, draft);
    }
    let resolver = canary.responder.clone().unwrap_or_else(|| say!("the system's resolver").to_owned());
    Some(draft.value("resolver", resolver))
}

/// What shows that it is the resolver that answers, and not the zone: names that cannot exist (RFC 6761 section 6.4)
/// resolve too, and other resolvers deny the host.
fn invention_facts(case: &Case, state: &CandidateState, draft: Draft) -> Draft {
    let canaries = case.model.dns_facts(Purpose::WildcardCanary);
    let impossible =
        canaries.filter(|answer| answer.question.name.ends_with(".invalid")).flat_map(|answer| &answer.records);
    let draft = impossible
        .fold(draft, |draft, record| draft.fact(say!("made-up name {name}", name = record.name), record_words(record)));
    let denied = state.dns().filter(|answer| {
        answer.view != View::System && answer.question.name == state.host() && answer.status == DnsStatus::NoSuchName
    });
    denied.fold(draft, |draft, answer| {
        let by = answer.responder.as_deref().unwrap_or(say!("another resolver"));
        draft.fact(say!("{name} at {by}", name = state.host(), by), say!("no such name (NXDOMAIN)"))
    })
}

/// What others say of the made-up name that the wildcard answers here: a copy of the zone may have none.
fn other_canaries(case: &Case, canary: &DnsAnswer, draft: Draft) -> Draft {
    let others = case.model.dns_facts(Purpose::WildcardCanary);
    let denied = others.filter(|other| {
        other.view != View::System && other.question == canary.question && other.status == DnsStatus::NoSuchName
    });
    denied.fold(draft, |draft, answer| {
        let by = answer.responder.as_deref().unwrap_or(say!("another server"));
        draft
            .fact(say!("made-up name {name} at {by}", name = answer.question.name, by), say!("no such name (NXDOMAIN)"))
    })
}

/// Neither a host record nor an SRV record, and nothing else gives settings.
pub(super) fn record_absent(case: &Case) -> Vec<Finding> {
    let (Some(state), Some(srv)) = (case.first_of(Origin::Autodiscover), case.first_of(Origin::Srv)) else {
        return Vec::new();
    };
    let root_over = case.first_of(Origin::Root).is_none_or(|root| case.is_over(root));
    // Who never asks for the SRV record is served no better by one that leads nowhere.
    let asks_for_service = case.has_step(Origin::Srv);
    let no_service = if asks_for_service { case::is_absent(srv) } else { case.is_over(srv) && !cross::serves(srv) };
    let absent = case::is_absent(state) && no_service && root_over;
    let elsewhere =
        [state, srv].iter().any(|state| differing(state, |_, _| true).is_some() || views::remembered(state).is_some());
    // A misplaced SRV record is the fault for those who ask for one.
    let misplaced = case.concerns(srv) && srv::slip(srv).is_some();
    let known = is_domain_missing(case) || case.is_mail_at_microsoft() || elsewhere || misplaced;
    if !absent || known || case.has_answer() || !case.concerns(state) {
        return Vec::new();
    }
    let mut draft = Draft::new(case, "autodiscover-record-absent", Certainty::Proven, Some(state))
        .stage(Stage::Dns)
        .dns_facts(state);
    for about in [state, srv].into_iter().filter(|about| about.candidate.origin != Origin::Srv || asks_for_service) {
        draft = draft.and(about);
        for answer in case::lookups(about) {
            let question = format!("{} {}", answer.question.name, answer.question.record.as_str());
            draft = draft.fact(question, denial_words(answer));
        }
    }
    draft.found()
}

fn denial_words(answer: &DnsAnswer) -> String {
    let words = match answer.status {
        DnsStatus::NoSuchName => say!("no such name (NXDOMAIN)"),
        DnsStatus::NoData => say!("no record of this type"),
        _ => return String::new(),
    };
    match &answer.authority {
        Some(authority) => say!("{words}   remembered for {seconds} s", words, seconds = authority.negative_ttl),
        None => words.to_owned(),
    }
}

/// Nothing answers for a domain under a suffix of several labels: some clients then ask `autodiscover.<suffix>`, which
/// belongs to a stranger (Guardicore Labs, 2021). This program never asks there, and whether a client does is not seen.
pub(super) fn back_off(case: &Case) -> Vec<Finding> {
    let Some(state) = case.first_of(Origin::Autodiscover).filter(|_| !case.has_answer()) else { return Vec::new() };
    let Some(suffix) = case::long_suffix(case.domain()).filter(|_| case::is_absent(state) && case.concerns(state))
    else {
        return Vec::new();
    };
    let draft = Draft::new(case, "autodiscover-tld-leak", Certainty::Possible, Some(state)).stage(Stage::Dns);
    // What ails the last step is a reason for it too.
    let draft = match case.first_of(Origin::Srv).filter(|srv| case.concerns(srv)) {
        Some(srv) => draft.and(srv),
        None => draft,
    };
    draft
        .fact(say!("public suffix"), suffix)
        .fact(case.autodiscover_host(), say!("no address"))
        .value("suffix", values::host_name(suffix))
        .found()
}
