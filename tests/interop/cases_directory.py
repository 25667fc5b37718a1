"""Cases that ask Active Directory: a Samba domain controller with service connection points for two sites and a pointer,
found with each sign-in that the program claims, and what a wrong password comes to."""

import dataclasses

import samba
from cases import exchange
from world import INSIDE, Case, Certificate, Host, Site

DOMAIN = "adoffice.test"
CONTROLLER = f"dc1.{DOMAIN}"
OWNER = "directory-ldaps"  # the case to which the servers belong

URLS = {site: f"https://{site}.{DOMAIN}/Autodiscover/Autodiscover.xml" for site in ("berlin", "rome")}

SIGNED_IN = {"findings": [], "clients": {"default": {"verdict": "needs-password", "stops_at": "scp-1"}}}
FALLS_THROUGH = {"findings": [], "clients": {"default": {"verdict": "needs-password", "stops_at": "autodiscover"}}}


def active_directory_cases():
    """All of them share the first one's servers."""
    sites = exchange(f"berlin.{DOMAIN}", f"rome.{DOMAIN}", f"autodiscover.{DOMAIN}")
    pointed = "pointed.test"
    return [
        Case(
            name=OWNER,
            mailbox=f"evan@{DOMAIN}",
            zones={
                DOMAIN: """
                @ IN MX 10 berlin
                dc1 IN A {controller}
                directory IN A {controller}
                _ldap._tcp.dc._msdcs IN SRV 0 100 389 dc1
                _ldap._tcp.rome._sites.dc._msdcs IN SRV 0 100 389 dc1
                berlin IN A {exchange}
                rome IN A {exchange}
                autodiscover IN A {exchange}
                """,
                pointed: """
                @ IN MX 10 mail
                dc IN A {forest}
                mail IN A {target}
                """,
            },
            hosts=[
                Host("controller", {636: Site("samba", "two-sites", Certificate((CONTROLLER,)))}, INSIDE),
                Host("forest", {389: Site("slapd", "open", location=pointed)}, INSIDE),
                Host("exchange", sites, INSIDE),
                Host("target", exchange(f"mail.{pointed}"), INSIDE),
            ],
            options=("--ldap", f"ldaps://{CONTROLLER}", "--site", "Berlin", *_account(f"evan@{DOMAIN}")),
            files={"password": samba.PASSWORD},
            expectation={
                **SIGNED_IN,
                "directory": _expected("passed", ["accepted"], [URLS["berlin"], URLS["rome"]], "tls"),
            },
        ),
        _further(
            "directory-starttls",
            (
                *("--ldap", "auto", "--site", "rome", "--send-password-to", CONTROLLER),
                *_account("ADOFFICE\\evan"),
            ),
            {**SIGNED_IN, "directory": _expected("passed", ["accepted"], [URLS["rome"], URLS["berlin"]], "start_tls")},
        ),
        _further(
            "directory-not-confirmed",  # DNS names it, and nobody agreed that it gets the password
            ("--ldap", "auto", *_account(f"otto@{DOMAIN}")),
            {**FALLS_THROUGH, "directory": _expected("ldap_password_not_sent", ["not_confirmed"], [], "clear")},
        ),
        _further(
            "directory-anonymous",
            ("--ldap", f"ldap://{CONTROLLER}"),
            {**FALLS_THROUGH, "directory": _expected("ldap_sign_in_needed", [None], [], "clear")},
        ),
        _further(
            "directory-wrong-password",
            ("--ldap", f"ldaps://{CONTROLLER}", "--ldap", f"ldap://{CONTROLLER}", *_account(f"otto@{DOMAIN}")),
            {
                **FALLS_THROUGH,
                "directory": _expected("ldap_password_refused", ["refused"], [], "tls", ["52e"]),
                "wrong_passwords": ("otto", 1),
            },
            "Wrong-Horse-1",
        ),
        _further(
            "directory-disabled-account",
            ("--ldap", f"ldaps://{CONTROLLER}", *_account(f"dora@{DOMAIN}")),
            {
                **FALLS_THROUGH,
                "directory": _expected("ldap_password_refused", ["refused"], [], "tls", ["533"]),
            },
        ),
        _further(
            "directory-unverified",  # by its address, which is not on the certificate
            ("--ldap", "ldaps://{controller}", *_account(f"otto@{DOMAIN}")),
            {**FALLS_THROUGH, "directory": _expected("ldap_password_not_sent", ["not_verified"], [], "tls")},
        ),
        _further(
            "directory-pointer",
            ("--ldap", f"ldaps://{CONTROLLER}", *_account(f"evan@{DOMAIN}")),
            {
                **SIGNED_IN,
                "directory": _expected(
                    "passed", ["accepted", "other_server"], [f"https://mail.{pointed}/Autodiscover/Autodiscover.xml"],
                ),
            },
            mailbox=f"petra@{pointed}",
        ),
    ]


def kerberos_cases():
    """The same servers, asked with a ticket and without a password."""
    found = [URLS["berlin"], URLS["rome"]]
    owner, service = f"evan@{DOMAIN.upper()}", f"ldap/{CONTROLLER}"
    mine = (owner, service, None)
    unseen = {"cause": "ldap_ticket_not_used", "sign_ins": ["no_usable_ticket"], "urls": []}
    clear = ("--ldap", f"ldap://{CONTROLLER}", "--ldap-kerberos", "--site", "Berlin")
    return [
        *_bound_cases(owner),
        _with_ticket("kerberos-clear", clear, "usual", _expected("passed", ["accepted"], found, "kerberos"), [mine]),
        _with_ticket(
            "kerberos-ldaps",
            ("--ldap", f"ldaps://{CONTROLLER}", "--ldap-kerberos", "--site", "Rome"),
            "usual",
            _expected("passed", ["accepted"], found[::-1], "tls"),
            [mine],
        ),
        _with_ticket(
            "kerberos-auto",  # nobody confirmed the server that DNS names: a ticket is of no use to another one
            ("--ldap", "auto", "--ldap-kerberos", "--site", "rome"),
            "usual",
            _expected("passed", ["accepted"], found[::-1], "kerberos"),
            [mine],
        ),
        _with_ticket(
            "kerberos-pointer",  # which leads to a server of another realm, that shows everybody what it has
            clear,
            "usual",
            _expected(
                "passed", ["accepted", "no_usable_ticket"],
                ["https://mail.pointed.test/Autodiscover/Autodiscover.xml"], "kerberos",
            ),
            None,
            "petra@pointed.test",
        ),
        _with_ticket("kerberos-no-ticket", clear, "none", unseen, [("", None, "no_ticket")]),
        _with_ticket("kerberos-expired", clear, "expired", unseen, None),
        _with_ticket("kerberos-no-server", clear, "stray", unseen, [(owner, service, "no_server")]),
        _with_ticket(
            "kerberos-unknown-service",  # an alias, for which no ticket is made out
            ("--ldap", f"ldap://directory.{DOMAIN}", "--ldap-kerberos"),
            "usual",
            unseen,
            [(owner, f"ldap/directory.{DOMAIN}", "unknown_service")],
        ),
        _with_ticket(
            "kerberos-unverified",  # by its address, which is not on the certificate
            ("--ldap", "ldaps://{controller}", "--ldap-kerberos"),
            "usual",
            {**unseen, "sign_ins": ["not_verified"]},
            [("", None, None)],
        ),
    ]


def _bound_cases(owner):
    """OpenLDAP compares the certificate that the ticket is tied to with its own, which Samba 4.17 does not; and before it a
    device with another certificate, as good as its own."""
    host = f"bound.{DOMAIN}"
    own, other = Certificate((host,)), Certificate((host,), valid_days=(-9, 79))
    ports = {
        636: Site("bound-slapd", "signed-in", own, location=host),
        1636: Site("device", "own-certificate", other, location="636"),
    }
    told = [(owner, f"ldap/{host}", None)]
    found = [f"https://mail.{host}/Autodiscover/Autodiscover.xml"]
    direct = _with_ticket(
        "kerberos-bound",
        ("--ldap", f"ldaps://{host}", "--ldap-kerberos"),
        "usual",
        _expected("passed", ["accepted"], found, "tls"),
        told,
    )
    zones = {
        host: """
        @ IN A {bound}
        mail IN A {bound_target}
        """
    }
    hosts = [Host("bound", ports, INSIDE), Host("bound_target", exchange(f"mail.{host}"), INSIDE)]
    refused = {"cause": "ldap_ticket_refused", "sign_ins": ["refused"], "urls": []}
    device = ("--ldap", f"ldaps://{host}:1636", "--ldap-kerberos")
    return [
        dataclasses.replace(direct, zones=zones, hosts=hosts),
        dataclasses.replace(
            _with_ticket("kerberos-device", device, "usual", refused, told), needs=direct.name,
        ),
    ]


def _with_ticket(name, options, kind, directory, tickets, mailbox=f"evan@{DOMAIN}"):
    walk = SIGNED_IN if directory["urls"] else FALLS_THROUGH
    told = {} if tickets is None else {"tickets": tickets}
    case = _further(name, options, {**walk, "directory": {"protection": None, **directory, **told}}, mailbox=mailbox)
    return dataclasses.replace(
        case, files={}, ticket=(kind, f"evan@{DOMAIN.upper()}", samba.PASSWORD, "controller"),
    )


def _account(name):
    return "--ldap-user", name, "--ldap-password-file", "{files}/password"


def _further(name, options, expectation, password=samba.PASSWORD, mailbox=f"evan@{DOMAIN}"):
    """A case among the servers of the first."""
    return Case(
        name=name,
        mailbox=mailbox,
        zones={},
        hosts=[],
        options=options,
        expectation=expectation,
        files={"password": password},
        needs=OWNER,
    )


def _expected(cause, sign_ins, urls, protection=None, data=()):
    """How the stage ends, how each sign-in ends, the URLs in the client's order, how the first connection is protected,
    and the domain controller's own codes."""
    return {"cause": cause, "sign_ins": sign_ins, "urls": urls, "protection": protection, "data": list(data)}
