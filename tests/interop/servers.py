"""All servers of all cases, started together and ended together."""

import apache
import bind
import nginx
import ntlm
import samba
import slapd
import small_servers
from world import endpoints


class Servers:
    """Use it in a `with` statement: what was started is ended, whatever happened."""

    def __init__(self, namespace, cases, certificates, directory):
        self._namespace = namespace
        self._cases = cases
        self._certificates = certificates
        self._directory = directory
        self._started = []

    def __enter__(self):
        try:
            self._start()
            for server in self._started:
                server.wait()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_):
        self._stop()

    def log_of(self, case, lines=40):
        """The last lines of every log that concern a case."""
        marks = {case.mailbox.partition("@")[2], *case.addresses().values()}
        found = []
        for server in self._started:
            own = getattr(server, "case", None)
            if own not in (None, case.name):
                continue
            text = server.read_log().splitlines()
            found += [line for line in text if own or any(_mentions(line, mark) for mark in marks)][-lines:]
        return found

    def wrong_passwords(self, account):
        """How often a domain controller was given a wrong password for this account."""
        controllers = [server for server in self._started if isinstance(server, samba.DomainController)]
        return sum(controller.wrong_passwords(account) for controller in controllers)

    def _start(self):
        programs = "nginx apache openssl ntlm silence misbehaving samba slapd bound-slapd device"
        by_server = {program: [] for program in programs.split()}
        for endpoint in endpoints(self._cases):
            by_server[endpoint.site.server].append(endpoint)
        namespace, certificates, directory = self._namespace, self._certificates, self._directory
        self._started.append(bind.NameServer(namespace, self._cases, certificates, directory / "bind.log"))
        for name, kind in (("nginx", nginx.Nginx), ("apache", apache.Apache)):
            if by_server[name]:
                folder = directory / name
                folder.mkdir()
                self._started.append(kind(namespace, by_server[name], certificates, folder))
        for endpoint in by_server["samba"]:
            self._started.append(samba.DomainController(namespace, endpoint, certificates, directory))
        for endpoint in by_server["slapd"]:
            self._started.append(slapd.OtherForest(namespace, endpoint, directory))
        for endpoint in by_server["bound-slapd"]:
            [controller] = (server for server in self._started if isinstance(server, samba.DomainController))
            self._started.append(slapd.BoundForest(namespace, endpoint, directory, certificates, controller))
        for endpoint in by_server["device"]:
            self._started.append(small_servers.TlsDevice(namespace, endpoint, certificates, directory))
        for endpoint in by_server["openssl"]:
            self._started.append(small_servers.OpensslServer(namespace, endpoint, certificates, directory))
        for endpoint in by_server["ntlm"]:
            self._started.append(ntlm.NtlmServer(namespace, endpoint, certificates, directory))
        for endpoint in by_server["misbehaving"]:
            self._started.append(small_servers.MisbehavingPort(namespace, endpoint, directory))
        for endpoint in by_server["silence"]:
            self._started.append(small_servers.SilentPort(namespace, endpoint, directory))

    def _stop(self):
        while self._started:
            self._started.pop().stop()


def _mentions(line, mark):
    """Whether the line contains the mark and not a longer address or name that begins with it."""
    head, found, tail = line.partition(mark)
    return bool(found) and not tail[:1].isdigit() and not head[-1:].isalnum()
