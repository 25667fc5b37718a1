//! Opens TCP connections, to where DNS said or to where `--connect-to` sends them.

use super::Dialer;
use crate::{event::TcpResult, text::sanitise_line};
use std::{
    io::{Error, ErrorKind},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    str::FromStr,
    time::Duration,
};
use tokio::net::{TcpSocket, TcpStream};

/// Opens connections with Nagle's algorithm off; routes may send some of them elsewhere.
#[derive(Clone, Debug, Default)]
pub struct TcpDialer {
    routes: Vec<ConnectTo>,
}

impl TcpDialer {
    /// A dialer with these routes; the first that matches a connection is used.
    pub fn new(routes: Vec<ConnectTo>) -> Self {
        Self { routes }
    }

    fn route(&self, host: &str, address: SocketAddr) -> SocketAddr {
        self.routes.iter().find(|route| route.matches(host, address)).map_or(address, |route| route.apply(address))
    }
}

#[async_trait::async_trait]
impl Dialer for TcpDialer {
    async fn connect(&self, host: &str, address: SocketAddr, limit: Duration) -> Result<TcpStream, TcpResult> {
        let stream = tokio::time::timeout(limit, open(self.route(host, address)))
            .await
            .map_err(|_| TcpResult::TimedOut)?
            .map_err(|error| classify(error.kind(), error.raw_os_error(), cfg!(windows)))?;
        // A closed port of this machine that happens to be chosen as the local port connects to itself.
        match (stream.local_addr(), stream.peer_addr()) {
            (Ok(local), Ok(peer)) if local == peer => Err(TcpResult::Refused),
            _ => Ok(stream),
        }
    }
}

/// Sends connections for one host and port elsewhere, as curl's `--connect-to` does.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConnectTo {
    host: Option<String>,
    port: Option<u16>,
    to_address: Option<IpAddr>,
    to_port: Option<u16>,
}

/// Why a text is no route.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ConnectToError {
    /// Not four fields.
    #[error("{value:?} is not HOST:PORT:ADDR:PORT, such as mail.contoso.test:443:127.0.0.1:8443 (IPv6 in brackets)")]
    Fields {
        /// The whole text.
        value: String,
    },
    /// No port.
    #[error("{port:?} in {value:?} is not a port; write a number from 1 to 65535, or nothing for the same or any")]
    Port {
        /// The field.
        port: String,
        /// The whole text.
        value: String,
    },
    /// No address.
    #[error("{address:?} in {value:?} is not an IP address or localhost; nothing means the same address")]
    Address {
        /// The field.
        address: String,
        /// The whole text.
        value: String,
    },
}

impl FromStr for ConnectTo {
    type Err = ConnectToError;

    /// Reads `HOST:PORT:ADDR:PORT`. An empty HOST or first PORT means any, an empty ADDR or second PORT the same as
    /// asked for; HOST may be a name or the address that DNS gave; `localhost` is 127.0.0.1.
    fn from_str(text: &str) -> Result<Self, ConnectToError> {
        let value = sanitise_line(text);
        let Some([host, port, address, to_port]) = fields(text) else { return Err(ConnectToError::Fields { value }) };
        let port_of = |field: &str| match (field, field.parse::<u16>()) {
            ("", _) => Ok(None),
            (_, Ok(port)) if port > 0 => Ok(Some(port)),
            _ => Err(ConnectToError::Port { port: sanitise_line(field), value: value.clone() }),
        };
        let to_address = match address {
            "" => None,
            name if name.eq_ignore_ascii_case("localhost") => Some(Ipv4Addr::LOCALHOST.into()),
            literal => Some(
                bare(literal)
                    .parse()
                    .map_err(|_| ConnectToError::Address { address: sanitise_line(literal), value: value.clone() })?,
            ),
        };
        let host = normal(host);
        Ok(Self {
            host: (!host.is_empty()).then_some(host),
            port: port_of(port)?,
            to_address,
            to_port: port_of(to_port)?,
        })
    }
}

impl ConnectTo {
    /// Where a connection to a host goes whatever DNS says; nothing when the route does not match or keeps the address.
    pub fn destination(&self, host: &str, port: u16) -> Option<SocketAddr> {
        let to_address = self.to_address?;
        let named = self.host.as_deref().is_none_or(|wanted| wanted == normal(host));
        let matches = named && self.port.is_none_or(|wanted| wanted == port);
        matches.then(|| SocketAddr::new(to_address, self.to_port.unwrap_or(port)))
    }

    fn matches(&self, host: &str, address: SocketAddr) -> bool {
        let host_matches = self.host.as_deref().is_none_or(|wanted| {
            wanted == normal(host) || wanted.parse::<IpAddr>().is_ok_and(|literal| literal == address.ip())
        });
        host_matches && self.port.is_none_or(|port| port == address.port())
    }

    fn apply(&self, address: SocketAddr) -> SocketAddr {
        SocketAddr::new(self.to_address.unwrap_or(address.ip()), self.to_port.unwrap_or(address.port()))
    }
}

async fn open(address: SocketAddr) -> Result<TcpStream, Error> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_nodelay(true)?;
    socket.connect(address).await
}

/// Splits at colons outside brackets.
fn fields(text: &str) -> Option<[&str; 4]> {
    let mut depth = 0_usize;
    let split = |character: char| {
        match character {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        character == ':' && depth == 0
    };
    text.trim().split(split).collect::<Vec<_>>().try_into().ok()
}

fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host)
}

fn normal(host: &str) -> String {
    let host = bare(host);
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}

/// What an error means. Codes are looked at where the standard library knows no kind for them.
fn classify(kind: ErrorKind, code: Option<i32>, windows: bool) -> TcpResult {
    match kind {
        ErrorKind::ConnectionRefused => return TcpResult::Refused,
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => return TcpResult::Reset,
        ErrorKind::TimedOut => return TcpResult::TimedOut,
        ErrorKind::PermissionDenied => return TcpResult::Denied,
        // No local address of the family is also how a machine without IPv6 says that it has no route.
        ErrorKind::HostUnreachable
        | ErrorKind::NetworkUnreachable
        | ErrorKind::NetworkDown
        | ErrorKind::AddrNotAvailable => return TcpResult::Unreachable,
        _ => {}
    }
    match (code, windows) {
        (Some(1225), true) => TcpResult::Refused,    // ERROR_CONNECTION_REFUSED
        (Some(64 | 1236), true) => TcpResult::Reset, // ERROR_NETNAME_DELETED, ERROR_CONNECTION_ABORTED
        (Some(121 | 1460 | 10060), true) => TcpResult::TimedOut, // ERROR_SEM_TIMEOUT, ERROR_TIMEOUT, WSAETIMEDOUT
        (Some(10013 | 5 | 1260), true) => TcpResult::Denied, // WSAEACCES, ERROR_ACCESS_DENIED, ..._BY_POLICY
        // WSAEAFNOSUPPORT, WSAENETDOWN, WSAENETUNREACH, WSAEHOSTDOWN, WSAEHOSTUNREACH, ERROR_NETWORK_UNREACHABLE,
        // ERROR_HOST_UNREACHABLE
        (Some(10047 | 10050 | 10051 | 10064 | 10065 | 1231 | 1232), true) => TcpResult::Unreachable,
        // EAFNOSUPPORT (Linux 97, BSD and macOS 47), EHOSTDOWN (Linux 112, BSD and macOS 64; Linux 64 is ENONET)
        (Some(97 | 47 | 112 | 64), false) => TcpResult::Unreachable,
        _ => TcpResult::Failed,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    fn route(text: &str, host: &str, address: &str) -> String {
        TcpDialer::new(vec![text.parse().unwrap()]).route(host, address.parse().unwrap()).to_string()
    }

    #[test]
    fn routes_follow_curls_rules() {
        let to = "mail.contoso.test:443:127.0.0.1:8443";
        assert_eq!(route(to, "mail.contoso.test", "192.0.2.1:443"), "127.0.0.1:8443");
        assert_eq!(route(to, "MAIL.contoso.test.", "192.0.2.1:443"), "127.0.0.1:8443");
        assert_eq!(route(to, "mail.contoso.test", "192.0.2.1:80"), "192.0.2.1:80");
        assert_eq!(route(to, "other.contoso.test", "192.0.2.1:443"), "192.0.2.1:443");
        assert_eq!(route("::localhost:8443", "any.test", "192.0.2.1:443"), "127.0.0.1:8443");
        assert_eq!(route(":443:[::1]:", "any.test", "192.0.2.1:443"), "[::1]:443");
        assert_eq!(route("a.test:::8443", "a.test", "192.0.2.1:443"), "192.0.2.1:8443");
    }

    #[test]
    fn a_route_may_name_the_address_that_dns_gave() {
        assert_eq!(route("192.0.2.7:443:127.0.0.1:9443", "mail.test", "192.0.2.7:443"), "127.0.0.1:9443");
        assert_eq!(route("192.0.2.7:443:127.0.0.1:9443", "mail.test", "192.0.2.8:443"), "192.0.2.8:443");
        assert_eq!(route("[2001:db8::7]:443:127.0.0.1:9443", "mail.test", "[2001:db8:0::7]:443"), "127.0.0.1:9443");
    }

    #[test]
    fn the_first_route_that_matches_is_used() {
        let routes = ["a.test:443:127.0.0.1:1", "::127.0.0.1:2"].map(|text| text.parse().unwrap());
        let dialer = TcpDialer::new(routes.to_vec());
        assert_eq!(dialer.route("a.test", "192.0.2.1:443".parse().unwrap()).port(), 1);
        assert_eq!(dialer.route("b.test", "192.0.2.1:443".parse().unwrap()).port(), 2);
    }

    #[test]
    fn errors_name_the_value() {
        for (text, named) in [
            ("mail.test:443:127.0.0.1", "mail.test:443:127.0.0.1"),
            ("mail.test:443:::1:8443", "mail.test:443:::1:8443"),
            ("", "HOST:PORT:ADDR:PORT"),
            ("mail.test:0:127.0.0.1:1", "\"0\""),
            ("mail.test:443:127.0.0.1:65536", "65536"),
            ("mail.test:443:other.test:443", "other.test"),
            ("mail.test:443:\u{1b}[2J:1", "<U+001B>"),
        ] {
            let error = text.parse::<ConnectTo>().unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
    }

    #[test]
    fn errors_of_both_systems_are_told_apart() {
        assert_eq!(classify(ErrorKind::Other, Some(10060), true), TcpResult::TimedOut);
        assert_eq!(classify(ErrorKind::Other, Some(1225), true), TcpResult::Refused);
        assert_eq!(classify(ErrorKind::Other, Some(10013), true), TcpResult::Denied);
        assert_eq!(classify(ErrorKind::Other, Some(97), false), TcpResult::Unreachable);
        assert_eq!(classify(ErrorKind::Other, Some(10060), false), TcpResult::Failed);
        assert_eq!(classify(ErrorKind::PermissionDenied, Some(1), false), TcpResult::Denied);
        assert_eq!(classify(ErrorKind::NetworkUnreachable, None, false), TcpResult::Unreachable);
    }

    #[tokio::test]
    async fn connections_are_opened_without_delay_and_refusals_shown() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let second = Duration::from_secs(1);
        let stream = TcpDialer::default().connect("a.test", address, second).await.unwrap();
        assert!(stream.nodelay().unwrap());
        drop((stream, listener));
        assert_eq!(TcpDialer::default().connect("a.test", address, second).await.unwrap_err(), TcpResult::Refused);
    }

    /// Linux drops what a full queue of connections cannot take, so its far end sees silence.
    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn silence_is_a_timeout() {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let listener = socket.listen(1).unwrap();
        let address = listener.local_addr().unwrap();
        let mut queued = Vec::new();
        let refused = loop {
            match TcpDialer::default().connect("a.test", address, Duration::from_millis(200)).await {
                Ok(stream) => queued.push(stream),
                Err(result) => break result,
            }
            assert!(queued.len() < 64, "the queue of one never fills");
        };
        assert_eq!(refused, TcpResult::TimedOut);
    }
}
