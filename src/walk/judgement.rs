//! What one candidate's outcomes make a client do, before any order is considered.

use crate::{
    code,
    event::{
        AnswerKind, Cause, Checks, DnsAnswer, DnsStatus, Evidence, Origin, Outcome, Scheme, SignIn, SignInResult,
        Stage, Standing, TlsHandshake, TrustReason, View,
    },
    model::{CandidateState, Model},
};

/// Seconds that Outlook waits for a host that does not answer: the `Timeout` value's default, used for each of
/// resolving, connecting, sending and receiving (KB3211279).
pub(super) const SILENT_HOST_SECONDS: u32 = 25;

/// The port that Outlook asks, whatever an SRV record says: reported by gromox, autodiscover(7), and by nobody
/// contradicted. Other clients discard a record with another port.
const HTTPS_PORT: u16 = 443;

/// What one candidate makes a client do.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Judgement {
    /// Red lines of the Security Alert that comes first: `issuer`, `date`, `name`; empty for none.
    pub(super) alert: Vec<&'static str>,
    /// Outlook's code for what went wrong first.
    pub(super) code: Option<&'static str>,
    /// What follows, behind the alert where there is one.
    pub(super) then: Then,
}

/// What follows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Then {
    /// The client does not try it, or there is nothing to try.
    NotTried,
    /// Not known yet.
    Open,
    /// The client goes on to the next candidate at once.
    GoesOn,
    /// The client goes on after waiting.
    GoesOnLate,
    /// The answer names other places.
    LeadsOn,
    /// The endpoint answers and wants credentials.
    WantsPassword,
    /// The endpoint asks for credentials again and again, whatever is typed.
    AsksForEver,
    /// The user is asked; what comes behind that was not looked at.
    Unseen,
    /// Settings for Exchange.
    Settings,
    /// Settings that make a wrong kind of account.
    WrongSettings,
}

/// Judges one candidate.
pub(super) fn judge(state: &CandidateState) -> Judgement {
    if state.candidate.standing != Standing::Probed {
        let open = state.candidate.standing == Standing::AwaitingSigns;
        return Judgement::plain(if open { Then::Open } else { Then::NotTried });
    }
    if state.candidate.origin == Origin::LocalXml {
        return content(state);
    }
    let is_elsewhere = is_elsewhere(state);
    for stage in [Stage::Dns, Stage::Tcp] {
        match state.outcome(stage) {
            Some(outcome) if is_elsewhere && outcome.is_through() => return Judgement::plain(Then::LeadsOn),
            // A connection that serves is enough, even while other addresses are still silent.
            None if stage == Stage::Tcp && state.outcome(Stage::Tls).is_some() => {}
            None => return Judgement::plain(Then::Open),
            Some(Outcome::Failed { cause }) => return Judgement::failed(cause),
            Some(_) => {}
        }
    }
    match state.outcome(Stage::Tls) {
        None => Judgement::plain(Then::Open),
        Some(Outcome::Failed { cause }) if is_certificate(cause) => match as_windows_checks(state, cause) {
            Some(cause) if is_certificate(cause) => {
                Judgement { alert: red_lines(state), code: code::for_cause(cause), then: answer(state).then }
            }
            Some(cause) => Judgement::failed(cause),
            None => answer(state),
        },
        // Outlook gets through where this program's library does not, and what comes then is known only where another
        // library asked.
        Some(Outcome::Failed { .. }) if state.is_beyond_the_library() || state.old_versions_only().is_some() => {
            match state.outcome(Stage::Http) {
                None | Some(Outcome::Skipped { .. }) => {
                    Judgement { alert: red_lines(state), code: None, then: Then::Open }
                }
                Some(_) => Judgement { alert: red_lines(state), ..answer(state) },
            }
        }
        Some(Outcome::Failed { cause }) => Judgement::failed(cause),
        Some(_) => answer(state),
    }
}

/// Whether an SRV record names a port that Outlook does not go to.
pub(super) fn is_elsewhere(state: &CandidateState) -> bool {
    state.candidate.origin == Origin::Srv && state.candidate.port != HTTPS_PORT
}

/// Whether the client gets from one candidate to another that it opened: past an SRV record with another port it goes to
/// the usual one of that host, and nowhere that the other port's answer leads to.
pub(super) fn leads_to(opener: &CandidateState, follower: &CandidateState) -> bool {
    let opened = follower.candidate.opened_by.as_ref() == Some(&opener.candidate.id);
    let at_usual_port = follower.candidate.port == HTTPS_PORT && follower.host() == opener.host();
    opened && follower.candidate.origin == Origin::Followed && (!is_elsewhere(opener) || at_usual_port)
}

/// Whether the user is asked to overrule this fault (KB3211279: only these three kinds can be overridden).
pub(super) fn is_certificate(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::TlsExpired
            | Cause::TlsNotYetValid
            | Cause::TlsIssuerUntrusted
            | Cause::TlsSelfSigned
            | Cause::TlsNameMismatch
    )
}

/// Whether nothing at all is known because no question was answered, not even those that concern no zone of the
/// domain: then it is the resolver that fails, and not the domain.
pub fn resolver_is_silent(model: &Model) -> bool {
    let answered = |answer: &DnsAnswer| {
        matches!(
            answer.status,
            DnsStatus::Answered | DnsStatus::NoData | DnsStatus::NoSuchName | DnsStatus::ServerFailure
        )
    };
    let of_candidates = model.candidates.iter().flat_map(|state| state.dns());
    let of_run = model.facts.iter().filter_map(|evidence| match evidence {
        Evidence::Dns(answer) => Some(answer),
        _ => None,
    });
    let mut all = of_candidates.chain(of_run).filter(|answer| answer.view == View::System).peekable();
    all.peek().is_some() && !all.any(answered)
}

/// Whether Windows mends the chain by itself: the issuer's certificate was not sent, and the server's says where it can
/// be fetched (AIA caIssuers, RFC 5280 4.2.2.1). Where this program fetched it too, that has to complete the chain.
pub fn windows_completes(state: &CandidateState) -> bool {
    let Some(handshake) = state.handshake() else { return false };
    let lacks = |checks: &Checks| !checks.trusted.ok && checks.trusted.reason == TrustReason::MissingIntermediate;
    let named = handshake.leaf().is_some_and(|leaf| !leaf.issuer_urls.is_empty());
    let mut fetches = state.evidence().filter_map(|evidence| match evidence {
        Evidence::Issuer(fetch) => Some(fetch.completes),
        _ => None,
    });
    let in_vain = fetches.next().is_some_and(|first| !first && !fetches.any(|completes| completes));
    handshake.checks.as_ref().is_some_and(lacks) && named && !in_vain
}

/// How a stage ended for the client: a chain that Windows completes by itself is worth a warning, and no failure.
pub fn outcome(model: &Model, state: &CandidateState, stage: Stage) -> Option<Outcome> {
    match state.outcome(stage) {
        // Nothing speaks for Exchange, so these are the settings that are meant.
        Some(Outcome::Failed { cause: Cause::XmlImapOnly }) if !model.expects_exchange() => Some(Outcome::Passed),
        Some(Outcome::Failed { cause })
            if stage == Stage::Tls && is_certificate(cause) && as_windows_checks(state, cause).is_none() =>
        {
            Some(Outcome::Warned { cause })
        }
        outcome => outcome,
    }
}

/// What is left of a certificate's fault once Windows has completed the chain.
fn as_windows_checks(state: &CandidateState, cause: Cause) -> Option<Cause> {
    let checks = state.handshake().and_then(|handshake| handshake.checks.clone());
    match checks.filter(|_| windows_completes(state)) {
        Some(mut checks) => {
            checks.trusted.ok = true;
            checks.outcome().cause().filter(|_| !checks.all_hold())
        }
        None => Some(cause),
    }
}

/// Lines of the Security Alert that are red, in its order.
fn red_lines(state: &CandidateState) -> Vec<&'static str> {
    let seen = [state.handshake(), state.clear_text()];
    let checks = seen.into_iter().flatten().find_map(|handshake| handshake.checks.as_ref());
    checks.map_or(Vec::new(), |checks| lines_in_red(checks, checks.trusted.ok || windows_completes(state)))
}

fn lines_in_red(checks: &Checks, trusted: bool) -> Vec<&'static str> {
    let lines = [(trusted, "issuer"), (checks.in_date.ok, "date"), (checks.name_matches.ok, "name")];
    lines.into_iter().filter(|(ok, _)| !ok).map(|(_, line)| line).collect()
}

/// What a handshake alone makes a client do, where nobody asked what stands behind it; nothing where it passes.
pub(super) fn judge_handshake(handshake: &TlsHandshake) -> Option<Judgement> {
    let Some(checks) = &handshake.checks else { return Some(Judgement::plain(Then::GoesOn)) };
    if checks.all_hold() {
        return None;
    }
    let code = checks.outcome().cause().and_then(code::for_cause);
    let alert = lines_in_red(checks, checks.trusted.ok);
    Some(Judgement { then: if alert.is_empty() { Then::GoesOn } else { Then::Unseen }, alert, code })
}

/// What HTTP and XML lead to.
fn answer(state: &CandidateState) -> Judgement {
    match state.outcome(Stage::Http) {
        None => return Judgement::plain(Then::Open),
        Some(Outcome::Failed { cause }) => return Judgement::failed(cause),
        Some(_) => {}
    }
    if state.redirect.as_ref().is_some_and(|redirect| redirect.to.is_some()) {
        return Judgement::plain(Then::LeadsOn);
    }
    if asks_for_a_password(state) && breaks_windows_sign_in(state) {
        return Judgement::plain(Then::AsksForEver);
    }
    if asks_for_a_password(state) && state.answer().is_none() {
        return Judgement::plain(Then::WantsPassword);
    }
    content(state)
}

/// Whether signing in the way that Windows prefers cannot succeed: NTLM does not even begin, or is refused where the same
/// user gets in by another way. Outlook takes the strongest way that is offered and never falls back to Basic.
fn breaks_windows_sign_in(state: &CandidateState) -> bool {
    let by_windows = |attempt: &&SignIn| matches!(attempt.scheme, Some(Scheme::Ntlm | Scheme::Negotiate));
    let tried = |result| state.sign_ins().filter(by_windows).any(|attempt| attempt.result == result);
    let taken_otherwise = |attempt: &SignIn| attempt.result == SignInResult::Accepted && !by_windows(&attempt);
    let schemes = state.exchange().map(|exchange| exchange.schemes.as_slice()).unwrap_or_default();
    // Where tokens are taken, newer clients bring one.
    let by_token = schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case("bearer"));
    let refused_alone = tried(SignInResult::Refused) && state.sign_ins().any(taken_otherwise);
    !by_token && (tried(SignInResult::Interrupted) || refused_alone)
}

/// The place that was asked without a password wants one.
fn asks_for_a_password(state: &CandidateState) -> bool {
    state.exchange().and_then(|exchange| exchange.status) == Some(401)
}

/// What the content of an answer, or of a local file, leads to.
fn content(state: &CandidateState) -> Judgement {
    if state.redirect.as_ref().is_some_and(|redirect| redirect.to.is_some()) {
        return Judgement::plain(Then::LeadsOn);
    }
    let then = match (state.outcome(Stage::Xml), state.answer().map(|answer| answer.kind)) {
        (None, _) => Then::Open,
        // Somebody signed in here; the user will be asked all the same.
        (Some(outcome), Some(AnswerKind::Settings)) if outcome.is_through() && asks_for_a_password(state) => {
            Then::WantsPassword
        }
        (Some(outcome), Some(AnswerKind::Settings)) if outcome.is_through() => Then::Settings,
        (Some(_), Some(AnswerKind::ImapPop)) => Then::WrongSettings,
        _ => Then::GoesOn,
    };
    Judgement::plain(then)
}

impl Judgement {
    pub(super) fn plain(then: Then) -> Self {
        Self { alert: Vec::new(), code: None, then }
    }

    fn failed(cause: Cause) -> Self {
        let late = matches!(cause, Cause::TcpTimeout | Cause::TlsTimeout | Cause::HttpTimeout | Cause::DnsTimeout);
        let then = if late { Then::GoesOnLate } else { Then::GoesOn };
        Self { alert: Vec::new(), code: code::for_cause(cause), then }
    }
}
