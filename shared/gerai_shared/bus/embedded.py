"""The broker inside one process: a kombu transport for `make run` and for tests.

kombu's own in-memory transport polls once a second, sends a restored message to every queue of its
exchange and knows neither dead letters nor expiry. This one wakes its consumers at once and behaves
as RabbitMQ does where our code can see it; the contract tests run against both.
"""

import itertools
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from queue import Empty
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import base, virtual

PARKING_QUEUE = "gerai.parked"


class NoRoute(ChannelError):
    """A mandatory message that no queue takes."""


@dataclass(kw_only=True)
class _Queue:
    messages: deque[dict[str, Any]] = field(default_factory=deque)
    exclusive_to: int | None = None


@dataclass(kw_only=True)
class _Broker:
    """Exchanges, bindings and queues of one virtual host, and whom to wake."""

    state: virtual.BrokerState = field(default_factory=virtual.BrokerState)
    queues: dict[str, _Queue] = field(default_factory=dict)
    wakers: list[threading.Event] = field(default_factory=list)

    def wake(self) -> None:
        for waker in list(self.wakers):
            waker.set()


_brokers: dict[str, _Broker] = {}


def broker(name: str) -> _Broker:
    """Return the broker called `name`, made when it does not exist yet."""
    return _brokers.setdefault(name, _Broker())


def remove_broker(name: str) -> None:
    """Forget a broker with everything in it."""
    _brokers.pop(name, None)


class EmbeddedQoS(virtual.QoS):
    """Unacknowledged messages of a channel."""

    def ack(self, delivery_tag: str) -> None:
        """Forget a message; a consumer that was at its prefetch limit may go on."""
        super().ack(delivery_tag)
        self.channel.broker.wake()

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """Put a message back in front of its queue, or into the parking queue as RabbitMQ's policy does."""
        message = self._delivered.get(delivery_tag)
        if message is not None and not requeue:
            self.channel.dead_letter(message)
        super().reject(delivery_tag, requeue=requeue)
        self.channel.broker.wake()


class EmbeddedChannel(virtual.Channel):
    """One channel."""

    QoS = EmbeddedQoS
    body_encoding = None  # type: ignore[assignment]  # bodies stay bytes
    _tags = itertools.count(1)

    @property
    def broker(self) -> _Broker:
        """The broker this channel belongs to."""
        found: _Broker = self.connection.broker
        return found

    def _next_delivery_tag(self) -> str:
        return str(next(self._tags))

    def _has_queue(self, queue: str, **_: Any) -> bool:
        return queue in self.broker.queues

    def _new_queue(self, queue: str, exclusive: bool = False, **_: Any) -> None:
        self.broker.queues.setdefault(queue, _Queue(exclusive_to=id(self.connection) if exclusive else None))

    def _put(self, queue: str, message: dict[str, Any], *, front: bool = False, **_: Any) -> None:
        found = self.broker.queues.get(queue)
        if found is None:
            return
        properties = dict(message["properties"])
        properties["delivery_tag"] = self._next_delivery_tag()
        properties["delivery_info"] = {**properties["delivery_info"], "queue": queue}
        if "expiration" in properties and "expires_at" not in properties:
            properties["expires_at"] = time.monotonic() + int(properties["expiration"]) / 1000
        copy = {**message, "properties": properties}
        if front:
            found.messages.appendleft(copy)
        else:
            found.messages.append(copy)
        self.broker.wake()

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        found = self.broker.queues.get(queue)
        while found is not None and found.messages:
            message = found.messages.popleft()
            if message["properties"].get("expires_at", float("inf")) > time.monotonic():
                return message
        raise Empty

    def _size(self, queue: str) -> int:
        found = self.broker.queues.get(queue)
        return len(found.messages) if found else 0

    def _purge(self, queue: str) -> int:
        found = self.broker.queues.get(queue)
        if found is None:
            return 0
        size = len(found.messages)
        found.messages.clear()
        return size

    def queue_delete(self, queue: str, if_unused: bool = False, if_empty: bool = False, **_: Any) -> None:
        """Delete a queue with its bindings and messages."""
        if if_empty and self._size(queue):
            return
        for exchange, key, _arguments in list(self.state.queue_bindings(queue)):
            self.queue_unbind(queue, exchange=exchange, routing_key=key)
        self.state.queue_bindings_delete(queue)
        self.broker.queues.pop(queue, None)

    def basic_publish(
        self, message: dict[str, Any], exchange: str, routing_key: str, mandatory: bool = False, **_: Any
    ) -> None:
        """Publish. Raises NoRoute for a mandatory message that no queue takes."""
        self._inplace_augment_message(message, exchange, routing_key)
        queues = set(self._lookup(exchange, routing_key)) & self.broker.queues.keys()
        if not queues and mandatory:
            raise NoRoute(f"no queue takes {routing_key} from {exchange}")
        for queue in sorted(queues):
            self._put(queue, message)

    def dead_letter(self, message: Any) -> None:
        """Move a rejected message to the parking queue."""
        raw = message.serializable()
        raw["headers"] = {**raw["headers"], "x-first-death-queue": message.delivery_info.get("queue", "")}
        raw["properties"].pop("expires_at", None)
        raw["properties"].pop("expiration", None)
        self._new_queue(PARKING_QUEUE)
        self._put(PARKING_QUEUE, raw)

    def _restore(self, message: Any) -> None:
        queue = message.delivery_info["queue"]
        raw = message.serializable()
        raw["properties"]["redelivered"] = True
        raw["properties"]["delivery_info"]["redelivered"] = True
        self._put(queue, raw, front=True)

    _restore_at_beginning = _restore


class EmbeddedTransport(virtual.Transport):
    """One connection to the broker inside this process."""

    Channel = EmbeddedChannel
    implements = base.Transport.implements.extend(
        asynchronous=False, exchange_type=frozenset(["direct", "topic"]), heartbeats=False
    )
    driver_type = "embedded"
    driver_name = "embedded"

    def __init__(self, client: Any, **kwargs: Any) -> None:
        super().__init__(client, **kwargs)
        self.broker = broker(client.virtual_host or "/")
        self.state = self.broker.state
        self._waker = threading.Event()
        self.broker.wakers.append(self._waker)

    def driver_version(self) -> str:
        """There is one version of it."""
        return "1"

    def drain_events(self, connection: Any, timeout: float | None = None, **_: Any) -> None:
        """Deliver one message, waiting for it at most `timeout` seconds. Raises TimeoutError."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            # Cleared before looking: a message put after the look sets it again.
            self._waker.clear()
            try:
                self.cycle.get(self._deliver, timeout=timeout)  # type: ignore[union-attr]
            except Empty:
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    raise TimeoutError from None
                self._waker.wait(left)
            else:
                return

    def close_connection(self, connection: Any) -> None:
        """Close: what was not acknowledged goes back, exclusive queues vanish."""
        super().close_connection(connection)
        if self._waker in self.broker.wakers:
            self.broker.wakers.remove(self._waker)
        for name, queue in list(self.broker.queues.items()):
            if queue.exclusive_to == id(self):
                del self.broker.queues[name]
        self.broker.wake()
