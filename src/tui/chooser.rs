//! The list of the lab's scenarios: choose one by its story.

use super::{
    action::Action,
    document::Document,
    form::Asked,
    input::LineInput,
    keymap::{Context, Keys},
    measure,
    menu::{self, Help},
    terminal::attend,
    theme::{Look, Meaning},
    view::draw_line,
};
use crossterm::event::{Event, KeyEvent};
use futures_util::{Stream, StreamExt as _};
use ratatui::{
    Frame, Terminal,
    backend::Backend,
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};
use std::io;

/// One scenario of the list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ScenarioItem {
    /// Name, as it is given on the command line.
    pub name: String,
    /// Title in a few words.
    pub title: String,
    /// The story in two lines.
    pub story: [String; 2],
}

/// Rows of one scenario: title, two lines of story, a gap.
const ITEM_ROWS: u16 = 4;

/// Cases that one page goes up or down.
const PAGE: isize = 5;

#[derive(Clone, Debug)]
struct Chooser {
    look: Look,
    keys: Keys,
    filter: LineInput,
    selected: usize,
    help: Help,
}

impl Chooser {
    fn new((look, keys): (Look, Keys)) -> Self {
        Self { look, keys, filter: LineInput::default(), selected: 0, help: Help::default() }
    }
}

/// Lets the reader choose a scenario; typing filters. Esc takes the filter away, then
/// leaves.
///
/// # Errors
///
/// When the terminal cannot be read or drawn on.
pub async fn choose_scenario<B, I>(
    terminal: &mut Terminal<B>,
    mut input: I,
    (look, keys): (Look, Keys),
    items: &[ScenarioItem],
) -> io::Result<Asked<String>>
where
    B: Backend,
    B::Error: Send + Sync + 'static,
    I: Stream<Item = io::Result<Event>> + Unpin,
{
    let mut chooser = Chooser::new((look, keys));
    loop {
        terminal.draw(|frame| draw(&chooser, items, frame)).map_err(io::Error::other)?;
        let Some(event) = input.next().await else { return Ok(Asked::Left) };
        let event = event?;
        attend(&event, terminal)?;
        match event {
            Event::Paste(text) => {
                chooser.filter.insert(text.trim());
                chooser.selected = 0;
            }
            Event::Key(key) if key.is_press() => match press(&mut chooser, items, key) {
                Choice::Run(name) => return Ok(Asked::Answer(name)),
                Choice::Leave => return Ok(Asked::Left),
                Choice::Interrupt => return Ok(Asked::Interrupted),
                Choice::GoOn => {}
            },
            _ => {}
        }
    }
}

enum Choice {
    Run(String),
    Leave,
    Interrupt,
    GoOn,
}

fn press(chooser: &mut Chooser, items: &[ScenarioItem], key: KeyEvent) -> Choice {
    let Some(action) = chooser.keys.action(chooser.help.context(Context::Cases), key) else {
        if !chooser.help.is_shown() && chooser.filter.press(key) {
            chooser.selected = 0;
        }
        return Choice::GoOn;
    };
    let rows = menu::help_rows(&help(chooser), &chooser.look);
    if chooser.help.hear(action, rows) {
        return Choice::GoOn;
    }
    let found = found(chooser, items);
    let last = found.len().saturating_sub(1);
    let moved = |by: isize| chooser.selected.saturating_add_signed(by).min(last);
    match action {
        Action::QuitNow => return Choice::Interrupt,
        Action::Back if chooser.filter.text().is_empty() => return Choice::Leave,
        Action::Back => (chooser.filter, chooser.selected) = (LineInput::default(), 0),
        Action::Open => {
            if let Some(item) = found.get(chooser.selected) {
                return Choice::Run(item.name.clone());
            }
        }
        Action::Step(by) => chooser.selected = moved(by),
        Action::PageUp => chooser.selected = moved(-PAGE),
        Action::PageDown => chooser.selected = moved(PAGE),
        _ => {}
    }
    Choice::GoOn
}

fn help(chooser: &Chooser) -> Document {
    let about =
        say!("Each case is played by servers of its own on this PC; nothing goes to the network. Letters search.");
    menu::help(chooser.keys, Context::Cases, about, &chooser.look)
}

/// Items that hold every word of the filter.
fn found<'a>(chooser: &Chooser, items: &'a [ScenarioItem]) -> Vec<&'a ScenarioItem> {
    let words: Vec<String> = chooser.filter.text().split_whitespace().map(str::to_lowercase).collect();
    let holds = |item: &&ScenarioItem| {
        let text = format!("{} {} {} {}", item.name, item.title, item.story[0], item.story[1]).to_lowercase();
        words.iter().all(|word| text.contains(word))
    };
    items.iter().filter(holds).collect()
}

fn draw(chooser: &Chooser, items: &[ScenarioItem], frame: &mut Frame<'_>) {
    let look = &chooser.look;
    let screen = frame.area();
    let buffer = frame.buffer_mut();
    let row = |y: u16, height: u16| {
        Rect {
            x: screen.x.saturating_add(1),
            y: screen.y.saturating_add(y),
            width: screen.width.saturating_sub(2),
            height,
        }
        .intersection(screen)
    };
    let found = found(chooser, items);
    let count = if found.len() == items.len() {
        items.len().to_string()
    } else {
        say!("{found} of {count}", found = found.len(), count = items.len())
    };
    let title = Line::from(vec![
        Span::styled("discoscope lab", look.style(Meaning::Title)),
        Span::styled(say!("   {count} cases, played by real servers on this PC", count), look.style(Meaning::Muted)),
    ]);
    draw_line(&title, row(0, 1), buffer);
    if screen.height > 4 {
        draw_line(&filter(chooser, look, usize::from(screen.width)), row(1, 1), buffer);
    }
    let body = row(3, screen.height.saturating_sub(5));
    draw_items(&found, chooser.selected, look, body, buffer);
    if screen.height > 2 {
        menu::draw_keys(chooser.keys, Context::Cases, look, row(screen.height - 1, 1), buffer);
    }
    chooser.help.draw(&help(chooser), look, screen, buffer);
    look.finish(buffer);
}

fn draw_items(found: &[&ScenarioItem], selected: usize, look: &Look, body: Rect, buffer: &mut Buffer) {
    if found.is_empty() {
        draw_line(
            &Line::styled(say!("Nothing matches. Esc takes the filter away."), look.style(Meaning::Muted)),
            body,
            buffer,
        );
        return;
    }
    let item_rows = if body.height < ITEM_ROWS * 2 { 1 } else { ITEM_ROWS };
    let fitting = usize::from(body.height / item_rows).max(1);
    let first = selected.saturating_sub(fitting / 2).min(found.len().saturating_sub(fitting));
    let room = usize::from(body.width.saturating_sub(2));
    for (number, item) in found.iter().enumerate().skip(first).take(fitting) {
        let y = body.y + u16::try_from(number - first).unwrap_or(0) * item_rows;
        let is_selected = number == selected;
        let pointer = if is_selected { look.glyphs.pointer } else { " " };
        let head = Line::from(vec![
            Span::styled(format!("{pointer} "), look.style(Meaning::Focus)),
            Span::styled(item.title.clone(), look.style(if is_selected { Meaning::Title } else { Meaning::Plain })),
            Span::styled(format!("   {}", item.name), look.style(Meaning::Guidance)),
        ]);
        let line = |y: u16| Rect { y, height: 1, ..body }.intersection(body);
        draw_line(&head, line(y), buffer);
        if item_rows == 1 {
            continue;
        }
        for (story, below) in item.story.iter().zip(1..) {
            let text = measure::shorten(story, room, look.glyphs.ellipsis);
            draw_line(&Line::styled(format!("  {text}"), look.style(Meaning::Muted)), line(y + below), buffer);
        }
    }
}

fn filter(chooser: &Chooser, look: &Look, room: usize) -> Line<'static> {
    if chooser.filter.text().is_empty() {
        return Line::styled(say!("type to find a case"), look.style(Meaning::Muted));
    }
    let (seen, _) = chooser.filter.seen(room.saturating_sub(8));
    Line::from(vec![
        Span::styled(say!("find  "), look.style(Meaning::Muted)),
        Span::styled(format!("{seen}_"), look.style(Meaning::Plain)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::Theme;
    use crossterm::event::{KeyCode, KeyModifiers};
    use futures_util::stream;
    use ratatui::backend::TestBackend;

    fn items() -> Vec<ScenarioItem> {
        ["healthy", "san-typo", "self-signed"]
            .map(|name| ScenarioItem {
                name: name.to_owned(),
                title: format!("The case {name}"),
                story: ["What happened first.".to_owned(), "And what came of it.".to_owned()],
            })
            .to_vec()
    }

    fn typed(text: &str) -> Vec<io::Result<Event>> {
        text.chars().map(|letter| key(KeyCode::Char(letter))).collect()
    }

    fn key(code: KeyCode) -> io::Result<Event> {
        Ok(Event::Key(KeyEvent::new(code, KeyModifiers::NONE)))
    }

    async fn chosen(events: Vec<io::Result<Event>>) -> Asked<String> {
        let mut terminal = Terminal::new(TestBackend::new(80, 20)).expect("a test terminal");
        let look = Look::new(Theme::Dark, false);
        let look = (look, Keys::default());
        choose_scenario(&mut terminal, stream::iter(events), look, &items()).await.expect("a test terminal never fails")
    }

    #[tokio::test]
    async fn typing_filters_and_enter_runs() {
        let mut events = typed("typo");
        events.push(key(KeyCode::Enter));
        assert_eq!(chosen(events).await, Asked::Answer("san-typo".to_owned()));
    }

    #[tokio::test]
    async fn arrows_choose_within_the_list() {
        let events = vec![key(KeyCode::Down), key(KeyCode::Down), key(KeyCode::Down), key(KeyCode::Enter)];
        assert_eq!(chosen(events).await, Asked::Answer("self-signed".to_owned()));
    }

    #[tokio::test]
    async fn leaving_chooses_nothing() {
        assert_eq!(chosen(vec![key(KeyCode::Esc), key(KeyCode::Enter)]).await, Asked::Left);
        let mut cleared = typed("q");
        cleared.extend([key(KeyCode::Esc), key(KeyCode::Esc), key(KeyCode::Enter)]);
        assert_eq!(chosen(cleared).await, Asked::Left);
        let interrupt = Ok(Event::Key(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL)));
        assert_eq!(chosen(vec![interrupt, key(KeyCode::Enter)]).await, Asked::Interrupted);
        let mut nothing = typed("zzz");
        nothing.push(key(KeyCode::Enter));
        assert_eq!(chosen(nothing).await, Asked::Left);
    }

    #[test]
    fn every_size_draws() {
        let look = (Look::new(Theme::Dark, false), Keys::default());
        let mut chooser = Chooser { filter: LineInput::new("s"), selected: 1, ..Chooser::new(look) };
        chooser.help.hear(Action::Help, 9);
        for width in 0..90 {
            for height in 0..24 {
                let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a test terminal");
                terminal.draw(|frame| draw(&chooser, &items(), frame)).expect("drawn");
            }
        }
    }
}
