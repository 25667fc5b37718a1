#!/bin/sh
# Installs what the interop suite needs and this machine lacks (Debian 12 and 13). Run it as root. The packages' own
# services are not started: the suite starts its own, in a network namespace.
set -eu

PATH="/usr/sbin:/sbin:$PATH"
POLICY=/usr/sbin/policy-rc.d

missing=""
need() { # PROGRAM PACKAGE
    command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
need named bind9
need nginx nginx
need apache2 apache2
need openssl openssl
need ip iproute2
need python3 python3
need samba samba-ad-dc
need samba-tool samba-common-bin
need ldbadd ldb-tools
need slapd slapd
[ -d /usr/share/samba/setup/ad-schema ] || missing="$missing samba-ad-provision"
need winbindd winbind
need pdbedit samba
need kinit krb5-user
ls /usr/lib/*/sasl2/libgssapiv2.so >/dev/null 2>&1 || missing="$missing libsasl2-modules-gssapi-mit"

[ -n "$missing" ] || exit 0

# invoke-rc.d(8): status 101 forbids the action. A policy that is already there stays, and is respected.
if [ ! -e "$POLICY" ]; then
    trap 'rm -f "$POLICY"' EXIT
    trap 'exit 1' INT TERM HUP
    printf '#!/bin/sh\nexit 101\n' >"$POLICY"
    chmod 755 "$POLICY"
fi

export DEBIAN_FRONTEND=noninteractive
install() {
    # shellcheck disable=SC2086 # the list is split into words on purpose
    apt-get install --yes --no-install-recommends -o Dpkg::Options::=--force-confold $missing
}
# Package lists are fetched only when those at hand are absent or out of date.
install || { apt-get update && install; }
