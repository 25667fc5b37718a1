//! Rules about what happens when somebody signs in.

use super::{Certainty, Finding, case::Case, draft::Draft, values};
use crate::{
    event::{AnswerKind, HttpExchange, HttpPurpose, Scheme, SignIn, SignInResult, Stage},
    model::CandidateState,
};

/// Words of a `Server` header that a device in front of Exchange gives itself away by.
const PROXIES: [&str; 7] = ["nginx", "openresty", "haproxy", "squid", "envoy", "caddy", "apache"];

/// Headers that only something in between adds (RFC 9110 7.6.3; habits of proxies).
const PROXY_HEADERS: [&str; 4] = ["via", "x-proxy-id", "x-cache", "x-served-by"];

/// Errors about the mailbox and not about the question (\[MS-OXDSCLI\] 2.2.4.1.1.3.2).
const MAILBOX_ERRORS: [&str; 3] = ["500", "501", "602"];

/// Candidates at which somebody signed in or tried to, with the attempts that were made.
fn attempts<'a>(case: &Case<'a>) -> Vec<(&'a CandidateState, Vec<&'a SignIn>)> {
    let made = |state: &'a CandidateState| {
        state.sign_ins().filter(|attempt| attempt.result != SignInResult::Withheld).collect::<Vec<_>>()
    };
    let all = case.model.candidates.iter().map(|state| (state, made(state)));
    all.filter(|(_, made)| !made.is_empty()).collect()
}

/// The facts of every attempt, in order.
fn facts(mut draft: Draft, made: &[&SignIn]) -> Draft {
    for attempt in made {
        let scheme = attempt.scheme.map_or("", Scheme::header_name);
        let user = attempt.user_name.as_deref().unwrap_or(say!("a token"));
        let status = attempt.status.map(|status| format!("   {status}")).unwrap_or_default();
        let bound = if attempt.channel_binding { say!("   tied to the certificate") } else { "" };
        draft =
            draft.fact(say!("{scheme} as {user}", scheme, user), format!("{}{status}{bound}", attempt.result.as_str()));
    }
    draft
}

fn is_windows(attempt: &SignIn) -> bool {
    matches!(attempt.scheme, Some(Scheme::Ntlm | Scheme::Negotiate))
}

/// The server did not accept name and password.
pub(super) fn refused(case: &Case) -> Vec<Finding> {
    let found = attempts(case).into_iter().filter_map(|(state, made)| {
        let first = made.first().filter(|attempt| attempt.result == SignInResult::Refused)?;
        let draft = Draft::new(case, "credentials-refused", Certainty::Proven, Some(state)).stage(Stage::Http);
        let scheme = first.scheme.map_or("", Scheme::header_name);
        facts(draft, &made).value("scheme", scheme).finish()
    });
    found.collect()
}

/// NTLM fails where the same name and password are accepted otherwise, or does not even begin: something between breaks
/// the connection that it belongs to, or shows another certificate.
pub(super) fn broken_windows_sign_in(case: &Case) -> Vec<Finding> {
    let found = attempts(case).into_iter().filter_map(|(state, made)| {
        let right = made.iter().any(|attempt| attempt.result == SignInResult::Accepted && !is_windows(attempt));
        let by_windows = made.iter().filter(|attempt| is_windows(attempt));
        let (mut interrupted, mut refused) = (false, None);
        for attempt in by_windows {
            interrupted |= attempt.result == SignInResult::Interrupted;
            refused = refused.or((attempt.result == SignInResult::Refused).then_some(attempt));
        }
        let refused_alone = right && refused.is_some();
        if !interrupted && !refused_alone {
            return None;
        }
        let mark = state.exchange().and_then(proxy_mark);
        let other = other_certificate(case, state).filter(|_| refused.is_some_and(|attempt| attempt.channel_binding));
        if let (Some(other), None, false) = (&other, &mark, interrupted) {
            let draft = Draft::new(case, "extended-protection-tls-terminated", Certainty::Likely, Some(state));
            let draft = facts(draft.stage(Stage::Http), &made);
            return draft.fact(say!("another certificate for this name"), other.clone()).finish();
        }
        let certainty = match (interrupted, right, &mark) {
            (true, true, _) => Certainty::Proven,
            (true, false, _) | (false, _, Some(_)) => Certainty::Likely,
            (false, _, None) => Certainty::Possible,
        };
        let draft = Draft::new(case, "auth-prompt-loop", certainty, Some(state)).stage(Stage::Http);
        let draft = facts(draft, &made);
        draft.fact(say!("sign of a proxy"), mark.unwrap_or_default()).finish()
    });
    found.collect()
}

/// What shows that something stands before the server.
fn proxy_mark(exchange: &HttpExchange) -> Option<String> {
    let header = PROXY_HEADERS.into_iter().find_map(|name| Some(format!("{name}: {}", exchange.header(name)?)));
    header.or_else(|| {
        let server = exchange.header("server")?;
        let known = PROXIES.iter().any(|proxy| server.to_ascii_lowercase().contains(proxy));
        known.then(|| format!("server: {server}"))
    })
}

/// Another certificate that was shown for the same name: at another address, or to another step.
fn other_certificate(case: &Case, state: &CandidateState) -> Option<String> {
    let used = state.handshake()?;
    let (name, leaf) = (used.server_name.as_deref()?, used.leaf()?);
    let all = case.model.candidates.iter().flat_map(CandidateState::handshakes);
    let same_name = all.filter(|other| {
        other.server_name.as_deref().is_some_and(|asked| asked.eq_ignore_ascii_case(name))
            && other.address.port() == used.address.port()
    });
    let mut others = same_name.filter_map(|other| Some((other, other.leaf()?)));
    let (at, other) = others.find(|(_, other)| other.sha256 != leaf.sha256)?;
    Some(say!("at {address} issued by {issuer}", address = at.address, issuer = other.issuer))
}

/// The password is right, and this mailbox gets no settings all the same.
pub(super) fn mailbox_not_ready(case: &Case) -> Vec<Finding> {
    let found = attempts(case).into_iter().filter_map(|(state, made)| {
        let accepted = made.iter().any(|attempt| attempt.result == SignInResult::Accepted);
        let forbidden = made.first().is_some_and(|attempt| attempt.status == Some(403));
        let error = state.answer().and_then(|answer| answer.error.as_ref()).filter(|_| accepted);
        let error = error.filter(|error| MAILBOX_ERRORS.contains(&error.code.as_str()));
        let (certainty, seen) = match (error, forbidden) {
            (Some(error), _) => {
                (Certainty::Possible, say!("error {code} {message}", code = error.code, message = error.message))
            }
            (None, true) => (Certainty::Likely, say!("403 in answer to the name and password, 401 without").to_owned()),
            (None, false) => return None,
        };
        let draft = Draft::new(case, "mailbox-or-licence-not-ready", certainty, Some(state)).stage(Stage::Http);
        facts(draft, &made).fact(say!("answer"), seen).finish()
    });
    found.collect()
}

/// What people see who open the place in a browser and sign in.
pub(super) fn error_600_in_browser(case: &Case) -> Vec<Finding> {
    let found = case.concerned().into_iter().filter_map(|state| {
        let exchange = state.exchanges_for(HttpPurpose::SignedInGet).find(|exchange| is_error_600(exchange))?;
        state.answer().filter(|answer| answer.kind == AnswerKind::Settings)?;
        Draft::new(case, "xml-600-on-get", Certainty::Proven, Some(state))
            .stage(Stage::Http)
            .http_facts(exchange)
            .fact(say!("the client's POST"), say!("brings settings"))
            .finish()
    });
    found.take(1).collect()
}

fn is_error_600(exchange: &HttpExchange) -> bool {
    let text = exchange.body.as_ref().map_or("", |body| body.text.as_str());
    exchange.status == Some(200) && text.contains("<ErrorCode>600</ErrorCode>")
}

/// The mail address is refused as user name, and another name is accepted with the same password.
pub(super) fn other_user_name(case: &Case) -> Vec<Finding> {
    let Some(address) = case.model.address.as_ref().map(crate::event::Address::ascii) else { return Vec::new() };
    let found = attempts(case).into_iter().filter_map(|(state, made)| {
        let is_address =
            |attempt: &&SignIn| attempt.user_name.as_deref().is_some_and(|user| user.eq_ignore_ascii_case(&address));
        let refused =
            made.iter().copied().find(|attempt| is_address(attempt) && attempt.result == SignInResult::Refused)?;
        let same_way = |attempt: &&SignIn| attempt.scheme == refused.scheme && !is_address(attempt);
        let accepted = |attempt: &&SignIn| attempt.result == SignInResult::Accepted;
        let right = made.iter().copied().find(|attempt| same_way(attempt) && accepted(attempt))?;
        let name = right.user_name.clone().unwrap_or_default();
        let draft = Draft::new(case, "upn-differs-from-smtp", Certainty::Proven, Some(state)).stage(Stage::Http);
        facts(draft, &made).value("directory_user", directory_user(&name)).value("accepted_name", name).finish()
    });
    found.collect()
}

/// The question that finds a user in Active Directory by the name that was accepted: `DOMAIN\\user` or a user principal
/// name. Within the braces a name in single quotes is taken to the letter.
fn directory_user(name: &str) -> String {
    let (attribute, name) = match name.rsplit_once('\\') {
        Some((_, user)) => ("SamAccountName", user),
        None if name.contains('@') => ("UserPrincipalName", name),
        None => ("SamAccountName", name),
    };
    let known = Some(name.to_owned()).filter(|name| !name.is_empty());
    format!("Get-ADUser -Filter {{{attribute} -eq {}}}", values::in_quotes(known, "", "name that was accepted"))
}
