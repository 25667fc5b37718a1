//! An assumption made true: the scenario's zones, certificates and servers are changed as the technician would.

use discoscope::{
    assumption::Assumption,
    event::{DnsData, Stage},
    lab::scenario::{Answer, ClientCertificate, FaultKind, Guarded, Issuer, Listen, Path, Port, Scenario, Usage, Zone},
    model::Model,
};
use std::net::IpAddr;

const PATH: &str = "/autodiscover/autodiscover.xml";

/// Makes one assumption true; false when a scenario has no such thing (a switch on the user's PC).
pub fn apply(scenario: &mut Scenario, model: &Model, assumption: &Assumption) -> bool {
    match assumption {
        Assumption::Removed { name } => {
            zones(scenario).for_each(|zone| remove(zone, name, &["A", "AAAA", "CNAME", "SRV"]))
        }
        Assumption::Withdrawn { name, address } => {
            let (kind, address) = (if address.is_ipv4() { "A" } else { "AAAA" }, address.to_string());
            for zone in zones(scenario) {
                let zone_name = zone.name.clone();
                zone.records.retain(|record| {
                    let words: Vec<&str> = record.split_whitespace().collect();
                    owner(&zone_name, record) != *name || !words.ends_with(&[kind, address.as_str()])
                });
            }
        }
        Assumption::Added { name, data } => add(scenario, name, data),
        Assumption::Listed { host } => {
            for certificate in certificates(scenario, model, host) {
                if let Some(spec) = scenario.certificates.get_mut(&certificate) {
                    spec.names.push(host.clone());
                }
            }
        }
        Assumption::Sound { host } => {
            for certificate in certificates(scenario, model, host) {
                if let Some(spec) = scenario.certificates.get_mut(&certificate) {
                    spec.issuer = Issuer::Public;
                    (spec.not_before, spec.not_after, spec.send_intermediate) = (-30, 150, true);
                    spec.usage = Usage::Server;
                }
            }
        }
        Assumption::Trusted { host } => {
            for certificate in certificates(scenario, model, host) {
                if let Some(spec) = scenario.certificates.get_mut(&certificate) {
                    (spec.issuer, spec.send_intermediate) = (Issuer::Public, true);
                }
            }
        }
        Assumption::Encrypted { host } => {
            for port in ports(scenario, model, host, 443) {
                (port.listen, port.legacy_version) = (Listen::Tls, None);
            }
        }
        Assumption::NotInHostsFile { host } => {
            let names_it = |line: &str| line.split_whitespace().skip(1).any(|name| name.eq_ignore_ascii_case(host));
            scenario.hosts_file.retain(|line| !names_it(line));
            if let Some(pc) = &mut scenario.pc {
                let kept = pc.text.lines().filter(|line| line.starts_with('#') || !names_it(line));
                pc.text = kept.collect::<Vec<_>>().join("\n");
            }
        }
        Assumption::ClockRight => scenario.clock_days = 0,
        Assumption::ResolverTruthful => scenario.faults.retain(|fault| fault.kind != FaultKind::NxdomainRewrite),
        Assumption::Refused { host, port } => {
            for server in ports(scenario, model, host, *port) {
                server.listen = Listen::Closed;
            }
        }
        Assumption::Answers { host } => {
            ports(scenario, model, host, 443).into_iter().for_each(|port| answer(port, host))
        }
        Assumption::Settings { host } => {
            ports(scenario, model, host, 443).into_iter().for_each(|port| settings(port, host))
        }
        Assumption::Redirected { from, to } => {
            let number = from.port_or_known_default().unwrap_or(443);
            let host = from.host_str().unwrap_or_default();
            open(scenario, model, host, number);
            for port in ports(scenario, model, host, number) {
                if from.scheme() == "http" {
                    port.listen = Listen::Http;
                }
                let answer = Answer::Redirect { location: to.to_string(), status: 302 };
                port.paths.insert(0, on_path(from.path(), host, answer));
            }
        }
        Assumption::Vacated { host } => {
            let is_gone = |url: &str| host.as_ref().is_none_or(|host| url.contains(&format!("//{host}/")));
            scenario.scp_urls.retain(|url| !is_gone(url));
            let ports = scenario.hosts.iter_mut().flat_map(|server| &mut server.ports);
            for tree in ports.filter_map(|port| port.directory.as_mut()) {
                tree.points.retain(|point| !is_gone(&point.holds));
            }
        }
        Assumption::Missing { host } => {
            let path = || on_path(PATH, host, Answer::NotFound {});
            ports(scenario, model, host, 443).into_iter().for_each(|port| port.paths.insert(0, path()));
        }
        Assumption::Directory { url } => {
            scenario.directory = None;
            scenario.scp_urls = vec![url.to_string()];
        }
        Assumption::Unset { name } => {
            let Some(pc) = &mut scenario.pc else { return false };
            let name = if name == Assumption::REMEMBERED { "001f664a" } else { name.as_str() };
            let kept = pc.text.lines().filter(|line| line.split_whitespace().next() != Some(name));
            pc.text = kept.collect::<Vec<_>>().join("\n");
        }
        Assumption::Services { host } => {
            for port in scenario.hosts.iter_mut().flat_map(|server| &mut server.ports) {
                for path in &mut port.paths {
                    if let Answer::Settings { service_host, internal_host, .. } = &mut path.answer {
                        service_host.clone_from(host);
                        *internal_host = None;
                    }
                }
            }
        }
        Assumption::SwitchedOff { .. } | Assumption::Allowed { .. } | Assumption::Client { .. } => return false,
    }
    true
}

fn zones(scenario: &mut Scenario) -> impl Iterator<Item = &mut Zone> {
    scenario.zones.iter_mut().chain(scenario.views.iter_mut().flat_map(|view| &mut view.zones))
}

/// The owner of a record, in full.
fn owner(zone: &str, record: &str) -> String {
    match record.split_whitespace().next().unwrap_or_default() {
        "@" => zone.to_owned(),
        name => name.strip_suffix('.').map_or_else(|| format!("{name}.{zone}"), str::to_owned),
    }
}

fn remove(zone: &mut Zone, name: &str, types: &[&str]) {
    let zone_name = zone.name.clone();
    zone.records.retain(|record| {
        let of_type = record.split_whitespace().any(|word| types.contains(&word));
        owner(&zone_name, record) != name || !of_type
    });
}

fn add(scenario: &mut Scenario, name: &str, data: &DnsData) {
    let line = match data {
        DnsData::A { address } => format!("A {address}"),
        DnsData::Aaaa { address } => format!("AAAA {address}"),
        DnsData::Cname { target } => format!("CNAME {target}."),
        DnsData::Srv { priority, weight, port, target } => format!("SRV {priority} {weight} {port} {target}."),
        _ => "TXT \"no service\"".to_owned(),
    };
    let replaced: &[&str] = match data {
        DnsData::Srv { .. } => &["SRV"],
        DnsData::Txt { .. } => &[],
        _ => &["A", "AAAA", "CNAME"],
    };
    let within = |zone: &&mut Zone| name == zone.name || name.ends_with(&format!(".{}", zone.name));
    for zone in zones(scenario).filter(within) {
        remove(zone, name, replaced);
        zone.records.push(format!("{name}. 3600 IN {line}"));
    }
}

/// Ports of the servers that a host was found at in the run.
fn ports<'a>(scenario: &'a mut Scenario, model: &Model, host: &str, number: u16) -> Vec<&'a mut Port> {
    let addresses = addresses(model, host);
    let hosts = scenario.hosts.iter_mut().filter(|server| addresses.contains(&server.address));
    hosts.flat_map(|server| &mut server.ports).filter(|port| port.number == number).collect()
}

/// Lets something listen on a port of the servers that a host was found at, where nothing did.
fn open(scenario: &mut Scenario, model: &Model, host: &str, number: u16) {
    let addresses = addresses(model, host);
    for server in scenario.hosts.iter_mut().filter(|server| addresses.contains(&server.address)) {
        if server.ports.iter().all(|port| port.number != number) {
            let text = format!("number = {number}\nlisten = \"http\"");
            server.ports.push(toml::from_str(&text).expect("a port as scenarios write it"));
        }
    }
}

fn addresses(model: &Model, host: &str) -> Vec<IpAddr> {
    let states = model.candidates.iter().filter(|state| state.host() == host && state.outcome(Stage::Tcp).is_some());
    states.flat_map(|state| state.tcp()).map(|connect| connect.address.ip()).collect()
}

fn certificates(scenario: &mut Scenario, model: &Model, host: &str) -> Vec<String> {
    let ports = ports(scenario, model, host, 443);
    ports.into_iter().filter_map(|port| port.names.get(host).or(port.certificate.as_ref()).cloned()).collect()
}

/// The service as it should be, for one host.
fn answer(port: &mut Port, host: &str) {
    let exchange =
        Answer::Exchange401 { server: "EX1".to_owned(), version: "15.2.1544.11".to_owned(), schemes: Vec::new() };
    port.paths.insert(0, on_path(PATH, host, exchange));
    port.client_certificate = ClientCertificate::None;
    (port.listen, port.legacy_version) = (Listen::Tls, None);
}

/// Settings for one host, behind the same password as before where there was one.
fn settings(port: &mut Port, host: &str) {
    let settings = Answer::Settings {
        service_host: host.to_owned(),
        internal_host: None,
        display_name: "A User".to_owned(),
        leave_out: Vec::new(),
        principal: None,
        address: None,
        mailbox_server: None,
    };
    let asked =
        |path: &&Path| path.path.eq_ignore_ascii_case(PATH) && path.host.as_deref().is_none_or(|own| own == host);
    let answer = match port.paths.iter().find(asked).map(|path| path.answer.clone()) {
        Some(Answer::Guarded(guarded)) => Answer::Guarded(Box::new(Guarded { answer: settings, ..*guarded })),
        _ => settings,
    };
    port.paths.insert(0, on_path(PATH, host, answer));
}

fn on_path(path: &str, host: &str, answer: Answer) -> Path {
    Path { path: path.to_owned(), host: Some(host.to_owned()), case_sensitive: false, answer }
}
