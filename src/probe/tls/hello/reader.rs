//! Puts records together to messages (RFC 5246 6.2.1): messages may be split over records and records may hold several.

use super::{ANSWER_LIMIT, Ended, Flight, message};

/// Longest content of a record in clear (RFC 5246 6.2.1).
const RECORD_LIMIT: usize = 1 << 14;
/// Bytes that are kept of what is not TLS.
const BANNER_LIMIT: usize = 64;

const CHANGE_CIPHER_SPEC: u8 = 20;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const FATAL: u8 = 2;

/// Reads one server's answer, however its bytes are cut.
#[derive(Debug, Default)]
pub struct Reader {
    /// What was read so far.
    flight: Flight,
    /// Bytes of records that are not complete yet.
    records: Vec<u8>,
    /// Bytes of messages that are not complete yet.
    messages: Vec<u8>,
    /// Bytes that came in.
    received: usize,
}

impl Reader {
    /// Takes bytes as they came; says how it ended once it has.
    pub fn feed(&mut self, bytes: &[u8]) -> Option<Ended> {
        self.received += bytes.len();
        self.records.extend_from_slice(bytes);
        let ended = self.take_records();
        if ended.is_none() && self.received > ANSWER_LIMIT {
            return Some(Ended::TooLarge(self.received));
        }
        ended
    }

    /// What was read, complete or not.
    pub fn into_flight(self) -> Flight {
        self.flight
    }

    /// Whether nothing at all came.
    pub fn is_empty(&self) -> bool {
        self.received == 0
    }

    fn take_records(&mut self) -> Option<Ended> {
        loop {
            let foreign = match self.records.as_slice() {
                [] => return None,
                [kind, ..] if !(CHANGE_CIPHER_SPEC..=24).contains(kind) => true,
                [_, major, ..] => *major != 3,
                [_] => false,
            };
            if foreign && self.flight == Flight::default() && self.messages.is_empty() {
                return Some(Ended::NotTls(self.records.iter().copied().take(BANNER_LIMIT).collect()));
            }
            if foreign {
                return Some(Ended::Malformed("a record of a kind that does not exist"));
            }
            let [kind, _, _, high, low, rest @ ..] = self.records.as_slice() else { return None };
            let (kind, length) = (*kind, usize::from(u16::from_be_bytes([*high, *low])));
            if length > RECORD_LIMIT {
                return Some(Ended::Malformed("a record longer than the protocol allows"));
            }
            let content = rest.get(..length)?.to_vec();
            self.records.drain(..5 + length);
            if let Some(ended) = self.take_content(kind, &content) {
                return Some(ended);
            }
        }
    }

    fn take_content(&mut self, kind: u8, content: &[u8]) -> Option<Ended> {
        match (kind, content) {
            (ALERT, [FATAL, number]) => Some(Ended::Alert { number: *number }),
            // A warning, such as unrecognized_name: the server goes on. The end of the connection is no warning.
            (ALERT, [_, 0]) => Some(Ended::Alert { number: 0 }),
            (ALERT, [_, _]) => None,
            (ALERT, _) => Some(Ended::Malformed("an alert that is not two bytes long")),
            // Servers of TLS 1.3 send one for the sake of middleboxes (RFC 8446 D.4).
            (CHANGE_CIPHER_SPEC, _) => None,
            (HANDSHAKE, []) => Some(Ended::Malformed("an empty handshake record")),
            (HANDSHAKE, _) => {
                self.messages.extend_from_slice(content);
                self.take_messages()
            }
            _ => Some(Ended::Malformed("application data in the handshake")),
        }
    }

    fn take_messages(&mut self) -> Option<Ended> {
        loop {
            let [kind, high, middle, low, rest @ ..] = self.messages.as_slice() else { return None };
            let length = u32::from_be_bytes([0, *high, *middle, *low]) as usize;
            if length > ANSWER_LIMIT {
                return Some(Ended::TooLarge(length));
            }
            let body = rest.get(..length)?;
            let taken = message::take(&mut self.flight, *kind, body);
            match taken {
                Ok(true) => return Some(Ended::Complete),
                Ok(false) => {}
                Err(what) => return Some(Ended::Malformed(what)),
            }
            self.messages.drain(..4 + length);
        }
    }
}
