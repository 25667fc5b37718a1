//! Looks at the server's certificate, keeps it, and goes on whatever it says: judging is done elsewhere.

use crate::{certificate, event::CertificateKey};
use rustls::{
    CertificateError, DigitallySignedStruct, Error, SignatureScheme,
    client::{
        ResolvesClientCert,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
    sign::CertifiedKey,
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Certificates that are kept, so that a path can be looked for; fewer become evidence.
const CHAIN_LIMIT: usize = 64;
/// Acceptable issuers of a client certificate that are kept.
const ISSUER_LIMIT: usize = 50;

/// What the far end showed in a handshake.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown {
    /// Certificates as sent, in DER, at most 64.
    pub(super) chain: Vec<Vec<u8>>,
    /// How many were sent.
    pub(super) sent: usize,
    /// An OCSP answer was stapled.
    pub(super) ocsp_stapled: bool,
    /// The handshake was signed with the key of the certificate, as far as ring can tell.
    pub(super) signature_verified: bool,
    /// Acceptable issuers, when a client certificate was asked for.
    pub(super) client_certificate: Option<Vec<String>>,
}

/// Keeps what the far end shows.
#[derive(Debug)]
pub(super) struct Recorder {
    algorithms: WebPkiSupportedAlgorithms,
    shown: Mutex<Shown>,
}

impl Recorder {
    pub(super) fn new(algorithms: WebPkiSupportedAlgorithms) -> Arc<Self> {
        Arc::new(Self { algorithms, shown: Mutex::default() })
    }

    pub(super) fn shown(&self) -> Shown {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes on where ring cannot check (RSA below 2048 bits, SHA-1, P-521), and remembers that it did; a signature that
    /// ring can check and that is wrong ends the handshake.
    fn take_signature(
        &self,
        certificate: &CertificateDer<'_>,
        scheme: SignatureScheme,
        result: Result<HandshakeSignatureValid, Error>,
    ) -> Result<HandshakeSignatureValid, Error> {
        let wrong = matches!(result, Err(Error::InvalidCertificate(CertificateError::BadSignature)));
        if wrong && self.is_checkable(&certificate::decode(certificate).key, scheme) {
            return result;
        }
        self.lock().signature_verified = result.is_ok();
        Ok(HandshakeSignatureValid::assertion())
    }

    fn is_checkable(&self, key: &CertificateKey, scheme: SignatureScheme) -> bool {
        let known = self.algorithms.mapping.iter().any(|(known, _)| *known == scheme);
        known && !(key.algorithm == "RSA" && key.bits < 2048)
    }
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let mut shown = self.lock();
        let sent = std::iter::once(end_entity).chain(intermediates);
        shown.chain = sent.take(CHAIN_LIMIT).map(|certificate| certificate.to_vec()).collect();
        shown.sent = intermediates.len() + 1;
        shown.ocsp_stapled = !ocsp_response.is_empty();
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let result = verify_tls12_signature(message, certificate, signed, &self.algorithms);
        self.take_signature(certificate, signed.scheme, result)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let result = verify_tls13_signature(message, certificate, signed, &self.algorithms);
        self.take_signature(certificate, signed.scheme, result)
    }

    /// What ring checks, and what old servers need to be seen at all.
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let mut schemes = self.algorithms.supported_schemes();
        schemes.extend([
            SignatureScheme::ECDSA_NISTP521_SHA512,
            SignatureScheme::RSA_PKCS1_SHA1,
            SignatureScheme::ECDSA_SHA1_Legacy,
        ]);
        schemes
    }
}

impl ResolvesClientCert for Recorder {
    /// Being called is the proof that a client certificate was asked for.
    fn resolve(&self, issuers: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        let names = issuers.iter().take(ISSUER_LIMIT).map(|name| certificate::distinguished_name(name)).collect();
        self.lock().client_certificate = Some(names);
        None
    }

    fn has_certs(&self) -> bool {
        false
    }
}
