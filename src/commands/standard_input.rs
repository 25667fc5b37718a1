//! Standard input, which can be read only once.

use crate::{cli::RunOptions, exit};
use std::path::Path;

/// Checks that one option at most reads standard input.
///
/// # Errors
/// The exit code and the words, where two options would.
pub(super) fn read_once(options: &RunOptions) -> Result<(), (u8, String)> {
    let sign_in = &options.sign_in;
    let single = [
        ("--scp-file", &options.scp_file),
        ("--ldap-password-file", &options.ldap_password_file),
        ("--password-file", &sign_in.password_file),
        ("--token-file", &sign_in.token_file),
    ];
    let single = single.into_iter().filter_map(|(option, path)| Some((option, path.as_deref()?)));
    let registry = options.registry.iter().map(|path| ("--registry", path.as_path()));
    let readers: Vec<&str> =
        single.chain(registry).filter(|(_, path)| *path == Path::new("-")).map(|(option, _)| option).collect();
    match readers.as_slice() {
        [] | [_] => Ok(()),
        several => {
            Err((exit::USAGE, format!("standard input can be read only once, not by {}", several.join(" and "))))
        }
    }
}
