//! Codes: WinHTTP, WinINET and MAPI numbers in the three spellings of Outlook's log, the error codes of Autodiscover
//! answers, and HTTP statuses.
//!
//! Outlook prints one failure as a bare Win32 number (`GetLastError = 12002`), as an unsigned decimal HRESULT
//! (`GetLastError=2147954402`) or as a hexadecimal HRESULT (`0x80072EE2`); other tools print the signed decimal.

mod table;

use crate::event::Cause;
use table::{AUTODISCOVER_ERRORS, Code, HTTP_STATUSES, ProtocolCode, codes};

/// Whose code it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CodeKind {
    /// An HRESULT, as Outlook's log prints it.
    Outlook,
    /// `ErrorCode` of an Autodiscover answer ([MS-OXDSCLI] 2.2.4.1.1.3.2).
    AutodiscoverError,
    /// Status of an HTTP answer (RFC 9110).
    HttpStatus,
}

/// What a code means.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CodeExplanation {
    /// Whose code it is.
    pub kind: CodeKind,
    /// The code as Outlook's log prints it, such as `0x80072F0C`; the plain number of another kind.
    pub hex: String,
    /// The HRESULT as an unsigned decimal, or the number.
    pub unsigned: u32,
    /// The HRESULT as a signed decimal, or the number.
    pub signed: i32,
    /// The Win32 number inside the HRESULT, where it is one (facility 7).
    pub win32: Option<u32>,
    /// Symbolic name.
    pub symbol: &'static str,
    /// What it means, in words.
    pub meaning: &'static str,
    /// The stage it speaks about: `client`, `dns`, `tcp`, `tls`, `certificate`, `http`, `xml`, `auth`, `proxy` or `any`.
    pub stage: &'static str,
    /// Ids of the cases it may be a sign of, the likeliest first.
    pub findings: &'static [&'static str],
}

impl CodeExplanation {
    /// The code with its other spellings, for a heading of one or two lines.
    pub fn heading(&self) -> String {
        match (self.kind, self.win32) {
            (CodeKind::Outlook, win32) => {
                let number = win32.map(|win32| format!("\nWindows number {win32}")).unwrap_or_default();
                format!("{}   unsigned {}   signed {}{number}", self.hex, self.unsigned, self.signed)
            }
            (CodeKind::AutodiscoverError, _) => format!("Autodiscover error {}", self.unsigned),
            (CodeKind::HttpStatus, _) => format!("HTTP status {}", self.unsigned),
        }
    }
}

/// The code with this text: hexadecimal (with `0x` 7 or 8 digits or a short Win32 number; without it 8 digits), signed
/// or unsigned decimal HRESULT, Win32 number, error code of an Autodiscover answer, or HTTP status, the last also as
/// `HTTP 500` where the bare number is an error code. Surrounding punctuation of a log line is passed over. `None` for
/// what is no known code.
pub fn lookup(text: &str) -> Option<CodeExplanation> {
    let text = text.trim_matches(|character: char| character.is_whitespace() || "().,;".contains(character));
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        [number] => outlook(number).or_else(|| autodiscover_error(number)).or_else(|| http_status(number)),
        [protocol, number] if protocol.eq_ignore_ascii_case("http") => http_status(number),
        _ => None,
    }
}

/// Everything a text may mean: the same number can be an error of Autodiscover and a status of HTTP.
pub fn meanings(text: &str) -> Vec<CodeExplanation> {
    let first = lookup(text);
    let status = http_status(text.trim()).filter(|status| first.as_ref() != Some(status));
    first.into_iter().chain(status).collect()
}

/// All known codes.
pub fn all() -> impl Iterator<Item = CodeExplanation> {
    let errors = AUTODISCOVER_ERRORS.iter().map(|code| explain_number(CodeKind::AutodiscoverError, code));
    let statuses = HTTP_STATUSES.iter().map(|code| explain_number(CodeKind::HttpStatus, code));
    codes().map(explain).chain(errors).chain(statuses)
}

/// The error code of an Autodiscover answer with this number ([MS-OXDSCLI] 2.2.4.1.1.3.2).
pub fn autodiscover_error(number: &str) -> Option<CodeExplanation> {
    let number: u32 = number.trim().parse().ok()?;
    let code = AUTODISCOVER_ERRORS.iter().find(|code| code.number == number)?;
    Some(explain_number(CodeKind::AutodiscoverError, code))
}

fn http_status(number: &str) -> Option<CodeExplanation> {
    let number: u32 = number.parse().ok()?;
    let code = HTTP_STATUSES.iter().find(|code| code.number == number)?;
    Some(explain_number(CodeKind::HttpStatus, code))
}

fn outlook(text: &str) -> Option<CodeExplanation> {
    // Eight digits without 0x are a decimal number first; 80072F05 can only be hexadecimal.
    let bare = || (text.len() == 8).then(|| u32::from_str_radix(text, 16).ok()).flatten();
    number(text).and_then(known).or_else(|| bare().and_then(known)).map(explain)
}

fn known(number: u32) -> Option<&'static Code> {
    codes().find(|code| code.hresult == number || code.win32() == Some(number))
}

fn number(text: &str) -> Option<u32> {
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        let number = u32::from_str_radix(digits, 16).ok()?;
        // An article prints 0x8004005 for 0x80040005: seven digits stand for eight with a zero lost.
        return if known(number).is_some() || digits.len() != 7 { Some(number) } else { with_lost_zero(digits) };
    }
    match text.strip_prefix('-') {
        Some(_) => text.parse::<i32>().ok().map(i32::cast_unsigned),
        None => text.parse().ok(),
    }
}

fn with_lost_zero(digits: &str) -> Option<u32> {
    (1..=digits.len()).find_map(|place| {
        let (before, after) = (digits.get(..place)?, digits.get(place..)?);
        let number = u32::from_str_radix(&format!("{before}0{after}"), 16).ok()?;
        codes().any(|code| code.hresult == number).then_some(number)
    })
}

fn explain(code: &Code) -> CodeExplanation {
    CodeExplanation {
        kind: CodeKind::Outlook,
        hex: format!("0x{:08X}", code.hresult),
        unsigned: code.hresult,
        signed: code.hresult.cast_signed(),
        win32: code.win32(),
        symbol: code.symbol,
        meaning: code.meaning,
        stage: code.stage,
        findings: code.findings,
    }
}

fn explain_number(kind: CodeKind, code: &ProtocolCode) -> CodeExplanation {
    CodeExplanation {
        kind,
        hex: code.number.to_string(),
        unsigned: code.number,
        signed: code.number.cast_signed(),
        win32: None,
        symbol: code.symbol,
        meaning: code.meaning,
        stage: if kind == CodeKind::HttpStatus { "http" } else { "xml" },
        findings: code.findings,
    }
}

/// Outlook's code for a cause, as its log prints it; none where Outlook has no code of its own (an HTTP status, a body
/// it cannot use).
pub fn for_cause(cause: Cause) -> Option<&'static str> {
    Some(match cause {
        Cause::LdapControllersDiffer
        | Cause::LdapNoEntries
        | Cause::LdapNoServer
        | Cause::LdapPasswordNotSent
        | Cause::LdapPasswordRefused
        | Cause::LdapTicketNotUsed
        | Cause::LdapTicketRefused
        | Cause::LdapPointerUnusable
        | Cause::LdapRefused
        | Cause::LdapSignInNeeded
        | Cause::LdapUnreadable => return None,
        Cause::DnsAliasDangling
        | Cause::DnsAliasLoop
        | Cause::DnsMalformed
        | Cause::DnsNoData
        | Cause::DnsNoSuchName
        | Cause::DnsRefused
        | Cause::DnsServerFailure
        | Cause::DnsSrvTargetMissing
        | Cause::DnsTimeout
        | Cause::DnsUnreachable => "0x80072EE7",
        Cause::DnsSrvTargetRoot => "0x8004010F",
        Cause::TcpTimeout | Cause::TlsTimeout | Cause::HttpTimeout => "0x80072EE2",
        Cause::TcpRefused | Cause::TcpReset | Cause::TcpUnreachable => "0x80072EFD",
        Cause::TlsClosed | Cause::TlsReset | Cause::HttpClosed => "0x80072EFE",
        Cause::TlsExpired | Cause::TlsNotYetValid => "0x80072F05",
        Cause::TlsNameMismatch => "0x80072F06",
        Cause::TlsClientCertificateRequired | Cause::HttpClientCertificateRequired => "0x80072F0C",
        Cause::TlsIssuerUntrusted | Cause::TlsSelfSigned => "0x80072F0D",
        Cause::TlsWrongUsage => "0x80072F93",
        Cause::TlsHandshakeRefused | Cause::TlsMalformed | Cause::TlsVersion | Cause::TlsNotTls => "0x80072F7D",
        Cause::HttpMalformed => "0x80072F78",
        Cause::HttpRedirectInvalid
        | Cause::HttpRedirectLimit
        | Cause::HttpRedirectLoop
        | Cause::HttpRedirectNotHttps => "0x80072F7C",
        Cause::DnsSrvPort
        | Cause::DnsSrvTargetAlias
        | Cause::TcpSomeFailed
        | Cause::HttpForbidden
        | Cause::HttpLoginPage
        | Cause::HttpMethodNotAllowed
        | Cause::HttpNoRedirect
        | Cause::HttpNotFound
        | Cause::HttpOtherStatus
        | Cause::HttpServerError
        | Cause::HttpSignInRefused
        | Cause::HttpUnavailable
        | Cause::XmlEmpty
        | Cause::XmlErrorCode
        | Cause::XmlHtml
        | Cause::XmlImapOnly
        | Cause::XmlMalformed
        | Cause::XmlMobileSyncOnly
        | Cause::XmlNotAutodiscover
        | Cause::XmlRedirectAddressLoop
        | Cause::XmlTooLarge
        | Cause::XmlWrongNamespace => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_spellings_of_a_log_mean_the_same() {
        // autodiscover.md 6.1: 2147954402 = 0x80072EE2 = 12002 (Microsoft's article on the hang).
        let spellings = [
            "0x80072EE2",
            "0x80072ee2",
            "2147954402",
            "-2147012894",
            "12002",
            " (0x80072EE2);",
            "0x2EE2",
            "80072EE2",
            "80072ee2",
        ];
        for spelling in spellings {
            let code = lookup(spelling).unwrap_or_else(|| panic!("{spelling}"));
            assert_eq!((code.hex.as_str(), code.win32), ("0x80072EE2", Some(12002)), "{spelling}");
            assert_eq!((code.unsigned, code.signed), (2_147_954_402, -2_147_012_894));
        }
        assert_eq!(lookup("0x8004005").map(|code| code.symbol), Some("E_FAIL"));
        assert_eq!(lookup("590624").map(|code| code.hex), Some("0x00090320".to_owned()));
        assert_eq!(lookup("0x0").map(|code| code.symbol), Some("S_OK"));
    }

    #[test]
    fn numbers_of_the_protocols_are_told_apart() {
        // [MS-OXDSCLI] 2.2.4.1.1.3.2 for the errors, RFC 9110 section 15 for the statuses.
        for number in ["500", "501", "600", "601", "602", "603"] {
            assert_eq!(lookup(number).map(|code| code.kind), Some(CodeKind::AutodiscoverError), "{number}");
        }
        for number in ["401", "403", "404", "405", "407", "429", "456", "502", "503", "504", "526"] {
            let code = lookup(number).unwrap_or_else(|| panic!("{number}"));
            assert_eq!((code.kind, code.heading()), (CodeKind::HttpStatus, format!("HTTP status {number}")));
            assert_eq!(lookup(&format!("HTTP {number}")), Some(code));
        }
        assert_eq!(lookup("404").map(|code| code.symbol), Some("Not Found"));
        assert_eq!(lookup("http 500").map(|code| code.symbol), Some("Internal Server Error"));
        assert_eq!(lookup("600").map(|code| code.heading()).as_deref(), Some("Autodiscover error 600"));
        // Hexadecimal 0x191 is decimal 401, but no status is written so.
        assert_eq!(lookup("0x191"), None);
        let heading = "0x80072F06   unsigned 2147954438   signed -2147012858\nWindows number 12038";
        assert_eq!(lookup("80072F06").map(|code| code.heading()).as_deref(), Some(heading));
    }

    #[test]
    fn a_number_of_two_protocols_is_explained_twice() {
        let kinds = |text| meanings(text).iter().map(|code| code.kind).collect::<Vec<_>>();
        assert_eq!(kinds("500"), [CodeKind::AutodiscoverError, CodeKind::HttpStatus]);
        assert_eq!(kinds("HTTP 500"), [CodeKind::HttpStatus]);
        assert_eq!(kinds("302"), [CodeKind::HttpStatus]);
        assert_eq!(kinds("600"), [CodeKind::AutodiscoverError]);
        assert_eq!(kinds("0x80040115"), [CodeKind::Outlook]);
        assert_eq!(kinds("nonsense"), []);
        let cases = |text| meanings(text).into_iter().flat_map(|code| code.findings).collect::<Vec<_>>();
        assert!(cases("500").contains(&&"webconfig-broken-500") && cases("500").contains(&&"xml-error-code"));
        for case in ["sni-default-vhost", "wildcard-depth", "service-urls-use-other-name", "proxied-by-cdn"] {
            assert!(cases("0x80072F06").contains(&&case), "{case}");
        }
    }

    /// mapicode.h, winerror.h, and what Microsoft documents for its sign-in.
    #[test]
    fn codes_of_sign_in_and_address_book_lead_to_cases() {
        for (text, case) in [
            ("401", "auth-prompt-loop"),
            ("502", "proxied-by-cdn"),
            ("526", "proxied-by-cdn"),
            ("0x80072F19", "weak-or-revoked-cert"),
            ("0x80070005", "credentials-refused"),
            ("CAA20004", "legacy-auth-blocked"),
            ("0xCAA20003", "clock-skew"),
            ("0x80190194", "urls-missing-in-answer"),
            ("0x8004DE40", "tls12-only-old-client"),
            ("0x8004011C", "local-profile-fault"),
            ("0x80040119", "urls-missing-in-answer"),
        ] {
            let known = meanings(text);
            assert!(known.iter().any(|code| code.findings.contains(&case)), "{text}: {known:?}");
        }
    }

    #[test]
    fn what_is_no_code_is_none() {
        for text in [
            "",
            "0x",
            "12o44",
            "0xFFFFFFFFF",
            "-99999999999",
            "4294967296",
            "san-mismatch",
            "0x8ffffff",
            "HTTP",
            "ABCDEF01",
            "99999999",
        ] {
            assert_eq!(lookup(text), None, "{text}");
        }
    }

    #[test]
    fn windows_headers_agree() {
        // Values of winhttp.h, wininet.h and winerror.h.
        let codes = [
            (12007, "0x80072EE7", "dns"),
            (12029, "0x80072EFD", "tcp"),
            (12030, "0x80072EFE", "tls"),
            (12037, "0x80072F05", "certificate"),
            (12038, "0x80072F06", "certificate"),
            (12044, "0x80072F0C", "tls"),
            (12045, "0x80072F0D", "certificate"),
            (12057, "0x80072F19", "certificate"),
            (12152, "0x80072F78", "http"),
            (12156, "0x80072F7C", "http"),
            (12157, "0x80072F7D", "tls"),
            (12175, "0x80072F8F", "certificate"),
            (2_148_204_815_u32, "0x800B010F", "certificate"),
            (2_148_074_254, "0x8009030E", "auth"),
        ];
        for (number, hex, stage) in codes {
            let code = lookup(&number.to_string()).unwrap_or_else(|| panic!("{number}"));
            assert_eq!((code.hex.as_str(), code.stage), (hex, stage));
        }
        assert_eq!(lookup("12044").map(|code| code.findings[0]), Some("client-cert-required-vdir"));
    }

    #[test]
    fn codes_are_unique_and_lead_to_pages() {
        let mut seen = std::collections::BTreeSet::new();
        for code in all() {
            assert!(seen.insert((code.hex.clone(), code.heading())), "{} twice", code.hex);
            assert!(!code.meaning.is_empty() && !code.symbol.is_empty());
            for id in code.findings {
                assert!(crate::catalogue::page(id).is_some(), "{}: no page {id}", code.hex);
            }
        }
        for cause in [Cause::TlsNameMismatch, Cause::TcpTimeout, Cause::HttpMalformed, Cause::HttpRedirectLoop] {
            let hex = for_cause(cause).unwrap_or_default();
            assert_eq!(lookup(hex).map(|code| code.hex).as_deref(), Some(hex));
        }
    }
}
