//! What the checks of a certificate, and remarks about it, are called.

use crate::{
    certificate::{Remark, RemarkCode},
    event::{
        DateCheck, DateReason, IssuerFetch, IssuerFetchResult, NameCheck, NameReason, TlsFailure, TrustCheck,
        TrustReason, TrustStore, UsageCheck,
    },
    language,
};

/// First line of the Security Alert, with what each store said.
pub fn trusted(check: &TrustCheck) -> String {
    let reason = match check.reason {
        TrustReason::Trusted => say!("The issuer is trusted"),
        TrustReason::SelfSigned => say!("The certificate is its own issuer, and not trusted"),
        TrustReason::UnknownIssuer => say!("The issuer is not trusted"),
        TrustReason::MissingIntermediate => say!("The issuer's certificate was not sent, and no store holds it"),
        TrustReason::BadPath => say!("A signature in the chain is not valid"),
        TrustReason::Unsupported => say!("A signature in the chain is of a kind that cannot be checked here"),
    };
    let stores = check.stores.iter().map(|verdict| {
        let answer = if verdict.ok { say!("yes") } else { say!("no") };
        format!("{}: {answer}", store(verdict.store))
    });
    let stores: Vec<String> = stores.collect();
    if stores.is_empty() { reason.to_owned() } else { format!("{reason} ({})", stores.join(", ")) }
}

/// A set of roots.
pub fn store(store: TrustStore) -> &'static str {
    match store {
        TrustStore::PublicRoots => say!("public roots"),
        TrustStore::ThisMachine => say!("this PC"),
        TrustStore::CaFile => say!("the given roots"),
    }
}

/// Second line of the Security Alert.
pub fn in_date(check: DateCheck) -> String {
    match check.reason {
        DateReason::Valid => say!("The date is valid, {days} left", days = days(check.days_left)),
        DateReason::Expired => say!("The certificate expired {days} ago", days = days(-check.days_left)),
        DateReason::NotYetValid => say!("The certificate is not valid yet").to_owned(),
        DateReason::IssuerOutOfDate => say!("The certificate is in date, but its issuer's is not").to_owned(),
        DateReason::Unreadable => say!("The dates cannot be read").to_owned(),
    }
}

/// A number of days.
pub fn days(days: i64) -> String {
    if days == 1 { say!("1 day").to_owned() } else { say!("{days} days", days) }
}

/// Third line of the Security Alert.
pub fn name_matches(check: &NameCheck) -> String {
    let asked = &check.asked;
    match check.reason {
        NameReason::Listed => say!("The name {asked} is listed", asked),
        NameReason::Wildcard => {
            say!(
                "The name {asked} is covered by {matched}",
                asked,
                matched = check.matched.as_deref().unwrap_or(say!("a wildcard"))
            )
        }
        NameReason::CommonNameOnly => say!("Only the common name says {asked}; clients want it among the names", asked),
        NameReason::WildcardDepth => say!("The wildcard covers one label, {asked} has more", asked),
        NameReason::NotListed => say!("The name {asked} is not listed", asked),
        NameReason::NoNames => say!("The certificate lists no names, {asked} is not among them", asked),
    }
}

/// A fault of a certificate that the Security Alert never shows, by its code.
fn problem(code: &str) -> String {
    match code {
        "no_server_auth" => say!("no server auth").to_owned(),
        "no_server_key_usage" => say!("no server key usage").to_owned(),
        "issuer_no_server_auth" => say!("issuer no server auth").to_owned(),
        "authority_as_server" => say!("authority as server").to_owned(),
        "tiny_key" => say!("tiny key").to_owned(),
        "weak_key" => say!("weak key").to_owned(),
        "weak_signature" => say!("weak signature").to_owned(),
        other => other.replace('_', " "),
    }
}

/// What the Security Alert never shows.
pub fn usable(check: &UsageCheck) -> String {
    let problems: Vec<String> = check.problems.iter().map(|code| problem(code)).collect();
    let problems = problems.join(", ");
    if check.ok { say!("It may serve TLS").to_owned() } else { say!("May not serve TLS: {problems}", problems) }
}

/// How the fetch of an issuer's certificate ended, as a sentence.
pub fn issuer_fetch(fetch: &IssuerFetch) -> String {
    let IssuerFetch { issuer, url, .. } = fetch;
    let why = match fetch.result {
        IssuerFetchResult::Fetched if fetch.completes => {
            return say!(
                "With the certificate of {issuer}, fetched from {url}, the chain is complete: install it on the server",
                issuer,
                url
            );
        }
        IssuerFetchResult::Fetched => return say!("The certificate of {issuer} was fetched from {url}", issuer, url),
        IssuerFetchResult::NotHttp => say!("only http addresses are asked").to_owned(),
        IssuerFetchResult::NoAddress => say!("its host has no address").to_owned(),
        IssuerFetchResult::NotConnected => say!("no connection can be opened").to_owned(),
        IssuerFetchResult::TimedOut => say!("nothing came in time").to_owned(),
        IssuerFetchResult::NoAnswer => say!("no answer came").to_owned(),
        IssuerFetchResult::Status => say!("the answer is status {status}", status = fetch.status.unwrap_or_default()),
        IssuerFetchResult::TooLarge => say!("the answer is too large for a certificate").to_owned(),
        IssuerFetchResult::NotCertificate => say!("the answer is no certificate").to_owned(),
        IssuerFetchResult::NotIssuer => say!("the certificate there did not sign the one below").to_owned(),
    };
    say!("The certificate of {issuer} could not be fetched from {url}: {why}", issuer, url, why)
}

/// What the decoder says of a certificate that cannot be read in full, as it is recorded.
const PROBLEMS: [&str; 8] = [
    said!("{count} bytes after the end"),
    said!("not readable as a certificate: {reason}"),
    said!("{count} extensions, only {limit} kept"),
    said!("{count} alternative names, only {limit} kept"),
    said!("extension {name} is not readable"),
    said!("start of validity is not a time: {seconds} seconds since 1970"),
    said!("end of validity is not a time: {seconds} seconds since 1970"),
    said!("the public key is not readable"),
];

/// A part of a certificate that cannot be read, in words.
pub fn certificate_problem(problem: &str) -> String {
    language::retold(&PROBLEMS, problem)
}

/// What ended a handshake.
pub fn tls_failure(failure: &TlsFailure) -> String {
    match failure {
        TlsFailure::Alert { name, number } => {
            say!("the server refuses the handshake with the alert {name} ({number})", name, number)
        }
        TlsFailure::NoConnection => say!("no connection can be made").to_owned(),
        TlsFailure::Closed => say!("the server closes the connection in the handshake").to_owned(),
        TlsFailure::Reset => say!("the connection is reset in the handshake").to_owned(),
        TlsFailure::TimedOut => say!("the handshake does not end in time").to_owned(),
        TlsFailure::NotTls { banner } => say!("the server does not speak TLS, it sends {banner}", banner),
        TlsFailure::Protocol { detail } => say!("the handshake fails here: {detail}", detail),
    }
}

/// A remark about a chain, as a sentence.
pub fn remark(remark: &Remark) -> String {
    let details = language::all_known(&remark.details).join(", ");
    let first = remark.details.first().map_or("", String::as_str);
    let rest = remark.details.get(1..).unwrap_or_default().join(", ");
    let which = remark.certificate.map_or_else(String::new, |place| (place + 1).to_string());
    match remark.code {
        RemarkCode::MissingIntermediate if rest.is_empty() => {
            say!("The server has to send the certificate of its issuer too: {first}", first)
        }
        RemarkCode::MissingIntermediate => {
            say!(
                "The server has to send the certificate of its issuer too: {first}. It can be fetched from {rest}",
                first,
                rest
            )
        }
        RemarkCode::WrongOrder => say!("The certificates are not in order; it should be {details}", details),
        RemarkCode::SuperfluousRoot => say!("Certificate {which} is a root; it need not be sent", which),
        RemarkCode::UnrelatedCertificate => {
            say!("Certificate {which} has nothing to do with the server's own certificate", which)
        }
        RemarkCode::AlternativePath => say!("Certificate {which} belongs to another path of the same issuer", which),
        RemarkCode::ExpiredIntermediate => {
            say!("Certificate {which}, an issuer's, expired on {details}", which, details)
        }
        RemarkCode::EarlyIntermediate => {
            say!("Certificate {which}, an issuer's, is not valid before {details}", which, details)
        }
        RemarkCode::SelfSigned => {
            say!("The certificate is its own issuer; every client has to be told to trust it").to_owned()
        }
        RemarkCode::PrivateAuthority => say!(
            "Trusted here, but by no public root: a private authority, or a proxy that inspects; other devices will \
             refuse it"
        )
        .to_owned(),
        RemarkCode::NotTrustedHere => {
            say!("Public roots trust it, this machine does not: its store is old, or the root was taken out").to_owned()
        }
        RemarkCode::WeakSignature => {
            say!("Certificate {which} is signed with {details}, which current clients refuse", which, details)
        }
        RemarkCode::WeakKey => {
            say!("Certificate {which} has an RSA key of {details} bits; 2048 are the least today", which, details)
        }
        RemarkCode::TinyKey => {
            say!("Certificate {which} has an RSA key of {details} bits, which Windows refuses", which, details)
        }
        RemarkCode::NoServerAuth => say!("It may not identify a server: it is made for {details}", details),
        RemarkCode::NoServerKeyUsage => say!("Its key may not be used for TLS: it is made for {details}", details),
        RemarkCode::IssuerNoServerAuth => say!("An issuer in the chain may not issue for servers").to_owned(),
        RemarkCode::AuthorityAsServer => {
            say!("It is the certificate of an authority; Windows accepts that for a server, other clients do not")
                .to_owned()
        }
        RemarkCode::CommonNameOnly => {
            say!("It has no list of names, only the common name {details}; current clients refuse that", details)
        }
        RemarkCode::NearMiss => say!("{first} is listed, {rest} was asked for", first, rest),
        RemarkCode::InternalNames => {
            say!("It lists names that no public authority may certify any more: {details}", details)
        }
        RemarkCode::ValidityTooLong => {
            say!(
                "It is valid for {first} days; on its day of issue a public authority could give {rest} at most",
                first,
                rest
            )
        }
        RemarkCode::ExpiresSoon => say!("It ends soon: {days} left", days = days(first.parse().unwrap_or_default())),
        RemarkCode::RevocationAddresses => say!("Whether it was revoked was not asked; {details} would know", details),
        RemarkCode::NoRevocationAddresses => {
            say!("It names no address that would know whether it was revoked").to_owned()
        }
        RemarkCode::FormalFault => {
            say!("Certificate {which} is not in the form of RFC 5280: {details}", which, details)
        }
        RemarkCode::Unreadable => {
            let problems: Vec<String> = remark.details.iter().map(|problem| certificate_problem(problem)).collect();
            say!("Certificate {which} is damaged in part: {details}", which, details = problems.join(", "))
        }
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
