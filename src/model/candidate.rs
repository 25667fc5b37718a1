//! One candidate and what happened to it.

use crate::event::{
    AutodiscoverAnswer, Candidate, CandidateId, DirectoryAnswer, DnsAnswer, Evidence, HandshakePurpose, HttpExchange,
    HttpPurpose, NtlmChallenge, Origin, OriginOfRedirect, Outcome, SignIn, SignInResult, Stage, TcpConnect,
    TlsHandshake, with_port,
};
use std::collections::BTreeMap;

/// Versions that current Windows is about to lose, or has lost (RFC 8996).
const OLD_VERSIONS: [&str; 2] = ["TLS 1.0", "TLS 1.1"];

/// One candidate and what happened to it.
#[derive(Clone, Debug)]
pub struct CandidateState {
    /// The candidate, with its newest standing and URL.
    pub candidate: Candidate,
    /// Its stages so far.
    pub stages: BTreeMap<Stage, StageState>,
    /// Where its answer pointed.
    pub redirect: Option<Redirect>,
    /// It has nothing more to do.
    pub finished: bool,
}

/// Where an answer pointed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Redirect {
    /// By which means.
    pub by: OriginOfRedirect,
    /// The place named.
    pub location: String,
    /// The candidate it opened, when it was followed.
    pub to: Option<CandidateId>,
}

/// One stage of a candidate.
#[derive(Clone, Debug, Default)]
pub struct StageState {
    /// Number of the attempt shown.
    pub attempt: u32,
    /// Microseconds from the beginning of the run to the beginning of the stage.
    pub started_us: u64,
    /// How it ended; absent while it runs.
    pub outcome: Option<Outcome>,
    /// Microseconds it took.
    pub elapsed_us: u64,
    /// What it observed, in order.
    pub evidence: Vec<Evidence>,
    /// It was not measured but taken to be so.
    pub assumed: bool,
}

impl StageState {
    /// Microseconds from the beginning of the run to the end of the stage, or to `now_us` while it runs.
    pub fn ended_us(&self, now_us: u64) -> u64 {
        match self.outcome {
            Some(_) => self.started_us.saturating_add(self.elapsed_us),
            None => now_us.max(self.started_us),
        }
    }
}

impl CandidateState {
    /// A candidate of which nothing is known yet.
    pub fn new(candidate: Candidate) -> Self {
        Self { candidate, stages: BTreeMap::new(), redirect: None, finished: false }
    }

    /// Whether this is the URL that is asked; paths are compared as IIS does, without case.
    pub fn is_asked_at(&self, url: &url::Url) -> bool {
        let known = self.candidate.url.as_deref().and_then(|known| url::Url::parse(known).ok());
        known.is_some_and(|known| {
            let same_place = known.scheme() == url.scheme()
                && known.host_str() == url.host_str()
                && known.port_or_known_default() == url.port_or_known_default();
            same_place && known.path().eq_ignore_ascii_case(url.path()) && known.query() == url.query()
        })
    }

    /// The host that would configure the account though another was asked, of which Outlook asks the user whether it may:
    /// the target of an SRV record, or of a redirect on port 80 (KB2480582).
    pub fn leads_to_host(&self) -> Option<String> {
        match &self.redirect {
            Some(redirect) if self.candidate.origin == Origin::Redirect => {
                let url = url::Url::parse(&redirect.location).ok()?;
                url.host_str().map(str::to_owned)
            }
            None if self.candidate.origin == Origin::Srv => Some(self.host().to_owned()),
            _ => None,
        }
    }

    /// How a stage ended; absent while it runs or when it never began.
    pub fn outcome(&self, stage: Stage) -> Option<Outcome> {
        self.stages.get(&stage).and_then(|state| state.outcome)
    }

    /// Host of the URL; empty while unknown.
    pub fn host(&self) -> &str {
        self.candidate.host.as_deref().unwrap_or("")
    }

    /// The host that asks for a password, with its port where that is not the usual one of https.
    pub fn place_to_sign_in_at(&self) -> String {
        match self.exchange().map(|exchange| exchange.address.port()) {
            None | Some(443) => self.host().to_owned(),
            Some(port) => with_port(self.host(), port),
        }
    }

    /// Evidence of all stages in order.
    pub fn evidence(&self) -> impl Iterator<Item = &Evidence> {
        self.stages.values().flat_map(|stage| stage.evidence.iter())
    }

    /// DNS answers of this candidate.
    pub fn dns(&self) -> impl Iterator<Item = &DnsAnswer> {
        self.evidence().filter_map(|evidence| match evidence {
            Evidence::Dns(answer) => Some(answer),
            _ => None,
        })
    }

    /// What directories and exports hold, in the order in which they were asked.
    pub fn directories(&self) -> impl Iterator<Item = &DirectoryAnswer> {
        self.evidence().filter_map(|evidence| match evidence {
            Evidence::Directory(answer) => Some(answer.as_ref()),
            _ => None,
        })
    }

    /// Connection attempts of this candidate, one per address.
    pub fn tcp(&self) -> impl Iterator<Item = &TcpConnect> {
        self.evidence().filter_map(|evidence| match evidence {
            Evidence::Tcp(connect) => Some(connect),
            _ => None,
        })
    }

    /// Handshakes of this candidate.
    pub fn handshakes(&self) -> impl Iterator<Item = &TlsHandshake> {
        self.evidence().filter_map(|evidence| match evidence {
            Evidence::Tls(handshake) => Some(handshake.as_ref()),
            _ => None,
        })
    }

    /// The handshake the client would make, on the address it would use.
    pub fn handshake(&self) -> Option<&TlsHandshake> {
        self.handshakes().find(|handshake| handshake.purpose == HandshakePurpose::Probe)
    }

    /// Handshakes with the mail servers that the settings name.
    pub fn mail_handshakes(&self) -> impl Iterator<Item = &TlsHandshake> {
        self.handshakes().filter(|handshake| handshake.purpose == HandshakePurpose::MailService)
    }

    /// What the server shows in clear after it refused the library's hello.
    pub fn clear_text(&self) -> Option<&TlsHandshake> {
        self.handshakes().find(|handshake| handshake.purpose == HandshakePurpose::ClearText)
    }

    /// Whether nothing but this program's TLS library stands before the answer: the server refused its hello, but
    /// answers one in clear with TLS 1.2 and a suite that Windows has on by default and the library has not (Microsoft,
    /// "TLS Cipher Suites in Windows 10 v22H2"): static RSA with AES, DHE with GCM, ECDHE with SHA-384 as MAC.
    pub fn is_beyond_the_library(&self) -> bool {
        let Some(clear) = self.clear_text().filter(|clear| clear.version.as_deref() == Some("TLS 1.2")) else {
            return false;
        };
        let suite = clear.suite.as_deref().unwrap_or_default();
        suite.starts_with("TLS_RSA_WITH_AES_")
            || suite.starts_with("TLS_DHE_RSA_WITH_AES_") && suite.contains("_GCM_")
            || suite.starts_with("TLS_ECDHE_") && suite.ends_with("_CBC_SHA384")
    }

    /// What the server shows in clear where it accepts nothing newer than TLS 1.1. Windows goes through as long as the old
    /// versions are switched on; new releases have them off from the start (Windows IT Pro Blog, August 2023, "TLS 1.0
    /// and TLS 1.1 soon to be disabled in Windows").
    pub fn old_versions_only(&self) -> Option<&TlsHandshake> {
        let clear = self.clear_text()?;
        let accepted = clear.accepted_versions();
        (!accepted.is_empty() && accepted.iter().all(|version| OLD_VERSIONS.contains(version))).then_some(clear)
    }

    /// The request the client would send.
    pub fn exchange(&self) -> Option<&HttpExchange> {
        self.evidence().find_map(|evidence| match evidence {
            Evidence::Http(exchange) if exchange.purpose == HttpPurpose::Probe => Some(exchange.as_ref()),
            _ => None,
        })
    }

    /// Status of the answer that HTTP ended by: where a request was let through to be refused behind the sign-in, the
    /// status that the sign-in met.
    pub fn decisive_status(&self) -> Option<u16> {
        let status = self.exchange()?.status;
        let is_fault = matches!(self.outcome(Stage::Http), Some(Outcome::Failed { .. } | Outcome::Warned { .. }));
        let met = self.sign_ins().find_map(|attempt| attempt.status).filter(|met| *met != 401);
        if is_fault && status == Some(401) { met.or(status) } else { status }
    }

    /// Requests sent beside the client's, for this purpose.
    pub fn exchanges_for(&self, purpose: HttpPurpose) -> impl Iterator<Item = &HttpExchange> {
        self.evidence().filter_map(move |evidence| match evidence {
            Evidence::Http(exchange) if exchange.purpose == purpose => Some(exchange.as_ref()),
            _ => None,
        })
    }

    /// Attempts to sign in, in order, with those that were not made.
    pub fn sign_ins(&self) -> impl Iterator<Item = &SignIn> {
        self.evidence().filter_map(|evidence| match evidence {
            Evidence::SignIn(attempt) => Some(attempt.as_ref()),
            _ => None,
        })
    }

    /// Whether somebody could sign in.
    pub fn is_signed_in(&self) -> bool {
        self.sign_ins().any(|attempt| attempt.result == SignInResult::Accepted)
    }

    /// What the server told of itself before anybody signed in.
    pub fn ntlm(&self) -> impl Iterator<Item = &NtlmChallenge> {
        self.evidence().filter_map(|evidence| match evidence {
            Evidence::Ntlm(told) => Some(told.as_ref()),
            _ => None,
        })
    }

    /// The answer's content.
    pub fn answer(&self) -> Option<&AutodiscoverAnswer> {
        self.evidence().find_map(|evidence| match evidence {
            Evidence::Xml(answer) => Some(answer.as_ref()),
            _ => None,
        })
    }
}
