//! What a directory holds, entry by entry.

use super::fact;
use crate::{
    event::DirectoryAnswer,
    tui::{
        document::{Document, Paragraph},
        theme::Meaning,
    },
    words,
};

/// One source with its entries.
pub(super) fn show(answer: &DirectoryAnswer, document: &mut Document) {
    let title = Paragraph::new(0, Meaning::Title, answer.source.clone());
    document.push(title.right(Meaning::Muted, words::duration(answer.elapsed_us)));
    let mut rows = Vec::new();
    rows.extend(words::directory::purpose(answer.purpose).map(|why| fact(say!("why"), why)));
    rows.extend(words::directory::protection(answer).map(|how| fact(say!("protected by"), &how)));
    rows.extend(answer.site.as_ref().map(|site| fact(say!("site of the PC"), site)));
    rows.extend(answer.sign_in.as_ref().map(|sign_in| fact(say!("sign-in"), &words::directory::sign_in(sign_in))));
    if let Some(root) = &answer.root {
        let known =
            [(say!("server"), &root.host), (say!("domain"), &root.domain), (say!("searched"), &root.configuration)];
        rows.extend(known.into_iter().filter_map(|(label, value)| value.as_ref().map(|value| fact(label, value))));
        if !root.mechanisms.is_empty() {
            rows.push(fact(say!("sign-in ways"), &root.mechanisms.join(", ")));
        }
    }
    let ended = if answer.failure.is_some() { Meaning::Failed } else { Meaning::Plain };
    rows.push((say!("result").to_owned(), ended, words::directory::directory(answer)));
    if answer.points_dropped > 0 {
        rows.push(fact("", say!("more entries were dropped")));
    }
    if let Some(hosts) = &answer.trusted_redirects {
        let hosts = if hosts.is_empty() { say!("no list").to_owned() } else { hosts.join(", ") };
        rows.push(fact(say!("trusted redirects"), &hosts));
    }
    if !answer.accepted_domains.is_empty() {
        rows.push(fact(say!("mail domains"), &answer.accepted_domains.join(", ")));
    }
    document.pairs(2, rows);
    for point in &answer.points {
        let kind = if point.is_pointer() { say!("pointer") } else { say!("server") };
        let mut rows = vec![fact(kind, &point.server), fact(say!("holds"), &point.binding)];
        rows.push(fact(say!("keywords"), &point.keywords.join(", ")));
        let times = [(say!("created"), point.created), (say!("changed"), point.changed)];
        rows.extend(times.into_iter().filter_map(|(label, at)| Some(fact(label, &at?.to_string()))));
        rows.push(fact(say!("entry"), &point.dn));
        document.pairs(4, rows);
    }
}
