//! Certificates of a password-protected PFX (PKCS#12, RFC 7292).

use super::file::FileError;
use p12_keystore::{Pkcs12Archive, error::Error};
use secrecy::{ExposeSecret, SecretString};

/// Larger than any PFX that holds certificates; each part of one may ask for a costly key derivation.
const SIZE_LIMIT: usize = 1024 * 1024;

/// The certificates, the one that belongs to the private key first, and how many private keys there are. The keys are
/// dropped at once.
pub(super) fn read(bytes: &[u8], password: Option<&SecretString>) -> Result<(Vec<Vec<u8>>, usize), FileError> {
    if bytes.len() > SIZE_LIMIT {
        return Err(FileError::Damaged("a PFX of more than 1 MiB".to_owned()));
    }
    let typed = password.map_or("", |password| password.expose_secret());
    let archive = Pkcs12Archive::from_pkcs12(bytes, typed).map_err(|error| refusal(&error, password.is_some()))?;
    let own = archive.keys.iter().find_map(|key| key.local_key_id.as_ref());
    let own = own.map(|id| AsRef::<[u8]>::as_ref(id).to_vec());
    let (mut first, mut others) = (Vec::new(), Vec::new());
    for bag in &archive.certs {
        let is_own = own.is_some() && bag.local_key_id == own;
        if is_own { &mut first } else { &mut others }.push(bag.cert.as_der().to_vec());
    }
    first.append(&mut others);
    if first.is_empty() {
        return Err(FileError::NoCertificate("a PFX without certificates".to_owned()));
    }
    Ok((first, archive.keys.len()))
}

fn refusal(error: &Error, password_given: bool) -> FileError {
    match error {
        Error::MacError(_) | Error::UnpadError | Error::Pkcs5Error(_) if password_given => FileError::WrongPassword,
        Error::MacError(_) | Error::UnpadError | Error::Pkcs5Error(_) => FileError::PasswordNeeded,
        Error::UnsupportedEncryptionScheme | Error::UnsupportedMacAlgorithm => {
            FileError::Unsupported("its encryption is neither AES, Triple DES nor 40-bit RC2")
        }
        Error::UnsupportedContentType => FileError::Unsupported("it is sealed with a public key or a signature"),
        Error::InvalidParameters => FileError::Unsupported("its key derivation would take too long"),
        Error::UnsupportedCertificateType => FileError::Unsupported("it holds certificates that are not X.509"),
        _ => FileError::Damaged(
            "PFX: it is damaged, or not in DER form (export it again from Windows or OpenSSL)".to_owned(),
        ),
    }
}
