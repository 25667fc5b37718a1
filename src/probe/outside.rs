//! Questions about a domain to somebody outside: one GET each, nothing but the domain in it, over a connection whose
//! certificate holds.

use super::{
    dns,
    http::{self, Connection, HttpAsk},
    tcp, tls,
};
use crate::{
    event::{
        DnsStatus, HandshakePurpose, HttpPurpose, OutsideKind, OutsideQuestion, OutsideResult, RecordType, TcpResult,
    },
    net::Net,
    text::sanitise_line,
};
use serde_json::Value;
use std::{net::SocketAddr, sync::Mutex, time::Instant};
use tokio::net::TcpStream;
use url::Url;

/// Most bytes of an answer that are read.
const SIZE_LIMIT: usize = 64 * 1024;

/// Addresses of a host that are tried.
const ADDRESS_LIMIT: usize = 2;

/// Longest text of an answer that is kept, in characters.
const TEXT_LIMIT: usize = 200;

/// Host that knows which organisation and cloud a domain belongs to (asked by Microsoft's own HMA test script).
const PROVIDER_HOST: &str = "odc.officeapps.live.com";

/// Host at which Microsoft signs users in.
const SIGN_IN_HOST: &str = "login.microsoftonline.com";

/// The questions to Microsoft about a domain: which they are, where they go, and what is told by them.
pub fn questions_to_microsoft(domain: &str) -> Vec<(OutsideKind, Url)> {
    let provider = format!("https://{PROVIDER_HOST}/odc/v2.1/federationprovider?domain={domain}");
    // The user is nobody's: only the domain decides the answer.
    let realm = format!("https://{SIGN_IN_HOST}/getuserrealm.srf?login=anybody%40{domain}&json=1");
    let configuration = format!("https://{SIGN_IN_HOST}/{domain}/v2.0/.well-known/openid-configuration");
    [
        (OutsideKind::FederationProvider, provider),
        (OutsideKind::UserRealm, realm),
        (OutsideKind::OpenidConfiguration, configuration),
    ]
    .into_iter()
    .filter_map(|(kind, url)| Some((kind, Url::parse(&url).ok()?)))
    .collect()
}

/// The document with which a company's own sign-in server describes itself: asked of the server that Microsoft named.
pub fn question_to_sign_in_server(sign_in: &str) -> Option<Url> {
    let mut url = Url::parse(sign_in).ok().filter(|url| url.scheme() == "https" && url.host_str().is_some())?;
    url.set_path("/adfs/services/trust/mex");
    url.set_query(None);
    url.set_fragment(None);
    Some(url)
}

/// Asks one question. `domain` is what the asked learns by it.
pub async fn ask(net: &Net, kind: OutsideKind, url: &Url, domain: &str) -> OutsideQuestion {
    let started = Instant::now();
    let host = url.host_str().unwrap_or_default().to_owned();
    let told = match kind {
        OutsideKind::SignInServer => "that somebody asks".to_owned(),
        _ => format!("the mail domain {domain}"),
    };
    let mut question = OutsideQuestion {
        question: kind,
        asked: sanitise_line(&host),
        told,
        url: sanitise_line(url.as_str()),
        result: OutsideResult::Answered,
        status: None,
        checks: None,
        namespace: None,
        tenant: None,
        environment: None,
        sign_in: None,
        elapsed_us: 0,
    };
    match get(net, &host, url, &mut question).await {
        Ok(body) => read(&mut question, &body),
        Err(result) => question.result = result,
    }
    question.elapsed_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    question
}

async fn get(net: &Net, host: &str, url: &Url, question: &mut OutsideQuestion) -> Result<Vec<u8>, OutsideResult> {
    let (address, stream) = connect(net, host, url.port().unwrap_or(443)).await?;
    let shake = tls::HandshakeAsk {
        host: host.to_owned(),
        address,
        server_name: Some(host.to_owned()),
        purpose: HandshakePurpose::Probe,
    };
    let (handshake, connection) = tls::handshake(stream, &shake, net).await;
    question.checks.clone_from(&handshake.checks);
    let Some(connection) = connection else { return Err(OutsideResult::NoTls {}) };
    if !connection.verified {
        return Err(OutsideResult::Untrusted {});
    }
    let ask = HttpAsk {
        url: url.clone(),
        method: "GET",
        headers: vec![("accept", "application/json, */*;q=0.1".to_owned())],
        body: None,
        purpose: HttpPurpose::OtherPath,
        address,
        body_limit: SIZE_LIMIT,
    };
    let (exchange, body) = http::exchange(Connection::Tls(Box::new(connection)), &ask, &net.limits).await;
    question.status = exchange.status;
    match exchange.failure {
        Some(failure) => Err(OutsideResult::NoAnswer { failure }),
        None => Ok(body),
    }
}

/// The first of the host's addresses that takes a connection.
async fn connect(net: &Net, host: &str, port: u16) -> Result<(SocketAddr, TcpStream), OutsideResult> {
    let status = Mutex::new(DnsStatus::NoData);
    let report = |answer: crate::event::DnsAnswer| {
        if answer.question.record == RecordType::A {
            *status.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = answer.status;
        }
    };
    let addresses = dns::lookup_host(net, host, &report).await.addresses;
    if addresses.is_empty() {
        let status = *status.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        return Err(OutsideResult::NoAddress { status });
    }
    let result = Mutex::new(TcpResult::Failed);
    for address in addresses.into_iter().take(ADDRESS_LIMIT) {
        let address = SocketAddr::new(address, port);
        let note = |tried: crate::event::TcpConnect| {
            *result.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = tried.result;
        };
        if let Some(stream) = tcp::connect(net, host, address, &note).await {
            return Ok((address, stream));
        }
    }
    let result = *result.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    Err(OutsideResult::NotConnected { result })
}

/// What the answer says. What cannot be read says nothing.
fn read(question: &mut OutsideQuestion, body: &[u8]) {
    let answer: Value = match question.status {
        Some(200) => serde_json::from_slice(body).unwrap_or_default(),
        _ => Value::Null,
    };
    let text = |name: &str| {
        let text = answer.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())?;
        Some(sanitise_line(text).chars().take(TEXT_LIMIT).collect::<String>())
    };
    match question.question {
        OutsideKind::FederationProvider => {
            question.tenant = text("tenantId").or_else(|| text("TenantId"));
            question.environment = text("environment").or_else(|| text("Environment"));
        }
        OutsideKind::UserRealm => {
            question.namespace = text("NameSpaceType");
            question.sign_in = text("AuthURL").and_then(|text| without_query(&text));
        }
        OutsideKind::OpenidConfiguration => {
            question.tenant = text("issuer").and_then(|issuer| tenant_of(&issuer));
            question.environment = text("tenant_region_scope");
        }
        OutsideKind::SignInServer => {}
    }
}

/// Scheme, host and path: the rest of Microsoft's sign-in addresses names the user and the request.
fn without_query(text: &str) -> Option<String> {
    let mut url = Url::parse(text).ok()?;
    url.set_query(None);
    url.set_fragment(None);
    Some(sanitise_line(url.as_str()))
}

/// The organisation in an issuer such as `https://login.microsoftonline.com/<tenant>/v2.0`.
fn tenant_of(issuer: &str) -> Option<String> {
    let url = Url::parse(issuer).ok()?;
    let first = url.path_segments()?.next()?.to_owned();
    (first.len() == 36 && first.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(kind: OutsideKind, status: u16, body: &str) -> OutsideQuestion {
        let mut question = OutsideQuestion {
            question: kind,
            asked: String::new(),
            told: String::new(),
            url: String::new(),
            result: OutsideResult::Answered,
            status: Some(status),
            checks: None,
            namespace: None,
            tenant: None,
            environment: None,
            sign_in: None,
            elapsed_us: 0,
        };
        read(&mut question, body.as_bytes());
        question
    }

    #[test]
    fn a_realm_says_how_and_where_users_sign_in() {
        let body = r#"{"State":3,"UserState":2,"Login":"anybody@contoso.test","NameSpaceType":"Federated",
            "DomainName":"contoso.test","AuthURL":"https://sts.contoso.test/adfs/ls/?username=anybody%40contoso.test&wa=wsignin1.0"}"#;
        let read = question(OutsideKind::UserRealm, 200, body);
        assert_eq!(read.namespace.as_deref(), Some("Federated"));
        assert_eq!(read.sign_in.as_deref(), Some("https://sts.contoso.test/adfs/ls/"));
        let mex = question_to_sign_in_server("https://sts.contoso.test/adfs/ls/").expect("a URL");
        assert_eq!(mex.as_str(), "https://sts.contoso.test/adfs/services/trust/mex");
        assert!(question_to_sign_in_server("http://sts.contoso.test/").is_none());
    }

    #[test]
    fn an_issuer_names_the_organisation() {
        let body = r#"{"issuer":"https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0","tenant_region_scope":"EU"}"#;
        let read = question(OutsideKind::OpenidConfiguration, 200, body);
        assert_eq!(read.tenant.as_deref(), Some("72f988bf-86f1-41af-91ab-2d7cd011db47"));
        assert_eq!(read.environment.as_deref(), Some("EU"));
        assert_eq!(question(OutsideKind::OpenidConfiguration, 400, body).tenant, None);
    }

    #[test]
    fn foreign_answers_never_panic() {
        for body in ["", "[]", "{\"issuer\":7}", "{\"issuer\":\"x\"}", "\u{202e}", "{\"AuthURL\":\"//\"}"] {
            for kind in [OutsideKind::FederationProvider, OutsideKind::UserRealm, OutsideKind::OpenidConfiguration] {
                let read = question(kind, 200, body);
                assert_eq!((read.tenant, read.sign_in), (None, None), "{body}");
            }
        }
    }
}
