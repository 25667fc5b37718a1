//! DNS messages: questions into bytes, bytes into evidence (RFC 1035, RFC 6891).

use crate::event::{DnsData, DnsExtension, DnsFlag, DnsMessage, DnsQuestion, DnsRecord, RecordType, StartOfAuthority};
use crate::text::{sanitise_bytes, sanitise_line};
use hickory_proto::{
    ProtoError,
    op::{Edns, Header, Message, MessageType, Metadata, OpCode, Query, ResponseCode},
    rr::{DNSClass, Name, RData, Record, RecordType as WireType},
    serialize::binary::{BinDecodable, BinDecoder},
};

/// Most records of an answer that are kept.
pub(super) const RECORD_LIMIT: usize = 64;

/// Most records of each other section, and most options of EDNS, that are kept.
const FURTHER_LIMIT: usize = 16;

/// Size of an answer over UDP that is asked for: fits every path without fragments (DNS flag day 2020).
const UDP_PAYLOAD: u16 = 1232;

/// A server's answer to one question, as far as it is evidence.
#[derive(Debug)]
pub(super) struct Reply {
    /// Response code, with the upper bits of EDNS.
    pub code: ResponseCode,
    /// TC: the answer did not fit.
    pub truncated: bool,
    /// AA: the server holds the zone.
    pub authoritative: bool,
    /// The server does not recurse and only names servers that may know more.
    pub referral: bool,
    /// Answer section, at most [`RECORD_LIMIT`] records.
    pub records: Vec<DnsRecord>,
    /// Records beyond that.
    pub dropped: usize,
    /// SOA of the authority section.
    pub authority: Option<StartOfAuthority>,
    /// The message as it came, without the answer section; who sent it, and over what, is for the caller to say.
    pub message: DnsMessage,
}

/// What follows the answer section.
#[derive(Debug, Default)]
struct Further {
    authorities: Vec<Record>,
    additionals: Vec<Record>,
    edns: Option<Edns>,
    length: usize,
}

/// Why bytes are no answer to a question.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Unusable {
    /// They do not belong to the question: another id or question, a question themselves, or no DNS at all.
    Foreign,
    /// They belong to the question but cannot be read.
    Unreadable,
}

/// A question for an absolute name with recursion desired, ready to send, and its random id.
pub(super) fn encode(question: &DnsQuestion, edns: bool) -> Result<(u16, Vec<u8>), ProtoError> {
    let mut name = Name::from_ascii(&question.name)?;
    name.set_fqdn(true);
    let mut message = Message::query(); // takes its id from a cryptographic generator
    message.metadata.recursion_desired = true;
    message.add_query(Query::query(name, wire_type(question.record)));
    if edns {
        let mut extension = Edns::new();
        extension.set_max_payload(UDP_PAYLOAD).set_version(0);
        message.set_edns(extension);
    }
    Ok((message.metadata.id, message.to_vec()?))
}

/// Reads an answer. An unreadable authority or additional section is left out; an unreadable answer section is not
/// tolerated unless the message is marked truncated.
pub(super) fn decode(bytes: &[u8], id: u16, question: &DnsQuestion) -> Result<Reply, Unusable> {
    let mut decoder = BinDecoder::new(bytes);
    let Header { mut metadata, counts } = Header::read(&mut decoder).map_err(|_| Unusable::Foreign)?;
    if metadata.id != id || metadata.message_type != MessageType::Response || metadata.op_code != OpCode::Query {
        return Err(Unusable::Foreign);
    }
    let queries = Message::read_queries(&mut decoder, usize::from(counts.queries)).map_err(|_| Unusable::Unreadable)?;
    if !belongs(&queries, &metadata, question) {
        return Err(Unusable::Foreign);
    }
    let mut section = |count: u16, additional: bool| {
        Message::read_records(&mut decoder, usize::from(count), additional, metadata.op_code)
    };
    let answers = match section(counts.answers, false) {
        Ok((answers, ..)) => answers,
        Err(_) if metadata.truncation => {
            let further = Further { length: bytes.len(), ..Further::default() };
            return Ok(reply(&metadata, question, Vec::new(), further));
        }
        Err(_) => return Err(Unusable::Unreadable),
    };
    let mut further = Further { length: bytes.len(), ..Further::default() };
    if let Ok((authorities, ..)) = section(counts.authorities, false) {
        further.authorities = authorities;
        if let Ok((additionals, edns, _)) = section(counts.additionals, true) {
            further.additionals = additionals;
            further.edns = edns;
        }
    }
    if let Some(edns) = &further.edns {
        metadata.merge_response_code(edns.rcode_high());
    }
    Ok(reply(&metadata, question, answers, further))
}

/// A name as evidence: lower case, without the final dot, sanitised; the root is `.`.
pub(super) fn name_text(name: &Name) -> String {
    if name.is_root() {
        return ".".to_owned();
    }
    let text = name.to_ascii().to_ascii_lowercase();
    sanitise_line(text.strip_suffix('.').unwrap_or(&text))
}

fn belongs(queries: &[Query], metadata: &Metadata, question: &DnsQuestion) -> bool {
    match queries {
        [query] => {
            query.query_class() == DNSClass::IN
                && query.query_type() == wire_type(question.record)
                && name_text(query.name()).eq_ignore_ascii_case(&question.name)
        }
        // Some servers leave the question out when they refuse to look at it.
        [] => !matches!(metadata.response_code, ResponseCode::NoError | ResponseCode::NXDomain),
        _ => false,
    }
}

fn reply(metadata: &Metadata, question: &DnsQuestion, answers: Vec<Record>, further: Further) -> Reply {
    let authorities = further.authorities.as_slice();
    let authority = authorities.iter().find_map(start_of_authority);
    let names_servers = authorities.iter().any(|record| matches!(record.data, RData::NS(_)));
    let kept: Vec<_> = answers.iter().filter(|record| record.dns_class == DNSClass::IN).collect();
    Reply {
        code: metadata.response_code,
        truncated: metadata.truncation,
        authoritative: metadata.authoritative,
        referral: answers.is_empty()
            && names_servers
            && authority.is_none()
            && !metadata.authoritative
            && !metadata.recursion_available,
        records: kept.iter().take(RECORD_LIMIT).map(|record| evidence(record)).collect(),
        dropped: kept.len().saturating_sub(RECORD_LIMIT),
        authority,
        message: message(metadata, question, kept.len().min(RECORD_LIMIT), &further),
    }
}

fn message(metadata: &Metadata, question: &DnsQuestion, answers: usize, further: &Further) -> DnsMessage {
    let bounded = |records: &[Record]| records.iter().take(FURTHER_LIMIT).map(evidence).collect();
    let beyond = |records: &[Record]| records.len().saturating_sub(FURTHER_LIMIT);
    DnsMessage {
        server: String::new(),
        name: question.name.clone(),
        over_tcp: false,
        code: mnemonic(metadata.response_code),
        flags: flags(metadata),
        length: further.length,
        answers,
        authority: bounded(&further.authorities),
        additional: bounded(&further.additionals),
        dropped: beyond(&further.authorities) + beyond(&further.additionals),
        edns: further.edns.as_ref().map(|edns| DnsExtension {
            version: edns.version(),
            payload: edns.max_payload(),
            dnssec_ok: edns.flags().dnssec_ok,
            options: edns.options().as_ref().iter().take(FURTHER_LIMIT).map(|(code, _)| u16::from(*code)).collect(),
        }),
    }
}

fn flags(metadata: &Metadata) -> Vec<DnsFlag> {
    let flags = [
        (metadata.authoritative, DnsFlag::Authoritative),
        (metadata.truncation, DnsFlag::Truncated),
        (metadata.recursion_desired, DnsFlag::RecursionDesired),
        (metadata.recursion_available, DnsFlag::RecursionAvailable),
        (metadata.authentic_data, DnsFlag::AuthenticData),
        (metadata.checking_disabled, DnsFlag::CheckingDisabled),
    ];
    flags.into_iter().filter(|(set, _)| *set).map(|(_, flag)| flag).collect()
}

/// The mnemonic of a response code (IANA "DNS RCODEs").
fn mnemonic(code: ResponseCode) -> String {
    match u16::from(code) {
        0 => "NOERROR".to_owned(),
        1 => "FORMERR".to_owned(),
        2 => "SERVFAIL".to_owned(),
        3 => "NXDOMAIN".to_owned(),
        4 => "NOTIMP".to_owned(),
        5 => "REFUSED".to_owned(),
        16 => "BADVERS".to_owned(),
        number => format!("RCODE{number}"),
    }
}

fn start_of_authority(record: &Record) -> Option<StartOfAuthority> {
    match &record.data {
        RData::SOA(soa) => {
            Some(StartOfAuthority { zone: name_text(&record.name), negative_ttl: record.ttl.min(soa.minimum) })
        }
        _ => None,
    }
}

fn evidence(record: &Record) -> DnsRecord {
    let data = match &record.data {
        RData::A(address) => DnsData::A { address: address.0 },
        RData::AAAA(address) => DnsData::Aaaa { address: address.0 },
        RData::CNAME(target) => DnsData::Cname { target: name_text(&target.0) },
        RData::MX(mx) => DnsData::Mx { preference: mx.preference, exchange: name_text(&mx.exchange) },
        RData::NS(target) => DnsData::Ns { target: name_text(&target.0) },
        RData::SRV(srv) => {
            DnsData::Srv { priority: srv.priority, weight: srv.weight, port: srv.port, target: name_text(&srv.target) }
        }
        RData::TXT(txt) => DnsData::Txt { text: sanitise_bytes(&txt.txt_data.concat()) },
        other => DnsData::Other {
            mnemonic: match other.record_type() {
                WireType::Unknown(number) => format!("TYPE{number}"),
                known => known.to_string(),
            },
            text: sanitise_line(&other.to_string()),
        },
    };
    DnsRecord { name: name_text(&record.name), ttl: record.ttl, data }
}

fn wire_type(record: RecordType) -> WireType {
    match record {
        RecordType::A => WireType::A,
        RecordType::Aaaa => WireType::AAAA,
        RecordType::Cname => WireType::CNAME,
        RecordType::Mx => WireType::MX,
        RecordType::Ns => WireType::NS,
        RecordType::Soa => WireType::SOA,
        RecordType::Srv => WireType::SRV,
        RecordType::Txt => WireType::TXT,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use hickory_proto::rr::rdata::{A, CNAME, SOA};
    use proptest::prelude::*;

    fn question() -> DnsQuestion {
        DnsQuestion { name: "a.test".into(), record: RecordType::A }
    }

    fn answer() -> Vec<u8> {
        let name = |text| Name::from_ascii(text).unwrap();
        let mut message = Message::new(7, MessageType::Response, OpCode::Query);
        message.add_query(Query::query(name("a.test."), WireType::A));
        message.add_answer(Record::from_rdata(name("a.test."), 60, RData::CNAME(CNAME(name("b.test.")))));
        message.add_answer(Record::from_rdata(name("b.test."), 60, RData::A(A([192, 0, 2, 1].into()))));
        let soa = SOA::new(name("ns.test."), name("admin.test."), 1, 2, 3, 4, 5);
        message.add_authority(Record::from_rdata(name("test."), 60, RData::SOA(soa)));
        message.set_edns(Edns::new());
        message.to_vec().unwrap()
    }

    #[test]
    fn an_unreadable_authority_section_does_not_spoil_the_answer() {
        let whole = decode(&answer(), 7, &question()).unwrap();
        assert_eq!((whole.records.len(), whole.authority.unwrap().negative_ttl), (2, 5));
        let bytes = answer();
        let cut = decode(&bytes[..bytes.len() - 20], 7, &question()).unwrap();
        assert_eq!((cut.records.len(), cut.authority), (2, None));
    }

    #[test]
    fn the_header_and_the_other_sections_are_kept() {
        let mut bytes = answer();
        // RFC 1035 4.1.1 and RFC 4035 3.1.6: QR, AA and RD in the third octet, RA and AD with code 0 in the fourth.
        (bytes[2], bytes[3]) = (0b1000_0101, 0b1010_0000);
        let message = decode(&bytes, 7, &question()).unwrap().message;
        let flags =
            [DnsFlag::Authoritative, DnsFlag::RecursionDesired, DnsFlag::RecursionAvailable, DnsFlag::AuthenticData];
        assert_eq!(message.flags, flags);
        assert_eq!((message.code.as_str(), message.answers, message.length), ("NOERROR", 2, bytes.len()));
        assert_eq!(message.authority.iter().map(|record| record.name.as_str()).collect::<Vec<_>>(), ["test"]);
        assert!(message.additional.is_empty(), "the EDNS record is told apart: {:?}", message.additional);
        assert_eq!(message.edns.unwrap().version, 0);
        (bytes[2], bytes[3]) = (0b1000_0000, 0b0000_0011);
        assert_eq!(decode(&bytes, 7, &question()).unwrap().message.code, "NXDOMAIN");
    }

    #[test]
    fn long_sections_are_bounded() {
        let mut message = Message::from_vec(&answer()).unwrap();
        for number in 0..40_u8 {
            let name = Name::from_ascii("ns.test.").unwrap();
            message.add_additional(Record::from_rdata(name, 60, RData::A(A([192, 0, 2, number].into()))));
        }
        let message = decode(&message.to_vec().unwrap(), 7, &question()).unwrap().message;
        assert_eq!((message.additional.len(), message.dropped), (FURTHER_LIMIT, 40 - FURTHER_LIMIT));
    }

    #[test]
    fn questions_are_encoded_for_the_absolute_name() {
        let (id, bytes) = encode(&question(), true).unwrap();
        let message = Message::from_vec(&bytes).unwrap();
        assert_eq!((message.metadata.id, message.queries[0].name().to_ascii()), (id, "a.test.".to_owned()));
    }

    proptest! {
        #[test]
        fn nothing_from_the_wire_panics(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let _ = decode(&bytes, 7, &question());
            let _ = decode(&[&answer()[..24], &bytes].concat(), 7, &question());
        }

        #[test]
        fn damaged_answers_are_bounded(changes in proptest::collection::vec((2_usize..140, any::<u8>()), 1..6)) {
            let mut bytes = answer();
            for (place, value) in changes {
                let length = bytes.len();
                bytes[place % length] = value;
            }
            if let Ok(reply) = decode(&bytes, 7, &question()) {
                prop_assert!(reply.records.len() <= RECORD_LIMIT);
            }
        }
    }
}
