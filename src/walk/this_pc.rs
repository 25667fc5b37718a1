//! What the PC changes about the walk: steps that are switched off, the local file, the remembered URL, patience.

use super::{
    SwitchedOff,
    judgement::{Judgement, SILENT_HOST_SECONDS, Then, judge_handshake},
};
use crate::{
    event::{ClientFamily, DnsAnswer, HandshakePurpose, Origin, Purpose, Reply, Standing, TlsHandshake, View},
    model::{CandidateState, Model},
    pc,
};
use std::net::IpAddr;

/// The value that switches a step off for this client on this PC.
pub(super) fn switched_off(model: &Model, client: ClientFamily, switch: &str) -> Option<SwitchedOff> {
    let setting = model.settings(client)?.switch(switch)?;
    let (key, value) = (setting.value.key.clone(), setting.value.name.clone());
    Some(SwitchedOff { key, value, by_policy: setting.by_policy })
}

/// What a candidate that lives on the PC means to this client, where its outcome alone does not say so.
pub(super) fn judge(model: &Model, client: ClientFamily, state: &CandidateState) -> Option<Judgement> {
    let of_pc = match state.candidate.origin {
        Origin::LocalXml => {
            let settings = model.settings(client)?;
            settings.local_xml(model.domain()).map(|setting| setting.value.data.clone())
        }
        Origin::LastKnownGood => {
            let mailbox = model.address.as_ref()?.ascii();
            model.settings(client)?.last_known_good(&mailbox).map(|url| url.url.clone())
        }
        _ => return elsewhere(model, state),
    };
    let probed = state.candidate.standing == Standing::Probed;
    match of_pc {
        // Each version has values of its own; this one has none.
        None => Some(Judgement::plain(Then::NotTried)),
        Some(place) if probed && state.candidate.url.as_deref() == Some(place.as_str()) => None,
        // It is there, and nobody looked into it.
        Some(_) => Some(Judgement::plain(Then::Open)),
    }
}

/// What the command of the question about the hosts file prints where no entry is there.
pub const NO_HOSTS_ENTRY: &str = "hosts-entry:False";

/// Addresses that the PC's own list of names gives for a candidate's host in the place of those that DNS gives: entries
/// of the hosts file where it was read, else what this machine's interface says. Windows asks that list before DNS.
pub fn own_addresses(model: &Model, state: &CandidateState) -> Vec<IpAddr> {
    if state.candidate.standing != Standing::Probed || state.host().is_empty() {
        return Vec::new();
    }
    let of = |view| addresses(state, view);
    let by_dns = of(View::System);
    if let Some(pc) = model.pc.as_ref().filter(|pc| pc.hosts.is_some()) {
        let entries = pc::hosts_entries(pc, state.host()).into_iter().map(|entry| entry.address);
        return entries.filter(|address| !by_dns.contains(address)).collect();
    }
    let ruled_out = match model.replies.get("hosts-file-override") {
        Some(Reply::No) => true,
        Some(Reply::Output { text }) => text.contains(NO_HOSTS_ENTRY),
        _ => false,
    };
    let here = of(View::OperatingSystem);
    // What leads to the same servers, or to one that passes, makes no difference; what nobody looked at may.
    let differs = !by_dns.is_empty() && here.iter().all(|address| !by_dns.contains(address));
    if differs && !ruled_out && looked_at(state, &here).len() == here.len() { here } else { Vec::new() }
}

fn addresses(state: &CandidateState, view: View) -> Vec<IpAddr> {
    let answers = state.dns().filter(|answer| answer.view == view && answer.purpose == Purpose::Lookup);
    let mut addresses: Vec<IpAddr> = answers.flat_map(DnsAnswer::addresses).collect();
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}

/// Handshakes at addresses that DNS does not name.
fn looked_at<'a>(state: &'a CandidateState, addresses: &[IpAddr]) -> Vec<&'a TlsHandshake> {
    let other = |handshake: &&TlsHandshake| handshake.purpose == HandshakePurpose::OtherView;
    state.handshakes().filter(other).filter(|handshake| addresses.contains(&handshake.address.ip())).collect()
}

/// What a candidate comes to at the addresses that the PC's own list gives: what was seen there, else nobody knows.
fn elsewhere(model: &Model, state: &CandidateState) -> Option<Judgement> {
    let addresses = own_addresses(model, state);
    if addresses.is_empty() {
        return None;
    }
    let seen = looked_at(state, &addresses);
    match seen.first() {
        None => Some(Judgement::plain(Then::Open)),
        Some(_) if seen.iter().any(|handshake| judge_handshake(handshake).is_none()) => None,
        Some(first) => judge_handshake(first),
    }
}

/// Seconds that this client waits for a silent host on this PC.
pub(super) fn patience(model: &Model, client: ClientFamily) -> u32 {
    model.settings(client).and_then(|settings| settings.timeout_seconds()).unwrap_or(SILENT_HOST_SECONDS)
}
