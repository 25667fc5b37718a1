//! The registry and the files of this Windows, through the safe half of Microsoft's own library.

use crate::{
    event::{PcFileRole, PcSource, RegistryKind},
    pc::{About, Collector, LocalFile, Reader, Root, Snapshot, concerns, is_local_path, local_xml_paths, roots},
    text::{from_windows, sanitise_line, utf16},
};
use std::{
    env,
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};
use windows_registry::{CURRENT_USER, Key, LOCAL_MACHINE, Type, Value};

/// Most bytes of a file that are read.
const FILE_LIMIT: u64 = 1024 * 1024 + 1;

/// Most stored answers that are read.
const STORED_LIMIT: usize = 16;

/// Most entries of a folder, or keys below a key, that are looked at.
const ENTRY_LIMIT: usize = 4096;

/// This machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct ThisMachine;

impl Reader for ThisMachine {
    fn read(&self, about: &About) -> Snapshot {
        let mut collector = Collector::new(PcSource::ThisMachine);
        for root in roots() {
            registry(&root, &mut collector);
        }
        if let Some(text) = hosts_file() {
            collector.hosts(&text, Some(&about.domain));
        }
        let pc = collector.finish();
        let mut files: Vec<LocalFile> = local_xml_paths(&pc, &about.domain).into_iter().map(local_xml).collect();
        files.extend(stored_answers(about));
        let mut snapshot = Snapshot { pc, files };
        snapshot.describe_files();
        snapshot
    }
}

/// One part of the registry. A key that does not exist was looked at all the same; one that may not be read was not.
fn registry(root: &Root, collector: &mut Collector) {
    let Some((hive, path)) = root.key.split_once('\\') else { return };
    let hive = if hive == "HKCU" { CURRENT_USER } else { LOCAL_MACHINE };
    match hive.open(path) {
        Ok(key) => {
            collector.looked_at(&root.key, false);
            values(&key, &root.key, root.depth, collector);
        }
        Err(error) if is_absent(error.code().0) => collector.looked_at(&root.key, false),
        Err(_) => {}
    }
}

/// "File not found", as an HRESULT.
fn is_absent(code: i32) -> bool {
    code.to_ne_bytes() == 0x8007_0002_u32.to_ne_bytes()
}

fn values(key: &Key, path: &str, depth: usize, collector: &mut Collector) {
    if let Ok(values) = key.values() {
        for (name, value) in values.take(ENTRY_LIMIT) {
            let (kind, data) = read(&value);
            collector.value(path, &name, kind, &data);
        }
    }
    if depth == 0 {
        return;
    }
    let Ok(keys) = key.keys() else { return };
    for name in keys.take(ENTRY_LIMIT) {
        if let Ok(below) = key.open(&name) {
            values(&below, &format!("{path}\\{name}"), depth - 1, collector);
        }
    }
}

/// A value as the collector takes it: numbers in decimal, text as it is, bytes in hexadecimal digits.
fn read(value: &Value) -> (RegistryKind, String) {
    let digits = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    match value.ty() {
        Type::U32 => match <[u8; 4]>::try_from(&value[..]) {
            Ok(bytes) => (RegistryKind::Dword, u32::from_le_bytes(bytes).to_string()),
            Err(_) => (RegistryKind::Other, digits(value)),
        },
        Type::String | Type::ExpandString | Type::MultiString => {
            let text = utf16(value, u16::from_le_bytes);
            (RegistryKind::Text, text.trim_end_matches('\0').to_owned())
        }
        Type::Bytes => (RegistryKind::Binary, digits(value)),
        Type::U64 | Type::Other(_) => (RegistryKind::Other, digits(value)),
    }
}

fn hosts_file() -> Option<String> {
    let windows = env::var_os("SystemRoot").unwrap_or_else(|| r"C:\Windows".into());
    let path = Path::new(&windows).join(r"System32\drivers\etc\hosts");
    Some(from_windows(&bounded(&path).ok()?))
}

/// The file that the registry names. One that may lie on another machine is left alone: to open it would sign the user in
/// there.
fn local_xml(path: String) -> LocalFile {
    let real = expanded(&path);
    let content = if is_local_path(&real) {
        bounded(Path::new(&real)).map_err(|error| error.to_string())
    } else {
        Err("it may lie on another machine and was not opened".to_owned())
    };
    LocalFile { role: PcFileRole::LocalXml, path, content }
}

/// Answers that Outlook stored: `* - Autodiscover.xml` in its folder, `AutoD.*.xml` in the one of its version.
fn stored_answers(about: &About) -> Vec<LocalFile> {
    let Some(local) = env::var_os("LOCALAPPDATA") else { return Vec::new() };
    let folder = PathBuf::from(local).join(r"Microsoft\Outlook");
    let mut folders = vec![folder.clone()];
    folders.extend(["14", "15", "16"].map(|version| folder.join(version)));
    let entries = folders.into_iter().filter_map(|folder| fs::read_dir(folder).ok());
    let files = entries.flat_map(|entries| entries.take(ENTRY_LIMIT)).filter_map(Result::ok);
    let stored = files.filter_map(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        (is_stored_answer(&name) && concerns(&name, &about.mailbox)).then(|| (name, entry.path()))
    });
    let read = stored.take(STORED_LIMIT).map(|(name, path)| {
        let content = bounded(&path).map_err(|error| error.to_string());
        LocalFile { role: PcFileRole::StoredAnswer, path: name, content }
    });
    read.collect()
}

fn is_stored_answer(name: &str) -> bool {
    let name = name.to_lowercase();
    name.ends_with("autodiscover.xml") || name.starts_with("autod") && name.ends_with(".xml")
}

fn bounded(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(FILE_LIMIT).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A path with the variables between percent signs put in.
fn expanded(path: &str) -> String {
    let mut out = String::new();
    for (number, part) in path.split('%').enumerate() {
        match env::var(part) {
            Ok(value) if number % 2 == 1 => out.push_str(&value),
            _ if number % 2 == 1 => out.push_str(&format!("%{part}%")),
            _ => out.push_str(part),
        }
    }
    sanitise_line(&out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_windows_is_read() {
        let about = About { mailbox: "a@contoso.test".into(), domain: "contoso.test".into() };
        let pc = ThisMachine.read(&about).pc;
        for version in crate::pc::OFFICE_VERSIONS {
            assert!(crate::pc::Settings::of(&pc, version).is_known(), "{version}");
        }
        assert_eq!(pc.source, PcSource::ThisMachine);
        assert!(pc.values.iter().any(|value| value.name == "ProductName" && !value.data.is_empty()));
        assert!(pc.hosts.is_some() && pc.files.is_some());
    }

    #[test]
    fn variables_are_put_in() {
        assert!(!expanded(r"%SystemRoot%\x.xml").contains('%'));
        assert_eq!(expanded(r"%no such variable%\x"), r"%no such variable%\x");
    }
}
