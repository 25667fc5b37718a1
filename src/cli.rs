//! What may be typed. Meaning is given to it in [`config`](crate::config).

mod typed;

pub use typed::{Typed, parse};

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

Settings come from flags, then DISCOSCOPE_CLIENT, _THEME, _ASCII, _TIMEOUT, _RESOLVER, _CANARIES, _MOUSE and _REMEMBER,
then the configuration file, then defaults; `discoscope config show` says which.

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
    #[arg(long, value_name = "SCENARIO", conflicts_with_all = ["resolver", "ca_file", "connect_to", "scp_url", "scp_file", "ldap", "ldap_user", "ldap_password_file", "site", "only", "skip", "no_canaries", "fetch_issuers", "no_other_protocols", "microsoft365", "user", "token_file", "send_password_to", "ask_ntlm", "ask_get", "registry"])]
    pub lab: Option<String>,
    /// Say also what would be if something were different; separate several with semicolons or repeat the option.
    /// One of: remove NAME | remove NAME A|AAAA ADDRESS | add NAME A|AAAA|CNAME|SRV|TXT DATA | certificate lists HOST |
    /// certificate sound at HOST | certificate trusted at HOST | encryption current at HOST | refuse HOST:PORT |
    /// answer HOST | missing HOST | directory URL | switch VALUE | unset VALUE | services at HOST | clock right |
    /// resolver truthful | client FAMILY
    #[arg(long, value_name = "CHANGE")]
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

/// Options of `cert`.
#[derive(Clone, Debug, Args)]
pub struct CertOptions {
    /// A file (PEM, DER, PKCS#7, PFX; - is standard input), or a host to connect to (port 443 unless another is given)
    #[arg(value_name = "FILE|HOST[:PORT]")]
    pub source: String,
    /// Another file or host: say besides what its certificate has in common with this one. The verdict stays this one's
    #[arg(long, value_name = "FILE|HOST[:PORT]")]
    pub compare: Option<String>,
    /// Name that the certificate has to cover; repeat for several. For a host, the host itself when none is given
    #[arg(long, value_name = "HOST", allow_hyphen_values = true)]
    pub name: Vec<String>,
    /// Time to judge for, such as 2026-12-24T00:00:00Z, or now
    #[arg(long, value_name = "TIME", default_value = "now")]
    pub at: String,
    /// PEM or DER file with roots to trust besides this machine's
    #[arg(long, value_name = "FILE")]
    pub ca_file: Vec<PathBuf>,
    /// Trust nothing but the roots of --ca-file
    #[arg(long, requires = "ca_file")]
    pub only_ca_file: bool,
    /// Fetch the issuer's certificate that is missing, from the address in the certificate (asks a third party)
    #[arg(long)]
    pub fetch_issuers: bool,
    /// Read the password of a PFX from the first line of this file (- is standard input) instead of asking
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Form of the report
    #[arg(long, value_enum, default_value_t)]
    pub format: FormatName,
    /// Name server to ask instead of this machine's (ADDR or ADDR:PORT, tcp://ADDR, tls://HOST, https://HOST/PATH)
    #[arg(long, value_name = "SERVER")]
    pub resolver: Option<String>,
    /// Connect to ADDR:PORT whenever HOST:PORT is meant, as curl's option
    #[arg(long, value_name = "HOST:PORT:ADDR:PORT")]
    pub connect_to: Vec<String>,
    /// Seconds to wait for one connection; the other limits follow it
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=60))]
    pub timeout: u64,
}

/// How a run is made.
#[derive(Clone, Debug, Default, Args)]
pub struct RunOptions {
    /// Outlook family whose verdict is given
    #[arg(long, value_name = "CLIENT", value_parser = client_names(), default_value = "outlook365")]
    pub client: String,
    /// Name server to ask instead of this machine's, over UDP (ADDR or ADDR:PORT), TCP (tcp://ADDR), TLS (tls://HOST) or HTTPS
    /// (https://HOST/PATH; #ADDR behind it says where to connect); a second and further ones are compared with the first,
    /// which may be `system`: this machine's own
    #[arg(long, value_name = "SERVER")]
    pub resolver: Vec<String>,
    /// PEM or DER file with roots to trust besides this machine's
    #[arg(long, value_name = "FILE")]
    pub ca_file: Vec<PathBuf>,
    /// Connect to ADDR:PORT whenever HOST:PORT is meant, as curl's option
    #[arg(long, value_name = "HOST:PORT:ADDR:PORT")]
    pub connect_to: Vec<String>,
    /// URL of a service connection point, as Active Directory holds it
    #[arg(long, value_name = "URL")]
    pub scp_url: Vec<String>,
    /// Ask Active Directory for its service connection points: ldap://SERVER, ldaps://SERVER, or auto to find a domain
    /// controller of the mail domain by DNS; repeat it to compare domain controllers
    #[arg(long, value_name = "URL|auto")]
    pub ldap: Vec<String>,
    /// Active Directory site of the PC, which decides whose service connection point comes first
    #[arg(long, value_name = "NAME")]
    pub site: Option<String>,
    /// Account to sign in to the domain controller with, as name@domain, DOMAIN\\name or distinguished name; its password
    /// is sent once, over verified TLS only
    #[arg(long, value_name = "NAME")]
    pub ldap_user: Option<String>,
    /// Read that password from the first line of this file (- is standard input) instead of asking
    #[arg(long, value_name = "FILE")]
    pub ldap_password_file: Option<PathBuf>,
    /// Read service connection points from this file (- is standard input): an LDIF export, or what
    /// Get-ClientAccessService | Format-List prints
    #[arg(long, value_name = "FILE")]
    pub scp_file: Option<PathBuf>,
    /// Probe only these candidates
    #[arg(long, value_name = "CANDIDATE", value_delimiter = ',', value_parser = candidate_names())]
    pub only: Vec<String>,
    /// Leave these candidates out
    #[arg(long, value_name = "CANDIDATE", value_delimiter = ',', value_parser = candidate_names())]
    pub skip: Vec<String>,
    /// Seconds to wait for one connection; the other limits follow it
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=60))]
    pub timeout: u64,
    /// Send no extra questions (random labels, handshake without server name, another path)
    #[arg(long, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = false, value_name = "false", hide_possible_values = true, hide_default_value = true)]
    pub no_canaries: bool,
    /// Fetch the issuer's certificate that a server did not send, from the address in its certificate (asks a third party)
    #[arg(long)]
    pub fetch_issuers: bool,
    /// What the registry of the user's PC holds, when that is another PC: a file (- is standard input) with the output of
    /// `reg query`, an export, or lines of its hosts file; docs/this-pc.md says what to run there
    #[arg(long, value_name = "FILE|-")]
    pub registry: Vec<PathBuf>,
    /// Do not read the registry and the files of this PC (on Windows they are read, never changed)
    #[arg(long, conflicts_with = "registry")]
    pub no_pc: bool,
    /// Do not ask an endpoint, once each, what it says to clients other than Outlook (SOAP, ActiveSync)
    #[arg(long)]
    pub no_other_protocols: bool,
    /// Ask Microsoft which organisation the mail domain belongs to and how its users sign in (tells Microsoft the domain);
    /// auto asks when the domain's own records point to Microsoft 365
    #[arg(long, value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "yes", default_value_t)]
    pub microsoft365: OutsideWishName,
    /// Ask servers that offer NTLM for its first answer: names of the server and its domain, and its time. Nothing about
    /// anybody is sent
    #[arg(long)]
    pub ask_ntlm: bool,
    /// Where a sign-in was accepted, ask once more as a browser does, to see what a person is shown there. By Basic the
    /// password travels a second time
    #[arg(long)]
    pub ask_get: bool,
    /// What to sign in with
    #[command(flatten)]
    pub sign_in: SignInOptions,
    /// Write the run's events to this file, to be shown again with `replay`
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
}

/// When somebody outside is asked about the domain.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum OutsideWishName {
    /// When the domain's records point there
    #[default]
    Auto,
    /// In any case
    Yes,
    /// Never
    No,
}

/// What to sign in with, and where it may go.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Signing in")]
pub struct SignInOptions {
    /// User name, as anna@contoso.com or CONTOSO\anna. Repeat it to try another with the same password once the first was
    /// accepted
    #[arg(long, value_name = "NAME")]
    pub user: Vec<String>,
    /// Read the password from the first line of this file (- is standard input) instead of asking for it
    #[arg(long, value_name = "FILE", requires = "user")]
    pub password_file: Option<PathBuf>,
    /// Read an access token from the first line of this file (- is standard input); it goes to servers that offer Bearer
    #[arg(long, value_name = "FILE", conflicts_with_all = ["user", "password_file"])]
    pub token_file: Option<PathBuf>,
    /// Host that may get the password or token, over TLS that passes every check and once; repeat for several. Run without
    /// first: the report says which host asks for it, and what for
    #[arg(long, value_name = "HOST")]
    pub send_password_to: Vec<String>,
    /// Way to sign in: ntlm, negotiate or basic; without it, the one offered that shows the server least. Several, as in
    /// basic,ntlm, are compared: each is tried once the one before was accepted
    #[arg(long, value_name = "SCHEME", value_delimiter = ',', value_parser = ["ntlm", "negotiate", "basic", "bearer"])]
    pub scheme: Vec<String>,
}

/// How a run in the lab is made.
#[derive(Clone, Debug, Default, Args)]
pub struct LabRunOptions {
    /// Outlook family whose verdict is given
    #[arg(long, value_name = "CLIENT", value_parser = client_names(), default_value = "outlook365")]
    pub client: String,
    /// Write the run's events to this file, to be shown again with `replay`
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
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

fn client_names() -> clap::builder::PossibleValuesParser {
    crate::event::ClientFamily::ALL.map(crate::event::ClientFamily::as_str).into()
}

fn candidate_names() -> clap::builder::PossibleValuesParser {
    ["office365", "scp", "root", "autodiscover", "redirect", "srv"].into()
}
