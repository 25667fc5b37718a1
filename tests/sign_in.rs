//! Signing in over real sockets: who gets the password, and that it is seen nowhere afterwards.

#[path = "sign_in/leaks.rs"]
mod leaks;
#[allow(dead_code, reason = "other test programs need the rest")]
#[path = "support/screen.rs"]
mod screen;
#[allow(dead_code, reason = "other test programs need the rest")]
mod support;
#[path = "sign_in/world.rs"]
mod world;

use base64::{Engine as _, engine::general_purpose};
use crossterm::event::KeyCode;
use discoscope::{
    event::{AnswerKind, ClientFamily, Command, Envelope, Event, Evidence, Scheme, SignIn, SignInResult, Withheld},
    tui::{
        action::Effect,
        app::{App, Overlay},
    },
};
use leaks::{TOKEN, app, holds_nothing, scan};
use screen::{drawn, press};
use world::{Certificate, PASSWORD, Requests, USER, World, account, answer, exchange, with_credentials};

const AUTODISCOVER: &str = "autodiscover.contoso.test";
const MAIL: [u8; 4] = [192, 0, 2, 10];

fn sign_ins(envelopes: &[Envelope]) -> Vec<SignIn> {
    let of = |envelope: &Envelope| match &envelope.event {
        Event::Observed { evidence: Evidence::SignIn(attempt), .. } => Some(attempt.as_ref().clone()),
        _ => None,
    };
    envelopes.iter().filter_map(of).collect()
}

fn reasons(envelopes: &[Envelope]) -> Vec<Option<Withheld>> {
    sign_ins(envelopes).into_iter().map(|attempt| attempt.withheld).collect()
}

fn none(requests: &Requests, what: &str) {
    assert_eq!(with_credentials(requests), Vec::<String>::new(), "{what}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_right_password_brings_the_settings_and_their_services() {
    let mut world = World::new();
    let mail = world.host("autodiscover", MAIL, Certificate::Sound, exchange).await;
    let envelopes = world.run(Some(account(PASSWORD, &[], &[AUTODISCOVER])), Vec::new()).await;
    let attempts = sign_ins(&envelopes);
    assert_eq!(attempts.len(), 1, "{attempts:?}");
    assert_eq!(
        (attempts[0].result, attempts[0].scheme, attempts[0].legs),
        (SignInResult::Accepted, Some(Scheme::Basic), 1)
    );
    assert_eq!(attempts[0].user_name.as_deref(), Some(USER));
    let (model, diagnosis) = support::conclude(&envelopes, ClientFamily::default());
    let state = model.candidates.iter().find(|state| state.is_signed_in()).expect("somebody signed in");
    assert_eq!(state.answer().map(|answer| answer.kind), Some(AnswerKind::Settings));
    assert_eq!(diagnosis.verdict.class.as_str(), "needs-password");
    assert!(diagnosis.verdict.headline.contains("once the user signs in"), "{}", diagnosis.verdict.headline);
    let service = model.candidates.iter().find(|state| state.candidate.id.as_str() == "service-1").expect("a service");
    assert_eq!(service.exchange().and_then(|exchange| exchange.status), Some(401));
    // The POST alone, canaries or not; the service is asked without.
    let paths: Vec<String> = with_credentials(&mail)
        .iter()
        .map(|request| request.split(' ').take(2).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(paths, ["POST /autodiscover/autodiscover.xml"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_is_sent_once_and_nowhere_else() {
    let mut world = World::new();
    world.record("_autodiscover._tcp 3600 IN SRV 0 0 443 mail");
    let first = world.host("autodiscover", MAIL, Certificate::Sound, exchange).await;
    let second = world.host("mail", [192, 0, 2, 11], Certificate::Sound, exchange).await;
    let third = world.host("@", [192, 0, 2, 12], Certificate::Sound, exchange).await;
    let hosts = [AUTODISCOVER, "mail.contoso.test", "contoso.test"];
    let candidate = |id: &str| discoscope::event::CandidateId::new(id);
    let again = vec![
        Command::RerunCandidate { candidate: candidate("autodiscover") },
        Command::SignIn { candidate: candidate("srv"), account: account("another guess", &[], &hosts) },
    ];
    let envelopes = world.run(Some(account("wrong", &[], &hosts)), again).await;
    let all: usize = [&first, &second, &third].map(|requests| with_credentials(requests).len()).iter().sum();
    assert_eq!(all, 1);
    let attempts = sign_ins(&envelopes);
    let refused = attempts.iter().filter(|attempt| attempt.result == SignInResult::Refused).count();
    let withheld = attempts.iter().filter(|attempt| attempt.withheld == Some(Withheld::NotAcceptedBefore)).count();
    assert_eq!((refused, withheld), (1, attempts.len() - 1), "{attempts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_says_what_it_means() {
    let mut world = World::new();
    world.host("autodiscover", MAIL, Certificate::Sound, exchange).await;
    let envelopes = world.run(Some(account("wrong", &[], &[AUTODISCOVER])), Vec::new()).await;
    let (_, diagnosis) = support::conclude(&envelopes, ClientFamily::default());
    let finding = diagnosis.findings.iter().find(|finding| finding.id == "credentials-refused").expect("the finding");
    assert!(finding.title.contains(AUTODISCOVER), "{}", finding.title);
    assert!(!diagnosis.is_healthy());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_that_fails_a_check_gets_nothing() {
    for certificate in [Certificate::WrongName, Certificate::Expired, Certificate::Untrusted] {
        let mut world = World::new();
        let mail = world.host("autodiscover", MAIL, certificate, exchange).await;
        for schemes in [&[Scheme::Basic][..], &[]] {
            let envelopes = world.run(Some(account(PASSWORD, schemes, &[AUTODISCOVER])), Vec::new()).await;
            assert_eq!(reasons(&envelopes), [Some(Withheld::NotVerified)], "{certificate:?}");
        }
        none(&mail, &format!("{certificate:?}"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plain_http_and_hosts_that_nobody_named_get_nothing() {
    let mut world = World::new();
    world.record("autodiscover 3600 IN A 192.0.2.10");
    let plain = world.plain(MAIL, exchange).await;
    let root = world.host("@", [192, 0, 2, 12], Certificate::Sound, exchange).await;
    let envelopes = world.run(Some(account(PASSWORD, &[], &[AUTODISCOVER])), Vec::new()).await;
    assert!(!plain.lock().expect("unpoisoned").is_empty(), "it was asked without a password");
    none(&plain, "plain HTTP");
    none(&root, "a host that nobody named");
    assert_eq!(reasons(&envelopes), [Some(Withheld::HostNotConfirmed)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redirect_to_another_host_takes_nothing_along() {
    fn leads_away(_: &str) -> String {
        answer("302 Found", "Location: https://stranger.contoso.test/autodiscover/autodiscover.xml\r\n", "")
    }
    fn leads_away_once_signed_in(request: &str) -> String {
        match request.to_ascii_lowercase().contains("authorization:") {
            true => leads_away(request),
            false => exchange(request),
        }
    }
    for behaviour in [leads_away as world::Answer, leads_away_once_signed_in] {
        let mut world = World::new();
        world.host("autodiscover", MAIL, Certificate::Sound, behaviour).await;
        let stranger = world.host("stranger", [203, 0, 113, 9], Certificate::Sound, exchange).await;
        world.run(Some(account(PASSWORD, &[], &[AUTODISCOVER])), Vec::new()).await;
        assert!(!stranger.lock().expect("unpoisoned").is_empty(), "it was asked without a password");
        none(&stranger, "the other host");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_in_a_url_that_a_server_sends_is_seen_nowhere() {
    fn tells(_: &str) -> String {
        let place = "https://annamiller:Qx7%26zebra@stranger.contoso.test/autodiscover/autodiscover.xml";
        answer("302 Found", &format!("Location: {place}\r\n"), &format!("<a href=\"{place}\">moved</a>"))
    }
    let mut world = World::new();
    world.host("autodiscover", MAIL, Certificate::Sound, tells).await;
    let stranger = world.host("stranger", [203, 0, 113, 9], Certificate::Sound, exchange).await;
    let envelopes = world.run(None, Vec::new()).await;
    none(&stranger, "where the redirect leads");
    let told = envelopes.iter().map(|envelope| serde_json::to_string(envelope).expect("JSON")).collect::<String>();
    assert!(told.contains("https://annamiller:***@stranger.contoso.test/"), "the rest is evidence");
    scan(&envelopes);
    let mut redactor = discoscope::redaction::Redactor::default();
    for envelope in &envelopes {
        let private = serde_json::to_string(&redactor.redact(envelope)).expect("JSON");
        assert!(!private.contains("annamiller"), "{private}");
    }
}

/// A server that repeats everything it is sent, wherever it can.
fn echoes(request: &str) -> String {
    let sent = request.lines().find(|line| line.to_ascii_lowercase().starts_with("authorization:"));
    let Some((_, value)) = sent.and_then(|line| line.split_once(": ")) else {
        let offered = ["Negotiate", "NTLM", "Basic realm=\"mail\"", "Bearer"];
        let headers: String = offered.iter().map(|scheme| format!("WWW-Authenticate: {scheme}\r\n")).collect();
        return answer("401 Unauthorized", &headers, "");
    };
    let (scheme, message) = value.split_once(' ').expect("a scheme and a message");
    if message.starts_with("TlRMTVNTUAAB") {
        let header = format!("WWW-Authenticate: {scheme} {CHALLENGE}\r\n");
        return answer("401 Unauthorized", &header, "");
    }
    let plain = general_purpose::STANDARD.decode(message).unwrap_or_default();
    let plain = String::from_utf8_lossy(&plain).replace('&', "&amp;").replace('<', "&lt;").replace('\0', "");
    let body = world::SETTINGS
        .replace("<DisplayName>Anna", &format!("<DisplayName>{plain}"))
        .replace("/OAB/", &format!("/OAB/?given={message}"))
        .replace("<AuthPackage>Basic", &format!("<AuthPackage>{message}"));
    let session = "Set-Cookie: cadata=Session-Zebra-1; path=/; secure\r\nSet-Cookie2: old=Session-Zebra-2\r\n\
                   X-OWA-CANARY: Session-Zebra-3\r\nX-Auth-Token: Session-Zebra-4\r\n";
    let headers = format!("Content-Type: text/xml\r\nX-Echo: {value}\r\nWWW-Authenticate: {value}\r\n{session}");
    answer("200 OK", &headers, &body)
}

/// The second message of NTLM: domain `Domain`, server `Server`, as in [MS-NLMP] 4.2.4.3.
const CHALLENGE: &str = "TlRMTVNTUAACAAAADAAMADgAAAAzgoriASNFZ4mrze8AAAAAAAAAACQAJABEAAAABgBwFwAAAA9TAGUAcgB2AGUAcg\
                         ACAAwARABvAG0AYQBpAG4AAQAMAFMAZQByAHYAZQByAAAAAAA=";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_a_run_writes_holds_the_password() {
    for server in [exchange as world::Answer, echoes] {
        for schemes in [&[Scheme::Basic][..], &[Scheme::Basic, Scheme::Ntlm], &[Scheme::Ntlm], &[Scheme::Negotiate]] {
            let mut world = World::new();
            world.ask_get = true;
            let mail = world.host("autodiscover", MAIL, Certificate::Sound, server).await;
            let envelopes = world.run(Some(account(PASSWORD, schemes, &[AUTODISCOVER])), Vec::new()).await;
            // NTLM needs a server that takes it.
            let by_ntlm = !schemes.contains(&Scheme::Basic);
            assert!(!with_credentials(&mail).is_empty() || by_ntlm, "the password was sent");
            scan(&envelopes);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_a_run_writes_holds_the_token() {
    let mut world = World::new();
    world.ask_get = true;
    let mail = world.host("autodiscover", MAIL, Certificate::Sound, echoes).await;
    let given = account("", &[], &[AUTODISCOVER]);
    let proof = discoscope::event::Proof::Token(discoscope::secret::Secret::new(TOKEN));
    let given = discoscope::event::Account { users: Vec::new(), proof, ..given };
    let envelopes = world.run(Some(given), Vec::new()).await;
    assert_eq!(with_credentials(&mail).len(), 2, "the client's request and the browser's");
    scan(&envelopes);
}

/// Holds the answer to a request with credentials back until the test has looked around.
#[cfg(unix)]
static SENT: (std::sync::Mutex<(bool, bool)>, std::sync::Condvar) =
    (std::sync::Mutex::new((false, false)), std::sync::Condvar::new());

#[cfg(unix)]
fn waits_for_the_test(request: &str) -> String {
    if request.to_ascii_lowercase().contains("authorization:") {
        let mut state = SENT.0.lock().expect("unpoisoned");
        state.0 = true;
        SENT.1.notify_all();
        drop(SENT.1.wait_while(state, |(_, seen)| !*seen).expect("unpoisoned"));
    }
    exchange(request)
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_process_shows_its_neighbours_no_password() {
    use std::process::{Command, Stdio};
    let mut world = World::new();
    world.host("autodiscover", MAIL, Certificate::Sound, waits_for_the_test).await;
    let (lab, _) = world.setup(None).await;
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(at("password"), format!("{PASSWORD}\n")).expect("written");
    std::fs::write(at("root.der"), world.root()).expect("written");
    let route = format!("{AUTODISCOVER}:443:{}", world.route(MAIL, 443));
    let child = Command::new(env!("CARGO_BIN_EXE_discoscope"))
        .args(["check", "anna@contoso.test", "--resolver", &lab.resolver().to_string(), "--ca-file", &at("root.der")])
        .args([
            "--connect-to",
            &route,
            "--user",
            USER,
            "--password-file",
            &at("password"),
            "--record",
            &at("run.jsonl"),
        ])
        .args(["--send-password-to", AUTODISCOVER, "--only", "autodiscover", "--microsoft365=no"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let process = child.id();
    let looked = tokio::task::spawn_blocking(move || {
        let mut state = SENT.1.wait_while(SENT.0.lock().expect("unpoisoned"), |(sent, _)| !*sent).expect("unpoisoned");
        let seen = ["cmdline", "environ"].map(|name| std::fs::read(format!("/proc/{process}/{name}")).ok());
        state.1 = true;
        SENT.1.notify_all();
        seen
    });
    let [arguments, environment] = looked.await.expect("it looked");
    // Only Linux has that folder.
    if cfg!(target_os = "linux") {
        let arguments = arguments.expect("a running process");
        assert!(String::from_utf8_lossy(&arguments).contains("--password-file"));
        holds_nothing("the arguments", &arguments);
        holds_nothing("the environment", &environment.expect("a running process"));
    }
    let output = tokio::task::spawn_blocking(move || child.wait_with_output()).await.expect("it waits");
    let output = output.expect("it ends");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("accepted"), "{text} {}", String::from_utf8_lossy(&output.stderr));
    holds_nothing("standard output", &output.stdout);
    holds_nothing("standard error", &output.stderr);
    let recorded = std::fs::read(at("run.jsonl")).expect("it was recorded");
    assert!(!recorded.is_empty());
    holds_nothing("the recording", &recorded);
}

fn type_in(app: &mut App, text: &str) {
    for letter in text.chars() {
        assert_eq!(press(app, &[screen::letter(letter)]), Vec::new());
        holds_nothing("the screen", drawn(app).as_bytes());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_dialog_asks_whom_to_send_it_to_and_shows_nothing() {
    let mut world = World::new();
    let mail = world.host("autodiscover", MAIL, Certificate::Sound, exchange).await;
    let envelopes = world.run(None, Vec::new()).await;
    none(&mail, "nobody gave a password");
    let mut app = app(&envelopes);
    app.present.on = true;
    press(&mut app, &[KeyCode::Char('u')]);
    assert_eq!(app.ui.overlay, Some(Overlay::SignIn), "{:?}", app.ui.notice);
    type_in(&mut app, USER);
    assert!(drawn(&app).contains("CONTOSO\\anna_"));
    press(&mut app, &[KeyCode::Enter]);
    type_in(&mut app, PASSWORD);
    assert!(drawn(&app).contains("typed, not shown"));
    holds_nothing("the application", format!("{app:?}").as_bytes());
    press(&mut app, &[KeyCode::Enter]);
    assert_eq!(press(&mut app, &[KeyCode::Enter]), Vec::new());
    assert!(drawn(&app).contains(&format!("Send it to {AUTODISCOVER}, by Basic?")));
    let effects = press(&mut app, &[KeyCode::Char('y')]);
    holds_nothing("the effect", format!("{effects:?}").as_bytes());
    holds_nothing("the application", format!("{app:?}").as_bytes());
    let [Effect::Command(command @ Command::SignIn { account, .. })] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!(
        (account.hosts.as_slice(), account.schemes.as_slice()),
        (&[AUTODISCOVER.to_owned()][..], &[Scheme::Basic][..])
    );
    let envelopes = world.run(None, vec![command.clone()]).await;
    assert_eq!(sign_ins(&envelopes).iter().map(|attempt| attempt.result).collect::<Vec<_>>(), [SignInResult::Accepted]);
    scan(&envelopes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_dialog_forgets_what_is_not_sent_and_opens_only_where_it_may() {
    let mut world = World::new();
    world.host("autodiscover", MAIL, Certificate::Expired, exchange).await;
    let mut app = app(&world.run(None, Vec::new()).await);
    press(&mut app, &[KeyCode::Char('u')]);
    assert_eq!(app.ui.overlay, None);
    assert!(app.ui.notice.as_deref().is_some_and(|notice| notice.contains("certificate")), "{:?}", app.ui.notice);

    let mut world = World::new();
    world.host("autodiscover", MAIL, Certificate::Sound, exchange).await;
    let refused = world.run(Some(account("wrong", &[], &[AUTODISCOVER])), Vec::new()).await;
    let mut after_refusal = leaks::app(&refused);
    press(&mut after_refusal, &[KeyCode::Char('u')]);
    assert_eq!(after_refusal.ui.overlay, None);
    assert!(after_refusal.ui.notice.as_deref().is_some_and(|notice| notice.contains("locked")));

    let mut app = leaks::app(&world.run(None, Vec::new()).await);
    press(&mut app, &[KeyCode::Char('u')]);
    type_in(&mut app, USER);
    press(&mut app, &[KeyCode::Tab]);
    type_in(&mut app, PASSWORD);
    press(&mut app, &[KeyCode::Esc]);
    assert!(app.ui.sign_in.is_none() && app.ui.overlay.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_tells_of_itself_only_where_that_is_asked_for() {
    let mut world = World::new();
    let mail = world.host("autodiscover", MAIL, Certificate::Sound, echoes).await;
    for asked in [false, true] {
        let (_lab, mut setup) = world.setup(None).await;
        setup.ask_ntlm = asked;
        let discoscope::session::Session { mut envelopes, commands, cancel: _ } =
            discoscope::session::start(setup, None);
        drop(commands);
        let mut told = Vec::new();
        while let Some(envelope) = envelopes.recv().await {
            if let Event::Observed { evidence: Evidence::Ntlm(one), .. } = envelope.event {
                told.push(*one);
            }
        }
        assert_eq!(told.len(), usize::from(asked));
        assert!(told.iter().all(|one| one.netbios_domain.as_deref() == Some("Domain")), "{told:?}");
        // The first message holds neither a name nor a proof.
        let sent = with_credentials(&mail);
        assert_eq!(sent.len(), usize::from(asked));
        assert!(sent.iter().all(|request| !request.contains("anna") || !request.contains("<EMailAddress>")));
    }
}
