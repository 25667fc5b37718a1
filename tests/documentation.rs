//! Documents that are made from the program: they fail here when they are stale.
//!
//! `DISCOSCOPE_WRITE_DOCS=1 cargo test --test documentation` writes them anew.

use discoscope::{
    catalogue, report,
    tui::keymap::{self, Binding, Context},
};
use std::{fs, path::Path};

/// What `docs/findings.md` has to hold.
fn findings() -> String {
    let mut text = String::from(
        "# Findings\n\nEvery case that discoscope knows. This document is made from `assets/findings/`; correct the pages \
         there.\n\n| case | in one sentence | proof |\n| --- | --- | --- |\n",
    );
    for page in catalogue::pages() {
        let title = report::page::title(page);
        text.push_str(&format!("| [{}](#{0}) | {title} | {} |\n", page.id, page.proof));
    }
    for page in catalogue::pages() {
        let mut bytes = Vec::new();
        report::page::write(page, &mut bytes).expect("memory can be written");
        text.push('\n');
        text.push_str(&String::from_utf8(bytes).expect("pages are text"));
    }
    format!("{}\n", text.trim_end())
}

/// What `docs/keys.md` has to hold.
fn keys() -> String {
    let mut text = String::from(
        "# Keys\n\nEvery key of the screen. This document is made from the table in `src/tui/keymap.rs`, as are the footer, \
         the help (`?`) and what keys do.\n\nKeys are bound otherwise in the configuration file, by the name of the \
         action; a list gives several keys, the first of which is shown:\n\n```toml\n[keys]\nrerun = \"f5\"\n\
         up = [\"up\", \"e\"]\n```\n\nA key is a character, `f1` to `f12`, `ctrl-` with a letter, `alt-` with a character, \
         or one of `enter`, `esc`, `tab`, `shift-tab`, `up`, `down`, `left`, `right`, `home`, `end`, `page-up`, `page-down`, \
         `backspace`, `delete`, `insert`, `space`. Two actions on one key in one place, unknown names and unknown keys are \
         refused at start. The digits cannot be bound otherwise.\n",
    );
    for context in Context::ALL {
        text.push_str(&format!("\n## {}\n\n", context.as_str()));
        text.push_str("| key | action | label | what it does |\n| --- | --- | --- | --- |\n");
        for binding in keymap::of(context) {
            text.push_str(&row(binding));
        }
    }
    text
}

fn row(binding: &Binding) -> String {
    let keys: Vec<String> = binding.keys.iter().map(|key| format!("`{}`", key.written(true))).collect();
    let names: Vec<String> = keymap::row_names(binding).iter().map(|name| format!("`{name}`")).collect();
    let names = if names.is_empty() { "-".to_owned() } else { names.join(", ") };
    format!("| {} | {names} | {} | {} |\n", keys.join(" "), binding.label, binding.tooltip)
}

fn is_not_stale(name: &str, wanted: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    if std::env::var_os("DISCOSCOPE_WRITE_DOCS").is_some() {
        fs::write(&path, wanted).expect("docs can be written");
    }
    let written = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(written == wanted, "docs/{name} is stale: write it anew as this file says");
}

#[test]
fn the_list_of_findings_is_not_stale() {
    is_not_stale("findings.md", &findings());
}

#[test]
fn the_list_of_keys_is_not_stale() {
    is_not_stale("keys.md", &keys());
}
