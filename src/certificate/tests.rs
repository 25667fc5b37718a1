use super::testing::{Authority, now, server_params};
use super::*;
use jiff::ToSpan;

#[test]
fn validity_includes_both_ends() {
    let (der, _) = Authority::root("Contoso Root").issue(&server_params(&["mail.contoso.test"]));
    let certificate = decode(&der);
    let start = certificate.not_before.expect("start");
    let end = certificate.not_after.expect("end");
    let second = 1.second();
    let table = [
        (start, DateReason::Valid, 364),
        (start - second, DateReason::NotYetValid, 364),
        (end, DateReason::Valid, 0),
        (end + second, DateReason::Expired, 0),
        (end + 48.hours(), DateReason::Expired, -2),
        (now(), DateReason::Valid, 213),
    ];
    for (at, reason, days_left) in table {
        let check = date_check(at, &certificate);
        assert_eq!((check.reason, check.days_left, check.ok), (reason, days_left, reason == DateReason::Valid), "{at}");
    }
}

#[test]
fn pem_is_rfc_7468_text_that_other_programs_read() {
    let root = Authority::root("Contoso Root");
    let text = pem(&decode(&root.der));
    assert!(text.lines().all(|line| line.len() <= 64));
    let (_, block) = x509_parser::pem::parse_x509_pem(text.as_bytes()).expect("PEM");
    assert_eq!((block.label.as_str(), block.contents), ("CERTIFICATE", root.der));
}

#[test]
fn usage_follows_key_size_signature_and_extended_usage() {
    let base = Certificate {
        key: crate::event::CertificateKey { algorithm: "RSA".to_owned(), bits: 2048 },
        signature_algorithm: "sha256WithRSAEncryption".to_owned(),
        ..Certificate::default()
    };
    let with = |change: fn(&mut Certificate)| {
        let mut certificate = base.clone();
        change(&mut certificate);
        let check = usage_check(&certificate);
        (check.ok, check.problems.join(" "))
    };
    assert_eq!(with(|_| {}), (true, String::new()));
    assert_eq!(with(|c| c.key.bits = 1024), (true, "weak_key".to_owned()));
    assert_eq!(with(|c| c.key.bits = 512), (false, "tiny_key weak_key".to_owned()));
    assert_eq!(
        with(|c| c.signature_algorithm = "sha1WithRSAEncryption".to_owned()),
        (true, "weak_signature".to_owned())
    );
    assert_eq!(with(|c| c.extended_key_usage = vec!["Client authentication".to_owned()]).1, "no_server_auth");
    assert_eq!(with(|c| c.extended_key_usage = vec!["Any".to_owned()]), (true, String::new()));
    assert_eq!(
        with(|c| c.key_usage = vec!["Certificate signing".to_owned()]),
        (false, "no_server_key_usage".to_owned())
    );
    assert_eq!(with(|c| c.key_usage = vec!["Key encipherment".to_owned()]), (true, String::new()));
    assert_eq!(with(|c| c.is_authority = true), (true, "authority_as_server".to_owned()));
}
