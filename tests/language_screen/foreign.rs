//! What may stand on a translated screen although it is English: names, and what was received, typed or is to be pasted.

use discoscope::{
    assumption,
    diagnosis::Diagnosis,
    event::Envelope,
    language::{self, MESSAGES},
    tui::{app::App, plain, view::examples},
};
use std::collections::BTreeSet;

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

/// What stands on the screen as it was received, typed, or is to be pasted.
pub struct Foreign {
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
    pub fn new(envelopes: &[Envelope], apps: [&App; 2], said: &BTreeSet<String>) -> Self {
        let diagnoses = apps.map(|app| app.diagnosis.as_ref().expect("a diagnosis"));
        let mut texts: Vec<String> = apps.into_iter().flat_map(examples).collect();
        for one in envelopes {
            strings(&serde_json::to_value(one).expect("an event is JSON"), &mut texts);
        }
        // A bare word of a recording may be a code, which is not what people read: it excuses nothing.
        texts.retain(|text| text.chars().any(|letter| !letter.is_ascii_lowercase() && letter != '_'));
        texts.push(assumption::GRAMMAR.to_owned());
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

    /// Words that stand beside a run: of addresses, names of cases, and what else is no text.
    pub fn know(&mut self, texts: impl IntoIterator<Item = String>) {
        for text in texts {
            self.words.extend(words(&text));
            self.lines.insert(squeezed(&text));
            self.parts.push(text);
        }
        self.parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    }

    /// The same for a line of Markdown, which has strokes before its signs, but not in what is to be pasted, and for one of
    /// HTML.
    pub fn own_of_line(&self, place: &str, line: &str) -> Vec<String> {
        let own = self.own(line);
        if place.ends_with("HTML") {
            return unmarked(line).split('|').flat_map(|cell| self.own(cell)).collect();
        }
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
pub fn words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    words
        .filter(|word| word.len() >= 3 && word.chars().all(|letter| letter.is_ascii_alphabetic()))
        .map(str::to_lowercase)
}

/// A line of HTML without its tags, each of which parts it.
fn unmarked(line: &str) -> String {
    let mut text = String::new();
    for piece in line.split('<') {
        let words = piece.split_once('>').map_or(piece, |(_, words)| words);
        text.push_str(words);
        text.push('|');
    }
    let signs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    signs.into_iter().fold(text, |text, (code, sign)| text.replace(code, sign))
}
