"""The inbox: an event acts once for each consumer, and what fails is tried again, then parked, never lost."""

from datetime import UTC, datetime, timedelta

import pytest
from gerai_shared import inbox
from gerai_shared.database import Database
from gerai_shared.inbox import LADDER, PARKED, RETRYING, FailedMessage

NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
RAW = b"\x00\xffbytes as they came"


def first_time(database: Database, event_id: str, *, consumer: str = "notifications") -> bool:
    with database.transaction() as session:
        return inbox.first_time(session, consumer=consumer, event_id=event_id, now=NOW)


def fail(
    database: Database,
    event_id: str | None = "event",
    *,
    at: datetime = NOW,
    hopeless: bool = False,
    consumer: str = "notifications",
) -> str:
    with database.transaction() as session:
        return inbox.record_failure(
            session,
            consumer=consumer,
            event_id=event_id,
            event_type="ticket.booked.v1",
            content_type="application/json",
            raw=RAW,
            reason="no such mailbox",
            hopeless=hopeless,
            now=at,
        )


def due(database: Database, at: datetime) -> FailedMessage | None:
    with database.transaction() as session:
        return inbox.claim_due(session, now=at)


def counts(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return inbox.count_failed(session)


def test_an_event_is_new_once_for_each_consumer(database: Database) -> None:
    assert [first_time(database, "event") for _ in range(3)] == [True, False, False]
    assert first_time(database, "event", consumer="another")
    assert first_time(database, "another event")


def test_an_event_whose_handling_was_undone_is_new_again(database: Database) -> None:
    def handle() -> None:
        with database.transaction() as session:
            assert inbox.first_time(session, consumer="notifications", event_id="event", now=NOW)
            raise RuntimeError("handler")

    with pytest.raises(RuntimeError, match="handler"):
        handle()
    assert first_time(database, "event")


def test_a_failure_climbs_the_ladder_and_is_parked_at_its_end(database: Database) -> None:
    at = NOW
    for attempt, wait in enumerate(LADDER, 1):
        assert fail(database, at=at) == RETRYING
        assert due(database, at + wait - timedelta(microseconds=1)) is None
        message = due(database, at + wait)
        assert message is not None
        assert (message.attempts, message.raw, message.first_failed_at) == (attempt, RAW, NOW)
        at += wait
    assert fail(database, at=at) == PARKED
    assert due(database, at + timedelta(days=365)) is None
    assert counts(database) == {RETRYING: 0, PARKED: 1}


def test_what_nobody_can_read_is_parked_at_once_each_time_it_comes(database: Database) -> None:
    assert [fail(database, None, hopeless=True) for _ in range(2)] == [PARKED, PARKED]
    assert counts(database) == {RETRYING: 0, PARKED: 2}


def test_each_consumer_has_its_own_failure_of_one_event(database: Database) -> None:
    fail(database)
    fail(database, consumer="another")
    assert counts(database) == {RETRYING: 2, PARKED: 0}


def test_the_message_that_is_due_first_is_tried_first(database: Database) -> None:
    fail(database, "late", at=NOW + timedelta(seconds=2))
    fail(database, "early")
    message = due(database, NOW + timedelta(hours=1))
    assert message is not None
    assert message.event_id == "early"


def test_a_parked_message_is_shown_replayed_and_dropped(database: Database) -> None:
    fail(database, hopeless=True)
    with database.transaction() as session:
        (parked,) = inbox.list_parked(session)
        assert inbox.find_failed(session, parked.id) == parked
        assert inbox.replay(session, parked.id, now=NOW)
        assert not inbox.replay(session, parked.id, now=NOW)
        assert inbox.list_parked(session) == []
    message = due(database, NOW)
    assert message is not None
    assert (message.id, message.attempts) == (parked.id, 0)
    with database.transaction() as session:
        assert inbox.drop(session, parked.id)
        assert not inbox.drop(session, parked.id)
        assert inbox.find_failed(session, parked.id) is None


def test_two_that_retry_at_once_try_different_messages(postgres_database: Database) -> None:
    database = postgres_database
    for name in ("one", "two"):
        fail(database, name)
    later = NOW + timedelta(minutes=1)
    with database.transaction() as first, database.transaction() as second, database.transaction() as third:
        claimed = [inbox.claim_due(session, now=later) for session in (first, second, third)]
    assert [message.event_id if message else None for message in claimed] == ["one", "two", None]


def test_old_notes_are_deleted_and_newer_ones_stay(database: Database) -> None:
    first_time(database, "event")
    for before, new_again in ((NOW, False), (NOW + timedelta(seconds=1), True)):
        with database.transaction() as session:
            inbox.delete_old(session, before=before)
        assert first_time(database, "event") is new_again
