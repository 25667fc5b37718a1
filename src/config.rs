//! What was typed means: options turned into a run, every value checked and named when it is wrong.

mod file;
mod place;
pub mod runs;
pub mod settings;
pub mod surroundings;
mod value;

pub use value::{host_and_port, host_to_sign_in_at, name_to_judge, site, time};
use value::{origins, scp_url};

use crate::{
    address::{self, AddressError},
    cli::{CertOptions, OutsideWishName, RunOptions},
    directory::Place,
    engine::{OutsideWish, Setup},
    event::{Address, ClientFamily, Vantage, View},
    exit, machine,
    net::{
        Limits, Net, Resolver, SystemClock, TrustStores,
        dialer::{ConnectTo, TcpDialer},
        resolver::{self, Server, ServerAddressError, WireResolver, ZoneServers},
        system,
    },
    pc,
    plan::PlanInput,
};
use std::{io::Read as _, sync::Arc, time::Duration};
use thiserror::Error;

/// Why a run cannot be made. Every message names the value and what to do.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The address is wrong.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// An option's value is wrong.
    #[error("{option} {value}: {reason}")]
    Value {
        /// The option as typed.
        option: &'static str,
        /// Its value.
        value: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A file with roots cannot be used.
    #[error("--ca-file: {0}")]
    CaFile(String),
    /// The configuration file cannot be read, or a line of it is wrong.
    #[error("{place}: {reason}")]
    File {
        /// The file, and the line where one is to blame.
        place: String,
        /// What is wrong.
        reason: String,
    },
    /// A variable's value is wrong.
    #[error("{name} {value}: {reason}")]
    Variable {
        /// The variable.
        name: &'static str,
        /// Its value.
        value: String,
        /// What is wrong with it.
        reason: String,
    },
    /// This machine names no resolver.
    #[error("{0}")]
    NoResolver(String),
}

impl ConfigError {
    /// Exit code for this error: 2 for what was typed, 3 for what cannot run here.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Address(_) | Self::CaFile(_) | Self::Value { .. } | Self::File { .. } | Self::Variable { .. } => {
                exit::USAGE
            }
            Self::NoResolver(_) => exit::CANNOT_RUN,
        }
    }
}

/// The run that these options mean for an address.
///
/// # Errors
/// [`ConfigError`] for a value that cannot be used, and when this machine names no resolver.
pub fn setup(typed: &str, options: &RunOptions) -> Result<Setup, ConfigError> {
    let address = address::parse(typed)?;
    let limits = limits(options.timeout);
    let servers = servers(options)?;
    let dialer: Arc<dyn crate::net::Dialer> = Arc::new(TcpDialer::new(connect_to(&options.connect_to)?));
    let trust = trust(&options.ca_file, false)?;
    let ask =
        |servers, view| Arc::new(WireResolver::over(servers, view, limits.dns, &dialer, &trust)) as Arc<dyn Resolver>;
    let resolver = ask(servers.first.clone(), View::System);
    let further = servers.further.iter().enumerate();
    let further =
        further.map(|(index, server)| ask(vec![server.clone()], View::Further { number: index + 1 })).collect();
    let vantage = Vantage {
        resolvers: servers.first.iter().chain(&servers.further).map(ToString::to_string).collect(),
        system_resolvers: servers.of_system,
        operating_system_asked: servers.of_system,
        stores: trust.summaries(),
        ..Vantage::default()
    };
    let net = Net {
        resolver,
        further,
        operating_system: servers.of_system.then(|| Arc::new(system::OperatingSystem) as _),
        name_servers: Some(Arc::new(ZoneServers { limit: limits.dns.min(ZONE_SERVER_PATIENCE) })),
        dialer,
        trust: Arc::new(trust),
        clock: Arc::new(SystemClock),
        limits,
    };
    Ok(Setup {
        input: plan_input(address, options)?,
        client: client(&options.client),
        vantage,
        net,
        pc: pc_reader(options)?,
        canaries: !options.no_canaries,
        fetch_issuers: options.fetch_issuers,
        keeper: Arc::default(),
        ask_ntlm: options.ask_ntlm,
        ask_get: options.ask_get,
        other_protocols: !options.no_other_protocols,
        microsoft365: match options.microsoft365 {
            OutsideWishName::Auto => OutsideWish::WhenSigned,
            OutsideWishName::Yes => OutsideWish::Always,
            OutsideWishName::No => OutsideWish::Never,
        },
        directory: None,
        replies: Vec::new(),
    })
}

/// The roots that a certificate is judged against.
///
/// # Errors
/// [`ConfigError::Value`] for a file without readable roots.
pub fn trust(ca_files: &[std::path::PathBuf], only_ca_file: bool) -> Result<TrustStores, ConfigError> {
    TrustStores::load(ca_files, only_ca_file).map_err(|error| ConfigError::CaFile(error.to_string()))
}

/// The PC that Outlook runs on: the text that was given, or else this machine where it is one.
///
/// # Errors
/// [`ConfigError::Value`] for a text that cannot be read or holds nothing from a PC.
pub fn pc_reader(options: &RunOptions) -> Result<Option<Arc<dyn pc::Reader>>, ConfigError> {
    if options.registry.is_empty() {
        return Ok(if options.no_pc { None } else { machine::reader() });
    }
    let mut text = String::new();
    for place in &options.registry {
        text.push_str(&pc_text(place)?);
        text.push('\n');
    }
    Ok(Some(Arc::new(pc::Recorded { text, files: Vec::new() })))
}

/// One text from a PC: of a file, or of standard input.
fn pc_text(place: &std::path::Path) -> Result<String, ConfigError> {
    let wrong = |reason: String| ConfigError::Value {
        option: "--registry",
        value: crate::text::sanitise_line(&place.to_string_lossy()),
        reason,
    };
    let bytes = if place.as_os_str() == "-" {
        // Several addresses share what comes in once.
        static INPUT: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
        match INPUT.get() {
            Some(known) => known.clone(),
            None => {
                let read = bounded(&mut std::io::stdin().lock()).map_err(|error| wrong(error.to_string()))?;
                INPUT.get_or_init(|| read).clone()
            }
        }
    } else {
        let file = std::fs::File::open(place).and_then(|mut file| bounded(&mut file));
        file.map_err(|error| wrong(error.to_string()))?
    };
    if bytes.len() as u64 > pc::TEXT_LIMIT {
        return Err(wrong(format!("it is larger than {} MiB", pc::TEXT_LIMIT >> 20)));
    }
    let text = pc::decode(&bytes);
    let read = pc::read_text(&text, None);
    if read.keys.is_empty() && read.hosts.is_none() {
        return Err(wrong(
            "it holds neither keys of a registry nor a hosts file; docs/this-pc.md says what to run".to_owned(),
        ));
    }
    Ok(text)
}

fn bounded(input: &mut dyn std::io::Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(pc::TEXT_LIMIT + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Where one TLS connection goes: what `cert` needs of the network.
#[derive(Clone)]
pub struct Connection {
    /// The network to go through.
    pub net: Net,
    /// Routes given with `--connect-to`.
    pub routes: Vec<ConnectTo>,
}

/// The network for one connection. A resolver is needed only where a name has to be looked up: without one, every
/// lookup fails.
///
/// # Errors
/// [`ConfigError`] for a value that cannot be used, and when this machine names no resolver.
pub fn connection(options: &CertOptions, trust: TrustStores) -> Result<Connection, ConfigError> {
    let limits = limits(options.timeout);
    let routes = connect_to(&options.connect_to)?;
    let given = options.resolver.as_deref().map(resolver_address).transpose()?;
    let servers = match given {
        Some(server) => vec![server],
        None => system::servers().unwrap_or_default().into_iter().map(Server::Datagram).collect(),
    };
    let dialer: Arc<dyn crate::net::Dialer> = Arc::new(TcpDialer::new(routes.clone()));
    let net = Net {
        resolver: Arc::new(WireResolver::over(servers, View::System, limits.dns, &dialer, &trust)),
        further: Vec::new(),
        operating_system: None,
        name_servers: None,
        dialer,
        trust: Arc::new(trust),
        clock: Arc::new(SystemClock),
        limits,
    };
    Ok(Connection { net, routes })
}

/// The client family of this name; the command line lets no other name through.
pub fn client(name: &str) -> ClientFamily {
    ClientFamily::from_name(name).unwrap_or_default()
}

/// Longest wait for a zone's own servers: many networks let DNS out through their resolver only, and nothing but a
/// comparison depends on them.
const ZONE_SERVER_PATIENCE: Duration = Duration::from_secs(1);

/// Time limits that follow the one for a connection.
pub fn limits(seconds: u64) -> Limits {
    let connect = Duration::from_secs(seconds);
    let usual = Limits::default();
    // One candidate may need a name, a connection, a handshake, a request and as much again for what it opens.
    let run = usual.run.max(connect * 12);
    Limits { dns: connect, connect, handshake: connect * 2, request: connect * 2, run }
}

/// Which servers answer DNS questions.
struct Servers {
    /// They stand in the system's place, in order.
    first: Vec<Server>,
    /// Each is compared with the first.
    further: Vec<Server>,
    /// The first are this machine's own.
    of_system: bool,
}

/// Stands for this machine's own servers, in the first place of those to ask.
pub const SYSTEM: &str = "system";

fn servers(options: &RunOptions) -> Result<Servers, ConfigError> {
    let of_system = options.resolver.first().is_none_or(|first| first == SYSTEM);
    let given = options.resolver.iter().skip(usize::from(of_system));
    let mut given = given.map(|text| resolver_address(text)).collect::<Result<Vec<_>, _>>()?;
    let first = if of_system {
        let own = system::servers().map_err(|error| ConfigError::NoResolver(error.to_string()))?;
        own.into_iter().map(Server::Datagram).collect()
    } else {
        // There is one, or else the system's are asked.
        given.drain(..1).collect()
    };
    Ok(Servers { first, further: given, of_system })
}

/// Checks name servers as they are typed: addresses, the first of which may be [`SYSTEM`].
///
/// # Errors
/// [`ConfigError::Value`] for the first that is none.
pub fn check_resolvers(typed: &[String]) -> Result<(), ConfigError> {
    let own = typed.first().is_some_and(|first| first == SYSTEM);
    typed.iter().skip(usize::from(own)).try_for_each(|text| resolver_address(text).map(|_| ()))
}

fn resolver_address(text: &str) -> Result<Server, ConfigError> {
    resolver::parse_server(text).map_err(|error| ConfigError::Value {
        option: "--resolver",
        value: crate::text::sanitise_line(text),
        reason: server_fault(&error),
    })
}

/// Why a text names no name server.
fn server_fault(error: &ServerAddressError) -> String {
    match error {
        ServerAddressError::Transport { .. } => {
            say!("DNS is asked over UDP and TCP (10.0.0.2, tcp://10.0.0.2), tls://HOST or https://HOST/PATH").to_owned()
        }
        ServerAddressError::NotAnAddress { .. } => say!(
            "that is not the address of a DNS server; write 10.0.0.2, 10.0.0.2:53, 2001:db8::53, [2001:db8::53]:53, \
             tcp://10.0.0.2, tls://dns.example or https://dns.example/dns-query"
        )
        .to_owned(),
        ServerAddressError::Port { .. } => say!("the port of a DNS server is a number from 1 to 65535").to_owned(),
        ServerAddressError::Place { .. } => {
            say!("what follows # is the address to connect to, such as tls://dns.example#192.0.2.53").to_owned()
        }
    }
}

fn connect_to(values: &[String]) -> Result<Vec<ConnectTo>, ConfigError> {
    values
        .iter()
        .map(|text| {
            text.parse().map_err(|error: crate::net::dialer::ConnectToError| ConfigError::Value {
                option: "--connect-to",
                value: crate::text::sanitise_line(text),
                reason: error.to_string(),
            })
        })
        .collect()
}

fn plan_input(address: Address, options: &RunOptions) -> Result<PlanInput, ConfigError> {
    let scp_urls = options.scp_url.iter().map(|text| scp_url(text)).collect::<Result<_, _>>()?;
    Ok(PlanInput { address, directory: false, scp_urls, only: origins(&options.only), skip: origins(&options.skip) })
}

/// Domain controllers that are named; `auto` names none.
///
/// # Errors
/// [`ConfigError::Value`] for what is neither.
pub fn directory_places(typed: &[String]) -> Result<Vec<Place>, ConfigError> {
    let named = typed.iter().filter(|text| *text != crate::directory::AUTOMATIC);
    let wrong = |text: &String, error: crate::directory::PlaceError| ConfigError::Value {
        option: "--ldap",
        value: crate::text::sanitise_line(text),
        reason: error.to_string(),
    };
    named.map(|text| Place::parse(text).map_err(|error| wrong(text, error))).collect()
}
