//! Values for the pages: what every page may name, computed once from the run.
//!
//! Texts to paste get checked host names, addresses and numbers only; where nothing safe is known, a gap in angle
//! brackets says what belongs there.

mod mail;
mod user;
mod zone;

pub(super) use mail::mail_host;
pub(super) use user::in_quotes;

use super::{
    case::{self, Case},
    http,
};
use crate::{
    catalogue::Values,
    certificate,
    event::{Address, Certificate, ClientFamily, Evidence, Origin, Stage, SubjectName, TlsHandshake},
    finding::CertificateCure,
    language,
    model::CandidateState,
    pc::{Setting, Settings},
    plan,
};
use jiff::Timestamp;
use std::net::IpAddr;

/// Names of the values that may stand in a text to paste: checked for what a shell or a zone file could misread.
#[cfg(test)]
pub(super) const PASTEABLE: [&str; 61] = [
    "absent_name",
    "address",
    "alias_target",
    "aligned_powershell",
    "aligned_zone",
    "and_srv_line",
    "autodiscover_host",
    "autodiscover_record",
    "autodiscover_zone",
    "better_name",
    "canary",
    "certificate_name",
    "certificate_names",
    "client_access",
    "common_name",
    "dead_address",
    "directory_user",
    "domain",
    "good_target",
    "good_thumbprint",
    "host",
    "intermediate_pem",
    "live_address",
    "location_host",
    "mail_address",
    "mail_host",
    "mailbox",
    "new_thumbprint",
    "office_key",
    "old_thumbprint",
    "other_generation",
    "override_dnscmd",
    "override_heading",
    "override_line",
    "override_powershell",
    "proxy_address",
    "record",
    "record_type",
    "seconds",
    "sign_in_host",
    "srv_dnscmd",
    "srv_host",
    "srv_line",
    "srv_port",
    "srv_powershell",
    "srv_record",
    "srv_target",
    "srv_zone",
    "stale_numbers",
    "stale_target",
    "stray_dnscmd",
    "stray_heading",
    "stray_lines",
    "stray_powershell",
    "stray_records",
    "suffix",
    "tenant_target",
    "unset_lines",
    "wildcard_record",
    "wrong_owner",
    "zone",
];

/// Whether a value is a place to fill in by hand.
pub(super) fn is_gap(value: &str) -> bool {
    value.starts_with('<') && value.ends_with('>')
}

/// Most names of a certificate that are written out.
const NAMES_SHOWN: usize = 12;

/// Values about the run and, where there is one, about the candidate.
pub(super) fn of(case: &Case, about: Option<&CandidateState>) -> Values {
    let mut values = of_run(case);
    generation(case, &mut values);
    zone::names(case, &mut values);
    zone::stray_records(case, &mut values);
    zone::wildcard(case, &mut values);
    values.insert("shadow_note", shadow_note(case));
    of_candidate(case, about, &mut values);
    values
}

fn of_run(case: &Case) -> Values {
    let mail_host = mail_host(case).unwrap_or_else(|| gap(say!("name of the mail server")));
    let mail_address =
        mail::address(case).map_or_else(|| gap(say!("address of the mail server")), |address| address.to_string());
    let target = case.srv_target().unwrap_or_else(|| gap(say!("a name that the mail server's certificate lists")));
    Values::from([
        ("domain", host_name(case.domain())),
        ("autodiscover_host", host_name(&case.autodiscover_host())),
        ("mail_host", mail_host),
        ("mail_server_note", mail::server_note(case)),
        ("mail_address_note", mail::address_note(case)),
        ("mailbox", user::mailbox(case)),
        ("user_address", case.model.address.as_ref().map(Address::ascii).unwrap_or_else(|| gap("address of the user"))),
        ("mail_address", mail_address),
        ("srv_target", target),
        ("srv_host", srv_host(case)),
        ("office_key", plan::office_version(case.walk.client).to_owned()),
        ("client", client(case.walk.client).to_owned()),
        ("switches", on_pc(case, |settings| settings.excluded())),
        ("unset_lines", user::unset_lines(case)),
        ("unset_switches", unset(case, |settings| settings.excluded())),
        ("unset_local_xml", unset(case, |settings| settings.local_xml(case.domain()).into_iter().collect())),
        ("unset_remembered", remembered(case).map(|_| "unset last-known-good".to_owned()).unwrap_or_default()),
        ("remembered_host", remembered(case).unwrap_or_else(|| gap(say!("old server")))),
    ])
}

/// The zone that holds a name, and the name as that zone's server lists it.
pub(super) fn zone_and_label(case: &Case, name: &str) -> (String, String) {
    let zone = zone::zone(case, name);
    (host_name(&zone), zone::label(name, &zone))
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

/// The cmdlet that writes the service connection point: Exchange 2016 (15.1) renamed it. Where no answer tells the
/// version, the line for the other generation stands beside it, commented out.
fn generation(case: &Case, values: &mut Values) {
    let told = case.model.candidates.iter().flat_map(CandidateState::evidence).find_map(|evidence| match evidence {
        Evidence::Http(exchange) => http::version(exchange),
        _ => None,
    });
    let (cmdlet, other) = match told {
        Some(version) if version < (15, 1) => ("ClientAccessServer", String::new()),
        Some(_) => ("ClientAccessService", String::new()),
        None => {
            let host = mail_host(case).unwrap_or_else(|| gap(say!("name of the mail server")));
            let line = format!(
                "# Exchange 2007, 2010, 2013:\n# Set-ClientAccessServer $env:COMPUTERNAME \
                 -AutoDiscoverServiceInternalUri \
                 \"https://{host}/Autodiscover/Autodiscover.xml\""
            );
            ("ClientAccessService", line)
        }
    };
    values.insert("client_access", cmdlet.to_owned());
    values.insert("other_generation", other);
}

fn of_candidate(case: &Case, about: Option<&CandidateState>, values: &mut Values) {
    let host = about.map(CandidateState::host).filter(|host| !host.is_empty()).unwrap_or(case.domain());
    let zone = zone::zone(case, host);
    values.insert("host", host_name(host));
    values.insert("record", zone::label(host, &zone));
    values.insert("zone", host_name(&zone));
    let url = about.and_then(|state| state.candidate.url.clone()).unwrap_or_else(|| format!("https://{host}"));
    values.insert("url", url);
    let address = about.and_then(|state| case::addresses(state).first().copied());
    values.insert("address", address.map_or_else(|| gap("address"), |address| address.to_string()));
    let handshake = about.and_then(case::shown);
    let leaf = handshake.and_then(TlsHandshake::leaf);
    values.insert("names", leaf.map_or_else(|| say!("no names").to_owned(), names));
    values.insert("subject", leaf.map(|leaf| leaf.subject.clone()).unwrap_or_default());
    values.insert("issuer", leaf.map(|leaf| leaf.issuer.clone()).unwrap_or_default());
    values.insert("starts", leaf.map(|leaf| date(leaf.not_before)).unwrap_or_default());
    values.insert("expires", leaf.map(|leaf| date(leaf.not_after)).unwrap_or_default());
    let checks = handshake.and_then(|handshake| handshake.checks.as_ref());
    values.insert("days", checks.map(|checks| checks.in_date.days_left.to_string()).unwrap_or_default());
    values.insert("certificate_names", names_to_certify(case, host, handshake));
    values.insert("certificate_name", mail_host(case).unwrap_or_else(|| host_name(host)));
    values.insert("old_thumbprint", thumbprint(leaf, say!("old thumbprint")));
    values.insert("new_thumbprint", gap(say!("thumbprint of the new certificate")));
    let exchange = about.and_then(CandidateState::exchange);
    let status = exchange.and_then(|exchange| exchange.status).map(|status| status.to_string());
    values.insert("status", status.unwrap_or_else(|| say!("no status").to_owned()));
    let location = about.and_then(|state| state.redirect.as_ref()).map(|redirect| redirect.location.clone());
    let header = exchange.and_then(|exchange| exchange.header("location")).map(str::to_owned);
    values.insert("location", location.or(header).unwrap_or_else(|| say!("the page itself").to_owned()));
}

fn srv_host(case: &Case) -> String {
    let host = case.first_of(Origin::Srv).map(CandidateState::host).filter(|host| !host.is_empty());
    host.map_or_else(|| gap(say!("target of the SRV record")), host_name)
}

/// What would keep Outlook from getting as far as the SRV record. Where a wildcard or the resolver's invention answers
/// for the host there is no record that could go.
fn shadow_note(case: &Case) -> String {
    let stands_before = |origin| case.first_of(origin).filter(|state| stops_before_srv(state));
    let mut notes = Vec::new();
    let root = stands_before(Origin::Root);
    if let Some(root) = root {
        notes.push(say!(
            "The website at https://{host} answers with a wrong certificate and would shadow the SRV record: it needs \
             a \
             certificate for {host}, or must refuse port 443.",
            host = root.host()
        ));
    }
    if let Some(stray) = stands_before(Origin::Autodiscover).filter(|stray| !case.answers_like_canary(stray)) {
        let as_well = if root.is_some() { say!(" as well") } else { "" };
        notes.push(say!(
            "The host record of {host} would shadow the SRV record{as_well}: as long as it answers, \
            Outlook never asks for \
             the SRV record. It has to go.",
            host = stray.host(),
            as_well
        ));
    }
    notes.join(" ")
}

fn stops_before_srv(state: &CandidateState) -> bool {
    state.handshake().and_then(|handshake| handshake.checks.as_ref()).is_some_and(|checks| !checks.all_hold())
        || state.outcome(Stage::Xml).is_some_and(|outcome| outcome.is_through())
}

/// Public names that a new certificate should list: the mail server, the missing one, and all of the present
/// certificate's, except the one that is a misspelling of the name asked for.
fn names_to_certify(case: &Case, host: &str, handshake: Option<&TlsHandshake>) -> String {
    let mut names: Vec<String> = mail_host(case).into_iter().collect();
    let leaf = handshake.and_then(TlsHandshake::leaf).filter(|leaf| {
        let own = case::organisation(case.domain());
        case::all_names(leaf).iter().any(|name| case::organisation(name) == own || names.contains(name))
    });
    let old = leaf.map(|leaf| leaf.dns_names().into_iter().map(str::to_ascii_lowercase).collect()).unwrap_or_default();
    let typo = handshake.and_then(|handshake| case::misspelling(handshake, host));
    let wanted: [Vec<String>; 4] = [vec![host.to_owned()], vec![case.autodiscover_host()], exchange_hosts(case), old];
    for name in wanted.into_iter().flatten() {
        let plain = name.strip_prefix("*.").unwrap_or(&name);
        let typed = typo == Some(name.as_str());
        if case::is_host_name(plain) && !case::is_internal(plain) && !typed && !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() { gap(say!("names to certify")) } else { names.join(",") }
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
    let handshake = listing.and_then(CandidateState::handshake);
    let names = names_to_certify(case, &case.autodiscover_host(), handshake);
    CertificateCure { names: names.split(',').map(str::to_owned).collect(), srv_target: case.srv_target() }
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
            Some(name) => say!("only the common name {name}", name),
            None => say!("no names").to_owned(),
        };
    }
    let more = names.len().saturating_sub(NAMES_SHOWN);
    names.truncate(NAMES_SHOWN);
    if more > 0 { say!("{names} and {more} more", names = names.join(", "), more) } else { names.join(", ") }
}

/// A day in ISO form, in the language of this process where it cannot be read.
pub(super) fn date(time: Option<Timestamp>) -> String {
    language::known(&certificate::day(time)).to_owned()
}

/// A host name, or a gap when the text is anything else.
pub(super) fn host_name(text: &str) -> String {
    if case::is_host_name(text) || text.parse::<IpAddr>().is_ok() { text.to_owned() } else { gap(say!("host name")) }
}

/// A certificate's thumbprint as Windows shows it: its SHA-1 digest, which is what the cmdlets of Exchange go by.
pub(super) fn thumbprint(leaf: Option<&Certificate>, what: &str) -> String {
    let digest = leaf.map(|leaf| leaf.sha1.clone());
    let whole = digest.filter(|text| text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit()));
    whole.unwrap_or_else(|| gap(what))
}

/// Names in the order given, each once.
pub(super) fn each_once(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut once: Vec<String> = Vec::new();
    for name in names {
        if !once.contains(&name) {
            once.push(name);
        }
    }
    once
}

/// A place to fill in by hand.
pub(super) fn gap(what: &str) -> String {
    format!("<{what}>")
}

/// What the gaps in a text ask for, each once.
pub(super) fn gaps(text: &str) -> Vec<&str> {
    let mut gaps: Vec<&str> = Vec::new();
    let named = text.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(what, _)| what);
    for what in named {
        if !gaps.contains(&what) {
            gaps.push(what);
        }
    }
    gaps
}

fn client(client: ClientFamily) -> &'static str {
    match client {
        ClientFamily::Outlook2007Rtm => say!("Outlook 2007 without Service Pack 1"),
        ClientFamily::Outlook2007 => say!("Outlook 2007"),
        ClientFamily::Outlook2010 => say!("Outlook 2010"),
        ClientFamily::Outlook2013 => say!("Outlook 2013"),
        ClientFamily::Outlook2016 => say!("Outlook 2016"),
        ClientFamily::Outlook365 => say!("Outlook for Microsoft 365"),
    }
}
