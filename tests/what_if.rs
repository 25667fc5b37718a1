//! What the what-if promises, held against the world: every remedy of every scenario is applied to the scenario, which is
//! then run again over real sockets.

#[path = "what_if/change.rs"]
mod change;
mod support;

use discoscope::{
    assumption::{self, Assumption},
    diagnosis::{Diagnosis, what_if},
    event::{Candidate, CandidateId, ClientFamily, Origin},
    finding::Remedy,
    lab::{self, scenario::Scenario},
    model::Model,
    walk::VerdictClass,
};
use std::{collections::BTreeMap, fs, path::Path};

/// Scenarios that run at the same time.
const AT_ONCE: usize = 8;

/// What a remedy promises to the client families, and the scenario with the remedy applied.
struct Promise {
    what: String,
    prospects: Vec<(ClientFamily, VerdictClass, Option<String>)>,
    changed: Scenario,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_remedy_leads_where_it_says() {
    let (mut promises, mut open) = (Vec::new(), 0);
    let scenarios = scenarios();
    for group in scenarios.chunks(AT_ONCE) {
        let runs = group.iter().map(support::envelopes);
        for (scenario, envelopes) in group.iter().zip(futures_util::future::join_all(runs).await) {
            let mut made = BTreeMap::new();
            let diagnoses = ClientFamily::ALL.map(|client| support::conclude(&envelopes, client));
            if let Some(case) = &scenario.case {
                let found = |(_, diagnosis): &(Model, Diagnosis)| diagnosis.findings.iter().any(|one| one.id == *case);
                assert!(diagnoses.iter().any(found), "{}: no client has {case}", scenario.name);
            }
            for (model, diagnosis) in &diagnoses {
                let walk = &diagnosis.walk;
                let expected = scenario.expect.of(walk.client).expect("the reader checks it");
                let came_to = (walk.class, walk.stops_at.as_ref().map_or("", CandidateId::as_str));
                let name = format!("{} for {}", scenario.name, walk.client.as_str());
                assert_eq!(came_to, (expected.verdict, expected.stops_at.as_str()), "{name}");
                open += collect(scenario, model, diagnosis, &mut made);
            }
            promises.extend(made.into_values());
        }
    }
    assert!(
        promises.len() >= 100,
        "only {} promises ({open} left open): this check would prove little",
        promises.len()
    );
    let mut broken = Vec::new();
    for group in promises.chunks(AT_ONCE) {
        let runs = group.iter().map(|promise| support::envelopes(&promise.changed));
        for (promise, envelopes) in group.iter().zip(futures_util::future::join_all(runs).await) {
            broken.extend(promise.prospects.iter().filter_map(|(client, promised, promised_at)| {
                let (model, diagnosis) = support::conclude(&envelopes, *client);
                let (class, stops_at) = (diagnosis.walk.class, place(&model, diagnosis.walk.stops_at.as_ref()));
                let words = format!("promised {promised:?} at {promised_at:?}, came to {class:?} at {stops_at:?}");
                let kept = class == *promised && stops_at == *promised_at;
                (!kept).then(|| format!("{} for {}: {words}", promise.what, client.as_str()))
            }));
        }
    }
    assert!(broken.is_empty(), "{} of {} promises broken\n{}", broken.len(), promises.len(), broken.join("\n"));
}

/// The resolver asks again.
const AFRESH: &str = "remove autodiscover.contoso.test; add autodiscover.contoso.test A 192.0.2.10";

/// A change behind which nobody looked promises nothing: what the run did not see stays open, and what it saw stays.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_saw_stays_open() {
    for (name, said, stops_at) in [
        // The server's certificate came in clear and is right.
        ("tls10-only", "encryption current at autodiscover.contoso.test", None),
        // It came in clear and lacks the name.
        ("tls-old-suites-only", "encryption current at autodiscover.contoso.test", Some("autodiscover")),
        // Nothing came at all, so that nobody knows the certificate.
        ("handshake-stalls", "answer autodiscover.contoso.test", None),
        // The name does not even exist.
        ("autodiscover-record-absent", "answer autodiscover.contoso.test", None),
        // The zone's own server names the new place, and nobody went there.
        ("dns-cache-stale", AFRESH, None),
        ("negative-cache-after-fix", AFRESH, None),
    ] {
        let scenario = lab::scenario(name).expect("the lab has it");
        let envelopes = support::envelopes(&scenario).await;
        let (model, _) = support::conclude(&envelopes, ClientFamily::default());
        let assumptions = assumption::parse_all(said).expect("it can be read");
        let verdict = what_if(&model, ClientFamily::default(), &assumptions).verdict;
        assert_eq!(verdict.class, VerdictClass::Inconclusive, "{name}");
        assert_eq!(verdict.stops_at.as_ref().map(CandidateId::as_str), stops_at, "{name}");
        let names_the_place = verdict.headline.contains("https://autodiscover.contoso.test/");
        assert!(names_the_place, "{name}: {}", verdict.headline);
    }
}

/// A place by its step. One that a redirect opened goes by its URL, because two that open at the same time are numbered as
/// they come; entries of Active Directory are numbered by how many there are, which a remedy may change.
fn place(model: &Model, id: Option<&CandidateId>) -> Option<String> {
    let id = id?;
    let state = model.candidate(id).map(|state| &state.candidate);
    Some(match state {
        Some(candidate) if candidate.origin == Origin::Scp => candidate.origin.as_str().to_owned(),
        Some(Candidate { opened_by: Some(_), url: Some(url), .. }) => url.clone(),
        _ => id.to_string(),
    })
}

/// The lab's scenarios, and those that only this check needs: one for each kind of change that no case of the lab makes.
fn scenarios() -> Vec<Scenario> {
    let mut scenarios = lab::scenarios().expect("all files can be read");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/what_if");
    let files = fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("a readable entry").path());
    let mut files: Vec<_> = files.filter(|file| file.extension().is_some_and(|kind| kind == "toml")).collect();
    files.sort();
    assert!(!files.is_empty(), "this check's own scenarios are missing");
    for file in files {
        let name = file.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(&file).expect("a readable file");
        scenarios.push(lab::read(&name, &text).unwrap_or_else(|error| panic!("{error}")));
    }
    scenarios
}

/// Takes the promises of a scenario's remedies to one client in, by their assumptions; counts those that leave it open.
fn collect(scenario: &Scenario, model: &Model, diagnosis: &Diagnosis, made: &mut BTreeMap<String, Promise>) -> usize {
    let mut open = 0;
    let client = diagnosis.walk.client;
    let together = diagnosis.together.iter().map(|all| ("all together", "", &all.assumes, Some(&all.leads_to)));
    let alone = diagnosis.findings.iter().flat_map(|finding| {
        finding.remedies.iter().map(move |Remedy { title, assumes, leads_to, .. }| {
            (finding.id.as_str(), title.as_str(), assumes, leads_to.as_ref())
        })
    });
    for (id, title, assumes, leads_to) in alone.chain(together) {
        let Some(prospect) = leads_to else { continue };
        if prospect.class == VerdictClass::Inconclusive {
            open += 1;
            continue;
        }
        let said = assumes.iter().map(Assumption::to_string).collect::<Vec<_>>().join("; ");
        if !made.contains_key(&said) {
            let mut changed = scenario.clone();
            if !assumes.iter().all(|assumption| change::apply(&mut changed, model, assumption)) {
                continue;
            }
            let what = format!("{}: {id} \"{title}\" ({said})", scenario.name);
            made.insert(said.clone(), Promise { what, prospects: Vec::new(), changed });
        }
        let promise = made.get_mut(&said).expect("it was inserted above");
        if promise.prospects.iter().all(|(known, ..)| *known != client) {
            promise.prospects.push((client, prospect.class, place(model, prospect.stops_at.as_ref())));
        }
    }
    open
}
