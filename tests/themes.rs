//! How the screens look by meaning: which style each meaning has in each theme, and which meaning stands where.

#[allow(dead_code, reason = "other test programs need the rest")]
#[path = "support/diagnosis.rs"]
mod diagnosis;
#[allow(dead_code, reason = "other test programs need the rest")]
#[path = "support/screen.rs"]
mod screen;
#[allow(dead_code, reason = "other test programs need the rest")]
#[path = "support/story.rs"]
mod story;

use crossterm::event::KeyCode;
use discoscope::tui::{Look, Theme, theme::Meaning};
use ratatui::{
    buffer::{Buffer, Cell},
    style::{Color, Modifier, Style},
};
use story::Story;

const SIZE: (u16, u16) = (80, 24);

/// Keys that lead to the main screens.
const SCREENS: [(&str, &[KeyCode]); 5] = [
    ("overview", &[]),
    ("why", &[KeyCode::Tab]),
    ("stages", &[KeyCode::Tab, KeyCode::Enter]),
    ("certificate", &[KeyCode::Char('c')]),
    ("help", &[KeyCode::Char('?')]),
];

fn drawn(theme: Theme, keys: &[KeyCode]) -> Buffer {
    let mut app = screen::app(diagnosis::diagnose, SIZE, false, Story::whole());
    app.look = Look::new(theme, false);
    screen::press(&mut app, keys);
    screen::buffer(&app)
}

fn ground(theme: Theme) -> Style {
    let (foreground, background) = theme.ground().unwrap_or((Color::Reset, Color::Reset));
    Style::new().fg(foreground).bg(background)
}

/// The letter of the first meaning that looks like this cell; none where two lie upon each other, as a title on a frame.
fn letter(theme: Theme, cell: &Cell) -> Option<char> {
    let found = Meaning::ALL.into_iter().find(|meaning| {
        let style = ground(theme).patch(theme.style(*meaning));
        let colors = (style.fg, style.bg) == (Some(cell.fg), Some(cell.bg));
        colors && style.add_modifier == cell.modifier
    });
    found.map(|meaning| match meaning {
        Meaning::Plain => '.',
        Meaning::Passed => 'P',
        Meaning::Warned => 'W',
        Meaning::Failed => 'F',
        Meaning::Skipped | Meaning::Muted => 'm',
        Meaning::Running | Meaning::Guidance => 'G',
        Meaning::Focus => 'O',
        Meaning::Selected => 'S',
        Meaning::Title => 'T',
        Meaning::Key => 'K',
        Meaning::Element => 'E',
        Meaning::Attribute => 'A',
        Meaning::Value => 'V',
        Meaning::Comment => 'C',
        Meaning::Found => 'f',
        Meaning::FoundHere => 'H',
    })
}

#[test]
fn styles_by_meaning() {
    let mut table = String::new();
    for theme in Theme::ALL {
        table.push_str(&format!("{}\n", theme.as_str()));
        for meaning in Meaning::ALL {
            let style = theme.style(meaning);
            let color = style.fg.map_or_else(|| "terminal's own".to_owned(), |color| color.to_string());
            let weight = match style.add_modifier {
                weight if weight == Modifier::empty() => String::new(),
                weight => format!(" {weight:?}"),
            };
            table.push_str(&format!("  {:<10}{color}{weight}\n", format!("{meaning:?}")));
        }
    }
    insta::assert_snapshot!("styles-by-meaning", table);
}

#[test]
fn what_stands_where_by_meaning() {
    for (name, keys) in SCREENS {
        let buffer = drawn(Theme::Dark, keys);
        let row = |y: u16| -> String {
            let cells = (0..SIZE.0).map(|x| &buffer[(x, y)]);
            let letters = cells.map(|cell| match cell.symbol() {
                " " => ' ',
                _ => letter(Theme::Dark, cell).unwrap_or('t'),
            });
            letters.collect::<String>().trim_end().to_owned()
        };
        let map: Vec<String> = (0..SIZE.1).map(row).collect();
        insta::assert_snapshot!(format!("meaning-{name}"), map.join("\n"));
    }
}

#[test]
fn nothing_is_drawn_but_by_meaning() {
    for theme in Theme::ALL {
        let ground = ground(theme);
        let colors = Meaning::ALL.map(|meaning| ground.patch(theme.style(meaning)));
        for (name, keys) in SCREENS {
            let buffer = drawn(theme, keys);
            for cell in &buffer.content {
                let foreground = colors.iter().any(|style| style.fg == Some(cell.fg));
                assert!(foreground && Some(cell.bg) == ground.bg, "{theme:?} {name}: {cell:?} has no meaning");
            }
        }
    }
}
