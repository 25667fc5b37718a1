//! The model of a run: a pure fold over envelopes, and the only state that anything is concluded from.

mod candidate;
mod protocols;
mod stages;
mod surroundings;
mod views;

pub use candidate::{CandidateState, Redirect, StageState};
pub use protocols::{AnswerClass, Endpoint, Protocol, ProtocolAnswer};
pub use surroundings::is_microsoft;
pub use views::{ViewCell, ViewColumn, ViewRow, ViewTable};

use crate::event::{
    Address, Candidate, CandidateId, ClientFamily, DnsAnswer, Envelope, Event, Evidence, NoteCode, Origin, Purpose,
    Reply, Sign, ThisPc, Vantage, VantageSide, View,
};
use crate::pc;
use crate::plan::{self, REDIRECT_LIMIT, Step};
use jiff::Timestamp;
use std::{collections::BTreeMap, net::IpAddr};

/// Candidates that a model takes in; a run has at most [`plan::CANDIDATE_LIMIT`].
const CANDIDATE_BOUND: usize = 2 * plan::CANDIDATE_LIMIT;
/// Pieces of evidence that one stage, or the whole run beside its candidates, takes in.
const EVIDENCE_BOUND: usize = 512;
/// Replies that a run takes in.
const REPLY_BOUND: usize = 64;
/// Notes that a run takes in.
const NOTE_BOUND: usize = 256;

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
    /// Microseconds that the run took, from the beginning to the newest event; time in which nothing was asked does not
    /// count.
    pub elapsed_us: u64,
    /// Microseconds between the end of the run and what was asked again.
    idle_us: u64,
    /// Stamp of the beginning, which stage times are counted from.
    began_us: u64,
    /// Candidates in the order they joined the plan.
    pub candidates: Vec<CandidateState>,
    /// Facts that belong to the whole run: canaries, mail servers, signs.
    pub facts: Vec<Evidence>,
    /// Signs of Microsoft 365 that were measured.
    pub signs: Vec<Sign>,
    /// Replies to questions, by the id of their case. They are about the PC and its user, so they outlast a run.
    pub replies: BTreeMap<String, Reply>,
    /// What is known of the PC that Outlook runs on: what was read there, and what a reply brought from its registry.
    pub pc: Option<ThisPc>,
    /// What was read there by itself.
    pc_read: Option<ThisPc>,
    /// Notes in the order they came.
    pub notes: Vec<(NoteCode, String)>,
    /// Hosts that the PC is taken to allow to configure accounts, beside those of its registry; a what-if fills it.
    pub allowed_redirects: Vec<String>,
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

impl Model {
    /// The model after these envelopes.
    pub fn fold<'a>(envelopes: impl IntoIterator<Item = &'a Envelope>) -> Self {
        let mut model = Self::default();
        for envelope in envelopes {
            model.apply(envelope);
        }
        model
    }

    /// Counts the time of an envelope: while the run goes on, and not from its end to what is asked again.
    fn count_time(&mut self, before: Progress, envelope: &Envelope) {
        let is_over = |progress| matches!(progress, Progress::Finished | Progress::Cancelled);
        let at_us = envelope.elapsed_us.saturating_sub(self.began_us);
        match (is_over(before), is_over(self.progress)) {
            (true, true) => {}
            (true, false) => self.idle_us = at_us.saturating_sub(self.elapsed_us),
            (false, _) => self.elapsed_us = self.elapsed_us.max(at_us.saturating_sub(self.idle_us)),
        }
    }

    /// Microseconds from the beginning of the run to its last event, pauses included.
    pub fn at_us(&self) -> u64 {
        self.elapsed_us.saturating_add(self.idle_us)
    }

    /// Takes one envelope in. Total and bounded, because a recording may hold anything: an event about an unknown
    /// candidate changes nothing, and no candidate leads back to itself. A run that begins again discards what was
    /// before.
    pub fn apply(&mut self, envelope: &Envelope) {
        let before = self.progress;
        match &envelope.event {
            Event::SessionStarted { tool, address, client, vantage } => {
                let begun = Self {
                    tool: tool.clone(),
                    address: Some(address.clone()),
                    client: *client,
                    vantage: vantage.clone(),
                    ..Self::default()
                };
                self.begin(begun, envelope);
            }
            Event::PcRead { pc } => {
                self.pc_read = Some(pc.as_ref().clone());
                self.settle_pc();
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
            Event::SurroundingsStarted {} => self.facts.clear(),
            Event::Observed { candidate: None, evidence, .. } => {
                push_bounded(&mut self.facts, evidence, EVIDENCE_BOUND)
            }
            Event::Observed { candidate: Some(id), stage, evidence } => {
                self.look_around(evidence);
                if let Some(state) = self.candidate_mut(id) {
                    let known = &mut state.stages.entry(*stage).or_default().evidence;
                    push_bounded(known, evidence, EVIDENCE_BOUND);
                }
            }
            Event::StageFinished { candidate, stage, attempt, .. }
                if self.is_overtaken(candidate, *stage, *attempt) =>
            {
                return;
            }
            Event::StageFinished { candidate, stage, attempt, outcome, elapsed_us } => {
                let (attempt, outcome, elapsed_us) = (*attempt, Some(*outcome), *elapsed_us);
                let ended_us = envelope.elapsed_us.saturating_sub(self.began_us);
                let started_us = ended_us.saturating_sub(elapsed_us);
                let ended = StageState { attempt, outcome, elapsed_us, started_us, ..StageState::default() };
                self.end_stage(candidate, *stage, ended);
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
            Event::Replied { question, reply } => self.take_reply(question, reply),
            Event::Note { code, detail } => push_bounded(&mut self.notes, &(*code, detail.clone()), NOTE_BOUND),
            Event::SessionFinished {} => self.progress = Progress::Finished,
            Event::SessionCancelled {} => self.progress = Progress::Cancelled,
        }
        self.count_time(before, envelope);
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
        for step in self.sequence(client) {
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

    /// What is set on the PC for this client family; nothing where nothing is known of the PC.
    pub fn settings(&self, client: ClientFamily) -> Option<pc::Settings<'_>> {
        self.pc.as_ref().map(|pc| pc::Settings::of(pc, plan::office_version(client)))
    }

    /// The search of one client family on this PC: its own order, with the local file first where the PC says so.
    pub fn sequence(&self, client: ClientFamily) -> Vec<Step> {
        let prefers =
            |settings: &pc::Settings| settings.prefers_local_xml() && settings.local_xml(self.domain()).is_some();
        plan::sequence_on(client, self.settings(client).as_ref().is_some_and(prefers))
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

    /// What was read on the PC, and what replies brought from its registry.
    fn settle_pc(&mut self) {
        self.pc = self.pc_read.clone();
        let domain = self.address.as_ref().map(|address| address.domain.as_str());
        for reply in self.replies.values() {
            if let Reply::Output { text } = reply
                && pc::is_from_registry(text)
            {
                self.pc = Some(pc::merged(self.pc.as_ref(), pc::read_text(text, domain)));
            }
        }
    }

    /// Inside: a resolver of the network itself gives out a private address for a name of the domain. A public address
    /// says nothing, for it is given out on both sides.
    fn look_around(&mut self, evidence: &Evidence) {
        let Evidence::Dns(answer) = evidence else { return };
        let name = &answer.question.name;
        let own = name == self.domain() || name.strip_suffix(self.domain()).is_some_and(|rest| rest.ends_with('.'));
        let local = answer.responder_address().is_some_and(|server| is_private(server) || server.is_loopback());
        if own && local && answer.view == View::System && answer.addresses().into_iter().any(is_private) {
            self.vantage.side = VantageSide::Inside;
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
        if !self.may_join(candidate) {
            return;
        }
        let state = CandidateState::new(candidate.clone());
        match self.candidates.iter_mut().find(|known| known.candidate.id == candidate.id) {
            Some(known) => *known = state,
            None => self.candidates.push(state),
        }
    }

    /// Whether a candidate fits: within the bound, and opened by one that was known before it, not too many hops away.
    fn may_join(&self, candidate: &Candidate) -> bool {
        let place = self.candidates.iter().position(|known| known.candidate.id == candidate.id);
        if place.is_none() && self.candidates.len() >= CANDIDATE_BOUND {
            return false;
        }
        let mut hops = 0;
        let mut limit = place.unwrap_or(self.candidates.len());
        let mut opener = candidate.opened_by.as_ref();
        while let Some(id) = opener {
            let earlier = self.candidates.iter().take(limit).position(|known| known.candidate.id == *id);
            let Some(at) = earlier else { return false };
            hops += 1;
            if hops > REDIRECT_LIMIT + 1 {
                return false;
            }
            limit = at;
            opener = self.candidates.get(at).and_then(|known| known.candidate.opened_by.as_ref());
        }
        true
    }

    /// A run begins; what a person replied before holds on.
    fn begin(&mut self, begun: Self, envelope: &Envelope) {
        *self = Self {
            started: Some(envelope.at),
            began_us: envelope.elapsed_us,
            progress: Progress::Running,
            replies: std::mem::take(&mut self.replies),
            ..begun
        };
        self.settle_pc();
    }

    fn take_reply(&mut self, question: &str, reply: &Reply) {
        if *reply == Reply::Withdrawn {
            self.replies.remove(question);
        } else if self.replies.len() < REPLY_BOUND || self.replies.contains_key(question) {
            self.replies.insert(question.to_owned(), reply.clone());
        } else {
            return;
        }
        self.settle_pc();
    }

    fn candidate_mut(&mut self, id: &CandidateId) -> Option<&mut CandidateState> {
        self.candidates.iter_mut().find(|state| state.candidate.id == *id)
    }
}

/// Appends unless the bound is reached; the engine stays far below it.
fn push_bounded<T: Clone>(list: &mut Vec<T>, item: &T, bound: usize) {
    if list.len() < bound {
        list.push(item.clone());
    }
}

/// Whether an address is given out inside a network only (RFC 1918, RFC 4193).
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_private(),
        IpAddr::V6(address) => address.is_unique_local(),
    }
}

#[cfg(test)]
mod tests;
