//! Certificate files: PEM, DER, PKCS#7 and PFX, with and without a password.

#![no_main]

use discoscope::certificate;
use libfuzzer_sys::fuzz_target;
use secrecy::SecretString;

fuzz_target!(|bytes: &[u8]| {
    for password in [None, Some(SecretString::from("discoscope"))] {
        if let Ok(content) = certificate::read_file(bytes, password.as_ref()) {
            assert!(content.certificates.len() <= certificate::CERTIFICATE_LIMIT);
            content.certificates.iter().for_each(|der| drop(certificate::decode(der)));
        }
    }
});
