//! What several test programs need: a scenario run over real sockets.

use discoscope::{
    diagnosis::{Diagnosis, diagnose},
    event::{ClientFamily, Envelope},
    lab::{self, Lab, scenario::Scenario},
    model::Model,
    net::Limits,
    session,
};
use std::time::Duration;

/// Patience in the lab: everything answers on loopback, and what is silent is silent by design.
pub fn limits() -> Limits {
    Limits {
        dns: Duration::from_millis(1500),
        connect: Duration::from_millis(300),
        handshake: Duration::from_secs(2),
        request: Duration::from_secs(5),
        run: Duration::from_secs(30),
    }
}

/// Runs a scenario to its end.
pub async fn envelopes(scenario: &Scenario) -> Vec<Envelope> {
    let lab = Lab::start(scenario).await.unwrap_or_else(|error| panic!("{}: {error}", scenario.name));
    let setup = lab::setup(&lab, scenario, ClientFamily::default(), limits()).expect("the scenario can be run");
    let session::Session { mut envelopes, commands, cancel: _ } = session::start(setup, None);
    drop(commands);
    let mut all = Vec::new();
    while let Some(envelope) = envelopes.recv().await {
        all.push(envelope);
    }
    all
}

/// The conclusion of a run for one client family.
pub fn conclude(envelopes: &[Envelope], client: ClientFamily) -> (Model, Diagnosis) {
    let model = Model::fold(envelopes);
    let diagnosis = diagnose(&model, client);
    (model, diagnosis)
}
