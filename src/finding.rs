//! Findings: what the evidence means. Rules read the model and the walk; words come from the catalogue.

mod case;
mod cross;
mod directory;
mod dns;
mod draft;
mod federation;
mod grade;
mod http;
mod intermediary;
mod question;
mod scp;
mod settings;
mod sign_in;
mod tcp;
mod this_pc;
mod tls;
mod values;
mod vantage;
mod xml;

pub use grade::{Certainty, Severity};

/// What would make the certificates of a run right.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CertificateCure {
    /// Names that one certificate has to list for every candidate that leads to the organisation's Exchange.
    pub names: Vec<String>,
    /// Without a new certificate: the host that the present one covers already, for an SRV record to point to.
    pub srv_target: Option<String>,
}

/// Which certificate would fix a run, and which SRV record would do without one. Pure. The remedies of the certificate
/// findings offer the same names.
pub fn certificate_cure(model: &Model, walk: &Walk) -> CertificateCure {
    values::certificate_cure(&Case::new(model, walk))
}

pub use draft::cannot_be_told;
pub use question::{FAILS_ALL_THE_SAME, Question, Reading, only_the_pc_is_left, questions};
pub use vantage::{Standpoint, standpoint};

#[cfg(test)]
mod tests;

use crate::{
    assumption::Assumption,
    event::{CandidateId, Stage},
    model::Model,
    walk::{Role, VerdictClass, Walk},
};
use case::Case;
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

impl Fact {
    /// A fact with this label and value.
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into() }
    }
}

/// One way to cure a finding.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Remedy {
    /// What to do, in one line.
    pub title: String,
    /// What the text is for: `zone`, `powershell`, `dnscmd`, `exchange`, `iis`, `registry`, `nginx`, `apache`, `shell`,
    /// `steps` or `ticket`.
    pub kind: String,
    /// What to do in order, in words; several lines.
    pub steps: String,
    /// The text to paste, with this customer's names; the steps again where there is nothing to paste.
    pub text: String,
    /// Who has to do it.
    pub owner: Owner,
    /// What it can break.
    pub risk: String,
    /// How to take it back.
    pub undo: String,
    /// How to check it.
    pub verify: String,
    /// What would be different once it is done; empty where no probe would see it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assumes: Vec<Assumption>,
    /// Why nobody can tell what follows, in one sentence; absent where [`Remedy::leads_to`] tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unforeseen: Option<String>,
    /// The verdict that it leads to by itself, computed from what was measured; absent while the run goes on, and where
    /// nothing can be foreseen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leads_to: Option<Prospect>,
    /// Whether its finding would be gone then; absent where that hangs on what nobody measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cures: Option<bool>,
}

/// What a run would come to.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Prospect {
    /// The verdict in one word.
    pub class: VerdictClass,
    /// Where the client would stop.
    pub stops_at: Option<CandidateId>,
    /// The verdict in one sentence.
    pub headline: String,
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

/// A rule: what it can find, and how.
struct Rule {
    ids: &'static [&'static str],
    find: fn(&Case) -> Vec<Finding>,
}

/// All rules. The order settles which of two findings of equal weight comes first.
const RULES: &[Rule] = &[
    Rule { ids: &["domain-does-not-exist"], find: dns::domain_missing },
    Rule { ids: &["dns-server-failing"], find: dns::server_failing },
    Rule { ids: &["srv-missing-for-extra-domain"], find: cross::srv_missing },
    Rule { ids: &["tls10-only"], find: tls::old_versions_only },
    Rule { ids: &["tls-inspection"], find: tls::inspected },
    Rule { ids: &["captive-portal-or-filter"], find: intermediary::captive },
    Rule { ids: &["proxied-by-cdn"], find: intermediary::proxied },
    Rule { ids: tls::CERTIFICATE_IDS, find: tls::certificates },
    Rule { ids: &["internal-name-on-public-cert-impossible"], find: scp::internal_name },
    Rule { ids: &["scp-stale-after-migration"], find: scp::stale },
    Rule { ids: &["scp-host-resolves-to-wrong-server"], find: scp::wrong_server },
    Rule { ids: &["service-url-missing-path"], find: scp::missing_path },
    Rule { ids: &["scp-of-other-forest"], find: directory::other_forest },
    Rule { ids: &["scp-wrong-site"], find: directory::wrong_site },
    Rule { ids: &["scp-trusted-redirect-list-missing"], find: directory::redirects_not_trusted },
    Rule { ids: &["scp-change-not-replicated"], find: directory::not_replicated },
    Rule { ids: &["client-cert-required-vdir", "device-demands-client-cert"], find: http::client_certificate },
    Rule { ids: &["not-tls-on-443"], find: tls::not_tls },
    Rule { ids: &["tls-no-common-parameters"], find: tls::no_common_parameters },
    Rule { ids: &["tls-handshake-stalls"], find: tls::stalls },
    Rule { ids: &["tls-old-suites-only"], find: tls::old_suites_only },
    Rule { ids: &["one-certificate-per-address"], find: tls::certificate_by_name },
    Rule { ids: &["wildcard-dns", "nxdomain-rewritten"], find: dns::invented_addresses },
    Rule { ids: &["autodiscover-record-absent"], find: dns::record_absent },
    Rule { ids: &["srv-wrong-owner-name"], find: dns::srv_owner_slip },
    Rule { ids: &["negative-cache-after-fix"], find: dns::remembered_denial },
    Rule { ids: &["m365-cname-missing", "m365-cname-wrong-target"], find: dns::microsoft365_alias },
    Rule { ids: &["srv-target-bad"], find: dns::srv_target_bad },
    Rule { ids: &["srv-port-not-443"], find: dns::srv_port },
    Rule { ids: &["srv-multiple-records-disagree"], find: dns::srv_records_disagree },
    Rule { ids: &["split-dns-mismatch"], find: dns::split_views },
    Rule { ids: &["dns-cache-stale"], find: dns::remembered_addresses },
    Rule { ids: &["split-dns-mismatch"], find: dns::other_side },
    Rule { ids: &["private-address-in-public-dns"], find: dns::private_in_public },
    Rule { ids: &["port80-closed-redirect-needed"], find: tcp::port80_closed },
    Rule { ids: &["port-443-filtered"], find: tcp::filtered },
    Rule { ids: &["ipv6-address-dead", "multiple-a-records-one-dead"], find: tcp::dead_addresses },
    Rule { ids: &["apppool-stopped-503", "webconfig-broken-500", "handler-missing-405"], find: http::broken_service },
    Rule { ids: &["reverse-proxy-preauth-form", "website-catch-all-200"], find: http::web_page },
    Rule { ids: &["waf-blocks-autodiscover"], find: http::firewall },
    Rule { ids: &["redirect-loop", "redirect-target-not-https"], find: http::bad_redirect },
    Rule { ids: &["iis-redirect-inherited"], find: http::inherited_redirect },
    Rule { ids: &["path-case-sensitive-404"], find: http::case_sensitive_path },
    Rule { ids: &["legacy-auth-blocked"], find: http::legacy_authentication },
    Rule { ids: &["credentials-refused"], find: sign_in::refused },
    Rule { ids: &["auth-prompt-loop", "extended-protection-tls-terminated"], find: sign_in::broken_windows_sign_in },
    Rule { ids: &["upn-differs-from-smtp"], find: sign_in::other_user_name },
    Rule { ids: &["mailbox-or-licence-not-ready"], find: sign_in::mailbox_not_ready },
    Rule { ids: &["federation-endpoint-unreachable"], find: federation::sign_in_server },
    Rule { ids: &["json-v2-missing-or-broken"], find: http::json_missing },
    Rule { ids: &["cpanel-answers-imap"], find: xml::imap_answer },
    Rule { ids: &["wrong-hostname-for-extra-domain"], find: settings::wrong_mail_hosts },
    Rule { ids: &["imap-xml-correct-but-outlook-new-ignores"], find: settings::imap_ignored },
    Rule { ids: &["urls-missing-in-answer"], find: settings::urls_missing },
    Rule { ids: &["certprincipalname-mismatch"], find: settings::principal_name },
    Rule { ids: &["cross-forest-remnant"], find: settings::cross_forest },
    Rule { ids: &["xml-error-code"], find: xml::error_code },
    Rule { ids: &["malformed-or-wrong-namespace-xml"], find: xml::unreadable },
    Rule { ids: &["mobilesync-only-responder"], find: xml::mobile_only },
    Rule { ids: &["redirectaddr-loop-or-dead"], find: xml::redirect_address },
    Rule { ids: &["scp-failure-falls-through-to-dns"], find: cross::scp_falls_through },
    Rule { ids: &["srv-shadowed-by-earlier-step"], find: cross::srv_shadowed },
    Rule { ids: &["outlook-too-old-for-srv"], find: cross::too_old_for_srv },
    Rule { ids: &["o365-endpoint-tried-first"], find: cross::microsoft365_first },
    Rule { ids: &["root-domain-drop-slow"], find: tcp::root_drops },
    Rule { ids: &["http-redirect-prompt", "srv-redirect-prompt"], find: cross::consent },
    Rule { ids: question::IDS, find: question::confirmed },
    Rule { ids: &["autodiscover-tld-leak"], find: dns::back_off },
    Rule { ids: &["post-becomes-get"], find: http::post_becomes_get },
    Rule { ids: &["xml-600-on-get"], find: sign_in::error_600_in_browser },
    Rule { ids: &["root-404-benign"], find: http::root_not_found },
];

/// Pages of cases that nothing on the network, in the directory or on a PC shows, so that no rule finds them.
pub const PAGE_ONLY: &[&str] = &["dns-provider-cannot-srv"];

/// Ids of all cases that rules can find, each once, in the order of the rules.
pub fn ids() -> Vec<&'static str> {
    let mut ids = Vec::new();
    for id in RULES.iter().flat_map(|rule| rule.ids) {
        if !ids.contains(id) {
            ids.push(*id);
        }
    }
    ids
}

/// What the evidence means for one client: root causes first, in the order the client meets them, then consequences,
/// then what only looks like a fault. Pure; an unfinished run gives what is certain so far.
pub fn evaluate(model: &Model, walk: &Walk) -> Vec<Finding> {
    let case = Case::new(model, walk);
    let mut findings: Vec<Finding> = Vec::new();
    if case.domain().is_empty() {
        return findings;
    }
    // What is wrong on the PC is said of the PC, and what the network is worth without it.
    let of_pc = this_pc::findings(&case);
    let network = this_pc::of_network(model, walk);
    let judged = network.as_ref().map_or(Case::new(model, walk), |(model, walk)| Case::new(model, walk));
    for rule in RULES {
        for mut finding in (rule.find)(&judged) {
            finding.severity = finding.severity.min(worst(judged.walk.class));
            if !findings.iter().any(|known| known.id == finding.id && known.candidates == finding.candidates) {
                findings.push(finding);
            }
        }
    }
    findings.extend(of_pc);
    cross::link(&case, &mut findings);
    let opens = cross::opens_the_search(&case, &findings);
    findings.sort_by_key(|finding| order(&case, finding, opens.as_deref()));
    findings
}

/// How bad a finding can be: where settings are found nothing stands in the way of a profile, whatever the page says.
fn worst(class: VerdictClass) -> Severity {
    match class {
        VerdictClass::Fails | VerdictClass::Inconclusive => Severity::Blocker,
        VerdictClass::Silent | VerdictClass::NeedsPassword | VerdictClass::Degraded | VerdictClass::Prompts => {
            Severity::Major
        }
    }
}

/// Faults that make several candidates fail at once.
const WIDE: [&str; 9] = [
    "registry-excludes-left-behind",
    "local-xml-preferred",
    "lkg-url-stale",
    "captive-portal-or-filter",
    "domain-does-not-exist",
    "dns-server-failing",
    "nxdomain-rewritten",
    "clock-skew",
    "tls-inspection",
];

/// What makes every candidate fail comes first, then what bars the place that Active Directory names, where the client fell
/// through from there, then where the client stops, then the worst. What the client passes over
/// stands behind all that, however early it meets it.
fn order(case: &Case, finding: &Finding, opens: Option<&str>) -> impl Ord + use<> {
    let bars = opens == Some(finding.id.as_str()) && cross::is_at_directory(case, finding);
    let wide = WIDE.contains(&finding.id.as_str());
    let stops = case.walk.stops_at.as_ref().is_some_and(|id| finding.candidates.contains(id));
    let is_passed_over =
        |id: &CandidateId| case.step(id).is_some_and(|step| matches!(step.role, Role::Harmless | Role::Unreached));
    let passed_over = !finding.candidates.is_empty() && finding.candidates.iter().all(is_passed_over);
    let first = finding.candidates.iter().map(|id| case.position(id)).min().unwrap_or(usize::MAX);
    (
        finding.severity == Severity::Info,
        finding.consequence_of.is_some() || finding.severity == Severity::Minor,
        !wide,
        !bars,
        !stops,
        std::cmp::Reverse(finding.severity),
        passed_over,
        first,
    )
}

impl Remedy {
    /// Whether it is a text to send to somebody else.
    pub fn is_ticket(&self) -> bool {
        self.kind == "ticket"
    }
}

impl Owner {
    /// The party with this stable word.
    fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "dns-host" => Self::DnsHost,
            "web-host" => Self::WebHost,
            "exchange-admin" => Self::ExchangeAdmin,
            "network" => Self::Network,
            "pc" => Self::Pc,
            "nobody" => Self::Nobody,
            _ => return None,
        })
    }

    /// The party in words, as it follows "owner:".
    pub fn words(self) -> &'static str {
        match self {
            Self::DnsHost => say!("your DNS host"),
            Self::WebHost => say!("your web host"),
            Self::ExchangeAdmin => say!("the Exchange administrator"),
            Self::Network => say!("the network administrator"),
            Self::Pc => say!("this PC"),
            Self::Nobody => say!("nobody"),
        }
    }
}
