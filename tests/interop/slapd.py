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
rootDSE {folder}/root.ldif
database mdb
suffix "CN=Configuration,{base}"
directory {folder}/data
access to * by * read
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

    def __init__(self, namespace, endpoint, directory):
        folder = pathlib.Path(directory) / endpoint.title
        (folder / "data").mkdir(parents=True)
        domain = endpoint.site.location
        names = {"folder": folder, "domain": domain, "base": ",".join(f"DC={label}" for label in domain.split("."))}
        files = {"slapd.conf": CONFIGURATION, "root.ldif": ROOT, "entries.ldif": ENTRIES}
        for name, text in files.items():
            (folder / name).write_text(text.format(**names))
        configuration = str(folder / "slapd.conf")
        run(["slapadd", "-f", configuration, "-l", folder / "entries.ldif"])
        url = f"ldap://{endpoint.address}:{endpoint.port}"
        command = ["slapd", "-f", configuration, "-h", url, "-d", "stats"]
        process = Process(f"slapd {endpoint.title}", namespace.inside(command), folder / "slapd.log")
        super().__init__(process, endpoint)
