//! The servers, asked by other implementations: hickory-proto messages, rustls and plain TCP clients.

use super::super::*;
use hickory_proto::{
    op::{Message, MessageType, OpCode, Query, ResponseCode},
    rr::{Name, RData, RecordType},
};
use rustls::{
    AlertDescription, CertificateError, ClientConfig, RootCertStore, SupportedProtocolVersion,
    crypto::ring,
    pki_types::ServerName,
    version::{TLS12, TLS13},
};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, UdpSocket},
};
use tokio_rustls::{TlsConnector, client::TlsStream};

#[tokio::test]
async fn every_scenario_starts() {
    for scenario in scenarios().unwrap() {
        let lab = Lab::start(&scenario).await.unwrap();
        assert_eq!(lab.further_resolvers().len(), scenario.views.len());
        assert!(lab.connect_to().iter().all(|entry| entry.contains(":127.0.0.1:")), "{}", scenario.name);
    }
}

#[tokio::test]
async fn names_are_answered_as_a_recursive_resolver_does() {
    let lab = Lab::start(&scenario("cname-wildcard-zone").unwrap()).await.unwrap();
    let answer = ask(lab.resolver(), "Autodiscover.contoso.test.", RecordType::A).await;
    assert_eq!(answer.metadata.response_code, ResponseCode::NoError);
    assert!(answer.metadata.recursion_available && !answer.metadata.authoritative);
    let kinds: Vec<RecordType> = answer.answers.iter().map(|record| record.record_type()).collect();
    assert_eq!(kinds, [RecordType::CNAME, RecordType::A]);
    // RFC 4592: the wildcard answers for a label that does not exist, at any depth, and for its own types only.
    assert_eq!(addresses(&ask(lab.resolver(), "x7f3q9.contoso.test.", RecordType::A).await), ["198.51.100.20"]);
    assert_eq!(addresses(&ask(lab.resolver(), "a.b.contoso.test.", RecordType::A).await), ["198.51.100.20"]);
    let service = ask(lab.resolver(), "_autodiscover._tcp.contoso.test.", RecordType::SRV).await;
    assert_eq!((service.metadata.response_code, service.answers.len()), (ResponseCode::NoError, 0));
    assert_eq!(service.authorities.len(), 1);
    // Names outside all zones are denied by the root, so that canaries work.
    let outside = ask(lab.resolver(), "x7f3q9.invalid.", RecordType::A).await;
    assert_eq!(outside.metadata.response_code, ResponseCode::NXDomain);
    assert!(outside.authorities[0].name.is_root());
}

#[tokio::test]
async fn service_mail_and_text_records_are_answered() {
    let lab = Lab::start(&scenario("three-companies-fixed").unwrap()).await.unwrap();
    let service = ask(lab.resolver(), "_autodiscover._tcp.companyb.test.", RecordType::SRV).await;
    let RData::SRV(service) = &service.answers[0].data else { panic!("{service:?}") };
    assert_eq!((service.port, service.target.to_ascii().as_str()), (443, "webmail.companya.test."));
    let below = ask(lab.resolver(), "_tcp.companyb.test.", RecordType::A).await;
    assert_eq!(below.metadata.response_code, ResponseCode::NoError, "an empty non-terminal exists");
    let lab = Lab::start(&scenario("healthy-microsoft365").unwrap()).await.unwrap();
    let texts = ask(lab.resolver(), "contoso.test.", RecordType::TXT).await;
    assert!(texts.answers.iter().any(|record| record.data.to_string().contains("MS=ms12345678")));
    let mail = ask(lab.resolver(), "contoso.test.", RecordType::MX).await;
    assert!(mail.answers[0].data.to_string().contains("contoso-test.mail.protection.outlook.com."));
}

#[tokio::test]
async fn views_see_their_own_zones() {
    let lab = Lab::start(&scenario("wrong-address").unwrap()).await.unwrap();
    let name = "autodiscover.contoso.test.";
    assert_eq!(addresses(&ask(lab.resolver(), name, RecordType::A).await), ["198.51.100.7"]);
    assert_eq!(addresses(&ask(lab.further_resolvers()[0], name, RecordType::A).await), ["10.0.0.5"]);
}

#[tokio::test]
async fn faults_are_injected() {
    let faults = r#"
[[fault]]
name = "autodiscover.contoso.test"
kind = "servfail"
[[fault]]
name = "contoso.test"
kind = "refused"
[[fault]]
name = "_autodiscover._tcp.contoso.test"
kind = "drop"
[[fault]]
name = "."
kind = "nxdomain-rewrite"
address = "203.0.113.200"
"#;
    let lab = altered("healthy", "[[zone]]", &format!("{faults}\n[[zone]]")).await;
    let code = |message: Message| message.metadata.response_code;
    assert_eq!(code(ask(lab.resolver(), "autodiscover.contoso.test.", RecordType::A).await), ResponseCode::ServFail);
    assert_eq!(code(ask(lab.resolver(), "contoso.test.", RecordType::A).await), ResponseCode::Refused);
    assert_eq!(addresses(&ask(lab.resolver(), "x7f3q9.test.", RecordType::A).await), ["203.0.113.200"]);
    // What comes back first belongs to the second question.
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.connect(lab.resolver()).await.unwrap();
    socket.send(&query("_autodiscover._tcp.contoso.test.", RecordType::SRV).to_vec().unwrap()).await.unwrap();
    assert_eq!(addresses(&ask_over(&socket, "mail.contoso.test.", RecordType::A).await), ["192.0.2.10"]);
}

#[tokio::test]
async fn a_fault_may_reach_below_and_a_service_may_speak_first() {
    let lab = Lab::start(&scenario("dns-server-failing").unwrap()).await.unwrap();
    for name in ["contoso.test.", "x7f3q9.contoso.test."] {
        let code = ask(lab.resolver(), name, RecordType::A).await.metadata.response_code;
        assert_eq!(code, ResponseCode::ServFail, "{name}");
    }
    let beside = ask(lab.resolver(), "notcontoso.test.", RecordType::A).await;
    assert_eq!(beside.metadata.response_code, ResponseCode::NXDomain);
    let lab = Lab::start(&scenario("not-tls-on-443").unwrap()).await.unwrap();
    let mut stream = TcpStream::connect(real(&lab, "192.0.2.10:443")).await.unwrap();
    let mut line = [0; 26];
    stream.read_exact(&mut line).await.unwrap();
    assert_eq!(&line, b"SSH-2.0-dropbear_2022.83\r\n");
}

#[tokio::test]
async fn large_answers_come_over_tcp() {
    let records: String = (0..40).map(|number| format!("\"big 60 IN TXT \\\"{number:060}\\\"\",\n")).collect();
    let lab = altered("healthy", "\"@ 3600 IN MX 10 mail\",", &format!("\"@ 3600 IN MX 10 mail\",\n{records}")).await;
    assert!(ask(lab.resolver(), "big.contoso.test.", RecordType::TXT).await.metadata.truncation);
    let mut stream = TcpStream::connect(lab.resolver()).await.unwrap();
    let query = query("big.contoso.test.", RecordType::TXT).to_vec().unwrap();
    stream.write_all(&u16::try_from(query.len()).unwrap().to_be_bytes()).await.unwrap();
    stream.write_all(&query).await.unwrap();
    let mut answer = vec![0; usize::from(stream.read_u16().await.unwrap())];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(Message::from_vec(&answer).unwrap().answers.len(), 40);
}

#[tokio::test]
async fn a_trusted_server_answers_like_exchange() {
    let lab = Lab::start(&scenario("healthy").unwrap()).await.unwrap();
    for (method, path) in [("POST", "/autodiscover/autodiscover.xml"), ("GET", "/Autodiscover/Autodiscover.xml")] {
        let mut stream = handshake(&lab, "192.0.2.10:443", "autodiscover.contoso.test", &TLS13).await.unwrap();
        let answer = exchange(&mut stream, method, path, "autodiscover.contoso.test").await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 401 Unauthorized\r\n"), "{answer}");
        for line in ["WWW-Authenticate: Negotiate", "WWW-Authenticate: NTLM", "X-FEServer: EX1", "request-id: "] {
            assert!(answer.contains(line), "{line} is missing: {answer}");
        }
        assert!(answer.contains("WWW-Authenticate: Basic realm=\"autodiscover.contoso.test\""), "{answer}");
    }
    let mut root = handshake(&lab, "198.51.100.20:443", "contoso.test", &TLS12).await.unwrap();
    let answer = exchange(&mut root, "POST", "/autodiscover/autodiscover.xml", "contoso.test").await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 404 ") && answer.contains("Server: nginx"), "{answer}");
}

#[tokio::test]
async fn bad_certificates_are_bad_in_the_way_described() {
    let expired = Lab::start(&scenario("expired").unwrap()).await.unwrap();
    let error = refusal(&expired, "192.0.2.10:443", "autodiscover.contoso.test").await;
    assert!(matches!(error, CertificateError::ExpiredContext { .. }), "{error:?}");
    let typo = Lab::start(&scenario("san-typo").unwrap()).await.unwrap();
    let error = refusal(&typo, "192.0.2.10:443", "autodiscover.companya.test").await;
    assert!(matches!(error, CertificateError::NotValidForNameContext { .. }), "{error:?}");
    handshake(&typo, "192.0.2.10:443", "autdiscover.companya.test", &TLS13).await.unwrap();
    let own = Lab::start(&scenario("self-signed-internal-names").unwrap()).await.unwrap();
    let error = refusal(&own, "192.0.2.10:443", "autodiscover.contoso.test").await;
    assert!(matches!(error, CertificateError::UnknownIssuer), "{error:?}");
}

#[tokio::test]
async fn issuers_that_nobody_knows_are_not_trusted() {
    let private = altered("wizard-certificate", "issuer = \"public\"", "issuer = \"private\"").await;
    let incomplete =
        altered("wizard-certificate", "issuer = \"public\"", "issuer = \"public\"\nsend_intermediate = false").await;
    for lab in [private, incomplete] {
        let error = refusal(&lab, "192.0.2.10:443", "remote.contoso.test").await;
        assert!(matches!(error, CertificateError::UnknownIssuer), "{error:?}");
    }
    let lab = altered("wizard-certificate", "names = [", "common_name = \"remote.contoso.test\"\nnames = [] # [").await;
    let error = refusal(&lab, "192.0.2.10:443", "remote.contoso.test").await;
    assert!(matches!(error, CertificateError::NotValidForNameContext { .. }), "a common name is no name: {error:?}");
}

#[tokio::test]
async fn the_name_in_the_hello_chooses_the_certificate() {
    let lab = Lab::start(&scenario("one-certificate-per-address").unwrap()).await.unwrap();
    handshake(&lab, "192.0.2.10:443", "autodiscover.contoso.test", &TLS13).await.unwrap();
    let mut config = client(&lab, &TLS13);
    config.enable_sni = false;
    let error = connect(&lab, "192.0.2.10:443", "autodiscover.contoso.test", config).await.unwrap_err();
    assert!(error.to_string().contains("intranet.contoso.test"), "{error}");
}

#[tokio::test]
async fn a_directory_asks_to_renegotiate_and_ends_the_connection() {
    let lab = Lab::start(&scenario("client-certificate-vdir").unwrap()).await.unwrap();
    let name = "remote.contoso.test";
    let mut stream = handshake(&lab, "10.0.0.5:443", name, &TLS12).await.unwrap();
    let root = exchange(&mut stream, "GET", "/", name).await.unwrap();
    assert!(root.starts_with("HTTP/1.1 302 "), "{root}");
    let (config, port) = (Arc::new(client(&lab, &TLS12)), real(&lab, "10.0.0.5:443"));
    let error = tokio::task::spawn_blocking(move || blocking_post(config, port, name)).await.unwrap().unwrap_err();
    // What rustls 0.23 makes of a HelloRequest and the fatal alert that follows its refusal, as against Apache.
    let error = error.get_ref().unwrap().downcast_ref::<rustls::Error>().unwrap().clone();
    assert_eq!(error, rustls::Error::AlertReceived(AlertDescription::HandshakeFailure));
}

#[tokio::test]
async fn a_handshake_may_demand_a_client_certificate() {
    for (demand, passes) in [("optional", true), ("required", false)] {
        let port = format!("listen = \"tls\"\nclient_certificate = \"{demand}\"");
        let lab = altered("wizard-certificate", "listen = \"tls\"", &port).await;
        for version in [&TLS12, &TLS13] {
            let name = "remote.contoso.test";
            let answer = match handshake(&lab, "192.0.2.10:443", name, version).await {
                Ok(mut stream) => exchange(&mut stream, "GET", "/", name).await,
                Err(error) => Err(error),
            };
            assert_eq!(answer.is_ok(), passes, "{demand}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn closed_ports_refuse_and_silent_ones_are_listed() {
    let lab = Lab::start(&scenario("root-domain-silent").unwrap()).await.unwrap();
    assert_eq!(lab.silent(), ["198.51.100.66:443".parse().unwrap()]);
    let lab = Lab::start(&scenario("scp-wrong-server").unwrap()).await.unwrap();
    let error = TcpStream::connect(real(&lab, "10.0.0.4:443")).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn the_dialer_keeps_to_the_lab() {
    use crate::{event::TcpResult, net::Dialer};
    let lab = Lab::start(&scenario("root-domain-silent").unwrap()).await.unwrap();
    let dialer = lab.dialer(Arc::new(Loopback(lab.ports.clone())));
    let limit = Duration::from_millis(50);
    let silent = dialer.connect("contoso.test", "198.51.100.66:443".parse().unwrap(), limit).await;
    assert_eq!(silent.unwrap_err(), TcpResult::TimedOut);
    let outside = dialer.connect("example.test", "203.0.113.99:443".parse().unwrap(), limit).await;
    assert_eq!(outside.unwrap_err(), TcpResult::Refused);
    dialer.connect("autodiscover.contoso.test", "192.0.2.10:443".parse().unwrap(), limit).await.unwrap();
}

#[tokio::test]
async fn everything_stops_with_the_lab() {
    let lab = Lab::start(&scenario("healthy").unwrap()).await.unwrap();
    let (web, resolver) = (real(&lab, "192.0.2.10:443"), lab.resolver());
    drop(lab);
    // Aborted tasks end at their next turn.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(TcpStream::connect(web).await.is_err());
    assert!(TcpStream::connect(resolver).await.is_err());
}

/// Posts with a client that sends what it owes (the refusal to renegotiate) while it reads.
fn blocking_post(config: Arc<ClientConfig>, port: SocketAddr, name: &'static str) -> io::Result<String> {
    use std::io::{Read, Write};
    let session = rustls::ClientConnection::new(config, ServerName::try_from(name).unwrap()).unwrap();
    let mut stream = rustls::StreamOwned::new(session, std::net::TcpStream::connect(port)?);
    let head = "POST /Autodiscover/Autodiscover.xml HTTP/1.1\r\nContent-Length: 2";
    write!(stream, "{head}\r\nHost: {name}\r\n\r\nhi")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// A dialer that knows the lab's ports, in the place of the ordinary one.
#[derive(Debug)]
struct Loopback(BTreeMap<SocketAddr, SocketAddr>);

#[async_trait::async_trait]
impl Dialer for Loopback {
    async fn connect(&self, _: &str, address: SocketAddr, _: Duration) -> Result<TcpStream, crate::event::TcpResult> {
        TcpStream::connect(self.0[&address]).await.map_err(|_| crate::event::TcpResult::Failed)
    }
}

/// A lab of a scenario whose text was changed.
async fn altered(name: &str, from: &str, to: &str) -> Lab {
    let text = assets::LAB_SCENARIOS.iter().find(|(known, _)| *known == name).unwrap().1;
    assert!(text.contains(from), "{from:?} is not in {name}");
    Lab::start(&read(name, &text.replacen(from, to, 1)).unwrap()).await.unwrap()
}

fn query(name: &str, record: RecordType) -> Message {
    let mut message = Message::new(4711, MessageType::Query, OpCode::Query);
    message.metadata.recursion_desired = true;
    message.add_query(Query::query(Name::from_ascii(name).unwrap(), record));
    message
}

async fn ask(server: SocketAddr, name: &str, record: RecordType) -> Message {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.connect(server).await.unwrap();
    ask_over(&socket, name, record).await
}

async fn ask_over(socket: &UdpSocket, name: &str, record: RecordType) -> Message {
    socket.send(&query(name, record).to_vec().unwrap()).await.unwrap();
    let mut buffer = [0; 4096];
    let length = socket.recv(&mut buffer).await.unwrap();
    Message::from_vec(&buffer[..length]).unwrap()
}

fn addresses(answer: &Message) -> Vec<String> {
    let found = answer.answers.iter().filter(|record| record.record_type() == RecordType::A);
    found.map(|record| record.data.to_string()).collect()
}

/// The loopback port behind a public-looking one, read as `--connect-to` would read it.
fn real(lab: &Lab, public: &str) -> SocketAddr {
    let entries = lab.connect_to();
    let entry = entries.iter().find_map(|entry| entry.strip_prefix(&format!("{public}:"))).expect("a port of the lab");
    entry.parse().unwrap()
}

fn client(lab: &Lab, version: &'static SupportedProtocolVersion) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    for root in lab.roots() {
        roots.add(root).unwrap();
    }
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

async fn connect(lab: &Lab, public: &str, name: &str, config: ClientConfig) -> io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(real(lab, public)).await.unwrap();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

async fn handshake(
    lab: &Lab,
    public: &str,
    name: &str,
    version: &'static SupportedProtocolVersion,
) -> io::Result<TlsStream<TcpStream>> {
    connect(lab, public, name, client(lab, version)).await
}

/// Why a certificate is refused.
async fn refusal(lab: &Lab, public: &str, name: &str) -> CertificateError {
    let error = handshake(lab, public, name, &TLS13).await.map(|_| ()).unwrap_err();
    match error.get_ref().and_then(|error| error.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(error)) => error.clone(),
        _ => panic!("{error}"),
    }
}

async fn exchange(stream: &mut TlsStream<TcpStream>, method: &str, path: &str, host: &str) -> io::Result<String> {
    let request =
        format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi");
    stream.write_all(request.as_bytes()).await?;
    stream.flush().await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(String::from_utf8(answer).unwrap())
}
