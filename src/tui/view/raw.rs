//! One stage as it was recorded: messages decoded, requests and answers in colours or as they were received.

mod dns;
mod http;
mod tls;

use super::evidence;
use crate::{
    event::Evidence,
    tui::{
        app::App,
        document::{Document, Paragraph},
        syntax::Pieces,
        theme::Meaning,
    },
};

/// The selected stage as it was recorded.
pub(super) fn document(app: &App) -> Document {
    let mut document = Document::default();
    let stage = app.selected().zip(app.stage()).and_then(|(candidate, stage)| candidate.stages.get(&stage));
    for one in stage.iter().flat_map(|stage| &stage.evidence) {
        document.gap();
        match one {
            Evidence::Http(exchange) => http::exchange(exchange, app.ui.received, &mut document),
            Evidence::Dns(answer) => dns::answer(answer, &mut document),
            Evidence::Tls(handshake) => tls::handshake(handshake, &app.look, &mut document),
            other => evidence::show(app, other, &mut document),
        }
    }
    if document.is_empty() {
        document.text(0, Meaning::Muted, say!("No evidence was recorded."));
    }
    document
}

/// Whether something of the selected stage was kept as it was received: only requests and answers are.
pub(in crate::tui) fn is_kept_as_received(app: &App) -> bool {
    let stage = app.selected().zip(app.stage()).and_then(|(candidate, stage)| candidate.stages.get(&stage));
    stage.is_some_and(|stage| stage.evidence.iter().any(|one| matches!(one, Evidence::Http(_))))
}

/// A heading within a message.
fn part(document: &mut Document, name: &str, remark: &str) {
    let heading = Paragraph::new(2, Meaning::Title, name);
    document.push(if remark.is_empty() { heading } else { heading.and(Meaning::Muted, format!("  {remark}")) });
}

fn fact(label: &str, value: impl Into<String>) -> (String, Meaning, String) {
    (label.to_owned(), Meaning::Plain, value.into())
}

/// Lines in colours.
fn coloured(lines: Vec<Pieces>, indent: usize, document: &mut Document) {
    for line in lines {
        let mut lead = 0;
        let mut pieces = line.into_iter();
        let mut paragraph = match pieces.next() {
            Some((meaning, text)) => {
                let own = text.trim_start_matches(' ');
                lead = text.len() - own.len();
                Paragraph::new(indent + lead, meaning, own)
            }
            None => Paragraph::new(indent, Meaning::Plain, ""),
        };
        for (meaning, text) in pieces {
            paragraph = paragraph.and(meaning, text);
        }
        document.push(paragraph.hang(if lead == 0 { 2 } else { 4 }));
    }
}
