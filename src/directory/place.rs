//! Where a directory is asked.

use crate::text::sanitise_line;
use std::fmt;
use url::Url;

/// Port of LDAP (RFC 4516).
const CLEAR_PORT: u16 = 389;
/// Port of LDAP over TLS.
const TLS_PORT: u16 = 636;

/// A server and how it is spoken to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Place {
    /// TLS from the first byte.
    pub tls: bool,
    /// Host name in lower-case ASCII, or an IP address without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
}

/// Why a text names no server.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PlaceError {
    /// It is no URL of LDAP.
    #[error("{0} is neither auto nor ldap://SERVER nor ldaps://SERVER")]
    Form(String),
    /// It holds an account.
    #[error("must not hold an account; give --ldap-user")]
    Account,
}

impl Place {
    /// LDAP in clear, at its usual port, until StartTLS.
    pub fn clear(host: &str, port: Option<u16>) -> Self {
        Self { tls: false, host: host.to_owned(), port: port.unwrap_or(CLEAR_PORT) }
    }

    /// The port that LDAP has where none is named.
    pub fn usual_port(&self) -> u16 {
        if self.tls { TLS_PORT } else { CLEAR_PORT }
    }

    /// The server that an LDAP URL names (RFC 4516), whatever it says behind that.
    ///
    /// # Errors
    /// [`PlaceError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, PlaceError> {
        let wrong = || PlaceError::Form(sanitise_line(text));
        // Active Directory writes LDAP://, and in other schemes a URL's host is not checked by the library.
        let (scheme, rest) = text.trim().split_once("://").ok_or_else(wrong)?;
        let tls = match scheme.to_ascii_lowercase().as_str() {
            "ldap" => false,
            "ldaps" => true,
            _ => return Err(wrong()),
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let url = Url::parse(&format!("https://{authority}")).map_err(|_| wrong())?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(PlaceError::Account);
        }
        let host = url.host_str().map(|host| host.trim_matches(['[', ']']).trim_end_matches('.').to_owned());
        let host = host.filter(|host| !host.is_empty()).ok_or_else(wrong)?;
        let usual = if tls { TLS_PORT } else { CLEAR_PORT };
        // The library leaves out the usual port of https.
        let port = url.port().or_else(|| authority.ends_with(":443").then_some(443)).unwrap_or(usual);
        Ok(Self { tls, host, port })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, usual) = (if self.tls { "ldaps" } else { "ldap" }, self.usual_port());
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        write!(formatter, "{scheme}://{host}")?;
        if self.port == usual { Ok(()) } else { write!(formatter, ":{}", self.port) }
    }
}
