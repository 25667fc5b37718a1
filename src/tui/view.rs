//! The screen: what is drawn where. Nothing here changes the application.
//!
//! ```text
//! header                discoscope  a••@contoso.test  Outlook Microsoft 365  via 10.0.0.2         1.2 s  ● live
//! candidates | stages   one pane per candidate ...   │ explain | evidence | raw | certificate
//! verdict               one sentence, and what is still open
//! footer                keys
//! ```

mod candidates;
mod card;
mod cells;
mod certificate;
mod evidence;
mod explain;
mod footer;
mod header;
mod help;
mod hit;
mod overlay;
mod pane;
mod path;
mod raw;
mod search;
mod sign_in;
mod stage;
mod this_pc;
mod timeline;
mod verdict;
mod views;
mod what_if;

pub use certificate::{fields, has_names, marked, shown as certificates};
pub(super) use evidence::{gist, outcome as outcome_in_words};
pub(super) use explain::remedy_text;
pub(super) use footer::line as keys_line;
pub use help::{height as help_height, rows as help_rows};
pub use hit::hit;
pub use overlay::{laid_out as case_page, page_size as case_page_size};
pub(super) use pane::{Corner, draw_frame, draw_line, draw_text};
pub(super) use raw::is_kept_as_received;
pub use timeline::rows as timeline_rows;
pub use what_if::examples;
pub(super) use what_if::plain_text as what_if_text;

use super::{
    app::{App, Level, Overlay},
    document::{Document, Page},
    layout, measure,
    theme::Meaning,
    timeline::Timeline,
};
use crate::{event::Standing, model::CandidateState, words};
use ratatui::{Frame, buffer::Buffer, layout::Rect, text::Line};

/// Columns beyond which a line of prose is hard to read.
const READABLE: u16 = 104;

/// Draws the application.
pub fn view(app: &App, frame: &mut Frame<'_>) {
    let buffer = frame.buffer_mut();
    draw(app, buffer.area, buffer);
    app.look.finish(buffer);
}

fn draw(app: &App, screen: Rect, buffer: &mut Buffer) {
    // What is drawn follows the frame; the size that the application knows may be older by one message.
    let Some(areas) = app.areas().filter(|_| screen == app.ui.screen) else {
        return draw_too_small(app, screen, buffer);
    };
    header::draw(app, areas.header, buffer);
    if let Some(area) = areas.card {
        card::draw(app, area, buffer);
    }
    if let Some(area) = areas.first {
        match app.ui.place.level {
            Level::Overview => candidates::draw(app, area, buffer),
            Level::Timeline => timeline::draw(app, area, buffer),
            Level::Stages => stage::draw_list(app, area, buffer),
            Level::Certificate | Level::Raw | Level::Views => certificate::draw_chain(app, area, buffer),
        }
    }
    if let Some(area) = areas.second {
        pane::draw_page(app, &title(app), area, buffer);
    }
    verdict::draw(app, areas.verdict, buffer);
    footer::draw(app, areas.footer, buffer);
    match app.ui.overlay {
        Some(Overlay::Help { scroll }) => help::draw(app, scroll, buffer),
        Some(Overlay::Question) => help::draw_question(app, buffer),
        Some(Overlay::SignIn) => sign_in::draw(app, buffer),
        Some(Overlay::WhatIf) => what_if::draw(app, buffer),
        Some(Overlay::Questions) => overlay::draw_questions(app, buffer),
        Some(Overlay::Palette) => overlay::draw_palette(app, buffer),
        Some(Overlay::Page { scroll }) => overlay::draw_page(app, scroll, buffer),
        None => {}
    }
}

fn draw_too_small(app: &App, screen: Rect, buffer: &mut Buffer) {
    let (width, height) = layout::SMALLEST;
    let text = if screen.width < width || screen.height < height {
        say!("discoscope needs {width}x{height}", width, height)
    } else {
        String::new()
    };
    let text = measure::shorten(&text, usize::from(screen.width), app.look.glyphs.ellipsis);
    draw_line(
        &Line::styled(text, app.look.style(Meaning::Title)),
        Rect { height: screen.height.min(1), ..screen },
        buffer,
    );
}

/// Rows that the list of the level holds.
pub fn list_rows(app: &App) -> usize {
    match app.ui.place.level {
        Level::Overview | Level::Timeline => app.model.candidates.len(),
        Level::Stages => app.selected().map_or(0, |state| state.stages.len()),
        Level::Certificate => certificate::rows(app).len(),
        Level::Raw | Level::Views => 0,
    }
}

/// The text of the second pane laid out for a pane of this width, frame included.
pub fn page(app: &App, pane_width: u16) -> Page {
    let mut document = document(app);
    let search = &app.ui.search;
    let found = if search.is_on() && is_searched(app) { document.mark(search.line.text(), search.at) } else { 0 };
    let readable = if app.ui.place.level == Level::Views { u16::MAX } else { READABLE };
    let page = document.lay_out(usize::from(pane_width.saturating_sub(4).min(readable)), app.ui.wrap, &app.look);
    Page { found, ..page }
}

/// The text of the level is the one that is searched.
fn is_searched(app: &App) -> bool {
    matches!(app.ui.place.level, Level::Stages | Level::Raw | Level::Views) && !has_page(app)
}

/// A page of the catalogue lies above the screen.
fn has_page(app: &App) -> bool {
    matches!(app.ui.overlay, Some(Overlay::Page { .. }))
}

/// The text that is searched, laid out, and how many of its lines are seen at once.
pub fn searched(app: &App) -> (Page, usize) {
    if has_page(app) { (case_page(app), case_page_size(app).1) } else { app.page() }
}

/// The text of the level without any layout.
pub fn plain_text(app: &App) -> String {
    document(app).plain_text()
}

/// What can be copied at the moment: what it is, and the text.
pub fn copyable(app: &App) -> Option<(String, String)> {
    if app.ui.overlay == Some(Overlay::Questions) {
        return overlay::command(app);
    }
    match app.ui.place.level {
        Level::Overview => explain::copyable(app),
        Level::Timeline => Some((say!("the timeline").to_owned(), Timeline::of(app).text(app))),
        Level::Views => Some((say!("the views").to_owned(), document(app).plain_text())),
        Level::Stages | Level::Raw => {
            let text = document(app).plain_text();
            let name = app.stage().map(words::stage)?;
            Some((say!("evidence of {name}", name), text))
        }
        Level::Certificate => certificate::copyable(app),
    }
}

/// Why a candidate is not asked: a word and a sentence; absent when it is.
pub fn words_why_not(app: &App, state: &CandidateState) -> Option<(&'static str, String)> {
    if !state.stages.is_empty() && state.candidate.standing != Standing::AwaitingSigns {
        return None;
    }
    words::standing(state.candidate.standing, app.model.domain())
}

fn document(app: &App) -> Document {
    match app.ui.place.level {
        Level::Overview => explain::document(app),
        Level::Timeline => Document::default(),
        Level::Views => views::document(app),
        Level::Stages => stage::document(app),
        Level::Raw => raw::document(app),
        Level::Certificate => certificate::document(app),
    }
}

fn title(app: &App) -> String {
    let glyphs = app.look.glyphs;
    let number = app.selected().and_then(|state| app.step(&state.candidate.id)).and_then(|step| step.number);
    let step = number.map_or_else(String::new, |number| say!(" {dot} step {number}", dot = glyphs.dot, number));
    let stage = app.stage().map(words::stage).unwrap_or_default();
    match app.ui.place.level {
        Level::Overview => say!("Why{step}", step),
        Level::Timeline => say!("Timeline").to_owned(),
        Level::Views => say!("Views").to_owned(),
        Level::Stages => say!("{stage} evidence{step}", stage, step),
        Level::Raw => say!("{stage} as recorded{step}", stage, step),
        Level::Certificate => say!("Certificate{step}", step),
    }
}
