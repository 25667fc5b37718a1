"""The cases. Each has a mailbox in a domain of its own; names in braces are the addresses of its hosts."""

from world import ELSEWHERE, HOSTER, INSIDE, Case, Certificate, Host, Site


def exchange(*names, **certificate):
    """Exchange behind nginx with a certificate for these names."""
    return {443: Site("nginx", "exchange", Certificate(names, **certificate))}


def website(server, *names):
    """A web site on both ports; without names on port 80 alone."""
    sites = {80: Site(server, "website")}
    if names:
        sites[443] = Site(server, "website", Certificate(names))
    return sites


def redirector(server, target):
    """A host without TLS that names another one."""
    return {80: Site(server, "redirect", location=f"https://{target}/Autodiscover/Autodiscover.xml")}


def healthy_cases():
    """Nothing is wrong, four ways."""
    return [
        Case(
            name="healthy",
            mailbox="nora@healthy.test",
            zones={
                "healthy.test": """
                @ IN A {website}
                @ IN MX 10 mail
                www IN A {website}
                mail IN A {exchange}
                autodiscover IN A {exchange}
                """
            },
            hosts=[
                Host("exchange", exchange("mail.healthy.test", "autodiscover.healthy.test")),
                Host("website", website("nginx", "healthy.test", "www.healthy.test"), ELSEWHERE),
            ],
            expectation="healthy",
        ),
        Case(
            name="healthy-srv",
            mailbox="paula@srv.test",
            zones={
                "srv.test": """
                @ IN MX 10 mail
                mail IN A {exchange}
                _autodiscover._tcp IN SRV 0 0 443 mail
                """
            },
            hosts=[Host("exchange", exchange("mail.srv.test"))],
            expectation="healthy-srv",
        ),
        Case(
            name="healthy-redirect",
            mailbox="olaf@redirect.test",
            zones={
                "redirect.test": """
                @ IN MX 10 mail
                mail IN A {exchange}
                autodiscover IN A {redirector}
                """
            },
            hosts=[
                Host("exchange", exchange("mail.redirect.test")),
                Host("redirector", redirector("apache", "mail.redirect.test"), ELSEWHERE),
            ],
            expectation="healthy-redirect",
        ),
        Case(
            name="http-redirect-prompt",
            mailbox="xaver@hosted.test",
            zones={
                "hosted.test": """
                @ IN MX 10 mx
                mx IN A {redirector}
                autodiscover IN CNAME redirect.hoster.test.
                """,
                "hoster.test": """
                redirect 300 IN A {redirector}
                exchange 300 IN A {exchange}
                """,
            },
            hosts=[
                Host("exchange", exchange("exchange.hoster.test"), HOSTER),
                Host("redirector", redirector("nginx", "exchange.hoster.test"), HOSTER),
            ],
            expectation="http-redirect-prompt",
        ),
    ]


def certificate_cases():
    """The right server with a wrong certificate."""
    return [
        Case(
            name="wizard-certificate",
            mailbox="emil@wizard.test",
            zones={
                "wizard.test": """
                @ IN MX 10 remote
                remote IN A {exchange}
                autodiscover IN A {exchange}
                """
            },
            hosts=[Host("exchange", exchange("remote.wizard.test"))],
            expectation="wizard-certificate",
        ),
        Case(
            name="san-typo",
            mailbox="carl@typo.test",
            zones={
                "typo.test": """
                @ IN MX 10 webmail
                webmail IN A {exchange}
                www.webmail IN A {exchange}
                autodiscover IN A {exchange}
                """
            },
            hosts=[Host("exchange", exchange("webmail.typo.test", "www.webmail.typo.test", "autdiscover.typo.test"))],
            expectation="san-typo",
        ),
        Case(
            name="cname-wildcard-zone",
            mailbox="klara@alias.test",
            zones={
                "alias.test": """
                @ IN A {website}
                @ IN MX 10 mail
                mail IN A {exchange}
                autodiscover IN CNAME mail
                * IN A {website}
                """
            },
            hosts=[
                Host("exchange", exchange("mail.alias.test")),
                Host("website", website("apache"), ELSEWHERE),
            ],
            expectation="cname-wildcard-zone",
        ),
        Case(
            name="self-signed-internal-names",
            mailbox="ida@setup.test",
            zones={
                "setup.test": """
                @ IN MX 10 mail
                mail IN A {exchange}
                autodiscover IN A {exchange}
                """
            },
            hosts=[Host("exchange", exchange("EX1", "EX1.corp.local", self_signed=True))],
            expectation="self-signed-internal-names",
        ),
        Case(
            name="expired",
            mailbox="berta@expired.test",
            zones={
                "expired.test": """
                @ IN MX 10 mail
                mail IN A {exchange}
                autodiscover IN A {exchange}
                """
            },
            hosts=[
                Host("exchange", exchange("mail.expired.test", "autodiscover.expired.test", valid_days=(-210, -10)))
            ],
            expectation="expired",
        ),
        Case(
            name="one-certificate-per-address",
            mailbox="zoe@names.test",
            zones={
                "names.test": """
                @ IN MX 10 mail
                mail IN A {exchange}
                autodiscover IN A {exchange}
                intranet IN A {exchange}
                """
            },
            hosts=[Host("exchange", {443: _two_certificates()})],
            expectation="one-certificate-per-address",
        ),
    ]


def _two_certificates():
    mail = Certificate(("mail.names.test", "autodiscover.names.test"))
    return Site(
        "nginx",
        "exchange",
        Certificate(("intranet.names.test",)),
        by_name={"mail.names.test": mail, "autodiscover.names.test": mail},
    )


def three_companies_cases():
    """One server for three mail domains, before and after the repair."""
    server = ("webmail.northcompany.test", "www.webmail.northcompany.test", "autodiscover.northcompany.test")
    fixed = ("webmail.eastcompany.test", "www.webmail.eastcompany.test", "autodiscover.eastcompany.test")
    own_zone = """
        @ IN MX 10 webmail
        webmail IN A {exchange}
        www.webmail IN A {exchange}
        autodiscover IN A {exchange}
    """
    return [
        Case(
            name="three-companies",
            mailbox="anna@southcompany.test",
            zones={
                "northcompany.test": own_zone,
                "southcompany.test": """
                @ IN A {website}
                @ IN MX 10 webmail.northcompany.test.
                www IN A {website}
                autodiscover IN A {exchange}
                """,
            },
            hosts=[
                Host("exchange", exchange(*server)),
                Host("website", website("apache", "www.northwind.test", "northwind.test"), ELSEWHERE),
            ],
            expectation="three-companies",
        ),
        Case(
            name="three-companies-fixed",
            mailbox="anna@westcompany.test",
            zones={
                "eastcompany.test": own_zone,
                "westcompany.test": """
                @ IN MX 10 webmail.eastcompany.test.
                www IN A {website}
                _autodiscover._tcp IN SRV 0 0 443 webmail.eastcompany.test.
                """,
            },
            hosts=[Host("exchange", exchange(*fixed)), Host("website", website("apache"), ELSEWHERE)],
            expectation="three-companies-fixed",
        ),
    ]


def wrong_place_cases():
    """A record leads to somebody else, or something worse comes first."""
    return [
        Case(
            name="wildcard-at-registrar",
            mailbox="dora@parked.test",
            zones={
                "parked.test": """
                @ IN MX 10 remote
                remote IN A {exchange}
                _autodiscover._tcp IN SRV 0 0 443 remote
                * 86400 IN A {parking}
                """
            },
            hosts=[
                Host("exchange", exchange("remote.parked.test")),
                Host(
                    "parking",
                    {
                        443: Site("nginx", "parking", Certificate(("parking.registrar.test",))),
                        80: Site("nginx", "parking"),
                    },
                    ELSEWHERE,
                ),
            ],
            expectation="wildcard-at-registrar",
        ),
        Case(
            name="wrong-address",
            mailbox="fritz@stray.test",
            zones={
                "stray.test": """
                @ IN MX 10 mail
                mail IN A {exchange}
                autodiscover IN A {stranger}
                """
            },
            inside_zones={
                "stray.test": """
                @ IN MX 10 mail
                mail IN A {exchange-inside}
                autodiscover IN A {exchange-inside}
                """
            },
            hosts=[
                Host("exchange", exchange("mail.stray.test", "autodiscover.stray.test")),
                Host("exchange-inside", exchange("mail.stray.test", "autodiscover.stray.test"), INSIDE),
                Host(
                    "stranger",
                    {443: Site("nginx", "website", Certificate(("www.fabrikam.test", "shop.fabrikam.test")))},
                    ELSEWHERE,
                ),
            ],
            # Two views need two resolvers, and a system configuration has no place for the second.
            options=("--resolver", "127.0.0.1", "--resolver", "127.0.0.2"),
            expectation="wrong-address",
        ),
        Case(
            name="root-website-certificate",
            mailbox="willi@site.test",
            zones={
                "site.test": """
                @ IN A {website}
                @ IN MX 10 mail
                www IN A {website}
                mail IN A {exchange}
                autodiscover IN A {exchange}
                """
            },
            hosts=[
                Host("exchange", exchange("mail.site.test", "autodiscover.site.test")),
                Host("website", website("apache", "web17.hoster.test"), ELSEWHERE),
            ],
            expectation="root-website-certificate",
        ),
        Case(
            name="root-domain-silent",
            mailbox="adam@silent.test",
            zones={
                "silent.test": """
                @ IN A {website}
                @ IN MX 10 mail
                mail IN A {exchange}
                autodiscover IN A {exchange}
                """
            },
            hosts=[
                Host("exchange", exchange("mail.silent.test", "autodiscover.silent.test")),
                Host("website", {443: Site("silence", "drop"), 80: Site("nginx", "website")}, ELSEWHERE),
            ],
            expectation="root-domain-silent",
        ),
        Case(
            name="srv-shadowed",
            mailbox="vera@shadow.test",
            zones={
                "shadow.test": """
                @ IN MX 10 remote
                remote IN A {exchange}
                autodiscover IN A {exchange}
                _autodiscover._tcp IN SRV 0 0 443 remote
                """
            },
            hosts=[Host("exchange", exchange("remote.shadow.test"))],
            expectation="srv-shadowed",
        ),
    ]
