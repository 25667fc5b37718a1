//! Runs of the timeline, told event by event.

use crate::story::Story;
use discoscope::event::*;

/// What came of a host that is silent.
pub const SILENT: Outcome = Outcome::Failed { cause: Cause::TcpTimeout };

/// A run made by hand: what happened after so many milliseconds.
pub struct Script {
    pub envelopes: Vec<Envelope>,
}

impl Script {
    /// A plan without anything measured.
    pub fn new() -> Self {
        let begun = Story::halfway().into_iter().take_while(|envelope| {
            matches!(envelope.event, Event::SessionStarted { .. } | Event::CandidateQueued { .. })
        });
        let mut script = Self { envelopes: Vec::new() };
        begun.for_each(|envelope| script.at(0, envelope.event));
        script
    }

    pub fn at(&mut self, milliseconds: u64, event: Event) {
        let seq = u64::try_from(self.envelopes.len()).expect("few events");
        let at = "2026-11-20T12:00:00Z".parse().expect("a timestamp");
        self.envelopes.push(Envelope { v: VERSION, seq, at, elapsed_us: milliseconds * 1_000, event });
    }

    pub fn start(&mut self, from: u64, id: &str, stage: Stage, attempt: u32) {
        self.at(from, Event::StageStarted { candidate: CandidateId::new(id), stage, attempt });
    }

    pub fn stage(&mut self, id: &str, stage: Stage, (from, to): (u64, u64), outcome: Outcome) {
        self.stage_again(id, stage, (from, to), outcome, 1);
    }

    pub fn stage_again(&mut self, id: &str, stage: Stage, (from, to): (u64, u64), outcome: Outcome, attempt: u32) {
        self.start(from, id, stage, attempt);
        let candidate = CandidateId::new(id);
        let elapsed_us = (to - from) * 1_000;
        self.at(to, Event::StageFinished { candidate, stage, attempt, outcome, elapsed_us });
    }

    pub fn observed(&mut self, at: u64, id: &str, stage: Stage, evidence: Evidence) {
        self.at(at, Event::Observed { candidate: Some(CandidateId::new(id)), stage, evidence });
    }

    pub fn opened(&mut self, at: u64, id: &str, by: &str, host: &str) {
        let candidate = Candidate {
            url: Some(format!("https://{host}/autodiscover/autodiscover.xml")),
            host: Some(host.into()),
            port: 443,
            opened_by: Some(CandidateId::new(by)),
            ..Candidate::bare(CandidateId::new(id), Origin::Followed)
        };
        self.at(at, Event::CandidateQueued { candidate });
    }

    pub fn redirected(&mut self, at: u64, from: &str, to: Option<&str>, by: OriginOfRedirect, location: &str) {
        let (from, to) = (CandidateId::new(from), to.map(CandidateId::new));
        self.at(at, Event::Redirected { from, to, by, location: location.into() });
    }

    /// An answer with this status.
    pub fn answered(&mut self, at: u64, id: &str, status: u16) {
        let exchange = Story::whole().into_iter().find_map(|envelope| match envelope.event {
            Event::Observed { evidence: Evidence::Http(exchange), .. } => Some(exchange),
            _ => None,
        });
        let mut exchange = exchange.expect("the story holds an exchange");
        exchange.status = Some(status);
        self.observed(at, id, Stage::Http, Evidence::Http(exchange));
    }

    /// A handshake whose certificate has the name or has it not.
    pub fn shook_hands(&mut self, at: u64, id: &str, named: bool) {
        let wanted = Story::whole().into_iter().find_map(|envelope| match envelope.event {
            Event::Observed { evidence: Evidence::Tls(handshake), .. }
                if handshake.checks.as_ref().is_some_and(|checks| checks.name_matches.ok == named) =>
            {
                Some(handshake)
            }
            _ => None,
        });
        let handshake = wanted.expect("the story holds both kinds");
        self.observed(at, id, Stage::Tls, Evidence::Tls(handshake));
    }
}
