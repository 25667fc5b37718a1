//! Finding a page by words: the text of a dialog, or what somebody says.

use super::{Page, pages};
use std::collections::BTreeSet;

/// Most pages that a search gives.
const MOST: usize = 8;
/// Longest text that is looked at, in characters.
const LONGEST: usize = 1000;

/// Pages that speak of these words, the best first. A word counts the more, the fewer pages know it, and more in what
/// Outlook shows and in the title than elsewhere.
pub fn search(text: &str) -> Vec<&'static Page> {
    let asked = words(&text.chars().take(LONGEST).collect::<String>());
    let indexed: Vec<Index> = pages().iter().map(Index::new).collect();
    let mut scores: Vec<(f64, &'static Page)> = Vec::new();
    for index in &indexed {
        let mut score = 0.0;
        for word in &asked {
            let known = indexed.iter().filter(|other| other.weight(word) > 0.0).count();
            if known > 0 {
                score += index.weight(word) * (1.0 + indexed.len() as f64 / known as f64).ln();
            }
        }
        scores.push((score, index.page));
    }
    scores.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.id.cmp(other.1.id)));
    let best = scores.first().map_or(0.0, |(score, _)| *score);
    let enough = |(score, _): &(f64, _)| *score > 0.0 && *score >= best / 2.0;
    scores.into_iter().filter(enough).take(MOST).map(|(_, page)| page).collect()
}

struct Index {
    page: &'static Page,
    title: BTreeSet<String>,
    shows: BTreeSet<String>,
    rest: BTreeSet<String>,
}

impl Index {
    fn new(page: &'static Page) -> Self {
        let title = words(&format!("{} {}", page.id, page.title));
        Self { page, title, shows: words(page.shows), rest: words(&format!("{} {}", page.seen, page.why)) }
    }

    fn weight(&self, word: &str) -> f64 {
        let holds = |set: &BTreeSet<String>| if set.contains(word) { 1.0 } else { 0.0 };
        3.0 * holds(&self.title) + 2.0 * holds(&self.shows) + holds(&self.rest)
    }
}

/// Words of at least three letters in their simplest form, without those that say nothing.
fn words(text: &str) -> BTreeSet<String> {
    const EMPTY: [&str; 22] = [
        "and", "are", "but", "can", "does", "for", "from", "has", "have", "its", "not", "our", "that", "the", "this",
        "was", "what", "when", "with", "you", "your", "outlook",
    ];
    let lower = text.to_lowercase();
    let split = lower.split(|letter: char| !letter.is_alphanumeric());
    split.filter(|word| word.chars().count() >= 3 && !EMPTY.contains(word)).map(simplest).collect()
}

/// A word without its most usual endings.
fn simplest(word: &str) -> String {
    let stem = ["ing", "ed", "es", "s"].into_iter().find_map(|ending| word.strip_suffix(ending));
    stem.filter(|stem| stem.chars().count() >= 3).unwrap_or(word).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_dialog_leads_to_its_cases() {
        // Texts of Windows' and Outlook's dialogs, and what people say; the cases are those of the catalogue's sources.
        for (text, ids) in [
            (
                "The name on the security certificate is invalid or does not match the name of the site",
                &["san-mismatch", "root-domain-webhost-cert", "cname-to-host-not-on-cert", "san-typo"][..],
            ),
            ("The security certificate has expired or is not yet valid", &["cert-expired", "clock-skew"][..]),
            ("Allow this website to configure user@contoso.com server settings?", &["http-redirect-prompt"][..]),
            ("parking page catch-all wildcard", &["wildcard-dns"][..]),
            ("client certificate required 403.7", &["client-cert-required-vdir"][..]),
            ("service unavailable application pool", &["apppool-stopped-503"][..]),
        ] {
            let found: Vec<&str> = search(text).into_iter().map(|page| page.id).collect();
            assert!(found.iter().take(4).any(|id| ids.contains(id)), "{text}: {found:?}");
        }
    }

    #[test]
    fn words_that_no_page_knows_find_nothing() {
        assert!(search("xyzzy plugh").is_empty());
        assert!(search("").is_empty());
        assert!(search(&"\u{1f600}".repeat(100_000)).is_empty());
    }
}
