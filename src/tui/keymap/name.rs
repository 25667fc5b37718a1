//! Stable names of bindings: what the configuration file and `docs/keys.md` call them.

use super::{Binding, Context};
use crate::tui::action::Action;

impl Context {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Stages => "stages",
            Self::Timeline => "timeline",
            Self::Views => "views",
            Self::Raw => "raw",
            Self::Certificate => "certificate",
            Self::Filter => "filter",
            Self::Search => "search",
            Self::Help => "help",
            Self::Question => "question",
            Self::WhatIf => "what-if",
            Self::Questions => "questions",
            Self::Palette => "palette",
            Self::Page => "page",
            Self::SignIn => "sign-in",
            Self::SignInConfirm => "sign-in-confirm",
            Self::Form => "form",
            Self::FormChoice => "form-choice",
            Self::FormRuns => "form-runs",
            Self::Cases => "cases",
            Self::Addresses => "addresses",
        }
    }

    /// Whether letters type something here.
    pub fn is_typing(self) -> bool {
        matches!(
            self,
            Self::Filter | Self::Search | Self::WhatIf | Self::Palette | Self::SignIn | Self::Form | Self::Cases
        )
    }

    fn is_form(self) -> bool {
        matches!(self, Self::Form | Self::FormChoice | Self::FormRuns)
    }

    fn is_choice(self) -> bool {
        matches!(self, Self::Cases | Self::Addresses)
    }

    fn is_browsing(self) -> bool {
        matches!(self, Self::Overview | Self::Stages | Self::Timeline | Self::Views | Self::Raw | Self::Certificate)
    }
}

impl Action {
    /// Its name; a row of keys that goes both ways has the name of both.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Step(by) if by < 0 => "up",
            Self::Step(by) if by > 0 => "down",
            Self::Step(_) => "step",
            Self::Change(by) if by < 0 => "previous",
            Self::Change(by) if by > 0 => "next",
            Self::Change(_) => "change",
            Self::Start => "start",
            Self::Forget => "forget",
            Self::Jump(_) => "jump",
            Self::Open => "open",
            Self::Back => "back",
            Self::NextPane => "next-pane",
            Self::PreviousPane => "previous-pane",
            Self::Certificate => "certificate",
            Self::Timeline => "timeline",
            Self::Views => "views",
            Self::Freeze => "freeze",
            Self::Export => "export",
            Self::Privacy => "privacy",
            Self::SignIn => "sign-in",
            Self::NextClient => "next-client",
            Self::PreviousClient => "previous-client",
            Self::Copy => "copy",
            Self::NextRemedy => "next-remedy",
            Self::PreviousRemedy => "previous-remedy",
            Self::NextField => "next-field",
            Self::PreviousField => "previous-field",
            Self::CopyPem => "copy-pem",
            Self::Mark => "mark",
            Self::Compare => "compare",
            Self::WhatIf => "what-if",
            Self::Questions => "questions",
            Self::ThisPc => "this-pc",
            Self::Yes => "yes",
            Self::No => "no",
            Self::Withdraw => "withdraw",
            Self::Palette => "palette",
            Self::Filter => "filter",
            Self::Search => "find",
            Self::NextPlace => "next-place",
            Self::PreviousPlace => "previous-place",
            Self::Received => "as-received",
            Self::Suspend => "suspend",
            Self::Rerun => "rerun",
            Self::RerunAll => "rerun-all",
            Self::Zoom => "zoom",
            Self::Wrap => "wrap",
            Self::PageUp => "page-up",
            Self::PageDown => "page-down",
            Self::Top => "top",
            Self::Bottom => "bottom",
            Self::Confirm => "confirm",
            Self::Help => "help",
            Self::Quit => "quit",
            Self::QuitNow => "quit-now",
        }
    }
}

impl Binding {
    /// Its name: the action's while something is looked at; above the screen with the context before it, or `overlay`
    /// where it serves several. Bindings of one name are bound together.
    pub fn name(&self) -> String {
        let action = self.action.as_str();
        match self.contexts {
            contexts if contexts.iter().any(|context| context.is_browsing()) => action.to_owned(),
            [_, _, ..] if self.contexts.iter().all(|context| context.is_form()) => format!("form-{action}"),
            [_, _, ..] if self.contexts.iter().all(|context| context.is_choice()) => format!("list-{action}"),
            [only] => format!("{}-{action}", only.as_str()),
            _ => format!("overlay-{action}"),
        }
    }
}
