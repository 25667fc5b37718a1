//! `doctor`: what this machine offers.

use super::print;
use crate::{
    event::{ClientFamily, DnsQuestion, RecordType, TrustStore, View},
    exit, machine,
    net::{Resolver, TrustStores, resolver::WireResolver, system},
    pc::About,
    probe::ldap::kerberos,
    words,
};
use std::{fmt::Display, io::IsTerminal, time::Duration};

/// Asks each configured resolver for the root's name servers, loads the trust stores, and prints what was found.
pub(super) async fn doctor() -> u8 {
    let system = std::env::consts::OS;
    let mut lines = vec![say!("discoscope {version} on {system}", version = env!("CARGO_PKG_VERSION"), system)];
    let resolver_answers = resolvers(&mut lines).await;
    stores(&mut lines);
    lines.push(row(say!("clock"), jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M:%S UTC")));
    // Without the feature the line is left out: nothing can be done about it here.
    lines.extend(
        crate::probe::tls::legacy::LIBRARY
            .map(|library| row(say!("legacy TLS"), say!("by {library}", library = library.as_str()))),
    );
    lines.extend(kerberos::LIBRARY.map(|library| {
        let owner = kerberos::owner()
            .map_or_else(|why| say!("no ticket: {reason}", reason = why), |owner| say!("ticket of {owner}", owner));
        row("Kerberos", say!("by {library}; {owner}", library, owner))
    }));
    environment(&mut lines);
    this_pc(&mut lines).await;
    let printed = print(|out| lines.iter().try_for_each(|line| writeln!(out, "{line}")));
    if printed == exit::HEALTHY && !resolver_answers { exit::CANNOT_RUN } else { printed }
}

/// A line of the list: what it is about, and what is said of it.
fn row(about: &str, said: impl Display) -> String {
    format!("{} {said}", crate::tui::measure::pad(about, 11))
}

async fn resolvers(lines: &mut Vec<String>) -> bool {
    let servers = match system::servers() {
        Ok(servers) => servers,
        Err(error) => {
            lines.push(row(say!("resolver"), say!("none: {reason}", reason = error)));
            return false;
        }
    };
    let question = DnsQuestion { name: String::new(), record: RecordType::Ns };
    let mut any = false;
    for server in servers {
        let resolver = WireResolver::new(vec![server], View::System, Duration::from_secs(3));
        let answer = resolver.ask(&question).await;
        let answered = !matches!(
            answer.status,
            crate::event::DnsStatus::TimedOut
                | crate::event::DnsStatus::PortClosed
                | crate::event::DnsStatus::Unreachable
                | crate::event::DnsStatus::Untrusted
                | crate::event::DnsStatus::Malformed
        );
        any |= answered;
        let words = if answered { say!("answers") } else { say!("does not answer") };
        let how = words::dns_status_short(answer.status);
        let took = words::duration(answer.elapsed_us);
        lines.push(row(say!("resolver"), format!("{server} {words} ({how}, {took})")));
    }
    any
}

fn stores(lines: &mut Vec<String>) {
    match TrustStores::load(&[], false) {
        Ok(stores) => {
            for summary in stores.summaries() {
                let name = match summary.store {
                    TrustStore::PublicRoots => say!("public roots inside this program"),
                    TrustStore::ThisMachine => say!("this machine's store"),
                    TrustStore::CaFile => "--ca-file",
                };
                lines.push(row(say!("trust"), say!("{count} certificates in {name}", count = summary.roots, name)));
            }
        }
        Err(error) => lines.push(row(say!("trust"), error)),
    }
    for name in ["SSL_CERT_FILE", "SSL_CERT_DIR"] {
        if let Some(value) = std::env::var_os(name) {
            let set = format!("{name}={}", value.to_string_lossy());
            lines.push(row(say!("trust"), say!("{set} replaces this machine's store", set)));
        }
    }
}

fn environment(lines: &mut Vec<String>) {
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"] {
        if let Some(value) = std::env::var_os(name) {
            let value = value.to_string_lossy();
            // A proxy URL may hold a password.
            let shown = value.rsplit_once('@').map_or(value.as_ref(), |(_, host)| host);
            let set = format!("{name}={}", crate::text::sanitise_line(shown));
            lines.push(row(say!("proxy"), say!("{set} (not used by this program)", set)));
        }
    }
    let terminal = std::io::stdout().is_terminal();
    let size = terminal_size();
    let term = std::env::var("TERM").unwrap_or_default();
    let is = if terminal { say!("yes") } else { say!("no") };
    lines.push(row(say!("terminal"), format!("{is}, TERM={}, {size}", crate::text::sanitise_line(&term))));
}

/// What Outlook meets on this PC, as far as no mailbox is named.
async fn this_pc(lines: &mut Vec<String>) {
    let Some(reader) = machine::reader() else {
        let words =
            say!("no Windows, so there is no Outlook to read about; --registry takes a text from the user's PC");
        lines.push(row(say!("this PC"), words));
        return;
    };
    let about = About { mailbox: String::new(), domain: String::new() };
    if let Ok(snapshot) = tokio::task::spawn_blocking(move || reader.read(&about)).await {
        let read = words::this_pc(&snapshot.pc, ClientFamily::default());
        lines.extend(read.into_iter().map(|(label, value)| row(say!("this PC"), format!("{label}: {value}"))));
    }
}

fn terminal_size() -> String {
    crate::tui::terminal::size()
        .map_or_else(|| say!("size unknown").to_owned(), |(columns, rows)| format!("{columns}x{rows}"))
}
