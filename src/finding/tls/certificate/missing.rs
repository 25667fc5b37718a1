//! An issuer's certificate that was not sent, and what was fetched in its place where the technician asked for it.

use super::Failed;
use crate::{
    certificate,
    event::{Certificate, Evidence, IssuerFetch},
    finding::{draft::Draft, values},
};

/// Certificates that one text to paste holds.
const PASTED_LIMIT: usize = 3;

/// What the fetches say: the certificates to install when they complete the chain, else why they do not.
pub(super) fn with_fetches(mut draft: Draft, failed: &Failed) -> Draft {
    let fetches = || {
        failed.state.evidence().filter_map(|evidence| match evidence {
            Evidence::Issuer(fetch) => Some(fetch.as_ref()),
            _ => None,
        })
    };
    for fetch in fetches() {
        draft = draft.fact(say!("fetched from {url}", url = fetch.url), outcome(fetch));
    }
    // A root need not be sent, and what completes the chain comes last.
    let certificates: Vec<&Certificate> = fetches()
        .filter_map(|fetch| fetch.certificate.as_deref())
        .filter(|certificate| !certificate.self_issued)
        .take(PASTED_LIMIT)
        .collect();
    let completes = fetches().any(|fetch| fetch.completes) && !certificates.is_empty();
    let note = match (completes, fetches().next()) {
        (true, _) => {
            let names: Vec<&str> = certificates.iter().map(|certificate| certificate.subject.as_str()).collect();
            say!("With the intermediate {names} the chain is complete.", names = names.join(say!(" and ")))
        }
        (false, Some(_)) => {
            say!("The addresses in the certificate were asked for the missing one, without success (see the evidence).")
                .to_owned()
        }
        (false, None) => String::new(),
    };
    draft = draft.value("fetched", note);
    if !completes {
        return draft
            .without(&["install-fetched"])
            .value("intermediate_pem", values::gap(say!("intermediate certificate")));
    }
    let pem: String = certificates.iter().map(|certificate| certificate::pem(certificate)).collect();
    draft.without(&["install-intermediate"]).first("install-fetched").value("intermediate_pem", pem.trim_end())
}

fn outcome(fetch: &IssuerFetch) -> String {
    let certificate = fetch.certificate.as_ref().map(|certificate| certificate.subject.clone());
    match (certificate, fetch.status) {
        (Some(subject), _) if fetch.completes => say!("{subject}, which completes the chain", subject),
        (Some(subject), _) => subject,
        (None, status) => {
            let status = status.map(|status| say!(" (status {status})", status)).unwrap_or_default();
            say!("nothing usable: {result}{status}", result = fetch.result.as_str().replace('_', " "), status)
        }
    }
}
