//! Takes a secret out of what a server sends back: one that repeats what it was sent must not bring it into the evidence.

use crate::event::{AutodiscoverAnswer, HttpExchange, Proof, holds_cookies, opens_session};
use base64::{Engine as _, engine::general_purpose};
use zeroize::{Zeroize, Zeroizing};

/// What stands in its place.
const HIDDEN: &str = "[hidden]";

/// Shorter secrets stand in too many other words.
const LEAST: usize = 3;

/// Headers in which messages of a scheme come back.
const CHALLENGES: [&str; 4] =
    ["www-authenticate", "proxy-authenticate", "authentication-info", "proxy-authentication-info"];

/// Knows the forms in which a secret, and what was made of it, may come back.
pub struct Scrubber {
    forms: Vec<Zeroizing<String>>,
    /// The secret letter by letter, each in every spelling.
    letters: Vec<Vec<String>>,
}

impl Drop for Scrubber {
    fn drop(&mut self) {
        self.letters.iter_mut().flatten().for_each(Zeroize::zeroize);
    }
}

impl Scrubber {
    /// For a secret and the users it is tried with.
    pub fn new<'a>(proof: &Proof, users: impl IntoIterator<Item = &'a str>) -> Self {
        let mut scrubber = Self { forms: Vec::new(), letters: Vec::new() };
        let secret = proof.secret().expose();
        scrubber.know(secret);
        if secret.chars().count() >= LEAST {
            scrubber.letters = secret.chars().map(spellings).collect();
        }
        scrubber.know_encoded(secret.as_bytes());
        for user in users {
            scrubber.know_encoded(Zeroizing::new(format!("{user}:{secret}")).as_bytes());
        }
        scrubber
    }

    /// Knows a message that was sent, in base64.
    pub fn know(&mut self, text: &str) {
        if text.chars().count() >= LEAST && !self.forms.iter().any(|known| known.as_str() == text) {
            self.forms.push(Zeroizing::new(text.to_owned()));
            // The longest first: a form may be part of another.
            self.forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        }
    }

    fn know_encoded(&mut self, bytes: &[u8]) {
        for engine in [general_purpose::STANDARD, general_purpose::STANDARD_NO_PAD] {
            self.know(&Zeroizing::new(engine.encode(bytes)));
        }
        for engine in [general_purpose::URL_SAFE, general_purpose::URL_SAFE_NO_PAD] {
            self.know(&Zeroizing::new(engine.encode(bytes)));
        }
    }

    /// Takes it out of an exchange; messages of a scheme go altogether, and so does what opens the session that a sign-in
    /// began: cookies, canaries and tokens.
    pub fn exchange(&self, exchange: &mut HttpExchange) {
        self.text(&mut exchange.url);
        self.text(&mut exchange.reason);
        for header in &mut exchange.headers {
            self.text(&mut header.name);
            self.text(&mut header.value);
            if CHALLENGES.contains(&header.name.as_str()) {
                header.value = without_messages(&header.value);
            }
            if holds_cookies(&header.name) {
                header.value = without_cookies(&header.value);
            } else if opens_session(&header.name) && !header.value.is_empty() {
                header.value = HIDDEN.to_owned();
            }
        }
        exchange.schemes.iter_mut().for_each(|scheme| self.text(scheme));
        if let Some(body) = &mut exchange.body {
            self.text(&mut body.text);
        }
    }

    /// Takes it out of an answer's content.
    pub fn answer(&self, answer: &mut AutodiscoverAnswer) {
        let AutodiscoverAnswer { kind: _, namespace, display_name, address, redirect, protocols, error, problem } =
            answer;
        for text in [namespace, display_name, address, redirect, problem].into_iter().flatten() {
            self.text(text);
        }
        for protocol in protocols {
            self.text(&mut protocol.kind);
            let known = [
                &mut protocol.server,
                &mut protocol.port,
                &mut protocol.cert_principal_name,
                &mut protocol.auth_package,
                &mut protocol.ttl,
                &mut protocol.server_version,
            ];
            known.into_iter().flatten().for_each(|text| self.text(text));
            for url in &mut protocol.urls {
                self.text(&mut url.element);
                self.text(&mut url.url);
            }
        }
        if let Some(error) = error {
            for text in [&mut error.code, &mut error.message, &mut error.time, &mut error.id] {
                self.text(text);
            }
        }
    }

    /// Takes it out of a text.
    pub fn text(&self, text: &mut String) {
        for form in &self.forms {
            if text.contains(form.as_str()) {
                *text = text.replace(form.as_str(), HIDDEN);
            }
        }
        if !self.letters.is_empty() {
            self.spelt_otherwise(text);
        }
    }

    fn spelt_otherwise(&self, text: &mut String) {
        let mut at = 0;
        while let Some(letter) = text.get(at..).and_then(|rest| rest.chars().next()) {
            let found = text.get(at..).and_then(|rest| begins_with(rest, &self.letters));
            match found {
                Some(length) => {
                    text.replace_range(at..at + length, HIDDEN);
                    at += HIDDEN.len();
                }
                None => at += letter.len_utf8(),
            }
        }
    }
}

/// The value of a challenge whose messages are left out: `NTLM TlRMTVNT...` becomes `NTLM [message]`.
fn without_messages(value: &str) -> String {
    let is_message = |word: &str| word.len() >= 12 && !word.trim_end_matches('=').contains(['"', '=', ':', ',', '[']);
    let words = value.split(' ').map(|word| if is_message(word) { "[message]" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// Cookies without their values: `cadata=[hidden]; path=/`. What follows a cookie keeps its value, a name without one goes.
fn without_cookies(value: &str) -> String {
    const ATTRIBUTES: [&str; 8] = ["path", "domain", "expires", "max-age", "samesite", "version", "secure", "httponly"];
    let part = |part: &str| {
        let blanks = &part[..part.len() - part.trim_start().len()];
        let (name, value) = part.split_once('=').map_or((part, None), |(name, value)| (name, Some(value)));
        match (ATTRIBUTES.iter().any(|known| known.eq_ignore_ascii_case(name.trim())), value) {
            (true, _) => part.to_owned(),
            (false, Some(value)) if value.trim().is_empty() => part.to_owned(),
            (false, Some(_)) => format!("{name}={HIDDEN}"),
            (false, None) => format!("{blanks}{HIDDEN}"),
        }
    };
    value.split(';').map(part).collect::<Vec<_>>().join(";")
}

/// Ways to write one letter: itself, and escaped as in URLs, markup, JSON and scripts.
fn spellings(letter: char) -> Vec<String> {
    let mut bytes = [0; 4];
    let bytes = letter.encode_utf8(&mut bytes).as_bytes();
    let percent = |digits: fn(&u8) -> String| bytes.iter().map(digits).collect::<String>();
    let code = u32::from(letter);
    let mut all = vec![
        letter.to_string(),
        percent(|byte| format!("%{byte:02X}")),
        percent(|byte| format!("%{byte:02x}")),
        format!("&#{code};"),
        format!("&#x{code:x};"),
        format!("&#x{code:X};"),
        format!("\\u{code:04x}"),
        format!("\\u{code:04X}"),
        format!("\\{letter}"),
    ];
    let named = match letter {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '"' => "&quot;",
        '\'' => "&apos;",
        ' ' => "+",
        _ => return all,
    };
    all.push(named.to_owned());
    all
}

/// What stands between letters of UTF-16 that was read as single bytes, as it came and as it is made safe to show.
const FILLERS: [&str; 2] = ["\0", "<U+0000>"];

/// Length of the secret where a text begins with it, however its letters are spelt.
fn begins_with(text: &str, secret: &[Vec<String>]) -> Option<usize> {
    let mut at = 0;
    for (number, letter) in secret.iter().enumerate() {
        let mut rest = text.get(at..)?;
        let filler = FILLERS.into_iter().find(|filler| number > 0 && rest.starts_with(filler));
        if let Some(filler) = filler {
            at += filler.len();
            rest = text.get(at..)?;
        }
        at += letter.iter().filter(|spelling| rest.starts_with(spelling.as_str())).map(String::len).max()?;
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{secret::Secret, text::sanitise_block};

    fn scrubbed(text: &str) -> String {
        let scrubber = Scrubber::new(&Proof::Password(Secret::new("Sesame&42?")), ["CONTOSO\\anna"]);
        let mut text = text.to_owned();
        scrubber.text(&mut text);
        text
    }

    #[test]
    fn every_form_is_taken_out() {
        // base64 of `CONTOSO\anna:Sesame&42?` and of the password alone, by coreutils.
        for form in
            ["Sesame&42?", "Sesame%2642%3F", "Sesame&amp;42?", "Q09OVE9TT1xhbm5hOlNlc2FtZSY0Mj8=", "U2VzYW1lJjQyPw"]
        {
            assert_eq!(scrubbed(&format!("you sent {form}!")).trim_end_matches("=="), "you sent [hidden]!", "{form}");
        }
        let wide: String = "Sesame&42?".chars().flat_map(|letter| [letter, '\0']).collect();
        let shown = sanitise_block(&wide, 1000);
        assert!(!shown.contains("Sesame") && scrubbed(&shown).starts_with("[hidden]"), "{shown}");
        assert_eq!(scrubbed("Sesame & 42, Sesam, ümläut"), "Sesame & 42, Sesam, ümläut");
    }

    #[test]
    fn what_opens_a_session_goes_and_its_name_stays() {
        let cookies = "cadata=6J+ab/12; path=/; secure; HttpOnly; Expires=Wed, 09 Jun 2027 10:18:14 GMT";
        let kept = "cadata=[hidden]; path=/; secure; HttpOnly; Expires=Wed, 09 Jun 2027 10:18:14 GMT";
        assert_eq!(without_cookies(cookies), kept);
        assert_eq!(without_cookies("X-OWA-CANARY=gone; path=/owa"), "X-OWA-CANARY=[hidden]; path=/owa");
        assert_eq!(without_cookies("gone=; path=/"), "gone=; path=/");
        assert_eq!(without_cookies("a=b=c; d=e"), "a=[hidden]; d=[hidden]");
        assert_eq!(without_cookies("alone"), "[hidden]");
        for header in ["X-OWA-CANARY", "x-auth-token", "X-CSRF-Token", "x-ms-session-id"] {
            assert!(opens_session(header), "{header}");
        }
        for header in ["www-authenticate", "x-feserver", "date", "request-id"] {
            assert!(!opens_session(header), "{header}");
        }
    }

    #[test]
    fn messages_of_a_scheme_go() {
        assert_eq!(without_messages("NTLM TlRMTVNTUAACAAAADAAMAA=="), "NTLM [message]");
        assert_eq!(without_messages("Basic realm=\"mail.contoso.test\""), "Basic realm=\"mail.contoso.test\"");
        assert_eq!(without_messages("Negotiate, NTLM"), "Negotiate, NTLM");
    }
}
