"""The table of transitions: every arrow there is, every one there is not, and what an arrow does."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest
from gerai_shared.refusals import Refused
from gerai_shared.ticket import (
    OPEN_STATES,
    TRANSITIONS,
    UNDO_WINDOW,
    Actor,
    HoldExpired,
    StaleRevision,
    State,
    Ticket,
    TicketSchema,
    TooLateToChange,
    TransitionNotAllowed,
    UndoTooLate,
    format_number,
    move,
)
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from tests.unit.shared.samples import NOW, a_ticket, moments

C, O, S = Actor.CITIZEN, Actor.OFFICER, Actor.SYSTEM  # noqa: E741
#: The table once more, by hand: who may lead a ticket from one state to another.
ARROWS = {
    ("held", "booked"): {C, O},
    ("held", "expired"): {S},
    ("held", "cancelled"): {C, O},
    ("booked", "checked_in"): {C, O},
    ("booked", "booked"): {S},
    ("booked", "cancelled"): {C, O, S},
    ("booked", "rescheduled"): {C, O, S},
    ("booked", "no_show"): {O, S},
    ("booked", "expired"): {S},
    ("checked_in", "expired"): {S},
    ("parked", "expired"): {S},
    ("checked_in", "checked_in"): {O},
    ("checked_in", "called"): {O},
    ("checked_in", "cancelled"): {C, O},
    ("checked_in", "no_show"): {O, S},
    ("checked_in", "rescheduled"): {S},
    ("called", "called"): {O},
    ("called", "serving"): {O},
    ("called", "no_show"): {O},
    ("called", "parked"): {O},
    ("called", "checked_in"): {O},
    ("serving", "served"): {O},
    ("serving", "parked"): {O},
    ("serving", "transferred"): {O},
    ("serving", "called"): {O},
    ("serving", "checked_in"): {O},
    ("checked_in", "serving"): {O},
    ("parked", "called"): {O},
    ("parked", "serving"): {O},
    ("transferred", "serving"): {O},
    ("served", "serving"): {O},
    ("no_show", "called"): {O},
    ("no_show", "checked_in"): {O},
    ("no_show", "rescheduled"): {S},
    ("parked", "checked_in"): {O, S},
    ("parked", "cancelled"): {C, O},
}
EVERY_WAY = [(start.value, end.value, actor) for start, end, actor in product(State, State, Actor)]
ALLOWED = [way for way in EVERY_WAY if way[2] in ARROWS.get(way[:2], set())]
FORBIDDEN = [way for way in EVERY_WAY if way[2] not in ARROWS.get(way[:2], set())]


def ready_for(start: str, end: str) -> Ticket:
    """A ticket in a state from which no guard keeps it."""
    ticket = a_ticket(State(start))
    return replace(ticket, held_until=NOW) if (start, end) == ("held", "expired") else ticket


def test_the_table_has_the_known_arrows_and_no_other() -> None:
    table = {(start.value, end.value): set(arrow.actors) for (start, end), arrow in TRANSITIONS.items()}
    assert table == ARROWS


@pytest.mark.parametrize(("start", "end", "actor"), ALLOWED)
def test_an_arrow_leads_to_its_state_and_the_revision_is_one_higher(
    start: str, end: str, actor: Actor
) -> None:
    before = ready_for(start, end)
    after = move(before, State(end), actor=actor, now=NOW, revision=1)
    assert after == replace(before, state=State(end), revision=2)


@pytest.mark.parametrize(("start", "end", "actor"), FORBIDDEN)
def test_without_an_arrow_for_this_actor_a_move_is_refused(start: str, end: str, actor: Actor) -> None:
    with pytest.raises(TransitionNotAllowed) as caught:
        move(ready_for(start, end), State(end), actor=actor, now=NOW)
    assert caught.value.details == {"state": start}


def test_from_the_last_states_nothing_leads_on_but_taking_back() -> None:
    ends = {State.EXPIRED, State.CANCELLED, State.RESCHEDULED}
    assert not [way for way in TRANSITIONS if way[0] in ends]
    assert {State.SERVED, State.NO_SHOW, State.TRANSFERRED} | ends == set(State) - OPEN_STATES


@pytest.mark.parametrize("seen", [1, 2, 4])
def test_who_saw_another_revision_is_refused_and_told_the_present_one(seen: int) -> None:
    with pytest.raises(StaleRevision) as caught:
        move(a_ticket(revision=3), State.CANCELLED, actor=C, now=NOW, revision=seen)
    assert caught.value.details == {"revision": 3}


def test_a_stale_screen_is_told_so_even_where_the_move_is_forbidden() -> None:
    with pytest.raises(StaleRevision):
        move(a_ticket(State.SERVED, revision=7), State.CALLED, actor=O, now=NOW, revision=6)


def test_further_fields_change_with_the_state() -> None:
    after = move(a_ticket(State.CHECKED_IN), State.CALLED, actor=O, now=NOW, counter="1", times_called=1)
    assert (after.counter, after.times_called) == ("1", 1)


def test_a_hold_is_booked_until_its_last_moment_and_expires_from_then_on() -> None:
    hold = a_ticket(State.HELD)
    over = hold.held_until
    assert over is not None
    just_before = over - timedelta(microseconds=1)
    assert move(hold, State.BOOKED, actor=C, now=just_before).state is State.BOOKED
    assert move(hold, State.EXPIRED, actor=S, now=over).state is State.EXPIRED
    with pytest.raises(HoldExpired):
        move(hold, State.BOOKED, actor=C, now=over)
    with pytest.raises(TransitionNotAllowed):
        move(hold, State.EXPIRED, actor=S, now=just_before)


def test_a_hold_without_an_end_is_never_booked() -> None:
    with pytest.raises(HoldExpired):
        move(a_ticket(State.HELD, held_until=None), State.BOOKED, actor=C, now=NOW)


@pytest.mark.parametrize("end", [State.CANCELLED, State.RESCHEDULED])
def test_a_booking_changes_only_before_its_hour(end: State) -> None:
    booking = a_ticket()
    hour = booking.slot_starts_at
    assert hour is not None
    assert move(booking, end, actor=C, now=hour - timedelta(microseconds=1)).state is end
    with pytest.raises(TooLateToChange):
        move(booking, end, actor=C, now=hour)


def test_after_an_outage_the_system_lets_a_booking_give_way_at_any_time() -> None:
    booking = a_ticket()
    assert booking.slot_starts_at is not None
    late = booking.slot_starts_at + timedelta(days=100)
    assert move(booking, State.RESCHEDULED, actor=S, now=late).state is State.RESCHEDULED


TAKING_BACK = [
    (State.TRANSFERRED, State.SERVING, {"started_at": NOW - timedelta(hours=1), "finished_at": NOW}),
    (State.SERVING, State.CALLED, {"called_at": NOW - timedelta(hours=1), "started_at": NOW}),
    (State.SERVED, State.SERVING, {"started_at": NOW - timedelta(hours=1), "finished_at": NOW}),
    (State.NO_SHOW, State.CALLED, {"called_at": NOW - timedelta(hours=1), "finished_at": NOW}),
]


@pytest.mark.parametrize(("start", "end", "times"), TAKING_BACK)
def test_a_step_is_taken_back_within_the_window_counted_from_the_last_step(
    start: State, end: State, times: dict[str, datetime]
) -> None:
    ticket = a_ticket(start, created_at=NOW - timedelta(days=3), **times)
    assert move(ticket, end, actor=O, now=NOW + UNDO_WINDOW).state is end
    with pytest.raises(UndoTooLate):
        move(ticket, end, actor=O, now=NOW + UNDO_WINDOW + timedelta(microseconds=1))


commands = st.tuples(
    st.sampled_from(State),
    st.sampled_from(Actor),
    st.integers(0, 3600),
    st.one_of(st.none(), st.integers(1, 8)),
)


@given(
    start=st.sampled_from([State.HELD, State.BOOKED, State.CHECKED_IN]), asked=st.lists(commands, max_size=30)
)
def test_no_sequence_of_commands_leaves_the_table_and_each_change_counts_one(
    start: State, asked: list[tuple[State, Actor, int, int | None]]
) -> None:
    ticket, now = a_ticket(start), NOW
    for to, actor, seconds, revision in asked:
        now += timedelta(seconds=seconds)
        before = ticket
        try:
            ticket = move(ticket, to, actor=actor, now=now, revision=revision)
        except Refused:
            assert ticket is before
        else:
            assert actor in ARROWS[before.state.value, to.value]
            assert (ticket.state, ticket.revision) == (to, before.revision + 1)
            assert revision in {None, before.revision}


@pytest.mark.parametrize(
    ("prefix", "count", "number"),
    [
        ("A", 1, "A-001"),
        ("A", 12, "A-012"),
        ("Z", 999, "Z-999"),
        ("B", 1000, "B-1000"),
        ("B", 99999, "B-99999"),
    ],
)
def test_a_number_is_the_letter_and_at_least_three_digits(prefix: str, count: int, number: str) -> None:
    assert format_number(prefix, count) == number


tickets = st.builds(
    a_ticket,
    state=st.sampled_from(State),
    number=st.builds(format_number, st.sampled_from("ABXZ"), st.integers(1, 99_999)),
    slot_starts_at=st.none() | moments,
    counter=st.none() | st.sampled_from(["1", "12"]),
    times_called=st.integers(0, 9),
    revision=st.integers(1, 10_000),
)


@given(tickets)
def test_a_ticket_comes_back_from_its_json_as_it_was(ticket: Ticket) -> None:
    assert TicketSchema().load(TicketSchema().dump(ticket)) == ticket


def test_a_reader_passes_over_fields_of_a_later_version() -> None:
    json = TicketSchema().dump(a_ticket()) | {"mood": "patient"}
    assert TicketSchema().load(json) == a_ticket()


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("number", "012"),
        ("number", "AA-012"),
        ("state", "lost"),
        ("revision", 0),
        ("times_called", -1),
        ("created_at", "2026-12-01T09:00:00"),
        ("schema_version", 2),
        ("id", "A-012"),
    ],
)
def test_a_reader_refuses_what_is_no_ticket(field: str, wrong: object) -> None:
    with pytest.raises(ValidationError) as caught:
        TicketSchema().load(TicketSchema().dump(a_ticket()) | {field: wrong})
    assert set(caught.value.normalized_messages()) == {field}
