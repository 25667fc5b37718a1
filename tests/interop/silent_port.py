"""Makes one TCP port silent, as a firewall with a DROP rule does: `silent_port.py ADDRESS PORT`, until it is ended.

A socket filter that passes no byte sits on the listening socket, so the kernel discards every SYN and answers nothing
(tcp_filter before the handshake in tcp_v4_rcv). It needs no firewall tool and no kernel module."""

import ctypes
import signal
import socket
import struct
import sys

SO_ATTACH_FILTER = 26  # asm-generic/socket.h; absent from Python's socket module
RETURN_CONSTANT = 0x06  # BPF_RET | BPF_K


def main():
    address, port = sys.argv[1], int(sys.argv[2])
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind((address, port))
    instruction = ctypes.create_string_buffer(struct.pack("HBBI", RETURN_CONSTANT, 0, 0, 0))
    program = struct.pack("HL", 1, ctypes.addressof(instruction))
    listener.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)
    listener.listen(1)
    signal.pause()


if __name__ == "__main__":
    main()
