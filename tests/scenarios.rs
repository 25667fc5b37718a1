//! Every scenario of the lab, run over real sockets: findings, roles and verdict of each client family equal what the
//! file expects. The expectations were written from the seed case and the catalogue.

mod support;

use discoscope::{
    catalogue,
    event::{ClientFamily, Envelope, Event, Reply},
    finding::{self, Severity},
    lab::{
        self,
        scenario::{ExpectedWalk, Scenario},
    },
    model::Progress,
    walk::{PromptKind, Role, VerdictClass},
};
use std::collections::BTreeSet;

/// Scenarios that run at the same time.
const AT_ONCE: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_scenario_is_concluded_as_its_file_expects() {
    let scenarios = lab::scenarios().expect("all files can be read");
    assert!(scenarios.len() >= 15, "only {} scenarios: this check would prove little", scenarios.len());
    let mut wrong = Vec::new();
    for group in scenarios.chunks(AT_ONCE) {
        let runs = group.iter().map(support::envelopes);
        for (scenario, envelopes) in group.iter().zip(futures_util::future::join_all(runs).await) {
            wrong
                .extend(differences(scenario, &envelopes).into_iter().map(|line| format!("{}: {line}", scenario.name)));
        }
    }
    assert!(wrong.is_empty(), "{} differences\n{}", wrong.len(), wrong.join("\n"));
}

fn differences(scenario: &Scenario, envelopes: &[Envelope]) -> Vec<String> {
    let mut wrong = Vec::new();
    let family = scenario.expect.findings_of.as_deref().map_or(ClientFamily::default(), |name| {
        ClientFamily::from_name(name).unwrap_or_else(|| panic!("{}: no family {name:?}", scenario.name))
    });
    let (model, diagnosis) = support::conclude(envelopes, family);
    if model.progress != Progress::Finished {
        wrong.push(format!("the run ended as {:?}", model.progress));
    }
    let found: Vec<&str> = diagnosis.findings.iter().map(|finding| finding.id.as_str()).collect();
    let expected: Vec<&str> = scenario.expect.findings.iter().map(String::as_str).collect();
    let as_set = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>();
    if as_set(&found) != as_set(&expected) || found.first() != expected.first() {
        wrong.push(format!("findings {found:?}, expected {expected:?}"));
    }
    for family in ClientFamily::ALL {
        match scenario.expect.of(family) {
            Some(expected) => {
                let lines = walk_differences(expected, envelopes, family);
                wrong.extend(lines.into_iter().map(|line| format!("{}: {line}", family.as_str())));
            }
            None => wrong.push(format!("nothing is expected of {}", family.as_str())),
        }
    }
    wrong
}

fn walk_differences(expected: &ExpectedWalk, envelopes: &[Envelope], family: ClientFamily) -> Vec<String> {
    let mut wrong = Vec::new();
    let (_, diagnosis) = support::conclude(envelopes, family);
    let root_cause = diagnosis.findings.first().filter(|finding| finding.severity > Severity::Info);
    let walk = diagnosis.walk;
    let fails = walk.class == VerdictClass::Fails;
    for id in root_cause.iter().filter(|_| fails).flat_map(|finding| &finding.candidates) {
        let step = walk.steps.iter().find(|step| step.candidate == *id);
        if step.is_some_and(|step| step.reached && step.role == Role::Harmless) {
            wrong.push(format!("{id} is called harmless, and the root cause stands on it"));
        }
    }
    if walk.class != expected.verdict {
        wrong.push(format!("verdict {}, expected {}", walk.class.as_str(), expected.verdict.as_str()));
    }
    let stops_at = walk.stops_at.as_ref().map_or("", |id| id.as_str());
    if stops_at != expected.stops_at {
        wrong.push(format!("stops at {stops_at:?}, expected {:?}", expected.stops_at));
    }
    for (candidate, role) in &expected.roles {
        let step = walk.steps.iter().find(|step| step.candidate.as_str() == candidate);
        match step {
            Some(step) if step.role == *role => {}
            Some(step) => wrong.push(format!("{candidate} {}, expected {}", step.role.as_str(), role.as_str())),
            None => wrong.push(format!("no candidate {candidate}")),
        }
    }
    let alerts: Vec<&str> = walk
        .prompts
        .iter()
        .filter(|prompt| prompt.kind == PromptKind::SecurityAlert && !prompt.may)
        .map(|prompt| prompt.host.as_str())
        .collect();
    if alerts != expected.alerts {
        wrong.push(format!("alerts {alerts:?}, expected {:?}", expected.alerts));
    }
    wrong
}

#[test]
fn scenarios_rules_and_pages_agree() {
    let pages: BTreeSet<&str> = catalogue::pages().iter().map(|page| page.id).collect();
    let rules: BTreeSet<&str> = finding::ids().into_iter().collect();
    let page_only: BTreeSet<&str> = finding::PAGE_ONLY.iter().copied().collect();
    let both: BTreeSet<&str> = rules.union(&page_only).copied().collect();
    assert_eq!(pages, both, "every page has a rule or is listed as page only, and every rule has a page");
    assert!(rules.is_disjoint(&page_only), "a case is either found by a rule or not");
    for scenario in lab::scenarios().expect("all files can be read") {
        let named = scenario.case.iter().chain(&scenario.expect.findings);
        for id in named {
            assert!(rules.contains(id.as_str()), "{}: no rule finds {id:?}", scenario.name);
        }
    }
}

#[test]
fn every_case_that_a_rule_finds_has_its_scenario() {
    let scenarios = lab::scenarios().expect("all files can be read");
    let shown: BTreeSet<&str> =
        scenarios.iter().flat_map(|scenario| &scenario.expect.findings).map(String::as_str).collect();
    let missing: Vec<&str> = finding::ids().into_iter().filter(|id| !shown.contains(id)).collect();
    assert_eq!(missing, Vec::<&str>::new(), "no scenario expects these");
    // Each scenario's findings are compared whole, so a finding that is expected nowhere else is proven silent there.
    for id in &shown {
        assert!(scenarios.iter().any(|scenario| !scenario.expect.findings.iter().any(|other| other == id)));
    }
}

/// The look-alike of a case that a reply makes: the same network, and the person says no.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_that_a_reply_makes_is_silent_when_the_reply_is_no() {
    let scenarios = lab::scenarios().expect("all files can be read");
    let replied: Vec<&Scenario> = scenarios.iter().filter(|scenario| !scenario.replies.is_empty()).collect();
    assert!(replied.len() >= 15, "only {} scenarios with replies", replied.len());
    for group in replied.chunks(AT_ONCE) {
        let runs = group.iter().map(|scenario| support::envelopes(scenario));
        for (scenario, mut envelopes) in group.iter().zip(futures_util::future::join_all(runs).await) {
            for envelope in &mut envelopes {
                if let Event::Replied { reply, .. } = &mut envelope.event {
                    *reply = Reply::No;
                }
            }
            let asked: Vec<&str> = scenario.replies.iter().map(|reply| reply.question.as_str()).collect();
            for family in ClientFamily::ALL {
                let (_, diagnosis) = support::conclude(&envelopes, family);
                let found = diagnosis.findings.iter().find(|finding| asked.contains(&finding.id.as_str()));
                assert_eq!(found.map(|finding| &finding.id), None, "{} for {}", scenario.name, family.as_str());
            }
        }
    }
}
