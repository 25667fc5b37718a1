//! Certificates from a file, in the forms in which administrators hand them around.

use super::{chain, pem_text, pfx, pkcs7};
use secrecy::SecretString;
use thiserror::Error;
use x509_parser::{
    asn1_rs::{Any, FromBer, Tag},
    prelude::{FromDer, X509Certificate},
};

/// Largest file that is read, in bytes.
pub const FILE_LIMIT: usize = 16 * 1024 * 1024;
/// Most certificates that are kept of a file.
pub const CERTIFICATE_LIMIT: usize = 64;

/// What a file is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FileForm {
    /// Text with armoured blocks (RFC 7468).
    Pem,
    /// One certificate in DER.
    Der,
    /// A bag of certificates, `.p7b` (PKCS#7, RFC 2315).
    Pkcs7,
    /// Certificates with their key under a password, `.pfx` or `.p12` (PKCS#12, RFC 7292).
    Pfx,
}

impl FileForm {
    /// Its name for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pem => "PEM",
            Self::Der => "DER",
            Self::Pkcs7 => "PKCS#7",
            Self::Pfx => "PFX (PKCS#12)",
        }
    }
}

/// The certificates of a file, the server's own first. Private keys are never kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FileContent {
    /// What the file is.
    pub form: FileForm,
    /// Certificates in DER: in the order of a PEM file; from a bag, which has no order, in the order of their path.
    pub certificates: Vec<Vec<u8>>,
    /// Certificates beyond [`CERTIFICATE_LIMIT`] that were dropped.
    pub dropped: usize,
    /// Private keys that were passed over.
    pub private_keys: usize,
}

/// Why a file gives no certificate. No message holds content of the file.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum FileError {
    /// Nothing in it.
    #[error("is empty")]
    Empty,
    /// More than [`FILE_LIMIT`] bytes.
    #[error("is larger than 16 MiB; a file of certificates is much smaller")]
    TooLarge,
    /// None of the forms.
    #[error("is no certificate: expected PEM (-----BEGIN CERTIFICATE-----), DER, PKCS#7 (.p7b) or PKCS#12 (.pfx)")]
    UnknownForm,
    /// PEM or a bag without any certificate.
    #[error("holds no certificate ({0})")]
    NoCertificate(String),
    /// Damaged content.
    #[error("cannot be read: {0}")]
    Damaged(String),
    /// A PFX that opens with a password only.
    #[error("is protected by a password")]
    PasswordNeeded,
    /// The password does not open the PFX, or the PFX is damaged: its checksum tells them not apart.
    #[error("does not open with this password, or is damaged")]
    WrongPassword,
    /// A kind of protection that cannot be undone here.
    #[error("is protected in a way that cannot be read here: {0}")]
    Unsupported(&'static str),
}

/// Reads certificates of any form. A password is needed for a PFX alone; an empty one is tried when none is given, for
/// many are made without.
///
/// # Errors
/// [`FileError`]; it never holds content of the file or the password.
pub fn read_file(bytes: &[u8], password: Option<&SecretString>) -> Result<FileContent, FileError> {
    if bytes.len() > FILE_LIMIT {
        return Err(FileError::TooLarge);
    }
    if bytes.is_empty() {
        return Err(FileError::Empty);
    }
    match der_form(bytes) {
        Some(FileForm::Der) => read_certificate(bytes),
        Some(FileForm::Pkcs7) => Ok(bag(FileForm::Pkcs7, pkcs7::certificates(bytes)?, 0)),
        Some(FileForm::Pfx) => {
            pfx::read(bytes, password).map(|(certificates, keys)| bag(FileForm::Pfx, certificates, keys))
        }
        Some(FileForm::Pem) | None => pem_text::read(bytes),
    }
}

/// What a DER file is, by its first element (X.690 8.1): a certificate begins with a sequence, a PFX with its version,
/// PKCS#7 with an object identifier.
fn der_form(bytes: &[u8]) -> Option<FileForm> {
    if bytes.first() != Some(&0x30) {
        return None;
    }
    let header = match bytes.get(1)? {
        0x80 => 2,
        length if *length < 0x80 => 2,
        length => 2 + usize::from(length & 0x7f),
    };
    match bytes.get(header)? {
        0x30 => Some(FileForm::Der),
        0x02 => Some(FileForm::Pfx),
        0x06 => Some(FileForm::Pkcs7),
        _ => None,
    }
}

fn read_certificate(bytes: &[u8]) -> Result<FileContent, FileError> {
    let (rest, _) = X509Certificate::from_der(bytes)
        .map_err(|error| FileError::Damaged(crate::text::sanitise_line(&format!("not a certificate: {error}"))))?;
    let length = bytes.len() - rest.len();
    // What follows a certificate is judged with it: `decode` names it.
    let whole = if rest.iter().all(|byte| byte.is_ascii_whitespace()) { &bytes[..length] } else { bytes };
    Ok(FileContent { form: FileForm::Der, certificates: vec![whole.to_vec()], dropped: 0, private_keys: 0 })
}

fn bag(form: FileForm, certificates: Vec<Vec<u8>>, private_keys: usize) -> FileContent {
    let (certificates, dropped) = bounded(certificates);
    FileContent { form, certificates: chain::in_order(certificates), dropped, private_keys }
}

/// The first [`CERTIFICATE_LIMIT`], and how many more there were.
pub(super) fn bounded(mut certificates: Vec<Vec<u8>>) -> (Vec<Vec<u8>>, usize) {
    let dropped = certificates.len().saturating_sub(CERTIFICATE_LIMIT);
    certificates.truncate(CERTIFICATE_LIMIT);
    (certificates, dropped)
}

/// One BER element with this tag: its content, its whole encoding, and what follows.
pub(super) fn element(bytes: &[u8], tag: Tag) -> Option<(&[u8], &[u8], &[u8])> {
    let (rest, any) = Any::from_ber(bytes).ok()?;
    let whole = &bytes[..bytes.len().checked_sub(rest.len())?];
    (any.tag() == tag).then_some((any.data, whole, rest))
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
