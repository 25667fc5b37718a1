//! One event in words, for who hears the run instead of seeing it.

use crate::{
    event::{CandidateId, Event, NoteCode, Outcome, Standing},
    model::Progress,
    report,
    tui::{app::App, view},
    words,
};

/// What an event means, on one line; nothing for what only prepares something, or is said by the report.
pub(super) fn line(app: &App, event: &Event) -> Option<String> {
    match event {
        Event::SessionStarted { .. } => {
            let address = report::summary::address(&app.model);
            let client = words::client(app.model.client);
            let resolvers = app.model.vantage.resolvers.join(", ");
            Some(say!(
                "looking where {client} looks for {address}; names are asked of {resolvers}",
                client,
                address,
                resolvers
            ))
        }
        Event::CandidateDecided { id, standing, .. } => {
            let said = match standing {
                Standing::Probed => say!("is asked").to_owned(),
                other => words::standing(*other, app.model.domain()).map(|(_, why)| why)?,
            };
            Some(format!("{}: {said}", name(app, id)))
        }
        Event::StageFinished { outcome: Outcome::Skipped { .. } | Outcome::NotApplicable, .. } => None,
        Event::StageFinished { candidate, stage, outcome, elapsed_us, .. } => {
            let outcome = view::outcome_in_words(Some(*outcome));
            let gist = app.model.candidate(candidate).and_then(|state| view::gist(state, *stage));
            let gist = gist.map(|gist| format!(", {gist}")).unwrap_or_default();
            let time = words::duration(*elapsed_us);
            Some(format!("{}: {} {outcome}{gist}, {time}", name(app, candidate), words::stage(*stage)))
        }
        Event::Redirected { from, .. } => {
            // As the model holds it: in private it is another one than the event's.
            let to = app.model.candidate(from)?.redirect.as_ref()?;
            Some(say!("{name}: leads to {location}", name = name(app, from), location = to.location))
        }
        Event::Note { code, .. } if *code != NoteCode::Rerun => {
            let (_, detail) = app.model.notes.iter().rev().find(|(known, _)| known == code)?;
            words::note(*code, detail)
        }
        Event::SessionFinished {} | Event::SessionCancelled {} => {
            let how = if app.model.progress == Progress::Cancelled { say!("stopped") } else { say!("over") };
            Some(say!("the run is {how}, {duration}", how, duration = words::duration(app.model.elapsed_us)))
        }
        _ => None,
    }
}

/// Number and name of a candidate.
pub(super) fn name(app: &App, id: &CandidateId) -> String {
    let number = app.step(id).and_then(|step| step.number);
    let number = number.map_or_else(String::new, |number| say!("step {number}, ", number));
    match app.model.candidate(id) {
        Some(state) => format!("{number}{}", words::candidate(&state.candidate, "->", say!("then "))),
        None => format!("{number}{id}"),
    }
}
