//! Rules about names of a domain whose mail is in Microsoft 365.

use super::is_domain_missing;
use crate::{
    event::{Origin, Outcome, Sign, Stage},
    finding::{
        Certainty, Finding, Severity,
        case::{self, Case},
        draft::{Draft, record_words},
    },
};

/// Mail is at Microsoft 365, but `autodiscover` does not lead there.
pub(in crate::finding) fn microsoft365_alias_missing(case: &Case) -> Vec<Finding> {
    let Some(state) = case.first_of(Origin::Autodiscover).filter(|_| case.is_mail_at_microsoft()) else {
        return Vec::new();
    };
    let asked =
        matches!(state.outcome(Stage::Dns), Some(Outcome::Passed | Outcome::Warned { .. })) || case::is_absent(state);
    let leads_there = case::aliases(state).into_iter().any(case::is_microsoft);
    let own_exchange = case.model.candidates.iter().any(|other| {
        other.candidate.origin != Origin::Office365 && !case::is_microsoft(other.host()) && case.is_exchange(other)
    });
    if !asked || leads_there || own_exchange || is_domain_missing(case) {
        return Vec::new();
    }
    let signs = microsoft_signs(case);
    let found = case::lookups(state).flat_map(|answer| &answer.records).map(record_words).collect::<Vec<_>>();
    let found = if found.is_empty() { "no record".to_owned() } else { found.join(", ") };
    let mut draft = Draft::new(case, "m365-cname-missing", Certainty::Proven, Some(state))
        .stage(Stage::Dns)
        .fact("mail", signs.clone())
        .fact(case.autodiscover_host(), found.clone())
        .value("signs", signs)
        .value("found", found);
    if case.has_answer() {
        // The step for Microsoft 365 finds the settings; phones and older versions miss the record.
        draft = draft.severity(Severity::Minor);
    }
    draft.found()
}

/// Signs of Microsoft 365 in words.
pub(in crate::finding) fn microsoft_signs(case: &Case) -> String {
    let mut words: Vec<String> = case.model.signs.iter().map(Sign::record).collect();
    for server in case.mail_servers() {
        let server = format!("MX {server}");
        if !words.contains(&server) {
            words.push(server);
        }
    }
    words.join(", ")
}
