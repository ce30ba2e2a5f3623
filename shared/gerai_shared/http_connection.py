"""One HTTP connection: a request arrives whole within a time, or is refused and its connection closed.

eventlet limits each single read, not their sum: a client that sends a byte now and then would be
waited for without end. And who answers must be the only one who reads: the rest of a body that
eventlet wants to throw away while a worker still reads it ends the connection's thread, and nameko
ends the process with it.
"""

import socket
import time
from contextlib import suppress
from functools import partial
from io import BytesIO
from typing import Any

from eventlet.timeout import Timeout
from nameko.web.server import HttpOnlyProtocol

from gerai_shared.refusals import ArrivedTooSlowly, BodyTooLarge, UnreadableBody
from gerai_shared.waiting import wait_at_most

IDLE_SECONDS = 30.0
#: From the first line of a request to the last byte of its body. A form over a very slow line needs less.
RECEIVE_SECONDS = 15.0
LINGER_SECONDS = 1.0
CONNECTION = "gerai.connection"
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Connection(HttpOnlyProtocol):
    """One connection; says nothing about what software answers."""

    #: Bytes that each connection keeps for its answers. Thousands are open at once, and what is larger goes
    #: out directly.
    wbufsize = 4 << 10
    #: Whether the client may still be sending what nobody is going to read.
    has_unread = False

    def version_string(self) -> str:
        return "gerai"

    def _read_request_line(self) -> bytes:
        return wait_at_most(IDLE_SECONDS, super()._read_request_line) or b""

    def parse_request(self) -> bool:
        """Read the headers; False when there is nothing to answer any more."""
        self.arrives_until = time.monotonic() + RECEIVE_SECONDS
        parsed = wait_at_most(RECEIVE_SECONDS, super().parse_request)
        if parsed is None:
            self.close_connection = True
            self.wfile.write(TOO_SLOW)
        return bool(parsed)

    def get_environ(self) -> dict[str, Any]:
        """Return the environment of a request, with its connection in it."""
        environ: dict[str, Any] = super().get_environ()
        environ[CONNECTION] = self
        return environ

    def read_body(self, body: Any, *, limit: int, more_seconds: float = 0.0) -> bytes:
        """Return a request's whole body. Raises BodyTooLarge, ArrivedTooSlowly, UnreadableBody.

        `more_seconds` is what a large one may take beyond the time of every request.

        After a refusal the connection is closed: where the next request begins on it nobody knows.
        """
        keeps_open = not self.close_connection
        self.close_connection = self.has_unread = True
        if (body.content_length or 0) > limit:
            raise BodyTooLarge(limit=limit)
        try:
            # The server's own reader checks no lengths: one byte too many shows what is too large.
            left = max(0.0, self.arrives_until + more_seconds - time.monotonic())
            received: bytes | None = wait_at_most(left, partial(body.read, limit + 1))
        except (OSError, ValueError):
            # The client went away half-way, or its chunks are none.
            raise UnreadableBody from None
        if received is None:
            raise ArrivedTooSlowly
        if len(received) > limit:
            raise BodyTooLarge(limit=limit)
        if len(received) < (body.content_length or 0):
            raise UnreadableBody
        self.close_connection, self.has_unread = not keeps_open, False
        return received

    def finish(self) -> None:
        """Close, but not in the face of a client that is still sending: it would not see its answer."""
        if self.has_unread:
            with suppress(OSError), Timeout(LINGER_SECONDS, False):
                self.connection.shutdown(socket.SHUT_WR)
                while self.connection.recv(64 << 10):
                    pass
        super().finish()


def receive(environ: dict[str, Any], *, limit: int, more_seconds: float = 0.0) -> None:
    """Have a request's body, at most `limit` bytes, in memory before anybody works on it.

    Raises what `Connection.read_body` raises. Without a connection of ours the body is there already.
    """
    connection: Connection | None = environ.get(CONNECTION)
    if connection is None:
        return
    body = environ["eventlet.input"]
    if not body.chunked_input and not body.content_length:
        return
    received = connection.read_body(body, limit=limit, more_seconds=more_seconds)
    environ["wsgi.input"] = BytesIO(received)
    environ["CONTENT_LENGTH"] = str(len(received))
    # Its length is known now, and werkzeug takes a body in chunks for one without.
    environ.pop("HTTP_TRANSFER_ENCODING", None)
