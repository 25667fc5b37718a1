//! A program on a real pseudo-terminal: keys go in, and what it writes is read as a terminal does.
#![cfg(unix)]

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use std::{
    io::{Read, Write},
    num::NonZero,
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    time::{Duration, Instant},
};

/// Patience for anything to appear; a bound for a broken program, never waited for by a sound one.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the surroundings could set, and a test sets itself where it wants it.
const UNSET: [&str; 6] =
    ["NO_COLOR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "DISCOSCOPE_REMEMBER", "DISCOSCOPE_CONFIG", "DISCOSCOPE_MOUSE"];

fn nonzero(size: u16) -> NonZero<u16> {
    NonZero::new(size).expect("a terminal has a size")
}

pub struct Terminal {
    master: Box<dyn MasterPty + Send>,
    pub child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    pub parser: vt100::Parser,
    pub raw: Vec<u8>,
}

impl Terminal {
    pub fn start(arguments: &[&str], columns: u16, rows: u16) -> Self {
        Self::start_at_home(arguments, columns, rows, &std::env::temp_dir())
    }

    pub fn start_at_home(arguments: &[&str], columns: u16, rows: u16, home: &std::path::Path) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_discoscope"));
        command.args(arguments);
        Self::run_at_home(command, columns, rows, home)
    }

    /// Starts any command on a pseudo-terminal of its own.
    pub fn run(command: CommandBuilder, columns: u16, rows: u16) -> Self {
        Self::run_at_home(command, columns, rows, &std::env::temp_dir())
    }

    /// Starts any command with this folder as its home, and with nothing of the surroundings' settings.
    pub fn run_at_home(mut command: CommandBuilder, columns: u16, rows: u16, home: &std::path::Path) -> Self {
        command.env("HOME", home);
        command.cwd(home);
        for name in UNSET {
            command.env_remove(name);
        }
        Self::open(command, columns, rows)
    }

    /// Starts a command as it is given, on a terminal that is xterm's with 256 colours.
    pub fn open(mut command: CommandBuilder, columns: u16, rows: u16) -> Self {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        command.env("TERM", "xterm-256color");
        command.env("LC_ALL", "C.UTF-8");
        // What the tests run in is not what they draw on.
        command.env_remove("TERM_PROGRAM");
        command.env_remove("TMUX");
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
        let parser = vt100::Parser::new(nonzero(rows), nonzero(columns), 0);
        Self { master: pair.master, child, keys, output, parser, raw: Vec::new() }
    }

    pub fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("the terminal takes keys");
        self.keys.flush().expect("the terminal takes keys");
    }

    /// Reads until the screen holds the text.
    pub fn wait_for(&mut self, text: &str) {
        self.wait_until(text, |screen| screen.contents().contains(text));
    }

    pub fn wait_until(&mut self, what: &str, done: impl Fn(&vt100::Screen) -> bool) {
        self.read_until(what, |terminal| done(terminal.parser.screen()));
    }

    /// Reads until all that was read so far will do.
    pub fn read_until(&mut self, what: &str, done: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !done(self) {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.take(&bytes),
                Err(_) => panic!("never saw {what:?}; the screen is\n{}", self.parser.screen().contents()),
            }
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        self.parser.process(bytes);
        self.raw.extend_from_slice(bytes);
    }

    pub fn resize(&mut self, columns: u16, rows: u16) {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.parser.screen_mut().set_size(nonzero(rows), nonzero(columns));
        self.master.resize(size).expect("the terminal can be resized");
    }

    /// Reads what is left of the program's output, to its end, and gives its exit status.
    pub fn ended(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.take(&bytes),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    let _ = self.child.kill();
                    panic!("it does not end; the screen is\n{}", self.parser.screen().contents());
                }
            }
        }
        self.child.wait().expect("the program ends")
    }

    /// Whether lines are edited by the terminal and Ctrl-C is a signal there, as a shell wants it.
    pub fn is_cooked(&self) -> bool {
        let modes = self.master.get_termios().map(|modes| format!("{:?}", modes.local_flags)).unwrap_or_default();
        ["ICANON", "ECHO", "ISIG"].iter().all(|flag| modes.split(" | ").any(|set| set.contains(flag)))
    }

    /// The program has the terminal: alternate screen, no cursor, bracketed paste, raw keys, and no mouse, so that text can
    /// be selected as usual.
    pub fn assert_taken(&self) {
        let screen = self.parser.screen();
        assert!(screen.alternate_screen(), "not on the alternate screen");
        assert!(screen.hide_cursor(), "the cursor is shown");
        assert!(screen.bracketed_paste(), "bracketed paste is off");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        assert!(!self.is_cooked(), "keys wait for the end of a line");
    }

    /// The terminal is as it was: normal screen, cursor shown, no mouse, no bracketed paste.
    pub fn assert_given_back(&self) {
        let screen = self.parser.screen();
        assert!(!screen.alternate_screen(), "still on the alternate screen");
        assert!(!screen.hide_cursor(), "the cursor is hidden");
        assert!(!screen.bracketed_paste(), "bracketed paste is on");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        assert!(self.is_cooked(), "still in raw mode: {:?}", self.master.get_termios());
    }
}
