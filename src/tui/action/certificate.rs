//! What is done with certificates: looked at, copied, marked and compared.

use super::descend;
use crate::{
    certificate::pem,
    tui::{
        app::{App, Focus, Level},
        view,
    },
};

/// Opens the explorer at the first certificate.
pub(super) fn open(app: &mut App) {
    app.ui.certificate = 0;
    app.ui.field = None;
    descend(app, Level::Certificate, Focus::First);
}

/// The certificate looked at as PEM, with what it is called.
pub(super) fn armoured(app: &App) -> Option<(String, String)> {
    let marked = view::marked(app)?;
    Some((say!("certificate (PEM)").to_owned(), pem(&marked.certificate)))
}

/// Marks the certificate looked at, for others to be compared with.
pub(super) fn mark(app: &mut App) {
    app.ui.marked = view::marked(app);
    app.ui.notice = app.ui.marked.as_ref().map(|marked| format!("marked: {}", marked.place));
}

/// Compares with the marked certificate, and back.
pub(super) fn compare(app: &mut App) {
    app.ui.comparing = !app.ui.comparing;
    app.ui.place.scroll = 0;
}
