//! What would come of a change: the walk and the verdict, computed again from the outcomes of the run.

use super::{blame, headline};
use crate::{
    assumption::{Assumption, assume},
    event::{CandidateId, ClientFamily, Origin, Outcome, Stage, Standing},
    finding::{self, Finding, Prospect, Remedy},
    model::Model,
    walk::{self, VerdictClass, Walk, WalkStep},
};
use serde::Serialize;

/// A run as one client would meet it if some things were different.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WhatIf {
    /// What is taken to be different.
    pub assumptions: Vec<Assumption>,
    /// Those among them that speak of nothing this run asked, so that they change nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without_effect: Vec<Assumption>,
    /// Whose walk it is.
    pub client: ClientFamily,
    /// What it comes to.
    pub verdict: Prospect,
    /// Every candidate as the client would meet it.
    pub steps: Vec<WalkStep>,
    /// What in them was not measured.
    pub assumed: Vec<AssumedStages>,
}

/// What was not measured at a candidate.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct AssumedStages {
    /// Which candidate.
    pub candidate: CandidateId,
    /// Stages that are taken to end otherwise than they did.
    pub assumed: Vec<Stage>,
    /// Stages of which nobody knows how they would end.
    pub unknown: Vec<Stage>,
}

/// A run as it would be.
struct Supposed {
    model: Model,
    walk: Walk,
    findings: Vec<Finding>,
}

impl Supposed {
    fn new(model: &Model, client: ClientFamily, assumptions: &[Assumption]) -> Self {
        let model = assume(model, assumptions);
        let mut walk = walk::walk(&model, client);
        let findings = finding::evaluate(&model, &walk);
        blame::blame(&model, &mut walk, &findings);
        Self { model, walk, findings }
    }

    fn prospect(&self) -> Prospect {
        let Self { model, walk, findings } = self;
        let headline = unmeasured(model, walk).unwrap_or_else(|| headline::headline(model, walk, findings));
        Prospect { class: walk.class, stops_at: walk.stops_at.clone(), headline }
    }

    /// Whether a finding is gone; unknown where the verdict is.
    fn cures(&self, finding: &Finding) -> Option<bool> {
        let is_same = |other: &&Finding| {
            let shares = other.candidates.iter().any(|id| finding.candidates.contains(id));
            other.id == finding.id && (shares || finding.candidates.is_empty())
        };
        let known = self.walk.class != VerdictClass::Inconclusive;
        known.then(|| !self.findings.iter().any(|other| is_same(&other)))
    }
}

/// What one client would come to if these things were different; another client where they say so. What nobody measured
/// stays open.
pub fn what_if(model: &Model, client: ClientFamily, assumptions: &[Assumption]) -> WhatIf {
    let client = client_among(assumptions).unwrap_or(client);
    let supposed = Supposed::new(model, client, assumptions);
    let idle = assumptions.iter().filter(|assumption| !assumption.concerns(model));
    WhatIf {
        assumptions: assumptions.to_vec(),
        without_effect: idle.cloned().collect(),
        client,
        verdict: supposed.prospect(),
        assumed: supposed.walk.steps.iter().filter_map(|step| assumed_stages(&supposed.model, step)).collect(),
        steps: supposed.walk.steps,
    }
}

/// The client that is used instead.
fn client_among(assumptions: &[Assumption]) -> Option<ClientFamily> {
    assumptions.iter().rev().find_map(|assumption| match assumption {
        Assumption::Client { family } => Some(*family),
        _ => None,
    })
}

/// What was not measured at a step; nothing where all of it was.
fn assumed_stages(model: &Model, step: &WalkStep) -> Option<AssumedStages> {
    let state = model.candidate(&step.candidate)?;
    let stages = || state.stages.iter();
    if !stages().any(|(_, stage)| stage.assumed) {
        return None;
    }
    let is_settled = |outcome| !matches!(outcome, Outcome::Skipped { .. } | Outcome::NotApplicable);
    let assumed = stages().filter(|(_, stage)| stage.assumed && stage.outcome.is_some_and(is_settled));
    let unknown = Stage::PROBED.into_iter().filter(|stage| state.outcome(*stage).is_none());
    Some(AssumedStages {
        candidate: step.candidate.clone(),
        assumed: assumed.map(|(stage, _)| *stage).collect(),
        unknown: unknown.collect(),
    })
}

/// What the verdict would hang on: the first place that the client would get to and nobody asked.
fn unmeasured(assumed: &Model, walk: &Walk) -> Option<String> {
    let reached = walk.steps.iter().filter(|step| step.reached).filter_map(|step| assumed.candidate(&step.candidate));
    let open = reached
        .filter(|state| state.stages.values().any(|stage| stage.assumed))
        .find(|state| Stage::PROBED.into_iter().any(|stage| state.outcome(stage).is_none()))?;
    let place = open.candidate.url.clone().unwrap_or_else(|| open.host().to_owned());
    let inconclusive = walk.class == VerdictClass::Inconclusive;
    inconclusive.then(|| say!("That depends on what {place} answers then, which this run did not see.", place))
}

/// Runs every remedy through the what-if, or says why nobody can tell. One that changes nothing by itself is not offered
/// before one that does.
pub(super) fn foresee(model: &Model, walk: &Walk, findings: &mut [Finding]) {
    // What Active Directory holds matters to domain members alone; nobody knows whether this is one.
    let asked_directory = model.of_origin(Origin::Scp).any(|state| state.candidate.standing == Standing::Probed);
    for finding in findings {
        let mut remedies = std::mem::take(&mut finding.remedies);
        for remedy in remedies.iter_mut().filter(|remedy| remedy.unforeseen.is_none()) {
            remedy.unforeseen = beyond(model, remedy, asked_directory);
            if remedy.unforeseen.is_none() {
                let client = client_among(&remedy.assumes).unwrap_or(walk.client);
                let supposed = Supposed::new(model, client, &remedy.assumes);
                remedy.cures = supposed.cures(finding);
                remedy.leads_to = Some(supposed.prospect());
            }
        }
        // What makes it worse for this client is no remedy.
        remedies.retain(|remedy| remedy.leads_to.as_ref().is_none_or(|prospect| !worsens(prospect, walk)));
        // The page's order stands, except that what would be in vain, or would leave a dialog, comes last.
        let place = |remedy: &Remedy| {
            let cured = remedy.cures == Some(true);
            remedy.leads_to.as_ref().map(|prospect| worth(prospect, walk, cured))
        };
        // A ticket that promises nothing itself asks for what its page says: it keeps behind the best of that.
        let of_page = remedies.iter().filter_map(place).min().unwrap_or(0);
        remedies.sort_by_key(|remedy| place(remedy).unwrap_or(if remedy.is_ticket() { of_page } else { 0 }));
        put_ticket_behind_first(&mut remedies);
        finding.remedies = remedies;
    }
}

/// Why what a remedy changes lies beyond what this run looked at.
fn beyond(model: &Model, remedy: &Remedy, asked_directory: bool) -> Option<String> {
    let in_directory =
        |assumption: &Assumption| matches!(assumption, Assumption::Directory { .. } | Assumption::Vacated { .. });
    let reason = if !asked_directory && remedy.assumes.iter().any(in_directory) {
        say!("this run did not ask Active Directory")
    } else if matches!(remedy.assumes.as_slice(), [Assumption::Services { .. }]) && !has_services(model) {
        say!("the addresses stand in the settings, which a run without a password does not get")
    } else if remedy.assumes.is_empty() {
        say!("this run cannot try what it changes")
    } else if !remedy.assumes.iter().any(|assumption| assumption.concerns(model)) {
        say!("this run looked at nothing that it changes")
    } else {
        return None;
    };
    Some(finding::cannot_be_told(reason))
}

fn has_services(model: &Model) -> bool {
    model.of_origin(Origin::Service).next().is_some()
}

/// The text that asks somebody for the first remedy stands right behind it, where who reads finds it.
fn put_ticket_behind_first(remedies: &mut Vec<Remedy>) {
    let Some(first) = remedies.first().filter(|first| !first.is_ticket()) else { return };
    let asks_for_it =
        |remedy: &Remedy| remedy.is_ticket() && remedy.owner == first.owner && remedy.leads_to == first.leads_to;
    if let Some(place) = remedies.iter().position(asks_for_it) {
        let ticket = remedies.remove(place);
        remedies.insert(1, ticket);
    }
}

/// How early a remedy may stand: 0 where its page puts it, 1 behind those, since the user is still asked or the search
/// still fails, only later; 2 in vain.
fn worth(prospect: &Prospect, walk: &Walk, cured: bool) -> u8 {
    let helps = betters(prospect, walk);
    match prospect.class {
        VerdictClass::Silent | VerdictClass::NeedsPassword if helps || cured => 0,
        VerdictClass::Prompts | VerdictClass::Fails if helps => 1,
        _ if helps => 0,
        _ => 2,
    }
}

/// Whether a change makes it worse; one that ends where nobody looked may do so or not.
fn worsens(prospect: &Prospect, walk: &Walk) -> bool {
    prospect.class != VerdictClass::Inconclusive && prospect.class.badness() > walk.class.badness()
}

/// Whether a change helps: a better verdict, or the same one at a later place.
pub(super) fn betters(prospect: &Prospect, walk: &Walk) -> bool {
    let place = |id| walk.steps.iter().position(|step| Some(&step.candidate) == id);
    let (before, after) = (walk.class.badness(), prospect.class.badness());
    after < before || after == before && place(prospect.stops_at.as_ref()) > place(walk.stops_at.as_ref())
}
