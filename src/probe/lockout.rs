//! Keeps accounts from being locked: one password of a command is tried at a time, and an account whose password was not
//! accepted by one kind of server is not tried at the other kind.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Where a password is tried.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Door {
    /// HTTP, at Exchange.
    Web,
    /// LDAP, at a domain controller.
    Directory,
}

/// What became of the accounts of a command; everything that signs in shares it.
#[derive(Debug, Default)]
pub struct Lockout {
    state: Mutex<State>,
    /// Whose turn it is.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    /// Passwords that were handed out, and nobody has said yet what became of them.
    underway: Vec<(Door, String)>,
    /// Accounts whose password was not accepted there.
    spent: Vec<(Door, String)>,
}

impl State {
    fn spend(&mut self) {
        for tried in std::mem::take(&mut self.underway) {
            if !self.spent.contains(&tried) {
                self.spent.push(tried);
            }
        }
    }
}

impl Lockout {
    /// Waits until no other password is tried.
    pub async fn turn(&self) -> Turn<'_> {
        let guard = self.turn.lock().await;
        // Whoever had the turn before and said nothing was stopped half-way: the password may have been refused.
        self.state().spend();
        Turn { lockout: self, _guard: guard }
    }

    /// Whether no password is tried now.
    pub fn is_free(&self) -> bool {
        self.turn.try_lock().is_ok()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Whoever panicked while holding it changed whole lists only.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The turn to try a password; it ends when dropped.
#[derive(Debug)]
pub struct Turn<'a> {
    lockout: &'a Lockout,
    _guard: tokio::sync::MutexGuard<'a, ()>,
}

impl Turn<'_> {
    /// Whether the password of these accounts may be tried there. A domain controller gets none that was refused
    /// anywhere; at the web a person may give another one in another run, so what was refused there is its keeper's part.
    pub fn may(&self, door: Door, accounts: &[String]) -> bool {
        let counts = |at: &Door| door == Door::Directory || *at == Door::Directory;
        let state = self.lockout.state();
        let mut spent = state.spent.iter().filter(|(at, _)| counts(at));
        !spent.any(|(_, known)| accounts.iter().any(|account| is_same(known, account)))
    }

    /// The password goes out. Whoever says so has to say what became of it.
    pub fn begin(&mut self, door: Door, accounts: &[String]) {
        self.lockout.state().underway = accounts.iter().map(|account| (door, account.clone())).collect();
    }

    /// It was accepted, or was not sent in the end.
    pub fn accepted(&mut self) {
        self.lockout.state().underway.clear();
    }

    /// It was not accepted, or nobody said.
    pub fn not_accepted(&mut self) {
        self.lockout.state().spend();
    }
}

/// Whether two names may be of one account: the same user, however it is written. A distinguished name does not say
/// which user it is, so it may be any.
fn is_same(one: &str, other: &str) -> bool {
    match (user(one), user(other)) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    }
}

/// The user in `anna@contoso.test`, `CONTOSO\anna` or `anna`; none in a distinguished name.
fn user(account: &str) -> Option<String> {
    let name = account.rsplit('\\').next().unwrap_or_default();
    (!name.contains('=')).then(|| name.split('@').next().unwrap_or_default().trim().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(account: &str) -> Vec<String> {
        vec![account.to_owned()]
    }

    #[tokio::test]
    async fn one_account_is_spent_however_it_is_written() {
        let lockout = Lockout::default();
        let mut turn = lockout.turn().await;
        turn.begin(Door::Directory, &named("CONTOSO\\Anna"));
        turn.not_accepted();
        for same in ["anna", "anna@contoso.test", "contoso\\ANNA", "CN=Anna Miller,DC=contoso,DC=test"] {
            assert!(!turn.may(Door::Web, &named(same)) && !turn.may(Door::Directory, &named(same)), "{same}");
        }
        assert!(turn.may(Door::Web, &named("bert@contoso.test")));
    }

    #[tokio::test]
    async fn what_the_web_refused_goes_to_no_domain_controller() {
        let lockout = Lockout::default();
        let mut turn = lockout.turn().await;
        turn.begin(Door::Web, &named("anna@contoso.test"));
        turn.not_accepted();
        assert!(!turn.may(Door::Directory, &named("CONTOSO\\anna")));
        assert!(turn.may(Door::Web, &named("anna@contoso.test")), "its keeper knows whether it is another password");
    }

    #[tokio::test]
    async fn who_was_stopped_half_way_may_have_been_refused() {
        let lockout = Lockout::default();
        lockout.turn().await.begin(Door::Directory, &named("anna"));
        assert!(!lockout.turn().await.may(Door::Directory, &named("anna")));
        let accepted = Lockout::default();
        let mut turn = accepted.turn().await;
        turn.begin(Door::Directory, &named("anna"));
        turn.accepted();
        drop(turn);
        assert!(accepted.turn().await.may(Door::Directory, &named("anna")));
    }
}
