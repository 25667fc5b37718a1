//! The one table of keys: it drives what a key does, the footer and the help.

mod context;
mod name;
mod rebinding;

pub use context::Context;
pub use rebinding::{Keys, RebindError, Rebinding, names, row_keys, row_names, texts};

use super::action::Action;
use crate::language;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// One key, or one row of keys.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Key {
    /// A key without modifiers.
    Code(KeyCode),
    /// A key together with Ctrl.
    Control(char),
    /// A character together with Alt.
    Alt(char),
    /// One of `1` to `9`.
    Digit,
}

/// What keys do in some contexts.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// The keys.
    pub keys: &'static [Key],
    /// How the keys are written, and how in ASCII.
    pub shown: (&'static str, &'static str),
    /// What they do.
    pub action: Action,
    /// Where.
    pub contexts: &'static [Context],
    /// One or two words for the footer.
    pub label: &'static str,
    /// A sentence for the help.
    pub tooltip: &'static str,
    /// Place in the footer: the lower, the longer it stays on a narrow screen; absent when it is in the help only.
    pub rank: Option<u8>,
}

use Context::{
    Addresses, Cases, Certificate, Filter, Form, FormChoice, FormRuns, Help, Overview, Page, Palette, Question,
    Questions, Raw, Search, SignIn, SignInConfirm, Stages, Timeline, Views, WhatIf,
};
const BROWSING: &[Context] = &[Overview, Timeline, Views, Stages, Raw, Certificate];
const DEEPER: &[Context] = &[Timeline, Views, Stages, Raw, Certificate];
const TEXT: &[Context] = &[Overview, Timeline, Views, Stages, Raw, Certificate, Help, Page];
const LISTS: &[Context] = &[Questions, Palette];
const CHOICES: &[Context] = &[Cases, Addresses];
const FORM: &[Context] = &[Form, FormChoice, FormRuns];

const fn letter(character: char) -> Key {
    Key::Code(KeyCode::Char(character))
}

const fn code(code: KeyCode) -> Key {
    Key::Code(code)
}

/// Every binding, in the order of footer and help.
#[rustfmt::skip]
pub static BINDINGS: &[Binding] = &[
    Binding { keys: &[code(KeyCode::Up), code(KeyCode::Down), letter('k'), letter('j')], shown: ("↑↓", "up/down"),
        action: Action::Step(0), contexts: TEXT, label: "step",
        tooltip: "the one above or below; a line up or down in a text (k and j do the same)", rank: Some(9) },
    Binding { keys: &[Key::Digit], shown: ("1-9", "1-9"), action: Action::Jump(0), contexts: &[Overview, Timeline, Stages],
        label: "jump", tooltip: "go to the step with this number", rank: None },
    Binding { keys: &[code(KeyCode::Enter)], shown: ("⏎", "Enter"), action: Action::Open, contexts: &[Overview, Timeline],
        label: "open", tooltip: "what each stage of this step measured", rank: Some(2) },
    Binding { keys: &[code(KeyCode::Enter)], shown: ("⏎", "Enter"), action: Action::Open, contexts: &[Stages],
        label: "raw", tooltip: "everything this stage recorded, as it is", rank: Some(2) },
    Binding { keys: &[code(KeyCode::Enter)], shown: ("⏎", "Enter"), action: Action::Open, contexts: &[Certificate],
        label: "read", tooltip: "go into the certificate's details", rank: Some(6) },
    Binding { keys: &[code(KeyCode::Enter)], shown: ("⏎", "Enter"), action: Action::Open, contexts: &[Filter],
        label: "keep", tooltip: "keep the filter and browse", rank: Some(2) },
    Binding { keys: &[code(KeyCode::Esc)], shown: ("Esc", "Esc"), action: Action::Back, contexts: BROWSING,
        label: "back", tooltip: "back one level", rank: Some(3) },
    Binding { keys: &[code(KeyCode::Esc)], shown: ("Esc", "Esc"), action: Action::Back, contexts: &[Filter],
        label: "clear", tooltip: "take the filter away", rank: Some(3) },
    Binding { keys: &[code(KeyCode::Tab)], shown: ("Tab", "Tab"), action: Action::NextPane,
        contexts: &[Overview, Stages, Certificate], label: "pane", tooltip: "the other pane", rank: Some(7) },
    Binding { keys: &[code(KeyCode::BackTab)], shown: ("⇧Tab", "S-Tab"), action: Action::PreviousPane,
        contexts: &[Overview, Stages, Certificate], label: "pane back", tooltip: "the pane before", rank: None },
    Binding { keys: &[letter('c')], shown: ("c", "c"), action: Action::Certificate, contexts: &[Overview, Stages],
        label: "certificate", tooltip: "the certificates this step was shown", rank: Some(4) },
    Binding { keys: &[letter('t')], shown: ("t", "t"), action: Action::Timeline, contexts: &[Overview],
        label: "timeline", tooltip: "where the time goes: every step on one axis of time", rank: Some(8) },
    Binding { keys: &[letter('t')], shown: ("t", "t"), action: Action::Timeline, contexts: &[Timeline],
        label: "list", tooltip: "back to the list of steps", rank: Some(4) },
    Binding { keys: &[letter('v')], shown: ("v", "v"), action: Action::Views, contexts: &[Overview],
        label: "views", tooltip: "what every server that was asked says of every name, side by side", rank: Some(11) },
    Binding { keys: &[letter('v')], shown: ("v", "v"), action: Action::Views, contexts: &[Views],
        label: "list", tooltip: "back to the list of steps", rank: Some(4) },
    Binding { keys: &[letter('f')], shown: ("f", "f"), action: Action::Freeze, contexts: BROWSING,
        label: "freeze", tooltip: "hold the screen still while the run goes on; again to let it move", rank: Some(8) },
    Binding { keys: &[letter('o')], shown: ("o", "o"), action: Action::NextClient, contexts: &[Overview],
        label: "client", tooltip: "the next Outlook version; its search is worked out at once", rank: Some(7) },
    Binding { keys: &[letter('O')], shown: ("O", "O"), action: Action::PreviousClient, contexts: &[Overview],
        label: "client back", tooltip: "the Outlook version before", rank: None },
    Binding { keys: &[letter('y')], shown: ("y", "y"), action: Action::Copy, contexts: &[Overview],
        label: "copy", tooltip: "copy the remedy, the evidence, the chosen field or the certificate (PEM)", rank: Some(4) },
    Binding { keys: &[letter('y')], shown: ("y", "y"), action: Action::Copy, contexts: DEEPER,
        label: "copy", tooltip: "copy the remedy, the evidence, the chosen field or the certificate (PEM)", rank: Some(6) },
    Binding { keys: &[letter('e')], shown: ("e", "e"), action: Action::Export, contexts: &[Overview],
        label: "export", tooltip: "write the report as an HTML page into the current folder", rank: Some(5) },
    Binding { keys: &[letter('e')], shown: ("e", "e"), action: Action::Export, contexts: DEEPER,
        label: "export", tooltip: "write the report as an HTML page into the current folder", rank: Some(8) },
    Binding { keys: &[letter('Y')], shown: ("Y", "Y"), action: Action::CopyPem, contexts: &[Certificate],
        label: "copy PEM", tooltip: "copy the certificate (PEM)", rank: None },
    Binding { keys: &[letter('n')], shown: ("n", "n"), action: Action::NextField, contexts: &[Certificate],
        label: "next field", tooltip: "choose the next field to copy", rank: Some(7) },
    Binding { keys: &[letter('N')], shown: ("N", "N"), action: Action::PreviousField, contexts: &[Certificate],
        label: "field back", tooltip: "choose the field before", rank: None },
    Binding { keys: &[letter('m')], shown: ("m", "m"), action: Action::Mark, contexts: &[Certificate],
        label: "mark", tooltip: "remember this certificate, to compare others with it", rank: Some(8) },
    Binding { keys: &[letter('d')], shown: ("d", "d"), action: Action::Compare, contexts: &[Certificate],
        label: "differences", tooltip: "this certificate beside the marked one, and back", rank: Some(8) },
    Binding { keys: &[letter('n')], shown: ("n", "n"), action: Action::NextRemedy, contexts: &[Overview],
        label: "next remedy", tooltip: "choose the next remedy to copy", rank: Some(5) },
    Binding { keys: &[letter('N')], shown: ("N", "N"), action: Action::PreviousRemedy, contexts: &[Overview],
        label: "remedy back", tooltip: "choose the remedy before", rank: None },
    Binding { keys: &[letter('W')], shown: ("W", "W"), action: Action::WhatIf, contexts: &[Overview],
        label: "what if", tooltip: "what the verdict would be if something were different", rank: Some(8) },
    Binding { keys: &[code(KeyCode::Enter)], shown: ("⏎", "Enter"), action: Action::Open, contexts: &[WhatIf],
        label: "keep", tooltip: "keep the answer in sight below the verdict; written away, nothing is supposed any more",
        rank: Some(1) },
    Binding { keys: &[code(KeyCode::Esc)], shown: ("Esc", "Esc"), action: Action::Back, contexts: &[WhatIf],
        label: "close", tooltip: "back to what was measured", rank: Some(0) },
    Binding { keys: &[letter('u')], shown: ("u", "u"), action: Action::SignIn, contexts: &[Overview, Stages],
        label: "sign in", tooltip: "sign in at this step, which asks for a password: name, password and host are asked for first", rank: Some(11) },
    Binding { keys: &[code(KeyCode::Enter)], shown: ("⏎", "Enter"), action: Action::Open, contexts: &[SignIn],
        label: "next", tooltip: "the next field; behind the last one comes the question whether to send it", rank: Some(1) },
    Binding { keys: &[code(KeyCode::Tab), code(KeyCode::Down)], shown: ("Tab", "Tab"), action: Action::NextPane,
        contexts: &[SignIn], label: "field", tooltip: "the next field", rank: Some(2) },
    Binding { keys: &[code(KeyCode::BackTab), code(KeyCode::Up)], shown: ("⇧Tab", "S-Tab"), action: Action::PreviousPane,
        contexts: &[SignIn], label: "field back", tooltip: "the field before", rank: None },
    Binding { keys: &[letter('y')], shown: ("y", "y"), action: Action::Confirm, contexts: &[SignInConfirm],
        label: "send", tooltip: "send it to the host that is named, once", rank: Some(1) },
    Binding { keys: &[letter('n'), code(KeyCode::Esc)], shown: ("n", "n"), action: Action::Back, contexts: &[SignInConfirm],
        label: "forget", tooltip: "send nothing and forget what was typed", rank: Some(2) },
    Binding { keys: &[code(KeyCode::Esc)], shown: ("Esc", "Esc"), action: Action::Back, contexts: &[SignIn],
        label: "forget", tooltip: "send nothing and forget what was typed", rank: Some(0) },
    Binding { keys: &[letter('a')], shown: ("a", "a"), action: Action::Questions, contexts: &[Overview],
        label: "answer", tooltip: "questions about the PC or the server that only a person can answer", rank: Some(8) },
    Binding { keys: &[letter('P')], shown: ("P", "P"), action: Action::ThisPc, contexts: &[Overview],
        label: "this PC", tooltip: "what was read on the PC: switches, files, proxy, hosts file", rank: None },
    Binding { keys: &[letter(':')], shown: (":", ":"), action: Action::Palette, contexts: BROWSING,
        label: "search", tooltip: "find an action, a step, a finding, a remedy, or a case by its code, its dialog or words", rank: Some(6) },
    Binding { keys: &[code(KeyCode::Up), code(KeyCode::Down)], shown: ("↑↓", "up/down"), action: Action::Step(0),
        contexts: LISTS, label: "row", tooltip: "the row above or below", rank: Some(4) },
    Binding { keys: &[code(KeyCode::Enter)], shown: ("⏎", "Enter"), action: Action::Open, contexts: &[Palette],
        label: "go", tooltip: "do or show what is chosen", rank: Some(1) },
    Binding { keys: &[letter('y')], shown: ("y", "y"), action: Action::Yes, contexts: &[Questions],
        label: "yes", tooltip: "answer yes", rank: Some(1) },
    Binding { keys: &[letter('n')], shown: ("n", "n"), action: Action::No, contexts: &[Questions],
        label: "no", tooltip: "answer no", rank: Some(1) },
    Binding { keys: &[letter('c')], shown: ("c", "c"), action: Action::Copy, contexts: &[Questions],
        label: "copy command", tooltip: "copy the command that answers it", rank: Some(2) },
    Binding { keys: &[code(KeyCode::Backspace), code(KeyCode::Delete)], shown: ("⌫", "Bksp"), action: Action::Withdraw,
        contexts: &[Questions], label: "take back", tooltip: "take the answer back", rank: Some(5) },
    Binding { keys: &[code(KeyCode::Esc)], shown: ("Esc", "Esc"), action: Action::Back,
        contexts: &[Questions, Palette, Page], label: "close", tooltip: "back to the run", rank: Some(0) },
    Binding { keys: &[code(KeyCode::Enter)], shown: ("⏎", "Enter"), action: Action::Open, contexts: &[Form, FormChoice],
        label: "next", tooltip: "keep this and go on; behind the last one the search starts", rank: Some(1) },
    Binding { keys: &[code(KeyCode::Enter)], shown: ("⏎", "Enter"), action: Action::Open, contexts: &[FormRuns],
        label: "start again", tooltip: "make this run again, with its options", rank: Some(1) },
    Binding { keys: &[Key::Control('r'), code(KeyCode::F(5))], shown: ("^R", "^R"), action: Action::Start,
        contexts: &[Form, FormChoice], label: "start now", tooltip: "start with everything as it stands (so does F5)", rank: Some(2) },
    Binding { keys: &[code(KeyCode::Up), code(KeyCode::Down)], shown: ("↑↓", "up/down"), action: Action::Step(0),
        contexts: FORM, label: "line", tooltip: "the line above or below", rank: Some(3) },
    Binding { keys: &[code(KeyCode::Left), code(KeyCode::Right)], shown: ("←→", "left/right"), action: Action::Change(0),
        contexts: &[FormChoice], label: "change", tooltip: "the choice before or after", rank: Some(2) },
    Binding { keys: &[code(KeyCode::Tab)], shown: ("Tab", "Tab"), action: Action::NextField, contexts: FORM,
        label: "line", tooltip: "the next line", rank: None },
    Binding { keys: &[code(KeyCode::BackTab)], shown: ("⇧Tab", "S-Tab"), action: Action::PreviousField, contexts: FORM,
        label: "line back", tooltip: "the line before", rank: None },
    Binding { keys: &[code(KeyCode::Delete), code(KeyCode::Backspace)], shown: ("Del", "Del"), action: Action::Forget,
        contexts: &[FormRuns], label: "forget", tooltip: "take this run off the list, and out of the file", rank: Some(2) },
    Binding { keys: &[code(KeyCode::F(1))], shown: ("F1", "F1"), action: Action::Help, contexts: FORM,
        label: "help", tooltip: "the keys that work here", rank: Some(4) },
    Binding { keys: &[code(KeyCode::Esc)], shown: ("Esc", "Esc"), action: Action::Back, contexts: FORM,
        label: "back", tooltip: "back one line; on the first one take away what was typed, then leave the program", rank: Some(0) },
    Binding { keys: &[code(KeyCode::Up), code(KeyCode::Down)], shown: ("↑↓", "up/down"), action: Action::Step(0),
        contexts: &[Cases], label: "choose", tooltip: "the case above or below", rank: Some(2) },
    Binding { keys: &[code(KeyCode::Enter)], shown: ("⏎", "Enter"), action: Action::Open, contexts: &[Cases],
        label: "run", tooltip: "play this case", rank: Some(1) },
    Binding { keys: &[code(KeyCode::Esc)], shown: ("Esc", "Esc"), action: Action::Back, contexts: &[Cases],
        label: "leave", tooltip: "take the words away that are sought; without any, leave", rank: Some(0) },
    Binding { keys: &[code(KeyCode::Up), code(KeyCode::Down), letter('k'), letter('j')], shown: ("↑↓", "up/down"),
        action: Action::Step(0), contexts: &[Addresses], label: "choose", tooltip: "the address above or below", rank: Some(2) },
    Binding { keys: &[code(KeyCode::Enter)], shown: ("⏎", "Enter"), action: Action::Open, contexts: &[Addresses],
        label: "open", tooltip: "look at this address's run", rank: Some(1) },
    Binding { keys: &[code(KeyCode::Esc), letter('q')], shown: ("Esc", "Esc"), action: Action::Back, contexts: &[Addresses],
        label: "other addresses", tooltip: "stop what is running and type other addresses", rank: Some(0) },
    Binding { keys: &[code(KeyCode::PageUp)], shown: ("PgUp", "PgUp"), action: Action::PageUp, contexts: CHOICES,
        label: "page up", tooltip: "one page up in the list", rank: None },
    Binding { keys: &[code(KeyCode::PageDown)], shown: ("PgDn", "PgDn"), action: Action::PageDown, contexts: CHOICES,
        label: "page down", tooltip: "one page down in the list", rank: None },
    Binding { keys: &[code(KeyCode::Home)], shown: ("Home", "Home"), action: Action::Top, contexts: &[Addresses],
        label: "top", tooltip: "the beginning of the list", rank: None },
    Binding { keys: &[code(KeyCode::End)], shown: ("End", "End"), action: Action::Bottom, contexts: &[Addresses],
        label: "end", tooltip: "the end of the list", rank: None },
    Binding { keys: &[code(KeyCode::F(1))], shown: ("F1", "F1"), action: Action::Help, contexts: CHOICES,
        label: "help", tooltip: "the keys that work here", rank: Some(3) },
    Binding { keys: &[letter('/')], shown: ("/", "/"), action: Action::Filter, contexts: &[Certificate],
        label: "find", tooltip: "show only names that hold what you type", rank: Some(6) },
    Binding { keys: &[letter('/')], shown: ("/", "/"), action: Action::Search, contexts: &[Stages, Raw, Page, Views],
        label: "find", tooltip: "find what you type in this text", rank: Some(5) },
    Binding { keys: &[letter('/')], shown: ("/", "/"), action: Action::Search, contexts: &[Overview, Timeline],
        label: "find", tooltip: "find a step, a finding, a remedy or a case by words", rank: None },
    Binding { keys: &[letter('n')], shown: ("n", "n"), action: Action::NextPlace, contexts: &[Stages, Raw, Page, Views],
        label: "next", tooltip: "the next place that holds what you seek", rank: Some(3) },
    Binding { keys: &[letter('N')], shown: ("N", "N"), action: Action::PreviousPlace, contexts: &[Stages, Raw, Page, Views],
        label: "before", tooltip: "the place before", rank: Some(4) },
    Binding { keys: &[code(KeyCode::Enter)], shown: ("⏎", "Enter"), action: Action::Open, contexts: &[Search],
        label: "keep", tooltip: "keep what you seek and go from place to place", rank: Some(2) },
    Binding { keys: &[code(KeyCode::Down)], shown: ("↓", "down"), action: Action::NextPlace, contexts: &[Search],
        label: "next", tooltip: "the next place that holds what you seek", rank: Some(3) },
    Binding { keys: &[code(KeyCode::Up)], shown: ("↑", "up"), action: Action::PreviousPlace, contexts: &[Search],
        label: "before", tooltip: "the place before", rank: Some(4) },
    Binding { keys: &[code(KeyCode::Esc)], shown: ("Esc", "Esc"), action: Action::Back, contexts: &[Search],
        label: "end", tooltip: "seek nothing", rank: Some(1) },
    Binding { keys: &[letter('v')], shown: ("v", "v"), action: Action::Received, contexts: &[Raw],
        label: "as received", tooltip: "exactly as it was received or recorded, or decoded and laid out", rank: Some(6) },
    Binding { keys: &[letter('r')], shown: ("r", "r"), action: Action::Rerun, contexts: &[Overview, Timeline],
        label: "rerun", tooltip: "ask this step again", rank: Some(6) },
    Binding { keys: &[letter('r')], shown: ("r", "r"), action: Action::Rerun, contexts: &[Stages, Raw],
        label: "rerun", tooltip: "ask again from this stage on", rank: Some(5) },
    Binding { keys: &[letter('R')], shown: ("R", "R"), action: Action::RerunAll, contexts: &[Overview, Timeline, Stages, Raw],
        label: "rerun all", tooltip: "ask every step again", rank: Some(8) },
    Binding { keys: &[letter('p')], shown: ("p", "p"), action: Action::Privacy, contexts: BROWSING, label: "privacy",
        tooltip: "placeholders for users, public addresses, serial numbers and tokens, in copies too; and back", rank: Some(11) },
    Binding { keys: &[letter('z')], shown: ("z", "z"), action: Action::Zoom,
        contexts: &[Overview, Stages, Certificate], label: "zoom", tooltip: "this pane alone, and back", rank: Some(10) },
    Binding { keys: &[letter('w')], shown: ("w", "w"), action: Action::Wrap, contexts: BROWSING,
        label: "wrap", tooltip: "break long lines, or cut them", rank: Some(12) },
    Binding { keys: &[code(KeyCode::PageUp)], shown: ("PgUp", "PgUp"), action: Action::PageUp, contexts: TEXT,
        label: "page up", tooltip: "one page up in the text", rank: None },
    Binding { keys: &[code(KeyCode::PageDown), letter(' ')], shown: ("PgDn", "PgDn"), action: Action::PageDown,
        contexts: TEXT, label: "page down", tooltip: "one page down in the text (so does space)", rank: None },
    Binding { keys: &[code(KeyCode::Home)], shown: ("Home", "Home"), action: Action::Top, contexts: TEXT,
        label: "top", tooltip: "the beginning of the text", rank: None },
    Binding { keys: &[code(KeyCode::End)], shown: ("End", "End"), action: Action::Bottom, contexts: TEXT,
        label: "end", tooltip: "the end of the text", rank: None },
    Binding { keys: &[letter('y'), letter('q'), code(KeyCode::Enter)], shown: ("y", "y"), action: Action::Confirm,
        contexts: &[Question], label: "yes", tooltip: "stop the run and quit", rank: Some(1) },
    Binding { keys: &[letter('n'), code(KeyCode::Esc)], shown: ("n", "n"), action: Action::Back,
        contexts: &[Question], label: "no", tooltip: "go on", rank: Some(2) },
    Binding { keys: &[code(KeyCode::Esc), letter('?'), letter('q')], shown: ("Esc", "Esc"), action: Action::Back,
        contexts: &[Help], label: "close", tooltip: "back to the screen", rank: Some(0) },
    Binding { keys: &[letter('/'), letter(':'), code(KeyCode::Enter)], shown: ("/", "/"), action: Action::Palette,
        contexts: &[Help], label: "search", tooltip: "find what a key does by a word, and do it", rank: Some(1) },
    Binding { keys: &[letter('?'), code(KeyCode::F(1))], shown: ("?", "?"), action: Action::Help, contexts: BROWSING,
        label: "help", tooltip: "the keys that work here", rank: Some(0) },
    Binding { keys: &[letter('q')], shown: ("q", "q"), action: Action::Quit, contexts: BROWSING,
        label: "quit", tooltip: "leave; asks first while the run is still going", rank: Some(0) },
    Binding { keys: &[Key::Control('c')], shown: ("^C", "^C"), action: Action::QuitNow, contexts: BROWSING,
        label: "quit now", tooltip: "leave at once, with exit status 130", rank: None },
    Binding { keys: &[Key::Control('c')], shown: ("^C", "^C"), action: Action::QuitNow,
        contexts: &[Filter, Search, Help, Question, WhatIf, Questions, Palette, Page, Form, FormChoice, FormRuns, SignIn, SignInConfirm, Cases, Addresses], label: "quit", tooltip: "leave at once, with exit status 130", rank: Some(0) },
    Binding { keys: &[Key::Control('z')], shown: ("^Z", "^Z"), action: Action::Suspend, contexts: &Context::ALL,
        label: "suspend", tooltip: "stop the program and go back to the shell; fg brings it back", rank: None },
];

/// The bindings of a context, in the order of the table.
pub fn of(context: Context) -> impl Iterator<Item = &'static Binding> {
    BINDINGS.iter().filter(move |binding| binding.contexts.contains(&context))
}

/// What a key does in a context.
pub fn action(context: Context, event: KeyEvent) -> Option<Action> {
    action_in(of(context), event)
}

fn action_in(mut bindings: impl Iterator<Item = &'static Binding>, event: KeyEvent) -> Option<Action> {
    bindings.find(|binding| binding.keys.iter().any(|key| key.matches(event))).map(|binding| match binding.action {
        Action::Jump(_) => Action::Jump(digit(event).unwrap_or(0)),
        Action::Step(0) => Action::Step(if matches!(event.code, KeyCode::Up | KeyCode::Char('k')) { -1 } else { 1 }),
        Action::Change(0) => Action::Change(if event.code == KeyCode::Left { -1 } else { 1 }),
        action => action,
    })
}

impl Binding {
    /// [`Binding::label`] in the language of this process.
    pub fn said_label(&self) -> &'static str {
        language::say(self.label)
    }

    /// [`Binding::tooltip`] in the language of this process.
    pub fn said_tooltip(&self) -> &'static str {
        language::say(self.tooltip)
    }

    /// How its keys are written.
    pub fn written(&self, ascii: bool) -> &'static str {
        if ascii { self.shown.1 } else { self.shown.0 }
    }
}

impl Key {
    /// Whether this is the key that was pressed.
    pub(super) fn matches(self, event: KeyEvent) -> bool {
        // Terminals disagree whether Shift is reported beside what it already changed.
        let modifiers = event.modifiers - KeyModifiers::SHIFT;
        match self {
            Self::Code(code) => modifiers.is_empty() && event.code == code,
            Self::Control(letter) => modifiers == KeyModifiers::CONTROL && event.code == KeyCode::Char(letter),
            Self::Alt(letter) => modifiers == KeyModifiers::ALT && event.code == KeyCode::Char(letter),
            Self::Digit => modifiers.is_empty() && digit(event).is_some(),
        }
    }
}

fn digit(event: KeyEvent) -> Option<u8> {
    match event.code {
        KeyCode::Char(character @ '1'..='9') => character.to_digit(10).and_then(|digit| u8::try_from(digit).ok()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_bound_twice_in_one_context() {
        for context in Context::ALL {
            let mut seen: Vec<Key> = Vec::new();
            for key in of(context).flat_map(|binding| binding.keys) {
                assert!(!seen.contains(key), "{key:?} twice in {context:?}");
                seen.push(*key);
            }
        }
    }

    #[test]
    fn every_context_can_be_left_and_quit() {
        for context in Context::ALL {
            let actions: Vec<Action> = of(context).map(|binding| binding.action).collect();
            assert!(actions.contains(&Action::QuitNow), "{context:?}");
            assert!(actions.contains(&Action::Back), "{context:?}");
        }
    }

    #[test]
    fn every_browsing_context_shows_help_and_quit_first() {
        for context in BROWSING {
            for action in [Action::Help, Action::Quit] {
                assert!(of(*context).any(|binding| binding.action == action && binding.rank == Some(0)));
            }
        }
    }

    #[test]
    fn every_binding_says_what_it_does_in_ascii_too() {
        for binding in BINDINGS {
            assert!(!binding.label.is_empty() && !binding.tooltip.is_empty());
            assert!(binding.shown.1.is_ascii() && binding.label.is_ascii());
        }
    }

    #[test]
    fn shift_does_not_hide_a_capital_letter() {
        let event = KeyEvent::new(KeyCode::Char('R'), KeyModifiers::SHIFT);
        assert_eq!(action(Overview, event), Some(Action::RerunAll));
        let event = KeyEvent::new(KeyCode::Char('7'), KeyModifiers::NONE);
        assert_eq!(action(Overview, event), Some(Action::Jump(7)));
        assert_eq!(action(Overview, KeyEvent::new(KeyCode::Char('r'), KeyModifiers::CONTROL)), None);
    }
}
