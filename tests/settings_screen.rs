//! Settings on a real pseudo-terminal: keys bound otherwise, and the theme that fits the terminal's background.
#![cfg(unix)]

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::{
    io::{Read, Write},
    num::NonZero,
    sync::mpsc::{Receiver, channel},
    time::{Duration, Instant},
};

/// Patience for anything to appear; a bound for a broken program, never waited for by a sound one.
const PATIENCE: Duration = Duration::from_secs(30);

/// The question for the background (OSC 11), as the program asks it.
const QUESTION: &str = "\x1b]11;?";

struct Terminal {
    _master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    parser: vt100::Parser,
    raw: Vec<u8>,
}

impl Terminal {
    fn start(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let size = PtySize { rows: 36, cols: 120, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_discoscope"));
        command.args(arguments);
        command.env("TERM", "xterm-256color");
        command.env("LC_ALL", "C.UTF-8");
        command.env("HOME", "/nonexistent");
        command.cwd(env!("CARGO_MANIFEST_DIR"));
        for name in ["NO_COLOR", "COLORFGBG", "XDG_CONFIG_HOME", "DISCOSCOPE_CONFIG", "DISCOSCOPE_THEME"] {
            command.env_remove(name);
        }
        variables.iter().for_each(|(name, value)| command.env(name, value));
        let child = pair.slave.spawn_command(command).expect("the program starts");
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let keys = pair.master.take_writer().expect("a writer");
        let (sender, output) = channel();
        std::thread::spawn(move || {
            let mut bytes = [0_u8; 4096];
            while let Ok(length @ 1..) = reader.read(&mut bytes) {
                if sender.send(bytes[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        let side = |length: u16| NonZero::new(length).expect("a terminal has a size");
        let parser = vt100::Parser::new(side(36), side(120), 0);
        Self { _master: pair.master, child, keys, output, parser, raw: Vec::new() }
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("the terminal takes keys");
        self.keys.flush().expect("the terminal takes keys");
    }

    fn wait_until(&mut self, what: &str, done: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !done(self) {
            let Ok(bytes) = self.output.recv_timeout(deadline.saturating_duration_since(Instant::now())) else {
                panic!("never saw {what:?}; the screen is\n{}", self.parser.screen().contents());
            };
            self.parser.process(&bytes);
            self.raw.extend_from_slice(&bytes);
        }
    }

    fn wait_for(&mut self, text: &str) {
        self.wait_until(text, |terminal| terminal.parser.screen().contents().contains(text));
    }

    /// The question was sent, so the answer can be.
    fn answer(&mut self, answer: &str) {
        self.wait_until("the question", |terminal| String::from_utf8_lossy(&terminal.raw).contains(QUESTION));
        self.press(answer);
    }

    /// Foreground of the first cell that shows this text.
    fn color_of(&self, text: &str) -> vt100::Color {
        let screen = self.parser.screen();
        let rows: Vec<String> = screen.rows(0, 120).collect();
        let (row, line) = rows.iter().enumerate().find(|(_, line)| line.contains(text)).expect("it is on the screen");
        let before = line.split(text).next().unwrap_or_default().chars().count();
        let place = |number: usize| u16::try_from(number).expect("a place on the screen");
        screen.cell(place(row), place(before)).expect("a cell").fgcolor()
    }

    fn leave(mut self) {
        self.press("\x03");
        let deadline = Instant::now() + PATIENCE;
        while self.output.recv_timeout(deadline.saturating_duration_since(Instant::now())).is_ok() {}
        self.child.wait().expect("the program ends");
    }
}

const CASE: [&str; 2] = ["lab", "healthy"];

#[test]
fn the_terminals_answer_chooses_the_theme() {
    // White with BEL at the end, black with ST; the green of the light and of the dark theme.
    let answers = [
        ("\x1b]11;rgb:ffff/ffff/ffff\x07", vt100::Color::Idx(22)),
        ("\x1b]11;rgb:0000/0000/0000\x1b\\", vt100::Color::Idx(2)),
    ];
    for (answer, color) in answers {
        let mut terminal = Terminal::start(&CASE, &[]);
        terminal.answer(answer);
        terminal.wait_for("✓ done");
        assert_eq!(terminal.color_of("✓ done"), color);
        terminal.leave();
    }
}

#[test]
fn a_late_answer_is_no_key() {
    let mut terminal = Terminal::start(&CASE, &[]);
    terminal.wait_for("✓ done");
    // Its letters and digits would jump, rerun and go on otherwise.
    terminal.press("\x1b]11;rgb:1111/2222/cccc\x07?");
    terminal.wait_for("Keys that work here");
    assert!(terminal.parser.screen().contents().contains("Each pane is one place"), "still on the overview");
    terminal.leave();
}

#[test]
fn the_variable_makes_the_question_needless_and_no_color_too() {
    let light = [("COLORFGBG", "0;15")];
    let mono = [("NO_COLOR", "1")];
    for (variables, color) in [(light, vt100::Color::Idx(22)), (mono, vt100::Color::Default)] {
        let mut terminal = Terminal::start(&CASE, &variables);
        terminal.wait_for("✓ done");
        assert_eq!(terminal.color_of("✓ done"), color);
        assert!(!String::from_utf8_lossy(&terminal.raw).contains(QUESTION));
        terminal.leave();
    }
}

#[test]
fn no_color_stands_above_every_theme() {
    for theme in ["auto", "dark", "light", "high-contrast", "colour-blind", "mono"] {
        let mut terminal = Terminal::start(&["lab", "healthy", "--theme", theme], &[("NO_COLOR", "1")]);
        terminal.wait_for("✓ done");
        let raw = String::from_utf8_lossy(&terminal.raw).into_owned();
        for color in ["\x1b[38;", "\x1b[48;", "\x1b[31m", "\x1b[32m"] {
            assert!(!raw.contains(color), "{theme}: {color:?}");
        }
        terminal.leave();
    }
}

#[test]
fn a_key_bound_otherwise_is_shown_and_works() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("config.toml");
    std::fs::write(&file, "[keys]\ncertificate = \"x\"\nhelp = \"f2\"\n").expect("a file");
    let file = file.to_str().expect("a plain name").to_owned();
    let mut terminal = Terminal::start(&["lab", "healthy", "--config", &file, "--theme", "dark"], &[]);
    terminal.wait_for("✓ done");
    terminal.wait_for("x certificate");
    terminal.wait_for("F2 help");
    // F2 as xterm sends it.
    terminal.press("\x1bOQ");
    terminal.wait_for("Keys that work here");
    terminal.press("\x1b");
    terminal.wait_until("no help", |terminal| !terminal.parser.screen().contents().contains("Keys that work here"));
    terminal.press("x");
    terminal.wait_for("Certificate · step");
    terminal.leave();
}
