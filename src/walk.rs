//! The walk: what one client would do with the outcomes of a run. Computed, never acted out. Pure.

mod judgement;
mod steps;
mod this_pc;

pub use judgement::{outcome, resolver_is_silent, windows_completes};
pub use steps::walk;
pub use this_pc::{NO_HOSTS_ENTRY, own_addresses};

use crate::event::{CandidateId, ClientFamily};
use serde::Serialize;

/// What one client does with the outcomes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Walk {
    /// Whose walk this is.
    pub client: ClientFamily,
    /// Every candidate of the run in this client's order.
    pub steps: Vec<WalkStep>,
    /// Dialogs in the order they appear.
    pub prompts: Vec<Prompt>,
    /// The step at which the client first stops to ask, or where its search ends with or without settings.
    pub stops_at: Option<CandidateId>,
    /// The candidate that answers, if the user lets the client get there.
    pub decided_by: Option<CandidateId>,
    /// Seconds the client waits for silent hosts before it gets there.
    pub waits_seconds: u32,
    /// The run in one word for this client.
    pub class: VerdictClass,
    /// Candidates before the answer whose end is not known, in the client's order.
    #[serde(skip)]
    pub open: Vec<CandidateId>,
}

/// One candidate as this client sees it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WalkStep {
    /// Which candidate.
    pub candidate: CandidateId,
    /// Number of the step in this client's order, from 1; absent for what the client does not try.
    pub number: Option<usize>,
    /// Whether the client gets there.
    pub reached: bool,
    /// What the candidate means to the verdict.
    pub role: Role,
    /// Outlook's own code for the failure, as its log prints it, such as `0x80072F06`.
    pub code: Option<&'static str>,
    /// Seconds lost here.
    pub waits_seconds: u32,
    /// The value that switches this step off on the PC that was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub switched_off: Option<SwitchedOff>,
}

/// What switches a step off on one PC.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct SwitchedOff {
    /// The registry key that holds the value.
    pub key: String,
    /// The value's name.
    pub value: String,
    /// A Group Policy sets it.
    pub by_policy: bool,
}

/// What a candidate means to the verdict.
#[derive(Clone, Copy, Debug, serde::Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The client's search ends here; or, where it ends nowhere, this is why.
    Decides,
    /// It makes the client ask the user.
    Prompts,
    /// It costs time and gives nothing.
    Delays,
    /// It fails in a way that neither asks nor delays, or is passed over.
    Harmless,
    /// The client never gets here.
    Unreached,
    /// It would serve, but something worse comes first.
    Hidden,
}

impl Role {
    /// The role's stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Decides => "decides",
            Self::Prompts => "prompts",
            Self::Delays => "delays",
            Self::Harmless => "harmless",
            Self::Unreached => "unreached",
            Self::Hidden => "hidden",
        }
    }
}

/// A dialog that the client shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Prompt {
    /// What kind of dialog.
    pub kind: PromptKind,
    /// The candidate that causes it.
    pub candidate: CandidateId,
    /// The host that the dialog names.
    pub host: String,
    /// Lines of the Security Alert that are red: `issuer`, `date`, `name`; empty for other dialogs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub red_lines: Vec<&'static str>,
    /// Outlook's code, as its log prints it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// It may not be shown: the sources disagree, or the PC signs in by itself.
    pub may: bool,
    /// When it comes back.
    pub recurs: Recurrence,
}

/// When a dialog comes back.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Recurrence {
    /// With every search: at start-up, about every hour once settings were found, about every five minutes while none
    /// are (KB3211279, with up to a quarter more or less).
    EverySearch,
    /// Once per profile, when the user ticks the box not to be asked again (KB2480582).
    OncePerProfile,
    /// Some seconds after the start, and whenever the service is used.
    WithTheService,
    /// At once, again and again, whatever is typed.
    WithoutEnd,
}

/// Kind of a dialog.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PromptKind {
    /// Security Alert about a certificate.
    SecurityAlert,
    /// "Allow this website to configure ... server settings?"
    Consent,
    /// Windows Security asks for a password.
    Password,
    /// A sign-in page, as Microsoft 365 and modern authentication show it.
    SignIn,
}

/// The run in one word.
#[derive(Clone, Copy, Debug, serde::Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerdictClass {
    /// Settings found, nobody asked.
    Silent,
    /// The endpoint answers; settings need credentials.
    NeedsPassword,
    /// It works, late or incompletely.
    Degraded,
    /// It works after the user accepted something that is wrong.
    Prompts,
    /// No settings are found.
    Fails,
    /// Too little is known.
    Inconclusive,
}

impl VerdictClass {
    /// The worse, the higher; settings found and only a password missing are both as good as it gets.
    pub fn badness(self) -> u8 {
        match self {
            Self::Silent | Self::NeedsPassword => 0,
            Self::Degraded => 1,
            Self::Prompts => 2,
            Self::Inconclusive => 3,
            Self::Fails => 4,
        }
    }

    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::NeedsPassword => "needs-password",
            Self::Degraded => "degraded",
            Self::Prompts => "prompts",
            Self::Fails => "fails",
            Self::Inconclusive => "inconclusive",
        }
    }
}
