"""What a case consists of: zones, hosts, what listens on them, and what must be concluded."""

import dataclasses
import itertools

HOUSE = "192.0.2"  # TEST-NET-1 (RFC 5737): the company's own servers
ELSEWHERE = "198.51.100"  # TEST-NET-2: web hosts, registrars, strangers
HOSTER = "203.0.113"  # TEST-NET-3: providers, and the outside address of a server that also has an inside one
INSIDE = "10.0.0"  # RFC 1918: the company's network


@dataclasses.dataclass(frozen=True)
class Certificate:
    """A certificate to issue: its names, its validity in days from now, whether it is its own issuer, the size of its
    RSA key, the digest it is signed with, what the server sends behind it, and where its issuer can be fetched."""

    names: tuple
    valid_days: tuple = (-10, 80)
    self_signed: bool = False
    bits: int = 2048
    digest: str = "sha256"
    chain: tuple = ("intermediate",)  # of intermediate and root
    issuer_url: str = ""


@dataclasses.dataclass(frozen=True)
class Site:
    """What one server program does on one port."""

    server: str  # nginx, apache, openssl, ntlm, samba, slapd, bound-slapd, device, silence or misbehaving
    behaviour: str  # one of the server module's behaviours
    certificate: Certificate | None = None
    protocols: tuple = ("1.2", "1.3")  # TLS versions
    ciphers: str = ""  # suites before TLS 1.3, as OpenSSL lists them; its own when empty
    location: str = ""  # target of a redirect; domain of a directory; port behind a device
    by_name: dict = dataclasses.field(default_factory=dict)  # certificates chosen by SNI (RFC 6066)
    bound_to: Certificate | None = None  # of Exchange itself, where a device with another one stands before it


@dataclasses.dataclass
class Host:
    """A host; zones refer to its address by its name in braces."""

    name: str
    sites: dict  # port number -> Site
    network: str = HOUSE
    address: str = ""  # given by `place`


@dataclasses.dataclass
class Case:
    """One small world and one mailbox in it."""

    name: str
    mailbox: str
    zones: dict  # zone name -> records in zone-file form
    hosts: list
    expectation: str | dict  # name of the lab scenario that holds it, or the expectation itself
    inside_zones: dict = dataclasses.field(default_factory=dict)  # zones of the resolver inside the company
    broken_zones: dict = dataclasses.field(default_factory=dict)  # zone name -> fault: servfail or refused
    options: tuple = ()  # further options of `discoscope check`; {files} is the folder of the files, a host its address
    password: str = ""  # what --password-file gives
    files: dict = dataclasses.field(default_factory=dict)  # files of the case: name -> content
    needs: str = ""  # name of the case whose servers it shares
    ticket: tuple = ()  # a kind of the module kerberos, an account, its password, and the host that is asked for the ticket

    @property
    def twin(self):
        """The lab scenario that tells the same story, if there is one."""
        return self.expectation if isinstance(self.expectation, str) else None

    def addresses(self):
        """Addresses by host name, for zone texts."""
        return {host.name: host.address for host in self.hosts}


@dataclasses.dataclass(frozen=True)
class Endpoint:
    """One site in its place."""

    case: str
    host: str
    address: str
    port: int
    site: Site

    @property
    def title(self):
        """Name of its files and logs."""
        return f"{self.case}-{self.host}-{self.port}"


def place(cases):
    """Gives every host of every case an address of its own; cases share one namespace."""
    counters = {network: itertools.count(1) for network in (HOUSE, ELSEWHERE, HOSTER, INSIDE)}
    for host in (host for case in cases for host in case.hosts):
        host.address = f"{host.network}.{next(counters[host.network])}"


def endpoints(cases):
    """Every site of every case."""
    return [
        Endpoint(case.name, host.name, host.address, port, site)
        for case in cases
        for host in case.hosts
        for port, site in host.sites.items()
    ]
