//! The JSON report. Field names are a contract: `assets/report.schema.json` documents each.

use crate::{
    diagnosis::{Diagnosis, Together, Verdict, WhatIf},
    event::{
        Address, CandidateId, ClientFamily, Evidence, NoteCode, Origin, Outcome, PointSource, Sign, Standing,
        StoreSummary, ThisPc,
    },
    finding::{Finding, Question, Standpoint},
    model::{CandidateState, Endpoint, Model, Progress, ViewTable},
    plan::{self, Switch},
    walk::{Role, SwitchedOff, WalkStep},
};
use jiff::Timestamp;
use serde::Serialize;
use std::io::{self, Write};

/// Version of the report's form.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Report<'a> {
    schema: u32,
    tool: &'a str,
    address: Option<&'a Address>,
    client: ClientFamily,
    vantage: VantageReport<'a>,
    started: Option<Timestamp>,
    elapsed_ms: f64,
    complete: bool,
    verdict: &'a Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    what_if: Option<&'a WhatIf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pc: Option<&'a ThisPc>,
    signs: &'a [Sign],
    candidates: Vec<CandidateReport<'a>>,
    facts: &'a [Evidence],
    views: ViewTable,
    protocols: Vec<Endpoint>,
    findings: &'a [Finding],
    #[serde(skip_serializing_if = "Option::is_none")]
    together: Option<&'a Together>,
    questions: &'a [Question],
    notes: Vec<NoteReport<'a>>,
}

#[derive(Serialize)]
struct VantageReport<'a> {
    resolvers: &'a [String],
    system_resolvers: bool,
    operating_system_asked: bool,
    stores: &'a [StoreSummary],
    #[serde(flatten)]
    standpoint: &'a Standpoint,
}

#[derive(Serialize)]
struct NoteReport<'a> {
    code: NoteCode,
    detail: &'a str,
}

#[derive(Serialize)]
struct CandidateReport<'a> {
    id: &'a CandidateId,
    origin: Origin,
    number: Option<usize>,
    url: Option<&'a str>,
    standing: Standing,
    #[serde(skip_serializing_if = "Option::is_none")]
    opened_by: Option<&'a CandidateId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirected_to: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    point: Option<&'a PointSource>,
    reached: bool,
    role: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    waits_seconds: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    switch: Option<Switch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    switched_off: Option<&'a SwitchedOff>,
    stages: Vec<StageReport<'a>>,
}

#[derive(Serialize)]
struct StageReport<'a> {
    stage: &'static str,
    outcome: &'static str,
    cause: Option<String>,
    elapsed_ms: f64,
    evidence: &'a [Evidence],
}

/// Writes the report as one indented JSON document with a final line break.
///
/// # Errors
/// When the output cannot be written.
pub fn write(model: &Model, diagnosis: &Diagnosis, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &report(model, diagnosis))?;
    out.write_all(b"\n")
}

/// Writes the reports of several runs as one JSON array, in the order they were asked for.
///
/// # Errors
/// When the output cannot be written.
pub fn write_several(runs: &[(Model, Diagnosis)], out: &mut dyn Write) -> io::Result<()> {
    let reports: Vec<Report<'_>> = runs.iter().map(|(model, diagnosis)| report(model, diagnosis)).collect();
    serde_json::to_writer_pretty(&mut *out, &reports)?;
    out.write_all(b"\n")
}

fn report<'a>(model: &'a Model, diagnosis: &'a Diagnosis) -> Report<'a> {
    let candidates = diagnosis
        .walk
        .steps
        .iter()
        .filter_map(|step| model.candidate(&step.candidate).map(|state| candidate(state, step, diagnosis.walk.client)))
        .collect();
    Report {
        schema: SCHEMA,
        tool: &model.tool,
        address: model.address.as_ref(),
        client: diagnosis.walk.client,
        vantage: vantage(model, diagnosis),
        views: model.views(),
        protocols: model.endpoints(),
        started: model.started,
        elapsed_ms: milliseconds(model.elapsed_us),
        complete: model.progress == Progress::Finished,
        verdict: &diagnosis.verdict,
        what_if: diagnosis.what_if.as_ref(),
        pc: model.pc.as_ref(),
        signs: &model.signs,
        candidates,
        facts: &model.facts,
        findings: &diagnosis.findings,
        together: diagnosis.together.as_ref(),
        questions: &diagnosis.questions,
        notes: model.notes.iter().map(|(code, detail)| NoteReport { code: *code, detail }).collect(),
    }
}

fn vantage<'a>(model: &'a Model, diagnosis: &'a Diagnosis) -> VantageReport<'a> {
    VantageReport {
        resolvers: &model.vantage.resolvers,
        system_resolvers: model.vantage.system_resolvers,
        operating_system_asked: model.vantage.operating_system_asked,
        stores: &model.vantage.stores,
        standpoint: &diagnosis.standpoint,
    }
}

fn candidate<'a>(state: &'a CandidateState, step: &'a WalkStep, client: ClientFamily) -> CandidateReport<'a> {
    let stages = state
        .stages
        .iter()
        .map(|(stage, known)| StageReport {
            stage: stage.as_str(),
            outcome: outcome(known.outcome),
            cause: known.outcome.and_then(Outcome::cause).map(crate::event::Cause::code),
            elapsed_ms: milliseconds(known.elapsed_us),
            evidence: &known.evidence,
        })
        .collect();
    CandidateReport {
        id: &state.candidate.id,
        origin: state.candidate.origin,
        number: step.number,
        url: state.candidate.url.as_deref(),
        standing: state.candidate.standing,
        opened_by: state.candidate.opened_by.as_ref(),
        point: state.candidate.point.as_ref(),
        redirected_to: state.redirect.as_ref().map(|redirect| redirect.location.as_str()),
        reached: step.reached,
        role: step.role,
        code: step.code,
        waits_seconds: step.waits_seconds,
        switch: plan::switch(client, state.candidate.origin),
        switched_off: step.switched_off.as_ref(),
        stages,
    }
}

fn outcome(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        Some(Outcome::Passed) => "passed",
        Some(Outcome::Warned { .. }) => "warned",
        Some(Outcome::Failed { .. }) => "failed",
        Some(Outcome::Skipped { .. }) => "skipped",
        Some(Outcome::NotApplicable) => "not_applicable",
        None => "unfinished",
    }
}

#[expect(clippy::cast_precision_loss, reason = "a run lasts less than 2^53 microseconds")]
fn milliseconds(microseconds: u64) -> f64 {
    microseconds as f64 / 1000.0
}
