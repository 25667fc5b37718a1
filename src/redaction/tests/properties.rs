//! Whatever is secret, wherever it stands: nothing of it remains, and what is equal stays equal.

use super::*;
use proptest::prelude::*;

/// A word that is in nothing else.
fn secret() -> impl Strategy<Value = String> {
    "[a-z]{2}[0-9]{2}[a-z]{6,10}".prop_map(|word| format!("zq{word}"))
}

fn public_ip() -> impl Strategy<Value = IpAddr> {
    let ipv4 = (11_u8..=99, 1_u8.., any::<u8>(), 1_u8..).prop_map(|(a, b, c, d)| IpAddr::from([a, b, c, d]));
    let ipv6 =
        any::<[u16; 6]>().prop_map(|[a, b, c, d, e, f]| IpAddr::from([0x2a01, a | 1, b, c, d, e, f | 0x1000, 1]));
    prop_oneof![ipv4, ipv6]
}

/// Everything a run says about one endpoint, with these secrets in every place where they may stand.
fn story(user: &str, name: &str, ip: IpAddr, serial: &str, token: &str) -> Vec<Envelope> {
    let socket = std::net::SocketAddr::new(ip, 443);
    let host = if ip.is_ipv6() { format!("[{ip}]") } else { ip.to_string() };
    let record = match ip {
        IpAddr::V4(address) => DnsData::A { address },
        IpAddr::V6(address) => DnsData::Aaaa { address },
    };
    let dns = DnsAnswer {
        responder: Some(std::net::SocketAddr::new(ip, 53).to_string()),
        status: DnsStatus::Answered,
        records: vec![
            DnsRecord { name: "mail.contoso.test".into(), ttl: 60, data: record },
            DnsRecord {
                name: "contoso.test".into(),
                ttl: 60,
                data: DnsData::Txt { text: format!("v=spf1 {ip} {user}@contoso.test") },
            },
        ],
        elapsed_us: 1,
        ..DnsAnswer::unanswered(DnsQuestion { name: "mail.contoso.test".into(), record: RecordType::A }, View::System)
    };
    let certificate = Certificate {
        serial: serial.into(),
        subject: format!("EMAIL={user}@contoso.test"),
        names: vec![SubjectName::Ip { address: ip }, SubjectName::Other { text: format!("{user}@contoso.test") }],
        ..Certificate::default()
    };
    let mut http = exchange(
        &[
            ("set-cookie", &format!("s={token}; path=/")),
            ("www-authenticate", &format!("Digest realm=\"x\", nonce=\"{token}\"")),
            ("www-authenticate", &format!("Negotiate {token}{token}")),
            ("authorization", &format!("Basic {token}")),
            ("request-id", token),
            ("x-anchormailbox", &format!("{user}@contoso.test")),
            ("x-real-ip", &ip.to_string()),
            ("location", &format!("https://{host}/?Email={user}%40contoso.test&token={token}")),
        ],
        &format!("<DisplayName>{name}</DisplayName><a href=\"?sid={token}\">{name}, {user}, {ip}</a>"),
    );
    http.address = socket;
    let xml = AutodiscoverAnswer {
        display_name: Some(name.into()),
        address: Some(format!("{user}@contoso.test")),
        redirect: Some(format!("{user}@fabrikam.test")),
        protocols: vec![AnswerProtocol {
            server: Some(format!("{user}@contoso.test")),
            urls: vec![ServiceUrl {
                element: "ASUrl".into(),
                url: format!("https://{host}/?mailbox={user}@contoso.test"),
            }],
            ..AnswerProtocol::default()
        }],
        error: Some(AnswerError { message: format!("no {user} at {ip}"), ..AnswerError::default() }),
        ..AutodiscoverAnswer::bare(AnswerKind::RedirectAddr)
    };
    let connect = TcpConnect { address: socket, result: TcpResult::Connected, elapsed_us: 1 };
    let fetch = IssuerFetch {
        issuer: String::new(),
        url: format!("http://{host}/ca.crt"),
        result: IssuerFetchResult::Fetched,
        status: Some(200),
        certificate: Some(Box::new(certificate)),
        completes: false,
        elapsed_us: 1,
    };
    let directory = DirectoryAnswer {
        sign_in: Some(DirectorySignIn {
            code: Some(49),
            message: format!("no {user} at {ip}"),
            ..DirectorySignIn::new(format!("CONTOSO\\{user}"), DirectorySignInResult::Refused)
        }),
        ..DirectoryAnswer::new(format!("ldap://{ip}"), DirectoryPurpose::Client)
    };
    vec![
        started(user),
        observed(Stage::Ldap, Evidence::Directory(Box::new(directory))),
        observed(Stage::Dns, Evidence::Dns(dns)),
        observed(Stage::Tcp, Evidence::Tcp(connect)),
        observed(Stage::Http, Evidence::Http(Box::new(http))),
        observed(Stage::Xml, Evidence::Xml(Box::new(xml))),
        observed(Stage::Tls, Evidence::Issuer(Box::new(fetch))),
        envelope(Event::CandidateLocated {
            id: CandidateId::new("srv"),
            url: format!("https://{host}/"),
            host: ip.to_string(),
            port: 443,
        }),
        envelope(Event::Redirected {
            from: CandidateId::new("root"),
            to: None,
            by: OriginOfRedirect::RedirectAddr,
            location: format!("{user}@fabrikam.test"),
        }),
        envelope(Event::Note {
            code: NoteCode::OperatingSystemDisagrees,
            detail: format!("mail.contoso.test: {ip} on this machine"),
        }),
        envelope(Event::Replied {
            question: "x".into(),
            reply: Reply::Output { text: format!("C:\\Users\\{user} {ip}") },
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_secret_remains(user in secret(), name in secret(), ip in public_ip(), serial in "([0-9a-f]{2}:){15}[0-9a-f]{2}", token in "[A-Z]{6}[0-9]{4}[a-z]{6}") {
        let mut redactor = Redactor::default();
        let run = story(&user, &name, ip, &serial, &token);
        let seen: Vec<Envelope> = run.iter().map(|envelope| redactor.redact(envelope)).collect();
        let text = serde_json::to_string(&seen).unwrap();
        for secret in [&user, &name, &ip.to_string(), &serial, &token] {
            prop_assert!(!text.contains(secret.as_str()), "{secret} in {text}");
        }
        prop_assert!(!text.contains("left out"), "{text}");
        // What was private already stays as it is.
        let mut again = Redactor::default();
        let twice: Vec<Envelope> = seen.iter().map(|envelope| again.redact(envelope)).collect();
        prop_assert_eq!(serde_json::to_string(&twice).unwrap(), text);
    }

    #[test]
    fn no_text_breaks_it(text in "\\PC{0,80}", parts in proptest::collection::vec("[@%:.<>=/&;#a-f0-9é \"-]{0,12}", 0..8)) {
        let mut redactor = Redactor::default();
        redactor.redact(&started("é=kim"));
        let _ = redactor.text(&text);
        let _ = redactor.text(&parts.concat());
        let _ = redacted_exchange(&mut redactor, exchange(&[("set-cookie", &text), ("www-authenticate", &parts.concat())], &parts.concat()));
    }

    #[test]
    fn what_is_equal_stays_equal_and_what_differs_differs(one in public_ip(), other in public_ip()) {
        let mut redactor = Redactor::default();
        let (first, second) = (redactor.address(one), redactor.address(other));
        prop_assert_eq!(one == other, first == second);
        prop_assert_eq!(one.is_ipv4(), first.is_ipv4());
        prop_assert!(is_public(first) && is_public(second));
        prop_assert_eq!(redactor.address(one), first);
    }
}
