//! The model of a run: a pure fold over envelopes, and the only state that anything is concluded from.

use crate::event::{
    Address, AutodiscoverAnswer, Candidate, CandidateId, ClientFamily, DnsAnswer, Envelope, Event, Evidence,
    HandshakePurpose, HttpExchange, HttpPurpose, NoteCode, Origin, OriginOfRedirect, Outcome, Purpose, Sign, Stage,
    TcpConnect, TlsHandshake, Vantage, VantageSide, View,
};
use crate::plan;
use jiff::Timestamp;
use std::{collections::BTreeMap, net::IpAddr};

/// Everything known about a run so far.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// Program and version that made the run.
    pub tool: String,
    /// The address being diagnosed, once the run began.
    pub address: Option<Address>,
    /// The client family the technician chose at the start.
    pub client: ClientFamily,
    /// Where the run looks from.
    pub vantage: Vantage,
    /// When the run began.
    pub started: Option<Timestamp>,
    /// Microseconds from the beginning to the newest event.
    pub elapsed_us: u64,
    /// Stamp of the beginning, which stage times are counted from.
    began_us: u64,
    /// Candidates in the order they joined the plan.
    pub candidates: Vec<CandidateState>,
    /// Facts that belong to the whole run: canaries, mail servers, signs.
    pub facts: Vec<Evidence>,
    /// Signs of Microsoft 365 that were measured.
    pub signs: Vec<Sign>,
    /// Notes in the order they came.
    pub notes: Vec<(NoteCode, String)>,
    /// How the run stands.
    pub progress: Progress,
}

/// How a run stands.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Progress {
    /// Nothing has happened yet.
    #[default]
    Waiting,
    /// Events are coming.
    Running,
    /// It ended by itself.
    Finished,
    /// It was stopped.
    Cancelled,
}

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
}

impl Model {
    /// The model after these envelopes.
    pub fn fold<'a>(envelopes: impl IntoIterator<Item = &'a Envelope>) -> Self {
        let mut model = Self::default();
        for envelope in envelopes {
            model.apply(envelope);
        }
        model
    }

    /// Takes one envelope in. Total: an event about an unknown candidate changes nothing. A run that begins again
    /// discards what was before.
    pub fn apply(&mut self, envelope: &Envelope) {
        match &envelope.event {
            Event::SessionStarted { tool, address, client, vantage } => {
                *self = Self {
                    tool: tool.clone(),
                    address: Some(address.clone()),
                    client: *client,
                    vantage: vantage.clone(),
                    started: Some(envelope.at),
                    began_us: envelope.elapsed_us,
                    progress: Progress::Running,
                    ..Self::default()
                };
            }
            Event::CandidateQueued { candidate } => self.queue(candidate),
            Event::CandidateDecided { id, standing, signs } => {
                if let Some(state) = self.candidate_mut(id) {
                    state.candidate.standing = *standing;
                }
                self.signs.clone_from(signs);
            }
            Event::CandidateLocated { id, url, host, port } => {
                if let Some(state) = self.candidate_mut(id) {
                    state.candidate.url = Some(url.clone());
                    state.candidate.host = Some(host.clone());
                    state.candidate.port = *port;
                }
            }
            Event::StageStarted { candidate, stage, attempt } => {
                self.start_stage(candidate, *stage, *attempt, envelope)
            }
            Event::Observed { candidate: None, evidence, .. } => self.facts.push(evidence.clone()),
            Event::Observed { candidate: Some(id), stage, evidence } => {
                self.look_around(evidence);
                if let Some(state) = self.candidate_mut(id) {
                    state.stages.entry(*stage).or_default().evidence.push(evidence.clone());
                }
            }
            Event::StageFinished { candidate, stage, attempt, outcome, elapsed_us } => {
                if let Some(state) = self.candidate_mut(candidate) {
                    let stage = state.stages.entry(*stage).or_default();
                    stage.attempt = *attempt;
                    stage.outcome = Some(*outcome);
                    stage.elapsed_us = *elapsed_us;
                }
            }
            Event::Redirected { from, to, by, location } => {
                if let Some(state) = self.candidate_mut(from) {
                    state.redirect = Some(Redirect { by: *by, location: location.clone(), to: to.clone() });
                }
            }
            Event::CandidateFinished { id } => {
                if let Some(state) = self.candidate_mut(id) {
                    state.finished = true;
                }
            }
            Event::Note { code, detail } => self.notes.push((*code, detail.clone())),
            Event::SessionFinished {} => self.progress = Progress::Finished,
            Event::SessionCancelled {} => self.progress = Progress::Cancelled,
        }
        self.elapsed_us = self.elapsed_us.max(envelope.elapsed_us.saturating_sub(self.began_us));
    }

    /// The candidate with this id.
    pub fn candidate(&self, id: &CandidateId) -> Option<&CandidateState> {
        self.candidates.iter().find(|state| state.candidate.id == *id)
    }

    /// The candidates of one step.
    pub fn of_origin(&self, origin: Origin) -> impl Iterator<Item = &CandidateState> {
        self.candidates.iter().filter(move |state| state.candidate.origin == origin)
    }

    /// The mail domain in ASCII; empty before the run began.
    pub fn domain(&self) -> &str {
        self.address.as_ref().map_or("", |address| address.domain.as_str())
    }

    /// Candidates in the order of one client family, each followed by those it opened; what the family does not try
    /// comes last.
    pub fn in_order_of(&self, client: ClientFamily) -> Vec<&CandidateState> {
        let mut ordered: Vec<&CandidateState> = Vec::new();
        let sequence = plan::sequence(client);
        for step in sequence {
            for state in self.of_origin(step.origin) {
                self.with_followers(state, &mut ordered);
            }
        }
        for state in &self.candidates {
            if state.candidate.opened_by.is_none() {
                self.with_followers(state, &mut ordered);
            }
        }
        ordered
    }

    /// Answers to questions of the whole run with this purpose.
    pub fn dns_facts(&self, purpose: Purpose) -> impl Iterator<Item = &DnsAnswer> {
        self.facts.iter().filter_map(move |evidence| match evidence {
            Evidence::Dns(answer) if answer.purpose == purpose => Some(answer),
            _ => None,
        })
    }

    /// Whether a stage of any candidate is running.
    pub fn is_busy(&self) -> bool {
        self.progress == Progress::Running
    }

    /// Inside or outside: a private address for a name of the domain is only given out inside.
    fn look_around(&mut self, evidence: &Evidence) {
        let Evidence::Dns(answer) = evidence else { return };
        let own =
            answer.question.name == self.domain() || answer.question.name.ends_with(&format!(".{}", self.domain()));
        if !own || answer.view != View::System {
            return;
        }
        for address in answer.addresses() {
            let private = match address {
                IpAddr::V4(address) => address.is_private(),
                IpAddr::V6(address) => address.is_unique_local(),
            };
            if private {
                self.vantage.side = VantageSide::Inside;
            } else if self.vantage.side == VantageSide::Unknown {
                self.vantage.side = VantageSide::Outside;
            }
        }
    }

    fn with_followers<'a>(&'a self, state: &'a CandidateState, ordered: &mut Vec<&'a CandidateState>) {
        if ordered.iter().any(|known| known.candidate.id == state.candidate.id) {
            return;
        }
        ordered.push(state);
        for follower in &self.candidates {
            if follower.candidate.opened_by.as_ref() == Some(&state.candidate.id) {
                self.with_followers(follower, ordered);
            }
        }
    }

    fn queue(&mut self, candidate: &Candidate) {
        let state =
            CandidateState { candidate: candidate.clone(), stages: BTreeMap::new(), redirect: None, finished: false };
        match self.candidates.iter_mut().find(|known| known.candidate.id == candidate.id) {
            Some(known) => *known = state,
            None => self.candidates.push(state),
        }
    }

    fn start_stage(&mut self, id: &CandidateId, stage: Stage, attempt: u32, envelope: &Envelope) {
        // Events after the end mean that something was started again.
        self.progress = Progress::Running;
        let began_us = self.began_us;
        if let Some(state) = self.candidate_mut(id) {
            state.finished = false;
            state.stages.retain(|known, _| *known < stage);
            if stage <= Stage::Http {
                state.redirect = None;
            }
            let started_us = envelope.elapsed_us.saturating_sub(began_us);
            state.stages.insert(stage, StageState { attempt, started_us, ..StageState::default() });
        }
    }

    fn candidate_mut(&mut self, id: &CandidateId) -> Option<&mut CandidateState> {
        self.candidates.iter_mut().find(|state| state.candidate.id == *id)
    }
}

impl CandidateState {
    /// How a stage ended; absent while it runs or when it never began.
    pub fn outcome(&self, stage: Stage) -> Option<Outcome> {
        self.stages.get(&stage).and_then(|state| state.outcome)
    }

    /// Host of the URL; empty while unknown.
    pub fn host(&self) -> &str {
        self.candidate.host.as_deref().unwrap_or("")
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

    /// The request the client would send.
    pub fn exchange(&self) -> Option<&HttpExchange> {
        self.evidence().find_map(|evidence| match evidence {
            Evidence::Http(exchange) if exchange.purpose == HttpPurpose::Probe => Some(exchange.as_ref()),
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
