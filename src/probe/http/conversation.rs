//! Several requests over one connection, as sign-in by NTLM needs them: it belongs to the connection, not to a request.

use super::{
    HttpAsk,
    exchange::{Gathered, evidence, failure, read, request},
};
use crate::{
    event::{HttpExchange, HttpFailure},
    net::Limits,
    probe::tls::TlsConnection,
};
use http_body_util::Full;
use hyper::{
    body::Bytes,
    client::conn::http1,
    header::{AUTHORIZATION, HeaderValue},
};
use hyper_util::rt::TokioIo;
use std::{future::Future, pin::Pin, time::Instant};
use tokio::time::timeout;
use zeroize::Zeroizing;

/// A connection that is kept open between requests.
pub struct Conversation {
    sender: http1::SendRequest<Full<Bytes>>,
    driver: Pin<Box<dyn Future<Output = hyper::Result<()>> + Send>>,
    /// The driver came to its end: the connection is closed.
    closed: bool,
    verified: bool,
}

impl Conversation {
    /// Begins to speak HTTP over a connection.
    ///
    /// # Errors
    /// When that fails.
    pub async fn begin(connection: TlsConnection) -> Result<Self, HttpFailure> {
        let verified = connection.verified;
        let mut builder = http1::Builder::new();
        builder.max_headers(super::HEADER_COUNT_LIMIT).max_header_size(super::HEADER_SIZE_LIMIT);
        let begun = builder.handshake(TokioIo::new(connection.stream)).await;
        let (sender, driver) = begun.map_err(|error| failure(&error))?;
        Ok(Self { sender, driver: Box::pin(driver), closed: false, verified })
    }

    /// Sends one request with this `Authorization`, and reads the answer within [`Limits::request`]; like
    /// [`exchange`](super::exchange()) it never fails.
    pub async fn ask(
        &mut self,
        ask: &HttpAsk,
        authorization: Option<&Zeroizing<String>>,
        limits: &Limits,
    ) -> (HttpExchange, Vec<u8>) {
        let started = Instant::now();
        let mut gathered = Gathered::default();
        let asked = timeout(limits.request, self.converse(ask, authorization, &mut gathered)).await;
        let failed = asked.unwrap_or(Err(HttpFailure::TimedOut)).err();
        let elapsed_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        (evidence(ask, self.verified, &gathered, failed, elapsed_us), gathered.body)
    }

    /// Whether the connection is open for another request.
    pub fn is_open(&self) -> bool {
        !self.closed && !self.sender.is_closed()
    }

    async fn converse(
        &mut self,
        ask: &HttpAsk,
        authorization: Option<&Zeroizing<String>>,
        gathered: &mut Gathered,
    ) -> Result<(), HttpFailure> {
        let mut request = request(ask)?;
        if let Some(authorization) = authorization {
            let unfit = |_| HttpFailure::Malformed { detail: "the credentials do not fit into a header".to_owned() };
            let mut value = HeaderValue::from_bytes(authorization.as_bytes()).map_err(unfit)?;
            value.set_sensitive(true);
            request.headers_mut().insert(AUTHORIZATION, value);
        }
        let Self { sender, driver, closed, .. } = self;
        let answer = async {
            sender.ready().await.map_err(|error| failure(&error))?;
            let response = sender.send_request(request).await.map_err(|error| failure(&error))?;
            read(response, ask.body_limit, gathered).await
        };
        tokio::pin!(answer);
        loop {
            tokio::select! {
                biased;
                result = &mut answer => return result,
                _ = driver.as_mut(), if !*closed => *closed = true,
            }
        }
    }
}
