//! `cert`: one certificate or chain, judged.

use super::{Refusal, fail, print};
use crate::{
    certificate::{self, FileContent, FileError},
    cli::{CertOptions, FormatName},
    config::{self, Connection},
    event::{Certificate, HandshakePurpose, IssuerFetch, TlsHandshake},
    exit,
    net::TrustStores,
    probe::{
        dns, issuer, tcp,
        tls::{self, HandshakeAsk},
    },
    report::certificate::{self as report, CertificateReport, Compared, Judgement, Source},
    secret::Secret,
    signal,
    text::sanitise_line,
    tui::terminal,
    words,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use secrecy::{SecretBox, SecretString};
use std::{
    fs::File,
    io::{self, IsTerminal, Read},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use zeroize::Zeroizing;

/// Longest time that opening a PFX may take: its own numbers say how costly the key derivation is.
const OPEN_LIMIT: Duration = Duration::from_secs(60);
/// Largest password file, in bytes.
const PASSWORD_LIMIT: u64 = 4096;
/// Endings by which a path that does not exist is told from a host.
const FILE_ENDINGS: [&str; 10] = [".pem", ".crt", ".cer", ".cert", ".der", ".p7b", ".p7c", ".p7s", ".pfx", ".p12"];

/// Judges and reports; the exit code is the verdict.
pub(super) async fn cert(options: CertOptions) -> u8 {
    let judged = tokio::select! {
        code = signal::stopped() => return code,
        judged = judge_and_compare(&options) => judged,
    };
    let report = match judged {
        Ok(report) => report,
        Err((code, words)) => return fail(code, &words),
    };
    let printed = print(|out| match options.format {
        FormatName::Json => report::write_json(&report, out),
        FormatName::Text => report::write_text(&report, out),
    });
    match printed {
        exit::HEALTHY if !report.is_accepted() => exit::PROBLEM,
        code => code,
    }
}

/// The judgement, and beside it the other certificate when one was named.
async fn judge_and_compare(options: &CertOptions) -> Result<CertificateReport, Refusal> {
    let mut report = judge(options).await?;
    if let Some(other) = &options.compare {
        let other = CertOptions { source: other.clone(), compare: None, name: Vec::new(), ..options.clone() };
        let other = judge(&other).await?;
        let (Some(here), Some(there)) = (report.chain.first(), other.chain.first()) else {
            return Err((exit::CANNOT_RUN, "there are no two certificates to compare".to_owned()));
        };
        report.compared =
            Some(Compared { with: other.source.place().to_owned(), comparison: certificate::compare(here, there) });
    }
    Ok(report)
}

async fn judge(options: &CertOptions) -> Result<CertificateReport, Refusal> {
    let at = config::time(&options.at).map_err(configuration)?;
    let (ca_files, only) = (options.ca_file.clone(), options.only_ca_file);
    let trust = tokio::task::spawn_blocking(move || config::trust(&ca_files, only));
    let trust = trust.await.map_err(|error| (exit::CANNOT_RUN, error.to_string()))?.map_err(configuration)?;
    if is_file(&options.source) { judge_file(options, at, trust).await } else { judge_host(options, at, trust).await }
}

/// The chain of a file.
async fn judge_file(options: &CertOptions, at: Timestamp, trust: TrustStores) -> Result<CertificateReport, Refusal> {
    let content = read_file(options).await?;
    let chain: Vec<Certificate> = content.certificates.iter().map(|der| certificate::decode(der)).collect();
    let place = if options.source == "-" { "standard input" } else { &options.source };
    let source =
        Source::File { place: sanitise_line(place), form: content.form.as_str(), private_keys: content.private_keys };
    let names = judgements(&named(options), &content.certificates, at, &trust);
    let issuers = if options.fetch_issuers && lacks_issuer(&names) {
        let connection = config::connection(options, trust).map_err(configuration)?;
        fetch(&connection, &content.certificates, at).await
    } else {
        Vec::new()
    };
    Ok(CertificateReport { source, chain, chain_dropped: content.dropped, at, names, issuers, compared: None })
}

/// The chain that a host sends, judged for its own name where none is given.
async fn judge_host(options: &CertOptions, at: Timestamp, trust: TrustStores) -> Result<CertificateReport, Refusal> {
    let (host, port) = config::host_and_port(&options.source).map_err(configuration)?;
    let connection = config::connection(options, trust).map_err(configuration)?;
    let handshake = shake_hands(&connection, &host, port).await?;
    let mut names = named(options);
    if names.is_empty() {
        names.push(host.clone());
    }
    let der: Vec<Vec<u8>> =
        handshake.chain.iter().map(|certificate| STANDARD.decode(&certificate.der).unwrap_or_default()).collect();
    let names = judgements(&names, &der, at, &connection.net.trust);
    let wanted = options.fetch_issuers && lacks_issuer(&names);
    let issuers = if wanted { fetch(&connection, &der, at).await } else { Vec::new() };
    let source = Source::Host {
        place: if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") },
        address: handshake.address.to_string(),
        version: handshake.version,
        suite: handshake.suite,
        ocsp_stapled: handshake.ocsp_stapled,
        client_certificate: handshake.client_certificate.is_some(),
        failure: handshake.failure.as_ref().map(words::tls_failure),
    };
    let (chain, chain_dropped) = (handshake.chain, handshake.chain_dropped);
    Ok(CertificateReport { source, chain, chain_dropped, at, names, issuers, compared: None })
}

/// The names that were given.
fn named(options: &CertOptions) -> Vec<String> {
    options.name.iter().map(|name| config::name_to_judge(name)).collect()
}

fn lacks_issuer(names: &[Judgement]) -> bool {
    names.iter().any(|judgement| issuer::is_incomplete(judgement.checks.trusted.reason))
}

/// Every fetch of an issuer that the chain lacks.
async fn fetch(connection: &Connection, chain: &[Vec<u8>], at: Timestamp) -> Vec<IssuerFetch> {
    let fetches = Mutex::new(Vec::new());
    let report = |fetch| fetches.lock().unwrap_or_else(PoisonError::into_inner).push(fetch);
    issuer::fetch_issuers(&connection.net, chain, at, &report).await;
    fetches.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn configuration(error: config::ConfigError) -> Refusal {
    (error.exit_code(), error.to_string())
}

fn judgements(names: &[String], chain: &[Vec<u8>], at: Timestamp, trust: &TrustStores) -> Vec<Judgement> {
    let (stores, roots) = (trust.in_use(), trust.known_certificates());
    let judge = |name: Option<&String>| Judgement {
        name: name.map(|name| sanitise_line(name)),
        checks: certificate::checks_with_roots(name.map_or("", String::as_str), chain, at, &stores, &roots),
    };
    if names.is_empty() { vec![judge(None)] } else { names.iter().map(|name| judge(Some(name))).collect() }
}

/// A file is what exists, what is written as a path, or what ends as certificate files do.
fn is_file(source: &str) -> bool {
    let lower = source.to_ascii_lowercase();
    source == "-"
        || Path::new(source).exists()
        || (!source.contains("://") && source.contains(['/', '\\']))
        || FILE_ENDINGS.iter().any(|ending| lower.ends_with(ending))
}

/// One handshake with the first address that can be connected to.
async fn shake_hands(connection: &Connection, host: &str, port: u16) -> Result<TlsHandshake, Refusal> {
    let net = &connection.net;
    let unreachable = |words: String| (exit::CANNOT_RUN, format!("{host}:{port}: {words}"));
    let routed = connection.routes.iter().find_map(|route| route.destination(host, port));
    let addresses = match routed {
        Some(destination) => vec![destination.ip()],
        None => {
            let answers = Mutex::new(Vec::new());
            let keep = |answer| answers.lock().unwrap_or_else(PoisonError::into_inner).push(answer);
            let found = dns::lookup_host(net, host, &keep).await;
            if found.addresses.is_empty() {
                let answers = answers.into_inner().unwrap_or_else(PoisonError::into_inner);
                let why = answers.first().map_or("no address", |answer| words::dns_status(answer.status));
                return Err(unreachable(format!("no address is known: {why}")));
            }
            found.addresses
        }
    };
    let attempts = Mutex::new(Vec::new());
    for address in addresses {
        let address = (address, port).into();
        let report = |attempt| attempts.lock().unwrap_or_else(PoisonError::into_inner).push(attempt);
        let Some(stream) = tcp::connect(net, host, address, &report).await else { continue };
        let server_name = host.parse::<std::net::IpAddr>().is_err().then(|| host.to_owned());
        let purpose = HandshakePurpose::Probe;
        let ask = HandshakeAsk { host: host.to_owned(), address, server_name, purpose };
        let (handshake, _connection) = tls::handshake(stream, &ask, net).await;
        if handshake.chain.is_empty() {
            let why =
                handshake.failure.as_ref().map_or_else(|| "it shows no certificate".to_owned(), words::tls_failure);
            return Err(unreachable(why));
        }
        return Ok(handshake);
    }
    let attempts = attempts.into_inner().unwrap_or_else(PoisonError::into_inner);
    let tried: Vec<String> = attempts
        .iter()
        .map(|attempt| format!("{} {}", attempt.address.ip(), words::tcp_result(attempt.result)))
        .collect();
    Err(unreachable(tried.join("; ")))
}

async fn read_file(options: &CertOptions) -> Result<FileContent, Refusal> {
    let password_path = options.password_file.as_deref();
    if options.source == "-" && password_path == Some(Path::new("-")) {
        return Err((exit::USAGE, "standard input cannot be both the certificate and its password".to_owned()));
    }
    let named = sanitise_line(&options.source);
    let unreadable = |error: io::Error| (exit::CANNOT_RUN, format!("{named}: cannot be read: {error}"));
    let bytes = Arc::new(Zeroizing::new(read_bounded(&options.source).map_err(unreadable)?));
    let given = password_path.map(|path| password_from("--password-file", path)).transpose()?;
    let asked = given.is_some();
    let mut outcome = open(&bytes, given).await?;
    if outcome == Err(FileError::PasswordNeeded) && !asked && io::stdin().is_terminal() {
        let prompt = format!("Password of {named}: ");
        let typed = terminal::ask_secret(&prompt).await;
        let typed = typed.map_err(|error| (exit::CANNOT_RUN, format!("the terminal cannot be read: {error}")))?;
        let Some(typed) = typed else { return Err((exit::INTERRUPTED, "stopped".to_owned())) };
        outcome = open(&bytes, Some(secret(&typed))).await?;
    }
    outcome.map_err(|error| match error {
        FileError::PasswordNeeded => {
            (exit::USAGE, format!("{named}: {error}, and there is no terminal to ask on; give --password-file FILE"))
        }
        other => (exit::CANNOT_RUN, format!("{named}: {other}")),
    })
}

/// Opens the file beside the runtime, within a limit.
async fn open(
    bytes: &Arc<Zeroizing<Vec<u8>>>,
    password: Option<SecretString>,
) -> Result<Result<FileContent, FileError>, Refusal> {
    let bytes = Arc::clone(bytes);
    let opening = tokio::task::spawn_blocking(move || certificate::read_file(&bytes, password.as_ref()));
    match tokio::time::timeout(OPEN_LIMIT, opening).await {
        Ok(Ok(outcome)) => Ok(outcome),
        Ok(Err(error)) => Err((exit::CANNOT_RUN, format!("the file cannot be opened: {error}"))),
        Err(_) => Ok(Err(FileError::Unsupported("its key derivation takes longer than a minute"))),
    }
}

pub(super) fn read_bounded(source: &str) -> io::Result<Vec<u8>> {
    let limit = certificate::FILE_LIMIT as u64 + 1;
    let mut bytes = Vec::new();
    if source == "-" {
        io::stdin().lock().take(limit).read_to_end(&mut bytes)?;
    } else {
        File::open(source)?.take(limit).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// The first line of a file, or of standard input.
pub(super) fn password_from(option: &str, path: &Path) -> Result<SecretString, Refusal> {
    read_secret(option, path, &secret)
}

/// The first line of a file, or of standard input, as an option names it.
pub(super) fn secret_from(option: &str, path: &Path) -> Result<Secret, Refusal> {
    read_secret(option, path, &Secret::new)
}

fn read_secret<T>(option: &str, path: &Path, make: &dyn Fn(&str) -> T) -> Result<T, Refusal> {
    let named = sanitise_line(&path.display().to_string());
    let unreadable = |words: &str| (exit::CANNOT_RUN, format!("{option} {named}: {words}"));
    let mut bytes = Zeroizing::new(Vec::with_capacity(PASSWORD_LIMIT as usize + 1));
    let read = if path == Path::new("-") {
        io::stdin().lock().take(PASSWORD_LIMIT + 1).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(PASSWORD_LIMIT + 1).read_to_end(&mut bytes))
    };
    read.map_err(|error| unreadable(&error.to_string()))?;
    if bytes.len() as u64 > PASSWORD_LIMIT {
        return Err(unreadable("is longer than 4096 bytes"));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| unreadable("is not UTF-8 text"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    Ok(make(text.lines().next().unwrap_or_default()))
}

/// A secret of exactly these bytes, so that no larger copy stays behind.
pub(super) fn secret(text: &str) -> SecretString {
    SecretBox::new(Box::<str>::from(text))
}
