//! The certificate that fails a check, named exactly once per candidate: the first question answered with yes names
//! the case (failures.md H.1).

mod clock;
mod issuer;
mod missing;
mod weak;

use super::inspection::{self, Inspection};
use crate::{
    event::{
        Certificate, Checks, DateReason, DnsAnswer, HandshakePurpose, NameReason, Origin, Purpose, Stage, TlsHandshake,
        TrustReason,
    },
    finding::{
        Certainty, Finding, Owner,
        case::{self, Case},
        cross, dns,
        draft::Draft,
        intermediary, values,
    },
    model::CandidateState,
};

/// Cases that a failed certificate check may turn out to be.
pub(in crate::finding) const CERTIFICATE_IDS: &[&str] = &[
    "cert-not-bound-to-iis",
    "wildcard-dns",
    "nxdomain-rewritten",
    "split-dns-mismatch",
    "dns-cache-stale",
    "cname-to-host-not-on-cert",
    "san-typo",
    "wildcard-depth",
    "sni-default-vhost",
    "root-domain-webhost-cert",
    "self-signed-default-cert",
    "scp-points-to-internal-name",
    "service-urls-use-other-name",
    "san-mismatch",
    "scp-host-resolves-to-wrong-server",
    "autodiscover-wrong-ip",
    "clock-skew",
    "cert-expired",
    "incomplete-chain",
    "private-ca-not-trusted",
    "weak-or-revoked-cert",
    "scp-new-server-unconfigured",
    "root-is-domain-controller",
];

/// A certificate that failed.
struct Failed<'a> {
    state: &'a CandidateState,
    handshake: &'a TlsHandshake,
    leaf: &'a Certificate,
    checks: &'a Checks,
}

/// One finding for each concerned candidate whose certificate fails a check; candidates of one host share it.
pub(in crate::finding) fn certificates(case: &Case) -> Vec<Finding> {
    let portal = intermediary::portal(case);
    let mut found: Vec<(String, Finding)> = Vec::new();
    let inspections = inspection::inspections(case);
    for state in case.concerned() {
        // Where the handshake failed, a chain that came in clear is judged in its place.
        let Some(handshake) =
            [state.handshake(), state.clear_text()].into_iter().flatten().find(|h| h.leaf().is_some())
        else {
            continue;
        };
        let (Some(leaf), Some(checks)) = (handshake.leaf(), &handshake.checks) else { continue };
        let failed = Failed { state, handshake, leaf, checks };
        // What answers in the server's place is told once, and its certificate is not the server's.
        let elsewhere = portal.as_ref().is_some_and(|portal| portal.concerns(&state.candidate.id));
        if elsewhere || intermediary::content_network(state).is_some() {
            continue;
        }
        let Some(finding) = name(case, &failed, &inspections).and_then(Draft::finish) else { continue };
        // The cure of these is the same for all hosts: one finding.
        let one_for_all = ["service-urls-use-other-name", "clock-skew"].contains(&finding.id.as_str());
        let host = if one_for_all { String::new() } else { state.host().to_owned() };
        match found.iter_mut().find(|(known, other)| *known == host && other.id == finding.id) {
            Some((_, other)) => {
                let new = finding.candidates.into_iter().filter(|id| !other.candidates.contains(id));
                let new: Vec<_> = new.collect();
                other.candidates.extend(new);
                let facts = finding.evidence.into_iter().filter(|fact| !other.evidence.contains(fact));
                let facts: Vec<_> = facts.collect();
                other.evidence.extend(facts);
            }
            None => found.push((host, finding)),
        }
    }
    found.into_iter().map(|(_, finding)| finding).collect()
}

fn name(case: &Case, failed: &Failed, inspections: &[Inspection]) -> Option<Draft> {
    if let Some(draft) = not_bound(case, failed) {
        return Some(draft);
    }
    if !failed.checks.name_matches.ok {
        return Some(wrong_name(case, failed));
    }
    if !failed.checks.in_date.ok {
        return Some(wrong_date(case, failed));
    }
    // Who signs in the server's place is told once, for all hosts together.
    if inspections.iter().any(|inspection| inspection.concerns(&failed.state.candidate.id)) {
        return None;
    }
    if !failed.checks.trusted.ok {
        return Some(issuer::wrong_issuer(case, failed));
    }
    weak::weak(case, failed).or_else(|| issuer::private_authority(case, failed))
}

fn draft(case: &Case, id: &'static str, certainty: Certainty, failed: &Failed) -> Draft {
    Draft::new(case, id, certainty, Some(failed.state))
        .stage(Stage::Tls)
        .dns_facts(failed.state)
        .certificate_facts(failed.handshake)
}

/// A mail port of the same server shows another certificate, and that one passes every check for this host: the right
/// certificate is there, only port 443 does not use it. Why it does not is for a human to find out, so it is likely.
fn not_bound(case: &Case, failed: &Failed) -> Option<Draft> {
    if failed.checks.all_hold() {
        return None;
    }
    let better = failed.state.handshakes().find(|other| {
        other.purpose == HandshakePurpose::OtherPort
            && other.checks.as_ref().is_some_and(Checks::all_hold)
            && !case::same_leaf(failed.handshake, other)
    })?;
    let leaf = better.leaf()?;
    let port = better.address.port();
    let draft = draft(case, "cert-not-bound-to-iis", Certainty::Likely, failed)
        .fact(say!("port {port} lists", port), values::names(leaf))
        .fact(say!("serial at port {port}", port), leaf.serial.clone())
        .fact(say!("serial at port 443"), failed.leaf.serial.clone())
        .value("new_thumbprint", values::thumbprint(Some(leaf), say!("thumbprint of the new certificate")));
    Some(draft)
}

fn wrong_name(case: &Case, failed: &Failed) -> Draft {
    let Failed { state, leaf, checks, .. } = *failed;
    let origin = state.candidate.origin;
    if !matches!(origin, Origin::Scp | Origin::Service) {
        if let Some(draft) = dns::invented(case, state) {
            return draft.stage(Stage::Tls).certificate_facts(failed.handshake);
        }
        if let Some(draft) = dns::old_address(case, state) {
            return draft.certificate_facts(failed.handshake);
        }
        if let Some(draft) = dns::split(case, state) {
            return draft.certificate_facts(failed.handshake);
        }
    }
    if let Some(target) = case::aliases(state).into_iter().find(|target| case::covers(leaf, target)) {
        return alias(case, failed, target);
    }
    if checks.name_matches.reason == NameReason::WildcardDepth {
        return prefer_cure(case, draft(case, "wildcard-depth", Certainty::Proven, failed)).first("certificate");
    }
    // What Active Directory names may be misspelt there as well: its own cases say more.
    let typo = case::misspelling(failed.handshake, state.host()).filter(|_| origin != Origin::Scp);
    if let Some(typo) = typo {
        // That the name is not listed is seen; that the other was meant for it is not.
        return prefer_cure(case, draft(case, "san-typo", Certainty::Likely, failed))
            .first("certificate")
            .fact(say!("asked for"), state.host())
            .fact(say!("listed"), typo)
            .value("near_miss", typo);
    }
    if origin == Origin::Root && !case.is_exchange(state) {
        return controller(case, failed).unwrap_or_else(|| website(case, failed));
    }
    let own = case.is_same_organisation(state, leaf);
    if checks.trusted.reason == TrustReason::SelfSigned && (own || issuer::names_a_server(leaf)) {
        return issuer::set_up_only(case, failed)
            .unwrap_or_else(|| draft(case, "self-signed-default-cert", Certainty::Proven, failed));
    }
    match (origin, own) {
        (Origin::Service, _) => service(case, failed),
        (Origin::Scp, true) => draft(case, "scp-points-to-internal-name", Certainty::Proven, failed),
        (Origin::Scp, false) => draft(case, "scp-host-resolves-to-wrong-server", Certainty::Likely, failed),
        (_, true) => san_mismatch(case, failed, Certainty::Proven),
        (Origin::Autodiscover | Origin::Redirect, false) => {
            shared_host(case, failed).unwrap_or_else(|| stranger(case, failed))
        }
        (_, false) => shared_host(case, failed).unwrap_or_else(|| san_mismatch(case, failed, Certainty::Likely)),
    }
}

fn san_mismatch(case: &Case, failed: &Failed, certainty: Certainty) -> Draft {
    let draft = prefer_cure(case, draft(case, "san-mismatch", certainty, failed));
    if failed.state.candidate.origin == Origin::Autodiscover {
        return draft;
    }
    // The records of autodiscover have nothing to do with a name that an SRV record or a redirect gave.
    draft.without(&["srv-record", "srv-powershell", "srv-dnscmd", "srv-ticket"])
}

/// The SRV record is the cheap cure, but only where a name is known that it may point to.
fn prefer_cure(case: &Case, draft: Draft) -> Draft {
    if case.srv_target().is_some() { draft } else { draft.first("certificate") }
}

fn alias(case: &Case, failed: &Failed, target: &str) -> Draft {
    let draft = draft(case, "cname-to-host-not-on-cert", Certainty::Proven, failed)
        .value("alias_target", values::host_name(target))
        .value("srv_target", values::host_name(target));
    match case.wildcard() {
        Some(canary) => {
            let answer = canary.addresses().iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            draft.fact(say!("made-up name {name}", name = canary.question.name), say!("answers too: {answer}", answer))
        }
        None => draft,
    }
}

fn website(case: &Case, failed: &Failed) -> Draft {
    if let Some(draft) = shared_host(case, failed) {
        return draft;
    }
    let mut draft = draft(case, "root-domain-webhost-cert", Certainty::Proven, failed);
    if let Some(exchange) = failed.state.exchange() {
        draft = draft.http_facts(exchange);
    }
    draft
}

fn service(case: &Case, failed: &Failed) -> Draft {
    let draft = draft(case, "service-urls-use-other-name", Certainty::Proven, failed);
    cross::name_services(case, draft)
}

/// An address that shows another organisation's certificate. Whose server it is, neither that nor a mail server elsewhere
/// proves: the organisation's own may show a wrong certificate too, and mail may go through a filter.
fn stranger(case: &Case, failed: &Failed) -> Draft {
    let mut draft = draft(case, "autodiscover-wrong-ip", Certainty::Likely, failed);
    for address in case.mail_addresses() {
        draft = draft.fact(say!("the domain's mail server"), address.to_string());
    }
    if case.srv_target().is_some() { draft } else { draft.without(&["srv-record"]) }
}

/// The server shows this certificate to every unknown name, and other names at the same address get their own.
fn shared_host(case: &Case, failed: &Failed) -> Option<Draft> {
    let Failed { state, handshake, .. } = *failed;
    let is_default = state
        .handshakes()
        .filter(|other| matches!(other.purpose, HandshakePurpose::WithoutServerName | HandshakePurpose::OtherName))
        .any(|other| case::same_leaf(other, handshake));
    let other = case.model.candidates.iter().flat_map(CandidateState::handshakes).find(|other| {
        other.address.ip() == handshake.address.ip()
            && other.purpose == HandshakePurpose::Probe
            && other.server_name.is_some()
            && other.server_name != handshake.server_name
            && !case::same_leaf(other, handshake)
            && other.checks.as_ref().is_some_and(|checks| checks.name_matches.ok)
    })?;
    let (name, leaf) = (other.server_name.as_deref()?, other.leaf()?);
    let draft = || {
        draft(case, "sni-default-vhost", Certainty::Proven, failed)
            .fact(say!("without a known name"), values::names(failed.leaf))
            .fact(say!("{name} at this address", name), values::names(leaf))
            .without(if state.candidate.origin == Origin::Autodiscover { &[] } else { &["srv-record"] })
    };
    is_default.then(draft)
}

/// The bare domain leads to the domain's controllers, because directory and mail bear the same name (KB2783881).
fn controller(case: &Case, failed: &Failed) -> Option<Draft> {
    let answers = || case.model.dns_facts(Purpose::DomainControllers);
    let controllers: Vec<_> = answers().flat_map(DnsAnswer::addresses).collect();
    if !case::addresses(failed.state).iter().any(|address| controllers.contains(address)) {
        return None;
    }
    let mut draft = draft(case, "root-is-domain-controller", Certainty::Proven, failed);
    for record in answers().flat_map(|answer| &answer.records) {
        draft = draft.fact(record.name.clone(), crate::finding::draft::record_words(record));
    }
    Some(draft)
}

fn wrong_date(case: &Case, failed: &Failed) -> Draft {
    if let Some(draft) = clock::clock_skew(case, failed) {
        return draft;
    }
    let certainty = match failed.checks.in_date.reason {
        DateReason::Expired | DateReason::NotYetValid | DateReason::IssuerOutOfDate => Certainty::Proven,
        DateReason::Valid | DateReason::Unreadable => Certainty::Likely,
    };
    let draft = draft(case, "cert-expired", certainty, failed)
        .fact(say!("valid from"), values::date(failed.leaf.not_before))
        .fact(say!("days left"), failed.checks.in_date.days_left.to_string());
    at_website(case, failed, draft)
}

/// At the company's website the web host has to act.
fn at_website(case: &Case, failed: &Failed, draft: Draft) -> Draft {
    let website = failed.state.candidate.origin == Origin::Root && !case.is_exchange(failed.state);
    if website { draft.owner(Owner::WebHost).tickets_go_to_owner() } else { draft }
}
