"""Holds a JSON report against what must be concluded: the lab twin's own expectation, or the case's."""

import tomllib

FAMILIES = ("outlook2007-rtm", "outlook2007", "outlook2010", "outlook2013", "outlook2016", "outlook365")
GOOD_VERDICTS = ("silent", "needs-password")


class Expectation:
    """What must be concluded from one case."""

    def __init__(self, case, scenarios):
        self._table = case.expectation
        self._twin_domain = None
        self._domain = case.mailbox.partition("@")[2]
        if case.twin:
            scenario = tomllib.loads((scenarios / f"{case.twin}.toml").read_text())
            self._table = scenario["expect"]
            self._twin_domain = scenario["address"].partition("@")[2]

    @property
    def findings(self):
        """Ids of the findings for the default client, the root cause first."""
        return self._table["findings"]

    @property
    def findings_of(self):
        """The family that the findings are expected for; None for the default one."""
        return self._table.get("findings_of")

    @property
    def wire(self):
        """What the handshakes must show where a case says so: versions accepted, and part of the suite's name."""
        return self._table.get("accepts"), self._table.get("suite")

    @property
    def handshake(self):
        """What the handshake of the autodiscover step must come to where a case says so: the three checks (issuer, date,
        name), and the cause that ends the stage."""
        return self._table.get("checks"), self._table.get("cause")

    @property
    def directory(self):
        """What asking Active Directory must come to, where a case says so."""
        return self._table.get("directory")

    @property
    def wrong_passwords(self):
        """An account, and how often its domain controller must have been given a wrong password for it."""
        return self._table.get("wrong_passwords")

    @property
    def http_status(self):
        """What the request must be answered with, where a case says so."""
        return self._table.get("http")

    @property
    def sign_ins(self):
        """The attempts to sign in that must be told (way, result, legs), and how many requests with a proof the server saw;
        None where nobody signs in."""
        return self._table.get("sign_ins"), self._table.get("proofs")

    def of(self, family):
        """What one client family does."""
        clients = self._table["clients"]
        return clients.get(family, clients["default"])

    def alerts(self, family):
        """Hosts that Security Alerts name, in this case's domain; None when not asserted."""
        walk = self.of(family)
        if "roles" not in walk:
            return None
        return [self._own_name(host) for host in walk.get("alerts", [])]

    def distinct_families(self, default):
        """The default family, then one further family for every other walk that is expected."""
        chosen = [default]
        for family in reversed(FAMILIES):
            if all(self.of(family) != self.of(other) for other in chosen):
                chosen.append(family)
        return chosen

    def _own_name(self, host):
        if self._twin_domain and (host == self._twin_domain or host.endswith(f".{self._twin_domain}")):
            return host.removesuffix(self._twin_domain) + self._domain
        return host


def compare_run(expectation, report, exit_status):
    """Differences between a run for the default client and its expectation, in words."""
    differences = _compare_findings(expectation.findings, [finding["id"] for finding in report["findings"]])
    walks = {walk["client"]: walk for walk in report["verdict"]["per_client"]}
    for family in FAMILIES:
        if family not in walks:
            differences.append(f"{family}: no verdict")
            continue
        expected, walk = expectation.of(family), walks[family]
        differences += _difference(f"{family}: verdict", expected["verdict"], walk["class"])
        differences += _difference(f"{family}: stops at", expected["stops_at"], walk["stops_at"] or "")
    differences += _compare_wire(expectation, report) + _compare_directory(expectation.directory, report)
    return differences + _compare_exit_status(report, exit_status)


def _compare_wire(expectation, report):
    accepts, suite = expectation.wire
    checks, cause = expectation.handshake
    stages = [
        stage
        for candidate in report["candidates"] if candidate["id"] == "autodiscover"
        for stage in candidate["stages"] if stage["stage"] == "tls"
    ]
    seen = [evidence for stage in stages for evidence in stage["evidence"]]
    differences = []
    if checks:
        judged = [shown["checks"] for shown in seen if shown.get("purpose") == "probe" and shown.get("checks")]
        found = [tuple(one[line]["ok"] for line in ("trusted", "in_date", "name_matches")) for one in judged]
        differences += _difference("issuer, date, name", [tuple(checks)], found)
    if cause:
        differences += _difference("cause of the TLS stage", [cause], [stage["cause"] for stage in stages])
    if accepts:
        found = [one["version"] for shown in seen for one in shown.get("versions", []) if one["accepted"]]
        differences += _difference("versions accepted", accepts, found)
    suites = [shown["suite"] for shown in seen if "suite" in shown]
    if suite and not any(suite in name for name in suites):
        differences.append(f"suite: {suite!r} expected, got {suites}")
    status = expectation.http_status
    if status:
        found = [
            evidence.get("status")
            for candidate in report["candidates"] if candidate["id"] == "autodiscover"
            for stage in candidate["stages"] if stage["stage"] == "http"
            for evidence in stage["evidence"]
        ]
        differences += _difference("HTTP status", status, found[0] if found else None)
    return differences


def _compare_directory(expected, report):
    if not expected:
        return []
    asked = [
        stage
        for candidate in report["candidates"] if candidate["id"] == "scp"
        for stage in candidate["stages"] if stage["stage"] == "ldap"
    ]
    answers = [shown for stage in asked for shown in stage["evidence"] if shown["kind"] == "directory"]
    sign_ins = [answer.get("sign_in") for answer in answers]
    found = {
        "cause": asked[0]["cause"] or asked[0]["outcome"] if asked else None,
        "sign_ins": [sign_in and sign_in["result"] for sign_in in sign_ins],
        "urls": [one["url"] for one in report["candidates"] if one["id"].startswith("scp-")],
        "protection": answers[0]["protection"] if answers and expected["protection"] else None,
        "data": [sign_in["data"] for sign_in in sign_ins if sign_in and "data" in sign_in],
        "tickets": [
            (sign_in["account"], sign_in.get("service"), sign_in.get("trouble"))
            for sign_in in sign_ins if sign_in and sign_in.get("way") == "kerberos"
        ],
    }
    return [
        line for name, wanted in expected.items() for line in _difference(f"directory: {name}", wanted, found[name])
    ]


def compare_sign_ins(expectation, report, log):
    """Differences between the attempts to sign in and what must be told of them, and between what the server saw and what
    it may see; and whether the password, in any form, is told at all."""
    expected, proofs = expectation.sign_ins
    if expected is None:
        return []
    attempts = [
        evidence
        for candidate in report["candidates"]
        for stage in candidate["stages"]
        for evidence in stage["evidence"]
        if evidence["kind"] == "sign_in" and evidence["result"] != "withheld"
    ]
    told = [(one["scheme"], one["result"], one["legs"]) for one in attempts]
    bound = [one["channel_binding"] for one in attempts if one["legs"] == 2]
    seen = sum("proof=yes" in line for line in log)
    return [
        *_difference("attempts to sign in", [tuple(one) for one in expected], told),
        *_difference("tied to the certificate", [True] * len(bound), bound),
        *_difference("requests with a proof", proofs, seen),
    ]


def compare_walk(expectation, report, family):
    """Differences between one client's walk and its expectation, in words."""
    roles = {candidate["id"]: candidate["role"] for candidate in report["candidates"]}
    differences = []
    for candidate, role in expectation.of(family).get("roles", {}).items():
        differences += _difference(f"{family}: role of {candidate}", role, roles.get(candidate, "no such candidate"))
    expected_alerts = expectation.alerts(family)
    if expected_alerts is not None:
        prompts = report["verdict"]["prompts"]
        alerts = [prompt["host"] for prompt in prompts if prompt["kind"] == "security_alert" and not prompt["may"]]
        differences += _difference(f"{family}: alerts", expected_alerts, alerts)
    return differences


def compare_with_twin(report, twin_report):
    """Differences between the findings here and those of the lab twin, in words."""
    here, there = ({finding["id"] for finding in one["findings"]} for one in (report, twin_report))
    return _difference("findings of the lab twin", sorted(there), sorted(here))


def _compare_findings(expected, found):
    """The root cause comes first, the order of the others does not matter, and one case may concern two candidates."""
    differences = _difference("findings", sorted(set(expected)), sorted(set(found)))
    if not differences and expected:
        differences = _difference("first finding", expected[0], found[0])
    return differences


def _compare_exit_status(report, exit_status):
    """0 when nothing is wrong, 1 when a problem was found (design, section 5)."""
    problem = any(finding["severity"] in ("major", "blocker") for finding in report["findings"])
    good = report["verdict"]["class"] in GOOD_VERDICTS
    if good and not report["findings"]:
        return _difference("exit status", 0, exit_status)
    if problem or not good:
        return _difference("exit status", 1, exit_status)
    return [] if exit_status in (0, 1) else [f"exit status: 0 or 1 expected, got {exit_status}"]


def _difference(what, expected, found):
    return [] if expected == found else [f"{what}: expected {expected!r}, got {found!r}"]
