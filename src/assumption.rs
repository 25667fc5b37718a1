//! What-if: a run as it would be if something were different. Pure: the model is changed, nothing is asked again.
//!
//! An assumption is written as people say it (`remove autodiscover.contoso.com`, or the line of a zone after `add`), so
//! that a command line, the screen and the pages of the catalogue share one spelling. What an assumption makes unknown
//! becomes unknown: a stage without an outcome leaves the verdict open.

mod effect;
mod parse;

pub use effect::assume;
pub use parse::{AssumptionError, GRAMMAR, parse, parse_all};

use crate::{
    event::{ClientFamily, DnsData, Origin, Stage, Standing},
    model::Model,
};
use serde::{Serialize, Serializer};
use std::{fmt, net::IpAddr};

/// Most assumptions that one question may hold.
pub const ASSUMPTION_LIMIT: usize = 32;

/// One thing that is taken to be different.
#[derive(Clone, Debug, PartialEq)]
pub enum Assumption {
    /// A name has no record of its own any more; a wildcard may then answer for it (RFC 4592).
    Removed {
        /// The name; with `*.` before it the wildcard of that zone.
        name: String,
    },
    /// A name has not this address any more; its other records stay.
    Withdrawn {
        /// The name.
        name: String,
        /// The address.
        address: IpAddr,
    },
    /// A name has this record.
    Added {
        /// The name.
        name: String,
        /// The record.
        data: DnsData,
    },
    /// The certificate shown for a host lists the host's name.
    Listed {
        /// The host.
        host: String,
    },
    /// The certificate shown for a host is in date and from an issuer that Windows trusts.
    Sound {
        /// The host.
        host: String,
    },
    /// The certificate shown for a host is from an issuer that Windows trusts, with its chain; all else stays.
    Trusted {
        /// The host.
        host: String,
    },
    /// A host speaks TLS as current clients do; its certificate stays, and what stands behind is open where nobody saw it.
    Encrypted {
        /// The host.
        host: String,
    },
    /// A host refuses connections to a port.
    Refused {
        /// The host.
        host: String,
        /// The port.
        port: u16,
    },
    /// A host answers the request over https as Exchange does: it asks for a password. Its certificate stays, and is open
    /// where nobody saw it.
    Answers {
        /// The host.
        host: String,
    },
    /// A host answers the request over https with settings for Exchange, where it wants a password after that was given.
    Settings {
        /// The host.
        host: String,
    },
    /// A URL answers with a redirect to another place.
    Redirected {
        /// The URL that is asked.
        from: url::Url,
        /// The place it names.
        to: url::Url,
    },
    /// The PC allows this host to configure accounts (`RedirectServers`, KB2480582), so that nobody is asked.
    Allowed {
        /// The host.
        host: String,
    },
    /// A host answers that it has no such page (404).
    Missing {
        /// The host.
        host: String,
    },
    /// Active Directory holds this URL, and no other, in its service connection points.
    Directory {
        /// The URL.
        url: url::Url,
    },
    /// Active Directory holds no URL with this host in its service connection points; no URL at all where none is named.
    Vacated {
        /// The host.
        host: Option<String>,
    },
    /// A step is switched off on the PC (KB2212902, KB3211279).
    SwitchedOff {
        /// The step.
        origin: Origin,
    },
    /// A value of Outlook's search is no longer set on the PC that was read, in any of its keys.
    Unset {
        /// The value's name, a mail domain for its local XML file, or [`Assumption::REMEMBERED`].
        name: String,
    },
    /// The PC's own list of names, its hosts file, says nothing about a name, so that DNS does.
    NotInHostsFile {
        /// The name.
        host: String,
    },
    /// The clock of this machine shows the time that the servers state in their answers.
    ClockRight,
    /// The resolver invents no addresses for names that do not exist.
    ResolverTruthful,
    /// The settings name this host in every service URL.
    Services {
        /// The host.
        host: String,
    },
    /// Another client is used.
    Client {
        /// Which.
        family: ClientFamily,
    },
}

impl Assumption {
    /// Whether it speaks of anything that this run asked; what it speaks of otherwise changes nothing.
    pub fn concerns(&self, model: &Model) -> bool {
        let mut probed = model.candidates.iter().filter(|state| state.candidate.standing == Standing::Probed);
        let service = format!("_autodiscover._tcp.{}", model.domain());
        let below = |host: &str, zone: &str| host.strip_suffix(zone).is_some_and(|rest| rest.ends_with('.'));
        match self {
            Self::Removed { name } | Self::Added { name, .. } | Self::Withdrawn { name, .. } => {
                let zone = name.strip_prefix("*.");
                *name == service
                    || probed.any(|state| state.host() == name || zone.is_some_and(|zone| below(state.host(), zone)))
            }
            Self::Refused { host, port } => probed.any(|state| state.host() == host && state.candidate.port == *port),
            Self::Listed { host } | Self::Sound { host } | Self::Trusted { host } | Self::Encrypted { host } => {
                probed.any(|state| state.host() == host && state.stages.contains_key(&Stage::Tls))
            }
            Self::Answers { host } | Self::Settings { host } | Self::Missing { host } => {
                probed.any(|state| state.host() == host)
            }
            Self::Redirected { from, .. } => probed.any(|state| state.is_asked_at(from)),
            Self::Allowed { host } => probed.any(|state| state.leads_to_host() == Some(host.clone())),
            Self::Directory { .. } | Self::Vacated { host: None } => {
                probed.any(|state| state.candidate.origin == Origin::Scp)
            }
            Self::Vacated { host: Some(host) } => {
                probed.any(|state| state.candidate.origin == Origin::Scp && state.host() == host)
            }
            Self::SwitchedOff { origin } => probed.any(|state| state.candidate.origin == *origin),
            Self::Services { .. } => probed.any(|state| state.candidate.origin == Origin::Service),
            Self::Unset { name } => model.pc.as_ref().is_some_and(|pc| {
                let is_set = pc.values.iter().any(|value| value.name.eq_ignore_ascii_case(name));
                is_set || (name == Self::REMEMBERED && !pc.remembered.is_empty())
            }),
            Self::NotInHostsFile { host } => probed.any(|state| state.host() == host),
            Self::ClockRight | Self::ResolverTruthful | Self::Client { .. } => true,
        }
    }
}

impl Assumption {
    /// In the place of a value's name: the last URL that worked.
    pub const REMEMBERED: &str = "last-known-good";
}

impl fmt::Display for Assumption {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Removed { name } => write!(formatter, "remove {name}"),
            Self::Withdrawn { name, address } => {
                write!(formatter, "remove {name} {} {address}", if address.is_ipv4() { "A" } else { "AAAA" })
            }
            Self::Added { name, data } => match data {
                DnsData::A { address } => write!(formatter, "add {name} A {address}"),
                DnsData::Aaaa { address } => write!(formatter, "add {name} AAAA {address}"),
                DnsData::Cname { target } => write!(formatter, "add {name} CNAME {target}"),
                DnsData::Srv { priority, weight, port, target } => {
                    write!(formatter, "add {name} SRV {priority} {weight} {port} {target}")
                }
                DnsData::Txt { text } if text.is_empty() => write!(formatter, "add {name} TXT"),
                DnsData::Txt { text } => write!(formatter, "add {name} TXT \"{text}\""),
                _ => write!(formatter, "add {name}"),
            },
            Self::Listed { host } => write!(formatter, "certificate lists {host}"),
            Self::Sound { host } => write!(formatter, "certificate sound at {host}"),
            Self::Trusted { host } => write!(formatter, "certificate trusted at {host}"),
            Self::Encrypted { host } => write!(formatter, "encryption current at {host}"),
            Self::Refused { host, port } => write!(formatter, "refuse {host}:{port}"),
            Self::Answers { host } => write!(formatter, "answer {host}"),
            Self::Settings { host } => write!(formatter, "settings at {host}"),
            Self::Redirected { from, to } => write!(formatter, "redirect {from} to {to}"),
            Self::Allowed { host } => write!(formatter, "allow redirect to {host}"),
            Self::Missing { host } => write!(formatter, "missing {host}"),
            Self::Directory { url } => write!(formatter, "directory {url}"),
            Self::Vacated { host: Some(host) } => write!(formatter, "directory without {host}"),
            Self::Vacated { host: None } => formatter.write_str("directory empty"),
            Self::SwitchedOff { origin } => {
                write!(formatter, "switch {}", parse::switch_of(*origin).unwrap_or(origin.as_str()))
            }
            Self::Unset { name } => write!(formatter, "unset {name}"),
            Self::NotInHostsFile { host } => write!(formatter, "hosts without {host}"),
            Self::ClockRight => formatter.write_str("clock right"),
            Self::ResolverTruthful => formatter.write_str("resolver truthful"),
            Self::Services { host } => write!(formatter, "services at {host}"),
            Self::Client { family } => write!(formatter, "client {}", family.as_str()),
        }
    }
}

impl Serialize for Assumption {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests;
