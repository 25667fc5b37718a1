//! Rules about who vouches for the users of a domain.

use super::{Certainty, Finding, case::Case, draft::Draft, values};
use crate::event::{DateReason, Evidence, Origin, OutsideKind, OutsideQuestion, OutsideResult};

/// Microsoft 365 sends the domain's users to a sign-in server of the company, and that cannot be used from here: its name
/// or its port is not there, its certificate does not hold, or its proxy has nobody behind it (502, 503). That it has no
/// such document (404) says nothing, for not every such server is AD FS.
pub(super) fn sign_in_server(case: &Case) -> Vec<Finding> {
    let asked = |kind| outside(case).find(move |question| question.question == kind);
    let (Some(realm), Some(server)) = (asked(OutsideKind::UserRealm), asked(OutsideKind::SignInServer)) else {
        return Vec::new();
    };
    // Without Microsoft 365 in use nobody is sent there.
    if case.model.signs.is_empty() {
        return Vec::new();
    }
    let Some((certainty, words)) = fault(server) else { return Vec::new() };
    let domain = case.domain();
    Draft::new(case, "federation-endpoint-unreachable", certainty, case.first_of(Origin::Office365))
        .fact(say!("{name} at {who}", name = domain, who = realm.asked), realm.namespace.clone().unwrap_or_default())
        .fact(say!("users are sent to"), realm.sign_in.clone().unwrap_or_default())
        .fact(server.asked.clone(), words.clone())
        .value("sign_in_host", values::host_name(&server.asked))
        .value("sign_in_fault", words)
        .first(cure(server))
        .found()
}

fn outside<'a>(case: &Case<'a>) -> impl Iterator<Item = &'a OutsideQuestion> {
    case.model.facts.iter().filter_map(|evidence| match evidence {
        Evidence::Outside(question) => Some(question.as_ref()),
        _ => None,
    })
}

/// What is wrong with the sign-in server, and how sure that is.
fn fault(server: &OutsideQuestion) -> Option<(Certainty, String)> {
    match &server.result {
        OutsideResult::NoAddress { status } => {
            use crate::event::DnsStatus::{NoData, NoSuchName};
            let certainty = if matches!(status, NoSuchName | NoData) { Certainty::Proven } else { Certainty::Possible };
            Some((certainty, say!("its name has no address here").to_owned()))
        }
        OutsideResult::NotConnected { .. } => Some((Certainty::Likely, say!("nothing answers at port 443").to_owned())),
        OutsideResult::NoTls {} => Some((Certainty::Likely, say!("no TLS connection is made").to_owned())),
        OutsideResult::Untrusted {} => Some(certificate(server)),
        OutsideResult::NoAnswer { .. } => {
            Some((Certainty::Likely, say!("the connection ends without an answer").to_owned()))
        }
        OutsideResult::Answered => {
            let status = server.status.filter(|status| matches!(status, 502 | 503))?;
            Some((Certainty::Likely, say!("{status}: the proxy has nobody behind it", status)))
        }
    }
}

/// The remedy that fits what is wrong: where the name or the port is missing the way there is looked at first, where the
/// certificate does not hold it is renewed, and what answers with 502 or 503 has lost its service.
fn cure(server: &OutsideQuestion) -> &'static str {
    match &server.result {
        OutsideResult::NoAddress { .. } | OutsideResult::NotConnected { .. } => "publish",
        OutsideResult::Untrusted {} => "certificate",
        OutsideResult::NoTls {} | OutsideResult::NoAnswer { .. } | OutsideResult::Answered => "services",
    }
}

/// An issuer that only this machine does not trust may be an inspecting proxy's; dates and names are the server's own.
fn certificate(server: &OutsideQuestion) -> (Certainty, String) {
    let Some(checks) = &server.checks else {
        return (Certainty::Likely, say!("its certificate does not hold").to_owned());
    };
    if checks.in_date.reason == DateReason::Expired {
        (Certainty::Proven, say!("its certificate has expired").to_owned())
    } else if !checks.name_matches.ok {
        (Certainty::Proven, say!("its certificate does not list its name").to_owned())
    } else {
        (Certainty::Likely, say!("its certificate is not trusted").to_owned())
    }
}
