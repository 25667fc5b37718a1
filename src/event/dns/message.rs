//! One message of a name server.

#[cfg(doc)]
use super::DnsAnswer;
use super::DnsRecord;
use serde::{Deserialize, Serialize};

/// One message of a server (RFC 1035 section 4), without the answer section: its records stand in
/// [`DnsAnswer::records`], those of the first message first.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct DnsMessage {
    /// Address and port of the server that sent it.
    pub server: String,
    /// The name that was asked for: the question's, or an alias target's.
    pub name: String,
    /// It came over TCP.
    #[serde(default)]
    pub over_tcp: bool,
    /// Response code by its mnemonic, such as `NOERROR`, or `RCODEn`.
    pub code: String,
    /// Flags that are set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<DnsFlag>,
    /// Bytes of the message.
    #[serde(default)]
    pub length: usize,
    /// Records of its answer section.
    #[serde(default)]
    pub answers: usize,
    /// Authority section in the order sent, at most 16 records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authority: Vec<DnsRecord>,
    /// Additional section in the order sent, without the EDNS record, at most 16 records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub additional: Vec<DnsRecord>,
    /// Records of both sections beyond their bounds.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub dropped: usize,
    /// The server's EDNS record (RFC 6891); absent when it sent none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edns: Option<DnsExtension>,
}

/// The EDNS record of a message (RFC 6891 section 6.1.3).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DnsExtension {
    /// Version, 0 so far.
    pub version: u8,
    /// Bytes of a datagram that the server takes.
    pub payload: u16,
    /// DO bit: it sends DNSSEC records.
    #[serde(default)]
    pub dnssec_ok: bool,
    /// Codes of its options in the order sent, at most 16.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<u16>,
}

/// A flag in the header of a message (RFC 1035 section 4.1.1, RFC 4035 section 3).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DnsFlag {
    /// AA: the server holds the zone.
    Authoritative,
    /// TC: the answer did not fit.
    Truncated,
    /// RD: the question asked the server to look further.
    RecursionDesired,
    /// RA: the server looks further for those who ask.
    RecursionAvailable,
    /// AD: the server checked the signatures.
    AuthenticData,
    /// CD: signatures shall not be checked.
    CheckingDisabled,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}
