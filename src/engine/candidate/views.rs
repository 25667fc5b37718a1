//! What others say of a candidate's name, side by side: further resolvers, the servers that hold the zone, the operating
//! system. Where they name other addresses, what stands there is looked at, because a difference matters only where it
//! leads somewhere else.

use super::{Attempt, beside::PATIENCE};
use crate::{
    event::{
        DnsAnswer, DnsQuestion, DnsStatus, Event, Evidence, HandshakePurpose, NoteCode, Origin, RecordType, Stage, View,
    },
    probe::{dns, tls},
};
use std::net::{IpAddr, SocketAddr};

/// Addresses of other views that are looked at, for one candidate.
const ADDRESS_LIMIT: usize = 3;

impl Attempt<'_> {
    /// Asks everybody else for the name, and looks at what only they name.
    pub(super) async fn compare_views(&self) {
        if matches!(self.candidate.origin, Origin::Redirect) {
            // The same host as the autodiscover candidate, which compares it.
            return;
        }
        let of_service = async {
            if self.candidate.origin == Origin::Srv {
                let domain = self.mailbox.rsplit_once('@').map_or("", |(_, domain)| domain);
                self.others_say(&format!("{}.{domain}", dns::SRV_PREFIX), RecordType::Srv).await;
            }
        };
        tokio::join!(of_service, self.compare_host());
    }

    async fn compare_host(&self) {
        let Some(host) = self.candidate.host.as_deref().filter(|host| !dns::is_literal(host)) else { return };
        let net = &self.run.setup.net;
        let (system, ipv4, ipv6) = tokio::join!(
            dns::operating_system(net, host),
            self.others_say(host, RecordType::A),
            self.others_say(host, RecordType::Aaaa),
        );
        if let Some(system) = &system {
            self.tell_disagreement(host, system).await;
            self.emit.observed(Stage::Dns, Evidence::Dns(system.clone()));
        }
        if self.run.setup.canaries && self.candidate.url.as_deref().is_some_and(|url| url.starts_with("https:")) {
            let said: Vec<DnsAnswer> = system.into_iter().chain(ipv4).chain(ipv6).collect();
            self.look_at_their_addresses(host, &said).await;
        }
    }

    /// What the further resolvers and the zone's own servers say; every answer becomes evidence.
    async fn others_say(&self, name: &str, record: RecordType) -> Vec<DnsAnswer> {
        let question = DnsQuestion { name: dns::absolute(name), record };
        let zone = async {
            let zone = if self.run.setup.canaries { self.run.servers_of(&question.name).await } else { None };
            match zone {
                Some(zone) => Some(zone.ask(&question).await),
                None => None,
            }
        };
        let (further, zone) = tokio::join!(dns::ask_further(&self.run.setup.net, &question), zone);
        let answers: Vec<DnsAnswer> = further.into_iter().chain(zone).collect();
        for answer in &answers {
            if answer.view == View::Authoritative {
                self.run.heard(answer);
            }
            self.emit.observed(Stage::Dns, Evidence::Dns(answer.clone()));
        }
        answers
    }

    /// The certificates at addresses that the system's resolver does not name.
    async fn look_at_their_addresses(&self, host: &str, said: &[DnsAnswer]) {
        let cell = self.run.names.lookup(&self.run.setup.net, host).await;
        let known = cell.get().map(|lookup| lookup.addresses.as_slice()).unwrap_or_default();
        let mut others: Vec<IpAddr> = Vec::new();
        for address in said.iter().filter(|answer| answer.status == DnsStatus::Answered).flat_map(DnsAnswer::addresses)
        {
            if !known.contains(&address) && !others.contains(&address) {
                others.push(address);
            }
        }
        let looks = others.into_iter().take(ADDRESS_LIMIT).map(|address| self.look_at_address(host, address));
        futures_util::future::join_all(looks).await;
    }

    async fn look_at_address(&self, host: &str, address: IpAddr) {
        let net = &self.run.setup.net;
        let address = SocketAddr::new(address, self.candidate.port);
        let ask = tls::HandshakeAsk {
            host: host.to_owned(),
            address,
            server_name: Some(host.to_owned()),
            purpose: HandshakePurpose::OtherView,
        };
        let handshake = match net.dialer.connect(host, address, net.limits.connect.min(PATIENCE)).await {
            Ok(stream) => tls::handshake(stream, &ask, net).await.0,
            Err(_) => tls::without_connection(&ask),
        };
        self.emit.observed(Stage::Tls, Evidence::Tls(Box::new(handshake)));
    }

    /// The operating system's own interface answers otherwise than DNS: a hosts file, a policy rule, a search suffix.
    async fn tell_disagreement(&self, host: &str, system: &DnsAnswer) {
        let cell = self.run.names.lookup(&self.run.setup.net, host).await;
        let Some(lookup) = cell.get() else { return };
        let here = system.addresses();
        let apart = here.iter().all(|address| !lookup.addresses.contains(address));
        let known = matches!(system.status, DnsStatus::Answered | DnsStatus::NoSuchName | DnsStatus::NoData);
        if !known || !apart || (here.is_empty() && lookup.addresses.is_empty()) {
            return;
        }
        let words = |addresses: &[IpAddr]| match addresses {
            [] => "no address".to_owned(),
            several => several.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        };
        let detail = format!("{host}: {} on this machine, {} in DNS", words(&here), words(&lookup.addresses));
        self.emit.say(Event::Note { code: NoteCode::OperatingSystemDisagrees, detail });
    }
}
