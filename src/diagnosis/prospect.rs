//! What would come of a change: the walk and the verdict, computed again from the outcomes of the run.

use super::{blame, headline};
use crate::{
    assumption::{Assumption, assume},
    event::{ClientFamily, Origin, Stage, Standing},
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
    /// What it comes to.
    pub verdict: Prospect,
    /// Every candidate as the client would meet it.
    pub steps: Vec<WalkStep>,
}

/// What one client would come to if these things were different. What nobody measured stays open.
pub fn what_if(model: &Model, client: ClientFamily, assumptions: &[Assumption]) -> WhatIf {
    let assumed = assume(model, assumptions);
    let mut walk = walk::walk(&assumed, client);
    let findings = finding::evaluate(&assumed, &walk);
    blame::blame(&assumed, &mut walk, &findings);
    let headline = unmeasured(&assumed, &walk).unwrap_or_else(|| headline::headline(&assumed, &walk, &findings));
    let verdict = Prospect { class: walk.class, stops_at: walk.stops_at, headline };
    WhatIf { assumptions: assumptions.to_vec(), verdict, steps: walk.steps }
}

/// What the verdict would hang on: the first place that the client would get to and nobody asked.
fn unmeasured(assumed: &Model, walk: &Walk) -> Option<String> {
    let reached = walk.steps.iter().filter(|step| step.reached).filter_map(|step| assumed.candidate(&step.candidate));
    let open = reached
        .filter(|state| state.stages.values().any(|stage| stage.assumed))
        .find(|state| Stage::PROBED.into_iter().any(|stage| state.outcome(stage).is_none()))?;
    let place = open.candidate.url.clone().unwrap_or_else(|| open.host().to_owned());
    let inconclusive = walk.class == VerdictClass::Inconclusive;
    inconclusive.then(|| format!("That depends on what {place} answers then, which this run did not see."))
}

/// Runs every remedy through the what-if. One that changes nothing by itself is not offered before one that does.
pub(super) fn foresee(model: &Model, walk: &Walk, findings: &mut [Finding]) {
    // What Active Directory holds matters to domain members alone; nobody knows whether this is one.
    let asked_directory = model.of_origin(Origin::Scp).any(|state| state.candidate.standing == Standing::Probed);
    for finding in findings {
        let can_be_told = |remedy: &&mut Remedy| {
            let directory = remedy.assumes.iter().any(|assumption| matches!(assumption, Assumption::Directory { .. }));
            !remedy.assumes.is_empty() && (asked_directory || !directory)
        };
        for remedy in finding.remedies.iter_mut().filter(can_be_told) {
            remedy.leads_to = Some(what_if(model, walk.client, &remedy.assumes).verdict);
        }
        let worth = |prospect: &Option<Prospect>| match prospect {
            Some(prospect) if betters(prospect, walk) => 0,
            None => 1,
            Some(_) => 2,
        };
        finding.remedies.sort_by_key(|remedy| worth(&remedy.leads_to));
    }
}

/// Whether a change helps: a better verdict, or the same one at a later place.
fn betters(prospect: &Prospect, walk: &Walk) -> bool {
    let place = |id| walk.steps.iter().position(|step| Some(&step.candidate) == id);
    let (before, after) = (walk.class.badness(), prospect.class.badness());
    after < before || after == before && place(prospect.stops_at.as_ref()) > place(walk.stops_at.as_ref())
}
