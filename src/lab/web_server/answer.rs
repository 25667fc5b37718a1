//! Writes answers: what Exchange, IIS, web hosts and parking services send.

mod settings;
mod sign_in;

use super::request::Request;
use crate::lab::scenario::Answer;
use jiff::Timestamp;

const XML: &str = "text/xml; charset=utf-8";
const HTML: &str = "text/html";

/// Sub-status 7 of IIS: the words of its page for a missing client certificate.
const PAGE_403_7: &str = "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \
\"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd\">\r\n<html xmlns=\"http://www.w3.org/1999/xhtml\">\r\n<head>\
<title>403.7 - Forbidden: SSL client certificate is required.</title></head>\r\n<body>\r\n<h1>Server Error</h1>\r\n\
<h2>403.7 - Forbidden: SSL client certificate is required.</h2>\r\n<h3>You do not have permission to view this \
directory or page using the credentials that you supplied.</h3>\r\n</body>\r\n</html>\r\n";

/// What http.sys itself answers, in place of the site whose pool has stopped.
const PAGE_503: &str = "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\"\"http://www.w3.org/TR/html4/strict.dtd\">\r\n\
<HTML><HEAD><TITLE>Service Unavailable</TITLE>\r\n<META HTTP-EQUIV=\"Content-Type\" Content=\"text/html; \
charset=us-ascii\"></HEAD>\r\n<BODY><h2>Service Unavailable</h2>\r\n<hr><p>HTTP Error 503. The service is \
unavailable.</p>\r\n</BODY></HTML>\r\n";

/// One answer before it is written.
#[derive(Default)]
struct Reply<'a> {
    status: u16,
    reason: &'static str,
    headers: Vec<String>,
    content_type: &'a str,
    body: Vec<u8>,
}

/// The bytes of an answer; `issuing` is the certificate that authorities publish.
pub(super) fn render(answer: &Answer, request: &Request, headers: &[String], issuing: &[u8]) -> Vec<u8> {
    let reply = reply(answer, request, issuing);
    let mut head = format!("HTTP/1.1 {} {}\r\n", reply.status, reply.reason);
    let name = |header: &str| header.split(':').next().unwrap_or_default().to_ascii_lowercase();
    let own: Vec<String> = reply.headers.iter().map(|header| name(header)).collect();
    let further = headers.iter().filter(|header| !own.contains(&name(header)));
    for header in reply.headers.iter().chain(further) {
        head.push_str(&format!("{header}\r\n"));
    }
    if !reply.content_type.is_empty() {
        head.push_str(&format!("Content-Type: {}\r\n", reply.content_type));
    }
    if request.close {
        head.push_str("Connection: close\r\n");
    }
    let date = Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S GMT");
    head.push_str(&format!("Date: {date}\r\nContent-Length: {}\r\n\r\n", reply.body.len()));
    let mut bytes = head.into_bytes();
    if request.method != "HEAD" {
        bytes.extend(reply.body);
    }
    bytes
}

fn reply<'a>(answer: &'a Answer, request: &Request, issuing: &[u8]) -> Reply<'a> {
    match answer {
        Answer::Exchange401 { server, version, schemes } => {
            let reply = exchange_401(server, version, schemes, &request.host);
            sign_in::challenged(reply, request, server)
        }
        Answer::Guarded(guarded) => match sign_in::opened(guarded, request) {
            Some(answer) => self::reply(answer, request, issuing),
            None => {
                let reply = exchange_401(&guarded.server, &guarded.version, &guarded.schemes, &request.host);
                if guarded.without_challenge {
                    return reply;
                }
                sign_in::challenged(reply, request, &guarded.server)
            }
        },
        Answer::Settings { .. } => xml(settings::render(answer)),
        Answer::Json { url } => {
            let own = format!("https://{}{}", request.host, crate::plan::PATH);
            let url = if url.is_empty() { &own } else { url };
            let body = serde_json::json!({ "Protocol": "AutodiscoverV1", "Url": url }).to_string();
            let content_type = "application/json; charset=utf-8";
            Reply { status: 200, reason: "OK", content_type, body: body.into_bytes(), ..Reply::default() }
        }
        Answer::ErrorXml { code, message } => xml(error(*code, message)),
        Answer::ImapSettings { host } => xml(imap(host)),
        Answer::RedirectAddress { address } => xml(redirect_address(address)),
        Answer::Redirect { location, status } => {
            let body = page("Document Moved", &format!("This object may be found at {}.", escape(location)));
            Reply { headers: vec![format!("Location: {location}")], ..html(*status, &body) }
        }
        Answer::Html { title } => html(200, &page(title, "Welcome.")),
        Answer::Parking { title } if matches!(request.method.as_str(), "GET" | "HEAD") => {
            html(200, &page(title, "This domain is parked. Related links: hosting, domains, insurance."))
        }
        Answer::Parking { .. } | Answer::MethodNotAllowed {} => {
            let body = page("405 Not Allowed", "405 Not Allowed");
            Reply { headers: vec!["Allow: GET, HEAD".to_owned()], ..html(405, &body) }
        }
        Answer::NotFound {} => html(404, &page("404 Not Found", "Not Found")),
        Answer::Forbidden {} => html(403, &page("403 Forbidden", "Forbidden")),
        Answer::IssuingCertificate {} => {
            let body = issuing.to_vec();
            Reply { status: 200, reason: "OK", content_type: "application/pkix-cert", body, ..Reply::default() }
        }
        Answer::PoolStopped {} => Reply {
            headers: vec!["Server: Microsoft-HTTPAPI/2.0".to_owned()],
            content_type: "text/html; charset=us-ascii",
            ..html(503, PAGE_503)
        },
        Answer::Body { content_type, text } => {
            Reply { status: 200, reason: "OK", content_type, body: text.clone().into_bytes(), ..Reply::default() }
        }
        Answer::Empty {} => Reply { status: 200, reason: "OK", ..Reply::default() },
        Answer::Status { code, text } => {
            let text = text.as_deref().map(escape);
            html(*code, &page(&format!("{code} {}", reason(*code)), text.as_deref().unwrap_or(reason(*code))))
        }
        // Renegotiation happens below HTTP and never comes here; the page is what IIS sends in the end.
        Answer::ClientCertificate403 {} | Answer::ClientCertificateRenegotiate {} => html(403, PAGE_403_7),
    }
}

/// A 401 as Exchange 2013 and later give it: challenges, request id, front-end server.
fn exchange_401(server: &str, version: &str, schemes: &[String], host: &str) -> Reply<'static> {
    let mut headers = vec![
        "Server: Microsoft-IIS/10.0".to_owned(),
        "request-id: 6f1b7c1e-52a4-4f0e-9c55-0a1de5c0ffee".to_owned(),
        format!("X-OWA-Version: {version}"),
        "X-SOAP-Enabled: True".to_owned(),
        "X-WSSecurity-Enabled: True".to_owned(),
    ];
    if schemes.is_empty() {
        let challenges = ["Negotiate".to_owned(), "NTLM".to_owned(), format!("Basic realm=\"{host}\"")];
        headers.extend(challenges.iter().map(|scheme| format!("WWW-Authenticate: {scheme}")));
    } else {
        headers.extend(schemes.iter().map(|scheme| format!("WWW-Authenticate: {scheme}")));
    }
    headers.push("X-Powered-By: ASP.NET".to_owned());
    headers.push(format!("X-FEServer: {server}"));
    Reply { status: 401, reason: reason(401), headers, ..Reply::default() }
}

fn xml(body: String) -> Reply<'static> {
    Reply { status: 200, reason: "OK", content_type: XML, body: body.into_bytes(), ..Reply::default() }
}

fn html(status: u16, body: &str) -> Reply<'static> {
    Reply { status, reason: reason(status), content_type: HTML, body: body.as_bytes().to_vec(), ..Reply::default() }
}

fn page(title: &str, text: &str) -> String {
    let title = escape(title);
    format!(
        "<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>\n"
    )
}

fn redirect_address(address: &str) -> String {
    let address = escape(address);
    envelope(&format!("<Account><Action>redirectAddr</Action><RedirectAddr>{address}</RedirectAddr></Account>"))
}

fn imap(host: &str) -> String {
    let host = escape(host);
    let protocol = |kind: &str, port: u16| {
        format!("<Protocol><Type>{kind}</Type><Server>{host}</Server><Port>{port}</Port><SSL>on</SSL></Protocol>")
    };
    envelope(&format!(
        "<Account><AccountType>email</AccountType><Action>settings</Action>{}{}{}</Account>",
        protocol("IMAP", 993),
        protocol("POP3", 995),
        protocol("SMTP", 465)
    ))
}

fn envelope(content: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n\
         <Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006\">\
         <Response xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a\">\
         {content}</Response></Autodiscover>"
    )
}

fn error(code: u16, message: &str) -> String {
    let message = escape(message);
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n\
         <Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006\"><Response>\
         <Error Time=\"10:05:22.6731812\" Id=\"1054084152\"><ErrorCode>{code}</ErrorCode>\
         <Message>{message}</Message><DebugData /></Error></Response></Autodiscover>"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        301 => "Moved Permanently",
        302 => "Found",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Not Allowed",
        406 => "Not Acceptable",
        410 => "Gone",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Status",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(method: &str, answer: &Answer) -> String {
        let request = Request {
            method: method.to_owned(),
            path: "/".to_owned(),
            host: "mail.contoso.test".to_owned(),
            authorization: None,
            close: false,
        };
        String::from_utf8(render(answer, &request, &["Server: IIS".to_owned(), "X-Own: 1".to_owned()], &[]))
            .expect("text")
    }

    fn body(text: &str) -> &str {
        text.split_once("\r\n\r\n").expect("head and body").1
    }

    #[test]
    fn settings_follow_the_2006a_schema() {
        let settings = Answer::Settings {
            service_host: "mail.contoso.test".to_owned(),
            internal_host: Some("ex1.corp.local".to_owned()),
            display_name: "Jan & Co".to_owned(),
            leave_out: vec!["EXPR.OABUrl".to_owned()],
            principal: None,
            address: None,
            mailbox_server: None,
        };
        let text = answer("POST", &settings);
        let document = roxmltree::Document::parse(body(&text)).expect("well-formed");
        let schema = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";
        let text_of = |name: &str| {
            let found = document.descendants().find(|node| node.has_tag_name((schema, name)));
            found.and_then(|node| node.text()).map(str::to_owned)
        };
        assert_eq!(text_of("Action").as_deref(), Some("settings"));
        assert_eq!(text_of("DisplayName").as_deref(), Some("Jan & Co"));
        assert_eq!(text_of("ASUrl").as_deref(), Some("https://ex1.corp.local/EWS/Exchange.asmx"));
        assert!(text.contains("<ASUrl>https://mail.contoso.test/EWS/Exchange.asmx</ASUrl>"));
        assert!(text.contains("<OABUrl>https://ex1.corp.local/OAB/</OABUrl>"));
        assert!(!text.contains("<OABUrl>https://mail.contoso.test/OAB/</OABUrl>"));
    }

    #[test]
    fn other_answers_are_what_their_names_say() {
        let error = answer("POST", &Answer::ErrorXml { code: 500, message: "not found".to_owned() });
        let document = roxmltree::Document::parse(body(&error)).expect("well-formed");
        // Errors use the plain namespace, not that of the Outlook schema.
        let plain = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006";
        let code = document.descendants().find(|node| node.has_tag_name((plain, "ErrorCode")));
        assert_eq!(code.and_then(|node| node.text()), Some("500"));
        assert!(answer("POST", &Answer::ImapSettings { host: "imap.test".to_owned() }).contains("<Type>IMAP</Type>"));
        let redirect = Answer::Redirect { location: "https://b.test/".to_owned(), status: 301 };
        assert!(answer("GET", &redirect).contains("\r\nLocation: https://b.test/\r\n"));
        let parking = Answer::Parking { title: "<parked>".to_owned() };
        assert!(answer("GET", &parking).starts_with("HTTP/1.1 200 OK\r\n"));
        assert!(answer("GET", &parking).contains("<title>&lt;parked&gt;</title>"));
        assert!(answer("POST", &parking).starts_with("HTTP/1.1 405 "));
        let stopped = answer("POST", &Answer::PoolStopped {});
        assert!(stopped.starts_with("HTTP/1.1 503 ") && stopped.contains("\r\nServer: Microsoft-HTTPAPI/2.0\r\n"));
        let raw = Answer::Body { content_type: "text/html".to_owned(), text: "<b>Notice</b>".to_owned() };
        assert!(
            answer("POST", &raw).contains("\r\nContent-Type: text/html\r\n")
                && body(&answer("POST", &raw)) == "<b>Notice</b>"
        );
        let status = |code, text: Option<&str>| Answer::Status { code, text: text.map(str::to_owned) };
        assert!(answer("GET", &status(600, None)).starts_with("HTTP/1.1 600 "));
        assert!(answer("POST", &status(500, Some("<assembly>"))).contains("<p>&lt;assembly&gt;</p>"));
        let moved = answer("POST", &Answer::RedirectAddress { address: "a@b.test".to_owned() });
        assert!(moved.contains("<Action>redirectAddr</Action><RedirectAddr>a@b.test</RedirectAddr>"));
        let demanded = answer("POST", &Answer::ClientCertificate403 {});
        assert!(demanded.starts_with("HTTP/1.1 403 ") && demanded.contains("403.7"));
        assert_eq!(body(&answer("GET", &Answer::Empty {})), "");
        assert_eq!(body(&answer("HEAD", &Answer::NotFound {})), "");
    }

    #[test]
    fn a_port_adds_only_headers_that_the_answer_lacks() {
        let server = "EX9".to_owned();
        let text = answer("GET", &Answer::Exchange401 { server, version: "15.1".to_owned(), schemes: Vec::new() });
        assert_eq!(text.matches("Server: ").count(), 2, "Server and X-FEServer: {text}");
        assert!(text.contains("Server: Microsoft-IIS/10.0") && text.contains("X-Own: 1"), "{text}");
    }
}
