//! Certificates of a scenario.

use serde::Deserialize;

/// A certificate to make.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateSpec {
    /// Who signs it.
    pub issuer: Issuer,
    /// Subject alternative names; none makes a certificate with a common name only.
    #[serde(default)]
    pub names: Vec<String>,
    /// Common name of the subject; the first alternative name when absent.
    #[serde(default)]
    pub common_name: Option<String>,
    /// Start of validity in days from now.
    #[serde(default = "default_not_before")]
    pub not_before: i64,
    /// End of validity in days from now. At most 200 days in all are customary since March 2026 (CA/B Forum Baseline
    /// Requirements 6.3.2).
    #[serde(default = "default_not_after")]
    pub not_after: i64,
    /// Whether the server sends the intermediate's certificate along.
    #[serde(default = "default_true")]
    pub send_intermediate: bool,
    /// What it is made for.
    #[serde(default)]
    pub usage: Usage,
    /// Where it says that its issuer's certificate can be fetched (AIA caIssuers, RFC 5280 4.2.2.1).
    #[serde(default)]
    pub issuer_url: Option<String>,
}

/// What a certificate is made for (extended key usage, RFC 5280 4.2.1.12).
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Usage {
    /// Server authentication.
    #[default]
    Server,
    /// Client authentication alone.
    Client,
}

/// Who signs a certificate.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Issuer {
    /// An authority that the lab's trust store holds, by way of an intermediate.
    Public,
    /// An authority that no trust store holds, by way of an intermediate.
    Private,
    /// The certificate itself.
    SelfSigned,
}

fn default_not_before() -> i64 {
    -30
}

fn default_not_after() -> i64 {
    150
}

fn default_true() -> bool {
    true
}
