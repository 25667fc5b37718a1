use super::*;
use crate::event::{Body, Header};

fn answer(status: u16, location: Option<&str>, text: &str) -> HttpExchange {
    HttpExchange {
        verified: true,
        status: Some(status),
        headers: location
            .map(|value| Header { name: "location".to_owned(), value: value.to_owned() })
            .into_iter()
            .collect(),
        body: Some(Body { length: text.len(), truncated: false, text: text.to_owned() }),
        ..HttpExchange::unanswered(
            "https://mail.contoso.test/autodiscover/autodiscover.xml",
            "POST",
            "192.0.2.10:443".parse().expect("address"),
        )
    }
}

fn cause(exchange: &HttpExchange, kind: RequestKind) -> Option<Cause> {
    let outcome = outcome(exchange, kind);
    assert_eq!(outcome == Outcome::Passed, outcome.cause().is_none());
    outcome.cause()
}

/// domain/autodiscover.md 5.1 and failures.md E.
#[test]
fn statuses_of_the_post() {
    let table = [
        (200, None),
        (401, None),
        (204, Some(Cause::HttpOtherStatus)),
        (400, Some(Cause::HttpOtherStatus)),
        (403, Some(Cause::HttpForbidden)),
        (404, Some(Cause::HttpNotFound)),
        (405, Some(Cause::HttpMethodNotAllowed)),
        (406, Some(Cause::HttpForbidden)),
        (410, Some(Cause::HttpNotFound)),
        (413, Some(Cause::HttpOtherStatus)),
        (418, Some(Cause::HttpForbidden)),
        (429, Some(Cause::HttpForbidden)),
        (456, Some(Cause::HttpOtherStatus)),
        (500, Some(Cause::HttpServerError)),
        (502, Some(Cause::HttpServerError)),
        (503, Some(Cause::HttpUnavailable)),
        (600, Some(Cause::HttpOtherStatus)),
        (999, Some(Cause::HttpOtherStatus)),
    ];
    for (status, expected) in table {
        assert_eq!(cause(&answer(status, None, ""), RequestKind::Post), expected, "{status}");
        // On port 80 nothing but a redirect counts.
        let probe = cause(&answer(status, None, ""), RequestKind::RedirectProbe);
        assert_eq!(probe, Some(Cause::HttpNoRedirect), "{status}");
    }
}

#[test]
fn redirects() {
    let table = [
        (Some("https://mail.fabrikam.test/autodiscover/autodiscover.xml"), None),
        (Some("/Autodiscover/Autodiscover.xml"), None),
        (Some("//other.test/autodiscover/autodiscover.xml"), None),
        (Some("https://www.contoso.test/"), None),
        (Some("https://login.fabrikam.test/autodiscover/autodiscover.xml"), None),
        (Some("http://mail.contoso.test/autodiscover/autodiscover.xml"), Some(Cause::HttpRedirectNotHttps)),
        (Some("https://mail.contoso.test/owa/auth/logon.aspx?url=x"), Some(Cause::HttpLoginPage)),
        (Some("/owa/"), Some(Cause::HttpLoginPage)),
        (Some("https://adfs.contoso.test/adfs/ls/?wa=wsignin1.0"), Some(Cause::HttpLoginPage)),
        (Some("https://login.microsoftonline.com/common/oauth2/authorize"), Some(Cause::HttpLoginPage)),
        (Some("/my.policy"), Some(Cause::HttpLoginPage)),
        (Some("javascript:alert(1)"), Some(Cause::HttpRedirectInvalid)),
        (Some("https://"), Some(Cause::HttpRedirectInvalid)),
        (Some("https://mail.contoso.test/<U+202E>"), Some(Cause::HttpRedirectInvalid)),
        (Some(" "), Some(Cause::HttpRedirectInvalid)),
        (None, Some(Cause::HttpRedirectInvalid)),
    ];
    for status in [301, 302, 303, 307, 308] {
        for (location, expected) in table {
            for kind in [RequestKind::Post, RequestKind::RedirectProbe] {
                assert_eq!(cause(&answer(status, location, ""), kind), expected, "{status} {location:?}");
            }
        }
    }
    assert_eq!(redirect_target(&answer(304, Some("https://x.test/"), "")), None);
    let with_secrets = answer(302, Some("https://u:p@x.test/autodiscover/autodiscover.xml#top"), "");
    let target = redirect_target(&with_secrets).expect("a redirect").expect("usable");
    assert_eq!(target.as_str(), "https://x.test/autodiscover/autodiscover.xml");
}

#[test]
fn client_certificates_asked_for_by_status() {
    let table = [
        (403, "HTTP Error 403.7 - Forbidden", true),
        (403, "403.16 - Client certificate is untrusted", true),
        (403, "SSL Client Certificate is required", true),
        (403, "Reason: Cannot perform Post-Handshake Authentication.<br />", true),
        (403, "Forbidden: Access is denied.", false),
        (400, "<title>400 No required SSL certificate was sent</title>", true),
        (400, "<title>400 The SSL certificate error</title>", true),
        (400, "Bad Request", false),
        (500, "Error Code 0x80070032", true),
        (500, "Runtime error", false),
        (404, "client certificate", false),
    ];
    for (status, text, expected) in table {
        let found = cause(&answer(status, None, text), RequestKind::Post);
        assert_eq!(found == Some(Cause::HttpClientCertificateRequired), expected, "{status} {text}");
    }
}

#[test]
fn services() {
    let at = |path: &str, status, location| {
        let url = format!("https://mail.contoso.test{path}");
        cause(&HttpExchange { url, ..answer(status, location, "") }, RequestKind::Service)
    };
    assert_eq!(at("/EWS/Exchange.asmx", 401, None), None);
    assert_eq!(at("/EWS/Exchange.asmx", 405, None), None);
    assert_eq!(at("/EWS/Exchange.asmx", 404, None), Some(Cause::HttpNotFound));
    assert_eq!(at("/OAB/guid/", 503, None), Some(Cause::HttpUnavailable));
    assert_eq!(at("/mapi/emsmdb/", 403, None), Some(Cause::HttpForbidden));
    let sign_in = Some("https://mail.contoso.test/owa/auth/logon.aspx");
    assert_eq!(at("/owa/", 302, sign_in), None);
    assert_eq!(at("/ecp/?rfr=olk", 302, sign_in), None);
    assert_eq!(at("/EWS/Exchange.asmx", 302, sign_in), Some(Cause::HttpLoginPage));
    assert_eq!(at("/owa/", 302, Some("http://mail.contoso.test/owa")), Some(Cause::HttpRedirectNotHttps));
}
