"""The servers that have one process per endpoint: `openssl s_server`, a port that keeps silent, one that leaves the
handshake, and a device that ends TLS."""

import pathlib
import sys

from process import Process
from server import EndpointServer

TLS_VERSIONS = ("1", "1.1", "1.2", "1.3")
MISBEHAVING_PORT = pathlib.Path(__file__).with_name("misbehaving_port.py")
TLS_DEVICE = pathlib.Path(__file__).with_name("tls_device.py")
SILENT_PORT = pathlib.Path(__file__).with_name("silent_port.py")


class OpensslServer(EndpointServer):
    """`openssl s_server`, alone or ending every connection of a client without a certificate."""

    def __init__(self, namespace, endpoint, certificates, directory):
        chain, key = certificates.files(endpoint.site.certificate)
        versions = _version_options(endpoint.site.protocols)
        command = [
            "openssl", "s_server", "-accept", f"{endpoint.address}:{endpoint.port}", "-www", *versions,
            "-cert", chain, "-cert_chain", certificates.intermediate, "-key", key,
        ]
        if endpoint.site.ciphers:
            command += ["-cipher", endpoint.site.ciphers]
        if endpoint.site.behaviour == "client-certificate":
            command += ["-Verify", "3", "-verify_return_error", "-CAfile", certificates.root]
        log = directory / f"{endpoint.title}.log"
        super().__init__(Process(f"s_server {endpoint.title}", namespace.inside(list(map(str, command))), log), endpoint)


def _version_options(protocols):
    """s_server takes one version, or those that are left when others are taken away."""
    if len(protocols) == 1:
        return [f"-tls{protocols[0].replace('.', '_')}"]
    return [f"-no_tls{version.replace('.', '_')}" for version in TLS_VERSIONS if version not in protocols]


class SilentPort(EndpointServer):
    """A port whose packets are dropped, as a firewall does."""

    def __init__(self, namespace, endpoint, directory):
        command = [sys.executable, str(SILENT_PORT), endpoint.address, str(endpoint.port)]
        log = directory / f"{endpoint.title}.log"
        super().__init__(Process(f"silence {endpoint.title}", namespace.inside(command), log), endpoint)


class TlsDevice(EndpointServer):
    """A device with a certificate of its own before another port of its address, which the site's location names."""

    def __init__(self, namespace, endpoint, certificates, directory):
        ports = [str(endpoint.port), endpoint.site.location]
        files = map(str, certificates.files(endpoint.site.certificate))
        command = [sys.executable, str(TLS_DEVICE), endpoint.address, *ports, *files]
        log = directory / f"{endpoint.title}.log"
        super().__init__(Process(f"device {endpoint.title}", namespace.inside(command), log), endpoint)


class MisbehavingPort(EndpointServer):
    """A port that takes a hello and does something else with it."""

    def __init__(self, namespace, endpoint, directory):
        command = [sys.executable, str(MISBEHAVING_PORT), endpoint.address, str(endpoint.port), endpoint.site.behaviour]
        log = directory / f"{endpoint.title}.log"
        super().__init__(Process(f"misbehaving {endpoint.title}", namespace.inside(command), log), endpoint)
