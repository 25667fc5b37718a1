//! Several runs at once: one line each, and what they share.

use super::{
    action::Action,
    document::{Document, Paragraph},
    form::Asked,
    glyph::Status,
    keymap::{Context, Keys},
    measure,
    menu::{self, Help},
    terminal::attend,
    theme::{Look, Meaning},
    view::{draw_line, draw_text},
};
use crate::walk::VerdictClass;
use crossterm::event::{Event, KeyEvent};
use futures_util::{Stream, StreamExt as _};
use ratatui::{
    Frame, Terminal,
    backend::Backend,
    layout::Rect,
    text::{Line, Span},
};
use std::io;
use tokio::sync::watch;

/// Rows that one page goes up or down.
const PAGE: usize = 5;

/// What is shown of several runs.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Board {
    /// One row for each run, in the order shown.
    pub rows: Vec<BoardRow>,
    /// Causes that several runs share, a sentence each.
    pub shared: Vec<String>,
}

/// One run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BoardRow {
    /// Which run, counted from 0 in the order asked for.
    pub run: usize,
    /// The address.
    pub address: String,
    /// The verdict; absent while the run goes on.
    pub class: Option<VerdictClass>,
    /// The root cause, or that nothing is wrong.
    pub cause: String,
}

/// Lets the reader choose one of several runs, while they go on: `board` is asked again whenever `changed` says so.
/// `chosen` is the run looked at, before and after.
///
/// # Errors
///
/// When the terminal cannot be read or drawn on.
pub async fn choose_run<B, I>(
    terminal: &mut Terminal<B>,
    mut input: I,
    (look, keys): (Look, Keys),
    board: &dyn Fn() -> Board,
    mut changed: watch::Receiver<u64>,
    chosen: &mut usize,
) -> io::Result<Asked<usize>>
where
    B: Backend,
    B::Error: Send + Sync + 'static,
    I: Stream<Item = io::Result<Event>> + Unpin,
{
    let mut open = true;
    let mut help = Help::default();
    loop {
        let seen = board();
        terminal.draw(|frame| draw(&seen, *chosen, (&look, keys, help), frame)).map_err(io::Error::other)?;
        tokio::select! {
            biased;
            event = input.next() => {
                let Some(event) = event else { return Ok(Asked::Left) };
                let event = event?;
                attend(&event, terminal)?;
                if let Event::Key(key) = event
                    && key.is_press()
                {
                    match press(&seen, chosen, (&look, keys, &mut help), key) {
                        Choice::Open => return Ok(Asked::Answer(*chosen)),
                        Choice::Leave => return Ok(Asked::Left),
                        Choice::Interrupt => return Ok(Asked::Interrupted),
                        Choice::GoOn => {}
                    }
                }
            }
            alive = changed.changed(), if open => open = alive.is_ok(),
        }
    }
}

enum Choice {
    Open,
    Leave,
    Interrupt,
    GoOn,
}

fn press(board: &Board, chosen: &mut usize, (look, keys, help): (&Look, Keys, &mut Help), key: KeyEvent) -> Choice {
    let Some(action) = keys.action(help.context(Context::Addresses), key) else { return Choice::GoOn };
    if help.hear(action, menu::help_rows(&help_page(keys, look), look)) {
        return Choice::GoOn;
    }
    let at = board.rows.iter().position(|row| row.run == *chosen).unwrap_or(0);
    let to = match action {
        Action::QuitNow => return Choice::Interrupt,
        Action::Back => return Choice::Leave,
        Action::Open => return Choice::Open,
        Action::Step(by) => at.saturating_add_signed(by),
        Action::PageUp => at.saturating_sub(PAGE),
        Action::PageDown => at + PAGE,
        Action::Top => 0,
        Action::Bottom => usize::MAX,
        _ => return Choice::GoOn,
    };
    if let Some(row) = board.rows.get(to.min(board.rows.len().saturating_sub(1))) {
        *chosen = row.run;
    }
    Choice::GoOn
}

fn help_page(keys: Keys, look: &Look) -> Document {
    let about = say!("One line per address, the worst first. All of them are looked at side by side.");
    menu::help(keys, Context::Addresses, about, look)
}

fn draw(board: &Board, chosen: usize, (look, keys, help): (&Look, Keys, Help), frame: &mut Frame<'_>) {
    let screen = frame.area();
    let buffer = frame.buffer_mut();
    let columns = usize::from(screen.width.saturating_sub(2));
    let mut document = Document::default();
    let width = board.rows.iter().map(|row| measure::width(&row.address)).max().unwrap_or(0).min(columns / 2);
    for row in &board.rows {
        let is_chosen = row.run == chosen;
        let status = row.class.map_or(Status::Running, Status::of_verdict);
        let pointer = if is_chosen { look.glyphs.pointer } else { " " };
        let address = measure::shorten(&row.address, width, look.glyphs.ellipsis);
        let padding = " ".repeat(width.saturating_sub(measure::width(&address)));
        let class = row.class.map_or(say!("looking"), crate::words::verdict_class);
        let line = Paragraph::new(0, Meaning::Focus, format!("{pointer} "))
            .and(status.meaning(), format!("{} ", look.glyphs.status(status, 0)))
            .and(if is_chosen { Meaning::Title } else { Meaning::Plain }, format!("{address}{padding}  "))
            .and(status.meaning(), format!("{class:<15}"))
            .and(Meaning::Plain, row.cause.clone())
            .hang(4);
        document.push(if is_chosen { line.anchored() } else { line });
    }
    for (number, cause) in board.shared.iter().enumerate() {
        if number == 0 {
            document.gap();
            document.heading(say!("What several share"));
        }
        document.text(2, Meaning::Plain, cause);
    }
    let page = document.lay_out(columns, true, look);
    let body = Rect {
        x: screen.x.saturating_add(1),
        y: screen.y.saturating_add(2),
        width: screen.width.saturating_sub(2),
        height: screen.height.saturating_sub(4),
    }
    .intersection(screen);
    let line = page.anchors.first().copied().unwrap_or(0);
    let scroll = (line + 2).saturating_sub(usize::from(body.height));
    let title = Line::from(vec![
        Span::styled("discoscope", look.style(Meaning::Title)),
        Span::styled(say!("   {count} addresses", count = board.rows.len()), look.style(Meaning::Muted)),
    ]);
    let bar = |y: u16| Rect { x: screen.x.saturating_add(1), y, height: 1, ..body }.intersection(screen);
    draw_line(&title, bar(screen.y), buffer);
    draw_text(look, &page, scroll, body, buffer);
    if screen.height > 3 {
        menu::draw_keys(keys, Context::Addresses, look, bar(screen.bottom() - 1), buffer);
    }
    help.draw(&help_page(keys, look), look, screen, buffer);
    look.finish(buffer);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::Theme;
    use crossterm::event::{KeyCode, KeyModifiers};
    use futures_util::stream;
    use ratatui::backend::TestBackend;

    fn board() -> Board {
        let row = |run: usize, address: &str, class, cause: &str| BoardRow {
            run,
            address: address.to_owned(),
            class,
            cause: cause.to_owned(),
        };
        Board {
            rows: vec![
                row(1, "b@fabrikam.test", Some(VerdictClass::Prompts), "The certificate lacks a name"),
                row(0, "a@contoso.test", Some(VerdictClass::NeedsPassword), "nothing is wrong"),
                row(2, "c@adatum.test", None, ""),
            ],
            shared: vec!["san-mismatch: b, c".to_owned()],
        }
    }

    async fn chosen(codes: &[KeyCode]) -> Asked<usize> {
        let mut terminal = Terminal::new(TestBackend::new(100, 20)).expect("a test terminal");
        let events = codes.iter().map(|code| Ok(Event::Key(KeyEvent::new(*code, KeyModifiers::NONE))));
        let (_sender, changed) = watch::channel(0);
        let look = Look::new(Theme::Dark, false);
        let mut run = 0;
        let events = stream::iter(events.collect::<Vec<_>>());
        choose_run(&mut terminal, events, (look, Keys::default()), &board, changed, &mut run)
            .await
            .expect("a test terminal never fails")
    }

    #[tokio::test]
    async fn rows_are_chosen_in_the_order_shown() {
        assert_eq!(chosen(&[KeyCode::Enter]).await, Asked::Answer(0));
        assert_eq!(chosen(&[KeyCode::Up, KeyCode::Enter]).await, Asked::Answer(1));
        assert_eq!(chosen(&[KeyCode::Down, KeyCode::Down, KeyCode::Enter]).await, Asked::Answer(2));
        assert_eq!(chosen(&[KeyCode::Esc, KeyCode::Enter]).await, Asked::Left);
    }

    #[tokio::test]
    async fn help_lies_above_and_goes_away_again() {
        let ways = [KeyCode::F(1), KeyCode::Down, KeyCode::Esc, KeyCode::Enter];
        assert_eq!(chosen(&ways).await, Asked::Answer(0));
    }

    #[test]
    fn every_size_draws() {
        let mut help = Help::default();
        help.hear(Action::Help, 9);
        for width in 0..120 {
            for height in 0..12 {
                let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a test terminal");
                terminal
                    .draw(|frame| draw(&board(), 2, (&Look::new(Theme::Dark, false), Keys::default(), help), frame))
                    .expect("drawn");
            }
        }
    }
}
