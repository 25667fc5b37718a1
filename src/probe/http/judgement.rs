//! What an exchange means to the client.

use crate::event::{Cause, HttpExchange, HttpFailure, Outcome};
use url::Url;

/// What was asked, which decides what a good answer is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RequestKind {
    /// The POST for settings.
    Post,
    /// The GET on port 80 that only a redirect can answer.
    RedirectProbe,
    /// A GET of a service URL.
    Service,
}

/// What is wrong with a redirect's target.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RedirectFault {
    /// No `Location`.
    #[error("the redirect names no target")]
    Missing,
    /// Not a URL, or one without host.
    #[error("the redirect's target is not a URL: {0}")]
    Unreadable(String),
    /// Another scheme; clients follow https only (KB3211279, \[MS-OXDISCO\] 3.1.5.4).
    #[error("the redirect's target is not https: {0}")]
    NotHttps(Url),
}

/// Where a redirect leads, when the status is one (301, 302, 303, 307, 308): relative targets are resolved against the
/// request's URL (RFC 9110 10.2.2), user name, password and fragment are dropped.
pub fn redirect_target(exchange: &HttpExchange) -> Option<Result<Url, RedirectFault>> {
    if !matches!(exchange.status, Some(301 | 302 | 303 | 307 | 308)) {
        return None;
    }
    let Some(location) = exchange.header("location").map(str::trim).filter(|location| !location.is_empty()) else {
        return Some(Err(RedirectFault::Missing));
    };
    let unreadable = || RedirectFault::Unreadable(location.to_owned());
    // What the sanitiser took out, or cut off, cannot be followed.
    let damaged = location.contains("<U+") || location.ends_with(" characters in all)");
    let target = Url::parse(&exchange.url).and_then(|base| base.join(location));
    Some(match target {
        Ok(mut url) if !damaged && url.has_host() => {
            url.set_fragment(None);
            // Only URLs without host refuse these.
            let _ = url.set_username("");
            let _ = url.set_password(None);
            if url.scheme() == "https" { Ok(url) } else { Err(RedirectFault::NotHttps(url)) }
        }
        _ => Err(unreadable()),
    })
}

/// Whether a URL is that of a sign-in page: forms of Outlook on the web, federation services, Microsoft's own, gateways
/// with pre-authentication. An Autodiscover path never is, whatever the host.
pub fn is_login_page(url: &Url) -> bool {
    const HOSTS: [&str; 5] = [
        "login.microsoftonline.com",
        "login.microsoftonline.us",
        "login.partner.microsoftonline.cn",
        "login.windows.net",
        "login.live.com",
    ];
    const HOST_LABELS: [&str; 6] = ["adfs", "sts", "login", "logon", "signin", "sso"];
    const PATHS: [&str; 14] = [
        "logon.aspx",
        "/owa",
        "/adfs/",
        "/my.policy",
        "/my.logon",
        "/login",
        "/logon",
        "/signin",
        "/sign-in",
        "/saml",
        "/oauth2/",
        "/cookieauth.dll",
        "/vpn/",
        "/wp-login",
    ];
    let path = url.path().to_ascii_lowercase();
    let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
    if path.contains("/autodiscover.") {
        return false;
    }
    let label = host.split('.').next().unwrap_or_default();
    HOSTS.contains(&host.as_str()) || HOST_LABELS.contains(&label) || PATHS.iter().any(|mark| path.contains(mark))
}

/// Whether the answer says that a client certificate is wanted: IIS 403.7 and its kin (KB943891), nginx 400, Apache's
/// refusal under TLS 1.3, IIS under TLS 1.3 (error 0x80070032).
pub fn demands_client_certificate(exchange: &HttpExchange) -> bool {
    let text = exchange.body.as_ref().map(|body| body.text.to_ascii_lowercase()).unwrap_or_default();
    let says = |marks: &[&str]| marks.iter().any(|mark| text.contains(mark));
    match exchange.status {
        Some(400) => says(&["no required ssl certificate was sent", "the ssl certificate error"]),
        Some(403) => says(&[
            "403.7",
            "403.12",
            "403.13",
            "403.16",
            "403.17",
            "client certificate",
            "cannot perform post-handshake authentication",
        ]),
        // nginx's own numbers, which some proxies let through.
        Some(495 | 496) => true,
        Some(500) => says(&["0x80070032"]),
        _ => false,
    }
}

/// How the stage ended.
///
/// For a [POST](RequestKind::Post) 200 and 401 pass: a challenge is what a healthy server answers first. A redirect to a
/// usable https target passes too, since the client follows it. For the [probe on port 80](RequestKind::RedirectProbe)
/// only such a redirect passes. A [service](RequestKind::Service) passes when something that can serve answers: a
/// challenge, content, the sign-in of a page for browsers, or a refusal of the method or the missing body.
pub fn outcome(exchange: &HttpExchange, kind: RequestKind) -> Outcome {
    let failed = |cause| Outcome::Failed { cause };
    let content_matters = matches!(exchange.status, None | Some(200));
    if let Some(failure) = exchange.failure.as_ref().filter(|_| content_matters) {
        return failed(failure_cause(failure));
    }
    let Some(status) = exchange.status else { return failed(Cause::HttpMalformed) };
    if demands_client_certificate(exchange) {
        return failed(Cause::HttpClientCertificateRequired);
    }
    match (redirect_target(exchange), kind) {
        (Some(Err(RedirectFault::NotHttps(_))), _) => return failed(Cause::HttpRedirectNotHttps),
        (Some(Err(_)), _) => return failed(Cause::HttpRedirectInvalid),
        (Some(Ok(target)), RequestKind::Service) if is_for_browsers(&exchange.url) || !is_login_page(&target) => {
            return Outcome::Passed;
        }
        (Some(Ok(target)), _) if is_login_page(&target) => return failed(Cause::HttpLoginPage),
        (Some(Ok(_)), _) => return Outcome::Passed,
        (None, RequestKind::RedirectProbe) => return failed(Cause::HttpNoRedirect),
        (None, _) => {}
    }
    match (status, kind) {
        (200 | 401, _) => Outcome::Passed,
        (201..=299 | 400 | 405 | 411 | 415, RequestKind::Service) => Outcome::Passed,
        (other, _) => failed(status_cause(other)),
    }
}

/// Outlook on the web and the control panel: pages that send every visitor to sign in.
fn is_for_browsers(url: &str) -> bool {
    let path = Url::parse(url).map(|url| url.path().to_ascii_lowercase()).unwrap_or_default();
    ["/owa", "/ecp"].iter().any(|page| path == *page || path.starts_with(&format!("{page}/")))
}

fn status_cause(status: u16) -> Cause {
    match status {
        404 | 410 => Cause::HttpNotFound,
        403 | 406 | 418 | 429 => Cause::HttpForbidden,
        405 => Cause::HttpMethodNotAllowed,
        503 => Cause::HttpUnavailable,
        500..=599 => Cause::HttpServerError,
        _ => Cause::HttpOtherStatus,
    }
}

fn failure_cause(failure: &HttpFailure) -> Cause {
    match failure {
        HttpFailure::ClientCertificateAsked => Cause::HttpClientCertificateRequired,
        HttpFailure::Alert { name } if name == "certificate_required" => Cause::HttpClientCertificateRequired,
        HttpFailure::Alert { .. } | HttpFailure::Closed | HttpFailure::Reset => Cause::HttpClosed,
        HttpFailure::TimedOut => Cause::HttpTimeout,
        HttpFailure::Malformed { .. } => Cause::HttpMalformed,
    }
}

#[cfg(test)]
#[path = "judgement_tests.rs"]
mod tests;
