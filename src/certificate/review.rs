//! What is worth saying about a chain beside the three checks: as sent against as it should be, strength, and the rules
//! of public authorities.

use super::{chain, name::is_internal_name, time::day, usage::is_weak};
use crate::event::{Certificate, Checks, NameReason, SubjectName, TrustReason, TrustStore};
use jiff::Timestamp;
use serde::Serialize;

/// Names and addresses that one remark lists.
const DETAIL_LIMIT: usize = 20;
/// Days before the end from which on the end is mentioned.
const SOON_DAYS: i64 = 14;

/// One thing worth saying about a chain.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Remark {
    /// What it is.
    pub code: RemarkCode,
    /// How much it matters.
    pub level: RemarkLevel,
    /// Place of the certificate concerned in the chain as sent, from 0; absent where it is about the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<usize>,
    /// Names, addresses or numbers that belong to it, as [`RemarkCode`] says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<String>,
}

/// How much a remark matters.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RemarkLevel {
    /// Good to know.
    Note,
    /// Some clients, or all of them later, will stumble.
    Warning,
    /// Clients refuse it.
    Fault,
}

/// Kinds of remarks; their wording is in [`words`](crate::words).
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RemarkCode {
    /// The issuer's certificate was not sent. Details: the issuer, then the addresses to fetch it from (AIA).
    MissingIntermediate,
    /// Not in the order in which each certificate certifies the one before (RFC 5246 7.4.2). Details: the right order
    /// as places from 1.
    WrongOrder,
    /// A root was sent, which no client needs: it has the root or does not trust it.
    SuperfluousRoot,
    /// A certificate that has nothing to do with the server's own.
    UnrelatedCertificate,
    /// Another certificate of an issuer that is there already, for another path (cross-signed).
    AlternativePath,
    /// An intermediate's validity is over. Details: the day.
    ExpiredIntermediate,
    /// An intermediate's validity has not begun. Details: the day.
    EarlyIntermediate,
    /// The server's own certificate is its own issuer.
    SelfSigned,
    /// Trusted here, but by no public root: a private authority, or a proxy that inspects.
    PrivateAuthority,
    /// Public roots trust it, this machine does not.
    NotTrustedHere,
    /// Signed with MD2, MD5 or SHA-1. Details: the algorithm.
    WeakSignature,
    /// An RSA key below 2048 bits. Details: its bits.
    WeakKey,
    /// An RSA key below 1024 bits, which Windows refuses (KB2661254). Details: its bits.
    TinyKey,
    /// Extended key usages are listed, without server authentication. Details: what is listed.
    NoServerAuth,
    /// Key usages are listed, but none that TLS uses. Details: what is listed.
    NoServerKeyUsage,
    /// An issuer's extended key usages leave out servers.
    IssuerNoServerAuth,
    /// An authority's certificate in a server's place.
    AuthorityAsServer,
    /// No alternative names, and only the common name says the host. Details: the common name.
    CommonNameOnly,
    /// A name is nearly the one asked for. Details: the name listed, the name asked for.
    NearMiss,
    /// Names that no public authority may certify (Baseline Requirements 4.2.2). Details: the names.
    InternalNames,
    /// Valid for longer than public authorities may issue for (Baseline Requirements 6.3.2). Details: days, allowed days.
    ValidityTooLong,
    /// Ends soon. Details: days left.
    ExpiresSoon,
    /// Where it says whether it was revoked; nothing is asked there. Details: the addresses.
    RevocationAddresses,
    /// Nothing says where to ask whether it was revoked.
    NoRevocationAddresses,
    /// Against the form that RFC 5280 prescribes, which Windows lets pass and stricter programs refuse. Details: what.
    FormalFault,
    /// Part of it cannot be read. Details: which.
    Unreadable,
}

/// Remarks about a chain as sent, the server's own certificate first: what matters most first, then in the order of the
/// chain. Pure; signatures inside the chain are checked to tell which certificate belongs to which.
///
/// What only public authorities must obey is said only when a public root trusts the chain.
pub fn chain_review(chain: &[Certificate], checks: &Checks, now: Timestamp) -> Vec<Remark> {
    let Some(leaf) = chain.first() else { return Vec::new() };
    let path = chain::links(chain, now.as_second());
    let mut remarks = Vec::new();
    issuers(chain, &path, checks, now, &mut remarks);
    strength(chain, &path.path, &mut remarks);
    usage(leaf, checks, &mut remarks);
    names(leaf, checks, &mut remarks);
    dates(leaf, checks, &mut remarks);
    revocation(leaf, &mut remarks);
    for (place, certificate) in chain.iter().enumerate().filter(|(_, certificate)| !certificate.problems.is_empty()) {
        remarks.push(remark(RemarkCode::Unreadable, RemarkLevel::Warning, Some(place), certificate.problems.clone()));
    }
    for place in &path.path {
        // A root's form matters to nobody who trusts it.
        let judged = chain.get(*place).filter(|certificate| *place == 0 || !certificate.self_issued);
        let faults = judged.map(formal_faults).unwrap_or_default();
        if !faults.is_empty() {
            remarks.push(remark(RemarkCode::FormalFault, RemarkLevel::Note, Some(*place), faults));
        }
    }
    remarks.sort_by_key(|remark| (std::cmp::Reverse(remark.level), remark.certificate.unwrap_or(0)));
    remarks
}

/// The chain as it should be sent: places in the chain as sent, the server's own first, each issued by the next, without
/// a root. An issuer that was not sent is missing at the end.
pub fn chain_in_order(chain: &[Certificate], now: Timestamp) -> Vec<usize> {
    let path = chain::links(chain, now.as_second()).path;
    let is_root = |place: &usize| *place > 0 && chain.get(*place).is_some_and(|certificate| certificate.self_issued);
    path.into_iter().filter(|place| !is_root(place)).collect()
}

fn remark(code: RemarkCode, level: RemarkLevel, certificate: Option<usize>, mut details: Vec<String>) -> Remark {
    details.truncate(DETAIL_LIMIT);
    Remark { code, level, certificate, details }
}

fn issuers(chain: &[Certificate], links: &chain::Links, checks: &Checks, now: Timestamp, remarks: &mut Vec<Remark>) {
    use RemarkCode::*;
    use RemarkLevel::{Fault, Note, Warning};
    let mut add = |code, level, place, details| remarks.push(remark(code, level, place, details));
    match (checks.trusted.reason, chain.first()) {
        (TrustReason::MissingIntermediate, Some(leaf)) => {
            let details = std::iter::once(leaf.issuer.clone()).chain(leaf.issuer_urls.iter().cloned());
            add(MissingIntermediate, Fault, None, details.collect());
        }
        (TrustReason::SelfSigned, _) => add(SelfSigned, Fault, Some(0), Vec::new()),
        _ => {}
    }
    if !links.path.is_sorted() {
        add(WrongOrder, Warning, None, links.path.iter().map(|place| (place + 1).to_string()).collect());
    }
    for (place, certificate) in chain.iter().enumerate().skip(1) {
        let is_early = certificate.not_before.is_some_and(|start| now < start);
        let is_over = certificate.not_after.is_some_and(|end| now > end);
        match () {
            () if !links.related.contains(&place) => add(UnrelatedCertificate, Note, Some(place), Vec::new()),
            () if certificate.self_issued => add(SuperfluousRoot, Note, Some(place), Vec::new()),
            () if is_over => add(ExpiredIntermediate, Fault, Some(place), vec![day(certificate.not_after)]),
            () if is_early => add(EarlyIntermediate, Fault, Some(place), vec![day(certificate.not_before)]),
            () if !links.path.contains(&place) => add(AlternativePath, Note, Some(place), Vec::new()),
            () => {}
        }
    }
    match (store(checks, TrustStore::PublicRoots), checks.trusted.ok) {
        (Some(false), true) => add(PrivateAuthority, Note, None, Vec::new()),
        (Some(true), false) => add(NotTrustedHere, Warning, None, Vec::new()),
        _ => {}
    }
}

/// One store's answer, where it was asked.
fn store(checks: &Checks, wanted: TrustStore) -> Option<bool> {
    checks.trusted.stores.iter().find(|verdict| verdict.store == wanted).map(|verdict| verdict.ok)
}

fn strength(chain: &[Certificate], path: &[usize], remarks: &mut Vec<Remark>) {
    for (place, certificate) in path.iter().filter_map(|place| Some((*place, chain.get(*place)?))) {
        // A root's own signature proves nothing, and is not checked.
        if is_weak(&certificate.signature_algorithm) && !certificate.self_issued {
            let details = vec![certificate.signature_algorithm.clone()];
            remarks.push(remark(RemarkCode::WeakSignature, RemarkLevel::Warning, Some(place), details));
        }
        let bits = certificate.key.bits;
        let sized = matches!(certificate.key.algorithm.as_str(), "RSA" | "RSA-PSS" | "DSA");
        let (code, level) = match bits {
            1..1024 if sized => (RemarkCode::TinyKey, RemarkLevel::Fault),
            1024..2048 if sized => (RemarkCode::WeakKey, RemarkLevel::Warning),
            _ => continue,
        };
        remarks.push(remark(code, level, Some(place), vec![bits.to_string()]));
    }
}

fn usage(leaf: &Certificate, checks: &Checks, remarks: &mut Vec<Remark>) {
    use RemarkLevel::{Fault, Warning};
    let has = |problem: &str| checks.usable.problems.iter().any(|known| known == problem);
    let table = [
        ("no_server_auth", RemarkCode::NoServerAuth, Fault, leaf.extended_key_usage.clone()),
        ("no_server_key_usage", RemarkCode::NoServerKeyUsage, Fault, leaf.key_usage.clone()),
        ("issuer_no_server_auth", RemarkCode::IssuerNoServerAuth, Fault, Vec::new()),
        ("authority_as_server", RemarkCode::AuthorityAsServer, Warning, Vec::new()),
    ];
    for (_, code, level, details) in table.into_iter().filter(|(problem, ..)| has(problem)) {
        remarks.push(remark(code, level, Some(0), details));
    }
}

fn names(leaf: &Certificate, checks: &Checks, remarks: &mut Vec<Remark>) {
    let check = &checks.name_matches;
    if check.reason == NameReason::CommonNameOnly {
        remarks.push(remark(RemarkCode::CommonNameOnly, RemarkLevel::Fault, Some(0), leaf.common_names.clone()));
    }
    if let Some(near_miss) = check.near_miss.as_ref().filter(|_| !check.ok) {
        let details = vec![near_miss.clone(), check.asked.clone()];
        remarks.push(remark(RemarkCode::NearMiss, RemarkLevel::Warning, Some(0), details));
    }
    if store(checks, TrustStore::PublicRoots) == Some(true) {
        let internal = leaf.names.iter().filter_map(|name| match name {
            SubjectName::Dns { name } => is_internal_name(name).then(|| name.clone()),
            SubjectName::Ip { address } => is_internal_address(*address).then(|| address.to_string()),
            SubjectName::Other { .. } => None,
        });
        let internal: Vec<String> = internal.take(DETAIL_LIMIT).collect();
        if !internal.is_empty() {
            remarks.push(remark(RemarkCode::InternalNames, RemarkLevel::Warning, Some(0), internal));
        }
    }
}

fn is_internal_address(address: std::net::IpAddr) -> bool {
    match address {
        std::net::IpAddr::V4(address) => address.is_private() || address.is_loopback() || address.is_link_local(),
        std::net::IpAddr::V6(address) => {
            address.is_unique_local() || address.is_loopback() || address.is_unicast_link_local()
        }
    }
}

/// Days that a public authority may issue for, by the day of issue (CA/Browser Forum Baseline Requirements 6.3.2 and
/// ballots 193, SC31 and SC-081v3; before 2018 in months, of which 60 are at most 1827 days and 39 at most 1188); nothing
/// before the first of these rules.
fn longest_validity(issued: Timestamp) -> Option<i64> {
    let from = |year: i16, month: i8, day: i8| {
        jiff::civil::date(year, month, day).to_zoned(jiff::tz::TimeZone::UTC).map(|zoned| zoned.timestamp()).ok()
    };
    let rules = [
        ((2029, 3, 15), 47),
        ((2027, 3, 15), 100),
        ((2026, 3, 15), 200),
        ((2020, 9, 1), 398),
        ((2018, 3, 1), 825),
        ((2015, 4, 1), 1188),
        ((2012, 7, 1), 1827),
    ];
    rules
        .into_iter()
        .find(|((year, month, day), _)| from(*year, *month, *day).is_some_and(|start| issued >= start))
        .map(|(_, days)| days)
}

fn dates(leaf: &Certificate, checks: &Checks, remarks: &mut Vec<Remark>) {
    if let (Some(start), Some(end)) = (leaf.not_before, leaf.not_after)
        && store(checks, TrustStore::PublicRoots) == Some(true)
        && let Some(allowed) = longest_validity(start)
    {
        // Both ends belong to the validity, and every begun day counts (Baseline Requirements 6.3.2).
        let seconds = end.as_second().saturating_sub(start.as_second()).saturating_add(1);
        if seconds > allowed * 86_400 {
            let days = (seconds + 86_399) / 86_400;
            let details = vec![days.to_string(), allowed.to_string()];
            remarks.push(remark(RemarkCode::ValidityTooLong, RemarkLevel::Warning, Some(0), details));
        }
    }
    if checks.in_date.ok && checks.in_date.days_left <= SOON_DAYS {
        let details = vec![checks.in_date.days_left.to_string()];
        remarks.push(remark(RemarkCode::ExpiresSoon, RemarkLevel::Warning, Some(0), details));
    }
}

/// What RFC 5280 4.1.2 and 4.2.1 forbid or demand, as far as programs differ about it.
fn formal_faults(certificate: &Certificate) -> Vec<String> {
    let critical = |oid: &str| {
        certificate.extensions.iter().find(|extension| extension.oid == oid).map(|extension| extension.critical)
    };
    let signs = certificate.key_usage.iter().any(|usage| usage == "Certificate signing");
    let is_rooted = certificate.self_issued;
    let table = [
        (critical("2.5.29.35") == Some(true), said!("its authority key identifier is marked critical")),
        (critical("2.5.29.35").is_none() && !is_rooted, said!("it has no authority key identifier")),
        (critical("2.5.29.14") == Some(true), said!("its subject key identifier is marked critical")),
        (critical("2.5.29.14").is_none() && certificate.is_authority, said!("it has no subject key identifier")),
        (
            critical("2.5.29.17") == Some(false) && certificate.subject.is_empty(),
            said!("it has no subject, and its names are not marked critical"),
        ),
        (certificate.is_authority && certificate.subject.is_empty(), said!("it is an authority without a name")),
        (
            certificate.is_authority && critical("2.5.29.19") == Some(false),
            said!("its basic constraints are not marked critical"),
        ),
        (
            signs && !certificate.is_authority,
            said!(
                "its key usage allows signing certificates, though it is no \
            authority"
            ),
        ),
        (
            critical("2.5.29.30").is_some() && !certificate.is_authority,
            said!("it has name constraints, though it is no authority"),
        ),
        (critical("2.5.29.30") == Some(false), said!("its name constraints are not marked critical")),
    ];
    // An old self-signed certificate has none of these, and nobody is helped by their names.
    if certificate.version < 3 {
        return Vec::new();
    }
    table.into_iter().filter(|(found, _)| *found).map(|(_, fault)| fault.to_owned()).collect()
}

fn revocation(leaf: &Certificate, remarks: &mut Vec<Remark>) {
    let addresses: Vec<String> = leaf.ocsp_urls.iter().chain(&leaf.revocation_list_urls).cloned().collect();
    let code = match (addresses.is_empty(), leaf.self_issued) {
        (true, true) => return,
        (true, false) => RemarkCode::NoRevocationAddresses,
        (false, _) => RemarkCode::RevocationAddresses,
    };
    remarks.push(remark(code, RemarkLevel::Note, Some(0), addresses));
}

#[cfg(test)]
#[path = "review_tests.rs"]
mod tests;
