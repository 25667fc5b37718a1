//! Outlook's codes: WinHTTP, WinINET and MAPI numbers in the three spellings of its log.
//!
//! Outlook prints one failure as a bare Win32 number (`GetLastError = 12002`), as an unsigned decimal HRESULT
//! (`GetLastError=2147954402`) or as a hexadecimal HRESULT (`0x80072EE2`); other tools print the signed decimal.

mod table;

use crate::event::Cause;
use table::{CODES, Code};

/// What a code means.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CodeExplanation {
    /// The code as Outlook's log prints it, such as `0x80072F0C`.
    pub hex: String,
    /// The HRESULT as an unsigned decimal.
    pub unsigned: u32,
    /// The HRESULT as a signed decimal.
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

/// The code with this text: hexadecimal with `0x` (7 or 8 digits, or a short Win32 number), signed or unsigned decimal
/// HRESULT, or Win32 number. Surrounding punctuation of a log line is passed over. `None` for what is no known code.
pub fn lookup(text: &str) -> Option<CodeExplanation> {
    let text = text.trim_matches(|character: char| character.is_whitespace() || "().,;".contains(character));
    let number = number(text)?;
    CODES.iter().find(|code| code.hresult == number || code.win32() == Some(number)).map(explain)
}

/// All known codes.
pub fn all() -> impl Iterator<Item = CodeExplanation> {
    CODES.iter().map(explain)
}

fn number(text: &str) -> Option<u32> {
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        let number = u32::from_str_radix(digits, 16).ok()?;
        // An article prints 0x8004005 for 0x80040005: seven digits stand for eight with a zero lost.
        let known = CODES.iter().any(|code| code.hresult == number || code.win32() == Some(number));
        return if known || digits.len() != 7 { Some(number) } else { with_lost_zero(digits) };
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
        CODES.iter().any(|code| code.hresult == number).then_some(number)
    })
}

fn explain(code: &Code) -> CodeExplanation {
    CodeExplanation {
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

/// Outlook's code for a cause, as its log prints it; none where Outlook has no code of its own (an HTTP status, a body
/// it cannot use).
pub fn for_cause(cause: Cause) -> Option<&'static str> {
    Some(match cause {
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
        let spellings = ["0x80072EE2", "0x80072ee2", "2147954402", "-2147012894", "12002", " (0x80072EE2);", "0x2EE2"];
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
    fn what_is_no_code_is_none() {
        for text in ["", "0x", "12o44", "0xFFFFFFFFF", "-99999999999", "4294967296", "san-mismatch", "0x8ffffff"] {
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
            assert!(seen.insert(code.unsigned), "{} twice", code.hex);
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
