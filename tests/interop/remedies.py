#!/usr/bin/env python3
"""Texts to paste, held against what reads them: zone lines by named-checkzone, .reg files by their format.

Usage: remedies.py [discoscope]     (the release binary by default)

Every scenario of the lab is run; every remedy that it offers is checked. A remedy with a gap (<...>) is one that the
technician has to complete; it is counted and left out. PowerShell is parsed in tests/remedies.rs.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEAD = "$TTL 3600\n@ IN SOA ns1.{zone}. hostmaster.{zone}. 1 3600 600 86400 300\n@ IN NS ns1\nns1 IN A 192.0.2.53\n"
REGISTRY_LINE = re.compile(r'^(|;.*|\[-?HKEY_[A-Z_]+(\\[^\[\]\\]+)+\]|"[^"]*"=(dword:[0-9a-f]{8}|"[^"]*"|-))$')


def remedies(binary):
    """Every remedy of every scenario as (scenario, domain, finding, remedy)."""
    for path in sorted((ROOT / "assets/lab").glob("*.toml")):
        name = path.stem
        run = subprocess.run([binary, "check", "--lab", name, "--format", "json"], capture_output=True, text=True, timeout=60)
        report = json.loads(run.stdout)
        for finding in report["findings"]:
            for remedy in finding["remedies"]:
                yield name, report["address"]["domain"], finding["id"], remedy


def zone_problem(domain, text):
    """What named-checkzone has against these lines, each zone by itself; empty when nothing."""
    owners = [line.split()[0] for line in text.splitlines() if line.strip() and not line.lstrip().startswith(";")]
    if not owners:
        return ""
    zone = domain if all(owner.rstrip(".").endswith(domain) for owner in owners) else ".".join(owners[0].rstrip(".").split(".")[-2:])
    with tempfile.NamedTemporaryFile("w", suffix=".zone") as file:
        file.write(HEAD.format(zone=zone) + text + "\n")
        file.flush()
        # Targets outside the zone cannot be looked up here.
        command = ["named-checkzone", "-i", "local-sibling", "-k", "fail", "-n", "ignore", zone, file.name]
        check = subprocess.run(command, capture_output=True, text=True)
    loaded = [line for line in check.stdout.splitlines() if not line.startswith(("OK", "zone " + zone + "/IN: loaded"))]
    return "" if check.returncode == 0 and not any("ignored" in line or "error" in line for line in loaded) else check.stdout


def registry_problem(text):
    """The first line that regedit would not read; empty when there is none."""
    lines = text.splitlines()
    if not lines or lines[0] != "Windows Registry Editor Version 5.00":
        return "the first line is not the header"
    wrong = [line for line in lines[1:] if not REGISTRY_LINE.match(line)]
    return wrong[0] if wrong else ""


def main():
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    binary = sys.argv[1] if len(sys.argv) > 1 else str(target / "release/discoscope")
    # A check that cannot fail proves nothing.
    assert zone_problem("contoso.test", "autodiscover.contoso.test. 3600 IN SRV 0 0 mail.contoso.test.")
    assert registry_problem('Windows Registry Editor Version 5.00\n"a"=dword:1')
    readers = {
        "zone": zone_problem,
        "registry": lambda _, text: registry_problem(text),
    }
    checked, gaps, failed = dict.fromkeys(readers, 0), 0, []
    for scenario, domain, finding, remedy in remedies(binary):
        kind, text = remedy["kind"], remedy["text"]
        if kind not in checked:
            continue
        if re.search(r"<[a-z][^>]*>", text):
            gaps += 1
            continue
        problem = readers[kind](domain, text)
        checked[kind] += 1
        if problem:
            failed.append(f"{scenario}: {finding}: {remedy['title']}\n{text}\n-> {problem}")
    counts = ", ".join(f"{count} {kind}" for kind, count in checked.items())
    print(f"texts checked: {counts}; {gaps} with gaps left out; {len(failed)} failed")
    if failed:
        print("\n".join(failed))
    assert checked["zone"] >= 15, "too few zone texts to prove anything"
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
