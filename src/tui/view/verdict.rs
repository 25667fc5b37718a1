//! The lines that never leave the screen: the verdict, and what is still open.

use super::pane::draw_line;
use crate::{
    diagnosis::Verdict,
    event::Standing,
    model::{CandidateState, Progress},
    tui::{
        app::App,
        document::{Document, Paragraph},
        glyph::Status,
        measure, supposition,
        theme::Meaning,
    },
    walk::VerdictClass,
    words,
};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

/// Draws the verdict. A notice about the last key takes the last line.
pub(super) fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    let width = usize::from(area.width).saturating_sub(2);
    let line_of = |y| Rect { x: area.x + 1, y, width: area.width.saturating_sub(2), height: 1 };
    let below = app.ui.notice.clone().map(|notice| (Meaning::Guidance, notice)).or_else(|| open(app));
    let below = below.or_else(|| Some((Meaning::Guidance, supposition::line(app)?)));
    let rows = usize::from(area.height).saturating_sub(usize::from(below.is_some()));
    let mut document = Document::default();
    document.push(sentence(app));
    let mut lines = document.lay_out(width, true, &app.look).lines;
    let is_cut = lines.len() > rows;
    lines.truncate(rows);
    if let Some(last) = lines.last_mut().filter(|_| is_cut) {
        let ellipsis = app.look.glyphs.ellipsis;
        let kept = measure::shorten_line(std::mem::take(last), width.saturating_sub(measure::width(ellipsis) + 1), "");
        *last = kept;
        last.push_span(Span::styled(format!(" {ellipsis}"), app.look.style(Meaning::Muted)));
    }
    for (line, y) in lines.iter().zip(area.y..area.bottom()) {
        draw_line(line, line_of(y), buffer);
    }
    if let Some((meaning, text)) = below {
        let text = measure::shorten(&text, width, app.look.glyphs.ellipsis);
        draw_line(&Line::styled(text, app.look.style(meaning)), line_of(area.bottom().saturating_sub(1)), buffer);
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
