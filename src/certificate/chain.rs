//! How the certificates of a chain belong together: by names and, where they can be checked, by signatures.

use super::path::verifies;
use crate::event::Certificate;
use base64::{Engine, engine::general_purpose::STANDARD};
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
/// fits comes first, then one that is in date now. Where the bytes of a certificate are not there (a recording that was
/// made anonymous), the names as written decide.
pub(super) fn links(chain: &[Certificate], now: i64) -> Links {
    let der: Vec<Vec<u8>> =
        chain.iter().map(|certificate| STANDARD.decode(&certificate.der).unwrap_or_default()).collect();
    let members = members(&der);
    if members.iter().all(|member| member.parsed.is_some()) {
        return follow(&members, now);
    }
    let second = |time: Option<jiff::Timestamp>, unknown| time.map_or(unknown, jiff::Timestamp::as_second);
    let written: Vec<Member<'_>> = chain
        .iter()
        .map(|certificate| Member {
            subject: certificate.subject.as_bytes(),
            issuer: certificate.issuer.as_bytes(),
            validity: (second(certificate.not_before, i64::MIN), second(certificate.not_after, i64::MAX)),
            parsed: None,
        })
        .collect();
    follow(&written, now)
}

/// A bag of certificates with the server's own first, then its path, then the rest.
pub(super) fn in_order(mut bag: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let parsed = members(&bag);
    let issues = |place: usize| {
        let own = parsed.get(place).map(|own| own.subject).unwrap_or_default();
        parsed.iter().enumerate().any(|(other, member)| other != place && member.issuer == own)
    };
    let is_authority = |place: usize| {
        parsed.get(place).and_then(|member| member.parsed.as_ref()).is_some_and(|certificate| certificate.is_ca())
    };
    let leaf = (0..bag.len()).min_by_key(|place| (is_authority(*place), issues(*place), *place)).unwrap_or_default();
    drop(parsed);
    if !bag.is_empty() {
        let first = bag.remove(leaf);
        bag.insert(0, first);
    }
    let path = follow(&members(&bag), 0).path;
    let mut places: Vec<usize> = (0..bag.len()).collect();
    places.sort_by_key(|place| path.iter().position(|known| known == place).unwrap_or(usize::MAX));
    places.into_iter().filter_map(|place| bag.get_mut(place).map(std::mem::take)).collect()
}

/// One certificate of a chain, as far as it matters here.
struct Member<'a> {
    subject: &'a [u8],
    issuer: &'a [u8],
    validity: (i64, i64),
    parsed: Option<X509Certificate<'a>>,
}

fn members(chain: &[Vec<u8>]) -> Vec<Member<'_>> {
    let member = |der| match X509Certificate::from_der(der) {
        Ok((_, certificate)) => Member {
            subject: certificate.tbs_certificate.subject.as_raw(),
            issuer: certificate.tbs_certificate.issuer.as_raw(),
            validity: (certificate.validity().not_before.timestamp(), certificate.validity().not_after.timestamp()),
            parsed: Some(certificate),
        },
        // Names of no bytes belong to nobody.
        Err(_) => Member { subject: &[], issuer: &[], validity: (0, 0), parsed: None },
    };
    chain.iter().map(|der| member(der.as_slice())).collect()
}

fn follow(members: &[Member<'_>], now: i64) -> Links {
    let mut links = Links { path: Vec::new(), related: Vec::new() };
    let mut budget = SIGNATURE_LIMIT;
    let mut next = (!members.is_empty()).then_some(0);
    while let Some(place) = next {
        links.path.push(place);
        let mut issuers = issuers(members, place, &mut budget);
        issuers.retain(|issuer| !links.path.contains(issuer));
        issuers.sort_by_key(|issuer| !members.get(*issuer).is_some_and(|member| is_in_date(member, now)));
        next = issuers.first().copied();
    }
    let mut waiting = vec![0];
    while let Some(place) = waiting.pop() {
        if place < members.len() && !links.related.contains(&place) {
            links.related.push(place);
            waiting.extend(issuers(members, place, &mut budget));
        }
    }
    links
}

/// Places of the certificates that may have issued the one at a place, itself left out: those whose key fits, or, when
/// none does, those of the name.
fn issuers(members: &[Member<'_>], place: usize, budget: &mut usize) -> Vec<usize> {
    let Some(member) = members.get(place) else { return Vec::new() };
    if member.subject == member.issuer {
        return Vec::new();
    }
    let has_name = |(other, candidate): &(usize, &Member<'_>)| *other != place && candidate.subject == member.issuer;
    let named: Vec<usize> = members.iter().enumerate().filter(has_name).map(|(other, _)| other).collect();
    let fitting: Vec<usize> = named
        .iter()
        .copied()
        .filter(|other| {
            *budget = budget.saturating_sub(1);
            let issuer = members.get(*other).and_then(|issuer| issuer.parsed.as_ref());
            let pair = member.parsed.as_ref().zip(issuer);
            *budget > 0 && pair.is_some_and(|(below, issuer)| verifies(below, issuer.public_key().raw))
        })
        .collect();
    if fitting.is_empty() { named } else { fitting }
}

fn is_in_date(member: &Member<'_>, now: i64) -> bool {
    (member.validity.0..=member.validity.1).contains(&now)
}
