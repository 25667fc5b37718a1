//! Holding the screen still while the run goes on: what is drawn stays, and what comes is folded beside it.

use super::app::App;
use crate::{
    event::{Envelope, Event},
    model::Model,
};

/// What is said when the screen is held still, and when it stands in the way.
pub const HELD: &str = said!("the screen is held still; f lets it move again");

/// Whether the screen is held still, and what came meanwhile.
#[derive(Clone, Debug, Default)]
pub struct Freeze {
    ahead: Option<Box<Ahead>>,
}

/// The run as it is, while the application's model is what is drawn.
#[derive(Clone, Debug)]
struct Ahead {
    model: Model,
    fresh: usize,
    waited_us: u64,
}

impl Freeze {
    /// Whether the screen is held still.
    pub fn is_on(&self) -> bool {
        self.ahead.is_some()
    }

    /// Events that came since; absent when the screen is not held still.
    pub fn fresh(&self) -> Option<usize> {
        self.ahead.as_ref().map(|ahead| ahead.fresh)
    }

    /// The run as it is; absent when the screen shows it.
    pub fn live(&self) -> Option<&Model> {
        self.ahead.as_ref().map(|ahead| &ahead.model)
    }

    /// The run as it is; absent when the screen shows it.
    pub fn into_live(self) -> Option<Model> {
        self.ahead.map(|ahead| ahead.model)
    }
}

/// Holds the screen still, or lets it move again.
pub(super) fn toggle(app: &mut App) {
    match app.freeze.ahead.take() {
        Some(ahead) => {
            let before = app.model.progress;
            app.model = ahead.model;
            app.ui.waited_us = ahead.waited_us;
            app.settle(before);
        }
        None => {
            let ahead = Ahead { model: app.model.clone(), fresh: 0, waited_us: app.ui.waited_us };
            app.freeze.ahead = Some(Box::new(ahead));
            app.ui.notice = Some(crate::language::say(HELD).to_owned());
        }
    }
}

/// Takes envelopes in beside what is drawn. False when the screen is not held still.
pub(super) fn hold(app: &mut App, envelopes: &[Envelope]) -> bool {
    let Some(ahead) = app.freeze.ahead.as_mut() else { return false };
    ahead.waited_us = 0;
    let mut replied = false;
    for envelope in envelopes {
        app.privacy.take(envelope, &mut ahead.model);
        if matches!(envelope.event, Event::Replied { .. }) {
            // The reader's own doing is no news and is seen at once.
            app.model.replies.clone_from(&ahead.model.replies);
            replied = true;
        } else {
            ahead.fresh = ahead.fresh.saturating_add(1);
        }
    }
    if replied {
        app.conclude();
    }
    true
}

/// Counts the time that passes while the screen is held still. False when it is not.
pub(super) fn wait(app: &mut App, since_us: u64) -> bool {
    let Some(ahead) = app.freeze.ahead.as_mut() else { return false };
    ahead.waited_us = ahead.waited_us.saturating_add(since_us);
    true
}
