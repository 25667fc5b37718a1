//! What assumptions do to the PC: values of its registry, and its own list of names.

use crate::{
    assumption::Assumption,
    event::{DnsAnswer, Evidence, HandshakePurpose, View},
    model::Model,
};
use std::net::IpAddr;

/// A value of Outlook's search is set nowhere on the PC any more.
pub(super) fn unset(model: &mut Model, name: &str) {
    let Some(pc) = &mut model.pc else { return };
    pc.values.retain(|value| {
        let of_search = value.key.to_ascii_lowercase().ends_with(r"\outlook\autodiscover");
        !(of_search && value.name.eq_ignore_ascii_case(name))
    });
    if name == Assumption::REMEMBERED {
        pc.remembered.clear();
    }
}

/// The PC's own list of names holds nothing about a host, and this machine's interface says what DNS says.
pub(super) fn not_in_hosts_file(model: &mut Model, host: &str) {
    for entry in model.pc.iter_mut().flat_map(|pc| pc.hosts.iter_mut().flatten()) {
        entry.names.retain(|name| !name.eq_ignore_ascii_case(host));
    }
    for state in model.candidates.iter_mut().filter(|state| state.host() == host) {
        let here: Vec<IpAddr> =
            state.dns().filter(|answer| answer.view == View::OperatingSystem).flat_map(DnsAnswer::addresses).collect();
        for known in state.stages.values_mut() {
            known.evidence.retain(|evidence| match evidence {
                Evidence::Dns(answer) => answer.view != View::OperatingSystem,
                Evidence::Tls(handshake) => {
                    handshake.purpose != HandshakePurpose::OtherView || !here.contains(&handshake.address.ip())
                }
                _ => true,
            });
        }
    }
}
