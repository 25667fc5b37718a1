//! A run as it happens when the set-up wizard made a certificate for `remote.contoso.test` alone, and the zone has an
//! `autodiscover` record (`assets/lab/wizard-certificate`): hand-made envelopes and the diagnosis they call for.

use discoscope::{
    diagnosis::{ClientVerdict, Diagnosis, Verdict},
    event::*,
    finding::{Certainty, Fact, Finding, Owner, Remedy, Severity},
    model::Model,
    plan::{self, PlanInput},
    walk::{Prompt, PromptKind, Role, VerdictClass, Walk, WalkStep},
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
        question: DnsQuestion { name: host.into(), record: RecordType::A },
        purpose: Purpose::Lookup,
        view: View::System,
        responder: Some("10.0.0.2:53".into()),
        status: DnsStatus::Answered,
        records: records.into_iter().collect(),
        authority: None,
        alias_fault: None,
        authoritative: true,
        over_tcp: false,
        dropped: 0,
        messages: Vec::new(),
        elapsed_us: 3_900,
    }
}

fn handshake(address: &str, host: &str, names: &[&str]) -> TlsHandshake {
    TlsHandshake {
        address: address.parse().expect("an address"),
        server_name: Some(host.into()),
        purpose: HandshakePurpose::Probe,
        library: None,
        version: Some("TLS 1.2".into()),
        suite: Some("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384".into()),
        group: None,
        alpn: None,
        versions: Vec::new(),
        chain: vec![leaf(names)],
        chain_dropped: 0,
        ocsp_stapled: false,
        client_certificate: None,
        checks: None,
        failure: None,
        detail: None,
        elapsed_us: 24_000,
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
        url: url.into(),
        method: if url.starts_with("https") { "POST" } else { "GET" }.into(),
        purpose: HttpPurpose::Probe,
        address: "192.0.2.10:443".parse().expect("an address"),
        verified,
        library: None,
        client_certificate: None,
        request_headers: Vec::new(),
        request_body: None,
        status: Some(status),
        reason: reason.into(),
        headers: vec![header("server", "Microsoft-IIS/8.5"), header("content-length", "58")],
        body: Some(Body { length: 58, truncated: false, text: "<html>\n\t<title>No entry</title>\n</html>\n".into() }),
        schemes: Vec::new(),
        exchange: false,
        failure: None,
        elapsed_us: 18_000,
    }
}

/// What there is to conclude: written by hand, so that screens do not depend on rules.
pub fn diagnose(model: &Model, client: ClientFamily) -> Diagnosis {
    let done = model.candidate(&CandidateId::new("autodiscover")).is_some_and(|state| state.finished);
    let mut number = 0;
    let steps: Vec<WalkStep> = model
        .in_order_of(client)
        .into_iter()
        .map(|state| {
            let tried = plan::sequence(client).iter().any(|step| step.origin == state.candidate.origin);
            number += usize::from(tried);
            step(state.candidate.id.clone(), tried.then_some(number))
        })
        .collect();
    let stops = steps.iter().find(|step| step.role == Role::Prompts).and_then(|step| step.number).unwrap_or(0);
    let autodiscover = CandidateId::new("autodiscover");
    let class = if done { VerdictClass::Prompts } else { VerdictClass::Inconclusive };
    let headline = match done {
        true => format!(
            "Outlook stops at step {stops} and asks the user to accept a certificate for another name. The steps before it are fine."
        ),
        false => "Too little is known yet.".to_owned(),
    };
    let prompts = if done { vec![prompt(&autodiscover)] } else { Vec::new() };
    let stops_at = done.then(|| autodiscover.clone());
    let per_client = vec![ClientVerdict { client, class, stops_at: stops_at.clone() }];
    let walk = Walk {
        client,
        steps,
        prompts: prompts.clone(),
        stops_at: stops_at.clone(),
        decided_by: None,
        waits_seconds: 0,
        open: Vec::new(),
        class,
    };
    let verdict = Verdict { class, headline, stops_at, prompts, per_client };
    Diagnosis {
        verdict,
        walk,
        findings: if done { vec![mismatch(autodiscover)] } else { Vec::new() },
        questions: Vec::new(),
        standpoint: Default::default(),
        what_if: None,
        together: None,
    }
}

fn step(candidate: CandidateId, number: Option<usize>) -> WalkStep {
    let (role, code) = match candidate.as_str() {
        "autodiscover" => (Role::Prompts, Some("0x80072F06")),
        "redirect" | "srv" => (Role::Unreached, None),
        _ => (Role::Harmless, None),
    };
    WalkStep { candidate, number, reached: role != Role::Unreached, role, code, waits_seconds: 0, switched_off: None }
}

fn prompt(candidate: &CandidateId) -> Prompt {
    Prompt {
        kind: PromptKind::SecurityAlert,
        candidate: candidate.clone(),
        host: "autodiscover.contoso.test".into(),
        red_lines: vec!["name"],
        code: Some("0x80072F06"),
        may: false,
        recurs: discoscope::walk::Recurrence::EverySearch,
    }
}

fn mismatch(candidate: CandidateId) -> Finding {
    let fact = |label: &str, value: &str| Fact { label: label.into(), value: value.into() };
    let srv = Remedy {
        title: "Publish an SRV record and remove the A record".into(),
        kind: "zone".into(),
        steps: "Publish the record, then delete the other.".into(),
        text: "_autodiscover._tcp.contoso.test. 3600 IN SRV 0 0 443 remote.contoso.test.\n; delete:\nautodiscover.contoso.test. 3600 IN A 192.0.2.10".into(),
        owner: Owner::DnsHost,
        risk: "Mobile phones that know no SRV record must be set up by hand.".into(),
        undo: "Put the A record back and delete the SRV record.".into(),
        verify: "Step 6 ends in \"no name\", the SRV step in a clean 401.".into(),
        assumes: Vec::new(),
        leads_to: None,
        cures: None,
    };
    let reissue = Remedy {
        title: "Reissue the certificate with both names".into(),
        kind: "exchange".into(),
        steps: "Ask the authority for both names.".into(),
        text: "New-ExchangeCertificate -GenerateRequest -DomainName remote.contoso.test,autodiscover.contoso.test"
            .into(),
        owner: Owner::ExchangeAdmin,
        risk: String::new(),
        undo: "Enable the old certificate again.".into(),
        verify: "The certificate explorer marks the name as matching.".into(),
        assumes: Vec::new(),
        leads_to: None,
        cures: None,
    };
    Finding {
        id: "san-mismatch".into(),
        title: "The certificate does not carry the name autodiscover.contoso.test".into(),
        severity: Severity::Major,
        certainty: Certainty::Proven,
        owner: Owner::DnsHost,
        candidates: vec![candidate],
        stage: Some(Stage::Tls),
        evidence: vec![
            fact("autodiscover.contoso.test", "A 192.0.2.10, TTL 3600"),
            fact("certificate lists", "remote.contoso.test"),
            fact("_autodiscover._tcp", "no such name"),
        ],
        shows: "Security Alert for autodiscover.contoso.test; its third line is red: \"The name on the security certificate is invalid or does not match the name of the site.\" Outlook's log shows 0x80072F06.".into(),
        explanation: "The set-up wizard made the certificate for one name. A record for a second name leads Outlook to the same server, which then shows a certificate for the first.".into(),
        remedies: vec![srv, reissue],
        check: "Press r on this step: it must end in \"no name\", and the SRV step in a clean 401.".into(),
        consequence_of: None,
    }
}
