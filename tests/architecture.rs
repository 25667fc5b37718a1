//! Who may import whom. The layers point one way, and only some modules may name the terminal, sockets or clap.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Every module of the crate with what it may import from the crate, besides itself.
const ALLOWED: &[(&str, &[&str])] = &[
    ("secret", &[]),
    ("event", &["secret"]),
    ("text", &[]),
    ("language", &["text"]),
    ("exit", &[]),
    ("assets", &[]),
    ("address", &["event", "text"]),
    ("pc", &["event", "text"]),
    ("plan", &["event"]),
    ("net", &["event", "text"]),
    ("directory", &["event", "text"]),
    ("model", &["event", "pc", "plan"]),
    ("certificate", &["event", "text"]),
    ("code", &["event"]),
    ("catalogue", &["assets", "event", "finding", "language"]),
    ("probe", &["certificate", "directory", "event", "net", "plan", "secret", "text"]),
    ("assumption", &["certificate", "event", "model", "plan"]),
    ("walk", &["code", "event", "model", "pc", "plan"]),
    (
        "finding",
        &[
            "assumption",
            "catalogue",
            "certificate",
            "code",
            "directory",
            "event",
            "language",
            "model",
            "pc",
            "plan",
            "text",
            "walk",
        ],
    ),
    ("words", &["certificate", "code", "directory", "event", "finding", "language", "pc", "plan", "walk"]),
    ("redaction", &["event"]),
    ("machine", &["event", "pc", "text"]),
    ("recording", &["event", "redaction", "text"]),
    ("engine", &["address", "directory", "event", "net", "pc", "plan", "probe", "secret", "text"]),
    ("diagnosis", &["assumption", "event", "finding", "model", "walk"]),
    (
        "report",
        &[
            "catalogue",
            "certificate",
            "diagnosis",
            "event",
            "finding",
            "language",
            "model",
            "plan",
            "text",
            "walk",
            "words",
        ],
    ),
    (
        "tui",
        &[
            "assumption",
            "catalogue",
            "certificate",
            "code",
            "diagnosis",
            "directory",
            "event",
            "exit",
            "finding",
            "language",
            "model",
            "plan",
            "redaction",
            "report",
            "secret",
            "text",
            "walk",
            "words",
        ],
    ),
    ("session", &["engine", "event", "net", "recording", "redaction"]),
    ("lab", &["address", "assets", "directory", "engine", "event", "net", "pc", "plan", "probe", "secret", "walk"]),
    ("signal", &["exit"]),
    ("cli", &["assumption", "config", "event"]),
    (
        "config",
        &[
            "address",
            "cli",
            "directory",
            "engine",
            "event",
            "exit",
            "machine",
            "net",
            "pc",
            "plan",
            "recording",
            "secret",
            "text",
        ],
    ),
    (
        "commands",
        &[
            "address",
            "assumption",
            "catalogue",
            "certificate",
            "cli",
            "code",
            "config",
            "diagnosis",
            "directory",
            "engine",
            "event",
            "exit",
            "lab",
            "language",
            "machine",
            "model",
            "net",
            "pc",
            "probe",
            "recording",
            "redaction",
            "report",
            "secret",
            "session",
            "signal",
            "text",
            "tui",
            "walk",
            "words",
        ],
    ),
    ("lib", &[]),
    ("main", &["cli", "commands", "exit"]),
];

/// Outside words that only these modules may name.
const RESERVED: &[(&str, &[&str])] = &[
    ("ratatui", &["tui"]),
    ("crossterm", &["tui"]),
    ("clap", &["cli", "commands", "main"]),
    ("tokio::net", &["net", "probe", "lab", "engine"]),
    ("cross_krb5", &["probe"]),
    ("libgssapi", &["probe"]),
    ("hickory_server", &["lab"]),
    ("windows_registry", &["machine"]),
    ("rcgen", &["lab"]),
];

/// Fewer files than this would mean that the scan looked in the wrong place.
const FEWEST_FILES: usize = 50;

struct Source {
    module: String,
    path: PathBuf,
    code: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("src can be read").filter_map(Result::ok) {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            // Compiled for tests only.
            let for_tests = name.ends_with("tests.rs") || name.ends_with("testing.rs") || name == "tests";
            if for_tests {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let inner = path.strip_prefix(&root).expect("below src");
                let first = inner.components().next().expect("a file has a name");
                let module = first.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned();
                let code = production_code(&fs::read_to_string(&path).expect("source can be read"));
                found.push(Source { module, path, code });
            }
        }
    }
    found
}

/// The code without comments and without the test module at its end.
fn production_code(text: &str) -> String {
    let lines = text.lines().take_while(|line| line.trim() != "#[cfg(test)]" || !text.contains("mod tests {"));
    lines.filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Crate modules named by `crate::name` and by the groups of `use crate::{...}`.
fn imports(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let after_word = code[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':');
        if !after_word {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => found.extend(group_members(group)),
            None => found.extend(leading_word(rest)),
        }
    }
    found
}

/// First words of the members of a `use` group, nested groups passed over.
fn group_members(group: &str) -> Vec<String> {
    let (mut depth, mut member, mut members) = (0_u32, String::new(), Vec::new());
    for character in group.chars() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => members.push(std::mem::take(&mut member)),
            _ if depth == 0 => member.push(character),
            _ => {}
        }
    }
    members.push(member);
    members.iter().filter_map(|member| leading_word(member.trim())).collect()
}

fn leading_word(text: &str) -> Option<String> {
    let word: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!word.is_empty()).then_some(word)
}

#[test]
fn imports_follow_the_layers() {
    let sources = sources();
    assert!(sources.len() >= FEWEST_FILES, "only {} files scanned: this check would prove nothing", sources.len());
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    let mut edges = 0;
    let mut wrong = Vec::new();
    for source in &sources {
        let Some(may) = allowed.get(source.module.as_str()) else {
            wrong.push(format!("{}: module `{}` has no layer", source.path.display(), source.module));
            continue;
        };
        for import in imports(&source.code) {
            if import == source.module || !allowed.contains_key(import.as_str()) {
                continue;
            }
            edges += 1;
            if !may.contains(&import.as_str()) {
                wrong.push(format!("{} imports `{import}`", source.path.display()));
            }
        }
    }
    assert!(edges >= FEWEST_FILES, "only {edges} imports seen: this check would prove nothing");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_layers_point_one_way() {
    // Within the list a module may only import what stands before it, but for the few pairs that name each other's
    // types on purpose.
    let pairs = [("catalogue", "finding"), ("cli", "config")];
    let order: Vec<&str> = ALLOWED.iter().map(|(module, _)| *module).collect();
    let place = |name: &str| order.iter().position(|known| *known == name);
    for (module, may) in ALLOWED {
        for import in *may {
            let earlier = place(import) < place(module);
            assert!(
                earlier || pairs.contains(&(*module, *import)),
                "`{module}` may import `{import}`, which stands later"
            );
        }
    }
}

#[test]
fn outside_words_stay_in_their_rooms() {
    for source in sources() {
        for (word, rooms) in RESERVED {
            let named = source.code.contains(&format!("{word}::")) || source.code.contains(&format!("use {word}"));
            assert!(!named || rooms.contains(&source.module.as_str()), "{} names `{word}`", source.path.display());
        }
    }
}

#[test]
fn the_scan_would_see_a_wrong_import() {
    let code = "use crate::{engine::Setup, event::{Event, Stage}, text};\nfn f() { crate::tui::run(); }";
    let expected = ["engine", "event", "text", "tui"].map(str::to_owned);
    assert_eq!(imports(code), expected.into_iter().collect());
}
