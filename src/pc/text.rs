//! Texts from a PC: what `reg query` prints in any language, exports of the registry, and lines of a hosts file.
//!
//! Only the frame of `reg query` differs between the languages of Windows (its errors, its last line, the word for a
//! default value); keys, names and types do not. Since a key that does not exist prints nothing but an error, the lines
//! that name a query (`reg query HKCU\...`, as a console shows them or `echo` prints them) count as looked at.

use super::{Collector, collect::bytes};
use crate::{
    event::{PcSource, RegistryKind, ThisPc},
    text::{from_windows, utf16},
};

/// Most bytes of a text that are read.
pub const TEXT_LIMIT: u64 = 4 * 1024 * 1024;

/// Most lines of a text that are read.
const LINE_LIMIT: usize = 200_000;

/// Longest datum that is put together from continued lines, in characters.
const DATA_LIMIT: usize = 64 * 1024;

/// Beginnings of a key.
const HIVES: [&str; 10] = [
    "HKEY_CURRENT_USER",
    "HKEY_LOCAL_MACHINE",
    "HKEY_USERS",
    "HKEY_CLASSES_ROOT",
    "HKCU",
    "HKLM",
    "HKU",
    "HKCR",
    "HKCU:",
    "HKLM:",
];

/// Text of a file that a PC wrote: as [`from_windows`], and UTF-16 without a mark, as `cmd /u` writes it.
pub fn decode(bytes: &[u8]) -> String {
    match bytes {
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => utf16(bytes, u16::from_le_bytes),
        _ => from_windows(bytes),
    }
}

/// Whether a text is from a registry: it holds a key, or a line that queries one.
pub fn is_from_registry(text: &str) -> bool {
    text.lines().take(LINE_LIMIT).any(|line| heading(line).is_some() || queried(line).is_some())
}

/// What a text from a PC says. Nothing in it is an error: what is not understood is passed over.
pub fn read_text(text: &str, domain: Option<&str>) -> ThisPc {
    let mut collector = Collector::new(PcSource::Text);
    let mut key: Option<String> = None;
    // A printed key counts once a value of it follows: without /s the keys below are merely named.
    let mut printed_key = false;
    let mut hosts = String::new();
    let mut saw_hosts = false;
    let mut lines = text.lines().take(LINE_LIMIT);
    while let Some(line) = lines.next() {
        let line = line.trim_end_matches(['\r', '\0']).trim_start_matches('\u{feff}');
        if let Some(found) = queried(line) {
            collector.looked_at(found.key, found.with_all_below);
            key = None;
        } else if let Some(found) = heading(line) {
            key = found.exists.then(|| found.key.to_owned());
            printed_key = !found.is_exported;
            if found.exists && found.is_exported {
                collector.looked_at(found.key, true);
            }
        } else if line.to_ascii_lowercase().contains(r"drivers\etc\hosts") {
            saw_hosts = true;
        } else if let Some(key) = &key
            && let Some((name, kind, data)) = exported(line, &mut lines).or_else(|| printed(line))
        {
            if std::mem::take(&mut printed_key) {
                collector.looked_at(key, false);
            }
            collector.value(key, &name, kind, &data);
        } else if super::hosts::line(line).is_some() {
            hosts.push_str(line);
            hosts.push('\n');
            saw_hosts = true;
        }
    }
    if saw_hosts {
        collector.hosts(&hosts, domain);
    }
    collector.finish()
}

/// A line that names a key.
struct Heading<'a> {
    key: &'a str,
    /// Not one that an import would delete.
    exists: bool,
    /// It stands in brackets: an export holds everything below the key that was exported.
    is_exported: bool,
}

/// What a line queries.
struct Query<'a> {
    key: &'a str,
    /// `/s`: with all keys below.
    with_all_below: bool,
}

/// `HKEY_CURRENT_USER\...` alone on its line, or `[HKEY_CURRENT_USER\...]` of an export.
fn heading(line: &str) -> Option<Heading<'_>> {
    let line = line.trim();
    let inner = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let (key, exists) = match inner {
        Some(inner) => (inner.strip_prefix('-').unwrap_or(inner), !inner.starts_with('-')),
        None => (line, true),
    };
    let (hive, rest) = key.split_once('\\')?;
    let known = HIVES.iter().any(|known| known.eq_ignore_ascii_case(hive));
    // A value's line begins with its name, which may be anything; no key holds a type.
    let is_exported = inner.is_some();
    (known && !rest.is_empty() && !rest.contains("REG_")).then_some(Heading { key, exists, is_exported })
}

/// The key of `reg query KEY`, wherever it stands in the line: behind a prompt, or printed by `echo`.
fn queried(line: &str) -> Option<Query<'_>> {
    let lower = line.to_ascii_lowercase();
    let at = ["reg query ", "reg.exe query "].iter().find_map(|words| Some(lower.find(words)? + words.len()))?;
    let rest = line.get(at..)?.trim_start();
    let key = match rest.strip_prefix(['"', '\'']) {
        Some(quoted) => quoted.split(['"', '\'']).next()?,
        None => rest.split_whitespace().next()?,
    };
    let hive = key.split('\\').next()?;
    let with_all_below = rest.split_whitespace().any(|word| word.eq_ignore_ascii_case("/s"));
    HIVES.iter().any(|known| known.eq_ignore_ascii_case(hive)).then_some(Query { key, with_all_below })
}

/// `    Name    REG_DWORD    0x1`, with blanks as Windows Vista and later print them, or tabs as Windows XP does.
fn printed(line: &str) -> Option<(String, RegistryKind, String)> {
    let at = line.match_indices("REG_").map(|(at, _)| at).find(|at| {
        let before = line.get(..*at).unwrap_or_default();
        before.ends_with("  ") || before.ends_with('\t')
    })?;
    let name = line.get(..at)?.trim();
    let rest = line.get(at..)?;
    let word = rest.split([' ', '\t']).next()?;
    let data = rest.get(word.len()..)?.trim_start_matches([' ', '\t']);
    // The word for the default value differs between languages and stands in brackets: (Default), (Standard).
    let is_default = name.starts_with('(') && name.ends_with(')') || name == "<NO NAME>";
    let name = if is_default { String::new() } else { name.to_owned() };
    let (kind, data) = match word {
        "REG_DWORD" => (RegistryKind::Dword, number(data.trim())?.to_string()),
        "REG_SZ" | "REG_EXPAND_SZ" | "REG_MULTI_SZ" => (RegistryKind::Text, data.trim_end().to_owned()),
        "REG_BINARY" => (RegistryKind::Binary, data.trim().to_ascii_lowercase()),
        _ => (RegistryKind::Other, data.trim().to_owned()),
    };
    Some((name, kind, data))
}

fn number(text: &str) -> Option<u32> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// `"Name"=dword:00000001` and its kin of an export; a backslash at the end continues the line.
fn exported<'a>(line: &str, lines: &mut impl Iterator<Item = &'a str>) -> Option<(String, RegistryKind, String)> {
    let line = line.trim();
    let (name, data) = match line.strip_prefix("@=") {
        Some(data) => (String::new(), data),
        None => {
            let (name, rest) = quoted(line)?;
            (name, rest.trim_start().strip_prefix('=')?.trim_start())
        }
    };
    if let Some(digits) = data.strip_prefix("dword:") {
        return Some((name, RegistryKind::Dword, u32::from_str_radix(digits.trim(), 16).ok()?.to_string()));
    }
    if data.starts_with('"') {
        return Some((name, RegistryKind::Text, quoted(data)?.0));
    }
    let (kind, digits) = data.strip_prefix("hex")?.split_once(':')?;
    let mut all = digits.to_owned();
    while all.trim_end().ends_with('\\') && all.len() < DATA_LIMIT {
        all = all.trim_end().trim_end_matches('\\').to_owned();
        all.push_str(lines.next()?.trim());
    }
    let digits: String = all.chars().filter(char::is_ascii_hexdigit).collect::<String>().to_ascii_lowercase();
    Some(match kind {
        "" => (name, RegistryKind::Binary, digits),
        "(1)" | "(2)" | "(7)" => {
            (name, RegistryKind::Text, utf16(&bytes(&digits), u16::from_le_bytes).trim_end_matches('\0').to_owned())
        }
        _ => (name, RegistryKind::Other, digits),
    })
}

/// A text in quotes, with `\\` and `\"` in it, and what follows.
fn quoted(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('"')?;
    let mut out = String::new();
    let mut characters = inner.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((out, inner.get(at + 1..).unwrap_or_default())),
            '\\' => out.push(characters.next()?.1),
            other => out.push(other),
        }
    }
    None
}
