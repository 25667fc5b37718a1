//! Rules about what Active Directory and the settings name.

use super::{
    Certainty, Finding, Severity,
    case::{self, Case},
    draft::Draft,
};
use crate::{
    event::{Cause, Origin, Outcome, Stage, TrustStore},
    model::CandidateState,
};

/// Most days before the end at which the renewal of a certificate is near.
const RENEWAL_DAYS: i64 = 60;

/// A URL of SCP or settings holds a name that no public authority certifies.
pub(super) fn internal_name(case: &Case) -> Vec<Finding> {
    let named = |state: &&CandidateState| {
        matches!(state.candidate.origin, Origin::Scp | Origin::Service) && case::is_internal(state.host())
    };
    let found = case.concerned().into_iter().filter(named).filter_map(|state| {
        let checks = state.handshake()?.checks.as_ref()?;
        let public = checks.trusted.stores.iter().any(|verdict| verdict.store == TrustStore::PublicRoots && verdict.ok);
        let renewal = public && checks.in_date.days_left < RENEWAL_DAYS;
        let failed = !checks.name_matches.ok || !checks.trusted.ok;
        let draft = Draft::new(case, "internal-name-on-public-cert-impossible", Certainty::Proven, Some(state));
        let draft = draft.stage(Stage::Tls).fact("URL", state.candidate.url.clone().unwrap_or_default());
        if failed || renewal { draft.finish() } else { None }
    });
    found.collect()
}

/// Mail is in Microsoft 365, and Active Directory still names a server that is gone (KB3137323).
pub(super) fn stale(case: &Case) -> Vec<Finding> {
    let scps = case.model.of_origin(Origin::Scp).filter(|state| is_gone(case, state));
    let found = scps.filter_map(|state| {
        let signs = super::dns::microsoft_signs(case);
        let draft = Draft::new(case, "scp-stale-after-migration", Certainty::Likely, Some(state));
        // A client that asks Microsoft first never meets it; older ones do.
        let draft = if case.concerns(state) { draft } else { draft.severity(Severity::Minor) };
        draft
            .fact(say!("URL in Active Directory"), state.candidate.url.clone().unwrap_or_default())
            .dns_facts(state)
            .fact(say!("mail"), signs.clone())
            .value("signs", signs)
            .finish()
    });
    found.collect()
}

/// Whether an SCP's server is not there any more while mail is at Microsoft.
pub(super) fn is_gone(case: &Case, state: &CandidateState) -> bool {
    let dead = [Cause::TcpRefused, Cause::TcpReset, Cause::TcpUnreachable, Cause::TcpTimeout];
    let no_connection = case::cause(state, Stage::Tcp).is_some_and(|cause| dead.contains(&cause));
    state.candidate.origin == Origin::Scp && case.is_mail_at_microsoft() && (case::is_absent(state) || no_connection)
}

/// The host of an SCP does not lead to Exchange.
pub(super) fn wrong_server(case: &Case) -> Vec<Finding> {
    let scps = case.concerned().into_iter().filter(|state| state.candidate.origin == Origin::Scp);
    let scps = scps.filter(|state| !is_gone(case, state));
    let found = scps.filter_map(|state| {
        let certainty = nothing_there(case, state)?;
        let mut draft = Draft::new(case, "scp-host-resolves-to-wrong-server", certainty, Some(state)).dns_facts(state);
        draft = draft.fact(say!("URL in Active Directory"), state.candidate.url.clone().unwrap_or_default());
        for attempt in state.tcp() {
            let words = format!("{:?}", attempt.result).to_lowercase();
            draft = draft.fact(attempt.address.to_string(), words);
        }
        match state.exchange() {
            Some(exchange) => draft.stage(Stage::Http).http_facts(exchange).finish(),
            None => draft.finish(),
        }
    });
    found.collect()
}

/// How sure it is that no Exchange is there; none when there is one, or another case explains the failure.
fn nothing_there(case: &Case, state: &CandidateState) -> Option<Certainty> {
    if case.is_exchange(state) || lacks_path(state) {
        return None;
    }
    if case::is_absent(state) {
        return Some(Certainty::Proven);
    }
    let refused = [Cause::TcpRefused, Cause::TcpReset, Cause::TcpUnreachable];
    if case::cause(state, Stage::Tcp).is_some_and(|cause| refused.contains(&cause)) {
        return Some(Certainty::Likely);
    }
    let foreign = [Cause::HttpNotFound, Cause::HttpMethodNotAllowed, Cause::XmlHtml, Cause::HttpOtherStatus];
    let ended = [Stage::Http, Stage::Xml].into_iter().find_map(|stage| match state.outcome(stage) {
        Some(Outcome::Failed { cause }) => Some(cause),
        _ => None,
    });
    (case::holds(state) && ended.is_some_and(|cause| foreign.contains(&cause))).then_some(Certainty::Likely)
}

/// A URL that was handed out lacks the path to its service.
pub(super) fn missing_path(case: &Case) -> Vec<Finding> {
    let states = case.concerned().into_iter();
    let named = states.filter(|state| matches!(state.candidate.origin, Origin::Scp | Origin::Service));
    let found = named.filter(|state| lacks_path(state)).filter_map(|state| {
        let url = state.candidate.url.clone().unwrap_or_default();
        let service = state.candidate.origin == Origin::Service;
        let draft = Draft::new(case, "service-url-missing-path", Certainty::Proven, Some(state));
        let draft = draft.stage(Stage::Http).fact("URL", url);
        let draft = if service { draft.severity(Severity::Major).first("service-urls") } else { draft };
        match state.exchange() {
            Some(exchange) => draft.http_facts(exchange).finish(),
            None => draft.finish(),
        }
    });
    found.collect()
}

/// Whether an SCP's or a service's URL fails and does not lead to a service: only the host, or another path.
fn lacks_path(state: &CandidateState) -> bool {
    let url = state.candidate.url.as_deref().unwrap_or("").to_ascii_lowercase();
    let path = url.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
    let path = path.split(['?', '#']).next().unwrap_or("").trim_end_matches('/');
    let refused = matches!(case::cause(state, Stage::Http), Some(Cause::HttpNotFound | Cause::HttpForbidden))
        || case::cause(state, Stage::Xml) == Some(Cause::XmlHtml);
    let right = match state.candidate.origin {
        Origin::Scp => path.ends_with("autodiscover/autodiscover.xml"),
        _ => !path.is_empty(),
    };
    refused && !right
}
