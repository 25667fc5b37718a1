//! The catalogue: the pages of `assets/findings`, where all advice lives.
//!
//! A page is plain text that an administrator can correct: front matter, seven fixed headings, remedies with a block to
//! paste. `{name}` stands for a value of the run; whoever fills a page gives the values.

mod fill;
mod parse;
mod search;

pub use fill::without_emphasis;
pub use parse::PageError;
pub use search::search;

use crate::{assets::FINDING_PAGES, language};
use std::{collections::BTreeMap, sync::LazyLock};

/// Values by placeholder name.
pub type Values = BTreeMap<&'static str, String>;

/// One page of the catalogue, as written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Page {
    /// Stable id of the case, also the name of the file.
    pub id: &'static str,
    /// Layer of the case: `SCP`, `DNS`, `TCP`, `TLS`, `HTTP`, `XML`, `policy` or `client`.
    pub layer: &'static str,
    /// How bad it is: `blocker`, `major`, `minor` or `info`.
    pub severity: &'static str,
    /// Who has to act: `dns-host`, `web-host`, `exchange-admin`, `network`, `pc` or `nobody`.
    pub owner: &'static str,
    /// What proves it: `net`, `net+cred`, `local` or `ask`.
    pub proof: &'static str,
    /// Which Outlook versions it concerns, in words.
    pub clients: &'static str,
    /// One sentence without jargon.
    pub title: &'static str,
    /// The same where it was read on the PC and is no longer a question; absent where the title says so anyway.
    pub read_title: Option<&'static str>,
    /// What stands for a placeholder where there is no run to fill it: the usual case.
    pub usual: Vec<(&'static str, &'static str)>,
    /// Public titles the page rests on, separated by semicolons.
    pub sources: &'static str,
    /// What only a person at the PC or the server can tell; absent where the network proves the case.
    pub question: Option<QuestionTemplate>,
    /// What was seen.
    pub seen: &'static str,
    /// What Outlook shows.
    pub shows: &'static str,
    /// Why it happens.
    pub why: &'static str,
    /// Ways to cure it, the best first.
    pub remedies: Vec<RemedyTemplate>,
    /// How to check that it is cured.
    pub check: &'static str,
    /// Risks and undoing of the whole.
    pub risk: &'static str,
    /// Where to read more.
    pub references: &'static str,
    /// The whole page.
    pub text: &'static str,
}

/// A question whose "yes" means that the case holds, as written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct QuestionTemplate {
    /// The question.
    pub text: &'static str,
    /// The command that answers it, read-only; empty when only a person can tell.
    pub command: &'static str,
    /// What a line of the command's output holds when the answer is yes: alternatives separated by ` | `, words of one
    /// line joined by ` + `.
    pub yes_if: &'static str,
    /// The same for no.
    pub no_if: &'static str,
}

/// A question with values in it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct FilledQuestion {
    /// [`QuestionTemplate::text`].
    pub text: String,
    /// [`QuestionTemplate::command`].
    pub command: String,
    /// [`QuestionTemplate::yes_if`].
    pub yes_if: String,
    /// [`QuestionTemplate::no_if`].
    pub no_if: String,
}

impl FilledQuestion {
    /// What the output of the command says; nothing where neither answer is found in it, or both are.
    pub fn read(&self, output: &str) -> Option<bool> {
        match (holds(output, &self.yes_if), holds(output, &self.no_if)) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            _ => None,
        }
    }
}

/// Whether one line of an output holds all words of one of the alternatives.
fn holds(output: &str, alternatives: &str) -> bool {
    let alternatives = alternatives.to_lowercase();
    let mut alternatives = alternatives.split(" | ").map(str::trim).filter(|words| !words.is_empty());
    let lines: Vec<String> = output.lines().map(str::to_lowercase).collect();
    alternatives.any(|words| lines.iter().any(|line| words.split(" + ").all(|word| line.contains(word.trim()))))
}

/// One way to cure a finding, as written.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RemedyTemplate {
    /// Name within the page, such as `srv-record`; rules order and leave out remedies by it.
    pub id: &'static str,
    /// What to do, in one line.
    pub title: &'static str,
    /// What the text is for: `zone`, `powershell`, `dnscmd`, `exchange`, `iis`, `registry`, `nginx`, `apache`, `shell`,
    /// `steps` or `ticket`.
    pub kind: &'static str,
    /// Who has to do it; the same words as [`Page::owner`].
    pub who: &'static str,
    /// What to do in order, in words.
    pub steps: String,
    /// The text to paste; empty when the steps are all.
    pub text: String,
    /// What it can break.
    pub risk: &'static str,
    /// How to take it back.
    pub undo: &'static str,
    /// How to check it.
    pub check: &'static str,
    /// What would be different once it is done, as [`crate::assumption`] reads it; [`NOTHING`] for one that only looks;
    /// empty where [`RemedyTemplate::unforeseen`] says why nobody can tell.
    pub assume: &'static str,
    /// Why nobody can tell what follows, as the end of a sentence; empty where something is assumed.
    pub unforeseen: &'static str,
}

/// What a remedy assumes that only looks.
pub const NOTHING: &str = "nothing";

/// A page with values in it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct FilledPage {
    /// [`Page::title`].
    pub title: String,
    /// [`Page::shows`].
    pub shows: String,
    /// [`Page::why`].
    pub why: String,
    /// [`Page::check`].
    pub check: String,
    /// [`Page::remedies`].
    pub remedies: Vec<FilledRemedy>,
    /// Placeholders without a value; they stand as `<name>` in the text.
    pub missing: Vec<String>,
}

/// A remedy with values in it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct FilledRemedy {
    /// [`RemedyTemplate::id`].
    pub id: &'static str,
    /// [`RemedyTemplate::title`].
    pub title: String,
    /// [`RemedyTemplate::kind`].
    pub kind: &'static str,
    /// [`RemedyTemplate::who`].
    pub who: &'static str,
    /// [`RemedyTemplate::steps`].
    pub steps: String,
    /// [`RemedyTemplate::text`].
    pub text: String,
    /// [`RemedyTemplate::risk`].
    pub risk: String,
    /// [`RemedyTemplate::undo`].
    pub undo: String,
    /// [`RemedyTemplate::check`].
    pub check: String,
    /// [`RemedyTemplate::assume`].
    pub assume: String,
    /// [`RemedyTemplate::unforeseen`].
    pub unforeseen: String,
}

static CATALOGUE: LazyLock<(Vec<Page>, Vec<PageError>)> = LazyLock::new(|| {
    let mut pages = Vec::new();
    let mut errors = Vec::new();
    for (id, text) in FINDING_PAGES {
        let english = parse::page(id, text);
        let page = match language::page(id) {
            Some(translated) => english.and_then(|english| parse::translated(&english, translated)),
            None => english,
        };
        match page {
            Ok(page) => pages.push(page),
            Err(error) => errors.push(error),
        }
    }
    (pages, errors)
});

/// All pages, by id.
pub fn pages() -> &'static [Page] {
    &CATALOGUE.0
}

/// The page of a case; capitals in the id do not matter.
pub fn page(id: &str) -> Option<&'static Page> {
    pages().iter().find(|page| page.id.eq_ignore_ascii_case(id))
}

/// Pages that could not be read; empty in a program whose tests passed, unless it speaks another language.
pub fn errors() -> &'static [PageError] {
    &CATALOGUE.1
}

impl Page {
    /// The page with these values in it. A placeholder without a value renders as `<name>` and is listed as missing; a
    /// line that holds nothing but placeholders and becomes empty is left out.
    pub fn fill(&self, values: &Values) -> FilledPage {
        let mut missing = Vec::new();
        let mut filled = |text: &str| fill::fill(text, values, &mut missing);
        let mut prose = |text: &str| filled(&without_emphasis(text));
        let mut page = FilledPage {
            title: prose(self.title),
            shows: prose(self.shows),
            why: prose(self.why),
            check: prose(self.check),
            remedies: self.remedies.iter().map(|remedy| remedy.fill(&mut filled)).collect(),
            missing: Vec::new(),
        };
        page.missing = missing;
        page
    }

    /// The page's question with these values in it.
    pub fn ask(&self, values: &Values) -> Option<FilledQuestion> {
        let question = self.question?;
        let filled = |text: &str| fill::fill(text, values, &mut Vec::new());
        Some(FilledQuestion {
            text: filled(question.text),
            command: filled(question.command),
            yes_if: filled(question.yes_if),
            no_if: filled(question.no_if),
        })
    }

    /// The title for a case that was read on the PC, with these values in it.
    pub fn title_when_read(&self, values: &Values) -> Option<String> {
        self.read_title.map(|title| fill::fill(&without_emphasis(title), values, &mut Vec::new()))
    }

    /// Names of the placeholders in everything that [`Page::fill`] fills, each once, in alphabetical order.
    pub fn placeholders(&self) -> Vec<String> {
        let mut names = self.fill(&Values::new()).missing;
        names.sort();
        names.dedup();
        names
    }
}

impl RemedyTemplate {
    fn fill(&self, filled: &mut impl FnMut(&str) -> String) -> FilledRemedy {
        let mut prose = |text: &str| filled(&without_emphasis(text));
        let (title, steps) = (prose(self.title), prose(&self.steps));
        let (risk, undo, check) = (prose(self.risk), prose(self.undo), prose(self.check));
        // A text to paste is taken to the letter; where there is none, the steps stand in its place.
        let text = if self.text == self.steps { steps.clone() } else { filled(&self.text) };
        let (assume, unforeseen) = (filled(self.assume), filled(self.unforeseen));
        let (id, kind, who) = (self.id, self.kind, self.who);
        FilledRemedy { id, title, kind, who, steps, text, risk, undo, check, assume, unforeseen }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emphasis_becomes_quotes_and_stars_stay_stars() {
        let cases = [
            ("A *Security Alert* that", "A \"Security Alert\" that"),
            ("answer *No*.", "answer \"No\"."),
            ("the name *.contoso.test and `*`", "the name *.contoso.test and `*`"),
            ("whether the zone holds a wildcard (*)", "whether the zone holds a wildcard (*)"),
            ("2 * 3 * 4", "2 * 3 * 4"),
            (
                "run `Get-WebServicesVirtualDirectory | fl *Url*` and *write down*",
                "run `Get-WebServicesVirtualDirectory | fl *Url*` and \"write down\"",
            ),
            ("a lone ` and *No*", "a lone ` and \"No\""),
        ];
        for (markdown, plain) in cases {
            assert_eq!(without_emphasis(markdown), plain);
        }
    }

    #[test]
    fn an_id_is_found_in_capitals() {
        assert_eq!(page("SAN-MISMATCH").map(|page| page.id), Some("san-mismatch"));
        assert_eq!(page("no-such-case"), None);
    }

    #[test]
    fn every_page_can_be_read() {
        assert!(errors().is_empty(), "{:?}", errors());
        assert_eq!(pages().len(), FINDING_PAGES.len());
        assert!(pages().len() >= 61, "only {} pages", pages().len());
    }

    #[test]
    fn every_page_is_complete_and_short_enough() {
        for page in pages() {
            assert!(page.title.chars().count() < 90, "{}: long title", page.id);
            assert!(!page.title.is_empty() && !page.sources.is_empty() && !page.clients.is_empty(), "{}", page.id);
            for layer in page.layer.split('/') {
                assert!(
                    ["SCP", "DNS", "TCP", "TLS", "HTTP", "XML", "policy", "client"].contains(&layer),
                    "{}",
                    page.id
                );
            }
            assert!(["net", "net+cred", "local", "ask"].contains(&page.proof), "{}: {}", page.id, page.proof);
            for section in [page.seen, page.shows, page.why, page.check, page.risk, page.references] {
                assert!(!section.trim().is_empty(), "{}: empty section", page.id);
            }
            assert!(page.severity == "info" || !page.remedies.is_empty(), "{}: nothing to do", page.id);
        }
    }

    #[test]
    fn every_remedy_says_who_what_risk_undo_and_check() {
        let kinds = [
            "zone",
            "powershell",
            "dnscmd",
            "exchange",
            "iis",
            "registry",
            "nginx",
            "apache",
            "shell",
            "steps",
            "ticket",
        ];
        for page in pages() {
            for remedy in &page.remedies {
                let place = format!("{} / {}", page.id, remedy.title);
                assert!(kinds.contains(&remedy.kind), "{place}: kind {}", remedy.kind);
                assert!(!remedy.id.is_empty() && !remedy.who.is_empty(), "{place}: attributes");
                assert!(!remedy.steps.is_empty(), "{place}: no steps");
                assert!(remedy.kind == "steps" || !remedy.text.is_empty(), "{place}: nothing to paste");
                for line in [remedy.risk, remedy.undo, remedy.check] {
                    assert!(!line.is_empty(), "{place}: risk, undo or check is missing");
                }
            }
            let mut ids: Vec<_> = page.remedies.iter().map(|remedy| remedy.id).collect();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), page.remedies.len(), "{}: remedy ids repeat", page.id);
        }
    }

    #[test]
    fn placeholders_are_filled_and_braces_of_other_languages_stay() {
        let values = Values::from([("domain", "contoso.test".to_owned()), ("note", String::new())]);
        let mut missing = Vec::new();
        let text = "a {domain} b\n{note}\nserver { listen 80; }\n\n$h = @{}; {other}{";
        let expected = "a contoso.test b\nserver { listen 80; }\n\n$h = @{}; <other>{";
        assert_eq!(fill::fill(text, &values, &mut missing), expected);
        assert_eq!(missing, ["other"]);
    }
}
