//! The pictures of the README, drawn from recordings that lie beside them; they fail here when they are stale.
//!
//! `DISCOSCOPE_WRITE_DOCS=1 cargo test --test pictures` draws them anew. The recordings are runs of the lab, made with
//! `discoscope lab NAME --record docs/pictures/NAME.jsonl`; the port of the lab's resolver, which changes from run to run,
//! is written as `10.0.0.2:53` there.

#[allow(dead_code, reason = "other test programs need the rest")]
#[path = "support/screen.rs"]
mod screen;
#[path = "pictures/svg.rs"]
mod svg;

use crossterm::event::{KeyCode, KeyEvent};
use discoscope::{
    diagnosis::diagnose,
    recording,
    tui::{
        Look, Theme,
        app::{Message, update},
    },
};
use ratatui::buffer::Buffer;
use screen::{ENTER, key, letter, press};
use std::{fs, path::PathBuf};

/// One picture.
struct Shot {
    name: &'static str,
    title: &'static str,
    recording: &'static str,
    size: (u16, u16),
    keys: &'static [KeyEvent],
    pasted: &'static str,
}

const DOWN: KeyEvent = key(KeyCode::Down);

/// What most pictures have in common.
const SHOT: Shot =
    Shot { name: "", title: "", recording: "wizard-certificate", size: (120, 34), keys: &[], pasted: "" };

const SHOTS: [Shot; 6] = [
    Shot {
        name: "overview",
        title: "The list of places that Outlook tries, and beside it what is wrong at the selected one",
        size: (120, 38),
        ..SHOT
    },
    Shot {
        name: "certificate",
        title: "The certificate explorer: the three checks of the Security Alert and the names on the certificate",
        keys: &[letter('c')],
        ..SHOT
    },
    Shot {
        name: "timeline",
        title: "Every place on one axis of time, from DNS to XML",
        recording: "root-domain-silent",
        size: (120, 24),
        keys: &[letter('t')],
        ..SHOT
    },
    Shot { name: "what-if", title: "What the verdict would be if a record were removed", keys: &[letter('W')], ..SHOT },
    Shot {
        name: "raw-dns",
        title: "A message of DNS, decoded",
        size: (120, 30),
        keys: &[ENTER, key(KeyCode::Up), key(KeyCode::Up), ENTER],
        ..SHOT
    },
    Shot {
        name: "raw-http",
        title: "A request and its answer in colours, searched for a word",
        keys: &[ENTER, DOWN, ENTER, letter('/')],
        pasted: "autodiscover",
        ..SHOT
    },
];

fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "docs", "pictures"].iter().collect()
}

fn drawn(shot: &Shot, theme: Theme) -> Buffer {
    let file = folder().join(format!("{}.jsonl", shot.recording));
    let file = fs::File::open(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let recording = recording::read(file).expect("a recording");
    let mut app = screen::empty(diagnose, shot.size, false);
    app.look = Look::new(theme, false);
    app.rerun_refused = Some("this is a recording; nothing can be asked again");
    update(&mut app, Message::Run(recording.envelopes));
    press(&mut app, shot.keys);
    if !shot.pasted.is_empty() {
        update(&mut app, Message::Paste(shot.pasted.to_owned()));
        press(&mut app, &[ENTER]);
    }
    screen::buffer(&app)
}

#[test]
fn the_pictures_are_not_stale() {
    let write = std::env::var_os("DISCOSCOPE_WRITE_DOCS").is_some();
    let mut stale = Vec::new();
    for shot in &SHOTS {
        for (theme, paper) in [(Theme::Dark, &svg::DARK), (Theme::Light, &svg::LIGHT)] {
            let picture = svg::picture(&drawn(shot, theme), paper, shot.title);
            let file = folder().join(format!("{}-{}.svg", shot.name, theme.as_str()));
            if write {
                fs::write(&file, picture).expect("the picture can be written");
            } else if fs::read_to_string(&file).unwrap_or_default().replace('\r', "") != picture {
                stale.push(file.display().to_string());
            }
        }
    }
    assert!(stale.is_empty(), "DISCOSCOPE_WRITE_DOCS=1 cargo test --test pictures draws anew: {}", stale.join(", "));
}

#[test]
fn the_readme_shows_every_picture_in_both_themes() {
    let readme = include_str!("../README.md");
    for shot in &SHOTS {
        for theme in ["dark", "light"] {
            let path = format!("docs/pictures/{}-{theme}.svg", shot.name);
            assert!(readme.contains(&path), "{path}");
        }
    }
}

#[test]
fn pictures_hold_the_text_of_the_screen() {
    let buffer = drawn(&SHOTS[0], Theme::Dark);
    let picture = svg::picture(&buffer, &svg::DARK, "<a & b>");
    assert!(picture.contains("aria-label=\"&lt;a &amp; b&gt;\""));
    assert!(picture.contains("Outlook stops at step 4"), "the verdict can be read and searched");
    assert_eq!(picture.matches("<text ").count(), picture.matches("</text>").count());
}
