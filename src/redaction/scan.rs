//! Finds what must not be seen within text. Every function gives the text with each find replaced.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How an `@` is written in text, URLs and pages.
const AT: [&str; 5] = ["@", "%40", "&#64;", "&#x40;", "%2540"];

/// Longest tag of an element that is looked for, in bytes.
const TAG_LIMIT: usize = 128;

/// Contents of elements with these local names, blanks around them left out.
pub(super) fn elements(text: &str, names: &[&str], replace: &mut dyn FnMut(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (at, _) in text.match_indices('<') {
        // `<a <a>` ends at one place twice, which is replaced once.
        if at < done {
            continue;
        }
        let tag = text.as_bytes().get(at + 1..).unwrap_or_default();
        let Some(length) = tag.iter().take(TAG_LIMIT).position(|byte| *byte == b'>') else { continue };
        // `<` and `>` are characters of one byte, so the places between them are boundaries.
        let (tag, start) = (&text[at + 1..at + 1 + length], at + length + 2);
        let name = tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
        let content = text[start..].split('<').next().unwrap_or_default();
        let is_one = names.contains(&name.rsplit(':').next().unwrap_or_default()) && !tag.ends_with('/');
        if is_one && start > done && !content.trim().is_empty() {
            out.push_str(&text[done..start]);
            out.push_str(&replace(content.trim()));
            done = start + content.len();
        }
    }
    out.push_str(&text[done..]);
    out
}

/// The part before the `@` of every mailbox address; percent-encoded ones are handed over decoded. `odd` are known ones
/// with characters at which others end.
pub(super) fn mailboxes(text: &str, odd: &[String], user: &mut dyn FnMut(&str) -> String) -> String {
    let mut signs: Vec<(usize, &str)> = AT.iter().flat_map(|sign| text.match_indices(sign)).collect();
    signs.sort_unstable();
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (at, sign) in signs {
        let start = odd_start(text, done, at, odd).unwrap_or_else(|| local_start(text, done, at));
        let local = text.get(start..at).unwrap_or_default();
        let domain = text.get(at + sign.len()..).unwrap_or_default();
        // The user of a URL is replaced with its password.
        let in_authority = text[..start].ends_with("://") || text[..start].to_ascii_lowercase().ends_with("%2f%2f");
        if !local.is_empty() && !in_authority && begins_with_domain(domain) {
            out.push_str(&text[done..start]);
            out.push_str(&user(&percent_decoded(local)));
            done = at;
        }
    }
    out.push_str(&text[done..]);
    out
}

/// Folders that hold one folder for each user: of Windows, of its shares, in `file:` URLs.
const HOMES: [&str; 16] = [
    r"\users\",
    r"\documents and settings\",
    ":/users/",
    r"\users$\",
    r"\home\",
    r"\home$\",
    r"\homes\",
    r"\homes$\",
    r"\profiles\",
    r"\profiles$\",
    "/users$/",
    "/home$/",
    "/homes$/",
    "/profiles$/",
    ":/documents and settings/",
    ":/documents%20and%20settings/",
];

/// Such folders of other systems, where they begin a path: in a URL they are anything.
const ROOT_HOMES: [&str; 2] = ["/home/", "/users/"];

/// Names of users' folders in paths, such as `C:\Users\anna`; those that every PC has stay.
pub(super) fn homes(text: &str, user: &mut dyn FnMut(&str) -> String) -> String {
    const SHARED: [&str; 4] = ["public", "default", "all users", "default user"];
    let lower = text.to_ascii_lowercase();
    let ends = |home: &&str| lower.match_indices(*home).map(|(at, _)| at + home.len()).collect::<Vec<_>>();
    let begins = |end: usize, home: &str| {
        let ahead = lower.get(..end - home.len()).unwrap_or_default();
        ahead.ends_with("file://") || !ahead.ends_with(|c: char| c.is_alphanumeric() || "/.-_]%:\\".contains(c))
    };
    let mut places: Vec<usize> = HOMES.iter().flat_map(ends).collect();
    for home in ROOT_HOMES {
        places.extend(ends(&home).into_iter().filter(|end| begins(*end, home)));
    }
    places.sort_unstable();
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for start in places {
        let rest = text.get(start..).unwrap_or_default();
        let end = rest.find(['\\', '/', '"', ';', ':', ',', '|', '<', '>', '\n']).unwrap_or(rest.len());
        let name = rest.get(..end).unwrap_or_default();
        if start >= done && !name.trim().is_empty() && !SHARED.contains(&name.to_lowercase().as_str()) {
            out.push_str(&text[done..start]);
            out.push_str(&user(name));
            done = start + end;
        }
    }
    out.push_str(&text[done..]);
    out
}

fn odd_start(text: &str, from: usize, end: usize, odd: &[String]) -> Option<usize> {
    let before = text.get(from..end)?;
    odd.iter().find_map(|local| {
        let count = local.chars().count();
        let (at, _) = before.char_indices().rev().nth(count.checked_sub(1)?)?;
        (before[at..].to_lowercase() == *local).then_some(from + at)
    })
}

/// Where the local part that ends at `end` begins: characters that RFC 5321 4.1.2 allows without quotes, but for those
/// that end a value in a URL.
fn local_start(text: &str, from: usize, end: usize) -> usize {
    let mut start = end;
    for (at, character) in text[from..end].char_indices().rev().map(|(at, character)| (from + at, character)) {
        let allowed = character.is_alphanumeric() || ".!'*+-^_`{|}~$".contains(character);
        if character == '%' {
            match escaped(text.get(at..end).unwrap_or_default()) {
                // 0x80 and above: a part of a character beyond ASCII.
                Some(byte) if byte >= 0x80 || byte.is_ascii_alphanumeric() || b".!'*+-^_`{|}~$".contains(&byte) => {}
                Some(_) => {
                    start = (at + 3).min(end);
                    break;
                }
                None => break,
            }
        } else if !allowed {
            break;
        }
        start = at;
    }
    let local = &text[start..end];
    start
        + (local.len() - local.trim_start_matches(['.', '!', '\'', '*', '+', '-', '^', '`', '{', '|', '}', '~']).len())
}

fn escaped(text: &str) -> Option<u8> {
    let digits = text.strip_prefix('%')?.get(..2)?;
    u8::from_str_radix(digits, 16).ok()
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        match escaped(rest) {
            Some(byte) => {
                bytes.push(byte);
                rest = rest.get(3..).unwrap_or_default();
            }
            None => {
                bytes.extend(character.to_string().as_bytes());
                rest = rest.get(character.len_utf8()..).unwrap_or_default();
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn begins_with_domain(text: &str) -> bool {
    let domain: String = text.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '.')).collect();
    domain.starts_with(char::is_alphanumeric) && domain.chars().any(char::is_alphabetic)
}

/// Known words that stand by themselves: not within another word, nor within a host name. Compared without case.
pub(super) fn words(text: &str, known: &[(String, String)]) -> String {
    let mut text = text.to_owned();
    for (word, placeholder) in known {
        let lower = text.to_lowercase();
        // Where lower case has other places than the text, only exact matches are safe to cut.
        let haystack = if lower.len() == text.len() { lower.as_str() } else { text.as_str() };
        let mut out = String::new();
        let mut done = 0;
        for (at, _) in haystack.match_indices(word.as_str()) {
            let end = at + word.len();
            let whole = text.is_char_boundary(at) && text.is_char_boundary(end);
            if at >= done && whole && stands_alone(&text[..at], &text[end..]) {
                out.push_str(&text[done..at]);
                out.push_str(placeholder);
                done = end;
            }
        }
        out.push_str(&text[done..]);
        text = out;
    }
    text
}

fn stands_alone(before: &str, after: &str) -> bool {
    let joins = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let mut last = before.chars().rev();
    let mut next = after.chars();
    let open = match last.next() {
        None => true,
        Some('.') => !last.next().is_some_and(char::is_alphanumeric),
        // The host of a URL.
        Some('/') => last.next() != Some('/') || before.chars().rev().nth(2) != Some(':'),
        Some(other) => !joins(other),
    };
    let closed = match next.next() {
        None => true,
        Some('.') => !next.next().is_some_and(char::is_alphanumeric),
        Some(other) => !joins(other),
    };
    open && closed
}

/// IP addresses, with or without a port.
pub(super) fn addresses(text: &str, replace: &mut dyn FnMut(IpAddr) -> IpAddr) -> String {
    let text = ipv6(text, replace);
    ipv4(&text, replace)
}

pub(super) fn is_word(character: Option<char>) -> bool {
    character.is_some_and(|c| c.is_alphanumeric() || c == '_')
}

fn ipv6(text: &str, replace: &mut dyn FnMut(IpAddr) -> IpAddr) -> String {
    if text.matches(':').count() < 2 {
        return text.to_owned();
    }
    let belongs = |c: char| c.is_ascii_hexdigit() || c == ':' || c == '.';
    rewrite(text, belongs, &mut |before, run, after| {
        let trimmed = run.trim_end_matches('.');
        let trimmed = if trimmed.ends_with("::") { trimmed } else { trimmed.trim_end_matches(':') };
        if trimmed.matches(':').count() < 2 || (trimmed.len() == run.len() && is_word(after.chars().next())) {
            return None;
        }
        // `ip6:2001:db8::1`: the first group belongs to the word before.
        let inner = trimmed.find(':').and_then(|at| trimmed.get(at + 1..));
        let whole = Some(trimmed).filter(|_| !is_word(before.chars().next_back()));
        let (found, address) = [whole, inner]
            .into_iter()
            .flatten()
            .find_map(|part| part.parse::<Ipv6Addr>().ok().map(|address| (part, address)))?;
        let start = trimmed.len() - found.len();
        let end = start + found.len();
        Some(format!("{}{}{}", run.get(..start)?, replace(address.into()), run.get(end..)?))
    })
}

fn ipv4(text: &str, replace: &mut dyn FnMut(IpAddr) -> IpAddr) -> String {
    let belongs = |c: char| c.is_ascii_digit() || c == '.';
    rewrite(text, belongs, &mut |before, run, after| {
        let address = run.trim_end_matches('.');
        let next = after.chars().next();
        // An attribute of a distinguished name (`2.5.4.97=`), a part of a word, or of a host name.
        if is_word(before.chars().next_back()) || is_word(next) || next == Some('=') {
            return None;
        }
        let parsed: Ipv4Addr = address.parse().ok()?;
        Some(format!("{}{}", replace(parsed.into()), run.get(address.len()..)?))
    })
}

/// Hands every longest run of such characters to `replace`, with what stands before and after it.
pub(super) fn rewrite(
    text: &str,
    belongs: impl Fn(char) -> bool,
    replace: &mut dyn FnMut(&str, &str, &str) -> Option<String>,
) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(&belongs) {
        let place = text.len() - rest.len() + start;
        let (before, from) = text.split_at(place);
        let length = from.find(|c| !belongs(c)).unwrap_or(from.len());
        let (run, after) = from.split_at(length);
        out.push_str(&rest[..start]);
        match replace(before, run, after) {
            Some(replaced) => out.push_str(&replaced),
            None => out.push_str(run),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn named(text: &str) -> String {
        elements(text, &["DisplayName"], &mut |_| "name1".to_owned())
    }

    #[test]
    fn two_tags_that_end_at_one_place_are_one() {
        assert_eq!(named("<DisplayName>Anna Smith</DisplayName>"), "<DisplayName>name1</DisplayName>");
        assert_eq!(
            named("<DisplayName <DisplayName>Anna Smith</DisplayName>"),
            "<DisplayName <DisplayName>name1</DisplayName>"
        );
    }

    proptest! {
        #[test]
        fn nothing_that_a_server_sends_stops_it(text in "(<|>|/| |é|a|DisplayName|@|://|%40){0,40}") {
            prop_assert!(!named(&text).is_empty() || text.is_empty());
            let _ = mailboxes(&text, &["é".to_owned()], &mut |_| "user1".to_owned());
        }
    }
}
