//! Words and fields that redaction treats apart.

/// Most names and users that are looked for by themselves, without an `@`.
pub(super) const WORD_LIMIT: usize = 32;
/// Shorter ones are not, because they stand in too many other words.
pub(super) const WORD_LEAST: usize = 3;

/// Users that are nobody's name, and words that stand in addresses and pages anyway: not looked for by themselves.
pub(super) const GENERAL: [&str; 56] = [
    "account",
    "accounts",
    "admin",
    "administrator",
    "anonymous",
    "autodiscover",
    "basic",
    "body",
    "billing",
    "contact",
    "default",
    "discoscope",
    "email",
    "error",
    "exchange",
    "forbidden",
    "found",
    "guest",
    "head",
    "hello",
    "help",
    "home",
    "host",
    "hosting",
    "html",
    "http",
    "https",
    "index",
    "info",
    "jobs",
    "kontakt",
    "login",
    "mail",
    "mailbox",
    "marketing",
    "microsoft",
    "name",
    "news",
    "noreply",
    "office",
    "outlook",
    "path",
    "post",
    "postmaster",
    "remote",
    "root",
    "sales",
    "server",
    "service",
    "shop",
    "support",
    "team",
    "test",
    "title",
    "user",
    "webmaster",
];

/// Fields that hold free text, in which a name may stand by itself.
pub(super) const FREE: [&str; 15] = [
    "account",
    "data",
    "path",
    "text",
    "value",
    "detail",
    "message",
    "reason",
    "display_name",
    "banner",
    "problem",
    "location",
    "redirect",
    "url",
    "typed",
];

/// Fields among them that hold paths and data of the registry, in which a backslash is nobody's account.
pub(super) const PATHS: [&str; 2] = ["data", "path"];

/// Fields that hold object identifiers and versions, which look like addresses.
pub(super) const NUMBERS: [&str; 5] = ["oid", "algorithm", "signature_algorithm", "extended_key_usage", "version"];

/// Extension whose text may hold the issuer's serial number (RFC 5280 4.2.1.1).
pub(super) const AUTHORITY_KEY: &str = "2.5.29.35";

/// Elements of an answer that name the user ([MS-OXDSCLI] 2.2.4.1.1.1).
pub(super) const NAMING_ELEMENTS: [&str; 3] = ["DisplayName", "LegacyDN", "LoginName"];
