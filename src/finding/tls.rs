//! Rules about handshakes and certificates.

mod certificate;
mod inspection;

pub(super) use certificate::{CERTIFICATE_IDS, certificates};
pub(super) use inspection::inspected;

use super::{
    Certainty, Finding, Severity,
    case::{Case, same_leaf},
    draft::Draft,
    values,
};
use crate::{
    event::{Cause, ClientFamily, HandshakePurpose, HttpExchange, Stage, TlsFailure, TlsHandshake, TlsLibrary},
    model::CandidateState,
};

/// The port speaks something else than TLS.
pub(super) fn not_tls(case: &Case) -> Vec<Finding> {
    let states = case.failed_with(Stage::Tls, &[Cause::TlsNotTls]);
    let found = states.into_iter().filter_map(|state| {
        let banner = state.handshake().and_then(|handshake| match &handshake.failure {
            Some(TlsFailure::NotTls { banner }) => Some(banner.clone()),
            _ => None,
        });
        let banner = banner.unwrap_or_else(|| say!("unreadable").to_owned());
        Draft::new(case, "not-tls-on-443", Certainty::Proven, Some(state))
            .stage(Stage::Tls)
            .dns_facts(state)
            .fact(say!("first bytes"), banner.clone())
            .value("banner", banner)
            .finish()
    });
    found.collect()
}

/// Alerts with which a server refuses the name, which is the quick refusal that is asked of web hosts.
const NAME_REFUSED: &str = "unrecognized_name";

/// Ways in which a server refuses a hello.
const REFUSED: [Cause; 5] =
    [Cause::TlsHandshakeRefused, Cause::TlsVersion, Cause::TlsClosed, Cause::TlsReset, Cause::TlsTimeout];

/// The server speaks nothing newer than TLS 1.1.
pub(super) fn old_versions_only(case: &Case) -> Vec<Finding> {
    let states = case.failed_with(Stage::Tls, &REFUSED);
    let found = states.into_iter().filter_map(|state| {
        let clear = state.old_versions_only()?;
        in_clear(Draft::new(case, "tls10-only", Certainty::Proven, Some(state)).dns_facts(state), state, clear)
            .value("behind", behind(state))
            .value("versions", clear.accepted_versions().join(say!(" and ")))
            .finish()
    });
    found.collect()
}

/// The server speaks TLS 1.2 with suites that Windows has and this program has not.
pub(super) fn old_suites_only(case: &Case) -> Vec<Finding> {
    let states = case.failed_with(Stage::Tls, &REFUSED).into_iter().filter(|state| state.is_beyond_the_library());
    let found = states.filter_map(|state| {
        let clear = state.clear_text()?;
        let suite = clear.suite.clone().unwrap_or_default();
        let draft = Draft::new(case, "tls-old-suites-only", Certainty::Proven, Some(state)).dns_facts(state);
        let reach = match asked_otherwise(state) {
            Some(_) => say!("Outlook gets through, and so does this program"),
            None => say!("Outlook gets through, this program does not"),
        };
        in_clear(draft, state, clear)
            .value("suite", suite)
            .value("reach", reach)
            .value("behind", behind(state))
            .finish()
    });
    found.collect()
}

/// The request that another library carried.
fn asked_otherwise(state: &CandidateState) -> Option<(&HttpExchange, TlsLibrary)> {
    let exchange = state.exchange()?;
    exchange.library.map(|library| (exchange, library))
}

/// What is known of the answer behind old encryption, or what it takes to know it.
fn behind(state: &CandidateState) -> String {
    let tried = state.handshakes().find(|handshake| handshake.purpose == HandshakePurpose::OtherLibrary);
    match (asked_otherwise(state), tried) {
        (Some((exchange, library)), _) => {
            let answer = match exchange.status {
                Some(status) => format!("HTTP {status}"),
                None => say!("no answer").to_owned(),
            };
            say!("What stands behind it was asked for by {library}: {answer}.", library = library.as_str(), answer)
        }
        (None, Some(tried)) => {
            let library = tried.library.map_or(say!("another library"), TlsLibrary::as_str);
            say!(
                "What stands behind it could not be asked for: {library} fails too ({why}).",
                library,
                why = failure_words(tried)
            )
        }
        (None, None) => say!(
            "What stands behind it could not be asked for, because the TLS library of this build does not \
                         speak it; a build with the feature `legacy-tls` does."
        )
        .to_owned(),
    }
}

/// What a handshake and the hellos in clear after it showed.
fn in_clear(draft: Draft, state: &CandidateState, clear: &TlsHandshake) -> Draft {
    let draft = match state.handshake() {
        Some(refused) => draft.fact(say!("handshake"), failure_words(refused)),
        None => draft,
    };
    let chosen = [clear.version.as_deref(), clear.suite.as_deref()].into_iter().flatten().collect::<Vec<_>>();
    draft
        .stage(Stage::Tls)
        .fact(say!("accepts"), clear.version_range().unwrap_or_default())
        .fact(say!("chooses"), chosen.join(say!(" with ")))
        .certificate_facts(clear)
}

/// The handshake is refused for want of a common version, suite or curve.
pub(super) fn no_common_parameters(case: &Case) -> Vec<Finding> {
    let causes = [Cause::TlsHandshakeRefused, Cause::TlsVersion, Cause::TlsClosed, Cause::TlsReset];
    let states = case.failed_with(Stage::Tls, &causes);
    let found = states.into_iter().filter_map(|state| {
        let handshake = state.handshake()?;
        let is_told = state.old_versions_only().is_some() || state.is_beyond_the_library();
        if handshake.client_certificate.is_some() || is_told {
            return None;
        }
        let certainty = match &handshake.failure {
            Some(TlsFailure::Alert { name, .. }) if name == NAME_REFUSED => return None,
            Some(TlsFailure::Alert { .. }) => Certainty::Likely,
            _ => Certainty::Possible,
        };
        let range = state.clear_text().and_then(TlsHandshake::version_range);
        let range = range.map(|range| say!("Asked version by version, the server accepts: {range}.", range));
        let draft = Draft::new(case, "tls-no-common-parameters", certainty, Some(state)).stage(Stage::Tls);
        let draft = draft.dns_facts(state).fact(say!("handshake"), failure_words(handshake));
        let draft = match state.clear_text() {
            Some(clear) => in_clear(draft, state, clear),
            None => draft,
        };
        draft.value("failure", failure_words(handshake)).value("range", range.unwrap_or_default()).finish()
    });
    found.collect()
}

/// The connection is taken, and nothing comes back to any hello.
pub(super) fn stalls(case: &Case) -> Vec<Finding> {
    let states = case.failed_with(Stage::Tls, &[Cause::TlsTimeout]);
    let found = states.into_iter().filter_map(|state| {
        let handshake = state.handshake()?;
        if state.clear_text().is_some_and(|clear| clear.version.is_some()) || handshake.client_certificate.is_some() {
            // It does speak to somebody.
            return None;
        }
        let seconds = (handshake.elapsed_us / 1_000_000).max(1).to_string();
        let waited = say!("nothing for {seconds} s after the hello", seconds);
        let draft = Draft::new(case, "tls-handshake-stalls", Certainty::Likely, Some(state)).stage(Stage::Tls);
        let draft = draft.dns_facts(state).fact(handshake.address.to_string(), waited);
        draft.value("address", handshake.address.ip().to_string()).value("seconds", seconds).finish()
    });
    found.collect()
}

fn failure_words(handshake: &TlsHandshake) -> String {
    match &handshake.failure {
        Some(TlsFailure::Alert { name, number }) => say!("the server sends the alert {name} ({number})", name, number),
        Some(TlsFailure::NoConnection) => say!("no connection can be made").to_owned(),
        Some(TlsFailure::Closed) => say!("the server closes the connection").to_owned(),
        Some(TlsFailure::Reset) => say!("the connection is reset").to_owned(),
        Some(TlsFailure::TimedOut) => say!("nothing comes back").to_owned(),
        Some(TlsFailure::NotTls { banner }) => say!("the server sends {banner}", banner),
        Some(TlsFailure::Protocol { detail }) => detail.clone(),
        None => say!("no reason is given").to_owned(),
    }
}

/// Families that also run on Windows XP, whose TLS sends no server name.
const WITHOUT_SERVER_NAME: [ClientFamily; 3] =
    [ClientFamily::Outlook2007Rtm, ClientFamily::Outlook2007, ClientFamily::Outlook2010];

/// The deciding server shows another certificate to clients that send no server name.
pub(super) fn certificate_by_name(case: &Case) -> Vec<Finding> {
    let decider = case.walk.decided_by.as_ref().and_then(|id| case.model.candidate(id));
    let Some(state) = decider.filter(|_| WITHOUT_SERVER_NAME.contains(&case.walk.client)) else { return Vec::new() };
    let bare = state.handshakes().find(|handshake| handshake.purpose == HandshakePurpose::WithoutServerName);
    let (Some(named), Some(bare)) = (state.handshake(), bare) else { return Vec::new() };
    let (Some(leaf), Some(checks)) = (bare.leaf(), &named.checks) else { return Vec::new() };
    if same_leaf(named, bare) || !checks.all_hold() || super::case::covers(leaf, state.host()) {
        return Vec::new();
    }
    Draft::new(case, "one-certificate-per-address", Certainty::Proven, Some(state))
        .stage(Stage::Tls)
        .severity(Severity::Minor)
        .fact(say!("without a server name"), values::names(leaf))
        .value("default_names", values::names(leaf))
        .found()
}
