//! Directory evidence in words.

use crate::{
    directory,
    event::{
        DirectoryAnswer, DirectoryFailure, DirectoryProtection, DirectoryPurpose, DirectorySignIn,
        DirectorySignInResult, DirectorySignInWay, PointSource, SitePreference, TicketTrouble,
    },
};

/// Why a directory was asked; nothing for the first.
pub fn purpose(purpose: DirectoryPurpose) -> Option<&'static str> {
    match purpose {
        DirectoryPurpose::Client => None,
        DirectoryPurpose::Comparison => Some(say!("to compare domain controllers")),
        DirectoryPurpose::Pointer => Some(say!("a pointer led here")),
        DirectoryPurpose::File => Some(say!("given as text")),
    }
}

/// How the connection was protected.
pub fn protection(answer: &DirectoryAnswer) -> Option<String> {
    let how = match answer.protection {
        DirectoryProtection::None => return None,
        DirectoryProtection::Clear => return Some(say!("none (in clear)").to_owned()),
        DirectoryProtection::Tls => say!("TLS"),
        DirectoryProtection::StartTls => say!("StartTLS"),
        DirectoryProtection::Kerberos => return Some(say!("Kerberos: encrypted with the ticket's key").to_owned()),
    };
    Some(if answer.verified { how.to_owned() } else { say!("{how}, identity not verified", how) })
}

/// A sign-in and its end.
pub fn sign_in(sign_in: &DirectorySignIn) -> String {
    let account = &sign_in.account;
    match (sign_in.way, account.as_str()) {
        (DirectorySignInWay::Password, _) => format!("{account}: {end}", end = password_end(sign_in)),
        (DirectorySignInWay::Kerberos, "") => say!("Kerberos: {end}", end = ticket_end(sign_in)),
        (DirectorySignInWay::Kerberos, _) => {
            say!("Kerberos, ticket of {account}: {end}", account, end = ticket_end(sign_in))
        }
    }
}

/// A sign-in and its end, as it stands by itself in a report.
pub fn signed_in(sign_in: &DirectorySignIn) -> String {
    match sign_in.way {
        DirectorySignInWay::Password => say!("signed in as {user}", user = self::sign_in(sign_in)),
        DirectorySignInWay::Kerberos => format!("{}: {}", say!("sign-in"), self::sign_in(sign_in)),
    }
}

fn password_end(sign_in: &DirectorySignIn) -> String {
    match sign_in.result {
        DirectorySignInResult::Accepted => say!("accepted").to_owned(),
        DirectorySignInResult::Refused => refused(sign_in, directory::refusal(sign_in.code, sign_in.data.as_deref())),
        DirectorySignInResult::NotVerified => {
            say!("password not sent: the server's identity is not verified").to_owned()
        }
        DirectorySignInResult::RefusedBefore => say!("password not sent: it was refused before").to_owned(),
        DirectorySignInResult::OtherServer => say!("password not sent: it was given for another server").to_owned(),
        DirectorySignInResult::NotConfirmed => {
            say!("password not sent: nobody confirmed this server; --send-password-to HOST does").to_owned()
        }
        DirectorySignInResult::NoUsableTicket => say!("ticket not used").to_owned(),
    }
}

fn refused(sign_in: &DirectorySignIn, refusal: &str) -> String {
    let code = sign_in.data.as_ref().map(|data| format!(" ({data})")).unwrap_or_default();
    say!("refused: {refusal}{code}", refusal, code)
}

fn ticket_end(sign_in: &DirectorySignIn) -> String {
    match (sign_in.result, sign_in.trouble) {
        (DirectorySignInResult::Accepted, _) => say!("accepted").to_owned(),
        (DirectorySignInResult::Refused, _) => {
            refused(sign_in, directory::ticket_refusal(sign_in.code, sign_in.data.as_deref()))
        }
        (DirectorySignInResult::NotVerified, _) => {
            say!("ticket not used: the server's identity is not verified").to_owned()
        }
        (_, Some(trouble)) => ticket_trouble(trouble, sign_in),
        (_, None) => say!("ticket not used").to_owned(),
    }
}

/// Why a ticket was not used, and what shows or mends it.
fn ticket_trouble(trouble: TicketTrouble, sign_in: &DirectorySignIn) -> String {
    let service = sign_in.service.as_deref().unwrap_or_default();
    let message = match sign_in.message.as_str() {
        "" => String::new(),
        message => format!(" ({message})"),
    };
    match trouble {
        TicketTrouble::NoTicket => {
            say!("no ticket on this machine: klist lists tickets, kinit USER@REALM gets one{message}", message)
        }
        TicketTrouble::Expired => say!("the ticket has expired: kinit gets a new one{message}", message),
        TicketTrouble::ClockSkew => {
            say!("the clocks of this machine and the domain differ by more than Kerberos allows{message}", message)
        }
        TicketTrouble::UnknownService => say!(
            "the ticket's realm knows no {service}: another name than the domain controller's own, or a domain that does \
             not trust that realm{message}",
            service,
            message
        ),
        TicketTrouble::NoServer => {
            say!("no Kerberos server (KDC) of the ticket's realm was found, or none answered{message}", message)
        }
        TicketTrouble::NameNeeded => {
            say!("Kerberos needs the domain controller's name: give ldap://NAME instead of its address").to_owned()
        }
        TicketTrouble::NotOffered => say!("the server does not offer Kerberos (GSSAPI)").to_owned(),
        TicketTrouble::Layer => {
            say!("the server does not take messages protected as this connection needs it{message}", message)
        }
        TicketTrouble::NotProven => say!("the server did not prove who it is{message}", message),
        TicketTrouble::Other => say!("this machine's Kerberos gave no ticket{message}", message),
    }
}

/// What stood in the way.
pub fn failure(failure: &DirectoryFailure) -> String {
    let said = |code: &u32, message: &str| match message {
        "" => say!("code {code}", code),
        message => say!("code {code}: {message}", code, message),
    };
    match failure {
        DirectoryFailure::NoAddress => say!("the server's name has no address").to_owned(),
        DirectoryFailure::NotConnected => say!("no connection could be opened").to_owned(),
        DirectoryFailure::Tls => say!("the TLS handshake failed").to_owned(),
        DirectoryFailure::Silent => say!("the server closed the connection or did not answer in time").to_owned(),
        DirectoryFailure::Malformed { detail } => say!("what came back cannot be read: {detail}", detail),
        DirectoryFailure::NotActiveDirectory => {
            say!("the server names no configuration: not Active Directory").to_owned()
        }
        DirectoryFailure::SignInNeeded { code, message } => {
            say!("the server wants a sign-in first; {said}", said = said(code, message))
        }
        DirectoryFailure::NotSignedIn => say!("without the sign-in nothing was read").to_owned(),
        DirectoryFailure::Refused { code, message } => say!("the server refused; {said}", said = said(code, message)),
        DirectoryFailure::PointerLoop => say!("the pointer leads back to a server that was asked").to_owned(),
        DirectoryFailure::PointerLimit => say!("more than ten pointers").to_owned(),
        DirectoryFailure::PointerUnusable => say!("the pointer names no server").to_owned(),
    }
}

/// What came of it in one line.
pub fn directory(answer: &DirectoryAnswer) -> String {
    match (&answer.failure, answer.points.len()) {
        (Some(failure), _) => self::failure(failure),
        (None, 1) => say!("1 entry about Autodiscover").to_owned(),
        (None, count) => say!("{count} entries about Autodiscover", count),
    }
}

/// Where a candidate comes from: `EX1, for this site, by ldap://dc1.contoso.test`.
pub fn point(source: &PointSource) -> String {
    let sites = source.sites.join(", ");
    let suits = match (source.preference, source.sites.is_empty()) {
        (SitePreference::Own, _) => say!("for this site ({sites})", sites),
        (SitePreference::Any | SitePreference::Unknown, true) => say!("for any site").to_owned(),
        (SitePreference::Other, _) => say!("for other sites ({sites})", sites),
        (_, false) => say!("for {sites}", sites),
    };
    say!("{server}, {suits}, by {source}", server = source.server, suits, source = source.source)
}
