//! What keys do: where they lead, what they copy and what they ask of the run.

use crate::{
    diagnosis::app,
    screen::{ENTER, ESC, TAB, drawn, key, letter, press},
    story::Story,
};
use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use discoscope::{
    event::{CandidateId, ClientFamily, Command, Event, Evidence, Stage, SubjectName},
    tui::{
        action::Effect,
        app::{App, Focus, Level, Message, Overlay, update},
        overlay::{self, Target},
    },
};

#[test]
fn a_field_is_chosen_and_copied() {
    let mut app = app(120, 40, false, Story::whole());
    press(&mut app, &[letter('c'), letter('n'), letter('n')]);
    assert!(drawn(&app).contains(" issuer "), "{}", drawn(&app));
    let copied = update(&mut app, Message::Key(letter('y')));
    assert_eq!(copied, [Effect::Copy { what: "issuer".to_owned(), text: "CN=contoso-SBS-CA".to_owned() }]);
    let pem = update(&mut app, Message::Key(letter('Y')));
    assert!(matches!(pem.as_slice(), [Effect::Copy { text, .. }] if text.starts_with("-----BEGIN CERTIFICATE-----")));
    // Esc takes the cursor away before it leaves.
    press(&mut app, &[ESC]);
    let copied = update(&mut app, Message::Key(letter('y')));
    assert!(matches!(copied.as_slice(), [Effect::Copy { what, .. }] if what == "certificate (PEM)"));
}

#[test]
fn a_notice_ends_with_the_next_move() {
    let mut app = app(120, 40, false, Story::whole());
    press(&mut app, &[letter('1')]);
    for _ in 0..12 {
        press(&mut app, &[key(KeyCode::Up)]);
    }
    press(&mut app, &[letter('r')]);
    assert!(drawn(&app).contains("not probed"), "{}", drawn(&app));
    press(&mut app, &[key(KeyCode::Down)]);
    assert!(!drawn(&app).contains("not probed"), "{}", drawn(&app));
}

#[test]
fn the_end_of_the_run_selects_the_root_cause_unless_the_reader_moved() {
    let still = app(120, 40, false, Story::whole());
    assert_eq!(still.ui.selected, Some(CandidateId::new("autodiscover")));
    let mut moved = app(120, 40, false, Story::halfway());
    press(&mut moved, &[key(KeyCode::Up)]);
    let chosen = moved.ui.selected.clone();
    update(&mut moved, Message::Run(Story::whole().split_off(40)));
    assert_eq!(moved.ui.selected, chosen);
}

#[test]
fn escape_comes_back_one_level_at_a_time() {
    let mut app = app(120, 40, false, Story::whole());
    press(&mut app, &[ENTER, ENTER]);
    assert_eq!(app.ui.place.level, Level::Raw);
    press(&mut app, &[ESC]);
    assert_eq!((app.ui.place.level, app.ui.place.focus), (Level::Stages, Focus::First));
    press(&mut app, &[TAB, letter('z'), ESC, ESC, ESC]);
    assert_eq!(app.ui.place.level, Level::Overview);
    assert_eq!(press(&mut app, &[ESC]), []);
    assert!(app.ui.notice.is_some());
}

#[test]
fn a_narrow_screen_opens_the_explanation_before_the_stages() {
    let mut app = app(50, 20, false, Story::whole());
    press(&mut app, &[ENTER]);
    assert_eq!((app.ui.place.level, app.ui.place.focus), (Level::Overview, Focus::Second));
    press(&mut app, &[ENTER]);
    assert_eq!(app.ui.place.level, Level::Stages);
}

#[test]
fn another_client_is_worked_out_at_once() {
    let mut app = app(120, 40, false, Story::whole());
    press(&mut app, &[letter('o')]);
    assert_eq!(app.ui.client, ClientFamily::Outlook2007Rtm);
    let walk = &app.diagnosis.as_ref().expect("the run began").walk;
    assert_eq!(walk.client, ClientFamily::Outlook2007Rtm);
    assert!(drawn(&app).contains("as Outlook 2007 RTM would do it: "), "{}", drawn(&app));
    press(&mut app, &[letter('O')]);
    assert_eq!(app.ui.client, ClientFamily::Outlook365);
}

#[test]
fn what_is_supposed_stays_in_sight_until_it_is_taken_back() {
    let mut app = app(120, 40, false, Story::whole());
    let below = |app: &App| drawn(app).lines().rev().nth(1).expect("a verdict").to_owned();
    press(&mut app, &[letter('W')]);
    press(&mut app, &[KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL)]);
    assert!(drawn(&app).contains("remove autodiscover.contoso.test; refuse contoso.test:443"), "{}", drawn(&app));
    assert!(drawn(&app).contains("SRV 0 0 443 remote.contoso.test"), "{}", drawn(&app));
    update(&mut app, Message::Paste("nonsense".to_owned()));
    press(&mut app, &[ENTER]);
    assert_eq!(app.ui.overlay, Some(Overlay::WhatIf), "what cannot be supposed stays to be mended");
    press(&mut app, &[KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL)]);
    update(&mut app, Message::Paste("remove autodiscover.contoso.test".to_owned()));
    press(&mut app, &[ENTER]);
    assert_eq!(app.ui.overlay, None);
    assert!(below(&app).contains("If remove autodiscover.contoso.test: "), "{}", drawn(&app));
    press(&mut app, &[key(KeyCode::Down), letter('W'), ESC]);
    assert!(below(&app).contains("If remove autodiscover.contoso.test: "), "{}", drawn(&app));
    press(&mut app, &[ESC]);
    assert!(!below(&app).contains("If remove"), "{}", drawn(&app));
}

#[test]
fn what_was_found_here_comes_before_the_catalogue() {
    let mut app = app(120, 40, false, Story::whole());
    let first = |app: &mut App, sought: &str| {
        press(app, &[letter('/')]);
        update(app, Message::Paste(sought.to_owned()));
        let items = overlay::items(app);
        items.into_iter().next().map(|item| item.target)
    };
    let finding = app.diagnosis.as_ref().expect("a diagnosis").findings[0].clone();
    let step = Target::Candidate(finding.candidates[0].clone());
    assert_eq!(first(&mut app, &finding.id), Some(step));
    press(&mut app, &[ESC]);
    let remedy = Target::Remedy { finding: finding.id.clone(), number: 1 };
    assert_eq!(first(&mut app, &finding.remedies[1].title), Some(remedy));
    press(&mut app, &[ENTER]);
    assert_eq!((app.ui.remedy, app.ui.place.focus), (1, Focus::Second));
    assert!(drawn(&app).contains("▸2 "), "{}", drawn(&app));
}

#[test]
fn reruns_name_the_candidate_or_the_stage() {
    let mut app = app(120, 40, false, Story::whole());
    let candidate = CandidateId::new("autodiscover");
    let whole = Command::RerunCandidate { candidate: candidate.clone() };
    assert_eq!(press(&mut app, &[letter('r')]), [Effect::Command(whole)]);
    let stage = Command::RerunStage { candidate, stage: Stage::Tls };
    assert_eq!(press(&mut app, &[ENTER, letter('r')]), [Effect::Command(stage)]);
    assert_eq!(press(&mut app, &[letter('R')]), [Effect::Command(Command::RerunAll)]);
}

#[test]
fn what_cannot_be_done_says_why() {
    let mut app = app(120, 40, false, Story::whole());
    app.rerun_refused = Some("this is a recording");
    assert_eq!(press(&mut app, &[letter('r')]), []);
    assert_eq!(app.ui.notice.as_deref(), Some("this is a recording"));
    press(&mut app, &[key(KeyCode::Up), letter('1'), letter('c')]);
    assert_eq!(app.ui.notice.as_deref(), Some("no certificate was seen at this step"));
}

#[test]
fn copying_takes_the_chosen_remedy_or_the_certificate() {
    let mut app = app(120, 40, false, Story::whole());
    let copied = |effects: Vec<Effect>| match effects.as_slice() {
        [Effect::Copy { text, .. }] => text.clone(),
        other => panic!("{other:?}"),
    };
    assert!(copied(press(&mut app, &[letter('y')])).starts_with("_autodiscover._tcp.contoso.test. 3600 IN SRV"));
    assert!(copied(press(&mut app, &[letter('n'), letter('y')])).starts_with("New-ExchangeCertificate"));
    assert!(copied(press(&mut app, &[letter('c'), letter('y')])).starts_with("-----BEGIN CERTIFICATE-----\nMII"));
}

#[test]
fn names_are_marked_and_filtered() {
    let mut envelopes = Story::whole();
    for envelope in &mut envelopes {
        let Event::Observed { candidate: Some(id), evidence: Evidence::Tls(handshake), .. } = &mut envelope.event
        else {
            continue;
        };
        if id.as_str() != "autodiscover" {
            continue;
        }
        let names = (0..400).map(|number| format!("host{number}.contoso.test"));
        let names = names.chain(["autdiscover.contoso.test".to_owned()]);
        handshake.chain[0].names = names.map(|name| SubjectName::Dns { name }).collect();
        handshake.checks.as_mut().expect("checks").name_matches.near_miss = Some("autdiscover.contoso.test".into());
    }
    let mut app = app(120, 40, false, envelopes);
    press(&mut app, &[letter('c'), letter('/'), letter('a'), letter('u'), letter('t')]);
    let screen = drawn(&app);
    assert!(screen.contains("1 of 401"), "{screen}");
    assert!(screen.contains("! autdiscover.contoso.test  nearly, but not the name asked for"), "{screen}");
    press(&mut app, &[ENTER, letter('y')]);
    assert!(drawn(&app).contains("1 of 401"));
    press(&mut app, &[ESC]);
    assert!(drawn(&app).contains("host7.contoso.test"));
}

#[test]
fn the_clock_goes_on_while_a_host_is_silent() {
    let mut app = app(120, 40, false, Story::halfway());
    for _ in 0..40 {
        update(&mut app, Message::Tick(125_000));
    }
    assert!(drawn(&app).contains("5.6 s"), "{}", drawn(&app));
}

#[test]
fn released_keys_count_for_nothing() {
    let mut app = app(120, 40, false, Story::whole());
    let released = KeyEvent { kind: KeyEventKind::Release, ..letter('q') };
    assert_eq!(press(&mut app, &[released]), []);
    assert_eq!(press(&mut app, &[letter('q')]), [Effect::Quit]);
}
