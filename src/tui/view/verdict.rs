//! The two lines that never leave the screen: the verdict, and what is still open.

use super::pane::draw_line;
use crate::{
    diagnosis::Verdict,
    event::Standing,
    model::{CandidateState, Progress},
    tui::{
        app::App,
        document::{Document, Paragraph},
        glyph::Status,
        measure,
        theme::Meaning,
    },
    walk::VerdictClass,
    words,
};
use ratatui::{buffer::Buffer, layout::Rect, text::Line};

/// Draws the verdict. A notice about the last key takes the second line.
pub(super) fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    let width = usize::from(area.width).saturating_sub(2);
    let first = Rect { x: area.x + 1, width: area.width.saturating_sub(2), height: 1, ..area };
    let second = Rect { y: area.y + 1, ..first };
    let below = app.ui.notice.clone().map(|notice| (Meaning::Guidance, notice)).or_else(|| open(app));
    let paragraph = sentence(app);
    let mut document = Document::default();
    document.push(paragraph);
    let lines = document.lay_out(width, below.is_none(), &app.look).lines;
    for (line, area) in lines.iter().zip([first, second]) {
        draw_line(line, area, buffer);
    }
    if lines.len() > 2 {
        let ellipsis = Line::styled(app.look.glyphs.ellipsis, app.look.style(Meaning::Muted));
        let columns = u16::try_from(ellipsis.width()).unwrap_or(1);
        let end = lines.get(1).map_or(0, |line| u16::try_from(line.width()).unwrap_or(0)) + 1;
        let x = second.x + end.min(second.width.saturating_sub(columns));
        draw_line(&ellipsis, Rect { x, width: columns, ..second }, buffer);
    }
    if let Some((meaning, text)) = below {
        let text = measure::shorten(&text, width, app.look.glyphs.ellipsis);
        draw_line(&Line::styled(text, app.look.style(meaning)), second, buffer);
    }
}

fn sentence(app: &App) -> Paragraph {
    let Some(diagnosis) = app.diagnosis.as_ref().filter(|_| app.model.progress != Progress::Waiting) else {
        return Paragraph::new(0, Meaning::Muted, say!("Nothing has been asked yet."));
    };
    let Verdict { class, headline, .. } = &diagnosis.verdict;
    if app.model.is_busy() && *class == VerdictClass::Inconclusive {
        return Paragraph::new(
            0,
            Meaning::Running,
            say!("Looking. The verdict follows as soon as the answers allow one."),
        );
    }
    let status = Status::of_verdict(*class);
    let sign = app.look.glyphs.status(status, app.ui.turn);
    let so_far = if app.model.is_busy() { say!("So far: ") } else { "" };
    Paragraph::new(0, status.meaning(), format!("{sign} {}  ", words::verdict_class(*class)))
        .and(Meaning::Title, format!("{so_far}{headline}"))
}

/// Which steps have not answered yet, and what they are at.
fn open(app: &App) -> Option<(Meaning, String)> {
    if !app.model.is_busy() {
        return None;
    }
    let ordered = app.ordered();
    let open: Vec<&&CandidateState> = ordered
        .iter()
        .filter(|state| {
            !state.finished && matches!(state.candidate.standing, Standing::Probed | Standing::AwaitingSigns)
        })
        .collect();
    if open.is_empty() {
        return Some((Meaning::Muted, say!("Still open: facts about the whole run").to_owned()));
    }
    let names: Vec<String> = open.iter().map(|state| at_work(app, state)).collect();
    Some((Meaning::Muted, say!("Still open: {names}", names = names.join(", "))))
}

fn at_work(app: &App, state: &CandidateState) -> String {
    let name = match app.step(&state.candidate.id).and_then(|step| step.number) {
        Some(number) => say!("step {number}", number),
        None => state.candidate.id.to_string(),
    };
    match state.stages.iter().next_back() {
        Some((stage, _)) => format!("{name} ({})", words::stage(*stage)),
        None => name,
    }
}
