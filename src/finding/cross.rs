//! Rules that compare candidates.

use super::{
    Certainty, Finding, Severity,
    case::{self, Case, place},
    draft::Draft,
    intermediary, values,
};
use crate::{
    event::{CandidateId, Certificate, ClientFamily, Evidence, Origin, Outcome, Sign, Stage, Standing},
    model::CandidateState,
    walk::{PromptKind, Role},
};

/// One of several mail domains on one server lost, or never had, its SRV record.
pub(super) fn srv_missing(case: &Case) -> Vec<Finding> {
    // A client that never asks for the record is not helped by it: for it the certificate is at fault.
    let srv = case.first_of(Origin::Srv).filter(|srv| case.has_step(Origin::Srv) && case::is_absent(srv));
    let Some(srv) = srv.filter(|_| intermediary::portal(case).is_none()) else { return Vec::new() };
    let Some(target) = case.srv_target().filter(|target| !case::is_under(target, case.domain())) else {
        return Vec::new();
    };
    let own = case::organisation(case.domain());
    let covers_nothing = |leaf: &Certificate| case::all_names(leaf).iter().all(|name| case::organisation(name) != own);
    let presented = case.concerned().into_iter().find(|state| {
        let leaf = state.handshake().and_then(|handshake| handshake.leaf());
        matches!(state.candidate.origin, Origin::Root | Origin::Autodiscover)
            && leaf.is_some_and(|leaf| {
                covers_nothing(leaf) && case::covers(leaf, &target) && case.is_same_organisation(state, leaf)
            })
    });
    let Some(state) = presented else { return Vec::new() };
    let mut draft = Draft::new(case, "srv-missing-for-extra-domain", Certainty::Proven, Some(state))
        .and(srv)
        .stage(Stage::Dns)
        .fact(format!("_autodiscover._tcp.{}", case.domain()), say!("no SRV record"))
        .dns_facts(state);
    if let Some(handshake) = state.handshake() {
        draft = draft.certificate_facts(handshake);
    }
    draft.found()
}

/// The SRV record would serve, but something worse comes first.
pub(super) fn srv_shadowed(case: &Case) -> Vec<Finding> {
    let hidden = |state: &&CandidateState| case.role(state) == Some(Role::Hidden);
    let Some(srv) = case.first_of(Origin::Srv).filter(hidden) else { return Vec::new() };
    let place_of_srv = case.position(&srv.candidate.id);
    let before = case.concerned().into_iter().find(|state| {
        case.role(state).is_some_and(|role| matches!(role, Role::Prompts | Role::Decides | Role::Delays))
            && case.position(&state.candidate.id) < place_of_srv
            && !matches!(state.candidate.origin, Origin::Srv | Origin::Service)
    });
    let Some(before) = before else { return Vec::new() };
    let mut draft = Draft::new(case, "srv-shadowed-by-earlier-step", Certainty::Proven, Some(srv))
        .and(before)
        .stage(Stage::Dns)
        .dns_facts(srv)
        .dns_facts(before)
        .value("shadow_host", place(&before.candidate));
    if let Some(handshake) = before.handshake() {
        draft = draft.certificate_facts(handshake);
    }
    clear_the_way(case, before, draft).found()
}

/// What takes out of the way what answers before the SRV record: records, if there are any, or else a cure at that place.
fn clear_the_way(case: &Case, before: &CandidateState, draft: Draft) -> Draft {
    let host = place(&before.candidate);
    let stray = draft.holds("stray_lines");
    let of_records = before.candidate.origin == Origin::Autodiscover || before.candidate.origin == Origin::Redirect;
    let (cure, assume) = match before.candidate.origin {
        _ if case.is_invented(before) => (
            say!(
                "No record stands in the way: the resolver used here invents an address for {host}. Use one that tells \
                 the truth; the case \"The DNS resolver here invents addresses\" says how.",
                host
            ),
            "resolver truthful".to_owned(),
        ),
        Origin::Root => (
            say!(
                "The website at https://{host} is what answers. It needs a certificate for {host}, or must refuse port \
                 443; the web host has to act.",
                host
            ),
            format!("certificate sound at {host}; certificate lists {host}"),
        ),
        _ => (
            say!("The server at {host} has to be cured, or whatever leads Outlook there has to go.", host),
            String::new(),
        ),
    };
    let words = match stray {
        true => say!("Take out the records marked \"delete\", so that nothing answers for the name."),
        false => say!("Publish the text record: the name then has a record of its own, and no address."),
    };
    let undo = match (stray, draft.holds("override_line")) {
        (true, true) => say!("take the text record out, then put the old record back"),
        (false, true) => say!("take the text record out"),
        _ => say!("put the old record back"),
    };
    let useless: &[&'static str] = match of_records && (stray || draft.holds("override_line")) {
        true => &["cure-first"],
        false => &["clear-the-way", "clear-the-way-powershell", "ticket"],
    };
    draft
        .value("shadow_cure", cure)
        .value("assume_cure", assume)
        .value("clear_words", words)
        .value("undo_cleared", undo)
        .without(useless)
}

/// The server from Active Directory fails silently, and what the user sees comes from a public name.
pub(super) fn scp_falls_through(case: &Case) -> Vec<Finding> {
    let probed =
        |state: &&CandidateState| state.candidate.standing == Standing::Probed && state.candidate.url.is_some();
    let scps: Vec<&CandidateState> = case.model.of_origin(Origin::Scp).filter(probed).collect();
    let Some(scp) = scps.first().copied() else { return Vec::new() };
    let served = case.walk.decided_by.as_ref().is_some_and(|id| origin_of(case, id) == Some(Origin::Scp));
    let asked = scps.iter().any(|state| case.role(state) == Some(Role::Prompts));
    let failed = scps
        .iter()
        .all(|state| state.stages.values().any(|stage| matches!(stage.outcome, Some(Outcome::Failed { .. }))));
    let public = [Origin::Root, Origin::Autodiscover, Origin::Redirect, Origin::Srv];
    let prompt = case.walk.prompts.iter().find(|prompt| {
        prompt.kind == PromptKind::SecurityAlert
            && origin_of(case, &prompt.candidate).is_some_and(|origin| public.contains(&origin))
    });
    let Some(prompt) = prompt.filter(|_| failed && !served && !asked) else { return Vec::new() };
    let mut draft = Draft::new(case, "scp-failure-falls-through-to-dns", Certainty::Proven, Some(scp));
    for state in &scps {
        draft = draft.and(state).fact(say!("URL in Active Directory"), state.candidate.url.clone().unwrap_or_default());
        if let Some(code) = case.step(&state.candidate.id).and_then(|step| step.code) {
            draft = draft.fact(say!("ends with"), code);
        }
    }
    if let Some(state) = case.model.candidate(&prompt.candidate) {
        draft = draft.and(state).dns_facts(state);
    }
    draft.value("scp_host", place(&scp.candidate)).value("shadow_host", prompt.host.clone()).found()
}

/// The step of the client's search that a candidate belongs to, through the redirects that opened it.
fn origin_of(case: &Case, id: &CandidateId) -> Option<Origin> {
    let mut state = case.model.candidate(id)?;
    for _ in 0..crate::plan::CANDIDATE_LIMIT {
        match &state.candidate.opened_by {
            Some(opener) => state = case.model.candidate(opener)?,
            None => return Some(state.candidate.origin),
        }
    }
    None
}

/// Only the SRV record works, and this client has no such step.
pub(super) fn too_old_for_srv(case: &Case) -> Vec<Finding> {
    let old = case.walk.client == ClientFamily::Outlook2007Rtm;
    let Some(srv) = case.first_of(Origin::Srv).filter(|srv| old && !case.has_answer() && serves(srv)) else {
        return Vec::new();
    };
    Draft::new(case, "outlook-too-old-for-srv", Certainty::Proven, Some(srv)).stage(Stage::Dns).dns_facts(srv).found()
}

/// Whether a candidate gives settings or asks for a password behind a sound certificate, on the port that Outlook goes to.
pub(super) fn serves(state: &CandidateState) -> bool {
    let answered = state.exchange().is_some_and(|exchange| exchange.status == Some(401))
        || state.outcome(Stage::Xml).is_some_and(Outcome::is_through);
    case::holds(state) && answered && state.candidate.port == 443
}

/// A tenant exists, but mail and Exchange are elsewhere: newer clients may ask Microsoft first.
pub(super) fn microsoft365_first(case: &Case) -> Vec<Finding> {
    let verified = case.model.signs.iter().any(|sign| matches!(sign, Sign::VerificationText { .. }));
    let tenant = tenant(case);
    let office = case.first_of(Origin::Office365).filter(|state| {
        state.candidate.standing == Standing::Probed
            && case.step(&state.candidate.id).is_some_and(|step| step.number.is_some() && step.reached)
    });
    let own = case.model.own_exchange();
    let elsewhere = !case.mail_servers().is_empty() && !case.is_mail_at_microsoft();
    let (Some(office), Some(own)) = (office.filter(|_| verified && elsewhere), own) else { return Vec::new() };
    let signs = super::dns::microsoft_signs(case);
    let certainty = if tenant.is_some() { Certainty::Likely } else { Certainty::Possible };
    let draft = Draft::new(case, "o365-endpoint-tried-first", certainty, Some(own));
    // Every company that once verified its domain has the record; what else shows a tenant makes it worth acting on.
    let draft = if tenant.is_some() { draft } else { draft.severity(Severity::Minor) };
    draft
        .and(office)
        .stage(Stage::Http)
        .fact(say!("signs"), signs.clone())
        .fact(say!("Microsoft 365"), tenant.unwrap_or_default())
        .fact(say!("Exchange answers at"), own.host())
        .value("signs", signs)
        .found()
}

/// What Microsoft itself says of a tenant of the domain, where somebody let it be asked.
fn tenant(case: &Case) -> Option<String> {
    case.model.facts.iter().find_map(|evidence| match evidence {
        Evidence::Outside(question) => {
            let realm = question.namespace.as_ref().filter(|kind| !kind.eq_ignore_ascii_case("unknown"));
            let tenant = question.tenant.as_ref().map(|tenant| format!("the tenant {tenant} has this domain"));
            tenant.or_else(|| realm.map(|kind| format!("it knows the users of this domain ({kind})")))
        }
        _ => None,
    })
}

/// Outlook asks for permission once, as designed.
pub(super) fn consent(case: &Case) -> Vec<Finding> {
    let prompts = case.walk.prompts.iter().filter(|prompt| prompt.kind == PromptKind::Consent);
    let portal = intermediary::portal(case);
    let mut findings: Vec<Finding> = Vec::new();
    for prompt in prompts {
        let Some(state) = case.model.candidate(&prompt.candidate) else { continue };
        if portal.as_ref().is_some_and(|portal| portal.answers(state)) {
            // Nobody meant this redirect.
            continue;
        }
        let host = values::host_name(&prompt.host);
        let draft = match origin_of(case, &prompt.candidate) {
            Some(Origin::Srv) => {
                Draft::new(case, "srv-redirect-prompt", Certainty::Likely, Some(state)).value("srv_host", host)
            }
            Some(_) => {
                let location = state.redirect.as_ref().map(|redirect| redirect.location.clone());
                let location = location.or_else(|| state.candidate.url.clone()).unwrap_or_default();
                let draft = Draft::new(case, "http-redirect-prompt", Certainty::Proven, Some(state));
                let at_microsoft = case::is_microsoft(&prompt.host);
                let draft = if at_microsoft { draft } else { draft.without(&["mac"]) };
                draft.value("location", location).value("location_host", host)
            }
            None => continue,
        };
        let finding = draft.stage(Stage::Http).dns_facts(state).fact(say!("asks about"), prompt.host.clone()).finish();
        findings.extend(finding.filter(|new| findings.iter().all(|known| known.title != new.title)));
    }
    findings
}

/// The lines that name all service hosts that do not pass.
pub(super) fn name_services(case: &Case, draft: Draft) -> Draft {
    let mut lines = Vec::new();
    for state in case.model.of_origin(Origin::Service).filter(|state| !case::holds(state)) {
        let Some(leaf) = state.handshake().and_then(|handshake| handshake.leaf()) else { continue };
        let line = say!("{host}: its certificate lists {names}", host = state.host(), names = values::names(leaf));
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    draft.value("services", lines.join("\n"))
}

/// Consequences and what they follow from, the first that applies.
const FOLLOWS: [(&str, &[&str]); 7] = [
    ("scp-failure-falls-through-to-dns", &[]),
    ("autodiscover-tld-leak", &[]),
    ("srv-shadowed-by-earlier-step", SHADOWS),
    // Where the SRV record is right, the record in front of it is what has to go, not the certificate.
    ("san-mismatch", &["srv-missing-for-extra-domain", "srv-shadowed-by-earlier-step"]),
    ("cname-to-host-not-on-cert", &["srv-shadowed-by-earlier-step"]),
    ("scp-points-to-internal-name", &["internal-name-on-public-cert-impossible"]),
    ("internal-name-on-public-cert-impossible", &["service-urls-use-other-name", "self-signed-default-cert"]),
];

/// What makes a host answer that nobody meant to answer, so that an SRV record behind it is never reached.
const SHADOWS: &[&str] = &[
    "wildcard-dns",
    "nxdomain-rewritten",
    "root-domain-webhost-cert",
    "autodiscover-wrong-ip",
    "sni-default-vhost",
    "split-dns-mismatch",
    "website-catch-all-200",
    "cpanel-answers-imap",
    "self-signed-default-cert",
    "private-ca-not-trusted",
    "incomplete-chain",
    "cert-expired",
];

/// Names the cause of each finding that is a consequence.
pub(super) fn link(case: &Case, findings: &mut [Finding]) {
    let known: Vec<(String, Vec<CandidateId>)> =
        findings.iter().map(|finding| (finding.id.clone(), finding.candidates.clone())).collect();
    for finding in findings.iter_mut() {
        let Some((_, causes)) = FOLLOWS.iter().find(|(id, _)| *id == finding.id) else { continue };
        let shares = |other: &Vec<CandidateId>| other.iter().any(|id| touches(case, finding, id));
        finding.consequence_of = known
            .iter()
            .filter(|(id, other)| *id != finding.id && shares(other))
            .find(|(id, _)| if causes.is_empty() { is_cause(id) } else { causes.contains(&id.as_str()) })
            .map(|(id, _)| id.clone());
    }
}

/// The finding that bars the place that Active Directory names, so that the client fell through to public names: its cure
/// opens the search again.
pub(super) fn opens_the_search(case: &Case, findings: &[Finding]) -> Option<String> {
    let fell = findings.iter().find(|finding| finding.id == "scp-failure-falls-through-to-dns")?;
    let cause = fell.consequence_of.clone()?;
    findings.iter().any(|finding| finding.id == cause && is_at_directory(case, finding)).then_some(cause)
}

/// Whether a finding speaks about a place that Active Directory names.
pub(super) fn is_at_directory(case: &Case, finding: &Finding) -> bool {
    finding.candidates.iter().any(|id| origin_of(case, id) == Some(Origin::Scp))
}

/// Whether a consequence speaks about a candidate in the place where its cause lies.
fn touches(case: &Case, finding: &Finding, id: &CandidateId) -> bool {
    let at_scp = origin_of(case, id) == Some(Origin::Scp);
    let at_srv = origin_of(case, id) == Some(Origin::Srv);
    let wanted = match finding.id.as_str() {
        "scp-failure-falls-through-to-dns" => at_scp,
        "srv-shadowed-by-earlier-step" => !at_srv,
        _ => true,
    };
    wanted && finding.candidates.contains(id)
}

/// Whether a finding can stand as a cause: not itself one of the consequences, and not a mere remark.
fn is_cause(id: &str) -> bool {
    let remarks =
        ["root-404-benign", "http-redirect-prompt", "srv-redirect-prompt", "scp-failure-falls-through-to-dns"];
    !remarks.contains(&id) && id != "srv-shadowed-by-earlier-step"
}
