//! The report of `cert`: one chain, judged for one or several names, as text and JSON.

mod json;

pub use json::write_json;

use crate::{
    certificate::{self, Comparison, Remark, RemarkLevel},
    event::{Certificate, Checks, IssuerFetch, SubjectName},
    language, words,
};
use jiff::Timestamp;
use serde::Serialize;
use std::io::{self, Write};

/// Names of a certificate that the text shows without being asked.
const NAMES_SHOWN: usize = 200;

/// A chain and how it was judged.
#[derive(Clone, Debug)]
pub struct CertificateReport {
    /// Where it came from.
    pub source: Source,
    /// Certificates as sent or as in the file, the server's own first.
    pub chain: Vec<Certificate>,
    /// Certificates beyond the bound that were dropped.
    pub chain_dropped: usize,
    /// The time it was judged for.
    pub at: Timestamp,
    /// One judgement for each name; a single one without name when none was given.
    pub names: Vec<Judgement>,
    /// What another certificate has in common with the first of the chain, when one was named.
    pub compared: Option<Compared>,
    /// Fetches of issuers that the chain lacks, where they were asked for.
    pub issuers: Vec<IssuerFetch>,
}

/// Another certificate beside this one.
#[derive(Clone, Debug, Serialize)]
pub struct Compared {
    /// Where the other came from.
    pub with: String,
    /// Field by field.
    #[serde(flatten)]
    pub comparison: Comparison,
}

/// Where a chain came from.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Source {
    /// A file.
    File {
        /// Its path as typed, sanitised.
        place: String,
        /// Its form, such as `PKCS#7`.
        form: &'static str,
        /// Private keys that were passed over.
        private_keys: usize,
    },
    /// A handshake.
    Host {
        /// Host and port.
        place: String,
        /// Address and port that the handshake was made with, before `--connect-to`.
        address: String,
        /// Negotiated version; absent when the handshake did not get that far.
        #[serde(skip_serializing_if = "Option::is_none")]
        version: Option<String>,
        /// Negotiated suite.
        #[serde(skip_serializing_if = "Option::is_none")]
        suite: Option<String>,
        /// An OCSP answer was stapled.
        ocsp_stapled: bool,
        /// The server asked for a client certificate.
        client_certificate: bool,
        /// Why the handshake failed all the same, in words.
        #[serde(skip_serializing_if = "Option::is_none")]
        failure: Option<String>,
    },
}

impl Source {
    /// The file or host, as shown.
    pub fn place(&self) -> &str {
        match self {
            Self::File { place, .. } | Self::Host { place, .. } => place,
        }
    }
}

/// One name's judgement.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The name; absent when none was given: then the third line is not judged.
    pub name: Option<String>,
    /// The checks.
    pub checks: Checks,
}

impl Judgement {
    /// All three checks hold (the third only where there is a name), and the certificate may serve TLS.
    pub fn is_accepted(&self) -> bool {
        let name = self.name.is_none() || self.checks.name_matches.ok;
        self.checks.trusted.ok && self.checks.in_date.ok && self.checks.usable.ok && name
    }
}

impl CertificateReport {
    /// Every name is accepted.
    pub fn is_accepted(&self) -> bool {
        !self.names.is_empty() && self.names.iter().all(Judgement::is_accepted)
    }

    /// Remarks for all names, each once, what matters most first.
    pub fn remarks(&self) -> Vec<Remark> {
        let mut remarks: Vec<Remark> = Vec::new();
        for judgement in &self.names {
            for remark in certificate::chain_review(&self.chain, &judgement.checks, self.at) {
                if !remarks.contains(&remark) {
                    remarks.push(remark);
                }
            }
        }
        remarks.sort_by_key(|remark| std::cmp::Reverse(remark.level));
        remarks
    }
}

/// Writes the report as text: the verdict, the three lines of the Security Alert for each name, what is wrong, the
/// chain, the names.
///
/// # Errors
/// When the output cannot be written.
pub fn write_text(report: &CertificateReport, out: &mut dyn Write) -> io::Result<()> {
    source(report, out)?;
    for judgement in &report.names {
        alert(judgement, out)?;
    }
    let remarks = report.remarks();
    if !remarks.is_empty() {
        writeln!(out)?;
    }
    for remark in &remarks {
        let sign = match remark.level {
            RemarkLevel::Fault => say!("FAIL"),
            RemarkLevel::Warning => say!("warn"),
            RemarkLevel::Note => say!("note"),
        };
        writeln!(out, "  {sign}  {}", words::remark(remark))?;
    }
    issuers(report, out)?;
    chain(report, out)?;
    names(report, out)?;
    report.compared.iter().try_for_each(|compared| comparison(compared, out))
}

/// What differs, then the names; equal fields are only counted.
fn comparison(compared: &Compared, out: &mut dyn Write) -> io::Result<()> {
    let Compared { with, comparison } = compared;
    if comparison.same {
        return writeln!(out, "\n{}", say!("Compared with {with}: the same certificate", with));
    }
    writeln!(out, "\n{}", say!("Compared with {with}: another certificate", with))?;
    for field in comparison.fields.iter().filter(|field| !field.is_equal()) {
        let sides = [say!("here  "), say!("there ")];
        let value =
            |text: &str| if text.is_empty() { say!("(none)").to_owned() } else { language::known(text).to_owned() };
        writeln!(out, "  {:20} {} {}", language::known(field.label), sides[0], value(&field.here))?;
        writeln!(out, "  {:20} {} {}", "", sides[1], value(&field.there))?;
    }
    let equal = comparison.fields.iter().filter(|field| field.is_equal()).count();
    writeln!(out, "  {}", say!("{count} further fields are equal", count = equal))?;
    for (label, names) in [
        (say!("names only here"), &comparison.names_only_here),
        (say!("names only there"), &comparison.names_only_there),
        (say!("names in both"), &comparison.names_in_both),
    ] {
        let listed: Vec<&str> = names.iter().take(NAMES_SHOWN).map(String::as_str).collect();
        writeln!(out, "  {label:20} {}", if listed.is_empty() { say!("none").to_owned() } else { listed.join(", ") })?;
    }
    Ok(())
}

/// What was fetched: each outcome, and what to install when it completes the chain.
fn issuers(report: &CertificateReport, out: &mut dyn Write) -> io::Result<()> {
    for fetch in &report.issuers {
        writeln!(out, "  {}", say!("note  {what}", what = words::issuer_fetch(fetch)))?;
    }
    if report.issuers.iter().any(|fetch| fetch.completes) {
        let fetched = report.issuers.iter().filter_map(|fetch| fetch.certificate.as_deref());
        for certificate in fetched.filter(|certificate| !certificate.self_issued) {
            write!(out, "\n{}", certificate::pem(certificate))?;
        }
    }
    Ok(())
}

fn source(report: &CertificateReport, out: &mut dyn Write) -> io::Result<()> {
    match &report.source {
        Source::File { place, form, private_keys } => {
            let keys = if *private_keys > 0 { say!(", private key passed over") } else { "" };
            writeln!(out, "{place}   {form}{keys}")?;
        }
        Source::Host { place, address, version, suite, ocsp_stapled, client_certificate, failure } => {
            let spoken: Vec<&str> = version.iter().chain(suite).map(String::as_str).collect();
            writeln!(out, "{}", say!("{place} at {address}   {spoken}", place, address, spoken = spoken.join(", ")))?;
            if *client_certificate {
                writeln!(out, "{}", say!("The server asks for a client certificate."))?;
            }
            if let Some(failure) = failure {
                writeln!(out, "{}", say!("The certificate was seen, but {failure}.", failure))?;
            }
            writeln!(
                out,
                "{}",
                if *ocsp_stapled { say!("An OCSP answer is stapled.") } else { say!("No OCSP answer is stapled.") }
            )?;
        }
    }
    let verdict = if report.is_accepted() { say!("ACCEPTED") } else { say!("NOT ACCEPTED") };
    writeln!(out, "{}", say!("{verdict} at {time}", verdict, time = report.at.strftime("%Y-%m-%d %H:%M UTC")))
}

fn alert(judgement: &Judgement, out: &mut dyn Write) -> io::Result<()> {
    let Checks { trusted, in_date, name_matches, usable } = &judgement.checks;
    writeln!(out, "\n{}", judgement.name.as_deref().unwrap_or(say!("(no name given)")))?;
    let sign = |ok: bool| if ok { say!(" ok ") } else { say!("FAIL") };
    writeln!(out, "  {}  {}", sign(trusted.ok), words::trusted(trusted))?;
    writeln!(out, "  {}  {}", sign(in_date.ok), words::in_date(*in_date))?;
    match judgement.name {
        Some(_) => writeln!(out, "  {}  {}", sign(name_matches.ok), words::name_matches(name_matches))?,
        None => writeln!(out, "   {}", say!("-    No name to compare with; give --name"))?,
    }
    if usable.ok { Ok(()) } else { writeln!(out, "  {}", say!("FAIL  {why}", why = words::usable(usable))) }
}

fn chain(report: &CertificateReport, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "\n{}",
        if matches!(report.source, Source::File { .. }) { say!("Chain as in the file") } else { say!("Chain as sent") }
    )?;
    for (place, certificate) in report.chain.iter().enumerate() {
        let issuer = if certificate.self_issued { say!("itself") } else { &certificate.issuer };
        let key = match certificate.key.bits {
            0 => certificate.key.algorithm.clone(),
            bits => say!("{algorithm} {bits} bits", algorithm = certificate.key.algorithm, bits),
        };
        writeln!(out, "  {}  {}", place + 1, shown(&certificate.subject))?;
        writeln!(out, "     {}", say!("issued by {issuer}", issuer = shown(issuer)))?;
        writeln!(
            out,
            "     {}",
            say!(
                "{start} to {end}{left}, {key}, {signature}",
                start = language::known(&certificate::day(certificate.not_before)),
                end = language::known(&certificate::day(certificate.not_after)),
                left = left(certificate, report.at),
                key,
                signature = certificate.signature_algorithm
            )
        )?;
        writeln!(out, "     {}", format_args!("SHA-1 {}", certificate.sha1))?;
    }
    if report.chain_dropped > 0 {
        writeln!(out, "  {}", say!("and {more} more", more = report.chain_dropped))?;
    }
    let order = certificate::chain_in_order(&report.chain, report.at);
    let as_it_is: Vec<usize> = (0..report.chain.len()).collect();
    if order != as_it_is {
        let order: Vec<String> = order.iter().map(|place| (place + 1).to_string()).collect();
        writeln!(out, "{}", say!("Chain as it should be sent: {order}", order = order.join(", ")))?;
    }
    Ok(())
}

fn names(report: &CertificateReport, out: &mut dyn Write) -> io::Result<()> {
    let Some(leaf) = report.chain.first() else { return Ok(()) };
    writeln!(out, "\n{}", say!("Names ({count})", count = leaf.names.len()))?;
    let matched: Vec<&str> =
        report.names.iter().filter_map(|judgement| judgement.checks.name_matches.matched.as_deref()).collect();
    for name in leaf.names.iter().take(NAMES_SHOWN) {
        let text = match name {
            SubjectName::Dns { name } => name.clone(),
            SubjectName::Ip { address } => address.to_string(),
            SubjectName::Other { text } => text.clone(),
        };
        let mark = if matched.contains(&text.as_str()) { say!("  <- matches") } else { "" };
        writeln!(out, "  {text}{mark}")?;
    }
    let more = leaf.names.len().saturating_sub(NAMES_SHOWN);
    if more > 0 { writeln!(out, "  {}", say!("and {more} more", more)) } else { Ok(()) }
}

fn shown(name: &str) -> &str {
    if name.is_empty() { say!("(no subject)") } else { name }
}

fn left(certificate: &Certificate, at: Timestamp) -> String {
    let Some(end) = certificate.not_after else { return String::new() };
    match (end.as_second() - at.as_second()).div_euclid(86_400) {
        over @ ..0 => say!(" (expired {days} ago)", days = words::days(-over)),
        left => say!(" ({days} left)", days = words::days(left)),
    }
}
