//! Signing in with the ticket of whoever is signed in on this machine: SASL GSSAPI (RFC 4752).
//!
//! Only with the cargo feature `kerberos`: GSSAPI, or SSPI where Windows brings it. No password is asked for or known
//! here. In clear every later message is encrypted with the ticket's key, as domain controllers demand; over TLS, on which
//! they take no second protection (\[MS-ADTS\] 5.1.1.1.2), the sign-in is tied to the server's certificate (RFC 5929 4).

mod layer;
#[cfg_attr(not(feature = "kerberos"), path = "kerberos/absent.rs")]
#[cfg_attr(feature = "kerberos", path = "kerberos/library.rs")]
mod platform;

pub(super) use layer::{Key, Sealed};

use super::{
    SUCCESS,
    session::{End, Fault, Session},
};
use crate::{
    directory,
    event::{
        DirectoryAnswer, DirectoryFailure, DirectoryProtection, DirectorySignIn, DirectorySignInResult,
        DirectorySignInWay, TicketTrouble,
    },
    text::sanitise_line,
};
use platform::{Context, Pending, Step, Ticket};
use std::{net::IpAddr, time::Duration};
use tokio::{sync::oneshot, time::timeout};

/// The mechanism's name (RFC 4752 3).
const MECHANISM: &str = "GSSAPI";
/// The server waits for the next token (RFC 4511 appendix A).
const IN_PROGRESS: u32 = 14;
/// Messages of one sign-in; Kerberos takes three.
const ROUND_LIMIT: usize = 6;
/// Longest token that is taken, in bytes. Windows makes none larger than 48,000.
const TOKEN_LIMIT: usize = 64 * 1024;

/// The library that signs in, where this program was built with one.
pub const LIBRARY: Option<&str> = platform::LIBRARY;

/// Whose ticket there is on this machine (`anna@CONTOSO.TEST`). Nobody is asked over the network.
///
/// # Errors
/// Why there is none, in the library's words.
pub fn owner() -> Result<String, String> {
    platform::ticket().map(|ticket| sanitise_line(&ticket.owner)).map_err(|trouble| sanitise_line(&trouble.message))
}

/// Why there is no ticket for a server, or no use for it.
#[derive(Debug)]
struct Trouble {
    kind: TicketTrouble,
    /// The library's words.
    message: String,
}

impl Trouble {
    fn of(kind: TicketTrouble) -> Self {
        Self { kind, message: String::new() }
    }
}

/// What a ticket is used with.
pub(super) struct Ask<'a> {
    /// The server's name.
    pub(super) host: &'a str,
    /// Ways to sign in that it offers.
    pub(super) offered: &'a [String],
    /// Hash of its certificate; none in clear.
    pub(super) certificate: Option<Vec<u8>>,
    /// Patience with this machine's Kerberos, which asks servers of its own.
    pub(super) limit: Duration,
}

/// Why it ended.
enum Stop {
    /// Nothing was sent: the connection is as it was.
    Before(Trouble),
    /// On the way.
    Within(Trouble),
    /// The server said no.
    Refused(End),
    Fault(Fault),
}

/// One attempt, told in the answer. Gives the connection back, sealed where it was in clear. Where no ticket is to be had
/// it is as it was, and nobody is signed in.
pub(super) async fn sign_in(
    mut session: Session,
    ask: &Ask<'_>,
    answer: &mut DirectoryAnswer,
) -> Result<Session, DirectoryFailure> {
    let mut told = DirectorySignIn {
        way: DirectorySignInWay::Kerberos,
        ..DirectorySignIn::new(String::new(), DirectorySignInResult::NoUsableTicket)
    };
    if session.is_protected() && !answer.verified {
        // Whoever stands between could use the connection once it is signed in.
        told.result = DirectorySignInResult::NotVerified;
        answer.sign_in = Some(told);
        return Ok(session);
    }
    let ended = exchange(&mut session, ask, &mut told).await;
    let result = match ended {
        Ok(None) => Ok(session),
        Ok(Some(key)) => {
            answer.protection = DirectoryProtection::Kerberos;
            session.sealed(key).map_err(DirectoryFailure::from)
        }
        Err(Stop::Before(trouble)) => {
            note(&mut told, trouble);
            Ok(session)
        }
        Err(Stop::Within(trouble)) => {
            note(&mut told, trouble);
            Err(DirectoryFailure::NotSignedIn)
        }
        Err(Stop::Refused(end)) => {
            told.result = DirectorySignInResult::Refused;
            told.code = Some(end.code);
            told.data = directory::data_code(&end.message);
            told.message = sanitise_line(&end.message);
            Err(DirectoryFailure::NotSignedIn)
        }
        Err(Stop::Fault(fault)) => {
            note(&mut told, Trouble::of(TicketTrouble::NotProven));
            Err(fault.into())
        }
    };
    answer.sign_in = Some(told);
    result
}

fn note(told: &mut DirectorySignIn, trouble: Trouble) {
    told.trouble = Some(trouble.kind);
    told.message = sanitise_line(&trouble.message);
}

/// The whole exchange (RFC 4752 3.1). The key for all that follows, where the connection has no other protection.
async fn exchange(session: &mut Session, ask: &Ask<'_>, told: &mut DirectorySignIn) -> Result<Option<Key>, Stop> {
    let before = |kind| Stop::Before(Trouble::of(kind));
    let ticket = aside(ask.limit, platform::ticket).await.map_err(Stop::Before)?;
    told.account = sanitise_line(&ticket.owner);
    if !ask.offered.iter().any(|name| name.eq_ignore_ascii_case(MECHANISM)) {
        return Err(before(TicketTrouble::NotOffered));
    }
    if ask.host.parse::<IpAddr>().is_ok() {
        return Err(before(TicketTrouble::NameNeeded));
    }
    told.service = Some(sanitise_line(&format!("ldap/{}", ask.host)));
    let (mut pending, mut token) = begin(ticket, ask).await.map_err(Stop::Before)?;
    let mut context = None;
    for _ in 0..ROUND_LIMIT {
        let reply = proceed(session, token).await?;
        match pending.step(&reply).map_err(Stop::Within)? {
            Step::Continue(next, answer) => (pending, token) = (next, answer),
            Step::Done(done, answer) => {
                context = Some(done);
                token = answer;
                break;
            }
        }
    }
    let mut context: Context = context.ok_or(Stop::Within(Trouble::of(TicketTrouble::NotProven)))?;
    let offer = proceed(session, token).await?;
    let offer = context.unwrap(&offer).map_err(Stop::Within)?;
    let choice = layer::choose(&offer, session.is_protected());
    let choice = choice.ok_or(Stop::Within(Trouble::of(TicketTrouble::Layer)))?;
    let token = context.wrap(false, &choice.answer).map_err(Stop::Within)?;
    match session.sasl(MECHANISM, token).await.map_err(Stop::Fault)? {
        (End { code: SUCCESS, .. }, _) => told.result = DirectorySignInResult::Accepted,
        (end, _) => return Err(Stop::Refused(end)),
    }
    Ok(choice.room.map(|room| Key { context: Box::new(context), room }))
}

/// Sends a token. What comes back must be the next one: nobody is signed in before the layers are agreed on.
async fn proceed(session: &mut Session, token: Vec<u8>) -> Result<Vec<u8>, Stop> {
    match session.sasl(MECHANISM, token).await.map_err(Stop::Fault)? {
        (End { code: IN_PROGRESS, .. }, reply) if reply.len() <= TOKEN_LIMIT => Ok(reply),
        (End { code: SUCCESS | IN_PROGRESS, .. }, _) => Err(Stop::Within(Trouble::of(TicketTrouble::NotProven))),
        (end, _) => Err(Stop::Refused(end)),
    }
}

async fn begin(ticket: Ticket, ask: &Ask<'_>) -> Result<(Pending, Vec<u8>), Trouble> {
    let host = ask.host.to_owned();
    let binding = ask.certificate.as_ref().map(|hash| [b"tls-server-end-point:".as_slice(), hash].concat());
    aside(ask.limit, move || ticket.begin(&host, binding.as_deref())).await
}

/// Does what may wait for a server. It has a thread of its own and not one of the runtime's, which would be waited for at the
/// program's end.
async fn aside<T, W>(limit: Duration, work: W) -> Result<T, Trouble>
where
    T: Send + 'static,
    W: FnOnce() -> Result<T, Trouble> + Send + 'static,
{
    let (sender, receiver) = oneshot::channel();
    std::thread::spawn(move || {
        // Nobody waits any longer.
        let _ = sender.send(work());
    });
    match timeout(limit, receiver).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(Trouble::of(TicketTrouble::Other)),
        Err(_) => Err(Trouble::of(TicketTrouble::NoServer)),
    }
}

#[cfg(test)]
#[path = "kerberos/tests.rs"]
mod tests;
