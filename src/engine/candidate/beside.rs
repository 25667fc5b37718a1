//! What is looked at beside the client's own way: questions that turn look-alikes into proof. All of it is left out when
//! canaries are switched off.

use super::{Attempt, Connected};
use crate::{
    event::{
        AutodiscoverAnswer, Cause, DnsAnswer, Evidence, HandshakePurpose, HttpExchange, Origin, Outcome, Purpose,
        RecordType, Stage,
    },
    probe::{dns, http, starttls, tcp, tls},
};
use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};
use url::Url;

/// Longest wait for a port that nothing but a hint depends on: most firewalls drop what is sent to mail ports.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// Further SRV targets that are looked at.
const TARGET_LIMIT: usize = 3;

/// Mail servers of one answer that are looked at.
const MAIL_SERVICE_LIMIT: usize = 4;

/// Other ways to write the path that are seen on servers which tell capitals apart.
const SPELLINGS: [&str; 2] = ["/Autodiscover/Autodiscover.xml", "/AutoDiscover/AutoDiscover.xml"];

/// A host that is only looked at.
struct Place<'a> {
    host: &'a str,
    port: u16,
    by_starttls: bool,
    purpose: HandshakePurpose,
}

impl Attempt<'_> {
    /// Beside the name: the views of others, the names under which the SRV record is published by mistake, and the targets
    /// after its first.
    pub(super) async fn beside_the_name(&self, from: Stage, found: bool) {
        if from != Stage::Dns {
            return;
        }
        let absent = !found && self.run.setup.canaries;
        tokio::join!(
            self.compare_views(),
            async {
                if absent {
                    self.srv_slips().await;
                }
            },
            self.further_targets()
        );
    }

    /// Names at which control panels and people put the SRV record by mistake: the zone appended twice, underscores
    /// left out, below the mail server's name.
    async fn srv_slips(&self) {
        if self.candidate.origin != Origin::Srv || self.candidate.host.is_some() {
            return;
        }
        let domain = &self.run.setup.input.address.domain;
        let slips = [
            format!("{}.{domain}.{domain}", dns::SRV_PREFIX),
            format!("autodiscover._tcp.{domain}"),
            format!("_autodiscover.tcp.{domain}"),
            format!("{}.mail.{domain}", dns::SRV_PREFIX),
        ];
        let ask = |name: String| async move {
            dns::ask(&self.run.setup.net, &name, RecordType::Srv, Purpose::OwnerSlip).await
        };
        for answer in futures_util::future::join_all(slips.into_iter().map(ask)).await {
            self.emit.observed(Stage::Dns, Evidence::Dns(answer));
        }
    }

    /// Whether the SRV targets after the first would serve.
    async fn further_targets(&self) {
        if !self.run.setup.canaries {
            return;
        }
        let targets = self.further.iter().filter(|target| Some(&target.target) != self.candidate.host.as_ref());
        let looks = targets.take(TARGET_LIMIT).map(|target| {
            let purpose = HandshakePurpose::FurtherTarget;
            self.look_at(Place { host: &target.target, port: target.port, by_starttls: false, purpose })
        });
        futures_util::future::join_all(looks).await;
    }

    /// Whether the certificates of the mail servers that an answer names cover their names: IMAP and POP3 with TLS from
    /// the start, SMTP also behind STARTTLS (RFC 8314).
    pub(super) async fn mail_services(&self, answer: &AutodiscoverAnswer) {
        if !self.run.setup.canaries {
            return;
        }
        let mut places: Vec<(String, u16)> = Vec::new();
        for protocol in &answer.protocols {
            let port = protocol.port.as_deref().and_then(|port| port.parse::<u16>().ok());
            if let (Some(server), Some(port @ (465 | 587 | 993 | 995))) = (&protocol.server, port)
                && !places.iter().any(|known| known.0.eq_ignore_ascii_case(server) && known.1 == port)
            {
                places.push((server.trim_end_matches('.').to_ascii_lowercase(), port));
            }
        }
        let looks = places.iter().take(MAIL_SERVICE_LIMIT).map(|(host, port)| {
            let purpose = HandshakePurpose::MailService;
            self.look_at(Place { host, port: *port, by_starttls: *port == 587, purpose })
        });
        futures_util::future::join_all(looks).await;
    }

    /// Name, connection and certificate of a place that is only looked at.
    async fn look_at(&self, place: Place<'_>) {
        let net = &self.run.setup.net;
        let cell = self.run.names.lookup(net, place.host).await;
        let Some(lookup) = cell.get() else { return };
        for answer in &lookup.answers {
            let answer = DnsAnswer { purpose: Purpose::NamedHost, ..answer.clone() };
            self.emit.observed(Stage::Dns, Evidence::Dns(answer));
        }
        let Some(ip) = lookup.addresses.first() else { return };
        let address = SocketAddr::new(*ip, place.port);
        let ask = tls::HandshakeAsk {
            host: place.host.to_owned(),
            address,
            server_name: Some(place.host.to_owned()),
            purpose: place.purpose,
        };
        let limit = net.limits.connect.min(PATIENCE);
        let stream = match net.dialer.connect(place.host, address, limit).await {
            Ok(stream) if place.by_starttls => starttls::upgrade(stream, limit).await,
            Ok(stream) => Some(stream),
            Err(_) => None,
        };
        let handshake = match stream {
            Some(stream) => tls::handshake(stream, &ask, net).await.0,
            None => tls::without_connection(&ask),
        };
        self.emit.observed(Stage::Tls, Evidence::Tls(Box::new(handshake)));
    }

    /// The certificate of the default virtual host, without a name and with an unknown one (canaries).
    pub(super) async fn default_host(&self, address: SocketAddr) {
        let host = self.candidate.host.as_deref().unwrap_or_default();
        if !self.run.setup.canaries || host.parse::<IpAddr>().is_ok() {
            return;
        }
        for purpose in [HandshakePurpose::WithoutServerName, HandshakePurpose::OtherName] {
            let Some(stream) = tcp::connect(&self.run.setup.net, host, address, &|_| {}).await else { return };
            let (handshake, _) = self.shake(Connected { address, stream }, purpose).await;
            self.emit.observed(Stage::Tls, Evidence::Tls(Box::new(handshake)));
        }
    }

    /// The certificates of the mail ports beside a faulty one: it may be that the right certificate is there and only
    /// not assigned to the web service (canary).
    pub(super) async fn mail_ports(&self, address: SocketAddr) {
        let mail_host = matches!(self.candidate.origin, Origin::Autodiscover | Origin::Scp | Origin::Srv);
        if !self.run.setup.canaries || !mail_host {
            return;
        }
        tokio::join!(self.mail_port(address.ip(), 993, false), self.mail_port(address.ip(), 587, true));
    }

    async fn mail_port(&self, ip: IpAddr, port: u16, by_starttls: bool) {
        let net = &self.run.setup.net;
        let limit = net.limits.connect.min(PATIENCE);
        let host = self.candidate.host.as_deref().unwrap_or_default();
        let address = SocketAddr::new(ip, port);
        let Ok(stream) = net.dialer.connect(host, address, limit).await else { return };
        let stream = if by_starttls { starttls::upgrade(stream, limit).await } else { Some(stream) };
        if let Some(stream) = stream {
            let (handshake, _) = self.shake(Connected { address, stream }, HandshakePurpose::OtherPort).await;
            self.emit.observed(Stage::Tls, Evidence::Tls(Box::new(handshake)));
        }
    }

    /// Beside an answer to the client's question: the same path in other spellings where there was nothing, and the
    /// question of newer clients where there was something.
    pub(super) async fn beside_the_answer(
        &self,
        address: SocketAddr,
        url: &Url,
        exchange: &HttpExchange,
        end: Outcome,
    ) {
        let own =
            !matches!(self.candidate.origin, Origin::Root | Origin::Office365 | Origin::Service | Origin::Redirect);
        if !self.run.setup.canaries || !own || url.scheme() != "https" || exchange.library.is_some() {
            return;
        }
        let is_autodiscover = url.path().eq_ignore_ascii_case(crate::plan::PATH);
        if end.cause() == Some(Cause::HttpNotFound) && is_autodiscover {
            for spelling in SPELLINGS.into_iter().filter(|spelling| *spelling != url.path()) {
                self.ask_beside(&http::path_spelling(url, spelling, address)).await;
            }
        }
        let is_xml = exchange.header("content-type").is_some_and(|kind| kind.contains("xml"));
        let endpoint =
            exchange.status == Some(401) && !exchange.schemes.is_empty() || exchange.status == Some(200) && is_xml;
        if endpoint && is_autodiscover && exchange.verified {
            self.ask_beside(&http::json_question(url, &self.mailbox, address)).await;
            // One request each for a host: several steps of the search may lead to it.
            let host = url.host_str().unwrap_or_default();
            if self.run.setup.other_protocols && self.run.is_first_at(host, &self.candidate.id) {
                self.ask_beside(&http::soap_presence(url, address)).await;
                self.ask_beside(&http::active_sync_post(url, &self.mailbox, address)).await;
            }
        }
    }

    /// One more request to the same address over a connection of its own.
    pub(super) async fn ask_beside(&self, ask: &http::HttpAsk) {
        let net = &self.run.setup.net;
        let host = self.candidate.host.clone().unwrap_or_default();
        let Some(stream) = tcp::connect(net, &host, ask.address, &|_| {}).await else { return };
        let shake = tls::HandshakeAsk {
            host: host.clone(),
            address: ask.address,
            server_name: Some(host),
            purpose: HandshakePurpose::Probe,
        };
        let (_, connection) = tls::handshake(stream, &shake, net).await;
        let Some(connection) = connection else { return };
        let connection = http::Connection::Tls(Box::new(connection));
        let (exchange, _) = http::exchange(connection, ask, &net.limits).await;
        self.emit.observed(Stage::Http, Evidence::Http(Box::new(exchange)));
    }
}
