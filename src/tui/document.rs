//! A document: paragraphs that know what they mean, laid out into lines for a given width.

use super::{
    measure::{char_width, width},
    theme::{Look, Meaning},
};
use ratatui::text::{Line, Span};

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

/// A document laid out for a width.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Its lines.
    pub lines: Vec<Line<'static>>,
    /// First line of each anchored paragraph, in order.
    pub anchors: Vec<usize>,
    /// Places where what is sought was found.
    pub found: usize,
    /// The line with the place that is looked at.
    pub found_at: Option<usize>,
}

/// Least columns that text beside a label keeps before the label gets a line of its own.
const LEAST_TEXT: usize = 14;

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

    /// Its lines for a width. Without wrapping, what does not fit is cut and marked.
    pub fn lay_out(&self, columns: usize, wrap: bool, look: &Look) -> Page {
        let mut page = Page::default();
        if columns == 0 {
            return page;
        }
        for paragraph in &self.paragraphs {
            if paragraph.anchored {
                page.anchors.push(page.lines.len());
            }
            let first = page.lines.len();
            paragraph.lay_out(columns, wrap, look, &mut page.lines);
            if paragraph.found {
                // Nothing else looks so; where the place was cut off, its paragraph has to do.
                let style = look.style(Meaning::FoundHere);
                let is_here = |line: &Line<'_>| line.spans.iter().any(|span| span.style == style);
                let within = page.lines.iter().skip(first).position(is_here);
                page.found_at = Some(first + within.unwrap_or(0));
            }
        }
        page
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

    fn lay_out(&self, columns: usize, wrap: bool, look: &Look, lines: &mut Vec<Line<'static>>) {
        let mut indent = self.indent.min(columns / 3);
        let mut first: Vec<Span<'static>> = vec![Span::raw(" ".repeat(indent))];
        if let Some((meaning, label)) = &self.label {
            let column = self.label_column.min(columns.saturating_sub(indent) * 2 / 5);
            if width(label) < column && columns.saturating_sub(indent + column) >= LEAST_TEXT {
                first.push(Span::styled(super::measure::pad(label, column), look.style(*meaning)));
                indent += column;
            } else {
                let own = Self::new(self.indent, *meaning, label.clone());
                own.lay_out(columns, wrap, look, lines);
                indent = (indent + 2).min(columns / 3);
                first = vec![Span::raw(" ".repeat(indent))];
            }
        }
        let right = self.right.as_ref().map_or(0, |(_, text)| width(text) + 2);
        let beside = right > 0 && columns.saturating_sub(indent + right) >= LEAST_TEXT.max(self.text_width().min(40));
        let rows = self.rows(columns, indent, if beside { right } else { 0 }, wrap, look);
        for (number, mut row) in rows.into_iter().enumerate() {
            let mut spans = if number == 0 {
                std::mem::take(&mut first)
            } else {
                vec![Span::raw(" ".repeat((indent + self.hang).min(columns / 2)))]
            };
            spans.append(&mut row);
            if let (0, true, Some((meaning, text))) = (number, beside, &self.right) {
                let used: usize = spans.iter().map(Span::width).sum();
                spans.push(Span::raw(" ".repeat(columns.saturating_sub(used + width(text)))));
                spans.push(Span::styled(text.clone(), look.style(*meaning)));
            }
            lines.push(Line::from(spans));
        }
        if let (false, Some((meaning, text))) = (beside, &self.right) {
            Self::new(self.indent + 2, *meaning, text.clone()).lay_out(columns, wrap, look, lines);
        }
    }

    fn text_width(&self) -> usize {
        self.spans.iter().map(|(_, text)| width(text)).sum()
    }

    /// The paragraph's own text broken into rows of styled spans.
    fn rows(&self, columns: usize, indent: usize, right: usize, wrap: bool, look: &Look) -> Vec<Vec<Span<'static>>> {
        let characters = self.characters();
        let first = columns.saturating_sub(indent + right).max(1);
        let later = columns.saturating_sub((indent + self.hang).min(columns / 2)).max(1);
        if !wrap {
            return vec![cut(&characters, first, look)];
        }
        let mut rows = Vec::new();
        let mut rest = characters.as_slice();
        while !rest.is_empty() || rows.is_empty() {
            let room = if rows.is_empty() { first } else { later };
            let length = row_length(rest, room);
            let (row, after) = rest.split_at(length);
            rows.push(styled(row, look));
            rest = after;
        }
        rows
    }
}

/// How many characters the next row takes: up to the last space that fits, else up to the last comma, semicolon or slash,
/// else as many as fit. Never 0 for a rest.
fn row_length(characters: &[(char, Meaning)], room: usize) -> usize {
    let mut used = 0;
    let (mut after_space, mut after_mark) = (None, None);
    for (index, (character, _)) in characters.iter().enumerate() {
        if *character == ' ' {
            // A space may hang over the edge.
            after_space = Some(index + 1);
        }
        used += char_width(*character);
        if used > room && *character != ' ' {
            return after_space.or(after_mark).unwrap_or(index).max(1);
        }
        if matches!(character, ',' | ';' | '/') {
            after_mark = Some(index + 1);
        }
    }
    characters.len()
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

fn styled(characters: &[(char, Meaning)], look: &Look) -> Vec<Span<'static>> {
    let mut spans = joined(characters);
    if let Some((_, last)) = spans.last_mut() {
        last.truncate(last.trim_end().len());
    }
    spans.into_iter().map(|(meaning, text)| Span::styled(text, look.style(meaning))).collect()
}

fn cut(characters: &[(char, Meaning)], room: usize, look: &Look) -> Vec<Span<'static>> {
    let total: usize = characters.iter().map(|(character, _)| char_width(*character)).sum();
    if total <= room {
        return styled(characters, look);
    }
    let keep = room.saturating_sub(width(look.glyphs.ellipsis));
    let mut used = 0;
    let fitting = characters
        .iter()
        .take_while(|(character, _)| {
            used += char_width(*character);
            used <= keep
        })
        .count();
    // `take_while` counted at most all characters.
    let mut spans = styled(characters.split_at(fitting).0, look);
    spans.push(Span::styled(look.glyphs.ellipsis, look.style(Meaning::Muted)));
    spans
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::Theme;
    use proptest::prelude::*;

    fn look() -> Look {
        Look::new(Theme::Dark, false)
    }

    fn text(page: &Page) -> Vec<String> {
        page.lines.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn words_move_to_the_next_line_whole() {
        let mut document = Document::default();
        document.push(Paragraph::new(2, Meaning::Plain, "Publish an SRV record").hang(2));
        assert_eq!(text(&document.lay_out(14, true, &look())), ["  Publish an", "    SRV record"]);
        assert_eq!(text(&document.lay_out(14, false, &look())), ["  Publish an…"]);
    }

    #[test]
    fn labels_keep_a_column_or_a_line() {
        let mut document = Document::default();
        document.pairs(0, vec![("issuer".into(), Meaning::Plain, "CN=Contoso CA".into())]);
        assert_eq!(text(&document.lay_out(40, true, &look())), ["issuer  CN=Contoso CA"]);
        assert_eq!(text(&document.lay_out(18, true, &look())), ["issuer", "  CN=Contoso CA"]);
    }

    #[test]
    fn the_right_hand_text_keeps_the_edge() {
        let mut document = Document::default();
        document.push(Paragraph::new(0, Meaning::Title, "What to do").right(Meaning::Muted, "owner: you"));
        assert_eq!(text(&document.lay_out(30, true, &look())), ["What to do          owner: you"]);
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

    proptest! {
        #[test]
        fn no_line_is_wider_than_the_page(text in "[ -~漢é]{0,200}", columns in 8usize..60, wrap: bool) {
            let mut document = Document::default();
            document.push(Paragraph::new(3, Meaning::Plain, text.clone()).hang(2).right(Meaning::Muted, "right"));
            document.pairs(1, vec![("label".into(), Meaning::Plain, text)]);
            for line in document.lay_out(columns, wrap, &look()).lines {
                prop_assert!(line.width() <= columns, "{line}");
            }
        }
    }
}
