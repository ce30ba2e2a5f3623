"""Two buses, one contract: every test here runs on the embedded broker and on RabbitMQ."""

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from gerai_shared import outbox, tables
from gerai_shared.bus import topology
from gerai_shared.bus.connection import connection_to
from gerai_shared.bus.embedded import remove_broker
from gerai_shared.deployment import Deployment, deployment_of
from gerai_shared.runtime import Runner
from gerai_shared.settings import Settings

from tests.support.servers import free_port

Start = Callable[..., Runner]


@pytest.fixture(params=["embedded", "rabbitmq"])
def bus(request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the address of an empty bus with the mall's topology and policies."""
    described = topology.describe(["immigration"])
    if request.param == "embedded":
        name = f"test-{secrets.token_hex(4)}"
        url = f"embedded://{name}"
        topology.apply(described, connection_to(url))
        yield url
        remove_broker(name)
        return
    url = request.getfixturevalue("bus_url")
    broker = request.getfixturevalue("broker")
    with connection_to(url) as connection:
        topology.apply(described, connection)
    for command in topology.policy_commands(described, url.rsplit("/", 1)[-1]):
        broker.rabbitmqctl(*command)
    yield url


@pytest.fixture
def deployed(bus: str, tmp_path: Path) -> Callable[..., Deployment]:
    """Return a maker of deployments on this bus, each with an SQLite database of messaging tables."""

    def make(name: str, **changes: Any) -> Deployment:
        values = {
            "deployment": name,
            "environment": "test",
            "bus_url": bus,
            "database_url": f"sqlite:///{tmp_path / name}.sqlite",
            "http_address": f"127.0.0.1:{free_port()}",
            **changes,
        }
        deployment = deployment_of(Settings(**values))
        tables.metadata.create_all(deployment.database.engine)
        return deployment

    return make


@pytest.fixture
def start() -> Iterator[Start]:
    """Return a starter of services; everything started is stopped after the test."""
    with ExitStack() as stack:

        def run(*services: tuple[type, Deployment]) -> Runner:
            runner = Runner()
            for index, (service, deployment) in enumerate(services):
                runner.add(service, deployment, name=f"{deployment.name}-{index}")
            runner.start()
            stack.callback(runner.kill)
            return runner

        yield run


@pytest.fixture
def complaint() -> Callable[[str], outbox.NewEvent]:
    """Return a maker of events that notifications waits for."""

    def make(number: str, subject: str = "case") -> outbox.NewEvent:
        data = {
            "number": number,
            "state": "received",
            "previous_state": None,
            "classification": "complaint",
            "due_on": date(2026, 12, 11),
            "language": "id",
            "recipient": None,
            "sealed_token": "sealed",
            "ticket_id": None,
        }
        return outbox.NewEvent(type="complaint.filed.v1", subject=subject, data=data)

    return make


@pytest.fixture
def announce() -> Callable[..., None]:
    """Return what a use case does: write events in a transaction."""

    def write(deployment: Deployment, *events: outbox.NewEvent) -> None:
        with deployment.database.transaction() as session:
            outbox.add(session, *events, source=deployment.name, now=deployment.clock.now())

    return write


@pytest.fixture
def parked_on_broker(bus: str) -> Callable[[], list[bytes]]:
    """Return what lies in the broker's parking queue; it stays there."""

    def look() -> list[bytes]:
        found = []
        with connection_to(bus) as connection:
            channel = connection.channel()
            while (message := channel.basic_get("gerai.parked", no_ack=False)) is not None:
                body = message.body
                found.append(body.encode() if isinstance(body, str) else bytes(body))
        return found

    return look


@pytest.fixture
def publish_raw(bus: str) -> Callable[..., None]:
    """Return a publisher of anything at all, as a stranger with access to the broker might be."""

    def publish(queue: str, body: bytes, **properties: Any) -> None:
        headers = properties.pop("headers", {})
        content_type = properties.pop("content_type", "application/json")
        encoding = properties.pop("content_encoding", "utf-8")
        with connection_to(bus) as connection:
            channel = connection.channel()
            message = channel.prepare_message(
                body,
                content_type=content_type,
                content_encoding=encoding,
                headers=headers,
                properties=properties,
            )
            channel.basic_publish(message, exchange="", routing_key=queue)

    return publish


def as_json(value: object) -> bytes:
    """Return JSON bytes."""
    return json.dumps(value).encode()
