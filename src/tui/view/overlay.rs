//! What lies above the screen and is chosen from or read: the palette, the questions, a page of the catalogue.

use super::{
    help::centred,
    pane::{Corner, draw_frame, draw_text},
    this_pc,
};
use crate::{
    catalogue, report,
    tui::{
        action::Action,
        app::App,
        document::{Document, Page, Paragraph},
        input::LineInput,
        keymap::Context,
        measure,
        overlay::items,
        theme::Meaning,
    },
    words,
};
use ratatui::{buffer::Buffer, layout::Rect};

/// Columns of a text above the screen.
const WIDTH: u16 = 100;

/// Rows of the palette's list.
const LIST: usize = 16;

/// A line that is being typed, with its cursor.
pub(super) fn typed(line: &LineInput, columns: usize) -> Paragraph {
    let (seen, cursor) = line.seen(columns.saturating_sub(3));
    let mut column = 0;
    let mut at = seen.len();
    for (place, character) in seen.char_indices() {
        if column >= cursor {
            at = place;
            break;
        }
        column += measure::char_width(character);
    }
    let (before, behind) = seen.split_at(at);
    Paragraph::new(0, Meaning::Key, "> ").and(Meaning::Plain, format!("{before}_{behind}"))
}

/// Draws the palette.
pub(super) fn draw_palette(app: &App, buffer: &mut Buffer) {
    let wide = app.ui.screen.width.saturating_sub(4).min(WIDTH);
    let area = centred(app.ui.screen, wide, u16::try_from(LIST).unwrap_or(u16::MAX).saturating_add(4));
    let area = area.intersection(buffer.area);
    let inside = draw_frame(&app.look, say!("Find"), &Corner::default(), (true, true), area, buffer);
    let columns = usize::from(inside.width);
    let mut document = Document::default();
    document.push(typed(&app.ui.sought, columns));
    document.gap();
    let items = items(app);
    let room = usize::from(inside.height).saturating_sub(2).max(1);
    let first = app.ui.chosen.saturating_sub(room.saturating_sub(1));
    for (row, item) in items.iter().enumerate().skip(first).take(room) {
        let chosen = row == app.ui.chosen;
        let pointer = if chosen { app.look.glyphs.pointer } else { " " };
        let meaning = if chosen { Meaning::Title } else { Meaning::Plain };
        let text = measure::shorten(
            &item.text,
            columns.saturating_sub(11 + measure::width(item.key)),
            app.look.glyphs.ellipsis,
        );
        let line =
            Paragraph::new(0, Meaning::Key, format!("{pointer} ")).and(Meaning::Muted, format!("{:<7}", item.kind));
        document.push(line.and(meaning, text).right(Meaning::Key, item.key.to_owned()));
    }
    if items.is_empty() {
        document.text(2, Meaning::Muted, say!("Nothing here is called so, and no case speaks of it."));
    }
    draw_text(&app.look, &document.lay_out(columns, false, &app.look), 0, inside, buffer);
}

/// Draws the questions, the one looked at with its reason, its command and its reply.
pub(super) fn draw_questions(app: &App, buffer: &mut Buffer) {
    let wide = app.ui.screen.width.saturating_sub(4).min(WIDTH);
    let columns = usize::from(wide.saturating_sub(4));
    let page = questions(app).lay_out(columns, true, &app.look);
    let height = u16::try_from(page.lines.len()).unwrap_or(u16::MAX).saturating_add(2);
    let area = centred(app.ui.screen, wide, height).intersection(buffer.area);
    let inside = draw_frame(&app.look, say!("Only you can tell"), &Corner::default(), (true, true), area, buffer);
    // The question looked at stays in sight.
    let line = page.anchors.first().copied().unwrap_or(0);
    let scroll = (line + 1).saturating_sub(usize::from(inside.height));
    draw_text(&app.look, &page, scroll, inside, buffer);
}

fn questions(app: &App) -> Document {
    let mut document = Document::default();
    let all = app.diagnosis.iter().flat_map(|diagnosis| &diagnosis.questions);
    let looked_at = app.question().map(|question| question.id.as_str());
    let key = |action| app.keys.shown(Context::Questions, action, app.look.glyphs.ascii);
    let (yes, no, copy) = (key(Action::Yes), key(Action::No), key(Action::Copy));
    for question in all {
        let chosen = looked_at == Some(question.id.as_str());
        let pointer = if chosen { app.look.glyphs.pointer } else { " " };
        let meaning = if chosen { Meaning::Title } else { Meaning::Plain };
        let reply = question.reply.map(words::reading).unwrap_or_default();
        let line = Paragraph::new(0, Meaning::Key, format!("{pointer} ")).and(meaning, &question.question).hang(2);
        document.push(line.right(Meaning::Guidance, reply.to_owned()));
        if !chosen {
            continue;
        }
        for fact in &question.why {
            document.text(4, Meaning::Muted, &say!("because {label}: {value}", label = fact.label, value = fact.value));
        }
        if question.command.is_empty() {
            document.push(
                Paragraph::new(4, Meaning::Muted, say!("Only a person can tell: {yes} or {no}.", yes, no)).anchored(),
            );
        } else {
            document.text(
                4,
                Meaning::Muted,
                &say!(
                    "This command tells ({copy} copies it). Press {yes} or {no}, or paste here what it prints.",
                    copy,
                    yes,
                    no
                ),
            );
            document.push(Paragraph::new(4, Meaning::Guidance, &question.command).anchored());
        }
    }
    document
}

/// The command of the question looked at, to be copied.
pub(super) fn command(app: &App) -> Option<(String, String)> {
    let command = &app.question()?.command;
    (!command.is_empty()).then(|| (say!("the command").to_owned(), command.clone()))
}

/// Draws one page of the catalogue.
pub(super) fn draw_page(app: &App, scroll: usize, buffer: &mut Buffer) {
    let area = page_area(app).intersection(buffer.area);
    let title = app.ui.page.unwrap_or(crate::language::say(this_pc::TITLE));
    let inside = draw_frame(&app.look, title, &Corner::default(), (true, true), area, buffer);
    draw_text(&app.look, &laid_out(app), scroll, inside, buffer);
    super::search::draw(app, area, buffer);
}

/// Lines of the page above the screen, and how many are seen at once.
pub fn page_size(app: &App) -> (usize, usize) {
    (laid_out(app).lines.len(), usize::from(page_area(app).height.saturating_sub(2)))
}

fn page_area(app: &App) -> Rect {
    centred(app.ui.screen, app.ui.screen.width.saturating_sub(4).min(WIDTH), u16::MAX)
}

/// The page above the screen, laid out.
pub fn laid_out(app: &App) -> Page {
    // Without a page it is the PC that is read about.
    let mut document = if app.ui.page.is_none() { this_pc::document(app) } else { Document::default() };
    if let Some(page) = app.ui.page.and_then(catalogue::page) {
        let plain = |text: &str| report::page::prose(page, text);
        document.push(Paragraph::new(0, Meaning::Title, plain(page.title)));
        document.text(
            0,
            Meaning::Muted,
            &say!(
                "{severity}; proof: {proof}; concerns {clients}",
                severity = page.severity,
                proof = page.proof,
                clients = page.clients
            ),
        );
        for (heading, text) in
            [(say!("What was seen"), page.seen), (say!("What Outlook shows"), page.shows), (say!("Why"), page.why)]
        {
            document.gap();
            document.heading(heading);
            document.text(2, Meaning::Plain, &plain(text));
        }
        for remedy in &page.remedies {
            document.gap();
            document.heading(plain(remedy.title));
            document.text(2, Meaning::Plain, &plain(&remedy.steps));
            let pasted = report::page::pasted(page, &remedy.text);
            pasted.lines().for_each(|line| document.text(4, Meaning::Guidance, line));
        }
        document.gap();
        document.heading(say!("How to check"));
        document.text(2, Meaning::Plain, &plain(page.check));
    }
    let search = &app.ui.search;
    let found = if search.is_on() { document.mark(search.line.text(), search.at) } else { 0 };
    let page = document.lay_out(usize::from(page_area(app).width.saturating_sub(4)), true, &app.look);
    Page { found, ..page }
}
