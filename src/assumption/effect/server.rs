//! What assumptions do to servers, and to the clock that their certificates are judged by.

use crate::{
    assumption::Assumption,
    certificate,
    event::{
        AnswerKind, AutodiscoverAnswer, Blocker, Cause, Checks, DateReason, Evidence, HandshakePurpose, HttpExchange,
        HttpPurpose, NameReason, Origin, Outcome, Stage, Standing, TcpResult, TlsHandshake, TrustReason,
    },
    model::{CandidateState, Model, StageState},
};

pub(super) fn change(model: &mut Model, assumption: &Assumption) {
    for state in &mut model.candidates {
        match assumption {
            Assumption::Listed { host } if state.host() == host => amend_checks(state, list),
            Assumption::Sound { host } if state.host() == host => amend_checks(state, repair),
            Assumption::Trusted { host } if state.host() == host => amend_checks(state, trust),
            Assumption::Encrypted { host } if state.host() == host => encrypted(state),
            Assumption::Refused { host, port } if state.host() == host && state.candidate.port == *port => {
                fail(state, Stage::Tcp, Cause::TcpRefused, Blocker::Tcp);
            }
            Assumption::Answers { host } if is_asked_over_https(state, host) => answers(state),
            // Services of the mailbox give no settings.
            Assumption::Settings { host }
                if is_asked_over_https(state, host) && state.candidate.origin != Origin::Service =>
            {
                gives_settings(state);
            }
            Assumption::Missing { host } if state.host() == host && state.outcome(Stage::Http).is_some() => {
                fail(state, Stage::Http, Cause::HttpNotFound, Blocker::Http);
            }
            Assumption::SwitchedOff { origin } if state.candidate.origin == *origin => {
                state.candidate.standing = Standing::LeftOut;
                state.stages.clear();
            }
            _ => {}
        }
    }
}

/// Judges the handshake for another name.
pub(super) fn judge_name(tls: &mut StageState, host: &str) {
    amend(tls, |handshake| {
        let leaf = handshake.chain.first().cloned();
        if let (Some(leaf), Some(checks)) = (leaf, &mut handshake.checks) {
            checks.name_matches = certificate::name_check(host, &leaf);
        }
    });
}

/// Makes something right about the certificate.
fn amend_checks(state: &mut CandidateState, right: fn(&mut Checks)) {
    let Some(tls) = state.stages.get_mut(&Stage::Tls) else { return };
    amend(tls, |handshake| {
        if let Some(checks) = &mut handshake.checks {
            right(checks);
        }
    });
}

fn list(checks: &mut Checks) {
    checks.name_matches.ok = true;
    checks.name_matches.reason = NameReason::Listed;
    checks.name_matches.matched = Some(checks.name_matches.asked.clone());
}

fn trust(checks: &mut Checks) {
    checks.trusted.ok = true;
    checks.trusted.reason = TrustReason::Trusted;
}

fn repair(checks: &mut Checks) {
    trust(checks);
    checks.in_date.ok = true;
    checks.in_date.reason = DateReason::Valid;
    checks.usable.ok = true;
    checks.usable.problems.clear();
}

/// Judges every certificate at the time that a server states in its answer (HTTP Date), one over TLS before others; no
/// server's word, no change.
pub(super) fn clock_right(model: &mut Model) {
    let exchanges = model.candidates.iter().flat_map(CandidateState::evidence).filter_map(|evidence| match evidence {
        Evidence::Http(exchange) => Some(exchange),
        _ => None,
    });
    let dated = exchanges.filter_map(|exchange| {
        let date = jiff::fmt::rfc2822::parse(exchange.header("date")?).ok()?;
        Some((!exchange.url.starts_with("https:"), date.timestamp()))
    });
    let Some((_, now)) = dated.min_by_key(|(in_clear, _)| *in_clear) else { return };
    model.started = Some(now);
    for tls in model.candidates.iter_mut().filter_map(|state| state.stages.get_mut(&Stage::Tls)) {
        amend(tls, |handshake| {
            let leaf = handshake.chain.first().cloned();
            if let (Some(leaf), Some(checks)) = (leaf, &mut handshake.checks) {
                checks.in_date = certificate::date_check(now, &leaf);
            }
        });
    }
}

/// Changes the handshakes that the verdict reads, and draws the outcome from their checks again. A handshake that
/// failed for another reason than its certificate keeps its outcome.
fn amend(tls: &mut StageState, change: impl Fn(&mut TlsHandshake)) {
    let mut outcome = None;
    for evidence in &mut tls.evidence {
        let Evidence::Tls(handshake) = evidence else { continue };
        if !matches!(handshake.purpose, HandshakePurpose::Probe | HandshakePurpose::ClearText) {
            continue;
        }
        change(handshake);
        if handshake.purpose == HandshakePurpose::Probe && handshake.failure.is_none() && outcome.is_none() {
            outcome = handshake.checks.as_ref().map(|checks| checks.outcome());
        }
    }
    tls.assumed = true;
    if let Some(outcome) = outcome {
        tls.outcome = Some(outcome);
    }
}

/// How the handshake ends as far as the certificate goes, of which the server may have shown one in clear only; open
/// where it showed none.
fn certificate_outcome(state: &CandidateState) -> Option<Outcome> {
    let seen = [state.handshake(), state.clear_text()].into_iter().flatten();
    seen.filter_map(|handshake| handshake.checks.as_ref()).map(Checks::outcome).next()
}

/// The handshake succeeds, and the certificate is what is left to judge. What stands behind is known only where another
/// library asked.
fn encrypted(state: &mut CandidateState) {
    let refused = [
        Cause::TlsHandshakeRefused,
        Cause::TlsVersion,
        Cause::TlsClosed,
        Cause::TlsReset,
        Cause::TlsTimeout,
        Cause::TlsMalformed,
        Cause::TlsNotTls,
    ];
    if !matches!(state.outcome(Stage::Tls), Some(Outcome::Failed { cause }) if refused.contains(&cause)) {
        return;
    }
    let outcome = certificate_outcome(state);
    let asked =
        matches!(state.outcome(Stage::Http), Some(Outcome::Passed | Outcome::Warned { .. } | Outcome::Failed { .. }));
    let tls = state.stages.entry(Stage::Tls).or_default();
    (tls.outcome, tls.assumed) = (outcome, true);
    if !asked {
        state.stages.retain(|stage, _| *stage <= Stage::Tls);
    }
}

fn is_asked_over_https(state: &CandidateState, host: &str) -> bool {
    let in_clear = state.candidate.url.as_deref().is_some_and(|url| url.starts_with("http:"));
    state.host() == host && state.candidate.standing == Standing::Probed && !in_clear
}

/// The server asks for a password, as Exchange does; a fault of its certificate stays.
fn answers(state: &mut CandidateState) {
    serve(state, 401);
    state.stages.insert(Stage::Xml, ended(Outcome::Skipped { blocker: Blocker::Password }));
}

/// The server gives settings for Exchange, once it has the password where it asked for one.
fn gives_settings(state: &mut CandidateState) {
    let asked = state.exchange().and_then(|exchange| exchange.status) == Some(401);
    serve(state, if asked { 401 } else { 200 });
    let settings = AutodiscoverAnswer::bare(AnswerKind::Settings);
    let xml = StageState { evidence: vec![Evidence::Xml(Box::new(settings))], ..ended(Outcome::Passed) };
    state.stages.insert(Stage::Xml, xml);
}

/// The server is reached and answers the request with a status, and whoever signs in there gets in.
fn serve(state: &mut CandidateState, status: u16) {
    for stage in [Stage::Dns, Stage::Tcp] {
        if state.outcome(stage).is_none_or(|outcome| !outcome.is_through()) {
            state.stages.insert(stage, ended(Outcome::Passed));
        }
    }
    let certificate = certificate_outcome(state);
    let tls = state.stages.entry(Stage::Tls).or_default();
    if tls.outcome.is_none_or(|outcome| !outcome.is_through()) {
        (tls.outcome, tls.assumed) = (certificate, true);
    }
    let exchange = state.exchange().cloned().or_else(|| request(state));
    let http = state.stages.entry(Stage::Http).or_default();
    (http.outcome, http.assumed) = (Some(Outcome::Passed), true);
    http.evidence.retain(|evidence| match evidence {
        Evidence::Http(exchange) => exchange.purpose != HttpPurpose::Probe,
        Evidence::SignIn(_) => false,
        _ => true,
    });
    if let Some(exchange) = exchange {
        let answered = HttpExchange {
            status: Some(status),
            exchange: true,
            failure: None,
            client_certificate: None,
            body: None,
            ..exchange
        };
        http.evidence.push(Evidence::Http(Box::new(answered)));
    }
    state.redirect = None;
}

/// The request that was never sent, where a connection shows where it would have gone.
fn request(state: &CandidateState) -> Option<HttpExchange> {
    Some(HttpExchange {
        verified: certificate_outcome(state).is_some_and(Outcome::is_through),
        ..HttpExchange::unanswered(
            state.candidate.url.clone()?,
            "POST",
            state.tcp().find(|connect| connect.result == TcpResult::Connected)?.address,
        )
    })
}

/// A stage fails, and what lies behind it is not run.
pub(super) fn fail(state: &mut CandidateState, stage: Stage, cause: Cause, blocker: Blocker) {
    state.redirect = None;
    state.stages.retain(|known, _| *known < stage);
    state.stages.insert(stage, ended(Outcome::Failed { cause }));
    for later in Stage::PROBED.into_iter().filter(|later| *later > stage) {
        state.stages.insert(later, ended(Outcome::Skipped { blocker }));
    }
}

pub(super) fn ended(outcome: Outcome) -> StageState {
    StageState { outcome: Some(outcome), assumed: true, ..StageState::default() }
}
