"""Consuming events: once each, whatever the broker repeats, and never lost to an error."""

import json
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from eventlet import sleep
from kombu import Queue
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint, SharedExtension, register_entrypoint

from gerai_shared import inbox, metrics
from gerai_shared.borders import is_storable
from gerai_shared.bus.listener import Listener, Subscription
from gerai_shared.bus.topology import events_queue
from gerai_shared.context import new_context, working_in
from gerai_shared.database import is_outage
from gerai_shared.events.catalogue import REGISTRY
from gerai_shared.events.envelope import Event, MalformedEvent, from_wire
from gerai_shared.logs import get_logger

log = get_logger(__name__)

RETRY_TICK_SECONDS = 0.5
OUTAGE_WAIT_SECONDS = 1.0


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


class EventConsumer(SharedExtension):
    """Takes a deployment's events from its durable queue and hands each to its handler.

    Order of safety: effect and inbox row commit together, only then the message is acknowledged. A
    failure is recorded and committed before the acknowledgement, too. With the database away the
    message stays unacknowledged and the consumer waits: an outage uses up nobody's attempts.
    """

    listener = Listener()

    def __init__(self) -> None:
        self._handlers: dict[str, On] = {}
        self._stopping = False
        self._started = False

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
                    prefetch=self.container.max_workers,
                )
            )

    def start(self) -> None:
        """Begin to retry what failed earlier."""
        if not self._started and self._handlers:
            self._started = True
            self.container.spawn_managed_thread(self._retry_for_ever, identifier="event-retries")

    def pause(self) -> None:
        """Take no further events."""
        self._stopping = True
        self.listener.pause()

    @property
    def _deployment(self) -> str:
        return str(self.container.config["gerai"].settings.deployment)

    @property
    def _resources(self) -> Any:
        return self.container.config["gerai"]

    def _receive(self, message: Any) -> None:
        self.container.spawn_managed_thread(partial(self._handle_message, message), identifier="event")

    def _handle_message(self, message: Any) -> None:
        raw = raw_bytes(message)
        try:
            event = read_event(raw)
        except MalformedEvent as error:
            self._keep(message, raw, None, str(error), hopeless=True)
            return
        handler = self._handlers.get(event.type)
        if handler is None:
            self._keep(message, raw, event, "no handler for this type", hopeless=True)
            return
        handler.run(event, partial(self._finish, message, raw, event))

    def _finish(
        self, message: Any, raw: bytes, event: Event, _worker: Any, result: Any, exc_info: Any
    ) -> tuple[Any, Any]:
        if exc_info is None:
            metrics.EVENTS_HANDLED.labels(type=event.type, outcome="done" if result else "repeat").inc()
            self.listener.ack(message)
            return result, None
        error = exc_info[1]
        if is_outage(error):
            sleep(OUTAGE_WAIT_SECONDS)
            # A new worker: this one has to end first.
            self.container.spawn_managed_thread(partial(self._handle_message, message), identifier="event")
            return result, None
        log.warning("event_failed", type=event.type, event_id=event.id, exc_info=exc_info)
        metrics.EVENTS_HANDLED.labels(type=event.type, outcome="failed").inc()
        self._keep(message, raw, event, f"{type(error).__name__}: {error}", hopeless=False)
        return result, None

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

    def run(self, event: Event, handle_result: Any) -> None:
        """Run the handler in a worker, in the event's context."""
        context = new_context(correlation_id=event.correlation_id, traceparent=event.traceparent)
        data = {"context": context}
        try:
            self.container.spawn_worker(self, (event,), {}, context_data=data, handle_result=handle_result)
        except ContainerBeingKilled:
            # Unacknowledged: the broker delivers it again.
            log.info("event_left_to_the_broker", event_id=event.id)

    def run_in(self, session: Any, event: Event) -> None:
        """Run the handler outside a worker, within an open transaction."""
        service = self.container.service_cls()
        for provider in self.container.dependencies:
            setattr(service, provider.attr_name, provider.get_dependency(None))
        context = new_context(correlation_id=event.correlation_id, traceparent=event.traceparent)
        with working_in(context):
            run_once(service, session, event, self._effect)


def run_once(service: Any, session: Any, event: Event, effect: Handler) -> bool:
    """Run `effect(service, session, event)` unless this deployment has done so; tell whether it ran."""
    if not inbox.first_time(
        session, consumer=service.deployment.name, event_id=event.id, now=service.deployment.clock.now()
    ):
        return False
    effect(service, session, event)
    return True


def on(event_type: str) -> Callable[[Handler], Callable[[Any, Event], bool]]:
    """Decorate `handler(self, session, event)`: called once for each event of `event_type`, in a
    transaction that also holds the inbox row. The service needs the dependency `deployment`.
    """

    def decorate(effect: Handler) -> Callable[[Any, Event], bool]:
        @wraps(effect)
        def handle(self: Any, event: Event) -> bool:
            with self.deployment.database.transaction() as session:
                return run_once(self, session, event, effect)

        register_entrypoint(handle, On(event_type, effect))
        return handle

    return decorate
