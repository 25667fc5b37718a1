//! The screens of one run, as they are drawn, and the application driven by keys.

#[path = "screens/fixture.rs"]
mod fixture;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use discoscope::{
    event::{CandidateId, ClientFamily, Command, Envelope, Evidence, Reply, Stage, SubjectName},
    finding::{Fact, Question, Reading},
    tui::{
        self, Exit, Look, Options, Theme,
        action::Effect,
        app::{App, Focus, Level, Message, update},
        keymap::Keys,
        view::view,
    },
};
use fixture::{Story, diagnose};
use futures_util::{StreamExt as _, stream};
use ratatui::{
    Terminal,
    backend::TestBackend,
    layout::Rect,
    style::{Color, Modifier},
};
use std::{future, io};
use tokio::sync::mpsc;

fn app(width: u16, height: u16, ascii: bool, envelopes: Vec<Envelope>) -> App {
    let mut app = App::new(diagnose, Look::new(Theme::Dark, ascii), Rect::new(0, 0, width, height));
    update(&mut app, Message::Run(envelopes));
    app
}

fn key(code: KeyCode) -> KeyEvent {
    KeyEvent::new(code, KeyModifiers::NONE)
}

fn letter(letter: char) -> KeyEvent {
    key(KeyCode::Char(letter))
}

fn press(app: &mut App, keys: &[KeyEvent]) -> Vec<Effect> {
    keys.iter().flat_map(|key| update(app, Message::Key(*key))).collect()
}

fn drawn(app: &App) -> String {
    let screen = app.ui.screen;
    let mut terminal = Terminal::new(TestBackend::new(screen.width, screen.height)).expect("a test terminal");
    terminal.draw(|frame| view(app, frame)).expect("a test terminal never fails");
    // The backend cannot print a screen without columns.
    if screen.width == 0 { String::new() } else { terminal.backend().to_string() }
}

const SIZES: [(u16, u16); 4] = [(160, 45), (120, 40), (80, 24), (50, 20)];
const ENTER: KeyEvent = KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE);
const TAB: KeyEvent = KeyEvent::new(KeyCode::Tab, KeyModifiers::NONE);
const ESC: KeyEvent = KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE);

/// Draws a state at every size in both forms.
fn snapshots(name: &str, envelopes: fn() -> Vec<Envelope>, keys: &[KeyEvent]) {
    for (width, height) in SIZES {
        for (form, ascii) in [("unicode", false), ("ascii", true)] {
            let mut app = app(width, height, ascii, envelopes());
            press(&mut app, keys);
            let screen = drawn(&app);
            assert!(!ascii || screen.is_ascii(), "{screen}");
            insta::assert_snapshot!(format!("{name}-{width}x{height}-{form}"), screen);
        }
    }
}

#[test]
fn the_run_is_over() {
    snapshots("done", Story::whole, &[]);
}

#[test]
fn the_run_is_going() {
    snapshots("live", Story::halfway, &[]);
}

#[test]
fn the_explanation_is_read() {
    snapshots("why", Story::whole, &[TAB, letter('n')]);
}

#[test]
fn the_stages_of_one_step() {
    snapshots("stages", Story::whole, &[TAB, ENTER]);
}

#[test]
fn one_stage_as_it_was_recorded() {
    snapshots("raw", Story::whole, &[TAB, ENTER, key(KeyCode::Down), ENTER]);
}

#[test]
fn without_colour_weight_alone_speaks() {
    for keys in [&[][..], &[TAB, ENTER], &[letter('c')], &[letter('?')]] {
        let mut app = app(120, 40, false, Story::whole());
        app.look = Look::new(Theme::Mono, false);
        press(&mut app, keys);
        let mut terminal = Terminal::new(TestBackend::new(120, 40)).expect("a test terminal");
        terminal.draw(|frame| view(&app, frame)).expect("a test terminal never fails");
        let cells = &terminal.backend().buffer().content;
        assert!(cells.iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
        assert!(cells.iter().any(|cell| cell.modifier.contains(Modifier::BOLD)));
    }
}

#[test]
fn a_fault_that_does_not_matter_is_grey() {
    let app = app(160, 45, false, Story::whole());
    let mut terminal = Terminal::new(TestBackend::new(160, 45)).expect("a test terminal");
    terminal.draw(|frame| view(&app, frame)).expect("a test terminal never fails");
    let buffer = terminal.backend().buffer();
    let sign_of = |text: &str| {
        let row = (0..45).find(|y| (0..60).map(|x| buffer[(x, *y)].symbol()).collect::<String>().contains(text));
        let row = row.expect("the text is on the screen");
        (0..60).map(|x| &buffer[(x, row)]).find(|cell| cell.symbol() == "✗").expect("a sign").fg
    };
    assert_eq!(sign_of("HTTP ✗ 404"), Color::DarkGray);
    assert_eq!(sign_of("TLS ✗ name"), Color::LightRed);
}

#[test]
fn the_certificate_explorer() {
    snapshots("certificate", Story::whole, &[letter('c')]);
}

fn question(id: &str, words: &str, command: &str, reply: Option<Reading>) -> Question {
    let why =
        vec![Fact { label: "the network side is sound".into(), value: "autodiscover.contoso.test answers".into() }];
    Question { id: id.into(), question: words.into(), command: command.into(), why, in_case: true, reply, read: false }
}

#[test]
fn questions_that_only_a_person_can_answer() {
    for (width, height) in SIZES {
        for (form, ascii) in [("unicode", false), ("ascii", true)] {
            let mut app = app(width, height, ascii, Story::whole());
            let diagnosis = app.diagnosis.as_mut().expect("the run is over");
            diagnosis.questions = vec![
                question("pac-file-scheme", "Is the proxy script of this PC a file on a disk?", "", Some(Reading::No)),
                question(
                    "registry-excludes-left-behind",
                    "Is one of Outlook's search steps switched off in the registry of this PC?",
                    "reg query HKCU\\Software\\Microsoft\\Office\\16.0\\Outlook\\AutoDiscover",
                    None,
                ),
            ];
            press(&mut app, &[letter('a'), key(KeyCode::Down)]);
            insta::assert_snapshot!(format!("questions-{width}x{height}-{form}"), drawn(&app));
            let asked = |effects: Vec<Effect>, reply: Reply| {
                let question = "registry-excludes-left-behind".to_owned();
                assert_eq!(effects, [Effect::Command(Command::Reply { question, reply })]);
            };
            asked(update(&mut app, Message::Key(letter('y'))), Reply::Yes);
            asked(update(&mut app, Message::Key(letter('n'))), Reply::No);
            let pasted = update(&mut app, Message::Paste("ExcludeScpLookup\u{1b}[2J 0x1".to_owned()));
            let [Effect::Command(Command::Reply { reply: Reply::Output { text }, .. })] = pasted.as_slice() else {
                panic!("no reply: {pasted:?}")
            };
            assert!(text.contains("ExcludeScpLookup") && !text.contains('\u{1b}'), "{text:?}");
            press(&mut app, &[ESC]);
            assert_eq!(app.ui.overlay, None);
        }
    }
}

#[test]
fn the_palette_finds_actions_steps_and_cases() {
    for (width, height) in SIZES {
        for (form, ascii) in [("unicode", false), ("ascii", true)] {
            let mut app = app(width, height, ascii, Story::whole());
            press(&mut app, &[letter(':')]);
            update(&mut app, Message::Paste("0x80072F06".to_owned()));
            insta::assert_snapshot!(format!("palette-{width}x{height}-{form}"), drawn(&app));
            press(&mut app, &[ENTER]);
            assert_eq!(app.ui.page, Some("san-mismatch"));
            insta::assert_snapshot!(format!("page-{width}x{height}-{form}"), drawn(&app));
            press(&mut app, &[key(KeyCode::End), ESC, letter(':')]);
            update(&mut app, Message::Paste("srv record".to_owned()));
            press(&mut app, &[ENTER]);
            assert_eq!(app.selected().map(|state| state.candidate.id.as_str()), Some("srv"));
            press(&mut app, &[letter(':'), letter('z'), letter('q'), letter('x'), ENTER]);
            assert_ne!(app.ui.overlay, None, "nothing is called so, and nothing happens");
        }
    }
}

#[test]
fn what_if_is_answered_while_it_is_typed() {
    for (width, height) in SIZES {
        for (form, ascii) in [("unicode", false), ("ascii", true)] {
            let mut app = app(width, height, ascii, Story::whole());
            press(&mut app, &[letter('W')]);
            update(&mut app, Message::Paste("remove autodiscover.contoso.test".to_owned()));
            insta::assert_snapshot!(format!("what-if-{width}x{height}-{form}"), drawn(&app));
            press(&mut app, &[letter('!')]);
            assert!(drawn(&app).contains("cannot assume") || width < 80, "{}", drawn(&app));
            press(&mut app, &[ESC]);
            assert_eq!(app.ui.overlay, None);
        }
    }
}

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
fn two_certificates_side_by_side() {
    for (width, height) in SIZES {
        for (form, ascii) in [("unicode", false), ("ascii", true)] {
            let mut app = app(width, height, ascii, Story::whole());
            press(&mut app, &[letter('c'), letter('d')]);
            assert!(drawn(&app).contains("mark") || width < 80, "what is missing is said: {}", drawn(&app));
            press(&mut app, &[letter('m')]);
            let marked = app.ui.marked.as_mut().expect("m marks");
            marked.place = "new.pem".to_owned();
            marked.certificate.serial = "02".to_owned();
            marked.certificate.sha256 = "B8".repeat(20);
            marked.certificate.names.push(SubjectName::Dns { name: "autodiscover.contoso.test".to_owned() });
            press(&mut app, &[letter('d'), TAB]);
            insta::assert_snapshot!(format!("compare-{width}x{height}-{form}"), drawn(&app));
            press(&mut app, &[letter('d')]);
            assert!(!app.ui.comparing);
        }
    }
}

#[test]
fn the_keys_that_work_here() {
    snapshots("help", Story::whole, &[letter('?')]);
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
fn every_size_draws_every_level() {
    let levels: [&[KeyEvent]; 8] = [
        &[],
        &[TAB],
        &[TAB, letter('z')],
        &[TAB, ENTER],
        &[TAB, ENTER, ENTER],
        &[letter('c'), key(KeyCode::End)],
        &[letter('?'), key(KeyCode::End)],
        &[letter('w'), letter('o')],
    ];
    for (number, keys) in levels.into_iter().enumerate() {
        let story = if number % 2 == 0 { Story::whole() } else { Story::halfway() };
        let mut app = app(80, 24, number % 3 == 0, story);
        press(&mut app, keys);
        // Every size where something begins to be shown, and every so many above.
        for width in (0..42).chain((42..=200).step_by(13)).chain([79, 80, 99, 100, 119, 120]) {
            for height in (0..24).chain((24..=60).step_by(9)) {
                update(&mut app, Message::Resized(width, height));
                let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a test terminal");
                terminal.draw(|frame| view(&app, frame)).expect("a test terminal never fails");
            }
        }
    }
}

#[test]
fn the_verdict_never_leaves_the_screen() {
    for (width, height) in SIZES {
        for keys in [&[][..], &[ENTER], &[letter('c')], &[letter('z')], &[letter('?')]] {
            let mut app = app(width, height, false, Story::whole());
            press(&mut app, keys);
            let screen = drawn(&app);
            assert!(screen.contains("prompts  Outlook stops at step"), "{screen}");
        }
    }
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
    press(&mut app, &[letter('O')]);
    assert_eq!(app.ui.client, ClientFamily::Outlook365);
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
    let mut app = app(120, 40, false, Story::whole()).without_rerun("this is a recording");
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
        let discoscope::event::Event::Observed { candidate: Some(id), evidence: Evidence::Tls(handshake), .. } =
            &mut envelope.event
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

/// Plays envelopes and then keys through the whole loop.
async fn played(envelopes: Vec<Envelope>, keys: Vec<KeyEvent>, can_go_back: bool) -> (tui::Ended, Vec<Command>) {
    let (to_screen, from_run) = mpsc::unbounded_channel();
    let (to_run, mut asked) = mpsc::unbounded_channel();
    for envelope in envelopes {
        to_screen.send(envelope).expect("the screen listens");
    }
    // The envelopes wait already; keys come once the loop went round.
    let begin = stream::once(Box::pin(async {
        tokio::task::yield_now().await;
        Ok(Event::FocusGained)
    }));
    let input = begin.chain(stream::iter(keys.into_iter().map(|key| io::Result::Ok(Event::Key(key)))));
    let options = Options {
        diagnose,
        look: Look::new(Theme::Dark, false),
        keys: Keys::default(),
        rerun_refused: None,
        can_go_back,
        goes_on: false,
        marked: None,
        privacy: tui::Privacy::default(),
        present: false,
        copy: |_| Ok(()),
        export: |_, _| Ok("report.html".to_owned()),
    };
    let mut terminal = Terminal::new(TestBackend::new(100, 30)).expect("a test terminal");
    let ended = tui::run(&mut terminal, Box::pin(input), from_run, to_run, options, future::pending()).await;
    let mut commands = Vec::new();
    while let Ok(command) = asked.try_recv() {
        commands.push(command);
    }
    drop(to_screen);
    (ended.expect("a test terminal never fails"), commands)
}

#[tokio::test]
async fn quitting_a_finished_run_asks_nothing() {
    let (ended, commands) = played(Story::whole(), vec![letter('o'), letter('q'), letter('r')], false).await;
    assert_eq!((ended.exit, commands), (Exit::Quit, vec![]));
    assert_eq!(ended.client, ClientFamily::Outlook2007Rtm);
    assert_eq!(ended.model.candidates.len(), Story::whole().iter().filter(|e| is_queued(e)).count());
}

fn is_queued(envelope: &Envelope) -> bool {
    matches!(envelope.event, discoscope::event::Event::CandidateQueued { .. })
}

#[tokio::test]
async fn quitting_a_run_that_goes_on_asks_first_and_stops_it() {
    let (ended, commands) =
        played(Story::halfway(), vec![letter('q'), letter('n'), letter('q'), letter('y')], false).await;
    assert_eq!((ended.exit, commands), (Exit::Quit, vec![Command::Cancel]));
    let control_c = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
    let (ended, commands) = played(Story::halfway(), vec![letter('?'), control_c], false).await;
    assert_eq!((ended.exit, commands), (Exit::Signal(130), vec![Command::Cancel]));
    let (ended, _) = played(Story::whole(), vec![control_c], false).await;
    assert_eq!(ended.exit, Exit::Signal(130));
}

#[tokio::test]
async fn reruns_reach_the_run() {
    let (_, commands) = played(Story::whole(), vec![letter('r'), letter('q')], false).await;
    assert_eq!(commands, [Command::RerunCandidate { candidate: CandidateId::new("autodiscover") }]);
}

#[tokio::test]
async fn escape_on_the_top_level_goes_back_where_there_is_a_way() {
    let (ended, _) = played(Story::whole(), vec![ENTER, ESC, ESC], true).await;
    assert_eq!(ended.exit, Exit::Back);
}

#[tokio::test]
async fn a_signal_ends_the_screen_with_its_status() {
    let (_to_screen, from_run) = mpsc::unbounded_channel();
    let (to_run, _asked) = mpsc::unbounded_channel();
    let options = Options {
        diagnose,
        look: Look::new(Theme::Mono, true),
        keys: Keys::default(),
        rerun_refused: None,
        can_go_back: false,
        goes_on: false,
        marked: None,
        privacy: tui::Privacy::default(),
        present: false,
        copy: |_| Ok(()),
        export: |_, _| Ok("report.html".to_owned()),
    };
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).expect("a test terminal");
    let input = stream::pending();
    let ended = tui::run(&mut terminal, input, from_run, to_run, options, future::ready(143)).await;
    assert_eq!(ended.expect("a test terminal never fails").exit, Exit::Signal(143));
}
