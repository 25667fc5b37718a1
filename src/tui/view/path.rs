//! The way that answers lead: one line per hop with its place, what leads on from it, and how its certificate stands.
//!
//! ```text
//!   http://autodiscover.contoso.test       302          no TLS
//! ▸ └ https://mail.contoso.test            redirectUrl  ✗ name
//!     └ https://mail.fabrikam.test         401          ✓ certificate
//! ```

use super::cells;
use crate::{
    event::{AnswerKind, CandidateId, Checks, Origin, OriginOfRedirect, Outcome, RecordType, Stage},
    model::{CandidateState, Model, Redirect},
    plan::REDIRECT_LIMIT,
    tui::{
        app::{App, Level},
        document::{Document, Paragraph},
        glyph::Status,
        measure,
        theme::{Look, Meaning},
    },
    words,
};

/// Hops that are drawn at most: a chain, and the places of one address it branches into.
const HOP_LIMIT: usize = 2 * REDIRECT_LIMIT;

/// Columns that the longest place keeps before what leads on gets a line of its own.
const LEAST_PLACE: usize = 24;

/// Hops that are drawn further in than the one before.
const DEEPEST: usize = 4;

/// One hop.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Hop {
    depth: usize,
    place: String,
    /// What leads on from here, or how the way ends.
    rule: (Meaning, String),
    /// How the certificate stands; absent where there is no handshake to speak of.
    certificate: Option<(Status, String)>,
    /// What the certificate says, by which rule the client goes on, and what it asks the user there.
    notes: Vec<String>,
    selected: bool,
}

/// The way that the selected candidate lies on; empty when it neither leads on nor was led to.
pub(super) fn document(app: &App) -> Document {
    let mut document = Document::default();
    let Some(selected) = app.selected() else { return document };
    let hops = hops(app, &selected.candidate.id);
    if hops.len() < 2 {
        return document;
    }
    document.heading(say!("The way it leads"));
    let room = columns(app);
    let lead = |hop: &Hop| 2 + 2 * hop.depth.min(DEEPEST);
    let widest = |width: fn(&Hop) -> usize| hops.iter().map(width).max().unwrap_or(0);
    let rule = widest(|hop| measure::width(&hop.rule.1));
    let sign = sign_columns(&app.look);
    let certificate = widest(|hop| hop.certificate.as_ref().map_or(0, |(_, word)| measure::width(word))) + sign;
    let wanted = hops.iter().map(|hop| lead(hop) + measure::width(&hop.place)).max().unwrap_or(0);
    let beside = room.saturating_sub(2 + rule + 2 + certificate);
    for hop in &hops {
        if beside >= wanted.min(LEAST_PLACE) {
            document.push(end(place(hop, wanted.min(beside), &app.look), hop, rule, &app.look));
        } else {
            document.push(place(hop, room, &app.look));
            let indent = lead(hop).min(room / 4);
            document.push(end(Paragraph::new(indent, Meaning::Plain, ""), hop, 0, &app.look));
        }
        if app.ui.place.level == Level::Stages {
            let indent = (lead(hop) + 2).min(room / 4);
            hop.notes.iter().for_each(|note| document.push(Paragraph::new(indent, Meaning::Muted, note).hang(2)));
        }
    }
    document.gap();
    document
}

/// Columns of the text that the way is drawn in.
fn columns(app: &App) -> usize {
    let areas = app.areas();
    let pane = areas.and_then(|areas| areas.second.or(areas.first)).map_or(0, |pane| pane.width);
    usize::from(pane.saturating_sub(4).min(super::READABLE))
}

fn sign_columns(look: &Look) -> usize {
    if look.glyphs.ascii { 5 } else { 2 }
}

/// The place of a hop, below the one before.
fn place(hop: &Hop, columns: usize, look: &Look) -> Paragraph {
    let glyphs = look.glyphs;
    let pointer = if hop.selected { glyphs.pointer } else { " " };
    let branch = match hop.depth {
        0 => String::new(),
        depth => format!("{}{}", "  ".repeat(depth.min(DEEPEST) - 1), glyphs.branch),
    };
    let room = columns.saturating_sub(2 + measure::width(&branch));
    let fits = measure::width(&hop.place) <= room;
    let place = if fits { hop.place.clone() } else { hop.place.replacen("https://", "", 1) };
    let place = measure::pad(&measure::shorten(&place, room, glyphs.ellipsis), room);
    let own = if hop.selected { Meaning::Title } else { Meaning::Plain };
    Paragraph::new(0, Meaning::Key, format!("{pointer} ")).and(Meaning::Muted, branch).and(own, place)
}

/// What leads on from a hop and how its certificate stands, behind its place.
fn end(place: Paragraph, hop: &Hop, rule: usize, look: &Look) -> Paragraph {
    let glyphs = look.glyphs;
    let (meaning, word) = &hop.rule;
    let line = place.and(*meaning, format!("  {}", measure::pad(word, rule)));
    match &hop.certificate {
        Some((status, word)) => {
            let sign = match status {
                Status::Waiting => String::new(),
                status => measure::pad(glyphs.status(*status, 0), sign_columns(look)),
            };
            line.and(status.meaning(), format!("  {sign}{word}")).hang(4)
        }
        None => line.hang(4),
    }
}

/// The hops of the way that a candidate lies on: those that led to it, itself, and where it leads.
fn hops(app: &App, id: &CandidateId) -> Vec<Hop> {
    let mut ways: Vec<&CandidateState> = Vec::new();
    let mut at = app.model.candidate(id);
    while let Some(state) = at {
        ways.insert(0, state);
        let opener = state.candidate.opened_by.as_ref().filter(|_| state.candidate.origin == Origin::Followed);
        at = opener.filter(|_| ways.len() <= HOP_LIMIT).and_then(|opener| app.model.candidate(opener));
    }
    let mut hops = Vec::new();
    for (number, state) in ways.iter().enumerate() {
        if number == 0 {
            hops.extend(record(state));
        }
        let depth = hops.last().map_or(0, |last: &Hop| last.depth + 1);
        if state.candidate.id == *id {
            onward(app, state, id, depth, &mut hops);
        } else {
            hops.push(hop(app, state, id, depth));
        }
    }
    hops
}

/// A candidate and everything that its answer leads to.
fn onward(app: &App, state: &CandidateState, selected: &CandidateId, depth: usize, hops: &mut Vec<Hop>) {
    if hops.len() >= HOP_LIMIT {
        return;
    }
    hops.push(hop(app, state, selected, depth));
    let mut followed = false;
    for next in followers(&app.model, &state.candidate.id) {
        followed = true;
        onward(app, next, selected, depth + 1, hops);
    }
    if let Some(redirect) = state.redirect.as_ref().filter(|redirect| redirect.to.is_none() && !followed) {
        let rule = (Meaning::Warned, refused(state).to_owned());
        let place = site(&redirect.location);
        hops.push(Hop { depth: depth + 1, place, rule, certificate: None, notes: Vec::new(), selected: false });
    }
}

/// Why a redirect was not followed, in a word.
fn refused(state: &CandidateState) -> &'static str {
    let stages = [Stage::Http, Stage::Xml].into_iter().filter_map(|stage| state.outcome(stage));
    let mut causes = stages.filter(|outcome| matches!(outcome, Outcome::Failed { .. })).filter_map(Outcome::cause);
    causes.next().map_or(say!("not followed"), words::cause)
}

/// Scheme and host of a location, as hops are named; a location that is no URL as it is.
fn site(location: &str) -> String {
    match url::Url::parse(location).ok().filter(|url| url.has_host()) {
        Some(url) => {
            let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
            format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
        }
        None => location.to_owned(),
    }
}

fn followers<'a>(model: &'a Model, id: &'a CandidateId) -> impl Iterator<Item = &'a CandidateState> {
    model.of_origin(Origin::Followed).filter(move |state| state.candidate.opened_by.as_ref() == Some(id))
}

/// The record that led to the first hop, where the host came from one.
fn record(state: &CandidateState) -> Option<Hop> {
    state.candidate.host.as_ref().filter(|_| state.candidate.origin == Origin::Srv)?;
    let question = state.dns().map(|answer| &answer.question).find(|question| question.record == RecordType::Srv)?;
    let rule = (Meaning::Guidance, "SRV".to_owned());
    Some(Hop { depth: 0, place: question.name.clone(), rule, certificate: None, notes: Vec::new(), selected: false })
}

fn hop(app: &App, state: &CandidateState, selected: &CandidateId, depth: usize) -> Hop {
    let mut candidate = state.candidate.clone();
    // The line says what leads here, so the name is the place alone.
    if candidate.host.is_some() {
        candidate.origin = Origin::Root;
    }
    let place = words::candidate(&candidate, app.look.glyphs.arrow, "");
    let rule = match &state.redirect {
        Some(redirect) => (Meaning::Guidance, leads_on(state, redirect)),
        None => ending(app, state),
    };
    Hop {
        depth,
        place,
        rule,
        certificate: certificate(state),
        notes: notes(app, state),
        selected: state.candidate.id == *selected,
    }
}

/// What the certificate of a hop says, the rule by which the client goes on from it, and what it asks the user there.
fn notes(app: &App, state: &CandidateState) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(leaf) = state.handshake().and_then(|handshake| handshake.leaf()) {
        notes.push(say!("shows {subject}, issued by {issuer}", subject = leaf.subject, issuer = leaf.issuer));
    }
    if let Some(redirect) = &state.redirect {
        // KB3211279 step 9; [MS-OXDSCLI] 3.1.5.4 for the two of the settings.
        notes.push(
            match (redirect.by, state.candidate.origin) {
                (OriginOfRedirect::HttpStatus, Origin::Redirect) => {
                    say!("over plain http only a redirect counts, and only to an https place")
                }
                (OriginOfRedirect::HttpStatus, _) => say!("a redirect is followed where it leads to an https place"),
                (OriginOfRedirect::RedirectUrl, _) => say!("redirectUrl is followed where it names an https place"),
                (OriginOfRedirect::RedirectAddr, _) => say!("redirectAddr begins the search anew with another address"),
            }
            .to_owned(),
        );
    }
    let walk = app.diagnosis.iter().flat_map(|diagnosis| &diagnosis.walk.prompts);
    let own = walk.filter(|prompt| prompt.candidate == state.candidate.id);
    notes.extend(own.map(|prompt| {
        let shows = if prompt.may { say!("Outlook may show") } else { say!("Outlook shows") };
        format!("{shows}: {}", words::dialog(prompt))
    }));
    notes
}

fn leads_on(state: &CandidateState, redirect: &Redirect) -> String {
    let status = state.exchange().and_then(|exchange| exchange.status);
    match redirect.by {
        OriginOfRedirect::HttpStatus => status.map_or_else(|| "3xx".to_owned(), |status| status.to_string()),
        OriginOfRedirect::RedirectUrl => "redirectUrl".to_owned(),
        OriginOfRedirect::RedirectAddr => "redirectAddr".to_owned(),
    }
}

/// How the way ends where nothing leads on.
fn ending(app: &App, state: &CandidateState) -> (Meaning, String) {
    if state.answer().is_some_and(|answer| answer.kind == AnswerKind::Settings) {
        return (Meaning::Passed, say!("settings").to_owned());
    }
    let status = state.exchange().and_then(|exchange| exchange.status).map(|status| status.to_string());
    // What TLS says stands beside it as the certificate's standing.
    let fault = state.stages.keys().find(|stage| matches!(state.outcome(**stage), Some(Outcome::Failed { .. })));
    let meaning = match fault {
        Some(stage) if *stage != Stage::Tls => {
            if cells::is_calm(app, state) {
                Meaning::Muted
            } else {
                Meaning::Failed
            }
        }
        _ => Meaning::Plain,
    };
    if let Some(status) = status {
        return (meaning, status);
    }
    match cells::fault(app, state) {
        Some((_, fault)) => (meaning, fault),
        None if !state.finished && app.model.is_busy() => (Meaning::Running, say!("running").to_owned()),
        None => (Meaning::Muted, say!("no answer").to_owned()),
    }
}

/// How the certificate of a hop stands.
fn certificate(state: &CandidateState) -> Option<(Status, String)> {
    let outcome = state.outcome(Stage::Tls);
    if outcome == Some(Outcome::NotApplicable) {
        return Some((Status::Waiting, say!("no TLS").to_owned()));
    }
    if let Some(checks) = state.handshake().and_then(|handshake| handshake.checks.as_ref()) {
        let faults = faults(checks).join(", ");
        return Some(match faults.as_str() {
            "" => (Status::Passed, say!("certificate").to_owned()),
            faults => (Status::Failed, faults.to_owned()),
        });
    }
    let word = outcome?.cause().map(words::cause)?;
    Some((Status::of_stage(outcome), word.to_owned()))
}

/// The checks that failed, in the order of the Security Alert.
fn faults(checks: &Checks) -> Vec<&'static str> {
    let checks = [
        (checks.trusted.ok, say!("issuer")),
        (checks.in_date.ok, say!("date")),
        (checks.name_matches.ok, say!("name")),
        (checks.usable.ok, say!("usage")),
    ];
    checks.into_iter().filter(|(ok, _)| !ok).map(|(_, word)| word).collect()
}
