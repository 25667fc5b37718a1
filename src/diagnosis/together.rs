//! Remedies that lead further together than any of them alone.

use super::prospect::what_if;
use crate::{
    assumption::{ASSUMPTION_LIMIT, Assumption, assume},
    finding::{Finding, Prospect, Remedy, Severity},
    model::Model,
    walk::{self, Walk},
};
use serde::Serialize;

/// Most remedies that are put together: who has to do more than these has to begin with the first finding.
const MOST: usize = 4;

/// Remedies to be done all together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Together {
    /// Titles of the remedies, in the order of their findings.
    pub remedies: Vec<Part>,
    /// What would be different once all are done.
    pub assumes: Vec<Assumption>,
    /// The verdict that they lead to.
    pub leads_to: Prospect,
}

/// One remedy of several.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Part {
    /// Id of its finding.
    pub finding: String,
    /// What to do, in one line.
    pub title: String,
}

/// How far a change leads: how bad the verdict is, then how late the client stops; the less, the better.
type Worth = (u8, usize);

/// The remedies of several findings that together lead to a good end, where none alone does: in each turn the one that
/// leads furthest beside those taken already.
pub(super) fn together(model: &Model, walk: &Walk, findings: &[Finding]) -> Option<Together> {
    let offered: Vec<(&Finding, &Remedy)> = findings
        .iter()
        .filter(|finding| finding.severity > Severity::Info)
        .flat_map(|finding| finding.remedies.iter().map(move |remedy| (finding, remedy)))
        .filter(|(_, remedy)| remedy.leads_to.is_some() && is_cure(remedy))
        .collect();
    let ends_well = |remedy: &Remedy| remedy.leads_to.as_ref().is_some_and(|prospect| prospect.class.badness() == 0);
    if walk.class.badness() == 0 || offered.iter().any(|(_, remedy)| ends_well(remedy)) {
        return None;
    }
    let mut taken: Vec<usize> = Vec::new();
    let mut reached = worth(walk);
    while taken.len() < MOST && reached.0 > 0 {
        let further = (0..offered.len()).filter(|place| !taken.contains(place)).filter_map(|place| {
            let all = assumptions(&offered, taken.iter().copied().chain([place]))?;
            Some((worth(&walk::walk(&assume(model, &all), walk.client)), place))
        });
        let (best, place) = further.min()?;
        if best >= reached {
            return None;
        }
        taken.push(place);
        reached = best;
    }
    taken.sort_unstable();
    let assumes = assumptions(&offered, taken.iter().copied())?;
    let leads_to = what_if(model, walk.client, &assumes).verdict;
    let parts = taken.iter().filter_map(|place| offered.get(*place));
    let remedies = parts.map(|(finding, remedy)| Part { finding: finding.id.clone(), title: remedy.title.clone() });
    (taken.len() > 1 && leads_to.class.badness() == 0).then(|| Together {
        remedies: remedies.collect(),
        assumes,
        leads_to,
    })
}

/// Whether it cures anything, and for others than one PC; a ticket only asks for what others do.
fn is_cure(remedy: &Remedy) -> bool {
    let of_one_pc = |assumption: &Assumption| {
        matches!(assumption, Assumption::SwitchedOff { .. } | Assumption::Allowed { .. } | Assumption::Client { .. })
    };
    !remedy.is_ticket() && !remedy.assumes.iter().any(of_one_pc)
}

fn worth(walk: &Walk) -> Worth {
    let stops = walk.stops_at.as_ref().and_then(|id| walk.steps.iter().position(|step| step.candidate == *id));
    (walk.class.badness(), usize::MAX - stops.unwrap_or(usize::MAX))
}

/// What all of these remedies assume, each thing once; nothing where that is too much, or where one takes away what
/// another adds.
fn assumptions(offered: &[(&Finding, &Remedy)], places: impl Iterator<Item = usize>) -> Option<Vec<Assumption>> {
    let mut all: Vec<Assumption> = Vec::new();
    for (_, remedy) in places.filter_map(|place| offered.get(place)) {
        let added = |name: &str, of: &[Assumption]| {
            of.iter().any(|other| matches!(other, Assumption::Added { name: known, .. } if known == name))
        };
        let differs = remedy.assumes.iter().any(|new| match new {
            Assumption::Added { name, .. } | Assumption::Removed { name } => added(name, &all) && !all.contains(new),
            _ => false,
        });
        if differs {
            return None;
        }
        let new: Vec<Assumption> = remedy.assumes.iter().filter(|new| !all.contains(new)).cloned().collect();
        all.extend(new);
    }
    (all.len() <= ASSUMPTION_LIMIT).then_some(all)
}
