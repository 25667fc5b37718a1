//! What was read on the PC, as a text above the screen.

use crate::{
    tui::{app::App, document::Document, theme::Meaning},
    words,
};

/// Title of the text.
pub(super) const TITLE: &str = said!("This PC");

/// The text; it follows the client that is chosen.
pub(super) fn document(app: &App) -> Document {
    let mut document = Document::default();
    let Some(pc) = &app.model.pc else {
        document.text(0, Meaning::Muted, say!("Nothing was read on the PC that Outlook runs on."));
        return document;
    };
    let rows = words::this_pc(pc, app.ui.client).into_iter();
    document.pairs(0, rows.map(|(label, value)| (label, Meaning::Plain, value)).collect());
    let off = app.diagnosis.iter().flat_map(|diagnosis| &diagnosis.walk.steps);
    let off: Vec<String> = off.filter_map(|step| step.switched_off.as_ref()).map(words::switched_off).collect();
    if !off.is_empty() {
        document.gap();
        document.heading(say!("What {client} leaves out", client = words::client(app.ui.client)));
        off.iter().for_each(|line| document.text(2, Meaning::Warned, line));
    }
    let read = app.diagnosis.iter().flat_map(|diagnosis| &diagnosis.questions).filter(|question| question.read);
    let answered: Vec<_> = read.collect();
    if !answered.is_empty() {
        document.gap();
        document.heading(say!("Questions that it answers"));
        let rows = answered.into_iter().map(|question| {
            let reply = question.reply.map(words::reading).unwrap_or_default();
            (reply.to_owned(), Meaning::Plain, question.question.clone())
        });
        document.pairs(2, rows.collect());
    }
    document
}
