"""Apache: one virtual host per endpoint."""

import pathlib

from process import Process

MODULES = pathlib.Path("/usr/lib/apache2/modules")
WANTED_MODULES = (
    "mpm_event", "authz_core", "authn_core", "dir", "mime", "alias", "headers", "setenvif", "socache_shmcb", "ssl",
)

CONFIGURATION = """
ServerRoot "{directory}"
ServerName apache.interop.test
PidFile "{directory}/apache.pid"
DefaultRuntimeDir "{directory}"
User www-data
Group www-data
{modules}
{listens}
ErrorLog "|/bin/cat"
LogLevel info ssl:info
LogFormat "%v:%p %h \\"%r\\" %>s" short
CustomLog "{directory}/access.log" short
TypesConfig /etc/mime.types
SSLSessionCache none
DocumentRoot "{directory}/pages"
<Directory "{directory}/pages">
    Require all granted
    DirectoryIndex index.html
</Directory>
{hosts}
"""

# A directory that demands a client certificate: the request comes first, the demand second.
CLIENT_CERTIFICATE_DIRECTORY = """
    SSLCACertificateFile "{authority}"
    <LocationMatch "(?i)^/autodiscover/">
        SSLVerifyClient require
        SSLVerifyDepth 3
    </LocationMatch>
    RedirectMatch 302 "^/$" "/owa/"
"""

# The same, where the server would go on without one.
OPTIONAL_DIRECTORY = CLIENT_CERTIFICATE_DIRECTORY.replace("require", "optional")

# The first handshake demands it.
CLIENT_CERTIFICATE_HOST = """
    SSLCACertificateFile "{authority}"
    SSLVerifyClient require
    SSLVerifyDepth 3
"""

# The same, but the server goes on without one, to the challenge of Exchange.
CLIENT_CERTIFICATE_ACCEPTED = """
    SSLCACertificateFile "{authority}"
    <LocationMatch "(?i)^/autodiscover/">
        SSLVerifyClient optional
        SSLVerifyDepth 3
        Header always set WWW-Authenticate "NTLM"
        RedirectMatch 401 "."
    </LocationMatch>
    RedirectMatch 302 "^/$" "/owa/"
"""

BEHAVIOURS = {
    "website": "",
    "redirect": '    RedirectMatch 302 "." "{location}"\n',
    "client-certificate-directory": CLIENT_CERTIFICATE_DIRECTORY,
    "client-certificate-optional-directory": OPTIONAL_DIRECTORY,
    "client-certificate-host": CLIENT_CERTIFICATE_HOST,
    "client-certificate-accepted": CLIENT_CERTIFICATE_ACCEPTED,
}


class Apache:
    """Apache with all its endpoints."""

    def __init__(self, namespace, endpoints, certificates, directory):
        self._endpoints = endpoints
        self._access_log = directory / "access.log"
        pages = directory / "pages"
        pages.mkdir()
        (pages / "index.html").write_text("<!DOCTYPE html>\n<title>Northwind Traders</title>\n<p>Welcome.\n")
        configuration = directory / "apache.conf"
        configuration.write_text(
            CONFIGURATION.format(
                directory=directory,
                modules="\n".join(_load(name) for name in WANTED_MODULES),
                listens="\n".join(f"Listen {endpoint.address}:{endpoint.port}" for endpoint in endpoints),
                hosts="".join(_host(endpoint, certificates) for endpoint in endpoints),
            )
        )
        command = ["apache2", "-f", str(configuration), "-DFOREGROUND"]
        self._process = Process("Apache", namespace.inside(command), directory / "apache.log")

    def wait(self):
        """Waits until it listens everywhere."""
        self._process.wait_for_listeners((endpoint.address, endpoint.port) for endpoint in self._endpoints)

    def read_log(self):
        """Its logs."""
        return self._process.read_log() + self._access_log.read_text(errors="replace")

    def stop(self):
        """Ends it."""
        self._process.stop()


def _load(name):
    return f'LoadModule {name}_module "{MODULES / f"mod_{name}.so"}"'


def _host(endpoint, certificates):
    site = endpoint.site
    behaviour = BEHAVIOURS[site.behaviour].replace("{authority}", str(certificates.root))
    behaviour = behaviour.replace("{location}", site.location)
    lines = [f"<VirtualHost {endpoint.address}:{endpoint.port}>"]
    if site.certificate:
        chain, key = certificates.files(site.certificate)
        versions = " ".join(f"+TLSv{version}" for version in site.protocols)
        lines += [
            "    SSLEngine on",
            f"    SSLProtocol -all {versions}",
            f'    SSLCertificateFile "{chain}"',
            f'    SSLCertificateKeyFile "{key}"',
        ]
    return "\n".join(lines) + f"\n{behaviour}</VirtualHost>\n"
