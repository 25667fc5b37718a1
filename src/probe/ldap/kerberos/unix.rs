//! The credential cache of GSSAPI (MIT, Heimdal, Apple).

use super::super::Trouble;
use crate::event::TicketTrouble;
use cross_krb5::Cred;
use libgssapi::{
    credential::{Cred as Credential, CredUsage},
    error::{Error, MajorFlags},
    oid::{GSS_MECH_KRB5, OidSet},
};

pub(super) const LIBRARY: &str = "GSSAPI";

/// Errors of Kerberos begin here in GSSAPI's minor status (`ERROR_TABLE_BASE_krb5` of krb5.h); those of servers follow by
/// their numbers (RFC 4120 7.5.9).
const BASE: i32 = -1_765_328_384;
/// KDC_ERR_S_PRINCIPAL_UNKNOWN.
const UNKNOWN_SERVICE: i32 = BASE + 7;
/// KRB_AP_ERR_TKT_EXPIRED.
const EXPIRED: i32 = BASE + 32;
/// KRB_AP_ERR_SKEW.
const SKEW: i32 = BASE + 37;
/// `KRB5_CC_NOTFOUND`.
const NOT_FOUND: i32 = -1_765_328_243;
/// `KRB5_FCC_NOFILE`.
const NO_FILE: i32 = -1_765_328_189;
/// `KRB5_REALM_UNKNOWN`.
const REALM_UNKNOWN: i32 = -1_765_328_230;
/// `KRB5_KDC_UNREACH`.
const UNREACHABLE: i32 = -1_765_328_228;

/// What there is, and whose it is. The cache is read; no server is asked.
pub(super) fn credential() -> Result<(Cred, String), Trouble> {
    let kerberos = OidSet::singleton(GSS_MECH_KRB5).map_err(told)?;
    let credential = Credential::acquire(None, None, CredUsage::Initiate, Some(&kerberos)).map_err(told)?;
    let owner = credential.name().map_err(told)?.to_string();
    Ok((credential.into(), owner))
}

/// The service in the owner's realm, whose servers know of other realms: so no realm has to be set on this machine.
pub(super) fn service(host: &str, owner: &str) -> String {
    let realm = owner.rsplit_once('@').map_or("", |(_, realm)| realm);
    format!("ldap/{host}@{realm}")
}

/// What an error of the common library means.
pub(super) fn trouble<E>(error: &E) -> Trouble
where
    E: std::ops::Deref<Target = dyn std::error::Error + Send + Sync> + std::fmt::Display,
{
    match error.downcast_ref::<Error>() {
        Some(error) => told(*error),
        None => Trouble { kind: TicketTrouble::Other, message: error.to_string() },
    }
}

fn told(error: Error) -> Trouble {
    let is = |major: MajorFlags| error.major.bits() == major.bits();
    let kind = match error.minor.cast_signed() {
        UNKNOWN_SERVICE => TicketTrouble::UnknownService,
        EXPIRED => TicketTrouble::Expired,
        SKEW => TicketTrouble::ClockSkew,
        NOT_FOUND | NO_FILE => TicketTrouble::NoTicket,
        REALM_UNKNOWN | UNREACHABLE => TicketTrouble::NoServer,
        _ if is(MajorFlags::GSS_S_NO_CRED) => TicketTrouble::NoTicket,
        _ if is(MajorFlags::GSS_S_CREDENTIALS_EXPIRED) => TicketTrouble::Expired,
        _ => TicketTrouble::Other,
    };
    // What GSSAPI found by itself has no words of Kerberos: they would be "Success".
    if error.minor == 0 && kind != TicketTrouble::Other {
        return Trouble::of(kind);
    }
    // Before the parenthesis stands what the kind says already.
    let words = error.to_string();
    let inner = words.split_once(" (").and_then(|(_, inner)| inner.strip_suffix(')'));
    Trouble { kind, message: inner.unwrap_or(&words).to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_told_by_their_numbers() {
        let kind = |minor: i32| told(Error { major: MajorFlags::GSS_S_FAILURE, minor: minor.cast_unsigned() }).kind;
        // The numbers of krb5.h.
        assert_eq!(kind(-1_765_328_377), TicketTrouble::UnknownService);
        assert_eq!(kind(-1_765_328_352), TicketTrouble::Expired);
        assert_eq!(kind(-1_765_328_347), TicketTrouble::ClockSkew);
        assert_eq!(kind(-1_765_328_243), TicketTrouble::NoTicket);
        assert_eq!(kind(-1_765_328_189), TicketTrouble::NoTicket);
        assert_eq!(kind(-1_765_328_230), TicketTrouble::NoServer);
        assert_eq!(kind(-1_765_328_228), TicketTrouble::NoServer);
        assert_eq!(kind(0), TicketTrouble::Other);
        let none = Error { major: MajorFlags::GSS_S_NO_CRED, minor: 0 };
        assert_eq!(told(none).kind, TicketTrouble::NoTicket);
    }

    #[test]
    fn the_service_is_looked_for_in_the_owners_realm() {
        assert_eq!(service("dc1.contoso.test", "anna@FABRIKAM.TEST"), "ldap/dc1.contoso.test@FABRIKAM.TEST");
        assert_eq!(service("dc1.contoso.test", "anna/admin@X.TEST"), "ldap/dc1.contoso.test@X.TEST");
    }
}
