//! `replay`: a recorded run on the screen, or its report.

use super::{
    plain,
    stage::{Stage, Way},
};
use crate::{
    cli::{ReportFormatName, ShowOptions},
    commands::{cannot_run_hint, fail, has_screen, print, verdict_code},
    config,
    diagnosis::diagnose,
    event::ClientFamily,
    exit,
    model::{Model, Progress},
    recording::{self, Recording},
    redaction::Redactor,
    report::{self, Format},
    session,
    tui::keymap::Keys as Bindings,
};
use std::{fs::File, path::Path};

/// Shows a recorded run, or prints its report.
pub(in crate::commands) async fn replay(
    file: &Path,
    format: Option<ReportFormatName>,
    client: Option<String>,
    show: ShowOptions,
    bindings: Bindings,
) -> u8 {
    let source = match File::open(file) {
        Ok(source) => source,
        Err(error) => return fail(exit::CANNOT_RUN, &format!("{}: {error}", file.display())),
    };
    let recording = match recording::read(source) {
        Ok(recording) => recording,
        Err(error) => return fail(exit::CANNOT_RUN, &format!("{}: {error}", file.display())),
    };
    let client = client.as_deref().map(config::client);
    if let Some(format) = format {
        return replay_report(&recording, format, client, show.privacy.or(false)).await;
    }
    let refused = Some(say!("this is a recording; nothing can be asked again"));
    if !has_screen(&show) {
        let lines = plain::can_ask().then(plain::lines);
        return plain::tell(session::replay(&recording), client, refused, &show, bindings, lines).await;
    }
    let mut stage = match Stage::enter(&show, bindings) {
        Ok(stage) => stage,
        Err(code) => return code,
    };
    let session = session::replay(&recording);
    match stage.show(session, refused, Way::Out, Redactor::default()).await {
        Ok(()) => stage.leave(),
        Err(end) => stage.end(end),
    }
}

async fn replay_report(
    recording: &Recording,
    format: ReportFormatName,
    client: Option<ClientFamily>,
    private: bool,
) -> u8 {
    let mut session = session::replay(recording);
    let mut model = Model::default();
    let mut redactor = Redactor::default();
    while let Some(envelope) = session.envelopes.recv().await {
        let envelope = if private { redactor.redact(&envelope) } else { envelope };
        if format == ReportFormatName::Jsonl {
            // A reader that has seen enough ends nothing.
            let _ = print(|out| recording::write_line(&envelope, out));
        }
        model.apply(&envelope);
    }
    if model.address.is_none() {
        return fail(exit::CANNOT_RUN, &say!("the recording does not hold the beginning of a run"));
    }
    if model.progress == Progress::Running {
        // What was recorded is all there is: the run counts as stopped where the file ends.
        model.progress = Progress::Cancelled;
    }
    let diagnosis = diagnose(&model, client.unwrap_or(model.client));
    let format = match format {
        ReportFormatName::Jsonl => None,
        ReportFormatName::Text => Some(Format::Text),
        ReportFormatName::Json => Some(Format::Json),
        ReportFormatName::Markdown => Some(Format::Markdown),
        ReportFormatName::Html => Some(Format::Html),
    };
    let written = |out: &mut dyn std::io::Write| match format {
        Some(format) => report::write(format, &model, &diagnosis, out),
        None => Ok(()),
    };
    match print(|out| written(out)) {
        exit::HEALTHY => match verdict_code(&model, &diagnosis) {
            exit::CANNOT_RUN => fail(exit::CANNOT_RUN, &cannot_run_hint(&model, &diagnosis)),
            code => code,
        },
        code => code,
    }
}
