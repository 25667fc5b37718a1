//! Settings as they are made in a file, in the environment and on the command line, and the sample of the file.

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

/// The program in a home of its own, without any setting from outside.
fn command(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_discoscope"));
    command.args(arguments).stdin(Stdio::null());
    let names = ["CLIENT", "THEME", "ASCII", "TIMEOUT", "RESOLVER", "CANARIES", "CONFIG", "MOUSE", "REMEMBER"];
    for name in names {
        command.env_remove(format!("DISCOSCOPE_{name}"));
    }
    command.env("HOME", home).env("APPDATA", home).env_remove("XDG_CONFIG_HOME");
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace("\r\n", "\n")
}

fn output(command: &mut Command) -> Output {
    command.output().expect("the program starts")
}

/// Rows of `config show`: name, value, origin.
fn shown(command: &mut Command) -> Vec<(String, String, String)> {
    let output = output(command);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let shown = text(&output.stdout);
    let cells = |line: &str| {
        let mut cells = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned);
        (cells.next().unwrap_or_default(), cells.next().unwrap_or_default(), cells.next().unwrap_or_default())
    };
    shown.lines().skip(1).map(cells).collect()
}

fn row<'a>(rows: &'a [(String, String, String)], name: &str) -> (&'a str, &'a str) {
    let found = rows.iter().find(|(known, ..)| known == name);
    found.map_or(("absent", "absent"), |(_, value, origin)| (value, origin))
}

fn written(folder: &Path, text: &str) -> String {
    let path = folder.join("settings.toml");
    fs::write(&path, text).expect("a file can be written");
    path.to_str().expect("a plain name").to_owned()
}

fn refused(text_of_file: &str, words: &[&str]) {
    let home = tempfile::tempdir().expect("a folder");
    let file = written(home.path(), text_of_file);
    for arguments in [&["config", "show"][..], &["check", "--lab", "healthy"], &["lab", "healthy"]] {
        let output = output(command(home.path(), arguments).args(["--config", &file]));
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(output.stdout.is_empty(), "{}", text(&output.stdout));
        for word in words {
            assert!(error.contains(word), "{word:?} is missing in {error}");
        }
    }
}

#[test]
fn runs_that_were_kept_are_forgotten() {
    let home = tempfile::tempdir().expect("a folder");
    let forget = || {
        let mut command = command(home.path(), &["config", "forget"]);
        let output = output(command.env("LOCALAPPDATA", home.path()).env("XDG_DATA_HOME", home.path()));
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    assert_eq!(forget(), "no runs were kept\n");
    let folder = if cfg!(target_os = "macos") {
        home.path().join("Library/Application Support/discoscope")
    } else {
        home.path().join("discoscope")
    };
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("runs.json"), "[]").expect("a file");
    assert_eq!(forget(), "the runs that were kept are forgotten\n");
    assert!(!folder.join("runs.json").exists());
}

#[test]
fn the_sample_is_the_document_and_both_are_the_defaults() {
    let home = tempfile::tempdir().expect("a folder");
    let sample = text(&output(&mut command(home.path(), &["config", "sample"])).stdout);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/config.toml");
    if std::env::var_os("DISCOSCOPE_WRITE_DOCS").is_some() {
        fs::write(&path, &sample).expect("docs can be written");
    }
    let document = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(document == sample, "docs/config.toml is stale: DISCOSCOPE_WRITE_DOCS=1 cargo test --test settings");
    let defaults = shown(&mut command(home.path(), &["config", "show"]));
    assert!(defaults.len() > 40 && defaults.iter().all(|(.., origin)| origin == "default"), "{defaults:?}");
    // Once as it is, once with every key of it in force.
    let (head, keys) = sample.split_once("[keys]\n").expect("keys come last");
    let everything = format!("{head}[keys]\n{}", keys.replace("# ", ""));
    for (text, all) in [(sample.as_str(), false), (everything.as_str(), true)] {
        let file = written(home.path(), text);
        let said = shown(&mut command(home.path(), &["config", "show", "--config", &file]));
        let values = |rows: &[(String, String, String)]| -> Vec<(String, String)> {
            rows.iter().map(|(name, value, _)| (name.clone(), value.clone())).collect()
        };
        assert_eq!(values(&said), values(&defaults));
        let from_file = said.iter().filter(|(.., origin)| origin.contains("settings.toml:")).count();
        let settings = said.iter().filter(|(name, ..)| !name.starts_with("keys.")).count();
        assert_eq!(from_file, if all { said.len() } else { settings });
    }
}

#[test]
fn every_setting_says_where_it_comes_from() {
    let home = tempfile::tempdir().expect("a folder");
    let file =
        written(home.path(), "timeout = 9\ntheme = \"light\"\ncanaries = false\n\n[keys]\nrerun = [\"f5\", \"r\"]\n");
    let arguments = ["config", "show", "--config", &file, "--timeout", "7", "--no-canaries=false"];
    let rows = shown(command(home.path(), &arguments).env("DISCOSCOPE_THEME", "colour-blind"));
    assert_eq!(row(&rows, "timeout"), ("7", "flag --timeout"));
    assert_eq!(row(&rows, "theme"), ("colour-blind", "environment DISCOSCOPE_THEME"));
    assert_eq!(row(&rows, "canaries"), ("true", "flag --no-canaries"));
    assert_eq!(row(&rows, "client"), ("outlook365", "default"));
    assert_eq!(row(&rows, "keys.rerun"), ("f5, r", format!("file {file}:6").as_str()));
    // The variable names the file as well as the option does, and the option stands above it.
    let rows = shown(command(home.path(), &["config", "show"]).env("DISCOSCOPE_CONFIG", &file));
    assert_eq!(row(&rows, "timeout"), ("9", format!("file {file}:1").as_str()));
    let rows = shown(command(home.path(), &["config", "show", "--config", &file]).env("DISCOSCOPE_CONFIG", "/absent"));
    assert_eq!(row(&rows, "timeout").0, "9");
}

#[test]
fn the_file_is_read_from_its_usual_place() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = if cfg!(windows) {
        home.path().join("discoscope")
    } else if cfg!(target_os = "macos") {
        home.path().join("Library/Application Support/discoscope")
    } else {
        home.path().join(".config/discoscope")
    };
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("config.toml"), "client = \"outlook2010\"\n").expect("a file");
    let run = || output(&mut command(home.path(), &["check", "--lab", "healthy", "--format", "json"]));
    let report: serde_json::Value = serde_json::from_slice(&run().stdout).expect("JSON");
    assert_eq!(report["client"], "outlook2010");
    fs::write(folder.join("config.toml"), "client = \"outlook97\"\n").expect("a file");
    assert_eq!(run().status.code(), Some(2));
    // Commands without settings go on.
    assert_eq!(output(&mut command(home.path(), &["explain", "401"])).status.code(), Some(0));
}

#[test]
fn what_is_wrong_in_the_file_is_named() {
    refused("timeout = 5\n\ncolour = \"blue\"\n", &["settings.toml:3", "colour"]);
    refused("timeout = 90\n", &["settings.toml:1", "timeout = 90", "1 to 60"]);
    refused("theme = dark\n", &["settings.toml:1"]);
    refused("[keys]\nteleport = \"x\"\n", &["settings.toml:2", "teleport", "docs/keys.md"]);
    refused("[keys]\nrerun = \"hyper-x\"\n", &["settings.toml:2", "rerun", "hyper-x"]);
    refused("[keys]\nrerun = \"c\"\n", &["settings.toml:2", "rerun", "\"c\"", "certificate"]);
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let home = tempfile::tempdir().expect("a folder");
    let output = output(&mut command(home.path(), &["check", "--lab", "healthy", "--config", "/absent/config.toml"]));
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("/absent/config.toml"), "{}", text(&output.stderr));
}

#[test]
fn what_is_wrong_in_a_variable_is_named() {
    let home = tempfile::tempdir().expect("a folder");
    let wrong = [
        ("CLIENT", "outlook97"),
        ("THEME", "pink"),
        ("ASCII", "maybe"),
        ("TIMEOUT", "0"),
        ("RESOLVER", "x"),
        ("CANARIES", "x"),
    ];
    for (name, value) in wrong {
        let name = format!("DISCOSCOPE_{name}");
        let output = output(command(home.path(), &["check", "--lab", "healthy"]).env(&name, value));
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{name}: {error}");
        assert!(error.contains(&name) && error.contains(value), "{error}");
    }
}

#[test]
fn a_setting_for_the_network_does_not_hinder_the_lab() {
    let home = tempfile::tempdir().expect("a folder");
    let file = written(home.path(), "resolver = [\"192.0.2.1\"]\ncanaries = false\n");
    let output = output(&mut command(home.path(), &["check", "--lab", "healthy", "--config", &file]));
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}
