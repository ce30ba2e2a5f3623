"""Events: nothing is lost, nothing happens twice, and what cannot be handled is put aside."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from eventlet import sleep
from gerai_shared import inbox, outbox, tables
from gerai_shared.bus import consuming, relay, topology
from gerai_shared.bus.connection import connection_to
from gerai_shared.bus.consuming import on
from gerai_shared.deployment import Deployment, Resources
from gerai_shared.events.catalogue import REGISTRY
from sqlalchemy import func, select, text

from tests.support.waiting import wait_until


class Producer:
    """A deployment that announces."""

    name = "producer"
    deployment = Resources()

    @relay.relay
    def relay(self) -> None:
        """Runs by itself."""


class Reader:
    """A deployment that is told; `extras["effect"]` is what it does with an event."""

    name = "reader"
    deployment = Resources()

    @on("complaint.filed.v1")
    def filed(self, session: Any, event: Any) -> None:
        """Do what the test wants done."""
        self.deployment.extras["effect"](session, event)


def heard(deployment: Deployment) -> list[str]:
    """Return the numbers whose effect is in the database."""
    with deployment.database.reading() as session:
        return list(session.scalars(text("SELECT number FROM heard ORDER BY position")))


def reader(deployed: Callable[..., Deployment]) -> Deployment:
    """Return a reader that writes what it hears into its database."""
    deployment = deployed("notifications")
    with deployment.database.transaction() as session:
        session.execute(text("CREATE TABLE heard (position INTEGER PRIMARY KEY, number TEXT)"))

    def effect(session: Any, event: Any) -> None:
        session.execute(text("INSERT INTO heard (number) VALUES (:n)"), {"n": event.data["number"]})

    deployment.extras["effect"] = effect
    return deployment


def unsent(deployment: Deployment) -> int:
    """Return how many events wait."""
    with deployment.database.reading() as session:
        return outbox.state(session, now=deployment.clock.now()).waiting


def test_an_event_reaches_its_reader_once_and_in_order(deployed, start, complaint, announce) -> None:
    producer, listening = deployed("complaints"), reader(deployed)
    start((Producer, producer), (Reader, listening))
    for number in range(30):
        announce(producer, complaint(f"P-{number}"))
    wait_until(lambda: len(heard(listening)) == 30)
    assert sorted(heard(listening)) == sorted(f"P-{n}" for n in range(30))
    wait_until(lambda: unsent(producer) == 0)


def test_an_event_written_while_nobody_relays_is_published_later(
    deployed, start, complaint, announce
) -> None:
    """Hazard 1: between commit and publish the process may die; the outbox still holds the event."""
    producer, listening = deployed("complaints"), reader(deployed)
    announce(producer, complaint("P-1"))
    start((Reader, listening))
    assert heard(listening) == []
    start((Producer, producer))
    wait_until(lambda: heard(listening) == ["P-1"])


def test_a_rolled_back_change_announces_nothing(deployed, start, complaint, announce) -> None:
    producer, listening = deployed("complaints"), reader(deployed)
    start((Producer, producer), (Reader, listening))

    def change() -> None:
        with producer.database.transaction() as session:
            outbox.add(session, complaint("P-1"), source="complaints", now=producer.clock.now())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change()
    announce(producer, complaint("P-2"))
    wait_until(lambda: heard(listening) == ["P-2"])


def test_an_event_without_a_queue_is_kept_and_sent_when_there_is_one(
    bus, deployed, start, complaint, announce
) -> None:
    """Hazard 2: the broker confirms what it drops; mandatory publishing tells."""
    with connection_to(bus) as connection:
        connection.channel().queue_delete("notifications.events")
    producer = deployed("complaints")
    start((Producer, producer))
    announce(producer, complaint("P-1"))

    def refused() -> int:
        with producer.database.reading() as session:
            return outbox.state(session, now=producer.clock.now()).undeliverable

    wait_until(lambda: refused() == 1)
    assert unsent(producer) == 1
    with connection_to(bus) as connection:
        topology.apply(topology.describe(["immigration"]), connection)
    listening = reader(deployed)
    start((Reader, listening))
    wait_until(lambda: heard(listening) == ["P-1"], timeout=15)
    wait_until(lambda: unsent(producer) == 0)


def test_a_failing_handler_is_tried_again_and_then_parked(
    deployed, start, complaint, announce, monkeypatch
) -> None:
    """Hazards 3 and 4: nameko acknowledges, or requeues for ever; here attempts are counted."""
    monkeypatch.setattr(consuming, "RETRY_TICK_SECONDS", 0.02)
    monkeypatch.setattr(inbox, "LADDER", (timedelta(seconds=0.01),) * 3)
    producer, listening = deployed("complaints"), reader(deployed)
    attempts = []

    def fail(_session: Any, event: Any) -> None:
        attempts.append(event.id)
        raise RuntimeError("the handler is broken")

    works = listening.extras["effect"]
    listening.extras["effect"] = fail
    start((Producer, producer), (Reader, listening))
    announce(producer, complaint("P-1"))

    def parked() -> list[inbox.FailedMessage]:
        with listening.database.reading() as session:
            return inbox.list_parked(session)

    wait_until(parked)
    assert len(attempts) == 4
    message = parked()[0]
    assert "the handler is broken" in message.reason
    assert b"P-1" in message.raw
    assert heard(listening) == []
    listening.extras["effect"] = works
    with listening.database.transaction() as session:
        assert inbox.replay(session, message.id, now=listening.clock.now())
    wait_until(lambda: heard(listening) == ["P-1"])
    assert parked() == []


def test_a_handler_that_fails_once_leaves_no_half_effect(
    deployed, start, complaint, announce, monkeypatch
) -> None:
    monkeypatch.setattr(consuming, "RETRY_TICK_SECONDS", 0.02)
    monkeypatch.setattr(inbox, "LADDER", (timedelta(seconds=0.01),) * 3)
    producer, listening = deployed("complaints"), reader(deployed)
    works = listening.extras["effect"]
    failed: list[str] = []

    def fail_once(session: Any, event: Any) -> None:
        works(session, event)
        if not failed:
            failed.append(event.id)
            raise RuntimeError("after the effect")

    listening.extras["effect"] = fail_once
    start((Producer, producer), (Reader, listening))
    announce(producer, complaint("P-1"))
    wait_until(lambda: heard(listening) == ["P-1"])
    with listening.database.reading() as session:
        assert inbox.count_failed(session) == {"retrying": 0, "parked": 0}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"\xff\xfe not text", "application/json"),
        (b"{not json", "application/json"),
        (b"[1, 2]", "application/json"),
        (b'{"specversion": "1.0"}', "application/cloudevents+json"),
        (b"", "application/x-python-serialize"),
    ],
)
def test_garbage_is_parked_with_its_bytes_and_the_next_event_is_handled(
    deployed, start, complaint, announce, publish_raw, body, content_type
) -> None:
    """Hazard 5: nameko drops what cannot be decoded before anybody sees it."""
    producer, listening = deployed("complaints"), reader(deployed)
    start((Producer, producer), (Reader, listening))
    publish_raw("notifications.events", body, content_type=content_type)
    announce(producer, complaint("P-1"))
    wait_until(lambda: heard(listening) == ["P-1"])

    def parked() -> list[bytes]:
        with listening.database.reading() as session:
            return [message.raw for message in inbox.list_parked(session)]

    wait_until(lambda: parked() == [body])


def test_every_event_delivered_twice_at_once_has_one_effect(
    bus, deployed, start, complaint, announce, publish_raw
) -> None:
    """Hazard 12: after a reconnect the same message runs twice at the same time."""
    producer, listening = deployed("complaints"), reader(deployed)
    for number in range(20):
        announce(producer, complaint(f"P-{number}", subject=f"case-{number}"))
    with producer.database.transaction() as session:
        events = outbox.claim_batch(session, now=producer.clock.now(), limit=100)
    for event in events:
        for _ in range(3):
            publish_raw("notifications.events", event.body, content_type="application/cloudevents+json")
    start((Reader, listening))
    wait_until(lambda: len(heard(listening)) == 20)
    with connection_to(bus) as connection:
        queue = connection.channel()
        wait_until(lambda: queue.queue_declare("notifications.events", passive=True).message_count == 0)
    sleep(0)
    assert sorted(heard(listening)) == sorted(f"P-{n}" for n in range(20))
    with listening.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(tables.inbox)) == 20


def test_without_the_inbox_row_a_repeat_acts_twice(
    deployed, start, complaint, announce, publish_raw, monkeypatch
) -> None:
    """The control of the test above: take the inbox away and it must fail."""
    monkeypatch.setattr(inbox, "first_time", lambda *_args, **_kwargs: True)
    producer, listening = deployed("complaints"), reader(deployed)
    announce(producer, complaint("P-1"))
    with producer.database.transaction() as session:
        event = outbox.claim_batch(session, now=producer.clock.now(), limit=1)[0]
    start((Reader, listening))
    for _ in range(2):
        publish_raw("notifications.events", event.body)
    wait_until(lambda: heard(listening) == ["P-1", "P-1"])


def test_an_outage_of_the_database_uses_up_no_attempt(
    deployed, start, complaint, announce, monkeypatch
) -> None:
    """Hazard 14: an outage must neither kill the consumer nor cost the message its attempts."""
    monkeypatch.setattr(consuming, "OUTAGE_WAIT_SECONDS", 0.02)
    producer, listening = deployed("complaints"), reader(deployed)
    works, away = listening.extras["effect"], [1, 2, 3]

    def outage(session: Any, event: Any) -> None:
        if away:
            away.pop()
            raise consuming_outage()
        works(session, event)

    listening.extras["effect"] = outage
    start((Producer, producer), (Reader, listening))
    announce(producer, complaint("P-1"))
    wait_until(lambda: heard(listening) == ["P-1"])
    with listening.database.reading() as session:
        assert inbox.count_failed(session) == {"retrying": 0, "parked": 0}


def consuming_outage() -> Exception:
    """Return the error of a database that went away."""
    from sqlalchemy.exc import OperationalError

    return OperationalError("SELECT 1", {}, Exception("server closed the connection unexpectedly"))


def test_a_bad_event_spoils_no_neighbour_in_its_batch(deployed, start, complaint, announce) -> None:
    producer, listening = deployed("complaints"), reader(deployed)
    works, sessions = listening.extras["effect"], []

    def fail_for_one(session: Any, event: Any) -> None:
        works(session, event)
        sessions.append(session)
        if event.data["number"] == "P-3":
            raise RuntimeError("the handler is broken")

    listening.extras["effect"] = fail_for_one
    # All wait in the queue before anybody reads: they arrive together.
    for number in range(8):
        announce(producer, complaint(f"P-{number}", subject=f"case-{number}"))
    start((Producer, producer))
    wait_until(lambda: unsent(producer) == 0)
    start((Reader, listening))
    wait_until(lambda: len(heard(listening)) == 7)
    assert len(set(map(id, sessions))) < len(sessions)
    assert sorted(heard(listening)) == [f"P-{number}" for number in range(8) if number != 3]
    with listening.database.reading() as session:
        assert inbox.count_failed(session) == {"retrying": 1, "parked": 0}


def test_sequences_of_a_stream_have_no_gap(deployed, complaint, announce) -> None:
    producer = deployed("complaints")
    for number in range(7):
        announce(producer, complaint(f"P-{number}"))
    seen: list[int] = []
    while True:
        with producer.database.transaction() as session:
            batch = outbox.claim_batch(session, now=producer.clock.now(), limit=3)
            outbox.mark_sent(session, [event.position for event in batch], now=producer.clock.now())
        if not batch:
            break
        seen += [consuming.read_event(event.body).sequence or 0 for event in batch]
    assert seen == list(range(1, 8))


def test_events_of_a_subject_wait_for_the_one_before(deployed, complaint, announce) -> None:
    producer = deployed("complaints")
    announce(
        producer, complaint("P-1", subject="a"), complaint("P-2", subject="a"), complaint("P-3", subject="b")
    )
    now = producer.clock.now()
    with producer.database.transaction() as session:
        first = outbox.claim_batch(session, now=now, limit=1)[0]
        outbox.mark_failed(session, first.position, reason="no queue", now=now)
        later = outbox.claim_batch(session, now=now, limit=10)
    assert [consuming.read_event(event.body).data["number"] for event in later] == ["P-3"]


def test_each_event_type_with_readers_has_a_queue_that_takes_it() -> None:
    described = topology.describe(["immigration"])
    bindings = {binding for queue in described.queues for binding in queue.bindings}
    for event_type in REGISTRY:
        if event_type.consumers:
            assert (event_type.exchange, f"{event_type.name}.#") in bindings
