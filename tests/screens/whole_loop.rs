//! The whole loop: events of a run and of a person go in, and what is left and asked comes out.

use crate::{
    diagnosis::diagnose,
    screen::{ENTER, ESC, letter},
    story::Story,
};
use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use discoscope::{
    event::{CandidateId, ClientFamily, Command, Envelope},
    tui::{self, Exit, Look, Options, Theme, clipboard::Copied, keymap::Keys},
};
use futures_util::{StreamExt as _, stream};
use ratatui::{Terminal, backend::TestBackend};
use std::{future, io};
use tokio::sync::mpsc;

fn options(look: Look, can_go_back: bool) -> Options {
    Options {
        diagnose,
        look,
        keys: Keys::default(),
        rerun_refused: None,
        can_go_back,
        goes_on: false,
        marked: None,
        privacy: tui::Privacy::default(),
        present: false,
        copy: |_| Ok(Copied::Clipboard),
        export: |_, _| Ok("report.html".to_owned()),
    }
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
    let mut terminal = Terminal::new(TestBackend::new(100, 30)).expect("a test terminal");
    let ended = tui::run(
        &mut terminal,
        Box::pin(input),
        from_run,
        to_run,
        options(Look::new(Theme::Dark, false), can_go_back),
        future::pending(),
    )
    .await;
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
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).expect("a test terminal");
    let input = stream::pending();
    let ended = tui::run(
        &mut terminal,
        input,
        from_run,
        to_run,
        options(Look::new(Theme::Mono, true), false),
        future::ready(143),
    )
    .await;
    assert_eq!(ended.expect("a test terminal never fails").exit, Exit::Signal(143));
}
