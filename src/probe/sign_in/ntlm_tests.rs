//! Held against the examples of \[MS-NLMP\] 4.2.1 and 4.2.4: user `User`, domain `Domain`, password `Password`, server
//! `Server`, time 0, client nonce aa, server nonce 0123456789abcdef.

use super::*;
use proptest::prelude::*;

const SERVER_NONCE: [u8; 8] = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef];
const CLIENT_NONCE: [u8; 8] = [0xaa; 8];

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let byte = |two: &[u8]| u8::from_str_radix(std::str::from_utf8(two).expect("ASCII"), 16).expect("hexadecimal");
    digits.chunks(2).map(byte).collect()
}

/// MsvAvNbDomainName `Domain`, MsvAvNbComputerName `Server` (4.2.4).
fn target_info_of_the_example() -> Vec<u8> {
    hex("02000c0044006f006d00610069006e00 01000c005300650072007600650072 00 00000000")
}

/// A second message with this target information.
fn challenge(target_info: &[u8]) -> Vec<u8> {
    let mut message = SIGNATURE.to_vec();
    message.extend(2_u32.to_le_bytes());
    message.extend([0, 0, 0, 0, 56, 0, 0, 0]);
    message.extend((FLAGS | HAS_VERSION | 0x0080_0000).to_le_bytes());
    message.extend(SERVER_NONCE);
    message.extend([0; 8]);
    let length = u16::try_from(target_info.len()).expect("short").to_le_bytes();
    message.extend([length, length].concat());
    message.extend(56_u32.to_le_bytes());
    // Windows Server 2022, NTLM revision 15.
    message.extend([10, 0, 0x7c, 0x4f, 0, 0, 0, 15]);
    message.extend(target_info);
    message
}

#[test]
fn the_responses_of_the_specification_come_out() {
    let key = response_key("User", "Domain", "Password");
    assert_eq!(key.to_vec(), hex("0c868a403bfd7a93a3001ef22ef02e3f"), "4.2.4.1.1");
    let response = nt_response(&key, &SERVER_NONCE, [0; 8], CLIENT_NONCE, &target_info_of_the_example());
    assert_eq!(response[..16], hex("68cd0ab851e51c96aabc927bebef6a1c"), "4.2.4.2.2");
    assert_eq!(mac(&*key, &[&response[..16]]).to_vec(), hex("8de40ccadbc14a82f15cb0ad0de95ca3"), "4.2.4.1.2");
    let old = lm_response(&key, &SERVER_NONCE, CLIENT_NONCE);
    assert_eq!(old, hex("86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa"), "4.2.4.2.1");
}

#[test]
fn a_server_tells_names_version_and_time() {
    let mut info = target_info_of_the_example();
    info.truncate(info.len() - 4);
    // MsvAvDnsComputerName `ex1`, MsvAvTimestamp 2026-11-21T00:00:00Z, end.
    info.extend(hex("03000600650078003100"));
    info.extend([7, 0, 8, 0]);
    let midnight: Timestamp = "2026-11-21T00:00:00Z".parse().expect("a time");
    info.extend(ticks(midnight).to_le_bytes());
    info.extend([0; 4]);
    let read = Challenge::read(&challenge(&info)).expect("a challenge");
    assert_eq!(read.netbios_domain().as_deref(), Some("Domain"));
    assert_eq!(read.netbios_computer().as_deref(), Some("Server"));
    assert_eq!(read.dns_computer().as_deref(), Some("ex1"));
    assert_eq!(read.dns_forest(), None);
    assert_eq!(read.version().as_deref(), Some("10.0.20348"));
    assert_eq!(read.time(), Some(midnight));
    // 2026-11-21 is 425 years and 324 days after 1601-01-01: 155,552 days.
    assert_eq!(ticks(midnight), 155_552 * 86_400 * 10_000_000);
}

#[test]
fn the_third_message_says_who_and_proves_it() {
    let read = Challenge::read(&challenge(&target_info_of_the_example())).expect("a challenge");
    let binding = channel_binding(&[7; 32]);
    let who = Identity {
        user: "Domain\\User",
        host: "mail.contoso.test",
        channel_binding: Some(binding),
        now: Timestamp::UNIX_EPOCH,
        nonce: CLIENT_NONCE,
    };
    let message = authenticate(&read, &who, "Password");
    assert_eq!(field(&message, 28), Some(utf16("Domain").as_slice()));
    assert_eq!(field(&message, 36), Some(utf16("User").as_slice()));
    let proof = field(&message, 20).expect("a response");
    let bound = [&[10, 0, 16, 0][..], &binding].concat();
    assert!(proof.windows(20).any(|window| window == bound), "the hash of the bindings is part of what is proven");
    let service = [&[9, 0, 44, 0][..], &utf16("HTTP/mail.contoso.test")].concat();
    assert!(proof.windows(48).any(|window| window == service));
    let key = response_key("User", "Domain", "Password");
    assert_eq!(&*mac(&*key, &[&SERVER_NONCE, &proof[16..]]), &proof[..16]);
    // No time was told, so there is no integrity code.
    assert_eq!(&message[INTEGRITY_AT..HEAD], &[0; 16]);
    let plain = [&b"Password"[..], &utf16("Password")];
    assert!(plain.iter().all(|form| !message.windows(form.len()).any(|window| window == *form)));
}

#[test]
fn capitals_are_those_of_windows() {
    assert_eq!(upper("straße.müller"), "STRAßE.MÜLLER");
}

#[test]
fn the_binding_is_the_hash_of_the_structure() {
    // wire-notes: MD5 of 16 zero bytes, the length, and the prefixed hash.
    let mut structure = vec![0; 16];
    structure.extend([53, 0, 0, 0]);
    structure.extend(b"tls-server-end-point:");
    structure.extend([1; 32]);
    assert_eq!(channel_binding(&[1; 32]), <[u8; 16]>::from(Md5::digest(structure)));
}

proptest! {
    #[test]
    fn nothing_that_a_server_sends_makes_a_panic(noise in proptest::collection::vec(any::<u8>(), 0..200), cut in 0..200_usize) {
        let mut message = challenge(&noise);
        let _ = Challenge::read(&message).map(|read| (read.time(), read.dns_domain()));
        message.truncate(cut);
        if let Some(read) = Challenge::read(&message) {
            let who = Identity { user: "a", host: "b", channel_binding: None, now: Timestamp::UNIX_EPOCH, nonce: CLIENT_NONCE };
            authenticate(&read, &who, "c");
        }
    }
}
