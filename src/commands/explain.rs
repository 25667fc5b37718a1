//! `explain`: a case by its id, by the text of a dialog or by words, or an Outlook code.

use super::{fail, print};
use crate::{
    catalogue::{self, Page},
    code, exit, report, text,
};
use std::io::{self, Write};

/// Prints what is known about an id or a code; without one, the list of cases.
pub(super) fn explain(what: &str, every_page: bool) -> u8 {
    match what {
        "" if every_page => print(|out| {
            catalogue::pages().iter().try_for_each(|page| {
                report::page::write(page, out)?;
                writeln!(out)
            })
        }),
        "" => print(list),
        what => match (catalogue::page(what), code::meanings(what).as_slice()) {
            (Some(page), _) => print(|out| report::page::write(page, out)),
            (None, codes @ [_, ..]) => print(|out| {
                codes.iter().enumerate().try_for_each(|(place, code)| {
                    if place > 0 {
                        writeln!(out)?;
                    }
                    write_code(code, out)
                })
            }),
            (None, []) => match catalogue::search(what).as_slice() {
                [] => unknown(what),
                pages => print(|out| write_found(what, pages, out)),
            },
        },
    }
}

fn list(out: &mut dyn Write) -> io::Result<()> {
    catalogue::pages().iter().try_for_each(|page| writeln!(out, "{:40} {}", page.id, report::page::title(page)))
}

fn unknown(what: &str) -> u8 {
    let shown = text::sanitise_line(what);
    let problem = format!(
        "“{shown}” is neither a case nor a code of Outlook, Autodiscover or HTTP, and no page speaks of it; \
         `discoscope explain` lists all cases"
    );
    fail(exit::USAGE, &problem)
}

/// The cases that words lead to, with what would prove each.
fn write_found(what: &str, pages: &[&Page], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}\n", say!("Cases that speak of “{words}”:", words = text::sanitise_line(what)))?;
    for page in pages {
        writeln!(
            out,
            "{:38} {}\n{:38} {}",
            page.id,
            report::page::title(page),
            "",
            say!("proof: {proof}", proof = report::page::proof(page.proof))
        )?;
    }
    writeln!(out, "\n{}", say!("`discoscope explain CASE` prints a page."))
}

fn write_code(code: &code::CodeExplanation, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", code.heading())?;
    writeln!(out, "{}\n\n{}", code.symbol, code.meaning)?;
    if !code.findings.is_empty() {
        writeln!(out, "\n{}", say!("Cases behind it:"))?;
        for id in code.findings {
            let title = catalogue::page(id).map(report::page::title).unwrap_or_default();
            writeln!(out, "  {id:38} {title}")?;
        }
    }
    Ok(())
}
