//! What lies where on the screen, for the mouse: worked out as it is drawn.

use super::{candidates, certificate, footer, timeline};
use crate::tui::{
    app::{App, Level},
    mouse::Hit,
};
use ratatui::layout::{Position, Rect};

/// What lies at a place; nothing on header and verdict, and on a screen too small to draw.
pub fn hit(app: &App, at: Position) -> Option<Hit> {
    let areas = app.areas()?;
    if areas.footer.contains(at) {
        return footer::action_at(app, areas.footer, at.x).map(Hit::Key);
    }
    if areas.second.is_some_and(|area| area.contains(at)) {
        return Some(Hit::Second);
    }
    let area = areas.first.filter(|area| area.contains(at))?;
    // Rows stand inside the frame.
    let row = usize::from(at.y.checked_sub(area.y + 1).unwrap_or(u16::MAX));
    let row = Some(row).filter(|row| *row < usize::from(area.height.saturating_sub(2)));
    let found = match app.ui.place.level {
        Level::Overview => candidates::at(app, area, at.y).map(Hit::Candidate),
        Level::Timeline => row.and_then(|row| timeline::at(app, area, row)).map(Hit::Candidate),
        Level::Stages => {
            let stages = app.selected().map(|state| &state.stages);
            stages.zip(row).and_then(|(stages, row)| stages.keys().nth(row)).copied().map(Hit::Stage)
        }
        Level::Certificate => row.and_then(|row| certificate::at(app, area, row)).map(Hit::Certificate),
        Level::Views | Level::Raw => None,
    };
    Some(found.unwrap_or(Hit::First))
}

/// Rows inside a pane's frame.
pub(super) fn rows_inside(area: Rect) -> usize {
    usize::from(area.height.saturating_sub(2))
}
