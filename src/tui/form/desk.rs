//! What goes into the form and what comes out of it: what it asks of the program, and what the reader asks for.

use crate::event::{ClientFamily, VantageSide};

/// How a question of the start was answered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Asked<T> {
    /// With this.
    Answer(T),
    /// The reader left, or the terminal went away.
    Left,
    /// The reader pressed Ctrl-C.
    Interrupted,
}

/// What the form says.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Wanted {
    /// One address, or several as they were typed.
    pub address: String,
    /// Outlook family that is looked at first.
    pub client: ClientFamily,
    /// Inside or outside of the customer's network; absent while it is only guessed.
    pub side: Option<VantageSide>,
    /// Name servers, in the spelling of `--resolver`; none for this machine's own.
    pub servers: Vec<String>,
}

/// What the reader asks for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Start {
    /// A run as the form says, and inside or outside as it stood there, guessed or chosen.
    New(Wanted, VantageSide),
    /// The run with this place on the list, counted from 0.
    Again(usize),
}

/// A run that was made before.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RunItem {
    /// Its address.
    pub address: String,
    /// Its Outlook family.
    pub client: ClientFamily,
    /// The verdict's word.
    pub verdict: String,
    /// When it ended, for people.
    pub when: String,
}

/// What the form asks of the program.
pub trait Desk {
    /// Whether a line holds addresses and nothing else.
    ///
    /// # Errors
    /// What is wrong, in words.
    fn check_addresses(&self, typed: &str) -> Result<(), String>;

    /// Whether these are name servers that can be asked.
    ///
    /// # Errors
    /// What is wrong, in words.
    fn check_servers(&self, servers: &[String]) -> Result<(), String>;

    /// Inside or outside, as far as it can be guessed for what is typed so far, and why.
    fn guess(&self, typed: &str) -> (VantageSide, String);

    /// This machine's own name servers, for people.
    fn own_servers(&self) -> &str;

    /// How `--resolver` spells this machine's own name servers.
    fn own_spelling(&self) -> &'static str;

    /// Runs that were kept, the newest first.
    fn runs(&self) -> Vec<RunItem>;

    /// Forgets a run, by its place on the list.
    ///
    /// # Errors
    /// What went wrong, in words.
    fn forget(&mut self, place: usize) -> Result<(), String>;
}
