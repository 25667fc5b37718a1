//! A bad certificate is named once, by the first question of failures.md H.1 that is answered with yes.

use super::*;
use PromptKind::SecurityAlert;

const HOST: &str = "autodiscover.contoso.test";

fn mismatch(names: &[&str]) -> World {
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
    assert_eq!(finding.certainty, crate::finding::Certainty::Proven);
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
    dated("2026-06-20T12:01:00Z").gives(&["cert-expired"]);
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
