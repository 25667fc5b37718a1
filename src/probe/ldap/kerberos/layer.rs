//! Which protection is agreed on, and the messages within it (RFC 4752 3.3, RFC 4422 3.7): each behind its length, in four
//! bytes, and encrypted.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::bytes::{Buf as _, BytesMut};

/// Protections as the server offers them (RFC 4752 3.3): none, and encryption.
const NONE: u8 = 1;
const ENCRYPTION: u8 = 4;
/// Largest message within the layer that is taken, in bytes, and what the server is told of it.
const MESSAGE_LIMIT: usize = 0x01_0000;
/// The smallest room for which this is worth while, and how much of the room encryption takes, both in bytes.
const ROOM_LEAST: usize = 1024;
const OVERHEAD: usize = 256;
/// Bytes that are read at once.
const READ_AT_ONCE: usize = 8 * 1024;

/// The ticket's key in use.
pub(crate) trait Protect: Send {
    /// A message as it goes over the wire.
    fn seal(&mut self, message: &[u8]) -> io::Result<Vec<u8>>;
    /// A message as it was meant, if nobody changed it.
    fn open(&mut self, message: &[u8]) -> io::Result<Vec<u8>>;
}

/// A key, and the largest message that is sealed with it, in bytes.
pub(in crate::probe::ldap) struct Key {
    pub(super) context: Box<dyn Protect>,
    pub(super) room: usize,
}

/// What is answered to the server's offer.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Choice {
    pub(super) answer: [u8; 4],
    /// The largest message that may be sealed; none without encryption.
    pub(super) room: Option<usize>,
}

/// The choice from an offer (RFC 4752 3.1): encryption, or nothing where TLS protects already. `None` where the server
/// offers otherwise.
pub(super) fn choose(offer: &[u8], protected: bool) -> Option<Choice> {
    let [layers, size @ ..] = <[u8; 4]>::try_from(offer).ok()?;
    if protected {
        return (layers & NONE != 0).then_some(Choice { answer: [NONE, 0, 0, 0], room: None });
    }
    let [high, middle, low] = size;
    let room = u32::from_be_bytes([0, high, middle, low]) as usize;
    if layers & ENCRYPTION == 0 || room < ROOM_LEAST {
        return None;
    }
    let [.., high, middle, low] = MESSAGE_LIMIT.to_be_bytes();
    let room = room.min(MESSAGE_LIMIT) - OVERHEAD;
    Some(Choice { answer: [ENCRYPTION, high, middle, low], room: Some(room) })
}

/// A connection with the layer in it.
pub(in crate::probe::ldap) struct Sealed<S> {
    stream: S,
    key: Key,
    /// Received, still sealed.
    received: BytesMut,
    /// Received and opened.
    opened: BytesMut,
    /// Sealed, to be sent.
    sealed: BytesMut,
}

impl<S> Sealed<S> {
    /// From the next byte on, in both directions.
    pub(in crate::probe::ldap) fn new(stream: S, key: Key) -> Self {
        Self { stream, key, received: BytesMut::new(), opened: BytesMut::new(), sealed: BytesMut::new() }
    }

    /// Opens the next message if it is there whole.
    fn open(&mut self) -> io::Result<bool> {
        let Some((head, rest)) = self.received.split_first_chunk::<4>() else { return Ok(false) };
        let length = u32::from_be_bytes(*head) as usize;
        if length > MESSAGE_LIMIT {
            return Err(invalid(&format!("a protected message of {length} bytes")));
        }
        let Some(message) = rest.get(..length) else { return Ok(false) };
        let opened = self.key.context.open(message).map_err(|error| invalid(&error.to_string()))?;
        self.opened.extend_from_slice(&opened);
        self.received.advance(head.len() + length);
        Ok(true)
    }
}

impl<S: AsyncWrite + Unpin> Sealed<S> {
    fn poll_drain(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.sealed.is_empty() {
            let sent = ready!(Pin::new(&mut self.stream).poll_write(context, &self.sealed))?;
            if sent == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.sealed.advance(sent);
        }
        Poll::Ready(Ok(()))
    }
}

fn invalid(words: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, words.to_owned())
}

impl<S: AsyncRead + Unpin> AsyncRead for Sealed<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            if !this.opened.is_empty() {
                let some = this.opened.len().min(buffer.remaining());
                buffer.put_slice(&this.opened.split_to(some));
                return Poll::Ready(Ok(()));
            }
            if this.open()? {
                continue;
            }
            let mut bytes = [0; READ_AT_ONCE];
            let mut read = ReadBuf::new(&mut bytes);
            ready!(Pin::new(&mut this.stream).poll_read(context, &mut read))?;
            match (read.filled(), this.received.is_empty()) {
                ([], true) => return Poll::Ready(Ok(())),
                ([], false) => return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
                (bytes, _) => this.received.extend_from_slice(bytes),
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Sealed<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_drain(context))?;
        let some = bytes.get(..this.key.room).unwrap_or(bytes);
        let sealed = this.key.context.seal(some)?;
        let length = u32::try_from(sealed.len()).map_err(|_| invalid("a message too long to send"))?;
        this.sealed.extend_from_slice(&length.to_be_bytes());
        this.sealed.extend_from_slice(&sealed);
        Poll::Ready(Ok(some.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_drain(context))?;
        Pin::new(&mut this.stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_drain(context))?;
        Pin::new(&mut this.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
#[path = "layer_tests.rs"]
mod tests;
