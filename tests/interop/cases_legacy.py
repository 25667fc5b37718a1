"""Cases about servers whose TLS is old. Suites by OpenSSL's names; @SECLEVEL=0 lets OpenSSL serve what it would refuse."""

from world import Case, Certificate, Host, Site

EVERYTHING = "ALL:@SECLEVEL=0"

# Windows Server 2012 R2 with an RSA certificate, in its own order: ECDHE with CBC, GCM only without elliptic curves.
WINDOWS_2012_R2 = ":".join(
    [
        "ECDHE-RSA-AES256-SHA384", "ECDHE-RSA-AES128-SHA256", "ECDHE-RSA-AES256-SHA", "ECDHE-RSA-AES128-SHA",
        "DHE-RSA-AES256-GCM-SHA384", "DHE-RSA-AES128-GCM-SHA256", "DHE-RSA-AES256-SHA", "DHE-RSA-AES128-SHA",
        "AES256-GCM-SHA384", "AES128-GCM-SHA256", "AES256-SHA256", "AES128-SHA256", "AES256-SHA", "AES128-SHA",
        "@SECLEVEL=0",
    ]
)

WALK = {
    "roles": {"root": "harmless", "autodiscover": "decides", "redirect": "harmless", "srv": "harmless"},
    "stops_at": "",
}
WITHOUT_SRV = {**WALK, "roles": {**WALK["roles"], "srv": "unreached"}}
FOUND = {"roles": {"root": "harmless", "autodiscover": "decides"}, "stops_at": "autodiscover"}

SILENT = {
    family: {"verdict": "fails", **walk, "roles": {**walk["roles"], "autodiscover": "delays"}}
    for family, walk in (("default", WALK), ("outlook2007-rtm", WITHOUT_SRV))
}


def legacy_cases(has_legacy):
    """What the library cannot speak is read in clear; what it can, whatever its age, gets through to the answer."""
    unseen = {
        "default": {"verdict": "inconclusive", **WALK},
        "outlook2007-rtm": {"verdict": "inconclusive", **WITHOUT_SRV},
    }
    only = {"findings": ["tls10-only"], "clients": SILENT if has_legacy else unseen}
    open_end = {"findings": ["tls-old-suites-only"], "clients": unseen}
    dhe = {**open_end, "clients": SILENT} if has_legacy else open_end
    answering = only
    if has_legacy:  # the other library asks: HTTP 401 behind each
        seen = {"default": {"verdict": "needs-password", **FOUND}}
        answering = {**only, "clients": seen, "http": 401}
        open_end = {**open_end, "clients": seen, "http": 401}
    settings = {"findings": [], "clients": {"default": {"verdict": "silent", **FOUND}}}
    password = {"findings": [], "clients": {"default": {"verdict": "needs-password", **FOUND}}}
    unfit = {**password, "findings": ["weak-or-revoked-cert"]}
    cbc = {"suite": "CBC", **settings}
    return [
        _case("tls10-only", "old10.test", _handshake("1"), {"accepts": ["TLS 1.0"], **only}),
        _case("tls11-only", "old11.test", _handshake("1.1"), {"accepts": ["TLS 1.1"], **only}),
        _case("tls11-down", "down11.test", _handshake("1", "1.1"), {"accepts": ["TLS 1.0", "TLS 1.1"], **only}),
        _case(
            "tls-static-rsa", "rsa.test", _answering("exchange", "kRSA+AES:@SECLEVEL=0"),
            {"accepts": ["TLS 1.2"], "suite": "TLS_RSA_WITH_AES_", **open_end},
        ),
        _case(
            "tls-dhe", "dhe.test", _handshake("1.2", ciphers="DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0"),
            # s_server answers no POST: what the other library meets is silence.
            {"accepts": ["TLS 1.2"], "suite": "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", **dhe},
        ),
        _case(
            "tls10-answers", "answers10.test", _answering("exchange", EVERYTHING, ("1",)),
            {"accepts": ["TLS 1.0"], **answering},
        ),
        _case(
            "tls11-answers", "answers11.test", _answering("exchange", EVERYTHING, ("1.1",)),
            {"accepts": ["TLS 1.1"], **answering},
        ),
        _case("tls-windows-2012-r2", "win2012.test", _answering("settings", WINDOWS_2012_R2), cbc),
        _case("tls-cbc-sha256", "cbc256.test", _answering("settings", "ECDHE-RSA-AES128-SHA256"), cbc),
        _case("tls-cbc-aes256", "cbcaes256.test", _answering("exchange", "ECDHE-RSA-AES256-SHA"), {**cbc, **password}),
        _case("tls-cbc-aes128", "cbcaes128.test", _answering("exchange", "ECDHE-RSA-AES128-SHA"), {**cbc, **password}),
        _case("tls-sha1-leaf", "sha1.test", _answering("exchange", EVERYTHING, digest="sha1"), unfit),
        _case("tls-1024-bit-leaf", "small.test", _answering("exchange", EVERYTHING, bits=1024), unfit),
    ]


def _handshake(*protocols, ciphers=EVERYTHING):
    """`openssl s_server` with these versions alone."""
    return lambda names: Site("openssl", "handshake", Certificate(names), protocols, ciphers=ciphers)


def _answering(behaviour, ciphers, protocols=("1.2",), **certificate):
    """nginx, which answers a POST, with TLS 1.2 where nothing else is said."""
    return lambda names: Site("nginx", behaviour, Certificate(names, **certificate), protocols, ciphers=ciphers)


def _case(name, domain, site, expectation):
    return Case(
        name=name,
        mailbox=f"tilo@{domain}",
        zones={
            domain: """
            @ IN MX 10 mail
            mail IN A {exchange}
            autodiscover IN A {exchange}
            """
        },
        hosts=[Host("exchange", {443: site((f"mail.{domain}", f"autodiscover.{domain}"))})],
        expectation=expectation,
    )
