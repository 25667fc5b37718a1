//! Several runs behind one screen: each goes on by itself, and any of them can be opened and left again.

use crate::{
    diagnosis::diagnose,
    engine::Setup,
    event::{Command, Envelope},
    model::{Model, Progress},
    redaction::Redactor,
    report::summary,
    session::{self, Session},
    tui::{Board, BoardRow},
};
use std::{
    cmp::Reverse,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

/// Several runs under way; they end when this is dropped.
pub(super) struct Several {
    runs: Vec<Run>,
    /// Knows the users of all runs, so that each has the same placeholder on every screen.
    redactor: Redactor,
    changed: watch::Receiver<u64>,
}

struct Run {
    kept: Arc<Mutex<Kept>>,
    commands: mpsc::UnboundedSender<Command>,
    cancel: CancellationToken,
}

/// What a run has said so far.
#[derive(Default)]
struct Kept {
    envelopes: Vec<Envelope>,
    model: Model,
}

impl Several {
    /// Starts all runs. Needs a Tokio runtime.
    pub(super) fn start(setups: Vec<Setup>) -> Self {
        let (announce, changed) = watch::channel(0);
        let announce = Arc::new(announce);
        let mut redactor = Redactor::default();
        setups.iter().for_each(|setup| _ = redactor.user(&setup.input.address));
        let runs = setups
            .into_iter()
            .map(|setup| {
                let Session { envelopes, commands, cancel } = session::start(setup, None);
                let kept = Arc::new(Mutex::new(Kept::default()));
                tokio::spawn(keep(envelopes, Arc::clone(&kept), Arc::clone(&announce)));
                Run { kept, commands, cancel }
            })
            .collect();
        Self { runs, redactor, changed }
    }

    /// Says when something changed.
    pub(super) fn changed(&self) -> watch::Receiver<u64> {
        self.changed.clone()
    }

    /// Conclusions of all runs, in the order asked for.
    pub(super) fn concluded(&self) -> Vec<(Model, crate::diagnosis::Diagnosis)> {
        let models = self.runs.iter().map(|run| run.kept().model.clone());
        models
            .map(|model| (diagnose(&model, model.client), model))
            .map(|(diagnosis, model)| (model, diagnosis))
            .collect()
    }

    /// The redactor that each run's screen begins with.
    pub(super) fn redactor(&self) -> Redactor {
        self.redactor.clone()
    }

    /// All runs at a glance, made private where that is asked for.
    pub(super) fn board(&self, private: bool) -> Board {
        let mut board = self.open_board();
        if private {
            let mut redactor = self.redactor();
            board.rows.iter_mut().for_each(|row| {
                row.address = redactor.text(&row.address);
                row.cause = redactor.text(&row.cause);
            });
            board.shared.iter_mut().for_each(|cause| *cause = redactor.text(cause));
        }
        board
    }

    /// In the order asked for while they go on, then the worst first.
    fn open_board(&self) -> Board {
        let concluded = self.concluded();
        let going = concluded.iter().any(|(model, _)| is_going(model));
        let mut order: Vec<usize> = (0..concluded.len()).collect();
        if !going {
            order.sort_by_key(|run| concluded.get(*run).map(|(_, diagnosis)| Reverse(summary::gravity(diagnosis))));
        }
        let rows = order.into_iter().filter_map(|run| {
            let (model, diagnosis) = concluded.get(run)?;
            let cause = if is_going(model) { String::new() } else { summary::cause(diagnosis) };
            let class = (!is_going(model)).then_some(diagnosis.verdict.class);
            Some(BoardRow { run, address: summary::address(model), class, cause })
        });
        let shared = if going { Vec::new() } else { summary::shared_causes(&concluded) };
        Board { rows: rows.collect(), shared }
    }

    /// One run as a session of its own: what it said so far, and what it will say.
    pub(super) fn open(&self, run: usize) -> Option<Session> {
        let run = self.runs.get(run)?;
        let (front, envelopes) = mpsc::unbounded_channel();
        tokio::spawn(tell(Arc::clone(&run.kept), self.changed.clone(), front));
        // Leaving the run's screen must not end the run.
        Some(Session { envelopes, commands: run.commands.clone(), cancel: CancellationToken::new() })
    }
}

impl Run {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        lock(&self.kept)
    }
}

impl Drop for Several {
    fn drop(&mut self) {
        self.runs.iter().for_each(|run| run.cancel.cancel());
    }
}

fn lock(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    // Whoever panicked with the lock left complete envelopes behind.
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

fn is_going(model: &Model) -> bool {
    matches!(model.progress, Progress::Waiting | Progress::Running)
}

/// Keeps what a run says.
async fn keep(
    mut envelopes: mpsc::UnboundedReceiver<Envelope>,
    kept: Arc<Mutex<Kept>>,
    announce: Arc<watch::Sender<u64>>,
) {
    while let Some(envelope) = envelopes.recv().await {
        {
            let mut kept = lock(&kept);
            kept.model.apply(&envelope);
            kept.envelopes.push(envelope);
        }
        announce.send_modify(|count| *count = count.wrapping_add(1));
    }
}

/// Tells a front end everything, from the beginning, until it is gone.
async fn tell(kept: Arc<Mutex<Kept>>, mut changed: watch::Receiver<u64>, front: mpsc::UnboundedSender<Envelope>) {
    let mut told = 0;
    loop {
        let news: Vec<Envelope> = lock(&kept).envelopes.iter().skip(told).cloned().collect();
        told += news.len();
        for envelope in news {
            if front.send(envelope).is_err() {
                return;
            }
        }
        tokio::select! {
            alive = changed.changed() => if alive.is_err() { return },
            () = front.closed() => return,
        }
    }
}
