//! What concerns the whole run: what was supposed, what endpoints say to other clients, the views of every name, notes.

use super::{Block, heads};
use crate::{
    diagnosis::Diagnosis,
    model::Model,
    report::{protocols, views},
    words,
};

/// Stands before names that the views disagree about.
const MARK: &str = "≠";

/// What was supposed, and what it comes to.
pub(super) fn what_if(model: &Model, diagnosis: &Diagnosis, blocks: &mut Vec<Block>) {
    let Some(what_if) = &diagnosis.what_if else { return };
    blocks.push(Block::Heading(2, say!("What if").to_owned()));
    let lines = what_if.assumptions.iter().map(ToString::to_string).collect::<Vec<_>>();
    blocks.push(Block::Code(String::new(), lines.join("\n")));
    blocks.extend(what_if.without_effect.iter().map(|assumption| {
        Block::Paragraph(say!("{assumption}: this run asked nothing there, so it changes nothing", assumption))
    }));
    blocks.push(Block::Paragraph(say!("It would come to: {verdict}", verdict = words::prospect(&what_if.verdict))));
    let rows = what_if.steps.iter().filter_map(|step| {
        let before = diagnosis.walk.steps.iter().find(|before| before.candidate == step.candidate)?;
        let assumed = what_if.assumed.iter().find(|assumed| assumed.candidate == step.candidate);
        let state = model.candidate(&step.candidate).filter(|_| before.role != step.role || assumed.is_some())?;
        let place = words::candidate(&state.candidate, "->", say!("then "));
        let assumed = assumed.map(|stages| words::unmeasured(&stages.assumed, &stages.unknown)).unwrap_or_default();
        let becomes = format!("{} {assumed}", words::role(step.role, what_if.verdict.class));
        Some(vec![place, words::role(before.role, diagnosis.verdict.class).to_owned(), becomes.trim_end().to_owned()])
    });
    let rows: Vec<Vec<String>> = rows.collect();
    if !rows.is_empty() {
        blocks.push(Block::Table(heads([say!("Place"), say!("Now"), say!("Then")]), rows));
    }
}

/// What endpoints say to clients other than Outlook, and what was asked outside.
pub(super) fn protocols(model: &Model, blocks: &mut Vec<Block>) {
    for endpoint in model.endpoints() {
        let title = say!("What {host} says to each kind of client", host = endpoint.host);
        blocks.push(Block::Heading(2, title));
        let rows = protocols::rows(&endpoint).into_iter().map(|(label, says)| vec![label.to_owned(), says]);
        blocks.push(Block::Table(heads([say!("Client"), say!("Answer")]), rows.collect()));
    }
    let asked = protocols::outside(model).into_iter().map(protocols::outside_row);
    let rows: Vec<Vec<String>> = asked.map(|(what, said)| vec![what, said]).collect();
    if !rows.is_empty() {
        blocks.push(Block::Heading(2, say!("Asked outside").to_owned()));
        blocks.push(Block::Table(heads([say!("Question"), say!("Answer")]), rows));
    }
}

/// What everybody who was asked says, where several were or where they disagree.
pub(super) fn views(model: &Model, blocks: &mut Vec<Block>) {
    let Some(table) = views::worth_comparing(model) else { return };
    blocks.push(Block::Heading(2, views::heading(&table, MARK)));
    let (heads, rows) = views::rows(&table, MARK);
    blocks.push(Block::Table(heads, rows));
}

/// What was noted about the run.
pub(super) fn notes(model: &Model, blocks: &mut Vec<Block>) {
    let notes = model.notes.iter().filter_map(|(code, detail)| words::note(*code, detail));
    blocks.extend(notes.map(|note| Block::Paragraph(say!("Note: {note}", note))));
}
