//! What may be typed. Meaning is given to it in [`config`](crate::config).

mod run;
mod typed;

use run::client_names;
pub use run::{CertOptions, LabRunOptions, OutsideWishName, RunOptions, SignInOptions};
pub use typed::{Typed, parse};

use crate::assumption;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Shows live how Outlook looks for its mailbox settings (Autodiscover) and why it fails.
#[derive(Debug, Parser)]
#[command(
    version,
    args_conflicts_with_subcommands = true,
    after_help = "\
Read-only: nothing is changed anywhere, no password is needed to start.
Try it without a network: discoscope lab

Settings come from flags, then DISCOSCOPE_CLIENT, _THEME, _ASCII, _TIMEOUT, _RESOLVER, _CANARIES, _MOUSE, _REMEMBER
and _LANGUAGE, then the configuration file, then defaults; `discoscope config show` says which.

Exit codes: 0 nothing wrong, 1 a problem was found, 2 wrong usage, 3 cannot run here, 130/143 stopped"
)]
pub struct Cli {
    /// What to do; without a command the wizard starts
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Mailbox addresses to look for; the wizard asks when none is given
    pub addresses: Vec<String>,
    /// How the run is made
    #[command(flatten)]
    pub run: RunOptions,
    /// How it is shown
    #[command(flatten)]
    pub show: ShowOptions,
    /// Keep address, options, verdict and time of each run on this PC, and offer them at the next start; never evidence.
    /// `discoscope config forget` deletes them
    #[arg(long, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = false, value_name = "false", hide_possible_values = true, hide_default_value = true)]
    pub remember: bool,
    /// Configuration file to read instead of the one at its usual place (DISCOSCOPE_CONFIG does the same)
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// What the screen and the reports speak: en, or a folder with a translation
    #[arg(long, value_name = "FOLDER", global = true)]
    pub language: Option<String>,
    /// Settings that were made on the command line
    #[arg(skip)]
    pub typed: Typed,
}

/// Commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run without a screen and print a report
    Check(Box<CheckOptions>),
    /// Choose a case and watch it against servers inside this program; needs no network
    Lab {
        /// Name of the case; without one, choose from the list
        scenario: Option<String>,
        /// How the run is made
        #[command(flatten)]
        run: LabRunOptions,
        /// How it is shown
        #[command(flatten)]
        show: ShowOptions,
    },
    /// Show a recorded run again
    Replay {
        /// Recording made with --record
        file: PathBuf,
        /// Print a report in this form instead of showing the screen
        #[arg(long, value_enum)]
        format: Option<ReportFormatName>,
        /// Client to show it for; without it, the one of the recording
        #[arg(long, value_name = "CLIENT", value_parser = client_names())]
        client: Option<String>,
        /// How it is shown
        #[command(flatten)]
        show: ShowOptions,
    },
    /// Explain a case by its id, the text of a dialog or words, an Outlook code (0x80072F06, 12038, 2147954438), an
    /// Autodiscover error (600) or a status (401)
    Explain {
        /// Id, code or words; without any, all cases are listed
        #[arg(allow_hyphen_values = true)]
        what: Vec<String>,
        /// Print every page
        #[arg(long)]
        list: bool,
    },
    /// Judge one certificate or chain, from a file or a live host, before it is installed or while it is in use
    #[command(after_help = "Exit codes: 0 accepted, 1 not accepted, 2 wrong usage, 3 cannot be read or reached")]
    Cert(CertOptions),
    /// Show what this machine offers: resolvers, trust stores, clock, proxy, terminal
    Doctor,
    /// Show every setting and where it comes from, or print a sample configuration file
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print shell completions
    Completions {
        /// Shell to complete for
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// What `config` does.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print every setting with its value and where it comes from: flag, environment, file or default
    Show {
        /// Settings to try
        #[command(flatten)]
        settings: SettingOptions,
    },
    /// Print a configuration file that holds every setting at its default, with comments
    Sample,
    /// Delete the list of runs that --remember keeps
    Forget,
}

/// The options that are settings too, for `config show`.
#[derive(Clone, Debug, Args)]
pub struct SettingOptions {
    /// As for a run
    #[arg(long, value_name = "CLIENT", value_parser = client_names())]
    pub client: Option<String>,
    /// As for a run
    #[arg(long, value_enum)]
    pub theme: Option<ThemeName>,
    /// As for a run
    #[arg(long, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "false", hide_possible_values = true)]
    pub ascii: Option<bool>,
    /// As for a run
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=60))]
    pub timeout: Option<u64>,
    /// As for a run
    #[arg(long, value_name = "SERVER")]
    pub resolver: Vec<String>,
    /// As for a run
    #[arg(long, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "false", hide_possible_values = true)]
    pub no_canaries: Option<bool>,
    /// As for a run
    #[arg(long, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "false", hide_possible_values = true)]
    pub mouse: Option<bool>,
    /// As for a run
    #[arg(long, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "false", hide_possible_values = true)]
    pub remember: Option<bool>,
}

/// Options of `check`.
#[derive(Debug, Args)]
pub struct CheckOptions {
    /// Mailbox addresses to look for
    #[arg(required_unless_present = "lab")]
    pub addresses: Vec<String>,
    /// Form of the report
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormatName,
    /// Run this case of the lab instead of asking the network, for the address that it is about or those that are given
    #[arg(long, value_name = "SCENARIO", conflicts_with_all = ["resolver", "ca_file", "connect_to", "scp_url", "scp_file", "ldap", "ldap_user", "ldap_password_file", "ldap_kerberos", "site", "only", "skip", "no_canaries", "fetch_issuers", "no_other_protocols", "microsoft365", "user", "token_file", "send_password_to", "ask_ntlm", "ask_get", "registry"])]
    pub lab: Option<String>,
    /// Say also what would be if something were different
    #[arg(long, value_name = "CHANGE", help = format!(
        "Say also what would be if something were different; separate several with semicolons or repeat the option. \
         One of: {}", assumption::GRAMMAR
    ))]
    pub assume: Vec<String>,
    /// Answer a question that only a person can: yes, no, or @FILE with what the question's command printed;
    /// fails-all-the-same=yes asks about the PC where nothing else is wrong
    #[arg(long, value_name = "CASE=yes|no|@FILE")]
    pub reply: Vec<String>,
    /// Whether names and addresses are seen
    #[command(flatten)]
    pub privacy: PrivacyOptions,
    /// How the run is made
    #[command(flatten)]
    pub run: RunOptions,
}

/// How a run is shown.
#[derive(Clone, Debug, Default, Args)]
pub struct ShowOptions {
    /// Colours
    #[arg(long, value_enum, default_value_t)]
    pub theme: ThemeName,
    /// Draw with ASCII characters only
    #[arg(long, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = false, value_name = "false", hide_possible_values = true, hide_default_value = true)]
    pub ascii: bool,
    /// Tell the run in lines instead of drawing it, for screen readers and pipes; on a terminal, commands in words follow.
    /// So it is without a terminal, and with TERM=dumb
    #[arg(long)]
    pub plain: bool,
    /// Take the mouse too: a click chooses a step, a pane or a key of the footer, the wheel scrolls. Text is then selected
    /// with Shift held. Off with --present
    #[arg(long, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = false, value_name = "false", hide_possible_values = true, hide_default_value = true)]
    pub mouse: bool,
    /// A certificate file (PEM, DER, PKCS#7) that the explorer compares the server's with (d)
    #[arg(long, value_name = "FILE")]
    pub compare_with: Option<PathBuf>,
    /// For an audience: private unless --no-privacy, the verdict on a card, pressed keys shown, calm redraws
    #[arg(long)]
    pub present: bool,
    /// Whether names and addresses are seen
    #[command(flatten)]
    pub privacy: PrivacyOptions,
}

/// Whether what tells who somebody is becomes placeholders.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct PrivacyOptions {
    /// Show and write placeholders (user1, 100.64.0.1) instead of users, public addresses, serial numbers and tokens;
    /// domains stay. A file of --record is private only with this option
    #[arg(long, overrides_with = "no_privacy")]
    pub privacy: bool,
    /// Show and write everything as it was measured
    #[arg(long, overrides_with = "privacy")]
    pub no_privacy: bool,
}

impl PrivacyOptions {
    /// What was asked for, or else `usual`.
    pub fn or(self, usual: bool) -> bool {
        match self {
            Self { privacy: true, .. } => true,
            Self { no_privacy: true, .. } => false,
            Self { .. } => usual,
        }
    }
}

/// Colours of the screen.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum ThemeName {
    /// Dark or light, as the terminal's background is
    #[default]
    Auto,
    /// For dark backgrounds
    Dark,
    /// For light backgrounds
    Light,
    /// White and bright colours on black
    HighContrast,
    /// Blue and orange instead of green and red
    #[value(alias = "color-blind")]
    ColourBlind,
    /// No colours
    Mono,
}

/// Form of a report about a run.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum ReportFormatName {
    /// Linear text
    #[default]
    Text,
    /// One JSON document
    Json,
    /// The run's events, one JSON document a line, as --record writes them
    Jsonl,
    /// Markdown, for tickets and wikis
    Markdown,
    /// One HTML page
    Html,
}

/// Form of a report about a certificate.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum FormatName {
    /// Linear text
    #[default]
    Text,
    /// One JSON document
    Json,
}
