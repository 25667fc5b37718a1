"""Tickets for the cases that sign in by Kerberos: got by kinit, with a configuration and a cache of their own."""

import pathlib

from process import run

CONFIGURATION = """
[libdefaults]
    dns_lookup_kdc = false
    dns_lookup_realm = false
    rdns = false
[realms]
{realms}
"""
REALM = """
    {realm} = {{
        kdc = {controller}
    }}
"""

# What a case can be given: the lifetime of its ticket, if it has one, and whether its program knows the realm's server.
KINDS = {
    "usual": ("10h", True),
    "none": (None, True),
    "expired": ("1s", True),  # libraries count a ticket as expired a little before it is
    "stray": ("10h", False),
}


def environment(kind, account, password, place):
    """Variables for a program that is to find a ticket of this kind for the account (user@REALM). `place` is the network
    namespace, the domain controller's address, and a folder for the files."""
    namespace, controller, folder = place
    lifetime, knows_server = KINDS[kind]
    folder = pathlib.Path(folder)
    folder.mkdir(mode=0o700, exist_ok=True)
    realm = account.partition("@")[2]
    full = _configuration(folder / "krb5.conf", REALM.format(realm=realm, controller=controller))
    variables = {"KRB5_CONFIG": str(full), "KRB5CCNAME": f"FILE:{folder}/cache"}
    if lifetime:
        settings = [f"{name}={value}" for name, value in variables.items()]
        command = ["env", *settings, "kinit", "-l", lifetime, account]
        run(namespace.inside(command), input=f"{password}\n")
    if not knows_server:
        variables["KRB5_CONFIG"] = str(_configuration(folder / "stray.conf", ""))
    return variables


def _configuration(path, realms):
    path.write_text(CONFIGURATION.format(realms=realms))
    return path
