//! What the remedies name, on models built by hand.

use super::{certificate::HOST, *};

fn request(world: &World, id: &str) -> Vec<String> {
    let remedies = world.find(id).remedies;
    let text =
        remedies.iter().find_map(|remedy| remedy.text.split_once("-DomainName ").filter(|_| remedy.kind == "exchange"));
    let (_, rest) = text.expect("a certificate request");
    rest.split_whitespace().next().expect("names").split(',').map(str::to_owned).collect()
}

#[test]
fn a_new_certificate_keeps_every_name_of_the_old_one() {
    let mut names = vec!["mail1.contoso.test".to_owned(), "mail2.contoso.test".to_owned()];
    // One letter away from the name that is asked for, and another organisation's.
    names.push("autodiscover.contosa.test".to_owned());
    names.extend((1..=14).map(|number| format!("svc{number:02}.contoso.test")));
    let listed: Vec<&str> = names.iter().map(String::as_str).collect();
    let near = |handshake: &mut TlsHandshake| {
        handshake.checks.as_mut().expect("checks").name_matches.near_miss =
            Some("autodiscover.contosa.test".to_owned());
    };
    let world = certificate::mismatch(&listed).change("autodiscover", near).http("autodiscover", 401, true);
    let wanted = request(&world, "san-mismatch");
    assert!(wanted.contains(&HOST.to_owned()));
    for name in names {
        assert!(wanted.contains(&name), "{name} is lost: {wanted:?}");
    }
}

#[test]
fn dns_commands_name_the_zone_that_answers() {
    let host = "autodiscover.sales.contoso.test";
    let denied = DnsAnswer {
        question: DnsQuestion { name: host.to_owned(), record: RecordType::Aaaa },
        status: DnsStatus::NoData,
        authority: Some(StartOfAuthority { zone: "contoso.test".to_owned(), negative_ttl: 300 }),
        ..answer(host, &[], Purpose::Lookup)
    };
    let world = World::of_domain(ClientFamily::Outlook2013, "sales.contoso.test", &[])
        .absent("srv")
        .dns("autodiscover", "192.0.2.10")
        .certificate("autodiscover", &["remote.contoso.test"])
        .prompt("autodiscover", PromptKind::SecurityAlert, host)
        .http("autodiscover", 401, true)
        .fact(denied);
    let remedies = world.find("san-mismatch").remedies;
    let lines: Vec<&str> = remedies.iter().flat_map(|remedy| remedy.text.lines()).collect();
    let commands: Vec<&&str> =
        lines.iter().filter(|line| line.contains("-ZoneName") || line.starts_with("dnscmd")).collect();
    assert!(commands.len() >= 4, "{lines:?}");
    for line in commands {
        let right = line.contains("-ZoneName \"contoso.test\"") || line.contains(" contoso.test ");
        assert!(right && line.contains(".sales"), "{line}");
    }
}

/// Two numbered hosts are two hosts; a letter that is missing is a slip of the pen.
#[test]
fn a_number_is_no_misspelling() {
    for (listed, host, typo) in [
        ("mail2.contoso.test", "mail1.contoso.test", false),
        ("autdiscover.contoso.test", HOST, true),
        ("autodiscover.contosa.test", HOST, false),
    ] {
        let mut handshake = handshake(host, &[listed]);
        handshake.checks.as_mut().expect("checks").name_matches.near_miss = Some(listed.to_owned());
        assert_eq!(crate::finding::case::misspelling(&handshake, host).is_some(), typo, "{listed} for {host}");
    }
}

#[test]
fn a_mail_exchanger_is_not_taken_for_exchange() {
    let filter = World::new(ClientFamily::Outlook2013)
        .absent("root")
        .absent("autodiscover")
        .absent("srv")
        .mail_server("mx1.spamfilter.test", "198.51.100.25");
    let finding = filter.find("autodiscover-record-absent");
    let first = &finding.remedies[0];
    assert_eq!(first.kind, "steps", "what is not known comes first: {}", first.title);
    assert!(first.steps.contains("mx1.spamfilter.test"), "{}", first.steps);
    assert!(
        finding.remedies.iter().all(|remedy| !remedy.text.contains("mx1.spamfilter.test") || remedy.kind == "steps")
    );
}

#[test]
fn a_record_that_is_there_is_not_added_again() {
    let world = certificate::mismatch(&["remote.contoso.test"]).http("autodiscover", 401, true);
    let publishes = |world: &World| world.find("san-mismatch").remedies.iter().any(|one| one.text.contains("IN SRV"));
    assert!(publishes(&world));
    assert!(!publishes(&world.srv("remote.contoso.test", 443)));
}

/// Exchange 2016 renamed the cmdlet; a server that tells its version needs one line only.
#[test]
fn exchange_lines_are_those_of_the_version_that_answers() {
    let told = |version: &str| {
        let url = "https://ex1.ad.contoso.test/autodiscover/autodiscover.xml";
        let world = World::with_scp(ClientFamily::Outlook2013, &[url]).dns("scp-1", "192.0.2.10");
        let world = world.certificate("scp-1", &["mail.contoso.test"]);
        let world = world.http_with("scp-1", 401, true, &[("X-OWA-Version", version)], "");
        let world = world.prompt("scp-1", PromptKind::SecurityAlert, "ex1.ad.contoso.test");
        let remedies = world.find("scp-points-to-internal-name").remedies;
        remedies.into_iter().find(|remedy| remedy.text.contains("ServiceInternalUri")).expect("the remedy").text
    };
    let (old, new, unknown) = (told("14.3.123.4"), told("15.1.2507.39"), told(""));
    assert!(old.contains("Set-ClientAccessServer") && !old.contains("ClientAccessService"), "{old}");
    assert!(new.contains("Set-ClientAccessService") && !new.contains("ClientAccessServer "), "{new}");
    assert!(unknown.contains("\nSet-ClientAccessService") && unknown.contains("# Set-ClientAccessServer"), "{unknown}");
}
