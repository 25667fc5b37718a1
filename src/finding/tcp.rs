//! Rules about connections.

use super::{
    Certainty, Finding, Severity,
    case::{self, Case},
    dns,
    draft::Draft,
    scp, values,
};
use crate::{
    event::{Candidate, Cause, Origin, Stage, TcpConnect, TcpResult},
    model::CandidateState,
};
use std::net::IpAddr;

/// Seconds that Outlook waits by default (KB3211279, registry value `Timeout`).
const DEFAULT_TIMEOUT_SECONDS: u32 = 25;

/// The website's address swallows Outlook's question.
pub(super) fn root_drops(case: &Case) -> Vec<Finding> {
    let Some(state) = case.failed_with(Stage::Tcp, &[Cause::TcpTimeout]).into_iter().find(|state| is_root(state))
    else {
        return Vec::new();
    };
    let certainty = if case.has_answer() { Certainty::Proven } else { Certainty::Likely };
    let waited = case.step(&state.candidate.id).map_or(0, |step| step.waits_seconds);
    let waited = if waited == 0 { DEFAULT_TIMEOUT_SECONDS } else { waited };
    connect_facts(Draft::new(case, "root-domain-drop-slow", certainty, Some(state)).dns_facts(state), state)
        .stage(Stage::Tcp)
        .value("seconds", waited.to_string())
        .found()
}

fn is_root(state: &CandidateState) -> bool {
    state.candidate.origin == Origin::Root
}

/// Port 443 of a host that matters gives no answer at all.
pub(super) fn filtered(case: &Case) -> Vec<Finding> {
    let states = case.failed_with(Stage::Tcp, &[Cause::TcpTimeout]);
    let meant = |state: &&CandidateState| {
        let Candidate { origin, port, .. } = state.candidate;
        let beside = port == 80 || origin == Origin::Srv && port != 443;
        // Where the server is known to be gone there is no way to open.
        !is_root(state) && !beside && !dns::leads_inside(case, state) && !scp::is_gone(case, state)
    };
    let found = states.into_iter().filter(meant).filter_map(|state| {
        connect_facts(Draft::new(case, "port-443-filtered", Certainty::Likely, Some(state)).dns_facts(state), state)
            .stage(Stage::Tcp)
            .finish()
    });
    found.collect()
}

/// The host closes 443, so that only a redirect on port 80 could help, and port 80 does not give one.
pub(super) fn port80_closed(case: &Case) -> Vec<Finding> {
    let (Some(secure), Some(plain)) = (case.first_of(Origin::Autodiscover), case.first_of(Origin::Redirect)) else {
        return Vec::new();
    };
    if case.has_answer() || case::cause(secure, Stage::Tcp) != Some(Cause::TcpRefused) || !case.concerns(plain) {
        return Vec::new();
    }
    let words = match (case::cause(plain, Stage::Tcp), case::cause(plain, Stage::Http)) {
        (Some(Cause::TcpRefused), _) => say!("is refused too"),
        (Some(Cause::TcpTimeout), _) => say!("gives no answer"),
        (_, Some(Cause::HttpNoRedirect)) => say!("answers, but not with a redirect"),
        _ => return Vec::new(),
    };
    // A name that is an alias of another organisation's host was meant for its redirect.
    let own = case::organisation(case.domain());
    let aliases = case::aliases(secure);
    let meant = aliases.iter().any(|alias| case::organisation(alias) != own);
    // With mail in Microsoft 365 it is the alias that has to change, and not what stands at its end.
    if case.is_mail_at_microsoft() && !aliases.iter().any(|alias| case::is_microsoft(alias)) {
        return Vec::new();
    }
    let certainty = if meant { Certainty::Likely } else { Certainty::Possible };
    let draft = Draft::new(case, "port80-closed-redirect-needed", certainty, Some(plain)).and(secure).dns_facts(secure);
    connect_facts(connect_facts(draft, secure), plain).stage(Stage::Tcp).value("port80", words).found()
}

/// One of several addresses fails.
pub(super) fn dead_addresses(case: &Case) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for state in case.concerned() {
        let known = |finding: &Finding| finding.title.contains(state.host());
        if state.host().is_empty() || findings.iter().any(known) {
            continue;
        }
        findings.extend(dead_address(case, state));
    }
    findings
}

fn dead_address(case: &Case, state: &CandidateState) -> Option<Finding> {
    let attempts: Vec<&TcpConnect> = state.tcp().collect();
    let alive: Vec<&TcpConnect> = attempts.iter().copied().filter(|attempt| works(state, attempt)).collect();
    // A website that refuses Outlook's question is passed over at once, which is as it should be.
    let website = is_root(state) && !case.is_exchange(state);
    let dead = attempts.iter().copied().find(|attempt| {
        let passed_over = website && attempt.result == TcpResult::Refused;
        // "Unreachable" says something about this network, not about the server.
        let about_here = matches!(attempt.result, TcpResult::Unreachable | TcpResult::Denied | TcpResult::Failed);
        !(works(state, attempt) || passed_over || about_here)
    })?;
    let living = alive.first()?;
    let same_family = alive.iter().any(|attempt| attempt.address.is_ipv6() == dead.address.is_ipv6());
    let (id, certainty) = if same_family {
        ("multiple-a-records-one-dead", Certainty::Proven)
    } else if dead.address.is_ipv6() {
        ("ipv6-address-dead", if reaches_ipv6(case) { Certainty::Proven } else { Certainty::Likely })
    } else {
        return None;
    };
    let draft = Draft::new(case, id, certainty, Some(state)).stage(Stage::Tcp);
    connect_facts(draft, state)
        .value("dead_address", dead.address.ip().to_string())
        .value("live_address", living.address.ip().to_string())
        .value("record_type", if dead.address.is_ipv6() { "AAAA" } else { "A" })
        .severity(Severity::Major)
        .finish()
}

/// Whether an address connects, and its certificate holds where another address's does.
fn works(state: &CandidateState, attempt: &TcpConnect) -> bool {
    let holds = |address: IpAddr| {
        state
            .handshakes()
            .filter(|handshake| handshake.address.ip() == address && handshake.server_name.is_some())
            .find_map(|handshake| handshake.checks.as_ref().map(|checks| checks.all_hold()))
    };
    let some_hold = state.tcp().any(|other| holds(other.address.ip()) == Some(true));
    attempt.result == TcpResult::Connected && !(some_hold && holds(attempt.address.ip()) == Some(false))
}

/// Whether this machine reached anything over IPv6.
fn reaches_ipv6(case: &Case) -> bool {
    let attempts = case.model.candidates.iter().flat_map(CandidateState::tcp);
    attempts.into_iter().any(|attempt| attempt.address.is_ipv6() && attempt.result == TcpResult::Connected)
}

fn connect_facts(mut draft: Draft, state: &CandidateState) -> Draft {
    for attempt in state.tcp() {
        let words = match attempt.result {
            TcpResult::Connected => say!("connected"),
            TcpResult::Denied => say!("denied by this machine"),
            TcpResult::Failed => say!("failed on this machine"),
            TcpResult::Refused => say!("refused"),
            TcpResult::Reset => say!("reset"),
            TcpResult::TimedOut => say!("no answer"),
            TcpResult::Unreachable => say!("no route"),
        };
        draft = draft.fact(
            attempt.address.to_string(),
            say!("{words} after {count} ms", words, count = attempt.elapsed_us / 1000),
        );
    }
    let tried = state.tcp().next().map(|attempt| attempt.address.ip());
    let address = case::addresses(state).first().copied().or(tried);
    draft.value("address", address.map_or_else(|| values::gap(say!("address")), |address| address.to_string()))
}
