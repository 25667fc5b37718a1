//! Keeps what a technician gave to sign in with, and decides who gets it.

use crate::{
    event::{Account, HttpExchange, Proof, Scheme, Withheld, is_confirmed},
    probe::lockout::{Door, Lockout, Turn},
};
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use url::Url;

/// Ways to prove a password, the one that shows the server least first.
const BY_PASSWORD: [Scheme; 3] = [Scheme::Ntlm, Scheme::Negotiate, Scheme::Basic];

/// Port of https (RFC 9110 4.2.2).
const HTTPS_PORT: u16 = 443;

/// Where an account is kept. One server is dealt with at a time, so that a refusal is known before the next is asked.
#[derive(Debug, Default)]
pub struct Keeper {
    state: Mutex<State>,
    /// Whose turn it is, and which accounts a domain controller refused.
    lockout: Arc<Lockout>,
}

#[derive(Debug, Default)]
struct State {
    /// What is kept; gone for good once a server did not accept it.
    account: Option<Account>,
    /// Something was kept that no server may have any more.
    spent: bool,
    /// That became so in this run, in which nothing else is kept either.
    spent_in_run: bool,
    /// Places that got it in this run.
    sent: HashSet<String>,
    /// It was handed out, and nobody has said yet what became of it.
    underway: bool,
}

impl State {
    fn forget(&mut self) {
        self.underway = false;
        self.account = None;
        self.spent = true;
        self.spent_in_run = true;
    }
}

impl Keeper {
    /// A keeper of this account.
    pub fn of(account: Account) -> Self {
        let state = State { account: Some(account), ..State::default() };
        Self { state: Mutex::new(state), lockout: Arc::default() }
    }

    /// The same, in turn with everything else that shares this.
    #[must_use]
    pub fn sharing(self, lockout: Arc<Lockout>) -> Self {
        Self { lockout, ..self }
    }

    /// Waits until no other server is dealt with, and gives hold of what is kept; nothing where nothing ever was.
    pub async fn hold(&self) -> Option<Hold<'_>> {
        let turn = self.lockout.turn().await;
        let mut state = self.state();
        if state.underway {
            // Whoever held it was stopped half-way: it may have been refused.
            state.forget();
        }
        (state.account.is_some() || state.spent).then_some(Hold { keeper: self, turn })
    }

    /// Keeps this account from now on, in place of any other; not in a run in which a server did not accept one, because
    /// accounts are locked after few attempts.
    pub fn give(&self, account: Account) {
        let mut state = self.state();
        if state.underway && self.lockout.is_free() {
            state.forget();
        }
        if !state.spent_in_run {
            state.account = Some(account);
            state.spent = false;
            state.sent.clear();
        }
    }

    /// A run begins.
    pub fn begin(&self) {
        let mut state = self.state();
        state.sent.clear();
        state.spent_in_run = false;
    }

    /// A person asks a place again: what was accepted may be sent there again.
    pub fn again(&self) {
        self.state().sent.clear();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Whoever panicked while holding it changed single fields only.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hold of what is kept, for one server.
#[derive(Debug)]
pub struct Hold<'a> {
    keeper: &'a Keeper,
    turn: Turn<'a>,
}

/// A server that asks for credentials.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The URL that was asked.
    pub url: &'a Url,
    /// The mailbox that it was asked about.
    pub mailbox: &'a str,
    /// What it answered to the request without credentials.
    pub exchange: &'a HttpExchange,
}

/// What may be sent to one server: user names and ways, each tried only after the one before was accepted.
#[derive(Clone, Debug)]
pub struct Order {
    /// The attempts in order; the user's name is empty with a token.
    pub attempts: Vec<(String, Scheme)>,
    /// What proves who it is.
    pub proof: Proof,
}

impl Hold<'_> {
    /// Hands out what is kept, if this server may have it. Whoever takes it has to say what became of it.
    ///
    /// # Errors
    /// Why this server may not.
    pub fn hand_out(&mut self, asking: &Asking<'_>) -> Result<Order, Withheld> {
        let mut state = self.keeper.state();
        let Some(account) = &state.account else { return Err(Withheld::NotAcceptedBefore) };
        if asking.url.scheme() != "https" {
            return Err(Withheld::NotHttps);
        }
        if !asking.exchange.verified || asking.exchange.library.is_some() {
            return Err(Withheld::NotVerified);
        }
        let host = asking.url.host_str().unwrap_or_default();
        let port = asking.url.port_or_known_default().unwrap_or(HTTPS_PORT);
        if host.is_empty() || !is_confirmed(&account.hosts, host, port, HTTPS_PORT) {
            return Err(Withheld::HostNotConfirmed);
        }
        if !self.turn.may(Door::Web, &account.users) {
            return Err(Withheld::NotAcceptedBefore);
        }
        let attempts = attempts(account, &asking.exchange.schemes);
        if attempts.is_empty() {
            return Err(Withheld::NoCommonScheme);
        }
        let order = Order { attempts, proof: account.proof.clone() };
        let users = account.users.clone();
        if !state.sent.insert(place(asking)) {
            return Err(Withheld::SentBefore);
        }
        state.underway = true;
        self.turn.begin(Door::Web, &users);
        Ok(order)
    }

    /// The server accepted it, or nothing was sent in the end.
    pub fn keep(&mut self) {
        self.keeper.state().underway = false;
        self.turn.accepted();
    }

    /// The server did not accept it, or did not say: it goes nowhere any more (accounts are locked after few attempts).
    pub fn forget(&mut self) {
        self.keeper.state().forget();
        self.turn.not_accepted();
    }
}

/// What makes a place one and the same.
fn place(asking: &Asking<'_>) -> String {
    let url = asking.url;
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or_default();
    format!("{host}:{port}{} {}", url.path(), asking.mailbox).to_ascii_lowercase()
}

/// User names and schemes that fit both what was given and what the server offers.
fn attempts(account: &Account, offered: &[String]) -> Vec<(String, Scheme)> {
    let fits = |scheme: &Scheme| match account.proof {
        Proof::Password(_) => BY_PASSWORD.contains(scheme),
        Proof::Token(_) => *scheme == Scheme::Bearer,
    };
    let is_offered = |scheme: &Scheme| offered.iter().any(|name| scheme.header_name().eq_ignore_ascii_case(name));
    let wanted: Vec<Scheme> = match (account.schemes.as_slice(), &account.proof) {
        ([], Proof::Password(_)) => BY_PASSWORD.into_iter().filter(is_offered).take(1).collect(),
        ([], Proof::Token(_)) => vec![Scheme::Bearer],
        (schemes, _) => schemes.to_vec(),
    };
    let schemes: Vec<Scheme> = wanted.into_iter().filter(fits).filter(is_offered).collect();
    match &account.proof {
        Proof::Token(_) => schemes.into_iter().map(|scheme| (String::new(), scheme)).collect(),
        Proof::Password(_) => {
            let of = |user: &String| schemes.iter().map(|scheme| (user.clone(), *scheme)).collect::<Vec<_>>();
            account.users.iter().flat_map(of).collect()
        }
    }
}

#[cfg(test)]
#[path = "keeper_tests.rs"]
mod tests;
