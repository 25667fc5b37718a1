//! The DNS stage: addresses of a host, the SRV record of a domain, and the questions beside them.

use crate::{
    event::{
        AliasFault, Cause, DnsAnswer, DnsData, DnsQuestion, DnsRecord, DnsStatus, Outcome, Purpose, RecordType, View,
    },
    net::Net,
};
use std::{
    hash::{BuildHasher, RandomState},
    net::IpAddr,
    time::Instant,
};

/// Owner of Autodiscover's SRV record, before the domain ([MS-OXDISCO] 3.1.5.3).
pub const SRV_PREFIX: &str = "_autodiscover._tcp";

/// What is known of a host's addresses.
#[derive(Clone, Debug, PartialEq)]
pub struct HostAnswer {
    /// Addresses, IPv4 first, each once, in the order sent.
    pub addresses: Vec<IpAddr>,
    /// Whether the host is an alias for another name (RFC 2782 forbids that for SRV targets).
    pub is_alias: bool,
    /// How the stage ended.
    pub outcome: Outcome,
}

/// What is known of a domain's SRV record.
#[derive(Clone, Debug, PartialEq)]
pub struct SrvAnswer {
    /// Usable targets in the order in which they are tried.
    pub targets: Vec<SrvTarget>,
    /// How the question ended; the targets' own addresses are looked up by [`lookup_host`].
    pub outcome: Outcome,
}

/// One target of an SRV record (RFC 2782).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SrvTarget {
    /// Lowest first.
    pub priority: u16,
    /// Share within one priority.
    pub weight: u16,
    /// TCP port.
    pub port: u16,
    /// The host in lower case, without the final dot.
    pub target: String,
}

/// Asks for A and AAAA at once and reports each answer as it comes. An IP address as host needs no question.
///
/// The outcome, where the two disagree:
/// - any address: passed, whatever the other question met; a client connects to what it has;
/// - aliases that loop or lead to a name that does not exist come first, for they explain the rest;
/// - NXDOMAIN to both, or to one while the other failed: the name does not exist (RFC 8020: for any type);
/// - NODATA to both, or NODATA and NXDOMAIN (a server at odds with RFC 8020): the name exists without addresses;
/// - otherwise one question failed and the other found nothing: the failure, A before AAAA, since the missing answer
///   may hold the address.
pub async fn lookup_host(net: &Net, host: &str, report: &(dyn Fn(DnsAnswer) + Send + Sync)) -> HostAnswer {
    if let Some(address) = literal(host) {
        return HostAnswer { addresses: vec![address], is_alias: false, outcome: Outcome::Passed };
    }
    let question = async |record| {
        let answer = ask(net, host, record, Purpose::Lookup).await;
        report(answer.clone());
        answer
    };
    let (ipv4, ipv6) = tokio::join!(question(RecordType::A), question(RecordType::Aaaa));
    host_answer(&ipv4, &ipv6)
}

/// Asks for the SRV record of a domain and reports the answer.
///
/// Targets are in the order of RFC 2782: lowest priority first. Within one priority the heaviest comes first instead
/// of drawing lots by weight, so that runs can be repeated and compared. The outcome is a failure when the record
/// declares the service absent (target `.`), and a warning when the first target's port is not 443: clients are
/// reported to discard such a record or to ignore the port.
pub async fn lookup_srv(net: &Net, domain: &str, report: &(dyn Fn(DnsAnswer) + Send + Sync)) -> SrvAnswer {
    let answer = ask(net, &format!("{SRV_PREFIX}.{domain}"), RecordType::Srv, Purpose::Lookup).await;
    report(answer.clone());
    srv_answer(&answer)
}

/// The outcome for an SRV record whose target's own lookup ended like this: a target without address serves nobody, and
/// one that is an alias is forbidden (RFC 2782) though many clients take it.
pub fn srv_target_outcome(of_host: Outcome, is_alias: bool) -> Outcome {
    match of_host {
        Outcome::Failed { cause: Cause::DnsNoSuchName | Cause::DnsNoData | Cause::DnsAliasDangling } => {
            Outcome::Failed { cause: Cause::DnsSrvTargetMissing }
        }
        Outcome::Passed if is_alias => Outcome::Warned { cause: Cause::DnsSrvTargetAlias },
        other => other,
    }
}

/// What every further resolver says, in their order.
pub async fn ask_further(net: &Net, question: &DnsQuestion) -> Vec<DnsAnswer> {
    futures_util::future::join_all(net.further.iter().map(|resolver| async move { resolver.ask(question).await })).await
}

/// Whether a URL's host is an IP address, so that nobody is asked for it.
pub fn is_literal(host: &str) -> bool {
    literal(host).is_some()
}

/// Asks the resolver that stands in the system's place one question.
pub async fn ask(net: &Net, name: &str, record: RecordType, purpose: Purpose) -> DnsAnswer {
    let question = DnsQuestion { name: absolute(name), record };
    DnsAnswer { purpose, ..net.resolver.ask(&question).await }
}

/// A random label, 12 characters of `[a-z][a-z0-9]{11}`, that nobody has published: whoever answers for it answers for
/// everything.
pub fn canary_label() -> String {
    const LETTERS_AND_DIGITS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let random = RandomState::new(); // keyed by the operating system's generator; good enough for an unused name
    (0..12_u8)
        .map(|place| {
            let choices = if place == 0 { 26 } else { 36 };
            // below 36 by the remainder, so within the list
            char::from(LETTERS_AND_DIGITS[(random.hash_one(place) % choices) as usize])
        })
        .collect()
}

/// What this machine's own resolver interface says of a host, as an answer to A that may hold AAAA records too, with
/// TTL 0 (the interface tells none). Nothing when it is not asked, or the host is an IP address.
pub async fn operating_system(net: &Net, host: &str) -> Option<DnsAnswer> {
    let lookup = net.operating_system.as_ref()?;
    if literal(host).is_some() {
        return None;
    }
    let name = absolute(host);
    let started = Instant::now();
    let (status, addresses) = match tokio::time::timeout(net.limits.dns, lookup.lookup(&name)).await {
        Ok(Ok(addresses)) if addresses.is_empty() => (DnsStatus::NoData, addresses),
        Ok(Ok(addresses)) => (DnsStatus::Answered, addresses),
        Ok(Err(words)) => (status_of_words(&words), Vec::new()),
        Err(_) => (DnsStatus::TimedOut, Vec::new()),
    };
    Some(DnsAnswer {
        records: addresses.iter().take(64).map(|address| address_record(&name, *address)).collect(),
        status,
        dropped: addresses.len().saturating_sub(64),
        elapsed_us: u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
        ..DnsAnswer::unanswered(DnsQuestion { name, record: RecordType::A }, View::OperatingSystem)
    })
}

/// The cause that a question's end stands for; none when it was answered.
pub fn cause(answer: &DnsAnswer) -> Option<Cause> {
    match (&answer.alias_fault, answer.status) {
        (_, DnsStatus::Answered) => None,
        (Some(AliasFault::Loop { .. }), _) => Some(Cause::DnsAliasLoop),
        (Some(AliasFault::Dangling { .. }), _) => Some(Cause::DnsAliasDangling),
        (None, DnsStatus::NoData) => Some(Cause::DnsNoData),
        (None, DnsStatus::NoSuchName) => Some(Cause::DnsNoSuchName),
        (None, DnsStatus::ServerFailure | DnsStatus::OtherCode) => Some(Cause::DnsServerFailure),
        (None, DnsStatus::Refused) => Some(Cause::DnsRefused),
        (None, DnsStatus::TimedOut) => Some(Cause::DnsTimeout),
        (None, DnsStatus::PortClosed | DnsStatus::Unreachable | DnsStatus::Untrusted) => Some(Cause::DnsUnreachable),
        (None, DnsStatus::Malformed) => Some(Cause::DnsMalformed),
    }
}

fn host_answer(ipv4: &DnsAnswer, ipv6: &DnsAnswer) -> HostAnswer {
    let answered = [ipv4, ipv6].into_iter().filter(|answer| answer.status == DnsStatus::Answered);
    let mut addresses: Vec<IpAddr> = Vec::new();
    for address in answered.flat_map(DnsAnswer::addresses) {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    let is_alias = [ipv4, ipv6].iter().any(|answer| !answer.aliases().is_empty());
    let outcome = match host_cause(ipv4, ipv6) {
        Some(cause) if addresses.is_empty() => Outcome::Failed { cause },
        _ => Outcome::Passed,
    };
    HostAnswer { addresses, is_alias, outcome }
}

/// The cause when neither question gave an address; see [`lookup_host`].
fn host_cause(ipv4: &DnsAnswer, ipv6: &DnsAnswer) -> Option<Cause> {
    let causes = [cause(ipv4), cause(ipv6)];
    let has = |wanted: Cause| causes.contains(&Some(wanted));
    if let Some(alias) = [Cause::DnsAliasLoop, Cause::DnsAliasDangling].into_iter().find(|alias| has(*alias)) {
        return Some(alias);
    }
    match (has(Cause::DnsNoSuchName), has(Cause::DnsNoData)) {
        (true, true) => Some(Cause::DnsNoData),
        (true, false) => Some(Cause::DnsNoSuchName),
        (false, _) => {
            let failure = causes.into_iter().flatten().find(|cause| *cause != Cause::DnsNoData);
            failure.or(causes.into_iter().flatten().next())
        }
    }
}

fn srv_answer(answer: &DnsAnswer) -> SrvAnswer {
    if let Some(cause) = cause(answer) {
        return SrvAnswer { targets: Vec::new(), outcome: Outcome::Failed { cause } };
    }
    let targets = in_order(&answer.records);
    let outcome = match targets.first() {
        None => Outcome::Failed { cause: Cause::DnsSrvTargetRoot },
        Some(first) if first.port != 443 => Outcome::Warned { cause: Cause::DnsSrvPort },
        Some(_) => Outcome::Passed,
    };
    SrvAnswer { targets, outcome }
}

/// Targets in the order tried, without the root; equal ones in the order of their names and ports.
fn in_order(records: &[DnsRecord]) -> Vec<SrvTarget> {
    let mut targets: Vec<_> = records
        .iter()
        .filter_map(|record| match &record.data {
            DnsData::Srv { priority, weight, port, target } if target != "." => {
                Some(SrvTarget { priority: *priority, weight: *weight, port: *port, target: target.clone() })
            }
            _ => None,
        })
        .collect();
    // Servers rotate records of equal rank; sorting them by name too keeps runs alike.
    targets.sort_by(|a, b| (a.priority, b.weight, &a.target, a.port).cmp(&(b.priority, a.weight, &b.target, b.port)));
    targets.dedup();
    targets
}

/// The status that the system's words stand for: getaddrinfo knows only "no such name", "no address" and "try again",
/// and the standard library passes on nothing but their texts (glibc, musl, macOS) or Winsock's numbers.
fn status_of_words(words: &str) -> DnsStatus {
    let words = words.to_ascii_lowercase();
    let has_any = |texts: &[&str]| texts.iter().any(|text| words.contains(text));
    if has_any(&["temporary failure", "try again", "non-recoverable", "11002", "11003"]) {
        DnsStatus::ServerFailure
    } else if has_any(&["no address associated", "no data", "11004"]) {
        DnsStatus::NoData
    } else {
        DnsStatus::NoSuchName
    }
}

fn address_record(name: &str, address: IpAddr) -> DnsRecord {
    let data = match address {
        IpAddr::V4(address) => DnsData::A { address },
        IpAddr::V6(address) => DnsData::Aaaa { address },
    };
    DnsRecord { name: name.to_owned(), ttl: 0, data }
}

/// The address that a URL's host is, brackets and all.
fn literal(host: &str) -> Option<IpAddr> {
    host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host).parse().ok()
}

/// A name as questions hold it: in lower case, without the final dot.
pub fn absolute(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

#[cfg(test)]
mod tests;
