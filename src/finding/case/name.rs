//! Names and addresses: whose they are, and where they work.

use crate::{certificate, event::Certificate};
use std::net::IpAddr;

/// The part of a name that somebody registered: one label below a public suffix, by the Public Suffix List.
pub(in crate::finding) fn organisation(name: &str) -> &str {
    psl::domain_str(name).unwrap_or(name)
}

/// The public suffix that a domain is registered under, where that has several labels, such as `com.au`.
pub(in crate::finding) fn long_suffix(domain: &str) -> Option<&str> {
    let suffix = psl::suffix(domain.as_bytes())?;
    let text = std::str::from_utf8(suffix.as_bytes()).ok()?;
    (suffix.typ() == Some(psl::Type::Icann) && text.contains('.') && text != domain).then_some(text)
}

/// Whether a name lies in a zone or is its apex.
pub(in crate::finding) fn is_under(name: &str, zone: &str) -> bool {
    name == zone || name.strip_suffix(zone).is_some_and(|rest| rest.ends_with('.'))
}

/// Whether no public authority certifies this name: one label, or an ending that is not public.
pub(in crate::finding) fn is_internal(host: &str) -> bool {
    certificate::is_internal_name(host)
}

/// Whether a text is a host name and nothing else, so that it may stand in a text to paste.
pub(in crate::finding) fn is_host_name(text: &str) -> bool {
    text.len() <= 253
        && text.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && label.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_')
        })
}

/// Whether an address works only inside a network (RFC 1918, RFC 4193, loopback, link-local).
pub(in crate::finding) fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_private() || address.is_loopback() || address.is_link_local(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local(),
    }
}

/// Whether a certificate's alternative names cover a host: the same name, or a wildcard for its first label (RFC 9525).
pub(in crate::finding) fn covers(leaf: &Certificate, host: &str) -> bool {
    let rest = host.split_once('.').map(|(_, rest)| rest);
    leaf.dns_names().iter().any(|name| {
        name.eq_ignore_ascii_case(host)
            || name.strip_prefix("*.").is_some_and(|zone| rest.is_some_and(|rest| rest.eq_ignore_ascii_case(zone)))
    })
}

/// Names and common names of a certificate, in lower case.
pub(in crate::finding) fn all_names(leaf: &Certificate) -> Vec<String> {
    let common = leaf.common_names.iter().map(String::as_str);
    let mut names: Vec<String> = leaf.dns_names().into_iter().chain(common).map(str::to_ascii_lowercase).collect();
    names.dedup();
    names
}
