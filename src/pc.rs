//! What a PC says about Outlook's search: which places are looked at, how a text from a PC is read, and what follows.
//!
//! One seam: a [`Reader`] gives a [`Snapshot`]. The machine itself is one ([`machine`](crate::machine)), a text that
//! somebody brought is another ([`Recorded`]). Everything else here is pure.

mod collect;
mod hosts;
pub(crate) mod policy;
mod proxy;
mod text;

pub use collect::Collector;
pub use policy::{Setting, Settings, misspelt};
pub use proxy::{MachineProxy, UserProxy, machine_proxies, user_proxy};
pub use text::{TEXT_LIMIT, decode, is_from_registry, read_text};

use crate::event::{HostsEntry, PcFileRole, ThisPc};
use std::fmt;

/// Versions of Office that keep Autodiscover values, as the registry writes them.
pub const OFFICE_VERSIONS: [&str; 4] = ["12.0", "14.0", "15.0", "16.0"];

/// Longest name or datum of a registry value that is kept, in characters.
const VALUE_LIMIT: usize = 512;

/// Values that are kept.
const COUNT_LIMIT: usize = 256;

/// Entries of a hosts file that are kept.
const HOSTS_LIMIT: usize = 64;

/// Reads a PC.
pub trait Reader: fmt::Debug + Send + Sync {
    /// Reads it now: blocking, bounded and without changing anything. What cannot be read is left out.
    fn read(&self, about: &About) -> Snapshot;
}

/// For whom a PC is read.
#[derive(Clone, Debug)]
pub struct About {
    /// The mailbox address in ASCII.
    pub mailbox: String,
    /// Its domain.
    pub domain: String,
}

/// What a PC said at one moment.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// What becomes evidence.
    pub pc: ThisPc,
    /// Local XML files that the registry names for the mail domain, by their path there.
    pub files: Vec<LocalFile>,
}

/// A file of the PC.
#[derive(Clone, Debug)]
pub struct LocalFile {
    /// Which kind of file.
    pub role: PcFileRole,
    /// Its path as the registry names it, or its name.
    pub path: String,
    /// What it holds, at most 1 MiB and a byte more; or the system's reason.
    pub content: Result<Vec<u8>, String>,
}

/// A PC that was recorded: the text that somebody brought, and files where a scenario has them.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// Output of `reg query`, an export, hosts entries, in any order.
    pub text: String,
    /// Files of the PC.
    pub files: Vec<LocalFile>,
}

impl Reader for Recorded {
    fn read(&self, about: &About) -> Snapshot {
        let pc = read_text(&self.text, Some(&about.domain));
        let wanted = local_xml_paths(&pc, &about.domain);
        let is_wanted = |file: &&LocalFile| match file.role {
            PcFileRole::LocalXml => wanted.iter().any(|path| path.eq_ignore_ascii_case(&file.path)),
            PcFileRole::StoredAnswer => concerns(&file.path, &about.mailbox),
        };
        let mut snapshot = Snapshot { pc, files: self.files.iter().filter(is_wanted).cloned().collect() };
        if !self.files.is_empty() {
            snapshot.describe_files();
        }
        snapshot
    }
}

impl Snapshot {
    /// Says of each file where its URLs lead, or why it could not be read.
    pub fn describe_files(&mut self) {
        self.pc.files = Some(self.files.iter().map(collect::described).collect());
    }
}

/// Part of the registry that is looked at.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Root {
    /// The key, beginning with `HKCU` or `HKLM`.
    pub key: String,
    /// How many levels of keys below it are looked at.
    pub depth: usize,
    /// Names of the values that are kept; all where empty.
    pub names: &'static [&'static str],
}

/// Every key that is looked at. Nothing else of the registry is read or kept.
pub fn roots() -> Vec<Root> {
    let mut roots = Vec::new();
    let mut root = |key: String, depth, names| roots.push(Root { key, depth, names });
    for version in OFFICE_VERSIONS {
        for hive in ["HKCU", "HKLM"] {
            for software in SOFTWARE {
                root(format!(r"{hive}\{software}\Office\{version}\Outlook\AutoDiscover"), 1, &[]);
            }
        }
        for software in SOFTWARE {
            root(format!(r"HKCU\{software}\Office\{version}\Common\Internet"), 0, &["UseOnlineContent"]);
        }
        root(format!(r"HKCU\Software\Policies\Microsoft\Office\{version}\Common\Privacy"), 0, &["DisconnectedState"]);
        root(profiles_key(version), PROFILE_DEPTH, &PROFILE_NAMES);
    }
    root(profiles_key(""), PROFILE_DEPTH, &PROFILE_NAMES);
    for (key, depth, names) in ELSEWHERE {
        root(key.to_owned(), depth, names);
    }
    roots
}

/// The user's own settings, and those that a Group Policy sets, which win.
const SOFTWARE: [&str; 2] = [r"Software\Microsoft", r"Software\Policies\Microsoft"];

/// Levels of keys below the profiles: the profile, its sections, and one more.
const PROFILE_DEPTH: usize = 3;

/// `PR_PROFILE_LKG_AUTODISCOVER_URL` and `PR_PROFILE_USER_SMTP_EMAIL_ADDRESS` as the registry spells properties: type and
/// number in hexadecimal digits (edkmdb.h: 0x664A and 0x6641, both Unicode).
const PROFILE_NAMES: [&str; 2] = ["001f664a", "001f6641"];

/// Where profiles live since Outlook 2013, and before (empty version).
fn profiles_key(version: &str) -> String {
    match version {
        "" | "12.0" | "14.0" => {
            r"HKCU\Software\Microsoft\Windows NT\CurrentVersion\Windows Messaging Subsystem\Profiles".to_owned()
        }
        version => format!(r"HKCU\Software\Microsoft\Office\{version}\Outlook\Profiles"),
    }
}

/// Settings that are not Office's own: key, depth, names.
const ELSEWHERE: [(&str, usize, &[&str]); 18] = [
    (r"HKCU\Software\Microsoft\Exchange", 0, &["MapiHttpDisabled", "AlwaysUseMSOAuthForAutoDiscover"]),
    (proxy::USER_KEY, 0, &proxy::USER_NAMES),
    (proxy::USER_POLICY_KEY, 0, &proxy::USER_NAMES),
    (proxy::MACHINE_POLICY_KEY, 0, &["ProxySettingsPerUser"]),
    (proxy::CONNECTIONS_KEY, 0, &["DefaultConnectionSettings"]),
    (proxy::MACHINE_KEYS[0].1, 0, &["WinHttpSettings"]),
    (proxy::MACHINE_KEYS[1].1, 0, &["WinHttpSettings"]),
    (policy::PROTOCOL_KEYS[0], 0, &["DefaultSecureProtocols"]),
    (policy::PROTOCOL_KEYS[1], 0, &["DefaultSecureProtocols"]),
    (
        policy::WINDOWS_KEY,
        0,
        &["ProductName", "DisplayVersion", "CurrentVersion", "CurrentMajorVersionNumber", "CurrentBuildNumber"],
    ),
    (policy::NETLOGON_KEY, 0, &["DynamicSiteName", "SiteName"]),
    (policy::TCPIP_KEY, 0, &["Domain", "SearchList"]),
    (r"HKLM\SOFTWARE\Policies\Microsoft\Windows NT\DNSClient", 0, &["SearchList", "AppendToMultiLabelName"]),
    (policy::CLOUD_KEY, 1, &["TenantId"]),
    (policy::TIME_KEY, 0, &["Type"]),
    (policy::ZONE_KEY, 0, &["TimeZoneKeyName"]),
    (policy::OUTLOOK_KEY, 0, &[""]),
    (r"HKCU\Software\Microsoft\Office\16.0\Common\Identity", 0, &["EnableADAL"]),
];

/// Paths of the local XML files that the registry names for a mail domain, for any version of Office, each once.
pub fn local_xml_paths(pc: &ThisPc, domain: &str) -> Vec<String> {
    let mut paths: Vec<String> = Vec::new();
    for version in OFFICE_VERSIONS {
        let path = Settings::of(pc, version).local_xml(domain).map(|setting| setting.value.data.clone());
        paths.extend(path.filter(|path| !paths.contains(path)));
    }
    paths
}

/// Whether a stored answer is about this mailbox: its name says so, or names nobody.
pub fn concerns(file_name: &str, mailbox: &str) -> bool {
    let name = file_name.to_lowercase();
    !name.contains('@') || name.contains(&mailbox.to_lowercase())
}

/// What two readings say together; the later one wins where both speak of a value.
pub fn merged(first: Option<&ThisPc>, second: ThisPc) -> ThisPc {
    let Some(first) = first else { return second };
    let mut pc = first.clone();
    pc.keys.extend(second.keys.into_iter().filter(|key| !first.keys.contains(key)));
    for value in second.values {
        pc.values.retain(|known| !known.is(&value.key, &value.name));
        pc.values.push(value);
    }
    pc.remembered.extend(second.remembered.into_iter().filter(|url| !first.remembered.contains(url)));
    pc.hosts = second.hosts.or(pc.hosts);
    pc.files = second.files.or(pc.files);
    pc.left_out = pc.left_out.saturating_add(second.left_out);
    pc
}

/// Whether a key of the table was looked at.
pub fn looked_at(pc: &ThisPc, key: &str) -> bool {
    pc.keys.iter().any(|known| known.eq_ignore_ascii_case(key))
}

/// Entries of a hosts file that lead a name elsewhere.
pub fn hosts_entries<'a>(pc: &'a ThisPc, name: &str) -> Vec<&'a HostsEntry> {
    let named = |entry: &&HostsEntry| entry.names.iter().any(|known| known.eq_ignore_ascii_case(name));
    pc.hosts.iter().flatten().filter(named).collect()
}

#[cfg(test)]
mod tests;
