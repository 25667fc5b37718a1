//! Active Directory asked in the place of a PC that is joined to it: which service connection points it would find, and
//! what they open.

use super::{Job, Run, emitter::Emitter, say};
use crate::{
    directory::{self, Choice, Chosen, Export, Place, PlaceError, choose},
    event::{
        CandidateId, Cause, DirectoryAnswer, DirectoryFailure, DirectoryPurpose, DirectorySignInResult,
        DirectorySignInWay, DnsData, Event, Evidence, NoteCode, Outcome, PointSource, Purpose, RecordType, Stage,
        is_confirmed,
    },
    probe::{
        dns,
        ldap::{self, Credentials, SignIn},
    },
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Domain controllers that are asked.
const CONTROLLER_LIMIT: usize = 3;

/// URLs that are asked.
const URL_LIMIT: usize = 8;

/// Where service connection points are looked for.
#[derive(Default)]
pub struct Directory {
    /// Domain controllers, the one in the place of the PC's own first.
    pub places: Vec<Place>,
    /// Further ones are found as the PC would find them, by DNS ([MS-ADTS] 6.3.2.3).
    pub automatic: bool,
    /// Active Directory site of the PC.
    pub site: Option<String>,
    /// The account to sign in with.
    pub credentials: Option<Credentials>,
    /// Without an account: sign in with the ticket of whoever is signed in on this machine. Nothing secret leaves it, so
    /// every server is signed in to, as Outlook does.
    pub ticket: bool,
    /// An export, with what to call it.
    pub file: Option<(String, Export)>,
    /// Further hosts that may get its password: somebody agreed to each. `HOST:PORT` is that port alone.
    pub confirmed: Vec<String>,
    /// What was asked with the password.
    pub asked: Asked,
}

impl Directory {
    /// Whether a person named this place for the password. Whoever DNS names is asked without it.
    fn may_get_password(&self, place: &Place) -> bool {
        self.places.contains(place) || is_confirmed(&self.confirmed, &place.host, place.port, place.usual_port())
    }

    /// Somebody asks again: what was accepted may be sent again.
    pub fn again(&self) {
        self.asked.known().clear();
    }
}

/// Domain controllers that were asked with the password, each once for all runs of a command, one at a time.
#[derive(Default)]
pub struct Asked {
    known: Mutex<Vec<Known>>,
    turn: tokio::sync::Mutex<()>,
}

/// What was seen on the way to a domain controller, and what it answered.
#[derive(Clone)]
struct Known {
    place: Place,
    seen: Vec<Evidence>,
    answer: DirectoryAnswer,
}

impl Asked {
    fn known(&self) -> MutexGuard<'_, Vec<Known>> {
        // Whoever panicked with the lock left whole entries behind.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An export that was pasted while the program ran.
#[derive(Clone, Default)]
pub(super) struct Pasted(Arc<Mutex<Option<Export>>>);

impl Pasted {
    pub(super) fn get(&self) -> Option<Export> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Takes an export that was pasted and looks the entries up anew; whoever took it from the reader has said what is wrong
/// with one that cannot be read.
pub(super) fn given(run: &Run, text: &str) -> Vec<Job> {
    let Ok(export) = directory::read(text.as_bytes()) else { return Vec::new() };
    *run.pasted.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(export);
    let Some(candidate) = run.registry().ask_directory() else { return Vec::new() };
    let id = candidate.id.clone();
    say(&run.events, Event::CandidateQueued { candidate });
    vec![Job::Probe { id, from: Stage::Dns }]
}

/// Looks the entries up and opens what they name.
pub(super) async fn look_up(run: &Run, id: &CandidateId, attempt: u32) -> Vec<Job> {
    let emit = Emitter::new(run, id.clone(), attempt);
    let began = emit.start(Stage::Ldap);
    let mut opened = Vec::new();
    let none = Directory::default();
    let directory = run.setup.directory.as_deref().unwrap_or(&none);
    let outcome = Search { run, directory, emit: &emit }.go(id, &mut opened).await;
    emit.finish(Stage::Ldap, outcome, began);
    for stage in Stage::PROBED {
        emit.not_applicable(stage);
    }
    emit.say(Event::CandidateFinished { id: id.clone() });
    opened.into_iter().map(|id| Job::Probe { id, from: Stage::Dns }).collect()
}

struct Search<'a> {
    run: &'a Run,
    directory: &'a Directory,
    emit: &'a Emitter<'a>,
}

impl Search<'_> {
    async fn go(&self, id: &CandidateId, opened: &mut Vec<CandidateId>) -> Outcome {
        let pasted = self.run.pasted.get().map(|export| ("pasted text".to_owned(), export));
        let given = pasted.as_ref().or(self.directory.file.as_ref());
        let file = given.map(|(name, export)| from_file(name, export));
        let file = file.map(|answer| DirectoryAnswer { site: self.directory.site.clone(), ..answer });
        if let Some(answer) = &file {
            self.observed(answer);
        }
        let (answers, mut visited) = self.controllers().await;
        let asked = answers.iter().find(|answer| answer.is_complete());
        let Some(client) = asked.or(file.as_ref()).or(answers.first()) else {
            return Outcome::Failed { cause: Cause::LdapNoServer };
        };
        let last = self.follow(client.clone(), &mut visited).await;
        let choice = self.choose(&last);
        self.open(id, &choice, &last, opened);
        self.outcome(&last, &choice, &answers)
    }

    /// The domain controllers, one after the other, so that a password that is refused is not tried again.
    async fn controllers(&self) -> (Vec<DirectoryAnswer>, Vec<Place>) {
        let mut places = self.directory.places.clone();
        if self.directory.automatic {
            let found = self.discover().await;
            let further: Vec<Place> = found.into_iter().filter(|place| !places.contains(place)).collect();
            places.extend(further);
        }
        places.truncate(CONTROLLER_LIMIT);
        let mut answers: Vec<DirectoryAnswer> = Vec::new();
        for place in &places {
            let has_client = answers.iter().any(DirectoryAnswer::is_complete);
            let purpose = if has_client { DirectoryPurpose::Comparison } else { DirectoryPurpose::Client };
            let answer = self.ask(place, purpose).await;
            let refused = answer.sign_in.as_ref().is_some_and(|sign_in| {
                (sign_in.result, sign_in.way) == (DirectorySignInResult::Refused, DirectorySignInWay::Password)
            });
            answers.push(answer);
            if refused {
                break;
            }
        }
        (answers, places)
    }

    /// Domain controllers by DNS, those of the site first.
    async fn discover(&self) -> Vec<Place> {
        let domain = &self.run.setup.input.address.domain;
        let of_site = self.directory.site.iter().map(|site| format!("_ldap._tcp.{site}._sites.dc._msdcs.{domain}"));
        let mut places: Vec<Place> = Vec::new();
        for owner in of_site.chain([format!("_ldap._tcp.dc._msdcs.{domain}")]) {
            let answer = dns::ask(&self.run.setup.net, &owner, RecordType::Srv, Purpose::DomainControllers).await;
            let mut targets: Vec<(u16, std::cmp::Reverse<u16>, Place)> = Vec::new();
            for record in &answer.records {
                if let DnsData::Srv { priority, weight, port, target } = &record.data {
                    targets.push((*priority, std::cmp::Reverse(*weight), Place::clear(target, Some(*port))));
                }
            }
            self.emit.observed(Stage::Ldap, Evidence::Dns(answer));
            targets.sort_by_key(|(priority, weight, _)| (*priority, *weight));
            for (_, _, place) in targets {
                if !places.contains(&place) {
                    places.push(place);
                }
            }
        }
        places
    }

    async fn ask(&self, place: &Place, purpose: DirectoryPurpose) -> DirectoryAnswer {
        let sign_in = match (&self.directory.credentials, purpose) {
            (None, _) if self.directory.ticket => SignIn::Ticket,
            (None, _) => SignIn::Anonymous,
            (Some(Credentials { account, .. }), DirectoryPurpose::Pointer) => {
                SignIn::Withheld { account, why: DirectorySignInResult::OtherServer }
            }
            (Some(Credentials { account, .. }), _) if !self.directory.may_get_password(place) => {
                SignIn::Withheld { account, why: DirectorySignInResult::NotConfirmed }
            }
            (Some(credentials), _) => return self.ask_once(place, purpose, credentials).await,
        };
        let report = |evidence| self.emit.observed(Stage::Ldap, evidence);
        self.answered(ldap::ask(&self.run.setup.net, &ldap::Ask { place, purpose, sign_in }, &report).await)
    }

    /// Asks with the password; what another run of the command was answered is taken as it is.
    async fn ask_once(&self, place: &Place, purpose: DirectoryPurpose, credentials: &Credentials) -> DirectoryAnswer {
        let asked = &self.directory.asked;
        let _turn = asked.turn.lock().await;
        let known = asked.known().iter().find(|known| known.place == *place).cloned();
        if let Some(Known { seen, answer, .. }) = known {
            seen.into_iter().for_each(|evidence| self.emit.observed(Stage::Ldap, evidence));
            return self.answered(DirectoryAnswer { purpose, ..answer });
        }
        let seen = Mutex::new(Vec::new());
        let report = |evidence: Evidence| {
            seen.lock().unwrap_or_else(PoisonError::into_inner).push(evidence.clone());
            self.emit.observed(Stage::Ldap, evidence);
        };
        let sign_in = SignIn::Password(credentials);
        let answer = ldap::ask(&self.run.setup.net, &ldap::Ask { place, purpose, sign_in }, &report).await;
        let seen = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
        asked.known().push(Known { place: place.clone(), seen, answer: answer.clone() });
        self.answered(answer)
    }

    fn answered(&self, answer: DirectoryAnswer) -> DirectoryAnswer {
        let answer = DirectoryAnswer { site: self.directory.site.clone(), ..answer };
        self.observed(&answer);
        answer
    }

    /// Goes where pointers lead. The password stays behind: it was given for the first directory.
    async fn follow(&self, first: DirectoryAnswer, visited: &mut Vec<Place>) -> DirectoryAnswer {
        let mut answer = first;
        for hops in 0.. {
            let Some(pointer) = self.choose(&answer).pointer.cloned() else { break };
            if answer.purpose == DirectoryPurpose::File {
                break;
            }
            let place = Place::parse(&pointer.binding);
            let failure = match &place {
                Err(PlaceError::Form(_) | PlaceError::Account) => Some(DirectoryFailure::PointerUnusable),
                Ok(place) if visited.contains(place) => Some(DirectoryFailure::PointerLoop),
                Ok(_) if hops >= directory::POINTER_LIMIT => Some(DirectoryFailure::PointerLimit),
                Ok(_) => None,
            };
            answer = match (place, failure) {
                (Ok(place), None) => {
                    visited.push(place.clone());
                    self.ask(&place, DirectoryPurpose::Pointer).await
                }
                (_, failure) => {
                    let answer = DirectoryAnswer::new(pointer.binding.clone(), DirectoryPurpose::Pointer);
                    let answer = DirectoryAnswer { failure, ..answer };
                    self.observed(&answer);
                    answer
                }
            };
        }
        answer
    }

    fn choose<'a>(&self, answer: &'a DirectoryAnswer) -> Choice<'a> {
        choose(&answer.points, &self.run.setup.input.address.domain, self.directory.site.as_deref())
    }

    fn open(&self, id: &CandidateId, choice: &Choice<'_>, from: &DirectoryAnswer, opened: &mut Vec<CandidateId>) {
        for chosen in choice.urls.iter().take(URL_LIMIT) {
            let candidate = self.run.registry().open_point(id, &chosen.url, source(chosen, from));
            if let Some(candidate) = candidate {
                opened.push(candidate.id.clone());
                self.emit.say(Event::CandidateQueued { candidate });
            }
        }
        if opened.len() < choice.urls.len() {
            let detail = format!("{} of {} URLs in Active Directory are asked", opened.len(), choice.urls.len());
            say(&self.run.events, Event::Note { code: NoteCode::LimitReached, detail });
        }
    }

    fn outcome(&self, last: &DirectoryAnswer, choice: &Choice<'_>, answers: &[DirectoryAnswer]) -> Outcome {
        let of_client = ldap::outcome(last);
        let compared = answers.iter().filter(|answer| answer.purpose == DirectoryPurpose::Comparison);
        let client = answers.iter().find(|answer| answer.purpose == DirectoryPurpose::Client && answer.is_complete());
        let differ = client
            .is_some_and(|client| compared.into_iter().any(|other| !directory::differences(client, other).is_empty()));
        match of_client {
            Outcome::Failed { .. } if last.purpose == DirectoryPurpose::Pointer => {
                Outcome::Failed { cause: Cause::LdapPointerUnusable }
            }
            Outcome::Failed { .. } => of_client,
            _ if choice.pointer.is_some() => Outcome::Failed { cause: Cause::LdapPointerUnusable },
            _ if choice.urls.is_empty() => Outcome::Warned { cause: Cause::LdapNoEntries },
            _ if differ => Outcome::Warned { cause: Cause::LdapControllersDiffer },
            _ => Outcome::Passed,
        }
    }

    fn observed(&self, answer: &DirectoryAnswer) {
        self.emit.observed(Stage::Ldap, Evidence::Directory(Box::new(answer.clone())));
    }
}

fn source(chosen: &Chosen<'_>, from: &DirectoryAnswer) -> PointSource {
    PointSource {
        server: chosen.point.server.clone(),
        sites: chosen.point.sites().into_iter().map(str::to_owned).collect(),
        preference: chosen.preference,
        source: from.source.clone(),
    }
}

fn from_file(name: &str, export: &Export) -> DirectoryAnswer {
    DirectoryAnswer {
        points: export.points.clone(),
        points_dropped: export.dropped,
        trusted_redirects: export.trusted_redirects.clone(),
        accepted_domains: export.accepted_domains.clone(),
        ..DirectoryAnswer::new(name.to_owned(), DirectoryPurpose::File)
    }
}
