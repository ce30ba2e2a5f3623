"""The sender: requests and replies go out through one green thread that can be cut when it hangs.

A publisher hangs for ever while the broker is in a memory or disk alarm. Nothing that serves a
citizen publishes by itself: it hands its message over here and waits no longer than its deadline.
"""

import time
from dataclasses import dataclass, field
from typing import Any

from eventlet import sleep
from eventlet.queue import Full, LightQueue
from kombu import Connection
from nameko.extensions import SharedExtension

from gerai_shared.bus.connection import connection_to, cut, watchdog
from gerai_shared.logs import get_logger
from gerai_shared.refusals import Saturated

log = get_logger(__name__)

WAITING_AT_MOST = 2_000
HANGS_AFTER_SECONDS = 5.0
RECONNECT_SECONDS = 0.5
LEAVING_SECONDS = 2.0


@dataclass(kw_only=True)
class Letter:
    """A transient message. Not sent any more after `expires_at` (monotonic seconds)."""

    exchange: str
    routing_key: str
    body: bytes
    expires_at: float
    properties: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, Any] = field(default_factory=dict)


class Sender(SharedExtension):
    """Sends letters of one container in the order they were given."""

    def __init__(self) -> None:
        self._letters: LightQueue = LightQueue(WAITING_AT_MOST)
        self._connection: Connection | None = None
        self._channel: Any = None
        self._started = False
        self._unsent = 0

    def start(self) -> None:
        """Begin to send; connects at the first letter."""
        if not self._started:
            self._started = True
            self.container.spawn_managed_thread(self._run, identifier="bus-sender")

    def send(self, letter: Letter) -> None:
        """Hand a letter over. Raises Saturated when too many wait."""
        try:
            self._letters.put_nowait(letter)
        except Full:
            raise Saturated(retry_after=5) from None
        self._unsent += 1

    def stop(self) -> None:
        """Let go out what was handed over, above all the answers of the last workers."""
        until = time.monotonic() + LEAVING_SECONDS
        while self._unsent and time.monotonic() < until:
            sleep(0.01)

    def _run(self) -> None:
        while True:
            letter = self._letters.get()
            while time.monotonic() < letter.expires_at:
                try:
                    with watchdog(HANGS_AFTER_SECONDS, self._cut):
                        self._publish(letter)
                    break
                except Exception as error:  # noqa: BLE001 - a new connection is tried until the letter expires
                    log.warning("letter_not_sent", reason=f"{type(error).__name__}: {error}")
                    self._forget_connection()
                    sleep(RECONNECT_SECONDS)
            self._unsent -= 1

    def _publish(self, letter: Letter) -> None:
        if self._channel is None:
            self._connection = connection_to(self.container.config["gerai"].settings.bus_url)
            self._channel = self._connection.channel()
        left = max(1, int((letter.expires_at - time.monotonic()) * 1000))
        message = self._channel.prepare_message(
            letter.body,
            content_type="application/json",
            content_encoding="utf-8",
            headers=letter.headers,
            properties={**letter.properties, "expiration": str(left), "delivery_mode": 1},
        )
        self._channel.basic_publish(message, exchange=letter.exchange, routing_key=letter.routing_key)

    def _cut(self) -> None:
        log.warning("publisher_hangs", after_seconds=HANGS_AFTER_SECONDS)
        if self._connection is not None:
            cut(self._connection)

    def _forget_connection(self) -> None:
        if self._connection is not None:
            cut(self._connection)
        self._connection = self._channel = None
