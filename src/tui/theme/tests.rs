//! Every theme keeps apart what has to be kept apart, and can be read.

use super::*;
use ratatui::layout::Rect;

/// Meanings that say how something stands.
const STATUS: [Meaning; 5] = [Meaning::Passed, Meaning::Warned, Meaning::Failed, Meaning::Skipped, Meaning::Running];

#[test]
fn mono_emits_no_colour() {
    for meaning in Meaning::ALL {
        let style = Theme::Mono.style(meaning);
        assert_eq!((style.fg, style.bg), (None, None), "{meaning:?}");
    }
}

#[test]
fn ordinary_text_keeps_the_terminals_colours_but_for_high_contrast() {
    for theme in Theme::ALL {
        assert_eq!(theme.style(Meaning::Plain), Style::new());
        assert_eq!(theme.ground().is_some(), theme == Theme::HighContrast);
    }
}

#[test]
fn names_lead_back_to_their_themes() {
    for theme in Theme::ALL {
        assert_eq!(Theme::from_name(theme.as_str()), Some(theme));
    }
    assert_eq!(Theme::from_name("auto"), None);
}

#[test]
fn every_status_differs_from_the_others_in_every_theme() {
    for theme in Theme::ALL {
        for (place, one) in STATUS.into_iter().enumerate() {
            for other in STATUS.into_iter().skip(place + 1) {
                assert_ne!(theme.style(one), theme.style(other), "{theme:?}: {one:?} and {other:?}");
            }
        }
    }
}

#[test]
fn the_place_that_is_looked_at_looks_like_nothing_else() {
    for theme in Theme::ALL {
        for other in Meaning::ALL.into_iter().filter(|meaning| *meaning != Meaning::FoundHere) {
            assert_ne!(theme.style(Meaning::FoundHere), theme.style(other), "{theme:?}: {other:?}");
        }
    }
}

#[test]
fn the_high_contrast_theme_fills_the_whole_screen() {
    let mut buffer = Buffer::empty(Rect::new(0, 0, 4, 2));
    let look = Look::new(Theme::HighContrast, false);
    buffer.set_string(0, 0, "ok", look.style(Meaning::Passed));
    look.finish(&mut buffer);
    assert!(buffer.content.iter().all(|cell| cell.bg != Color::Reset && cell.fg != Color::Reset));
    assert_eq!(Some(buffer[(0, 0)].fg), look.style(Meaning::Passed).fg);
}

/// Red, green and blue from 0 to 1, linear (IEC 61966-2-1), of a colour of the 256-colour palette's cube or greys.
fn linear(color: Color) -> [f64; 3] {
    let Color::Indexed(index) = color else { panic!("{color:?} depends on the terminal") };
    let channel = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
    let bytes = match index {
        16..=231 => [(index - 16) / 36, (index - 16) / 6 % 6, (index - 16) % 6].map(channel),
        232.. => [8 + 10 * (index - 232); 3],
        _ => panic!("{index} depends on the terminal"),
    };
    bytes.map(|byte| {
        let value = f64::from(byte) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    })
}

fn luminance([red, green, blue]: [f64; 3]) -> f64 {
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// Contrast ratio as WCAG 2.1 defines it.
fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

const ON_WHITE: [f64; 3] = [1.0; 3];
const ON_BLACK: [f64; 3] = [0.0; 3];

#[test]
fn colours_can_be_read_on_the_background_they_are_made_for() {
    // WCAG 2.1: 7 for enhanced contrast (1.4.6), 4.5 for text (1.4.3), 3 for signs (1.4.11); the last where one colour
    // has to serve both backgrounds.
    let demands = [
        (Theme::Light, ON_WHITE, 4.5),
        (Theme::HighContrast, ON_BLACK, 7.0),
        (Theme::ColourBlind, ON_BLACK, 3.0),
        (Theme::ColourBlind, ON_WHITE, 3.0),
    ];
    for (theme, background, least) in demands {
        for meaning in Meaning::ALL {
            let Some(color) = theme.style(meaning).fg else { continue };
            let ratio = contrast(linear(color), background);
            assert!(ratio >= least, "{theme:?} {meaning:?}: {ratio:.2}");
        }
    }
}

/// What a person without red (protanopia) or green (deuteranopia) cones sees: Machado, Oliveira and Fernandes 2009,
/// severity 1.0, on linear values.
const BLINDNESS: [[[f64; 3]; 3]; 2] = [
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
];

fn seen(color: [f64; 3], matrix: [[f64; 3]; 3]) -> [f64; 3] {
    matrix.map(|row| row.iter().zip(color).map(|(factor, channel)| factor * channel).sum())
}

/// Hue in degrees: 0 is red, 120 green, 240 blue.
fn hue([red, green, blue]: [f64; 3]) -> f64 {
    let degrees = (3_f64.sqrt() * (green - blue)).atan2(2.0 * red - green - blue).to_degrees();
    if degrees < 0.0 { degrees + 360.0 } else { degrees }
}

#[test]
fn the_colour_blind_theme_has_no_red_beside_green() {
    let color = |meaning| linear(Theme::ColourBlind.style(meaning).fg.expect("a colour"));
    for meaning in STATUS.into_iter().filter(|meaning| *meaning != Meaning::Skipped) {
        let hue = hue(color(meaning));
        assert!(!(60.0..=180.0).contains(&hue), "{meaning:?} is green: {hue:.0}");
    }
    for matrix in BLINDNESS {
        for bad in [Meaning::Failed, Meaning::Warned] {
            for good in [Meaning::Passed, Meaning::Running] {
                let (bad, good) = (seen(color(bad), matrix), seen(color(good), matrix));
                let distance = bad.iter().zip(good).map(|(one, other)| (one - other).powi(2)).sum::<f64>().sqrt();
                assert!(distance > 0.7, "{distance:.2}");
            }
        }
    }
}
