//! Findings: what the evidence means. Rules read the model and the walk; words come from the catalogue.

use crate::event::{CandidateId, Stage};
use serde::{Deserialize, Serialize};

/// What the evidence means, with this run's names filled in.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// Stable id of the case (`san-mismatch`), the name of its page in `assets/findings`.
    pub id: String,
    /// One sentence without jargon, with real values.
    pub title: String,
    /// How bad it is for this run.
    pub severity: Severity,
    /// How sure we are.
    pub certainty: Certainty,
    /// Who has to act.
    pub owner: Owner,
    /// The candidates concerned, the most telling first; empty when it concerns the whole run.
    pub candidates: Vec<CandidateId>,
    /// The stage it speaks about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    /// What was seen, line by line.
    pub evidence: Vec<Fact>,
    /// What Outlook shows.
    pub shows: String,
    /// Why it happens.
    pub explanation: String,
    /// Ways to cure it, the best first.
    pub remedies: Vec<Remedy>,
    /// How to check that it is cured.
    pub check: String,
    /// The finding that causes this one, when it is a consequence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consequence_of: Option<String>,
}

/// One thing that was seen.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Fact {
    /// What it is about, such as `autodiscover.contoso.test` or `certificate lists`.
    pub label: String,
    /// What it was, such as `A 192.0.2.10, TTL 3600`.
    pub value: String,
}

/// One way to cure a finding.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Remedy {
    /// What to do, in one line.
    pub title: String,
    /// What the text is for: `zone`, `powershell`, `dnscmd`, `exchange`, `iis`, `registry`, `nginx`, `apache`, `shell`,
    /// `steps` or `ticket`.
    pub kind: String,
    /// The text to paste or the steps, with this customer's names.
    pub text: String,
    /// Who has to do it.
    pub owner: Owner,
    /// What it can break.
    pub risk: String,
    /// How to take it back.
    pub undo: String,
    /// How to check it.
    pub verify: String,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Looks like a fault, is not one.
    Info,
    /// Slow or cosmetic.
    Minor,
    /// Works with prompts, or services are missing.
    Major,
    /// No profile can be made, or mail stops.
    Blocker,
}

/// How sure a finding is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// The evidence fits, and so do other cases.
    Possible,
    /// The evidence fits this case better than any other.
    Likely,
    /// The evidence allows nothing else.
    Proven,
}

/// Who has to act.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Owner {
    /// Whoever runs the DNS zone.
    DnsHost,
    /// Whoever runs the web site.
    WebHost,
    /// Whoever runs Exchange.
    ExchangeAdmin,
    /// Whoever runs the network in between.
    Network,
    /// Whoever looks after this PC.
    Pc,
    /// Nobody.
    Nobody,
}

impl Owner {
    /// The party in words, as it follows "owner:".
    pub fn words(self) -> &'static str {
        match self {
            Self::DnsHost => "your DNS host",
            Self::WebHost => "your web host",
            Self::ExchangeAdmin => "the Exchange administrator",
            Self::Network => "the network administrator",
            Self::Pc => "this PC",
            Self::Nobody => "nobody",
        }
    }
}
