//! The seam to the outside: resolver, dialer, trust stores, clock. Everything a probe needs from the world comes
//! through [`Net`], so that a run can be repeated and the lab can stand in for the world.

mod alias;
pub mod dialer;
mod encrypted;
mod exchange;
mod message;
pub mod resolver;
pub mod system;
pub mod trust;

pub use trust::TrustStores;

use crate::event::{DnsAnswer, DnsQuestion, TcpResult, View};
use jiff::Timestamp;
use std::{fmt, net::SocketAddr, sync::Arc, time::Duration};
use tokio::net::TcpStream;

/// The world as one run sees it.
#[derive(Clone)]
pub struct Net {
    /// The resolver that stands in the system's place.
    pub resolver: Arc<dyn Resolver>,
    /// Further resolvers to compare with.
    pub further: Vec<Arc<dyn Resolver>>,
    /// This machine's own resolver interface; absent when `--resolver` replaces it.
    pub operating_system: Option<Arc<dyn HostLookup>>,
    /// Reaches the servers that hold a zone; absent when they are not to be asked.
    pub name_servers: Option<Arc<dyn NameServers>>,
    /// Opens connections.
    pub dialer: Arc<dyn Dialer>,
    /// Whom to trust.
    pub trust: Arc<TrustStores>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Time limits.
    pub limits: Limits,
}

/// Time limits of a run.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// One DNS question with all its retries.
    pub dns: Duration,
    /// One connection attempt.
    pub connect: Duration,
    /// One handshake.
    pub handshake: Duration,
    /// One request until its body ended.
    pub request: Duration,
    /// The whole run.
    pub run: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let connect = Duration::from_secs(5);
        Self {
            dns: Duration::from_secs(5),
            connect,
            handshake: Duration::from_secs(10),
            request: Duration::from_secs(10),
            run: Duration::from_secs(60),
        }
    }
}

/// Answers DNS questions with everything the answer said.
#[async_trait::async_trait]
pub trait Resolver: fmt::Debug + Send + Sync {
    /// Asks one question, always for the absolute name. Never fails: a failure is an answer's status. The answer's
    /// purpose is [`Purpose::Lookup`](crate::event::Purpose::Lookup) until the caller says otherwise.
    async fn ask(&self, question: &DnsQuestion) -> DnsAnswer;

    /// Whose view this is.
    fn view(&self) -> View;
}

/// Reaches the servers that hold a zone.
pub trait NameServers: fmt::Debug + Send + Sync {
    /// A resolver that asks these servers and no others, in the [authoritative](View::Authoritative) view.
    fn at(&self, addresses: &[std::net::IpAddr]) -> Arc<dyn Resolver>;
}

/// Asks the operating system for the addresses of a host, as ordinary programs do.
#[async_trait::async_trait]
pub trait HostLookup: fmt::Debug + Send + Sync {
    /// Addresses of the host, or the system's words for why there are none.
    async fn lookup(&self, host: &str) -> Result<Vec<std::net::IpAddr>, String>;
}

/// Opens TCP connections, with Nagle's algorithm off.
#[async_trait::async_trait]
pub trait Dialer: fmt::Debug + Send + Sync {
    /// Connects to an address that was found for a host, within a limit.
    async fn connect(&self, host: &str, address: SocketAddr, limit: Duration) -> Result<TcpStream, TcpResult>;
}

/// Tells the time.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Wall-clock time.
    fn now(&self) -> Timestamp;
}

/// The wall clock of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
