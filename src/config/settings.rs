//! Settings: what a flag, a variable, the configuration file or the default says, in this order, and which of them it was.

use super::{
    ConfigError,
    file::{File, Raw, shown},
    place,
};
use crate::{
    cli::{Cli, Command, RunOptions, ShowOptions, ThemeName, Typed},
    event::ClientFamily,
    net::resolver,
    text::sanitise_line,
};
use std::path::PathBuf;

/// One setting that can be made in several places.
#[derive(Debug)]
pub struct Setting {
    /// Its name in the file.
    pub name: &'static str,
    /// The option that makes it, as typed.
    pub flag: &'static str,
    /// The variable that makes it.
    pub variable: &'static str,
    /// What it is when nobody makes it, as the file would say it.
    pub default: &'static str,
    /// What it means, in lines of a comment.
    pub about: &'static [&'static str],
}

/// The language that needs no translation.
pub const ENGLISH: &str = "en";

/// Every setting, in the order in which they are shown.
#[rustfmt::skip]
pub static SETTINGS: [Setting; 9] = [
    Setting { name: "client", flag: "--client", variable: "DISCOSCOPE_CLIENT", default: "\"outlook365\"",
        about: &["Outlook family whose verdict is given: outlook2007-rtm, outlook2007, outlook2010, outlook2013,", "outlook2016 (2016, 2019 and LTSC) or outlook365 (Microsoft 365)"] },
    Setting { name: "theme", flag: "--theme", variable: "DISCOSCOPE_THEME", default: "\"auto\"",
        about: &["Colours: auto (dark or light, as the terminal's background is), dark, light, high-contrast, colour-blind", "or mono; NO_COLOR stands above this"] },
    Setting { name: "ascii", flag: "--ascii", variable: "DISCOSCOPE_ASCII", default: "false",
        about: &["Draw with ASCII characters only"] },
    Setting { name: "timeout", flag: "--timeout", variable: "DISCOSCOPE_TIMEOUT", default: "5",
        about: &["Seconds to wait for one connection, 1 to 60; the other limits follow it"] },
    Setting { name: "resolver", flag: "--resolver", variable: "DISCOSCOPE_RESOLVER", default: "[]",
        about: &["Name servers to ask instead of this machine's, as \"10.0.0.2\" or \"10.0.0.2:5353\"; a second and further ones", "are compared with the first, which may be \"system\". In the variable they are separated by commas"] },
    Setting { name: "canaries", flag: "--no-canaries", variable: "DISCOSCOPE_CANARIES", default: "true",
        about: &["Send extra questions that turn look-alikes into proof (random labels, a handshake without server name,", "another path)"] },
    Setting { name: "mouse", flag: "--mouse", variable: "DISCOSCOPE_MOUSE", default: "false",
        about: &["Take the mouse too: a click chooses, the wheel scrolls; never with --present"] },
    Setting { name: "remember", flag: "--remember", variable: "DISCOSCOPE_REMEMBER", default: "false",
        about: &["Keep address, options, verdict and time of each run on this PC, and offer them at the next start; never", "evidence. discoscope config forget deletes them"] },
    Setting { name: "language", flag: "--language", variable: "DISCOSCOPE_LANGUAGE", default: "\"en\"",
        about: &["What the screen and the reports speak: en, or a folder with a translation (docs/languages.md)"] },
];

/// Who made a setting.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Origin {
    /// This option.
    Flag(&'static str),
    /// This variable.
    Environment(&'static str),
    /// This line of the file.
    File(String),
    /// Nobody.
    Default,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag(flag) => write!(out, "flag {flag}"),
            Self::Environment(variable) => write!(out, "environment {variable}"),
            Self::File(place) => write!(out, "file {place}"),
            Self::Default => out.write_str("default"),
        }
    }
}

/// A value and who made it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Who made it.
    pub origin: Origin,
}

/// A key that the file binds otherwise.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KeySetting {
    /// Name of the binding.
    pub name: String,
    /// The keys that it gets.
    pub keys: Vec<String>,
    /// File and line.
    pub place: String,
}

/// Every setting as it is in force.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The configuration file that was read, or its usual place where there is none; nothing where there is no place.
    pub path: Option<PathBuf>,
    /// The file was there.
    pub found: bool,
    /// Outlook family.
    pub client: Sourced<String>,
    /// Colours.
    pub theme: Sourced<ThemeName>,
    /// ASCII signs only.
    pub ascii: Sourced<bool>,
    /// Seconds for a connection.
    pub timeout: Sourced<u64>,
    /// Name servers.
    pub resolver: Sourced<Vec<String>>,
    /// Extra questions are sent.
    pub canaries: Sourced<bool>,
    /// The mouse is taken.
    pub mouse: Sourced<bool>,
    /// Runs are kept for the next start.
    pub remember: Sourced<bool>,
    /// [`ENGLISH`], or the folder of a translation.
    pub language: Sourced<String>,
    /// Keys bound otherwise, in the order of the file.
    pub keys: Vec<KeySetting>,
}

impl Settings {
    /// What is in force for a command line, in this environment.
    ///
    /// # Errors
    /// [`ConfigError::File`] and [`ConfigError::Variable`] for what cannot be read, is unknown or wrong.
    pub fn load(cli: &Cli, environment: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        // An empty variable counts as none.
        let variable = |name: &str| environment(name).filter(|value| !value.is_empty());
        let named = cli.config.clone().or_else(|| variable("DISCOSCOPE_CONFIG").map(PathBuf::from));
        let path = named.clone().or_else(|| place::usual(place::HERE, &variable));
        let file = match &path {
            Some(path) => File::read(path, named.is_some())?,
            None => None,
        };
        let found = file.is_some();
        let settings = Self::settle(&cli.typed, &variable, &file.unwrap_or_default())?;
        Ok(Self { path, found, ..settings })
    }

    fn settle(typed: &Typed, variable: &dyn Fn(&str) -> Option<String>, file: &File) -> Result<Self, ConfigError> {
        if let Some(entry) = file.settings.iter().find(|entry| SETTINGS.iter().all(|known| known.name != entry.name)) {
            let names: Vec<&str> = SETTINGS.iter().map(|known| known.name).collect();
            let reason = format!("unknown setting {} (known are {} and [keys])", entry.name, names.join(", "));
            return Err(ConfigError::File { place: file.place(entry.line), reason });
        }
        let [client_, theme_, ascii_, timeout_, resolver_, canaries_, mouse_, remember_, language_] = &SETTINGS;
        let sources = Sources { variable, file };
        Ok(Self {
            path: None,
            found: false,
            client: sources.pick(client_, typed.client.clone(), client, ClientFamily::default().as_str().to_owned())?,
            theme: sources.pick(theme_, typed.theme, theme, ThemeName::default())?,
            ascii: sources.pick(ascii_, typed.ascii, switch, false)?,
            timeout: sources.pick(timeout_, typed.timeout, timeout, 5)?,
            resolver: sources.pick(resolver_, typed.resolver.clone(), resolvers, Vec::new())?,
            canaries: sources.pick(canaries_, typed.no_canaries.map(|off| !off), switch, true)?,
            mouse: sources.pick(mouse_, typed.mouse, switch, false)?,
            remember: sources.pick(remember_, typed.remember, switch, false)?,
            language: sources.pick(language_, typed.language.clone(), text, ENGLISH.to_owned())?,
            keys: file.keys.iter().map(|entry| key(file, entry)).collect::<Result<_, _>>()?,
        })
    }

    /// Every setting with its name, value and origin, for people.
    pub fn rows(&self) -> Vec<(&'static str, String, Origin)> {
        let values = [
            (self.client.value.clone(), &self.client.origin),
            (self.theme.value.as_str(), &self.theme.origin),
            (self.ascii.value.to_string(), &self.ascii.origin),
            (self.timeout.value.to_string(), &self.timeout.origin),
            (list(&self.resolver.value), &self.resolver.origin),
            (self.canaries.value.to_string(), &self.canaries.origin),
            (self.mouse.value.to_string(), &self.mouse.origin),
            (self.remember.value.to_string(), &self.remember.origin),
            (self.language.value.clone(), &self.language.origin),
        ];
        let rows = SETTINGS.iter().zip(values);
        rows.map(|(setting, (value, origin))| (setting.name, value, origin.clone())).collect()
    }

    /// Puts the settings where the command looks for them.
    pub fn apply(&self, cli: &mut Cli) {
        match &mut cli.command {
            None => {
                self.apply_to_run(&mut cli.run);
                self.apply_to_show(&mut cli.show);
                cli.remember = self.remember.value;
            }
            Some(Command::Check(options)) => self.apply_to_run(&mut options.run),
            Some(Command::Lab { run, show, .. }) => {
                run.client.clone_from(&self.client.value);
                self.apply_to_show(show);
            }
            // A recording is shown for the client it was made for.
            Some(Command::Replay { show, .. }) => self.apply_to_show(show),
            Some(Command::Cert(options)) => {
                options.timeout = self.timeout.value;
                options.resolver = self.resolver.value.first().filter(|first| *first != super::SYSTEM).cloned();
            }
            Some(
                Command::Explain { .. }
                | Command::Doctor
                | Command::Config(_)
                | Command::Completions { .. }
                | Command::Man,
            ) => {}
        }
    }

    fn apply_to_run(&self, run: &mut RunOptions) {
        run.client.clone_from(&self.client.value);
        run.resolver.clone_from(&self.resolver.value);
        run.timeout = self.timeout.value;
        run.no_canaries = !self.canaries.value;
    }

    fn apply_to_show(&self, show: &mut ShowOptions) {
        show.theme = self.theme.value;
        show.ascii = self.ascii.value;
        show.mouse = self.mouse.value;
    }
}

fn list(items: &[String]) -> String {
    if items.is_empty() { "this machine's".to_owned() } else { items.join(", ") }
}

/// Where settings come from besides the command line.
struct Sources<'a> {
    variable: &'a dyn Fn(&str) -> Option<String>,
    file: &'a File,
}

impl Sources<'_> {
    /// The setting as made by the highest source; what the others say is checked all the same.
    fn pick<T>(
        &self,
        setting: &Setting,
        flag: Option<T>,
        read: fn(&Raw) -> Result<T, String>,
        default: T,
    ) -> Result<Sourced<T>, ConfigError> {
        let of_file = self.file.setting(setting.name).map(|entry| {
            let place = self.file.place(entry.line);
            let reason = |reason| format!("{} = {}: {reason}", setting.name, entry.written);
            match read(&entry.raw) {
                Ok(value) => Ok(Sourced { value, origin: Origin::File(place) }),
                Err(problem) => Err(ConfigError::File { place, reason: reason(problem) }),
            }
        });
        let of_environment = (self.variable)(setting.variable).map(|value| {
            let wrong = |reason| ConfigError::Variable { name: setting.variable, value: sanitise_line(&value), reason };
            let value = read(&Raw::Typed(value.clone())).map_err(wrong)?;
            Ok::<_, ConfigError>(Sourced { value, origin: Origin::Environment(setting.variable) })
        });
        let (of_file, of_environment) = (of_file.transpose()?, of_environment.transpose()?);
        let of_flag = flag.map(|value| Sourced { value, origin: Origin::Flag(setting.flag) });
        Ok(of_flag.or(of_environment).or(of_file).unwrap_or(Sourced { value: default, origin: Origin::Default }))
    }
}

fn client(raw: &Raw) -> Result<String, String> {
    let known = ClientFamily::ALL.map(ClientFamily::as_str);
    one_of(raw, &known, |name| ClientFamily::from_name(name).map(|family| family.as_str().to_owned()))
}

fn theme(raw: &Raw) -> Result<ThemeName, String> {
    let names = ThemeName::names();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    one_of(raw, &names, ThemeName::from_name)
}

fn one_of<T>(raw: &Raw, known: &[&str], find: impl Fn(&str) -> Option<T>) -> Result<T, String> {
    let found = match raw {
        Raw::Typed(text) | Raw::Text(text) => find(text),
        _ => None,
    };
    found.ok_or_else(|| format!("has to be one of {}", known.join(", ")))
}

fn text(raw: &Raw) -> Result<String, String> {
    match raw {
        Raw::Typed(text) | Raw::Text(text) => Ok(text.clone()),
        _ => Err("has to be a string".to_owned()),
    }
}

fn switch(raw: &Raw) -> Result<bool, String> {
    match raw {
        Raw::Switch(on) => Ok(*on),
        Raw::Typed(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => Ok(true),
            "false" | "no" | "off" | "0" => Ok(false),
            _ => Err("has to be yes or no".to_owned()),
        },
        _ => Err("has to be true or false".to_owned()),
    }
}

fn timeout(raw: &Raw) -> Result<u64, String> {
    let seconds = match raw {
        Raw::Number(seconds) => u64::try_from(*seconds).ok(),
        Raw::Typed(text) => text.parse().ok(),
        _ => None,
    };
    seconds.filter(|seconds| (1..=60).contains(seconds)).ok_or_else(|| "has to be a number from 1 to 60".to_owned())
}

fn resolvers(raw: &Raw) -> Result<Vec<String>, String> {
    let servers: Vec<String> = match raw {
        Raw::Typed(text) => text.split(',').map(|server| server.trim().to_owned()).collect(),
        Raw::Text(text) => vec![text.clone()],
        Raw::List(servers) => servers.clone(),
        _ => return Err("has to be a list of strings".to_owned()),
    };
    let own = servers.first().is_some_and(|first| first == super::SYSTEM);
    for server in servers.iter().skip(usize::from(own)) {
        resolver::parse_server(server).map_err(|error| format!("{}: {error}", sanitise_line(server)))?;
    }
    Ok(servers)
}

fn key(file: &File, entry: &super::file::Entry) -> Result<KeySetting, ConfigError> {
    let place = file.place(entry.line);
    let keys = match &entry.raw {
        Raw::Text(key) => vec![key.clone()],
        Raw::List(keys) => keys.clone(),
        _ => {
            let reason = format!("[keys] {} = {}: has to be a key or a list of keys", entry.name, entry.written);
            return Err(ConfigError::File { place, reason });
        }
    };
    Ok(KeySetting { name: entry.name.clone(), keys, place })
}

/// The file's path, as it can be shown, and whether there is such a file.
pub fn file_in_words(settings: &Settings) -> String {
    match &settings.path {
        Some(path) if settings.found => shown(path),
        Some(path) => format!("{} (there is none)", shown(path)),
        None => "none: this machine names no folder for settings".to_owned(),
    }
}

#[cfg(test)]
mod tests;
