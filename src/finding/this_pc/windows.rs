//! What Windows itself is told: proxies, and which TLS it offers.

use super::{Case, Certainty, Fact, Told};
use crate::{
    event::ThisPc,
    pc::{self, policy},
};

/// Whether the proxy script is a file, which WinHTTP, and so Outlook, does not read (KB 2332495).
pub(super) fn script_in_file(_: &Case, pc: &ThisPc) -> Option<Told> {
    let proxy = pc::user_proxy(pc)?;
    let Some(script) = proxy.script else { return Some(Told::No(vec![Fact::new(say!("proxy script"), say!("none"))])) };
    let facts = vec![Fact::new("AutoConfigURL", script.clone())];
    let in_file = script.to_ascii_lowercase().starts_with("file:");
    Some(if in_file { Told::Yes(Certainty::Proven, facts) } else { Told::No(facts) })
}

/// A proxy of the machine that the user's browser does not use; where both name one, nobody knows which is wrong.
pub(super) fn machine_proxy(_: &Case, pc: &ThisPc) -> Option<Told> {
    let machine = pc::machine_proxies(pc);
    let set: Vec<Fact> = machine
        .iter()
        .filter_map(|proxy| Some(Fact::new(format!("WinHTTP, {}", proxy.programs), proxy.server.clone()?)))
        .collect();
    if set.is_empty() {
        return (machine.len() == 2).then(|| Told::No(vec![Fact::new("WinHTTP", say!("direct access"))]));
    }
    let user = pc::user_proxy(pc)?;
    let direct = user.server.is_none() && user.script.is_none() && user.detection == Some(false);
    direct.then(|| {
        Told::Yes(Certainty::Likely, [set, vec![Fact::new(say!("the user's browser"), say!("direct access"))]].concat())
    })
}

/// Windows before 8.1 and Server 2012 R2 offers TLS 1.2 where it was told to (KB3140245).
pub(super) fn no_tls12(_: &Case, pc: &ThisPc) -> Option<Told> {
    let (major, minor) = policy::windows(pc)?;
    let name = policy::windows_name(pc).unwrap_or_else(|| say!("version {major}.{minor}", major, minor));
    let facts = vec![Fact::new("Windows", name)];
    if (major, minor) >= (6, 3) {
        return Some(Told::No(facts));
    }
    let offered = policy::offers_tls12(pc);
    let lacking = offered.contains(&false);
    let facts =
        [facts, vec![Fact::new("DefaultSecureProtocols", if lacking { say!("without TLS 1.2") } else { "TLS 1.2" })]]
            .concat();
    match offered.is_empty() {
        true => None,
        false if lacking => Some(Told::Yes(Certainty::Likely, facts)),
        false => Some(Told::No(facts)),
    }
}
