use super::*;
use NameReason::{CommonNameOnly, Listed, NoNames, NotListed, Wildcard, WildcardDepth};

fn certificate(names: &[&str], common_names: &[&str]) -> Certificate {
    let name = |text: &&str| match text.parse() {
        Ok(address) => SubjectName::Ip { address },
        Err(_) => SubjectName::Dns { name: (*text).to_owned() },
    };
    Certificate {
        names: names.iter().map(name).collect(),
        common_names: common_names.iter().map(|name| (*name).to_owned()).collect(),
        ..Certificate::default()
    }
}

/// One name on the certificate, one host: what RFC 9525 section 6.3 and 6.5 and RFC 6125 section 6.4.3 say.
#[test]
fn one_listed_name_against_one_host() {
    let table = [
        // As listed, whatever the case.
        ("mail.contoso.test", "mail.contoso.test", Listed),
        ("mail.contoso.test", "MAIL.Contoso.TEST", Listed),
        ("Mail.CONTOSO.test", "mail.contoso.test", Listed),
        ("contoso.test", "contoso.test", Listed),
        ("EX1", "ex1", Listed),
        ("mail_1.contoso.test", "mail_1.contoso.test", Listed),
        ("xn--bcher-kva.test", "xn--bcher-kva.test", Listed),
        ("XN--BCHER-KVA.test", "xn--bcher-kva.TEST", Listed),
        ("1.contoso.test", "1.contoso.test", Listed),
        ("3com.test", "3com.test", Listed),
        // The host's trailing dot says "absolute"; on a certificate it has no place.
        ("mail.contoso.test", "mail.contoso.test.", Listed),
        ("mail.contoso.test.", "mail.contoso.test", NotListed),
        ("mail.contoso.test.", "mail.contoso.test.", NotListed),
        ("mail.contoso.test", "mail.contoso.test..", NotListed),
        // Other names.
        ("mail.contoso.test", "autodiscover.contoso.test", NotListed),
        ("mail.contoso.test", "contoso.test", NotListed),
        ("contoso.test", "mail.contoso.test", NotListed),
        ("mail.contoso.test", "mail.contoso.test.fabrikam.test", NotListed),
        ("mail.contoso.test", "xmail.contoso.test", NotListed),
        ("contoso.test", "contoso", NotListed),
        ("contoso", "contoso.test", NotListed),
        ("", "contoso.test", NotListed),
        ("contoso.test", "", NotListed),
        ("contoso.test", ".", NotListed),
        ("contoso.test", ".contoso.test", NotListed),
        ("contoso.test", "contoso..test", NotListed),
        (".contoso.test", "mail.contoso.test", NotListed),
        // A wildcard is the complete left-most label and stands for exactly one.
        ("*.contoso.test", "mail.contoso.test", Wildcard),
        ("*.contoso.test", "MAIL.contoso.test", Wildcard),
        ("*.CONTOSO.test", "mail.contoso.test", Wildcard),
        ("*.contoso.test", "mail.contoso.test.", Wildcard),
        ("*.contoso.test", "xn--bcher-kva.contoso.test", Wildcard),
        ("*.xn--bcher-kva.test", "mail.xn--bcher-kva.test", Wildcard),
        ("*.mail.contoso.test", "autodiscover.mail.contoso.test", Wildcard),
        ("*.contoso.test", "contoso.test", WildcardDepth),
        ("*.contoso.test", "autodiscover.mail.contoso.test", WildcardDepth),
        ("*.contoso.test", "a.b.c.contoso.test", WildcardDepth),
        ("*.contoso.test", "mail.fabrikam.test", NotListed),
        ("*.contoso.test", "mailcontoso.test", NotListed),
        ("*.contoso.test", ".contoso.test", NotListed),
        ("*.contoso.test", "mail.contoso.test.fabrikam.test", NotListed),
        ("*.contoso.test", "*.contoso.test", NotListed),
        // Wildcards in other places or shapes never match.
        ("*.test", "contoso.test", NotListed),
        ("*.com", "contoso.com", NotListed),
        ("*", "contoso.test", NotListed),
        ("*", "localhost", NotListed),
        ("*.", "contoso.test", NotListed),
        ("mail*.contoso.test", "mail1.contoso.test", NotListed),
        ("*mail.contoso.test", "webmail.contoso.test", NotListed),
        ("m*l.contoso.test", "mail.contoso.test", NotListed),
        ("xn--*.contoso.test", "xn--bcher-kva.contoso.test", NotListed),
        ("mail.*.test", "mail.contoso.test", NotListed),
        ("*.*.test", "mail.contoso.test", NotListed),
        ("*.*.contoso.test", "a.b.contoso.test", NotListed),
        ("**.contoso.test", "mail.contoso.test", NotListed),
        ("*.contoso.test.", "mail.contoso.test", NotListed),
        // Addresses match addresses only (RFC 9525 6.5).
        ("192.0.2.10", "192.0.2.10", Listed),
        ("2001:db8::1", "2001:db8::1", Listed),
        ("2001:db8::1", "2001:0db8:0:0:0:0:0:1", Listed),
        ("2001:db8::1", "[2001:db8::1]", Listed),
        ("192.0.2.10", "192.0.2.11", NotListed),
        ("192.0.2.10", "contoso.test", NotListed),
        ("contoso.test", "192.0.2.10", NotListed),
        ("*.0.2.10", "192.0.2.10", NotListed),
        ("*.2.10.test", "192.0.2.10", NotListed),
        // More shapes of a wildcard that is complete and left-most.
        ("*.a.b.c.d.contoso.test", "x.a.b.c.d.contoso.test", Wildcard),
        ("*.a.b.c.d.contoso.test", "a.b.c.d.contoso.test", WildcardDepth),
        ("*.a.b.c.d.contoso.test", "y.x.a.b.c.d.contoso.test", WildcardDepth),
        ("*.contoso.test", "1.contoso.test", Wildcard),
        ("*.contoso.test", "mail_1.contoso.test", Wildcard),
        ("*.contoso.test", "a-b.contoso.test", Wildcard),
        ("*.contoso.test", "xn--mgbh0fb.contoso.test", Wildcard),
        ("*.co.uk", "contoso.co.uk", Wildcard),
        ("*.contoso.co.uk", "mail.contoso.co.uk", Wildcard),
        ("*.contoso.co.uk", "contoso.co.uk", WildcardDepth),
        ("*.CONTOSO.TEST", "MAIL.CONTOSO.TEST", Wildcard),
        ("*.contoso.test", "www.contoso.test.", Wildcard),
        ("*.contoso.test", "contoso.test.", WildcardDepth),
        ("*.contoso.test", "-mail.contoso.test", NotListed),
        ("*.contoso.test", "mail-.contoso.test", NotListed),
        ("*.contoso.test", "mail..contoso.test", NotListed),
        ("*.contoso.test", "mail.contoso.test..", NotListed),
        ("*.contoso.test", "mail contoso.test", NotListed),
        ("*.contoso.test", "", NotListed),
        ("*.contoso.test", ".", NotListed),
        ("*.contoso.test", "..contoso.test", NotListed),
        ("*.contoso.test", "192.0.2.10", NotListed),
        ("*.contoso.test", "contoso", NotListed),
        ("*.contoso.test", "test", NotListed),
        ("*.contoso.test", "mail.contoso.tes", NotListed),
        ("*.contoso.test", "mail.contoso.testt", NotListed),
        ("*.contoso.test", "mail.xcontoso.test", NotListed),
        // A star anywhere else is an ordinary character that no host has (RFC 6125 6.4.3, RFC 9525 6.3).
        ("a*.contoso.test", "a.contoso.test", NotListed),
        ("*a.contoso.test", "a.contoso.test", NotListed),
        ("a*b.contoso.test", "ab.contoso.test", NotListed),
        ("mail.contoso.*", "mail.contoso.test", NotListed),
        ("mail.c*.test", "mail.contoso.test", NotListed),
        ("*contoso.test", "mail.contoso.test", NotListed),
        ("*contoso.test", "contoso.test", NotListed),
        ("*..contoso.test", "mail.contoso.test", NotListed),
        ("..contoso.test", "mail.contoso.test", NotListed),
        ("*.-contoso.test", "mail.-contoso.test", NotListed),
        (" *.contoso.test", "mail.contoso.test", NotListed),
        ("*. contoso.test", "mail.contoso.test", NotListed),
        ("?.contoso.test", "a.contoso.test", NotListed),
        ("xn--*.test", "xn--bcher-kva.test", NotListed),
        // Names as listed, near and far.
        ("autodiscover.contoso.test", "AUTODISCOVER.contoso.test", Listed),
        ("autodiscover.contoso.test", "autodiscover.contoso.test.", Listed),
        ("autodiscover.contoso.test", "autodiscover.contoso.com", NotListed),
        ("autodiscover.contoso.test", "autodiscover.contoso", NotListed),
        ("autodiscover.contoso.test", "autodiscover", NotListed),
        ("autodiscover.contoso.test", "a.autodiscover.contoso.test", NotListed),
        ("autodiscover.contoso.test", "utodiscover.contoso.test", NotListed),
        ("autodiscover.contoso.test ", "autodiscover.contoso.test", NotListed),
        ("https://autodiscover.contoso.test", "autodiscover.contoso.test", NotListed),
        ("autodiscover.contoso.test:443", "autodiscover.contoso.test", NotListed),
        ("autodiscover.contoso.test/", "autodiscover.contoso.test", NotListed),
        ("_autodiscover._tcp.contoso.test", "autodiscover.contoso.test", NotListed),
        ("localhost", "localhost", Listed),
        ("localhost", "localhost.localdomain", NotListed),
        ("ex1.contoso.local", "EX1.contoso.local", Listed),
        ("ex1.contoso.local", "ex1", NotListed),
        ("xn--bcher-kva.test", "bcher-kva.test", NotListed),
        ("xn--bcher-kva.test", "xn--bcher-kvb.test", NotListed),
        // Addresses in more spellings.
        ("2001:db8::1", "2001:DB8::1", Listed),
        ("2001:db8::1", "2001:db8::2", NotListed),
        ("::1", "[::1]", Listed),
        ("::ffff:192.0.2.10", "192.0.2.10", NotListed),
        ("192.0.2.10", "::ffff:192.0.2.10", NotListed),
        ("192.0.2.10", "192.0.2.10.", NotListed),
        ("192.0.2.10", "192.0.2.010", NotListed),
        ("192.0.2.10", "0xc000020a", NotListed),
        ("192.0.2.10", "3221225994", NotListed),
        ("192.0.2.10", "mail.192.0.2.10", NotListed),
    ];
    assert!(table.len() >= 120, "{} pairs", table.len());
    for (listed, host, expected) in table {
        let check = name_check(host, &certificate(&[listed], &[]));
        assert_eq!(check.reason, expected, "{listed} against {host}");
        assert_eq!(check.ok, matches!(expected, Listed | Wildcard), "{listed} against {host}");
        assert_eq!(check.asked, host);
        assert_eq!(check.matched.is_some(), check.ok, "{listed} against {host}");
    }
}

#[test]
fn an_address_written_as_a_dns_name_does_not_count() {
    let names = vec![SubjectName::Dns { name: "192.0.2.10".to_owned() }];
    let certificate = Certificate { names, ..Certificate::default() };
    assert_eq!(name_check("192.0.2.10", &certificate).reason, NotListed);
}

/// RFC 9525 section 2: the common name is not an identity any more.
#[test]
fn the_common_name_never_counts() {
    let table: [(&[&str], &[&str], &str, NameReason); 7] = [
        (&[], &["mail.contoso.test"], "mail.contoso.test", CommonNameOnly),
        (&[], &["*.contoso.test"], "mail.contoso.test", CommonNameOnly),
        (&[], &["192.0.2.10"], "192.0.2.10", CommonNameOnly),
        (&[], &["mail.contoso.test"], "autodiscover.contoso.test", NoNames),
        (&[], &[], "mail.contoso.test", NoNames),
        (&["remote.contoso.test"], &["mail.contoso.test"], "mail.contoso.test", NotListed),
        (&["192.0.2.10"], &["mail.contoso.test"], "mail.contoso.test", NotListed),
    ];
    for (names, common_names, host, expected) in table {
        let check = name_check(host, &certificate(names, common_names));
        assert_eq!((check.ok, check.reason), (false, expected), "{names:?} {common_names:?} {host}");
    }
}

#[test]
fn names_of_other_kinds_are_not_host_names() {
    let names = vec![SubjectName::Other { text: "e-mail admin@contoso.test".to_owned() }];
    let certificate = Certificate { names, ..certificate(&[], &["mail.contoso.test"]) };
    assert_eq!(name_check("mail.contoso.test", &certificate).reason, CommonNameOnly);
}

/// Seeds 000 and 001: `autdiscover.` on the certificate, a letter short.
#[test]
fn a_slip_of_the_pen_is_found() {
    let table: [(&[&str], &str, Option<&str>); 12] = [
        (&["autdiscover.companya.test"], "autodiscover.companya.test", Some("autdiscover.companya.test")),
        (&["autodicsover.companya.test"], "autodiscover.companya.test", Some("autodicsover.companya.test")),
        (&["autodiscovery.companya.test"], "autodiscover.companya.test", Some("autodiscovery.companya.test")),
        (&["Autdiscover.CompanyA.test"], "autodiscover.companya.test", Some("Autdiscover.CompanyA.test")),
        (&["autodiscover.comapnya.test"], "autodiscover.companya.test", Some("autodiscover.comapnya.test")),
        (&["*.contosso.test"], "autodiscover.contoso.test", Some("*.contosso.test")),
        (
            &["autdiscvr.companya.test", "autodiscove.companya.test"],
            "autodiscover.companya.test",
            Some("autodiscove.companya.test"),
        ),
        (&["remote.companya.test"], "autodiscover.companya.test", None),
        (&["autodiscover.companyabc.test"], "autodiscover.companyxyz.test", None),
        (&["ex2"], "ex1", None),
        // Numbered hosts are several hosts.
        (&["mail1.contoso.test"], "mail2.contoso.test", None),
        (&["exchange.contoso.test"], "exchange01.contoso.test", None),
    ];
    for (names, host, expected) in table {
        let check = name_check(host, &certificate(names, &[]));
        assert_eq!((check.reason, check.near_miss.as_deref()), (NotListed, expected), "{names:?} {host}");
    }
}

#[test]
fn a_wildcard_of_another_depth_is_named() {
    let check = name_check("autodiscover.mail.contoso.test", &certificate(&["x.test", "*.contoso.test"], &[]));
    assert_eq!((check.reason, check.near_miss.as_deref()), (WildcardDepth, Some("*.contoso.test")));
}

#[test]
fn distance_counts_a_swap_as_one() {
    assert_eq!(edit_distance("abcd", "abdc", 2), Some(1));
    assert_eq!(edit_distance("kitten", "sitting", 3), Some(3));
    assert_eq!(edit_distance("kitten", "sitting", 2), None);
    assert_eq!(edit_distance("", "ab", 2), Some(2));
}
