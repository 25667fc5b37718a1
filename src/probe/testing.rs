//! A world for tests: loopback servers, a clock that stands still, short limits.

use crate::{
    certificate::testing::{self, Authority},
    event::{DnsAnswer, DnsQuestion, HandshakePurpose, TcpResult, View},
    net::{Clock, Dialer, Limits, Net, Resolver, TrustStores},
    probe::tls::HandshakeAsk,
};
use jiff::Timestamp;
use rcgen::CertificateParams;
use rustls::{
    ServerConfig, SupportedProtocolVersion,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
    server::{WebPkiClientVerifier, danger::ClientCertVerifier},
    version::{TLS12, TLS13},
};
use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// The host that test servers answer for.
pub(crate) const HOST: &str = "mail.contoso.test";

/// Does nothing but tell the test's time.
#[derive(Debug)]
struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        testing::now()
    }
}

#[async_trait::async_trait]
impl Resolver for Still {
    async fn ask(&self, _question: &DnsQuestion) -> DnsAnswer {
        panic!("no test of these stages resolves names")
    }

    fn view(&self) -> View {
        panic!("no test of these stages resolves names")
    }
}

#[async_trait::async_trait]
impl Dialer for Still {
    async fn connect(&self, _host: &str, address: SocketAddr, _limit: Duration) -> Result<TcpStream, TcpResult> {
        TcpStream::connect(address).await.map_err(|_| TcpResult::Failed)
    }
}

/// A world that trusts one authority.
pub(crate) fn net(authority: &Authority) -> Net {
    let trust = TrustStores { machine: Some(authority.anchors()), ..TrustStores::default() };
    Net {
        resolver: Arc::new(Still),
        further: Vec::new(),
        operating_system: None,
        name_servers: None,
        dialer: Arc::new(Still),
        trust: Arc::new(trust),
        clock: Arc::new(Still),
        limits: Limits::default(),
    }
}

/// Asks for the usual host, with its name sent.
pub(crate) fn ask(address: SocketAddr) -> HandshakeAsk {
    HandshakeAsk {
        host: HOST.to_owned(),
        address,
        server_name: Some(HOST.to_owned()),
        purpose: HandshakePurpose::Probe,
    }
}

/// Serves one connection as told; returns where.
pub(crate) async fn serve<F, S>(conversation: F) -> SocketAddr
where
    F: FnOnce(TcpStream) -> S + Send + 'static,
    S: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        if let Ok((stream, _)) = listener.accept().await {
            conversation(stream).await;
        }
    });
    address
}

/// Serves one TLS connection; what happens after the handshake is told, a failed one ends it.
pub(crate) async fn serve_tls<F, S>(server: ServerConfig, conversation: F) -> SocketAddr
where
    F: FnOnce(TlsStream<TcpStream>) -> S + Send + 'static,
    S: Future<Output = ()> + Send + 'static,
{
    serve(move |stream| async move {
        if let Ok(stream) = TlsAcceptor::from(Arc::new(server)).accept(stream).await {
            conversation(stream).await;
        }
    })
    .await
}

/// Whether a server asks for client certificates.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Asks {
    No,
    Optional,
    Required,
}

/// A server with a certificate of the authority.
pub(crate) fn server(
    authority: &Authority,
    params: &CertificateParams,
    version: &'static SupportedProtocolVersion,
    asks: Asks,
) -> ServerConfig {
    let (der, key) = authority.issue(params);
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let chain = vec![CertificateDer::from(der)];
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[version])
        .expect("version");
    match asks {
        Asks::No => builder.with_no_client_auth(),
        _ => builder.with_client_cert_verifier(client_verifier(authority, asks)),
    }
    .with_single_cert(chain, key)
    .expect("certificate")
}

/// Both versions that the library speaks.
pub(crate) const VERSIONS: [&SupportedProtocolVersion; 2] = [&TLS12, &TLS13];

fn client_verifier(authority: &Authority, asks: Asks) -> Arc<dyn ClientCertVerifier> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from(authority.der.clone())).expect("root");
    let provider = Arc::new(ring::default_provider());
    let mut builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
    if asks == Asks::Optional {
        builder = builder.allow_unauthenticated();
    }
    builder.build().expect("verifier")
}
