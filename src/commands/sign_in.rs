//! What somebody signs in with, out of options, files and a question at the terminal. Never an argument, never a variable.

use super::{Refusal, cert};
use crate::{
    cli::{RunOptions, SignInOptions},
    config,
    event::{Account, Proof, Scheme},
    exit,
    secret::Secret,
    tui::terminal,
};
use std::io::{self, IsTerminal as _};

/// What the options give to sign in with; nothing when they give nothing. Asks for the password where no file holds it.
///
/// # Errors
/// The exit code and the sentence for options that do not go together, and for files that cannot be read.
pub(super) async fn account(options: &RunOptions) -> Result<Option<Account>, Refusal> {
    let given = &options.sign_in;
    if given.user.is_empty() && given.token_file.is_none() {
        return match (given.send_password_to.is_empty(), given.scheme.is_empty()) {
            (true, true) => Ok(None),
            (false, _) if options.ldap_user.is_none() => {
                let words = "--send-password-to needs --user NAME, --ldap-user NAME or --token-file FILE";
                Err((exit::USAGE, words.to_owned()))
            }
            (false, true) => Ok(None),
            (_, false) => Err((exit::USAGE, "--scheme needs --user NAME or --token-file FILE".to_owned())),
        };
    }
    let hosts = hosts(given)?;
    let users = given.user.iter().map(|user| user_name(user)).collect::<Result<_, _>>()?;
    let proof = match &given.token_file {
        Some(path) => Proof::Token(cert::secret_from("--token-file", path)?),
        None => Proof::Password(password(given, &hosts).await?),
    };
    if proof.secret().is_empty() {
        return Err((exit::USAGE, "there is nothing to sign in with: the password or token is empty".to_owned()));
    }
    if matches!(&proof, Proof::Token(token) if !token.expose().bytes().all(|byte| byte.is_ascii_graphic())) {
        return Err((exit::USAGE, "--token-file: the first line is no token (RFC 6750 2.1)".to_owned()));
    }
    let schemes = given.scheme.iter().filter_map(|name| Scheme::from_name(name)).collect();
    Ok(Some(Account { users, proof, schemes, hosts }))
}

/// The hosts that somebody agreed to.
fn hosts(given: &SignInOptions) -> Result<Vec<String>, Refusal> {
    if given.send_password_to.is_empty() {
        let words = "nothing is sent to a host that nobody named: run without --user first, then name the host that asks \
                     for the password with --send-password-to HOST";
        return Err((exit::USAGE, words.to_owned()));
    }
    confirmed(given)
}

/// The hosts that may get a password, as options name them.
///
/// # Errors
/// The exit code and the sentence for what is no host.
pub(super) fn confirmed(given: &SignInOptions) -> Result<Vec<String>, Refusal> {
    let host = |typed: &String| config::host_to_sign_in_at(typed).map_err(|error| (exit::USAGE, error.to_string()));
    given.send_password_to.iter().map(host).collect()
}

/// A user name that every scheme can carry.
fn user_name(typed: &str) -> Result<String, Refusal> {
    let wrong = |why: &str| (exit::USAGE, format!("--user {}: {why}", crate::text::sanitise_line(typed)));
    match typed {
        _ if typed.is_empty() || typed.chars().count() > 256 => Err(wrong("a user name has 1 to 256 characters")),
        _ if typed.chars().any(char::is_control) => Err(wrong("it holds control characters")),
        // RFC 7617 2: the colon ends the name.
        _ if typed.contains(':') => Err(wrong("a user name holds no colon")),
        _ => Ok(typed.to_owned()),
    }
}

async fn password(given: &SignInOptions, hosts: &[String]) -> Result<Secret, Refusal> {
    if let Some(path) = &given.password_file {
        return cert::secret_from("--password-file", path);
    }
    if !io::stdin().is_terminal() {
        let words = "there is no terminal to ask for the password on; give --password-file FILE (- is standard input)";
        return Err((exit::USAGE, words.to_owned()));
    }
    let user = given.user.first().map_or("", String::as_str);
    let prompt = format!("Password of {} for {}: ", crate::text::sanitise_line(user), hosts.join(", "));
    let typed = terminal::ask_secret(&prompt).await;
    let typed = typed.map_err(|error| (exit::CANNOT_RUN, format!("the terminal cannot be read: {error}")))?;
    typed.map(|typed| Secret::new(&typed)).ok_or((exit::INTERRUPTED, "stopped".to_owned()))
}
