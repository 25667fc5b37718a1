use super::*;
use crate::{
    certificate::testing::{Authority, authority_params, server_params},
    event::NameReason,
    probe::testing::{Asks, HOST, VERSIONS, ask, net, serve, serve_tls, server},
};
use rcgen::CertificateParams;
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

async fn shake(address: SocketAddr, authority: &Authority) -> (TlsHandshake, Option<TlsConnection>) {
    let stream = TcpStream::connect(address).await.expect("loopback");
    handshake(stream, &ask(address), &net(authority)).await
}

/// A handshake with a server that has such a certificate.
async fn shake_with(params: &CertificateParams, authority: &Authority) -> TlsHandshake {
    let server = server(authority, params, VERSIONS[1], Asks::No);
    let address = serve_tls(server, |mut stream| async move { drop(stream.read_u8().await) }).await;
    shake(address, authority).await.0
}

fn failed(cause: Cause) -> Outcome {
    Outcome::Failed { cause }
}

#[tokio::test]
async fn a_sound_server_passes_and_everything_is_recorded() {
    let authority = Authority::root("Contoso Root");
    for (version, words) in VERSIONS.into_iter().zip(["TLS 1.2", "TLS 1.3"]) {
        let mut server = server(&authority, &server_params(&[HOST]), version, Asks::No);
        server.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let address = serve_tls(server, |mut stream| async move { drop(stream.read_u8().await) }).await;
        let (evidence, connection) = shake(address, &authority).await;
        let connection = connection.expect("a connection");
        assert_eq!(outcome(&evidence), Outcome::Passed, "{evidence:?}");
        assert_eq!(evidence.version.as_deref(), Some(words));
        assert!(evidence.suite.as_deref().is_some_and(|suite| suite.starts_with("TLS_") && !suite.contains("13")));
        assert_eq!(evidence.alpn.as_deref(), Some("http/1.1"));
        assert_eq!(evidence.server_name.as_deref(), Some(HOST));
        assert_eq!((evidence.chain.len(), evidence.chain_dropped), (1, 0));
        assert!(connection.verified);
        let detail = evidence.detail.as_ref().expect("what passed is kept");
        assert_eq!(detail.offered_versions, ["TLS 1.3", "TLS 1.2"]);
        assert!(evidence.suite.as_ref().is_some_and(|suite| detail.offered_suites.contains(suite)), "{detail:?}");
        assert!(evidence.group.as_ref().is_some_and(|group| detail.offered_groups.contains(group)), "{evidence:?}");
        assert_eq!(detail.kind, Some(crate::event::HandshakeKind::Full));
        let sides: Vec<_> = detail.records.iter().map(|record| (record.side, record.kind)).take(2).collect();
        let hello = crate::event::TlsRecordKind::Handshake;
        assert_eq!(sides, [(crate::event::TlsSide::Client, hello), (crate::event::TlsSide::Server, hello)]);
        assert!(detail.records.is_sorted_by_key(|record| record.at_us), "{detail:?}");
        assert_eq!(connection.tls12, words == "TLS 1.2");
        let observations = connection.notes.observations();
        assert_eq!(observations.records.first().map(|record| record.content_type), Some(22));
        assert!(!observations.renegotiation_asked);
    }
}

#[tokio::test]
async fn a_fault_of_the_certificate_ends_nothing_but_is_the_outcome() {
    let authority = Authority::root("Contoso Root");
    let mut expired = server_params(&[HOST]);
    expired.not_before = rcgen::date_time_ymd(2020, 1, 1);
    expired.not_after = rcgen::date_time_ymd(2021, 1, 1);
    let mut future = expired.clone();
    future.not_before = rcgen::date_time_ymd(2030, 1, 1);
    future.not_after = rcgen::date_time_ymd(2031, 1, 1);
    let mut usage = server_params(&[HOST]);
    usage.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
    let mut expired_elsewhere = expired.clone();
    expired_elsewhere.subject_alt_names = server_params(&["remote.contoso.test"]).subject_alt_names;
    let table = [
        (server_params(&["remote.contoso.test"]), Cause::TlsNameMismatch),
        (expired, Cause::TlsExpired),
        (future, Cause::TlsNotYetValid),
        (usage, Cause::TlsWrongUsage),
        (expired_elsewhere, Cause::TlsExpired),
    ];
    for (params, cause) in table {
        let evidence = shake_with(&params, &authority).await;
        assert_eq!(outcome(&evidence), failed(cause), "{evidence:?}");
        assert_eq!(evidence.failure, None);
    }
    let stranger = Authority::root("Somebody Else");
    let server = server(&stranger, &server_params(&["remote.contoso.test"]), VERSIONS[0], Asks::No);
    let address = serve_tls(server, |mut stream| async move { drop(stream.read_u8().await) }).await;
    let (evidence, connection) = shake(address, &authority).await;
    assert_eq!(outcome(&evidence), failed(Cause::TlsIssuerUntrusted), "the issuer comes before the name");
    assert!(!connection.expect("a connection").verified);
}

#[tokio::test]
async fn a_self_signed_certificate_has_its_own_cause() {
    let own = Authority::root("unused");
    let mut params = authority_params("EX1");
    params.is_ca = rcgen::IsCa::NoCa;
    let key = rcgen::KeyPair::generate().expect("key");
    let der = params.self_signed(&key).expect("certificate").der().to_vec();
    let server = single(vec![der], &key);
    let address = serve_tls(server, |mut stream| async move { drop(stream.read_u8().await) }).await;
    assert_eq!(outcome(&shake(address, &own).await.0), failed(Cause::TlsSelfSigned));
}

fn single(chain: Vec<Vec<u8>>, key: &rcgen::KeyPair) -> ServerConfig {
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&TLS13, &TLS12])
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(
            chain.into_iter().map(CertificateDer::from).collect(),
            PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )
        .expect("certificate")
}

/// One certificate for whoever sends a name, another for whoever does not.
#[derive(Debug)]
struct ByName(Arc<CertifiedKey>, Arc<CertifiedKey>);

impl ResolvesServerCert for ByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(if hello.server_name().is_some() { self.0.clone() } else { self.1.clone() })
    }
}

#[tokio::test]
async fn without_a_name_the_default_certificate_is_seen() {
    let authority = Authority::root("Contoso Root");
    let certified = |name: &str| {
        let (der, key) = authority.issue(&server_params(&[name]));
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let key = ring::sign::any_supported_type(&key).expect("key");
        Arc::new(CertifiedKey::new(vec![CertificateDer::from(der)], key))
    };
    for (server_name, expected) in [(Some(HOST.to_owned()), HOST), (None, "default.fabrikam.test")] {
        let resolver = Arc::new(ByName(certified(HOST), certified("default.fabrikam.test")));
        let server = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&TLS13])
            .expect("version")
            .with_no_client_auth()
            .with_cert_resolver(resolver);
        let address = serve_tls(server, |mut stream| async move { drop(stream.read_u8().await) }).await;
        let stream = TcpStream::connect(address).await.expect("loopback");
        let ask = HandshakeAsk { server_name: server_name.clone(), ..ask(address) };
        let (evidence, _) = handshake(stream, &ask, &net(&authority)).await;
        assert_eq!(evidence.server_name, server_name);
        assert_eq!(evidence.leaf().expect("a certificate").dns_names(), [expected]);
        let matches = evidence.checks.expect("checks").name_matches;
        assert_eq!(matches.asked, HOST, "the name of the URL is judged, sent or not");
        assert_eq!(matches.ok, server_name.is_some());
    }
}

#[tokio::test]
async fn an_address_in_the_url_is_judged_and_not_sent() {
    let authority = Authority::root("Contoso Root");
    let server = server(&authority, &server_params(&["127.0.0.1"]), VERSIONS[1], Asks::No);
    let address = serve_tls(server, |mut stream| async move { drop(stream.read_u8().await) }).await;
    let stream = TcpStream::connect(address).await.expect("loopback");
    let host = "127.0.0.1".to_owned();
    let ask = HandshakeAsk { server_name: Some(host.clone()), host, ..ask(address) };
    let (evidence, _) = handshake(stream, &ask, &net(&authority)).await;
    assert_eq!(evidence.server_name, None);
    assert_eq!(evidence.checks.expect("checks").name_matches.reason, NameReason::Listed);
}

#[tokio::test]
async fn a_chain_is_kept_up_to_its_bound() {
    let authority = Authority::root("Contoso Root");
    let (leaf, key) = authority.issue(&server_params(&[HOST]));
    let mut chain = vec![leaf];
    chain.extend(std::iter::repeat_n(authority.der.clone(), 13));
    let server = single(chain, &key);
    let address = serve_tls(server, |mut stream| async move { drop(stream.read_u8().await) }).await;
    let (evidence, _) = shake(address, &authority).await;
    assert_eq!((evidence.chain.len(), evidence.chain_dropped), (10, 4));
    assert_eq!(outcome(&evidence), Outcome::Passed);
}

/// wire-notes 1.1: in TLS 1.2 the refusal comes inside the handshake, in TLS 1.3 on the first read after it.
#[tokio::test]
async fn a_client_certificate_that_is_insisted_on() {
    let authority = Authority::root("Contoso Root");
    let server12 = server(&authority, &server_params(&[HOST]), VERSIONS[0], Asks::Required);
    let address = serve_tls(server12, |_| async {}).await;
    let (evidence, connection) = shake(address, &authority).await;
    assert!(connection.is_none());
    assert!(matches!(evidence.failure, Some(TlsFailure::Alert { .. })), "{:?}", evidence.failure);
    let request = evidence.client_certificate.clone().expect("a request");
    assert_eq!(request.acceptable_issuers, ["CN=Contoso Root"]);
    assert_eq!(request.demand, ClientCertificateDemand::Required);
    assert_eq!(outcome(&evidence), failed(Cause::TlsClientCertificateRequired));
    assert!(evidence.checks.is_some_and(|checks| checks.all_hold()), "the certificate was seen before");

    let server13 = server(&authority, &server_params(&[HOST]), VERSIONS[1], Asks::Required);
    let address = serve_tls(server13, |_| async {}).await;
    let (evidence, connection) = shake(address, &authority).await;
    assert!(connection.is_some());
    assert_eq!(evidence.client_certificate.map(|request| request.demand), Some(ClientCertificateDemand::Undecided));
}

#[tokio::test]
async fn a_client_certificate_that_is_optional() {
    let authority = Authority::root("Contoso Root");
    for version in VERSIONS {
        let server = server(&authority, &server_params(&[HOST]), version, Asks::Optional);
        let address = serve_tls(server, |mut stream| async move { drop(stream.read_u8().await) }).await;
        let (evidence, connection) = shake(address, &authority).await;
        assert!(connection.is_some());
        assert_eq!(evidence.client_certificate.as_ref().map(|r| r.demand), Some(ClientCertificateDemand::Undecided));
        assert_eq!(outcome(&evidence), Outcome::Passed);
    }
}

#[tokio::test]
async fn a_port_that_speaks_something_else() {
    let authority = Authority::root("Contoso Root");
    let banners = ["SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", "220 mail.contoso.test ESMTP\r\n"];
    for banner in banners {
        let address = serve(move |mut stream| async move {
            drop(stream.write_all(banner.as_bytes()).await);
            drop(stream.read_u8().await);
        })
        .await;
        let (evidence, _) = shake(address, &authority).await;
        assert_eq!(outcome(&evidence), failed(Cause::TlsNotTls));
        let Some(TlsFailure::NotTls { banner: seen }) = evidence.failure else { panic!("{evidence:?}") };
        assert!(seen.starts_with(&banner[..8]) && seen.contains("<U+000D>"), "{seen}");
    }
}

#[tokio::test]
async fn a_close_a_reset_and_an_alert_are_told_apart() {
    let authority = Authority::root("Contoso Root");
    let closes = serve(|mut stream| async move {
        let mut hello = [0; 1024];
        drop(stream.read(&mut hello).await);
        drop(stream.shutdown().await);
        drop(stream.read(&mut hello).await);
    })
    .await;
    assert_eq!(outcome(&shake(closes, &authority).await.0), failed(Cause::TlsClosed));
    // Closing with unread data makes the kernel send RST.
    let resets = serve(|mut stream| async move { drop(stream.read_u8().await) }).await;
    assert_eq!(outcome(&shake(resets, &authority).await.0), failed(Cause::TlsReset));
    for (number, name, cause) in
        [(40, "handshake_failure", Cause::TlsHandshakeRefused), (70, "protocol_version", Cause::TlsVersion)]
    {
        let alerts = serve(move |mut stream| async move {
            let mut hello = [0; 1024];
            drop(stream.read(&mut hello).await);
            drop(stream.write_all(&[21, 3, 3, 0, 2, 2, number]).await);
            drop(stream.read(&mut hello).await);
        })
        .await;
        let (evidence, _) = shake(alerts, &authority).await;
        assert_eq!(evidence.failure, Some(TlsFailure::Alert { name: name.to_owned(), number }));
        assert_eq!(outcome(&evidence), failed(cause));
    }
}

/// The first bytes of a ServerHello in its record (RFC 5246 7.4.1.3), the rest announced.
const HALF_A_HELLO: [u8; 12] = [22, 3, 3, 0, 80, 2, 0, 0, 76, 3, 3, 5];

#[tokio::test]
async fn a_server_that_stalls_or_closes_in_mid_handshake() {
    let authority = Authority::root("Contoso Root");
    let mut net = net(&authority);
    net.limits.handshake = Duration::from_millis(200);
    for (closes, cause) in [(false, Cause::TlsTimeout), (true, Cause::TlsClosed)] {
        let address = serve(move |mut stream| async move {
            let mut hello = [0; 1024];
            drop(stream.read(&mut hello).await);
            drop(stream.write_all(&HALF_A_HELLO).await);
            if closes {
                drop(stream.shutdown().await);
            }
            while stream.read(&mut hello).await.is_ok_and(|count| count > 0) {}
        })
        .await;
        let stream = TcpStream::connect(address).await.expect("loopback");
        let (evidence, connection) = handshake(stream, &ask(address), &net).await;
        assert!(connection.is_none() && sweep::is_hello_refused(&evidence));
        assert_eq!(outcome(&evidence), failed(cause));
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_costs_the_limit() {
    let authority = Authority::root("Contoso Root");
    let address = serve(|mut stream| async move { while stream.read_u8().await.is_ok() {} }).await;
    let mut net = net(&authority);
    net.limits.handshake = Duration::from_millis(50);
    let stream = TcpStream::connect(address).await.expect("loopback");
    let (evidence, connection) = handshake(stream, &ask(address), &net).await;
    assert!(connection.is_none());
    assert_eq!(outcome(&evidence), failed(Cause::TlsTimeout));
}
