//! Tickets and what is made of them, by this machine's library.

#[cfg_attr(windows, path = "windows.rs")]
#[cfg_attr(not(windows), path = "unix.rs")]
mod own;

use super::Trouble;
use crate::event::TicketTrouble;
use cross_krb5::{ClientCtx, Cred, InitiateFlags, K5Ctx as _, PendingClientCtx};

pub(super) const LIBRARY: Option<&str> = Some(own::LIBRARY);

/// What this machine holds for whoever is signed in.
pub(super) struct Ticket {
    pub(super) owner: String,
    credential: Cred,
}

/// A sign-in whose other side has yet to prove itself.
pub(super) struct Pending(PendingClientCtx);

/// Both sides have the ticket's key.
pub(super) struct Context(ClientCtx);

pub(super) enum Step {
    Continue(Pending, Vec<u8>),
    Done(Context, Vec<u8>),
}

pub(super) fn ticket() -> Result<Ticket, Trouble> {
    let (credential, owner) = own::credential()?;
    Ok(Ticket { owner, credential })
}

impl Ticket {
    /// Gets a ticket for the server, tied to `binding`, and the first token. The library insists that the other side proves
    /// itself, and on encryption.
    pub(super) fn begin(self, host: &str, binding: Option<&[u8]>) -> Result<(Pending, Vec<u8>), Trouble> {
        let service = own::service(host, &self.owner);
        let begun = ClientCtx::new_with_cred(InitiateFlags::empty(), self.credential, &service, binding);
        let (pending, token) = begun.map_err(|error| own::trouble(&error))?;
        Ok((Pending(pending), token.to_vec()))
    }
}

impl Pending {
    /// Takes the server's token.
    pub(super) fn step(self, token: &[u8]) -> Result<Step, Trouble> {
        let step = self.0.step(token).map_err(|error| match own::trouble(&error) {
            Trouble { kind: TicketTrouble::Other, message } => Trouble { kind: TicketTrouble::NotProven, message },
            known => known,
        })?;
        Ok(match step {
            cross_krb5::Step::Finished((context, token)) => {
                Step::Done(Context(context), token.map(|token| token.to_vec()).unwrap_or_default())
            }
            cross_krb5::Step::Continue((pending, token)) => Step::Continue(Pending(pending), token.to_vec()),
        })
    }
}

impl Context {
    pub(super) fn wrap(&mut self, encrypt: bool, message: &[u8]) -> Result<Vec<u8>, Trouble> {
        self.0.wrap(encrypt, message).map(|message| message.to_vec()).map_err(|error| broken(&error.to_string()))
    }

    pub(super) fn unwrap(&mut self, message: &[u8]) -> Result<Vec<u8>, Trouble> {
        self.0.unwrap(message).map(|message| message.to_vec()).map_err(|error| broken(&error.to_string()))
    }
}

impl super::layer::Protect for Context {
    fn seal(&mut self, message: &[u8]) -> std::io::Result<Vec<u8>> {
        self.wrap(true, message).map_err(|trouble| std::io::Error::other(trouble.message))
    }

    fn open(&mut self, message: &[u8]) -> std::io::Result<Vec<u8>> {
        self.unwrap(message).map_err(|trouble| std::io::Error::other(trouble.message))
    }
}

fn broken(words: &str) -> Trouble {
    Trouble { kind: TicketTrouble::NotProven, message: words.to_owned() }
}
