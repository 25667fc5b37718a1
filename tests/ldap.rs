//! Domain controllers asked over real sockets: what each sign-in gives, and where a password never goes.

#[allow(dead_code, reason = "other test programs need the rest")]
mod support;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use discoscope::{
    diagnosis, directory,
    engine::Directory,
    event::{
        Cause, ClientFamily, Command, DirectoryAnswer, DirectoryFailure, DirectoryProtection, DirectoryPurpose,
        DirectorySignInResult, Envelope, Origin, Outcome, Stage,
    },
    lab::{self, Lab, scenario::Scenario},
    model::{CandidateState, Model},
    recording,
    report::{self, Format},
    session,
    tui::{
        Look, Theme,
        app::{App, Message, update},
        view::view,
    },
};
use ratatui::{Terminal, backend::TestBackend, layout::Rect};
use std::sync::Arc;

/// The scenario with two domain controllers that offer StartTLS to `CONTOSO\evan`.
const TWO_CONTROLLERS: &str = include_str!("../assets/lab/scp-change-not-replicated.toml");
/// The scenario with a domain controller that speaks LDAPS.
const LDAPS: &str = include_str!("../assets/lab/scp-wrong-site.toml");
/// The scenario with a pointer from one forest to another.
const POINTER: &str = include_str!("../assets/lab/healthy-scp-pointer.toml");

const PASSWORD: &str = "correct horse";

/// A scenario with some of its lines changed; each of them has to be there.
fn changed(name: &str, text: &str, changes: &[(&str, &str)]) -> Scenario {
    let mut text = text.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    lab::read(name, &text).expect("a consistent scenario")
}

fn two_controllers(changes: &[(&str, &str)]) -> Scenario {
    changed("scp-change-not-replicated", TWO_CONTROLLERS, changes)
}

/// A run with an export: given at the start, or pasted while it goes on.
async fn with_export(text: &str, pasted: bool) -> Model {
    let scenario = lab::scenario("internal-scp-name").expect("it is there");
    let lab = Lab::start(&scenario).await.expect("it starts");
    let client = ClientFamily::default();
    let mut setup = lab::setup(&lab, &scenario, client, support::limits()).expect("it can be run");
    setup.input.scp_urls.clear();
    if !pasted {
        let file = Some(("export.ldf".to_owned(), directory::read(text.as_bytes()).expect("an export")));
        setup.input.directory = true;
        setup.directory = Some(Arc::new(Directory { file, site: Some("Berlin".to_owned()), ..Directory::default() }));
    }
    let session::Session { mut envelopes, commands, cancel: _ } = session::start(setup, None);
    if pasted {
        commands.send(Command::Directory { text: text.replace('\n', "\r") }).expect("the run listens");
    }
    drop(commands);
    let mut model = Model::default();
    while let Some(envelope) = envelopes.recv().await {
        model.apply(&envelope);
    }
    model
}

async fn run(scenario: &Scenario) -> (Vec<Envelope>, Model) {
    let envelopes = support::envelopes(scenario).await;
    let model = Model::fold(&envelopes);
    (envelopes, model)
}

fn lookup(model: &Model) -> &CandidateState {
    model.of_origin(Origin::Scp).find(|state| state.candidate.url.is_none()).expect("Active Directory was asked")
}

fn outcome(model: &Model) -> Outcome {
    lookup(model).outcome(Stage::Ldap).expect("the stage ended")
}

fn answers(model: &Model) -> Vec<&DirectoryAnswer> {
    lookup(model).directories().collect()
}

fn sign_ins(model: &Model) -> Vec<Option<DirectorySignInResult>> {
    answers(model).iter().map(|answer| answer.sign_in.as_ref().map(|sign_in| sign_in.result)).collect()
}

fn urls(model: &Model) -> Vec<&str> {
    model.of_origin(Origin::Scp).filter_map(|state| state.candidate.url.as_deref()).collect()
}

/// A password in plain, in base64 and in UTF-16, in every alignment of base64.
fn spellings(password: &str) -> Vec<String> {
    let wide: Vec<u8> = password.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut found = vec![password.to_owned()];
    for bytes in [password.as_bytes().to_vec(), wide] {
        for skipped in 0..3 {
            // Without the characters at both ends, which depend on the neighbours.
            let encoded = STANDARD.encode(bytes.get(skipped..).expect("longer than that"));
            found.push(encoded.trim_end_matches('=').trim_end_matches(char::is_alphanumeric).to_owned());
            found.push(encoded.get(..encoded.len().saturating_sub(6)).expect("ASCII").to_owned());
        }
    }
    found.retain(|text| text.len() > 6);
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn start_tls_and_a_password_read_both_controllers() {
    let (envelopes, model) = run(&two_controllers(&[])).await;
    assert_eq!(outcome(&model), Outcome::Warned { cause: Cause::LdapControllersDiffer });
    assert_eq!(sign_ins(&model), [Some(DirectorySignInResult::Accepted), Some(DirectorySignInResult::Accepted)]);
    let purposes: Vec<_> = answers(&model).iter().map(|answer| answer.purpose).collect();
    assert_eq!(purposes, [DirectoryPurpose::Client, DirectoryPurpose::Comparison]);
    assert!(answers(&model).iter().all(|answer| answer.protection == DirectoryProtection::StartTls && answer.verified));
    assert_eq!(urls(&model), ["https://mail.contoso.test/Autodiscover/Autodiscover.xml"], "the first one's alone");
    let told = envelopes.iter().map(|envelope| serde_json::to_string(envelope).expect("JSON")).collect::<String>();
    assert!(told.contains("evan"), "the account is told");
    scan(&envelopes);
}

/// Nothing that shows a run holds the password: recording, reports, screen, clipboard.
fn scan(envelopes: &[Envelope]) {
    let holds_nothing = |place: &str, text: &str| {
        for spelling in spellings(PASSWORD) {
            assert!(!text.contains(&spelling), "{place} holds {spelling}");
        }
        // In UTF-16 read as bytes.
        let narrow = text.replace(['\0', '\u{fffd}'], "").replace("<U+0000>", "");
        assert!(!narrow.contains(PASSWORD), "{place}");
    };
    let mut recorded = Vec::new();
    envelopes.iter().for_each(|envelope| recording::write_line(envelope, &mut recorded).expect("memory"));
    holds_nothing("the recording", &String::from_utf8_lossy(&recorded));
    holds_nothing("an event as this program prints it", &format!("{envelopes:?}"));
    let (model, diagnosis) = support::conclude(envelopes, ClientFamily::default());
    for format in [Format::Text, Format::Json, Format::Markdown, Format::Html] {
        let mut written = Vec::new();
        report::write(format, &model, &diagnosis, &mut written).expect("memory");
        holds_nothing(&format!("the report as {format:?}"), &String::from_utf8_lossy(&written));
    }
    let mut app = App::new(diagnosis::diagnose, Look::new(Theme::Dark, false), Rect::new(0, 0, 160, 200));
    update(&mut app, Message::Run(envelopes.to_vec()));
    let draw = |app: &App| {
        let mut terminal = Terminal::new(TestBackend::new(160, 200)).expect("a test terminal");
        terminal.draw(|frame| view(app, frame)).expect("a test terminal never fails");
        terminal.backend().to_string()
    };
    assert!(draw(&app).contains("scp"), "{}", draw(&app));
    for way in ["", "\n", "\n\n", "c", "t", "a"] {
        let keys = way.chars().map(|key| if key == '\n' { KeyCode::Enter } else { KeyCode::Char(key) });
        for key in keys.chain([KeyCode::Char('y'), KeyCode::Down, KeyCode::Char('y')]) {
            let effects = update(&mut app, Message::Key(KeyEvent::new(key, KeyModifiers::NONE)));
            holds_nothing("the clipboard", &format!("{effects:?}"));
            holds_nothing("the screen", &draw(&app));
        }
        (0..6).for_each(|_| drop(update(&mut app, Message::Key(KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE)))));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_controller_that_only_dns_names_gets_no_password() {
    let nobody = [("send_password_to = [\"dc1.contoso.test\", \"dc2.contoso.test\"]\n", "")];
    let (envelopes, model) = run(&two_controllers(&nobody)).await;
    assert_eq!(outcome(&model), Outcome::Failed { cause: Cause::LdapPasswordNotSent });
    assert_eq!(sign_ins(&model), [Some(DirectorySignInResult::NotConfirmed); 2]);
    assert!(answers(&model).iter().all(|answer| answer.protection == DirectoryProtection::Clear));
    let mut report = Vec::new();
    let diagnosis = discoscope::diagnosis::diagnose(&Model::fold(&envelopes), ClientFamily::default());
    discoscope::report::write(discoscope::report::Format::Text, &model, &diagnosis, &mut report).expect("memory");
    let report = String::from_utf8(report).expect("text");
    assert!(report.contains("--send-password-to"), "{report}");
    // Another port of a confirmed host was not confirmed, nor is another host; a host that is written with its port is.
    for (confirmed, port, result) in [
        ("dc1.contoso.test", "3389", DirectorySignInResult::NotConfirmed),
        ("dc1.contoso.test:3389", "3389", DirectorySignInResult::Accepted),
        ("contoso.test", "389", DirectorySignInResult::NotConfirmed),
    ] {
        let confirmed = format!("[\"{confirmed}\"]");
        let at = |text: &str| text.replace("389", port);
        let (record, number) =
            (at("SRV 0 100 389 dc1"), at("number = 389\nlisten = \"directory\"\ncertificate = \"main\""));
        let changes = [
            ("[\"dc1.contoso.test\", \"dc2.contoso.test\"]", confirmed.as_str()),
            ("SRV 0 100 389 dc1", record.as_str()),
            ("number = 389\nlisten = \"directory\"\ncertificate = \"main\"", number.as_str()),
        ];
        let (_, model) = run(&two_controllers(&changes)).await;
        assert_eq!(sign_ins(&model)[0], Some(result), "{confirmed} {port}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ldaps_and_a_password_read_the_entries() {
    let (_, model) = run(&changed("scp-wrong-site", LDAPS, &[("site = \"Lisbon\"", "site = \"rome\"")])).await;
    assert_eq!(outcome(&model), Outcome::Passed);
    let answer = answers(&model)[0];
    assert_eq!((answer.protection, answer.verified), (DirectoryProtection::Tls, true));
    assert_eq!(answer.accepted_domains, ["contoso.test"]);
    assert_eq!(answer.trusted_redirects, Some(Vec::new()), "looked for, and not there");
    let root = answer.root.as_ref().expect("open to everybody");
    assert_eq!(root.configuration.as_deref(), Some("CN=Configuration,DC=contoso,DC=test"));
    let first = "https://rome.contoso.test/Autodiscover/Autodiscover.xml";
    assert_eq!(urls(&model).first(), Some(&first), "the own site's comes first");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_password_the_controller_says_that_it_wants_one() {
    let none = [("account = \"CONTOSO\\\\evan\"\npassword = \"correct horse\"\nsend", "send")];
    let (_, model) = run(&two_controllers(&none)).await;
    assert_eq!(outcome(&model), Outcome::Failed { cause: Cause::LdapSignInNeeded });
    let answer = answers(&model)[0];
    assert!(matches!(answer.failure, Some(DirectoryFailure::SignInNeeded { code: 1, .. })), "{answer:?}");
    assert!(answer.root.is_some(), "the root entry is open to everybody");
    assert_eq!(urls(&model), Vec::<&str>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_is_tried_once() {
    let wrong = [("password = \"correct horse\"\nsend", "password = \"wrong\"\nsend")];
    let (_, model) = run(&two_controllers(&wrong)).await;
    assert_eq!(outcome(&model), Outcome::Failed { cause: Cause::LdapPasswordRefused });
    assert_eq!(sign_ins(&model), [Some(DirectorySignInResult::Refused)], "the second controller is not asked");
    let sign_in = answers(&model)[0].sign_in.as_ref().expect("it was tried");
    assert_eq!((sign_in.code, sign_in.data.as_deref()), (Some(49), Some("52e")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_password_goes_to_a_server_that_did_not_prove_who_it_is() {
    for fault in ["issuer = \"self-signed\"", "issuer = \"public\"\nnot_before = -20\nnot_after = -1"] {
        let faulty = format!("{fault}\nnames = [\"dc1.contoso.test\"]");
        let changes = [
            ("issuer = \"public\"\nnames = [\"dc1.contoso.test\"]", faulty.as_str()),
            ("[\"auto\"]", "[\"ldap://dc1.contoso.test\"]"),
        ];
        let (_, model) = run(&two_controllers(&changes)).await;
        assert_eq!(outcome(&model), Outcome::Failed { cause: Cause::LdapPasswordNotSent });
        assert_eq!(sign_ins(&model), [Some(DirectorySignInResult::NotVerified)]);
    }
    // Without a certificate there is no TLS, and in clear nothing is sent.
    let clear = [
        ("certificate = \"main\"\n", ""),
        ("[certificate.main]\nissuer = \"public\"\nnames = [\"dc1.contoso.test\"]\n", ""),
        ("[\"auto\"]", "[\"ldap://dc1.contoso.test\"]"),
    ];
    let (_, model) = run(&two_controllers(&clear)).await;
    assert_eq!(sign_ins(&model), [Some(DirectorySignInResult::NotVerified)]);
    assert_eq!(answers(&model)[0].protection, DirectoryProtection::Clear);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pointer_is_followed_without_the_password() {
    let (_, model) = run(&changed("healthy-scp-pointer", POINTER, &[])).await;
    let purposes: Vec<_> = answers(&model).iter().map(|answer| answer.purpose).collect();
    assert_eq!(purposes, [DirectoryPurpose::Client, DirectoryPurpose::Pointer]);
    assert_eq!(urls(&model), ["https://mail.contoso.test/Autodiscover/Autodiscover.xml"]);
    let circle = [("LDAP://dc1.contoso.test", "LDAP://dc1.fabrikam.test/")];
    let (_, model) = run(&changed("healthy-scp-pointer", POINTER, &circle)).await;
    assert_eq!(outcome(&model), Outcome::Failed { cause: Cause::LdapPointerUnusable });
    assert_eq!(answers(&model)[1].failure, Some(DirectoryFailure::PointerLoop));
    let nowhere = [("LDAP://dc1.contoso.test", "LDAP:CN=Users")];
    let (_, model) = run(&changed("healthy-scp-pointer", POINTER, &nowhere)).await;
    assert_eq!(answers(&model)[1].failure, Some(DirectoryFailure::PointerUnusable));
    let dead = [("LDAP://dc1.contoso.test", "LDAP://nobody.contoso.test")];
    let (_, model) = run(&changed("healthy-scp-pointer", POINTER, &dead)).await;
    assert_eq!(answers(&model)[1].failure, Some(DirectoryFailure::NoAddress));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_stands_for_the_directory() {
    let list = "Name : EX1\nAutoDiscoverServiceInternalUri : \
                https://ex1.ad.contoso.test/Autodiscover/Autodiscover.xml\nAutoDiscoverSiteScope : {Berlin}\n";
    for pasted in [false, true] {
        let model = with_export(list, pasted).await;
        assert_eq!(outcome(&model), Outcome::Passed);
        assert_eq!(answers(&model)[0].purpose, DirectoryPurpose::File);
        assert_eq!(urls(&model), ["https://ex1.ad.contoso.test/Autodiscover/Autodiscover.xml"]);
        let found = discoscope::diagnosis::diagnose(&model, ClientFamily::default()).findings;
        let ids: Vec<&str> = found.iter().map(|finding| finding.id.as_str()).collect();
        assert_eq!(ids, ["scp-points-to-internal-name"], "as with --scp-url");
    }
}
