//! Every step with its stages, and what decides whether it is tried.

use super::paragraph::paragraph;
use crate::{
    diagnosis::Diagnosis,
    event::{Cause, ClientFamily, Origin, Outcome, Sign, Stage, TlsHandshake},
    model::{CandidateState, Model},
    plan,
    walk::{self, Role, VerdictClass, WalkStep},
    words,
};
use std::io::{self, Write};

/// Writes every step with its stages and what it means.
///
/// # Errors
/// When the output cannot be written.
pub fn steps(model: &Model, diagnosis: &Diagnosis, out: &mut dyn Write) -> io::Result<()> {
    for step in &diagnosis.walk.steps {
        if let Some(state) = model.candidate(&step.candidate) {
            candidate(model, state, (step, diagnosis.verdict.class), out)?;
            details(model, diagnosis.walk.client, state, step, out)?;
        }
    }
    match plan::switch(diagnosis.walk.client, Origin::Root) {
        Some(switch) => {
            writeln!(out, "\n{}", say!("Off-switches are DWORD values under {key} on one PC.", key = switch.key))
        }
        None => Ok(()),
    }
}

fn candidate(
    model: &Model,
    state: &CandidateState,
    (step, class): (&WalkStep, VerdictClass),
    out: &mut dyn Write,
) -> io::Result<()> {
    let number = step.number.map_or_else(|| " -".to_owned(), |number| format!("{number:2}"));
    let title = words::candidate(&state.candidate, "->", say!("then "));
    if let Some((_, why)) = words::standing(state.candidate.standing, model.domain()) {
        return writeln!(out, "{number}  {title}: {why}");
    }
    let code = step.code.filter(|_| step.reached).map(words::code_spellings);
    let code = code.map(|code| say!("   Outlook's log: {code}", code)).unwrap_or_default();
    writeln!(out, "{number}  {title}: {}{code}", words::step_role(step, class))?;
    if let Some(point) = &state.candidate.point {
        writeln!(out, "      {}", say!("from {place}", place = words::directory::point(point)))?;
    }
    // What the client passes over is no alarm.
    let calm = matches!(step.role, Role::Harmless | Role::Unreached);
    let cells: Vec<String> =
        std::iter::once(Stage::Ldap).chain(Stage::PROBED).filter_map(|stage| cell(model, state, stage, calm)).collect();
    if !cells.is_empty() {
        writeln!(out, "      {}", cells.join("   "))?;
    }
    for answer in state.directories() {
        writeln!(out, "      {}: {}", answer.source, words::directory::directory(answer))?;
        if let Some(sign_in) = &answer.sign_in {
            writeln!(out, "      {}", words::directory::signed_in(sign_in))?;
        }
    }
    if let Some(range) = state.clear_text().and_then(TlsHandshake::version_range) {
        writeln!(out, "      {}", say!("in clear text it accepts {range}", range))?;
    }
    if let Some(redirect) = &state.redirect {
        writeln!(out, "      {}", say!("leads to {location}", location = redirect.location))?;
    }
    match words::own_addresses(&walk::own_addresses(model, state)) {
        Some(elsewhere) => writeln!(out, "      {elsewhere}"),
        None => Ok(()),
    }
}

/// What decides whether the candidate is tried at all: measured signs, and the switch on the user's PC.
fn details(
    model: &Model,
    client: ClientFamily,
    state: &CandidateState,
    step: &WalkStep,
    out: &mut dyn Write,
) -> io::Result<()> {
    let origin = state.candidate.origin;
    if origin == Origin::Office365 && !model.signs.is_empty() {
        let signs: Vec<String> = model.signs.iter().map(Sign::record).collect();
        writeln!(out, "      signs: {}", signs.join(", "))?;
        if model.is_only_verified() {
            writeln!(out, "      no more than a verification record: Outlook may ask here first, or not")?;
        }
    }
    for attempt in state.sign_ins() {
        paragraph(&words::sign_in(attempt), 6, out)?;
    }
    for (label, value) in state.ntlm().take(1).flat_map(words::ntlm_facts) {
        writeln!(out, "      {}", say!("NTLM tells {label}: {value}", label, value))?;
    }
    for protocol in state.answer().into_iter().flat_map(|answer| &answer.protocols) {
        let facts = words::protocol(protocol);
        if !facts.is_empty() {
            writeln!(
                out,
                "      {}",
                say!("settings {kind}: {facts}", kind = protocol.kind, facts = facts.join(", "))
            )?;
        }
    }
    if let Some(off) = &step.switched_off {
        return writeln!(out, "      {}", words::switched_off(off));
    }
    match plan::switch(client, origin) {
        Some(switch) => writeln!(out, "      {}", say!("off-switch: {value}=1", value = switch.value)),
        None => Ok(()),
    }
}

fn cell(model: &Model, state: &CandidateState, stage: Stage, calm: bool) -> Option<String> {
    let known = state.stages.get(&stage)?;
    let outcome = walk::outcome(model, state, stage)?;
    let status = state.decisive_status().filter(|_| stage == Stage::Http);
    let status = status.map(|status| format!(" {status}")).unwrap_or_default();
    let label = words::stage(stage);
    match outcome {
        Outcome::Skipped { .. } | Outcome::NotApplicable => None,
        Outcome::Passed => Some(match known.outcome.and_then(Outcome::cause) {
            // What stays to be said although nothing is wrong.
            Some(cause) => say!("{label} ok: {cause}", label, cause = words::cause(cause)),
            None => say!("{label} ok{status} {duration}", label, status, duration = words::duration(known.elapsed_us)),
        }),
        Outcome::Warned { cause } => {
            Some(say!("{label} warning{status}: {cause}", label, status, cause = words::cause(cause)))
        }
        Outcome::Failed { cause: Cause::HttpNotFound } if calm && state.candidate.origin == Origin::Root => {
            Some(say!("{label}{status}, as expected", label, status))
        }
        Outcome::Failed { cause } if calm => Some(format!("{label}{status}: {}", words::cause(cause))),
        Outcome::Failed { cause } => {
            Some(say!("{label} FAILED{status}: {cause}", label, status, cause = words::cause(cause)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        event::{Address, Standing},
        model::StageState,
        plan::PlanInput,
    };

    fn model() -> Model {
        let domain = "contoso.test".to_owned();
        let address = Address { local: "a".to_owned(), domain: domain.clone(), domain_unicode: domain };
        let input = PlanInput {
            address: address.clone(),
            directory: false,
            scp_urls: Vec::new(),
            only: Vec::new(),
            skip: Vec::new(),
        };
        let state = |mut candidate: crate::event::Candidate| {
            candidate.standing = Standing::Probed;
            CandidateState { candidate, stages: Default::default(), redirect: None, finished: true }
        };
        let candidates = plan::plan(&input).into_iter().map(state).collect();
        let signs = vec![Sign::MailServer { exchange: "contoso-test.mail.protection.outlook.com".to_owned() }];
        let mut model = Model::default();
        (model.address, model.candidates, model.signs) = (Some(address), candidates, signs);
        model
    }

    fn written(write: impl Fn(&CandidateState, &mut dyn Write) -> io::Result<()>, origin: Origin) -> String {
        let model = model();
        let state = model.of_origin(origin).next().expect("a candidate of the plan");
        let mut out = Vec::new();
        write(state, &mut out).expect("memory can be written");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn a_code_stands_only_where_outlook_gets() {
        let line = |reached| {
            let write = |state: &CandidateState, out: &mut dyn Write| {
                let step = WalkStep {
                    candidate: state.candidate.id.clone(),
                    number: Some(6),
                    reached,
                    role: Role::Harmless,
                    code: Some("0x80072EE7"),
                    waits_seconds: 0,
                    switched_off: None,
                };
                candidate(&model(), state, (&step, VerdictClass::NeedsPassword), out)
            };
            written(write, Origin::Srv)
        };
        assert!(line(true).contains("Outlook's log: 0x80072EE7, 2147954407, -2147012889"));
        assert!(!line(false).contains("0x80072EE7"));
    }

    fn plain(state: &CandidateState) -> WalkStep {
        let candidate = state.candidate.id.clone();
        let role = Role::Harmless;
        WalkStep { candidate, number: None, reached: true, role, code: None, waits_seconds: 0, switched_off: None }
    }

    #[test]
    fn imap_settings_are_a_fault_only_where_exchange_is_expected() {
        let mut model = model();
        let mut state = model.of_origin(Origin::Root).next().expect("a candidate of the plan").clone();
        let outcome = Some(Outcome::Failed { cause: Cause::XmlImapOnly });
        state.stages.insert(Stage::Xml, StageState { outcome, ..StageState::default() });
        assert_eq!(walk::outcome(&model, &state, Stage::Xml), outcome);
        model.signs.clear();
        assert_eq!(walk::outcome(&model, &state, Stage::Xml), Some(Outcome::Passed));
        assert_eq!(cell(&model, &state, Stage::Xml, false).as_deref(), Some("XML ok: IMAP only"));
    }

    #[test]
    fn what_is_passed_over_is_said_calmly() {
        let line = |origin, role, cause| {
            let mut state = model().of_origin(origin).next().expect("a candidate of the plan").clone();
            let outcome = Some(Outcome::Failed { cause });
            state.stages.insert(Stage::Http, StageState { outcome, ..StageState::default() });
            let (id, code) = (state.candidate.id.clone(), None);
            let step = WalkStep {
                candidate: id,
                number: Some(3),
                reached: true,
                role,
                code,
                waits_seconds: 0,
                switched_off: None,
            };
            let mut out = Vec::new();
            candidate(&model(), &state, (&step, VerdictClass::NeedsPassword), &mut out).expect("memory can be written");
            String::from_utf8(out).expect("text")
        };
        assert!(line(Origin::Root, Role::Harmless, Cause::HttpNotFound).contains("HTTP, as expected"));
        assert!(line(Origin::Redirect, Role::Unreached, Cause::HttpNoRedirect).contains("HTTP: no redirect"));
        assert!(line(Origin::Autodiscover, Role::Decides, Cause::HttpNotFound).contains("HTTP FAILED: not found"));
    }

    #[test]
    fn switches_and_signs_are_said() {
        let said = |client, origin| written(|state, out| details(&model(), client, state, &plain(state), out), origin);
        assert_eq!(said(ClientFamily::Outlook365, Origin::Root), "      off-switch: ExcludeHttpsRootDomain=1\n");
        assert_eq!(
            said(ClientFamily::Outlook365, Origin::Office365),
            "      signs: MX contoso-test.mail.protection.outlook.com\n      off-switch: \
             ExcludeExplicitO365Endpoint=1\n"
        );
        assert_eq!(said(ClientFamily::Outlook2007Rtm, Origin::Srv), "");
    }
}
