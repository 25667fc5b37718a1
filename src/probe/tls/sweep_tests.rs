use super::*;
use crate::{
    certificate::testing::{Authority, server_params},
    event::{HandshakePurpose, NameReason},
    probe::testing::{HOST, ask, net},
};
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// What a server does with one hello, given the version it asks for.
type Answer = fn(u16, &[u8]) -> Option<Vec<u8>>;

/// Serves hellos until the test ends: `None` closes at once.
async fn old_server(answer: Answer, certificate: Vec<u8>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut header = [0; 5];
            if stream.read_exact(&mut header).await.is_err() {
                continue;
            }
            let mut hello = vec![0; usize::from(u16::from_be_bytes([header[3], header[4]]))];
            if stream.read_exact(&mut hello).await.is_err() {
                continue;
            }
            let only_1_3 = hello.windows(7).any(|window| window == [0, 43, 0, 3, 2, 3, 4]);
            let asked = if only_1_3 { 0x0304 } else { u16::from_be_bytes([hello[4], hello[5]]) };
            if let Some(bytes) = answer(asked, &certificate) {
                let _ = stream.write_all(&bytes).await;
                // The client says goodbye, then the server closes.
                let _ = stream.read_to_end(&mut Vec::new()).await;
            }
        }
    });
    address
}

/// ServerHello, Certificate and ServerHelloDone in one record (RFC 5246 7.4), with static RSA.
fn flight(version: u16, der: &[u8]) -> Vec<u8> {
    let [major, minor] = version.to_be_bytes();
    let mut messages = vec![2, 0, 0, 38, major, minor];
    messages.extend([5; 32]);
    messages.extend([0, 0x00, 0x2f, 0]);
    let size = u16::try_from(der.len()).expect("short");
    messages.push(11);
    for more in [6, 3, 0] {
        messages.extend([[0].as_slice(), &(size + more).to_be_bytes()].concat());
    }
    messages.extend(der);
    messages.extend([14, 0, 0, 0]);
    let mut record = vec![22, major, minor];
    record.extend(u16::try_from(messages.len()).expect("short").to_be_bytes());
    record.extend(messages);
    record
}

fn certificate(authority: &Authority) -> Vec<u8> {
    authority.issue(&server_params(&[HOST])).0
}

async fn swept(answer: Answer) -> TlsHandshake {
    let authority = Authority::root("Contoso Root");
    let address = old_server(answer, certificate(&authority)).await;
    let ask = HandshakeAsk { purpose: HandshakePurpose::ClearText, ..ask(address) };
    sweep(&ask, &net(&authority)).await
}

fn versions(evidence: &TlsHandshake) -> Vec<(&str, bool)> {
    evidence.versions.iter().map(|support| (support.version.as_str(), support.accepted)).collect()
}

const ONLY_1_0: [(&str, bool); 4] = [("TLS 1.0", true), ("TLS 1.1", false), ("TLS 1.2", false), ("TLS 1.3", false)];

#[tokio::test]
async fn a_server_of_1_0_is_judged_by_its_certificate() {
    // One answers every older hello with 1.0 and refuses 1.3; one takes nothing but 1.0 and closes.
    let downgrades: Answer =
        |asked, der| Some(if asked == 0x0304 { vec![21, 3, 1, 0, 2, 2, 70] } else { flight(0x0301, der) });
    let closes: Answer = |asked, der| (asked == 0x0301).then(|| flight(0x0301, der));
    for answer in [downgrades, closes] {
        let evidence = swept(answer).await;
        assert_eq!(versions(&evidence), ONLY_1_0);
        assert_eq!((evidence.version.as_deref(), evidence.failure.as_ref()), (Some("TLS 1.0"), None));
        assert_eq!(evidence.suite.as_deref(), Some("TLS_RSA_WITH_AES_128_CBC_SHA"));
        let checks = evidence.checks.expect("checks");
        assert!(checks.all_hold(), "{checks:?}");
        assert_eq!(checks.name_matches.reason, NameReason::Listed);
    }
}

#[tokio::test]
async fn static_rsa_of_1_2_is_read_and_the_range_shown() {
    let evidence = swept(|asked, der| (asked <= 0x0303).then(|| flight(asked, der))).await;
    let expected = [("TLS 1.0", true), ("TLS 1.1", true), ("TLS 1.2", true), ("TLS 1.3", false)];
    assert_eq!(versions(&evidence), expected);
    assert_eq!(evidence.version.as_deref(), Some("TLS 1.2"));
    assert_eq!(evidence.chain.len(), 1);
}

#[tokio::test]
async fn a_server_that_takes_nothing_is_said_to_take_nothing() {
    let evidence = swept(|_, _| Some(vec![21, 3, 1, 0, 2, 2, 40])).await;
    assert!(versions(&evidence).iter().all(|(_, accepted)| !accepted) && evidence.versions.len() == 4);
    assert_eq!(evidence.failure, Some(TlsFailure::Alert { name: "handshake_failure".to_owned(), number: 40 }));
    assert!(evidence.checks.is_none());
    let evidence = swept(|_, _| Some([&[22, 3, 1, 0, 4][..], &[11, 0xff, 0xff, 0xff]].concat())).await;
    assert!(matches!(&evidence.failure, Some(TlsFailure::Protocol { detail }) if detail.contains("16777215")));
}

#[tokio::test]
async fn silence_is_no_answer_and_is_not_waited_for_four_times() {
    let authority = Authority::root("Contoso Root");
    let address = old_server(|_, _| Some(Vec::new()), Vec::new()).await;
    let mut net = net(&authority);
    net.limits.handshake = Duration::from_millis(50);
    let evidence = sweep(&ask(address), &net).await;
    assert_eq!((evidence.versions.len(), evidence.failure), (0, Some(TlsFailure::TimedOut)));
}

#[tokio::test]
async fn only_a_refused_hello_is_worth_a_sweep() {
    let authority = Authority::root("Contoso Root");
    let refused = |failure| {
        let mut handshake = blank(
            &ask(SocketAddr::from(([192, 0, 2, 10], 443))),
            &server_name(&ask(SocketAddr::from(([192, 0, 2, 10], 443)))),
        );
        handshake.failure = Some(failure);
        is_hello_refused(&handshake)
    };
    let alert = |name: &str, number| TlsFailure::Alert { name: name.to_owned(), number };
    assert!(refused(alert("handshake_failure", 40)) && refused(alert("protocol_version", 70)));
    assert!(refused(TlsFailure::Closed) && refused(TlsFailure::Reset) && refused(TlsFailure::TimedOut));
    assert!(!refused(alert("unrecognized_name", 112)) && !refused(alert("certificate_required", 116)));
    assert!(!refused(TlsFailure::NotTls { banner: "SSH".to_owned() }));
    drop(authority);
}
