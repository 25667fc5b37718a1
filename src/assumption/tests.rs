//! The language, and the effects that RFCs settle. The rest is held against runs in `tests/what_if.rs`.

use super::*;
use std::net::Ipv4Addr;

#[test]
fn assumptions_are_read_as_people_write_them() {
    let read = |text: &str| parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let name = |name: &str| name.to_owned();
    assert_eq!(
        read("remove Autodiscover.Contoso.com."),
        Assumption::Removed { name: name("autodiscover.contoso.com") }
    );
    assert_eq!(read("remove *.contoso.com"), Assumption::Removed { name: name("*.contoso.com") });
    let srv = DnsData::Srv { priority: 0, weight: 0, port: 443, target: name("mail.contoso.com") };
    for text in [
        "add _autodiscover._tcp.contoso.com. 3600 IN SRV 0 0 443 mail.contoso.com.",
        "add _autodiscover._tcp.contoso.com SRV 0 0 443 mail.contoso.com",
    ] {
        assert_eq!(read(text), Assumption::Added { name: name("_autodiscover._tcp.contoso.com"), data: srv.clone() });
    }
    let data = DnsData::A { address: Ipv4Addr::new(192, 0, 2, 1) };
    assert_eq!(read("add a.contoso.com A 192.0.2.1"), Assumption::Added { name: name("a.contoso.com"), data });
    assert_eq!(read("certificate lists a.contoso.com"), Assumption::Listed { host: name("a.contoso.com") });
    assert_eq!(read("Certificate sound at a.contoso.com"), Assumption::Sound { host: name("a.contoso.com") });
    assert_eq!(read("refuse contoso.com"), Assumption::Refused { host: name("contoso.com"), port: 443 });
    assert_eq!(read("refuse contoso.com:80"), Assumption::Refused { host: name("contoso.com"), port: 80 });
    assert_eq!(read("switch excludehttpsrootdomain"), Assumption::SwitchedOff { origin: Origin::Root });
    assert_eq!(parse_all("remove a.test;;\n refuse b.test ").map(|all| all.len()), Ok(2));
}

#[test]
fn what_is_said_can_be_read_again() {
    for text in [
        "remove *.contoso.com",
        "add a.contoso.com AAAA 2001:db8::1",
        "add a.contoso.com CNAME mail.contoso.com",
        "add _autodiscover._tcp.contoso.com SRV 1 2 444 mail.contoso.com",
        "certificate lists a.contoso.com",
        "certificate sound at a.contoso.com",
        "remove a.contoso.com AAAA 2001:db8::1",
        "remove a.contoso.com A 192.0.2.1",
        "add a.contoso.com TXT \"no service\"",
        "add a.contoso.com TXT",
        "services at mail.contoso.com",
        "client outlook2013",
        "refuse contoso.com:80",
        "answer contoso.com",
        "settings at contoso.com",
        "redirect http://a.contoso.com/autodiscover/autodiscover.xml to https://b.contoso.com/",
        "allow redirect to mail.contoso.com",
        "directory without ex1.contoso.com",
        "directory empty",
        "missing contoso.com",
        "directory https://mail.contoso.com/Autodiscover/Autodiscover.xml",
        "switch ExcludeHttpsRootDomain",
        "unset ExcludeHttpsRootDomain",
        "certificate sound at a.contoso.com",
        "certificate trusted at a.contoso.com",
        "encryption current at a.contoso.com",
        "clock right",
        "resolver truthful",
    ] {
        assert_eq!(parse(text).map(|assumption| assumption.to_string()), Ok(text.to_owned()));
    }
}

#[test]
fn what_is_no_assumption_is_named() {
    for (text, named) in [
        ("forget it", "\"forget it\""),
        ("", "\"\""),
        ("remove a b", "\"remove a b\""),
        ("clock wrong", "\"clock wrong\""),
        ("encryption current at", "\"encryption current at\""),
        ("remove -", "not"),
        ("remove a.test A 2001:db8::1", "the record"),
        ("client thunderbird", "\"client thunderbird\""),
        ("add a.test A 999.0.0.1", "the record"),
        ("add a.test", "the record"),
        ("add a.test SRV 0 0 99999 b.test", "the record"),
        ("refuse a.test:99999", "\"refuse a.test:99999\""),
        ("certificate lists <name>", "\"<name>\""),
        ("directory http://a.test/", "http://a.test/"),
        ("redirect https://a.test/ to http://b.test/", "\"redirect https"),
        ("redirect ftp://a.test/ to https://b.test/", "\"redirect ftp"),
        ("directory without", "\"directory without\""),
        ("switch ExcludeEverything", "ExcludeHttpsRootDomain"),
    ] {
        match parse(text) {
            Err(error) => assert!(error.to_string().contains(named), "{text}: {error}"),
            Ok(assumption) => assert_eq!(named, "not", "{assumption:?}"),
        }
    }
    let many = "remove a.test;".repeat(ASSUMPTION_LIMIT + 1);
    assert_eq!(parse_all(&many), Err(AssumptionError::TooMany { count: ASSUMPTION_LIMIT + 1 }));
}
