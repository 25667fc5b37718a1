//! The second message of NTLM: what a server tells of itself, and the answer to it.

#![no_main]

use discoscope::{
    probe::sign_in::ntlm::{Challenge, Identity, authenticate},
    text::is_unsafe,
};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

/// What the answer proves to know.
const PASSWORD: &str = "Qx7zebraVault";

fuzz_target!(|bytes: &[u8]| {
    let Some(challenge) = Challenge::read(bytes) else { return };
    let names = [
        challenge.netbios_domain(),
        challenge.netbios_computer(),
        challenge.dns_domain(),
        challenge.dns_computer(),
        challenge.dns_forest(),
    ];
    assert!(!names.iter().flatten().any(|name| name.chars().any(is_unsafe)), "an unsafe character got through");
    let _ = (challenge.version(), challenge.time());
    let who = Identity {
        user: "CONTOSO\\anna",
        host: "mail.contoso.test",
        channel_binding: Some([7; 16]),
        now: Timestamp::UNIX_EPOCH,
        nonce: [9; 8],
    };
    let message = authenticate(&challenge, &who, PASSWORD);
    assert!(message.starts_with(b"NTLMSSP\0\x03\0\0\0"));
});
