//! Runs that were made before, kept only where that was asked for: whom for, how, when and with what verdict. Never
//! evidence, and nothing that the file's owner has not typed.

use super::place;
use crate::{
    address,
    cli::RunOptions,
    event::{ClientFamily, VantageSide},
    recording,
    text::sanitise_line,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{
    fs,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

/// Most runs that are kept.
const LIMIT: usize = 20;

/// Most bytes of the file.
const SIZE_LIMIT: u64 = 256 * 1024;

/// Most values of an option that takes several.
const VALUES_LIMIT: usize = 32;

/// One run.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub struct KeptRun {
    /// The address as typed.
    pub address: String,
    /// When it ended.
    pub at: Timestamp,
    /// The verdict's word.
    pub verdict: String,
    /// Inside or outside, as the form said.
    pub side: VantageSide,
    /// As the option of this name; so are the following.
    pub client: String,
    resolver: Vec<String>,
    ca_file: Vec<PathBuf>,
    connect_to: Vec<String>,
    scp_url: Vec<String>,
    only: Vec<String>,
    skip: Vec<String>,
    timeout: u64,
    no_canaries: bool,
    fetch_issuers: bool,
}

impl KeptRun {
    /// A run as it is to be kept.
    pub fn new(address: &str, options: &RunOptions, side: VantageSide, verdict: &str, at: Timestamp) -> Self {
        Self {
            address: address.to_owned(),
            at,
            verdict: verdict.to_owned(),
            side,
            client: options.client.clone(),
            resolver: options.resolver.clone(),
            ca_file: options.ca_file.clone(),
            connect_to: options.connect_to.clone(),
            scp_url: options.scp_url.clone(),
            only: options.only.clone(),
            skip: options.skip.clone(),
            timeout: options.timeout,
            no_canaries: options.no_canaries,
            fetch_issuers: options.fetch_issuers,
        }
    }

    /// The options to make it again. Where it is recorded stays what `now` says.
    pub fn options(&self, now: &RunOptions) -> RunOptions {
        RunOptions {
            client: self.client.clone(),
            resolver: self.resolver.clone(),
            ca_file: self.ca_file.clone(),
            connect_to: self.connect_to.clone(),
            scp_url: self.scp_url.clone(),
            only: self.only.clone(),
            skip: self.skip.clone(),
            timeout: self.timeout,
            no_canaries: self.no_canaries,
            fetch_issuers: self.fetch_issuers,
            ..now.clone()
        }
    }

    /// Whether it asks for the same in the same way.
    fn is_alike(&self, other: &Self) -> bool {
        let asked = |run: &Self| Self { at: Timestamp::default(), verdict: String::new(), ..run.clone() };
        asked(self) == asked(other)
    }

    /// What a file says, with every value within its bounds; nothing where it is no run. Whatever the options hold is
    /// checked again when the run is made.
    fn checked(self) -> Option<Self> {
        address::parse(&self.address).ok()?;
        let values = [&self.resolver, &self.connect_to, &self.scp_url, &self.only, &self.skip];
        let bounded = values.iter().all(|values| values.len() <= VALUES_LIMIT) && self.ca_file.len() <= VALUES_LIMIT;
        ClientFamily::from_name(&self.client)?;
        let verdict = sanitise_line(&self.verdict);
        let timeout = self.timeout.clamp(1, 60);
        bounded.then_some(Self { verdict, timeout, ..self })
    }
}

/// The runs that are kept, the newest first.
#[derive(Clone, Debug, Default)]
pub struct Runs {
    /// The file; nothing where this machine names no folder for data.
    path: Option<PathBuf>,
    list: Vec<KeptRun>,
}

impl Runs {
    /// The runs kept on this machine. A file that cannot be read counts as none.
    pub fn load() -> Self {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self::at(place::data(place::HERE, &variable).map(|folder| folder.join("runs.json")))
    }

    fn at(path: Option<PathBuf>) -> Self {
        let list = path.as_deref().and_then(|path| read(path).ok()).unwrap_or_default();
        Self { path, list }
    }

    /// The runs, the newest first.
    pub fn list(&self) -> &[KeptRun] {
        &self.list
    }

    /// Keeps a run; one that asked for the same in the same way is replaced.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep(&mut self, run: KeptRun) -> io::Result<()> {
        self.change(|list| {
            list.retain(|kept| !kept.is_alike(&run));
            list.insert(0, run);
            list.truncate(LIMIT);
        })
    }

    /// Forgets one run; the file goes with the last.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn forget(&mut self, run: &KeptRun) -> io::Result<()> {
        self.change(|list| list.retain(|kept| kept != run))
    }

    /// Forgets all runs, and says whether there was anything to forget.
    ///
    /// # Errors
    /// When the file cannot be deleted.
    pub fn forget_all(&mut self) -> io::Result<bool> {
        self.list.clear();
        match self.path.as_deref().map(fs::remove_file) {
            Some(Ok(())) => Ok(true),
            Some(Err(error)) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Some(Err(_)) | None => Ok(false),
        }
    }

    /// Changes the list as it is in the file now, which another window may have written to.
    fn change(&mut self, change: impl FnOnce(&mut Vec<KeptRun>)) -> io::Result<()> {
        let Some(path) = self.path.clone() else {
            return Err(io::Error::other("this machine names no folder for data"));
        };
        self.list = match read(&path) {
            Ok(list) => list,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        change(&mut self.list);
        if self.list.is_empty() { self.forget_all().map(|_| ()) } else { write(&path, &self.list) }
    }
}

fn read(path: &Path) -> io::Result<Vec<KeptRun>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(SIZE_LIMIT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > SIZE_LIMIT {
        return Err(io::Error::other(format!("has more than {SIZE_LIMIT} bytes")));
    }
    // What is no list of runs counts as an empty one: it is written anew with the next run.
    let list: Vec<serde_json::Value> = serde_json::from_slice(&bytes).unwrap_or_default();
    let runs = list.into_iter().filter_map(|value| serde_json::from_value::<KeptRun>(value).ok()?.checked());
    Ok(runs.take(LIMIT).collect())
}

/// Writes beside the file first, so that a crash leaves the old or the new list and never half of one. Only its owner may
/// read it.
fn write(path: &Path, list: &[KeptRun]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = path.with_extension("new");
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = recording::create_private(&beside)?;
    serde_json::to_writer_pretty(&mut file, list)?;
    file.write_all(b"\n")?;
    drop(file);
    fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(address: &str, seconds: i64) -> KeptRun {
        let options = RunOptions { client: "outlook365".to_owned(), timeout: 5, ..RunOptions::default() };
        let at = Timestamp::from_second(seconds).expect("a time");
        KeptRun::new(address, &options, VantageSide::Unknown, "prompts", at)
    }

    fn runs() -> (tempfile::TempDir, Runs) {
        let folder = tempfile::tempdir().expect("a folder");
        let runs = Runs::at(Some(folder.path().join("data").join("runs.json")));
        (folder, runs)
    }

    fn addresses(runs: &Runs) -> Vec<&str> {
        runs.list().iter().map(|run| run.address.as_str()).collect()
    }

    #[test]
    fn runs_are_kept_the_newest_first_each_once_and_forgotten() {
        let (_folder, mut runs) = runs();
        for (seconds, address) in [(1, "a@contoso.test"), (2, "b@contoso.test"), (3, "a@contoso.test")] {
            runs.keep(run(address, seconds)).expect("kept");
        }
        let path = runs.path.clone();
        assert_eq!(addresses(&runs), ["a@contoso.test", "b@contoso.test"]);
        assert_eq!(Runs::at(path.clone()).list(), runs.list());
        let last = runs.list().last().cloned().expect("a run");
        runs.forget(&last).expect("forgotten");
        assert_eq!(addresses(&Runs::at(path.clone())), ["a@contoso.test"]);
        assert!(runs.forget_all().expect("forgotten") && !runs.forget_all().expect("nothing left"));
        assert!(!path.expect("a path").exists());
    }

    #[test]
    fn the_file_goes_with_the_last_run() {
        let (_folder, mut runs) = runs();
        runs.keep(run("a@contoso.test", 1)).expect("kept");
        let only = runs.list().first().cloned().expect("a run");
        runs.forget(&only).expect("forgotten");
        assert!(!runs.path.expect("a path").exists());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_the_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let (_folder, mut runs) = runs();
        runs.keep(run("a@contoso.test", 1)).expect("kept");
        let path = runs.path.expect("a path");
        assert_eq!(fs::metadata(path).expect("a file").permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn at_most_twenty_are_kept() {
        let (_folder, mut runs) = runs();
        for number in 0..30 {
            runs.keep(run(&format!("a{number}@contoso.test"), number)).expect("kept");
        }
        assert_eq!(runs.list().len(), LIMIT);
        assert_eq!(runs.list().first().map(|run| run.address.as_str()), Some("a29@contoso.test"));
    }

    #[test]
    fn a_file_may_hold_anything() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("runs.json");
        let read = |text: &str| {
            fs::write(&path, text).expect("written");
            Runs::at(Some(path.clone())).list
        };
        assert!(read("nonsense").is_empty() && read("{}").is_empty() && read("[1, {\"address\": 5}, {}]").is_empty());
        let long = format!("[{}]", " ".repeat(300_000));
        assert!(read(&long).is_empty());
        let said =
            r#"[{"address": "a@contoso.test", "client": "outlook2010", "verdict": "\u001b[2J", "timeout": 900}]"#;
        let runs = read(said);
        let options = runs.first().expect("a run").options(&RunOptions::default());
        assert_eq!((options.client.as_str(), options.timeout), ("outlook2010", 60));
        assert!(!runs.first().expect("a run").verdict.contains('\u{1b}'));
        assert!(read(r#"[{"address": "a@contoso.test", "client": "outlook97"}]"#).is_empty());
    }

    #[test]
    fn nothing_but_what_was_typed_and_the_verdict_is_written() {
        let text = serde_json::to_value(run("a@contoso.test", 1)).expect("a document");
        let mut names: Vec<&str> = text.as_object().expect("an object").keys().map(String::as_str).collect();
        names.sort_unstable();
        let wanted = [
            "address",
            "at",
            "ca_file",
            "client",
            "connect_to",
            "fetch_issuers",
            "no_canaries",
            "only",
            "resolver",
            "scp_url",
            "side",
            "skip",
            "timeout",
            "verdict",
        ];
        assert_eq!(names, wanted);
    }
}
