//! Single values as they are typed: hosts, names, times, URLs.

use super::ConfigError;
use crate::event::{Origin, with_port};
use url::Url;

/// A host to connect to, in ASCII without trailing dot, and its port; 443 when none is typed. IPv6 addresses may stand in
/// brackets, an internationalised name is converted (UTS 46), and an https URL gives its host.
///
/// # Errors
/// [`ConfigError::Value`] for what is no host, or no port.
pub fn host_and_port(typed: &str) -> Result<(String, u16), ConfigError> {
    let wrong = |reason: &str| ConfigError::Value {
        option: "cert",
        value: crate::text::sanitise_line(typed),
        reason: reason.to_owned(),
    };
    if typed.contains("://") {
        let url = Url::parse(typed).ok().filter(|url| url.scheme() == "https" && url.username().is_empty());
        let url = url.ok_or_else(|| wrong("is neither a file nor HOST[:PORT] nor an https URL"))?;
        let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        let host = host_name(host).ok_or_else(|| wrong("has no host"))?;
        return Ok((host, url.port().unwrap_or(443)));
    }
    if let Ok(address) = typed.parse::<std::net::IpAddr>() {
        return Ok((address.to_string(), 443));
    }
    let (host, port) = match typed.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, "")) => (address, None),
        Some((address, rest)) => (address, rest.strip_prefix(':').or(Some(rest))),
        None => typed.split_once(':').map_or((typed, None), |(host, port)| (host, Some(port))),
    };
    let port = match port {
        None => 443,
        Some(port) => port
            .parse()
            .ok()
            .filter(|port| *port > 0)
            .ok_or_else(|| wrong("its port is not a number from 1 to 65535"))?,
    };
    let host = host_name(host).ok_or_else(|| wrong("is neither a file nor a host name or IP address"))?;
    Ok((host, port))
}

/// A host that may get credentials, in the form in which URLs hold it: exactly one name, without wildcard. `HOST:PORT` is
/// that port alone; without one it is the usual port of what is asked there.
///
/// # Errors
/// [`ConfigError::Value`] for anything else.
pub fn host_to_sign_in_at(typed: &str) -> Result<String, ConfigError> {
    let (host, port) = match typed.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, "")) => (address, None),
        // Without the colon it is no port, and no number either.
        Some((address, rest)) => (address, Some(rest.strip_prefix(':').unwrap_or_default())),
        None if typed.matches(':').count() == 1 => {
            typed.split_once(':').map_or((typed, None), |(host, port)| (host, Some(port)))
        }
        None => (typed, None),
    };
    let port = port.map(|port| port.parse::<u16>().ok().filter(|port| *port > 0));
    let host = host_name(host).filter(|host| !host.is_empty());
    let named = match (host, port) {
        (Some(host), None) => Some(host),
        (Some(host), Some(Some(port))) => Some(with_port(&host, port)),
        (_, Some(None)) | (None, _) => None,
    };
    named.ok_or_else(|| ConfigError::Value {
        option: "--send-password-to",
        value: crate::text::sanitise_line(typed),
        reason: "it is neither HOST nor HOST:PORT; write it as the report does, without https://".to_owned(),
    })
}

/// A host name in lower-case ASCII without trailing dot, or an address; nothing for what can be neither.
fn host_name(typed: &str) -> Option<String> {
    if let Ok(address) = typed.parse::<std::net::IpAddr>() {
        return Some(address.to_string());
    }
    let ascii = idna::domain_to_ascii(typed.strip_suffix('.').unwrap_or(typed)).ok()?;
    let allowed = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    (ascii.len() <= 253 && ascii.split('.').all(allowed)).then_some(ascii)
}

/// A name to judge a certificate for: in ASCII where it is internationalised, otherwise as typed.
pub fn name_to_judge(typed: &str) -> String {
    if typed.is_ascii() { typed.to_owned() } else { idna::domain_to_ascii(typed).unwrap_or_else(|_| typed.to_owned()) }
}

/// A time in RFC 3339 form, or `now`.
///
/// # Errors
/// [`ConfigError::Value`] for anything else.
pub fn time(typed: &str) -> Result<jiff::Timestamp, ConfigError> {
    if typed == "now" {
        return Ok(jiff::Timestamp::now());
    }
    typed.parse().map_err(|_| ConfigError::Value {
        option: "--at",
        value: crate::text::sanitise_line(typed),
        reason: "it is no time; write it as 2026-12-24T00:00:00Z, or now".to_owned(),
    })
}

/// The name of an Active Directory site: one label of a DNS name, for domain controllers are found by it ([MS-ADTS]
/// 6.3.2.3).
///
/// # Errors
/// [`ConfigError::Value`] for anything else.
pub fn site(typed: &str) -> Result<String, ConfigError> {
    let allowed = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_');
    if (1..=63).contains(&typed.len()) && typed.chars().all(allowed) {
        return Ok(typed.to_owned());
    }
    let value = crate::text::sanitise_line(typed);
    let reason = "a site's name has letters, digits and hyphens only; nltest /dsgetsite shows it".to_owned();
    Err(ConfigError::Value { option: "--site", value, reason })
}

pub(super) fn scp_url(text: &str) -> Result<Url, ConfigError> {
    let wrong =
        |reason: String| ConfigError::Value { option: "--scp-url", value: crate::text::sanitise_line(text), reason };
    let url = Url::parse(text).map_err(|error| wrong(format!("{error}; type it as Active Directory holds it")))?;
    if url.scheme() != "https" || url.host_str().is_none_or(str::is_empty) {
        return Err(wrong("it must be an https URL with a host".to_owned()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("it must not hold a user name or password".to_owned()));
    }
    Ok(url)
}

pub(super) fn origins(names: &[String]) -> Vec<Origin> {
    let all = [Origin::Office365, Origin::Scp, Origin::Root, Origin::Autodiscover, Origin::Redirect, Origin::Srv];
    all.into_iter().filter(|origin| names.iter().any(|name| name == origin.as_str())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_to_sign_in_at_may_have_a_port() {
        for (typed, kept) in [
            ("Mail.contoso.test.", "mail.contoso.test"),
            ("mail.contoso.test:8443", "mail.contoso.test:8443"),
            ("b\u{fc}cher.test", "xn--bcher-kva.test"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:8443", "[2001:db8::1]:8443"),
        ] {
            assert_eq!(host_to_sign_in_at(typed).ok().as_deref(), Some(kept), "{typed}");
        }
        for typed in [
            "",
            ":443",
            "a:0",
            "a:65536",
            "a:b",
            "*.a",
            "https://a.test",
            "a b",
            "[2001:db8::1]x",
            "[2001:db8::1]443",
            "a:1:2",
        ] {
            assert!(host_to_sign_in_at(typed).is_err(), "{typed}");
        }
    }
}
