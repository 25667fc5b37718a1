//! When an action may be asked for.

use super::Action;
use crate::{
    event::{Outcome, Standing},
    finding::only_the_pc_is_left,
    tui::{
        app::{App, Focus, Level, Overlay},
        freeze, layout, sign_in, suspension, view,
    },
};

/// Whether an action makes sense at the moment; if not, why.
///
/// # Errors
///
/// The reason, as a sentence for the reader.
pub fn availability(app: &App, action: Action) -> Result<(), String> {
    let place = app.ui.place;
    match action {
        Action::Open
            if app.ui.filtering
                || app.ui.search.typing
                || matches!(app.ui.overlay, Some(Overlay::Palette | Overlay::SignIn | Overlay::WhatIf)) =>
        {
            Ok(())
        }
        Action::SignIn => sign_in::availability(app),
        Action::Open => openable(app),
        Action::Back => leavable(app),
        Action::Certificate => {
            available(!view::certificates(app).is_empty(), say!("no certificate was seen at this step"))
        }
        Action::Timeline => available(
            place.level == Level::Timeline || app.model.candidates.iter().any(|state| !state.stages.is_empty()),
            say!("nothing was measured yet"),
        ),
        Action::Views => available(
            place.level == Level::Views || !app.model.views().rows.is_empty(),
            say!("no name was asked for yet"),
        ),
        Action::Freeze => available(app.freeze.is_on() || app.model.is_busy(), say!("nothing runs, so nothing moves")),
        Action::Rerun | Action::RerunAll if app.freeze.is_on() => Err(crate::language::say(freeze::HELD).to_owned()),
        Action::Wrap => available(place.level != Level::Timeline, say!("there is no text to break here")),
        Action::Copy => available(view::copyable(app).is_some(), say!("there is nothing to copy here")),
        Action::NextRemedy | Action::PreviousRemedy => {
            available(app.remedies().len() > 1, say!("there is no other remedy here"))
        }
        Action::Export => available(app.diagnosis.is_some(), say!("there is nothing to report yet")),
        Action::Privacy => app.privacy.changeable(),
        Action::CopyPem if view::marked(app).is_some_and(|marked| marked.certificate.der.is_empty()) => {
            Err(say!("the certificate's bytes are hidden in private; p shows them").to_owned())
        }
        Action::CopyPem | Action::Mark => available(view::marked(app).is_some(), say!("there is no certificate here")),
        Action::NextField | Action::PreviousField => {
            available(!app.ui.comparing && view::marked(app).is_some(), say!("there are no fields to choose from here"))
        }
        Action::WhatIf => available(!app.model.is_busy() && app.diagnosis.is_some(), say!("the run is still going")),
        Action::Questions => available(has_questions(app), say!("nothing in the evidence asks for a person's answer")),
        Action::ThisPc => available(
            app.model.pc.is_some(),
            say!("nothing was read on the PC; --registry takes what `reg query` printed there"),
        ),
        Action::Yes | Action::No | Action::Withdraw => match app.rerun_refused {
            Some(_) => Err(say!("a run that is over keeps no answers; check --reply does").to_owned()),
            None => available(app.question().is_some(), say!("there is no question")),
        },
        Action::Compare => available(
            app.ui.comparing || app.ui.marked.is_some(),
            &say!(
                "mark a certificate first: {key} marks this one, then go to another",
                key = app.keys.shown(app.context(), Action::Mark, app.look.glyphs.ascii)
            ),
        ),
        Action::Filter => available(view::has_names(app), say!("this certificate has no list of names")),
        Action::NextPlace | Action::PreviousPlace => findable(app),
        Action::Received => available(
            view::is_kept_as_received(app),
            say!("this is decoded from what was received; only requests and answers are kept as they came"),
        ),
        Action::Suspend => suspension::is_possible().map_err(str::to_owned),
        Action::Rerun => rerunnable(app),
        Action::RerunAll => match app.rerun_refused {
            Some(reason) => Err(reason.to_owned()),
            None => available(!app.model.is_busy(), say!("the run is still going")),
        },
        Action::Zoom => available(!layout::is_single(app.ui.screen, place.level), say!("one pane is shown already")),
        Action::Jump(number) => {
            available(number == 0 || numbered(app, number).is_some(), &say!("there is no step {number}", number))
        }
        _ => Ok(()),
    }
}

fn available(holds: bool, reason: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(reason.to_owned()) }
}

fn leavable(app: &App) -> Result<(), String> {
    let deeper = app.ui.search.is_on()
        || app.ui.overlay.is_some()
        || app.ui.filtering
        || app.ui.zoom
        || !app.ui.supposed.is_empty()
        || !app.ui.behind.is_empty();
    let inside = deeper || app.ui.place.focus == Focus::Second || app.can_go_back;
    let quit = app.keys.shown(app.context(), Action::Quit, app.look.glyphs.ascii);
    available(inside, &say!("this is the top level; {quit} quits", quit))
}

/// Whether there is a question that only a person can answer.
fn has_questions(app: &App) -> bool {
    app.diagnosis.as_ref().is_some_and(|diagnosis| {
        let left = app.rerun_refused.is_none() && only_the_pc_is_left(&app.model, &diagnosis.walk);
        !diagnosis.questions.is_empty() || left
    })
}

fn findable(app: &App) -> Result<(), String> {
    let key = app.keys.shown(app.context_below(app.ui.place.level), Action::Search, app.look.glyphs.ascii);
    let reason = if app.ui.search.is_on() { say!("nothing was found") } else { say!("nothing is sought") };
    available(app.ui.search.is_on() && app.ui.search.count > 0, &say!("{reason}; {key} seeks a text", reason, key))
}

fn openable(app: &App) -> Result<(), String> {
    let selected = app.selected();
    match app.ui.place.level {
        Level::Overview if is_single_list(app) && selected.is_some() => Ok(()),
        Level::Overview | Level::Timeline | Level::Stages if selected.is_some_and(|state| !state.stages.is_empty()) => {
            Ok(())
        }
        Level::Overview | Level::Timeline | Level::Stages => Err(say!("nothing was measured at this step").to_owned()),
        Level::Certificate if app.ui.place.focus == Focus::First => Ok(()),
        Level::Certificate => Err(say!("the details are open already").to_owned()),
        Level::Raw | Level::Views => Err(say!("this is the deepest level").to_owned()),
    }
}

/// Only the list of candidates is seen, so the explanation is one level deeper.
pub(super) fn is_single_list(app: &App) -> bool {
    let single = app.ui.zoom || layout::is_single(app.ui.screen, Level::Overview);
    single && app.ui.place.level == Level::Overview && app.ui.place.focus == Focus::First
}

fn rerunnable(app: &App) -> Result<(), String> {
    if let Some(reason) = app.rerun_refused {
        return Err(reason.to_owned());
    }
    let Some(candidate) = app.selected() else { return Err(say!("there is no step to ask again").to_owned()) };
    if candidate.candidate.standing != Standing::Probed {
        return Err(say!("this step is not probed, so it cannot be asked again").to_owned());
    }
    if !candidate.finished {
        return Err(say!("this step is still running").to_owned());
    }
    let outcome = app.stage().and_then(|stage| candidate.outcome(stage));
    match (app.ui.place.level, outcome) {
        (Level::Stages | Level::Raw, Some(Outcome::Skipped { .. } | Outcome::NotApplicable) | None) => {
            Err(say!("this stage was not run; ask an earlier one again").to_owned())
        }
        _ => Ok(()),
    }
}

/// The candidate of the step with this number.
pub(super) fn numbered(app: &App, number: u8) -> Option<crate::event::CandidateId> {
    let steps = &app.diagnosis.as_ref()?.walk.steps;
    steps.iter().find(|step| step.number == Some(usize::from(number))).map(|step| step.candidate.clone())
}
