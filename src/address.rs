//! The address as typed, checked and brought to the form that goes on the wire.

use crate::{event::Address, text};
use thiserror::Error;

/// Longest address (RFC 5321 4.5.3.1.3: a path of 256 octets less its brackets).
const ADDRESS_LIMIT: usize = 254;
/// Longest local part (RFC 5321 4.5.3.1.1).
const LOCAL_LIMIT: usize = 64;
/// Longest domain name in text form (RFC 1035 2.3.4).
const DOMAIN_LIMIT: usize = 253;
/// Longest label of a domain name (RFC 1035 2.3.4).
const LABEL_LIMIT: usize = 63;

/// Why an address cannot be used. Every message names the value and says what to type instead.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum AddressError {
    /// Nothing was typed.
    #[error("{}", say!("no address was given; type the mailbox address, such as anna@contoso.com"))]
    Empty,
    /// A Windows logon name.
    #[error("{}", say!("“{text}” is a Windows logon name; type the mailbox address, such as anna@contoso.com", text = .0))]
    LogonName(String),
    /// No `@`.
    #[error("{}", say!("“{text}” has no @; type the whole mailbox address, such as anna@contoso.com", text = .0))]
    NoAt(String),
    /// More than one `@`.
    #[error("{}", say!("“{text}” has more than one @; type one mailbox address", text = .0))]
    SeveralAt(String),
    /// A space or a control character.
    #[error("{}", say!("“{text}” contains a space or a control character; type the address without it", text = .0))]
    Blank(String),
    /// A character before the `@` that no mailbox has.
    #[error("{}", say!("“{text}” has “{sign}” before the @; type the plain mailbox address, such as anna@contoso.com", text = .0, sign = .1))]
    BadLocal(String, char),
    /// Nothing before the `@`.
    #[error("{}", say!("“{text}” has nothing before the @; type the whole mailbox address", text = .0))]
    NoLocalPart(String),
    /// Nothing after the `@`.
    #[error("{}", say!("“{text}” has no domain after the @; type the whole mailbox address", text = .0))]
    NoDomain(String),
    /// Too long.
    #[error("{}", say!("“{text}” has {count} characters; an address has at most {limit}, and {local_limit} before the @", text = .0, count = .1, limit = ADDRESS_LIMIT, local_limit = LOCAL_LIMIT))]
    TooLong(String, usize),
    /// A domain with one label only.
    #[error("{}", say!("“{text}” has no dot in its domain; type the full domain, such as contoso.com", text = .0))]
    SingleLabel(String),
    /// A domain that cannot exist.
    #[error("{}", say!("“{text}” is not a domain name: {reason}", text = .0, reason = .1))]
    BadDomain(String, String),
}

/// Reads an address. A trailing dot of the domain is dropped, upper case folded, an internationalised domain converted
/// (UTS 46); the local part stays as typed.
///
/// # Errors
/// [`AddressError`] for everything that no mailbox can have.
pub fn parse(typed: &str) -> Result<Address, AddressError> {
    let trimmed = typed.trim();
    let shown = || shorten(trimmed);
    if trimmed.is_empty() {
        return Err(AddressError::Empty);
    }
    let length = trimmed.chars().count();
    if trimmed.len() > ADDRESS_LIMIT {
        return Err(AddressError::TooLong(shown(), length));
    }
    if trimmed.chars().any(|c| c.is_whitespace() || text::is_unsafe(c)) {
        return Err(AddressError::Blank(shown()));
    }
    let Some((local, domain)) = trimmed.rsplit_once('@') else {
        return Err(if trimmed.contains('\\') {
            AddressError::LogonName(shown())
        } else {
            AddressError::NoAt(shown())
        });
    };
    if local.contains('@') {
        return Err(AddressError::SeveralAt(shown()));
    }
    if local.is_empty() {
        return Err(AddressError::NoLocalPart(shown()));
    }
    // RFC 5321 4.1.2: these stand in quoted local parts only, which Exchange does not give out.
    if let Some(character) = local.chars().find(|c| "()<>[]:;,\\\"".contains(*c)) {
        return Err(AddressError::BadLocal(shown(), character));
    }
    if local.len() > LOCAL_LIMIT {
        return Err(AddressError::TooLong(shown(), length));
    }
    if domain.trim_end_matches('.').is_empty() {
        return Err(AddressError::NoDomain(shown()));
    }
    let domain = parse_domain(domain)?;
    let (unicode, _) = idna::domain_to_unicode(&domain);
    let domain_unicode = text::sanitise_line(&unicode);
    Ok(Address { local: local.to_owned(), domain, domain_unicode })
}

/// Reads a domain name: lower-case ASCII without trailing dot.
fn parse_domain(typed: &str) -> Result<String, AddressError> {
    let bad = |why: &str| AddressError::BadDomain(shorten(typed), why.to_owned());
    let without_dot = typed.strip_suffix('.').unwrap_or(typed);
    let ascii =
        idna::domain_to_ascii(without_dot).map_err(|_| bad(say!("it has characters that no domain may have")))?;
    if ascii.len() > DOMAIN_LIMIT {
        return Err(bad(say!("it is longer than 253 characters")));
    }
    let labels: Vec<&str> = ascii.split('.').collect();
    for label in &labels {
        if label.is_empty() {
            return Err(bad(say!("it has two dots in a row, or begins with one")));
        }
        if label.len() > LABEL_LIMIT {
            return Err(bad(say!("one of its parts is longer than 63 characters")));
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if !label.chars().all(allowed) || label.starts_with('-') || label.ends_with('-') {
            return Err(bad(&say!("“{label}” may hold letters, digits and inner hyphens only", label)));
        }
    }
    if labels.len() < 2 {
        return Err(AddressError::SingleLabel(shorten(typed)));
    }
    if labels.iter().all(|label| label.chars().all(|c| c.is_ascii_digit())) {
        return Err(bad(say!("it is an IP address")));
    }
    if labels.last().is_some_and(|label| label.chars().all(|c| c.is_ascii_digit())) {
        return Err(bad(say!("no top-level domain is a number")));
    }
    Ok(ascii)
}

fn shorten(typed: &str) -> String {
    let safe = text::sanitise_line(typed);
    if safe.chars().count() > 60 { format!("{}...", safe.chars().take(60).collect::<String>()) } else { safe }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_addresses() {
        let address = parse(" Anna.B@Contoso.COM. ").expect("valid");
        assert_eq!((address.local.as_str(), address.domain.as_str()), ("Anna.B", "contoso.com"));
        assert_eq!(address.ascii(), "Anna.B@contoso.com");
    }

    #[test]
    fn internationalised_domains_have_both_forms() {
        // RFC 3492 / UTS 46: bücher is xn--bcher-kva.
        let address = parse("anna@Bücher.example").expect("valid");
        assert_eq!(address.domain, "xn--bcher-kva.example");
        assert_eq!(address.domain_unicode, "bücher.example");
        assert_eq!(parse("anna@xn--bcher-kva.example"), Ok(address));
    }

    #[test]
    fn what_was_typed_wrong_is_named() {
        use AddressError::*;
        let long = format!("{}@contoso.com", "a".repeat(300));
        type Expected = fn(&AddressError) -> bool;
        let cases: [(&str, Expected); 17] = [
            ("", |e| matches!(e, Empty)),
            ("   ", |e| matches!(e, Empty)),
            ("contoso.com", |e| matches!(e, NoAt(_))),
            ("CONTOSO\\anna", |e| matches!(e, LogonName(_))),
            ("anna b@contoso.com", |e| matches!(e, Blank(_))),
            ("anna@b@contoso.com", |e| matches!(e, SeveralAt(_))),
            ("mailto:anna@contoso.com", |e| matches!(e, BadLocal(_, ':'))),
            ("Anna<anna@contoso.com", |e| matches!(e, BadLocal(_, '<'))),
            ("anna@contoso.123", |e| matches!(e, BadDomain(..))),
            ("@contoso.com", |e| matches!(e, NoLocalPart(_))),
            ("anna@", |e| matches!(e, NoDomain(_))),
            ("anna@.", |e| matches!(e, NoDomain(_))),
            ("anna@contoso", |e| matches!(e, SingleLabel(_))),
            ("anna@contoso..com", |e| matches!(e, BadDomain(..))),
            ("anna@-contoso.com", |e| matches!(e, BadDomain(..))),
            ("anna@192.0.2.1", |e| matches!(e, BadDomain(..))),
            (&long, |e| matches!(e, TooLong(_, 312))),
        ];
        for (typed, expected) in cases {
            let error = parse(typed).expect_err(typed);
            assert!(expected(&error), "{typed:?} gave {error:?}");
        }
        assert!(parse(&format!("a@{}.com", "b".repeat(64))).is_err());
        assert!(parse("a\u{202e}b@contoso.com").is_err());
    }

    #[test]
    fn a_long_value_is_shortened_in_the_message() {
        let message = parse(&"x".repeat(300)).expect_err("too long").to_string();
        assert!(message.len() < 220, "{message}");
        assert!(message.contains("300 characters"));
    }
}
