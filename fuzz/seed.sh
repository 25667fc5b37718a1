#!/usr/bin/env bash
# Makes small corpora to begin with: real certificates and files by openssl, answers of a real server, recordings of the lab.
#
# Usage: fuzz/seed.sh [discoscope]
set -euo pipefail
cd "$(dirname "$0")"
binary=$(realpath "${1:-../target/release/discoscope}")
mkdir -p corpus/{certificate,certificate_file,hello,xml,recording,registry,directory,ntlm,redaction}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null; }
key "$work/ca.key"
key "$work/leaf.key"
openssl req -new -x509 -key "$work/ca.key" -subj '/O=Contoso/CN=Contoso CA' -days 100 -out "$work/ca.pem" \
    -addext 'basicConstraints=critical,CA:TRUE' -addext 'nameConstraints=permitted;DNS:contoso.test'
openssl req -new -key "$work/leaf.key" -subj '/CN=mail.contoso.test' -out "$work/leaf.csr"
cat >"$work/extensions" <<'X'
subjectAltName=DNS:mail.contoso.test,DNS:*.contoso.test,IP:192.0.2.1,email:a@contoso.test,URI:https://contoso.test/
extendedKeyUsage=serverAuth,clientAuth
keyUsage=digitalSignature
authorityInfoAccess=OCSP;URI:http://ocsp.contoso.test/,caIssuers;URI:http://ca.contoso.test/ca.cer
crlDistributionPoints=URI:http://ca.contoso.test/ca.crl
certificatePolicies=1.2.3.4
X
openssl x509 -req -in "$work/leaf.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial -days 30 \
    -extfile "$work/extensions" -out "$work/leaf.pem" 2>/dev/null
openssl x509 -in "$work/leaf.pem" -outform DER -out "$work/leaf.der"
openssl x509 -in "$work/ca.pem" -outform DER -out "$work/ca.der"
cp "$work/leaf.der" corpus/certificate/leaf
{ cat "$work/leaf.der"; printf '\xff\xff\xff\xff'; cat "$work/ca.der"; } >corpus/certificate/chain
cat "$work/leaf.pem" "$work/ca.pem" >corpus/certificate_file/pem
cp "$work/leaf.der" corpus/certificate_file/der
openssl crl2pkcs7 -nocrl -certfile "$work/leaf.pem" -certfile "$work/ca.pem" -outform DER -out corpus/certificate_file/pkcs7
for mode in '' '-legacy'; do
    # shellcheck disable=SC2086 # an absent option is no word
    openssl pkcs12 -export $mode -inkey "$work/leaf.key" -in "$work/leaf.pem" -certfile "$work/ca.pem" -iter 1 \
        -passout pass:discoscope -out "corpus/certificate_file/pfx$mode" 2>/dev/null || true
done

for version in tls1_2 tls1_1; do
    openssl s_server -accept 127.0.0.1:44399 -"$version" -cipher 'ALL:@SECLEVEL=0' -key "$work/leaf.key" \
        -cert "$work/leaf.pem" -verify 1 -CAfile "$work/ca.pem" -quiet >/dev/null 2>&1 &
    server=$!
    python3 - "corpus/hello/$version" "$version" <<'P' || true
import socket, struct, sys, time
version = {"tls1_2": 0x0303, "tls1_1": 0x0302}[sys.argv[2]]
suites = struct.pack("!6H", 0xC02B, 0xC00A, 0xC009, 0xC02F, 0xC014, 0x002F)
extensions = b"\x00\x0a\x00\x04\x00\x02\x00\x17" + b"\x00\x0b\x00\x02\x01\x00" + b"\x00\x0d\x00\x06\x00\x04\x04\x03\x02\x03"
body = struct.pack("!H", version) + bytes(32) + b"\x00" + struct.pack("!H", len(suites)) + suites + b"\x01\x00"
body += struct.pack("!H", len(extensions)) + extensions
hello = b"\x01" + len(body).to_bytes(3, "big") + body
for _ in range(50):
    try:
        peer = socket.create_connection(("127.0.0.1", 44399), 1)
        break
    except OSError:
        time.sleep(0.1)
peer.sendall(b"\x16\x03\x01" + struct.pack("!H", len(hello)) + hello)
peer.settimeout(0.5)
answer = b""
try:
    while part := peer.recv(65536):
        answer += part
except OSError:
    pass
open(sys.argv[1], "wb").write(answer + b"\x40")
P
    kill "$server"
    wait "$server" 2>/dev/null || true
done

printf '<?xml version="1.0"?><Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006"><Response xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"><Account><AccountType>email</AccountType><Action>settings</Action><Protocol><Type>EXCH</Type><EwsUrl>https://mail.contoso.test/EWS/Exchange.asmx</EwsUrl></Protocol></Account></Response></Autodiscover>' >corpus/xml/settings
for scenario in three-companies client-certificate-vdir tls10-only; do
    "$binary" check --lab "$scenario" --record "$work/$scenario.jsonl" >/dev/null || true
    head -c 20000 "$work/$scenario.jsonl" >"corpus/recording/$scenario"
done
cp corpus/recording/three-companies corpus/redaction/
printf 'Windows Registry Editor Version 5.00\r\n\r\n[HKEY_CURRENT_USER\\Software\\Microsoft\\Office\\16.0\\Outlook\\AutoDiscover]\r\n"ExcludeHttpsRootDomain"=dword:00000001\r\n' >corpus/registry/export
printf 'dn: CN=EX1,CN=Autodiscover,DC=contoso,DC=test\nobjectClass: serviceConnectionPoint\nkeywords: 77378F46-2C66-4aa9-A6A6-3E7A48B19596\nkeywords: Site=Berlin\nserviceBindingInformation: https://mail.contoso.test/Autodiscover/Autodiscover.xml\n' >corpus/directory/ldif
# The second message of [MS-NLMP] 4.2.4.3.
printf 'TlRMTVNTUAACAAAADAAMADgAAAAzgoriASNFZ4mrze8AAAAAAAAAACQAJABEAAAABgBwFwAAAA9TAGUAcgB2AGUAcgACAAwARABvAG0AYQBpAG4AAQAMAFMAZQByAHYAZQByAAAAAAA=' | base64 -d >corpus/ntlm/challenge
du -sh corpus
