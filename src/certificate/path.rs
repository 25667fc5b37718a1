//! Paths from a certificate to a root: with webpki's rules at a given time, and without regard to dates.

use super::root::Roots;
use jiff::Timestamp;
use ring::signature::{self, UnparsedPublicKey};
use rustls::pki_types::{
    AlgorithmIdentifier, CertificateDer, InvalidSignature, SignatureVerificationAlgorithm, SubjectPublicKeyInfoDer,
    TrustAnchor, UnixTime, alg_id,
};
use std::time::Duration;
use webpki::{EndEntityCert, Error, ExtendedKeyUsageValidator, KeyPurposeIdIter, RawPublicKeyEntity, VerifiedPath};
use x509_parser::prelude::{FromDer, ParsedExtension, X509Certificate};

/// Certificates in a path, the server's own included; signature checks of one walk.
const DEPTH_LIMIT: usize = 10;
const SIGNATURE_LIMIT: usize = 100;

/// Which extended key usages a path may carry.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Usage {
    /// Any: usage is judged elsewhere.
    Any,
    /// Server authentication wherever usages are restricted.
    Server,
}

impl ExtendedKeyUsageValidator for Usage {
    fn validate(&self, usages: KeyPurposeIdIter<'_, '_>) -> Result<(), Error> {
        match self {
            Self::Any => Ok(()),
            Self::Server => webpki::KeyUsage::server_auth().validate(usages),
        }
    }
}

/// Looks for a path by webpki's rules as of a time; where the root's own certificate is known, it must hold too.
pub(super) fn at(
    chain: &[CertificateDer<'_>],
    anchors: &[TrustAnchor<'static>],
    roots: &Roots<'_>,
    time: Timestamp,
    usage: Usage,
) -> Result<(), Error> {
    let (leaf, issuers) = chain.split_first().ok_or(Error::BadDer)?;
    let seconds = u64::try_from(time.as_second()).unwrap_or_default();
    let moment = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    let root_holds = |path: &VerifiedPath<'_>| roots.judge(leaf, path, time, usage);
    EndEntityCert::try_from(leaf)?
        .verify_for_usage(&algorithms(), anchors, issuers, moment, usage, None, Some(&root_holds))
        .map(|_path| ())
}

/// Looks for a path by names, signatures, CA flag and path length. With a time, issuers must be in date then; without,
/// dates do not matter. For what [`at`] cannot judge: a path whose members were never valid together, an authority's
/// certificate in a server's place, an X.509 v1 certificate. A path under name constraints is not judged here.
pub(super) fn walk(
    chain: &[CertificateDer<'_>],
    anchors: &[TrustAnchor<'static>],
    roots: &Roots<'_>,
    time: Option<Timestamp>,
) -> bool {
    let parsed: Vec<_> = chain.iter().take(DEPTH_LIMIT).filter_map(|der| X509Certificate::from_der(der).ok()).collect();
    let parsed: Vec<_> = parsed.into_iter().map(|(_, certificate)| certificate).collect();
    let Some((leaf, issuers)) = parsed.split_first() else { return false };
    if leaf.subject().as_raw() == leaf.issuer().as_raw() && is_anchor(leaf, anchors) {
        return true;
    }
    let first = chain.first().map_or(&[][..], |der| der.as_ref());
    Walk { leaf: first, issuers, anchors, roots, time, signatures: 0 }.reaches_anchor(leaf, 0)
}

/// Whether a certificate's signature holds under its own key.
pub(super) fn is_self_signed(certificate: &X509Certificate<'_>) -> bool {
    verifies(certificate, certificate.public_key().raw)
}

struct Walk<'a, 'c> {
    leaf: &'a [u8],
    roots: &'a Roots<'a>,
    issuers: &'a [X509Certificate<'c>],
    anchors: &'a [TrustAnchor<'static>],
    time: Option<Timestamp>,
    signatures: usize,
}

impl Walk<'_, '_> {
    fn reaches_anchor(&mut self, certificate: &X509Certificate<'_>, depth: usize) -> bool {
        let issuer = certificate.issuer().as_raw();
        let anchors = self.anchors;
        for anchor in anchors.iter().filter(|anchor| sequence(&anchor.subject) == issuer) {
            let key = sequence(&anchor.subject_public_key_info);
            let usable = anchor.name_constraints.is_none() && self.roots.is_authority(issuer, &key, self.leaf);
            if usable && self.may_verify() && verifies(certificate, &key) {
                return true;
            }
        }
        let issuers = self.issuers;
        depth + 1 < DEPTH_LIMIT
            && issuers.iter().any(|candidate| {
                candidate.subject().as_raw() == issuer
                    && candidate.subject().as_raw() != candidate.issuer().as_raw()
                    && self.may_issue(candidate, depth)
                    && self.may_verify()
                    && verifies(certificate, candidate.public_key().raw)
                    && self.reaches_anchor(candidate, depth + 1)
            })
    }

    fn may_verify(&mut self) -> bool {
        self.signatures += 1;
        self.signatures <= SIGNATURE_LIMIT
    }

    /// `below` is the number of issuers between this one and the server's certificate.
    fn may_issue(&self, issuer: &X509Certificate<'_>, below: usize) -> bool {
        let in_date = self.time.is_none_or(|time| {
            let validity = issuer.validity();
            (validity.not_before.timestamp()..=validity.not_after.timestamp()).contains(&time.as_second())
        });
        in_date
            && issuer.iter_extensions().all(|extension| match extension.parsed_extension() {
                ParsedExtension::BasicConstraints(constraints) => {
                    let room = constraints.path_len_constraint.map_or(usize::MAX, |room| room as usize);
                    constraints.ca && room >= below
                }
                ParsedExtension::KeyUsage(usage) => usage.key_cert_sign(),
                ParsedExtension::NameConstraints(_) => false,
                ParsedExtension::UnsupportedExtension { .. } | ParsedExtension::ParseError { .. } => {
                    !extension.critical
                }
                _ => true,
            })
            && issuer.is_ca()
    }
}

fn is_anchor(certificate: &X509Certificate<'_>, anchors: &[TrustAnchor<'static>]) -> bool {
    anchors.iter().any(|anchor| {
        sequence(&anchor.subject) == certificate.subject().as_raw()
            && sequence(&anchor.subject_public_key_info) == certificate.public_key().raw
    })
}

/// Whether a certificate's signature holds under a key given as SubjectPublicKeyInfo.
pub(super) fn verifies(certificate: &X509Certificate<'_>, key: &[u8]) -> bool {
    let key = SubjectPublicKeyInfoDer::from(key);
    let Ok(key) = RawPublicKeyEntity::try_from(&key) else { return false };
    let signed = certificate.tbs_certificate.as_ref();
    let signature = certificate.signature_value.data.as_ref();
    algorithms().iter().any(|algorithm| key.verify_signature(*algorithm, signed, signature).is_ok())
}

/// The content of a DER SEQUENCE with its tag and length before it: anchors keep their fields without.
fn sequence(content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let significant: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    let mut der = vec![0x30];
    match significant.as_slice() {
        [] => der.push(0),
        [short] if *short < 0x80 => der.push(*short),
        // A slice in memory has a length of at most eight bytes.
        long => der.extend(std::iter::once(0x80 | long.len() as u8).chain(long.iter().copied())),
    }
    der.extend_from_slice(content);
    der
}

/// All that ring verifies, old RSA included: what is weak is reported apart from what is untrusted.
fn algorithms() -> Vec<&'static dyn SignatureVerificationAlgorithm> {
    webpki::ALL_VERIFICATION_ALGS.iter().copied().chain(LEGACY).collect()
}

/// RSA from 1024 bits, and SHA-1.
const LEGACY: [&dyn SignatureVerificationAlgorithm; 3] = [
    &LegacyRsa {
        signature_alg_id: alg_id::RSA_PKCS1_SHA256,
        verification: &signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
    },
    &LegacyRsa {
        signature_alg_id: alg_id::RSA_PKCS1_SHA512,
        verification: &signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
    },
    &LegacyRsa {
        // sha1WithRSAEncryption (1.2.840.113549.1.1.5) with NULL parameters (RFC 3279 2.2.1).
        signature_alg_id: AlgorithmIdentifier::from_slice(&[
            0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05, 0x05, 0x00,
        ]),
        verification: &signature::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
    },
];

#[derive(Debug)]
struct LegacyRsa {
    signature_alg_id: AlgorithmIdentifier,
    verification: &'static dyn signature::VerificationAlgorithm,
}

impl SignatureVerificationAlgorithm for LegacyRsa {
    fn verify_signature(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        UnparsedPublicKey::new(self.verification, key).verify(message, signature).map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::RSA_ENCRYPTION
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.signature_alg_id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_written_as_x_690_8_1_3_says() {
        assert_eq!(sequence(&[]), [0x30, 0x00]);
        assert_eq!(sequence(&[7; 3])[..2], [0x30, 0x03]);
        assert_eq!(sequence(&[7; 200])[..3], [0x30, 0x81, 200]);
        assert_eq!(sequence(&[7; 300])[..4], [0x30, 0x82, 0x01, 0x2c]);
    }
}
