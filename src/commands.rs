//! The commands: each wires library parts together and ends in an exit code. Data goes to standard output, everything
//! else to standard error.

mod cert;
mod check;
mod directory;
mod doctor;
mod explain;
mod screen;
mod settings;
mod several;
mod sign_in;
mod standard_input;

use crate::{
    cli::{Cli, Command, ShowOptions},
    diagnosis::Diagnosis,
    exit,
    model::{CandidateState, Model},
    redaction,
    walk::{self, VerdictClass},
};
use clap::CommandFactory;
use std::io::{self, IsTerminal, Write};

/// Why a command cannot do what was asked: the exit code and the sentence.
type Refusal = (u8, String);

/// Runs what was typed; the result is the exit code.
pub async fn run(mut cli: Cli) -> u8 {
    let (settings, keys) = match settings::settle(&mut cli) {
        Ok(settled) => settled,
        Err(code) => return code,
    };
    match cli.command {
        None => screen::wizard(cli.addresses, cli.run, cli.show, cli.remember, keys).await,
        Some(Command::Check(options)) => check::check(*options).await,
        Some(Command::Lab { scenario, run, show }) => screen::lab(scenario, run, show, keys).await,
        Some(Command::Replay { file, format, client, show }) => screen::replay(&file, format, client, show, keys).await,
        Some(Command::Explain { what, list }) => explain::explain(&what.join(" "), list),
        Some(Command::Cert(options)) => cert::cert(options).await,
        Some(Command::Doctor) => doctor::doctor().await,
        Some(Command::Config(command)) => settings::config(&command, settings),
        Some(Command::Completions { shell }) => completions(shell),
        Some(Command::Man) => man(),
    }
}

fn completions(shell: clap_complete::Shell) -> u8 {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "discoscope", &mut text);
    print(|out| out.write_all(&text))
}

fn man() -> u8 {
    let mut text = Vec::new();
    match clap_mangen::Man::new(Cli::command()).render(&mut text) {
        Ok(()) => print(|out| out.write_all(&text)),
        Err(error) => fail(exit::CANNOT_RUN, &error),
    }
}

/// Writes to standard output. A reader that has seen enough (closed pipe) is no failure.
fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> u8 {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Ok(()) => exit::HEALTHY,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => exit::HEALTHY,
        Err(error) => fail(exit::CANNOT_RUN, &error),
    }
}

/// Says what went wrong, on standard error. A password that was typed into a URL is not repeated.
fn fail(code: u8, error: &dyn std::fmt::Display) -> u8 {
    let words = redaction::without_passwords(&error.to_string());
    // Nothing is left to do when even this cannot be written.
    let _ = writeln!(io::stderr(), "discoscope: {words}");
    code
}

/// Whether a screen can be drawn: both ends are a terminal that knows more than plain lines, and none was refused.
fn has_screen(show: &ShowOptions) -> bool {
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    !show.plain && !dumb && io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Exit code of a run.
fn verdict_code(model: &Model, diagnosis: &Diagnosis) -> u8 {
    if diagnosis.is_healthy() {
        return exit::HEALTHY;
    }
    // A place that only another TLS library can ask, or only some PCs, is something known; so is an entry in the PC's own
    // list of names.
    let known = |state: &CandidateState| {
        let old = state.is_beyond_the_library() || state.old_versions_only().is_some();
        old || !walk::own_addresses(model, state).is_empty()
    };
    let nothing_known = diagnosis.verdict.class == VerdictClass::Inconclusive && !model.candidates.iter().any(known);
    if nothing_known { exit::CANNOT_RUN } else { exit::PROBLEM }
}

/// What to say on standard error when nothing could be found out.
fn cannot_run_hint(model: &Model, diagnosis: &Diagnosis) -> String {
    let resolvers = model.vantage.resolvers.join(", ");
    if walk::resolver_is_silent(model) {
        say!(
            "no answer from the name server {resolvers}; check this machine's network, or name another with --resolver",
            resolvers
        )
    } else {
        diagnosis.verdict.headline.clone()
    }
}
