//! The engine: the only executor. Runs all candidates at once, bounded, and says what happens as events.
//!
//! What Outlook would do one after the other is computed later, from the outcomes; here nothing waits for anything but
//! its own input.

mod candidate;
mod course;
mod directory;
mod emitter;
mod names;
mod outside;
mod registry;
mod surroundings;
mod this_pc;

pub use crate::probe::sign_in::Keeper;
use crate::{
    event::{CandidateId, ClientFamily, Command, DnsAnswer, DnsStatus, Event, Reply, Stage, Standing, Vantage},
    net::{Net, Resolver},
    pc,
    plan::{self, PlanInput},
};
pub use directory::Directory;
use directory::Pasted;
use registry::Registry;
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
};
use tokio::sync::{OnceCell, Semaphore, mpsc};
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
    /// The PC that Outlook runs on, where one can be read.
    pub pc: Option<Arc<dyn pc::Reader>>,
    /// Whether to send the extra questions that turn look-alikes into proof (random labels, handshake without SNI,
    /// another path).
    pub canaries: bool,
    /// Whether to fetch issuers' certificates that a server did not send, from the third party that its certificate
    /// names.
    pub fetch_issuers: bool,
    /// Keeps what a technician gave to sign in with, for as long as the front end runs; nothing unless somebody did.
    pub keeper: Arc<Keeper>,
    /// Whether to send servers the first message of NTLM, to which they tell names and time.
    pub ask_ntlm: bool,
    /// Whether a password that a server accepted by Basic is sent a second time, to see what a browser is shown.
    pub ask_get: bool,
    /// Whether an endpoint is asked, once, what it says to clients other than Outlook: SOAP and ActiveSync.
    pub other_protocols: bool,
    /// Whether Microsoft is asked what it knows of the domain.
    pub microsoft365: OutsideWish,
    /// Where service connection points are looked for; the input says that it is there.
    pub directory: Option<Arc<Directory>>,
    /// Replies that were given before the run, by the id of the question's case.
    pub replies: Vec<(String, Reply)>,
}

/// When Microsoft is asked what it knows of a domain: questions to somebody outside, who learns the domain by them.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum OutsideWish {
    /// When the domain's own records point there.
    #[default]
    WhenSigned,
    /// In any case.
    Always,
    /// Never.
    Never,
}

/// The servers that hold a zone, or that there are none to ask; empty until they were looked for.
type ZoneCell = Arc<OnceCell<Option<Arc<dyn Resolver>>>>;

/// State shared by the tasks of one run.
struct Run {
    setup: Setup,
    events: mpsc::UnboundedSender<Event>,
    registry: Mutex<Registry>,
    names: names::Names,
    /// The servers that hold a zone, once they were looked for.
    zones: Mutex<HashMap<String, ZoneCell>>,
    /// Zones whose servers kept silent: many networks let DNS out through their resolver only.
    silent_zones: Mutex<HashSet<String>>,
    /// Which candidate asked a host for its other protocols.
    asked_beside: Mutex<HashMap<String, CandidateId>>,
    /// Files of the PC, as they were read last.
    files: Mutex<Vec<pc::LocalFile>>,
    permits: Semaphore,
    /// An export that was pasted; it outlasts a run.
    pasted: Pasted,
}

/// One piece of work.
enum Job {
    /// One candidate to probe, or to probe again from a stage on.
    Probe { id: CandidateId, from: Stage },
    /// What is around the domain, beside its mail servers and the signs.
    Surroundings,
    /// Mail servers and signs, which decide the Microsoft 365 step.
    Signs,
    /// Addresses of mail servers.
    MailServers { exchanges: Vec<String> },
    /// What the PC says.
    ThisPc,
    /// What Microsoft knows of the domain.
    Outside,
}

/// Runs until every candidate is finished and the command channel is closed, or until cancelled. Events are bounded in
/// number by the limits of plan and probes, so the channel need not be.
pub async fn run(
    mut setup: Setup,
    events: mpsc::UnboundedSender<Event>,
    mut commands: mpsc::UnboundedReceiver<Command>,
    cancel: CancellationToken,
) {
    let pasted = Pasted::default();
    loop {
        let ended = course::follow(&setup, &pasted, &events, &mut commands, &cancel).await;
        if ended == course::Ended::Over {
            return;
        }
        // What was said once may have been taken back since.
        setup.replies.clear();
    }
}

/// Announces the run and its plan; the jobs are the candidates that need not wait for anything.
fn begin(setup: &Setup, pasted: &Pasted, events: &mpsc::UnboundedSender<Event>) -> (Arc<Run>, Vec<Job>) {
    say(
        events,
        Event::SessionStarted {
            tool: concat!("discoscope ", env!("CARGO_PKG_VERSION")).to_owned(),
            address: setup.input.address.clone(),
            client: setup.client,
            vantage: setup.vantage.clone(),
        },
    );
    for (question, reply) in &setup.replies {
        say(events, Event::Replied { question: question.clone(), reply: reply.clone() });
    }
    let mut input = setup.input.clone();
    input.directory |= pasted.get().is_some();
    let candidates = plan::plan(&input);
    for candidate in &candidates {
        say(events, Event::CandidateQueued { candidate: candidate.clone() });
    }
    let probed = candidates.iter().filter(|candidate| candidate.standing == Standing::Probed);
    let mut jobs: Vec<Job> =
        probed.map(|candidate| Job::Probe { id: candidate.id.clone(), from: Stage::Dns }).collect();
    say(events, Event::SurroundingsStarted {});
    jobs.extend([Job::Signs, Job::Surroundings]);
    jobs.extend(setup.pc.is_some().then_some(Job::ThisPc));
    let run = Run {
        setup: setup.clone(),
        events: events.clone(),
        registry: Mutex::new(Registry::new(candidates, setup.input.address.ascii())),
        names: names::Names::default(),
        zones: Mutex::default(),
        silent_zones: Mutex::default(),
        asked_beside: Mutex::default(),
        pasted: pasted.clone(),
        files: Mutex::default(),
        permits: Semaphore::new(CONCURRENT_CANDIDATES),
    };
    (Arc::new(run), jobs)
}

fn say(events: &mpsc::UnboundedSender<Event>, event: Event) {
    // A closed channel means that nobody listens any more; the run is about to be cancelled.
    let _ = events.send(event);
}

impl Run {
    async fn work(&self, job: Job) -> Vec<Job> {
        match job {
            Job::Probe { id, from } => {
                let _permit = self.permits.acquire().await;
                candidate::probe(self, &id, from).await
            }
            Job::Surroundings => surroundings::look(self).await,
            Job::Signs => surroundings::look_for_signs(self).await,
            Job::Outside => outside::ask(self).await,
            Job::MailServers { exchanges } => surroundings::mail_servers(self, &exchanges).await,
            Job::ThisPc => this_pc::read(self).await,
        }
    }

    /// The servers that hold a name's zone; none where they are not to be asked or cannot be found. Of names outside the
    /// mail domain it is the zone that somebody registered.
    async fn servers_of(&self, name: &str) -> Option<Arc<dyn Resolver>> {
        self.setup.net.name_servers.as_ref()?;
        let zone = self.zone_of(name)?;
        if self.silent_zones.lock().unwrap_or_else(std::sync::PoisonError::into_inner).contains(zone) {
            return None;
        }
        let cell = {
            let mut zones = self.zones.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            Arc::clone(zones.entry(zone.to_owned()).or_default())
        };
        cell.get_or_init(|| surroundings::name_servers(&self.setup, zone)).await.clone()
    }

    fn zone_of<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        let domain = self.setup.input.address.domain.as_str();
        let own = name == domain || name.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
        if own { Some(domain) } else { psl::domain_str(name) }
    }

    /// Takes note of an answer of a zone's servers: those that keep silent are not asked again.
    fn heard(&self, answer: &DnsAnswer) {
        if matches!(answer.status, DnsStatus::TimedOut | DnsStatus::Unreachable | DnsStatus::PortClosed)
            && let Some(zone) = self.zone_of(&answer.question.name)
        {
            self.silent_zones.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(zone.to_owned());
        }
    }

    /// Whether this candidate is the one that asks a host for its other protocols: the first to get there, again and
    /// again where it is started anew.
    fn is_first_at(&self, host: &str, id: &CandidateId) -> bool {
        let mut asked = self.asked_beside.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        asked.entry(host.to_owned()).or_insert_with(|| id.clone()) == id
    }

    fn registry(&self) -> std::sync::MutexGuard<'_, Registry> {
        // A task that panicked while holding the lock leaves a list of candidates, which is never half-written.
        self.registry.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
