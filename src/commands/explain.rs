//! `explain`: a case by its id, or an Outlook code.

use super::{fail, print};
use crate::{
    catalogue::{self, Page},
    code, exit, text,
};
use std::io::{self, Write};

/// Prints what is known about an id or a code; without one, the list of cases.
pub(super) fn explain(what: Option<&str>, every_page: bool) -> u8 {
    match what {
        None if every_page => print(|out| {
            catalogue::pages().iter().try_for_each(|page| {
                write_page(page, out)?;
                writeln!(out)
            })
        }),
        None => print(list),
        Some(what) => match (catalogue::page(what), code::lookup(what)) {
            (Some(page), _) => print(|out| write_page(page, out)),
            (None, Some(code)) => print(|out| write_code(&code, out)),
            (None, None) => unknown(what),
        },
    }
}

fn list(out: &mut dyn Write) -> io::Result<()> {
    catalogue::pages().iter().try_for_each(|page| writeln!(out, "{:40} {}", page.id, page.title))
}

fn unknown(what: &str) -> u8 {
    let shown = text::sanitise_line(what);
    let near: Vec<&str> =
        catalogue::pages().iter().map(|page| page.id).filter(|id| shares_word(id, what)).take(5).collect();
    let hint = if near.is_empty() {
        "`discoscope explain` lists all cases".to_owned()
    } else {
        format!("did you mean {}?", near.join(", "))
    };
    fail(exit::USAGE, &format!("“{shown}” is neither a case nor a code of Outlook, Autodiscover or HTTP; {hint}"))
}

fn shares_word(id: &str, typed: &str) -> bool {
    let typed = typed.to_lowercase();
    typed.split(|c: char| !c.is_alphanumeric()).any(|word| word.len() > 2 && id.contains(word))
}

fn write_page(page: &Page, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}\n{}\n", page.id, page.title)?;
    writeln!(out, "{}", page.text.trim_end())
}

fn write_code(code: &code::CodeExplanation, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", code.heading())?;
    writeln!(out, "{}\n\n{}", code.symbol, code.meaning)?;
    if !code.findings.is_empty() {
        writeln!(out, "\nCases behind it:")?;
        for id in code.findings {
            let title = catalogue::page(id).map_or("", |page| page.title);
            writeln!(out, "  {id:38} {title}")?;
        }
    }
    Ok(())
}
