//! The mouse, where it is asked for: what is seen is what a click hits.

#[path = "support/diagnosis.rs"]
mod diagnosis;
#[allow(dead_code, reason = "other test programs need the rest")]
#[path = "support/screen.rs"]
mod screen;
#[allow(dead_code, reason = "other test programs need the rest")]
#[path = "support/story.rs"]
mod story;

use crossterm::event::{KeyCode, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use discoscope::{
    event::Envelope,
    tui::{
        action::Effect,
        app::{App, Focus, Level, Message, Overlay, update},
    },
};
use screen::press;
use story::Story;

fn app(width: u16, height: u16, envelopes: Vec<Envelope>) -> App {
    diagnosis::app(width, height, false, envelopes)
}

fn mouse(app: &mut App, kind: MouseEventKind, (column, row): (u16, u16)) -> Vec<Effect> {
    update(app, Message::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }))
}

const CLICK: MouseEventKind = MouseEventKind::Down(MouseButton::Left);

/// Where a text stands on the screen.
fn place(app: &App, text: &str) -> (u16, u16) {
    place_within(app, text, app.ui.screen.width)
}

/// Where a text begins within so many columns.
fn place_within(app: &App, text: &str, columns: u16) -> (u16, u16) {
    let (screen, buffer) = (app.ui.screen, screen::buffer(app));
    for y in 0..screen.height {
        for x in 0..columns {
            let mut cells = (x..screen.width).map(|x| buffer[(x, y)].symbol());
            if text.chars().all(|character| cells.next() == Some(character.to_string().as_str())) {
                return (x, y);
            }
        }
    }
    panic!("{text:?} is not on the screen\n{}", screen::drawn(app));
}

fn selected(app: &App) -> String {
    app.selected().expect("a step").candidate.id.to_string()
}

#[test]
fn a_click_chooses_the_step_that_is_seen_there() {
    for (width, height) in [(160, 45), (120, 40), (80, 24), (50, 20), (40, 12)] {
        for level in [Level::Overview, Level::Timeline] {
            let mut app = app(width, height, Story::whole());
            if level == Level::Timeline {
                if height < 16 {
                    // Only some of the rows are seen.
                    continue;
                }
                press(&mut app, &[KeyCode::Char('t')]);
            }
            for (name, id) in [("SRV record", "srv"), ("SCP", "scp"), ("Microsof", "office365")] {
                let at = place_within(&app, name, 12);
                mouse(&mut app, CLICK, at);
                assert_eq!(selected(&app), id, "{width}x{height} {level:?}");
            }
        }
    }
}

#[test]
fn a_click_goes_to_the_pane_and_to_what_it_lists() {
    let mut app = app(120, 40, Story::whole());
    mouse(&mut app, CLICK, (100, 10));
    assert_eq!(app.ui.place.focus, Focus::Second);
    press(&mut app, &[KeyCode::Esc]);
    press(&mut app, &[KeyCode::Enter]);
    assert_eq!(app.ui.place.level, Level::Stages);
    let (x, y) = place(&app, "TCP ");
    mouse(&mut app, CLICK, (x, y));
    assert_eq!(app.stage(), Some(discoscope::event::Stage::Tcp));
}

#[test]
fn a_click_on_the_footer_does_what_the_key_does() {
    let mut app = app(160, 45, Story::whole());
    let at = place(&app, "? help");
    mouse(&mut app, CLICK, at);
    assert!(matches!(app.ui.overlay, Some(Overlay::Help { .. })));
    // The panes below it are hidden, and the footer is the help's.
    mouse(&mut app, CLICK, (5, 5));
    let at = place(&app, "Esc close");
    mouse(&mut app, CLICK, at);
    assert_eq!(app.ui.overlay, None);
    let at = place(&app, "t timeline");
    mouse(&mut app, CLICK, (at.0 + 9, at.1));
    assert_eq!(app.ui.place.level, Level::Timeline);
    let at = place(&app, "q quit");
    assert_eq!(mouse(&mut app, CLICK, at), [Effect::Quit]);
    // Between two keys, and on arrows that go both ways, nothing happens.
    assert_eq!(mouse(&mut app, CLICK, (at.0 - 1, at.1)), []);
    let before = selected(&app);
    let at = place(&app, "↑↓ step");
    mouse(&mut app, CLICK, at);
    assert_eq!(selected(&app), before);
}

#[test]
fn the_wheel_scrolls_what_it_is_above() {
    let mut app = app(80, 24, Story::whole());
    let (before, scroll) = (selected(&app), app.ui.place.scroll);
    mouse(&mut app, MouseEventKind::ScrollDown, (60, 10));
    assert_eq!(app.ui.place.scroll, scroll + 3);
    assert_eq!((selected(&app), app.ui.place.focus), (before.clone(), Focus::First), "only the text moved");
    for _ in 0..99 {
        mouse(&mut app, MouseEventKind::ScrollUp, (60, 10));
    }
    assert_eq!(app.ui.place.scroll, 0);
    mouse(&mut app, MouseEventKind::ScrollUp, (5, 5));
    assert_ne!(selected(&app), before);
    press(&mut app, &[KeyCode::Char('?')]);
    for _ in 0..99 {
        mouse(&mut app, MouseEventKind::ScrollDown, (5, 5));
    }
    assert!(matches!(app.ui.overlay, Some(Overlay::Help { scroll: 1.. })));
}

#[test]
fn every_place_of_every_level_can_be_clicked() {
    let ways: [&[KeyCode]; 8] = [
        &[],
        &[KeyCode::Char('t')],
        &[KeyCode::Enter],
        &[KeyCode::Enter, KeyCode::Enter],
        &[KeyCode::Char('c')],
        &[KeyCode::Char('z')],
        &[KeyCode::Char(':')],
        &[KeyCode::Char('?')],
    ];
    for envelopes in [Story::whole(), Story::halfway(), Vec::new()] {
        for (width, height) in [(120, 40), (50, 20), (40, 10), (39, 9), (0, 0)] {
            for keys in ways {
                let mut app = app(width, height, envelopes.clone());
                for (x, y) in (0..width + 2).step_by(13).flat_map(|x| (0..height + 2).map(move |y| (x, y))) {
                    if y == 0 {
                        press(&mut app, &[KeyCode::Esc; 4]);
                        press(&mut app, keys);
                    }
                    for kind in [CLICK, MouseEventKind::ScrollDown, MouseEventKind::ScrollUp] {
                        mouse(&mut app, kind, (x, y));
                    }
                }
            }
        }
    }
}
