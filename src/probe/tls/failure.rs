//! What ended a handshake, told apart.

use super::tap::{Ending, Observations};
use crate::{
    event::TlsFailure,
    text::{sanitise_bytes, sanitise_line},
};
use rustls::{AlertDescription, Error, PeerIncompatible};
use std::{error, io};

/// Longest text of the library that is kept, in characters.
const DETAIL_LIMIT: usize = 160;

/// How the detail of a failure begins when no protocol version is in common.
pub(super) const NO_COMMON_VERSION: &str = "no protocol version in common";
/// How the detail of a failure begins when something else is not in common.
pub(super) const NOTHING_IN_COMMON: &str = "nothing in common";

/// Tells from the library's error and from what passed on the wire why a handshake failed.
pub(super) fn classify(error: &io::Error, observations: &Observations) -> TlsFailure {
    if let Some(banner) = &observations.banner {
        return TlsFailure::NotTls { banner: sanitise_bytes(banner).chars().take(64).collect() };
    }
    match library_error(error) {
        Some(Error::AlertReceived(alert)) => alert_failure(u8::from(*alert)),
        Some(other) => TlsFailure::Protocol { detail: detail(other) },
        None => match (observations.alert, observations.ending, error.kind()) {
            (Some(alert), ..) if alert.level == 2 => alert_failure(alert.number),
            (_, Some((Ending::Reset, _)), _) => TlsFailure::Reset,
            (_, _, io::ErrorKind::UnexpectedEof) => TlsFailure::Closed,
            (_, _, io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe) => {
                TlsFailure::Reset
            }
            _ => TlsFailure::Protocol { detail: sanitise_line(&error.to_string()) },
        },
    }
}

/// The TLS library's own error, wherever it is wrapped.
pub(crate) fn library_error<'a>(error: &'a (dyn error::Error + 'static)) -> Option<&'a Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<Error>() {
            return Some(found);
        }
        // An I/O error hides what it wraps from `source`.
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match inner {
            Some(inner) => Some(inner as &(dyn error::Error + 'static)),
            None => error.source(),
        };
    }
    None
}

/// Name of an alert in RFC 8446 section 6 and the registry it refers to.
pub(crate) fn alert_name(alert: AlertDescription) -> String {
    let name = match u8::from(alert) {
        0 => "close_notify",
        10 => "unexpected_message",
        20 => "bad_record_mac",
        21 => "decryption_failed",
        22 => "record_overflow",
        30 => "decompression_failure",
        40 => "handshake_failure",
        41 => "no_certificate",
        42 => "bad_certificate",
        43 => "unsupported_certificate",
        44 => "certificate_revoked",
        45 => "certificate_expired",
        46 => "certificate_unknown",
        47 => "illegal_parameter",
        48 => "unknown_ca",
        49 => "access_denied",
        50 => "decode_error",
        51 => "decrypt_error",
        60 => "export_restriction",
        70 => "protocol_version",
        71 => "insufficient_security",
        80 => "internal_error",
        86 => "inappropriate_fallback",
        90 => "user_canceled",
        100 => "no_renegotiation",
        109 => "missing_extension",
        110 => "unsupported_extension",
        111 => "certificate_unobtainable",
        112 => "unrecognized_name",
        113 => "bad_certificate_status_response",
        114 => "bad_certificate_hash_value",
        115 => "unknown_psk_identity",
        116 => "certificate_required",
        120 => "no_application_protocol",
        121 => "ech_required",
        number => return format!("alert_{number}"),
    };
    name.to_owned()
}

fn alert_failure(number: u8) -> TlsFailure {
    TlsFailure::Alert { name: alert_name(AlertDescription::from(number)), number }
}

/// The library's words, short: some of its errors print a whole certificate.
pub(crate) fn detail(error: &Error) -> String {
    let text = match error {
        Error::PeerIncompatible(
            reason @ (PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled),
        ) => format!("{NO_COMMON_VERSION}: {reason:?}"),
        Error::PeerIncompatible(reason) => format!("{NOTHING_IN_COMMON}: {reason:?}"),
        Error::PeerMisbehaved(reason) => format!("the server broke the protocol: {reason:?}"),
        Error::InvalidMessage(reason) => format!("unreadable message: {reason:?}"),
        Error::InvalidCertificate(rustls::CertificateError::BadSignature) => {
            "the handshake is not signed by the certificate's key".to_owned()
        }
        other => other.to_string(),
    };
    sanitise_line(&text.chars().take(DETAIL_LIMIT).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_librarys_error_is_found_in_its_wrappings() {
        let inner =
            io::Error::new(io::ErrorKind::InvalidData, Error::AlertReceived(AlertDescription::HandshakeFailure));
        let outer = io::Error::other(inner);
        let failure = classify(&outer, &Observations::default());
        assert_eq!(failure, TlsFailure::Alert { name: "handshake_failure".to_owned(), number: 40 });
    }

    #[test]
    fn details_are_short_and_one_line() {
        let error = Error::General("x\n".repeat(1000));
        assert!(detail(&error).len() < 1000);
        assert!(!detail(&error).contains('\n'));
    }
}
