use super::*;
use crate::{
    certificate::testing::{Authority, server_params},
    event::HandshakePurpose,
    probe::{
        testing::{Asks, HOST, net, serve_tls, server},
        tls,
    },
    secret::Secret,
};
use rustls::version::TLS13;
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use url::Url;

const PASSWORD: &str = "Sesame&42?";

/// Requests that a server got, head and body.
type Got = Arc<Mutex<Vec<String>>>;

/// A server that gives these answers, one for each request on its connection, and then ends it. `{echo}` in one stands for
/// the request's Authorization.
async fn serving(names: &[&str], answers: Vec<String>) -> (Authority, SocketAddr, Got) {
    let authority = Authority::root("Root");
    let got = Got::default();
    let seen = got.clone();
    let address = serve_tls(server(&authority, &server_params(names), &TLS13, Asks::No), |mut stream| async move {
        for answer in answers {
            let mut request = Vec::new();
            while !is_whole(&request) {
                match stream.read_u8().await {
                    Ok(byte) => request.push(byte),
                    Err(_) => return,
                }
            }
            let request = String::from_utf8(request).expect("UTF-8");
            let echo = authorization(&request).unwrap_or_default();
            seen.lock().expect("unpoisoned").push(request);
            stream.write_all(answer.replace("{echo}", &echo).as_bytes()).await.expect("the client reads");
        }
        let _ = stream.shutdown().await;
    })
    .await;
    (authority, address, got)
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let head = head.to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}

fn authorization(request: &str) -> Option<String> {
    let line = request.lines().find(|line| line.to_ascii_lowercase().starts_with("authorization: "))?;
    Some(line.split_once(": ")?.1.to_owned())
}

async fn tried(names: &[&str], answers: Vec<String>, scheme: Scheme) -> (Attempted, Vec<String>) {
    let (authority, address, got) = serving(names, answers).await;
    let net = net(&authority);
    let ask = tls::HandshakeAsk {
        host: HOST.to_owned(),
        address,
        server_name: Some(HOST.to_owned()),
        purpose: HandshakePurpose::Probe,
    };
    let stream = TcpStream::connect(address).await.expect("loopback");
    let (handshake, connection) = tls::handshake(stream, &ask, &net).await;
    let url = Url::parse(&format!("https://{HOST}/autodiscover/autodiscover.xml")).expect("a URL");
    let ask = http::outlook_post(url, "anna@contoso.test", address);
    let proof = Proof::Password(Secret::new(PASSWORD));
    let how = SignInAsk { ask: &ask, user: "CONTOSO\\anna", scheme, proof: &proof, as_in_browser: false };
    let mut scrubber = Scrubber::new(&proof, ["CONTOSO\\anna"]);
    let attempted = attempt(connection.expect("a handshake"), &handshake, &how, &net, &mut scrubber).await;
    let got = got.lock().expect("unpoisoned").clone();
    (attempted, got)
}

fn answer(status: &str, header: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{header}Content-Length: {}\r\n\r\n{body}", body.len())
}

/// The challenge of \[MS-NLMP\] 4.2.4.3, with its target information.
fn challenge() -> String {
    let bytes = [
        &b"NTLMSSP\0\x02\0\0\0\x0c\0\x0c\0\x38\0\0\0\x33\x82\x8a\xe2\x01\x23\x45\x67\x89\xab\xcd\xef"[..],
        &[0; 8],
        b"\x24\0\x24\0\x44\0\0\0\x06\0\x70\x17\0\0\0\x0f",
        b"S\0e\0r\0v\0e\0r\0",
        b"\x02\0\x0c\0D\0o\0m\0a\0i\0n\0\x01\0\x0c\0S\0e\0r\0v\0e\0r\0\0\0\0\0",
    ];
    STANDARD.encode(bytes.concat())
}

#[tokio::test]
async fn basic_is_one_request_with_name_and_password() {
    let (attempted, got) = tried(&[HOST], vec![answer("200 OK", "", "<Autodiscover/>")], Scheme::Basic).await;
    // base64 of `CONTOSO\anna:Sesame&42?`, by coreutils.
    assert_eq!(authorization(&got[0]).as_deref(), Some("Basic Q09OVE9TT1xhbm5hOlNlc2FtZSY0Mj8="));
    assert!(got[0].contains("<EMailAddress>anna@contoso.test</EMailAddress>"));
    let SignIn { result, legs, status, .. } = attempted.sign_in;
    assert_eq!((result, legs, status, got.len()), (SignInResult::Accepted, 1, Some(200), 1));
    assert_eq!(attempted.body, b"<Autodiscover/>");
}

#[tokio::test]
async fn ntlm_is_two_requests_on_one_connection() {
    for (scheme, name) in [(Scheme::Ntlm, "NTLM"), (Scheme::Negotiate, "Negotiate")] {
        let first = answer("401 Unauthorized", &format!("WWW-Authenticate: {name} {}\r\n", challenge()), "");
        let (attempted, got) = tried(&[HOST], vec![first, answer("200 OK", "", "<x/>")], scheme).await;
        let messages: Vec<Vec<u8>> = got
            .iter()
            .map(|request| STANDARD.decode(&authorization(request).expect("one")[name.len() + 1..]).expect("base64"))
            .collect();
        let kinds: Vec<u8> = messages.iter().map(|message| message[8]).collect();
        assert_eq!(kinds, [1, 3]);
        assert!(!got[0].contains("anna") || !got[0].contains("<EMailAddress>"), "nothing but the first message");
        assert!(got[1].contains("<EMailAddress>anna@contoso.test</EMailAddress>"));
        let told = attempted.challenge.expect("the server told something");
        assert_eq!(
            (told.netbios_domain.as_deref(), told.netbios_computer.as_deref()),
            (Some("Domain"), Some("Server"))
        );
        let SignIn { result, legs, channel_binding, .. } = attempted.sign_in;
        assert_eq!((result, legs, channel_binding), (SignInResult::Accepted, 2, true));
    }
}

#[tokio::test]
async fn ntlm_without_a_challenge_never_comes_to_the_proof() {
    let closes =
        answer("401 Unauthorized", &format!("Connection: close\r\nWWW-Authenticate: NTLM {}\r\n", challenge()), "");
    let silent = answer("401 Unauthorized", "WWW-Authenticate: NTLM\r\n", "");
    for first in [closes, silent] {
        let (attempted, got) = tried(&[HOST], vec![first, answer("200 OK", "", "")], Scheme::Ntlm).await;
        assert_eq!((attempted.sign_in.result, attempted.sign_in.legs, got.len()), (SignInResult::Interrupted, 1, 1));
    }
}

#[tokio::test]
async fn answers_are_told_apart() {
    for (status, header, expected) in [
        ("401 Unauthorized", "", SignInResult::Refused),
        ("403 Forbidden", "", SignInResult::Unclear),
        ("503 Service Unavailable", "", SignInResult::Unclear),
        ("302 Found", "Location: /owa/auth/logon.aspx\r\n", SignInResult::Unclear),
        ("302 Found", "Location: https://b.test/autodiscover/autodiscover.xml\r\n", SignInResult::Accepted),
    ] {
        let (attempted, _) = tried(&[HOST], vec![answer(status, header, "")], Scheme::Basic).await;
        assert_eq!(attempted.sign_in.result, expected, "{status} {header}");
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_gets_nothing_at_all() {
    for scheme in Scheme::ALL {
        let (attempted, got) = tried(&["other.contoso.test"], vec![answer("200 OK", "", "")], scheme).await;
        assert_eq!(attempted.sign_in.withheld, Some(Withheld::NotVerified));
        assert_eq!(got, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_server_that_repeats_what_it_was_sent_brings_nothing_into_the_evidence() {
    let repeats = answer("200 OK", "X-Debug: {echo}\r\nWWW-Authenticate: {echo}\r\nConnection: close\r\n", "you said");
    let (attempted, got) = tried(&[HOST], vec![repeats], Scheme::Basic).await;
    let sent = authorization(&got[0]).expect("credentials");
    let evidence = serde_json::to_string(&attempted.exchange).expect("evidence");
    assert!(!evidence.contains(sent.trim_start_matches("Basic ")), "{evidence}");
    assert!(evidence.contains("[hidden]"), "{evidence}");
}
