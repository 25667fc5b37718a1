//! What endpoints say to each kind of client, and what somebody outside said, as rows of text.

use crate::{
    event::{Evidence, OutsideKind, OutsideQuestion, OutsideResult},
    model::{AnswerClass, Endpoint, Model, Protocol},
    words,
};

/// One row for each protocol of an endpoint: whose question it is, and what it comes to.
pub fn rows(endpoint: &Endpoint) -> Vec<(&'static str, String)> {
    let row = |answer: &crate::model::ProtocolAnswer| {
        let label = match answer.protocol {
            Protocol::Outlook => "Outlook (XML)",
            Protocol::Soap => "EWS programs (SOAP)",
            Protocol::Json => "newer clients (JSON)",
            Protocol::ActiveSync => "phones (ActiveSync)",
        };
        let status = answer.status.map(|status| format!("{status}, ")).unwrap_or_default();
        let says = match answer.answer {
            AnswerClass::Answers => "answers without a password",
            AnswerClass::WantsPassword => "there; asks for a password",
            AnswerClass::Absent => "not there",
            AnswerClass::Refused => "refused",
            AnswerClass::Fails => "broken",
            AnswerClass::Other => "another answer",
            AnswerClass::None => "no answer",
        };
        let schemes = answer.schemes.join(", ");
        let schemes = if schemes.is_empty() { String::new() } else { format!(" ({schemes})") };
        (label, format!("{status}{says}{schemes}"))
    };
    endpoint.answers.iter().map(row).collect()
}

/// Questions to somebody outside, in the order answered.
pub fn outside(model: &Model) -> Vec<&OutsideQuestion> {
    let questions = model.facts.iter().filter_map(|evidence| match evidence {
        Evidence::Outside(question) => Some(question.as_ref()),
        _ => None,
    });
    questions.collect()
}

/// One question to somebody outside: who was told what, and what they said.
pub fn outside_row(question: &OutsideQuestion) -> (String, String) {
    let what = match question.question {
        OutsideKind::FederationProvider => "organisation and cloud",
        OutsideKind::UserRealm => "how users sign in",
        OutsideKind::OpenidConfiguration => "who issues tokens",
        OutsideKind::SignInServer => "the sign-in server itself",
    };
    let said = match &question.result {
        OutsideResult::Answered => said(question),
        OutsideResult::NoAddress { status } => format!("not asked: {}", words::dns_status_short(*status)),
        OutsideResult::NotConnected { result } => format!("not asked: {}", words::tcp_result(*result)),
        OutsideResult::NoTls {} => "not asked: no TLS connection".to_owned(),
        OutsideResult::Untrusted {} => "not asked: the certificate does not hold".to_owned(),
        OutsideResult::NoAnswer { .. } => "no answer".to_owned(),
    };
    (format!("{what}, asked of {} (told: {})", question.asked, question.told), said)
}

fn said(question: &OutsideQuestion) -> String {
    // OpenID names the region that the organisation is kept in; which cloud that is, the other question tells.
    let place = match question.question {
        OutsideKind::OpenidConfiguration => "the organisation's region: ",
        _ => "cloud ",
    };
    let parts = [
        ("", question.namespace.as_deref()),
        ("at ", question.sign_in.as_deref()),
        ("tenant ", question.tenant.as_deref()),
        (place, question.environment.as_deref()),
    ];
    let parts: Vec<String> = parts.into_iter().filter_map(|(lead, part)| Some(format!("{lead}{}", part?))).collect();
    match (parts.is_empty(), question.status) {
        (false, _) => parts.join(", "),
        (true, Some(200)) => "answers".to_owned(),
        (true, Some(status)) => format!("{status}: knows nothing of it"),
        (true, None) => "nothing".to_owned(),
    }
}
