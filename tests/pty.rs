//! The program on a real pseudo-terminal: what a person types and sees, and that the terminal is left as it was.
#![cfg(unix)]

#[path = "pty/job_control.rs"]
mod job_control;
#[path = "pty/keys.rs"]
mod keys;
#[allow(dead_code, reason = "other test programs need the rest")]
#[path = "support/terminal.rs"]
mod terminal;

use terminal::Terminal;

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
    assert!(terminal.parser.screen().contents().contains("asks the user"), "a summary stays on the normal screen");
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
    // The first takes away what was typed, the second leaves.
    terminal.press("\u{1b}");
    terminal.wait_until("the empty line", |screen| !screen.contents().contains("anna"));
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
