//! Rules about the content of answers.

use super::{
    Certainty, Finding,
    case::{self, Case},
    draft::Draft,
};
use crate::{
    code,
    event::{AnswerKind, Cause, Origin, OriginOfRedirect, Outcome, Stage},
    model::CandidateState,
};

/// Characters of an unreadable answer that are shown.
const BEGINNING: usize = 120;

/// Settings for IMAP and its kin where Exchange is expected.
pub(super) fn imap_answer(case: &Case) -> Vec<Finding> {
    let expected = case.expects_exchange();
    let states = case.failed_with(Stage::Xml, &[Cause::XmlImapOnly]);
    let found = states.into_iter().filter(|_| expected).filter_map(|state| {
        let answer = state.answer()?;
        let mut protocols: Vec<&str> = answer.protocols.iter().map(|protocol| protocol.kind.as_str()).collect();
        protocols.dedup();
        let mut draft = Draft::new(case, "cpanel-answers-imap", Certainty::Proven, Some(state)).stage(Stage::Xml);
        for protocol in &answer.protocols {
            let server = protocol.server.as_deref().unwrap_or(say!("no server"));
            let port = protocol.port.as_deref().map(|port| say!(" port {port}", port)).unwrap_or_default();
            draft = draft.fact(protocol.kind.clone(), format!("{server}{port}"));
        }
        for server in case.mail_servers() {
            draft = draft.fact(say!("mail goes to"), server);
        }
        if let Some(exchange) = state.exchange() {
            draft = draft.http_facts(exchange);
        }
        draft.value("protocols", protocols.join(", ")).finish()
    });
    found.collect()
}

/// An Autodiscover error answer.
pub(super) fn error_code(case: &Case) -> Vec<Finding> {
    let states = case.failed_with(Stage::Xml, &[Cause::XmlErrorCode]);
    let found = states.into_iter().filter_map(|state| {
        let error = state.answer()?.error.as_ref()?;
        // Error 600 says that the question did not arrive whole; nobody's mailbox has to do with that.
        let lost = code::autodiscover_error(&error.code).is_some_and(|known| known.unsigned == 600);
        let useless: &[&'static str] =
            if lost { &["recipient", "other-user"] } else { &["whole-request", "whole-request-ticket"] };
        let label = if error.id.is_empty() {
            error.time.clone()
        } else {
            say!("{time}, id {id}", time = error.time, id = error.id)
        };
        Draft::new(case, "xml-error-code", Certainty::Proven, Some(state))
            .stage(Stage::Xml)
            .fact(say!("error"), format!("{} {}", error.code, error.message))
            .fact(say!("time and id"), label.clone())
            .value("error_code", error.code.clone())
            .value("error_message", error.message.clone())
            .value("error_time", label)
            .value("error_meaning", meaning(&error.code))
            .without(useless)
            .finish()
    });
    found.collect()
}

/// What an error code means for a complete request.
fn meaning(code: &str) -> String {
    let Some(known) = code::autodiscover_error(code) else {
        return say!("This code is not one of the standard's. The server's own log at that time says more.").to_owned();
    };
    let complete = if known.unsigned == 600 {
        say!(
            " Here a complete request was sent, so it lost its content on the way, or the server's own modules dropped \
             it."
        )
    } else {
        ""
    };
    format!("{}{complete}", known.meaning)
}

/// An answer that Outlook cannot read.
pub(super) fn unreadable(case: &Case) -> Vec<Finding> {
    let causes = [Cause::XmlMalformed, Cause::XmlWrongNamespace, Cause::XmlNotAutodiscover, Cause::XmlTooLarge];
    let states = case.failed_with(Stage::Xml, &causes);
    let found = states.into_iter().filter_map(|state| {
        let answer = state.answer();
        let problem = answer.and_then(|answer| answer.problem.clone());
        let namespace = answer.and_then(|answer| answer.namespace.clone());
        let words = match case::cause(state, Stage::Xml) {
            Some(Cause::XmlWrongNamespace) => say!("its elements are not in the namespace that Outlook reads"),
            Some(Cause::XmlNotAutodiscover) => say!("it is no Autodiscover answer"),
            Some(Cause::XmlTooLarge) => say!("it is longer than any settings can be"),
            _ => say!("it is not well-formed XML"),
        };
        let mut draft = Draft::new(case, "malformed-or-wrong-namespace-xml", Certainty::Proven, Some(state))
            .stage(Stage::Xml)
            .fact(say!("namespace"), namespace.unwrap_or_default())
            .fact(say!("problem"), problem.clone().unwrap_or_else(|| words.to_owned()));
        if let Some(exchange) = state.exchange() {
            let text = exchange.body.as_ref().map_or("", |body| body.text.as_str());
            let begins = text.split_whitespace().collect::<Vec<_>>().join(" ");
            draft = draft
                .http_facts(exchange)
                .fact(say!("begins with"), begins.chars().take(BEGINNING).collect::<String>());
        }
        draft.value("problem", problem.map_or_else(|| words.to_owned(), |text| format!("{words} ({text})"))).finish()
    });
    found.collect()
}

/// Settings for phones only.
pub(super) fn mobile_only(case: &Case) -> Vec<Finding> {
    let states = case.failed_with(Stage::Xml, &[Cause::XmlMobileSyncOnly]);
    let drafts = states.into_iter().map(|state| {
        let draft = Draft::new(case, "mobilesync-only-responder", Certainty::Proven, Some(state)).stage(Stage::Xml);
        let draft = draft.fact(say!("answer"), say!("settings in the format for ActiveSync"));
        match state.exchange() {
            Some(exchange) => draft.http_facts(exchange),
            None => draft,
        }
    });
    drafts.filter_map(Draft::finish).collect()
}

/// The answer sends the whole search to another address, in vain.
pub(super) fn redirect_address(case: &Case) -> Vec<Finding> {
    let found = case.concerned().into_iter().filter_map(|state| {
        let looped = case::cause(state, Stage::Xml) == Some(Cause::XmlRedirectAddressLoop);
        let dead = !case.has_answer() && leads_to_dead_end(case, state);
        if !looped && !dead {
            return None;
        }
        let answer = state.answer().filter(|answer| answer.kind == AnswerKind::RedirectAddr);
        let address = answer.and_then(|answer| answer.redirect.clone());
        let address = address.or_else(|| state.redirect.as_ref().map(|redirect| redirect.location.clone()));
        let address = address.unwrap_or_else(|| say!("another address").to_owned());
        let certainty = if looped { Certainty::Proven } else { Certainty::Likely };
        Draft::new(case, "redirectaddr-loop-or-dead", certainty, Some(state))
            .stage(Stage::Xml)
            .fact(say!("start again with"), address.clone())
            .value("redirect_address", address)
            .finish()
    });
    found.collect()
}

/// Whether the search for the other address was made and every place it opened failed.
fn leads_to_dead_end(case: &Case, state: &CandidateState) -> bool {
    let by_address = state.redirect.as_ref().is_some_and(|redirect| redirect.by == OriginOfRedirect::RedirectAddr);
    let opened: Vec<&CandidateState> = case
        .model
        .of_origin(Origin::Followed)
        .filter(|other| other.candidate.opened_by.as_ref() == Some(&state.candidate.id))
        .collect();
    let failed = |other: &&CandidateState| {
        other.stages.values().any(|stage| matches!(stage.outcome, Some(Outcome::Failed { .. })))
    };
    // A circle is told where it closes.
    let circle = opened.iter().any(|other| case::cause(other, Stage::Xml) == Some(Cause::XmlRedirectAddressLoop));
    by_address && !circle && !opened.is_empty() && opened.iter().all(failed)
}
