//! A document: paragraphs that know what they mean.

mod lay_out;

pub use lay_out::Page;

use super::{measure::width, theme::Meaning};

/// Paragraphs one below the other.
#[derive(Clone, Debug, Default)]
pub struct Document {
    paragraphs: Vec<Paragraph>,
}

/// One paragraph.
#[derive(Clone, Debug, Default)]
pub struct Paragraph {
    indent: usize,
    hang: usize,
    label: Option<(Meaning, String)>,
    label_column: usize,
    spans: Vec<(Meaning, String)>,
    right: Option<(Meaning, String)>,
    anchored: bool,
    /// It holds the place that is looked at.
    found: bool,
}

impl Paragraph {
    /// Text after `indent` columns.
    pub fn new(indent: usize, meaning: Meaning, text: impl Into<String>) -> Self {
        Self { indent, ..Self::default() }.and(meaning, text)
    }

    /// More text behind it.
    pub fn and(mut self, meaning: Meaning, text: impl Into<String>) -> Self {
        self.spans.push((meaning, text.into()));
        self
    }

    /// Text at the right edge of its first line.
    pub fn right(mut self, meaning: Meaning, text: impl Into<String>) -> Self {
        self.right = Some((meaning, text.into()));
        self
    }

    /// Lines after the first stand this much further in.
    pub fn hang(mut self, columns: usize) -> Self {
        self.hang = columns;
        self
    }

    /// Its first line can be scrolled to.
    pub fn anchored(mut self) -> Self {
        self.anchored = true;
        self
    }
}

impl Document {
    /// Adds a paragraph.
    pub fn push(&mut self, paragraph: Paragraph) {
        self.paragraphs.push(paragraph);
    }

    /// Adds all paragraphs of another document.
    pub fn append(&mut self, mut other: Self) {
        self.paragraphs.append(&mut other.paragraphs);
    }

    /// Adds an empty line, unless there is one already or nothing stands above it.
    pub fn gap(&mut self) {
        if self.paragraphs.last().is_some_and(|last| !last.spans.is_empty() || last.label.is_some()) {
            self.paragraphs.push(Paragraph::default());
        }
    }

    /// Adds a heading.
    pub fn heading(&mut self, text: impl Into<String>) {
        self.push(Paragraph::new(0, Meaning::Title, text));
    }

    /// Adds the lines of a text, one paragraph each.
    pub fn text(&mut self, indent: usize, meaning: Meaning, text: &str) {
        for line in text.lines() {
            let line = line.replace('\t', "    ");
            let lead = line.chars().take_while(|character| *character == ' ').count();
            self.push(Paragraph::new(indent + lead, meaning, line.trim_start()));
        }
    }

    /// Adds rows of label and value in two columns.
    pub fn pairs(&mut self, indent: usize, rows: Vec<(String, Meaning, String)>) {
        let column = rows.iter().map(|(label, ..)| width(label)).max().unwrap_or(0) + 2;
        for (label, meaning, value) in rows {
            self.push(Paragraph {
                indent,
                label: Some((Meaning::Muted, label)),
                label_column: column,
                spans: vec![(meaning, value)],
                ..Paragraph::default()
            });
        }
    }

    /// Adds one row of label and value that can be scrolled to; labels take so many columns.
    pub fn field(&mut self, label: String, column: usize, meaning: Meaning, value: String) {
        self.push(Paragraph {
            label: Some((Meaning::Muted, label)),
            label_column: column,
            spans: vec![(meaning, value)],
            anchored: true,
            ..Paragraph::default()
        });
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.paragraphs.is_empty()
    }

    /// Its text without any layout, for the clipboard.
    pub fn plain_text(&self) -> String {
        let mut text = String::new();
        for paragraph in &self.paragraphs {
            text.push_str(&" ".repeat(paragraph.indent));
            if let Some((_, label)) = &paragraph.label {
                text.push_str(&super::measure::pad(label, paragraph.label_column));
            }
            text.extend(paragraph.spans.iter().map(|(_, span)| span.as_str()));
            if let Some((_, right)) = &paragraph.right {
                text.push_str("  ");
                text.push_str(right);
            }
            text.push('\n');
        }
        text
    }

    /// Marks every place that holds a text, capitals or not, and the one looked at apart. Gives how many there are; a
    /// label counts once however often it holds the text.
    pub fn mark(&mut self, sought: &str, looked_at: usize) -> usize {
        let sought: Vec<char> = sought.chars().map(folded).collect();
        let mut count = 0;
        if !sought.is_empty() {
            self.paragraphs.iter_mut().for_each(|paragraph| paragraph.mark(&sought, looked_at, &mut count));
        }
        count
    }
}

impl Paragraph {
    fn mark(&mut self, sought: &[char], looked_at: usize, count: &mut usize) {
        let mut found = false;
        let mut next = || {
            let here = *count == looked_at;
            *count += 1;
            found |= here;
            if here { Meaning::FoundHere } else { Meaning::Found }
        };
        let holds = |text: &str| !places(&text.chars().map(folded).collect::<Vec<_>>(), sought).is_empty();
        if let Some((meaning, _)) = self.label.as_mut().filter(|(_, text)| holds(text)) {
            *meaning = next();
        }
        let characters: Vec<(char, Meaning)> = self.characters();
        let folded: Vec<char> = characters.iter().map(|(character, _)| folded(*character)).collect();
        let places = places(&folded, sought);
        if !places.is_empty() {
            let mut marked = characters;
            for start in places {
                let mark = next();
                marked.iter_mut().skip(start).take(sought.len()).for_each(|(_, meaning)| *meaning = mark);
            }
            self.spans = joined(&marked);
        }
        if let Some((meaning, _)) = self.right.as_mut().filter(|(_, text)| holds(text)) {
            *meaning = next();
        }
        self.found = found;
    }

    fn characters(&self) -> Vec<(char, Meaning)> {
        self.spans.iter().flat_map(|(meaning, text)| text.chars().map(|character| (character, *meaning))).collect()
    }
}

/// Where a text holds another, none within one before.
fn places(text: &[char], sought: &[char]) -> Vec<usize> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(rest) = text.get(at..).filter(|rest| rest.len() >= sought.len()) {
        if rest.starts_with(sought) {
            found.push(at);
            at += sought.len();
        } else {
            at += 1;
        }
    }
    found
}

/// A character as it is compared: capitals do not count.
fn folded(character: char) -> char {
    character.to_lowercase().next().unwrap_or(character)
}

fn joined(characters: &[(char, Meaning)]) -> Vec<(Meaning, String)> {
    let mut spans: Vec<(Meaning, String)> = Vec::new();
    for (character, meaning) in characters {
        match spans.last_mut() {
            Some((last, text)) if last == meaning => text.push(*character),
            _ => spans.push((*meaning, character.to_string())),
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::{Look, Theme};

    fn look() -> Look {
        Look::new(Theme::Dark, false)
    }

    #[test]
    fn every_place_is_marked_and_one_of_them_apart() {
        for theme in Theme::ALL {
            let look = Look::new(theme, false);
            let mut document = Document::default();
            document.push(Paragraph::new(0, Meaning::Plain, "mail.").and(Meaning::Muted, "Contoso.test contoso"));
            document.pairs(0, vec![("contoso".into(), Meaning::Plain, "nothing".into())]);
            assert_eq!(document.clone().mark("CONTOSO", 9), 3);
            assert_eq!(document.clone().mark("", 0), 0);
            assert_eq!(document.mark("contoso", 1), 3);
            // The second place stands on the second line of the first paragraph.
            let page = document.lay_out(19, true, &look);
            assert_eq!(page.found_at, Some(1), "{theme:?}");
            let styles = |meaning| {
                page.lines.iter().flat_map(|line| &line.spans).filter(move |span| span.style == look.style(meaning))
            };
            assert_eq!(styles(Meaning::FoundHere).map(|span| span.content.as_ref()).collect::<Vec<_>>(), ["contoso"]);
            assert_eq!(styles(Meaning::Found).count(), 2, "{theme:?}");
        }
    }

    #[test]
    fn a_place_is_found_across_the_end_of_a_line() {
        let mut document = Document::default();
        document.push(Paragraph::new(0, Meaning::Plain, "0123456789abcdef"));
        assert_eq!(document.mark("9ab", 0), 1);
        assert_eq!(document.lay_out(10, true, &look()).found_at, Some(0));
        assert_eq!(document.lay_out(5, false, &look()).found_at, Some(0));
    }
}
