"""Cases that two views of one zone decide: BIND answers at two addresses from two copies of it, and at the one inside over
UDP, TCP, TLS (RFC 7858) and HTTPS (RFC 8484) as well."""

from bind import INSIDE as INSIDE_RESOLVER, NAME, SYSTEM
from cases import exchange
from world import HOSTER, INSIDE, Case, Host

TRANSPORTS = {
    "udp": INSIDE_RESOLVER,
    "tcp": f"tcp://{INSIDE_RESOLVER}",
    "tls": f"tls://{NAME}#{INSIDE_RESOLVER}",
    "https": f"https://{NAME}/dns-query#{INSIDE_RESOLVER}",
}


def view_cases():
    """The record is missing outside, seen from either side; the inside is asked over every transport."""
    cases = []
    for transport, inside in TRANSPORTS.items():
        cases.append(_case(f"inside-{transport}", (inside, SYSTEM), "record-inside-only"))
        cases.append(_case(f"outside-{transport}", (SYSTEM, inside), "split-dns-mismatch"))
    # The certificate names another server: what it says is not listened to, so nobody else has said anything.
    stranger = f"tls://other.interop.test#{INSIDE_RESOLVER}"
    absent = {"findings": ["autodiscover-record-absent"], "clients": {"default": {"verdict": "fails", "stops_at": ""}}}
    cases.append(_case("outside-stranger", (SYSTEM, stranger), absent))
    return cases


def _case(name, resolvers, expectation):
    domain = f"{name}.test"
    options = [word for resolver in resolvers for word in ("--resolver", resolver)]
    certificate = (f"mail.{domain}", f"autodiscover.{domain}")
    return Case(
        name=f"views-{name}",
        mailbox=f"yara@{domain}",
        zones={domain: "@ IN MX 10 mail\nmail IN A {outside}"},
        inside_zones={domain: "@ IN MX 10 mail\nmail IN A {inside}\nautodiscover IN A {inside}"},
        hosts=[
            Host("inside", exchange(*certificate), INSIDE),
            Host("outside", exchange(*certificate), HOSTER),
        ],
        options=tuple(options),
        expectation=expectation,
    )
