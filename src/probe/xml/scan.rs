//! A look over a text before it is parsed: how deep do elements nest, how many attributes do they have, is there a DTD?

/// Most attributes of one element: the parser compares each with every other.
const ATTRIBUTE_LIMIT: usize = 256;

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
            let (end, attributes) = tag_end(rest);
            if attributes > ATTRIBUTE_LIMIT {
                return Err(format!("line {}: an element has more than {ATTRIBUTE_LIMIT} attributes", line(rest)));
            }
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

/// Position after the `>` that ends a tag, and how many quoted values it has; a `>` inside quotes does not end it.
fn tag_end(text: &str) -> (usize, usize) {
    let mut quote = None;
    let mut values = 0;
    for (position, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return (position + 1, values),
            (None, b'"' | b'\'') => {
                quote = Some(byte);
                values += 1;
            }
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    (text.len(), values)
}
