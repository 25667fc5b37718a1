//! NTLM version 2 as a client speaks it (\[MS-NLMP\]): the three messages, with message integrity code and channel binding.

use crate::text::{self, sanitise_line};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use md4::{Digest as _, Md4};
use md5::Md5;
use zeroize::Zeroizing;

/// What every message begins with.
const SIGNATURE: &[u8; 8] = b"NTLMSSP\0";

/// Flags of 2.2.2.5: Unicode, OEM, request target, NTLM, always sign, extended session security, 128 and 56 bits.
const FLAGS: u32 = 0x0000_0001 | 0x0000_0002 | 0x0000_0004 | 0x0000_0200 | 0x0000_8000 | 0x0008_0000 | 0xA000_0000;
/// The message holds a version (NTLMSSP_NEGOTIATE_VERSION).
const HAS_VERSION: u32 = 0x0200_0000;

/// Identifiers of pairs in the target's information (2.2.2.1).
mod pair {
    pub const END: u16 = 0;
    pub const NETBIOS_COMPUTER: u16 = 1;
    pub const NETBIOS_DOMAIN: u16 = 2;
    pub const DNS_COMPUTER: u16 = 3;
    pub const DNS_DOMAIN: u16 = 4;
    pub const DNS_FOREST: u16 = 5;
    pub const FLAGS: u16 = 6;
    pub const TIMESTAMP: u16 = 7;
    pub const TARGET_NAME: u16 = 9;
    pub const CHANNEL_BINDINGS: u16 = 10;
}

/// "The client provides message integrity" (MsvAvFlags).
const WITH_INTEGRITY: u32 = 2;
/// Bytes of the third message before its payload: header, version, integrity code.
const HEAD: usize = 88;
/// Where its integrity code stands.
const INTEGRITY_AT: usize = 72;
/// Pairs of the target's information that are read; there are eleven kinds.
const PAIR_LIMIT: usize = 64;
/// Seconds from 1601, where Windows begins to count, to 1970.
const SECONDS_TO_1970: i64 = 11_644_473_600;

/// The first message (2.2.1.1). It holds nothing about anybody.
pub fn negotiate() -> Vec<u8> {
    let mut message = SIGNATURE.to_vec();
    message.extend(1_u32.to_le_bytes());
    message.extend(FLAGS.to_le_bytes());
    // No domain, no workstation.
    message.extend([0; 16]);
    message
}

/// The second message (2.2.1.2), as far as a client needs it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Challenge {
    message: Vec<u8>,
    flags: u32,
    nonce: [u8; 8],
    pairs: Vec<(u16, Vec<u8>)>,
    version: Option<String>,
}

impl Challenge {
    /// Reads it; nothing for what is no such message, or has parts outside itself.
    pub fn read(message: &[u8]) -> Option<Self> {
        if message.get(..8)? != SIGNATURE || u32_at(message, 8)? != 2 {
            return None;
        }
        let flags = u32_at(message, 20)?;
        let nonce = message.get(24..32)?.try_into().ok()?;
        let target_info = match message.get(40..48) {
            Some(_) => field(message, 40)?,
            None => &[],
        };
        let version = message.get(48..56).filter(|_| flags & HAS_VERSION != 0);
        // The range is eight bytes long.
        let version = version.map(|raw| format!("{}.{}.{}", raw[0], raw[1], u16::from_le_bytes([raw[2], raw[3]])));
        Some(Self { message: message.to_vec(), flags, nonce, pairs: pairs(target_info)?, version })
    }

    /// NetBIOS name of the server's domain.
    pub fn netbios_domain(&self) -> Option<String> {
        self.name(pair::NETBIOS_DOMAIN)
    }

    /// NetBIOS name of the server.
    pub fn netbios_computer(&self) -> Option<String> {
        self.name(pair::NETBIOS_COMPUTER)
    }

    /// DNS name of the server's domain.
    pub fn dns_domain(&self) -> Option<String> {
        self.name(pair::DNS_DOMAIN)
    }

    /// DNS name of the server.
    pub fn dns_computer(&self) -> Option<String> {
        self.name(pair::DNS_COMPUTER)
    }

    /// DNS name of the forest.
    pub fn dns_forest(&self) -> Option<String> {
        self.name(pair::DNS_FOREST)
    }

    /// Version of Windows, where it is told.
    pub fn version(&self) -> Option<String> {
        self.version.clone()
    }

    /// The server's clock.
    pub fn time(&self) -> Option<Timestamp> {
        let ticks = u64::from_le_bytes(self.pair(pair::TIMESTAMP)?.try_into().ok()?);
        let seconds = i64::try_from(ticks / 10_000_000).ok()?.checked_sub(SECONDS_TO_1970)?;
        Timestamp::new(seconds, i32::try_from(ticks % 10_000_000 * 100).ok()?).ok()
    }

    fn pair(&self, wanted: u16) -> Option<&[u8]> {
        self.pairs.iter().find(|(id, _)| *id == wanted).map(|(_, value)| value.as_slice())
    }

    fn name(&self, wanted: u16) -> Option<String> {
        let text = text::utf16(self.pair(wanted)?, u16::from_le_bytes);
        (!text.is_empty()).then(|| sanitise_line(&text))
    }
}

/// Who signs in, and where.
#[derive(Clone, Copy, Debug)]
pub struct Identity<'a> {
    /// The user's name, as `user`, `DOMAIN\user` or `user@domain`.
    pub user: &'a str,
    /// The host of the URL: `HTTP/host` is the service that the proof is for.
    pub host: &'a str,
    /// Hash of the channel bindings; see [`channel_binding`].
    pub channel_binding: Option<[u8; 16]>,
    /// This machine's time, for servers that tell none.
    pub now: Timestamp,
    /// Eight bytes that nobody can foresee.
    pub nonce: [u8; 8],
}

/// The third message (2.2.1.3): the proof that the password is known.
pub fn authenticate(challenge: &Challenge, who: &Identity<'_>, password: &str) -> Zeroizing<Vec<u8>> {
    let (domain, user) = who.user.split_once('\\').unwrap_or(("", who.user));
    let key = response_key(user, domain, password);
    let timed = challenge.pair(pair::TIMESTAMP).and_then(|ticks| ticks.try_into().ok());
    let time = timed.unwrap_or_else(|| ticks(who.now).to_le_bytes());
    let target_info = target_info(challenge, who, timed.is_some());
    let proof = nt_response(&key, &challenge.nonce, time, who.nonce, &target_info);
    // A server that tells its time wants no answer in the old form (3.1.5.1.2).
    let old = if timed.is_some() { vec![0; 24] } else { lm_response(&key, &challenge.nonce, who.nonce) };
    let session_key = mac(&*key, &[proof.get(..16).unwrap_or_default()]);
    let flags = FLAGS & (challenge.flags | 0x8000_0001) & !0x0000_0002;
    let mut message = assemble([&old, &proof, &utf16(domain), &utf16(user)], flags);
    if timed.is_some() {
        let code = mac(&*session_key, &[&negotiate(), &challenge.message, &message]);
        // The head was written with room for it.
        if let Some(place) = message.get_mut(INTEGRITY_AT..HEAD) {
            place.copy_from_slice(&*code);
        }
    }
    message
}

/// The hash that ties a proof to the server's certificate (RFC 5929 4 `tls-server-end-point`, \[MS-NLMP\] 2.2.2.1): MD5 of
/// a gss_channel_bindings structure without addresses. `digest` is the certificate's hash.
pub fn channel_binding(digest: &[u8]) -> [u8; 16] {
    let mut data = b"tls-server-end-point:".to_vec();
    data.extend(digest);
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX).to_le_bytes();
    Md5::new().chain_update([0; 16]).chain_update(length).chain_update(data).finalize().into()
}

/// Head and payload: LM response, NT response, domain, user; no workstation and no session key.
fn assemble(parts: [&[u8]; 4], flags: u32) -> Zeroizing<Vec<u8>> {
    let [old, proof, domain, user] = parts;
    let length = HEAD + parts.iter().map(|part| part.len()).sum::<usize>();
    let mut message = Zeroizing::new(Vec::with_capacity(length));
    message.extend(SIGNATURE);
    message.extend(3_u32.to_le_bytes());
    // Names first, proofs behind them, as Windows orders its payload.
    let at_user = HEAD + domain.len();
    let at_old = at_user + user.len();
    let at_proof = at_old + old.len();
    let fields = [(old, at_old), (proof, at_proof), (domain, HEAD), (user, at_user), (&[], at_old), (&[], length)];
    for (part, at) in fields {
        // Responses and names come from bounded messages and a user's name: far below both limits.
        let size = u16::try_from(part.len()).unwrap_or(u16::MAX).to_le_bytes();
        message.extend(size);
        message.extend(size);
        message.extend(u32::try_from(at).unwrap_or(u32::MAX).to_le_bytes());
    }
    message.extend(flags.to_le_bytes());
    message.extend([0; 8 + 16]);
    for part in [domain, user, old, proof] {
        message.extend(part);
    }
    message
}

/// The target's information as it goes back: with what the client adds (3.1.5.1.2).
fn target_info(challenge: &Challenge, who: &Identity<'_>, with_integrity: bool) -> Vec<u8> {
    let mut all: Vec<(u16, Vec<u8>)> = challenge.pairs.clone();
    let own = [pair::FLAGS, pair::TARGET_NAME, pair::CHANNEL_BINDINGS];
    let flags = challenge.pair(pair::FLAGS).and_then(|raw| raw.try_into().ok()).map_or(0, u32::from_le_bytes);
    all.retain(|(id, _)| !own.contains(id));
    if with_integrity {
        all.push((pair::FLAGS, (flags | WITH_INTEGRITY).to_le_bytes().to_vec()));
    }
    if let Some(hash) = who.channel_binding {
        all.push((pair::CHANNEL_BINDINGS, hash.to_vec()));
        all.push((pair::TARGET_NAME, utf16(&format!("HTTP/{}", who.host)).to_vec()));
    }
    let mut bytes = Vec::new();
    for (id, value) in all {
        bytes.extend(id.to_le_bytes());
        bytes.extend(u16::try_from(value.len()).unwrap_or(u16::MAX).to_le_bytes());
        bytes.extend(value);
    }
    bytes.extend([0; 4]);
    bytes
}

/// NTOWFv2 (3.3.2).
fn response_key(user: &str, domain: &str, password: &str) -> Zeroizing<[u8; 16]> {
    let hash = Zeroizing::new(<[u8; 16]>::from(Md4::digest(&*utf16(password))));
    mac(&*hash, &[&utf16(&upper(user)), &utf16(domain)])
}

/// NTProofStr and what it is about (3.3.2).
fn nt_response(key: &[u8; 16], nonce: &[u8; 8], time: [u8; 8], own: [u8; 8], target_info: &[u8]) -> Vec<u8> {
    let mut about = vec![1, 1, 0, 0, 0, 0, 0, 0];
    about.extend(time);
    about.extend(own);
    about.extend([0; 4]);
    about.extend(target_info);
    about.extend([0; 4]);
    let mut response = mac(key, &[nonce, &about]).to_vec();
    response.extend(about);
    response
}

/// LMv2 (3.3.2).
fn lm_response(key: &[u8; 16], nonce: &[u8; 8], own: [u8; 8]) -> Vec<u8> {
    let mut response = mac(key, &[nonce, &own]).to_vec();
    response.extend(own);
    response
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Zeroizing<[u8; 16]> {
    // A key of any length is taken.
    let Ok(mut mac) = Hmac::<Md5>::new_from_slice(key) else { return Zeroizing::new([0; 16]) };
    parts.iter().for_each(|part| mac.update(part));
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// Capitals one by one, as Windows makes them: what would become two letters stays.
fn upper(text: &str) -> String {
    let one = |letter: char| {
        let mut capitals = letter.to_uppercase();
        match (capitals.next(), capitals.next()) {
            (Some(capital), None) => capital,
            _ => letter,
        }
    };
    text.chars().map(one).collect()
}

fn utf16(text: &str) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(2 * text.len()));
    text.encode_utf16().for_each(|unit| bytes.extend(unit.to_le_bytes()));
    bytes
}

/// Ticks of 100 ns since 1601 (FILETIME).
fn ticks(time: Timestamp) -> u64 {
    let ticks =
        (time.as_second() + SECONDS_TO_1970).saturating_mul(10_000_000) + i64::from(time.subsec_nanosecond()) / 100;
    u64::try_from(ticks).unwrap_or(0)
}

fn pairs(mut rest: &[u8]) -> Option<Vec<(u16, Vec<u8>)>> {
    let mut found = Vec::new();
    while !rest.is_empty() && found.len() < PAIR_LIMIT {
        let id = u16::from_le_bytes(rest.get(..2)?.try_into().ok()?);
        let length = usize::from(u16::from_le_bytes(rest.get(2..4)?.try_into().ok()?));
        if id == pair::END {
            break;
        }
        found.push((id, rest.get(4..4 + length)?.to_vec()));
        rest = rest.get(4 + length..)?;
    }
    Some(found)
}

/// The part that the length and place at `at` name.
fn field(message: &[u8], at: usize) -> Option<&[u8]> {
    let length = usize::from(u16::from_le_bytes(message.get(at..at + 2)?.try_into().ok()?));
    let from = usize::try_from(u32_at(message, at + 4)?).ok()?;
    message.get(from..from.checked_add(length)?)
}

fn u32_at(message: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(message.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
#[path = "ntlm_tests.rs"]
mod tests;
