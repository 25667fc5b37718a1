//! What a PC says, in texts as `reg query` prints them: each case proven, ruled out, or left to a person.

use super::{network::sound, *};
use crate::{
    finding::{Certainty, Reading, questions},
    pc::read_text,
    walk,
};

const KEY: &str = r"HKEY_CURRENT_USER\Software\Microsoft\Office\16.0\Outlook\AutoDiscover";
const INTERNET: &str = r"HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Internet Settings";
/// What `netsh winhttp set proxy proxy.test:8080` leaves behind.
const WINHTTP: &str = "2800000000000000030000000F00000070726F78792E746573743A3830383000000000";

/// A run in which Exchange asks for a password, with the client's own walk and what the PC says.
fn on_pc(client: ClientFamily, text: &str) -> World {
    let mut world = sound(World::new(client), "autodiscover").http("autodiscover", 401, true);
    for id in ["root", "srv"] {
        world = world.end(id, Stage::Dns, Cause::DnsNoSuchName);
    }
    world = world.dns("redirect", "192.0.2.10").end("redirect", Stage::Tcp, Cause::TcpRefused);
    world.state("office365").candidate.standing = Standing::NoSign;
    world.model.pc = Some(read_text(text, Some("contoso.test")));
    world.walk = walk::walk(&world.model, client);
    world
}

fn values(key: &str, lines: &[&str]) -> String {
    let policy = key.replace(r"Software\Microsoft", r"Software\Policies\Microsoft");
    format!("reg query {policy}\nreg query {key}\n\n{key}\n    {}\n", lines.join("\n    "))
}

fn reading(world: &World, id: &str) -> Option<(Reading, bool)> {
    let found = questions(&world.model, &world.walk).into_iter().find(|question| question.id == id);
    found.and_then(|question| Some((question.reply?, question.read)))
}

#[track_caller]
fn yes(text: &str, id: &str, certainty: Certainty) -> Finding {
    let finding = on_pc(ClientFamily::Outlook365, text).find(id);
    assert_eq!(finding.certainty, certainty, "{id}");
    assert!(!finding.title.contains(" may "), "{id}: {}", finding.title);
    finding
}

#[track_caller]
fn no(text: &str, id: &str) {
    let world = on_pc(ClientFamily::Outlook365, text);
    assert!(!world.ids().contains(&id.to_owned()), "{id} is claimed");
    assert_eq!(reading(&world, id), Some((Reading::No, true)), "{id} is left to a person");
}

#[test]
fn a_switch_is_a_fault_where_it_bars_the_step_that_works() {
    let id = "registry-excludes-left-behind";
    let barred = values(KEY, &["ExcludeHttpsAutoDiscoverDomain    REG_DWORD    0x1"]);
    let finding = yes(&barred, id, Certainty::Proven);
    assert_eq!(finding.severity, Severity::Blocker);
    assert_eq!(finding.candidates, [CandidateId::new("autodiscover")]);
    assert!(finding.title.ends_with("ExcludeHttpsAutoDiscoverDomain"), "{}", finding.title);
    let first = finding.remedies.first().expect("a remedy");
    assert_eq!(
        first.assumes.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["unset ExcludeHttpsAutoDiscoverDomain"]
    );
    // The same value under the policies is taken out there.
    let policy = barred.replace(r"Software\Microsoft\Office", r"Software\Policies\Microsoft\Office");
    let by_policy = yes(&policy, id, Certainty::Proven);
    assert!(by_policy.remedies.iter().all(|remedy| remedy.kind != "registry"));
    // A switch that bars nothing useful, another version's key, and a key without switches.
    no(&values(KEY, &["ExcludeHttpsRootDomain    REG_DWORD    0x1"]), id);
    no(&values(KEY, &["ExcludeHttpsAutoDiscoverDomain    REG_DWORD    0x0"]), id);
    let older = on_pc(ClientFamily::Outlook2013, &barred);
    assert_eq!((older.ids().contains(&id.to_owned()), reading(&older, id)), (false, None));
    // Nobody looked at the policies: a person has to.
    let half = format!("{KEY}\n    Timeout    REG_DWORD    0x7530\n");
    assert_eq!(reading(&on_pc(ClientFamily::Outlook365, &half), id), None);
}

#[test]
fn a_reply_with_the_registrys_own_words_counts_as_read() {
    let text = values(KEY, &["ExcludeHttpsAutoDiscoverDomain    REG_DWORD    0x1"]);
    let mut model = Model::default();
    let started = Event::SessionStarted {
        tool: String::new(),
        address: Address { local: "a".into(), domain: "contoso.test".into(), domain_unicode: "contoso.test".into() },
        client: ClientFamily::Outlook365,
        vantage: Vantage::default(),
    };
    let replied = |reply| Event::Replied { question: "registry-excludes-left-behind".into(), reply };
    let mut apply = |event| {
        let at = jiff::Timestamp::UNIX_EPOCH;
        model.apply(&Envelope { v: VERSION, seq: 0, at, elapsed_us: 0, event });
        model.settings(ClientFamily::Outlook365).map(|settings| settings.excluded().len())
    };
    assert_eq!(apply(started), None);
    assert_eq!(apply(replied(Reply::Output { text })), Some(1));
    assert_eq!(apply(replied(Reply::Withdrawn)), None);
    assert_eq!(apply(replied(Reply::Output { text: "True".into() })), None);
}

#[test]
fn a_file_that_is_named_first_takes_the_place_of_the_network() {
    let id = "local-xml-preferred";
    let named = r"contoso.test    REG_SZ    C:\Temp\a.xml";
    let preferred = values(KEY, &["PreferLocalXML    REG_DWORD    0x1", named]);
    let finding = yes(&preferred, id, Certainty::Proven);
    assert!(finding.evidence.iter().any(|fact| fact.value.starts_with(r"C:\Temp\a.xml")));
    // What the file says was not seen, so nothing is claimed of the run.
    let world = on_pc(ClientFamily::Outlook365, &preferred);
    assert_eq!(world.walk.class, VerdictClass::Inconclusive);
    // Asked after a step that answers, it is never read; with no file the switch does nothing.
    no(&values(KEY, &[named]), id);
    no(&values(KEY, &["PreferLocalXML    REG_DWORD    0x1"]), id);
}

#[test]
fn what_outlook_remembers_is_held_against_what_the_search_finds() {
    let id = "lkg-url-stale";
    let stored = |hosts: &[&str]| {
        let mut world = on_pc(ClientFamily::Outlook365, "");
        let files = vec![PcFile {
            role: PcFileRole::StoredAnswer,
            path: "a@contoso.test - Autodiscover.xml".into(),
            hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
            problem: None,
        }];
        world.model.pc = Some(ThisPc { files: Some(files), ..ThisPc::default() });
        world
    };
    assert_eq!(stored(&["mail.oldhoster.test"]).find(id).certainty, Certainty::Likely);
    for own in [&["mail.contoso.test"][..], &[]] {
        assert_eq!(reading(&stored(own), id), Some((Reading::No, true)));
    }
    let remembered = |host: &str, lines: &[&str], fails: bool| {
        let mut world = on_pc(ClientFamily::Outlook365, &values(KEY, lines));
        let url = format!("https://{host}/autodiscover/autodiscover.xml");
        let state = world.state("last-known-good");
        state.candidate.standing = Standing::Probed;
        (state.candidate.url, state.candidate.host) = (Some(url.clone()), Some(host.to_owned()));
        world = match fails {
            true => world.end("last-known-good", Stage::Dns, Cause::DnsNoSuchName),
            false => sound(world, "last-known-good").http("last-known-good", 401, true),
        };
        let known = RememberedUrl { version: "16.0".into(), account: None, url };
        world.model.pc.as_mut().expect("it was read").remembered.push(known);
        world.walk = walk::walk(&world.model, ClientFamily::Outlook365);
        world
    };
    let gone = remembered("old.contoso.test", &[], true).find(id);
    assert_eq!(
        (gone.certainty, gone.severity),
        (Certainty::Proven, Severity::Minor),
        "what fails at once costs nothing"
    );
    let other = remembered("mail.oldhoster.test", &[], false);
    assert_eq!(other.find(id).certainty, Certainty::Likely);
    assert_eq!(other.walk.decided_by, Some(CandidateId::new("last-known-good")));
    for (host, lines, fails) in [
        ("mail.contoso.test", &[][..], false),
        ("autodiscover.contoso.test", &[], true),
        ("mail.oldhoster.test", &["ExcludeLastKnownGoodURL    REG_DWORD    0x1"], false),
    ] {
        let world = remembered(host, lines, fails);
        assert_eq!(reading(&world, id), Some((Reading::No, true)), "{host}");
    }
    // A name of the inner network: nobody can tell from here.
    assert_eq!(reading(&remembered("ex1.corp.local", &[], true), id), None);
}

#[test]
fn an_entry_of_the_hosts_file_is_held_against_dns() {
    let id = "hosts-file-override";
    let entry =
        |address: &str| format!("type %windir%\\System32\\drivers\\etc\\hosts\n{address} autodiscover.contoso.test\n");
    let finding = yes(&entry("10.9.9.9"), id, Certainty::Proven);
    assert_eq!(finding.candidates.first(), Some(&CandidateId::new("autodiscover")));
    // The very address that DNS gives changes nothing.
    let world = on_pc(ClientFamily::Outlook365, "");
    let state = world.model.of_origin(Origin::Autodiscover).next().expect("planned");
    let address = state.dns().flat_map(DnsAnswer::addresses).next().expect("it has one").to_string();
    let same = on_pc(ClientFamily::Outlook365, &entry(&address));
    assert!(!same.ids().contains(&id.to_owned()));
}

#[test]
fn proxies_are_told_apart() {
    let connections = |path: &str, digits: &str| format!("{path}\n    WinHttpSettings    REG_BINARY    {digits}\n");
    let machine = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections";
    let small =
        r"HKEY_LOCAL_MACHINE\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Internet Settings\Connections";
    let direct = "1800000000000000010000000000000000000000";
    let user = |line: &str| format!("{INTERNET}\n    ProxyEnable    REG_DWORD    0x0\n    {line}\n");
    // Whether a proxy is found automatically stands in a key of its own.
    let manual = format!("{INTERNET}\\Connections\n    DefaultConnectionSettings    REG_BINARY    {direct}\n");
    let both = |digits: &str| format!("{}{}", connections(machine, digits), connections(small, direct));
    let id = "winhttp-proxy-wrong";
    let finding = yes(&(both(WINHTTP) + &user("") + &manual), id, Certainty::Likely);
    let unknown = on_pc(ClientFamily::Outlook365, &(both(WINHTTP) + &user("")));
    assert!(!unknown.ids().contains(&id.to_owned()), "nobody looked whether one is found automatically");
    assert!(finding.evidence.iter().any(|fact| fact.value == "proxy.test:8080"), "{:?}", finding.evidence);
    no(&both(direct), id);
    // The browser has a script: which of the two is wrong nobody knows.
    let script = both(WINHTTP) + &user("AutoConfigURL    REG_SZ    http://wpad.test/proxy.pac");
    let world = on_pc(ClientFamily::Outlook365, &script);
    assert_eq!((world.ids().contains(&id.to_owned()), reading(&world, id)), (false, None));
    no(&script, "pac-file-scheme");
    yes(&user("AutoConfigURL    REG_SZ    file://C:/proxy.pac"), "pac-file-scheme", Certainty::Proven);
    no(&user(""), "pac-file-scheme");
}

#[test]
fn other_switches_of_the_pc() {
    let exchange = r"HKEY_CURRENT_USER\Software\Microsoft\Exchange";
    let text = format!("{exchange}\n    MapiHttpDisabled    REG_DWORD    0x1\n");
    yes(&text, "mapihttp-disabled-client", Certainty::Proven);
    let world = on_pc(ClientFamily::Outlook365, &text.replace("0x1", "0x0"));
    assert!(!world.ids().contains(&"mapihttp-disabled-client".to_owned()));

    let misspelt = values(KEY, &["ExcludeSrvLookup    REG_DWORD    0x1"]);
    yes(&misspelt, "registry-value-misspelt", Certainty::Proven);
    no(&values(KEY, &["ExcludeSrvRecord    REG_DWORD    0x0"]), "registry-value-misspelt");

    let common = r"HKEY_CURRENT_USER\Software\Microsoft\Office\16.0\Common\Internet";
    let offline = format!("{common}\n    UseOnlineContent    REG_DWORD    0x0\n");
    yes(&offline, "all-methods-disabled", Certainty::Proven);
    let online = format!(
        "{common}\n    UseOnlineContent    REG_DWORD    0x2\n{}",
        values(KEY, &["Timeout    REG_DWORD    0x2710"])
    );
    no(&online, "all-methods-disabled");

    let windows = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion";
    let winhttp = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\WinHttp";
    let seven = format!(
        "{windows}\n    ProductName    REG_SZ    Windows 7 Professional\n    CurrentVersion    REG_SZ    6.1\n{winhttp}\n    \
         DefaultSecureProtocols    REG_DWORD    0xa0\n"
    );
    let id = "tls12-only-old-client";
    assert_eq!(on_pc(ClientFamily::Outlook2010, &seven).find(id).certainty, Certainty::Likely);
    for fine in [seven.replace("0xa0", "0xa00"), seven.replace("6.1", "6.3")] {
        let world = on_pc(ClientFamily::Outlook2010, &fine);
        assert_eq!((world.ids().contains(&id.to_owned()), reading(&world, id)), (false, Some((Reading::No, true))));
    }
}

#[test]
fn patience_is_what_the_pc_says() {
    let wait = |line: &str| {
        let world = World::new(ClientFamily::Outlook365).srv("srv.contoso.test", 443);
        let mut world = sound(world, "srv").http("srv", 401, true);
        world = world.end("root", Stage::Dns, Cause::DnsTimeout).end("autodiscover", Stage::Dns, Cause::DnsNoSuchName);
        world = world.end("redirect", Stage::Dns, Cause::DnsNoSuchName);
        world.model.pc = Some(read_text(&values(KEY, &[line]), None));
        walk::walk(&world.model, ClientFamily::Outlook365).waits_seconds
    };
    assert_eq!(wait("Timeout    REG_DWORD    0x2710"), 10);
    assert_eq!(wait("Timeout    REG_DWORD    0x3c"), 60);
    assert_eq!(wait("Timeout    REG_DWORD    0x7a120"), 120);
    assert_eq!(wait("ShowCertErrors    REG_DWORD    0x1"), 25);
}
