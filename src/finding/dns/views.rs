//! Rules that compare what several views say of one name.

use super::{alignment, failed_somewhere, other_side};
use crate::{
    assumption::{ASSUMPTION_LIMIT, Assumption},
    event::{Certificate, DnsAnswer, DnsData, DnsRecord, DnsStatus, Outcome, Purpose, Stage, View},
    finding::{
        Certainty, Finding, Severity,
        case::{self, Case},
        draft::{Draft, once_per_title, record_words},
        values,
    },
    model::CandidateState,
};
use std::net::IpAddr;

/// Inside and outside disagree, without a certificate alert that says so already.
pub(in crate::finding) fn split_views(case: &Case) -> Vec<Finding> {
    let failing = case.concerned().into_iter().filter(|state| {
        // Where one view has a wildcard, or invents addresses, the views differ about every name that does not exist.
        !case.is_decider(state) && failed_somewhere(state) && !case.answers_like_canary(state)
    });
    let drafts = failing.filter_map(|state| match leaf(state) {
        None => split(case, state),
        // Somebody else's server is not "the same server from the other side".
        Some(leaf) if !case::holds(state) && !case.is_same_organisation(state, leaf) => {
            differing(state, |_, _| true).map(|other| split_draft(case, state, other))
        }
        Some(_) => None,
    });
    once_per_title(drafts.filter_map(Draft::finish))
}

/// The zone's own server has the record and the resolver still denies it, from what it remembers (RFC 2308). A resolver
/// that holds the zone itself denies by what it holds, which is another case.
pub(super) fn remembered(state: &CandidateState) -> Option<(&DnsAnswer, &DnsAnswer)> {
    let denied = state.dns().find(|answer| {
        answer.view == View::System
            && answer.purpose == Purpose::Lookup
            && !answer.authoritative
            && matches!(answer.status, DnsStatus::NoSuchName | DnsStatus::NoData)
    })?;
    let has = |answer: &&DnsAnswer| {
        answer.view == View::Authoritative
            && answer.status == DnsStatus::Answered
            && answer.question.name == denied.question.name
            && !answer.records.is_empty()
    };
    Some((denied, state.dns().find(has)?))
}

/// A record that was made a moment ago, and that the resolver does not know yet.
pub(in crate::finding) fn remembered_denial(case: &Case) -> Vec<Finding> {
    let found = case.concerned().into_iter().filter(|state| case::is_absent(state)).filter_map(|state| {
        let (denied, held) = remembered(state)?;
        let mut draft = Draft::new(case, "negative-cache-after-fix", Certainty::Likely, Some(state)).stage(Stage::Dns);
        for record in &held.records {
            draft = draft.fact(say!("{name} at the zone's own server", name = record.name), record_words(record));
        }
        let resolver = denied.responder.clone().unwrap_or_else(|| say!("the system's resolver").to_owned());
        let wait = denied.authority.as_ref().map_or_else(
            || say!("for how long is not said").to_owned(),
            |authority| say!("for at most {seconds} s more", seconds = authority.negative_ttl),
        );
        draft
            .fact(
                say!("{name} at {resolver}", name = denied.question.name, resolver),
                say!("no such record, remembered {wait}", wait),
            )
            .value("resolver", resolver)
            .value("wait", wait)
            .value("absent_name", values::host_name(&denied.question.name))
            .value("assume_fresh", afresh(state, &held.records))
            .finish()
    });
    once_per_title(found)
}

/// What the what-if assumes when the resolver asks again: that it gives out the records that the zone's own server holds.
pub(super) fn afresh(state: &CandidateState, held: &[DnsRecord]) -> String {
    let host = state.host();
    let leads = |record: &&DnsRecord| {
        matches!(record.data, DnsData::A { .. } | DnsData::Aaaa { .. } | DnsData::Cname { .. } | DnsData::Srv { .. })
    };
    let added = held.iter().filter(leads).cloned();
    let added = added.map(|DnsRecord { name, data, .. }| Assumption::Added { name, data });
    let removed = (!host.is_empty()).then(|| Assumption::Removed { name: host.to_owned() });
    removed
        .into_iter()
        .chain(added)
        .take(ASSUMPTION_LIMIT)
        .map(|assumption| assumption.to_string())
        .collect::<Vec<_>>()
        .join("; ")
}

fn leaf(state: &CandidateState) -> Option<&Certificate> {
    state.handshake().and_then(|handshake| handshake.leaf())
}

/// The finding that the views of the resolvers disagree about a host. A private address in one view and a public one
/// in the other is how the same server looks from two sides.
pub(in crate::finding) fn split(case: &Case, state: &CandidateState) -> Option<Draft> {
    let is_private = |addresses: &[IpAddr]| addresses.iter().any(|address| case::is_private(*address));
    let unusual = |here: &[IpAddr], there: &[IpAddr]| {
        here.is_empty() || there.is_empty() || is_private(here) == is_private(there)
    };
    differing(state, unusual).map(|other| split_draft(case, state, other))
}

/// The answers about a candidate's host in one view.
pub(super) fn answers(state: &CandidateState, view: View) -> impl Iterator<Item = &DnsAnswer> {
    state.dns().filter(move |answer| {
        answer.view == view && answer.question.name == state.host() && answer.purpose == Purpose::Lookup
    })
}

pub(super) fn sorted(state: &CandidateState, view: View) -> Vec<IpAddr> {
    let mut addresses: Vec<IpAddr> = answers(state, view).flat_map(DnsAnswer::addresses).collect();
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}

/// The first view that properly says something else of the host, no address in common, where the difference counts.
pub(super) fn differing(state: &CandidateState, counts: impl Fn(&[IpAddr], &[IpAddr]) -> bool) -> Option<View> {
    if remembered(state).is_some() || other_side::outdated(state).is_some() {
        return None;
    }
    let here = sorted(state, View::System);
    // The operating system's own answer is another case: this machine alone.
    let others = |view: &View| !matches!(view, View::System | View::OperatingSystem);
    let mut views = state.dns().map(|answer| answer.view).filter(others);
    views.find(|view| {
        let proper = answers(state, *view)
            .any(|answer| matches!(answer.status, DnsStatus::Answered | DnsStatus::NoData | DnsStatus::NoSuchName));
        let there = sorted(state, *view);
        let apart = here != there && here.iter().all(|address| !there.contains(address));
        proper && apart && counts(&here, &there)
    })
}

pub(super) fn split_draft(case: &Case, state: &CandidateState, other: View) -> Draft {
    let mut draft = Draft::new(case, "split-dns-mismatch", Certainty::Likely, Some(state)).stage(Stage::Dns);
    let (mut lines, mut asked) = (Vec::new(), Vec::new());
    for view in [View::System, other] {
        let who = answers(state, view).find_map(|answer| answer.responder.clone()).unwrap_or_else(|| view_words(view));
        let addresses: Vec<String> = sorted(state, view).iter().map(ToString::to_string).collect();
        let words = if addresses.is_empty() { say!("no such name").to_owned() } else { addresses.join(", ") };
        draft = draft.fact(say!("{name} at {who}", name = state.host(), who), words.clone());
        lines.push(format!("{who}: {words}"));
        asked.push(who);
    }
    let draft = draft.value("views", lines.join("\n"));
    let who = |place: usize| asked.get(place).map_or("", String::as_str);
    alignment::align_host(case, draft, state, other, [who(0), who(1)])
}

fn view_words(view: View) -> String {
    match view {
        View::System => say!("the system's resolver").to_owned(),
        View::Further { number } => say!("further resolver {number}", number),
        View::OperatingSystem => say!("the operating system").to_owned(),
        View::Authoritative => say!("the zone's own server").to_owned(),
    }
}

/// A resolver that serves the public gives out an address that works only inside.
pub(in crate::finding) fn private_in_public(case: &Case) -> Vec<Finding> {
    let found = case.concerned().into_iter().filter_map(|state| {
        let (answer, address) = private_answer(state)?;
        let resolver = answer.responder.clone().unwrap_or_default();
        let mut draft = Draft::new(case, "private-address-in-public-dns", Certainty::Proven, Some(state))
            .stage(Stage::Dns)
            .fact(say!("{name} at {resolver}", name = state.host(), resolver), address.to_string())
            .value("address", address.to_string())
            .value("resolver", resolver);
        if state.outcome(Stage::Tcp).is_some_and(Outcome::is_through) {
            draft = draft.severity(Severity::Major);
        }
        draft.finish()
    });
    once_per_title(found)
}

/// What a resolver that serves the public says of a candidate's host, where that is a private address.
fn private_answer(state: &CandidateState) -> Option<(&DnsAnswer, IpAddr)> {
    state.dns().find_map(|answer| {
        let public = is_public_server(answer);
        let about_host = answer.question.name == state.host() && public;
        let private = answer.addresses().into_iter().find(|address| case::is_private(*address));
        private.filter(|_| about_host).map(|address| (answer, address))
    })
}

/// Whether the public is sent to private addresses of this host, and so are we: that nothing comes back from there is
/// then no firewall's doing.
pub(in crate::finding) fn leads_inside(case: &Case, state: &CandidateState) -> bool {
    let told = |other: &CandidateState| other.host() == state.host() && private_answer(other).is_some();
    case::addresses(state).into_iter().all(case::is_private) && case.model.candidates.iter().any(told)
}

/// Whether the public can ask this server. One that was reached by a name over TLS is taken for public unless its address
/// says otherwise.
fn is_public_server(answer: &DnsAnswer) -> bool {
    match answer.responder_address() {
        Some(address) => !case::is_private(address),
        None => {
            answer.responder.as_deref().is_some_and(|text| text.starts_with("https://") || text.starts_with("tls://"))
        }
    }
}
