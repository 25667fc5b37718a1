//! The report of one chain as JSON: `assets/certificate.schema.json`.

use super::{CertificateReport, Compared, Judgement, Source};
use crate::{
    certificate::{self, Remark},
    event::{Certificate, Checks, DateReason, IssuerFetch, NameReason, StoreVerdict, TrustReason, TrustStore},
    words,
};
use jiff::Timestamp;
use serde::Serialize;
use std::io::{self, Write};

/// Version of the JSON form.
const SCHEMA: u32 = 1;

/// Writes the report as one JSON document (`assets/certificate.schema.json`). `name` and `checks` are those of the first
/// name; `names` has all of them.
///
/// # Errors
/// When the output cannot be written.
pub fn write_json(report: &CertificateReport, out: &mut dyn Write) -> io::Result<()> {
    let names = report.names.iter().map(|judgement| NameDocument {
        name: judgement.name.as_deref(),
        accepted: judgement.is_accepted(),
        checks: checks(judgement),
    });
    let findings = report.remarks().into_iter().map(|remark| FindingDocument { text: words::remark(&remark), remark });
    let document = Document {
        schema: SCHEMA,
        tool: concat!("discoscope ", env!("CARGO_PKG_VERSION")).to_owned(),
        source: &report.source,
        accepted: report.is_accepted(),
        name: report.names.first().and_then(|judgement| judgement.name.as_deref()),
        at: report.at,
        checks: report.names.first().map(checks),
        names: names.collect(),
        findings: findings.collect(),
        chain: &report.chain,
        chain_dropped: report.chain_dropped,
        chain_in_order: certificate::chain_in_order(&report.chain, report.at),
        compared: report.compared.as_ref(),
        issuers: &report.issuers,
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    tool: String,
    source: &'a Source,
    accepted: bool,
    name: Option<&'a str>,
    at: Timestamp,
    checks: Option<ChecksDocument<'a>>,
    names: Vec<NameDocument<'a>>,
    findings: Vec<FindingDocument>,
    chain: &'a [Certificate],
    chain_dropped: usize,
    chain_in_order: Vec<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compared: Option<&'a Compared>,
    #[serde(skip_serializing_if = "<[IssuerFetch]>::is_empty")]
    issuers: &'a [IssuerFetch],
}

#[derive(Serialize)]
struct NameDocument<'a> {
    name: Option<&'a str>,
    accepted: bool,
    checks: ChecksDocument<'a>,
}

#[derive(Serialize)]
struct ChecksDocument<'a> {
    trusted: TrustedDocument<'a>,
    in_date: InDateDocument,
    name_matches: Option<NameMatchesDocument<'a>>,
    usable: UsableDocument<'a>,
}

#[derive(Serialize)]
struct TrustedDocument<'a> {
    ok: bool,
    reason: TrustReason,
    store: Option<TrustStore>,
    stores: &'a [StoreVerdict],
}

#[derive(Serialize)]
struct InDateDocument {
    ok: bool,
    reason: DateReason,
    days_left: i64,
}

#[derive(Serialize)]
struct NameMatchesDocument<'a> {
    ok: bool,
    reason: NameReason,
    matched: Option<&'a str>,
    near_miss: Option<&'a str>,
}

#[derive(Serialize)]
struct UsableDocument<'a> {
    ok: bool,
    problems: &'a [String],
}

#[derive(Serialize)]
struct FindingDocument {
    #[serde(flatten)]
    remark: Remark,
    text: String,
}

fn checks(judgement: &Judgement) -> ChecksDocument<'_> {
    let Checks { trusted, in_date, name_matches, usable } = &judgement.checks;
    ChecksDocument {
        trusted: TrustedDocument {
            ok: trusted.ok,
            reason: trusted.reason,
            store: trusting_store(&judgement.checks),
            stores: &trusted.stores,
        },
        in_date: InDateDocument { ok: in_date.ok, reason: in_date.reason, days_left: in_date.days_left },
        name_matches: judgement.name.as_ref().map(|_| NameMatchesDocument {
            ok: name_matches.ok,
            reason: name_matches.reason,
            matched: name_matches.matched.as_deref(),
            near_miss: name_matches.near_miss.as_deref(),
        }),
        usable: UsableDocument { ok: usable.ok, problems: &usable.problems },
    }
}

/// The store that trusts it: what decides comes first, the public roots last.
fn trusting_store(checks: &Checks) -> Option<TrustStore> {
    let order = [TrustStore::ThisMachine, TrustStore::CaFile, TrustStore::PublicRoots];
    let trusts = |store: &TrustStore| checks.trusted.stores.iter().any(|verdict| verdict.store == *store && verdict.ok);
    if checks.trusted.ok { order.into_iter().find(trusts) } else { None }
}
