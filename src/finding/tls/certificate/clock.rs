//! Whose clock is wrong: this machine's, or is the certificate really out of date?

use super::{Failed, draft};
use crate::{
    event::{DateReason, Evidence},
    finding::{Certainty, case::Case, draft::Draft},
};
use jiff::Timestamp;
use std::net::IpAddr;

/// Largest difference between two clocks that is nobody's fault, in seconds; Kerberos allows as much.
const SKEW_SECONDS: i64 = 300;
/// Difference from which on one server's word is enough, in seconds: a day.
const LARGE_SECONDS: i64 = 86_400;

/// Largest correction that the time service of Windows makes by itself outside a domain, in seconds: 15 hours.
const REFUSED_SECONDS: i64 = 54_000;

/// What one server's clock says.
struct ServerClock {
    host: String,
    address: IpAddr,
    time: Timestamp,
    secure: bool,
    /// The connection verified, or the answer is dated as HTTP dates it; NTLM's clock over a connection that did not
    /// verify is a further witness only.
    sure: bool,
}

/// The servers' clocks agree that this machine's is wrong, and the certificate is valid by theirs. Two servers at two
/// addresses prove it; a single one counts when it spoke over TLS and the difference is large.
pub(super) fn clock_skew(case: &Case, failed: &Failed) -> Option<Draft> {
    let here = case.model.started?;
    let mut there = server_clocks(case);
    let time = there.first()?.time;
    let agrees = |other: &ServerClock| (other.time.as_second() - time.as_second()).abs() <= SKEW_SECONDS;
    there.retain(|other| other.sure || agrees(other));
    let first = there.first()?;
    let skew = time.as_second() - here.as_second();
    let agree = there.iter().all(agrees);
    let (start, end) = (failed.leaf.not_before?, failed.leaf.not_after?);
    let valid_there = there.iter().all(|other| start <= other.time && other.time <= end);
    let independent = there.iter().any(|other| other.address != first.address);
    let enough = independent || skew.abs() >= LARGE_SECONDS && there.iter().any(|other| other.secure);
    if skew.abs() <= SKEW_SECONDS || !agree || !valid_there || !enough {
        return None;
    }
    let proven = first.sure && there.iter().any(|other| other.sure && other.address != first.address);
    let certainty = if proven { Certainty::Proven } else { Certainty::Likely };
    let mut draft = draft(case, "clock-skew", certainty, failed).fact(say!("this machine's clock"), seconds(here));
    for other in &there {
        draft = draft.fact(say!("clock of {host}", host = other.host), seconds(other.time));
    }
    let by_this_clock = match failed.checks.in_date.reason {
        DateReason::NotYetValid => say!("not valid yet"),
        DateReason::IssuerOutOfDate => say!("issued by an authority out of date"),
        DateReason::Expired | DateReason::Valid | DateReason::Unreadable => say!("expired"),
    };
    let days = skew.abs() / 86_400;
    let distance = match days {
        0 => say!("{count} minutes", count = skew.abs() / 60),
        1 => say!("1 day").to_owned(),
        days => say!("{days} days", days),
    };
    let direction = if skew > 0 { say!("behind") } else { say!("ahead") };
    // A stand-alone Windows refuses corrections beyond this (MaxPosPhaseCorrection and MaxNegPhaseCorrection).
    let draft = if skew.abs() > REFUSED_SECONDS { draft.first("by-hand") } else { draft.without(&["by-hand"]) };
    Some(draft.value("skew", format!("{distance} {direction}")).value("by_this_clock", by_this_clock))
}

/// A time as people read it.
fn seconds(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// The clocks of the servers that dated an answer, or that told their time by NTLM, each host once and the surest first.
fn server_clocks(case: &Case) -> Vec<ServerClock> {
    let mut clocks: Vec<ServerClock> = Vec::new();
    for state in &case.model.candidates {
        for evidence in state.evidence() {
            let Evidence::Http(exchange) = evidence else { continue };
            let Some(time) = exchange.header("date").and_then(http_date) else { continue };
            if !clocks.iter().any(|known| known.host == state.host()) {
                let secure = exchange.url.starts_with("https:");
                clocks.push(ServerClock {
                    host: state.host().to_owned(),
                    address: exchange.address.ip(),
                    time,
                    secure,
                    sure: true,
                });
            }
        }
    }
    for state in &case.model.candidates {
        for told in state.ntlm() {
            let Some(time) = told.server_time else { continue };
            if !clocks.iter().any(|known| known.host == state.host()) {
                let (host, address, sure) = (state.host().to_owned(), told.address.ip(), told.verified);
                clocks.push(ServerClock { host, address, time, secure: true, sure });
            }
        }
    }
    clocks.sort_by_key(|clock| !clock.sure);
    clocks
}

/// A date in the form of HTTP (RFC 9110 section 5.6.7).
fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(text).ok().map(|time| time.timestamp())
}
