//! Every rule against its case and against the look-alike that failures.md rules out, on models built by hand.

mod answers;
mod captive_portal;
mod certificate;
mod directory;
mod endpoint;
mod names;
mod network;
mod pages;
mod questions;
mod remedies;
mod sign_in;
mod stores;
mod this_pc;

use super::{Finding, Severity, evaluate};
use crate::{
    event::*,
    model::{CandidateState, Model, Progress, StageState},
    plan::{self, PlanInput},
    walk::{Prompt, PromptKind, Role, VerdictClass, Walk, WalkStep},
};
use std::net::SocketAddr;

/// A run made by hand: every candidate of the plan, all harmless until said otherwise.
struct World {
    model: Model,
    walk: Walk,
}

impl World {
    fn new(client: ClientFamily) -> Self {
        Self::with_scp(client, &[])
    }

    fn with_scp(client: ClientFamily, scp: &[&str]) -> Self {
        Self::of_domain(client, "contoso.test", scp)
    }

    fn of_domain(client: ClientFamily, domain: &str, scp: &[&str]) -> Self {
        let domain = domain.to_owned();
        let address = Address { local: "a".to_owned(), domain: domain.clone(), domain_unicode: domain };
        let scp_urls = scp.iter().map(|url| url.parse().expect("a URL")).collect();
        let input =
            PlanInput { address: address.clone(), directory: false, scp_urls, only: Vec::new(), skip: Vec::new() };
        let mut world = Self {
            model: Model::default(),
            walk: Walk {
                client,
                steps: Vec::new(),
                prompts: Vec::new(),
                stops_at: None,
                decided_by: None,
                waits_seconds: 0,
                open: Vec::new(),
                class: VerdictClass::Fails,
            },
        };
        world.model.address = Some(address);
        world.model.client = client;
        world.model.progress = Progress::Finished;
        for candidate in plan::plan(&input) {
            world.add(candidate);
        }
        world
    }

    fn add(&mut self, candidate: Candidate) {
        let tried = plan::sequence(self.walk.client).iter().any(|step| step.origin == candidate.origin);
        self.walk.steps.push(WalkStep {
            candidate: candidate.id.clone(),
            number: tried.then_some(self.walk.steps.len() + 1),
            reached: tried,
            role: Role::Harmless,
            code: None,
            waits_seconds: 0,
            switched_off: None,
        });
        let stages = Default::default();
        self.model.candidates.push(CandidateState { candidate, stages, redirect: None, finished: true });
    }

    fn service(mut self, id: &str, url: &str) -> Self {
        let url = url.parse().expect("a URL");
        let candidate = plan::followed(CandidateId::new(id), Origin::Service, &url, CandidateId::new("autodiscover"));
        self.add(candidate);
        self
    }

    fn state(&mut self, id: &str) -> &mut CandidateState {
        self.model.candidates.iter_mut().find(|state| state.candidate.id.as_str() == id).expect("a candidate")
    }

    fn stage(&mut self, id: &str, stage: Stage) -> &mut StageState {
        self.state(id).stages.entry(stage).or_default()
    }

    fn end(mut self, id: &str, stage: Stage, cause: Cause) -> Self {
        self.stage(id, stage).outcome = Some(Outcome::Failed { cause });
        self
    }

    fn passed(mut self, id: &str, stage: Stage) -> Self {
        self.stage(id, stage).outcome = Some(Outcome::Passed);
        self
    }

    fn role(mut self, id: &str, role: Role) -> Self {
        let step = self.walk.steps.iter_mut().find(|step| step.candidate.as_str() == id).expect("a step");
        step.role = role;
        step.reached = role != Role::Unreached;
        if role == Role::Decides {
            self.walk.decided_by = Some(CandidateId::new(id));
        }
        self
    }

    fn prompt(mut self, id: &str, kind: PromptKind, host: &str) -> Self {
        let candidate = CandidateId::new(id);
        self.walk.prompts.push(Prompt {
            kind,
            candidate,
            host: host.to_owned(),
            red_lines: Vec::new(),
            code: None,
            may: false,
            recurs: crate::walk::Recurrence::EverySearch,
        });
        if kind == PromptKind::SecurityAlert { self.role(id, Role::Prompts) } else { self }
    }

    /// The candidate's host has this address.
    fn dns(self, id: &str, address: &str) -> Self {
        let mut world = self;
        let host = world.state(id).host().to_owned();
        let answer = answer(&host, &[a(&host, address)], Purpose::Lookup);
        world.answer(id, answer)
    }

    fn answer(mut self, id: &str, answer: DnsAnswer) -> Self {
        let stage = self.stage(id, Stage::Dns);
        stage.outcome = Some(Outcome::Passed);
        stage.evidence.push(Evidence::Dns(answer));
        self
    }

    /// The candidate's name does not exist.
    fn absent(self, id: &str) -> Self {
        let mut world = self;
        let host = match id {
            "srv" => "_autodiscover._tcp.contoso.test".to_owned(),
            _ => world.state(id).host().to_owned(),
        };
        let answer = DnsAnswer { status: DnsStatus::NoSuchName, ..answer(&host, &[], Purpose::Lookup) };
        world.answer(id, answer).end(id, Stage::Dns, Cause::DnsNoSuchName)
    }

    fn srv(mut self, target: &str, port: u16) -> Self {
        let name = "_autodiscover._tcp.contoso.test".to_owned();
        let data = DnsData::Srv { priority: 0, weight: 0, port, target: target.to_owned() };
        let record = DnsRecord { name: name.clone(), ttl: 3600, data };
        let state = self.state("srv");
        state.candidate.host = Some(target.to_owned());
        state.candidate.port = port;
        state.candidate.url = Some(format!("https://{target}/autodiscover/autodiscover.xml"));
        let mut answer = answer(&name, &[record], Purpose::Lookup);
        answer.question.record = RecordType::Srv;
        self.answer("srv", answer)
    }

    fn fact(mut self, answer: DnsAnswer) -> Self {
        self.model.facts.push(Evidence::Dns(answer));
        self
    }

    /// A made-up name of the zone has this address.
    fn wildcard(self, address: &str) -> Self {
        let name = "x7f3q9.contoso.test";
        self.fact(answer(name, &[a(name, address)], Purpose::WildcardCanary))
    }

    /// A made-up name of the zone does not exist.
    fn no_wildcard(self) -> Self {
        let name = "x7f3q9.contoso.test";
        self.fact(DnsAnswer { status: DnsStatus::NoSuchName, ..answer(name, &[], Purpose::WildcardCanary) })
    }

    fn mail_server(self, exchange: &str, address: &str) -> Self {
        let data = DnsData::Mx { preference: 10, exchange: exchange.to_owned() };
        let record = DnsRecord { name: "contoso.test".to_owned(), ttl: 3600, data };
        self.fact(answer("contoso.test", &[record], Purpose::Surroundings)).fact(answer(
            exchange,
            &[a(exchange, address)],
            Purpose::Surroundings,
        ))
    }

    fn tcp(mut self, id: &str, address: &str, result: TcpResult) -> Self {
        let address = address.parse().expect("address and port");
        let connect = TcpConnect { address, result, elapsed_us: 11_000 };
        self.stage(id, Stage::Tcp).evidence.push(Evidence::Tcp(connect));
        self
    }

    /// The candidate's server presents a certificate with these names; every check but the name's holds.
    fn certificate(mut self, id: &str, names: &[&str]) -> Self {
        let host = self.state(id).host().to_owned();
        let handshake = handshake(&host, names);
        let ok = handshake.checks.as_ref().is_some_and(Checks::all_hold);
        let stage = self.stage(id, Stage::Tls);
        stage.outcome = Some(if ok { Outcome::Passed } else { Outcome::Failed { cause: Cause::TlsNameMismatch } });
        stage.evidence.push(Evidence::Tls(Box::new(handshake)));
        self
    }

    fn change(mut self, id: &str, change: impl FnOnce(&mut TlsHandshake)) -> Self {
        match self.stage(id, Stage::Tls).evidence.first_mut() {
            Some(Evidence::Tls(handshake)) => change(handshake),
            _ => panic!("no handshake"),
        }
        self
    }

    fn http(self, id: &str, status: u16, exchange: bool) -> Self {
        self.http_with(id, status, exchange, &[], "")
    }

    fn http_with(mut self, id: &str, status: u16, exchange: bool, headers: &[(&str, &str)], body: &str) -> Self {
        let state = self.state(id);
        let url = state.candidate.url.clone().expect("a URL");
        let headers = headers.iter();
        let answer = HttpExchange {
            verified: true,
            status: Some(status),
            headers: headers.map(|(name, value)| Header { name: (*name).into(), value: (*value).into() }).collect(),
            body: Some(Body { length: body.len(), truncated: false, text: body.to_owned() }),
            exchange,
            elapsed_us: 1000,
            ..HttpExchange::unanswered(url, "POST", SocketAddr::from(([192, 0, 2, 10], 443)))
        };
        self.stage(id, Stage::Http).evidence.push(Evidence::Http(Box::new(answer)));
        let cause = match status {
            404 => Cause::HttpNotFound,
            403 => Cause::HttpForbidden,
            405 => Cause::HttpMethodNotAllowed,
            500 => Cause::HttpServerError,
            503 => Cause::HttpUnavailable,
            _ => return self.passed(id, Stage::Http),
        };
        self.end(id, Stage::Http, cause)
    }

    fn xml(mut self, id: &str, cause: Cause, answer: AutodiscoverAnswer) -> Self {
        self.stage(id, Stage::Xml).evidence.push(Evidence::Xml(Box::new(answer)));
        self.end(id, Stage::Xml, cause)
    }

    fn findings(&self) -> Vec<Finding> {
        evaluate(&self.model, &self.walk)
    }

    fn ids(&self) -> Vec<String> {
        self.findings().into_iter().map(|finding| finding.id).collect()
    }

    fn find(&self, id: &str) -> Finding {
        let findings = self.findings();
        let ids: Vec<_> = findings.iter().map(|finding| finding.id.clone()).collect();
        findings.into_iter().find(|finding| finding.id == id).unwrap_or_else(|| panic!("no {id} in {ids:?}"))
    }

    /// Only these findings, in this order.
    #[track_caller]
    fn gives(&self, ids: &[&str]) {
        assert_eq!(self.ids(), ids);
    }
}

fn a(name: &str, address: &str) -> DnsRecord {
    let data = match address.parse().expect("an address") {
        std::net::IpAddr::V4(address) => DnsData::A { address },
        std::net::IpAddr::V6(address) => DnsData::Aaaa { address },
    };
    DnsRecord { name: name.to_owned(), ttl: 3600, data }
}

fn cname(name: &str, target: &str) -> DnsRecord {
    DnsRecord { name: name.to_owned(), ttl: 3600, data: DnsData::Cname { target: target.to_owned() } }
}

fn answer(name: &str, records: &[DnsRecord], purpose: Purpose) -> DnsAnswer {
    DnsAnswer {
        purpose,
        responder: Some("10.0.0.2:53".to_owned()),
        status: DnsStatus::Answered,
        records: records.to_vec(),
        elapsed_us: 4000,
        ..DnsAnswer::unanswered(DnsQuestion { name: name.to_owned(), record: RecordType::A }, View::System)
    }
}

fn handshake(host: &str, names: &[&str]) -> TlsHandshake {
    let leaf = Certificate {
        subject: format!("CN={}", names.first().unwrap_or(&"nobody")),
        issuer: "CN=Test CA".to_owned(),
        names: names.iter().map(|name| SubjectName::Dns { name: (*name).to_owned() }).collect(),
        sha256: names.join("+"),
        not_before: "2026-01-01T00:00:00Z".parse().ok(),
        not_after: "2026-07-01T00:00:00Z".parse().ok(),
        ..Certificate::default()
    };
    let ok = super::case::covers(&leaf, host);
    let reason = if ok { NameReason::Listed } else { NameReason::NotListed };
    TlsHandshake {
        server_name: Some(host.to_owned()),
        version: Some("TLS 1.3".to_owned()),
        chain: vec![leaf],
        checks: Some(Checks {
            trusted: TrustCheck { ok: true, reason: TrustReason::Trusted, stores: Vec::new() },
            in_date: DateCheck { ok: true, reason: DateReason::Valid, days_left: 90 },
            name_matches: NameCheck { ok, reason, asked: host.to_owned(), matched: None, near_miss: None },
            usable: UsageCheck { ok: true, problems: Vec::new() },
        }),
        elapsed_us: 24_000,
        ..TlsHandshake::blank(SocketAddr::from(([192, 0, 2, 10], 443)), HandshakePurpose::Probe)
    }
}

fn untrusted(reason: TrustReason) -> impl FnOnce(&mut TlsHandshake) {
    move |handshake| {
        let checks = handshake.checks.as_mut().expect("checks");
        checks.trusted.ok = false;
        checks.trusted.reason = reason;
    }
}
