"""RabbitMQ's own parking queue: what gets there, what does not, and how it leaves."""

import time
from typing import Any

import pytest
from eventlet import spawn
from gerai_shared import cli
from gerai_shared.bus import topology
from gerai_shared.bus.connection import connection_to
from gerai_shared.bus.rpc import Rpcs

from tests.contract.test_rpc_on_the_bus import Client
from tests.support.waiting import wait_until

pytestmark = pytest.mark.parametrize("bus", ["rabbitmq"], indirect=True)

EVENTS, REQUESTS, PARKED = "notifications.events", "rpc.booking-immigration", "gerai.parked"


def waiting(bus: str, queue: str) -> int:
    """Return how many messages of a queue are ready for a consumer."""
    with connection_to(bus) as connection:
        return int(connection.channel().queue_declare(queue, passive=True).message_count)


def reject_all(bus: str, queue: str, *, requeue: bool, most: int) -> int:
    """Reject what a queue gives until it gives nothing more, at most so often; return how often."""
    wait_until(lambda: waiting(bus, queue))
    with connection_to(bus) as connection:
        channel = connection.channel()
        for times in range(most):
            message = channel.basic_get(queue, no_ack=False)
            if message is None:
                return times
            channel.basic_reject(message.delivery_tag, requeue=requeue)
    return most


def test_what_is_given_back_again_and_again_is_parked_at_last(bus, publish_raw, parked_on_broker) -> None:
    """Hazard 4: a message that ends each process that takes it would go round for ever."""
    publish_raw(EVENTS, b"poison")
    taken = reject_all(bus, EVENTS, requeue=True, most=2 * topology.DELIVERY_LIMIT)
    assert taken <= topology.DELIVERY_LIMIT + 1
    wait_until(lambda: parked_on_broker() == [b"poison"])


def test_a_request_is_gone_at_its_deadline_though_nobody_took_it(
    bus, deployed, start, parked_on_broker
) -> None:
    """Hazard 7: a queue of requests that nobody waits for is not worked through, nor kept."""
    asking = deployed("gateway", database_url="sqlite://")
    runner = start((Client, asking))
    client = next(d for c in runner.containers for d in c.dependencies if isinstance(d, Rpcs))
    wait_until(lambda: client.connected)
    request = spawn(call, client)
    wait_until(lambda: waiting(bus, REQUESTS) == 1)
    began = time.monotonic()
    wait_until(lambda: waiting(bus, REQUESTS) == 0)
    assert time.monotonic() - began < 5.0
    assert parked_on_broker() == []
    request.wait()


def call(client: Any) -> None:
    with pytest.raises(Exception, match="unavailable"):
        client.call("booking-immigration", "echo", {}, deadline=1.0)


def test_all_that_is_parked_is_sent_back_where_it_came_from(
    bus, publish_raw, parked_on_broker, capsys
) -> None:
    for number in range(3):
        publish_raw(EVENTS, b"%d" % number, message_id=f"event-{number}")
    wait_until(lambda: waiting(bus, EVENTS) == 3)
    assert reject_all(bus, EVENTS, requeue=False, most=10) == 3
    publish_raw(PARKED, b"from nowhere", message_id="stray")
    wait_until(lambda: len(parked_on_broker()) == 4)
    assert cli.main(["parked", "--bus-url", bus, "list", "--limit", "2"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "2 of 4 parked"
    # One of them does not say where it belongs: that is told, and the others leave all the same.
    assert cli.main(["parked", "--bus-url", bus, "replay", "all"]) == 1
    told = capsys.readouterr()
    assert "3 will be tried again now" in told.out
    assert "it stays" in told.err
    assert waiting(bus, EVENTS) == 3
    assert parked_on_broker() == [b"from nowhere"]


def test_what_is_empty_is_sent_back_as_it_was(bus, publish_raw, parked_on_broker) -> None:
    """The driver's word for nothing is text, which it cannot send without being told an encoding."""
    kind = "application/x-python-serialize"
    publish_raw(EVENTS, b"", message_id="empty", content_type=kind, content_encoding=None)
    assert reject_all(bus, EVENTS, requeue=False, most=10) == 1
    wait_until(lambda: parked_on_broker() == [b""])
    assert cli.main(["parked", "--bus-url", bus, "replay", "empty"]) == 0
    assert parked_on_broker() == []
    with connection_to(bus) as connection:
        message = connection.channel().basic_get(EVENTS, no_ack=True)
    assert (message.body, message.content_type) == ("", kind)
    assert "content_encoding" not in message.properties


def test_what_no_queue_would_take_stays_parked(bus, publish_raw, parked_on_broker, capsys) -> None:
    publish_raw(
        PARKED, b"an agency that left", message_id="late", headers={"x-first-death-queue": "rpc.gone"}
    )
    wait_until(lambda: len(parked_on_broker()) == 1)
    assert cli.main(["parked", "--bus-url", bus, "replay", "late"]) == 1
    assert "no queue rpc.gone" in capsys.readouterr().err
    assert parked_on_broker() == [b"an agency that left"]
