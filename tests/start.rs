//! The form at the start: what it asks, guesses and offers, as it is drawn and as keys work on it.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use discoscope::{
    event::{ClientFamily, VantageSide},
    tui::{Asked, Desk, Look, RunItem, Start, Theme, Wanted, ask_start, keymap::Keys},
};
use futures_util::stream;
use ratatui::{Terminal, backend::TestBackend};
use std::io;

/// A machine whose domain is contoso.test.
struct Front {
    runs: Vec<RunItem>,
}

impl Desk for Front {
    fn check_addresses(&self, typed: &str) -> Result<(), String> {
        if typed.contains('@') { Ok(()) } else { Err(format!("\"{typed}\" has no @; type the whole mailbox address")) }
    }

    fn check_servers(&self, servers: &[String]) -> Result<(), String> {
        let wrong = servers.iter().find(|server| *server != "system" && server.parse::<std::net::IpAddr>().is_err());
        wrong.map_or(Ok(()), |server| Err(format!("{server} is no address")))
    }

    fn guess(&self, typed: &str) -> (VantageSide, String) {
        if typed.ends_with("@contoso.test") {
            (VantageSide::Inside, "this PC's own domain is contoso.test".to_owned())
        } else {
            (VantageSide::Unknown, "nothing on this PC says whose network this is".to_owned())
        }
    }

    fn own_servers(&self) -> &str {
        "10.0.0.2, 10.0.0.3"
    }

    fn own_spelling(&self) -> &'static str {
        "system"
    }

    fn runs(&self) -> Vec<RunItem> {
        self.runs.clone()
    }

    fn forget(&mut self, place: usize) -> Result<(), String> {
        self.runs.remove(place);
        Ok(())
    }
}

fn runs() -> Vec<RunItem> {
    let item = |address: &str, client, verdict: &str, when: &str| RunItem {
        address: address.to_owned(),
        client,
        verdict: verdict.to_owned(),
        when: when.to_owned(),
    };
    vec![
        item("anna@contoso.test", ClientFamily::Outlook365, "asks the user", "2026-11-20 14:03"),
        item(
            "bert@fabrikam-with-a-rather-long-name.test",
            ClientFamily::Outlook2010,
            "needs password",
            "2026-11-19 09:30",
        ),
    ]
}

fn key(code: KeyCode) -> io::Result<Event> {
    Ok(Event::Key(KeyEvent::new(code, KeyModifiers::NONE)))
}

fn control(letter: char) -> io::Result<Event> {
    Ok(Event::Key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL)))
}

fn typed(text: &str) -> Vec<io::Result<Event>> {
    text.chars().map(|letter| key(KeyCode::Char(letter))).collect()
}

fn joined(parts: Vec<Vec<io::Result<Event>>>) -> Vec<io::Result<Event>> {
    parts.into_iter().flatten().collect()
}

fn times(code: KeyCode, count: usize) -> Vec<io::Result<Event>> {
    (0..count).map(|_| key(code)).collect()
}

/// What came of the keys, and the screen as it was drawn last.
async fn on(
    (width, height, ascii): (u16, u16, bool),
    wanted: Wanted,
    runs: Vec<RunItem>,
    events: Vec<io::Result<Event>>,
) -> (Asked<Start>, String) {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a test terminal");
    let look = (Look::new(Theme::Dark, ascii), Keys::default());
    let mut front = Front { runs };
    let asked = ask_start(&mut terminal, stream::iter(events), look, &mut front, wanted).await;
    // The backend cannot print a screen without columns.
    let screen = if width == 0 { String::new() } else { terminal.backend().to_string() };
    (asked.expect("a test terminal never fails"), screen)
}

async fn asked(runs: Vec<RunItem>, parts: Vec<Vec<io::Result<Event>>>) -> (Asked<Start>, String) {
    on((100, 30, false), Wanted::default(), runs, joined(parts)).await
}

fn started(wanted: Wanted, side: VantageSide) -> Asked<Start> {
    Asked::Answer(Start::New(wanted, side))
}

fn plain(address: &str) -> Wanted {
    Wanted { address: address.to_owned(), ..Wanted::default() }
}

#[tokio::test]
async fn enter_all_the_way_starts_with_what_is_guessed() {
    let pasted = vec![Ok(Event::Paste("anna@contoso.test\n".to_owned()))];
    let (asked, _) = asked(Vec::new(), vec![pasted, times(KeyCode::Enter, 4)]).await;
    assert_eq!(asked, started(plain("anna@contoso.test"), VantageSide::Inside));
}

#[tokio::test]
async fn what_stands_there_already_needs_no_typing() {
    let wanted = Wanted {
        address: "a@fabrikam.test b@fabrikam.test".to_owned(),
        client: ClientFamily::Outlook2013,
        side: Some(VantageSide::Outside),
        servers: vec!["9.9.9.9".to_owned(), "10.0.0.2".to_owned()],
    };
    let (asked, _) = on((80, 24, false), wanted.clone(), Vec::new(), times(KeyCode::Enter, 4)).await;
    assert_eq!(asked, started(wanted.clone(), VantageSide::Outside));
    let (asked, _) = on((80, 24, false), wanted.clone(), runs(), vec![control('r')]).await;
    assert_eq!(asked, started(wanted, VantageSide::Outside));
}

#[tokio::test]
async fn choices_are_changed_with_arrows() {
    let client = vec![key(KeyCode::Enter), key(KeyCode::Left)];
    let side = vec![key(KeyCode::Down), key(KeyCode::Right)];
    let servers = vec![key(KeyCode::Tab), key(KeyCode::Right), key(KeyCode::Enter)];
    let (asked, _) = asked(runs(), vec![typed("anna@contoso.test"), client, side, servers]).await;
    let wanted = Wanted {
        client: ClientFamily::Outlook2016,
        servers: vec!["system".to_owned(), "1.1.1.1".to_owned()],
        side: Some(VantageSide::Outside),
        ..plain("anna@contoso.test")
    };
    assert_eq!(asked, started(wanted, VantageSide::Outside));
}

#[tokio::test]
async fn name_servers_are_typed_over_the_choice() {
    let to_servers = || joined(vec![typed("a@fabrikam.test"), times(KeyCode::Enter, 3)]);
    let (answer, _) = asked(Vec::new(), vec![to_servers(), typed("10.0.0.9, 1.1.1.1"), times(KeyCode::Enter, 1)]).await;
    let servers = vec!["10.0.0.9".to_owned(), "1.1.1.1".to_owned()];
    assert_eq!(answer, started(Wanted { servers, ..plain("a@fabrikam.test") }, VantageSide::Unknown));
    let (answer, screen) = asked(Vec::new(), vec![to_servers(), typed("10.0.0.x"), times(KeyCode::Enter, 1)]).await;
    assert_eq!(answer, Asked::Left, "the keys ended first");
    assert!(screen.contains("10.0.0.x is no address"), "{screen}");
    // Taken away again, the choice comes back.
    let (answer, _) =
        asked(Vec::new(), vec![to_servers(), typed("10"), times(KeyCode::Backspace, 3), times(KeyCode::Enter, 1)])
            .await;
    assert_eq!(answer, started(plain("a@fabrikam.test"), VantageSide::Unknown));
}

#[tokio::test]
async fn what_is_wrong_is_said_where_it_stands() {
    let (answer, screen) = asked(Vec::new(), vec![typed("anna"), times(KeyCode::Enter, 1)]).await;
    assert_eq!(answer, Asked::Left);
    assert!(screen.contains("\"anna\" has no @"), "{screen}");
    let (_, screen) = asked(Vec::new(), vec![typed("anna"), times(KeyCode::Down, 2), vec![control('r')]]).await;
    assert!(screen.contains("\"anna\" has no @"), "{screen}");
}

#[tokio::test]
async fn escape_goes_back_line_by_line_and_out() {
    let (answer, screen) =
        asked(Vec::new(), vec![typed("a@b"), times(KeyCode::Enter, 2), times(KeyCode::Esc, 2)]).await;
    assert!(screen.contains("a@b"), "{screen}");
    assert_eq!(answer, Asked::Left, "the keys ended on the first line");
    let (answer, _) = asked(Vec::new(), vec![typed("a@b"), times(KeyCode::Esc, 1), times(KeyCode::Enter, 9)]).await;
    assert_eq!(answer, Asked::Left);
    for before in [Vec::new(), times(KeyCode::F(1), 1), times(KeyCode::Down, 5)] {
        let (answer, _) = asked(runs(), vec![before, vec![control('c')], typed("x")]).await;
        assert_eq!(answer, Asked::Interrupted);
    }
}

#[tokio::test]
async fn a_run_is_made_again_or_forgotten() {
    let (answer, _) = asked(runs(), vec![times(KeyCode::Down, 5), times(KeyCode::Enter, 1)]).await;
    assert_eq!(answer, Asked::Answer(Start::Again(1)));
    let forgotten = vec![times(KeyCode::Down, 4), times(KeyCode::Delete, 1)];
    let (_, screen) = asked(runs(), forgotten).await;
    assert!(!screen.contains("anna@contoso.test") && screen.contains("fabrikam"), "{screen}");
    let (_, screen) = asked(runs(), vec![times(KeyCode::Down, 4), times(KeyCode::Delete, 2)]).await;
    assert!(!screen.contains("Run again"), "{screen}");
}

#[tokio::test]
async fn the_help_lists_the_keys_of_the_line() {
    let (_, screen) = asked(runs(), vec![times(KeyCode::F(1), 1)]).await;
    assert!(
        screen.contains("Keys that work here") && screen.contains("start with everything as it stands"),
        "{screen}"
    );
    let (_, screen) = asked(runs(), vec![times(KeyCode::Down, 4), times(KeyCode::F(1), 1)]).await;
    assert!(screen.contains("take this run off the list"), "{screen}");
    let (answer, screen) = asked(runs(), vec![times(KeyCode::F(1), 1), times(KeyCode::Esc, 1)]).await;
    assert!(answer == Asked::Left && !screen.contains("Keys that work here"), "{screen}");
}

const SIZES: [(u16, u16); 4] = [(160, 45), (120, 40), (80, 24), (50, 20)];

async fn snapshots(name: &str, runs: fn() -> Vec<RunItem>, events: fn() -> Vec<io::Result<Event>>) {
    for (width, height) in SIZES {
        for (form, ascii) in [("unicode", false), ("ascii", true)] {
            let (_, screen) = on((width, height, ascii), Wanted::default(), runs(), events()).await;
            assert!(!ascii || screen.is_ascii(), "{screen}");
            insta::assert_snapshot!(format!("start-{name}-{width}x{height}-{form}"), screen);
        }
    }
}

#[tokio::test]
async fn the_first_sight() {
    snapshots("empty", Vec::new, Vec::new).await;
}

#[tokio::test]
async fn a_choice_with_its_guess() {
    snapshots("choice", runs, || joined(vec![typed("anna@contoso.test"), times(KeyCode::Enter, 2)])).await;
}

#[tokio::test]
async fn an_address_that_is_none() {
    snapshots("problem", runs, || joined(vec![typed("anna"), times(KeyCode::Enter, 1)])).await;
}

#[tokio::test]
async fn a_run_that_was_kept() {
    snapshots("run", runs, || times(KeyCode::Down, 5)).await;
}

#[tokio::test]
async fn every_size_draws() {
    let events: [fn() -> Vec<io::Result<Event>>; 4] = [
        Vec::new,
        || joined(vec![typed("anna"), times(KeyCode::Enter, 1)]),
        || joined(vec![typed("a@b"), times(KeyCode::Enter, 3), typed("10.0.0.x"), times(KeyCode::Enter, 1)]),
        || joined(vec![times(KeyCode::Down, 5), times(KeyCode::F(1), 1)]),
    ];
    for width in (0..24).chain([39, 50, 60, 79, 200]) {
        for height in (0..16).chain([20, 24, 60]) {
            for events in &events {
                on((width, height, width % 2 == 0), Wanted::default(), runs(), events()).await;
            }
        }
    }
}

#[tokio::test]
async fn no_keys_make_it_fail() {
    use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
    let codes = [
        KeyCode::Enter,
        KeyCode::Esc,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::Tab,
        KeyCode::BackTab,
        KeyCode::Delete,
        KeyCode::Backspace,
        KeyCode::F(1),
        KeyCode::F(5),
        KeyCode::Char('@'),
        KeyCode::Char('é'),
        KeyCode::Char('1'),
        KeyCode::Home,
        KeyCode::End,
    ];
    let mut runner = TestRunner::deterministic();
    let keys = proptest::collection::vec(proptest::sample::select(codes.to_vec()), 0..40);
    for _ in 0..64 {
        let codes = keys.new_tree(&mut runner).expect("keys").current();
        on((60, 20, false), Wanted::default(), runs(), codes.into_iter().map(key).collect()).await;
    }
}
