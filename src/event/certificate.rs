//! A certificate as evidence: decoded for reading, with its bytes for keeping.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// One certificate of a chain, decoded. Every text is sanitised.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Certificate {
    /// Subject in RFC 4514 form, such as `CN=mail.contoso.test, O=Contoso`.
    pub subject: String,
    /// Common names of the subject, in order.
    pub common_names: Vec<String>,
    /// Issuer in RFC 4514 form.
    pub issuer: String,
    /// Serial number in lower-case hexadecimal pairs joined by colons.
    pub serial: String,
    /// Start of validity; absent when it could not be read.
    pub not_before: Option<Timestamp>,
    /// End of validity; absent when it could not be read.
    pub not_after: Option<Timestamp>,
    /// Subject alternative names in the order of the certificate, at most 10,000.
    pub names: Vec<SubjectName>,
    /// Public key.
    pub key: CertificateKey,
    /// Signature algorithm in words, such as `sha256WithRSAEncryption`, or its dotted OID.
    pub signature_algorithm: String,
    /// X.509 version: 1, 2 or 3.
    pub version: u32,
    /// Basic constraints say that this is an authority.
    pub is_authority: bool,
    /// Subject and issuer are the same name.
    pub self_issued: bool,
    /// Key usages in words.
    pub key_usage: Vec<String>,
    /// Extended key usages in words or dotted OIDs; empty when the extension is absent.
    pub extended_key_usage: Vec<String>,
    /// Addresses where the issuer's certificate can be fetched (AIA caIssuers, RFC 5280 4.2.2.1).
    pub issuer_urls: Vec<String>,
    /// OCSP responders.
    pub ocsp_urls: Vec<String>,
    /// Revocation list addresses.
    pub revocation_list_urls: Vec<String>,
    /// All extensions in the order of the certificate.
    pub extensions: Vec<Extension>,
    /// SHA-1 fingerprint of the whole certificate, upper-case hexadecimal (Windows shows it as "Thumbprint").
    pub sha1: String,
    /// SHA-256 fingerprint of the whole certificate, upper-case hexadecimal.
    pub sha256: String,
    /// The certificate itself in base64 of its DER.
    pub der: String,
    /// What could not be decoded; empty for a sound certificate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
}

impl Certificate {
    /// DNS names among the subject alternative names, in order.
    pub fn dns_names(&self) -> Vec<&str> {
        self.names
            .iter()
            .filter_map(|name| match name {
                SubjectName::Dns { name } => Some(name.as_str()),
                _ => None,
            })
            .collect()
    }
}

/// One subject alternative name.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum SubjectName {
    /// A host name, possibly with a wildcard.
    Dns {
        /// The name as written.
        name: String,
    },
    /// An IP address.
    Ip {
        /// The address.
        address: IpAddr,
    },
    /// A name of another kind.
    Other {
        /// Kind and content in words.
        text: String,
    },
}

/// A certificate's public key.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct CertificateKey {
    /// Algorithm in words, such as `RSA` or `EC P-256`.
    pub algorithm: String,
    /// Size in bits; 0 when it could not be read.
    pub bits: u32,
}

/// One extension of a certificate.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Extension {
    /// Dotted object identifier.
    pub oid: String,
    /// Name in words, or the OID again.
    pub name: String,
    /// Whether a reader that does not know it must refuse the certificate.
    pub critical: bool,
    /// Content in words, or hexadecimal.
    pub text: String,
}
