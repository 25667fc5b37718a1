use super::super::testing::{Authority, authority_params, server_params};
use super::*;
use proptest::prelude::*;
use rcgen::{DnType, KeyUsagePurpose, SanType};

fn issued(params: &rcgen::CertificateParams) -> Certificate {
    decode(&Authority::root("Contoso Root").issue(params).0)
}

#[test]
fn what_was_put_in_is_read_back() {
    let mut params = server_params(&["mail.contoso.test", "*.contoso.test", "192.0.2.10"]);
    params.distinguished_name.push(DnType::OrganizationName, "Contoso, Ltd");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
    params.subject_alt_names.push(SanType::URI("https://contoso.test/".try_into().expect("IA5")));
    let certificate = issued(&params);
    assert_eq!(certificate.subject, "O=Contoso\\, Ltd, CN=mail.contoso.test");
    assert_eq!(certificate.issuer, "CN=Contoso Root");
    assert_eq!(certificate.common_names, ["mail.contoso.test"]);
    assert_eq!(certificate.dns_names(), ["mail.contoso.test", "*.contoso.test"]);
    assert_eq!(certificate.names[2], SubjectName::Ip { address: "192.0.2.10".parse().expect("address") });
    assert_eq!(certificate.names[3], SubjectName::Other { text: "URI https://contoso.test/".to_owned() });
    assert_eq!(certificate.key, CertificateKey { algorithm: "EC P-256".to_owned(), bits: 256 });
    assert_eq!(certificate.signature_algorithm, "ecdsa-with-SHA256");
    assert_eq!(certificate.key_usage, ["Digital signature", "Key encipherment"]);
    assert_eq!(certificate.extended_key_usage, ["Server authentication"]);
    assert_eq!(certificate.version, 3);
    assert!(!certificate.is_authority && !certificate.self_issued);
    assert_eq!(certificate.not_before.map(|time| time.to_string()).as_deref(), Some("2026-01-01T00:00:00Z"));
    assert_eq!(certificate.problems, [""; 0]);
}

#[test]
fn a_root_is_its_own_issuer() {
    let root = decode(&Authority::root("Contoso Root").der);
    assert!(root.is_authority && root.self_issued);
    assert!(issued(&authority_params("Contoso Issuing")).is_authority);
}

/// FIPS 180 digests of three bytes, as any other program prints them.
#[test]
fn rubbish_keeps_its_bytes_and_fingerprints() {
    let certificate = decode(b"abc");
    assert_eq!(certificate.sha1, "A9993E364706816ABA3E25717850C26C9CD0D89D");
    assert_eq!(certificate.sha256, "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD");
    assert_eq!(certificate.der, "YWJj");
    assert_eq!(certificate.problems.len(), 1);
}

#[test]
fn names_are_bounded_and_sanitised() {
    let names: Vec<_> = (0..NAME_LIMIT + 5).map(|number| format!("h{number}.contoso.test")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let certificate = issued(&server_params(&names));
    assert_eq!(certificate.names.len(), NAME_LIMIT);
    assert_eq!(certificate.problems, ["10005 alternative names, only 10000 kept"]);
    assert!(certificate.extensions.iter().all(|extension| extension.text.len() < 10_000));
    let mut params = server_params(&["mail.contoso.test"]);
    params.distinguished_name.push(DnType::OrganizationName, "\u{1b}[31mred\u{202e}");
    assert_eq!(issued(&params).subject, "O=<U+001B>[31mred<U+202E>, CN=mail.contoso.test");
}

#[test]
fn rsa_sizes_count_bits() {
    assert_eq!(bit_length(&[0x00, 0x80, 0x00]), 16);
    assert_eq!(bit_length(&[0x01, 0xff]), 9);
    assert_eq!(bit_length(&[]), 0);
}

proptest! {
    #[test]
    fn damaged_certificates_never_panic(position in 0_usize..400, byte in any::<u8>()) {
        let mut der = ROOT.with(Vec::clone);
        if let Some(place) = der.get_mut(position) {
            *place = byte;
        }
        let certificate = decode(&der);
        prop_assert_eq!(certificate.sha256.len(), 64);
    }
}

thread_local! {
    static ROOT: Vec<u8> = Authority::root("Contoso Root").der;
}
