//! Active Directory's codes for a refused sign-in, in words.

/// The code behind `data` in a domain controller's words, such as `52e` of `80090308: LdapErr: DSID-0C090569, comment:
/// AcceptSecurityContext error, data 52e, v4f7c`. It is a system error number in hexadecimal ([MS-ERREF] 2.2).
pub fn data_code(message: &str) -> Option<String> {
    let lower = message.to_ascii_lowercase();
    let (_, behind) = lower.split_once("data ")?;
    let code: String = behind.chars().take_while(char::is_ascii_hexdigit).collect();
    (2..=8).contains(&code.len()).then_some(code)
}

/// What a refused sign-in means, by Active Directory's code or else by the result code (RFC 4511 appendix A).
pub fn refusal(code: Option<u32>, data: Option<&str>) -> &'static str {
    match data {
        Some("525") => "no such account",
        Some("52e") => "wrong user name or password",
        Some("52f") => "the account may not sign in like this (account restriction)",
        Some("530") => "the account may not sign in at this hour",
        Some("531") => "the account may not sign in from this computer",
        Some("532") => "the password has expired",
        Some("533") => "the account is disabled",
        Some("534") => "the account lacks the right to sign in like this",
        Some("568") => "the account is in too many groups",
        Some("701") => "the account has expired",
        Some("773") => "the user must change the password first",
        Some("775") => "the account is locked out",
        _ => match code {
            Some(8 | 13) => "the server wants a protected connection",
            Some(32 | 49) => "wrong user name or password",
            Some(34) => "the server takes no account of this form",
            Some(7 | 48) => "the server takes no passwords in this way",
            Some(50 | 53) => "the server does not let this account sign in",
            _ => "the server refused it",
        },
    }
}

/// What a refused ticket means, by the same codes.
pub fn ticket_refusal(code: Option<u32>, data: Option<&str>) -> &'static str {
    match (data, code) {
        // SEC_E_BAD_BINDINGS ([MS-ERREF] 2.1.1): what the ticket was tied to is not the certificate that the server uses.
        (Some("80090346"), _) => "the server has another certificate than the one seen here: something stands between",
        (None | Some("525" | "52e"), Some(7)) => "the server takes no tickets",
        // In clear the ticket protects: Samba before 4.21 wants that on TLS, too.
        (None | Some("525" | "52e"), Some(8 | 13)) => {
            "the server wants messages protected by the ticket itself: give ldap:// instead of ldaps://"
        }
        (None | Some("525" | "52e"), Some(50 | 53)) => "the server does not let this account sign in",
        (None | Some("525" | "52e"), _) => "the server does not accept the ticket",
        (data, _) => refusal(None, data),
    }
}
