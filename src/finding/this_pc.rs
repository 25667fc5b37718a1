//! What was read on the PC answers questions that no probe can: a case is proven there, or ruled out.

mod windows;

use super::{
    Certainty, Fact, Finding, Severity,
    case::{self, Case},
    dns,
    draft::Draft,
    worst,
};
use crate::{
    assumption::{Assumption, assume},
    event::{Cause, ClientFamily, Origin, Outcome, PcFileRole, ThisPc},
    model::{CandidateState, Model, Progress},
    pc::{self, Setting, Settings, policy},
    plan,
    walk::{self, Role, Walk},
};

/// What the PC says to a case.
pub(super) enum Told {
    /// It holds.
    Yes(Certainty, Vec<Fact>),
    /// It does not.
    No(Vec<Fact>),
}

/// A case and how the PC answers it.
type Teller = (&'static str, fn(&Case, &ThisPc) -> Option<Told>);

/// Cases that what was read on a PC can settle.
const TELLERS: [Teller; 10] = [
    ("registry-excludes-left-behind", excludes),
    ("local-xml-preferred", local_xml),
    ("lkg-url-stale", remembered),
    ("hosts-file-override", hosts),
    ("all-methods-disabled", all_disabled),
    ("pac-file-scheme", windows::script_in_file),
    ("winhttp-proxy-wrong", windows::machine_proxy),
    ("mapihttp-disabled-client", no_mapi_over_http),
    ("tls12-only-old-client", windows::no_tls12),
    ("registry-value-misspelt", misspelt),
];

/// What the PC says to a case; nothing where it was not read, or says nothing about it.
pub(super) fn told(case: &Case, id: &str) -> Option<Told> {
    let (_, teller) = TELLERS.iter().find(|(known, _)| *known == id)?;
    teller(case, case.model.pc.as_ref()?)
}

/// Everything that is wrong on the PC.
pub(super) fn findings(case: &Case) -> Vec<Finding> {
    let found = TELLERS.iter().filter_map(|(id, _)| match told(case, id)? {
        Told::Yes(certainty, facts) => finding(case, id, certainty, facts),
        Told::No(_) => None,
    });
    let mut found: Vec<Finding> = found.collect();
    if !found.iter().any(|finding| finding.id == "hosts-file-override") {
        found.extend(dns::hosts_override(case));
    }
    found
}

fn finding(case: &Case, id: &'static str, certainty: Certainty, facts: Vec<Fact>) -> Option<Finding> {
    let about = concerned(case, id);
    let mut draft = Draft::new(case, id, certainty, about.first().copied()).when_read();
    draft = about.into_iter().fold(draft, Draft::and);
    draft = with_remedies(case, id, draft);
    if let Some(severity) = severity(case, id) {
        draft = draft.severity(severity);
    }
    let mut finding = facts.into_iter().fold(draft, |draft, fact| draft.fact(fact.label, fact.value)).finish()?;
    finding.severity = finding.severity.min(worst(case.walk.class));
    Some(finding)
}

/// What is known already needs no looking, and what a Group Policy sets comes back until the policy is changed.
fn with_remedies(case: &Case, id: &str, draft: Draft) -> Draft {
    match id {
        "registry-excludes-left-behind" => {
            let settings = case.model.settings(case.walk.client);
            let by_policy = settings.is_some_and(|all| all.excluded().iter().any(|setting| setting.by_policy));
            let draft = draft.without(&["list-switches"]);
            if by_policy {
                draft.first("group-policy").without(&["remove-switches"])
            } else {
                draft.without(&["group-policy", "ticket"])
            }
        }
        "local-xml-preferred" => draft.without(&["list"]),
        "lkg-url-stale" => draft.first("new-profile"),
        _ => draft,
    }
}

/// The candidates that a case is about.
fn concerned<'a>(case: &Case<'a>, id: &str) -> Vec<&'a CandidateState> {
    let off = |state: &&CandidateState| case.step(&state.candidate.id).is_some_and(|step| step.switched_off.is_some());
    match id {
        "registry-excludes-left-behind" => case.model.candidates.iter().filter(off).collect(),
        "local-xml-preferred" => case.first_of(Origin::LocalXml).into_iter().collect(),
        "lkg-url-stale" => case.first_of(Origin::LastKnownGood).into_iter().collect(),
        "hosts-file-override" => {
            let differs = |state: &&CandidateState| !overridden(case, state).is_empty();
            case.model.candidates.iter().filter(differs).collect()
        }
        _ => case.first_of(Origin::Autodiscover).into_iter().collect(),
    }
}

/// How bad it is where that depends on what the client meets.
fn severity(case: &Case, id: &str) -> Option<Severity> {
    let about = concerned(case, id);
    let role = about.first().and_then(|state| case.role(state));
    match (id, role) {
        // What fails at once costs nothing, and an entry for a host that is not asked changes nothing.
        ("lkg-url-stale", Some(Role::Harmless | Role::Unreached)) => Some(Severity::Minor),
        ("hosts-file-override", _) if about.iter().all(|state| case.role(state) == Some(Role::Unreached)) => {
            Some(Severity::Minor)
        }
        _ => None,
    }
}

/// The walk that speaks about the network: that of a PC without switches, files and memory, where these make things
/// worse. Where they make things better, or change nothing, it is the PC's own.
pub(super) fn of_network(model: &Model, walk: &Walk) -> Option<(Model, Walk)> {
    let without = assume(model, &everything(model, walk.client)?);
    let plain = walk::walk(&without, walk.client);
    (plain.class.badness() < walk.class.badness()).then_some((without, plain))
}

/// Everything on the PC that changes the search.
fn everything(model: &Model, client: ClientFamily) -> Option<Vec<Assumption>> {
    let mut all: Vec<Assumption> = Vec::new();
    if let Some(settings) = model.settings(client) {
        let switches = settings.excluded().into_iter().map(|setting| setting.value.name.clone());
        let file = settings.local_xml(model.domain()).map(|setting| setting.value.name.clone());
        let url = mailbox(model).and_then(|mailbox| settings.last_known_good(&mailbox));
        let url = url.map(|_| Assumption::REMEMBERED.to_owned());
        all.extend(switches.chain(file).chain(url).map(|name| Assumption::Unset { name }));
    }
    for state in model.candidates.iter().filter(|state| !walk::own_addresses(model, state).is_empty()) {
        let entry = Assumption::NotInHostsFile { host: state.host().to_owned() };
        if !all.contains(&entry) {
            all.push(entry);
        }
    }
    (!all.is_empty()).then_some(all)
}

fn mailbox(model: &Model) -> Option<String> {
    model.address.as_ref().map(crate::event::Address::ascii)
}

/// A value as a line of evidence: what it holds, where, and who sets it.
fn stands(setting: &Setting) -> Fact {
    let by = if setting.by_policy { say!(" (a Group Policy sets it)") } else { "" };
    Fact::new(
        setting.value.name.clone(),
        say!("{data} in {key}{by}", data = setting.value.data, key = setting.value.key, by),
    )
}

fn version(settings: &Settings) -> Fact {
    Fact::new(say!("looked at"), settings.keys().join(say!(" and ")))
}

fn is_over(case: &Case) -> bool {
    case.model.progress != Progress::Running
}

/// Whether the client would fare better without the steps that are switched off.
fn excludes(case: &Case, _: &ThisPc) -> Option<Told> {
    let settings = case.model.settings(case.walk.client)?;
    let excluded = settings.excluded();
    if excluded.is_empty() {
        return settings
            .is_known()
            .then(|| Told::No(vec![Fact::new(say!("switched off"), say!("no step")), version(&settings)]));
    }
    if !is_over(case) {
        return None;
    }
    let facts: Vec<Fact> = excluded.iter().map(stands).collect();
    let unset = |setting: &Setting| Assumption::Unset { name: setting.value.name.clone() };
    let without = assume(case.model, &excluded.iter().map(unset).collect::<Vec<_>>());
    let plain = walk::walk(&without, case.walk.client);
    if plain.class.badness() >= case.walk.class.badness() {
        return Some(Told::No(
            [facts, vec![Fact::new(say!("without them"), say!("nothing would be better"))]].concat(),
        ));
    }
    let place = plain.decided_by.as_ref().and_then(|id| case.model.candidate(id)).map(|state| state.host().to_owned());
    let better = match place {
        Some(place) => say!("the search would end at {place}", place),
        None => say!("the search would end better").to_owned(),
    };
    let better = Fact::new(say!("without them"), better);
    Some(Told::Yes(Certainty::Proven, [facts, vec![better]].concat()))
}

/// Whether a file on the PC takes the place of what the network says.
fn local_xml(case: &Case, pc: &ThisPc) -> Option<Told> {
    let settings = case.model.settings(case.walk.client)?;
    let Some(named) = settings.local_xml(case.domain()) else {
        return settings
            .is_known()
            .then(|| Told::No(vec![Fact::new(say!("file for this domain"), say!("none")), version(&settings)]));
    };
    let mut facts = vec![stands(&named)];
    facts.extend(settings.get("PreferLocalXML").as_ref().map(stands));
    let file = pc
        .files
        .iter()
        .flatten()
        .find(|file| file.role == PcFileRole::LocalXml && file.path.eq_ignore_ascii_case(&named.value.data));
    match file {
        Some(file) if file.problem.is_some() => {
            facts.push(Fact::new(say!("the file"), file.problem.clone().unwrap_or_default()));
        }
        Some(file) => facts.push(Fact::new(say!("the file names"), file.hosts.join(", "))),
        None => facts.push(Fact::new(say!("the file"), say!("it was not looked into"))),
    }
    let step = case.first_of(Origin::LocalXml).and_then(|state| case.step(&state.candidate.id));
    let matters = settings.prefers_local_xml() || step.is_some_and(|step| step.reached && is_over(case));
    if matters { Some(Told::Yes(Certainty::Proven, facts)) } else { Some(Told::No(facts)) }
}

/// Whether Outlook remembers a place that is out of date.
fn remembered(case: &Case, pc: &ThisPc) -> Option<Told> {
    if !is_over(case) {
        return None;
    }
    let settings = case.model.settings(case.walk.client)?;
    let without = everything(case.model, case.walk.client);
    let without = without.map(|assumptions| assume(case.model, &assumptions));
    let plain = without.as_ref().map(|model| walk::walk(model, case.walk.client));
    let decider = plain.as_ref().unwrap_or(case.walk).decided_by.as_ref();
    let now = decider.and_then(|id| case.model.candidate(id)).map(|state| state.host().to_owned())?;
    let now_fact = Fact::new(say!("found by the search today"), now.clone());
    let own = |host: &str| case::organisation(host) == case::organisation(&now);
    // Microsoft's service goes by names of several organisations.
    let cloud = |host: &str| case::is_microsoft(host) && case::is_microsoft(&now);
    if let Some(remembered) = mailbox(case.model).and_then(|mailbox| settings.last_known_good(&mailbox)) {
        let host = url::Url::parse(&remembered.url).ok()?.host_str()?.to_owned();
        let facts = vec![Fact::new(say!("Outlook remembers"), remembered.url.clone()), now_fact];
        let state = case.first_of(Origin::LastKnownGood)?;
        let off = case.step(&state.candidate.id).is_some_and(|step| step.switched_off.is_some());
        if off || host == now {
            return Some(Told::No(facts));
        }
        if case::is_internal(&host) {
            // A name of the company's own network is normal, and may fail from here alone.
            return None;
        }
        return Some(match first_failure(state) {
            Some(cause) => Told::Yes(
                Certainty::Proven,
                [facts, vec![Fact::new(say!("there"), cause.code().replace('_', " "))]].concat(),
            ),
            None if own(&host) || cloud(&host) => Told::No(facts),
            None => Told::Yes(Certainty::Likely, facts),
        });
    }
    let stored: Vec<_> = pc.files.as_ref()?.iter().filter(|file| file.role == PcFileRole::StoredAnswer).collect();
    let hosts: Vec<&str> = stored.iter().flat_map(|file| file.hosts.iter().map(String::as_str)).collect();
    let facts = vec![Fact::new(
        say!("stored answers name"),
        if hosts.is_empty() { say!("no server").into() } else { hosts.join(", ") },
    )];
    if hosts.is_empty() || hosts.iter().any(|host| own(host) || cloud(host)) {
        return Some(Told::No(facts));
    }
    Some(Told::Yes(Certainty::Likely, [facts, vec![now_fact]].concat()))
}

fn first_failure(state: &CandidateState) -> Option<Cause> {
    state.stages.values().find_map(|stage| match stage.outcome? {
        Outcome::Failed { cause } => Some(cause),
        _ => None,
    })
}

/// Entries of the hosts file that lead a candidate elsewhere than DNS.
fn overridden<'a>(case: &Case<'a>, state: &CandidateState) -> Vec<&'a crate::event::HostsEntry> {
    let Some(pc) = case.model.pc.as_ref() else { return Vec::new() };
    let answers = case::addresses(state);
    let entries = pc::hosts_entries(pc, state.host()).into_iter();
    entries.filter(|entry| !state.host().is_empty() && !answers.contains(&entry.address)).collect()
}

fn hosts(case: &Case, pc: &ThisPc) -> Option<Told> {
    let entries = pc.hosts.as_ref()?;
    if !is_over(case) {
        return None;
    }
    let mut facts = Vec::new();
    for state in &case.model.candidates {
        for entry in overridden(case, state) {
            let dns = case::addresses(state).iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let dns = if dns.is_empty() { say!("nothing").to_owned() } else { dns };
            facts.push(Fact::new(
                state.host(),
                say!("{address} in the hosts file, {dns} in DNS", address = entry.address, dns),
            ));
        }
    }
    if facts.is_empty() {
        let count =
            say!("{entries} entries, none for a name of this run that DNS does not confirm", entries = entries.len());
        return Some(Told::No(vec![Fact::new(say!("hosts file"), count)]));
    }
    Some(Told::Yes(Certainty::Proven, facts))
}

/// Whether both Microsoft's detection and Outlook's own search are barred, or Office is kept offline altogether.
fn all_disabled(case: &Case, pc: &ThisPc) -> Option<Told> {
    if case.walk.client < ClientFamily::Outlook2016 {
        return None;
    }
    let version = plan::office_version(case.walk.client);
    let settings = case.model.settings(case.walk.client)?;
    let line = |value: &crate::event::RegistryValue| {
        Fact::new(value.name.clone(), say!("{data} in {key}", data = value.data, key = value.key))
    };
    if let Some(value) = policy::is_kept_offline(pc, version) {
        return Some(Told::Yes(Certainty::Proven, vec![line(value)]));
    }
    let methods =
        ["ExcludeHttpsRootDomain", "ExcludeHttpsAutoDiscoverDomain", "ExcludeHttpRedirect", "ExcludeSrvRecord"];
    let off: Vec<Setting> = methods.iter().filter_map(|name| settings.switch(name)).collect();
    if let Some(value) = policy::is_disconnected(pc, version).filter(|_| off.len() == methods.len()) {
        return Some(Told::Yes(Certainty::Proven, [vec![line(value)], off.iter().map(stands).collect()].concat()));
    }
    let key = format!(r"HKCU\Software\Microsoft\Office\{version}\Common\Internet");
    let known = pc::looked_at(pc, &key) && settings.is_known();
    known.then(|| {
        Told::No(vec![
            Fact::new(say!("kept offline"), say!("no")),
            Fact::new(say!("steps switched off"), off.len().to_string()),
        ])
    })
}

fn no_mapi_over_http(_: &Case, pc: &ThisPc) -> Option<Told> {
    const KEY: &str = r"HKCU\Software\Microsoft\Exchange";
    match policy::value(pc, KEY, "MapiHttpDisabled") {
        Some(value) if value.number() == Some(1) => Some(Told::Yes(
            Certainty::Proven,
            vec![Fact::new("MapiHttpDisabled", say!("{data} in {key}", data = 1, key = KEY))],
        )),
        _ => pc::looked_at(pc, KEY).then(|| Told::No(vec![Fact::new("MapiHttpDisabled", say!("not set"))])),
    }
}

fn misspelt(case: &Case, pc: &ThisPc) -> Option<Told> {
    let found = pc::misspelt(pc);
    if found.is_empty() {
        let settings = case.model.settings(case.walk.client)?;
        return settings
            .is_known()
            .then(|| Told::No(vec![Fact::new(say!("misspelt values"), say!("none")), version(&settings)]));
    }
    let facts = found.into_iter().map(|(value, why)| Fact::new(value.name.clone(), format!("{why}: {}", value.key)));
    Some(Told::Yes(Certainty::Proven, facts.collect()))
}
