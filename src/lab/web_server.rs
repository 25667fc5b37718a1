//! The lab's web servers: TLS with a certificate by SNI, HTTP/1.1 with an answer by path.

mod answer;
mod legacy;
mod renegotiation;
mod request;

use super::{
    LabError,
    authority::Certificates,
    scenario::{Answer, ClientCertificate, LegacyVersion, Listen, Path, Port, Suites},
};
use request::Request;
use rustls::{
    RootCertStore, ServerConfig,
    crypto::{CryptoProvider, ring},
    server::{ClientHello, ResolvesServerCert, WebPkiClientVerifier},
    sign::CertifiedKey,
    version::{TLS12, TLS13},
};
use std::{collections::BTreeMap, io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::timeout,
};
use tokio_rustls::TlsAcceptor;

/// How long a connection may last: longer than any run.
const CONNECTION_LIMIT: Duration = Duration::from_secs(120);

/// Where newer clients ask.
const JSON_PATH: &str = "/autodiscover/autodiscover.json";

/// What Exchange answers them.
static OWN_JSON: Answer = Answer::Json { url: String::new() };

/// Connections that one port serves at a time; further ones wait.
const CONNECTIONS: usize = 64;

/// How long a port rests when the system cannot give it a connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);

/// One port of the lab; it stops when dropped.
#[derive(Debug)]
pub(super) struct WebServer {
    address: SocketAddr,
    _tasks: JoinSet<()>,
}

impl WebServer {
    /// Starts listening on an ephemeral loopback port.
    ///
    /// # Errors
    /// [`LabError`] when no port can be had, or its certificate is unknown or cannot be served.
    pub async fn start(port: &Port, certificates: &Certificates) -> Result<Self, LabError> {
        let failed = |source| LabError::Listen { what: "a web server", source };
        let security = match port.listen {
            Listen::Tls => Security::Tls(TlsAcceptor::from(Arc::new(server_config(port, certificates)?))),
            Listen::LegacyTls => {
                let name = port.certificate.clone().unwrap_or_default();
                let key = certificates.served(&name).ok_or(LabError::UnknownCertificate { name })?;
                Security::Legacy(port.legacy_version.unwrap_or_default(), key)
            }
            Listen::Stalls => Security::Stalls,
            Listen::Banner => Security::Banner(port.banner.clone().unwrap_or_default()),
            Listen::Http | Listen::Closed | Listen::Silent | Listen::Directory => Security::None,
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let site = Arc::new(Site {
            paths: port.paths.clone(),
            headers: port.headers.clone(),
            issuing: certificates.issuing().to_vec(),
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, security, site));
        Ok(Self { address, _tasks: tasks })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// What stands before the requests of one port.
#[derive(Clone)]
enum Security {
    None,
    Tls(TlsAcceptor),
    /// An old server, with its newest version.
    Legacy(LegacyVersion, Arc<CertifiedKey>),
    /// Everything is taken, and nothing said.
    Stalls,
    /// Another protocol, whose server speaks first.
    Banner(String),
}

/// What one port answers.
#[derive(Debug)]
struct Site {
    paths: Vec<Path>,
    headers: Vec<String>,
    /// The certificate that authorities publish, in DER.
    issuing: Vec<u8>,
}

impl Site {
    /// The answer to a request: the entry for its path and host, then the entry for its path, then `*`.
    fn answer(&self, request: &Request) -> &Answer {
        self.entry(request).or_else(|| self.built_in(request)).unwrap_or(&Answer::NotFound {})
    }

    /// Exchange 2016 and later answer newer clients too, without a password.
    fn built_in(&self, request: &Request) -> Option<&Answer> {
        if !request.path.eq_ignore_ascii_case(JSON_PATH) {
            return None;
        }
        let xml = Request { path: crate::plan::PATH.to_owned(), ..request.clone() };
        match self.entry(&xml)? {
            Answer::Exchange401 { version, .. } if version.starts_with("15.0.") || !version.starts_with("15.") => None,
            Answer::Guarded(guarded) if guarded.version.starts_with("15.0.") || !guarded.version.starts_with("15.") => {
                None
            }
            Answer::Exchange401 { .. } | Answer::Guarded(_) | Answer::Settings { .. } => Some(&OWN_JSON),
            _ => None,
        }
    }

    fn entry(&self, request: &Request) -> Option<&Answer> {
        let is_for_host = |path: &&Path| match &path.host {
            Some(host) => host.eq_ignore_ascii_case(&request.host),
            None => true,
        };
        let is_named = |path: &&Path| match path.case_sensitive {
            true => path.path == request.path,
            false => path.path.eq_ignore_ascii_case(&request.path),
        };
        let mut named: Vec<&Path> = self.paths.iter().filter(is_for_host).filter(is_named).collect();
        named.extend(self.paths.iter().filter(is_for_host).filter(|path| path.path == "*"));
        named.sort_by_key(|path| (path.path == "*", path.host.is_none()));
        named.first().map(|path| &path.answer)
    }
}

/// Why serving a connection ended.
enum Ended {
    /// Either side is done.
    Done,
    /// The directory demands a client certificate: the handshake has to be repeated.
    Renegotiate,
}

async fn accept(listener: TcpListener, security: Security, site: Arc<Site>) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of descriptors, or a connection that died while it waited: no reason to stop, nor to spin.
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        if connections.len() >= CONNECTIONS {
            connections.join_next().await;
        }
        let (security, site) = (security.clone(), site.clone());
        // What becomes of one connection is the client's evidence, not the server's concern.
        connections.spawn(async move { drop(timeout(CONNECTION_LIMIT, connection(stream, security, &site)).await) });
    }
}

async fn connection(mut stream: TcpStream, security: Security, site: &Site) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let acceptor = match security {
        Security::Tls(acceptor) => acceptor,
        Security::Legacy(version, key) => return legacy::answer(stream, version, &key).await,
        Security::Stalls => {
            tokio::io::copy(&mut stream, &mut tokio::io::sink()).await?;
            return Ok(());
        }
        Security::Banner(line) => {
            stream.write_all(format!("{line}\r\n").as_bytes()).await?;
            // Ending it while the client's words are unread would reset the connection, and lose the line on its way.
            tokio::io::copy(&mut stream, &mut tokio::io::sink()).await?;
            return Ok(());
        }
        Security::None => {
            serve(&mut stream, site).await?;
            return stream.shutdown().await;
        }
    };
    let mut stream = acceptor.accept(stream).await?;
    match serve(&mut stream, site).await? {
        Ended::Done => stream.shutdown().await,
        Ended::Renegotiate => {
            let (stream, session) = stream.into_inner();
            renegotiation::demand(stream, session).await
        }
    }
}

/// Answers one request after the other until either side ends the connection.
async fn serve<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, site: &Site) -> io::Result<Ended> {
    let mut buffer = Vec::new();
    while let Some(request) = request::read(stream, &mut buffer).await? {
        let answer = site.answer(&request);
        if matches!(answer, Answer::ClientCertificateRenegotiate {}) {
            return Ok(Ended::Renegotiate);
        }
        stream.write_all(&answer::render(answer, &request, &site.headers, &site.issuing)).await?;
        stream.flush().await?;
        if request.close {
            break;
        }
    }
    Ok(Ended::Done)
}

pub(super) fn server_config(port: &Port, certificates: &Certificates) -> Result<ServerConfig, LabError> {
    let renegotiates = port.paths.iter().any(|path| matches!(path.answer, Answer::ClientCertificateRenegotiate {}));
    let mut provider = if renegotiates { renegotiation::provider() } else { ring::default_provider() };
    if port.suites == Suites::RsaSignatures {
        provider.cipher_suites.retain(|suite| format!("{:?}", suite.suite()).starts_with("TLS_ECDHE_RSA_"));
    }
    let provider = Arc::new(provider);
    let versions = if port.tls12_only { &[&TLS12][..] } else { &[&TLS13, &TLS12][..] };
    let builder = ServerConfig::builder_with_provider(provider.clone()).with_protocol_versions(versions)?;
    let builder = match client_verifier(port.client_certificate, certificates, provider)? {
        Some(verifier) => builder.with_client_cert_verifier(verifier),
        None => builder.with_no_client_auth(),
    };
    let mut config = builder.with_cert_resolver(Arc::new(CertificateByName::new(port, certificates)?));
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.enable_secret_extraction = renegotiates;
    Ok(config)
}

fn client_verifier(
    demand: ClientCertificate,
    certificates: &Certificates,
    provider: Arc<CryptoProvider>,
) -> Result<Option<Arc<dyn rustls::server::danger::ClientCertVerifier>>, LabError> {
    if demand == ClientCertificate::None {
        return Ok(None);
    }
    let mut roots = RootCertStore::empty();
    roots.add(certificates.client_root().clone())?;
    let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
    let builder = if demand == ClientCertificate::Optional { builder.allow_unauthenticated() } else { builder };
    Ok(Some(builder.build()?))
}

/// Chooses the certificate by SNI, as IIS and nginx do; without a match the default virtual host answers.
#[derive(Debug)]
struct CertificateByName {
    default: Arc<CertifiedKey>,
    names: BTreeMap<String, Arc<CertifiedKey>>,
}

impl CertificateByName {
    fn new(port: &Port, certificates: &Certificates) -> Result<Self, LabError> {
        let served = |name: &String| {
            certificates.served(name).ok_or_else(|| LabError::UnknownCertificate { name: name.clone() })
        };
        let default = served(port.certificate.as_ref().unwrap_or(&String::new()))?;
        let by_name = |(name, certificate): (&String, &String)| Ok((name.to_ascii_lowercase(), served(certificate)?));
        let names = port.names.iter().map(by_name).collect::<Result<_, LabError>>()?;
        Ok(Self { default, names })
    }
}

impl ResolvesServerCert for CertificateByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let named = hello.server_name().and_then(|name| self.names.get(&name.to_ascii_lowercase()));
        Some(named.unwrap_or(&self.default).clone())
    }
}
