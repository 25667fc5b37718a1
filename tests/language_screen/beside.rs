//! Screens that stand beside a run: the form at the start, the choice of a case, the board of several addresses.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use discoscope::{
    address,
    diagnosis::Diagnosis,
    event::{ClientFamily, VantageSide},
    lab, language,
    model::Model,
    report::summary,
    tui::{
        Board, BoardRow, Desk, Look, RunItem, ScenarioItem, Theme, Wanted, ask_start, choose_run, choose_scenario,
        keymap::Keys,
    },
    words,
};
use futures_util::stream;
use ratatui::{Terminal, backend::TestBackend};
use std::io;
use tokio::sync::watch;

fn terminal(height: u16) -> Terminal<TestBackend> {
    Terminal::new(TestBackend::new(160, height)).expect("a test terminal")
}

fn look() -> (Look, Keys) {
    (Look::new(Theme::Dark, false), Keys::default())
}

fn keys(codes: &[KeyCode]) -> Vec<io::Result<Event>> {
    codes.iter().map(|code| Ok(Event::Key(KeyEvent::new(*code, KeyModifiers::NONE)))).collect()
}

/// A machine that guesses nothing and kept one run.
struct Front;

impl Desk for Front {
    fn check_addresses(&self, typed: &str) -> Result<(), String> {
        address::parse(typed).map(|_| ()).map_err(|error| error.to_string())
    }

    fn check_servers(&self, _: &[String]) -> Result<(), String> {
        Ok(())
    }

    fn guess(&self, _: &str) -> (VantageSide, String) {
        (VantageSide::Unknown, String::new())
    }

    fn own_servers(&self) -> &str {
        "10.0.0.2"
    }

    fn own_spelling(&self) -> &'static str {
        "system"
    }

    fn runs(&self) -> Vec<RunItem> {
        vec![RunItem {
            address: "anna@contoso.test".to_owned(),
            client: ClientFamily::Outlook365,
            verdict: words::kept_verdict("prompts"),
            when: "2026-11-20 14:03".to_owned(),
        }]
    }

    fn forget(&mut self, _: usize) -> Result<(), String> {
        Ok(())
    }
}

/// The form: empty, with what is wrong in it, on each line, and with its help.
pub async fn form() -> Vec<(String, String)> {
    let typed = |text: &str| text.chars().map(KeyCode::Char).collect::<Vec<_>>();
    let mut ways: Vec<Vec<KeyCode>> = (0..5).map(|lines| vec![KeyCode::Down; lines]).collect();
    ways.push(vec![KeyCode::F(1)]);
    ways.extend(["nobody", "a b@c.test", "a@b@c.test", "a@", "@contoso.test", "a@contoso", "a@-.test", "D\\a"].map(
        |text| {
            let mut way = typed(text);
            way.push(KeyCode::Enter);
            way
        },
    ));
    let mut screens = Vec::new();
    for way in ways {
        let mut terminal = terminal(45);
        let events = stream::iter(keys(&way));
        let asked = ask_start(&mut terminal, events, look(), &mut Front, Wanted::default()).await;
        asked.expect("a test terminal never fails");
        screens.push((format!("form after {way:?}"), terminal.backend().to_string()));
    }
    screens
}

/// The cases to choose from, all of them, and what nothing matches.
pub async fn cases() -> Vec<(String, String)> {
    let scenarios = lab::scenarios().expect("all files can be read");
    let items: Vec<ScenarioItem> = scenarios
        .iter()
        .map(|scenario| ScenarioItem {
            name: scenario.name.clone(),
            title: language::known(&scenario.title).to_owned(),
            story: scenario.story.each_ref().map(|line| language::known(line).to_owned()),
        })
        .collect();
    let mut screens = Vec::new();
    // The help would cut through names of cases.
    for (way, items) in [(&[][..], &items[..]), (&[KeyCode::F(1)], &[]), (&[KeyCode::Char('%')], &items)] {
        let mut terminal = terminal(u16::try_from(items.len() * 4 + 10).expect("a screen that holds all cases"));
        let asked = choose_scenario(&mut terminal, stream::iter(keys(way)), look(), items).await;
        asked.expect("a test terminal never fails");
        screens.push((format!("cases after {way:?}"), terminal.backend().to_string()));
    }
    screens
}

/// The board of these runs and of one that goes on.
pub async fn board(runs: &[(Model, Diagnosis)]) -> Vec<(String, String)> {
    let mut rows: Vec<BoardRow> = runs
        .iter()
        .enumerate()
        .map(|(run, (model, diagnosis))| BoardRow {
            run,
            address: summary::address(model),
            class: Some(diagnosis.verdict.class),
            cause: summary::cause(diagnosis),
        })
        .collect();
    rows.push(BoardRow { run: rows.len(), address: "a@b.test".to_owned(), class: None, cause: String::new() });
    let board = Board { rows, shared: summary::shared_causes(runs) };
    let mut screens = Vec::new();
    for way in [&[][..], &[KeyCode::F(1)]] {
        let (_sender, changed) = watch::channel(0);
        let mut terminal = terminal(45);
        let events = stream::iter(keys(way));
        let asked = choose_run(&mut terminal, events, look(), &|| board.clone(), changed, &mut 0).await;
        asked.expect("a test terminal never fails");
        screens.push((format!("board after {way:?}"), terminal.backend().to_string()));
    }
    let mut out = Vec::new();
    summary::write(runs, &mut out).expect("memory can be written");
    screens.push(("summary".to_owned(), String::from_utf8(out).expect("text")));
    screens
}
