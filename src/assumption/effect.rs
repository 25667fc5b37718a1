//! What assumptions do to a model.

mod directory;
mod pc;
mod redirect;
mod server;

use super::Assumption;
use crate::{
    event::{
        Blocker, Cause, DnsAnswer, DnsData, DnsQuestion, DnsRecord, DnsStatus, Evidence, Origin, Outcome, Purpose,
        RecordType, Stage, Standing, TcpResult, View,
    },
    model::{CandidateState, Model, StageState},
    plan,
};
use server::{ended, fail, judge_name};
use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

/// Time to live of a record as the pages write it, in seconds.
const NEW_TTL: u32 = 3600;

/// The model as it would be. Servers change before records, because a record may lead to a changed server; names that
/// get a record are settled before names that lose theirs, because a text record keeps a wildcard away.
pub fn assume(model: &Model, assumptions: &[Assumption]) -> Model {
    let mut assumed = model.clone();
    for assumption in assumptions {
        match assumption {
            Assumption::ClockRight => server::clock_right(&mut assumed),
            Assumption::ResolverTruthful => resolver_truthful(&mut assumed),
            Assumption::Unset { name } => pc::unset(&mut assumed, name),
            Assumption::NotInHostsFile { host } => pc::not_in_hosts_file(&mut assumed, host),
            Assumption::Allowed { host } => assumed.allowed_redirects.push(host.clone()),
            _ => server::change(&mut assumed, assumption),
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
            Assumption::Directory { url } => directory::holds(&mut assumed, &servers, url),
            Assumption::Vacated { host } => directory::vacated(&mut assumed, host.as_deref()),
            Assumption::Redirected { from, to } => redirect::redirected(&mut assumed, &servers, from, to),
            Assumption::Withdrawn { name, address } => withdrawn(&mut assumed, name, *address),
            Assumption::Services { host } => services(&mut assumed, &servers, host),
            Assumption::Removed { name } if !is_added(name) => removed(&mut assumed, &servers, name),
            _ => {}
        }
    }
    assumed
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

/// A name that loses one of its addresses. Where the client would have used that one, what another answers is not known.
fn withdrawn(model: &mut Model, name: &str, address: IpAddr) {
    for state in model.candidates.iter_mut().filter(|state| state.host() == name) {
        if !addresses(state).any(|known| known == address) {
            continue;
        }
        let used = state
            .handshake()
            .map(|handshake| handshake.address.ip() == address)
            .or_else(|| state.exchange().map(|exchange| exchange.address.ip() == address));
        for known in state.stages.values_mut() {
            known.evidence.retain_mut(|evidence| match evidence {
                Evidence::Dns(answer) => {
                    answer.records.retain(|record| {
                        !matches!(&record.data, DnsData::A { address: gone } if address == *gone)
                            && !matches!(&record.data, DnsData::Aaaa { address: gone } if address == *gone)
                    });
                    true
                }
                Evidence::Tcp(connect) => connect.address.ip() != address,
                Evidence::Tls(handshake) => handshake.address.ip() != address,
                _ => true,
            });
        }
        let connects: Vec<bool> = state.tcp().map(|connect| connect.result == TcpResult::Connected).collect();
        let outcome = match (connects.contains(&true), connects.contains(&false)) {
            (true, true) => Outcome::Warned { cause: Cause::TcpSomeFailed },
            (true, false) => Outcome::Passed,
            // The dead ones that are left end as all of them did.
            (false, true) => continue,
            (false, false) => {
                fail(state, Stage::Dns, Cause::DnsNoData, Blocker::Dns);
                continue;
            }
        };
        let tcp = state.stages.entry(Stage::Tcp).or_default();
        (tcp.outcome, tcp.assumed) = (Some(outcome), true);
        if used == Some(true) {
            state.redirect = None;
            state.stages.retain(|stage, _| *stage <= Stage::Tcp);
        }
    }
}

/// The settings lead to one host with every service.
fn services(model: &mut Model, servers: &Model, host: &str) {
    for index in 0..model.candidates.len() {
        let Some(state) = model.candidates.get_mut(index) else { return };
        if state.candidate.origin != Origin::Service || state.host() == host {
            continue;
        }
        let url = state.candidate.url.as_deref().and_then(|url| url::Url::parse(url).ok());
        let Some(mut url) = url.filter(|url| url.scheme() == "https") else { continue };
        if url.set_host(Some(host)).is_ok() {
            state.candidate.url = Some(url.to_string());
            state.candidate.host = Some(host.to_owned());
            lead(model, servers, index, host);
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
        if state.candidate.standing != Standing::Probed {
            continue;
        }
        if is_there(state, &service, name, data) {
            if alone && let Some(state) = model.candidates.get_mut(index) {
                keep_alone(state, name, data);
            }
            continue;
        }
        let before = state.stages.get(&Stage::Dns).map_or(0, |stage| stage.evidence.len());
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
            _ => continue,
        }
        let connected =
            |stage: &&mut StageState| stage.outcome == Some(Outcome::Passed) && stage.evidence.len() <= before;
        let dns = model.candidates.get_mut(index).and_then(|state| state.stages.get_mut(&Stage::Dns));
        if let Some(dns) = dns.filter(connected) {
            dns.evidence.push(Evidence::Dns(told(servers, name, data)));
        }
    }
}

/// The answer that the new record would give, with what is known of the name it leads to.
fn told(servers: &Model, name: &str, data: &DnsData) -> DnsAnswer {
    let record = match data {
        DnsData::Aaaa { .. } => RecordType::Aaaa,
        DnsData::Srv { .. } => RecordType::Srv,
        _ => RecordType::A,
    };
    let mut records = vec![DnsRecord { name: name.to_owned(), ttl: NEW_TTL, data: data.clone() }];
    if let DnsData::Cname { target } = data {
        let known = servers.candidates.iter().flat_map(CandidateState::dns).chain(facts(servers));
        let named = known.filter(|answer| answer.question.name == *target && answer.view == View::System);
        records.extend(named.flat_map(|answer| answer.records.clone()));
    }
    DnsAnswer {
        status: DnsStatus::Answered,
        records,
        ..DnsAnswer::unanswered(DnsQuestion { name: name.to_owned(), record }, View::System)
    }
}

/// Of a name's records of this type only the one stays.
fn keep_alone(state: &mut CandidateState, name: &str, data: &DnsData) {
    let Some(dns) = state.stages.get_mut(&Stage::Dns) else { return };
    dns.assumed = true;
    for evidence in &mut dns.evidence {
        let Evidence::Dns(answer) = evidence else { continue };
        if answer.view != View::System {
            continue;
        }
        let same_type = |other: &DnsData| std::mem::discriminant(other) == std::mem::discriminant(data);
        answer.records.retain(|record| record.name != name || !same_type(&record.data) || record.data == *data);
    }
}

/// Whether the run saw this very record already, where the client looks it up.
fn is_there(state: &CandidateState, service: &str, name: &str, data: &DnsData) -> bool {
    match data {
        DnsData::Srv { port, target, .. } => name == service && state.host() == target && state.candidate.port == *port,
        DnsData::Txt { .. } => false,
        data => {
            let mut records =
                state.dns().filter(|answer| answer.view == View::System).flat_map(|answer| &answer.records);
            state.host() == name && records.any(|record| record.data == *data)
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
