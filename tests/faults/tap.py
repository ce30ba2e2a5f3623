"""A look at everything that passes an exchange."""

import secrets
import threading
from typing import Self

from gerai_shared.bus.connection import connection_to
from kombu import Connection, Consumer, Exchange, Queue


class Tap:
    """Collects the bodies of all messages of a topic exchange, in their order, while the block runs."""

    def __init__(self, url: str, *, exchange: str) -> None:
        self.bodies: list[bytes] = []
        self._connection: Connection = connection_to(url)
        self._stopping = threading.Event()
        self._queue = Queue(
            f"tap.{secrets.token_hex(4)}",
            exchange=Exchange(exchange, type="topic", no_declare=True),
            routing_key="#",
            exclusive=True,
            durable=False,
        )
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._queue(self._connection.channel()).declare()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
        self._connection.release()

    def _run(self) -> None:
        channel = self._connection.channel()
        with Consumer(
            channel,
            queues=[self._queue(channel)],
            on_message=lambda message: self.bodies.append(_bytes(message.body)),
            no_ack=True,
            auto_declare=False,
        ):
            while not self._stopping.is_set():
                try:
                    self._connection.drain_events(timeout=0.2)
                except TimeoutError:
                    continue


def _bytes(body: object) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body)  # type: ignore[call-overload, no-any-return]
