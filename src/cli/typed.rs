//! What was made on the command line itself, apart from what only stands there by default.

use super::{Cli, ThemeName};
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, ValueEnum as _, parser::ValueSource};
use std::ffi::OsString;

/// Settings that were made on the command line.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// `--client`.
    pub client: Option<String>,
    /// `--theme`.
    pub theme: Option<ThemeName>,
    /// `--ascii`.
    pub ascii: Option<bool>,
    /// `--timeout`, in seconds.
    pub timeout: Option<u64>,
    /// `--resolver`.
    pub resolver: Option<Vec<String>>,
    /// `--no-canaries`.
    pub no_canaries: Option<bool>,
    /// `--mouse`.
    pub mouse: Option<bool>,
    /// `--remember`.
    pub remember: Option<bool>,
    /// `--language`.
    pub language: Option<String>,
}

/// The command line; ends the program with a message where it is wrong, or with the help where it was asked for.
pub fn parse() -> Cli {
    let matches = Cli::command().get_matches_from(arguments(std::env::args_os().collect()));
    let mut cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    cli.typed = Typed::of(&matches);
    cli
}

/// The arguments, with `--config FILE` and `--language FOLDER` in front of a command moved behind it: every option of the
/// wizard excludes commands, but these belong to all of them.
fn arguments(mut all: Vec<OsString>) -> Vec<OsString> {
    let text = |place: usize| all.get(place).map(|argument| argument.to_string_lossy()).unwrap_or_default();
    let mut count = 0;
    loop {
        count += match text(1 + count) {
            first if first == "--config" || first == "--language" => 2,
            first if first.starts_with("--config=") || first.starts_with("--language=") => 1,
            _ => break,
        };
    }
    let command = text(1 + count);
    if count > 0 && !command.is_empty() && !command.starts_with('-') {
        // The command's place exists, as it was just read.
        all[1..=1 + count].rotate_left(count);
    }
    all
}

impl Typed {
    fn of(matches: &ArgMatches) -> Self {
        let mut innermost = matches;
        while let Some((_, inner)) = innermost.subcommand() {
            innermost = inner;
        }
        Self {
            client: last(innermost, "client"),
            theme: last(innermost, "theme"),
            ascii: last(innermost, "ascii"),
            timeout: last(innermost, "timeout"),
            resolver: all(innermost, "resolver"),
            no_canaries: last(innermost, "no_canaries"),
            mouse: last(innermost, "mouse"),
            remember: last(innermost, "remember"),
            language: last(innermost, "language"),
        }
    }
}

fn all<T: Clone + Send + Sync + 'static>(matches: &ArgMatches, id: &str) -> Option<Vec<T>> {
    // Not every command has every option.
    let values = matches.try_get_many::<T>(id).ok()??;
    (matches.value_source(id) == Some(ValueSource::CommandLine)).then(|| values.cloned().collect())
}

fn last<T: Clone + Send + Sync + 'static>(matches: &ArgMatches, id: &str) -> Option<T> {
    all(matches, id)?.pop()
}

impl ThemeName {
    /// The theme of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::from_str(name, false).ok()
    }

    /// Its name.
    pub fn as_str(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// The names of all themes.
    pub fn names() -> Vec<String> {
        Self::value_variants().iter().map(|theme| theme.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    #[test]
    fn the_command_line_holds_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_file_may_be_named_in_front_of_a_command_too() {
        let parsed = |typed: &str| {
            let all = typed.split(' ').map(OsString::from).collect();
            Cli::try_parse_from(arguments(all)).map(|cli| (cli.config, cli.command.is_some(), cli.addresses))
        };
        for typed in ["d --config f check a@b.test", "d --config=f check a@b.test", "d check --config f a@b.test"] {
            let (config, command, _) = parsed(typed).expect(typed);
            assert_eq!((config, command), (Some("f".into()), true), "{typed}");
        }
        for typed in ["d --config f a@b.test", "d --config f --ascii a@b.test", "d a@b.test --config f"] {
            let (config, command, addresses) = parsed(typed).expect(typed);
            assert_eq!((config, command, addresses), (Some("f".into()), false, vec!["a@b.test".to_owned()]), "{typed}");
        }
        assert!(parsed("d --config").is_err());
    }

    #[test]
    fn only_what_was_typed_counts_as_typed() {
        let typed = |line: &str| Typed::of(&Cli::command().get_matches_from(line.split(' ')));
        let nothing = typed("d check a@b.test");
        assert!(nothing.client.is_none() && nothing.ascii.is_none() && nothing.no_canaries.is_none());
        let all = typed("d check a@b.test --client outlook2010 --timeout 7 --no-canaries --resolver 10.0.0.2");
        assert_eq!((all.client.as_deref(), all.timeout, all.no_canaries), (Some("outlook2010"), Some(7), Some(true)));
        assert_eq!(all.resolver, Some(vec!["10.0.0.2".to_owned()]));
        assert_eq!(typed("d lab --ascii=false --theme high-contrast").theme, Some(ThemeName::HighContrast));
        assert_eq!(typed("d lab --ascii healthy").ascii, Some(true));
        assert_eq!(typed("d cert host.test --resolver 10.0.0.2").resolver, Some(vec!["10.0.0.2".to_owned()]));
        assert_eq!(typed("d --ascii=false").ascii, Some(false));
        assert_eq!(typed("d lab --mouse").mouse, Some(true));
        assert_eq!(typed("d --remember a@b.test").remember, Some(true));
        assert_eq!(typed("d config show --mouse=false --remember").mouse, Some(false));
        assert_eq!(typed("d replay f --theme light").theme, Some(ThemeName::Light));
    }
}
