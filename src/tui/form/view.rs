//! How the form is drawn: the address in a frame, one line for each choice, the runs below, keys at the bottom. Where
//! height is short the lines scroll, with the one looked at in sight; where there is hardly any, it stands alone.

use super::{Form, PUBLIC_SERVER, Row, Servers};
use crate::{
    event::VantageSide,
    tui::{
        document::{Document, Paragraph},
        glyph::Status,
        input::LineInput,
        measure, menu,
        theme::Meaning,
        view::{Corner, draw_frame, draw_line},
    },
    words,
};
use ratatui::{
    Frame,
    buffer::Buffer,
    layout::{Position, Rect},
    text::{Line, Span},
};

/// Widest form that is drawn.
const WIDTH: u16 = 78;

/// Rows from which the address has a frame.
const FRAMED: u16 = 14;

/// Columns below which a run is told in short.
const NARROW: usize = 60;

/// Columns of what a line is called.
const LABEL: usize = 16;

/// Draws the form.
pub(super) fn draw(form: &Form<'_>, frame: &mut Frame<'_>) {
    let screen = frame.area();
    let buffer = frame.buffer_mut();
    let cursor = if screen.width < 20 || screen.height < 6 {
        draw_line_alone(form, screen, buffer)
    } else {
        draw_form(form, screen, buffer)
    };
    form.help.draw(&help(form), &form.look, screen, buffer);
    form.look.finish(buffer);
    if let Some(cursor) = cursor.filter(|cursor| !form.help.is_shown() && screen.contains(*cursor)) {
        frame.set_cursor_position(cursor);
    }
}

fn draw_form(form: &Form<'_>, screen: Rect, buffer: &mut Buffer) -> Option<Position> {
    let width = WIDTH.min(screen.width);
    let x = screen.x + (screen.width - width) / 2;
    let bottom = screen.bottom() - 1;
    let framed = screen.height >= FRAMED;
    let text_width = usize::from(width.saturating_sub(4));
    let (lines, at) = lines(form, text_width);
    let head = if framed { 5 } else { 2 };
    let wanted = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(head);
    let top = screen.y + bottom.saturating_sub(screen.y).saturating_sub(wanted) / 3;
    let inner = |y: u16, height: u16| Rect { x: x + 2, y, width: width.saturating_sub(4), height };
    let question = if text_width < NARROW {
        say!("   what does Outlook look for?")
    } else {
        say!("   why does Outlook not find its settings?")
    };
    let title = Line::from(vec![
        Span::styled("discoscope", form.look.style(Meaning::Title)),
        Span::styled(question, form.look.style(Meaning::Muted)),
    ]);
    draw_line(&title, inner(top, 1), buffer);
    let focused = form.row == Row::Address;
    let field = if framed {
        let area = Rect { x, y: top + 2, width, height: 3 };
        draw_frame(&form.look, say!("Mail address"), &Corner::default(), (focused, focused), area, buffer)
    } else {
        let label = Line::from(label(form, Row::Address, say!("Mail address")));
        draw_line(&label, inner(top + 1, 1), buffer);
        let indent = u16::try_from(LABEL + 2).unwrap_or(0);
        Rect { x: x + 2 + indent, width: width.saturating_sub(4 + indent), ..inner(top + 1, 1) }
    };
    let mut cursor = draw_input(form, &form.address, field, buffer).filter(|_| focused);
    let body = inner(top + head, bottom.saturating_sub(top + head));
    let first = (at + 2).saturating_sub(usize::from(body.height)).min(at);
    for (line, y) in lines.iter().skip(first).zip(body.y..body.bottom()) {
        draw_line(line, Rect { y, height: 1, ..body }, buffer);
    }
    if form.row == Row::Servers && form.servers == Servers::Typed {
        let y = body.y + u16::try_from(at - first).unwrap_or(0);
        let indent = u16::try_from(LABEL + 2).unwrap_or(0);
        let area = Rect { x: body.x + indent, y, width: body.width.saturating_sub(indent), height: 1 };
        cursor = draw_input(form, &form.typed, area, buffer);
    }
    menu::draw_keys(form.keys, form.context(), &form.look, Rect { x, y: bottom, width, height: 1 }, buffer);
    cursor
}

/// The lines below the address, and which of them is looked at.
fn lines(form: &Form<'_>, columns: usize) -> (Vec<Line<'static>>, usize) {
    let mut lines: Vec<Line<'static>> = Vec::new();
    let mut at = 0;
    let mut put = |lines: &mut Vec<Line<'static>>, row: Row, line: Line<'static>| {
        if form.row == row {
            at = lines.len();
        }
        lines.push(line);
    };
    let about_address = form.problem.is_some() && form.row == Row::Address;
    if about_address {
        lines.extend(problem(form, columns));
    }
    lines.push(Line::default());
    let client = words::client(form.client).to_owned();
    put(&mut lines, Row::Client, choice(form, Row::Client, say!("Version"), &client, columns));
    let (side, why) = form.seen_side();
    put(&mut lines, Row::Side, choice(form, Row::Side, say!("This PC stands"), side_in_words(side), columns));
    let guessed = if side == VantageSide::Unknown { "" } else { say!("guessed: ") };
    let why = why.map_or_else(|| say!("as chosen here").to_owned(), |why| format!("{guessed}{why}"));
    lines.push(muted(form, &format!("{}{why}", " ".repeat(LABEL + 4)), columns));
    put(&mut lines, Row::Servers, servers(form, columns));
    if form.problem.is_some() && !about_address {
        lines.extend(problem(form, columns));
    }
    if !form.runs.is_empty() {
        lines.push(Line::default());
        lines.push(Line::styled(say!("  Run again"), form.look.style(Meaning::Muted)));
    }
    let address = form.runs.iter().map(|run| measure::width(&run.address)).max().unwrap_or(0);
    for (place, item) in form.runs.iter().enumerate() {
        let row = Row::Run(place);
        let rest = if columns < NARROW {
            format!("  {:<15}{}", item.verdict, item.when.split(' ').next().unwrap_or_default())
        } else {
            format!("  {:<15}{:<9}{}", item.verdict, words::client_short(item.client), item.when)
        };
        let room = columns.saturating_sub(2 + measure::width(&rest)).min(address).max(12);
        let name = measure::pad(&measure::shorten(&item.address, room, form.look.glyphs.ellipsis), room);
        let own = form.look.style(if form.row == row { Meaning::Title } else { Meaning::Plain });
        let spans =
            vec![pointer(form, row), Span::styled(name, own), Span::styled(rest, form.look.style(Meaning::Muted))];
        put(&mut lines, row, Line::from(spans));
    }
    lines.push(Line::default());
    let mut about = Document::default();
    about.text(2, Meaning::Muted, hint(form));
    lines.extend(about.lay_out(columns, true, &form.look).lines);
    (lines, at)
}

fn problem(form: &Form<'_>, columns: usize) -> Vec<Line<'static>> {
    let sign = form.look.glyphs.status(Status::Failed, 0);
    let mut document = Document::default();
    let text = form.problem.as_deref().unwrap_or_default();
    document.push(Paragraph::new(2, Meaning::Failed, format!("{sign} {text}")).hang(2));
    document.lay_out(columns, true, &form.look).lines
}

fn pointer(form: &Form<'_>, row: Row) -> Span<'static> {
    let sign = if form.row == row { form.look.glyphs.pointer } else { " " };
    Span::styled(format!("{sign} "), form.look.style(Meaning::Focus))
}

fn label(form: &Form<'_>, row: Row, text: &str) -> Vec<Span<'static>> {
    let style = form.look.style(if form.row == row { Meaning::Title } else { Meaning::Muted });
    vec![pointer(form, row), Span::styled(measure::pad(text, LABEL), style)]
}

/// A line with a choice: the signs beside it say that there are others.
fn choice(form: &Form<'_>, row: Row, name: &str, value: &str, columns: usize) -> Line<'static> {
    let (left, right) = match (form.row == row, form.look.glyphs.ascii) {
        (false, _) => ("  ", "  "),
        (true, true) => ("< ", " >"),
        (true, false) => ("◂ ", " ▸"),
    };
    let room = columns.saturating_sub(LABEL + 2 + 4);
    let value = measure::shorten(value, room, form.look.glyphs.ellipsis);
    let mut spans = label(form, row, name);
    spans.push(Span::styled(left, form.look.style(Meaning::Key)));
    spans.push(Span::styled(value, form.look.style(Meaning::Plain)));
    spans.push(Span::styled(right, form.look.style(Meaning::Key)));
    Line::from(spans)
}

fn servers(form: &Form<'_>, columns: usize) -> Line<'static> {
    let own = form.desk.own_servers();
    let own = if own.is_empty() { say!("this PC's (it names none)").to_owned() } else { say!("this PC's: {own}", own) };
    let value = match form.servers {
        Servers::Own => own,
        Servers::Compared => say!("this PC's beside {server}", server = PUBLIC_SERVER),
        Servers::Typed if form.row == Row::Servers => {
            return Line::from(label(form, Row::Servers, say!("DNS servers")));
        }
        Servers::Typed if form.typed.text().is_empty() => say!("others").to_owned(),
        Servers::Typed => form.typed.text().to_owned(),
    };
    choice(form, Row::Servers, say!("DNS servers"), &value, columns)
}

fn side_in_words(side: VantageSide) -> &'static str {
    match side {
        VantageSide::Inside => say!("inside the network"),
        VantageSide::Outside => say!("outside the network"),
        VantageSide::Unknown => say!("inside or outside the network: not known"),
    }
}

fn muted(form: &Form<'_>, text: &str, columns: usize) -> Line<'static> {
    Line::styled(measure::shorten(text, columns, form.look.glyphs.ellipsis), form.look.style(Meaning::Muted))
}

/// What the line that is looked at is about.
fn hint(form: &Form<'_>) -> &'static str {
    match form.row {
        Row::Address => {
            say!(
                "discoscope looks where Outlook would look and explains what it finds. It only reads: nothing is \
                 changed, and no password is needed. Several addresses, separated by spaces, are looked at together. The \
                 lines below may be left as they are."
            )
        }
        Row::Client => {
            say!(
                "The version of Outlook whose search is worked out first; each has its own order. It can be changed at \
                 any time while the results are shown."
            )
        }
        Row::Side => {
            say!(
                "Inside and outside of the mailbox's network the answers often differ. The report says which it was; \
                 what is \
             measured does not depend on it."
            )
        }
        Row::Servers if form.servers == Servers::Compared => {
            say!("A public server shows what the rest of the world sees. It learns the names that are asked for.")
        }
        Row::Servers => {
            say!(
                "Type others, separated by commas: they are asked instead, and a second and further ones are compared \
                 with \
             the first."
            )
        }
        Row::Run(_) => say!("The run is made anew, with the options it had."),
    }
}

/// Draws a line that is typed; where its cursor stands.
fn draw_input(form: &Form<'_>, input: &LineInput, area: Rect, buffer: &mut Buffer) -> Option<Position> {
    let room = usize::from(area.width);
    let (seen, column) = input.seen(room);
    let shown = measure::shorten(seen, room, form.look.glyphs.ellipsis);
    draw_line(&Line::styled(shown, form.look.style(Meaning::Plain)), area, buffer);
    let x = area.x + u16::try_from(column).ok()?;
    Some(Position { x, y: area.y })
}

/// Only the line that is looked at, where there is room for nothing else.
fn draw_line_alone(form: &Form<'_>, screen: Rect, buffer: &mut Buffer) -> Option<Position> {
    let first = Rect { height: screen.height.min(1), ..screen };
    let line = match form.row {
        Row::Address => return draw_input(form, &form.address, first, buffer),
        Row::Servers if form.servers == Servers::Typed => return draw_input(form, &form.typed, first, buffer),
        Row::Client => words::client(form.client).to_owned(),
        Row::Side => side_in_words(form.seen_side().0).to_owned(),
        Row::Servers => form.desk.own_servers().to_owned(),
        Row::Run(place) => form.runs.get(place).map(|run| run.address.clone()).unwrap_or_default(),
    };
    draw_line(&muted(form, &line, usize::from(screen.width)), first, buffer);
    None
}

/// The help of the line that is looked at.
pub(super) fn help(form: &Form<'_>) -> Document {
    menu::help(
        form.keys,
        form.line_context(),
        say!("Every line may be left as it stands: what is guessed is shown there."),
        &form.look,
    )
}
