//! Names of subjects and issuers, for reading.

use crate::text::{LINE_LIMIT, sanitise_line};
use x509_parser::asn1_rs::{Any, BmpString, Tag};
use x509_parser::prelude::{FromDer, X509Name};

/// Most attributes of a name that are shown.
const ATTRIBUTE_LIMIT: usize = 32;

/// A DER-encoded name in RFC 4514 form, or a word that it cannot be read.
pub fn distinguished_name(der: &[u8]) -> String {
    X509Name::from_der(der).map_or_else(|_| "(unreadable name)".to_owned(), |(_, name)| written(&name))
}

/// A name in RFC 4514 form: most specific part first, with a blank after each comma for reading; sanitised.
pub(super) fn written(name: &X509Name<'_>) -> String {
    let parts: Vec<_> = name.iter_rdn().take(ATTRIBUTE_LIMIT).collect();
    let mut text = String::new();
    for part in parts.into_iter().rev() {
        if !text.is_empty() {
            text.push_str(", ");
        }
        for (index, attribute) in part.iter().take(ATTRIBUTE_LIMIT).enumerate() {
            if index > 0 {
                text.push('+');
            }
            let oid = attribute.attr_type().to_id_string();
            text.push_str(keyword(&oid).unwrap_or(&oid));
            text.push('=');
            text.push_str(&escaped(&value(attribute.attr_value())));
        }
    }
    sanitise_line(&text)
}

/// An attribute's value as text; what is no text as hexadecimal after `#` (RFC 4514 2.4).
pub(super) fn value(any: &Any<'_>) -> String {
    let text = match any.tag() {
        Tag::BmpString => BmpString::try_from(any.clone()).ok().map(|text| text.string()),
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::NumericString | Tag::VisibleString => {
            std::str::from_utf8(any.data).ok().map(str::to_owned)
        }
        // Teletex strings are Latin-1 in practice.
        Tag::T61String => Some(any.data.iter().copied().map(char::from).collect()),
        _ => None,
    };
    text.unwrap_or_else(|| format!("#{}", super::decode::hexadecimal(any.data, LINE_LIMIT / 2)))
}

/// Keywords of RFC 4514 section 3, and those that Windows and OpenSSL print besides.
fn keyword(oid: &str) -> Option<&'static str> {
    Some(match oid {
        "2.5.4.3" => "CN",
        "2.5.4.4" => "SN",
        "2.5.4.5" => "SERIALNUMBER",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.9" => "STREET",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "2.5.4.12" => "T",
        "2.5.4.15" => "businessCategory",
        "2.5.4.17" => "postalCode",
        "2.5.4.42" => "G",
        "2.5.4.97" => "organizationIdentifier",
        "0.9.2342.19200300.100.1.1" => "UID",
        "0.9.2342.19200300.100.1.25" => "DC",
        "1.2.840.113549.1.9.1" => "E",
        "1.3.6.1.4.1.311.60.2.1.1" => "jurisdictionL",
        "1.3.6.1.4.1.311.60.2.1.2" => "jurisdictionST",
        "1.3.6.1.4.1.311.60.2.1.3" => "jurisdictionC",
        _ => return None,
    })
}

/// Escapes of RFC 4514 section 2.4.
fn escaped(value: &str) -> String {
    let last = value.chars().count().saturating_sub(1);
    let mut text = String::with_capacity(value.len());
    for (index, character) in value.chars().enumerate() {
        let edge_blank = character == ' ' && (index == 0 || index == last);
        if matches!(character, '"' | '+' | ',' | ';' | '<' | '>' | '\\') || edge_blank {
            text.push('\\');
        }
        text.push(character);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_characters_are_escaped_as_in_rfc_4514_section_4() {
        assert_eq!(escaped("Sue, Grabbit and Runn"), "Sue\\, Grabbit and Runn");
        assert_eq!(escaped(" edge "), "\\ edge\\ ");
    }

    #[test]
    fn a_broken_name_says_so() {
        assert_eq!(distinguished_name(&[0x30, 0x05, 0x01]), "(unreadable name)");
    }
}
