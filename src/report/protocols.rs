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
            Protocol::Outlook => say!("Outlook (XML)"),
            Protocol::Soap => say!("EWS programs (SOAP)"),
            Protocol::Json => say!("newer clients (JSON)"),
            Protocol::ActiveSync => say!("phones (ActiveSync)"),
        };
        let status = answer.status.map(|status| format!("{status}, ")).unwrap_or_default();
        let says = match answer.answer {
            AnswerClass::Answers => say!("answers without a password"),
            AnswerClass::WantsPassword => say!("there; asks for a password"),
            AnswerClass::Absent => say!("not there"),
            AnswerClass::Refused => say!("refused"),
            AnswerClass::Fails => say!("broken"),
            AnswerClass::Other => say!("another answer"),
            AnswerClass::None => say!("no answer"),
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
        OutsideKind::FederationProvider => say!("organisation and cloud"),
        OutsideKind::UserRealm => say!("how users sign in"),
        OutsideKind::OpenidConfiguration => say!("who issues tokens"),
        OutsideKind::SignInServer => say!("the sign-in server itself"),
    };
    let said = match &question.result {
        OutsideResult::Answered => said(question),
        OutsideResult::NoAddress { status } => say!("not asked: {why}", why = words::dns_status_short(*status)),
        OutsideResult::NotConnected { result } => say!("not asked: {why}", why = words::tcp_result(*result)),
        OutsideResult::NoTls {} => say!("not asked: no TLS connection").to_owned(),
        OutsideResult::Untrusted {} => say!("not asked: the certificate does not hold").to_owned(),
        OutsideResult::NoAnswer { .. } => say!("no answer").to_owned(),
    };
    (say!("{what}, asked of {asked} (told: {told})", what, asked = question.asked, told = question.told), said)
}

fn said(question: &OutsideQuestion) -> String {
    // OpenID names the region that the organisation is kept in; which cloud that is, the other question tells.
    let place = match question.question {
        OutsideKind::OpenidConfiguration => say!("the organisation's region: "),
        _ => say!("cloud "),
    };
    let parts = [
        ("", question.namespace.as_deref()),
        (say!("at "), question.sign_in.as_deref()),
        (say!("tenant "), question.tenant.as_deref()),
        (place, question.environment.as_deref()),
    ];
    let parts: Vec<String> = parts.into_iter().filter_map(|(lead, part)| Some(format!("{lead}{}", part?))).collect();
    match (parts.is_empty(), question.status) {
        (false, _) => parts.join(", "),
        (true, Some(200)) => say!("answers").to_owned(),
        (true, Some(status)) => say!("{status}: knows nothing of it", status),
        (true, None) => say!("nothing").to_owned(),
    }
}
