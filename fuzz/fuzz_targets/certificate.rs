//! The certificate view: decoding, the three checks, remarks, and the report in both forms.

#![no_main]

use discoscope::{
    certificate,
    report::certificate::{CertificateReport, Judgement, Source, write_json, write_text},
};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

/// Stands between two certificates of a chain.
const SEPARATOR: [u8; 4] = [0xff; 4];

fuzz_target!(|bytes: &[u8]| {
    let mut chain = vec![Vec::new()];
    let mut rest = bytes;
    while let Some((byte, after)) = rest.split_first() {
        if rest.starts_with(&SEPARATOR) && chain.len() < certificate::CERTIFICATE_LIMIT {
            chain.push(Vec::new());
            rest = &rest[SEPARATOR.len()..];
        } else {
            chain.last_mut().expect("never empty").push(*byte);
            rest = after;
        }
    }
    let at = Timestamp::UNIX_EPOCH;
    let decoded: Vec<_> = chain.iter().map(|der| certificate::decode(der)).collect();
    let names = ["autodiscover.contoso.test", "192.0.2.1", ""].map(|name| {
        let name = Some(name.to_owned()).filter(|name| !name.is_empty());
        let checks = certificate::checks(name.as_deref().unwrap_or("contoso.test"), &chain, at, &[]);
        assert!(!checks.trusted.ok, "nothing is trusted without roots");
        Judgement { name, checks }
    });
    let source = Source::File { place: String::new(), form: "DER", private_keys: 0 };
    let report = CertificateReport { source, chain: decoded, chain_dropped: 0, at, names: names.to_vec(), compared: None, issuers: Vec::new() };
    let mut written = Vec::new();
    write_json(&report, &mut written).expect("memory can be written");
    write_text(&report, &mut written).expect("memory can be written");
    let text = String::from_utf8(written).expect("reports are text");
    assert!(!text.contains(['\u{1b}', '\u{9b}', '\u{202e}', '\u{200b}']), "an unsafe character got through");
});
