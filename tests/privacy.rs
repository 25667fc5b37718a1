//! Privacy costs nothing of the diagnosis: every scenario of the lab concludes the same from events that were made
//! private, and what was to go is gone.

mod support;

use discoscope::{
    event::{ClientFamily, Envelope, Event, Evidence},
    lab::{self, scenario::Scenario},
    recording::{self, Writer},
    redaction::{self, Redactor},
    walk::Role,
};
use std::collections::BTreeSet;

/// Scenarios that run at the same time.
const AT_ONCE: usize = 8;

fn redacted(envelopes: &[Envelope]) -> Vec<Envelope> {
    let mut redactor = Redactor::default();
    envelopes.iter().map(|envelope| redactor.redact(envelope)).collect()
}

/// What a client family is told: verdict, findings and the role of each candidate.
fn conclusion(envelopes: &[Envelope], family: ClientFamily) -> (String, Vec<String>, Vec<(String, Role)>) {
    let (_, diagnosis) = support::conclude(envelopes, family);
    let findings = diagnosis.findings.iter().map(|finding| finding.id.clone()).collect();
    let roles = diagnosis.walk.steps.iter().map(|step| (step.candidate.to_string(), step.role)).collect();
    (diagnosis.verdict.class.as_str().to_owned(), findings, roles)
}

/// What must not be seen, as it stands in the events.
fn secrets(envelopes: &[Envelope]) -> BTreeSet<String> {
    let mut secrets = BTreeSet::new();
    for envelope in envelopes {
        match &envelope.event {
            Event::SessionStarted { address, .. } => {
                secrets.insert(format!("{}@", address.local));
            }
            Event::Observed { evidence: Evidence::Dns(answer), .. } => {
                let public = answer.addresses().into_iter().filter(|address| redaction::is_public(*address));
                secrets.extend(public.map(|address| format!("\"{address}\"")));
            }
            Event::Observed { evidence: Evidence::Tcp(connect), .. } if redaction::is_public(connect.address.ip()) => {
                secrets.insert(connect.address.to_string());
            }
            Event::Observed { evidence: Evidence::Tls(handshake), .. } => {
                let chain = &handshake.chain;
                secrets.extend(chain.iter().flat_map(|one| [one.serial.clone(), one.sha256.clone(), one.der.clone()]));
            }
            Event::Observed { evidence: Evidence::Http(exchange), .. } => {
                secrets.extend(exchange.header("request-id").map(str::to_owned));
            }
            _ => {}
        }
    }
    secrets.retain(|secret| secret.len() > 3);
    secrets
}

fn differences(scenario: &Scenario, envelopes: &[Envelope]) -> Vec<String> {
    let private = redacted(envelopes);
    let text: Vec<String> = private.iter().map(|one| serde_json::to_string(one).expect("an event is JSON")).collect();
    let remaining = secrets(envelopes).into_iter().filter(|secret| text.iter().any(|line| line.contains(secret)));
    let mut wrong: Vec<String> = remaining.map(|secret| format!("{secret} remains")).collect();
    for family in ClientFamily::ALL {
        let (before, after) = (conclusion(envelopes, family), conclusion(&private, family));
        if before != after {
            wrong.push(format!("{}: {after:?}, not {before:?}", family.as_str()));
        }
    }
    wrong.into_iter().map(|line| format!("{}: {line}", scenario.name)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_scenario_concludes_the_same_in_private() {
    let scenarios = lab::scenarios().expect("all files can be read");
    assert!(scenarios.len() >= 15, "only {} scenarios: this check would prove little", scenarios.len());
    let mut wrong = Vec::new();
    let mut found = 0;
    for group in scenarios.chunks(AT_ONCE) {
        let runs = group.iter().map(support::envelopes);
        for (scenario, envelopes) in group.iter().zip(futures_util::future::join_all(runs).await) {
            found += secrets(&envelopes).len();
            wrong.extend(differences(scenario, &envelopes));
        }
    }
    assert!(found > scenarios.len() * 5, "only {found} secrets: this check would prove little");
    assert!(wrong.is_empty(), "{} differences\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn a_private_recording_holds_placeholders_from_its_first_line() {
    let envelopes = support::envelopes(&lab::scenario("healthy").expect("the scenario exists")).await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run.jsonl");
    let mut writer = Writer::create(&path).expect("the file can be created").in_private();
    for envelope in &envelopes {
        writer.write(envelope).expect("the file can be written");
    }
    drop(writer);
    let written = std::fs::read(&path).expect("the file can be read");
    let read = recording::read(written.as_slice()).expect("a whole recording");
    assert_eq!(read.envelopes, redacted(&envelopes));
    assert!(!String::from_utf8_lossy(&written).contains("nora@"));
}
