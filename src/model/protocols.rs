//! What one endpoint says to each kind of client, without a password.

use super::{CandidateState, Model};
use crate::event::{CandidateId, HttpExchange, HttpPurpose, Origin};
use serde::Serialize;

/// One host that answers as an Autodiscover endpoint.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Endpoint {
    /// The host.
    pub host: String,
    /// Candidates that lead there.
    pub candidates: Vec<CandidateId>,
    /// One answer for each protocol that was asked for.
    pub answers: Vec<ProtocolAnswer>,
}

/// What an endpoint says to one kind of client.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProtocolAnswer {
    /// Which kind of client asks so.
    pub protocol: Protocol,
    /// Where it was asked.
    pub url: String,
    /// What it comes to.
    pub answer: AnswerClass,
    /// Status code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Authentication schemes offered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub schemes: Vec<String>,
}

/// Protocols of one endpoint.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// The XML question of classic Outlook ([MS-OXDSCLI]).
    Outlook,
    /// The SOAP service of Exchange Web Services ([MS-OXWSADISC]); only whether it is there.
    Soap,
    /// The JSON question of newer clients.
    Json,
    /// The XML question of phones ([MS-ASCMD]).
    ActiveSync,
}

/// What an answer without a password comes to.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerClass {
    /// It answers.
    Answers,
    /// It is there and asks who the user is.
    WantsPassword,
    /// There is nothing of the kind (404, 405, 410, 501).
    Absent,
    /// It refuses (403, 400).
    Refused,
    /// It is broken (5xx).
    Fails,
    /// Something else, such as a redirect.
    Other,
    /// No answer came.
    None,
}

impl Model {
    /// What each endpoint says to each kind of client; only hosts that were asked for more than Outlook's own protocol.
    pub fn endpoints(&self) -> Vec<Endpoint> {
        let mut endpoints: Vec<Endpoint> = Vec::new();
        let asked = self.candidates.iter().filter(|state| state.candidate.origin != Origin::Service);
        for state in asked.filter(|state| others(state).next().is_some()) {
            let at = endpoints.iter().position(|known| known.host == state.host());
            let at = at.unwrap_or_else(|| {
                endpoints.push(Endpoint { host: state.host().to_owned(), candidates: Vec::new(), answers: Vec::new() });
                endpoints.len() - 1
            });
            let Some(endpoint) = endpoints.get_mut(at) else { continue };
            endpoint.candidates.push(state.candidate.id.clone());
            let own = state.exchange().map(|exchange| (Protocol::Outlook, exchange));
            for (protocol, exchange) in own.into_iter().chain(others(state)) {
                if !endpoint.answers.iter().any(|known| known.protocol == protocol) {
                    endpoint.answers.push(answer(protocol, exchange));
                }
            }
        }
        endpoints
    }
}

fn others(state: &CandidateState) -> impl Iterator<Item = (Protocol, &HttpExchange)> {
    let of = [
        (Protocol::Soap, HttpPurpose::Soap),
        (Protocol::Json, HttpPurpose::Json),
        (Protocol::ActiveSync, HttpPurpose::ActiveSync),
    ];
    of.into_iter().filter_map(|(protocol, purpose)| Some((protocol, state.exchanges_for(purpose).next()?)))
}

fn answer(protocol: Protocol, exchange: &HttpExchange) -> ProtocolAnswer {
    ProtocolAnswer {
        protocol,
        url: exchange.url.clone(),
        answer: class(protocol, exchange),
        status: exchange.status,
        schemes: exchange.schemes.clone(),
    }
}

fn class(protocol: Protocol, exchange: &HttpExchange) -> AnswerClass {
    let Some(status) = exchange.status else { return AnswerClass::None };
    let kind = exchange.header("content-type").unwrap_or_default().to_ascii_lowercase();
    let body = exchange.body.as_ref().map_or("", |body| body.text.as_str());
    // A page where an answer belongs is a website's.
    let fits = match protocol {
        Protocol::Outlook => kind.contains("xml"),
        Protocol::Soap => !kind.contains("html") || body.contains("svcutil") || body.contains("autodiscover.svc"),
        Protocol::Json => kind.contains("json") && body.contains("Url"),
        Protocol::ActiveSync => body.contains("mobilesync/responseschema"),
    };
    match status {
        200..=299 if fits => AnswerClass::Answers,
        401 => AnswerClass::WantsPassword,
        404 | 405 | 410 | 501 => AnswerClass::Absent,
        400 | 403 => AnswerClass::Refused,
        500.. => AnswerClass::Fails,
        _ => AnswerClass::Other,
    }
}
