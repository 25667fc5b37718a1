//! Built without the feature `kerberos`: there are no tickets.

use super::Trouble;
use crate::event::TicketTrouble;
use std::io;

pub(super) const LIBRARY: Option<&str> = None;

pub(super) struct Ticket {
    pub(super) owner: String,
}

/// There is none.
pub(super) enum Pending {}

/// There is none.
pub(super) enum Context {}

#[allow(dead_code, reason = "the library's side of the seam makes both")]
pub(super) enum Step {
    Continue(Pending, Vec<u8>),
    Done(Context, Vec<u8>),
}

fn none<T>() -> Result<T, Trouble> {
    Err(Trouble { kind: TicketTrouble::Other, message: "this program was built without Kerberos".to_owned() })
}

pub(super) fn ticket() -> Result<Ticket, Trouble> {
    none()
}

impl Ticket {
    pub(super) fn begin(self, _host: &str, _binding: Option<&[u8]>) -> Result<(Pending, Vec<u8>), Trouble> {
        none()
    }
}

impl Pending {
    pub(super) fn step(self, _token: &[u8]) -> Result<Step, Trouble> {
        match self {}
    }
}

impl Context {
    pub(super) fn wrap(&mut self, _encrypt: bool, _message: &[u8]) -> Result<Vec<u8>, Trouble> {
        match *self {}
    }

    pub(super) fn unwrap(&mut self, _message: &[u8]) -> Result<Vec<u8>, Trouble> {
        match *self {}
    }
}

impl super::layer::Protect for Context {
    fn seal(&mut self, _message: &[u8]) -> io::Result<Vec<u8>> {
        match *self {}
    }

    fn open(&mut self, _message: &[u8]) -> io::Result<Vec<u8>> {
        match *self {}
    }
}
