//! Candidates: the places one client may try, and why.

use super::PointSource;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Stable name of a candidate within a run: `root`, `autodiscover`, `srv`, `scp-1`, `redirect-1`.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct CandidateId(pub String);

impl CandidateId {
    /// The id with this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CandidateId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// One thing the client may try.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Candidate {
    /// Stable name within the run.
    pub id: CandidateId,
    /// Which step of the client's search this is.
    pub origin: Origin,
    /// The URL that is asked; absent while unknown or where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Host of the URL in lower-case ASCII, without trailing dot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// TCP port of the URL; 0 where there is no URL.
    #[serde(default)]
    pub port: u16,
    /// Whether it is probed, and if not, why.
    pub standing: Standing,
    /// The candidate whose answer opened this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_by: Option<CandidateId>,
    /// The service connection point that it comes from, where Active Directory was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<PointSource>,
}

impl Candidate {
    /// A candidate that is probed, of which no more is known yet.
    pub fn bare(id: CandidateId, origin: Origin) -> Self {
        Self { id, origin, url: None, host: None, port: 0, standing: Standing::Probed, opened_by: None, point: None }
    }
}

/// The step of the client's search that a candidate belongs to (KB3211279, numbering of its list).
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Cached answer of an interrupted first start (KB2785498).
    Boot,
    /// A local XML file named in the registry (`PreferLocalXML`).
    LocalXml,
    /// The last URL that worked (`ExcludeLastKnownGoodURL` switches it off).
    LastKnownGood,
    /// The fixed Microsoft 365 endpoint.
    Office365,
    /// A service connection point of Active Directory ([MS-OXDISCO] 3.1.5.1).
    Scp,
    /// `https://<domain>/autodiscover/autodiscover.xml`.
    Root,
    /// `https://autodiscover.<domain>/autodiscover/autodiscover.xml`.
    Autodiscover,
    /// Unauthenticated GET of `http://autodiscover.<domain>/...`, which only a redirect to https can answer.
    Redirect,
    /// `_autodiscover._tcp.<domain>` SRV (KB940881).
    Srv,
    /// A place that another candidate's answer named.
    Followed,
    /// A service URL that the settings handed out (EWS, OAB, ...): asked after the search, never part of it.
    Service,
}

impl Origin {
    /// Stable name, as used in ids, options and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Boot => "boot",
            Self::LocalXml => "local-xml",
            Self::LastKnownGood => "last-known-good",
            Self::Office365 => "office365",
            Self::Scp => "scp",
            Self::Root => "root",
            Self::Autodiscover => "autodiscover",
            Self::Redirect => "redirect",
            Self::Srv => "srv",
            Self::Followed => "followed",
            Self::Service => "service",
        }
    }
}

/// Whether a candidate is probed, and if not, why.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It is probed.
    Probed,
    /// It is decided once measurements are in.
    AwaitingSigns,
    /// Nothing that was measured speaks for it, so the client would not try it.
    NoSign,
    /// What would speak for it could not be measured, because DNS gave no answer.
    Unmeasured,
    /// It needs an option that was not given (`--ldap`, `--scp-file` or `--scp-url`).
    NotAsked,
    /// It lives on the user's PC and cannot be seen from here.
    NotVisible,
    /// Left out by `--only` or `--skip`.
    LeftOut,
    /// There is nothing to probe: no such record, or a limit was reached.
    Absent,
}

/// A measured sign that the domain uses Microsoft 365 (all third-party observations: autodiscover.md 1.7).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "sign", rename_all = "snake_case")]
pub enum Sign {
    /// A TXT record `MS=...` at the domain.
    VerificationText {
        /// The record's text.
        text: String,
    },
    /// A mail server under `mail.protection.outlook.com` or `mx.microsoft`.
    MailServer {
        /// The mail server's name.
        exchange: String,
    },
    /// `autodiscover.<domain>` is an alias of a Microsoft name.
    Alias {
        /// The alias target.
        target: String,
    },
}

impl Sign {
    /// The record that shows it, such as `MX contoso-com.mail.protection.outlook.com`.
    pub fn record(&self) -> String {
        match self {
            Self::VerificationText { text } => format!("TXT {text}"),
            Self::MailServer { exchange } => format!("MX {exchange}"),
            Self::Alias { target } => format!("CNAME {target}"),
        }
    }
}

/// By which means an answer named another place.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OriginOfRedirect {
    /// Location header of a 3xx status.
    HttpStatus,
    /// `Action` = `redirectAddr`: the whole search starts again with another address.
    RedirectAddr,
    /// `Action` = `redirectUrl`.
    RedirectUrl,
}

/// An Outlook family whose order and rules are modelled.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ClientFamily {
    /// Outlook 2007 before Service Pack 1: no SRV step (KB940881).
    #[serde(rename = "outlook2007-rtm")]
    Outlook2007Rtm,
    /// Outlook 2007 SP1 and later.
    Outlook2007,
    /// Outlook 2010.
    Outlook2010,
    /// Outlook 2013.
    Outlook2013,
    /// Outlook 2016, 2019 and LTSC.
    Outlook2016,
    /// Microsoft 365 classic Outlook.
    #[default]
    Outlook365,
}

impl ClientFamily {
    /// All families, oldest first.
    pub const ALL: [Self; 6] = [
        Self::Outlook2007Rtm,
        Self::Outlook2007,
        Self::Outlook2010,
        Self::Outlook2013,
        Self::Outlook2016,
        Self::Outlook365,
    ];

    /// Stable name, as used in options and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Outlook2007Rtm => "outlook2007-rtm",
            Self::Outlook2007 => "outlook2007",
            Self::Outlook2010 => "outlook2010",
            Self::Outlook2013 => "outlook2013",
            Self::Outlook2016 => "outlook2016",
            Self::Outlook365 => "outlook365",
        }
    }

    /// The family with this stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.as_str() == name)
    }
}
