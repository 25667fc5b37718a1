//! Directory evidence in words.

use crate::{
    directory,
    event::{
        DirectoryAnswer, DirectoryFailure, DirectoryProtection, DirectoryPurpose, DirectorySignIn,
        DirectorySignInResult, PointSource, SitePreference,
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
    };
    Some(if answer.verified { how.to_owned() } else { say!("{how}, identity not verified", how) })
}

/// A sign-in and its end.
pub fn sign_in(sign_in: &DirectorySignIn) -> String {
    let end = match sign_in.result {
        DirectorySignInResult::Accepted => say!("accepted").to_owned(),
        DirectorySignInResult::Refused => {
            let code = sign_in.data.as_ref().map(|data| format!(" ({data})")).unwrap_or_default();
            say!("refused: {refusal}{code}", refusal = directory::refusal(sign_in.code, sign_in.data.as_deref()), code)
        }
        DirectorySignInResult::NotVerified => {
            say!("password not sent: the server's identity is not verified").to_owned()
        }
        DirectorySignInResult::RefusedBefore => say!("password not sent: it was refused before").to_owned(),
        DirectorySignInResult::OtherServer => say!("password not sent: it was given for another server").to_owned(),
        DirectorySignInResult::NotConfirmed => {
            say!("password not sent: nobody confirmed this server; --send-password-to HOST does").to_owned()
        }
    };
    format!("{}: {end}", sign_in.account)
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
