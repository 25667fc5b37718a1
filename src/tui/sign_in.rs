//! Signing in at the step looked at: the dialog's state, what may be offered, and what is sent. What is typed as password
//! is shown nowhere, and wiped when the dialog goes.

use super::{
    action::Effect,
    app::{App, Overlay},
    freeze,
    input::LineInput,
};
use crate::{
    event::{Account, CandidateId, Command, Origin, Proof, Scheme, SignInResult},
    model::CandidateState,
    secret::Secret,
    words,
};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::fmt;
use zeroize::{Zeroize as _, Zeroizing};

/// Most characters of a password that are taken.
const LIMIT: usize = 512;

/// A line whose text is never shown.
#[derive(Clone)]
pub struct HiddenInput(Zeroizing<String>);

impl Default for HiddenInput {
    fn default() -> Self {
        // Never grows, so no copy is left behind.
        Self(Zeroizing::new(String::with_capacity(4 * LIMIT)))
    }
}

impl fmt::Debug for HiddenInput {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("HiddenInput(hidden)")
    }
}

impl HiddenInput {
    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn press(&mut self, key: KeyEvent) {
        let control = is_control(key.modifiers);
        match key.code {
            KeyCode::Char('u') if control => self.0.zeroize(),
            KeyCode::Backspace => drop(self.0.pop()),
            KeyCode::Char(character) if !control => self.insert(character),
            _ => {}
        }
    }

    fn insert(&mut self, character: char) {
        if !character.is_control() && self.0.chars().count() < LIMIT {
            self.0.push(character);
        }
    }
}

/// Whether a letter is a command: AltGr, which types `@` and `\` on many keyboards, is reported as Control and Alt at once by
/// Windows.
pub(super) fn is_control(modifiers: KeyModifiers) -> bool {
    modifiers.contains(KeyModifiers::CONTROL) && !modifiers.contains(KeyModifiers::ALT)
}

/// Where the dialog's cursor stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Field {
    /// The user's name.
    User,
    /// The password.
    Password,
    /// The way to sign in.
    Way,
}

/// The dialog.
#[derive(Clone, Debug)]
pub struct Form {
    /// The step that is signed in at.
    pub candidate: CandidateId,
    /// The host that gets it, with its port where that is not the usual one.
    pub host: String,
    /// The user's name as it is typed.
    pub user: LineInput,
    /// The password as it is typed.
    pub password: HiddenInput,
    /// Ways that the server offers, each with what it is called; several in one are compared.
    pub ways: Vec<(String, Vec<Scheme>)>,
    /// Which of them is chosen, counted from 0.
    pub way: usize,
    /// Where the cursor stands.
    pub field: Field,
    /// Everything is typed; the last question is whether it shall be sent to this host.
    pub asks: bool,
    /// What is missing.
    pub problem: Option<&'static str>,
}

/// Whether somebody can sign in at the step looked at; if not, why.
///
/// # Errors
///
/// The reason, as a sentence for the reader.
pub fn availability(app: &App) -> Result<(), String> {
    if let Some(reason) = app.rerun_refused {
        return Err(reason.to_owned());
    }
    if app.freeze.is_on() {
        return Err(crate::language::say(freeze::HELD).to_owned());
    }
    if app.model.is_busy() {
        return Err(say!("the run is still going; it says first what a password would add").to_owned());
    }
    let refused = |state: &&CandidateState| {
        let bad = [SignInResult::Refused, SignInResult::Unclear, SignInResult::Failed];
        state.sign_ins().any(|attempt| bad.contains(&attempt.result))
    };
    if app.model.candidates.iter().any(|state| refused(&state)) {
        return Err(say!(
            "a server did not accept it in this run, and accounts are locked after few attempts; make sure of name \
                    and password, then begin a new run"
        )
        .to_owned());
    }
    let state = app.selected().ok_or(say!("there is no step to sign in at"))?;
    let exchange = state.exchange().filter(|exchange| exchange.status == Some(401));
    let asks = !matches!(state.candidate.origin, Origin::Redirect | Origin::Service);
    let exchange = exchange.filter(|_| asks).ok_or(say!("nothing asks for a password at this step"))?;
    if !exchange.verified || exchange.library.is_some() {
        return Err(say!("no password goes to a server whose certificate does not pass every check").to_owned());
    }
    match ways(&exchange.schemes).is_empty() {
        true => Err(say!("this server takes no password; a token goes with check --token-file").to_owned()),
        false => Ok(()),
    }
}

/// Opens the dialog.
pub(super) fn open(app: &mut App) {
    let Some(state) = app.selected() else { return };
    let schemes = state.exchange().map(|exchange| exchange.schemes.as_slice()).unwrap_or_default();
    let form = Form {
        candidate: state.candidate.id.clone(),
        host: state.place_to_sign_in_at(),
        user: LineInput::default(),
        password: HiddenInput::default(),
        ways: ways(schemes),
        way: 0,
        field: Field::User,
        asks: false,
        problem: None,
    };
    app.ui.sign_in = Some(form);
    app.ui.overlay = Some(Overlay::SignIn);
}

/// Ways for a password among those offered: the one that shows the server least first, and in the end both kinds, one
/// after the other, which tells whether something in between breaks one of them.
fn ways(offered: &[String]) -> Vec<(String, Vec<Scheme>)> {
    let is_offered = |scheme: &Scheme| offered.iter().any(|name| scheme.header_name().eq_ignore_ascii_case(name));
    let by_password = [Scheme::Ntlm, Scheme::Negotiate, Scheme::Basic];
    let single: Vec<Scheme> = by_password.into_iter().filter(is_offered).collect();
    let mut ways: Vec<_> = single.iter().map(|scheme| (words::scheme(*scheme).to_owned(), vec![*scheme])).collect();
    if let (Some(first), true) = (single.first(), single.contains(&Scheme::Basic) && single.len() > 1) {
        let name = say!("Basic, then {scheme} if that is accepted", scheme = words::scheme(*first));
        ways.push((name, vec![Scheme::Basic, *first]));
    }
    ways
}

/// A key that no binding of the dialog takes.
pub(super) fn press(app: &mut App, key: KeyEvent) {
    let Some(form) = app.ui.sign_in.as_mut().filter(|form| !form.asks) else { return };
    form.problem = None;
    match form.field {
        Field::User => drop(form.user.press(key)),
        Field::Password => form.password.press(key),
        Field::Way => {
            let count = form.ways.len().max(1);
            match key.code {
                KeyCode::Left => form.way = (form.way + count - 1) % count,
                KeyCode::Right | KeyCode::Char(' ') => form.way = (form.way + 1) % count,
                _ => {}
            }
        }
    }
}

/// Text that was pasted: its first line goes where the cursor stands.
pub(super) fn paste(app: &mut App, text: &str) {
    let Some(form) = app.ui.sign_in.as_mut().filter(|form| !form.asks) else { return };
    let line = text.lines().next().unwrap_or_default();
    match form.field {
        Field::User => form.user.insert(line),
        Field::Password => line.chars().for_each(|character| form.password.insert(character)),
        Field::Way => {}
    }
}

/// The next field, or the one before.
pub(super) fn change_field(app: &mut App, by: isize) {
    let Some(form) = app.ui.sign_in.as_mut() else { return };
    let fields = [Field::User, Field::Password, Field::Way];
    let at = fields.iter().position(|field| *field == form.field).unwrap_or(0);
    let next = if by > 0 { at + 1 } else { at + fields.len() - 1 } % fields.len();
    form.field = fields.get(next).copied().unwrap_or(Field::User);
}

/// Enter: the next field, and behind the last one the question whether it shall be sent.
pub(super) fn go_on(app: &mut App) {
    let Some(form) = app.ui.sign_in.as_mut() else { return };
    match form.field {
        Field::User => form.field = Field::Password,
        Field::Password => form.field = Field::Way,
        Field::Way if form.user.text().trim().is_empty() => {
            (form.field, form.problem) = (Field::User, Some(say!("type the user name")));
        }
        Field::Way if form.user.text().contains(':') => {
            (form.field, form.problem) = (Field::User, Some(say!("a user name holds no colon")));
        }
        Field::Way if form.password.is_empty() => {
            (form.field, form.problem) = (Field::Password, Some(say!("type the password")));
        }
        Field::Way => form.asks = true,
    }
}

/// Sends what was typed to the host that was named.
pub(super) fn send(app: &mut App) -> Vec<Effect> {
    app.ui.overlay = None;
    let Some(form) = app.ui.sign_in.take().filter(|form| form.asks) else { return Vec::new() };
    let schemes = form.ways.get(form.way).map(|(_, schemes)| schemes.clone()).unwrap_or_default();
    let account = Account {
        users: vec![form.user.text().trim().to_owned()],
        proof: Proof::Password(Secret::new(&form.password.0)),
        schemes,
        hosts: vec![form.host.clone()],
    };
    app.ui.moved = true;
    app.ui.selected = Some(form.candidate.clone());
    app.ui.notice = Some(say!("signing in at {host}", host = form.host));
    vec![Effect::Command(Command::SignIn { candidate: form.candidate, account })]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// crossterm's own table (`windows::parse_key_event_record`): right Alt is reported with left Control.
    const ALT_GR: KeyModifiers = KeyModifiers::CONTROL.union(KeyModifiers::ALT);

    #[test]
    fn characters_of_alt_gr_are_part_of_a_password() {
        let mut typed = HiddenInput::default();
        for (character, modifiers) in
            [('a', KeyModifiers::NONE), ('@', ALT_GR), ('\\', ALT_GR), ('u', ALT_GR), ('x', KeyModifiers::CONTROL)]
        {
            typed.press(KeyEvent::new(KeyCode::Char(character), modifiers));
        }
        assert_eq!(typed.0.as_str(), "a@\\u");
        typed.press(KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL));
        assert!(typed.is_empty());
    }
}
