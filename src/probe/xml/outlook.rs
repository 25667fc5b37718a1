//! The elements of an Autodiscover answer (\[MS-OXDSCLI\] 2.2.4).

use super::troubled;
use crate::{
    event::{AnswerError, AnswerKind, AnswerProtocol, AutodiscoverAnswer, ServiceUrl},
    text::sanitise_line,
};
use roxmltree::{Document, Node};

/// Most protocol blocks, and most URLs of one block.
const PROTOCOL_LIMIT: usize = 64;
const URL_LIMIT: usize = 128;

/// Protocol types of Exchange (\[MS-OXDSCLI\] 2.2.4.1.1.2.6).
const EXCHANGE: [&str; 5] = ["EXCH", "EXPR", "EXHTTP", "WEB", "MAPIHTTP"];

/// Schemas of a `Response`, without scheme.
const OUTLOOK: &str = "schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";
const GENERAL: &str = "schemas.microsoft.com/exchange/autodiscover/responseschema/2006";
const MOBILE: &str = "schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006";

/// What a well-formed document says.
pub(super) fn understood(document: &Document<'_>) -> AutodiscoverAnswer {
    let root = document.root_element();
    if root.tag_name().name() != "Autodiscover" {
        let name = sanitise_line(root.tag_name().name());
        return troubled(AnswerKind::OtherXml, format!("the root element is {name}"));
    }
    let Some(response) = child(root, "Response") else {
        return AutodiscoverAnswer {
            namespace: root.tag_name().namespace().map(sanitise_line),
            ..troubled(AnswerKind::OtherXml, "no Response element".to_owned())
        };
    };
    let namespace = response.tag_name().namespace();
    let mut answer = AutodiscoverAnswer {
        namespace: namespace.map(sanitise_line),
        ..AutodiscoverAnswer::bare(AnswerKind::OtherXml)
    };
    let schema = namespace.map(without_scheme).unwrap_or_default();
    take_elements(&mut answer, response);
    match schema {
        OUTLOOK => judge(&mut answer, response),
        GENERAL if answer.error.is_some() => answer.kind = AnswerKind::Error,
        GENERAL => {
            answer.kind = AnswerKind::WrongNamespace;
            answer.problem = Some("only errors are given in this namespace".to_owned());
        }
        MOBILE => answer.kind = AnswerKind::MobileSync,
        _ => answer.kind = AnswerKind::WrongNamespace,
    }
    answer
}

fn judge(answer: &mut AutodiscoverAnswer, response: Node<'_, '_>) {
    let action = child(response, "Account").and_then(|account| text_of(account, "Action")).unwrap_or_default();
    let is_exchange = |protocol: &AnswerProtocol| EXCHANGE.contains(&protocol.kind.to_ascii_uppercase().as_str());
    answer.kind = match action.to_ascii_lowercase().as_str() {
        _ if answer.error.is_some() => AnswerKind::Error,
        "redirectaddr" => AnswerKind::RedirectAddr,
        "redirecturl" => AnswerKind::RedirectUrl,
        _ if answer.protocols.iter().any(is_exchange) => AnswerKind::Settings,
        _ if !answer.protocols.is_empty() => AnswerKind::ImapPop,
        _ => {
            answer.problem = Some("neither settings nor a redirect nor an error".to_owned());
            AnswerKind::OtherXml
        }
    };
    if matches!(answer.kind, AnswerKind::RedirectAddr | AnswerKind::RedirectUrl) && answer.redirect.is_none() {
        answer.problem = Some(format!("the action is {action}, but no target is named"));
    }
}

fn take_elements(answer: &mut AutodiscoverAnswer, response: Node<'_, '_>) {
    if let Some(user) = child(response, "User") {
        answer.display_name = text_of(user, "DisplayName");
        answer.address = text_of(user, "AutoDiscoverSMTPAddress").or_else(|| text_of(user, "EMailAddress"));
    }
    if let Some(account) = child(response, "Account") {
        let by_url = text_of(account, "Action").is_some_and(|action| action.eq_ignore_ascii_case("redirectUrl"));
        let [first, second] = if by_url { ["RedirectUrl", "RedirectAddr"] } else { ["RedirectAddr", "RedirectUrl"] };
        answer.redirect = text_of(account, first).or_else(|| text_of(account, second));
        answer.protocols = children(account, "Protocol").take(PROTOCOL_LIMIT).map(protocol).collect();
    }
    let action = child(response, "Action");
    if let Some(action) = action {
        // [MS-ASCMD] 2.2.3.140: the address to start again with.
        answer.redirect = answer.redirect.take().or_else(|| text_of(action, "Redirect"));
    }
    let error = child(response, "Error").or_else(|| action.and_then(|action| child(action, "Error")));
    answer.error = error.map(|error| AnswerError {
        code: text_of(error, "ErrorCode").or_else(|| text_of(error, "Status")).unwrap_or_default(),
        message: text_of(error, "Message").unwrap_or_default(),
        time: sanitise_line(error.attribute("Time").unwrap_or_default()),
        id: sanitise_line(error.attribute("Id").unwrap_or_default()),
    });
}

fn protocol(block: Node<'_, '_>) -> AnswerProtocol {
    let kind = block.attribute("Type").map(sanitise_line).or_else(|| text_of(block, "Type")).unwrap_or_default();
    AnswerProtocol {
        kind,
        server: text_of(block, "Server"),
        port: text_of(block, "Port"),
        cert_principal_name: text_of(block, "CertPrincipalName"),
        auth_package: text_of(block, "AuthPackage"),
        ttl: text_of(block, "TTL"),
        server_version: text_of(block, "ServerVersion"),
        urls: urls(block),
    }
}

/// Every element below a block that holds a URL, with its path within the block.
fn urls(block: Node<'_, '_>) -> Vec<ServiceUrl> {
    block
        .descendants()
        .filter(|node| node.is_element() && node.children().all(|child| !child.is_element()))
        .filter_map(|node| {
            let url = node.text().map(str::trim).filter(|text| is_url(text))?;
            let mut path: Vec<_> =
                node.ancestors().take_while(|ancestor| *ancestor != block).map(|part| part.tag_name().name()).collect();
            path.reverse();
            Some(ServiceUrl { element: sanitise_line(&path.join("/")), url: sanitise_line(url) })
        })
        .take(URL_LIMIT)
        .collect()
}

fn is_url(text: &str) -> bool {
    let start: String = text.chars().take(8).collect::<String>().to_ascii_lowercase();
    start.starts_with("https://") || start.starts_with("http://")
}

/// A namespace without its scheme: on the wire it is `http://`, in documentation pages `https://`.
fn without_scheme(namespace: &str) -> &str {
    let namespace = namespace.trim();
    namespace.strip_prefix("http://").or_else(|| namespace.strip_prefix("https://")).unwrap_or(namespace)
}

fn children<'a, 'i>(node: Node<'a, 'i>, name: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| child.is_element() && child.tag_name().name() == name)
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &'static str) -> Option<Node<'a, 'i>> {
    children(node, name).next()
}

/// Text of a child element, trimmed and sanitised; nothing when it is empty.
fn text_of(node: Node<'_, '_>, name: &'static str) -> Option<String> {
    let text = child(node, name)?.text()?.trim();
    (!text.is_empty()).then(|| sanitise_line(text))
}
