//! What is supposed in the what-if, typed and kept: its answer stays in sight below the verdict.

use super::{
    app::{App, Overlay},
    input::LineInput,
};
use crate::{assumption, diagnosis::what_if, words};

/// Asks what shall be different, and offers what was kept, else what the chosen remedy would change.
pub(super) fn open(app: &mut App) {
    let chosen = app.remedies().get(app.ui.remedy).map(|remedy| remedy.assumes.as_slice()).unwrap_or_default();
    let of_remedy: Vec<String> = chosen.iter().map(ToString::to_string).collect();
    let offered = if app.ui.supposed.is_empty() { of_remedy.join("; ") } else { app.ui.supposed.clone() };
    app.ui.assumed = LineInput::offering(&offered);
    app.ui.overlay = Some(Overlay::WhatIf);
}

/// Keeps what is typed, and nothing where nothing is; what cannot be supposed stays to be mended.
pub(super) fn keep(app: &mut App) {
    let typed = app.ui.assumed.text().trim().to_owned();
    match assumption::parse_all(&typed) {
        Ok(assumptions) => {
            app.ui.supposed = if assumptions.is_empty() { String::new() } else { typed };
            app.ui.overlay = None;
        }
        Err(error) => app.ui.notice = Some(error.to_string()),
    }
}

/// Forgets what was kept; false when nothing was.
pub(super) fn forget(app: &mut App) -> bool {
    !std::mem::take(&mut app.ui.supposed).is_empty()
}

/// What is supposed, and what it comes to, in one line; nothing while nothing is.
pub(super) fn line(app: &App) -> Option<String> {
    let assumptions = assumption::parse_all(&app.ui.supposed).ok().filter(|assumptions| !assumptions.is_empty())?;
    let verdict = what_if(&app.model, app.ui.client, &assumptions).verdict;
    Some(say!("If {supposed}: {verdict}", supposed = app.ui.supposed, verdict = words::prospect(&verdict)))
}
