//! A run as a document: headings, paragraphs, tables and texts to paste, in reading order. Markdown and HTML are two ways
//! to write it down.

use crate::{
    diagnosis::Diagnosis,
    event::{Outcome, Stage},
    finding::{Finding, Question, Remedy},
    model::{CandidateState, Model},
    walk::WalkStep,
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
    Table(Vec<&'static str>, Vec<Vec<String>>),
    /// A text to paste, and what it is for.
    Code(String, String),
}

/// The whole report.
pub(super) fn blocks(model: &Model, diagnosis: &Diagnosis) -> Vec<Block> {
    let address = super::summary::address(model);
    let class = diagnosis.verdict.class.as_str();
    let mut blocks = vec![
        Block::Heading(1, format!("{address}: {class}")),
        Block::Paragraph(diagnosis.verdict.headline.clone()),
        Block::Remark(origin(model, diagnosis)),
        Block::Heading(2, "What Outlook does, step by step".to_owned()),
        steps(model, diagnosis),
    ];
    if let Some(pc) = &model.pc {
        let rows = words::this_pc(pc, diagnosis.walk.client).into_iter().map(|(label, value)| vec![label, value]);
        blocks.push(Block::Heading(2, "This PC".to_owned()));
        blocks.push(Block::Table(vec!["What was read", ""], rows.collect()));
    }
    if !diagnosis.walk.prompts.is_empty() {
        blocks.push(Block::Heading(2, "What Outlook shows".to_owned()));
        blocks.extend(diagnosis.walk.prompts.iter().map(|prompt| {
            let may = if prompt.may { "Possibly: " } else { "" };
            Block::Paragraph(format!("{may}{}", words::dialog(prompt)))
        }));
    }
    if let Some(together) = &diagnosis.together {
        blocks.push(Block::Heading(2, "No single change is enough".to_owned()));
        let parts = together.remedies.iter().map(|part| vec![part.title.clone(), part.finding.clone()]);
        blocks.push(Block::Table(vec!["All of these together", "Finding"], parts.collect()));
        blocks.push(Block::Paragraph(format!("They lead to: {}", words::prospect(&together.leads_to))));
    }
    for (number, finding) in diagnosis.findings.iter().enumerate() {
        self::finding(number + 1, finding, &mut blocks);
    }
    questions(&diagnosis.questions, &mut blocks);
    blocks.push(Block::Heading(2, "Other versions of Outlook".to_owned()));
    let rows = diagnosis.verdict.per_client.iter().map(|client| {
        let place = client.stops_at.as_ref().map(ToString::to_string).unwrap_or_default();
        vec![words::client(client.client).to_owned(), client.class.as_str().to_owned(), place]
    });
    blocks.push(Block::Table(vec!["Version", "Verdict", "Stops at"], rows.collect()));
    blocks
}

fn origin(model: &Model, diagnosis: &Diagnosis) -> String {
    let at = model.started.map(|at| at.strftime("%Y-%m-%d %H:%M UTC").to_string()).unwrap_or_default();
    let client = words::client(diagnosis.walk.client);
    format!("{} for {client}, {at}, asked through {}", model.tool, model.vantage.resolvers.join(", "))
}

fn steps(model: &Model, diagnosis: &Diagnosis) -> Block {
    let steps = &diagnosis.walk.steps;
    let rows = steps.iter().filter_map(|step| Some(row(model, model.candidate(&step.candidate)?, step)));
    Block::Table(vec!["Step", "Place", "Means", "Measured"], rows.collect())
}

fn row(model: &Model, state: &CandidateState, step: &WalkStep) -> Vec<String> {
    let number = step.number.map(|number| number.to_string()).unwrap_or_default();
    let place = words::candidate(&state.candidate, "->", "then ");
    if let Some(off) = &step.switched_off {
        return vec![number, place, "left out".to_owned(), words::switched_off(off)];
    }
    if let Some((_, why)) = words::standing(state.candidate.standing, model.domain()) {
        return vec![number, place, "not asked".to_owned(), why];
    }
    let stages = std::iter::once(Stage::Ldap).chain(Stage::PROBED);
    let mut measured: Vec<String> = stages.filter_map(|stage| cell(state, stage)).collect();
    measured.extend(state.sign_ins().map(words::sign_in));
    let told = state.ntlm().take(1).flat_map(words::ntlm_facts);
    measured.extend(told.map(|(label, value)| format!("NTLM tells {label}: {value}")));
    vec![number, place, step.role.as_str().to_owned(), measured.join("; ")]
}

fn cell(state: &CandidateState, stage: Stage) -> Option<String> {
    let known = state.stages.get(&stage)?;
    let label = words::stage(stage);
    Some(match known.outcome? {
        Outcome::Passed => format!("{label} ok, {}", words::duration(known.elapsed_us)),
        Outcome::Warned { cause } | Outcome::Failed { cause } => format!("{label}: {}", words::cause(cause)),
        Outcome::Skipped { .. } | Outcome::NotApplicable => return None,
    })
}

fn finding(number: usize, finding: &Finding, blocks: &mut Vec<Block>) {
    blocks.push(Block::Heading(2, format!("{number}. {}", finding.title)));
    let consequence = finding.consequence_of.as_ref().map(|cause| format!("; a consequence of {cause}"));
    blocks.push(Block::Remark(format!(
        "{}, {}; to act: {}; case {}{}",
        words::severity(finding.severity),
        words::certainty(finding.certainty),
        finding.owner.words(),
        finding.id,
        consequence.unwrap_or_default()
    )));
    let facts = finding.evidence.iter().map(|fact| vec![fact.label.clone(), fact.value.clone()]);
    blocks.push(Block::Table(vec!["What was seen", ""], facts.collect()));
    for (heading, text) in [("What Outlook shows", &finding.shows), ("Why", &finding.explanation)] {
        blocks.push(Block::Heading(3, heading.to_owned()));
        paragraphs(text, blocks);
    }
    for remedy in &finding.remedies {
        self::remedy(remedy, blocks);
    }
    blocks.push(Block::Heading(3, "How to check".to_owned()));
    paragraphs(&finding.check, blocks);
}

fn remedy(remedy: &Remedy, blocks: &mut Vec<Block>) {
    blocks.push(Block::Heading(3, remedy.title.clone()));
    blocks.push(Block::Remark(format!("to act: {}", remedy.owner.words())));
    paragraphs(&remedy.steps, blocks);
    if remedy.text != remedy.steps {
        blocks.push(Block::Code(remedy.kind.clone(), remedy.text.clone()));
    }
    let leads_to = words::leads_to(remedy);
    let lines = [("Risk", &remedy.risk), ("Undo", &remedy.undo), ("Check", &remedy.verify)];
    let lines = lines.into_iter().filter(|(_, text)| !text.is_empty()).map(|(label, text)| format!("{label}: {text}"));
    blocks.extend(leads_to.into_iter().chain(lines).map(Block::Paragraph));
}

fn questions(questions: &[Question], blocks: &mut Vec<Block>) {
    let questions: Vec<&Question> = questions.iter().filter(|question| !question.read).collect();
    if questions.is_empty() {
        return;
    }
    blocks.push(Block::Heading(2, "What only a person can tell".to_owned()));
    for question in questions {
        let reply = question.reply.map(|reply| format!(" Replied: {}.", words::reading(reply))).unwrap_or_default();
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
