"""OpenLDAP with as much of Active Directory's schema as a pointer leads to: the other forest, open to everybody."""

import pathlib

from process import Process, run
from server import EndpointServer

# Identifiers of attributes and classes are Active Directory's own ([MS-ADA1] to [MS-ADA3], [MS-ADSC]); those of the root
# entry's have none and get experimental ones.
CONFIGURATION = """
include /etc/ldap/schema/core.schema
attributetype ( 1.2.840.113556.1.4.48 NAME 'keywords'
    EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.2.840.113556.1.4.510 NAME 'serviceBindingInformation'
    EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.1.2.1.1 NAME 'configurationNamingContext' SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 SINGLE-VALUE )
objectclass ( 1.2.840.113556.1.3.23 NAME 'container' SUP top STRUCTURAL MUST cn )
objectclass ( 1.2.840.113556.1.5.126 NAME 'serviceConnectionPoint' SUP top STRUCTURAL
    MUST cn MAY ( keywords $ serviceBindingInformation ) )
pidfile {folder}/slapd.pid
modulepath /usr/lib/ldap
moduleload back_mdb
{protection}
rootDSE {folder}/root.ldif
database mdb
suffix "CN=Configuration,{base}"
directory {folder}/data
access to * by {readers} read
"""

# It takes a ticket that is tied to its certificate (RFC 5929 tls-server-end-point), or to nothing.
BOUND = """
sasl-host {host}
sasl-secprops none
sasl-cbinding tls-endpoint
TLSCertificateFile {certificate}
TLSCertificateKeyFile {key}
"""

ROOT = """dn:
objectClass: top
objectClass: extensibleObject
configurationNamingContext: CN=Configuration,{base}
"""

ENTRIES = """dn: CN=Configuration,{base}
objectClass: container
cn: Configuration

dn: CN=EX1,CN=Configuration,{base}
objectClass: serviceConnectionPoint
cn: EX1
keywords: 77378F46-2C66-4aa9-A6A6-3E7A48B19596
serviceBindingInformation: https://mail.{domain}/Autodiscover/Autodiscover.xml
"""


class OtherForest(EndpointServer):
    """One slapd; the site's location names its domain."""

    SCHEME = "ldap"

    def __init__(self, namespace, endpoint, directory):
        folder = pathlib.Path(directory) / endpoint.title
        (folder / "data").mkdir(parents=True)
        domain = endpoint.site.location
        base = ",".join(f"DC={label}" for label in domain.split("."))
        names = {"folder": folder, "domain": domain, "base": base, **self._protection()}
        files = {"slapd.conf": CONFIGURATION, "root.ldif": ROOT, "entries.ldif": ENTRIES}
        for name, text in files.items():
            (folder / name).write_text(text.format(**names))
        configuration = str(folder / "slapd.conf")
        run(["slapadd", "-f", configuration, "-l", folder / "entries.ldif"])
        url = f"{self.SCHEME}://{endpoint.address}:{endpoint.port}"
        command = [*self._environment(), "slapd", "-f", configuration, "-h", url, "-d", "stats"]
        process = Process(f"slapd {endpoint.title}", namespace.inside(command), folder / "slapd.log")
        super().__init__(process, endpoint)

    def _protection(self):
        return {"protection": "", "readers": "*"}

    def _environment(self):
        return []


class BoundForest(OtherForest):
    """One slapd that is open to those who sign in with a ticket made out for it by the domain controller."""

    SCHEME = "ldaps"

    def __init__(self, namespace, endpoint, directory, certificates, controller):  # pylint: disable=too-many-arguments
        self._host = endpoint.site.certificate.names[0]
        self._certificate, self._key = certificates.files(endpoint.site.certificate)
        self._keys = controller.keys(self._host)
        super().__init__(namespace, endpoint, directory)

    def _protection(self):
        values = {"host": self._host, "certificate": self._certificate, "key": self._key}
        return {"protection": BOUND.format(**values), "readers": "users"}

    def _environment(self):
        return ["env", f"KRB5_KTNAME={self._keys}"]
