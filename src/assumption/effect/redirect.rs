//! What an assumed redirect does: the place that it names becomes a candidate, with what is known of its server.

use super::{lead, server::ended};
use crate::{
    event::{CandidateId, Origin, OriginOfRedirect, Outcome, Stage, Standing},
    model::{CandidateState, Model, Redirect},
    plan,
};

/// Every candidate that is asked at a URL leads to another place from there.
pub(super) fn redirected(model: &mut Model, servers: &Model, from: &url::Url, to: &url::Url) {
    let asked: Vec<CandidateId> = model
        .candidates
        .iter()
        .filter(|state| state.candidate.standing == Standing::Probed && state.is_asked_at(from))
        .map(|state| state.candidate.id.clone())
        .collect();
    for id in asked {
        forget_followers(model, &id);
        let Some(opened) = free_id(model) else { return };
        if let Some(state) = model.candidates.iter_mut().find(|state| state.candidate.id == id) {
            answer(state, from, to, &opened);
            let follower = plan::followed(opened, Origin::Followed, to, id);
            model.candidates.push(CandidateState::new(follower));
            settle(model, servers, to);
        }
    }
}

/// A name that no candidate has.
fn free_id(model: &Model) -> Option<CandidateId> {
    let is_free = |id: &CandidateId| model.candidate(id).is_none();
    (1..=model.candidates.len() + 1).map(|number| CandidateId::new(format!("assumed-{number}"))).find(is_free)
}

/// The server is found, answers, and names the place; a fault of its certificate stays.
fn answer(state: &mut CandidateState, from: &url::Url, to: &url::Url, opened: &CandidateId) {
    state.redirect =
        Some(Redirect { by: OriginOfRedirect::HttpStatus, location: to.to_string(), to: Some(opened.clone()) });
    for stage in [Stage::Dns, Stage::Tcp] {
        if state.outcome(stage).is_none_or(|outcome| !outcome.is_through()) {
            state.stages.insert(stage, ended(Outcome::Passed));
        }
    }
    if from.scheme() == "http" {
        state.stages.insert(Stage::Tls, ended(Outcome::NotApplicable));
    } else if matches!(state.outcome(Stage::Tls), Some(Outcome::Skipped { .. })) {
        // Which certificate it shows nobody saw.
        state.stages.remove(&Stage::Tls);
    }
    state.stages.insert(Stage::Http, ended(Outcome::Passed));
    state.stages.insert(Stage::Xml, ended(Outcome::NotApplicable));
}

/// The newest candidate gets what is known of its server; what another path of it answers is not known.
fn settle(model: &mut Model, servers: &Model, to: &url::Url) {
    let Some(index) = model.candidates.len().checked_sub(1) else { return };
    lead(model, servers, index, to.host_str().unwrap_or_default().trim_end_matches('.'));
    if let Some(state) = model.candidates.get_mut(index).filter(|_| !to.path().eq_ignore_ascii_case(plan::PATH)) {
        state.stages.retain(|stage, _| *stage <= Stage::Tls);
    }
}

/// What the old answer opened is not opened any more, nor what that opened in turn.
fn forget_followers(model: &mut Model, opener: &CandidateId) {
    let is_opened = |state: &CandidateState| {
        state.candidate.opened_by.as_ref() == Some(opener) && state.candidate.origin == Origin::Followed
    };
    while let Some(place) = model.candidates.iter().position(is_opened) {
        let gone = model.candidates.remove(place).candidate.id;
        forget_followers(model, &gone);
    }
}
