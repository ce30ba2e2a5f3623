"""Everything that passes an exchange, delivered again."""

import secrets
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Self

from gerai_shared.bus.connection import connection_to
from kombu import Connection, Consumer, Exchange, Queue

#: What a message has beside the properties that are handed over apart from them.
APART = frozenset({"content_type", "content_encoding", "application_headers", "headers"})


class Repeater:
    """Publishes each message of an exchange twice more, as it is, while the block runs.

    `keys` are the routing keys to listen to. `targets` says into which queues a message goes again, by its
    routing key: straight into them, so that a repeat is not repeated in its turn. `repeated` counts the
    messages by routing key.
    """

    def __init__(
        self,
        url: str,
        *,
        exchange: str,
        kind: str,
        keys: Iterable[str],
        targets: Callable[[str], Iterable[str]],
    ) -> None:
        self.repeated: Counter[str] = Counter()
        self._connection: Connection = connection_to(url)
        self._exchange = Exchange(exchange, type=kind, no_declare=True)
        self._keys = list(keys)
        self._targets = targets
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._connection.connect()
        self._channel: Any = self._connection.channel()
        self._channel.auto_decode = False
        queue = Queue(f"repeater.{secrets.token_hex(4)}", exclusive=True, durable=False)(self._channel)
        queue.queue_declare()
        for key in self._keys:
            self._channel.queue_bind(queue.name, self._exchange.name, key)
        self._consumer = Consumer(
            self._channel, queues=[queue], on_message=self._repeat, no_ack=True, auto_declare=False
        )
        self._consumer.consume()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
        self._connection.release()

    def _repeat(self, message: Any) -> None:
        key = message.delivery_info["routing_key"]
        again = self._channel.prepare_message(
            message.body if isinstance(message.body, str) else bytes(message.body),
            content_type=message.content_type,
            content_encoding=message.content_encoding,
            headers=dict(message.headers),
            properties={name: value for name, value in message.properties.items() if name not in APART},
        )
        for queue in self._targets(key):
            for _ in range(2):
                self._channel.basic_publish(again, exchange="", routing_key=queue)
        self.repeated[key] += 1

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._connection.drain_events(timeout=0.2)
            except TimeoutError:
                continue
