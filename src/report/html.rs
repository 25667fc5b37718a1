//! The report as one HTML page: no script, nothing fetched, readable in print and in the dark.

use super::{
    blocks::{Block, blocks},
    code_span::{Part, parts},
};
use crate::{diagnosis::Diagnosis, model::Model};
use std::io::{self, Write};

/// Writes the page.
///
/// # Errors
/// When the output cannot be written.
pub fn write(model: &Model, diagnosis: &Diagnosis, out: &mut dyn Write) -> io::Result<()> {
    let title = escaped(&format!("discoscope: {}", super::summary::address(model)));
    let class = diagnosis.verdict.class.as_str();
    let language = escaped(say!("en"));
    writeln!(
        out,
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>"
    )?;
    // Nothing may be loaded and no script may run, whatever a foreign text would try.
    writeln!(
        out,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    )?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width\">\n<style>{STYLE}</style>\n</head>")?;
    writeln!(out, "<body class=\"{class}\">")?;
    blocks(model, diagnosis).iter().try_for_each(|block| write_block(block, out))?;
    writeln!(out, "</body>\n</html>")
}

fn write_block(block: &Block, out: &mut dyn Write) -> io::Result<()> {
    match block {
        Block::Heading(level, text) => writeln!(out, "<h{level}>{}</h{level}>", prose(text)),
        Block::Paragraph(text) => writeln!(out, "<p>{}</p>", prose(text)),
        Block::Remark(text) => writeln!(out, "<p class=\"remark\">{}</p>", escaped(text)),
        Block::Code(_, text) => writeln!(out, "<pre>{}</pre>", escaped(text)),
        Block::Table(heads, rows) => {
            let cells = |cells: &mut dyn Iterator<Item = &str>, tag: &str| {
                cells.map(|cell| format!("<{tag}>{}</{tag}>", escaped(cell).replace('\n', "<br>"))).collect::<String>()
            };
            writeln!(out, "<table>\n<tr>{}</tr>", cells(&mut heads.iter().map(String::as_str), "th"))?;
            for row in rows {
                writeln!(out, "<tr>{}</tr>", cells(&mut row.iter().map(String::as_str), "td"))?;
            }
            writeln!(out, "</table>")
        }
    }
}

/// Running text with its commands and names as code.
fn prose(text: &str) -> String {
    let written = |part: Part<'_>| match part {
        Part::Words(words) => escaped(words),
        Part::Code(code) => format!("<code>{}</code>", escaped(code)),
    };
    parts(text).into_iter().map(written).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

const STYLE: &str = "\
:root{color-scheme:light dark;--line:#8886}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{border-left:.5rem solid;padding-left:.7rem;border-color:#b36b00}
.fails h1{border-color:#c0392b}.prompts h1{border-color:#b36b00}.degraded h1{border-color:#b36b00}
.silent h1,.needs-password h1{border-color:#1e8449}.inconclusive h1{border-color:#7f8c8d}
h2{margin-top:2.2rem;border-bottom:1px solid var(--line)}
.remark{opacity:.75;font-size:.92em}
table{border-collapse:collapse;width:100%;font-size:.92em}
th,td{text-align:left;vertical-align:top;padding:.25rem .6rem;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
code{background:var(--line);padding:0 .2em;border-radius:.2em}
pre{padding:.7rem;border:1px solid var(--line);border-radius:.3rem;white-space:pre-wrap;overflow-wrap:anywhere}
@media print{body{margin:0;max-width:none}pre,table{break-inside:avoid}}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_stays_text() {
        let mut out = Vec::new();
        write_block(&Block::Paragraph("<script>alert('x')</script> & \"y\"".to_owned()), &mut out)
            .expect("a vector takes all");
        let html = String::from_utf8_lossy(&out);
        assert_eq!(html, "<p>&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;y&quot;</p>\n");
        assert_eq!(prose("`<b>` & x"), "<code>&lt;b&gt;</code> &amp; x");
    }
}
