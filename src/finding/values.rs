//! Values for the pages: what every page may name, computed once from the run.
//!
//! Texts to paste get checked host names, addresses and numbers only; where nothing safe is known, a gap in angle
//! brackets says what belongs there.

use super::case::{self, Case};
use crate::{
    catalogue::Values,
    event::{Certificate, ClientFamily, DnsData, DnsRecord, Origin, Stage, SubjectName},
    finding::CertificateCure,
    model::CandidateState,
    pc::{Setting, Settings},
    plan,
};
use jiff::Timestamp;
use std::net::IpAddr;

/// Names of the values that may stand in a text to paste: checked for what a shell or a zone file could misread.
#[cfg(test)]
pub(super) const PASTEABLE: [&str; 37] = [
    "absent_name",
    "address",
    "alias_target",
    "autodiscover_host",
    "better_name",
    "canary",
    "certificate_names",
    "common_name",
    "dead_address",
    "domain",
    "good_target",
    "host",
    "intermediate_pem",
    "live_address",
    "location_host",
    "mail_address",
    "mail_host",
    "office_key",
    "override_dnscmd",
    "override_line",
    "override_powershell",
    "record",
    "record_type",
    "seconds",
    "srv_host",
    "srv_port",
    "srv_target",
    "stale_commas",
    "stale_numbers",
    "stale_target",
    "stray_dnscmd",
    "stray_lines",
    "stray_powershell",
    "suffix",
    "tenant_target",
    "wrong_owner",
    "zone",
];

/// Most names of a certificate that are written out.
const NAMES_SHOWN: usize = 12;

/// Values about the run and, where there is one, about the candidate.
pub(super) fn of(case: &Case, about: Option<&CandidateState>) -> Values {
    let mut values = of_run(case);
    stray_records(case, &mut values);
    wildcard(case, &mut values);
    values.insert("shadow_note", shadow_note(case));
    of_candidate(case, about, &mut values);
    values
}

fn of_run(case: &Case) -> Values {
    let mail_host = mail_host(case).unwrap_or_else(|| gap("name of the mail server"));
    let mail_address =
        mail_address(case).map_or_else(|| gap("address of the mail server"), |address| address.to_string());
    let target = case.srv_target().unwrap_or_else(|| gap("a name that the mail server's certificate lists"));
    Values::from([
        ("domain", host_name(case.domain())),
        ("autodiscover_host", host_name(&case.autodiscover_host())),
        ("mail_host", mail_host),
        ("mail_address", mail_address),
        ("srv_target", target),
        ("srv_host", srv_host(case)),
        ("office_key", plan::office_version(case.walk.client).to_owned()),
        ("client", client(case.walk.client).to_owned()),
        ("switches", on_pc(case, |settings| settings.excluded())),
        ("unset_switches", unset(case, |settings| settings.excluded())),
        ("unset_local_xml", unset(case, |settings| settings.local_xml(case.domain()).into_iter().collect())),
        ("unset_remembered", remembered(case).map(|_| "unset last-known-good".to_owned()).unwrap_or_default()),
        ("remembered_host", remembered(case).unwrap_or_else(|| gap("old server"))),
    ])
}

/// Names of values that are set on the PC.
fn on_pc<'a>(case: &Case<'a>, pick: impl Fn(&Settings<'a>) -> Vec<Setting<'a>>) -> String {
    let found = case.model.settings(case.walk.client).map(|settings| pick(&settings)).unwrap_or_default();
    found.iter().map(|setting| setting.value.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// What the what-if assumes when these values are taken out; nothing where none is set.
fn unset<'a>(case: &Case<'a>, pick: impl Fn(&Settings<'a>) -> Vec<Setting<'a>>) -> String {
    let names = on_pc(case, pick);
    names.split(", ").filter(|name| !name.is_empty()).map(|name| format!("unset {name};")).collect()
}

/// Host of the URL that Outlook remembers.
fn remembered(case: &Case) -> Option<String> {
    let mailbox = case.model.address.as_ref()?.ascii();
    let known = case.model.settings(case.walk.client)?.last_known_good(&mailbox)?;
    Some(host_name(url::Url::parse(&known.url).ok()?.host_str()?))
}

fn of_candidate(case: &Case, about: Option<&CandidateState>, values: &mut Values) {
    let host = about.map(CandidateState::host).filter(|host| !host.is_empty()).unwrap_or(case.domain());
    let zone = zone(case, host);
    let record =
        if host == zone { "@" } else { host.strip_suffix(zone).map_or(host, |name| name.trim_end_matches('.')) };
    values.insert("host", host_name(host));
    values.insert("zone", host_name(zone));
    values.insert("record", if record == "@" { record.to_owned() } else { host_name(record) });
    let url = about.and_then(|state| state.candidate.url.clone()).unwrap_or_else(|| format!("https://{host}"));
    values.insert("url", url);
    let address = about.and_then(|state| case::addresses(state).first().copied());
    values.insert("address", address.map_or_else(|| gap("address"), |address| address.to_string()));
    let leaf = about.and_then(CandidateState::handshake).and_then(|handshake| handshake.leaf());
    values.insert("names", leaf.map_or_else(|| "no names".to_owned(), names));
    values.insert("subject", leaf.map(|leaf| leaf.subject.clone()).unwrap_or_default());
    values.insert("issuer", leaf.map(|leaf| leaf.issuer.clone()).unwrap_or_default());
    values.insert("starts", leaf.map(|leaf| date(leaf.not_before)).unwrap_or_default());
    values.insert("expires", leaf.map(|leaf| date(leaf.not_after)).unwrap_or_default());
    let checks = about.and_then(CandidateState::handshake).and_then(|handshake| handshake.checks.as_ref());
    values.insert("days", checks.map(|checks| checks.in_date.days_left.to_string()).unwrap_or_default());
    values.insert("certificate_names", names_to_certify(case, host, leaf));
    let exchange = about.and_then(CandidateState::exchange);
    let status = exchange.and_then(|exchange| exchange.status).map(|status| status.to_string());
    values.insert("status", status.unwrap_or_else(|| "no status".to_owned()));
    let location = about.and_then(|state| state.redirect.as_ref()).map(|redirect| redirect.location.clone());
    let header = exchange.and_then(|exchange| exchange.header("location")).map(str::to_owned);
    values.insert("location", location.or(header).unwrap_or_else(|| "the page itself".to_owned()));
}

/// The mail server's best name: one that a certificate lists, or else the preferred mail server of the domain.
pub(super) fn mail_host(case: &Case) -> Option<String> {
    let listed = case.srv_target();
    let preferred =
        || case.mail_servers().first().filter(|name| case::is_host_name(name)).map(|name| (*name).to_owned());
    listed.or_else(preferred)
}

fn mail_address(case: &Case) -> Option<IpAddr> {
    let name = mail_host(case);
    let named = case.model.candidates.iter().find(|state| Some(state.host()) == name.as_deref());
    let exchange = case.model.candidates.iter().find(|state| case.is_exchange(state));
    named
        .or(exchange)
        .and_then(|state| case::addresses(state).first().copied())
        .or_else(|| case.mail_addresses().first().copied())
}

fn srv_host(case: &Case) -> String {
    let host = case.first_of(Origin::Srv).map(CandidateState::host).filter(|host| !host.is_empty());
    host.map_or_else(|| gap("target of the SRV record"), host_name)
}

/// Lines that take the present records of `autodiscover.<domain>` away; empty when a wildcard answers for the name.
fn stray_records(case: &Case, values: &mut Values) {
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
    let domain = host_name(case.domain());
    for record in records {
        let (kind, data) = match &record.data {
            DnsData::A { address } => ("A", address.to_string()),
            DnsData::Aaaa { address } => ("AAAA", address.to_string()),
            DnsData::Cname { target } => ("CNAME", format!("{}.", host_name(target))),
            _ => continue,
        };
        lines.push(format!("; delete: {name}. {} IN {kind} {data}", record.ttl));
        powershell.push(format!(
            "Remove-DnsServerResourceRecord -ZoneName \"{domain}\" -Name autodiscover -RRType {kind} -Force"
        ));
        dnscmd.push(format!("dnscmd . /RecordDelete {domain} autodiscover {kind} {data} /f"));
    }
    powershell.dedup();
    values.insert("stray_lines", lines.join("\n"));
    values.insert("stray_powershell", powershell.join("\n"));
    values.insert("stray_dnscmd", dnscmd.join("\n"));
}

/// What a wildcard asks for: a text record that takes the name out of it (RFC 4592), and a word about why.
fn wildcard(case: &Case, values: &mut Values) {
    let host = host_name(&case.autodiscover_host());
    let domain = host_name(case.domain());
    let (mut note, mut line, mut powershell, mut dnscmd) = Default::default();
    if let Some(canary) = case.wildcard() {
        note = format!(
            "Deleting the record of {host} alone does not help: the zone has a wildcard record (the made-up name {} \
             resolves too), which then answers in its place. The text record below keeps the name silent.",
            canary.question.name
        );
        line = format!("{host}. 3600 IN TXT \"no service\"");
        powershell = format!(
            "Add-DnsServerResourceRecord -Txt -ZoneName \"{domain}\" -Name autodiscover -DescriptiveText \"no service\""
        );
        dnscmd = format!("dnscmd . /RecordAdd {domain} autodiscover TXT \"no service\"");
    }
    let canary = case.answered_canary();
    let name = canary.map_or_else(|| gap("made-up name"), |canary| host_name(&canary.question.name));
    values.insert("canary", name);
    values.insert("assume_override", if line.is_empty() { String::new() } else { format!("add {host} TXT") });
    values.insert("wildcard_note", note);
    values.insert("override_line", line);
    values.insert("override_powershell", powershell);
    values.insert("override_dnscmd", dnscmd);
}

/// What would keep Outlook from getting as far as the SRV record.
fn shadow_note(case: &Case) -> String {
    let stands_before = |origin| case.first_of(origin).filter(|state| stops_before_srv(state));
    let mut notes = Vec::new();
    if let Some(root) = stands_before(Origin::Root) {
        notes.push(format!(
            "The website at https://{} answers with a wrong certificate and would shadow the SRV record: it needs a \
             certificate for {0}, or must refuse port 443.",
            root.host()
        ));
    }
    if let Some(stray) = stands_before(Origin::Autodiscover) {
        notes.push(format!(
            "The host record of {} would shadow the SRV record as well: as long as it answers, Outlook never asks for \
             the SRV record. It has to go.",
            stray.host()
        ));
    }
    notes.join(" ")
}

fn stops_before_srv(state: &CandidateState) -> bool {
    state.handshake().and_then(|handshake| handshake.checks.as_ref()).is_some_and(|checks| !checks.all_hold())
        || state.outcome(Stage::Xml).is_some_and(|outcome| outcome.is_through())
}

/// Public names that a new certificate should list: the old ones, the missing one, the mail server.
fn names_to_certify(case: &Case, host: &str, leaf: Option<&Certificate>) -> String {
    let mut names: Vec<String> = mail_host(case).into_iter().collect();
    let leaf = leaf.filter(|leaf| {
        let own = case::organisation(case.domain());
        case::all_names(leaf).iter().any(|name| case::organisation(name) == own || names.contains(name))
    });
    let old = leaf.map(|leaf| leaf.dns_names().into_iter().map(str::to_ascii_lowercase).collect()).unwrap_or_default();
    let wanted: [Vec<String>; 4] = [vec![host.to_owned()], vec![case.autodiscover_host()], exchange_hosts(case), old];
    for name in wanted.into_iter().flatten().take(NAMES_SHOWN) {
        let plain = name.strip_prefix("*.").unwrap_or(&name);
        let nearly = name != host && is_near(&name, host);
        if case::is_host_name(plain) && !case::is_internal(plain) && !nearly && !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() { gap("names to certify") } else { names.join(",") }
}

/// Hosts of this run behind which Exchange answers: each is asked for by its own name, so each needs to be certified.
fn exchange_hosts(case: &Case) -> Vec<String> {
    let exchange = case.model.candidates.iter().filter(|state| case.is_exchange(state));
    exchange.map(|state| state.host().to_ascii_lowercase()).collect()
}

/// The names that one certificate has to list for every candidate of this run that leads to the organisation's own
/// Exchange: `autodiscover.<domain>`, the root where Exchange answers there, the target of the SRV record, what
/// redirects and service URLs name, and the public names of the present certificate.
pub(super) fn certificate_cure(case: &Case) -> CertificateCure {
    let listing = case.model.candidates.iter().find(|state| {
        let leaf = state.handshake().and_then(|handshake| handshake.leaf());
        case.is_exchange(state) && leaf.is_some()
    });
    let leaf = listing.and_then(CandidateState::handshake).and_then(|handshake| handshake.leaf());
    let names = names_to_certify(case, &case.autodiscover_host(), leaf);
    CertificateCure { names: names.split(',').map(str::to_owned).collect(), srv_target: case.srv_target() }
}

/// Whether a name looks like a misspelling of another: the same organisation and one letter more, less or other.
fn is_near(name: &str, host: &str) -> bool {
    let (short, long) = if name.len() < host.len() { (name, host) } else { (host, name) };
    let prefix = short.bytes().zip(long.bytes()).take_while(|(one, other)| one == other).count();
    let rest = short.len() - prefix;
    let suffix = short.bytes().rev().zip(long.bytes().rev()).take_while(|(one, other)| one == other).count().min(rest);
    long.len() - prefix - suffix <= 1
}

/// Names of a certificate in one line.
pub(super) fn names(leaf: &Certificate) -> String {
    let mut names: Vec<String> = leaf
        .names
        .iter()
        .map(|name| match name {
            SubjectName::Dns { name } => name.clone(),
            SubjectName::Ip { address } => address.to_string(),
            SubjectName::Other { text } => text.clone(),
        })
        .collect();
    if names.is_empty() {
        return match leaf.common_names.first() {
            Some(name) => format!("only the common name {name}"),
            None => "no names".to_owned(),
        };
    }
    let more = names.len().saturating_sub(NAMES_SHOWN);
    names.truncate(NAMES_SHOWN);
    if more > 0 { format!("{} and {more} more", names.join(", ")) } else { names.join(", ") }
}

/// A day in ISO form.
pub(super) fn date(time: Option<Timestamp>) -> String {
    time.map_or_else(|| "unreadable".to_owned(), |time| time.strftime("%Y-%m-%d").to_string())
}

/// A host name, or a gap when the text is anything else.
pub(super) fn host_name(text: &str) -> String {
    if case::is_host_name(text) || text.parse::<IpAddr>().is_ok() { text.to_owned() } else { gap("host name") }
}

/// A place to fill in by hand.
pub(super) fn gap(what: &str) -> String {
    format!("<{what}>")
}

fn zone<'a>(case: &Case<'a>, host: &'a str) -> &'a str {
    if case::is_under(host, case.domain()) { case.domain() } else { case::organisation(host) }
}

fn client(client: ClientFamily) -> &'static str {
    match client {
        ClientFamily::Outlook2007Rtm => "Outlook 2007 without Service Pack 1",
        ClientFamily::Outlook2007 => "Outlook 2007",
        ClientFamily::Outlook2010 => "Outlook 2010",
        ClientFamily::Outlook2013 => "Outlook 2013",
        ClientFamily::Outlook2016 => "Outlook 2016",
        ClientFamily::Outlook365 => "Outlook for Microsoft 365",
    }
}
