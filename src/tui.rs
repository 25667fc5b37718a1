//! The screen: a loop over keys and envelopes, and everything it draws.
//!
//! [`run`] turns keys, envelopes and ticks into [`app::Message`]s; [`app::update`] changes the application and asks for
//! effects; [`view::view`] draws it and never changes anything. Nothing happens while nothing happens: there is no tick
//! unless something on the screen turns.

pub mod action;
pub mod app;
mod background;
pub mod board;
pub mod chooser;
pub mod clipboard;
mod directory;
pub mod document;
pub mod form;
pub mod freeze;
pub mod glyph;
pub mod input;
pub mod keymap;
pub mod layout;
pub mod measure;
mod menu;
pub mod mouse;
pub mod overlay;
pub mod plain;
pub mod present;
pub mod privacy;
pub mod search;
pub mod sign_in;
mod supposition;
mod suspension;
pub mod syntax;
pub mod terminal;
pub mod theme;
pub mod timeline;
pub mod view;

pub use app::{Diagnose, Marked};
pub use board::{Board, BoardRow, choose_run};
pub use chooser::{ScenarioItem, choose_scenario};
pub use form::{Asked, Desk, RunItem, Start, Wanted, ask_start};
pub use privacy::Privacy;
pub use theme::{Look, Theme};

use crate::{
    diagnosis::Diagnosis,
    event::{ClientFamily, Command, Envelope},
    exit,
    model::Model,
};
use action::Effect;
use app::{App, Message};
use clipboard::Copied;
use crossterm::event::Event;
use futures_util::{Stream, StreamExt as _};
use ratatui::{Terminal, backend::Backend, layout::Rect};
use std::{io, pin::pin, time::Duration};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until},
};

/// Least time between two frames: at most about 30 a second.
const FRAME: Duration = Duration::from_millis(33);

/// Time between two turns of the spinner: 8 a second.
const TURN: Duration = Duration::from_millis(125);

/// Envelopes that are taken in before a frame is drawn, at most.
const AT_ONCE: usize = 4_096;

/// What the screen is started with.
#[derive(Clone, Debug)]
pub struct Options {
    /// Concludes everything from the model.
    pub diagnose: Diagnose,
    /// Theme and signs.
    pub look: Look,
    /// The bindings in force.
    pub keys: keymap::Keys,
    /// Why nothing can be asked again, as for a recording; absent when it can.
    pub rerun_refused: Option<&'static str>,
    /// Esc on the top level leaves with [`Exit::Back`].
    pub can_go_back: bool,
    /// The run goes on when its screen is left, because others are shown beside it.
    pub goes_on: bool,
    /// A certificate to compare others with, from a file.
    pub marked: Option<Marked>,
    /// Whether the run is shown in private at first, and the placeholders known already.
    pub privacy: Privacy,
    /// The screen is for an audience.
    pub present: bool,
    /// Sends text to the clipboard ([`clipboard::send`]), or writes it to a file where there is none.
    pub copy: fn(&str) -> io::Result<Copied>,
    /// Writes the report of a run to a file and gives the file's name.
    pub export: fn(&Model, &Diagnosis) -> io::Result<String>,
}

/// How the screen was left.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Exit {
    /// The reader quit, or the terminal went away.
    Quit,
    /// The reader went back to where the program came from.
    Back,
    /// A signal came, or Ctrl-C as a key, with the exit status it asks for.
    Signal(i32),
}

/// What remains when the screen was left.
#[derive(Clone, Debug)]
pub struct Ended {
    /// How.
    pub exit: Exit,
    /// The run as far as it got.
    pub model: Model,
    /// The client family that was looked at last.
    pub client: ClientFamily,
    /// It was shown in private at the end.
    pub private: bool,
}

/// Shows a run until the reader leaves, `input` ends, or `stop` gives an exit status.
///
/// # Errors
///
/// When the terminal cannot be read or drawn on.
pub async fn run<B, I>(
    terminal: &mut Terminal<B>,
    mut input: I,
    mut envelopes: mpsc::UnboundedReceiver<Envelope>,
    commands: mpsc::UnboundedSender<Command>,
    options: Options,
    stop: impl Future<Output = i32>,
) -> io::Result<Ended>
where
    B: Backend,
    B::Error: Send + Sync + 'static,
    I: Stream<Item = io::Result<Event>> + Unpin,
{
    let mut stop = pin!(stop);
    let mut app = start(terminal, &options)?;
    let (mut dirty, mut open) = (true, true);
    let mut next_frame = Instant::now();
    let (frame, turn) = if options.present { (present::FRAME, present::FRAME) } else { (FRAME, TURN) };
    let mut next_turn = next_frame + turn;
    loop {
        if dirty && Instant::now() >= next_frame {
            draw(terminal, &mut app)?;
            dirty = false;
            next_frame = Instant::now() + frame;
        }
        // Keys before envelopes, so that a flood of events never delays a key.
        let message = tokio::select! {
            biased;
            status = &mut stop => return Ok(ended(app, Exit::Signal(status))),
            event = input.next() => match event {
                Some(Ok(Event::Resize(width, height))) => {
                    terminal::blank(terminal)?;
                    Some(Message::Resized(width, height))
                }
                Some(event) => heard(event?),
                None => return Ok(ended(app, Exit::Quit)),
            },
            envelope = envelopes.recv(), if open => match envelope {
                Some(first) => Some(Message::Run(drain(first, &mut envelopes))),
                None => {
                    open = false;
                    Some(Message::RunClosed)
                }
            },
            () = sleep_until(next_frame), if dirty => None,
            () = sleep_until(next_turn), if app.is_animated() => {
                next_turn = Instant::now() + turn;
                Some(Message::Tick(turn.as_micros().try_into().unwrap_or(0)))
            }
        };
        let Some(message) = message else { continue };
        dirty = true;
        if matches!(message, Message::Key(_) | Message::Mouse(_) | Message::Paste(_) | Message::Resized(..)) {
            // Whoever presses a key sees it at once, however calm the rest is.
            next_frame = next_frame.min(Instant::now() + FRAME);
        }
        for effect in app::update(&mut app, message) {
            if effect == Effect::Suspend {
                terminal::suspend()?;
                terminal::blank(terminal)?;
            }
            if let Some(exit) = carry_out(effect, &mut app, &commands, &options) {
                return Ok(ended(app, exit));
            }
        }
    }
}

fn start<B>(terminal: &Terminal<B>, options: &Options) -> io::Result<App>
where
    B: Backend,
    B::Error: Send + Sync + 'static,
{
    let size = terminal.size().map_err(io::Error::other)?;
    Ok(start_app(Rect::from((ratatui::layout::Position::ORIGIN, size)), options))
}

fn start_app(screen: Rect, options: &Options) -> App {
    let mut app = App::new(options.diagnose, options.look, screen);
    app.keys = options.keys;
    app.rerun_refused = options.rerun_refused;
    app.can_go_back = options.can_go_back;
    app.goes_on = options.goes_on;
    app.privacy = options.privacy.clone();
    app.present.on = options.present;
    app.ui.marked = options.marked.clone().map(|marked| app.privacy.given(marked));
    app
}

fn draw<B>(terminal: &mut Terminal<B>, app: &mut App) -> io::Result<()>
where
    B: Backend,
    B::Error: Send + Sync + 'static,
{
    let size = terminal.size().map_err(io::Error::other)?;
    if size != app.ui.screen.as_size() {
        app::update(app, Message::Resized(size.width, size.height));
    }
    terminal.draw(|frame| view::view(app, frame)).map_err(io::Error::other)?;
    Ok(())
}

fn ended(app: App, exit: Exit) -> Ended {
    Ended {
        exit,
        client: app.ui.client,
        private: app.privacy.is_on(),
        model: app.freeze.into_live().unwrap_or(app.model),
    }
}

fn heard(event: Event) -> Option<Message> {
    match event {
        Event::Key(key) => Some(Message::Key(key)),
        Event::Paste(text) => Some(Message::Paste(text)),
        Event::Mouse(event) if mouse::is_heard(event) => Some(Message::Mouse(event)),
        Event::Resize(..) | Event::FocusGained | Event::FocusLost | Event::Mouse(_) => None,
    }
}

fn drain(first: Envelope, envelopes: &mut mpsc::UnboundedReceiver<Envelope>) -> Vec<Envelope> {
    let mut all = vec![first];
    while all.len() < AT_ONCE
        && let Ok(next) = envelopes.try_recv()
    {
        all.push(next);
    }
    all
}

/// Does what the application asked for; the exit, when it asked to leave.
fn carry_out(
    effect: Effect,
    app: &mut App,
    commands: &mpsc::UnboundedSender<Command>,
    options: &Options,
) -> Option<Exit> {
    match effect {
        Effect::Copy { what, text } => {
            let result = (options.copy)(&text).map(|copied| (what, copied)).map_err(|error| error.to_string());
            app::update(app, Message::Copied(result));
            None
        }
        Effect::Export => {
            let diagnosis = app.diagnosis.as_ref()?;
            let result = (options.export)(&app.model, diagnosis).map_err(|error| error.to_string());
            app::update(app, Message::Exported(result));
            None
        }
        Effect::Command(command) => {
            // A run that is over hears no more; that it cannot ask again was told with `RunClosed`.
            let _ = commands.send(command);
            None
        }
        // Done where the terminal is at hand.
        Effect::Suspend => None,
        Effect::Quit => Some(Exit::Quit),
        Effect::Interrupt => Some(Exit::Signal(i32::from(exit::INTERRUPTED))),
        Effect::Back => Some(Exit::Back),
    }
}
