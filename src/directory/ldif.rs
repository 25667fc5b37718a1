//! LDIF (RFC 2849), as `ldifde -f` and `ldapsearch` write it.

use super::{Export, TRUSTED_CONTAINER, VALUE_LIMIT, first_name, time};
use crate::{
    event::{ConnectionPoint, POINTER_KEYWORD, URL_KEYWORD},
    text::sanitise_line,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Records that are looked at.
const RECORD_LIMIT: usize = 100_000;

/// Whether a text looks like LDIF: one of its lines begins a record.
pub(super) fn is_ldif(text: &str) -> bool {
    text.lines().any(|line| line.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("dn:")))
}

/// Every record that concerns Autodiscover; lines that cannot be read are passed over.
pub(super) fn read(text: &str) -> Export {
    let mut export = Export::default();
    for record in records(text).into_iter().take(RECORD_LIMIT) {
        let values = |name: &str| -> Vec<String> {
            let wanted = record.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
            wanted.map(|(_, value)| sanitise_line(value)).take(VALUE_LIMIT).collect()
        };
        let first = |name: &str| values(name).into_iter().next();
        let Some(dn) = first("dn") else { continue };
        let keywords = values("keywords");
        let has = |wanted: &str| keywords.iter().any(|keyword| keyword.eq_ignore_ascii_case(wanted));
        let bindings = values("serviceBindingInformation");
        if dn.get(..TRUSTED_CONTAINER.len()).is_some_and(|start| start.eq_ignore_ascii_case(TRUSTED_CONTAINER)) {
            let trusted = export.trusted_redirects.get_or_insert_default();
            trusted.extend(bindings);
            trusted.truncate(VALUE_LIMIT);
        } else if has(URL_KEYWORD) || has(POINTER_KEYWORD) {
            export.points.push(ConnectionPoint {
                server: first_name(&dn),
                binding: bindings.into_iter().next().unwrap_or_default(),
                created: first("whenCreated").and_then(|text| time(&text)),
                changed: first("whenChanged").and_then(|text| time(&text)),
                keywords,
                dn,
            });
        }
        export.accepted_domains.extend(values("msExchAcceptedDomainName"));
        export.accepted_domains.truncate(VALUE_LIMIT);
    }
    export
}

/// Records with their attributes: comments left out, folded lines joined, base64 taken away.
fn records(text: &str) -> Vec<Vec<(String, String)>> {
    let mut records = Vec::new();
    let mut record: Vec<(String, String)> = Vec::new();
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().map(|line| line.trim_end_matches('\r')) {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(more), Some(last)) if !line.trim().is_empty() => last.push_str(more),
            _ => lines.push(line.to_owned()),
        }
    }
    for line in lines {
        let begins = line.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("dn:"));
        if begins && !record.is_empty() {
            records.push(std::mem::take(&mut record));
        }
        if !line.starts_with('#')
            && let Some(attribute) = attribute(&line)
            && (begins || !record.is_empty())
        {
            record.push(attribute);
        }
    }
    records.push(record);
    records
}

/// `name: value` or `name:: base64`; options behind a semicolon are left out.
fn attribute(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once(':')?;
    let name = name.split(';').next().unwrap_or_default().trim().to_owned();
    let value = match value.strip_prefix(':') {
        Some(encoded) => String::from_utf8_lossy(&STANDARD.decode(encoded.trim()).ok()?).into_owned(),
        None => value.trim().to_owned(),
    };
    Some((name, value))
}
