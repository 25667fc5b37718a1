//! What the PC changes about the walk: steps that are switched off, the local file, the remembered URL, patience.

use super::{
    SwitchedOff,
    judgement::{Judgement, SILENT_HOST_SECONDS, Then},
};
use crate::{
    event::{ClientFamily, Origin, Standing},
    model::{CandidateState, Model},
};

/// The value that switches a step off for this client on this PC.
pub(super) fn switched_off(model: &Model, client: ClientFamily, switch: &str) -> Option<SwitchedOff> {
    let setting = model.settings(client)?.switch(switch)?;
    let (key, value) = (setting.value.key.clone(), setting.value.name.clone());
    Some(SwitchedOff { key, value, by_policy: setting.by_policy })
}

/// What a candidate that lives on the PC means to this client, where its outcome alone does not say so.
pub(super) fn judge(model: &Model, client: ClientFamily, state: &CandidateState) -> Option<Judgement> {
    let of_pc = match state.candidate.origin {
        Origin::LocalXml => {
            let settings = model.settings(client)?;
            settings.local_xml(model.domain()).map(|setting| setting.value.data.clone())
        }
        Origin::LastKnownGood => {
            let mailbox = model.address.as_ref()?.ascii();
            model.settings(client)?.last_known_good(&mailbox).map(|url| url.url.clone())
        }
        _ => return None,
    };
    let probed = state.candidate.standing == Standing::Probed;
    match of_pc {
        // Each version has values of its own; this one has none.
        None => Some(Judgement::plain(Then::NotTried)),
        Some(place) if probed && state.candidate.url.as_deref() == Some(place.as_str()) => None,
        // It is there, and nobody looked into it.
        Some(_) => Some(Judgement::plain(Then::Open)),
    }
}

/// Seconds that this client waits for a silent host on this PC.
pub(super) fn patience(model: &Model, client: ClientFamily) -> u32 {
    model.settings(client).and_then(|settings| settings.timeout_seconds()).unwrap_or(SILENT_HOST_SECONDS)
}
