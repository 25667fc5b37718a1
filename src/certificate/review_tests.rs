use super::super::testing::{Authority, authority_params, now, server_params};
use super::super::{Store, checks, decode};
use super::*;
use rcgen::{CertificateParams, IsCa};
use rustls::pki_types::TrustAnchor;

const HOST: &str = "mail.contoso.test";

/// A root, two authorities below one another, and what issues the server's certificate.
struct Family {
    root: Authority,
    upper: Authority,
    lower: Authority,
}

impl Family {
    fn new() -> Self {
        let root = Authority::root("Contoso Root");
        let upper = root.below(authority_params("Contoso Upper"));
        let lower = upper.below(authority_params("Contoso Lower"));
        Self { root, upper, lower }
    }

    fn leaf(&self, params: &CertificateParams) -> Vec<u8> {
        self.lower.issue(params).0
    }
}

fn review(chain: &[&Vec<u8>], stores: &[Store<'_>]) -> Vec<Remark> {
    let der: Vec<Vec<u8>> = chain.iter().map(|der| (*der).clone()).collect();
    let decoded: Vec<Certificate> = der.iter().map(|der| decode(der)).collect();
    chain_review(&decoded, &checks(HOST, &der, now(), stores), now())
}

/// Codes with their place, without those that every certificate made here gets.
fn codes(remarks: &[Remark]) -> Vec<(RemarkCode, Option<usize>)> {
    let always = [RemarkCode::NoRevocationAddresses, RemarkCode::FormalFault];
    remarks
        .iter()
        .filter(|remark| !always.contains(&remark.code))
        .map(|remark| (remark.code, remark.certificate))
        .collect()
}

fn on_machine<'a>(anchors: &'a [TrustAnchor<'static>]) -> [Store<'a>; 1] {
    [(TrustStore::ThisMachine, anchors)]
}

fn on_both<'a>(anchors: &'a [TrustAnchor<'static>]) -> [Store<'a>; 2] {
    [(TrustStore::PublicRoots, anchors), (TrustStore::ThisMachine, anchors)]
}

#[test]
fn a_chain_in_order_needs_no_words() {
    let family = Family::new();
    let leaf = family.leaf(&server_params(&[HOST]));
    let anchors = family.root.anchors();
    let remarks = review(&[&leaf, &family.lower.der, &family.upper.der], &on_machine(&anchors));
    assert_eq!(codes(&remarks), []);
}

#[test]
fn order_roots_and_strangers_are_told_apart() {
    use RemarkCode::*;
    let family = Family::new();
    let leaf = family.leaf(&server_params(&[HOST]));
    let stranger = Authority::root("Stranger").below(authority_params("Stranger Issuing"));
    let (lower, upper, root) = (&family.lower.der, &family.upper.der, &family.root.der);
    let anchors = family.root.anchors();
    type Case<'a> = (Vec<&'a Vec<u8>>, Vec<(RemarkCode, Option<usize>)>, Vec<usize>);
    let table: [Case<'_>; 5] = [
        (vec![&leaf, upper, lower], vec![(WrongOrder, None)], vec![0, 2, 1]),
        (vec![&leaf, lower, upper, root], vec![(SuperfluousRoot, Some(3))], vec![0, 1, 2]),
        (vec![&leaf, root, upper, lower], vec![(WrongOrder, None), (SuperfluousRoot, Some(1))], vec![0, 3, 2]),
        (vec![&leaf, &stranger.der, lower, upper], vec![(UnrelatedCertificate, Some(1))], vec![0, 2, 3]),
        (vec![&leaf, lower, upper, &stranger.der], vec![(UnrelatedCertificate, Some(3))], vec![0, 1, 2]),
    ];
    for (chain, expected, order) in table {
        let remarks = review(&chain, &on_machine(&anchors));
        assert_eq!(codes(&remarks), expected);
        let decoded: Vec<Certificate> = chain.iter().map(|der| decode(der)).collect();
        assert_eq!(chain_in_order(&decoded, now()), order);
    }
}

#[test]
fn a_missing_intermediate_names_where_to_get_it() {
    let check = |urls: Vec<String>| {
        let leaf = Certificate { issuer: "CN=Public Issuing".to_owned(), issuer_urls: urls, ..Certificate::default() };
        let mut judged = checks(HOST, &[], now(), &[]);
        judged.trusted.reason = TrustReason::MissingIntermediate;
        let remarks = chain_review(&[leaf], &judged, now());
        remarks.into_iter().find(|remark| remark.code == RemarkCode::MissingIntermediate).expect("a remark")
    };
    let remark = check(vec!["http://pki.test/issuing.crt".to_owned()]);
    assert_eq!(remark.details, ["CN=Public Issuing", "http://pki.test/issuing.crt"]);
    assert_eq!(remark.level, RemarkLevel::Fault);
}

#[test]
fn an_expired_intermediate_is_named_with_its_day() {
    let root = Authority::root("Contoso Root");
    let mut params = authority_params("Contoso Issuing");
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2026, 1, 15);
    let issuing = root.below(params);
    let (leaf, _) = issuing.issue(&server_params(&[HOST]));
    let anchors = root.anchors();
    let remarks = review(&[&leaf, &issuing.der], &on_machine(&anchors));
    assert_eq!(remarks[0].code, RemarkCode::ExpiredIntermediate);
    assert_eq!((remarks[0].certificate, remarks[0].details.as_slice()), (Some(1), &["2026-01-15".to_owned()][..]));
}

#[test]
fn an_issuer_certified_twice_offers_another_path() {
    let family = Family::new();
    let leaf = family.leaf(&server_params(&[HOST]));
    let crossed = Authority::root("Older Root").cross_sign(&family.lower);
    let anchors = family.root.anchors();
    let remarks = review(&[&leaf, &family.lower.der, &family.upper.der, &crossed], &on_machine(&anchors));
    assert_eq!(codes(&remarks), [(RemarkCode::AlternativePath, Some(3))]);
    assert_eq!(remarks[0].level, RemarkLevel::Note);
}

#[test]
fn an_intermediate_of_tomorrow_is_named_with_its_day() {
    let root = Authority::root("Contoso Root");
    let mut params = authority_params("Contoso Issuing");
    params.not_before = rcgen::date_time_ymd(2026, 7, 1);
    let issuing = root.below(params);
    let (leaf, _) = issuing.issue(&server_params(&[HOST]));
    let remarks = review(&[&leaf, &issuing.der], &on_machine(&root.anchors()));
    assert_eq!(remarks[0].code, RemarkCode::EarlyIntermediate);
    assert_eq!(remarks[0].details, ["2026-07-01"]);
}

#[test]
fn what_the_server_and_its_issuer_may_do_and_where_revocation_is_told() {
    use RemarkCode::{IssuerNoServerAuth, NoServerKeyUsage, RevocationAddresses, SelfSigned, Unreadable};
    let family = Family::new();
    let anchors = family.root.anchors();
    let chain = |leaf: &Vec<u8>| review(&[leaf, &family.lower.der, &family.upper.der], &on_machine(&anchors));
    let mut params = server_params(&[HOST]);
    params.key_usages = vec![rcgen::KeyUsagePurpose::CrlSign];
    assert_eq!(codes(&chain(&family.leaf(&params))), [(NoServerKeyUsage, Some(0))]);
    let mut params = server_params(&[HOST]);
    let urls = ["http://crl.test/a.crl", "http://crl.test/b.crl"].map(str::to_owned).to_vec();
    params.crl_distribution_points = vec![rcgen::CrlDistributionPoint { uris: urls.clone() }];
    let remarks = chain(&family.leaf(&params));
    let told = remarks.iter().find(|remark| remark.code == RevocationAddresses).expect("a remark");
    assert_eq!((told.level, &told.details), (RemarkLevel::Note, &urls));
    let mut params = authority_params("Contoso Clients");
    params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
    let clients = family.root.below(params);
    let (leaf, _) = clients.issue(&server_params(&[HOST]));
    let remarks = review(&[&leaf, &clients.der], &on_machine(&anchors));
    assert_eq!(codes(&remarks), [(IssuerNoServerAuth, Some(0))]);
    let key = rcgen::KeyPair::generate().expect("key");
    let own = server_params(&[HOST]).self_signed(&key).expect("certificate").der().to_vec();
    assert_eq!(codes(&review(&[&own], &on_machine(&anchors))), [(SelfSigned, Some(0))]);
    let damaged = codes(&review(&[&vec![0x30, 0x82, 0xff, 0xff, 1]], &on_machine(&anchors)));
    assert!(damaged.contains(&(Unreadable, Some(0))), "{damaged:?}");
}

/// Baseline Requirements 6.3.2 with its ballots: the longest validity by the day of issue, both ends included.
#[test]
fn validity_is_held_against_the_rules_of_its_day_of_issue() {
    let table = [
        ("2012-06-30T23:59:59Z", None),
        ("2012-07-01T00:00:00Z", Some(1827)),
        ("2015-03-31T23:59:59Z", Some(1827)),
        ("2015-04-01T00:00:00Z", Some(1188)),
        ("2018-02-28T23:59:59Z", Some(1188)),
        ("2018-03-01T00:00:00Z", Some(825)),
        ("2020-08-31T23:59:59Z", Some(825)),
        ("2020-09-01T00:00:00Z", Some(398)),
        ("2026-03-14T23:59:59Z", Some(398)),
        ("2026-03-15T00:00:00Z", Some(200)),
        ("2027-03-14T23:59:59Z", Some(200)),
        ("2027-03-15T00:00:00Z", Some(100)),
        ("2029-03-15T00:00:00Z", Some(47)),
    ];
    for (issued, days) in table {
        assert_eq!(longest_validity(issued.parse().expect("RFC 3339")), days, "{issued}");
    }
}

#[test]
fn only_public_authorities_are_held_to_public_rules() {
    use RemarkCode::{InternalNames, ValidityTooLong};
    let family = Family::new();
    let mut params = server_params(&[HOST, "ex1.contoso.local", "EX1", "192.168.1.5"]);
    params.not_before = rcgen::date_time_ymd(2026, 4, 1);
    params.not_after = rcgen::date_time_ymd(2027, 4, 1);
    let leaf = family.leaf(&params);
    let anchors = family.root.anchors();
    let chain = [&leaf, &family.lower.der, &family.upper.der];
    assert_eq!(codes(&review(&chain, &on_machine(&anchors))), []);
    let remarks = review(&chain, &on_both(&anchors));
    assert_eq!(codes(&remarks), [(InternalNames, Some(0)), (ValidityTooLong, Some(0))]);
    assert_eq!(remarks[0].details, ["ex1.contoso.local", "EX1", "192.168.1.5"]);
    // 1 April to 1 April is 365 days and a second, and every begun day counts.
    assert_eq!(remarks[1].details, ["366", "200"]);
}

#[test]
fn stores_that_disagree_are_named() {
    let family = Family::new();
    let leaf = family.leaf(&server_params(&[HOST]));
    let (with, without) = (family.root.anchors(), Authority::root("Somebody Else").anchors());
    let chain = [&leaf, &family.lower.der, &family.upper.der];
    use TrustStore::{PublicRoots, ThisMachine};
    let private = review(&chain, &[(PublicRoots, &without), (ThisMachine, &with)]);
    assert_eq!(codes(&private), [(RemarkCode::PrivateAuthority, None)]);
    let stale = review(&chain, &[(PublicRoots, &with), (ThisMachine, &without)]);
    assert_eq!(codes(&stale), [(RemarkCode::NotTrustedHere, None)]);
}

#[test]
fn usage_names_and_the_end_have_remarks_of_their_own() {
    use RemarkCode::*;
    let family = Family::new();
    let anchors = family.root.anchors();
    let with = |change: &dyn Fn(&mut CertificateParams)| {
        let mut params = server_params(&[HOST]);
        change(&mut params);
        let leaf = family.leaf(&params);
        let remarks = review(&[&leaf, &family.lower.der, &family.upper.der], &on_machine(&anchors));
        codes(&remarks).into_iter().map(|(code, _)| code).collect::<Vec<_>>()
    };
    assert_eq!(
        with(&|params| params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth]),
        [NoServerAuth]
    );
    assert_eq!(with(&|params| params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained)), [AuthorityAsServer]);
    assert_eq!(with(&|params| params.subject_alt_names.clear()), [CommonNameOnly]);
    assert_eq!(with(&|params| params.not_after = rcgen::date_time_ymd(2026, 6, 10)), [ExpiresSoon]);
    let typo = |params: &mut CertificateParams| {
        params.subject_alt_names = vec![rcgen::SanType::DnsName("mial.contoso.test".try_into().expect("IA5"))];
    };
    assert_eq!(with(&typo), [NearMiss]);
}

#[test]
fn weak_digests_and_keys_are_named_by_their_certificate() {
    let certificate = |bits, algorithm: &str| Certificate {
        key: crate::event::CertificateKey { algorithm: "RSA".to_owned(), bits },
        signature_algorithm: algorithm.to_owned(),
        version: 3,
        ..Certificate::default()
    };
    let table = [
        (2048, "sha256WithRSAEncryption", vec![]),
        (2048, "sha1WithRSAEncryption", vec![RemarkCode::WeakSignature]),
        (2048, "md5WithRSAEncryption", vec![RemarkCode::WeakSignature]),
        (2047, "sha256WithRSAEncryption", vec![RemarkCode::WeakKey]),
        (1023, "sha256WithRSAEncryption", vec![RemarkCode::TinyKey]),
    ];
    for (bits, algorithm, expected) in table {
        let chain = [certificate(bits, algorithm)];
        let remarks = chain_review(&chain, &checks(HOST, &[], now(), &[]), now());
        let found: Vec<_> = codes(&remarks).into_iter().map(|(code, _)| code).collect();
        assert_eq!(found, expected, "{bits} {algorithm}");
    }
}

#[test]
fn nothing_and_rubbish_are_reviewed_without_complaint() {
    let judged = checks(HOST, &[], now(), &[]);
    assert_eq!(chain_review(&[], &judged, now()), []);
    let rubbish: Vec<Certificate> = (0..64).map(|_| decode(&[0x30, 0x82, 0xff, 0xff, 1])).collect();
    assert!(chain_review(&rubbish, &judged, now()).len() <= 64 * 3 + 5);
}
