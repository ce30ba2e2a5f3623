"""Connections to the broker."""

import socket
from typing import Any

from kombu import Connection

from gerai_shared.bus.embedded import EmbeddedTransport

EMBEDDED_SCHEME = "embedded://"
#: A consuming connection that is silent for this long is dead.
HEARTBEAT_SECONDS = 20
CONNECT_TIMEOUT_SECONDS = 5

# Publishing connections read too seldom for heartbeats; the kernel watches them instead.
_SOCKET_SETTINGS: dict[int, int] = {
    socket.TCP_NODELAY: 1,
    socket.TCP_KEEPIDLE: 10,
    socket.TCP_KEEPINTVL: 5,
    socket.TCP_KEEPCNT: 3,
    socket.TCP_USER_TIMEOUT: 20_000,
}


def is_embedded(url: str) -> bool:
    """Tell whether `url` names the broker inside this process (`embedded://<name>`)."""
    return url.startswith(EMBEDDED_SCHEME)


def connection_to(url: str, *, heartbeat: bool = False) -> Connection:
    """Return a connection that is not yet made. `url` is `amqp://...` or `embedded://<name>`."""
    if is_embedded(url):
        return Connection(transport=EmbeddedTransport, virtual_host=url.removeprefix(EMBEDDED_SCHEME))
    return Connection(
        url,
        heartbeat=HEARTBEAT_SECONDS if heartbeat else 0,
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        transport_options={"socket_settings": _SOCKET_SETTINGS},
    )


def cut(connection: Connection) -> None:
    """Shut the socket under a connection that may hang in a write, whoever waits on it.

    Closing it politely would write to the same socket and hang as well (a broker in memory alarm
    stops reading from publishers).
    """
    try:
        transport: Any = connection.connection.transport
        transport.sock.shutdown(socket.SHUT_RDWR)
    except (AttributeError, OSError):
        # Not connected any more, or embedded: nothing can hang.
        return
