//! Does the name match? (RFC 9525; the same rules in RFC 6125.)

use crate::event::{Certificate, NameCheck, NameReason, SubjectName};
use std::net::IpAddr;

/// Largest edit distance that still counts as a slip of the pen.
const NEAR: usize = 2;
/// Names are compared for nearness only up to this many; a certificate with more is not one that somebody typed.
const NEAR_MISS_NAMES: usize = 1000;

/// Third line of the alert: whether a subject alternative name covers the host.
///
/// The host is compared in ASCII (A-labels), without case and without trailing dot. A wildcard must be the complete
/// left-most label, stands for exactly one label, and at least two labels must follow it. An IP address matches
/// `iPAddress` entries only. The subject's common name never counts (RFC 9525 section 2); when it would have matched
/// and there are no alternative names, the reason says so.
///
/// [`NameCheck::near_miss`] holds the wildcard that would have covered another depth, or the listed name within an
/// edit distance of 2 (insert, delete, replace, swap neighbours).
pub fn name_check(host: &str, certificate: &Certificate) -> NameCheck {
    let (reason, matched, near_miss) = match bare_address(host) {
        Some(address) => judge_address(address, certificate),
        None => judge_host(host, certificate),
    };
    let ok = matches!(reason, NameReason::Listed | NameReason::Wildcard);
    NameCheck { ok, reason, asked: host.to_owned(), matched, near_miss }
}

/// Endings that no public authority certifies (RFC 6762 2 and appendix G, RFC 6761 6.3).
const INTERNAL_ENDINGS: [&str; 9] =
    ["local", "lan", "internal", "corp", "intranet", "private", "home", "localdomain", "localhost"];

/// Whether no public authority certifies this name: one label, or an ending that is not public.
pub fn is_internal_name(name: &str) -> bool {
    match name.rsplit_once('.') {
        None => !name.is_empty(),
        Some((_, ending)) => INTERNAL_ENDINGS.contains(&ending.to_ascii_lowercase().as_str()),
    }
}

type Judgement = (NameReason, Option<String>, Option<String>);

fn judge_address(asked: IpAddr, certificate: &Certificate) -> Judgement {
    let listed = certificate.names.iter().any(|name| matches!(name, SubjectName::Ip { address } if *address == asked));
    if listed {
        return (NameReason::Listed, Some(asked.to_string()), None);
    }
    let common_name = certificate.common_names.iter().any(|name| bare_address(name) == Some(asked));
    (absence(certificate, common_name), None, None)
}

fn judge_host(host: &str, certificate: &Certificate) -> Judgement {
    let asked = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    if !is_host_name(&asked) {
        return (absence(certificate, false), None, None);
    }
    let names = certificate.dns_names();
    if let Some(name) = names.iter().find(|name| name.eq_ignore_ascii_case(&asked)) {
        return (NameReason::Listed, Some((*name).to_owned()), None);
    }
    if let Some(name) = names.iter().find(|name| wildcard_covers(name, &asked)) {
        return (NameReason::Wildcard, Some((*name).to_owned()), None);
    }
    if let Some(name) = names.iter().find(|name| wildcard_at_other_depth(name, &asked)) {
        return (NameReason::WildcardDepth, None, Some((*name).to_owned()));
    }
    let common_name =
        certificate.common_names.iter().any(|name| name.eq_ignore_ascii_case(&asked) || wildcard_covers(name, &asked));
    (absence(certificate, common_name), None, nearest(&asked, &names))
}

/// Why nothing matched.
fn absence(certificate: &Certificate, common_name_matches: bool) -> NameReason {
    let any = certificate.names.iter().any(|name| !matches!(name, SubjectName::Other { .. }));
    match (any, common_name_matches) {
        (true, _) => NameReason::NotListed,
        (false, true) => NameReason::CommonNameOnly,
        (false, false) => NameReason::NoNames,
    }
}

/// An IP address as a URL's host writes it, with or without brackets.
fn bare_address(host: &str) -> Option<IpAddr> {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host).parse().ok()
}

/// What follows `*.`, lower case, when the pattern is a wildcard that may count.
fn wildcard_rest(pattern: &str) -> Option<String> {
    let rest = pattern.strip_prefix("*.")?.to_ascii_lowercase();
    (is_host_name(&rest) && rest.contains('.')).then_some(rest)
}

fn wildcard_covers(pattern: &str, asked: &str) -> bool {
    wildcard_rest(pattern).is_some_and(|rest| asked.split_once('.').is_some_and(|(_, parent)| parent == rest))
}

/// `*.contoso.test` against `contoso.test` itself, or against a name two or more labels below.
fn wildcard_at_other_depth(pattern: &str, asked: &str) -> bool {
    wildcard_rest(pattern)
        .is_some_and(|rest| asked == rest || asked.strip_suffix(&rest).is_some_and(|front| front.ends_with('.')))
}

/// A name of letters, digits, hyphens and underscores in labels of 1 to 63, 253 in all (RFC 1123 2.1; underscores
/// occur in Windows names), whose last label is not a number: that would be an address.
fn is_host_name(name: &str) -> bool {
    let label_ok = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let last = name.rsplit('.').next().unwrap_or_default();
    name.len() <= 253 && name.split('.').all(label_ok) && !last.bytes().all(|byte| byte.is_ascii_digit())
}

/// The listed name that a slip of the pen separates from the one asked for. Short names differ by so little anyway
/// that only a distance of a fifth of the name counts.
fn nearest(asked: &str, names: &[&str]) -> Option<String> {
    let limit = NEAR.min(asked.len() / 5);
    names
        .iter()
        .take(NEAR_MISS_NAMES)
        .filter_map(|name| {
            let listed = name.to_ascii_lowercase();
            // A wildcard is compared with its star in the place of the first label.
            let compared = match (listed.strip_prefix("*."), asked.split_once('.')) {
                (Some(rest), Some((first, _))) => format!("{first}.{rest}"),
                _ => listed,
            };
            // `mail1` and `mail2` are two hosts, not a slip.
            let numbered = without_digits(&compared) == without_digits(asked);
            let distance = edit_distance(asked, &compared, limit).filter(|_| !numbered)?;
            (distance > 0).then_some((distance, *name))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name.to_owned())
}

fn without_digits(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_ascii_digit()).collect()
}

/// Damerau-Levenshtein distance (neighbours swapped once count as one), or nothing when it exceeds the limit.
fn edit_distance(left: &str, right: &str, limit: usize) -> Option<usize> {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left.len().abs_diff(right.len()) > limit || right.len() > 253 {
        return None;
    }
    let mut before = vec![0; right.len() + 1];
    let mut previous: Vec<usize> = (0..=right.len()).collect();
    for (row, a) in left.iter().enumerate() {
        let mut current = vec![row + 1; right.len() + 1];
        for (column, b) in right.iter().enumerate() {
            // All three rows are right.len() + 1 long, and column < right.len().
            let replaced = previous[column] + usize::from(a != b);
            let mut least = replaced.min(previous[column + 1] + 1).min(current[column] + 1);
            if row > 0 && column > 0 && *a == right[column - 1] && left[row - 1] == *b {
                least = least.min(before[column - 1] + 1);
            }
            current[column + 1] = least;
        }
        before = std::mem::replace(&mut previous, current);
    }
    previous.last().copied().filter(|distance| *distance <= limit)
}

#[cfg(test)]
#[path = "name_tests.rs"]
mod tests;
