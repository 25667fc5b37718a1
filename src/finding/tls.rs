//! Rules about handshakes and certificates.

mod certificate;

pub(super) use certificate::{CERTIFICATE_IDS, certificates};

use super::{
    Certainty, Finding, Severity,
    case::{Case, same_leaf},
    draft::Draft,
    values,
};
use crate::event::{Cause, ClientFamily, HandshakePurpose, Stage, TlsFailure, TlsHandshake};

/// The port speaks something else than TLS.
pub(super) fn not_tls(case: &Case) -> Vec<Finding> {
    let states = case.failed_with(Stage::Tls, &[Cause::TlsNotTls]);
    let found = states.into_iter().filter_map(|state| {
        let banner = state.handshake().and_then(|handshake| match &handshake.failure {
            Some(TlsFailure::NotTls { banner }) => Some(banner.clone()),
            _ => None,
        });
        let banner = banner.unwrap_or_else(|| "unreadable".to_owned());
        Draft::new(case, "not-tls-on-443", Certainty::Proven, Some(state))
            .stage(Stage::Tls)
            .dns_facts(state)
            .fact("first bytes", banner.clone())
            .value("banner", banner)
            .finish()
    });
    found.collect()
}

/// Alerts with which a server refuses the name, which is the quick refusal that is asked of web hosts.
const NAME_REFUSED: &str = "unrecognized_name";

/// The handshake is refused for want of a common version, suite or curve.
pub(super) fn no_common_parameters(case: &Case) -> Vec<Finding> {
    let causes = [Cause::TlsHandshakeRefused, Cause::TlsVersion, Cause::TlsClosed, Cause::TlsReset];
    let states = case.failed_with(Stage::Tls, &causes);
    let found = states.into_iter().filter_map(|state| {
        let handshake = state.handshake()?;
        if handshake.client_certificate.is_some() {
            return None;
        }
        let certainty = match &handshake.failure {
            Some(TlsFailure::Alert { name, .. }) if name == NAME_REFUSED => return None,
            Some(TlsFailure::Alert { .. }) => Certainty::Likely,
            _ => Certainty::Possible,
        };
        let failure = failure_words(handshake);
        Draft::new(case, "tls-no-common-parameters", certainty, Some(state))
            .stage(Stage::Tls)
            .dns_facts(state)
            .fact("handshake", failure.clone())
            .value("failure", failure)
            .finish()
    });
    found.collect()
}

fn failure_words(handshake: &TlsHandshake) -> String {
    match &handshake.failure {
        Some(TlsFailure::Alert { name, number }) => format!("the server sends the alert {name} ({number})"),
        Some(TlsFailure::Closed) => "the server closes the connection".to_owned(),
        Some(TlsFailure::Reset) => "the connection is reset".to_owned(),
        Some(TlsFailure::TimedOut) => "nothing comes back".to_owned(),
        Some(TlsFailure::NotTls { banner }) => format!("the server sends {banner}"),
        Some(TlsFailure::Protocol { detail }) => detail.clone(),
        None => "no reason is given".to_owned(),
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
        .fact("without a server name", values::names(leaf))
        .value("default_names", values::names(leaf))
        .found()
}
