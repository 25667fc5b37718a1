//! Names that lead astray, what stands before the servers, and servers that Active Directory names too early or too
//! long.

use super::{
    network::{sound, world},
    *,
};
use crate::finding::Certainty::{Likely, Possible, Proven};
use PromptKind::SecurityAlert;

const HOST: &str = "autodiscover.contoso.test";
const SRV: &str = "_autodiscover._tcp.contoso.test";
const AT_MICROSOFT: &str = "contoso-test.mail.protection.outlook.com";

/// Mail is in Microsoft 365, and `autodiscover` is an alias.
fn alias(mail_server: &str, target: &str) -> World {
    let records = [cname(HOST, target), a(target, "203.0.113.30")];
    let world = world().absent("srv").mail_server(mail_server, "203.0.113.42");
    world.answer("autodiscover", answer(HOST, &records, Purpose::Lookup))
}

#[test]
fn an_alias_that_leads_to_another_place_than_the_tenants() {
    let foreign = alias(AT_MICROSOFT, "autodiscover-redirect.hoster.test");
    foreign.gives(&["m365-cname-wrong-target"]);
    let finding = foreign.find("m365-cname-wrong-target");
    assert_eq!(finding.certainty, Proven);
    let text = &finding.remedies[0].text;
    assert!(text.contains("; delete: autodiscover.contoso.test. 3600 IN CNAME autodiscover-redirect.hoster.test."));
    assert!(text.contains("autodiscover.contoso.test. 3600 IN CNAME autodiscover.outlook.com."), "{text}");
    // A region's name of the same cloud serves until Microsoft moves it; another cloud's never does.
    let region = alias(AT_MICROSOFT, "autodiscover-emea.outlook.com");
    assert_eq!(region.find("m365-cname-wrong-target").certainty, Likely);
    let cloud = alias(AT_MICROSOFT, "autodiscover.partner.outlook.cn");
    assert_eq!(cloud.find("m365-cname-wrong-target").certainty, Proven);
    let china = alias("contoso-test.mail.protection.partner.outlook.cn", "autodiscover.outlook.com");
    let title = china.find("m365-cname-wrong-target").title;
    assert!(title.contains("autodiscover.partner.outlook.cn"), "{title}");
}

#[test]
fn an_alias_that_is_right_or_that_nobody_can_judge() {
    alias(AT_MICROSOFT, "autodiscover.outlook.com").gives(&[]);
    alias("contoso-test.mail.protection.partner.outlook.cn", "autodiscover.partner.outlook.cn").gives(&[]);
    alias("mail.contoso.test", "autodiscover-redirect.hoster.test").gives(&[]);
    // A hybrid organisation with an Exchange of its own.
    alias(AT_MICROSOFT, "mail.contoso.test").http("autodiscover", 401, true).gives(&[]);
    // The hoster's closed ports are of no concern any more, Microsoft's would be.
    let closed = |target: &str| {
        let world = alias(AT_MICROSOFT, target).end("autodiscover", Stage::Tcp, Cause::TcpRefused);
        world.end("redirect", Stage::Tcp, Cause::TcpRefused)
    };
    closed("autodiscover-redirect.hoster.test").gives(&["m365-cname-wrong-target"]);
    closed("autodiscover.outlook.com").gives(&["port80-closed-redirect-needed"]);
    // An address in place of an alias: Microsoft's own, or anybody's.
    let address = |address: &str| {
        let world = world().mail_server(AT_MICROSOFT, "203.0.113.42").dns("office365", "203.0.113.41");
        world.dns("autodiscover", address)
    };
    address("203.0.113.41").gives(&["m365-cname-wrong-target"]);
    address("198.51.100.20").gives(&["m365-cname-missing"]);
}

fn srv_answer(name: &str, purpose: Purpose, records: &[(u16, &str)]) -> DnsAnswer {
    let record = |(priority, target): &(u16, &str)| {
        let data = DnsData::Srv { priority: *priority, weight: 0, port: 443, target: (*target).to_owned() };
        DnsRecord { name: name.to_owned(), ttl: 3600, data }
    };
    let mut answer = answer(name, &records.iter().map(record).collect::<Vec<_>>(), purpose);
    answer.question.record = RecordType::Srv;
    answer
}

#[test]
fn an_srv_record_at_a_name_where_nobody_looks() {
    let slips = [
        "_autodiscover._tcp.contoso.test.contoso.test",
        "autodiscover._tcp.contoso.test",
        "_autodiscover.tcp.contoso.test",
        "_autodiscover._tcp.mail.contoso.test",
    ];
    let misplaced = |client, slip: DnsAnswer| {
        let world = World::new(client).dns("root", "192.0.2.80").absent("autodiscover");
        world.answer("srv", slip).absent("srv")
    };
    let of = |name: &str| srv_answer(name, Purpose::OwnerSlip, &[(0, "mail.contoso.test")]);
    for slip in slips {
        let world = misplaced(ClientFamily::Outlook2013, of(slip));
        world.gives(&["srv-wrong-owner-name"]);
        let finding = world.find("srv-wrong-owner-name");
        assert!(finding.title.ends_with(slip), "{}", finding.title);
        let line = "_autodiscover._tcp.contoso.test. 3600 IN SRV 0 0 443 mail.contoso.test.";
        assert!(finding.remedies[0].text.starts_with(line), "{}", finding.remedies[0].text);
    }
    // Who never asks for the record lacks the host record.
    misplaced(ClientFamily::Outlook2007Rtm, of(slips[0])).gives(&["autodiscover-record-absent"]);
    let nothing = DnsAnswer { status: DnsStatus::NoSuchName, records: Vec::new(), ..of(slips[0]) };
    misplaced(ClientFamily::Outlook2013, nothing).gives(&["autodiscover-record-absent"]);
    misplaced(ClientFamily::Outlook2013, of(slips[0])).role("autodiscover", Role::Decides).gives(&[]);
}

/// Two SRV records; the first is used.
fn two_targets() -> World {
    let second = srv_answer(SRV, Purpose::Lookup, &[(10, "exchange.hoster.test")]);
    world().absent("autodiscover").srv("mail.contoso.test", 443).answer("srv", second)
}

/// What was seen of the second target.
fn further(mut world: World, names: &[&str], failure: Option<TlsFailure>) -> World {
    let purpose = HandshakePurpose::FurtherTarget;
    let mut seen = TlsHandshake { purpose, ..handshake("exchange.hoster.test", names) };
    if failure.is_some() {
        (seen.failure, seen.checks, seen.chain) = (failure, None, Vec::new());
    }
    world.stage("srv", Stage::Tls).evidence.push(Evidence::Tls(Box::new(seen)));
    world
}

#[test]
fn srv_records_of_which_one_would_not_serve() {
    let works = || two_targets().certificate("srv", &["mail.contoso.test"]).role("srv", Role::Decides);
    let gone = DnsAnswer { status: DnsStatus::NoSuchName, ..answer("exchange.hoster.test", &[], Purpose::NamedHost) };
    let worlds = [
        (works().answer("srv", gone), "has no address"),
        (further(works(), &[], Some(TlsFailure::NoConnection)), "cannot be reached"),
        (further(works(), &["www.stranger.test"], None), "certificate that fails"),
    ];
    for (world, fault) in worlds {
        world.gives(&["srv-multiple-records-disagree"]);
        let finding = world.find("srv-multiple-records-disagree");
        assert!(finding.evidence.iter().any(|fact| fact.value.contains(fault)), "{:?}", finding.evidence);
        let text = &finding.remedies[0].text;
        assert!(text.starts_with("; delete: _autodiscover._tcp.contoso.test. IN SRV 10 0 443 exchange.hoster.test."));
        assert!(text.contains("3600 IN SRV 0 0 443 mail.contoso.test."), "{text}");
    }
    // The first one fails: the second stays.
    let first = further(two_targets(), &["exchange.hoster.test"], None).end("srv", Stage::Tcp, Cause::TcpRefused);
    first.gives(&["srv-multiple-records-disagree"]);
    let text = &first.find("srv-multiple-records-disagree").remedies[0].text;
    assert!(text.contains("3600 IN SRV 0 0 443 exchange.hoster.test."), "{text}");
    // A reserve that serves, one that nobody looked at, and a single record.
    further(works(), &["exchange.hoster.test"], None).gives(&[]);
    works().gives(&[]);
    let one = world().absent("autodiscover").srv("mail.contoso.test", 443);
    one.end("srv", Stage::Tcp, Cause::TcpRefused).gives(&[]);
}

#[test]
fn a_domain_controller_at_the_bare_domain() {
    let caught = |address: &str| {
        let world = world().dns("root", address).certificate("root", &["dc1.contoso.test"]);
        world.prompt("root", SecurityAlert, "contoso.test")
    };
    let registered = |world: World| {
        let owner = "_ldap._tcp.dc._msdcs.contoso.test";
        let world = world.fact(srv_answer(owner, Purpose::DomainControllers, &[(0, "dc1.contoso.test")]));
        let name = "dc1.contoso.test";
        world.fact(answer(name, &[a(name, "10.0.0.2")], Purpose::DomainControllers))
    };
    let controller = registered(caught("10.0.0.2"));
    controller.gives(&["root-is-domain-controller"]);
    // That another controller refuses is as it should be at the bare domain, and nowhere else.
    let both = |world: World, id: &str| {
        world.tcp(id, "10.0.0.2:443", TcpResult::Connected).tcp(id, "10.0.0.3:443", TcpResult::Refused)
    };
    both(controller, "root").gives(&["root-is-domain-controller"]);
    both(sound(world(), "autodiscover"), "autodiscover").gives(&["multiple-a-records-one-dead"]);
    // A website elsewhere, and a network that has no controllers of this name.
    registered(caught("198.51.100.20")).gives(&["root-domain-webhost-cert"]);
    caught("10.0.0.2").gives(&["root-domain-webhost-cert"]);
}

#[test]
fn a_resolver_that_remembers_a_denial() {
    let held = |records: &[DnsRecord]| {
        let status = if records.is_empty() { DnsStatus::NoSuchName } else { DnsStatus::Answered };
        DnsAnswer { view: View::Authoritative, status, ..answer(HOST, records, Purpose::Lookup) }
    };
    let denied = |authoritative, zone: DnsAnswer| {
        let authority = Some(StartOfAuthority { zone: "contoso.test".to_owned(), negative_ttl: 300 });
        let status = DnsStatus::NoSuchName;
        let denial = DnsAnswer { status, authority, authoritative, ..answer(HOST, &[], Purpose::Lookup) };
        let world = world().dns("root", "192.0.2.80").absent("srv").answer("autodiscover", denial);
        world.answer("autodiscover", zone).end("autodiscover", Stage::Dns, Cause::DnsNoSuchName)
    };
    let fresh = denied(false, held(&[a(HOST, "192.0.2.10")]));
    fresh.gives(&["negative-cache-after-fix"]);
    let finding = fresh.find("negative-cache-after-fix");
    assert!(finding.evidence.iter().any(|fact| fact.value.contains("300 s")), "{:?}", finding.evidence);
    // A copy of the zone that drifted does not catch up by waiting.
    let drifted = denied(true, held(&[a(HOST, "192.0.2.10")]));
    drifted.gives(&["split-dns-mismatch"]);
    let first = drifted.find("split-dns-mismatch").remedies.swap_remove(0);
    assert!(first.text.contains("-Name \"autodiscover\" -IPv4Address 192.0.2.10"), "{}", first.text);
    denied(false, held(&[])).gives(&["autodiscover-record-absent"]);
    // The same for an SRV record.
    let zone = DnsAnswer { view: View::Authoritative, ..srv_answer(SRV, Purpose::Lookup, &[(0, "mail.contoso.test")]) };
    let fresh = world().dns("root", "192.0.2.80").absent("autodiscover").answer("srv", zone).absent("srv");
    fresh.gives(&["negative-cache-after-fix"]);
}

#[test]
fn the_question_that_strangers_may_get() {
    let nothing = |domain: &str| {
        let world = World::of_domain(ClientFamily::Outlook2013, domain, &[]);
        ["root", "autodiscover", "srv"].into_iter().fold(world, |world, id| {
            let cause = if id == "root" { Cause::DnsNoData } else { Cause::DnsNoSuchName };
            world.end(id, Stage::Dns, cause)
        })
    };
    for domain in ["contoso.com.au", "sales.contoso.co.uk"] {
        let leak = nothing(domain);
        leak.gives(&["autodiscover-record-absent", "autodiscover-tld-leak"]);
        let finding = leak.find("autodiscover-tld-leak");
        assert_eq!(finding.certainty, Possible);
        assert_eq!(finding.consequence_of.as_deref(), Some("autodiscover-record-absent"));
        let suffix = domain.split_once("contoso.").expect("a suffix").1;
        assert!(finding.title.contains(&format!("autodiscover.{suffix}")), "{}", finding.title);
    }
    // What else leaves the search without an answer is the cause too.
    let refused = nothing("contoso.com.au").srv("mail.contoso.com.au", 8443);
    refused.gives(&["srv-port-not-443", "autodiscover-tld-leak"]);
    // One label, a suffix that a company owns, and a search that ends well.
    nothing("contoso.com").gives(&["autodiscover-record-absent"]);
    nothing("contoso.github.io").gives(&["autodiscover-record-absent"]);
    nothing("contoso.com.au").role("srv", Role::Decides).gives(&[]);
}

#[test]
fn a_content_network_before_the_mail_server() {
    let edge = [("server", "cloudflare"), ("cf-ray", "8f3b1c2d4e5f6071-FRA")];
    let answers = |status, exchange, body: &str| {
        sound(world(), "autodiscover").http_with("autodiscover", status, exchange, &edge, body)
    };
    let refused = answers(526, false, "").end("autodiscover", Stage::Http, Cause::HttpServerError);
    refused.gives(&["proxied-by-cdn"]);
    assert_eq!(refused.find("proxied-by-cdn").certainty, Proven);
    // Through it Exchange answers: sign-in may still fail.
    let through = answers(401, true, "").role("autodiscover", Role::Decides);
    assert_eq!(through.find("proxied-by-cdn").certainty, Possible);
    // A refusal under the right certificate is a firewall's, unless it says that the alias must not be proxied.
    answers(403, false, "Attention required").gives(&["waf-blocks-autodiscover"]);
    answers(403, false, "error code: 1014").gives(&["proxied-by-cdn"]);
    // The network's own certificate is told once.
    let own = world().dns("autodiscover", "198.51.100.71").certificate("autodiscover", &["sni.cloudflaressl.com"]);
    own.prompt("autodiscover", SecurityAlert, HOST).gives(&["proxied-by-cdn"]);
    // Behind it nobody sees which alias stands in the zone.
    let cloud = answers(530, false, "").end("autodiscover", Stage::Http, Cause::HttpServerError);
    cloud.mail_server(AT_MICROSOFT, "203.0.113.42").gives(&["proxied-by-cdn"]);
    // The website belongs there.
    sound(world(), "root").http_with("root", 404, false, &edge, "").gives(&["root-404-benign"]);
}

#[test]
fn a_new_server_in_active_directory() {
    let urls = [
        "https://ex2.contoso.test/autodiscover/autodiscover.xml",
        "https://mail.contoso.test/autodiscover/autodiscover.xml",
    ];
    let set_up = |world: World, names: &[&str]| {
        let world = world.dns("scp-1", "10.0.0.6").certificate("scp-1", names);
        let world = world.change("scp-1", untrusted(TrustReason::SelfSigned)).http("scp-1", 401, true);
        world.prompt("scp-1", SecurityAlert, "ex2.contoso.test")
    };
    let two = || World::with_scp(ClientFamily::Outlook2013, &urls);
    let other = |world: World| sound(world, "scp-2").http("scp-2", 401, true).role("scp-2", Role::Hidden);
    for names in [&["EX2", "ex2.contoso.test"], &["EX2", "ex2.corp.local"]] {
        let world = set_up(other(two()), names);
        world.gives(&["scp-new-server-unconfigured"]);
        assert_eq!(world.find("scp-new-server-unconfigured").certainty, Likely);
    }
    // A single server, and two of which neither is in order.
    let one = World::with_scp(ClientFamily::Outlook2013, &urls[..1]);
    set_up(one, &["EX2", "ex2.contoso.test"]).gives(&["self-signed-default-cert"]);
    let closed = two().dns("scp-2", "10.0.0.5").role("scp-2", Role::Unreached);
    set_up(closed, &["EX2", "ex2.contoso.test"]).gives(&["self-signed-default-cert"]);
}

#[test]
fn a_server_that_is_gone_and_still_named() {
    let world = || {
        let urls = ["https://ex1.contoso.test/autodiscover/autodiscover.xml"];
        World::with_scp(ClientFamily::Outlook2013, &urls)
    };
    let dead = |cause| world().dns("scp-1", "10.0.0.5").end("scp-1", Stage::Tcp, cause);
    let moved = |world: World| world.mail_server(AT_MICROSOFT, "203.0.113.42");
    for cause in [Cause::TcpTimeout, Cause::TcpRefused, Cause::TcpUnreachable] {
        moved(dead(cause)).gives(&["scp-stale-after-migration"]);
    }
    moved(world().absent("scp-1")).gives(&["scp-stale-after-migration"]);
    // Mail is still here: the name leads to the wrong place, or a firewall stands before the right one.
    dead(Cause::TcpRefused).gives(&["scp-host-resolves-to-wrong-server"]);
    dead(Cause::TcpTimeout).gives(&["port-443-filtered"]);
    // An organisation with servers of both kinds.
    moved(sound(world(), "scp-1").http("scp-1", 401, true).role("scp-1", Role::Decides)).gives(&[]);
    // Who asks Microsoft first does not wait for it.
    let newer = moved(dead(Cause::TcpTimeout)).role("office365", Role::Decides).role("scp-1", Role::Unreached);
    assert_eq!(newer.find("scp-stale-after-migration").severity, Severity::Minor);
}

#[test]
fn a_resolver_that_remembers_an_old_address() {
    let zone = |ttl| {
        let record = DnsRecord { ttl, ..a(HOST, "192.0.2.10") };
        DnsAnswer { view: View::Authoritative, ..answer(HOST, &[record], Purpose::Lookup) }
    };
    let refused = |ttl, authoritative| {
        let record = DnsRecord { ttl, ..a(HOST, "203.0.113.66") };
        let here = DnsAnswer { authoritative, ..answer(HOST, &[record], Purpose::Lookup) };
        let world = world().absent("srv").answer("autodiscover", here).answer("autodiscover", zone(3600));
        let world = world.tcp("autodiscover", "203.0.113.66:443", TcpResult::Refused);
        world.end("autodiscover", Stage::Tcp, Cause::TcpRefused)
    };
    let stale = refused(1260, false);
    stale.gives(&["dns-cache-stale"]);
    let finding = stale.find("dns-cache-stale");
    assert!(finding.remedies[0].steps.contains("1260 s"), "{}", finding.remedies[0].steps);
    // A whole time to live, or a copy of the zone: waiting would not help.
    refused(3600, false).gives(&["split-dns-mismatch"]);
    refused(1260, true).gives(&["split-dns-mismatch"]);
}

#[test]
fn a_sign_in_server_that_cannot_be_used() {
    let question = |question, result, status| OutsideQuestion {
        question,
        asked: "sts.contoso.test".to_owned(),
        told: String::new(),
        url: "https://sts.contoso.test/".to_owned(),
        result,
        status,
        checks: None,
        namespace: Some("Federated".to_owned()),
        tenant: None,
        environment: None,
        sign_in: Some("https://sts.contoso.test/adfs/ls/".to_owned()),
        elapsed_us: 0,
    };
    let with = |result, status| {
        let mut world = world();
        world.model.signs.push(Sign::VerificationText { text: "MS=ms12345678".to_owned() });
        for question in [
            question(OutsideKind::UserRealm, OutsideResult::Answered, Some(200)),
            question(OutsideKind::SignInServer, result, status),
        ] {
            world.model.facts.push(Evidence::Outside(Box::new(question)));
        }
        world
    };
    let found = |world: &World| world.findings().iter().any(|f| f.id == "federation-endpoint-unreachable");
    assert!(found(&with(OutsideResult::NotConnected { result: TcpResult::TimedOut }, None)));
    assert!(found(&with(OutsideResult::Answered, Some(503))));
    let gone = with(OutsideResult::NoAddress { status: DnsStatus::NoSuchName }, None);
    assert_eq!(gone.find("federation-endpoint-unreachable").certainty, Proven);
    // It answers, and need not be AD FS.
    for status in [200, 401, 404] {
        assert!(!found(&with(OutsideResult::Answered, Some(status))));
    }
    // Nobody is sent there where Microsoft 365 is not in use.
    let mut unused = with(OutsideResult::Answered, Some(503));
    unused.model.signs.clear();
    assert!(!found(&unused));
}
