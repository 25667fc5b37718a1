//! Reading assumptions as people write them.

use super::{ASSUMPTION_LIMIT, Assumption};
use crate::{
    event::{ClientFamily, DnsData, Origin},
    plan,
};
use std::net::IpAddr;
use thiserror::Error;

/// What may be assumed, as it is written.
pub const GRAMMAR: &str = "remove NAME|*.ZONE | remove NAME A|AAAA ADDRESS | add NAME A|AAAA|CNAME|SRV|TXT DATA | \
    certificate lists HOST | certificate sound at HOST | certificate trusted at HOST | encryption current at HOST | \
    refuse HOST[:PORT] | answer HOST | settings at HOST | redirect URL to URL | allow redirect to HOST | missing HOST | \
    directory URL | directory without HOST | directory empty | switch VALUE | unset VALUE | services at HOST | \
    hosts without NAME | clock right | resolver truthful | client FAMILY";

/// A text that is no assumption.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum AssumptionError {
    /// The first word is not known.
    #[error("{}", say!("cannot assume {text}: write {grammar}", text = format!("{:?}", .text), grammar = GRAMMAR))]
    Unknown {
        /// What was written.
        text: String,
    },
    /// A host name that is none.
    #[error("{}", say!("cannot assume {text}: {name} is not a host name", text = format!("{:?}", .text), name = format!("{:?}", .name)))]
    NotAName {
        /// What was written.
        text: String,
        /// The part that is wrong.
        name: String,
    },
    /// A record that cannot be read.
    #[error("{}", say!("cannot assume {text}: the record after the name is not A, AAAA, CNAME, SRV or TXT with its data", text = format!("{:?}", .text)))]
    NotARecord {
        /// What was written.
        text: String,
    },
    /// A registry value that switches no step off.
    #[error("{}", say!("cannot assume {text}: {value} switches no step off; known: {known}", text = format!("{:?}", .text), value = format!("{:?}", .value), known = .known))]
    NotASwitch {
        /// What was written.
        text: String,
        /// The value's name.
        value: String,
        /// The names that are known.
        known: String,
    },
    /// Too many at once.
    #[error("{}", say!("cannot assume {count} things at once; the limit is {assumption_limit}", count = .count, assumption_limit = ASSUMPTION_LIMIT))]
    TooMany {
        /// How many were given.
        count: usize,
    },
}

/// Reads assumptions that are separated by semicolons or stand on lines of their own; empty parts are passed over.
///
/// # Errors
/// [`AssumptionError::TooMany`] when there are too many; otherwise as [`parse`] of the first that cannot be read.
pub fn parse_all(text: &str) -> Result<Vec<Assumption>, AssumptionError> {
    let parts: Vec<&str> = text.split([';', '\n']).map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.len() > ASSUMPTION_LIMIT {
        return Err(AssumptionError::TooMany { count: parts.len() });
    }
    parts.into_iter().map(parse).collect()
}

/// Reads one assumption; capitals and final dots of names do not matter.
///
/// # Errors
/// [`AssumptionError`] says which part cannot be read, and what is known.
pub fn parse(text: &str) -> Result<Assumption, AssumptionError> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let lower: Vec<String> = words.iter().take(3).map(|word| word.to_ascii_lowercase()).collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    match (lower.as_slice(), words.as_slice()) {
        (["remove", _, "a" | "aaaa"], [_, name, kind, address]) => withdrawn(text, name, kind, address),
        (["services", "at", _], [_, _, host]) => Ok(Assumption::Services { host: host_name(text, host)? }),
        (["client", name], [_, _]) => ClientFamily::from_name(name)
            .map(|family| Assumption::Client { family })
            .ok_or_else(|| AssumptionError::Unknown { text: text.to_owned() }),
        (["remove", ..], [_, name]) => {
            let (star, rest) = name.strip_prefix("*.").map_or(("", *name), |rest| ("*.", rest));
            Ok(Assumption::Removed { name: format!("{star}{}", host_name(text, rest)?) })
        }
        (["add", ..], [_, name, record @ ..]) => {
            let data = record_data(text, record)?;
            Ok(Assumption::Added { name: host_name(text, name)?, data })
        }
        (["certificate", "lists", _], [_, _, host]) => Ok(Assumption::Listed { host: host_name(text, host)? }),
        (["certificate", "sound", "at"], [_, _, _, host]) => Ok(Assumption::Sound { host: host_name(text, host)? }),
        (["certificate", "trusted", "at"], [_, _, _, host]) => Ok(Assumption::Trusted { host: host_name(text, host)? }),
        (["encryption", "current", "at"], [_, _, _, host]) => {
            Ok(Assumption::Encrypted { host: host_name(text, host)? })
        }
        (["hosts", "without", _], [_, _, host]) => Ok(Assumption::NotInHostsFile { host: host_name(text, host)? }),
        (["clock", "right"], [_, _]) => Ok(Assumption::ClockRight),
        (["resolver", "truthful"], [_, _]) => Ok(Assumption::ResolverTruthful),
        (["refuse", ..], [_, place]) => refused(text, place),
        (["answer", ..], [_, host]) => Ok(Assumption::Answers { host: host_name(text, host)? }),
        (["missing", ..], [_, host]) => Ok(Assumption::Missing { host: host_name(text, host)? }),
        (["settings", "at", _], [_, _, host]) => Ok(Assumption::Settings { host: host_name(text, host)? }),
        (["redirect", _, "to"], [_, from, _, to]) => redirected(text, from, to),
        (["allow", "redirect", "to"], [_, _, _, host]) => Ok(Assumption::Allowed { host: host_name(text, host)? }),
        (["directory", "without", _], [_, _, host]) => Ok(Assumption::Vacated { host: Some(host_name(text, host)?) }),
        (["directory", "empty"], [_, _]) => Ok(Assumption::Vacated { host: None }),
        (["directory", ..], [_, url]) => directory(text, url),
        (["switch", ..], [_, value]) => switched_off(text, value),
        (["unset", ..], [_, value]) if is_value_name(value) => Ok(Assumption::Unset { name: (*value).to_owned() }),
        _ => Err(AssumptionError::Unknown { text: text.to_owned() }),
    }
}

/// The registry value that switches a step off.
pub(super) fn switch_of(origin: Origin) -> Option<&'static str> {
    plan::sequence(ClientFamily::Outlook365).iter().find(|step| step.origin == origin).and_then(|step| step.switch)
}

fn switched_off(text: &str, value: &str) -> Result<Assumption, AssumptionError> {
    let steps = plan::sequence(ClientFamily::Outlook365);
    let known = steps.iter().filter_map(|step| Some((step.switch?, step.origin)));
    let found = known.clone().find(|(name, _)| name.eq_ignore_ascii_case(value));
    found.map(|(_, origin)| Assumption::SwitchedOff { origin }).ok_or_else(|| AssumptionError::NotASwitch {
        text: text.to_owned(),
        value: value.to_owned(),
        known: known.map(|(name, _)| name).collect::<Vec<_>>().join(", "),
    })
}

/// Whether a text may be the name of a value of Outlook's search, which a mail domain is too.
fn is_value_name(text: &str) -> bool {
    text.len() <= 253 && text.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c))
}

fn withdrawn(text: &str, name: &str, kind: &str, address: &str) -> Result<Assumption, AssumptionError> {
    let address: Option<IpAddr> = address.parse().ok();
    let fits = address.filter(|address| address.is_ipv4() == kind.eq_ignore_ascii_case("A"));
    let address = fits.ok_or_else(|| AssumptionError::NotARecord { text: text.to_owned() })?;
    Ok(Assumption::Withdrawn { name: host_name(text, name)?, address })
}

fn directory(text: &str, url: &str) -> Result<Assumption, AssumptionError> {
    let url = url::Url::parse(url).ok().filter(|url| url.scheme() == "https" && url.has_host());
    url.map(|url| Assumption::Directory { url }).ok_or_else(|| AssumptionError::Unknown { text: text.to_owned() })
}

/// A redirect that Outlook follows: to https (KB3211279).
fn redirected(text: &str, from: &str, to: &str) -> Result<Assumption, AssumptionError> {
    let place = |url: &str| url::Url::parse(url).ok().filter(url::Url::has_host);
    let from = place(from).filter(|url| matches!(url.scheme(), "http" | "https"));
    let places = from.zip(place(to).filter(|url| url.scheme() == "https"));
    places
        .map(|(from, to)| Assumption::Redirected { from, to })
        .ok_or_else(|| AssumptionError::Unknown { text: text.to_owned() })
}

fn refused(text: &str, place: &str) -> Result<Assumption, AssumptionError> {
    let unknown = || AssumptionError::Unknown { text: text.to_owned() };
    let (host, port) = match place.split_once(':') {
        Some((host, port)) => (host, port.parse().map_err(|_| unknown())?),
        None => (place, 443),
    };
    Ok(Assumption::Refused { host: host_name(text, host)?, port })
}

/// The data of a zone line behind its name: `3600 IN SRV 0 0 443 mail.contoso.com.`; TTL and class may be left out.
fn record_data(text: &str, words: &[&str]) -> Result<DnsData, AssumptionError> {
    let not_a_record = || AssumptionError::NotARecord { text: text.to_owned() };
    let mut words = words;
    while let Some((first, rest)) = words.split_first() {
        let passed_over = first.eq_ignore_ascii_case("IN") || first.parse::<u32>().is_ok();
        if !passed_over {
            break;
        }
        words = rest;
    }
    let (kind, data) = words.split_first().ok_or_else(not_a_record)?;
    match (kind.to_ascii_uppercase().as_str(), data) {
        ("A", [address]) => Ok(DnsData::A { address: address.parse().map_err(|_| not_a_record())? }),
        ("AAAA", [address]) => Ok(DnsData::Aaaa { address: address.parse().map_err(|_| not_a_record())? }),
        ("CNAME", [target]) => Ok(DnsData::Cname { target: host_name(text, target)? }),
        ("SRV", [priority, weight, port, target]) => {
            let number = |word: &str| word.parse::<u16>().map_err(|_| not_a_record());
            let (priority, weight, port) = (number(priority)?, number(weight)?, number(port)?);
            Ok(DnsData::Srv { priority, weight, port, target: host_name(text, target)? })
        }
        ("TXT", content) => Ok(DnsData::Txt { text: content.join(" ").trim_matches('"').to_owned() }),
        _ => Err(not_a_record()),
    }
}

/// A host name in lower case without its final dot.
fn host_name(text: &str, word: &str) -> Result<String, AssumptionError> {
    let name = word.trim_end_matches('.').to_ascii_lowercase();
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_')
    };
    if name.len() <= 253 && name.split('.').all(label) {
        return Ok(name);
    }
    Err(AssumptionError::NotAName { text: text.to_owned(), name: word.to_owned() })
}
