"""Consuming events: once each, whatever the broker repeats, and never lost to an error."""

import json
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from eventlet import sleep
from kombu import Queue
from nameko.extensions import Entrypoint, SharedExtension, register_entrypoint

from gerai_shared import inbox, metrics
from gerai_shared.borders import is_storable
from gerai_shared.bus.listener import Listener, Subscription
from gerai_shared.bus.topology import events_queue
from gerai_shared.context import new_context, working_in
from gerai_shared.database import is_outage
from gerai_shared.deployment import service_of
from gerai_shared.events.catalogue import REGISTRY
from gerai_shared.events.envelope import Event, MalformedEvent, from_wire
from gerai_shared.logs import get_logger

log = get_logger(__name__)

RETRY_TICK_SECONDS = 0.5
OUTAGE_WAIT_SECONDS = 1.0
#: Events that share a transaction. Few enough that on SQLite, which never waits, the process stays awake.
MOST_IN_ONE_BATCH = 20
BATCHES_AT_ONCE = 2


def read_event(raw: bytes) -> Event:
    """Return the event in a message's bytes, its data as native values. Raises MalformedEvent."""
    try:
        wire = json.loads(raw)
        if not is_storable(wire):
            raise MalformedEvent("signs that no database takes")
        event = from_wire(wire)
        if event.type not in REGISTRY:
            raise MalformedEvent(f"unknown type {event.type}")
        data = REGISTRY.load(event.type, event.data)
    except MalformedEvent:
        raise
    except Exception as error:  # whatever a stranger sends, it must not end the process that reads it
        raise MalformedEvent(f"{type(error).__name__}: {error}") from error
    return Event(**{**event.__dict__, "data": data})


def raw_bytes(message: Any) -> bytes:
    """Return a message's body as it came."""
    body = message.body
    return body.encode() if isinstance(body, str) else bytes(body or b"")


@dataclass(frozen=True, kw_only=True)
class _Arrival:
    """A message that was read, and who handles it."""

    message: Any
    raw: bytes
    event: Event
    handler: "On"


class EventConsumer(SharedExtension):
    """Takes a deployment's events from its durable queue and hands each to its handler.

    Order of safety: effect and inbox row commit together, only then the message is acknowledged. A
    failure is recorded and committed before the acknowledgement, too. With the database away the
    message stays unacknowledged and the consumer waits: an outage uses up nobody's attempts.

    What arrives while others are being handled is handled together, in one transaction. There is no
    timer: a single event is handled at once. When one of a batch fails, each is handled by itself, so
    that a bad one spoils no neighbour.
    """

    listener = Listener()

    def __init__(self) -> None:
        self._handlers: dict[str, On] = {}
        self._stopping = False
        self._started = False
        self._arrived: deque[Any] = deque()
        self._batches = 0

    def register(self, handler: "On") -> None:
        """Add a handler; called in its `setup`."""
        if handler.event_type in self._handlers:
            raise ValueError(f"two handlers for {handler.event_type}")
        self._handlers[handler.event_type] = handler
        if len(self._handlers) == 1:
            self.listener.subscribe(
                Subscription(
                    queue=Queue(events_queue(self._deployment), no_declare=True),
                    receive=self._receive,
                    prefetch=2 * BATCHES_AT_ONCE * MOST_IN_ONE_BATCH,
                )
            )

    def start(self) -> None:
        """Begin to retry what failed earlier."""
        if not self._started and self._handlers:
            self._started = True
            self.container.spawn_managed_thread(self._retry_for_ever, identifier="event-retries")

    def pause(self) -> None:
        """Take no further events; wait until those under way are finished."""
        self._stopping = True
        self.listener.pause()
        while self._batches:
            sleep(0.02)

    @property
    def _deployment(self) -> str:
        return str(self.container.config["gerai"].settings.deployment)

    @property
    def _resources(self) -> Any:
        return self.container.config["gerai"]

    def _receive(self, message: Any) -> None:
        self._arrived.append(message)
        if self._batches < BATCHES_AT_ONCE:
            self._batches += 1
            self.container.spawn_managed_thread(self._work, identifier="events")

    def _work(self) -> None:
        """Handle batches until nothing waits; on stop the rest is left to the broker."""
        try:
            while self._arrived and not self._stopping:
                count = min(len(self._arrived), MOST_IN_ONE_BATCH)
                self._handle([self._arrived.popleft() for _ in range(count)])
                sleep(0)
        finally:
            self._batches -= 1

    def _handle(self, messages: Sequence[Any]) -> None:
        arrivals = [arrival for message in messages if (arrival := self._read(message))]
        while arrivals:
            try:
                with self._resources.database.transaction() as session:
                    ran = [arrival.handler.run_in(session, arrival.event) for arrival in arrivals]
            except Exception as error:  # noqa: BLE001 - a handler may raise anything; it is kept with its reason
                if not is_outage(error):
                    self._failed(arrivals, error)
                    return
                if self._stopping:
                    return
                sleep(OUTAGE_WAIT_SECONDS)
            else:
                self._done(arrivals, ran)
                return

    def _read(self, message: Any) -> _Arrival | None:
        """Return what a message says; None when nobody can handle it, and it was kept."""
        raw = raw_bytes(message)
        try:
            event = read_event(raw)
        except MalformedEvent as error:
            self._keep(message, raw, None, str(error), hopeless=True)
            return None
        handler = self._handlers.get(event.type)
        if handler is None:
            self._keep(message, raw, event, "no handler for this type", hopeless=True)
            return None
        return _Arrival(message=message, raw=raw, event=event, handler=handler)

    def _done(self, arrivals: Sequence[_Arrival], ran: Sequence[bool]) -> None:
        for arrival, did_run in zip(arrivals, ran, strict=True):
            outcome = "done" if did_run else "repeat"
            metrics.EVENTS_HANDLED.labels(type=arrival.event.type, outcome=outcome).inc()
            self.listener.ack(arrival.message)

    def _failed(self, arrivals: Sequence[_Arrival], error: Exception) -> None:
        if len(arrivals) > 1:
            for arrival in arrivals:
                self._handle([arrival.message])
            return
        [arrival] = arrivals
        event = arrival.event
        log.warning("event_failed", type=event.type, event_id=event.id, exc_info=error)
        metrics.EVENTS_HANDLED.labels(type=event.type, outcome="failed").inc()
        self._keep(arrival.message, arrival.raw, event, f"{type(error).__name__}: {error}", hopeless=False)

    def _keep(self, message: Any, raw: bytes, event: Event | None, reason: str, *, hopeless: bool) -> None:
        """Record a failure, waiting as long as the database is away: only then may the message go.

        What the database itself refuses goes into the broker's parking queue.
        """
        state = None
        while state is None:
            try:
                with self._resources.database.transaction() as session:
                    state = inbox.record_failure(
                        session,
                        consumer=self._deployment,
                        event_id=event.id if event else None,
                        event_type=event.type if event else None,
                        content_type=message.content_type,
                        raw=raw,
                        reason=reason,
                        hopeless=hopeless,
                        now=self._resources.clock.now(),
                    )
            except Exception as error:
                if not is_outage(error):
                    log.exception("event_parked_on_the_broker")
                    metrics.PARKED.labels(kind="event").inc()
                    self.listener.park(message)
                    return
                log.warning("failure_not_recorded_yet", reason=type(error).__name__)
                sleep(OUTAGE_WAIT_SECONDS)
        if state == inbox.PARKED:
            metrics.PARKED.labels(kind="event").inc()
            log.error("event_parked", reason=reason, event_id=event.id if event else None)
        self.listener.ack(message)

    def _retry_for_ever(self) -> None:
        while not self._stopping:
            try:
                again = self._retry_one()
            except Exception as error:  # noqa: BLE001 - an outage; tried again at the next tick
                log.warning("retry_waits", reason=f"{type(error).__name__}")
                again = False
            if not again:
                sleep(RETRY_TICK_SECONDS)

    def _retry_one(self) -> bool:
        """Try one failed message again; the row is locked and goes in the same transaction as the effect."""
        resources = self._resources
        now = resources.clock.now()
        with resources.database.transaction() as session:
            failed = inbox.claim_due(session, now=now)
            if failed is None:
                return False
            try:
                with session.begin_nested():
                    event = read_event(failed.raw)
                    handler = self._handlers.get(event.type)
                    if handler is None:
                        raise MalformedEvent("no handler for this type")
                    handler.run_in(session, event)
            except Exception as error:
                if is_outage(error):
                    raise
                state = inbox.record_failure(
                    session,
                    consumer=failed.consumer,
                    event_id=failed.event_id,
                    event_type=failed.type,
                    content_type=failed.content_type,
                    raw=failed.raw,
                    reason=f"{type(error).__name__}: {error}",
                    hopeless=isinstance(error, MalformedEvent) or failed.event_id is None,
                    now=now,
                )
                if failed.event_id is None:
                    inbox.drop(session, failed.id)
                if state == inbox.PARKED:
                    metrics.PARKED.labels(kind="event").inc()
            else:
                inbox.drop(session, failed.id)
        return True


Handler = Callable[[Any, Any, Event], None]


class On(Entrypoint):
    """Entrypoint of one event type; made by `on`."""

    consumer = EventConsumer()

    def __init__(self, event_type: str, effect: Handler) -> None:
        super().__init__()
        self.event_type = event_type
        self._effect = effect

    def setup(self) -> None:
        """Join the deployment's consumer."""
        self.consumer.register(self)

    def stop(self) -> None:
        """Take no further events; those under way are finished."""
        self.consumer.pause()

    def run_in(self, session: Any, event: Event) -> bool:
        """Run the handler in an open transaction and in the event's context; tell whether it was new."""
        service = service_of(self.container)
        context = new_context(correlation_id=event.correlation_id, traceparent=event.traceparent)
        with working_in(context):
            return run_once(service, session, event, self._effect)


def run_once(service: Any, session: Any, event: Event, effect: Handler) -> bool:
    """Run `effect(service, session, event)` unless this deployment has done so; tell whether it ran."""
    if not inbox.first_time(
        session, consumer=service.deployment.name, event_id=event.id, now=service.deployment.clock.now()
    ):
        return False
    effect(service, session, event)
    return True


def on(event_type: str) -> Callable[[Handler], Handler]:
    """Decorate `handler(self, session, event)`: called once for each event of `event_type`, in a
    transaction that also holds the inbox row. The service needs the dependency `deployment`.
    """

    def decorate(effect: Handler) -> Handler:
        register_entrypoint(effect, On(event_type, effect))
        return effect

    return decorate
