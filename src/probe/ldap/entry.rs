//! Entries of a search, read.

use crate::{
    directory::{self, VALUE_LIMIT},
    event::ConnectionPoint,
    text::{sanitise_bytes, sanitise_line},
};
use ldap3_proto::proto::LdapSearchResultEntry;

/// The values of an attribute, compared without case as the directory does; what is no text is made visible.
pub(super) fn values(entry: &LdapSearchResultEntry, name: &str) -> Vec<String> {
    let named = entry.attributes.iter().filter(|attribute| attribute.atype.eq_ignore_ascii_case(name));
    let values = named.flat_map(|attribute| &attribute.vals).take(VALUE_LIMIT);
    values
        .map(|value| match std::str::from_utf8(value) {
            Ok(text) => sanitise_line(text),
            Err(_) => sanitise_bytes(value),
        })
        .collect()
}

/// The first value of an attribute; none where it is empty.
pub(super) fn first(entry: &LdapSearchResultEntry, name: &str) -> Option<String> {
    values(entry, name).into_iter().next().filter(|value| !value.is_empty())
}

/// A service connection point.
pub(super) fn point(entry: &LdapSearchResultEntry) -> ConnectionPoint {
    ConnectionPoint {
        dn: sanitise_line(&entry.dn),
        server: sanitise_line(&directory::first_name(&entry.dn)),
        binding: first(entry, "serviceBindingInformation").unwrap_or_default(),
        keywords: values(entry, "keywords"),
        created: first(entry, "whenCreated").and_then(|text| directory::time(&text)),
        changed: first(entry, "whenChanged").and_then(|text| directory::time(&text)),
    }
}
