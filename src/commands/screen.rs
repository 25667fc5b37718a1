//! The commands that have a screen: the wizard, the lab, and a replay. Without a terminal each prints linear text.

mod files;
mod plain;
mod replay;
mod stage;
mod wizard;

pub(super) use replay::replay;

use super::{check, directory, fail, has_screen, print, sign_in, standard_input};
use crate::{
    address,
    cli::{CheckOptions, LabRunOptions, PrivacyOptions, ReportFormatName, RunOptions, ShowOptions},
    config,
    engine::{Directory, Setup},
    event::Account,
    exit,
    lab::{self, Lab},
    language,
    model::Model,
    tui::{Exit, ScenarioItem, keymap::Keys as Bindings},
};
use stage::Stage;
use std::{io, path::Path, sync::Arc};
use wizard::Wizard;

/// Asks for the address when none is given, and shows the run.
pub(super) async fn wizard(
    typed: Vec<String>,
    run: RunOptions,
    show: ShowOptions,
    remember: bool,
    bindings: Bindings,
) -> u8 {
    check::warn_of_exposure(run.record.as_deref());
    if !has_screen(&show) {
        return linear(typed, run, &show, bindings).await;
    }
    if let Some(error) = typed.iter().find_map(|typed| address::parse(typed).err()) {
        return fail(exit::USAGE, &error);
    }
    if typed.len() > 1 && run.record.is_some() {
        return fail(exit::USAGE, &say!("--record takes one run; give one address"));
    }
    // Before the screen, which a question for a password would disturb.
    let (directory, account) = match entrusted(&run).await {
        Ok(entrusted) => entrusted,
        Err((code, words)) => return fail(code, &words),
    };
    if account.is_some() && typed.len() != 1 {
        return fail(
            exit::USAGE,
            &say!("a password belongs to one mailbox; give its address, or sign in on the screen (u)"),
        );
    }
    match Stage::enter(&show, bindings) {
        Ok(stage) => {
            sit(stage, run.record.clone().as_deref(), Wizard::new(typed, run, account, directory, remember)).await
        }
        Err(code) => code,
    }
}

/// The directory that is asked and the account that signs in at Exchange, with their passwords.
async fn entrusted(run: &RunOptions) -> Result<(Option<Arc<Directory>>, Option<Account>), (u8, String)> {
    standard_input::read_once(run)?;
    Ok((directory::wanted(run).await?, sign_in::account(run).await?))
}

/// The wizard in lines. Several addresses are reported without being told as they run.
async fn linear(mut typed: Vec<String>, run: RunOptions, show: &ShowOptions, bindings: Bindings) -> u8 {
    let mut lines = plain::can_ask().then(plain::lines);
    if typed.is_empty() {
        let Some(lines) = &mut lines else {
            return fail(
                exit::USAGE,
                &say!("there is no terminal to ask on; give the address: discoscope check ADDRESS"),
            );
        };
        match plain::ask_address(lines).await {
            Ok(Some(address)) => typed.push(address),
            Ok(None) => return exit::HEALTHY,
            Err(code) => return code,
        }
    }
    let [address] = typed.as_slice() else {
        return check::check(several(typed, run, show.privacy)).await;
    };
    let (directory, account) = match entrusted(&run).await {
        Ok(entrusted) => entrusted,
        Err((code, words)) => return fail(code, &words),
    };
    match config::setup(address, &run).map(|setup| directory::with(setup, directory.as_ref())) {
        Ok(setup) => {
            if let Some(account) = account {
                setup.keeper.give(account);
            }
            plain::run(setup, run.record.as_deref(), show, bindings, lines).await
        }
        Err(error) => fail(error.exit_code(), &error),
    }
}

/// What is shown next: one run, or several on a board.
struct Next {
    setups: Vec<Setup>,
    /// Its servers live as long as the run is shown.
    _lab: Option<Lab>,
}

/// Why nothing is shown any more.
enum End {
    /// The reader left, or a signal came: the exit code.
    Left(u8),
    /// What was wrong, to be said on the normal screen.
    Refused(u8, String),
}

impl End {
    fn refused(code: u8, error: &dyn std::fmt::Display) -> Self {
        Self::Refused(code, error.to_string())
    }
}

/// What leads from one run to the next.
trait Story {
    /// Asks what to show.
    async fn next(&mut self, stage: &mut Stage) -> Result<Next, End>;

    /// The runs that were asked for were shown, and came so far.
    fn ended(&mut self, _models: &[Model]) -> io::Result<()> {
        Ok(())
    }
}

/// Asks what to show and shows it, again and again until the reader leaves; the exit code.
async fn sit(mut stage: Stage, record: Option<&Path>, mut story: impl Story) -> u8 {
    let mut trouble = None;
    let code = loop {
        let shown = match story.next(&mut stage).await {
            Ok(Next { mut setups, _lab }) => match (setups.pop(), setups.is_empty()) {
                (Some(setup), true) => stage.show_run(setup, record).await,
                (last, _) => stage.show_several(setups.into_iter().chain(last).collect()).await,
            },
            Err(end) => break stage.end(end),
        };
        trouble = story.ended(&stage.shown).err().or(trouble);
        match shown {
            Ok(()) if stage.ended.exit == Exit::Back => {}
            Ok(()) => break stage.leave(),
            Err(end) => break stage.end(end),
        }
    };
    if let Some(error) = trouble {
        // The verdict counts, not whether it was kept.
        let _ = fail(code, &say!("the run was not kept: {error}", error));
    }
    code
}

/// Offers the scenarios, or runs the one that is named.
pub(super) async fn lab(name: Option<String>, run: LabRunOptions, show: ShowOptions, bindings: Bindings) -> u8 {
    check::warn_of_exposure(run.record.as_deref());
    let scenarios = match lab::scenarios() {
        Ok(scenarios) => scenarios,
        Err(error) => return fail(exit::CANNOT_RUN, &error),
    };
    if !has_screen(&show) {
        return match name {
            Some(name) => match (lab::scenario(&name), in_lab(&name, &run).await) {
                (Err(error), _) => fail(exit::USAGE, &error),
                (Ok(_), Err(error)) => fail(exit::CANNOT_RUN, &error),
                (Ok(_), Ok((_lab, setup))) => {
                    let lines = plain::can_ask().then(plain::lines);
                    plain::run(setup, run.record.as_deref(), &show, bindings, lines).await
                }
            },
            None => print(|out| {
                scenarios.iter().try_for_each(|scenario| {
                    let [first, second] = scenario.story.each_ref().map(|line| language::known(line));
                    let title = language::known(&scenario.title);
                    writeln!(out, "{}\n    {title}\n    {first}\n    {second}", scenario.name)
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
            title: language::known(&scenario.title).to_owned(),
            story: scenario.story.each_ref().map(|line| language::known(line).to_owned()),
        })
        .collect();
    match Stage::enter(&show, bindings) {
        Ok(stage) => sit(stage, run.record.clone().as_deref(), Cases { named: name, items, run }).await,
        Err(code) => code,
    }
}

/// The lab: the named case first, then whichever the reader chooses.
struct Cases {
    named: Option<String>,
    items: Vec<ScenarioItem>,
    run: LabRunOptions,
}

impl Story for Cases {
    async fn next(&mut self, stage: &mut Stage) -> Result<Next, End> {
        let name = match self.named.take() {
            Some(name) => name,
            None => stage.choose_scenario(&self.items).await?,
        };
        let (lab, setup) = in_lab(&name, &self.run).await.map_err(|error| End::refused(exit::CANNOT_RUN, &error))?;
        Ok(Next { setups: vec![setup], _lab: Some(lab) })
    }
}

async fn in_lab(name: &str, run: &LabRunOptions) -> Result<(Lab, Setup), lab::LabError> {
    let scenario = lab::scenario(name)?;
    let lab = Lab::start(&scenario).await?;
    let setup = lab::setup(&lab, &scenario, config::client(&run.client), config::limits(5))?;
    Ok((lab, setup))
}

fn several(addresses: Vec<String>, run: RunOptions, privacy: PrivacyOptions) -> CheckOptions {
    let (reply, assume) = (Vec::new(), Vec::new());
    CheckOptions { addresses, format: ReportFormatName::Text, lab: None, reply, assume, privacy, run }
}
