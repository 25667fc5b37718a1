//! A second language needs no code: with every text and every page translated by machine into letters with marks, no
//! English word is left on any screen.

#[path = "language_screen/beside.rs"]
mod beside;
#[path = "language_screen/foreign.rs"]
mod foreign;
#[allow(dead_code, reason = "the events of a run are all that is needed of it")]
mod support;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use discoscope::{
    diagnosis::diagnose,
    event::Envelope,
    lab,
    language::{self, Language, MESSAGES},
    report,
    tui::{
        Look, Theme,
        app::{App, Message, update},
        plain,
        view::view,
    },
};
use foreign::{Foreign, words};
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
    "pc-switch-left-behind",
];

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
            return match field(&["title: ", "title-when-read: ", "question: "]) {
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
        match field(&["### ", "Risk: ", "Undo: ", "Check: ", "Unforeseen: "]) {
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
    // Two certificates side by side: each of a step with the one below it, or with itself.
    for step in 0..steps {
        let mut keys = vec![KeyCode::Down; step];
        keys.extend([KeyCode::Char('c'), KeyCode::Char('m'), KeyCode::Down, KeyCode::Char('d')]);
        screens.push((format!("certificates of step {step}"), drawn(&after(envelopes, &keys))));
    }
    for letter in ['P', 'c', 't', 'v', '?', ':', 'a', 'W', 'f', 'p', 'u', 'y', 'o', 'q'] {
        screens.push((format!("key {letter}"), drawn(&after(envelopes, &[KeyCode::Char(letter)]))));
    }
    screens
}

/// What is said in lines: the report, and what each command answers.
fn told(app: &mut App) -> Vec<(String, String)> {
    let (model, diagnosis) = (app.model.clone(), app.diagnosis.clone().expect("a diagnosis"));
    let mut told = Vec::new();
    let forms = [
        ("text", report::text::write as fn(&_, &_, &mut dyn Write) -> _),
        ("Markdown", report::markdown::write),
        ("HTML", report::html::write),
    ];
    for (name, write) in forms {
        let mut out = Vec::new();
        write(&model, &diagnosis, &mut out).expect("memory can be written");
        let text = String::from_utf8(out).expect("text");
        let body = text.split_once("</head>").map_or(text.as_str(), |(_, body)| body);
        told.push((format!("report as {name}"), body.to_owned()));
    }
    let lines = ["help", "verdict", "why", "why 1", "stages 1", "raw 1 dns", "certificate 1", "timeline", "client"];
    let refused =
        ["why 99", "stages", "print", "certificate", "answer", "rerun", "explain", "nonsense", "find", "what-if x"];
    for line in lines.into_iter().chain(refused) {
        told.push((format!("--plain {line}"), plain::said(app, line).0));
    }
    told
}

/// Words that the English texts and pages say.
fn said_words() -> BTreeSet<String> {
    let texts: BTreeMap<String, String> = toml::from_str(MESSAGES).expect("the list is TOML");
    let prose = |text: &str| text.split('`').step_by(2).map(str::to_owned).collect::<Vec<_>>().join(" ");
    // The lab's stories speak of its hosts.
    let scenarios = lab::scenarios().expect("all files can be read");
    let stories: BTreeSet<String> =
        scenarios.into_iter().flat_map(|scenario| std::iter::once(scenario.title).chain(scenario.story)).collect();
    let texts = texts.keys().filter(|text| !stories.contains(*text));
    texts.flat_map(|text| words(&prose(text)).collect::<Vec<_>>()).collect()
}

/// Words that are left of these screens, each with the first place that shows it.
fn collect(foreign: &Foreign, name: &str, screens: Vec<(String, String)>, left: &mut BTreeMap<String, String>) {
    let mut seen = BTreeSet::new();
    for (place, screen) in screens {
        for line in screen.lines().filter(|line| seen.insert((*line).to_owned())) {
            for word in foreign.own_of_line(&place, line.trim_matches('"')) {
                left.entry(word).or_insert_with(|| format!("{name}, {place}: {}", line.trim()));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_english_word_is_left_on_the_screen() {
    let said = said_words();
    choose();
    let mut left: BTreeMap<String, String> = BTreeMap::new();
    let mut runs = Vec::new();
    let mut beside = None;
    for name in SCENARIOS {
        let scenario = lab::scenario(name).expect("a scenario");
        let envelopes = support::envelopes(&scenario).await;
        let mut app = after(&envelopes, &[]);
        // In private other things stand in the remedies.
        let private = after(&envelopes, &[KeyCode::Char('p')]);
        let mut foreign = Foreign::new(&envelopes, [&app, &private], &said);
        runs.push((app.model.clone(), app.diagnosis.clone().expect("a diagnosis")));
        let screens = screens(&envelopes).into_iter().chain(told(&mut app)).collect();
        collect(&foreign, name, screens, &mut left);
        foreign.know(runs.iter().map(|(model, _)| report::summary::address(model)));
        beside = Some(foreign);
    }
    let mut foreign = beside.expect("a scenario");
    foreign.know(["contoso", "fabrikam", "test", "com", "anna", "nobody", "system"].map(str::to_owned));
    foreign.know(lab::scenarios().expect("all files can be read").into_iter().map(|scenario| scenario.name));
    collect(&foreign, "beside", beside::board(&runs).await, &mut left);
    collect(&foreign, "beside", beside::form().await, &mut left);
    collect(&foreign, "beside", beside::cases().await, &mut left);
    let report: Vec<String> = left.iter().map(|(word, place)| format!("{word:16} {place}")).collect();
    assert!(left.is_empty(), "{} words are left:\n{}", left.len(), report.join("\n"));
}
