//! DNS evidence: a question, who answered, and everything the answer said.

mod message;

pub use message::{DnsExtension, DnsFlag, DnsMessage};

use serde::{Deserialize, Serialize};
use std::net::{Ipv4Addr, Ipv6Addr};

/// A question and what came back.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct DnsAnswer {
    /// What was asked.
    pub question: DnsQuestion,
    /// Why it was asked.
    pub purpose: Purpose,
    /// Whose view this is.
    pub view: View,
    /// The server that answered last, as `--resolver` takes it: address and port, such as `10.0.0.2:53`, before it
    /// `tcp://` where it is asked over TCP alone, or `tls://` or `https://` with the address after `#`; absent for the
    /// operating system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub responder: Option<String>,
    /// How it ended.
    pub status: DnsStatus,
    /// Answer section in the order sent, aliases included; at most 64 records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<DnsRecord>,
    /// SOA of the authority section: which zone denies, and for how long the denial is cached (RFC 2308).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<StartOfAuthority>,
    /// The aliases do not end in a name that can be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias_fault: Option<AliasFault>,
    /// AA bit: the server holds the zone.
    #[serde(default)]
    pub authoritative: bool,
    /// The answer was truncated over UDP and fetched again over TCP.
    #[serde(default)]
    pub over_tcp: bool,
    /// Records beyond the bound of 64 that were dropped.
    #[serde(default)]
    pub dropped: usize,
    /// The messages behind this answer in the order they came, at most 4: more than one where aliases were followed or a
    /// truncated answer was fetched again. Empty for the operating system, for failures without a message, and in
    /// recordings of programs that did not keep them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<DnsMessage>,
    /// Microseconds until the answer or the failure.
    pub elapsed_us: u64,
}

impl DnsAnswer {
    /// The answer to a question that nobody answered: the server cannot be reached, and nothing is known.
    pub fn unanswered(question: DnsQuestion, view: View) -> Self {
        Self {
            question,
            purpose: Purpose::Lookup,
            view,
            responder: None,
            status: DnsStatus::Unreachable,
            records: Vec::new(),
            authority: None,
            alias_fault: None,
            authoritative: false,
            over_tcp: false,
            dropped: 0,
            messages: Vec::new(),
            elapsed_us: 0,
        }
    }

    /// Addresses among the records, IPv4 and IPv6, in the order sent.
    pub fn addresses(&self) -> Vec<std::net::IpAddr> {
        self.records
            .iter()
            .filter_map(|record| match record.data {
                DnsData::A { address } => Some(address.into()),
                DnsData::Aaaa { address } => Some(address.into()),
                _ => None,
            })
            .collect()
    }

    /// Address of the server that answered last, where it is known.
    pub fn responder_address(&self) -> Option<std::net::IpAddr> {
        let text = self.responder.as_deref()?;
        if let Some((_, place)) = text.rsplit_once('#') {
            return place.parse().ok();
        }
        let authority = text.split_once("://").map_or(text, |(_, rest)| rest.split('/').next().unwrap_or(rest));
        let socket = authority.parse::<std::net::SocketAddr>().map(|socket| socket.ip());
        socket.or_else(|_| authority.trim_matches(['[', ']']).parse()).ok()
    }

    /// Alias targets among the records, in the order sent.
    pub fn aliases(&self) -> Vec<&str> {
        self.records
            .iter()
            .filter_map(|record| match &record.data {
                DnsData::Cname { target } => Some(target.as_str()),
                _ => None,
            })
            .collect()
    }
}

/// A DNS question.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub struct DnsQuestion {
    /// Absolute name in lower-case ASCII, written without the final dot.
    pub name: String,
    /// Record type.
    pub record: RecordType,
}

/// Record types that are asked for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum RecordType {
    /// IPv4 address.
    A,
    /// IPv6 address.
    Aaaa,
    /// Alias.
    Cname,
    /// Mail server.
    Mx,
    /// Name server.
    Ns,
    /// Start of authority.
    Soa,
    /// Service location (RFC 2782).
    Srv,
    /// Text.
    Txt,
}

impl RecordType {
    /// The type's mnemonic.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Cname => "CNAME",
            Self::Mx => "MX",
            Self::Ns => "NS",
            Self::Soa => "SOA",
            Self::Srv => "SRV",
            Self::Txt => "TXT",
        }
    }
}

/// Why a question was asked.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// The client would ask it too.
    Lookup,
    /// A random label beside the name: does a wildcard or a rewriting resolver answer?
    WildcardCanary,
    /// To tell who hosts mail and zone (MX, NS, TXT).
    Surroundings,
    /// An owner name under which the SRV record is published by mistake: is it there?
    OwnerSlip,
    /// The domain's controllers, by `_ldap._tcp.dc._msdcs.<domain>` ([MS-ADTS] 6.3.2.3), and their addresses.
    DomainControllers,
    /// A host that another SRV record or the settings for mail name.
    NamedHost,
}

/// Whose view an answer is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "view", rename_all = "snake_case")]
pub enum View {
    /// The resolvers that stand in the system's place.
    System,
    /// A further resolver, counted from 1.
    Further {
        /// Its place among the further resolvers.
        number: usize,
    },
    /// The operating system's own interface (getaddrinfo).
    OperatingSystem,
    /// A server that holds the zone.
    Authoritative,
}

/// How a question ended.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DnsStatus {
    /// Records of the type asked for came back (possibly behind aliases).
    Answered,
    /// The name exists, without that type (NOERROR, no such record).
    NoData,
    /// The name does not exist (RFC 8020).
    NoSuchName,
    /// The server could not finish.
    ServerFailure,
    /// The server refused.
    Refused,
    /// Another response code.
    OtherCode,
    /// Nothing came back in time.
    TimedOut,
    /// Nothing listens at the server's port (ICMP).
    PortClosed,
    /// No route to the server.
    Unreachable,
    /// The server was to be asked over TLS or HTTPS, and its certificate does not hold.
    Untrusted,
    /// The answer could not be read, or did not belong to the question.
    Malformed,
}

/// Aliases that lead nowhere.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum AliasFault {
    /// The last target does not exist or has no such record.
    Dangling {
        /// The last target.
        target: String,
    },
    /// The targets repeat, or there are more than 16.
    Loop {
        /// The target that repeats.
        target: String,
    },
}

/// One record of an answer.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct DnsRecord {
    /// Owner name in lower case, without the final dot.
    pub name: String,
    /// Time to live in seconds, as this server gave it.
    pub ttl: u32,
    /// Type and content.
    #[serde(flatten)]
    pub data: DnsData,
}

/// Type and content of a record.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "UPPERCASE")]
pub enum DnsData {
    /// IPv4 address.
    A {
        /// The address.
        address: Ipv4Addr,
    },
    /// IPv6 address.
    Aaaa {
        /// The address.
        address: Ipv6Addr,
    },
    /// Alias.
    Cname {
        /// What it stands for.
        target: String,
    },
    /// Mail server.
    Mx {
        /// Lowest first.
        preference: u16,
        /// The mail server's name.
        exchange: String,
    },
    /// Name server.
    Ns {
        /// The name server's name.
        target: String,
    },
    /// Service location (RFC 2782).
    Srv {
        /// Lowest first.
        priority: u16,
        /// Share within one priority.
        weight: u16,
        /// TCP port.
        port: u16,
        /// The host; `.` declares the service absent.
        target: String,
    },
    /// Text, its strings joined, sanitised.
    Txt {
        /// The text.
        text: String,
    },
    /// Any other type, in presentation form, sanitised.
    Other {
        /// The type's mnemonic or `TYPEn`.
        mnemonic: String,
        /// The content.
        text: String,
    },
}

impl DnsData {
    /// Type and content as zone files write them: `SRV` and `0 0 443 mail.contoso.test`.
    pub fn in_zone_file(&self) -> (&str, String) {
        match self {
            Self::A { address } => ("A", address.to_string()),
            Self::Aaaa { address } => ("AAAA", address.to_string()),
            Self::Cname { target } => ("CNAME", target.clone()),
            Self::Mx { preference, exchange } => ("MX", format!("{preference} {exchange}")),
            Self::Ns { target } => ("NS", target.clone()),
            Self::Srv { priority, weight, port, target } => ("SRV", format!("{priority} {weight} {port} {target}")),
            Self::Txt { text } => ("TXT", format!("\"{text}\"")),
            Self::Other { mnemonic, text } => (mnemonic.as_str(), text.clone()),
        }
    }
}

/// The SOA record of a negative answer.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct StartOfAuthority {
    /// The zone that denies.
    pub zone: String,
    /// Seconds for which the denial may still be cached (the lower of TTL and minimum, RFC 2308).
    pub negative_ttl: u32,
}
