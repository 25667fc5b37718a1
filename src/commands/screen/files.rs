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
    tui::Marked,
};
use std::path::{Path, PathBuf};

/// Most reports about one domain in one folder.
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

/// Writes the report of a run as an HTML page into the current folder: `discoscope-contoso.com.html`, or with a number
/// behind the domain where that exists. Gives the file's whole path.
pub(super) fn export(model: &Model, diagnosis: &Diagnosis) -> std::io::Result<String> {
    for number in 1..=EXPORT_LIMIT {
        let ending = if number == 1 { String::new() } else { format!("-{number}") };
        let name = format!("discoscope-{}{ending}.html", model.domain());
        let file = match recording::create_private(Path::new(&name)) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => continue,
            file => file?,
        };
        let mut file = std::io::BufWriter::new(file);
        report::write(Format::Html, model, diagnosis, &mut file)?;
        std::io::Write::flush(&mut file)?;
        let whole = std::path::absolute(&name).unwrap_or_else(|_| name.into());
        return Ok(text::sanitise_line(&whole.display().to_string()));
    }
    Err(std::io::Error::other(format!("there are {EXPORT_LIMIT} reports about this domain already")))
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
