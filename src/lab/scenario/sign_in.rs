//! Signing in: what a scenario's technician gives, and what its servers take.

use super::{Answer, Scenario};
use crate::{
    event::{Account, Proof, Scheme},
    secret::Secret,
};
use serde::Deserialize;

/// What somebody signs in with, as the options of the command line give it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInSpec {
    /// User names in order.
    pub users: Vec<String>,
    /// The password, which opens nothing but this lab.
    pub password: String,
    /// Hosts that may get it.
    pub hosts: Vec<String>,
    /// Ways in order; the one that shows the server least when empty.
    #[serde(default)]
    pub schemes: Vec<Scheme>,
}

/// An answer that only somebody who signs in gets; everybody else gets the 401 of Exchange.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guarded {
    /// Name of the front-end server (`X-FEServer`).
    #[serde(default = "super::server::default_server")]
    pub server: String,
    /// Version (`X-OWA-Version`).
    #[serde(default = "super::server::default_version")]
    pub version: String,
    /// Values of `WWW-Authenticate`; as Exchange has them when empty.
    #[serde(default)]
    pub schemes: Vec<String>,
    /// User names that Basic is accepted with. NTLM gets as far as the challenge, and its proof is refused, whatever it is:
    /// so it goes behind a proxy that takes connections apart, or one with a certificate of its own.
    pub users: Vec<String>,
    /// The password that goes with them.
    pub password: String,
    /// The server does not even answer NTLM's first message with a challenge.
    #[serde(default)]
    pub without_challenge: bool,
    /// What whoever signed in gets.
    pub answer: Answer,
    /// What whoever signed in gets for a GET, where that differs.
    #[serde(default)]
    pub get: Option<Answer>,
}

impl Scenario {
    /// What somebody signs in with.
    pub fn account(&self) -> Option<Account> {
        self.sign_in.as_ref().map(|given| Account {
            users: given.users.clone(),
            proof: Proof::Password(Secret::new(&given.password)),
            schemes: given.schemes.clone(),
            hosts: given.hosts.clone(),
        })
    }
}
