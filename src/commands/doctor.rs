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
use std::{io::IsTerminal, time::Duration};

/// Asks each configured resolver for the root's name servers, loads the trust stores, and prints what was found.
pub(super) async fn doctor() -> u8 {
    let mut lines = vec![format!("discoscope {} on {}", env!("CARGO_PKG_VERSION"), std::env::consts::OS)];
    let resolver_answers = resolvers(&mut lines).await;
    stores(&mut lines);
    lines.push(format!("clock       {}", jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M:%S UTC")));
    // Without the feature the line is left out: nothing can be done about it here.
    lines.extend(crate::probe::tls::legacy::LIBRARY.map(|library| format!("legacy TLS  by {}", library.as_str())));
    lines.extend(kerberos::LIBRARY.map(|library| {
        let owner =
            kerberos::owner().map_or_else(|why| format!("no ticket: {why}"), |owner| format!("ticket of {owner}"));
        format!("Kerberos    by {library}; {owner}")
    }));
    environment(&mut lines);
    this_pc(&mut lines).await;
    let printed = print(|out| lines.iter().try_for_each(|line| writeln!(out, "{line}")));
    if printed == exit::HEALTHY && !resolver_answers { exit::CANNOT_RUN } else { printed }
}

async fn resolvers(lines: &mut Vec<String>) -> bool {
    let servers = match system::servers() {
        Ok(servers) => servers,
        Err(error) => {
            lines.push(format!("resolver    none: {error}"));
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
        let words = if answered { "answers" } else { "does not answer" };
        lines.push(format!("resolver    {server} {words} ({:?}, {} ms)", answer.status, answer.elapsed_us / 1000));
    }
    any
}

fn stores(lines: &mut Vec<String>) {
    match TrustStores::load(&[], false) {
        Ok(stores) => {
            for summary in stores.summaries() {
                let name = match summary.store {
                    TrustStore::PublicRoots => "public roots inside this program",
                    TrustStore::ThisMachine => "this machine's store",
                    TrustStore::CaFile => "--ca-file",
                };
                lines.push(format!("trust       {} certificates in {name}", summary.roots));
            }
        }
        Err(error) => lines.push(format!("trust       {error}")),
    }
    for name in ["SSL_CERT_FILE", "SSL_CERT_DIR"] {
        if let Some(value) = std::env::var_os(name) {
            lines.push(format!("trust       {name}={} replaces this machine's store", value.to_string_lossy()));
        }
    }
}

fn environment(lines: &mut Vec<String>) {
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"] {
        if let Some(value) = std::env::var_os(name) {
            let value = value.to_string_lossy();
            // A proxy URL may hold a password.
            let shown = value.rsplit_once('@').map_or(value.as_ref(), |(_, host)| host);
            lines.push(format!("proxy       {name}={} (not used by this program)", crate::text::sanitise_line(shown)));
        }
    }
    let terminal = std::io::stdout().is_terminal();
    let size = terminal_size();
    let term = std::env::var("TERM").unwrap_or_default();
    lines.push(format!(
        "terminal    {}, TERM={}, {size}",
        if terminal { "yes" } else { "no" },
        crate::text::sanitise_line(&term)
    ));
}

/// What Outlook meets on this PC, as far as no mailbox is named.
async fn this_pc(lines: &mut Vec<String>) {
    let Some(reader) = machine::reader() else {
        lines.push(
            "this PC     no Windows, so there is no Outlook to read about; --registry takes a text from the user's PC"
                .to_owned(),
        );
        return;
    };
    let about = About { mailbox: String::new(), domain: String::new() };
    if let Ok(snapshot) = tokio::task::spawn_blocking(move || reader.read(&about)).await {
        let read = words::this_pc(&snapshot.pc, ClientFamily::default());
        lines.extend(read.into_iter().map(|(label, value)| format!("this PC     {label}: {value}")));
    }
}

fn terminal_size() -> String {
    crate::tui::terminal::size()
        .map_or_else(|| "size unknown".to_owned(), |(columns, rows)| format!("{columns}x{rows}"))
}
