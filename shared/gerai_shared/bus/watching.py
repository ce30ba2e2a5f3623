"""Watching events without keeping them: for boards that begin with a snapshot."""

import uuid
from collections.abc import Callable
from typing import Any

from kombu import Exchange, Queue
from nameko.extensions import Entrypoint

from gerai_shared import metrics
from gerai_shared.bus.consuming import raw_bytes, read_event
from gerai_shared.bus.listener import Listener, Subscription
from gerai_shared.events.envelope import Event, MalformedEvent
from gerai_shared.logs import get_logger

log = get_logger(__name__)


class Watch(Entrypoint):
    """Entrypoint: the receiver gets each event of one context, in the order the broker has them.

    The queue is this process's own and goes with it. `receiver` is called with the service's
    shared state (config "gerai") and must not block; `lost` is called on each (re)connection,
    when events may have passed unseen.
    """

    listener = Listener()

    def __init__(self, context: str, binding: str) -> None:
        super().__init__()
        self.context = context
        self.binding = binding
        self._service: Any = None

    def setup(self) -> None:
        """Ask for a queue of our own."""
        deployment = self.container.config["gerai"].settings.deployment
        queue = Queue(
            f"live.{deployment}.{uuid.uuid4()}",
            exchange=Exchange(f"{self.context}.events", type="topic", durable=True, no_declare=True),
            routing_key=self.binding,
            exclusive=True,
            auto_delete=True,
            durable=False,
        )
        self.listener.subscribe(
            # Nothing is acknowledged: what is missed shows as a gap in the sequence and is fetched anew.
            Subscription(
                queue=queue,
                receive=self._receive,
                prefetch=500,
                declare=True,
                no_ack=True,
                ready=self._ready,
            )
        )

    def stop(self) -> None:
        """Take no further events."""
        self.listener.pause()

    def _call(self, event: Event | None) -> None:
        method: Callable[[Any, Event | None], None] = getattr(self.container.service_cls, self.method_name)
        method(self.container.config["gerai"], event)

    def _ready(self) -> None:
        self._call(None)

    def _receive(self, message: Any) -> None:
        try:
            event = read_event(raw_bytes(message))
        except MalformedEvent as error:
            metrics.EVENTS_HANDLED.labels(type="unreadable", outcome="ignored").inc()
            log.warning("unreadable_event_ignored", reason=str(error))
            return
        self._call(event)


watch = Watch.decorator
