//! Rules about the SRV record.

use crate::{
    event::{Cause, DnsData, Origin, Stage},
    finding::{
        Certainty, Finding, Severity,
        case::{self, Case},
        draft::Draft,
        values,
    },
    model::CandidateState,
};
use std::net::IpAddr;

/// The SRV record's target cannot be used.
pub(in crate::finding) fn srv_target_bad(case: &Case) -> Vec<Finding> {
    let Some(state) = case.first_of(Origin::Srv) else { return Vec::new() };
    let (target, _) = srv_record(state).unwrap_or_default();
    let is_literal = target.trim_end_matches('.').parse::<IpAddr>().is_ok();
    let (fault, severity) = match case::cause(state, Stage::Dns) {
        Some(Cause::DnsSrvTargetMissing) => ("has no address", Severity::Major),
        Some(Cause::DnsSrvTargetRoot) => {
            ("is a single dot, which declares that the service is not offered", Severity::Major)
        }
        Some(Cause::DnsSrvTargetAlias) => ("is an alias (CNAME), which the standard forbids", Severity::Minor),
        _ if is_literal => ("is an address where a name belongs", Severity::Major),
        _ => return Vec::new(),
    };
    // A declared absence is a choice as long as another step answers.
    let chosen = case::cause(state, Stage::Dns) == Some(Cause::DnsSrvTargetRoot) && case.has_answer();
    if chosen || !case.concerns(state) {
        return Vec::new();
    }
    Draft::new(case, "srv-target-bad", Certainty::Proven, Some(state))
        .stage(Stage::Dns)
        .severity(severity)
        .dns_facts(state)
        .value("srv_fault", fault)
        .value("srv_host", if target.is_empty() || target == "." { "a target".to_owned() } else { target })
        .found()
}

/// The SRV record names a port that Outlook does not use.
pub(in crate::finding) fn srv_port(case: &Case) -> Vec<Finding> {
    let Some(state) = case.first_of(Origin::Srv) else { return Vec::new() };
    let Some((target, port)) = srv_record(state).filter(|(_, port)| *port != 443) else { return Vec::new() };
    if target == "." || !case.concerns(state) {
        return Vec::new();
    }
    Draft::new(case, "srv-port-not-443", Certainty::Likely, Some(state))
        .stage(Stage::Dns)
        .dns_facts(state)
        .value("srv_host", values::host_name(&target))
        .value("srv_port", port.to_string())
        .found()
}

/// Target and port of the SRV record that a client takes first.
fn srv_record(state: &CandidateState) -> Option<(String, u16)> {
    let records = case::lookups(state).flat_map(|answer| &answer.records);
    let first = records.filter_map(|record| match &record.data {
        DnsData::Srv { priority, weight, port, target } => Some((*priority, u16::MAX - weight, *port, target)),
        _ => None,
    });
    first.min().map(|(_, _, port, target)| (target.clone(), port))
}
