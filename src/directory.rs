//! Service connection points of Active Directory: which of them a client takes, and how exports of them are read. Pure.

mod choice;
mod comparison;
mod ldif;
mod listing;
mod place;
mod refusal;

pub use choice::{Choice, Chosen, choose};
pub use comparison::{Difference, differences};
pub use place::{Place, PlaceError};
pub use refusal::{data_code, refusal, ticket_refusal};

use crate::{event::ConnectionPoint, text};

/// What `--ldap` says to find domain controllers by DNS.
pub const AUTOMATIC: &str = "auto";

/// Largest export that is read, in bytes.
pub const TEXT_LIMIT: usize = 4 * 1024 * 1024;

/// Entries that become evidence, of one source.
pub const POINT_LIMIT: usize = 64;

/// Values of one attribute that become evidence.
pub const VALUE_LIMIT: usize = 64;

/// Pointers that are followed (Microsoft, "Find Autodiscover endpoints by using SCP lookup").
pub const POINTER_LIMIT: usize = 10;

/// Service class of the trusted redirects' entry, and of the entries of servers.
pub const TRUSTED_CONTAINER: &str = "CN=Microsoft Exchange Online,CN=Microsoft Exchange Autodiscover,CN=Services";

/// What an export holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Export {
    /// Entries about Autodiscover.
    pub points: Vec<ConnectionPoint>,
    /// Entries past [`POINT_LIMIT`].
    pub dropped: usize,
    /// Hosts to which redirects are trusted, where the export reaches as far as that entry.
    pub trusted_redirects: Option<Vec<String>>,
    /// Domains that this directory's Exchange takes mail for.
    pub accepted_domains: Vec<String>,
}

/// Why a text is no export.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ExportError {
    /// It is too long.
    #[error("is larger than 4 MiB; export the Autodiscover entries alone")]
    TooLarge,
    /// Nothing in it is an entry.
    #[error(
        "holds no service connection point; expected the output of `Get-ClientAccessService | Format-List \
         Name,AutoDiscoverServiceInternalUri,AutoDiscoverSiteScope`, or an LDIF export"
    )]
    NothingFound,
}

/// Reads what was pasted or saved: LDIF (RFC 2849, as `ldifde` and `ldapsearch` write it), or the list that Exchange's
/// `Get-ClientAccessService | Format-List` (before 2016 `Get-ClientAccessServer`) prints. UTF-8 or UTF-16 with a mark.
///
/// # Errors
/// [`ExportError`] for what is too long, and where nothing in it is such an entry.
pub fn read(bytes: &[u8]) -> Result<Export, ExportError> {
    if bytes.len() > TEXT_LIMIT {
        return Err(ExportError::TooLarge);
    }
    // A terminal hands a pasted line's end over as a carriage return.
    let text = text::from_windows(bytes).replace("\r\n", "\n").replace('\r', "\n");
    let mut export = if ldif::is_ldif(&text) { ldif::read(&text) } else { listing::read(&text) };
    if export.points.is_empty() && export.trusted_redirects.is_none() {
        return Err(ExportError::NothingFound);
    }
    export.dropped = export.points.len().saturating_sub(POINT_LIMIT);
    export.points.truncate(POINT_LIMIT);
    Ok(export)
}

/// The first name of a distinguished name (RFC 4514), its escapes taken away: `EX1` of `CN=EX1,CN=Autodiscover,...`.
pub fn first_name(dn: &str) -> String {
    let value = dn.split_once('=').map_or(dn, |(_, rest)| rest);
    let (mut name, mut escaped) = (String::new(), false);
    for character in value.chars() {
        match character {
            '\\' if !escaped => escaped = true,
            ',' | '+' if !escaped => break,
            other => {
                name.push(other);
                escaped = false;
            }
        }
    }
    name.trim().to_owned()
}

/// The DNS name that the `DC=` parts of a distinguished name spell (RFC 2247), in lower case.
pub fn dns_name(dn: &str) -> String {
    let labels = dn.split(',').filter_map(|part| {
        let (name, label) = part.trim().split_once('=')?;
        name.eq_ignore_ascii_case("dc").then(|| label.trim().to_ascii_lowercase())
    });
    labels.collect::<Vec<_>>().join(".")
}

/// `20260131093000.0Z`, as directories write times (RFC 4517 3.3.13); nothing for other forms.
pub fn time(text: &str) -> Option<jiff::Timestamp> {
    let digits = text.get(..14).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    let date = format!("{}-{}-{}", part(0, 4), part(4, 6), part(6, 8));
    format!("{date}T{}:{}:{}Z", part(8, 10), part(10, 12), part(12, 14)).parse().ok()
}

#[cfg(test)]
mod tests;
