//! What was read on a PC, in lines of a label and a value.

use crate::{
    event::{ClientFamily, PcFileRole, PcSource, ThisPc},
    pc::{self, OFFICE_VERSIONS, Setting, Settings, policy},
    plan,
    walk::SwitchedOff,
};

/// How a PC was read.
pub fn pc_source(source: PcSource) -> &'static str {
    match source {
        PcSource::ThisMachine => say!("this machine, read-only"),
        PcSource::Text => say!("a text from the PC (--registry, or a reply)"),
    }
}

/// Why a step is left out.
pub fn switched_off(off: &SwitchedOff) -> String {
    let by = if off.by_policy { say!(" by Group Policy") } else { "" };
    say!("switched off on this PC{by}: {value}=1 in {key}", by, value = off.value, key = off.key)
}

/// What a PC says that matters to Outlook, for one client family.
pub fn this_pc(pc: &ThisPc, client: ClientFamily) -> Vec<(String, String)> {
    let mut lines = vec![(say!("read from").to_owned(), pc_source(pc.source).to_owned())];
    let mut line = |label: &str, value: String| lines.push((label.to_owned(), value));
    if let Some(name) = policy::windows_name(pc) {
        line("Windows", name);
    }
    if let Some(version) = policy::installed(pc) {
        let version_of_client = plan::office_version(client);
        let other = if version == version_of_client { "" } else { say!(", which is not the version looked at") };
        line("Outlook", say!("{version} is installed{other}", version, other));
    }
    for version in OFFICE_VERSIONS {
        for (label, value) in of_office(pc, version, version == plan::office_version(client)) {
            line(&label, value);
        }
    }
    for remembered in &pc.remembered {
        let of = if remembered.version.is_empty() { say!("2010 or older") } else { remembered.version.as_str() };
        let whose = remembered.account.as_deref().map(|account| say!(", for {account}", account)).unwrap_or_default();
        line(
            say!("last URL that worked"),
            say!("{url} (profile of Outlook {version}{whose})", url = remembered.url, version = of, whose),
        );
    }
    for (label, value) in files(pc).into_iter().chain(network(pc)) {
        line(&label, value);
    }
    for (value, why) in pc::misspelt(pc) {
        line(say!("never read"), say!("{value} in {key}: {why}", value = value.name, key = value.key, why));
    }
    if let Some(membership) = policy::membership(pc) {
        line(say!("directory"), membership);
    }
    if let Some(clock) = policy::clock(pc) {
        line(say!("clock"), clock);
    }
    if pc.left_out > 0 {
        line(say!("left out"), say!("{count} more entries, because a limit was reached", count = pc.left_out));
    }
    lines
}

/// The values of one version of Office; that there are none is said of the chosen client's version only.
fn of_office(pc: &ThisPc, version: &str, chosen: bool) -> Vec<(String, String)> {
    let settings = Settings::of(pc, version);
    let keys = settings.keys();
    let mut lines: Vec<(String, String)> = Vec::new();
    let of_search = pc.values.iter().filter(|value| keys.iter().any(|key| value.key.eq_ignore_ascii_case(key)));
    for value in of_search.filter(|value| !value.name.is_empty()) {
        let in_force = settings.get(&value.name).is_some_and(|setting: Setting| setting.value == value);
        let policy = value.key.to_ascii_lowercase().contains(r"\policies\");
        let by = match (policy, in_force) {
            (true, _) => say!(", by Group Policy"),
            (false, true) => "",
            (false, false) => say!(", overruled by a Group Policy"),
        };
        lines.push((say!("Outlook {version}", version), format!("{} = {}{by}", value.name, value.data)));
    }
    let servers = settings.redirect_servers();
    if !servers.is_empty() {
        lines.push((
            say!("Outlook {version}", version),
            say!("asks nothing before {servers}", servers = servers.join(", ")),
        ));
    }
    if lines.is_empty() && chosen {
        let words = if settings.is_known() { say!("no switch is set") } else { say!("its keys were not looked at") };
        lines.push((say!("Outlook {version}", version), words.to_owned()));
    }
    lines
}

fn files(pc: &ThisPc) -> Vec<(String, String)> {
    let file = |file: &crate::event::PcFile| {
        let label = match file.role {
            PcFileRole::LocalXml => say!("local XML file"),
            PcFileRole::StoredAnswer => say!("stored answer"),
        };
        let holds = match &file.problem {
            Some(problem) => problem.clone(),
            None if file.hosts.is_empty() => say!("names no server").to_owned(),
            None => say!("names {hosts}", hosts = file.hosts.join(", ")),
        };
        (label.to_owned(), format!("{}: {holds}", file.path))
    };
    pc.files.iter().flatten().map(file).collect()
}

fn network(pc: &ThisPc) -> Vec<(String, String)> {
    let mut lines: Vec<(String, String)> = Vec::new();
    if let Some(proxy) = pc::user_proxy(pc) {
        let mut parts: Vec<String> = proxy.server.into_iter().collect();
        parts.extend(proxy.script.map(|script| say!("by the script {script}", script)));
        match proxy.detection {
            Some(true) => parts.push(say!("found automatically (WPAD)").to_owned()),
            None => parts.push(say!("whether one is found automatically (WPAD) was not looked at").to_owned()),
            Some(false) if parts.is_empty() => parts.push(say!("none").to_owned()),
            Some(false) => {}
        }
        let words = parts.join(", ");
        lines.push((say!("proxy of the user").to_owned(), words));
    }
    for proxy in pc::machine_proxies(pc) {
        let words = proxy.server.unwrap_or_else(|| say!("none").to_owned());
        lines.push((say!("WinHTTP, {programs}", programs = proxy.programs), words));
    }
    for entry in pc.hosts.iter().flatten() {
        lines.push((say!("hosts file").to_owned(), format!("{} {}", entry.address, entry.names.join(" "))));
    }
    if pc.hosts.as_ref().is_some_and(Vec::is_empty) {
        lines.push((say!("hosts file").to_owned(), say!("no entry for another machine").to_owned()));
    }
    lines
}
