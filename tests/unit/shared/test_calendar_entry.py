"""Which calendar entry a ticket has, and which of two files about it holds."""

from datetime import timedelta

import pytest
from gerai_shared.calendar_entry import CalendarEntry, calendar_entry
from gerai_shared.ticket import State
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.shared.samples import NOW, VISIT, a_ticket


def entry(state: State = State.BOOKED, **changes) -> CalendarEntry:
    found = calendar_entry(a_ticket(state, **changes))
    assert found is not None
    return found


@given(seconds=st.integers(1, 10**9))
def test_a_later_change_always_outweighs_an_earlier_one(seconds: int) -> None:
    later = NOW + timedelta(seconds=seconds)
    booked, moved = entry(created_at=NOW), entry(created_at=later)
    cancelled = entry(State.CANCELLED, created_at=NOW, finished_at=later)
    assert booked.sequence < moved.sequence < cancelled.sequence < 2**31


def test_a_cancellation_within_the_same_second_is_the_last_word() -> None:
    assert entry(State.CANCELLED, finished_at=NOW).sequence > entry(created_at=NOW).sequence


def test_every_ticket_of_a_visit_has_the_same_entry() -> None:
    other = "0193a8c0-0000-7000-8000-000000000009"
    assert entry().uid == entry(id=other, number="A-013").uid == f"{VISIT}@gerai"


def test_what_happens_on_the_day_leaves_the_entry_alone() -> None:
    assert entry(State.CHECKED_IN, checked_in_at=NOW, revision=2) == entry()
    assert entry(State.SERVED, finished_at=NOW + timedelta(hours=2), revision=5) == entry()


def test_only_a_cancelled_ticket_takes_its_entry_away() -> None:
    gone = entry(State.CANCELLED, finished_at=NOW)
    assert (gone.method, gone.status) == ("CANCEL", "CANCELLED")
    assert (entry().method, entry().status) == ("PUBLISH", "CONFIRMED")


@pytest.mark.parametrize("state", [State.HELD, State.EXPIRED, State.RESCHEDULED])
def test_a_place_that_is_only_held_and_a_ticket_that_moved_on_have_no_entry(state: State) -> None:
    assert calendar_entry(a_ticket(state)) is None


def test_a_walk_in_has_no_entry() -> None:
    assert calendar_entry(a_ticket(State.CHECKED_IN, slot_starts_at=None)) is None
