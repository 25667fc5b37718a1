//! Hosts files: which lines concern mail.

use super::HOSTS_LIMIT;
use crate::event::HostsEntry;
use std::net::IpAddr;

/// Names of one line that are kept.
const NAME_LIMIT: usize = 16;

/// Labels that servers for mail go by.
const LABELS: [&str; 8] = ["autodiscover", "exchange", "mail", "mx", "outlook", "owa", "remote", "webmail"];

/// The entries of a hosts file that concern a mail domain or a server for mail, then the others that lead to another
/// machine; and how many more of these there were. Lists that block advertisements lead nowhere and are passed over.
pub(super) fn entries(text: &str, domain: Option<&str>) -> (Vec<HostsEntry>, u32) {
    let (mut near, mut far, mut left_out) = (Vec::new(), Vec::new(), 0_u32);
    for entry in text.lines().filter_map(line) {
        let concerned = entry.names.iter().any(|name| concerns(name, domain));
        let elsewhere = !(entry.address.is_loopback() || entry.address.is_unspecified());
        match (concerned, elsewhere) {
            (true, _) if near.len() < HOSTS_LIMIT => near.push(entry),
            (false, true) if far.len() < HOSTS_LIMIT => far.push(entry),
            (false, false) => {}
            _ => left_out = left_out.saturating_add(1),
        }
    }
    let room = HOSTS_LIMIT - near.len();
    let beyond = u32::try_from(far.len().saturating_sub(room)).unwrap_or(u32::MAX);
    far.truncate(room);
    near.extend(far);
    (near, left_out.saturating_add(beyond))
}

/// One line: an address and its names; what begins with `#` is a remark.
pub(super) fn line(line: &str) -> Option<HostsEntry> {
    let mut words = line.split('#').next().unwrap_or_default().split_whitespace();
    let address: IpAddr = words.next()?.parse().ok()?;
    let names: Vec<String> = words.take(NAME_LIMIT).map(name).collect::<Option<_>>()?;
    (!names.is_empty()).then_some(HostsEntry { address, names })
}

fn name(word: &str) -> Option<String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    (word.len() <= 253 && word.chars().all(allowed)).then(|| word.trim_end_matches('.').to_ascii_lowercase())
}

fn concerns(name: &str, domain: Option<&str>) -> bool {
    let label = name.split('.').next().unwrap_or_default().trim_end_matches(|c: char| c.is_ascii_digit());
    let own = domain
        .is_some_and(|domain| name == domain || name.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')));
    own || LABELS.contains(&label) || name.ends_with(".outlook.com") || name.ends_with(".office365.com")
}
