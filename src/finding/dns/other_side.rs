//! Rules about what the others say: a cache that still holds an old address, the other side's view of the zone that leads
//! nowhere, and this machine's own list of names.

use super::{
    alignment, failed_somewhere,
    views::{afresh, answers, sorted, split_draft},
};
use crate::{
    assumption::{Assumption, assume},
    event::{DnsAnswer, DnsStatus, HandshakePurpose, Origin, Purpose, RecordType, Reply, Stage, TlsHandshake, View},
    finding::{
        Certainty, Finding,
        case::{self, Case},
        draft::{Draft, once_per_title, record_words},
    },
    model::CandidateState,
    walk::{self, VerdictClass},
};
use std::net::IpAddr;

/// The zone's own server has other addresses by now, and the resolver still gives out what it remembers: its time to live
/// is running, and it does not hold the zone itself.
pub(super) fn outdated(state: &CandidateState) -> Option<(&DnsAnswer, &DnsAnswer)> {
    let lowest = |answer: &DnsAnswer| answer.records.iter().map(|record| record.ttl).min();
    let answered = |view| answers(state, view).filter(|answer| answer.status == DnsStatus::Answered);
    answered(View::System).filter(|here| !here.authoritative).find_map(|here| {
        let there = answered(View::Authoritative).find(|there| there.question == here.question)?;
        let (old, new) = (here.addresses(), there.addresses());
        let apart = !old.is_empty() && !new.is_empty() && !old.iter().any(|address| new.contains(address));
        (apart && lowest(here) < lowest(there)).then_some((here, there))
    })
}

/// The finding that a candidate's address is only remembered.
pub(in crate::finding) fn old_address(case: &Case, state: &CandidateState) -> Option<Draft> {
    let (here, there) = outdated(state)?;
    let resolver = here.responder.clone().unwrap_or_else(|| say!("the system's resolver").to_owned());
    let mut draft = Draft::new(case, "dns-cache-stale", Certainty::Likely, Some(state)).stage(Stage::Dns);
    for record in &here.records {
        draft = draft.fact(say!("{name} at {resolver}", name = record.name, resolver), record_words(record));
    }
    for record in &there.records {
        draft = draft.fact(say!("{name} at the zone's own server", name = record.name), record_words(record));
    }
    let seconds = here.records.iter().map(|record| record.ttl).min().unwrap_or_default();
    let list = |answer: &DnsAnswer| answer.addresses().iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let draft = draft.value("resolver", resolver).value("old_addresses", list(here));
    let draft = draft.value("assume_fresh", afresh(state, &there.records));
    Some(draft.value("new_addresses", list(there)).value("seconds", seconds.to_string()))
}

/// A remembered address that leads nowhere, without a certificate alert that says so already.
pub(in crate::finding) fn remembered_addresses(case: &Case) -> Vec<Finding> {
    let failing = case.concerned().into_iter().filter(|state| !case.is_decider(state) && failed_somewhere(state));
    once_per_title(failing.filter_map(|state| old_address(case, state)?.finish()))
}

/// Here the search ends well, and in another resolver's view of the zone it would not: the records that it ends at are not
/// there, or lead to a server with the wrong certificate.
pub(in crate::finding) fn other_side(case: &Case) -> Vec<Finding> {
    if case.walk.class == VerdictClass::Fails || case.walk.class == VerdictClass::Inconclusive {
        return Vec::new();
    }
    let drafts = further(case).into_iter().filter_map(|view| missing(case, view).or_else(|| elsewhere(case, view)));
    once_per_title(drafts.filter_map(Draft::finish))
}

/// The further views that answered something.
fn further(case: &Case) -> Vec<View> {
    let mut views: Vec<View> = Vec::new();
    for view in case.dns().map(|answer| answer.view).filter(|view| matches!(view, View::Further { .. })) {
        if !views.contains(&view) {
            views.push(view);
        }
    }
    views
}

/// A question of the search, as the system and another view answer it.
struct Compared<'a> {
    state: &'a CandidateState,
    here: &'a DnsAnswer,
    there: &'a DnsAnswer,
}

fn compared<'a>(case: &Case<'a>, view: View) -> Vec<Compared<'a>> {
    let mut all = Vec::new();
    for state in case.model.candidates.iter().filter(|state| state.candidate.origin != Origin::Service) {
        for here in case::lookups(state).filter(|here| case::is_under(&here.question.name, case.domain())) {
            let same = |there: &&DnsAnswer| {
                there.view == view && there.purpose == Purpose::Lookup && there.question == here.question
            };
            all.extend(state.dns().find(same).map(|there| Compared { state, here, there }));
        }
    }
    all
}

fn is_denied(answer: &DnsAnswer) -> bool {
    matches!(answer.status, DnsStatus::NoSuchName | DnsStatus::NoData)
}

/// Names that this view does not know, where the search finds nothing without them. A view that knows something of its own
/// may lead elsewhere, so nothing is said of it.
fn missing(case: &Case, view: View) -> Option<Draft> {
    let compared = compared(case, view);
    let own = |pair: &Compared| is_denied(pair.here) && pair.there.status == DnsStatus::Answered;
    let silent = |pair: &Compared| !is_denied(pair.there) && pair.there.status != DnsStatus::Answered;
    if compared.iter().any(own) || compared.iter().any(silent) {
        return None;
    }
    let is_gone = |pair: &&Compared| {
        let name = &pair.here.question.name;
        let answered_there = compared
            .iter()
            .any(|other| other.there.question.name == *name && other.there.status == DnsStatus::Answered);
        pair.here.status == DnsStatus::Answered && !answered_there
    };
    let gone: Vec<&Compared> = compared.iter().filter(is_gone).collect();
    let names = gone.iter().map(|pair| Assumption::Removed { name: pair.here.question.name.clone() });
    let names: Vec<Assumption> = names.collect();
    let assumed = walk::walk(&assume(case.model, &names), case.walk.client);
    let decider = case.walk.decided_by.as_ref().and_then(|id| case.model.candidate(id))?;
    if names.is_empty() || assumed.class != VerdictClass::Fails {
        return None;
    }
    let told = gone.iter().find(|pair| pair.state.candidate.id == decider.candidate.id).or_else(|| gone.first())?;
    let service = told.here.question.record == RecordType::Srv;
    let mut draft = if service { service_draft(case, told) } else { split_draft(case, told.state, view) };
    for pair in &gone {
        let by = pair.there.responder.clone().unwrap_or_default();
        draft = draft
            .and(pair.state)
            .fact(say!("{name} at {by}", name = pair.there.question.name, by), say!("no such name"));
    }
    Some(draft.fact(say!("without these records the search"), say!("finds nothing")))
}

/// As [`split_draft`], about the service record.
fn service_draft(case: &Case, told: &Compared) -> Draft {
    let mut lines = Vec::new();
    let mut draft = Draft::new(case, "split-dns-mismatch", Certainty::Likely, Some(told.state)).stage(Stage::Dns);
    for answer in [told.here, told.there] {
        let who = answer.responder.clone().unwrap_or_default();
        let said: Vec<String> = answer.records.iter().map(record_words).collect();
        let said = if said.is_empty() { say!("no such name").to_owned() } else { said.join(", ") };
        draft = draft.fact(say!("{name} at {who}", name = answer.question.name, who), said.clone());
        lines.push(format!("{who}: {said}"));
    }
    let there = told.there.responder.clone().unwrap_or_else(|| "the other view".to_owned());
    alignment::align_service(case, draft.value("views", lines.join("\n")), told.here, &there)
}

/// An address of this view where another certificate stands than the one that the search ends at here.
fn elsewhere(case: &Case, view: View) -> Option<Draft> {
    let id = case.walk.decided_by.as_ref()?;
    let state = case.model.candidate(id).filter(|state| case::holds(state))?;
    let shown = looked_at(state, view)?;
    if !shown.iter().all(|handshake| handshake.checks.as_ref().is_some_and(|checks| !checks.all_hold())) {
        return None;
    }
    let mut draft = split_draft(case, state, view);
    for handshake in shown {
        let names = handshake.leaf().map(crate::finding::values::names).unwrap_or_default();
        draft = draft.fact(say!("certificate at {ip} lists", ip = handshake.address.ip()), names);
    }
    Some(draft)
}

/// What stands at the addresses that only this view names; nothing where it names none, shares one with the system, or
/// not all were looked at.
pub(super) fn looked_at(state: &CandidateState, view: View) -> Option<Vec<&TlsHandshake>> {
    let (here, there) = (sorted(state, View::System), sorted(state, view));
    if there.is_empty() || there.iter().any(|address| here.contains(address)) {
        return None;
    }
    let shown = |address: &IpAddr| {
        state
            .handshakes()
            .find(|handshake| handshake.purpose == HandshakePurpose::OtherView && handshake.address.ip() == *address)
    };
    there.iter().map(shown).collect()
}

/// This machine's own list of names leads a step somewhere else, where it fails; DNS would lead it to the settings.
/// Whether it is the hosts file or a policy for names is for the question to settle.
pub(in crate::finding) fn hosts_override(case: &Case) -> Vec<Finding> {
    let reply = |id: &str| case.model.replies.get(id).filter(|reply| **reply != Reply::Withdrawn);
    let other_cause = reply("dns-suffix-search-rewrites").is_some_and(|reply| *reply != Reply::No);
    if reply("hosts-file-override").is_some() || other_cause {
        return Vec::new();
    }
    let overridden = |state: &&CandidateState| {
        let shown = looked_at(state, View::OperatingSystem).unwrap_or_default();
        let fails = |handshake: &&TlsHandshake| handshake.checks.as_ref().is_none_or(|checks| !checks.all_hold());
        !shown.is_empty() && shown.iter().all(fails) && !sorted(state, View::System).is_empty()
    };
    let found = case.concerned().into_iter().filter(overridden).filter_map(|state| {
        let mut draft =
            Draft::new(case, "hosts-file-override", Certainty::Likely, Some(state)).stage(Stage::Dns).dns_facts(state);
        for handshake in looked_at(state, View::OperatingSystem)? {
            let ip = handshake.address.ip();
            let seen = match handshake.leaf() {
                Some(leaf) => say!("certificate lists {names}", names = crate::finding::values::names(leaf)),
                None => say!("no certificate was seen").to_owned(),
            };
            draft = draft
                .fact(say!("{host} on this machine", host = state.host()), ip.to_string())
                .fact(ip.to_string(), seen);
        }
        draft.finish()
    });
    once_per_title(found)
}
