//! A request and what came back: head and body, in colours.

use super::coloured;
use crate::{
    event::{Body, Header, HttpExchange},
    tui::{
        document::{Document, Paragraph},
        syntax::{self, Language},
        theme::Meaning,
    },
    words,
};

/// Lines of a body that are shown at most; more say nothing a person would read on a screen.
const LINE_LIMIT: usize = 2000;

/// One exchange. Bodies are tidied unless they shall be seen as they were received.
pub(super) fn exchange(exchange: &HttpExchange, received: bool, document: &mut Document) {
    let line = Paragraph::new(0, Meaning::Element, &exchange.method).and(Meaning::Title, format!(" {}", exchange.url));
    document.push(line.hang(2));
    headers(&exchange.request_headers, document);
    if let Some(sent) = &exchange.request_body {
        body(sent, content_type(&exchange.request_headers), received, document);
    }
    document.gap();
    let meaning = match exchange.status {
        Some(200..=299 | 401) => Meaning::Passed,
        Some(300..=399) => Meaning::Guidance,
        Some(_) => Meaning::Warned,
        None => Meaning::Failed,
    };
    let status = match exchange.status {
        Some(status) => format!("{status} {}", exchange.reason).trim_end().to_owned(),
        None => say!("no answer").to_owned(),
    };
    document.push(Paragraph::new(0, meaning, status).right(Meaning::Muted, words::duration(exchange.elapsed_us)));
    headers(&exchange.headers, document);
    if let Some(answered) = &exchange.body {
        body(answered, content_type(&exchange.headers), received, document);
    }
}

fn content_type(headers: &[Header]) -> Option<&str> {
    headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-type")).map(|header| header.value.as_str())
}

fn headers(headers: &[Header], document: &mut Document) {
    for header in headers {
        let line = Paragraph::new(0, Meaning::Attribute, &header.name).and(Meaning::Muted, ": ");
        document.push(line.and(Meaning::Value, &header.value).hang(2));
    }
}

fn body(body: &Body, content_type: Option<&str>, received: bool, document: &mut Document) {
    if body.length == 0 {
        return;
    }
    document.gap();
    let language = Language::of(content_type, &body.text);
    let tidied = !received && language.can_be_tidied();
    let lines = if tidied { syntax::tidied(&body.text, language) } else { syntax::lines(&body.text, language) };
    let mut remark = say!("body: {length} bytes of {language}", length = body.length, language = language.as_str());
    if body.truncated {
        remark.push_str(say!(", and more that was not read"));
    }
    // Bytes and characters differ outside ASCII, so only a clear difference is one.
    let shown = body.text.chars().count();
    if shown >= 64 * 1024 && body.length > shown {
        remark.push_str(&say!(", of which the first {shown} characters were kept", shown));
    }
    if tidied {
        remark.push_str(say!(", laid out for reading"));
    }
    let (count, more) = (lines.len(), lines.len().saturating_sub(LINE_LIMIT));
    document.text(0, Meaning::Muted, &remark);
    coloured(lines.into_iter().take(LINE_LIMIT).collect(), 0, document);
    if more > 0 {
        document.text(0, Meaning::Warned, &say!("{more} more of {count} lines are not shown", more, count));
    }
}
