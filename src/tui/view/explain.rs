//! The explanation: what was seen at the selected candidate, what Outlook shows, what to do, how to check.

mod step;

use super::{evidence, path};
use crate::{
    diagnosis::Together,
    finding::{Fact, Finding, Remedy},
    model::CandidateState,
    tui::{
        action::{self, Action},
        app::App,
        document::{Document, Paragraph},
        glyph::Status,
        theme::Meaning,
    },
    walk::Prompt,
    words,
};

/// Below this width the first remedy's title is told at once, because the rest may need scrolling.
const CURE_FIRST: u16 = 120;

/// The explanation of the selected candidate.
pub(super) fn document(app: &App) -> Document {
    let mut document = Document::default();
    let Some(candidate) = app.selected() else {
        document.text(0, Meaning::Muted, say!("The places to ask are being worked out."));
        return document;
    };
    let own = app.findings(&candidate.candidate.id).len();
    if own == 0 {
        plain(app, candidate, &mut document);
        document.gap();
    }
    document.append(path::document(app));
    let mut remedy = 0;
    for (number, finding) in app.findings_shown().into_iter().enumerate() {
        if number == own {
            document.gap();
            document.text(0, Meaning::Muted, say!("About the whole run"));
        }
        document.gap();
        section(app, finding, &mut remedy, &mut document);
    }
    step::about_step(app, candidate, &mut document);
    notes(app, candidate, &mut document);
    questions(app, &mut document);
    super::sign_in::offer(app, candidate, &mut document);
    document
}

/// That there are questions which only a person can answer.
fn questions(app: &App, document: &mut Document) {
    let all = app.diagnosis.iter().flat_map(|diagnosis| &diagnosis.questions);
    let open: Vec<_> = all.filter(|question| question.reply.is_none()).collect();
    let (lead, asks) = match open.first() {
        Some(_) => {
            (say!("Only you can tell: "), say!("what no probe can see ({count} questions).", count = open.len()))
        }
        None if action::availability(app, Action::Questions).is_ok() => {
            (say!("Outlook fails on a PC all the same? "), say!("what no probe can see.").to_owned())
        }
        None => return,
    };
    document.gap();
    let line = Paragraph::new(0, Meaning::Plain, lead).and(Meaning::Key, "a").and(Meaning::Plain, say!(" asks "));
    document.push(line.and(Meaning::Plain, asks));
}

/// What was noted about this candidate's host.
fn notes(app: &App, candidate: &CandidateState, document: &mut Document) {
    let own = |detail: &str| detail.split(':').next() == candidate.candidate.host.as_deref();
    let notes = app.model.notes.iter().filter(|(_, detail)| own(detail));
    for note in notes.filter_map(|(code, detail)| words::note(*code, detail)) {
        document.gap();
        document.text(0, Meaning::Warned, &note);
    }
}

/// The chosen remedy's text; where there is none, the URL of the candidate.
pub(super) fn copyable(app: &App) -> Option<(String, String)> {
    if let Some(remedy) = app.remedies().get(app.ui.remedy) {
        return Some((say!("remedy \"{title}\"", title = remedy.title), remedy_text(remedy)));
    }
    let url = app.selected()?.candidate.url.clone()?;
    Some(("URL".to_owned(), url))
}

/// What of a remedy is copied.
pub(in crate::tui) fn remedy_text(remedy: &Remedy) -> String {
    let text = if remedy.text.trim().is_empty() { &remedy.title } else { &remedy.text };
    text.clone()
}

fn section(app: &App, finding: &Finding, remedy: &mut usize, document: &mut Document) {
    let glyphs = app.look.glyphs;
    let status = Status::of_severity(finding.severity);
    let sign = glyphs.status(status, app.ui.turn);
    let hang = crate::tui::measure::width(sign) + 1;
    let title = Paragraph::new(0, status.meaning(), format!("{sign} ")).and(Meaning::Title, &finding.title);
    document.push(title.hang(hang));
    document.push(Paragraph::new(hang, Meaning::Muted, standing(app, finding)));
    if let Some(remedy) = finding.remedies.first().filter(|_| app.ui.screen.width < CURE_FIRST) {
        let arrow = Paragraph::new(hang, Meaning::Key, format!("{} ", glyphs.arrow));
        document.push(arrow.and(Meaning::Plain, &remedy.title).hang(2));
    }
    seen(&finding.evidence, document);
    if !finding.shows.is_empty() {
        document.gap();
        document.heading(say!("What Outlook shows"));
        document.text(2, Meaning::Plain, &finding.shows);
    }
    // Where several have to act, each remedy says who.
    let one_party = finding.remedies.iter().all(|remedy| remedy.owner == finding.owner);
    if !finding.remedies.is_empty() {
        document.gap();
        let heading = Paragraph::new(0, Meaning::Title, say!("What to do"));
        let owner = || say!("owner: {party}", party = finding.owner.words());
        document.push(if one_party { heading.right(Meaning::Muted, owner()) } else { heading });
    }
    for (number, item) in finding.remedies.iter().enumerate() {
        let chosen = *remedy == app.ui.remedy && app.remedies().len() > 1;
        let pointer = if chosen { glyphs.pointer } else { " " };
        write_remedy(item, number + 1, pointer, !one_party, document);
        if let Some(words) = words::leads_to(item).filter(|_| item.leads_to.is_none() && !app.model.is_busy()) {
            document.text(3, Meaning::Muted, &words);
        }
        *remedy += 1;
    }
    together(app, finding, document);
    if !finding.check.is_empty() {
        document.gap();
        document.heading(say!("How to check"));
        document.text(2, Meaning::Plain, &finding.check);
    }
    if !finding.explanation.is_empty() {
        document.gap();
        document.heading(say!("Why this happens"));
        document.text(2, Meaning::Plain, &finding.explanation);
    }
    if let Some(cause) = &finding.consequence_of {
        document.gap();
        document.text(0, Meaning::Muted, &say!("A consequence of {cause}: cure that first.", cause));
    }
    document.gap();
    document.text(0, Meaning::Muted, &say!("discoscope explain {id} says more", id = finding.id));
}

/// What this finding's remedy needs beside it, where none alone is enough.
fn together(app: &App, finding: &Finding, document: &mut Document) {
    let together = app.diagnosis.as_ref().and_then(|diagnosis| diagnosis.together.as_ref());
    let parts = |together: &&Together| together.remedies.iter().any(|part| part.finding == finding.id);
    let Some(together) = together.filter(parts) else { return };
    document.gap();
    document.heading(say!("No single change is enough; all of these together lead to"));
    document.text(2, Meaning::Plain, &words::prospect(&together.leads_to));
    together.remedies.iter().for_each(|part| document.text(2, Meaning::Plain, &format!("- {}", part.title)));
}

/// `step 4 · TLS · proven · major`
fn standing(app: &App, finding: &Finding) -> String {
    let number = finding.candidates.first().and_then(|id| app.step(id)).and_then(|step| step.number);
    let step = number.map(|number| say!("step {number}", number));
    let stage = finding.stage.map(|stage| words::stage(stage).to_owned());
    let end = [words::certainty(finding.certainty), words::severity(finding.severity)];
    let parts: Vec<String> = step.into_iter().chain(stage).chain(end.map(str::to_owned)).collect();
    parts.join(&format!(" {} ", app.look.glyphs.dot))
}

fn seen(facts: &[Fact], document: &mut Document) {
    if facts.is_empty() {
        return;
    }
    document.gap();
    document.heading(say!("What was seen"));
    let rows = facts.iter().map(|fact| (fact.label.clone(), Meaning::Plain, fact.value.clone()));
    document.pairs(2, rows.collect());
}

fn write_remedy(remedy: &Remedy, number: usize, pointer: &str, says_owner: bool, document: &mut Document) {
    if number > 1 {
        document.gap();
    }
    let title = Paragraph::new(0, Meaning::Key, format!("{pointer}{number} "));
    let mut title = title.and(Meaning::Plain, &remedy.title).hang(3).anchored();
    if says_owner {
        title = title.right(Meaning::Muted, say!("owner: {party}", party = remedy.owner.words()));
    }
    document.push(title);
    let is_prose = matches!(remedy.kind.as_str(), "steps" | "ticket");
    let meaning = if is_prose { Meaning::Plain } else { Meaning::Guidance };
    if remedy.steps.trim() != remedy.text.trim() {
        document.text(3, Meaning::Plain, &remedy.steps);
    }
    if remedy.text.trim() != remedy.title.trim() {
        document.text(3, meaning, &remedy.text);
    }
    if let Some(words) = words::leads_to(remedy).filter(|_| remedy.leads_to.is_some()) {
        document.text(3, Meaning::Muted, &words);
    }
    let notes = [(say!("risk"), &remedy.risk), (say!("undo"), &remedy.undo), (say!("check"), &remedy.verify)];
    let rows = notes.into_iter().filter(|(_, text)| !text.trim().is_empty());
    document.pairs(3, rows.map(|(label, text)| (label.to_owned(), Meaning::Muted, text.clone())).collect());
}

/// What is said about a candidate that no finding concerns: one sentence, and what was measured.
fn plain(app: &App, candidate: &CandidateState, document: &mut Document) {
    let glyphs = app.look.glyphs;
    document.heading(words::candidate(&candidate.candidate, glyphs.arrow, ""));
    document.text(0, Meaning::Plain, &step::sentence(app, candidate));
    if candidate.stages.is_empty() {
        return;
    }
    document.gap();
    document.heading(say!("What was seen"));
    evidence::directory(candidate, document);
    for (stage, state) in &candidate.stages {
        document.push(evidence::summary(app, candidate, *stage, state));
    }
    let prompts: Vec<&Prompt> = app
        .diagnosis
        .iter()
        .flat_map(|diagnosis| &diagnosis.walk.prompts)
        .filter(|prompt| prompt.candidate == candidate.candidate.id)
        .collect();
    if !prompts.is_empty() {
        document.gap();
        document.heading(say!("What Outlook shows"));
    }
    for prompt in prompts {
        document.text(
            2,
            Meaning::Plain,
            &format!("{}{}", if prompt.may { say!("Possibly: ") } else { "" }, words::dialog(prompt)),
        );
    }
}
