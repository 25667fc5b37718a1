//! The TLS stage: one handshake, the chain recorded before any verdict, the checks judged apart.

mod cbc;
mod detail;
pub mod end_point;
pub(crate) mod failure;
pub mod hello;
pub mod legacy;
pub mod sweep;
pub mod tap;
mod verifier;

use crate::{
    certificate,
    event::{
        Cause, Checks, ClientCertificateDemand, ClientCertificateRequest, HandshakeDetail, HandshakePurpose,
        HttpExchange, HttpFailure, Outcome, TlsFailure, TlsHandshake,
    },
    net::Net,
    text::sanitise_bytes,
};
use rustls::{
    ClientConfig, ClientConnection, ProtocolVersion,
    crypto::{CryptoProvider, ring},
    pki_types::ServerName,
    version::{TLS12, TLS13},
};
use std::{io, net::SocketAddr, sync::Arc, time::Instant};
use tap::{Notes, Tap};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{TlsConnector, client::TlsStream};
use verifier::Recorder;

/// Certificates that become evidence.
const CHAIN_LIMIT: usize = 10;

/// What a handshake is made with.
#[derive(Clone, Debug)]
pub struct HandshakeAsk {
    /// The host of the URL: the name that the certificate must carry.
    pub host: String,
    /// Address and port as DNS and the URL gave them.
    pub address: SocketAddr,
    /// Name to send (SNI, RFC 6066); none is sent when absent, or when it is an IP address.
    pub server_name: Option<String>,
    /// Why it is made.
    pub purpose: HandshakePurpose,
}

/// A connection after its handshake.
#[derive(Debug)]
pub struct TlsConnection {
    /// The stream, for the request.
    pub stream: TlsStream<Tap>,
    /// What passes on the wire below.
    pub notes: Notes,
    /// Every check of the certificate held, and the handshake was signed with its key: credentials may be sent.
    pub verified: bool,
    /// TLS 1.2, where a server may ask to negotiate again.
    pub tls12: bool,
}

/// Makes one handshake within [`Limits::handshake`](crate::net::Limits::handshake). The certificate is recorded and
/// judged against [`Net::trust`] at the time of [`Net::clock`], but never ends the handshake, so that what stands behind
/// can be looked at. No client certificate is ever presented.
pub async fn handshake(stream: TcpStream, ask: &HandshakeAsk, net: &Net) -> (TlsHandshake, Option<TlsConnection>) {
    let started = Instant::now();
    let provider = Arc::new(provider());
    let recorder = Recorder::new(provider.signature_verification_algorithms);
    let tap = Tap::new(stream);
    let notes = tap.notes();
    let name = server_name(ask);
    let mut evidence = blank(ask, &name);
    let mut passed = HandshakeDetail::default();
    let result = match client(provider.clone(), &recorder, evidence.server_name.is_some()) {
        Ok(client) => {
            passed = detail::offered(&provider, &client);
            timeout(net.limits.handshake, TlsConnector::from(client).connect(name, tap)).await
        }
        Err(error) => Ok(Err(io::Error::other(error))),
    };
    let shown = recorder.shown();
    evidence.client_certificate = shown.client_certificate.clone().map(|acceptable_issuers| ClientCertificateRequest {
        acceptable_issuers,
        demand: ClientCertificateDemand::Undecided,
    });
    evidence.ocsp_stapled = shown.ocsp_stapled;
    record_chain(&mut evidence, &shown.chain, shown.sent, ask, net);
    let connection = match result {
        Ok(Ok(stream)) => {
            record_parameters(&mut evidence, stream.get_ref().1);
            passed.kind = detail::kind(stream.get_ref().1);
            let verified = shown.signature_verified && evidence.checks.as_ref().is_some_and(Checks::all_hold);
            let tls12 = stream.get_ref().1.protocol_version() == Some(ProtocolVersion::TLSv1_2);
            Some(TlsConnection { stream, notes: notes.clone(), verified, tls12 })
        }
        Ok(Err(error)) => {
            evidence.failure = Some(failure::classify(&error, &notes.observations()));
            None
        }
        Err(_elapsed) => {
            evidence.failure = Some(match notes.observations().banner {
                Some(banner) => TlsFailure::NotTls { banner: sanitise_bytes(&banner).chars().take(64).collect() },
                None => TlsFailure::TimedOut,
            });
            None
        }
    };
    if let (Some(request), Some(TlsFailure::Alert { name, .. })) = (&mut evidence.client_certificate, &evidence.failure)
        && refuses_missing_certificate(name)
    {
        request.demand = ClientCertificateDemand::Required;
    }
    detail::record(&mut passed, &notes.observations());
    evidence.detail = Some(Box::new(passed));
    evidence.elapsed_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    (evidence, connection)
}

/// How the stage ended.
///
/// A client certificate that is insisted on comes first, then what ended the handshake: neither can be overridden. Of
/// the certificate's faults the first counts in the order of the Security Alert: issuer, date, name; then usage. When
/// issuer and name both fail, the cause is the issuer's. An authority's certificate in a server's place is a warning,
/// since Windows accepts it.
pub fn outcome(handshake: &TlsHandshake) -> Outcome {
    let required = handshake
        .client_certificate
        .as_ref()
        .is_some_and(|request| request.demand == ClientCertificateDemand::Required);
    if required {
        return Outcome::Failed { cause: Cause::TlsClientCertificateRequired };
    }
    match (&handshake.failure, &handshake.checks) {
        (Some(failure), _) => Outcome::Failed { cause: failure_cause(failure) },
        (None, Some(checks)) => checks.outcome(),
        (None, None) => Outcome::Failed { cause: Cause::TlsMalformed },
    }
}

/// Decides from what came after the handshake whether the server insists on a client certificate.
///
/// In TLS 1.3 a missing client certificate is refused on the first read after the handshake (RFC 8446 4.4.2.4, alert
/// `certificate_required`), so the refusal belongs to TLS although the exchange saw it. A status that says so
/// (nginx 400, IIS 403.7 and kin) is insistence too; any other status shows that the server goes on without. A bare 403
/// decides nothing, since IIS often hides the number behind it from remote users, and nor does a connection that just
/// ends.
pub fn settle_client_certificate(handshake: &mut TlsHandshake, exchange: &HttpExchange) {
    let refused = matches!(&exchange.failure, Some(HttpFailure::Alert { name }) if refuses_missing_certificate(name));
    if handshake.client_certificate.is_none() {
        // The alert of this name says by itself what was asked for.
        let named = matches!(&exchange.failure, Some(HttpFailure::Alert { name }) if name == "certificate_required");
        if named {
            let demand = ClientCertificateDemand::Required;
            handshake.client_certificate = Some(ClientCertificateRequest { acceptable_issuers: Vec::new(), demand });
        }
        return;
    }
    let Some(request) = &mut handshake.client_certificate else { return };
    if refused || super::http::demands_client_certificate(exchange) {
        request.demand = ClientCertificateDemand::Required;
    } else if exchange.status.is_some_and(|status| status != 403) {
        request.demand = ClientCertificateDemand::Optional;
    }
}

/// Alerts by which servers refuse a missing client certificate (RFC 5246 7.2.2, RFC 8446 6.2).
fn refuses_missing_certificate(alert: &str) -> bool {
    matches!(
        alert,
        "certificate_required"
            | "handshake_failure"
            | "no_certificate"
            | "bad_certificate"
            | "certificate_unknown"
            | "access_denied"
    )
}

fn failure_cause(failure: &TlsFailure) -> Cause {
    match failure {
        TlsFailure::Alert { name, .. } if name == "protocol_version" => Cause::TlsVersion,
        TlsFailure::Alert { .. } => Cause::TlsHandshakeRefused,
        TlsFailure::Closed | TlsFailure::NoConnection => Cause::TlsClosed,
        TlsFailure::Reset => Cause::TlsReset,
        TlsFailure::TimedOut => Cause::TlsTimeout,
        TlsFailure::NotTls { .. } => Cause::TlsNotTls,
        TlsFailure::Protocol { detail } if detail.starts_with(failure::NO_COMMON_VERSION) => Cause::TlsVersion,
        TlsFailure::Protocol { .. } => Cause::TlsMalformed,
    }
}

/// The name for the library. It sends none that is an address; then, and when none shall be sent, the address stands in.
fn server_name(ask: &HandshakeAsk) -> ServerName<'static> {
    let named = ask.server_name.as_ref().and_then(|name| ServerName::try_from(name.clone()).ok());
    named.unwrap_or_else(|| ServerName::from(ask.address.ip()))
}

/// The evidence that there was no connection to shake hands over.
pub fn without_connection(ask: &HandshakeAsk) -> TlsHandshake {
    TlsHandshake { failure: Some(TlsFailure::NoConnection), ..blank(ask, &server_name(ask)) }
}

fn blank(ask: &HandshakeAsk, name: &ServerName<'_>) -> TlsHandshake {
    let sent = matches!(name, ServerName::DnsName(_)).then(|| name.to_str().trim_end_matches('.').to_owned());
    TlsHandshake { server_name: sent, ..TlsHandshake::blank(ask.address, ask.purpose) }
}

/// What the library can do, and behind it what old servers need.
fn provider() -> CryptoProvider {
    let mut provider = ring::default_provider();
    provider.cipher_suites.extend(cbc::suites());
    provider
}

fn client(
    provider: Arc<CryptoProvider>,
    recorder: &Arc<Recorder>,
    send_name: bool,
) -> Result<Arc<ClientConfig>, rustls::Error> {
    let mut client = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .dangerous()
        .with_custom_certificate_verifier(recorder.clone())
        .with_client_cert_resolver(recorder.clone());
    client.alpn_protocols = vec![b"http/1.1".to_vec()];
    client.enable_sni = send_name;
    client.resumption = rustls::client::Resumption::disabled();
    Ok(Arc::new(client))
}

fn record_chain(evidence: &mut TlsHandshake, chain: &[Vec<u8>], sent: usize, ask: &HandshakeAsk, net: &Net) {
    evidence.chain = chain.iter().take(CHAIN_LIMIT).map(|der| certificate::decode(der)).collect();
    evidence.chain_dropped = sent.saturating_sub(evidence.chain.len());
    if !chain.is_empty() {
        evidence.checks = Some(certificate::checks_with_roots(
            &ask.host,
            chain,
            net.clock.now(),
            &net.trust.in_use(),
            &net.trust.known_certificates(),
        ));
    }
}

fn record_parameters(evidence: &mut TlsHandshake, connection: &ClientConnection) {
    evidence.version = connection.protocol_version().map(|version| match version {
        ProtocolVersion::TLSv1_3 => "TLS 1.3".to_owned(),
        ProtocolVersion::TLSv1_2 => "TLS 1.2".to_owned(),
        other => format!("{other:?}"),
    });
    evidence.suite =
        connection.negotiated_cipher_suite().map(|suite| detail::registered(&format!("{:?}", suite.suite())));
    evidence.group = detail::group(connection);
    evidence.alpn = connection.alpn_protocol().map(sanitise_bytes);
}

#[cfg(test)]
#[path = "tls/tests.rs"]
mod tests;
