//! The wizard: asks whom and how to look for, shows the run, and keeps it for the next start where that was asked for.

use super::{super::directory, End, Next, Story, stage::Stage};
use crate::{
    address,
    cli::RunOptions,
    config::{
        self, ConfigError,
        runs::{KeptRun, Runs},
        surroundings::Surroundings,
    },
    diagnosis::diagnose,
    engine::Directory,
    event::{Account, VantageSide},
    model::{Model, Progress},
    text,
    tui::{Desk, RunItem, Start, Wanted},
    words,
};
use jiff::{Timestamp, tz::TimeZone};
use std::{io, sync::Arc};

/// Most addresses that the wizard takes at once; `check` takes any number.
const SEVERAL_LIMIT: usize = 20;

/// Asks again and again until the reader leaves.
pub(super) struct Wizard {
    /// Addresses of the command line, until they were shown.
    given: Option<Vec<String>>,
    /// What the command line gives to sign in with, until it was handed to the first run.
    account: Option<Account>,
    /// Options of the command line.
    options: RunOptions,
    /// Where service connection points are looked for.
    directory: Option<Arc<Directory>>,
    /// What the form holds when it is shown next.
    wanted: Wanted,
    front: Front,
    /// The runs that are shown, as they are kept afterwards.
    shown: Shown,
    /// Runs are kept.
    remember: bool,
}

#[derive(Default)]
struct Shown {
    addresses: Vec<String>,
    options: RunOptions,
    side: VantageSide,
}

impl Wizard {
    pub(super) fn new(
        given: Vec<String>,
        options: RunOptions,
        account: Option<Account>,
        directory: Option<Arc<Directory>>,
        remember: bool,
    ) -> Self {
        let wanted = Wanted {
            address: String::new(),
            client: config::client(&options.client),
            side: None,
            servers: options.resolver.clone(),
        };
        let front = Front::new();
        let given = (!given.is_empty()).then_some(given);
        Self { given, account, options, directory, wanted, front, shown: Shown::default(), remember }
    }

    /// What the reader asks for on the form.
    async fn ask(&mut self, stage: &mut Stage) -> Result<Shown, End> {
        self.front.private = stage.private;
        let start = stage.ask_start(&mut self.front, self.wanted.clone()).await?;
        let kept = match start {
            Start::New(wanted, side) => {
                self.wanted = wanted;
                let (client, resolver) = (self.wanted.client.as_str().to_owned(), self.wanted.servers.clone());
                let options = RunOptions { client, resolver, ..self.options.clone() };
                let addresses = addresses(&self.wanted.address).map(str::to_owned).collect();
                return Ok(Shown { addresses, options, side });
            }
            // The list is the one that was shown, so there is such a run.
            Start::Again(place) => self.front.runs.list().get(place).cloned().unwrap_or_default(),
        };
        let options = kept.options(&self.options);
        let client = config::client(&kept.client);
        self.wanted =
            Wanted { address: kept.address.clone(), client, side: Some(kept.side), servers: options.resolver.clone() };
        Ok(Shown { addresses: vec![kept.address], options, side: kept.side })
    }
}

impl Story for Wizard {
    async fn next(&mut self, stage: &mut Stage) -> Result<Next, End> {
        self.shown = match self.given.take() {
            Some(addresses) => {
                self.wanted.address = addresses.join(" ");
                Shown { addresses, options: self.options.clone(), side: VantageSide::Unknown }
            }
            None => self.ask(stage).await?,
        };
        if stage.private {
            // What was typed is not shown again where it would be the only name on the screen.
            self.wanted.address.clear();
        }
        if let Some(directory) = &self.directory {
            directory.again();
        }
        let mut setups = Vec::new();
        for typed in &self.shown.addresses {
            let setup = config::setup(typed, &self.shown.options);
            let setup = setup.map_err(|error| End::refused(error.exit_code(), &error))?;
            let mut setup = directory::with(setup, self.directory.as_ref());
            setup.vantage.side = self.shown.side;
            setups.push(setup);
        }
        if let (Some(account), Some(setup)) = (self.account.take(), setups.first()) {
            setup.keeper.give(account);
        }
        Ok(Next { setups, _lab: None })
    }

    fn ended(&mut self, models: &[Model]) -> io::Result<()> {
        if !self.remember {
            return Ok(());
        }
        // The first comes last, so that it stands first on the list.
        for (address, model) in self.shown.addresses.iter().zip(models).rev() {
            if model.progress == Progress::Finished {
                let verdict = diagnose(model, model.client).verdict.class.as_str();
                let Shown { options, side, .. } = &self.shown;
                self.front.runs.keep(KeptRun::new(address, options, *side, verdict, Timestamp::now()))?;
            }
        }
        Ok(())
    }
}

/// What the form asks of this program and this machine.
struct Front {
    surroundings: Surroundings,
    own_servers: String,
    runs: Runs,
    /// Nothing is offered that tells who somebody is.
    private: bool,
}

impl Front {
    fn new() -> Self {
        let surroundings = Surroundings::of_this_machine();
        let own_servers = surroundings.servers_in_words();
        Self { surroundings, own_servers, runs: Runs::load(), private: false }
    }
}

impl Desk for Front {
    fn check_addresses(&self, typed: &str) -> Result<(), String> {
        let wrong = |typed: &str| address::parse(typed).map(|_| ()).map_err(|error| error.to_string());
        match addresses(typed).count() {
            0 => wrong(typed),
            count if count > SEVERAL_LIMIT => Err(say!("more than {limit} addresses at once", limit = SEVERAL_LIMIT)),
            _ => addresses(typed).try_for_each(wrong),
        }
    }

    fn check_servers(&self, servers: &[String]) -> Result<(), String> {
        if servers.is_empty() && self.surroundings.servers.is_empty() {
            return Err(say!("this PC names no name server; type one, such as 1.1.1.1").to_owned());
        }
        config::check_resolvers(servers).map_err(|error| match error {
            // Who fills in the form knows of no option.
            ConfigError::Value { value, reason, .. } => format!("{value}: {reason}"),
            other => other.to_string(),
        })
    }

    fn guess(&self, typed: &str) -> (VantageSide, String) {
        let first = addresses(typed).next().and_then(|typed| address::parse(typed).ok());
        self.surroundings.guess(first.as_ref().map_or("", |address| address.domain.as_str()))
    }

    fn own_servers(&self) -> &str {
        &self.own_servers
    }

    fn own_spelling(&self) -> &'static str {
        config::SYSTEM
    }

    fn runs(&self) -> Vec<RunItem> {
        let shown: &[KeptRun] = if self.private { &[] } else { self.runs.list() };
        let items = shown.iter().map(|run| RunItem {
            address: text::sanitise_line(&run.address),
            client: config::client(&run.client),
            verdict: words::kept_verdict(&run.verdict),
            when: run.at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string(),
        });
        items.collect()
    }

    fn forget(&mut self, place: usize) -> Result<(), String> {
        let Some(run) = self.runs.list().get(place).cloned() else { return Ok(()) };
        self.runs.forget(&run).map_err(|error| say!("it cannot be forgotten: {reason}", reason = error))
    }
}

/// The addresses of one line: separated by spaces, commas or semicolons.
fn addresses(typed: &str) -> impl Iterator<Item = &str> {
    typed.split([' ', ',', ';', '\t']).filter(|part| !part.is_empty())
}
