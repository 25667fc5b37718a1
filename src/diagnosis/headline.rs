//! The verdict in one sentence.

use crate::{
    event::{CandidateId, DnsStatus, Evidence, Origin, Standing},
    finding::{Finding, Severity},
    model::{CandidateState, Model, Progress},
    walk::{self, PromptKind, Role, VerdictClass, Walk},
};

/// Minor findings that nothing is wrong with.
const BY_DESIGN: [&str; 2] = ["http-redirect-prompt", "srv-redirect-prompt"];

/// The sentence that says what this client does, where, and whether anything is wrong.
pub(super) fn headline(model: &Model, walk: &Walk, findings: &[Finding]) -> String {
    if model.progress == Progress::Running {
        return running(model, walk);
    }
    format!("{}{}", concluded(model, walk, findings), on_this_pc(model, walk))
}

fn concluded(model: &Model, walk: &Walk, findings: &[Finding]) -> String {
    match walk.class {
        VerdictClass::Silent | VerdictClass::NeedsPassword => healthy(model, walk, findings),
        VerdictClass::Degraded => degraded(model, walk, findings),
        VerdictClass::Prompts => prompts(model, walk),
        VerdictClass::Fails => fails(model, walk, findings),
        VerdictClass::Inconclusive if model.progress == Progress::Cancelled => {
            "The run was stopped before enough was known.".to_owned()
        }
        VerdictClass::Inconclusive if model.candidates.iter().any(CandidateState::is_beyond_the_library) => {
            format!("What Outlook is told there cannot be seen from here.{}", because(findings))
        }
        VerdictClass::Inconclusive => inconclusive(model, walk),
    }
}

/// What the PC leaves out, or reads before it asks anybody.
fn on_this_pc(model: &Model, walk: &Walk) -> String {
    let mut sentence = String::new();
    let off: Vec<_> = walk.steps.iter().filter_map(|step| Some((step.number, step.switched_off.as_ref()?))).collect();
    let mut names: Vec<&str> = off.iter().map(|(_, off)| off.value.as_str()).collect();
    names.dedup();
    let mut steps: Vec<String> = off.iter().filter_map(|(number, _)| Some(number.as_ref()?.to_string())).collect();
    steps.dedup();
    if !names.is_empty() {
        sentence.push_str(&format!(" This PC has {} set", names.join(", ")));
        sentence.push_str(&match steps.as_slice() {
            [] => ".".to_owned(),
            [one] => format!(", so step {one} is left out."),
            several => format!(", so steps {} are left out.", several.join(", ")),
        });
    }
    let file = model.settings(walk.client).filter(|settings| settings.prefers_local_xml());
    if let Some(file) = file.and_then(|settings| settings.local_xml(model.domain())) {
        sentence.push_str(&format!(" This PC reads {} before it asks anybody (PreferLocalXML).", file.value.data));
    }
    sentence
}

fn running(model: &Model, walk: &Walk) -> String {
    let waiting = open_steps(model, walk);
    match waiting.as_slice() {
        [] => "Looking...".to_owned(),
        [one] => format!("Looking... still open: {one}"),
        many => format!("Looking... {} candidates still open", many.len()),
    }
}

/// Candidates that have not ended.
fn open_steps(model: &Model, walk: &Walk) -> Vec<String> {
    let is_open = |state: &CandidateState| {
        !state.finished && matches!(state.candidate.standing, Standing::Probed | Standing::AwaitingSigns)
    };
    let open = walk.steps.iter().filter(|step| model.candidate(&step.candidate).is_some_and(is_open));
    open.map(|step| name_step(model, walk, &step.candidate)).collect()
}

fn healthy(model: &Model, walk: &Walk, findings: &[Finding]) -> String {
    let place = decider(model, walk);
    let mut sentence = match walk.class {
        VerdictClass::Silent => format!("Outlook gets its settings at {place} without asking."),
        _ => format!("Outlook reaches its mailbox service at {place}; only the user's password is needed."),
    };
    for prompt in walk.prompts.iter().filter(|prompt| prompt.kind == PromptKind::Consent) {
        let asks = if prompt.may { "It may ask" } else { "It asks" };
        sentence.push_str(&format!(" {asks} once whether {} may configure the account.", prompt.host));
    }
    if let Some(alert) = walk.prompts.iter().find(|prompt| prompt.kind == PromptKind::SecurityAlert) {
        sentence.push_str(&format!(" It may first show a certificate alert for {}.", alert.host));
    } else if findings.iter().any(|finding| finding.severity >= Severity::Major) {
        // The findings say what is.
    } else if findings
        .iter()
        .any(|finding| finding.severity == Severity::Minor && !BY_DESIGN.contains(&finding.id.as_str()))
    {
        sentence.push_str(" What else was found is minor.");
    } else if model.candidates.iter().any(|state| state.candidate.standing == Standing::LeftOut) {
        sentence.push_str(" Nothing is wrong in what was asked; steps were left out.");
    } else {
        sentence.push_str(" Nothing is wrong.");
    }
    sentence
}

fn degraded(model: &Model, walk: &Walk, findings: &[Finding]) -> String {
    let place = decider(model, walk);
    if walk.waits_seconds > 0 {
        let slow = walk.steps.iter().filter(|step| step.role == Role::Delays);
        let slow: Vec<String> = slow.map(|step| name_step(model, walk, &step.candidate)).collect();
        return format!(
            "Outlook gets there at {place}, but first waits about {} s at {}.",
            walk.waits_seconds,
            slow.join(" and ")
        );
    }
    if !findings.iter().any(|finding| finding.id == "cpanel-answers-imap") {
        return format!(
            "Outlook is told to use IMAP by {place}; nothing here speaks of Exchange.{}",
            because(findings)
        );
    }
    format!("Outlook takes what {place} answers, which is not the mailbox service.{}", because(findings))
}

fn prompts(model: &Model, walk: &Walk) -> String {
    let alerts: Vec<_> =
        walk.prompts.iter().filter(|prompt| prompt.kind == PromptKind::SecurityAlert && !prompt.may).collect();
    let Some(first) = alerts.first() else { return healthy(model, walk, &[]) };
    let of_service = |id: &CandidateId| model.candidate(id).is_some_and(|s| s.candidate.origin == Origin::Service);
    let stops_in_search = !of_service(&first.candidate);
    let mut sentence = if stops_in_search {
        format!(
            "Outlook stops at {} and asks the user to accept a wrong certificate ({}).",
            name_step(model, walk, &first.candidate),
            first.host
        )
    } else {
        format!("Outlook gets its settings, then asks the user to accept a wrong certificate for {}.", first.host)
    };
    if alerts.len() > 1 {
        sentence.push_str(&format!(" {} alerts in all.", alerts.len()));
    }
    if stops_in_search {
        sentence.push_str(&before(model, walk, &first.candidate));
    }
    sentence
}

fn fails(model: &Model, walk: &Walk, findings: &[Finding]) -> String {
    let alert = walk.prompts.iter().find(|prompt| prompt.kind == PromptKind::SecurityAlert && !prompt.may);
    let mut sentence = match alert {
        Some(alert) => format!(
            "Outlook stops at {} with a certificate alert for {}, and finds no settings even if the user accepts.",
            name_step(model, walk, &alert.candidate),
            alert.host
        ),
        None => "Outlook finds no settings for this address.".to_owned(),
    };
    sentence.push_str(&because(findings));
    sentence
}

fn inconclusive(model: &Model, walk: &Walk) -> String {
    let resolvers = model.vantage.resolvers.join(", ");
    if walk::resolver_is_silent(model) {
        let refused = model
            .facts
            .iter()
            .any(|evidence| matches!(evidence, Evidence::Dns(answer) if answer.status == DnsStatus::Refused));
        let says = if refused { "refuses every question" } else { "gives no answer to any question" };
        return format!(
            "The name server {resolvers} {says}, so nothing can be said about this domain; check this machine's network \
             or name another server."
        );
    }
    let mut open: Vec<String> = open_steps(model, walk);
    // The PC names it, and nobody looked into it.
    let unseen = walk.steps.iter().filter(|step| step.reached).filter_map(|step| model.candidate(&step.candidate));
    let unseen = unseen.filter(|state| state.candidate.standing == Standing::NotVisible);
    open.extend(unseen.map(|state| name_step(model, walk, &state.candidate.id)));
    format!("Too little is known: {} gave no result.", open.join(", "))
}

fn because(findings: &[Finding]) -> String {
    findings.first().map(|finding| format!(" {}.", finding.title.trim_end_matches('.'))).unwrap_or_default()
}

/// What the steps before this one are worth.
fn before(model: &Model, walk: &Walk, at: &CandidateId) -> String {
    let earlier: Vec<usize> = walk
        .steps
        .iter()
        .take_while(|step| step.candidate != *at)
        .filter(|step| step.role == Role::Harmless && step.reached)
        .filter(|step| model.candidate(&step.candidate).is_some_and(|s| s.candidate.opened_by.is_none()))
        .filter_map(|step| step.number)
        .collect();
    match earlier.as_slice() {
        [] => String::new(),
        [one] => format!(" Step {one} is harmless."),
        [first, .., last] if last - first + 1 == earlier.len() => format!(" Steps {first}-{last} are harmless."),
        several => {
            let list: Vec<String> = several.iter().map(ToString::to_string).collect();
            format!(" Steps {} are harmless.", list.join(", "))
        }
    }
}

fn decider(model: &Model, walk: &Walk) -> String {
    walk.decided_by.as_ref().map_or_else(|| "no step".to_owned(), |id| name_step(model, walk, id))
}

/// `step 4 (autodiscover.contoso.test)`; a followed place is named by its host and the step that led there.
pub(super) fn name_step(model: &Model, walk: &Walk, id: &CandidateId) -> String {
    let Some(state) = model.candidate(id) else { return id.to_string() };
    let number = walk.steps.iter().find(|step| step.candidate == *id).and_then(|step| step.number);
    let host = state.host();
    match (number, &state.candidate.opened_by) {
        (Some(number), _) if host.is_empty() => format!("step {number}"),
        (Some(number), _) => format!("step {number} ({host})"),
        (None, Some(opener)) => {
            let opener = name_step(model, walk, opener);
            format!("{host}, where {opener} leads")
        }
        (None, None) => match state.candidate.origin {
            Origin::LocalXml => "the local XML file".to_owned(),
            Origin::LastKnownGood => format!("the last URL that worked ({host})"),
            _ => id.to_string(),
        },
    }
}
