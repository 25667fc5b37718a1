//! Zones of a lab, and the answers that a recursive resolver would give from them.

use super::{
    LabError,
    scenario::{self, Fault, FaultKind},
};
use hickory_proto::{
    op::ResponseCode,
    rr::{
        Name, RData, Record, RecordType,
        rdata::{A, AAAA, CNAME, MX, NS, SOA, SRV, TXT},
    },
};
use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr},
};

/// Most aliases that are followed in one answer, as common resolvers do.
const ALIAS_LIMIT: usize = 16;

/// Seconds for which a denial may be cached (RFC 2308).
const NEGATIVE_TTL: u32 = 300;

/// What one resolver of the lab knows.
#[derive(Clone, Debug)]
pub(super) struct ZoneSet {
    /// The most specific zone first.
    zones: Vec<ZoneData>,
    faults: Vec<Fault>,
}

#[derive(Clone, Debug)]
struct ZoneData {
    origin: String,
    records: BTreeMap<String, Vec<Record>>,
}

/// An answer; `None` in its place means that nothing comes back.
#[derive(Debug, PartialEq)]
pub(super) struct Resolved {
    pub code: ResponseCode,
    pub answers: Vec<Record>,
    pub authority: Option<Record>,
}

impl ZoneSet {
    /// Reads the zones; those of `own` replace zones of the same name.
    ///
    /// # Errors
    /// [`LabError`] when a record cannot be read.
    pub fn new(common: &[scenario::Zone], own: &[scenario::Zone], faults: &[Fault]) -> Result<Self, LabError> {
        let replaced = |zone: &&scenario::Zone| !own.iter().any(|other| other.name.eq_ignore_ascii_case(&zone.name));
        let mut zones = common.iter().filter(replaced).chain(own).map(ZoneData::read).collect::<Result<Vec<_>, _>>()?;
        zones.sort_by_key(|zone| std::cmp::Reverse(zone.origin.split('.').count()));
        Ok(Self { zones, faults: faults.to_vec() })
    }

    /// Every address that an A or AAAA record holds.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        self.zones.iter().flat_map(|zone| zone.records.values().flatten()).filter_map(|record| match &record.data {
            RData::A(address) => Some(IpAddr::V4(address.0)),
            RData::AAAA(address) => Some(IpAddr::V6(address.0)),
            _ => None,
        })
    }

    /// Every port that an SRV record names.
    pub fn ports(&self) -> impl Iterator<Item = u16> {
        self.zones.iter().flat_map(|zone| zone.records.values().flatten()).filter_map(|record| match &record.data {
            RData::SRV(service) => Some(service.port),
            _ => None,
        })
    }

    /// Answers as a recursive resolver would: aliases are followed from zone to zone.
    pub fn resolve(&self, asked: &str, wanted: RecordType) -> Option<Resolved> {
        let mut name = asked.trim_end_matches('.').to_ascii_lowercase();
        let mut answers = Vec::new();
        for _ in 0..=ALIAS_LIMIT {
            match self.faults.iter().find(|fault| fault.is_for(&name)).map(|fault| fault.kind) {
                Some(FaultKind::Servfail) => return Some(Resolved::failure(ResponseCode::ServFail)),
                Some(FaultKind::Refused) => return Some(Resolved::failure(ResponseCode::Refused)),
                Some(FaultKind::Drop) => return None,
                Some(FaultKind::NxdomainRewrite) | None => {}
            }
            let zone = self.zones.iter().find(|zone| is_within(&name, &zone.origin));
            let Some(records) = zone.and_then(|zone| zone.lookup(&name)) else {
                return Some(self.denial(&name, wanted, answers, zone));
            };
            let matching = records.iter().filter(|record| record.record_type() == wanted);
            answers.extend(matching.cloned());
            let alias = records.iter().find_map(|record| match &record.data {
                RData::CNAME(target) if wanted != RecordType::CNAME => Some((record, target.0.to_ascii())),
                _ => None,
            });
            let Some((record, target)) = alias else {
                let empty = !records.iter().any(|record| record.record_type() == wanted);
                let authority = if empty { Some(start_of_authority(zone)) } else { None };
                return Some(Resolved { code: ResponseCode::NoError, answers, authority });
            };
            answers.push(record.clone());
            name = target.trim_end_matches('.').to_ascii_lowercase();
        }
        Some(Resolved::failure(ResponseCode::ServFail))
    }

    /// NXDOMAIN with the SOA of the zone that denies, or what a rewriting resolver makes of it.
    fn denial(&self, name: &str, wanted: RecordType, answers: Vec<Record>, zone: Option<&ZoneData>) -> Resolved {
        let rewriting =
            |fault: &&Fault| fault.kind == FaultKind::NxdomainRewrite && is_within(name, fault.name.trim_matches('.'));
        let substitute = self.faults.iter().find(rewriting).and_then(|fault| fault.address);
        let owner = Name::from_ascii(format!("{name}."));
        match (substitute, owner) {
            (Some(address), Ok(owner)) if wanted == RecordType::A => {
                let record = Record::from_rdata(owner, 60, RData::A(A(address)));
                Resolved { code: ResponseCode::NoError, answers: vec![record], authority: None }
            }
            (Some(_), _) => Resolved::failure(ResponseCode::NoError),
            (None, _) => Resolved { code: ResponseCode::NXDomain, answers, authority: Some(start_of_authority(zone)) },
        }
    }
}

impl Resolved {
    fn failure(code: ResponseCode) -> Self {
        Self { code, answers: Vec::new(), authority: None }
    }
}

impl Fault {
    fn is_for(&self, name: &str) -> bool {
        let own = self.name.trim_matches('.').to_ascii_lowercase();
        self.kind != FaultKind::NxdomainRewrite && (own == name || self.below && is_within(name, &own))
    }
}

impl ZoneData {
    fn read(zone: &scenario::Zone) -> Result<Self, LabError> {
        let origin = zone.name.trim_end_matches('.').to_ascii_lowercase();
        let mut records: BTreeMap<String, Vec<Record>> = BTreeMap::new();
        records.entry(origin.clone()).or_default();
        for line in &zone.records {
            let record = parse_record(line, &origin)
                .ok_or_else(|| LabError::Record { zone: zone.name.clone(), record: line.clone() })?;
            let owner = record.name.to_ascii().trim_end_matches('.').to_ascii_lowercase();
            records.entry(owner).or_default().push(record);
        }
        Ok(Self { origin, records })
    }

    /// The records of a name, a wildcard's among them (RFC 4592 section 3.3.1); `None` when the name does not exist.
    fn lookup(&self, name: &str) -> Option<Vec<Record>> {
        if let Some(records) = self.records.get(name) {
            return Some(records.clone());
        }
        if self.exists(name) {
            return Some(Vec::new());
        }
        let mut encloser = name;
        while let Some((_, parent)) = encloser.split_once('.') {
            encloser = parent;
            if self.exists(encloser) {
                break;
            }
        }
        let owner = Name::from_ascii(format!("{name}.")).ok()?;
        let synthesised = |record: &Record| Record::from_rdata(owner.clone(), record.ttl, record.data.clone());
        self.records.get(&format!("*.{encloser}")).map(|records| records.iter().map(synthesised).collect())
    }

    /// Whether a name has records or names below it (empty non-terminals exist, RFC 4592 section 2.2.2).
    fn exists(&self, name: &str) -> bool {
        self.records.keys().any(|owner| is_within(owner, name))
    }
}

/// Whether a name equals another or lies below it; the empty name is the root.
fn is_within(name: &str, above: &str) -> bool {
    above.is_empty() || name == above || name.strip_suffix(above).is_some_and(|rest| rest.ends_with('.'))
}

fn start_of_authority(zone: Option<&ZoneData>) -> Record {
    let origin = zone.map_or("", |zone| zone.origin.as_str());
    let name = Name::from_ascii(format!("{origin}.")).unwrap_or_else(|_| Name::root());
    // A label that is too long for this prefix leaves the root, which is a valid name too.
    let prefixed = |label: &str| name.prepend_label(label).unwrap_or_else(|_| Name::root());
    let soa = SOA::new(prefixed("ns1"), prefixed("hostmaster"), 2_026_112_001, 7200, 900, 1_209_600, NEGATIVE_TTL);
    Record::from_rdata(name, NEGATIVE_TTL, RData::SOA(soa))
}

/// One record in zone-file style: owner, TTL, class, type, content.
fn parse_record(line: &str, origin: &str) -> Option<Record> {
    let mut words = line.split_whitespace();
    let owner = absolute(words.next()?, origin)?;
    let ttl = words.next()?.parse().ok()?;
    if words.next()? != "IN" {
        return None;
    }
    let kind = words.next()?;
    let content: Vec<&str> = words.collect();
    Some(Record::from_rdata(owner, ttl, parse_content(kind, &content, line, origin)?))
}

fn parse_content(kind: &str, content: &[&str], line: &str, origin: &str) -> Option<RData> {
    Some(match (kind, content) {
        ("A", [address]) => RData::A(A(address.parse::<Ipv4Addr>().ok()?)),
        ("AAAA", [address]) => RData::AAAA(AAAA(address.parse().ok()?)),
        ("CNAME", [target]) => RData::CNAME(CNAME(absolute(target, origin)?)),
        ("NS", [target]) => RData::NS(NS(absolute(target, origin)?)),
        ("MX", [preference, exchange]) => RData::MX(MX::new(preference.parse().ok()?, absolute(exchange, origin)?)),
        ("SRV", [priority, weight, port, target]) => RData::SRV(SRV::new(
            priority.parse().ok()?,
            weight.parse().ok()?,
            port.parse().ok()?,
            absolute(target, origin)?,
        )),
        ("TXT", [_, ..]) => {
            let text = line.split_once('"').and_then(|(_, rest)| rest.strip_suffix('"'))?;
            RData::TXT(TXT::new(vec![text.to_owned()]))
        }
        _ => return None,
    })
}

fn absolute(name: &str, origin: &str) -> Option<Name> {
    let text = match name {
        "@" => format!("{origin}."),
        "." => ".".to_owned(),
        name if name.ends_with('.') => name.to_owned(),
        name => format!("{name}.{origin}."),
    };
    Name::from_ascii(text).ok()
}
