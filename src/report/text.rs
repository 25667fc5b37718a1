//! The linear text report: everything the screen says, in reading order, without colour.

mod finding;
mod paragraph;
mod question;
mod step;

pub use question::all_questions;
pub use step::steps;

use crate::{
    diagnosis::{Diagnosis, WhatIf},
    event::ClientFamily,
    model::Model,
    words,
};
use paragraph::{WIDTH, paragraph};
use std::io::{self, Write};

/// Writes the report.
///
/// # Errors
/// When the output cannot be written.
pub fn write(model: &Model, diagnosis: &Diagnosis, out: &mut dyn Write) -> io::Result<()> {
    header(model, diagnosis, out)?;
    let class = words::verdict_class(diagnosis.verdict.class).to_uppercase();
    paragraph(&format!("{class}: {}", diagnosis.verdict.headline), 0, out)?;
    if let Some(what_if) = &diagnosis.what_if {
        self::what_if(model, diagnosis, what_if, out)?;
    }
    this_pc(model, diagnosis.walk.client, out)?;
    writeln!(out)?;
    steps(model, diagnosis, out)?;
    dialogs(diagnosis, out)?;
    together(diagnosis, out)?;
    for (index, finding) in diagnosis.findings.iter().enumerate() {
        writeln!(out)?;
        finding::finding(index + 1, finding, out)?;
    }
    question::questions(model, diagnosis, out)?;
    protocols(model, out)?;
    views(model, out)?;
    notes(model, out)?;
    question::sign_in_offer(model, diagnosis, out)?;
    others(diagnosis, out)
}

/// What was assumed, what it comes to, and the candidates that would mean something else.
fn what_if(model: &Model, diagnosis: &Diagnosis, what_if: &WhatIf, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n{}", say!("What if"))?;
    what_if.assumptions.iter().try_for_each(|assumption| writeln!(out, "   {assumption}"))?;
    for assumption in &what_if.without_effect {
        paragraph(&say!("{assumption}: this run asked nothing there, so it changes nothing", assumption), 3, out)?;
    }
    if what_if.client != diagnosis.walk.client {
        writeln!(out, "   {}", say!("for {client}", client = words::client(what_if.client)))?;
    }
    paragraph(&say!("It would come to: {verdict}", verdict = words::prospect(&what_if.verdict)), 3, out)?;
    let (now, then) = (diagnosis.verdict.class, what_if.verdict.class);
    for step in &what_if.steps {
        let before = diagnosis.walk.steps.iter().find(|before| before.candidate == step.candidate);
        let before = before.filter(|before| before.role != step.role);
        let assumed = what_if.assumed.iter().find(|assumed| assumed.candidate == step.candidate);
        let Some(state) = model.candidate(&step.candidate).filter(|_| before.is_some() || assumed.is_some()) else {
            continue;
        };
        let title = words::candidate(&state.candidate, "->", say!("then "));
        let before = before.map(|before| format!("{} -> ", words::role(before.role, now))).unwrap_or_default();
        let assumed = assumed.map(|stages| format!(" {}", words::unmeasured(&stages.assumed, &stages.unknown)));
        writeln!(
            out,
            "   {title}: {before}{}{}",
            words::role(step.role, then),
            assumed.unwrap_or_default().trim_end()
        )?;
    }
    Ok(())
}

/// What was read on the PC.
fn this_pc(model: &Model, client: ClientFamily, out: &mut dyn Write) -> io::Result<()> {
    let Some(pc) = &model.pc else { return Ok(()) };
    let lines = words::this_pc(pc, client);
    let width = lines.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
    writeln!(out, "\n{}", say!("This PC"))?;
    lines.iter().try_for_each(|(label, value)| {
        writeln!(out, "   {label}{}   {value}", " ".repeat(width - label.chars().count()))
    })
}

/// Remedies that lead further together than any of them alone.
fn together(diagnosis: &Diagnosis, out: &mut dyn Write) -> io::Result<()> {
    let Some(together) = &diagnosis.together else { return Ok(()) };
    writeln!(out, "\n{}", say!("No single change is enough. All of these together"))?;
    for part in &together.remedies {
        let number = diagnosis.findings.iter().position(|finding| finding.id == part.finding).unwrap_or_default() + 1;
        paragraph(&say!("- {title} (finding {number}, {id})", title = part.title, number, id = part.finding), 3, out)?;
    }
    paragraph(&say!("lead to: {verdict}", verdict = words::prospect(&together.leads_to)), 3, out)
}

fn header(model: &Model, diagnosis: &Diagnosis, out: &mut dyn Write) -> io::Result<()> {
    let address = model.address.as_ref();
    let domain = address.map(crate::event::Address::domain_both).unwrap_or_default();
    let local = address.map(|address| address.local.as_str()).unwrap_or_default();
    writeln!(out, "{}   {local}@{domain}   {}", model.tool, words::client(diagnosis.walk.client))?;
    writeln!(out, "{}", say!("asked through {resolvers}", resolvers = model.vantage.resolvers.join(", ")))?;
    if let Some(words) = words::standpoint(&diagnosis.standpoint) {
        paragraph(&words, 0, out)?;
    }
    writeln!(out)
}

fn dialogs(diagnosis: &Diagnosis, out: &mut dyn Write) -> io::Result<()> {
    for prompt in &diagnosis.walk.prompts {
        let sentence = match prompt.may {
            true => say!("Outlook may show: {dialog}", dialog = words::dialog(prompt)),
            false => say!("Outlook shows: {dialog}", dialog = words::dialog(prompt)),
        };
        writeln!(out)?;
        paragraph(&sentence, 0, out)?;
    }
    Ok(())
}

/// What endpoints say to clients other than Outlook, and what was asked outside.
fn protocols(model: &Model, out: &mut dyn Write) -> io::Result<()> {
    for endpoint in model.endpoints() {
        writeln!(out, "\n{}", say!("What {host} says to each kind of client", host = endpoint.host))?;
        for (label, says) in super::protocols::rows(&endpoint) {
            writeln!(out, "   {label:22}{says}")?;
        }
    }
    let asked = super::protocols::outside(model);
    if !asked.is_empty() {
        writeln!(out, "\n{}", say!("Asked outside"))?;
    }
    for question in asked {
        let (what, said) = super::protocols::outside_row(question);
        paragraph(&format!("{what}: {said}"), 3, out)?;
    }
    Ok(())
}

/// What everybody who was asked says, where several were or where they disagree.
fn views(model: &Model, out: &mut dyn Write) -> io::Result<()> {
    let Some(table) = super::views::worth_comparing(model) else { return Ok(()) };
    writeln!(out, "\n{}", super::views::heading(&table, "*"))?;
    super::views::lines(&table, WIDTH, "*").iter().try_for_each(|line| writeln!(out, "{}", line.text))
}

fn notes(model: &Model, out: &mut dyn Write) -> io::Result<()> {
    let notes = model.notes.iter().filter_map(|(code, detail)| words::note(*code, detail));
    notes.into_iter().try_for_each(|note| writeln!(out, "\n{}", say!("Note: {note}", note)))
}

fn others(diagnosis: &Diagnosis, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n{}", say!("Other clients"))?;
    for client in &diagnosis.verdict.per_client {
        let stops = client.stops_at.as_ref().map(|id| say!(" at {step}", step = id)).unwrap_or_default();
        writeln!(out, "   {:32}{}{stops}", words::client(client.client), words::verdict_class(client.class))?;
    }
    Ok(())
}
