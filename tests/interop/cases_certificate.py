"""Cases about certificates one way wrong at a time, about client certificates by every road, and about peers that leave
the handshake. Each says what the three lines of the Security Alert must show: issuer, date, name."""

from cases_inside import NO_SETTINGS
from world import Case, Certificate, Host, Site

FOUND = {"roles": {"root": "harmless", "autodiscover": "decides"}, "stops_at": "autodiscover"}
PASSWORD = {"default": {"verdict": "needs-password", **FOUND}}
ALERT = {"default": {"verdict": "prompts", "roles": {"autodiscover": "prompts"}, "stops_at": "autodiscover"}}

STALLED = {
    family: {**walk, "roles": {**walk["roles"], "autodiscover": "delays"}} for family, walk in NO_SETTINGS.items()
}

SOUND = (True, True, True)


def certificate_kind_cases():
    """Chains and names: what a server may do wrong, and what only looks wrong."""
    both = ("mail.{domain}", "autodiscover.{domain}")
    alert = "autodiscover.{domain}"
    return [
        # D3: the intermediate is not sent; that there is one shows in the address to fetch it from. Without that the issuer
        # may as well be a private root (D4). Windows fetches it from there, so that Outlook shows nothing (D3).
        _certificate(
            "cert-missing-intermediate", both, (False, True, True), ["incomplete-chain"], chain=(),
            issuer_url="http://pki.parent.test/intermediate.cer",
        ),
        _certificate("cert-unknown-issuer", both, (False, True, True), ["private-ca-not-trusted"], alert, chain=()),
        # D1 names both ends of the validity; the servers' Date headers agree with this machine's clock.
        _certificate("cert-not-yet-valid", both, (True, False, True), ["cert-expired"], alert, valid_days=(5, 85)),
        _certificate("cert-expired-kind", both, (True, False, True), ["cert-expired"], alert, valid_days=(-90, -5)),
        # A23: its own issuer, with the right names.
        _certificate("cert-self-signed", both, (False, True, True), ["self-signed-default-cert"], alert, self_signed=True),
        # RFC 9525 section 6.3: a wildcard stands for exactly one left-most label.
        _certificate("wildcard-fits", ("*.{domain}",), SOUND, []),
        _certificate("wildcard-too-deep", ("*.mail.{domain}",), (True, True, False), ["san-mismatch"], alert),
        _certificate(
            "wildcard-too-shallow", ("*.parent.test",), (True, True, False), ["wildcard-depth"], alert,
            domain="sub.parent.test",
        ),
        _certificate(
            "name-mistyped", ("mail.{domain}", "autodicover.{domain}"), (True, True, False), ["san-typo"], alert
        ),
        # A root that is sent along, and a chain out of order: clients put up with both.
        _certificate("chain-with-root", both, SOUND, [], chain=("intermediate", "root")),
        _certificate("chain-out-of-order", both, SOUND, [], chain=("root", "intermediate")),
        # Both lines wrong at once stay two lines.
        _certificate(
            "expired-and-misnamed", ("mail.{domain}",), (True, False, False), ["san-mismatch"], alert,
            valid_days=(-90, -5),
        ),
        _default_host(),
    ]


def _certificate(name, names, checks, findings, alert=None, domain=None, **certificate):
    domain = domain or f"{name}.test"
    names = tuple(one.format(domain=domain) for one in names)
    site = Site("nginx", "exchange", Certificate(names, **certificate))
    walk = ALERT if alert else PASSWORD
    if alert:
        walk = {"default": {**ALERT["default"], "alerts": [alert.format(domain=domain)]}}
    return _case(name, domain, {443: site}, {"findings": findings, "checks": checks, "clients": walk})


def _default_host():
    """D5: a shared server gives names that it does not know the certificate of its first tenant; other names on the same
    address have their own."""
    domain = "tenant.test"
    site = Site(
        "nginx", "website", Certificate(("www.fabrikam.test", "fabrikam.test")),
        by_name={domain: Certificate((domain, f"www.{domain}"))},
    )
    expectation = {
        # The company's own website is fine and has no such page (A11).
        "findings": ["sni-default-vhost", "root-404-benign"],
        "checks": (True, True, False),
        "clients": {
            "default": {
                "verdict": "fails", "stops_at": "autodiscover", "roles": {"autodiscover": "prompts"},
                "alerts": [f"autodiscover.{domain}"],
            }
        },
    }
    case = _case("default-virtual-host", domain, {443: site}, expectation)
    # The mail server stands elsewhere: what answers for autodiscover is a stranger's house.
    case.hosts.append(Host("mail", {443: Site("nginx", "exchange", Certificate((f"mail.{domain}",)))}))
    case.zones[domain] = "@ IN A {exchange}\n" + case.zones[domain].replace("mail IN A {exchange}", "mail IN A {mail}")
    return case


def client_certificate_kind_cases():
    """Asked for, but not needed; and asked for on one directory, where rustls cannot see whether it is needed."""
    optional = {"findings": [], "checks": SOUND, "clients": PASSWORD}
    directory = {"findings": ["client-cert-required-vdir"], "checks": SOUND, "clients": NO_SETTINGS}
    device = {"findings": ["device-demands-client-cert"], "clients": NO_SETTINGS}
    return [
        _asking("client-certificate-optional", "nginx", "client-certificate-optional", ("1.2", "1.3"), optional),
        _asking("directory-optional-tls12", "apache", "client-certificate-optional-directory", ("1.2",), directory),
        _asking("directory-optional-tls13", "apache", "client-certificate-optional-directory", ("1.3",), directory),
        _asking("whole-host-tls12", "apache", "client-certificate-host", ("1.2",), device),
        _asking("whole-host-tls13", "apache", "client-certificate-host", ("1.3",), device),
    ]


def _asking(name, server, behaviour, protocols, expectation):
    domain = f"{name}.test"
    certificate = Certificate((f"mail.{domain}", f"autodiscover.{domain}"))
    return _case(name, domain, {443: Site(server, behaviour, certificate, protocols)}, expectation)


def leaving_peer_cases():
    """Peers that are no TLS servers, or stop being one in mid-handshake."""

    def peer(name, behaviour, cause, findings, clients=NO_SETTINGS):
        server = "nginx" if behaviour == "website" else "misbehaving"
        expectation = {"findings": findings, "cause": cause, "clients": clients}
        return _case(name, f"{name}.test", {443: Site(server, behaviour)}, expectation)

    return [
        peer("clear-text-on-443", "website", "tls_not_tls", ["not-tls-on-443"]),
        peer("banner-on-443", "banner", "tls_not_tls", ["not-tls-on-443"]),
        peer("closes-in-handshake", "close", "tls_closed", ["tls-no-common-parameters"]),
        peer("resets-in-handshake", "reset", "tls_reset", ["tls-no-common-parameters"]),
        # Outlook waits for it.
        peer("stalls-in-handshake", "stall", "tls_timeout", ["tls-handshake-stalls"], STALLED),
    ]


def _case(name, domain, sites, expectation):
    zone = """
        @ IN MX 10 mail
        mail IN A {exchange}
        autodiscover IN A {exchange}
        """
    return Case(
        name=name,
        mailbox=f"kim@{domain}",
        zones={domain: zone},
        hosts=[Host("exchange", sites)],
        expectation=expectation,
    )
