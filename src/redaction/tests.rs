#![allow(clippy::unwrap_used)]

mod properties;

use super::*;
use crate::event::*;

fn envelope(event: Event) -> Envelope {
    Envelope { v: VERSION, seq: 0, at: "2026-11-20T12:00:00Z".parse().unwrap(), elapsed_us: 7, event }
}

fn address(local: &str) -> Address {
    Address { local: local.into(), domain: "contoso.test".into(), domain_unicode: "contoso.test".into() }
}

fn started(local: &str) -> Envelope {
    let (tool, client) = ("discoscope".to_owned(), ClientFamily::Outlook365);
    let vantage = Vantage { resolvers: vec!["203.0.113.53:53".into(), "10.0.0.2:53".into()], ..Vantage::default() };
    envelope(Event::SessionStarted { tool, address: address(local), client, vantage })
}

fn observed(stage: Stage, evidence: Evidence) -> Envelope {
    envelope(Event::Observed { candidate: Some(CandidateId::new("root")), stage, evidence })
}

fn exchange(headers: &[(&str, &str)], body: &str) -> HttpExchange {
    let headers = headers.iter().map(|(name, value)| Header { name: (*name).into(), value: (*value).into() });
    HttpExchange {
        verified: true,
        status: Some(401),
        reason: "Unauthorized".into(),
        headers: headers.collect(),
        body: Some(Body { length: body.len(), truncated: false, text: body.into() }),
        schemes: vec!["Negotiate".into()],
        exchange: true,
        elapsed_us: 1,
        ..HttpExchange::unanswered(
            "https://mail.contoso.test/autodiscover/autodiscover.xml",
            "POST",
            "203.0.113.5:443".parse().unwrap(),
        )
    }
}

fn redacted_exchange(redactor: &mut Redactor, exchange: HttpExchange) -> HttpExchange {
    match redactor.redact(&observed(Stage::Http, Evidence::Http(Box::new(exchange)))).event {
        Event::Observed { evidence: Evidence::Http(exchange), .. } => *exchange,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_user_goes_and_the_domain_stays() {
    let mut redactor = Redactor::default();
    let Event::SessionStarted { address, vantage, .. } = redactor.redact(&started("Kim.Akers")).event else { panic!() };
    assert_eq!(address.ascii(), "user1@contoso.test");
    assert_eq!(vantage.resolvers, ["100.64.0.1:53", "10.0.0.2:53"]);
}

#[test]
fn mailbox_addresses_are_found_however_they_are_written() {
    let mut redactor = Redactor::default();
    redactor.redact(&started("kim.akers"));
    for (text, expected) in [
        ("Kim.Akers@contoso.test", "user1@contoso.test"),
        ("SMTP:kim.akers@contoso.test", "SMTP:user1@contoso.test"),
        ("<kim.akers@contoso.test>", "<user1@contoso.test>"),
        ("'kim.akers@contoso.test'", "'user1@contoso.test'"),
        (
            "https://m.contoso.test/?Email=kim.akers%40contoso.test&a=b",
            "https://m.contoso.test/?Email=user1%40contoso.test&a=b",
        ),
        (
            "u=https%3A%2F%2Fm.test%2F%3FEmail%3Dkim%2Eakers%40contoso.test",
            "u=https%3A%2F%2Fm.test%2F%3FEmail%3Duser1%40contoso.test",
        ),
        ("mail kim.akers&#64;contoso.test now", "mail user1&#64;contoso.test now"),
        ("ask kim.akers, or jo@fabrikam.test", "ask user1, or user2@fabrikam.test"),
        ("CONTOSO\\kim.akers", "CONTOSO\\user1"),
        ("kim.akers.contoso.test is a host", "kim.akers.contoso.test is a host"),
        ("https://kim.akers/x and /users/kim.akers/", "https://kim.akers/x and /users/user1/"),
        ("@media print { jquery@3.6.0 }", "@media print { jquery@3.6.0 }"),
    ] {
        assert_eq!(redactor.text(text), expected);
    }
}

#[test]
fn a_user_that_is_nobodys_name_is_only_replaced_before_the_at() {
    let mut redactor = Redactor::default();
    redactor.redact(&started("autodiscover"));
    let text = "https://mail.contoso.test/autodiscover/autodiscover.xml for autodiscover@contoso.test";
    assert_eq!(redactor.text(text), "https://mail.contoso.test/autodiscover/autodiscover.xml for user1@contoso.test");
}

#[test]
fn users_with_unusual_characters_go_whole() {
    let mut redactor = Redactor::default();
    redactor.redact(&started("o'neil&sons=x"));
    assert_eq!(redactor.text("to o'neil&sons=x@contoso.test"), "to user1@contoso.test");
}

#[test]
fn public_addresses_go_and_private_ones_stay() {
    // RFC 1918, 3927, 4193, 4291; the rest is routed, or documentation that stands for it (RFC 5737, 3849).
    let mut redactor = Redactor::default();
    for (text, expected) in [
        ("203.0.113.5", "100.64.0.1"),
        ("203.0.113.5:443", "100.64.0.1:443"),
        ("v=spf1 ip4:198.51.100.7/32 ip6:2001:db8::7 -all", "v=spf1 ip4:100.64.0.2/32 ip6:2001:db8:6464::1 -all"),
        ("[2001:db8::7]:443", "[2001:db8:6464::1]:443"),
        ("https://203.0.113.5/owa", "https://100.64.0.1/owa"),
        ("seen 203.0.113.5.", "seen 100.64.0.1."),
        (
            "10.1.2.3 172.16.0.1 192.168.1.5 127.0.0.1 169.254.7.7 0.0.0.0",
            "10.1.2.3 172.16.0.1 192.168.1.5 127.0.0.1 169.254.7.7 0.0.0.0",
        ),
        ("::1 fe80::1 fd00::5 ::", "::1 fe80::1 fd00::5 ::"),
        ("at 12:30:45 2.5.4.97=NTRDE 1.3.6.1.5.5.7.3.1", "at 12:30:45 2.5.4.97=NTRDE 1.3.6.1.5.5.7.3.1"),
        ("100.64.0.1", "100.64.0.3"),
    ] {
        assert_eq!(redactor.text(text), expected);
    }
}

#[test]
fn headers_keep_their_meaning_and_lose_their_tokens() {
    let mut redactor = Redactor::default();
    let headers = [
        ("set-cookie", "ClientId=ABCDEF0123456789; expires=Sun, 20-Nov-2027 12:00:00 GMT; path=/; HttpOnly"),
        ("set-cookie", "gone=; path=/"),
        ("www-authenticate", "Negotiate"),
        ("www-authenticate", "NTLM TlRMTVNTUAACAAAADAAMADgAAAA="),
        ("www-authenticate", "Digest realm=\"contoso.test\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c0\", qop=auth"),
        ("www-authenticate", "Bearer client_id=\"00000002-0000-0ff1-ce00-000000000000\", token_types=\"app_asserted\""),
        ("request-id", "d0a2a2c5-2f1c-4e6b-9d0a-1c2b3d4e5f60"),
        ("x-feserver", "EX1"),
        ("x-owa-version", "8.2.254.0"),
        ("server", "Apache/2.2.9.1"),
        ("x-anchormailbox", "kim@contoso.test"),
        ("location", "https://login.test/?a=1&nonce=abc&state=q%3D"),
    ];
    let seen = redacted_exchange(&mut redactor, exchange(&headers, ""));
    let values: Vec<&str> = seen.headers.iter().map(|header| header.value.as_str()).collect();
    assert_eq!(
        values,
        [
            "ClientId=token1; expires=Sun, 20-Nov-2027 12:00:00 GMT; path=/; HttpOnly",
            "gone=; path=/",
            "Negotiate",
            "NTLM token2",
            "Digest realm=\"contoso.test\", nonce=\"token3\", qop=auth",
            "Bearer client_id=\"token4\", token_types=\"app_asserted\"",
            "token5",
            "EX1",
            "8.2.254.0",
            "Apache/2.2.9.1",
            "user1@contoso.test",
            "https://login.test/?a=1&nonce=token6&state=token7",
        ]
    );
}

#[test]
fn an_answer_loses_what_names_the_user() {
    let mut redactor = Redactor::default();
    redactor.redact(&started("kim"));
    let body = "<User><DisplayName>Kim Akers</DisplayName><LegacyDN>/o=First/cn=Recipients/cn=kakers</LegacyDN>\
        <AutoDiscoverSMTPAddress>kim@contoso.test</AutoDiscoverSMTPAddress></User>\
        <Server>d0a2a2c5-2f1c-4e6b-9d0a-1c2b3d4e5f60@contoso.test</Server><p>Welcome, Kim Akers</p>";
    let seen = redacted_exchange(&mut redactor, exchange(&[], body));
    assert_eq!(
        seen.body.unwrap().text,
        "<User><DisplayName>name1</DisplayName><LegacyDN>name2</LegacyDN>\
        <AutoDiscoverSMTPAddress>user1@contoso.test</AutoDiscoverSMTPAddress></User>\
        <Server>user2@contoso.test</Server><p>Welcome, name1</p>"
    );
}

#[test]
fn a_certificate_keeps_what_decides_and_loses_what_identifies() {
    let extension =
        |oid: &str, text: &str| Extension { oid: oid.into(), name: oid.into(), critical: false, text: text.into() };
    let certificate = Certificate {
        subject: "CN=mail.contoso.test, 2.5.4.97=NTRDE".into(),
        serial: "0a:1b:2c:3d:4e:5f:60:71".into(),
        sha1: "AB".repeat(20),
        sha256: "CD".repeat(32),
        der: "MIIB".into(),
        names: vec![
            SubjectName::Dns { name: "mail.contoso.test".into() },
            SubjectName::Ip { address: "203.0.113.5".parse().unwrap() },
        ],
        extensions: vec![extension("2.5.29.17", "IP 203.0.113.5"), extension("2.5.29.35", "0a1b2c")],
        ..Certificate::default()
    };
    let mut redactor = Redactor::default();
    let seen = redactor.certificate(&certificate);
    assert_eq!(seen.subject, certificate.subject);
    assert_eq!(
        (seen.serial.as_str(), seen.sha1.as_str(), seen.sha256.as_str()),
        ("serial1", "certificate1", "certificate1")
    );
    assert_eq!(seen.der, "");
    assert_eq!(seen.names[1], SubjectName::Ip { address: "100.64.0.1".parse().unwrap() });
    assert_eq!(seen.extensions[0].text, "IP 100.64.0.1");
    assert_eq!((seen.extensions[1].oid.as_str(), seen.extensions[1].text.as_str()), ("2.5.29.35", "token1"));
    assert_eq!(redactor.certificate(&certificate), seen);
}

#[test]
fn the_request_is_private_too() {
    let mut redactor = Redactor::default();
    redactor.redact(&started("Kim.Akers"));
    let text = "<EMailAddress>Kim.Akers@contoso.test</EMailAddress>";
    let sent = HttpExchange {
        request_headers: vec![Header { name: "x-anchormailbox".into(), value: "Kim.Akers@contoso.test".into() }],
        request_body: Some(Body { length: text.len(), truncated: false, text: text.into() }),
        ..exchange(&[], "")
    };
    let seen = redacted_exchange(&mut redactor, sent);
    assert_eq!(seen.request_headers[0].value, "user1@contoso.test");
    assert_eq!(seen.request_body.unwrap().text, "<EMailAddress>user1@contoso.test</EMailAddress>");
}

#[test]
fn a_message_of_dns_is_private_too() {
    let message = DnsMessage {
        server: "203.0.113.53:53".into(),
        name: "contoso.test".into(),
        over_tcp: false,
        code: "NOERROR".into(),
        flags: Vec::new(),
        length: 60,
        answers: 0,
        authority: Vec::new(),
        additional: vec![DnsRecord {
            name: "ns.contoso.test".into(),
            ttl: 60,
            data: DnsData::A { address: "203.0.113.53".parse().unwrap() },
        }],
        dropped: 0,
        edns: None,
    };
    let seen = Redactor::default().rewritten(&message).unwrap();
    assert_eq!(seen.server, "100.64.0.1:53");
    assert_eq!(seen.additional[0].data, DnsData::A { address: "100.64.0.1".parse().unwrap() });
}

#[test]
fn accounts_of_a_directory_lose_their_user() {
    let account = |account: &str| {
        let mut redactor = Redactor::default();
        redactor.user(&address("anna"));
        redactor.account(account)
    };
    assert_eq!(account("anna@contoso.test"), "user1@contoso.test");
    assert_eq!(account(r"CONTOSO\Anna"), r"CONTOSO\user1");
    assert_eq!(account("svc-mail"), "user2");
    assert_eq!(account("CN=Anna Kern,OU=Staff,DC=contoso,DC=test"), "name1");
}

#[test]
fn folders_of_users_are_hidden() {
    let mut redactor = Redactor::default();
    assert_eq!(redactor.text(r"C:\Users\Anna Smith\a.xml"), r"C:\Users\user1\a.xml");
    assert_eq!(redactor.text("file:///C:/Users/anna smith/proxy.pac"), "file:///C:/Users/user1/proxy.pac");
    assert_eq!(redactor.text(r"C:\Documents and Settings\bob"), r"C:\Documents and Settings\user2");
    for same in [r"C:\Users\Public\a.xml", r"C:\Temp\a.xml", "https://contoso.test/users/anna"] {
        assert_eq!(redactor.text(same), same);
    }
}

#[test]
fn a_user_in_a_url_is_one_token() {
    let mut redactor = Redactor::default();
    redactor.redact(&started("annam"));
    for (text, expected) in [
        ("https://annam:pw@127.0.0.1:18444/", "https://token1@127.0.0.1:18444/"),
        ("https://annam:pw@mail.contoso.test/x", "https://token1@mail.contoso.test/x"),
        ("https://bert@mail.contoso.test/", "https://token2@mail.contoso.test/"),
        ("see http://a:b@c@[2001:db8::1]/, now", "see http://token3@[2001:db8:6464::1]/, now"),
        ("https://annam:p/w@127.0.0.1/", "https://token4@127.0.0.1/"),
        ("?u=https%3A%2F%2Fannam%3Apw%40mail.contoso.test%2F", "?u=https%3A%2F%2Ftoken5%40mail.contoso.test%2F"),
        ("https://mail.contoso.test:443/?m=annam@contoso.test", "https://mail.contoso.test:443/?m=user1@contoso.test"),
    ] {
        assert_eq!(redactor.text(text), expected);
    }
    let seen = redacted_exchange(&mut redactor, exchange(&[("location", "https://annam:pw@127.0.0.1/")], ""));
    assert_eq!(seen.headers[0].value, "https://token1@127.0.0.1/");
}

#[test]
fn a_password_in_a_url_goes_in_any_case() {
    let headers = [("location", "https://annam:pw@127.0.0.1:18444/?u=http%3A%2F%2Fa%3Ab%40c.test"), ("x-other", "a@b")];
    let body = "<RedirectUrl>https://annam:hunter2@mail.contoso.test/</RedirectUrl>";
    let given = observed(Stage::Http, Evidence::Http(Box::new(exchange(&headers, body))));
    let Event::Observed { evidence: Evidence::Http(seen), .. } = without_url_passwords(given).event else { panic!() };
    assert_eq!(seen.headers[0].value, "https://annam:***@127.0.0.1:18444/?u=http%3A%2F%2Fa:***%40c.test");
    assert_eq!(seen.body.unwrap().text, "<RedirectUrl>https://annam:***@mail.contoso.test/</RedirectUrl>");
    // Everything else stays as it is.
    let other = observed(Stage::Http, Evidence::Http(Box::new(exchange(&[("x", "https://a.test/b:c@d")], "a@b.test"))));
    assert_eq!(without_url_passwords(other.clone()), other);
}

#[test]
fn accounts_that_are_not_the_mailbox_go_too() {
    let mut redactor = Redactor::default();
    redactor.redact(&started("kim.akers"));
    for (text, expected) in [
        // [MS-DTYP] 2.4.2.1.
        ("SID S-1-5-21-1004336348-1177238915-682003330-512.", "SID token1."),
        ("S-1-5-32-544", "S-1-5-32-544"),
        ("signed in as CONTOSO\\bert.", "signed in as CONTOSO\\user2."),
        (r#"{"user":"contoso\\bert"}"#, r#"{"user":"contoso\\user2"}"#),
        ("?who=CONTOSO%5Cbert&a=b", "?who=CONTOSO%5Cuser2&a=b"),
        ("line one\\nline two; HKLM\\SOFTWARE; CONTOSO\\EX1$", "line one\\nline two; HKLM\\SOFTWARE; CONTOSO\\EX1$"),
        ("CN=Bert Miller,OU=Staff,DC=contoso,DC=test", "CN=name1,OU=Staff,DC=contoso,DC=test"),
        ("CN=Miller\\, Bert,CN=Users,DC=contoso,DC=test", "CN=name2,CN=Users,DC=contoso,DC=test"),
        ("uid=bert,ou=people,dc=contoso,dc=test", "uid=name3,ou=people,dc=contoso,dc=test"),
        ("/o=First/ou=Exchange/cn=Recipients/cn=bert</x>", "/o=First/ou=Exchange/cn=Recipients/cn=name3</x>"),
        ("CN=mail.contoso.test, OU=IT, O=Contoso, C=DE", "CN=mail.contoso.test, OU=IT, O=Contoso, C=DE"),
        ("CN=EX1,OU=x,CN=Configuration,DC=contoso,DC=test", "CN=EX1,OU=x,CN=Configuration,DC=contoso,DC=test"),
        ("password=hunter2&user=bert&username=CONTOSO\\bert", "password=token2&user=user2&username=CONTOSO\\user2"),
        ("user=\"kim.akers@contoso.test\"", "user=\"user1@contoso.test\""),
        ("cannot read /home/bert/x.pem", "cannot read /home/user2/x.pem"),
        ("https://mail.contoso.test/home/index.html", "https://mail.contoso.test/home/index.html"),
        (r"\\srv\home$\bert\x and \\srv\profiles$\bert", r"\\srv\home$\user2\x and \\srv\profiles$\user2"),
        ("file:///C:/Users/bert/x file:///home/bert/x", "file:///C:/Users/user2/x file:///home/user2/x"),
        ("file://srv/home$/bert/x", "file://srv/home$/user2/x"),
    ] {
        assert_eq!(redactor.text(text), expected);
    }
    let headers = [("x-auth-token", "abc"), ("x-owa-canary", "def"), ("set-cookie2", "a=b; path=/")];
    let seen = redacted_exchange(&mut redactor, exchange(&headers, ""));
    let values: Vec<&str> = seen.headers.iter().map(|header| header.value.as_str()).collect();
    assert_eq!(values, ["token3", "token4", "a=token5; path=/"]);
}
