//! Reading a page: front matter, fixed headings, remedies.

use super::{Page, QuestionTemplate, RemedyTemplate};
use thiserror::Error;

/// A page that cannot be read.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("assets/findings/{page}.md: {problem}")]
pub struct PageError {
    /// Name of the file without its ending.
    pub page: String,
    /// What is wrong.
    pub problem: String,
}

const HEADINGS: [&str; 7] =
    ["What was seen", "What Outlook shows", "Why", "What to do", "How to check", "Risk and undo", "References"];

/// Reads one page. Line endings may be those of any platform that checks the file out.
pub(super) fn page(id: &'static str, text: &'static str) -> Result<Page, PageError> {
    read(id, text).map_err(|problem| PageError { page: id.to_owned(), problem })
}

/// Reads a translated page. It says the same in other words: what the program goes by, and what is pasted, stays.
pub(super) fn translated(english: &Page, text: &'static str) -> Result<Page, PageError> {
    let page = page(english.id, text)?;
    let difference = facts(english).into_iter().zip(facts(&page)).find(|(english, translated)| english != translated);
    let problem = match difference {
        Some((english, translated)) => format!("the translation says {translated:?} where English says {english:?}"),
        None if facts(english).len() != facts(&page).len() => "the translation has other remedies".to_owned(),
        None => return Ok(page),
    };
    Err(PageError { page: english.id.to_owned(), problem })
}

/// What the program goes by, and what is pasted.
fn facts(page: &Page) -> Vec<&str> {
    let mut facts = vec![page.id, page.layer, page.severity, page.owner, page.proof];
    if let Some(question) = &page.question {
        facts.extend([question.command, question.yes_if, question.no_if]);
    }
    for remedy in &page.remedies {
        facts.extend([remedy.id, remedy.kind, remedy.who, remedy.assume]);
        // Where there is nothing to paste the steps stand for it, and a ticket is prose.
        if remedy.text != remedy.steps && remedy.kind != "ticket" {
            facts.push(&remedy.text);
        }
    }
    facts
}

fn read(id: &'static str, text: &'static str) -> Result<Page, String> {
    let (front, body) = front_matter(text)?;
    let field = |name: &str| field(front, name).ok_or_else(|| format!("front matter lacks {name:?}"));
    if field("id")? != id {
        return Err(format!("front matter says id {:?}", field("id")?));
    }
    let [seen, shows, why, advice, check, risk, references] = sections(body)?;
    Ok(Page {
        id,
        layer: field("layer")?,
        severity: field("severity")?,
        owner: field("owner")?,
        proof: field("proof")?,
        clients: field("clients")?,
        title: field("title")?,
        read_title: self::field(front, "title-when-read"),
        usual: usual(front),
        sources: field("sources")?,
        question: question(front)?,
        seen,
        shows,
        why,
        remedies: remedies(advice)?,
        check,
        risk,
        references,
        text,
    })
}

/// The question of a page that has one: four lines, of which only the first must hold something.
fn question(front: &'static str) -> Result<Option<QuestionTemplate>, String> {
    let Some(text) = field(front, "question") else { return Ok(None) };
    if text.is_empty() {
        return Err("the question is empty".to_owned());
    }
    let line = |name: &str| field(front, name).ok_or_else(|| format!("a page with a question lacks {name:?}"));
    Ok(Some(QuestionTemplate { text, command: line("command")?, yes_if: line("yes-if")?, no_if: line("no-if")? }))
}

fn front_matter(text: &'static str) -> Result<(&'static str, &'static str), String> {
    let after = text.strip_prefix("---").ok_or("the page does not begin with ---")?;
    after.split_once("\n---").ok_or_else(|| "the front matter has no end".to_owned())
}

fn field(front: &'static str, name: &str) -> Option<&'static str> {
    front.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
}

/// Lines such as `usual srv_fault: has no address`.
fn usual(front: &'static str) -> Vec<(&'static str, &'static str)> {
    let lines = front.lines().filter_map(|line| line.strip_prefix("usual ")?.split_once(':'));
    lines.map(|(name, text)| (name.trim(), text.trim())).collect()
}

/// The texts under the fixed headings, which must all be there in order.
fn sections(body: &'static str) -> Result<[&'static str; 7], String> {
    let mut found = [""; 7];
    let mut parts = body.split("\n## ");
    parts.next();
    for (slot, heading) in found.iter_mut().zip(HEADINGS) {
        let part = parts.next().ok_or_else(|| format!("heading {heading:?} is missing"))?;
        let (title, text) = part.split_once('\n').unwrap_or((part, ""));
        if title.trim() != heading {
            return Err(format!("heading {:?} stands where {heading:?} belongs", title.trim()));
        }
        *slot = text.trim();
    }
    match parts.next() {
        Some(extra) => Err(format!("heading {:?} is one too many", extra.lines().next().unwrap_or(""))),
        None => Ok(found),
    }
}

fn remedies(advice: &'static str) -> Result<Vec<RemedyTemplate>, String> {
    let mut parts = advice.split("### ");
    parts.next();
    let mut remedies = parts.map(remedy).collect::<Result<Vec<_>, _>>()?;
    let written = remedies.clone();
    remedies.iter_mut().try_for_each(|remedy| take_over(remedy, &written))?;
    Ok(remedies)
}

/// Settles what a remedy says of its effect: `Assume: as ID` takes over what the page says of that other remedy. Each
/// says one thing or the other, so that none is offered without a word about where it leads.
fn take_over(remedy: &mut RemedyTemplate, written: &[RemedyTemplate]) -> Result<(), String> {
    let title = remedy.title;
    if let Some(id) = remedy.assume.strip_prefix("as ") {
        let original = written.iter().find(|other| other.id == id && !other.assume.starts_with("as "));
        let original =
            original.ok_or_else(|| format!("remedy {title:?} leads where {id:?} leads, which is not there"))?;
        (remedy.assume, remedy.unforeseen) = (original.assume, original.unforeseen);
    }
    match (remedy.assume.is_empty(), remedy.unforeseen.is_empty()) {
        (true, true) => Err(format!("remedy {title:?} says neither what it assumes nor why nobody can tell")),
        (false, false) => Err(format!("remedy {title:?} assumes something and says that nobody can tell")),
        _ => Ok(()),
    }
}

fn remedy(part: &'static str) -> Result<RemedyTemplate, String> {
    let mut remedy = RemedyTemplate::default();
    let mut steps = Vec::new();
    let mut block = Vec::new();
    let mut fenced = false;
    for (number, line) in part.lines().enumerate() {
        match line {
            _ if number == 0 => remedy.title = line.trim(),
            _ if number == 1 => attributes(&mut remedy, line)?,
            _ if line.starts_with("```") => fenced = !fenced,
            _ if fenced => block.push(line),
            _ if line.starts_with("Risk: ") => remedy.risk = line[6..].trim(),
            _ if line.starts_with("Undo: ") => remedy.undo = line[6..].trim(),
            _ if line.starts_with("Check: ") => remedy.check = line[7..].trim(),
            _ if line.starts_with("Assume: ") => remedy.assume = line[8..].trim(),
            _ if line.starts_with("Unforeseen: ") => remedy.unforeseen = line[12..].trim(),
            _ => steps.push(line),
        }
    }
    if fenced {
        return Err(format!("remedy {:?}: the block to paste has no end", remedy.title));
    }
    remedy.steps = steps.join("\n").trim().to_owned();
    remedy.text = block.join("\n").trim().to_owned();
    Ok(remedy)
}

/// Reads `{id: srv-record, kind: zone, who: dns-host}`.
fn attributes(remedy: &mut RemedyTemplate, line: &'static str) -> Result<(), String> {
    let inner = line.trim().strip_prefix('{').and_then(|line| line.strip_suffix('}'));
    let inner = inner.ok_or_else(|| format!("remedy {:?} has no attribute line", remedy.title))?;
    for pair in inner.split(',') {
        let (name, value) = pair.split_once(':').ok_or_else(|| format!("attribute {pair:?} has no value"))?;
        match name.trim() {
            "id" => remedy.id = value.trim(),
            "kind" => remedy.kind = value.trim(),
            "who" => remedy.who = value.trim(),
            other => return Err(format!("attribute {other:?} is not known")),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_named() {
        let front = "---\nid: x\nlayer: DNS\nseverity: info\nowner: nobody\nproof: net\nclients: all\ntitle: T\nsources: S\n---\n";
        let leak = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
        let short = page("x", leak(format!("{front}\n## What was seen\na\n## Why\n"))).expect_err("headings");
        assert!(short.to_string().contains("\"What Outlook shows\""), "{short}");
        let other = page("y", leak(front.to_owned())).expect_err("id");
        assert_eq!(other.problem, "front matter says id \"x\"");
        let bare = page("x", "no front matter").expect_err("front");
        assert_eq!(bare.to_string(), "assets/findings/x.md: the page does not begin with ---");
    }

    #[test]
    fn each_remedy_says_where_it_leads_or_why_nobody_can_tell() {
        let leak = |lines: &str| -> &'static str {
            let one = "### Ask for it\n{id: ticket, kind: ticket, who: pc}\n";
            Box::leak(
                format!("{one}{lines}\n### Do it\n{{id: cure, kind: steps, who: pc}}\nAssume: refuse a.test").into(),
            )
        };
        let read = |lines: &str| remedies(leak(lines)).map(|found| (found[0].assume, found[0].unforeseen));
        assert_eq!(read("Assume: as cure"), Ok(("refuse a.test", "")));
        assert_eq!(read("Unforeseen: nobody looked"), Ok(("", "nobody looked")));
        let wrong = |lines: &str| read(lines).expect_err(lines);
        assert!(wrong("Assume: as wish").contains("\"wish\""));
        assert!(wrong("Assume: as ticket").contains("\"ticket\""));
        assert!(wrong("Risk: none").contains("\"Ask for it\""));
        assert!(wrong("Assume: nothing\nUnforeseen: nobody looked").contains("\"Ask for it\""));
    }
}
