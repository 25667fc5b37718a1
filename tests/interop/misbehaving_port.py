"""A port that takes a connection and the first bytes of a handshake, and then does something else.

Usage: misbehaving_port.py ADDRESS PORT banner|close|reset|stall"""

import socket
import struct
import sys
import threading


def main():
    address, port, manner = sys.argv[1:]
    listener = socket.create_server((address, int(port)))
    while True:
        peer, _ = listener.accept()
        threading.Thread(target=serve, args=(peer, manner), daemon=True).start()


def serve(peer, manner):
    """One connection."""
    with peer:
        if manner == "banner":
            peer.sendall(b"220 mail.contoso.test ESMTP ready\r\n")
        hello = peer.recv(65536)
        if manner == "stall":
            while peer.recv(65536):
                pass
        if manner == "reset" and hello:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


if __name__ == "__main__":
    main()
