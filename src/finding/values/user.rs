//! Values about the user: the mailbox as a shell reads it, and what a PC is told to forget.

use super::gap;
use crate::{event::Address, finding::case::Case};

/// The mailbox that is diagnosed, as a PowerShell string: in single quotes nothing but a quote has a meaning.
pub(super) fn mailbox(case: &Case) -> String {
    in_quotes(case.model.address.as_ref().map(Address::ascii), "", say!("address of the user"))
}

/// A name as a PowerShell string in single quotes, or a gap where it could be misread.
pub(in crate::finding) fn in_quotes(name: Option<String>, before: &str, what: &str) -> String {
    let name = name.filter(|text| !text.chars().any(|letter| letter.is_control() || letter.is_whitespace()));
    // A quotation mark would end the string, and a star would stand for more than one user.
    let odd = |letter: char| matches!(letter, '*' | '\'' | '\u{2018}'..='\u{201b}');
    let plain = name.filter(|text| !text.contains(odd));
    format!("'{before}{}'", plain.unwrap_or_else(|| gap(what)))
}

/// Lines of a `.reg` file that take out the user's own switches; all that may be meant where the PC was not read.
pub(super) fn unset_lines(case: &Case) -> String {
    const STEPS: [&str; 5] = [
        "ExcludeScpLookup",
        "ExcludeHttpsRootDomain",
        "ExcludeHttpsAutoDiscoverDomain",
        "ExcludeHttpRedirect",
        "ExcludeSrvRecord",
    ];
    let excluded = case.model.settings(case.walk.client).map(|settings| settings.excluded()).unwrap_or_default();
    // Names of values are compared whatever their case; only known names are looked for, so none holds a quotation mark.
    let own = excluded.iter().filter(|setting| !setting.by_policy).map(|setting| setting.value.name.as_str());
    let own: Vec<&str> = own.collect();
    let names: &[&str] = if own.is_empty() { &STEPS } else { &own };
    names.iter().map(|name| format!("\"{name}\"=-")).collect::<Vec<_>>().join("\n")
}
