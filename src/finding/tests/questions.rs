//! Questions: asked only where the evidence points there, and answered into findings.

use super::{network::sound, *};
use crate::{
    catalogue, finding,
    finding::{Certainty, Question, Reading, questions},
};

const CLOUD: &str = "contoso-test.mail.protection.outlook.com";

fn asked(world: &World) -> Vec<String> {
    questions(&world.model, &world.walk).into_iter().map(|question| question.id).collect()
}

fn question(world: &World, id: &str) -> Question {
    let found = questions(&world.model, &world.walk).into_iter().find(|question| question.id == id);
    found.unwrap_or_else(|| panic!("{id} is not asked: {:?}", asked(world)))
}

/// A run in which Exchange asks for a password and nothing is wrong.
fn healthy(client: ClientFamily) -> World {
    let mut world = sound(World::new(client), "autodiscover").http("autodiscover", 401, true);
    world = world.role("autodiscover", Role::Decides);
    world.walk.class = VerdictClass::NeedsPassword;
    world
}

/// The same for a mailbox in Microsoft 365.
fn healthy_cloud() -> World {
    let mut world = World::new(ClientFamily::Outlook365).mail_server(CLOUD, "192.0.2.99");
    world = sound(world, "office365").http("office365", 401, true).role("office365", Role::Decides);
    world.walk.class = VerdictClass::NeedsPassword;
    world
}

fn replied(mut world: World, id: &str, reply: Reply) -> World {
    world.model.replies.insert(id.to_owned(), reply);
    world
}

/// Each of these is asked, and a yes is a finding.
#[track_caller]
fn leads_to(world: impl Fn() -> World, ids: &[&str]) {
    for id in ids {
        assert!(asked(&world()).contains(&(*id).to_owned()), "{id}: {:?}", asked(&world()));
        assert!(!world().ids().contains(&(*id).to_owned()), "{id} is claimed before anybody replied");
        let confirmed = replied(world(), id, Reply::Yes).find(id);
        assert_eq!(confirmed.certainty, Certainty::Likely, "{id}: a person's word proves nothing");
        let denied = replied(world(), id, Reply::No);
        assert!(!denied.ids().contains(&(*id).to_owned()), "{id} is claimed although the reply was no");
    }
}

#[test]
fn a_sound_network_leaves_the_pc() {
    let everywhere = [
        "registry-excludes-left-behind",
        "lkg-url-stale",
        "local-xml-preferred",
        "winhttp-proxy-wrong",
        "pac-file-scheme",
        "registry-value-misspelt",
        "all-methods-disabled",
        "new-outlook-or-mobile-differs",
        "local-profile-fault",
        "stored-credential-stale",
        "test-dialog-uses-other-password",
        "inbound-filter-blocks-cloud-detector",
        "backend-444-cert-missing",
    ];
    let failing = |world: World| replied(world, finding::FAILS_ALL_THE_SAME, Reply::Yes);
    let newest = || failing(healthy(ClientFamily::Outlook365));
    leads_to(newest, &everywhere);
    assert!(questions(&newest().model, &newest().walk).iter().all(|question| question.in_case));
    leads_to(|| failing(healthy(ClientFamily::Outlook2010)), &["tls12-only-old-client"]);
    assert!(!asked(&newest()).contains(&"tls12-only-old-client".to_owned()));
    leads_to(|| failing(healthy_cloud()), &["mapihttp-disabled-client", "autodetect-cloud-cache-stale"]);
    // Nobody says that anything is wrong: nothing is asked. One reply alone answers for itself.
    assert_eq!(asked(&healthy(ClientFamily::Outlook365)), Vec::<String>::new());
    let unasked = replied(healthy(ClientFamily::Outlook365), "local-profile-fault", Reply::Yes);
    assert_eq!(
        (asked(&unasked), unasked.ids()),
        (vec!["local-profile-fault".to_owned()], vec!["local-profile-fault".to_owned()])
    );
    // Something is wrong outside the PC: the PC is not asked about.
    assert_eq!(asked(&World::new(ClientFamily::Outlook365)), Vec::<String>::new());
    let alert = newest().prompt("root", PromptKind::SecurityAlert, "contoso.test");
    assert_eq!(asked(&alert), Vec::<String>::new());
}

#[test]
fn what_points_at_a_question() {
    let differs = || {
        let mut world = World::new(ClientFamily::Outlook365);
        let detail = "autodiscover.contoso.test: 10.0.0.5 on this machine, 192.0.2.10 in DNS".to_owned();
        world.model.notes.push((NoteCode::OperatingSystemDisagrees, detail));
        world
    };
    leads_to(differs, &["hosts-file-override", "dns-suffix-search-rewrites"]);
    let host = "autodiscover.contoso.test";
    let alias = || answer(host, &[cname(host, "autodiscover.outlook.com")], Purpose::Lookup);
    let hybrid = || {
        let world = World::new(ClientFamily::Outlook2013).answer("autodiscover", alias());
        sound(world, "root").http("root", 401, true).mail_server(CLOUD, "192.0.2.99")
    };
    leads_to(hybrid, &["hybrid-autodiscover-points-at-cloud", "eas-451-unsupported"]);
    let panel = || {
        let world = World::new(ClientFamily::Outlook2013).answer("autodiscover", alias());
        sound(world, "root").http_with("root", 404, false, &[("server", "LiteSpeed")], "")
    };
    leads_to(panel, &["autossl-cannot-renew-autodiscover"]);
    let by_token = || {
        let mut world = healthy(ClientFamily::Outlook365);
        match world.stage("autodiscover", Stage::Http).evidence.first_mut() {
            Some(Evidence::Http(exchange)) => exchange.schemes = vec!["Bearer".to_owned(), "NTLM".to_owned()],
            _ => panic!("no request"),
        }
        world
    };
    leads_to(by_token, &["hma-resource-missing"]);
    assert!(!asked(&healthy(ClientFamily::Outlook365)).contains(&"hma-resource-missing".to_owned()));
}

#[test]
fn the_output_of_the_command_answers_and_proves() {
    let output = |text: &str| {
        let reply = Reply::Output { text: text.to_owned() };
        replied(healthy(ClientFamily::Outlook365), "registry-excludes-left-behind", reply)
    };
    let id = "registry-excludes-left-behind";
    assert_eq!(output("True\r\n").find(id).certainty, Certainty::Proven);
    assert_eq!(question(&output("True"), id).reply, Some(Reading::Yes));
    assert_eq!(question(&output("False"), id).reply, Some(Reading::No));
    assert!(!output("False").ids().contains(&id.to_owned()));
    assert_eq!(question(&output("Access is denied."), id).reply, Some(Reading::Unclear));
    assert!(!output("Access is denied.").ids().contains(&id.to_owned()));
}

#[test]
fn every_page_with_a_question_is_asked_and_every_question_has_one() {
    let pages: Vec<&str> =
        catalogue::pages().iter().filter(|page| page.question.is_some()).map(|page| page.id).collect();
    let mut asked = crate::finding::question::IDS.to_vec();
    asked.sort_unstable();
    assert_eq!(pages, asked);
    for page in catalogue::pages().iter().filter(|page| ["local", "ask"].contains(&page.proof)) {
        let told_otherwise = finding::PAGE_ONLY.contains(&page.id) || page.id == "outlook-too-old-for-srv";
        assert!(page.question.is_some() || told_otherwise, "{}: nobody would ever learn of it", page.id);
    }
}
