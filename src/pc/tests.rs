//! Texts from PCs as `reg` prints them. The form is the one of Microsoft's page on `reg query` and of exports (version
//! 5.00); the German words are those of the German Windows, which differ in the frame only.

#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::event::RegistryKind;
use proptest::prelude::*;

const ENGLISH: &str = "
HKEY_CURRENT_USER\\Software\\Microsoft\\Office\\16.0\\Outlook\\AutoDiscover
    (Default)    REG_SZ    
    ExcludeHttpsRootDomain    REG_DWORD    0x1
    ExcludeSrvLookup    REG_DWORD    0x1
    PreferLocalXML    REG_DWORD    0x0
    contoso.test    REG_SZ    C:\\Users\\anna\\Documents\\auto discover.xml
    Timeout    REG_DWORD    0x2710

HKEY_CURRENT_USER\\Software\\Microsoft\\Office\\16.0\\Outlook\\AutoDiscover\\RedirectServers
    autodiscover-s.outlook.com    REG_SZ    
    mail.hoster.test    REG_SZ    

End of search: 8 match(es) found.
";

const GERMAN: &str =
    "C:\\Users\\anna>reg query \"HKCU\\Software\\Policies\\Microsoft\\Office\\16.0\\Outlook\\AutoDiscover\" /s\r
FEHLER: Der angegebene Registrierungsschl\u{fc}ssel bzw. Wert wurde nicht gefunden.\r
C:\\Users\\anna>reg query HKCU\\Software\\Microsoft\\Office\\16.0\\Outlook\\AutoDiscover /s\r
\r
HKEY_CURRENT_USER\\Software\\Microsoft\\Office\\16.0\\Outlook\\AutoDiscover\r
    (Standard)    REG_SZ    \r
    ExcludeSrvRecord    REG_DWORD    0x1\r
\r
Suchende: 2 \u{dc}bereinstimmung(en) gefunden.\r
";

const EXPORT: &str = r#"Windows Registry Editor Version 5.00

[HKEY_CURRENT_USER\Software\Policies\Microsoft\Office\15.0\Outlook\AutoDiscover]
"ExcludeScpLookup"=dword:00000001
"contoso.test"="C:\\Exchange\\say \"hello\".xml"
@="x"

[-HKEY_CURRENT_USER\Software\Microsoft\Office\14.0\Outlook\AutoDiscover]
"ExcludeSrvRecord"=dword:00000001

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections]
"WinHttpSettings"=hex:28,00,00,00,00,00,00,00,03,00,00,00,0f,00,00,00,70,72,6f,78,\
  79,2e,74,65,73,74,3a,38,30,38,30,07,00,00,00,3c,6c,6f,63,61,6c,3e
"#;

fn settings<'a>(pc: &'a crate::event::ThisPc, version: &'a str) -> Settings<'a> {
    Settings::of(pc, version)
}

#[test]
fn what_reg_query_prints_is_read() {
    let pc = read_text(ENGLISH, None);
    let office = settings(&pc, "16.0");
    let excluded: Vec<&str> = office.excluded().iter().map(|setting| setting.value.name.as_str()).collect();
    assert_eq!(excluded, ["ExcludeHttpsRootDomain"]);
    assert!(!office.excluded()[0].by_policy);
    assert!(!office.prefers_local_xml());
    assert_eq!(office.local_xml("contoso.test").unwrap().value.data, r"C:\Users\anna\Documents\auto discover.xml");
    assert_eq!(office.redirect_servers(), ["autodiscover-s.outlook.com", "mail.hoster.test"]);
    assert!(office.trusts_redirect_to("Mail.Hoster.TEST"));
    assert_eq!(office.timeout_seconds(), Some(10));
    assert_eq!(misspelt(&pc).len(), 1);
    // Nobody looked at the policies, and another version has a key of its own.
    assert!(!office.is_known());
    assert!(settings(&pc, "15.0").excluded().is_empty());
}

#[test]
fn a_query_that_found_nothing_was_still_made() {
    let pc = read_text(GERMAN, None);
    assert!(settings(&pc, "16.0").is_known());
    assert!(settings(&pc, "16.0").switch("excludesrvrecord").is_some());
    assert!(!settings(&pc, "15.0").is_known());
    let above = read_text(
        "reg query HKCU\\Software\\Policies\\Microsoft\\Office /s\nreg query HKCU\\Software\\Microsoft\\Office\\16.0 /s",
        None,
    );
    assert!(settings(&above, "16.0").is_known());
}

#[test]
fn what_is_only_named_was_not_looked_at() {
    // Without /s `reg query` prints the values of the key and then the names of the keys below.
    let names = "HKEY_CURRENT_USER\\Software\\Microsoft\\Office\\16.0\\Outlook\\AutoDiscover\n\
                 HKEY_CURRENT_USER\\Software\\Policies\\Microsoft\\Office\\16.0\\Outlook\\AutoDiscover\n";
    assert!(!settings(&read_text(names, None), "16.0").is_known());
    let above = "reg query HKCU\\Software\\Policies\\Microsoft\\Office\nreg query HKCU\\Software\\Microsoft\\Office";
    assert!(!settings(&read_text(above, None), "16.0").is_known());
    let internet = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings";
    let proxy = |text: &str| user_proxy(&read_text(text, None)).expect("the key was queried").detection;
    assert_eq!(proxy(&format!("reg query \"{internet}\"")), None);
    assert_eq!(proxy(&format!("reg query \"{internet}\"\nreg query \"{internet}\\Connections\"")), Some(false));
}

#[test]
fn an_older_windows_prints_tabs() {
    let text = "! REG.EXE VERSION 3.0\n\nHKEY_CURRENT_USER\\Software\\Microsoft\\Office\\12.0\\Outlook\\AutoDiscover\n    \
                <NO NAME>\tREG_SZ\t\n    ExcludeHttpRedirect\tREG_DWORD\t0x1\n";
    let pc = read_text(text, None);
    assert!(settings(&pc, "12.0").switch("ExcludeHttpRedirect").is_some());
    assert!(pc.values.iter().any(|value| value.name.is_empty()));
}

#[test]
fn an_export_is_read() {
    let pc = read_text(EXPORT, None);
    let office = settings(&pc, "15.0");
    assert!(office.switch("ExcludeScpLookup").is_some_and(|setting| setting.by_policy));
    assert_eq!(office.local_xml("contoso.test").unwrap().value.data, r#"C:\Exchange\say "hello".xml"#);
    // What an import would delete is not there.
    assert!(settings(&pc, "14.0").switch("ExcludeSrvRecord").is_none());
    let proxies = machine_proxies(&pc);
    assert_eq!(proxies.len(), 1, "the 32-bit setting was not looked at");
    assert_eq!((proxies[0].server.as_deref(), proxies[0].bypass.as_str()), (Some("proxy.test:8080"), "<local>"));
}

#[test]
fn a_policy_wins_over_the_user() {
    let key = r"HKEY_CURRENT_USER\Software\Microsoft\Office\16.0\Outlook\AutoDiscover";
    let policy = r"HKEY_CURRENT_USER\Software\Policies\Microsoft\Office\16.0\Outlook\AutoDiscover";
    let text = format!(
        "{key}\n    ExcludeSrvRecord    REG_DWORD    0x1\n{policy}\n    ExcludeSrvRecord    REG_DWORD    0x0\n"
    );
    assert!(settings(&read_text(&text, None), "16.0").switch("ExcludeSrvRecord").is_none());
    // A text where a number belongs counts for nothing, and neither does the hive of the machine.
    let text = format!("{key}\n    ExcludeSrvRecord    REG_SZ    1\n");
    let pc = read_text(&text, None);
    assert!(settings(&pc, "16.0").switch("ExcludeSrvRecord").is_none());
    assert_eq!(misspelt(&pc).len(), 1);
    let text =
        format!("{}\n    ExcludeSrvRecord    REG_DWORD    0x1\n", policy.replace("CURRENT_USER", "LOCAL_MACHINE"));
    let pc = read_text(&text, None);
    assert!(settings(&pc, "16.0").switch("ExcludeSrvRecord").is_none());
    assert_eq!(misspelt(&pc).len(), 1);
}

#[test]
fn only_what_concerns_outlook_is_kept() {
    let text = "HKEY_CURRENT_USER\\Software\\Contoso\n    Secret    REG_SZ    hunter2\n\
                HKEY_CURRENT_USER\\Software\\Microsoft\\Exchange\n    Password    REG_SZ    hunter2\n    \
                MapiHttpDisabled    REG_DWORD    0x1\n\
                HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\CloudDomainJoin\\JoinInfo\\0A0B0C\n    \
                TenantId    REG_SZ    6babcaad-604b-40ac-a9d7-9fd97c0b779f\n    UserEmail    REG_SZ    anna@contoso.test\n\
                HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings\n    \
                ProxyEnable    REG_DWORD    0x1\n    ProxyServer    REG_SZ    http://anna:hunter2@proxy.test:8080\n    \
                AutoConfigURL    REG_SZ    file://C:/proxy.pac\n";
    let pc = read_text(text, None);
    let all = serde_json::to_string(&pc).unwrap();
    for gone in ["hunter2", "6babcaad", "0A0B0C", "anna"] {
        assert!(!all.contains(gone), "{gone}: {all}");
    }
    let proxy = user_proxy(&pc).unwrap();
    assert_eq!(proxy.server.as_deref(), Some("http://proxy.test:8080"));
    assert_eq!(proxy.script.as_deref(), Some("file://C:/proxy.pac"));
}

#[test]
fn the_last_known_good_url_is_read_from_a_profile() {
    // "https://old.contoso.test/a" and "anna@contoso.test" as UTF-16, as properties of a profile are stored.
    let wide = |text: &str| {
        text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).map(|b| format!("{b:02x}")).collect::<String>()
    };
    let key = r"HKEY_CURRENT_USER\Software\Microsoft\Office\16.0\Outlook\Profiles\Anna Smith\13dbb0c8aa05101a9bb000aa002fc45a";
    let text = format!(
        "{key}\n    001f664a    REG_BINARY    {}\n    001f6641    REG_BINARY    {}\n    001f3001    REG_BINARY    00\n",
        wide("https://old.contoso.test/a"),
        wide("anna@contoso.test")
    );
    let pc = read_text(&text, None);
    let found = settings(&pc, "16.0").last_known_good("Anna@contoso.test").unwrap();
    assert_eq!(found.url, "https://old.contoso.test/a");
    assert!(settings(&pc, "16.0").last_known_good("bob@contoso.test").is_none());
    assert!(settings(&pc, "15.0").last_known_good("anna@contoso.test").is_none());
    assert!(!serde_json::to_string(&pc).unwrap().contains("Smith"));
}

#[test]
fn lines_of_a_hosts_file_may_stand_among_the_rest() {
    let text = "type %windir%\\System32\\drivers\\etc\\hosts\n# remark\n127.0.0.1 localhost\n0.0.0.0 ads.test\n\
                10.0.0.9\tautodiscover.contoso.test  mail.contoso.test # moved\nfe80::1 printer.test\n";
    let pc = read_text(text, Some("contoso.test"));
    let hosts = pc.hosts.as_deref().unwrap();
    assert_eq!(hosts.len(), 2, "{hosts:?}");
    assert_eq!(hosts[0].names, ["autodiscover.contoso.test", "mail.contoso.test"]);
    assert_eq!(hosts_entries(&pc, "AutoDiscover.contoso.test").len(), 1);
    assert_eq!(read_text(ENGLISH, None).hosts, None);
}

#[test]
fn a_later_reading_wins() {
    let value = |data: &str| {
        read_text(
            &ENGLISH.replace(
                "ExcludeHttpsRootDomain    REG_DWORD    0x1",
                &format!("ExcludeHttpsRootDomain    REG_DWORD    {data}"),
            ),
            None,
        )
    };
    let both = merged(Some(&value("0x1")), value("0x0"));
    assert!(settings(&both, "16.0").excluded().is_empty());
    assert_eq!(both.values.len(), value("0x1").values.len());
    assert_eq!(merged(None, value("0x1")).values[1].kind, RegistryKind::Dword);
}

proptest! {
    #[test]
    fn no_text_is_too_odd(text in any::<String>(), at in 0..400_usize) {
        read_text(&text, Some("contoso.test"));
        let mut mixed = format!("{ENGLISH}{EXPORT}");
        if mixed.is_char_boundary(at.min(mixed.len())) {
            mixed.insert_str(at.min(mixed.len()), &text);
        }
        read_text(&mixed, None);
    }
}
