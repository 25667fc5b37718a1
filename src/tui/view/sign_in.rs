//! Signing in: what became of it, what a server told of itself on the way, and the dialog that asks for it.

use super::{
    help::centred,
    pane::{Corner, draw_frame, draw_text},
};
use crate::{
    event::{NtlmChallenge, SignIn, SignInResult},
    model::CandidateState,
    tui::{
        action::Action,
        app::App,
        document::{Document, Paragraph},
        input::LineInput,
        keymap::Context,
        measure,
        sign_in::{self, Field, Form},
        theme::Meaning,
    },
    words,
};
use ratatui::buffer::Buffer;

/// One attempt to sign in.
pub(super) fn attempt(attempt: &SignIn, document: &mut Document) {
    let meaning = match attempt.result {
        SignInResult::Accepted => Meaning::Passed,
        SignInResult::Withheld | SignInResult::Unclear => Meaning::Warned,
        SignInResult::Refused | SignInResult::Interrupted | SignInResult::Failed => Meaning::Failed,
    };
    let sentence = Paragraph::new(0, meaning, words::sign_in(attempt)).hang(2);
    let took = if attempt.withheld.is_some() { String::new() } else { words::duration(attempt.elapsed_us) };
    document.push(sentence.right(Meaning::Muted, took));
}

/// What a server told of itself.
pub(super) fn told(told: &NtlmChallenge, document: &mut Document) {
    document.heading(say!("What the server tells before anybody signs in (NTLM)"));
    let facts = words::ntlm_facts(told).into_iter();
    document.pairs(2, facts.map(|(label, value)| (label.to_owned(), Meaning::Plain, value)).collect());
}

/// What became of signing in at a step; where nobody did and somebody could, what a password would add.
pub(super) fn offer(app: &App, candidate: &CandidateState, document: &mut Document) {
    if candidate.sign_ins().next().is_some() {
        document.gap();
        candidate.sign_ins().for_each(|one| attempt(one, document));
    } else if sign_in::availability(app).is_ok() {
        document.gap();
        let key = app.keys.shown(Context::Overview, Action::SignIn, app.look.glyphs.ascii);
        let words = say!(" signs in here: a password would add the settings, and whether the hosts in them are sound.");
        document.push(Paragraph::new(0, Meaning::Key, key).and(Meaning::Plain, words));
    }
    if let Some(told) = candidate.ntlm().next() {
        document.gap();
        self::told(told, document);
    }
}

/// Columns of the dialog.
const WIDTH: u16 = 84;

/// Draws the dialog.
pub(super) fn draw(app: &App, buffer: &mut Buffer) {
    let Some(form) = &app.ui.sign_in else { return };
    let wide = app.ui.screen.width.saturating_sub(4).min(WIDTH);
    let columns = usize::from(wide.saturating_sub(4));
    let page = document(app, form, columns).lay_out(columns, true, &app.look);
    let height = u16::try_from(page.lines.len()).unwrap_or(u16::MAX).saturating_add(2);
    let area = centred(app.ui.screen, wide, height).intersection(buffer.area);
    let title = say!("Sign in at {host}", host = form.host);
    let inside = draw_frame(&app.look, &title, &Corner::default(), (true, true), area, buffer);
    // What is typed stays in sight.
    let line = page.anchors.first().copied().unwrap_or(0);
    let scroll = (line + 1).saturating_sub(usize::from(inside.height));
    draw_text(&app.look, &page, scroll, inside, buffer);
}

fn document(app: &App, form: &Form, columns: usize) -> Document {
    let mut document = Document::default();
    let adds = say!(
        "The run without a password is done. With one it sees the settings, whether the hosts in them can be reached \
                with a right certificate, and whether the sign-in itself works."
    );
    document.text(0, Meaning::Plain, adds);
    document.gap();
    let hidden = |typed: bool| if typed { say!("typed, not shown") } else { "" }.to_owned();
    let typing = form.field == Field::User && !form.asks;
    let user = match app.privacy.is_on() {
        true => hidden(!form.user.text().is_empty()),
        false if typing => with_cursor(&form.user, columns.saturating_sub(15)),
        false => form.user.text().to_owned(),
    };
    let way = form.ways.get(form.way).map_or("", |(name, _)| name.as_str());
    let more = if form.ways.len() > 1 { say!("   (left and right choose)") } else { "" };
    let rows = [
        (Field::User, say!("User name"), user, ""),
        (Field::Password, say!("Password"), hidden(!form.password.is_empty()), ""),
        (Field::Way, "By", way.to_owned(), more),
    ];
    for (field, label, value, more) in rows {
        let chosen = form.field == field && !form.asks;
        let pointer = if chosen { app.look.glyphs.pointer } else { " " };
        let line = Paragraph::new(0, Meaning::Key, format!("{pointer} "));
        let line = line.and(if chosen { Meaning::Title } else { Meaning::Muted }, format!("{label:<11}"));
        let line = line.and(Meaning::Plain, value).and(Meaning::Muted, more).hang(13);
        document.push(if chosen { line.anchored() } else { line });
    }
    document.gap();
    if let Some(problem) = form.problem {
        document.text(0, Meaning::Failed, problem);
    }
    if form.asks {
        let key = |action| app.keys.shown(Context::SignInConfirm, action, app.look.glyphs.ascii);
        let (yes, no) = (key(Action::Confirm), key(Action::Back));
        let way = form.ways.get(form.way).map_or("", |(name, _)| name.as_str());
        let question =
            say!("Send it to {host}, by {way}?  {yes} sends it, {no} forgets it.", host = form.host, way, yes, no);
        document.push(Paragraph::new(0, Meaning::Title, question).anchored());
    }
    let once = say!(
        "It goes to this host alone, over the encrypted connection whose certificate passed every check, and once. \
                Where it is refused it goes nowhere else: accounts are locked after few attempts."
    );
    document.text(0, Meaning::Muted, once);
    document
}

/// A line that is being typed, its cursor as a low line.
fn with_cursor(line: &LineInput, columns: usize) -> String {
    let (seen, cursor) = line.seen(columns);
    let mut column = 0;
    let mut text = String::new();
    let mut drawn = false;
    for character in seen.chars() {
        if column >= cursor && !drawn {
            text.push('_');
            drawn = true;
        }
        column += measure::char_width(character);
        text.push(character);
    }
    if !drawn {
        text.push('_');
    }
    measure::shorten(&text, columns + 1, "")
}
