//! Colours for what was sent and received: markup (XML, HTML) and JSON, told apart into elements, attributes, values and
//! comments. It never fails: what cannot be understood stays plain, because a body is shown as it came.

use super::theme::Meaning;

/// Deepest indentation of a tidied text, in levels; what lies deeper stays there.
const DEEPEST: usize = 32;

/// Pieces of one line with what each means.
pub type Pieces = Vec<(Meaning, String)>;

/// What a body is written in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Language {
    /// XML: elements nest, so it can be tidied.
    Xml,
    /// HTML.
    Html,
    /// JSON.
    Json,
    /// Anything else.
    Plain,
}

impl Language {
    /// By the content type as far as it says so, else by how the text begins.
    pub fn of(content_type: Option<&str>, text: &str) -> Self {
        let content_type = content_type.unwrap_or_default().to_ascii_lowercase();
        let start: String = text.trim_start().chars().take(15).collect::<String>().to_ascii_lowercase();
        if start.starts_with("<?xml") {
            Self::Xml
        } else if content_type.contains("html") || start.starts_with("<!doctype html") || start.starts_with("<html") {
            Self::Html
        } else if content_type.contains("xml") && start.starts_with('<') {
            Self::Xml
        } else if content_type.contains("json") || start.starts_with('{') || start.starts_with("[{") {
            Self::Json
        } else if start.starts_with('<') {
            Self::Html
        } else {
            Self::Plain
        }
    }

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Xml => "XML",
            Self::Html => "HTML",
            Self::Json => "JSON",
            Self::Plain => "text",
        }
    }

    /// Whether it can be laid out anew without changing what it says.
    pub fn can_be_tidied(self) -> bool {
        matches!(self, Self::Xml | Self::Json)
    }
}

/// The lines of a text as they came, in colours.
pub fn lines(text: &str, language: Language) -> Vec<Pieces> {
    match language {
        Language::Plain => text.lines().map(|line| vec![(Meaning::Plain, line.to_owned())]).collect(),
        Language::Xml | Language::Html => cut(markup(text).into_iter().map(|token| token.pieces)),
        Language::Json => cut(json(text).into_iter().map(|piece| vec![piece])),
    }
}

/// The lines of a text laid out anew: one element or one value on each, indented. What cannot be tidied is as it came.
pub fn tidied(text: &str, language: Language) -> Vec<Pieces> {
    match language {
        Language::Xml => tidied_markup(markup(text)),
        Language::Json => tidied_json(json(text)),
        Language::Html | Language::Plain => lines(text, language),
    }
}

/// Breaks pieces at line ends.
fn cut(tokens: impl Iterator<Item = Pieces>) -> Vec<Pieces> {
    let mut lines = vec![Pieces::new()];
    for (meaning, text) in tokens.flatten() {
        for (number, part) in text.split('\n').enumerate() {
            if number > 0 {
                lines.push(Pieces::new());
            }
            let part = part.trim_end_matches('\r');
            if let Some(line) = lines.last_mut().filter(|_| !part.is_empty()) {
                line.push((meaning, part.replace('\t', "    ")));
            }
        }
    }
    if lines.last().is_some_and(Vec::is_empty) {
        lines.pop();
    }
    lines
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Text,
    Opening,
    Closing,
    /// Closes itself, or nests nothing: a declaration, a comment.
    Alone,
}

#[derive(Debug)]
struct Token {
    kind: Kind,
    pieces: Pieces,
}

/// Everything of a text once, in order.
fn markup(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (token, length) = match rest.strip_prefix('<') {
            None => text_until_tag(rest),
            Some(_) if rest.starts_with("<!--") => whole(rest, "-->", Meaning::Comment),
            Some(_) if rest.starts_with("<![CDATA[") => whole(rest, "]]>", Meaning::Value),
            Some(_) if rest.starts_with("<!") || rest.starts_with("<?") => whole(rest, ">", Meaning::Comment),
            Some(inside) if inside.starts_with(|c: char| c.is_alphabetic() || matches!(c, '/' | '_')) => tag(rest),
            Some(inside) => {
                let (token, length) = text_until_tag(inside);
                let shown = token.pieces.into_iter().map(|(_, text)| text).collect::<String>();
                (Token { kind: Kind::Text, pieces: vec![(Meaning::Plain, format!("<{shown}"))] }, length + 1)
            }
        };
        tokens.push(token);
        // Each arm takes at least one character, and ends between two.
        rest = rest.get(length.max(1)..).unwrap_or_default();
    }
    tokens
}

fn text_until_tag(text: &str) -> (Token, usize) {
    let length = text.find('<').unwrap_or(text.len());
    let plain = text.get(..length).unwrap_or(text).to_owned();
    (Token { kind: Kind::Text, pieces: vec![(Meaning::Plain, plain)] }, length)
}

fn whole(text: &str, end: &str, meaning: Meaning) -> (Token, usize) {
    let length = text.find(end).map_or(text.len(), |at| at + end.len());
    let shown = text.get(..length).unwrap_or(text).to_owned();
    let kind = if meaning == Meaning::Value { Kind::Text } else { Kind::Alone };
    (Token { kind, pieces: vec![(meaning, shown)] }, length)
}

/// One tag with its attributes; quotes may hold `>`.
fn tag(text: &str) -> (Token, usize) {
    let mut pieces = Pieces::new();
    let name = text.char_indices().skip(2).find(|(_, c)| c.is_whitespace() || matches!(c, '>' | '/' | '<'));
    let name = name.map_or(text.len(), |(at, _)| at);
    pieces.push((Meaning::Element, text.get(..name).unwrap_or(text).to_owned()));
    let mut quote: Option<char> = None;
    let mut last = '<';
    let mut length = text.len();
    for (at, character) in text.char_indices().skip_while(|(at, _)| *at < name) {
        let meaning = match (quote, character) {
            (Some(open), _) => {
                if character == open {
                    quote = None;
                }
                Meaning::Value
            }
            (None, '"' | '\'') if last == '=' => {
                quote = Some(character);
                Meaning::Value
            }
            (None, '<') => {
                // The tag was never closed.
                length = at;
                break;
            }
            (None, '>' | '/') => Meaning::Element,
            (None, '=') => Meaning::Plain,
            (None, _) => Meaning::Attribute,
        };
        push(&mut pieces, meaning, character);
        if quote.is_none() && character == '>' {
            length = at + 1;
            break;
        }
        if !character.is_whitespace() {
            last = character;
        }
    }
    let shown = text.get(..length).unwrap_or(text);
    let kind = if shown.starts_with("</") {
        Kind::Closing
    } else if shown.ends_with("/>") || !shown.ends_with('>') {
        Kind::Alone
    } else {
        Kind::Opening
    };
    (Token { kind, pieces }, length)
}

fn push(pieces: &mut Pieces, meaning: Meaning, character: char) {
    match pieces.last_mut() {
        Some((last, text)) if *last == meaning => text.push(character),
        _ => pieces.push((meaning, character.to_string())),
    }
}

/// One element on each line; an element with text alone keeps it beside itself.
fn tidied_markup(tokens: Vec<Token>) -> Vec<Pieces> {
    let tokens: Vec<Token> = tokens.into_iter().filter(|token| !is_blank(token)).collect();
    let (mut lines, mut depth) = (Vec::new(), 0_usize);
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        if token.kind == Kind::Closing {
            depth = depth.saturating_sub(1);
        }
        let mut line = indented(depth);
        let taken =
            match (token.kind, tokens.get(at + 1).map(|next| next.kind), tokens.get(at + 2).map(|next| next.kind)) {
                (Kind::Opening, Some(Kind::Text), Some(Kind::Closing)) => 3,
                (Kind::Opening, Some(Kind::Closing), _) => 2,
                (Kind::Opening, ..) => {
                    depth += 1;
                    1
                }
                _ => 1,
            };
        for token in tokens.iter().skip(at).take(taken) {
            let of_text = token.kind == Kind::Text;
            line.extend(
                token
                    .pieces
                    .iter()
                    .map(|(meaning, text)| (*meaning, if of_text { text.trim().to_owned() } else { text.clone() })),
            );
        }
        lines.extend(cut(std::iter::once(line)));
        at += taken;
    }
    lines
}

fn is_blank(token: &Token) -> bool {
    token.kind == Kind::Text && token.pieces.iter().all(|(_, text)| text.trim().is_empty())
}

fn indented(depth: usize) -> Pieces {
    vec![(Meaning::Plain, "  ".repeat(depth.min(DEEPEST)))]
}

/// Everything of a text once, in order: strings, other values, and what stands between.
fn json(text: &str) -> Pieces {
    let mut pieces = Pieces::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => string_length(rest),
            _ if is_between(first) => first.len_utf8(),
            _ => rest.find(|c: char| is_between(c) || c == '"').unwrap_or(rest.len()),
        };
        let (piece, behind) = rest.split_at(length);
        let meaning = match first {
            '"' if behind.trim_start().starts_with(':') => Meaning::Attribute,
            _ if is_between(first) => Meaning::Plain,
            _ => Meaning::Value,
        };
        pieces.push((meaning, piece.to_owned()));
        rest = behind;
    }
    pieces
}

fn is_between(character: char) -> bool {
    character.is_whitespace() || matches!(character, '{' | '}' | '[' | ']' | ',' | ':')
}

/// Bytes of the string that a text begins with, quotes included; all of it when it never ends.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return at + 1,
            _ => escaped = false,
        }
    }
    text.len()
}

fn tidied_json(pieces: Pieces) -> Vec<Pieces> {
    let mut lines: Vec<Pieces> = vec![Pieces::new()];
    let mut depth = 0_usize;
    let mut pieces = pieces.into_iter().filter(|(_, text)| !text.trim().is_empty()).peekable();
    while let Some((meaning, text)) = pieces.next() {
        let closes = matches!(text.as_str(), "}" | "]");
        let empty = closes
            && lines.last().and_then(|line| line.last()).is_some_and(|(_, last)| matches!(last.as_str(), "{" | "["));
        if closes {
            depth = depth.saturating_sub(1);
            if empty {
                // `{}` stays together.
                if lines.last().is_some_and(|line| line.iter().all(|(_, text)| text.trim().is_empty())) {
                    lines.pop();
                }
            } else {
                lines.push(indented(depth));
            }
        }
        let (opens, parts) = (matches!(text.as_str(), "{" | "["), text == ",");
        let shown = if text == ":" { ": ".to_owned() } else { text };
        if let Some(line) = lines.last_mut() {
            line.push((meaning, shown));
        }
        let next_closes = pieces.peek().is_some_and(|(_, next)| matches!(next.as_str(), "}" | "]"));
        depth += usize::from(opens);
        if parts || (opens && !next_closes) {
            lines.push(indented(depth));
        }
    }
    cut(lines.into_iter().flat_map(|line| [line, vec![(Meaning::Plain, "\n".to_owned())]]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(lines: &[Pieces]) -> Vec<String> {
        lines.iter().map(|line| line.iter().map(|(_, text)| text.as_str()).collect()).collect()
    }

    #[test]
    fn elements_attributes_values_and_comments_are_told_apart() {
        let body = "<?xml version=\"1.0\"?><!-- a > b --><A xmlns='u>v' b=\"1\"><B>x</B><C/></A>";
        let shown: Pieces = lines(body, Language::of(None, body)).concat();
        let of =
            |meaning: Meaning| shown.iter().filter(move |(known, _)| *known == meaning).map(|(_, text)| text.trim());
        assert!(of(Meaning::Element).any(|text| text == "<A"), "{shown:?}");
        assert!(of(Meaning::Attribute).any(|text| text == "xmlns"), "{shown:?}");
        assert!(of(Meaning::Value).any(|text| text == "'u>v'"), "{shown:?}");
        assert!(of(Meaning::Comment).any(|text| text == "<!-- a > b -->"), "{shown:?}");
        assert!(of(Meaning::Plain).any(|text| text == "x"), "{shown:?}");
    }

    #[test]
    fn xml_is_tidied_without_changing_what_it_says() {
        let body = "<?xml version=\"1.0\"?><A><B>x y</B><C></C><D><E/></D></A>";
        let expected =
            ["<?xml version=\"1.0\"?>", "<A>", "  <B>x y</B>", "  <C></C>", "  <D>", "    <E/>", "  </D>", "</A>"];
        assert_eq!(text(&tidied(body, Language::Xml)), expected);
    }

    #[test]
    fn json_is_tidied_in_its_own_order() {
        let body = r#"{"Url":"https://a/\"b","n":[1,true],"empty":{}}"#;
        let expected =
            ["{", r#"  "Url": "https://a/\"b","#, "  \"n\": [", "    1,", "    true", "  ],", "  \"empty\": {}", "}"];
        let shown = tidied(body, Language::of(Some("application/json; charset=utf-8"), body));
        assert_eq!(text(&shown), expected);
        assert!(shown.concat().contains(&(Meaning::Attribute, "\"Url\"".to_owned())));
        assert!(shown.concat().contains(&(Meaning::Value, "true".to_owned())));
    }

    #[test]
    fn the_content_type_and_the_beginning_say_what_a_body_is() {
        assert_eq!(Language::of(Some("text/html"), "<?xml version=\"1.0\"?><!DOCTYPE html>"), Language::Xml);
        assert_eq!(Language::of(Some("text/html"), "<!DOCTYPE HTML>"), Language::Html);
        assert_eq!(Language::of(Some("text/xml"), "<Autodiscover>"), Language::Xml);
        assert_eq!(Language::of(None, "{\"ErrorCode\":1}"), Language::Json);
        assert_eq!(Language::of(Some("text/plain"), "hello"), Language::Plain);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_panics(body in "[<>/!a\"'= \n{}\\[\\],:\\\\é?-]{0,80}") {
            for language in [Language::Xml, Language::Html, Language::Json, Language::Plain] {
                let solid = |lines: &[Pieces]| text(lines).concat().split_whitespace().collect::<String>();
                let own: String = body.split_whitespace().collect();
                prop_assert_eq!(solid(&lines(&body, language)), own.clone());
                prop_assert_eq!(solid(&tidied(&body, language)), own);
            }
        }
    }
}
