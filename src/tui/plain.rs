//! The screen in lines, for screen readers, pipes and terminals that cannot draw: what is learnt is said as the run goes,
//! then the report, then commands in words reach whatever keys reach on the screen.
//!
//! Nothing is worded here a second time: the application is the screen's, and its documents and the report are written out.

mod command;
mod narration;

use super::{
    Ended, Exit, Options, action,
    app::{self, App, Message},
    carry_out, drain, ended, start_app,
};
use crate::{
    event::{ClientFamily, Command, Envelope},
    model::Progress,
    report,
};
use ratatui::layout::Rect;
use std::{
    io::{self, Write},
    pin::pin,
};
use tokio::sync::mpsc;

/// The screen that the application is told to have: wide, so that nothing is left out or said twice for want of room.
const SCREEN: Rect = Rect { x: 0, y: 0, width: 160, height: 50 };

/// What stands before a command.
const PROMPT: &str = said!("discoscope (help lists the commands):");

/// Tells a run in lines until it is over, and with `typed` until the reader quits: lines that are typed are commands.
/// Gives the run as far as it got; what `stop` says ends it at once. `client` is looked at instead of the one that the run
/// was made for.
///
/// # Errors
///
/// When `out` cannot be written.
pub async fn tell(
    mut typed: Option<mpsc::UnboundedReceiver<String>>,
    out: &mut dyn Write,
    mut envelopes: mpsc::UnboundedReceiver<Envelope>,
    commands: mpsc::UnboundedSender<Command>,
    client: Option<ClientFamily>,
    options: Options,
    stop: impl Future<Output = i32>,
) -> io::Result<Ended> {
    let mut stop = pin!(stop);
    let mut plain = Plain { client, ..Plain::new(&options) };
    // Where nobody can ask for more, the run ends when it is finished.
    let mut commands = Some(commands).filter(|_| typed.is_some());
    let mut open = true;
    loop {
        let line = tokio::select! {
            biased;
            status = &mut stop => return Ok(ended(plain.app, Exit::Signal(status))),
            // What was learnt before what is asked about it.
            first = envelopes.recv(), if open => {
                match first {
                    Some(first) => plain.take(drain(first, &mut envelopes), out)?,
                    None => {
                        open = false;
                        plain.close(out)?;
                        commands = None;
                    }
                }
                if !open && typed.is_none() {
                    return Ok(ended(plain.app, Exit::Quit));
                }
                plain.prompt_when_over(typed.is_some(), out)?;
                continue;
            }
            line = hear(&mut typed) => line,
        };
        let Some(line) = line else { return Ok(ended(plain.app, Exit::Quit)) };
        let said = command::obey(&mut plain.app, &line);
        write_lines(&said.text, out)?;
        let (sender, _receiver) = mpsc::unbounded_channel();
        for effect in said.effects {
            if let Some(exit) = carry_out(effect, &mut plain.app, commands.as_ref().unwrap_or(&sender), &options) {
                return Ok(ended(plain.app, exit));
            }
            if let Some(notice) = plain.app.ui.notice.take() {
                writeln!(out, "{notice}")?;
            }
        }
        if !plain.app.is_running() {
            plain.prompted = true;
            write!(out, "\n{} ", crate::language::say(PROMPT))?;
        }
        out.flush()?;
    }
}

/// The next line that is typed; never where nobody can type.
async fn hear(typed: &mut Option<mpsc::UnboundedReceiver<String>>) -> Option<String> {
    match typed {
        Some(typed) => typed.recv().await,
        None => std::future::pending().await,
    }
}

fn write_lines(text: &str, out: &mut dyn Write) -> io::Result<()> {
    text.lines().try_for_each(|line| writeln!(out, "{}", line.trim_end()))
}

/// What was told so far.
struct Plain {
    app: App,
    /// The client to look at instead of the run's own.
    client: Option<ClientFamily>,
    /// The whole report was told once; after that the verdict is enough.
    reported: bool,
    /// The end of the run was told.
    over: bool,
    /// The prompt stands there.
    prompted: bool,
}

impl Plain {
    fn new(options: &Options) -> Self {
        Self { app: start_app(SCREEN, options), client: None, reported: false, over: false, prompted: false }
    }

    /// Takes in what the run said, says it in words, and tells the report at its end.
    fn take(&mut self, envelopes: Vec<Envelope>, out: &mut dyn Write) -> io::Result<()> {
        let events: Vec<_> = envelopes.iter().map(|envelope| envelope.event.clone()).collect();
        app::update(&mut self.app, Message::Run(envelopes));
        if let Some(client) = self.client.take() {
            self.app.ui.client = client;
            self.app.conclude();
        }
        for event in &events {
            if let Some(line) = narration::line(&self.app, event) {
                if std::mem::take(&mut self.prompted) {
                    writeln!(out)?;
                }
                writeln!(out, "{line}")?;
            }
        }
        if self.app.is_running() {
            self.over = false;
        } else {
            self.tell_end(out)?;
        }
        out.flush()
    }

    /// The run can say nothing more.
    fn close(&mut self, out: &mut dyn Write) -> io::Result<()> {
        app::update(&mut self.app, Message::RunClosed);
        if self.app.model.progress == Progress::Running {
            // What was recorded is all there is: the run counts as stopped where the file ends.
            self.app.model.progress = Progress::Cancelled;
            self.app.conclude();
        }
        self.tell_end(out)?;
        out.flush()
    }

    fn tell_end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let Some(diagnosis) = self.app.diagnosis.as_ref().filter(|_| !self.over) else { return Ok(()) };
        self.over = true;
        if std::mem::replace(&mut self.reported, true) {
            return write_lines(&command::verdict(&self.app), out);
        }
        writeln!(out)?;
        report::text::write(&self.app.model, diagnosis, out)
    }

    fn prompt_when_over(&mut self, asks: bool, out: &mut dyn Write) -> io::Result<()> {
        if asks && self.over && !std::mem::replace(&mut self.prompted, true) {
            write!(out, "\n{} ", crate::language::say(PROMPT))?;
            out.flush()?;
        }
        Ok(())
    }
}

/// The commands in words, each with what it does.
pub fn commands() -> &'static [(&'static str, &'static str)] {
    &command::COMMANDS
}

/// What a command says, without asking anything of the world; for who wants to know what can be reached.
pub fn said(app: &mut App, line: &str) -> (String, Vec<action::Effect>) {
    let said = command::obey(app, line);
    (said.text, said.effects)
}
