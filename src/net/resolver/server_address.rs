//! The address of a DNS server, as people write it.

use crate::text::sanitise_line;
use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};
use url::{Host, Url};

/// Port of DNS over UDP and TCP.
pub const DNS_PORT: u16 = 53;

/// Port of DNS over TLS (RFC 7858 section 3.1).
const TLS_PORT: u16 = 853;

/// Path of DNS over HTTPS where none is given: the one that servers of the public use (RFC 8484 names none).
const HTTPS_PATH: &str = "/dns-query";

/// A DNS server, and how it is asked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Server {
    /// Over UDP, and over TCP where an answer does not fit.
    Datagram(SocketAddr),
    /// Over TCP alone.
    Stream(SocketAddr),
    /// Over TLS or HTTPS.
    Encrypted(Encrypted),
}

/// A DNS server that is asked over TLS.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Encrypted {
    /// What is spoken inside.
    pub protocol: Protocol,
    /// Name or address that its certificate must carry: in lower case, an IPv6 address without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Where to connect; the operating system is asked for the host when absent.
    pub address: Option<IpAddr>,
}

/// What is spoken inside TLS.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Protocol {
    /// DNS messages (RFC 7858).
    Tls,
    /// HTTP requests to this path, query included (RFC 8484).
    Https(String),
}

/// Why a text names no DNS server.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ServerAddressError {
    /// A transport that is not spoken.
    #[error("{value}: DNS is asked over UDP and TCP (10.0.0.2, tcp://10.0.0.2), tls://HOST or https://HOST/PATH")]
    Transport {
        /// The text.
        value: String,
    },
    /// No IP address.
    #[error(
        "{value:?} is not the address of a DNS server; write 10.0.0.2, 10.0.0.2:53, 2001:db8::53, [2001:db8::53]:53, \
         tcp://10.0.0.2, tls://dns.example or https://dns.example/dns-query"
    )]
    NotAnAddress {
        /// The text.
        value: String,
    },
    /// Port 0.
    #[error("{value}: the port of a DNS server is a number from 1 to 65535")]
    Port {
        /// The text.
        value: String,
    },
    /// What follows `#` is no address.
    #[error("{value}: what follows # is the address to connect to, such as tls://dns.example#192.0.2.53")]
    Place {
        /// The text.
        value: String,
    },
}

/// Reads a server as given with `--resolver`: `ADDR[:PORT]`, IPv4 or IPv6, the latter in brackets when a port follows;
/// `tcp://ADDR[:PORT]`; `tls://HOST[:PORT]`; `https://HOST[:PORT][/PATH]`. HOST may be a name or an address; after it
/// `#ADDR` says where to connect, so that the name need not be looked up.
///
/// # Errors
/// [`ServerAddressError`], which names the text.
pub fn parse_server(text: &str) -> Result<Server, ServerAddressError> {
    let trimmed = text.trim();
    match trimmed.split_once("://").map(|(scheme, rest)| (scheme.to_ascii_lowercase(), rest)) {
        None => plain(trimmed, trimmed).map(Server::Datagram),
        Some((scheme, rest)) if scheme == "tcp" => plain(rest, trimmed).map(Server::Stream),
        Some((scheme, _)) if scheme == "tls" || scheme == "https" => encrypted(trimmed, &scheme).map(Server::Encrypted),
        Some((scheme, _)) if scheme == "h3" || scheme == "quic" => {
            Err(ServerAddressError::Transport { value: sanitise_line(trimmed) })
        }
        Some(_) => Err(ServerAddressError::NotAnAddress { value: sanitise_line(trimmed) }),
    }
}

fn plain(address: &str, whole: &str) -> Result<SocketAddr, ServerAddressError> {
    let value = || sanitise_line(whole);
    let bare = address.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(address);
    let server = match bare.parse::<IpAddr>() {
        Ok(ip) if bare == address || ip.is_ipv6() => SocketAddr::new(ip, DNS_PORT),
        _ => match address.parse() {
            Ok(server) => server,
            Err(_) if has_address_and_port(address) => return Err(ServerAddressError::Port { value: value() }),
            Err(_) => return Err(ServerAddressError::NotAnAddress { value: value() }),
        },
    };
    if server.port() == 0 { Err(ServerAddressError::Port { value: value() }) } else { Ok(server) }
}

fn encrypted(text: &str, scheme: &str) -> Result<Encrypted, ServerAddressError> {
    let value = || sanitise_line(text);
    let not_an_address = || ServerAddressError::NotAnAddress { value: value() };
    // Of the scheme `tls` the URL standard knows no rules for hosts, so it is read as the one that has them.
    let rest = text.get(scheme.len()..).unwrap_or_default();
    let url = Url::parse(&format!("https{rest}")).map_err(|error| match error {
        url::ParseError::InvalidPort => ServerAddressError::Port { value: value() },
        _ => not_an_address(),
    })?;
    let host = match url.host().ok_or_else(not_an_address)? {
        Host::Domain(name) => name.trim_end_matches('.').to_owned(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    };
    if host.is_empty() || !url.username().is_empty() || url.password().is_some() {
        return Err(not_an_address());
    }
    let address = match url.fragment() {
        None => host.parse().ok(),
        Some(place) => {
            let bare = place.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(place);
            Some(bare.parse().map_err(|_| ServerAddressError::Place { value: value() })?)
        }
    };
    // A URL leaves out the port that is usual for https.
    let typed = rest.trim_start_matches("://").split(['/', '?', '#']).next().unwrap_or_default();
    let (protocol, port) = match (scheme, url.path()) {
        ("tls", "/" | "") if url.query().is_none() => {
            let usual = if typed.ends_with(":443") { 443 } else { TLS_PORT };
            (Protocol::Tls, url.port().unwrap_or(usual))
        }
        ("tls", _) => return Err(not_an_address()),
        (_, path) => {
            let path = if path == "/" { HTTPS_PATH } else { path };
            let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
            (Protocol::Https(format!("{path}{query}")), url.port().unwrap_or(443))
        }
    };
    if port == 0 {
        Err(ServerAddressError::Port { value: value() })
    } else {
        Ok(Encrypted { protocol, host, port, address })
    }
}

impl Encrypted {
    /// The server as it can be typed, with the address that was connected to where it is known.
    pub fn at(&self, address: Option<IpAddr>) -> String {
        let host = match self.host.parse::<IpAddr>() {
            Ok(IpAddr::V6(address)) => format!("[{address}]"),
            _ => self.host.clone(),
        };
        let place = address.filter(|address| self.host.parse() != Ok(*address));
        let place = place.map(|address| format!("#{address}")).unwrap_or_default();
        match &self.protocol {
            Protocol::Tls => format!("tls://{host}:{}{place}", self.port),
            Protocol::Https(path) if self.port == 443 => format!("https://{host}{path}{place}"),
            Protocol::Https(path) => format!("https://{host}:{}{path}{place}", self.port),
        }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Datagram(address) => write!(formatter, "{address}"),
            Self::Stream(address) => write!(formatter, "tcp://{address}"),
            Self::Encrypted(server) => formatter.write_str(&server.at(server.address)),
        }
    }
}

/// Whether the part before the last colon is an address, so that the fault must lie in the port.
fn has_address_and_port(text: &str) -> bool {
    text.rsplit_once(':').is_some_and(|(address, _)| {
        let bare = address.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        bare.map_or_else(|| address.parse::<Ipv4Addr>().is_ok(), |v6| v6.parse::<Ipv6Addr>().is_ok())
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_read_as_people_write_them() {
        for (text, server) in [
            ("10.0.0.2", "10.0.0.2:53"),
            (" 10.0.0.2:5353 ", "10.0.0.2:5353"),
            ("2001:db8::53", "[2001:db8::53]:53"),
            ("[2001:db8::53]", "[2001:db8::53]:53"),
            ("[2001:db8::53]:5353", "[2001:db8::53]:5353"),
        ] {
            assert_eq!(parse_server(text), Ok(Server::Datagram(server.parse().unwrap())), "{text}");
            let stream = Server::Stream(server.parse().unwrap());
            assert_eq!(parse_server(&format!("tcp://{}", text.trim())), Ok(stream), "{text}");
        }
    }

    #[test]
    fn encrypted_servers_are_written_back_as_they_can_be_typed() {
        for (text, written) in [
            ("tls://dns.example", "tls://dns.example:853"),
            ("TLS://DNS.Example.:443", "tls://dns.example:443"),
            ("tls://10.0.0.2", "tls://10.0.0.2:853"),
            ("tls://[2001:db8::53]:8853", "tls://[2001:db8::53]:8853"),
            ("tls://dns.example#192.0.2.53", "tls://dns.example:853#192.0.2.53"),
            ("https://dns.example", "https://dns.example/dns-query"),
            ("https://dns.example:8443/q?ct#[2001:db8::1]", "https://dns.example:8443/q?ct#2001:db8::1"),
            ("https://10.0.0.2/dns-query", "https://10.0.0.2/dns-query"),
        ] {
            let server = parse_server(text).unwrap();
            assert_eq!(server.to_string(), written, "{text}");
            assert_eq!(parse_server(written), Ok(server), "{written}");
        }
    }

    #[test]
    fn what_is_no_server_is_named() {
        for text in ["quic://dns.example", "h3://dns.example"] {
            let error = parse_server(text).unwrap_err();
            assert!(matches!(error, ServerAddressError::Transport { .. }), "{text}");
            assert!(error.to_string().starts_with(text), "{error}");
        }
        let ports = ["10.0.0.2:0", "10.0.0.2:65536", "10.0.0.2:dns", "[::1]:0", "[::1]:x", "tls://a:0", "https://a:x/"];
        for text in ports {
            assert!(matches!(parse_server(text), Err(ServerAddressError::Port { .. })), "{text}");
        }
        assert!(matches!(parse_server("tls://dns.example#dns"), Err(ServerAddressError::Place { .. })));
        for text in [
            "",
            "dns.example",
            "10.0.0",
            "10.0.0.256",
            "[10.0.0.2]",
            "[::1",
            "udp://10.0.0.2",
            "10.0.0.2 10.0.0.3",
            "tcp://dns.example",
            "tls://",
            "tls://dns.example/path",
            "https://user:secret@dns.example/",
        ] {
            assert!(matches!(parse_server(text), Err(ServerAddressError::NotAnAddress { .. })), "{text}");
        }
    }
}
