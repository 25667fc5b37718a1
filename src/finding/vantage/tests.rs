//! Where a run looks from, against what a technician would conclude.

use super::*;
use crate::event::{
    Address, Candidate, CandidateId, DnsData, DnsQuestion, DnsRecord, Envelope, Event, Origin, RecordType, Stage,
    TcpConnect, Vantage,
};

const HOST: &str = "autodiscover.contoso.test";
const CONTROLLER: &str = "dc1.contoso.test";

fn answer(view: View, by: &str, name: &str, address: Option<&str>) -> DnsAnswer {
    let record = |address: &str| DnsRecord {
        name: name.to_owned(),
        ttl: 300,
        data: DnsData::A { address: address.parse().expect("an address") },
    };
    DnsAnswer {
        responder: Some(by.to_owned()),
        status: if address.is_some() { DnsStatus::Answered } else { DnsStatus::NoSuchName },
        records: address.into_iter().map(record).collect(),
        elapsed_us: 1,
        ..DnsAnswer::unanswered(DnsQuestion { name: name.to_owned(), record: RecordType::A }, view)
    }
}

fn side(evidence: Vec<Evidence>) -> (VantageSide, Option<Certainty>) {
    let domain = "contoso.test".to_owned();
    let address = Address { local: "a".into(), domain: domain.clone(), domain_unicode: domain };
    let id = CandidateId::new("autodiscover");
    let candidate =
        Candidate { host: Some(HOST.to_owned()), port: 443, ..Candidate::bare(id.clone(), Origin::Autodiscover) };
    let client = Default::default();
    let begun = Event::SessionStarted { tool: String::new(), address, client, vantage: Vantage::default() };
    let observed = evidence.into_iter().map(|evidence| {
        let of_run = matches!(&evidence, Evidence::Dns(answer) if answer.purpose != Purpose::Lookup);
        Event::Observed { candidate: (!of_run).then(|| id.clone()), stage: Stage::Dns, evidence }
    });
    let mut model = Model::default();
    for (seq, event) in (0..).zip([begun, Event::CandidateQueued { candidate }].into_iter().chain(observed)) {
        model.apply(&Envelope { v: 1, seq, at: jiff::Timestamp::UNIX_EPOCH, elapsed_us: seq, event });
    }
    let standpoint = standpoint(&model);
    assert_eq!(standpoint.certainty.is_some(), !standpoint.evidence.is_empty());
    (standpoint.side, standpoint.certainty)
}

fn controller(by: &str, address: Option<&str>) -> Evidence {
    Evidence::Dns(DnsAnswer { purpose: Purpose::DomainControllers, ..answer(View::System, by, CONTROLLER, address) })
}

fn system(by: &str, address: &str) -> Evidence {
    Evidence::Dns(answer(View::System, by, HOST, Some(address)))
}

#[test]
fn the_networks_own_names_prove_inside() {
    assert_eq!(side(vec![controller("10.0.0.2:53", Some("10.0.0.2"))]), (VantageSide::Inside, Some(Certainty::Proven)));
    // The zone has leaked to the public: whoever asks gets it.
    let leaked = side(vec![controller("198.51.100.53:53", Some("10.0.0.2"))]);
    assert_eq!(leaked, (VantageSide::Inside, Some(Certainty::Possible)));
}

#[test]
fn a_private_address_of_the_domain_makes_inside_likely() {
    let told = || system("10.0.0.2:53", "10.0.0.5");
    assert_eq!(side(vec![told()]), (VantageSide::Inside, Some(Certainty::Likely)));
    let public = answer(View::Further { number: 1 }, "198.51.100.53:53", HOST, Some("203.0.113.10"));
    assert_eq!(side(vec![told(), Evidence::Dns(public)]), (VantageSide::Inside, Some(Certainty::Likely)));
    // The public gives the same address out, so it says nothing about where we are.
    let public = answer(View::Further { number: 1 }, "tls://dns.example:853#198.51.100.53", HOST, Some("10.0.0.5"));
    assert_eq!(side(vec![told(), Evidence::Dns(public.clone())]), (VantageSide::Unknown, None));
    // Unless it can be reached.
    let address = "10.0.0.5:443".parse().expect("an address");
    let reached = Evidence::Tcp(TcpConnect { address, result: TcpResult::Connected, elapsed_us: 1 });
    let inside = side(vec![told(), Evidence::Dns(public), reached]);
    assert_eq!(inside, (VantageSide::Inside, Some(Certainty::Likely)));
}

#[test]
fn the_publics_answer_makes_outside_likely() {
    let here = || system("192.168.1.1:53", "203.0.113.10");
    let none = controller("192.168.1.1:53", None);
    assert_eq!(side(vec![here(), none]), (VantageSide::Outside, Some(Certainty::Possible)));
    let zone = answer(View::Authoritative, "198.51.100.53:53", HOST, Some("203.0.113.10"));
    assert_eq!(side(vec![here(), Evidence::Dns(zone)]), (VantageSide::Outside, Some(Certainty::Likely)));
    assert_eq!(side(vec![here()]), (VantageSide::Unknown, None));
    assert_eq!(side(Vec::new()), (VantageSide::Unknown, None));
}
