//! Search in a text: what is sought, which place is looked at, and the way from place to place.
//!
//! The texts that can be searched are the evidence of a stage, the stage as it was recorded, the views, and a page of the
//! catalogue.
//! What is sought is marked in the text itself ([`Document::mark`](super::document::Document::mark)), so that a place is
//! found even where the end of a line breaks it.

use super::{
    app::{App, Focus, Level, Overlay},
    input::LineInput,
    view,
};
use crossterm::event::KeyEvent;

/// What is sought, and how far the reader is.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// What is sought.
    pub line: LineInput,
    /// It is being typed.
    pub typing: bool,
    /// Which of the places is looked at, counted from 0.
    pub at: usize,
    /// How many places there are, as far as the text was looked through.
    pub count: usize,
}

impl Search {
    /// Something is sought, or about to be.
    pub fn is_on(&self) -> bool {
        self.typing || !self.line.text().is_empty()
    }

    /// Where the reader is: `3 of 17`.
    pub fn standing(&self) -> String {
        match (self.line.text().is_empty(), self.count) {
            (true, _) => String::new(),
            (false, 0) => say!("not found").to_owned(),
            (false, count) => say!("{at} of {count}", at = self.at + 1, count),
        }
    }
}

/// Begins to type what is sought; what was sought before stands there to be changed.
pub(super) fn begin(app: &mut App) {
    app.ui.moved = true;
    app.ui.search.typing = true;
    if app.ui.overlay.is_none() {
        app.ui.place.focus = Focus::Second;
    }
}

/// Takes a key that types.
pub(super) fn press(app: &mut App, key: KeyEvent) {
    if app.ui.search.line.press(key) {
        seek(app);
    }
}

/// Takes text that is pasted.
pub(super) fn paste(app: &mut App, text: &str) {
    app.ui.search.line.insert(text);
    seek(app);
}

/// Keeps what is sought and gives the keys back to the text; nothing sought ends the search.
pub(super) fn keep(app: &mut App) {
    app.ui.search.typing = false;
}

/// Ends the search; false when there was none here.
pub(super) fn end(app: &mut App) -> bool {
    let is_on = app.ui.search.is_on() && is_searchable(app);
    if is_on {
        app.ui.search = Search::default();
    }
    is_on
}

/// Goes to the next place (1) or the one before (-1), around the ends.
pub(super) fn go(app: &mut App, by: isize) {
    count(app);
    let count = app.ui.search.count;
    if count > 0 {
        let at = app.ui.search.at.min(count - 1);
        app.ui.search.at = if by > 0 { (at + 1) % count } else { (at + count - 1) % count };
        reveal(app);
    }
}

/// Whether the text that is looked at can be searched.
pub(super) fn is_searchable(app: &App) -> bool {
    match app.ui.overlay {
        Some(Overlay::Page { .. }) => true,
        Some(_) => false,
        None => matches!(app.ui.place.level, Level::Stages | Level::Raw | Level::Views),
    }
}

/// Looks for the text as it is typed: at the first place from where the reader is.
fn seek(app: &mut App) {
    app.ui.search.at = 0;
    count(app);
    reveal(app);
}

/// Looks through the text again, which may have changed.
pub(super) fn count(app: &mut App) {
    if app.ui.search.is_on() && is_searchable(app) {
        app.ui.search.count = view::searched(app).0.found;
        app.ui.search.at = app.ui.search.at.min(app.ui.search.count.saturating_sub(1));
    }
}

/// Brings the place that is looked at into sight.
fn reveal(app: &mut App) {
    let (page, height) = view::searched(app);
    let Some(line) = page.found_at else { return };
    let scroll = match &mut app.ui.overlay {
        Some(Overlay::Page { scroll }) => scroll,
        _ => &mut app.ui.place.scroll,
    };
    let seen = *scroll..(*scroll + height.saturating_sub(1)).max(*scroll + 1);
    if !seen.contains(&line) {
        *scroll = line.saturating_sub(height / 3).min(page.lines.len().saturating_sub(height));
    }
}
