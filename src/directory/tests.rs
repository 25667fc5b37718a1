//! Expected values from Microsoft's "Find Autodiscover endpoints by using SCP lookup", [MS-OXDISCO], RFC 2849 and the
//! output of the shell as its documentation shows it.

#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::event::{POINTER_KEYWORD, SitePreference, URL_KEYWORD};

fn point(server: &str, binding: &str, keywords: &[&str]) -> ConnectionPoint {
    let kind = if binding.starts_with("LDAP") { POINTER_KEYWORD } else { URL_KEYWORD };
    let keywords = std::iter::once(kind).chain(keywords.iter().copied()).map(str::to_owned).collect();
    ConnectionPoint { server: server.into(), binding: binding.into(), keywords, ..ConnectionPoint::default() }
}

fn url(host: &str) -> String {
    format!("https://{host}/Autodiscover/Autodiscover.xml")
}

fn hosts(choice: &Choice<'_>) -> Vec<String> {
    choice.urls.iter().map(|chosen| chosen.url.host_str().unwrap().to_owned()).collect()
}

#[test]
fn the_own_site_comes_first_then_any_then_others() {
    let points = [
        point("EX3", &url("ex3.test"), &["Site=Paris"]),
        point("EX2", &url("ex2.test"), &[]),
        point("EX1", &url("ex1.test"), &["site=Rome", "Site=Berlin"]),
    ];
    let choice = choose(&points, "contoso.test", Some("BERLIN"));
    assert_eq!(hosts(&choice), ["ex1.test", "ex2.test", "ex3.test"]);
    let preferences: Vec<_> = choice.urls.iter().map(|chosen| chosen.preference).collect();
    assert_eq!(preferences, [SitePreference::Own, SitePreference::Any, SitePreference::Other]);
    let unknown = choose(&points, "contoso.test", None);
    assert_eq!(hosts(&unknown), ["ex3.test", "ex2.test", "ex1.test"], "as the directory has them");
}

#[test]
fn the_same_url_counts_once_at_its_best_place() {
    let points = [
        point("EX1", &url("mail.test"), &["Site=Paris"]),
        point("EX2", &url("MAIL.test"), &["Site=Berlin"]),
        point("EX3", "http://mail.test/Autodiscover/Autodiscover.xml", &[]),
        point("EX4", "", &[]),
    ];
    let choice = choose(&points, "contoso.test", Some("Berlin"));
    assert_eq!(hosts(&choice), ["mail.test"]);
    assert_eq!(choice.urls[0].point.server, "EX2");
    assert_eq!(choice.unusable.len(), 2);
}

#[test]
fn a_pointer_for_the_mail_domain_comes_before_everything() {
    let other = point("P1", "LDAP://fabrikam.test", &["Domain=fabrikam.test"]);
    let general = point("P2", "LDAP://tailspin.test", &[]);
    let own = point("P3", "LDAP://contoso.test", &["domain=CONTOSO.test"]);
    let server = point("EX1", &url("ex1.test"), &[]);
    let all = [other.clone(), general.clone(), server.clone(), own.clone()];
    let choice = choose(&all, "contoso.test", None);
    assert_eq!((choice.pointer, choice.urls.len()), (Some(&own), 0));
    let with_server = [other.clone(), general.clone(), server];
    let choice = choose(&with_server, "contoso.test", None);
    assert_eq!((choice.pointer, choice.urls.len()), (None, 1), "URLs come before a general pointer");
    let pointers = [other.clone(), general.clone()];
    assert_eq!(choose(&pointers, "contoso.test", None).pointer, Some(&general));
    assert_eq!(choose(&[other], "contoso.test", None), Choice::default());
}

#[test]
fn properties_that_nobody_reads_are_not_kept() {
    let mut text =
        String::from("Name : EX1\nAutoDiscoverServiceInternalUri : https://ex1.test/Autodiscover/Autodiscover.xml\n");
    // A block of hundreds of thousands of them took minutes as long as each was compared with all before it.
    (0..200_000).for_each(|number| text.push_str(&format!("P{number} : x\n")));
    let export = read(text.as_bytes()).unwrap();
    assert_eq!(export.points.iter().map(|point| point.server.as_str()).collect::<Vec<_>>(), ["EX1"]);
}

#[test]
fn places_are_read_as_rfc_4516_writes_them() {
    let parse = |text| Place::parse(text).map(|place| place.to_string());
    assert_eq!(parse("ldap://DC1.contoso.test").unwrap(), "ldap://dc1.contoso.test");
    assert_eq!(parse("ldaps://dc1.contoso.test:3269/").unwrap(), "ldaps://dc1.contoso.test:3269");
    assert_eq!(parse("LDAP://[2001:db8::7]/DC=contoso,DC=test??sub").unwrap(), "ldap://[2001:db8::7]");
    assert_eq!(parse("ldaps://10.0.0.2:443").unwrap(), "ldaps://10.0.0.2:443");
    assert_eq!(Place::parse("ldaps://dc1.test").unwrap().port, 636);
    for wrong in ["dc1.contoso.test", "http://dc1", "ldap://", "LDAP:CN=Users", "ldap://a b", "ldap:///DC=test"] {
        assert!(matches!(Place::parse(wrong), Err(PlaceError::Form(_))), "{wrong}");
    }
    assert_eq!(Place::parse("ldap://anna:secret@dc1"), Err(PlaceError::Account));
}

#[test]
fn the_shells_list_is_read() {
    let text = "
[PS] C:\\>Get-ClientAccessService | fl Name,AutoDiscoverServiceInternalUri,AutoDiscoverSiteScope


Name                           : EX1
AutoDiscoverServiceInternalUri : https://mail.contoso.test/Autodiscover/Auto
                                 discover.xml
AutoDiscoverSiteScope          : {Berlin, Rome}

Name                           : EX2
AutoDiscoverServiceInternalUri :
AutoDiscoverSiteScope          : {}
Name                           : EX3
AutoDiscoverServiceInternalUri : https://ex3.corp.local/Autodiscover/Autodiscover.xml
AutoDiscoverSiteScope          : {}
";
    let export = read(text.as_bytes()).unwrap();
    let servers: Vec<_> = export.points.iter().map(|point| (point.server.as_str(), point.binding.as_str())).collect();
    let first = "https://mail.contoso.test/Autodiscover/Autodiscover.xml";
    assert_eq!(servers, [("EX1", first), ("EX3", "https://ex3.corp.local/Autodiscover/Autodiscover.xml")]);
    assert_eq!(export.points[0].sites(), ["Berlin", "Rome"]);
    assert!(export.points[1].sites().is_empty());
    let wide: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(read(&wide).unwrap(), export, "as PowerShell's > writes it");
    assert_eq!(read(text.replace('\n', "\r").as_bytes()).unwrap(), export, "as terminals paste it");
}

#[test]
fn ldif_is_read() {
    let text = format!(
        "# exported\r\ndn: CN=EX1,CN=Autodiscover,CN=Protocols,CN=EX1,CN=Servers,DC=contoso,\r\n DC=test\r\n\
         keywords: {URL_KEYWORD}\r\nkeywords: Site=Berlin\r\nwhenCreated: 20240102030405.0Z\r\n\
         serviceBindingInformation:: aHR0cHM6Ly9tYWlsLnRlc3QvQXV0b2Rpc2NvdmVyL0F1dG9kaXNjb3Zlci54bWw=\r\n\r\n\
         dn: CN=contoso.test,CN=Accepted Domains\r\nmsExchAcceptedDomainName: contoso.test\r\n\r\n\
         dn: {TRUSTED_CONTAINER},CN=Configuration,DC=contoso,DC=test\r\n\
         serviceBindingInformation: *.outlook.com\r\n\r\n\
         dn: CN=print,CN=Services\r\nkeywords: other\r\n"
    );
    let export = read(text.as_bytes()).unwrap();
    assert_eq!(export.points.len(), 1);
    assert_eq!(export.points[0].server, "EX1");
    assert!(export.points[0].dn.ends_with("DC=contoso,DC=test"), "a folded line");
    assert_eq!(export.points[0].binding, url("mail.test"));
    assert_eq!(export.points[0].created, Some("2024-01-02T03:04:05Z".parse().unwrap()));
    assert_eq!(export.trusted_redirects, Some(vec!["*.outlook.com".to_owned()]));
    assert_eq!(export.accepted_domains, ["contoso.test"]);
}

#[test]
fn what_holds_nothing_is_said_to() {
    for text in ["", "hello", "dn: CN=print\nkeywords: other\n", "Name : EX1\nFqdn : ex1\n", "dn:: !!!\n"] {
        assert_eq!(read(text.as_bytes()), Err(ExportError::NothingFound), "{text:?}");
    }
    assert_eq!(read(&vec![b'a'; TEXT_LIMIT + 1]), Err(ExportError::TooLarge));
}

#[test]
fn entries_are_bounded_and_cleaned() {
    let block =
        |number: usize| format!("Name : EX{number}\u{1b}[2J\nAutoDiscoverServiceInternalUri : {}\n", url("a.test"));
    let export = read((0..100).map(block).collect::<String>().as_bytes()).unwrap();
    assert_eq!((export.points.len(), export.dropped), (POINT_LIMIT, 100 - POINT_LIMIT));
    assert!(!export.points[0].server.contains('\u{1b}'));
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_it(text in "\\PC{0,200}", lines in proptest::collection::vec(
        "(dn|keywords|Name|AutoDiscoverServiceInternalUri|AutoDiscoverSiteScope| )(:|::| : )[ -~]{0,40}", 0..12
    )) {
        let _ = read(text.as_bytes());
        let _ = read(lines.join("\n").as_bytes());
        let _ = (first_name(&text), dns_name(&text), time(&text), Place::parse(&text), data_code(&text));
    }

    #[test]
    fn no_bytes_break_it(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
        let _ = read(&bytes);
    }
}

#[test]
fn names_and_times() {
    assert_eq!(first_name(r"CN=EX\,1,CN=Autodiscover"), "EX,1");
    assert_eq!(dns_name("CN=Configuration,DC=Corp,DC=contoso,DC=test"), "corp.contoso.test");
    assert_eq!(time("20260229000000.0Z"), None, "no such day");
    assert_eq!(time("2026"), None);
}

#[test]
fn refusals_are_told_in_words() {
    // [MS-ERREF] 2.2, and the words of a domain controller and of Samba's.
    let message = "80090308: LdapErr: DSID-0C090569, comment: AcceptSecurityContext error, data 52e, v4f7c";
    assert_eq!(data_code(message).as_deref(), Some("52e"));
    assert_eq!(refusal(Some(49), Some("52e")), "wrong user name or password");
    assert_eq!(refusal(Some(49), Some("775")), "the account is locked out");
    assert_eq!(refusal(Some(49), None), "wrong user name or password");
    assert_eq!(data_code("no code in here: data "), None);
}
