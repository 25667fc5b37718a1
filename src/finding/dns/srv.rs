//! Rules about the SRV record.

use crate::{
    event::{Cause, DnsAnswer, DnsData, DnsStatus, HandshakePurpose, Origin, Outcome, Purpose, Stage, TlsFailure},
    finding::{
        Certainty, Finding, Severity,
        case::{self, Case},
        draft::{Draft, record_words},
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
        Some(Cause::DnsSrvTargetMissing) if is_doubled(case, &target) => {
            (say!("carries the zone twice, for want of a final dot, and has no address"), Severity::Major)
        }
        Some(Cause::DnsSrvTargetMissing) => (say!("has no address"), Severity::Major),
        Some(Cause::DnsSrvTargetRoot) => {
            (say!("is a single dot, which declares that the service is not offered"), Severity::Major)
        }
        Some(Cause::DnsSrvTargetAlias) => (say!("is an alias (CNAME), which the standard forbids"), Severity::Minor),
        _ if is_literal => (say!("is an address where a name belongs"), Severity::Major),
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
        .value("srv_host", if target.is_empty() || target == "." { say!("a target").to_owned() } else { target })
        .found()
}

/// Whether a name ends in the domain twice: in a zone file a name without its final dot is completed with the zone.
fn is_doubled(case: &Case, target: &str) -> bool {
    target.trim_end_matches('.').ends_with(&format!(".{0}.{0}", case.domain()))
}

/// The SRV record that stands at a name where nobody looks for it.
pub(super) fn slip(srv: &CandidateState) -> Option<&DnsAnswer> {
    srv.dns().find(|answer| {
        let holds_srv = answer.records.iter().any(|record| matches!(record.data, DnsData::Srv { .. }));
        answer.purpose == Purpose::OwnerSlip && answer.status == DnsStatus::Answered && holds_srv
    })
}

/// The SRV record was published under a wrong name.
pub(in crate::finding) fn srv_owner_slip(case: &Case) -> Vec<Finding> {
    let Some(srv) = case.first_of(Origin::Srv).filter(|srv| case::is_absent(srv) && case.concerns(srv)) else {
        return Vec::new();
    };
    let Some(slip) = slip(srv).filter(|_| !case.has_answer()) else { return Vec::new() };
    let mut draft = Draft::new(case, "srv-wrong-owner-name", Certainty::Proven, Some(srv)).stage(Stage::Dns);
    draft = draft.fact(format!("_autodiscover._tcp.{}", case.domain()), say!("no SRV record"));
    for record in &slip.records {
        draft = draft.fact(record.name.clone(), record_words(record));
    }
    let target = slip.records.iter().find_map(|record| match &record.data {
        DnsData::Srv { target, .. } => Some(values::host_name(target)),
        _ => None,
    });
    draft
        .value("wrong_owner", values::host_name(&slip.question.name))
        .value("srv_host", target.unwrap_or_else(|| values::gap(say!("target of the SRV record"))))
        .found()
}

/// Several SRV records with different targets, of which at least one would not serve: which is used differs from client
/// to client, whatever RFC 2782 says.
pub(in crate::finding) fn srv_records_disagree(case: &Case) -> Vec<Finding> {
    let Some(srv) = case.first_of(Origin::Srv).filter(|srv| case.concerns(srv)) else { return Vec::new() };
    let records: Vec<_> = case::lookups(srv).flat_map(|answer| &answer.records).collect();
    let mut targets: Vec<&str> = Vec::new();
    for record in &records {
        match &record.data {
            DnsData::Srv { target, .. } if target != "." && !targets.contains(&target.as_str()) => targets.push(target),
            _ => {}
        }
    }
    let faults: Vec<(&str, &str)> =
        targets.iter().filter_map(|target| Some((*target, fault_of(srv, target)?))).collect();
    let Some((bad, _)) = faults.first().copied().filter(|_| targets.len() > 1) else { return Vec::new() };
    let good = targets.iter().find(|target| !faults.iter().any(|(bad, _)| bad == *target));
    let mut draft = Draft::new(case, "srv-multiple-records-disagree", Certainty::Proven, Some(srv)).stage(Stage::Dns);
    for record in &records {
        draft = draft.fact(record.name.clone(), record_words(record));
    }
    for (target, fault) in &faults {
        draft = draft.fact(*target, *fault);
    }
    let stale = records.iter().find_map(|record| match &record.data {
        DnsData::Srv { priority, weight, port, target } if target == bad => Some((*priority, *weight, *port)),
        _ => None,
    });
    let (priority, weight, port) = stale.unwrap_or_default();
    let words = faults.iter().map(|(target, fault)| format!("{target} {fault}")).collect::<Vec<_>>().join("; ");
    draft
        .value("targets", targets.join(", "))
        .value("faults", words)
        .value("stale_numbers", format!("{priority} {weight} {port}"))
        .value("stale_target", values::host_name(bad))
        .value(
            "good_target",
            good.map_or_else(|| values::gap(say!("the right target")), |good| values::host_name(good)),
        )
        .found()
}

/// Why a target would not serve; none where it would, and where it was not looked at.
fn fault_of(srv: &CandidateState, target: &str) -> Option<&'static str> {
    if srv.host() == target {
        let failed = srv.stages.values().any(|stage| matches!(stage.outcome, Some(Outcome::Failed { .. })));
        return failed.then_some(say!("fails in this run"));
    }
    let mut named =
        srv.dns().filter(|answer| answer.purpose == Purpose::NamedHost && answer.question.name == target).peekable();
    if named.peek().is_some() && named.all(|answer| answer.addresses().is_empty()) {
        return Some(say!("has no address"));
    }
    let looked = srv.handshakes().find(|handshake| {
        handshake.purpose == HandshakePurpose::FurtherTarget && handshake.server_name.as_deref() == Some(target)
    })?;
    match (&looked.failure, &looked.checks) {
        (Some(TlsFailure::NoConnection), _) => Some(say!("cannot be reached")),
        (_, Some(checks)) if !checks.all_hold() => Some(say!("shows a certificate that fails the checks")),
        (Some(_), _) => Some(say!("does not speak TLS as it should")),
        _ => None,
    }
}

/// The SRV record names a port that Outlook does not use.
pub(in crate::finding) fn srv_port(case: &Case) -> Vec<Finding> {
    let Some(state) = case.first_of(Origin::Srv) else { return Vec::new() };
    let Some((target, port)) = srv_record(state).filter(|(_, port)| *port != 443) else { return Vec::new() };
    if target == "." || !case.concerns(state) {
        return Vec::new();
    }
    let usual = case.model.candidates.iter().find(|other| {
        let opened = other.candidate.opened_by.as_ref() == Some(&state.candidate.id);
        opened && other.candidate.port == 443 && other.host() == state.host()
    });
    let mut draft =
        Draft::new(case, "srv-port-not-443", Certainty::Likely, Some(state)).stage(Stage::Dns).dns_facts(state);
    if let Some(usual) = usual {
        let ended = Stage::PROBED.into_iter().find_map(|stage| match usual.outcome(stage)? {
            Outcome::Failed { cause } => Some(cause.code().replace('_', " ")),
            _ => None,
        });
        draft = draft.fact(format!("{}:443", usual.host()), ended.unwrap_or_else(|| say!("answers").to_owned()));
    }
    // Where port 443 serves as well, the record misleads other programs alone.
    if case.has_answer() {
        draft = draft.severity(Severity::Minor);
    }
    draft.value("srv_host", values::host_name(&target)).value("srv_port", port.to_string()).found()
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
