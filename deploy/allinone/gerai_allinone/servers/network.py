"""Ports of this machine, and what answers on them."""

import random
import socket
from contextlib import suppress
from pathlib import Path

LOOPBACK = "127.0.0.1"
#: Candidates for one port: to shuffle all that there are takes longer than to look at these.
TRIES = 200


class ServerError(RuntimeError):
    """A private server could not be found, started, reached or commanded."""


def free_ports(count: int) -> list[int]:
    """`count` different loopback ports nobody listens on.

    They lie below the range that the kernel gives to outgoing connections: a client that keeps calling a
    stopped server on a port of that range is one day connected to itself, and the server cannot come back.
    """
    lowest_outgoing = 32768
    with suppress(OSError, ValueError):
        lowest_outgoing = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    candidates = range(12000, lowest_outgoing) if lowest_outgoing > 14000 else range(61001, 65536)
    found: list[int] = []
    for port in random.sample(candidates, min(len(candidates), TRIES * count)):
        if is_free(port):
            found.append(port)
        if len(found) == count:
            return found
    raise ServerError(f"no {count} free ports on {LOOPBACK}")


def is_free(port: int) -> bool:
    """True when a server could listen on `port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def listens(port: int) -> bool:
    """True when somebody accepts connections on `port`."""
    with suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
        return True
    return False


def exchange(port: int, greeting: bytes) -> bytes:
    """Send `greeting` and return the first bytes of the answer; none when nobody answers within 2 seconds."""
    with suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=2) as connection:
        connection.sendall(greeting)
        return connection.recv(64)
    return b""
