//! Expected values are those of the structures in RFC 5246 7.4 and RFC 8446 4.1.3, written out byte by byte.

use super::*;

/// A vector with its length in so many bytes.
fn vector(width: usize, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    [&length[length.len() - width..], content].concat()
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind][..], &vector(3, body)].concat()
}

fn record(kind: u8, content: &[u8]) -> Vec<u8> {
    [&[kind, 3, 1][..], &vector(2, content)].concat()
}

fn server_hello(version: u16, random: [u8; 32], suite: u16, extensions: Option<&[u8]>) -> Vec<u8> {
    let mut body = version.to_be_bytes().to_vec();
    body.extend(random);
    body.extend(vector(1, &[7; 32]));
    body.extend(suite.to_be_bytes());
    body.push(0);
    body.extend(extensions.map(|extensions| vector(2, extensions)).unwrap_or_default());
    message(2, &body)
}

fn certificate_message(certificates: &[&[u8]]) -> Vec<u8> {
    message(11, &vector(3, &certificates.iter().flat_map(|der| vector(3, der)).collect::<Vec<_>>()))
}

/// A certificate request before and from TLS 1.2.
fn request(with_algorithms: bool) -> Vec<u8> {
    let mut body = vector(1, &[1, 64]);
    if with_algorithms {
        body.extend(vector(2, &[4, 1, 4, 3]));
    }
    body.extend(vector(2, &[vector(2, b"issuer one"), vector(2, b"issuer two")].concat()));
    message(13, &body)
}

fn done() -> Vec<u8> {
    message(14, &[])
}

/// The messages of a whole answer.
fn messages(version: u16) -> Vec<u8> {
    let key_exchange = message(12, &[&[3, 0, 23][..], &vector(1, &[4; 65]), &vector(2, &[9; 256])].concat());
    [
        server_hello(version, [5; 32], 0xc014, Some(&[0xff, 0x01, 0x00, 0x01, 0x00])),
        certificate_message(&[&[0x30; 900], &[0x31; 700]]),
        key_exchange,
        request(version >= 0x0303),
        done(),
    ]
    .concat()
}

fn read(pieces: impl IntoIterator<Item = Vec<u8>>) -> (Option<Ended>, Flight) {
    let mut reader = Reader::default();
    let ended = pieces.into_iter().find_map(|piece| reader.feed(&piece));
    (ended, reader.into_flight())
}

fn check_whole(flight: &Flight, version: Version) {
    assert_eq!(flight.hello, Some(ServerHello { version, suite: 0xc014, retry: false }));
    assert_eq!(flight.chain, [vec![0x30; 900], vec![0x31; 700]]);
    assert_eq!(flight.sent, 2);
    assert_eq!(flight.group.as_deref(), Some("secp256r1"));
    let request = flight.request.clone().expect("a request");
    assert_eq!(request.types, [1, 64]);
    assert_eq!(request.issuers, [b"issuer one".to_vec(), b"issuer two".to_vec()]);
}

#[test]
fn a_hello_has_the_structure_of_its_version() {
    for version in Version::ALL {
        for name in [None, Some("autodiscover.contoso.test")] {
            let hello = client_hello(version, name, [3; 32]);
            assert!((60..=330).contains(&hello.len()), "{version:?} {name:?}: {} bytes", hello.len());
            assert_eq!(hello[..3], [22, 3, 1]);
            assert_eq!(usize::from(u16::from_be_bytes([hello[3], hello[4]])), hello.len() - 5);
            assert_eq!(hello[5..7], [1, 0]);
            assert_eq!(usize::from(u16::from_be_bytes([hello[7], hello[8]])), hello.len() - 9);
            let legacy = if version == Version::Tls13 { 0x0303 } else { version.code() };
            assert_eq!(u16::from_be_bytes([hello[9], hello[10]]), legacy);
            assert_eq!(hello[11..43], [3; 32]);
            let found = hello.windows(25).any(|window| window == b"autodiscover.contoso.test");
            assert_eq!(found, name.is_some());
            let offers_1_3 = hello.windows(7).any(|window| window == [0, 43, 0, 3, 2, 3, 4]);
            assert_eq!(offers_1_3, version == Version::Tls13);
        }
    }
}

#[test]
fn the_library_reads_the_hello() {
    // An independent reader of the same structure: rustls' own server side.
    for (version, name) in [(Version::Tls12, Some("mail.contoso.test")), (Version::Tls13, None)] {
        let mut acceptor = rustls::server::Acceptor::default();
        acceptor.read_tls(&mut client_hello(version, name, [3; 32]).as_slice()).expect("bytes");
        let accepted = acceptor.accept().expect("readable").expect("complete");
        let hello = accepted.client_hello();
        assert_eq!(hello.server_name(), name);
        let offered = hello.cipher_suites().iter().map(|suite| u16::from(*suite));
        assert!(offered.filter(|suite| *suite != 0x00ff).all(|suite| suite_name(suite).starts_with("TLS_")));
        let suites = hello.cipher_suites().len();
        assert_eq!(suites, if version == Version::Tls13 { 3 } else { 42 });
    }
}

#[test]
fn a_whole_answer_is_read_however_it_is_cut() {
    for (code, version) in [(0x0301, Version::Tls10), (0x0302, Version::Tls11), (0x0303, Version::Tls12)] {
        let whole = messages(code);
        for in_record in [1, 3, 100, 16_000] {
            let bytes: Vec<u8> = whole.chunks(in_record).flat_map(|content| record(22, content)).collect();
            for in_piece in [1, 7, 1_000, 100_000] {
                let (ended, flight) = read(bytes.chunks(in_piece).map(<[u8]>::to_vec));
                assert_eq!(ended, Some(Ended::Complete), "{version:?}, {in_record}, {in_piece}");
                check_whole(&flight, version);
            }
        }
    }
}

#[test]
fn cut_at_every_byte_nothing_is_invented() {
    let bytes = record(22, &messages(0x0301));
    for length in 0..bytes.len() {
        let (ended, _) = read([bytes[..length].to_vec()]);
        assert_eq!(ended, None, "{length} bytes");
    }
    // Cut inside, with the lengths around it right: every message must notice.
    for message_end in
        [server_hello(0x0301, [5; 32], 0x2f, Some(&[])), certificate_message(&[&[1; 40]]), request(false)]
    {
        let (kind, body) = (message_end[0], &message_end[4..]);
        for length in 0..body.len() {
            let mut content = if kind == 2 { Vec::new() } else { server_hello(0x0301, [5; 32], 0x2f, None) };
            content.extend(message(kind, &body[..length]));
            let (ended, _) = read([record(22, &content)]);
            // A hello without extensions is legal (RFC 5246 7.4.1.3).
            let legal = kind == 2 && length == body.len() - 2;
            assert_eq!(
                matches!(ended, Some(Ended::Malformed(_))),
                !legal,
                "message {kind} of {length} bytes: {ended:?}"
            );
        }
    }
}

#[test]
fn every_single_byte_may_lie() {
    let bytes = record(22, &messages(0x0303));
    for position in 0..bytes.len() {
        for value in [0, 1, 0x7f, 0xff] {
            let mut lying = bytes.clone();
            lying[position] = value;
            let (_, flight) = read([lying]);
            assert!(flight.chain.iter().map(Vec::len).sum::<usize>() <= bytes.len());
        }
    }
}

#[test]
fn large_answers_end_at_the_bound() {
    let hello = server_hello(0x0301, [5; 32], 0x2f, None);
    let announced = [&hello[..], &[11, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfc]].concat();
    assert_eq!(read([record(22, &announced)]).0, Some(Ended::TooLarge(0xff_ffff)));
    let endless = std::iter::repeat_with(|| record(20, &[1; 16_000]));
    let (ended, _) = read(endless.take(1_000));
    assert!(matches!(ended, Some(Ended::TooLarge(size)) if size < ANSWER_LIMIT + 20_000), "{ended:?}");
    let many: Vec<&[u8]> = vec![&[0x30, 0]; 5_000];
    let content = [hello, certificate_message(&many), done()].concat();
    let (ended, flight) = read(content.chunks(16_000).map(|content| record(22, content)));
    assert_eq!((ended, flight.chain.len(), flight.sent), (Some(Ended::Complete), CHAIN_LIMIT, 5_000));
}

#[test]
fn a_server_of_1_3_shows_its_version_and_no_more() {
    // SHA-256 of "HelloRetryRequest" (RFC 8446 4.1.3).
    let digest = ring::digest::digest(&ring::digest::SHA256, b"HelloRetryRequest");
    let random: [u8; 32] = digest.as_ref().try_into().expect("32 bytes");
    let extensions = [0, 43, 0, 2, 3, 4, 0, 51, 0, 2, 0, 23];
    let (ended, flight) = read([record(22, &server_hello(0x0303, random, 0x1302, Some(&extensions)))]);
    assert_eq!(ended, Some(Ended::Complete));
    assert_eq!(flight.hello, Some(ServerHello { version: Version::Tls13, suite: 0x1302, retry: true }));
}

#[test]
fn refusals_and_strangers_are_told_apart() {
    assert_eq!(read([record(21, &[2, 70])]).0, Some(Ended::Alert { number: 70 }));
    let warned = [record(21, &[1, 112]), record(22, &messages(0x0301))].concat();
    assert_eq!(read([warned]).0, Some(Ended::Complete), "a warning does not end the answer");
    assert_eq!(read([record(21, &[2])]).0, Some(Ended::Malformed("an alert that is not two bytes long")));
    let banner = b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec();
    assert_eq!(read([banner.clone()]).0, Some(Ended::NotTls(banner)));
    assert_eq!(read([vec![b'x'; 500]]).0, Some(Ended::NotTls(vec![b'x'; 64])));
    let long = [22, 3, 1, 0xff, 0xff];
    assert!(matches!(read([long.to_vec()]).0, Some(Ended::Malformed(_))));
    assert!(matches!(read([record(22, &done())]).0, Some(Ended::Malformed(_))), "no hello before");
    assert!(matches!(read([record(23, b"data")]).0, Some(Ended::Malformed(_))));
    let ssl2 = [0x80, 0x2e, 0x01, 0x00, 0x02];
    assert!(matches!(read([ssl2.to_vec()]).0, Some(Ended::NotTls(_))));
}

#[test]
fn garbage_never_panics_and_stays_bounded() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()
    };
    for round in 0..2_000 {
        let mut noise: Vec<u8> = (0..40).flat_map(|_| next()).collect();
        if round % 2 == 0 {
            noise = record(22, &[server_hello(0x0301, [5; 32], 0xc014, None), noise].concat());
        }
        let (_, flight) = read([noise]);
        assert!(flight.chain.len() <= CHAIN_LIMIT);
    }
}

#[test]
fn suites_are_called_by_their_registered_names() {
    // RFC 8446 B.4, RFC 5246 A.5, RFC 8422 section 6.
    let table = [
        (0x1301, "TLS_AES_128_GCM_SHA256"),
        (0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
        (0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA"),
        (0xc014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"),
        (0xc012, "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA"),
        (0xfefe, "0xfefe"),
    ];
    for (number, name) in table {
        assert_eq!(suite_name(number), name);
    }
}
