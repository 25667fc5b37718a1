//! Finding a page by words: the text of a dialog, or what somebody says.

use super::{Page, pages};
use std::collections::BTreeSet;

/// Most pages that a search gives.
const MOST: usize = 8;
/// Longest text that is looked at, in characters.
const LONGEST: usize = 1000;

/// What people say, in words that need not stand in the pages, and the cases that they mean, the likeliest first.
const SAYINGS: &[(&str, &[&str])] = &[
    ("wrong certificate", &["san-mismatch", "root-domain-webhost-cert", "autodiscover-wrong-ip", "san-typo"]),
    ("name wrong", &["san-mismatch", "san-typo", "cname-to-host-not-on-cert", "root-domain-webhost-cert"]),
    ("certificate error", &["san-mismatch", "cert-expired", "private-ca-not-trusted", "tls-no-common-parameters"]),
    ("verify server identity", &["incomplete-chain", "private-ca-not-trusted", "san-mismatch", "cert-expired"]),
    ("iphone", &["incomplete-chain", "new-outlook-or-mobile-differs", "private-ca-not-trusted"]),
    ("android", &["incomplete-chain", "new-outlook-or-mobile-differs", "private-ca-not-trusted"]),
    ("need password", &["all-methods-disabled", "legacy-auth-blocked", "stored-credential-stale"]),
    ("asks password", &["auth-prompt-loop", "stored-credential-stale", "legacy-auth-blocked"]),
    ("out office", &["service-urls-use-other-name", "urls-missing-in-answer", "service-url-missing-path"]),
    ("free busy", &["service-urls-use-other-name", "urls-missing-in-answer", "service-url-missing-path"]),
    ("gal", &["service-urls-use-other-name", "urls-missing-in-answer"]),
    ("address book", &["service-urls-use-other-name", "urls-missing-in-answer"]),
    ("cloudflare", &["proxied-by-cdn"]),
    ("cloudfront", &["proxied-by-cdn"]),
    ("akamai", &["proxied-by-cdn"]),
    ("sbs", &["san-mismatch", "self-signed-default-cert", "scp-points-to-internal-name"]),
    ("small business server", &["san-mismatch", "self-signed-default-cert", "scp-points-to-internal-name"]),
    ("cpanel", &["cpanel-answers-imap", "autossl-cannot-renew-autodiscover"]),
    ("plesk", &["cpanel-answers-imap", "autossl-cannot-renew-autodiscover"]),
    ("hotel", &["captive-portal-or-filter"]),
    ("wifi", &["captive-portal-or-filter"]),
    // The lines of the Security Alert of Windows. Its head and its first sentence stand in every one of them.
    ("security alert", &["san-mismatch", "private-ca-not-trusted", "cert-expired", "autodiscover-wrong-ip"]),
    ("information exchange site viewed changed", &["san-mismatch", "private-ca-not-trusted", "cert-expired"]),
    ("name security certificate invalid match site", &["san-mismatch", "san-typo", "root-domain-webhost-cert"]),
    ("hairpin", &["port-443-filtered", "split-dns-mismatch", "private-address-in-public-dns"]),
    ("nat loopback", &["port-443-filtered", "split-dns-mismatch", "private-address-in-public-dns"]),
    ("vpn", &["tls-inspection", "split-dns-mismatch", "dns-suffix-search-rewrites", "port-443-filtered"]),
    ("mac", &["incomplete-chain", "http-redirect-prompt", "private-ca-not-trusted"]),
    ("mx", &["autodiscover-record-absent", "m365-cname-missing", "o365-endpoint-tried-first"]),
    ("calendar", &["service-urls-use-other-name", "urls-missing-in-answer", "service-url-missing-path"]),
    ("create data file", &["local-profile-fault", "lkg-url-stale"]),
    // Microsoft Entra's number for a rule of the organisation that refuses the sign-in (AADSTS53003).
    ("53003", &["legacy-auth-blocked", "stored-credential-stale"]),
    ("aadsts53003", &["legacy-auth-blocked", "stored-credential-stale"]),
    ("conditional access", &["legacy-auth-blocked", "stored-credential-stale"]),
];

/// Words that say the same.
const SAME: [(&str, &str); 5] =
    [("cert", "certificate"), ("certs", "certificate"), ("ssl", "certificate"), ("pwd", "password"), ("oof", "out")];

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
        score += said(&asked, index.page.id);
        scores.push((score, index.page));
    }
    scores.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.id.cmp(other.1.id)));
    let best = scores.first().map_or(0.0, |(score, _)| *score);
    let enough = |(score, _): &(f64, _)| *score > 0.0 && *score >= best / 2.0;
    scores.into_iter().filter(enough).take(MOST).map(|(_, page)| page).collect()
}

/// What sayings add to a page: more than any word of it, and the more the likelier the case.
fn said(asked: &BTreeSet<String>, id: &str) -> f64 {
    let holds = |saying: &str| words(saying).is_subset(asked);
    let places = SAYINGS.iter().filter(|(saying, _)| holds(saying)).filter_map(|(saying, ids)| {
        let place = ids.iter().position(|known| *known == id)?;
        Some(words(saying).len() as f64 * (40.0 - 4.0 * place as f64))
    });
    places.sum()
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

/// Words of at least three letters (and `mx`) in their simplest form, without those that say nothing.
fn words(text: &str) -> BTreeSet<String> {
    const EMPTY: [&str; 22] = [
        "and", "are", "but", "can", "does", "for", "from", "has", "have", "its", "not", "our", "that", "the", "this",
        "was", "what", "when", "with", "you", "your", "outlook",
    ];
    let lower = text.to_lowercase();
    let split = lower.split(|letter: char| !letter.is_alphanumeric());
    let same = |word: &'_ str| SAME.iter().find(|(known, _)| *known == word).map(|(_, other)| *other);
    let split = split.filter(|word| (word.chars().count() >= 3 || *word == "mx") && !EMPTY.contains(word));
    split.map(|word| simplest(same(word).unwrap_or(word))).collect()
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
    fn what_people_say_leads_to_its_cases() {
        for (text, wanted) in [
            ("wrong certificate", &["san-mismatch"][..]),
            ("cert name wrong", &["san-mismatch"]),
            ("ssl error", &["san-mismatch", "cert-expired"]),
            ("iphone cannot verify server identity", &["incomplete-chain"]),
            ("Need password", &["all-methods-disabled"]),
            ("out of office does not work", &["service-urls-use-other-name"]),
            ("cloudflare", &["proxied-by-cdn"]),
            ("SBS", &["san-mismatch"]),
            ("GAL not downloading", &["service-urls-use-other-name"]),
            ("hairpin", &["port-443-filtered"]),
            ("loopback nat", &["port-443-filtered"]),
            ("Outlook on a Mac", &["incomplete-chain"]),
            ("mx", &["autodiscover-record-absent"]),
            ("calendar", &["service-urls-use-other-name"]),
            ("vpn", &["tls-inspection"]),
            ("AADSTS53003", &["legacy-auth-blocked"]),
            ("We couldn't create the Outlook data file", &["local-profile-fault"]),
        ] {
            let found: Vec<&str> = search(text).into_iter().map(|page| page.id).take(3).collect();
            assert!(wanted.iter().all(|id| found.contains(id)), "{text}: {found:?}");
        }
        for (saying, ids) in SAYINGS {
            assert!(!words(saying).is_empty(), "{saying}");
            ids.iter().for_each(|id| assert!(super::super::page(id).is_some(), "{saying}: no page {id}"));
        }
    }

    #[test]
    fn every_line_of_the_security_alert_leads_to_the_wrong_name_first() {
        for text in [
            "Security Alert",
            "Information you exchange with this site cannot be viewed or changed by others. However, there is a problem with \
             the site's security certificate.",
            "Information you exchange with this site cannot be viewed or changed by others",
            "The name on the security certificate is invalid or does not match the name of the site.",
        ] {
            assert_eq!(search(text).first().map(|page| page.id), Some("san-mismatch"), "{text}");
        }
        let expired = search("The security certificate has expired or is not yet valid.");
        assert_eq!(expired.first().map(|page| page.id), Some("cert-expired"));
    }

    #[test]
    fn words_that_no_page_knows_find_nothing() {
        assert!(search("xyzzy plugh").is_empty());
        assert!(search("").is_empty());
        assert!(search(&"\u{1f600}".repeat(100_000)).is_empty());
    }
}
