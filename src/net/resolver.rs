//! A resolver that keeps what an answer said: status, aliases, TTLs, SOA, who answered.
//!
//! It asks its servers with its own sockets, because resolver libraries lose the evidence a diagnosis needs (the alias
//! in front of a missing name, a closed port, the response code).

use super::{
    Resolver,
    alias::{self, ChainEnd, chain_end},
    exchange::{Exchange, exchange},
    message::{RECORD_LIMIT, Reply, encode},
};
use crate::{
    event::{AliasFault, DnsAnswer, DnsQuestion, DnsStatus, Purpose, StartOfAuthority, View},
    text::sanitise_line,
};
use futures_util::{StreamExt, stream::FuturesUnordered};
use hickory_proto::op::ResponseCode;
use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};
use tokio::time::{Instant, sleep_until};

/// Port of DNS over UDP and TCP.
pub const DNS_PORT: u16 = 53;

/// Most servers that one resolver asks.
const SERVER_LIMIT: usize = 8;

/// After how many silences EDNS is left out: some firewalls drop what they do not know (RFC 6891 section 6.2.2).
const SILENCES_WITH_EDNS: usize = 2;

/// Asks a list of servers over UDP, and over TCP where an answer does not fit.
#[derive(Clone, Debug)]
pub struct WireResolver {
    servers: Vec<SocketAddr>,
    view: View,
    limit: Duration,
}

impl WireResolver {
    /// A resolver for these servers (at most 8), asked in order: the next one as soon as one fails, or after a third
    /// of the limit in silence. `limit` covers one question with all its retries and aliases.
    pub fn new(mut servers: Vec<SocketAddr>, view: View, limit: Duration) -> Self {
        servers.truncate(SERVER_LIMIT);
        Self { servers, view, limit }
    }

    /// The servers in the order asked.
    pub fn servers(&self) -> &[SocketAddr] {
        &self.servers
    }

    /// Asks server after server, still listening to those that were silent so far, until one knows the name's state.
    /// Absent when there is no server.
    async fn ask_servers(&self, question: &DnsQuestion, deadline: Instant) -> Option<Exchange> {
        let tries = self.servers.len().max(3);
        let interval = self.limit / u32::try_from(tries).unwrap_or(u32::MAX);
        let mut schedule = Schedule { failed: vec![false; self.servers.len()], launched: 0, tries };
        let mut waiting = FuturesUnordered::new();
        let mut launch_at = Instant::now();
        let mut most_telling: Option<Exchange> = None;
        loop {
            let next = schedule.next();
            if waiting.is_empty() && next.is_none() {
                return most_telling;
            }
            tokio::select! {
                biased;
                Some((index, ended)) = waiting.next() => {
                    let ended: Exchange = ended;
                    if ended.is_conclusive() {
                        return Some(ended);
                    }
                    schedule.failed[index] = true; // `index` counts the same list
                    launch_at = Instant::now();
                    if most_telling.as_ref().is_none_or(|kept| telling(&ended) < telling(kept)) {
                        most_telling = Some(ended);
                    }
                    // At the deadline all end at once, and another attempt may have more to tell.
                    let others_may_tell = !waiting.is_empty() && Instant::now() >= deadline;
                    if !others_may_tell && schedule.failed.iter().all(|failed| *failed) {
                        return most_telling;
                    }
                }
                () = sleep_until(launch_at), if next.is_some() => {
                    let index = next.unwrap_or_default();
                    let server = self.servers[index]; // the schedule counts the same list
                    let edns = schedule.launched < SILENCES_WITH_EDNS;
                    schedule.launched += 1;
                    launch_at += interval;
                    waiting.push(async move { (index, exchange(server, question, edns, deadline).await) });
                }
            }
        }
    }
}

#[async_trait::async_trait]
impl Resolver for WireResolver {
    async fn ask(&self, question: &DnsQuestion) -> DnsAnswer {
        let started = Instant::now();
        let mut answer = unanswered(question, self.view);
        if encode(question, false).is_err() {
            answer.status = DnsStatus::Malformed; // a label over 63 or a name over 255 octets: nobody can be asked
            return answer;
        }
        let mut current = question.clone();
        for _ in 0..=alias::LIMIT {
            let Some(ended) = self.ask_servers(&current, started + self.limit).await else { break };
            match absorb(&mut answer, &current.name, ended) {
                Some(target) => current.name = target,
                None => break,
            }
        }
        answer.elapsed_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        answer
    }

    fn view(&self) -> View {
        self.view
    }
}

/// Why a text names no DNS server.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ServerAddressError {
    /// DNS over TLS or HTTPS.
    #[error("{value}: this build asks over UDP and TCP only; give an address such as 10.0.0.2 or 10.0.0.2:53")]
    Encrypted {
        /// The text.
        value: String,
    },
    /// No IP address.
    #[error(
        "{value:?} is not the address of a DNS server; write 10.0.0.2, 10.0.0.2:53, 2001:db8::53 or [2001:db8::53]:53"
    )]
    NotAnAddress {
        /// The text.
        value: String,
    },
    /// Port 0.
    #[error("{value}: the port of a DNS server is a number from 1 to 65535")]
    Port {
        /// The text.
        value: String,
    },
}

/// Reads `ADDR[:PORT]` as given with `--resolver`: IPv4 or IPv6, the latter in brackets when a port follows; port 53
/// when none is given.
pub fn parse_server(text: &str) -> Result<SocketAddr, ServerAddressError> {
    let trimmed = text.trim();
    let value = || sanitise_line(trimmed);
    let scheme = trimmed.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    if matches!(scheme.as_deref(), Some("https" | "tls" | "h3" | "quic")) {
        return Err(ServerAddressError::Encrypted { value: value() });
    }
    let bare = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(trimmed);
    let server = match bare.parse::<IpAddr>() {
        Ok(address) if bare == trimmed || address.is_ipv6() => SocketAddr::new(address, DNS_PORT),
        _ => match trimmed.parse() {
            Ok(server) => server,
            Err(_) if has_address_and_port(trimmed) => return Err(ServerAddressError::Port { value: value() }),
            Err(_) => return Err(ServerAddressError::NotAnAddress { value: value() }),
        },
    };
    if server.port() == 0 { Err(ServerAddressError::Port { value: value() }) } else { Ok(server) }
}

/// Whether the part before the last colon is an address, so that the fault must lie in the port.
fn has_address_and_port(text: &str) -> bool {
    text.rsplit_once(':').is_some_and(|(address, _)| {
        let bare = address.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        bare.map_or_else(
            || address.parse::<std::net::Ipv4Addr>().is_ok(),
            |v6| v6.parse::<std::net::Ipv6Addr>().is_ok(),
        )
    })
}

/// Which server is asked next: in turn, leaving out those that failed.
struct Schedule {
    failed: Vec<bool>,
    launched: usize,
    tries: usize,
}

impl Schedule {
    fn next(&self) -> Option<usize> {
        if self.launched >= self.tries {
            return None;
        }
        let count = self.failed.len();
        (self.launched..self.launched + count).map(|turn| turn % count).find(|index| !self.failed[*index]) // < count
    }
}

/// Rank of a failure when every server failed: what a server said comes before what the network said, and that
/// before silence.
fn telling(ended: &Exchange) -> u8 {
    match ended.failure {
        None => 0,
        Some(DnsStatus::Malformed) => 1,
        Some(DnsStatus::PortClosed) => 2,
        Some(DnsStatus::Unreachable) => 3,
        Some(_) => 4,
    }
}

fn unanswered(question: &DnsQuestion, view: View) -> DnsAnswer {
    DnsAnswer {
        question: question.clone(),
        purpose: Purpose::Lookup,
        view,
        responder: None,
        status: DnsStatus::Unreachable,
        records: Vec::new(),
        authority: None,
        alias_fault: None,
        authoritative: false,
        over_tcp: false,
        dropped: 0,
        elapsed_us: 0,
    }
}

/// Adds what a server said about `current` (the name asked for, or an alias target) to the answer. Gives the next
/// alias target to ask for, when the server did not chase it itself.
fn absorb(answer: &mut DnsAnswer, current: &str, ended: Exchange) -> Option<String> {
    let fault = ended.failure.or(ended.status_of_code());
    let is_first = answer.responder.is_none();
    answer.responder = Some(ended.server.to_string());
    answer.over_tcp |= ended.over_tcp;
    let Some(reply) = ended.reply else {
        answer.status = fault.unwrap_or(DnsStatus::Malformed);
        return None;
    };
    if is_first {
        answer.authoritative = reply.authoritative;
    }
    let code = reply.code;
    merge(answer, reply);
    let end = chain_end(&answer.records, &answer.question.name, answer.question.record);
    answer.status = fault.unwrap_or(match (code, &end) {
        (ResponseCode::NXDomain, _) => DnsStatus::NoSuchName,
        (_, ChainEnd::Found) => DnsStatus::Answered,
        _ => DnsStatus::NoData,
    });
    match end {
        ChainEnd::Found => None,
        ChainEnd::Loop(target) => {
            answer.alias_fault = Some(AliasFault::Loop { target });
            None
        }
        // With aliases in the answer the denial speaks of the last target (RFC 6604 section 3).
        ChainEnd::Missing(target) if answer.status == DnsStatus::NoSuchName && target != answer.question.name => {
            answer.alias_fault = Some(AliasFault::Dangling { target });
            None
        }
        ChainEnd::Missing(target) => {
            let denied = answer.authority.as_ref().is_some_and(|authority| encloses(authority, &target));
            (answer.status == DnsStatus::NoData && target != current && !denied).then_some(target)
        }
    }
}

fn merge(answer: &mut DnsAnswer, reply: Reply) {
    answer.dropped += reply.dropped;
    for record in reply.records {
        if answer.records.len() < RECORD_LIMIT {
            answer.records.push(record);
        } else {
            answer.dropped += 1;
        }
    }
    answer.authority = reply.authority;
}

/// Whether an SOA speaks for a name, so that NOERROR without records is that name's NODATA (RFC 2308 section 2.2).
fn encloses(authority: &StartOfAuthority, name: &str) -> bool {
    authority.zone == "."
        || name.strip_suffix(&authority.zone).is_some_and(|front| front.is_empty() || front.ends_with('.'))
}

#[cfg(test)]
mod tests;
