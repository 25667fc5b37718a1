//! `check`: the run without a screen.

use super::{cannot_run_hint, directory, fail, print, sign_in, standard_input, verdict_code};
use crate::{
    address,
    assumption::{self, Assumption},
    catalogue,
    cli::{CheckOptions, ReportFormatName},
    config,
    diagnosis::{Diagnosis, FAILS_ALL_THE_SAME, diagnose, what_if},
    engine::Setup,
    event::{OUTPUT_LIMIT, Reply},
    exit,
    lab::{self, Lab},
    model::Model,
    recording::{self, Writer},
    redaction::Redactor,
    report::{self, Format},
    session, signal, text,
};
use futures_util::StreamExt as _;
use std::path::Path;

/// Addresses that are run at the same time.
const AT_ONCE: usize = 4;

/// Most bytes of a file with a command's output.
const REPLY_FILE_LIMIT: u64 = 64 * 1024;

/// Runs every address and reports them in the order they were given.
pub(super) async fn check(options: CheckOptions) -> u8 {
    if options.addresses.len() > 1 && options.run.record.is_some() {
        return fail(exit::USAGE, &say!("--record takes one run; give one address"));
    }
    if options.addresses.len() > 1 && options.format == ReportFormatName::Html {
        return fail(exit::USAGE, &say!("one HTML page holds one run; give one address"));
    }
    if let Err((code, words)) = standard_input::read_once(&options.run) {
        return fail(code, &words);
    }
    let assumptions = match assumption::parse_all(&options.assume.join("\n")) {
        Ok(assumptions) => assumptions,
        Err(error) => return fail(exit::USAGE, &error),
    };
    let replies = match options.reply.iter().map(|typed| reply(typed)).collect::<Result<Vec<_>, _>>() {
        Ok(replies) => replies,
        Err(code) => return code,
    };
    let account = match sign_in::account(&options.run).await {
        Ok(account) => account,
        Err((code, words)) => return fail(code, &words),
    };
    if account.is_some() && options.addresses.len() > 1 {
        return fail(exit::USAGE, &say!("a password belongs to one mailbox; give one address"));
    }
    // The lab's servers live as long as this.
    let (_lab, mut setups) = match setups(&options).await {
        Ok(setups) => setups,
        Err(code) => return code,
    };
    setups.iter_mut().for_each(|setup| setup.replies.extend_from_slice(&replies));
    if let (Some(account), Some(setup)) = (account, setups.first()) {
        setup.keeper.give(account);
    }
    let private = options.privacy.or(false);
    warn_of_exposure(options.run.record.as_deref());
    let recorder = match recorder(options.run.record.as_deref(), private) {
        Ok(recorder) => recorder,
        Err(code) => return code,
    };
    tokio::select! {
        code = signal::stopped() => code,
        runs = run_all(setups, recorder, private, options.format) => {
            warn_of_unasked(&replies, &runs);
            finish(&with_what_if(runs, &assumptions), options.format)
        }
    }
}

/// A run for each address, in the lab where one is named.
async fn setups(options: &CheckOptions) -> Result<(Option<Lab>, Vec<Setup>), u8> {
    if let Some(name) = &options.lab {
        return in_lab(name, options).await.map(|(lab, setups)| (Some(lab), setups));
    }
    let directory = directory::wanted(&options.run).await.map_err(|(code, message)| fail(code, &message))?;
    let setup = |typed| config::setup(typed, &options.run).map_err(|error| fail(error.exit_code(), &error));
    let setups: Result<Vec<Setup>, u8> = options.addresses.iter().map(|typed| setup(typed)).collect();
    Ok((None, setups?.into_iter().map(|setup| directory::with(setup, directory.as_ref())).collect()))
}

/// A reply to what no run asked changes nothing, and whoever gave it should know.
fn warn_of_unasked(replies: &[(String, Reply)], runs: &[(Model, Diagnosis)]) {
    for (question, _) in replies {
        if !runs.iter().any(|(model, diagnosis)| diagnosis.asks(model, question)) {
            let words = say!("nothing in this run points there, so the reply changes nothing");
            eprintln!("discoscope: --reply {question}: {words}");
        }
    }
}

/// The lab of a case, and a run in it for each address that was given, or for the one that the case is about.
async fn in_lab(name: &str, options: &CheckOptions) -> Result<(Lab, Vec<Setup>), u8> {
    let mut scenario = lab::scenario(name).map_err(|error| fail(exit::USAGE, &error))?;
    let lab = Lab::start(&scenario).await.map_err(|error| fail(exit::CANNOT_RUN, &error))?;
    let client = config::client(&options.run.client);
    let mut addresses = options.addresses.clone();
    if addresses.is_empty() {
        addresses.push(scenario.address.clone());
    }
    let mut setups = Vec::new();
    for typed in addresses {
        address::parse(&typed).map_err(|error| fail(exit::USAGE, &error))?;
        scenario.address = typed;
        let setup = lab::setup(&lab, &scenario, client, config::limits(options.run.timeout));
        setups.push(setup.map_err(|error| fail(exit::CANNOT_RUN, &error))?);
    }
    Ok((lab, setups))
}

/// Says where others may read what is recorded.
pub(super) fn warn_of_exposure(record: Option<&Path>) {
    if let Some((path, words)) = record.and_then(|path| Some((path, recording::exposure(path)?))) {
        eprintln!("discoscope: --record {}: the file {words}", path.display());
    }
}

/// The file that the run is recorded to, when one was named.
pub(super) fn recorder(path: Option<&Path>, private: bool) -> Result<Option<Writer>, u8> {
    let Some(path) = path else { return Ok(None) };
    match Writer::create(path) {
        Ok(writer) => Ok(Some(if private { writer.in_private() } else { writer })),
        Err(error) => Err(fail(exit::CANNOT_RUN, &format!("--record {}: {error}", path.display()))),
    }
}

/// Reads `CASE=yes`, `CASE=no` or `CASE=@FILE`.
fn reply(typed: &str) -> Result<(String, Reply), u8> {
    let wrong = |problem: String| fail(exit::USAGE, &format!("--reply {typed}: {problem}"));
    let Some((id, words)) = typed.split_once('=') else {
        return Err(wrong(say!("write CASE=yes, CASE=no or CASE=@FILE").to_owned()));
    };
    let page = catalogue::page(id).filter(|page| page.question.is_some()).map(|page| page.id);
    let Some(question) = page.or((id == FAILS_ALL_THE_SAME).then_some(FAILS_ALL_THE_SAME)) else {
        return Err(wrong(say!("no case {id} asks a question", id = format!("{id:?}"))));
    };
    let reply = match words.strip_prefix('@') {
        Some(path) => {
            let file = std::fs::File::open(path).map_err(|error| wrong(format!("{path}: {error}")))?;
            let mut bytes = Vec::new();
            let read = std::io::Read::read_to_end(&mut std::io::Read::take(file, REPLY_FILE_LIMIT), &mut bytes);
            read.map_err(|error| wrong(format!("{path}: {error}")))?;
            Reply::read(&text::sanitise_block(&text::from_windows(&bytes), OUTPUT_LIMIT))
        }
        None => Reply::read(words),
    };
    if matches!(reply, Reply::Withdrawn) || (matches!(reply, Reply::Output { .. }) && !words.starts_with('@')) {
        return Err(wrong(say!("the reply is neither yes nor no nor a file's text").to_owned()));
    }
    Ok((question.to_owned(), reply))
}

async fn run_all(
    setups: Vec<Setup>,
    mut recorder: Option<Writer>,
    private: bool,
    format: ReportFormatName,
) -> Vec<(Model, Diagnosis)> {
    // One redactor numbers the users of all runs; each run begins with a copy of it.
    let mut redactor = Redactor::default();
    setups.iter().for_each(|setup| _ = redactor.user(&setup.input.address));
    let redactor = private.then_some(redactor);
    let runs = setups.into_iter().map(|setup| run_one(setup, recorder.take(), redactor.clone(), format));
    // In the order they were given, a few at a time: the same servers may stand behind all of them.
    futures_util::stream::iter(runs).buffered(AT_ONCE).collect().await
}

async fn run_one(
    setup: Setup,
    recorder: Option<Writer>,
    mut redactor: Option<Redactor>,
    format: ReportFormatName,
) -> (Model, Diagnosis) {
    let session::Session { mut envelopes, commands, cancel: _ } = session::start(setup, recorder);
    // Nobody will ask for anything more, so the run ends when it is finished.
    drop(commands);
    let mut model = Model::default();
    while let Some(envelope) = envelopes.recv().await {
        let envelope = match &mut redactor {
            Some(redactor) => redactor.redact(&envelope),
            None => envelope,
        };
        if format == ReportFormatName::Jsonl {
            // As they come; a reader that has seen enough ends nothing.
            let _ = print(|out| recording::write_line(&envelope, out));
        }
        model.apply(&envelope);
    }
    let diagnosis = diagnose(&model, model.client);
    (model, diagnosis)
}

/// The same conclusions, each with what would be under these assumptions.
fn with_what_if(mut runs: Vec<(Model, Diagnosis)>, assumptions: &[Assumption]) -> Vec<(Model, Diagnosis)> {
    if !assumptions.is_empty() {
        for (model, diagnosis) in &mut runs {
            diagnosis.what_if = Some(what_if(model, diagnosis.walk.client, assumptions));
        }
    }
    runs
}

/// Prints the report and gives the worst exit code.
fn finish(runs: &[(Model, Diagnosis)], format: ReportFormatName) -> u8 {
    let printed = print(|out| match (format, runs) {
        (ReportFormatName::Jsonl, _) => Ok(()),
        (ReportFormatName::Json, [(model, diagnosis)]) => report::write(Format::Json, model, diagnosis, out),
        (ReportFormatName::Json, _) => report::json::write_several(runs, out),
        (ReportFormatName::Html, [(model, diagnosis)]) => report::write(Format::Html, model, diagnosis, out),
        (ReportFormatName::Html, _) => {
            Err(std::io::Error::other(say!("one HTML page holds one run; give one address")))
        }
        (ReportFormatName::Markdown, _) => {
            runs.iter().try_for_each(|(model, diagnosis)| report::write(Format::Markdown, model, diagnosis, out))
        }
        (ReportFormatName::Text, _) => {
            if runs.len() > 1 {
                report::summary::write(runs, out)?;
            }
            for run in report::summary::worst_first(runs) {
                if runs.len() > 1 {
                    writeln!(out, "\n{}\n", "-".repeat(100))?;
                }
                if !run.alike.is_empty() {
                    let words = say!(
                        "{addresses}: all of them come to the same, which is told once",
                        addresses = run.addresses()
                    );
                    writeln!(out, "{words}\n")?;
                }
                report::write(Format::Text, run.model, run.diagnosis, out)?;
            }
            Ok(())
        }
    });
    if printed != exit::HEALTHY {
        return printed;
    }
    let codes = runs.iter().map(|(model, diagnosis)| (model, diagnosis, verdict_code(model, diagnosis)));
    let worst = codes.max_by_key(|(_, _, code)| *code);
    match worst {
        Some((model, diagnosis, exit::CANNOT_RUN)) => fail(exit::CANNOT_RUN, &cannot_run_hint(model, diagnosis)),
        Some((_, _, code)) => code,
        None => exit::HEALTHY,
    }
}
