//! The report as Markdown (CommonMark, with tables as GitHub has them), for tickets and wikis.

use super::blocks::{Block, blocks};
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
            Block::Heading(level, text) => writeln!(out, "{} {}", "#".repeat(usize::from(*level)), escaped(text))?,
            Block::Paragraph(text) => writeln!(out, "{}", escaped(text))?,
            Block::Remark(text) => writeln!(out, "*{}*", escaped(text))?,
            Block::Table(heads, rows) => table(heads, rows, out)?,
            Block::Code(kind, text) => code(kind, text, out)?,
        }
    }
    Ok(())
}

fn table(heads: &[&str], rows: &[Vec<String>], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "| {} |\n|{}", heads.join(" | "), " --- |".repeat(heads.len()))?;
    rows.iter().try_for_each(|row| {
        let cells: Vec<String> = row.iter().map(|cell| escaped(cell)).collect();
        writeln!(out, "| {} |", cells.join(" | "))
    })
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
    fn a_fence_outlasts_its_text() {
        let mut out = Vec::new();
        code("zone", "```\nx", &mut out).expect("a vector takes all");
        assert_eq!(String::from_utf8_lossy(&out), "````zone\n```\nx\n````\n");
    }
}
