//! Rules about redirects.

use super::is_microsoft_server;
use crate::{
    event::{Cause, HttpExchange, Origin, Stage},
    finding::{
        Certainty, Finding,
        case::{self, Case},
        draft::{Draft, once_per_title},
        intermediary, values,
    },
    model::CandidateState,
    walk::Role,
};
use url::Url;

/// Redirects in a circle, or to a place Outlook does not go.
pub(in crate::finding) fn bad_redirect(case: &Case) -> Vec<Finding> {
    let circles = [Cause::HttpRedirectLoop, Cause::HttpRedirectLimit];
    let plain = [Cause::HttpRedirectNotHttps, Cause::HttpRedirectInvalid];
    let portal = intermediary::portal(case);
    let caught = |state: &CandidateState| portal.as_ref().is_some_and(|portal| portal.answers(state));
    let found = case.concerned().into_iter().filter(|state| !caught(state)).filter_map(|state| {
        let cause = case::cause(state, Stage::Http)?;
        let id = match cause {
            cause if circles.contains(&cause) => "redirect-loop",
            cause if plain.contains(&cause) => "redirect-target-not-https",
            _ => return None,
        };
        let draft = Draft::new(case, id, Certainty::Proven, Some(state)).stage(Stage::Http);
        let followed = state.redirect.as_ref().map(|redirect| redirect.location.clone());
        let named = || state.exchange().and_then(|exchange| exchange.header("location")).map(str::to_owned);
        let location = followed.or_else(named).unwrap_or_default();
        let draft = match meant_host(&location).filter(|_| id == "redirect-target-not-https") {
            Some(host) => draft.value("mail_host", host),
            None => draft,
        };
        let draft = draft.fact(say!("leads to"), location).without(of_other_servers(case, state));
        match state.exchange() {
            Some(exchange) => draft.http_facts(exchange).finish(),
            None => draft.finish(),
        }
    });
    once_per_title(found)
}

/// Remedies of a circle for servers that this one is not, by what it calls itself; nothing is left out where it keeps
/// that to itself.
fn of_other_servers(case: &Case, state: &CandidateState) -> &'static [&'static str] {
    let server = state.exchange().and_then(|exchange| exchange.header("server")).unwrap_or("").to_ascii_lowercase();
    match server.as_str() {
        _ if case.is_exchange(state) => &["exempt", "exempt-apache"],
        server if server.starts_with("microsoft-") => &["exempt", "exempt-apache"],
        server if server.starts_with("apache") => &["exempt", "exempt-iis"],
        server if server.contains("nginx") => &["exempt-apache", "exempt-iis"],
        _ => &[],
    }
}

/// The host that a redirect to Autodiscover over http was meant for.
fn meant_host(location: &str) -> Option<String> {
    let url = Url::parse(location).ok()?;
    let host = url.host_str().filter(|host| case::is_host_name(host))?;
    url.path().to_ascii_lowercase().contains("/autodiscover/").then(|| host.to_owned())
}

/// The site sends every visitor to Outlook on the web, and the Autodiscover directory inherited that.
pub(in crate::finding) fn inherited_redirect(case: &Case) -> Vec<Finding> {
    let found = case.concerned().into_iter().filter(|state| leads_to_sign_in(state)).filter_map(|state| {
        let exchange = state.exchange()?;
        let known = is_microsoft_server(case, state, exchange);
        let certainty = if known { Certainty::Proven } else { Certainty::Likely };
        Draft::new(case, "iis-redirect-inherited", certainty, Some(state))
            .stage(Stage::Http)
            .http_facts(exchange)
            .fact(say!("leads to"), exchange.header("location").unwrap_or_default())
            .finish()
    });
    // The step on port 80 asks for the same host.
    once_per_title(found)
}

/// Whether the question for settings was sent into Outlook on the web of the same organisation, which is where a
/// redirect of the whole site leads: to its front page, or to the name of the file that was asked for below it, which IIS
/// appends unless the destination is exact (Microsoft, "httpRedirect"). A gateway in front leads to its own form.
pub(super) fn leads_to_sign_in(state: &CandidateState) -> bool {
    let Some((url, target)) = state.exchange().and_then(ends_of) else { return false };
    let (Some(host), Some(other)) = (url.host_str(), target.host_str()) else { return false };
    let below = |url: &Url| {
        let path = url.path().to_ascii_lowercase();
        path.strip_prefix("/owa").filter(|rest| rest.is_empty() || rest.starts_with('/')).map(str::to_owned)
    };
    let file = url.path().rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let inherited = |rest: String| rest.trim_matches('/').is_empty() || rest.ends_with(&format!("/{file}"));
    // Outlook on the web itself sends its visitors to its own pages.
    case::organisation(host) == case::organisation(other)
        && below(&url).is_none()
        && below(&target).is_some_and(inherited)
}

/// Where a redirect was asked for, and where it leads.
fn ends_of(exchange: &HttpExchange) -> Option<(Url, Url)> {
    matches!(exchange.status, Some(301..=303 | 307 | 308)).then_some(())?;
    let url = Url::parse(&exchange.url).ok()?;
    let target = url.join(exchange.header("location")?).ok()?;
    Some((url, target))
}

/// A redirect by a status after which many programs ask again with GET and without the question (RFC 9110 15.4.2).
/// Outlook repeats its POST. Where the way ends without an answer, nobody loses anything by it.
pub(in crate::finding) fn post_becomes_get(case: &Case) -> Vec<Finding> {
    let leads_on =
        |state: &&CandidateState| case.has_answer() && matches!(case.role(state), Some(Role::Decides | Role::Prompts));
    let states = case.model.candidates.iter().filter(leads_on);
    let found = states.filter_map(|state| {
        let exchange = state.exchange().filter(|exchange| matches!(exchange.status, Some(301..=303)))?;
        let (url, target) = ends_of(exchange)?;
        let moves = url.host_str() != target.host_str() && url.path().eq_ignore_ascii_case(target.path());
        if exchange.method != "POST" || !moves || state.candidate.origin == Origin::Office365 {
            return None;
        }
        Draft::new(case, "post-becomes-get", Certainty::Possible, Some(state))
            .stage(Stage::Http)
            .http_facts(exchange)
            .fact(say!("leads to"), target.as_str())
            .value("location_host", values::host_name(target.host_str().unwrap_or_default()))
            .finish()
    });
    once_per_title(found)
}
