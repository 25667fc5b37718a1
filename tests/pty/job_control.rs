//! Ctrl-Z and coming back, below a shell with job control.

use crate::terminal::Terminal;
use portable_pty::CommandBuilder;

/// A shell that has started the program on its terminal, and the program's process.
fn below_a_shell(arguments: &str) -> (Terminal, String) {
    let mut command = CommandBuilder::new("sh");
    command.arg("-i");
    command.env("PS1", "ready> ");
    command.env_remove("ENV");
    let mut terminal = Terminal::run(command, 110, 34);
    terminal.wait_for("ready>");
    let program = env!("CARGO_BIN_EXE_discoscope");
    terminal.press(&format!("sh -c 'echo pid=$$.; exec {program} {arguments}'\r"));
    let is_told = |terminal: &Terminal| {
        let text = String::from_utf8_lossy(&terminal.raw).into_owned();
        let told =
            text.split("pid=").skip(1).filter_map(|rest| rest.split_once('.').map(|(number, _)| number.to_owned()));
        told.into_iter().find(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
    };
    terminal.wait_until("the screen", vt100::Screen::alternate_screen);
    let process = is_told(&terminal).expect("the shell told the process");
    (terminal, process)
}

/// The shell has the terminal, in the modes that programs are started in.
fn assert_the_shell_has_it(terminal: &mut Terminal, word: &str) {
    terminal.wait_until("the shell's question", |screen| {
        !screen.alternate_screen() && screen.contents().trim_end().ends_with("ready>")
    });
    // The shell sets the modes for programs when it starts one, so a program tells them.
    terminal.press(&format!("echo {word}; stty -a\r"));
    terminal.wait_until("modes", |screen| screen.contents().contains("icanon"));
    let contents = terminal.parser.screen().contents();
    for mode in ["icanon", "echo", "isig", "opost"] {
        assert!(contents.split_whitespace().any(|set| set.trim_end_matches(';') == mode), "{mode} in {contents}");
    }
    let screen = terminal.parser.screen();
    assert!(!screen.hide_cursor(), "the cursor is hidden");
    assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
}

fn comes_back(terminal: &mut Terminal, seen: &str) {
    terminal.press("fg\n");
    terminal.wait_until("the alternate screen", vt100::Screen::alternate_screen);
    terminal.wait_for(seen);
    terminal.assert_taken();
}

fn leaves(mut terminal: Terminal) {
    terminal.press("\u{3}");
    terminal.wait_until("the shell's question", |screen| {
        !screen.alternate_screen() && screen.contents().trim_end().ends_with("ready>")
    });
    terminal.press("exit\n");
    terminal.ended();
}

fn signal(name: &str, process: &str) {
    assert!(std::process::Command::new("kill").args([&format!("-{name}"), process]).status().expect("kill").success());
}

#[test]
fn ctrl_z_stops_and_fg_brings_everything_back() {
    let (mut terminal, _) = below_a_shell("lab wizard-certificate");
    terminal.wait_for("Outlook stops at step 4");
    terminal.press("c");
    terminal.wait_for("The Security Alert would say");
    for word in ["first", "second"] {
        terminal.press("\u{1a}");
        assert_the_shell_has_it(&mut terminal, word);
        comes_back(&mut terminal, "The Security Alert would say");
    }
    // Keys work again, and so does the way up.
    terminal.press("\u{1b}");
    terminal.wait_for("Why · step 4");
    leaves(terminal);
}

#[test]
fn the_question_for_the_address_can_be_left_and_found_again() {
    let (mut terminal, _) = below_a_shell("");
    terminal.wait_until("the question", |screen| screen.contents().to_lowercase().contains("address"));
    terminal.press("anna@conto");
    terminal.wait_for("anna@conto");
    terminal.press("\u{1a}");
    assert_the_shell_has_it(&mut terminal, "asked");
    terminal.press("fg\n");
    terminal.wait_until("the question again", |screen| {
        screen.alternate_screen() && screen.contents().contains("anna@conto") && !screen.hide_cursor()
    });
    assert!(terminal.parser.screen().bracketed_paste() && !terminal.is_cooked());
    leaves(terminal);
}

#[test]
fn a_stop_from_outside_gives_the_terminal_back_too() {
    let (mut terminal, process) = below_a_shell("lab healthy");
    terminal.wait_for("HTTP");
    signal("TSTP", &process);
    assert_the_shell_has_it(&mut terminal, "outside");
    comes_back(&mut terminal, "HTTP");
    leaves(terminal);
}

#[test]
fn what_a_shell_changed_while_nobody_could_hear_is_changed_back() {
    let (mut terminal, process) = below_a_shell("lab healthy");
    terminal.wait_for("HTTP");
    // SIGSTOP cannot be heard: the shell writes over the screen.
    signal("STOP", &process);
    terminal.wait_for("ready>");
    // The keys are still raw, so Enter would not end a line.
    terminal.press("fg\n");
    terminal.wait_until("the screen alone", |screen| {
        let contents = screen.contents();
        contents.contains("HTTP") && !contents.contains("ready>")
    });
    terminal.assert_taken();
    leaves(terminal);
}

#[test]
fn without_a_shell_nothing_is_stopped_and_that_is_said() {
    let mut terminal = Terminal::start(&["lab", "wizard-certificate"], 120, 40);
    terminal.wait_for("Outlook stops at step 4");
    terminal.press("\u{1a}");
    terminal.wait_for("no shell to go back to");
    terminal.assert_taken();
    terminal.press("q");
    terminal.ended();
    terminal.assert_given_back();
}
