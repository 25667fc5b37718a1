//! The TCP stage: one connection to each address of a name.

use crate::{
    event::{Blocker, Cause, Outcome, TcpConnect, TcpResult},
    net::Net,
};
use std::{net::SocketAddr, time::Instant};
use tokio::net::TcpStream;

/// Opens a connection to an address that was found for a host, within the connect limit, and reports how it ended.
/// Gives the stream when it was established.
pub async fn connect(
    net: &Net,
    host: &str,
    address: SocketAddr,
    report: &(dyn Fn(TcpConnect) + Send + Sync),
) -> Option<TcpStream> {
    let started = Instant::now();
    let connected = net.dialer.connect(host, address, net.limits.connect).await;
    let elapsed_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    let result = connected.as_ref().err().copied().unwrap_or(TcpResult::Connected);
    report(TcpConnect { address, result, elapsed_us });
    connected.ok()
}

/// How the stage ended for a name with these attempts: passed when every address answers (this network's lack of IPv6
/// does not count), warned when some do. When
/// none does, the most telling cause: a timeout before a refusal (it costs the user the wait), then a reset, then
/// no route or a fault of this machine. Without attempts there was no address, so name resolution stands before it.
pub fn outcome(results: &[TcpConnect]) -> Outcome {
    let any = |wanted: TcpResult| results.iter().any(|attempt| attempt.result == wanted);
    if results.is_empty() {
        return Outcome::Skipped { blocker: Blocker::Dns };
    }
    // A network without IPv6 has no route to any such address, which says nothing about the far end.
    let no_route = |attempt: &TcpConnect| attempt.address.is_ipv6() && attempt.result == TcpResult::Unreachable;
    let tellable = results.iter().filter(|attempt| !no_route(attempt));
    if any(TcpResult::Connected) && tellable.into_iter().all(|attempt| attempt.result == TcpResult::Connected) {
        return Outcome::Passed;
    }
    if any(TcpResult::Connected) {
        return Outcome::Warned { cause: Cause::TcpSomeFailed };
    }
    let cause = if any(TcpResult::TimedOut) {
        Cause::TcpTimeout
    } else if any(TcpResult::Refused) {
        Cause::TcpRefused
    } else if any(TcpResult::Reset) {
        Cause::TcpReset
    } else {
        Cause::TcpUnreachable
    };
    Outcome::Failed { cause }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    fn outcome_of(results: &[TcpResult]) -> Outcome {
        let address = (Ipv4Addr::new(192, 0, 2, 1), 443).into();
        let attempts: Vec<_> =
            results.iter().map(|result| TcpConnect { address, result: *result, elapsed_us: 1 }).collect();
        outcome(&attempts)
    }

    #[test]
    fn the_most_telling_cause_wins() {
        use TcpResult::{Connected, Denied, Failed, Refused, Reset, TimedOut, Unreachable};
        let failed = |cause| Outcome::Failed { cause };
        assert_eq!(outcome_of(&[Connected, Connected]), Outcome::Passed);
        assert_eq!(outcome_of(&[Connected, Unreachable]), Outcome::Warned { cause: Cause::TcpSomeFailed });
        assert_eq!(outcome_of(&[Unreachable, Refused, TimedOut]), failed(Cause::TcpTimeout));
        assert_eq!(outcome_of(&[Unreachable, Reset, Refused]), failed(Cause::TcpRefused));
        assert_eq!(outcome_of(&[Denied, Reset]), failed(Cause::TcpReset));
        assert_eq!(outcome_of(&[Denied]), failed(Cause::TcpUnreachable));
        assert_eq!(outcome_of(&[Failed]), failed(Cause::TcpUnreachable));
        assert_eq!(outcome_of(&[]), Outcome::Skipped { blocker: Blocker::Dns });
    }
}
