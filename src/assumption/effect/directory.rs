//! What assumptions do to the service connection points that Active Directory holds.

use super::lead;
use crate::{
    event::{Origin, Standing},
    model::{CandidateState, Model},
};

/// One service connection point is left, and it holds this URL.
pub(super) fn holds(model: &mut Model, servers: &Model, url: &url::Url) {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.').to_owned();
    let Some(first) = model.candidates.iter().position(is_point) else { return };
    model.candidates.iter_mut().skip(first + 1).filter(|state| is_point(state)).for_each(remove);
    let Some(state) = model.candidates.get_mut(first) else { return };
    if state.host() == host && state.candidate.url.as_deref().is_some_and(|known| known == url.as_str()) {
        return;
    }
    state.candidate.url = Some(url.to_string());
    state.candidate.host = Some(host.clone());
    state.candidate.port = url.port_or_known_default().unwrap_or(443);
    lead(model, servers, first, &host);
}

/// The service connection points with this host, or all of them, are gone.
pub(super) fn vacated(model: &mut Model, host: Option<&str>) {
    let meant = |state: &CandidateState| host.is_none_or(|host| state.host() == host);
    model.candidates.iter_mut().filter(|state| is_point(state) && meant(state)).for_each(remove);
}

fn is_point(state: &CandidateState) -> bool {
    let candidate = &state.candidate;
    candidate.origin == Origin::Scp && candidate.standing == Standing::Probed && candidate.url.is_some()
}

fn remove(state: &mut CandidateState) {
    state.candidate.standing = Standing::Absent;
    state.redirect = None;
    state.stages.clear();
}
