//! DNS over TLS (RFC 7858) and over HTTPS (RFC 8484): a server that must show a certificate for its name. Unlike the
//! servers that are diagnosed, one that fails a check is not listened to: what it says would prove nothing.

use super::{
    Dialer, TrustStores,
    exchange::{converse, status},
    message::{Reply, decode, encode},
    resolver::{Encrypted, Protocol},
};
use crate::event::{DnsQuestion, DnsStatus, TcpResult};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Request, StatusCode,
    body::Bytes,
    client::conn::{http1, http2},
    header::{ACCEPT, CONTENT_TYPE, HOST},
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::ServerName};
use std::{
    fmt, io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{
    net::TcpStream,
    sync::Semaphore,
    time::{Instant, timeout_at},
};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// Connections to one server at a time; further questions wait for one of them, as RFC 7858 section 3.4 asks.
const CONNECTIONS: usize = 4;

/// Largest message, which is DNS's own bound.
const MESSAGE_LIMIT: usize = u16::MAX as usize;

/// Media type of a DNS message (RFC 8484 section 6).
const MEDIA_TYPE: &str = "application/dns-message";

/// One server that is asked over TLS, with its connections.
pub(super) struct Channel {
    server: Encrypted,
    dialer: Arc<dyn Dialer>,
    /// Absent when the library cannot be set up.
    tls: Option<TlsConnector>,
    idle: Mutex<Vec<Connection>>,
    turns: Semaphore,
    /// Where it was connected to last.
    address: Mutex<Option<IpAddr>>,
}

/// A connection that the next question may use.
enum Connection {
    Messages(Box<TlsStream<TcpStream>>),
    Http1(http1::SendRequest<Full<Bytes>>),
    Http2(http2::SendRequest<Full<Bytes>>),
}

impl Channel {
    /// A channel to this server, opened with the first question.
    pub(super) fn new(server: Encrypted, dialer: Arc<dyn Dialer>, trust: &TrustStores) -> Self {
        let address = Mutex::new(server.address);
        let tls = configuration(&server.protocol, trust).map(|config| TlsConnector::from(Arc::new(config)));
        Self { server, dialer, tls, idle: Mutex::default(), turns: Semaphore::new(CONNECTIONS), address }
    }

    /// The server as it can be typed, with the address behind its name once it was looked up.
    pub(super) fn name(&self) -> String {
        self.server.at(*self.address.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Asks one question.
    pub(super) async fn ask(&self, question: &DnsQuestion, edns: bool, deadline: Instant) -> Result<Reply, DnsStatus> {
        let (id, message) = encode(question, edns).map_err(|_| DnsStatus::Malformed)?;
        let asked = timeout_at(deadline, self.exchange(&message)).await;
        let answer = asked.map_err(|_| DnsStatus::TimedOut)??;
        decode(&answer, id, question).map_err(|_| DnsStatus::Malformed)
    }

    /// Over a connection that was used before, where there is one: the server may have closed it meanwhile, so a new one
    /// is tried after it.
    async fn exchange(&self, message: &[u8]) -> Result<Vec<u8>, DnsStatus> {
        // Never closed, so there is always a turn.
        let _turn = self.turns.acquire().await.map_err(|_| DnsStatus::Unreachable)?;
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(mut connection) = idle
            && let Ok(answer) = self.send(&mut connection, message).await
        {
            self.keep(connection);
            return Ok(answer);
        }
        let mut connection = self.open().await?;
        let answer = self.send(&mut connection, message).await?;
        self.keep(connection);
        Ok(answer)
    }

    fn keep(&self, connection: Connection) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
    }

    async fn open(&self) -> Result<Connection, DnsStatus> {
        let (host, port) = (self.server.host.as_str(), self.server.port);
        let address = match self.server.address {
            Some(address) => address,
            None => {
                let mut found = tokio::net::lookup_host((host, port)).await.map_err(|_| DnsStatus::Unreachable)?;
                found.next().ok_or(DnsStatus::Unreachable)?.ip()
            }
        };
        *self.address.lock().unwrap_or_else(PoisonError::into_inner) = Some(address);
        // The question's own deadline ends this one too.
        let limit = std::time::Duration::from_secs(60);
        let stream = self.dialer.connect(host, SocketAddr::new(address, port), limit).await.map_err(of_tcp)?;
        let name = ServerName::try_from(host.to_owned()).map_err(|_| DnsStatus::Unreachable)?;
        let tls = self.tls.as_ref().ok_or(DnsStatus::Unreachable)?;
        let stream = tls.connect(name, stream).await.map_err(|error| of_tls(&error))?;
        match (&self.server.protocol, stream.get_ref().1.alpn_protocol()) {
            (Protocol::Tls, _) => Ok(Connection::Messages(Box::new(stream))),
            (Protocol::Https(_), Some(b"h2")) => {
                let shake = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await;
                let (sender, connection) = shake.map_err(|_| DnsStatus::Malformed)?;
                tokio::spawn(connection);
                Ok(Connection::Http2(sender))
            }
            (Protocol::Https(_), _) => {
                let shake = http1::handshake(TokioIo::new(stream)).await;
                let (sender, connection) = shake.map_err(|_| DnsStatus::Malformed)?;
                tokio::spawn(connection);
                Ok(Connection::Http1(sender))
            }
        }
    }

    async fn send(&self, connection: &mut Connection, message: &[u8]) -> Result<Vec<u8>, DnsStatus> {
        let response = match connection {
            Connection::Messages(stream) => {
                return converse(stream.as_mut(), message).await.map_err(|error| of_tls(&error));
            }
            Connection::Http1(sender) => {
                sender.ready().await.map_err(|_| DnsStatus::PortClosed)?;
                sender.send_request(self.request(message, false)?).await
            }
            Connection::Http2(sender) => {
                sender.ready().await.map_err(|_| DnsStatus::PortClosed)?;
                sender.send_request(self.request(message, true)?).await
            }
        };
        let response = response.map_err(|_| DnsStatus::Malformed)?;
        let is_message =
            response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes() == MEDIA_TYPE.as_bytes());
        // RFC 8484 section 4.2.1: only a success holds a DNS answer, whatever its response code.
        if response.status() != StatusCode::OK || !is_message {
            return Err(DnsStatus::OtherCode);
        }
        let body = Limited::new(response.into_body(), MESSAGE_LIMIT).collect().await;
        Ok(body.map_err(|_| DnsStatus::Malformed)?.to_bytes().to_vec())
    }

    fn request(&self, message: &[u8], http2: bool) -> Result<Request<Full<Bytes>>, DnsStatus> {
        let Protocol::Https(path) = &self.server.protocol else { return Err(DnsStatus::Malformed) };
        let host =
            if self.server.host.contains(':') { format!("[{}]", self.server.host) } else { self.server.host.clone() };
        let authority = if self.server.port == 443 { host } else { format!("{host}:{}", self.server.port) };
        let request = Request::post(if http2 { format!("https://{authority}{path}") } else { path.clone() });
        // In HTTP/2 the URL says it (RFC 9113 section 8.3.1).
        let request = if http2 { request } else { request.header(HOST, authority) };
        let request = request.header(CONTENT_TYPE, MEDIA_TYPE).header(ACCEPT, MEDIA_TYPE);
        request.body(Full::new(Bytes::copy_from_slice(message))).map_err(|_| DnsStatus::Malformed)
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Channel").field("server", &self.server).finish_non_exhaustive()
    }
}

fn configuration(protocol: &Protocol, trust: &TrustStores) -> Option<ClientConfig> {
    let roots = trust.in_use().into_iter().flat_map(|(_, anchors)| anchors.iter().cloned()).collect();
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().ok()?;
    let mut config = builder.with_root_certificates(RootCertStore { roots }).with_no_client_auth();
    config.alpn_protocols = match protocol {
        Protocol::Tls => vec![b"dot".to_vec()],
        Protocol::Https(_) => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
    };
    Some(config)
}

fn of_tcp(result: TcpResult) -> DnsStatus {
    match result {
        TcpResult::Refused | TcpResult::Reset => DnsStatus::PortClosed,
        TcpResult::TimedOut => DnsStatus::TimedOut,
        _ => DnsStatus::Unreachable,
    }
}

/// A certificate that does not hold, or what the socket says.
fn of_tls(error: &io::Error) -> DnsStatus {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::InvalidCertificate(_)) => DnsStatus::Untrusted,
        Some(_) => DnsStatus::Malformed,
        None => status(error),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
