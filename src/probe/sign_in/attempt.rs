//! One attempt to sign in, over a connection of its own.

use super::{
    ntlm::{self, Challenge, Identity},
    scrub::Scrubber,
};
use crate::{
    event::{HttpExchange, NtlmChallenge, Proof, Scheme, SignIn, SignInResult, TlsHandshake, Withheld},
    net::Net,
    probe::{
        http::{self, Conversation, HttpAsk},
        tls::{TlsConnection, end_point},
    },
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::rand::SecureRandom as _;
use std::time::Instant;
use zeroize::Zeroizing;

/// What is tried.
#[derive(Clone, Copy, Debug)]
pub struct SignInAsk<'a> {
    /// The request as it was made without credentials.
    pub ask: &'a HttpAsk,
    /// The user's name; empty with a token.
    pub user: &'a str,
    /// The way.
    pub scheme: Scheme,
    /// What proves who it is.
    pub proof: &'a Proof,
    /// Whether to look, once it was accepted, at what a person sees who opens the place in a browser.
    pub as_in_browser: bool,
}

/// What became of it.
pub struct Attempted {
    /// The attempt.
    pub sign_in: SignIn,
    /// What the server told of itself on the way.
    pub challenge: Option<NtlmChallenge>,
    /// The last request with its answer.
    pub exchange: Option<HttpExchange>,
    /// The answer's body for further reading.
    pub body: Vec<u8>,
    /// What a browser gets, where that was looked at.
    pub in_browser: Option<HttpExchange>,
}

/// Makes one attempt over a new connection to the server. Over a connection whose certificate failed a check nothing is
/// sent at all. What comes back is evidence without the secret and without the messages of the scheme.
pub async fn attempt(
    connection: TlsConnection,
    handshake: &TlsHandshake,
    how: &SignInAsk<'_>,
    net: &Net,
    scrubber: &mut Scrubber,
) -> Attempted {
    let started = Instant::now();
    let mut attempted = Attempted {
        sign_in: SignIn {
            host: how.ask.url.host_str().unwrap_or_default().to_owned(),
            address: how.ask.address,
            scheme: Some(how.scheme),
            user_name: (!how.user.is_empty()).then(|| crate::text::sanitise_line(how.user)),
            result: SignInResult::Failed,
            withheld: None,
            legs: 0,
            channel_binding: false,
            status: None,
            elapsed_us: 0,
        },
        challenge: None,
        exchange: None,
        body: Vec::new(),
        in_browser: None,
    };
    let holds = handshake.checks.as_ref().is_some_and(crate::event::Checks::all_hold);
    if !connection.verified || !holds || how.ask.url.scheme() != "https" {
        attempted.sign_in.result = SignInResult::Withheld;
        attempted.sign_in.withheld = Some(Withheld::NotVerified);
        return attempted;
    }
    if let Ok(mut conversation) = Conversation::begin(connection).await {
        // NTLM signs in the connection; the others go along with each request.
        let repeated = match how.scheme {
            Scheme::Basic | Scheme::Bearer => Some(in_one_leg(&mut conversation, how, net, &mut attempted).await),
            Scheme::Ntlm | Scheme::Negotiate => {
                by_ntlm(&mut conversation, handshake, how, net, scrubber, &mut attempted).await;
                None
            }
        };
        attempted.sign_in.elapsed_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        let accepted = attempted.sign_in.result == SignInResult::Accepted;
        if how.as_in_browser && accepted && conversation.is_open() {
            let ask = http::in_browser(how.ask.url.clone(), how.ask.address);
            attempted.in_browser = Some(conversation.ask(&ask, repeated.as_ref(), &net.limits).await.0);
        }
    }
    attempted.sign_in.status = attempted.exchange.as_ref().and_then(|exchange| exchange.status);
    attempted.exchange.iter_mut().chain(&mut attempted.in_browser).for_each(|exchange| scrubber.exchange(exchange));
    attempted
}

/// What a server tells of itself: the first message of NTLM and what comes back. Nothing about anybody is sent.
pub async fn ask_ntlm(connection: TlsConnection, ask: &HttpAsk, scheme: Scheme, net: &Net) -> Option<NtlmChallenge> {
    let verified = connection.verified;
    let mut conversation = Conversation::begin(connection).await.ok()?;
    let (exchange, _) = first_leg(&mut conversation, ask, scheme, net).await;
    // No answer says nothing about NTLM.
    exchange.status?;
    let told = told(ask, scheme, challenge_in(&exchange, scheme).as_ref(), net);
    Some(NtlmChallenge { verified, ..told })
}

/// Basic (RFC 7617 2, with UTF-8) and Bearer (RFC 6750 2.1).
async fn in_one_leg(
    conversation: &mut Conversation,
    how: &SignInAsk<'_>,
    net: &Net,
    attempted: &mut Attempted,
) -> Zeroizing<String> {
    let secret = how.proof.secret().expose();
    let authorization = match how.scheme {
        Scheme::Basic => {
            let pair = Zeroizing::new(format!("{}:{secret}", how.user));
            header(Scheme::Basic, pair.as_bytes())
        }
        _ => Zeroizing::new(format!("{} {secret}", how.scheme.header_name())),
    };
    let ask = http::signed_in(how.ask, true);
    attempted.sign_in.legs = 1;
    let (exchange, body) = conversation.ask(&ask, Some(&authorization), &net.limits).await;
    attempted.sign_in.result = result(&exchange);
    attempted.exchange = Some(exchange);
    attempted.body = body;
    authorization
}

/// NTLM: the first message without the request's body, then the proof with it, on one connection.
async fn by_ntlm(
    conversation: &mut Conversation,
    handshake: &TlsHandshake,
    how: &SignInAsk<'_>,
    net: &Net,
    scrubber: &mut Scrubber,
    attempted: &mut Attempted,
) {
    attempted.sign_in.legs = 1;
    let (exchange, _) = first_leg(conversation, how.ask, how.scheme, net).await;
    let challenge = challenge_in(&exchange, how.scheme);
    let no_answer = exchange.status.is_none();
    if !no_answer {
        attempted.challenge = Some(told(how.ask, how.scheme, challenge.as_ref(), net));
    }
    let challenged = exchange.status == Some(401);
    attempted.exchange = Some(exchange);
    let Some(challenge) = challenge.filter(|_| challenged && conversation.is_open()) else {
        let unasked = !challenged && !no_answer;
        attempted.sign_in.result = if unasked { SignInResult::Unclear } else { SignInResult::Interrupted };
        return;
    };
    let mut nonce = [0; 8];
    if ring::rand::SystemRandom::new().fill(&mut nonce).is_err() {
        attempted.sign_in.result = SignInResult::Interrupted;
        return;
    }
    let binding = handshake.leaf().map(|leaf| ntlm::channel_binding(&end_point::hash(leaf)));
    let who = Identity {
        user: how.user,
        host: how.ask.url.host_str().unwrap_or_default(),
        channel_binding: binding,
        now: net.clock.now(),
        nonce,
    };
    let message = ntlm::authenticate(&challenge, &who, how.proof.secret().expose());
    let authorization = header(how.scheme, &message);
    scrubber.know(authorization.split_once(' ').map_or("", |(_, message)| message));
    attempted.sign_in.legs = 2;
    attempted.sign_in.channel_binding = binding.is_some();
    let ask = http::signed_in(how.ask, true);
    let (exchange, body) = conversation.ask(&ask, Some(&authorization), &net.limits).await;
    attempted.sign_in.result = result(&exchange);
    attempted.exchange = Some(exchange);
    attempted.body = body;
}

async fn first_leg(
    conversation: &mut Conversation,
    ask: &HttpAsk,
    scheme: Scheme,
    net: &Net,
) -> (HttpExchange, Vec<u8>) {
    let first = header(scheme, &ntlm::negotiate());
    conversation.ask(&http::signed_in(ask, false), Some(&first), &net.limits).await
}

/// The second message, out of the challenges of an answer.
fn challenge_in(exchange: &HttpExchange, scheme: Scheme) -> Option<Challenge> {
    let values = exchange.headers.iter().filter(|header| header.name == "www-authenticate");
    values.into_iter().find_map(|header| {
        let (name, message) = header.value.trim().split_once(' ')?;
        let message = message.split(',').next()?.trim();
        let known = name.eq_ignore_ascii_case(scheme.header_name());
        STANDARD.decode(message).ok().filter(|_| known).and_then(|message| Challenge::read(&message))
    })
}

fn told(ask: &HttpAsk, scheme: Scheme, challenge: Option<&Challenge>, net: &Net) -> NtlmChallenge {
    let time = challenge.and_then(Challenge::time);
    NtlmChallenge {
        address: ask.address,
        scheme,
        answered: challenge.is_some(),
        // Nothing is signed in otherwise.
        verified: true,
        netbios_domain: challenge.and_then(Challenge::netbios_domain),
        netbios_computer: challenge.and_then(Challenge::netbios_computer),
        dns_domain: challenge.and_then(Challenge::dns_domain),
        dns_computer: challenge.and_then(Challenge::dns_computer),
        dns_forest: challenge.and_then(Challenge::dns_forest),
        version: challenge.and_then(Challenge::version),
        server_time: time,
        ahead_seconds: time.map(|time| time.as_second().saturating_sub(net.clock.now().as_second())),
    }
}

/// `SCHEME base64`.
fn header(scheme: Scheme, message: &[u8]) -> Zeroizing<String> {
    // Large enough that no copy is left behind by growing.
    let mut value = Zeroizing::new(String::with_capacity(16 + message.len().div_ceil(3) * 4));
    value.push_str(scheme.header_name());
    value.push(' ');
    STANDARD.encode_string(message, &mut value);
    value
}

/// What an answer says about who asked. Only success is acceptance: a refusal of another kind may be meant for the
/// account, and a redirect may lead to a page for signing in.
fn result(exchange: &HttpExchange) -> SignInResult {
    match exchange.status {
        None => SignInResult::Failed,
        Some(401 | 407) => SignInResult::Refused,
        Some(200..=299) => SignInResult::Accepted,
        Some(300..=399) => match http::redirect_target(exchange) {
            Some(Ok(target)) if target.path().to_ascii_lowercase().contains("/autodiscover.") => SignInResult::Accepted,
            _ => SignInResult::Unclear,
        },
        Some(_) => SignInResult::Unclear,
    }
}

#[cfg(test)]
#[path = "attempt_tests.rs"]
mod tests;
