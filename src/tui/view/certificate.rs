//! The certificate explorer: the chain as sent, and one certificate with the three checks of the Security Alert.

mod comparison;
mod fields;

pub use fields::fields;

use super::{
    hit::rows_inside,
    pane::{Corner, draw_frame, draw_line},
};
use crate::{
    certificate::{self, RemarkLevel, pem},
    event::{Certificate, Checks, HandshakePurpose, NameCheck, SubjectName, TlsHandshake},
    tui::{
        app::{App, Focus, Marked},
        document::{Document, Paragraph},
        glyph::Status,
        measure,
        theme::Meaning,
    },
    words,
};
use ratatui::{buffer::Buffer, layout::Rect, text::Line};

/// Names from which on a certificate's list can be filtered.
const MANY_NAMES: usize = 6;

/// One certificate of the explorer.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    handshake: &'a TlsHandshake,
    place: usize,
    certificate: &'a Certificate,
}

/// One row of the chain pane.
pub(super) enum Row<'a> {
    /// A handshake.
    Heading(&'a TlsHandshake),
    /// A certificate, with its number among all.
    Certificate(usize, Shown<'a>),
}

/// Every certificate that the selected candidate was shown, handshake by handshake, in the order sent.
pub fn shown(app: &App) -> Vec<Shown<'_>> {
    let handshakes = app.selected().into_iter().flat_map(|candidate| candidate.handshakes());
    handshakes
        .flat_map(|handshake| {
            let chain = handshake.chain.iter().enumerate();
            chain.map(move |(place, certificate)| Shown { handshake, place, certificate })
        })
        .collect()
}

/// Whether the certificate looked at has a list of names long enough to filter.
pub fn has_names(app: &App) -> bool {
    current(app).is_some_and(|shown| shown.certificate.names.len() >= MANY_NAMES)
}

/// The chosen field, or the certificate looked at as PEM.
pub(super) fn copyable(app: &App) -> Option<(String, String)> {
    if let Some((label, _, value)) = app.ui.field.and_then(|field| fields(app).into_iter().nth(field)) {
        return Some((label, value));
    }
    let shown = current(app).filter(|shown| !(app.privacy.is_on() && shown.certificate.der.is_empty()))?;
    Some((say!("certificate (PEM)").to_owned(), pem(shown.certificate)))
}

/// The certificate looked at, with the place where it was seen.
pub fn marked(app: &App) -> Option<Marked> {
    let shown = current(app)?;
    let step = app.selected().map(|state| words::candidate(&state.candidate, app.look.glyphs.arrow, ""))?;
    let place = say!(
        "{certificate} at {place}, {step}",
        certificate = short_name(shown.certificate),
        place = heading(shown.handshake),
        step
    );
    Some(Marked { place, certificate: shown.certificate.clone() })
}

/// The rows of the chain pane.
pub(super) fn rows(app: &App) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for (number, shown) in shown(app).into_iter().enumerate() {
        if shown.place == 0 {
            rows.push(Row::Heading(shown.handshake));
        }
        rows.push(Row::Certificate(number, shown));
    }
    rows
}

/// The certificate in a row of the chain pane, counted from 0.
pub(super) fn at(app: &App, area: Rect, row: usize) -> Option<usize> {
    let rows = rows(app);
    match rows.get(skipped(app, &rows, rows_inside(area)) + row)? {
        Row::Certificate(number, _) => Some(*number),
        Row::Heading(_) => None,
    }
}

/// Rows of the chain that scroll away, with the one looked at in sight.
fn skipped(app: &App, rows: &[Row<'_>], height: usize) -> usize {
    let is_selected = |row: &Row<'_>| matches!(row, Row::Certificate(number, _) if *number == app.ui.certificate);
    let at = rows.iter().position(is_selected).unwrap_or(0);
    (at + 1).saturating_sub(height).min(rows.len().saturating_sub(height))
}

/// Draws the chain pane.
pub(super) fn draw_chain(app: &App, area: Rect, buffer: &mut Buffer) {
    let look = &app.look;
    let focused = app.ui.place.focus == Focus::First;
    let inside = draw_frame(look, say!("Chain as sent"), &Corner::default(), (focused, focused), area, buffer);
    let rows = rows(app);
    let is_selected = |row: &Row<'_>| matches!(row, Row::Certificate(number, _) if *number == app.ui.certificate);
    let skip = skipped(app, &rows, usize::from(inside.height));
    for (row, y) in rows.iter().skip(skip).zip(inside.y..inside.bottom()) {
        let (text, meaning) = match row {
            Row::Heading(handshake) => (heading(handshake), Meaning::Muted),
            Row::Certificate(_, shown) => {
                let pointer = if is_selected(row) { look.glyphs.pointer } else { " " };
                let indent = "  ".repeat(shown.place.saturating_sub(1));
                let branch = if shown.place == 0 { "" } else { look.glyphs.branch };
                let meaning = if is_selected(row) { Meaning::Title } else { Meaning::Plain };
                (format!("{pointer} {indent}{branch}{}", short_name(shown.certificate)), meaning)
            }
        };
        let text = measure::shorten(&text, usize::from(inside.width), look.glyphs.ellipsis);
        draw_line(&Line::styled(text, look.style(meaning)), Rect { y, height: 1, ..inside }, buffer);
    }
}

/// The certificate looked at.
pub(super) fn document(app: &App) -> Document {
    let mut document = Document::default();
    let Some(shown) = current(app) else {
        document.text(0, Meaning::Muted, say!("No certificate was seen."));
        return document;
    };
    let certificate = shown.certificate;
    if let Some(marked) = app.ui.marked.as_ref().filter(|_| app.ui.comparing) {
        return comparison::document(app, certificate, marked);
    }
    if let Some(judged) = shown.handshake.checks.as_ref().filter(|_| shown.place == 0) {
        document.heading(say!("The Security Alert would say"));
        document.append(checks(app, judged));
        document.gap();
        document.append(remarks(app, shown.handshake, judged));
        document.append(as_it_should_be(app, shown.handshake));
    }
    let judged = shown.handshake.checks.as_ref().filter(|_| shown.place == 0).map(|checks| &checks.name_matches);
    names(app, certificate, judged, &mut document);
    document.gap();
    let groups = [
        (None, fields::details(app, shown)),
        (Some(say!("Extensions")), fields::extensions(certificate)),
        (Some(say!("Fingerprints")), fields::fingerprints(certificate)),
    ];
    let mut number = 0;
    for (title, rows) in groups.into_iter().filter(|(_, rows)| !rows.is_empty()) {
        if let Some(title) = title {
            document.gap();
            document.heading(title);
        }
        let column = rows.iter().map(|(label, ..)| measure::width(label)).max().unwrap_or(0) + 4;
        for (label, meaning, value) in rows {
            let pointer = if app.ui.field == Some(number) { app.look.glyphs.pointer } else { " " };
            document.field(format!("{pointer} {label}"), column, meaning, value);
            number += 1;
        }
    }
    document.gap();
    document.heading("PEM");
    match certificate.der.is_empty() {
        true => document.text(2, Meaning::Muted, say!("hidden in private")),
        false => document.text(2, Meaning::Guidance, &pem(certificate)),
    }
    document
}

/// The three checks in the order of the Security Alert, and the one that it never shows.
pub(super) fn checks(app: &App, checks: &Checks) -> Document {
    let mut document = Document::default();
    let mut line = |ok: bool, text: String| {
        let status = if ok { Status::Passed } else { Status::Failed };
        let sign = app.look.glyphs.status(status, 0);
        let sign = measure::pad(sign, if app.look.glyphs.ascii { 5 } else { 2 });
        let hang = measure::width(&sign);
        document.push(Paragraph::new(2, status.meaning(), sign).and(Meaning::Plain, text).hang(hang));
    };
    line(checks.trusted.ok, words::trusted(&checks.trusted));
    line(checks.in_date.ok, words::in_date(checks.in_date));
    line(checks.name_matches.ok, words::name_matches(&checks.name_matches));
    if !checks.usable.ok {
        line(false, words::usable(&checks.usable));
    }
    document
}

/// What is worth saying about the chain beside the checks.
fn remarks(app: &App, handshake: &TlsHandshake, judged: &Checks) -> Document {
    let mut document = Document::default();
    let now = app.model.started.unwrap_or_default();
    let remarks = certificate::chain_review(&handshake.chain, judged, now);
    if remarks.is_empty() {
        return document;
    }
    document.heading(say!("About the chain"));
    let glyphs = app.look.glyphs;
    let columns = if glyphs.ascii { 5 } else { 2 };
    for remark in remarks {
        let status = match remark.level {
            RemarkLevel::Fault => Some(Status::Failed),
            RemarkLevel::Warning => Some(Status::Warned),
            RemarkLevel::Note => None,
        };
        let sign = measure::pad(status.map_or("", |status| glyphs.status(status, 0)), columns);
        let meaning = status.map_or(Meaning::Plain, Status::meaning);
        let text = words::remark(&remark);
        document.push(Paragraph::new(2, meaning, sign).and(Meaning::Plain, text).hang(columns));
    }
    document.gap();
    document
}

/// The chain as it should be sent, where it was sent otherwise.
fn as_it_should_be(app: &App, handshake: &TlsHandshake) -> Document {
    let mut document = Document::default();
    let order = certificate::chain_in_order(&handshake.chain, app.model.started.unwrap_or_default());
    if order.iter().copied().eq(0..handshake.chain.len()) {
        return document;
    }
    document.heading(say!("Chain as it should be sent"));
    for (number, certificate) in order.iter().filter_map(|place| handshake.chain.get(*place)).enumerate() {
        document.text(2, Meaning::Plain, &format!("{} {}", number + 1, short_name(certificate)));
    }
    document.gap();
    document
}

fn current(app: &App) -> Option<Shown<'_>> {
    shown(app).get(app.ui.certificate).copied()
}

fn heading(handshake: &TlsHandshake) -> String {
    match handshake.purpose {
        HandshakePurpose::Probe => format!("{}", handshake.address.ip()),
        HandshakePurpose::WithoutServerName => say!("{ip} without a server name", ip = handshake.address.ip()),
        HandshakePurpose::OtherPort => {
            say!("{ip} port {port}", ip = handshake.address.ip(), port = handshake.address.port())
        }
        HandshakePurpose::OtherName => say!("{ip} for an unknown name", ip = handshake.address.ip()),
        HandshakePurpose::ClearText => say!("{ip} in clear text", ip = handshake.address.ip()),
        HandshakePurpose::OtherView => say!("{ip} in another view", ip = handshake.address.ip()),
        HandshakePurpose::OtherLibrary => say!("{ip} by another library", ip = handshake.address.ip()),
        HandshakePurpose::FurtherTarget | HandshakePurpose::MailService | HandshakePurpose::Directory => {
            let name = handshake.server_name.as_deref().unwrap_or_default();
            say!("{name} port {port}", name, port = handshake.address.port())
        }
    }
}

fn short_name(certificate: &Certificate) -> String {
    certificate.common_names.first().unwrap_or(&certificate.subject).clone()
}

fn names(app: &App, certificate: &Certificate, check: Option<&NameCheck>, document: &mut Document) {
    let filter = app.ui.filter.text().to_lowercase();
    let all = certificate.names.len();
    let texts: Vec<String> = certificate.names.iter().map(name_text).collect();
    let found: Vec<&String> = texts.iter().filter(|name| name.to_lowercase().contains(&filter)).collect();
    let count = if found.len() == all { format!("{all}") } else { say!("{found} of {all}", found = found.len(), all) };
    document.push(Paragraph::new(0, Meaning::Title, say!("Names")).right(Meaning::Muted, count));
    if app.ui.filtering || !filter.is_empty() {
        let cursor = if app.ui.filtering { "_" } else { "" };
        document.push(
            Paragraph::new(2, Meaning::Key, "/").and(Meaning::Plain, format!("{}{cursor}", app.ui.filter.text())),
        );
    }
    let glyphs = app.look.glyphs;
    let sign_columns = if glyphs.ascii { 5 } else { 2 };
    for name in found {
        let is = |wanted: Option<&String>| wanted == Some(name);
        let (status, note) = if is(check.and_then(|check| check.matched.as_ref())) {
            (Some(Status::Passed), say!("matches"))
        } else if is(check.and_then(|check| check.near_miss.as_ref())) {
            (Some(Status::Warned), say!("nearly, but not the name asked for"))
        } else {
            (None, "")
        };
        let sign = status.map_or("", |status| glyphs.status(status, 0));
        let meaning = status.map_or(Meaning::Plain, Status::meaning);
        let line = Paragraph::new(2, meaning, measure::pad(sign, sign_columns)).and(meaning, name);
        document.push(line.and(Meaning::Muted, format!("  {note}")).hang(sign_columns));
    }
    if certificate.names.is_empty() {
        document.text(2, Meaning::Muted, say!("none"));
    }
}

fn name_text(name: &SubjectName) -> String {
    match name {
        SubjectName::Dns { name } => name.clone(),
        SubjectName::Ip { address } => format!("IP {address}"),
        SubjectName::Other { text } => text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pem_lines_hold_64_characters() {
        let certificate = Certificate { der: "A".repeat(130), ..Certificate::default() };
        let text = pem(&certificate);
        let lengths: Vec<usize> = text.lines().map(str::len).collect();
        assert_eq!(lengths, [27, 64, 64, 2, 25]);
    }
}
