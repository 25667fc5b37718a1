//! Options of what goes to the network.

use super::FormatName;
use clap::{ArgAction, Args, ValueEnum};
use std::path::PathBuf;

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
    /// is sent once to each server, over verified TLS only, and to no other than those that --ldap URL or --send-password-to
    /// names
    #[arg(long, value_name = "NAME")]
    pub ldap_user: Option<String>,
    /// Read that password from the first line of this file (- is standard input) instead of asking
    #[arg(long, value_name = "FILE")]
    pub ldap_password_file: Option<PathBuf>,
    /// Sign in to the domain controller by Kerberos, with the ticket of whoever is signed in on this machine (klist shows
    /// it); no password is asked for or sent
    #[arg(long, conflicts_with_all = ["ldap_user", "ldap_password_file"], hide = cfg!(not(feature = "kerberos")))]
    pub ldap_kerberos: bool,
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
pub struct SignInOptions {
    /// User name, as anna@contoso.com or CONTOSO\anna. Repeat it to try another with the same password once the first was
    /// accepted
    #[arg(help_heading = "Signing in", long, value_name = "NAME")]
    pub user: Vec<String>,
    /// Read the password from the first line of this file (- is standard input) instead of asking for it
    #[arg(help_heading = "Signing in", long, value_name = "FILE", requires = "user")]
    pub password_file: Option<PathBuf>,
    /// Read an access token from the first line of this file (- is standard input); it goes to servers that offer Bearer
    #[arg(help_heading = "Signing in", long, value_name = "FILE", conflicts_with_all = ["user", "password_file"])]
    pub token_file: Option<PathBuf>,
    /// Host that may get the password or token, over TLS that passes every check and once; repeat for several. Another port
    /// than the usual one is written behind it. Run without first: the report says which host asks for it, and what for
    #[arg(help_heading = "Signing in", long, value_name = "HOST[:PORT]")]
    pub send_password_to: Vec<String>,
    /// Way to sign in: ntlm, negotiate or basic; without it, the one offered that shows the server least. Several, as in
    /// basic,ntlm, are compared: each is tried once the one before was accepted
    #[arg(help_heading = "Signing in", long, value_name = "SCHEME", value_delimiter = ',', value_parser = ["ntlm", "negotiate", "basic", "bearer"])]
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

pub(super) fn client_names() -> clap::builder::PossibleValuesParser {
    crate::event::ClientFamily::ALL.map(crate::event::ClientFamily::as_str).into()
}

fn candidate_names() -> clap::builder::PossibleValuesParser {
    ["office365", "scp", "root", "autodiscover", "redirect", "srv"].into()
}
