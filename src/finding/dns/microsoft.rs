//! Rules about names of a domain whose mail is in Microsoft 365.

use super::is_domain_missing;
use crate::{
    event::{Origin, Outcome, Sign, Stage},
    finding::{
        Certainty, Finding, Severity,
        case::{self, Case},
        draft::{Draft, record_words},
        intermediary, values,
    },
    model::CandidateState,
};

/// Mail is at Microsoft 365, but `autodiscover` does not lead there: there is no record of that kind, or one that leads
/// to another place than the tenant's.
pub(in crate::finding) fn microsoft365_alias(case: &Case) -> Vec<Finding> {
    let Some(state) = case.first_of(Origin::Autodiscover).filter(|_| case.is_mail_at_microsoft()) else {
        return Vec::new();
    };
    let asked =
        matches!(state.outcome(Stage::Dns), Some(Outcome::Passed | Outcome::Warned { .. })) || case::is_absent(state);
    let target = target_of_tenant(case);
    let aliases = case::aliases(state);
    let leads_there = aliases.iter().any(|alias| alias.eq_ignore_ascii_case(target));
    let own_exchange = case.model.candidates.iter().any(|other| {
        other.candidate.origin != Origin::Office365 && !case::is_microsoft(other.host()) && case.is_exchange(other)
    });
    // A content network answers with addresses of its own, whatever alias stands behind it.
    let proxied = intermediary::content_network(state).is_some();
    if !asked || leads_there || own_exchange || proxied || is_domain_missing(case) {
        return Vec::new();
    }
    let (id, certainty) = match aliases.first() {
        // The tenant's own address, written down, serves until Microsoft moves it; so does a region's name.
        None if is_at_microsoft(case, state) => ("m365-cname-wrong-target", Certainty::Likely),
        None => ("m365-cname-missing", Certainty::Proven),
        Some(alias) if case::is_microsoft(alias) && same_cloud(alias, target) => {
            ("m365-cname-wrong-target", Certainty::Likely)
        }
        Some(_) if case.answers_like_canary(state) => ("m365-cname-missing", Certainty::Proven),
        Some(_) => ("m365-cname-wrong-target", Certainty::Proven),
    };
    let signs = microsoft_signs(case);
    // The questions for both kinds of address meet the same alias.
    let found = values::each_once(case::lookups(state).flat_map(|answer| &answer.records).map(record_words));
    let found = if found.is_empty() { say!("no record").to_owned() } else { found.join(", ") };
    let mut draft = Draft::new(case, id, certainty, Some(state))
        .stage(Stage::Dns)
        .fact(say!("mail"), signs.clone())
        .fact(case.autodiscover_host(), found.clone())
        .value("signs", signs)
        .value("tenant_target", target)
        .value("found", found);
    if case.has_answer() {
        // The step for Microsoft 365 finds the settings; phones and older versions miss the record.
        draft = draft.severity(Severity::Minor);
    }
    draft.found()
}

/// Where the alias of a tenant belongs, told by where its mail goes (Microsoft: external DNS records; 21Vianet and the
/// clouds of the United States have names of their own).
fn target_of_tenant(case: &Case) -> &'static str {
    let to = |zone: &str| case.mail_servers().iter().any(|server| case::is_under(server, zone));
    if to("partner.outlook.cn") {
        "autodiscover.partner.outlook.cn"
    } else if to("office365.us") {
        "autodiscover.office365.us"
    } else {
        "autodiscover.outlook.com"
    }
}

fn same_cloud(alias: &str, target: &str) -> bool {
    let last = |name: &str| name.rsplit('.').next().map(str::to_ascii_lowercase);
    last(alias) == last(target)
}

/// Whether a host has an address of Microsoft's own endpoint, as far as that was looked up.
fn is_at_microsoft(case: &Case, state: &CandidateState) -> bool {
    let endpoint: Vec<_> = case.model.of_origin(Origin::Office365).flat_map(case::addresses).collect();
    case::addresses(state).iter().any(|address| endpoint.contains(address))
}

/// Signs of Microsoft 365 in words.
pub(in crate::finding) fn microsoft_signs(case: &Case) -> String {
    let mut words: Vec<String> = case.model.signs.iter().map(Sign::record).collect();
    for server in case.mail_servers().into_iter().filter(|server| case::is_microsoft(server)) {
        let server = format!("MX {server}");
        if !words.contains(&server) {
            words.push(server);
        }
    }
    words.join(", ")
}
