//! Moving: from row to row, through texts, from remedy to remedy and from field to field.

use super::Action;
use crate::tui::{
    app::{App, Focus, Level, Overlay, Place},
    overlay, view,
};

pub(super) fn step(app: &mut App, by: isize) {
    match app.ui.overlay {
        Some(Overlay::Help { scroll }) => {
            app.ui.overlay = Some(Overlay::Help { scroll: help_scroll(app, scroll.saturating_add_signed(by)) });
            return;
        }
        Some(Overlay::Page { scroll }) => {
            app.ui.overlay = Some(Overlay::Page { scroll: page_scroll(app, scroll.saturating_add_signed(by)) });
            return;
        }
        Some(Overlay::Palette | Overlay::Questions) => {
            let last = overlay::rows(app).saturating_sub(1);
            app.ui.chosen = app.ui.chosen.saturating_add_signed(by).min(last);
            return;
        }
        Some(Overlay::Question | Overlay::WhatIf | Overlay::SignIn) | None => {}
    }
    if app.ui.place.focus == Focus::Second || matches!(app.ui.place.level, Level::Raw | Level::Views) {
        app.ui.place.scroll = app.ui.place.scroll.saturating_add_signed(by);
        return;
    }
    app.ui.moved = true;
    match app.ui.place.level {
        Level::Overview | Level::Timeline => {
            let ids: Vec<_> = app.ordered().into_iter().map(|state| state.candidate.id.clone()).collect();
            let at = app.selected().and_then(|state| ids.iter().position(|id| *id == state.candidate.id));
            let next = at.map_or(0, |at| at.saturating_add_signed(by)).min(ids.len().saturating_sub(1));
            if let Some(id) = ids.get(next) {
                app.select(id.clone());
            }
        }
        Level::Stages => {
            let stages: Vec<_> = app.selected().into_iter().flat_map(|state| state.stages.keys().copied()).collect();
            let at = app.stage().and_then(|stage| stages.iter().position(|known| *known == stage)).unwrap_or(0);
            if let Some(stage) = stages.get(at.saturating_add_signed(by)) {
                app.ui.stage = Some(*stage);
                app.ui.place.scroll = 0;
            }
        }
        Level::Certificate => {
            let last = view::certificates(app).len().saturating_sub(1);
            app.ui.certificate = app.ui.certificate.saturating_add_signed(by).min(last);
            app.ui.field = None;
            app.ui.place.scroll = 0;
        }
        Level::Raw | Level::Views => {}
    }
}

fn page_scroll(app: &App, wanted: usize) -> usize {
    let (rows, height) = view::case_page_size(app);
    wanted.min(rows.saturating_sub(height))
}

fn help_scroll(app: &App, wanted: usize) -> usize {
    wanted.min(view::help_rows(app).saturating_sub(view::help_height(app)))
}

pub(super) fn scroll_far(app: &mut App, action: Action) {
    if app.ui.overlay.is_none() && app.ui.place.level == Level::Timeline {
        let page = isize::try_from(view::timeline_rows(app)).unwrap_or(1).max(1);
        return match action {
            Action::PageUp => step(app, -page),
            Action::PageDown => step(app, page),
            Action::Top => step(app, isize::MIN),
            _ => step(app, isize::MAX),
        };
    }
    let height = match app.ui.overlay {
        Some(Overlay::Page { .. }) => view::case_page_size(app).1,
        Some(_) => view::help_height(app),
        None => app.page().1,
    };
    let page = height.saturating_sub(1).max(1);
    let moved = |from: usize| match action {
        Action::PageUp => from.saturating_sub(page),
        Action::PageDown => from.saturating_add(page),
        Action::Top => 0,
        _ => usize::MAX,
    };
    match app.ui.overlay {
        Some(Overlay::Help { scroll }) => {
            app.ui.overlay = Some(Overlay::Help { scroll: help_scroll(app, moved(scroll)) });
        }
        Some(Overlay::Page { scroll }) => {
            app.ui.overlay = Some(Overlay::Page { scroll: page_scroll(app, moved(scroll)) });
        }
        _ => app.ui.place.scroll = moved(app.ui.place.scroll),
    }
}

/// Looks at a remedy of the step looked at, in its explanation.
pub(in crate::tui) fn show_remedy(app: &mut App, remedy: usize) {
    app.ui.behind.clear();
    app.ui.zoom = false;
    app.ui.place = Place { level: Level::Overview, focus: Focus::Second, scroll: 0 };
    app.ui.remedy = remedy;
    change_remedy(app, 0);
}

pub(super) fn change_remedy(app: &mut App, by: isize) {
    app.ui.moved = true;
    let last = app.remedies().len().saturating_sub(1);
    app.ui.remedy = app.ui.remedy.saturating_add_signed(by).min(last);
    let (page, height) = app.page();
    if let Some(line) = page.anchors.get(app.ui.remedy) {
        let seen = app.ui.place.scroll..app.ui.place.scroll + height.saturating_sub(3);
        if !seen.contains(line) {
            app.ui.place.scroll = line.saturating_sub(1);
        }
    }
}

pub(super) fn change_field(app: &mut App, by: isize) {
    app.ui.place.focus = Focus::Second;
    let last = view::fields(app).len().saturating_sub(1);
    let next = app.ui.field.map_or(0, |field| field.saturating_add_signed(by).min(last));
    app.ui.field = Some(next);
    let (page, height) = app.page();
    if let Some(line) = page.anchors.get(next) {
        let seen = app.ui.place.scroll..app.ui.place.scroll + height.saturating_sub(1);
        if !seen.contains(line) {
            app.ui.place.scroll = line.saturating_sub(height / 2);
        }
    }
}
