//! Two certificates side by side, or one below the other where there is no room.

use crate::{
    certificate::{ComparedField, compare},
    event::Certificate,
    language,
    tui::{
        app::{App, Marked},
        document::{Document, Paragraph},
        glyph::Status,
        measure,
        theme::Meaning,
    },
};

/// Columns of one value where both stand side by side.
const COLUMN: usize = 34;

/// What differs first, then names, then what is equal.
pub(super) fn document(app: &App, here: &Certificate, marked: &Marked) -> Document {
    let mut document = Document::default();
    let comparison = compare(here, &marked.certificate);
    document.heading(if comparison.same { say!("The same certificate") } else { say!("Two certificates") });
    let place = app.selected().map(|state| state.host().to_owned()).unwrap_or_default();
    let places = [(say!("here"), place), (say!("marked"), marked.place.clone())];
    document.pairs(2, places.map(|(label, place)| (label.to_owned(), Meaning::Plain, place)).to_vec());
    document.gap();
    let (equal, different): (Vec<&ComparedField>, Vec<&ComparedField>) =
        comparison.fields.iter().partition(|field| field.is_equal());
    if !different.is_empty() {
        document.heading(say!("Different"));
        different.iter().for_each(|field| differing(app, field, &mut document));
        document.gap();
    }
    document.heading(say!("Names"));
    let lists = [
        (say!("only here"), &comparison.names_only_here, Some(Status::Warned)),
        (say!("only marked"), &comparison.names_only_there, Some(Status::Warned)),
        (say!("in both"), &comparison.names_in_both, None),
    ];
    for (label, names, status) in lists {
        let status = status.filter(|_| !names.is_empty());
        let text = if names.is_empty() { say!("none").to_owned() } else { names.join(", ") };
        row(app, status, label, status.map_or(Meaning::Plain, Status::meaning), text, &mut document);
    }
    document.gap();
    document.heading(say!("Equal"));
    for field in equal.iter().filter(|field| !field.here.is_empty()) {
        row(
            app,
            None,
            language::known(field.label),
            Meaning::Muted,
            language::known(&field.here).to_owned(),
            &mut document,
        );
    }
    document
}

fn differing(app: &App, field: &ComparedField, document: &mut Document) {
    let value = |text: &str| if text.is_empty() { say!("(none)").to_owned() } else { language::known(text).to_owned() };
    let wide = app.ui.screen.width >= 120 && field.here.len().max(field.there.len()) <= COLUMN;
    if wide {
        let both = format!("{}  {}", measure::pad(&value(&field.here), COLUMN), value(&field.there));
        row(app, Some(Status::Warned), language::known(field.label), Meaning::Plain, both, document);
        return;
    }
    row(
        app,
        Some(Status::Warned),
        language::known(field.label),
        Meaning::Plain,
        say!("here    {value}", value = value(&field.here)),
        document,
    );
    row(app, None, "", Meaning::Plain, say!("marked  {value}", value = value(&field.there)), document);
}

/// A line with its sign, its label and its text.
fn row(app: &App, status: Option<Status>, label: &str, meaning: Meaning, text: String, document: &mut Document) {
    let glyphs = app.look.glyphs;
    let columns = if glyphs.ascii { 5 } else { 2 };
    let sign = measure::pad(status.map_or("", |status| glyphs.status(status, 0)), columns);
    let column = columns + 20;
    let paragraph = Paragraph::new(2, status.map_or(Meaning::Plain, Status::meaning), sign);
    let label = measure::pad(label, 20);
    document.push(paragraph.and(Meaning::Muted, label).and(meaning, text).hang(column));
}
