//! Certificates of a PKCS#7 bag (RFC 2315 9.1; CMS SignedData, RFC 5652 5.1). Signatures and content are passed over.

use super::file::{CERTIFICATE_LIMIT, FileError, element};
use x509_parser::asn1_rs::Tag;

/// id-signedData, 1.2.840.113549.1.7.2.
const SIGNED_DATA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];

/// Most elements that are looked at in the set of certificates.
const ELEMENT_LIMIT: usize = 16 * CERTIFICATE_LIMIT;

/// The X.509 certificates of a bag in BER or DER, in its order.
pub(super) fn certificates(bytes: &[u8]) -> Result<Vec<Vec<u8>>, FileError> {
    let set = certificate_set(bytes)?;
    let mut rest = set.unwrap_or_default();
    let mut found = Vec::new();
    for _ in 0..ELEMENT_LIMIT {
        if rest.is_empty() || rest.starts_with(&[0, 0]) {
            break; // the end of the set, or the end mark of an indefinite length
        }
        if rest.first() == Some(&0x30) {
            let (_, whole, after) = element(rest, Tag::Sequence).ok_or_else(|| damaged("a certificate in it"))?;
            found.push(whole.to_vec());
            rest = after;
        } else {
            // Attribute certificates and other kinds carry context tags (RFC 5652 10.2.2).
            let (after, _) = next(rest).ok_or_else(|| damaged("its set of certificates"))?;
            rest = after;
        }
    }
    if found.is_empty() { Err(FileError::NoCertificate("an empty PKCS#7 bag".to_owned())) } else { Ok(found) }
}

/// Content of SignedData's `certificates [0]`.
fn certificate_set(bytes: &[u8]) -> Result<Option<&[u8]>, FileError> {
    let (info, _, _) = element(bytes, Tag::Sequence).ok_or_else(|| damaged("the outer sequence"))?;
    let (kind, _, rest) = element(info, Tag::Oid).ok_or_else(|| damaged("the content type"))?;
    if kind != SIGNED_DATA {
        return Err(FileError::NoCertificate("PKCS#7 of another kind than signed data".to_owned()));
    }
    let (explicit, _, _) = element(rest, Tag(0)).ok_or_else(|| damaged("the content"))?;
    let (signed, _, _) = element(explicit, Tag::Sequence).ok_or_else(|| damaged("the signed data"))?;
    let (_, _, rest) = element(signed, Tag::Integer).ok_or_else(|| damaged("the version"))?;
    let (_, _, rest) = element(rest, Tag::Set).ok_or_else(|| damaged("the digest algorithms"))?;
    let (_, _, rest) = element(rest, Tag::Sequence).ok_or_else(|| damaged("the inner content"))?;
    if rest.first() != Some(&0xa0) {
        return Ok(None);
    }
    element(rest, Tag(0)).map(|(content, _, _)| Some(content)).ok_or_else(|| damaged("its set of certificates"))
}

fn next(bytes: &[u8]) -> Option<(&[u8], ())> {
    use x509_parser::asn1_rs::{Any, FromBer};
    Any::from_ber(bytes).ok().map(|(rest, _)| (rest, ()))
}

fn damaged(what: &str) -> FileError {
    FileError::Damaged(format!("PKCS#7: {what} is cut off or damaged"))
}
