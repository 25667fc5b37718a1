//! Collects what is read, from a registry or from a text: only what the table of keys names, within bounds.

use super::{COUNT_LIMIT, LocalFile, OFFICE_VERSIONS, PROFILE_NAMES, Root, VALUE_LIMIT, profiles_key, roots};
use crate::{
    event::{PcFile, PcSource, RegistryKind, RegistryValue, RememberedUrl, ThisPc},
    text::{from_windows, sanitise_block, sanitise_line, utf16},
};
use std::collections::BTreeMap;

/// Hosts of one file that are kept.
const FILE_HOSTS: usize = 32;

/// Keys that are noted as looked at.
const KEY_LIMIT: usize = 128;

/// Profile sections that are kept.
const SECTION_LIMIT: usize = 64;

/// Takes in what is read and keeps what concerns Outlook.
#[derive(Debug)]
pub struct Collector {
    roots: Vec<Root>,
    pc: ThisPc,
    /// Sections of profiles: version, then what the two properties hold.
    sections: BTreeMap<String, (String, [Option<String>; 2])>,
}

impl Collector {
    /// An empty collection.
    pub fn new(source: PcSource) -> Self {
        Self { roots: roots(), pc: ThisPc { source, ..ThisPc::default() }, sections: BTreeMap::new() }
    }

    /// Notes that a key was looked at, whether it exists or not. What is looked at with all keys below stands for those of
    /// the table among them; a key below a profile stands for the profiles.
    pub fn looked_at(&mut self, key: &str, with_all_below: bool) {
        let key = normal(key);
        let lower = key.to_ascii_lowercase();
        let mut known: Vec<String> = Vec::new();
        for root in &self.roots {
            let name = root.key.to_ascii_lowercase();
            let is_above = with_all_below && name.strip_prefix(&lower).is_some_and(|rest| rest.starts_with('\\'));
            let is_below = || lower.strip_prefix(&name).is_some_and(|rest| rest.starts_with('\\'));
            if name == lower || is_above || root.depth > 1 && is_below() {
                known.push(root.key.clone());
            }
        }
        for key in known {
            if !self.pc.keys.contains(&key) && self.pc.keys.len() < KEY_LIMIT {
                self.pc.keys.push(key);
            }
        }
    }

    /// Takes in a value. Text comes as it is, numbers in decimal, bytes in hexadecimal digits.
    pub fn value(&mut self, key: &str, name: &str, kind: RegistryKind, data: &str) {
        let key = normal(key);
        let lower = key.to_ascii_lowercase();
        let Some(root) = self.roots.iter().find(|root| holds(root, &lower)) else { return };
        if !root.names.is_empty() && !root.names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            return;
        }
        if let Some(place) = PROFILE_NAMES.iter().position(|known| known.eq_ignore_ascii_case(name)) {
            self.profile(&root.key.clone(), lower, place, kind, data);
            return;
        }
        if self.pc.values.len() >= COUNT_LIMIT {
            self.pc.left_out = self.pc.left_out.saturating_add(1);
            return;
        }
        let key = sanitise_line(&canonical(root, &key));
        let name = cut(name);
        if kind == RegistryKind::Binary
            && let Some(text) = super::proxy::spelled(&name, data)
        {
            self.value(&key, &name, RegistryKind::Text, &text);
            return;
        }
        // Whose directory it is tells nothing here; that there is one does.
        let data = if name.eq_ignore_ascii_case("TenantId") { "present".to_owned() } else { cut(&without_user(data)) };
        self.pc.values.retain(|known| !known.is(&key, &name));
        self.pc.values.push(RegistryValue { key, name, kind, data });
    }

    /// The hosts file was looked at.
    pub fn hosts(&mut self, text: &str, domain: Option<&str>) {
        let (entries, left_out) = super::hosts::entries(text, domain);
        self.pc.left_out = self.pc.left_out.saturating_add(left_out);
        let known = self.pc.hosts.get_or_insert_default();
        known.extend(entries);
        known.truncate(super::HOSTS_LIMIT);
    }

    /// What was collected.
    pub fn finish(mut self) -> ThisPc {
        for (version, [url, account]) in self.sections.into_values() {
            let Some(url) = url.filter(|url| url.starts_with("https://") || url.starts_with("http://")) else {
                continue;
            };
            let remembered = RememberedUrl { version, account, url };
            if !self.pc.remembered.contains(&remembered) {
                self.pc.remembered.push(remembered);
            }
        }
        self.pc
    }

    /// A property of a profile. The key holds the profile's name, which is nobody's business, so it is not kept.
    fn profile(&mut self, root: &str, section: String, place: usize, kind: RegistryKind, data: &str) {
        let version = OFFICE_VERSIONS.into_iter().find(|version| *version > "14.0" && profiles_key(version) == root);
        let text = match kind {
            RegistryKind::Text => data.to_owned(),
            RegistryKind::Binary => utf16(&bytes(data), u16::from_le_bytes),
            RegistryKind::Dword | RegistryKind::Other => return,
        };
        if self.sections.len() >= SECTION_LIMIT && !self.sections.contains_key(&section) {
            self.pc.left_out = self.pc.left_out.saturating_add(1);
            return;
        }
        let entry = self.sections.entry(section).or_default();
        entry.0 = version.unwrap_or_default().to_owned();
        if let Some(slot) = entry.1.get_mut(place) {
            *slot = Some(cut(&without_user(text.trim_end_matches('\0'))));
        }
    }
}

/// Where the URLs of a file lead, or why it could not be read.
pub(super) fn described(file: &LocalFile) -> PcFile {
    let path = sanitise_line(&file.path);
    match &file.content {
        Err(problem) => PcFile { role: file.role, path, hosts: Vec::new(), problem: Some(sanitise_line(problem)) },
        Ok(bytes) => PcFile { role: file.role, path, hosts: hosts_of(&from_windows(bytes)), problem: None },
    }
}

/// Hosts of the https URLs in a text, each once.
fn hosts_of(text: &str) -> Vec<String> {
    let mut hosts: Vec<String> = Vec::new();
    for (at, scheme) in text.match_indices("https://") {
        let rest = text.get(at + scheme.len()..).unwrap_or_default();
        let host: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-._".contains(*c)).collect();
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        // Namespaces of the answer itself are no places.
        let is_place = host.contains('.') && host != "schemas.microsoft.com";
        if is_place && host.len() <= 253 && !hosts.contains(&host) && hosts.len() < FILE_HOSTS {
            hosts.push(host);
        }
    }
    hosts
}

/// Whether a key, in lower case, lies in a part of the registry that is looked at.
fn holds(root: &Root, key: &str) -> bool {
    let name = root.key.to_ascii_lowercase();
    match key.strip_prefix(&name) {
        Some("") => true,
        Some(rest) => rest.starts_with('\\') && rest.matches('\\').count() <= root.depth,
        None => false,
    }
}

/// The key in the table's spelling, with what lies below it as it was written.
fn canonical(root: &Root, key: &str) -> String {
    match key.get(root.key.len()..) {
        // The name of a key below says who the tenant is.
        Some(_) if root.names == ["TenantId"] => root.key.clone(),
        Some(rest) => format!("{}{rest}", root.key),
        None => root.key.clone(),
    }
}

/// A key with its hive written short. A user's own hive, loaded under the security identifier, is that user's.
fn normal(key: &str) -> String {
    let key = key.trim().trim_matches('"').trim_end_matches('\\');
    let (hive, rest) = key.split_once('\\').unwrap_or((key, ""));
    let below = |short: &str, rest: &str| if rest.is_empty() { short.to_owned() } else { format!("{short}\\{rest}") };
    match hive.to_ascii_uppercase().as_str() {
        "HKEY_CURRENT_USER" | "HKCU" | "HKCU:" => below("HKCU", rest),
        "HKEY_LOCAL_MACHINE" | "HKLM" | "HKLM:" => below("HKLM", rest),
        "HKEY_CLASSES_ROOT" | "HKCR" => below(r"HKLM\SOFTWARE\Classes", rest),
        "HKEY_USERS" | "HKU" => below("HKCU", rest.split_once('\\').map_or("", |(_, rest)| rest)),
        _ => key.to_owned(),
    }
}

/// Protocols that stand before a proxy: `http=proxy:8080;https=proxy:8443`.
const PROXY_PROTOCOLS: [&str; 5] = ["http=", "https=", "ftp=", "gopher=", "socks="];

/// Proxies and URLs without users and passwords in them, whatever separators a password holds.
pub(super) fn without_user(text: &str) -> String {
    if !text.contains('@') {
        return text.to_owned();
    }
    let begins = |rest: &str| {
        let lower = rest.get(..16).unwrap_or(rest).to_ascii_lowercase();
        let scheme = lower.split_once("://").map(|(scheme, _)| scheme);
        PROXY_PROTOCOLS.iter().any(|protocol| lower.starts_with(protocol))
            || scheme.is_some_and(|scheme| !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphabetic()))
    };
    let separators = text.match_indices([';', ' ', '\t']).map(|(at, _)| at + 1);
    let starts: Vec<usize> = std::iter::once(0).chain(separators.filter(|at| begins(&text[*at..]))).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(start, end)| proxy_without_user(&text[*start..end])).collect()
}

/// One of them. What is neither a URL nor named a proxy holds a user only where a password follows: it may be a mailbox
/// address, or a file's path.
fn proxy_without_user(text: &str) -> String {
    let protocol = PROXY_PROTOCOLS
        .iter()
        .find(|known| text.get(..known.len()).is_some_and(|start| start.eq_ignore_ascii_case(known)));
    let (protocol, rest) = text.split_at(protocol.map_or(0, |protocol| protocol.len()));
    let (scheme, rest) = rest.split_at(rest.find("://").map_or(0, |at| at + 3));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let port = authority.rsplit_once(':').map_or("", |(_, port)| port);
    let is_whole = authority.contains('@') || port.bytes().all(|byte| byte.is_ascii_digit());
    // A password with a slash in it ends at the `@` all the same.
    let within = if !scheme.is_empty() && is_whole { authority } else { rest };
    let Some(at) = within.rfind('@') else { return text.to_owned() };
    let is_named = !(protocol.is_empty() && scheme.is_empty());
    let has_password = within[..at].contains(':') && !super::is_local_path(rest);
    let is_host = rest[at + 1..].starts_with(|c: char| c.is_alphanumeric() || c == '[');
    if is_host && (is_named || has_password) {
        format!("{protocol}{scheme}{}", &rest[at + 1..])
    } else {
        text.to_owned()
    }
}

fn cut(text: &str) -> String {
    sanitise_block(text, VALUE_LIMIT).replace('\n', " ")
}

/// Bytes of hexadecimal digits; what is none ends them.
pub(super) fn bytes(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks_exact(2);
    pairs.map_while(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
