//! The screen in lines: everything that it tells is told there too, and nothing is drawn.

mod support;

use discoscope::{
    diagnosis::{Diagnosis, diagnose},
    event::{ClientFamily, Command, Envelope, Reply},
    lab,
    model::Model,
    tui::{
        Ended, Exit, Look, Options, Privacy, Theme,
        action::Effect,
        app::{App, Message, update},
        clipboard::Copied,
        keymap::Keys,
        plain, view,
    },
    words,
};
use ratatui::layout::Rect;
use std::io;
use tokio::sync::mpsc;

/// Scenarios that run at the same time.
const AT_ONCE: usize = 8;

fn options(private: bool) -> Options {
    Options {
        diagnose,
        look: Look::new(Theme::Mono, true),
        keys: Keys::default(),
        rerun_refused: None,
        can_go_back: false,
        goes_on: false,
        marked: None,
        privacy: Privacy::new(private, Default::default()),
        present: false,
        copy: |_| Ok(Copied::Clipboard),
        export: |_, _| Err(io::Error::other("nothing is written here")),
    }
}

/// What is told of a run, with these lines typed once it is over; and what remains.
async fn told(envelopes: &[Envelope], typed: Option<&[&str]>, private: bool) -> (String, Ended, Vec<Command>) {
    let (front, receiver) = mpsc::unbounded_channel();
    envelopes.iter().for_each(|envelope| front.send(envelope.clone()).expect("somebody listens"));
    let (commands, mut asked) = mpsc::unbounded_channel();
    let (lines, line) = mpsc::unbounded_channel();
    typed.into_iter().flatten().for_each(|text| lines.send((*text).to_owned()).expect("somebody listens"));
    // A run that can still be asked keeps talking; one that cannot is over.
    let open = typed.is_some().then_some(front);
    drop(lines);
    let mut out = Vec::new();
    let line = typed.map(|_| line);
    let ended = plain::tell(line, &mut out, receiver, commands, None, options(private), std::future::pending()).await;
    drop(open);
    let mut sent = Vec::new();
    while let Ok(command) = asked.try_recv() {
        sent.push(command);
    }
    (String::from_utf8(out).expect("text"), ended.expect("memory can be written"), sent)
}

/// Words alone: lines break elsewhere on a screen.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every fact that the explanations of a run are made of.
fn facts(model: &Model, diagnosis: &Diagnosis) -> Vec<String> {
    let mut facts = vec![diagnosis.verdict.headline.clone()];
    for step in &diagnosis.walk.steps {
        let Some(state) = model.candidate(&step.candidate) else { continue };
        let title = words::candidate(&state.candidate, "->", "then ");
        match words::standing(state.candidate.standing, model.domain()) {
            Some((_, why)) => facts.push(format!("{title}: {why}")),
            None => facts.push(format!("{title}: {}", words::role(step.role, diagnosis.verdict.class))),
        }
    }
    facts.extend(diagnosis.walk.prompts.iter().map(words::dialog));
    for finding in &diagnosis.findings {
        facts.push(finding.title.clone());
        facts.push(words::certainty(finding.certainty).to_owned());
        facts.push(finding.owner.words().to_owned());
        facts.extend(finding.evidence.iter().map(|fact| format!("{} {}", fact.label, fact.value)));
        facts.extend([finding.shows.clone(), finding.explanation.clone(), finding.check.clone()]);
        for remedy in &finding.remedies {
            facts.extend([remedy.title.clone(), remedy.steps.clone(), remedy.text.clone(), remedy.risk.clone()]);
            facts.extend([remedy.undo.clone(), remedy.verify.clone()]);
            facts.extend(remedy.leads_to.as_ref().map(words::prospect));
            facts.extend(remedy.unforeseen.clone());
        }
    }
    facts.extend(model.notes.iter().filter_map(|(code, detail)| words::note(*code, detail)));
    facts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fact_of_the_screen_is_told_in_every_case() {
    let scenarios = lab::scenarios().expect("all files can be read");
    assert!(scenarios.len() >= 15, "only {} scenarios: this check would prove little", scenarios.len());
    let mut missing = Vec::new();
    for group in scenarios.chunks(AT_ONCE) {
        let runs = group.iter().map(support::envelopes);
        for (scenario, envelopes) in group.iter().zip(futures_util::future::join_all(runs).await) {
            let (text, ..) = told(&envelopes, None, false).await;
            assert!(!text.contains('\u{1b}'), "{}: an escape sequence", scenario.name);
            assert!(!text.contains(['✓', '✗', '▸', '│', '─']), "{}: a sign without a word", scenario.name);
            let told = squeezed(&text);
            let (model, diagnosis) = support::conclude(&envelopes, ClientFamily::default());
            let facts = facts(&model, &diagnosis);
            assert!(facts.len() > 6, "{}: too few facts to prove anything", scenario.name);
            let lost = facts.iter().filter(|fact| !told.contains(&squeezed(fact)));
            missing.extend(lost.map(|fact| format!("{}: {fact}", scenario.name)));
        }
    }
    assert!(missing.is_empty(), "{} facts are not told\n{}", missing.len(), missing.join("\n"));
}

async fn case(name: &str) -> Vec<Envelope> {
    support::envelopes(&lab::scenario(name).expect("a scenario")).await
}

#[tokio::test]
async fn each_step_is_said_as_it_is_learnt_before_the_report() {
    let envelopes = case("wizard-certificate").await;
    let (text, ended, _) = told(&envelopes, None, false).await;
    assert_eq!(ended.exit, Exit::Quit);
    let lines: Vec<&str> = text.lines().collect();
    let place = |part: &str| {
        let found = lines.iter().position(|line| line.contains(part));
        found.unwrap_or_else(|| panic!("{part:?} is missing in\n{text}"))
    };
    let start = place("looking where Outlook Microsoft 365 looks for ");
    let stage = place("step 4, https://autodiscover.contoso.test: TLS failed: ");
    let over = place("the run is over");
    let report = place("ASKS THE USER: ");
    assert!(start < stage && stage < over && over < report, "{text}");
    let live = lines.get(..over).expect("lines").iter().filter(|line| line.contains(": DNS "));
    assert!(live.count() >= 3, "{text}");
}

#[tokio::test]
async fn the_words_reach_what_the_screen_explains() {
    let envelopes = case("wizard-certificate").await;
    let mut app = App::new(diagnose, Look::new(Theme::Mono, true), Rect::new(0, 0, 160, 50));
    update(&mut app, Message::Run(envelopes.clone()));
    let steps = app.diagnosis.as_ref().expect("the run is over").walk.steps.clone();
    for step in &steps {
        app.ui.selected = Some(step.candidate.clone());
        app.ui.remedy = 0;
        let line = format!("why {}", step.number.map_or(step.candidate.to_string(), |number| number.to_string()));
        let (said, _) = plain::said(&mut app, &line);
        let seen = view::plain_text(&app);
        assert!(squeezed(&said).ends_with(&squeezed(&seen)) && !seen.trim().is_empty(), "{line}: {said}\n{seen}");
    }
}

#[tokio::test]
async fn every_command_answers() {
    let envelopes = case("wizard-certificate").await;
    let mut app = App::new(diagnose, Look::new(Theme::Mono, true), Rect::new(0, 0, 160, 50));
    update(&mut app, Message::Run(envelopes));
    let mut says = |line: &str, words: &[&str]| {
        let (text, effects) = plain::said(&mut app, line);
        for word in words {
            assert!(text.contains(word), "{line}: {word:?} is missing in\n{text}");
        }
        effects
    };
    for (command, about) in plain::commands() {
        says("help", &[command, about]);
    }
    says("report", &["ASKS THE USER", "What to do"]);
    says("verdict", &["Outlook Microsoft 365: asks the user"]);
    says("steps", &["4  https://autodiscover.contoso.test: asks the user"]);
    says("WHY 4", &["step 4, https://autodiscover.contoso.test", "What to do"]);
    says("why srv", &["SRV"]);
    says("why 99", &["there is no step \"99\"", "4"]);
    says("stages 4", &["DNS\n", "TLS\n", "passed", "failed"]);
    says("stages", &["name a step"]);
    says("raw 4 tls", &["Handshake with 192.0.2.10:443", "TLS_AES_256_GCM_SHA384"]);
    says("raw 4 HTTP", &["POST "]);
    says("raw 4 smtp", &["dns, tcp, tls"]);
    says("certificate 4", &["certificate 1 of", "Security Alert", "remote.contoso.test"]);
    says("certificate 4 2", &["certificate 2 of", "All certificates seen here\n1: "]);
    says("certificate 4 99", &["there is no certificate \"99\""]);
    says("certificate 1", &["no certificate was seen"]);
    says("timeline", &["DNS"]);
    says("client", &["outlook2007-rtm: Outlook 2007 RTM"]);
    says("client outlook2010", &["Outlook 2010: "]);
    says("client outlook97", &["there is no version \"outlook97\""]);
    says("client outlook365", &["asks the user"]);
    says("what-if remove autodiscover.contoso.test", &["autodiscover"]);
    says("what-if nonsense", &["nonsense"]);
    says("print remedy 99", &["1.1: "]);
    let copied = says("copy remedy 1", &[]);
    assert!(matches!(copied.as_slice(), [Effect::Copy { text, .. }] if !text.is_empty()), "{copied:?}");
    assert_eq!(says("print remedy 1.1", &[]), []);
    says("print certificate 4", &["-----BEGIN CERTIFICATE-----"]);
    says("print", &["remedy or certificate"]);
    says("find 0x80072F06", &["san-mismatch"]);
    says("explain san-mismatch", &["# san-mismatch"]);
    says("explain nothing", &["there is no case"]);
    says("questions", &[]);
    says("answer nothing yes", &["name the case"]);
    says("dance", &["there is no command \"dance\"; help lists them"]);
    assert_eq!(says("", &[]), []);
    assert_eq!(says("export", &[]), [Effect::Export]);
    assert_eq!(says("rerun all", &[]), [Effect::Command(Command::RerunAll)]);
    assert!(matches!(says("rerun 4", &[]).as_slice(), [Effect::Command(Command::RerunCandidate { .. })]));
    says("privacy", &["placeholders"]);
    assert_eq!(says("quit", &[]), [Effect::Quit]);
    // Whatever is typed, it answers.
    for line in ["why \u{1b}[2J", "raw 4", "client é", "answer", "copy", "print remedy 0.0", "rerun", "what-if", "find"]
    {
        says(line, &[]);
    }
}

#[tokio::test]
async fn commands_are_obeyed_in_turn_until_quit() {
    let envelopes = case("healthy").await;
    let (model, diagnosis) = support::conclude(&envelopes, ClientFamily::default());
    let question = diagnosis.questions.first().map(|question| question.id.clone());
    let answer = question.as_deref().map(|id| format!("answer {id} yes")).unwrap_or_default();
    let typed = ["verdict", answer.as_str(), "copy remedy 1", "export", "quit", "verdict"];
    let (text, ended, sent) = told(&envelopes, Some(&typed), false).await;
    assert_eq!((ended.exit, ended.model.domain()), (Exit::Quit, model.domain()));
    if let Some(question) = question {
        assert_eq!(sent, [Command::Reply { question, reply: Reply::Yes }]);
    }
    assert!(text.contains("help lists the commands"), "{text}");
    assert!(text.contains("no report was written: nothing is written here"), "{text}");
}

#[tokio::test]
async fn in_private_nobody_is_named() {
    let envelopes = case("wizard-certificate").await;
    let (open, ..) = told(&envelopes, None, false).await;
    let (_, diagnosis) = support::conclude(&envelopes, ClientFamily::default());
    let local = Model::fold(&envelopes).address.expect("an address").local;
    assert!(!diagnosis.findings.is_empty() && open.contains(&format!("{local}@contoso.test")), "{open}");
    let typed = ["report", "why 4", "stages 4", "raw 4 http", "quit"];
    let (private, ..) = told(&envelopes, Some(&typed), true).await;
    assert!(!private.contains(&format!("{local}@")) && private.contains("user1@contoso.test"), "{private}");
}
