//! The sets of roots that certificates are judged against, and where they come from.

use crate::{
    event::{StoreSummary, TrustStore},
    text::sanitise_line,
};
use rustls::pki_types::{CertificateDer, TrustAnchor, pem::PemObject};
use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

/// Largest `--ca-file` that is read, in bytes.
pub const CA_FILE_LIMIT: u64 = 16 * 1024 * 1024;

/// The sets of roots that certificates are judged against.
#[derive(Clone, Debug, Default)]
pub struct TrustStores {
    /// Roots that browsers trust.
    pub public: Vec<TrustAnchor<'static>>,
    /// This machine's own store; absent where it has none that can be read.
    pub machine: Option<Vec<TrustAnchor<'static>>>,
    /// Roots given with `--ca-file`.
    pub ca_file: Vec<TrustAnchor<'static>>,
    /// The certificates behind [`machine`](Self::machine), where they are known: an anchor keeps neither dates nor
    /// extensions.
    pub machine_certificates: Vec<CertificateDer<'static>>,
    /// The certificates behind [`ca_file`](Self::ca_file), where they are known.
    pub ca_file_certificates: Vec<CertificateDer<'static>>,
}

/// Why roots could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The file could not be read.
    #[error("{path}: cannot be read: {source}")]
    Unreadable {
        /// The file.
        path: String,
        /// The system's error.
        source: std::io::Error,
    },
    /// The file is larger than [`CA_FILE_LIMIT`].
    #[error("{path}: is larger than 16 MiB; a file of certificates is much smaller")]
    TooLarge {
        /// The file.
        path: String,
    },
    /// The file holds no certificate.
    #[error("{path}: holds no certificate; expected PEM (-----BEGIN CERTIFICATE-----) or DER")]
    NoCertificate {
        /// The file.
        path: String,
    },
    /// A certificate could not be understood.
    #[error("{path}: certificate {number} cannot be read: {reason}")]
    Certificate {
        /// The file, or where else it came from.
        path: String,
        /// Its place, from 1.
        number: usize,
        /// What is wrong.
        reason: String,
    },
}

impl TrustStores {
    /// All stores: the public roots, this machine's own store and the files' roots; with `only_ca_file` the files'
    /// roots alone. Reading the machine's store may take a while (hundreds of files, a system service): call this from
    /// a blocking task.
    ///
    /// # Errors
    /// As [`without_machine`](Self::without_machine).
    pub fn load(ca_files: &[PathBuf], only_ca_file: bool) -> Result<Self, TrustError> {
        let stores = Self::without_machine(ca_files, only_ca_file)?;
        let machine_certificates = if only_ca_file { Vec::new() } else { machine_certificates() };
        let machine = anchors_of(&machine_certificates);
        Ok(Self { machine, machine_certificates, ..stores })
    }

    /// As [`load`](Self::load), without this machine's own store.
    ///
    /// # Errors
    /// [`TrustError`] when a file cannot be read, or holds something that is no certificate or can be no root.
    pub fn without_machine(ca_files: &[PathBuf], only_ca_file: bool) -> Result<Self, TrustError> {
        let (mut ca_file, mut ca_file_certificates) = (Vec::new(), Vec::new());
        for path in ca_files {
            let (roots, certificates) = file_roots(path)?;
            ca_file.extend(roots);
            ca_file_certificates.extend(certificates);
        }
        let public = if only_ca_file { Vec::new() } else { webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        Ok(Self { public, ca_file, ca_file_certificates, ..Self::default() })
    }

    /// Nothing but these certificates, in the place of `--ca-file`.
    ///
    /// # Errors
    /// [`TrustError`] when one of them is no certificate or can be no root.
    pub fn from_der(roots: &[CertificateDer<'_>]) -> Result<Self, TrustError> {
        let ca_file = anchors(roots, "certificates given")?;
        let ca_file_certificates = roots.iter().map(|root| root.clone().into_owned()).collect();
        Ok(Self { ca_file, ca_file_certificates, ..Self::default() })
    }

    /// The stores in use, in the order in which they are judged and shown.
    pub fn in_use(&self) -> Vec<(TrustStore, &[TrustAnchor<'static>])> {
        let public = (!self.public.is_empty()).then_some((TrustStore::PublicRoots, self.public.as_slice()));
        let machine = self.machine.as_deref().map(|roots| (TrustStore::ThisMachine, roots));
        let ca_file = (!self.ca_file.is_empty()).then_some((TrustStore::CaFile, self.ca_file.as_slice()));
        [public, machine, ca_file].into_iter().flatten().collect()
    }

    /// Roots that are known as whole certificates, so that their own dates and extensions can be judged.
    pub fn known_certificates(&self) -> [(TrustStore, &[CertificateDer<'static>]); 2] {
        [(TrustStore::ThisMachine, &self.machine_certificates), (TrustStore::CaFile, &self.ca_file_certificates)]
    }

    /// The stores in use and how many roots each holds.
    pub fn summaries(&self) -> Vec<StoreSummary> {
        self.in_use().into_iter().map(|(store, roots)| StoreSummary { store, roots: roots.len() }).collect()
    }
}

fn machine_certificates() -> Vec<CertificateDer<'static>> {
    rustls_native_certs::load_native_certs().certs
}

fn anchors_of(certificates: &[CertificateDer<'_>]) -> Option<Vec<TrustAnchor<'static>>> {
    let roots: Vec<_> = certificates.iter().filter_map(|certificate| anchor(certificate).ok()).collect();
    (!roots.is_empty()).then_some(roots)
}

/// The anchors of a file, and the certificates behind them.
type Roots = (Vec<TrustAnchor<'static>>, Vec<CertificateDer<'static>>);

fn file_roots(path: &Path) -> Result<Roots, TrustError> {
    let name = sanitise_line(&path.display().to_string());
    let bytes = read_bounded(path, &name)?;
    let certificates = if bytes.first() == Some(&0x30) {
        vec![CertificateDer::from(bytes)] // a DER sequence; PEM is text and never starts with "0" and a length
    } else {
        pem_certificates(&bytes, &name)?
    };
    if certificates.is_empty() {
        return Err(TrustError::NoCertificate { path: name });
    }
    Ok((anchors(&certificates, &name)?, certificates))
}

fn read_bounded(path: &Path, name: &str) -> Result<Vec<u8>, TrustError> {
    let unreadable = |source| TrustError::Unreadable { path: name.to_owned(), source };
    let mut bytes = Vec::new();
    File::open(path).map_err(unreadable)?.take(CA_FILE_LIMIT + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > CA_FILE_LIMIT { Err(TrustError::TooLarge { path: name.to_owned() }) } else { Ok(bytes) }
}

fn pem_certificates(bytes: &[u8], name: &str) -> Result<Vec<CertificateDer<'static>>, TrustError> {
    const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF"; // as Windows editors write it
    let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let mut certificates = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(text) {
        let number = certificates.len() + 1;
        certificates.push(certificate.map_err(|error| TrustError::Certificate {
            path: name.to_owned(),
            number,
            reason: sanitise_line(&error.to_string()),
        })?);
    }
    Ok(certificates)
}

fn anchors(certificates: &[CertificateDer<'_>], name: &str) -> Result<Vec<TrustAnchor<'static>>, TrustError> {
    let mut roots = Vec::with_capacity(certificates.len());
    for (index, certificate) in certificates.iter().enumerate() {
        roots.push(anchor(certificate).map_err(|error| TrustError::Certificate {
            path: name.to_owned(),
            number: index + 1,
            reason: sanitise_line(&error.to_string()),
        })?);
    }
    Ok(roots)
}

fn anchor(certificate: &CertificateDer<'_>) -> Result<TrustAnchor<'static>, webpki::Error> {
    webpki::anchor_from_trusted_cert(certificate).map(|anchor| anchor.to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::io::Write;

    fn root() -> rcgen::Certificate {
        let mut parameters = rcgen::CertificateParams::new(Vec::new()).unwrap();
        parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        parameters.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap()
    }

    fn load(content: &[u8]) -> Result<TrustStores, TrustError> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        TrustStores::load(&[file.path().to_owned()], true)
    }

    #[test]
    fn a_file_may_hold_several_certificates_among_other_text() {
        let pem = format!("\u{feff}{}\r\nsome words\n{}", root().pem(), root().pem());
        let stores = load(pem.as_bytes()).unwrap();
        assert_eq!(stores.summaries(), [StoreSummary { store: TrustStore::CaFile, roots: 2 }]);
    }

    #[test]
    fn der_is_accepted() {
        assert_eq!(load(root().der()).unwrap().ca_file.len(), 1);
        assert_eq!(TrustStores::from_der(&[root().der().clone()]).unwrap().ca_file.len(), 1);
    }

    #[test]
    fn faults_name_the_file() {
        let key = rcgen::KeyPair::generate().unwrap().serialize_pem();
        for content in [b"".as_slice(), b"hello", key.as_bytes()] {
            let error = load(content).unwrap_err();
            assert!(matches!(error, TrustError::NoCertificate { .. }), "{error}");
        }
        let broken = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
        assert!(load(broken.as_bytes()).unwrap_err().to_string().contains("certificate 1 cannot be read"));
        assert!(matches!(load(&[0x30, 0x82, 1, 0]).unwrap_err(), TrustError::Certificate { .. }));
        let missing = TrustStores::load(&["no/such/file.pem".into()], true).unwrap_err();
        assert!(missing.to_string().starts_with("no/such/file.pem: cannot be read"), "{missing}");
    }

    #[test]
    fn a_file_that_is_too_large_is_not_read_to_its_end() {
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().set_len(CA_FILE_LIMIT + 1).unwrap();
        let error = TrustStores::load(&[file.path().to_owned()], true).unwrap_err();
        assert!(matches!(error, TrustError::TooLarge { .. }), "{error}");
    }

    #[test]
    fn the_public_roots_are_there_unless_only_files_count() {
        let stores = TrustStores::without_machine(&[], false).unwrap();
        assert!(stores.public.len() > 100, "the roots of the web are about 150");
        assert!(TrustStores::without_machine(&[], true).unwrap().summaries().is_empty());
    }
}
