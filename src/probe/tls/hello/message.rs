//! Reads the messages that a server sends in clear (RFC 5246 7.4, RFC 8446 4.1.3). Every length is checked; an error
//! names the structure that lies.

use super::{CHAIN_LIMIT, Flight, Version};

/// Acceptable issuers that are kept.
const ISSUER_LIMIT: usize = 50;

/// The random of a HelloRetryRequest: the SHA-256 of its name (RFC 8446 4.1.3).
const RETRY_RANDOM: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11,
    0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// A server's hello.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ServerHello {
    /// The version that it chose.
    pub version: Version,
    /// The number of the suite that it chose.
    pub suite: u16,
    /// It is a HelloRetryRequest: the server speaks TLS 1.3 and wants a key share.
    pub retry: bool,
}

/// A request for a client certificate.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct CertificateRequest {
    /// Certificate types (RFC 5246 7.4.4): 1 RSA, 2 DSA, 64 ECDSA.
    pub types: Vec<u8>,
    /// Acceptable issuers as distinguished names in DER, at most 50; none means any.
    pub issuers: Vec<Vec<u8>>,
}

/// Takes one message into the flight; true when the server says no more in clear.
pub(super) fn take(flight: &mut Flight, kind: u8, body: &[u8]) -> Result<bool, &'static str> {
    let mut cursor = Cursor(body);
    match kind {
        // HelloRequest: may come at any time and means nothing before the handshake.
        0 => {}
        2 => {
            let hello = server_hello(&mut cursor)?;
            let is_last = hello.version == Version::Tls13;
            flight.hello = Some(hello);
            return Ok(is_last);
        }
        _ if flight.hello.is_none() => return Err("a message before the server's hello"),
        11 => certificates(&mut cursor, flight)?,
        12 => flight.group = group(flight, body),
        13 => {
            let version = flight.hello.as_ref().map_or(Version::Tls12, |hello| hello.version);
            flight.request = Some(certificate_request(&mut cursor, version)?);
        }
        14 if body.is_empty() => return Ok(true),
        14 => return Err("a hello done with content"),
        // CertificateStatus (RFC 6066 section 8).
        22 => flight.ocsp_stapled = true,
        _ => return Err("a message that has no place in an answer"),
    }
    Ok(false)
}

fn server_hello(cursor: &mut Cursor<'_>) -> Result<ServerHello, &'static str> {
    const LIES: &str = "the server's hello is cut short";
    let legacy_version = cursor.number16().ok_or(LIES)?;
    let random = cursor.bytes(32).ok_or(LIES)?;
    let session = cursor.vector8().ok_or(LIES)?;
    if session.len() > 32 {
        return Err("the session id is longer than 32 bytes");
    }
    let suite = cursor.number16().ok_or(LIES)?;
    cursor.bytes(1).ok_or(LIES)?;
    let mut code = legacy_version;
    // Extensions may be absent altogether (RFC 5246 7.4.1.3).
    if !cursor.0.is_empty() {
        let mut extensions = Cursor(cursor.vector16().ok_or("the hello's extensions are cut short")?);
        while !extensions.0.is_empty() {
            let number = extensions.number16().ok_or("an extension is cut short")?;
            let content = extensions.vector16().ok_or("an extension is cut short")?;
            if let (43, [high, low]) = (number, content) {
                code = u16::from_be_bytes([*high, *low]);
            }
        }
        if !cursor.0.is_empty() {
            return Err("the server's hello has bytes after its end");
        }
    }
    let version = Version::from_code(code).ok_or("the server chose a version that does not exist")?;
    Ok(ServerHello { version, suite, retry: random == RETRY_RANDOM })
}

fn certificates(cursor: &mut Cursor<'_>, flight: &mut Flight) -> Result<(), &'static str> {
    const LIES: &str = "the list of certificates is cut short";
    let mut list = Cursor(cursor.vector24().ok_or(LIES)?);
    if !cursor.0.is_empty() {
        return Err("the list of certificates has bytes after its end");
    }
    while !list.0.is_empty() {
        let certificate = list.vector24().ok_or(LIES)?;
        flight.sent += 1;
        if flight.chain.len() < CHAIN_LIMIT {
            flight.chain.push(certificate.to_vec());
        }
    }
    Ok(())
}

/// The named group of a key exchange (RFC 8422 5.4); none for finite-field exchanges, which begin with a prime.
fn group(flight: &Flight, body: &[u8]) -> Option<String> {
    let suite = super::suite_name(flight.hello.as_ref()?.suite);
    match body {
        [3, high, low, ..] if suite.starts_with("TLS_ECDHE_") => Some(group_name(u16::from_be_bytes([*high, *low]))),
        _ => None,
    }
}

/// Names of the registry of RFC 8422 5.1.1 and RFC 7919.
fn group_name(number: u16) -> String {
    match number {
        19 => "secp192r1",
        21 => "secp224r1",
        22 => "secp256k1",
        23 => "secp256r1",
        24 => "secp384r1",
        25 => "secp521r1",
        29 => "x25519",
        30 => "x448",
        _ => return format!("group {number}"),
    }
    .to_owned()
}

/// TLS 1.2 added the signature algorithms between types and issuers (RFC 5246 7.4.4).
fn certificate_request(cursor: &mut Cursor<'_>, version: Version) -> Result<CertificateRequest, &'static str> {
    const LIES: &str = "the request for a client certificate is cut short";
    let types = cursor.vector8().ok_or(LIES)?.to_vec();
    if version >= Version::Tls12 {
        cursor.vector16().ok_or(LIES)?;
    }
    let mut list = Cursor(cursor.vector16().ok_or(LIES)?);
    let mut issuers = Vec::new();
    while !list.0.is_empty() {
        let issuer = list.vector16().ok_or(LIES)?;
        if issuers.len() < ISSUER_LIMIT {
            issuers.push(issuer.to_vec());
        }
    }
    if !cursor.0.is_empty() {
        return Err("the request for a client certificate has bytes after its end");
    }
    Ok(CertificateRequest { types, issuers })
}

/// Takes bytes off the front, never more than there are.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self, width: usize) -> Option<usize> {
        Some(self.bytes(width)?.iter().fold(0, |number, byte| (number << 8) | usize::from(*byte)))
    }

    fn number16(&mut self) -> Option<u16> {
        self.number(2).and_then(|number| u16::try_from(number).ok())
    }

    fn vector8(&mut self) -> Option<&'a [u8]> {
        let length = self.number(1)?;
        self.bytes(length)
    }

    fn vector16(&mut self) -> Option<&'a [u8]> {
        let length = self.number(2)?;
        self.bytes(length)
    }

    fn vector24(&mut self) -> Option<&'a [u8]> {
        let length = self.number(3)?;
        self.bytes(length)
    }
}
