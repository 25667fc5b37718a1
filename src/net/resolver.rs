//! A resolver that keeps what an answer said: status, aliases, TTLs, SOA, who answered.
//!
//! It asks its servers with its own sockets, because resolver libraries lose the evidence a diagnosis needs (the alias
//! in front of a missing name, a closed port, the response code).

mod server_address;

pub use server_address::{DNS_PORT, Encrypted, Protocol, Server, ServerAddressError, parse_server};

use super::{
    Dialer, Resolver, TrustStores,
    alias::{self, ChainEnd, chain_end},
    encrypted::Channel,
    exchange::{Exchange, Upstream, exchange},
    message::{RECORD_LIMIT, Reply, encode},
};
use crate::event::{
    AliasFault, DnsAnswer, DnsData, DnsMessage, DnsQuestion, DnsRecord, DnsStatus, RecordType, StartOfAuthority, View,
};
use futures_util::{StreamExt, stream::FuturesUnordered};
use hickory_proto::op::ResponseCode;
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::time::{Instant, sleep_until};

/// Most servers that one resolver asks.
const SERVER_LIMIT: usize = 8;

/// Most messages of one answer that are kept whole.
const MESSAGE_LIMIT: usize = 4;

/// After how many silences EDNS is left out: some firewalls drop what they do not know (RFC 6891 section 6.2.2).
const SILENCES_WITH_EDNS: usize = 2;

/// Asks a list of servers, each over its own transport.
#[derive(Clone, Debug)]
pub struct WireResolver {
    servers: Vec<Upstream>,
    view: View,
    limit: Duration,
}

impl WireResolver {
    /// A resolver for these servers (at most 8), asked over UDP in order: the next one as soon as one fails, or after a
    /// third of the limit in silence. `limit` covers one question with all its retries and aliases.
    pub fn new(servers: Vec<SocketAddr>, view: View, limit: Duration) -> Self {
        let servers = servers.into_iter().take(SERVER_LIMIT).map(Upstream::Datagram).collect();
        Self { servers, view, limit }
    }

    /// As [`new`](Self::new), for servers with other transports too: the encrypted ones are reached by `dialer`, and
    /// must show a certificate that `trust` accepts for their name. A server that does not is never heard.
    pub fn over(
        servers: Vec<Server>,
        view: View,
        limit: Duration,
        dialer: &Arc<dyn Dialer>,
        trust: &TrustStores,
    ) -> Self {
        let upstream = |server| match server {
            Server::Datagram(address) => Upstream::Datagram(address),
            Server::Stream(address) => Upstream::Stream(address),
            Server::Encrypted(server) => Upstream::Encrypted(Arc::new(Channel::new(server, Arc::clone(dialer), trust))),
        };
        Self { servers: servers.into_iter().take(SERVER_LIMIT).map(upstream).collect(), view, limit }
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
                    let server = &self.servers[index]; // the schedule counts the same list
                    let edns = schedule.silences() < SILENCES_WITH_EDNS;
                    schedule.launched += 1;
                    launch_at += interval;
                    waiting.push(async move { (index, exchange(server, question, edns, deadline).await) });
                }
            }
        }
    }

    /// Looks behind SERVFAIL. Recursive servers say nothing else when aliases loop, or when the servers of the last
    /// target fail; asked for the aliases themselves, they show them one by one.
    async fn trace_aliases(&self, answer: &mut DnsAnswer, deadline: Instant) {
        for _ in 0..=alias::LIMIT {
            let name = match chain_end(&answer.records, &answer.question.name, answer.question.record) {
                ChainEnd::Found => return,
                ChainEnd::Missing(name) => name,
                ChainEnd::Loop(target) => {
                    answer.alias_fault = Some(AliasFault::Loop { target });
                    return;
                }
            };
            let question = DnsQuestion { name, record: RecordType::Cname };
            let ended = self.ask_servers(&question, deadline).await.filter(Exchange::is_conclusive);
            let records = ended.and_then(|ended| ended.reply).map(|reply| reply.records).unwrap_or_default();
            let is_step =
                |record: &DnsRecord| record.name == question.name && matches!(record.data, DnsData::Cname { .. });
            let Some(step) = records.into_iter().find(is_step) else { return };
            if answer.records.len() >= RECORD_LIMIT {
                return;
            }
            answer.records.push(step);
        }
    }
}

/// Servers of zones, asked where their addresses are.
#[derive(Clone, Copy, Debug)]
pub struct ZoneServers {
    /// Longest wait for one question.
    pub limit: Duration,
}

impl super::NameServers for ZoneServers {
    fn at(&self, addresses: &[std::net::IpAddr]) -> std::sync::Arc<dyn Resolver> {
        let servers = addresses.iter().map(|address| SocketAddr::new(*address, DNS_PORT)).collect();
        std::sync::Arc::new(WireResolver::new(servers, View::Authoritative, self.limit))
    }
}

#[async_trait::async_trait]
impl Resolver for WireResolver {
    async fn ask(&self, question: &DnsQuestion) -> DnsAnswer {
        let started = Instant::now();
        let mut answer = DnsAnswer::unanswered(question.clone(), self.view);
        if encode(question, false).is_err() {
            answer.status = DnsStatus::Malformed; // a label over 63 or a name over 255 octets: nobody can be asked
            return answer;
        }
        let deadline = started + self.limit;
        let mut current = question.clone();
        for _ in 0..=alias::LIMIT {
            let Some(ended) = self.ask_servers(&current, deadline).await else { break };
            match absorb(&mut answer, &current.name, ended) {
                Some(target) => current.name = target,
                None => break,
            }
        }
        if answer.status == DnsStatus::ServerFailure && question.record != RecordType::Cname {
            self.trace_aliases(&mut answer, deadline).await;
        }
        answer.elapsed_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        answer
    }

    fn view(&self) -> View {
        self.view
    }
}

/// Which server is asked next: in turn, leaving out those that failed.
struct Schedule {
    failed: Vec<bool>,
    launched: usize,
    tries: usize,
}

impl Schedule {
    /// How many tries have brought nothing so far.
    fn silences(&self) -> usize {
        self.launched.saturating_sub(self.failed.iter().filter(|failed| **failed).count())
    }

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
        Some(DnsStatus::Untrusted) => 3,
        Some(DnsStatus::Unreachable) => 4,
        Some(_) => 5,
    }
}

/// Adds what a server said about `current` (the name asked for, or an alias target) to the answer. Gives the next
/// alias target to ask for, when the server did not chase it itself.
fn absorb(answer: &mut DnsAnswer, current: &str, ended: Exchange) -> Option<String> {
    let fault = ended.failure.or(ended.status_of_code());
    let is_first = answer.responder.is_none();
    let server = ended.server;
    answer.responder = Some(server.clone());
    answer.over_tcp |= ended.over_tcp;
    if let Some(reply) = ended.reply.as_ref().filter(|_| answer.messages.len() < MESSAGE_LIMIT) {
        answer.messages.push(DnsMessage { server, over_tcp: ended.over_tcp, ..reply.message.clone() });
    }
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
