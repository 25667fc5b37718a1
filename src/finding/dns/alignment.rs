//! Two views of one zone that disagree: which of them leads to Exchange, where this run knows it, and the lines that bring
//! the other one in line.

use super::{other_side::looked_at, views::sorted};
use crate::{
    event::{DnsAnswer, DnsData, View},
    finding::{
        case::{self, Case},
        draft::Draft,
        values,
    },
    model::CandidateState,
};
use std::net::IpAddr;

/// Remedies that name the record to publish.
const LINES: [&str; 2] = ["align-zone", "align-powershell"];

/// What one side lacks.
struct Lines {
    /// Why these lines, in words.
    words: String,
    zone: Vec<String>,
    powershell: Vec<String>,
    /// What would be different in the system's view; nothing where the other one is meant.
    assume: Vec<String>,
}

/// The draft with the record that the lagging view lacks; where nobody knows which one lags, somebody has to decide first.
pub(super) fn align_host(case: &Case, draft: Draft, state: &CandidateState, view: View, who: [&str; 2]) -> Draft {
    let (here, there) = (sorted(state, View::System), sorted(state, view));
    let seen = looked_at(state, view);
    let holds = seen
        .as_ref()
        .map(|shown| shown.iter().all(|handshake| handshake.checks.as_ref().is_some_and(|checks| checks.all_hold())));
    let [asked, other] = who;
    if case::holds(state) && case.is_exchange(state) {
        let draft = draft.without(&["align", "export", "pinpoint-zone"]);
        return with_lines(draft, there_lags(case, state, &here, &there, other));
    }
    // What was not looked at may still be right, where here is nothing at all.
    if there.is_empty() || holds == Some(false) || holds.is_none() && !here.is_empty() {
        return undecided(draft);
    }
    let lines = here_lags(case, state, [&here, &there], [asked, other], holds.is_some());
    with_lines(draft.first("align-powershell").without(&["align"]), lines)
}

/// As [`align_host`], about a service record that is right here and not there at all.
pub(super) fn align_service(case: &Case, draft: Draft, here: &DnsAnswer, other: &str) -> Draft {
    let (mut zone_lines, mut powershell) = (Vec::new(), Vec::new());
    let name = &here.question.name;
    let (zone, label) = values::zone_and_label(case, name);
    for record in &here.records {
        let DnsData::Srv { priority, weight, port, target } = &record.data else { continue };
        let target = values::host_name(target.trim_end_matches('.'));
        zone_lines.push(format!("{name}. 3600 IN SRV {priority} {weight} {port} {target}."));
        powershell.push(format!(
            "Add-DnsServerResourceRecord -Srv -ZoneName \"{zone}\" -Name \"{label}\" -DomainName \"{target}\" \
             -Priority {priority} -Weight {weight} -Port {port} -TimeToLive 01:00:00"
        ));
    }
    let words =
        format!("Here the SRV record leads to Exchange, and {other} does not have it. Publish it there as well.");
    let lines = Lines { words, zone: zone_lines, powershell, assume: Vec::new() };
    with_lines(draft.without(&["align", "export", "pinpoint-zone"]), lines)
}

/// Nobody knows which of the views is right.
fn undecided(draft: Draft) -> Draft {
    let none = Lines { words: String::new(), zone: Vec::new(), powershell: Vec::new(), assume: Vec::new() };
    with_lines(draft.without(&LINES), none)
}

fn with_lines(draft: Draft, lines: Lines) -> Draft {
    let heading = if lines.zone.is_empty() { "" } else { "What is missing, as lines of the zone:" };
    draft
        .value("aligned_words", lines.words)
        .value("aligned_heading", heading)
        .value("aligned_zone", lines.zone.join("\n"))
        .value("aligned_powershell", lines.powershell.join("\n"))
        .value("assume_aligned", lines.assume.join("; "))
}

/// Here the host leads to Exchange. A private address is of no use to the public, so that its view gets an alias.
fn there_lags(case: &Case, state: &CandidateState, here: &[IpAddr], there: &[IpAddr], other: &str) -> Lines {
    let host = values::host_name(state.host());
    let mut lines = removal(case, state, there);
    let what = if there.is_empty() { "does not know the name" } else { "leads elsewhere" };
    let mut words =
        format!("Here {host} leads to Exchange, and {other} {what}. Put it right in the zone that {other} goes by.");
    if !here.iter().copied().any(case::is_private) {
        lines.add(case, state, here);
        return Lines { words, assume: Vec::new(), ..lines };
    }
    let alias = values::mail_host(case).filter(|name| *name != host && !case::is_internal(name));
    let (zone, label) = values::zone_and_label(case, state.host());
    match alias {
        Some(target) => {
            words.push_str(&format!(
                "\nThe address here works only inside, so that the line is an alias: {target} has to be in public DNS, with \
                 the public address of that server."
            ));
            lines.zone.push(format!("{host}. 3600 IN CNAME {target}."));
            lines.powershell.push(format!(
                "Add-DnsServerResourceRecordCName -ZoneName \"{zone}\" -Name \"{label}\" -HostNameAlias \"{target}\" \
                 -TimeToLive 01:00:00"
            ));
        }
        None => {
            let gap = values::gap("public address of the Exchange server");
            words.push_str("\nThe address here works only inside: ask for the server's public one.");
            lines.zone.push(format!("{host}. 3600 IN A {gap}"));
            lines.powershell.push(format!(
                "Add-DnsServerResourceRecordA -ZoneName \"{zone}\" -Name \"{label}\" -IPv4Address \"{gap}\" \
                 -TimeToLive 01:00:00"
            ));
        }
    }
    Lines { words, assume: Vec::new(), ..lines }
}

/// Here the host leads nowhere, or to a wrong server, and the other view leads to the right one.
fn here_lags(case: &Case, state: &CandidateState, sides: [&[IpAddr]; 2], who: [&str; 2], seen: bool) -> Lines {
    let ([here, there], [asked, other]) = (sides, who);
    let host = values::host_name(state.host());
    let addresses = there.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let shown = if seen { ", where the certificate is right" } else { "; this run did not look what stands there" };
    let mut lines = removal(case, state, here);
    lines.add(case, state, there);
    let words = format!(
        "{other} leads {host} to {addresses}{shown}. The zone that {asked} goes by needs the same record. If it serves an \
         office whose PCs cannot reach that address, put the server's internal address in its place."
    );
    let assume = there.iter().map(|address| format!("add {host} {} {address}", kind(address))).collect();
    Lines { words, assume, ..lines }
}

/// Lines that take the wrong addresses of a view away.
fn removal(case: &Case, state: &CandidateState, wrong: &[IpAddr]) -> Lines {
    let (zone, label) = values::zone_and_label(case, state.host());
    let host = values::host_name(state.host());
    let lines = wrong.iter().map(|address| format!("; delete: {host}. IN {} {address}", kind(address)));
    let powershell = wrong.iter().map(|address| {
        let kind = kind(address);
        format!(
            "Remove-DnsServerResourceRecord -ZoneName \"{zone}\" -Name \"{label}\" -RRType {kind} -RecordData {address} -Force"
        )
    });
    Lines { words: String::new(), zone: lines.collect(), powershell: powershell.collect(), assume: Vec::new() }
}

impl Lines {
    /// Lines that publish these addresses.
    fn add(&mut self, case: &Case, state: &CandidateState, addresses: &[IpAddr]) {
        let (zone, label) = values::zone_and_label(case, state.host());
        let host = values::host_name(state.host());
        for address in addresses {
            let (kind, parameter) = (kind(address), if address.is_ipv4() { "IPv4Address" } else { "IPv6Address" });
            self.zone.push(format!("{host}. 3600 IN {kind} {address}"));
            self.powershell.push(format!(
                "Add-DnsServerResourceRecord{kind} -ZoneName \"{zone}\" -Name \"{label}\" -{parameter} {address} \
                 -TimeToLive 01:00:00"
            ));
        }
    }
}

fn kind(address: &IpAddr) -> &'static str {
    if address.is_ipv4() { "A" } else { "AAAA" }
}
