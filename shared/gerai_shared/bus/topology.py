"""The bus as one description: exchanges, queues, bindings, policies, permissions.

Declared by `gerai topology apply` before anything is published. The services themselves may not
declare anything but their own exclusive reply and board queues.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kombu import Connection, Exchange, Queue

from gerai_shared.bus.embedded import PARKING_QUEUE
from gerai_shared.events.catalogue import REGISTRY

RPC_EXCHANGE = "gerai.rpc"
PARKING_EXCHANGE = "gerai.parking"
#: Gets every request that its queue gave up, and passes on those that were rejected. A request that only
#: ran out holds what a citizen typed and is worth nothing: it must not be kept.
REJECTED_EXCHANGE = "gerai.rejected"
ONLY_REJECTED = {"x-match": "all-with-x", "x-first-death-reason": "rejected"}
#: The broker's own limit, far above our ladder: it catches what kills a process again and again.
DELIVERY_LIMIT = 50
LOOKS_AT_PARKED = 1_000_000
CONTEXTS = ("booking", "complaints", "notifications")
ANSWERING_CONTEXTS = ("booking", "complaints")


@dataclass(frozen=True, kw_only=True)
class QueueDescription:
    """A durable queue. `bindings` are (exchange, routing key). `quorum` queues survive a lost node."""

    name: str
    bindings: tuple[tuple[str, str], ...]
    quorum: bool


@dataclass(frozen=True, kw_only=True)
class Topology:
    """Everything the broker has to have."""

    exchanges: tuple[tuple[str, str], ...]
    queues: tuple[QueueDescription, ...]
    policies: tuple[tuple[str, str, dict[str, Any]], ...]


def rpc_queue(deployment: str) -> str:
    """Return the queue on which a deployment takes requests."""
    return f"rpc.{deployment}"


def events_queue(deployment: str) -> str:
    """Return the durable queue on which a deployment takes events."""
    return f"{deployment}.events"


def describe(agencies: Iterable[str]) -> Topology:
    """Return the topology of a mall with these agencies."""
    booking = [f"booking-{agency}" for agency in sorted(agencies)]
    answering = [*booking, "complaints"]
    consumers = _consumers(booking)
    return Topology(
        exchanges=(
            *((f"{context}.events", "topic") for context in CONTEXTS),
            (RPC_EXCHANGE, "direct"),
            (PARKING_EXCHANGE, "fanout"),
            (REJECTED_EXCHANGE, "headers"),
        ),
        queues=(
            QueueDescription(
                name=PARKING_QUEUE, bindings=((PARKING_EXCHANGE, ""), (REJECTED_EXCHANGE, "")), quorum=True
            ),
            *(
                QueueDescription(name=events_queue(consumer), bindings=tuple(sorted(bindings)), quorum=True)
                for consumer, bindings in sorted(consumers.items())
            ),
            # Requests are worth nothing after their deadline: kept in memory, not on disk.
            *(
                QueueDescription(name=rpc_queue(name), bindings=((RPC_EXCHANGE, name),), quorum=False)
                for name in answering
            ),
        ),
        policies=(
            (
                "gerai-events",
                r"^[a-z-]+\.events$",
                {"dead-letter-exchange": PARKING_EXCHANGE, "delivery-limit": DELIVERY_LIMIT},
            ),
            ("gerai-rpc", r"^rpc\.", {"dead-letter-exchange": REJECTED_EXCHANGE}),
            # A look at what is parked delivers it and gives it back; RabbitMQ 4 would drop it after twenty.
            ("gerai-parked", rf"^{re.escape(PARKING_QUEUE)}$", {"delivery-limit": LOOKS_AT_PARKED}),
        ),
    )


def _consumers(booking: list[str]) -> dict[str, list[tuple[str, str]]]:
    """Return the bindings of each deployment's events."""
    found: dict[str, list[tuple[str, str]]] = {}
    for event_type in REGISTRY:
        for consumer in event_type.consumers:
            # Whoever waits for it under the name of its context is there once for each agency.
            for name in booking if consumer == "booking" else [consumer]:
                found.setdefault(name, []).append((event_type.exchange, f"{event_type.name}.#"))
    return found


def apply(topology: Topology, connection: Connection) -> None:
    """Declare exchanges, queues and bindings; what exists already is left as it is.

    Raises kombu's operational errors when the broker is away, and its channel errors when something
    exists with other properties.
    """
    embedded = connection.transport.driver_type == "embedded"
    channel = connection.channel()
    for name, kind in topology.exchanges:
        # The embedded broker parks what is rejected by itself, and knows no such exchanges.
        if not (embedded and kind in {"fanout", "headers"}):
            Exchange(name, type=kind, durable=True)(channel).declare()
    for queue in topology.queues:
        arguments = {"x-queue-type": "quorum"} if queue.quorum and not embedded else None
        Queue(queue.name, durable=True, queue_arguments=arguments)(channel).queue_declare()
        for exchange, key in queue.bindings:
            if not (embedded and queue.name == PARKING_QUEUE):
                matching = ONLY_REJECTED if exchange == REJECTED_EXCHANGE else None
                channel.queue_bind(queue=queue.name, exchange=exchange, routing_key=key, arguments=matching)
    channel.close()


def policy_commands(topology: Topology, vhost: str) -> list[list[str]]:
    """Return the `rabbitmqctl` arguments that set the policies; AMQP itself cannot set them."""
    return [
        [
            "set_policy",
            "--vhost",
            vhost,
            "--apply-to",
            "queues",
            name,
            pattern,
            json.dumps(definition, sort_keys=True),
        ]
        for name, pattern, definition in topology.policies
    ]


def permission_commands(deployments: Iterable[str], vhost: str) -> list[list[str]]:
    """Return the `rabbitmqctl` arguments that give each deployment's user what it needs and no more.

    A deployment publishes to its own context's exchange and sends requests. Only who answers requests
    may use the default exchange, through which answers go to whoever asked. A deployment reads its own
    queues, the gateway also binds its live queue to what booking announces, and each may declare its
    own exclusive queues alone.
    """
    commands = []
    for deployment in deployments:
        context = "booking" if deployment.startswith("booking-") else deployment
        answers = context in ANSWERING_CONTEXTS
        own = rf"(live|reply)\.{deployment}\..*"
        writes = [*([r"amq\.default"] if answers else []), rf"{context}\.events", r"gerai\.rpc", own]
        reads = [rf"{deployment}\.events", rf"rpc\.{deployment}", own]
        if deployment == "gateway":
            reads.append(r"booking\.events")
        rights = [f"^({'|'.join(each)})$" for each in ([own], writes, reads)]
        commands.append(["set_permissions", "--vhost", vhost, deployment, *rights])
    return commands
