//! May the certificate serve TLS?

use crate::event::{Certificate, UsageCheck};

/// The extended key usage that a server needs (RFC 5280 4.2.1.12), in words as decoded.
pub(super) const SERVER_AUTHENTICATION: &str = "Server authentication";

/// Extended key usages that Windows takes for server authentication as well (server gated crypto, step-up).
const SERVER_USAGES: [&str; 2] = [SERVER_AUTHENTICATION, "Any"];

/// Key usages that serve TLS, in words as decoded.
const SERVER_KEY_USAGES: [&str; 3] = ["Digital signature", "Key encipherment", "Key agreement"];

/// Whether usage and structure let the certificate serve TLS, and what speaks against it.
///
/// - `no_server_auth`: extended key usages are listed, but not server authentication. Not `ok`; Windows says
///   0x80072F93.
/// - `no_server_key_usage`: key usages are listed, but none that a TLS server's key is used for: digital signature, key
///   encipherment, key agreement (RFC 5280 4.2.1.3). Not `ok`.
/// - `tiny_key`: RSA below 1024 bits. Not `ok`; Windows refuses it since KB2661254.
/// - `authority_as_server`: basic constraints say CA. Windows accepts that, other clients do not: `ok` stays true.
/// - `weak_key` (RSA below 2048 bits), `weak_signature` (SHA-1, MD5 or MD2, except on a self-issued certificate, whose
///   own signature proves nothing): `ok` stays true, because whether Windows refuses them depends on its version, its
///   policy and on who issued the certificate.
pub fn usage_check(certificate: &Certificate) -> UsageCheck {
    let usages = &certificate.extended_key_usage;
    let no_server_auth = !usages.is_empty() && !usages.iter().any(|usage| SERVER_USAGES.contains(&usage.as_str()));
    let no_server_key_usage = !certificate.key_usage.is_empty()
        && !certificate.key_usage.iter().any(|usage| SERVER_KEY_USAGES.contains(&usage.as_str()));
    let bits = certificate.key.bits;
    let sized = matches!(certificate.key.algorithm.as_str(), "RSA" | "RSA-PSS" | "DSA") && bits > 0;
    let tiny_key = sized && bits < 1024;
    let weak_signature = !certificate.self_issued && is_weak(&certificate.signature_algorithm);
    let problems = [
        (no_server_auth, "no_server_auth"),
        (no_server_key_usage, "no_server_key_usage"),
        (certificate.is_authority, "authority_as_server"),
        (tiny_key, "tiny_key"),
        (sized && bits < 2048, "weak_key"),
        (weak_signature, "weak_signature"),
    ];
    UsageCheck {
        ok: !no_server_auth && !no_server_key_usage && !tiny_key,
        problems: problems.into_iter().filter(|(found, _)| *found).map(|(_, code)| code.to_owned()).collect(),
    }
}

/// Whether a signature algorithm rests on a broken digest.
pub(super) fn is_weak(signature_algorithm: &str) -> bool {
    let name = signature_algorithm.to_ascii_lowercase();
    ["md2", "md5", "sha1"].iter().any(|digest| name.contains(digest))
}
