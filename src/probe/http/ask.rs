//! Requests as Outlook makes them, and our own beside them.

use super::BODY_LIMIT;
use crate::event::HttpPurpose;
use std::net::SocketAddr;
use url::Url;

/// How this program names itself. Servers may vary their answer by it; operators of foreign hosts can see who asked.
pub const USER_AGENT: &str = concat!("discoscope/", env!("CARGO_PKG_VERSION"), " (Autodiscover diagnostics)");

/// Namespace of the request (POX; on the wire with `http://`, whatever the documentation pages print).
const REQUEST_NAMESPACE: &str = "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006";
/// The answer that is acceptable.
const RESPONSE_SCHEMA: &str = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";

/// Namespace of the request that phones send, and of the answer that they take (\[MS-ASCMD\] 2.2.1.1).
const MOBILE_REQUEST: &str = "http://schemas.microsoft.com/exchange/autodiscover/mobilesync/requestschema/2006";
const MOBILE_RESPONSE: &str = "http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006";

/// One request to be.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HttpAsk {
    /// Where to; user name and fragment are never sent.
    pub url: Url,
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Headers beside `Host`, `User-Agent` and `Content-Length`.
    pub headers: Vec<(&'static str, String)>,
    /// The body, when there is one.
    pub body: Option<String>,
    /// Why it is sent.
    pub purpose: HttpPurpose,
    /// Address and port that were connected to, as DNS and the URL gave them.
    pub address: SocketAddr,
    /// Most bytes of the answer's body that are read, and one more.
    pub body_limit: usize,
}

/// The question that Outlook asks with a POST (\[MS-OXDSCLI\] 2.2.3, 3.1.5.1; KB3211279 for the headers), without
/// credentials. `mailbox` is the address in ASCII form.
pub fn outlook_post(url: Url, mailbox: &str, address: SocketAddr) -> HttpAsk {
    let body = request_body(REQUEST_NAMESPACE, RESPONSE_SCHEMA, mailbox);
    let headers = vec![
        ("content-type", "text/xml; charset=utf-8".to_owned()),
        ("accept", "text/xml, application/xml;q=0.9, */*;q=0.1".to_owned()),
        ("x-mapihttpcapability", "1".to_owned()),
        ("x-clientcanhandle", "Negotiate,ExHttpInfo".to_owned()),
        ("x-anchormailbox", mailbox.to_owned()),
    ];
    HttpAsk {
        url,
        method: "POST",
        headers,
        body: Some(body),
        purpose: HttpPurpose::Probe,
        address,
        body_limit: BODY_LIMIT,
    }
}

fn request_body(namespace: &str, schema: &str, mailbox: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n\
         <Autodiscover xmlns=\"{namespace}\">\r\n  <Request>\r\n    \
         <EMailAddress>{}</EMailAddress>\r\n    \
         <AcceptableResponseSchema>{schema}</AcceptableResponseSchema>\r\n  \
         </Request>\r\n</Autodiscover>\r\n",
        escaped(mailbox)
    )
}

/// The question of phones, to the same place (\[MS-ASCMD\] 2.2.1.1), without credentials.
pub fn active_sync_post(url: &Url, mailbox: &str, address: SocketAddr) -> HttpAsk {
    HttpAsk {
        url: url.clone(),
        method: "POST",
        headers: vec![
            ("content-type", "text/xml; charset=utf-8".to_owned()),
            ("accept", "text/xml, */*;q=0.1".to_owned()),
        ],
        body: Some(request_body(MOBILE_REQUEST, MOBILE_RESPONSE, mailbox)),
        purpose: HttpPurpose::ActiveSync,
        address,
        body_limit: BODY_LIMIT,
    }
}

/// A GET of the SOAP service beside a URL, which asks nothing: is it there (\[MS-OXWSADISC\] 3.1)?
pub fn soap_presence(url: &Url, address: SocketAddr) -> HttpAsk {
    let mut service = url.clone();
    service.set_path("/autodiscover/autodiscover.svc");
    service.set_query(None);
    service.set_fragment(None);
    get(service, HttpPurpose::Soap, address)
}

/// The unauthenticated GET on port 80 that only a redirect to https can answer (KB3211279 step 9, \[MS-OXDISCO\]
/// 3.1.5.4).
pub fn redirect_probe(url: Url, address: SocketAddr) -> HttpAsk {
    get(url, HttpPurpose::Probe, address)
}

/// `GET /` on the host of a URL: does another path answer? (A requirement that holds for one directory only shows so.)
pub fn other_path(url: &Url, address: SocketAddr) -> HttpAsk {
    let mut root = url.clone();
    root.set_path("/");
    root.set_query(None);
    root.set_fragment(None);
    get(root, HttpPurpose::OtherPath, address)
}

/// A GET of the same place with its path written otherwise: does the server tell capitals apart?
pub fn path_spelling(url: &Url, path: &str, address: SocketAddr) -> HttpAsk {
    let mut other = url.clone();
    other.set_path(path);
    get(other, HttpPurpose::PathSpelling, address)
}

/// The question of newer clients, which any endpoint may answer without a password: where is the service for this
/// mailbox? `Protocol` as Outlook writes it (CSS-Exchange HMA tests; no public specification).
pub fn json_question(url: &Url, mailbox: &str, address: SocketAddr) -> HttpAsk {
    let mut json = url.clone();
    json.set_path("/autodiscover/autodiscover.json");
    json.query_pairs_mut()
        .clear()
        .append_pair("Email", mailbox)
        .append_pair("Protocol", "Autodiscoverv1")
        .append_pair("RedirectCount", "1");
    get(json, HttpPurpose::Json, address)
}

/// A GET of a service URL that the settings handed out.
pub fn service_get(url: Url, address: SocketAddr) -> HttpAsk {
    get(url, HttpPurpose::Probe, address)
}

fn get(url: Url, purpose: HttpPurpose, address: SocketAddr) -> HttpAsk {
    let headers = vec![("accept", "*/*".to_owned())];
    HttpAsk { url, method: "GET", headers, body: None, purpose, address, body_limit: BODY_LIMIT }
}

/// Text as XML character data.
fn escaped(text: &str) -> String {
    let mut xml = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\'' => xml.push_str("&apos;"),
            other => xml.push(other),
        }
    }
    xml
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("a URL")
    }

    #[test]
    fn the_post_is_what_a_server_of_the_specification_reads() {
        let address = "192.0.2.10:443".parse().expect("address");
        let path = url("https://autodiscover.contoso.test/autodiscover/autodiscover.xml");
        let ask = outlook_post(path, "o'neil&<b>@contoso.test", address);
        let body = ask.body.expect("a body");
        let document = roxmltree::Document::parse(&body).expect("well-formed");
        let root = document.root_element();
        assert_eq!((root.tag_name().name(), root.tag_name().namespace()), ("Autodiscover", Some(REQUEST_NAMESPACE)));
        let text = |name: &str| document.descendants().find(|node| node.has_tag_name((REQUEST_NAMESPACE, name)));
        assert_eq!(text("EMailAddress").and_then(|node| node.text()), Some("o'neil&<b>@contoso.test"));
        assert_eq!(text("AcceptableResponseSchema").and_then(|node| node.text()), Some(RESPONSE_SCHEMA));
        assert!(ask.headers.contains(&("x-mapihttpcapability", "1".to_owned())));
    }

    #[test]
    fn another_path_keeps_host_and_port() {
        let address = "192.0.2.10:8443".parse().expect("address");
        let ask = other_path(&url("https://contoso.test:8443/autodiscover/autodiscover.xml?x=1#y"), address);
        assert_eq!((ask.url.as_str(), ask.method), ("https://contoso.test:8443/", "GET"));
    }
}
