"""Cases that start at a service connection point, and cases about client certificates."""

from cases import exchange
from world import HOSTER, INSIDE, Case, Certificate, Host, Site

NO_SETTINGS = {
    "default": {
        "verdict": "fails",
        "stops_at": "",
        "roles": {"root": "harmless", "autodiscover": "decides", "redirect": "harmless", "srv": "harmless"},
    },
    "outlook2007-rtm": {
        "verdict": "fails",
        "stops_at": "",
        "roles": {"root": "harmless", "autodiscover": "decides", "redirect": "harmless", "srv": "unreached"},
    },
}


# The directory answers a client that negotiates again, so nothing is demanded.
ACCEPTED = {"findings": [], "clients": {"default": {"verdict": "needs-password", "stops_at": "scp-1"}}}


def service_connection_point_cases():
    """Inside the company, with the URL that Active Directory would give."""
    return [
        Case(
            name="internal-scp-name",
            mailbox="lena@office.test",
            zones={
                "office.test": """
                @ IN MX 10 mail
                mail IN A {exchange}
                autodiscover IN A {exchange}
                ex1.ad IN A {exchange}
                """
            },
            hosts=[Host("exchange", exchange("mail.office.test", "autodiscover.office.test"), INSIDE)],
            options=("--scp-url", "https://ex1.ad.office.test/Autodiscover/Autodiscover.xml"),
            expectation="internal-scp-name",
        ),
        _directory_case("client-certificate-vdir-tls13", "vdir13.test", "1.3"),
    ]


def directory_cases(has_legacy):
    """A directory that requires a client certificate, and one that merely accepts one. In TLS 1.2 only a client that
    negotiates again can tell them apart (the feature legacy-tls); one that cannot is turned away by both."""
    accepted = ACCEPTED if has_legacy else "client-certificate-vdir"
    return [
        _directory_case("client-certificate-vdir", "vdir12.test", "1.2"),
        _directory_case("client-certificate-accepted", "accept12.test", "1.2", "client-certificate-accepted", accepted),
    ]


def _directory_case(
    name, domain, version, behaviour="client-certificate-directory", expectation="client-certificate-vdir"
):
    """Apache demands a client certificate for the directory alone: by renegotiation in TLS 1.2 (HelloRequest, RFC 5246
    section 7.4.1.1); in TLS 1.3 by post-handshake authentication, which needs the client's offer (RFC 8446 section
    4.6.2), so that Apache answers 403 and says why. The conclusion is the same."""
    certificate = Certificate((f"remote.{domain}",))
    site = Site("apache", behaviour, certificate, protocols=(version,))
    return Case(
        name=name,
        mailbox=f"greta@{domain}",
        zones={
            f"remote.{domain}": "@ IN A {inside}",
            domain: """
            @ IN MX 10 remote
            autodiscover IN A {outside}
            """,
        },
        hosts=[Host("inside", {443: site}, INSIDE), Host("outside", {443: site}, HOSTER)],
        options=("--scp-url", f"https://remote.{domain}/Autodiscover/Autodiscover.xml"),
        expectation=expectation,
    )


def client_certificate_cases():
    """The first handshake demands a client certificate (D11 of the catalogue): TLS itself ends in TLS 1.2 with alert 40
    (RFC 5246 section 7.4.6) and in TLS 1.3 with alert 116 after the handshake (RFC 8446 section 6.2); nginx goes on and
    answers every path with its 400 page. No client finds settings, and none shows a dialog."""
    demanding = {"findings": ["device-demands-client-cert"], "clients": NO_SETTINGS}
    return [
        _demand_case("client-certificate-nginx", "gate.test", "nginx", ("1.2", "1.3"), demanding),
        _demand_case("client-certificate-alert-tls12", "alert12.test", "openssl", ("1.2",), demanding),
        _demand_case("client-certificate-alert-tls13", "alert13.test", "openssl", ("1.3",), demanding),
    ]


def _demand_case(name, domain, server, protocols, expectation):
    certificate = Certificate((f"mail.{domain}", f"autodiscover.{domain}"))
    return Case(
        name=name,
        mailbox=f"gerd@{domain}",
        zones={
            domain: """
            @ IN MX 10 mail
            mail IN A {gate}
            autodiscover IN A {gate}
            """
        },
        hosts=[Host("gate", {443: Site(server, "client-certificate", certificate, protocols)})],
        expectation=expectation,
    )
