//! The mouse, where it is asked for: a click chooses what it hits, the wheel scrolls what it is above. It does nothing
//! that keys do not.

use super::{
    action::{self, Action, Effect},
    app::{App, Focus, Level, Overlay},
    view,
};
use crate::event::{CandidateId, Stage};
use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

/// Lines of text that one turn of the wheel moves.
const LINES: isize = 3;

/// What lies at a place of the screen.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Hit {
    /// A key of the footer.
    Key(Action),
    /// A step in the list or on the timeline.
    Candidate(CandidateId),
    /// A stage in its list.
    Stage(Stage),
    /// A certificate of the chain, counted from 0.
    Certificate(usize),
    /// The pane with the list, beside its rows.
    First,
    /// The pane with the text.
    Second,
}

/// Whether the mouse did something that is heard: moves are not.
pub fn is_heard(event: MouseEvent) -> bool {
    matches!(
        event.kind,
        MouseEventKind::Down(MouseButton::Left) | MouseEventKind::ScrollUp | MouseEventKind::ScrollDown
    )
}

/// Does what the mouse asks for.
pub(super) fn hear(app: &mut App, event: MouseEvent) -> Vec<Effect> {
    let hit = view::hit(app, Position { x: event.column, y: event.row });
    match event.kind {
        MouseEventKind::Down(MouseButton::Left) => return click(app, hit),
        MouseEventKind::ScrollUp => turn(app, hit, -1),
        MouseEventKind::ScrollDown => turn(app, hit, 1),
        _ => {}
    }
    Vec::new()
}

fn click(app: &mut App, hit: Option<Hit>) -> Vec<Effect> {
    app.ui.notice = None;
    match hit {
        Some(Hit::Key(wanted)) => match action::availability(app, wanted) {
            Ok(()) => return action::perform(app, wanted),
            Err(reason) => app.ui.notice = Some(reason),
        },
        // What lies above the screen hides the panes.
        _ if app.ui.overlay.is_some() => {}
        Some(Hit::Candidate(id)) => {
            app.ui.moved = true;
            app.ui.place.focus = Focus::First;
            app.select(id);
        }
        Some(Hit::Stage(stage)) => {
            app.ui.place.focus = Focus::First;
            app.ui.stage = Some(stage);
            app.ui.place.scroll = 0;
        }
        Some(Hit::Certificate(number)) => {
            app.ui.place.focus = Focus::First;
            app.ui.certificate = number;
            app.ui.field = None;
            app.ui.place.scroll = 0;
        }
        Some(Hit::First) => app.ui.place.focus = Focus::First,
        Some(Hit::Second) => app.ui.place.focus = Focus::Second,
        None => {}
    }
    Vec::new()
}

/// The wheel moves a list row by row and a text by some lines, whichever pane has the keyboard.
fn turn(app: &mut App, hit: Option<Hit>, by: isize) {
    match (app.ui.overlay, hit) {
        (Some(Overlay::Help { .. } | Overlay::Page { .. }), _) => {
            _ = action::perform(app, Action::Step(by * LINES));
        }
        (Some(_), _) => _ = action::perform(app, Action::Step(by)),
        (None, Some(Hit::Second)) => {
            app.ui.place.scroll = app.ui.place.scroll.saturating_add_signed(by * LINES);
        }
        (None, Some(Hit::Candidate(_) | Hit::Stage(_) | Hit::Certificate(_) | Hit::First)) => {
            let before = app.ui.place.focus;
            if app.ui.place.level != Level::Raw {
                app.ui.place.focus = Focus::First;
            }
            let _ = action::perform(app, Action::Step(by));
            app.ui.place.focus = before;
        }
        (None, Some(Hit::Key(_)) | None) => {}
    }
}
