//! Active Directory in a scenario: how it is asked, and what its domain controllers hold.

use serde::Deserialize;

/// How Active Directory is looked at, as the options would say it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectoryLook {
    /// Values of `--ldap`: LDAP URLs, or `auto`.
    pub ask: Vec<String>,
    /// `--site`.
    #[serde(default)]
    pub site: Option<String>,
    /// `--ldap-user`.
    #[serde(default)]
    pub account: Option<String>,
    /// Its password.
    #[serde(default)]
    pub password: Option<String>,
    /// `--send-password-to`: hosts that may get it besides those that are named.
    #[serde(default)]
    pub send_password_to: Vec<String>,
}

/// What a domain controller holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectoryTree {
    /// DNS name of the forest, such as `corp.contoso.test`.
    pub forest: String,
    /// The entries are shown to this account only, whose password is `password`; absent means that everybody may read
    /// them.
    #[serde(default)]
    pub account: Option<String>,
    /// The account's password.
    #[serde(default)]
    pub password: Option<String>,
    /// Service connection points.
    #[serde(default, rename = "point")]
    pub points: Vec<PointSpec>,
    /// Hosts to which redirects are trusted; absent when there is no such entry.
    #[serde(default)]
    pub trusted_redirects: Option<Vec<String>>,
    /// Mail domains of the Exchange organisation.
    #[serde(default)]
    pub accepted_domains: Vec<String>,
}

/// A service connection point.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointSpec {
    /// Name of the server.
    pub server: String,
    /// The URL, or for a pointer the other directory's.
    pub holds: String,
    /// It points to another directory.
    #[serde(default)]
    pub pointer: bool,
    /// `Site=` keywords.
    #[serde(default)]
    pub sites: Vec<String>,
    /// `Domain=` keywords.
    #[serde(default)]
    pub domains: Vec<String>,
}
