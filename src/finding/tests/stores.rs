//! Stores that disagree about an issuer: a private authority, a device in between, an old list of roots.

use super::{
    certificate::{HOST, mismatch},
    *,
};

/// Store verdicts: what the public lists and this machine's store say.
fn stores(public: bool, machine: bool, issuer: &'static str) -> impl Fn(&mut TlsHandshake) {
    move |handshake| {
        handshake.chain[0].issuer = issuer.to_owned();
        let trusted = &mut handshake.checks.as_mut().expect("checks").trusted;
        let verdict = |store, ok| StoreVerdict { store, ok };
        trusted.stores = vec![verdict(TrustStore::PublicRoots, public), verdict(TrustStore::ThisMachine, machine)];
        trusted.ok = machine;
        trusted.reason = if machine { TrustReason::Trusted } else { TrustReason::UnknownIssuer };
    }
}

/// One issuer for `autodiscover`, which is the company's, and for hosts of others, each at an address of its own.
fn signed_for(others: &[&str], machine: bool, issuer: &'static str) -> World {
    let mut world = mismatch(&[HOST]).change("autodiscover", stores(false, machine, issuer));
    for (index, host) in others.iter().enumerate() {
        let id = format!("service-{}", index + 1);
        world = world
            .service(&id, &format!("https://{host}/EWS/Exchange.asmx"))
            .certificate(&id, &[host])
            .change(&id, stores(false, machine, issuer))
            .change(&id, |handshake| handshake.address = SocketAddr::from(([198, 51, 100, index as u8], 443)));
    }
    world
}

#[test]
fn one_private_issuer_for_strangers_is_inspection() {
    use crate::finding::Certainty::{Likely, Possible, Proven};
    let table = [
        (&["ews.other.test", "oab.third.test"][..], "CN=Office Root", Likely),
        (&["ews.other.test"], "CN=Office Root", Possible),
        (&["ews.other.test"], "CN=FortiGate CA, O=Fortinet", Likely),
        (&["outlook.office365.com"], "CN=Office Root", Proven),
        (&[], "CN=Kaspersky Anti-Virus Personal Root Certificate", Likely),
    ];
    for (others, issuer, certainty) in table {
        let world = signed_for(others, true, issuer);
        world.gives(&["tls-inspection"]);
        let finding = world.find("tls-inspection");
        assert_eq!(finding.certainty, certainty, "{others:?} {issuer}");
        assert_eq!(finding.candidates.len(), others.len() + 1);
    }
    // Its root was not rolled out: the same device, told once instead of once for each host.
    signed_for(&["ews.other.test", "oab.third.test"], false, "CN=Office Root").gives(&["tls-inspection"]);
}

#[test]
fn an_authority_of_the_company_signs_for_its_own_hosts() {
    use crate::finding::{Certainty, Severity};
    let own = signed_for(&["mail.contoso.test"], true, "CN=Contoso CA");
    own.gives(&["private-ca-not-trusted", "private-ca-not-trusted"]);
    let finding = own.find("private-ca-not-trusted");
    assert_eq!((finding.severity, finding.certainty), (Severity::Minor, Certainty::Likely));
    assert!(finding.title.contains("this PC trusts and public lists do not hold"), "{}", finding.title);
    // Another domain at the same address, or on the same certificate, has the same owner.
    let address = |handshake: &mut TlsHandshake| handshake.address = SocketAddr::from(([192, 0, 2, 10], 443));
    let beside = signed_for(&["mail.daughter.test"], true, "CN=Contoso CA").change("service-1", address);
    assert!(!beside.ids().contains(&"tls-inspection".to_owned()));
    let listed = |handshake: &mut TlsHandshake| {
        handshake.chain[0].names.push(SubjectName::Dns { name: "mail.contoso.test".to_owned() });
    };
    let together = signed_for(&["mail.daughter.test"], true, "CN=Contoso CA").change("service-1", listed);
    assert!(!together.ids().contains(&"tls-inspection".to_owned()));
    // Untrusted everywhere and a device's name: it may be the company's own proxy with its own certificate.
    signed_for(&[], false, "CN=FortiGate CA").gives(&["private-ca-not-trusted"]);
}

#[test]
fn what_was_fetched_for_an_incomplete_chain_is_the_cure() {
    let fetch = |result, completes: bool, subject: Option<&str>| IssuerFetch {
        issuer: "CN=Test CA".to_owned(),
        url: "http://pki.test/issuing.crt".to_owned(),
        result,
        status: Some(if subject.is_some() { 200 } else { 404 }),
        certificate: subject.map(|subject| {
            let der = "MIIB".to_owned();
            Box::new(Certificate { subject: subject.to_owned(), der, ..Certificate::default() })
        }),
        completes,
        elapsed_us: 1000,
    };
    let world = |fetches: Vec<IssuerFetch>| {
        let mut world = mismatch(&[HOST]).change("autodiscover", untrusted(TrustReason::MissingIntermediate));
        let evidence = &mut world.stage("autodiscover", Stage::Tls).evidence;
        evidence.extend(fetches.into_iter().map(|fetch| Evidence::Issuer(Box::new(fetch))));
        world
    };
    let cured = world(vec![fetch(IssuerFetchResult::Fetched, true, Some("CN=Test CA"))]);
    cured.gives(&["incomplete-chain"]);
    let finding = cured.find("incomplete-chain");
    let leaf = |world: World| {
        let named = |handshake: &mut TlsHandshake| {
            handshake.chain[0].issuer_urls = vec!["http://pki.test/issuing.crt".to_owned()];
        };
        world.change("autodiscover", named).find("incomplete-chain").severity
    };
    // Windows fetches what is missing by itself, unless it cannot be had.
    assert_eq!(leaf(world(Vec::new())), Severity::Minor);
    assert_eq!(leaf(world(vec![fetch(IssuerFetchResult::Status, false, None)])), Severity::Major);
    let pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
    assert!(finding.remedies[0].text.contains(pem), "{}", finding.remedies[0].text);
    assert!(finding.evidence.iter().any(|fact| fact.value == "CN=Test CA, which completes the chain"));
    let failed = world(vec![fetch(IssuerFetchResult::Status, false, None)]).find("incomplete-chain");
    assert!(failed.remedies.iter().all(|remedy| !remedy.text.contains("BEGIN CERTIFICATE")));
    assert!(failed.evidence.iter().any(|fact| fact.value == "nothing usable: status (status 404)"));
    // Nothing was asked for, nothing is said about it.
    let plain = world(Vec::new()).find("incomplete-chain");
    assert!(plain.evidence.iter().all(|fact| !fact.label.starts_with("fetched")));
}

#[test]
fn stores_that_disagree_are_told_apart() {
    use crate::finding::{Certainty, Owner};
    let old = mismatch(&[HOST]).change("autodiscover", stores(true, false, "CN=Public CA"));
    old.gives(&["private-ca-not-trusted"]);
    let finding = old.find("private-ca-not-trusted");
    assert_eq!((finding.certainty, finding.owner), (Certainty::Possible, Owner::Pc));
    assert!(finding.title.contains("public lists hold and this PC does not"), "{}", finding.title);
    // Timestamps show a public authority, which only this machine's programme knows.
    let public = |handshake: &mut TlsHandshake| {
        let oid = "1.3.6.1.4.1.11129.2.4.2".to_owned();
        handshake.chain[0].extensions =
            vec![Extension { oid, name: String::new(), critical: false, text: String::new() }];
    };
    signed_for(&[], true, "CN=Government CA").change("autodiscover", public).gives(&[]);
    // Roots that the technician named are meant.
    let named = |handshake: &mut TlsHandshake| {
        let trusted = &mut handshake.checks.as_mut().expect("checks").trusted;
        trusted.ok = true;
        trusted.reason = TrustReason::Trusted;
        trusted.stores.push(StoreVerdict { store: TrustStore::CaFile, ok: true });
    };
    let world = signed_for(&["ews.other.test", "oab.third.test"], false, "CN=Test");
    world.change("autodiscover", named).change("service-1", named).change("service-2", named).gives(&[]);
    mismatch(&[HOST]).change("autodiscover", stores(true, true, "CN=Public CA")).gives(&[]);
}
