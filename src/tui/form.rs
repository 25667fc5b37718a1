//! The start screen: a short form that asks for the address and shows what is guessed about the rest, with the runs that
//! were kept. Every line may be left as it stands.

mod desk;
mod view;

pub use desk::{Asked, Desk, RunItem, Start, Wanted};

use super::{
    action::Action,
    input::LineInput,
    keymap::{Context, Keys},
    menu::{self, Help},
    terminal::attend,
    theme::Look,
};
use crate::event::{ClientFamily, VantageSide};
use crossterm::event::{Event, KeyCode, KeyEvent};
use futures_util::{Stream, StreamExt as _};
use ratatui::{Terminal, backend::Backend};
use std::io;

/// A public name server that can be compared with this machine's: what it answers is what the rest of the world sees.
const PUBLIC_SERVER: &str = "1.1.1.1";

/// Where names are asked of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Servers {
    /// This machine's own.
    Own,
    /// This machine's own, and a public one to compare them with.
    Compared,
    /// Those that are typed.
    Typed,
}

const SERVERS: [Servers; 3] = [Servers::Own, Servers::Compared, Servers::Typed];
const SIDES: [VantageSide; 3] = [VantageSide::Unknown, VantageSide::Inside, VantageSide::Outside];

/// A line of the form.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Row {
    Address,
    Client,
    Side,
    Servers,
    Run(usize),
}

/// The form as it stands.
struct Form<'a> {
    desk: &'a mut dyn Desk,
    keys: Keys,
    look: Look,
    address: LineInput,
    client: ClientFamily,
    side: Option<VantageSide>,
    servers: Servers,
    typed: LineInput,
    runs: Vec<RunItem>,
    row: Row,
    problem: Option<String>,
    help: Help,
}

/// Shows the form, with `wanted` on it at the beginning, until it can be used, or the reader leaves.
///
/// # Errors
///
/// When the terminal cannot be read or drawn on.
pub async fn ask_start<B, I>(
    terminal: &mut Terminal<B>,
    mut input: I,
    (look, keys): (Look, Keys),
    desk: &mut dyn Desk,
    wanted: Wanted,
) -> io::Result<Asked<Start>>
where
    B: Backend,
    B::Error: Send + Sync + 'static,
    I: Stream<Item = io::Result<Event>> + Unpin,
{
    let mut form = Form::new(desk, look, keys, wanted);
    loop {
        terminal.draw(|frame| view::draw(&form, frame)).map_err(io::Error::other)?;
        let Some(event) = input.next().await else { return Ok(Asked::Left) };
        let event = event?;
        attend(&event, terminal)?;
        match event {
            Event::Paste(text) => form.paste(&text),
            Event::Key(key) if key.is_press() => {
                if let Some(asked) = form.press(key) {
                    return Ok(asked);
                }
            }
            _ => {}
        }
    }
}

impl<'a> Form<'a> {
    fn new(desk: &'a mut dyn Desk, look: Look, keys: Keys, wanted: Wanted) -> Self {
        let own = desk.own_spelling();
        let servers = match wanted.servers.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            [] => Servers::Own,
            [first, second] if *first == own && *second == PUBLIC_SERVER => Servers::Compared,
            _ => Servers::Typed,
        };
        let typed = if servers == Servers::Typed { wanted.servers.join(", ") } else { String::new() };
        Self {
            runs: desk.runs(),
            desk,
            keys,
            look,
            address: LineInput::new(&wanted.address),
            client: wanted.client,
            side: wanted.side,
            servers,
            typed: LineInput::new(&typed),
            row: Row::Address,
            problem: None,
            help: Help::default(),
        }
    }

    /// Where keys are pressed at the moment.
    fn context(&self) -> Context {
        self.help.context(self.line_context())
    }

    /// Where keys are pressed while no help is shown.
    fn line_context(&self) -> Context {
        match self.row {
            Row::Address => Context::Form,
            Row::Servers if self.servers == Servers::Typed => Context::Form,
            Row::Client | Row::Side | Row::Servers => Context::FormChoice,
            Row::Run(_) => Context::FormRuns,
        }
    }

    fn press(&mut self, key: KeyEvent) -> Option<Asked<Start>> {
        let action = self.keys.action(self.context(), key);
        let rows = menu::help_rows(&view::help(self), &self.look);
        if action.is_some_and(|action| self.help.hear(action, rows)) {
            return None;
        }
        match action {
            Some(Action::QuitNow) => return Some(Asked::Interrupted),
            Some(Action::Back) => return self.back(),
            Some(Action::Open) => return self.next(),
            Some(Action::Start) => return self.start(),
            Some(Action::Step(by)) => self.go(by),
            Some(Action::NextField) => self.go(1),
            Some(Action::PreviousField) => self.go(-1),
            Some(Action::Change(by)) => self.change(by),
            Some(Action::Forget) => self.forget(),
            Some(_) => {}
            None => self.edit(key),
        }
        None
    }

    fn paste(&mut self, text: &str) {
        self.problem = None;
        match self.row {
            Row::Servers => {
                self.servers = Servers::Typed;
                self.typed.insert(text.trim());
            }
            // Whatever is looked at, what is pasted at the start is the address.
            Row::Address | Row::Client | Row::Side | Row::Run(_) => {
                self.row = Row::Address;
                self.address.insert(text.trim());
            }
        }
    }

    fn edit(&mut self, key: KeyEvent) {
        match self.row {
            Row::Address => {
                if self.address.press(key) {
                    self.problem = None;
                }
            }
            Row::Servers => self.edit_servers(key),
            Row::Client | Row::Side | Row::Run(_) => {}
        }
    }

    /// Typing replaces the choice; where nothing typed is left, it comes back.
    fn edit_servers(&mut self, key: KeyEvent) {
        let types = matches!(key.code, KeyCode::Char(character) if !character.is_whitespace());
        let empty = self.typed.text().is_empty();
        match (self.servers, key.code) {
            (Servers::Typed, KeyCode::Left | KeyCode::Right) if empty => {
                self.change(if key.code == KeyCode::Left { -1 } else { 1 });
            }
            (Servers::Typed, KeyCode::Backspace) if empty => self.servers = Servers::Own,
            (Servers::Typed, _) => _ = self.typed.press(key),
            (Servers::Own | Servers::Compared, _) if types && self.typed.press(key) => self.servers = Servers::Typed,
            (Servers::Own | Servers::Compared, _) => {}
        }
        self.problem = None;
    }

    /// The line behind this one; behind the last the run starts.
    fn next(&mut self) -> Option<Asked<Start>> {
        match self.row {
            Row::Address => {
                if let Err(problem) = self.desk.check_addresses(self.address.text().trim()) {
                    self.problem = Some(problem);
                    return None;
                }
                self.row = Row::Client;
            }
            Row::Client => self.row = Row::Side,
            Row::Side => self.row = Row::Servers,
            Row::Servers => return self.start(),
            Row::Run(place) => return self.runs.get(place).map(|_| Asked::Answer(Start::Again(place))),
        }
        self.problem = None;
        None
    }

    fn back(&mut self) -> Option<Asked<Start>> {
        self.problem = None;
        self.row = match self.row {
            // What was typed is not lost by one key.
            Row::Address if !self.address.text().trim().is_empty() => {
                self.address = LineInput::default();
                Row::Address
            }
            Row::Address => return Some(Asked::Left),
            Row::Client => Row::Address,
            Row::Side => Row::Client,
            Row::Servers => Row::Side,
            Row::Run(_) => Row::Servers,
        };
        None
    }

    /// Starts with everything as it stands; what is wrong is said where it stands.
    fn start(&mut self) -> Option<Asked<Start>> {
        let address = self.address.text().trim().to_owned();
        let servers = self.wanted_servers();
        let wrong = |row, problem| Some((row, problem));
        let problem = match (self.desk.check_addresses(&address), self.desk.check_servers(&servers)) {
            (Err(problem), _) => wrong(Row::Address, problem),
            (_, Err(problem)) => wrong(Row::Servers, problem),
            (Ok(()), Ok(())) => None,
        };
        if let Some((row, problem)) = problem {
            (self.row, self.problem) = (row, Some(problem));
            return None;
        }
        let (side, _) = self.seen_side();
        let wanted = Wanted { address, client: self.client, side: self.side, servers };
        Some(Asked::Answer(Start::New(wanted, side)))
    }

    /// Name servers in the spelling of `--resolver`.
    fn wanted_servers(&self) -> Vec<String> {
        match self.servers {
            Servers::Own => Vec::new(),
            Servers::Compared => vec![self.desk.own_spelling().to_owned(), PUBLIC_SERVER.to_owned()],
            Servers::Typed => {
                let parts = self.typed.text().split([' ', ',', ';']).filter(|part| !part.is_empty());
                parts.map(str::to_owned).collect()
            }
        }
    }

    /// Inside or outside as it is shown, and why; no reason where the reader said so.
    fn seen_side(&self) -> (VantageSide, Option<String>) {
        match self.side {
            Some(side) => (side, None),
            None => {
                let (side, why) = self.desk.guess(self.address.text());
                (side, Some(why))
            }
        }
    }

    fn rows(&self) -> Vec<Row> {
        let lines = [Row::Address, Row::Client, Row::Side, Row::Servers];
        lines.into_iter().chain((0..self.runs.len()).map(Row::Run)).collect()
    }

    fn go(&mut self, by: isize) {
        let rows = self.rows();
        let at = rows.iter().position(|row| *row == self.row).unwrap_or(0);
        let to = at.saturating_add_signed(by).min(rows.len() - 1);
        if let Some(row) = rows.get(to) {
            self.row = *row;
        }
        self.problem = None;
    }

    fn change(&mut self, by: isize) {
        match self.row {
            Row::Client => self.client = after(&ClientFamily::ALL, self.client, by),
            Row::Side => self.side = Some(after(&SIDES, self.seen_side().0, by)),
            Row::Servers => self.servers = after(&SERVERS, self.servers, by),
            Row::Address | Row::Run(_) => {}
        }
        self.problem = None;
    }

    fn forget(&mut self) {
        let Row::Run(place) = self.row else { return };
        self.problem = self.desk.forget(place).err();
        self.runs = self.desk.runs();
        self.row = match self.runs.len() {
            0 => Row::Servers,
            count => Row::Run(place.min(count - 1)),
        };
    }
}

/// The choice before or after one, round in a ring.
fn after<T: Copy + PartialEq>(all: &[T], one: T, by: isize) -> T {
    let at = all.iter().position(|known| *known == one).unwrap_or(0);
    let next = if by > 0 { at + 1 } else { at + all.len().saturating_sub(1) };
    all.get(next % all.len().max(1)).copied().unwrap_or(one)
}
