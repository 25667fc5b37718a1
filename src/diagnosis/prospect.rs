//! What would come of a change: the walk and the verdict, computed again from the outcomes of the run.

use super::headline;
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
    foretell(model, client, assumptions).0
}

/// [`what_if`], and the findings that would be left.
fn foretell(model: &Model, client: ClientFamily, assumptions: &[Assumption]) -> (WhatIf, Vec<Finding>) {
    let assumed = assume(model, assumptions);
    let walk = walk::walk(&assumed, client);
    let findings = finding::evaluate(&assumed, &walk);
    let headline = unmeasured(&assumed, &walk).unwrap_or_else(|| headline::headline(&assumed, &walk, &findings));
    let verdict = Prospect { class: walk.class, stops_at: walk.stops_at, headline };
    (WhatIf { assumptions: assumptions.to_vec(), verdict, steps: walk.steps }, findings)
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
        let can_be_told = |remedy: &Remedy| {
            let directory = remedy.assumes.iter().any(|assumption| matches!(assumption, Assumption::Directory { .. }));
            !remedy.assumes.is_empty() && (asked_directory || !directory)
        };
        let (id, candidates) = (finding.id.clone(), finding.candidates.clone());
        let mut places = vec![0; finding.remedies.len()];
        for (remedy, place) in finding.remedies.iter_mut().zip(&mut places).filter(|(remedy, _)| can_be_told(remedy)) {
            let (foretold, left) = foretell(model, walk.client, &remedy.assumes);
            let cured =
                !left.iter().any(|other| other.id == id && other.candidates.iter().any(|c| candidates.contains(c)));
            *place = worth(&foretold.verdict, walk, cured);
            remedy.leads_to = Some(foretold.verdict);
        }
        // The page's order stands, except that what would be in vain, or would leave a dialog, comes last.
        let mut remedies: Vec<(u8, Remedy)> = places.into_iter().zip(std::mem::take(&mut finding.remedies)).collect();
        remedies.sort_by_key(|(place, _)| *place);
        finding.remedies = remedies.into_iter().map(|(_, remedy)| remedy).collect();
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

/// Whether a change helps: a better verdict, or the same one at a later place.
fn betters(prospect: &Prospect, walk: &Walk) -> bool {
    let place = |id| walk.steps.iter().position(|step| Some(&step.candidate) == id);
    let (before, after) = (walk.class.badness(), prospect.class.badness());
    after < before || after == before && place(prospect.stops_at.as_ref()) > place(walk.stops_at.as_ref())
}
