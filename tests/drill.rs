//! The deepest level: messages decoded and in colours, and search through them.

#[path = "support/diagnosis.rs"]
mod diagnosis;
#[allow(dead_code, reason = "other test programs need the rest")]
#[path = "support/screen.rs"]
mod screen;
#[allow(dead_code, reason = "other test programs need the rest")]
#[path = "support/story.rs"]
mod story;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use discoscope::{
    event::*,
    tui::{
        Look, Theme,
        action::Effect,
        app::{App, Level, Message, update},
        theme::Meaning,
    },
};
use screen::{ENTER, ESC, SIZES, buffer, key, letter, press};
use story::Story;

/// The story with everything in its messages that a screen has to show.
fn story() -> Vec<Envelope> {
    let mut envelopes = Story::whole();
    for envelope in &mut envelopes {
        let Event::Observed { candidate: Some(id), evidence, .. } = &mut envelope.event else { continue };
        match evidence {
            Evidence::Dns(answer) if id.as_str() == "autodiscover" => answer.messages = vec![message(answer)],
            Evidence::Tls(handshake) if id.as_str() == "autodiscover" => {
                handshake.detail = Some(Box::new(detail()));
                handshake.client_certificate = Some(ClientCertificateRequest {
                    acceptable_issuers: vec!["CN=Contoso Users".to_owned()],
                    demand: ClientCertificateDemand::Optional,
                });
            }
            Evidence::Http(exchange) if id.as_str() == "autodiscover" => sent_and_received(exchange),
            _ => {}
        }
    }
    envelopes
}

fn message(answer: &DnsAnswer) -> DnsMessage {
    DnsMessage {
        server: "10.0.0.2:53".to_owned(),
        name: answer.question.name.clone(),
        over_tcp: true,
        code: "NOERROR".to_owned(),
        flags: vec![DnsFlag::RecursionDesired, DnsFlag::RecursionAvailable],
        length: 120,
        answers: answer.records.len(),
        authority: vec![DnsRecord {
            name: "contoso.test".to_owned(),
            ttl: 86_400,
            data: DnsData::Ns { target: "ns1.contoso.test".to_owned() },
        }],
        additional: Vec::new(),
        dropped: 0,
        edns: Some(DnsExtension { version: 0, payload: 1232, dnssec_ok: false, options: vec![15] }),
    }
}

fn detail() -> HandshakeDetail {
    let record = |side, kind, length, at_us| TlsRecord { side, kind, length, at_us };
    HandshakeDetail {
        offered_versions: vec!["TLS 1.3".to_owned(), "TLS 1.2".to_owned()],
        offered_suites: vec!["TLS_AES_256_GCM_SHA384".to_owned()],
        offered_groups: vec!["x25519".to_owned()],
        offered_alpn: vec!["http/1.1".to_owned()],
        kind: Some(HandshakeKind::Full),
        records: vec![
            record(TlsSide::Client, TlsRecordKind::Handshake, 250, 100),
            record(TlsSide::Server, TlsRecordKind::Handshake, 122, 9_000),
            record(TlsSide::Server, TlsRecordKind::Alert, 2, 9_100),
        ],
        records_dropped: 0,
        alert: Some(TlsAlert { name: "unrecognized_name".to_owned(), number: 112, fatal: false, at_us: 9_100 }),
        ended: None,
    }
}

fn sent_and_received(exchange: &mut HttpExchange) {
    let header = |name: &str, value: &str| Header { name: name.to_owned(), value: value.to_owned() };
    exchange.request_headers = vec![header("content-type", "text/xml; charset=utf-8")];
    let text = "<Autodiscover><Request><EMailAddress>anna@contoso.test</EMailAddress></Request></Autodiscover>";
    exchange.request_body = Some(Body { length: text.len(), truncated: false, text: text.to_owned() });
    exchange.headers = vec![header("content-type", "text/html"), header("www-authenticate", "Negotiate")];
    let text = "<html><!-- IIS --><h1 class=\"big\">401 - Unauthorized</h1></html>";
    exchange.body = Some(Body { length: 2_000_000, truncated: true, text: text.to_owned() });
}

fn app(width: u16, height: u16, ascii: bool) -> App {
    diagnosis::app(width, height, ascii, story())
}

fn at(stage: Stage, app: &mut App) {
    if app.ui.screen.width < 80 {
        // The explanation is a level of its own there.
        press(app, &[key(KeyCode::Tab)]);
    }
    press(app, &[ENTER]);
    app.ui.stage = Some(stage);
    press(app, &[ENTER]);
    assert_eq!(app.ui.place.level, Level::Raw);
}

fn drawn(app: &App) -> String {
    let buffer = buffer(app);
    let row = |y| (0..buffer.area.width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
    (0..buffer.area.height).map(row).map(|row| format!("{}\n", row.trim_end())).collect()
}

fn snapshots(name: &str, stage: Stage, keys: &[KeyEvent]) {
    let made = |width, height, ascii| {
        let mut app = app(width, height, ascii);
        at(stage, &mut app);
        press(&mut app, keys);
        app
    };
    screen::snapshots(name, made, drawn);
}

#[test]
fn a_message_of_dns_is_decoded() {
    snapshots("dns", Stage::Dns, &[]);
}

#[test]
fn the_facts_of_a_handshake() {
    snapshots("tls", Stage::Tls, &[]);
}

#[test]
fn a_request_and_its_answer() {
    snapshots("http", Stage::Http, &[]);
}

#[test]
fn places_are_found_and_walked_through() {
    snapshots(
        "found",
        Stage::Http,
        &[letter('/'), letter('A'), letter('U'), letter('T'), letter('O'), ENTER, letter('n')],
    );
}

#[test]
fn what_was_received_is_shown_as_it_came() {
    let mut app = app(120, 40, false);
    at(Stage::Http, &mut app);
    assert!(drawn(&app).contains("  <Request>"), "{}", drawn(&app));
    press(&mut app, &[letter('v')]);
    assert!(drawn(&app).contains("<Autodiscover><Request>"), "{}", drawn(&app));
    assert!(drawn(&app).contains("2000000 bytes of HTML, and more that was not read"), "{}", drawn(&app));
    press(&mut app, &[ESC]);
    app.ui.stage = Some(Stage::Dns);
    press(&mut app, &[ENTER]);
    press(&mut app, &[letter('v')]);
    assert!(app.ui.notice.as_deref().is_some_and(|notice| notice.contains("decoded")), "{:?}", app.ui.notice);
    assert!(drawn(&app).contains("the name does not exist") || drawn(&app).contains("no error"), "{}", drawn(&app));
    assert!(!drawn(&app).contains("over_tcp"), "{}", drawn(&app));
}

#[test]
fn the_search_counts_goes_around_and_ends() {
    let mut app = app(120, 40, false);
    at(Stage::Http, &mut app);
    press(&mut app, &[letter('n')]);
    assert!(app.ui.notice.as_deref().is_some_and(|notice| notice.contains("nothing is sought")));
    press(&mut app, &[letter('/')]);
    update(&mut app, Message::Paste("REQUEST".to_owned()));
    // <Request> and </Request>; headers and the rest hold it nowhere.
    assert!(drawn(&app).contains("/REQUEST_  1 of 2"), "{}", drawn(&app));
    press(&mut app, &[ENTER, letter('n')]);
    assert!(drawn(&app).contains("2 of 2"));
    press(&mut app, &[letter('n')]);
    assert!(drawn(&app).contains("1 of 2"));
    press(&mut app, &[letter('N')]);
    assert!(drawn(&app).contains("2 of 2"));
    assert_eq!(press(&mut app, &[ESC]), []);
    assert_eq!((app.ui.place.level, app.ui.search.is_on()), (Level::Raw, false), "Esc ends the search first");
    press(&mut app, &[ESC]);
    assert_eq!(app.ui.place.level, Level::Stages);
    // The keys mean what they meant elsewhere.
    press(&mut app, &[letter('/')]);
    update(&mut app, Message::Paste("no such text".to_owned()));
    assert!(drawn(&app).contains("not found"), "{}", drawn(&app));
}

#[test]
fn the_place_looked_at_is_in_sight_on_every_screen_and_in_every_theme() {
    for theme in Theme::ALL {
        for (width, height) in SIZES {
            for wrap in [true, false] {
                let mut app = app(width, height, false);
                app.look = Look::new(theme, false);
                at(Stage::Tls, &mut app);
                app.ui.wrap = wrap;
                press(&mut app, &[letter('/')]);
                update(&mut app, Message::Paste("unrecognized".to_owned()));
                let style = theme.style(Meaning::FoundHere);
                let buffer = buffer(&app);
                let here = |cell: &&ratatui::buffer::Cell| {
                    cell.modifier == style.add_modifier
                        && Some(cell.fg)
                            == style.fg.or(theme.ground().map(|(ink, _)| ink)).or(Some(ratatui::style::Color::Reset))
                };
                assert!(buffer.content.iter().filter(here).count() >= 10, "{theme:?} {width}x{height} {wrap}");
            }
        }
    }
}

#[test]
fn a_page_of_the_catalogue_is_searched_too() {
    let mut app = app(120, 40, false);
    press(&mut app, &[letter(':')]);
    update(&mut app, Message::Paste("0x80072F06".to_owned()));
    press(&mut app, &[ENTER, letter('/')]);
    update(&mut app, Message::Paste("certificate".to_owned()));
    press(&mut app, &[ENTER]);
    let first = drawn(&app);
    assert!(first.contains("1 of"), "{first}");
    press(&mut app, &[letter('N')]);
    assert!(!drawn(&app).contains(" 1 of"), "the one before the first is the last");
    press(&mut app, &[ESC]);
    assert!(app.ui.overlay.is_some() && !app.ui.search.is_on());
    press(&mut app, &[ESC]);
    assert_eq!(app.ui.overlay, None);
}

#[test]
fn ctrl_z_asks_to_stop_where_somebody_could_bring_the_program_back() {
    let mut app = app(120, 40, false);
    let suspend = KeyEvent::new(KeyCode::Char('z'), KeyModifiers::CONTROL);
    let effects = press(&mut app, &[suspend]);
    // Whether there is such a somebody depends on who started this test.
    assert_eq!(effects == [Effect::Suspend], app.ui.notice.is_none());
    press(&mut app, &[letter(':')]);
    assert_eq!(press(&mut app, &[suspend]), effects, "also while something is typed");
}

#[test]
fn every_size_draws_every_stage_and_every_search() {
    for (number, stage) in [Stage::Dns, Stage::Tls, Stage::Http].into_iter().enumerate() {
        let mut app = app(120, 40, number == 1);
        at(stage, &mut app);
        press(&mut app, &[letter('/'), letter('e')]);
        for width in (0..42).chain((42..=200).step_by(13)) {
            for height in (0..24).chain((24..=60).step_by(9)) {
                update(&mut app, Message::Resized(width, height));
                press(&mut app, &[key(KeyCode::Down)]);
                buffer(&app);
            }
        }
    }
}
