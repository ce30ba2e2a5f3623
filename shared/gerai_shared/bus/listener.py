"""The listener: one consuming connection of a process, for ever reconnecting.

nameko's own queue consumer acknowledges and drops what it cannot decode, and makes the start of a
process wait for the broker. Here messages reach their receiver undecoded, and a process starts
without the broker and consumes as soon as it is there.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from eventlet import sleep
from eventlet.event import Event
from kombu import Connection, Consumer, Queue
from nameko.extensions import SharedExtension

from gerai_shared import metrics
from gerai_shared.bus.back_off import BackOff
from gerai_shared.bus.connection import connection_to
from gerai_shared.logs import get_logger

log = get_logger(__name__)

FIRST_BACK_OFF_SECONDS = 0.2
LONGEST_BACK_OFF_SECONDS = 10.0
#: How long a wait for messages lasts before heartbeats and a wish to stop are looked at.
TICK_SECONDS = 0.5


@dataclass(kw_only=True)
class Subscription:
    """What a receiver consumes: its queue, how many messages at once, what gets each message.

    `receive` is called in the listener's own green thread and must return at once. `declare` says
    that the queue is exclusive to this process and is made on each connection; `ready` is called
    when messages begin to flow, on each connection anew. `no_ack` says that messages are not
    acknowledged: the broker forgets each one as it sends it. `until_stop` says that a pause leaves it
    alone: work under way may wait for its messages.
    """

    queue: Queue
    receive: Callable[[Any], None]
    prefetch: int
    declare: bool = False
    no_ack: bool = False
    until_stop: bool = False
    ready: Callable[[], None] | None = None


class Listener(SharedExtension):
    """Consumes for every receiver of one container over one connection."""

    def __init__(self) -> None:
        self._subscriptions: list[Subscription] = []
        self._stopping = False
        self._paused = Event()
        self.connected = False
        self._started = False
        self._watches = False
        self._heartbeat_at = 0.0

    def watch_broker(self) -> None:
        """Hold a connection even if nobody receives: `connected` says whether the broker is there."""
        self._watches = True

    def subscribe(self, subscription: Subscription) -> None:
        """Add a receiver; called in an extension's `setup`."""
        self._subscriptions.append(subscription)

    def start(self) -> None:
        """Begin to consume, now or when the broker is there."""
        if not self._started and (self._subscriptions or self._watches):
            self._started = True
            self.container.spawn_managed_thread(self._run, identifier="bus-listener")

    def pause(self) -> None:
        """Take no further work; what is under way can still be answered and acknowledged.

        Waits until it is so.
        """
        self._stopping = True
        if self._started and self.connected:
            self._paused.wait(timeout=5)

    def stop(self) -> None:
        """Close after everything under way is done; the container kills the thread."""
        self._stopping = True

    def ack(self, message: Any) -> None:
        """Acknowledge a message, unless its connection is gone: then the broker delivers it again."""
        self._settle(message, "ack")

    def park(self, message: Any) -> None:
        """Reject a message that nobody can handle; the broker's policy moves it to the parking queue."""
        self._settle(message, "reject")

    def give_back(self, message: Any) -> None:
        """Return a message to its queue."""
        self._settle(message, "requeue")

    def _settle(self, message: Any, verb: str) -> None:
        try:
            if message.channel is not None and message.channel.connection:
                getattr(message, verb)()
        except (OSError, *Connection("memory://").recoverable_connection_errors):
            log.info("message_not_settled", verb=verb)

    def _tell(self, *, connected: bool) -> None:
        self.connected = connected
        metrics.BUS_CONNECTED.labels(container=self.container.service_name).set(int(connected))

    def _run(self) -> None:
        back_off = BackOff(first=FIRST_BACK_OFF_SECONDS, longest=LONGEST_BACK_OFF_SECONDS)
        while not self._stopping:
            connection = connection_to(self.container.config["gerai"].settings.bus_url, heartbeat=True)
            began = time.monotonic()
            try:
                self._consume(connection)
            except Exception as error:  # noqa: BLE001 - whatever ended the connection, a new one is made
                log.warning("bus_away", reason=f"{type(error).__name__}: {error}")
            finally:
                self._tell(connected=False)
                _release(connection)
            sleep(back_off.after(time.monotonic() - began))

    def _consume(self, connection: Connection) -> None:
        connection.connect()
        consumers = [self._consumer(connection, subscription) for subscription in self._subscriptions]
        for consumer in consumers:
            consumer.consume()
        self._tell(connected=True)
        log.info("bus_connected", queues=[s.queue.name for s in self._subscriptions])
        for subscription in self._subscriptions:
            if subscription.ready is not None:
                subscription.ready()
        self._drain(connection)
        for subscription, consumer in zip(self._subscriptions, consumers, strict=True):
            if not subscription.until_stop:
                consumer.cancel()
        self._paused.send()
        # The connection lives on: work under way still acknowledges through it.
        while True:
            self._tick(connection)

    def _consumer(self, connection: Connection, subscription: Subscription) -> Consumer:
        channel = connection.channel()
        # Bodies stay bytes: what claims to be text in some encoding may become what nobody can write.
        channel.auto_decode = False
        channel.basic_qos(0, subscription.prefetch, False)
        queue = subscription.queue(channel)
        if subscription.declare:
            queue.declare()
        else:
            queue.queue_declare(passive=True)
        # `on_message` gets messages undecoded: what cannot be read is the receiver's to park.
        return Consumer(
            channel,
            queues=[queue],
            on_message=subscription.receive,
            no_ack=subscription.no_ack,
            auto_declare=False,
        )

    def _drain(self, connection: Connection) -> None:
        while not self._stopping:
            self._tick(connection)

    def _tick(self, connection: Connection) -> None:
        with suppress(TimeoutError):
            connection.drain_events(timeout=TICK_SECONDS)
        # By the clock, not in the quiet between messages: who only receives, without acknowledging, would
        # say nothing as long as it is busy, and the broker takes it for dead.
        if connection.supports_heartbeats and time.monotonic() >= self._heartbeat_at:
            self._heartbeat_at = time.monotonic() + TICK_SECONDS
            connection.heartbeat_check()


def _release(connection: Connection) -> None:
    try:
        connection.release()
    except Exception as error:  # noqa: BLE001 - it is being thrown away
        log.info("connection_not_closed_cleanly", reason=type(error).__name__)
