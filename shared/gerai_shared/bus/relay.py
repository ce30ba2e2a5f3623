"""The relay: publishes the outbox, in order, confirmed by the broker, and never hangs for ever.

One relay works at a time for each database: on PostgreSQL it holds an advisory lock on a connection
of its own, others stand by. Events are published at least once; consumers recognise repeats.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from eventlet import sleep, spawn
from eventlet.event import Event
from eventlet.hubs import trampoline
from eventlet.timeout import Timeout
from kombu import Connection
from nameko.extensions import Entrypoint

from gerai_shared import commands, inbox, metrics, outbox
from gerai_shared.bus.back_off import BackOff
from gerai_shared.bus.connection import connection_to, cut, is_embedded, watchdog
from gerai_shared.bus.embedded import NoRoute
from gerai_shared.bus.listener import Listener
from gerai_shared.events.envelope import CONTENT_TYPE
from gerai_shared.logs import get_logger

log = get_logger(__name__)

BATCH = 200
HANGS_AFTER_SECONDS = 10.0
#: Even without being woken the relay looks this often: a wake-up can be lost with its connection.
IDLE_SECONDS = 2.0
FIRST_BACK_OFF_SECONDS = 0.1
LONGEST_BACK_OFF_SECONDS = 5.0
#: How often a leader makes sure that its lock is still held: a busy one looks at nothing else.
CHECK_SECONDS = 2.0
HOUSEKEEPING_SECONDS = 3600.0
RELAY_LOCK = 0x6765726169


class PublishingFailed(Exception):
    """The broker did not confirm; everything unconfirmed will be published again."""


class Publisher:
    """Publishes a batch and waits for all its confirmations together."""

    def __init__(self, url: str) -> None:
        self._embedded = is_embedded(url)
        self._connection: Connection = connection_to(url)
        self._channel: Any = self._connection.channel()
        self._unconfirmed: set[int] = set()
        self._nacked = False
        self._returned: set[str] = set()
        self._tag = 0
        if not self._embedded:
            self._channel.confirm_select()
            self._channel.events["basic_ack"].add(self._on_ack)
            self._channel.events["basic_nack"].add(self._on_nack)
            self._channel.events["basic_return"].add(self._on_return)

    def publish(self, events: list[outbox.Outgoing]) -> set[str]:
        """Publish; return the ids of events that no queue took. Raises PublishingFailed or the
        connection's errors; then nothing is known about the batch and it has to be repeated.
        """
        self._returned.clear()
        if self._embedded:
            return self._publish_embedded(events)
        with watchdog(HANGS_AFTER_SECONDS, self._cut):
            for event in events:
                self._tag += 1
                self._unconfirmed.add(self._tag)
                self._publish_one(event)
            while self._unconfirmed:
                self._connection.drain_events(timeout=HANGS_AFTER_SECONDS)
                if self._nacked:
                    raise PublishingFailed("refused by the broker")
        return set(self._returned)

    def _publish_embedded(self, events: list[outbox.Outgoing]) -> set[str]:
        for event in events:
            try:
                self._publish_one(event)
            except NoRoute:
                self._returned.add(event.event_id)
        return set(self._returned)

    def _publish_one(self, event: outbox.Outgoing) -> None:
        message = self._channel.prepare_message(
            event.body,
            content_type=CONTENT_TYPE,
            content_encoding="utf-8",
            properties={
                "message_id": event.event_id,
                "type": event.type,
                "app_id": "gerai",
                "correlation_id": event.correlation_id,
                "delivery_mode": 2,
            },
        )
        self._channel.basic_publish(
            message, exchange=event.exchange, routing_key=event.routing_key, mandatory=event.mandatory
        )

    def _on_ack(self, tag: int, multiple: bool) -> None:  # noqa: FBT001 - called by amqp
        if multiple:
            # Of this batch alone: all that was published before is confirmed already.
            self._unconfirmed = {each for each in self._unconfirmed if each > tag}
        else:
            self._unconfirmed.discard(tag)

    def _on_nack(self, _tag: int, _multiple: bool) -> None:  # noqa: FBT001 - called by amqp
        self._nacked = True

    def _on_return(self, *details: Any) -> None:
        message = details[-1]
        self._returned.add(message.properties["message_id"])

    def _cut(self) -> None:
        log.warning("relay_publish_hangs", after_seconds=HANGS_AFTER_SECONDS)
        self.close()

    def close(self) -> None:
        """Drop the connection without asking the broker, who may not be listening."""
        cut(self._connection)


def _wait_readable(descriptor: int) -> None:
    with suppress(Timeout):
        trampoline(descriptor, read=True, timeout=IDLE_SECONDS)


def _check(listening: Any) -> None:
    """Raise the driver's error when the connection that holds the lock is gone: somebody else may lead."""
    if listening is not None:
        listening.cursor().execute("SELECT 1")


class Relay(Entrypoint):
    """Runs the relay of a deployment as long as its container lives."""

    #: Only to tell whether the broker is there: who stands by, or has nothing to publish, would not know.
    listener = Listener()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._stopping = False
        self._woken = Event()
        self._idle = Event()
        self._recalled = False

    def start(self) -> None:
        """Begin; needs neither broker nor database to be there yet."""
        self._resources.database.on_announcement(self.wake)
        self._gt = self.container.spawn_managed_thread(self._run, identifier="relay")

    def stop(self) -> None:
        """Finish the batch under way."""
        self._stopping = True
        self.wake()
        with Timeout(HANGS_AFTER_SECONDS + 1, False):
            self._idle.wait()

    @property
    def _resources(self) -> Any:
        return self.container.config["gerai"]

    def wake(self) -> None:
        """Have the relay look at the outbox now."""
        if not self._woken.ready():
            self._woken.send()

    def _run(self) -> None:
        back_off = BackOff(first=FIRST_BACK_OFF_SECONDS, longest=LONGEST_BACK_OFF_SECONDS)
        while not self._stopping:
            began = time.monotonic()
            try:
                with self._leadership() as listening:
                    self._lead(listening)
            except Exception as error:  # noqa: BLE001 - whatever it was, the outbox still holds everything
                log.warning("relay_interrupted", reason=f"{type(error).__name__}: {error}")
                sleep(back_off.after(time.monotonic() - began))
        self._idle.send()

    @contextmanager
    def _leadership(self) -> Iterator[Any]:
        """Hold the lock that makes this the one relay; yields the connection that hears NOTIFY."""
        database = self._resources.database
        if database.is_sqlite:
            yield None
            return
        # Not from the pool: it lives as long as the leadership, and LISTEN stays on it.
        raw = database.connect_apart()
        try:
            raw.autocommit = True
            cursor = raw.cursor()
            while not self._stopping:
                cursor.execute("SELECT pg_try_advisory_lock(%s)", (RELAY_LOCK,))
                if cursor.fetchone()[0]:
                    break
                sleep(1.0)
            cursor.execute(f"LISTEN {outbox.NOTIFY_CHANNEL}")
            yield raw
        finally:
            raw.close()

    def _lead(self, listening: Any) -> None:
        publisher: Publisher | None = None
        housekeeping_at = time.monotonic() + HOUSEKEEPING_SECONDS
        checked_at = time.monotonic()
        self._recall()
        try:
            while not self._stopping:
                self._woken = Event()
                if time.monotonic() - checked_at >= CHECK_SECONDS:
                    _check(listening)
                    checked_at = time.monotonic()
                if publisher is None:
                    publisher = Publisher(self._resources.settings.bus_url)
                    log.info("relay_leads")
                if self._pass_on(publisher) < BATCH:
                    self._wait(listening)
                if time.monotonic() > housekeeping_at:
                    housekeeping_at = time.monotonic() + HOUSEKEEPING_SECONDS
                    self._keep_house()
        finally:
            if publisher is not None:
                publisher.close()

    def _recall(self) -> None:
        """Publish again what a broker inside this process may have held when the process last ended."""
        resources = self._resources
        if self._recalled or not is_embedded(resources.settings.bus_url):
            return
        with resources.database.transaction() as session:
            count = outbox.recall(session, now=resources.clock.now())
        self._recalled = True
        if count:
            log.info("events_sent_again", count=count)

    def _pass_on(self, publisher: Publisher) -> int:
        """Publish one batch; return its size."""
        resources = self._resources
        now = resources.clock.now()
        with resources.database.transaction() as session:
            events = outbox.claim_batch(session, now=now, limit=BATCH)
        if not events:
            return 0
        returned = publisher.publish(events)
        with resources.database.transaction() as session:
            outbox.mark_sent(session, [e.position for e in events if e.event_id not in returned], now=now)
            for event in events:
                if event.event_id in returned:
                    outbox.mark_failed(session, event.position, reason="no queue takes it", now=now)
        for event in events:
            kind = metrics.EVENTS_UNDELIVERABLE if event.event_id in returned else metrics.EVENTS_PUBLISHED
            kind.labels(type=event.type).inc()
        if returned:
            log.error("events_undeliverable", count=len(returned))
        return len(events)

    def _wait(self, listening: Any) -> None:
        """Wait until there is something new, at most IDLE_SECONDS."""
        if listening is None:
            with Timeout(IDLE_SECONDS, False):
                self._woken.wait()
            return
        # A green thread of its own, so that a wish to stop can end the wait.
        waiter = spawn(_wait_readable, listening.fileno())
        waiter.link(lambda _: self.wake())
        try:
            self._woken.wait()
        finally:
            # Left behind, it would wait on a descriptor that soon belongs to another connection.
            waiter.kill()
        listening.poll()
        listening.notifies.clear()

    def _keep_house(self) -> None:
        resources = self._resources
        now = resources.clock.now()
        with resources.database.transaction() as session:
            outbox.delete_sent(session, before=now - outbox.KEPT_AFTER_SENDING)
            inbox.delete_old(session, before=now - inbox.KEPT)
            commands.delete_old(session, before=now - commands.KEPT)


relay = Relay.decorator
