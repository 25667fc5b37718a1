//! Finds accounts within text: users in URLs, accounts of Windows, security identifiers, distinguished names of people,
//! users and passwords of forms. Every function gives the text with each find replaced.

/// How a URL's authority begins, and how an `@` in it is written then.
const AUTHORITIES: [(&str, &str); 2] = [("://", "@"), ("%3a%2f%2f", "%40")];

/// Characters behind an authority (RFC 3986 3.2), and those at which a URL in a text ends.
const BEHIND: [char; 12] = ['/', '?', '#', ' ', '\n', '\t', '"', '\'', '<', '>', '\\', '|'];

/// What stands between the beginning of an authority and its last `@`: `anna`, `anna:password`.
pub(super) fn authorities(text: &str, replace: &mut dyn FnMut(&str) -> String) -> String {
    let mut text = text.to_owned();
    for (begin, sign) in AUTHORITIES {
        let lower = text.to_ascii_lowercase();
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        for (at, _) in lower.match_indices(begin) {
            let start = at + begin.len();
            let Some(rest) = text.get(start..).filter(|_| start >= done) else { continue };
            let Some(user) = user_of(rest, sign) else { continue };
            out.push_str(&text[done..start]);
            out.push_str(&replace(user));
            done = start + user.len();
        }
        out.push_str(&text[done..]);
        text = out;
    }
    text
}

/// The user information at the beginning of a text, a password with it.
fn user_of<'a>(rest: &'a str, sign: &str) -> Option<&'a str> {
    if sign != "@" {
        let belongs = |c: char| c.is_alphanumeric() || "-._~%!*+$".contains(c);
        let authority = &rest[..rest.find(|c: char| !belongs(c)).unwrap_or(rest.len())];
        let lower = authority.to_ascii_lowercase();
        let end = ["%2f", "%3f", "%23"].iter().filter_map(|behind| lower.find(behind)).min().unwrap_or(lower.len());
        return lower[..end].rfind(sign).map(|end| &authority[..end]).filter(|user| !user.is_empty());
    }
    let authority = rest.split(BEHIND).next().unwrap_or_default();
    if let Some(end) = authority.rfind(sign) {
        return Some(&authority[..end]).filter(|user| !user.is_empty());
    }
    // No port is written so: a password with a slash in it, which no URL may hold.
    let port = authority.rsplit_once(':').map_or("", |(_, port)| port);
    let odd = !authority.starts_with('[') && !port.bytes().all(|byte| byte.is_ascii_digit());
    let whole = rest.split([' ', '\n', '\t', '"', '<', '>']).next().filter(|_| odd)?;
    whole.rfind('@').map(|end| &whole[..end])
}

/// User information without its password.
pub(super) fn without_password(user: &str) -> String {
    let cut = [user.find(':'), user.to_ascii_lowercase().find("%3a").filter(|_| !user.contains(':'))];
    match cut.into_iter().flatten().min() {
        Some(end) => format!("{}:***", &user[..end]),
        None => user.to_owned(),
    }
}

/// How the backslash between a domain and a user is written, the longest first.
const BACKSLASHES: [&str; 4] = ["\\\\", "\\", "%5c", "&#92;"];

/// Beginnings that are no domain of Windows: hives of the registry, and folders that pages of servers name.
const NO_DOMAINS: [&str; 16] = [
    "builtin",
    "hkcu",
    "hklm",
    "hkcr",
    "hku",
    "hkey_current_user",
    "hkey_local_machine",
    "hkey_users",
    "http",
    "https",
    "inetpub",
    "local",
    "microsoft",
    "software",
    "system",
    "windows",
];

/// The user in `CONTOSO\anna`, as servers of Windows write accounts: a NetBIOS name, which has at most 15 characters, or
/// a domain, then one name and no path.
pub(super) fn windows_accounts(text: &str, user: &mut dyn FnMut(&str) -> String) -> String {
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (at, _) in lower.match_indices(['\\', '%', '&']) {
        let Some(sign) = BACKSLASHES.iter().find(|sign| lower[at..].starts_with(**sign)).filter(|_| at >= done) else {
            continue;
        };
        let before = &text[done..at];
        let belongs = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        let domain = &before[before.trim_end_matches(belongs).len()..];
        let ahead = text[..at - domain.len()].chars().next_back();
        let start = at + sign.len();
        let rest = &text[start..];
        let name = &rest[..rest.find(|c: char| !(belongs(c) || c == '$')).unwrap_or(rest.len())];
        let name = name.trim_end_matches('.');
        let is_domain = domain.starts_with(char::is_alphanumeric)
            && (domain.chars().count() <= 15 || domain.contains('.'))
            && !NO_DOMAINS.contains(&domain.to_ascii_lowercase().as_str())
            && !matches!(ahead, Some('\\' | '/' | ':' | '%' | ';'));
        let goes_on = rest[name.len()..].starts_with(['\\', '/', ':', '%']);
        // In scripts and JSON a backslash before one of these letters writes a character.
        let plain = domain.contains('.') || !domain.contains(|c: char| c.is_ascii_lowercase());
        let escape = *sign == "\\" && !plain && name.starts_with(['n', 'r', 't', 'b', 'f', 'u', 'x']);
        // A machine's account is no person's.
        if is_domain && !escape && !goes_on && name.contains(char::is_alphabetic) && !name.ends_with('$') {
            out.push_str(&text[done..start]);
            out.push_str(&user(name));
            done = start + name.len();
        }
    }
    out.push_str(&text[done..]);
    out
}

/// Security identifiers of a domain's accounts (\[MS-DTYP\] 2.4.2.1): `S-1-5-21-1-2-3-1104`.
pub(super) fn security_identifiers(text: &str, token: &mut dyn FnMut(&str) -> String) -> String {
    const DOMAIN: &str = "s-1-5-21-";
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (at, _) in lower.match_indices(DOMAIN) {
        let rest = &lower[at + DOMAIN.len()..];
        let length = rest.find(|c: char| !(c.is_ascii_digit() || c == '-')).unwrap_or(rest.len());
        let number = rest[..length].trim_end_matches('-');
        if at >= done && !number.is_empty() {
            let end = at + DOMAIN.len() + number.len();
            out.push_str(&text[done..at]);
            out.push_str(&token(&lower[at..end]));
            done = end;
        }
    }
    out.push_str(&text[done..]);
    out
}

/// Longest distinguished name that is looked at, in bytes.
const NAME_LIMIT: usize = 512;

/// The first name of a distinguished name that is a person's: below an organisational unit or the folder of users of a
/// domain, or among the recipients of Exchange. Certificates and the configuration keep theirs.
pub(super) fn people(text: &str, name: &mut dyn FnMut(&str) -> String) -> String {
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    let beginnings = ["cn=", "uid="].iter().flat_map(|begin| lower.match_indices(begin));
    let mut places: Vec<usize> = beginnings.map(|(at, begin)| at + begin.len()).collect();
    places.sort_unstable();
    for start in places {
        let (Some(rest), Some(value)) = (lower.get(start..), text.get(start..)) else { continue };
        let recipient = lower[..start].ends_with("/cn=recipients/cn=");
        let length = if recipient {
            rest.find(['/', '<', '>', '"', '\n', '&']).unwrap_or(rest.len())
        } else {
            first_value(rest)
        };
        let behind = rest.get(length..).unwrap_or_default();
        let line: String = behind.chars().take(NAME_LIMIT).take_while(|c| !"\n\"<>".contains(*c)).collect();
        let person = (line.starts_with(",ou=") || line.starts_with(",cn=users,"))
            && line.contains(",dc=")
            && !line.contains("cn=configuration,");
        let known = value.get(..length).unwrap_or_default().trim();
        if start >= done && (recipient || person) && !known.is_empty() {
            out.push_str(&text[done..start]);
            out.push_str(&name(known));
            done = start + length;
        }
    }
    out.push_str(&text[done..]);
    out
}

/// Where a value of a distinguished name ends: at a comma that nothing escapes (RFC 4514 2.4).
fn first_value(text: &str) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            '\\' if !escaped => escaped = true,
            ',' | '"' | '<' | '>' | '\n' if !escaped => return at,
            _ => escaped = false,
        }
    }
    text.len()
}

/// Names of fields that hold a password, and of those that hold a user.
const PASSWORDS: [&str; 5] = ["password", "passwd", "passwort", "pwd", "pass"];
const USERS: [&str; 7] = ["user", "username", "user_name", "userid", "uid", "login", "loginname"];

/// Values of `password=` and `user=`, wherever in a text they stand.
pub(super) fn fields(
    text: &str,
    token: &mut dyn FnMut(&str) -> String,
    user: &mut dyn FnMut(&str) -> String,
) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (at, _) in text.match_indices('=') {
        if at < done {
            continue;
        }
        let before = &text[done..at];
        let name = &before[before.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len()..];
        let name = name.to_ascii_lowercase();
        let secret = PASSWORDS.contains(&name.as_str());
        let rest = &text[at + 1..];
        let quoted = rest.strip_prefix('"').map(|inner| (1, inner, '"'));
        let quoted = quoted.or(rest.strip_prefix('\'').map(|inner| (1, inner, '\'')));
        let value = match quoted {
            Some((_, inner, quote)) => inner.split(quote).next().unwrap_or_default(),
            None => rest.split([' ', '\n', '\t', '&', ';', ',', '<', '>', '"']).next().unwrap_or_default(),
        };
        let start = at + 1 + quoted.map_or(0, |(length, ..)| length);
        // Found by the other rules already.
        let known = value.contains('@') || value.to_ascii_lowercase().contains("%40") || is_placeholder(value);
        if value.is_empty() || !(secret || USERS.contains(&name.as_str()) && !known) || is_placeholder(value) {
            continue;
        }
        let (domain, account) = value.split_at(value.rfind('\\').map_or(0, |at| at + 1));
        if !secret && is_placeholder(account) {
            continue;
        }
        out.push_str(&text[done..start]);
        out.push_str(&if secret { token(value) } else { format!("{domain}{}", user(account)) });
        done = start + value.len();
    }
    out.push_str(&text[done..]);
    out
}

/// Whether something stands for a name already.
pub(super) fn is_placeholder(text: &str) -> bool {
    let number = ["user", "token", "name"].iter().find_map(|kind| text.strip_prefix(kind));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}
