//! From DER to evidence.

use super::{distinguished_name, extension};
use crate::{
    event::{Certificate, CertificateKey, SubjectName},
    text::{sanitise_bytes, sanitise_line},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use ring::digest;
use std::{fmt::Write, net::IpAddr};
use x509_parser::{
    extensions::{DistributionPointName, GeneralName, ParsedExtension},
    prelude::{ASN1Time, FromDer, X509Certificate},
    public_key::PublicKey,
};

/// Most alternative names that are kept.
pub const NAME_LIMIT: usize = 10_000;

/// Most extensions, usages and addresses that are kept of each.
const LIST_LIMIT: usize = 100;

/// Decodes a certificate for reading. Never fails: what cannot be read is named in [`Certificate::problems`], and the
/// bytes and fingerprints are there in any case.
pub fn decode(der: &[u8]) -> Certificate {
    let mut certificate = Certificate {
        sha1: hexadecimal(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, der).as_ref(), 20).to_uppercase(),
        sha256: hexadecimal(digest::digest(&digest::SHA256, der).as_ref(), 32).to_uppercase(),
        der: STANDARD.encode(der),
        ..Certificate::default()
    };
    match X509Certificate::from_der(der) {
        Ok((rest, parsed)) => {
            if !rest.is_empty() {
                certificate.problems.push(format!("{} bytes after the end", rest.len()));
            }
            fill(&mut certificate, &parsed);
        }
        Err(error) => certificate.problems.push(sanitise_line(&format!("not readable as a certificate: {error}"))),
    }
    certificate
}

/// Lower-case hexadecimal of at most `limit` bytes, with dots where more follow.
pub(super) fn hexadecimal(bytes: &[u8], limit: usize) -> String {
    let mut text = String::with_capacity(2 * bytes.len().min(limit));
    for byte in bytes.iter().take(limit) {
        // Writing into a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    if bytes.len() > limit {
        text.push_str("...");
    }
    text
}

/// One alternative name.
pub(super) fn subject_name(name: &GeneralName<'_>) -> SubjectName {
    let text = match name {
        GeneralName::DNSName(name) => return SubjectName::Dns { name: sanitise_line(name) },
        GeneralName::IPAddress(bytes) => match address(bytes) {
            Some(address) => return SubjectName::Ip { address },
            None => format!("IP address of {} bytes: {}", bytes.len(), hexadecimal(bytes, 32)),
        },
        GeneralName::RFC822Name(name) => format!("e-mail {name}"),
        GeneralName::URI(name) => format!("URI {name}"),
        GeneralName::DirectoryName(name) => format!("directory name {}", distinguished_name::written(name)),
        GeneralName::OtherName(oid, bytes) => {
            format!("other name {}: {}", oid.to_id_string(), hexadecimal(bytes, 128))
        }
        GeneralName::RegisteredID(oid) => format!("registered id {}", oid.to_id_string()),
        GeneralName::X400Address(_) => "X.400 address".to_owned(),
        GeneralName::EDIPartyName(_) => "EDI party name".to_owned(),
        GeneralName::Invalid(tag, bytes) => {
            format!("unreadable name (type {}): {}", tag.0, sanitise_bytes(bytes))
        }
    };
    SubjectName::Other { text: sanitise_line(&text) }
}

fn fill(certificate: &mut Certificate, parsed: &X509Certificate<'_>) {
    certificate.subject = distinguished_name::written(parsed.subject());
    certificate.common_names = parsed
        .subject()
        .iter_common_name()
        .take(LIST_LIMIT)
        .map(|name| sanitise_line(&distinguished_name::value(name.attr_value())))
        .collect();
    certificate.issuer = distinguished_name::written(parsed.issuer());
    certificate.self_issued = parsed.subject().as_raw() == parsed.issuer().as_raw();
    certificate.serial = pairs(parsed.raw_serial());
    certificate.not_before = timestamp(parsed.validity().not_before, "start of validity", &mut certificate.problems);
    certificate.not_after = timestamp(parsed.validity().not_after, "end of validity", &mut certificate.problems);
    certificate.key = key(parsed, &mut certificate.problems);
    certificate.signature_algorithm = signature_algorithm(&parsed.signature_algorithm.algorithm.to_id_string());
    certificate.version = parsed.version().0.saturating_add(1);
    if parsed.extensions().len() > LIST_LIMIT {
        certificate.problems.push(format!("{} extensions, only {LIST_LIMIT} kept", parsed.extensions().len()));
    }
    for extension in parsed.extensions().iter().take(LIST_LIMIT) {
        certificate.extensions.push(extension::described(extension));
        if let ParsedExtension::ParseError { .. } = extension.parsed_extension() {
            let oid = extension.oid.to_id_string();
            certificate.problems.push(format!("extension {} is not readable", extension::name(&oid).unwrap_or(&oid)));
        }
        take_facts(certificate, extension.parsed_extension());
    }
}

/// What an extension says that has a field of its own.
fn take_facts(certificate: &mut Certificate, extension: &ParsedExtension<'_>) {
    match extension {
        ParsedExtension::SubjectAlternativeName(names) => {
            let names = &names.general_names;
            if certificate.names.len() + names.len() > NAME_LIMIT {
                certificate.problems.push(format!("{} alternative names, only {NAME_LIMIT} kept", names.len()));
            }
            let room = NAME_LIMIT.saturating_sub(certificate.names.len());
            certificate.names.extend(names.iter().take(room).map(subject_name));
        }
        ParsedExtension::BasicConstraints(constraints) => certificate.is_authority = constraints.ca,
        ParsedExtension::KeyUsage(usage) => certificate.key_usage = extension::key_usages(usage),
        ParsedExtension::ExtendedKeyUsage(usage) => {
            certificate.extended_key_usage = extension::extended_key_usages(usage, LIST_LIMIT);
        }
        ParsedExtension::AuthorityInfoAccess(access) => {
            for description in access.iter().take(LIST_LIMIT) {
                let GeneralName::URI(url) = &description.access_location else { continue };
                match description.access_method.to_id_string().as_str() {
                    "1.3.6.1.5.5.7.48.1" => certificate.ocsp_urls.push(sanitise_line(url)),
                    "1.3.6.1.5.5.7.48.2" => certificate.issuer_urls.push(sanitise_line(url)),
                    _ => {}
                }
            }
        }
        ParsedExtension::CRLDistributionPoints(points) => {
            for point in points.points.iter().take(LIST_LIMIT) {
                let Some(DistributionPointName::FullName(names)) = &point.distribution_point else { continue };
                for name in names.iter().take(LIST_LIMIT) {
                    if let GeneralName::URI(url) = name {
                        certificate.revocation_list_urls.push(sanitise_line(url));
                    }
                }
            }
        }
        _ => {}
    }
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    <[u8; 4]>::try_from(bytes).map(IpAddr::from).or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}

fn pairs(bytes: &[u8]) -> String {
    let pairs: Vec<_> = bytes.iter().take(64).map(|byte| format!("{byte:02x}")).collect();
    pairs.join(":")
}

fn timestamp(time: ASN1Time, what: &str, problems: &mut Vec<String>) -> Option<Timestamp> {
    let timestamp = Timestamp::from_second(time.timestamp()).ok();
    if timestamp.is_none() {
        problems.push(format!("{what} is not a time: {} seconds since 1970", time.timestamp()));
    }
    timestamp
}

fn key(parsed: &X509Certificate<'_>, problems: &mut Vec<String>) -> CertificateKey {
    let information = parsed.public_key();
    let oid = information.algorithm.algorithm.to_id_string();
    let curve = information.algorithm.parameters.as_ref().and_then(|any| any.as_oid().ok());
    let bits = match information.parsed() {
        Ok(PublicKey::EC(_)) => curve.as_ref().and_then(|curve| named_curve(&curve.to_id_string())).map_or(0, |c| c.1),
        // `key_size` of the crate counts whole bytes; the leading byte may hold fewer bits.
        Ok(PublicKey::RSA(key)) => bit_length(key.modulus),
        Ok(key) => u32::try_from(key.key_size()).unwrap_or(u32::MAX),
        Err(_) => {
            problems.push("the public key is not readable".to_owned());
            0
        }
    };
    let (algorithm, bits) = match oid.as_str() {
        "1.2.840.113549.1.1.1" => ("RSA".to_owned(), bits),
        "1.2.840.113549.1.1.10" => ("RSA-PSS".to_owned(), bits),
        "1.2.840.10045.2.1" => {
            let curve = curve.map(|curve| curve.to_id_string()).unwrap_or_default();
            (format!("EC {}", named_curve(&curve).map_or(curve.as_str(), |curve| curve.0)), bits)
        }
        "1.3.101.112" => ("Ed25519".to_owned(), 256),
        "1.3.101.113" => ("Ed448".to_owned(), 456),
        "1.2.840.10040.4.1" => ("DSA".to_owned(), bits),
        _ => (oid, bits),
    };
    CertificateKey { algorithm, bits }
}

fn bit_length(modulus: &[u8]) -> u32 {
    let significant = modulus.iter().position(|byte| *byte != 0).map_or(&[][..], |start| &modulus[start..]);
    let leading = significant.first().map_or(0, |byte| byte.leading_zeros());
    u32::try_from(significant.len() * 8).map_or(u32::MAX, |bits| bits - leading)
}

/// Name and size of a curve (RFC 5480 2.1.1.1, RFC 5639).
fn named_curve(oid: &str) -> Option<(&'static str, u32)> {
    Some(match oid {
        "1.2.840.10045.3.1.7" => ("P-256", 256),
        "1.3.132.0.34" => ("P-384", 384),
        "1.3.132.0.35" => ("P-521", 521),
        "1.3.132.0.33" => ("P-224", 224),
        "1.3.132.0.10" => ("secp256k1", 256),
        "1.3.36.3.3.2.8.1.1.7" => ("brainpoolP256r1", 256),
        "1.3.36.3.3.2.8.1.1.11" => ("brainpoolP384r1", 384),
        "1.3.36.3.3.2.8.1.1.13" => ("brainpoolP512r1", 512),
        _ => return None,
    })
}

/// Name of a signature algorithm as certificates are printed elsewhere, or the OID again.
fn signature_algorithm(oid: &str) -> String {
    match oid {
        "1.2.840.113549.1.1.2" => "md2WithRSAEncryption",
        "1.2.840.113549.1.1.4" => "md5WithRSAEncryption",
        "1.2.840.113549.1.1.5" | "1.3.14.3.2.29" => "sha1WithRSAEncryption",
        "1.2.840.113549.1.1.10" => "rsassaPss",
        "1.2.840.113549.1.1.11" => "sha256WithRSAEncryption",
        "1.2.840.113549.1.1.12" => "sha384WithRSAEncryption",
        "1.2.840.113549.1.1.13" => "sha512WithRSAEncryption",
        "1.2.840.113549.1.1.14" => "sha224WithRSAEncryption",
        "1.2.840.10040.4.3" => "dsa-with-sha1",
        "1.2.840.10045.4.1" => "ecdsa-with-SHA1",
        "1.2.840.10045.4.3.2" => "ecdsa-with-SHA256",
        "1.2.840.10045.4.3.3" => "ecdsa-with-SHA384",
        "1.2.840.10045.4.3.4" => "ecdsa-with-SHA512",
        "1.3.101.112" => "Ed25519",
        "1.3.101.113" => "Ed448",
        other => other,
    }
    .to_owned()
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
