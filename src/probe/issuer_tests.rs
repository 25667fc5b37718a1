#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::{
    certificate::testing::{Authority, authority_params, server_params},
    probe::testing::{self, HOST},
};
use rcgen::{CertificateParams, CustomExtension};
use std::sync::{Mutex, PoisonError};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// Answers every request on one port: `/NAME` with the body of that name, anything else with 404.
async fn serve(bodies: Vec<(&'static str, Vec<u8>)>, listener: TcpListener) {
    loop {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 4096];
        let length = stream.read(&mut request).await.unwrap();
        let request = String::from_utf8_lossy(&request[..length]).into_owned();
        let body = bodies.iter().find(|(name, _)| request.starts_with(&format!("GET /{name} ")));
        let answer = match body {
            Some((_, body)) => {
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
                [head.into_bytes(), body.clone()].concat()
            }
            None => b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec(),
        };
        // Who asked may have gone when it had enough.
        let _ = stream.write_all(&answer).await;
    }
}

/// Authority information access (RFC 5280 4.2.2.1) with these caIssuers addresses.
fn with_issuers(mut params: CertificateParams, urls: &[String]) -> CertificateParams {
    let tagged = |tag: u8, content: Vec<u8>| {
        let length = u8::try_from(content.len()).unwrap();
        let header = if length < 0x80 { vec![tag, length] } else { vec![tag, 0x81, length] };
        [header, content].concat()
    };
    let method = vec![0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x02];
    let descriptions = urls.iter().map(|url| tagged(0x30, [method.clone(), tagged(0x86, url.clone().into())].concat()));
    let content = tagged(0x30, descriptions.collect::<Vec<_>>().concat());
    params.custom_extensions.push(CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], content));
    params
}

/// A port, and a chain of root, upper and lower authority whose certificates name that port.
struct World {
    listener: TcpListener,
    root: Authority,
    upper: Authority,
    lower: Authority,
    base: String,
}

impl World {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let root = Authority::root("Contoso Root");
        let upper = root.below(with_issuers(authority_params("Contoso Upper"), &[format!("{base}/root.crt")]));
        let lower = upper.below(with_issuers(authority_params("Contoso Lower"), &[format!("{base}/upper.crt")]));
        Self { listener, root, upper, lower, base }
    }

    fn leaf(&self, urls: &[String]) -> Vec<u8> {
        self.lower.issue(&with_issuers(server_params(&[HOST]), urls)).0
    }

    /// The fetches for a chain while these bodies are served.
    async fn fetch(self, chain: &[Vec<u8>], bodies: Vec<(&'static str, Vec<u8>)>) -> Vec<IssuerFetch> {
        let net = testing::net(&self.root);
        let server = tokio::spawn(serve(bodies, self.listener));
        let fetches = Mutex::new(Vec::new());
        let report = |fetch| fetches.lock().unwrap_or_else(PoisonError::into_inner).push(fetch);
        fetch_issuers(&net, chain, net.clock.now(), &report).await;
        server.abort();
        fetches.into_inner().unwrap()
    }
}

fn results(fetches: &[IssuerFetch]) -> Vec<IssuerFetchResult> {
    fetches.iter().map(|fetch| fetch.result).collect()
}

#[tokio::test]
async fn issuers_are_fetched_until_a_root_is_reached() {
    let world = World::new().await;
    let leaf = world.leaf(&[format!("{}/lower.crt", world.base)]);
    let bodies = vec![("lower.crt", world.lower.der.clone()), ("upper.crt", world.upper.der.clone())];
    let fetches = world.fetch(&[leaf], bodies).await;
    assert_eq!(results(&fetches), [IssuerFetchResult::Fetched; 2]);
    assert_eq!(fetches.iter().map(|fetch| fetch.completes).collect::<Vec<_>>(), [false, true]);
    assert_eq!(fetches[1].certificate.as_ref().unwrap().subject, "CN=Contoso Upper");
}

#[tokio::test]
async fn the_last_certificate_sent_is_where_it_begins() {
    let world = World::new().await;
    let leaf = world.leaf(&[format!("{}/lower.crt", world.base)]);
    let (chain, bodies) = ([leaf, world.lower.der.clone()], vec![("upper.crt", world.upper.der.clone())]);
    let fetches = world.fetch(&chain, bodies).await;
    assert_eq!(results(&fetches), [IssuerFetchResult::Fetched]);
    assert!(fetches[0].completes && fetches[0].url.ends_with("/upper.crt"));
}

/// RFC 5280 4.2.2.1: a BER or DER encoded certs-only CMS message serves too. Two bags as `openssl crl2pkcs7` makes
/// them are in the certificate tests; here the shortest: version, no digests, data without content, one certificate.
#[tokio::test]
async fn a_bag_of_certificates_serves_too() {
    let world = World::new().await;
    let leaf = world.leaf(&[format!("{}/lower.p7c", world.base)]);
    let long = |tag: u8, content: Vec<u8>| {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [vec![tag, 0x82], length.to_vec(), content].concat()
    };
    let data = vec![0x30, 0x0b, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
    let set = long(0xa0, [world.upper.der.clone(), world.lower.der.clone()].concat());
    let signed = long(0x30, [vec![0x02, 0x01, 0x01, 0x31, 0x00], data, set, vec![0x31, 0x00]].concat());
    let kind = vec![0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
    let bag = long(0x30, [kind, long(0xa0, signed)].concat());
    let fetches = world.fetch(&[leaf], vec![("lower.p7c", bag)]).await;
    assert_eq!(fetches[0].result, IssuerFetchResult::Fetched);
    assert_eq!(fetches[0].certificate.as_ref().unwrap().subject, "CN=Contoso Lower");
}

#[tokio::test]
async fn every_failure_has_a_name() {
    use IssuerFetchResult::{NotCertificate, NotConnected, NotHttp, NotIssuer, Status, TooLarge};
    let table: [(&str, Vec<u8>, IssuerFetchResult); 8] = [
        ("BASE/absent.crt", Vec::new(), Status),
        ("BASE/body", b"<html></html>".to_vec(), NotCertificate),
        ("BASE/body", Vec::new(), NotCertificate),
        ("BASE/body", vec![0x30; SIZE_LIMIT + 1], TooLarge),
        ("BASE/body", Authority::root("Contoso Lower").der, NotIssuer),
        ("ldap:///CN=Lower?cACertificate", Vec::new(), NotHttp),
        ("https://127.0.0.1/lower.crt", Vec::new(), NotHttp),
        ("http://127.0.0.1:1/lower.crt", Vec::new(), NotConnected),
    ];
    for (url, body, expected) in table {
        let world = World::new().await;
        let url = url.replace("BASE", &world.base);
        let leaf = world.leaf(std::slice::from_ref(&url));
        let fetches = world.fetch(&[leaf], vec![("body", body)]).await;
        assert_eq!(results(&fetches), [expected], "{url}");
        assert!(!fetches[0].completes && fetches[0].certificate.is_none());
    }
}

#[tokio::test]
async fn the_second_address_is_tried_and_no_third() {
    let world = World::new().await;
    let urls = ["a.crt", "b.crt", "lower.crt"].map(|name| format!("{}/{name}", world.base));
    let leaf = world.leaf(&urls);
    let bodies = vec![("lower.crt", world.lower.der.clone())];
    assert_eq!(results(&world.fetch(&[leaf], bodies).await), [IssuerFetchResult::Status; 2]);
}

#[tokio::test]
async fn nothing_is_asked_for_a_chain_of_nothing() {
    let world = World::new().await;
    assert!(world.fetch(&[], Vec::new()).await.is_empty());
    let world = World::new().await;
    assert!(world.fetch(&[vec![0x30, 0x82, 0xff]], Vec::new()).await.is_empty());
}
