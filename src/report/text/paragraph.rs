//! Running text.

use std::io::{self, Write};

/// Width that running text is wrapped to, in columns.
pub(super) const WIDTH: usize = 100;

pub(super) fn paragraphs(words: &str, out: &mut dyn Write) -> io::Result<()> {
    words.lines().filter(|line| !line.trim().is_empty()).try_for_each(|line| paragraph(line, 5, out))
}

/// Running text, wrapped and indented.
pub(super) fn paragraph(words: &str, indent: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut line = String::new();
    for word in words.split_whitespace() {
        if !line.is_empty() && indent + line.chars().count() + 1 + word.chars().count() > WIDTH {
            writeln!(out, "{}{line}", " ".repeat(indent))?;
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    writeln!(out, "{}{line}", " ".repeat(indent))
}
