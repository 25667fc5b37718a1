//! What the what-if promises, held against the world: every remedy of every scenario is applied to the scenario, which is
//! then run again over real sockets.

#[path = "what_if/change.rs"]
mod change;
mod support;

use discoscope::{
    assumption::Assumption,
    diagnosis::Diagnosis,
    event::ClientFamily,
    finding::{Prospect, Remedy},
    lab::{self, scenario::Scenario},
    model::Model,
    walk::VerdictClass,
};
use std::collections::BTreeSet;

/// Scenarios that run at the same time.
const AT_ONCE: usize = 8;

/// A remedy's promise, and the scenario with the remedy applied.
struct Promise {
    what: String,
    prospect: Prospect,
    changed: Scenario,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_remedy_leads_where_it_says() {
    let mut promises = Vec::new();
    let mut open = 0;
    for group in lab::scenarios().expect("all files can be read").chunks(AT_ONCE) {
        let runs = group.iter().map(support::envelopes);
        for (scenario, envelopes) in group.iter().zip(futures_util::future::join_all(runs).await) {
            let (model, diagnosis) = support::conclude(&envelopes, ClientFamily::default());
            open += collect(scenario, &model, &diagnosis, &mut promises);
        }
    }
    assert!(promises.len() >= 30, "only {} promises ({open} left open): this check would prove little", promises.len());
    let mut broken = Vec::new();
    for group in promises.chunks(AT_ONCE) {
        let runs = group.iter().map(|promise| support::envelopes(&promise.changed));
        for (promise, envelopes) in group.iter().zip(futures_util::future::join_all(runs).await) {
            let (_, diagnosis) = support::conclude(&envelopes, ClientFamily::default());
            let (class, stops_at) = (diagnosis.walk.class, &diagnosis.walk.stops_at);
            if class != promise.prospect.class || *stops_at != promise.prospect.stops_at {
                let Prospect { class: promised, stops_at: place, .. } = &promise.prospect;
                broken.push(format!(
                    "{}: promised {promised:?} at {place:?}, came to {class:?} at {stops_at:?}",
                    promise.what
                ));
            }
        }
    }
    assert!(broken.is_empty(), "{} of {} promises broken\n{}", broken.len(), promises.len(), broken.join("\n"));
}

/// Takes the promises of a scenario's remedies in, each set of assumptions once; counts those that leave it open.
fn collect(scenario: &Scenario, model: &Model, diagnosis: &Diagnosis, promises: &mut Vec<Promise>) -> usize {
    let mut open = 0;
    let mut seen = BTreeSet::new();
    for finding in &diagnosis.findings {
        for Remedy { title, assumes, leads_to, .. } in &finding.remedies {
            let said = assumes.iter().map(Assumption::to_string).collect::<Vec<_>>().join("; ");
            let Some(prospect) = leads_to.clone().filter(|_| seen.insert(said.clone())) else { continue };
            if prospect.class == VerdictClass::Inconclusive {
                open += 1;
                continue;
            }
            let mut changed = scenario.clone();
            if assumes.iter().all(|assumption| change::apply(&mut changed, model, assumption)) {
                let what = format!("{}: {} \"{title}\" ({said})", scenario.name, finding.id);
                promises.push(Promise { what, prospect, changed });
            }
        }
    }
    open
}
