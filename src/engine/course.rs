//! The course of one run: its tasks, and what is asked of it while it goes.

use super::{Job, Pasted, Run, Setup, begin, directory, say, this_pc};
use crate::event::{CandidateId, Command, Event, NoteCode, Stage, Standing};
use std::{collections::HashMap, pin::Pin, sync::Arc};
use tokio::{
    sync::mpsc,
    task::{AbortHandle, JoinSet},
    time::{Instant, Sleep, sleep},
};
use tokio_util::sync::CancellationToken;

/// How one run ended.
#[derive(Eq, PartialEq)]
pub(super) enum Ended {
    /// There is nothing more to do.
    Over,
    /// Everything shall run again.
    Again,
}

/// One run while it goes.
struct Course<'a> {
    setup: &'a Setup,
    run: Arc<Run>,
    tasks: Tasks,
    /// Its end was said.
    announced: bool,
    /// When its time is over.
    limit: Pin<Box<Sleep>>,
}

/// Follows one run until everything is done and nobody can ask for more, or everything shall run again.
pub(super) async fn follow(
    setup: &Setup,
    pasted: &Pasted,
    events: &mpsc::UnboundedSender<Event>,
    commands: &mut mpsc::UnboundedReceiver<Command>,
    cancel: &CancellationToken,
) -> Ended {
    setup.keeper.begin();
    let (run, first_jobs) = begin(setup, pasted, events);
    let limit = Box::pin(sleep(setup.net.limits.run));
    let mut course = Course { setup, run, tasks: Tasks::default(), announced: false, limit };
    course.tasks.spawn(&course.run, first_jobs);
    loop {
        if course.tasks.set.is_empty() && !course.announced {
            course.announced = true;
            say(events, Event::SessionFinished {});
        }
        let is_deaf = commands.is_closed() && commands.is_empty();
        if course.announced && course.tasks.set.is_empty() && is_deaf {
            return Ended::Over;
        }
        tokio::select! {
            biased;
            () = cancel.cancelled() => {
                if !course.announced {
                    say(events, Event::SessionCancelled {});
                }
                return Ended::Over;
            }
            command = commands.recv(), if !is_deaf => match command {
                Some(Command::RerunAll) => {
                    course.ask_directory_again();
                    // Nothing of the old run may speak once the new one began.
                    course.tasks.set.shutdown().await;
                    return Ended::Again;
                }
                Some(Command::Cancel) => cancel.cancel(),
                Some(command) => course.obey(command),
                // Nobody can ask for anything more.
                None => {}
            },
            finished = course.tasks.set.join_next(), if !course.tasks.set.is_empty() => {
                // A task that was stopped, because its candidate was started again, opens nothing.
                let opened = finished.and_then(Result::ok).unwrap_or_default();
                course.tasks.spawn(&course.run, opened);
            }
            () = &mut course.limit, if !course.tasks.set.is_empty() => course.run_out().await,
        }
    }
}

impl Course<'_> {
    /// Does what was asked about a part of the run.
    fn obey(&mut self, command: Command) {
        match command {
            Command::SignIn { candidate, account } => {
                self.resume();
                self.tasks.stop(&candidate);
                self.setup.keeper.give(account);
                self.again(candidate, Stage::Tcp);
            }
            Command::RerunCandidate { candidate } => self.look_again(candidate, Stage::Dns),
            Command::RerunStage { candidate, stage } => self.look_again(candidate, stage),
            Command::Directory { text } => {
                self.resume();
                self.tasks.spawn(&self.run, directory::given(&self.run, &text));
            }
            Command::Reply { question, reply } => say(&self.run.events, Event::Replied { question, reply }),
            // They end the run, which is not this one's to do.
            Command::RerunAll | Command::Cancel => {}
        }
    }

    /// The run goes on, with its whole time before it.
    fn resume(&mut self) {
        self.announced = false;
        self.limit.as_mut().reset(Instant::now() + self.setup.net.limits.run);
    }

    /// A person wants to see what is there now.
    fn look_again(&mut self, candidate: CandidateId, stage: Stage) {
        self.setup.keeper.again();
        self.ask_directory_again();
        self.resume();
        self.again(candidate, stage);
    }

    fn ask_directory_again(&self) {
        if let Some(directory) = &self.setup.directory {
            directory.again();
        }
    }

    /// Its time is over.
    async fn run_out(&mut self) {
        let seconds = self.setup.net.limits.run.as_secs();
        let events = &self.run.events;
        say(events, Event::Note { code: NoteCode::LimitReached, detail: format!("{seconds} s for the run") });
        say(events, Event::SessionCancelled {});
        self.tasks.set.shutdown().await;
        self.announced = true;
    }

    /// Starts a known candidate again. A stage after the name needs a connection of its own, so it begins at TCP.
    fn again(&mut self, id: CandidateId, stage: Stage) {
        let (run, tasks) = (&self.run, &mut self.tasks);
        let from = if stage <= Stage::Dns { Stage::Dns } else { Stage::Tcp };
        let known = run.registry().get(&id).is_some_and(|entry| entry.candidate.standing == Standing::Probed);
        if !known {
            return;
        }
        say(&run.events, Event::Note { code: NoteCode::Rerun, detail: id.to_string() });
        if run.registry().get(&id).is_some_and(|entry| this_pc::is_of_pc(entry.candidate.origin)) {
            // What the PC says may have changed; it is probed again by what is read.
            return tasks.spawn(run, vec![Job::ThisPc]);
        }
        let mut jobs = vec![Job::Probe { id, from }];
        if from == Stage::Dns {
            // A record that was changed may be the wildcard, or a sign.
            run.names.forget();
            say(&run.events, Event::SurroundingsStarted {});
            jobs.extend([Job::Signs, Job::Surroundings]);
        }
        tasks.spawn(run, jobs);
    }
}

/// The tasks of one run.
#[derive(Default)]
struct Tasks {
    set: JoinSet<Vec<Job>>,
    /// The newest task of each candidate; an older one is stopped, so that two attempts never mix.
    newest: HashMap<CandidateId, AbortHandle>,
}

impl Tasks {
    /// Stops the newest task of a candidate.
    fn stop(&mut self, id: &CandidateId) {
        if let Some(task) = self.newest.remove(id) {
            task.abort();
        }
    }

    fn spawn(&mut self, run: &Arc<Run>, jobs: Vec<Job>) {
        for job in jobs {
            let id = match &job {
                Job::Probe { id, .. } => Some(id.clone()),
                Job::Surroundings | Job::Signs | Job::Outside | Job::MailServers { .. } | Job::ThisPc => None,
            };
            let run = Arc::clone(run);
            let handle = self.set.spawn(async move { run.work(job).await });
            if let Some(older) = id.and_then(|id| self.newest.insert(id, handle)) {
                older.abort();
            }
        }
    }
}
