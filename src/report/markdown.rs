//! The report as Markdown (CommonMark, with tables as GitHub has them), for tickets and wikis.

use super::{
    blocks::{Block, blocks},
    code_span::{Part, parts},
};
use crate::{diagnosis::Diagnosis, model::Model};
use std::io::{self, Write};

/// Writes the report.
///
/// # Errors
/// When the output cannot be written.
pub fn write(model: &Model, diagnosis: &Diagnosis, out: &mut dyn Write) -> io::Result<()> {
    for (number, block) in blocks(model, diagnosis).iter().enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        match block {
            Block::Heading(level, text) => writeln!(out, "{} {}", "#".repeat(usize::from(*level)), prose(text))?,
            Block::Paragraph(text) => writeln!(out, "{}", prose(text))?,
            Block::Remark(text) => writeln!(out, "*{}*", escaped(text))?,
            Block::Table(heads, rows) => table(heads, rows, out)?,
            Block::Code(kind, text) => code(kind, text, out)?,
        }
    }
    Ok(())
}

fn table(heads: &[String], rows: &[Vec<String>], out: &mut dyn Write) -> io::Result<()> {
    let line =
        |cells: &[String]| format!("| {} |", cells.iter().map(|text| cell(text)).collect::<Vec<_>>().join(" | "));
    writeln!(out, "{}\n|{}", line(heads), " --- |".repeat(heads.len()))?;
    rows.iter().try_for_each(|row| writeln!(out, "{}", line(row)))
}

/// A cell of a table is one line, whatever it holds.
fn cell(text: &str) -> String {
    text.lines().map(escaped).collect::<Vec<_>>().join("<br>")
}

/// Running text with its commands and names as code, in which no sign means anything.
fn prose(text: &str) -> String {
    let written = |part: Part<'_>| match part {
        Part::Words(words) => escaped(words),
        Part::Code(code) => format!("`{}`", code.replace('\n', " ")),
    };
    parts(text).into_iter().map(written).collect()
}

/// A fence longer than any that the text holds.
fn code(kind: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
    let longest = text.lines().map(|line| line.chars().take_while(|character| *character == '`').count()).max();
    let fence = "`".repeat(longest.unwrap_or(0).max(2) + 1);
    writeln!(out, "{fence}{kind}\n{text}\n{fence}")
}

/// Text whose signs mean nothing to Markdown: foreign text must not become a link, an image or HTML.
fn escaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '!' | '&' | '~' => {
                plain.push('\\');
                plain.push(character);
            }
            '\n' => plain.push(' '),
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_stays_text() {
        assert_eq!(escaped("<img src=x> [a](b) | `c`\nd"), "\\<img src=x\\> \\[a\\](b) \\| \\`c\\` d");
    }

    #[test]
    fn commands_are_code() {
        assert_eq!(prose("`nslookup <host> a_b` shows *.x"), "`nslookup <host> a_b` shows \\*.x");
        assert_eq!(prose("5` <b>"), "5\\` \\<b\\>");
    }

    #[test]
    fn a_row_stays_a_row() {
        let mut out = Vec::new();
        let row = vec!["a|b\n`c|d`".to_owned(), "\\|".to_owned()];
        table(&["X".to_owned(), "Y|".to_owned()], &[row], &mut out).expect("a vector takes all");
        let text = String::from_utf8_lossy(&out);
        assert_eq!(text, "| X | Y\\| |\n| --- | --- |\n| a\\|b<br>\\`c\\|d\\` | \\\\\\| |\n");
    }

    #[test]
    fn a_fence_outlasts_its_text() {
        let mut out = Vec::new();
        code("zone", "```\nx", &mut out).expect("a vector takes all");
        assert_eq!(String::from_utf8_lossy(&out), "````zone\n```\nx\n````\n");
    }
}
