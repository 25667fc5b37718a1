//! The terminal as this program found it: taken over by [`Guard`], given back in every way the program can end.

use super::suspension;
use crossterm::{
    cursor, event, execute, style,
    terminal::{self, EnterAlternateScreen, LeaveAlternateScreen},
};
use futures_util::StreamExt;
use ratatui::{
    Terminal,
    backend::{Backend, CrosstermBackend},
};
use std::{
    io::{self, Stdout, Write as _},
    panic,
    sync::{
        Once,
        atomic::{AtomicBool, Ordering},
    },
};
use zeroize::{Zeroize, Zeroizing};

/// The terminal that the program draws on.
pub type Screen = Terminal<CrosstermBackend<Stdout>>;

pub use super::background::Keys;

/// Whether the terminal is taken over at the moment.
static TAKEN: AtomicBool = AtomicBool::new(false);

static HOOK: Once = Once::new();

/// Whether the mouse is taken at the moment.
static MOUSE: AtomicBool = AtomicBool::new(false);

/// Holds the terminal in raw mode, on the alternate screen and with bracketed paste; gives it back when dropped. The
/// mouse stays the terminal's, so that text can be selected as usual, but for [`Mouse`].
#[derive(Debug)]
#[must_use = "the terminal is given back when the guard is dropped"]
pub struct Guard(());

impl Guard {
    /// Takes the terminal over. A panic gives it back before its message is printed.
    ///
    /// # Errors
    ///
    /// When there is no terminal, or it refuses; what was changed until then is taken back.
    pub fn enter() -> io::Result<(Self, Screen)> {
        HOOK.call_once(|| {
            let previous = panic::take_hook();
            panic::set_hook(Box::new(move |info| {
                restore();
                previous(info);
            }));
        });
        // The theme alone decides about colour; otherwise NO_COLOR would take bold and underline away too.
        style::force_color_output(true);
        let guard = Self(());
        take()?;
        Ok((guard, Terminal::new(CrosstermBackend::new(io::stdout()))?))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        restore();
    }
}

/// Holds the mouse; gives it back when dropped.
#[derive(Debug)]
#[must_use = "the mouse is given back when this is dropped"]
pub struct Mouse(());

impl Mouse {
    /// Takes the mouse, while a [`Guard`] holds the terminal.
    ///
    /// # Errors
    ///
    /// When the terminal cannot be written to.
    pub fn take() -> io::Result<Self> {
        MOUSE.store(true, Ordering::SeqCst);
        let mouse = Self(());
        execute!(io::stdout(), event::EnableMouseCapture)?;
        Ok(mouse)
    }
}

impl Drop for Mouse {
    fn drop(&mut self) {
        release_mouse();
    }
}

fn release_mouse() {
    if MOUSE.swap(false, Ordering::SeqCst) {
        let _ = execute!(io::stdout(), event::DisableMouseCapture);
    }
}

/// Gives the terminal back, once: does nothing when it is not taken over. Every step is tried even if one before it
/// failed, because nobody is left to hear of the failure.
pub fn restore() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    release_mouse();
    let mut out = io::stdout();
    let _ = execute!(out, event::DisableBracketedPaste);
    let _ = execute!(out, LeaveAlternateScreen, cursor::Show);
    let _ = terminal::disable_raw_mode();
    let _ = out.flush();
}

fn take() -> io::Result<()> {
    terminal::enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    execute!(io::stdout(), EnterAlternateScreen, cursor::Hide)?;
    // The old Windows console knows no bracketed paste; it pastes as keys, which works too.
    let _ = execute!(io::stdout(), event::EnableBracketedPaste);
    Ok(())
}

/// Gives the terminal back, stops the program, and takes the terminal over again when somebody lets it go on; everything
/// has to be drawn anew then. Does nothing when the terminal is not taken over, or where nobody could bring the program
/// back.
///
/// # Errors
///
/// When the system refuses to stop the program, or the terminal cannot be taken over again.
pub(super) fn suspend() -> io::Result<()> {
    if !TAKEN.load(Ordering::SeqCst) || suspension::is_possible().is_err() {
        return Ok(());
    }
    restore();
    let stopped = suspension::stop();
    take()?;
    stopped
}

/// Takes the terminal over anew after the program was stopped from outside, when a shell may have changed it meanwhile.
///
/// # Errors
///
/// When the terminal cannot be taken over.
pub(super) fn resume() -> io::Result<()> {
    if TAKEN.load(Ordering::SeqCst) {
        // Raw mode counts as on, so it has to be left to be entered.
        terminal::disable_raw_mode()?;
        take()?;
    }
    Ok(())
}

/// Does what an event asks of the terminal itself, before the screen that is shown hears of it: Ctrl-Z stops the program,
/// and whatever may have been drawn over is cleared, so that the next frame draws all of it.
///
/// # Errors
///
/// When the terminal cannot be cleared or taken over again.
pub(super) fn attend<B>(event: &event::Event, terminal: &mut Terminal<B>) -> io::Result<()>
where
    B: Backend,
    B::Error: Send + Sync + 'static,
{
    match event {
        event::Event::Resize(..) => {}
        event::Event::Key(key)
            if key.code == event::KeyCode::Char('z') && key.modifiers == event::KeyModifiers::CONTROL =>
        {
            suspend()?;
        }
        _ => return Ok(()),
    }
    blank(terminal)
}

/// Empties the screen, so that the next frame draws all of it. (The library's own way asks the terminal for its cursor,
/// which not every terminal tells.)
///
/// # Errors
///
/// When the terminal cannot be written to.
pub(super) fn blank<B>(terminal: &mut Terminal<B>) -> io::Result<()>
where
    B: Backend,
    B::Error: Send + Sync + 'static,
{
    terminal.backend_mut().clear().map_err(io::Error::other)?;
    // What was drawn last counts as never drawn.
    terminal.swap_buffers();
    Ok(())
}

/// Keys and other events of the terminal, as a stream.
pub fn keys() -> Keys {
    Keys::default()
}

/// Longest secret that is read, in characters.
const SECRET_LIMIT: usize = 1024;

/// Raw mode for one line, given back when dropped.
struct Line(());

impl Drop for Line {
    fn drop(&mut self) {
        let _ = terminal::disable_raw_mode();
        eprintln!();
    }
}

/// Asks for a secret on the terminal without showing it; nothing when the user stops with Escape or Ctrl-C. The prompt
/// goes to standard error. Every copy made here is overwritten.
///
/// # Errors
///
/// When there is no terminal, or it cannot be read.
pub async fn ask_secret(prompt: &str) -> io::Result<Option<Zeroizing<String>>> {
    eprint!("{prompt}");
    io::stderr().flush()?;
    terminal::enable_raw_mode()?;
    let _line = Line(());
    // Never grows, so no copy is left behind.
    let mut typed = Zeroizing::new(String::with_capacity(4 * SECRET_LIMIT));
    let mut keys = keys();
    while let Some(event) = keys.next().await {
        let event::Event::Key(key) = event? else { continue };
        if key.kind == event::KeyEventKind::Release {
            continue;
        }
        let control = super::sign_in::is_control(key.modifiers);
        match key.code {
            event::KeyCode::Enter => return Ok(Some(typed)),
            event::KeyCode::Esc => return Ok(None),
            event::KeyCode::Char('c' | 'd') if control => return Ok(None),
            event::KeyCode::Char('u') if control => typed.zeroize(),
            event::KeyCode::Backspace => drop(typed.pop()),
            event::KeyCode::Char(character) if !control && typed.chars().count() < SECRET_LIMIT => {
                typed.push(character)
            }
            _ => {}
        }
    }
    Ok(None)
}

/// The terminal's size in columns and rows; nothing when there is none.
pub fn size() -> Option<(u16, u16)> {
    terminal::size().ok()
}
