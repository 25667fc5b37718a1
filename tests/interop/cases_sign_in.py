"""Cases in which somebody signs in: Basic at Apache, NTLM with channel binding at an endpoint that Samba verifies."""

import apache
import ntlm
from world import Case, Certificate, Host, Site

NEEDS_PASSWORD = {"default": {"verdict": "needs-password", "stops_at": "autodiscover"}}
# The window comes back whatever is typed (catalogue, E8 and E9): the way on which a password alone would do stays closed.
FAILS = {"default": {"verdict": "fails", "stops_at": "autodiscover"}}
# Two places may get the password, so that one proof shows that the refusal of the first stops the second.
BOTH = ("autodiscover", "mail")


def sign_in_cases():
    """Right and wrong passwords, each way; what the server saw is part of what is expected."""
    basic = ("--user", apache.ACCOUNT)
    windows = ("--user", f"NTLMHOST\\{ntlm.ACCOUNT}")
    return [
        _case("basic-accepted", "basic.test", _apache, (*basic, "--ask-get"), apache.PASSWORD, ["xml-600-on-get"],
              [("basic", "accepted", 1)], proofs=2),
        _case("basic-refused", "wrongbasic.test", _apache, basic, "wrong", ["credentials-refused"],
              [("basic", "refused", 1)], proofs=1, confirmed=BOTH),
        _case("ntlm-accepted", "ntlm.test", _samba, windows, ntlm.PASSWORD, [],
              [("ntlm", "accepted", 2)], proofs=1),
        _case("negotiate-accepted", "negotiate.test", _samba, (*windows, "--scheme", "negotiate"), ntlm.PASSWORD, [],
              [("negotiate", "accepted", 2)], proofs=1),
        _case("ntlm-refused", "wrongntlm.test", _samba, windows, "wrong", ["credentials-refused"],
              [("ntlm", "refused", 2)], proofs=1, confirmed=BOTH),
        _case("ntlm-terminated", "terminated.test", _terminated, (*windows, "--scheme", "basic,ntlm"), ntlm.PASSWORD,
              ["auth-prompt-loop"], [("basic", "accepted", 1), ("ntlm", "refused", 2)], proofs=2, clients=FAILS),
    ]


def _apache(certificate):
    return Site("apache", "basic", certificate)


def _samba(certificate):
    return Site("ntlm", "", certificate)


def _terminated(certificate):
    """A device with a certificate of its own ends TLS before Exchange."""
    return Site("ntlm", "", certificate, bound_to=Certificate((*certificate.names, f"ex1.{certificate.names[0]}")))


def _case(name, domain, site, options, password, findings, sign_ins, proofs, confirmed=("autodiscover",),
          clients=NEEDS_PASSWORD):
    certificate = Certificate((f"autodiscover.{domain}", f"mail.{domain}"))
    return Case(
        name=name,
        mailbox=f"berta@{domain}",
        zones={
            domain: """
            @ IN MX 10 mail
            mail IN A {exchange}
            autodiscover IN A {exchange}
            _autodiscover._tcp IN SRV 0 0 443 mail
            """
        },
        hosts=[Host("exchange", {443: site(certificate)})],
        options=(*options, *(part for host in confirmed for part in ("--send-password-to", f"{host}.{domain}"))),
        password=password,
        expectation={"findings": findings, "clients": clients, "sign_ins": sign_ins, "proofs": proofs},
    )
