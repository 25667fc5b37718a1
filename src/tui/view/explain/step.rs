//! What a step means to the search, in a sentence, and what decides whether it is tried.

use crate::{
    event::{Origin, Standing},
    model::{CandidateState, Endpoint},
    plan,
    report::protocols,
    tui::{
        app::App,
        document::{Document, Paragraph},
        theme::Meaning,
        view::words_why_not,
    },
    walk::{self, Role, VerdictClass, Walk, WalkStep},
    words,
};

/// What decides whether the step is tried at all: measured signs, and the switch on the user's PC.
pub(super) fn about_step(app: &App, candidate: &CandidateState, document: &mut Document) {
    let origin = candidate.candidate.origin;
    if origin == Origin::Office365 && !app.model.signs.is_empty() {
        document.gap();
        document.heading(say!("Signs of Microsoft 365"));
        for sign in &app.model.signs {
            document.text(2, Meaning::Plain, &sign.record());
        }
    }
    if origin == Origin::Office365 {
        asked_outside(app, document);
    }
    let own = |endpoint: &Endpoint| endpoint.candidates.contains(&candidate.candidate.id);
    if let Some(endpoint) = app.model.endpoints().into_iter().find(own) {
        document.gap();
        document.heading(say!("What {host} says to each kind of client", host = endpoint.host));
        let rows = protocols::rows(&endpoint).into_iter();
        document.pairs(2, rows.map(|(label, says)| (label.to_owned(), Meaning::Plain, says)).collect());
    }
    if let Some(off) = app.step(&candidate.candidate.id).and_then(|step| step.switched_off.as_ref()) {
        document.gap();
        document.heading(say!("Left out on this PC"));
        document.text(2, Meaning::Plain, &say!("This step is {how}.", how = words::switched_off(off)));
    } else if let Some(switch) = plan::switch(app.ui.client, origin) {
        document.gap();
        document.heading(say!("To switch this step off on one PC"));
        let how = say!(
            "Set the DWORD value {value} to 1 under {key} and restart Outlook.",
            value = switch.value,
            key = switch.key
        );
        document.text(2, Meaning::Plain, &how);
    }
}

/// What somebody outside was asked about the domain, and what they said.
fn asked_outside(app: &App, document: &mut Document) {
    let asked = protocols::outside(&app.model);
    if asked.is_empty() {
        return;
    }
    document.gap();
    document.heading(say!("Asked outside"));
    for question in asked {
        let (what, said) = protocols::outside_row(question);
        document.push(Paragraph::new(2, Meaning::Muted, format!("{what}: ")).and(Meaning::Plain, said).hang(2));
    }
}

/// What the step means to the search, or why it is not tried.
pub(super) fn sentence(app: &App, candidate: &CandidateState) -> String {
    if words_why_not(app, candidate).is_some() {
        return why_not(app, candidate);
    }
    if !candidate.finished && app.model.is_busy() {
        return say!("Still being asked.").to_owned();
    }
    let Some(step) = app.step(&candidate.candidate.id) else { return String::new() };
    match step.number {
        _ if step.switched_off.is_some() => say!("Outlook on this PC leaves this step out.").to_owned(),
        // The local file and the remembered URL have no number of their own.
        None if step.reached => role(app, candidate, step),
        None => say!("{client} does not try this place.", client = words::client(app.ui.client)),
        Some(_) => role(app, candidate, step),
    }
}

fn role(app: &App, candidate: &CandidateState, step: &WalkStep) -> String {
    let stops = app.diagnosis.as_ref().and_then(|diagnosis| diagnosis.walk.stops_at.as_ref());
    let stops = stops.and_then(|id| app.step(id)).and_then(|step| step.number);
    let code = step.code.filter(|_| step.reached).map(words::code_spellings);
    let code = code.map(|code| say!(" Its log shows {code}.", code)).unwrap_or_default();
    let walk = app.diagnosis.as_ref().map(|diagnosis| &diagnosis.walk);
    let elsewhere = || words::own_addresses(&walk::own_addresses(&app.model, candidate));
    let asks_for_ever =
        |walk: &Walk| walk.class == VerdictClass::Fails && walk.decided_by.as_ref() == Some(&candidate.candidate.id);
    match step.role {
        Role::Decides if walk.is_some_and(asks_for_ever) => {
            say!("Outlook asks for the password here for ever, and gets no settings.").to_owned()
        }
        Role::Decides if walk.is_some_and(|walk| walk.open.contains(&candidate.candidate.id)) => {
            let instead = elsewhere().map(|words| say!(" What was measured does not count: {words}.", words));
            say!("What is not known here is what the verdict hangs on.{instead}", instead = instead.unwrap_or_default())
        }
        Role::Prompts if elsewhere().is_some() => {
            say!("Outlook stops here and asks the user: {why}.{code}", why = elsewhere().unwrap_or_default(), code)
        }
        Role::Decides if candidate.answer().is_some() => say!("Outlook finds its settings here.").to_owned(),
        Role::Decides if candidate.exchange().and_then(|exchange| exchange.status) == Some(401) => say!(
            "This place answers and asks who the user is: the healthy 401. The settings behind it need a password."
        )
        .to_owned(),
        Role::Decides => match app.diagnosis.as_ref().map(|diagnosis| diagnosis.walk.class) {
            Some(VerdictClass::Fails) => {
                say!("Outlook goes on from here without a word and finds nothing anywhere: this is why.{code}", code)
            }
            Some(VerdictClass::Inconclusive) => say!("What is not known here is what the verdict hangs on.").to_owned(),
            _ => say!("Outlook's search ends here.").to_owned(),
        },
        Role::Prompts => say!("Outlook stops here and asks the user.{code}", code),
        Role::Delays => {
            say!("Outlook waits here about {seconds} s and then goes on.{code}", seconds = step.waits_seconds, code)
        }
        Role::Harmless if candidate.candidate.origin == Origin::Office365 && app.model.is_only_verified() => {
            say!("Outlook may ask here first, or not: no more than a verification record speaks for Microsoft 365.")
                .to_owned()
        }
        Role::Harmless if candidate.candidate.origin == Origin::Root => {
            say!("Outlook passes over this without a word. A website at the bare domain is usual.{code}", code)
        }
        Role::Harmless => say!("Outlook passes over this without a word.{code}", code),
        Role::Unreached => match stops {
            Some(number) => say!("Outlook does not get here: its search ends at step {number}.", number),
            None => say!("Outlook does not get here.").to_owned(),
        },
        Role::Hidden => say!("This would serve, but something worse comes first.").to_owned(),
    }
}

fn why_not(app: &App, candidate: &CandidateState) -> String {
    let domain = app.model.domain();
    match (candidate.candidate.standing, candidate.candidate.origin) {
        (Standing::AwaitingSigns, _) => {
            say!(
                "Outlook asks Microsoft 365 first when the mailbox is there. Whether {domain} shows a sign of it is \
                being looked up.",
                domain
            )
        }
        (Standing::NoSign, _) => say!(
            "Outlook asks Microsoft 365 only when it believes the mailbox is there. {domain} \
            shows none of the signs that can be measured (TXT MS=, mail servers, alias).",
            domain
        ),
        (Standing::NotAsked, _) => say!(
            "A PC that is joined to a domain asks Active Directory for this first. Give --ldap, an export with \
                --scp-file or its URL with --scp-url to have it asked; or paste here what Get-ClientAccessService | \
                Format-List prints."
        )
        .to_owned(),
        (Standing::NotVisible, Origin::LocalXml) => say!(
            "A local XML file named in the registry (PreferLocalXML) is used when there is one. It is on the \
                user's PC, not visible from here."
        )
        .to_owned(),
        (Standing::NotVisible, Origin::LastKnownGood) => say!(
            "Outlook tries the last URL that worked before anything else. It is kept on the user's PC, not \
                visible from here."
        )
        .to_owned(),
        (Standing::Unmeasured, _) => say!(
            "Outlook asks here only when DNS shows a sign of Microsoft 365. The questions for such signs were not \
                answered, \
             so it cannot be told whether it would."
        )
        .to_owned(),
        (Standing::NotVisible, _) => say!(
            "Outlook goes on with the answer of a first start that was interrupted. It is kept on the user's PC, \
                not visible from here."
        )
        .to_owned(),
        (Standing::Absent, Origin::LocalXml) => say!("This PC names no local XML file for this domain.").to_owned(),
        (Standing::Absent, Origin::LastKnownGood) => say!(
            "No profile on this PC remembers a URL for this \
            mailbox."
        )
        .to_owned(),
        (Standing::LeftOut, _) => say!("Left out with --only or --skip; Outlook would ask it.").to_owned(),
        (Standing::Absent | Standing::Probed, _) => say!(
            "There is nothing to ask: no such record, or a limit was \
            reached."
        )
        .to_owned(),
    }
}
