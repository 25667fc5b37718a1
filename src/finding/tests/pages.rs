//! Pages and rules are the same set, and what is pasted is safe to paste.

use crate::{catalogue, finding};
use std::collections::BTreeSet;

#[test]
fn pages_and_rules_are_the_same_set() {
    let pages: BTreeSet<&str> = catalogue::pages().iter().map(|page| page.id).collect();
    let rules: BTreeSet<&str> = finding::ids().into_iter().chain(finding::PAGE_ONLY.iter().copied()).collect();
    assert_eq!(pages, rules);
    assert!(finding::PAGE_ONLY.iter().all(|id| !finding::ids().contains(id)));
}

#[test]
fn every_case_is_tried() {
    let tests = [
        include_str!("answers.rs"),
        include_str!("captive_portal.rs"),
        include_str!("certificate.rs"),
        include_str!("directory.rs"),
        include_str!("endpoint.rs"),
        include_str!("names.rs"),
        include_str!("network.rs"),
        include_str!("questions.rs"),
        include_str!("sign_in.rs"),
        include_str!("stores.rs"),
    ]
    .concat();
    for id in finding::ids() {
        assert!(tests.contains(&format!("\"{id}\"")), "{id}: no test finds it");
    }
}

#[test]
fn severities_and_parties_are_known_words() {
    for page in catalogue::pages() {
        assert!(finding::Severity::from_word(page.severity).is_some(), "{}: {}", page.id, page.severity);
        for party in page.remedies.iter().map(|remedy| remedy.who).chain([page.owner]) {
            assert!(finding::Owner::from_word(party).is_some(), "{}: {party}", page.id);
        }
    }
}

#[test]
fn texts_to_paste_hold_checked_values_only() {
    for page in catalogue::pages() {
        for remedy in page.remedies.iter().filter(|remedy| remedy.kind != "ticket") {
            for part in remedy.text.split('{').skip(1) {
                let name = part.split('}').next().unwrap_or("");
                let placeholder =
                    !name.is_empty() && name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_');
                let known = finding::values::PASTEABLE.contains(&name);
                assert!(!placeholder || known, "{} / {}: {{{name}}} is not safe to paste", page.id, remedy.id);
            }
        }
    }
}
