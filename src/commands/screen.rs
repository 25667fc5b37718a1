//! The commands that have a screen: the wizard, the lab, and a replay. Without a terminal each prints linear text.

use super::{cannot_run_hint, cert, check, fail, has_screen, print, several::Several, sign_in, verdict_code};
use crate::{
    address, certificate,
    cli::{CheckOptions, LabRunOptions, PrivacyOptions, ReportFormatName, RunOptions, ShowOptions, ThemeName},
    config,
    diagnosis::{Diagnosis, diagnose},
    engine::Setup,
    event::ClientFamily,
    exit,
    lab::{self, Lab},
    model::{Model, Progress},
    recording::{self, Recording},
    redaction::Redactor,
    report::{self, Format},
    session::{self, Session},
    signal, text,
    tui::{
        self, Ended, Exit, Look, Marked, Options, Privacy, ScenarioItem, Theme,
        keymap::Keys as Bindings,
        terminal::{self, Guard, Keys, Screen},
        theme,
    },
    words,
};
use std::{
    fs::File,
    path::{Path, PathBuf},
};

/// Most reports about one domain in one folder.
const EXPORT_LIMIT: u32 = 999;

/// Most addresses that the wizard takes at once; `check` takes any number.
const SEVERAL_LIMIT: usize = 20;

/// Asks for the address when none is given, and shows the run.
pub(super) async fn wizard(typed: Vec<String>, run: RunOptions, show: ShowOptions, bindings: Bindings) -> u8 {
    if !has_screen(&show) {
        if typed.is_empty() {
            return fail(exit::USAGE, &"there is no terminal to ask on; give the address: discoscope check ADDRESS");
        }
        return check::check(plain(typed, None, run, show.privacy)).await;
    }
    if let Some(error) = typed.iter().find_map(|typed| address::parse(typed).err()) {
        return fail(exit::USAGE, &error);
    }
    if typed.len() > 1 && run.record.is_some() {
        return fail(exit::USAGE, &"--record takes one run; give one address");
    }
    let mut account = match sign_in::account(&run).await {
        Ok(account) => account,
        Err((code, words)) => return fail(code, &words),
    };
    if account.is_some() && typed.len() != 1 {
        return fail(exit::USAGE, &"a password belongs to one mailbox; give its address, or sign in on the screen (u)");
    }
    let mut stage = match Stage::enter(&show, bindings) {
        Ok(stage) => stage,
        Err(code) => return code,
    };
    let mut given = (!typed.is_empty()).then_some(typed);
    let mut prefill = String::new();
    loop {
        let typed = match given.take() {
            Some(typed) => typed,
            None => match stage.ask_address(&prefill).await {
                Ok(Some(typed)) => addresses(&typed).map(str::to_owned).collect(),
                Ok(None) => return exit::HEALTHY,
                Err(code) => return code,
            },
        };
        let mut setups = match typed.iter().map(|typed| config::setup(typed, &run)).collect::<Result<Vec<_>, _>>() {
            Ok(setups) => setups,
            Err(error) => {
                drop(stage);
                return fail(error.exit_code(), &error);
            }
        };
        if let (Some(account), Some(setup)) = (account.take(), setups.first()) {
            setup.keeper.give(account);
        }
        // What was typed is not shown again where it would be the only name on the screen.
        prefill = if stage.private { String::new() } else { typed.join(" ") };
        let shown = match (setups.pop(), setups.is_empty()) {
            (Some(setup), true) => stage.show_run(setup, run.record.as_deref()).await,
            (last, _) => stage.show_several(setups.into_iter().chain(last).collect()).await,
        };
        match shown {
            Ok(Some(code)) => return code,
            Ok(None) => {}
            Err(code) => return code,
        }
        if stage.ended.exit != Exit::Back {
            return stage.leave();
        }
    }
}

/// The addresses of one line: separated by spaces, commas or semicolons.
fn addresses(typed: &str) -> impl Iterator<Item = &str> {
    typed.split([' ', ',', ';', '\t']).filter(|part| !part.is_empty())
}

/// Whether a line holds addresses and nothing else; the problem in words.
fn validate(typed: &str) -> Result<(), String> {
    if addresses(typed).next().is_none() {
        return address::parse(typed).map(|_| ()).map_err(|error| error.to_string());
    }
    if addresses(typed).count() > SEVERAL_LIMIT {
        return Err(format!("more than {SEVERAL_LIMIT} addresses at once"));
    }
    addresses(typed).try_for_each(|typed| address::parse(typed).map(|_| ()).map_err(|error| error.to_string()))
}

/// Offers the scenarios, or runs the one that is named.
pub(super) async fn lab(name: Option<String>, run: LabRunOptions, show: ShowOptions, bindings: Bindings) -> u8 {
    let scenarios = match lab::scenarios() {
        Ok(scenarios) => scenarios,
        Err(error) => return fail(exit::CANNOT_RUN, &error),
    };
    if !has_screen(&show) {
        return match name {
            Some(name) => {
                let options =
                    RunOptions { client: run.client, record: run.record, timeout: 5, ..RunOptions::default() };
                check::check(plain(Vec::new(), Some(name), options, show.privacy)).await
            }
            None => print(|out| {
                scenarios.iter().try_for_each(|scenario| {
                    let [first, second] = &scenario.story;
                    writeln!(out, "{}\n    {}\n    {first}\n    {second}", scenario.name, scenario.title)
                })
            }),
        };
    }
    if let Some(name) = &name
        && let Err(error) = lab::scenario(name)
    {
        return fail(exit::USAGE, &error);
    }
    let items: Vec<ScenarioItem> = scenarios
        .iter()
        .map(|scenario| ScenarioItem {
            name: scenario.name.clone(),
            title: scenario.title.clone(),
            story: scenario.story.clone(),
        })
        .collect();
    let mut stage = match Stage::enter(&show, bindings) {
        Ok(stage) => stage,
        Err(code) => return code,
    };
    let mut named = name;
    loop {
        let name = match named.take() {
            Some(name) => name,
            None => match stage.choose_scenario(&items).await {
                Ok(Some(name)) => name,
                Ok(None) => return exit::HEALTHY,
                Err(code) => return code,
            },
        };
        let (_lab, setup) = match in_lab(&name, &run).await {
            Ok(pair) => pair,
            Err(error) => {
                drop(stage);
                return fail(exit::CANNOT_RUN, &error);
            }
        };
        match stage.show_run(setup, run.record.as_deref()).await {
            Ok(Some(code)) => return code,
            Ok(None) => {}
            Err(code) => return code,
        }
        if stage.ended.exit != Exit::Back {
            return stage.leave();
        }
    }
}

async fn in_lab(name: &str, run: &LabRunOptions) -> Result<(Lab, Setup), lab::LabError> {
    let scenario = lab::scenario(name)?;
    let lab = Lab::start(&scenario).await?;
    let setup = lab::setup(&lab, &scenario, config::client(&run.client), config::limits(5))?;
    Ok((lab, setup))
}

/// Shows a recorded run, or prints its report.
pub(super) async fn replay(
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
    if format.is_some() || !has_screen(&show) {
        return replay_report(&recording, format.unwrap_or_default(), client, show.privacy.or(false)).await;
    }
    let mut stage = match Stage::enter(&show, bindings) {
        Ok(stage) => stage,
        Err(code) => return code,
    };
    let session = session::replay(&recording);
    let refused = Some("this is a recording; nothing can be asked again");
    match stage.show(session, refused, Way::Out, Redactor::default()).await {
        Ok(()) => stage.leave(),
        Err(code) => code,
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
        return fail(exit::CANNOT_RUN, &"the recording does not hold the beginning of a run");
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

fn plain(addresses: Vec<String>, lab: Option<String>, run: RunOptions, privacy: PrivacyOptions) -> CheckOptions {
    let (reply, assume) = (Vec::new(), Vec::new());
    CheckOptions { addresses, format: ReportFormatName::Text, lab, reply, assume, privacy, run }
}

/// The file for a run's recording: as named for the first, `run-2.jsonl` for the second of one sitting.
fn numbered(path: &Path, run: u32) -> PathBuf {
    if run == 1 {
        return path.to_owned();
    }
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let ending = path.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    path.with_file_name(format!("{stem}-{run}{ending}"))
}

/// Writes the report of a run as an HTML page into the current folder: `discoscope-contoso.com.html`, or with a number
/// behind the domain where that exists. Gives the file's name.
fn export(model: &Model, diagnosis: &Diagnosis) -> std::io::Result<String> {
    for number in 1..=EXPORT_LIMIT {
        let ending = if number == 1 { String::new() } else { format!("-{number}") };
        let name = format!("discoscope-{}{ending}.html", model.domain());
        let file = match recording::create_private(Path::new(&name)) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => continue,
            file => file?,
        };
        let mut file = std::io::BufWriter::new(file);
        report::write(Format::Html, model, diagnosis, &mut file)?;
        std::io::Write::flush(&mut file)?;
        return Ok(name);
    }
    Err(std::io::Error::other(format!("there are {EXPORT_LIMIT} reports about this domain already")))
}

/// The first certificate of a file, for the explorer to compare with.
fn marked(path: &Path) -> Result<Marked, u8> {
    let place = text::sanitise_line(&path.display().to_string());
    let failed = |error: &dyn std::fmt::Display| fail(exit::USAGE, &format!("--compare-with {place}: {error}"));
    let bytes = cert::read_bounded(&path.to_string_lossy()).map_err(|error| failed(&error))?;
    let content = certificate::read_file(&bytes, None).map_err(|error| failed(&error))?;
    let first = content.certificates.first().ok_or_else(|| failed(&"holds no certificate"))?;
    let certificate = certificate::decode(first);
    Ok(Marked { place, certificate })
}

/// The theme of this name; the terminal is asked only where its answer matters.
fn theme(name: ThemeName, keys: &mut Keys) -> Theme {
    match name {
        ThemeName::Auto if theme::colours_are_unwanted() => Theme::Mono,
        ThemeName::Auto => keys.fitting_theme(),
        ThemeName::Dark => Theme::Dark,
        ThemeName::Light => Theme::Light,
        ThemeName::HighContrast => Theme::HighContrast,
        ThemeName::ColourBlind => Theme::ColourBlind,
        ThemeName::Mono => Theme::Mono,
    }
}

/// Where Esc on the top level of a run leads.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Way {
    /// Out of the program.
    Out,
    /// To the question that came before.
    Back,
    /// To other runs, while this one goes on.
    BackToOthers,
}

/// The terminal while a command has it.
struct Stage {
    // Dropped first, so that what is printed afterwards is on the normal screen.
    guard: Guard,
    screen: Screen,
    keys: Keys,
    /// What keys do.
    bindings: Bindings,
    look: Look,
    /// The certificate that the explorer compares with, from a file.
    marked: Option<Marked>,
    ended: Ended,
    /// Runs shown so far; each is recorded to a file of its own.
    runs: u32,
    /// What tells who somebody is becomes placeholders on the screen, as the reader left it.
    private: bool,
    /// The file of a recording is private.
    records_in_private: bool,
    /// The screen is for an audience.
    present: bool,
}

impl Stage {
    fn enter(show: &ShowOptions, bindings: Bindings) -> Result<Self, u8> {
        let marked = show.compare_with.as_deref().map(marked).transpose()?;
        match Guard::enter() {
            Ok((guard, screen)) => {
                let mut keys = terminal::keys();
                let look = Look::detect(theme(show.theme, &mut keys), show.ascii);
                let (model, client) = (Model::default(), ClientFamily::default());
                let ended = Ended { exit: Exit::Quit, model, client, private: false };
                Ok(Self {
                    guard,
                    screen,
                    keys,
                    bindings,
                    look,
                    marked,
                    ended,
                    runs: 0,
                    private: show.privacy.or(show.present),
                    records_in_private: show.privacy.or(false),
                    present: show.present,
                })
            }
            Err(error) => Err(fail(exit::CANNOT_RUN, &format!("the terminal cannot be used: {error}"))),
        }
    }

    async fn ask_address(&mut self, prefill: &str) -> Result<Option<String>, u8> {
        tokio::select! {
            code = signal::stopped() => Err(code),
            asked = tui::ask_address(&mut self.screen, &mut self.keys, self.look, &validate, prefill) => {
                asked.map_err(|error| fail(exit::CANNOT_RUN, &error))
            }
        }
    }

    async fn choose_scenario(&mut self, items: &[ScenarioItem]) -> Result<Option<String>, u8> {
        tokio::select! {
            code = signal::stopped() => Err(code),
            chosen = tui::choose_scenario(&mut self.screen, &mut self.keys, self.look, items) => {
                chosen.map_err(|error| fail(exit::CANNOT_RUN, &error))
            }
        }
    }

    /// Runs and shows; the exit code when a signal ended it.
    async fn show_run(&mut self, setup: Setup, record: Option<&Path>) -> Result<Option<u8>, u8> {
        self.runs += 1;
        let record = record.map(|path| numbered(path, self.runs));
        let recorder = check::recorder(record.as_deref(), self.records_in_private)?;
        let session = session::start(setup, recorder);
        let cancel = session.cancel.clone();
        let shown = self.show(session, None, Way::Back, Redactor::default()).await;
        cancel.cancel();
        shown?;
        Ok(match self.ended.exit {
            Exit::Signal(code) => Some(u8::try_from(code).unwrap_or(exit::TERMINATED)),
            Exit::Quit | Exit::Back => None,
        })
    }

    /// Runs several addresses, shows them at a glance and opens whichever the reader chooses; the exit code when a signal
    /// or the reader ended the program.
    async fn show_several(&mut self, setups: Vec<Setup>) -> Result<Option<u8>, u8> {
        let several = Several::start(setups);
        let mut chosen = 0;
        loop {
            let private = self.private;
            let board = || several.board(private);
            let opened = tokio::select! {
                code = signal::stopped() => return Ok(Some(code)),
                opened = tui::choose_run(
                    &mut self.screen, &mut self.keys, self.look, &board, several.changed(), &mut chosen,
                ) => opened.map_err(|error| fail(exit::CANNOT_RUN, &error))?,
            };
            let Some(session) = opened.and_then(|run| several.open(run)) else {
                self.ended.exit = Exit::Back;
                return Ok(None);
            };
            self.show(session, None, Way::BackToOthers, several.redactor()).await?;
            match self.ended.exit {
                Exit::Signal(code) => return Ok(Some(u8::try_from(code).unwrap_or(exit::TERMINATED))),
                Exit::Quit => return Ok(None),
                Exit::Back => {}
            }
        }
    }

    async fn show(
        &mut self,
        session: Session,
        rerun_refused: Option<&'static str>,
        way: Way,
        redactor: Redactor,
    ) -> Result<(), u8> {
        let marked = self.marked.clone();
        let options = Options {
            diagnose,
            look: self.look,
            keys: self.bindings,
            rerun_refused,
            can_go_back: way != Way::Out,
            goes_on: way == Way::BackToOthers,
            marked,
            privacy: Privacy::new(self.private, redactor),
            present: self.present,
            copy: terminal::copy,
            export,
        };
        let Session { envelopes, commands, cancel: _ } = session;
        let stop = async { i32::from(signal::stopped().await) };
        let ended = tui::run(&mut self.screen, &mut self.keys, envelopes, commands, options, stop).await;
        self.ended = ended.map_err(|error| fail(exit::CANNOT_RUN, &format!("the terminal failed: {error}")))?;
        self.private = self.ended.private;
        Ok(())
    }

    /// Gives the terminal back and leaves a short summary on the normal screen.
    fn leave(self) -> u8 {
        let Self { guard, ended, .. } = self;
        drop(guard);
        let Ended { exit, model, client, private: _ } = ended;
        if let Exit::Signal(code) = exit {
            return u8::try_from(code).unwrap_or(exit::TERMINATED);
        }
        if model.address.is_none() {
            return exit::HEALTHY;
        }
        let diagnosis = diagnose(&model, client);
        let printed = print(|out| {
            writeln!(out, "{} for {}: {}", words::client(client), model.domain(), diagnosis.verdict.class.as_str())?;
            writeln!(out, "{}", diagnosis.verdict.headline)?;
            diagnosis
                .findings
                .iter()
                .take(3)
                .try_for_each(|finding| writeln!(out, "  {}  {}", finding.id, finding.title))
        });
        if printed == exit::HEALTHY { verdict_code(&model, &diagnosis) } else { printed }
    }
}
