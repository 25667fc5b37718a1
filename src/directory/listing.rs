//! The list that `Get-ClientAccessService | Format-List` prints.

use super::{Export, VALUE_LIMIT};
use crate::{
    event::{ConnectionPoint, URL_KEYWORD},
    text::sanitise_line,
};

/// The properties that are read; every other one of a server's many is passed over.
const PROPERTIES: [&str; 6] =
    ["Name", "Identity", "Fqdn", "DistinguishedName", "AutoDiscoverServiceInternalUri", "AutoDiscoverSiteScope"];

/// Every server of the list. Blocks are told apart by a name that comes again, so that blank lines that were lost on the
/// way do no harm; lines in between that are no property are passed over.
pub(super) fn read(text: &str) -> Export {
    let mut servers: Vec<Server> = Vec::new();
    let is_read = |name: &str| PROPERTIES.iter().any(|known| known.eq_ignore_ascii_case(name));
    for (name, value) in properties(text).into_iter().filter(|(name, _)| is_read(name)) {
        let open = servers.last_mut().filter(|server| !server.has(&name));
        let server = match open {
            Some(server) => server,
            None => {
                servers.push(Server::default());
                // Pushed on the line above.
                let Some(server) = servers.last_mut() else { continue };
                server
            }
        };
        server.values.push((name, value));
    }
    Export { points: servers.iter().filter_map(Server::point).collect(), ..Export::default() }
}

/// One block.
#[derive(Default)]
struct Server {
    values: Vec<(String, String)>,
}

impl Server {
    fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The entry; none where the block says nothing about Autodiscover. A server whose URL was emptied has none.
    fn point(&self) -> Option<ConnectionPoint> {
        let url = self.get("AutoDiscoverServiceInternalUri")?;
        if url.is_empty() {
            return None;
        }
        let names = ["Name", "Identity", "Fqdn"];
        let server = names.into_iter().find_map(|name| self.get(name)).unwrap_or_default();
        let scope = self.get("AutoDiscoverSiteScope").unwrap_or_default();
        let sites = scope.trim_matches(['{', '}']).split(',').map(str::trim).filter(|site| !site.is_empty());
        let sites = sites.take(VALUE_LIMIT).map(|site| format!("Site={}", sanitise_line(site)));
        Some(ConnectionPoint {
            dn: self.get("DistinguishedName").map(sanitise_line).unwrap_or_default(),
            server: sanitise_line(server),
            binding: sanitise_line(url),
            keywords: std::iter::once(URL_KEYWORD.to_owned()).chain(sites).collect(),
            created: None,
            changed: None,
        })
    }
}

/// `Name : value` pairs; a line that begins with blanks goes on with the value before it, as Format-List folds it.
fn properties(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        let continues = line.starts_with("    ") && !line.trim().is_empty();
        if continues && let Some((_, value)) = found.last_mut() {
            value.push_str(line.trim());
            continue;
        }
        let Some((name, value)) = line.split_once(':') else { continue };
        let name = name.trim();
        let is_name = !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric());
        // `https://...` by itself is no property.
        if is_name && !value.starts_with("//") {
            found.push((name.to_owned(), value.trim().to_owned()));
        }
    }
    found
}
