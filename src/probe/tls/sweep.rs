//! The version sweep: one hello in clear for each version, to a server that refused the library's hello.
//!
//! What the library cannot speak says nothing about the server. The sweep shows which versions the server accepts, and
//! its certificates, so that they are judged as any other's (RFC 5246 7.4: in clear up to TLS 1.2).

use super::{
    HandshakeAsk, blank, failure,
    hello::{self, Ended, Flight, Reader, Version},
    record_chain, server_name,
};
use crate::{
    certificate,
    event::{ClientCertificateDemand, ClientCertificateRequest, TlsFailure, TlsHandshake, VersionSupport},
    net::Net,
    probe::tcp,
    text::sanitise_bytes,
};
use ring::rand::{SecureRandom, SystemRandom};
use rustls::AlertDescription;
use std::{
    collections::BTreeMap,
    io,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// The versions in the order asked: what is likeliest first, so that most is known when a server falls silent.
const ORDER: [Version; 4] = [Version::Tls12, Version::Tls10, Version::Tls11, Version::Tls13];
/// Hellos without an answer after which the server is left alone.
const SILENCE_LIMIT: usize = 2;

/// Longest wait for the answer to one hello, which costs a server no more than a certificate from its memory.
const PATIENCE: Duration = Duration::from_secs(3);

/// Alerts that answer something else than versions and suites: the name (RFC 6066 section 3), the application protocol
/// (RFC 7301 3.2), the client's certificate.
const OTHER_REFUSALS: [&str; 8] = [
    "unrecognized_name",
    "no_application_protocol",
    "certificate_required",
    "no_certificate",
    "bad_certificate",
    "certificate_unknown",
    "unknown_ca",
    "access_denied",
];

/// Whether a handshake ended because the server did not accept the library's hello. OpenSSL says so with an alert,
/// SChannel closes or resets, and some old stacks fall silent.
pub fn is_hello_refused(handshake: &TlsHandshake) -> bool {
    if !handshake.chain.is_empty() || handshake.client_certificate.is_some() {
        return false;
    }
    match &handshake.failure {
        Some(TlsFailure::Alert { name, .. }) => !OTHER_REFUSALS.contains(&name.as_str()),
        Some(TlsFailure::Closed | TlsFailure::Reset | TlsFailure::TimedOut) => true,
        Some(TlsFailure::Protocol { detail }) => {
            detail.starts_with(failure::NO_COMMON_VERSION) || detail.starts_with(failure::NOTHING_IN_COMMON)
        }
        Some(TlsFailure::NotTls { .. } | TlsFailure::NoConnection) | None => false,
    }
}

/// Sends one hello after the other, each on a connection of its own and within three seconds, or
/// [`Limits::handshake`](crate::net::Limits::handshake) where that is less, and takes leave politely.
///
/// The evidence holds [`TlsHandshake::versions`], and version, suite and chain of the newest version whose answer shows
/// a chain. It has a failure when no hello was accepted, or when that answer broke off. Nothing is ever encrypted, so the far end has not proven
/// that it holds the certificate's key.
pub async fn sweep(ask: &HandshakeAsk, net: &Net) -> TlsHandshake {
    let started = Instant::now();
    let mut evidence = blank(ask, &server_name(ask));
    let mut support: BTreeMap<Version, bool> = BTreeMap::new();
    let mut best: Option<(Flight, Option<TlsFailure>)> = None;
    let mut silent = 0;
    let limit = net.limits.handshake.min(PATIENCE);
    for version in ORDER {
        let known = support.contains_key(&version) && best.as_ref().is_some_and(|(flight, _)| !flight.chain.is_empty());
        if known || silent == SILENCE_LIMIT {
            continue;
        }
        let Some(stream) = tcp::connect(net, &ask.host, ask.address, &|_| {}).await else { break };
        let (flight, failure) = greet(stream, version, evidence.server_name.as_deref(), limit).await;
        silent += usize::from(failure == Some(TlsFailure::TimedOut));
        match (&flight.hello, &failure) {
            (Some(hello), _) => {
                support.insert(hello.version, true);
                support.entry(version).or_insert(false);
            }
            (None, Some(TlsFailure::TimedOut)) => {}
            (None, _) => {
                support.entry(version).or_insert(false);
            }
        }
        if is_more_telling(&flight, best.as_ref().map(|(flight, _)| flight)) {
            best = Some((flight, failure.clone()));
        }
        evidence.failure = failure.or(evidence.failure);
    }
    evidence.versions = support
        .into_iter()
        .map(|(version, accepted)| VersionSupport { version: version.as_str().to_owned(), accepted })
        .collect();
    if let Some((flight, failure)) = best {
        evidence.failure = failure;
        record_flight(&mut evidence, flight, ask, net);
    }
    evidence.elapsed_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    evidence
}

fn is_more_telling(flight: &Flight, than: Option<&Flight>) -> bool {
    let rank = |flight: &Flight| flight.hello.as_ref().map(|hello| (!flight.chain.is_empty(), hello.version));
    rank(flight) > than.and_then(rank)
}

fn record_flight(evidence: &mut TlsHandshake, flight: Flight, ask: &HandshakeAsk, net: &Net) {
    if let Some(hello) = &flight.hello {
        evidence.version = Some(hello.version.as_str().to_owned());
        evidence.suite = Some(hello::suite_name(hello.suite));
    }
    evidence.group = flight.group;
    evidence.ocsp_stapled = flight.ocsp_stapled;
    evidence.client_certificate = flight.request.map(|request| ClientCertificateRequest {
        acceptable_issuers: request.issuers.iter().map(|name| certificate::distinguished_name(name)).collect(),
        demand: ClientCertificateDemand::Undecided,
    });
    record_chain(evidence, &flight.chain, flight.sent, ask, net);
}

/// One hello and its answer.
async fn greet(
    mut stream: TcpStream,
    version: Version,
    server_name: Option<&str>,
    limit: Duration,
) -> (Flight, Option<TlsFailure>) {
    let mut reader = Reader::default();
    let hello = hello::client_hello(version, server_name, random());
    let ended = timeout(limit, converse(&mut stream, &hello, &mut reader)).await;
    let failure = match ended {
        Ok(Ok(Some(ended))) => ended_as(ended),
        Ok(Ok(None)) => Some(TlsFailure::Closed),
        Ok(Err(error)) => Some(failure_of(&error)),
        Err(_elapsed) => Some(TlsFailure::TimedOut),
    };
    let flight = reader.into_flight();
    if let (None, Some(hello)) = (&failure, &flight.hello) {
        // Whether the server hears it is its own affair.
        let _ = timeout(limit, take_leave(&mut stream, hello.version)).await;
    }
    (flight, failure)
}

async fn converse(stream: &mut TcpStream, hello: &[u8], reader: &mut Reader) -> io::Result<Option<Ended>> {
    stream.write_all(hello).await?;
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let count = stream.read(&mut buffer).await?;
        let Some(bytes) = buffer.get(..count).filter(|bytes| !bytes.is_empty()) else { return Ok(None) };
        if let Some(ended) = reader.feed(bytes) {
            return Ok(Some(ended));
        }
    }
}

/// `user_canceled` and the close after it (RFC 8446 6.1), so that the server need not wait for the rest.
async fn take_leave(stream: &mut TcpStream, version: Version) -> io::Result<()> {
    const WARNING: u8 = 1;
    // A record says 1.2 also in 1.3 (RFC 8446 5.1).
    let [major, minor] = version.min(Version::Tls12).code().to_be_bytes();
    stream.write_all(&[21, major, minor, 0, 2, WARNING, 90, 21, major, minor, 0, 2, WARNING, 0]).await?;
    stream.shutdown().await
}

fn ended_as(ended: Ended) -> Option<TlsFailure> {
    Some(match ended {
        Ended::Complete => return None,
        Ended::Alert { number: 0 } => TlsFailure::Closed,
        Ended::Alert { number } => {
            TlsFailure::Alert { name: failure::alert_name(AlertDescription::from(number)), number }
        }
        Ended::NotTls(banner) => TlsFailure::NotTls { banner: sanitise_bytes(&banner).chars().take(64).collect() },
        Ended::TooLarge(size) => TlsFailure::Protocol {
            detail: format!("an answer of {size} bytes; at most {} are read", hello::ANSWER_LIMIT),
        },
        Ended::Malformed(what) => TlsFailure::Protocol { detail: what.to_owned() },
    })
}

fn failure_of(error: &io::Error) -> TlsFailure {
    match error.kind() {
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe => {
            TlsFailure::Reset
        }
        _ => TlsFailure::Closed,
    }
}

/// The hello's random. No key depends on it, so zeros would do where the system has none to give.
fn random() -> [u8; 32] {
    let mut random = [0; 32];
    let _ = SystemRandom::new().fill(&mut random);
    random
}

#[cfg(test)]
#[path = "sweep_tests.rs"]
mod tests;
