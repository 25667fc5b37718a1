"""An endpoint that takes NTLM and Basic, verified by Samba: winbindd with one account, asked through ntlm_auth. The proof
is tied to the certificate: the channel bindings in it (RFC 5929 tls-server-end-point, [MS-NLMP] 2.2.2.1), which Samba's
verification covers, must be those of the certificate that this server has to have.

Runs in a mount namespace of its own, because winbindd's socket has one place only. Arguments: a JSON file."""

import base64
import hashlib
import http.server
import json
import os
import pathlib
import signal
import ssl
import struct
import subprocess
import sys
import time

SETTINGS = """<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006">
<Response xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a">
<User><DisplayName>Nora</DisplayName></User><Account><AccountType>email</AccountType><Action>settings</Action>
<Protocol><Type>EXPR</Type><Server>{host}</Server><SSL>On</SSL><EwsUrl>https://{host}/EWS/Exchange.asmx</EwsUrl>
<OABUrl>https://{host}/OAB/</OABUrl></Protocol></Account></Response></Autodiscover>
"""

SAMBA = """[global]
netbios name = NTLMHOST
workgroup = INTEROP
security = user
passdb backend = tdbsam:{directory}/passdb.tdb
private dir = {directory}/private
lock directory = {directory}/lock
state directory = {directory}/state
cache directory = {directory}/cache
pid directory = {directory}/pid
ncalrpc dir = {directory}/ncalrpc
log file = {directory}/log.%m
interfaces = {address}
bind interfaces only = yes
"""

CHANNEL_BINDINGS = 10  # MsvAvChannelBindings
READY_WITHIN = 20.0
STOP_WITHIN = 2.0


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    options = json.loads(pathlib.Path(sys.argv[1]).read_text())
    directory = pathlib.Path(options["directory"])
    samba = directory / "smb.conf"
    samba.write_text(SAMBA.format(directory=directory, address=options["address"]))
    for name in ("private", "lock", "state", "cache", "pid", "ncalrpc"):
        (directory / name).mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
    pathlib.Path("/run/samba").mkdir()
    password = options["password"]
    add = ["pdbedit", "-s", str(samba), "-a", "-u", options["account"], "-t"]
    subprocess.run(add, input=f"{password}\n{password}\n", text=True, check=True, capture_output=True)
    winbind = subprocess.Popen(["winbindd", "-F", "-s", str(samba), "--no-process-group"], start_new_session=True)
    try:
        wait_for(pathlib.Path("/run/samba/winbindd/pipe"))
        serve(options, samba)
    finally:
        end_group(winbind)


def end_group(child):
    """Ends a process and those that it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + STOP_WITHIN
        while time.monotonic() < deadline:
            try:
                os.killpg(child.pid, number)
            except ProcessLookupError:
                return
            child.poll()
            time.sleep(0.02)


def wait_for(path):
    """Until winbindd listens."""
    deadline = time.monotonic() + READY_WITHIN
    while not path.exists():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{path} does not appear")
        time.sleep(0.02)


def serve(options, samba):
    """Serves until it is ended."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options["chain"], options["key"])
    # What Exchange itself has: where a device stands in front, not what the client sees.
    bound_to = pathlib.Path(options["bound_to"]).read_text()
    leaf = ssl.PEM_cert_to_DER_cert(bound_to[: bound_to.index("-----END CERTIFICATE-----") + 26])
    handler = type("Endpoint", (Endpoint,), {"samba": samba, "binding": binding_of(leaf)})
    server = http.server.ThreadingHTTPServer((options["address"], options["port"]), handler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.serve_forever()


def binding_of(leaf):
    """MD5 of a gss_channel_bindings structure without addresses."""
    data = b"tls-server-end-point:" + hashlib.sha256(leaf).digest()
    return hashlib.md5(bytes(16) + struct.pack("<I", len(data)) + data).digest()


class Endpoint(http.server.BaseHTTPRequestHandler):
    """One connection; whoever signed in stays so on it."""

    protocol_version = "HTTP/1.1"
    samba = None
    binding = b""

    def setup(self):
        super().setup()
        self.helper = None
        self.known = False

    def finish(self):
        if self.helper:
            self.helper.kill()
            self.helper.wait()
        super().finish()

    def do_POST(self):
        """The client's question."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.answer()

    def do_GET(self):
        """What a browser asks, and newer clients."""
        if "/autodiscover.json" in self.path:
            self.words = "proof=no"
            url = f"https://{self.headers['Host']}/autodiscover/autodiscover.xml"
            self.send(200, "application/json", json.dumps({"Protocol": "AutodiscoverV1", "Url": url}))
        else:
            self.answer()

    def answer(self):
        """Settings for whoever signed in."""
        scheme, _, message = self.headers.get("Authorization", "").partition(" ")
        challenge = ""
        self.words = "proof=no"
        if scheme in ("NTLM", "Negotiate"):
            challenge = self.ntlm(message)
        elif scheme == "Basic":
            self.basic(message)
        if self.known:
            self.send(200, "text/xml; charset=utf-8", SETTINGS.format(host=self.headers["Host"]))
        else:
            offered = [f"{scheme} {challenge}"] if challenge else ["Negotiate", "NTLM", 'Basic realm="interop"']
            self.send(401, "text/html", "", offered)

    def send(self, status, kind, text, offered=()):
        """One answer."""
        body = text.encode()
        self.send_response(status)
        for scheme in offered:
            self.send_header("WWW-Authenticate", scheme)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def basic(self, message):
        """Name and password, asked of Samba."""
        self.words = "proof=yes scheme=basic"
        user, _, password = base64.b64decode(message).decode().partition(":")
        name = user.partition("\\")[2] or user
        command = ["ntlm_auth", f"--configfile={self.samba}", f"--username={name}", "--domain=NTLMHOST"]
        checked = subprocess.run(command, input=f"{password}\n", text=True, capture_output=True, check=False)
        self.known = checked.returncode == 0

    def ntlm(self, message):
        """A message of NTLM, given to Samba; the challenge to send back, if there is one."""
        if not self.helper:
            self.helper = subprocess.Popen(
                ["ntlm_auth", f"--configfile={self.samba}", "--helper-protocol=squid-2.5-ntlmssp"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, bufsize=1,
            )
        raw = base64.b64decode(message)
        first = struct.unpack_from("<I", raw, 8)[0] == 1
        self.helper.stdin.write(f"{'YR' if first else 'KK'} {message}\n")
        word, _, rest = self.helper.stdout.readline().strip().partition(" ")
        if word == "TT":
            return rest
        bound = channel_bindings(raw) == self.binding
        self.words = f"proof=yes scheme=ntlm samba={word} binding={'right' if bound else 'wrong'}"
        self.known = word == "AF" and bound
        return ""

    def log_message(self, template, *arguments):
        host, port = self.server.server_address[:2]
        print(f"{host}:{port} {template % arguments} {self.words}", flush=True)


def channel_bindings(message):
    """The hash of the bindings in the third message."""
    length, _, place = struct.unpack_from("<HHI", message, 20)
    pairs = message[place + 16 + 28 : place + length]
    while len(pairs) >= 4:
        kind, size = struct.unpack_from("<HH", pairs)
        if kind == CHANNEL_BINDINGS:
            return pairs[4 : 4 + size]
        if kind == 0:
            return None
        pairs = pairs[4 + size :]
    return None


if __name__ == "__main__":
    main()
