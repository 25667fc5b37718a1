"""A device that ends TLS with a certificate of its own and begins it anew to the server behind it.

Usage: tls_device.py ADDRESS PORT PORT-BEHIND CERTIFICATE KEY"""

import socket
import ssl
import sys
import threading


def main():
    address, port, behind, certificate, key = sys.argv[1:]
    before = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    before.load_cert_chain(certificate, key)
    listener = socket.create_server((address, int(port)))
    while True:
        peer, _ = listener.accept()
        threading.Thread(target=serve, args=(peer, before, (address, int(behind))), daemon=True).start()


def serve(peer, before, behind):
    """One connection."""
    after = ssl.create_default_context()
    after.check_hostname = False
    after.verify_mode = ssl.CERT_NONE
    try:
        with before.wrap_socket(peer, server_side=True) as client:
            with after.wrap_socket(socket.create_connection(behind)) as server:
                back = threading.Thread(target=pass_on, args=(server, client), daemon=True)
                back.start()
                pass_on(client, server)
                back.join()
    except OSError as error:
        print(error, flush=True)


def pass_on(source, target):
    """One direction, until it ends."""
    try:
        while some := source.recv(65536):
            target.sendall(some)
        target.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


if __name__ == "__main__":
    main()
