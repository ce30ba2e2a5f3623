"""Numbers of a waiting room: fair, honest, and worth nothing to who makes them up."""

from datetime import UTC, datetime, timedelta

import pytest
from gerai_shared.tokens import make_token
from gerai_shared.waiting_room import NUMBER_LASTS, Number, Room, read_number, site_mark, told_number
from hypothesis import given
from hypothesis import strategies as st

SECRET = "a secret that only tests know, of no use elsewhere"
OPENS_AT = datetime(2026, 12, 4, 7, tzinfo=UTC)
ROOM = Room(site_mark=site_mark("kanim-serang"), opens_at=OPENS_AT, pace=50)
NUMBERS = st.integers(1, 2**32 - 1)
PACES = st.integers(1, 1_000)
SECONDS = st.floats(-1_000, 100_000, allow_nan=False)


def number(count: int, pace: int = 50) -> Number:
    return Number(room=Room(site_mark=ROOM.site_mark, opens_at=OPENS_AT, pace=pace), number=count)


def at(seconds: float) -> datetime:
    return OPENS_AT + timedelta(seconds=seconds)


def test_fifty_a_second_are_admitted_from_the_opening_on() -> None:
    assert [ROOM.admitted(at(seconds)) for seconds in (-0.001, 0, 1, 60)] == [0, 1, 51, 3001]
    found = number(101)
    assert found.admitted_at == at(2)
    assert (found.position(at(-60)), found.position(at(1)), found.position(at(2))) == (101, 50, 0)
    assert found.wait_seconds(at(-60)) == 62


@given(one=NUMBERS, other=NUMBERS, pace=PACES, seconds=SECONDS)
def test_an_earlier_number_is_never_admitted_later(one, other, pace, seconds) -> None:
    first, second = number(min(one, other), pace), number(max(one, other), pace)
    assert first.admitted_at <= second.admitted_at
    assert first.is_admitted(at(seconds)) >= second.is_admitted(at(seconds))


@given(count=NUMBERS, pace=PACES, seconds=SECONDS, later=st.floats(0, 10_000))
def test_a_place_in_line_never_grows(count, pace, seconds, later) -> None:
    found = number(count, pace)
    assert found.position(at(seconds + later)) <= found.position(at(seconds))


@given(count=NUMBERS, pace=PACES, seconds=st.floats(-100_000, -0.001))
def test_nobody_is_admitted_before_the_opening(count, pace, seconds) -> None:
    assert not number(count, pace).is_admitted(at(seconds))


@given(count=st.integers(1, 10**8), pace=PACES)
def test_a_number_comes_up_at_the_moment_that_was_told(count, pace) -> None:
    found = number(count, pace)
    moment = found.admitted_at
    assert found.is_admitted(moment)
    assert not found.is_admitted(moment - timedelta(microseconds=1))
    assert found.position(moment) == found.wait_seconds(moment) == 0


def test_a_number_is_over_some_time_after_it_came_up() -> None:
    found = number(101)
    assert not found.is_over(found.admitted_at + NUMBER_LASTS - timedelta(microseconds=1))
    assert found.is_over(found.admitted_at + NUMBER_LASTS)


@given(count=NUMBERS, pace=PACES)
def test_a_token_holds_all_of_its_number(count, pace) -> None:
    found = number(count, pace)
    token = found.token(secret=SECRET, agency="immigration")
    assert read_number(token, secret=SECRET, agency="immigration") == found
    assert told_number(token) == found


def test_a_token_of_another_agency_or_key_or_kind_is_no_number() -> None:
    token = number(7).token(secret=SECRET, agency="legal")
    assert read_number(token, secret=SECRET, agency="immigration") is None
    assert read_number(token, secret="another " + SECRET, agency="legal") is None
    ticket = make_token(secret=SECRET, realm="legal", identifier="018f3c2e-0000-7000-8000-000000000001")
    assert read_number(ticket, secret=SECRET, agency="legal") is None
    assert told_number(ticket) is None
    raised = token[:20] + ("A" if token[20] != "A" else "B") + token[21:]
    assert read_number(raised, secret=SECRET, agency="legal") is None


@pytest.mark.parametrize("count", [0, 101])
def test_what_no_room_gave_is_told_to_be_none(count) -> None:
    found = told_number(Number(room=ROOM, number=count).token(secret=SECRET, agency="legal"))
    assert (found is not None) is bool(count)
