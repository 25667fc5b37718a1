//! What the options about Active Directory mean: where to ask, with which account, and what an export holds.

use super::{
    cert::{password_from, read_bounded, secret},
    sign_in,
};
use crate::{
    cli::RunOptions,
    config, directory,
    engine::{Directory, Keeper, Setup},
    exit,
    probe::ldap::{Credentials, kerberos},
    text::sanitise_line,
    tui::terminal,
};
use secrecy::{ExposeSecret as _, SecretString};
use std::{
    io::{self, IsTerminal as _},
    path::Path,
    sync::Arc,
};

/// Exit code and message.
type Refusal = (u8, String);

/// Active Directory as these options want it looked at; nothing when they do not. All runs of a command share it, so that
/// a password that was refused once is not tried again for the next address.
///
/// # Errors
/// For values that cannot be used, a file that holds no entry, and a password that is not to be had.
pub(super) async fn wanted(options: &RunOptions) -> Result<Option<Arc<Directory>>, Refusal> {
    let ticket = ticket(options)?;
    let places = config::directory_places(&options.ldap).map_err(|error| (error.exit_code(), error.to_string()))?;
    let site = options.site.as_deref().map(config::site).transpose();
    let site = site.map_err(|error| (error.exit_code(), error.to_string()))?;
    if options.ldap.is_empty() && options.scp_file.is_none() {
        let unused = [(site.is_some(), "--site"), (options.ldap_user.is_some(), "--ldap-user")];
        return match unused.into_iter().find(|(given, _)| *given) {
            Some((_, option)) => Err((exit::USAGE, format!("{option} says nothing without --ldap or --scp-file"))),
            None => Ok(None),
        };
    }
    let file = options.scp_file.as_deref().map(export).transpose()?;
    let confirmed = sign_in::confirmed(&options.sign_in)?;
    let credentials = match &options.ldap_user {
        Some(account) if options.ldap.is_empty() => {
            return Err((exit::USAGE, format!("--ldap-user {}: give --ldap, too", sanitise_line(account))));
        }
        Some(account) => {
            let mut hosts: Vec<String> = places.iter().map(ToString::to_string).collect();
            hosts.extend(confirmed.iter().cloned());
            let password = password(account, options, &hosts).await?;
            Some(Credentials { account: account.clone(), password, lockout: Arc::default() })
        }
        None if options.ldap_password_file.is_some() => {
            return Err((exit::USAGE, "--ldap-password-file: give --ldap-user, too".to_owned()));
        }
        None => None,
    };
    let automatic = options.ldap.iter().any(|text| text == directory::AUTOMATIC);
    let asked = Directory { places, automatic, site, credentials, ticket, file, confirmed, ..Directory::default() };
    Ok(Some(Arc::new(asked)))
}

/// Whether a ticket is to be used.
fn ticket(options: &RunOptions) -> Result<bool, Refusal> {
    let wrong = |words: &str| Err((exit::USAGE, format!("--ldap-kerberos: {words}")));
    match (options.ldap_kerberos, kerberos::LIBRARY) {
        (true, None) => wrong("this program was built without the feature kerberos"),
        (true, Some(_)) if options.ldap.is_empty() => wrong("give --ldap, too"),
        (given, _) => Ok(given),
    }
}

/// The run with Active Directory in it, before anything is given to its keeper.
pub(super) fn with(setup: Setup, directory: Option<&Arc<Directory>>) -> Setup {
    let mut setup = setup;
    setup.input.directory = directory.is_some();
    setup.directory = directory.cloned();
    if let Some(credentials) = directory.and_then(|directory| directory.credentials.as_ref()) {
        // One password at a time, whoever asks for it.
        setup.keeper = Arc::new(Keeper::default().sharing(Arc::clone(&credentials.lockout)));
    }
    setup
}

fn export(path: &Path) -> Result<(String, directory::Export), Refusal> {
    let named = sanitise_line(&path.display().to_string());
    let wrong = |reason: String| (exit::USAGE, format!("--scp-file {named}: {reason}"));
    let bytes = read_bounded(&path.display().to_string()).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    let export = directory::read(&bytes).map_err(|error| wrong(error.to_string()))?;
    let file = path.file_name().map(|name| sanitise_line(&name.to_string_lossy()));
    Ok((file.filter(|_| named != "-").unwrap_or_else(|| "standard input".to_owned()), export))
}

/// The account's password, for these places. Where nobody named one it is not asked for: it would go nowhere.
async fn password(account: &str, options: &RunOptions, hosts: &[String]) -> Result<SecretString, Refusal> {
    let password = match &options.ldap_password_file {
        Some(path) => password_from("--ldap-password-file", path)?,
        None if hosts.is_empty() => return Ok(SecretString::from(String::new())),
        None if io::stdin().is_terminal() => asked(account, hosts).await?,
        None => {
            let words = "there is no terminal to ask on; give --ldap-password-file FILE";
            return Err((exit::USAGE, format!("--ldap-user {}: {words}", sanitise_line(account))));
        }
    };
    // With an account and no password a server signs nobody in and says that all is well (RFC 4513 5.1.2).
    if password.expose_secret().is_empty() {
        return Err((exit::USAGE, "the password for --ldap-user is empty".to_owned()));
    }
    Ok(password)
}

async fn asked(account: &str, servers: &[String]) -> Result<SecretString, Refusal> {
    let servers: Vec<String> = servers.iter().map(|server| sanitise_line(server)).collect();
    let prompt = format!(
        "Password of {} for {} (sent once, over verified TLS only): ",
        sanitise_line(account),
        servers.join(", ")
    );
    let typed = terminal::ask_secret(&prompt).await;
    let typed = typed.map_err(|error| (exit::CANNOT_RUN, format!("the terminal cannot be read: {error}")))?;
    typed.map(|typed| secret(&typed)).ok_or_else(|| (exit::INTERRUPTED, "stopped".to_owned()))
}
