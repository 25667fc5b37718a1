//! A run as it happens when the set-up wizard made a certificate for `remote.contoso.test` alone, and the zone has an
//! `autodiscover` record (`assets/lab/wizard-certificate`): envelopes made by hand.

use discoscope::{
    event::*,
    plan::{self, PlanInput},
};
use std::net::SocketAddr;

const DOMAIN: &str = "contoso.test";

/// Collects events as envelopes, one millisecond apart.
pub struct Story {
    envelopes: Vec<Envelope>,
}

impl Story {
    /// The whole run.
    pub fn whole() -> Vec<Envelope> {
        let mut story = Self { envelopes: Vec::new() };
        story.begin();
        story.root();
        story.autodiscover();
        story.redirect();
        story.srv();
        story.office365();
        story.add(Event::SessionFinished {});
        story.envelopes
    }

    /// The run while the autodiscover host's handshake is under way.
    pub fn halfway() -> Vec<Envelope> {
        let mut story = Self { envelopes: Vec::new() };
        story.begin();
        story.root();
        story.name("autodiscover", "autodiscover.contoso.test", "192.0.2.10");
        story.connect("autodiscover", "192.0.2.10:443");
        story.start("autodiscover", Stage::Tls);
        story.start("redirect", Stage::Dns);
        story.envelopes
    }

    fn add(&mut self, event: Event) {
        let seq = self.envelopes.len() as u64;
        let at = "2026-11-20T12:00:00Z".parse().expect("a timestamp");
        self.envelopes.push(Envelope { v: VERSION, seq, at, elapsed_us: seq * 21_000, event });
    }

    fn begin(&mut self) {
        let address = Address { local: "anna".into(), domain: DOMAIN.into(), domain_unicode: DOMAIN.into() };
        let vantage = Vantage {
            resolvers: vec!["10.0.0.2:53".into()],
            system_resolvers: true,
            side: VantageSide::Inside,
            ..Vantage::default()
        };
        let tool = "discoscope 0.1.0".to_owned();
        self.add(Event::SessionStarted { tool, address: address.clone(), client: ClientFamily::Outlook365, vantage });
        let input = PlanInput { address, directory: false, scp_urls: Vec::new(), only: Vec::new(), skip: Vec::new() };
        for candidate in plan::plan(&input) {
            self.add(Event::CandidateQueued { candidate });
        }
    }

    fn root(&mut self) {
        self.name("root", DOMAIN, "198.51.100.7");
        self.connect("root", "198.51.100.7:443");
        let mut handshake = handshake("198.51.100.7:443", DOMAIN, &[DOMAIN, "www.contoso.test"]);
        handshake.checks = Some(checks(DOMAIN, true));
        self.stage("root", Stage::Tls, Evidence::Tls(Box::new(handshake)), Outcome::Passed, 24_000);
        let exchange = exchange("https://contoso.test/autodiscover/autodiscover.xml", 404, "Not Found", true);
        let missing = Outcome::Failed { cause: Cause::HttpNotFound };
        self.stage("root", Stage::Http, Evidence::Http(Box::new(exchange)), missing, 31_000);
        self.skip("root", Stage::Xml, Blocker::Http);
        self.finish("root");
    }

    fn autodiscover(&mut self) {
        let host = "autodiscover.contoso.test";
        self.name("autodiscover", host, "192.0.2.10");
        self.connect("autodiscover", "192.0.2.10:443");
        let mut handshake = handshake("192.0.2.10:443", host, &["remote.contoso.test"]);
        handshake.chain.push(issuer());
        handshake.checks = Some(checks(host, false));
        let wrong = Outcome::Failed { cause: Cause::TlsNameMismatch };
        self.stage("autodiscover", Stage::Tls, Evidence::Tls(Box::new(handshake)), wrong, 27_400);
        let mut exchange =
            exchange(&format!("https://{host}/autodiscover/autodiscover.xml"), 401, "Unauthorized", false);
        exchange.schemes = vec!["Negotiate".into(), "NTLM".into()];
        exchange.exchange = true;
        self.stage("autodiscover", Stage::Http, Evidence::Http(Box::new(exchange)), Outcome::Passed, 18_000);
        self.skip("autodiscover", Stage::Xml, Blocker::Password);
        self.finish("autodiscover");
    }

    fn redirect(&mut self) {
        self.name("redirect", "autodiscover.contoso.test", "192.0.2.10");
        self.connect("redirect", "192.0.2.10:80");
        let candidate = CandidateId::new("redirect");
        self.add(Event::StageFinished {
            candidate,
            stage: Stage::Tls,
            attempt: 1,
            outcome: Outcome::NotApplicable,
            elapsed_us: 0,
        });
        let exchange =
            exchange("http://autodiscover.contoso.test/autodiscover/autodiscover.xml", 403, "Forbidden", false);
        let refused = Outcome::Failed { cause: Cause::HttpNoRedirect };
        self.stage("redirect", Stage::Http, Evidence::Http(Box::new(exchange)), refused, 9_000);
        self.skip("redirect", Stage::Xml, Blocker::Http);
        self.finish("redirect");
    }

    fn srv(&mut self) {
        let answer = DnsAnswer { status: DnsStatus::NoSuchName, ..answer("_autodiscover._tcp.contoso.test", None) };
        let answer = DnsAnswer {
            question: DnsQuestion { record: RecordType::Srv, ..answer.question },
            authority: Some(StartOfAuthority { zone: DOMAIN.into(), negative_ttl: 900 }),
            ..answer
        };
        let absent = Outcome::Failed { cause: Cause::DnsNoSuchName };
        self.stage("srv", Stage::Dns, Evidence::Dns(answer), absent, 4_100);
        for stage in [Stage::Tcp, Stage::Tls, Stage::Http, Stage::Xml] {
            self.skip("srv", stage, Blocker::Dns);
        }
        self.finish("srv");
    }

    fn office365(&mut self) {
        let id = CandidateId::new("office365");
        self.add(Event::CandidateDecided { id, standing: Standing::NoSign, signs: Vec::new() });
        self.finish("office365");
    }

    fn start(&mut self, candidate: &str, stage: Stage) {
        self.add(Event::StageStarted { candidate: CandidateId::new(candidate), stage, attempt: 1 });
    }

    fn stage(&mut self, candidate: &str, stage: Stage, evidence: Evidence, outcome: Outcome, elapsed_us: u64) {
        self.start(candidate, stage);
        let candidate = CandidateId::new(candidate);
        self.add(Event::Observed { candidate: Some(candidate.clone()), stage, evidence });
        self.add(Event::StageFinished { candidate, stage, attempt: 1, outcome, elapsed_us });
    }

    fn skip(&mut self, candidate: &str, stage: Stage, blocker: Blocker) {
        let candidate = CandidateId::new(candidate);
        let outcome = Outcome::Skipped { blocker };
        self.add(Event::StageFinished { candidate, stage, attempt: 1, outcome, elapsed_us: 0 });
    }

    fn finish(&mut self, candidate: &str) {
        self.add(Event::CandidateFinished { id: CandidateId::new(candidate) });
    }

    fn name(&mut self, candidate: &str, host: &str, address: &str) {
        let evidence = Evidence::Dns(answer(host, Some(address)));
        self.stage(candidate, Stage::Dns, evidence, Outcome::Passed, 4_000);
    }

    fn connect(&mut self, candidate: &str, address: &str) {
        let address: SocketAddr = address.parse().expect("an address");
        let connect = TcpConnect { address, result: TcpResult::Connected, elapsed_us: 10_700 };
        self.stage(candidate, Stage::Tcp, Evidence::Tcp(connect), Outcome::Passed, 10_700);
    }
}

fn answer(host: &str, address: Option<&str>) -> DnsAnswer {
    let records = address.map(|address| DnsRecord {
        name: host.into(),
        ttl: 3600,
        data: DnsData::A { address: address.parse().expect("an address") },
    });
    DnsAnswer {
        responder: Some("10.0.0.2:53".into()),
        status: DnsStatus::Answered,
        records: records.into_iter().collect(),
        authoritative: true,
        elapsed_us: 3_900,
        ..DnsAnswer::unanswered(DnsQuestion { name: host.into(), record: RecordType::A }, View::System)
    }
}

fn handshake(address: &str, host: &str, names: &[&str]) -> TlsHandshake {
    TlsHandshake {
        server_name: Some(host.into()),
        version: Some("TLS 1.2".into()),
        suite: Some("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384".into()),
        chain: vec![leaf(names)],
        elapsed_us: 24_000,
        ..TlsHandshake::blank(address.parse().expect("an address"), HandshakePurpose::Probe)
    }
}

fn leaf(names: &[&str]) -> Certificate {
    let first = names.first().copied().unwrap_or_default();
    Certificate {
        subject: format!("CN={first}"),
        common_names: vec![first.into()],
        issuer: "CN=contoso-SBS-CA".into(),
        serial: "61:0b:7a:2e:00:00:00:00:00:05".into(),
        not_before: "2026-01-10T08:00:00Z".parse().ok(),
        not_after: "2028-01-10T08:00:00Z".parse().ok(),
        names: names.iter().map(|name| SubjectName::Dns { name: (*name).to_owned() }).collect(),
        key: CertificateKey { algorithm: "RSA".into(), bits: 2048 },
        signature_algorithm: "sha256WithRSAEncryption".into(),
        version: 3,
        key_usage: vec!["digital signature".into(), "key encipherment".into()],
        extended_key_usage: vec!["server authentication".into()],
        extensions: vec![Extension {
            oid: "2.5.29.17".into(),
            name: "subject alternative name".into(),
            critical: false,
            text: names.join(", "),
        }],
        sha1: "3F".repeat(20),
        sha256: "A7".repeat(32),
        der: "MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkq".repeat(24),
        ..Certificate::default()
    }
}

fn issuer() -> Certificate {
    Certificate {
        subject: "CN=contoso-SBS-CA".into(),
        common_names: vec!["contoso-SBS-CA".into()],
        self_issued: true,
        is_authority: true,
        names: Vec::new(),
        extensions: Vec::new(),
        extended_key_usage: Vec::new(),
        ..leaf(&["contoso-SBS-CA"])
    }
}

fn checks(asked: &str, ok: bool) -> Checks {
    let reason = if ok { NameReason::Listed } else { NameReason::NotListed };
    Checks {
        trusted: TrustCheck {
            ok: true,
            reason: TrustReason::Trusted,
            stores: vec![
                StoreVerdict { store: TrustStore::PublicRoots, ok: false },
                StoreVerdict { store: TrustStore::CaFile, ok: true },
            ],
        },
        in_date: DateCheck { ok: true, reason: DateReason::Valid, days_left: 415 },
        name_matches: NameCheck {
            ok,
            reason,
            asked: asked.into(),
            matched: ok.then(|| asked.to_owned()),
            near_miss: None,
        },
        usable: UsageCheck { ok: true, problems: Vec::new() },
    }
}

fn exchange(url: &str, status: u16, reason: &str, verified: bool) -> HttpExchange {
    let header = |name: &str, value: &str| Header { name: name.into(), value: value.into() };
    HttpExchange {
        verified,
        status: Some(status),
        reason: reason.into(),
        headers: vec![header("server", "Microsoft-IIS/8.5"), header("content-length", "58")],
        body: Some(Body { length: 58, truncated: false, text: "<html>\n\t<title>No entry</title>\n</html>\n".into() }),
        elapsed_us: 18_000,
        ..HttpExchange::unanswered(
            url,
            if url.starts_with("https") { "POST" } else { "GET" },
            "192.0.2.10:443".parse().expect("an address"),
        )
    }
}
