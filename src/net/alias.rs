//! Where a chain of aliases ends. Pure.

use crate::event::{DnsData, DnsRecord, RecordType};

/// Longest chain of aliases that is followed; recursive servers stop at about the same length (BIND at 16).
pub(super) const LIMIT: usize = 16;

/// How a chain of aliases ends within a set of records.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum ChainEnd {
    /// In a record of the type asked for.
    Found,
    /// In a name that has no record of the type here: the name asked for itself when there is no alias.
    Missing(String),
    /// It leads back to a name it already passed, or is longer than [`LIMIT`]; with the target where that showed.
    Loop(String),
}

/// Follows the aliases among the records, whatever their order, from a name in lower case to its end.
pub(super) fn chain_end(records: &[DnsRecord], name: &str, record: RecordType) -> ChainEnd {
    let mut visited = vec![name];
    let mut current = name;
    loop {
        if records.iter().any(|found| found.name == current && is_of_type(&found.data, record)) {
            return ChainEnd::Found;
        }
        let Some(target) = alias_target(records, current) else {
            return ChainEnd::Missing(current.to_owned());
        };
        if visited.contains(&target) || visited.len() > LIMIT {
            return ChainEnd::Loop(target.to_owned());
        }
        visited.push(target);
        current = target;
    }
}

fn alias_target<'a>(records: &'a [DnsRecord], name: &str) -> Option<&'a str> {
    records.iter().find_map(|record| match &record.data {
        DnsData::Cname { target } if record.name == name => Some(target.as_str()),
        _ => None,
    })
}

fn is_of_type(data: &DnsData, record: RecordType) -> bool {
    match data {
        DnsData::A { .. } => record == RecordType::A,
        DnsData::Aaaa { .. } => record == RecordType::Aaaa,
        DnsData::Cname { .. } => record == RecordType::Cname,
        DnsData::Mx { .. } => record == RecordType::Mx,
        DnsData::Ns { .. } => record == RecordType::Ns,
        DnsData::Srv { .. } => record == RecordType::Srv,
        DnsData::Txt { .. } => record == RecordType::Txt,
        DnsData::Other { mnemonic, .. } => mnemonic == record.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    fn alias(name: &str, target: &str) -> DnsRecord {
        DnsRecord { name: name.into(), ttl: 60, data: DnsData::Cname { target: target.into() } }
    }

    fn address(name: &str) -> DnsRecord {
        DnsRecord { name: name.into(), ttl: 60, data: DnsData::A { address: Ipv4Addr::new(192, 0, 2, 1) } }
    }

    #[test]
    fn a_chain_is_followed_whatever_the_order_of_its_records() {
        let records = [address("c.test"), alias("b.test", "c.test"), alias("a.test", "b.test")];
        assert_eq!(chain_end(&records, "a.test", RecordType::A), ChainEnd::Found);
        assert_eq!(chain_end(&records, "a.test", RecordType::Aaaa), ChainEnd::Missing("c.test".into()));
        assert_eq!(chain_end(&records, "a.test", RecordType::Cname), ChainEnd::Found);
    }

    #[test]
    fn records_of_other_names_do_not_count() {
        assert_eq!(chain_end(&[address("b.test")], "a.test", RecordType::A), ChainEnd::Missing("a.test".into()));
        assert_eq!(chain_end(&[], "a.test", RecordType::A), ChainEnd::Missing("a.test".into()));
    }

    #[test]
    fn repetition_is_a_loop() {
        let records = [alias("a.test", "b.test"), alias("b.test", "a.test")];
        assert_eq!(chain_end(&records, "a.test", RecordType::A), ChainEnd::Loop("a.test".into()));
        assert_eq!(chain_end(&[alias("a.test", "a.test")], "a.test", RecordType::A), ChainEnd::Loop("a.test".into()));
    }

    #[test]
    fn sixteen_aliases_are_followed_and_seventeen_are_not() {
        let chain = |length: usize| -> Vec<DnsRecord> {
            let mut records: Vec<_> =
                (0..length).map(|n| alias(&format!("n{n}.test"), &format!("n{}.test", n + 1))).collect();
            records.push(address(&format!("n{length}.test")));
            records
        };
        assert_eq!(chain_end(&chain(16), "n0.test", RecordType::A), ChainEnd::Found);
        assert_eq!(chain_end(&chain(17), "n0.test", RecordType::A), ChainEnd::Loop("n17.test".into()));
    }
}
