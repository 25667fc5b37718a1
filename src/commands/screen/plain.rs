//! The run in lines, where no screen can or shall be drawn.

use super::files::{self, export, marked};
use crate::{
    cli::ShowOptions,
    commands::{cannot_run_hint, check, fail, verdict_code},
    diagnosis::diagnose,
    engine::Setup,
    event::ClientFamily,
    exit,
    redaction::Redactor,
    session::{self, Session},
    signal,
    tui::{Exit, Look, Options, Privacy, Theme, clipboard::Copied, keymap::Keys as Bindings, plain},
};
use std::{
    io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _},
    path::Path,
};
use tokio::sync::mpsc;

/// Most bytes of a line that is typed.
const LINE_LIMIT: u64 = 64 * 1024;

/// Whether somebody can be asked: lines come from a terminal, and what is said is seen there.
pub(super) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Asks for the mailbox address on a line; nothing where nobody answers.
pub(super) async fn ask_address(lines: &mut mpsc::UnboundedReceiver<String>) -> Result<Option<String>, u8> {
    print!("{}", say!("Mail address: "));
    // A terminal that is gone answers nothing either.
    let _ = io::stdout().flush();
    tokio::select! {
        code = signal::stopped() => Err(code),
        line = lines.recv() => Ok(line.map(|line| line.trim().to_owned()).filter(|line| !line.is_empty())),
    }
}

/// Makes a run and tells it.
pub(super) async fn run(
    setup: Setup,
    record: Option<&Path>,
    show: &ShowOptions,
    bindings: Bindings,
    lines: Option<mpsc::UnboundedReceiver<String>>,
) -> u8 {
    let recorder = match check::recorder(record, show.privacy.or(false)) {
        Ok(recorder) => recorder,
        Err(code) => return code,
    };
    let session = session::start(setup, recorder);
    let cancel = session.cancel.clone();
    let code = tell(session, None, None, show, bindings, lines).await;
    cancel.cancel();
    code
}

/// Tells a run, its report, and what is asked for afterwards; the exit code.
pub(super) async fn tell(
    session: Session,
    client: Option<ClientFamily>,
    rerun_refused: Option<&'static str>,
    show: &ShowOptions,
    bindings: Bindings,
    lines: Option<mpsc::UnboundedReceiver<String>>,
) -> u8 {
    let marked = match show.compare_with.as_deref().map(marked).transpose() {
        Ok(marked) => marked,
        Err(code) => return code,
    };
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb") || !io::stdout().is_terminal();
    let options = Options {
        diagnose,
        look: Look::new(Theme::Mono, true),
        keys: bindings,
        rerun_refused,
        can_go_back: false,
        goes_on: false,
        marked,
        privacy: Privacy::new(show.privacy.or(show.present), Redactor::default()),
        present: false,
        copy: if dumb { no_clipboard } else { files::copy },
        export,
    };
    let Session { envelopes, commands, cancel: _ } = session;
    let stop = async { i32::from(signal::stopped().await) };
    // Not locked: a copy goes to the same place.
    let mut out = io::BufWriter::new(io::stdout());
    let ended = plain::tell(lines, &mut out, envelopes, commands, client, options, stop).await;
    let ended = match ended.and_then(|ended| out.flush().map(|()| ended)) {
        Ok(ended) => ended,
        // A reader that has seen enough is no failure.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return exit::HEALTHY,
        Err(error) => return fail(exit::CANNOT_RUN, &error),
    };
    if let Exit::Signal(code) = ended.exit {
        return u8::try_from(code).unwrap_or(exit::TERMINATED);
    }
    if ended.model.address.is_none() {
        return fail(exit::CANNOT_RUN, &say!("nothing is known: the run, or its recording, has no beginning"));
    }
    let diagnosis = diagnose(&ended.model, ended.client);
    match verdict_code(&ended.model, &diagnosis) {
        exit::CANNOT_RUN => fail(exit::CANNOT_RUN, &cannot_run_hint(&ended.model, &diagnosis)),
        code => code,
    }
}

fn no_clipboard(_text: &str) -> io::Result<Copied> {
    Err(io::Error::other(say!("this terminal has no clipboard; print shows the text")))
}

/// Lines as they are typed. The thread that reads them ends with the program.
pub(super) fn lines() -> mpsc::UnboundedReceiver<String> {
    let (sender, receiver) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        let mut input = io::stdin().lock();
        loop {
            let mut bytes = Vec::new();
            match input.by_ref().take(LINE_LIMIT).read_until(b'\n', &mut bytes) {
                Ok(1..) if sender.send(String::from_utf8_lossy(&bytes).into_owned()).is_ok() => {}
                _ => break,
            }
        }
    });
    receiver
}
