//! Secrets in headers.

use super::token;
use crate::event::opens_session;

/// Headers whose whole value tells one request or one person from all others.
const WHOLE: [&str; 22] = [
    "authentication-info",
    "cf-ray",
    "client-request-id",
    "ms-cv",
    "ms-cv-esi",
    "proxy-authentication-info",
    "request-id",
    "sprequestguid",
    "traceparent",
    "x-amz-cf-id",
    "x-amz-request-id",
    "x-amzn-requestid",
    "x-amzn-trace-id",
    "x-correlation-id",
    "x-csrf-token",
    "x-ms-correlation-request-id",
    "x-ms-request-id",
    "x-msedge-ref",
    "x-request-id",
    "x-requestid",
    "x-trace-id",
    "x-iinfo",
];

/// Headers of challenges and credentials.
const CHALLENGES: [&str; 4] = ["www-authenticate", "proxy-authenticate", "authorization", "proxy-authorization"];

/// Parameters of challenges and credentials that no two answers share (RFC 7616 3.3, 3.4).
const SECRET_PARAMETERS: [&str; 8] =
    ["nonce", "cnonce", "nextnonce", "opaque", "response", "rspauth", "signature", "username"];

/// Shortest credential that is taken for one where none need be: shorter words are schemes and parameters.
const CREDENTIAL_LEAST: usize = 12;

/// Whether a header holds a version, which may look like an address.
pub(super) fn holds_version(name: &str) -> bool {
    name.contains("version") || matches!(name, "server" | "x-powered-by" | "microsoftsharepointteamservices")
}

/// A header's value without tokens; `name` is in lower case.
pub(super) fn without_secrets(name: &str, value: &str, token: &mut dyn FnMut(&str) -> String) -> String {
    match name {
        _ if value.trim().is_empty() => value.to_owned(),
        "set-cookie" | "set-cookie2" => {
            let (pair, attributes) = value.split_once(';').map_or((value, None), |(pair, rest)| (pair, Some(rest)));
            let attributes = attributes.map_or_else(String::new, |rest| format!(";{rest}"));
            cookie(pair, token) + &attributes
        }
        "cookie" | "cookie2" => value.split(';').map(|pair| cookie(pair, token)).collect::<Vec<_>>().join(";"),
        _ if WHOLE.contains(&name) || opens_session(name) => token(value),
        _ if CHALLENGES.contains(&name) => challenge(value, name.ends_with("authorization"), token),
        _ => value.to_owned(),
    }
}

/// `name=value` with the value replaced.
fn cookie(pair: &str, token: &mut dyn FnMut(&str) -> String) -> String {
    match pair.split_once('=') {
        Some((name, value)) if !value.trim().is_empty() => format!("{name}={}", token(value.trim())),
        Some(_) => pair.to_owned(),
        None => token(pair),
    }
}

/// Challenges with their credentials (token68, RFC 9110 11.2) and secret parameters replaced. In credentials everything
/// but the scheme is secret.
fn challenge(value: &str, is_credential: bool, token: &mut dyn FnMut(&str) -> String) -> String {
    if is_credential {
        return match value.trim().split_once(' ') {
            Some((scheme, secret)) => format!("{scheme} {}", token(secret.trim())),
            None => token(value.trim()),
        };
    }
    let replaced = token::parameters(value, &[' ', ',', '\t'], &SECRET_PARAMETERS, token);
    let words: Vec<String> = replaced
        .split(' ')
        .map(|word| {
            let bare = word.trim_end_matches(',').trim_end_matches('=');
            let is_token68 = bare.chars().count() >= CREDENTIAL_LEAST && !bare.contains(['"', '=', ':', ',']);
            if is_token68 {
                token(word.trim_end_matches(',')) + word.strip_prefix(bare).map_or("", end)
            } else {
                word.to_owned()
            }
        })
        .collect();
    words.join(" ")
}

fn end(rest: &str) -> &str {
    if rest.ends_with(',') { "," } else { "" }
}
