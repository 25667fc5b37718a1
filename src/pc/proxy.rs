//! Proxies: the one of the user, which browsers follow, and the one of the machine, which WinHTTP follows.

use super::{collect::bytes, looked_at, policy::value};
use crate::{
    event::{RegistryValue, ThisPc},
    text::sanitise_line,
};

pub(super) const USER_KEY: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings";
pub(super) const USER_POLICY_KEY: &str = r"HKCU\Software\Policies\Microsoft\Windows\CurrentVersion\Internet Settings";
pub(super) const MACHINE_POLICY_KEY: &str =
    r"HKLM\SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\Internet Settings";
pub(super) const CONNECTIONS_KEY: &str =
    r"HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings\Connections";
pub(super) const USER_NAMES: [&str; 4] = ["ProxyEnable", "ProxyServer", "ProxyOverride", "AutoConfigURL"];

/// Where `netsh winhttp` keeps its setting: for which programs, and the key.
pub(super) const MACHINE_KEYS: [(&str, &str); 2] = [
    ("64-bit programs", r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections"),
    ("32-bit programs", r"HKLM\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Internet Settings\Connections"),
];

/// Bits of the third number of a connection's settings.
const PROXY: u32 = 2;
const DETECTION: u32 = 8;

/// The user's proxy.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct UserProxy {
    /// The proxy, where one is in use.
    pub server: Option<String>,
    /// Hosts that are reached without it, as the registry writes them.
    pub bypass: String,
    /// Address of the script that tells the proxy (`AutoConfigURL`).
    pub script: Option<String>,
    /// The network is asked for a script (WPAD); absent where the key that says so was not looked at.
    pub detection: Option<bool>,
}

/// The machine's proxy, as `netsh winhttp show proxy` tells it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MachineProxy {
    /// For which programs: `64-bit programs` or `32-bit programs`.
    pub programs: &'static str,
    /// The proxy; none where programs connect directly.
    pub server: Option<String>,
    /// Hosts that are reached without it.
    pub bypass: String,
}

/// The user's proxy; nothing where it was not looked at.
pub fn user_proxy(pc: &ThisPc) -> Option<UserProxy> {
    if !looked_at(pc, USER_KEY) {
        return None;
    }
    // A policy's values stand in the place of the user's own.
    let get = |name| value(pc, USER_POLICY_KEY, name).or_else(|| value(pc, USER_KEY, name));
    let text = |name| get(name).map(|value| value.data.clone()).filter(|data| !data.is_empty());
    let enabled = get("ProxyEnable").and_then(RegistryValue::number) == Some(1);
    let stored = value(pc, CONNECTIONS_KEY, "DefaultConnectionSettings").and_then(connection);
    Some(UserProxy {
        server: text("ProxyServer").filter(|_| enabled),
        bypass: text("ProxyOverride").unwrap_or_default(),
        script: text("AutoConfigURL"),
        detection: looked_at(pc, CONNECTIONS_KEY).then(|| stored.is_some_and(|stored| stored.flags & DETECTION != 0)),
    })
}

/// The machine's proxies, for each kind of program as far as it was looked at.
pub fn machine_proxies(pc: &ThisPc) -> Vec<MachineProxy> {
    let known = MACHINE_KEYS.iter().filter(|(_, key)| looked_at(pc, key));
    let read = |(programs, key): &(&'static str, &str)| {
        let stored = value(pc, key, "WinHttpSettings").and_then(connection).unwrap_or_default();
        let used = stored.flags & PROXY != 0 && !stored.server.is_empty();
        MachineProxy { programs, server: used.then_some(stored.server), bypass: stored.bypass }
    };
    known.map(read).collect()
}

/// What a connection's settings hold.
#[derive(Default)]
struct Connection {
    flags: u32,
    server: String,
    bypass: String,
}

/// Names of values that hold a connection's settings as bytes.
const CONNECTIONS: [&str; 2] = ["WinHttpSettings", "DefaultConnectionSettings"];

/// A connection's settings in words that can be read and made private: `3 | proxy:8080 | <local>`, the bits in front.
/// Nothing where the value is no such thing.
///
/// The bytes are a header of two numbers, the bits, then texts with their lengths. The layout is not documented; both
/// values have kept it since Windows XP.
pub(super) fn spelled(name: &str, digits: &str) -> Option<String> {
    if !CONNECTIONS.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        return None;
    }
    let bytes = bytes(digits);
    let number = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?));
    let text = |at: usize| -> Option<(String, usize)> {
        let length = usize::try_from(number(at)?).ok()?;
        let end = at.checked_add(4)?.checked_add(length)?;
        Some((String::from_utf8_lossy(bytes.get(at + 4..end)?).into_owned(), end))
    };
    let flags = number(8)?;
    let (server, next) = text(12).unwrap_or_default();
    let (bypass, _) = text(next).unwrap_or_default();
    let server = server.rsplit_once('@').map_or(server.as_str(), |(_, host)| host);
    Some(format!("{flags} | {} | {}", sanitise_line(server), sanitise_line(&bypass)))
}

fn connection(value: &RegistryValue) -> Option<Connection> {
    let mut parts = value.data.splitn(3, " | ");
    let flags = parts.next()?.trim().parse().ok()?;
    let mut text = || parts.next().unwrap_or_default().trim().to_owned();
    Some(Connection { flags, server: text(), bypass: text() })
}
