"""When somebody may come, who is called before whom, and what lists show of a name."""

from datetime import UTC, datetime, timedelta

import pytest
from gerai_booking.rules.visits import (
    CHECK_IN_OPENS,
    GRACE,
    check_in_opens_at,
    counts_from,
    masked_name,
    masked_passport,
    queue_rank,
)
from gerai_shared.ticket import Lane
from hypothesis import given
from hypothesis import strategies as st

NINE = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)

minutes = st.integers(-60, 240).map(lambda number: timedelta(minutes=number))
names = st.text(st.characters(categories=["Lu", "Ll", "Zs"]), min_size=1, max_size=100).filter(str.strip)


def test_emergencies_go_first_then_everybody_else_alike() -> None:
    emergency = queue_rank(Lane.EMERGENCY)
    (rank,) = {queue_rank(lane) for lane in Lane if lane is not Lane.EMERGENCY}
    assert emergency < rank


def test_who_has_no_booking_waits_from_the_moment_of_arrival() -> None:
    assert counts_from(booked_for=None, checked_in_at=NINE) == NINE


@given(minutes)
def test_a_booking_holds_its_hour_for_the_early_and_through_the_grace_period(early: timedelta) -> None:
    arrival = min(NINE + early, NINE + GRACE)
    assert counts_from(booked_for=NINE, checked_in_at=arrival) == NINE


@given(minutes)
def test_who_comes_later_than_that_waits_from_the_moment_of_arrival(late: timedelta) -> None:
    arrival = NINE + GRACE + SECOND + abs(late)
    assert counts_from(booked_for=NINE, checked_in_at=arrival) == arrival


@given(minutes, minutes)
def test_coming_later_never_brings_anybody_forward(one: timedelta, other: timedelta) -> None:
    earlier, later = sorted((NINE + one, NINE + other))
    assert counts_from(booked_for=NINE, checked_in_at=earlier) <= counts_from(
        booked_for=NINE, checked_in_at=later
    )


def test_check_in_opens_an_hour_before() -> None:
    assert check_in_opens_at(NINE) == NINE - CHECK_IN_OPENS == NINE - timedelta(hours=1)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Siti Uji", "Si** Uj*"),
        ("Budi", "Bu**"),
        ("A", "A*"),
        ("Al", "Al*"),
        ("  Siti   Nur  Uji ", "Si** Nu* Uj*"),
        ("", ""),
    ],
)
def test_a_list_shows_two_letters_of_each_word(name: str, shown: str) -> None:
    assert masked_name(name) == shown


@given(names)
def test_a_mask_never_shows_more_than_two_letters_of_a_word_and_fits_its_column(name: str) -> None:
    shown = masked_name(name)
    assert len(shown) <= 100
    assert all(len(word.rstrip("*")) <= 2 for word in shown.split())
    assert "*" in shown


@given(st.from_regex(r"\A[A-Z0-9]{5,15}\Z"))
def test_a_passport_number_shows_its_ends_alone(number: str) -> None:
    shown = masked_passport(number)
    assert (shown[:2], shown[-2:]) == (number[:2], number[-2:])
    assert set(shown[2:-2]) == {"*"}
    assert len(shown) == max(len(number), 6)
