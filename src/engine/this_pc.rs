//! The PC: read beside everything else, and its own candidates begun where it names any.

use super::{Job, Run, say};
use crate::{
    event::{Candidate, Event, Origin, Stage, Standing},
    pc::{About, LocalFile, Settings, Snapshot},
    plan,
};
use std::sync::{Arc, PoisonError};
use url::Url;

/// Reads the PC and says what it found. The local file and the remembered URL of the chosen client become candidates.
pub(super) async fn read(run: &Run) -> Vec<Job> {
    let Some(reader) = run.setup.pc.clone() else { return Vec::new() };
    let address = &run.setup.input.address;
    let about = About { mailbox: address.ascii(), domain: address.domain.clone() };
    let asked = about.clone();
    let reading = tokio::task::spawn_blocking(move || Arc::clone(&reader).read(&asked));
    // A reader that panicked has read nothing.
    let Ok(Snapshot { pc, files }) = reading.await else { return Vec::new() };
    let settings = Settings::of(&pc, plan::office_version(run.setup.client));
    let file = settings.local_xml(&about.domain).map(|setting| setting.value.data.clone());
    let file = file.filter(|path| files.iter().any(|file| file.path.eq_ignore_ascii_case(path)));
    let url = settings.last_known_good(&about.mailbox).map(|remembered| remembered.url.clone());
    let no_file = settings.is_known() && settings.local_xml(&about.domain).is_none();
    let no_url = settings.are_profiles_known() && url.is_none();
    *run.files.lock().unwrap_or_else(PoisonError::into_inner) = files;
    say(&run.events, Event::PcRead { pc: Box::new(pc) });
    for (origin, none) in [(Origin::LocalXml, no_file), (Origin::LastKnownGood, no_url)] {
        if none {
            absent(run, origin);
        }
    }
    let located =
        [file.and_then(|path| located(run, Origin::LocalXml, path)), url.and_then(|url| remembered(run, &url))];
    located.into_iter().flatten().collect()
}

/// Whether what the PC says decides about the candidates of a step.
pub(super) fn is_of_pc(origin: Origin) -> bool {
    matches!(origin, Origin::LocalXml | Origin::LastKnownGood)
}

fn remembered(run: &Run, url: &str) -> Option<Job> {
    Url::parse(url).ok().filter(|url| url.scheme() == "https" && url.has_host())?;
    located(run, Origin::LastKnownGood, url.to_owned())
}

/// Says that the PC names no such place, for the chosen client.
fn absent(run: &Run, origin: Origin) {
    let planned = plan::plan(&run.setup.input).into_iter().find(|candidate| candidate.origin == origin);
    if let Some(candidate) = planned {
        let candidate = Candidate { standing: Standing::Absent, ..candidate };
        run.registry().put(&candidate);
        say(&run.events, Event::CandidateQueued { candidate });
    }
}

/// Begins a candidate whose place the PC names, unless it was left out.
fn located(run: &Run, origin: Origin, place: String) -> Option<Job> {
    let planned = plan::plan(&run.setup.input).into_iter().find(|candidate| candidate.origin == origin)?;
    let url = Url::parse(&place).ok().filter(|_| origin == Origin::LastKnownGood);
    let candidate = Candidate {
        host: url.as_ref().and_then(|url| url.host_str()).map(|host| host.trim_end_matches('.').to_owned()),
        port: url.as_ref().and_then(Url::port_or_known_default).unwrap_or(0),
        url: Some(place),
        standing: Standing::Probed,
        ..planned
    };
    let wanted = run.setup.input.only.is_empty() && !run.setup.input.skip.contains(&origin);
    if !wanted {
        return None;
    }
    run.registry().put(&candidate);
    let id = candidate.id.clone();
    say(&run.events, Event::CandidateQueued { candidate });
    Some(Job::Probe { id, from: Stage::Dns })
}

impl Run {
    /// A local XML file of the PC, or why it could not be read.
    pub(super) fn local_file(&self, path: &str) -> Option<Result<Vec<u8>, String>> {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let found = files.iter().find(|file: &&LocalFile| file.path.eq_ignore_ascii_case(path))?;
        Some(found.content.clone())
    }
}
