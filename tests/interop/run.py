"""The interop suite: BIND, nginx, Apache, openssl s_server, Samba and slapd in a network namespace, and the release binary among them
with nothing but the system's resolver configuration and --ca-file.

Run it as root: python3 tests/interop/run.py [--binary PATH] [--group NAME] [CASE...]
The last line is "N passed, N failed"; the exit status is 0 when nothing failed, 1 otherwise, 2 when it cannot run."""

import argparse
import concurrent.futures
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys

sys.dont_write_bytecode = True  # before the suite's own modules: a test run leaves no files in the tree

# pylint: disable=wrong-import-position
import bind
import cases
import cases_absent
import cases_certificate
import cases_directory
import cases_inside
import cases_legacy
import cases_sign_in
import cases_views
import comparison
import kerberos
from authority import Authority
from namespace import Namespace
from process import StartError
from servers import Servers
from world import place

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
SCENARIOS = REPOSITORY / "assets" / "lab"
PROGRAMS = ("named", "nginx", "apache2", "openssl", "ip", "samba", "samba-tool", "ldbadd", "ldbsearch", "slapd", "ntlm_auth", "winbindd", "pdbedit", "kinit")
RUN_WITHIN = 20.0  # seconds; twice the limits of one run with --timeout 2
AT_ONCE = 4


def main():
    arguments = parse_arguments()
    missing = obstacles(arguments)
    if missing:
        print("\n".join(missing), file=sys.stderr)
        return 2
    features = set() if arguments.explore else features_of(arguments.binary)
    if arguments.group and arguments.group not in features and arguments.group != "legacy":
        print(f"{arguments.binary} was built without the feature {arguments.group}", file=sys.stderr)
        return 2
    chosen = choose(arguments.cases, arguments.group, features)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _: sys.exit(128 + received))
    try:
        with started(chosen) as suite:
            if arguments.explore:
                suite.explore()
                return 0
            return suite.run(arguments.binary)
    except StartError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def parse_arguments():
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target"))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=pathlib.Path, default=target / "release" / "discoscope")
    parser.add_argument("--explore", action="store_true", help="start the servers, say how to reach them, and wait")
    parser.add_argument("--group", choices=("legacy", "kerberos"), help="only the cases that this feature concerns")
    parser.add_argument("cases", nargs="*", metavar="CASE", help="only these cases")
    return parser.parse_args()


def features_of(binary):
    """Features that the binary was built with: it names their libraries."""
    lines = in_clean_environment([binary, "doctor"]).stdout.splitlines()
    marks = {"legacy": "legacy TLS", "kerberos": "Kerberos"}
    return {feature for feature, mark in marks.items() if any(line.startswith(mark) for line in lines)}


def choose(names, group, features):
    """The cases with these names, those of a group, or all that the binary has the features for."""
    has_legacy = "legacy" in features
    legacy = [*cases_legacy.legacy_cases(has_legacy), *cases_inside.directory_cases(has_legacy)]
    directory = cases_directory.active_directory_cases()
    if "kerberos" in features:
        directory += cases_directory.kerberos_cases()
    everything = [
        *cases.healthy_cases(),
        *cases.certificate_cases(),
        *cases.three_companies_cases(),
        *cases.wrong_place_cases(),
        *cases_inside.service_connection_point_cases(),
        *cases_inside.client_certificate_cases(),
        *directory,
        *cases_absent.absent_cases(),
        *cases_views.view_cases(),
        *legacy,
        *cases_certificate.certificate_kind_cases(),
        *cases_certificate.client_certificate_kind_cases(),
        *cases_certificate.leaving_peer_cases(),
        *cases_sign_in.sign_in_cases(),
    ]
    unknown = set(names) - {case.name for case in everything}
    if unknown:
        sys.exit(f"no such case: {', '.join(sorted(unknown))}; there are {', '.join(case.name for case in everything)}")
    if group == "legacy":
        return legacy
    if group:
        return [case for case in directory if case.ticket or case.name == cases_directory.OWNER]
    wanted = set(names)
    while needed := {case.needs for case in everything if case.name in wanted and case.needs} - wanted:
        wanted |= needed
    return [case for case in everything if not names or case.name in wanted]


def obstacles(arguments):
    """Why the suite cannot run here, in words."""
    os.environ["PATH"] = f"/usr/sbin:/sbin:{os.environ.get('PATH', '/usr/bin:/bin')}"
    found = [f"{program} is missing: run tests/interop/install.sh" for program in PROGRAMS if not shutil.which(program)]
    if os.geteuid() != 0:
        found.append("a network namespace needs root")
    if not arguments.explore and not arguments.binary.is_file():
        found.append(f"{arguments.binary} does not exist: run cargo build --release, or give --binary")
    return found


@contextlib.contextmanager
def started(chosen):
    """The suite with everything started."""
    place(chosen)
    with contextlib.ExitStack() as stack:
        namespace = stack.enter_context(Namespace())
        folder = stack.enter_context(namespace.folder())
        directory = pathlib.Path(folder)
        directory.chmod(0o755)  # Apache reads its pages as www-data
        namespace.add_addresses([bind.INSIDE, *(host.address for case in chosen for host in case.hosts)])
        certificates = Authority(directory)
        servers = stack.enter_context(Servers(namespace, chosen, certificates, directory))
        yield Suite(chosen, namespace, servers, certificates.root, directory)


class Suite:
    """The cases with their servers running."""

    def __init__(self, chosen, namespace, servers, authority, directory):  # pylint: disable=too-many-arguments
        self._cases = chosen
        self._namespace = namespace
        self._servers = servers
        self._authority = authority
        self._directory = directory
        for case in chosen:
            for name, content in case.files.items():
                path = self._files(case) / name
                path.parent.mkdir(exist_ok=True)
                path.write_text(content)

    def run(self, binary):
        """Runs every case and prints one line for each; the exit status."""
        failed = 0
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            results = pool.map(lambda case: self._differences(case, binary), self._cases)
            for case, differences in zip(self._cases, results):
                failed += bool(differences)
                print(f"{case.name}: {'FAILED' if differences else 'ok'}")
                for line in differences:
                    print(f"    {line}")
                for line in self._servers.log_of(case) if differences else []:
                    print(f"    | {line}")
                sys.stdout.flush()
        print(f"{len(self._cases) - failed} passed, {failed} failed")
        return 1 if failed else 0

    def explore(self):
        """Says how to reach the servers and waits for the end of input."""
        for case in self._cases:
            print(f"{case.name}: {case.mailbox} {' '.join(self._options(case))} {case.addresses()}")
        print(f"ip netns exec {self._namespace.name} ...    --ca-file {self._authority}    (end of input ends it)")
        sys.stdout.flush()
        sys.stdin.read()

    def _differences(self, case, binary):
        try:
            expectation = comparison.Expectation(case, SCENARIOS)
            report, status = self._check(case, binary, expectation.findings_of)
            differences = comparison.compare_run(expectation, report, status)
            differences += self._wrong_passwords(expectation)
            differences += comparison.compare_sign_ins(expectation, report, self._servers.log_of(case))
            for family in expectation.distinct_families(report["client"]):
                seen = report if family == report["client"] else self._check(case, binary, family)[0]
                differences += comparison.compare_walk(expectation, seen, family)
            if case.twin:
                client = ["--client", expectation.findings_of] if expectation.findings_of else []
                command = [binary, "check", "--lab", case.twin, "--format", "json", *client]
                twin, _ = parsed(in_clean_environment(command))
                differences += comparison.compare_with_twin(report, twin)
            return differences
        except (OSError, ValueError, KeyError, TypeError, subprocess.TimeoutExpired) as error:
            return [f"{type(error).__name__}: {error}"]

    def _wrong_passwords(self, expectation):
        if not expectation.wrong_passwords:
            return []
        account, expected = expectation.wrong_passwords
        found = self._servers.wrong_passwords(account)
        return [] if found == expected else [f"wrong passwords for {account}: {expected} expected, got {found}"]

    def _files(self, case):
        return self._directory / f"{case.name}-files"

    def _options(self, case):
        owner = next((other for other in self._cases if other.name == case.needs), case)
        places = {"files": self._files(case), **owner.addresses()}
        return [option.format(**places) for option in case.options]

    def _check(self, case, binary, family=None):
        client = ["--client", family] if family else []
        command = [
            binary, "check", case.mailbox, "--ca-file", self._authority, "--format", "json", "--timeout", "2",
            *client, *self._options(case), *self._password_of(case),
        ]
        return parsed(in_clean_environment(self._namespace.inside(command), self._tickets_of(case)))

    def _tickets_of(self, case):
        if not case.ticket:
            return {}
        *whose, host = case.ticket
        controller = next(other.addresses()[host] for other in self._cases if host in other.addresses())
        place_of = self._namespace, controller, self._directory / f"{case.name}-tickets"
        return kerberos.environment(*whose, place_of)

    def _password_of(self, case):
        if not case.password:
            return []
        file = self._directory / f"{case.name}.password"
        file.write_text(f"{case.password}\n")
        file.chmod(0o600)
        return ["--password-file", file]


def in_clean_environment(command, variables=None):
    """Runs the binary with an environment that holds nothing but where programs are, and these variables."""
    usual = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LANG": "C.UTF-8", "HOME": "/nonexistent"}
    environment = {**usual, **(variables or {})}
    words = [str(word) for word in command]
    return subprocess.run(words, capture_output=True, text=True, env=environment, timeout=RUN_WITHIN, check=False)


def parsed(result):
    """The JSON report and the exit status; ValueError with the program's own words when there is no report."""
    if result.returncode not in (0, 1) or "panicked" in result.stderr:
        raise ValueError(f"exit status {result.returncode}: {result.stderr.strip() or result.stdout[:500]}")
    return json.loads(result.stdout), result.returncode


if __name__ == "__main__":
    sys.exit(main())
