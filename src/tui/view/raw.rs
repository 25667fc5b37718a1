//! One stage as it was recorded: messages decoded and in colours, or field by field as they stand in a recording.

mod dns;
mod http;
mod tls;

use crate::{
    event::Evidence,
    tui::{
        app::App,
        document::{Document, Paragraph},
        syntax::{self, Language, Pieces},
        theme::Meaning,
    },
};

/// Characters of one recorded value that are shown; a certificate's bytes are in its explorer.
const VALUE_LIMIT: usize = 400;

/// The selected stage as it was recorded.
pub(super) fn document(app: &App) -> Document {
    let mut document = Document::default();
    let stage = app.selected().zip(app.stage()).and_then(|(candidate, stage)| candidate.stages.get(&stage));
    for evidence in stage.iter().flat_map(|stage| &stage.evidence) {
        document.gap();
        match evidence {
            Evidence::Http(exchange) => http::exchange(exchange, app.ui.received, &mut document),
            other if app.ui.received => fields(other, &mut document),
            Evidence::Dns(answer) => dns::answer(answer, &mut document),
            Evidence::Tls(handshake) => tls::handshake(handshake, &app.look, &mut document),
            other => fields(other, &mut document),
        }
    }
    if document.is_empty() {
        document.text(0, Meaning::Muted, say!("No evidence was recorded."));
    }
    document
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

fn fields(evidence: &Evidence, document: &mut Document) {
    // Evidence always serialises: it was read from, or will be written to, a recording.
    let text = serde_json::to_string_pretty(evidence).unwrap_or_default();
    let bounded = text.lines().map(|line| {
        let count = line.chars().count();
        if count <= VALUE_LIMIT {
            return line.to_owned();
        }
        let start: String = line.chars().take(VALUE_LIMIT / 4).collect();
        format!("{start}...\" {}", say!("({count} characters in all)", count))
    });
    let text = bounded.collect::<Vec<_>>().join("\n");
    coloured(syntax::lines(&text, Language::Json), 0, document);
}
