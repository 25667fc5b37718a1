//! The verdict in one sentence.

use crate::{
    event::{AnswerKind, CandidateId, DnsStatus, Evidence, Origin, Standing},
    finding::{Finding, Severity},
    model::{CandidateState, Model, Progress},
    walk::{self, Prompt, PromptKind, Role, VerdictClass, Walk},
};

/// Minor findings that nothing is wrong with.
const BY_DESIGN: [&str; 2] = ["http-redirect-prompt", "srv-redirect-prompt"];

/// The sentence that says what this client does, where, and whether anything is wrong.
pub(super) fn headline(model: &Model, walk: &Walk, findings: &[Finding]) -> String {
    if model.progress == Progress::Running {
        return running(model, walk);
    }
    let mut sentence = concluded(model, walk, findings);
    let title = |id: &str| findings.iter().find(|finding| finding.id == id).map(|f| f.title.trim_end_matches('.'));
    let switches = switched_off(walk);
    // Each thing once: the step that is left out says more than the finding's title, which says more than the file's name.
    let says_why = matches!(walk.class, VerdictClass::Fails | VerdictClass::Degraded | VerdictClass::Inconclusive);
    if let Some(title) = title("registry-excludes-left-behind").filter(|_| says_why && !switches.is_empty()) {
        sentence = sentence.replace(&format!(" {title}."), "");
    }
    let is_told = title("local-xml-preferred").is_some_and(|title| sentence.contains(title));
    let file = if is_told { String::new() } else { preferred_file(model, walk) };
    format!("{sentence}{switches}{file}")
}

fn concluded(model: &Model, walk: &Walk, findings: &[Finding]) -> String {
    match walk.class {
        VerdictClass::Silent | VerdictClass::NeedsPassword => healthy(model, walk, findings),
        VerdictClass::Degraded => degraded(model, walk, findings),
        VerdictClass::Prompts => prompts(model, walk),
        VerdictClass::Fails => fails(model, walk, findings),
        VerdictClass::Inconclusive if model.progress == Progress::Cancelled => {
            say!("The run was stopped before enough was known.").to_owned()
        }
        VerdictClass::Inconclusive if only_by_old_versions(model, walk).is_some() => say!(
            "Whether Outlook gets through at {place} depends on the PC: its Windows must still have the old versions of \
             TLS switched on.{because}",
            place = only_by_old_versions(model, walk).unwrap_or_default(),
            because = because(findings)
        ),
        VerdictClass::Inconclusive if led_elsewhere(model, walk).is_some() => say!(
            "This PC goes to {place}, by its own list of names, and nobody looked at what it gets there.{because}",
            place = led_elsewhere(model, walk).unwrap_or_default(),
            because = because(findings)
        ),
        VerdictClass::Inconclusive if model.candidates.iter().any(CandidateState::is_beyond_the_library) => {
            say!("What Outlook is told there cannot be seen from here.{because}", because = because(findings))
        }
        VerdictClass::Inconclusive => inconclusive(model, walk),
    }
}

/// What the PC leaves out.
fn switched_off(walk: &Walk) -> String {
    let mut sentence = String::new();
    let off: Vec<_> = walk.steps.iter().filter_map(|step| Some((step.number, step.switched_off.as_ref()?))).collect();
    let mut names: Vec<&str> = off.iter().map(|(_, off)| off.value.as_str()).collect();
    names.dedup();
    let mut steps: Vec<String> = off.iter().filter_map(|(number, _)| Some(number.as_ref()?.to_string())).collect();
    steps.dedup();
    if !names.is_empty() {
        sentence.push_str(&say!(" This PC has {names} set", names = names.join(", ")));
        sentence.push_str(&match steps.as_slice() {
            [] => ".".to_owned(),
            [one] => say!(", so step {one} is left out.", one),
            several => say!(", so steps {several} are left out.", several = several.join(", ")),
        });
    }
    sentence
}

/// What the PC reads before it asks anybody.
fn preferred_file(model: &Model, walk: &Walk) -> String {
    let file = model.settings(walk.client).filter(|settings| settings.prefers_local_xml());
    file.and_then(|settings| settings.local_xml(model.domain())).map_or(String::new(), |file| {
        format!(" This PC reads {} before it asks anybody (PreferLocalXML).", file.value.data)
    })
}

/// The first open step that only Windows with old versions of TLS gets through at.
fn only_by_old_versions(model: &Model, walk: &Walk) -> Option<String> {
    let mut open = walk.open.iter().filter_map(|id| model.candidate(id));
    let state = open.find(|state| state.old_versions_only().is_some())?;
    Some(name_step(model, walk, &state.candidate.id))
}

/// Where the PC's own list of names leads the first open step that it leads elsewhere.
fn led_elsewhere(model: &Model, walk: &Walk) -> Option<String> {
    let mut open = walk.open.iter().filter_map(|id| model.candidate(id));
    open.find_map(|state| {
        let address = walk::own_addresses(model, state).first()?.to_string();
        let host = state.host();
        Some(say!("{address} for {host}", address, host))
    })
}

fn running(model: &Model, walk: &Walk) -> String {
    let waiting = open_steps(model, walk);
    match waiting.as_slice() {
        [] => say!("Looking...").to_owned(),
        [one] => say!("Looking... still open: {one}", one),
        many => say!("Looking... {many} candidates still open", many = many.len()),
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
    let consents = || walk.prompts.iter().filter(|prompt| prompt.kind == PromptKind::Consent);
    let wrong = findings.iter().find(|finding| finding.severity >= Severity::Major);
    let mut sentence = match walk.class {
        VerdictClass::Silent if consents().next().is_some() || wrong.is_some() => {
            say!("Outlook gets its settings at {place}.", place)
        }
        VerdictClass::Silent if is_without_exchange(model, walk) => {
            say!("Outlook gets its settings at {place}, for a mailbox without Exchange.", place)
        }
        VerdictClass::Silent => say!("Outlook gets its settings at {place} without asking.", place),
        _ if is_signed_in(model, walk) => {
            say!("Outlook gets its settings at {place} once the user signs in.", place)
        }
        _ if wrong.is_some() => {
            say!("Outlook reaches its mailbox service at {place} and asks for the user's password.", place)
        }
        _ => say!("Outlook reaches its mailbox service at {place}; only the user's password is needed.", place),
    };
    for prompt in consents() {
        let asks = if prompt.may { say!("It may ask") } else { say!("It asks") };
        sentence.push_str(&say!(" {asks} once whether {host} may configure the account.", asks, host = prompt.host));
    }
    let elsewhere = |prompt: &&Prompt| Some(&prompt.candidate) != walk.decided_by.as_ref();
    let mut sign_ins = walk.prompts.iter().filter(|prompt| prompt.kind == PromptKind::SignIn);
    if let Some(other) = sign_ins.find(elsewhere) {
        sentence.push_str(&say!(" It may first show a sign-in page of {host}.", host = other.host));
    }
    if let Some(alert) = walk.prompts.iter().find(|prompt| prompt.kind == PromptKind::SecurityAlert) {
        sentence.push_str(&say!(" It may first show a certificate alert for {host}.", host = alert.host));
    } else if let Some(wrong) = wrong {
        sentence.push_str(&say!(" But something is wrong: {title}.", title = wrong.title.trim_end_matches('.')));
    } else if findings
        .iter()
        .any(|finding| finding.severity == Severity::Minor && !BY_DESIGN.contains(&finding.id.as_str()))
    {
        sentence.push_str(say!(" What else was found is minor."));
    } else if model.candidates.iter().any(|state| state.candidate.standing == Standing::LeftOut) {
        sentence.push_str(say!(" Nothing is wrong in what was asked; steps were left out."));
    } else {
        sentence.push_str(say!(" Nothing is wrong."));
    }
    sentence
}

/// Whether the settings are for IMAP or POP.
fn is_without_exchange(model: &Model, walk: &Walk) -> bool {
    let state = walk.decided_by.as_ref().and_then(|id| model.candidate(id));
    state.and_then(CandidateState::answer).is_some_and(|answer| answer.kind == AnswerKind::ImapPop)
}

/// Whether somebody signed in where the client's search ends.
fn is_signed_in(model: &Model, walk: &Walk) -> bool {
    walk.decided_by.as_ref().and_then(|id| model.candidate(id)).is_some_and(CandidateState::is_signed_in)
}

fn degraded(model: &Model, walk: &Walk, findings: &[Finding]) -> String {
    let place = decider(model, walk);
    if walk.waits_seconds > 0 {
        let slow = walk.steps.iter().filter(|step| step.role == Role::Delays);
        let slow: Vec<String> = slow.map(|step| name_step(model, walk, &step.candidate)).collect();
        return say!(
            "Outlook gets there at {place}, but first waits about {waits_seconds} s at {slow}.",
            place,
            waits_seconds = walk.waits_seconds,
            slow = slow.join(say!(" and "))
        );
    }
    if !findings.iter().any(|finding| finding.id == "cpanel-answers-imap") {
        return say!(
            "Outlook is told to use IMAP by {place}; nothing here speaks of Exchange.{because}",
            place,
            because = because(findings)
        );
    }
    say!(
        "Outlook takes what {place} answers, which is not the mailbox service.{because}",
        place,
        because = because(findings)
    )
}

fn prompts(model: &Model, walk: &Walk) -> String {
    let alerts: Vec<_> =
        walk.prompts.iter().filter(|prompt| prompt.kind == PromptKind::SecurityAlert && !prompt.may).collect();
    let Some(first) = alerts.first() else { return healthy(model, walk, &[]) };
    let of_service = |id: &CandidateId| model.candidate(id).is_some_and(|s| s.candidate.origin == Origin::Service);
    let stops_in_search = !of_service(&first.candidate);
    let mut sentence = if stops_in_search {
        let name_step = name_step(model, walk, &first.candidate);
        // One name is enough.
        let host = if name_step.contains(&first.host) { String::new() } else { format!(" ({})", first.host) };
        say!(
            "Outlook stops at {name_step} and asks the user to accept {certificate}{host}.",
            name_step,
            certificate = what_is_wrong(first),
            host
        )
    } else {
        say!(
            "Outlook gets its settings, then asks the user to accept {certificate} for {host}.",
            certificate = what_is_wrong(first),
            host = first.host
        )
    };
    if alerts.len() > 1 {
        sentence.push_str(&say!(" {alerts} alerts in all.", alerts = alerts.len()));
    }
    if stops_in_search {
        sentence.push_str(&before(model, walk, &first.candidate));
    }
    let elsewhere = model.candidate(&first.candidate).map(|state| walk::own_addresses(model, state));
    if let Some(address) = elsewhere.into_iter().flatten().next() {
        sentence.push_str(&say!(" This PC's own list of names leads it to {address} there.", address));
    }
    sentence
}

/// What the alert says of the certificate: a wrong name makes it somebody else's, the other lines do not.
fn what_is_wrong(alert: &Prompt) -> &'static str {
    match alert.red_lines.as_slice() {
        ["date"] => say!("a certificate that is out of date by this PC's clock"),
        ["issuer"] => say!("a certificate from an issuer that is not trusted"),
        ["issuer", "date"] => say!("a certificate that is neither trusted nor in date"),
        _ => say!("a wrong certificate"),
    }
}

fn fails(model: &Model, walk: &Walk, findings: &[Finding]) -> String {
    let alert = walk.prompts.iter().find(|prompt| prompt.kind == PromptKind::SecurityAlert && !prompt.may);
    let mut sentence = match alert {
        Some(alert) => {
            let name_step = name_step(model, walk, &alert.candidate);
            let of_step = name_step.contains(&alert.host);
            let for_host = if of_step { String::new() } else { say!(" for {host}", host = alert.host) };
            say!(
                "Outlook stops at {name_step} with a certificate alert{for_host}, and finds no settings even if the \
                 user accepts.",
                name_step,
                for_host
            )
        }
        None => match &walk.decided_by {
            Some(id) => say!(
                "Outlook asks for the password at {place} for ever, and gets no settings.",
                place = name_step(model, walk, id)
            ),
            None => say!("Outlook finds no settings for this address.").to_owned(),
        },
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
        let says = if refused { say!("refuses every question") } else { say!("gives no answer to any question") };
        return say!(
            "The name server {resolvers} {says}, so nothing can be said about this domain; check this machine's \
             network \
             or name another server.",
            resolvers,
            says
        );
    }
    let mut open: Vec<String> = open_steps(model, walk);
    // The PC names it, and nobody looked into it.
    let unseen = walk.steps.iter().filter(|step| step.reached).filter_map(|step| model.candidate(&step.candidate));
    let unseen = unseen.filter(|state| state.candidate.standing == Standing::NotVisible);
    open.extend(unseen.map(|state| name_step(model, walk, &state.candidate.id)));
    say!("Too little is known: {open} gave no result.", open = open.join(", "))
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
        [one] => say!(" Step {one} is harmless.", one),
        [first, .., last] if last - first + 1 == earlier.len() => {
            say!(" Steps {first}-{last} are harmless.", first, last)
        }
        several => {
            let list: Vec<String> = several.iter().map(ToString::to_string).collect();
            say!(" Steps {list} are harmless.", list = list.join(", "))
        }
    }
}

fn decider(model: &Model, walk: &Walk) -> String {
    walk.decided_by.as_ref().map_or_else(|| say!("no step").to_owned(), |id| name_step(model, walk, id))
}

/// `step 4 (autodiscover.contoso.test)`; a followed place is named by its host and the step that led there.
pub(super) fn name_step(model: &Model, walk: &Walk, id: &CandidateId) -> String {
    let Some(state) = model.candidate(id) else { return id.to_string() };
    let number = walk.steps.iter().find(|step| step.candidate == *id).and_then(|step| step.number);
    let host = state.host();
    match (number, &state.candidate.opened_by) {
        (Some(number), _) if host.is_empty() => say!("step {number}", number),
        (Some(number), _) => say!("step {number} ({host})", number, host),
        (None, Some(opener)) => {
            let opener = name_step(model, walk, opener);
            say!("{host}, where {opener} leads", host, opener)
        }
        (None, None) => match state.candidate.origin {
            Origin::LocalXml => say!("the local XML file").to_owned(),
            Origin::LastKnownGood => say!("the last URL that worked ({host})", host),
            _ => id.to_string(),
        },
    }
}
