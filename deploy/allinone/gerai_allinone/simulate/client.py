"""Requests to one part of the mall: kept connections, one key for each command however often it is sent."""

import http.client
import ipaddress
import json
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, LifoQueue
from typing import Any
from urllib.parse import urlsplit

#: How long the mall may be silent, in seconds, before the simulation gives up: a restart takes less.
PATIENCE_SECONDS = 30.0
TIMEOUT_SECONDS = 20.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.2, 2.0
#: What a mall says that has too much to do, or whose part is away for a moment.
COME_BACK = frozenset({429, 502, 503, 504})
SECONDS_A_MINUTE = 60.0


class Unreachable(Exception):
    """Nobody answers at an address."""


class Unexpected(Exception):
    """The mall answered what it should not answer."""


class NotLoopback(ValueError):
    """An address that is not this machine's own."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back; `body` is JSON, or text where it is none."""

    status: int
    body: Any

    @property
    def code(self) -> str:
        """The code of a refusal, empty for none."""
        return str(self.body.get("code", "")) if self.status >= 400 and isinstance(self.body, dict) else ""


@dataclass(kw_only=True)
class Traffic:
    """Counts requests, in all threads together; `now` tells seconds."""

    now: Callable[[], float] = time.monotonic
    requests: int = 0
    _recent: list[float] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self) -> None:
        """Count one."""
        with self._lock:
            moment = self.now()
            self.requests += 1
            self._recent = [each for each in self._recent if moment - each < SECONDS_A_MINUTE]
            self._recent.append(moment)

    def last_minute(self) -> int:
        """Return how many there were in the last minute."""
        with self._lock:
            moment = self.now()
            return sum(moment - each < SECONDS_A_MINUTE for each in self._recent)


class Door:
    """One part of the mall at an address of this machine. May be used by several threads at once."""

    def __init__(
        self, address: str, *, traffic: Traffic | None = None, patience: float = PATIENCE_SECONDS
    ) -> None:
        self.host, self.port = loopback(address)
        self._traffic = traffic or Traffic()
        self._patience = patience
        self._kept: LifoQueue[http.client.HTTPConnection] = LifoQueue()

    def get(self, path: str, *, bearer: str | None = None) -> Answer:
        """Ask for something. Raises Unreachable."""
        return self._ask("GET", path, None, {}, bearer)

    def post(self, path: str, body: Any = None, *, bearer: str | None = None) -> Answer:
        """Have something done, once, however often it has to be asked for. Raises Unreachable."""
        return self._ask("POST", path, body or {}, {"Idempotency-Key": str(uuid.uuid4())}, bearer)

    def close(self) -> None:
        """Close the connections that nobody uses."""
        while True:
            try:
                self._kept.get_nowait().close()
            except Empty:
                return

    def _ask(self, method: str, path: str, body: Any, headers: dict[str, str], bearer: str | None) -> Answer:
        headers = {"Accept": "application/json", **headers}
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        data = None if body is None else json.dumps(body)
        if data is not None:
            headers["Content-Type"] = "application/json"
        until = time.monotonic() + self._patience
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                answer, wait = self._once(method, path, data, headers)
            except (OSError, http.client.HTTPException) as error:
                if time.monotonic() + pause > until:
                    raise Unreachable(f"http://{self.host}:{self.port}{path}: {error}") from error
                wait = pause
            else:
                if answer.status not in COME_BACK or time.monotonic() + wait > until:
                    return answer
            time.sleep(wait)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def _once(
        self, method: str, path: str, data: str | None, headers: dict[str, str]
    ) -> tuple[Answer, float]:
        """Send it over a kept connection or a new one; return the answer and after how long to come back."""
        self._traffic.count()
        try:
            connection = self._kept.get_nowait()
        except Empty:
            connection = http.client.HTTPConnection(self.host, self.port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request(method, path, data, headers)
            got = connection.getresponse()
            raw = got.read()
        except BaseException:
            connection.close()
            raise
        self._kept.put(connection)
        told = got.headers.get("Retry-After", "")
        return _answer(got.status, raw), float(told) if told.isdigit() else 1.0


def _answer(status: int, raw: bytes) -> Answer:
    try:
        return Answer(status=status, body=json.loads(raw))
    except ValueError:
        return Answer(status=status, body=raw.decode(errors="replace"))


def loopback(address: str) -> tuple[str, int]:
    """Return (host, port) of an address like http://127.0.0.1:8000.

    Nothing is looked up: who asked for another name than localhost might not end up here. Raises NotLoopback
    for an address that is not this machine's.
    """
    parts = urlsplit(address)
    host = "127.0.0.1" if parts.hostname == "localhost" else parts.hostname or ""
    try:
        port = parts.port or 80
        is_ours = parts.scheme == "http" and ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_ours, port = False, 0
    if not is_ours:
        raise NotLoopback(f"{address} is not an address of this machine, such as http://127.0.0.1:8000")
    return host, port


def expect(answer: Answer, *statuses: int, what: str) -> Any:
    """Return the body of an answer with one of these statuses. Raises Unexpected."""
    if answer.status not in statuses:
        raise Unexpected(f"{what}: {answer.status} {str(answer.body)[:300]}")
    return answer.body
