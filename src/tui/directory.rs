//! An export of Active Directory's entries, pasted where the search begins.

use super::{
    action::{self, Action, Effect},
    app::App,
};
use crate::{
    directory,
    event::{Command, Origin},
};

/// Whether what is selected is a service connection point, where an export is taken.
pub(super) fn is_place(app: &App) -> bool {
    app.selected().is_some_and(|state| state.candidate.origin == Origin::Scp)
}

/// Takes an export, and says why where it cannot.
pub(super) fn paste(app: &mut App, text: &str) -> Vec<Effect> {
    let taken = action::availability(app, Action::RerunAll)
        .and_then(|()| directory::read(text.as_bytes()).map_err(|error| say!("What was pasted {error}.", error)));
    match taken {
        Ok(export) => {
            app.ui.notice = Some(say!("Entries of Active Directory taken: {count}.", count = export.points.len()));
            vec![Effect::Command(Command::Directory { text: text.to_owned() })]
        }
        Err(reason) => {
            app.ui.notice = Some(reason);
            Vec::new()
        }
    }
}
