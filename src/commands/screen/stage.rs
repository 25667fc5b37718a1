//! The terminal while a command has it: questions, runs and the board on it, and the summary that is left behind.

use super::{
    End,
    files::{self, export, marked, numbered},
};
use crate::{
    cli::{ShowOptions, ThemeName},
    commands::{check, fail, print, several::Several, verdict_code},
    diagnosis::diagnose,
    engine::Setup,
    event::ClientFamily,
    exit,
    model::Model,
    redaction::Redactor,
    session::{self, Session},
    signal,
    tui::{
        self, Asked, Desk, Ended, Exit, Look, Marked, Options, Privacy, ScenarioItem, Start, Theme, Wanted,
        keymap::Keys as Bindings,
        terminal::{self, Guard, Keys, Mouse, Screen},
        theme,
    },
    words,
};
use std::path::Path;

/// Where Esc on the top level of a run leads.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Way {
    /// Out of the program.
    Out,
    /// To the question that came before.
    Back,
    /// To other runs, while this one goes on.
    BackToOthers,
}

/// The terminal while a command has it.
pub(super) struct Stage {
    // Dropped first, so that what is printed afterwards is on the normal screen.
    guard: Guard,
    screen: Screen,
    keys: Keys,
    /// What keys do.
    bindings: Bindings,
    look: Look,
    /// The certificate that the explorer compares with, from a file.
    marked: Option<Marked>,
    pub(super) ended: Ended,
    /// The runs that were shown last, in the order asked for.
    pub(super) shown: Vec<Model>,
    /// Runs shown so far; each is recorded to a file of its own.
    runs: u32,
    /// What tells who somebody is becomes placeholders on the screen, as the reader left it.
    pub(super) private: bool,
    /// The file of a recording is private.
    records_in_private: bool,
    /// The screen is for an audience.
    present: bool,
    /// The mouse is taken while a run is shown.
    mouse: bool,
}

impl Stage {
    /// Takes the terminal over.
    pub(super) fn enter(show: &ShowOptions, bindings: Bindings) -> Result<Self, u8> {
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
                    shown: Vec::new(),
                    runs: 0,
                    private: show.privacy.or(show.present),
                    records_in_private: show.privacy.or(false),
                    present: show.present,
                    mouse: show.mouse && !show.present,
                })
            }
            Err(error) => Err(fail(exit::CANNOT_RUN, &say!("the terminal cannot be used: {reason}", reason = error))),
        }
    }

    /// What the reader asks for on the form.
    pub(super) async fn ask_start(&mut self, desk: &mut dyn Desk, wanted: Wanted) -> Result<Start, End> {
        let look = (self.look, self.bindings);
        tokio::select! {
            code = signal::stopped() => Err(End::Left(code)),
            asked = tui::ask_start(&mut self.screen, &mut self.keys, look, desk, wanted) => answer(asked),
        }
    }

    /// The name of the scenario that the reader chooses.
    pub(super) async fn choose_scenario(&mut self, items: &[ScenarioItem]) -> Result<String, End> {
        tokio::select! {
            code = signal::stopped() => Err(End::Left(code)),
            chosen = tui::choose_scenario(&mut self.screen, &mut self.keys, (self.look, self.bindings), items) => answer(chosen),
        }
    }

    /// Runs and shows.
    pub(super) async fn show_run(&mut self, setup: Setup, record: Option<&Path>) -> Result<(), End> {
        self.runs += 1;
        let record = record.map(|path| numbered(path, self.runs));
        let recorder = check::recorder(record.as_deref(), self.records_in_private).map_err(End::Left)?;
        let session = session::start(setup, recorder);
        let cancel = session.cancel.clone();
        let shown = self.show(session, None, Way::Back, Redactor::default()).await;
        cancel.cancel();
        self.shown = vec![self.ended.model.clone()];
        shown?;
        self.unless_signalled()
    }

    /// Runs several addresses, shows them at a glance and opens whichever the reader chooses.
    pub(super) async fn show_several(&mut self, setups: Vec<Setup>) -> Result<(), End> {
        let several = Several::start(setups);
        let shown = self.show_board(&several).await;
        self.shown = several.concluded().into_iter().map(|(model, _)| model).collect();
        shown
    }

    async fn show_board(&mut self, several: &Several) -> Result<(), End> {
        let mut chosen = 0;
        loop {
            let private = self.private;
            let board = || several.board(private);
            let opened = tokio::select! {
                code = signal::stopped() => return Err(End::Left(code)),
                opened = tui::choose_run(
                    &mut self.screen, &mut self.keys, (self.look, self.bindings), &board, several.changed(), &mut chosen,
                ) => opened,
            };
            let session = match opened {
                Ok(Asked::Left) => None,
                other => several.open(answer(other)?),
            };
            let Some(session) = session else {
                self.ended.exit = Exit::Back;
                return Ok(());
            };
            self.show(session, None, Way::BackToOthers, several.redactor()).await?;
            self.unless_signalled()?;
            if self.ended.exit == Exit::Quit {
                return Ok(());
            }
        }
    }

    fn unless_signalled(&self) -> Result<(), End> {
        match self.ended.exit {
            Exit::Signal(code) => Err(End::Left(u8::try_from(code).unwrap_or(exit::TERMINATED))),
            Exit::Quit | Exit::Back => Ok(()),
        }
    }

    /// Shows a run until the reader leaves it.
    pub(super) async fn show(
        &mut self,
        session: Session,
        rerun_refused: Option<&'static str>,
        way: Way,
        redactor: Redactor,
    ) -> Result<(), End> {
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
            copy: files::copy,
            export,
        };
        let Session { envelopes, commands, cancel: _ } = session;
        let stop = async { i32::from(signal::stopped().await) };
        // Elsewhere it has nothing to do, and text can be selected as usual.
        let _mouse = self.mouse.then(Mouse::take).transpose().map_err(|error| failed(&error))?;
        let ended = tui::run(&mut self.screen, &mut self.keys, envelopes, commands, options, stop).await;
        self.ended = ended.map_err(|error| failed(&error))?;
        self.private = self.ended.private;
        Ok(())
    }

    /// Gives the terminal back and says what was wrong; the exit code.
    pub(super) fn end(self, end: End) -> u8 {
        drop(self);
        match end {
            End::Left(code) => code,
            End::Refused(code, error) => fail(code, &error),
        }
    }

    /// Gives the terminal back and leaves a short summary on the normal screen.
    pub(super) fn leave(self) -> u8 {
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
            writeln!(
                out,
                "{}",
                say!(
                    "{client} for {domain}: {verdict}",
                    client = words::client(client),
                    domain = model.domain(),
                    verdict = words::verdict_class(diagnosis.verdict.class)
                )
            )?;
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

/// The answer to a question, or how its asking ended.
fn answer<T>(asked: std::io::Result<Asked<T>>) -> Result<T, End> {
    match asked {
        Ok(Asked::Answer(answer)) => Ok(answer),
        Ok(Asked::Left) => Err(End::Left(exit::HEALTHY)),
        Ok(Asked::Interrupted) => Err(End::Left(exit::INTERRUPTED)),
        Err(error) => Err(failed(&error)),
    }
}

fn failed(error: &std::io::Error) -> End {
    End::Refused(exit::CANNOT_RUN, format!("the terminal failed: {error}"))
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
