//! The session: wires one run together. Events come from the engine or from a recording, pass the hub, and reach the
//! recorder and the front end as envelopes.

use crate::{
    engine::{self, Setup},
    event::{Command, Envelope, Event, NoteCode, VERSION},
    net::Clock,
    recording::{self, Recording, Writer},
    redaction::without_url_passwords,
};
use std::{sync::Arc, time::Instant};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// A run under way: envelopes come out, commands go in.
#[derive(Debug)]
pub struct Session {
    /// What happens, in order; closed when nothing more can come.
    pub envelopes: mpsc::UnboundedReceiver<Envelope>,
    /// What the front end asks for; closing it lets the run end once it is finished.
    pub commands: mpsc::UnboundedSender<Command>,
    /// Stops the run.
    pub cancel: CancellationToken,
}

/// Starts a run on the current runtime.
pub fn start(setup: Setup, recorder: Option<Writer>) -> Session {
    let (events_in, events_out) = mpsc::unbounded_channel();
    let (commands, commands_out) = mpsc::unbounded_channel();
    let (front, envelopes) = mpsc::unbounded_channel();
    let cancel = CancellationToken::new();
    let clock = Arc::clone(&setup.net.clock);
    tokio::spawn(engine::run(setup, events_in, commands_out, cancel.clone()));
    tokio::spawn(hub(events_out, front, recorder, clock));
    Session { envelopes, commands, cancel }
}

/// Plays a recording: the same envelopes, at once. Commands go nowhere.
pub fn replay(recording: &Recording) -> Session {
    let (front, envelopes) = mpsc::unbounded_channel();
    let (commands, _) = mpsc::unbounded_channel();
    for envelope in &recording.envelopes {
        // The receiver is ours until the function returns.
        let _ = front.send(without_url_passwords(recording::sanitise(envelope)));
    }
    Session { envelopes, commands, cancel: CancellationToken::new() }
}

/// Stamps events and hands them on. A recorder that fails is told about once and never breaks the run.
async fn hub(
    mut events: mpsc::UnboundedReceiver<Event>,
    front: mpsc::UnboundedSender<Envelope>,
    mut recorder: Option<Writer>,
    clock: Arc<dyn Clock>,
) {
    let began = Instant::now();
    let mut seq = 0;
    let mut stamp = |event| {
        let elapsed_us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        let envelope = Envelope { v: VERSION, seq, at: clock.now(), elapsed_us, event };
        seq += 1;
        without_url_passwords(envelope)
    };
    while let Some(event) = events.recv().await {
        let envelope = stamp(event);
        let failure = recorder.as_mut().and_then(|writer| writer.write(&envelope).err());
        // The front end may be gone before the engine is.
        let _ = front.send(envelope);
        if let Some(error) = failure {
            recorder = None;
            let _ = front.send(stamp(Event::Note { code: NoteCode::RecordingFailed, detail: error.to_string() }));
        }
    }
}
