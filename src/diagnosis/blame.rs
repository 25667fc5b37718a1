//! Where the search ends nowhere: the candidates that are why.

use crate::{
    event::CandidateId,
    finding::{Finding, Severity},
    model::{Model, Progress},
    walk::{Role, VerdictClass, Walk},
};

/// Marks what decides a search without a result. A client passes over each failure without a word, so that by itself each
/// would count as harmless; but the root cause is what to cure, and what is not known is what the verdict hangs on.
pub(super) fn blame(model: &Model, walk: &mut Walk, findings: &[Finding]) {
    let over = matches!(model.progress, Progress::Finished | Progress::Cancelled);
    if !over || !matches!(walk.class, VerdictClass::Fails | VerdictClass::Inconclusive) {
        return;
    }
    let root_cause = findings.first().filter(|finding| finding.severity > Severity::Info);
    let of_root_cause: &[CandidateId] = root_cause.map_or(&[], |finding| &finding.candidates);
    for step in walk.steps.iter_mut().filter(|step| step.reached && step.role == Role::Harmless) {
        if walk.open.contains(&step.candidate) || of_root_cause.contains(&step.candidate) {
            step.role = Role::Decides;
        }
    }
}
