//! The records were made with `openssl dgst -mac HMAC` and `openssl enc -nopad`: sequence number 7, application data,
//! MAC key 01 02 .., cipher key 40 41 .., IV a0 a1 ...

use super::*;
use crate::{
    certificate::testing::{Authority, server_params},
    event::Outcome,
    probe::{
        testing::{Asks, HOST, VERSIONS, ask, net, serve_tls, server},
        tls::{handshake, outcome},
    },
};
use rustls::{ContentType, ProtocolVersion, crypto::CryptoProvider};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const CONTENT: &[u8] = b"GET / HTTP/1.1\r\n\r\n";
const SEQUENCE: u64 = 7;

/// Kind, cipher key length, content, record after its IV, and whether the padding is the shortest.
#[rustfmt::skip]
const RECORDS_OF_OPENSSL: [(Mac, u8, &[u8], &str, bool); 9] = [
    (Mac::Sha1, 16, CONTENT, "30bef57da9ee6c7e666d2717a7709156a287cb9bd70e35035f556cd1cff10dbb4c4d2a2ff30c0ec22c702296bb99ad2b", true),
    (Mac::Sha1, 16, CONTENT, "30bef57da9ee6c7e666d2717a7709156a287cb9bd70e35035f556cd1cff10dbb9f467ee9103c4afd7b2b23eeac219cb79021bf32302c3493231a03a6ceb1acbb6072bb9a414326e7921196752f70607919a0d4785a6f9b9c22cc6dffd349d741", false),
    (Mac::Sha1, 16, b"", "36a07be1dc39e135a1ce80ec81e8c18e8aadb1c1659b45f77c2c5afbec3f6a26", true),
    (Mac::Sha1, 32, CONTENT, "1b66d3a901456ebe412a01683988653a61c17a16c980eaad90d6861a228d3ede6a2f3731a5af36f214f2fe15c76f4895", true),
    (Mac::Sha1, 32, CONTENT, "1b66d3a901456ebe412a01683988653a61c17a16c980eaad90d6861a228d3edec3dd233aff0e910de9df6e635e0db3089e9e59a8b7109f3a5af9ad19d827e5ed716b9e776b739c442f8dd6d97c327cb0e8d466f83e38a3bea1c87ab672c329e3", false),
    (Mac::Sha1, 32, b"", "5e94eadcf1812a85b1e36f731e52f31c23c5ae6b41f92dd3331c0410b5258a07", true),
    (Mac::Sha256, 16, CONTENT, "30bef57da9ee6c7e666d2717a77091563255a78976d4ca02238135b53b2d4b4fb409893f7c8a9179a4c171c3ce5a98e64cf86dbcd5d71ae0c70e039f402a40a4", true),
    (Mac::Sha256, 16, CONTENT, "30bef57da9ee6c7e666d2717a77091563255a78976d4ca02238135b53b2d4b4fb409893f7c8a9179a4c171c3ce5a98e62909afcc375dfe52519d140f19119194bde6f2cce48b8e592b6694914638b136c644bd7843608fd599ca1bcbc55292092dc5338a2091301ca55720b8945a89b8", false),
    (Mac::Sha256, 16, b"", "ca04bd3c0dd7011d4988d7f6daaa42453b1ea2c5821c491f5470da4344eff15359818253d0cababd7dd4a969d8cdff9b", true),
];

fn bytes(hexadecimal: &str) -> Vec<u8> {
    let pairs = hexadecimal.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16).expect("digits")).collect()
}

fn iv() -> [u8; 16] {
    std::array::from_fn(|index| 0xa0 + index as u8)
}

fn keys(mac: Mac, cipher: u8) -> Keys {
    let mac_key: Vec<u8> = (1..).take(mac.length()).collect();
    Keys::new(mac, &mac_key, &(0x40..0x40 + cipher).collect::<Vec<_>>())
}

fn header(length: usize) -> [u8; 13] {
    make_tls12_aad(SEQUENCE, ContentType::ApplicationData, ProtocolVersion::TLSv1_2, length)
}

fn whole(record: &str) -> Vec<u8> {
    [&iv()[..], &bytes(record)].concat()
}

#[test]
fn records_are_those_of_openssl() {
    for (mac, cipher, content, record, is_shortest) in RECORDS_OF_OPENSSL {
        let keys = keys(mac, cipher);
        let mut record = whole(record);
        if is_shortest {
            assert_eq!(keys.seal(&header(content.len()), iv(), content).expect("sealed"), record);
            assert_eq!(keys.encrypted_payload_len(content.len()), record.len());
        }
        assert_eq!(keys.open(header, &mut record), Some(content.len()));
        assert_eq!(&record[16..16 + content.len()], content);
    }
}

#[test]
fn a_record_changed_anywhere_or_cut_is_refused() {
    for (mac, cipher, _, record, _) in RECORDS_OF_OPENSSL {
        let (keys, record) = (keys(mac, cipher), whole(record));
        for position in 0..record.len() {
            for bit in [1, 0x80] {
                let mut changed = record.clone();
                changed[position] ^= bit;
                assert_eq!(keys.open(header, &mut changed), None, "byte {position}");
            }
        }
        for length in 0..record.len() {
            assert_eq!(keys.open(header, &mut record[..length].to_vec()), None, "{length} bytes");
        }
        let other = |length| make_tls12_aad(8, ContentType::ApplicationData, ProtocolVersion::TLSv1_2, length);
        assert_eq!(keys.open(other, &mut record.clone()), None, "another sequence number");
    }
}

#[tokio::test]
async fn a_server_with_these_suites_alone_gets_through() {
    let authority = Authority::root("Contoso Root");
    for suite in suites().filter(|suite| format!("{suite:?}").contains("ECDSA")) {
        let mut config = server(&authority, &server_params(&[HOST]), VERSIONS[0], Asks::No);
        let provider = CryptoProvider { cipher_suites: vec![suite], ..rustls::crypto::ring::default_provider() };
        let resolver = config.cert_resolver.clone();
        config = rustls::ServerConfig::builder_with_provider(provider.into())
            .with_protocol_versions(&[VERSIONS[0]])
            .expect("versions")
            .with_no_client_auth()
            .with_cert_resolver(resolver);
        let body: Vec<u8> = (0..100_000_u32).map(|number| number as u8).collect();
        let sent = body.clone();
        let address = serve_tls(config, |mut stream| async move {
            let mut question = [0; 4];
            stream.read_exact(&mut question).await.expect("a question");
            stream.write_all(&sent).await.expect("sent");
            stream.shutdown().await.expect("closed");
        })
        .await;
        let stream = TcpStream::connect(address).await.expect("loopback");
        let (evidence, connection) = handshake(stream, &ask(address), &net(&authority)).await;
        assert_eq!(outcome(&evidence), Outcome::Passed, "{evidence:?}");
        assert_eq!(evidence.suite, Some(format!("{:?}", suite.suite())));
        let mut connection = connection.expect("a connection");
        assert!(connection.verified);
        connection.stream.write_all(b"tell").await.expect("asked");
        let mut received = Vec::new();
        connection.stream.read_to_end(&mut received).await.expect("told");
        assert!(received == body, "{} bytes", received.len());
    }
}

#[tokio::test]
async fn better_suites_are_preferred() {
    let offered: Vec<_> = super::super::provider().cipher_suites.iter().map(|suite| suite.suite()).collect();
    let first = offered.iter().position(|suite| format!("{suite:?}").contains("CBC")).expect("offered");
    assert!(offered[first..].iter().all(|suite| format!("{suite:?}").contains("CBC")));
    assert_eq!(offered.len() - first, 6);
}
