//! Armoured text (RFC 7468): certificates and bags of them among other blocks and words.

use super::{
    chain,
    file::{FileContent, FileError, FileForm, bounded},
    pkcs7,
};
use crate::text::utf16;
use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use std::borrow::Cow;

/// Labels of a single certificate; the second is of old OpenSSL, the third adds settings after the certificate.
const CERTIFICATE: [&str; 3] = ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"];
/// Labels of a bag (RFC 7468 8 and 9).
const BAG: [&str; 4] = ["PKCS7", "CMS", "PKCS #7 SIGNED DATA", "CERTIFICATE CHAIN"];

/// Many programs leave the padding out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The certificates of a PEM text in its order; a text of one bag in the order of its path. Blocks of other kinds are
/// passed over without being decoded.
pub(super) fn read(bytes: &[u8]) -> Result<FileContent, FileError> {
    let text = text(bytes);
    let (mut certificates, mut form) = (Vec::new(), FileForm::Pem);
    let (mut private_keys, mut other) = (0, Vec::new());
    let mut blocks = 0;
    let mut dropped = 0;
    for block in Blocks(&text) {
        blocks += 1;
        let block = block?;
        if CERTIFICATE.contains(&block.label) {
            certificates.push(first_element(decoded(&block)?));
        } else if BAG.contains(&block.label) {
            form = FileForm::Pkcs7;
            // Bounded before it is ordered: that takes time by the square and more.
            let (bag, more) = bounded(pkcs7::certificates(&decoded(&block)?)?);
            dropped += more;
            certificates.extend(chain::in_order(bag));
        } else if block.label.ends_with("PRIVATE KEY") {
            private_keys += 1;
        } else if other.len() < 5 {
            other.push(crate::text::sanitise_line(block.label));
        }
    }
    if certificates.is_empty() {
        return Err(match (blocks, private_keys) {
            (0, _) => FileError::UnknownForm,
            (_, 0) => FileError::NoCertificate(format!("only {}", other.join(", "))),
            _ => FileError::NoCertificate("only a private key".to_owned()),
        });
    }
    let (certificates, more) = bounded(certificates);
    Ok(FileContent { form, certificates, dropped: dropped + more, private_keys })
}

/// Text in UTF-8, or in UTF-16 with a byte order mark, as Windows PowerShell redirects it.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    match bytes {
        [0xff, 0xfe, rest @ ..] => Cow::Owned(utf16(rest, u16::from_le_bytes)),
        [0xfe, 0xff, rest @ ..] => Cow::Owned(utf16(rest, u16::from_be_bytes)),
        _ => String::from_utf8_lossy(bytes),
    }
}

/// One block: its label and the lines between.
struct Block<'a> {
    label: &'a str,
    body: &'a str,
}

struct Blocks<'a>(&'a str);

impl<'a> Iterator for Blocks<'a> {
    type Item = Result<Block<'a>, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        const BEGIN: &str = "-----BEGIN ";
        let (_, after) = self.0.split_once(BEGIN)?;
        let Some((label, inner)) = after.split_once("-----") else {
            self.0 = "";
            return Some(Err(FileError::Damaged("a -----BEGIN line does not end".to_owned())));
        };
        let end = format!("-----END {label}-----");
        let Some((body, rest)) = inner.split_once(&end) else {
            self.0 = "";
            let label = crate::text::sanitise_line(&label.chars().take(40).collect::<String>());
            return Some(Err(FileError::Damaged(format!("the end of the block “{label}” is missing"))));
        };
        self.0 = rest;
        Some(Ok(Block { label, body }))
    }
}

fn decoded(block: &Block<'_>) -> Result<Vec<u8>, FileError> {
    let mut packed = String::with_capacity(block.body.len());
    // Header lines, as RFC 1421 had them, hold a colon.
    for line in block.body.lines().filter(|line| !line.contains(':')) {
        packed.extend(line.chars().filter(|character| !character.is_whitespace()));
    }
    BASE64.decode(packed).map_err(|error| {
        FileError::Damaged(format!("the block “{}” is not base64: {error}", crate::text::sanitise_line(block.label)))
    })
}

/// The certificate without what a TRUSTED CERTIFICATE carries behind it; bytes that are no element stay as they are.
fn first_element(bytes: Vec<u8>) -> Vec<u8> {
    match super::file::element(&bytes, x509_parser::asn1_rs::Tag::Sequence) {
        Some((_, whole, rest)) if rest.first() == Some(&0x30) => whole.to_vec(),
        _ => bytes,
    }
}
