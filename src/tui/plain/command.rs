//! Commands in words: each reaches what keys reach on the screen.

use super::narration;
use crate::{
    catalogue, certificate,
    event::{CandidateId, ClientFamily, Command, OUTPUT_LIMIT, Reply, Stage},
    finding::Remedy,
    report,
    text::{sanitise_block, sanitise_line},
    tui::{
        action::{Action, Effect, availability, perform},
        app::{App, Focus, Level, Place},
        overlay,
        timeline::Timeline,
        view,
    },
    words,
};

/// Every command, with what it does.
pub(super) static COMMANDS: [(&str, &str); 21] = [
    ("report", said!("the whole report again")),
    ("verdict", said!("the verdict again")),
    ("steps", said!("every step with what it means to Outlook")),
    ("why [STEP]", said!("what was found at a step, and what to do; without a number, where it matters")),
    ("stages STEP", said!("what each stage of a step measured")),
    ("raw STEP STAGE", said!("everything one stage recorded; stages are ldap, dns, tcp, tls, http, xml")),
    ("certificate STEP [NUMBER]", said!("the certificates that a step was shown, one of them in full")),
    ("timeline", said!("where the time went")),
    ("client [NAME]", said!("the verdict for another version of Outlook; without a name, their names")),
    ("what-if CHANGES", said!("the verdict if something were different, such as: remove autodiscover.contoso.com")),
    ("questions", said!("what only a person can tell")),
    ("answer CASE yes|no|withdraw", said!("answers a question, or takes the answer back")),
    ("print remedy [FINDING.]NUMBER", said!("the text of a remedy, by the numbers of the report")),
    ("copy remedy [FINDING.]NUMBER", said!("sends it to the terminal's clipboard")),
    ("print certificate STEP", said!("the server's certificate of a step as PEM")),
    ("find WORDS", said!("steps, findings and cases, by words, by a code or by the text of a dialog")),
    ("explain CASE", said!("the page of a case")),
    ("rerun STEP|all", said!("asks a step again, or everything")),
    ("export", said!("writes the report as an HTML page into the current folder")),
    ("privacy", said!("placeholders for users, public addresses, serial numbers and tokens; again to take them away")),
    ("quit", said!("leave")),
];

/// What came of a command.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) text: String,
    pub(super) effects: Vec<Effect>,
}

impl From<Result<String, String>> for Said {
    fn from(result: Result<String, String>) -> Self {
        Self { text: result.unwrap_or_else(|problem| problem), effects: Vec::new() }
    }
}

/// Does what a line asks for.
pub(super) fn obey(app: &mut App, line: &str) -> Said {
    app.ui.notice = None;
    let line = sanitise_line(line.trim());
    let (word, rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
    let rest = rest.trim();
    let known = |command: &str| Ok::<_, String>(command.to_owned());
    match word.to_lowercase().as_str() {
        "" => Said::default(),
        "help" | "?" => known(&help()).into(),
        "report" => report(app, |model, diagnosis, out| report::text::write(model, diagnosis, out)).into(),
        "steps" => report(app, report::text::steps).into(),
        "verdict" => known(&verdict(app)).into(),
        "why" => why(app, rest).into(),
        "stages" => stages(app, rest).into(),
        "raw" => raw(app, rest).into(),
        "certificate" => certificates(app, rest).into(),
        "timeline" => known(&Timeline::of(app).text(app)).into(),
        "client" => client(app, rest).into(),
        "what-if" => what_if(app, rest).into(),
        "questions" => report(app, |_, diagnosis, out| report::text::all_questions(diagnosis, out)).into(),
        "answer" => answer(app, rest),
        "print" | "copy" => print_or_copy(app, word == "copy", rest),
        "find" => known(&find(app, rest)).into(),
        "explain" => explain(rest).into(),
        "rerun" => rerun(app, rest),
        "export" => ask(app, Action::Export),
        "privacy" => {
            let said = ask(app, Action::Privacy);
            let notice = app.ui.notice.take().unwrap_or_default();
            Said { text: format!("{}{notice}", said.text), ..said }
        }
        "quit" | "exit" | "q" => Said { effects: vec![Effect::Quit], ..Said::default() },
        _ => Err(say!("there is no command {word}; help lists them", word = format!("{word:?}"))).into(),
    }
}

/// The verdict for the client looked at.
pub(super) fn verdict(app: &App) -> String {
    let Some(diagnosis) = &app.diagnosis else { return say!("nothing is known yet").to_owned() };
    let verdict = &diagnosis.verdict;
    format!("{}: {}: {}", words::client(app.ui.client), words::verdict_class(verdict.class), verdict.headline)
}

fn help() -> String {
    COMMANDS.iter().map(|(command, about)| format!("{command}: {}\n", crate::language::say(about))).collect()
}

type Writes = fn(&crate::model::Model, &crate::diagnosis::Diagnosis, &mut dyn std::io::Write) -> std::io::Result<()>;

fn report(app: &App, write: Writes) -> Result<String, String> {
    let diagnosis = app.diagnosis.as_ref().ok_or(say!("nothing is known yet"))?;
    let mut bytes = Vec::new();
    write(&app.model, diagnosis, &mut bytes).map_err(|error| error.to_string())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The step that is meant: its number, or the id of its candidate.
fn step(app: &App, named: &str) -> Result<CandidateId, String> {
    let all = app.diagnosis.as_ref().map(|diagnosis| diagnosis.walk.steps.as_slice()).unwrap_or_default();
    let number = named.parse::<usize>().ok();
    let found = all.iter().find(|step| step.number.is_some() && step.number == number);
    let found = found.or_else(|| all.iter().find(|step| step.candidate.as_str() == named));
    let known = || all.iter().filter_map(|step| step.number.map(|number| number.to_string())).collect::<Vec<_>>();
    match found {
        Some(step) => Ok(step.candidate.clone()),
        None if named.is_empty() => Err(say!("name a step: {known}", known = known().join(", "))),
        None => Err(say!(
            "there is no step {named}; there are {known}",
            named = format!("{named:?}"),
            known = known().join(", ")
        )),
    }
}

/// What the screen's text says on a level, for a step.
fn text_of(app: &mut App, level: Level) -> String {
    let before = app.ui.place;
    app.ui.place = Place { level, focus: Focus::Second, scroll: 0 };
    let text = view::plain_text(app);
    app.ui.place = before;
    text
}

fn look_at(app: &mut App, named: &str) -> Result<CandidateId, String> {
    let id = step(app, named)?;
    app.ui.moved = true;
    app.ui.selected = Some(id.clone());
    app.ui.stage = None;
    app.ui.remedy = 0;
    Ok(id)
}

fn why(app: &mut App, named: &str) -> Result<String, String> {
    if !named.is_empty() {
        look_at(app, named)?;
    }
    let id = app.selected().map(|state| state.candidate.id.clone()).ok_or(say!("nothing is known yet"))?;
    Ok(format!("{}\n\n{}", narration::name(app, &id), text_of(app, Level::Overview)))
}

fn stages(app: &mut App, named: &str) -> Result<String, String> {
    let id = look_at(app, named)?;
    let stages: Vec<Stage> =
        app.model.candidate(&id).into_iter().flat_map(|state| state.stages.keys().copied()).collect();
    if stages.is_empty() {
        return Err(say!("{name}: nothing was measured at this step", name = narration::name(app, &id)));
    }
    let mut text = narration::name(app, &id);
    for stage in stages {
        app.ui.stage = Some(stage);
        text.push_str(&format!("\n\n{}\n{}", words::stage(stage), text_of(app, Level::Stages)));
    }
    app.ui.stage = None;
    Ok(text)
}

fn raw(app: &mut App, rest: &str) -> Result<String, String> {
    let (named, stage) = rest.split_once(' ').unwrap_or((rest, ""));
    let id = look_at(app, named)?;
    let known: Vec<Stage> =
        app.model.candidate(&id).into_iter().flat_map(|state| state.stages.keys().copied()).collect();
    let found = known.iter().find(|known| words::stage(**known).eq_ignore_ascii_case(stage.trim()));
    let Some(found) = found else {
        let known: Vec<String> = known.iter().map(|known| words::stage(*known).to_lowercase()).collect();
        let known = if known.is_empty() { say!("nothing was measured").to_owned() } else { known.join(", ") };
        return Err(say!("name a stage of this step: {known}", known));
    };
    app.ui.stage = Some(*found);
    let text = text_of(app, Level::Raw);
    app.ui.stage = None;
    Ok(text)
}

/// One certificate of a step in full, the server's own unless another is named, and what the others are called.
fn certificates(app: &mut App, rest: &str) -> Result<String, String> {
    let (named, number) = rest.split_once(' ').unwrap_or((rest, "1"));
    let id = look_at(app, named)?;
    let count = view::certificates(app).len();
    if count == 0 {
        return Err(say!("{name}: no certificate was seen at this step", name = narration::name(app, &id)));
    }
    let chosen = number.trim().parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let chosen = chosen.filter(|chosen| *chosen < count);
    let chosen = chosen.ok_or_else(|| {
        say!("there is no certificate {number}; there are 1 to {count}", number = format!("{number:?}"), count)
    })?;
    let mut places = Vec::new();
    for place in 0..count {
        app.ui.certificate = place;
        places.push(view::marked(app).map(|marked| marked.place).unwrap_or_default());
    }
    app.ui.certificate = chosen;
    let name = places.get(chosen).map(String::as_str).unwrap_or_default();
    let mut text = format!(
        "{}\n{}",
        say!("certificate {number} of {count}: {name}", number = chosen + 1, count, name),
        text_of(app, Level::Certificate)
    );
    app.ui.certificate = 0;
    if count > 1 {
        text.push_str(&format!("\n{}\n", say!("All certificates seen here")));
        places.iter().enumerate().for_each(|(place, name)| text.push_str(&format!("{}: {name}\n", place + 1)));
    }
    Ok(text)
}

fn client(app: &mut App, name: &str) -> Result<String, String> {
    let known = || ClientFamily::ALL.map(|client| format!("{}: {}\n", client.as_str(), words::client(client))).concat();
    if name.is_empty() {
        return Ok(known());
    }
    let found = ClientFamily::from_name(&name.to_lowercase());
    app.ui.client = found.ok_or_else(|| {
        format!("{}\n{}", say!("there is no version {name}; there are", name = format!("{name:?}")), known())
    })?;
    app.conclude();
    Ok(verdict(app))
}

fn what_if(app: &mut App, changes: &str) -> Result<String, String> {
    availability(app, Action::WhatIf)?;
    app.ui.assumed = crate::tui::input::LineInput::new(changes);
    Ok(view::what_if_text(app))
}

fn answer(app: &mut App, rest: &str) -> Said {
    let (id, words) = rest.split_once(' ').unwrap_or((rest, ""));
    let questions = app.diagnosis.as_ref().map(|diagnosis| diagnosis.questions.as_slice()).unwrap_or_default();
    let Some(question) = questions.iter().find(|question| question.id == id).map(|question| question.id.clone()) else {
        let known: Vec<&str> = questions.iter().map(|question| question.id.as_str()).collect();
        return Err(say!("name the case of a question: {known}", known = known.join(", "))).into();
    };
    let words = if words.trim() == "withdraw" { "" } else { words.trim() };
    if words.is_empty() && !rest.contains(' ') {
        return Err(say!("say yes, no or withdraw behind it, or what its command printed").to_owned()).into();
    }
    match availability_of_reply(app) {
        Ok(()) => {
            let reply = Reply::read(&sanitise_block(words, OUTPUT_LIMIT));
            Said { effects: vec![Effect::Command(Command::Reply { question, reply })], text: say!("noted").to_owned() }
        }
        Err(problem) => Err(problem).into(),
    }
}

fn availability_of_reply(app: &App) -> Result<(), String> {
    availability(app, Action::Yes)
}

fn print_or_copy(app: &mut App, copies: bool, rest: &str) -> Said {
    let (what, which) = rest.split_once(' ').unwrap_or((rest, ""));
    let found = match what {
        "remedy" => remedy(app, which.trim())
            .map(|remedy| (say!("remedy \"{title}\"", title = remedy.title), view::remedy_text(remedy))),
        "certificate" => look_at(app, which.trim()).and_then(|_| {
            app.ui.certificate = 0;
            availability(app, Action::CopyPem)?;
            let marked = view::marked(app).ok_or(say!("no certificate was seen at this step"))?;
            Ok((say!("certificate (PEM)").to_owned(), certificate::pem(&marked.certificate)))
        }),
        _ => Err(say!("say remedy or certificate, and its number").to_owned()),
    };
    match found {
        Ok((what, text)) if copies => Said { effects: vec![Effect::Copy { what, text }], ..Said::default() },
        found => found.map(|(_, text)| text).into(),
    }
}

/// A remedy by the numbers of the report: of a finding, or of the first one that has any.
fn remedy<'a>(app: &'a App, which: &str) -> Result<&'a Remedy, String> {
    let findings = app.diagnosis.as_ref().map(|diagnosis| diagnosis.findings.as_slice()).unwrap_or_default();
    let number = |text: &str| text.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let found = match which.split_once('.') {
        Some((finding, remedy)) => number(finding).and_then(|place| findings.get(place)).zip(number(remedy)),
        None => findings.iter().find(|finding| !finding.remedies.is_empty()).zip(number(which)),
    };
    let found = found.and_then(|(finding, place)| finding.remedies.get(place));
    found.ok_or_else(|| {
        let known = findings.iter().enumerate().flat_map(|(number, finding)| {
            let remedies = finding.remedies.iter().enumerate();
            remedies.map(move |(place, remedy)| format!("{}.{}: {}\n", number + 1, place + 1, remedy.title))
        });
        let known: String = known.collect();
        if known.is_empty() {
            say!("there are no remedies").to_owned()
        } else {
            format!("{}\n{known}", say!("name a remedy:"))
        }
    })
}

fn find(app: &mut App, sought: &str) -> String {
    app.ui.sought = crate::tui::input::LineInput::new(sought);
    let items = overlay::items(app).into_iter().filter(|item| !matches!(item.target, overlay::Target::Action(_)));
    let lines: Vec<String> = items.take(20).map(|item| format!("{}: {}", item.kind, item.text)).collect();
    if lines.is_empty() {
        say!("Nothing here is called so, and no case speaks of it.").to_owned()
    } else {
        lines.join("\n")
    }
}

fn explain(id: &str) -> Result<String, String> {
    let page = catalogue::page(id)
        .ok_or_else(|| say!("there is no case {id}; find leads to cases", id = format!("{id:?}")))?;
    let mut bytes = Vec::new();
    report::page::write(page, &mut bytes).map_err(|error| error.to_string())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn rerun(app: &mut App, named: &str) -> Said {
    if named.eq_ignore_ascii_case("all") {
        return ask(app, Action::RerunAll);
    }
    match look_at(app, named) {
        Ok(_) => ask(app, Action::Rerun),
        Err(problem) => Err(problem).into(),
    }
}

/// Does what a key would do, or says why not.
fn ask(app: &mut App, action: Action) -> Said {
    match availability(app, action) {
        Ok(()) => Said { effects: perform(app, action), ..Said::default() },
        Err(problem) => Err(problem).into(),
    }
}
