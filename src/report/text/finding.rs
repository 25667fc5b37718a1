//! A finding with its evidence, its explanation and its remedies.

use super::paragraph::{paragraph, paragraphs};
use crate::{
    finding::{Finding, Remedy},
    words,
};
use std::io::{self, Write};

pub(super) fn finding(number: usize, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    paragraph(&format!("{number}. {}", finding.title), 0, out)?;
    let severity = format!("{}, {}", words::severity(finding.severity), words::certainty(finding.certainty));
    writeln!(out, "   {severity}; to act: {}; case {}", finding.owner.words(), finding.id)?;
    if let Some(cause) = &finding.consequence_of {
        writeln!(out, "   a consequence of {cause}")?;
    }
    writeln!(out, "   What was seen")?;
    let width = finding.evidence.iter().map(|fact| fact.label.chars().count()).max().unwrap_or(0);
    for fact in &finding.evidence {
        let padding = " ".repeat(width - fact.label.chars().count());
        writeln!(out, "     {}{padding}   {}", fact.label, fact.value)?;
    }
    for (heading, words) in [("What Outlook shows", &finding.shows), ("Why", &finding.explanation)] {
        writeln!(out, "   {heading}")?;
        paragraphs(words, out)?;
    }
    if !finding.remedies.is_empty() {
        writeln!(out, "   What to do")?;
        for (index, remedy) in finding.remedies.iter().enumerate() {
            self::remedy(index + 1, remedy, out)?;
        }
    }
    writeln!(out, "   How to check")?;
    paragraphs(&finding.check, out)
}

fn remedy(number: usize, remedy: &Remedy, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "     {number}) {} [{}; {}]", remedy.title, remedy.owner.words(), remedy.kind)?;
    for line in remedy.steps.lines().filter(|line| !line.trim().is_empty()) {
        paragraph(line, 8, out)?;
    }
    if remedy.text.trim() != remedy.steps.trim() {
        for line in remedy.text.lines() {
            writeln!(out, "          {line}")?;
        }
    }
    if let Some(words) = words::leads_to(remedy) {
        paragraph(&words, 8, out)?;
    }
    for (label, words) in [("Risk", &remedy.risk), ("Undo", &remedy.undo), ("Check", &remedy.verify)] {
        if !words.is_empty() {
            paragraph(&format!("{label}: {words}"), 8, out)?;
        }
    }
    Ok(())
}
