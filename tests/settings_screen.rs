//! Settings on a real pseudo-terminal: keys bound otherwise, and the theme that fits the terminal's background.
#![cfg(unix)]

#[allow(dead_code, reason = "other test programs need the rest")]
#[path = "support/terminal.rs"]
mod terminal;

use portable_pty::CommandBuilder;
use terminal::Terminal;

/// The question for the background (OSC 11), as the program asks it.
const QUESTION: &str = "\x1b]11;?";

/// What the surroundings could set, and a test sets itself where it wants it.
const UNSET: [&str; 5] = ["NO_COLOR", "COLORFGBG", "XDG_CONFIG_HOME", "DISCOSCOPE_CONFIG", "DISCOSCOPE_THEME"];

fn start(arguments: &[&str], variables: &[(&str, &str)]) -> Terminal {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_discoscope"));
    command.args(arguments);
    command.env("HOME", "/nonexistent");
    command.cwd(env!("CARGO_MANIFEST_DIR"));
    UNSET.iter().for_each(|name| command.env_remove(name));
    variables.iter().for_each(|(name, value)| command.env(name, value));
    Terminal::open(command, 120, 36)
}

/// The question was sent, so the answer can be.
fn answer(terminal: &mut Terminal, answer: &str) {
    terminal.read_until("the question", |terminal| String::from_utf8_lossy(&terminal.raw).contains(QUESTION));
    terminal.press(answer);
}

/// Foreground of the first cell that shows this text.
fn color_of(terminal: &Terminal, text: &str) -> vt100::Color {
    let screen = terminal.parser.screen();
    let rows: Vec<String> = screen.rows(0, 120).collect();
    let (row, line) = rows.iter().enumerate().find(|(_, line)| line.contains(text)).expect("it is on the screen");
    let before = line.split(text).next().unwrap_or_default().chars().count();
    let place = |number: usize| u16::try_from(number).expect("a place on the screen");
    screen.cell(place(row), place(before)).expect("a cell").fgcolor()
}

fn leave(mut terminal: Terminal) {
    terminal.press("\x03");
    terminal.ended();
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
        let mut terminal = start(&CASE, &[]);
        self::answer(&mut terminal, answer);
        terminal.wait_for("✓ done");
        assert_eq!(color_of(&terminal, "✓ done"), color);
        leave(terminal);
    }
}

#[test]
fn a_late_answer_is_no_key() {
    let mut terminal = start(&CASE, &[]);
    terminal.wait_for("✓ done");
    // Its letters and digits would jump, rerun and go on otherwise.
    terminal.press("\x1b]11;rgb:1111/2222/cccc\x07?");
    terminal.wait_for("Keys that work here");
    assert!(terminal.parser.screen().contents().contains("Each pane is one place"), "still on the overview");
    leave(terminal);
}

#[test]
fn the_variable_makes_the_question_needless_and_no_color_too() {
    let light = [("COLORFGBG", "0;15")];
    let mono = [("NO_COLOR", "1")];
    for (variables, color) in [(light, vt100::Color::Idx(22)), (mono, vt100::Color::Default)] {
        let mut terminal = start(&CASE, &variables);
        terminal.wait_for("✓ done");
        assert_eq!(color_of(&terminal, "✓ done"), color);
        assert!(!String::from_utf8_lossy(&terminal.raw).contains(QUESTION));
        leave(terminal);
    }
}

#[test]
fn no_color_stands_above_every_theme() {
    for theme in ["auto", "dark", "light", "high-contrast", "colour-blind", "mono"] {
        let mut terminal = start(&["lab", "healthy", "--theme", theme], &[("NO_COLOR", "1")]);
        terminal.wait_for("✓ done");
        let raw = String::from_utf8_lossy(&terminal.raw).into_owned();
        for color in ["\x1b[38;", "\x1b[48;", "\x1b[31m", "\x1b[32m"] {
            assert!(!raw.contains(color), "{theme}: {color:?}");
        }
        leave(terminal);
    }
}

#[test]
fn a_key_bound_otherwise_is_shown_and_works() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("config.toml");
    std::fs::write(&file, "[keys]\ncertificate = \"x\"\nhelp = \"f2\"\n").expect("a file");
    let file = file.to_str().expect("a plain name").to_owned();
    let mut terminal = start(&["lab", "healthy", "--config", &file, "--theme", "dark"], &[]);
    terminal.wait_for("✓ done");
    terminal.wait_for("x certificate");
    terminal.wait_for("F2 help");
    // F2 as xterm sends it.
    terminal.press("\x1bOQ");
    terminal.wait_for("Keys that work here");
    terminal.press("\x1b");
    terminal.wait_until("no help", |screen| !screen.contents().contains("Keys that work here"));
    terminal.press("x");
    terminal.wait_for("Certificate · step");
    leave(terminal);
}
