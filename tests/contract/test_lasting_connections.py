"""Connections to RabbitMQ that last while they should, and end when they must."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from eventlet import sleep, spawn
from gerai_shared.bus import connection as connections
from gerai_shared.bus import topology
from gerai_shared.bus.connection import connection_to, cut
from gerai_shared.bus.watching import watch
from gerai_shared.deployment import Deployment, deployment_of
from gerai_shared.settings import Settings

from tests.support.waiting import wait_until

HEARTBEAT_SECONDS = 2
#: RabbitMQ gives up after three silent intervals at the latest.
BUSY_SECONDS = 7.0


class Watcher:
    """Hears what booking announces, and says nothing to the broker."""

    name = "watcher"

    @watch("booking", "#")
    def hear(self: Deployment, event: Any) -> None:
        """Note each new connection."""
        if event is None:
            self.extras.setdefault("connected", []).append(time.monotonic())


@pytest.fixture
def rabbit(bus_url: str) -> str:
    """Return the address of a RabbitMQ with the mall's exchanges and queues."""
    with connection_to(bus_url) as connection:
        topology.apply(topology.describe(["immigration"]), connection)
    return bus_url


@contextmanager
def steady_traffic(url: str) -> Iterator[None]:
    """Publish fifty messages a second, with never half a second between two."""

    def publish() -> None:
        with connection_to(url) as connection:
            channel = connection.channel()
            while True:
                message = channel.prepare_message(b"{}", content_type="application/json")
                channel.basic_publish(message, exchange="booking.events", routing_key="a.b")
                sleep(0.02)

    publisher = spawn(publish)
    try:
        yield
    finally:
        publisher.kill()


def test_who_only_receives_keeps_its_connection_however_busy_it_is(
    rabbit: str, start: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its connection a gateway loses its queue of answers and every answer under way."""
    monkeypatch.setattr(connections, "HEARTBEAT_SECONDS", HEARTBEAT_SECONDS)
    deployment = deployment_of(Settings(deployment="gateway", environment="test", bus_url=rabbit))
    start((Watcher, deployment))
    wait_until(lambda: deployment.extras.get("connected"))
    with steady_traffic(rabbit):
        sleep(BUSY_SECONDS)
    assert len(deployment.extras["connected"]) == 1


def test_a_connection_that_is_cut_ends_whoever_hangs_on_it(rabbit: str) -> None:
    """Hazard 9: in an alarm a publisher hangs in the kernel; nothing but its socket's end reaches it."""
    connection = connection_to(rabbit)
    connection.connect()
    hanging = spawn(hang_on, connection)
    sleep(0)
    cut(connection)
    ended = hanging.wait()
    assert isinstance(ended, OSError)
    assert not isinstance(ended, TimeoutError)


def hang_on(connection: Any) -> BaseException | None:
    try:
        connection.drain_events(timeout=5)
    except Exception as error:  # noqa: BLE001 - whatever ends it is the answer
        return error
    return None
