//! One candidate from its name to its answer's content. Each stage starts the moment its input is there.

mod answer;
mod beside;
mod sign_in;
mod views;

use super::{Job, Run, directory, emitter::Emitter};
use crate::{
    event::{
        Blocker, Candidate, CandidateId, Event, Evidence, HandshakePurpose, Origin, Outcome, Stage, TcpConnect,
        TlsHandshake,
    },
    plan::PATH,
    probe::{dns, http, issuer, tcp, tls},
};
use futures_util::{StreamExt as _, stream::FuturesUnordered};
use std::{
    net::{IpAddr, SocketAddr},
    sync::{Mutex, PoisonError},
    time::Instant,
};
use tokio::{net::TcpStream, sync::mpsc};
use url::Url;

/// Addresses of one name that are tried.
const ADDRESS_LIMIT: usize = 16;

/// A name that no server knows (RFC 6761 6.4).
const UNKNOWN_NAME: &str = "canary.invalid";

/// One attempt at one candidate.
pub(super) struct Attempt<'a> {
    pub(super) run: &'a Run,
    pub(super) candidate: Candidate,
    pub(super) mailbox: String,
    /// Targets of the SRV record after the one that is used.
    further: Vec<dns::SrvTarget>,
    pub(super) emit: Emitter<'a>,
}

/// A connection to one address of the candidate's host.
struct Connected {
    address: SocketAddr,
    stream: TcpStream,
}

/// Probes one candidate; returns the candidates its answer opened.
pub(super) async fn probe(run: &Run, id: &CandidateId, from: Stage) -> Vec<Job> {
    let Some((candidate, mailbox, number)) = run.registry().next_attempt(id) else { return Vec::new() };
    if candidate.origin == Origin::Scp && candidate.url.is_none() {
        return directory::look_up(run, id, number).await;
    }
    let emit = Emitter::new(run, id.clone(), number);
    let mut attempt = Attempt { run, candidate, mailbox, further: Vec::new(), emit };
    let opened = match attempt.candidate.origin {
        Origin::LocalXml => attempt.read_file(),
        _ => attempt.go(from).await,
    };
    attempt.emit.say(Event::CandidateFinished { id: id.clone() });
    opened.into_iter().map(|id| Job::Probe { id, from: Stage::Dns }).collect()
}

impl Attempt<'_> {
    async fn go(&mut self, from: Stage) -> Vec<CandidateId> {
        let addresses = self.resolve(from).await;
        let url = self.candidate.url.as_deref().and_then(|text| Url::parse(text).ok());
        let found = addresses.is_some();
        // What is looked at beside the name is compared; nothing waits for it but the candidate's end.
        let beside = self.beside_the_name(from, found);
        let (Some(addresses), Some(url)) = (addresses, url) else {
            beside.await;
            return Vec::new();
        };
        let (mut opened, ()) = tokio::join!(self.connect_and_ask(&addresses, &url), beside);
        opened.extend(self.at_usual_port());
        opened
    }

    /// Where an SRV record names another port than 443, Outlook is reported to go to 443 all the same (gromox,
    /// autodiscover(7)): what answers there is looked at too.
    fn at_usual_port(&self) -> Option<CandidateId> {
        if self.candidate.origin != Origin::Srv || self.candidate.port == 443 {
            return None;
        }
        let url = Url::parse(&format!("https://{}{PATH}", self.candidate.host.as_deref()?)).ok()?;
        let place = self.run.registry().open(&self.candidate.id, &url, None).ok()?;
        self.emit.say(Event::CandidateQueued { candidate: place.candidate.clone() });
        Some(place.candidate.id)
    }

    /// DNS: the SRV record first where the candidate is found through one, then the host's addresses.
    async fn resolve(&mut self, from: Stage) -> Option<Vec<IpAddr>> {
        if from > Stage::Dns && self.candidate.host.is_some() {
            // Started again from a later stage: the name is as it was.
            let host = self.candidate.host.clone()?;
            return Some(self.run.names.lookup(&self.run.setup.net, &host).await.get()?.addresses.clone());
        }
        let began = self.emit.start(Stage::Dns);
        let found = self.resolve_parts().await;
        let (outcome, addresses) = match found {
            Ok((outcome, addresses)) => (outcome, addresses),
            Err(outcome) => (outcome, Vec::new()),
        };
        self.emit.finish(Stage::Dns, outcome, began);
        if addresses.is_empty() {
            self.emit.skip_from(Stage::Tcp, Blocker::Dns);
            return None;
        }
        Some(addresses)
    }

    async fn resolve_parts(&mut self) -> Result<(Outcome, Vec<IpAddr>), Outcome> {
        let located = if self.candidate.origin == Origin::Srv { self.locate().await? } else { Outcome::Passed };
        let host = self.candidate.host.clone().unwrap_or_default();
        let cell = self.run.names.lookup(&self.run.setup.net, &host).await;
        // `lookup` returns only after the cell was filled.
        let Some(lookup) = cell.get() else { return Err(Outcome::Skipped { blocker: Blocker::Cancelled }) };
        for answer in &lookup.answers {
            self.emit.observed(Stage::Dns, Evidence::Dns(answer.clone()));
        }
        let outcome = match (located, lookup.outcome) {
            (Outcome::Warned { cause }, Outcome::Passed) => Outcome::Warned { cause },
            (_, of_host) if self.candidate.origin == Origin::Srv => dns::srv_target_outcome(of_host, lookup.is_alias),
            (_, of_host) => of_host,
        };
        Ok((outcome, lookup.addresses.clone()))
    }

    /// Finds the host by the SRV record and makes it the candidate's.
    async fn locate(&mut self) -> Result<Outcome, Outcome> {
        let domain = self.mailbox.rsplit_once('@').map_or("", |(_, domain)| domain).to_owned();
        let observe = |answer| self.emit.observed(Stage::Dns, Evidence::Dns(answer));
        let answer = dns::lookup_srv(&self.run.setup.net, &domain, &observe).await;
        // Outlook takes the first record usable for https (KB3211279).
        let Some((target, further)) = answer.targets.split_first() else { return Err(answer.outcome) };
        self.further = further.to_vec();
        let port = if target.port == 443 { String::new() } else { format!(":{}", target.port) };
        let Ok(url) = Url::parse(&format!("https://{}{port}{PATH}", target.target)) else {
            return Err(Outcome::Failed { cause: crate::event::Cause::DnsSrvTargetMissing });
        };
        self.run.registry().locate(&self.candidate.id, &url, &target.target, target.port);
        self.candidate.url = Some(url.to_string());
        self.candidate.host = Some(target.target.clone());
        self.candidate.port = target.port;
        self.emit.say(Event::CandidateLocated {
            id: self.candidate.id.clone(),
            url: url.to_string(),
            host: target.target.clone(),
            port: target.port,
        });
        Ok(answer.outcome)
    }

    /// TCP to every address at once; the first that connects is the one the client would use and goes on to the
    /// request, the others show their certificate.
    async fn connect_and_ask(&self, addresses: &[IpAddr], url: &Url) -> Vec<CandidateId> {
        let (connected, mut ready) = mpsc::unbounded_channel();
        let dial = self.dial(addresses, connected);
        let converse = async {
            match ready.recv().await {
                None => Vec::new(),
                Some(first) => tokio::join!(self.converse(first, url), self.look_at_others(ready)).0,
            }
        };
        tokio::join!(dial, converse).1
    }

    async fn dial(&self, addresses: &[IpAddr], connected: mpsc::UnboundedSender<Connected>) {
        let began = self.emit.start(Stage::Tcp);
        let results: Mutex<Vec<TcpConnect>> = Mutex::default();
        let first = Mutex::new(None);
        let report = |result: TcpConnect| {
            self.emit.observed(Stage::Tcp, Evidence::Tcp(result.clone()));
            results.lock().unwrap_or_else(PoisonError::into_inner).push(result);
        };
        let host = self.candidate.host.as_deref().unwrap_or_default();
        let attempts = addresses.iter().take(ADDRESS_LIMIT).map(|ip| {
            let address = SocketAddr::new(*ip, self.candidate.port);
            let (report, connected, first) = (&report, &connected, &first);
            async move {
                if let Some(stream) = tcp::connect(&self.run.setup.net, host, address, report).await {
                    first.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(Instant::now);
                    // Nobody receives only when the candidate was stopped.
                    let _ = connected.send(Connected { address, stream });
                }
            }
        });
        futures_util::future::join_all(attempts).await;
        let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
        let outcome = tcp::outcome(&results);
        // What the client waits for is the connection it would use, not the slowest of all.
        let used = first.into_inner().unwrap_or_else(PoisonError::into_inner).unwrap_or_else(Instant::now);
        self.emit.finish_after(Stage::Tcp, outcome, used.duration_since(began).as_micros());
        if !outcome.is_through() {
            self.emit.skip_from(Stage::Tls, Blocker::Tcp);
        }
    }

    /// TLS and the request over the connection that the client would use.
    async fn converse(&self, connected: Connected, url: &Url) -> Vec<CandidateId> {
        if url.scheme() == "http" {
            self.emit.not_applicable(Stage::Tls);
            return self.ask(http::Connection::Plain(connected.stream), connected.address, url, None).await;
        }
        let began = self.emit.start(Stage::Tls);
        let address = connected.address;
        let (handshake, connection) = self.shake(connected, HandshakePurpose::Probe).await;
        let elapsed = began.elapsed().as_micros();
        let Some(connection) = connection else {
            // What the server can do is known before the stage ends: it tells whether the failure is the server's.
            self.emit.observed(Stage::Tls, Evidence::Tls(Box::new(handshake.clone())));
            let answers = self.in_clear_text(address, &handshake).await;
            let other = if answers { self.by_other_library(address, true).await } else { None };
            self.emit.finish_after(Stage::Tls, tls::outcome(&handshake), elapsed);
            if let Some(connection) = other {
                return self.ask(connection, address, url, None).await;
            }
            self.emit.skip_from(Stage::Http, Blocker::Tls);
            return Vec::new();
        };
        // A server that asked for a certificate shows only after the request whether it insists.
        let pending = handshake.client_certificate.is_some();
        if !pending {
            self.finish_tls(&handshake, elapsed);
        }
        let faulty = handshake.checks.as_ref().is_some_and(|checks| !checks.all_hold());
        let incomplete = self.incomplete_chain(&handshake);
        let unsettled = pending.then_some((handshake, elapsed));
        let connection = http::Connection::Tls(Box::new(connection));
        let canaries = async {
            tokio::join!(self.default_host(address), self.missing_issuers(incomplete), async {
                if faulty {
                    self.mail_ports(address).await;
                }
            });
        };
        let (opened, ()) = tokio::join!(self.ask(connection, address, url, unsettled), canaries);
        opened
    }

    pub(super) fn finish_tls(&self, handshake: &TlsHandshake, elapsed_us: u128) {
        self.emit.observed(Stage::Tls, Evidence::Tls(Box::new(handshake.clone())));
        self.emit.finish_after(Stage::Tls, tls::outcome(handshake), elapsed_us);
    }

    /// The certificates of the further addresses, each as soon as it is connected.
    async fn look_at_others(&self, mut ready: mpsc::UnboundedReceiver<Connected>) {
        let mut looks = FuturesUnordered::new();
        loop {
            tokio::select! {
                other = ready.recv() => match other {
                    Some(other) => looks.push(self.look(other)),
                    None => break,
                },
                Some(()) = looks.next() => {}
            }
        }
        while looks.next().await.is_some() {}
    }

    /// The certificate of a further address.
    async fn look(&self, connected: Connected) {
        if self.candidate.url.as_deref().is_some_and(|url| url.starts_with("https:")) {
            let (handshake, _) = self.shake(connected, HandshakePurpose::Probe).await;
            self.emit.observed(Stage::Tls, Evidence::Tls(Box::new(handshake)));
        }
    }

    /// The chain as sent when an issuer is missing and its certificate shall be fetched.
    fn incomplete_chain(&self, handshake: &TlsHandshake) -> Option<Vec<Vec<u8>>> {
        let reason = handshake.checks.as_ref()?.trusted.reason;
        let wanted = self.run.setup.fetch_issuers && issuer::is_incomplete(reason);
        wanted.then(|| handshake.chain.iter().map(issuer::der).collect())
    }

    /// What the addresses in the certificate give for the issuers that were not sent; only when that was asked for.
    async fn missing_issuers(&self, chain: Option<Vec<Vec<u8>>>) {
        if let Some(chain) = chain {
            let report = |fetch| self.emit.observed(Stage::Tls, Evidence::Issuer(Box::new(fetch)));
            let net = &self.run.setup.net;
            issuer::fetch_issuers(net, &chain, net.clock.now(), &report).await;
        }
    }

    /// What a server that refused the library's hello speaks, and which certificate it shows; whether it answered a
    /// hello at all.
    async fn in_clear_text(&self, address: SocketAddr, refused: &TlsHandshake) -> bool {
        let mut answers = false;
        if self.run.setup.canaries && tls::sweep::is_hello_refused(refused) {
            let host = self.candidate.host.clone().unwrap_or_default();
            let ask = tls::HandshakeAsk {
                server_name: Some(host.clone()),
                host,
                address,
                purpose: HandshakePurpose::ClearText,
            };
            let evidence = tls::sweep::sweep(&ask, &self.run.setup.net).await;
            answers = evidence.version.is_some();
            self.emit.observed(Stage::Tls, Evidence::Tls(Box::new(evidence)));
        }
        answers
    }

    /// A connection by the other library, where this program was built with one. Its handshake becomes evidence when
    /// it is `told`.
    pub(super) async fn by_other_library(&self, address: SocketAddr, told: bool) -> Option<http::Connection> {
        tls::legacy::LIBRARY?;
        let net = &self.run.setup.net;
        let host = self.candidate.host.clone().unwrap_or_default();
        let stream = tcp::connect(net, &host, address, &|_| {}).await?;
        let purpose = HandshakePurpose::OtherLibrary;
        let ask = tls::HandshakeAsk { server_name: Some(host.clone()), host, address, purpose };
        let (evidence, connection) = tls::legacy::handshake(stream, &ask, net).await?;
        if told {
            self.emit.observed(Stage::Tls, Evidence::Tls(Box::new(evidence)));
        }
        Some(http::Connection::Legacy(Box::new(connection?)))
    }

    async fn shake(
        &self,
        connected: Connected,
        purpose: HandshakePurpose,
    ) -> (TlsHandshake, Option<tls::TlsConnection>) {
        let host = self.candidate.host.clone().unwrap_or_default();
        let server_name = match purpose {
            HandshakePurpose::Probe
            | HandshakePurpose::ClearText
            | HandshakePurpose::OtherPort
            | HandshakePurpose::OtherLibrary
            | HandshakePurpose::FurtherTarget
            | HandshakePurpose::OtherView
            | HandshakePurpose::Directory
            | HandshakePurpose::MailService => Some(host.clone()),
            HandshakePurpose::OtherName => Some(UNKNOWN_NAME.to_owned()),
            HandshakePurpose::WithoutServerName => None,
        };
        let ask = tls::HandshakeAsk { host, address: connected.address, server_name, purpose };
        tls::handshake(connected.stream, &ask, &self.run.setup.net).await
    }
}
