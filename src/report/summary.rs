//! Several runs at a glance: one line each, the worst first, and causes that several share said once.

use crate::{
    diagnosis::{ClientVerdict, Diagnosis},
    event::{Address, CandidateId},
    finding::{Certainty, Finding, Severity},
    model::Model,
};
use std::{
    cmp::Reverse,
    io::{self, Write},
};

/// Writes the summary of several runs.
///
/// # Errors
/// When the output cannot be written.
pub fn write(runs: &[(Model, Diagnosis)], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}\n", say!("{count} addresses, the worst first", count = runs.len()))?;
    let ordered = worst_first(runs);
    let width = ordered.iter().map(|run| run.addresses().chars().count()).max().unwrap_or(0);
    for run in &ordered {
        let (diagnosis, address) = (run.diagnosis, run.addresses());
        let verdict = &diagnosis.verdict;
        let padding = " ".repeat(width - address.chars().count());
        let place = verdict.stops_at.as_ref().map(|id| say!("at {step}", step = id)).unwrap_or_default();
        let cause = match diagnosis.findings.first().filter(|finding| finding.severity > Severity::Info) {
            Some(finding) => format!("{}: {}", finding.id, finding.title),
            None => say!("nothing is wrong").to_owned(),
        };
        writeln!(
            out,
            "  {:15} {address}{padding}  {place:16} {cause}",
            crate::words::verdict_class(verdict.class).to_uppercase()
        )?;
    }
    let causes = shared(runs);
    if causes.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", say!("Causes that several share"))?;
    for Shared { finding, domains } in causes {
        writeln!(out, "  {}: {}", finding.id, finding.title)?;
        writeln!(
            out,
            "      {}",
            say!("to act: {owner}; concerns {domains}", owner = finding.owner.words(), domains = domains.join(", "))
        )?;
    }
    Ok(())
}

/// A run as one of several, with others of its domain that came to the same.
#[derive(Clone, Debug)]
pub struct Ordered<'a> {
    /// The run.
    pub model: &'a Model,
    /// What it came to.
    pub diagnosis: &'a Diagnosis,
    /// Runs of the same domain that say nothing else.
    pub alike: Vec<&'a Model>,
}

impl Ordered<'_> {
    /// Its address, and those that came to the same.
    pub fn addresses(&self) -> String {
        let all = std::iter::once(self.model).chain(self.alike.iter().copied()).map(address);
        all.collect::<Vec<_>>().join(", ")
    }
}

/// The runs, the worst verdict first; of equal ones in the order that was asked for. Addresses of one domain that came to
/// the same are one.
pub fn worst_first(runs: &[(Model, Diagnosis)]) -> Vec<Ordered<'_>> {
    let mut ordered: Vec<Ordered<'_>> = Vec::new();
    for (model, diagnosis) in runs {
        let same = |known: &&mut Ordered<'_>| {
            known.model.domain() == model.domain() && comes_to(known.diagnosis) == comes_to(diagnosis)
        };
        match ordered.iter_mut().find(same) {
            Some(known) => known.alike.push(model),
            None => ordered.push(Ordered { model, diagnosis, alike: Vec::new() }),
        }
    }
    ordered.sort_by_key(|run| Reverse(gravity(run.diagnosis)));
    ordered
}

/// What a run came to, without the names that differ from one user to the next.
fn comes_to(diagnosis: &Diagnosis) -> (&[ClientVerdict], Vec<Told<'_>>) {
    let told = diagnosis.findings.iter().map(|finding| Told {
        id: &finding.id,
        severity: finding.severity,
        certainty: finding.certainty,
        candidates: &finding.candidates,
    });
    (&diagnosis.verdict.per_client, told.collect())
}

/// A finding without its words.
#[derive(PartialEq)]
struct Told<'a> {
    id: &'a str,
    severity: Severity,
    certainty: Certainty,
    candidates: &'a [CandidateId],
}

/// The root cause in a sentence, or that nothing is wrong.
pub fn cause(diagnosis: &Diagnosis) -> String {
    match diagnosis.findings.first().filter(|finding| finding.severity > Severity::Info) {
        Some(finding) => finding.title.clone(),
        None => say!("nothing is wrong").to_owned(),
    }
}

/// How bad a run is, to sort several by.
pub fn gravity(diagnosis: &Diagnosis) -> (u8, Option<Severity>) {
    let worst = diagnosis.findings.iter().map(|finding| finding.severity).max();
    (diagnosis.verdict.class.badness(), worst)
}

/// Causes that concern more than one address, a sentence each.
pub fn shared_causes(runs: &[(Model, Diagnosis)]) -> Vec<String> {
    let sentence = |Shared { finding, domains }: Shared| {
        say!(
            "{title} (to act: {owner}; concerns {domains})",
            title = finding.title,
            owner = finding.owner.words(),
            domains = domains.join(", ")
        )
    };
    shared(runs).into_iter().map(sentence).collect()
}

/// A cause as the first address that it concerns tells it, and the domains of all.
struct Shared<'a> {
    finding: &'a Finding,
    domains: Vec<&'a str>,
}

/// Causes that concern more than one domain; consequences are left to their causes.
fn shared(runs: &[(Model, Diagnosis)]) -> Vec<Shared<'_>> {
    let mut causes: Vec<Shared> = Vec::new();
    for (model, diagnosis) in runs {
        let own = diagnosis.findings.iter().filter(|finding| finding.consequence_of.is_none());
        for finding in own.filter(|finding| finding.severity > Severity::Info) {
            match causes.iter_mut().find(|cause| cause.finding.id == finding.id) {
                Some(cause) if cause.domains.contains(&model.domain()) => {}
                Some(cause) => cause.domains.push(model.domain()),
                None => causes.push(Shared { finding, domains: vec![model.domain()] }),
            }
        }
    }
    causes.retain(|cause| cause.domains.len() > 1);
    causes
}

/// The address of a run as people read it.
pub fn address(model: &Model) -> String {
    let domain = model.address.as_ref().map(Address::domain_both).unwrap_or_default();
    let local = model.address.as_ref().map_or("", |address| address.local.as_str());
    format!("{local}@{domain}")
}
