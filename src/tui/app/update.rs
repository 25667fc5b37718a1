//! How messages change the application.

use super::{App, Overlay};
use crate::{
    event::Envelope,
    model::Progress,
    text::sanitise_line,
    tui::{
        action::{self, Effect},
        clipboard::Copied,
        directory, freeze,
        keymap::Context,
        mouse, overlay, present, search, sign_in,
    },
};
use crossterm::event::{KeyEvent, MouseEvent};
use ratatui::layout::Rect;

/// What can happen to the application.
#[derive(Debug)]
pub enum Message {
    /// A key was pressed, repeated or released.
    Key(KeyEvent),
    /// The mouse was clicked or its wheel turned.
    Mouse(MouseEvent),
    /// Text was pasted.
    Paste(String),
    /// The screen has this size now, in columns and rows.
    Resized(u16, u16),
    /// The run said something.
    Run(Vec<Envelope>),
    /// The run can say nothing more.
    RunClosed,
    /// The spinner turns, so many microseconds after its last turn.
    Tick(u64),
    /// The report was written: the file's name, or why it was not.
    Exported(Result<String, String>),
    /// Text was sent to the clipboard: what it was, or why it was not.
    Copied(Result<(String, Copied), String>),
}

/// Changes the application by one message; what it asks for is done by the caller.
pub fn update(app: &mut App, message: Message) -> Vec<Effect> {
    let effects = match message {
        Message::Key(key) if !key.is_press() => Vec::new(),
        Message::Key(key) => {
            let context = app.context();
            let effects = press(app, key);
            present::hear(app, context, key);
            effects
        }
        Message::Mouse(event) => mouse::hear(app, event),
        Message::Paste(text) => {
            match app.ui.overlay {
                _ if app.ui.search.typing => search::paste(app, &text),
                Some(Overlay::WhatIf) => app.ui.assumed.insert(&text),
                Some(Overlay::Palette) => overlay::seek(app, |sought| sought.insert(&text)),
                Some(Overlay::Questions) => return overlay::paste(app, &text),
                Some(Overlay::SignIn) => sign_in::paste(app, &text),
                _ if app.ui.filtering => app.ui.filter.insert(&text),
                None if directory::is_place(app) => return directory::paste(app, &text),
                _ => {}
            }
            Vec::new()
        }
        Message::Resized(width, height) => {
            app.ui.screen = Rect::new(0, 0, width, height);
            Vec::new()
        }
        Message::Run(envelopes) => {
            take(app, &envelopes);
            Vec::new()
        }
        Message::RunClosed => {
            app.rerun_refused.get_or_insert(say!("the run is over and cannot ask again"));
            Vec::new()
        }
        Message::Tick(since) => {
            if !freeze::wait(app, since) {
                app.ui.waited_us = app.ui.waited_us.saturating_add(since);
                app.ui.turn = app.ui.turn.wrapping_add(1);
            }
            Vec::new()
        }
        Message::Exported(Ok(file)) => {
            app.ui.notice = Some(say!("the report is in {file}", file));
            Vec::new()
        }
        Message::Exported(Err(reason)) => {
            app.ui.notice = Some(say!("no report was written: {reason}", reason));
            Vec::new()
        }
        Message::Copied(Ok((what, copied))) => {
            app.ui.notice = Some(match copied {
                Copied::Clipboard => say!("sent to the terminal's clipboard: {what}", what),
                Copied::File(path) => say!(
                    "in {file}, for this terminal shares no clipboard: {what}",
                    file = sanitise_line(&path.display().to_string()),
                    what
                ),
            });
            Vec::new()
        }
        Message::Copied(Err(reason)) => {
            app.ui.notice = Some(say!("not copied: {reason}", reason));
            Vec::new()
        }
    };
    search::count(app);
    app.clamp_scroll();
    effects
}

fn press(app: &mut App, key: KeyEvent) -> Vec<Effect> {
    app.ui.notice = None;
    let context = app.context();
    let Some(action) = app.keys.action(context, key) else {
        if context == Context::Filter {
            app.ui.filter.press(key);
            app.ui.place.scroll = 0;
        } else if context == Context::Search {
            search::press(app, key);
        } else if context == Context::WhatIf {
            app.ui.assumed.press(key);
        } else if context == Context::SignIn {
            sign_in::press(app, key);
        } else if context == Context::Palette {
            overlay::seek(app, |sought| {
                sought.press(key);
            });
        }
        return Vec::new();
    };
    match action::availability(app, action) {
        Ok(()) => action::perform(app, action),
        Err(reason) => {
            app.ui.notice = Some(reason);
            Vec::new()
        }
    }
}

fn take(app: &mut App, envelopes: &[Envelope]) {
    if freeze::hold(app, envelopes) {
        return;
    }
    let before = app.model.progress;
    app.ui.waited_us = 0;
    for envelope in envelopes {
        app.privacy.take(envelope, &mut app.model);
    }
    if before == Progress::Waiting {
        app.ui.client = app.model.client;
    }
    app.settle(before);
}
