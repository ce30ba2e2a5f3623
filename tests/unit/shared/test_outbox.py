"""The outbox counts each stream without gaps, keeps the order of a subject, and drops nothing."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from gerai_shared import outbox
from gerai_shared.context import new_context, working_in
from gerai_shared.database import Database
from gerai_shared.events.registry import InvalidEventData
from gerai_shared.outbox import NewEvent, Outgoing
from gerai_shared.ticket import State
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.shared.samples import NOW, a_ticket


def an_event(
    subject: str = "one", site: str = "kanim-serang", event_type: str = "ticket.held.v1"
) -> NewEvent:
    ticket = a_ticket(State.HELD, site=site)
    return NewEvent(
        type=event_type,
        subject=subject,
        agency="immigration",
        site=site,
        data={"ticket": ticket, "previous_state": None},
    )


def add(database: Database, *events: NewEvent) -> None:
    with database.transaction() as session:
        outbox.add(session, *events, source="booking-immigration", now=NOW)


def claim(database: Database, *, limit: int = 100, after: timedelta = timedelta(0)) -> list[Outgoing]:
    with database.transaction() as session:
        return outbox.claim_batch(session, now=NOW + after, limit=limit)


def mark_sent(database: Database, events: Sequence[Outgoing]) -> None:
    with database.transaction() as session:
        outbox.mark_sent(session, [event.position for event in events], now=NOW)


def mark_failed(database: Database, event: Outgoing) -> None:
    with database.transaction() as session:
        outbox.mark_failed(session, event.position, reason="no queue", now=NOW)


def body(event: Outgoing) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(event.body)
    return content


def numbers(events: Sequence[Outgoing]) -> list[tuple[str, int]]:
    return [(body(event)["site"], body(event)["sequence"]) for event in events]


def test_each_stream_is_counted_from_one_without_gaps(database: Database) -> None:
    add(database, *(an_event(site=site) for site in ("a", "b", "a", "a", "b")))
    assert numbers(claim(database)) == [("a", 1), ("b", 1), ("a", 2), ("a", 3), ("b", 2)]
    with database.reading() as session:
        assert outbox.last_sequences(session) == {"immigration/a": 3, "immigration/b": 2}


def test_counting_goes_on_in_the_next_batch(database: Database) -> None:
    add(database, an_event(), an_event())
    mark_sent(database, claim(database))
    add(database, an_event())
    assert numbers(claim(database)) == [("kanim-serang", 3)]


def test_an_event_that_was_not_sent_keeps_its_number(database: Database) -> None:
    add(database, *(an_event(subject=name) for name in ("one", "two", "three")))
    first = claim(database, limit=2)
    mark_sent(database, first[1:])
    again = claim(database)
    assert [body(event)["subject"] for event in again] == ["one", "three"]
    assert numbers(again) == [("kanim-serang", 1), ("kanim-serang", 3)]
    assert again[0].event_id == first[0].event_id


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 4), st.booleans()), max_size=15))
def test_numbers_have_no_gap_in_whatever_batches_events_leave(
    database: Database, rounds: list[tuple[str, int, bool]]
) -> None:
    with database.reading() as session:
        before = outbox.last_sequences(session)
    sent: dict[str, list[int]] = {}

    def send(limit: int) -> None:
        for event in leaving(limit):
            sent.setdefault(f"immigration/{body(event)['site']}", []).append(body(event)["sequence"])

    def leaving(limit: int) -> list[Outgoing]:
        events = claim(database, limit=limit)
        mark_sent(database, events)
        return events

    for site, count, relayed in rounds:
        add(database, *(an_event(site=site) for _ in range(count)))
        if relayed:
            send(limit=3)
    send(limit=1000)
    for stream, given_out in sent.items():
        first = before.get(stream, 0) + 1
        assert given_out == list(range(first, first + len(given_out)))


def test_an_event_waits_while_an_earlier_one_of_its_subject_waits(database: Database) -> None:
    add(database, an_event("one"), an_event("two"), an_event("one"))
    refused = claim(database)[0]
    mark_failed(database, refused)
    assert [body(event)["subject"] for event in claim(database)] == ["two"]
    later = claim(database, after=timedelta(seconds=1))
    assert [body(event)["subject"] for event in later] == ["one", "two", "one"]


def test_attempts_are_farther_and_farther_apart_up_to_a_minute(database: Database) -> None:
    add(database, an_event())
    (event,) = claim(database)
    for wait in (1, 2, 4, 8, 16, 32, 60, 60):
        mark_failed(database, event)
        assert claim(database, after=timedelta(seconds=wait) - timedelta(microseconds=1)) == []
        assert claim(database, after=timedelta(seconds=wait)) == [event]


def test_state_tells_what_waits_how_long_and_what_was_refused(database: Database) -> None:
    add(database, an_event("one"), an_event("two"))
    one, two = claim(database)
    mark_sent(database, [two])
    mark_failed(database, one)
    with database.reading() as session:
        state = outbox.state(session, now=NOW + timedelta(seconds=90))
        assert (state.waiting, state.oldest_age, state.undeliverable) == (1, 90.0, 1)
    mark_sent(database, [one])
    with database.reading() as session:
        state = outbox.state(session, now=NOW)
        assert (state.waiting, state.oldest_age, state.undeliverable) == (0, 0.0, 0)


def test_only_what_was_sent_is_ever_deleted(database: Database) -> None:
    add(database, an_event("one"), an_event("two"))
    mark_sent(database, claim(database, limit=1))
    with database.transaction() as session:
        outbox.delete_sent(session, before=NOW + timedelta(days=1))
    assert [body(event)["subject"] for event in claim(database)] == ["two"]


def test_an_outgoing_event_says_where_it_goes_and_whose_work_it_is(database: Database) -> None:
    context = new_context(correlation_id="request-0001")
    with working_in(context):
        add(database, an_event())
    (event,) = claim(database)
    assert (event.exchange, event.routing_key) == (
        "booking.events",
        "ticket.held.v1.immigration.kanim-serang",
    )
    assert (event.correlation_id, body(event)["traceparent"]) == ("request-0001", context.traceparent)
    assert not event.mandatory


def test_an_event_that_is_wrong_undoes_the_change_it_belongs_to(database: Database) -> None:
    good = an_event()
    with pytest.raises(InvalidEventData):
        add(database, good, replace(good, data={}))
    assert claim(database) == []


def test_listeners_hear_of_commits_that_announce_and_of_no_others(database: Database) -> None:
    heard: list[int] = []
    database.on_announcement(lambda: heard.append(len(claim(database))))
    with database.transaction():
        pass
    with pytest.raises(InvalidEventData):
        add(database, replace(an_event(), data={}))
    assert heard == []
    add(database, an_event())
    assert heard == [1]


def test_adding_nothing_announces_nothing(database: Database) -> None:
    heard: list[bool] = []
    database.on_announcement(lambda: heard.append(True))
    add(database)
    assert (heard, claim(database)) == ([], [])
