//! Endpoints that answer: redirects past them, spellings of their path, newer clients' question, and what settings lack.

use super::{
    network::{sound, world},
    *,
};
use crate::finding::Certainty::{Likely, Possible, Proven};

const LEGACY: ClientFamily = ClientFamily::Outlook2010;

/// The endpoint answers the question with this redirect.
fn redirected(status: u16, location: &str) -> World {
    sound(world(), "autodiscover").http_with("autodiscover", status, true, &[("location", location)], "")
}

/// The endpoint's answer, and that to a question beside it.
fn beside(mut world: World, purpose: HttpPurpose, path: &str, status: u16, body: &str) -> World {
    let evidence = &mut world.stage("autodiscover", Stage::Http).evidence;
    let Some(Evidence::Http(own)) = evidence.first().cloned() else { panic!("no exchange") };
    let url = format!("https://autodiscover.contoso.test{path}");
    let body = Some(Body { length: body.len(), truncated: false, text: body.to_owned() });
    let (method, status, headers) = ("GET".to_owned(), Some(status), Vec::new());
    evidence.push(Evidence::Http(Box::new(HttpExchange { url, method, purpose, status, headers, body, ..*own })));
    world
}

/// The endpoint gives settings with these blocks.
fn settings(protocols: Vec<AnswerProtocol>) -> World {
    let answer = AutodiscoverAnswer { protocols, ..AutodiscoverAnswer::bare(AnswerKind::Settings) };
    given(sound(world(), "autodiscover"), answer)
}

fn given(mut world: World, answer: AutodiscoverAnswer) -> World {
    world.stage("autodiscover", Stage::Xml).evidence.push(Evidence::Xml(Box::new(answer)));
    world.passed("autodiscover", Stage::Xml).role("autodiscover", Role::Decides)
}

fn block(kind: &str, server: &str, elements: &[&str]) -> AnswerProtocol {
    let url = "https://mail.contoso.test/x".to_owned();
    let urls = elements.iter().map(|element| ServiceUrl { element: (*element).to_owned(), url: url.clone() });
    AnswerProtocol {
        kind: kind.to_owned(),
        server: Some(server.to_owned()),
        urls: urls.collect(),
        ..AnswerProtocol::default()
    }
}

/// A provider's settings for IMAP, and the certificate that its mail server shows.
fn imap(client: ClientFamily, names: &[&str]) -> World {
    let server = "mail.contoso.test";
    let protocols = vec![AnswerProtocol { port: Some("993".to_owned()), ..block("IMAP", server, &[]) }];
    let answer = AutodiscoverAnswer { protocols, ..AutodiscoverAnswer::bare(AnswerKind::ImapPop) };
    let mut world = sound(World::new(client), "autodiscover").xml("autodiscover", Cause::XmlImapOnly, answer);
    let address = SocketAddr::from(([192, 0, 2, 10], 993));
    let shown = TlsHandshake { purpose: HandshakePurpose::MailService, address, ..handshake(server, names) };
    world.stage("autodiscover", Stage::Tls).evidence.push(Evidence::Tls(Box::new(shown)));
    world.role("autodiscover", Role::Decides)
}

#[test]
fn a_redirect_of_the_whole_site_catches_autodiscover() {
    // IIS appends the file's name unless the destination is exact.
    for location in [
        "/owa",
        "https://autodiscover.contoso.test/owa/",
        "https://mail.contoso.test/owa",
        "https://mail.contoso.test/OWA/autodiscover.xml",
        "https://mail.contoso.test/owa/autodiscover/autodiscover.xml",
    ] {
        redirected(302, location).gives(&["iis-redirect-inherited"]);
    }
    assert_eq!(redirected(302, "/owa").find("iis-redirect-inherited").certainty, Proven);
    // Another organisation's, another directory, another fault.
    redirected(302, "https://mail.hoster.test/owa").gives(&[]);
    redirected(302, "/owapages/").gives(&[]);
    let form = redirected(302, "/owa/auth/logon.aspx?replaceCurrent=1");
    form.end("autodiscover", Stage::Http, Cause::HttpLoginPage).gives(&["reverse-proxy-preauth-form"]);
    // The front page's own slash.
    let page = world().service("service-1", "https://mail.contoso.test/owa");
    page.http_with("service-1", 301, true, &[("location", "/owa/")], "").gives(&[]);
}

#[test]
fn an_inherited_redirect_is_told_once() {
    let target = "https://mail.contoso.test/owa/autodiscover.xml";
    let mut world = redirected(302, target).http_with("redirect", 302, true, &[("location", target)], "");
    let (id, opener) = (CandidateId::new("followed-1"), CandidateId::new("autodiscover"));
    world.add(plan::followed(id, Origin::Followed, &target.parse().expect("a URL"), opener));
    // Exchange's own sign-in page stands at its end.
    let form = [("location", "https://mail.contoso.test/owa/auth/logon.aspx?url=x")];
    let world = world.http_with("followed-1", 302, true, &form, "").role("followed-1", Role::Harmless);
    let world = world.end("followed-1", Stage::Http, Cause::HttpLoginPage);
    world.gives(&["iis-redirect-inherited"]);
    assert_eq!(world.find("iis-redirect-inherited").candidates.len(), 2);
}

#[test]
fn a_question_that_others_lose_is_information() {
    let moved = "https://mail.contoso.test/Autodiscover/Autodiscover.xml";
    let leads_on = |status, location| redirected(status, location).role("autodiscover", Role::Decides);
    leads_on(302, moved).gives(&["post-becomes-get"]);
    leads_on(301, moved).gives(&["post-becomes-get"]);
    let finding = leads_on(302, moved).find("post-becomes-get");
    assert_eq!((finding.severity, finding.certainty), (Severity::Info, Possible));
    // 307 and 308 keep method and contents (RFC 9110 15.4.8, 15.4.9).
    leads_on(307, moved).gives(&[]);
    leads_on(308, moved).gives(&[]);
    leads_on(302, "/Autodiscover/Autodiscover.xml").gives(&[]);
    leads_on(302, "https://mail.contoso.test/").gives(&[]);
    // At the end of the way is nothing: nobody's question is lost.
    redirected(302, moved).gives(&[]);
}

#[test]
fn a_path_that_is_there_in_other_capitals() {
    let missing = || sound(world(), "autodiscover").http("autodiscover", 404, false);
    let other = |status, body: &str| {
        let path = "/Autodiscover/Autodiscover.xml";
        beside(missing(), HttpPurpose::PathSpelling, path, status, body)
    };
    other(401, "").gives(&["path-case-sensitive-404"]);
    other(405, "").gives(&["path-case-sensitive-404"]);
    other(200, "<?xml version=\"1.0\"?><Autodiscover/>").gives(&["path-case-sensitive-404"]);
    let finding = other(401, "").find("path-case-sensitive-404");
    assert!(finding.title.contains("/Autodiscover/Autodiscover.xml"), "{}", finding.title);
    // In no spelling; only as a page of the website; and where it does not matter.
    other(404, "").gives(&[]);
    other(200, "<!DOCTYPE html><HTML><body>Welcome").gives(&[]);
    missing().gives(&[]);
    other(401, "").role("srv", Role::Decides).gives(&[]);
}

#[test]
fn newer_clients_get_no_answer() {
    let path = "/autodiscover/autodiscover.json";
    let says = |version: &str, status, body: &str| {
        let headers: &[(&str, &str)] = if version.is_empty() { &[] } else { &[("x-owa-version", version)] };
        let own = sound(world(), "autodiscover").http_with("autodiscover", 401, !version.is_empty(), headers, "");
        beside(own.role("autodiscover", Role::Decides), HttpPurpose::Json, path, status, body)
    };
    let missing = ["json-v2-missing-or-broken"];
    says("15.2.1544.11", 404, "").gives(&missing);
    says("", 404, "").gives(&missing);
    says("", 401, "").gives(&missing);
    says("", 200, "<html>Welcome").gives(&missing);
    // Compares the word with capitals, as Outlook does not (mailcow issue 2300).
    says("", 400, r#"{"ErrorCode":"InvalidProtocol","ErrorMessage":"..."}"#).gives(&missing);
    let url = "https://autodiscover.contoso.test/Autodiscover/Autodiscover.xml";
    says("", 200, &format!(r#"{{"Protocol":"AutodiscoverV1","Url":"{url}"}}"#)).gives(&[]);
    says("15.2.1544.11", 404, r#"{"ErrorCode":"UserNotFound","ErrorMessage":"..."}"#).gives(&[]);
    // Exchange 2013 and older never knew it (failures.md, section I).
    says("15.0.1497.2", 404, "").gives(&[]);
    says("14.3.513.0", 404, "").gives(&[]);
    // A mailbox that was moved to the cloud.
    let mut hybrid = says("15.2.1544.11", 302, "");
    let evidence = hybrid.stage("autodiscover", Stage::Http).evidence.last_mut();
    let Some(Evidence::Http(exchange)) = evidence else { panic!("no exchange") };
    let value = "https://outlook.office365.com/autodiscover/autodiscover.json?Email=a".to_owned();
    exchange.headers.push(Header { name: "location".to_owned(), value });
    hybrid.gives(&[]);
}

#[test]
fn a_web_host_in_place_of_exchange_needs_no_newer_question() {
    let mut hijacked = imap(ClientFamily::default(), &["www.hoster.test"]).http("autodiscover", 200, false);
    hijacked.model.signs.push(Sign::VerificationText { text: "MS=ms1".to_owned() });
    let hijacked = beside(hijacked, HttpPurpose::Json, "/autodiscover/autodiscover.json", 404, "");
    hijacked.gives(&["cpanel-answers-imap"]);
}

#[test]
fn settings_for_imap_are_passed_by_or_wrong() {
    let right = ["mail.contoso.test"];
    imap(ClientFamily::Outlook365, &right).gives(&["imap-xml-correct-but-outlook-new-ignores"]);
    imap(ClientFamily::Outlook2016, &right).gives(&[]);
    let sheet = imap(ClientFamily::Outlook365, &right).find("imap-xml-correct-but-outlook-new-ignores");
    assert!(sheet.remedies[0].steps.contains("IMAP: server mail.contoso.test, port 993"), "{:?}", sheet.remedies[0]);
    // A sheet with a wrong name would carry the fault on.
    for client in [ClientFamily::Outlook365, LEGACY] {
        let wrong = imap(client, &["corp.local", "mail.hoster.test"]);
        wrong.gives(&["wrong-hostname-for-extra-domain"]);
        let finding = wrong.find("wrong-hostname-for-extra-domain");
        assert!(finding.remedies[0].steps.contains("put mail.hoster.test in place"), "{:?}", finding.remedies[0]);
        assert!(finding.evidence.iter().any(|fact| fact.label == "mail.contoso.test port 993"));
    }
    // Nobody connected: nothing is known of the name.
    let closed = |handshake: &mut TlsHandshake| (handshake.checks, handshake.chain) = (None, Vec::new());
    let mut silent = imap(LEGACY, &right);
    let Some(Evidence::Tls(shown)) = silent.stage("autodiscover", Stage::Tls).evidence.last_mut() else { panic!() };
    closed(shown);
    silent.gives(&[]);
}

#[test]
fn services_that_the_settings_do_not_name() {
    const ALL: [&str; 3] = ["ASUrl", "OOFUrl", "OABUrl"];
    let blocks = |inside: &[&str], outside: Option<&[&str]>| {
        let mut protocols = vec![block("EXCH", "ex1.contoso.test", inside)];
        protocols.extend(outside.map(|elements| block("EXPR", "mail.contoso.test", elements)));
        settings(protocols)
    };
    let missing = ["urls-missing-in-answer"];
    blocks(&ALL, Some(&[])).gives(&missing);
    let inside = blocks(&ALL, Some(&["ASUrl"])).find("urls-missing-in-answer");
    assert_eq!((inside.severity, inside.certainty), (Severity::Major, Likely));
    assert!(inside.title.contains("to clients inside only"), "{}", inside.title);
    let nobody = blocks(&["ASUrl"], Some(&["ASUrl"])).find("urls-missing-in-answer");
    assert_eq!(nobody.certainty, Proven);
    assert!(nobody.remedies.iter().any(|remedy| remedy.text.contains("the offline address book to nobody")));
    blocks(&ALL, Some(&ALL)).gives(&[]);
    // One of the elements is enough, and a block for clients inside need not repeat the outer one.
    blocks(&[], Some(&["EwsUrl", "OABUrl"])).gives(&[]);
    // There is no block for clients outside at all: nothing tells whether they are served.
    blocks(&ALL, None).gives(&[]);
}

#[test]
fn a_principal_name_that_is_not_the_first() {
    let asks = |principal: Option<&str>, common: &[&str]| {
        let mut outside = block("EXPR", "mail.contoso.test", &["ASUrl", "OABUrl"]);
        outside.cert_principal_name = principal.map(str::to_owned);
        let names = ["autodiscover.contoso.test", "mail.contoso.test"];
        let world = settings(vec![outside]).service("service-1", "https://mail.contoso.test/x");
        let common = common.iter().map(|name| (*name).to_owned()).collect();
        world.certificate("service-1", &names).change("service-1", |shown| shown.chain[0].common_names = common)
    };
    let wanted = Some("msstd:mail.contoso.test");
    asks(wanted, &["autodiscover.contoso.test"]).gives(&["certprincipalname-mismatch"]);
    let text = asks(wanted, &["*.contoso.test"]).find("certprincipalname-mismatch").remedies[0].text.clone();
    assert!(text.contains("msstd:*.contoso.test"), "{text}");
    asks(wanted, &["MAIL.contoso.test"]).gives(&[]);
    asks(Some("msstd:*.contoso.test"), &["*.contoso.test"]).gives(&[]);
    asks(Some("none"), &["autodiscover.contoso.test"]).gives(&[]);
    asks(None, &["autodiscover.contoso.test"]).gives(&[]);
    asks(wanted, &[]).gives(&[]);
}

#[test]
fn settings_of_two_organisations() {
    let names = |address: Option<&str>, server: &str| {
        let protocols = vec![block("EXCH", server, &["ASUrl", "OABUrl"])];
        let address = address.map(str::to_owned);
        let answer = AutodiscoverAnswer { protocols, address, ..AutodiscoverAnswer::bare(AnswerKind::Settings) };
        given(sound(world(), "autodiscover"), answer)
    };
    let mixed = names(Some("a@contoso.test"), "5c1d7a0e@fabrikam.test");
    mixed.gives(&["cross-forest-remnant"]);
    let finding = mixed.find("cross-forest-remnant");
    assert_eq!(finding.certainty, Possible);
    assert!(finding.title.contains("fabrikam.test"), "{}", finding.title);
    names(Some("a@Contoso.test"), "5c1d7a0e@contoso.TEST").gives(&[]);
    // A server's own name lies in the directory's domain, which need not be that of the mail.
    names(Some("a@contoso.test"), "ex1.corp.fabrikam.test").gives(&[]);
    names(None, "5c1d7a0e@fabrikam.test").gives(&[]);
}

#[test]
fn a_sign_in_that_old_clients_do_not_know() {
    let offers = |client, schemes: &[&str]| {
        let mut world = sound(World::new(client), "autodiscover").http("autodiscover", 401, true);
        let Some(Evidence::Http(exchange)) = world.stage("autodiscover", Stage::Http).evidence.first_mut() else {
            panic!("no exchange")
        };
        exchange.schemes = schemes.iter().map(|scheme| (*scheme).to_owned()).collect();
        world.role("autodiscover", Role::Decides)
    };
    for (client, certainty) in
        [(LEGACY, Likely), (ClientFamily::Outlook2007, Likely), (ClientFamily::Outlook2013, Possible)]
    {
        offers(client, &["Bearer"]).gives(&["legacy-auth-blocked"]);
        assert_eq!(offers(client, &["Bearer"]).find("legacy-auth-blocked").certainty, certainty);
        // Hybrid modern authentication offers both.
        offers(client, &["Bearer", "Negotiate", "NTLM"]).gives(&[]);
        offers(client, &["Basic"]).gives(&[]);
        offers(client, &[]).gives(&[]);
    }
    offers(ClientFamily::Outlook2016, &["Bearer"]).gives(&[]);
    offers(ClientFamily::Outlook365, &["Bearer"]).gives(&[]);
}
