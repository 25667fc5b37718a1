//! Finds tokens within text: values of secret parameters, GUIDs, and long runs that look like one. Every function gives
//! the text with each find replaced.

use super::scan::{is_word, rewrite};

/// Parameters of URLs whose value is nobody else's.
const SECRET_PARAMETERS: [&str; 33] = [
    "access_token",
    "auth",
    "authorization",
    "client-request-id",
    "code",
    "code_challenge",
    "correlationid",
    "csrf",
    "estsfed",
    "estsrequest",
    "hash",
    "id_token",
    "jsessionid",
    "key",
    "nonce",
    "password",
    "phpsessid",
    "pwd",
    "refresh_token",
    "requestid",
    "samlrequest",
    "samlresponse",
    "session",
    "session_id",
    "sessionid",
    "sid",
    "sig",
    "signature",
    "state",
    "ticket",
    "token",
    "wctx",
    "wresult",
];

/// Shortest run of letters and digits that is taken for a token by its looks.
const OPAQUE_LEAST: usize = 24;

/// GUIDs, and the values of secret parameters in URLs.
pub(super) fn tokens(text: &str, token: &mut dyn FnMut(&str) -> String) -> String {
    let text = if text.contains('=') {
        parameters(text, &['?', '&', ';', '#'], &SECRET_PARAMETERS, token)
    } else {
        text.to_owned()
    };
    if !text.contains('-') {
        return text;
    }
    let belongs = |c: char| c.is_ascii_hexdigit() || c == '-';
    rewrite(&text, belongs, &mut |before, run, after| {
        let inside = is_word(before.chars().next_back()) || is_word(after.chars().next());
        let host = after.starts_with('.') && is_word(after.chars().nth(1));
        (!inside && !host && is_guid(run)).then(|| token(&run.to_ascii_lowercase()))
    })
}

fn is_guid(text: &str) -> bool {
    text.split('-').map(str::len).eq([8, 4, 4, 4, 12])
}

/// Values of the parameters with these names (in lower case), where one of `delimiters` stands before the name. A quoted value keeps its quotes.
pub(super) fn parameters(
    text: &str,
    delimiters: &[char],
    names: &[&str],
    token: &mut dyn FnMut(&str) -> String,
) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (at, _) in text.match_indices('=') {
        if at < done {
            continue;
        }
        let before = &text[done..at];
        let name: String =
            before.chars().rev().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).collect();
        let ahead = before.get(..before.len() - name.len()).and_then(|ahead| ahead.chars().next_back());
        let name: String = name.chars().rev().collect::<String>().to_ascii_lowercase();
        if !ahead.is_some_and(|ahead| delimiters.contains(&ahead)) || !names.contains(&name.as_str()) {
            continue;
        }
        let rest = &text[at + 1..];
        let quoted = rest.strip_prefix('"');
        let ends = |c: char| c == '"' || (quoted.is_none() && (c.is_whitespace() || "&;#'<>,".contains(c)));
        let value = quoted.unwrap_or(rest);
        let value = value.get(..value.find(ends).unwrap_or(value.len())).unwrap_or_default();
        if value.is_empty() {
            continue;
        }
        let start = at + 1 + usize::from(quoted.is_some());
        out.push_str(&text[done..start]);
        out.push_str(&token(value));
        done = start + value.len();
    }
    out.push_str(&text[done..]);
    out
}

/// Long runs of letters and digits of both cases: tokens by their looks.
pub(super) fn opaque(text: &str, token: &mut dyn FnMut(&str) -> String) -> String {
    let belongs = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '_' | '-' | '=');
    rewrite(text, belongs, &mut |_, run, after| {
        let host = after.starts_with('.') && after.chars().nth(1).is_some_and(|c| c.is_ascii_lowercase());
        let digits = run.chars().filter(char::is_ascii_digit).count();
        let mixed = run.contains(|c: char| c.is_ascii_lowercase()) && run.contains(|c: char| c.is_ascii_uppercase());
        (run.len() >= OPAQUE_LEAST && !host && digits >= 3 && mixed).then(|| token(run))
    })
}
