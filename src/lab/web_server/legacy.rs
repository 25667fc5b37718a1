//! An old TLS server, as far as it speaks in clear: it answers a hello with ServerHello, Certificate and ServerHelloDone
//! (RFC 5246 7.3) and waits for a key exchange that it cannot finish. Enough for whoever looks at versions and
//! certificates, and refused by a current library like the real one.

use crate::lab::scenario::LegacyVersion;
use rustls::sign::CertifiedKey;
use std::io;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// TLS_RSA_WITH_AES_128_CBC_SHA, which RFC 5246 section 9 makes mandatory and current libraries do not offer.
const SUITE: u16 = 0x002f;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const FATAL: u8 = 2;
const HANDSHAKE_FAILURE: u8 = 40;
const PROTOCOL_VERSION: u8 = 70;

/// Answers one hello, then waits until the far end leaves.
pub(super) async fn answer(mut stream: TcpStream, newest: LegacyVersion, key: &CertifiedKey) -> io::Result<()> {
    let mut header = [0; 5];
    stream.read_exact(&mut header).await?;
    let [kind, _, _, high, low] = header;
    let mut hello = vec![0; usize::from(u16::from_be_bytes([high, low]))];
    stream.read_exact(&mut hello).await?;
    let read = if kind == HANDSHAKE { read_hello(&hello) } else { None };
    match read {
        Some((asked, _)) if asked < LegacyVersion::Tls10.code() => refuse(&mut stream, PROTOCOL_VERSION).await,
        Some((asked, true)) => {
            let version = asked.min(newest.code()).to_be_bytes();
            stream.write_all(&flight(version, key)?).await?;
            // A closing alert, or a key exchange that leads nowhere: either way the far end ends it.
            while stream.read(&mut [0; 512]).await? > 0 {}
            Ok(())
        }
        _ => refuse(&mut stream, HANDSHAKE_FAILURE).await,
    }
}

/// The version that a ClientHello asks for, and whether it offers the suite (RFC 5246 7.4.1.2).
fn read_hello(message: &[u8]) -> Option<(u16, bool)> {
    let version = message.get(4..6)?.try_into().ok().map(u16::from_be_bytes)?;
    let session = usize::from(*message.get(38)?);
    let rest = message.get(39 + session..)?;
    let length = usize::from(rest.get(..2)?.try_into().ok().map(u16::from_be_bytes)?);
    let suites = rest.get(2..2 + length)?;
    Some((version, suites.chunks_exact(2).any(|suite| suite == SUITE.to_be_bytes())))
}

async fn refuse(stream: &mut TcpStream, number: u8) -> io::Result<()> {
    stream.write_all(&[ALERT, 3, 1, 0, 2, FATAL, number]).await?;
    stream.shutdown().await
}

fn flight(version: [u8; 2], key: &CertifiedKey) -> io::Result<Vec<u8>> {
    let mut hello = version.to_vec();
    hello.extend([0x5a; 32]);
    hello.push(0);
    hello.extend(SUITE.to_be_bytes());
    hello.push(0);
    let mut chain = Vec::new();
    for certificate in &key.cert {
        chain.extend(vector24(certificate)?);
    }
    let certificate = vector24(&chain)?;
    let messages = [message(2, &hello)?, message(11, &certificate)?, message(14, &[])?].concat();
    let mut records = Vec::new();
    for content in messages.chunks(1 << 14) {
        records.extend([HANDSHAKE, version[0], version[1]]);
        records.extend(u16::try_from(content.len()).map_err(io::Error::other)?.to_be_bytes());
        records.extend(content);
    }
    Ok(records)
}

fn message(kind: u8, body: &[u8]) -> io::Result<Vec<u8>> {
    Ok([&[kind][..], &vector24(body)?].concat())
}

/// A vector with its length in three bytes.
fn vector24(content: &[u8]) -> io::Result<Vec<u8>> {
    let length = u32::try_from(content.len()).map_err(io::Error::other)?.to_be_bytes();
    Ok([&length[1..], content].concat())
}
