//! The application on a screen of a test: made, driven by keys, and drawn.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use discoscope::{
    event::Envelope,
    tui::{
        Diagnose, Look, Theme,
        action::Effect,
        app::{App, Message, update},
        view::view,
    },
};
use ratatui::{Terminal, backend::TestBackend, buffer::Buffer, layout::Rect};

/// The sizes that every screen is drawn at, in columns and rows.
pub const SIZES: [(u16, u16); 4] = [(160, 45), (120, 40), (80, 24), (50, 20)];
pub const ENTER: KeyEvent = key(KeyCode::Enter);
pub const ESC: KeyEvent = key(KeyCode::Esc);
pub const TAB: KeyEvent = key(KeyCode::Tab);

pub const fn key(code: KeyCode) -> KeyEvent {
    KeyEvent::new(code, KeyModifiers::NONE)
}

pub const fn letter(letter: char) -> KeyEvent {
    key(KeyCode::Char(letter))
}

/// The application before anything is known.
pub fn empty(diagnose: Diagnose, (width, height): (u16, u16), ascii: bool) -> App {
    App::new(diagnose, Look::new(Theme::Dark, ascii), Rect::new(0, 0, width, height))
}

/// The application that was told these envelopes.
pub fn app(diagnose: Diagnose, size: (u16, u16), ascii: bool, envelopes: Vec<Envelope>) -> App {
    let mut app = empty(diagnose, size, ascii);
    update(&mut app, Message::Run(envelopes));
    app
}

/// Presses keys one after the other, and gives what they asked for.
pub fn press<K: Copy + Into<KeyEvent>>(app: &mut App, keys: &[K]) -> Vec<Effect> {
    keys.iter().flat_map(|key| update(app, Message::Key((*key).into()))).collect()
}

fn terminal(app: &App) -> Terminal<TestBackend> {
    let screen = app.ui.screen;
    let mut terminal = Terminal::new(TestBackend::new(screen.width, screen.height)).expect("a test terminal");
    terminal.draw(|frame| view(app, frame)).expect("a test terminal never fails");
    terminal
}

/// The cells of the screen.
pub fn buffer(app: &App) -> Buffer {
    terminal(app).backend().buffer().clone()
}

/// The text of the screen.
pub fn drawn(app: &App) -> String {
    // The backend cannot print a screen without columns.
    if app.ui.screen.width == 0 { String::new() } else { terminal(app).backend().to_string() }
}

/// Compares a state at every size in both forms with its snapshots, which are called after the test program.
pub fn snapshots(name: &str, made: impl Fn(u16, u16, bool) -> App, drawn: impl Fn(&App) -> String) {
    for (width, height) in SIZES {
        for (form, ascii) in [("unicode", false), ("ascii", true)] {
            let screen = drawn(&made(width, height, ascii));
            assert!(!ascii || screen.is_ascii(), "{screen}");
            let name = format!("{}__{name}-{width}x{height}-{form}", env!("CARGO_CRATE_NAME"));
            insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "../snapshots" }, {
                insta::assert_snapshot!(name, screen);
            });
        }
    }
}

/// The same for a run that was told and keys that were pressed.
pub fn snapshots_of_run(
    name: &str,
    app: fn(u16, u16, bool, Vec<Envelope>) -> App,
    envelopes: fn() -> Vec<Envelope>,
    keys: &[KeyEvent],
) {
    let made = |width, height, ascii| {
        let mut app = app(width, height, ascii, envelopes());
        press(&mut app, keys);
        app
    };
    snapshots(name, made, drawn);
}
