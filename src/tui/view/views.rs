//! The views: every name of the run, and what everybody who was asked says of it.
//!
//! ```text
//! ┏ Views ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓
//! ┃ looking from inside, proven (dc1.contoso.test: domain controller ...)  ┃
//! ┃                                                                        ┃
//! ┃                               system               further 1           ┃
//! ┃                               10.0.0.2             203.0.113.53        ┃
//! ┃   contoso.test                no such record       no such record      ┃
//! ┃ ≠ autodiscover.contoso.test   no such name         203.0.113.10        ┃
//! ┃                                                    TTL 3600            ┃
//! ```

use crate::{
    report::views::{LineKind, lines},
    tui::{
        app::App,
        document::{Document, Paragraph},
        theme::Meaning,
    },
    words,
};

/// Columns beside the text: the frame and a blank on each side.
const FRAME: u16 = 4;

/// Columns that the rest of a broken line stands further in.
const HANG: usize = 7;

/// The table as a document, for the width of the screen.
pub(super) fn document(app: &App) -> Document {
    let table = app.model.views();
    let mut document = Document::default();
    if let Some(words) = app.diagnosis.as_ref().and_then(|diagnosis| words::standpoint(&diagnosis.standpoint)) {
        document.push(Paragraph::new(0, Meaning::Muted, words));
        document.gap();
    }
    let mark = if app.look.glyphs.ascii { "*" } else { "≠" };
    let width = usize::from(app.ui.screen.width.saturating_sub(FRAME));
    for line in lines(&table, width, mark) {
        let meaning = match line.kind {
            LineKind::Head => Meaning::Title,
            LineKind::Alike => Meaning::Plain,
            LineKind::Apart => Meaning::Warned,
        };
        // No indent, which a document bounds: the blanks are part of the columns.
        document.push(Paragraph::new(0, meaning, line.text).hang(HANG));
    }
    document.gap();
    let sentence = match (table.columns.len(), table.differs()) {
        (0 | 1, _) => say!("Only one server was asked; --resolver given twice compares two."),
        (_, true) => say!("Only a difference that breaks a step is a finding; the list of steps explains it."),
        (_, false) => say!("All say the same."),
    };
    document.push(Paragraph::new(0, Meaning::Muted, sentence));
    document
}
