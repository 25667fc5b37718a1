//! DNS over TLS and HTTPS against servers of our own on loopback: what they answer, and whom they are believed.

use super::*;
use crate::{
    event::{DnsData, RecordType, View},
    net::{
        Resolver,
        dialer::TcpDialer,
        resolver::{WireResolver, parse_server},
    },
};
use hickory_proto::{
    op::{Message, MessageType},
    rr::{RData, Record, rdata::A},
};
use rustls::{ServerConfig, pki_types::PrivateKeyDer};
use std::{net::Ipv4Addr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

const AMPLE: Duration = Duration::from_secs(20);
const NAME: &str = "dns.interop.test";

/// What a server does with a decrypted connection.
#[derive(Clone, Copy)]
enum Speaks {
    Messages,
    Http { status: &'static str, kind: &'static str },
}

/// A server on loopback with a certificate for [`NAME`], and the root that trusts it.
async fn server(speaks: Speaks) -> (u16, TrustStores) {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut parameters = rcgen::CertificateParams::new(Vec::new()).unwrap();
    parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let root = parameters.self_signed(&key).unwrap();
    let issuer = rcgen::Issuer::from_params(&parameters, &key);
    let own = rcgen::KeyPair::generate().unwrap();
    let leaf = rcgen::CertificateParams::new(vec![NAME.to_owned()]).unwrap().signed_by(&own, &issuer).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let key = PrivateKeyDer::Pkcs8(own.serialize_der().into());
    let mut config = config.with_single_cert(vec![leaf.der().clone()], key).unwrap();
    config.alpn_protocols = vec![b"dot".to_vec(), b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                while serve(&mut stream, speaks).await.is_ok() {}
            });
        }
    });
    (port, TrustStores::from_der(&[root.der().clone()]).unwrap())
}

async fn serve<S: AsyncReadExt + AsyncWriteExt + Unpin>(stream: &mut S, speaks: Speaks) -> io::Result<()> {
    match speaks {
        Speaks::Messages => {
            let mut message = vec![0; usize::from(stream.read_u16().await?)];
            stream.read_exact(&mut message).await?;
            let answer = respond(&message);
            stream.write_all(&[&u16::try_from(answer.len()).unwrap().to_be_bytes(), answer.as_slice()].concat()).await
        }
        Speaks::Http { status, kind } => {
            let (mut head, mut byte) = (Vec::new(), [0]);
            while !head.ends_with(b"\r\n\r\n") {
                stream.read_exact(&mut byte).await?;
                head.push(byte[0]);
            }
            let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
            assert!(head.starts_with("post /dns-query http/1.1\r\n"), "{head}");
            assert!(head.contains("content-type: application/dns-message\r\n"), "{head}");
            let length = head.split_once("content-length: ").unwrap().1.split("\r\n").next().unwrap();
            let mut message = vec![0; length.parse().unwrap()];
            stream.read_exact(&mut message).await?;
            let answer = respond(&message);
            let head = format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n", answer.len());
            stream.write_all(&[head.as_bytes(), answer.as_slice()].concat()).await
        }
    }
}

/// The question turned into an answer with one address.
fn respond(message: &[u8]) -> Vec<u8> {
    let query = Message::from_vec(message).unwrap();
    let mut response = Message::new(query.metadata.id, MessageType::Response, query.metadata.op_code);
    response.metadata.recursion_available = true;
    let owner = query.queries[0].name().clone();
    response.add_queries(query.queries.clone());
    response.add_answers(vec![Record::from_rdata(owner, 300, RData::A(A(Ipv4Addr::new(192, 0, 2, 10))))]);
    response.to_vec().unwrap()
}

async fn ask(server: &str, trust: &TrustStores) -> crate::event::DnsAnswer {
    let dialer: Arc<dyn Dialer> = Arc::new(TcpDialer::default());
    let server = parse_server(server).unwrap();
    let resolver = WireResolver::over(vec![server], View::Further { number: 1 }, AMPLE, &dialer, trust);
    let question = DnsQuestion { name: "mail.contoso.test".to_owned(), record: RecordType::A };
    let first = resolver.ask(&question).await;
    if first.status == DnsStatus::Answered {
        // Over the connection that was kept.
        assert_eq!(resolver.ask(&question).await.records, first.records);
    }
    first
}

#[tokio::test]
async fn a_server_with_the_right_certificate_is_heard() {
    let (port, trust) = server(Speaks::Messages).await;
    let answer = ask(&format!("tls://{NAME}:{port}#127.0.0.1"), &trust).await;
    assert_eq!(answer.status, DnsStatus::Answered);
    assert!(matches!(answer.records[0].data, DnsData::A { .. }));
    assert_eq!(answer.responder, Some(format!("tls://{NAME}:{port}#127.0.0.1")));
    assert_eq!(answer.responder_address(), Some(Ipv4Addr::LOCALHOST.into()));
    let (port, trust) = server(Speaks::Http { status: "200 OK", kind: MEDIA_TYPE }).await;
    let answer = ask(&format!("https://{NAME}:{port}#127.0.0.1"), &trust).await;
    assert_eq!(answer.status, DnsStatus::Answered);
    assert_eq!(answer.responder, Some(format!("https://{NAME}:{port}/dns-query#127.0.0.1")));
}

#[tokio::test]
async fn a_server_with_another_certificate_is_not_heard() {
    let (port, trust) = server(Speaks::Messages).await;
    let stranger = ask(&format!("tls://other.interop.test:{port}#127.0.0.1"), &trust).await;
    assert_eq!((stranger.status, stranger.records.len()), (DnsStatus::Untrusted, 0));
    let unknown = TrustStores::without_machine(&[], false).unwrap();
    assert_eq!(ask(&format!("tls://{NAME}:{port}#127.0.0.1"), &unknown).await.status, DnsStatus::Untrusted);
}

#[tokio::test]
async fn what_is_no_dns_answer_is_none() {
    for (status, kind) in [("200 OK", "text/html"), ("404 Not Found", MEDIA_TYPE), ("302 Found", "text/html")] {
        let (port, trust) = server(Speaks::Http { status, kind }).await;
        let answer = ask(&format!("https://{NAME}:{port}/dns-query#127.0.0.1"), &trust).await;
        assert_eq!(answer.status, DnsStatus::OtherCode, "{status} {kind}");
    }
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap().local_addr().unwrap().port();
    let trust = TrustStores::without_machine(&[], false).unwrap();
    assert_eq!(ask(&format!("tls://{NAME}:{closed}#127.0.0.1"), &trust).await.status, DnsStatus::PortClosed);
}
