"""Connections to the broker."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from amqp.method_framing import frame_handler
from amqp.serialization import decode_properties_basic
from eventlet import spawn_n
from eventlet.hubs import get_hub
from kombu import Connection

from gerai_shared.bus.embedded import EmbeddedTransport
from gerai_shared.logs import get_logger

log = get_logger(__name__)

EMBEDDED_SCHEME = "embedded://"
#: A consuming connection that is silent for this long is dead.
HEARTBEAT_SECONDS = 20
CONNECT_TIMEOUT_SECONDS = 5

#: AMQP 0-9-1, 2.3.5: frames of type 2 hold class, weight and size of a message, then its properties.
CONTENT_HEADER, BEFORE_PROPERTIES, NO_PROPERTIES = 2, 12, b"\0\0"

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
        transport_options={
            "socket_settings": _SOCKET_SETTINGS,
            "frame_handler": _tolerant_frame_handler,
        },
    )


def _tolerant_frame_handler(connection: Any, callback: Callable[..., None]) -> Callable[[Any], bool]:
    """Return amqp's own handler of incoming frames, with one difference.

    A message whose properties cannot be read (text that is no UTF-8, a date that Python does not have)
    comes without properties. amqp would raise, which ends the connection; the broker would deliver the
    message again, and so for ever.
    """
    handle = frame_handler(connection, callback)

    def on_frame(frame: tuple[int, int, Any]) -> bool:
        try:
            return bool(handle(frame))
        except Exception:
            kind, channel, payload = frame
            if kind != CONTENT_HEADER or _are_properties_readable(payload):
                raise
            return bool(handle((kind, channel, payload[:BEFORE_PROPERTIES] + NO_PROPERTIES)))

    return on_frame


def _are_properties_readable(payload: Any) -> bool:
    try:
        decode_properties_basic(payload, BEFORE_PROPERTIES)
    except Exception:  # noqa: BLE001 - strangers' bytes can break it in many ways
        return False
    return True


def cut(connection: Connection) -> None:
    """Shut the socket under a connection that may hang in a write, whoever waits on it.

    Closing it politely would write to the same socket and hang as well (a broker in memory alarm
    stops reading from publishers).
    """
    # Not its property `connection`, which makes a new one when the old one is gone: that can take long, be
    # refused, or hang in its turn.
    made: Any = getattr(connection, "_connection", None)
    try:
        made.transport.sock.shutdown(socket.SHUT_RDWR)
    except Exception as error:  # noqa: BLE001 - not connected any more, or embedded: nothing can hang
        log.debug("nothing_to_cut", reason=type(error).__name__)


@contextmanager
def watchdog(seconds: float, bark: Callable[[], None]) -> Iterator[None]:
    """Call `bark`, in a green thread of its own, unless the block ends within `seconds`.

    The green thread is made only then: one that waits and is killed would hold on to everything the block
    worked with until its time had come, and a busy relay would carry seconds of messages along.
    """
    timer = get_hub().schedule_call_global(seconds, spawn_n, bark)
    try:
        yield
    finally:
        timer.cancel()
