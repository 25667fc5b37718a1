//! A world for signing in: name server of the lab, servers of our own over real sockets that keep every request they get,
//! and a run among them.

#[allow(dead_code, reason = "not every test program has a domain controller")]
#[path = "directory.rs"]
mod directory;

use directory::Controller;
use discoscope::{
    engine::{Keeper, Setup},
    event::{Account, ClientFamily, Command, Envelope, Proof, Scheme, TcpResult},
    lab::{self, Lab},
    net::{Dialer, TrustStores},
    secret::Secret,
    session,
};
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};
use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

/// The password that must be seen nowhere. Every part of it is rare.
pub const PASSWORD: &str = "Qx7&zebra<Vault>";
pub const USER: &str = "CONTOSO\\anna";

/// What is wrong with a server's certificate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Certificate {
    Sound,
    WrongName,
    Expired,
    Untrusted,
}

/// One request, head and body.
pub type Requests = Arc<Mutex<Vec<String>>>;

/// What a server answers to one request.
pub type Answer = fn(&str) -> String;

pub struct World {
    root: Authority,
    stranger: Authority,
    routes: HashMap<(IpAddr, u16), SocketAddr>,
    records: Vec<String>,
    /// Where a sign-in was accepted, ask once more as a browser does.
    pub ask_get: bool,
}

struct Authority {
    params: CertificateParams,
    key: KeyPair,
    der: Vec<u8>,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).expect("no names");
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let der = params.self_signed(&key).expect("a certificate").der().to_vec();
        Self { params, key, der }
    }

    fn server(&self, name: &str, expired: bool) -> ServerConfig {
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(if expired { 2021 } else { 2040 }, 1, 1);
        let key = KeyPair::generate().expect("a key");
        let issuer = Issuer::from_params(&self.params, &self.key);
        let der = params.signed_by(&key, &issuer).expect("a certificate").der().to_vec();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![CertificateDer::from(der)], key)
            .expect("a certificate")
    }
}

impl World {
    pub fn new() -> Self {
        let (root, stranger) = (Authority::new("Root"), Authority::new("Stranger"));
        Self { root, stranger, routes: HashMap::new(), records: Vec::new(), ask_get: false }
    }

    /// The authority that is trusted, in DER.
    pub fn root(&self) -> &[u8] {
        &self.root.der
    }

    /// Where a port of the zone really is.
    pub fn route(&self, ip: [u8; 4], port: u16) -> SocketAddr {
        self.routes[&(ip.into(), port)]
    }

    /// A record of contoso.test.
    pub fn record(&mut self, record: &str) {
        self.records.push(record.to_owned());
    }

    /// A host of contoso.test with HTTP over TLS; gives what it gets.
    pub async fn host(&mut self, label: &str, ip: [u8; 4], certificate: Certificate, answer: Answer) -> Requests {
        let name = if label == "@" { "contoso.test".to_owned() } else { format!("{label}.contoso.test") };
        let [a, b, c, d] = ip;
        self.record(&format!("{label} 3600 IN A {a}.{b}.{c}.{d}"));
        let config = match certificate {
            Certificate::Sound => self.root.server(&name, false),
            Certificate::WrongName => self.root.server("other.contoso.test", false),
            Certificate::Expired => self.root.server(&name, true),
            Certificate::Untrusted => self.stranger.server(&name, false),
        };
        self.port(ip, 443, Some(config), answer).await
    }

    /// A domain controller of contoso.test that speaks LDAPS and refuses every password, or accepts it. It tells of every
    /// sign-in, whose answer waits until it is let go.
    #[allow(dead_code, reason = "not every test program has a domain controller")]
    pub async fn controller(&mut self, label: &str, ip: [u8; 4], accepts: bool) -> Controller {
        let [a, b, c, d] = ip;
        self.record(&format!("{label} 3600 IN A {a}.{b}.{c}.{d}"));
        let config = self.root.server(&format!("{label}.contoso.test"), false);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        self.routes.insert((ip.into(), 636), listener.local_addr().expect("bound"));
        directory::serve(listener, TlsAcceptor::from(Arc::new(config)), accepts)
    }

    /// A port with HTTP in clear.
    pub async fn plain(&mut self, ip: [u8; 4], answer: Answer) -> Requests {
        self.port(ip, 80, None, answer).await
    }

    async fn port(&mut self, ip: [u8; 4], number: u16, config: Option<ServerConfig>, answer: Answer) -> Requests {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        self.routes.insert((ip.into(), number), listener.local_addr().expect("bound"));
        let requests = Requests::default();
        let seen = requests.clone();
        let acceptor = config.map(|config| TlsAcceptor::from(Arc::new(config)));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, seen) = (acceptor.clone(), seen.clone());
                tokio::spawn(async move {
                    match acceptor {
                        None => converse(stream, answer, seen).await,
                        Some(acceptor) => {
                            if let Ok(stream) = acceptor.accept(stream).await {
                                converse(stream, answer, seen).await;
                            }
                        }
                    }
                });
            }
        });
        requests
    }

    /// A run for anna@contoso.test with this account from the start.
    pub async fn setup(&self, account: Option<Account>) -> (Lab, Setup) {
        let records: Vec<String> = self.records.iter().map(|record| format!("{record:?}")).collect();
        let text = format!(
            "name = \"sign-in\"\ntitle = \"Signing in\"\nstory = [\"One line,\", \"and another.\"]\n\
             address = \"anna@contoso.test\"\n[[zone]]\nname = \"contoso.test\"\nrecords = [{}]\n[expect]\nfindings = []\n\
             [expect.clients.default]\nverdict = \"fails\"\nstops_at = \"\"\nroles = {{}}\n",
            records.join(", ")
        );
        let scenario = toml::from_str(&text).expect("a scenario");
        let lab = Lab::start(&scenario).await.expect("a name server");
        let limits = crate::support::limits();
        let mut setup = lab::setup(&lab, &scenario, ClientFamily::default(), limits).expect("it can be run");
        setup.net.dialer = Arc::new(Routes(self.routes.clone()));
        let roots = [CertificateDer::from(self.root.der.clone())];
        setup.net.trust = Arc::new(TrustStores::from_der(&roots).expect("a root"));
        setup.ask_get = self.ask_get;
        setup.keeper = Arc::new(account.map_or_else(Keeper::default, Keeper::of));
        (lab, setup)
    }

    /// Everything that such a run says, these commands given in the end, one after the other.
    pub async fn run(&self, account: Option<Account>, commands: Vec<Command>) -> Vec<Envelope> {
        let (_lab, setup) = self.setup(account).await;
        let session::Session { mut envelopes, commands: sender, cancel: _ } = session::start(setup, None);
        let mut waiting = commands.into_iter();
        let mut sender = Some(sender);
        let mut all = Vec::new();
        while let Some(envelope) = envelopes.recv().await {
            let finished = matches!(envelope.event, discoscope::event::Event::SessionFinished {});
            all.push(envelope);
            if finished {
                match (waiting.next(), &sender) {
                    (Some(command), Some(open)) => open.send(command).expect("the run listens"),
                    _ => sender = None,
                }
            }
        }
        all
    }
}

/// Leads addresses of the zone to our servers; everything else is closed.
#[derive(Debug)]
struct Routes(HashMap<(IpAddr, u16), SocketAddr>);

#[async_trait::async_trait]
impl Dialer for Routes {
    async fn connect(&self, _host: &str, address: SocketAddr, _limit: Duration) -> Result<TcpStream, TcpResult> {
        let route = self.0.get(&(address.ip(), address.port())).ok_or(TcpResult::Refused)?;
        TcpStream::connect(route).await.map_err(|_| TcpResult::Refused)
    }
}

async fn converse<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, answer: Answer, seen: Requests) {
    let mut buffer = Vec::new();
    loop {
        while !is_whole(&buffer) {
            match stream.read_buf(&mut buffer).await {
                Ok(1..) => {}
                _ => return,
            }
        }
        let request = String::from_utf8_lossy(&std::mem::take(&mut buffer)).into_owned();
        let answer = answer(&request);
        seen.lock().expect("unpoisoned").push(request);
        if stream.write_all(answer.as_bytes()).await.is_err() || stream.flush().await.is_err() {
            return;
        }
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let head = head.to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}

/// Requests among these that hold credentials.
pub fn with_credentials(requests: &Requests) -> Vec<String> {
    let all = requests.lock().expect("unpoisoned").clone();
    all.into_iter().filter(|request| request.to_ascii_lowercase().contains("\r\nauthorization:")).collect()
}

pub fn account(password: &str, schemes: &[Scheme], hosts: &[&str]) -> Account {
    Account {
        users: vec![USER.to_owned()],
        proof: Proof::Password(Secret::new(password)),
        schemes: schemes.to_vec(),
        hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
    }
}

pub fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len())
}

/// Exchange with Basic: whoever signs in as it should be gets settings.
pub fn exchange(request: &str) -> String {
    // base64 of `CONTOSO\anna:Qx7&zebra<Vault>`, by coreutils.
    let right = "Basic Q09OVE9TT1xhbm5hOlF4NyZ6ZWJyYTxWYXVsdD4=";
    match request.contains(right) {
        true => answer("200 OK", "Content-Type: text/xml\r\n", SETTINGS),
        false => answer("401 Unauthorized", "WWW-Authenticate: Basic realm=\"mail\"\r\n", ""),
    }
}

pub const SETTINGS: &str = "<?xml version=\"1.0\"?><Autodiscover \
    xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006\"><Response \
    xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a\"><User><DisplayName>Anna\
    </DisplayName></User><Account><AccountType>email</AccountType><Action>settings</Action><Protocol><Type>EXPR</Type>\
    <Server>autodiscover.contoso.test</Server><SSL>On</SSL><AuthPackage>Basic</AuthPackage>\
    <EwsUrl>https://autodiscover.contoso.test/EWS/Exchange.asmx</EwsUrl>\
    <OABUrl>https://autodiscover.contoso.test/OAB/</OABUrl><ServerVersion>73C18880</ServerVersion></Protocol></Account>\
    </Response></Autodiscover>";
