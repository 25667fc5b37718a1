//! Texts of pages as they are shown: values in placeholders, emphasis as quotation marks.

use super::Values;

/// Prose without Markdown's emphasis: `*Security Alert*` becomes `"Security Alert"`. A star that stands for itself, as
/// in `*.contoso.com`, is left alone, and so is whatever stands between backticks.
pub fn without_emphasis(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let parts: Vec<&str> = text.split('`').collect();
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            plain.push('`');
        }
        // The last part of an odd number of backticks is prose again.
        let is_code = place % 2 == 1 && place + 1 < parts.len();
        plain.push_str(&if is_code { (*part).to_owned() } else { quoted(part) });
    }
    plain
}

fn quoted(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('*') {
        plain.push_str(before);
        let opens = plain.chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '`')
            && after.starts_with(char::is_alphabetic);
        let closed = after.split_once('*').filter(|(inner, _)| {
            opens && !inner.contains(['\n', '`']) && inner.ends_with(|c: char| !c.is_whitespace())
        });
        match closed {
            Some((inner, behind)) => {
                plain.push_str(&format!("\"{inner}\""));
                rest = behind;
            }
            None => {
                plain.push('*');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

/// The text with values in its placeholders; names without a value are added to `missing`. A line that holds nothing
/// else and becomes empty is left out.
pub(super) fn fill(text: &str, values: &Values, missing: &mut Vec<String>) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        let filled = fill_line(line, values, missing);
        if line.trim().is_empty() || !filled.trim().is_empty() {
            lines.push(filled);
        }
    }
    lines.join("\n").trim().to_owned()
}

fn fill_line(line: &str, values: &Values, missing: &mut Vec<String>) -> String {
    let mut filled = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(open) = rest.find('{') {
        let (before, from_brace) = rest.split_at(open);
        filled.push_str(before);
        let name = from_brace[1..].split('}').next().unwrap_or("");
        if from_brace.len() > name.len() + 1 && is_placeholder(name) {
            match values.get(name) {
                Some(value) => filled.push_str(value),
                None => {
                    missing.push(name.to_owned());
                    filled.push_str(&format!("<{name}>"));
                }
            }
            rest = &from_brace[name.len() + 2..];
        } else {
            filled.push('{');
            rest = &from_brace[1..];
        }
    }
    filled.push_str(rest);
    filled
}

/// A placeholder's name is lower-case letters and underscores, so that braces of shells and servers stay as they are.
fn is_placeholder(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|character| character.is_ascii_lowercase() || character == '_')
}
