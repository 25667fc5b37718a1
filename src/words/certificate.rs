//! What the checks of a certificate, and remarks about it, are called.

use crate::{
    certificate::{Remark, RemarkCode},
    event::{
        DateCheck, DateReason, IssuerFetch, IssuerFetchResult, NameCheck, NameReason, TlsFailure, TrustCheck,
        TrustReason, TrustStore, UsageCheck,
    },
};

/// First line of the Security Alert, with what each store said.
pub fn trusted(check: &TrustCheck) -> String {
    let reason = match check.reason {
        TrustReason::Trusted => "The issuer is trusted",
        TrustReason::SelfSigned => "The certificate is its own issuer, and not trusted",
        TrustReason::UnknownIssuer => "The issuer is not trusted",
        TrustReason::MissingIntermediate => "The issuer's certificate was not sent, and no store holds it",
        TrustReason::BadPath => "A signature in the chain is not valid",
        TrustReason::Unsupported => "A signature in the chain is of a kind that cannot be checked here",
    };
    let stores = check.stores.iter().map(|verdict| {
        let answer = if verdict.ok { "yes" } else { "no" };
        format!("{}: {answer}", store(verdict.store))
    });
    let stores: Vec<String> = stores.collect();
    if stores.is_empty() { reason.to_owned() } else { format!("{reason} ({})", stores.join(", ")) }
}

/// A set of roots.
pub fn store(store: TrustStore) -> &'static str {
    match store {
        TrustStore::PublicRoots => "public roots",
        TrustStore::ThisMachine => "this PC",
        TrustStore::CaFile => "the given roots",
    }
}

/// Second line of the Security Alert.
pub fn in_date(check: DateCheck) -> String {
    match check.reason {
        DateReason::Valid => format!("The date is valid, {} left", days(check.days_left)),
        DateReason::Expired => format!("The certificate expired {} ago", days(-check.days_left)),
        DateReason::NotYetValid => "The certificate is not valid yet".to_owned(),
        DateReason::IssuerOutOfDate => "The certificate is in date, but its issuer's is not".to_owned(),
        DateReason::Unreadable => "The dates cannot be read".to_owned(),
    }
}

/// A number of days.
pub fn days(days: i64) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

/// Third line of the Security Alert.
pub fn name_matches(check: &NameCheck) -> String {
    let asked = &check.asked;
    match check.reason {
        NameReason::Listed => format!("The name {asked} is listed"),
        NameReason::Wildcard => {
            format!("The name {asked} is covered by {}", check.matched.as_deref().unwrap_or("a wildcard"))
        }
        NameReason::CommonNameOnly => format!("Only the common name says {asked}; clients want it among the names"),
        NameReason::WildcardDepth => format!("The wildcard covers one label, {asked} has more"),
        NameReason::NotListed => format!("The name {asked} is not listed"),
        NameReason::NoNames => format!("The certificate lists no names, {asked} is not among them"),
    }
}

/// What the Security Alert never shows.
pub fn usable(check: &UsageCheck) -> String {
    let problems = check.problems.join(", ").replace('_', " ");
    if check.ok { "It may serve TLS".to_owned() } else { format!("May not serve TLS: {problems}") }
}

/// How the fetch of an issuer's certificate ended, as a sentence.
pub fn issuer_fetch(fetch: &IssuerFetch) -> String {
    let IssuerFetch { issuer, url, .. } = fetch;
    let why = match fetch.result {
        IssuerFetchResult::Fetched if fetch.completes => {
            return format!(
                "With the certificate of {issuer}, fetched from {url}, the chain is complete: install it on the server"
            );
        }
        IssuerFetchResult::Fetched => return format!("The certificate of {issuer} was fetched from {url}"),
        IssuerFetchResult::NotHttp => "only http addresses are asked".to_owned(),
        IssuerFetchResult::NoAddress => "its host has no address".to_owned(),
        IssuerFetchResult::NotConnected => "no connection can be opened".to_owned(),
        IssuerFetchResult::TimedOut => "nothing came in time".to_owned(),
        IssuerFetchResult::NoAnswer => "no answer came".to_owned(),
        IssuerFetchResult::Status => format!("the answer is status {}", fetch.status.unwrap_or_default()),
        IssuerFetchResult::TooLarge => "the answer is too large for a certificate".to_owned(),
        IssuerFetchResult::NotCertificate => "the answer is no certificate".to_owned(),
        IssuerFetchResult::NotIssuer => "the certificate there did not sign the one below".to_owned(),
    };
    format!("The certificate of {issuer} could not be fetched from {url}: {why}")
}

/// What ended a handshake.
pub fn tls_failure(failure: &TlsFailure) -> String {
    match failure {
        TlsFailure::Alert { name, number } => {
            format!("the server refuses the handshake with the alert {name} ({number})")
        }
        TlsFailure::NoConnection => "no connection can be made".to_owned(),
        TlsFailure::Closed => "the server closes the connection in the handshake".to_owned(),
        TlsFailure::Reset => "the connection is reset in the handshake".to_owned(),
        TlsFailure::TimedOut => "the handshake does not end in time".to_owned(),
        TlsFailure::NotTls { banner } => format!("the server does not speak TLS, it sends {banner}"),
        TlsFailure::Protocol { detail } => format!("the handshake fails here: {detail}"),
    }
}

/// A remark about a chain, as a sentence.
pub fn remark(remark: &Remark) -> String {
    let details = remark.details.join(", ");
    let first = remark.details.first().map_or("", String::as_str);
    let rest = remark.details.get(1..).unwrap_or_default().join(", ");
    let which = remark.certificate.map_or_else(String::new, |place| (place + 1).to_string());
    match remark.code {
        RemarkCode::MissingIntermediate if rest.is_empty() => {
            format!("The server has to send the certificate of its issuer too: {first}")
        }
        RemarkCode::MissingIntermediate => {
            format!("The server has to send the certificate of its issuer too: {first}. It can be fetched from {rest}")
        }
        RemarkCode::WrongOrder => format!("The certificates are not in order; it should be {details}"),
        RemarkCode::SuperfluousRoot => format!("Certificate {which} is a root; it need not be sent"),
        RemarkCode::UnrelatedCertificate => {
            format!("Certificate {which} has nothing to do with the server's own certificate")
        }
        RemarkCode::AlternativePath => format!("Certificate {which} belongs to another path of the same issuer"),
        RemarkCode::ExpiredIntermediate => format!("Certificate {which}, an issuer's, expired on {details}"),
        RemarkCode::EarlyIntermediate => format!("Certificate {which}, an issuer's, is not valid before {details}"),
        RemarkCode::SelfSigned => {
            "The certificate is its own issuer; every client has to be told to trust it".to_owned()
        }
        RemarkCode::PrivateAuthority => {
            "Trusted here, but by no public root: a private authority, or a proxy that inspects; other devices will \
             refuse it"
                .to_owned()
        }
        RemarkCode::NotTrustedHere => {
            "Public roots trust it, this machine does not: its store is old, or the root was taken out".to_owned()
        }
        RemarkCode::WeakSignature => {
            format!("Certificate {which} is signed with {details}, which current clients refuse")
        }
        RemarkCode::WeakKey => {
            format!("Certificate {which} has an RSA key of {details} bits; 2048 are the least today")
        }
        RemarkCode::TinyKey => format!("Certificate {which} has an RSA key of {details} bits, which Windows refuses"),
        RemarkCode::NoServerAuth => format!("It may not identify a server: it is made for {details}"),
        RemarkCode::NoServerKeyUsage => format!("Its key may not be used for TLS: it is made for {details}"),
        RemarkCode::IssuerNoServerAuth => "An issuer in the chain may not issue for servers".to_owned(),
        RemarkCode::AuthorityAsServer => {
            "It is the certificate of an authority; Windows accepts that for a server, other clients do not".to_owned()
        }
        RemarkCode::CommonNameOnly => {
            format!("It has no list of names, only the common name {details}; current clients refuse that")
        }
        RemarkCode::NearMiss => format!("{first} is listed, {rest} was asked for"),
        RemarkCode::InternalNames => {
            format!("It lists names that no public authority may certify any more: {details}")
        }
        RemarkCode::ValidityTooLong => {
            format!("It is valid for {first} days; on its day of issue a public authority could give {rest} at most")
        }
        RemarkCode::ExpiresSoon => format!("It ends soon: {} left", days(first.parse().unwrap_or_default())),
        RemarkCode::RevocationAddresses => format!("Whether it was revoked was not asked; {details} would know"),
        RemarkCode::NoRevocationAddresses => "It names no address that would know whether it was revoked".to_owned(),
        RemarkCode::FormalFault => format!("Certificate {which} is not in the form of RFC 5280: {details}"),
        RemarkCode::Unreadable => format!("Certificate {which} is damaged in part: {details}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_read_well() {
        let check = |reason, days_left| DateCheck { ok: reason == DateReason::Valid, reason, days_left };
        assert_eq!(in_date(check(DateReason::Expired, -1)), "The certificate expired 1 day ago");
        assert_eq!(in_date(check(DateReason::Valid, 30)), "The date is valid, 30 days left");
    }
}
