//! Directory evidence in words.

use crate::{
    directory,
    event::{
        DirectoryAnswer, DirectoryFailure, DirectoryProtection, DirectoryPurpose, DirectorySignIn, PointSource,
        SignInResult, SitePreference,
    },
};

/// Why a directory was asked; nothing for the first.
pub fn purpose(purpose: DirectoryPurpose) -> Option<&'static str> {
    match purpose {
        DirectoryPurpose::Client => None,
        DirectoryPurpose::Comparison => Some("to compare domain controllers"),
        DirectoryPurpose::Pointer => Some("a pointer led here"),
        DirectoryPurpose::File => Some("given as text"),
    }
}

/// How the connection was protected.
pub fn protection(answer: &DirectoryAnswer) -> Option<String> {
    let how = match answer.protection {
        DirectoryProtection::None => return None,
        DirectoryProtection::Clear => return Some("none (in clear)".to_owned()),
        DirectoryProtection::Tls => "TLS",
        DirectoryProtection::StartTls => "StartTLS",
    };
    Some(if answer.verified { how.to_owned() } else { format!("{how}, identity not verified") })
}

/// A sign-in and its end.
pub fn sign_in(sign_in: &DirectorySignIn) -> String {
    let end = match sign_in.result {
        SignInResult::Accepted => "accepted".to_owned(),
        SignInResult::Refused => {
            let code = sign_in.data.as_ref().map(|data| format!(" ({data})")).unwrap_or_default();
            format!("refused: {}{code}", directory::refusal(sign_in.code, sign_in.data.as_deref()))
        }
        SignInResult::NotVerified => "password not sent: the server's identity is not verified".to_owned(),
        SignInResult::RefusedBefore => "password not sent: it was refused before".to_owned(),
        SignInResult::OtherServer => "password not sent: it was given for another server".to_owned(),
    };
    format!("{}: {end}", sign_in.account)
}

/// What stood in the way.
pub fn failure(failure: &DirectoryFailure) -> String {
    let said = |code: &u32, message: &str| match message {
        "" => format!("code {code}"),
        message => format!("code {code}: {message}"),
    };
    match failure {
        DirectoryFailure::NoAddress => "the server's name has no address".to_owned(),
        DirectoryFailure::NotConnected => "no connection could be opened".to_owned(),
        DirectoryFailure::Tls => "the TLS handshake failed".to_owned(),
        DirectoryFailure::Silent => "the server closed the connection or did not answer in time".to_owned(),
        DirectoryFailure::Malformed { detail } => format!("what came back cannot be read: {detail}"),
        DirectoryFailure::NotActiveDirectory => "the server names no configuration: not Active Directory".to_owned(),
        DirectoryFailure::SignInNeeded { code, message } => {
            format!("the server wants a sign-in first; {}", said(code, message))
        }
        DirectoryFailure::NotSignedIn => "without the sign-in nothing was read".to_owned(),
        DirectoryFailure::Refused { code, message } => format!("the server refused; {}", said(code, message)),
        DirectoryFailure::PointerLoop => "the pointer leads back to a server that was asked".to_owned(),
        DirectoryFailure::PointerLimit => "more than ten pointers".to_owned(),
        DirectoryFailure::PointerUnusable => "the pointer names no server".to_owned(),
    }
}

/// What came of it in one line.
pub fn directory(answer: &DirectoryAnswer) -> String {
    match (&answer.failure, answer.points.len()) {
        (Some(failure), _) => self::failure(failure),
        (None, 1) => "1 entry about Autodiscover".to_owned(),
        (None, count) => format!("{count} entries about Autodiscover"),
    }
}

/// Where a candidate comes from: `EX1, for this site, by ldap://dc1.contoso.test`.
pub fn point(source: &PointSource) -> String {
    let sites = source.sites.join(", ");
    let suits = match (source.preference, source.sites.is_empty()) {
        (SitePreference::Own, _) => format!("for this site ({sites})"),
        (SitePreference::Any | SitePreference::Unknown, true) => "for any site".to_owned(),
        (SitePreference::Other, _) => format!("for other sites ({sites})"),
        (_, false) => format!("for {sites}"),
    };
    format!("{}, {suits}, by {}", source.server, source.source)
}
