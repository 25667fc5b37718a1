//! What the reader chose: the level, the pane, and everything that is typed, marked or folded out.

use crate::{
    event::{CandidateId, Certificate, ClientFamily, Stage},
    tui::{input::LineInput, search::Search, sign_in},
};
use ratatui::layout::Rect;

/// What the reader chose.
#[derive(Clone, Debug)]
pub struct Ui {
    /// Size of the screen.
    pub screen: Rect,
    /// The client family looked at.
    pub client: ClientFamily,
    /// The level looked at.
    pub place: Place,
    /// The levels that Esc goes back to, the outermost first.
    pub behind: Vec<Place>,
    /// The candidate that was chosen; absent while the program chooses.
    pub selected: Option<CandidateId>,
    /// The certificate that others are compared with, and where it was seen; absent until one is marked.
    pub marked: Option<Marked>,
    /// What is taken to be different, as it is being typed.
    pub assumed: LineInput,
    /// What is supposed, kept in sight with its answer below the verdict; empty for nothing.
    pub supposed: String,
    /// What is sought in the palette.
    pub sought: LineInput,
    /// Which row of the palette or of the questions is looked at, counted from 0.
    pub chosen: usize,
    /// The case whose page lies above the screen.
    pub page: Option<&'static str>,
    /// The explorer compares instead of showing one.
    pub comparing: bool,
    /// The field of the certificate that is copied; absent while none was chosen.
    pub field: Option<usize>,
    /// The reader chose something, so the program no longer does.
    pub moved: bool,
    /// The stage looked at, within the candidate.
    pub stage: Option<Stage>,
    /// Which of the certificates shown is looked at, counted from 0.
    pub certificate: usize,
    /// Which remedy is copied, counted from 0.
    pub remedy: usize,
    /// Text that names on a certificate must hold.
    pub filter: LineInput,
    /// The filter is being typed.
    pub filtering: bool,
    /// The pane with the keyboard takes the whole body.
    pub zoom: bool,
    /// Long lines are broken.
    pub wrap: bool,
    /// What somebody signs in with, while it is being typed.
    pub sign_in: Option<sign_in::Form>,
    /// What lies above the screen.
    pub overlay: Option<Overlay>,
    /// What is sought in a text.
    pub search: Search,
    /// What was recorded is shown as it was received instead of decoded and laid out.
    pub received: bool,
    /// What is to be said about the last key.
    pub notice: Option<String>,
    /// Ticks of the spinner.
    pub turn: usize,
    /// Microseconds, by the spinner, since the run said something: a silent host must not make the clock stand still.
    pub waited_us: u64,
}

/// A level with what the reader chose on it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Place {
    /// How deep.
    pub level: Level,
    /// Which pane has the keyboard.
    pub focus: Focus,
    /// First line seen of the text.
    pub scroll: usize,
}

/// A certificate to compare others with.
#[derive(Clone, Debug, PartialEq)]
pub struct Marked {
    /// Where it was seen: a candidate and an address, or a file.
    pub place: String,
    /// The certificate.
    pub certificate: Certificate,
}

/// How deep the reader is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Level {
    /// All candidates, and why.
    Overview,
    /// All candidates on one axis of time.
    Timeline,
    /// Every name in every view.
    Views,
    /// One candidate's stages, and their evidence.
    Stages,
    /// One stage as it was recorded.
    Raw,
    /// Certificates.
    Certificate,
}

/// Which pane has the keyboard.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Focus {
    /// The list.
    First,
    /// The text.
    Second,
}

/// What lies above the screen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Overlay {
    /// The keys that work here, from this line on.
    Help {
        /// First line seen.
        scroll: usize,
    },
    /// May the program quit while the run is going?
    Question,
    /// What would be if something were different.
    WhatIf,
    /// Questions that only a person can answer.
    Questions,
    /// What somebody signs in with is being typed.
    SignIn,
    /// A search through actions, steps, findings and cases.
    Palette,
    /// One page of the catalogue, from this line on.
    Page {
        /// First line seen.
        scroll: usize,
    },
}

impl Ui {
    /// Nothing chosen yet, on a screen of this size.
    pub(super) fn new(screen: Rect) -> Self {
        Self {
            screen,
            client: ClientFamily::default(),
            place: Place { level: Level::Overview, focus: Focus::First, scroll: 0 },
            behind: Vec::new(),
            selected: None,
            moved: false,
            stage: None,
            certificate: 0,
            remedy: 0,
            marked: None,
            assumed: LineInput::default(),
            supposed: String::new(),
            sought: LineInput::default(),
            chosen: 0,
            page: None,
            comparing: false,
            field: None,
            filter: LineInput::default(),
            filtering: false,
            zoom: false,
            wrap: true,
            sign_in: None,
            overlay: None,
            search: Search::default(),
            received: false,
            notice: None,
            turn: 0,
            waited_us: 0,
        }
    }
}
