//! A bad certificate is named once, by the first question of failures.md H.1 that is answered with yes.

use super::*;
use PromptKind::SecurityAlert;

pub(super) const HOST: &str = "autodiscover.contoso.test";

pub(super) fn mismatch(names: &[&str]) -> World {
    World::new(ClientFamily::Outlook2013)
        .absent("srv")
        .dns("autodiscover", "192.0.2.10")
        .certificate("autodiscover", names)
        .prompt("autodiscover", SecurityAlert, HOST)
}

#[test]
fn a_server_of_ones_own_without_the_name() {
    let world = mismatch(&["remote.contoso.test"]).http("autodiscover", 401, true);
    world.gives(&["san-mismatch"]);
    let finding = world.find("san-mismatch");
    assert!(
        finding.remedies[0]
            .text
            .starts_with("_autodiscover._tcp.contoso.test. 3600 IN SRV 0 0 443 remote.contoso.test.")
    );
    assert!(finding.remedies[0].text.contains("; delete: autodiscover.contoso.test. 3600 IN A 192.0.2.10"));
    mismatch(&[HOST]).gives(&[]);
}

#[test]
fn a_stranger_at_a_record_of_its_own() {
    let world = mismatch(&["www.stranger.test"]).no_wildcard().mail_server("mail.contoso.test", "192.0.2.99");
    world.gives(&["autodiscover-wrong-ip"]);
    let finding = world.find("autodiscover-wrong-ip");
    // A mail server elsewhere may be a filter, and a wrong certificate may be on the right server.
    assert_eq!(finding.certainty, crate::finding::Certainty::Likely);
    assert!(finding.remedies[0].text.contains("autodiscover.contoso.test. 300 IN A 192.0.2.99"));
}

#[test]
fn a_wildcard_that_leads_to_a_stranger() {
    let world = mismatch(&["parking.registrar.test"]).wildcard("192.0.2.10");
    world.gives(&["wildcard-dns"]);
    assert_eq!(world.find("wildcard-dns").remedies[0].kind, "zone");
    // Another address: the record is its own.
    mismatch(&["parking.registrar.test"]).wildcard("192.0.2.77").gives(&["autodiscover-wrong-ip"]);
    // Others deny the made-up name: the resolver invents it.
    let name = "x7f3q9.contoso.test";
    let denied = DnsAnswer {
        status: DnsStatus::NoSuchName,
        view: View::Further { number: 1 },
        ..answer(name, &[], Purpose::WildcardCanary)
    };
    mismatch(&["parking.registrar.test"]).wildcard("192.0.2.10").fact(denied).gives(&["nxdomain-rewritten"]);
}

#[test]
fn an_alias_does_not_change_the_name_that_is_compared() {
    let records = [cname(HOST, "mail.contoso.test"), a("mail.contoso.test", "192.0.2.10")];
    let world = World::new(ClientFamily::Outlook2013)
        .absent("srv")
        .answer("autodiscover", answer(HOST, &records, Purpose::Lookup))
        .certificate("autodiscover", &["mail.contoso.test"])
        .http("autodiscover", 401, true)
        .prompt("autodiscover", SecurityAlert, HOST)
        .wildcard("192.0.2.10");
    world.gives(&["cname-to-host-not-on-cert"]);
    let first = &world.find("cname-to-host-not-on-cert").remedies[0];
    assert!(first.text.contains("IN SRV 0 0 443 mail.contoso.test."), "{}", first.text);
    assert!(first.text.contains("autodiscover.contoso.test. 3600 IN TXT \"no service\""), "{}", first.text);
    assert!(first.text.contains("; delete: autodiscover.contoso.test. 3600 IN CNAME mail.contoso.test."));
    assert!(first.steps.contains("alone does not help"), "{}", first.steps);
}

#[test]
fn a_misspelt_name_in_the_own_domain() {
    let near = |handshake: &mut TlsHandshake| {
        let checks = handshake.checks.as_mut().expect("checks");
        checks.name_matches.near_miss = Some("autdiscover.contoso.test".to_owned());
    };
    let names = ["webmail.contoso.test", "autdiscover.contoso.test"];
    let world = mismatch(&names).http("autodiscover", 401, true).change("autodiscover", near);
    world.gives(&["san-typo"]);
    let finding = world.find("san-typo");
    assert_eq!(finding.certainty, crate::finding::Certainty::Likely);
    let names = finding.remedies[0].text.clone();
    assert!(names.contains("webmail.contoso.test,autodiscover.contoso.test "), "{names}");
    assert!(finding.remedies[1].text.contains("443 webmail.contoso.test."));
    // A name of somebody else's domain that happens to be near is no slip of the pen.
    let foreign = |handshake: &mut TlsHandshake| {
        let checks = handshake.checks.as_mut().expect("checks");
        checks.name_matches.near_miss = Some("autodiscover.contosa.test".to_owned());
    };
    mismatch(&["autodiscover.contosa.test"]).change("autodiscover", foreign).gives(&["autodiscover-wrong-ip"]);
}

#[test]
fn a_wildcard_certificate_reaches_one_label() {
    let deep = |handshake: &mut TlsHandshake| {
        handshake.checks.as_mut().expect("checks").name_matches.reason = NameReason::WildcardDepth;
    };
    World::new(ClientFamily::Outlook2013)
        .dns("root", "192.0.2.10")
        .certificate("root", &["*.contoso.test"])
        .change("root", deep)
        .prompt("root", SecurityAlert, "contoso.test")
        .gives(&["wildcard-depth"]);
}

#[test]
fn a_wildcard_one_label_short_is_no_misspelling() {
    // RFC 9525 section 6.3: `*.contoso.test` does not cover `a.b.contoso.test`. The wildcard is what comes nearest.
    let shallow = |handshake: &mut TlsHandshake| {
        let check = &mut handshake.checks.as_mut().expect("checks").name_matches;
        check.ok = false;
        check.reason = NameReason::WildcardDepth;
        check.near_miss = Some("*.contoso.test".to_owned());
    };
    World::new(ClientFamily::Outlook2013)
        .dns("autodiscover", "192.0.2.10")
        .certificate("autodiscover", &["*.contoso.test"])
        .change("autodiscover", shallow)
        .prompt("autodiscover", SecurityAlert, "autodiscover.contoso.test")
        .gives(&["wildcard-depth"]);
}

#[test]
fn the_website_at_the_root() {
    let world = World::new(ClientFamily::Outlook2013)
        .dns("root", "192.0.2.80")
        .certificate("root", &["www.host.test"])
        .http("root", 404, false)
        .prompt("root", SecurityAlert, "contoso.test");
    world.gives(&["root-domain-webhost-cert"]);
    // A client of which the sources disagree whether it asks: the fault is told all the same (KB2783881).
    let quiet = world.role("root", Role::Harmless).role("autodiscover", Role::Decides);
    quiet.gives(&["root-domain-webhost-cert"]);
}

#[test]
fn another_customer_at_a_shared_host() {
    let default = |world: World| {
        let mut bare = handshake("contoso.test", &["other.customer.test"]);
        bare.server_name = None;
        bare.purpose = HandshakePurpose::WithoutServerName;
        let mut world = world;
        world.stage("root", Stage::Tls).evidence.push(Evidence::Tls(Box::new(bare)));
        world
    };
    let world = World::new(ClientFamily::Outlook2013)
        .dns("root", "192.0.2.10")
        .certificate("root", &["other.customer.test"])
        .prompt("root", SecurityAlert, "contoso.test");
    let world = default(world);
    world.gives(&["root-domain-webhost-cert"]);
    world.certificate("autodiscover", &[HOST]).gives(&["sni-default-vhost"]);
}

#[test]
fn the_certificate_of_the_first_set_up() {
    let world = mismatch(&["EX1", "ex1.corp.local"]).change("autodiscover", untrusted(TrustReason::SelfSigned));
    world.gives(&["self-signed-default-cert"]);
    // A private authority's certificate has an issuer of its own.
    mismatch(&[HOST]).change("autodiscover", untrusted(TrustReason::UnknownIssuer)).gives(&["private-ca-not-trusted"]);
    mismatch(&[HOST]).change("autodiscover", untrusted(TrustReason::MissingIntermediate)).gives(&["incomplete-chain"]);
}

#[test]
fn the_right_certificate_serves_another_port() {
    let beside = |names: &[&str]| {
        let mut world = mismatch(&["EX1", "ex1.corp.local"]).change("autodiscover", untrusted(TrustReason::SelfSigned));
        let mut other = handshake(HOST, names);
        other.purpose = HandshakePurpose::OtherPort;
        other.address.set_port(993);
        world.stage("autodiscover", Stage::Tls).evidence.push(Evidence::Tls(Box::new(other)));
        world
    };
    beside(&[HOST]).gives(&["cert-not-bound-to-iis"]);
    // A certificate at the mail port that would not do either proves nothing.
    beside(&["imap.contoso.test"]).gives(&["self-signed-default-cert"]);
}

#[test]
fn dates_and_clocks() {
    let expired = |handshake: &mut TlsHandshake| {
        let checks = handshake.checks.as_mut().expect("checks");
        checks.in_date = DateCheck { ok: false, reason: DateReason::Expired, days_left: -20 };
    };
    let dated = |here: &str| {
        let date = [("date", "Sat, 20 Jun 2026 12:00:00 GMT")];
        let mut world =
            mismatch(&[HOST]).http_with("autodiscover", 401, true, &date, "").change("autodiscover", expired);
        world.model.started = here.parse().ok();
        world
    };
    dated("2026-07-21T12:00:00Z").gives(&["clock-skew"]);
    assert!(dated("2026-07-21T12:00:00Z").find("clock-skew").title.contains("31 days ahead"));
    dated("2026-06-20T12:01:00Z").gives(&["cert-expired"]);
    // One server's word is not enough for an hour.
    dated("2026-06-20T13:00:00Z").gives(&["cert-expired"]);
    let second = |date: &str, address: &str| {
        let mut world = dated("2026-06-20T13:00:00Z").http_with("root", 404, false, &[("date", date)], "");
        if let Some(Evidence::Http(exchange)) = world.stage("root", Stage::Http).evidence.first_mut() {
            exchange.address = address.parse().expect("an address");
        }
        world.ids().into_iter().find(|id| ["clock-skew", "cert-expired"].contains(&id.as_str()))
    };
    assert_eq!(second("Sat, 20 Jun 2026 12:01:00 GMT", "192.0.2.80:443").as_deref(), Some("clock-skew"));
    // The same machine again, or a machine that says otherwise.
    assert_eq!(second("Sat, 20 Jun 2026 12:01:00 GMT", "192.0.2.10:443").as_deref(), Some("cert-expired"));
    assert_eq!(second("Sat, 20 Jun 2026 13:00:00 GMT", "192.0.2.80:443").as_deref(), Some("cert-expired"));
    // What a server tells by NTLM is a second word; it proves something where its connection verified.
    let told = |time: &str, verified: bool| {
        let mut world = dated("2026-06-20T13:00:00Z").http_with("root", 401, true, &[], "");
        let challenge = NtlmChallenge {
            address: "192.0.2.80:443".parse().expect("an address"),
            scheme: Scheme::Ntlm,
            answered: true,
            verified,
            netbios_domain: None,
            netbios_computer: None,
            dns_domain: None,
            dns_computer: None,
            dns_forest: None,
            version: None,
            server_time: time.parse().ok(),
            ahead_seconds: None,
        };
        world.stage("root", Stage::Http).evidence.push(Evidence::Ntlm(Box::new(challenge)));
        world
    };
    assert_eq!(told("2026-06-20T12:01:00Z", true).find("clock-skew").certainty, crate::finding::Certainty::Proven);
    assert_eq!(told("2026-06-20T12:01:00Z", false).find("clock-skew").certainty, crate::finding::Certainty::Likely);
    assert!(told("2026-06-20T13:00:00Z", true).ids().contains(&"cert-expired".to_owned()));
}

/// Codes as `usage_check` gives them; what each does is from Microsoft's advisories and RFC 5280 4.2.1.12.
#[test]
fn a_certificate_that_is_right_in_every_line_and_still_unfit() {
    use crate::finding::Severity;
    let unfit = |problems: &'static [&'static str], ok: bool, bits: u32| {
        mismatch(&[HOST]).change("autodiscover", move |handshake| {
            let usable = &mut handshake.checks.as_mut().expect("checks").usable;
            usable.ok = ok;
            usable.problems = problems.iter().map(|problem| (*problem).to_owned()).collect();
            handshake.chain[0].key = CertificateKey { algorithm: "RSA".to_owned(), bits };
            handshake.chain[0].signature_algorithm = "sha1WithRSAEncryption".to_owned();
            handshake.chain[0].extended_key_usage = vec!["Client authentication".to_owned()];
        })
    };
    let table = [
        (&["no_server_auth"][..], false, 2048, Severity::Blocker, "made for Client authentication"),
        (&["issuer_no_server_auth"], false, 2048, Severity::Blocker, "its issuer may not issue for servers"),
        (&["tiny_key", "weak_key"], false, 512, Severity::Blocker, "its key has only 512 bits"),
        (&["weak_signature"], true, 2048, Severity::Major, "signed with sha1WithRSAEncryption"),
        (&["weak_key"], true, 1024, Severity::Major, "its RSA key has 1024 bits"),
        (&["authority_as_server"], true, 2048, Severity::Minor, "certificate of an authority"),
    ];
    for (problems, ok, bits, severity, words) in table {
        let world = unfit(problems, ok, bits);
        world.gives(&["weak-or-revoked-cert"]);
        let finding = world.find("weak-or-revoked-cert");
        assert_eq!(finding.severity, severity, "{problems:?}");
        assert!(finding.title.ends_with(words) || finding.title.contains(words), "{}", finding.title);
    }
    // The first question answered with yes names the case; what is unfit besides is a line of its evidence.
    let world = unfit(&["weak_key"], true, 1024).change("autodiscover", untrusted(TrustReason::UnknownIssuer));
    world.gives(&["private-ca-not-trusted"]);
    let facts = world.find("private-ca-not-trusted").evidence;
    assert!(facts.iter().any(|fact| fact.value == "weak key"), "{facts:?}");
}

#[test]
fn an_issuer_sent_along_that_is_weak_or_has_expired() {
    use crate::finding::Severity;
    let issuer = |subject: &str, end: &str, algorithm: &str| Certificate {
        subject: subject.to_owned(),
        common_names: vec!["Test CA".to_owned()],
        issuer: "CN=Old Root".to_owned(),
        not_after: end.parse().ok(),
        signature_algorithm: algorithm.to_owned(),
        key: CertificateKey { algorithm: "RSA".to_owned(), bits: 2048 },
        ..Certificate::default()
    };
    let sent = |chain: Vec<Certificate>| {
        let mut world = mismatch(&[HOST]).change("autodiscover", |handshake| handshake.chain.extend(chain));
        world.model.started = "2026-06-01T00:00:00Z".parse().ok();
        world
    };
    let old = issuer("CN=Test CA", "2020-05-30T00:00:00Z", "sha256WithRSAEncryption");
    let new = issuer("CN=Test CA", "2030-05-30T00:00:00Z", "sha256WithRSAEncryption");
    let weak = issuer("CN=Test CA", "2030-05-30T00:00:00Z", "sha1WithRSAEncryption");
    let stranger = issuer("CN=Nobody", "2020-05-30T00:00:00Z", "sha1WithRSAEncryption");
    sent(vec![old.clone()]).gives(&["weak-or-revoked-cert"]);
    let finding = sent(vec![old.clone()]).find("weak-or-revoked-cert");
    assert_eq!((finding.severity, finding.remedies[0].kind.as_str()), (Severity::Minor, "powershell"));
    assert!(finding.title.contains("expired on 2020-05-30"), "{}", finding.title);
    let finding = sent(vec![weak]).find("weak-or-revoked-cert");
    assert_eq!((finding.severity, finding.remedies[0].kind.as_str()), (Severity::Major, "exchange"));
    // A sound one beside it is enough, and what belongs to no path matters to nobody.
    sent(vec![old, new.clone()]).gives(&[]);
    sent(vec![new, stranger]).gives(&[]);
}

#[test]
fn active_directory_names_a_name_that_is_not_certified() {
    let scp = || {
        World::with_scp(ClientFamily::Outlook2013, &["https://ex1.corp.local/Autodiscover/Autodiscover.xml"])
            .dns("scp-1", "10.0.0.5")
            .prompt("scp-1", SecurityAlert, "ex1.corp.local")
    };
    let world = scp().certificate("scp-1", &["mail.contoso.test"]).http("scp-1", 401, true);
    // The name comes first: no certificate can be bought for it.
    world.gives(&["internal-name-on-public-cert-impossible", "scp-points-to-internal-name"]);
    assert_eq!(
        world.find("scp-points-to-internal-name").consequence_of.as_deref(),
        Some("internal-name-on-public-cert-impossible")
    );
    scp().certificate("scp-1", &["ex1.corp.local"]).role("scp-1", Role::Decides).gives(&[]);
}

#[test]
fn one_certificate_for_each_name() {
    let world = |client| {
        let mut bare = handshake(HOST, &["www.other.test"]);
        bare.purpose = HandshakePurpose::WithoutServerName;
        let mut world = World::new(client).certificate("autodiscover", &[HOST]).role("autodiscover", Role::Decides);
        world.stage("autodiscover", Stage::Tls).evidence.push(Evidence::Tls(Box::new(bare)));
        world
    };
    world(ClientFamily::Outlook2007).gives(&["one-certificate-per-address"]);
    world(ClientFamily::Outlook365).gives(&[]);
}

#[test]
fn service_urls_on_another_name_are_one_finding() {
    World::new(ClientFamily::Outlook2013)
        .certificate("autodiscover", &[HOST])
        .role("autodiscover", Role::Decides)
        .service("service-1", "https://ex1.contoso.test/EWS/Exchange.asmx")
        .service("service-2", "https://ex2.contoso.test/OAB")
        .certificate("service-1", &[HOST])
        .certificate("service-2", &[HOST])
        .gives(&["service-urls-use-other-name"]);
}

/// One certificate that would do, and the SRV target that does without one.
#[test]
fn the_cure_names_every_host_behind_which_exchange_answers() {
    let world = mismatch(&["remote.contoso.test"]).http("autodiscover", 401, true);
    let cure = crate::finding::certificate_cure(&world.model, &world.walk);
    assert_eq!(cure.names, ["remote.contoso.test", HOST]);
    assert_eq!(cure.srv_target.as_deref(), Some("remote.contoso.test"));
    let world = world.dns("root", "192.0.2.10").certificate("root", &["remote.contoso.test"]).http("root", 401, true);
    let cure = crate::finding::certificate_cure(&world.model, &world.walk);
    assert_eq!(cure.names, ["remote.contoso.test", HOST, "contoso.test"]);
    let website = mismatch(&["remote.contoso.test"]).dns("root", "192.0.2.80").certificate("root", &["www.test"]);
    let cure = crate::finding::certificate_cure(&website.model, &website.walk);
    assert!(!cure.names.contains(&"contoso.test".to_owned()), "{:?}", cure.names);
}
