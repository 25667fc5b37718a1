//! What assumptions do to a model.

use super::Assumption;
use crate::{
    certificate,
    event::{
        Blocker, Cause, Checks, DateReason, DnsAnswer, DnsData, DnsStatus, Evidence, HandshakePurpose, HttpExchange,
        HttpPurpose, NameReason, Origin, Outcome, Purpose, Stage, Standing, TcpResult, TlsHandshake, TrustReason, View,
    },
    model::{CandidateState, Model, StageState},
    plan,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

/// The model as it would be. Servers change before records, because a record may lead to a changed server; names that
/// get a record are settled before names that lose theirs, because a text record keeps a wildcard away.
pub fn assume(model: &Model, assumptions: &[Assumption]) -> Model {
    let mut assumed = model.clone();
    for assumption in assumptions {
        match assumption {
            Assumption::ClockRight => clock_right(&mut assumed),
            Assumption::ResolverTruthful => resolver_truthful(&mut assumed),
            _ => of_server(&mut assumed, assumption),
        }
    }
    // What the names may lead to: the servers as they would be, before any name changes.
    let servers = assumed.clone();
    let is_removed = |name: &str| {
        assumptions.iter().any(|other| matches!(other, Assumption::Removed { name: gone } if gone == name))
    };
    let is_added = |name: &str| {
        assumptions.iter().any(|other| matches!(other, Assumption::Added { name: new, .. } if new == name))
    };
    for assumption in assumptions {
        match assumption {
            Assumption::Added { name, data } => added(&mut assumed, &servers, name, data, is_removed(name)),
            Assumption::Directory { url } => directory(&mut assumed, &servers, url),
            Assumption::Removed { name } if !is_added(name) => removed(&mut assumed, &servers, name),
            _ => {}
        }
    }
    assumed
}

fn of_server(model: &mut Model, assumption: &Assumption) {
    for state in &mut model.candidates {
        match assumption {
            Assumption::Listed { host } if state.host() == host => amend_checks(state, list),
            Assumption::Sound { host } if state.host() == host => amend_checks(state, repair),
            Assumption::Trusted { host } if state.host() == host => amend_checks(state, trust),
            Assumption::Encrypted { host } if state.host() == host => encrypted(state),
            Assumption::Refused { host, port } if state.host() == host && state.candidate.port == *port => {
                fail(state, Stage::Tcp, Cause::TcpRefused, Blocker::Tcp);
            }
            Assumption::Answers { host } if state.host() == host && is_https(state) => answers(state),
            Assumption::Missing { host } if state.host() == host && state.outcome(Stage::Http).is_some() => {
                fail(state, Stage::Http, Cause::HttpNotFound, Blocker::Http);
            }
            Assumption::SwitchedOff { origin } if state.candidate.origin == *origin => {
                state.candidate.standing = Standing::LeftOut;
                state.stages.clear();
            }
            _ => {}
        }
    }
}

/// A name without a record of its own: gone, or served by the wildcard where the zone has one.
fn removed(model: &mut Model, servers: &Model, name: &str) {
    if let Some(zone) = name.strip_prefix("*.") {
        return wildcard_removed(model, zone);
    }
    let service = service_name(model);
    let wildcard = wildcard_addresses(model, name);
    for index in 0..model.candidates.len() {
        let Some(state) = model.candidates.get(index) else { return };
        let is_service = state.candidate.origin == Origin::Srv && name == service;
        if state.candidate.standing != Standing::Probed || (state.host() != name && !is_service) {
            continue;
        }
        let of_service = state.candidate.origin == Origin::Srv && !is_service;
        let addresses: BTreeSet<IpAddr> = addresses(state).collect();
        let next = match &wildcard {
            Some(_) if is_service => Next::Gone,
            // The wildcard serves the name already.
            Some(served) if *served == addresses => continue,
            Some(served) => Next::Served(served.clone()),
            None => Next::Gone,
        };
        match next {
            Next::Gone => {
                let cause = if of_service { Cause::DnsSrvTargetMissing } else { Cause::DnsNoSuchName };
                if let Some(state) = model.candidates.get_mut(index) {
                    fail(state, Stage::Dns, cause, Blocker::Dns);
                }
            }
            Next::Served(addresses) => connect(model, servers, index, &|_| false, &addresses),
        }
    }
}

/// Every name that only the wildcard served is gone.
fn wildcard_removed(model: &mut Model, zone: &str) {
    for index in 0..model.candidates.len() {
        let Some(state) = model.candidates.get(index) else { return };
        let beside = state.host().split_once('.').is_some_and(|(_, rest)| rest == zone);
        if beside
            && serves_by_wildcard(model, state)
            && let Some(state) = model.candidates.get_mut(index)
        {
            fail(state, Stage::Dns, Cause::DnsNoSuchName, Blocker::Dns);
        }
    }
}

/// Every name that the resolver invented is gone.
fn resolver_truthful(model: &mut Model) {
    let invented: Vec<bool> = model.candidates.iter().map(|state| serves_by_wildcard(model, state)).collect();
    for (state, _) in model.candidates.iter_mut().zip(invented).filter(|(_, invented)| *invented) {
        fail(state, Stage::Dns, Cause::DnsNoSuchName, Blocker::Dns);
    }
}

/// What becomes of a name that loses its record.
enum Next {
    /// It does not exist.
    Gone,
    /// These addresses serve it.
    Served(BTreeSet<IpAddr>),
}

/// A name with a new record. One of another type takes the name out of a wildcard (RFC 4592, 2.2.1), and is all that is
/// left where the old records go.
fn added(model: &mut Model, servers: &Model, name: &str, data: &DnsData, alone: bool) {
    let service = service_name(model);
    for index in 0..model.candidates.len() {
        let Some(state) = model.candidates.get(index) else { return };
        if state.candidate.standing != Standing::Probed || is_there(state, &service, name, data) {
            continue;
        }
        match data {
            DnsData::Srv { port, target, .. } if state.candidate.origin == Origin::Srv && name == service => {
                locate(model, index, target, *port);
                lead(model, servers, index, target);
            }
            DnsData::Cname { target } if state.host() == name => lead(model, servers, index, target),
            DnsData::A { address } if state.host() == name => {
                connect(model, servers, index, &|_| false, &BTreeSet::from([IpAddr::from(*address)]));
            }
            DnsData::Aaaa { address } if state.host() == name => {
                connect(model, servers, index, &|_| false, &BTreeSet::from([IpAddr::from(*address)]));
            }
            DnsData::Txt { .. } if state.host() == name && (alone || serves_by_wildcard(model, state)) => {
                if let Some(state) = model.candidates.get_mut(index) {
                    fail(state, Stage::Dns, Cause::DnsNoData, Blocker::Dns);
                }
            }
            _ => {}
        }
    }
}

/// One service connection point is left, and it holds this URL.
fn directory(model: &mut Model, servers: &Model, url: &url::Url) {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.').to_owned();
    let points =
        |state: &CandidateState| state.candidate.origin == Origin::Scp && state.candidate.standing == Standing::Probed;
    let Some(first) = model.candidates.iter().position(points) else { return };
    for state in model.candidates.iter_mut().skip(first + 1).filter(|state| points(state)) {
        state.candidate.standing = Standing::Absent;
        state.stages.clear();
    }
    let Some(state) = model.candidates.get_mut(first) else { return };
    if state.host() == host && state.candidate.url.as_deref().is_some_and(|known| known == url.as_str()) {
        return;
    }
    state.candidate.url = Some(url.to_string());
    state.candidate.host = Some(host.clone());
    state.candidate.port = url.port_or_known_default().unwrap_or(443);
    lead(model, servers, first, &host);
}

/// Whether the run saw this very record already.
fn is_there(state: &CandidateState, service: &str, name: &str, data: &DnsData) -> bool {
    match data {
        DnsData::Srv { port, target, .. } => name == service && state.host() == target && state.candidate.port == *port,
        DnsData::Txt { .. } => false,
        data => {
            state.host() == name && state.dns().flat_map(|answer| &answer.records).any(|record| record.data == *data)
        }
    }
}

/// The SRV record's place.
fn locate(model: &mut Model, index: usize, target: &str, port: u16) {
    let Some(state) = model.candidates.get_mut(index) else { return };
    let authority = if port == 443 { target.to_owned() } else { format!("{target}:{port}") };
    state.candidate.url = Some(format!("https://{authority}{}", plan::PATH));
    state.candidate.host = Some(target.to_owned());
    state.candidate.port = port;
}

/// The candidate's host leads to another name.
fn lead(model: &mut Model, servers: &Model, index: usize, target: &str) {
    let known = servers.candidates.iter().flat_map(CandidateState::dns).chain(facts(servers));
    let named = known.filter(|answer| answer.question.name == target && answer.view == View::System);
    let addresses = named.flat_map(DnsAnswer::addresses).collect();
    let same_host = |state: &CandidateState| state.host() == target;
    connect(model, servers, index, &same_host, &addresses);
}

/// The candidate gets what another candidate got from the same server and port: the one that fits, or one that has one
/// of the addresses. Its certificate is judged for this candidate's own name. Where none is known the rest is open.
fn connect(
    model: &mut Model,
    servers: &Model,
    index: usize,
    fits: &dyn Fn(&CandidateState) -> bool,
    addresses: &BTreeSet<IpAddr>,
) {
    let Some(state) = model.candidates.get(index) else { return };
    let port = state.candidate.port;
    let measured = |other: &&CandidateState| {
        other.candidate.id != state.candidate.id && other.candidate.port == port && other.outcome(Stage::Tcp).is_some()
    };
    let by_address = |other: &&CandidateState| self::addresses(other).any(|address| addresses.contains(&address));
    let others = || servers.candidates.iter().filter(measured);
    let donor = others().find(|other| fits(other)).or_else(|| others().find(by_address)).cloned();
    let host = state.host().to_owned();
    let Some(state) = model.candidates.get_mut(index) else { return };
    state.redirect = None;
    state.stages.clear();
    state.stages.insert(Stage::Dns, ended(Outcome::Passed));
    let Some(donor) = donor else { return };
    state.stages.extend(donor_stages(&donor));
    if let Some(tls) = state.stages.get_mut(&Stage::Tls) {
        judge_name(tls, &host);
    }
}

/// The stages behind name resolution of another candidate, as far as they would be the same: what a redirect led to is
/// not followed again.
fn donor_stages(donor: &CandidateState) -> BTreeMap<Stage, StageState> {
    let path = |url: &str| url::Url::parse(url).is_ok_and(|url| url.path().eq_ignore_ascii_case(plan::PATH));
    let same_request = donor.candidate.url.as_deref().is_some_and(path) && donor.redirect.is_none();
    let last = if same_request { Stage::Xml } else { Stage::Tls };
    let stages = donor.stages.range(Stage::Tcp..=last);
    stages.map(|(stage, state)| (*stage, StageState { assumed: true, ..state.clone() })).collect()
}

/// Judges the handshake for another name.
fn judge_name(tls: &mut StageState, host: &str) {
    amend(tls, |handshake| {
        let leaf = handshake.chain.first().cloned();
        if let (Some(leaf), Some(checks)) = (leaf, &mut handshake.checks) {
            checks.name_matches = certificate::name_check(host, &leaf);
        }
    });
}

/// Makes something right about the certificate.
fn amend_checks(state: &mut CandidateState, right: fn(&mut Checks)) {
    let Some(tls) = state.stages.get_mut(&Stage::Tls) else { return };
    amend(tls, |handshake| {
        if let Some(checks) = &mut handshake.checks {
            right(checks);
        }
    });
}

fn list(checks: &mut Checks) {
    checks.name_matches.ok = true;
    checks.name_matches.reason = NameReason::Listed;
    checks.name_matches.matched = Some(checks.name_matches.asked.clone());
}

fn trust(checks: &mut Checks) {
    checks.trusted.ok = true;
    checks.trusted.reason = TrustReason::Trusted;
}

fn repair(checks: &mut Checks) {
    trust(checks);
    checks.in_date.ok = true;
    checks.in_date.reason = DateReason::Valid;
    checks.usable.ok = true;
    checks.usable.problems.clear();
}

/// Judges every certificate at the time that a server states in its answer (HTTP Date), one over TLS before others; no
/// server's word, no change.
fn clock_right(model: &mut Model) {
    let exchanges = model.candidates.iter().flat_map(CandidateState::evidence).filter_map(|evidence| match evidence {
        Evidence::Http(exchange) => Some(exchange),
        _ => None,
    });
    let dated = exchanges.filter_map(|exchange| {
        let date = jiff::fmt::rfc2822::parse(exchange.header("date")?).ok()?;
        Some((!exchange.url.starts_with("https:"), date.timestamp()))
    });
    let Some((_, now)) = dated.min_by_key(|(in_clear, _)| *in_clear) else { return };
    model.started = Some(now);
    for tls in model.candidates.iter_mut().filter_map(|state| state.stages.get_mut(&Stage::Tls)) {
        amend(tls, |handshake| {
            let leaf = handshake.chain.first().cloned();
            if let (Some(leaf), Some(checks)) = (leaf, &mut handshake.checks) {
                checks.in_date = certificate::date_check(now, &leaf);
            }
        });
    }
}

/// Changes the handshakes that the verdict reads, and draws the outcome from their checks again. A handshake that
/// failed for another reason than its certificate keeps its outcome.
fn amend(tls: &mut StageState, change: impl Fn(&mut TlsHandshake)) {
    let mut outcome = None;
    for evidence in &mut tls.evidence {
        let Evidence::Tls(handshake) = evidence else { continue };
        if !matches!(handshake.purpose, HandshakePurpose::Probe | HandshakePurpose::ClearText) {
            continue;
        }
        change(handshake);
        if handshake.purpose == HandshakePurpose::Probe && handshake.failure.is_none() && outcome.is_none() {
            outcome = handshake.checks.as_ref().map(|checks| checks.outcome());
        }
    }
    tls.assumed = true;
    if let Some(outcome) = outcome {
        tls.outcome = Some(outcome);
    }
}

/// How the handshake ends as far as the certificate goes, of which the server may have shown one in clear only; open
/// where it showed none.
fn certificate_outcome(state: &CandidateState) -> Option<Outcome> {
    let seen = [state.handshake(), state.clear_text()].into_iter().flatten();
    seen.filter_map(|handshake| handshake.checks.as_ref()).map(Checks::outcome).next()
}

/// The handshake succeeds, and the certificate is what is left to judge. What stands behind is known only where another
/// library asked.
fn encrypted(state: &mut CandidateState) {
    let refused = [
        Cause::TlsHandshakeRefused,
        Cause::TlsVersion,
        Cause::TlsClosed,
        Cause::TlsReset,
        Cause::TlsTimeout,
        Cause::TlsMalformed,
        Cause::TlsNotTls,
    ];
    if !matches!(state.outcome(Stage::Tls), Some(Outcome::Failed { cause }) if refused.contains(&cause)) {
        return;
    }
    let outcome = certificate_outcome(state);
    let asked =
        matches!(state.outcome(Stage::Http), Some(Outcome::Passed | Outcome::Warned { .. } | Outcome::Failed { .. }));
    let tls = state.stages.entry(Stage::Tls).or_default();
    (tls.outcome, tls.assumed) = (outcome, true);
    if !asked {
        state.stages.retain(|stage, _| *stage <= Stage::Tls);
    }
}

fn is_https(state: &CandidateState) -> bool {
    state.candidate.url.as_deref().is_none_or(|url| !url.starts_with("http:"))
}

/// The server asks for a password, as Exchange does; a fault of its certificate stays.
fn answers(state: &mut CandidateState) {
    if state.candidate.standing != Standing::Probed {
        return;
    }
    for stage in [Stage::Dns, Stage::Tcp] {
        if state.outcome(stage).is_none_or(|outcome| !outcome.is_through()) {
            state.stages.insert(stage, ended(Outcome::Passed));
        }
    }
    let certificate = certificate_outcome(state);
    let tls = state.stages.entry(Stage::Tls).or_default();
    if tls.outcome.is_none_or(|outcome| !outcome.is_through()) {
        (tls.outcome, tls.assumed) = (certificate, true);
    }
    let exchange = state.exchange().cloned().or_else(|| request(state));
    let http = state.stages.entry(Stage::Http).or_default();
    (http.outcome, http.assumed) = (Some(Outcome::Passed), true);
    let is_other =
        |evidence: &Evidence| !matches!(evidence, Evidence::Http(exchange) if exchange.purpose == HttpPurpose::Probe);
    http.evidence.retain(is_other);
    if let Some(exchange) = exchange {
        let answered = HttpExchange {
            status: Some(401),
            exchange: true,
            failure: None,
            client_certificate: None,
            body: None,
            ..exchange
        };
        http.evidence.push(Evidence::Http(Box::new(answered)));
    }
    state.redirect = None;
    state.stages.insert(Stage::Xml, ended(Outcome::Skipped { blocker: Blocker::Password }));
}

/// The request that was never sent, where a connection shows where it would have gone.
fn request(state: &CandidateState) -> Option<HttpExchange> {
    Some(HttpExchange {
        url: state.candidate.url.clone()?,
        method: "POST".to_owned(),
        purpose: HttpPurpose::Probe,
        address: state.tcp().find(|connect| connect.result == TcpResult::Connected)?.address,
        verified: certificate_outcome(state).is_some_and(Outcome::is_through),
        library: None,
        client_certificate: None,
        status: None,
        reason: String::new(),
        headers: Vec::new(),
        body: None,
        schemes: Vec::new(),
        exchange: false,
        failure: None,
        elapsed_us: 0,
    })
}

/// A stage fails, and what lies behind it is not run.
fn fail(state: &mut CandidateState, stage: Stage, cause: Cause, blocker: Blocker) {
    state.redirect = None;
    state.stages.retain(|known, _| *known < stage);
    state.stages.insert(stage, ended(Outcome::Failed { cause }));
    for later in Stage::PROBED.into_iter().filter(|later| *later > stage) {
        state.stages.insert(later, ended(Outcome::Skipped { blocker }));
    }
}

fn ended(outcome: Outcome) -> StageState {
    StageState { outcome: Some(outcome), assumed: true, ..StageState::default() }
}

fn service_name(model: &Model) -> String {
    format!("_autodiscover._tcp.{}", model.domain())
}

fn facts(model: &Model) -> impl Iterator<Item = &DnsAnswer> {
    model.facts.iter().filter_map(|evidence| match evidence {
        Evidence::Dns(answer) => Some(answer),
        _ => None,
    })
}

fn addresses(state: &CandidateState) -> impl Iterator<Item = IpAddr> {
    let lookups = state.dns().filter(|answer| answer.purpose == Purpose::Lookup && answer.view == View::System);
    lookups.flat_map(DnsAnswer::addresses)
}

/// Addresses that a wildcard gives out beside a name; none where made-up names do not exist.
fn wildcard_addresses(model: &Model, name: &str) -> Option<BTreeSet<IpAddr>> {
    let beside =
        |other: &str| other.split_once('.').map(|(_, zone)| zone) == name.split_once('.').map(|(_, zone)| zone);
    let canaries = model.dns_facts(Purpose::WildcardCanary);
    let answered = canaries.filter(|answer| {
        answer.view == View::System && answer.status == DnsStatus::Answered && beside(&answer.question.name)
    });
    let addresses: BTreeSet<IpAddr> = answered.flat_map(DnsAnswer::addresses).collect();
    (!addresses.is_empty()).then_some(addresses)
}

fn serves_by_wildcard(model: &Model, state: &CandidateState) -> bool {
    let own: BTreeSet<IpAddr> = addresses(state).collect();
    wildcard_addresses(model, state.host()).is_some_and(|served| served == own)
}
