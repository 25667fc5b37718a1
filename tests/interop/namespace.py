"""A network of its own: one namespace whose loopback carries documentation addresses (RFC 5737) and whose resolver
configuration names the name server inside it."""

import os
import pathlib
import shutil
import signal
import time

from process import run

PREFIX = "discoscope-interop-"
CONFIGURATION = pathlib.Path("/etc/netns")  # ip-netns(8): bound over /etc by `ip netns exec`
LEFTOVERS_END_WITHIN = 5.0


class Namespace:
    """The namespace of this run. Use it in a `with` statement: it is deleted at the end, whatever happened."""

    def __init__(self):
        self.name = f"{PREFIX}{os.getpid()}"

    def __enter__(self):
        remove_leftovers()
        try:
            directory = CONFIGURATION / self.name
            directory.mkdir(parents=True)
            (directory / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:2 attempts:2\n")
            (directory / "hosts").write_text("127.0.0.1 localhost\n")
            run(["ip", "netns", "add", self.name])
            run(self.inside(["ip", "link", "set", "lo", "up"]))
        except BaseException:
            _remove(self.name)
            raise
        return self

    def __exit__(self, *_):
        _remove(self.name)

    def add_addresses(self, addresses):
        """Gives the namespace these addresses."""
        commands = "".join(f"address add {address}/32 dev lo\n" for address in addresses)
        run(self.inside(["ip", "-batch", "-"]), input=commands)

    def inside(self, command):
        """The command that runs this command inside."""
        return ["ip", "netns", "exec", self.name, *command]


def remove_leftovers():
    """Removes what runs left behind that were killed: their servers, namespaces and resolver configurations."""
    listed = {line.split()[0] for line in run(["ip", "netns", "list"]).splitlines() if line.strip()}
    listed |= {entry.name for entry in CONFIGURATION.glob(f"{PREFIX}*")}
    for name in listed:
        owner = name.removeprefix(PREFIX)
        if name.startswith(PREFIX) and owner.isdigit() and not _is_suite(owner):
            _remove(name)


def _is_suite(pid):
    try:
        return b"run.py" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _remove(name):
    """Ends what still runs inside, then takes the namespace and its configuration away."""
    if name in run(["ip", "netns", "list"]).split():
        _end_inhabitants(name)
        run(["ip", "netns", "delete", name])
    shutil.rmtree(CONFIGURATION / name, ignore_errors=True)
    try:
        CONFIGURATION.rmdir()  # only when nobody else has anything there
    except OSError:
        pass


def _end_inhabitants(name):
    for number in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + LEFTOVERS_END_WITHIN
        inhabitants = run(["ip", "netns", "pids", name]).split()
        for pid in inhabitants:
            try:
                os.kill(int(pid), number)
            except ProcessLookupError:
                pass
        while inhabitants and time.monotonic() < deadline:
            inhabitants = run(["ip", "netns", "pids", name]).split()
            time.sleep(0.02)
        if not inhabitants:
            return
