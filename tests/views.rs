//! Every name in every view, on the screen: driven by keys.

#[allow(dead_code, reason = "other test programs need the rest")]
#[path = "support/screen.rs"]
mod screen;
#[allow(dead_code, reason = "other test programs need the rest")]
#[path = "support/story.rs"]
mod story;

use crossterm::event::KeyCode;
use discoscope::{
    diagnosis::diagnose,
    event::*,
    tui::{action::Effect, app::Level},
};
use screen::{app, drawn, press};
use story::Story;

const HOST: &str = "autodiscover.contoso.test";

/// The story with what a public resolver, the zone's own server and this machine say.
fn story() -> Vec<Envelope> {
    let mut envelopes = Story::whole();
    let said = [
        (View::Further { number: 1 }, Some("https://dns.example/dns-query#203.0.113.53"), None),
        (View::Authoritative, Some("192.0.2.53:53"), Some("192.0.2.10")),
        (View::OperatingSystem, None, Some("192.0.2.66")),
    ];
    // In the middle of its stage, as they come.
    let place = envelopes.iter().position(|envelope| {
        matches!(&envelope.event, Event::StageFinished { candidate, stage: Stage::Dns, .. } if candidate.as_str() == "autodiscover")
    });
    let place = place.expect("the story asks for the name");
    for (view, responder, address) in said {
        let envelope = Envelope { event: observed(view, responder, address), ..envelopes[place].clone() };
        envelopes.insert(place, envelope);
    }
    envelopes
}

fn observed(view: View, responder: Option<&str>, address: Option<&str>) -> Event {
    let record = |address: &str| DnsRecord {
        name: HOST.to_owned(),
        ttl: 300,
        data: DnsData::A { address: address.parse().expect("an address") },
    };
    let answer = DnsAnswer {
        responder: responder.map(str::to_owned),
        status: if address.is_some() { DnsStatus::Answered } else { DnsStatus::NoSuchName },
        records: address.into_iter().map(record).collect(),
        authoritative: view == View::Authoritative,
        elapsed_us: 4_000,
        ..DnsAnswer::unanswered(DnsQuestion { name: HOST.to_owned(), record: RecordType::A }, view)
    };
    Event::Observed {
        candidate: Some(CandidateId::new("autodiscover")),
        stage: Stage::Dns,
        evidence: Evidence::Dns(answer),
    }
}

#[test]
fn the_views_at_every_size() {
    let made = |width, height, ascii| {
        let mut app = app(diagnose, (width, height), ascii, story());
        press(&mut app, &[KeyCode::Char('v')]);
        app
    };
    screen::snapshots("views", made, drawn);
}

#[test]
fn v_leads_there_and_back() {
    let mut app = app(diagnose, (120, 40), false, story());
    press(&mut app, &[KeyCode::Char('v')]);
    assert_eq!(app.ui.place.level, Level::Views);
    let screen = drawn(&app);
    let line = screen.lines().find(|line| line.contains("≠ autodiscover.contoso.test")).expect("a marked name");
    assert!(line.contains("192.0.2.10") && line.contains("no such name") && line.contains("192.0.2.66"), "{line}");
    // Columns stand below each other.
    let column = |text: &str| {
        let line = screen.lines().find(|line| line.contains(text)).expect("a line");
        line.chars().count() - line.split_once(text).expect("the text").1.chars().count() - text.chars().count()
    };
    assert_eq!(column("the zone itself"), column("192.0.2.53  "));
    let copied = press(&mut app, &[KeyCode::Char('y')]);
    assert!(matches!(copied.as_slice(), [Effect::Copy { text, .. }] if text.contains("no such name")), "{copied:?}");
    press(&mut app, &[KeyCode::Char('v')]);
    assert_eq!(app.ui.place.level, Level::Overview);
    press(&mut app, &[KeyCode::Char('v'), KeyCode::Esc]);
    assert_eq!(app.ui.place.level, Level::Overview);
}

#[test]
fn no_size_and_no_moment_is_too_small() {
    let whole = story();
    for length in [0, 1, whole.len() / 2, whole.len()] {
        for width in 0..60 {
            for height in 0..14 {
                let mut app = app(diagnose, (width, height), false, whole.iter().take(length).cloned().collect());
                press(
                    &mut app,
                    &[KeyCode::Char('v'), KeyCode::Down, KeyCode::PageDown, KeyCode::End, KeyCode::Char('w')],
                );
                drawn(&app);
            }
        }
    }
}
