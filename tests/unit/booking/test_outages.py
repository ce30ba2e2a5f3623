"""Which hours and days an outage hits."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from gerai_booking.rules.catalogue import Site, Text
from gerai_booking.rules.outages import EVERYWHERE, Outage, hitting
from hypothesis import given
from hypothesis import strategies as st

NINE = datetime(2026, 12, 1, 2, tzinfo=UTC)
ELEVEN = NINE + timedelta(hours=2)
MINUTE = timedelta(minutes=1)
SITE = Site(
    code="mpp",
    name=Text(id="Mal", en="Mall"),
    kind="mall",
    address=Text(id="Jalan", en="Street"),
    regency_code="36.02",
    time_zone="Asia/Jakarta",
    opens_on=(),
)
OTHER = replace(SITE, code="other")


def outage(**changes: Any) -> Outage:
    """From nine to eleven at one site."""
    values: dict[str, Any] = {
        "id": "o",
        "site": "mpp",
        "failed": "server",
        "started_at": NINE,
        "expected_end_at": None,
        "ended_at": ELEVEN,
        **changes,
    }
    return Outage(**values)


@pytest.mark.parametrize(
    ("hour", "hit"),
    [
        (NINE - timedelta(hours=1), False),
        (NINE - timedelta(hours=1) + MINUTE, True),
        (NINE, True),
        (ELEVEN - MINUTE, True),
        (ELEVEN, False),
    ],
)
def test_it_hits_every_hour_that_it_overlaps(hour: datetime, *, hit: bool) -> None:
    assert outage().hits(SITE, hour, now=ELEVEN + timedelta(days=1)) is hit


def test_while_it_goes_on_it_hits_up_to_now_or_up_to_its_expected_end() -> None:
    open_end = outage(ended_at=None)
    assert not open_end.hits(SITE, ELEVEN, now=ELEVEN)
    assert open_end.hits(SITE, ELEVEN, now=ELEVEN + MINUTE)
    expected = outage(ended_at=None, expected_end_at=ELEVEN + timedelta(hours=1))
    assert expected.hits(SITE, ELEVEN, now=NINE)
    assert expected.ends_at(SITE.time_zone, ELEVEN + timedelta(hours=3)) == ELEVEN + timedelta(hours=1)


@given(st.sampled_from(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]), st.integers(0, 24 * 60))
def test_one_that_nobody_ended_touches_no_later_day(zone: str, minutes: int) -> None:
    site = replace(SITE, time_zone=zone)
    begun = NINE + minutes * MINUTE
    day = begun.astimezone(ZoneInfo(zone)).date()
    forgotten = outage(started_at=begun, ended_at=None)
    touched = [
        shift
        for shift in range(-2, 3)
        if forgotten.touches(site, day + timedelta(days=shift), now=begun + timedelta(days=30))
    ]
    assert touched == [0]


def test_it_concerns_its_site_or_every_one() -> None:
    assert not outage().hits(OTHER, NINE, now=ELEVEN)
    assert outage(site=EVERYWHERE).hits(OTHER, NINE, now=ELEVEN)


def test_a_day_is_touched_in_the_sites_own_time() -> None:
    night = outage(
        started_at=datetime(2026, 12, 1, 16, tzinfo=UTC), ended_at=datetime(2026, 12, 1, 18, tzinfo=UTC)
    )
    touched = [day for day in range(1, 4) if night.touches(SITE, date(2026, 12, day), now=ELEVEN)]
    assert touched == [1, 2]


def test_of_several_the_first_is_told() -> None:
    later = outage(id="later", started_at=NINE + MINUTE)
    found = hitting([later, outage()], SITE, NINE, now=ELEVEN)
    assert found is not None
    assert found.id == "o"
    assert hitting([], SITE, NINE, now=ELEVEN) is None


@given(st.integers(-48 * 60, 48 * 60))
def test_an_hour_that_is_hit_lies_on_a_day_that_is_touched_or_reaches_into_one(minutes: int) -> None:
    hour = NINE + minutes * MINUTE
    if outage().hits(SITE, hour, now=ELEVEN):
        days = {(hour + shift + timedelta(hours=7)).date() for shift in (timedelta(0), timedelta(hours=1))}
        assert any(outage().touches(SITE, day, now=ELEVEN) for day in days)
