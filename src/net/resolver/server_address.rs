//! The address of a DNS server, as people write it.

use crate::text::sanitise_line;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Port of DNS over UDP and TCP.
pub const DNS_PORT: u16 = 53;

/// Why a text names no DNS server.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ServerAddressError {
    /// DNS over TLS or HTTPS.
    #[error("{value}: this build asks over UDP and TCP only; give an address such as 10.0.0.2 or 10.0.0.2:53")]
    Encrypted {
        /// The text.
        value: String,
    },
    /// No IP address.
    #[error(
        "{value:?} is not the address of a DNS server; write 10.0.0.2, 10.0.0.2:53, 2001:db8::53 or [2001:db8::53]:53"
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
}

/// Reads `ADDR[:PORT]` as given with `--resolver`: IPv4 or IPv6, the latter in brackets when a port follows; port 53
/// when none is given.
pub fn parse_server(text: &str) -> Result<SocketAddr, ServerAddressError> {
    let trimmed = text.trim();
    let value = || sanitise_line(trimmed);
    let scheme = trimmed.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    if matches!(scheme.as_deref(), Some("https" | "tls" | "h3" | "quic")) {
        return Err(ServerAddressError::Encrypted { value: value() });
    }
    let bare = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(trimmed);
    let server = match bare.parse::<IpAddr>() {
        Ok(address) if bare == trimmed || address.is_ipv6() => SocketAddr::new(address, DNS_PORT),
        _ => match trimmed.parse() {
            Ok(server) => server,
            Err(_) if has_address_and_port(trimmed) => return Err(ServerAddressError::Port { value: value() }),
            Err(_) => return Err(ServerAddressError::NotAnAddress { value: value() }),
        },
    };
    if server.port() == 0 { Err(ServerAddressError::Port { value: value() }) } else { Ok(server) }
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
            assert_eq!(parse_server(text), Ok(server.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn what_is_no_server_is_named() {
        for text in ["https://dns.example/dns-query", "TLS://10.0.0.2", "tls://dns.example:853"] {
            let error = parse_server(text).unwrap_err();
            assert!(matches!(error, ServerAddressError::Encrypted { .. }), "{text}");
            assert!(error.to_string().starts_with(text), "{error}");
        }
        for text in ["10.0.0.2:0", "10.0.0.2:65536", "10.0.0.2:dns", "[::1]:0", "[::1]:x"] {
            assert!(matches!(parse_server(text), Err(ServerAddressError::Port { .. })), "{text}");
        }
        for text in
            ["", "dns.example", "10.0.0", "10.0.0.256", "[10.0.0.2]", "[::1", "udp://10.0.0.2", "10.0.0.2 10.0.0.3"]
        {
            assert!(matches!(parse_server(text), Err(ServerAddressError::NotAnAddress { .. })), "{text}");
        }
    }
}
