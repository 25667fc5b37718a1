//! What lies above the screen: the keys that work here, and the question before quitting.

use super::pane::{Corner, draw_frame, draw_text};
use crate::tui::{
    action,
    app::App,
    document::{Document, Page, Paragraph},
    keymap::Context,
    layout,
    theme::Meaning,
};
use ratatui::{buffer::Buffer, layout::Rect};

/// Lines of the help.
pub fn rows(app: &App) -> usize {
    page(app).lines.len()
}

/// Lines of the help that are seen at once.
pub fn height(app: &App) -> usize {
    usize::from(area(app).height.saturating_sub(2))
}

/// Draws the help from a line on.
pub(super) fn draw(app: &App, scroll: usize, buffer: &mut Buffer) {
    let area = area(app).intersection(buffer.area);
    let inside = draw_frame(&app.look, say!("Keys that work here"), &Corner::default(), (true, true), area, buffer);
    draw_text(&app.look, &page(app), scroll, inside, buffer);
}

/// Draws the question whether to quit.
pub(super) fn draw_question(app: &App, buffer: &mut Buffer) {
    let area = centred(app.ui.screen, 44, 6).intersection(buffer.area);
    let inside = draw_frame(&app.look, say!("Quit?"), &Corner::default(), (true, true), area, buffer);
    let mut document = Document::default();
    document.text(0, Meaning::Plain, say!("The run is still going."));
    document.gap();
    let key = |action| app.keys.shown(Context::Question, action, app.look.glyphs.ascii);
    let keys =
        Paragraph::new(0, Meaning::Key, key(action::Action::Confirm)).and(Meaning::Plain, say!(" stop it and quit   "));
    document.push(keys.and(Meaning::Key, key(action::Action::Back)).and(Meaning::Plain, say!(" go on")));
    draw_text(&app.look, &document.lay_out(usize::from(inside.width), true, &app.look), 0, inside, buffer);
}

fn area(app: &App) -> Rect {
    let wanted = u16::try_from(document(app).lay_out(WIDTH, true, &app.look).lines.len()).unwrap_or(u16::MAX);
    centred(app.ui.screen, 76, wanted.saturating_add(2))
}

const WIDTH: usize = 72;

fn page(app: &App) -> Page {
    document(app).lay_out(usize::from(area(app).width.saturating_sub(4)), true, &app.look)
}

fn document(app: &App) -> Document {
    let below = app.context_below(app.ui.place.level);
    let mut rows = Vec::new();
    for binding in app.keys.of(below) {
        let key = binding.written(app.look.glyphs.ascii);
        let label = format!("{key:<6}{}", binding.said_label());
        match action::availability(app, binding.action) {
            Ok(()) => rows.push((label, Meaning::Plain, binding.said_tooltip().to_owned())),
            Err(reason) => rows.push((label, Meaning::Muted, say!("not now: {reason}", reason))),
        }
    }
    let mut document = Document::default();
    document.text(0, Meaning::Muted, about(below));
    document.gap();
    document.pairs(0, rows);
    document
}

fn about(context: Context) -> &'static str {
    match context {
        Context::Overview => {
            say!("Each pane is one place Outlook asks, in its order. The other side explains the selected one.")
        }
        Context::Timeline => {
            say!("One bar per place, all on one axis of time. What runs grows; a stage takes one column at least.")
        }
        Context::Views => {
            say!("What every server that was asked says of every name. Marked names are answered differently.")
        }
        Context::Stages => say!("The stages of one place, and what each of them measured."),
        Context::Raw => say!("Everything one stage recorded."),
        Context::Certificate => say!("The certificates as the server sent them; the first is the server's own."),
        Context::Filter
        | Context::Search
        | Context::Help
        | Context::Question
        | Context::WhatIf
        | Context::Questions
        | Context::Palette
        | Context::SignIn
        | Context::SignInConfirm
        | Context::Page
        | Context::Form
        | Context::FormChoice
        | Context::FormRuns
        | Context::Cases
        | Context::Addresses => "",
    }
}

/// A rectangle in the middle, as large as wanted or as the screen allows; verdict and footer stay in sight.
pub(super) fn centred(screen: Rect, width: u16, height: u16) -> Rect {
    let room =
        Rect { y: screen.y + 1, height: screen.height.saturating_sub(2 + layout::verdict_rows(screen)), ..screen };
    let (width, height) = (width.min(room.width.saturating_sub(2)), height.min(room.height));
    let centred = Rect {
        x: room.x + (room.width.saturating_sub(width)) / 2,
        y: room.y + (room.height.saturating_sub(height)) / 2,
        width,
        height,
    };
    if screen.width < layout::SMALLEST.0 { Rect::default() } else { centred }
}
