//! `config`, and what every command does first: settle its settings.

use super::{fail, print};
use crate::{
    catalogue,
    cli::{Cli, Command, ConfigCommand},
    config::{
        runs::Runs,
        settings::{self, ENGLISH, SETTINGS, Settings},
    },
    exit,
    language::{self, Language},
    text,
    tui::keymap::{self, BINDINGS, Key, Keys, Rebinding},
};
use std::path::Path;

/// Settles what flags, variables and the configuration file say, and puts it where the command looks for it. The exit
/// code when something of it is wrong. Commands that use no setting do not care.
pub(super) fn settle(cli: &mut Cli) -> Result<(Option<Settings>, Keys), u8> {
    let indifferent = matches!(
        cli.command,
        Some(
            Command::Explain { .. }
                | Command::Doctor
                | Command::Config(ConfigCommand::Sample | ConfigCommand::Forget)
                | Command::Completions { .. }
                | Command::Man
        )
    );
    let environment = |name: &str| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
    if indifferent {
        // They read no configuration file.
        let language = cli.typed.language.clone().or_else(|| environment("DISCOSCOPE_LANGUAGE"));
        speak(language.as_deref().unwrap_or(ENGLISH))?;
        return Ok((None, Keys::default()));
    }
    let settings = Settings::load(cli, &environment).map_err(|error| fail(error.exit_code(), &error))?;
    speak(&settings.language.value)?;
    let rebindings: Vec<Rebinding> = settings
        .keys
        .iter()
        .map(|key| Rebinding { name: key.name.clone(), keys: key.keys.clone(), place: key.place.clone() })
        .collect();
    let keys = Keys::new(&rebindings).map_err(|error| fail(exit::USAGE, &error))?;
    settings.apply(cli);
    Ok((Some(settings), keys))
}

/// Chooses the language, before anything is said. Pages that cannot be used are a mistake too: half of a page would stay
/// English.
fn speak(wanted: &str) -> Result<(), u8> {
    if wanted.is_empty() || wanted == ENGLISH {
        return Ok(());
    }
    let language = Language::read(Path::new(wanted)).map_err(|error| fail(exit::USAGE, &error))?;
    language::choose(language);
    catalogue::errors().first().map_or(Ok(()), |error| Err(fail(exit::USAGE, error)))
}

/// Shows the settings, or a sample of the file.
pub(super) fn config(command: &ConfigCommand, settings: Option<Settings>) -> u8 {
    match (command, settings) {
        (ConfigCommand::Show { .. }, Some(settings)) => print(|out| {
            writeln!(out, "{:<12}{}", say!("file"), settings::file_in_words(&settings))?;
            for (name, value, origin) in settings.rows() {
                writeln!(out, "{name:<12}{:<24}{origin}", text::sanitise_line(&value))?;
            }
            for name in keymap::names() {
                let set = settings.keys.iter().find(|key| key.name == name);
                let value = set.map_or_else(|| usual_keys(&name).join(", "), |key| key.keys.join(", "));
                let origin =
                    set.map_or_else(|| say!("default").to_owned(), |key| say!("file {place}", place = key.place));
                writeln!(out, "keys.{name:<26}{:<24}{origin}", text::sanitise_line(&value))?;
            }
            Ok(())
        }),
        (ConfigCommand::Forget, _) => match Runs::load().forget_all() {
            Ok(true) => print(|out| writeln!(out, "{}", say!("the runs that were kept are forgotten"))),
            Ok(false) => print(|out| writeln!(out, "{}", say!("no runs were kept"))),
            Err(error) => fail(exit::CANNOT_RUN, &say!("the runs cannot be forgotten: {reason}", reason = error)),
        },
        _ => print(|out| out.write_all(sample().as_bytes())),
    }
}

/// A configuration file that says what is in force without one; keys stand in comments.
fn sample() -> String {
    let mut text = String::from(
        "# Configuration of discoscope. Every setting is at its default here.\n\
         # A flag stands above a variable, a variable above this file: discoscope config show\n",
    );
    for setting in &SETTINGS {
        text.push('\n');
        setting.about.iter().for_each(|line| text.push_str(&format!("# {line}\n")));
        text.push_str(&format!("# ({}, {})\n{} = {}\n", setting.flag, setting.variable, setting.name, setting.default));
    }
    text.push_str(
        "\n# Keys, by the name of the action; docs/keys.md says what each does and where. Take the # away to bind one\n\
         # otherwise. Write \"x\", or a list such as [\"x\", \"f5\"] whose first is shown.\n[keys]\n",
    );
    for name in keymap::names() {
        let keys: Vec<String> =
            usual_keys(&name).iter().map(|key| toml::Value::from(key.as_str()).to_string()).collect();
        let value = if let [only] = keys.as_slice() { only.clone() } else { format!("[{}]", keys.join(", ")) };
        text.push_str(&format!("# {name} = {value}\n"));
    }
    text
}

/// The keys that the table gives an action, as the file writes them.
fn usual_keys(name: &str) -> Vec<String> {
    let keys = BINDINGS.iter().flat_map(|binding| keymap::row_keys(binding, name));
    let mut written: Vec<String> = Vec::new();
    for key in keys.map(Key::in_file) {
        if !written.contains(&key) {
            written.push(key);
        }
    }
    written
}
