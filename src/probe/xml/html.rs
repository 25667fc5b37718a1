//! Is it a web page?

/// How far into a text the first tag of a page is looked for, in bytes.
const REACH: usize = 4096;

/// Whether a text begins as a page does, past comments and an XML declaration.
pub(super) fn is_html(text: &str) -> bool {
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let end = if rest.starts_with("<!--") {
            "-->"
        } else if rest.starts_with("<?") {
            "?>"
        } else {
            break;
        };
        match rest.split_once(end) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    ["<!doctype html", "<html", "<head", "<body", "<title", "<meta", "<script", "<center", "<h1"]
        .iter()
        .any(|tag| begins_with_tag(rest, tag))
}

/// Whether a page's tags come somewhere near the beginning.
pub(super) fn has_tags(text: &str) -> bool {
    let near: String = text.chars().take(REACH).collect::<String>().to_ascii_lowercase();
    ["<html", "<body", "<head", "<p>", "<br", "<div", "<h1"].iter().any(|tag| near.contains(tag))
}

fn begins_with_tag(text: &str, tag: &str) -> bool {
    let bytes = text.as_bytes();
    let same = bytes.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag.as_bytes()));
    same && bytes.get(tag.len()).is_none_or(|next| !next.is_ascii_alphanumeric() && !b"-_:.".contains(next))
}
