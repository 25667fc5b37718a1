//! What would be if something were different: a line to type, and the verdict that it leads to, at once.

use super::{
    help::centred,
    overlay::typed,
    pane::{Corner, draw_frame, draw_text},
};
use crate::{
    assumption,
    diagnosis::what_if,
    event::{Certificate, Origin},
    model::CandidateState,
    tui::{
        app::App,
        document::{Document, Paragraph},
        glyph::Status,
        theme::Meaning,
    },
    words,
};
use ratatui::buffer::Buffer;

/// What can be written, with the names of this run, for who does not know it.
pub fn examples(app: &App) -> [String; 4] {
    let domain = match app.model.domain() {
        "" => "contoso.com",
        domain => domain,
    };
    let mail = mail_server(app).unwrap_or_else(|| format!("mail.{domain}"));
    [
        format!("remove autodiscover.{domain}; refuse {domain}:443; switch ExcludeHttpsRootDomain"),
        format!("add _autodiscover._tcp.{domain} SRV 0 0 443 {mail}"),
        format!("certificate lists autodiscover.{domain}; certificate sound at {mail}"),
        format!("answer {mail}; missing {domain}; directory https://{mail}/..."),
    ]
}

/// A name of a server that the run came to know: a target of the SRV record, or one that Exchange's own certificate lists.
fn mail_server(app: &App) -> Option<String> {
    let states = || app.model.candidates.iter();
    let target =
        states().find(|state| state.candidate.origin == Origin::Srv).and_then(|srv| srv.candidate.host.clone());
    let listed = || {
        let exchange = states().filter(|state| state.is_exchange());
        let leaves = exchange.filter_map(CandidateState::handshake).filter_map(|handshake| handshake.leaf());
        let mut names = leaves.flat_map(Certificate::dns_names).filter(|name| !name.contains('*'));
        names.find(|name| name.ends_with(&format!(".{}", app.model.domain())) && !name.starts_with("autodiscover."))
    };
    target.or_else(|| listed().map(|name| name.to_owned()))
}

/// Draws the question and its answer.
pub(super) fn draw(app: &App, buffer: &mut Buffer) {
    let wide = app.ui.screen.width.saturating_sub(4).min(100);
    let columns = usize::from(wide.saturating_sub(4));
    let page = document(app, columns).lay_out(columns, true, &app.look);
    let height = u16::try_from(page.lines.len()).unwrap_or(u16::MAX).saturating_add(2);
    let area = centred(app.ui.screen, wide, height).intersection(buffer.area);
    let inside = draw_frame(&app.look, say!("What if"), &Corner::default(), (true, true), area, buffer);
    draw_text(&app.look, &page, 0, inside, buffer);
}

fn document(app: &App, columns: usize) -> Document {
    let mut document = Document::default();
    document.push(typed(&app.ui.assumed, columns));
    document.gap();
    document.append(body(app));
    document
}

/// What comes of what is assumed, without any layout.
pub(in crate::tui) fn plain_text(app: &App) -> String {
    body(app).plain_text()
}

fn body(app: &App) -> Document {
    let mut document = Document::default();
    match assumption::parse_all(app.ui.assumed.text()) {
        Ok(assumptions) if assumptions.is_empty() => {
            document.text(0, Meaning::Muted, say!("Write what shall be different; several, separated by semicolons:"));
            examples(app).iter().for_each(|example| document.text(2, Meaning::Muted, example));
        }
        Ok(assumptions) => answer(app, &assumptions, &mut document),
        Err(error) => document.text(0, Meaning::Warned, &error.to_string()),
    }
    document
}

fn answer(app: &App, assumptions: &[assumption::Assumption], document: &mut Document) {
    let what_if = what_if(&app.model, app.ui.client, assumptions);
    if what_if.client != app.ui.client {
        document.text(0, Meaning::Muted, &say!("for {client}:", client = words::client(what_if.client)));
    }
    document.push(Paragraph::new(0, Meaning::Title, words::prospect(&what_if.verdict)));
    for assumption in &what_if.without_effect {
        let words = say!("{assumption}: this run asked nothing there, so it changes nothing", assumption);
        document.text(0, Meaning::Warned, &words);
    }
    document.gap();
    let (class, now) = (what_if.verdict.class, app.diagnosis.as_ref().map(|known| known.verdict.class));
    let mut rows = Vec::new();
    for step in &what_if.steps {
        let before = app.step(&step.candidate).map(|before| before.role);
        let assumed = what_if.assumed.iter().find(|assumed| assumed.candidate == step.candidate);
        let state = app.model.candidate(&step.candidate);
        let Some(state) = state.filter(|_| before != Some(step.role) || assumed.is_some()) else { continue };
        let other = before.filter(|role| *role != step.role);
        let arrow = app.look.glyphs.arrow;
        let before =
            other.zip(now).map(|(role, now)| format!("{} {arrow} ", words::role(role, now))).unwrap_or_default();
        let assumed = assumed.map(|stages| words::unmeasured(&stages.assumed, &stages.unknown)).unwrap_or_default();
        let label = words::candidate(&state.candidate, app.look.glyphs.arrow, "");
        let becomes = format!("{before}{} {assumed}", words::role(step.role, class)).trim_end().to_owned();
        rows.push((label, Status::of_role(step.role, class).meaning(), becomes));
    }
    if rows.is_empty() {
        document.text(0, Meaning::Muted, say!("Every step would mean what it means now."));
    }
    document.pairs(0, rows);
}
