"""An endpoint that takes NTLM, verified by Samba."""

import json
import pathlib
import sys

from process import Process
from server import EndpointServer

PROGRAM = pathlib.Path(__file__).with_name("ntlm_server.py")
ACCOUNT = "games"  # Samba maps its account to one of the system's, and every Debian has this one
PASSWORD = "Granite-Otter-14"


class NtlmServer(EndpointServer):
    """One endpoint, with a winbindd of its own in a mount namespace of its own."""

    def __init__(self, namespace, endpoint, certificates, directory):
        folder = directory / endpoint.title
        folder.mkdir()
        chain, key = certificates.files(endpoint.site.certificate)
        bound_to, _ = certificates.files(endpoint.site.bound_to or endpoint.site.certificate)
        options = {
            "address": endpoint.address,
            "port": endpoint.port,
            "chain": str(chain),
            "key": str(key),
            "bound_to": str(bound_to),
            "directory": str(folder),
            "account": ACCOUNT,
            "password": PASSWORD,
        }
        (folder / "options.json").write_text(json.dumps(options))
        command = ["unshare", "--mount", sys.executable, "-B", str(PROGRAM), str(folder / "options.json")]
        process = Process(f"NTLM for {endpoint.case}", namespace.inside(command), folder / "server.log")
        super().__init__(process, endpoint)
