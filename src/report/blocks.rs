//! A run as a document: headings, paragraphs, tables and texts to paste, in reading order. Markdown and HTML are two ways
//! to write it down.

mod whole_run;

use crate::{
    diagnosis::Diagnosis,
    event::{Outcome, Stage},
    finding::{Finding, Question, Remedy},
    model::{CandidateState, Model},
    walk::{self, VerdictClass, WalkStep},
    words,
};

/// One piece of a document.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Block {
    /// A heading; 1 is the title.
    Heading(u8, String),
    /// Running text.
    Paragraph(String),
    /// What stands back: how sure, who acts, the case's id.
    Remark(String),
    /// A table: the heads of its columns, and its rows.
    Table(Vec<String>, Vec<Vec<String>>),
    /// A text to paste, and what it is for.
    Code(String, String),
}

/// The whole report.
pub(super) fn blocks(model: &Model, diagnosis: &Diagnosis) -> Vec<Block> {
    let address = super::summary::address(model);
    let class = words::verdict_class(diagnosis.verdict.class);
    let mut blocks = vec![
        Block::Heading(1, format!("{address}: {class}")),
        Block::Paragraph(diagnosis.verdict.headline.clone()),
        Block::Remark(origin(model, diagnosis)),
    ];
    blocks.extend(words::standpoint(&diagnosis.standpoint).map(Block::Remark));
    whole_run::what_if(model, diagnosis, &mut blocks);
    blocks.push(Block::Heading(2, say!("What Outlook does, step by step").to_owned()));
    blocks.push(steps(model, diagnosis));
    if let Some(pc) = &model.pc {
        let rows = words::this_pc(pc, diagnosis.walk.client).into_iter().map(|(label, value)| vec![label, value]);
        blocks.push(Block::Heading(2, say!("This PC").to_owned()));
        blocks.push(Block::Table(heads([say!("What was read"), ""]), rows.collect()));
    }
    if !diagnosis.walk.prompts.is_empty() {
        blocks.push(Block::Heading(2, say!("What Outlook shows").to_owned()));
        blocks.extend(diagnosis.walk.prompts.iter().map(|prompt| {
            let may = if prompt.may { say!("Possibly: ") } else { "" };
            Block::Paragraph(format!("{may}{}", words::dialog(prompt)))
        }));
    }
    if let Some(together) = &diagnosis.together {
        blocks.push(Block::Heading(2, say!("No single change is enough").to_owned()));
        let parts = together.remedies.iter().map(|part| vec![part.title.clone(), part.finding.clone()]);
        blocks.push(Block::Table(heads([say!("All of these together"), say!("Finding")]), parts.collect()));
        blocks.push(Block::Paragraph(say!("They lead to: {verdict}", verdict = words::prospect(&together.leads_to))));
    }
    for (number, finding) in diagnosis.findings.iter().enumerate() {
        self::finding(number + 1, finding, &mut blocks);
    }
    questions(&diagnosis.questions, &mut blocks);
    whole_run::protocols(model, &mut blocks);
    whole_run::views(model, &mut blocks);
    whole_run::notes(model, &mut blocks);
    blocks.push(Block::Heading(2, say!("Other versions of Outlook").to_owned()));
    let rows = diagnosis.verdict.per_client.iter().map(|client| {
        let place = client.stops_at.as_ref().map(ToString::to_string).unwrap_or_default();
        vec![words::client(client.client).to_owned(), words::verdict_class(client.class).to_owned(), place]
    });
    blocks.push(Block::Table(heads([say!("Version"), say!("Verdict"), say!("Stops at")]), rows.collect()));
    blocks
}

/// The heads of a table's columns.
fn heads<const COUNT: usize>(heads: [&str; COUNT]) -> Vec<String> {
    heads.map(str::to_owned).to_vec()
}

fn origin(model: &Model, diagnosis: &Diagnosis) -> String {
    let at = model.started.map(|at| at.strftime("%Y-%m-%d %H:%M UTC").to_string()).unwrap_or_default();
    let client = words::client(diagnosis.walk.client);
    say!(
        "{tool} for {client}, {at}, asked through {resolvers}",
        tool = model.tool,
        client,
        at,
        resolvers = model.vantage.resolvers.join(", ")
    )
}

fn steps(model: &Model, diagnosis: &Diagnosis) -> Block {
    let steps = &diagnosis.walk.steps;
    let rows = steps
        .iter()
        .filter_map(|step| Some(row(model, model.candidate(&step.candidate)?, step, diagnosis.verdict.class)));
    Block::Table(heads([say!("Step"), say!("Place"), say!("To Outlook"), say!("Measured")]), rows.collect())
}

fn row(model: &Model, state: &CandidateState, step: &WalkStep, class: VerdictClass) -> Vec<String> {
    let number = step.number.map(|number| number.to_string()).unwrap_or_default();
    let place = words::candidate(&state.candidate, "->", say!("then "));
    if let Some(off) = &step.switched_off {
        return vec![number, place, say!("left out").to_owned(), words::switched_off(off)];
    }
    if let Some((_, why)) = words::standing(state.candidate.standing, model.domain()) {
        return vec![number, place, say!("not asked").to_owned(), why];
    }
    let stages = std::iter::once(Stage::Ldap).chain(Stage::PROBED);
    let mut measured: Vec<String> = stages.filter_map(|stage| cell(model, state, stage)).collect();
    measured.extend(state.redirect.iter().map(|redirect| say!("leads to {location}", location = redirect.location)));
    let directories = state.directories();
    measured.extend(directories.map(|answer| format!("{}: {}", answer.source, words::directory::directory(answer))));
    measured.extend(state.sign_ins().map(words::sign_in));
    let told = state.ntlm().take(1).flat_map(words::ntlm_facts);
    measured.extend(told.map(|(label, value)| say!("NTLM tells {label}: {value}", label, value)));
    measured.extend(words::own_addresses(&walk::own_addresses(model, state)));
    let code = step.code.filter(|_| step.reached).map(words::code_spellings);
    measured.extend(code.map(|code| say!("Outlook's log: {code}", code)));
    vec![number, place, words::step_role(step, class), measured.join("; ")]
}

fn cell(model: &Model, state: &CandidateState, stage: Stage) -> Option<String> {
    let known = state.stages.get(&stage)?;
    let label = words::stage(stage);
    let cause = known.outcome.and_then(Outcome::cause);
    Some(match (walk::outcome(model, state, stage)?, cause) {
        (Outcome::Passed, Some(cause)) => say!("{label} ok: {cause}", label, cause = words::cause(cause)),
        (Outcome::Passed, None) => say!("{label} ok, {duration}", label, duration = words::duration(known.elapsed_us)),
        (Outcome::Warned { cause } | Outcome::Failed { cause }, _) => format!("{label}: {}", words::cause(cause)),
        (Outcome::Skipped { .. } | Outcome::NotApplicable, _) => return None,
    })
}

fn finding(number: usize, finding: &Finding, blocks: &mut Vec<Block>) {
    blocks.push(Block::Heading(2, format!("{number}. {}", finding.title)));
    let consequence = finding.consequence_of.as_ref().map(|cause| say!("; a consequence of {cause}", cause));
    blocks.push(Block::Remark(say!(
        "{severity}, {certainty}; to act: {owner}; case {id}{consequence}",
        severity = words::severity(finding.severity),
        certainty = words::certainty(finding.certainty),
        owner = finding.owner.words(),
        id = finding.id,
        consequence = consequence.unwrap_or_default()
    )));
    let facts = finding.evidence.iter().map(|fact| vec![fact.label.clone(), fact.value.clone()]);
    blocks.push(Block::Table(heads([say!("What was seen"), ""]), facts.collect()));
    for (heading, text) in [(say!("What Outlook shows"), &finding.shows), (say!("Why"), &finding.explanation)] {
        blocks.push(Block::Heading(3, heading.to_owned()));
        paragraphs(text, blocks);
    }
    for remedy in &finding.remedies {
        self::remedy(remedy, blocks);
    }
    blocks.push(Block::Heading(3, say!("How to check").to_owned()));
    paragraphs(&finding.check, blocks);
}

fn remedy(remedy: &Remedy, blocks: &mut Vec<Block>) {
    blocks.push(Block::Heading(3, remedy.title.clone()));
    blocks.push(Block::Remark(say!("to act: {owner}", owner = remedy.owner.words())));
    paragraphs(&remedy.steps, blocks);
    if remedy.text != remedy.steps {
        blocks.push(Block::Code(remedy.kind.clone(), remedy.text.clone()));
    }
    let leads_to = words::leads_to(remedy);
    let lines = [(say!("Risk"), &remedy.risk), (say!("Undo"), &remedy.undo), (say!("Check"), &remedy.verify)];
    let lines = lines.into_iter().filter(|(_, text)| !text.is_empty()).map(|(label, text)| format!("{label}: {text}"));
    blocks.extend(leads_to.into_iter().chain(lines).map(Block::Paragraph));
}

fn questions(questions: &[Question], blocks: &mut Vec<Block>) {
    let questions: Vec<&Question> = questions.iter().filter(|question| !question.read).collect();
    if questions.is_empty() {
        return;
    }
    blocks.push(Block::Heading(2, say!("What only a person can tell").to_owned()));
    for question in questions {
        let reply = question
            .reply
            .map(|reply| say!(" Replied: {reading}.", reading = words::reading(reply)))
            .unwrap_or_default();
        blocks.push(Block::Paragraph(format!("{}{reply}", question.question)));
        if !question.command.is_empty() && question.reply.is_none() {
            blocks.push(Block::Code("shell".to_owned(), question.command.clone()));
        }
    }
}

fn paragraphs(text: &str, blocks: &mut Vec<Block>) {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    blocks.extend(lines.map(|line| Block::Paragraph(line.to_owned())));
}
