"""Samba as a real Active Directory domain controller, provisioned into a folder of its own, with service connection points.

Only its LDAP server runs, on ports 389 (StartTLS) and 636, and its Kerberos server. Strong authentication is demanded, as
is its default; over TLS a ticket counts as such, as with Active Directory and Samba from 4.21 on."""

import pathlib
import re

from process import Process, run
from server import Server

PASSWORD = "Correct-Horse-1"
ACCOUNTS = ("evan", "otto", "dora")  # dora's is disabled
DISABLED = "dora"

CONFIGURATION = """
[global]
    netbios name = DC1
    realm = {realm}
    workgroup = {workgroup}
    server role = active directory domain controller
    server services = ldap kdc
    private dir = {folder}/private
    state directory = {folder}/state
    cache directory = {folder}/cache
    lock directory = {folder}
    pid directory = {folder}
    ncalrpc dir = {folder}/ncalrpc
    binddns dir = {folder}/bind-dns
    interfaces = {address}/32
    bind interfaces only = yes
    ldap server require strong auth = allow_sasl_over_tls
    tls enabled = yes
    tls certfile = {certificate}
    tls keyfile = {key}
    tls cafile = {root}
"""

# As Exchange enters its servers (object class and keywords: [MS-OXDISCO] 2.2.1.2), less the containers between.
ENTRIES = """
dn: CN=Microsoft Exchange,CN=Services,CN=Configuration,{base}
objectClass: container

dn: CN=EX-ROME,CN=Microsoft Exchange,CN=Services,CN=Configuration,{base}
objectClass: serviceConnectionPoint
serviceClassName: ms-Exchange-AutoDiscover-Service
keywords: 77378F46-2C66-4aa9-A6A6-3E7A48B19596
keywords: Site=Rome
serviceBindingInformation: https://rome.{domain}/Autodiscover/Autodiscover.xml

dn: CN=EX-BERLIN,CN=Microsoft Exchange,CN=Services,CN=Configuration,{base}
objectClass: serviceConnectionPoint
serviceClassName: ms-Exchange-AutoDiscover-Service
keywords: 77378F46-2C66-4aa9-A6A6-3E7A48B19596
keywords: Site=Berlin
serviceBindingInformation: https://berlin.{domain}/Autodiscover/Autodiscover.xml

dn: CN=pointed.test,CN=Microsoft Exchange,CN=Services,CN=Configuration,{base}
objectClass: serviceConnectionPoint
keywords: 67661d7F-8FC4-4fa7-BFAC-E1D7794C1F68
keywords: Domain=pointed.test
serviceBindingInformation: LDAP://dc.pointed.test
"""


class DomainController(Server):
    """One domain controller; the certificate's name says which domain it holds."""

    def __init__(self, namespace, endpoint, certificates, directory):
        self.case = endpoint.case
        folder = pathlib.Path(directory) / endpoint.title
        folder.mkdir(mode=0o700)
        host = endpoint.site.certificate.names[0]
        domain = host.partition(".")[2]
        self._database = folder / "dc" / "private" / "sam.ldb"
        self._provision(folder / "dc", host, endpoint.address)
        certificate, key = certificates.files(endpoint.site.certificate)
        key.chmod(0o600)
        settings = {
            "realm": domain.upper(), "workgroup": domain.partition(".")[0].upper(), "folder": folder / "dc",
            "address": endpoint.address, "certificate": certificate, "key": key, "root": certificates.root,
        }
        self._configuration = folder / "smb.conf"
        self._configuration.write_text(CONFIGURATION.format(**settings))
        options = ["--no-process-group", "-M", "single", "--debug-stdout", "-s", str(self._configuration)]
        command = ["samba", "-F", *options]
        process = Process(f"Samba {endpoint.title}", namespace.inside(command), folder / "samba.log")
        super().__init__(process, [(endpoint.address, port) for port in (88, 389, 636)])

    def wrong_passwords(self, account):
        """How often this account was signed in to with a wrong password since the last right one."""
        command = ["ldbsearch", "-H", self._database, f"(sAMAccountName={account})", "badPwdCount"]
        found = re.search(r"^badPwdCount: (\d+)$", run(command), re.MULTILINE)
        return int(found.group(1)) if found else 0

    def keys(self, host):
        """A file with the keys of an LDAP server with this name, made known to the domain."""
        file = self._configuration.with_name(f"{host}.keys")
        account = host.partition(".")[0]
        run(["samba-tool", "user", "create", account, PASSWORD, "-H", self._database])
        run(["samba-tool", "spn", "add", f"ldap/{host}", account, "-H", self._database])
        run(["samba-tool", "domain", "exportkeytab", file, f"--principal=ldap/{host}", "-s", self._configuration])
        return file

    def _provision(self, folder, host, address):
        domain = host.partition(".")[2]
        run([
            "samba-tool", "domain", "provision", f"--realm={domain.upper()}",
            f"--domain={domain.partition('.')[0].upper()}", f"--adminpass={PASSWORD}", "--server-role=dc",
            "--dns-backend=NONE", "--host-name=dc1", f"--host-ip={address}", f"--targetdir={folder}",
        ])
        base = ",".join(f"DC={label}" for label in domain.split("."))
        entries = folder / "entries.ldif"
        entries.write_text(ENTRIES.format(base=base, domain=domain))
        run(["ldbadd", "-H", self._database, entries])
        # Wrong passwords are counted only where accounts can lock out.
        settings = ["samba-tool", "domain", "passwordsettings", "set", "--account-lockout-threshold=5"]
        run([*settings, "-H", self._database])
        # Entered by its DNS updates otherwise, which do not run here.
        run(["samba-tool", "spn", "add", f"ldap/{host}", "DC1$", "-H", self._database])
        for account in ACCOUNTS:
            run(["samba-tool", "user", "create", account, PASSWORD, "-H", self._database])
        run(["samba-tool", "user", "disable", DISABLED, "-H", self._database])
