//! Signing in at the lab's servers: Basic, and NTLM as far as the challenge.

use super::Reply;
use crate::lab::{
    scenario::{Answer, Guarded},
    web_server::request::Request,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;

/// Names of the domain that the lab's servers belong to.
const DOMAIN: &str = "CONTOSO";
const DNS_DOMAIN: &str = "corp.contoso.test";

/// Flags of a challenge (\[MS-NLMP\] 2.2.2.5): Unicode, request target, NTLM, always sign, target type domain, extended
/// session security, target information, version, 128 and 56 bits.
const FLAGS: u32 = 0xA289_8205;

/// Seconds from 1601 to 1970.
const SECONDS_TO_1970: i64 = 11_644_473_600;

/// What somebody gets who signs in with Basic; nothing for everybody else.
pub(super) fn opened<'a>(guarded: &'a Guarded, request: &Request) -> Option<&'a Answer> {
    let (scheme, message) = request.authorization.as_deref()?.split_once(' ')?;
    let pair = STANDARD.decode(message.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let pair = pair.filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let known = |user: &String| pair == format!("{user}:{}", guarded.password);
    if !guarded.users.iter().any(known) {
        return None;
    }
    let fetched = guarded.get.as_ref().filter(|_| request.method == "GET");
    Some(fetched.unwrap_or(&guarded.answer))
}

/// A 401 in answer to NTLM's first message: with the challenge in place of the names of the schemes.
pub(super) fn challenged<'a>(mut reply: Reply<'a>, request: &Request, server: &str) -> Reply<'a> {
    let Some((scheme, message)) = request.authorization.as_deref().and_then(|value| value.split_once(' ')) else {
        return reply;
    };
    let message = STANDARD.decode(message.trim()).unwrap_or_default();
    let first = message.starts_with(b"NTLMSSP\0\x01\0\0\0");
    let offered = format!("WWW-Authenticate: {scheme}");
    if first && reply.headers.iter().any(|header| header.eq_ignore_ascii_case(&offered)) {
        reply.headers.retain(|header| !header.starts_with("WWW-Authenticate:"));
        reply.headers.push(format!("{offered} {}", STANDARD.encode(challenge(server))));
    }
    reply
}

/// The second message (\[MS-NLMP\] 2.2.1.2).
fn challenge(server: &str) -> Vec<u8> {
    let mut info = Vec::new();
    let dns_server = format!("{}.{DNS_DOMAIN}", server.to_ascii_lowercase());
    for (id, name) in [(2_u16, DOMAIN), (1, server), (4, DNS_DOMAIN), (3, dns_server.as_str()), (5, DNS_DOMAIN)] {
        pair(&mut info, id, &utf16(name));
    }
    let now = Timestamp::now();
    let ticks = (now.as_second() + SECONDS_TO_1970) * 10_000_000 + i64::from(now.subsec_nanosecond()) / 100;
    pair(&mut info, 7, &ticks.to_le_bytes());
    pair(&mut info, 0, &[]);
    let target = utf16(DOMAIN);
    let mut message = b"NTLMSSP\0\x02\0\0\0".to_vec();
    let info_at = 56 + target.len();
    field(&mut message, target.len(), 56);
    message.extend(FLAGS.to_le_bytes());
    // Nobody's proof is checked, so the nonce need not be one.
    message.extend([0x4c, 0x41, 0x42, 0, 0, 0, 0, 1]);
    message.extend([0; 8]);
    field(&mut message, info.len(), info_at);
    // Windows Server 2022, NTLM revision 15.
    message.extend([10, 0, 0x7c, 0x4f, 0, 0, 0, 15]);
    message.extend(target);
    message.extend(info);
    message
}

fn field(message: &mut Vec<u8>, length: usize, at: usize) {
    // Names of a scenario: far below both limits.
    let length = u16::try_from(length).unwrap_or(u16::MAX).to_le_bytes();
    message.extend(length);
    message.extend(length);
    message.extend(u32::try_from(at).unwrap_or(u32::MAX).to_le_bytes());
}

fn pair(info: &mut Vec<u8>, id: u16, value: &[u8]) {
    info.extend(id.to_le_bytes());
    info.extend(u16::try_from(value.len()).unwrap_or(u16::MAX).to_le_bytes());
    info.extend(value);
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}
