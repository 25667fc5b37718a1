use super::super::{
    chain_in_order, decode,
    testing::{Authority, authority_params, now, server_params},
};
use super::*;
use proptest::prelude::*;

// Made with OpenSSL 3.0: a root, an authority below it and a server below that; see tests/certificates/README.md.
const ROOT: &[u8] = include_bytes!("../../tests/certificates/root.pem");
const WITH_KEY: &[u8] = include_bytes!("../../tests/certificates/with-key.pem");
const LEAF: &[u8] = include_bytes!("../../tests/certificates/leaf.cer");
const BAG: &[u8] = include_bytes!("../../tests/certificates/chain.p7b");
const BAG_TEXT: &[u8] = include_bytes!("../../tests/certificates/chain-pem.p7b");
const MODERN: &[u8] = include_bytes!("../../tests/certificates/modern.pfx");
const WINDOWS_2012: &[u8] = include_bytes!("../../tests/certificates/windows-2012.pfx");
const NO_PASSWORD: &[u8] = include_bytes!("../../tests/certificates/no-password.pfx");

fn password(text: &str) -> SecretString {
    SecretString::from(text)
}

fn subjects(content: &FileContent) -> Vec<String> {
    content.certificates.iter().map(|der| decode(der).subject).collect()
}

#[test]
fn every_form_gives_the_same_chain_leaf_first() {
    let secret = password("Hügel-42");
    let path = ["CN=mail.contoso.test", "CN=Contoso Issuing", "CN=Contoso Root"];
    let table: [(&[u8], FileForm, usize, usize); 7] = [
        (LEAF, FileForm::Der, 1, 0),
        (WITH_KEY, FileForm::Pem, 2, 1),
        (BAG, FileForm::Pkcs7, 3, 0),
        (BAG_TEXT, FileForm::Pkcs7, 3, 0),
        (MODERN, FileForm::Pfx, 3, 1),
        (WINDOWS_2012, FileForm::Pfx, 3, 1),
        (NO_PASSWORD, FileForm::Pfx, 1, 1),
    ];
    for (bytes, form, length, keys) in table {
        let given = (bytes != NO_PASSWORD).then_some(&secret);
        let content = read_file(bytes, given).expect("readable");
        assert_eq!((content.form, content.private_keys, content.dropped), (form, keys, 0), "{form:?}");
        assert_eq!(subjects(&content), path[..length], "{form:?}");
        assert_eq!(content.certificates[0], LEAF, "{form:?}");
    }
}

#[test]
fn a_password_is_asked_for_and_judged() {
    for pfx in [MODERN, WINDOWS_2012] {
        assert_eq!(read_file(pfx, None), Err(FileError::PasswordNeeded));
        assert_eq!(read_file(pfx, Some(&password("Hugel-42"))), Err(FileError::WrongPassword));
    }
    assert_eq!(read_file(NO_PASSWORD, Some(&password("x"))), Err(FileError::WrongPassword));
    assert!(!format!("{:?}", password("Hügel-42")).contains("42"));
}

#[test]
fn other_text_and_other_blocks_are_passed_over() {
    let root = String::from_utf8(ROOT.to_vec()).expect("text");
    let text =
        format!("\u{feff}Bag Attributes\r\n    localKeyID: 01\r\n{}\r\nwords\n{root}", root.replace('\n', "\r\n"));
    let content = read_file(text.as_bytes(), None).expect("readable");
    assert_eq!(subjects(&content), ["CN=Contoso Root", "CN=Contoso Root"]);
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(root.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(subjects(&read_file(&wide, None).expect("readable")), ["CN=Contoso Root"]);
}

#[test]
fn what_is_no_certificate_is_named_without_its_content() {
    let key = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----\n";
    let table: [(&[u8], &str); 7] = [
        (b"", "is empty"),
        (b"hello", "is no certificate"),
        (key.as_bytes(), "only a private key"),
        (b"-----BEGIN X-----\nAA==\n-----END X-----", "only X"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n", "the end of the block"),
        (b"-----BEGIN CERTIFICATE-----\n?!\n-----END CERTIFICATE-----", "not base64"),
        (&[0x30, 0x03, 0x30, 0x01, 0x00], "not a certificate"),
    ];
    for (bytes, words) in table {
        let error = read_file(bytes, None).expect_err(words).to_string();
        assert!(error.contains(words) && !error.contains("MIGH"), "{error}");
    }
    assert_eq!(read_file(&vec![0; FILE_LIMIT + 1], None), Err(FileError::TooLarge));
}

#[test]
fn a_bag_out_of_order_is_put_in_order() {
    let root = Authority::root("Contoso Root");
    let issuing = root.below(authority_params("Contoso Issuing"));
    let (leaf, _) = issuing.issue(&server_params(&["mail.contoso.test"]));
    let expected = vec![leaf.clone(), issuing.der.clone(), root.der.clone()];
    for bag in [[2, 1, 0], [1, 0, 2], [0, 2, 1], [2, 0, 1]] {
        let bag = bag.iter().map(|place| expected[*place].clone()).collect();
        assert_eq!(chain::in_order(bag), expected);
    }
    assert!(chain::in_order(Vec::new()).is_empty());
}

#[test]
fn more_certificates_than_anyone_sends_are_dropped() {
    let text = ROOT.repeat(CERTIFICATE_LIMIT + 3);
    let content = read_file(&text, None).expect("readable");
    assert_eq!((content.certificates.len(), content.dropped), (CERTIFICATE_LIMIT, 3));
    let decoded: Vec<_> = content.certificates.iter().map(|der| decode(der)).collect();
    assert_eq!(chain_in_order(&decoded, now()), [0]);
}

/// Truncated at each byte, none is readable, none panics.
#[test]
fn every_truncation_has_a_named_end() {
    let secret = password("Hügel-42");
    for length in 0..LEAF.len() {
        assert!(read_file(&LEAF[..length], None).is_err(), "certificate of {length} bytes");
        assert!(!decode(&LEAF[..length]).problems.is_empty(), "certificate of {length} bytes");
    }
    for length in 0..BAG.len() {
        let read = read_file(&BAG[..length], None);
        // Behind the last certificate only the empty set of signers follows.
        assert!(read.is_err() || length > BAG.len() - 4, "bag of {length} bytes: {read:?}");
    }
    for pfx in [NO_PASSWORD, MODERN] {
        for length in 0..pfx.len() {
            assert!(read_file(&pfx[..length], Some(&secret)).is_err(), "PFX of {length} bytes");
        }
    }
}

/// Every byte that may be a length says the largest numbers.
#[test]
fn lying_lengths_have_a_bounded_end() {
    let secret = password("");
    for (bytes, limit) in [(LEAF, LEAF.len()), (BAG, BAG.len()), (NO_PASSWORD, 48)] {
        for place in 0..limit {
            for lie in [&[0x84, 0xff, 0xff, 0xff, 0xff][..], &[0x80], &[0xff], &[0x00], &[0x7f]] {
                let mut damaged = bytes.to_vec();
                damaged.splice(place..=place, lie.iter().copied());
                let _ = read_file(&damaged, Some(&secret));
                let _ = decode(&damaged);
            }
        }
    }
}

/// RFC 7292 4: the numbers of rounds stand in the clear; ten million rounds are refused without being made.
#[test]
fn a_costly_key_derivation_is_refused() {
    // INTEGER 2048, as OpenSSL writes it for the checksum, at the very end of the file.
    let rounds = [0x02, 0x02, 0x08, 0x00];
    assert!(NO_PASSWORD.ends_with(&rounds));
    let mut costly = NO_PASSWORD[..NO_PASSWORD.len() - 4].to_vec();
    costly.extend([0x02, 0x02, 0x7f, 0xff]);
    assert_eq!(read_file(&costly, None), Err(FileError::PasswordNeeded));
    // Two more bytes in the integer, its sequence and the whole.
    costly.truncate(costly.len() - 4);
    costly.extend([0x02, 0x04, 0x7f, 0xff, 0xff, 0xff]);
    let inner = costly.len() - 6;
    let start = (0..inner)
        .rev()
        .find(|place| costly[*place] == 0x30 && place + 2 + usize::from(costly[place + 1]) + 2 == costly.len());
    let start = start.expect("the checksum's sequence");
    costly[start + 1] += 2;
    let whole = u16::from_be_bytes([costly[2], costly[3]]) + 2;
    costly[2..4].copy_from_slice(&whole.to_be_bytes());
    let error = read_file(&costly, None).expect_err("too costly");
    assert!(matches!(error, FileError::Unsupported(_)), "{error}");
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), start in 0_usize..4) {
        let starts: [&[u8]; 4] = [&[], &[0x30, 0x80, 0x06], &[0x30, 0x82, 0x01, 0x00, 0x02, 0x01, 0x03], b"-----BEGIN PKCS7-----"];
        let mut damaged = starts[start].to_vec();
        damaged.extend(bytes);
        let _ = read_file(&damaged, None);
    }

    #[test]
    fn damaged_bags_never_panic(place in 0_usize..1287, byte in any::<u8>()) {
        let mut damaged = BAG.to_vec();
        damaged[place] = byte;
        let _ = read_file(&damaged, None);
    }

    #[test]
    fn damaged_pfx_never_panic(place in 0_usize..1100, byte in any::<u8>()) {
        let mut damaged = NO_PASSWORD.to_vec();
        damaged[place] = byte;
        let _ = read_file(&damaged, None);
    }
}
