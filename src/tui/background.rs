//! Whether the terminal's background is dark or light, found out once at the start.
//!
//! A variable says so on some terminals (`COLORFGBG`); others answer a question: OSC 11 with `?`, as xterm defined it
//! ("XTerm Control Sequences", Operating System Commands), is answered with the colour in the form `rgb:RRRR/GGGG/BBBB`.
//! The answer comes in like keys that are pressed, so it is picked out of them here, late ones too.

use super::{
    suspension::{Heard, Signals},
    terminal,
    theme::Theme,
};
use crossterm::event::{self, Event, EventStream, KeyCode, KeyEvent, KeyModifiers};
use futures_util::Stream;
use std::{
    collections::VecDeque,
    env,
    io::{self, Write as _},
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

/// Longest wait for the answer: terminals answer within a few milliseconds, those far away or mute shall not hold up the
/// start.
const PATIENCE: Duration = Duration::from_millis(100);

/// Most characters of an answer: `]11;rgba:` with four numbers of four digits.
const ANSWER_LIMIT: usize = 32;

/// Keys and other events of the terminal, without its answer to the question for its background.
#[derive(Debug, Default)]
pub struct Keys {
    /// What came while the answer was waited for.
    early: VecDeque<Event>,
    stream: EventStream,
    answer: Answer,
    signals: Signals,
}

impl Keys {
    /// The theme for this terminal: what `COLORFGBG` says, else what the terminal answers, else dark. The terminal has to
    /// be in raw mode, and nothing may have been read from it yet.
    pub fn fitting_theme(&mut self) -> Theme {
        let told = env::var("COLORFGBG").ok().and_then(|value| from_variable(&value));
        told.or_else(|| self.ask()).unwrap_or(Theme::Dark)
    }

    fn ask(&mut self) -> Option<Theme> {
        // Windows translates what comes in to keys, and the Linux console would print the question.
        let mute = cfg!(windows) || env::var("TERM").is_ok_and(|term| matches!(term.as_str(), "linux" | "dumb" | ""));
        if mute {
            return None;
        }
        let mut out = io::stdout();
        out.write_all(b"\x1b]11;?\x1b\\").and_then(|()| out.flush()).ok()?;
        self.answer.expected = true;
        let deadline = Instant::now() + PATIENCE;
        while let Some(left) = deadline.checked_duration_since(Instant::now())
            && event::poll(left).ok()?
        {
            let event = event::read().ok()?;
            match self.answer.take(event) {
                Taken::Kept => {}
                Taken::Passed(events) => self.early.extend(events),
                Taken::Answered(text) => return from_answer(&text),
            }
        }
        None
    }
}

impl Stream for Keys {
    type Item = io::Result<Event>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        while let Poll::Ready(heard) = this.signals.poll(context) {
            match heard {
                Heard::Stop => terminal::suspend()?,
                Heard::GoOn => terminal::resume()?,
            }
            // Whatever the shell left there has to be drawn over, and its size may be another.
            if let Some((columns, rows)) = terminal::size() {
                this.early.push_back(Event::Resize(columns, rows));
            }
        }
        loop {
            if let Some(event) = this.early.pop_front() {
                return Poll::Ready(Some(Ok(event)));
            }
            match Pin::new(&mut this.stream).poll_next(context) {
                Poll::Ready(Some(Ok(event))) => {
                    if let Taken::Passed(events) = this.answer.take(event) {
                        this.early.extend(events);
                    }
                }
                other => return other,
            }
        }
    }
}

/// The answer, as far as it came in.
#[derive(Debug, Default)]
struct Answer {
    /// The question was asked, and no answer came so far.
    expected: bool,
    held: Vec<Event>,
    text: String,
}

/// What became of an event.
#[derive(Debug, PartialEq)]
enum Taken {
    /// It belongs to an answer that is not complete.
    Kept,
    /// These do not belong to an answer.
    Passed(Vec<Event>),
    /// The answer is complete.
    Answered(String),
}

impl Answer {
    fn take(&mut self, event: Event) -> Taken {
        if !self.expected {
            return Taken::Passed(vec![event]);
        }
        // ESC and a character come in as that character with Alt, BEL as Ctrl-G.
        let pressed = match &event {
            Event::Key(KeyEvent { code: KeyCode::Char(character), modifiers, .. }) => {
                Some((*character, *modifiers - KeyModifiers::SHIFT))
            }
            _ => None,
        };
        match pressed {
            Some((']', KeyModifiers::ALT)) if self.held.is_empty() => {}
            Some(('\\', KeyModifiers::ALT) | ('g', KeyModifiers::CONTROL)) if !self.held.is_empty() => {
                self.held.clear();
                self.expected = false;
                return Taken::Answered(std::mem::take(&mut self.text));
            }
            Some((character, KeyModifiers::NONE))
                if self.text.len() < ANSWER_LIMIT && !self.held.is_empty() && is_of_answer(&self.text, character) =>
            {
                self.text.push(character);
            }
            _ => {
                self.text.clear();
                let mut all = std::mem::take(&mut self.held);
                all.push(event);
                return Taken::Passed(all);
            }
        }
        self.held.push(event);
        Taken::Kept
    }
}

/// Whether a character can stand behind what came of an answer.
fn is_of_answer(before: &str, character: char) -> bool {
    match "11;rgb".chars().nth(before.len()) {
        Some(expected) => character == expected,
        None => character.is_ascii_hexdigit() || matches!(character, ':' | '/'),
    }
}

/// What `COLORFGBG` says: the last number is the background's place among the sixteen colours. Black, the dark colours
/// and dark grey are dark.
fn from_variable(value: &str) -> Option<Theme> {
    let background: u8 = value.rsplit(';').next()?.parse().ok()?;
    match background {
        0..=6 | 8 => Some(Theme::Dark),
        7 | 9..=15 => Some(Theme::Light),
        _ => None,
    }
}

/// What an answer such as `11;rgb:ffff/ffff/ffff` says; each number has one to four digits.
fn from_answer(text: &str) -> Option<Theme> {
    let (_, numbers) = text.split_once(':')?;
    let channel = |text: &str| {
        let most = 16_u32.checked_pow(u32::try_from(text.len()).ok()?)?.checked_sub(1)?;
        Some(f64::from(u32::from_str_radix(text, 16).ok()?) / f64::from(most.max(1)))
    };
    let channels: Vec<f64> = numbers.split('/').map(channel).collect::<Option<_>>()?;
    // Weights of ITU-R BT.709; an alpha channel behind them does not matter.
    let [red, green, blue, ..] = channels.as_slice() else { return None };
    let light = 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5;
    Some(if light { Theme::Light } else { Theme::Dark })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(character: char, modifiers: KeyModifiers) -> Event {
        Event::Key(KeyEvent::new(KeyCode::Char(character), modifiers))
    }

    fn asked() -> Answer {
        Answer { expected: true, ..Answer::default() }
    }

    #[test]
    fn the_variable_names_the_background_last() {
        // As rxvt and konsole set it.
        assert_eq!(from_variable("15;0"), Some(Theme::Dark));
        assert_eq!(from_variable("0;15"), Some(Theme::Light));
        assert_eq!(from_variable("0;default;15"), Some(Theme::Light));
        assert_eq!(from_variable("12;8"), Some(Theme::Dark));
        assert_eq!(from_variable("0;default"), None);
        assert_eq!(from_variable(""), None);
    }

    #[test]
    fn answers_are_read_in_every_precision() {
        assert_eq!(from_answer("11;rgb:ffff/ffff/ffff"), Some(Theme::Light));
        assert_eq!(from_answer("11;rgb:fd/f6/e3"), Some(Theme::Light));
        assert_eq!(from_answer("11;rgb:0000/2b2b/3636"), Some(Theme::Dark));
        assert_eq!(from_answer("11;rgba:1e1e/1e1e/1e1e/ffff"), Some(Theme::Dark));
        for broken in ["11;rgb:", "11;rgb://", "11;rgb:ffff", "11;rgb:fffffffff/0/0", "", "11;?"] {
            assert_eq!(from_answer(broken), None, "{broken}");
        }
    }

    #[test]
    fn an_answer_is_picked_out_of_what_is_typed() {
        for end in [key('\\', KeyModifiers::ALT), key('g', KeyModifiers::CONTROL)] {
            let mut answer = asked();
            assert_eq!(answer.take(key('q', KeyModifiers::NONE)), Taken::Passed(vec![key('q', KeyModifiers::NONE)]));
            assert_eq!(answer.take(key(']', KeyModifiers::ALT)), Taken::Kept);
            for character in "11;rgb:ffff/ffff/ffff".chars() {
                assert_eq!(answer.take(key(character, KeyModifiers::NONE)), Taken::Kept, "{character}");
            }
            assert_eq!(answer.take(end), Taken::Answered("11;rgb:ffff/ffff/ffff".to_owned()));
            // Nothing is held back once the answer is there.
            let bracket = key(']', KeyModifiers::ALT);
            assert_eq!(answer.take(bracket.clone()), Taken::Passed(vec![bracket]));
        }
    }

    #[test]
    fn what_only_looks_like_an_answer_is_given_back() {
        let mut answer = asked();
        let typed = [key(']', KeyModifiers::ALT), key('1', KeyModifiers::NONE), key('r', KeyModifiers::NONE)];
        assert_eq!(answer.take(typed[0].clone()), Taken::Kept);
        assert_eq!(answer.take(typed[1].clone()), Taken::Kept);
        assert_eq!(answer.take(typed[2].clone()), Taken::Passed(typed.to_vec()));
    }
}
