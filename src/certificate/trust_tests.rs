use super::super::testing::{Authority, anchor, authority_params, machine, now, server_params};
use super::super::{Store, checks};
use super::*;
use crate::event::{DateReason, NameReason};
use rcgen::{CertificateParams, CustomExtension, ExtendedKeyUsagePurpose, IsCa, KeyPair};

const HOST: &str = "mail.contoso.test";

/// A root, an authority below it and a server below that.
fn three(server: &CertificateParams) -> (Authority, Authority, Vec<u8>) {
    let root = Authority::root("Contoso Root");
    let issuing = root.below(authority_params("Contoso Issuing"));
    let (leaf, _) = issuing.issue(server);
    (root, issuing, leaf)
}

fn dated(mut params: CertificateParams, start: i32, end: i32) -> CertificateParams {
    params.not_before = rcgen::date_time_ymd(start, 1, 1);
    params.not_after = rcgen::date_time_ymd(end, 1, 1);
    params
}

fn reason(chain: &[Vec<u8>], stores: &[Store<'_>]) -> TrustReason {
    trust_check(chain, now(), stores).reason
}

#[test]
fn a_sound_chain_holds_in_every_check() {
    let (root, issuing, leaf) = three(&server_params(&[HOST]));
    let judged = checks(HOST, &[leaf, issuing.der], now(), &machine(&root.anchors()));
    assert!(judged.all_hold(), "{judged:?}");
    assert_eq!(judged.usable.problems, [""; 0]);
}

#[test]
fn one_fault_at_a_time_leaves_the_other_checks_alone() {
    let base = || server_params(&[HOST]);
    let mut client_only = base();
    client_only.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let table = [
        ("name", server_params(&["remote.contoso.test"]), [true, true, false, true]),
        ("expired", dated(base(), 2020, 2021), [true, false, true, true]),
        ("not yet valid", dated(base(), 2030, 2031), [true, false, true, true]),
        ("usage", client_only, [true, true, true, false]),
    ];
    for (what, params, expected) in table {
        let (root, issuing, leaf) = three(&params);
        let judged = checks(HOST, &[leaf.clone(), issuing.der.clone()], now(), &machine(&root.anchors()));
        let found = [judged.trusted.ok, judged.in_date.ok, judged.name_matches.ok, judged.usable.ok];
        assert_eq!(found, expected, "{what}: {judged:?}");
        let other = Authority::root("Somebody Else");
        let judged = checks(HOST, &[leaf, issuing.der], now(), &machine(&other.anchors()));
        let found = [judged.trusted.ok, judged.in_date.ok, judged.name_matches.ok, judged.usable.ok];
        assert_eq!(found, [false, expected[1], expected[2], expected[3]], "{what}, untrusted: {judged:?}");
        assert_eq!(judged.trusted.reason, TrustReason::UnknownIssuer, "{what}");
    }
}

#[test]
fn an_expired_issuer_is_a_matter_of_date_not_of_trust() {
    let root = Authority::root("Contoso Root");
    let issuing = root.below(dated(authority_params("Contoso Issuing"), 2020, 2026));
    let (leaf, _) = issuing.issue(&dated(server_params(&[HOST]), 2025, 2028));
    let judged = checks(HOST, &[leaf, issuing.der], now(), &machine(&root.anchors()));
    assert_eq!((judged.trusted.ok, judged.trusted.reason), (true, TrustReason::Trusted));
    assert_eq!((judged.in_date.ok, judged.in_date.reason), (false, DateReason::IssuerOutOfDate));
}

/// An old, expired certificate below an authority that was renewed since: never valid together.
#[test]
fn members_that_were_never_valid_together_are_still_trusted() {
    let root = Authority::root("Contoso Root");
    let issuing = root.below(dated(authority_params("Contoso Issuing"), 2025, 2035));
    let (leaf, _) = issuing.issue(&dated(server_params(&[HOST]), 2020, 2021));
    let judged = checks(HOST, &[leaf, issuing.der.clone()], now(), &machine(&root.anchors()));
    assert!(judged.trusted.ok, "{judged:?}");
    assert_eq!(judged.in_date.reason, DateReason::Expired);
    let stranger = Authority::root("Contoso Issuing");
    let (forged, _) = stranger.issue(&dated(server_params(&[HOST]), 2020, 2021));
    assert!(!trust_check(&[forged, issuing.der], now(), &machine(&root.anchors())).ok);
}

#[test]
fn a_self_signed_certificate_is_trusted_once_it_is_installed() {
    for authority in [IsCa::NoCa, IsCa::Ca(rcgen::BasicConstraints::Unconstrained)] {
        let mut params = server_params(&["EX1", HOST]);
        let is_authority = matches!(authority, IsCa::Ca(_));
        params.is_ca = authority;
        let der = params.self_signed(&KeyPair::generate().expect("key")).expect("certificate").der().to_vec();
        let other = Authority::root("Somebody Else");
        assert_eq!(reason(std::slice::from_ref(&der), &machine(&other.anchors())), TrustReason::SelfSigned);
        let judged = checks(HOST, std::slice::from_ref(&der), now(), &machine(&[anchor(&der)]));
        assert!(judged.all_hold(), "{judged:?}");
        assert_eq!(judged.usable.problems.contains(&"authority_as_server".to_owned()), is_authority);
        // The same name with another key is not the same certificate.
        let twin = params.self_signed(&KeyPair::generate().expect("key")).expect("certificate").der().to_vec();
        assert!(!trust_check(&[twin], now(), &machine(&[anchor(&der)])).ok);
    }
}

#[test]
fn an_authority_in_a_servers_place_is_judged_by_its_path() {
    let root = Authority::root("Contoso Root");
    let mut params = server_params(&[HOST]);
    params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let (leaf, _) = root.issue(&params);
    assert!(trust_check(std::slice::from_ref(&leaf), now(), &machine(&root.anchors())).ok);
    let other = Authority::root("Somebody Else");
    assert_eq!(reason(&[leaf], &machine(&other.anchors())), TrustReason::UnknownIssuer);
}

#[test]
fn a_missing_intermediate_is_told_from_an_unknown_root() {
    let root = Authority::root("Public Root");
    let issuing = root.below(authority_params("Public Issuing"));
    // RFC 5280 4.2.2.1: SEQUENCE { SEQUENCE { id-ad-caIssuers, [6] URL } }.
    let with_url = |url: &str| {
        let mut location = vec![0x06, 0x08, 0x2b, 6, 1, 5, 5, 7, 0x30, 2, 0x86, url.len() as u8];
        location.extend(url.bytes());
        let mut content = vec![0x30, location.len() as u8 + 2, 0x30, location.len() as u8];
        content.extend(location);
        let mut params = server_params(&[HOST]);
        let extension = CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], content);
        params.custom_extensions.push(extension);
        issuing.issue(&params).0
    };
    let anchors = root.anchors();
    let store = machine(&anchors);
    let public = with_url("http://pki.test/issuing.crt");
    assert_eq!(super::super::decode(&public).issuer_urls, ["http://pki.test/issuing.crt"]);
    assert_eq!(reason(std::slice::from_ref(&public), &store), TrustReason::MissingIntermediate);
    assert_eq!(reason(&[public.clone(), issuing.der.clone()], &store), TrustReason::Trusted);
    let other = Authority::root("Somebody Else");
    assert_eq!(reason(&[public, issuing.der.clone()], &machine(&other.anchors())), TrustReason::UnknownIssuer);
    let windows = with_url("http://dc1.contoso.local/CertEnroll/dc1_contoso-CA.crt");
    assert_eq!(reason(&[windows], &store), TrustReason::UnknownIssuer);
    assert_eq!(reason(&[issuing.issue(&server_params(&[HOST])).0], &store), TrustReason::UnknownIssuer);
}

#[test]
fn a_forged_signature_is_a_bad_path() {
    let (root, issuing, _) = three(&server_params(&[HOST]));
    let stranger = Authority::root("Contoso Issuing");
    let (forged, _) = stranger.issue(&server_params(&[HOST]));
    assert_eq!(reason(&[forged, issuing.der], &machine(&root.anchors())), TrustReason::BadPath);
}

#[test]
fn a_server_may_not_issue() {
    let root = Authority::root("Contoso Root");
    let server = root.below(server_params(&["Contoso Issuing"]));
    let (leaf, _) = server.issue(&server_params(&[HOST]));
    let check = trust_check(&[leaf, server.der], now(), &machine(&root.anchors()));
    assert!(!check.ok);
}

#[test]
fn an_issuer_for_other_purposes_makes_the_certificate_unusable() {
    let root = Authority::root("Contoso Root");
    let mut params = authority_params("Contoso Mail Signing");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection];
    let issuing = root.below(params);
    let (leaf, _) = issuing.issue(&server_params(&[HOST]));
    let judged = checks(HOST, &[leaf, issuing.der], now(), &machine(&root.anchors()));
    assert!(judged.trusted.ok && !judged.usable.ok, "{judged:?}");
    assert_eq!(judged.usable.problems, ["issuer_no_server_auth"]);
}

#[test]
fn each_store_gives_its_own_answer_and_the_machine_decides() {
    let (root, issuing, leaf) = three(&server_params(&[HOST]));
    let chain = [leaf, issuing.der];
    let (with, without) = (root.anchors(), Authority::root("Somebody Else").anchors());
    let judge = |stores: &[Store<'_>]| {
        let check = trust_check(&chain, now(), stores);
        (check.ok, check.stores.iter().map(|verdict| verdict.ok).collect::<Vec<_>>())
    };
    use TrustStore::{CaFile, PublicRoots, ThisMachine};
    assert_eq!(judge(&[(PublicRoots, &with), (ThisMachine, &without)]), (false, vec![true, false]));
    assert_eq!(judge(&[(PublicRoots, &with)]), (true, vec![true]));
    assert!(judge(&[(PublicRoots, &without), (ThisMachine, &without), (CaFile, &with)]).0);
    assert!(judge(&[(PublicRoots, &without), (ThisMachine, &with), (CaFile, &[])]).0);
    assert_eq!(judge(&[]), (false, vec![]));
}

#[test]
fn nothing_and_rubbish_are_judged_without_complaint() {
    let anchors = Authority::root("Contoso Root").anchors();
    for chain in [vec![], vec![vec![]], vec![vec![0x30, 0x82, 0xff, 0xff, 0x01]], vec![vec![0xff; 1000]; 20]] {
        let judged = checks(HOST, &chain, now(), &machine(&anchors));
        assert!(!judged.trusted.ok && !judged.in_date.ok && !judged.name_matches.ok);
        assert_eq!(judged.in_date.reason, DateReason::Unreadable);
        assert_eq!(judged.name_matches.reason, NameReason::NoNames);
    }
}

/// What an anchor does not carry, and Windows looks at: dates and extensions of the root's own certificate.
#[test]
fn a_root_is_judged_by_its_own_certificate_where_it_is_known() {
    use crate::event::{Checks, TrustStore};
    let with_root = |params: CertificateParams, intermediates: usize| -> Checks {
        let key = KeyPair::generate().expect("key");
        let der = params.self_signed(&key).expect("certificate").der().to_vec();
        let mut issuer = rcgen::Issuer::new(params, key);
        let mut chain = Vec::new();
        for place in 0..intermediates {
            let params = authority_params(&format!("Issuing {place}"));
            let key = KeyPair::generate().expect("key");
            chain.insert(0, params.signed_by(&key, &issuer).expect("certificate").der().to_vec());
            issuer = rcgen::Issuer::new(params, key);
        }
        let key = KeyPair::generate().expect("key");
        chain.insert(0, server_params(&[HOST]).signed_by(&key, &issuer).expect("certificate").der().to_vec());
        let anchors = [anchor(&der)];
        let known = [CertificateDer::from(der)];
        let stores = [(TrustStore::CaFile, &anchors[..])];
        assert!(checks(HOST, &chain, now(), &stores).all_hold(), "as an anchor alone it holds");
        super::super::checks_with_roots(HOST, &chain, now(), &stores, &[(TrustStore::CaFile, &known[..])])
    };
    let root = || authority_params("Contoso Root");
    assert!(with_root(root(), 1).all_hold());
    let judged = with_root(dated(root(), 2020, 2026), 1);
    assert_eq!((judged.trusted.ok, judged.in_date.reason), (true, DateReason::IssuerOutOfDate));
    let mut short = root();
    short.is_ca = IsCa::Ca(rcgen::BasicConstraints::Constrained(0));
    assert!(with_root(short.clone(), 0).all_hold());
    assert!(!with_root(short, 1).trusted.ok, "no room for an authority below");
    let mut mail = root();
    mail.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection];
    let judged = with_root(mail, 1);
    assert_eq!((judged.trusted.ok, judged.usable.ok), (true, false));
    let mut unknown = root();
    let mut extension = CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![5, 0]);
    extension.set_criticality(true);
    unknown.custom_extensions = vec![extension];
    assert!(!with_root(unknown, 0).trusted.ok, "an extension that nobody knows is critical");
    let mut no_signer = root();
    no_signer.key_usages = vec![rcgen::KeyUsagePurpose::DigitalSignature];
    assert!(!with_root(no_signer, 0).trusted.ok, "its key may not sign certificates");
}
