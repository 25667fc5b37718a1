//! The record tap: reads the 5-byte headers of TLS records (RFC 8446 5.1) as they pass, in both directions.
//!
//! It sees what the library above cannot tell: a renegotiation request after the handshake (RFC 5246 7.4.1.1, a
//! handshake record that needs no decryption to be noticed), alerts sent in clear, what a port says that does not speak
//! TLS, and whether the far end closed or reset.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::Notify,
};

/// Most records that are noted.
const RECORD_LIMIT: usize = 256;
/// Most bytes that are kept of what is not TLS.
const BANNER_LIMIT: usize = 64;

const CHANGE_CIPHER_SPEC: u8 = 20;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;

/// What passed on one connection.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Observations {
    /// Records in the order they passed, at most 256.
    pub records: Vec<Record>,
    /// First bytes from the far end, at most 64, when they are not TLS.
    pub banner: Option<Vec<u8>>,
    /// The last alert that the far end sent in clear.
    pub alert: Option<Alert>,
    /// The far end asked to negotiate again (HelloRequest, TLS 1.2 and before).
    pub renegotiation_asked: bool,
    /// How the far end ended the connection, and when.
    pub ending: Option<(Ending, Duration)>,
}

/// One record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Record {
    /// Who sent it.
    pub side: Side,
    /// Outer content type: 20 change cipher spec, 21 alert, 22 handshake, 23 application data.
    pub content_type: u8,
    /// Bytes of content.
    pub length: u16,
    /// Time since the tap was set.
    pub at: Duration,
}

/// One end of the connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Side {
    /// This program.
    Ours,
    /// The far end.
    Theirs,
}

/// An alert in clear (RFC 8446 section 6).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Alert {
    /// 1 warning, 2 fatal.
    pub level: u8,
    /// The alert's number.
    pub number: u8,
}

/// How the far end ended the connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ending {
    /// In order (FIN).
    Closed,
    /// By RST.
    Reset,
}

/// A TCP stream whose records are noted.
#[derive(Debug)]
pub struct Tap {
    stream: TcpStream,
    notes: Notes,
    theirs: Headers,
    ours: Headers,
}

/// A handle on what a [`Tap`] notes.
#[derive(Clone, Debug)]
pub struct Notes {
    started: Instant,
    observations: Arc<Mutex<Observations>>,
    renegotiation: Arc<Notify>,
}

impl Tap {
    /// Sets a tap on a stream that carried nothing yet.
    pub fn new(stream: TcpStream) -> Self {
        let notes =
            Notes { started: Instant::now(), observations: Arc::default(), renegotiation: Arc::new(Notify::new()) };
        Self { stream, notes, theirs: Headers::default(), ours: Headers::default() }
    }

    /// A handle that stays valid when the tap has moved into a TLS stream.
    pub fn notes(&self) -> Notes {
        self.notes.clone()
    }
}

impl Notes {
    /// What passed so far.
    pub fn observations(&self) -> Observations {
        self.lock().clone()
    }

    /// Waits until the far end asks to negotiate again; returns at once when it has.
    pub async fn renegotiation_asked(&self) {
        self.renegotiation.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, Observations> {
        // Notes are complete after each statement, so a panic elsewhere leaves nothing half-written.
        self.observations.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, side: Side, headers: &mut Headers, bytes: &[u8]) {
        let at = self.started.elapsed();
        let mut observations = self.lock();
        for record in headers.feed(bytes) {
            if observations.records.len() < RECORD_LIMIT {
                let Header { content_type, length } = record.header;
                observations.records.push(Record { side, content_type, length, at });
            }
            if side == Side::Theirs {
                observations.alert = record.alert.or(observations.alert);
                if record.is_renegotiation && !observations.renegotiation_asked {
                    observations.renegotiation_asked = true;
                    self.renegotiation.notify_one();
                }
            }
        }
        if side == Side::Theirs && !headers.foreign.is_empty() {
            observations.banner = Some(headers.foreign.clone());
        }
    }

    fn end(&self, ending: Ending) {
        let at = self.started.elapsed();
        self.lock().ending.get_or_insert((ending, at));
    }
}

impl AsyncRead for Tap {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let (before, room) = (buffer.filled().len(), buffer.remaining());
        let result = Pin::new(&mut this.stream).poll_read(context, buffer);
        match &result {
            Poll::Ready(Ok(())) => match buffer.filled().get(before..) {
                Some([]) | None if room > 0 => this.notes.end(Ending::Closed),
                Some(bytes) => this.notes.note(Side::Theirs, &mut this.theirs, bytes),
                None => {}
            },
            Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::ConnectionReset => this.notes.end(Ending::Reset),
            _ => {}
        }
        result
    }
}

impl AsyncWrite for Tap {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let result = Pin::new(&mut this.stream).poll_write(context, bytes);
        if let Poll::Ready(Ok(written)) = &result {
            this.notes.note(Side::Ours, &mut this.ours, bytes.get(..*written).unwrap_or(bytes));
        }
        result
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// Reads headers out of one direction, however the bytes are cut.
#[derive(Debug, Default)]
struct Headers {
    /// Bytes of a header that is not complete yet.
    partial: Vec<u8>,
    /// The record whose content is passing, and how much of it is still to come.
    open: Option<(Header, usize)>,
    /// First bytes of an alert's content.
    alert: Vec<u8>,
    /// After a change of cipher, handshake records seen: the first is Finished.
    after_change: Option<u32>,
    /// What came instead of TLS.
    foreign: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Header {
    content_type: u8,
    length: u16,
}

/// A record whose header (for alerts: whose content) is complete.
struct Noted {
    header: Header,
    alert: Option<Alert>,
    is_renegotiation: bool,
}

impl Headers {
    fn feed(&mut self, mut bytes: &[u8]) -> Vec<Noted> {
        let mut noted = Vec::new();
        while let Some((&first, rest)) = bytes.split_first() {
            if !self.foreign.is_empty() {
                self.foreign.extend(bytes.iter().take(BANNER_LIMIT - self.foreign.len().min(BANNER_LIMIT)));
                break;
            }
            if let Some((header, left)) = self.open {
                let taken = left.min(bytes.len());
                let (content, after) = bytes.split_at(taken);
                self.take_content(header, content, &mut noted);
                self.open = (left > taken).then_some((header, left - taken));
                bytes = after;
                continue;
            }
            self.partial.push(first);
            bytes = rest;
            self.take_header(&mut noted);
        }
        noted
    }

    fn take_header(&mut self, noted: &mut Vec<Noted>) {
        let plausible = match self.partial.as_slice() {
            [content_type] => (20..=24).contains(content_type),
            [_, major, ..] => *major == 3,
            [] => true,
        };
        if !plausible {
            self.foreign = std::mem::take(&mut self.partial);
            return;
        }
        let [content_type, _, _, high, low] = *self.partial.as_slice() else { return };
        self.partial.clear();
        let header = Header { content_type, length: u16::from_be_bytes([high, low]) };
        self.open = (header.length > 0).then_some((header, usize::from(header.length)));
        // An alert is noted with its content; one of two bytes is in clear, a longer one is encrypted.
        self.alert.clear();
        if content_type != ALERT || header.length != 2 {
            let is_renegotiation = self.is_renegotiation(content_type);
            noted.push(Noted { header, alert: None, is_renegotiation });
        }
    }

    fn take_content(&mut self, header: Header, content: &[u8], noted: &mut Vec<Noted>) {
        if header.content_type != ALERT || header.length != 2 {
            return;
        }
        self.alert.extend_from_slice(content);
        if let [level, number] = *self.alert.as_slice() {
            noted.push(Noted { header, alert: Some(Alert { level, number }), is_renegotiation: false });
        }
    }

    /// In TLS 1.2 and before, the one handshake record after the change of cipher is Finished; one more can only be a
    /// HelloRequest. In TLS 1.3 nothing after it has this type, except a ServerHello after a retry, which comes once.
    fn is_renegotiation(&mut self, content_type: u8) -> bool {
        match (content_type, self.after_change) {
            (CHANGE_CIPHER_SPEC, None) => self.after_change = Some(0),
            (HANDSHAKE, Some(count)) => self.after_change = Some(count.saturating_add(1)),
            _ => {}
        }
        content_type == HANDSHAKE && self.after_change.is_some_and(|count| count > 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(content_type: u8, content: &[u8]) -> Vec<u8> {
        let mut bytes = vec![content_type, 3, 3];
        bytes.extend(u16::try_from(content.len()).expect("short").to_be_bytes());
        bytes.extend(content);
        bytes
    }

    fn fed(pieces: impl IntoIterator<Item = Vec<u8>>) -> (Headers, Vec<Noted>) {
        let mut headers = Headers::default();
        let noted = pieces.into_iter().flat_map(|piece| headers.feed(&piece)).collect();
        (headers, noted)
    }

    /// A TLS 1.2 server: hello, change of cipher, Finished, an answer, HelloRequest, alert in clear.
    fn flight() -> Vec<u8> {
        [record(22, &[1; 700]), record(20, &[1]), record(22, &[9; 40]), record(23, &[5; 90]), record(22, &[7; 28])]
            .concat()
    }

    #[test]
    fn records_are_read_however_the_bytes_are_cut() {
        for size in [1, 2, 3, 5, 7, 64, 10_000] {
            let (headers, noted) = fed(flight().chunks(size).map(<[u8]>::to_vec));
            let types: Vec<_> = noted.iter().map(|noted| noted.header.content_type).collect();
            assert_eq!(types, [22, 20, 22, 23, 22], "pieces of {size}");
            let asked: Vec<_> = noted.iter().map(|noted| noted.is_renegotiation).collect();
            assert_eq!(asked, [false, false, false, false, true], "pieces of {size}");
            assert!(headers.foreign.is_empty());
        }
    }

    #[test]
    fn an_alert_in_clear_is_read_and_an_encrypted_one_is_not() {
        let (_, noted) = fed([[record(21, &[2, 70]), record(21, &[9; 26])].concat()]);
        let alerts: Vec<_> = noted.iter().map(|noted| noted.alert).collect();
        assert_eq!(alerts, [Some(Alert { level: 2, number: 70 }), None]);
    }

    #[test]
    fn a_retry_in_tls_1_3_is_no_renegotiation() {
        let (_, noted) = fed([record(22, &[2; 88]), record(20, &[1]), record(22, &[2; 120]), record(23, &[0; 900])]);
        assert!(noted.iter().all(|noted| !noted.is_renegotiation));
    }

    #[test]
    fn what_is_not_tls_is_kept_up_to_its_bound() {
        for banner in ["SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", "220 mail ESMTP"] {
            let (headers, noted) = fed([banner.as_bytes()[..3].to_vec(), banner.as_bytes()[3..].to_vec()]);
            assert_eq!((headers.foreign.as_slice(), noted.len()), (banner.as_bytes(), 0));
        }
        let (headers, _) = fed([vec![b'x'; 500], vec![b'y'; 500]]);
        assert_eq!(headers.foreign.len(), BANNER_LIMIT);
    }
}
