//! The start screen: asks for the address to diagnose.

use super::{
    document::{Document, Paragraph},
    input::LineInput,
    measure,
    terminal::attend,
    theme::{Look, Meaning},
    view::{Corner, draw_frame, draw_line, draw_text},
};
use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use futures_util::{Stream, StreamExt as _};
use ratatui::{
    Frame, Terminal,
    backend::Backend,
    layout::{Position, Rect},
    text::{Line, Span},
};
use std::io;

/// Widest form that is drawn.
const WIDTH: u16 = 72;

/// The start screen's state.
#[derive(Clone, Debug, Default)]
struct Form {
    line: LineInput,
    problem: Option<String>,
}

/// Asks for an address until one is valid. `prefill` stands in the line at the beginning. Gives nothing when the reader
/// leaves with Esc or Ctrl-C, or when `input` ends.
///
/// # Errors
///
/// When the terminal cannot be read or drawn on.
pub async fn ask_address<B, I>(
    terminal: &mut Terminal<B>,
    mut input: I,
    look: Look,
    validate: &dyn Fn(&str) -> Result<(), String>,
    prefill: &str,
) -> io::Result<Option<String>>
where
    B: Backend,
    B::Error: Send + Sync + 'static,
    I: Stream<Item = io::Result<Event>> + Unpin,
{
    let mut form = Form { line: LineInput::new(prefill), problem: None };
    loop {
        terminal.draw(|frame| draw(&form, &look, frame)).map_err(io::Error::other)?;
        let Some(event) = input.next().await else { return Ok(None) };
        let event = event?;
        attend(&event, terminal)?;
        match event {
            Event::Paste(text) => {
                form.line.insert(text.trim());
                form.problem = None;
            }
            Event::Key(key) if key.is_press() => match answer(key, &mut form, validate) {
                Answer::Address(address) => return Ok(Some(address)),
                Answer::Leave => return Ok(None),
                Answer::GoOn => {}
            },
            _ => {}
        }
    }
}

enum Answer {
    Address(String),
    Leave,
    GoOn,
}

fn answer(key: KeyEvent, form: &mut Form, validate: &dyn Fn(&str) -> Result<(), String>) -> Answer {
    match key.code {
        KeyCode::Esc => return Answer::Leave,
        KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => return Answer::Leave,
        KeyCode::Enter => {
            let address = form.line.text().trim().to_owned();
            match validate(&address) {
                Ok(()) => return Answer::Address(address),
                Err(problem) => form.problem = Some(problem),
            }
        }
        _ if form.line.press(key) => form.problem = None,
        _ => {}
    }
    Answer::GoOn
}

fn draw(form: &Form, look: &Look, frame: &mut Frame<'_>) {
    let screen = frame.area();
    if screen.width < 20 || screen.height < 6 {
        return draw_narrow(form, look, frame);
    }
    let width = WIDTH.min(screen.width);
    let text_width = usize::from(width.saturating_sub(4));
    let mut about = Document::default();
    about.text(0, Meaning::Plain, ABOUT);
    let about = about.lay_out(text_width, true, look);
    let mut problem = Document::default();
    if let Some(text) = &form.problem {
        let sign = look.glyphs.status(super::glyph::Status::Failed, 0);
        problem.push(Paragraph::new(0, Meaning::Failed, format!("{sign} {text}")).hang(2));
    }
    let problem = problem.lay_out(text_width, true, look);
    let about_rows = u16::try_from(about.lines.len()).unwrap_or(0);
    // Title, gap, field, problem, gap, about, gap, keys.
    let height = (1 + 1 + 3 + 2 + 1 + about_rows + 1 + 1).min(screen.height);
    let x = screen.x + (screen.width - width) / 2;
    let mut y = screen.y + (screen.height - height) / 3;
    let row = |y: u16, height: u16| Rect { x, y, width, height }.intersection(screen);
    let buffer = frame.buffer_mut();
    if height > 6 {
        let title = Line::from(vec![
            Span::styled("discoscope", look.style(Meaning::Title)),
            Span::styled("   why does Outlook not find its settings?", look.style(Meaning::Muted)),
        ]);
        draw_line(&title, Rect { x: x + 2, width: width.saturating_sub(2), ..row(y, 1) }, buffer);
        y += 2;
    }
    let inside = draw_frame(look, "Mail address", &Corner::default(), (true, true), row(y, 3), buffer);
    let (seen, column) = form.line.seen(usize::from(inside.width));
    let shown = measure::shorten(seen, usize::from(inside.width), look.glyphs.ellipsis);
    draw_line(&Line::raw(shown), inside, buffer);
    let cursor = Position { x: inside.x + u16::try_from(column).unwrap_or(0), y: inside.y };
    let below = Rect { x: x + 2, width: width.saturating_sub(4), ..row(y + 3, 2) };
    draw_text(look, &problem, 0, below, buffer);
    let below = Rect { x: x + 2, width: width.saturating_sub(4), ..row(y + 6, about_rows) };
    for (line, y) in about.lines.iter().zip(below.y..below.bottom()) {
        draw_line(line, Rect { y, height: 1, ..below }, buffer);
    }
    draw_line(&keys(look), Rect { x: x + 2, width: width.saturating_sub(2), ..row(y + 7 + about_rows, 1) }, buffer);
    look.finish(buffer);
    if screen.contains(cursor) {
        frame.set_cursor_position(cursor);
    }
}

const ABOUT: &str = "discoscope looks where Outlook would look and explains what it finds. It only reads: \
                     nothing is changed, and no password is needed. Several addresses, separated by spaces, are \
                     looked at together.";

fn keys(look: &Look) -> Line<'static> {
    Line::from(vec![
        Span::styled(if look.glyphs.ascii { "Enter" } else { "⏎" }, look.style(Meaning::Key)),
        Span::styled(" start   ", look.style(Meaning::Muted)),
        Span::styled("Esc", look.style(Meaning::Key)),
        Span::styled(" leave", look.style(Meaning::Muted)),
    ])
}

/// Only the line itself, where there is room for nothing else.
fn draw_narrow(form: &Form, look: &Look, frame: &mut Frame<'_>) {
    let screen = frame.area();
    let (seen, column) = form.line.seen(usize::from(screen.width));
    draw_line(&Line::raw(seen.to_owned()), Rect { height: screen.height.min(1), ..screen }, frame.buffer_mut());
    look.finish(frame.buffer_mut());
    let cursor = Position { x: screen.x + u16::try_from(column).unwrap_or(0), y: screen.y };
    if screen.contains(cursor) {
        frame.set_cursor_position(cursor);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::Theme;
    use futures_util::stream;
    use ratatui::backend::TestBackend;

    fn validate(address: &str) -> Result<(), String> {
        if address.contains('@') { Ok(()) } else { Err(format!("\"{address}\" has no @")) }
    }

    fn key(code: KeyCode) -> io::Result<Event> {
        Ok(Event::Key(KeyEvent::new(code, KeyModifiers::NONE)))
    }

    async fn asked(events: Vec<io::Result<Event>>) -> (Option<String>, String) {
        let mut terminal = Terminal::new(TestBackend::new(80, 20)).expect("a test terminal");
        let look = Look::new(Theme::Dark, false);
        let address = ask_address(&mut terminal, stream::iter(events), look, &validate, "").await;
        (address.expect("a test terminal never fails"), terminal.backend().to_string())
    }

    #[tokio::test]
    async fn a_pasted_address_starts_with_enter() {
        let events = vec![Ok(Event::Paste("anna@contoso.test\n".into())), key(KeyCode::Enter)];
        assert_eq!(asked(events).await.0.as_deref(), Some("anna@contoso.test"));
    }

    #[tokio::test]
    async fn what_is_wrong_stands_under_the_line() {
        let events = vec![key(KeyCode::Char('a')), key(KeyCode::Enter)];
        let (address, screen) = asked(events).await;
        assert_eq!(address, None);
        assert!(screen.contains("\"a\" has no @"), "{screen}");
    }

    #[tokio::test]
    async fn escape_leaves() {
        assert_eq!(asked(vec![Ok(Event::Paste("a@b".into())), key(KeyCode::Esc), key(KeyCode::Enter)]).await.0, None);
    }

    #[test]
    fn every_size_draws() {
        let form = Form { line: LineInput::new("anna@contoso.test"), problem: Some("a long problem ".repeat(9)) };
        for width in 0..90 {
            for height in 0..24 {
                let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a test terminal");
                terminal.draw(|frame| draw(&form, &Look::new(Theme::Dark, false), frame)).expect("drawn");
            }
        }
    }
}
