//! A look over a text before it is parsed: how deep do elements nest, and is there a DTD?

/// Checks the bounds without recursion. Tags that are not well-formed are left to the parser.
pub(super) fn within_bounds(text: &str, depth_limit: usize) -> Result<(), String> {
    let mut depth = 0_usize;
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let line = |rest: &str| text[..text.len() - rest.len()].matches('\n').count() + 1;
        rest = &rest[start..];
        let end = if rest.starts_with("<!--") {
            after(rest, "-->")
        } else if rest.starts_with("<![CDATA[") {
            after(rest, "]]>")
        } else if rest.starts_with("<?") {
            after(rest, "?>")
        } else if rest.starts_with("<!") {
            return Err(format!("line {}: a document type declaration, which is not read", line(rest)));
        } else {
            let end = tag_end(rest);
            let tag = &rest[..end];
            if tag.starts_with("</") {
                depth = depth.saturating_sub(1);
            } else if !tag.ends_with("/>") {
                depth += 1;
                if depth > depth_limit {
                    return Err(format!("line {}: elements nest deeper than {depth_limit}", line(rest)));
                }
            }
            end
        };
        rest = &rest[end..];
    }
    Ok(())
}

/// Position after a mark, or the end.
fn after(text: &str, mark: &str) -> usize {
    text.find(mark).map_or(text.len(), |position| position + mark.len())
}

/// Position after the `>` that ends a tag; one inside quotes does not.
fn tag_end(text: &str) -> usize {
    let mut quote = None;
    for (position, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return position + 1,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    text.len()
}
