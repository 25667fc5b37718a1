//! A page of the catalogue for reading: what it is about, what proves it, and the page without what only the program
//! needs.

use crate::catalogue::Page;
use std::io::{self, Write};

/// Writes one page as Markdown that reads well as it is.
///
/// # Errors
/// When the output cannot be written.
pub fn write(page: &Page, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# {}\n", page.id)?;
    writeln!(out, "**{}**\n", shown(page.title))?;
    writeln!(
        out,
        "{}",
        say!(
            "- Layer: {layer}; severity: {severity}; to act: {owner}",
            layer = page.layer,
            severity = page.severity,
            owner = page.owner
        )
    )?;
    writeln!(out, "{}", say!("- Concerns: {clients}", clients = page.clients))?;
    writeln!(out, "{}\n", say!("- Proof: {proof}", proof = proof(page.proof)))?;
    if let Some(question) = &page.question {
        writeln!(out, "## {}\n\n{}\n", say!("The question"), shown(question.text))?;
        if !question.command.is_empty() {
            writeln!(out, "{}\n", say!("This command on that PC or server answers it; it only reads:"))?;
            writeln!(out, "```\n{}\n```\n", shown(question.command))?;
        }
        let output = if question.command.is_empty() { "" } else { say!(", or `@FILE` with what the command printed") };
        writeln!(
            out,
            "{}\n",
            say!(
                "`discoscope check ADDRESS --reply {id}=yes` or `=no`{output} takes the answer in.",
                id = page.id,
                output
            )
        )?;
    }
    let body = page.text.split("\n## ").skip(1);
    for section in body {
        let lines = section.lines().filter(|line| !is_for_the_program(line));
        let (said, of_runs): (Vec<&str>, Vec<&str>) = lines.partition(|line| !is_lone_placeholder(line));
        let nothing_else = said.iter().skip(1).all(|line| line.trim().is_empty());
        let mut text: Vec<String> = said.into_iter().map(shown).collect();
        if nothing_else && !of_runs.is_empty() {
            text.push(say!("That depends on what a run sees, which says it here.").to_owned());
        }
        writeln!(out, "## {}\n", text.join("\n").trim_end())?;
    }
    Ok(())
}

/// What proves a case, and how to ask for it.
pub fn proof(word: &str) -> &'static str {
    match word {
        "net" => say!("the network alone; `discoscope check ADDRESS` shows it"),
        "net+cred" => say!("the network, with a password or an account of the directory"),
        "local" => say!("a look at the user's PC; no probe sees it"),
        _ => say!("the network only suggests it; somebody has to be asked"),
    }
}

/// The name of a remedy within the page, and what the what-if assumes.
fn is_for_the_program(line: &str) -> bool {
    line.starts_with("{id: ") || line.starts_with("Assume: ")
}

/// A line that a run fills in or leaves out as a whole.
fn is_lone_placeholder(line: &str) -> bool {
    let name = line.trim().strip_prefix('{').and_then(|line| line.strip_suffix('}'));
    name.is_some_and(|name| name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_'))
}

/// A line with its placeholders in the form that people fill in by hand.
pub fn shown(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('{') {
        shown.push_str(before);
        let name = after.split('}').next().unwrap_or_default();
        let is_name = !name.is_empty() && name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_');
        match after.strip_prefix(name).and_then(|behind| behind.strip_prefix('}')).filter(|_| is_name) {
            Some(behind) => {
                shown.push_str(&format!("<{}>", name.replace('_', " ")));
                rest = behind;
            }
            None => {
                shown.push('{');
                rest = after;
            }
        }
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;

    #[test]
    fn nothing_that_only_the_program_reads_is_left() {
        for page in catalogue::pages() {
            let mut bytes = Vec::new();
            write(page, &mut bytes).expect("memory can be written");
            let text = String::from_utf8(bytes).expect("text");
            for line in text.lines() {
                assert!(!is_for_the_program(line) && !line.starts_with("---"), "{}: {line}", page.id);
                let inner = line.strip_prefix('<').and_then(|line| line.strip_suffix('>')).unwrap_or("/");
                let lone = inner.chars().all(|letter| letter.is_ascii_lowercase() || letter == ' ');
                assert!(!lone, "{}: {line} says nothing without a run", page.id);
            }
            assert!(text.contains("\n## What to do\n") && text.contains("\n- Proof: "), "{}", page.id);
        }
    }

    #[test]
    fn a_question_is_printed_with_its_command_and_its_reply() {
        let mut asked = 0;
        for page in catalogue::pages() {
            let Some(question) = &page.question else { continue };
            asked += 1;
            let mut bytes = Vec::new();
            write(page, &mut bytes).expect("memory can be written");
            let text = String::from_utf8(bytes).expect("text");
            for part in [question.text, question.command] {
                assert!(text.contains(&shown(part)), "{}: {part}", page.id);
            }
            assert!(text.contains(&format!("--reply {}=yes", page.id)), "{}", page.id);
        }
        assert!(asked >= 20, "only {asked} questions");
    }

    #[test]
    fn gaps_are_named_and_other_braces_stay() {
        assert_eq!(shown("add {srv_target}. to {domain}"), "add <srv target>. to <domain>");
        assert_eq!(shown("server { listen 80; } @{} {Name}"), "server { listen 80; } @{} {Name}");
    }
}
