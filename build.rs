//! Lists the pages and scenarios under `assets/`, so that adding a file is all it takes.

use std::{env, fmt::Write as _, fs, io, path::Path};

fn main() -> io::Result<()> {
    let mut code = String::new();
    for (constant, folder, ending) in [("FINDING_PAGES", "findings", "md"), ("LAB_SCENARIOS", "lab", "toml")] {
        list(&mut code, constant, folder, ending)?;
    }
    let target = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&target).join("assets.rs"), code)
}

/// Appends a constant of (file stem, content) pairs, sorted by name.
fn list(code: &mut String, constant: &str, folder: &str, ending: &str) -> io::Result<()> {
    let root = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let folder = Path::new(&root).join("assets").join(folder);
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<_> = fs::read_dir(&folder)?.filter_map(Result::ok).map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == ending));
    files.sort();
    writeln!(code, "pub(crate) const {constant}: &[(&str, &str)] = &[").map_err(io::Error::other)?;
    for path in files {
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        println!("cargo::rerun-if-changed={}", path.display());
        writeln!(code, "    ({stem:?}, include_str!({:?})),", path.display().to_string()).map_err(io::Error::other)?;
    }
    writeln!(code, "];").map_err(io::Error::other)
}
