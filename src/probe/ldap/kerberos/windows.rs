//! The tickets of the session of Windows, by SSPI.

use super::super::Trouble;
use crate::event::TicketTrouble;
use cross_krb5::{Cred, InitiateFlags, K5Cred as _};
use std::{env, fmt::Display};

pub(super) const LIBRARY: &str = "SSPI";

/// What there is. Whose it is, is taken from the session's variables: SSPI's own answer is not within reach of safe code.
pub(super) fn credential() -> Result<(Cred, String), Trouble> {
    let credential = Cred::client_acquire(InitiateFlags::empty(), None).map_err(|error| trouble(&error))?;
    let variable = |name| env::var(name).unwrap_or_default();
    let owner = match (variable("USERNAME"), variable("USERDNSDOMAIN")) {
        (user, realm) if realm.is_empty() => user,
        (user, realm) => format!("{user}@{realm}"),
    };
    Ok((credential, owner))
}

/// Windows finds the realm by itself.
pub(super) fn service(host: &str, _owner: &str) -> String {
    format!("ldap/{host}")
}

/// Windows says what is wrong in its own language; the library passes on no number.
pub(super) fn trouble(error: &impl Display) -> Trouble {
    Trouble { kind: TicketTrouble::Other, message: format!("{error:#}") }
}
