"""A private certificate authority made with the openssl command: a root, an intermediate that signs, and leaves with
any names and dates. Servers send leaf and intermediate, as a well configured server does."""

import datetime
import pathlib

from process import run

CONFIGURATION = """
[req]
distinguished_name = subject
prompt = no
string_mask = utf8only
[subject]
CN = unused
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[intermediate]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[self_signed]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
[ca]
default_ca = signer
[signer]
database = {directory}/index.txt
new_certs_dir = {directory}
default_md = sha256
unique_subject = no
rand_serial = yes
policy = any_subject
[any_subject]
commonName = supplied
"""


class Authority:
    """Signs certificates into one directory."""

    def __init__(self, directory):
        self._directory = pathlib.Path(directory)
        self._issued = {}
        self._configuration = self._directory / "openssl.cnf"
        self._configuration.write_text(CONFIGURATION.format(directory=self._directory))
        (self._directory / "index.txt").touch()
        self.root = self._directory / "root.pem"
        self.intermediate = self._directory / "intermediate.pem"
        self._self_signed(self.root, "Interop Root", "root", days=30)
        self._request("intermediate", "Interop Intermediate")
        self._sign("intermediate", "root", "intermediate", valid_days=(-20, 20))

    def files(self, certificate):
        """Certificate and key files for a certificate of a case, issued when first asked for. The certificate file
        holds what the server sends behind it too."""
        if certificate not in self._issued:
            name = f"leaf-{len(self._issued) + 1}"
            issue = self._issue_self_signed if certificate.self_signed else self._issue
            self._issued[certificate] = issue(name, certificate)
        return self._issued[certificate]

    def _issue(self, name, certificate):
        self._request(name, certificate.names[0], certificate.bits)
        leaf = self._sign(
            name, "intermediate", "leaf", certificate.valid_days, certificate.names, certificate.digest,
            certificate.issuer_url,
        )
        behind = {"intermediate": self.intermediate, "root": self.root}
        leaf.write_text(leaf.read_text() + "".join(behind[one].read_text() for one in certificate.chain))
        return leaf, leaf.with_suffix(".key")

    def _issue_self_signed(self, name, certificate):
        leaf = self._directory / f"{name}.pem"
        self._self_signed(leaf, certificate.names[0], "self_signed", days=80, names=certificate.names)
        return leaf, leaf.with_suffix(".key")

    def _request(self, name, common_name, bits=2048):
        self._openssl(
            "req", "-new", "-newkey", f"rsa:{bits}", "-nodes", "-subj", f"/CN={common_name}",
            "-keyout", self._directory / f"{name}.key", "-out", self._directory / f"{name}.csr",
        )

    def _sign(self, name, signer, extensions, valid_days, names=(), digest="sha256", issuer_url=""):
        certificate = self._directory / f"{name}.pem"
        start, end = (_openssl_time(days) for days in valid_days)
        self._openssl(
            "ca", "-batch", "-notext", "-md", digest, "-startdate", start, "-enddate", end,
            "-cert", self._directory / f"{signer}.pem", "-keyfile", self._directory / f"{signer}.key",
            "-extfile", self._extensions(name, extensions, names, issuer_url), "-extensions", extensions,
            "-in", self._directory / f"{name}.csr", "-out", certificate,
        )
        return certificate

    def _self_signed(self, certificate, common_name, extensions, days, names=()):
        names_option = ["-addext", _alternative_names(names)] if names else []
        self._openssl(
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha256", "-days", str(days),
            "-subj", f"/CN={common_name}", "-extensions", extensions, *names_option,
            "-keyout", certificate.with_suffix(".key"), "-out", certificate,
        )

    def _extensions(self, name, section, names, issuer_url):
        """The configuration again, with this leaf's names in the section: `openssl ca` takes no -addext."""
        text = self._configuration.read_text()
        if names:
            text = text.replace(f"[{section}]", f"[{section}]\n{_alternative_names(names)}")
        if issuer_url:
            text = text.replace(f"[{section}]", f"[{section}]\nauthorityInfoAccess = caIssuers;URI:{issuer_url}")
        path = self._directory / f"{name}.extensions"
        path.write_text(text)
        return path

    def _openssl(self, command, *arguments):
        run(["openssl", command, "-config", self._configuration, *arguments])


def _alternative_names(names):
    return "subjectAltName=" + ",".join(f"DNS:{name}" for name in names)


def _openssl_time(days):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    return moment.strftime("%Y%m%d%H%M%SZ")
