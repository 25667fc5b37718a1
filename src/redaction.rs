//! Privacy: what tells who somebody is becomes placeholders, on events, so that it is gone from screen, reports,
//! recordings and the clipboard alike.
//!
//! | what | becomes |
//! |---|---|
//! | the part of a mailbox address before the `@`, wherever one stands, and the name of who signs in | `user1`, `user2`, ... |
//! | a user's folder in a path of Windows | `user1`, ... |
//! | a user's display name and directory name, an account of a directory | `name1`, ... |
//! | a public IP address | `100.64.0.1`, ... (RFC 6598) or `2001:db8:6464::1`, ... (RFC 3849) |
//! | a certificate's serial number | `serial1`, ... |
//! | a certificate's fingerprints | `certificate1`, ...; its bytes are left out |
//! | cookies, challenges, credentials, request ids and other tokens | `token1`, ... |
//!
//! Domains and host names stay, even one that spells an address: they are what the diagnosis is about. So do addresses
//! that mean nothing elsewhere: private (RFC 1918, RFC 4193), loopback and link-local ones. The same input becomes the
//! same placeholder for as long as the [`Redactor`] lives, so that what is equal stays equal; an address stays an address
//! of its family, because whether two are the same, and whether one is private, decides findings.

mod account;
mod header;
mod scan;
mod token;
mod vocabulary;

use crate::event::{Address, Certificate, Envelope, Event, Evidence, NoteCode};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};
use vocabulary::{AUTHORITY_KEY, FREE, GENERAL, NAMING_ELEMENTS, NUMBERS, PATHS, WORD_LEAST, WORD_LIMIT};

/// Beginning of the addresses that stand for public IPv4 addresses: the shared space of RFC 6598, which nobody routes.
const IPV4_BASE: u32 = u32::from_be_bytes([100, 64, 0, 0]);
/// How many of them there are.
const IPV4_COUNT: u32 = 1 << 22;
/// Beginning of the addresses that stand for public IPv6 addresses (RFC 3849).
const IPV6_BASE: u128 = 0x2001_0db8_6464 << 80;

/// Makes events private; remembers what it saw, so that the same input always becomes the same placeholder.
#[derive(Clone, Debug)]
pub struct Redactor {
    users: Placeholders,
    names: Placeholders,
    serials: Placeholders,
    certificates: Placeholders,
    tokens: Placeholders,
    ipv4: HashMap<Ipv4Addr, u32>,
    ipv6: HashMap<Ipv6Addr, u128>,
    /// Names and users that are looked for by themselves, in lower case, with what stands for them.
    words: Vec<(String, String)>,
    /// Users with characters that end a value in a URL, in lower case.
    odd: Vec<String>,
}

impl Default for Redactor {
    fn default() -> Self {
        Self {
            users: Placeholders::new("user"),
            names: Placeholders::new("name"),
            serials: Placeholders::new("serial"),
            certificates: Placeholders::new("certificate"),
            tokens: Placeholders::new("token"),
            ipv4: HashMap::new(),
            ipv6: HashMap::new(),
            words: Vec::new(),
            odd: Vec::new(),
        }
    }
}

/// Numbered stand-ins of one kind.
#[derive(Clone, Debug)]
struct Placeholders {
    kind: &'static str,
    known: HashMap<String, usize>,
}

impl Placeholders {
    fn new(kind: &'static str) -> Self {
        Self { kind, known: HashMap::new() }
    }

    fn of(&mut self, secret: &str) -> String {
        let next = self.known.len() + 1;
        let number = *self.known.entry(secret.to_owned()).or_insert(next);
        format!("{}{number}", self.kind)
    }
}

/// Whether an address would lead somebody elsewhere: neither private nor local to a machine or a wire.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let local = address.is_private() || address.is_loopback() || address.is_link_local();
            !(local || address.is_unspecified() || address.is_broadcast() || address.is_multicast())
        }
        IpAddr::V6(address) => {
            let local = address.is_unique_local() || address.is_loopback() || address.is_unicast_link_local();
            let mapped = address.to_ipv4_mapped().is_some_and(|inner| !is_public(inner.into()));
            !(local || mapped || address.is_unspecified() || address.is_multicast())
        }
    }
}

/// A text without passwords in URLs: `https://anna:***@mail.test/`.
pub fn without_passwords(text: &str) -> String {
    account::authorities(text, &mut account::without_password)
}

/// The same envelope without passwords in URLs, which nobody is shown, private or not: `https://anna:***@mail.test/`.
pub fn without_url_passwords(envelope: Envelope) -> Envelope {
    fn clean(value: &mut Value) {
        match value {
            Value::String(text) if text.contains(['@', '%']) => {
                *text = without_passwords(text);
            }
            Value::Array(items) => items.iter_mut().for_each(clean),
            Value::Object(fields) => fields.values_mut().for_each(clean),
            _ => {}
        }
    }
    let Ok(before) = serde_json::to_string(&envelope.event) else { return envelope };
    let is_there = |begin: &str| before.contains(begin) && account::authorities(&before, &mut |_| "x".into()) != before;
    if !is_there("://") && !is_there("%3") {
        return envelope;
    }
    let Ok(mut value) = serde_json::from_str(&before) else { return envelope };
    clean(&mut value);
    let event = serde_json::from_value(value).unwrap_or_else(|_| {
        let detail = "an event with a password in a URL was left out".to_owned();
        Event::Note { code: NoteCode::LimitReached, detail }
    });
    Envelope { event, ..envelope }
}

impl Redactor {
    /// The same envelope without what tells who somebody is.
    pub fn redact(&mut self, envelope: &Envelope) -> Envelope {
        self.learn(&envelope.event);
        let event = self.rewritten(&envelope.event).unwrap_or_else(|| {
            // Never the original: rather say that something is missing.
            let detail = "an event could not be made private and was left out".to_owned();
            Event::Note { code: NoteCode::LimitReached, detail }
        });
        Envelope { event, ..envelope.clone() }
    }

    /// Any other text, such as a sentence made of what was measured.
    pub fn text(&mut self, text: &str) -> String {
        self.string("text", text)
    }

    /// One certificate, such as one from a file that the run's are compared with.
    pub fn certificate(&mut self, certificate: &Certificate) -> Certificate {
        self.rewritten(certificate).unwrap_or_default()
    }

    /// The user of a mailbox address.
    pub fn user(&mut self, address: &Address) -> Address {
        let local = self.placeholder_of_user(&address.local);
        self.know(&address.local, &local);
        Address { local, ..address.clone() }
    }

    /// The stand-in of an address; itself where it is not public.
    pub fn address(&mut self, address: IpAddr) -> IpAddr {
        if !is_public(address) {
            return address;
        }
        match address {
            IpAddr::V4(address) => {
                let next = u32::try_from(self.ipv4.len()).unwrap_or(u32::MAX) % (IPV4_COUNT - 1) + 1;
                Ipv4Addr::from(IPV4_BASE + *self.ipv4.entry(address).or_insert(next)).into()
            }
            IpAddr::V6(address) => {
                let next = self.ipv6.len() as u128 + 1;
                Ipv6Addr::from(IPV6_BASE + *self.ipv6.entry(address).or_insert(next)).into()
            }
        }
    }

    fn rewritten<T: Serialize + DeserializeOwned>(&mut self, original: &T) -> Option<T> {
        let mut value = serde_json::to_value(original).ok()?;
        self.visit("", &mut value);
        serde_json::from_value(value).ok()
    }

    /// Takes note of the names in an event before anything is replaced, because they may stand in it by themselves.
    fn learn(&mut self, event: &Event) {
        match event {
            Event::SessionStarted { address, .. } => {
                self.user(address);
            }
            Event::Observed { evidence: Evidence::Directory(answer), .. } => {
                // Without a ticket there is no account.
                if let Some(sign_in) = answer.sign_in.as_ref().filter(|sign_in| !sign_in.account.is_empty()) {
                    let user = account_user(&sign_in.account).to_owned();
                    let placeholder = self.placeholder_of_user(&user);
                    self.know(&user, &placeholder);
                }
            }
            Event::Observed { evidence: Evidence::Http(exchange), .. } => {
                let body = exchange.body.as_ref().map_or("", |body| body.text.as_str());
                let mut names = Vec::new();
                scan::elements(body, &NAMING_ELEMENTS, &mut |name| {
                    names.push(name.to_owned());
                    String::new()
                });
                names.iter().for_each(|name| self.know_name(name));
            }
            Event::Observed { evidence: Evidence::Xml(answer), .. } => {
                if let Some(name) = &answer.display_name {
                    self.know_name(name);
                }
                for address in answer.address.iter().chain(&answer.redirect) {
                    if let Some((local, _)) = address.split_once('@').filter(|_| !address.contains('/')) {
                        let placeholder = self.placeholder_of_user(local);
                        self.know(local, &placeholder);
                    }
                }
            }
            Event::Observed { evidence: Evidence::SignIn(attempt), .. } => {
                let name = attempt.user_name.as_deref().unwrap_or_default();
                let user = name.rsplit_once('\\').map_or(name, |(_, user)| user);
                let user = user.split_once('@').map_or(user, |(user, _)| user);
                if !user.is_empty() {
                    let placeholder = self.placeholder_of_user(user);
                    self.know(user, &placeholder);
                }
            }
            _ => {}
        }
    }

    /// A name that somebody signed in with: `user`, `DOMAIN\\user` or `user@domain`.
    fn user_name(&mut self, name: &str) -> String {
        match (name.split_once('\\'), name.split_once('@')) {
            (Some((domain, user)), _) => format!("{domain}\\{}", self.placeholder_of_user(user)),
            (None, Some((user, domain))) => format!("{}@{domain}", self.placeholder_of_user(user)),
            (None, None) => self.placeholder_of_user(name),
        }
    }

    fn placeholder_of_user(&mut self, local: &str) -> String {
        self.users.of(&local.to_lowercase())
    }

    /// An account of a directory without its user: `anna@contoso.test`, `CONTOSO\anna` or a distinguished name.
    fn account(&mut self, account: &str) -> String {
        let user = account_user(account);
        if user.contains('=') {
            return self.names.of(user);
        }
        let placeholder = self.placeholder_of_user(user);
        // A part of the account, by how it is found.
        let before = account.len() - account.rsplit('\\').next().unwrap_or_default().len();
        let (domain, rest) = account.split_at(before);
        format!("{domain}{placeholder}{}", rest.get(user.len()..).unwrap_or_default())
    }

    /// A user in a text, unless something stands for it already.
    fn account_in_text(&mut self, user: &str) -> String {
        if account::is_placeholder(user) { user.to_owned() } else { self.placeholder_of_user(user) }
    }

    fn know_name(&mut self, name: &str) {
        if !name.trim().is_empty() {
            let placeholder = self.names.of(name.trim());
            self.know(name.trim(), &placeholder);
        }
    }

    /// Looks for a name or a user by itself from now on.
    fn know(&mut self, word: &str, placeholder: &str) {
        let word = word.to_lowercase();
        if word.contains(['&', '=', '?', '/', '#', '%']) && !self.odd.contains(&word) && self.odd.len() < WORD_LIMIT {
            self.odd.push(word.clone());
        }
        let known = self.words.iter().any(|(known, _)| *known == word);
        let usable = word.chars().count() >= WORD_LEAST && !GENERAL.contains(&word.as_str());
        if usable && !known && self.words.len() < WORD_LIMIT {
            self.words.push((word, placeholder.to_owned()));
            // The longest first: a full name before the user that begins it.
            self.words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        }
    }

    fn visit(&mut self, key: &str, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.string(key, text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.visit(key, item)),
            Value::Object(fields) => self.object(key, fields),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn object(&mut self, key: &str, fields: &mut Map<String, Value>) {
        let text = |fields: &Map<String, Value>, name: &str| {
            fields.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        if fields.contains_key("domain_unicode") && fields.contains_key("local") {
            let local = self.placeholder_of_user(&text(fields, "local"));
            fields.insert("local".to_owned(), local.into());
            return;
        }
        if fields.contains_key("serial") && fields.contains_key("der") {
            self.identity(fields, &text);
        }
        let oid = text(fields, "oid");
        if matches!(key, "headers" | "request_headers") {
            let value = self.header(&text(fields, "name"), &text(fields, "value"));
            fields.insert("value".to_owned(), value.into());
            return;
        }
        if matches!(key, "body" | "request_body") {
            let body = scan::elements(&text(fields, "text"), &NAMING_ELEMENTS, &mut |name| self.names.of(name));
            let body = self.string("text", &body);
            let body = token::opaque(&body, &mut |token| self.tokens.of(token));
            fields.insert("text".to_owned(), body.into());
            return;
        }
        for (name, value) in fields.iter_mut() {
            match name.as_str() {
                // Replaced above; an extension's identifier and name.
                "serial" | "sha1" | "sha256" | "der" | "oid" => {}
                "name" if !oid.is_empty() => {}
                "user_name" => *value = self.user_name(value.as_str().unwrap_or_default()).into(),
                "tenant" => *value = self.tokens.of(value.as_str().unwrap_or_default()).into(),
                "account" if value.as_str() == Some("") => {}
                "account" => *value = self.account(value.as_str().unwrap_or_default()).into(),
                "display_name" => *value = self.names.of(value.as_str().unwrap_or_default().trim()).into(),
                "text" if oid == AUTHORITY_KEY => *value = self.tokens.of(value.as_str().unwrap_or_default()).into(),
                name => self.visit(name, value),
            }
        }
    }

    /// Replaces what tells one certificate from all others.
    fn identity(&mut self, fields: &mut Map<String, Value>, text: &impl Fn(&Map<String, Value>, &str) -> String) {
        let serial = text(fields, "serial");
        if !serial.is_empty() {
            fields.insert("serial".to_owned(), self.serials.of(&serial).into());
        }
        let whole = [text(fields, "sha256"), text(fields, "sha1")].into_iter().find(|digest| !digest.is_empty());
        if let Some(whole) = whole {
            let placeholder = self.certificates.of(&whole);
            fields.insert("sha1".to_owned(), placeholder.clone().into());
            fields.insert("sha256".to_owned(), placeholder.into());
        }
        fields.insert("der".to_owned(), String::new().into());
    }

    fn string(&mut self, key: &str, text: &str) -> String {
        let text = account::authorities(text, &mut |user| self.tokens.of(user));
        let text = account::security_identifiers(&text, &mut |identifier| self.tokens.of(identifier));
        let text = account::people(&text, &mut |name| self.names.of(name));
        let text = scan::homes(&text, &mut |name| self.users.of(&name.to_lowercase()));
        let mut text = scan::mailboxes(&text, &self.odd, &mut |local| self.users.of(&local.to_lowercase()));
        if FREE.contains(&key) {
            text = scan::words(&text, &self.words);
            if !PATHS.contains(&key) {
                text = account::windows_accounts(&text, &mut |user| self.account_in_text(user));
            }
            let Self { tokens, users, .. } = self;
            text = account::fields(&text, &mut |secret| tokens.of(secret), &mut |user| users.of(&user.to_lowercase()));
        }
        if !NUMBERS.contains(&key) {
            text = scan::addresses(&text, &mut |address| self.address(address));
        }
        token::tokens(&text, &mut |token| self.tokens.of(token))
    }

    /// The value of a header.
    fn header(&mut self, name: &str, value: &str) -> String {
        let name = name.to_ascii_lowercase();
        let value = header::without_secrets(&name, value, &mut |token| self.tokens.of(token));
        if header::holds_version(&name) {
            return scan::mailboxes(&value, &self.odd, &mut |local| self.users.of(&local.to_lowercase()));
        }
        let value = self.string("value", &value);
        token::opaque(&value, &mut |token| self.tokens.of(token))
    }
}

/// The user of an account: before the `@`, behind the backslash, or all of it.
fn account_user(account: &str) -> &str {
    let user = account.rsplit('\\').next().unwrap_or_default();
    if user.contains('=') { user } else { user.split('@').next().unwrap_or_default() }
}

#[cfg(test)]
mod tests;
