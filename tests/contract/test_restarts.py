"""A process ends between sending an event and handling it: the effect is there once all the same."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from gerai_shared import inbox, outbox, tables
from gerai_shared.bus import topology
from gerai_shared.bus.connection import connection_to, is_embedded
from gerai_shared.bus.embedded import remove_broker
from gerai_shared.deployment import Deployment
from sqlalchemy import select

from tests.contract.test_events_on_the_bus import Producer, Reader, heard, reader, unsent
from tests.support.waiting import wait_until


@pytest.fixture
def end(bus: str) -> Callable[[Any], None]:
    """Return what ends a process: with it goes a broker inside it, and everything it holds."""

    def kill(runner: Any) -> None:
        runner.kill()
        if is_embedded(bus):
            remove_broker(bus.removeprefix("embedded://"))
            topology.apply(topology.describe(["immigration"]), connection_to(bus))

    return kill


def numbers(deployment: Deployment) -> list[int]:
    """Return the number in its stream of each event."""
    with deployment.database.reading() as session:
        query = select(tables.outbox.c.sequence).order_by(tables.outbox.c.position)
        return list(session.scalars(query))


def send(deployment: Deployment, *, before: timedelta = timedelta(0)) -> None:
    """Have everything sent, or so long ago."""
    now = deployment.clock.now() - before
    with deployment.database.transaction() as session:
        events = outbox.claim_batch(session, now=now, limit=100)
        outbox.mark_sent(session, [event.position for event in events], now=now)


def test_what_was_sent_and_not_yet_handled_is_handled_after_a_restart(
    deployed, start, complaint, announce, end
) -> None:
    producer, listening = deployed("complaints"), reader(deployed)
    sending = start((Producer, producer))
    announce(producer, complaint("P-1"), complaint("P-2"))
    wait_until(lambda: unsent(producer) == 0)
    end(sending)
    everything = start((Producer, producer), (Reader, listening))
    wait_until(lambda: heard(listening) == ["P-1", "P-2"])
    end(everything)
    start((Producer, producer), (Reader, listening))
    announce(producer, complaint("P-3"))
    wait_until(lambda: heard(listening) == ["P-1", "P-2", "P-3"])
    wait_until(lambda: unsent(producer) == 0)
    assert numbers(producer) == [1, 2, 3]


def test_the_last_hour_of_sending_is_repeated_however_long_ago_it_was(deployed, complaint, announce) -> None:
    producer = deployed("complaints")
    for number, before in ((1, timedelta(days=3, hours=2)), (2, timedelta(days=3)), (3, timedelta(days=3))):
        announce(producer, complaint(f"P-{number}"))
        send(producer, before=before)
    with producer.database.transaction() as session:
        assert outbox.recall(session, now=producer.clock.now()) == 2
    assert unsent(producer) == 2


def test_what_no_inbox_remembers_is_not_repeated(deployed, complaint, announce) -> None:
    producer = deployed("complaints")
    announce(producer, complaint("P-1"))
    send(producer, before=inbox.KEPT)
    with producer.database.transaction() as session:
        assert outbox.recall(session, now=producer.clock.now()) == 0
