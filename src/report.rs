//! Reports: a model and its diagnosis as text, JSON, Markdown or HTML. All say what the screen says.

mod blocks;
pub mod certificate;
mod code_span;
pub mod html;
pub mod json;
pub mod markdown;
pub mod page;
pub mod protocols;
pub mod summary;
pub mod text;
pub mod views;

use crate::{diagnosis::Diagnosis, model::Model};
use std::io::{self, Write};

/// Form of a report.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Format {
    /// Linear text for people and screen readers.
    #[default]
    Text,
    /// One JSON document (`assets/report.schema.json`).
    Json,
    /// Markdown, for tickets and wikis.
    Markdown,
    /// One HTML page.
    Html,
}

/// Writes a report.
///
/// # Errors
/// When the output cannot be written.
pub fn write(format: Format, model: &Model, diagnosis: &Diagnosis, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Text => text::write(model, diagnosis, out),
        Format::Json => json::write(model, diagnosis, out),
        Format::Markdown => markdown::write(model, diagnosis, out),
        Format::Html => html::write(model, diagnosis, out),
    }
}
