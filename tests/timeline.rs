//! The timeline, the screen held still, and redirects drawn as a chain: on the screen, driven by keys.

#[path = "support/diagnosis.rs"]
mod diagnosis;
#[allow(dead_code, reason = "other test programs need the rest")]
#[path = "support/screen.rs"]
mod screen;
#[path = "timeline/script.rs"]
mod script;
#[allow(dead_code, reason = "other test programs need the rest")]
#[path = "support/story.rs"]
mod story;

use crossterm::event::{KeyCode, KeyEvent};
use diagnosis::app;
use discoscope::{
    event::*,
    tui::{
        Look, Theme,
        action::Effect,
        app::{App, Level, Message, update},
    },
};
use ratatui::style::Color;
use screen::{ENTER, ESC, SIZES, TAB, drawn, key, letter, press};
use script::{SILENT, Script};
use story::Story;

fn snapshots(name: &str, envelopes: fn() -> Vec<Envelope>, keys: &[KeyEvent]) {
    screen::snapshots_of_run(name, app, envelopes, keys);
}

/// The line of the screen that holds a text.
fn line<'a>(screen: &'a str, text: &str) -> &'a str {
    screen.lines().find(|line| line.contains(text)).unwrap_or_else(|| panic!("{text:?} in\n{screen}"))
}

/// The root is silent for 300 ms while the autodiscover host answers within 58 ms.
fn silent_root() -> Vec<Envelope> {
    let mut script = Script::new();
    script.stage("autodiscover", Stage::Dns, (0, 4), Outcome::Passed);
    script.stage("autodiscover", Stage::Tcp, (4, 15), Outcome::Passed);
    script.stage("autodiscover", Stage::Tls, (15, 40), Outcome::Passed);
    script.stage("autodiscover", Stage::Http, (40, 58), Outcome::Passed);
    script.at(58, Event::CandidateFinished { id: CandidateId::new("autodiscover") });
    script.stage("root", Stage::Dns, (0, 4), Outcome::Passed);
    script.stage("root", Stage::Tcp, (4, 304), SILENT);
    script.at(304, Event::CandidateFinished { id: CandidateId::new("root") });
    script.at(305, Event::SessionFinished {});
    script.envelopes
}

/// Port 80 leads to a second host by status, that to a third by its answer, and that to nowhere by its own status.
fn led_on() -> Vec<Envelope> {
    let mut script = Script::new();
    script.stage("redirect", Stage::Dns, (0, 4), Outcome::Passed);
    script.stage("redirect", Stage::Tcp, (4, 15), Outcome::Passed);
    script.stage("redirect", Stage::Tls, (15, 15), Outcome::NotApplicable);
    script.stage("redirect", Stage::Http, (15, 30), Outcome::Passed);
    script.answered(30, "redirect", 302);
    script.opened(30, "followed-1", "redirect", "mail.contoso.test");
    let location = "https://mail.contoso.test/autodiscover/autodiscover.xml";
    script.redirected(30, "redirect", Some("followed-1"), OriginOfRedirect::HttpStatus, location);
    script.stage("followed-1", Stage::Tls, (45, 70), Outcome::Failed { cause: Cause::TlsNameMismatch });
    script.shook_hands(70, "followed-1", false);
    script.stage("followed-1", Stage::Http, (70, 90), Outcome::Passed);
    script.answered(90, "followed-1", 200);
    script.stage("followed-1", Stage::Xml, (90, 91), Outcome::Passed);
    script.opened(91, "followed-2", "followed-1", "outlook.fabrikam.test");
    let location = "https://outlook.fabrikam.test/autodiscover/autodiscover.xml";
    script.redirected(91, "followed-1", Some("followed-2"), OriginOfRedirect::RedirectUrl, location);
    script.stage("followed-2", Stage::Tls, (100, 120), Outcome::Passed);
    script.shook_hands(120, "followed-2", true);
    script.stage("followed-2", Stage::Http, (120, 140), Outcome::Failed { cause: Cause::HttpRedirectNotHttps });
    script.answered(140, "followed-2", 301);
    let location = "http://plain.fabrikam.test/autodiscover/autodiscover.xml";
    script.redirected(140, "followed-2", None, OriginOfRedirect::HttpStatus, location);
    for id in ["redirect", "followed-1", "followed-2"] {
        script.at(141, Event::CandidateFinished { id: CandidateId::new(id) });
    }
    script.at(142, Event::SessionFinished {});
    script.envelopes
}

#[test]
fn where_the_time_goes() {
    snapshots("timeline", silent_root, &[letter('t')]);
}

#[test]
fn what_runs_grows() {
    snapshots("timeline-live", Story::halfway, &[letter('t')]);
    let mut app = app(120, 40, false, Story::halfway());
    press(&mut app, &[letter('t')]);
    let length = |app: &App| line(&drawn(app), "6 autodiscover").chars().filter(|sign| *sign == '▓').count();
    let before = length(&app);
    for _ in 0..16 {
        update(&mut app, Message::Tick(125_000));
    }
    assert!(length(&app) > before + 20, "{}", drawn(&app));
    assert!(drawn(&app).contains("The longest so far: step 6 TLS, 2.0 s and still running."), "{}", drawn(&app));
}

#[test]
fn the_longest_stage_is_named_with_its_cause() {
    for (width, height) in SIZES {
        let mut app = app(width, height, false, silent_root());
        press(&mut app, &[letter('t')]);
        let screen = drawn(&app);
        assert!(screen.contains("The longest: step 5 TCP, 300 ms, silent."), "{screen}");
        assert!(screen.contains("total 305 ms"), "{screen}");
        assert!(screen.contains(if width == 50 { "╷200 ms" } else { "╷100 ms" }), "{screen}");
    }
}

#[test]
fn without_colour_the_stages_are_told_apart() {
    let mut app = app(120, 40, true, silent_root());
    app.look = Look::new(Theme::Mono, true);
    press(&mut app, &[letter('t')]);
    let screen = drawn(&app);
    assert!(line(&screen, "autodiscover.contoso.test  ").contains("dtsssshhh "), "{screen}");
    assert!(line(&screen, "https://contoso.test").contains("dttttttttttt"), "{screen}");
    assert!(screen.contains("dd DNS  tt TCP  ss TLS  hh HTTP  xx XML"), "{screen}");
    let cells = screen::buffer(&app).content;
    assert!(cells.iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
}

#[test]
fn a_pause_before_something_is_asked_again_is_left_out() {
    let mut envelopes = silent_root();
    let mut script = Script { envelopes: std::mem::take(&mut envelopes) };
    script.stage_again("autodiscover", Stage::Dns, (60_305, 60_309), Outcome::Passed, 2);
    script.stage_again("autodiscover", Stage::Tcp, (60_309, 60_409), SILENT, 2);
    script.at(60_410, Event::SessionFinished {});
    let mut app = app(120, 40, false, script.envelopes);
    press(&mut app, &[letter('t')]);
    let screen = drawn(&app);
    assert!(screen.contains("A pause of 60.0 s before something was asked again is left out."), "{screen}");
    assert!(screen.contains("The longest: step 5 TCP, 300 ms, silent.") && screen.contains("╷100 ms"), "{screen}");
}

#[test]
fn a_stage_whose_beginning_is_missing_began_as_long_ago_as_it_took() {
    let mut script = Script::new();
    let (candidate, stage, outcome) = (CandidateId::new("root"), Stage::Tcp, Outcome::Passed);
    script.at(500, Event::StageFinished { candidate, stage, attempt: 1, outcome, elapsed_us: 200_000 });
    let model = discoscope::model::Model::fold(&script.envelopes);
    let state = &model.candidate(&CandidateId::new("root")).expect("known").stages[&Stage::Tcp];
    assert_eq!((state.started_us, state.ended_us(9_000_000)), (300_000, 500_000));
}

#[test]
fn the_timeline_is_walked_opened_and_left() {
    let mut app = app(120, 40, false, silent_root());
    press(&mut app, &[letter('6'), letter('t')]);
    assert_eq!(app.ui.place.level, Level::Timeline);
    assert!(line(&drawn(&app), "▸ 6").contains("autodiscover"), "{}", drawn(&app));
    press(&mut app, &[key(KeyCode::Up)]);
    assert!(line(&drawn(&app), "▸ 5").contains("https://contoso.test"), "{}", drawn(&app));
    press(&mut app, &[ENTER]);
    assert_eq!((app.ui.place.level, app.stage()), (Level::Stages, Some(Stage::Tcp)));
    press(&mut app, &[ESC]);
    assert_eq!(app.ui.place.level, Level::Timeline);
    press(&mut app, &[ESC]);
    assert_eq!(app.ui.place.level, Level::Overview);
    press(&mut app, &[letter('t'), letter('t')]);
    assert_eq!(app.ui.place.level, Level::Overview);
    press(
        &mut app,
        &[letter('t'), key(KeyCode::End), key(KeyCode::Home), key(KeyCode::PageDown), key(KeyCode::PageUp)],
    );
    let first = app.ordered().first().map(|state| state.candidate.id.clone());
    assert_eq!(app.ui.selected, first);
    assert_eq!(press(&mut app, &[ENTER]), []);
    assert_eq!(app.ui.notice.as_deref(), Some("nothing was measured at this step"));
}

#[test]
fn the_timeline_is_copied_as_text() {
    let mut app = app(120, 40, false, silent_root());
    let copied = press(&mut app, &[letter('t'), letter('y')]);
    let [Effect::Copy { what, text }] = copied.as_slice() else { panic!("{copied:?}") };
    assert_eq!(what, "the timeline");
    assert!(text.contains("step 5\tTCP\tfrom 4 ms\ttook 300 ms\tsilent\n"), "{text}");
    assert!(text.ends_with("total\t305 ms\n"), "{text}");
}

#[test]
fn a_plan_that_measured_nothing_has_no_timeline() {
    let mut app = app(120, 40, false, Script::new().envelopes);
    press(&mut app, &[letter('t')]);
    assert_eq!((app.ui.place.level, app.ui.notice.as_deref()), (Level::Overview, Some("nothing was measured yet")));
}

#[test]
fn the_screen_is_held_still_while_the_run_goes_on() {
    let rest = || Story::whole().split_off(Story::halfway().len() - 1);
    for (width, height) in SIZES {
        let mut app = app(width, height, false, Story::halfway());
        press(&mut app, &[letter('f')]);
        let body = |app: &App| drawn(app).lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
        let before = body(&app);
        update(&mut app, Message::Tick(125_000));
        update(&mut app, Message::Run(rest()));
        assert_eq!(body(&app), before);
        let news = format!("frozen · {} new · run over", rest().len());
        assert!(drawn(&app).contains(&news), "{news} in {}", drawn(&app));
        assert!(!app.is_animated(), "the run is over, so nothing turns");
        press(&mut app, &[letter('f')]);
        let screen = drawn(&app);
        assert!(screen.contains("done") && screen.contains("asks the user  Outlook stops at step"), "{screen}");
    }
    snapshots("frozen", Story::halfway, &[letter('f')]);
}

#[test]
fn what_was_frozen_thaws_into_the_run_as_it_is() {
    let mut app = app(120, 40, false, Story::halfway());
    press(&mut app, &[letter('t'), letter('f')]);
    let frozen = drawn(&app);
    for _ in 0..16 {
        update(&mut app, Message::Tick(125_000));
    }
    assert_eq!(drawn(&app), frozen);
    assert!(app.is_animated(), "the run goes on");
    press(&mut app, &[letter('r')]);
    assert_eq!(app.ui.notice.as_deref(), Some("the screen is held still; f lets it move again"));
    press(&mut app, &[letter('f')]);
    assert!(drawn(&app).contains("2.0 s and still running"), "{}", drawn(&app));
}

#[test]
fn nothing_is_frozen_when_nothing_runs() {
    let mut app = app(120, 40, false, Story::whole());
    press(&mut app, &[letter('f')]);
    assert!(!app.freeze.is_on());
    assert_eq!(app.ui.notice.as_deref(), Some("nothing runs, so nothing moves"));
    assert!(!drawn(&app).lines().last().unwrap_or_default().contains("freeze"));
}

#[test]
fn a_run_that_ended_behind_a_frozen_screen_is_left_without_a_question() {
    let mut app = app(120, 40, false, Story::halfway());
    press(&mut app, &[letter('f')]);
    update(&mut app, Message::Run(Story::whole().split_off(Story::halfway().len() - 1)));
    assert_eq!(press(&mut app, &[letter('q')]), [Effect::Quit]);
    assert!(app.freeze.live().is_some_and(|model| !model.is_busy()));
}

#[test]
fn redirects_are_drawn_as_a_chain() {
    // The step that leads on is looked at, then the second hop.
    let at = |keys: &[KeyEvent]| {
        let mut app = app(120, 40, false, led_on());
        press(&mut app, &[letter('8')]);
        press(&mut app, keys);
        drawn(&app)
    };
    let first = at(&[]);
    assert!(line(&first, " 302          no TLS").contains("▸ http://autodiscover.contoso.test"), "{first}");
    let second = at(&[key(KeyCode::Down)]);
    let hop = line(&second, "redirectUrl");
    assert!(hop.contains("▸ └ https://mail.contoso.test") && hop.contains("✗ name"), "{second}");
    let hop = line(&second, " 301          ✓");
    assert!(hop.contains("└ https://outlook.fabrikam.test") && hop.contains("✓ certificate"), "{second}");
    assert!(line(&second, "not https").contains("└ http://plain.fabrikam.test"), "{second}");
    let stages = at(&[key(KeyCode::Down), ENTER]);
    assert!(line(&stages, "redirectUrl").contains("▸ └ https://mail.contoso.test"), "{stages}");
    // A step that leads nowhere draws no chain.
    let mut alone = app(120, 40, false, silent_root());
    press(&mut alone, &[letter('6')]);
    assert!(!drawn(&alone).contains("The way it leads"));
}

#[test]
fn the_chain_at_every_size() {
    snapshots("chain", led_on, &[letter('8'), key(KeyCode::Down), TAB]);
}

#[test]
fn a_record_that_names_a_host_begins_the_chain() {
    let mut script = Script::new();
    let id = CandidateId::new("srv");
    let answer = Story::whole().into_iter().find_map(|envelope| match envelope.event {
        Event::Observed { evidence: Evidence::Dns(answer), .. } if answer.question.record == RecordType::Srv => {
            Some(answer)
        }
        _ => None,
    });
    script.start(1, "srv", Stage::Dns, 1);
    script.observed(4, "srv", Stage::Dns, Evidence::Dns(answer.expect("the story asks for the record")));
    let (url, host) = ("https://mail.contoso.test/autodiscover/autodiscover.xml".into(), "mail.contoso.test".into());
    script.at(4, Event::CandidateLocated { id, url, host, port: 443 });
    let mut app = app(120, 40, false, script.envelopes);
    press(&mut app, &[letter('9')]);
    let screen = drawn(&app);
    assert!(line(&screen, "_autodiscover._tcp.contoso.test").contains("SRV"), "{screen}");
    assert!(screen.contains("▸ └ https://mail.contoso.test"), "{screen}");
}

#[test]
fn every_size_draws() {
    type Told = fn() -> Vec<Envelope>;
    let states: [(Told, &[KeyEvent]); 6] = [
        (silent_root, &[letter('t')]),
        (Story::halfway, &[letter('t'), letter('f')]),
        (led_on, &[letter('8'), key(KeyCode::Down), TAB]),
        (led_on, &[letter('8'), TAB, ENTER]),
        (led_on, &[letter('t')]),
        (Story::halfway, &[letter('f')]),
    ];
    for (number, (envelopes, keys)) in states.into_iter().enumerate() {
        let mut app = app(80, 24, number % 2 == 0, envelopes());
        press(&mut app, keys);
        // Every size where something begins to be shown, and every so many above.
        for width in (0..42).chain((42..=200).step_by(13)).chain([79, 80, 99, 100, 119, 120, 200]) {
            for height in (0..24).chain((24..=60).step_by(9)) {
                update(&mut app, Message::Resized(width, height));
                screen::buffer(&app);
            }
        }
    }
}
