//! Answers: statuses, redirects, pages and contents.

use super::{
    network::{sound, world},
    *,
};
use PromptKind::Consent;

#[test]
fn answers_of_a_broken_service() {
    let kernel = [("server", "Microsoft-HTTPAPI/2.0")];
    let answers = |status, headers: &[(&str, &str)], body: &str| {
        sound(world(), "autodiscover").http_with("autodiscover", status, false, headers, body)
    };
    answers(503, &kernel, "").gives(&["apppool-stopped-503"]);
    answers(500, &[], "Could not load file or assembly").gives(&["webconfig-broken-500"]);
    answers(405, &[("server", "Microsoft-IIS/10.0")], "").gives(&["handler-missing-405"]);
    answers(405, &[("server", "nginx")], "").gives(&[]);
    // A website on IIS that holds files alone says the same and means nothing, unless mail goes there too.
    let website = |mail: &str| {
        let root = world().dns("root", "192.0.2.10").certificate("root", &["contoso.test"]);
        let iis = [("server", "Microsoft-IIS/10.0")];
        root.http_with("root", 405, false, &iis, "").mail_server("mail.contoso.test", mail)
    };
    website("192.0.2.77").gives(&["root-404-benign"]);
    website("192.0.2.10").gives(&["handler-missing-405"]);
    answers(403, &[("x-iinfo", "1")], "").gives(&["waf-blocks-autodiscover"]);
    // The network in front refuses as a firewall under the server's own name, and answers for itself otherwise.
    answers(403, &[("cf-ray", "1")], "").gives(&["waf-blocks-autodiscover"]);
    answers(500, &[("cf-ray", "1")], "").gives(&["proxied-by-cdn"]);
    answers(403, &[], "").gives(&[]);
    answers(401, &[], "").role("autodiscover", Role::Decides).gives(&[]);
}

#[test]
fn pages_in_place_of_settings() {
    let page = |body: &str| {
        sound(world(), "autodiscover").http_with("autodiscover", 200, false, &[], body).xml(
            "autodiscover",
            Cause::XmlHtml,
            AutodiscoverAnswer::bare(AnswerKind::Html),
        )
    };
    page("<h1>Welcome</h1>").gives(&["website-catch-all-200"]);
    page("<input type=\"password\">").gives(&["reverse-proxy-preauth-form"]);
    page("<h1>Welcome</h1>").role("srv", Role::Decides).gives(&[]);
    // The website's own page is passed over, the one that stands in Exchange's place is not.
    let both = page("<h1>Welcome</h1>").http_with("root", 200, false, &[], "<h1>Welcome</h1>");
    let both = both.xml("root", Cause::XmlHtml, AutodiscoverAnswer::bare(AnswerKind::Html));
    both.gives(&["website-catch-all-200", "website-catch-all-200"]);
    assert_eq!(both.find("website-catch-all-200").candidates, [CandidateId::new("autodiscover")]);
}

#[test]
fn redirects() {
    sound(world(), "autodiscover").end("autodiscover", Stage::Http, Cause::HttpRedirectLoop).gives(&["redirect-loop"]);
    sound(world(), "autodiscover")
        .end("autodiscover", Stage::Http, Cause::HttpRedirectNotHttps)
        .gives(&["redirect-target-not-https"]);
    // Two steps that run into the same circle at the same host: one finding about both.
    let circle = world().dns("autodiscover", "192.0.2.10").end("autodiscover", Stage::Http, Cause::HttpRedirectLoop);
    let circle = circle.end("redirect", Stage::Http, Cause::HttpRedirectLoop);
    circle.gives(&["redirect-loop"]);
    assert_eq!(circle.find("redirect-loop").candidates.len(), 2);
    // What is not followed is evidence too.
    let target = [("location", "http://mail.contoso.test/")];
    let plain = world().http_with("redirect", 302, false, &target, "");
    let plain = plain.end("redirect", Stage::Http, Cause::HttpRedirectNotHttps).find("redirect-target-not-https");
    assert!(plain.evidence.iter().any(|fact| fact.value == "http://mail.contoso.test/"), "{:?}", plain.evidence);
    // One that names the service is right but for its scheme.
    let target = [("location", "http://ex.hoster.test/Autodiscover/Autodiscover.xml")];
    let plain = world().http_with("redirect", 302, false, &target, "");
    let plain = plain.end("redirect", Stage::Http, Cause::HttpRedirectNotHttps).find("redirect-target-not-https");
    assert!(plain.remedies[0].text.contains("https://ex.hoster.test/Autodiscover"), "{}", plain.remedies[0].text);
    let asks = |id: &str| world().prompt(id, Consent, "mail.hoster.test");
    asks("redirect").gives(&["http-redirect-prompt"]);
    asks("srv").gives(&["srv-redirect-prompt"]);
}

#[test]
fn the_website_has_no_settings_and_that_is_fine() {
    let site = || sound(world(), "root").http("root", 404, false);
    let healthy = site().role("autodiscover", Role::Decides);
    healthy.gives(&["root-404-benign"]);
    assert_eq!(healthy.find("root-404-benign").severity, Severity::Info);
    site().role("root", Role::Unreached).role("scp", Role::Decides).gives(&[]);
    // Blocked is not missing, whatever the status of the refusal (ModSecurity's is 406).
    let refused = |headers: &[(&str, &str)], body: &str| {
        let site = sound(world(), "root").http_with("root", 406, false, headers, body);
        site.end("root", Stage::Http, Cause::HttpForbidden)
    };
    refused(&[], "This error was generated by Mod_Security.").gives(&["waf-blocks-autodiscover"]);
    refused(&[("server", "nginx")], "").gives(&["root-404-benign"]);
}

#[test]
fn contents() {
    let says = |cause, kind| sound(world(), "autodiscover").xml("autodiscover", cause, AutodiscoverAnswer::bare(kind));
    says(Cause::XmlMobileSyncOnly, AnswerKind::MobileSync).gives(&["mobilesync-only-responder"]);
    says(Cause::XmlMalformed, AnswerKind::Malformed).gives(&["malformed-or-wrong-namespace-xml"]);
    says(Cause::XmlRedirectAddressLoop, AnswerKind::RedirectAddr).gives(&["redirectaddr-loop-or-dead"]);
    says(Cause::XmlImapOnly, AnswerKind::ImapPop).gives(&[]);
    let mut hijacked = says(Cause::XmlImapOnly, AnswerKind::ImapPop);
    hijacked.model.signs.push(Sign::VerificationText { text: "MS=ms1".to_owned() });
    hijacked.gives(&["cpanel-answers-imap"]);
    let error = AutodiscoverAnswer {
        error: Some(AnswerError { code: "500".to_owned(), ..AnswerError::default() }),
        ..AutodiscoverAnswer::bare(AnswerKind::Error)
    };
    sound(world(), "autodiscover").xml("autodiscover", Cause::XmlErrorCode, error).gives(&["xml-error-code"]);
}
