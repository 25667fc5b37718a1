//! The table of views against answers as they come.

use super::*;
use crate::event::{Candidate, DnsQuestion, DnsRecord, Envelope, Event, Origin, Stage};

const HOST: &str = "autodiscover.contoso.test";

fn answer(view: View, record: RecordType, data: &[DnsData]) -> DnsAnswer {
    let record_of = |data: &DnsData| DnsRecord { name: HOST.to_owned(), ttl: 300, data: data.clone() };
    DnsAnswer {
        responder: (view != View::OperatingSystem).then(|| "10.0.0.2:53".to_owned()),
        status: if data.is_empty() { DnsStatus::NoSuchName } else { DnsStatus::Answered },
        records: data.iter().map(record_of).collect(),
        elapsed_us: 1,
        ..DnsAnswer::unanswered(DnsQuestion { name: HOST.to_owned(), record }, view)
    }
}

fn a(text: &str) -> DnsData {
    DnsData::A { address: text.parse().expect("an address") }
}

fn aaaa(text: &str) -> DnsData {
    DnsData::Aaaa { address: text.parse().expect("an address") }
}

fn table(answers: Vec<DnsAnswer>) -> ViewTable {
    let id = CandidateId::new("autodiscover");
    let candidate =
        Candidate { host: Some(HOST.to_owned()), port: 443, ..Candidate::bare(id.clone(), Origin::Autodiscover) };
    let observed =
        |answer| Event::Observed { candidate: Some(id.clone()), stage: Stage::Dns, evidence: Evidence::Dns(answer) };
    let mut model = Model::default();
    let events = std::iter::once(Event::CandidateQueued { candidate }).chain(answers.into_iter().map(observed));
    for (seq, event) in (0..).zip(events) {
        model.apply(&Envelope { v: 1, seq, at: jiff::Timestamp::UNIX_EPOCH, elapsed_us: seq, event });
    }
    model.views()
}

#[test]
fn both_families_make_one_cell() {
    let table = table(vec![
        answer(View::System, RecordType::Aaaa, &[aaaa("2001:db8::10")]),
        answer(View::System, RecordType::A, &[a("192.0.2.10")]),
        answer(View::Further { number: 1 }, RecordType::A, &[a("192.0.2.10")]),
        answer(View::Further { number: 1 }, RecordType::Aaaa, &[aaaa("2001:db8::10")]),
    ]);
    assert_eq!(table.columns.len(), 2);
    let [row] = table.rows.as_slice() else { panic!("{:?}", table.rows) };
    let cell = row.cells[0].as_ref().expect("the system was asked");
    assert_eq!(cell.values, ["192.0.2.10", "2001:db8::10"]);
    assert!(!table.differs());
}

#[test]
fn a_view_that_says_otherwise_differs() {
    let system = || answer(View::System, RecordType::A, &[a("192.0.2.10")]);
    let further = |data: &[DnsData]| answer(View::Further { number: 1 }, RecordType::A, data);
    assert!(table(vec![system(), further(&[])]).differs());
    assert!(table(vec![system(), further(&[a("192.0.2.11")])]).differs());
    // Who says nothing has no view.
    let silent = DnsAnswer { status: DnsStatus::TimedOut, ..further(&[]) };
    assert!(!table(vec![system(), silent]).differs());
    let failing = DnsAnswer { status: DnsStatus::ServerFailure, ..further(&[]) };
    assert!(table(vec![system(), failing]).differs());
    // No such name and no such record lead a client to the same end.
    let denied = answer(View::System, RecordType::A, &[]);
    assert!(!table(vec![denied, DnsAnswer { status: DnsStatus::NoData, ..further(&[]) }]).differs());
}

#[test]
fn the_operating_system_may_leave_out_a_family() {
    let both = [
        answer(View::System, RecordType::A, &[a("192.0.2.10")]),
        answer(View::System, RecordType::Aaaa, &[aaaa("2001:db8::10")]),
    ];
    let with = |data: &[DnsData]| {
        table(both.iter().cloned().chain([answer(View::OperatingSystem, RecordType::A, data)]).collect()).differs()
    };
    assert!(!with(&[a("192.0.2.10")]));
    assert!(with(&[a("192.0.2.66")]) && with(&[]));
}
