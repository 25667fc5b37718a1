//! Builds a ClientHello (RFC 5246 7.4.1.2, RFC 8446 4.1.2): small and plain, since old stacks choke on long ones.

use super::Version;

/// Suites that exist from TLS 1.2 on: GCM and ChaCha20-Poly1305, CBC with SHA-2.
const SUITES_OF_1_2: [u16; 22] = [
    0xc02b, 0xc02c, 0xc02f, 0xc030, 0xcca8, 0xcca9, 0xc023, 0xc024, 0xc027, 0xc028, 0x009e, 0x009f, 0x0067, 0x006b,
    0x00a2, 0x00a3, 0x0040, 0x006a, 0x009c, 0x009d, 0x003c, 0x003d,
];
/// Suites of every version before 1.3: CBC with SHA-1, then 3DES and RC4; with ephemeral and with static keys.
const SUITES_OF_ALL: [u16; 19] = [
    0xc009, 0xc00a, 0xc013, 0xc014, 0x0033, 0x0039, 0x0032, 0x0038, 0x002f, 0x0035, 0xc008, 0xc012, 0x0016, 0x0013,
    0x000a, 0xc007, 0xc011, 0x0005, 0x0004,
];
/// Suites of TLS 1.3 (RFC 8446 B.4).
const SUITES_OF_1_3: [u16; 3] = [0x1301, 0x1302, 0x1303];
/// Says that secure renegotiation is understood (RFC 5746 3.3), without an extension.
const RENEGOTIATION_SIGNAL: u16 = 0x00ff;

/// Named groups: X25519, P-256, P-384, P-521 (RFC 8422 5.1.1).
const GROUPS: [u16; 4] = [29, 23, 24, 25];
/// Signature schemes, RSA and ECDSA with SHA-2 and SHA-1, DSA with SHA-1 (RFC 8446 4.2.3, RFC 5246 7.4.1.4.1).
const SIGNATURES: [u16; 12] =
    [0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201, 0x0202];

/// A hello in its record, for one version. The name is sent when it is given (RFC 6066 section 3); it must be a host
/// name, not an address.
pub fn client_hello(version: Version, server_name: Option<&str>, random: [u8; 32]) -> Vec<u8> {
    // TLS 1.3 says its version in an extension and 1.2 here (RFC 8446 4.1.2).
    let legacy_version = version.min(Version::Tls12).code();
    let mut body = legacy_version.to_be_bytes().to_vec();
    body.extend(random);
    // No session to resume.
    body.push(0);
    let suites: Vec<u16> = suites(version);
    body.extend(vector16(&numbers(&suites)));
    // The null compression alone.
    body.extend([1, 0]);
    body.extend(vector16(&extensions(version, server_name)));
    let mut message = vec![1, 0];
    message.extend(vector16(&body));
    // The record says TLS 1.0, which no server refuses to read (RFC 5246 E.1, RFC 8446 5.1).
    let mut record = vec![22, 3, 1];
    record.extend(vector16(&message));
    record
}

fn suites(version: Version) -> Vec<u16> {
    match version {
        Version::Tls13 => SUITES_OF_1_3.to_vec(),
        Version::Tls12 => [&SUITES_OF_1_2[..], &SUITES_OF_ALL, &[RENEGOTIATION_SIGNAL]].concat(),
        Version::Tls10 | Version::Tls11 => [&SUITES_OF_ALL[..], &[RENEGOTIATION_SIGNAL]].concat(),
    }
}

fn extensions(version: Version, server_name: Option<&str>) -> Vec<u8> {
    let mut extensions = Vec::new();
    // A name longer than DNS allows would be nobody's.
    if let Some(name) = server_name.filter(|name| name.len() <= 253) {
        let mut entry = vec![0];
        entry.extend(vector16(name.trim_end_matches('.').as_bytes()));
        extensions.extend(extension(0, &vector16(&entry)));
    }
    extensions.extend(extension(10, &vector16(&numbers(&GROUPS))));
    if version < Version::Tls13 {
        // Uncompressed points (RFC 8422 5.1.2).
        extensions.extend(extension(11, &[1, 0]));
    }
    if version >= Version::Tls12 {
        extensions.extend(extension(13, &vector16(&numbers(&SIGNATURES))));
    }
    if version == Version::Tls13 {
        // supported_versions with 1.3 alone, and an empty key_share: the server asks for one (RFC 8446 4.2.8), which
        // shows its version without a key.
        extensions.extend(extension(43, &[2, 3, 4]));
        extensions.extend(extension(51, &[0, 0]));
    }
    extensions
}

fn extension(number: u16, content: &[u8]) -> Vec<u8> {
    let mut extension = number.to_be_bytes().to_vec();
    extension.extend(vector16(content));
    extension
}

fn numbers(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// A vector with its length in two bytes. Everything built here is far shorter than 64 KiB.
fn vector16(content: &[u8]) -> Vec<u8> {
    let mut vector = u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes().to_vec();
    vector.extend(content);
    vector
}
