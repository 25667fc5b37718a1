//! The engine: the only executor. Runs all candidates at once, bounded, and says what happens as events.
//!
//! What Outlook would do one after the other is computed later, from the outcomes; here nothing waits for anything but
//! its own input.

mod candidate;
mod emitter;
mod names;
mod registry;
mod surroundings;

use crate::{
    event::{CandidateId, ClientFamily, Command, Event, NoteCode, Stage, Standing, Vantage},
    net::Net,
    plan::{self, PlanInput},
};
use registry::Registry;
use std::sync::{Arc, Mutex};
use tokio::{sync::Semaphore, sync::mpsc, task::JoinSet};
use tokio_util::sync::CancellationToken;

/// Candidates that are probed at the same time.
const CONCURRENT_CANDIDATES: usize = 16;

/// What a run is made from.
#[derive(Clone)]
pub struct Setup {
    /// What is looked for.
    pub input: PlanInput,
    /// The client family the technician chose.
    pub client: ClientFamily,
    /// Where we look from.
    pub vantage: Vantage,
    /// The world.
    pub net: Net,
    /// Whether to send the extra questions that turn look-alikes into proof (random labels, handshake without SNI,
    /// another path).
    pub canaries: bool,
}

/// State shared by the tasks of one run.
struct Run {
    setup: Setup,
    events: mpsc::UnboundedSender<Event>,
    registry: Mutex<Registry>,
    names: names::Names,
    permits: Semaphore,
}

/// One candidate to probe, or to probe again from a stage on.
struct Job {
    id: CandidateId,
    from: Stage,
}

/// Runs until every candidate is finished and the command channel is closed, or until cancelled. Events are bounded in
/// number by the limits of plan and probes, so the channel need not be.
pub async fn run(
    setup: Setup,
    events: mpsc::UnboundedSender<Event>,
    mut commands: mpsc::UnboundedReceiver<Command>,
    cancel: CancellationToken,
) {
    loop {
        let ended = run_once(&setup, &events, &mut commands, &cancel).await;
        if ended == Ended::Over {
            return;
        }
    }
}

/// How one run ended.
#[derive(Eq, PartialEq)]
enum Ended {
    /// There is nothing more to do.
    Over,
    /// Everything shall run again.
    Again,
}

async fn run_once(
    setup: &Setup,
    events: &mpsc::UnboundedSender<Event>,
    commands: &mut mpsc::UnboundedReceiver<Command>,
    cancel: &CancellationToken,
) -> Ended {
    let (run, first_jobs) = begin(setup, events);
    let mut tasks: JoinSet<Vec<Job>> = JoinSet::new();
    spawn_jobs(&run, &mut tasks, first_jobs);
    {
        let run = Arc::clone(&run);
        tasks.spawn(async move { surroundings::look(&run).await });
    }
    let mut announced = false;
    let limit = tokio::time::sleep(setup.net.limits.run);
    tokio::pin!(limit);
    loop {
        if tasks.is_empty() && !announced {
            announced = true;
            say(events, Event::SessionFinished {});
        }
        if announced && tasks.is_empty() && commands.is_closed() && commands.is_empty() {
            return Ended::Over;
        }
        tokio::select! {
            biased;
            () = cancel.cancelled() => {
                if !announced {
                    say(events, Event::SessionCancelled {});
                }
                return Ended::Over;
            }
            command = commands.recv(), if !(commands.is_closed() && commands.is_empty()) => match command {
                Some(Command::RerunAll) => return Ended::Again,
                Some(Command::Cancel) => cancel.cancel(),
                Some(Command::RerunCandidate { candidate }) => {
                    announced = false;
                    limit.as_mut().reset(tokio::time::Instant::now() + setup.net.limits.run);
                    again(&run, &mut tasks, candidate, Stage::Dns);
                }
                Some(Command::RerunStage { candidate, stage }) => {
                    announced = false;
                    limit.as_mut().reset(tokio::time::Instant::now() + setup.net.limits.run);
                    again(&run, &mut tasks, candidate, stage);
                }
                // Nobody can ask for anything more.
                None => {}
            },
            finished = tasks.join_next(), if !tasks.is_empty() => {
                let opened = finished.and_then(Result::ok).unwrap_or_default();
                spawn_jobs(&run, &mut tasks, opened);
            }
            () = &mut limit, if !tasks.is_empty() => {
                let seconds = setup.net.limits.run.as_secs();
                say(events, Event::Note { code: NoteCode::LimitReached, detail: format!("{seconds} s for the run") });
                say(events, Event::SessionCancelled {});
                tasks.abort_all();
                while tasks.join_next().await.is_some() {}
                announced = true;
            }
        }
    }
}

/// Announces the run and its plan; the jobs are the candidates that need not wait for anything.
fn begin(setup: &Setup, events: &mpsc::UnboundedSender<Event>) -> (Arc<Run>, Vec<Job>) {
    say(
        events,
        Event::SessionStarted {
            tool: concat!("discoscope ", env!("CARGO_PKG_VERSION")).to_owned(),
            address: setup.input.address.clone(),
            client: setup.client,
            vantage: setup.vantage.clone(),
        },
    );
    let candidates = plan::plan(&setup.input);
    for candidate in &candidates {
        say(events, Event::CandidateQueued { candidate: candidate.clone() });
    }
    let jobs = candidates
        .iter()
        .filter(|candidate| candidate.standing == Standing::Probed)
        .map(|candidate| Job { id: candidate.id.clone(), from: Stage::Dns })
        .collect();
    let run = Run {
        setup: setup.clone(),
        events: events.clone(),
        registry: Mutex::new(Registry::new(candidates, setup.input.address.ascii())),
        names: names::Names::default(),
        permits: Semaphore::new(CONCURRENT_CANDIDATES),
    };
    (Arc::new(run), jobs)
}

fn spawn_jobs(run: &Arc<Run>, tasks: &mut JoinSet<Vec<Job>>, jobs: Vec<Job>) {
    for job in jobs {
        let run = Arc::clone(run);
        tasks.spawn(async move {
            let _permit = run.permits.acquire().await;
            candidate::probe(&run, &job).await
        });
    }
}

/// Starts a known candidate again. A stage after the name needs a connection of its own, so it begins at TCP.
fn again(run: &Arc<Run>, tasks: &mut JoinSet<Vec<Job>>, id: CandidateId, stage: Stage) {
    let from = if stage <= Stage::Dns { Stage::Dns } else { Stage::Tcp };
    let known = run.registry().get(&id).is_some_and(|entry| entry.candidate.standing == Standing::Probed);
    if !known {
        return;
    }
    if from == Stage::Dns {
        run.names.forget();
    }
    say(&run.events, Event::Note { code: NoteCode::Rerun, detail: id.to_string() });
    spawn_jobs(run, tasks, vec![Job { id, from }]);
}

fn say(events: &mpsc::UnboundedSender<Event>, event: Event) {
    // A closed channel means that nobody listens any more; the run is about to be cancelled.
    let _ = events.send(event);
}

impl Run {
    fn registry(&self) -> std::sync::MutexGuard<'_, Registry> {
        // A task that panicked while holding the lock leaves a list of candidates, which is never half-written.
        self.registry.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
