"""The servers that have one process per endpoint: `openssl s_server`, and a port that keeps silent."""

import pathlib
import sys

from process import Process

SILENT_PORT = pathlib.Path(__file__).with_name("silent_port.py")


class OpensslServer:
    """`openssl s_server` that ends every connection of a client without a certificate."""

    def __init__(self, namespace, endpoint, certificates, directory):
        chain, key = certificates.files(endpoint.site.certificate)
        versions = [f"-tls{version.replace('.', '_')}" for version in endpoint.site.protocols]
        command = [
            "openssl", "s_server", "-accept", f"{endpoint.address}:{endpoint.port}", "-www", *versions,
            "-cert", chain, "-cert_chain", certificates.intermediate, "-key", key,
            "-Verify", "3", "-verify_return_error", "-CAfile", certificates.root,
        ]
        self._endpoint = endpoint
        self.case = endpoint.case
        log = directory / f"{endpoint.title}.log"
        self._process = Process(f"s_server {endpoint.title}", namespace.inside(list(map(str, command))), log)

    def wait(self):
        """Waits until it listens."""
        self._process.wait_for_listeners([(self._endpoint.address, self._endpoint.port)])

    def read_log(self):
        """What it printed."""
        return self._process.read_log()

    def stop(self):
        """Ends it."""
        self._process.stop()


class SilentPort(OpensslServer):
    """A port whose packets are dropped, as a firewall does."""

    def __init__(self, namespace, endpoint, directory):  # pylint: disable=super-init-not-called
        command = [sys.executable, str(SILENT_PORT), endpoint.address, str(endpoint.port)]
        self._endpoint = endpoint
        self.case = endpoint.case
        log = directory / f"{endpoint.title}.log"
        self._process = Process(f"silence {endpoint.title}", namespace.inside(command), log)
