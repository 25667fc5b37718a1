//! A directory that demands a client certificate, as IIS and Apache do under TLS 1.2: after the request the server
//! sends a HelloRequest (RFC 5246 section 7.4.1.1), and when the client declines, it ends the connection with a fatal
//! alert. The TLS library cannot say this, so these two records are sealed here with the connection's own keys.

use ring::aead::{AES_128_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use rustls::{
    ConnectionTrafficSecrets, ServerConnection,
    crypto::{CryptoProvider, ring as provider_ring},
};
use std::io;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Record types (RFC 5246 section 6.2.1).
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;

/// Version bytes of TLS 1.2 on the record layer.
const TLS12: [u8; 2] = [3, 3];

/// HelloRequest: message type 0, length 0.
const HELLO_REQUEST: [u8; 4] = [0, 0, 0, 0];

/// Fatal alert `handshake_failure`.
const HANDSHAKE_FAILURE: [u8; 2] = [2, 40];

/// Most bytes that are read while the client makes up its mind.
const ANSWER_LIMIT: usize = 64 * 1024;

/// The one suite whose records can be sealed here, so that the handshake cannot choose another.
pub(super) fn provider() -> CryptoProvider {
    let suite = provider_ring::cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
    CryptoProvider { cipher_suites: vec![suite], ..provider_ring::default_provider() }
}

/// Asks for a new handshake and ends the connection once the client has answered.
pub(super) async fn demand(mut stream: TcpStream, session: ServerConnection) -> io::Result<()> {
    let secrets = session.dangerous_extract_secrets().map_err(io::Error::other)?;
    let (sequence, ConnectionTrafficSecrets::Aes128Gcm { key, iv }) = secrets.tx else {
        return Err(io::ErrorKind::Unsupported.into());
    };
    let iv: [u8; NONCE_LEN] = iv.as_ref().try_into().map_err(io::Error::other)?;
    let key = UnboundKey::new(&AES_128_GCM, key.as_ref()).map_err(|_| io::ErrorKind::InvalidData)?;
    let sealer = Sealer { key: LessSafeKey::new(key), iv };
    stream.write_all(&sealer.seal(sequence, HANDSHAKE, &HELLO_REQUEST)?).await?;
    read_answer(&mut stream).await?;
    stream.write_all(&sealer.seal(sequence + 1, ALERT, &HANDSHAKE_FAILURE)?).await?;
    stream.shutdown().await
}

/// Waits for the client's `no_renegotiation` alert, its new hello, or its goodbye: for one whole record.
async fn read_answer(stream: &mut TcpStream) -> io::Result<()> {
    let mut header = [0; 5];
    match stream.read_exact(&mut header).await {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
        other => other?,
    };
    let length = usize::from(u16::from_be_bytes([header[3], header[4]])).min(ANSWER_LIMIT);
    stream.read_exact(&mut vec![0; length]).await.map(|_| ())
}

/// Seals records with AES-128-GCM as TLS 1.2 does (RFC 5288).
struct Sealer {
    key: LessSafeKey,
    iv: [u8; NONCE_LEN],
}

impl Sealer {
    fn seal(&self, sequence: u64, kind: u8, content: &[u8]) -> io::Result<Vec<u8>> {
        let mut nonce = self.iv;
        for (byte, number) in nonce[4..].iter_mut().zip(sequence.to_be_bytes()) {
            *byte ^= number;
        }
        let length = u16::try_from(content.len()).map_err(io::Error::other)?.to_be_bytes();
        let mut additional = sequence.to_be_bytes().to_vec();
        additional.extend([kind, TLS12[0], TLS12[1], length[0], length[1]]);
        let mut sealed = content.to_vec();
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(additional), &mut sealed)
            .map_err(|_| io::ErrorKind::InvalidData)?;
        let whole = u16::try_from(sealed.len() + 8).map_err(io::Error::other)?.to_be_bytes();
        let mut record = vec![kind, TLS12[0], TLS12[1], whole[0], whole[1]];
        record.extend_from_slice(&nonce[4..]);
        record.append(&mut sealed);
        Ok(record)
    }
}
