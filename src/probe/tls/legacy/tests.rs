//! Against OpenSSL as a server on loopback, with what the usual library refuses.

use super::*;
use crate::{
    certificate::testing::Authority,
    event::{Cause, HandshakePurpose, Outcome},
    probe::{
        http::{Connection, HttpAsk, RequestKind, exchange, outcome, outlook_post},
        testing::{HOST, ask, net, serve},
        tls,
    },
};
use openssl::{
    asn1::Asn1Time,
    hash::MessageDigest,
    pkey::{PKey, Private},
    rsa::Rsa,
    ssl::{Ssl, SslContext, SslMethod, SslVersion},
    x509::{X509, X509NameBuilder},
};
use std::{net::SocketAddr, pin::Pin};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_openssl::SslStream;

const CHALLENGE: &[u8] = b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n";

/// A self-signed certificate with an RSA key of 1024 bits, signed with SHA-1: as old as the rest.
fn certificate() -> (X509, PKey<Private>) {
    let key = PKey::from_rsa(Rsa::generate(1024).expect("key")).expect("key");
    let mut name = X509NameBuilder::new().expect("name");
    name.append_entry_by_text("CN", HOST).expect("name");
    let name = name.build();
    let mut builder = X509::builder().expect("certificate");
    builder.set_subject_name(&name).expect("subject");
    builder.set_issuer_name(&name).expect("issuer");
    builder.set_pubkey(&key).expect("key");
    builder.set_not_before(&Asn1Time::days_from_now(0).expect("now")).expect("start");
    builder.set_not_after(&Asn1Time::days_from_now(30).expect("later")).expect("end");
    builder.sign(&key, MessageDigest::sha1()).expect("signature");
    (builder.build(), key)
}

/// A server of one version and these suites that reads a request and says this.
async fn server(version: SslVersion, suites: &str, says: &'static [u8]) -> SocketAddr {
    let (certificate, key) = certificate();
    let mut context = SslContext::builder(SslMethod::tls_server()).expect("context");
    context.set_security_level(0);
    context.set_cipher_list(suites).expect("suites");
    context.set_min_proto_version(Some(version)).expect("version");
    context.set_max_proto_version(Some(version)).expect("version");
    context.set_certificate(&certificate).expect("certificate");
    context.set_private_key(&key).expect("key");
    let context = context.build();
    serve(move |stream| async move {
        let mut stream = SslStream::new(Ssl::new(&context).expect("session"), stream).expect("stream");
        if Pin::new(&mut stream).accept().await.is_ok() {
            let mut request = [0; 4096];
            drop(stream.read(&mut request).await);
            drop(stream.write_all(says).await);
        }
    })
    .await
}

fn question(address: SocketAddr) -> HttpAsk {
    let url = format!("https://{HOST}/autodiscover/autodiscover.xml");
    outlook_post(url.parse().expect("a URL"), "o@contoso.test", address)
}

async fn shake(address: SocketAddr) -> (TlsHandshake, Option<LegacyConnection>) {
    let stream = TcpStream::connect(address).await.expect("loopback");
    let ask = HandshakeAsk { purpose: HandshakePurpose::OtherLibrary, ..ask(address) };
    handshake(stream, &ask, &net(&Authority::root("unused"))).await.expect("built with the feature")
}

#[tokio::test]
async fn an_answer_comes_through_what_the_usual_library_refuses() {
    let table = [
        (SslVersion::TLS1, "ALL:@SECLEVEL=0", "TLS 1.0"),
        (SslVersion::TLS1_1, "ALL:@SECLEVEL=0", "TLS 1.1"),
        (SslVersion::TLS1_2, "AES128-SHA:@SECLEVEL=0", "TLS 1.2"),
    ];
    for (version, suites, words) in table {
        let address = server(version, suites, CHALLENGE).await;
        let stream = TcpStream::connect(address).await.expect("loopback");
        let net = net(&Authority::root("unused"));
        let (refused, none) = tls::handshake(stream, &ask(address), &net).await;
        assert!(none.is_none() && refused.failure.is_some(), "{words}: {refused:?}");
        let address = server(version, suites, CHALLENGE).await;
        let (evidence, connection) = shake(address).await;
        assert_eq!((evidence.failure, evidence.version.as_deref()), (None, Some(words)));
        assert_eq!((evidence.library, evidence.server_name.as_deref()), (Some(TlsLibrary::OpenSsl), Some(HOST)));
        if words == "TLS 1.2" {
            assert_eq!(evidence.suite.as_deref(), Some("TLS_RSA_WITH_AES_128_CBC_SHA"));
        }
        let connection = Connection::Legacy(Box::new(connection.expect("a connection")));
        let (answer, _) = exchange(connection, &question(address), &net.limits).await;
        assert_eq!((answer.status, answer.library), (Some(401), Some(TlsLibrary::OpenSsl)), "{answer:?}");
        assert!(!answer.verified, "nobody has checked whose it is");
        assert_eq!(outcome(&answer, RequestKind::Post), Outcome::Passed);
    }
}

#[tokio::test]
async fn a_refusal_and_an_early_end_are_told_apart() {
    // RFC 5246 7.2.2: nothing in common is alert 40.
    let address = server(SslVersion::TLS1_2, "ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0", b"").await;
    let (evidence, connection) = shake(address).await;
    assert!(connection.is_none());
    let refused = TlsFailure::Alert { name: "handshake_failure".to_owned(), number: 40 };
    assert_eq!(evidence.failure, Some(refused));
    let address = serve(|mut stream| async move { drop(stream.read_u8().await) }).await;
    let (evidence, connection) = shake(address).await;
    assert!(connection.is_none());
    assert!(matches!(evidence.failure, Some(TlsFailure::Closed | TlsFailure::Reset)), "{evidence:?}");
    let address = server(SslVersion::TLS1, "ALL:@SECLEVEL=0", b"").await;
    let connection = shake(address).await.1.expect("a connection");
    let limits = net(&Authority::root("unused")).limits;
    let (answer, _) = exchange(Connection::Legacy(Box::new(connection)), &question(address), &limits).await;
    assert_eq!(outcome(&answer, RequestKind::Post), Outcome::Failed { cause: Cause::HttpClosed }, "{answer:?}");
}

/// What servers answer to a client that negotiates again and has no certificate (measured with Apache: alert 40 where
/// one is required, 200 where it is optional).
#[tokio::test]
async fn what_follows_a_renegotiation_decides_the_demand() {
    use ClientCertificateDemand::{Optional, Required, Undecided};
    let address = server(SslVersion::TLS1, "ALL:@SECLEVEL=0", CHALLENGE).await;
    let connection = shake(address).await.1.expect("a connection");
    let limits = net(&Authority::root("unused")).limits;
    let (answer, _) = exchange(Connection::Legacy(Box::new(connection)), &question(address), &limits).await;
    let with = |status, failure| HttpExchange { status, failure, body: None, ..answer.clone() };
    let alert = |name: &str| Some(HttpFailure::Alert { name: name.to_owned() });
    assert_eq!(demand(&answer), Optional);
    assert_eq!(demand(&with(Some(200), None)), Optional);
    assert_eq!(demand(&with(None, alert("handshake_failure"))), Required);
    assert_eq!(demand(&with(None, Some(HttpFailure::Closed))), Required);
    assert_eq!(demand(&with(Some(496), None)), Required);
    assert_eq!(demand(&with(Some(403), None)), Undecided);
    assert_eq!(demand(&with(None, alert("internal_error"))), Undecided);
    assert_eq!(demand(&with(None, Some(HttpFailure::TimedOut))), Undecided);
    assert_eq!(demand(&with(None, Some(HttpFailure::Reset))), Undecided);
}
