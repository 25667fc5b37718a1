//! Cipher suites with CBC for TLS 1.2 (RFC 5246 6.2.3.2), for diagnosis only.
//!
//! Windows Server 2012 R2 with an RSA certificate offers ECDHE with CBC alone, so that without these suites the
//! library's hello is refused where Outlook gets through. They stand at the end of the list, behind everything that is
//! better; current Windows offers them too, so the hello comes nearer to Outlook's. The far end is authenticated as
//! with any other suite, so a connection counts as verified all the same.
//!
//! Authentication and padding are judged together and fail in one way, but not in constant time: nobody who could
//! measure it gets a second record to try, since the connection ends. Do not use this in a product that stays connected.
//!
//! The library cuts its key block as key, key, IV, IV; CBC needs MAC key, MAC key, key, key (RFC 5246 6.3). So the
//! "key" is the MAC key and the "IV" the cipher's key; the IV proper travels with each record. MAC keys longer than 32
//! bytes do not fit, so the suites with SHA-384 are missing; servers that have them have the others too.

use aes::{Aes128, Aes256};
use cbc::cipher::{
    Block, BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, KeyInit, KeyIvInit,
};
use ring::{
    hmac,
    rand::{SecureRandom, SystemRandom},
};
use rustls::{
    CipherSuite, CipherSuiteCommon, ConnectionTrafficSecrets, Error, SupportedCipherSuite, Tls12CipherSuite,
    crypto::{
        cipher::{
            AeadKey, InboundOpaqueMessage, InboundPlainMessage, KeyBlockShape, MessageDecrypter, MessageEncrypter,
            OutboundOpaqueMessage, OutboundPlainMessage, PrefixedPayload, Tls12AeadAlgorithm,
            UnsupportedOperationError, make_tls12_aad,
        },
        ring::cipher_suite::{TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256},
    },
};
use std::sync::LazyLock;

/// Length of an AES block and of the IV before each record.
const BLOCK: usize = 16;
/// Longest content of a record (RFC 5246 6.2.1).
const CONTENT_LIMIT: usize = 1 << 14;
/// Records under one key, as the library sets it for AES with GCM: far more than a diagnosis needs.
const RECORDS: u64 = 1 << 24;

/// The suites, the better ones first: ECDHE with ECDSA and RSA, AES with SHA-256 and with SHA-1.
pub(super) fn suites() -> impl Iterator<Item = SupportedCipherSuite> {
    SUITES.iter().map(SupportedCipherSuite::Tls12)
}

static SUITES: LazyLock<Vec<Tls12CipherSuite>> = LazyLock::new(|| {
    let (ecdsa, rsa) = (&TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, &TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256);
    [
        (CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, ecdsa, &AES_128_SHA256),
        (CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256, rsa, &AES_128_SHA256),
        (CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, ecdsa, &AES_256_SHA1),
        (CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, ecdsa, &AES_128_SHA1),
        (CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA, rsa, &AES_256_SHA1),
        (CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, rsa, &AES_128_SHA1),
    ]
    .into_iter()
    .filter_map(|(suite, like, algorithm)| made_like(suite, like, algorithm))
    .collect()
});

/// A suite with the key exchange, signatures, hash and PRF of another: all of these use SHA-256 for the PRF (RFC 5246
/// section 5, RFC 5289 section 3.1).
fn made_like(
    suite: CipherSuite,
    like: &SupportedCipherSuite,
    aead_alg: &'static CbcAlgorithm,
) -> Option<Tls12CipherSuite> {
    let SupportedCipherSuite::Tls12(like) = like else { return None };
    let common = CipherSuiteCommon { suite, hash_provider: like.common.hash_provider, confidentiality_limit: RECORDS };
    Some(Tls12CipherSuite { common, prf_provider: like.prf_provider, kx: like.kx, sign: like.sign, aead_alg })
}

static AES_128_SHA256: CbcAlgorithm = CbcAlgorithm { key: 16, mac: Mac::Sha256 };
static AES_128_SHA1: CbcAlgorithm = CbcAlgorithm { key: 16, mac: Mac::Sha1 };
static AES_256_SHA1: CbcAlgorithm = CbcAlgorithm { key: 32, mac: Mac::Sha1 };

/// One way to protect records.
struct CbcAlgorithm {
    /// Length of the AES key in bytes.
    key: usize,
    mac: Mac,
}

#[derive(Clone, Copy)]
enum Mac {
    Sha1,
    Sha256,
}

impl Mac {
    fn length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }

    fn algorithm(self) -> hmac::Algorithm {
        match self {
            Self::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => hmac::HMAC_SHA256,
        }
    }
}

impl Tls12AeadAlgorithm for CbcAlgorithm {
    fn encrypter(&self, key: AeadKey, iv: &[u8], _extra: &[u8]) -> Box<dyn MessageEncrypter> {
        Box::new(Keys::new(self.mac, key.as_ref(), iv))
    }

    fn decrypter(&self, key: AeadKey, iv: &[u8]) -> Box<dyn MessageDecrypter> {
        Box::new(Keys::new(self.mac, key.as_ref(), iv))
    }

    fn key_block_shape(&self) -> KeyBlockShape {
        KeyBlockShape { enc_key_len: self.mac.length(), fixed_iv_len: self.key, explicit_nonce_len: 0 }
    }

    fn extract_keys(
        &self,
        _key: AeadKey,
        _iv: &[u8],
        _explicit: &[u8],
    ) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError> {
        Err(UnsupportedOperationError)
    }
}

/// The keys of one direction.
struct Keys {
    mac: hmac::Key,
    mac_length: usize,
    cipher: Vec<u8>,
}

impl Keys {
    fn new(mac: Mac, mac_key: &[u8], cipher: &[u8]) -> Self {
        Self { mac: hmac::Key::new(mac.algorithm(), mac_key), mac_length: mac.length(), cipher: cipher.to_vec() }
    }

    /// Encrypts content, MAC and padding after an IV.
    fn seal(&self, header: &[u8], iv: [u8; BLOCK], content: &[u8]) -> Result<Vec<u8>, Error> {
        let tag = hmac::sign(&self.mac, &[header, content].concat());
        let mut record = [&iv, content, tag.as_ref()].concat();
        let padding = BLOCK - record.len() % BLOCK;
        // Every byte of the padding says how many others there are (RFC 5246 6.2.3.2); at most 15 here.
        record.extend(std::iter::repeat_n(padding as u8 - 1, padding));
        let body = record.get_mut(BLOCK..).ok_or(Error::EncryptError)?;
        match self.cipher.len() {
            16 => encrypt::<Aes128>(&self.cipher, iv, body),
            _ => encrypt::<Aes256>(&self.cipher, iv, body),
        }
        .ok_or(Error::EncryptError)?;
        Ok(record)
    }

    /// Decrypts in place; gives the length of the content, which begins after the IV. `header` makes what stands before
    /// the content in the MAC from the content's length.
    fn open(&self, header: impl Fn(usize) -> [u8; 13], record: &mut [u8]) -> Option<usize> {
        let (iv, body) = record.split_at_mut_checked(BLOCK)?;
        let iv = <[u8; BLOCK]>::try_from(&*iv).ok()?;
        // At least the MAC and one byte of padding; the content may be empty.
        if body.len() % BLOCK != 0 || body.len() < self.mac_length + 1 {
            return None;
        }
        match self.cipher.len() {
            16 => decrypt::<Aes128>(&self.cipher, iv, body)?,
            _ => decrypt::<Aes256>(&self.cipher, iv, body)?,
        }
        let (last, _) = body.split_last()?;
        let padding = usize::from(*last) + 1;
        let unpadded = body.len().checked_sub(padding).filter(|length| *length >= self.mac_length);
        let is_padded =
            unpadded.and_then(|length| body.get(length..)).is_some_and(|bytes| bytes.iter().all(|byte| byte == last));
        // The MAC is computed whether or not the padding is right, as RFC 5246 6.2.3.2 asks.
        let length = unpadded.filter(|_| is_padded).unwrap_or(body.len()) - self.mac_length;
        let (content, rest) = body.split_at_checked(length)?;
        let signed = [&header(length), content].concat();
        let is_authentic = hmac::verify(&self.mac, &signed, rest.get(..self.mac_length)?).is_ok();
        (is_authentic && is_padded).then_some(length)
    }
}

fn encrypt<C: BlockCipherEncrypt + KeyInit>(key: &[u8], iv: [u8; BLOCK], body: &mut [u8]) -> Option<()> {
    let mut cipher = cbc::Encryptor::<C>::new_from_slices(key, &iv).ok()?;
    let (blocks, _) = Block::<C>::slice_as_chunks_mut(body);
    cipher.encrypt_blocks(blocks);
    Some(())
}

fn decrypt<C: BlockCipherDecrypt + KeyInit>(key: &[u8], iv: [u8; BLOCK], body: &mut [u8]) -> Option<()> {
    let mut cipher = cbc::Decryptor::<C>::new_from_slices(key, &iv).ok()?;
    let (blocks, _) = Block::<C>::slice_as_chunks_mut(body);
    cipher.decrypt_blocks(blocks);
    Some(())
}

impl MessageEncrypter for Keys {
    fn encrypt(&mut self, message: OutboundPlainMessage<'_>, sequence: u64) -> Result<OutboundOpaqueMessage, Error> {
        let mut iv = [0; BLOCK];
        SystemRandom::new().fill(&mut iv).map_err(|_| Error::FailedToGetRandomBytes)?;
        let content = message.payload.to_vec();
        let header = make_tls12_aad(sequence, message.typ, message.version, content.len());
        let record = self.seal(&header, iv, &content)?;
        Ok(OutboundOpaqueMessage::new(message.typ, message.version, PrefixedPayload::from(record.as_slice())))
    }

    fn encrypted_payload_len(&self, content: usize) -> usize {
        BLOCK + (content + self.mac_length) / BLOCK * BLOCK + BLOCK
    }
}

impl MessageDecrypter for Keys {
    fn decrypt<'a>(
        &mut self,
        mut message: InboundOpaqueMessage<'a>,
        sequence: u64,
    ) -> Result<InboundPlainMessage<'a>, Error> {
        let (kind, version) = (message.typ, message.version);
        let header = |length| make_tls12_aad(sequence, kind, version, length);
        let length = self.open(header, &mut message.payload).ok_or(Error::DecryptError)?;
        if length > CONTENT_LIMIT {
            return Err(Error::PeerSentOversizedRecord);
        }
        Ok(message.into_plain_message_range(BLOCK..BLOCK + length))
    }
}

#[cfg(test)]
#[path = "cbc_tests.rs"]
mod tests;
