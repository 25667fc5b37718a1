//! Names, connections, and what several candidates say together.

use super::*;
use PromptKind::SecurityAlert;

const HOST: &str = "autodiscover.contoso.test";

pub(super) fn world() -> World {
    World::new(ClientFamily::Outlook2013)
}

/// A candidate with address and certificate in order.
pub(super) fn sound(world: World, id: &str) -> World {
    let mut world = world;
    let host = world.state(id).host().to_owned();
    world.dns(id, "192.0.2.10").certificate(id, &[&host])
}

/// The domain shares the server and the certificate of companya.test, and lost its SRV record.
fn extra_domain(client: ClientFamily) -> World {
    World::new(client)
        .absent("srv")
        .dns("root", "192.0.2.80")
        .certificate("root", &["www.companya.test"])
        .prompt("root", SecurityAlert, "contoso.test")
        .dns("autodiscover", "192.0.2.10")
        .certificate("autodiscover", &["www.webmail.companya.test", "webmail.companya.test", "corp-sbs.local"])
        .http("autodiscover", 401, true)
        .prompt("autodiscover", SecurityAlert, HOST)
}

#[test]
fn nothing_is_published() {
    let absent = || world().dns("root", "192.0.2.80").absent("autodiscover").absent("srv");
    absent().gives(&["autodiscover-record-absent"]);
    absent().end("autodiscover", Stage::Dns, Cause::DnsServerFailure).gives(&["dns-server-failing"]);
    absent().absent("root").gives(&["autodiscover-record-absent"]);
    world().absent("root").absent("autodiscover").absent("srv").gives(&["domain-does-not-exist"]);
    absent().mail_server("contoso-test.mail.protection.outlook.com", "192.0.2.99").gives(&["m365-cname-missing"]);
    let cured = absent().role("office365", Role::Decides);
    cured.gives(&[]);
    let cured = cured.mail_server("contoso-test.mail.protection.outlook.com", "192.0.2.99");
    assert_eq!(cured.find("m365-cname-missing").severity, Severity::Minor);
}

#[test]
fn name_servers_that_fail_are_blamed_as_far_as_was_seen() {
    use crate::finding::{Certainty, Owner};
    let question = |status, view| DnsAnswer { status, view, ..answer(HOST, &[], Purpose::Lookup) };
    let fails = |world: World, view| {
        let failing = world.answer("autodiscover", question(DnsStatus::ServerFailure, view));
        failing.end("autodiscover", Stage::Dns, Cause::DnsServerFailure)
    };
    let one = fails(world().no_wildcard(), View::System);
    let finding = one.find("dns-server-failing");
    assert_eq!((finding.certainty, finding.owner), (Certainty::Likely, Owner::DnsHost));
    // A second resolver that answers clears the zone as little as it proves it; one that fails alike proves it.
    let further = View::Further { number: 1 };
    let other = fails(world().no_wildcard(), View::System).answer("root", question(DnsStatus::NoSuchName, further));
    assert_eq!(other.find("dns-server-failing").certainty, Certainty::Likely);
    let both = fails(fails(world().no_wildcard(), View::System), further);
    assert_eq!(both.find("dns-server-failing").certainty, Certainty::Proven);
    // The operating system asks the same resolver.
    let again = fails(fails(world().no_wildcard(), View::System), View::OperatingSystem);
    assert_eq!(again.find("dns-server-failing").certainty, Certainty::Likely);
    // Nothing else is answered either: the resolver, and where nothing can be said at all, only the verdict says so.
    let mut nothing = fails(world(), View::System);
    assert_eq!(nothing.find("dns-server-failing").owner, Owner::Network);
    nothing.walk.class = VerdictClass::Inconclusive;
    nothing.gives(&[]);
}

#[test]
fn a_denial_is_proven_by_the_zone_that_denies() {
    use crate::finding::Certainty;
    let bare = world().absent("root").absent("autodiscover").absent("srv");
    assert_eq!(bare.find("domain-does-not-exist").certainty, Certainty::Likely);
    let authority = Some(StartOfAuthority { zone: "test".to_owned(), negative_ttl: 900 });
    let denied = DnsAnswer { status: DnsStatus::NoSuchName, authority, ..answer("contoso.test", &[], Purpose::Lookup) };
    let proven = bare.answer("root", denied).end("root", Stage::Dns, Cause::DnsNoSuchName);
    assert_eq!(proven.find("domain-does-not-exist").certainty, Certainty::Proven);
}

#[test]
fn a_title_names_an_internationalised_domain_in_both_forms() {
    let mut world = world().absent("root").absent("autodiscover").absent("srv");
    let address = world.model.address.as_mut().expect("an address");
    address.domain_unicode = "cöntoso.test".to_owned();
    let title = world.find("domain-does-not-exist").title;
    assert_eq!(title, "The domain cöntoso.test does not exist (contoso.test)");
}

#[test]
fn nothing_blocks_where_settings_are_found() {
    let (fails, mut works) = (extra_domain(ClientFamily::Outlook2013), extra_domain(ClientFamily::Outlook2013));
    assert_eq!(fails.find("srv-missing-for-extra-domain").severity, Severity::Blocker);
    works.walk.class = VerdictClass::Prompts;
    assert_eq!(works.find("srv-missing-for-extra-domain").severity, Severity::Major);
}

#[test]
fn a_client_without_srv_step_is_not_offered_the_record_first() {
    let old = extra_domain(ClientFamily::Outlook2007Rtm);
    old.gives(&["root-domain-webhost-cert", "san-mismatch"]);
    let remedies = old.find("san-mismatch").remedies;
    assert!(!remedies[0].text.contains("IN SRV") && remedies[0].kind == "exchange", "{:?}", remedies[0]);
    assert!(remedies.iter().any(|remedy| remedy.text.contains("IN SRV")), "other clients are helped by it");
    let newer = extra_domain(ClientFamily::Outlook2007);
    newer.gives(&["srv-missing-for-extra-domain", "root-domain-webhost-cert", "san-mismatch"]);
}

#[test]
fn the_lost_record_of_an_extra_domain() {
    let extra = extra_domain(ClientFamily::Outlook2013);
    extra.gives(&["srv-missing-for-extra-domain", "root-domain-webhost-cert", "san-mismatch"]);
    let finding = extra.find("srv-missing-for-extra-domain");
    let first = &finding.remedies[0];
    assert!(first.text.starts_with("_autodiscover._tcp.contoso.test. 3600 IN SRV 0 0 443 webmail.companya.test."));
    assert!(first.steps.contains("would shadow the SRV record"), "{}", first.steps);
    assert!(first.steps.contains("https://contoso.test"), "{}", first.steps);
    let consequence = extra.find("san-mismatch").consequence_of;
    assert_eq!(consequence.as_deref(), Some("srv-missing-for-extra-domain"));
}

#[test]
fn an_srv_record_behind_a_bad_host() {
    let shadowed = world()
        .srv("mail.contoso.test", 443)
        .certificate("srv", &["mail.contoso.test"])
        .role("srv", Role::Hidden)
        .dns("autodiscover", "192.0.2.10")
        .certificate("autodiscover", &["mail.contoso.test"])
        .http("autodiscover", 401, true)
        .prompt("autodiscover", SecurityAlert, HOST);
    // The record in front has to go; the certificate need not change.
    shadowed.gives(&["srv-shadowed-by-earlier-step", "san-mismatch"]);
    assert_eq!(shadowed.find("san-mismatch").consequence_of.as_deref(), Some("srv-shadowed-by-earlier-step"));
    let clear = world().srv("mail.contoso.test", 443).certificate("srv", &["mail.contoso.test"]).absent("autodiscover");
    clear.role("srv", Role::Decides).gives(&[]);
}

#[test]
fn active_directory_fails_and_dns_asks() {
    let scp = World::with_scp(ClientFamily::Outlook2013, &["https://mail.contoso.test/Autodiscover/Autodiscover.xml"]);
    let falls = sound(scp, "scp-1")
        .end("scp-1", Stage::Http, Cause::HttpClientCertificateRequired)
        .dns("autodiscover", "192.0.2.10")
        .certificate("autodiscover", &["mail.contoso.test"])
        .prompt("autodiscover", SecurityAlert, HOST);
    falls.gives(&["client-cert-required-vdir", "san-mismatch", "scp-failure-falls-through-to-dns"]);
    let finding = falls.find("scp-failure-falls-through-to-dns");
    assert_eq!(finding.consequence_of.as_deref(), Some("client-cert-required-vdir"));
}

#[test]
fn client_certificates_of_folder_and_device() {
    let demand = ClientCertificateRequest { acceptable_issuers: Vec::new(), demand: ClientCertificateDemand::Required };
    sound(world(), "autodiscover")
        .end("autodiscover", Stage::Tls, Cause::TlsClientCertificateRequired)
        .change("autodiscover", |handshake| handshake.client_certificate = Some(demand))
        .gives(&["device-demands-client-cert"]);
    sound(world(), "autodiscover")
        .end("autodiscover", Stage::Http, Cause::HttpClientCertificateRequired)
        .gives(&["client-cert-required-vdir"]);
}

#[test]
fn srv_records_that_lead_nowhere() {
    let srv = |cause| world().srv("mail.contoso.test", 443).end("srv", Stage::Dns, cause);
    srv(Cause::DnsSrvTargetMissing).gives(&["srv-target-bad"]);
    srv(Cause::DnsSrvTargetRoot).gives(&["srv-target-bad"]);
    srv(Cause::DnsSrvTargetRoot).role("autodiscover", Role::Decides).gives(&[]);
    world().srv("mail.contoso.test", 8443).gives(&["srv-port-not-443"]);
    world().srv("mail.contoso.test", 443).gives(&[]);
}

#[test]
fn silence_and_refusal() {
    let drops = world().dns("root", "192.0.2.80").end("root", Stage::Tcp, Cause::TcpTimeout);
    drops.gives(&["root-domain-drop-slow"]);
    drops.role("root", Role::Delays).role("autodiscover", Role::Decides).gives(&["root-domain-drop-slow"]);
    let silent = world().dns("autodiscover", "192.0.2.10").end("autodiscover", Stage::Tcp, Cause::TcpTimeout);
    silent.gives(&["port-443-filtered"]);
    let refused = || world().dns("autodiscover", "192.0.2.10").end("autodiscover", Stage::Tcp, Cause::TcpRefused);
    refused().gives(&[]);
    refused().end("redirect", Stage::Tcp, Cause::TcpRefused).gives(&["port80-closed-redirect-needed"]);
    refused().end("redirect", Stage::Tcp, Cause::TcpRefused).role("srv", Role::Decides).gives(&[]);
}

#[test]
fn one_address_of_several_is_dead() {
    let two = |dead: &str, result| {
        world().dns("autodiscover", "192.0.2.10").tcp("autodiscover", "192.0.2.10:443", TcpResult::Connected).tcp(
            "autodiscover",
            dead,
            result,
        )
    };
    two("192.0.2.11:443", TcpResult::TimedOut).gives(&["multiple-a-records-one-dead"]);
    two("[2001:db8::1]:443", TcpResult::TimedOut).gives(&["ipv6-address-dead"]);
    two("[2001:db8::1]:443", TcpResult::Unreachable).gives(&[]);
}

#[test]
fn private_address_and_split_views() {
    let public = |address: &str| {
        let mut answer = answer(HOST, &[a(HOST, address)], Purpose::Lookup);
        answer.responder = Some("1.1.1.1:53".to_owned());
        world().answer("autodiscover", answer)
    };
    public("10.0.0.5").gives(&["private-address-in-public-dns"]);
    // A private address of another network is silent without any firewall's help; a public one is not.
    let silent = |address: &str| public(address).end("autodiscover", Stage::Tcp, Cause::TcpTimeout);
    silent("10.0.0.5").gives(&["private-address-in-public-dns"]);
    silent("192.0.2.10").gives(&["port-443-filtered"]);
    public("192.0.2.10").gives(&[]);
    let split = |other: &str| {
        let mut further = answer(HOST, &[a(HOST, other)], Purpose::Lookup);
        further.view = View::Further { number: 1 };
        let world = world().dns("autodiscover", "192.0.2.10").answer("autodiscover", further);
        world.end("autodiscover", Stage::Tcp, Cause::TcpRefused)
    };
    split("192.0.2.77").gives(&["split-dns-mismatch"]);
    // Nobody saw which of them is right.
    let remedies = split("192.0.2.77").find("split-dns-mismatch").remedies;
    assert!(remedies[0].steps.contains("Decide which") && remedies.iter().all(|one| !one.text.contains("192.0.2.10 ")));
    split("10.0.0.5").gives(&[]);
}

#[test]
fn what_is_not_tls() {
    let failed = |failure, cause| {
        let mut world = world().certificate("autodiscover", &[HOST]);
        world = world.end("autodiscover", Stage::Tls, cause);
        world.change("autodiscover", |handshake| {
            handshake.checks = None;
            handshake.failure = Some(failure);
        })
    };
    failed(TlsFailure::NotTls { banner: "SSH-2.0".to_owned() }, Cause::TlsNotTls).gives(&["not-tls-on-443"]);
    let alert = |name: &str| TlsFailure::Alert { name: name.to_owned(), number: 40 };
    failed(alert("handshake_failure"), Cause::TlsHandshakeRefused).gives(&["tls-no-common-parameters"]);
    failed(alert("unrecognized_name"), Cause::TlsHandshakeRefused).gives(&[]);
    // Refusing and closing are answers; silence is something else.
    failed(TlsFailure::Closed, Cause::TlsClosed).gives(&["tls-no-common-parameters"]);
    failed(TlsFailure::TimedOut, Cause::TlsTimeout).gives(&["tls-handshake-stalls"]);
}

/// A server that refuses the handshake, and in clear accepts these versions, the newest with this suite.
fn in_clear(accepted: &[&str], suite: &str, names: &[&str]) -> World {
    let mut world = world().certificate("autodiscover", &[]).change("autodiscover", |handshake| {
        (handshake.chain, handshake.checks, handshake.version) = (Vec::new(), None, None);
        handshake.failure = Some(TlsFailure::Alert { name: "handshake_failure".to_owned(), number: 40 });
    });
    let all = ["TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"];
    let support = |version: &str| VersionSupport { version: version.to_owned(), accepted: accepted.contains(&version) };
    let mut clear = handshake(HOST, names);
    clear.purpose = HandshakePurpose::ClearText;
    clear.versions = all.into_iter().map(support).collect();
    clear.version = accepted.last().map(|version| (*version).to_owned());
    clear.suite = Some(suite.to_owned());
    world.stage("autodiscover", Stage::Tls).evidence.push(Evidence::Tls(Box::new(clear)));
    world.end("autodiscover", Stage::Tls, Cause::TlsHandshakeRefused)
}

#[test]
fn what_a_server_speaks_in_clear_is_told() {
    let rsa = "TLS_RSA_WITH_AES_256_CBC_SHA";
    in_clear(&["TLS 1.0"], rsa, &[HOST]).gives(&["tls10-only"]);
    in_clear(&["TLS 1.0", "TLS 1.1"], rsa, &[HOST]).gives(&["tls10-only"]);
    let finding = in_clear(&["TLS 1.0", "TLS 1.1"], rsa, &[HOST]).find("tls10-only");
    assert!(finding.title.ends_with("TLS 1.0 and TLS 1.1"), "{}", finding.title);
    let range = finding.evidence.iter().find(|fact| fact.label == "accepts").map(|fact| fact.value.as_str());
    assert_eq!(range, Some("TLS 1.0, TLS 1.1; not TLS 1.2, TLS 1.3"));
    in_clear(&["TLS 1.0", "TLS 1.2"], rsa, &[HOST]).gives(&["tls-old-suites-only"]);
    in_clear(&["TLS 1.2"], "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", &[HOST]).gives(&["tls-old-suites-only"]);
    // Neither Windows nor this program has these.
    in_clear(&["TLS 1.2"], "TLS_RSA_WITH_3DES_EDE_CBC_SHA", &[HOST]).gives(&["tls-no-common-parameters"]);
    in_clear(&["TLS 1.2"], "TLS_DHE_DSS_WITH_AES_128_GCM_SHA256", &[HOST]).gives(&["tls-no-common-parameters"]);
    // A certificate that came in clear is judged as any other.
    in_clear(&["TLS 1.0"], rsa, &["mail.contoso.test"]).gives(&["tls10-only", "san-mismatch"]);
}

#[test]
fn what_active_directory_names() {
    let scp = |url: &str| World::with_scp(ClientFamily::Outlook2013, &[url]);
    let right = "https://mail.contoso.test/autodiscover/autodiscover.xml";
    scp(right)
        .dns("scp-1", "10.0.0.9")
        .end("scp-1", Stage::Tcp, Cause::TcpRefused)
        .gives(&["scp-host-resolves-to-wrong-server"]);
    sound(scp(right), "scp-1").http("scp-1", 401, true).role("scp-1", Role::Decides).gives(&[]);
    sound(scp("https://mail.contoso.test/"), "scp-1").http("scp-1", 404, true).gives(&["service-url-missing-path"]);
}

#[test]
fn clients_differ() {
    let srv = |client| {
        World::new(client)
            .srv("mail.contoso.test", 443)
            .certificate("srv", &["mail.contoso.test"])
            .http("srv", 401, true)
            .absent("autodiscover")
    };
    srv(ClientFamily::Outlook2007Rtm).gives(&["outlook-too-old-for-srv"]);
    srv(ClientFamily::Outlook2007).role("srv", Role::Decides).gives(&[]);
    let tenant = |verified: bool| {
        let world = World::new(ClientFamily::Outlook365).mail_server("mail.contoso.test", "192.0.2.10");
        let mut world =
            sound(world, "autodiscover").http("autodiscover", 401, true).role("autodiscover", Role::Decides);
        world.state("office365").candidate.standing = Standing::Probed;
        if verified {
            world.model.signs.push(Sign::VerificationText { text: "MS=ms1".to_owned() });
        }
        world
    };
    tenant(true).gives(&["o365-endpoint-tried-first"]);
    // The company's own mail server is no sign of Microsoft 365.
    let signs = tenant(true).find("o365-endpoint-tried-first").evidence.remove(0);
    assert_eq!((signs.label.as_str(), signs.value.as_str()), ("signs", "TXT MS=ms1"));
    tenant(false).gives(&[]);
}

#[test]
fn names_from_outside_do_not_reach_the_text_to_paste() {
    let world = world()
        .absent("srv")
        .dns("autodiscover", "192.0.2.10")
        .certificate(
            "autodiscover",
            &["mail.contoso.test", "x\" -Force; Remove-Item C:\\.contoso.test", "$(id).contoso.test"],
        )
        .http("autodiscover", 401, true)
        .prompt("autodiscover", SecurityAlert, HOST);
    for remedy in world.find("san-mismatch").remedies {
        assert!(!remedy.text.contains("Remove-Item") && !remedy.text.contains("$(id)"), "{}", remedy.text);
    }
}
