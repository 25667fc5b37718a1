//! A second language needs no code: with every text and every page translated by machine into letters with marks, no
//! English word is left on any screen.

#[allow(dead_code, reason = "the events of a run are all that is needed of it")]
mod support;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use discoscope::{
    diagnosis::{Diagnosis, diagnose},
    event::Envelope,
    lab,
    language::{self, Language, MESSAGES},
    report,
    tui::{
        Look, Theme,
        app::{App, Message, update},
        plain,
        view::{examples, view},
    },
};
use ratatui::{Terminal, backend::TestBackend, layout::Rect};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write,
    path::Path,
};

const SCENARIOS: &[&str] = &[
    "healthy",
    "wizard-certificate",
    "three-companies",
    "client-certificate-vdir",
    "clock-skew",
    "wildcard-at-registrar",
];

/// What is called so in every language, and what is typed or pasted.
const NAMES: &[&str] = &[
    "discoscope",
    "outlook",
    "microsoft",
    "exchange",
    "active",
    "directory",
    "windows",
    "autodiscover",
    "dns",
    "tcp",
    "tls",
    "http",
    "https",
    "xml",
    "srv",
    "scp",
    "cname",
    "url",
    "pem",
    "ldap",
    "imap",
    "get",
    "post",
    "esc",
    "enter",
    "tab",
    "pgup",
    "pgdn",
    "home",
    "end",
    "del",
    "bksp",
    "alpn",
    "edns",
    "html",
    "json",
    "ocsp",
    "rtm",
    "sha",
    "ttl",
    "udp",
    "utc",
];

/// What is typed.
const TYPED: &[&str] = &["\"nonsense\"", "user1@", "-----BEGIN CERTIFICATE-----"];

/// Names of headers, as HTTP has them.
const HEADERS: &[&str] = &["accept", "allow", "date", "host", "location", "server"];

/// The letters with marks: still letters, of one column, and never those of English.
fn marked(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            'a'..='z' | 'A'..='Z' => {
                const MARKED: [char; 26] = [
                    'á', 'ƀ', 'ç', 'ď', 'é', 'ƒ', 'ğ', 'ĥ', 'í', 'ĵ', 'ķ', 'ł', 'ḿ', 'ń', 'ó', 'ṕ', 'ɋ', 'ŕ', 'š', 'ť',
                    'ú', 'ṽ', 'ŵ', 'ẋ', 'ý', 'ž',
                ];
                let place = usize::from(u8::try_from(letter.to_ascii_lowercase()).unwrap_or(b'a') - b'a');
                MARKED[place]
            }
            other => other,
        })
        .collect()
}

/// A text with marks, but for its places and what stands between backticks.
fn translated(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '`']) {
        out.push_str(&marked(&rest[..at]));
        let close = if rest[at..].starts_with('{') { '}' } else { '`' };
        let end = rest[at + 1..].find(close).map_or(rest.len(), |end| at + end + 2);
        out.push_str(&rest[at..end]);
        rest = &rest[end..];
    }
    out + &marked(rest)
}

/// A page with marks in its prose; what the program goes by stays.
fn translated_page(page: &str) -> String {
    let (mut fenced, mut pasted, mut ticket) = (false, false, false);
    let mut fronts = 0;
    let lines = page.lines().map(|line| {
        if line == "---" {
            fronts += 1;
            return line.to_owned();
        }
        if line.starts_with("```") {
            // A ticket is prose.
            fenced = !fenced;
            pasted = fenced && !ticket;
            return line.to_owned();
        }
        let field =
            |names: &[&str]| names.iter().find_map(|name| line.strip_prefix(name).map(|rest| (name.len(), rest)));
        if fronts < 2 {
            return match field(&["title: ", "question: "]) {
                Some((kept, rest)) => format!("{}{}", &line[..kept], translated(rest)),
                None => line.to_owned(),
            };
        }
        if line.starts_with("{id:") {
            ticket = line.contains("kind: ticket");
        }
        if pasted || line.starts_with("## ") || line.starts_with("{id:") || line.starts_with("Assume:") {
            return line.to_owned();
        }
        match field(&["### ", "Risk: ", "Undo: ", "Check: "]) {
            Some((kept, rest)) => format!("{}{}", &line[..kept], translated(rest)),
            None => translated(line),
        }
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

/// Writes the translation and chooses it.
fn choose() {
    let folder = tempfile::tempdir().expect("a folder");
    let texts: BTreeMap<String, String> = toml::from_str(MESSAGES).expect("the list is TOML");
    let texts: BTreeMap<&String, String> = texts.keys().map(|text| (text, translated(text))).collect();
    fs::write(folder.path().join("messages.toml"), toml::to_string(&texts).expect("TOML")).expect("written");
    let pages = folder.path().join("findings");
    fs::create_dir(&pages).expect("a folder");
    let english = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/findings");
    for entry in fs::read_dir(english).expect("pages").filter_map(Result::ok) {
        let page = fs::read_to_string(entry.path()).expect("a page").replace("\r\n", "\n");
        fs::write(pages.join(entry.file_name()), translated_page(&page)).expect("written");
    }
    let language = Language::read(folder.path()).expect("the translation is sound");
    assert!(language::choose(language), "nothing was said before");
    let errors = discoscope::catalogue::errors();
    assert!(errors.is_empty(), "{errors:?}");
}

fn drawn(app: &App) -> String {
    let screen = app.ui.screen;
    let mut terminal = Terminal::new(TestBackend::new(screen.width, screen.height)).expect("a test terminal");
    terminal.draw(|frame| view(app, frame)).expect("a test terminal never fails");
    terminal.backend().to_string()
}

/// The application with these envelopes, after these keys.
fn after(envelopes: &[Envelope], keys: &[KeyCode]) -> App {
    let mut app = App::new(diagnose, Look::new(Theme::Dark, false), Rect::new(0, 0, 160, 200));
    update(&mut app, Message::Run(envelopes.to_vec()));
    for code in keys {
        update(&mut app, Message::Key(KeyEvent::new(*code, KeyModifiers::NONE)));
    }
    app
}

/// Every screen of a run: each step's explanation, its stages, what they recorded, and all that lies above.
fn screens(envelopes: &[Envelope]) -> Vec<(String, String)> {
    let mut screens = vec![("half of the run".to_owned(), drawn(&after(&envelopes[..envelopes.len() / 2], &[])))];
    let steps = after(envelopes, &[]).model.candidates.len();
    for step in 0..steps {
        let here = vec![KeyCode::Down; step];
        screens.push((format!("step {step}"), drawn(&after(envelopes, &here))));
        for stage in 0..5 {
            let mut keys = here.clone();
            keys.push(KeyCode::Enter);
            keys.extend(vec![KeyCode::Down; stage]);
            screens.push((format!("stage {stage} of step {step}"), drawn(&after(envelopes, &keys))));
            keys.push(KeyCode::Enter);
            screens.push((format!("raw stage {stage} of step {step}"), drawn(&after(envelopes, &keys))));
        }
    }
    for letter in ['c', 't', 'v', '?', ':', 'a', 'W', 'f', 'p', 'u', 'y', 'o', 'q'] {
        screens.push((format!("key {letter}"), drawn(&after(envelopes, &[KeyCode::Char(letter)]))));
    }
    screens
}

/// What is said in lines: the report, and what each command answers.
fn told(app: &mut App) -> Vec<(String, String)> {
    let (model, diagnosis) = (app.model.clone(), app.diagnosis.clone().expect("a diagnosis"));
    let mut told = Vec::new();
    for (name, write) in
        [("text", report::text::write as fn(&_, &_, &mut dyn Write) -> _), ("Markdown", report::markdown::write)]
    {
        let mut out = Vec::new();
        write(&model, &diagnosis, &mut out).expect("memory can be written");
        told.push((format!("report as {name}"), String::from_utf8(out).expect("text")));
    }
    let lines = ["help", "verdict", "why", "why 1", "stages 1", "raw 1 dns", "certificate 1", "timeline", "client"];
    let refused = ["why 99", "stages", "print", "certificate", "answer", "rerun", "explain", "nonsense", "find"];
    for line in lines.into_iter().chain(refused) {
        told.push((format!("--plain {line}"), plain::said(app, line).0));
    }
    told
}

/// What stands on the screen as it was received, typed, or is to be pasted.
struct Foreign {
    /// All of it without blanks, of which a line may show a part.
    texts: String,
    /// Its lines without blanks.
    lines: BTreeSet<String>,
    /// Texts that stand within a line, the longest first.
    parts: Vec<String>,
    /// Its words.
    words: BTreeSet<String>,
    /// Words of the texts and pages, which are foreign only where the whole is.
    said: BTreeSet<String>,
}

impl Foreign {
    fn new(envelopes: &[Envelope], apps: [&App; 2], said: &BTreeSet<String>) -> Self {
        let diagnoses = apps.map(|app| app.diagnosis.as_ref().expect("a diagnosis"));
        let mut texts: Vec<String> = apps.into_iter().flat_map(examples).collect();
        for one in envelopes {
            strings(&serde_json::to_value(one).expect("an event is JSON"), &mut texts);
        }
        // A bare word of a recording may be a code, which is not what people read: it excuses nothing.
        texts.retain(|text| text.chars().any(|letter| !letter.is_ascii_lowercase() && letter != '_'));
        texts.extend(diagnoses.into_iter().flat_map(pasted));
        texts.extend(discoscope::catalogue::pages().iter().map(|page| page.id.to_owned()));
        texts.extend(discoscope::catalogue::pages().iter().flat_map(|page| quoted(page.text)));
        texts.extend(MESSAGES.lines().flat_map(quoted));
        texts.extend(plain::commands().iter().map(|(command, _)| format!("{command}: ")));
        let places = diagnoses[0].walk.steps.iter().map(|step| step.candidate.to_string());
        texts.extend(places.map(|id| language::say(" at {step}").replace("{step}", &id)));
        texts.extend(TYPED.iter().map(|text| (*text).to_owned()));
        let words = texts.iter().flat_map(|text| words(text)).collect();
        let mut lines: BTreeSet<String> = texts.iter().flat_map(|text| text.lines()).map(squeezed).collect();
        lines.extend(diagnoses[0].walk.steps.iter().map(|step| step.candidate.to_string()));
        let whole: Vec<String> = texts.iter().map(|text| squeezed(text)).collect();
        let mut parts: Vec<String> = texts.into_iter().filter(|text| text.len() >= 3).collect();
        parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
        parts.dedup();
        Self { texts: whole.join("\n"), lines, parts, words, said: said.clone() }
    }

    /// Words of a line that neither the wire nor what is pasted brought there.
    fn own(&self, line: &str) -> Vec<String> {
        let cells = line.split(['│', '┃', '║', '┛', '┗', '┓', '┏']).map(str::trim);
        cells.filter(|cell| !self.is_foreign(cell)).flat_map(|cell| self.own_of_cell(cell)).collect()
    }

    /// The same for a line of Markdown, which has strokes before its signs, but not in what is to be pasted.
    fn own_of_line(&self, place: &str, line: &str) -> Vec<String> {
        let own = self.own(line);
        if own.is_empty() || !place.ends_with("Markdown") {
            return own;
        }
        line.replace('\\', "").split('|').flat_map(|cell| self.own(cell)).collect()
    }

    /// Whether all of it is shown as it was received, or typed.
    fn is_foreign(&self, cell: &str) -> bool {
        let short = squeezed(cell);
        let is_member = cell.starts_with('"') && cell.contains("\": ");
        let has_own_words = words(cell).any(|word| self.said.contains(&word));
        cell.starts_with("> ")
            || is_member
            || self.lines.contains(&short)
            || (short.len() >= 12 || cell.starts_with('<') || !has_own_words) && self.texts.contains(&short)
    }

    fn own_of_cell(&self, cell: &str) -> Vec<String> {
        let pieces = cell.split('`').filter(|piece| !cell.contains('`') || !self.texts.contains(&squeezed(piece)));
        let mut cell = pieces.collect::<Vec<_>>().join(" ");
        for part in &self.parts {
            if words(&cell).all(|word| NAMES.contains(&word.as_str())) {
                return Vec::new();
            }
            if cell.contains(part.as_str()) {
                cell = cell.replace(part.as_str(), " ");
            }
        }
        // A name of a header stands before its value; a key of the registry and a place to fill in are one piece.
        let cell = match cell.split_once([':', ' ']) {
            Some((name, rest)) if self.is_header(name) => rest.to_owned(),
            _ => cell,
        };
        let pieces = cell.split_whitespace().filter(|piece| !piece.contains('\\') && !piece.contains('<'));
        let cell = pieces.collect::<Vec<_>>().join(" ");
        let all: Vec<String> = words(&cell).collect();
        let last = all.len().saturating_sub(1);
        let own = all.into_iter().enumerate().filter(|(place, word)| {
            // What lies above may cut a word at either end.
            let is_cut = *place == 0 && self.words.iter().any(|known| known.ends_with(word.as_str()))
                || *place == last && self.words.iter().any(|known| known.starts_with(word.as_str()));
            let is_name = self.words.contains(word) || is_cut;
            !(NAMES.contains(&word.as_str()) || is_name && !self.said.contains(word))
        });
        own.map(|(_, word)| word).collect()
    }

    fn is_header(&self, name: &str) -> bool {
        HEADERS.contains(&name)
    }
}

/// What the findings offer for pasting, and their ids.
fn pasted(diagnosis: &Diagnosis) -> Vec<String> {
    let mut texts = vec![discoscope::finding::FAILS_ALL_THE_SAME.to_owned()];
    for finding in &diagnosis.findings {
        texts.push(finding.id.clone());
        texts.extend([&finding.check, &finding.explanation, &finding.shows].into_iter().flat_map(|text| quoted(text)));
        for remedy in &finding.remedies {
            let prose = [&remedy.steps, &remedy.verify, &remedy.risk, &remedy.undo];
            texts.extend(prose.into_iter().flat_map(|text| quoted(text)));
            let is_prose = matches!(remedy.kind.as_str(), "steps" | "ticket");
            if is_prose {
                texts.extend(quoted(&remedy.text))
            } else {
                texts.push(remedy.text.clone())
            }
            texts.extend(remedy.assumes.iter().map(ToString::to_string));
            texts.push(format!("; {}]", remedy.kind));
        }
    }
    texts.extend(diagnosis.questions.iter().flat_map(|question| [question.id.clone(), question.command.clone()]));
    texts
}

/// Every string of a value, but not the names of its members.
fn strings(value: &serde_json::Value, out: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) => out.push(text.clone()),
        serde_json::Value::Array(items) => items.iter().for_each(|item| strings(item, out)),
        serde_json::Value::Object(members) => members.values().for_each(|item| strings(item, out)),
        _ => {}
    }
}

/// What stands between backticks.
fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}

/// Words of three English letters or more.
fn words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    words
        .filter(|word| word.len() >= 3 && word.chars().all(|letter| letter.is_ascii_alphabetic()))
        .map(str::to_lowercase)
}

/// Words that the English texts and pages say.
fn said_words() -> BTreeSet<String> {
    let texts: BTreeMap<String, String> = toml::from_str(MESSAGES).expect("the list is TOML");
    let prose = |text: &str| text.split('`').step_by(2).map(str::to_owned).collect::<Vec<_>>().join(" ");
    texts.keys().flat_map(|text| words(&prose(text)).collect::<Vec<_>>()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_english_word_is_left_on_the_screen() {
    let said = said_words();
    choose();
    let mut left: BTreeMap<String, String> = BTreeMap::new();
    for name in SCENARIOS {
        let scenario = lab::scenario(name).expect("a scenario");
        let envelopes = support::envelopes(&scenario).await;
        let mut app = after(&envelopes, &[]);
        // In private other things stand in the remedies.
        let private = after(&envelopes, &[KeyCode::Char('p')]);
        let foreign = Foreign::new(&envelopes, [&app, &private], &said);
        let mut seen = BTreeSet::new();
        for (place, screen) in screens(&envelopes).into_iter().chain(told(&mut app)) {
            for line in screen.lines().filter(|line| seen.insert((*line).to_owned())) {
                for word in foreign.own_of_line(&place, line.trim_matches('"')) {
                    left.entry(word).or_insert_with(|| format!("{name}, {place}: {}", line.trim()));
                }
            }
        }
    }
    let report: Vec<String> = left.iter().map(|(word, place)| format!("{word:16} {place}")).collect();
    assert!(left.is_empty(), "{} words are left:\n{}", left.len(), report.join("\n"));
}
