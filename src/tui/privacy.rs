//! Privacy on the screen: keeps what the run said, so that it can be told again with or without names.

use super::{
    app::{App, Marked},
    freeze,
};
use crate::{
    event::{Certificate, Envelope, Event, Evidence},
    model::Model,
    redaction::Redactor,
};

/// Most envelopes of one run that are kept. A run has some hundreds; only many reruns come near.
const LIMIT: usize = 20_000;

/// Whether the run is shown in private, and what is needed to change that.
#[derive(Clone, Debug, Default)]
pub struct Privacy {
    on: bool,
    redactor: Redactor,
    /// What the run said since it last began, as it was measured.
    kept: Vec<Envelope>,
    /// More was said than is kept.
    full: bool,
    /// The certificate that others are compared with, as it was given at the start.
    given: Option<Certificate>,
}

impl Privacy {
    /// Privacy as it is to be at the start. The redactor may know placeholders already.
    pub fn new(on: bool, redactor: Redactor) -> Self {
        Self { on, redactor, ..Self::default() }
    }

    /// Whether the run is shown in private.
    pub fn is_on(&self) -> bool {
        self.on
    }

    /// Whether it can be changed now.
    ///
    /// # Errors
    /// The reason, as a sentence for the reader.
    pub fn changeable(&self) -> Result<(), String> {
        if self.full { Err(say!("the run has said too much to be told again").to_owned()) } else { Ok(()) }
    }

    /// Takes an envelope of the run into the model, in private where that is asked for, and keeps it.
    pub(super) fn take(&mut self, envelope: &Envelope, model: &mut Model) {
        self.fold(envelope, model);
        if matches!(envelope.event, Event::SessionStarted { .. }) {
            // A run that begins again forgets all but what a person replied.
            self.kept.retain(|kept| matches!(kept.event, Event::Replied { .. }));
            self.full = false;
        }
        if self.kept.len() < LIMIT {
            self.kept.push(envelope.clone());
        } else {
            self.full = true;
        }
    }

    fn fold(&mut self, envelope: &Envelope, model: &mut Model) {
        if self.on {
            model.apply(&self.redactor.redact(envelope));
        } else {
            model.apply(envelope);
        }
    }

    /// The certificate to compare with as it may be shown from the start.
    pub(super) fn given(&mut self, marked: Marked) -> Marked {
        self.given = Some(marked.certificate.clone());
        if self.on { self.hidden(marked) } else { marked }
    }

    fn hidden(&mut self, marked: Marked) -> Marked {
        Marked { place: self.redactor.text(&marked.place), certificate: self.redactor.certificate(&marked.certificate) }
    }

    /// The same certificate as it was measured; nothing when it is not known any more.
    fn shown(&mut self, marked: &Marked) -> Option<Marked> {
        let Self { redactor, kept, given, .. } = self;
        let certificates = kept.iter().flat_map(|envelope| certificates(&envelope.event)).chain(given.iter());
        let mut certificates = certificates.filter(|one| redactor.certificate(one) == marked.certificate);
        certificates.next().map(|one| Marked { place: marked.place.clone(), certificate: one.clone() })
    }
}

fn certificates(event: &Event) -> Vec<&Certificate> {
    match event {
        Event::Observed { evidence: Evidence::Tls(handshake), .. } => handshake.chain.iter().collect(),
        Event::Observed { evidence: Evidence::Issuer(fetch), .. } => {
            fetch.certificate.iter().map(AsRef::as_ref).collect()
        }
        _ => Vec::new(),
    }
}

/// Tells the run again, in private or as it was measured. What the reader looks at stays; a screen that is held still
/// moves again, because what it holds cannot be told apart any more from what came since.
pub(super) fn toggle(app: &mut App) {
    if app.freeze.is_on() {
        freeze::toggle(app);
    }
    app.privacy.on = !app.privacy.on;
    // It was typed as it is, and would show what is hidden now.
    app.ui.supposed.clear();
    let mut model = Model::default();
    let kept = std::mem::take(&mut app.privacy.kept);
    for envelope in &kept {
        app.privacy.fold(envelope, &mut model);
    }
    app.privacy.kept = kept;
    app.model = model;
    let on = app.privacy.on;
    app.ui.marked = app
        .ui
        .marked
        .take()
        .and_then(|marked| if on { Some(app.privacy.hidden(marked)) } else { app.privacy.shown(&marked) });
    app.ui.notice = Some(
        if on {
            say!("private: users, public addresses, serial numbers and tokens are placeholders, in copies too")
        } else {
            say!("everything is shown as it was measured")
        }
        .to_owned(),
    );
    app.conclude();
}
