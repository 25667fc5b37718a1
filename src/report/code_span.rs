//! Commands and names within running text, which pages set between backticks.

/// A part of running text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Part<'a> {
    /// Words.
    Words(&'a str),
    /// A command or a name, without its backticks; it holds none.
    Code(&'a str),
}

/// The parts of a text, in order. A backtick without a partner is a word, and so is an empty pair.
pub(super) fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((words, (code, behind))) =
        rest.split_once('`').and_then(|(words, after)| Some((words, after.split_once('`')?)))
    {
        if code.trim().is_empty() {
            break;
        }
        parts.extend([Part::Words(words), Part::Code(code)]);
        rest = behind;
    }
    parts.push(Part::Words(rest));
    parts.retain(|part| *part != Part::Words(""));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_of_backticks_hold_code() {
        assert_eq!(parts("run `a b` again"), [Part::Words("run "), Part::Code("a b"), Part::Words(" again")]);
        assert_eq!(parts("`a``b`"), [Part::Code("a"), Part::Code("b")]);
        assert_eq!(parts("it`s `a` `"), [Part::Words("it"), Part::Code("s "), Part::Words("a` `")]);
        assert_eq!(parts("``a``"), [Part::Words("``a``")]);
        assert_eq!(parts(""), []);
    }
}
