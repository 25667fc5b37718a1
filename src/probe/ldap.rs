//! The LDAP stage: one directory asked for its service connection points.
//!
//! Nothing needs a sign-in to begin with: the root entry is open to everybody (RFC 4512 5.1). A password goes only over
//! TLS whose certificate passed every check, once.

mod entry;
pub mod kerberos;
mod session;
mod stream;

use crate::{
    directory::{self, Place},
    event::{
        Cause, DirectoryAnswer, DirectoryFailure, DirectoryProtection, DirectoryPurpose, DirectoryRoot,
        DirectorySignIn, DirectorySignInResult, DirectorySignInWay, Evidence, HandshakePurpose, Outcome, Purpose,
    },
    net::Net,
    probe::{
        dns,
        lockout::{Door, Lockout},
        tcp,
        tls::{self, end_point},
    },
    text::sanitise_line,
};
use secrecy::SecretString;
use session::{Fault, Session};
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Instant,
};
use stream::Stream;

/// Addresses of a server that are tried, one after the other.
const ADDRESS_LIMIT: usize = 4;

/// StartTLS (RFC 4511 4.14.1).
const START_TLS: &str = "1.3.6.1.4.1.1466.20037";

/// Result codes (RFC 4511 appendix A).
const SUCCESS: u32 = 0;
const OPERATIONS_ERROR: u32 = 1;
const SIZE_LIMIT_EXCEEDED: u32 = 4;
const STRONGER_AUTHENTICATION: u32 = 8;
const INAPPROPRIATE_AUTHENTICATION: u32 = 48;
const INSUFFICIENT_RIGHTS: u32 = 50;

/// An account with its password, which can neither be printed nor written down.
pub struct Credentials {
    /// The account: `anna@contoso.test`, `CONTOSO\anna` or a distinguished name.
    pub account: String,
    /// Its password.
    pub password: SecretString,
    /// Whose turn it is; shared with whatever else signs in for this command.
    pub lockout: Arc<Lockout>,
}

/// Who asks.
pub enum SignIn<'a> {
    /// Nobody: what everybody may read is read.
    Anonymous,
    /// An account, with its password.
    Password(&'a Credentials),
    /// An account whose password stays here.
    Withheld {
        /// The account.
        account: &'a str,
        /// Why.
        why: DirectorySignInResult,
    },
    /// Whoever is signed in on this machine, with the ticket that is there.
    Ticket,
}

/// What one directory is asked with.
pub struct Ask<'a> {
    /// Where.
    pub place: &'a Place,
    /// Why.
    pub purpose: DirectoryPurpose,
    /// Who asks.
    pub sign_in: SignIn<'a>,
}

/// Asks one directory within the limits of the run, and reports every question, connection and handshake on the way.
pub async fn ask(net: &Net, ask: &Ask<'_>, report: &(dyn Fn(Evidence) + Send + Sync)) -> DirectoryAnswer {
    let began = Instant::now();
    let mut answer = DirectoryAnswer::new(ask.place.to_string(), ask.purpose);
    answer.failure = look(net, ask, report, &mut answer).await.err();
    answer.elapsed_us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
    answer
}

/// How the stage ended, by what was asked in the client's place: the last of the pointers it followed, or the file.
pub fn outcome(answer: &DirectoryAnswer) -> Outcome {
    let failed = |cause| Outcome::Failed { cause };
    let sign_in = answer.sign_in.as_ref().and_then(not_signed_in);
    match (&answer.failure, sign_in) {
        (None, _) => Outcome::Passed,
        (Some(DirectoryFailure::NotSignedIn | DirectoryFailure::SignInNeeded { .. }), Some(cause)) => failed(cause),
        (Some(DirectoryFailure::SignInNeeded { .. } | DirectoryFailure::NotSignedIn), _) => {
            failed(Cause::LdapSignInNeeded)
        }
        (Some(DirectoryFailure::Refused { .. }), _) => failed(Cause::LdapRefused),
        (Some(DirectoryFailure::Malformed { .. } | DirectoryFailure::NotActiveDirectory), _) => {
            failed(Cause::LdapUnreadable)
        }
        (
            Some(DirectoryFailure::PointerLoop | DirectoryFailure::PointerLimit | DirectoryFailure::PointerUnusable),
            _,
        ) => failed(Cause::LdapPointerUnusable),
        (
            Some(
                DirectoryFailure::NoAddress
                | DirectoryFailure::NotConnected
                | DirectoryFailure::Tls
                | DirectoryFailure::Silent,
            ),
            _,
        ) => failed(Cause::LdapNoServer),
    }
}

/// What a sign-in that did not succeed leaves behind as the cause; nothing where the account was not meant for this server.
fn not_signed_in(sign_in: &DirectorySignIn) -> Option<Cause> {
    Some(match (sign_in.result, sign_in.way) {
        (DirectorySignInResult::Accepted | DirectorySignInResult::OtherServer, _) => return None,
        (DirectorySignInResult::Refused, DirectorySignInWay::Password) => Cause::LdapPasswordRefused,
        (DirectorySignInResult::Refused, DirectorySignInWay::Kerberos) => Cause::LdapTicketRefused,
        (_, DirectorySignInWay::Password) => Cause::LdapPasswordNotSent,
        (_, DirectorySignInWay::Kerberos) => Cause::LdapTicketNotUsed,
    })
}

async fn look(
    net: &Net,
    ask: &Ask<'_>,
    report: &(dyn Fn(Evidence) + Send + Sync),
    answer: &mut DirectoryAnswer,
) -> Result<(), DirectoryFailure> {
    let (address, stream) = connect(net, ask.place, report).await?;
    let mut session = Session::new(Stream::Clear(stream), net.limits.request);
    answer.protection = DirectoryProtection::Clear;
    let mut certificate = None;
    if ask.place.tls {
        (session, certificate) = protect(session, net, ask.place, address, report, answer).await?;
        answer.protection = DirectoryProtection::Tls;
    }
    let mut configuration = root(&mut session, answer).await?;
    match &ask.sign_in {
        SignIn::Anonymous => {}
        SignIn::Withheld { account, why } => answer.sign_in = Some(not_sent(account, *why)),
        SignIn::Password(credentials) => {
            // Samba offers StartTLS without listing it, so it is asked for in any case.
            if !ask.place.tls {
                match session.start_tls().await {
                    Ok(()) => {
                        (session, _) = protect(session, net, ask.place, address, report, answer).await?;
                        answer.protection = DirectoryProtection::StartTls;
                        // What was read in clear may have been changed on its way (RFC 4513 3.1.3).
                        configuration = root(&mut session, answer).await?;
                    }
                    // It has no certificate: what can be read in clear is read without the password.
                    Err(Fault::Refused { .. }) => {}
                    Err(fault) => return Err(fault.into()),
                }
            }
            sign_in(&mut session, credentials, answer).await?;
        }
        SignIn::Ticket => {
            let offered = answer.root.as_ref().map(|root| root.mechanisms.clone()).unwrap_or_default();
            let limit = net.limits.request;
            let ask = kerberos::Ask { host: &ask.place.host, offered: &offered, certificate, limit };
            session = kerberos::sign_in(session, &ask, answer).await?;
            if answer.protection == DirectoryProtection::Kerberos {
                configuration = root(&mut session, answer).await?;
            }
        }
    }
    read(&mut session, &configuration, answer).await?;
    session.unbind().await;
    Ok(())
}

fn not_sent(account: &str, result: DirectorySignInResult) -> DirectorySignIn {
    DirectorySignIn::new(sanitise_line(account), result)
}

async fn connect(
    net: &Net,
    place: &Place,
    report: &(dyn Fn(Evidence) + Send + Sync),
) -> Result<(SocketAddr, tokio::net::TcpStream), DirectoryFailure> {
    let addresses = match place.host.parse::<IpAddr>() {
        Ok(address) => vec![address],
        Err(_) => {
            let observe = |mut answer: crate::event::DnsAnswer| {
                answer.purpose = Purpose::DomainControllers;
                report(Evidence::Dns(answer));
            };
            dns::lookup_host(net, &place.host, &observe).await.addresses
        }
    };
    if addresses.is_empty() {
        return Err(DirectoryFailure::NoAddress);
    }
    for address in addresses.into_iter().take(ADDRESS_LIMIT) {
        let address = SocketAddr::new(address, place.port);
        let observe = |attempt| report(Evidence::Tcp(attempt));
        if let Some(stream) = tcp::connect(net, &place.host, address, &observe).await {
            return Ok((address, stream));
        }
    }
    Err(DirectoryFailure::NotConnected)
}

/// TLS over a connection on which nothing else is under way, with the hash of the server's certificate.
async fn protect(
    session: Session,
    net: &Net,
    place: &Place,
    address: SocketAddr,
    report: &(dyn Fn(Evidence) + Send + Sync),
    answer: &mut DirectoryAnswer,
) -> Result<(Session, Option<Vec<u8>>), DirectoryFailure> {
    let stream = session.into_clear()?;
    let server_name = place.host.parse::<IpAddr>().is_err().then(|| place.host.clone());
    let purpose = HandshakePurpose::Directory;
    let ask = tls::HandshakeAsk { host: place.host.clone(), address, server_name, purpose };
    let (handshake, connection) = tls::handshake(stream, &ask, net).await;
    let certificate = handshake.leaf().map(end_point::hash);
    report(Evidence::Tls(Box::new(handshake)));
    let connection = connection.ok_or(DirectoryFailure::Tls)?;
    answer.verified = connection.verified;
    Ok((Session::new(Stream::Tls(Box::new(connection.stream)), net.limits.request), certificate))
}

/// What the server says about itself to everybody, told in the answer; and where its configuration is.
async fn root(session: &mut Session, answer: &mut DirectoryAnswer) -> Result<String, DirectoryFailure> {
    let root = whole_root(session).await?;
    let configuration = root.configuration.clone();
    answer.root = Some(root);
    configuration.ok_or(DirectoryFailure::NotActiveDirectory)
}

async fn whole_root(session: &mut Session) -> Result<DirectoryRoot, DirectoryFailure> {
    let wanted = [
        "configurationNamingContext",
        "defaultNamingContext",
        "dnsHostName",
        "rootDomainNamingContext",
        "supportedExtension",
        "supportedSASLMechanisms",
    ];
    let found = session.search(session::whole_entry("", &wanted)).await?;
    refused(&found)?;
    let Some(root) = found.entries.first() else { return Err(DirectoryFailure::NotActiveDirectory) };
    Ok(DirectoryRoot {
        host: entry::first(root, "dnsHostName"),
        configuration: entry::first(root, "configurationNamingContext"),
        domain: entry::first(root, "defaultNamingContext"),
        forest: entry::first(root, "rootDomainNamingContext"),
        mechanisms: entry::values(root, "supportedSASLMechanisms"),
        start_tls: entry::values(root, "supportedExtension").iter().any(|oid| oid == START_TLS),
    })
}

/// One attempt, and only where the server proved who it is.
async fn sign_in(
    session: &mut Session,
    credentials: &Credentials,
    answer: &mut DirectoryAnswer,
) -> Result<(), DirectoryFailure> {
    if !(answer.verified && session.is_protected()) {
        answer.sign_in = Some(not_sent(&credentials.account, DirectorySignInResult::NotVerified));
        return Ok(());
    }
    // Held until the server's verdict is known.
    let mut turn = credentials.lockout.turn().await;
    let account = [credentials.account.clone()];
    if !turn.may(Door::Directory, &account) {
        answer.sign_in = Some(not_sent(&credentials.account, DirectorySignInResult::RefusedBefore));
        return Ok(());
    }
    turn.begin(Door::Directory, &account);
    // Until the server answered, it may have the password and have refused it.
    answer.sign_in = Some(not_sent(&credentials.account, DirectorySignInResult::Refused));
    let end = session.bind(credentials).await;
    let accepted = end.as_ref().is_ok_and(|end| end.code == SUCCESS);
    if accepted {
        turn.accepted()
    } else {
        turn.not_accepted()
    }
    let end = end?;
    let result = if accepted { DirectorySignInResult::Accepted } else { DirectorySignInResult::Refused };
    answer.sign_in = Some(DirectorySignIn {
        code: Some(end.code),
        data: directory::data_code(&end.message),
        message: sanitise_line(&end.message),
        ..DirectorySignIn::new(sanitise_line(&credentials.account), result)
    });
    if accepted { Ok(()) } else { Err(DirectoryFailure::NotSignedIn) }
}

/// The entries, and beside them what tells whose directory this is.
async fn read(
    session: &mut Session,
    configuration: &str,
    answer: &mut DirectoryAnswer,
) -> Result<(), DirectoryFailure> {
    let found = session.search(session::connection_points(configuration)).await?;
    let limit = directory::POINT_LIMIT;
    answer.points = found.entries.iter().take(limit).map(entry::point).collect();
    answer.points_dropped = found.entries.len().saturating_sub(limit) + usize::from(found.more);
    refused(&found)?;
    let place = format!("{},{configuration}", directory::TRUSTED_CONTAINER);
    // What else the directory says is told where it can be read; nothing depends on it.
    if let Ok(found) = session.search(session::whole_entry(&place, &["serviceBindingInformation"])).await {
        let hosts = found.entries.iter().flat_map(|entry| entry::values(entry, "serviceBindingInformation"));
        let absent = found.end.code == SUCCESS || found.end.code == session::NO_SUCH_OBJECT;
        answer.trusted_redirects = absent.then(|| hosts.take(directory::VALUE_LIMIT).collect());
    }
    if let Ok(found) = session.search(session::accepted_domains(configuration)).await {
        let domains = found.entries.iter().filter_map(|entry| entry::first(entry, session::ACCEPTED_DOMAIN));
        answer.accepted_domains = domains.take(directory::VALUE_LIMIT).collect();
    }
    Ok(())
}

/// Whether the search ended otherwise than with what there is. A size limit gives at least a part.
fn refused(found: &session::Found) -> Result<(), DirectoryFailure> {
    let (code, message) = (found.end.code, sanitise_line(&found.end.message));
    match code {
        SUCCESS | SIZE_LIMIT_EXCEEDED => Ok(()),
        OPERATIONS_ERROR | STRONGER_AUTHENTICATION | INAPPROPRIATE_AUTHENTICATION | INSUFFICIENT_RIGHTS => {
            Err(DirectoryFailure::SignInNeeded { code, message })
        }
        _ => Err(DirectoryFailure::Refused { code, message }),
    }
}

impl From<Fault> for DirectoryFailure {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Silent => Self::Silent,
            Fault::Malformed(detail) => Self::Malformed { detail: sanitise_line(&detail) },
            Fault::Refused { code, message } => Self::Refused { code, message: sanitise_line(&message) },
        }
    }
}

#[cfg(test)]
#[path = "ldap/tests.rs"]
mod tests;
