//! Is the issuer trusted? Judged apart from dates, names and usage.

use super::{
    Store, StoreCertificates,
    path::{self, Usage},
    root::Roots,
};
use crate::event::{Certificate, StoreVerdict, TrustCheck, TrustReason, TrustStore};
use jiff::Timestamp;
use rustls::pki_types::{CertificateDer, TrustAnchor};
use webpki::Error;
use x509_parser::prelude::{FromDer, X509Certificate};

/// Most certificates that are used for building paths.
const CHAIN_LIMIT: usize = 64;
/// Most times that are tried for one.
const START_LIMIT: usize = 10;

/// First line of the alert: whether a path leads from the server's certificate, by way of the others sent, to a root.
///
/// What decides is this machine's own store and `--ca-file`; the public roots decide where the machine's store is not
/// among `stores`. Each store's own answer is kept beside. The answer does not depend on dates, names or usages: a
/// path that held at any time counts, and so does one whose members were never valid together. Old RSA keys and SHA-1
/// count as signatures; [`usage_check`](super::usage_check) reports them.
///
/// Why not, in this order: [`SelfSigned`](TrustReason::SelfSigned) when the certificate is its own issuer;
/// [`BadPath`](TrustReason::BadPath) or [`Unsupported`](TrustReason::Unsupported) when an issuer was found but the
/// path does not hold; [`MissingIntermediate`](TrustReason::MissingIntermediate) when the issuer's certificate was
/// neither sent nor is it a root, and something shows that it is no root: the certificate names an address to fetch
/// it from (RFC 5280 4.2.2.1), or it comes from a public authority (transparency timestamps, a CA/Browser Forum
/// policy), and those never issue from a root; else [`UnknownIssuer`](TrustReason::UnknownIssuer). The fetch address
/// that Windows certificate services write by themselves (`/CertEnroll/`) says nothing, since a private root that
/// issues for servers itself writes it too.
pub fn trust_check(chain_der: &[Vec<u8>], now: Timestamp, stores: &[Store<'_>]) -> TrustCheck {
    judge(chain_der, now, stores, &[]).0
}

/// What only the whole path shows, besides trust.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct PathFacts {
    /// Trusted, but on no path are all issuers in date now.
    pub(super) issuer_out_of_date: bool,
    /// Trusted, but an issuer's extended key usages leave out servers.
    pub(super) issuer_excludes_servers: bool,
}

/// As [`trust_check`], with what the path shows besides.
pub(super) fn judge(
    chain_der: &[Vec<u8>],
    now: Timestamp,
    stores: &[Store<'_>],
    roots: &[StoreCertificates<'_>],
) -> (TrustCheck, PathFacts) {
    let chain: Vec<_> = chain_der.iter().take(CHAIN_LIMIT).map(|der| CertificateDer::from(der.as_slice())).collect();
    let leaf = chain_der.first().map(|der| super::decode(der)).unwrap_or_default();
    let machine_known = stores.iter().any(|(store, _)| *store == TrustStore::ThisMachine);
    let mut verdicts = Vec::new();
    let mut deciding = Vec::new();
    for (store, anchors) in stores {
        let known = roots.iter().find(|(of, _)| of == store).map(|(_, known)| Roots::new(known)).unwrap_or_default();
        let outcome = judge_store(&chain, &leaf, now, anchors, &known);
        verdicts.push(StoreVerdict { store: *store, ok: outcome.is_ok() });
        if !(*store == TrustStore::PublicRoots && machine_known) {
            deciding.push(outcome);
        }
    }
    let facts: Vec<_> = deciding.iter().filter_map(|outcome| outcome.as_ref().ok().copied()).collect();
    let ok = !facts.is_empty();
    let reason = if ok { TrustReason::Trusted } else { refusal(chain_der, &leaf, &deciding) };
    // One store with a sound path is enough.
    let path = PathFacts {
        issuer_out_of_date: ok && facts.iter().all(|facts| facts.issuer_out_of_date),
        issuer_excludes_servers: ok && facts.iter().all(|facts| facts.issuer_excludes_servers),
    };
    (TrustCheck { ok, reason, stores: verdicts }, path)
}

/// One store's answer: facts about the path, or what stood against every path.
fn judge_store(
    chain: &[CertificateDer<'_>],
    leaf: &Certificate,
    now: Timestamp,
    anchors: &[TrustAnchor<'static>],
    roots: &Roots<'_>,
) -> Result<PathFacts, Error> {
    if anchors.is_empty() {
        return Err(Error::UnknownIssuer);
    }
    // The leaf's own dates are judged elsewhere: within them, now if possible.
    let inside = match (leaf.not_before, leaf.not_after) {
        (Some(start), Some(end)) if start <= end => now.clamp(start, end),
        _ => now,
    };
    let error = match path::at(chain, anchors, roots, inside, Usage::Any) {
        Ok(()) => {
            let issuer_excludes_servers = path::at(chain, anchors, roots, inside, Usage::Server).is_err()
                && super::usage_check(leaf).problems.iter().all(|problem| problem != "no_server_auth");
            return Ok(PathFacts { issuer_out_of_date: false, issuer_excludes_servers });
        }
        Err(error) => error,
    };
    // webpki refuses an authority's certificate in a server's place, and the first version of X.509.
    if matches!(error, Error::CaUsedAsEndEntity | Error::UnsupportedCertVersion) {
        let trusted = path::walk(chain, anchors, roots, None);
        let issuer_out_of_date = trusted && !path::walk(chain, anchors, roots, Some(inside));
        let facts = PathFacts { issuer_out_of_date, issuer_excludes_servers: false };
        return if trusted { Ok(facts) } else { Err(Error::UnknownIssuer) };
    }
    // If there is a time at which all certificates of a path are valid, the latest start among them is one.
    let mut errors = vec![error];
    for start in starts(chain) {
        match path::at(chain, anchors, roots, start, Usage::Any) {
            Ok(()) => return Ok(PathFacts { issuer_out_of_date: true, issuer_excludes_servers: false }),
            Err(error) => errors.push(error),
        }
    }
    if errors.iter().any(is_about_dates) && path::walk(chain, anchors, roots, None) {
        return Ok(PathFacts { issuer_out_of_date: true, issuer_excludes_servers: false });
    }
    let telling = errors.iter().position(|error| !is_about_dates(error)).unwrap_or_default();
    Err(errors.swap_remove(telling))
}

/// Starts of validity of the certificates sent.
fn starts(chain: &[CertificateDer<'_>]) -> Vec<Timestamp> {
    chain.iter().take(START_LIMIT).filter_map(|der| super::decode(der).not_before).collect()
}

fn is_about_dates(error: &Error) -> bool {
    matches!(error, Error::CertExpired { .. } | Error::CertNotValidYet { .. } | Error::InvalidCertValidity)
}

/// Why no deciding store trusts the chain.
fn refusal(chain_der: &[Vec<u8>], leaf: &Certificate, outcomes: &[Result<PathFacts, Error>]) -> TrustReason {
    if chain_der.first().is_some_and(|der| is_self_signed(der)) {
        return TrustReason::SelfSigned;
    }
    let errors: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
    let unknown = |error: &&Error| matches!(error, Error::UnknownIssuer) || is_about_dates(error);
    if errors.iter().all(unknown) {
        return if lacks_intermediate(chain_der, leaf) {
            TrustReason::MissingIntermediate
        } else {
            TrustReason::UnknownIssuer
        };
    }
    let unsupported = |error: &&Error| {
        matches!(
            error,
            Error::UnsupportedSignatureAlgorithmContext(_)
                | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_)
                | Error::UnsupportedCertVersion
        )
    };
    if errors.iter().any(unsupported) { TrustReason::Unsupported } else { TrustReason::BadPath }
}

fn is_self_signed(der: &[u8]) -> bool {
    X509Certificate::from_der(der).is_ok_and(|(_, leaf)| {
        leaf.subject().as_raw() == leaf.issuer().as_raw()
            // A key that cannot be checked does not make the name someone else's.
            && (path::is_self_signed(&leaf) || !is_checkable(&leaf))
    })
}

/// Whether the key is of a kind that [`path::is_self_signed`] can check.
fn is_checkable(certificate: &X509Certificate<'_>) -> bool {
    use x509_parser::public_key::PublicKey;
    match certificate.public_key().parsed() {
        Ok(PublicKey::RSA(key)) => key.key_size() >= 1024,
        Ok(PublicKey::EC(point)) => matches!(point.key_size(), 256 | 384),
        _ => false,
    }
}

/// Whether the server's own certificate shows that an intermediate should have been sent with it.
fn lacks_intermediate(chain_der: &[Vec<u8>], leaf: &Certificate) -> bool {
    let issuer_sent = chain_der.iter().skip(1).take(CHAIN_LIMIT).any(|der| super::decode(der).subject == leaf.issuer);
    let fetchable = leaf.issuer_urls.iter().any(|url| {
        let url = url.to_ascii_lowercase();
        (url.starts_with("http://") || url.starts_with("https://")) && !url.contains("/certenroll/")
    });
    !leaf.self_issued && !issuer_sent && (fetchable || is_publicly_issued(leaf))
}

/// Signs that a public authority issued a certificate.
fn is_publicly_issued(leaf: &Certificate) -> bool {
    let policy = ["Domain validated", "Organization validated", "Individual validated", "Extended validation"];
    leaf.extensions.iter().any(|extension| match extension.oid.as_str() {
        "1.3.6.1.4.1.11129.2.4.2" => true,
        "2.5.29.32" => extension.text.lines().any(|line| policy.contains(&line)),
        _ => false,
    })
}

#[cfg(test)]
#[path = "trust_tests.rs"]
mod tests;
