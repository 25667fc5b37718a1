//! Sending one request and reading what comes back, within bounds.

use super::{HttpAsk, USER_AGENT, decode_text};
use crate::{
    event::{Body, Header, HttpExchange, HttpFailure},
    net::Limits,
    probe::tls::{
        TlsConnection,
        failure::{alert_name, detail, library_error},
        legacy::LegacyConnection,
        tap::Notes,
    },
    text::{sanitise_block, sanitise_line},
};
use http_body_util::{BodyExt, Full};
use hyper::{
    HeaderMap, Request, Response,
    body::{Bytes, Incoming},
    client::conn::http1,
    ext::ReasonPhrase,
    header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderValue, TRANSFER_ENCODING, WWW_AUTHENTICATE},
};
use hyper_util::rt::TokioIo;
use std::{error::Error, future::pending, io, time::Instant};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};

/// Most bytes of a body that are read.
pub const BODY_LIMIT: usize = 1024 * 1024;
/// Most characters of a body that become evidence.
pub const TEXT_LIMIT: usize = 64 * 1024;
/// Most headers, and most bytes of them with the status line.
pub const HEADER_COUNT_LIMIT: usize = 100;
/// Most bytes of the status line and headers together.
pub const HEADER_SIZE_LIMIT: usize = 64 * 1024;

/// Longest value of a header that is kept, in characters: challenges and redirects to sign-in pages run long.
const VALUE_LIMIT: usize = 4096;
/// Most authentication schemes that are kept.
const SCHEME_LIMIT: usize = 20;

/// What a request goes over.
#[derive(Debug)]
pub enum Connection {
    /// TCP without TLS.
    Plain(TcpStream),
    /// TLS, after its handshake.
    Tls(Box<TlsConnection>),
    /// TLS by another library, after its handshake; nobody has checked whose it is.
    Legacy(Box<LegacyConnection>),
}

/// Sends one request and reads the answer within [`Limits::request`]. Never fails: a failure is part of the evidence,
/// and a status that came before it is kept.
///
/// The bytes beside the evidence are the body for further reading, at most [`HttpAsk::body_limit`] and one more: the one more
/// tells a reader that the bound was passed.
///
/// In TLS 1.2 a server that asks to negotiate again after the request wants a client certificate for this path; that is
/// reported at once, since such a server may wait for ever. In TLS 1.3 a refused missing client certificate arrives here
/// as an alert; see [`settle_client_certificate`](crate::probe::tls::settle_client_certificate).
pub async fn exchange(connection: Connection, ask: &HttpAsk, limits: &Limits) -> (HttpExchange, Vec<u8>) {
    let started = Instant::now();
    let mut gathered = Gathered::default();
    let mut library = None;
    let (verified, failure) = match connection {
        Connection::Plain(stream) => (false, converse(stream, None, ask, limits, &mut gathered).await),
        Connection::Tls(connection) => {
            let TlsConnection { stream, notes, verified, .. } = *connection;
            (verified, converse(stream, Some(notes), ask, limits, &mut gathered).await)
        }
        Connection::Legacy(connection) => {
            library = Some(connection.library);
            (false, converse(connection.stream, None, ask, limits, &mut gathered).await)
        }
    };
    let elapsed_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    let mut evidence = evidence(ask, verified, &gathered, failure.err(), elapsed_us);
    evidence.library = library;
    (evidence, gathered.body)
}

/// What came back so far: kept outside the conversation, so that a time-out does not lose it.
#[derive(Debug, Default)]
struct Gathered {
    head: Option<hyper::http::response::Parts>,
    body: Vec<u8>,
}

async fn converse<S>(
    stream: S,
    notes: Option<Notes>,
    ask: &HttpAsk,
    limits: &Limits,
    gathered: &mut Gathered,
) -> Result<(), HttpFailure>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let conversation = converse_without_limit(stream, notes.as_ref(), ask, gathered);
    let result = timeout(limits.request, conversation).await.unwrap_or(Err(HttpFailure::TimedOut));
    let asked_again = notes.is_some_and(|notes| notes.observations().renegotiation_asked);
    match result {
        // The alert that follows our refusal may be read in the same moment as the question.
        Err(_) if asked_again && gathered.head.is_none() => Err(HttpFailure::ClientCertificateAsked),
        other => other,
    }
}

async fn converse_without_limit<S>(
    stream: S,
    notes: Option<&Notes>,
    ask: &HttpAsk,
    gathered: &mut Gathered,
) -> Result<(), HttpFailure>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let request = request(ask)?;
    let mut builder = http1::Builder::new();
    builder.max_headers(HEADER_COUNT_LIMIT).max_header_size(HEADER_SIZE_LIMIT);
    let (mut sender, driver) = builder.handshake(TokioIo::new(stream)).await.map_err(|error| failure(&error))?;
    let answer = async {
        let response = sender.send_request(request).await.map_err(|error| failure(&error))?;
        read(response, ask.body_limit, gathered).await
    };
    let asked_again = async {
        match notes {
            Some(notes) => notes.renegotiation_asked().await,
            None => pending().await,
        }
    };
    tokio::pin!(answer, driver, asked_again);
    let mut driven = true;
    loop {
        tokio::select! {
            biased;
            result = &mut answer => return result,
            () = &mut asked_again => return Err(HttpFailure::ClientCertificateAsked),
            // The driver's own error reaches the answer as well, which is polled once more.
            _ = &mut driver, if driven => driven = false,
        }
    }
}

/// Reads the body up to the bound, and one byte more when there is more.
async fn read(response: Response<Incoming>, limit: usize, gathered: &mut Gathered) -> Result<(), HttpFailure> {
    let (head, mut body) = response.into_parts();
    let until_close = !head.headers.contains_key(CONTENT_LENGTH) && !head.headers.contains_key(TRANSFER_ENCODING);
    gathered.head = Some(head);
    while let Some(frame) = body.frame().await {
        let frame = match frame {
            Ok(frame) => frame,
            // Many servers close without close_notify; nothing says that such a body was not complete.
            Err(error) if until_close && is_end_of_file(&error) => return Ok(()),
            Err(error) => return Err(failure(&error)),
        };
        let Some(data) = frame.data_ref() else { continue };
        let room = (limit + 1).saturating_sub(gathered.body.len());
        gathered.body.extend(data.iter().take(room));
        if gathered.body.len() > limit {
            return Ok(());
        }
    }
    Ok(())
}

fn request(ask: &HttpAsk) -> Result<Request<Full<Bytes>>, HttpFailure> {
    let malformed = |detail: &str| HttpFailure::Malformed { detail: format!("the request cannot be made: {detail}") };
    let target = match ask.url.query() {
        Some(query) => format!("{}?{query}", ask.url.path()),
        None => ask.url.path().to_owned(),
    };
    let host = match (ask.url.host_str(), ask.url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => return Err(malformed("the URL has no host")),
    };
    let mut builder = Request::builder().method(ask.method).uri(target).header(HOST, host);
    builder = builder.header(hyper::header::USER_AGENT, USER_AGENT);
    for (name, value) in &ask.headers {
        // An address may hold letters that a header cannot; the body says it too.
        if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
            builder = builder.header(*name, value);
        }
    }
    let body = Full::new(Bytes::from(ask.body.clone().unwrap_or_default()));
    builder.body(body).map_err(|error| malformed(&sanitise_line(&error.to_string())))
}

/// What an error of the library means.
fn failure(error: &hyper::Error) -> HttpFailure {
    if let Some(error) = library_error(error) {
        return match error {
            rustls::Error::AlertReceived(alert) => HttpFailure::Alert { name: alert_name(*alert) },
            rustls::Error::InappropriateHandshakeMessage { got_type, .. }
                if *got_type == rustls::HandshakeType::CertificateRequest =>
            {
                HttpFailure::ClientCertificateAsked
            }
            rustls::Error::PeerMisbehaved(rustls::PeerMisbehaved::TooManyRenegotiationRequests) => {
                HttpFailure::ClientCertificateAsked
            }
            other => HttpFailure::Malformed { detail: detail(other) },
        };
    }
    // The library says so in words only, unless it is built as a server too; a test holds it to them.
    if error.is_parse() && error.to_string().contains("too large") {
        let bound = HEADER_SIZE_LIMIT / 1024;
        let detail = format!("more than {HEADER_COUNT_LIMIT} headers or more than {bound} KiB of them");
        return HttpFailure::Malformed { detail };
    }
    match io_error(error).map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe) => {
            HttpFailure::Reset
        }
        Some(io::ErrorKind::UnexpectedEof) => HttpFailure::Closed,
        _ if error.is_incomplete_message() || error.is_canceled() || error.is_closed() => HttpFailure::Closed,
        _ => {
            let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            HttpFailure::Malformed { detail: sanitise_line(&format!("{error}{cause}")) }
        }
    }
}

fn is_end_of_file(error: &hyper::Error) -> bool {
    io_error(error).is_some_and(|error| error.kind() == io::ErrorKind::UnexpectedEof)
}

fn io_error(error: &hyper::Error) -> Option<&io::Error> {
    let mut next = error.source();
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<io::Error>() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

fn evidence(
    ask: &HttpAsk,
    verified: bool,
    gathered: &Gathered,
    failure: Option<HttpFailure>,
    elapsed_us: u64,
) -> HttpExchange {
    let mut url = ask.url.clone();
    // Neither is sent; a URL that cannot have them keeps none.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    let head = gathered.head.as_ref();
    let content_type = head.and_then(|head| head.headers.get(CONTENT_TYPE)).and_then(|value| value.to_str().ok());
    let schemes = head.map(|head| schemes(&head.headers)).unwrap_or_default();
    HttpExchange {
        url: sanitise_block(url.as_str(), VALUE_LIMIT),
        method: ask.method.to_owned(),
        purpose: ask.purpose,
        address: ask.address,
        verified,
        library: None,
        client_certificate: None,
        request_headers: request_headers(ask),
        request_body: ask.body.as_ref().map(|body| {
            let bytes: &[u8] = body.as_ref();
            let text = sanitise_block(&String::from_utf8_lossy(bytes), TEXT_LIMIT);
            Body { length: bytes.len(), truncated: false, text }
        }),
        status: head.map(|head| head.status.as_u16()),
        reason: head.map(reason).unwrap_or_default(),
        headers: head.map(|head| headers(&head.headers)).unwrap_or_default(),
        body: head.map(|_| Body {
            length: gathered.body.len().min(ask.body_limit),
            truncated: gathered.body.len() > ask.body_limit,
            text: sanitise_block(&decode_text(&gathered.body, content_type), TEXT_LIMIT),
        }),
        exchange: head.is_some_and(|head| is_exchange(&head.headers, &schemes)),
        schemes,
        failure,
        elapsed_us,
    }
}

/// The headers as they are sent, without any that prove who somebody is.
fn request_headers(ask: &HttpAsk) -> Vec<Header> {
    let Ok(request) = request(ask) else { return Vec::new() };
    let secret = |header: &Header| matches!(header.name.as_str(), "authorization" | "proxy-authorization" | "cookie");
    headers(request.headers()).into_iter().filter(|header| !secret(header)).collect()
}

fn reason(head: &hyper::http::response::Parts) -> String {
    // The library keeps the phrase only where it is not the usual one.
    match head.extensions.get::<ReasonPhrase>() {
        Some(phrase) => sanitise_line(&String::from_utf8_lossy(phrase.as_bytes())),
        None => head.status.canonical_reason().unwrap_or_default().to_owned(),
    }
}

fn headers(headers: &HeaderMap) -> Vec<Header> {
    headers
        .iter()
        .take(HEADER_COUNT_LIMIT)
        .map(|(name, value)| Header {
            name: sanitise_line(name.as_str()),
            value: sanitise_block(&String::from_utf8_lossy(value.as_bytes()), VALUE_LIMIT).replace(['\n', '\t'], " "),
        })
        .collect()
}

/// Schemes of all challenges, in order (RFC 9110 11.6.1: several may share a header, and parameters hold commas).
fn schemes(headers: &HeaderMap) -> Vec<String> {
    let mut schemes: Vec<String> = Vec::new();
    for value in headers.get_all(WWW_AUTHENTICATE) {
        let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
        for part in outside_quotes(&text) {
            let word = part.split_whitespace().next().unwrap_or_default();
            let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
            let is_scheme = !word.is_empty() && word.len() <= 64 && word.bytes().all(token);
            let is_parameter = part.trim_start_matches(word).trim_start().starts_with('=');
            let known = schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case(word));
            if is_scheme && !is_parameter && !known && schemes.len() < SCHEME_LIMIT {
                schemes.push(word.to_owned());
            }
        }
    }
    schemes
}

/// Parts between commas that are not inside quotes, trimmed.
fn outside_quotes(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (position, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            // A comma is a character of its own, so both cuts are at boundaries.
            b',' if !quoted => {
                parts.push(text[start..position].trim());
                start = position + 1;
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    parts
}

/// Marks of Exchange (EWS Managed API for the capability headers; `request-id` counts beside Windows schemes only).
fn is_exchange(headers: &HeaderMap, schemes: &[String]) -> bool {
    const MARKS: [&str; 12] = [
        "x-feserver",
        "x-beserver",
        "x-diaginfo",
        "x-calculatedbetarget",
        "x-calculatedfetarget",
        "x-owa-version",
        "x-soap-enabled",
        "x-wssecurity-enabled",
        "x-wssecurity-symmetrickey-enabled",
        "x-wssecurity-x509cert-enabled",
        "x-oauth-enabled",
        "x-ms-diagnostics",
    ];
    let windows = schemes.iter().any(|scheme| ["negotiate", "ntlm"].contains(&scheme.to_ascii_lowercase().as_str()));
    MARKS.iter().any(|mark| headers.contains_key(*mark)) || (windows && headers.contains_key("request-id"))
}

#[cfg(test)]
#[path = "exchange_tests.rs"]
mod tests;
