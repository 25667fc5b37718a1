"""Cases in which the name service has no answer."""

from cases import exchange, website
from world import ELSEWHERE, Case, Host

FAILING_NAME_SERVER = {
    # B12 of the catalogue: SERVFAIL or REFUSED, not absence. No settings for anybody; roles are not asserted, since the
    # catalogue only says "long search, then failure".
    "findings": ["dns-server-failing"],
    "clients": {"default": {"verdict": "fails", "stops_at": ""}},
}


def absent_cases():
    """No record, no domain, no zone, no right to ask."""
    return [
        Case(
            name="autodiscover-record-absent",
            mailbox="rosa@absent.test",
            zones={
                "absent.test": """
                @ IN A {website}
                @ IN MX 10 mail
                www IN A {website}
                mail IN A {exchange}
                """
            },
            hosts=[
                Host("exchange", exchange("mail.absent.test", "autodiscover.absent.test")),
                Host("website", website("apache"), ELSEWHERE),
            ],
            expectation="autodiscover-record-absent",
        ),
        Case(
            name="srv-target-bad",
            mailbox="udo@target.test",
            zones={
                "target.test": """
                @ IN MX 10 mail
                mail IN A {exchange}
                _autodiscover._tcp IN SRV 0 0 443 exchange
                """
            },
            hosts=[Host("exchange", exchange("mail.target.test"))],
            expectation="srv-target-bad",
        ),
        Case(
            name="domain-absent",
            mailbox="clara@no-such-domain.test",
            zones={"such-domain.test": "@ IN MX 10 mail\nmail IN A 192.0.2.1"},
            hosts=[],
            expectation="domain-absent",
        ),
        Case(
            name="name-server-failing",
            mailbox="sven@servfail.test",
            zones={},
            broken_zones={"servfail.test": "servfail"},
            hosts=[],
            expectation=FAILING_NAME_SERVER,
        ),
        Case(
            name="name-server-refusing",
            mailbox="rita@refused.test",
            zones={},
            broken_zones={"refused.test": "refused"},
            hosts=[],
            expectation=FAILING_NAME_SERVER,
        ),
    ]
