//! What was read on one PC: the one where Outlook runs, or the text that somebody brought from it.

use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// What was read on one PC. Nothing in it was asked of the network, and nothing on the PC was changed.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct ThisPc {
    /// How it was read.
    pub source: PcSource,
    /// Registry keys that were looked at, whether they exist or not: what is not listed among the values does not exist
    /// there. `HKCU` and `HKLM` stand for the two hives.
    pub keys: Vec<String>,
    /// Registry values that concern Outlook's search, its connections, or the PC's place in the network.
    pub values: Vec<RegistryValue>,
    /// URLs that Outlook keeps in its profiles as the last that worked.
    pub remembered: Vec<RememberedUrl>,
    /// Entries of the hosts file; absent when it was not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hosts: Option<Vec<HostsEntry>>,
    /// Autodiscover answers that Outlook stored, and local XML files that the registry names; absent when the disk was
    /// not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<Vec<PcFile>>,
    /// Values, entries and files that were left out because a limit was reached.
    #[serde(default)]
    pub left_out: u32,
}

/// How a PC was read.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PcSource {
    /// The machine that this program ran on.
    ThisMachine,
    /// A text from the PC: the output of `reg query`, an export of its registry, its hosts file.
    #[default]
    Text,
}

/// One registry value.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RegistryValue {
    /// Its key, beginning with `HKCU` or `HKLM`.
    pub key: String,
    /// Its name; empty for the default value.
    pub name: String,
    /// Its type.
    pub kind: RegistryKind,
    /// What it holds: a number in decimal, text as it is, bytes in hexadecimal digits.
    pub data: String,
}

/// Type of a registry value.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistryKind {
    /// `REG_DWORD`.
    Dword,
    /// `REG_SZ`, `REG_EXPAND_SZ` or `REG_MULTI_SZ`.
    Text,
    /// `REG_BINARY`.
    Binary,
    /// Any other type.
    Other,
}

/// A URL that a profile of Outlook keeps as the last that worked (`PR_PROFILE_LKG_AUTODISCOVER_URL`, 0x664A001F).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RememberedUrl {
    /// Office's version whose profile it is, as the registry writes it; empty up to Outlook 2010, which keep their
    /// profiles elsewhere.
    pub version: String,
    /// Mail address of the account, where the profile says so (`PR_PROFILE_USER_SMTP_EMAIL_ADDRESS`, 0x6641001F).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The URL.
    pub url: String,
}

/// One line of a hosts file.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct HostsEntry {
    /// The address.
    pub address: IpAddr,
    /// The names that lead there, in lower case.
    pub names: Vec<String>,
}

/// A file that Outlook takes settings from.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PcFile {
    /// Which kind of file.
    pub role: PcFileRole,
    /// Where it is: the path that the registry names, or the name of a stored answer below Outlook's own folder.
    pub path: String,
    /// Hosts of the https URLs in it, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// Why it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// Kind of a file that Outlook takes settings from.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PcFileRole {
    /// An answer that Outlook stored.
    StoredAnswer,
    /// The file that the registry names for the mail domain.
    LocalXml,
}

impl RegistryValue {
    /// The number of a `REG_DWORD`.
    pub fn number(&self) -> Option<u32> {
        self.data.parse().ok().filter(|_| self.kind == RegistryKind::Dword)
    }

    /// Whether the key and the name are these, compared as Windows does, without case.
    pub fn is(&self, key: &str, name: &str) -> bool {
        self.key.eq_ignore_ascii_case(key) && self.name.eq_ignore_ascii_case(name)
    }
}
