//! One connection on which LDAP is spoken (RFC 4511), bounded in size and time.

use super::{
    Credentials, START_TLS,
    kerberos::{Key, Sealed},
    stream::Stream,
};
use crate::event::{POINTER_KEYWORD, URL_KEYWORD};
use futures_util::{SinkExt as _, StreamExt as _};
use ldap3_proto::{
    LdapCodec,
    proto::{
        LdapBindCred, LdapBindRequest, LdapDerefAliases, LdapExtendedRequest, LdapFilter, LdapMsg, LdapOp, LdapResult,
        LdapSearchRequest, LdapSearchResultEntry, LdapSearchScope, SaslCredentials,
    },
};
use secrecy::ExposeSecret as _;
use std::{io, time::Duration};
use tokio::{io::AsyncWriteExt as _, net::TcpStream, time::timeout};
use tokio_util::codec::Framed;
use zeroize::Zeroizing;

/// Largest message that is read, in bytes.
const MESSAGE_LIMIT: usize = 256 * 1024;
/// Deepest nesting of a message.
const DEPTH_LIMIT: usize = 32;
/// Entries of one search.
const ENTRY_LIMIT: usize = 256;
/// Bytes of all entries of one search together.
const SEARCH_LIMIT: usize = 2 * 1024 * 1024;
/// Messages of one search, those that are passed over included.
const ANSWER_LIMIT: usize = 2 * ENTRY_LIMIT;
/// Longest account and password that are sent, in bytes each.
const CREDENTIAL_LIMIT: usize = 4096;

/// There is no such entry (RFC 4511 appendix A).
pub(super) const NO_SUCH_OBJECT: u32 = 32;
/// Attribute of an accepted domain of Exchange.
pub(super) const ACCEPTED_DOMAIN: &str = "msExchAcceptedDomainName";

/// Why a question got no answer.
#[derive(Debug)]
pub(super) enum Fault {
    Silent,
    Malformed(String),
    Refused { code: u32, message: String },
}

/// How an operation ended.
#[derive(Debug, Default)]
pub(super) struct End {
    pub(super) code: u32,
    pub(super) message: String,
}

/// What a search found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) entries: Vec<LdapSearchResultEntry>,
    /// There is more than the limit, here or at the server.
    pub(super) more: bool,
    pub(super) end: End,
}

pub(super) struct Session {
    wire: Framed<Stream, LdapCodec>,
    limit: Duration,
    last: i32,
}

impl Session {
    pub(super) fn new(stream: Stream, limit: Duration) -> Self {
        let codec = LdapCodec::new(Some(MESSAGE_LIMIT), Some(DEPTH_LIMIT));
        Self { wire: Framed::new(stream, codec), limit, last: 0 }
    }

    pub(super) fn is_protected(&self) -> bool {
        matches!(self.wire.get_ref(), Stream::Tls(_))
    }

    /// The connection with every further message sealed. What came in clear would be taken for sealed, so it ends it.
    pub(super) fn sealed(self, key: Key) -> Result<Self, Fault> {
        let (limit, last) = (self.limit, self.last);
        let sealed = Sealed::new(self.into_clear()?, key);
        Ok(Self { last, ..Self::new(Stream::Sealed(Box::new(sealed)), limit) })
    }

    /// The connection in clear, to begin protection on. What came unasked would be taken for protected later, so it ends it.
    pub(super) fn into_clear(self) -> Result<TcpStream, Fault> {
        let parts = self.wire.into_parts();
        match parts.io {
            Stream::Clear(stream) if parts.read_buf.is_empty() => Ok(stream),
            Stream::Clear(_) => {
                Err(Fault::Malformed("the server spoke in clear before the protection began".to_owned()))
            }
            Stream::Tls(_) | Stream::Sealed(_) => Err(Fault::Malformed("protection within protection".to_owned())),
        }
    }

    /// Asks to begin TLS.
    pub(super) async fn start_tls(&mut self) -> Result<(), Fault> {
        let request = LdapExtendedRequest { name: START_TLS.to_owned(), value: None };
        match self.ask(LdapOp::ExtendedRequest(request)).await? {
            LdapOp::ExtendedResponse(response) => match end(&response.res) {
                End { code: 0, .. } => Ok(()),
                End { code, message } => Err(Fault::Refused { code, message }),
            },
            _ => Err(unexpected("StartTLS")),
        }
    }

    /// Signs in with a password (RFC 4513 5.1.3). The request is put together here, in memory that is wiped.
    pub(super) async fn bind(&mut self, credentials: &Credentials) -> Result<End, Fault> {
        self.last += 1;
        let request = bind_request(self.last, &credentials.account, credentials.password.expose_secret());
        let request = request.ok_or_else(|| Fault::Malformed("account or password is too long".to_owned()))?;
        let stream = self.wire.get_mut();
        let send = async {
            stream.write_all(&request).await?;
            stream.flush().await
        };
        timeout(self.limit, send).await.map_err(|_| Fault::Silent)?.map_err(|_| Fault::Silent)?;
        match self.next().await? {
            LdapOp::BindResponse(response) => Ok(end(&response.res)),
            _ => Err(unexpected("sign-in")),
        }
    }

    /// One message of a sign-in by SASL (RFC 4511 4.2), and the server's token.
    pub(super) async fn sasl(&mut self, mechanism: &str, credentials: Vec<u8>) -> Result<(End, Vec<u8>), Fault> {
        let cred = LdapBindCred::SASL(SaslCredentials { mechanism: mechanism.to_owned(), credentials });
        match self.ask(LdapOp::BindRequest(LdapBindRequest { version: 3, dn: String::new(), cred })).await? {
            LdapOp::BindResponse(response) => Ok((end(&response.res), response.saslcreds.unwrap_or_default())),
            _ => Err(unexpected("sign-in")),
        }
    }

    /// Everything that a search gives, up to the limits.
    pub(super) async fn search(&mut self, request: LdapSearchRequest) -> Result<Found, Fault> {
        self.send(LdapOp::SearchRequest(request)).await?;
        let mut found = Found::default();
        let mut room = SEARCH_LIMIT;
        for _ in 0..ANSWER_LIMIT {
            match self.next().await? {
                LdapOp::SearchResultEntry(entry) => match room.checked_sub(size(&entry)) {
                    Some(left) if found.entries.len() < ENTRY_LIMIT => {
                        room = left;
                        found.entries.push(entry);
                    }
                    _ => found.more = true,
                },
                // Other directories of the forest; the configuration is the same in all.
                LdapOp::SearchResultReference(_) | LdapOp::IntermediateResponse(_) => {}
                LdapOp::SearchResultDone(result) => {
                    found.end = end(&result);
                    found.more |= found.end.code == super::SIZE_LIMIT_EXCEEDED;
                    return Ok(found);
                }
                _ => return Err(unexpected("search")),
            }
        }
        Err(Fault::Malformed("the search never ends".to_owned()))
    }

    /// Takes leave; the server closes.
    pub(super) async fn unbind(mut self) {
        // Nothing is left to be told.
        let _ = self.send(LdapOp::UnbindRequest).await;
    }

    async fn ask(&mut self, operation: LdapOp) -> Result<LdapOp, Fault> {
        self.send(operation).await?;
        self.next().await
    }

    async fn send(&mut self, op: LdapOp) -> Result<(), Fault> {
        self.last += 1;
        let message = LdapMsg { msgid: self.last, op, ctrl: Vec::new() };
        timeout(self.limit, self.wire.send(message)).await.map_err(|_| Fault::Silent)?.map_err(|_| Fault::Silent)
    }

    /// The next answer to the last question. A notice of disconnection (RFC 4511 4.4.1) bears the number 0.
    async fn next(&mut self) -> Result<LdapOp, Fault> {
        for _ in 0..ANSWER_LIMIT {
            let message = timeout(self.limit, self.wire.next()).await.map_err(|_| Fault::Silent)?;
            let message = message.ok_or(Fault::Silent)?.map_err(|error| match error.kind() {
                io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe => {
                    Fault::Silent
                }
                _ => Fault::Malformed(error.to_string()),
            })?;
            match message {
                LdapMsg { msgid: 0, op: LdapOp::ExtendedResponse(notice), .. } => {
                    let End { code, message } = end(&notice.res);
                    return Err(Fault::Refused { code, message });
                }
                LdapMsg { msgid, op, .. } if msgid == self.last => return Ok(op),
                _ => {}
            }
        }
        Err(Fault::Malformed("nothing but answers to other questions".to_owned()))
    }
}

/// Bytes that an entry takes, roughly: its texts, and a little for each of them.
fn size(entry: &LdapSearchResultEntry) -> usize {
    const EACH: usize = 32;
    let values = |values: &[Vec<u8>]| values.iter().map(|value| value.len() + EACH).sum::<usize>();
    let attributes = entry.attributes.iter().map(|attribute| attribute.atype.len() + EACH + values(&attribute.vals));
    entry.dn.len() + EACH + attributes.sum::<usize>()
}

fn unexpected(what: &str) -> Fault {
    Fault::Malformed(format!("another answer than one to {what}"))
}

fn end(result: &LdapResult) -> End {
    // The codes are small numbers by definition.
    End { code: u32::try_from(result.code.clone() as i64).unwrap_or(u32::MAX), message: result.message.clone() }
}

/// One entry by its name.
pub(super) fn whole_entry(base: &str, attributes: &[&str]) -> LdapSearchRequest {
    let filter = LdapFilter::Present("objectClass".to_owned());
    request(base, LdapSearchScope::Base, filter, attributes)
}

/// The entries about Autodiscover: both keywords at once (EWS Managed API, `DirectoryHelper`).
pub(super) fn connection_points(base: &str) -> LdapSearchRequest {
    let keyword = |value: &str| equals("keywords", value);
    let filter = LdapFilter::And(vec![
        equals("objectClass", "serviceConnectionPoint"),
        LdapFilter::Or(vec![keyword(POINTER_KEYWORD), keyword(URL_KEYWORD)]),
    ]);
    let attributes = ["keywords", "serviceBindingInformation", "whenCreated", "whenChanged"];
    request(base, LdapSearchScope::Subtree, filter, &attributes)
}

/// The domains for which Exchange takes mail.
pub(super) fn accepted_domains(configuration: &str) -> LdapSearchRequest {
    let base = format!("CN=Microsoft Exchange,CN=Services,{configuration}");
    let filter = equals("objectClass", "msExchAcceptedDomain");
    request(&base, LdapSearchScope::Subtree, filter, &[ACCEPTED_DOMAIN])
}

fn equals(attribute: &str, value: &str) -> LdapFilter {
    LdapFilter::Equality(attribute.to_owned(), value.to_owned())
}

fn request(base: &str, scope: LdapSearchScope, filter: LdapFilter, attributes: &[&str]) -> LdapSearchRequest {
    LdapSearchRequest {
        base: base.to_owned(),
        scope,
        aliases: LdapDerefAliases::Never,
        sizelimit: i32::try_from(ENTRY_LIMIT).unwrap_or(i32::MAX),
        timelimit: 0,
        typesonly: false,
        filter,
        attrs: attributes.iter().map(|name| (*name).to_owned()).collect(),
    }
}

/// A simple bind in BER (RFC 4511 4.2, 5.1); none where account or password are too long.
pub(super) fn bind_request(number: i32, account: &str, password: &str) -> Option<Zeroizing<Vec<u8>>> {
    if account.len() > CREDENTIAL_LIMIT || password.len() > CREDENTIAL_LIMIT {
        return None;
    }
    // The number of a request is small: a run sends a handful.
    let number = u8::try_from(number).ok().filter(|number| *number < 0x80)?;
    let room = || Zeroizing::new(Vec::with_capacity(account.len() + password.len() + 64));
    let (mut bind, mut message, mut request) = (room(), room(), room());
    bind.extend([0x02, 0x01, 0x03]);
    element(&mut bind, 0x04, account.as_bytes());
    element(&mut bind, 0x80, password.as_bytes());
    message.extend([0x02, 0x01, number]);
    element(&mut message, 0x60, &bind);
    element(&mut request, 0x30, &message);
    Some(request)
}

/// One element: tag, length in its shortest form of up to two bytes, content.
fn element(out: &mut Vec<u8>, tag: u8, content: &[u8]) {
    let [.., high, low] = content.len().to_be_bytes();
    out.push(tag);
    match (high, low) {
        (0, 0..0x80) => out.push(low),
        (0, _) => out.extend([0x81, low]),
        _ => out.extend([0x82, high, low]),
    }
    out.extend_from_slice(content);
}
