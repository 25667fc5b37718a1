//! Keys bound otherwise, as the configuration file says.

use super::{BINDINGS, Binding, Context, Key, action_in};
use crate::tui::action::Action;
use crossterm::event::{KeyCode, KeyEvent};
use thiserror::Error;

/// One line of the configuration file's `[keys]`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rebinding {
    /// Name of the binding.
    pub name: String,
    /// The keys that it gets, the first of which is shown.
    pub keys: Vec<String>,
    /// Where this was said, for messages.
    pub place: String,
}

/// Why keys cannot be bound so.
#[derive(Clone, Debug, Error, Eq, PartialEq)]
pub enum RebindError {
    /// No binding is called so.
    #[error("{place}: no action is called {name:?}{hint}; docs/keys.md lists them")]
    Name {
        /// Where it was said.
        place: String,
        /// The name.
        name: String,
        /// A name like it.
        hint: String,
    },
    /// There is no such key.
    #[error("{place}: {name} = {key:?}: {reason}")]
    Key {
        /// Where it was said.
        place: String,
        /// Name of the binding.
        name: String,
        /// The key.
        key: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Two actions would have one key.
    #[error("{place}: {name} = {key:?}: in the {context} {key:?} means {other} already; give one of them another key")]
    Clash {
        /// Where it was said.
        place: String,
        /// Name of the binding.
        name: String,
        /// The key.
        key: String,
        /// Where both would work.
        context: &'static str,
        /// Name of the other binding.
        other: String,
    },
}

/// The bindings in force.
#[derive(Clone, Copy, Debug)]
pub struct Keys(&'static [Binding]);

impl Default for Keys {
    fn default() -> Self {
        Self(BINDINGS)
    }
}

impl Keys {
    /// The table with these bindings changed. It is made once, at the start, and kept for as long as the program lives.
    ///
    /// # Errors
    ///
    /// [`RebindError`] for a name or a key that does not exist, a key that would keep a letter from being typed, and two
    /// actions on one key.
    pub fn new(rebindings: &[Rebinding]) -> Result<Self, RebindError> {
        if rebindings.is_empty() {
            return Ok(Self::default());
        }
        let mut table: Vec<(Binding, Option<&Rebinding>)> = Vec::new();
        for binding in BINDINGS {
            table.extend(parts(binding, rebindings).into_iter().map(|binding| (binding, None)));
        }
        for rebinding in rebindings {
            let known = table.iter_mut().filter(|(binding, _)| row_names(binding).contains(&rebinding.name));
            let mut known = known.peekable();
            if known.peek().is_none() {
                return Err(unknown(rebinding));
            }
            for (binding, by) in known {
                *by = Some(rebinding);
                rebind(binding, rebinding)?;
            }
        }
        refuse_clashes(&table)?;
        let bindings: Vec<Binding> = table.into_iter().map(|(binding, _)| binding).collect();
        Ok(Self(bindings.leak()))
    }

    /// Every binding, in the order of footer and help.
    pub fn all(self) -> &'static [Binding] {
        self.0
    }

    /// The bindings of a context, in the order of the table.
    pub fn of(self, context: Context) -> impl Iterator<Item = &'static Binding> {
        self.0.iter().filter(move |binding| binding.contexts.contains(&context))
    }

    /// What a key does in a context.
    pub fn action(self, context: Context, event: KeyEvent) -> Option<Action> {
        action_in(self.of(context), event)
    }

    /// How the key of an action is written.
    pub fn shown(self, context: Context, action: Action, ascii: bool) -> &'static str {
        let found = self.of(context).find(|binding| binding.action == action);
        found.map_or("", |binding| binding.written(ascii))
    }
}

/// Names that the configuration file may use, in the order of the table, each once.
pub fn names() -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in BINDINGS.iter().flat_map(row_names) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Names of one row of the table: the row of arrows has one for each way; the digits stay what they are.
pub fn row_names(binding: &Binding) -> Vec<String> {
    match binding.action {
        Action::Step(0) => [-1, 1].map(|by| Binding { action: Action::Step(by), ..*binding }.name()).to_vec(),
        Action::Change(0) => [-1, 1].map(|by| Binding { action: Action::Change(by), ..*binding }.name()).to_vec(),
        Action::Jump(_) => Vec::new(),
        _ => vec![binding.name()],
    }
}

/// The keys that one row of the table gives an action.
pub fn row_keys(binding: &Binding, name: &str) -> Vec<Key> {
    let names = row_names(binding);
    let keys = binding.keys.iter().copied();
    match names.as_slice() {
        [up, _] if up == name => keys.filter(|key| goes_up(*key)).collect(),
        [_, down] if down == name => keys.filter(|key| !goes_up(*key)).collect(),
        [only] if only == name => keys.collect(),
        _ => Vec::new(),
    }
}

/// One way of a pair of arrows: what it does, how the key is written, its label.
type Way = (Action, (&'static str, &'static str), &'static str);

/// The two ways of the arrows that go up and down.
const UP_AND_DOWN: [Way; 2] = [(Action::Step(-1), ("↑", "up"), "up"), (Action::Step(1), ("↓", "down"), "down")];
/// The two ways of the arrows that change a choice.
const LEFT_AND_RIGHT: [Way; 2] =
    [(Action::Change(-1), ("←", "left"), "before"), (Action::Change(1), ("→", "right"), "after")];

/// A row as it stands, or its two ways apart where one of them gets other keys.
fn parts(binding: &Binding, rebindings: &[Rebinding]) -> Vec<Binding> {
    let names = row_names(binding);
    let touched = rebindings.iter().any(|rebinding| names.contains(&rebinding.name));
    let two_ways = match binding.action {
        Action::Step(0) => UP_AND_DOWN,
        Action::Change(0) => LEFT_AND_RIGHT,
        _ => return vec![*binding],
    };
    if !touched {
        return vec![*binding];
    }
    two_ways
        .map(|(action, shown, label)| {
            let by = if matches!(action, Action::Step(-1) | Action::Change(-1)) { -1 } else { 1 };
            let keys: Vec<Key> = binding.keys.iter().copied().filter(|key| goes_up(*key) == (by < 0)).collect();
            let tooltip = without_keys(binding.tooltip);
            Binding { keys: keys.leak(), shown, action, label, tooltip, ..*binding }
        })
        .to_vec()
}

fn goes_up(key: Key) -> bool {
    matches!(key, Key::Code(KeyCode::Up | KeyCode::Left | KeyCode::Char('k')))
}

fn unknown(rebinding: &Rebinding) -> RebindError {
    let hint = if rebinding.name == "jump" || rebinding.name == "step" {
        " (the digits stay what they are; the arrows are called up and down)".to_owned()
    } else {
        let names = names();
        let alike =
            names.iter().filter(|name| name.contains(&rebinding.name) || rebinding.name.contains(name.as_str()));
        alike.max_by_key(|name| name.len()).map_or_else(String::new, |name| format!(" (perhaps {name})"))
    };
    RebindError::Name { place: rebinding.place.clone(), name: rebinding.name.clone(), hint }
}

fn rebind(binding: &mut Binding, rebinding: &Rebinding) -> Result<(), RebindError> {
    let wrong = |key: &str, reason| RebindError::Key {
        place: rebinding.place.clone(),
        name: rebinding.name.clone(),
        key: key.to_owned(),
        reason,
    };
    let mut keys = Vec::new();
    for text in &rebinding.keys {
        let key = Key::parse(text).ok_or_else(|| {
            wrong(
                text,
                "is no key; write a character, or up, enter, esc, f5, space, shift-tab, ctrl-r, alt-r and the like",
            )
        })?;
        if binding.contexts.iter().any(|context| context.is_typing()) && key.types() {
            return Err(wrong(text, "is needed for typing there; take a key with ctrl or alt, or a function key"));
        }
        keys.push(key);
    }
    let first = keys.first().ok_or_else(|| wrong("", "an action needs at least one key"))?;
    let (shown, ascii): (&str, &str) = (first.written(false).leak(), first.written(true).leak());
    binding.shown = (shown, ascii);
    binding.keys = keys.leak();
    binding.tooltip = without_keys(binding.tooltip);
    Ok(())
}

/// Every text of the table, as it stands there and as it is when keys are bound otherwise; for the list of texts.
pub fn texts() -> Vec<&'static str> {
    let mut texts: Vec<&'static str> = BINDINGS
        .iter()
        .flat_map(|binding| [binding.label, binding.tooltip, without_keys(binding.tooltip)])
        .chain(UP_AND_DOWN.into_iter().chain(LEFT_AND_RIGHT).map(|(_, _, label)| label))
        .collect();
    texts.sort_unstable();
    texts.dedup();
    texts
}

/// A tooltip without the remark which other keys do the same.
fn without_keys(tooltip: &'static str) -> &'static str {
    [" (k and j", " (so does"].into_iter().fold(tooltip, |text, remark| text.split(remark).next().unwrap_or(text))
}

fn refuse_clashes(table: &[(Binding, Option<&Rebinding>)]) -> Result<(), RebindError> {
    for context in Context::ALL {
        let mut seen: Vec<(Key, &Binding, Option<&Rebinding>)> = Vec::new();
        for (binding, by) in table.iter().filter(|(binding, _)| binding.contexts.contains(&context)) {
            for key in binding.keys {
                let before = seen.iter().find(|(other, ..)| other.overlaps(*key));
                // The table itself has no clash, so one of the two was bound anew.
                if let Some((other_key, other, other_by)) = before
                    && let Some((rebinding, name, key, other)) = by
                        .map(|by| (by, binding.name(), *key, other.name()))
                        .or_else(|| other_by.map(|by| (by, other.name(), *other_key, binding.name())))
                {
                    return Err(RebindError::Clash {
                        place: rebinding.place.clone(),
                        name,
                        key: key.written(true),
                        context: context.as_str(),
                        other,
                    });
                }
                seen.push((*key, binding, *by));
            }
        }
    }
    Ok(())
}

/// Keys with a name, how they are written on the screen, and how in ASCII.
const NAMED: [(&str, KeyCode, &str, &str); 16] = [
    ("enter", KeyCode::Enter, "⏎", "Enter"),
    ("esc", KeyCode::Esc, "Esc", "Esc"),
    ("tab", KeyCode::Tab, "Tab", "Tab"),
    ("shift-tab", KeyCode::BackTab, "⇧Tab", "S-Tab"),
    ("up", KeyCode::Up, "↑", "up"),
    ("down", KeyCode::Down, "↓", "down"),
    ("left", KeyCode::Left, "←", "left"),
    ("right", KeyCode::Right, "→", "right"),
    ("home", KeyCode::Home, "Home", "Home"),
    ("end", KeyCode::End, "End", "End"),
    ("page-up", KeyCode::PageUp, "PgUp", "PgUp"),
    ("page-down", KeyCode::PageDown, "PgDn", "PgDn"),
    ("backspace", KeyCode::Backspace, "⌫", "Bksp"),
    ("delete", KeyCode::Delete, "Del", "Del"),
    ("insert", KeyCode::Insert, "Ins", "Ins"),
    ("space", KeyCode::Char(' '), "Space", "Space"),
];

impl Key {
    /// The key that is written so: a character, a name, `f1` to `f12`, or `ctrl-` or `alt-` and a character.
    pub fn parse(text: &str) -> Option<Self> {
        let mut characters = text.chars();
        if let (Some(character), None) = (characters.next(), characters.next()) {
            return (!character.is_whitespace() && !character.is_control())
                .then_some(Self::Code(KeyCode::Char(character)));
        }
        let lower = text.to_ascii_lowercase();
        if let Some((_, code, ..)) = NAMED.into_iter().find(|(name, ..)| *name == lower) {
            return Some(Self::Code(code));
        }
        let single = |rest: &str| {
            let mut characters = rest.chars();
            characters.next().filter(|character| character.is_ascii_graphic() && characters.next().is_none())
        };
        if lower.starts_with("ctrl-") {
            // Terminals send the same for both cases, have no code for most signs, and send Tab and Enter for i and m.
            let letter = single(lower.get(5..)?).filter(char::is_ascii_lowercase);
            return letter.filter(|letter| !matches!(letter, 'i' | 'm')).map(Self::Control);
        }
        if lower.starts_with("alt-") {
            return single(text.get(4..)?).map(Self::Alt);
        }
        let number: u8 = lower.strip_prefix('f')?.parse().ok()?;
        (1..=12).contains(&number).then_some(Self::Code(KeyCode::F(number)))
    }

    /// How the configuration file writes it.
    pub fn in_file(self) -> String {
        match self {
            Self::Code(code) => match NAMED.into_iter().find(|(_, known, ..)| *known == code) {
                Some((name, ..)) => name.to_owned(),
                None => match code {
                    KeyCode::F(number) => format!("f{number}"),
                    other => other.to_string(),
                },
            },
            Self::Control(letter) => format!("ctrl-{letter}"),
            Self::Alt(character) => format!("alt-{character}"),
            Self::Digit => "1-9".to_owned(),
        }
    }

    /// How it is written on the screen.
    pub fn written(self, ascii: bool) -> String {
        match self {
            Self::Code(code) => match NAMED.into_iter().find(|(_, known, ..)| *known == code) {
                Some((.., shown, plain)) => if ascii { plain } else { shown }.to_owned(),
                None => code.to_string(),
            },
            Self::Control(letter) => format!("^{}", letter.to_ascii_uppercase()),
            Self::Alt(character) => format!("Alt-{character}"),
            Self::Digit => "1-9".to_owned(),
        }
    }

    /// Whether it types or edits where text is typed.
    fn types(self) -> bool {
        use KeyCode::{Backspace, Char, Delete, End, Home, Left, Right};
        match self {
            Self::Code(Char(_) | Backspace | Delete | Left | Right | Home | End) | Self::Digit => true,
            Self::Control(letter) => matches!(letter, 'a' | 'e' | 'u' | 'w'),
            Self::Code(_) | Self::Alt(_) => false,
        }
    }

    fn overlaps(self, other: Self) -> bool {
        let is_digit = |key: Self| matches!(key, Self::Code(KeyCode::Char('1'..='9')) | Self::Digit);
        self == other || ((self == Self::Digit || other == Self::Digit) && is_digit(self) && is_digit(other))
    }
}

#[cfg(test)]
mod tests;
