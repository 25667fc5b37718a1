//! Display width: how many columns a text takes, and how to make it take fewer.

use ratatui::text::{Line, Span};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns that a text takes.
pub fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// Columns that a character takes.
pub fn char_width(character: char) -> usize {
    UnicodeWidthChar::width(character).unwrap_or(0)
}

/// The text in at most `limit` columns; what is cut is replaced by the ellipsis.
pub fn shorten(text: &str, limit: usize, ellipsis: &str) -> String {
    if width(text) <= limit {
        return text.to_owned();
    }
    let room = limit.saturating_sub(width(ellipsis));
    let mut short = String::new();
    let mut used = 0;
    for character in text.chars() {
        used += char_width(character);
        if used > room {
            break;
        }
        short.push(character);
    }
    if width(ellipsis) <= limit {
        short.push_str(ellipsis);
    }
    short
}

/// The line in at most `limit` columns; what is cut is replaced by the ellipsis.
pub fn shorten_line(line: Line<'static>, limit: usize, ellipsis: &'static str) -> Line<'static> {
    if line.width() <= limit {
        return line;
    }
    let mut room = limit.saturating_sub(width(ellipsis));
    let mut spans: Vec<Span<'static>> = Vec::new();
    for span in line.spans {
        let kept = shorten(&span.content, room, "");
        room -= width(&kept);
        let is_cut = kept.len() < span.content.len();
        let style = span.style;
        spans.push(Span::styled(kept, style));
        if is_cut {
            spans.push(Span::styled(if width(ellipsis) <= limit { ellipsis } else { "" }, style));
            break;
        }
    }
    Line::from(spans)
}

/// The text with spaces behind it up to `columns`.
pub fn pad(text: &str, columns: usize) -> String {
    let mut padded = text.to_owned();
    padded.extend(std::iter::repeat_n(' ', columns.saturating_sub(width(text))));
    padded
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wide_characters_count_double() {
        assert_eq!(shorten("漢字漢字", 5, "…"), "漢字…");
        assert_eq!(shorten("contoso", 7, "…"), "contoso");
        assert_eq!(shorten("contoso", 3, "…"), "co…");
        assert_eq!(shorten("contoso", 1, ".."), "");
        assert_eq!(pad("漢", 4), "漢  ");
    }

    #[test]
    fn a_line_ends_with_the_ellipsis_where_it_was_cut() {
        let line = || Line::from(vec![Span::raw("DNS ok "), Span::raw("TLS FAIL name")]);
        let cut = |limit| shorten_line(line(), limit, "..").to_string();
        assert_eq!(
            [20, 19, 9, 8, 2].map(cut),
            ["DNS ok TLS FAIL name", "DNS ok TLS FAIL n..", "DNS ok ..", "DNS ok..", ".."]
        );
    }

    proptest! {
        #[test]
        fn never_wider_than_asked(text in any::<String>(), limit in 0usize..40) {
            let text = crate::text::sanitise_line(&text);
            prop_assert!(width(&shorten(&text, limit, "…")) <= limit);
        }
    }
}
