//! What a root's own certificate says. A trust anchor keeps name, key and name constraints only (RFC 5280 6.1.1 d);
//! Windows also looks at the dates and extensions of the root's certificate, so they are judged where it is known.

use super::path::Usage;
use jiff::Timestamp;
use rustls::pki_types::{CertificateDer, UnixTime};
use std::time::Duration;
use webpki::{Error, VerifiedPath};
use x509_parser::prelude::{FromDer, ParsedExtension, X509Certificate};

/// The certificates behind a store's anchors; those that cannot be read are left out.
#[derive(Default)]
pub(super) struct Roots<'a> {
    known: Vec<(&'a [u8], X509Certificate<'a>)>,
}

impl<'a> Roots<'a> {
    pub(super) fn new(certificates: &'a [CertificateDer<'static>]) -> Self {
        let parsed = certificates.iter().filter_map(|der| {
            let (_, certificate) = X509Certificate::from_der(der.as_ref()).ok()?;
            Some((der.as_ref(), certificate))
        });
        Self { known: parsed.collect() }
    }

    /// Whether the root at the end of a path may stand there at a time. A root whose certificate is not known may.
    /// Where several certificates share name and key, one that may is enough.
    pub(super) fn judge(
        &self,
        leaf: &[u8],
        path: &VerifiedPath<'_>,
        time: Timestamp,
        usage: Usage,
    ) -> Result<(), Error> {
        let below = path.intermediate_certificates().filter(|issuer| issuer.issuer() != issuer.subject()).count();
        let anchor = path.anchor();
        let mut refusal = Ok(());
        for (der, root) in &self.known {
            let is_same = content(root.subject().as_raw()) == anchor.subject.as_ref()
                && content(root.public_key().raw) == anchor.subject_public_key_info.as_ref();
            if !is_same {
                continue;
            }
            // Whoever installed the server's own certificate as a root trusts just that.
            match if *der == leaf { Ok(()) } else { may_issue(root, below, time, usage) } {
                Ok(()) => return Ok(()),
                Err(error) => refusal = Err(error),
            }
        }
        refusal
    }

    /// Whether a root may issue at all, apart from dates, path length and usage.
    pub(super) fn is_authority(&self, subject: &[u8], key: &[u8], leaf: &[u8]) -> bool {
        let same: Vec<_> = self
            .known
            .iter()
            .filter(|(_, root)| root.subject().as_raw() == subject && root.public_key().raw == key)
            .collect();
        same.is_empty() || same.iter().any(|(der, root)| *der == leaf || structure(root, 0).is_ok())
    }
}

fn may_issue(root: &X509Certificate<'_>, below: usize, time: Timestamp, usage: Usage) -> Result<(), Error> {
    structure(root, below)?;
    if usage == Usage::Server && !serves(root) {
        return Err(Error::RequiredEkuNotFoundContext(webpki::RequiredEkuNotFoundContext {
            required: webpki::KeyUsage::server_auth(),
            present: Vec::new(),
        }));
    }
    let (start, end) = (root.validity().not_before.timestamp(), root.validity().not_after.timestamp());
    let moment = |seconds: i64| UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)));
    if time.as_second() > end {
        return Err(Error::CertExpired { time: moment(time.as_second()), not_after: moment(end) });
    }
    if time.as_second() < start {
        return Err(Error::CertNotValidYet { time: moment(time.as_second()), not_before: moment(start) });
    }
    Ok(())
}

/// CA flag, path length, key usage, and critical extensions that nobody knows (RFC 5280 6.1.4 k to o, applied to the
/// root as Windows does). A certificate of X.509 version 1 has no extensions and passes.
fn structure(root: &X509Certificate<'_>, below: usize) -> Result<(), Error> {
    let mut is_authority = root.extensions().is_empty();
    for extension in root.iter_extensions() {
        match extension.parsed_extension() {
            ParsedExtension::BasicConstraints(constraints) => {
                is_authority = constraints.ca;
                if constraints.path_len_constraint.is_some_and(|room| (room as usize) < below) {
                    return Err(Error::PathLenConstraintViolated);
                }
            }
            ParsedExtension::KeyUsage(usage) if !usage.key_cert_sign() => return Err(Error::EndEntityUsedAsCa),
            ParsedExtension::UnsupportedExtension { .. } | ParsedExtension::ParseError { .. } if extension.critical => {
                return Err(Error::UnsupportedCriticalExtension);
            }
            _ => {}
        }
    }
    if is_authority { Ok(()) } else { Err(Error::EndEntityUsedAsCa) }
}

fn serves(root: &X509Certificate<'_>) -> bool {
    root.iter_extensions().all(|extension| match extension.parsed_extension() {
        ParsedExtension::ExtendedKeyUsage(usage) => usage.any || usage.server_auth,
        _ => true,
    })
}

/// Content of a DER SEQUENCE, as anchors keep it: without tag and length.
fn content(der: &[u8]) -> &[u8] {
    let header = match der.get(1) {
        Some(length) if *length < 0x80 => 2,
        Some(length) => 2 + usize::from(length & 0x7f),
        None => 0,
    };
    der.get(header..).unwrap_or_default()
}
