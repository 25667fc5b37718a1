//! What Active Directory holds, against what looks like it.

use super::{network::sound, *};
use crate::finding::Certainty::{Likely, Proven};

fn point(server: &str, url: &str, sites: &[&str]) -> ConnectionPoint {
    let keywords = sites.iter().map(|site| format!("Site={site}"));
    ConnectionPoint {
        dn: format!("CN={server},CN=Autodiscover"),
        server: server.to_owned(),
        binding: url.to_owned(),
        keywords: [URL_KEYWORD.to_owned()].into_iter().chain(keywords).collect(),
        ..ConnectionPoint::default()
    }
}

fn url(host: &str) -> String {
    format!("https://{host}/Autodiscover/Autodiscover.xml")
}

fn controller(name: &str, purpose: DirectoryPurpose) -> DirectoryAnswer {
    let domain = Some("DC=fabrikam,DC=test".to_owned());
    let root = DirectoryRoot {
        configuration: Some("CN=Configuration,DC=fabrikam,DC=test".to_owned()),
        forest: domain,
        ..DirectoryRoot::default()
    };
    let points = vec![point("EX1", &url("ex1.contoso.test"), &[])];
    DirectoryAnswer { root: Some(root), points, ..DirectoryAnswer::new(format!("ldap://{name}"), purpose) }
}

fn client() -> DirectoryAnswer {
    controller("dc1", DirectoryPurpose::Client)
}

/// A PC whose directory gave these answers, and led to ex1 with this preference.
fn asked(answers: Vec<DirectoryAnswer>, preference: SitePreference) -> World {
    let mut world = World::new(ClientFamily::Outlook2013);
    let lookup = world.model.candidates.iter_mut().find(|state| state.candidate.origin == Origin::Scp).expect("a step");
    lookup.candidate.standing = Standing::Probed;
    let stage = lookup.stages.entry(Stage::Ldap).or_default();
    stage.outcome = Some(Outcome::Passed);
    stage.evidence = answers.into_iter().map(|answer| Evidence::Directory(Box::new(answer))).collect();
    let place = url("ex1.contoso.test").parse().expect("a URL");
    let mut opened = plan::followed(CandidateId::new("scp-1"), Origin::Scp, &place, CandidateId::new("scp"));
    opened.point = Some(PointSource {
        server: "EX1".to_owned(),
        sites: vec!["Berlin".to_owned()],
        preference,
        source: "ldap://dc1".to_owned(),
    });
    world.add(opened);
    sound(world, "scp-1").http("scp-1", 401, true).role("scp-1", Role::Decides)
}

fn any(answers: Vec<DirectoryAnswer>) -> World {
    asked(answers, SitePreference::Any)
}

#[test]
fn controllers_that_do_not_agree() {
    let other = |points| DirectoryAnswer { points, ..controller("dc2", DirectoryPurpose::Comparison) };
    any(vec![client(), other(client().points)]).gives(&[]);
    let changed = vec![point("EX1", &url("old.contoso.test"), &[])];
    let world = any(vec![client(), other(changed.clone())]);
    world.gives(&["scp-change-not-replicated"]);
    assert_eq!(world.find("scp-change-not-replicated").certainty, Proven);
    any(vec![client(), other(Vec::new())]).gives(&["scp-change-not-replicated"]);
    // Keywords have no order; one that was not read to its end, and another forest, say nothing.
    let scoped = |sites: &[&str]| vec![point("EX1", &url("ex1.contoso.test"), sites)];
    let first = DirectoryAnswer { points: scoped(&["Rome", "Berlin"]), ..client() };
    any(vec![first, other(scoped(&["berlin", "rome"]))]).gives(&[]);
    let cut = DirectoryAnswer { failure: Some(DirectoryFailure::Silent), ..other(changed.clone()) };
    any(vec![client(), cut]).gives(&[]);
    let root = Some(DirectoryRoot { configuration: Some("CN=Configuration,DC=x".to_owned()), ..Default::default() });
    any(vec![client(), DirectoryAnswer { root, ..other(changed) }]).gives(&[]);
}

#[test]
fn entries_for_other_sites() {
    let at = |site: &str| DirectoryAnswer { site: Some(site.to_owned()), ..client() };
    let world = asked(vec![at("Lisbon")], SitePreference::Other);
    world.gives(&["scp-wrong-site"]);
    assert_eq!(world.find("scp-wrong-site").certainty, Proven);
    asked(vec![at("Berlin")], SitePreference::Own).gives(&[]);
    any(vec![at("Lisbon")]).gives(&[]);
    asked(vec![client()], SitePreference::Unknown).gives(&[]);
    // Whoever asks Microsoft first does not get there.
    asked(vec![at("Lisbon")], SitePreference::Other).role("scp", Role::Unreached).gives(&[]);
}

#[test]
fn an_organisation_that_takes_no_mail_for_the_domain() {
    let takes = |domains: &[&str]| {
        let accepted_domains = domains.iter().map(|domain| (*domain).to_owned()).collect();
        any(vec![DirectoryAnswer { accepted_domains, ..client() }])
    };
    let world = takes(&["fabrikam.test"]);
    world.gives(&["scp-of-other-forest"]);
    assert_eq!(world.find("scp-of-other-forest").certainty, Proven);
    takes(&["fabrikam.test", "Contoso.test"]).gives(&[]);
    takes(&["*"]).gives(&[]);
    takes(&["*.contoso.test"]).gives(&[]);
    takes(&["*.fabrikam.test", "xcontoso.test"]).gives(&["scp-of-other-forest"]);
    // Nothing may be read of them, or more than is kept.
    takes(&[]).gives(&[]);
    takes(&["fabrikam.test"; crate::directory::VALUE_LIMIT]).gives(&[]);
}

#[test]
fn hosts_of_microsoft_that_are_not_trusted() {
    let trusted = |hosts: Option<&[&str]>| {
        let hosts = hosts.map(|hosts| hosts.iter().map(|host| (*host).to_owned()).collect());
        any(vec![DirectoryAnswer { trusted_redirects: hosts, ..client() }])
    };
    let hybrid = |world: World| world.mail_server("contoso-test.mail.protection.outlook.com", "203.0.113.42");
    let missing = hybrid(trusted(Some(&[])));
    missing.gives(&["scp-trusted-redirect-list-missing"]);
    assert_eq!(missing.find("scp-trusted-redirect-list-missing").certainty, Likely);
    let without = hybrid(trusted(Some(&["*.other.test"])));
    assert_eq!(without.find("scp-trusted-redirect-list-missing").certainty, Proven);
    hybrid(trusted(Some(&["*.OUTLOOK.com"]))).gives(&[]);
    hybrid(trusted(None)).gives(&[]);
    trusted(Some(&[])).gives(&[]);
}
