//! Extensions of a certificate in words.

use super::decode::{hexadecimal, subject_name};
use crate::{
    event::{Extension, SubjectName},
    text::sanitise_block,
};
use x509_parser::extensions::{
    DistributionPointName, ExtendedKeyUsage, GeneralName, KeyUsage, ParsedExtension, X509Extension,
};

/// Longest text of one extension, in characters.
const TEXT_LIMIT: usize = 8192;
/// Bytes of an unknown extension that are shown.
const BYTE_LIMIT: usize = 256;
/// Entries of a list inside an extension that are shown; alternative names are listed in full elsewhere.
const ENTRY_LIMIT: usize = 50;

/// An extension for reading.
pub(super) fn described(extension: &X509Extension<'_>) -> Extension {
    let oid = extension.oid.to_id_string();
    let text = content(extension).unwrap_or_else(|| hexadecimal(extension.value, BYTE_LIMIT));
    Extension {
        name: name(&oid).unwrap_or(&oid).to_owned(),
        critical: extension.critical,
        text: sanitise_block(&text, TEXT_LIMIT),
        oid,
    }
}

/// Name of an extension in words.
pub(super) fn name(oid: &str) -> Option<&'static str> {
    Some(match oid {
        "2.5.29.9" => said!("Subject directory attributes"),
        "2.5.29.14" => said!("Subject key identifier"),
        "2.5.29.15" => said!("Key usage"),
        "2.5.29.16" => said!("Private key usage period"),
        "2.5.29.17" => said!("Subject alternative name"),
        "2.5.29.18" => said!("Issuer alternative name"),
        "2.5.29.19" => said!("Basic constraints"),
        "2.5.29.30" => said!("Name constraints"),
        "2.5.29.31" => said!("CRL distribution points"),
        "2.5.29.32" => said!("Certificate policies"),
        "2.5.29.33" => said!("Policy mappings"),
        "2.5.29.35" => said!("Authority key identifier"),
        "2.5.29.36" => said!("Policy constraints"),
        "2.5.29.37" => said!("Extended key usage"),
        "2.5.29.46" => said!("Freshest CRL"),
        "2.5.29.54" => said!("Inhibit any policy"),
        "1.3.6.1.5.5.7.1.1" => said!("Authority information access"),
        "1.3.6.1.5.5.7.1.11" => said!("Subject information access"),
        "1.3.6.1.5.5.7.1.24" => said!("TLS feature"),
        "1.3.6.1.4.1.11129.2.4.2" => said!("Signed certificate timestamps"),
        "1.3.6.1.4.1.11129.2.4.3" => said!("Certificate transparency poison"),
        "1.3.6.1.4.1.311.20.2" => said!("Certificate template name"),
        "1.3.6.1.4.1.311.21.1" => said!("CA version"),
        "1.3.6.1.4.1.311.21.2" => said!("Previous CA certificate hash"),
        "1.3.6.1.4.1.311.21.7" => said!("Certificate template"),
        "1.3.6.1.4.1.311.21.10" => said!("Application policies"),
        "1.3.6.1.4.1.311.25.2" => said!("Security identifier"),
        "2.16.840.1.113730.1.1" => said!("Netscape certificate type"),
        "2.16.840.1.113730.1.13" => said!("Netscape comment"),
        _ => return None,
    })
}

/// Key usages in words (RFC 5280 4.2.1.3).
pub(super) fn key_usages(usage: &KeyUsage) -> Vec<String> {
    [
        (usage.digital_signature(), said!("Digital signature")),
        (usage.non_repudiation(), said!("Non-repudiation")),
        (usage.key_encipherment(), said!("Key encipherment")),
        (usage.data_encipherment(), said!("Data encipherment")),
        (usage.key_agreement(), said!("Key agreement")),
        (usage.key_cert_sign(), said!("Certificate signing")),
        (usage.crl_sign(), said!("CRL signing")),
        (usage.encipher_only(), said!("Encipher only")),
        (usage.decipher_only(), said!("Decipher only")),
    ]
    .into_iter()
    .filter(|(set, _)| *set)
    .map(|(_, word)| word.to_owned())
    .collect()
}

/// Extended key usages in words or as dotted OIDs (RFC 5280 4.2.1.12).
pub(super) fn extended_key_usages(usage: &ExtendedKeyUsage<'_>, limit: usize) -> Vec<String> {
    let known = [
        (usage.any, said!("Any")),
        (usage.server_auth, super::usage::SERVER_AUTHENTICATION),
        (usage.client_auth, said!("Client authentication")),
        (usage.code_signing, said!("Code signing")),
        (usage.email_protection, said!("E-mail protection")),
        (usage.time_stamping, said!("Time stamping")),
        (usage.ocsp_signing, said!("OCSP signing")),
    ];
    let other = usage.other.iter().map(|oid| match oid.to_id_string().as_str() {
        "1.3.6.1.4.1.311.20.2.2" => said!("Smart card logon").to_owned(),
        "1.3.6.1.5.2.3.5" => said!("KDC authentication").to_owned(),
        "1.3.6.1.4.1.311.10.3.3" => said!("Microsoft server gated crypto").to_owned(),
        "2.16.840.1.113730.4.1" => said!("Netscape server gated crypto").to_owned(),
        "1.3.6.1.5.5.7.3.17" => said!("IPsec IKE").to_owned(),
        other => other.to_owned(),
    });
    known.into_iter().filter(|(set, _)| *set).map(|(_, word)| word.to_owned()).chain(other).take(limit).collect()
}

/// Content in words, where it is understood.
fn content(extension: &X509Extension<'_>) -> Option<String> {
    Some(match extension.parsed_extension() {
        ParsedExtension::BasicConstraints(constraints) => {
            let length = constraints.path_len_constraint.map(|length| format!(", path length {length}"));
            format!("CA: {}{}", if constraints.ca { "yes" } else { "no" }, length.unwrap_or_default())
        }
        ParsedExtension::KeyUsage(usage) => key_usages(usage).join(", "),
        ParsedExtension::ExtendedKeyUsage(usage) => extended_key_usages(usage, ENTRY_LIMIT).join(", "),
        ParsedExtension::SubjectAlternativeName(names) => general_names(&names.general_names),
        ParsedExtension::IssuerAlternativeName(names) => general_names(&names.general_names),
        ParsedExtension::SubjectKeyIdentifier(identifier) => hexadecimal(identifier.0, BYTE_LIMIT),
        ParsedExtension::AuthorityKeyIdentifier(identifier) => {
            hexadecimal(identifier.key_identifier.as_ref()?.0, BYTE_LIMIT)
        }
        ParsedExtension::AuthorityInfoAccess(access) => listed(access.iter().map(|description| {
            let method = match description.access_method.to_id_string().as_str() {
                "1.3.6.1.5.5.7.48.1" => "OCSP".to_owned(),
                "1.3.6.1.5.5.7.48.2" => "CA issuers".to_owned(),
                other => other.to_owned(),
            };
            format!("{method}: {}", general_name(&description.access_location))
        })),
        ParsedExtension::CRLDistributionPoints(points) => {
            listed(points.points.iter().map(|point| match &point.distribution_point {
                Some(DistributionPointName::FullName(names)) => general_names(names),
                Some(DistributionPointName::NameRelativeToCRLIssuer(_)) => "name relative to the issuer".to_owned(),
                None => "(no address)".to_owned(),
            }))
        }
        ParsedExtension::CertificatePolicies(policies) => {
            listed(policies.iter().map(|policy| policy_name(&policy.policy_id.to_id_string())))
        }
        ParsedExtension::NameConstraints(constraints) => {
            let permitted = constraints.permitted_subtrees.iter().flatten();
            let excluded = constraints.excluded_subtrees.iter().flatten();
            let permitted = permitted.map(|subtree| format!("permitted {}", general_name(&subtree.base)));
            listed(permitted.chain(excluded.map(|subtree| format!("excluded {}", general_name(&subtree.base)))))
        }
        ParsedExtension::SCT(timestamps) => format!("{} timestamps", timestamps.len()),
        ParsedExtension::NsCertComment(comment) => (*comment).to_owned(),
        _ => return None,
    })
}

/// Names of the CA/Browser Forum's reserved policies (Baseline Requirements 7.1.6.1).
fn policy_name(oid: &str) -> String {
    match oid {
        "2.23.140.1.2.1" => "Domain validated".to_owned(),
        "2.23.140.1.2.2" => "Organization validated".to_owned(),
        "2.23.140.1.2.3" => "Individual validated".to_owned(),
        "2.23.140.1.1" => "Extended validation".to_owned(),
        "2.5.29.32.0" => "Any policy".to_owned(),
        other => other.to_owned(),
    }
}

fn general_names(names: &[GeneralName<'_>]) -> String {
    listed(names.iter().map(general_name))
}

fn general_name(name: &GeneralName<'_>) -> String {
    match subject_name(name) {
        SubjectName::Dns { name } => name,
        SubjectName::Ip { address } => address.to_string(),
        SubjectName::Other { text } => text.strip_prefix("URI ").map_or(text.clone(), str::to_owned),
    }
}

/// Entries on lines of their own, with the number of those left out.
fn listed(entries: impl Iterator<Item = String>) -> String {
    let mut lines = Vec::new();
    let mut left_out = 0_usize;
    for entry in entries {
        if lines.len() < ENTRY_LIMIT { lines.push(entry) } else { left_out += 1 }
    }
    if left_out > 0 {
        lines.push(format!("and {left_out} more"));
    }
    lines.join("\n")
}
