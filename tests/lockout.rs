//! Accounts are locked after few wrong attempts: one wrong password of a command reaches one server, once.

#[allow(dead_code, reason = "other test programs need the rest")]
mod support;
#[allow(dead_code, reason = "other test programs need the rest")]
#[path = "sign_in/world.rs"]
mod world;

use discoscope::{
    directory::Place,
    engine::{Directory, Setup},
    event::{CandidateId, Command, DirectorySignInResult, Envelope, Event, Evidence, SignInResult, Stage, Withheld},
    lab::Lab,
    probe::ldap::Credentials,
    session::{self, Session},
};
use std::sync::Arc;
use world::{Certificate, World, account, exchange, with_credentials};

const CONTROLLER: [u8; 4] = [192, 0, 2, 50];
const MAIL: [u8; 4] = [192, 0, 2, 10];
const USER: &str = "CONTOSO\\anna";

/// How a command looks at Active Directory.
fn directory(hosts: &[&str]) -> Arc<Directory> {
    let places = hosts.iter().map(|host| Place::parse(&format!("ldaps://{host}.contoso.test")).expect("a place"));
    let credentials =
        Credentials { account: USER.to_owned(), password: "wrong".to_owned().into(), lockout: Arc::default() };
    Arc::new(Directory { places: places.collect(), credentials: Some(credentials), ..Directory::default() })
}

async fn setup(world: &World, directory: &Arc<Directory>) -> (Lab, Setup) {
    let (lab, mut setup) = world.setup(None).await;
    setup.input.directory = true;
    setup.directory = Some(Arc::clone(directory));
    (lab, setup)
}

/// Reads on until an event is such.
async fn until(session: &mut Session, wanted: impl Fn(&Event) -> bool) -> Vec<Envelope> {
    let mut seen = Vec::new();
    while let Some(envelope) = session.envelopes.recv().await {
        let found = wanted(&envelope.event);
        seen.push(envelope);
        if found {
            break;
        }
    }
    seen
}

fn finished(event: &Event) -> bool {
    matches!(event, Event::SessionFinished {})
}

fn results(envelopes: &[Envelope]) -> Vec<Option<DirectorySignInResult>> {
    let of = |envelope: &Envelope| match &envelope.event {
        Event::Observed { evidence: Evidence::Directory(answer), .. } => {
            Some(answer.sign_in.as_ref().map(|sign_in| sign_in.result))
        }
        _ => None,
    };
    envelopes.iter().filter_map(of).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_addresses_send_a_wrong_password_once() {
    let mut world = World::new();
    let mut controller = world.controller("dc1", CONTROLLER, false).await;
    let directory = directory(&["dc1"]);
    let (mut sessions, mut labs) = (Vec::new(), Vec::new());
    for _ in 0..4 {
        let (lab, setup) = setup(&world, &directory).await;
        labs.push(lab);
        sessions.push(session::start(setup, None));
    }
    controller.arrived.recv().await.expect("one signs in");
    // All runs have come as far as they can while the controller thinks about the first.
    for session in &mut sessions {
        let other = |event: &Event| matches!(event, Event::CandidateFinished { id } if id.as_str() == "autodiscover");
        until(session, other).await;
    }
    controller.answers.add_permits(9);
    for session in &mut sessions {
        let told = until(session, finished).await;
        assert_eq!(results(&told), [Some(DirectorySignInResult::Refused)]);
    }
    assert_eq!(controller.count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_accepted_password_signs_in_once_at_each_controller() {
    let mut world = World::new();
    let first = world.controller("dc1", CONTROLLER, true).await;
    let second = world.controller("dc2", [192, 0, 2, 51], true).await;
    first.answers.add_permits(9);
    second.answers.add_permits(9);
    let directory = directory(&["dc1", "dc2"]);
    let (mut sessions, mut labs) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let (lab, setup) = setup(&world, &directory).await;
        labs.push(lab);
        sessions.push(session::start(setup, None));
    }
    for session in &mut sessions {
        let told = until(session, finished).await;
        assert_eq!(results(&told), [Some(DirectorySignInResult::Accepted); 2]);
    }
    assert_eq!((first.count(), second.count()), (1, 1));
    // Somebody looks again, and sees what is there now.
    let scp = CandidateId::new("scp");
    sessions[0].commands.send(Command::RerunStage { candidate: scp, stage: Stage::Ldap }).expect("it listens");
    until(&mut sessions[0], finished).await;
    assert_eq!((first.count(), second.count()), (2, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_that_is_begun_again_while_the_answer_is_awaited_sends_nothing_more() {
    let mut world = World::new();
    let mut controller = world.controller("dc1", CONTROLLER, false).await;
    let (_lab, setup) = setup(&world, &directory(&["dc1"])).await;
    let mut session = session::start(setup, None);
    controller.arrived.recv().await.expect("it signs in");
    let scp = CandidateId::new("scp");
    session.commands.send(Command::RerunStage { candidate: scp, stage: Stage::Ldap }).expect("it listens");
    let told = until(&mut session, finished).await;
    assert_eq!(results(&told).last(), Some(&Some(DirectorySignInResult::RefusedBefore)));
    assert_eq!(controller.count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_account_for_mailbox_and_directory_is_tried_once() {
    for other in ["anna@contoso.test", "bert@contoso.test"] {
        let mut world = World::new();
        let mail = world.host("autodiscover", MAIL, Certificate::Sound, exchange).await;
        let controller = world.controller("dc1", CONTROLLER, false).await;
        controller.answers.add_permits(9);
        let directory = directory(&["dc1"]);
        let (_lab, mut setup) = setup(&world, &directory).await;
        let credentials = directory.credentials.as_ref().expect("given");
        let mut given = account("wrong", &[], &["autodiscover.contoso.test"]);
        given.users = vec![other.to_owned()];
        let keeper = discoscope::engine::Keeper::of(given).sharing(Arc::clone(&credentials.lockout));
        setup.keeper = Arc::new(keeper);
        let told = until(&mut session::start(setup, None), finished).await;
        let tried = controller.count() + with_credentials(&mail).len();
        assert_eq!(tried, if other.starts_with("anna") { 1 } else { 2 }, "{other}");
        let sign_ins = told.iter().filter_map(|envelope| match &envelope.event {
            Event::Observed { evidence: Evidence::SignIn(attempt), .. } => Some((attempt.result, attempt.withheld)),
            _ => None,
        });
        let sign_ins: Vec<_> = sign_ins.collect();
        // Whichever came first was refused, and the other was not asked.
        let stopped = results(&told).contains(&Some(DirectorySignInResult::RefusedBefore))
            || sign_ins.contains(&(SignInResult::Withheld, Some(Withheld::NotAcceptedBefore)));
        assert_eq!(stopped, other.starts_with("anna"), "{other}: {sign_ins:?}");
    }
}
