//! The one constructor of findings: a rule gives id, certainty, candidates, facts and values, the catalogue the words.

use super::{
    Certainty, Fact, Finding, Owner, Remedy, Severity,
    case::{Case, lookups},
    values,
};
use crate::{
    assumption,
    catalogue::{self, FilledRemedy, Values},
    event::{CandidateId, DnsData, DnsRecord, HttpExchange, Origin, Stage, TlsHandshake},
    model::CandidateState,
};

/// A finding in the making.
pub(super) struct Draft {
    id: &'static str,
    certainty: Certainty,
    severity: Option<Severity>,
    owner: Option<Owner>,
    tickets_go_to_owner: bool,
    candidates: Vec<CandidateId>,
    stage: Option<Stage>,
    facts: Vec<Fact>,
    values: Values,
    first_remedy: Option<&'static str>,
    left_out: Vec<&'static str>,
    asks_for_srv: bool,
    /// It was read on the PC, so that the title need not say "may".
    when_read: bool,
    /// Targets of the SRV records that are published already, on the port that Outlook goes to.
    published: Vec<String>,
    /// What Active Directory holds already.
    directory: Vec<String>,
    /// The mail domain as it is asked for and as people read it, where the two differ.
    domain: Option<(String, String)>,
}

/// Remedies that publish an SRV record.
const SRV_REMEDIES: [&str; 4] = ["srv-record", "srv-powershell", "srv-dnscmd", "srv-ticket"];

impl Draft {
    /// A finding about one candidate, or about the run where there is none.
    pub(super) fn new(case: &Case, id: &'static str, certainty: Certainty, about: Option<&CandidateState>) -> Self {
        Self {
            id,
            certainty,
            severity: None,
            owner: None,
            tickets_go_to_owner: false,
            candidates: about.map(|state| state.candidate.id.clone()).into_iter().collect(),
            stage: None,
            facts: Vec::new(),
            values: values::of(case, about),
            first_remedy: None,
            left_out: Vec::new(),
            asks_for_srv: case.has_step(Origin::Srv),
            when_read: false,
            published: published(case),
            directory: case.model.of_origin(Origin::Scp).filter_map(|state| state.candidate.url.clone()).collect(),
            domain: case.model.address.as_ref().and_then(|address| {
                let differ = address.domain != address.domain_unicode;
                differ.then(|| (address.domain.clone(), address.domain_unicode.clone()))
            }),
        }
    }

    /// It was read on the PC.
    pub(super) fn when_read(mut self) -> Self {
        self.when_read = true;
        self
    }

    /// Another candidate that is concerned.
    pub(super) fn and(mut self, state: &CandidateState) -> Self {
        if !self.candidates.contains(&state.candidate.id) {
            self.candidates.push(state.candidate.id.clone());
        }
        self
    }

    /// The stage it speaks about.
    pub(super) fn stage(mut self, stage: Stage) -> Self {
        self.stage = Some(stage);
        self
    }

    /// One thing that was seen; repetitions are dropped.
    pub(super) fn fact(mut self, label: impl Into<String>, value: impl Into<String>) -> Self {
        let fact = Fact::new(label, value);
        if !fact.value.is_empty() && !self.facts.contains(&fact) {
            self.facts.push(fact);
        }
        self
    }

    /// A value for the page.
    pub(super) fn value(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.values.insert(name, value.into());
        self
    }

    /// Whether a value says anything.
    pub(super) fn holds(&self, name: &str) -> bool {
        self.values.get(name).is_some_and(|value| !value.is_empty())
    }

    /// A severity other than the page's.
    pub(super) fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// An owner other than the page's.
    pub(super) fn owner(mut self, owner: Owner) -> Self {
        self.owner = Some(owner);
        self
    }

    /// Whoever has to act gets the ticket too, whom the page addresses it to otherwise.
    pub(super) fn tickets_go_to_owner(mut self) -> Self {
        self.tickets_go_to_owner = true;
        self
    }

    /// The remedy that comes first this time.
    pub(super) fn first(mut self, remedy: &'static str) -> Self {
        self.first_remedy = Some(remedy);
        self
    }

    /// A remedy that cannot help this time.
    pub(super) fn without(mut self, remedies: &[&'static str]) -> Self {
        self.left_out.extend_from_slice(remedies);
        self
    }

    /// What DNS said about the candidate's host.
    pub(super) fn dns_facts(mut self, state: &CandidateState) -> Self {
        for answer in lookups(state) {
            for record in &answer.records {
                self = self.fact(record.name.clone(), record_words(record));
            }
        }
        self
    }

    /// What the certificate says, and which checks fail.
    pub(super) fn certificate_facts(mut self, handshake: &TlsHandshake) -> Self {
        let Some(leaf) = handshake.leaf() else { return self };
        self = self.fact(say!("certificate lists"), values::names(leaf)).fact(say!("issued by"), leaf.issuer.clone());
        let Some(checks) = &handshake.checks else { return self };
        if !checks.in_date.ok {
            self = self.fact(say!("valid until"), values::date(leaf.not_after));
        }
        let red: Vec<&str> = [
            (checks.trusted.ok, say!("issuer")),
            (checks.in_date.ok, say!("date")),
            (checks.name_matches.ok, say!("name")),
        ]
        .into_iter()
        .filter_map(|(ok, line)| (!ok).then_some(line))
        .collect();
        let besides = checks.usable.problems.join(", ").replace('_', " ");
        self.fact(say!("fails the check of"), red.join(", ")).fact(say!("usage and strength"), besides)
    }

    /// What came back over HTTP.
    pub(super) fn http_facts(self, exchange: &HttpExchange) -> Self {
        let status = exchange.status.map(|status| format!("{status} {}", exchange.reason).trim().to_owned());
        let server = exchange.header("server").map(|server| say!("   server {server}", server)).unwrap_or_default();
        let label = format!("{} {}", exchange.method, exchange.url);
        let kind = exchange.header("content-type").unwrap_or("").to_owned();
        self.fact(label, format!("{}{server}", status.unwrap_or_else(|| say!("no answer").to_owned())))
            .fact(say!("content"), kind)
    }

    /// The finding, with the page's words; none when there is no such page.
    pub(super) fn finish(mut self) -> Option<Finding> {
        let page = catalogue::page(self.id)?;
        let is_published = self.name_srv_record();
        let filled = page.fill(&self.values);
        let read_title = page.title_when_read(&self.values).filter(|_| self.when_read);
        debug_assert!(!cfg!(test) || filled.missing.is_empty(), "{}: no value for {:?}", self.id, filled.missing);
        let owner = self.owner.or_else(|| Owner::from_word(page.owner)).unwrap_or(Owner::Nobody);
        let mut remedies = filled.remedies;
        let is_srv = |id: &str| SRV_REMEDIES.contains(&id);
        remedies.retain(|remedy| !(self.left_out.contains(&remedy.id) || is_published && is_srv(remedy.id)));
        remedies.retain(|remedy| !self.repeats_directory(remedy));
        // An SRV record is no cure for a client that never asks for it, only for the others of the same domain.
        let is_useless = |id: &str| !self.asks_for_srv && is_srv(id);
        // One that lacks the name or address it is about has to wait until somebody finds that out.
        let gaps: Vec<&String> = self.values.values().filter(|value| values::is_gap(value)).collect();
        let lacks = |remedy: &FilledRemedy| {
            let texts = [&remedy.title, &remedy.text, &remedy.assume];
            texts.iter().any(|text| gaps.iter().any(|gap| text.contains(gap.as_str())))
        };
        let place =
            |remedy: &FilledRemedy| (is_useless(remedy.id), lacks(remedy), Some(remedy.id) != self.first_remedy);
        // A ticket never stands before what it asks for.
        let best = remedies.iter().filter(|remedy| remedy.kind != "ticket").map(place).min().unwrap_or_default();
        remedies.sort_by_key(|remedy| if remedy.kind == "ticket" { place(remedy).max(best) } else { place(remedy) });
        Some(Finding {
            id: self.id.to_owned(),
            title: in_both_forms(read_title.unwrap_or(filled.title), self.domain.as_ref()),
            severity: self.severity.or_else(|| Severity::from_word(page.severity)).unwrap_or(Severity::Minor),
            certainty: self.certainty,
            owner,
            candidates: self.candidates,
            stage: self.stage,
            evidence: self.facts,
            shows: filled.shows,
            explanation: filled.why,
            remedies: remedies.into_iter().map(|remedy| into_remedy(remedy, owner, self.tickets_go_to_owner)).collect(),
            check: filled.check,
            consequence_of: None,
        })
    }

    /// The lines that publish the SRV record, once its target is settled; empty where it is there already.
    fn name_srv_record(&mut self) -> bool {
        let value = |name| self.values.get(name).cloned().unwrap_or_default();
        let (domain, target) = (value("domain"), value("srv_target"));
        let (zone, record) = (value("srv_zone"), value("srv_record"));
        let is_published = self.published.contains(&target);
        let mut insert = |name, line: String| {
            self.values.insert(name, if is_published { String::new() } else { line });
        };
        insert("srv_line", format!("_autodiscover._tcp.{domain}. 3600 IN SRV 0 0 443 {target}."));
        insert(
            "srv_powershell",
            format!(
                "Add-DnsServerResourceRecord -Srv -ZoneName \"{zone}\" -Name \"{record}\" -DomainName \"{target}\" \
                 -Priority 0 -Weight 0 -Port 443 -TimeToLive 01:00:00"
            ),
        );
        // To a shell a bracket is a redirection.
        let quote = if values::is_gap(&target) { "\"" } else { "" };
        insert("srv_dnscmd", format!("dnscmd . /RecordAdd {zone} {record} SRV 0 0 443 {quote}{target}.{quote}"));
        insert("assume_srv", format!("add _autodiscover._tcp.{domain} SRV 0 0 443 {target}"));
        let line = self.values.get("srv_line").filter(|line| !line.is_empty());
        let and = line.map(|line| format!("and: {line}")).unwrap_or_default();
        let words = match is_published {
            true => say!("The SRV record is there already; leave it as it is."),
            false => say!("Publish the SRV record, so that there is something to move on to."),
        };
        self.values.extend([("and_srv_line", and), ("srv_words", words.to_owned())]);
        is_published
    }

    /// Whether a remedy would store in Active Directory what is stored there.
    fn repeats_directory(&self, remedy: &FilledRemedy) -> bool {
        let wanted = remedy.assume.strip_prefix("directory ");
        wanted.is_some_and(|wanted| {
            !self.directory.is_empty() && self.directory.iter().all(|url| url.eq_ignore_ascii_case(wanted))
        })
    }

    /// The finding as a list, for rules that find one at most.
    pub(super) fn found(self) -> Vec<Finding> {
        self.finish().into_iter().collect()
    }
}

/// Targets of the domain's SRV records that name the port that Outlook goes to.
fn published(case: &Case) -> Vec<String> {
    let answers = case.first_of(Origin::Srv).into_iter().flat_map(lookups);
    let records = answers.flat_map(|answer| &answer.records).filter_map(|record| match &record.data {
        DnsData::Srv { port: 443, target, .. } => Some(target.to_ascii_lowercase()),
        _ => None,
    });
    records.collect()
}

/// Findings that say the same of several candidates as one: the step on port 80 asks for the same host as the step before
/// it, and redirects lead to one place from several.
pub(super) fn once_per_title(found: impl Iterator<Item = Finding>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for finding in found {
        match findings.iter_mut().find(|known| known.title == finding.title) {
            Some(known) => known.candidates.extend(finding.candidates),
            None => findings.push(finding),
        }
    }
    findings
}

/// A title that names a host of an internationalised domain says it as people read it, and once as it is asked for.
fn in_both_forms(title: String, domain: Option<&(String, String)>) -> String {
    match domain {
        Some((ascii, unicode)) if title.contains(ascii.as_str()) => {
            format!("{} ({ascii})", title.replace(ascii.as_str(), unicode))
        }
        _ => title,
    }
}

fn into_remedy(remedy: FilledRemedy, owner: Owner, to_owner: bool) -> Remedy {
    let page_owner = Owner::from_word(remedy.who).filter(|_| !(to_owner && remedy.kind == "ticket"));
    let text = if remedy.text.is_empty() { remedy.steps.clone() } else { remedy.text };
    Remedy {
        title: remedy.title,
        kind: remedy.kind.to_owned(),
        steps: remedy.steps,
        text,
        owner: page_owner.unwrap_or(owner),
        risk: remedy.risk,
        undo: remedy.undo,
        verify: remedy.check,
        assumes: assumption::parse_all(&remedy.assume).unwrap_or_default(),
        unforeseen: unforeseen(&remedy.assume, &remedy.unforeseen),
        leads_to: None,
        cures: None,
    }
}

/// Why nobody can tell what a remedy leads to: the page says so, or it needs a name that is not known.
fn unforeseen(assume: &str, reason: &str) -> Option<String> {
    if assume == catalogue::NOTHING {
        return Some(say!("It changes nothing by itself.").to_owned());
    }
    let reason = match values::gaps(assume).as_slice() {
        [] => reason.to_owned(),
        gaps => say!("it needs something that this run does not know: {what}", what = gaps.join(", ")),
    };
    (!reason.is_empty()).then(|| cannot_be_told(&reason))
}

/// The sentence of a remedy of which nobody can tell where it leads.
pub fn cannot_be_told(reason: &str) -> String {
    say!("What follows cannot be computed: {reason}.", reason)
}

/// A record as an evidence line: `A 192.0.2.10   TTL 3600`.
pub(super) fn record_words(record: &DnsRecord) -> String {
    let (kind, mut text) = record.data.in_zone_file();
    if let DnsData::Txt { text: plain } = &record.data {
        text.clone_from(plain);
    }
    format!("{kind} {text}   TTL {}", record.ttl)
}
