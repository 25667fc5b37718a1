//! The top line: whom, for which client, from where, for how long.

use super::pane::draw_line;
use crate::{
    event::Address,
    model::Progress,
    tui::{app::App, glyph::Status, measure, theme::Meaning},
    words,
};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

/// Below this width the client's name is short.
const NARROW: u16 = 70;

/// From this width on an internationalised domain is shown both ways.
const WIDE: u16 = 120;

/// Draws the top line. Where there is no room for everything, the resolver goes first, then the program's name.
pub(super) fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    let end = state(app);
    let mut pieces: Vec<(u8, Meaning, String)> = vec![(1, Meaning::Title, "discoscope".to_owned())];
    if let Some(address) = &app.model.address {
        pieces.push((9, Meaning::Plain, masked(address, app, area.width)));
    }
    if app.model.progress != Progress::Waiting {
        let name = if area.width < NARROW { words::client_short } else { words::client };
        let client = format!("{} {}", name(app.ui.client), app.look.glyphs.choice);
        pieces.push((8, Meaning::Guidance, client));
    }
    if let Some(resolver) = vantage(app) {
        pieces.push((0, Meaning::Muted, resolver));
    }
    let room = usize::from(area.width).saturating_sub(end.width() + 4);
    while pieces.len() > 1 && pieces.iter().map(|(.., text)| measure::width(text) + 3).sum::<usize>() > room + 3 {
        let least = pieces.iter().map(|(rank, ..)| *rank).min();
        pieces.retain(|(rank, ..)| Some(*rank) != least);
    }
    let mut spans = vec![Span::raw(" ")];
    for (number, (_, meaning, text)) in pieces.into_iter().enumerate() {
        spans.push(Span::raw(if number == 0 { "" } else { "   " }));
        let text = measure::shorten(&text, room, app.look.glyphs.ellipsis);
        spans.push(Span::styled(text, app.look.style(meaning)));
    }
    draw_line(&Line::from(spans), area, buffer);
    let width = u16::try_from(end.width()).unwrap_or(area.width).min(area.width);
    draw_line(&end, Rect { x: area.right() - width, width, ..area }, buffer);
}

/// The address with its local part hidden but for the first character: a screen may be shared.
/// An internationalised domain is shown both ways where there is room.
fn masked(address: &Address, app: &App, width: u16) -> String {
    let glyphs = app.look.glyphs;
    let first: String = address.local.chars().take(1).collect();
    let domain = match width {
        _ if glyphs.ascii => address.domain.clone(),
        WIDE.. => address.domain_both(),
        _ => address.domain_unicode.clone(),
    };
    if app.privacy.is_on() {
        // A placeholder hides nothing, and tells two addresses apart.
        return format!("{}@{domain}", address.local);
    }
    format!("{first}{0}{0}@{domain}", glyphs.mask)
}

fn vantage(app: &App) -> Option<String> {
    let first = app.model.vantage.resolvers.first()?;
    let resolver = first.strip_suffix(":53").unwrap_or(first);
    let more = match app.model.vantage.resolvers.len() {
        1 => String::new(),
        count => format!(" +{}", count - 1),
    };
    let known = app.diagnosis.as_ref().map(|diagnosis| &diagnosis.standpoint).filter(|known| known.certainty.is_some());
    let side = known.map_or(app.model.vantage.side, |known| known.side);
    let side = words::side(side);
    let side = if side.is_empty() { String::new() } else { format!(" ({side})") };
    let pc = if app.model.pc.is_some() { say!(", PC read") } else { "" };
    Some(say!("via {resolver}{more}{side}{pc}", resolver, more, side, pc))
}

/// That the screen is held still, how much came since, and whether the run is over meanwhile.
fn frozen(app: &App, fresh: usize) -> String {
    let dot = app.look.glyphs.dot;
    let over = if app.is_running() { String::new() } else { say!(" {dot} run over", dot) };
    say!("frozen {dot} {fresh} new{over}", dot, fresh, over)
}

fn state(app: &App) -> Line<'static> {
    let glyphs = app.look.glyphs;
    let (sign, word, meaning) = match app.model.progress {
        Progress::Waiting => (glyphs.status(Status::Waiting, 0), say!("starting"), Meaning::Muted),
        Progress::Running => (glyphs.status(Status::Running, app.ui.turn), say!("live"), Meaning::Running),
        Progress::Finished => (glyphs.status(Status::Passed, 0), say!("done"), Meaning::Passed),
        Progress::Cancelled => (glyphs.status(Status::Warned, 0), say!("stopped"), Meaning::Warned),
    };
    let (sign, word, meaning) = match app.freeze.fresh() {
        Some(fresh) => (glyphs.pause, frozen(app, fresh), Meaning::Warned),
        None => (sign, word.to_owned(), meaning),
    };
    let mut spans = Vec::new();
    if app.privacy.is_on() {
        spans.push(Span::styled(say!("private  "), app.look.style(Meaning::Guidance)));
    }
    // On a narrow screen the time makes room for what must be seen.
    let timed = !app.privacy.is_on() || app.ui.screen.width >= NARROW;
    if app.model.progress != Progress::Waiting && timed {
        let waited = if app.model.is_busy() { app.ui.waited_us } else { 0 };
        let elapsed = words::duration(app.model.elapsed_us.saturating_add(waited));
        spans.push(Span::styled(elapsed + "  ", app.look.style(Meaning::Muted)));
    }
    spans.push(Span::styled(format!("{sign} {word} "), app.look.style(meaning)));
    Line::from(spans)
}
