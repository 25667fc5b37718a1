//! XML evidence: the answer's content, understood.

use serde::{Deserialize, Serialize};

/// An Autodiscover answer ([MS-OXDSCLI] 2.2.4), or what came in its place.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct AutodiscoverAnswer {
    /// What kind of answer this is; `answer` on the wire, where `kind` already tells evidence apart.
    #[serde(rename = "answer")]
    pub kind: AnswerKind,
    /// Namespace of the `Response` element, sanitised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// `User/DisplayName`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// `User/AutoDiscoverSMTPAddress`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// `Account/RedirectAddr` or `Account/RedirectUrl`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect: Option<String>,
    /// Protocol blocks in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub protocols: Vec<AnswerProtocol>,
    /// The `Error` element.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<AnswerError>,
    /// What was wrong with the content, with line and column where known, sanitised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

impl AutodiscoverAnswer {
    /// An answer that says nothing but its kind.
    pub fn bare(kind: AnswerKind) -> Self {
        Self {
            kind,
            namespace: None,
            display_name: None,
            address: None,
            redirect: None,
            protocols: Vec::new(),
            error: None,
            problem: None,
        }
    }
}

/// Kind of an answer.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerKind {
    /// Settings with an Exchange protocol (EXCH, EXPR, EXHTTP, WEB or mapiHttp).
    Settings,
    /// `Action` = `redirectAddr`.
    RedirectAddr,
    /// `Action` = `redirectUrl`.
    RedirectUrl,
    /// An `Error` element.
    Error,
    /// Settings for IMAP, POP3 and SMTP only.
    ImapPop,
    /// The ActiveSync schema.
    MobileSync,
    /// A web page.
    Html,
    /// JSON.
    Json,
    /// Nothing.
    Empty,
    /// Autodiscover elements in a namespace that no schema knows.
    WrongNamespace,
    /// Well-formed XML of another kind.
    OtherXml,
    /// Not well-formed, or past a bound.
    Malformed,
    /// Neither XML nor HTML nor JSON.
    OtherText,
}

/// One `Protocol` block.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct AnswerProtocol {
    /// `Type` element or attribute: `EXCH`, `EXPR`, `mapiHttp`, `IMAP`, ...
    pub kind: String,
    /// `Server`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// `Port`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<String>,
    /// `CertPrincipalName`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cert_principal_name: Option<String>,
    /// `AuthPackage`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_package: Option<String>,
    /// `TTL`: hours for which the settings hold, as written; absent means 1, and 0 for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl: Option<String>,
    /// `ServerVersion`: eight hexadecimal digits, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_version: Option<String>,
    /// Every element that holds a URL, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<ServiceUrl>,
}

/// A URL handed out by an answer.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ServiceUrl {
    /// Element path within the protocol block, such as `ASUrl` or `MailStore/ExternalUrl`.
    pub element: String,
    /// The URL as written, sanitised.
    pub url: String,
}

/// An `Error` element ([MS-OXDSCLI] 2.2.4.1.1.3).
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct AnswerError {
    /// `ErrorCode`.
    pub code: String,
    /// `Message`.
    pub message: String,
    /// Attribute `Time`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub time: String,
    /// Attribute `Id`: tells servers behind one address apart.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
}
