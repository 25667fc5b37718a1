//! The PC in a run: as it is typed, on the screen, and in every form of the report.

#[allow(dead_code, reason = "other test programs need the rest")]
#[path = "support/screen.rs"]
mod screen;
mod support;

use crossterm::event::KeyCode;
use discoscope::{
    diagnosis::diagnose,
    event::{ClientFamily, Envelope, Event, PcSource},
    lab,
    report::{self, Format},
};
use screen::{app, drawn, press};
use std::{
    io::Write as _,
    process::{Command, Output, Stdio},
};

const TEXT: &str = "reg query HKCU\\Software\\Policies\\Microsoft\\Office\\16.0\\Outlook\\AutoDiscover /s\r\n\
    reg query HKCU\\Software\\Microsoft\\Office\\16.0\\Outlook\\AutoDiscover /s\r\n\r\n\
    HKEY_CURRENT_USER\\Software\\Microsoft\\Office\\16.0\\Outlook\\AutoDiscover\r\n    \
    ExcludeHttpsRootDomain    REG_DWORD    0x1\r\n";

/// A run that no name server answers: what the PC says is known all the same.
fn check(arguments: &[&str], input: Option<&[u8]>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_discoscope"));
    command.args(["check", "anna@contoso.test", "--resolver", "127.0.0.1:9", "--timeout", "1", "--format", "json"]);
    command.args(arguments).stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    if let Some(bytes) = input {
        child.stdin.take().expect("a pipe").write_all(bytes).expect("it is read");
    }
    child.wait_with_output().expect("the program ends")
}

fn switches(output: &Output) -> Vec<String> {
    let report: serde_json::Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let values = report["pc"]["values"].as_array().cloned().unwrap_or_default();
    values.iter().map(|value| format!("{}={}", value["name"], value["data"])).collect()
}

#[test]
fn a_text_is_taken_from_a_file_and_from_standard_input() {
    let folder = tempfile::tempdir().expect("a folder");
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(TEXT.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for (name, bytes) in [("utf8.txt", TEXT.as_bytes()), ("utf16.reg", &wide), ("bare.txt", &wide[2..])] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        let output = check(&["--registry", &path.to_string_lossy()], None);
        assert_eq!(switches(&output), [r#""ExcludeHttpsRootDomain"="1""#], "{name}");
    }
    assert_eq!(switches(&check(&["--registry", "-"], Some(TEXT.as_bytes()))).len(), 1);
}

#[test]
fn what_is_no_text_from_a_pc_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("letter.txt");
    std::fs::write(&path, "Dear Sirs,\n").expect("a file");
    let path = path.to_string_lossy();
    for (arguments, words) in [
        (&["--registry", "/does/not/exist.txt"][..], "/does/not/exist.txt"),
        (&["--registry", &path], "neither keys of a registry nor a hosts file"),
        (&["--registry", &path, "--no-pc"], "--no-pc"),
    ] {
        let output = check(arguments, None);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
        assert!(error.contains(words) && !error.contains("panicked"), "{arguments:?}: {error}");
    }
}

async fn envelopes(name: &str) -> Vec<Envelope> {
    support::envelopes(&lab::scenario(name).expect("the lab has it")).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_form_of_the_report_says_what_was_read() {
    let envelopes = envelopes("pc-switch-left-behind").await;
    let read = envelopes.iter().find_map(|envelope| match &envelope.event {
        Event::PcRead { pc } => Some(pc.source),
        _ => None,
    });
    assert_eq!(read, Some(PcSource::Text));
    let (model, diagnosis) = support::conclude(&envelopes, ClientFamily::default());
    assert!(diagnosis.verdict.headline.contains("This PC has ExcludeHttpsRootDomain set, so step 3 is left out."));
    for format in [Format::Text, Format::Markdown, Format::Html, Format::Json] {
        let mut bytes = Vec::new();
        report::write(format, &model, &diagnosis, &mut bytes).expect("memory can be written");
        let text = String::from_utf8(bytes).expect("text");
        for words in ["ExcludeHttpsRootDomain", "ExcludeLastKnownGoodUrl"] {
            assert!(text.contains(words), "{format:?}: {words}");
        }
        let block = if matches!(format, Format::Json) { "\"switched_off\"" } else { "This PC" };
        assert!(text.contains(block), "{format:?}");
    }
    // Of another version nothing is said but what its key holds.
    let (_, older) = support::conclude(&envelopes, ClientFamily::Outlook2013);
    assert!(!older.verdict.headline.contains("This PC has"), "{}", older.verdict.headline);
    assert!(older.is_healthy());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_screen_shows_the_pc_above_the_run() {
    let run = envelopes("pc-switch-left-behind").await;
    let mut app = app(diagnose, (120, 40), true, run);
    assert!(drawn(&app).contains("switched off"), "{}", drawn(&app));
    press(&mut app, &[KeyCode::Char('P')]);
    let screen = drawn(&app);
    for words in ["This PC", "ExcludeHttpsRootDomain = 1", "leaves out", "PC read"] {
        assert!(screen.contains(words), "{words}\n{screen}");
    }
    press(&mut app, &[KeyCode::Esc]);
    // The client of another key: its PC says nothing of a switch.
    press(&mut app, &[KeyCode::Char('O'), KeyCode::Char('O'), KeyCode::Char('P')]);
    assert!(!drawn(&app).contains("leaves out"), "{}", drawn(&app));

    let answered = envelopes("pc-redirect-server").await;
    let mut app = screen::app(diagnose, (120, 40), true, answered);
    press(&mut app, &[KeyCode::Char('P')]);
    assert!(drawn(&app).contains("Questions that it answers"), "{}", drawn(&app));

    let without = envelopes("healthy").await;
    let mut app = screen::app(diagnose, (120, 40), true, without);
    press(&mut app, &[KeyCode::Char('P')]);
    assert!(drawn(&app).contains("nothing was read on the PC"), "{}", drawn(&app));
}
