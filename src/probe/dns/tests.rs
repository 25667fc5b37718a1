#![allow(clippy::unwrap_used)]

use super::*;
use crate::net::{Dialer, HostLookup, Limits, Resolver, SystemClock, TrustStores, dialer::TcpDialer};
use std::{
    net::{Ipv4Addr, Ipv6Addr},
    sync::{Arc, Mutex},
};

fn answer(name: &str, record: RecordType, status: DnsStatus, records: Vec<DnsRecord>) -> DnsAnswer {
    DnsAnswer {
        responder: Some("192.0.2.53:53".into()),
        status,
        records,
        elapsed_us: 1,
        ..DnsAnswer::unanswered(DnsQuestion { name: name.into(), record }, View::System)
    }
}

fn outcome(ipv4: DnsStatus, ipv6: DnsStatus) -> Outcome {
    let records = |status: DnsStatus, address: IpAddr| match status {
        DnsStatus::Answered => vec![address_record("a.test", address)],
        _ => Vec::new(),
    };
    let ipv4 = answer("a.test", RecordType::A, ipv4, records(ipv4, Ipv4Addr::LOCALHOST.into()));
    let ipv6 = answer("a.test", RecordType::Aaaa, ipv6, records(ipv6, Ipv6Addr::LOCALHOST.into()));
    host_answer(&ipv4, &ipv6).outcome
}

#[test]
fn the_worse_informed_question_does_not_decide() {
    use DnsStatus::{Answered, NoData, NoSuchName, PortClosed, Refused, ServerFailure, TimedOut};
    let failed = |cause| Outcome::Failed { cause };
    assert_eq!(outcome(Answered, ServerFailure), Outcome::Passed);
    assert_eq!(outcome(TimedOut, Answered), Outcome::Passed);
    assert_eq!(outcome(NoSuchName, NoSuchName), failed(Cause::DnsNoSuchName));
    assert_eq!(outcome(NoSuchName, TimedOut), failed(Cause::DnsNoSuchName));
    assert_eq!(outcome(NoData, NoSuchName), failed(Cause::DnsNoData));
    assert_eq!(outcome(NoData, NoData), failed(Cause::DnsNoData));
    assert_eq!(outcome(NoData, ServerFailure), failed(Cause::DnsServerFailure));
    assert_eq!(outcome(Refused, TimedOut), failed(Cause::DnsRefused));
    assert_eq!(outcome(PortClosed, PortClosed), failed(Cause::DnsUnreachable));
}

#[test]
fn alias_faults_come_first() {
    let mut ipv4 = answer("a.test", RecordType::A, DnsStatus::NoSuchName, Vec::new());
    let ipv6 = answer("a.test", RecordType::Aaaa, DnsStatus::TimedOut, Vec::new());
    ipv4.alias_fault = Some(AliasFault::Dangling { target: "b.test".into() });
    assert_eq!(host_answer(&ipv4, &ipv6).outcome, Outcome::Failed { cause: Cause::DnsAliasDangling });
    ipv4.alias_fault = Some(AliasFault::Loop { target: "a.test".into() });
    assert_eq!(host_answer(&ipv4, &ipv6).outcome, Outcome::Failed { cause: Cause::DnsAliasLoop });
}

fn srv(priority: u16, weight: u16, port: u16, target: &str) -> DnsRecord {
    let data = DnsData::Srv { priority, weight, port, target: target.into() };
    DnsRecord { name: "_autodiscover._tcp.a.test".into(), ttl: 60, data }
}

fn srv_of(records: Vec<DnsRecord>) -> SrvAnswer {
    srv_answer(&answer("_autodiscover._tcp.a.test", RecordType::Srv, DnsStatus::Answered, records))
}

#[test]
fn srv_targets_come_by_priority_then_weight() {
    let found = srv_of(vec![
        srv(20, 9, 443, "d.test"),
        srv(10, 0, 443, "c.test"),
        srv(10, 60, 443, "b.test"),
        srv(10, 60, 443, "a.test"),
    ]);
    let names: Vec<_> = found.targets.iter().map(|target| target.target.as_str()).collect();
    assert_eq!(names, ["a.test", "b.test", "c.test", "d.test"]);
    assert_eq!(found.outcome, Outcome::Passed);
}

#[test]
fn a_root_target_declares_the_service_absent() {
    assert_eq!(srv_of(vec![srv(0, 0, 0, ".")]).outcome, Outcome::Failed { cause: Cause::DnsSrvTargetRoot });
    assert_eq!(srv_of(vec![srv(0, 0, 8443, "a.test")]).outcome, Outcome::Warned { cause: Cause::DnsSrvPort });
}

#[test]
fn canaries_have_their_form_and_differ() {
    let labels: Vec<_> = (0..100).map(|_| canary_label()).collect();
    for label in &labels {
        assert_eq!(label.len(), 12, "{label}");
        assert!(label.starts_with(|first: char| first.is_ascii_lowercase()), "{label}");
        assert!(label.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()), "{label}");
    }
    assert!(labels.iter().collect::<std::collections::HashSet<_>>().len() == 100);
}

/// Knows `mail.a.test` and `v4.a.test` only.
#[derive(Debug)]
struct Zone;

#[async_trait::async_trait]
impl Resolver for Zone {
    async fn ask(&self, question: &DnsQuestion) -> DnsAnswer {
        let (status, records) = match (question.name.as_str(), question.record) {
            ("mail.a.test", RecordType::A) => (DnsStatus::Answered, vec![Ipv4Addr::new(192, 0, 2, 1).into()]),
            ("mail.a.test", RecordType::Aaaa) => (DnsStatus::Answered, vec![Ipv6Addr::LOCALHOST.into()]),
            ("mail.a.test", _) => (DnsStatus::NoData, vec![]),
            _ => (DnsStatus::NoSuchName, vec![]),
        };
        let records: Vec<_> = records.iter().map(|address| address_record(&question.name, *address)).collect();
        answer(&question.name, question.record, status, records)
    }

    fn view(&self) -> View {
        View::System
    }
}

#[derive(Debug)]
struct Hosts(Result<Vec<IpAddr>, String>);

#[async_trait::async_trait]
impl HostLookup for Hosts {
    async fn lookup(&self, _: &str) -> Result<Vec<IpAddr>, String> {
        self.0.clone()
    }
}

fn net(hosts: Option<Result<Vec<IpAddr>, String>>) -> Net {
    Net {
        resolver: Arc::new(Zone),
        further: Vec::new(),
        operating_system: hosts.map(|hosts| Arc::new(Hosts(hosts)) as Arc<dyn HostLookup>),
        name_servers: None,
        dialer: Arc::new(TcpDialer::default()) as Arc<dyn Dialer>,
        trust: Arc::new(TrustStores::default()),
        clock: Arc::new(SystemClock),
        limits: Limits::default(),
    }
}

#[tokio::test]
async fn both_questions_are_asked_and_reported() {
    let seen = Mutex::new(Vec::new());
    let report = |answer: DnsAnswer| seen.lock().unwrap().push(answer.question.record);
    let found = lookup_host(&net(None), "Mail.A.test.", &report).await;
    assert_eq!(found.addresses, [IpAddr::from([192, 0, 2, 1]), Ipv6Addr::LOCALHOST.into()]);
    assert_eq!((found.outcome, found.is_alias), (Outcome::Passed, false));
    assert_eq!(*seen.lock().unwrap(), [RecordType::A, RecordType::Aaaa]);
}

#[tokio::test]
async fn addresses_as_hosts_need_no_question() {
    for (host, address) in [("192.0.2.9", "192.0.2.9"), ("[2001:db8::1]", "2001:db8::1"), ("::1", "::1")] {
        let found = lookup_host(&net(None), host, &|_| panic!("asked for {host}")).await;
        assert_eq!(found.addresses, [address.parse::<IpAddr>().unwrap()]);
        assert_eq!(found.outcome, Outcome::Passed);
    }
}

#[tokio::test]
async fn srv_is_asked_below_the_domain_and_purposes_are_kept() {
    let seen = Mutex::new(Vec::new());
    let found = lookup_srv(&net(None), "a.test", &|answer| seen.lock().unwrap().push(answer.question.name)).await;
    assert_eq!(*seen.lock().unwrap(), ["_autodiscover._tcp.a.test"]);
    assert_eq!(found.outcome, Outcome::Failed { cause: Cause::DnsNoSuchName });
    let asked = ask(&net(None), "a.test", RecordType::Mx, Purpose::Surroundings).await;
    assert_eq!(asked.purpose, Purpose::Surroundings);
}

#[tokio::test]
async fn the_operating_systems_view_is_an_answer() {
    assert_eq!(operating_system(&net(None), "a.test").await, None);
    let both = Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]);
    let found = operating_system(&net(Some(both)), "a.test").await.unwrap();
    assert_eq!((found.view, found.status), (View::OperatingSystem, DnsStatus::Answered));
    assert_eq!(found.addresses(), [IpAddr::from(Ipv4Addr::LOCALHOST), Ipv6Addr::LOCALHOST.into()]);
    // The texts of glibc and macOS (gai_strerror) and the number of Winsock (WSAHOST_NOT_FOUND and its kin).
    for (words, status) in [
        ("failed to lookup address information: Name or service not known", DnsStatus::NoSuchName),
        ("nodename nor servname provided, or not known", DnsStatus::NoSuchName),
        ("No such host is known. (os error 11001)", DnsStatus::NoSuchName),
        ("failed to lookup address information: No address associated with hostname", DnsStatus::NoData),
        ("failed to lookup address information: Temporary failure in name resolution", DnsStatus::ServerFailure),
    ] {
        let found = operating_system(&net(Some(Err(words.into()))), "a.test").await.unwrap();
        assert_eq!(found.status, status, "{words}");
    }
}
