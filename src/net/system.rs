//! What this machine's configuration and operating system say: DNS servers and host addresses.

use super::HostLookup;
use crate::text::sanitise_line;
use hickory_resolver::system_conf::read_system_conf;
use std::net::{IpAddr, SocketAddr};

/// Why this machine's configuration names no DNS server.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SystemResolverError {
    /// The configuration could not be read.
    #[error("{place} names no DNS server: {reason}; give one with --resolver ADDR")]
    Unreadable {
        /// Where the configuration lives on this system.
        place: &'static str,
        /// The system's words.
        reason: String,
    },
    /// The configuration was read and is empty.
    #[error("{place} names no DNS server; is this machine connected? Give one with --resolver ADDR")]
    NoServers {
        /// Where the configuration lives on this system.
        place: &'static str,
    },
}

/// Where the DNS servers are configured, in words for a person.
const PLACE: &str = if cfg!(windows) {
    "the network configuration of Windows"
} else if cfg!(target_vendor = "apple") {
    "the network configuration of macOS"
} else {
    "/etc/resolv.conf"
};

/// DNS servers of this machine's configuration, in its order: `/etc/resolv.conf`, the System Configuration of macOS,
/// the active adapters of Windows.
///
/// # Errors
/// [`SystemResolverError`] when the configuration cannot be read or names no server that can be used.
pub fn servers() -> Result<Vec<SocketAddr>, SystemResolverError> {
    let (config, _) = read_system_conf()
        .map_err(|error| SystemResolverError::Unreadable { place: PLACE, reason: sanitise_line(&error.to_string()) })?;
    let configured = config.name_servers().iter().map(|server| {
        let port = server.connections.first().map_or(super::resolver::DNS_PORT, |connection| connection.port);
        SocketAddr::new(server.ip, port)
    });
    let servers = in_usable_order(configured);
    if servers.is_empty() { Err(SystemResolverError::NoServers { place: PLACE }) } else { Ok(servers) }
}

/// Domains that this machine takes for its own: its domain and search list, and the Active Directory domain that the user
/// signed in to (`USERDNSDOMAIN` on Windows). In lower case without final dot, each once.
pub fn domains() -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let signed_in = std::env::var("USERDNSDOMAIN").ok().filter(|_| cfg!(windows));
    let configured = read_system_conf().map(|(config, _)| config).ok();
    let configured = configured.iter().flat_map(|config| config.domain().into_iter().chain(config.search()));
    for name in signed_in.into_iter().chain(configured.map(ToString::to_string)) {
        let name = sanitise_line(name.trim_end_matches('.')).to_ascii_lowercase();
        if !name.is_empty() && !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

/// The operating system's own interface (getaddrinfo), with hosts file, policy rules and suffixes.
#[derive(Clone, Copy, Debug, Default)]
pub struct OperatingSystem;

#[async_trait::async_trait]
impl HostLookup for OperatingSystem {
    /// Asks for the name as it stands in the URL, without a final dot: so do Outlook and every browser, the hosts file
    /// holds names without it (glibc does not find them with it), and an answer that a suffix list brought about is
    /// just what only this view can show. DNS itself is always asked for the absolute name, so the two can be compared.
    async fn lookup(&self, host: &str) -> Result<Vec<IpAddr>, String> {
        let found = tokio::net::lookup_host((host, 0)).await.map_err(|error| sanitise_line(&error.to_string()))?;
        let mut addresses: Vec<IpAddr> = Vec::new();
        for address in found.map(|socket| socket.ip()) {
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        Ok(addresses)
    }
}

/// Each server once. Link-local addresses come last: the configuration loses their interface, without which they
/// cannot be reached.
fn in_usable_order(configured: impl Iterator<Item = SocketAddr>) -> Vec<SocketAddr> {
    let mut servers: Vec<SocketAddr> = Vec::new();
    for server in configured {
        if !servers.contains(&server) {
            servers.push(server);
        }
    }
    servers.sort_by_key(|server| matches!(server.ip(), IpAddr::V6(address) if address.is_unicast_link_local()));
    servers
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_kept_once_in_order_with_link_local_last() {
        let configured = ["[fe80::1]:53", "10.0.0.2:53", "[2001:db8::53]:53", "10.0.0.2:53"];
        let ordered = in_usable_order(configured.iter().map(|text| text.parse().unwrap()));
        let texts: Vec<_> = ordered.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["10.0.0.2:53", "[2001:db8::53]:53", "[fe80::1]:53"]);
    }

    #[tokio::test]
    async fn the_hosts_file_is_seen() {
        let addresses = OperatingSystem.lookup("localhost").await.unwrap();
        assert!(!addresses.is_empty() && addresses.iter().all(IpAddr::is_loopback), "{addresses:?}");
    }

    #[tokio::test]
    async fn an_impossible_name_has_the_systems_words() {
        assert!(!OperatingSystem.lookup("no such name").await.unwrap_err().is_empty());
    }
}
