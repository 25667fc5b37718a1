//! The lab: real servers in this process, on loopback, that reproduce a case.
//!
//! A [`Scenario`] describes a small world; [`Lab::start`] builds it: resolvers, web servers and certificate authorities
//! of its own. The wizard reaches it through the ordinary resolver, dialer and trust options, so that the engine cannot
//! tell it from the world. Everything stops when the [`Lab`] is dropped.

mod authority;
pub mod dialer;
mod directory_server;
mod name_server;
mod resolver;
mod run;
pub mod scenario;
mod web_server;
mod zone;

pub use run::setup;

use crate::{assets, net::Dialer};
use authority::Certificates;
use dialer::LabDialer;
use directory_server::DirectoryServer;
use name_server::NameServer;
use rustls::pki_types::CertificateDer;
use scenario::{Listen, Scenario};
use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};
use tokio::net::TcpSocket;
use web_server::WebServer;
use zone::ZoneSet;

/// Ports that any client may try at any address.
const USUAL_PORTS: [u16; 4] = [80, 443, 587, 993];

/// Names offered for one that does not exist.
const SUGGESTIONS: usize = 3;

/// Why a scenario cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// There is no scenario of this name.
    #[error("there is no scenario {name:?}; the nearest are: {nearest}")]
    UnknownScenario {
        /// The name asked for.
        name: String,
        /// The names that come nearest, joined with commas.
        nearest: String,
    },
    /// A file cannot be read as a scenario.
    #[error("scenario {name:?} cannot be read: {detail}")]
    Unreadable {
        /// The file's stem.
        name: String,
        /// What the parser says.
        detail: String,
    },
    /// A scenario contradicts itself.
    #[error("scenario {name:?} is not consistent: {problems}")]
    Inconsistent {
        /// The scenario's name.
        name: String,
        /// What is wrong, joined with semicolons.
        problems: String,
    },
    /// A line of a zone is no record.
    #[error("zone {zone:?}: {record:?} is not a record of the form `owner TTL IN TYPE content`")]
    Record {
        /// The zone.
        zone: String,
        /// The line.
        record: String,
    },
    /// A port refers to a certificate that is not described.
    #[error("there is no certificate {name:?}")]
    UnknownCertificate {
        /// The name referred to.
        name: String,
    },
    /// A certificate cannot be made.
    #[error("a certificate cannot be made: {0}")]
    Certificate(#[from] rcgen::Error),
    /// A TLS server cannot be set up.
    #[error("a TLS server cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
    /// Client certificates cannot be asked for.
    #[error("client certificates cannot be asked for: {0}")]
    ClientVerifier(#[from] rustls::server::VerifierBuilderError),
    /// No loopback port can be opened.
    #[error("{what} cannot listen on a loopback port: {source}")]
    Listen {
        /// What wanted to listen.
        what: &'static str,
        /// The system's reason.
        source: io::Error,
    },
}

/// Scenarios that a newcomer sees first, because they are the commonest; the others follow by name.
const FIRST: [&str; 10] = [
    "wizard-certificate",
    "three-companies",
    "wildcard-at-registrar",
    "client-certificate-vdir",
    "internal-scp-name",
    "cname-wildcard-zone",
    "wrong-address",
    "san-typo",
    "service-urls-elsewhere",
    "healthy",
];

/// All scenarios: the commonest first, then by name.
///
/// # Errors
/// When a file cannot be read as a scenario.
pub fn scenarios() -> Result<Vec<Scenario>, LabError> {
    let mut scenarios =
        assets::LAB_SCENARIOS.iter().map(|(name, text)| read(name, text)).collect::<Result<Vec<_>, _>>()?;
    let place = |name: &str| FIRST.iter().position(|first| *first == name).unwrap_or(FIRST.len());
    scenarios.sort_by(|left, right| (place(&left.name), &left.name).cmp(&(place(&right.name), &right.name)));
    Ok(scenarios)
}

/// The scenario of this name; the error names the nearest others.
///
/// # Errors
/// [`LabError::UnknownScenario`] when there is none; otherwise as [`read`].
pub fn scenario(name: &str) -> Result<Scenario, LabError> {
    match assets::LAB_SCENARIOS.iter().find(|(known, _)| *known == name) {
        Some((known, text)) => read(known, text),
        None => Err(LabError::UnknownScenario { name: name.to_owned(), nearest: nearest(name) }),
    }
}

/// Reads one scenario from the text of its file.
///
/// # Errors
/// [`LabError::Unreadable`] when it is not TOML of a scenario, [`LabError::Inconsistent`] when it contradicts itself.
pub fn read(name: &str, text: &str) -> Result<Scenario, LabError> {
    let scenario: Scenario = toml::from_str(text)
        .map_err(|error| LabError::Unreadable { name: name.to_owned(), detail: error.to_string() })?;
    let mut problems = scenario.problems();
    if scenario.name != name {
        problems.push(format!("its name is {:?}, its file's {name:?}", scenario.name));
    }
    if problems.is_empty() {
        return Ok(scenario);
    }
    Err(LabError::Inconsistent { name: name.to_owned(), problems: problems.join("; ") })
}

/// A running scenario; its servers stop when it is dropped.
#[derive(Debug)]
pub struct Lab {
    resolvers: Vec<NameServer>,
    zone_server: Option<NameServer>,
    /// Public-looking address and port, and the loopback port that stands for it.
    ports: BTreeMap<SocketAddr, SocketAddr>,
    silent: Vec<SocketAddr>,
    root: CertificateDer<'static>,
    private_root: CertificateDer<'static>,
    _servers: Vec<WebServer>,
    _controllers: Vec<DirectoryServer>,
    /// Holds a port on which nothing listens.
    _closed: TcpSocket,
}

impl Lab {
    /// Builds the scenario's world. Needs a Tokio runtime with time and I/O.
    pub async fn start(scenario: &Scenario) -> Result<Self, LabError> {
        let certificates = Certificates::make(scenario)?;
        let mut views = vec![ZoneSet::new(&scenario.zones, &[], &scenario.faults)?];
        for view in &scenario.views {
            views.push(ZoneSet::new(&scenario.zones, &view.zones, &view.faults)?);
        }
        let closed = closed_port().map_err(|source| LabError::Listen { what: "the closed port", source })?;
        let mut ports = border(scenario, &views).into_iter().map(|port| (port, closed.1)).collect::<BTreeMap<_, _>>();
        let (mut servers, mut controllers, mut silent) = (Vec::new(), Vec::new(), Vec::new());
        for (host, port) in scenario.hosts.iter().flat_map(|host| host.ports.iter().map(move |port| (host, port))) {
            let address = SocketAddr::new(host.address, port.number);
            match port.listen {
                Listen::Closed => {}
                Listen::Silent => silent.push(address),
                Listen::Directory => {
                    let server = DirectoryServer::start(port, &certificates).await?;
                    ports.insert(address, server.address());
                    controllers.push(server);
                }
                Listen::Tls | Listen::LegacyTls | Listen::Http | Listen::Stalls | Listen::Banner => {
                    let server = WebServer::start(port, &certificates).await?;
                    ports.insert(address, server.address());
                    servers.push(server);
                }
            }
        }
        let mut resolvers = Vec::new();
        for view in views {
            resolvers.push(NameServer::start(view).await?);
        }
        let zone_server = match &scenario.authoritative {
            Some(view) => {
                let zones = ZoneSet::new(&scenario.zones, &view.zones, &view.faults)?;
                Some(NameServer::start(zones).await?)
            }
            None => None,
        };
        let root = certificates.root().clone();
        let private_root = certificates.private_root().clone();
        Ok(Self {
            resolvers,
            zone_server,
            ports,
            silent,
            root,
            private_root,
            _servers: servers,
            _controllers: controllers,
            _closed: closed.0,
        })
    }

    /// Where the resolver answers that stands in the system's place.
    pub fn resolver(&self) -> SocketAddr {
        // The first view is always started.
        self.resolvers.first().map_or_else(|| SocketAddr::from(([127, 0, 0, 1], 53)), NameServer::address)
    }

    /// Where the further resolvers answer, in the scenario's order.
    pub fn further_resolvers(&self) -> Vec<SocketAddr> {
        self.resolvers.iter().skip(1).map(NameServer::address).collect()
    }

    /// Where the server answers that holds the zones, where the scenario has one.
    pub fn zone_server(&self) -> Option<SocketAddr> {
        self.zone_server.as_ref().map(NameServer::address)
    }

    /// One `HOST:PORT:ADDR:PORT` for every port of the lab, as `--connect-to` takes it; closed ones lead to a loopback
    /// port on which nothing listens.
    pub fn connect_to(&self) -> Vec<String> {
        self.ports.iter().map(|(public, real)| format!("{public}:{real}")).collect()
    }

    /// Roots that the lab's trust store holds, as `--ca-file` would give them.
    pub fn roots(&self) -> Vec<CertificateDer<'static>> {
        vec![self.root.clone()]
    }

    /// Root of the authority that no public list holds.
    pub fn private_root(&self) -> CertificateDer<'static> {
        self.private_root.clone()
    }

    /// Addresses that drop what is sent to them.
    pub fn silent(&self) -> Vec<SocketAddr> {
        self.silent.clone()
    }

    /// A dialer that keeps to the lab: `inner` must know [`Self::connect_to`].
    pub fn dialer(&self, inner: Arc<dyn Dialer>) -> LabDialer {
        let known: HashSet<SocketAddr> = self.ports.keys().copied().collect();
        LabDialer::new(inner, self.silent.iter().copied().collect(), known)
    }
}

/// Every address that a name of the scenario leads to, at every port that a client may try.
fn border(scenario: &Scenario, views: &[ZoneSet]) -> BTreeSet<SocketAddr> {
    let mut addresses: BTreeSet<IpAddr> = scenario.hosts.iter().map(|host| host.address).collect();
    let mut ports: BTreeSet<u16> = scenario.hosts.iter().flat_map(|host| &host.ports).map(|port| port.number).collect();
    ports.extend(USUAL_PORTS);
    for view in views {
        addresses.extend(view.addresses());
        ports.extend(view.ports());
    }
    addresses.into_iter().flat_map(|address| ports.iter().map(move |port| SocketAddr::new(address, *port))).collect()
}

/// A loopback port that is taken and does not listen: connections to it are refused.
fn closed_port() -> io::Result<(TcpSocket, SocketAddr)> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
    let address = socket.local_addr()?;
    Ok((socket, address))
}

/// The names of scenarios that come nearest to a name.
fn nearest(name: &str) -> String {
    let mut known: Vec<&str> = assets::LAB_SCENARIOS.iter().map(|(known, _)| *known).collect();
    known.sort_by_key(|known| (!known.contains(name) || name.is_empty(), distance(name, known)));
    known.truncate(SUGGESTIONS);
    known.join(", ")
}

/// Edit distance (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, a) in left.chars().enumerate() {
        let mut diagonal = line;
        let mut last = line + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(&right) {
            let above = *cell;
            let here = (diagonal + usize::from(a != *b)).min(above + 1).min(last + 1);
            diagonal = above;
            last = here;
            *cell = here;
        }
        if let Some(first) = row.first_mut() {
            *first = line + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests;
