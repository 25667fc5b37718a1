//! The choice against the RFC, and the layer against peers that misbehave. The real key is held against Samba in the
//! interop suite.

#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

/// Turns every byte over, and tells what was changed on its way by a byte at the end.
struct Turned;

const MARK: u8 = 0xA5;

impl Protect for Turned {
    fn seal(&mut self, message: &[u8]) -> io::Result<Vec<u8>> {
        Ok(message.iter().map(|byte| !byte).chain([MARK]).collect())
    }

    fn open(&mut self, message: &[u8]) -> io::Result<Vec<u8>> {
        match message {
            [message @ .., MARK] => Ok(message.iter().map(|byte| !byte).collect()),
            _ => Err(io::Error::other("changed on its way")),
        }
    }
}

fn key(room: usize) -> Key {
    Key { context: Box::new(Turned), room }
}

#[test]
fn protection_is_chosen_from_the_offer() {
    // RFC 4752 3.3: bits 1 none, 2 integrity, 4 encryption; then the largest message, in three bytes.
    let encrypted = Choice { answer: [4, 1, 0, 0], room: Some(0x01_0000 - 256) };
    assert_eq!(choose(&[7, 1, 0, 0], false), Some(encrypted));
    assert_eq!(choose(&[4, 0, 8, 0], false).unwrap().room, Some(2048 - 256));
    assert_eq!(choose(&[7, 0xFF, 0xFF, 0xFF], false).unwrap().room, Some(0x01_0000 - 256));
    // "The client ... maximum size ... zero if no security layer" (RFC 4752 3.1).
    assert_eq!(choose(&[7, 1, 0, 0], true), Some(Choice { answer: [1, 0, 0, 0], room: None }));
    assert_eq!(choose(&[1, 0, 0, 0], true).unwrap().answer, [1, 0, 0, 0]);
    // In clear nothing less than encryption, and on TLS nothing besides it.
    assert_eq!(choose(&[3, 1, 0, 0], false), None);
    assert_eq!(choose(&[6, 1, 0, 0], true), None);
    assert_eq!(choose(&[4, 0, 0, 16], false), None);
    for wrong in [&[][..], &[7, 1, 0], &[7, 1, 0, 0, 0]] {
        assert_eq!((choose(wrong, false), choose(wrong, true)), (None, None), "{wrong:?}");
    }
}

#[tokio::test]
async fn messages_pass_whole_in_parts_of_the_agreed_size() {
    let (near, mut far) = duplex(7);
    let sent: Vec<u8> = (0..=255).cycle().take(1000).collect();
    let write = async {
        let mut sealed = Sealed::new(near, key(300));
        sealed.write_all(&sent).await.unwrap();
        sealed.shutdown().await.unwrap();
        sealed
    };
    let read = async {
        let mut lengths = Vec::new();
        let mut received = Vec::new();
        while let Ok(length) = far.read_u32().await {
            let mut message = vec![0; length as usize];
            far.read_exact(&mut message).await.unwrap();
            lengths.push(length);
            received.extend(Turned.open(&message).unwrap());
        }
        (lengths, received)
    };
    let (sealed, (lengths, received)) = tokio::join!(write, read);
    drop(sealed);
    assert_eq!(lengths, [301, 301, 301, 101]);
    assert_eq!(received, sent);
}

/// What is read of these bytes, after which the peer leaves.
async fn read(wire: &[u8]) -> io::Result<Vec<u8>> {
    let (near, mut far) = duplex(wire.len().max(1));
    far.write_all(wire).await.unwrap();
    drop(far);
    let mut text = Vec::new();
    Sealed::new(near, key(300)).read_to_end(&mut text).await.map(|_| text)
}

#[tokio::test]
async fn what_is_no_message_of_the_peer_ends_it() {
    let sealed = Turned.seal(b"hello").unwrap();
    let framed = |sealed: &[u8]| [&u32::try_from(sealed.len()).unwrap().to_be_bytes(), sealed].concat();
    let twice = [framed(&sealed), framed(&Turned.seal(b"").unwrap()), framed(&sealed)].concat();
    assert_eq!(read(&twice).await.unwrap(), b"hellohello");
    assert_eq!(read(&[]).await.unwrap(), b"");
    let kind = async |wire: &[u8]| read(wire).await.unwrap_err().kind();
    // Changed, in clear, too long for what was agreed, and cut off.
    assert_eq!(kind(&framed(b"hello")).await, io::ErrorKind::InvalidData);
    assert_eq!(kind(b"0\x0c\x02\x01\x01\x65\x07\x0a").await, io::ErrorKind::InvalidData);
    assert_eq!(kind(&[0, 1, 0, 1]).await, io::ErrorKind::InvalidData);
    assert_eq!(kind(&[0, 0, 0, 0]).await, io::ErrorKind::InvalidData);
    assert_eq!(kind(&framed(&sealed)[..6]).await, io::ErrorKind::UnexpectedEof);
}
