//! Documents that are made from the program: they fail here when they are stale.
//!
//! `DISCOSCOPE_WRITE_DOCS=1 cargo test --test documentation` writes them anew.

use discoscope::{catalogue, report};
use std::{fs, path::Path};

/// What `docs/findings.md` has to hold.
fn findings() -> String {
    let mut text = String::from(
        "# Findings\n\nEvery case that discoscope knows. This document is made from `assets/findings/`; correct the pages \
         there.\n\n| case | in one sentence | proof |\n| --- | --- | --- |\n",
    );
    for page in catalogue::pages() {
        let title = report::page::shown(page.title);
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

#[test]
fn the_list_of_findings_is_not_stale() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/findings.md");
    if std::env::var_os("DISCOSCOPE_WRITE_DOCS").is_some() {
        fs::write(&path, findings()).expect("docs can be written");
    }
    let written = fs::read_to_string(&path).expect("docs/findings.md").replace("\r\n", "\n");
    assert!(written == findings(), "docs/findings.md is stale: write it anew as this file says");
}
