"""A network of its own: one namespace whose loopback carries documentation addresses (RFC 5737) and whose resolver
configuration names the name server inside it."""

import os
import pathlib
import shutil
import signal
import tempfile
import time

from process import run

PREFIX = "discoscope-interop-"
CONFIGURATION = pathlib.Path("/etc/netns")  # ip-netns(8): bound over /etc by `ip netns exec`
NAME_SERVER_CACHE = pathlib.Path("/var/cache/bind")  # Debian's AppArmor profile of named lets it work nowhere else
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

    def folder(self, parent=None):
        """A folder of this run's own, removed at the end of a `with` statement; in the temporary directory, or in the
        parent where that exists."""
        parent = parent if parent and parent.is_dir() else None
        return tempfile.TemporaryDirectory(prefix=f"{self.name}-", dir=parent)

    def inside(self, command):
        """The command that runs this command inside."""
        return ["ip", "netns", "exec", self.name, *command]


def remove_leftovers():
    """Removes what runs left behind that were killed: their servers, namespaces, configurations and folders."""
    names = set(run(["ip", "netns", "list"]).split()) | {path.name for path in _files_of(f"{PREFIX}*")}
    owners = {name.removeprefix(PREFIX).partition("-")[0] for name in names if name.startswith(PREFIX)}
    for owner in owners:
        if owner.isdigit() and not _is_suite(owner):
            _remove(f"{PREFIX}{owner}")


def _files_of(pattern):
    for parent in (CONFIGURATION, NAME_SERVER_CACHE, pathlib.Path(tempfile.gettempdir())):
        yield from parent.glob(pattern)


def _is_suite(pid):
    try:
        return b"run.py" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _remove(name):
    """Ends what still runs inside, then takes the namespace and its files away."""
    if name in run(["ip", "netns", "list"]).split():
        _end_inhabitants(name)
        run(["ip", "netns", "delete", name])
    for path in [CONFIGURATION / name, *_files_of(f"{name}-*")]:
        shutil.rmtree(path, ignore_errors=True)
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
