//! What this machine's configuration says about where it stands: inside the customer's network or outside it.

use crate::{event::VantageSide, net::system};
use std::net::{IpAddr, SocketAddr};

/// Name servers and domains of this machine's configuration.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Its name servers, in its order; none when it names none.
    pub servers: Vec<SocketAddr>,
    /// Domains that it takes for its own.
    pub domains: Vec<String>,
}

impl Surroundings {
    /// What this machine says.
    pub fn of_this_machine() -> Self {
        Self { servers: system::servers().unwrap_or_default(), domains: system::domains() }
    }

    /// Its name servers as people write them; the usual port is left out.
    pub fn servers_in_words(&self) -> String {
        let plain = |server: &SocketAddr| {
            if server.port() == 53 { server.ip().to_string() } else { server.to_string() }
        };
        self.servers.iter().map(plain).collect::<Vec<_>>().join(", ")
    }

    /// Inside or outside of a mail domain's network, as far as it can be guessed before anything is asked, and why.
    pub fn guess(&self, domain: &str) -> (VantageSide, String) {
        let belongs = |own: &&String| {
            let above = |name: &str, whole: &str| name == whole || name.ends_with(&format!(".{whole}"));
            !domain.is_empty() && (above(own, domain) || above(domain, own)) && own.contains('.')
        };
        if let Some(own) = self.domains.iter().find(belongs) {
            return (VantageSide::Inside, format!("this PC's own domain is {own}"));
        }
        let servers = self.servers_in_words();
        if self.servers.is_empty() {
            (VantageSide::Unknown, "this PC names no name server".to_owned())
        } else if self.servers.iter().all(|server| is_public(server.ip())) {
            (VantageSide::Outside, format!("names are asked of a public server ({servers})"))
        } else {
            (VantageSide::Unknown, "nothing on this PC says whose network this is".to_owned())
        }
    }
}

/// Whether an address is reached from everywhere (not of RFC 1918, RFC 4193, RFC 6598, link-local or loopback).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            let shared = first == 100 && (64..128).contains(&second);
            !(address.is_private() || address.is_loopback() || address.is_link_local() || shared)
        }
        IpAddr::V6(address) => !(address.is_unique_local() || address.is_loopback() || address.is_unicast_link_local()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surroundings(servers: &[&str], domains: &[&str]) -> Surroundings {
        Surroundings {
            servers: servers.iter().map(|server| server.parse().expect("an address")).collect(),
            domains: domains.iter().map(|domain| (*domain).to_owned()).collect(),
        }
    }

    #[test]
    fn a_pc_of_the_domain_is_inside() {
        let here = surroundings(&["10.0.0.2:53"], &["corp.contoso.test"]);
        assert_eq!(here.guess("contoso.test").0, VantageSide::Inside);
        assert!(here.guess("contoso.test").1.contains("corp.contoso.test"));
        assert_eq!(here.guess("mycontoso.test").0, VantageSide::Unknown);
        assert_eq!(here.guess("").0, VantageSide::Unknown);
    }

    #[test]
    fn only_public_servers_mean_outside() {
        assert_eq!(surroundings(&["1.1.1.1:53", "[2606:4700::1111]:53"], &[]).guess("a.test").0, VantageSide::Outside);
        for mixed in
            [&["1.1.1.1:53", "192.168.1.1:53"][..], &["100.64.0.1:53"], &["127.0.0.53:53"], &["[fe80::1]:53"], &[]]
        {
            assert_eq!(surroundings(mixed, &["home.test"]).guess("a.test").0, VantageSide::Unknown, "{mixed:?}");
        }
    }

    #[test]
    fn a_search_domain_of_one_label_says_nothing() {
        assert_eq!(surroundings(&["10.0.0.2:53"], &["test"]).guess("contoso.test").0, VantageSide::Unknown);
    }

    #[test]
    fn servers_are_written_without_the_usual_port() {
        let here = surroundings(&["10.0.0.2:53", "10.0.0.3:5353", "[fd00::1]:53"], &[]);
        assert_eq!(here.servers_in_words(), "10.0.0.2, 10.0.0.3:5353, fd00::1");
    }
}
