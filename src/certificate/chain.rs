//! How the certificates of a chain belong together: by names and, where they can be checked, by signatures.

use super::path::verifies;
use x509_parser::prelude::{FromDer, X509Certificate};

/// Most signatures that are checked to put one chain in order.
const SIGNATURE_LIMIT: usize = 200;

/// Which certificate of a chain issued which.
pub(super) struct Links {
    /// From the server's own certificate upward, by place in the chain; the first is 0 unless the chain is empty.
    pub(super) path: Vec<usize>,
    /// Places that some path from the server's own certificate touches.
    pub(super) related: Vec<usize>,
}

/// Follows the issuers from the first certificate. Where several certificates of the issuer's name exist, one whose key
/// fits comes first, then one that is in date now.
pub(super) fn links(chain: &[Vec<u8>], now: i64) -> Links {
    let parsed = parse(chain);
    let mut links = Links { path: Vec::new(), related: Vec::new() };
    if chain.is_empty() {
        return links;
    }
    let mut budget = SIGNATURE_LIMIT;
    let mut next = Some(0);
    while let Some(place) = next {
        links.path.push(place);
        let mut issuers = issuers(&parsed, place, &mut budget);
        issuers.retain(|issuer| !links.path.contains(issuer));
        issuers.sort_by_key(|issuer| !is_in_date(parsed.get(*issuer), now));
        next = issuers.first().copied();
    }
    let mut waiting = vec![0];
    while let Some(place) = waiting.pop() {
        if !links.related.contains(&place) {
            links.related.push(place);
            waiting.extend(issuers(&parsed, place, &mut budget));
        }
    }
    links
}

/// A bag of certificates with the server's own first, then its path, then the rest.
pub(super) fn in_order(mut bag: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let parsed = parse(&bag);
    let issues = |place: &usize| {
        let own = parsed.get(*place).and_then(Option::as_ref);
        own.is_some_and(|own| {
            parsed.iter().enumerate().any(|(other, certificate)| {
                let by = certificate.as_ref().map(|certificate| certificate.issuer().as_raw());
                other != *place && by == Some(own.subject().as_raw())
            })
        })
    };
    let is_authority =
        |place: &usize| parsed.get(*place).and_then(Option::as_ref).is_some_and(|certificate| certificate.is_ca());
    let leaf = (0..bag.len()).min_by_key(|place| (is_authority(place), issues(place), *place)).unwrap_or_default();
    drop(parsed);
    if !bag.is_empty() {
        let first = bag.remove(leaf);
        bag.insert(0, first);
    }
    let path = links(&bag, 0).path;
    let mut places: Vec<usize> = (0..bag.len()).collect();
    places.sort_by_key(|place| path.iter().position(|known| known == place).unwrap_or(usize::MAX));
    places.into_iter().filter_map(|place| bag.get_mut(place).map(std::mem::take)).collect()
}

fn parse(chain: &[Vec<u8>]) -> Vec<Option<X509Certificate<'_>>> {
    chain.iter().map(|der| X509Certificate::from_der(der).ok().map(|(_, certificate)| certificate)).collect()
}

/// Places of the certificates that may have issued the one at a place, itself left out: those whose key fits, or, when
/// none does, those of the name.
fn issuers(parsed: &[Option<X509Certificate<'_>>], place: usize, budget: &mut usize) -> Vec<usize> {
    let Some(certificate) = parsed.get(place).and_then(Option::as_ref) else { return Vec::new() };
    if certificate.subject().as_raw() == certificate.issuer().as_raw() {
        return Vec::new();
    }
    let named: Vec<usize> = parsed
        .iter()
        .enumerate()
        .filter(|(other, candidate)| {
            let name = candidate.as_ref().map(|candidate| candidate.subject().as_raw());
            *other != place && name == Some(certificate.issuer().as_raw())
        })
        .map(|(other, _)| other)
        .collect();
    let fitting: Vec<usize> = named
        .iter()
        .copied()
        .filter(|other| {
            *budget = budget.saturating_sub(1);
            let key = parsed.get(*other).and_then(Option::as_ref).map(|issuer| issuer.public_key().raw);
            *budget > 0 && key.is_some_and(|key| verifies(certificate, key))
        })
        .collect();
    if fitting.is_empty() { named } else { fitting }
}

fn is_in_date(certificate: Option<&Option<X509Certificate<'_>>>, now: i64) -> bool {
    certificate.and_then(Option::as_ref).is_some_and(|certificate| {
        let validity = certificate.validity();
        (validity.not_before.timestamp()..=validity.not_after.timestamp()).contains(&now)
    })
}
