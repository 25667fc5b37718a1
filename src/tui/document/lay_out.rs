//! Lays a document out into lines for a given width.

use super::{Document, Paragraph, joined};
use crate::tui::{
    measure::{char_width, pad, width},
    theme::{Look, Meaning},
};
use ratatui::text::{Line, Span};

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

impl Document {
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
    fn lay_out(&self, columns: usize, wrap: bool, look: &Look, lines: &mut Vec<Line<'static>>) {
        let mut indent = self.indent.min(columns / 3);
        let mut first: Vec<Span<'static>> = vec![Span::raw(" ".repeat(indent))];
        if let Some((meaning, label)) = &self.label {
            let column = self.label_column.min(columns.saturating_sub(indent) * 2 / 5);
            if width(label) < column && columns.saturating_sub(indent + column) >= LEAST_TEXT {
                first.push(Span::styled(pad(label, column), look.style(*meaning)));
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
/// or colon between two bytes, else as many as fit. Never 0 for a rest.
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
        if matches!(character, ',' | ';' | '/') || *character == ':' && is_behind_byte(characters, index) {
            after_mark = Some(index + 1);
        }
    }
    characters.len()
}

/// Whether a colon follows two hexadecimal digits that stand for themselves, as in a serial number.
fn is_behind_byte(characters: &[(char, Meaning)], colon: usize) -> bool {
    let at =
        |back: usize| colon.checked_sub(back).and_then(|place| characters.get(place)).map(|(character, _)| *character);
    let is_digit = |character: Option<char>| character.is_some_and(|known| known.is_ascii_hexdigit());
    is_digit(at(1)) && is_digit(at(2)) && !at(3).is_some_and(|before| before.is_ascii_alphanumeric())
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
    fn a_serial_number_breaks_between_its_bytes() {
        let mut document = Document::default();
        document.push(Paragraph::new(0, Meaning::Plain, "61:0b:7a:2e:00:11"));
        assert_eq!(text(&document.lay_out(8, true, &look())), ["61:0b:", "7a:2e:", "00:11"]);
        let mut document = Document::default();
        document.push(Paragraph::new(0, Meaning::Plain, "mail.contoso.test:443"));
        assert_eq!(text(&document.lay_out(19, true, &look())), ["mail.contoso.test:4", "43"]);
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
