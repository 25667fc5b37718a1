//! Several addresses in one report: the worst first, each with the cause that its scenario's file expects.

mod support;

use discoscope::{diagnosis::Diagnosis, event::ClientFamily, lab, model::Model, report, words};

async fn run(name: &str) -> (Model, Diagnosis) {
    let scenario = lab::scenario(name).expect("a scenario");
    support::conclude(&support::envelopes(&scenario).await, ClientFamily::default())
}

fn summary(runs: &[(Model, Diagnosis)]) -> String {
    let mut bytes = Vec::new();
    report::summary::write(runs, &mut bytes).expect("memory can be written");
    String::from_utf8(bytes).expect("text")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_worst_comes_first_with_its_cause() {
    let names = ["healthy", "wizard-certificate", "autodiscover-record-absent"];
    let mut runs = Vec::new();
    for name in names {
        runs.push(run(name).await);
    }
    let summary = summary(&runs);
    for name in names {
        let scenario = lab::scenario(name).expect("a scenario");
        let walk = scenario.expect.of(ClientFamily::default()).expect("an expectation");
        let line = summary.lines().find(|line| line.contains(&scenario.address)).expect("a line for each address");
        assert!(line.trim_start().starts_with(&words::verdict_class(walk.verdict).to_uppercase()), "{line}");
        // `healthy` has one finding that only looks like a fault.
        let cause = scenario.case.as_deref().unwrap_or("nothing is wrong");
        assert!(line.contains(cause), "{line}");
    }
    let place = |word: &str| summary.find(word).unwrap_or_else(|| panic!("{word} is missing in {summary}"));
    assert!(place("  DOES NOT WORK ") < place("  ASKS THE USER "), "{summary}");
    assert!(place("  ASKS THE USER ") < place("  NEEDS PASSWORD "), "{summary}");
    assert!(!summary.contains("Causes that several share"), "{summary}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cause_of_two_domains_is_said_once() {
    let runs = [run("root-website-certificate").await, run("three-companies").await];
    let summary = summary(&runs);
    let (_, shared) =
        summary.split_once("Causes that several share\n").expect("both websites have a wrong certificate");
    assert!(shared.starts_with("  root-domain-webhost-cert: The website at "), "{shared}");
    assert!(shared.contains("; concerns contoso.test, companyb.test\n"), "{shared}");
}
