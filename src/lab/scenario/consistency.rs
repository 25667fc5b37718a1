//! Checks of a scenario that a type cannot express: what it refers to exists, and its texts fit the screen.

use super::{FaultKind, Listen, Port, Scenario, Suites};
use crate::event::ClientFamily;
use std::{collections::BTreeSet, net::IpAddr};

/// Longest line of a story, in characters.
const STORY_WIDTH: usize = 76;

impl Scenario {
    /// Everything that is wrong with the scenario, in words; empty when it can be started.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        self.check_texts(&mut problems);
        self.check_hosts(&mut problems);
        self.check_faults(&mut problems);
        self.check_expectations(&mut problems);
        problems
    }

    fn check_texts(&self, problems: &mut Vec<String>) {
        for line in &self.story {
            let width = line.chars().count();
            if width == 0 || width > STORY_WIDTH {
                problems.push(format!("story line has {width} characters, allowed are 1 to {STORY_WIDTH}: {line:?}"));
            }
        }
        if self.address.split('@').filter(|part| !part.is_empty()).count() != 2 {
            problems.push(format!("address {:?} is not of the form user@domain", self.address));
        }
        for url in &self.scp_urls {
            if let Err(error) = url::Url::parse(url) {
                problems.push(format!("scp_urls: {url:?}: {error}"));
            }
        }
    }

    fn check_hosts(&self, problems: &mut Vec<String>) {
        let mut addresses = BTreeSet::new();
        let mut used = BTreeSet::new();
        for host in &self.hosts {
            if !is_reserved(host.address) {
                problems.push(format!("host {} is not in a range for documentation or private use", host.address));
            }
            if !addresses.insert(host.address) {
                problems.push(format!("host {} is described twice", host.address));
            }
            let mut numbers = BTreeSet::new();
            for port in &host.ports {
                if !numbers.insert(port.number) {
                    problems.push(format!("port {} of {} is described twice", port.number, host.address));
                }
                for problem in self.check_port(port, &mut used) {
                    problems.push(format!("port {} of {}: {problem}", port.number, host.address));
                }
            }
        }
        for name in self.certificates.keys().filter(|name| !used.contains(name.as_str())) {
            problems.push(format!("certificate {name:?} is used by no port"));
        }
    }

    fn check_port<'a>(&self, port: &'a Port, used: &mut BTreeSet<&'a str>) -> Vec<String> {
        let mut problems = Vec::new();
        let speaks_ldap = port.listen == Listen::Directory;
        if !speaks_ldap && matches!(port.listen, Listen::Tls | Listen::LegacyTls) != port.certificate.is_some() {
            problems.push("a default certificate belongs to `tls` and `legacy-tls` and only there".to_owned());
        }
        if port.legacy_version.is_some() && port.listen != Listen::LegacyTls {
            problems.push("`legacy_version` belongs to `listen = \"legacy-tls\"` and only there".to_owned());
        }
        if port.directory.is_some() != speaks_ldap {
            problems.push("a tree belongs to `listen = \"directory\"` and only there".to_owned());
        }
        if port.banner.is_some() != (port.listen == Listen::Banner) {
            problems.push("a banner belongs to `listen = \"banner\"` and only there".to_owned());
        }
        for name in port.certificate.iter().chain(port.names.values()) {
            used.insert(name);
            if !self.certificates.contains_key(name) {
                problems.push(format!("there is no certificate {name:?}"));
            }
        }
        for header in &port.headers {
            if !header.contains(": ") || header.contains(['\r', '\n']) {
                problems.push(format!("header {header:?} is not of the form `Name: value`"));
            }
        }
        let has_answers = !(port.paths.is_empty() && port.headers.is_empty() && port.names.is_empty());
        if has_answers
            && matches!(
                port.listen,
                Listen::Closed
                    | Listen::Silent
                    | Listen::Stalls
                    | Listen::Banner
                    | Listen::Directory
                    | Listen::LegacyTls
            )
        {
            problems.push("no request gets through, so there can be no answers".to_owned());
        }
        if port.suites != Suites::Usual && !(port.tls12_only && port.listen == Listen::Tls) {
            problems.push("suites can be chosen for TLS 1.2 only: set `tls12_only = true`".to_owned());
        }
        let renegotiates = |path: &super::Path| matches!(path.answer, super::Answer::ClientCertificateRenegotiate {});
        if port.paths.iter().any(renegotiates) && !(port.tls12_only && port.listen == Listen::Tls) {
            problems.push("renegotiation exists up to TLS 1.2 only: set `tls12_only = true`".to_owned());
        }
        for path in port.paths.iter().filter(|path| path.path != "*" && !path.path.starts_with('/')) {
            problems.push(format!("path {:?} does not begin with a slash", path.path));
        }
        problems
    }

    fn check_faults(&self, problems: &mut Vec<String>) {
        for address in self.views.iter().filter_map(|view| view.address).filter(|address| !is_reserved(*address)) {
            problems.push(format!("resolver {address} is not in a range for documentation or private use"));
        }
        for fault in self.faults.iter().chain(self.views.iter().flat_map(|view| &view.faults)) {
            if (fault.kind == FaultKind::NxdomainRewrite) != fault.address.is_some() {
                problems
                    .push(format!("fault of {:?}: an address belongs to nxdomain-rewrite and only there", fault.name));
            }
        }
    }

    fn check_expectations(&self, problems: &mut Vec<String>) {
        let findings = &self.expect.findings;
        if let Some(case) = self.case.as_ref().filter(|case| findings.first() != Some(case)) {
            problems.push(format!("case {case:?} is not the first expected finding"));
        }
        if findings.iter().collect::<BTreeSet<_>>().len() != findings.len() {
            problems.push("an expected finding is listed twice".to_owned());
        }
        for name in self.expect.clients.keys().filter(|name| *name != "default") {
            if ClientFamily::from_name(name).is_none() {
                problems.push(format!("there is no client {name:?}"));
            }
        }
        for family in ClientFamily::ALL {
            match self.expect.of(family) {
                None => problems.push(format!("nothing is expected of {}", family.as_str())),
                Some(walk) if !walk.stops_at.is_empty() && !walk.roles.contains_key(&walk.stops_at) => {
                    problems.push(format!("{} stops at {:?}, which has no role", family.as_str(), walk.stops_at));
                }
                Some(_) => {}
            }
        }
    }
}

/// Documentation (RFC 5737, RFC 3849) or private use (RFC 1918, RFC 4193).
fn is_reserved(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_documentation() || address.is_private(),
        IpAddr::V6(address) => address.segments()[..2] == [0x2001, 0x0db8] || address.is_unique_local(),
    }
}
