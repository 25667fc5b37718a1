"""Programs that the suite starts: each in the namespace, each with its own log, each ended by its process id."""

import os
import pathlib
import signal
import subprocess
import time

READY_WITHIN = 20.0
STOP_WITHIN = 5.0
POLL_INTERVAL = 0.02
LISTENING = "0A"  # TCP_LISTEN, the state column of proc_pid_net_tcp(5)


class StartError(Exception):
    """A program did not come up; the text says which, and ends with its log."""


class Process:
    """One running program."""

    def __init__(self, title, command, log, directory=None):
        self.title = title
        self.log = pathlib.Path(log)
        self._log_file = self.log.open("ab")
        self._child = subprocess.Popen(
            command,
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=self._log_file,
            stderr=subprocess.STDOUT,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"},
        )

    @property
    def pid(self):
        """Its process id; `ip netns exec` replaces itself, so this is the server and not a wrapper."""
        return self._child.pid

    def wait_for_listeners(self, endpoints):
        """Waits until every (address, port) has a listening socket in this process's network namespace."""
        wanted = {_kernel_form(address, port) for address, port in endpoints}
        self._wait(lambda: wanted <= _listening(self.pid), f"listen on all of {sorted(endpoints)}")

    def wait_for_log(self, text):
        """Waits until the log contains the text."""
        self._wait(lambda: text in self.read_log(), f"log {text!r}")

    def read_log(self):
        """Everything it wrote so far."""
        return self.log.read_text(errors="replace")

    def stop(self):
        """Ends it, first politely."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self._child.poll() is not None:
                break
            self._child.send_signal(number)
            try:
                self._child.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                continue
        self._log_file.close()

    def _wait(self, condition, what):
        deadline = time.monotonic() + READY_WITHIN
        while not condition():
            if self._child.poll() is not None:
                raise StartError(f"{self.title} ended with {self._child.returncode}:\n{self.read_log()}")
            if time.monotonic() > deadline:
                raise StartError(f"{self.title} did not {what} within {READY_WITHIN} s:\n{self.read_log()}")
            time.sleep(POLL_INTERVAL)


def _kernel_form(address, port):
    """The address as /proc prints it: the four bytes in host order, in hexadecimal, then the port."""
    number = int.from_bytes(bytes(int(part) for part in address.split(".")), "little")
    return f"{number:08X}:{port:04X}"


def _listening(pid):
    try:
        lines = pathlib.Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]
    except OSError:
        return set()
    rows = (line.split() for line in lines)
    return {row[1] for row in rows if row[3] == LISTENING}


def run(command, **options):
    """Runs a short command to its end; raises StartError with its words when it fails."""
    result = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, **options)
    if result.returncode != 0:
        words = " ".join(map(os.fspath, command))
        raise StartError(f"{words}: exit status {result.returncode}\n{result.stdout}{result.stderr}")
    return result.stdout
