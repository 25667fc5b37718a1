//! Rules about what an endpoint understands: spellings of its path, newer clients' question, ways to sign in.

use crate::{
    event::{Cause, ClientFamily, HttpExchange, HttpPurpose, Stage},
    finding::{
        Certainty, Finding,
        case::{self, Case},
        draft::Draft,
    },
    model::CandidateState,
    walk::Role,
};

/// The path is there in other capitals only: Outlook's versions write it differently.
pub(in crate::finding) fn case_sensitive_path(case: &Case) -> Vec<Finding> {
    let states = case.failed_with(Stage::Http, &[Cause::HttpNotFound]);
    let found = states.into_iter().filter_map(|state| {
        let other = state.exchanges_for(HttpPurpose::PathSpelling).find(|other| is_there(other))?;
        let exchange = state.exchange()?;
        let path = url::Url::parse(&other.url).ok()?.path().to_owned();
        Draft::new(case, "path-case-sensitive-404", Certainty::Proven, Some(state))
            .stage(Stage::Http)
            .http_facts(exchange)
            .http_facts(other)
            .value("other_path", path)
            .finish()
    });
    found.collect()
}

/// Whether the service stands at the path: settings, a challenge, or a refusal of the GET; a page is the website's.
fn is_there(exchange: &HttpExchange) -> bool {
    let text = exchange.body.as_ref().map_or("", |body| body.text.as_str());
    let page = text.to_ascii_lowercase().contains("<html");
    matches!(exchange.status, Some(401 | 405 | 415)) || exchange.status == Some(200) && !page
}

/// First version that knows the question of newer clients (Exchange 2016).
const FIRST_WITH_JSON: (u32, u32) = (15, 1);

/// An endpoint that answers the question of classic Outlook and not that of newer clients and phones.
pub(in crate::finding) fn json_missing(case: &Case) -> Vec<Finding> {
    let found = case.concerned().into_iter().filter_map(|state| {
        let json = state.exchanges_for(HttpPurpose::Json).next()?;
        let version = version(state.exchange()?);
        let older = version.is_some_and(|version| version < FIRST_WITH_JSON);
        // Where a web host answers in Exchange's place, it had better be silent altogether.
        let in_place_of_exchange =
            case::cause(state, Stage::Xml) == Some(Cause::XmlImapOnly) && case.expects_exchange();
        if knows_the_question(json) || older || in_place_of_exchange || (case.is_exchange(state) && version.is_none()) {
            return None;
        }
        let certainty = if json.status.is_some() { Certainty::Proven } else { Certainty::Likely };
        Draft::new(case, "json-v2-missing-or-broken", certainty, Some(state))
            .stage(Stage::Http)
            .http_facts(json)
            .finish()
    });
    // One host answers alike at every step that leads to it.
    found.take(1).collect()
}

/// Errors about the question itself, by the words that Exchange and its copies use (mailcow, Stalwart, Gromox).
const PROTOCOL_ERRORS: [&str; 4] =
    ["InvalidProtocol", "ProtocolNotSupported", "MissingProtocol", "MandatoryParameterMissing"];

/// Whether the question was understood: a URL, another place to ask (a mailbox that was moved to the cloud), or an error
/// about the mailbox, of which nobody knows whether it exists.
fn knows_the_question(json: &HttpExchange) -> bool {
    let text = json.body.as_ref().map_or("", |body| body.text.as_str());
    let value: Option<serde_json::Value> = serde_json::from_str(text).ok();
    let member = |name: &str| {
        let object = value.as_ref()?.as_object()?;
        object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).and_then(|(_, value)| value.as_str())
    };
    let names_a_url = json.status == Some(200) && member("Url").is_some_and(|url| url.starts_with("https://"));
    let location = json.header("location").unwrap_or_default().to_ascii_lowercase();
    let leads_on = matches!(json.status, Some(301..=303 | 307 | 308))
        && location.starts_with("https://")
        && location.contains("/autodiscover.json");
    names_a_url || leads_on || member("ErrorCode").is_some_and(|code| !PROTOCOL_ERRORS.contains(&code))
}

/// Major and minor version that Exchange tells of itself.
pub(in crate::finding) fn version(exchange: &HttpExchange) -> Option<(u32, u32)> {
    let mut numbers = exchange.header("x-owa-version")?.split('.').map_while(|part| part.parse().ok());
    Some((numbers.next()?, numbers.next()?))
}

/// Remedies for versions that this client is not: the keys are those of Outlook 2013.
fn of_other_versions(client: ClientFamily) -> &'static [&'static str] {
    if client == ClientFamily::Outlook2013 { &[] } else { &["modern-sign-in", "modern-autodiscover"] }
}

/// Schemes that Outlook 2010 and older know.
const OLD_SCHEMES: [&str; 3] = ["basic", "ntlm", "negotiate"];

/// The endpoint takes sign-in by token only, and this client knows none: it asks for the password for ever (KB3126599).
/// Outlook 2013 knows it once it was told to.
pub(in crate::finding) fn legacy_authentication(case: &Case) -> Vec<Finding> {
    let certainty = match case.walk.client {
        ClientFamily::Outlook2007Rtm | ClientFamily::Outlook2007 | ClientFamily::Outlook2010 => Certainty::Likely,
        ClientFamily::Outlook2013 => Certainty::Possible,
        ClientFamily::Outlook2016 | ClientFamily::Outlook365 => return Vec::new(),
    };
    let decides = |state: &&CandidateState| case.role(state) == Some(Role::Decides);
    let found = case.model.candidates.iter().filter(decides).filter_map(|state| {
        let exchange = state.exchange().filter(|exchange| exchange.status == Some(401))?;
        let schemes: Vec<String> = exchange.schemes.iter().map(|scheme| scheme.to_ascii_lowercase()).collect();
        let by_token = schemes.iter().any(|scheme| scheme == "bearer");
        if !by_token || schemes.iter().any(|scheme| OLD_SCHEMES.contains(&scheme.as_str())) {
            return None;
        }
        Draft::new(case, "legacy-auth-blocked", certainty, Some(state))
            .stage(Stage::Http)
            .http_facts(exchange)
            .fact(say!("ways to sign in"), exchange.schemes.join(", "))
            .without(of_other_versions(case.walk.client))
            .finish()
    });
    found.collect()
}
