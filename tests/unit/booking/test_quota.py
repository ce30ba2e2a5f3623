"""The stack of quotas: which bound a place, and that a restriction only ever lowers them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from gerai_booking.rules.catalogue import RestrictionCap
from gerai_booking.rules.quota import (
    EMERGENCY,
    NATIONAL,
    ONLINE,
    OVER_QUOTA,
    PRIORITY,
    WALK_IN,
    Bound,
    Quota,
    Regime,
    SlotQuota,
    bounds_of,
    caps_in_force,
    places_of_an_hour,
    places_on,
    regimes_in_force,
    walk_in_channels,
)
from hypothesis import given
from hypothesis import strategies as st

SERANG, LEBAK, GORONTALO = "36.73", "36.02", "75.71"
BASE = Quota(bound=Bound(channel=ONLINE), places=140, valid_from=date(2018, 1, 1))
#: The series of the Serang office (domain facts, "Serang office time series").
SERIES = (
    BASE,
    replace(BASE, places=100, valid_from=date(2019, 1, 1)),
    replace(BASE, places=50, valid_from=date(2020, 6, 1)),
)
DATED = {"basis": "test", "valid_from": date(2018, 1, 1)}
PPKM_3 = RestrictionCap(name="PPKM", level="3", channel="online", places=20, **DATED)  # type: ignore[arg-type]
PPKM_1 = RestrictionCap(name="PPKM", level="1", channel="online", percent=75, **DATED)  # type: ignore[arg-type]


def regime(level: str = "3", region: str = "36", **dates: date) -> Regime:
    return Regime(name="PPKM", level=level, region=region, **{"valid_from": date(2021, 7, 3), **dates})


@pytest.mark.parametrize(
    ("day", "places"),
    [
        (date(2018, 7, 11), 140),
        (date(2019, 6, 3), 100),
        (date(2020, 12, 16), 50),
        (date(2021, 11, 1), 20),
        (date(2022, 6, 1), 50),
    ],
)
def test_the_quota_of_a_day_is_that_of_its_date(day: date, places: int) -> None:
    regimes = [regime(valid_to=date(2021, 12, 31))]
    caps = caps_in_force([PPKM_3, PPKM_1], regimes_in_force(regimes, regency=SERANG, day=day))
    assert places_on(day, SERIES, caps) == {Bound(channel=ONLINE): places}


def test_a_row_for_some_days_lies_over_the_one_that_goes_on() -> None:
    week = replace(BASE, places=30, valid_from=date(2026, 12, 7), valid_to=date(2026, 12, 11))
    found = [places_on(date(2026, 12, day), [week, BASE])[Bound(channel=ONLINE)] for day in (6, 7, 11, 12)]
    assert found == [140, 30, 30, 140]


def test_a_place_counts_in_the_whole_stack() -> None:
    assert set(bounds_of("passport-new", WALK_IN)) == {
        Bound(),
        Bound(channel=WALK_IN),
        Bound(service="passport-new"),
        Bound(service="passport-new", channel=WALK_IN),
    }


@pytest.mark.parametrize("channel", [EMERGENCY, OVER_QUOTA])
def test_what_stands_beside_the_quotas_counts_in_its_own_alone(channel: str) -> None:
    assert set(bounds_of("passport-new", channel)) == {Bound(channel=channel), Bound("passport-new", channel)}


def test_the_closest_region_has_the_last_word() -> None:
    regimes = [
        regime("4", NATIONAL),
        regime("3", "36"),
        regime("1", SERANG),
        regime("2", SERANG, valid_from=date(2021, 8, 1)),
    ]
    day = date(2021, 8, 2)
    levels = {
        place: regimes_in_force(regimes, regency=place, day=day) for place in (SERANG, LEBAK, GORONTALO)
    }
    assert {place: [found.level for found in list_] for place, list_ in levels.items()} == {
        SERANG: ["2"],
        LEBAK: ["3"],
        GORONTALO: ["4"],
    }
    assert regimes_in_force(regimes, regency=SERANG, day=date(2021, 7, 2)) == []


def test_the_code_of_a_region_is_compared_by_its_parts() -> None:
    assert not regime(region="3").holds_at("36.02", date(2021, 8, 1))
    assert not regime(region="36.0").holds_at("36.02", date(2021, 8, 1))


def test_a_share_of_no_quota_is_none_and_a_number_bounds_what_was_unbounded() -> None:
    assert places_on(date(2021, 8, 1), [], [PPKM_1]) == {}
    assert places_on(date(2021, 8, 1), [], [PPKM_3]) == {Bound(channel=ONLINE): 20}
    assert places_on(date(2021, 8, 1), [BASE], [PPKM_1]) == {Bound(channel=ONLINE): 105}


@pytest.mark.parametrize(
    ("existing", "priority", "channels"),
    [
        ([], True, (WALK_IN,)),
        ([Bound(channel=PRIORITY)], True, (PRIORITY, WALK_IN)),
        ([Bound("passport-new", PRIORITY)], True, (PRIORITY, WALK_IN)),
        ([Bound("passport-lost", PRIORITY)], True, (WALK_IN,)),
        ([Bound(channel=PRIORITY)], False, (WALK_IN,)),
    ],
)
def test_priority_has_places_of_its_own_where_a_rule_says_so(
    existing: list[Bound], *, priority: bool, channels: tuple[str, ...]
) -> None:
    assert walk_in_channels(existing, "passport-new", priority=priority) == channels


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
CHANNELS = st.sampled_from([ONLINE, WALK_IN, PRIORITY, EMERGENCY])


@st.composite
def quotas(draw: st.DrawFn) -> list[Quota]:
    return [
        Quota(
            bound=Bound(draw(st.sampled_from(["", "passport-new"])), draw(CHANNELS)),
            places=draw(st.integers(0, 500)),
            valid_from=draw(DAYS),
            valid_to=draw(st.none() | DAYS),
        )
        for _ in range(draw(st.integers(0, 6)))
    ]


@given(
    quotas(),
    st.lists(
        st.builds(
            RestrictionCap,
            name=st.just("X"),
            level=st.just("1"),
            channel=CHANNELS,
            places=st.integers(0, 300),
            basis=st.just("test"),
            valid_from=st.just(date(2018, 1, 1)),
        )
    ),
    st.lists(
        st.builds(
            RestrictionCap,
            name=st.just("X"),
            level=st.just("1"),
            channel=CHANNELS,
            percent=st.integers(0, 100),
            basis=st.just("test"),
            valid_from=st.just(date(2018, 1, 1)),
        )
    ),
    DAYS,
)
def test_no_restriction_gives_more_than_there_was(
    rows: list[Quota], numbers: list[RestrictionCap], shares: list[RestrictionCap], day: date
) -> None:
    before, after = places_on(day, rows), places_on(day, rows, [*numbers, *shares])
    assert all(after[bound] <= places for bound, places in before.items())
    assert before.keys() <= after.keys()


@given(quotas(), DAYS)
def test_the_order_in_which_rows_are_found_does_not_matter(rows: list[Quota], day: date) -> None:
    by_start = {(row.bound, row.valid_from): row for row in rows}
    rows = list(by_start.values())
    assert places_on(day, rows) == places_on(day, rows[::-1])
    assert places_on(day - timedelta(days=400), rows) == {}


@st.composite
def hours(draw: st.DrawFn) -> list[SlotQuota]:
    return [
        SlotQuota(
            service=draw(st.sampled_from(["passport-lost", "passport-new"])),
            places=draw(st.integers(0, 50)),
            valid_from=valid_from,
            valid_to=draw(st.none() | DAYS),
        )
        for valid_from in draw(st.lists(DAYS, max_size=6, unique=True))
    ]


@given(hours(), DAYS)
def test_of_an_hour_the_row_that_begins_last_holds_and_else_the_catalogue(
    rows: list[SlotQuota], day: date
) -> None:
    found = places_of_an_hour(day, rows, service="passport-new", otherwise=99)
    holding = {
        row.valid_from: row.places
        for row in rows
        if row.service == "passport-new"
        and row.valid_from <= day
        and (row.valid_to is None or row.valid_to >= day)
    }
    assert found == (holding[max(holding)] if holding else 99)
