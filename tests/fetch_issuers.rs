//! A chain without its intermediate: nothing is fetched unless it is asked for, and what is fetched is the cure.

#[allow(dead_code, reason = "other test programs need the rest")]
mod support;

use discoscope::{
    diagnosis::Diagnosis,
    event::{ClientFamily, Evidence},
    finding::Finding,
    lab::{self, Lab},
    model::Model,
    report::{self, Format},
    session,
};

const SCENARIO: &str = r#"
name = "incomplete"
title = "The chain is not complete"
story = ["Phones do not connect,", "PCs do."]
address = "ida@contoso.test"

[[zone]]
name = "contoso.test"
records = ["mail 3600 IN A 192.0.2.10", "autodiscover 3600 IN A 192.0.2.10"]
[[zone]]
name = "authority.test"
records = ["pki 3600 IN A 203.0.113.20"]

[certificate.mail]
issuer = "public"
names = ["autodiscover.contoso.test"]
send_intermediate = false
issuer_url = "http://pki.authority.test/issuing.crt"

[[host]]
address = "192.0.2.10"
what = "Exchange"
[[host.port]]
number = 443
listen = "tls"
certificate = "mail"
path = [{ path = "/autodiscover/autodiscover.xml", answer = { kind = "exchange-401" } }]

[[host]]
address = "203.0.113.20"
what = "the authority's web server"
[[host.port]]
number = 80
listen = "http"
path = [{ path = "/issuing.crt", answer = { kind = "issuing-certificate" } }]

[expect]
findings = []
[expect.clients.default]
verdict = "fails"
stops_at = ""
roles = {}
"#;

/// The model and the finding about the chain.
async fn run(fetch_issuers: bool) -> (Model, Finding) {
    let scenario = lab::read("incomplete", SCENARIO).expect("a scenario");
    let lab = Lab::start(&scenario).await.expect("a lab");
    let setup = lab::setup(&lab, &scenario, ClientFamily::default(), support::limits()).expect("a run");
    let setup = discoscope::engine::Setup { fetch_issuers, ..setup };
    let session::Session { mut envelopes, commands, cancel: _ } = session::start(setup, None);
    drop(commands);
    let mut all = Vec::new();
    while let Some(envelope) = envelopes.recv().await {
        all.push(envelope);
    }
    let (model, diagnosis) = support::conclude(&all, ClientFamily::default());
    assert_fits_the_schema(&model, &diagnosis);
    let ids: Vec<String> = diagnosis.findings.iter().map(|finding| finding.id.clone()).collect();
    let finding = diagnosis.findings.into_iter().find(|finding| finding.id == "incomplete-chain");
    (model, finding.unwrap_or_else(|| panic!("only {ids:?}")))
}

fn assert_fits_the_schema(model: &Model, diagnosis: &Diagnosis) {
    let schema = serde_json::from_str(include_str!("../assets/report.schema.json")).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let mut bytes = Vec::new();
    report::write(Format::Json, model, diagnosis, &mut bytes).expect("memory can be written");
    let report: serde_json::Value = serde_json::from_slice(&bytes).expect("the report is JSON");
    let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

fn fetches(model: &Model) -> usize {
    let evidence = model.candidates.iter().flat_map(discoscope::model::CandidateState::evidence);
    evidence.filter(|evidence| matches!(evidence, Evidence::Issuer(_))).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_missing_intermediate_is_fetched_only_when_asked_for() {
    let (model, finding) = run(false).await;
    assert_eq!(fetches(&model), 0);
    assert!(finding.remedies.iter().all(|remedy| !remedy.text.contains("BEGIN CERTIFICATE")));
    let (model, finding) = run(true).await;
    assert!(fetches(&model) > 0);
    let first = &finding.remedies[0].text;
    assert!(first.contains("-----BEGIN CERTIFICATE-----") && first.contains("Import-Certificate"), "{first}");
    let told = finding.evidence.iter().find(|fact| fact.label.ends_with("http://pki.authority.test/issuing.crt"));
    assert_eq!(told.map(|fact| fact.value.as_str()), Some("CN=Discoscope Lab Issuing CA, which completes the chain"));
}
