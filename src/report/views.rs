//! The table of views as lines of text: columns where there is room for them, blocks where there is not.

use crate::{
    model::{Model, ViewCell, ViewColumn, ViewRow, ViewTable},
    words,
};
use std::iter::repeat_n;
use unicode_width::UnicodeWidthStr;

/// Columns that a view needs beside others.
const LEAST_CELL: usize = 17;

/// Most columns that names take.
const NAME_LIMIT: usize = 36;

/// One line of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct TableLine {
    /// What the line is.
    pub kind: LineKind,
    /// Its text, without blanks at the end.
    pub text: String,
}

/// What a line of the table is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LineKind {
    /// Who was asked.
    Head,
    /// A name that all agree about.
    Alike,
    /// A name that they disagree about.
    Apart,
}

/// The views of a run, where several were asked and a reader may want to compare them, or where they disagree.
pub fn worth_comparing(model: &Model) -> Option<ViewTable> {
    let table = model.views();
    let several = table.columns.len() >= 2 && (model.vantage.resolvers.len() >= 2 || table.differs());
    several.then_some(table)
}

/// What stands above the table: whether the views agree.
pub fn heading(table: &ViewTable, mark: &str) -> String {
    let said = if table.differs() { say!("{mark} where they disagree", mark) } else { say!("they agree").to_owned() };
    say!("The names of this run in every view ({said})", said)
}

/// The heads of the table, and a row for each name, with a line for each thing that a view says.
pub fn rows(table: &ViewTable, mark: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let head = |column: &ViewColumn| [who(column), server(column)].join(" ").trim_end().to_owned();
    let heads = std::iter::once(say!("Name").to_owned()).chain(table.columns.iter().map(head)).collect();
    let row = |row: &ViewRow| {
        let sign = if row.differs { format!("{mark} ") } else { String::new() };
        let cells = row.cells.iter().map(|cell| match cell {
            Some(cell) => said(cell).join("\n"),
            None => say!("not asked").to_owned(),
        });
        std::iter::once(format!("{sign}{}", name(row))).chain(cells).collect()
    };
    (heads, table.rows.iter().map(row).collect())
}

/// The lines of a table, at most so wide where words can be parted; `mark` stands before names that the views disagree
/// about.
pub fn lines(table: &ViewTable, width: usize, mark: &str) -> Vec<TableLine> {
    let lead = mark.width() + 1;
    let longest = table.rows.iter().map(|row| name(row).width()).max().unwrap_or(0).min(NAME_LIMIT);
    let room = width.saturating_sub(lead + longest + 2);
    let cell = room.checked_div(table.columns.len()).unwrap_or(0);
    if cell < LEAST_CELL { blocks(table, mark) } else { columns(table, mark, longest, cell) }
}

fn columns(table: &ViewTable, mark: &str, names: usize, cell: usize) -> Vec<TableLine> {
    let lead = mark.width() + 1;
    let heads: Vec<Vec<String>> =
        table.columns.iter().map(|column| wrapped(&[who(column), server(column)], cell - 1)).collect();
    let mut lines = side_by_side(LineKind::Head, &[], lead + names + 2, &heads, cell);
    for row in &table.rows {
        let kind = if row.differs { LineKind::Apart } else { LineKind::Alike };
        let mut left = wrapped(&[name(row)], names).into_iter();
        let sign = if row.differs { mark.to_owned() } else { " ".repeat(mark.width()) };
        let first = format!("{sign} {}", left.next().unwrap_or_default());
        let left: Vec<String> =
            std::iter::once(first).chain(left.map(|part| format!("{}{part}", " ".repeat(lead)))).collect();
        let cells: Vec<Vec<String>> = row
            .cells
            .iter()
            .map(|said| {
                wrapped(&said.as_ref().map(self::said).unwrap_or_else(|| vec![say!("not asked").to_owned()]), cell - 1)
            })
            .collect();
        lines.extend(side_by_side(kind, &left, lead + names + 2, &cells, cell));
    }
    lines
}

fn side_by_side(
    kind: LineKind,
    left: &[String],
    left_width: usize,
    cells: &[Vec<String>],
    width: usize,
) -> Vec<TableLine> {
    let height = cells.iter().map(Vec::len).chain([left.len()]).max().unwrap_or(0);
    let line = |at: usize| {
        let mut text = padded(left.get(at).map_or("", String::as_str), left_width);
        for cell in cells {
            text.push_str(&padded(cell.get(at).map_or("", String::as_str), width));
        }
        TableLine { kind, text: text.trim_end().to_owned() }
    };
    (0..height).map(line).collect()
}

fn blocks(table: &ViewTable, mark: &str) -> Vec<TableLine> {
    let mut lines = Vec::new();
    for row in &table.rows {
        let kind = if row.differs { LineKind::Apart } else { LineKind::Alike };
        let sign = if row.differs { mark.to_owned() } else { " ".repeat(mark.width()) };
        lines.push(TableLine { kind, text: format!("{sign} {}", name(row)) });
        for (column, said) in table.columns.iter().zip(&row.cells) {
            let Some(said) = said else { continue };
            let who = [who(column), server(column)].join(" ");
            let text = format!("{}{}: {}", " ".repeat(mark.width() + 3), who.trim_end(), self::said(said).join(", "));
            lines.push(TableLine { kind, text });
        }
    }
    lines
}

fn name(row: &ViewRow) -> String {
    match row {
        ViewRow { made_up: true, .. } => say!("{name} (made up)", name = row.name),
        ViewRow { service: true, .. } => format!("{} SRV", row.name),
        _ => row.name.clone(),
    }
}

fn who(column: &ViewColumn) -> String {
    words::view(column.view)
}

fn server(column: &ViewColumn) -> String {
    let server = column.server.as_deref().unwrap_or_default();
    server.strip_suffix(":53").unwrap_or(server).to_owned()
}

/// What a view says, a line for each thing.
fn said(cell: &ViewCell) -> Vec<String> {
    let mut said: Vec<String> = cell.aliases.iter().map(|alias| format!("-> {alias}")).collect();
    if cell.values.is_empty() {
        said.push(words::dns_status_short(cell.status).to_owned());
    }
    said.extend(cell.values.iter().cloned());
    if let Some(ttl) = cell.ttl {
        said.push(format!("TTL {ttl}"));
    }
    said
}

/// Texts one below the other, each broken where it is too wide: behind a mark if there is one in the second half.
fn wrapped(texts: &[String], width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = Vec::new();
    for text in texts.iter().filter(|text| !text.is_empty()) {
        let mut rest: Vec<char> = text.chars().collect();
        while rest.len() > width {
            let half = width / 2;
            let mark = rest.iter().take(width).rposition(|character| matches!(character, '/' | '#' | '.' | ':' | ' '));
            let length = mark.filter(|at| *at >= half).map_or(width, |at| at + 1);
            let after = rest.split_off(length);
            lines.push(rest.iter().collect::<String>().trim_end().to_owned());
            rest = after;
        }
        lines.push(rest.into_iter().collect());
    }
    lines
}

fn padded(text: &str, width: usize) -> String {
    text.chars().chain(repeat_n(' ', width.saturating_sub(text.width()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{DnsStatus, View};

    fn table(values: &[&str], columns: usize) -> ViewTable {
        let cell = ViewCell {
            status: if values.is_empty() { DnsStatus::NoSuchName } else { DnsStatus::Answered },
            values: values.iter().map(|value| (*value).to_owned()).collect(),
            aliases: Vec::new(),
            ttl: Some(300),
        };
        let view = |number| if number == 0 { View::System } else { View::Further { number } };
        let column = |number| ViewColumn { view: view(number), server: Some("203.0.113.53:53".to_owned()) };
        let row = ViewRow {
            name: "autodiscover.contoso.test".to_owned(),
            service: false,
            made_up: false,
            candidates: Vec::new(),
            differs: true,
            cells: (0..columns).map(|number| (number > 0).then(|| cell.clone())).collect(),
        };
        ViewTable { columns: (0..columns).map(column).collect(), rows: vec![row] }
    }

    #[test]
    fn columns_keep_within_the_width() {
        let addresses = ["192.0.2.10", "2001:db8:1234:5678:9abc:def0:1234:5678"];
        for columns in 1..6 {
            for width in 0..200_usize {
                let room = width.saturating_sub(2 + 25 + 2).checked_div(columns).unwrap_or(0);
                let lines = lines(&table(&addresses, columns), width, "≠");
                let is_table = lines.first().is_some_and(|line| line.kind == LineKind::Head);
                assert_eq!(is_table, room >= LEAST_CELL);
                assert!(!is_table || lines.iter().all(|line| line.text.width() <= width), "{width}: {lines:?}");
            }
        }
    }

    #[test]
    fn who_was_not_asked_says_so_only_beside_others() {
        let text = |width| lines(&table(&[], 2), width, "*").into_iter().map(|line| line.text).collect::<Vec<_>>();
        assert_eq!(
            text(100),
            [
                "                             system                             further 1",
                "                             203.0.113.53                       203.0.113.53",
                "* autodiscover.contoso.test  not asked                          no such name",
                "                                                                TTL 300",
            ]
        );
        assert_eq!(text(40), ["* autodiscover.contoso.test", "    further 1 203.0.113.53: no such name, TTL 300"]);
    }
}
