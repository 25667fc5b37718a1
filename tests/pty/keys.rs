//! What a person does with keys, each step seen through, and the terminal's modes after each.

use crate::terminal::Terminal;
use portable_pty::CommandBuilder;

/// Presses keys, waits for a text, and looks at the terminal's modes.
fn step(terminal: &mut Terminal, keys: &str, seen: &str) {
    terminal.press(keys);
    terminal.wait_for(seen);
    terminal.assert_taken();
}

/// Presses keys and waits until a text is gone.
fn gone(terminal: &mut Terminal, keys: &str, text: &str) {
    terminal.press(keys);
    terminal.wait_until(&format!("no {text:?}"), |screen| !screen.contents().contains(text));
    terminal.assert_taken();
}

const ESC: &str = "\u{1b}";
const DOWN: &str = "\u{1b}[B";
const UP: &str = "\u{1b}[A";

fn wizard_certificate(columns: u16, rows: u16) -> Terminal {
    let mut terminal = Terminal::start(&["lab", "wizard-certificate"], columns, rows);
    terminal.wait_for("Outlook stops at step 4");
    terminal.assert_taken();
    terminal
}

fn quit(mut terminal: Terminal) {
    terminal.press("q");
    assert_eq!(terminal.ended().exit_code(), 1, "a problem was found");
    terminal.assert_given_back();
}

#[test]
fn down_to_what_was_received_and_through_it_by_search() {
    let mut terminal = wizard_certificate(120, 40);
    step(&mut terminal, "\r", "TLS evidence");
    step(&mut terminal, DOWN, "HTTP evidence");
    step(&mut terminal, "\r", "HTTP as recorded");
    terminal.wait_for("laid out for reading");
    step(&mut terminal, "/AUTODIS", "1 of");
    step(&mut terminal, "\r", "next");
    step(&mut terminal, "n", "2 of");
    step(&mut terminal, "N", "1 of");
    gone(&mut terminal, "v", "laid out for reading");
    gone(&mut terminal, ESC, "/AUTODIS");
    step(&mut terminal, ESC, "HTTP evidence");
    step(&mut terminal, UP, "TLS evidence");
    step(&mut terminal, "\r", "TLS as recorded");
    terminal.wait_for("TLS_AES_");
    step(&mut terminal, ESC, "TLS evidence");
    step(&mut terminal, &format!("{UP}{UP}"), "DNS evidence");
    step(&mut terminal, "\r", "DNS as recorded");
    terminal.wait_for("NOERROR");
    step(&mut terminal, "/no such text", "not found");
    gone(&mut terminal, ESC, "not found");
    quit(terminal);
}

#[test]
fn names_are_filtered_cases_found_and_changes_tried() {
    let mut terminal = wizard_certificate(120, 40);
    step(&mut terminal, "c", "The Security Alert would say");
    // One name is no list; that is said, and the key does nothing.
    step(&mut terminal, "/", "has no list of names");
    step(&mut terminal, ESC, "Why · step 4");
    step(&mut terminal, ":", "Find");
    step(&mut terminal, "0x80072F06", "san-mismatch");
    step(&mut terminal, "\r", "What was seen");
    step(&mut terminal, "/certificate", "1 of");
    step(&mut terminal, "\r", "close");
    step(&mut terminal, "n", "2 of");
    gone(&mut terminal, ESC, "2 of");
    step(&mut terminal, ESC, "Why · step 4");
    step(&mut terminal, "W", "What if");
    // Cleared, then pasted as a terminal pastes.
    terminal.press("\u{15}");
    step(&mut terminal, "\u{1b}[200~remove autodiscover.contoso.test\u{1b}[201~", "asks the user → harmless");
    gone(&mut terminal, ESC, "What if");
    quit(terminal);
}

#[test]
fn the_screen_is_held_still_and_let_go() {
    let mut terminal = Terminal::start(&["lab", "root-domain-silent"], 100, 30);
    terminal.wait_for("contoso.test");
    step(&mut terminal, "f", "frozen");
    gone(&mut terminal, "f", "frozen");
    terminal.press("\u{3}");
    assert_eq!(terminal.ended().exit_code(), 130);
    terminal.assert_given_back();
}

#[test]
fn privacy_comes_and_goes() {
    let mut terminal = wizard_certificate(120, 40);
    terminal.wait_for("192.0.2.10");
    gone(&mut terminal, "p", "192.0.2.10");
    step(&mut terminal, "p", "192.0.2.10");
    quit(terminal);
}

#[test]
fn what_is_copied_lies_in_a_file_where_the_terminal_has_no_clipboard() {
    let folder = tempfile::tempdir().expect("a folder");
    // The Linux console knows no OSC 52.
    let mut command = CommandBuilder::new("env");
    command.args(["TERM=linux", env!("CARGO_BIN_EXE_discoscope"), "lab", "wizard-certificate"]);
    let mut terminal = Terminal::run_at_home(command, 120, 40, folder.path());
    terminal.wait_for("Outlook stops at step 4");
    step(&mut terminal, "y", "discoscope-copied.txt");
    quit(terminal);
    let copied = std::fs::read_to_string(folder.path().join("discoscope-copied.txt")).expect("what was copied");
    assert!(copied.contains("_autodiscover._tcp"), "{copied}");
}

#[test]
fn a_report_is_written_into_the_current_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_discoscope"));
    command.args(["lab", "wizard-certificate"]);
    let mut terminal = Terminal::run_at_home(command, 120, 40, folder.path());
    terminal.wait_for("Outlook stops at step 4");
    step(&mut terminal, "e", "discoscope-contoso.test.html");
    quit(terminal);
    let report = std::fs::read_to_string(folder.path().join("discoscope-contoso.test.html")).expect("a report");
    assert!(report.contains("autodiscover.contoso.test"));
}

#[test]
fn every_level_survives_a_resize() {
    let mut terminal = wizard_certificate(120, 40);
    for (keys, seen) in [("", "Why"), ("\r", "evidence"), ("\r", "as recorded"), (":", "Find")] {
        if !keys.is_empty() {
            step(&mut terminal, keys, seen);
        }
        for (columns, rows) in [(50, 20), (20, 5), (160, 45), (120, 40)] {
            terminal.resize(columns, rows);
            let needed = if columns < 40 { "needs" } else { seen };
            // A narrow overview shows its list alone.
            terminal.wait_for(if columns == 50 && keys.is_empty() { "contoso.test" } else { needed });
            terminal.assert_taken();
        }
    }
    terminal.press("\u{3}");
    assert_eq!(terminal.ended().exit_code(), 130);
    terminal.assert_given_back();
}

#[test]
fn a_signal_gives_the_terminal_back_even_while_somebody_types() {
    for keys in [":", "W", "c/", "\r\r/"] {
        let mut terminal = wizard_certificate(100, 30);
        for key in keys.chars() {
            let before = terminal.parser.screen().contents();
            terminal.press(&key.to_string());
            terminal.wait_until("a change", |screen| screen.contents() != before);
        }
        let process = terminal.child.process_id().expect("it runs").to_string();
        assert!(std::process::Command::new("kill").args(["-TERM", &process]).status().expect("kill").success());
        assert_eq!(terminal.ended().exit_code(), 143, "{keys:?}");
        terminal.assert_given_back();
    }
}

/// Takes the terminal and panics; only run by the test below, on a terminal of its own.
#[test]
#[ignore = "a part of the test below"]
fn a_panicking_program() {
    let (_guard, mut screen) = discoscope::tui::terminal::Guard::enter().expect("a terminal");
    screen.draw(|frame| frame.buffer_mut().set_string(0, 0, "before it", ratatui::style::Style::new())).expect("drawn");
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).expect("a key");
    panic!("the hull is broken");
}

#[test]
fn a_panic_gives_the_terminal_back_before_it_speaks() {
    let mut command = CommandBuilder::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "keys::a_panicking_program", "--ignored", "--nocapture"]);
    let mut terminal = Terminal::run(command, 100, 30);
    terminal.wait_for("before it");
    terminal.assert_taken();
    // Raw mode passes Enter on as it is, so a line ends with the other sign.
    terminal.press("\n");
    assert_ne!(terminal.ended().exit_code(), 0);
    terminal.assert_given_back();
    let text = String::from_utf8_lossy(&terminal.raw).into_owned();
    let left = text.find("\u{1b}[?1049l").expect("the alternate screen is left");
    assert!(text.find("the hull is broken").is_some_and(|said| said > left), "{text}");
}
