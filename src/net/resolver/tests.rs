#![allow(clippy::unwrap_used)]

use super::*;
use hickory_proto::{
    op::{Message, MessageType, ResponseCode},
    rr::{
        Name, RData, Record, RecordType as WireType,
        rdata::{A, CNAME, SOA, TXT},
    },
};
use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, UdpSocket},
};

/// Enough for a loopback answer on a busy machine; waited for in full only by the tests of silence.
const LIMIT: Duration = Duration::from_millis(300);
const AMPLE: Duration = Duration::from_secs(20);

fn name(text: &str) -> Name {
    Name::from_ascii(format!("{text}.")).unwrap()
}

fn alias(owner: &str, target: &str) -> Record {
    Record::from_rdata(name(owner), 300, RData::CNAME(CNAME(name(target))))
}

fn address(owner: &str, last: u8) -> Record {
    Record::from_rdata(name(owner), 300, RData::A(A(Ipv4Addr::new(192, 0, 2, last))))
}

fn soa(zone: &str, ttl: u32, minimum: u32) -> Record {
    let soa = SOA::new(name("ns.test"), name("admin.test"), 1, 2, 3, 4, minimum);
    Record::from_rdata(name(zone), ttl, RData::SOA(soa))
}

/// The question turned into its answer: same id and question, recursion available.
fn respond(query: &Message, code: ResponseCode, answers: Vec<Record>) -> Message {
    let mut response = Message::new(query.metadata.id, MessageType::Response, query.metadata.op_code);
    response.metadata.recursion_available = true;
    response.metadata.response_code = code;
    response.add_queries(query.queries.clone());
    response.add_answers(answers);
    response
}

/// A server on loopback whose behaviour is given: datagrams to send for each question.
async fn server(behave: impl Fn(Message) -> Vec<Vec<u8>> + Send + 'static) -> SocketAddr {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let own = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut buffer = [0; 4096];
        while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
            for datagram in behave(Message::from_vec(&buffer[..length]).unwrap()) {
                let _ = socket.send_to(&datagram, peer).await;
            }
        }
    });
    own
}

async fn ask_of(servers: Vec<SocketAddr>, host: &str, limit: Duration) -> DnsAnswer {
    let question = DnsQuestion { name: host.into(), record: RecordType::A };
    WireResolver::new(servers, View::System, limit).ask(&question).await
}

async fn ask(host: &str, behave: impl Fn(Message) -> Vec<Vec<u8>> + Send + 'static) -> DnsAnswer {
    ask_of(vec![server(behave).await], host, AMPLE).await
}

#[tokio::test]
async fn an_answer_keeps_what_it_said() {
    let own = server(|query| {
        assert!(query.metadata.recursion_desired);
        assert_eq!(query.edns.as_ref().unwrap().max_payload(), 1232);
        let mut response = respond(&query, ResponseCode::NoError, vec![address("A.Test", 1)]);
        response.metadata.authoritative = true;
        vec![response.to_vec().unwrap()]
    })
    .await;
    let answer = ask_of(vec![own], "a.test", AMPLE).await;
    assert_eq!(answer.status, DnsStatus::Answered);
    assert_eq!(answer.records[0].name, "a.test");
    assert_eq!(answer.records[0].ttl, 300);
    assert_eq!(answer.responder, Some(own.to_string()));
    assert!(answer.authoritative && !answer.over_tcp);
}

#[tokio::test]
async fn denials_are_told_apart_and_keep_their_zone() {
    for (code, status) in [(ResponseCode::NXDomain, DnsStatus::NoSuchName), (ResponseCode::NoError, DnsStatus::NoData)]
    {
        let answer = ask("a.test", move |query| {
            let mut response = respond(&query, code, vec![]);
            response.add_authority(soa("test", 3600, 900));
            vec![response.to_vec().unwrap()]
        })
        .await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.authority, Some(StartOfAuthority { zone: "test".into(), negative_ttl: 900 }));
        assert_eq!(answer.alias_fault, None);
    }
}

#[tokio::test]
async fn error_codes_are_told_apart() {
    for (code, status) in [
        (ResponseCode::ServFail, DnsStatus::ServerFailure),
        (ResponseCode::Refused, DnsStatus::Refused),
        (ResponseCode::NotAuth, DnsStatus::OtherCode),
        (ResponseCode::FormErr, DnsStatus::OtherCode),
    ] {
        let answer = ask("a.test", move |query| vec![respond(&query, code, vec![]).to_vec().unwrap()]).await;
        assert_eq!(answer.status, status);
    }
}

#[tokio::test]
async fn a_refusal_may_leave_the_question_out_but_an_answer_may_not() {
    let bare = |code| {
        move |query: Message| {
            let mut response = respond(&query, code, vec![]);
            response.queries.clear();
            vec![response.to_vec().unwrap()]
        }
    };
    assert_eq!(ask("a.test", bare(ResponseCode::Refused)).await.status, DnsStatus::Refused);
    let own = server(bare(ResponseCode::NoError)).await;
    assert_eq!(ask_of(vec![own], "a.test", LIMIT).await.status, DnsStatus::Malformed);
}

#[tokio::test]
async fn a_referral_is_not_a_denial() {
    let answer = ask("a.test", |query| {
        let mut response = respond(&query, ResponseCode::NoError, vec![]);
        response.metadata.recursion_available = false;
        let delegation = hickory_proto::rr::rdata::NS(name("ns.test"));
        response.add_authority(Record::from_rdata(name("test"), 60, RData::NS(delegation)));
        vec![response.to_vec().unwrap()]
    })
    .await;
    assert_eq!(answer.status, DnsStatus::ServerFailure);
}

#[tokio::test]
async fn silence_is_a_timeout() {
    let own = server(|_| vec![]).await;
    let answer = ask_of(vec![own], "a.test", LIMIT).await;
    assert_eq!((answer.status, answer.responder), (DnsStatus::TimedOut, Some(own.to_string())));
}

#[tokio::test]
async fn a_firewall_that_drops_edns_is_got_round_after_two_silences() {
    let dropped = Arc::new(AtomicUsize::new(0));
    let counter = dropped.clone();
    let own = server(move |query| {
        if query.edns.is_some() {
            counter.fetch_add(1, SeqCst);
            return vec![];
        }
        vec![respond(&query, ResponseCode::NoError, vec![address("a.test", 1)]).to_vec().unwrap()]
    })
    .await;
    // Two silences of a third each, and a whole second for the answer.
    assert_eq!(ask_of(vec![own], "a.test", Duration::from_secs(3)).await.status, DnsStatus::Answered);
    assert_eq!(dropped.load(SeqCst), 2);
}

#[tokio::test]
async fn a_closed_port_shows() {
    let closed = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap().local_addr().unwrap();
    let answer = ask_of(vec![closed], "a.test", AMPLE).await;
    assert_eq!(answer.status, DnsStatus::PortClosed);
    assert_eq!(answer.responder, Some(closed.to_string()));
}

#[tokio::test]
async fn the_next_server_is_asked_when_one_fails() {
    let closed = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap().local_addr().unwrap();
    let failing = server(|query| vec![respond(&query, ResponseCode::ServFail, vec![]).to_vec().unwrap()]).await;
    let own =
        server(|query| vec![respond(&query, ResponseCode::NoError, vec![address("a.test", 1)]).to_vec().unwrap()])
            .await;
    let answer = ask_of(vec![closed, failing, own], "a.test", AMPLE).await;
    assert_eq!((answer.status, answer.responder), (DnsStatus::Answered, Some(own.to_string())));
    let answer = ask_of(vec![closed, failing], "a.test", AMPLE).await;
    assert_eq!((answer.status, answer.responder), (DnsStatus::ServerFailure, Some(failing.to_string())));
    assert_eq!(ask_of(vec![], "a.test", AMPLE).await.status, DnsStatus::Unreachable);
}

#[tokio::test]
async fn forged_ids_and_questions_are_passed_over() {
    let answer = ask("a.test", |query| {
        let mut wrong_id = respond(&query, ResponseCode::NoError, vec![address("a.test", 66)]);
        wrong_id.metadata.id ^= 1;
        let mut wrong_question = respond(&query, ResponseCode::NoError, vec![address("b.test", 66)]);
        wrong_question.queries[0].set_name(name("b.test"));
        let mut upper = respond(&query, ResponseCode::NoError, vec![address("A.TEST", 1)]);
        upper.queries[0].set_name(name("A.TEST"));
        let echo = query.to_vec().unwrap();
        vec![b"no DNS".to_vec(), echo]
            .into_iter()
            .chain([wrong_id, wrong_question, upper].map(|message| message.to_vec().unwrap()))
            .collect()
    })
    .await;
    assert_eq!(answer.addresses(), [IpAddr::from([192, 0, 2, 1])]);
}

#[tokio::test]
async fn garbage_is_malformed() {
    let own = server(|_| vec![b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()]).await;
    assert_eq!(ask_of(vec![own], "a.test", LIMIT).await.status, DnsStatus::Malformed);
    // The header belongs to the question; what follows breaks off.
    let answer = ask("a.test", |query| {
        let mut bytes = respond(&query, ResponseCode::NoError, vec![address("a.test", 1)]).to_vec().unwrap();
        bytes.truncate(bytes.len() - 3);
        vec![bytes]
    })
    .await;
    assert_eq!(answer.status, DnsStatus::Malformed);
}

#[tokio::test]
async fn truncation_is_fetched_over_tcp() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let own = listener.local_addr().unwrap();
    let socket = UdpSocket::bind(own).await.unwrap();
    tokio::spawn(async move {
        let mut buffer = [0; 4096];
        let (length, peer) = socket.recv_from(&mut buffer).await.unwrap();
        let query = Message::from_vec(&buffer[..length]).unwrap();
        let mut response = respond(&query, ResponseCode::NoError, vec![]);
        response.metadata.truncation = true;
        socket.send_to(&response.to_vec().unwrap(), peer).await.unwrap();
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut query = vec![0; usize::from(stream.read_u16().await.unwrap())];
        stream.read_exact(&mut query).await.unwrap();
        let answers = (0..100).map(|last| address("a.test", last)).collect();
        let query = Message::from_vec(&query).unwrap();
        let bytes = respond(&query, ResponseCode::NoError, answers).to_vec().unwrap();
        stream.write_u16(bytes.len() as u16).await.unwrap();
        stream.write_all(&bytes).await.unwrap();
    });
    let answer = ask_of(vec![own], "a.test", AMPLE).await;
    assert_eq!((answer.status, answer.over_tcp), (DnsStatus::Answered, true));
    assert_eq!((answer.records.len(), answer.dropped), (64, 36));
}

#[tokio::test]
async fn truncation_without_tcp_is_a_failure_that_keeps_what_came() {
    let answer = ask("a.test", |query| {
        let mut response = respond(&query, ResponseCode::NoError, vec![address("a.test", 1)]);
        response.metadata.truncation = true;
        vec![response.to_vec().unwrap()]
    })
    .await;
    assert_eq!((answer.status, answer.over_tcp), (DnsStatus::PortClosed, false));
    assert_eq!(answer.records.len(), 1);
}

#[tokio::test]
async fn edns_is_left_out_for_a_server_that_does_not_know_it() {
    for code in [ResponseCode::FormErr, ResponseCode::NotImp] {
        let answer = ask("a.test", move |query| match query.edns {
            Some(_) => vec![respond(&query, code, vec![]).to_vec().unwrap()],
            None => vec![respond(&query, ResponseCode::NoError, vec![address("a.test", 1)]).to_vec().unwrap()],
        })
        .await;
        assert_eq!(answer.status, DnsStatus::Answered);
    }
}

#[tokio::test]
async fn a_chain_that_the_server_chases_is_kept_whole() {
    let answer = ask("a.test", |query| {
        let chain = vec![alias("a.test", "b.test"), alias("b.test", "c.test"), address("c.test", 1)];
        vec![respond(&query, ResponseCode::NoError, chain).to_vec().unwrap()]
    })
    .await;
    assert_eq!((answer.status, answer.aliases()), (DnsStatus::Answered, vec!["b.test", "c.test"]));
    assert_eq!(answer.alias_fault, None);
}

/// One record per question, as a server without recursion for several zones answers.
fn one_by_one(query: Message) -> Vec<Vec<u8>> {
    let asked = query.queries[0].name().to_ascii();
    let (code, answers) = match asked.as_str() {
        "a.test." => (ResponseCode::NoError, vec![alias("a.test", "b.test")]),
        "b.test." => (ResponseCode::NoError, vec![alias("b.test", "c.test")]),
        "c.test." => (ResponseCode::NoError, vec![address("c.test", 1)]),
        "loop.test." => (ResponseCode::NoError, vec![alias("loop.test", "back.test")]),
        "back.test." => (ResponseCode::NoError, vec![alias("back.test", "loop.test")]),
        "elsewhere.test." => (ResponseCode::NoError, vec![alias("elsewhere.test", "foreign.example")]),
        "foreign.example." => (ResponseCode::Refused, vec![]),
        "dangling.test." => (ResponseCode::NoError, vec![alias("dangling.test", "gone.test")]),
        "six.test." => (ResponseCode::NoError, vec![alias("six.test", "empty.test")]),
        "empty.test." => (ResponseCode::NoError, vec![]),
        endless if endless.starts_with('n') => {
            let number: u32 = endless[1..].trim_end_matches(".test.").parse().unwrap();
            (ResponseCode::NoError, vec![alias(&format!("n{number}.test"), &format!("n{}.test", number + 1))])
        }
        _ => (ResponseCode::NXDomain, vec![]),
    };
    vec![respond(&query, code, answers).to_vec().unwrap()]
}

#[tokio::test]
async fn a_chain_that_the_server_does_not_chase_is_followed() {
    let answer = ask("a.test", one_by_one).await;
    assert_eq!((answer.status, answer.records.len()), (DnsStatus::Answered, 3));
    assert_eq!(answer.addresses(), [IpAddr::from([192, 0, 2, 1])]);
    let answer = ask("elsewhere.test", one_by_one).await;
    assert_eq!((answer.status, answer.alias_fault.clone()), (DnsStatus::Refused, None));
    assert_eq!(answer.aliases(), ["foreign.example"]);
    let answer = ask("six.test", one_by_one).await;
    assert_eq!((answer.status, answer.alias_fault), (DnsStatus::NoData, None));
}

#[tokio::test]
async fn dangling_aliases_keep_their_chain() {
    let dangling = Some(AliasFault::Dangling { target: "gone.test".into() });
    let answer = ask("dangling.test", one_by_one).await;
    assert_eq!((answer.status, answer.aliases()), (DnsStatus::NoSuchName, vec!["gone.test"]));
    assert_eq!(answer.alias_fault, dangling);
    let answer = ask("dangling.test", |query| {
        let chain = vec![alias("dangling.test", "gone.test")];
        vec![respond(&query, ResponseCode::NXDomain, chain).to_vec().unwrap()]
    })
    .await;
    assert_eq!((answer.status, answer.alias_fault), (DnsStatus::NoSuchName, dangling));
}

#[tokio::test]
async fn loops_and_endless_chains_end() {
    let answer = ask("loop.test", one_by_one).await;
    assert_eq!(answer.alias_fault, Some(AliasFault::Loop { target: "loop.test".into() }));
    assert_eq!((answer.status, answer.records.len()), (DnsStatus::NoData, 2));
    let answer = ask("n0.test", one_by_one).await;
    assert_eq!(answer.alias_fault, Some(AliasFault::Loop { target: "n17.test".into() }));
}

/// As BIND 9.18 recursing: SERVFAIL without records for a loop, but each alias when asked for it.
#[tokio::test]
async fn a_loop_behind_servfail_is_found() {
    let answer = ask("a.test", |query| {
        let asked = query.queries[0].name().to_ascii();
        let (code, answers) = match (asked.as_str(), query.queries[0].query_type()) {
            ("a.test.", WireType::CNAME) => (ResponseCode::NoError, vec![alias("a.test", "b.test")]),
            ("b.test.", WireType::CNAME) => (ResponseCode::NoError, vec![alias("b.test", "a.test")]),
            _ => (ResponseCode::ServFail, vec![]),
        };
        vec![respond(&query, code, answers).to_vec().unwrap()]
    })
    .await;
    assert_eq!((answer.status, answer.aliases()), (DnsStatus::ServerFailure, vec!["b.test", "a.test"]));
    assert_eq!(answer.alias_fault, Some(AliasFault::Loop { target: "a.test".into() }));
}

#[tokio::test]
async fn foreign_text_is_made_safe() {
    let answer = ask("a.test", |query| {
        let text = Record::from_rdata(name("a.test"), 60, RData::TXT(TXT::new(vec!["v=\u{1b}[2J".into(), "x".into()])));
        let strange = Name::from_labels([b"\x1b\xe2".as_slice(), b"test".as_slice()]).unwrap();
        let strange = Record::from_rdata(strange, 60, RData::A(A(Ipv4Addr::LOCALHOST)));
        vec![respond(&query, ResponseCode::NoError, vec![text, strange]).to_vec().unwrap()]
    })
    .await;
    assert_eq!(answer.records[0].data, DnsData::Txt { text: "v=<U+001B>[2Jx".into() });
    assert_eq!(answer.records[1].name, "\\033\\342.test");
}

#[tokio::test]
async fn names_that_dns_cannot_hold_are_not_asked() {
    for host in ["x".repeat(64), format!("{}test", "abcdefg.".repeat(40)), "a..test".into(), "a b.test".into()] {
        let answer = ask(&host, |_| panic!("was asked")).await;
        assert_eq!((answer.status, answer.responder), (DnsStatus::Malformed, None), "{host}");
    }
}
