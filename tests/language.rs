//! Every text that people read is in one list, and a second language needs no code.

use discoscope::tui::keymap;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// What people never read in their language: what is recorded, sent, or read by programs.
const WITHOUT_LANGUAGE: &[&str] = &["engine", "event", "net", "plan", "probe", "recording", "redaction", "session"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("src can be read").filter_map(Result::ok) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// A file's code without comments, documentation and tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("a source can be read").replace("\r\n", "\n");
    let code = &text[..tests_begin(&text)];
    code.lines().filter(|line| !line.trim_start().starts_with("//")).fold(String::new(), |mut code, line| {
        code.push_str(line);
        code.push('\n');
        code
    })
}

/// Where a file's tests begin; its end when they stand elsewhere.
fn tests_begin(text: &str) -> usize {
    let marks = text.match_indices("#[cfg(test)]");
    let mut begins = marks.filter(|(at, mark)| {
        let mut lines = text[at + mark.len()..].lines().skip_while(|line| line.is_empty() || line.starts_with("#["));
        lines.next().is_some_and(|line| line.starts_with("mod ") && line.ends_with('{'))
    });
    begins.next().map_or(text.len(), |(at, _)| at)
}

/// What a string literal says, and what follows it. The text begins behind the opening quotation mark.
fn literal(text: &str) -> Option<(String, &str)> {
    let mut said = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((said, &text[at + 1..])),
            '\\' => match letters.next()?.1 {
                'n' => said.push('\n'),
                '\n' => {
                    let rest = letters.as_str();
                    let skipped = rest.len() - rest.trim_start().len();
                    let end = text.len() - rest.len() + skipped;
                    while letters.clone().next().is_some_and(|(next, _)| next < end) {
                        letters.next();
                    }
                }
                'u' => {
                    let (code, rest) = letters.as_str().strip_prefix('{')?.split_once('}')?;
                    said.push(char::from_u32(u32::from_str_radix(code, 16).ok()?)?);
                    let end = text.len() - rest.len();
                    while letters.clone().next().is_some_and(|(next, _)| next < end) {
                        letters.next();
                    }
                }
                other => said.push(other),
            },
            other => said.push(other),
        }
    }
    None
}

/// A call of `say!` or `said!`.
struct Call {
    place: String,
    text: String,
    /// Names of the values that it gives.
    values: BTreeSet<String>,
}

fn calls() -> Vec<Call> {
    let mut calls = Vec::new();
    for path in sources() {
        let place = path.strip_prefix(root()).expect("below the root").display().to_string().replace('\\', "/");
        let code = code(&path);
        if place == "src/language.rs" {
            continue;
        }
        for name in ["say!(", "said!("] {
            for (at, _) in code.match_indices(name) {
                if code[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_') {
                    continue;
                }
                let inside = code[at + name.len()..].trim_start();
                let quoted = inside.strip_prefix('"').unwrap_or_else(|| panic!("{place}: {name} without a literal"));
                let (text, rest) = literal(quoted).unwrap_or_else(|| panic!("{place}: unfinished literal"));
                calls.push(Call { place: place.clone(), text, values: values(rest) });
            }
        }
    }
    let table = keymap::texts().into_iter().map(|text| Call {
        place: "src/tui/keymap.rs".to_owned(),
        text: text.to_owned(),
        values: BTreeSet::new(),
    });
    calls.extend(table);
    // The lab's stories are read, too.
    for scenario in discoscope::lab::scenarios().expect("all files can be read") {
        let place = format!("assets/lab/{}.toml", scenario.name);
        let texts = std::iter::once(scenario.title).chain(scenario.story);
        calls.extend(texts.map(|text| Call { place: place.clone(), text, values: BTreeSet::new() }));
    }
    calls
}

/// Names of the values behind a literal, up to the closing parenthesis of the call.
fn values(rest: &str) -> BTreeSet<String> {
    let mut depth = 0;
    let mut quoted = false;
    let mut parts = vec![String::new()];
    let mut before = ' ';
    for letter in rest.chars() {
        match letter {
            '"' if before != '\\' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted && depth == 0 => break,
            ')' | ']' | '}' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => parts.push(String::new()),
            _ => {}
        }
        if let Some(part) = parts.last_mut() {
            part.push(letter);
        }
        before = letter;
    }
    let names = parts.iter().map(|part| part.split('=').next().unwrap_or_default().trim_matches([' ', ',', '\n']));
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// The list of all texts, by the file that says them first.
fn list(calls: &[Call]) -> String {
    let mut list =
        "# Every text that discoscope says, by the file that says it first. A translation is a folder with a\n\
                    # copy of this file, in which translations stand on the right, named with --language.\n"
            .to_owned();
    let mut listed = BTreeSet::new();
    let mut by_place: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for call in calls {
        if listed.insert(&call.text) {
            by_place.entry(&call.place).or_default().push(&call.text);
        }
    }
    for (place, mut texts) in by_place {
        texts.sort_unstable();
        let _ = writeln!(list, "\n# {place}");
        for text in texts {
            // Keys cannot be multi-line strings, which the writer of values takes for some texts.
            let _ = writeln!(list, "\"{}\" = \"\"", text.replace('\\', "\\\\").replace('"', "\\\""));
        }
    }
    list
}

#[test]
fn the_list_of_texts_is_complete() {
    let calls = calls();
    let path = root().join("assets/messages.toml");
    let list = list(&calls);
    if std::env::var_os("DISCOSCOPE_WRITE_DOCS").is_some() {
        fs::write(&path, &list).expect("assets can be written");
    }
    let listed = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(listed == list, "assets/messages.toml is stale: DISCOSCOPE_WRITE_DOCS=1 cargo test --test language");
    let parsed: BTreeMap<String, String> = toml::from_str(&listed).expect("the list is TOML");
    assert!(parsed.len() > 100, "only {} texts were found", parsed.len());
}

#[test]
fn every_place_has_its_value() {
    for call in calls() {
        let places: BTreeSet<String> =
            discoscope::language::places(&call.text).into_iter().map(str::to_owned).collect();
        // A text of a table gets its values where it is said.
        if !call.values.is_empty() || places.is_empty() {
            assert_eq!(places, call.values, "{}: {:?}", call.place, call.text);
        }
    }
}

#[test]
fn what_is_recorded_has_no_language() {
    for path in sources() {
        let inner = path.strip_prefix(root().join("src")).expect("below src").to_string_lossy().into_owned();
        let module = inner.split(['/', '\\']).next().unwrap_or_default().trim_end_matches(".rs");
        if WITHOUT_LANGUAGE.contains(&module) {
            let code = code(&path);
            assert!(!code.contains("say!(") && !code.contains("language::"), "{inner} speaks a language");
        }
    }
}
