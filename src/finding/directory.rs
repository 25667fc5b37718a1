//! Rules about what Active Directory holds, where it was asked or an export of it was given.

use super::{
    Certainty, Finding, Severity,
    case::{self, Case},
    draft::Draft,
};
use crate::{
    directory::{self, VALUE_LIMIT},
    event::{ConnectionPoint, DirectoryAnswer, DirectoryPurpose, Origin, PointSource, SitePreference, Stage},
    model::CandidateState,
    walk::Role,
};

/// Entry without which tools of a hybrid organisation do not follow redirects to Microsoft (KB3115825).
const MICROSOFT_HOSTS: &str = "*.outlook.com";

/// The lookup where this client gets there.
fn lookup<'a>(case: &Case<'a>) -> Option<&'a CandidateState> {
    let looked = |state: &&CandidateState| state.candidate.url.is_none() && state.directories().next().is_some();
    let state = case.model.of_origin(Origin::Scp).find(looked)?;
    case.step(&state.candidate.id).filter(|step| step.reached).map(|_| state)
}

/// What the client goes by: the directory to which the last pointer led, or the first that was read, or the export.
fn decisive(state: &CandidateState) -> Option<&DirectoryAnswer> {
    let of = |purpose| state.directories().filter(move |answer| answer.purpose == purpose && answer.is_complete());
    let led = of(DirectoryPurpose::Pointer).last();
    led.or_else(|| of(DirectoryPurpose::Client).next()).or_else(|| of(DirectoryPurpose::File).next())
}

/// Candidates that the entries opened.
fn opened<'a>(case: &Case<'a>, by: &CandidateState) -> Vec<(&'a CandidateState, &'a PointSource)> {
    let states = case.model.of_origin(Origin::Scp);
    let states = states.filter(|state| state.candidate.opened_by.as_ref() == Some(&by.candidate.id));
    states.filter_map(|state| Some((state, state.candidate.point.as_ref()?))).collect()
}

fn url(state: &CandidateState) -> String {
    state.candidate.url.clone().unwrap_or_default()
}

/// Domain controllers of one forest hold different entries.
pub(super) fn not_replicated(case: &Case) -> Vec<Finding> {
    let Some(state) = lookup(case) else { return Vec::new() };
    let of = |purpose| state.directories().filter(move |answer| answer.purpose == purpose && answer.is_complete());
    let Some(client) = of(DirectoryPurpose::Client).next() else { return Vec::new() };
    let forest = |answer: &DirectoryAnswer| answer.root.as_ref().and_then(|root| root.configuration.clone());
    // Two forests have nothing to replicate to each other.
    let same = of(DirectoryPurpose::Comparison).filter(|other| forest(other) == forest(client));
    let mut draft = Draft::new(case, "scp-change-not-replicated", Certainty::Proven, Some(state)).stage(Stage::Ldap);
    let mut differ = false;
    for other in same {
        for difference in directory::differences(client, other) {
            differ = true;
            draft = draft
                .fact(say!("{name} at {who}", name = difference.server, who = client.source), difference.here)
                .fact(say!("{name} at {who}", name = difference.server, who = other.source), difference.there);
        }
    }
    if differ { draft.found() } else { Vec::new() }
}

/// No entry is meant for the site of this PC.
pub(super) fn wrong_site(case: &Case) -> Vec<Finding> {
    let Some(state) = lookup(case) else { return Vec::new() };
    let opened = opened(case, state);
    let site = decisive(state).and_then(|answer| answer.site.clone());
    let (Some(site), Some((first, _))) = (site, opened.first()) else { return Vec::new() };
    if opened.iter().any(|(_, point)| point.preference != SitePreference::Other) {
        return Vec::new();
    }
    let mut draft = Draft::new(case, "scp-wrong-site", Certainty::Proven, Some(state)).stage(Stage::Ldap);
    draft = draft.fact(say!("site of this PC"), site);
    for (state, point) in &opened {
        draft = draft.and(state).fact(say!("{server} serves", server = point.server), point.sites.join(", "));
        draft = draft.fact(say!("{server} is asked at", server = point.server), url(state));
    }
    // Another site's server that asks or cannot be reached costs more than time.
    let hurts = matches!(case.role(first), Some(Role::Prompts | Role::Delays));
    if hurts { draft.severity(Severity::Major).found() } else { draft.found() }
}

/// The Exchange of the PC's forest takes no mail for the mail domain.
pub(super) fn other_forest(case: &Case) -> Vec<Finding> {
    let Some(state) = lookup(case) else { return Vec::new() };
    let Some(answer) = decisive(state) else { return Vec::new() };
    let opened = opened(case, state);
    let domains = &answer.accepted_domains;
    // A list that is cut, or that may not be read, says nothing.
    let known = !domains.is_empty() && domains.len() < VALUE_LIMIT;
    if opened.is_empty() || !known || domains.iter().any(|accepted| takes(accepted, case.domain())) {
        return Vec::new();
    }
    let answers = opened.iter().any(|(state, _)| case.is_exchange(state));
    let certainty = if answers { Certainty::Proven } else { Certainty::Likely };
    let forest = answer.root.as_ref().and_then(|root| root.forest.as_deref()).map(directory::dns_name);
    let mut draft = Draft::new(case, "scp-of-other-forest", certainty, Some(state)).stage(Stage::Ldap);
    draft = draft.fact(say!("forest"), forest.unwrap_or_default()).fact(say!("its mail domains"), domains.join(", "));
    draft = draft.fact(say!("mail domain"), case.domain());
    for (state, point) in &opened {
        draft = draft.and(state).fact(say!("{server} leads to", server = point.server), url(state));
    }
    draft.found()
}

/// Whether an accepted domain covers a mail domain: the same, `*` for all, `*.contoso.test` for those below
/// (Exchange, "Accepted domains").
fn takes(accepted: &str, domain: &str) -> bool {
    let (accepted, domain) = (accepted.to_lowercase(), domain.to_lowercase());
    match accepted.strip_prefix("*.") {
        Some(zone) => case::is_under(&domain, zone),
        None => accepted == "*" || accepted == domain,
    }
}

/// A hybrid organisation whose directory lists no hosts of Microsoft as trusted (KB3115825).
pub(super) fn redirects_not_trusted(case: &Case) -> Vec<Finding> {
    let Some(state) = lookup(case) else { return Vec::new() };
    let Some(answer) = decisive(state) else { return Vec::new() };
    let Some(hosts) = &answer.trusted_redirects else { return Vec::new() };
    let has_exchange = answer.points.iter().any(|point: &ConnectionPoint| !point.is_pointer());
    let hybrid = has_exchange && (case.is_mail_at_microsoft() || !case.model.signs.is_empty());
    if !hybrid || hosts.iter().any(|host| host.eq_ignore_ascii_case(MICROSOFT_HOSTS)) {
        return Vec::new();
    }
    // What may not be read looks as if it were not there.
    let certainty = if hosts.is_empty() { Certainty::Likely } else { Certainty::Proven };
    let listed = if hosts.is_empty() { say!("no list was found").to_owned() } else { hosts.join(", ") };
    let draft = Draft::new(case, "scp-trusted-redirect-list-missing", certainty, Some(state)).stage(Stage::Ldap);
    let draft = draft.fact(say!("asked"), answer.source.clone()).fact(say!("trusted for redirects"), listed);
    let draft = draft.fact(say!("mail"), super::dns::microsoft_signs(case));
    if hosts.is_empty() { draft.found() } else { draft.first("add-entry").without(&["prepare-ad"]).found() }
}
