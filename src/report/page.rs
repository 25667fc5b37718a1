//! A page of the catalogue for reading: what it is about, what proves it, and the page without what only the program
//! needs.

use crate::{
    catalogue::{self, Page},
    language,
};
use std::io::{self, Write};

/// Writes one page as Markdown that reads well as it is.
///
/// # Errors
/// When the output cannot be written.
pub fn write(page: &Page, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# {}\n", page.id)?;
    writeln!(out, "{}\n", title(page))?;
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
        writeln!(out, "## {}\n\n{}\n", say!("The question"), prose(page, question.text))?;
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
    for section in page.text.split("\n## ").skip(1) {
        let lines: Vec<&str> = section.lines().filter(|line| !is_for_the_program(line)).collect();
        let text = prose(page, &lines.join("\n"));
        writeln!(out, "## {}\n", text.trim_end())?;
    }
    Ok(())
}

/// The title of a page without a run.
pub fn title(page: &Page) -> String {
    prose(page, page.title)
}

/// A text of a page without a run: the usual case where a run would say more, and no line that only a run can fill.
/// Emphasis becomes quotation marks, except in texts to paste.
pub fn prose(page: &Page, text: &str) -> String {
    without_run(page, text, false)
}

/// A text to paste of a page without a run, with its gaps named.
pub fn pasted(page: &Page, text: &str) -> String {
    without_run(page, text, true)
}

fn without_run(page: &Page, text: &str, mut pasted: bool) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        pasted ^= line.starts_with("```");
        let is_lone = is_lone_placeholder(line);
        let line = usual(page, line);
        if is_lone && (line.trim().is_empty() || is_lone_placeholder(&line)) {
            continue;
        }
        let line = if pasted { line } else { catalogue::without_emphasis(&line) };
        lines.push(shown(&line).trim_end().to_owned());
    }
    lines.join("\n")
}

/// Placeholders of what only some runs add to a sentence.
const MERELY_ADDED: [&str; 4] = ["undo_override", "and_override", "other_generation", "mail_server_note"];

/// What a run writes out in full, on most pages.
const WRITTEN_OUT: [(&str, &str); 7] = [
    ("client_access", "ClientAccessService"),
    ("srv_line", "_autodiscover._tcp.{domain}. 3600 IN SRV 0 0 443 {srv_target}."),
    (
        "srv_powershell",
        "Add-DnsServerResourceRecord -Srv -ZoneName \"{srv_zone}\" -Name \"{srv_record}\" -DomainName \"{srv_target}\" \
         -Priority 0 -Weight 0 -Port 443 -TimeToLive 01:00:00",
    ),
    ("srv_dnscmd", "dnscmd . /RecordAdd {srv_zone} {srv_record} SRV 0 0 443 \"{srv_target}.\""),
    ("stray_lines", "; delete: {autodiscover_host}. IN A {address}"),
    (
        "stray_powershell",
        "Remove-DnsServerResourceRecord -ZoneName \"{autodiscover_zone}\" -Name \"{autodiscover_record}\" -RRType A -Force",
    ),
    ("stray_dnscmd", "dnscmd . /RecordDelete {autodiscover_zone} {autodiscover_record} A {address} /f"),
];

/// A line with the usual case in place of what a run would fill in.
fn usual(page: &Page, line: &str) -> String {
    let added = MERELY_ADDED.iter().map(|name| (*name, ""));
    page.usual
        .iter()
        .copied()
        .chain(WRITTEN_OUT)
        .chain(added)
        .fold(line.to_owned(), |line, (name, text)| line.replace(&format!("{{{name}}}"), text))
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
    ["{id: ", "Assume: ", "Unforeseen: "].iter().any(|mark| line.starts_with(mark))
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
                shown.push_str(&gap(name));
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

/// What people call the things that a run names otherwise than in its placeholder.
const NAMES: [(&str, &str); 30] = [
    ("absent_name", said!("<name>")),
    ("autodiscover_record", said!("<name in the zone>")),
    ("autodiscover_zone", said!("<zone>")),
    ("autodiscover_host", said!("autodiscover.<domain>")),
    ("canary", said!("<made-up name>")),
    ("domain", said!("<domain>")),
    ("days", said!("<number>")),
    ("expires", said!("<last day>")),
    ("good_host", said!("<a server in order>")),
    ("location", said!("<another address>")),
    ("location_host", said!("<another host>")),
    ("mail_address", said!("<address of the mail server>")),
    ("mail_host", said!("<name of the mail server>")),
    ("names", said!("<the names on it>")),
    ("near_miss", said!("<misspelt name>")),
    ("record", said!("<name in the zone>")),
    ("redirect_address", said!("<another mail address>")),
    ("scp_host", said!("<host from Active Directory>")),
    ("server_domain", said!("<another domain>")),
    ("settings_address", said!("<mail address>")),
    ("shadow_host", said!("<host that answers earlier>")),
    ("srv_host", said!("<target of the SRV record>")),
    ("srv_port", said!("<another port>")),
    ("srv_record", said!("<name in the zone>")),
    ("srv_zone", said!("<zone>")),
    ("srv_target", said!("<name on the certificate>")),
    ("starts", said!("<first day>")),
    ("status", said!("<status>")),
    ("suffix", said!("<top-level domain>")),
    ("url", said!("<URL>")),
];

/// A placeholder as people fill it in by hand.
fn gap(name: &str) -> String {
    let known = NAMES.iter().find(|(known, _)| *known == name);
    known.map_or_else(|| format!("<{}>", name.replace('_', " ")), |(_, words)| language::say(words).to_owned())
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

    /// Without a run a clause that hangs on it says nothing: each page has the usual case in its place.
    #[test]
    fn every_clause_has_its_usual_case() {
        // Placeholders of names, addresses and numbers, which people can fill in.
        let names = "address alias_target autodiscover_record autodiscover_zone better_name dead_address domain good_target \
                     host issuer live_address new_addresses old_addresses old_thumbprint other_path principal resolver \
                     seconds server sign_in_host srv_record srv_zone stale_target subject subject_name tenant_target \
                     user_address wrong_owner zone";
        let is_name = |name: &str| names.split_whitespace().any(|known| known == name);
        for page in catalogue::pages() {
            let mut bytes = Vec::new();
            write(page, &mut bytes).expect("memory can be written");
            let text = String::from_utf8(bytes).expect("text");
            let sections: Vec<&str> = text.split("\n## ").skip(1).collect();
            for section in sections.iter().filter(|section| !section.starts_with("What to do")) {
                let (_, said) = section.split_once('\n').expect("a heading has a line of its own");
                assert!(!said.trim().is_empty(), "{}: {section:?} is empty", page.id);
                assert!(!said.contains("*Security Alert*") && !said.contains("**"), "{}: {section}", page.id);
            }
            assert!(!text.contains("```\n```\n"), "{}: nothing to paste", page.id);
            let empty = text.split("\n```").skip(1).step_by(2).find(|block| block.lines().count() < 2);
            assert!(empty.is_none(), "{}: nothing to paste in {empty:?}", page.id);
            for remedy in &page.remedies {
                let words =
                    [page.title, page.seen, page.shows, page.why, remedy.title, remedy.steps.as_str(), page.check];
                for line in words.iter().flat_map(|text| text.lines()).filter(|line| !is_lone_placeholder(line)) {
                    let line = usual(page, line);
                    let gaps = line.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name);
                    let mut gaps = gaps.filter(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
                    let bare = gaps.find(|name| !is_name(name) && !NAMES.iter().any(|(known, _)| known == name));
                    assert!(bare.is_none(), "{}: {bare:?} in {line:?} has no usual case", page.id);
                }
            }
            for (name, _) in &page.usual {
                assert!(page.text.contains(&format!("{{{name}}}")), "{}: nothing asks for {name}", page.id);
            }
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
            for part in [prose(page, question.text), shown(question.command)] {
                assert!(text.contains(&part), "{}: {part}", page.id);
            }
            assert!(text.contains(&format!("--reply {}=yes", page.id)), "{}", page.id);
        }
        assert!(asked >= 20, "only {asked} questions");
    }

    #[test]
    fn gaps_are_named_and_other_braces_stay() {
        assert_eq!(shown("add {srv_target}. to {dead_address}"), "add <name on the certificate>. to <dead address>");
        assert_eq!(shown("server { listen 80; } @{} {Name}"), "server { listen 80; } @{} {Name}");
    }
}
