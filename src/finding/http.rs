//! Rules about answers before their content.

mod endpoint;
mod redirect;

pub(super) use endpoint::{case_sensitive_path, json_missing, legacy_authentication, version};
pub(super) use redirect::{bad_redirect, inherited_redirect, post_becomes_get};

use super::{
    Certainty, Finding, Owner, Severity,
    case::{self, Case},
    draft::Draft,
    intermediary::{self, content_network},
};
use crate::{
    event::{
        AnswerKind, Cause, ClientCertificateDemand, Evidence, HttpExchange, HttpFailure, HttpPurpose, Origin, Outcome,
        Stage,
    },
    model::CandidateState,
    walk::Role,
};

/// A client certificate is demanded: by the whole host in its handshake, or by the directory after the request. One
/// directory under two names is one fault, told of the place that the client comes to first.
pub(super) fn client_certificate(case: &Case) -> Vec<Finding> {
    let demanding: Vec<_> =
        case.concerned().into_iter().filter_map(|state| Some((state, demands_certificate(state)?))).collect();
    let is_same = |id: &str, one: &CandidateState, other: &CandidateState| match (one.handshake(), other.handshake()) {
        // Devices share a certificate more often than they are one.
        (Some(one), Some(other)) => id == "client-cert-required-vdir" && case::same_leaf(one, other),
        _ => false,
    };
    let mut groups: Vec<(&'static str, Vec<&CandidateState>)> = Vec::new();
    for (state, id) in demanding {
        let known = groups
            .iter_mut()
            .find(|(known, states)| *known == id && states.first().is_some_and(|first| is_same(id, first, state)));
        match known {
            Some((_, states)) => states.push(state),
            None => groups.push((id, vec![state])),
        }
    }
    groups.into_iter().filter_map(|(id, states)| client_certificate_at(case, id, &states)).collect()
}

/// The case of a candidate that demands a client certificate.
fn demands_certificate(state: &CandidateState) -> Option<&'static str> {
    let in_handshake = case::cause(state, Stage::Tls) == Some(Cause::TlsClientCertificateRequired);
    let after_request = case::cause(state, Stage::Http) == Some(Cause::HttpClientCertificateRequired);
    if !in_handshake && !after_request {
        return None;
    }
    let request = state.handshake().and_then(|handshake| handshake.client_certificate.as_ref());
    let insisted = request.is_some_and(|request| request.demand != ClientCertificateDemand::Optional);
    let whole_host = in_handshake || (insisted && !other_path(state).is_some_and(is_answer));
    Some(if whole_host { "device-demands-client-cert" } else { "client-cert-required-vdir" })
}

fn client_certificate_at(case: &Case, id: &'static str, states: &[&CandidateState]) -> Option<Finding> {
    let first = states.first().copied()?;
    let mut draft = Draft::new(case, id, Certainty::Proven, Some(first));
    draft = draft.stage(if id == "device-demands-client-cert" { Stage::Tls } else { Stage::Http });
    let (mut hosts, mut directory_only) = (Vec::new(), false);
    for state in states {
        draft = draft.and(state).dns_facts(state);
        if let Some(request) = state.handshake().and_then(|handshake| handshake.client_certificate.as_ref()) {
            let issuers = request.acceptable_issuers.join(", ");
            let issuers = if issuers.is_empty() { say!("any issuer").to_owned() } else { issuers };
            draft = draft.fact(say!("asked in the handshake"), issuers);
        }
        if let Some(exchange) = state.exchange() {
            let asked = matches!(exchange.failure, Some(HttpFailure::ClientCertificateAsked));
            draft = draft.http_facts(exchange);
            draft = draft.fact(
                say!("after the request"),
                if asked { say!("the server asked for a client certificate") } else { "" },
            );
            let insists = exchange.client_certificate == Some(ClientCertificateDemand::Required);
            let refused = say!("a client that negotiates again without one is refused");
            draft = draft.fact(say!("required"), if insists { refused } else { "" });
        }
        if let Some(exchange) = other_path(state) {
            directory_only |= is_answer(exchange);
            draft = draft.http_facts(exchange);
        }
        if !hosts.contains(&state.host()) {
            hosts.push(state.host());
        }
    }
    // Another directory answers, so it is not the binding that asks.
    let draft = if directory_only { draft.without(&["binding"]) } else { draft };
    let answers: Vec<String> = hosts.iter().map(|host| format!("answer {host}")).collect();
    draft.value("assume_answers", answers.join("; ")).value("alert", alert_words(states)).finish()
}

/// What is shown before the demand is met: nothing where the certificate passes.
fn alert_words(states: &[&CandidateState]) -> String {
    let words = states.iter().map(|state| match (case::holds(state), state.host()) {
        (true, host) => say!("No alert about {host}.", host),
        (false, host) => say!("A Security Alert about {host}, whose certificate has a fault of its own.", host),
    });
    let mut words: Vec<String> = words.collect();
    words.dedup();
    words.join(" ")
}

fn other_path(state: &CandidateState) -> Option<&HttpExchange> {
    state.evidence().find_map(|evidence| match evidence {
        Evidence::Http(exchange) if exchange.purpose == HttpPurpose::OtherPath => Some(exchange.as_ref()),
        _ => None,
    })
}

/// Whether another path of the host answers without asking for a certificate.
fn is_answer(exchange: &HttpExchange) -> bool {
    exchange.failure.is_none() && exchange.status.is_some_and(|status| ![400, 403, 500].contains(&status))
}

/// 500, 503 and 405 of a service that should answer.
pub(super) fn broken_service(case: &Case) -> Vec<Finding> {
    let causes = [Cause::HttpServerError, Cause::HttpUnavailable, Cause::HttpMethodNotAllowed];
    let states = case.failed_with(Stage::Http, &causes);
    let found = states.into_iter().filter(|state| content_network(state).is_none()).filter_map(|state| {
        let exchange = state.exchange()?;
        let (id, certainty, marks) = match case::cause(state, Stage::Http) {
            Some(Cause::HttpUnavailable) => stopped(case, state, exchange),
            Some(Cause::HttpServerError) => crashed(case, state, exchange),
            _ if !is_website(case, state) && is_microsoft_server(case, state, exchange) => {
                ("handler-missing-405", Certainty::Likely, String::new())
            }
            _ => return None,
        };
        let draft = Draft::new(case, id, certainty, Some(state)).stage(Stage::Http).http_facts(exchange);
        let draft = draft.fact(say!("mark"), marks.clone()).value("marks", marks);
        if is_website(case, state) {
            draft.owner(Owner::WebHost).severity(Severity::Minor).finish()
        } else {
            draft.finish()
        }
    });
    found.collect()
}

/// Whether the bare domain leads to a website and not to the mail server: websites run on IIS too.
fn is_website(case: &Case, state: &CandidateState) -> bool {
    let mail = case.mail_addresses();
    state.candidate.origin == Origin::Root
        && !case.is_exchange(state)
        && !case::addresses(state).iter().any(|address| mail.contains(address))
}

fn is_microsoft_server(case: &Case, state: &CandidateState, exchange: &HttpExchange) -> bool {
    case.is_exchange(state) || exchange.header("server").is_some_and(|server| server.starts_with("Microsoft-"))
}

fn stopped(case: &Case, state: &CandidateState, exchange: &HttpExchange) -> (&'static str, Certainty, String) {
    let kernel = exchange.header("server").is_some_and(|server| server.starts_with("Microsoft-HTTPAPI"));
    let others_work = other_path(state).is_some_and(|other| other.status.is_some_and(|status| status < 500));
    let certainty = match (kernel, others_work) {
        (true, true) => Certainty::Proven,
        (true, false) | (false, true) => Certainty::Likely,
        (false, false) if case.is_exchange(state) => Certainty::Likely,
        (false, false) => Certainty::Possible,
    };
    let marks = if others_work { say!("Other paths of the same host answer.") } else { "" };
    ("apppool-stopped-503", certainty, marks.to_owned())
}

/// Texts of the error page that name the fault.
const ASSEMBLY_MARKS: [&str; 3] = ["Could not load file or assembly", "%ExchangeInstallDir%", "500.19"];

fn crashed(case: &Case, state: &CandidateState, exchange: &HttpExchange) -> (&'static str, Certainty, String) {
    let body = exchange.body.as_ref().map_or("", |body| body.text.as_str());
    let mark = ASSEMBLY_MARKS.into_iter().find(|mark| body.contains(mark));
    let certainty = match mark {
        Some(_) => Certainty::Proven,
        None if is_microsoft_server(case, state, exchange) => Certainty::Likely,
        None => Certainty::Possible,
    };
    let words = mark.map(|mark| say!("The error page says: {mark}", mark)).unwrap_or_default();
    ("webconfig-broken-500", certainty, words)
}

/// Cookies and paths of sign-in pages: OWA, BIG-IP, NetScaler, AD FS.
const SIGN_IN_MARKS: [&str; 7] =
    ["cadata", "MRHSession", "NSC_", "/owa/auth/logon", "/adfs/ls", "login.microsoftonline.com", "type=\"password\""];

/// A web page where settings or a 401 belong: a sign-in form, or a site that answers every path.
pub(super) fn web_page(case: &Case) -> Vec<Finding> {
    let portal = intermediary::portal(case);
    let caught = |state: &CandidateState| portal.as_ref().is_some_and(|portal| portal.answers(state));
    let found = case.concerned().into_iter().filter(|state| !caught(state)).filter_map(|state| {
        let redirected = case::cause(state, Stage::Http) == Some(Cause::HttpLoginPage);
        let page = case::cause(state, Stage::Xml) == Some(Cause::XmlHtml)
            || state.answer().is_some_and(|answer| answer.kind == AnswerKind::Html);
        // The sign-in page at the end of a redirect that was not meant for this path is not the fault.
        let opener = state.candidate.opened_by.as_ref().and_then(|opener| case.model.candidate(opener));
        let inherited = [Some(state), opener].into_iter().flatten().any(redirect::leads_to_sign_in);
        // A page that a resolver put in the place of "no such name" is nobody's website to mend.
        let nobodys = inherited || case.is_invented(state);
        if (!redirected && !page) || state.candidate.origin == Origin::Redirect || nobodys {
            return None;
        }
        let exchange = state.exchange()?;
        let mark = sign_in_mark(exchange);
        let certainty = if redirected || mark.is_some() { Certainty::Proven } else { Certainty::Likely };
        let form = redirected || mark.is_some();
        // The same page at another path proves that the site answers whatever is asked.
        let body = |exchange: &HttpExchange| exchange.body.as_ref().map(|body| body.text.clone());
        let catch_all = other_path(state).is_some_and(|other| body(other).is_some() && body(other) == body(exchange));
        let certainty = if catch_all { Certainty::Proven } else { certainty };
        let id = if form { "reverse-proxy-preauth-form" } else { "website-catch-all-200" };
        let draft = Draft::new(case, id, certainty, Some(state)).stage(Stage::Http).http_facts(exchange);
        let draft = draft.fact(say!("mark of a sign-in page"), mark.unwrap_or_default());
        let draft = draft.fact(say!("another path"), if catch_all { say!("answers with the same page") } else { "" });
        // Outlook passes the website over; what has to be cured stands elsewhere.
        let website = !form && state.candidate.origin == Origin::Root && !case.is_exchange(state);
        // A website at the bare domain is where it belongs; a host of its own may have been meant for the mail server.
        let by_record = state.candidate.origin == Origin::Autodiscover;
        let draft = if by_record { draft } else { draft.without(&["right-address", "srv-record"]) };
        if website { draft.severity(Severity::Minor).finish() } else { draft.finish() }
    });
    found.collect()
}

fn sign_in_mark(exchange: &HttpExchange) -> Option<&'static str> {
    let body = exchange.body.as_ref().map_or("", |body| body.text.as_str());
    let cookies = exchange.headers.iter().filter(|header| header.name.eq_ignore_ascii_case("set-cookie"));
    let cookies: Vec<&str> = cookies.map(|header| header.value.as_str()).collect();
    let location = exchange.header("location").unwrap_or("");
    SIGN_IN_MARKS
        .into_iter()
        .find(|mark| body.contains(mark) || location.contains(mark) || cookies.iter().any(|text| text.contains(mark)))
}

/// Marks of web firewalls in headers and pages.
const FIREWALL_HEADERS: [&str; 5] = ["cf-ray", "x-sucuri-id", "x-iinfo", "x-mod-security", "x-waf-event"];
const FIREWALL_WORDS: [&str; 7] =
    ["ModSecurity", "Mod_Security", "Incapsula", "Cloudflare", "Sucuri", "Wordfence", "web application firewall"];

/// A web firewall blocks the question: harmless at the website, fatal at the mail server.
pub(super) fn firewall(case: &Case) -> Vec<Finding> {
    let reached = |state: &&CandidateState| {
        case.concerns(state) || (state.candidate.origin == Origin::Root && case.role(state) == Some(Role::Harmless))
    };
    let states = case.model.candidates.iter().filter(reached).filter(|state| content_network(state).is_none());
    let found = states.filter_map(|state| {
        let exchange = state.exchange()?;
        let mark = blocked_by(exchange)?;
        let draft = Draft::new(case, "waf-blocks-autodiscover", Certainty::Likely, Some(state)).stage(Stage::Http);
        let draft = draft.http_facts(exchange).fact(say!("mark"), mark.clone()).value("marks", mark);
        let website = state.candidate.origin == Origin::Root && !case.is_exchange(state);
        // At the website the block is to stay, so nothing is foreseen there.
        let allowed = if website { String::new() } else { format!("answer {}", state.host()) };
        let draft = draft.value("assume_allowed", allowed);
        if website { draft.severity(Severity::Info).owner(Owner::Nobody).finish() } else { draft.finish() }
    });
    found.collect()
}

/// The mark of the web firewall that refuses the request.
fn blocked_by(exchange: &HttpExchange) -> Option<String> {
    firewall_mark(exchange).filter(|_| is_refused(exchange))
}

/// Whether a request was refused for what it is.
pub(super) fn is_refused(exchange: &HttpExchange) -> bool {
    exchange.status.is_some_and(|status| [403, 406, 418, 429].contains(&status))
}

fn firewall_mark(exchange: &HttpExchange) -> Option<String> {
    if let Some(header) = FIREWALL_HEADERS.into_iter().find(|name| exchange.header(name).is_some()) {
        return Some(say!("header {header}", header));
    }
    let server = exchange.header("server").unwrap_or("").to_ascii_lowercase();
    let body = exchange.body.as_ref().map_or("", |body| body.text.as_str()).to_ascii_lowercase();
    FIREWALL_WORDS
        .into_iter()
        .find(|word| server.contains(&word.to_ascii_lowercase()) || body.contains(&word.to_ascii_lowercase()))
        .map(|word| say!("the word {word}", word))
}

/// A website without mail settings: what every other tool prints as a failure, and none.
pub(super) fn root_not_found(case: &Case) -> Vec<Finding> {
    let Some(root) = case.first_of(Origin::Root) else { return Vec::new() };
    let passed_over = case.step(&root.candidate.id).is_some_and(|step| step.reached && step.role == Role::Harmless);
    let causes = [Cause::HttpNotFound, Cause::HttpForbidden, Cause::HttpMethodNotAllowed];
    let plain = matches!(root.outcome(Stage::Http), Some(Outcome::Failed { cause } | Outcome::Warned { cause })
        if causes.contains(&cause));
    let Some(exchange) = root.exchange().filter(|_| passed_over && plain && case::holds(root)) else {
        return Vec::new();
    };
    let blocked = blocked_by(exchange).is_some();
    let microsoft = !is_website(case, root) && is_microsoft_server(case, root, exchange);
    let broken = exchange.status == Some(405) && microsoft && !case.has_answer();
    if blocked || broken {
        return Vec::new();
    }
    Draft::new(case, "root-404-benign", Certainty::Proven, Some(root)).stage(Stage::Http).http_facts(exchange).found()
}
