//! The lab's domain controllers: enough LDAP (RFC 4511) to be asked for service connection points, answering as a domain
//! controller does.

use super::{LabError, authority::Certificates, scenario::DirectoryTree, scenario::Port, web_server};
use crate::{
    directory::TRUSTED_CONTAINER,
    event::{POINTER_KEYWORD, URL_KEYWORD},
};
use futures_util::{SinkExt as _, StreamExt as _};
use ldap3_proto::{
    LdapCodec,
    proto::{
        LdapBindCred, LdapBindRequest, LdapBindResponse, LdapExtendedResponse, LdapFilter, LdapMsg, LdapOp,
        LdapPartialAttribute, LdapResult, LdapResultCode, LdapSearchRequest, LdapSearchResultEntry, LdapSearchScope,
    },
};
use std::{collections::BTreeMap, io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::timeout,
};
use tokio_rustls::TlsAcceptor;
use tokio_util::codec::Framed;

/// How long a connection may last: longer than any run.
const CONNECTION_LIMIT: Duration = Duration::from_secs(120);

/// Port at which TLS begins with the first byte.
const TLS_PORT: u16 = 636;

/// StartTLS (RFC 4511 4.14.1).
const START_TLS: &str = "1.3.6.1.4.1.1466.20037";

/// What a domain controller says to a search before the sign-in, and to a wrong password.
const NOT_SIGNED_IN: &str = "000004DC: LdapErr: DSID-0C090A5C, comment: In order to perform this operation a \
                             successful bind must be completed on the connection., data 0, v4f7c";
const WRONG_PASSWORD: &str = "80090308: LdapErr: DSID-0C090569, comment: AcceptSecurityContext error, data 52e, v4f7c";

/// One domain controller at one port; it stops when dropped.
#[derive(Debug)]
pub(super) struct DirectoryServer {
    address: SocketAddr,
    _tasks: JoinSet<()>,
}

impl DirectoryServer {
    /// Starts listening on an ephemeral loopback port.
    ///
    /// # Errors
    /// [`LabError`] when no port can be had, or its certificate is unknown or cannot be served.
    pub async fn start(port: &Port, certificates: &Certificates) -> Result<Self, LabError> {
        let failed = |source| LabError::Listen { what: "a domain controller", source };
        let acceptor = match &port.certificate {
            Some(_) => Some(TlsAcceptor::from(Arc::new(web_server::server_config(port, certificates)?))),
            None => None,
        };
        let tree = port.directory.clone().unwrap_or_default();
        let server = Arc::new(Server { entries: entries(&tree), tree, acceptor, tls_first: port.number == TLS_PORT });
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, server));
        Ok(Self { address, _tasks: tasks })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

struct Server {
    tree: DirectoryTree,
    entries: Vec<Entry>,
    acceptor: Option<TlsAcceptor>,
    tls_first: bool,
}

/// An entry with its attributes; the root entry has no name.
struct Entry {
    dn: String,
    attributes: BTreeMap<&'static str, Vec<String>>,
}

/// Why a conversation ended.
enum Ended {
    Done,
    StartTls,
}

async fn accept(listener: TcpListener, server: Arc<Server>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        let server = Arc::clone(&server);
        // What becomes of one connection is the client's evidence, not the server's concern.
        connections.spawn(async move { drop(timeout(CONNECTION_LIMIT, connection(stream, &server)).await) });
    }
}

async fn connection(stream: TcpStream, server: &Server) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut wire = Framed::new(stream, LdapCodec::default());
    if !server.tls_first {
        match converse(&mut wire, server, false).await? {
            Ended::Done => return Ok(()),
            Ended::StartTls => {}
        }
    }
    let Some(acceptor) = &server.acceptor else { return Ok(()) };
    let stream = acceptor.accept(wire.into_parts().io).await?;
    converse(&mut Framed::new(stream, LdapCodec::default()), server, true).await.map(drop)
}

async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Framed<S, LdapCodec>,
    server: &Server,
    protected: bool,
) -> io::Result<Ended> {
    let mut signed_in = false;
    while let Some(message) = wire.next().await {
        let LdapMsg { msgid, op, .. } = message?;
        let (answers, ended) = match op {
            LdapOp::UnbindRequest => return Ok(Ended::Done),
            LdapOp::BindRequest(request) => {
                let res = server.bind(&request, protected);
                signed_in = res.code == LdapResultCode::Success && !request.dn.is_empty();
                (vec![LdapOp::BindResponse(LdapBindResponse { res, saslcreds: None })], None)
            }
            LdapOp::ExtendedRequest(request) if request.name == START_TLS => {
                let offered = server.acceptor.is_some() && !protected;
                let code = if offered { LdapResultCode::Success } else { LdapResultCode::Unavailable };
                let response = LdapExtendedResponse { res: result(code, ""), name: Some(request.name), value: None };
                (vec![LdapOp::ExtendedResponse(response)], offered.then_some(Ended::StartTls))
            }
            LdapOp::SearchRequest(request) => (server.search(&request, signed_in), None),
            _ => return Ok(Ended::Done),
        };
        for op in answers {
            wire.send(LdapMsg { msgid, op, ctrl: Vec::new() }).await?;
        }
        if let Some(ended) = ended {
            return Ok(ended);
        }
    }
    Ok(Ended::Done)
}

impl Server {
    /// The account the tree is shown to, over TLS only, as current domain controllers want it.
    fn bind(&self, request: &LdapBindRequest, protected: bool) -> LdapResult {
        let LdapBindCred::Simple(password) = &request.cred else {
            return result(LdapResultCode::AuthMethodNotSupported, "");
        };
        let known = self.tree.account.as_ref().is_some_and(|account| account.eq_ignore_ascii_case(&request.dn));
        match (request.dn.is_empty(), protected) {
            (true, _) => result(LdapResultCode::Success, ""),
            (false, false) => result(LdapResultCode::StrongerAuthRequired, "Transport encryption required"),
            (false, true) if known && self.tree.password.as_ref() == Some(password) => {
                result(LdapResultCode::Success, "")
            }
            (false, true) => result(LdapResultCode::InvalidCredentials, WRONG_PASSWORD),
        }
    }

    fn search(&self, request: &LdapSearchRequest, signed_in: bool) -> Vec<LdapOp> {
        if !request.base.is_empty() && self.tree.account.is_some() && !signed_in {
            return vec![LdapOp::SearchResultDone(result(LdapResultCode::OperationsError, NOT_SIGNED_IN))];
        }
        let base = request.base.to_lowercase();
        if !self.entries.iter().any(|entry| entry.dn.to_lowercase() == base) {
            return vec![LdapOp::SearchResultDone(result(LdapResultCode::NoSuchObject, ""))];
        }
        let within = |entry: &&Entry| {
            let dn = entry.dn.to_lowercase();
            match request.scope {
                LdapSearchScope::Base => dn == base,
                _ => dn == base || dn.ends_with(&format!(",{base}")),
            }
        };
        let found = self.entries.iter().filter(within).filter(|entry| entry.matches(&request.filter));
        let mut answers: Vec<LdapOp> =
            found.map(|entry| LdapOp::SearchResultEntry(entry.shown(&request.attrs))).collect();
        answers.push(LdapOp::SearchResultDone(result(LdapResultCode::Success, "")));
        answers
    }
}

impl Entry {
    fn values(&self, name: &str) -> Option<&Vec<String>> {
        self.attributes.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, values)| values)
    }

    fn matches(&self, filter: &LdapFilter) -> bool {
        match filter {
            LdapFilter::And(all) => all.iter().all(|inner| self.matches(inner)),
            LdapFilter::Or(any) => any.iter().any(|inner| self.matches(inner)),
            LdapFilter::Not(inner) => !self.matches(inner),
            LdapFilter::Present(name) => self.values(name).is_some(),
            LdapFilter::Equality(name, wanted) => {
                self.values(name).is_some_and(|values| values.iter().any(|value| value.eq_ignore_ascii_case(wanted)))
            }
            _ => false,
        }
    }

    fn shown(&self, wanted: &[String]) -> LdapSearchResultEntry {
        let asked = |name: &str| wanted.iter().any(|wanted| wanted.eq_ignore_ascii_case(name));
        let attributes = self.attributes.iter().filter(|(name, _)| asked(name)).map(|(name, values)| {
            let vals = values.iter().map(|value| value.clone().into_bytes()).collect();
            LdapPartialAttribute { atype: (*name).to_owned(), vals }
        });
        LdapSearchResultEntry { dn: self.dn.clone(), attributes: attributes.collect() }
    }
}

fn result(code: LdapResultCode, message: &str) -> LdapResult {
    LdapResult { code, matcheddn: String::new(), message: message.to_owned(), referral: Vec::new() }
}

/// The tree as Exchange builds it below the configuration partition.
fn entries(tree: &DirectoryTree) -> Vec<Entry> {
    let one = |value: &str| vec![value.to_owned()];
    let domain = tree.forest.split('.').map(|label| format!("DC={label}")).collect::<Vec<_>>().join(",");
    let configuration = format!("CN=Configuration,{domain}");
    let organisation = format!("CN=Microsoft Exchange,CN=Services,{configuration}");
    let mut entries = vec![
        Entry {
            dn: String::new(),
            attributes: BTreeMap::from([
                ("objectClass", one("top")),
                ("configurationNamingContext", one(&configuration)),
                ("defaultNamingContext", one(&domain)),
                ("rootDomainNamingContext", one(&domain)),
                ("dnsHostName", one(&format!("dc1.{}", tree.forest))),
                ("supportedSASLMechanisms", vec!["GSSAPI".to_owned(), "GSS-SPNEGO".to_owned()]),
                ("supportedExtension", one(START_TLS)),
            ]),
        },
        Entry { dn: configuration.clone(), attributes: BTreeMap::from([("objectClass", one("configuration"))]) },
        Entry { dn: organisation.clone(), attributes: BTreeMap::from([("objectClass", one("container"))]) },
    ];
    for point in &tree.points {
        let guid = if point.pointer { POINTER_KEYWORD } else { URL_KEYWORD };
        let sites = point.sites.iter().map(|site| format!("Site={site}"));
        let domains = point.domains.iter().map(|domain| format!("Domain={domain}"));
        let keywords = std::iter::once(guid.to_owned()).chain(sites).chain(domains).collect();
        entries.push(Entry {
            dn: format!("CN={0},CN=Autodiscover,CN=Protocols,CN={0},CN=Servers,{organisation}", point.server),
            attributes: BTreeMap::from([
                ("objectClass", one("serviceConnectionPoint")),
                ("keywords", keywords),
                ("serviceBindingInformation", one(&point.holds)),
                ("whenCreated", one("20240102030405.0Z")),
                ("whenChanged", one("20250102030405.0Z")),
            ]),
        });
    }
    for domain in &tree.accepted_domains {
        entries.push(Entry {
            dn: format!("CN={domain},CN=Accepted Domains,{organisation}"),
            attributes: BTreeMap::from([
                ("objectClass", one("msExchAcceptedDomain")),
                ("msExchAcceptedDomainName", one(domain)),
            ]),
        });
    }
    if let Some(hosts) = &tree.trusted_redirects {
        entries.push(Entry {
            dn: format!("{TRUSTED_CONTAINER},{configuration}"),
            attributes: BTreeMap::from([
                ("objectClass", one("serviceConnectionPoint")),
                ("serviceBindingInformation", hosts.clone()),
            ]),
        });
    }
    entries
}
