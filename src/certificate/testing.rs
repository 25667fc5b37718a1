//! Certificates for tests, made on the spot.

use super::Store;
use crate::event::TrustStore;
use jiff::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::pki_types::{CertificateDer, TrustAnchor};

/// The time at which all tests look.
pub(crate) fn now() -> Timestamp {
    "2026-06-01T00:00:00Z".parse().expect("RFC 3339")
}

/// An authority that issues certificates.
pub(crate) struct Authority {
    params: CertificateParams,
    key: KeyPair,
    /// Its own certificate.
    pub(crate) der: Vec<u8>,
}

impl Authority {
    /// A root of this name.
    pub(crate) fn root(name: &str) -> Self {
        let params = authority_params(name);
        let key = KeyPair::generate().expect("key");
        let der = params.self_signed(&key).expect("certificate").der().to_vec();
        Self { params, key, der }
    }

    /// An authority below this one.
    pub(crate) fn below(&self, params: CertificateParams) -> Self {
        let (der, key) = self.issue(&params);
        Self { params, key, der }
    }

    /// A certificate with its key.
    pub(crate) fn issue(&self, params: &CertificateParams) -> (Vec<u8>, KeyPair) {
        let key = KeyPair::generate().expect("key");
        let issuer = Issuer::from_params(&self.params, &self.key);
        (params.signed_by(&key, &issuer).expect("certificate").der().to_vec(), key)
    }

    /// The certificate of another authority's key and name, from this one.
    pub(crate) fn cross_sign(&self, other: &Self) -> Vec<u8> {
        let issuer = Issuer::from_params(&self.params, &self.key);
        other.params.signed_by(&other.key, &issuer).expect("certificate").der().to_vec()
    }

    /// A store that holds it.
    pub(crate) fn anchors(&self) -> Vec<TrustAnchor<'static>> {
        vec![anchor(&self.der)]
    }
}

/// A certificate as a root.
pub(crate) fn anchor(der: &[u8]) -> TrustAnchor<'static> {
    webpki::anchor_from_trusted_cert(&CertificateDer::from(der)).expect("readable").to_owned()
}

/// The machine's store alone.
pub(crate) fn machine<'a>(anchors: &'a [TrustAnchor<'static>]) -> [Store<'a>; 1] {
    [(TrustStore::ThisMachine, anchors)]
}

/// An authority's certificate to be.
pub(crate) fn authority_params(name: &str) -> CertificateParams {
    let mut params = server_params(&[]);
    params.distinguished_name = named(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.extended_key_usages = Vec::new();
    params
}

/// A server's certificate to be, valid in 2026.
pub(crate) fn server_params(names: &[&str]) -> CertificateParams {
    let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
    let common_name = names.first().cloned().unwrap_or_else(|| "server".to_owned());
    let mut params = CertificateParams::new(names).expect("names");
    params.distinguished_name = named(&common_name);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.not_before = rcgen::date_time_ymd(2026, 1, 1);
    params.not_after = rcgen::date_time_ymd(2026, 12, 31);
    params
}

fn named(name: &str) -> DistinguishedName {
    let mut distinguished_name = DistinguishedName::new();
    distinguished_name.push(DnType::CommonName, name);
    distinguished_name
}
