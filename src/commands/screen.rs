//! The commands that have a screen: the wizard, the lab, and a replay. Without a terminal each prints linear text.

mod files;
mod replay;
mod stage;

pub(super) use replay::replay;

use super::{check, fail, has_screen, print};
use crate::{
    address,
    cli::{CheckOptions, LabRunOptions, PrivacyOptions, ReportFormatName, RunOptions, ShowOptions},
    config,
    engine::Setup,
    exit,
    lab::{self, Lab},
    tui::{Exit, ScenarioItem, keymap::Keys as Bindings},
};
use stage::Stage;
use std::path::Path;

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
    let stage = match Stage::enter(&show, bindings) {
        Ok(stage) => stage,
        Err(code) => return code,
    };
    let mut given = (!typed.is_empty()).then_some(typed);
    let mut prefill = String::new();
    let ask = async |stage: &mut Stage| {
        let typed = match given.take() {
            Some(typed) => typed,
            None => addresses(&stage.ask_address(&prefill).await?).map(str::to_owned).collect(),
        };
        // What was typed is not shown again where it would be the only name on the screen.
        prefill = if stage.private { String::new() } else { typed.join(" ") };
        let setups = typed.iter().map(|typed| config::setup(typed, &run)).collect::<Result<_, _>>();
        setups.map(|setups| Next { setups, _lab: None }).map_err(|error| End::refused(error.exit_code(), &error))
    };
    sit(stage, run.record.as_deref(), ask).await
}

/// What is shown next: one run, or several on a board.
struct Next {
    setups: Vec<Setup>,
    /// Its servers live as long as the run is shown.
    _lab: Option<Lab>,
}

/// Why nothing is shown any more.
pub(super) enum End {
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

/// Asks what to show and shows it, again and again until the reader leaves; the exit code.
async fn sit(mut stage: Stage, record: Option<&Path>, mut ask: impl AsyncFnMut(&mut Stage) -> Result<Next, End>) -> u8 {
    loop {
        let shown = match ask(&mut stage).await {
            Ok(Next { mut setups, _lab }) => match (setups.pop(), setups.is_empty()) {
                (Some(setup), true) => stage.show_run(setup, record).await,
                (last, _) => stage.show_several(setups.into_iter().chain(last).collect()).await,
            },
            Err(end) => Err(end),
        };
        match shown {
            Ok(()) if stage.ended.exit == Exit::Back => {}
            Ok(()) => return stage.leave(),
            Err(end) => return stage.end(end),
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
    let stage = match Stage::enter(&show, bindings) {
        Ok(stage) => stage,
        Err(code) => return code,
    };
    let mut named = name;
    let ask = async |stage: &mut Stage| {
        let name = match named.take() {
            Some(name) => name,
            None => stage.choose_scenario(&items).await?,
        };
        let (lab, setup) = in_lab(&name, &run).await.map_err(|error| End::refused(exit::CANNOT_RUN, &error))?;
        Ok(Next { setups: vec![setup], _lab: Some(lab) })
    };
    sit(stage, run.record.as_deref(), ask).await
}

async fn in_lab(name: &str, run: &LabRunOptions) -> Result<(Lab, Setup), lab::LabError> {
    let scenario = lab::scenario(name)?;
    let lab = Lab::start(&scenario).await?;
    let setup = lab::setup(&lab, &scenario, config::client(&run.client), config::limits(5))?;
    Ok((lab, setup))
}

fn plain(addresses: Vec<String>, lab: Option<String>, run: RunOptions, privacy: PrivacyOptions) -> CheckOptions {
    let (reply, assume) = (Vec::new(), Vec::new());
    CheckOptions { addresses, format: ReportFormatName::Text, lab, reply, assume, privacy, run }
}
