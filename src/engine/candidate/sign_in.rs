//! Signing in at a place that asks for it, where somebody gave what to sign in with.

use super::Attempt;
use crate::{
    event::{
        Cause, Evidence, HandshakePurpose, HttpExchange, Outcome, Scheme, SignIn, SignInResult, Stage, TlsHandshake,
        Withheld,
    },
    probe::{
        http,
        sign_in::{self, Asking, Attempted, Order, Scrubber, SignInAsk},
        tcp, tls,
    },
};
use std::net::SocketAddr;

/// What came of signing in.
pub(super) struct SignedIn {
    /// How the HTTP stage ends.
    pub(super) outcome: Outcome,
    /// The answer that the credentials brought, with its body; absent where they brought none.
    pub(super) answer: Option<(HttpExchange, Vec<u8>)>,
    /// Takes the secret out of what is read from the body.
    pub(super) scrubber: Scrubber,
}

impl Attempt<'_> {
    /// Signs in where the server asks for it and everything that protects the credentials holds. Nothing when nobody gave
    /// any, or when this server may not have them; why is evidence.
    pub(super) async fn sign_in(&self, ask: &http::HttpAsk, exchange: &HttpExchange) -> Option<SignedIn> {
        if exchange.status != Some(401) {
            return None;
        }
        // Held until the end: the next server is dealt with when this one's verdict is known.
        let mut hold = self.run.setup.keeper.hold().await?;
        let order = match hold.hand_out(&Asking { url: &ask.url, mailbox: &self.mailbox, exchange }) {
            Ok(order) => order,
            Err(reason) => {
                self.tell_withheld(ask, reason);
                return None;
            }
        };
        let mut scrubber = Scrubber::new(&order.proof, order.attempts.iter().map(|(user, _)| user.as_str()));
        let (first, last) = self.try_in_order(ask, &order, &mut scrubber).await;
        match last {
            Some(SignInResult::Accepted | SignInResult::Interrupted | SignInResult::Withheld) | None => hold.keep(),
            Some(SignInResult::Refused | SignInResult::Unclear | SignInResult::Failed) => hold.forget(),
        }
        drop(hold);
        let first = first?;
        let outcome = match (&first.exchange, first.sign_in.result) {
            (Some(exchange), SignInResult::Accepted | SignInResult::Unclear) => {
                http::outcome(exchange, http::RequestKind::Post)
            }
            (_, SignInResult::Refused) => Outcome::Warned { cause: Cause::HttpSignInRefused },
            _ => Outcome::Passed,
        };
        let brought = matches!(first.sign_in.result, SignInResult::Accepted | SignInResult::Unclear);
        let answer = first.exchange.filter(|_| brought).map(|exchange| (exchange, first.body));
        Some(SignedIn { outcome, answer, scrubber })
    }

    /// Each user and way, the next only after the one before was accepted; gives the first attempt, whose answer counts,
    /// and how the last one ended.
    async fn try_in_order(
        &self,
        ask: &http::HttpAsk,
        order: &Order,
        scrubber: &mut Scrubber,
    ) -> (Option<Attempted>, Option<SignInResult>) {
        let (mut first, mut last): (Option<Attempted>, _) = (None, None);
        for (user, scheme) in &order.attempts {
            let as_in_browser = self.run.setup.ask_get && first.is_none();
            let how = SignInAsk { ask, user, scheme: *scheme, proof: &order.proof, as_in_browser };
            let Some(attempted) = self.attempt(&how, scrubber).await else { break };
            let result = attempted.sign_in.result;
            self.tell(&attempted);
            last = Some(result);
            first.get_or_insert(attempted);
            if result != SignInResult::Accepted {
                break;
            }
        }
        (first, last)
    }

    /// One attempt over a connection of its own; nothing when none can be opened.
    async fn attempt(&self, how: &SignInAsk<'_>, scrubber: &mut Scrubber) -> Option<Attempted> {
        let (handshake, connection) = self.connect_again(how.ask.address).await?;
        Some(sign_in::attempt(connection, &handshake, how, &self.run.setup.net, scrubber).await)
    }

    async fn connect_again(&self, address: SocketAddr) -> Option<(TlsHandshake, tls::TlsConnection)> {
        let net = &self.run.setup.net;
        let host = self.candidate.host.clone().unwrap_or_default();
        let stream = tcp::connect(net, &host, address, &|_| {}).await?;
        let purpose = HandshakePurpose::Probe;
        let shake = tls::HandshakeAsk { host: host.clone(), address, server_name: Some(host), purpose };
        let (handshake, connection) = tls::handshake(stream, &shake, net).await;
        Some((handshake, connection?))
    }

    fn tell(&self, attempted: &Attempted) {
        if let Some(challenge) = &attempted.challenge {
            self.emit.observed(Stage::Http, Evidence::Ntlm(Box::new(challenge.clone())));
        }
        self.emit.observed(Stage::Http, Evidence::SignIn(Box::new(attempted.sign_in.clone())));
        for exchange in attempted.exchange.iter().chain(&attempted.in_browser) {
            self.emit.observed(Stage::Http, Evidence::Http(Box::new(exchange.clone())));
        }
    }

    fn tell_withheld(&self, ask: &http::HttpAsk, reason: Withheld) {
        let sign_in = SignIn {
            host: ask.url.host_str().unwrap_or_default().to_owned(),
            address: ask.address,
            scheme: None,
            user_name: None,
            result: SignInResult::Withheld,
            withheld: Some(reason),
            legs: 0,
            channel_binding: false,
            status: None,
            elapsed_us: 0,
        };
        self.emit.observed(Stage::Http, Evidence::SignIn(Box::new(sign_in)));
    }

    /// What the server tells of itself before anybody signs in; only where that was asked for.
    pub(super) async fn ask_ntlm(&self, ask: &http::HttpAsk, exchange: &HttpExchange) {
        let offers =
            |scheme: &Scheme| exchange.schemes.iter().any(|offered| offered.eq_ignore_ascii_case(scheme.header_name()));
        let scheme = [Scheme::Ntlm, Scheme::Negotiate].into_iter().find(offers);
        let usable = exchange.status == Some(401) && ask.url.scheme() == "https" && exchange.library.is_none();
        let Some(scheme) = scheme.filter(|_| self.run.setup.ask_ntlm && usable) else { return };
        let Some((_, connection)) = self.connect_again(ask.address).await else { return };
        if let Some(told) = sign_in::ask_ntlm(connection, ask, scheme, &self.run.setup.net).await {
            self.emit.observed(Stage::Http, Evidence::Ntlm(Box::new(told)));
        }
    }
}
