//! A screen as a picture: text in rows, frames and blocks drawn as shapes so that they meet whatever font is used.

use ratatui::{
    buffer::{Buffer, Cell},
    style::{Color, Modifier},
};
use std::fmt::Write as _;

/// Width and height of a cell, and size of the letters in it.
const CELL: (f64, f64) = (8.4, 18.0);
const LETTER: f64 = 14.0;

/// Room around the screen.
const EDGE: f64 = 14.0;

/// Colours of one background.
pub struct Paper {
    ground: &'static str,
    edge: &'static str,
    ink: &'static str,
    /// The terminal's sixteen.
    sixteen: [&'static str; 16],
}

/// A dark terminal.
pub const DARK: Paper = Paper {
    ground: "#161b22",
    edge: "#30363d",
    ink: "#d5dbe3",
    sixteen: [
        "#161b22", "#e5534b", "#57ab5a", "#d8a657", "#539bf5", "#b083f0", "#4ec3c7", "#cdd4dd", //
        "#8490a0", "#ff7b72", "#7ee08a", "#f2cc60", "#79b8ff", "#d2a8ff", "#76e3ea", "#ffffff",
    ],
};

/// A light terminal.
pub const LIGHT: Paper = Paper {
    ground: "#ffffff",
    edge: "#d0d7de",
    ink: "#24292f",
    sixteen: [
        "#24292f", "#cf222e", "#1a7f37", "#9a6700", "#0969da", "#8250df", "#1b7c83", "#6e7781", //
        "#57606a", "#a40e26", "#2da44e", "#bf8700", "#218bff", "#a475f9", "#3192aa", "#8c959f",
    ],
};

impl Paper {
    fn color(&self, color: Color) -> Option<String> {
        let index = match color {
            Color::Reset => return None,
            Color::Black => 0,
            Color::Red => 1,
            Color::Green => 2,
            Color::Yellow => 3,
            Color::Blue => 4,
            Color::Magenta => 5,
            Color::Cyan => 6,
            Color::Gray => 7,
            Color::DarkGray => 8,
            Color::LightRed => 9,
            Color::LightGreen => 10,
            Color::LightYellow => 11,
            Color::LightBlue => 12,
            Color::LightMagenta => 13,
            Color::LightCyan => 14,
            Color::White => 15,
            Color::Indexed(index) => index,
            Color::Rgb(red, green, blue) => return Some(format!("#{red:02x}{green:02x}{blue:02x}")),
        };
        Some(match index {
            0..=15 => self.sixteen[usize::from(index)].to_owned(),
            16..=231 => {
                let channel = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
                let [red, green, blue] = [(index - 16) / 36, (index - 16) / 6 % 6, (index - 16) % 6].map(channel);
                format!("#{red:02x}{green:02x}{blue:02x}")
            }
            232.. => {
                let grey = 8 + 10 * (index - 232);
                format!("#{grey:02x}{grey:02x}{grey:02x}")
            }
        })
    }

    /// Ink and ground of a cell.
    fn colors(&self, cell: &Cell) -> (String, Option<String>) {
        let (ink, ground) = (self.color(cell.fg), self.color(cell.bg));
        if cell.modifier.contains(Modifier::REVERSED) {
            let ground = ground.unwrap_or_else(|| self.ground.to_owned());
            (ground, Some(ink.unwrap_or_else(|| self.ink.to_owned())))
        } else {
            (ink.unwrap_or_else(|| self.ink.to_owned()), ground)
        }
    }
}

/// A buffer as a picture. `title` is for those who cannot see it.
pub fn picture(buffer: &Buffer, paper: &Paper, title: &str) -> String {
    let (columns, rows) = (buffer.area.width, buffer.area.height);
    let (width, height) = (f64::from(columns) * CELL.0 + 2.0 * EDGE, f64::from(rows) * CELL.1 + 2.0 * EDGE);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
         height=\"{height:.0}\" role=\"img\" aria-label=\"{}\">\n<title>{0}</title>\n<style>text{{font-size:{LETTER}px;\
         white-space:pre;font-family:ui-monospace,'Cascadia Mono','SF Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace}}</style>\n\
         <rect x=\".5\" y=\".5\" width=\"{:.0}\" height=\"{:.0}\" rx=\"8\" fill=\"{}\" stroke=\"{}\"/>\n",
        escaped(title),
        width - 1.0,
        height - 1.0,
        paper.ground,
        paper.edge,
    );
    for y in 0..rows {
        row(buffer, y, paper, &mut svg);
    }
    svg.push_str("</svg>\n");
    svg
}

fn row(buffer: &Buffer, y: u16, paper: &Paper, svg: &mut String) {
    let mut x = 0;
    while x < buffer.area.width {
        let first = &buffer[(x, y)];
        let alike = |cell: &Cell| {
            (cell.fg, cell.bg, cell.modifier) == (first.fg, first.bg, first.modifier)
                && shape(cell.symbol()).is_some() == shape(first.symbol()).is_some()
        };
        let mut end = x + 1;
        while end < buffer.area.width && alike(&buffer[(end, y)]) {
            end += 1;
        }
        run(buffer, (x, end), y, paper, svg);
        x = end;
    }
}

/// Cells of one row that look alike.
fn run(buffer: &Buffer, (start, end): (u16, u16), y: u16, paper: &Paper, svg: &mut String) {
    let (left, top) = (EDGE + f64::from(start) * CELL.0, EDGE + f64::from(y) * CELL.1);
    let first = &buffer[(start, y)];
    let (ink, ground) = paper.colors(first);
    if let Some(ground) = ground {
        let width = f64::from(end - start) * CELL.0;
        let _ = writeln!(
            svg,
            "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{}\" fill=\"{ground}\"/>",
            CELL.1
        );
    }
    if shape(first.symbol()).is_some() {
        return shapes(buffer, (start, end), y, &ink, svg);
    }
    let symbols: Vec<&str> = (start..end).map(|x| buffer[(x, y)].symbol()).collect();
    // Long gaps part a run, so that no font has to hold a column by spaces.
    let mut at = 0;
    while let Some(from) = symbols.iter().skip(at).position(|symbol| *symbol != " ").map(|skipped| at + skipped) {
        let gap = symbols.get(from..).unwrap_or_default().windows(2).position(|pair| pair == [" ", " "]);
        let to = gap.map_or(symbols.len(), |length| from + length);
        let text = symbols.get(from..to).unwrap_or_default().concat();
        let text = text.trim_end();
        let length = f64::from(u16::try_from(text.chars().count()).unwrap_or(0)) * CELL.0;
        let from_left = left + f64::from(u16::try_from(from).unwrap_or(0)) * CELL.0;
        let _ = writeln!(
            svg,
            "<text x=\"{from_left:.1}\" y=\"{:.1}\" textLength=\"{length:.1}\" fill=\"{ink}\"{}>{}</text>",
            top + 13.5,
            weight(first.modifier),
            escaped(text)
        );
        at = to;
    }
}

fn weight(modifier: Modifier) -> String {
    let mut text = String::new();
    for (one, words) in [
        (Modifier::BOLD, " font-weight=\"700\""),
        (Modifier::ITALIC, " font-style=\"italic\""),
        (Modifier::UNDERLINED, " text-decoration=\"underline\""),
        (Modifier::DIM, " opacity=\".6\""),
    ] {
        if modifier.contains(one) {
            text.push_str(words);
        }
    }
    text
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A sign that is drawn instead of written.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    /// Lines from the middle to the left, right, top and bottom, and their width.
    Lines([bool; 4], f64),
    /// The same for a round corner.
    Corner([bool; 4]),
    /// A filled cell, so dense.
    Block(f64),
}

fn shape(symbol: &str) -> Option<Shape> {
    const LIGHT: f64 = 1.0;
    const HEAVY: f64 = 2.4;
    let sides = |left, right, top, bottom| [left, right, top, bottom];
    Some(match symbol {
        "─" => Shape::Lines(sides(true, true, false, false), LIGHT),
        "│" => Shape::Lines(sides(false, false, true, true), LIGHT),
        "━" => Shape::Lines(sides(true, true, false, false), HEAVY),
        "┃" => Shape::Lines(sides(false, false, true, true), HEAVY),
        "┏" => Shape::Lines(sides(false, true, false, true), HEAVY),
        "┓" => Shape::Lines(sides(true, false, false, true), HEAVY),
        "┗" => Shape::Lines(sides(false, true, true, false), HEAVY),
        "┛" => Shape::Lines(sides(true, false, true, false), HEAVY),
        "└" => Shape::Lines(sides(false, true, true, false), LIGHT),
        "╭" => Shape::Corner(sides(false, true, false, true)),
        "╮" => Shape::Corner(sides(true, false, false, true)),
        "╰" => Shape::Corner(sides(false, true, true, false)),
        "╯" => Shape::Corner(sides(true, false, true, false)),
        "░" => Shape::Block(0.35),
        "▒" => Shape::Block(0.55),
        "▓" | "▚" => Shape::Block(0.8),
        "█" => Shape::Block(1.0),
        _ => return None,
    })
}

/// Draws shapes of one colour: lines as one path, blocks of one density as one rectangle.
fn shapes(buffer: &Buffer, (start, end): (u16, u16), y: u16, ink: &str, svg: &mut String) {
    let (mut light, mut heavy) = (String::new(), String::new());
    let mut x = start;
    while x < end {
        let (left, top) = (EDGE + f64::from(x) * CELL.0, EDGE + f64::from(y) * CELL.1);
        let (middle, centre) = (left + CELL.0 / 2.0, top + CELL.1 / 2.0);
        let (right, bottom) = (left + CELL.0, top + CELL.1);
        let shape = shape(buffer[(x, y)].symbol());
        let mut width = 1;
        while x + width < end && buffer[(x + width, y)].symbol() == buffer[(x, y)].symbol() {
            width += 1;
        }
        match shape {
            // A row of one sign is one line, or one rectangle.
            Some(Shape::Lines([true, true, false, false], weight)) => {
                let path = if weight > 1.0 { &mut heavy } else { &mut light };
                let _ = write!(path, "M{left:.1} {centre:.1}H{:.1}", left + f64::from(width) * CELL.0);
                x += width;
                continue;
            }
            Some(Shape::Block(density)) => {
                let _ = writeln!(
                    svg,
                    "<rect x=\"{left:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{ink}\" opacity=\"{density}\"/>",
                    top + 3.0,
                    f64::from(width) * CELL.0,
                    CELL.1 - 6.0
                );
                x += width;
                continue;
            }
            Some(Shape::Lines(sides, weight)) => {
                let path = if weight > 1.0 { &mut heavy } else { &mut light };
                let ends = [(left, centre), (right, centre), (middle, top), (middle, bottom)];
                for (to_x, to_y) in ends.into_iter().zip(sides).filter(|(_, drawn)| *drawn).map(|(end, _)| end) {
                    let _ = write!(path, "M{middle:.1} {centre:.1}L{to_x:.1} {to_y:.1}");
                }
            }
            Some(Shape::Corner([to_left, _, to_top, _])) => {
                let (from_x, to_y) = (if to_left { left } else { right }, if to_top { top } else { bottom });
                let _ = write!(light, "M{from_x:.1} {centre:.1}Q{middle:.1} {centre:.1} {middle:.1} {to_y:.1}");
            }
            None => {}
        }
        x += 1;
    }
    for (path, weight) in [(light, 1.0), (heavy, 2.4)] {
        if !path.is_empty() {
            let _ = writeln!(
                svg,
                "<path d=\"{path}\" fill=\"none\" stroke=\"{ink}\" stroke-width=\"{weight}\" stroke-linecap=\"square\"/>"
            );
        }
    }
}
