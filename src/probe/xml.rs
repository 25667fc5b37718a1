//! The XML stage: what the body says. Pure.

mod html;
mod outlook;
mod scan;

use crate::{
    event::{AnswerKind, AutodiscoverAnswer, Cause, Outcome},
    probe::http::{BODY_LIMIT, decode_text},
    text::sanitise_line,
};
use roxmltree::{Document, ParsingOptions};

/// Deepest nesting of elements that is read.
pub const DEPTH_LIMIT: usize = 64;

/// Most nodes of a document.
const NODE_LIMIT: u32 = 100_000;

/// How the problem begins when a body was longer than 1 MiB.
const TOO_LARGE: &str = "larger than 1 MiB";

/// Reads an answer's body. Never fails: what cannot be read is a kind of answer too.
///
/// `bytes` are those of [`exchange`](crate::probe::http::exchange). Both spellings of the namespaces are known: `http://`
/// as on the wire and `https://` as in the documentation pages. A DTD is refused, elements nest to a depth of 64 at most.
/// A byte order mark in front is usual; blanks before the XML declaration are against XML 1.0 (2.8), so they are skipped
/// and named in [`problem`](AutodiscoverAnswer::problem). What the header says about the content is believed only where
/// the content itself does not show what it is.
pub fn read(bytes: &[u8], content_type: Option<&str>) -> AutodiscoverAnswer {
    if bytes.len() > BODY_LIMIT {
        return troubled(AnswerKind::Malformed, TOO_LARGE.to_owned());
    }
    let decoded = decode_text(bytes, content_type);
    let text = decoded.trim_start_matches(|character: char| character.is_whitespace() || character == '\u{FEFF}');
    let skipped = decoded[..decoded.len() - text.len()].chars().filter(|character| *character != '\u{FEFF}').count();
    let text = text.trim_end_matches(['\0', '\u{FEFF}']).trim_end();
    let mut answer = classify(text, content_type);
    if skipped > 0 && answer.kind != AnswerKind::Empty && text.starts_with("<?xml") {
        let leading = format!("{skipped} blank characters before the XML declaration");
        answer.problem = Some(answer.problem.map_or(leading.clone(), |problem| format!("{problem}; {leading}")));
    }
    answer
}

/// How the stage ended: settings pass, and so does a redirect with a target, since the client follows it.
pub fn outcome(answer: &AutodiscoverAnswer) -> Outcome {
    let cause = match answer.kind {
        AnswerKind::Settings => return Outcome::Passed,
        AnswerKind::RedirectAddr | AnswerKind::RedirectUrl if answer.redirect.is_some() => return Outcome::Passed,
        AnswerKind::RedirectAddr | AnswerKind::RedirectUrl => Cause::XmlNotAutodiscover,
        AnswerKind::Error => Cause::XmlErrorCode,
        AnswerKind::ImapPop => Cause::XmlImapOnly,
        AnswerKind::MobileSync => Cause::XmlMobileSyncOnly,
        AnswerKind::Html => Cause::XmlHtml,
        AnswerKind::Empty => Cause::XmlEmpty,
        AnswerKind::WrongNamespace => Cause::XmlWrongNamespace,
        AnswerKind::Json | AnswerKind::OtherXml | AnswerKind::OtherText => Cause::XmlNotAutodiscover,
        AnswerKind::Malformed if answer.problem.as_deref().is_some_and(|problem| problem.starts_with(TOO_LARGE)) => {
            Cause::XmlTooLarge
        }
        AnswerKind::Malformed => Cause::XmlMalformed,
    };
    Outcome::Failed { cause }
}

fn classify(text: &str, content_type: Option<&str>) -> AutodiscoverAnswer {
    if text.is_empty() {
        return AutodiscoverAnswer::bare(AnswerKind::Empty);
    }
    if html::is_html(text) {
        return AutodiscoverAnswer::bare(AnswerKind::Html);
    }
    if text.starts_with(['{', '[']) {
        return match serde_json::from_str::<serde::de::IgnoredAny>(text) {
            Ok(_) => AutodiscoverAnswer::bare(AnswerKind::Json),
            Err(_) => AutodiscoverAnswer::bare(AnswerKind::OtherText),
        };
    }
    if !text.starts_with('<') {
        // A page may begin with words, and servers that mean one say so.
        let page = content_type.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/html"));
        return AutodiscoverAnswer::bare(if page && html::has_tags(text) {
            AnswerKind::Html
        } else {
            AnswerKind::OtherText
        });
    }
    match parse(text) {
        Ok(document) => outlook::understood(&document),
        Err(problem) => troubled(AnswerKind::Malformed, problem),
    }
}

fn parse(text: &str) -> Result<Document<'_>, String> {
    scan::within_bounds(text, DEPTH_LIMIT)?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: NODE_LIMIT, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| {
        let position = error.pos();
        sanitise_line(&format!("line {}, column {}: {error}", position.row, position.col))
    })
}

fn troubled(kind: AnswerKind, problem: String) -> AutodiscoverAnswer {
    AutodiscoverAnswer { problem: Some(problem), ..AutodiscoverAnswer::bare(kind) }
}

#[cfg(test)]
#[path = "xml/tests.rs"]
mod tests;
