//! Files beside the screen: where a run is recorded, the report that is exported, a certificate to compare with.

use crate::{
    certificate,
    commands::{cert, fail},
    diagnosis::Diagnosis,
    exit,
    model::Model,
    recording,
    report::{self, Format},
    text,
    tui::{
        Marked,
        clipboard::{self, Copied},
    },
};
use std::{
    fs::File,
    io::Write as _,
    path::{Path, PathBuf},
};

/// Most files of one name in one folder.
const EXPORT_LIMIT: u32 = 999;

/// The file for a run's recording: as named for the first, `run-2.jsonl` for the second of one sitting.
pub(super) fn numbered(path: &Path, run: u32) -> PathBuf {
    if run == 1 {
        return path.to_owned();
    }
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let ending = path.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    path.with_file_name(format!("{stem}-{run}{ending}"))
}

/// Copies a text: to the terminal's clipboard, or into a file of the current folder where the terminal has none or the
/// text is too long for one.
pub(super) fn copy(text: &str) -> std::io::Result<Copied> {
    if clipboard::takes(text.len()) && clipboard::send(text).is_ok() {
        return Ok(Copied::Clipboard);
    }
    let (path, mut file) = new_file("discoscope-copied", "txt")?;
    file.write_all(text.as_bytes())?;
    Ok(Copied::File(path))
}

/// Writes the report of a run as an HTML page into the current folder: `discoscope-contoso.com.html`, or with a number
/// behind the domain where that exists. Gives the file's whole path.
pub(super) fn export(model: &Model, diagnosis: &Diagnosis) -> std::io::Result<String> {
    let (path, file) = new_file(&format!("discoscope-{}", model.domain()), "html")?;
    let mut file = std::io::BufWriter::new(file);
    report::write(Format::Html, model, diagnosis, &mut file)?;
    file.flush()?;
    Ok(text::sanitise_line(&path.display().to_string()))
}

/// A new file in the current folder that only its owner may read, with a number behind its name where that exists; its
/// whole path.
fn new_file(name: &str, ending: &str) -> std::io::Result<(PathBuf, File)> {
    for number in 1..=EXPORT_LIMIT {
        let number = if number == 1 { String::new() } else { format!("-{number}") };
        let name = format!("{name}{number}.{ending}");
        match recording::create_private(Path::new(&name)) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            file => return Ok((std::path::absolute(&name).unwrap_or_else(|_| name.into()), file?)),
        }
    }
    Err(std::io::Error::other(format!("there are {EXPORT_LIMIT} files {name}-*.{ending} already")))
}

/// The first certificate of a file, for the explorer to compare with.
pub(super) fn marked(path: &Path) -> Result<Marked, u8> {
    let place = text::sanitise_line(&path.display().to_string());
    let failed = |error: &dyn std::fmt::Display| fail(exit::USAGE, &format!("--compare-with {place}: {error}"));
    let bytes = cert::read_bounded(&path.to_string_lossy()).map_err(|error| failed(&error))?;
    let content = certificate::read_file(&bytes, None).map_err(|error| failed(&error))?;
    let first = content.certificates.first().ok_or_else(|| failed(&"holds no certificate"))?;
    let certificate = certificate::decode(first);
    Ok(Marked { place, certificate })
}
