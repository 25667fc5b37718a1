"""Apache: one virtual host per endpoint."""

import pathlib

from process import Process, run
from server import WebServer

MODULES = pathlib.Path("/usr/lib/apache2/modules")
WANTED_MODULES = (
    "mpm_event", "authz_core", "authn_core", "dir", "mime", "alias", "headers", "setenvif", "socache_shmcb", "ssl",
    "auth_basic", "authn_file", "authz_user", "cgid",
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
SetEnvIf Authorization "." HAS_PROOF=yes
LogFormat "%A:%p %h \\"%r\\" %>s proof=%{{HAS_PROOF}}e" short
CustomLog "{directory}/access.log" short
TypesConfig /etc/mime.types
ScriptSock "{directory}/cgid.sock"
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

# Settings for whoever signs in by name and password; error 600 for a browser, as Exchange has it.
BASIC = """
    ScriptAliasMatch "(?i)^/autodiscover/autodiscover.(xml|json)$" "{settings}"
    <LocationMatch "(?i)^/(autodiscover/autodiscover.xml|ews/|oab/)">
        AuthType Basic
        AuthName "interop"
        AuthBasicProvider file
        AuthUserFile "{accounts}"
        Require valid-user
    </LocationMatch>
"""

SETTINGS = """#!/bin/sh
cat >/dev/null  # a script that leaves its question unread has its answer cut off
case "$REQUEST_URI" in
*.json*)
    printf 'Content-Type: application/json\\r\\n\\r\\n'
    echo '{"Protocol":"AutodiscoverV1","Url":"https://'"$HTTP_HOST"'/autodiscover/autodiscover.xml"}'
    exit 0 ;;
esac
printf 'Content-Type: text/xml; charset=utf-8\\r\\n\\r\\n'
if [ "$REQUEST_METHOD" = GET ]; then
cat <<ANSWER
<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006"><Response>
<Error Time="10:05:22.6731812" Id="1054084152"><ErrorCode>600</ErrorCode><Message>Invalid Request</Message>
<DebugData /></Error></Response></Autodiscover>
ANSWER
exit 0
fi
cat <<ANSWER
<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006">
<Response xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a">
<User><DisplayName>Berta</DisplayName></User><Account><AccountType>email</AccountType><Action>settings</Action>
<Protocol><Type>EXPR</Type><Server>$SERVER_NAME</Server><SSL>On</SSL>
<EwsUrl>https://$HTTP_HOST/EWS/Exchange.asmx</EwsUrl><OABUrl>https://$HTTP_HOST/OAB/</OABUrl></Protocol></Account>
</Response></Autodiscover>
ANSWER
"""

ACCOUNT = "CONTOSO\\berta"
PASSWORD = "Amber-Badger-15"

BEHAVIOURS = {
    "basic": BASIC,
    "website": "",
    "redirect": '    RedirectMatch 302 "." "{location}"\n',
    "client-certificate-directory": CLIENT_CERTIFICATE_DIRECTORY,
    "client-certificate-optional-directory": OPTIONAL_DIRECTORY,
    "client-certificate-host": CLIENT_CERTIFICATE_HOST,
    "client-certificate-accepted": CLIENT_CERTIFICATE_ACCEPTED,
}


class Apache(WebServer):
    """Apache with all its endpoints."""

    def __init__(self, namespace, endpoints, certificates, directory):
        pages = directory / "pages"
        pages.mkdir()
        (pages / "index.html").write_text("<!DOCTYPE html>\n<title>Northwind Traders</title>\n<p>Welcome.\n")
        settings = directory / "settings.cgi"
        settings.write_text(SETTINGS)
        settings.chmod(0o755)
        accounts = directory / "accounts"
        accounts.write_text(f"{ACCOUNT}:{_hashed(PASSWORD)}\n")
        configuration = directory / "apache.conf"
        configuration.write_text(
            CONFIGURATION.format(
                directory=directory,
                modules="\n".join(_load(name) for name in WANTED_MODULES),
                listens="\n".join(f"Listen {endpoint.address}:{endpoint.port}" for endpoint in endpoints),
                hosts="".join(_host(endpoint, certificates, directory) for endpoint in endpoints),
            )
        )
        command = ["apache2", "-f", str(configuration), "-DFOREGROUND"]
        process = Process("Apache", namespace.inside(command), directory / "apache.log")
        super().__init__(process, endpoints, directory / "access.log")


def _load(name):
    return f'LoadModule {name}_module "{MODULES / f"mod_{name}.so"}"'


def _hashed(password):
    """The password as htpasswd(1) keeps it, by OpenSSL's apr1."""
    return run(["openssl", "passwd", "-apr1", "-stdin"], input=f"{password}\n").strip()


def _host(endpoint, certificates, directory):
    site = endpoint.site
    behaviour = BEHAVIOURS[site.behaviour].replace("{authority}", str(certificates.root))
    behaviour = behaviour.replace("{location}", site.location)
    behaviour = behaviour.replace("{settings}", str(directory / "settings.cgi"))
    behaviour = behaviour.replace("{accounts}", str(directory / "accounts"))
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
