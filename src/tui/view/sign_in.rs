//! What became of signing in, and what a server told of itself on the way.

use crate::{
    event::{NtlmChallenge, SignIn, SignInResult},
    tui::{
        document::{Document, Paragraph},
        theme::Meaning,
    },
    words,
};

/// One attempt to sign in.
pub(super) fn attempt(attempt: &SignIn, document: &mut Document) {
    let meaning = match attempt.result {
        SignInResult::Accepted => Meaning::Passed,
        SignInResult::Withheld | SignInResult::Unclear => Meaning::Warned,
        SignInResult::Refused | SignInResult::Interrupted | SignInResult::Failed => Meaning::Failed,
    };
    let sentence = Paragraph::new(0, meaning, words::sign_in(attempt)).hang(2);
    let took = if attempt.withheld.is_some() { String::new() } else { words::duration(attempt.elapsed_us) };
    document.push(sentence.right(Meaning::Muted, took));
}

/// What a server told of itself.
pub(super) fn told(told: &NtlmChallenge, document: &mut Document) {
    document.heading("What the server tells before anybody signs in (NTLM)");
    let facts = words::ntlm_facts(told).into_iter();
    document.pairs(2, facts.map(|(label, value)| (label.to_owned(), Meaning::Plain, value)).collect());
}
