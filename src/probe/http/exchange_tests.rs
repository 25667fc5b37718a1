use super::super::{RequestKind, other_path, outcome, outlook_post};
use super::*;
use crate::{
    certificate::testing::{Authority, server_params},
    event::{Cause, ClientCertificateDemand, Outcome, TlsHandshake},
    net::Net,
    probe::{
        testing::{Asks, HOST, VERSIONS, ask as tls_ask, net, serve, serve_tls, server},
        tls::{self, settle_client_certificate},
    },
};
use std::{net::SocketAddr, time::Duration};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use url::Url;

fn post(scheme: &str, address: SocketAddr) -> HttpAsk {
    let url = format!("{scheme}://{HOST}/autodiscover/autodiscover.xml");
    outlook_post(Url::parse(&url).expect("a URL"), "user@contoso.test", address)
}

/// Reads a request to the end of its body.
async fn request_of(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut text = Vec::new();
    loop {
        let seen = String::from_utf8_lossy(&text).into_owned();
        if let Some((head, body)) = seen.split_once("\r\n\r\n") {
            let length = head.to_ascii_lowercase().lines().find_map(|line| {
                line.strip_prefix("content-length:").map(|length| length.trim().parse::<usize>().expect("a number"))
            });
            if body.len() >= length.unwrap_or(0) {
                return seen;
            }
        }
        match stream.read_u8().await {
            Ok(byte) => text.push(byte),
            Err(_) => return seen,
        }
    }
}

/// Asks a plain server that answers with these bytes and closes.
async fn answered(answer: impl Into<Vec<u8>>) -> (HttpExchange, Vec<u8>) {
    let answer = answer.into();
    let address = serve(move |mut stream| async move {
        request_of(&mut stream).await;
        drop(stream.write_all(&answer).await);
        drop(stream.shutdown().await);
        drop(stream.read_u8().await);
    })
    .await;
    let stream = TcpStream::connect(address).await.expect("loopback");
    exchange(Connection::Plain(stream), &post("http", address), &Limits::default()).await
}

fn malformed(exchange: &HttpExchange) -> &str {
    match &exchange.failure {
        Some(HttpFailure::Malformed { detail }) => detail,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_request_on_the_wire_is_outlooks_under_our_own_name() {
    let (sent, received) = tokio::sync::oneshot::channel();
    let address = serve(move |mut stream| async move {
        drop(sent.send(request_of(&mut stream).await));
        drop(stream.write_all(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n").await);
    })
    .await;
    let stream = TcpStream::connect(address).await.expect("loopback");
    let (evidence, _) = exchange(Connection::Plain(stream), &post("http", address), &Limits::default()).await;
    assert_eq!((evidence.status, evidence.failure), (Some(401), None));
    let request = received.await.expect("a request");
    let (head, body) = request.split_once("\r\n\r\n").expect("a head");
    let mut lines = head.lines();
    assert_eq!(lines.next(), Some("POST /autodiscover/autodiscover.xml HTTP/1.1"));
    let lines: Vec<_> = lines.map(str::to_owned).collect();
    for line in [
        "host: mail.contoso.test",
        "content-type: text/xml; charset=utf-8",
        "x-mapihttpcapability: 1",
        "x-clientcanhandle: Negotiate,ExHttpInfo",
        "x-anchormailbox: user@contoso.test",
    ] {
        assert!(lines.contains(&line.to_owned()), "{line} in {lines:?}");
    }
    assert!(lines.iter().any(|line| line.starts_with("user-agent: discoscope/")));
    for header in &evidence.request_headers {
        assert!(lines.contains(&format!("{}: {}", header.name, header.value)), "{header:?} in {lines:?}");
    }
    assert_eq!(evidence.request_headers.len() + 1, lines.len(), "all but content-length are evidence");
    assert_eq!(evidence.request_body.map(|body| body.text.replace('\n', "\r\n")), Some(body.to_owned()));
    assert!(lines.contains(&format!("content-length: {}", body.len())));
    assert!(body.contains("<EMailAddress>user@contoso.test</EMailAddress>"));
}

/// Zimbra answers with status 600 (its AutoDiscoverServlet); 999 is the last that three digits allow.
#[tokio::test]
async fn statuses_beyond_599_are_read() {
    for status in [100_u16, 218, 444, 600, 999] {
        // An interim answer (1xx) is followed by the final one.
        let last = if status == 100 { "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n" } else { "" };
        let (evidence, _) = answered(format!("HTTP/1.1 {status} Odd Words\r\ncontent-length: 0\r\n\r\n{last}")).await;
        assert_eq!(evidence.status, Some(if status == 100 { 200 } else { status }), "{evidence:?}");
        if status > 100 {
            assert_eq!(evidence.reason, "Odd Words");
        }
    }
    let (evidence, _) = answered("HTTP/1.1 1000 Too Far\r\n\r\n").await;
    assert_eq!(outcome(&evidence, RequestKind::Post), Outcome::Failed { cause: Cause::HttpMalformed });
}

#[tokio::test]
async fn bounds_are_kept_and_named() {
    let long = format!("HTTP/1.1 200 OK\r\nx-long: {}\r\n\r\n", "x".repeat(HEADER_SIZE_LIMIT));
    assert!(malformed(&answered(long).await.0).contains("64 KiB"));
    let many: String = (0..=HEADER_COUNT_LIMIT).map(|number| format!("x-{number}: y\r\n")).collect();
    assert!(malformed(&answered(format!("HTTP/1.1 200 OK\r\n{many}\r\n")).await.0).contains("100 headers"));
    let hundred: String = (1..HEADER_COUNT_LIMIT).map(|number| format!("x-{number}: y\r\n")).collect();
    let (evidence, _) = answered(format!("HTTP/1.1 200 OK\r\n{hundred}content-length: 0\r\n\r\n")).await;
    assert_eq!((evidence.headers.len(), evidence.failure), (100, None));

    let huge = [b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b'x'; 3 * BODY_LIMIT]].concat();
    let (evidence, bytes) = answered(huge).await;
    let body = evidence.body.expect("a body");
    assert_eq!((body.length, body.truncated, bytes.len()), (BODY_LIMIT, true, BODY_LIMIT + 1));
    assert!(body.text.starts_with("xxx") && body.text.len() < TEXT_LIMIT + 100);
    let exact = [b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b'x'; BODY_LIMIT]].concat();
    assert!(!answered(exact).await.0.body.expect("a body").truncated);
}

#[tokio::test]
async fn an_answer_that_breaks_off() {
    let (evidence, bytes) = answered("HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n<Autodis").await;
    assert_eq!((evidence.status, bytes.as_slice()), (Some(200), b"<Autodis".as_slice()));
    assert_eq!(evidence.failure, Some(HttpFailure::Closed));
    assert_eq!(outcome(&evidence, RequestKind::Post), Outcome::Failed { cause: Cause::HttpClosed });
    let (evidence, _) = answered("HTTP/1.1 404 Not Found\r\ncontent-length: 50\r\n\r\nno").await;
    assert_eq!(outcome(&evidence, RequestKind::Post), Outcome::Failed { cause: Cause::HttpNotFound });
    assert_eq!(answered("").await.0.failure, Some(HttpFailure::Closed));
    assert_eq!(answered("HTTP/1.1 200 O").await.0.failure, Some(HttpFailure::Closed));
    let (evidence, _) = answered("HTTP/1.1 200 OK\r\ncontent-length: none\r\n\r\n").await;
    malformed(&evidence);
    malformed(&answered("220 mail ESMTP\r\n").await.0);
}

#[tokio::test]
async fn a_reset_and_a_silence() {
    let resets = serve(|mut stream| async move { drop(stream.read_u8().await) }).await;
    let stream = TcpStream::connect(resets).await.expect("loopback");
    let (evidence, _) = exchange(Connection::Plain(stream), &post("http", resets), &Limits::default()).await;
    assert_eq!(evidence.failure, Some(HttpFailure::Reset));
    for (answer, status) in [("", None), ("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf", Some(200))] {
        let silent = serve(move |mut stream| async move {
            drop(stream.write_all(answer.as_bytes()).await);
            while stream.read_u8().await.is_ok() {}
        })
        .await;
        let limits = Limits { request: Duration::from_millis(50), ..Limits::default() };
        let stream = TcpStream::connect(silent).await.expect("loopback");
        let (evidence, _) = exchange(Connection::Plain(stream), &post("http", silent), &limits).await;
        assert_eq!((evidence.failure, evidence.status), (Some(HttpFailure::TimedOut), status));
    }
}

#[tokio::test]
async fn challenges_and_the_marks_of_exchange() {
    let bearer = "Bearer client_id=\"00000002-0000-0ff1-ce00-000000000000\", trusted_issuers=\"a@*, b\", x = \"y\"";
    let (evidence, _) = answered(format!(
        "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Negotiate\r\nwww-authenticate: NTLM, Basic realm=\"a, b\", \
         {bearer}\r\nrequest-id: 1\r\ncontent-length: 0\r\n\r\n"
    ))
    .await;
    assert_eq!(evidence.schemes, ["Negotiate", "NTLM", "Basic", "Bearer"]);
    assert!(evidence.exchange);
    let zimbra = "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic realm=\"Zimbra\"\r\nrequest-id: 1\r\n\r\n";
    let (evidence, _) = answered(zimbra).await;
    assert_eq!((evidence.schemes.as_slice(), evidence.exchange), (["Basic".to_owned()].as_slice(), false));
    assert!(answered("HTTP/1.1 401 U\r\nX-FEServer: EX1\r\n\r\n").await.0.exchange);
}

#[tokio::test]
async fn foreign_text_is_sanitised() {
    let (evidence, _) = answered(
        "HTTP/1.1 200 \u{1b}[31m\r\nserver: a\u{202e}b\r\ncontent-type: text/plain\r\n\r\none\r\ntwo\u{1b}[0m",
    )
    .await;
    // A control character in the reason phrase is no HTTP.
    malformed(&evidence);
    let answer = "HTTP/1.1 200 OK\r\nserver: a\u{202e}b\r\ncontent-type: text/plain\r\n\r\none\r\ntwo\u{1b}[0m";
    let (evidence, _) = answered(answer).await;
    assert_eq!(evidence.header("Server"), Some("a<U+202E>b"));
    assert_eq!(evidence.body.expect("a body").text, "one\ntwo<U+001B>[0m");
}

/// A request over TLS to such a server.
async fn over_tls(address: SocketAddr, net: &Net) -> (TlsHandshake, HttpExchange) {
    let stream = TcpStream::connect(address).await.expect("loopback");
    let (handshake, connection) = tls::handshake(stream, &tls_ask(address), net).await;
    let connection = Connection::Tls(Box::new(connection.expect("a connection")));
    let (evidence, _) = exchange(connection, &post("https", address), &net.limits).await;
    (handshake, evidence)
}

#[tokio::test]
async fn over_tls_a_close_without_notice_is_fine() {
    let authority = Authority::root("Contoso Root");
    for version in VERSIONS {
        let server = server(&authority, &server_params(&[HOST]), version, Asks::No);
        let address = serve_tls(server, |mut stream| async move {
            request_of(&mut stream).await;
            drop(stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n<a/>").await);
            drop(stream.flush().await);
            let (mut stream, _) = stream.into_inner();
            drop(stream.shutdown().await);
        })
        .await;
        let (_, evidence) = over_tls(address, &net(&authority)).await;
        assert_eq!((evidence.status, evidence.failure, evidence.verified), (Some(200), None, true));
        assert_eq!(evidence.body.map(|body| body.text).as_deref(), Some("<a/>"));
    }
}

/// wire-notes 1.1 and 1.3: in TLS 1.3 the refusal comes on the first read, and belongs to TLS.
#[tokio::test]
async fn a_client_certificate_insisted_on_in_tls_1_3_is_attributed_to_tls() {
    let authority = Authority::root("Contoso Root");
    let server = server(&authority, &server_params(&[HOST]), VERSIONS[1], Asks::Required);
    let address = serve_tls(server, |_| async {}).await;
    let (mut handshake, evidence) = over_tls(address, &net(&authority)).await;
    assert_eq!(evidence.failure, Some(HttpFailure::Alert { name: "certificate_required".to_owned() }));
    settle_client_certificate(&mut handshake, &evidence);
    assert_eq!(handshake.client_certificate.as_ref().map(|r| r.demand), Some(ClientCertificateDemand::Required));
    assert_eq!(tls::outcome(&handshake), Outcome::Failed { cause: Cause::TlsClientCertificateRequired });
}

#[tokio::test]
async fn a_client_certificate_is_optional_or_refused_by_status() {
    let authority = Authority::root("Contoso Root");
    let nginx = "<head><title>400 No required SSL certificate was sent</title></head>";
    let table = [
        ("401 Unauthorized", "", ClientCertificateDemand::Optional),
        ("403 Forbidden", "<h1>403 Forbidden</h1>", ClientCertificateDemand::Undecided),
        ("400 Bad Request", nginx, ClientCertificateDemand::Required),
        ("403 Forbidden", "HTTP Error 403.7 - Forbidden", ClientCertificateDemand::Required),
    ];
    for version in VERSIONS {
        for (status, body, demand) in table {
            let server = server(&authority, &server_params(&[HOST]), version, Asks::Optional);
            let address = serve_tls(server, move |mut stream| async move {
                request_of(&mut stream).await;
                let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
                drop(stream.write_all(answer.as_bytes()).await);
                drop(stream.read_u8().await);
            })
            .await;
            let (mut handshake, evidence) = over_tls(address, &net(&authority)).await;
            settle_client_certificate(&mut handshake, &evidence);
            assert_eq!(handshake.client_certificate.map(|request| request.demand), Some(demand), "{status}");
        }
    }
}

/// A renegotiation request is a handshake record that the tap notices without decrypting it; this server then waits
/// for ever, as one that ignores our refusal does (wire-notes 1.1). Real ones: Apache with `SSLVerifyClient` in a
/// location.
#[tokio::test]
async fn a_renegotiation_request_is_reported_without_waiting() {
    let authority = Authority::root("Contoso Root");
    let server = server(&authority, &server_params(&[HOST]), VERSIONS[0], Asks::No);
    let address = serve_tls(server, |mut stream| async move {
        request_of(&mut stream).await;
        let (mut stream, _) = stream.into_inner();
        // Header of a handshake record whose content never comes.
        drop(stream.write_all(&[22, 3, 3, 0, 28]).await);
        while stream.read_u8().await.is_ok() {}
    })
    .await;
    let net = Net { limits: Limits { request: Duration::from_secs(3600), ..Limits::default() }, ..net(&authority) };
    let (_, evidence) = over_tls(address, &net).await;
    assert_eq!(evidence.failure, Some(HttpFailure::ClientCertificateAsked));
    assert_eq!(outcome(&evidence, RequestKind::Post), Outcome::Failed { cause: Cause::HttpClientCertificateRequired });
}

#[tokio::test]
async fn another_path_is_a_get_of_the_root() {
    let (sent, received) = tokio::sync::oneshot::channel();
    let address = serve(move |mut stream| async move {
        drop(sent.send(request_of(&mut stream).await));
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await);
    })
    .await;
    let url = Url::parse("http://user:secret@mail.contoso.test:8080/autodiscover/autodiscover.xml").expect("a URL");
    let stream = TcpStream::connect(address).await.expect("loopback");
    let (evidence, _) = exchange(Connection::Plain(stream), &other_path(&url, address), &Limits::default()).await;
    let request = received.await.expect("a request");
    assert!(request.starts_with("GET / HTTP/1.1\r\nhost: mail.contoso.test:8080\r\n"), "{request}");
    assert!(!request.contains("secret") && !evidence.url.contains("secret"));
}
