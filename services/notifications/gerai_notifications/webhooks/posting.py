"""One POST to another system: to an address that was looked at, within a time, following nothing."""

import http.client
import socket
import ssl
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from gerai_notifications.webhooks import rules

#: Between two bytes; the whole attempt has its own limit.
SILENCE_SECONDS = 10.0
MOST_ANSWER_BYTES = 65_536
USER_AGENT = "Gerai-Webhooks/1"


class Undeliverable(Exception):
    """Why nothing was taken, or why it is not known whether it was. Names no path of the receiver."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a receiver said. `retry_after` are the seconds it asks for, None without."""

    status: int
    retry_after: float | None


class _Bounded:
    """The answer's stream, up to so many bytes: who never comes to an end would keep the whole process."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._left = MOST_ANSWER_BYTES

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def readline(self, limit: int = -1) -> bytes:
        """Read a line. Raises HTTPException when there was too much."""
        line: bytes = self._stream.readline(limit)
        self._left -= len(line)
        if self._left < 0:
            raise http.client.HTTPException
        return line


class _Response(http.client.HTTPResponse):
    """An answer of which the head is read, and no more of that than makes sense."""

    def __init__(self, sock: Any, *arguments: Any, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        self.fp: Any = _Bounded(self.fp)


class _Connection(http.client.HTTPConnection):
    """Connects to an address that was chosen before; certificate and Host are of the name."""

    response_class = _Response

    def __init__(self, host: str, port: int, *, address: str, secure: bool) -> None:
        super().__init__(host, port, timeout=SILENCE_SECONDS)
        self._address = address
        self._secure = secure
        if secure:
            # The Host header names no port that goes without saying.
            self.default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        """Open the way, with TLS where the address wants it."""
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._secure:
            # In two steps: one whose certificate is wrong has to be closed, too.
            self.sock = _tls().wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def post(url: str, *, headers: dict[str, str], body: bytes, production: bool) -> Answer:
    """Send `body` and return the answer's status; its contents are not read. Raises Undeliverable.

    In production the receiver's name has to resolve to public addresses alone, and the connection goes to
    one of those: a name that resolves otherwise a moment later leads nowhere else.
    """
    try:
        rules.check_url(url, production=production)
        parts = urlsplit(url)
        secure = parts.scheme == rules.HTTPS
        host = parts.hostname or ""
        port = parts.port or (http.client.HTTPS_PORT if secure else http.client.HTTP_PORT)
        address = _address_of(host, port, production=production)
        connection = _Connection(host, port, address=address, secure=secure)
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", target, body, {**headers, "user-agent": USER_AGENT})
            answer = connection.getresponse()
            return Answer(status=answer.status, retry_after=_seconds(answer.getheader("retry-after")))
        finally:
            connection.close()
    except rules.UnusableUrl as error:
        raise Undeliverable(str(error)) from error
    except ssl.SSLCertVerificationError as error:
        raise Undeliverable(f"its certificate is not valid: {error.verify_message}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Undeliverable(_told(error)) from error


def _address_of(host: str, port: int, *, production: bool) -> str:
    """Return the address to connect to. Raises Undeliverable, OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses:
        raise Undeliverable("its name has no address")
    if production and not all(rules.is_public(address) for address in addresses):
        raise Undeliverable("its name leads into networks of our own, which are not sent to")
    return addresses[0]


def _seconds(header: str | None) -> float | None:
    """Return the seconds of Retry-After; a date there is passed over."""
    text = (header or "").strip()
    return float(text) if text.isascii() and text.isdigit() and len(text) <= len("86400") else None


def _told(error: Exception) -> str:
    """Return what went wrong in a few words: what a receiver sends is not repeated."""
    if isinstance(error, http.client.HTTPException):
        return f"its answer is not HTTP ({type(error).__name__})"
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    if isinstance(error, socket.gaierror):
        return "its name cannot be resolved"
    text = error.strerror if isinstance(error, OSError) and error.strerror else ""
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
