//! The timeline: one bar per candidate on one axis of time.
//!
//! ```text
//! ┏ Timeline ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ total 5.2 s ┓
//! ┃                         0         1 s       2 s               ┃
//! ┃ ▸ 3 contoso.test        ░▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒  5.0 s ✗   ┃
//! ┃   4 autodiscover.cont…  ░▒▓█       ┊         ┊      98 ms ✓   ┃
//! ┃                                                               ┃
//! ┃ The longest: step 3 TCP, 5.0 s, silent.                       ┃
//! ┃ ░ DNS  ▒ TCP  ▓ TLS  █ HTTP  ▚ XML                            ┃
//! ```

use super::{
    candidates, cells,
    hit::rows_inside,
    pane::{Corner, draw_frame, draw_line},
    words_why_not,
};
use crate::{
    event::{CandidateId, Stage},
    model::CandidateState,
    tui::{
        app::App,
        glyph::Status,
        measure,
        theme::{Look, Meaning},
        timeline::{Axis, Row, Timeline},
    },
    words,
};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

/// Inside this width or more the end of a row names the fault.
const FAULTS_NAMED: usize = 90;

/// Columns of a row's duration.
const DURATION: usize = 7;

/// Columns of a fault's name: a stage and a cause.
const FAULT: usize = 17;

/// How the columns of the pane are shared.
struct Columns {
    number: usize,
    name: usize,
    bar: usize,
    end: usize,
}

/// How the rows of the pane are shared.
struct Shares {
    rows: usize,
    notes: usize,
    gap: usize,
}

/// Draws the timeline.
pub(super) fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    let look = &app.look;
    let timeline = Timeline::of(app);
    let total = say!("total {duration}", duration = words::duration(timeline.total_us));
    let corner = Corner { text: total, style: look.style(Meaning::Muted) };
    let inside = draw_frame(look, say!("Timeline"), &corner, (true, true), area, buffer);
    let columns = columns(app, &timeline, usize::from(inside.width));
    let axis = Axis::new(timeline.last_us.max(running_until(&timeline)), app.model.is_busy(), columns.bar);
    let height = usize::from(inside.height);
    let generous = is_generous(&timeline, height);
    let notes = notes(app, &timeline, !generous, usize::from(inside.width));
    let shares = shares(timeline.rows.len(), notes.len(), height);
    let mut lines = vec![scale(&columns, &axis, look)];
    let at = selected(app, &timeline);
    let first = first_row(app, &timeline, &shares);
    for (number, row) in timeline.rows.iter().enumerate().skip(first).take(shares.rows) {
        let Some(state) = app.model.candidate(&row.candidate) else { continue };
        lines.push(line(app, state, row, (&columns, &axis), number == at));
        if generous && !row.pieces.is_empty() {
            lines.push(below(app, state, &columns));
        }
    }
    lines.extend(std::iter::repeat_n(Line::default(), shares.gap));
    lines.extend(notes.into_iter().take(shares.notes));
    for (line, y) in lines.iter().zip(inside.y..inside.bottom()) {
        draw_line(line, Rect { y, height: 1, ..inside }, buffer);
    }
}

/// The candidate in a row of the pane.
pub(super) fn at(app: &App, area: Rect, wanted: usize) -> Option<CandidateId> {
    let timeline = Timeline::of(app);
    let height = rows_inside(area);
    let generous = is_generous(&timeline, height);
    let notes = notes(app, &timeline, !generous, usize::from(area.width.saturating_sub(4)));
    let shares = shares(timeline.rows.len(), notes.len(), height);
    let first = first_row(app, &timeline, &shares);
    // The axis stands above them.
    let mut row = 1;
    for seen in timeline.rows.iter().skip(first).take(shares.rows) {
        let height = 1 + usize::from(generous && !seen.pieces.is_empty());
        if (row..row + height).contains(&wanted) {
            return Some(seen.candidate.clone());
        }
        row += height;
    }
    None
}

/// The first row that is seen, with the selected one in sight.
fn first_row(app: &App, timeline: &Timeline, shares: &Shares) -> usize {
    let at = selected(app, timeline);
    at.saturating_sub(shares.rows / 2).min(timeline.rows.len().saturating_sub(shares.rows))
}

/// Rows of candidates that are seen at once.
pub fn rows(app: &App) -> usize {
    let height = app.areas().and_then(|areas| areas.first).map_or(0, |area| usize::from(area.height.saturating_sub(2)));
    shares(app.model.candidates.len(), NOTES, height).rows
}

/// Notes below the rows, at most.
const NOTES: usize = 4;

/// Rows first, as far as there are any, but at least the sentence that says where the time goes.
fn shares(wanted: usize, notes: usize, height: usize) -> Shares {
    // The axis takes one.
    let room = height.saturating_sub(1);
    let least = match room {
        0..3 => 0,
        3..7 => 1,
        _ => notes.min(3),
    };
    let rows = wanted.min(room.saturating_sub(least));
    let left = room - rows;
    let gap = usize::from(left > notes);
    Shares { rows, notes: notes.min(left - gap), gap }
}

/// Whether every bar can have its numbers below it.
fn is_generous(timeline: &Timeline, height: usize) -> bool {
    let ran = timeline.rows.iter().filter(|row| !row.pieces.is_empty()).count();
    timeline.rows.len() + ran + NOTES + 2 <= height
}

/// The numbers of a bar, below it.
fn below(app: &App, state: &CandidateState, columns: &Columns) -> Line<'static> {
    let mut line = cells::line(app, state, columns.bar + 1 + columns.end);
    line.spans.insert(0, Span::raw(" ".repeat(2 + columns.name + 1)));
    line
}

fn selected(app: &App, timeline: &Timeline) -> usize {
    let selected = app.selected().map(|state| &state.candidate.id);
    timeline.rows.iter().position(|row| Some(&row.candidate) == selected).unwrap_or(0)
}

/// Where the bars of what runs end.
fn running_until(timeline: &Timeline) -> u64 {
    let running = timeline.rows.iter().any(Row::is_open);
    if running { timeline.total_us } else { 0 }
}

fn columns(app: &App, timeline: &Timeline, width: usize) -> Columns {
    let number = candidates::number_columns(app);
    let names = timeline.rows.iter().filter_map(|row| app.model.candidate(&row.candidate));
    let longest = names.map(|state| measure::width(&candidates::name(app, state, number, usize::MAX))).max();
    let name = longest.unwrap_or(0).min((width * 3 / 10).max(12));
    let sign = if app.look.glyphs.ascii { 5 } else { 2 };
    let end = DURATION + 1 + sign + if width >= FAULTS_NAMED { FAULT } else { 0 };
    Columns { number, name, bar: width.saturating_sub(2 + name + 1 + 1 + end), end }
}

/// The axis: a mark and a label at round moments.
fn scale(columns: &Columns, axis: &Axis, look: &Look) -> Line<'static> {
    let before = 2 + columns.name + 1;
    let mut text = " ".repeat(before);
    for (column, label) in axis.marks() {
        let used = measure::width(&text);
        let label = format!("{}{label}", mark(look));
        if used <= before + column && column + measure::width(&label) <= columns.bar {
            text.push_str(&" ".repeat(before + column - used));
            text.push_str(&label);
        }
    }
    Line::styled(text, look.style(Meaning::Muted))
}

fn mark(look: &Look) -> &'static str {
    if look.glyphs.ascii { "|" } else { "╷" }
}

fn line(
    app: &App,
    state: &CandidateState,
    row: &Row,
    (columns, axis): (&Columns, &Axis),
    selected: bool,
) -> Line<'static> {
    let look = &app.look;
    let quiet = row.pieces.is_empty();
    let own = match (selected, quiet) {
        (true, _) => Meaning::Selected,
        (false, true) => Meaning::Muted,
        (false, false) => Meaning::Plain,
    };
    let pointer = if selected { look.glyphs.pointer } else { " " };
    let name = candidates::name(app, state, columns.number, columns.name);
    let name = measure::shorten(&name, columns.name, look.glyphs.ellipsis);
    let mut spans = vec![
        Span::styled(measure::pad(pointer, 2), look.style(Meaning::Focus)),
        Span::styled(measure::pad(&name, columns.name), look.style(own)),
        Span::raw(" "),
    ];
    if quiet {
        let word = candidates::standpoint(app, state).word;
        let word = measure::shorten(&word, columns.bar, look.glyphs.ellipsis);
        spans.push(Span::styled(word, look.style(Meaning::Muted)));
        return Line::from(spans);
    }
    spans.extend(bar(app, row, axis));
    spans.push(Span::raw(" "));
    spans.extend(end(app, state, row, columns.end));
    Line::from(spans)
}

/// The bar of one candidate; what runs ends in the spinner.
fn bar(app: &App, row: &Row, axis: &Axis) -> Vec<Span<'static>> {
    let look = &app.look;
    let muted = look.style(Meaning::Muted);
    let mut cells = vec![(" ", muted); axis.columns];
    for (column, _) in axis.marks() {
        if let Some(cell) = cells.get_mut(column) {
            *cell = (if look.glyphs.ascii { "." } else { "┊" }, muted);
        }
    }
    for (piece, place) in row.pieces.iter().zip(axis.places(&row.pieces)) {
        let last = place.end.saturating_sub(1);
        if let Some(own) = cells.get_mut(place) {
            own.fill(look.bar(piece.stage));
        }
        if piece.outcome.is_none()
            && app.model.is_busy()
            && let Some(cell) = cells.get_mut(last)
        {
            *cell = (look.glyphs.status(Status::Running, app.ui.turn), look.style(Meaning::Running));
        }
    }
    let mut spans: Vec<Span<'static>> = Vec::new();
    for (sign, style) in cells {
        match spans.last_mut() {
            Some(last) if last.style == style => last.content.to_mut().push_str(sign),
            _ => spans.push(Span::styled(sign, style)),
        }
    }
    spans
}

/// How long a candidate took, how it stands, and where there is room its fault in words.
fn end(app: &App, state: &CandidateState, row: &Row, columns: usize) -> Vec<Span<'static>> {
    let look = &app.look;
    let fault = cells::fault(app, state);
    let status = match (&fault, row.is_open()) {
        (_, true) if app.model.is_busy() => Status::Running,
        (_, true) => Status::Skipped,
        (Some((status, _)), false) => *status,
        (None, false) => Status::Passed,
    };
    let calm = status == Status::Failed && cells::is_calm(app, state);
    let meaning = if calm { Meaning::Muted } else { status.meaning() };
    let took = words::duration(row.took_us().unwrap_or(0));
    let sign = look.glyphs.status(status, app.ui.turn);
    let room = columns.saturating_sub(DURATION + 2 + measure::width(sign));
    let word = fault.map(|(_, word)| word).filter(|_| status == Status::Failed && columns > DURATION + FAULT);
    let word = measure::shorten(&word.unwrap_or_default(), room, look.glyphs.ellipsis);
    vec![
        Span::styled(format!("{took:>DURATION$} "), look.style(Meaning::Plain)),
        Span::styled(format!("{sign} {word}").trim_end().to_owned(), look.style(meaning)),
    ]
}

/// What stands below the rows, the most needed first: where the time goes, what the signs mean, the selected one's
/// numbers unless they stand below its bar, and what else is to be said.
fn notes(app: &App, timeline: &Timeline, with_numbers: bool, width: usize) -> Vec<Line<'static>> {
    let look = &app.look;
    let short = |text: String| measure::shorten(&text, width, look.glyphs.ellipsis);
    let mut notes = Vec::new();
    if let Some(sentence) = timeline.sentence(app, width) {
        notes.push(Line::styled(short(sentence), look.style(Meaning::Title)));
    }
    notes.push(legend(timeline, look));
    if let Some(state) = app.selected().filter(|_| with_numbers) {
        notes.push(numbers(app, state, width));
    }
    let remarks = timeline.remarks();
    if !remarks.is_empty() {
        notes.push(Line::styled(short(remarks), look.style(Meaning::Muted)));
    }
    notes
}

/// What the signs of the bars mean; LDAP only where it was asked.
fn legend(timeline: &Timeline, look: &Look) -> Line<'static> {
    let seen = |stage: Stage| timeline.rows.iter().flat_map(|row| &row.pieces).any(|piece| piece.stage == stage);
    let ldap = Some(Stage::Ldap).filter(|stage| seen(*stage));
    let mut spans = Vec::new();
    for stage in ldap.into_iter().chain(Stage::PROBED) {
        let (sign, style) = look.bar(stage);
        spans.push(Span::styled(sign.repeat(2), style));
        spans.push(Span::styled(format!(" {}  ", words::stage(stage)), look.style(Meaning::Muted)));
    }
    Line::from(spans)
}

/// The selected candidate's stages in numbers, or why it has none.
fn numbers(app: &App, state: &CandidateState, width: usize) -> Line<'static> {
    let look = &app.look;
    let number = app.step(&state.candidate.id).and_then(|step| step.number);
    let number = number.map_or_else(String::new, |number| format!("{number} "));
    let lead = format!("{} {number} ", look.glyphs.pointer);
    let room = width.saturating_sub(measure::width(&lead));
    let mut line = match words_why_not(app, state) {
        Some((_, sentence)) => {
            let sentence = measure::shorten(&sentence, room, look.glyphs.ellipsis);
            Line::styled(sentence, look.style(Meaning::Muted))
        }
        None => cells::line(app, state, room),
    };
    let style = std::mem::take(&mut line.style);
    line.spans.iter_mut().for_each(|span| span.style = style.patch(span.style));
    line.spans.insert(0, Span::styled(lead, look.style(Meaning::Focus)));
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_stays_when_rows_must_scroll() {
        for height in 0..60 {
            for wanted in 0..40 {
                let shares = shares(wanted, NOTES, height);
                assert!(shares.rows + shares.notes + shares.gap < height.max(1), "{wanted} in {height}");
                assert!(height < 4 || shares.notes > 0, "{wanted} in {height}");
                assert!(height < 3 || wanted == 0 || shares.rows > 0, "{wanted} in {height}");
            }
        }
    }
}
