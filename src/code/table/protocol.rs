//! Error codes of Autodiscover answers and HTTP statuses, as they are met at the Autodiscover service.

/// One number of a protocol.
pub(in crate::code) struct ProtocolCode {
    pub(in crate::code) number: u32,
    pub(in crate::code) symbol: &'static str,
    pub(in crate::code) meaning: &'static str,
    pub(in crate::code) findings: &'static [&'static str],
}

/// `ErrorCode` of an answer ([MS-OXDSCLI] 2.2.4.1.1.3.2).
pub(in crate::code) const AUTODISCOVER_ERRORS: &[ProtocolCode] = &[
    ProtocolCode {
        number: 500,
        symbol: "the address cannot be found",
        meaning: "The address is not known here: it is mistyped, belongs to another organisation, or has not been synchronised yet.",
        findings: &["xml-error-code"],
    },
    ProtocolCode {
        number: 501,
        symbol: "nothing to configure for this address",
        meaning: "The address is known, but there is nothing to set up for it: a contact, or a mail user whose mailbox is elsewhere.",
        findings: &["xml-error-code"],
    },
    ProtocolCode {
        number: 600,
        symbol: "invalid request",
        meaning: "The service found the request invalid. Asked without a request, as by a browser, every healthy Exchange says so.",
        findings: &["xml-error-code"],
    },
    ProtocolCode {
        number: 601,
        symbol: "no provider for the schema asked for",
        meaning: "The service cannot answer in the format that Outlook asks for. Mostly it is made for phones only.",
        findings: &["xml-error-code", "mobilesync-only-responder"],
    },
    ProtocolCode {
        number: 602,
        symbol: "configuration errors for this address",
        meaning: "The address is known, but its settings contain mistakes on the server.",
        findings: &["xml-error-code"],
    },
    ProtocolCode {
        number: 603,
        symbol: "internal error",
        meaning: "The service failed inside. The event log and the IIS log at that time say more.",
        findings: &["xml-error-code"],
    },
];

/// Cases behind an answer that names another place.
const REDIRECTS: &[&str] = &[
    "redirect-loop",
    "redirect-target-not-https",
    "reverse-proxy-preauth-form",
    "iis-redirect-inherited",
    "post-becomes-get",
    "http-redirect-prompt",
];

/// HTTP statuses (RFC 9110; 429 of RFC 6585; 456 is Exchange Online's own, KB4493666; 525 and 526 are Cloudflare's). After any status but 200, a redirect and 401
/// Outlook tries the next place.
pub(in crate::code) const HTTP_STATUSES: &[ProtocolCode] = &[
    ProtocolCode {
        number: 301,
        symbol: "Moved Permanently",
        meaning: "The answer names another place, and Outlook follows it. Usual on port 80; at the service itself a proxy or a rewrite rule may be in the way.",
        findings: REDIRECTS,
    },
    ProtocolCode {
        number: 302,
        symbol: "Found",
        meaning: "The answer names another place, and Outlook follows it. Usual on port 80; at the service itself it may be a sign-in page, or a rule that was meant for browsers.",
        findings: REDIRECTS,
    },
    ProtocolCode {
        number: 307,
        symbol: "Temporary Redirect",
        meaning: "The answer names another place, and Outlook follows it with the same request.",
        findings: REDIRECTS,
    },
    ProtocolCode {
        number: 401,
        symbol: "Unauthorized",
        meaning: "The healthy first answer: the service is there and asks who the user is. When it comes back again and again, the password, the sign-in method or a load balancer that ends TLS is at fault.",
        findings: &["auth-prompt-loop", "credentials-refused", "legacy-auth-blocked", "stored-credential-stale"],
    },
    ProtocolCode {
        number: 403,
        symbol: "Forbidden",
        meaning: "The server will not answer: a client certificate is required (IIS logs 403.7), the address is not allowed (403.6, 403.8), or something in front of it refuses. Outlook tries the next place.",
        findings: &["client-cert-required-vdir", "waf-blocks-autodiscover"],
    },
    ProtocolCode {
        number: 404,
        symbol: "Not Found",
        meaning: "There is no such path here: usual and harmless at a company's website, a fault where Exchange should answer. Outlook tries the next place.",
        findings: &["root-404-benign"],
    },
    ProtocolCode {
        number: 405,
        symbol: "Method Not Allowed",
        meaning: "The request was treated as a plain file, which takes no POST: a website, or an Exchange whose handler is missing. Outlook tries the next place.",
        findings: &["handler-missing-405"],
    },
    ProtocolCode {
        number: 407,
        symbol: "Proxy Authentication Required",
        meaning: "Not the mail server answers but a proxy on the way, and it wants to know who the user is. Outlook's search has nothing to tell it.",
        findings: &["winhttp-proxy-wrong", "pac-file-scheme", "captive-portal-or-filter"],
    },
    ProtocolCode {
        number: 429,
        symbol: "Too Many Requests",
        meaning: "Something counts the requests and refuses more for a while: a protection in front of the server, or the service itself. Outlook tries the next place.",
        findings: &["waf-blocks-autodiscover"],
    },
    ProtocolCode {
        number: 456,
        symbol: "more than a password is required",
        meaning: "Exchange Online asks for a second factor, but modern sign-in is switched off for the account or this Outlook, which then asks for the password again and again.",
        findings: &[],
    },
    ProtocolCode {
        number: 500,
        symbol: "Internal Server Error",
        meaning: "The service failed inside: a broken web.config, or a rewrite rule left on the site. Outlook tries the next place.",
        findings: &["webconfig-broken-500"],
    },
    ProtocolCode {
        number: 502,
        symbol: "Bad Gateway",
        meaning: "What answers stands in front of the server and gets no proper answer from behind: a content network, a reverse proxy, or the front end of Exchange without its back end. Outlook tries the next place.",
        findings: &["proxied-by-cdn", "backend-444-cert-missing", "federation-endpoint-unreachable"],
    },
    ProtocolCode {
        number: 503,
        symbol: "Service Unavailable",
        meaning: "The service behind the web server does not run: mostly the application pool MSExchangeAutodiscoverAppPool is stopped. Outlook tries the next place.",
        findings: &["apppool-stopped-503"],
    },
    ProtocolCode {
        number: 504,
        symbol: "Gateway Timeout",
        meaning: "What answers stands in front of the server and waited in vain for it: a content network, or a reverse proxy whose server is switched off or out of reach. Outlook tries the next place.",
        findings: &["proxied-by-cdn", "backend-444-cert-missing"],
    },
    ProtocolCode {
        number: 525,
        symbol: "SSL handshake failed (Cloudflare)",
        meaning: "Cloudflare's own number: it stands in front of the server, and the two cannot agree on encryption.",
        findings: &["proxied-by-cdn", "tls-no-common-parameters"],
    },
    ProtocolCode {
        number: 526,
        symbol: "invalid SSL certificate (Cloudflare)",
        meaning: "Cloudflare's own number: it stands in front of the server, and the certificate of the server behind it does not hold.",
        findings: &["proxied-by-cdn", "cert-expired", "self-signed-default-cert", "san-mismatch"],
    },
];
