//! Fetching the issuers' certificates that a server did not send. Only when the technician asks for it: the request
//! goes to a third party, whom the certificate names.

use super::{
    dns,
    http::{self, Connection, HttpAsk},
    tcp,
};
use crate::{
    certificate::{self, FileForm},
    event::{Certificate, HttpFailure, HttpPurpose, IssuerFetch, IssuerFetchResult, TrustReason},
    net::Net,
    text::sanitise_line,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use url::Url;

/// Most bytes of an answer.
pub const SIZE_LIMIT: usize = 64 * 1024;
/// Longest time for one address, with its name and connection.
pub const TIME_LIMIT: Duration = Duration::from_secs(5);
/// Most issuers above one another.
pub const LEVEL_LIMIT: usize = 3;
/// Most addresses of one certificate that are tried.
const ADDRESS_LIMIT: usize = 2;

/// Whether a chain lacks an issuer that can be asked for.
pub fn is_incomplete(reason: TrustReason) -> bool {
    reason == TrustReason::MissingIntermediate
}

/// The bytes of a certificate that became evidence.
pub fn der(certificate: &Certificate) -> Vec<u8> {
    STANDARD.decode(&certificate.der).unwrap_or_default()
}

/// Fetches the issuers that a chain lacks, from the last certificate of its path upward, until a path leads to a root,
/// judged at a time, and reports every fetch. Plain http only, as RFC 5280 4.2.2.1 has it, without following redirects; an answer is
/// taken as DER or as a PKCS#7 bag of certificates, and counts when its key signed the certificate below.
pub async fn fetch_issuers(
    net: &Net,
    chain_der: &[Vec<u8>],
    at: Timestamp,
    report: &(dyn Fn(IssuerFetch) + Send + Sync),
) {
    let decoded: Vec<Certificate> = chain_der.iter().map(|der| certificate::decode(der)).collect();
    let last = certificate::chain_in_order(&decoded, at).last().copied();
    let Some(mut top) = last.and_then(|place| chain_der.get(place)).cloned() else { return };
    let mut chain = chain_der.to_vec();
    for _ in 0..LEVEL_LIMIT {
        let below = certificate::decode(&top);
        let mut found = None;
        for url in below.issuer_urls.iter().take(ADDRESS_LIMIT) {
            let (mut fetch, der) = fetch_one(net, &below, &top, url).await;
            if let Some(der) = der {
                chain.push(der.clone());
                let (stores, roots) = (net.trust.in_use(), net.trust.known_certificates());
                fetch.completes = certificate::checks_with_roots("", &chain, at, &stores, &roots).trusted.ok;
                found = Some((der, fetch.completes));
            }
            report(fetch);
            if found.is_some() {
                break;
            }
        }
        match found {
            Some((issuer, false)) if !certificate::decode(&issuer).self_issued => top = issuer,
            _ => return,
        }
    }
}

async fn fetch_one(net: &Net, below: &Certificate, below_der: &[u8], url: &str) -> (IssuerFetch, Option<Vec<u8>>) {
    let started = Instant::now();
    let mut status = None;
    let asked = tokio::time::timeout(TIME_LIMIT, ask(net, url, &mut status)).await;
    let issuer = asked.unwrap_or(Err(IssuerFetchResult::TimedOut)).and_then(|body| issuer_in(&body, below_der));
    let fetch = IssuerFetch {
        issuer: below.issuer.clone(),
        url: sanitise_line(url),
        result: issuer.as_ref().err().copied().unwrap_or(IssuerFetchResult::Fetched),
        status,
        certificate: issuer.as_ref().ok().map(|der| Box::new(certificate::decode(der))),
        completes: false,
        elapsed_us: u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
    };
    (fetch, issuer.ok())
}

/// The body behind an address.
async fn ask(net: &Net, url: &str, status: &mut Option<u16>) -> Result<Vec<u8>, IssuerFetchResult> {
    let url = Url::parse(url).ok().filter(|url| url.scheme() == "http").ok_or(IssuerFetchResult::NotHttp)?;
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_owned();
    let port = url.port().unwrap_or(80);
    let addresses = dns::lookup_host(net, &host, &|_| {}).await.addresses;
    if addresses.is_empty() {
        return Err(IssuerFetchResult::NoAddress);
    }
    for address in addresses {
        let address = SocketAddr::new(address, port);
        let Some(stream) = tcp::connect(net, &host, address, &|_| {}).await else { continue };
        let ask = HttpAsk {
            url,
            method: "GET",
            headers: vec![("accept", "application/pkix-cert, application/pkcs7-mime, */*;q=0.1".to_owned())],
            body: None,
            purpose: HttpPurpose::OtherPath,
            address,
            body_limit: SIZE_LIMIT,
        };
        let (exchange, body) = http::exchange(Connection::Plain(stream), &ask, &net.limits).await;
        *status = exchange.status;
        return match exchange.failure {
            Some(HttpFailure::TimedOut) => Err(IssuerFetchResult::TimedOut),
            Some(_) => Err(IssuerFetchResult::NoAnswer),
            None if exchange.status != Some(200) => Err(IssuerFetchResult::Status),
            None if body.len() > SIZE_LIMIT => Err(IssuerFetchResult::TooLarge),
            None => Ok(body),
        };
    }
    Err(IssuerFetchResult::NotConnected)
}

/// The certificate of an answer that issued the one below.
fn issuer_in(body: &[u8], below: &[u8]) -> Result<Vec<u8>, IssuerFetchResult> {
    let content = certificate::read_file(body, None).map_err(|_| IssuerFetchResult::NotCertificate)?;
    if !matches!(content.form, FileForm::Der | FileForm::Pkcs7) {
        return Err(IssuerFetchResult::NotCertificate);
    }
    let issuer = content.certificates.into_iter().find(|der| certificate::issued_by(below, der));
    issuer.ok_or(IssuerFetchResult::NotIssuer)
}

#[cfg(test)]
#[path = "issuer_tests.rs"]
mod tests;
