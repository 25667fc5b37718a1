//! Certificates: decoding, names, and the three checks, judged apart. Pure.
//!
//! The three lines of Outlook's Security Alert are three questions with three answers: is the issuer trusted
//! ([`trust_check`]), is it in date ([`date_check`]), does the name match ([`name_check`]). A fourth, whether the
//! certificate may serve TLS at all ([`usage_check`]), has no line in the alert. Revocation is not checked.

mod chain;
mod comparison;
mod decode;
mod distinguished_name;
mod extension;
mod file;
mod name;
mod path;
mod pem_text;
mod pfx;
mod pkcs7;
mod review;
mod root;
mod time;
mod trust;
mod usage;

pub use comparison::{ComparedField, Comparison, compare};
pub use decode::{NAME_LIMIT, decode};
pub use distinguished_name::distinguished_name;
pub use file::{CERTIFICATE_LIMIT, FILE_LIMIT, FileContent, FileError, FileForm, read_file};
pub use name::{is_internal_name, name_check};
pub use review::{Remark, RemarkCode, RemarkLevel, chain_in_order, chain_review};
pub use time::{day, minute};
pub use trust::trust_check;
pub use usage::usage_check;

use crate::event::{Certificate, Checks, DateCheck, DateReason, TrustStore};
use jiff::Timestamp;
use rustls::pki_types::{CertificateDer, TrustAnchor};

/// A set of roots and which set it is. The order is kept in [`TrustCheck::stores`](crate::event::TrustCheck).
pub type Store<'a> = (TrustStore, &'a [TrustAnchor<'static>]);

/// The certificates behind a store's anchors.
pub type StoreCertificates<'a> = (TrustStore, &'a [CertificateDer<'static>]);

/// The checks of a chain as sent, the server's own certificate first, for a host at a time.
///
/// Each check is independent of the others: a wrong name does not hide an unknown issuer. What only the whole path
/// shows is put where the alert would put it: an issuer out of date under [`Checks::in_date`], an issuer that may not
/// issue for servers under [`Checks::usable`].
pub fn checks(host: &str, chain_der: &[Vec<u8>], now: Timestamp, stores: &[Store<'_>]) -> Checks {
    checks_with_roots(host, chain_der, now, stores, &[])
}

/// As [`checks`], where the certificates behind some stores' anchors are known. As in Windows, a root must then be in
/// date itself, be an authority, and leave room for the path; its extended key usages count.
pub fn checks_with_roots(
    host: &str,
    chain_der: &[Vec<u8>],
    now: Timestamp,
    stores: &[Store<'_>],
    roots: &[StoreCertificates<'_>],
) -> Checks {
    let leaf = chain_der.first().map(|der| decode(der)).unwrap_or_default();
    let (trusted, path) = trust::judge(chain_der, now, stores, roots);
    let mut in_date = date_check(now, &leaf);
    if in_date.ok && path.issuer_out_of_date {
        in_date = DateCheck { ok: false, reason: DateReason::IssuerOutOfDate, ..in_date };
    }
    let mut usable = usage_check(&leaf);
    if path.issuer_excludes_servers {
        usable.ok = false;
        usable.problems.push("issuer_no_server_auth".to_owned());
    }
    Checks { trusted, in_date, name_matches: name_check(host, &leaf), usable }
}

/// Second line of the alert: whether `now` lies within the certificate's validity, both ends included (RFC 5280
/// 4.1.2.5). Days are whole days of 24 hours, cut toward zero.
pub fn date_check(now: Timestamp, certificate: &Certificate) -> DateCheck {
    let (Some(start), Some(end)) = (certificate.not_before, certificate.not_after) else {
        return DateCheck { ok: false, reason: DateReason::Unreadable, days_left: 0 };
    };
    let reason = match () {
        () if now > end => DateReason::Expired,
        () if now < start => DateReason::NotYetValid,
        () => DateReason::Valid,
    };
    let days_left = (end.as_second() - now.as_second()) / 86_400;
    DateCheck { ok: reason == DateReason::Valid, reason, days_left }
}

/// Whether the key of one certificate signed another, and the names fit. Both in DER; what cannot be read or checked
/// did not.
pub fn issued_by(below: &[u8], issuer: &[u8]) -> bool {
    use x509_parser::prelude::{FromDer, X509Certificate};
    let pair = X509Certificate::from_der(below).ok().zip(X509Certificate::from_der(issuer).ok());
    pair.is_some_and(|((_, below), (_, issuer))| {
        below.issuer().as_raw() == issuer.subject().as_raw() && path::verifies(&below, issuer.public_key().raw)
    })
}

/// The certificate as PEM text (RFC 7468), with a final line feed.
pub fn pem(certificate: &Certificate) -> String {
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    for (index, character) in certificate.der.chars().enumerate() {
        if index > 0 && index % 64 == 0 {
            text.push('\n');
        }
        text.push(character);
    }
    text.push_str("\n-----END CERTIFICATE-----\n");
    text
}

#[cfg(test)]
pub(crate) mod testing;

#[cfg(test)]
#[path = "certificate/tests.rs"]
mod tests;
