"""nginx: one server block per endpoint."""

from process import Process
from server import WebServer

CONFIGURATION = """
user root;
worker_processes 1;
daemon off;
pid {directory}/nginx.pid;
error_log stderr info;
events {{ worker_connections 256; }}
http {{
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    access_log {directory}/access.log;
    default_type text/html;
    root {directory}/pages;
{servers}}}
"""

# The answer to newer clients, which Exchange gives without a password since 2016.
JSON = """
        location ~* ^/autodiscover/autodiscover\\.json {
            default_type "application/json; charset=utf-8";
            return 200 '{"Protocol":"AutodiscoverV1","Url":"https://$host/autodiscover/autodiscover.xml"}';
        }
"""

# The front end of Exchange behind a reverse proxy: the challenges and headers of its 401.
EXCHANGE = JSON + """
        location ~* ^/autodiscover/autodiscover\\.xml$ {
            add_header WWW-Authenticate "Negotiate" always;
            add_header WWW-Authenticate "NTLM" always;
            add_header WWW-Authenticate 'Basic realm="$host"' always;
            add_header request-id "$request_id" always;
            add_header X-FEServer "EX1" always;
            add_header X-OWA-Version "15.2.1544.11" always;
            return 401;
        }
        location = / { return 302 /owa/; }
        location / { return 404; }
"""

# Settings for every POST, without a password ([MS-OXDSCLI] 2.2.4).
SETTINGS = JSON + """
        location ~* ^/autodiscover/autodiscover\\.xml$ {
            default_type "text/xml; charset=utf-8";
            return 200 '<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006">
<Response xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a">
<User><DisplayName>Tilo</DisplayName></User>
<Account><AccountType>email</AccountType><Action>settings</Action>
<Protocol><Type>EXCH</Type><Server>EX1</Server><ASUrl>https://$host/EWS/Exchange.asmx</ASUrl>
<OABUrl>https://$host/OAB/</OABUrl></Protocol></Account></Response></Autodiscover>';
        }
        location ~* ^/(EWS|OAB)/ { return 401; }
        location / { return 404; }
"""

BEHAVIOURS = {
    "exchange": EXCHANGE,
    "settings": SETTINGS,
    # A page for every path; POST to a static file is answered with 405.
    "parking": "        location / { try_files /index.html =404; }\n",
    "website": "        location / { index index.html; }\n",
    # The first handshake asks for a certificate; without one every path gets a 400.
    "client-certificate": "        ssl_verify_client on;\n        ssl_client_certificate {authority};\n" + EXCHANGE,
    # Asked for, and not needed.
    "client-certificate-optional":
        "        ssl_verify_client optional;\n        ssl_client_certificate {authority};\n" + EXCHANGE,
    "redirect": "        location / { return 302 {location}; }\n",
}


class Nginx(WebServer):
    """nginx with all its endpoints."""

    def __init__(self, namespace, endpoints, certificates, directory):
        pages = directory / "pages"
        pages.mkdir()
        (pages / "index.html").write_text("<!DOCTYPE html>\n<title>A page</title>\n<p>Nothing to see here.\n")
        servers = "".join(_server(endpoint, certificates) for endpoint in endpoints)
        configuration = directory / "nginx.conf"
        configuration.write_text(CONFIGURATION.format(directory=directory, servers=servers))
        command = ["nginx", "-e", "stderr", "-c", str(configuration)]
        process = Process("nginx", namespace.inside(command), directory / "nginx.log")
        super().__init__(process, endpoints, directory / "access.log")


def _server(endpoint, certificates):
    site = endpoint.site
    directives = BEHAVIOURS[site.behaviour].replace("{authority}", str(certificates.root))
    directives = directives.replace("{location}", site.location)
    blocks = [_block(endpoint, site.certificate, "_", directives, certificates)]
    for name, certificate in site.by_name.items():
        blocks.append(_block(endpoint, certificate, name, directives, certificates))
    return "".join(blocks)


def _block(endpoint, certificate, name, directives, certificates):
    listen = f"{endpoint.address}:{endpoint.port}"
    tls = ""
    if certificate:
        chain, key = certificates.files(certificate)
        versions = " ".join(f"TLSv{version}" for version in endpoint.site.protocols)
        tls = f"""        ssl_certificate {chain};
        ssl_certificate_key {key};
        ssl_protocols {versions};
"""
        if endpoint.site.ciphers:
            tls += f"        ssl_ciphers {endpoint.site.ciphers};\n        ssl_prefer_server_ciphers on;\n"
    words = f"{listen}{' ssl' if tls else ''}{' default_server' if name == '_' else ''}"
    return f"    server {{\n        listen {words};\n        server_name {name};\n{tls}{directives}    }}\n"
