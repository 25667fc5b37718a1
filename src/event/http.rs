//! HTTP evidence: one request and what came back.

use super::{ClientCertificateDemand, TlsLibrary};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

/// One request and what came back.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct HttpExchange {
    /// Full URL of the request.
    pub url: String,
    /// Method sent.
    pub method: String,
    /// Why it was sent.
    pub purpose: HttpPurpose,
    /// Address that was connected to, as DNS and the URL gave it.
    pub address: SocketAddr,
    /// Whether the connection was TLS and every check of the certificate held.
    pub verified: bool,
    /// The TLS library that carried it, where it was another than the usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub library: Option<TlsLibrary>,
    /// The server asked for a client certificate after the request; what a client that answered without one was told.
    /// Absent where none was asked for so, and where no such client was at hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_certificate: Option<ClientCertificateDemand>,
    /// Headers of the request in the order sent without `Content-Length`, values sanitised; credentials and cookies are never recorded. Empty in
    /// recordings of programs that did not keep them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub request_headers: Vec<Header>,
    /// Body of the request, when one was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_body: Option<Body>,
    /// Status code, 100 to 999.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Reason phrase as sent, sanitised.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Headers in the order received, values sanitised, at most 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<Header>,
    /// The body, when one was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// Authentication schemes offered, in order (`Negotiate`, `NTLM`, `Basic`, `Bearer`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schemes: Vec<String>,
    /// Headers say that this is Exchange (`X-FEServer`, `X-OWA-Version`, `request-id` beside Windows schemes, ...).
    #[serde(default)]
    pub exchange: bool,
    /// Why no answer came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<HttpFailure>,
    /// Microseconds from sending until the body ended.
    pub elapsed_us: u64,
}

impl HttpExchange {
    /// A request of the probe, unverified, that nothing came back to.
    pub fn unanswered(url: impl Into<String>, method: impl Into<String>, address: SocketAddr) -> Self {
        Self {
            url: url.into(),
            method: method.into(),
            purpose: HttpPurpose::Probe,
            address,
            verified: false,
            library: None,
            client_certificate: None,
            request_headers: Vec::new(),
            request_body: None,
            status: None,
            reason: String::new(),
            headers: Vec::new(),
            body: None,
            schemes: Vec::new(),
            exchange: false,
            failure: None,
            elapsed_us: 0,
        }
    }

    /// First value of a header, name compared without case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name)).map(|header| header.value.as_str())
    }
}

/// Whether a header's value opens a session by itself, by what the header is called; any capitals.
pub fn opens_session(header: &str) -> bool {
    const PARTS: [&str; 7] = ["canary", "token", "csrf", "xsrf", "session", "api-key", "apikey"];
    let name = header.to_ascii_lowercase();
    PARTS.iter().any(|part| name.contains(part))
}

/// Whether a header holds cookies (RFC 6265; `Set-Cookie2` RFC 2965; `X-BackEndCookie` of
/// Exchange).
pub fn holds_cookies(header: &str) -> bool {
    header.to_ascii_lowercase().contains("cookie")
}

/// Why a request was sent.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HttpPurpose {
    /// The client would send it too.
    Probe,
    /// `GET /` on the same host: does another path answer?
    OtherPath,
    /// The same path in another spelling, after a 404: does the server tell capitals apart?
    PathSpelling,
    /// The question of newer clients, `GET /autodiscover/autodiscover.json`: does the endpoint know it?
    Json,
    /// The client's request once more, with credentials.
    SignedIn,
    /// `GET` of the same place with credentials that were accepted: what a person sees in a browser.
    SignedInGet,
    /// Another service of the same host, without credentials.
    FurtherService,
    /// `GET /autodiscover/autodiscover.svc`: is the SOAP service there ([MS-OXWSADISC])?
    Soap,
    /// The question of phones: a POST with the schema of ActiveSync ([MS-ASCMD] 2.2.1.1).
    ActiveSync,
}

/// One header.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Header {
    /// Name in lower case.
    pub name: String,
    /// Value, sanitised.
    pub value: String,
}

/// A body that was read.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Body {
    /// Bytes read; at most 1 MiB.
    pub length: usize,
    /// More was to come than the bound allows.
    #[serde(default)]
    pub truncated: bool,
    /// The first 64 KiB as text, sanitised (line breaks and tabs kept).
    pub text: String,
}

/// Why no answer came.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "failure", rename_all = "snake_case")]
pub enum HttpFailure {
    /// After the request the server asked to renegotiate (TLS 1.2) or for a certificate (TLS 1.3): it wants a client
    /// certificate for this path.
    ClientCertificateAsked,
    /// The far end closed before an answer.
    Closed,
    /// The connection was reset.
    Reset,
    /// A fatal TLS alert arrived instead of an answer.
    Alert {
        /// The alert's name (RFC 8446 section 6).
        name: String,
    },
    /// Nothing came back in time.
    TimedOut,
    /// What came back was not HTTP, or broke a bound.
    Malformed {
        /// What was wrong, sanitised.
        detail: String,
    },
}
