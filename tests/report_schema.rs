//! The JSON report against its schema, for every scenario: the schema was written by hand from the contract, so that a
//! field that changes by accident is seen.

mod support;

use discoscope::{
    assumption,
    diagnosis::what_if,
    event::ClientFamily,
    lab,
    report::{self, Format},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_report_fits_the_schema() {
    let schema = serde_json::from_str(include_str!("../assets/report.schema.json")).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let mut wrong = Vec::new();
    for scenario in lab::scenarios().expect("all files can be read") {
        let envelopes = support::envelopes(&scenario).await;
        let (model, mut diagnosis) = support::conclude(&envelopes, ClientFamily::default());
        let assumptions = assumption::parse_all(&format!("remove autodiscover.{}", model.domain())).expect("it is one");
        diagnosis.what_if = Some(what_if(&model, ClientFamily::default(), &assumptions));
        let mut bytes = Vec::new();
        report::write(Format::Json, &model, &diagnosis, &mut bytes).expect("memory can be written");
        let report: serde_json::Value = serde_json::from_slice(&bytes).expect("the report is JSON");
        let errors = validator.iter_errors(&report).take(3);
        wrong.extend(errors.map(|error| format!("{}: {} at {}", scenario.name, error, error.instance_path())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_schema_refuses_what_is_no_report() {
    let schema = serde_json::from_str(include_str!("../assets/report.schema.json")).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    assert!(!validator.is_valid(&serde_json::json!({ "schema": 1 })));
}
