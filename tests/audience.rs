//! The screen in private and for an audience: names go at the press of a key and come back, copies are what is seen,
//! and what is typed is never repeated.

#[allow(dead_code, reason = "other test programs need the rest")]
#[path = "support/diagnosis.rs"]
mod diagnosis;
#[allow(dead_code, reason = "other test programs need the rest")]
#[path = "support/screen.rs"]
mod screen;
#[allow(dead_code, reason = "other test programs need the rest")]
#[path = "support/story.rs"]
mod story;

use crossterm::event::KeyEvent;
use discoscope::{
    event::Envelope,
    redaction::Redactor,
    tui::{
        Privacy,
        app::{App, Level, Message, update},
    },
};
use screen::{ENTER, ESC, drawn, empty, letter, press};
use story::Story;

/// With the diagnosis that the rules make, where a name may hide.
fn app(envelopes: Vec<Envelope>) -> App {
    screen::app(discoscope::diagnosis::diagnose, (160, 45), false, envelopes)
}

/// What the story holds and nobody else may see: user, public addresses, serial number, fingerprint, bytes.
const SECRETS: [&str; 6] = ["anna", "192.0.2.10", "198.51.100.7", "61:0b:7a:2e", "A7A7A7", "MIIDdzCC"];

fn seen(text: &str) -> Vec<&'static str> {
    SECRETS.into_iter().filter(|secret| text.contains(secret)).collect()
}

/// Every place of the screen, as text that nothing cuts: the model itself and what each level shows and copies.
fn everything(app: &mut App) -> String {
    let mut all = format!("{:?}", app.model);
    let ways: [&[KeyEvent]; 5] = [
        &[],
        &[ENTER],
        &[ENTER, ENTER],
        &[letter('c')],
        &[letter('c'), letter('n'), letter('n'), letter('n'), letter('n'), letter('n')],
    ];
    for step in ['3', '4', '5'] {
        for way in ways {
            press(app, &[letter(step)]);
            press(app, way);
            all += &drawn(app);
            let copied = press(app, &[letter('y')]);
            all += &format!("{copied:?}{}", drawn(app));
            while app.ui.place.level != Level::Overview || app.ui.field.is_some() {
                press(app, &[ESC]);
            }
        }
    }
    all
}

#[test]
fn names_go_at_the_press_of_a_key_and_come_back() {
    let mut app = app(Story::whole());
    let (before, shown) = (drawn(&app), everything(&mut app));
    assert_eq!(seen(&shown), SECRETS, "the story holds every secret, or this proves nothing");
    press(&mut app, &[letter('p')]);
    let hidden = everything(&mut app);
    assert_eq!(seen(&hidden), [""; 0], "{hidden}");
    assert!(hidden.contains("user1@contoso.test") && hidden.contains("100.64.0.1") && hidden.contains("serial1"));
    press(&mut app, &[letter('p'), letter('4'), ESC]);
    assert!(drawn(&app).contains(before.lines().next().expect("a header")));
    assert_eq!(seen(&everything(&mut app)), SECRETS);
}

#[test]
fn a_run_that_begins_in_private_never_shows_a_name() {
    let mut app = empty(discoscope::diagnosis::diagnose, (160, 45), false);
    app.privacy = Privacy::new(true, Redactor::default());
    for envelope in Story::whole() {
        update(&mut app, Message::Run(vec![envelope]));
        assert_eq!(seen(&format!("{:?}{}", app.model, drawn(&app))), [""; 0]);
    }
    assert_eq!(seen(&everything(&mut app)), [""; 0]);
}

#[test]
fn a_run_may_be_hidden_while_it_goes_on_and_after_it_began_again() {
    let mut app = app(Story::halfway());
    press(&mut app, &[letter('p')]);
    let rest = Story::whole().split_off(Story::halfway().len());
    update(&mut app, Message::Run(rest));
    assert_eq!(seen(&format!("{:?}", app.model)), [""; 0]);
    update(&mut app, Message::Run(Story::whole()));
    assert_eq!(seen(&format!("{:?}", app.model)), [""; 0]);
    press(&mut app, &[letter('p')]);
    let measured = discoscope::model::Model::fold(&Story::whole());
    assert_eq!(format!("{:?}", app.model), format!("{measured:?}"));
}

#[test]
fn the_verdict_is_the_same_in_private() {
    let mut app = app(Story::whole());
    let told = |app: &App| {
        let diagnosis = app.diagnosis.as_ref().expect("a diagnosis");
        let findings: Vec<String> = diagnosis.findings.iter().map(|finding| finding.id.clone()).collect();
        (diagnosis.verdict.class, findings, app.selected().map(|state| state.candidate.id.clone()))
    };
    let before = told(&app);
    press(&mut app, &[letter('p')]);
    assert_eq!(told(&app), before);
}

#[test]
fn a_marked_certificate_is_hidden_and_shown_with_the_run() {
    let mut app = app(Story::whole());
    press(&mut app, &[letter('4'), letter('c'), letter('m')]);
    let marked = app.ui.marked.clone().expect("marked");
    press(&mut app, &[letter('p')]);
    assert_eq!(seen(&format!("{:?}", app.ui.marked)), [""; 0]);
    assert!(app.ui.marked.is_some());
    press(&mut app, &[letter('p')]);
    assert_eq!(app.ui.marked.expect("still marked").certificate, marked.certificate);
}

#[test]
fn the_bytes_of_a_certificate_cannot_be_copied_in_private() {
    let mut app = app(Story::whole());
    press(&mut app, &[letter('p'), letter('4'), letter('c')]);
    assert_eq!(press(&mut app, &[letter('Y')]), []);
    assert!(app.ui.notice.as_deref().is_some_and(|notice| notice.contains("hidden in private")));
    assert_eq!(press(&mut app, &[letter('y')]), []);
}

/// The story's diagnosis is hand-made, addresses and all; only what comes from the events is private here.
fn for_an_audience(width: u16, height: u16, ascii: bool, envelopes: Vec<Envelope>) -> App {
    let mut app = empty(diagnosis::diagnose, (width, height), ascii);
    app.privacy = Privacy::new(true, Redactor::default());
    app.present.on = true;
    update(&mut app, Message::Run(envelopes));
    app
}

#[test]
fn keys_are_seen_but_never_what_is_typed() {
    let last = |app: &App| drawn(app).lines().last().expect("a footer").to_owned();
    let mut app = for_an_audience(160, 45, false, Story::whole());
    assert!(!last(&app).contains("z zoom  ? help  q quit   z zoom"));
    press(&mut app, &[letter('z')]);
    assert!(last(&app).contains(" z zoom \""), "{}", last(&app));
    press(&mut app, &[letter('z'), letter('c')]);
    assert!(last(&app).contains(" c certificate \""), "{}", last(&app));
    // Fields: the palette, what would be, and the filter of names.
    press(&mut app, &[ESC]);
    let open_filter = |app: &mut App| app.ui.filtering = true;
    let ways: [&dyn Fn(&mut App); 3] =
        [&|app| _ = press(app, &[letter(':')]), &|app| _ = press(app, &[letter('W')]), &open_filter];
    for open in ways {
        open(&mut app);
        for typed in "q?zp".chars() {
            press(&mut app, &[letter(typed)]);
            assert!(last(&app).ends_with("    \""), "{}", last(&app));
        }
        press(&mut app, &[ESC]);
    }
}

#[test]
fn without_an_audience_no_key_is_repeated() {
    let mut app = for_an_audience(160, 45, false, Story::whole());
    app.present.on = false;
    press(&mut app, &[letter('w')]);
    assert!(!drawn(&app).lines().last().expect("a footer").ends_with(" w wrap \""));
}

#[test]
fn every_size_draws_for_an_audience() {
    for width in (0..=200).step_by(7) {
        for height in 0..=60 {
            let mut app = for_an_audience(width, height, width % 2 == 0, Story::halfway());
            press(&mut app, &[letter('z')]);
            let _ = drawn(&app);
        }
    }
}

/// Draws a state at every size in both forms.
fn snapshots(name: &str, envelopes: fn() -> Vec<Envelope>, keys: &[KeyEvent]) {
    screen::snapshots_of_run(name, for_an_audience, envelopes, keys);
}

#[test]
fn the_verdict_stands_on_a_card() {
    snapshots("present-done", Story::whole, &[letter('w')]);
}

#[test]
fn an_audience_sees_that_the_run_goes_on() {
    snapshots("present-live", Story::halfway, &[]);
}

#[test]
fn a_certificate_in_private() {
    snapshots("present-certificate", Story::whole, &[letter('c')]);
}
