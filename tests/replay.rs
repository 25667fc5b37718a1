//! A recording is the run: its report is byte for byte that of the run, and a cut or foreign file is told so.

mod support;

use discoscope::{
    event::{ClientFamily, Envelope},
    lab,
    recording::{self, RecordingError, Writer},
    report::{self, Format},
    session,
};

async fn run(name: &str) -> Vec<Envelope> {
    support::envelopes(&lab::scenario(name).expect("the scenario exists")).await
}

fn json(envelopes: &[Envelope]) -> Vec<u8> {
    let (model, diagnosis) = support::conclude(envelopes, ClientFamily::default());
    let mut bytes = Vec::new();
    report::write(Format::Json, &model, &diagnosis, &mut bytes).expect("memory can be written");
    bytes
}

fn recorded(envelopes: &[Envelope]) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run.jsonl");
    let mut writer = Writer::create(&path).expect("the file can be created");
    for envelope in envelopes {
        writer.write(envelope).expect("the file can be written");
    }
    drop(writer);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&path).expect("the file exists").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "a recording is its owner's alone");
    }
    std::fs::read(&path).expect("the file can be read")
}

#[tokio::test]
async fn the_report_of_a_replay_is_that_of_the_run() {
    let live = run("wizard-certificate").await;
    let recording = recording::read(recorded(&live).as_slice()).expect("a whole recording");
    let mut replayed = Vec::new();
    let mut session = session::replay(&recording);
    while let Some(envelope) = session.envelopes.recv().await {
        replayed.push(envelope);
    }
    assert_eq!(String::from_utf8(json(&replayed)), String::from_utf8(json(&live)));
}

#[tokio::test]
async fn a_recording_cut_anywhere_is_readable_to_its_last_line() {
    let live = run("healthy").await;
    let bytes = recorded(&live);
    let first_line = bytes.iter().position(|byte| *byte == b'\n').expect("a line") + 1;
    for cut in (first_line..bytes.len()).step_by(997) {
        let part = bytes.get(..cut).expect("within the file");
        let recording = recording::read(part).unwrap_or_else(|error| panic!("cut at {cut}: {error}"));
        let whole_lines = part.iter().filter(|byte| **byte == b'\n').count();
        assert!(recording.envelopes.len() >= whole_lines, "cut at {cut}");
    }
}

#[test]
fn foreign_files_are_named() {
    let read = |text: &str| recording::read(text.as_bytes()).expect_err(text);
    assert!(matches!(read(""), RecordingError::Empty));
    assert!(matches!(read("hello\nworld\n"), RecordingError::Line { line: 1, .. }));
    assert!(matches!(read("{\"v\":2,\"event\":\"note\"}\n"), RecordingError::Version { line: 1, version: 2 }));
    assert!(matches!(read("{\"v\":1,\"event\":\"note\"}\n"), RecordingError::Line { line: 1, .. }));
}

#[test]
fn kinds_of_a_later_program_are_kept_and_skipped() {
    let known = r#"{"v":1,"seq":0,"at":"2026-11-20T10:00:00Z","elapsed_us":1,"event":"session_finished"}"#;
    let newer = r#"{"v":1,"seq":1,"at":"2026-11-20T10:00:00Z","elapsed_us":2,"event":"kettle_boiled","litres":2}"#;
    let recording = recording::read(format!("{known}\n{newer}\n").as_bytes()).expect("readable");
    assert_eq!((recording.envelopes.len(), recording.unknown.len()), (1, 1));
    assert_eq!(recording.unknown.first().and_then(|line| line["litres"].as_u64()), Some(2));
}

#[test]
fn a_broken_line_of_a_known_kind_is_not_taken_for_a_newer_one() {
    for kind in ["replied", "note", "pc_read"] {
        let line = format!(
            "{{\"v\":1,\"seq\":0,\"at\":\"2026-11-20T10:00:00Z\",\"elapsed_us\":1,\"event\":\"{kind}\",\"detail\":7}}\n"
        );
        assert!(recording::read(line.as_bytes()).is_err(), "{kind}");
    }
}

#[test]
fn a_recording_is_as_foreign_as_the_network() {
    let line = "{\"v\":1,\"seq\":0,\"at\":\"2026-11-20T10:00:00Z\",\"elapsed_us\":1,\"event\":\"note\",\
                \"code\":\"rerun\",\"detail\":\"a\\u001b[31m\\u202eb\"}\n";
    let recording = recording::read(line.as_bytes()).expect("readable");
    let clean = recording.envelopes.first().map(recording::sanitise).expect("one line");
    let text = serde_json::to_string(&clean).expect("can be written");
    assert!(text.contains("<U+001B>[31m<U+202E>b"), "{text}");
}
