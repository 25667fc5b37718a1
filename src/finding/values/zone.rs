//! Zones, and the lines that take records out of them: which zone holds a name, as the SOA records of the answers say.

use super::{gap, host_name};
use crate::{
    catalogue::Values,
    event::{DnsAnswer, DnsData, DnsRecord, Origin, View},
    finding::case::{self, Case},
};

/// The zone that holds a name: the longest one that an answer's SOA record speaks of (RFC 2308 section 3); where none
/// was seen, the mail domain or the registered domain.
pub(super) fn zone(case: &Case, name: &str) -> String {
    let registered = case::organisation(name);
    let told = case.dns().filter(|answer| matches!(answer.view, View::System | View::Authoritative));
    let zones = told
        .flat_map(zones_of)
        .filter(|zone| case::is_under(name, zone) && case::is_under(zone, registered) && case::is_host_name(zone));
    zones.max_by_key(String::len).unwrap_or_else(|| {
        let domain = case.domain();
        if case::is_under(name, domain) { domain.to_owned() } else { registered.to_owned() }
    })
}

/// Zones whose start an answer tells: who denies, and whose SOA record was given.
fn zones_of(answer: &DnsAnswer) -> Vec<String> {
    let denied = answer.authority.iter().map(|authority| authority.zone.as_str());
    let given = answer.records.iter().filter_map(|record| match &record.data {
        DnsData::Other { mnemonic, .. } if mnemonic == "SOA" => Some(record.name.as_str()),
        _ => None,
    });
    denied.chain(given).map(|zone| zone.trim_end_matches('.').to_ascii_lowercase()).collect()
}

/// A name as its zone's server lists it: without the zone, `@` for the zone itself.
pub(super) fn label(name: &str, zone: &str) -> String {
    match name.strip_suffix(zone).map(|label| label.trim_end_matches('.')) {
        Some("") => "@".to_owned(),
        Some(label) if label == "*" || label.starts_with("*.") => label.to_owned(),
        Some(label) => host_name(label),
        None => host_name(name),
    }
}

/// Zones and labels of the names that every remedy about DNS speaks of.
pub(super) fn names(case: &Case, values: &mut Values) {
    let domain = case.domain();
    let service = format!("_autodiscover._tcp.{domain}");
    let service_zone = zone(case, &service);
    values.insert("srv_record", label(&service, &service_zone));
    values.insert("wildcard_record", label(&format!("*.{domain}"), &service_zone));
    values.insert("srv_zone", host_name(&service_zone));
    let host = case.autodiscover_host();
    let host_zone = zone(case, &host);
    values.insert("autodiscover_record", label(&host, &host_zone));
    values.insert("autodiscover_zone", host_name(&host_zone));
}

/// Lines that take the present records of `autodiscover.<domain>` away; empty when a wildcard answers for the name.
pub(super) fn stray_records(case: &Case, values: &mut Values) {
    let state = case.first_of(Origin::Autodiscover);
    let synthesised = state.is_some_and(|state| case.answers_like_canary(state));
    let name = case.autodiscover_host();
    let mut records: Vec<&DnsRecord> = Vec::new();
    for record in state.into_iter().flat_map(case::lookups).flat_map(|answer| &answer.records) {
        if !synthesised && record.name == name && !records.iter().any(|known| known.data == record.data) {
            records.push(record);
        }
    }
    let (mut lines, mut powershell, mut dnscmd) = (Vec::new(), Vec::new(), Vec::new());
    values.insert("assume_stray", if records.is_empty() { String::new() } else { format!("remove {name}") });
    let zone = zone(case, &name);
    let (label, zone) = (label(&name, &zone), host_name(&zone));
    for record in records {
        let (kind, data) = match &record.data {
            DnsData::A { address } => ("A", address.to_string()),
            DnsData::Aaaa { address } => ("AAAA", address.to_string()),
            DnsData::Cname { target } => ("CNAME", format!("{}.", host_name(target))),
            _ => continue,
        };
        lines.push(format!("{name}. {} IN {kind} {data}", record.ttl));
        powershell.push(format!(
            "Remove-DnsServerResourceRecord -ZoneName \"{zone}\" -Name \"{label}\" -RRType {kind} -Force"
        ));
        dnscmd.push(format!("dnscmd . /RecordDelete {zone} {label} {kind} {data} /f"));
    }
    powershell.dedup();
    let (delete, heading) = match lines.as_slice() {
        [] => (String::new(), String::new()),
        _ => (
            lines.iter().map(|line| say!("; delete: {line}", line)).collect::<Vec<_>>().join("\n"),
            say!("Delete:").to_owned(),
        ),
    };
    values.insert("stray_heading", heading);
    values.insert("stray_records", lines.join("\n"));
    values.insert("stray_lines", delete);
    values.insert("stray_powershell", powershell.join("\n"));
    values.insert("stray_dnscmd", dnscmd.join("\n"));
}

/// What a wildcard asks for: a text record that takes the name out of it (RFC 4592), and a word about why.
pub(super) fn wildcard(case: &Case, values: &mut Values) {
    let name = case.autodiscover_host();
    let host = host_name(&name);
    let zone = zone(case, &name);
    let (label, zone) = (label(&name, &zone), host_name(&zone));
    let synthesised = case.first_of(Origin::Autodiscover).is_some_and(|state| case.answers_like_canary(state));
    let (mut note, mut line, mut powershell, mut dnscmd, mut and_text, mut undo) = Default::default();
    if let Some(canary) = case.wildcard() {
        let made_up = &canary.question.name;
        note = if synthesised {
            say!(
                "{host} has no record of its own: the zone's wildcard record answers for it (the made-up name \
                 {made_up} \
                 resolves too). The text record takes the name out of the wildcard.",
                host,
                made_up
            )
        } else {
            say!(
                "Deleting the record of {host} alone does not help: the zone has a wildcard record (the made-up name \
                 {made_up} resolves too), which then answers in its place. The text record keeps the name silent; add \
                 it once the old record is gone.",
                host,
                made_up
            )
        };
        line = format!("{host}. 3600 IN TXT \"no service\"");
        powershell = format!(
            "Add-DnsServerResourceRecord -Txt -ZoneName \"{zone}\" -Name \"{label}\" -DescriptiveText \"no service\""
        );
        dnscmd = format!("dnscmd . /RecordAdd {zone} {label} TXT \"no service\"");
        and_text = say!(" and the text record").to_owned();
        undo = say!("delete the text record of {host}, then ", host);
    }
    let canary = case.answered_canary();
    let name = canary.map_or_else(|| gap(say!("made-up name")), |canary| host_name(&canary.question.name));
    values.insert("canary", name);
    values.insert("assume_override", if line.is_empty() { String::new() } else { format!("add {host} TXT") });
    values.insert("wildcard_note", note);
    values.insert("override_heading", if line.is_empty() { String::new() } else { say!("Add:").to_owned() });
    values.insert("override_line", line);
    values.insert("override_powershell", powershell);
    values.insert("override_dnscmd", dnscmd);
    values.insert("and_override", and_text);
    values.insert("undo_override", undo);
}
