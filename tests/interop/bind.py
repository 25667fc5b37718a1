"""BIND 9 as the only name server: authoritative for the root and for the zones of all cases, recursive for the alias
chains between them. Names outside do not exist, because its own root zone says so."""

import pathlib
import shutil

from namespace import NAME_SERVER_CACHE
from process import Process
from world import Certificate

SYSTEM = "127.0.0.1"  # what /etc/resolv.conf names
INSIDE = "127.0.0.2"  # the resolver inside the company, for cases with two views; an address to be added
NAME = "dns.interop.test"  # what the certificate of the resolver inside says; it answers over TLS and HTTPS too

CONFIGURATION = """
tls inside {{
    cert-file "{directory}/chain.pem";
    key-file "{directory}/key.pem";
}};
options {{
    directory "{directory}";
    listen-on port 53 {{ {system}; {inside}; }};
    listen-on port 853 tls inside {{ {inside}; }};
    listen-on port 443 tls inside http default {{ {inside}; }};
    listen-on-v6 {{ none; }};
    pid-file none;
    session-keyfile "{directory}/session.key";
    recursion yes;
    allow-query {{ any; }};
    dnssec-validation no;
    minimal-responses no-auth-recursive;
    notify no;
    querylog yes;
    empty-zones-enable no;
}};
controls {{ }};
view "inside" {{
    match-destinations {{ {inside}; }};
{inside_zones}}};
view "system" {{
    match-clients {{ any; }};
{system_zones}}};
"""

ZONE = """$ORIGIN {origin}
$TTL 3600
@ IN SOA ns.interop.test. hostmaster.interop.test. 1 3600 600 86400 300
@ IN NS ns.interop.test.
{records}
"""

BROKEN_RECORD = "mail IN A 192.0.2.300 ; no such address: the zone fails to load, and named answers SERVFAIL"


class NameServer:
    """named with the zones of all cases."""

    def __init__(self, namespace, cases, certificates, log):
        self._folder = namespace.folder(NAME_SERVER_CACHE)
        self._directory = pathlib.Path(self._folder.name)
        for path, name in zip(certificates.files(Certificate((NAME,))), ("chain.pem", "key.pem")):
            shutil.copy(path, self._directory / name)
        self._write(cases)
        command = ["named", "-g", "-4", "-c", str(self._directory / "named.conf")]
        self._process = Process("BIND", namespace.inside(command), log)

    def wait(self):
        """Waits until it has loaded its zones."""
        self._process.wait_for_log(" running")

    def read_log(self):
        """Its log."""
        return self._process.read_log()

    def stop(self):
        """Ends it and removes its files."""
        self._process.stop()
        self._folder.cleanup()

    def _write(self, cases):
        root = f"ns.interop.test. IN A {SYSTEM}"
        system_zones = self._zone("system", ".", root)
        inside_zones = self._zone("inside", ".", root)
        for case in cases:
            for name, records in case.zones.items():
                system_zones += self._zone("system", name, records.format(**case.addresses()))
            for name, records in case.inside_zones.items():
                inside_zones += self._zone("inside", name, records.format(**case.addresses()))
            for name, fault in case.broken_zones.items():
                system_zones += self._broken_zone(name, fault)
        configuration = CONFIGURATION.format(
            directory=self._directory, system=SYSTEM, inside=INSIDE,
            inside_zones=inside_zones, system_zones=system_zones,
        )
        (self._directory / "named.conf").write_text(configuration)

    def _broken_zone(self, name, fault):
        if fault == "servfail":
            return self._zone("system", name, BROKEN_RECORD)
        if fault == "refused":
            return self._zone("system", name, "@ IN A 192.0.2.1", "allow-query { none; };")
        raise ValueError(f"no such zone fault: {fault}")

    def _zone(self, view, name, records, statements=""):
        path = self._directory / f"{view}-{name.strip('.') or 'root'}.zone"
        origin = name if name.endswith(".") else f"{name}."
        lines = "\n".join(line.strip() for line in records.strip().splitlines())
        path.write_text(ZONE.format(origin=origin, records=lines))
        return f'    zone "{name}" {{ type primary; file "{path}"; {statements} }};\n'
