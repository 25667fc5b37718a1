//! The linear text report: everything the screen says, in reading order, without colour.

use crate::{
    diagnosis::{Diagnosis, WhatIf},
    event::{Cause, ClientFamily, Origin, Outcome, Sign, Stage, TlsHandshake},
    finding::{self, FAILS_ALL_THE_SAME, Finding, Question, Remedy},
    model::{CandidateState, Model},
    plan,
    walk::{Role, WalkStep},
    words,
};
use std::io::{self, Write};

/// Width that running text is wrapped to, in columns.
const WIDTH: usize = 100;

/// Writes the report.
///
/// # Errors
/// When the output cannot be written.
pub fn write(model: &Model, diagnosis: &Diagnosis, out: &mut dyn Write) -> io::Result<()> {
    header(model, diagnosis, out)?;
    let class = diagnosis.verdict.class.as_str().to_uppercase();
    paragraph(&format!("{class}: {}", diagnosis.verdict.headline), 0, out)?;
    if let Some(what_if) = &diagnosis.what_if {
        self::what_if(model, diagnosis, what_if, out)?;
    }
    this_pc(model, diagnosis.walk.client, out)?;
    writeln!(out)?;
    steps(model, diagnosis, out)?;
    dialogs(diagnosis, out)?;
    together(diagnosis, out)?;
    for (index, finding) in diagnosis.findings.iter().enumerate() {
        writeln!(out)?;
        self::finding(index + 1, finding, out)?;
    }
    questions(model, diagnosis, out)?;
    protocols(model, out)?;
    views(model, out)?;
    notes(model, out)?;
    sign_in_offer(model, diagnosis, out)?;
    others(diagnosis, out)
}

/// Writes every step with its stages and what it means.
///
/// # Errors
/// When the output cannot be written.
pub fn steps(model: &Model, diagnosis: &Diagnosis, out: &mut dyn Write) -> io::Result<()> {
    for step in &diagnosis.walk.steps {
        if let Some(state) = model.candidate(&step.candidate) {
            candidate(model, state, step, out)?;
            details(model, diagnosis.walk.client, state, step, out)?;
        }
    }
    match plan::switch(diagnosis.walk.client, Origin::Root) {
        Some(switch) => writeln!(out, "\nOff-switches are DWORD values under {} on one PC.", switch.key),
        None => Ok(()),
    }
}

/// Writes every question that only a person can answer.
///
/// # Errors
/// When the output cannot be written.
pub fn all_questions(_model: &Model, diagnosis: &Diagnosis, out: &mut dyn Write) -> io::Result<()> {
    if diagnosis.questions.is_empty() {
        return writeln!(out, "Nothing in the evidence asks for a person's answer.");
    }
    diagnosis.questions.iter().try_for_each(|question| self::question(question, out))
}

/// What was assumed, what it comes to, and the candidates that would mean something else.
fn what_if(model: &Model, diagnosis: &Diagnosis, what_if: &WhatIf, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\nWhat if")?;
    what_if.assumptions.iter().try_for_each(|assumption| writeln!(out, "   {assumption}"))?;
    for assumption in &what_if.without_effect {
        paragraph(&format!("{assumption}: this run asked nothing there, so it changes nothing"), 3, out)?;
    }
    if what_if.client != diagnosis.walk.client {
        writeln!(out, "   for {}", words::client(what_if.client))?;
    }
    paragraph(&format!("It would come to: {}", words::prospect(&what_if.verdict)), 3, out)?;
    for step in &what_if.steps {
        let before = diagnosis.walk.steps.iter().find(|before| before.candidate == step.candidate);
        let before = before.filter(|before| before.role != step.role);
        let assumed = what_if.assumed.iter().find(|assumed| assumed.candidate == step.candidate);
        let Some(state) = model.candidate(&step.candidate).filter(|_| before.is_some() || assumed.is_some()) else {
            continue;
        };
        let title = words::candidate(&state.candidate, "->", "then ");
        let before = before.map(|before| format!(", not {}", before.role.as_str())).unwrap_or_default();
        let assumed = assumed.map(|stages| format!(" {}", words::unmeasured(&stages.assumed, &stages.unknown)));
        writeln!(out, "   {title}: {}{before}{}", step.role.as_str(), assumed.unwrap_or_default().trim_end())?;
    }
    Ok(())
}

/// What was read on the PC.
fn this_pc(model: &Model, client: ClientFamily, out: &mut dyn Write) -> io::Result<()> {
    let Some(pc) = &model.pc else { return Ok(()) };
    let lines = words::this_pc(pc, client);
    let width = lines.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
    writeln!(out, "\nThis PC")?;
    lines.iter().try_for_each(|(label, value)| {
        writeln!(out, "   {label}{}   {value}", " ".repeat(width - label.chars().count()))
    })
}

/// Remedies that lead further together than any of them alone.
fn together(diagnosis: &Diagnosis, out: &mut dyn Write) -> io::Result<()> {
    let Some(together) = &diagnosis.together else { return Ok(()) };
    writeln!(out, "\nNo single change is enough. All of these together")?;
    for part in &together.remedies {
        let number = diagnosis.findings.iter().position(|finding| finding.id == part.finding).unwrap_or_default() + 1;
        paragraph(&format!("- {} (finding {number}, {})", part.title, part.finding), 3, out)?;
    }
    paragraph(&format!("lead to: {}", words::prospect(&together.leads_to)), 3, out)
}

fn header(model: &Model, diagnosis: &Diagnosis, out: &mut dyn Write) -> io::Result<()> {
    let address = model.address.as_ref();
    let domain = address.map(crate::event::Address::domain_both).unwrap_or_default();
    let local = address.map(|address| address.local.as_str()).unwrap_or_default();
    writeln!(out, "{}   {local}@{domain}   {}", model.tool, words::client(diagnosis.walk.client))?;
    writeln!(out, "asked through {}", model.vantage.resolvers.join(", "))?;
    if let Some(words) = words::standpoint(&diagnosis.standpoint) {
        paragraph(&words, 0, out)?;
    }
    writeln!(out)
}

fn candidate(model: &Model, state: &CandidateState, step: &WalkStep, out: &mut dyn Write) -> io::Result<()> {
    let number = step.number.map_or_else(|| " -".to_owned(), |number| format!("{number:2}"));
    let title = words::candidate(&state.candidate, "->", "then ");
    if let Some((_, why)) = words::standing(state.candidate.standing, model.domain()) {
        return writeln!(out, "{number}  {title}: {why}");
    }
    let code = step.code.filter(|_| step.reached).map(|code| format!("   Outlook's log: {code}")).unwrap_or_default();
    writeln!(out, "{number}  {title}: {}{code}", step.role.as_str())?;
    if let Some(point) = &state.candidate.point {
        writeln!(out, "      from {}", words::directory::point(point))?;
    }
    // What the client passes over is no alarm.
    let calm = matches!(step.role, Role::Harmless | Role::Unreached);
    let cells: Vec<String> =
        std::iter::once(Stage::Ldap).chain(Stage::PROBED).filter_map(|stage| cell(state, stage, calm)).collect();
    if !cells.is_empty() {
        writeln!(out, "      {}", cells.join("   "))?;
    }
    for answer in state.directories() {
        writeln!(out, "      {}: {}", answer.source, words::directory::directory(answer))?;
        if let Some(sign_in) = &answer.sign_in {
            writeln!(out, "      signed in as {}", words::directory::sign_in(sign_in))?;
        }
    }
    if let Some(range) = state.clear_text().and_then(TlsHandshake::version_range) {
        writeln!(out, "      in clear text it accepts {range}")?;
    }
    if let Some(redirect) = &state.redirect {
        writeln!(out, "      leads to {}", redirect.location)?;
    }
    Ok(())
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
    }
    for attempt in state.sign_ins() {
        paragraph(&words::sign_in(attempt), 6, out)?;
    }
    for (label, value) in state.ntlm().take(1).flat_map(words::ntlm_facts) {
        writeln!(out, "      NTLM tells {label}: {value}")?;
    }
    for protocol in state.answer().into_iter().flat_map(|answer| &answer.protocols) {
        let facts = words::protocol(protocol);
        if !facts.is_empty() {
            writeln!(out, "      settings {}: {}", protocol.kind, facts.join(", "))?;
        }
    }
    if let Some(off) = &step.switched_off {
        return writeln!(out, "      {}", words::switched_off(off));
    }
    match plan::switch(client, origin) {
        Some(switch) => writeln!(out, "      off-switch: {}=1", switch.value),
        None => Ok(()),
    }
}

fn cell(state: &CandidateState, stage: Stage, calm: bool) -> Option<String> {
    let known = state.stages.get(&stage)?;
    let outcome = known.outcome?;
    let status = state.exchange().and_then(|exchange| exchange.status).filter(|_| stage == Stage::Http);
    let status = status.map(|status| format!(" {status}")).unwrap_or_default();
    let label = words::stage(stage);
    match outcome {
        Outcome::Skipped { .. } | Outcome::NotApplicable => None,
        Outcome::Passed => Some(format!("{label} ok{status} {}", words::duration(known.elapsed_us))),
        Outcome::Warned { cause } => Some(format!("{label} warning{status}: {}", words::cause(cause))),
        Outcome::Failed { cause: Cause::HttpNotFound } if calm && state.candidate.origin == Origin::Root => {
            Some(format!("{label}{status}, as expected"))
        }
        Outcome::Failed { cause } if calm => Some(format!("{label}{status}: {}", words::cause(cause))),
        Outcome::Failed { cause } => Some(format!("{label} FAILED{status}: {}", words::cause(cause))),
    }
}

fn dialogs(diagnosis: &Diagnosis, out: &mut dyn Write) -> io::Result<()> {
    for prompt in &diagnosis.walk.prompts {
        let sentence = format!("Outlook {}: {}", if prompt.may { "may show" } else { "shows" }, words::dialog(prompt));
        writeln!(out)?;
        paragraph(&sentence, 0, out)?;
    }
    Ok(())
}

fn finding(number: usize, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    paragraph(&format!("{number}. {}", finding.title), 0, out)?;
    let severity = format!("{}, {}", words::severity(finding.severity), words::certainty(finding.certainty));
    writeln!(out, "   {severity}; to act: {}; case {}", finding.owner.words(), finding.id)?;
    if let Some(cause) = &finding.consequence_of {
        writeln!(out, "   a consequence of {cause}")?;
    }
    section("What was seen", out)?;
    let width = finding.evidence.iter().map(|fact| fact.label.chars().count()).max().unwrap_or(0);
    for fact in &finding.evidence {
        let padding = " ".repeat(width - fact.label.chars().count());
        writeln!(out, "     {}{padding}   {}", fact.label, fact.value)?;
    }
    for (heading, words) in [("What Outlook shows", &finding.shows), ("Why", &finding.explanation)] {
        section(heading, out)?;
        paragraphs(words, out)?;
    }
    if !finding.remedies.is_empty() {
        section("What to do", out)?;
        for (index, remedy) in finding.remedies.iter().enumerate() {
            self::remedy(index + 1, remedy, out)?;
        }
    }
    section("How to check", out)?;
    paragraphs(&finding.check, out)
}

fn remedy(number: usize, remedy: &Remedy, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "     {number}) {} [{}; {}]", remedy.title, remedy.owner.words(), remedy.kind)?;
    for line in remedy.steps.lines().filter(|line| !line.trim().is_empty()) {
        paragraph(line, 8, out)?;
    }
    if remedy.text.trim() != remedy.steps.trim() {
        for line in remedy.text.lines() {
            writeln!(out, "          {line}")?;
        }
    }
    if let Some(words) = words::leads_to(remedy) {
        paragraph(&words, 8, out)?;
    }
    for (label, words) in [("Risk", &remedy.risk), ("Undo", &remedy.undo), ("Check", &remedy.verify)] {
        if !words.is_empty() {
            paragraph(&format!("{label}: {words}"), 8, out)?;
        }
    }
    Ok(())
}

/// What only a person can tell, as far as something points there.
fn questions(model: &Model, diagnosis: &Diagnosis, out: &mut dyn Write) -> io::Result<()> {
    let told: Vec<&Question> = diagnosis.questions.iter().filter(|question| !question.read).collect();
    if !told.is_empty() {
        writeln!(out, "\nQuestions that only a person can answer")?;
    }
    for question in told {
        self::question(question, out)?;
    }
    let is_open = diagnosis.questions.iter().any(|question| question.in_case);
    if diagnosis.is_healthy() && !is_open && finding::only_the_pc_is_left(model, &diagnosis.walk) {
        writeln!(out)?;
        let words = format!(
            "If Outlook fails on a PC all the same, --reply {FAILS_ALL_THE_SAME}=yes (a in the wizard) asks about that PC \
             and its user."
        );
        paragraph(&words, 0, out)?;
    }
    Ok(())
}

fn question(question: &Question, out: &mut dyn Write) -> io::Result<()> {
    paragraph(&format!("? {}", question.question), 3, out)?;
    for fact in &question.why {
        writeln!(out, "     {}   {}", fact.label, fact.value)?;
    }
    if !question.command.is_empty() {
        writeln!(out, "     answered by:\n     {}", question.command)?;
    }
    match question.reply {
        Some(reply) => writeln!(out, "     replied: {}", words::reading(reply)),
        None => writeln!(out, "     reply with --reply {}=yes, =no or =@FILE with the command's output", question.id),
    }
}

/// What a password would add, where the search ends at a place that asks for one and nobody gave it.
fn sign_in_offer(model: &Model, diagnosis: &Diagnosis, out: &mut dyn Write) -> io::Result<()> {
    let state = diagnosis.walk.decided_by.as_ref().and_then(|id| model.candidate(id));
    let asks = |state: &&CandidateState| state.exchange().is_some_and(|one| one.status == Some(401) && one.verified);
    let Some(state) = state.filter(asks).filter(|state| state.sign_ins().next().is_none()) else { return Ok(()) };
    let words = format!(
        "A password would add the settings, and whether the hosts in them are sound: --user NAME --send-password-to {}",
        state.host()
    );
    writeln!(out)?;
    paragraph(&words, 0, out)
}

/// What endpoints say to clients other than Outlook, and what was asked outside.
fn protocols(model: &Model, out: &mut dyn Write) -> io::Result<()> {
    for endpoint in model.endpoints() {
        writeln!(out, "\nWhat {} says to each kind of client", endpoint.host)?;
        for (label, says) in super::protocols::rows(&endpoint) {
            writeln!(out, "   {label:22}{says}")?;
        }
    }
    let asked = super::protocols::outside(model);
    if !asked.is_empty() {
        writeln!(out, "\nAsked outside")?;
    }
    for question in asked {
        let (what, said) = super::protocols::outside_row(question);
        paragraph(&format!("{what}: {said}"), 3, out)?;
    }
    Ok(())
}

/// What everybody who was asked says, where several were or where they disagree.
fn views(model: &Model, out: &mut dyn Write) -> io::Result<()> {
    let table = model.views();
    if table.columns.len() < 2 || model.vantage.resolvers.len() < 2 && !table.differs() {
        return Ok(());
    }
    let said = if table.differs() { "*) they disagree" } else { "they agree" };
    writeln!(out, "\nThe names of this run in every view ({said})")?;
    super::views::lines(&table, WIDTH, "*").iter().try_for_each(|line| writeln!(out, "{}", line.text))
}

fn notes(model: &Model, out: &mut dyn Write) -> io::Result<()> {
    let notes = model.notes.iter().filter_map(|(code, detail)| words::note(*code, detail));
    notes.into_iter().try_for_each(|note| writeln!(out, "\nNote: {note}"))
}

fn others(diagnosis: &Diagnosis, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\nOther clients")?;
    for client in &diagnosis.verdict.per_client {
        let stops = client.stops_at.as_ref().map(|id| format!(" at {id}")).unwrap_or_default();
        writeln!(out, "   {:32}{}{stops}", words::client(client.client), client.class.as_str())?;
    }
    Ok(())
}

fn section(heading: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "   {heading}")
}

fn paragraphs(words: &str, out: &mut dyn Write) -> io::Result<()> {
    words.lines().filter(|line| !line.trim().is_empty()).try_for_each(|line| paragraph(line, 5, out))
}

/// Running text, wrapped and indented.
fn paragraph(words: &str, indent: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut line = String::new();
    for word in words.split_whitespace() {
        if !line.is_empty() && indent + line.chars().count() + 1 + word.chars().count() > WIDTH {
            writeln!(out, "{}{line}", " ".repeat(indent))?;
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    writeln!(out, "{}{line}", " ".repeat(indent))
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
                candidate(&model(), state, &step, out)
            };
            written(write, Origin::Srv)
        };
        assert!(line(true).contains("Outlook's log: 0x80072EE7"));
        assert!(!line(false).contains("0x80072EE7"));
    }

    fn plain(state: &CandidateState) -> WalkStep {
        let candidate = state.candidate.id.clone();
        let role = Role::Harmless;
        WalkStep { candidate, number: None, reached: true, role, code: None, waits_seconds: 0, switched_off: None }
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
            candidate(&model(), &state, &step, &mut out).expect("memory can be written");
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
            "      signs: MX contoso-test.mail.protection.outlook.com\n      off-switch: ExcludeExplicitO365Endpoint=1\n"
        );
        assert_eq!(said(ClientFamily::Outlook2007Rtm, Origin::Srv), "");
    }
}
