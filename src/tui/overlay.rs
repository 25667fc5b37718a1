//! What lies above the screen and is chosen from: the palette and the questions.

use super::{
    action::{self, Action, Effect},
    app::{App, Overlay},
    input::LineInput,
    search::Search,
};
use crate::{
    catalogue, code,
    event::{CandidateId, Command, OUTPUT_LIMIT, Reply},
    finding::FAILS_ALL_THE_SAME,
    report,
    text::sanitise_block,
    words,
};
use nucleo_matcher::{
    Config, Matcher,
    pattern::{CaseMatching, Normalization, Pattern},
};

/// Rows that the palette offers at most.
const ROWS: usize = 100;

/// One row of the palette.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Item {
    /// What kind of thing it is.
    pub kind: &'static str,
    /// What is read and searched.
    pub text: String,
    /// The key that does the same, where there is one.
    pub key: &'static str,
    /// What choosing it does.
    pub target: Target,
}

/// What choosing a row does.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Target {
    /// Does what a key does.
    Action(Action),
    /// Looks at a step.
    Candidate(CandidateId),
    /// Looks at one remedy of a finding.
    Remedy {
        /// Id of the finding.
        finding: String,
        /// Which of its remedies, counted from 0.
        number: usize,
    },
    /// Reads the page of a case.
    Page(&'static str),
}

/// The rows of the palette that fit what is sought, the best first.
pub fn items(app: &App) -> Vec<Item> {
    let sought = app.ui.sought.text().trim();
    let all = all(app);
    if sought.is_empty() {
        return all.into_iter().take(ROWS).collect();
    }
    // A code, a dialog's text or words lead to cases as `explain` does; these come where nothing is named so.
    let pattern = Pattern::parse(sought, CaseMatching::Ignore, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut scored: Vec<(u32, Item)> = all
        .into_iter()
        .filter_map(|item| {
            let text = nucleo_matcher::Utf32Str::new(&item.text, &mut buffer);
            Some((pattern.score(text, &mut matcher)?, item))
        })
        .collect();
    // Nearly the same words match nearly as well; then this run comes before the catalogue.
    let best = scored.iter().map(|(score, _)| *score).max().unwrap_or(0);
    scored.sort_by_key(|(score, item)| {
        let as_good = *score >= best - best / 4;
        (!as_good, as_good && matches!(item.target, Target::Page(_)), std::cmp::Reverse(*score))
    });
    let mut items: Vec<Item> = scored.into_iter().map(|(_, item)| item).collect();
    for page in cases_of(sought) {
        let known = items.iter().any(|item| item.target == Target::Page(page.id));
        if !known {
            items.push(case(page));
        }
    }
    items.truncate(ROWS);
    items
}

/// Everything that can be chosen: what keys do here, the steps, the findings of this run with their remedies, all cases.
fn all(app: &App) -> Vec<Item> {
    let here = app.context_below(app.ui.place.level);
    let bindings = app.keys.of(here).filter(|binding| action::availability(app, binding.action).is_ok());
    let useful =
        bindings.filter(|binding| !matches!(binding.action, Action::Palette | Action::Step(_) | Action::Jump(_)));
    let mut items: Vec<Item> = useful
        .map(|binding| Item {
            kind: say!("do"),
            text: format!("{}: {}", binding.said_label(), binding.said_tooltip()),
            key: binding.written(app.look.glyphs.ascii),
            target: Target::Action(binding.action),
        })
        .collect();
    items.extend(app.ordered().into_iter().map(|state| Item {
        kind: say!("step"),
        text: words::candidate(&state.candidate, app.look.glyphs.arrow, ""),
        key: "",
        target: Target::Candidate(state.candidate.id.clone()),
    }));
    let findings = app.diagnosis.iter().flat_map(|diagnosis| &diagnosis.findings);
    items.extend(findings.filter_map(|finding| {
        let target = match finding.candidates.first() {
            Some(id) => Target::Candidate(id.clone()),
            None => Target::Page(catalogue::page(&finding.id)?.id),
        };
        Some(Item { kind: say!("found"), text: format!("{} ({})", finding.title, finding.id), key: "", target })
    }));
    items.extend(remedies(app));
    items.extend(catalogue::pages().iter().map(case));
    items
}

fn remedies(app: &App) -> impl Iterator<Item = Item> {
    let findings = app.diagnosis.iter().flat_map(|diagnosis| &diagnosis.findings);
    findings.flat_map(|finding| {
        finding.remedies.iter().enumerate().map(|(number, remedy)| Item {
            kind: say!("remedy"),
            text: format!("{} ({})", remedy.title, finding.id),
            key: "",
            target: Target::Remedy { finding: finding.id.clone(), number },
        })
    })
}

/// Looks at a remedy where its finding is explained.
fn show_remedy(app: &mut App, finding: &str, number: usize) {
    let known = app.diagnosis.iter().flat_map(|diagnosis| &diagnosis.findings).find(|known| known.id == finding);
    if let Some(id) = known.and_then(|known| known.candidates.first().cloned()) {
        app.select(id);
    }
    let shown = app.findings_shown().into_iter();
    let before: usize = shown.take_while(|shown| shown.id != finding).map(|shown| shown.remedies.len()).sum();
    action::show_remedy(app, before + number);
}

/// Cases that a code, the text of a dialog or words lead to, the likeliest first.
fn cases_of(sought: &str) -> Vec<&'static catalogue::Page> {
    match code::meanings(sought).as_slice() {
        [] => catalogue::search(sought),
        codes => codes.iter().flat_map(|code| code.findings).filter_map(|id| catalogue::page(id)).collect(),
    }
}

fn case(page: &'static catalogue::Page) -> Item {
    let text = format!("{}: {}", page.id, report::page::title(page));
    Item { kind: say!("case"), text, key: "", target: Target::Page(page.id) }
}

/// Rows of what is chosen from at the moment.
pub fn rows(app: &App) -> usize {
    match app.ui.overlay {
        Some(Overlay::Palette) => items(app).len(),
        Some(Overlay::Questions) => app.diagnosis.as_ref().map_or(0, |diagnosis| diagnosis.questions.len()),
        _ => 0,
    }
}

/// Changes what is sought; the best row is looked at again.
pub(super) fn seek(app: &mut App, change: impl FnOnce(&mut LineInput)) {
    change(&mut app.ui.sought);
    app.ui.chosen = 0;
}

/// Does what the chosen row of the palette stands for.
pub(super) fn run_chosen(app: &mut App) -> Vec<Effect> {
    let Some(item) = items(app).into_iter().nth(app.ui.chosen) else { return Vec::new() };
    app.ui.overlay = None;
    match item.target {
        Target::Action(wanted) => return action::perform(app, wanted),
        Target::Candidate(id) => {
            app.ui.moved = true;
            app.select(id);
        }
        Target::Remedy { finding, number } => show_remedy(app, &finding, number),
        Target::Page(id) => {
            app.ui.page = Some(id);
            app.ui.search = Search::default();
            app.ui.overlay = Some(Overlay::Page { scroll: 0 });
        }
    }
    Vec::new()
}

/// Asks what only a person can tell. Where nothing points at a question, whoever asks for them says that Outlook fails
/// all the same.
pub(super) fn ask(app: &mut App) -> Vec<Effect> {
    app.ui.overlay = Some(Overlay::Questions);
    let asked = app.diagnosis.as_ref().is_some_and(|diagnosis| !diagnosis.questions.is_empty());
    if asked {
        return Vec::new();
    }
    vec![Effect::Command(Command::Reply { question: FAILS_ALL_THE_SAME.to_owned(), reply: Reply::Yes })]
}

/// Replies to the question looked at with a word; nothing takes the reply back.
pub(super) fn reply(app: &mut App, words: &str) -> Vec<Effect> {
    let Some(question) = app.question().map(|question| question.id.clone()) else { return Vec::new() };
    vec![Effect::Command(Command::Reply { question, reply: Reply::read(words) })]
}

/// Replies to the question looked at with what its command printed.
pub(super) fn paste(app: &mut App, text: &str) -> Vec<Effect> {
    match action::availability(app, Action::Yes) {
        Ok(()) => reply(app, &sanitise_block(text, OUTPUT_LIMIT)),
        Err(reason) => {
            app.ui.notice = Some(reason);
            Vec::new()
        }
    }
}
