//! What every server that was asked says of every name of the run, side by side.

use super::Model;
use crate::event::{CandidateId, DnsAnswer, DnsData, DnsStatus, Evidence, Purpose, RecordType, View};
use serde::Serialize;

/// Most names of a table; a run has far fewer.
const ROW_BOUND: usize = 128;

/// All names of a run, in the view of everybody who was asked.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ViewTable {
    /// Who was asked: the system's resolver, further ones, the zones' own servers, the operating system.
    pub columns: Vec<ViewColumn>,
    /// The names, in the order of the candidates; the made-up one last.
    pub rows: Vec<ViewRow>,
}

/// Who was asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ViewColumn {
    /// Whose view.
    #[serde(flatten)]
    pub view: View,
    /// The server that answered first in this view, as `--resolver` takes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
}

/// What everybody says of one name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ViewRow {
    /// The name.
    pub name: String,
    /// Whether its service record was asked for instead of its addresses.
    pub service: bool,
    /// Nobody published this name: whoever answers has a wildcard, or makes answers up.
    pub made_up: bool,
    /// Candidates that it was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<CandidateId>,
    /// Whether the views disagree.
    pub differs: bool,
    /// One cell per column; absent where nobody was asked.
    pub cells: Vec<Option<ViewCell>>,
}

/// What one view says of one name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ViewCell {
    /// How the question ended; of addresses, IPv4 before IPv6 where both found nothing.
    pub status: DnsStatus,
    /// Addresses or targets, sorted.
    pub values: Vec<String>,
    /// Names that the name is an alias for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Lowest time to live of the records, in seconds; for a name that is denied, how long the denial is remembered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl: Option<u32>,
}

impl ViewTable {
    /// Whether anybody disagrees about anything.
    pub fn differs(&self) -> bool {
        self.rows.iter().any(|row| row.differs)
    }
}

impl Model {
    /// What every server that was asked says of every name, side by side.
    pub fn views(&self) -> ViewTable {
        let of_candidates = self.candidates.iter().flat_map(|state| {
            let answers = state.dns().filter(|answer| answer.purpose == Purpose::Lookup);
            answers.map(move |answer| (Some(&state.candidate.id), answer))
        });
        let made_up = self.facts.iter().filter_map(|evidence| match evidence {
            Evidence::Dns(answer) if is_wildcard_canary(answer) => Some((None, answer)),
            _ => None,
        });
        let answers: Vec<(Option<&CandidateId>, &DnsAnswer)> = of_candidates.chain(made_up).collect();
        let columns = columns(&answers);
        let mut rows: Vec<ViewRow> = Vec::new();
        for (candidate, answer) in &answers {
            let service = answer.question.record == RecordType::Srv;
            let known = rows.iter().position(|row| row.name == answer.question.name && row.service == service);
            if known.is_none() && rows.len() < ROW_BOUND {
                rows.push(ViewRow {
                    name: answer.question.name.clone(),
                    service,
                    made_up: candidate.is_none(),
                    candidates: Vec::new(),
                    differs: false,
                    cells: vec![None; columns.len()],
                });
            }
            let index = known.unwrap_or(rows.len().saturating_sub(1));
            let Some(row) = rows.get_mut(index) else { continue };
            if row.name != answer.question.name {
                continue; // beyond the bound
            }
            if let Some(id) = candidate.filter(|id| !row.candidates.contains(id)) {
                row.candidates.push(id.clone());
            }
            let column = columns.iter().position(|column| column.view == answer.view);
            if let Some(cell) = column.and_then(|column| row.cells.get_mut(column)) {
                add(cell, answer);
            }
        }
        for row in &mut rows {
            row.differs = differs(&columns, row);
        }
        ViewTable { columns, rows }
    }
}

/// A made-up name beside `autodiscover`, asked for its address.
fn is_wildcard_canary(answer: &DnsAnswer) -> bool {
    let name = &answer.question.name;
    answer.purpose == Purpose::WildcardCanary
        && answer.question.record == RecordType::A
        && !name.contains("._tcp.")
        && !name.ends_with(".invalid")
}

fn columns(answers: &[(Option<&CandidateId>, &DnsAnswer)]) -> Vec<ViewColumn> {
    let mut columns: Vec<ViewColumn> = Vec::new();
    for (_, answer) in answers {
        match columns.iter_mut().find(|column| column.view == answer.view) {
            Some(column) if column.server.is_none() => column.server.clone_from(&answer.responder),
            Some(_) => {}
            None => columns.push(ViewColumn { view: answer.view, server: answer.responder.clone() }),
        }
    }
    columns.sort_by_key(|column| rank(column.view));
    columns
}

fn rank(view: View) -> (u8, usize) {
    match view {
        View::System => (0, 0),
        View::Further { number } => (1, number),
        View::Authoritative => (2, 0),
        View::OperatingSystem => (3, 0),
    }
}

/// Adds what an answer says to a cell: the questions for IPv4 and IPv6 make one, and several candidates share a name.
fn add(cell: &mut Option<ViewCell>, answer: &DnsAnswer) {
    let said = ViewCell {
        status: answer.status,
        values: values(answer),
        aliases: answer.aliases().into_iter().map(str::to_owned).collect(),
        ttl: ttl(answer),
    };
    let Some(known) = cell else {
        *cell = Some(said);
        return;
    };
    let better = known.status != DnsStatus::Answered && said.status == DnsStatus::Answered;
    if better || answer.question.record == RecordType::A && known.status != DnsStatus::Answered {
        (known.status, known.ttl) = (said.status, said.ttl);
    } else if known.status == DnsStatus::Answered && said.status == DnsStatus::Answered {
        known.ttl = known.ttl.into_iter().chain(said.ttl).min();
    }
    known.values.extend(said.values);
    known.values.sort_unstable();
    known.values.dedup();
    for alias in said.aliases {
        if !known.aliases.contains(&alias) {
            known.aliases.push(alias);
        }
    }
}

fn values(answer: &DnsAnswer) -> Vec<String> {
    let mut values: Vec<String> = answer
        .records
        .iter()
        .filter_map(|record| match &record.data {
            DnsData::A { address } => Some(address.to_string()),
            DnsData::Aaaa { address } => Some(address.to_string()),
            DnsData::Srv { priority, weight, port, target } => Some(format!("{priority} {weight} {port} {target}")),
            _ => None,
        })
        .collect();
    values.sort_unstable();
    values.dedup();
    values
}

fn ttl(answer: &DnsAnswer) -> Option<u32> {
    if answer.view == View::OperatingSystem {
        return None;
    }
    let of_records = answer.records.iter().map(|record| record.ttl).min();
    match answer.status {
        DnsStatus::Answered => of_records,
        _ => answer.authority.as_ref().map(|authority| authority.negative_ttl),
    }
}

/// Whether two views say different things; who said nothing has no view. The operating system may leave out a family that
/// this machine has no address of, so it differs only where it names something else.
fn differs(columns: &[ViewColumn], row: &ViewRow) -> bool {
    let said = columns.iter().zip(&row.cells).filter_map(|(column, cell)| Some((column.view, cell.as_ref()?)));
    let mut said = said.filter(|(_, cell)| has_spoken(cell.status));
    let Some((_, first)) = said.next() else { return false };
    said.any(|(view, cell)| {
        if view == View::OperatingSystem {
            return cell.values.is_empty() != first.values.is_empty()
                || cell.values.iter().any(|value| !first.values.contains(value));
        }
        cell.values != first.values || is_fault(cell.status) != is_fault(first.status)
    })
}

fn has_spoken(status: DnsStatus) -> bool {
    !matches!(
        status,
        DnsStatus::TimedOut
            | DnsStatus::PortClosed
            | DnsStatus::Unreachable
            | DnsStatus::Untrusted
            | DnsStatus::Malformed
    )
}

/// Whether the server could or would not say.
fn is_fault(status: DnsStatus) -> bool {
    matches!(status, DnsStatus::ServerFailure | DnsStatus::Refused | DnsStatus::OtherCode)
}

#[cfg(test)]
mod tests;
