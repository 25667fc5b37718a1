//! The screens of one run, as they are drawn; what keys do there, and the loop around it all.

#[path = "support/diagnosis.rs"]
mod diagnosis;
#[path = "screens/keys.rs"]
mod keys;
#[allow(dead_code, reason = "other test programs need the rest")]
#[path = "support/screen.rs"]
mod screen;
#[allow(dead_code, reason = "other test programs need the rest")]
#[path = "support/story.rs"]
mod story;
#[path = "screens/whole_loop.rs"]
mod whole_loop;

use crossterm::event::{KeyCode, KeyEvent};
use diagnosis::app;
use discoscope::{
    event::{Command, Envelope, Reply, SubjectName},
    finding::{Fact, Question, Reading},
    tui::{
        Look, Theme,
        action::Effect,
        app::{Message, update},
    },
};
use ratatui::style::{Color, Modifier};
use screen::{ENTER, ESC, SIZES, TAB, drawn, key, letter, press};
use story::Story;

/// Draws a state at every size in both forms.
fn snapshots(name: &str, envelopes: fn() -> Vec<Envelope>, keys: &[KeyEvent]) {
    screen::snapshots_of_run(name, app, envelopes, keys);
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
        let cells = screen::buffer(&app).content;
        assert!(cells.iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
        assert!(cells.iter().any(|cell| cell.modifier.contains(Modifier::BOLD)));
    }
}

#[test]
fn a_fault_that_does_not_matter_is_grey() {
    let app = app(160, 45, false, Story::whole());
    let buffer = screen::buffer(&app);
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
                screen::buffer(&app);
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
            assert!(screen.contains("asks the user  Outlook stops at step"), "{screen}");
        }
    }
}
