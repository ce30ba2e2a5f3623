"""When a planned counter is late, and how many events a year were held."""

from datetime import date, timedelta

import pytest
from gerai_booking.rules import road_map
from hypothesis import given
from hypothesis import strategies as st

TODAY = date(2026, 12, 1)
days = st.dates(date(2025, 1, 1), date(2027, 12, 31))
YEARS = range(2025, 2028)


@pytest.mark.parametrize("state", road_map.STATES)
def test_only_what_is_not_open_after_its_day_is_late(state: str) -> None:
    before = TODAY - timedelta(days=1)
    assert road_map.is_late(before, state, today=TODAY) is (state != road_map.OPEN)
    assert not road_map.is_late(TODAY, state, today=TODAY)


@given(st.lists(st.tuples(days, st.sampled_from(["Pasar", "Mal"]))), days)
def test_every_event_counts_once_in_its_year(events: list[tuple[date, str]], today: date) -> None:
    years = road_map.years_of([*events, *events], {}, today=today, years=YEARS)
    assert sum(year.held + year.to_come for year in years) == len(set(events))
    assert sum(year.held for year in years) == len({event for event in set(events) if event[0] <= today})


def test_a_year_says_how_many_events_are_still_to_be_planned() -> None:
    events = [(TODAY, "Mal"), (TODAY + timedelta(days=5), "Pasar")]
    (year,) = road_map.years_of(events, {2026: 6}, today=TODAY, years=[2026])
    assert (year.held, year.to_come, year.missing) == (1, 1, 4)
    (year,) = road_map.years_of(events, {2026: 1}, today=TODAY, years=[2026])
    assert year.missing == 0
    (year,) = road_map.years_of(events, {}, today=TODAY, years=[2026])
    assert year.missing is None
