//! The other library: TLS 1.0, TLS 1.1, static RSA and renegotiation, which the first one does not have.
//!
//! Only with the cargo feature `legacy-tls`: OpenSSL, built in, or SChannel where Windows brings it. It carries requests
//! without credentials and judges nothing: certificates are judged from what the first library, or the hello in clear,
//! has seen. It never presents a client certificate.

#[cfg_attr(not(feature = "legacy-tls"), path = "legacy/absent.rs")]
#[cfg_attr(all(feature = "legacy-tls", windows), path = "legacy/schannel.rs")]
#[cfg_attr(all(feature = "legacy-tls", not(windows)), path = "legacy/openssl.rs")]
mod platform;

use super::{HandshakeAsk, blank, failure, refuses_missing_certificate, server_name, tap::Observations};
use crate::{
    event::{ClientCertificateDemand, HttpExchange, HttpFailure, TlsFailure, TlsHandshake, TlsLibrary},
    net::Net,
    probe::http,
};
use std::time::Instant;
use tokio::{net::TcpStream, time::timeout};

pub use platform::LIBRARY;

/// A connection after its handshake. Nobody has checked whose it is: it is not fit for credentials.
#[derive(Debug)]
pub struct LegacyConnection {
    pub(in crate::probe) stream: platform::Stream,
    pub(in crate::probe) library: TlsLibrary,
}

/// What the library tells about its handshake.
struct Negotiated {
    stream: platform::Stream,
    version: Option<String>,
    suite: Option<String>,
}

/// Makes one handshake with at most TLS 1.2 within [`Limits::handshake`](crate::net::Limits::handshake). Its evidence
/// has no certificates. `None` without the feature, and nothing is sent then.
pub async fn handshake(
    stream: TcpStream,
    ask: &HandshakeAsk,
    net: &Net,
) -> Option<(TlsHandshake, Option<LegacyConnection>)> {
    let library = LIBRARY?;
    let started = Instant::now();
    let mut evidence = blank(ask, &server_name(ask));
    evidence.library = Some(library);
    let name = evidence.server_name.clone();
    let connection = match timeout(net.limits.handshake, platform::connect(stream, name.as_deref())).await {
        Ok(Ok(negotiated)) => {
            (evidence.version, evidence.suite) = (negotiated.version, negotiated.suite);
            Some(LegacyConnection { stream: negotiated.stream, library })
        }
        Ok(Err(error)) => {
            evidence.failure = Some(failure::classify(&error, &Observations::default()));
            None
        }
        Err(_elapsed) => {
            evidence.failure = Some(TlsFailure::TimedOut);
            None
        }
    };
    evidence.elapsed_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    Some((evidence, connection))
}

/// Whether a server that asks for a client certificate after the request insists on one, from what it answered to a
/// client that did negotiate again and had none: an answer shows that it goes on without, a refusal (RFC 5246 7.4.6,
/// alert 40) or a closed connection that it does not. A bare 403, silence and a reset decide nothing.
pub fn demand(exchange: &HttpExchange) -> ClientCertificateDemand {
    if http::demands_client_certificate(exchange) {
        return ClientCertificateDemand::Required;
    }
    match (exchange.status, &exchange.failure) {
        (Some(403), _) => ClientCertificateDemand::Undecided,
        (Some(_), _) => ClientCertificateDemand::Optional,
        (None, Some(HttpFailure::Alert { name })) if refuses_missing_certificate(name) => {
            ClientCertificateDemand::Required
        }
        (None, Some(HttpFailure::Closed)) => ClientCertificateDemand::Required,
        (None, _) => ClientCertificateDemand::Undecided,
    }
}

/// A fatal alert of this number in the first library's words, which those who read errors know.
#[cfg(feature = "legacy-tls")]
fn alert(number: u8) -> std::io::Error {
    std::io::Error::new(
        std::io::ErrorKind::InvalidData,
        rustls::Error::AlertReceived(rustls::AlertDescription::from(number)),
    )
}

#[cfg(all(test, feature = "legacy-tls", not(windows)))]
#[path = "legacy/tests.rs"]
mod tests;
