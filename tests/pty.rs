//! The program on a real pseudo-terminal: what a person types and sees, and that the terminal is left as it was.
#![cfg(unix)]

#[path = "pty/job_control.rs"]
mod job_control;
#[path = "pty/keys.rs"]
mod keys;

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use std::{
    io::{Read, Write},
    num::NonZero,
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    time::{Duration, Instant},
};

/// Patience for anything to appear; a bound for a broken program, never waited for by a sound one.
const PATIENCE: Duration = Duration::from_secs(30);

fn nonzero(size: u16) -> NonZero<u16> {
    NonZero::new(size).expect("a terminal has a size")
}

struct Terminal {
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    parser: vt100::Parser,
    raw: Vec<u8>,
}

impl Terminal {
    fn start(arguments: &[&str], columns: u16, rows: u16) -> Self {
        Self::start_at_home(arguments, columns, rows, &std::env::temp_dir())
    }

    fn start_at_home(arguments: &[&str], columns: u16, rows: u16, home: &std::path::Path) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_discoscope"));
        command.args(arguments);
        Self::run_at_home(command, columns, rows, home)
    }

    /// Starts any command on a pseudo-terminal of its own.
    fn run(command: CommandBuilder, columns: u16, rows: u16) -> Self {
        Self::run_at_home(command, columns, rows, &std::env::temp_dir())
    }

    fn run_at_home(mut command: CommandBuilder, columns: u16, rows: u16, home: &std::path::Path) -> Self {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        command.env("TERM", "xterm-256color");
        command.env("LC_ALL", "C.UTF-8");
        command.env_remove("NO_COLOR");
        command.env("HOME", home);
        command.cwd(home);
        for name in ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "DISCOSCOPE_REMEMBER", "DISCOSCOPE_CONFIG"] {
            command.env_remove(name);
        }
        command.env_remove("DISCOSCOPE_MOUSE");
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

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("the terminal takes keys");
        self.keys.flush().expect("the terminal takes keys");
    }

    /// Reads until the screen holds the text.
    fn wait_for(&mut self, text: &str) {
        self.wait_until(text, |screen| screen.contents().contains(text));
    }

    fn wait_until(&mut self, what: &str, done: impl Fn(&vt100::Screen) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !done(self.parser.screen()) {
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

    fn resize(&mut self, columns: u16, rows: u16) {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.parser.screen_mut().set_size(nonzero(rows), nonzero(columns));
        self.master.resize(size).expect("the terminal can be resized");
    }

    /// Reads what is left of the program's output, to its end, and gives its exit status.
    fn ended(&mut self) -> ExitStatus {
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
    fn is_cooked(&self) -> bool {
        let modes = self.master.get_termios().map(|modes| format!("{:?}", modes.local_flags)).unwrap_or_default();
        ["ICANON", "ECHO", "ISIG"].iter().all(|flag| modes.split(" | ").any(|set| set.contains(flag)))
    }

    /// The program has the terminal: alternate screen, no cursor, bracketed paste, raw keys, and no mouse, so that text can
    /// be selected as usual.
    fn assert_taken(&self) {
        let screen = self.parser.screen();
        assert!(screen.alternate_screen(), "not on the alternate screen");
        assert!(screen.hide_cursor(), "the cursor is shown");
        assert!(screen.bracketed_paste(), "bracketed paste is off");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        assert!(!self.is_cooked(), "keys wait for the end of a line");
    }

    /// The terminal is as it was: normal screen, cursor shown, no mouse, no bracketed paste.
    fn assert_given_back(&self) {
        let screen = self.parser.screen();
        assert!(!screen.alternate_screen(), "still on the alternate screen");
        assert!(!screen.hide_cursor(), "the cursor is hidden");
        assert!(!screen.bracketed_paste(), "bracketed paste is on");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        assert!(self.is_cooked(), "still in raw mode: {:?}", self.master.get_termios());
    }
}

#[test]
fn a_case_is_watched_opened_and_left() {
    let mut terminal = Terminal::start(&["lab", "wizard-certificate"], 120, 40);
    terminal.wait_for("Outlook stops at step 4");
    assert!(terminal.parser.screen().alternate_screen());
    terminal.press("c");
    terminal.wait_for("The Security Alert would say");
    // Each Esc is seen through before the next key, or the two would be one Alt key.
    terminal.press("\u{1b}");
    terminal.wait_for("Why · step 4");
    terminal.press("?");
    terminal.wait_for("Keys that work here");
    terminal.press("\u{1b}");
    terminal.wait_until("the help closed", |screen| !screen.contents().contains("Keys that work here"));
    terminal.press("q");
    let status = terminal.ended();
    terminal.assert_given_back();
    assert_eq!(status.exit_code(), 1, "a problem was found");
    assert!(terminal.parser.screen().contents().contains("prompts"), "a summary stays on the normal screen");
}

#[test]
fn the_list_is_filtered_and_a_case_chosen() {
    let mut terminal = Terminal::start(&["lab"], 80, 24);
    terminal.wait_for("cases, played by real servers");
    terminal.press("san-typo");
    terminal.wait_for("san-typo");
    terminal.press("\r");
    terminal.wait_for("Outlook");
    terminal.press("\u{3}");
    terminal.ended();
    terminal.assert_given_back();
}

#[test]
fn the_wizard_asks_and_names_what_is_wrong() {
    let mut terminal = Terminal::start(&[], 80, 24);
    terminal.wait_until("the question", |screen| screen.contents().to_lowercase().contains("address"));
    terminal.press("anna\r");
    terminal.wait_for("no @");
    terminal.press("\u{1b}");
    let status = terminal.ended();
    terminal.assert_given_back();
    assert_eq!(status.exit_code(), 0);
}

#[test]
fn an_interrupt_of_a_question_is_one_for_the_shell_too() {
    for (arguments, shown) in [(&[][..], "Mail address"), (&["lab"], "cases, played by real servers")] {
        let mut terminal = Terminal::start(arguments, 80, 24);
        terminal.wait_for(shown);
        terminal.press("\u{3}");
        let status = terminal.ended();
        terminal.assert_given_back();
        assert_eq!(status.exit_code(), 130, "{arguments:?}");
    }
}

#[test]
fn a_tiny_terminal_and_a_resize_in_mid_run() {
    let mut terminal = Terminal::start(&["lab", "root-domain-silent"], 30, 8);
    terminal.wait_until("something", |screen| !screen.contents().trim().is_empty());
    terminal.resize(100, 30);
    terminal.wait_for("contoso.test");
    terminal.resize(20, 3);
    terminal.resize(160, 45);
    terminal.wait_for("HTTP");
    terminal.press("\u{3}");
    terminal.ended();
    terminal.assert_given_back();
}

#[test]
fn the_mouse_is_taken_only_where_it_is_asked_for_and_given_back() {
    let mode = |terminal: &Terminal| terminal.parser.screen().mouse_protocol_mode();
    for arguments in [&["lab", "wizard-certificate"][..], &["lab", "wizard-certificate", "--mouse", "--present"]] {
        let mut terminal = Terminal::start(arguments, 120, 40);
        terminal.wait_for("step 4");
        assert_eq!(mode(&terminal), vt100::MouseProtocolMode::None, "{arguments:?}");
        terminal.press("\u{3}");
        terminal.ended();
        terminal.assert_given_back();
    }
    for signalled in [false, true] {
        let mut terminal = Terminal::start(&["lab", "wizard-certificate", "--mouse"], 120, 40);
        terminal.wait_for("Outlook stops at step 4");
        assert_ne!(mode(&terminal), vt100::MouseProtocolMode::None);
        let row = terminal.parser.screen().contents().lines().position(|line| line.contains("SCP")).expect("a step");
        // A press and a release in the SGR form (xterm, "Extended coordinates").
        terminal.press(&format!("\u{1b}[<0;10;{0}M\u{1b}[<0;10;{0}m", row + 1));
        terminal.wait_for("Why · step 2");
        if signalled {
            let process = terminal.child.process_id().expect("it runs").to_string();
            assert!(std::process::Command::new("kill").args(["-TERM", &process]).status().expect("kill").success());
        } else {
            terminal.press("q");
        }
        terminal.ended();
        terminal.assert_given_back();
    }
}

#[test]
fn lines_are_told_and_words_obeyed_where_nothing_shall_be_drawn() {
    let mut terminal = Terminal::start(&["lab", "wizard-certificate", "--plain"], 100, 40);
    terminal.wait_for("help lists the commands");
    assert!(!terminal.parser.screen().alternate_screen());
    terminal.press("why 4\r");
    terminal.wait_for("says more");
    terminal.press("quit\r");
    let status = terminal.ended();
    terminal.assert_given_back();
    assert_eq!(status.exit_code(), 1, "a problem was found");
    assert!(!terminal.raw.contains(&0x1b), "no escape sequence");
}

#[test]
fn runs_are_kept_only_where_asked_and_offered_again() {
    let home = tempfile::tempdir().expect("a folder");
    let kept = home.path().join(".local/share/discoscope/runs.json");
    let start = |remember: bool| {
        let mut arguments = vec!["--resolver", "127.0.0.1:9", "--timeout", "1", "anna@contoso.test"];
        arguments.extend(remember.then_some("--remember"));
        let mut terminal = Terminal::start_at_home(&arguments, 120, 40, home.path());
        terminal.wait_for("done");
        terminal
    };
    let mut terminal = start(false);
    terminal.press("q");
    terminal.ended();
    assert!(!kept.exists());
    let mut terminal = start(true);
    terminal.press("\u{1b}");
    terminal.wait_for("Run again");
    terminal.press("\u{1b}[B\u{1b}[B\u{1b}[B\u{1b}[B");
    terminal.wait_for("with the options it had");
    assert!(kept.exists());
    terminal.press("\u{1b}[3~");
    terminal.wait_until("it is forgotten", |screen| !screen.contents().contains("Run again"));
    assert!(!kept.exists());
    terminal.press("\u{3}");
    terminal.ended();
    terminal.assert_given_back();
}

#[test]
fn a_signal_gives_the_terminal_back() {
    for (signal, code) in [("TERM", 143), ("INT", 130)] {
        let mut terminal = Terminal::start(&["lab", "healthy"], 80, 24);
        terminal.wait_for("HTTP");
        let process = terminal.child.process_id().expect("it runs").to_string();
        let sent = std::process::Command::new("kill").args([&format!("-{signal}"), &process]).status().expect("kill");
        assert!(sent.success());
        let status = terminal.ended();
        terminal.assert_given_back();
        assert_eq!(status.exit_code(), code, "SIG{signal}");
    }
}
