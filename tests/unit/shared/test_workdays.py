"""Working days of Indonesian offices, with the joint decrees for 2026 and 2027."""

from datetime import date, timedelta

import pytest
from gerai_shared.workdays import WorkCalendar, calendar_is_announced
from hypothesis import given
from hypothesis import strategies as st

CALENDAR = WorkCalendar()

days = st.dates(date(2025, 1, 1), date(2027, 12, 31))
few = st.frozensets(days, max_size=20)
calendars = st.builds(WorkCalendar, closed=few, open=few)


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        (date(2026, 3, 13), 4, date(2026, 3, 26)),
        (date(2026, 3, 17), 4, date(2026, 3, 30)),
        (date(2026, 3, 18), 5, date(2026, 3, 31)),  # a start on a day of cuti bersama
        (date(2026, 3, 13), 14, date(2026, 4, 10)),
        (date(2026, 3, 13), 60, date(2026, 6, 24)),
        (date(2026, 12, 23), 3, date(2026, 12, 30)),
        (date(2026, 11, 23), 3, date(2026, 11, 26)),
        (date(2026, 11, 23), 14, date(2026, 12, 11)),
        (date(2026, 11, 23), 60, date(2027, 2, 22)),
    ],
)
def test_due_dates_leave_out_weekends_holidays_and_cuti_bersama(start: date, count: int, due: date) -> None:
    assert CALENDAR.add_working_days(start, count) == due


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        (date(2026, 11, 23), 14, date(2026, 12, 7)),
        (date(2026, 11, 23), 30, date(2026, 12, 23)),
        (date(2026, 11, 23), 60, date(2027, 1, 22)),
    ],
)
def test_calendar_days_are_another_count_than_working_days(start: date, count: int, due: date) -> None:
    assert start + timedelta(days=count) == due < CALENDAR.add_working_days(start, count)


def test_2026_has_17_public_holidays_and_8_days_of_cuti_bersama() -> None:
    every_day = [date(2026, 1, 1) + timedelta(days=offset) for offset in range(365)]
    assert sum(CALENDAR.name_of_day_off(day) is not None for day in every_day) == 17 + 8


def test_a_holiday_has_its_name_in_both_languages_whatever_the_locale_of_the_machine() -> None:
    assert CALENDAR.name_of_day_off(date(2026, 8, 17)) == "Hari Kemerdekaan Republik Indonesia"
    assert CALENDAR.name_of_day_off(date(2026, 8, 17), "en") == "Independence Day"
    assert CALENDAR.name_of_day_off(date(2026, 8, 18)) is None


def test_a_place_may_close_on_its_own_days_and_work_on_days_off() -> None:
    anniversary, saturday, new_year = date(2026, 12, 2), date(2026, 12, 5), date(2027, 1, 1)
    here = WorkCalendar(closed=frozenset({anniversary}), open=frozenset({saturday, new_year}))
    assert not here.is_working_day(anniversary)
    assert here.is_working_day(saturday)
    assert here.is_working_day(new_year)
    assert here.add_working_days(date(2026, 12, 1), 3) == saturday


def test_a_day_that_is_both_closed_and_open_is_worked() -> None:
    day = date(2026, 12, 2)
    assert WorkCalendar(closed=frozenset({day}), open=frozenset({day})).is_working_day(day)


def test_cuti_bersama_is_known_for_2027_and_not_yet_for_2028() -> None:
    assert calendar_is_announced(2027)
    assert not calendar_is_announced(2028)


@given(calendars, days, st.integers(0, 40))
def test_the_due_day_is_worked_and_as_many_working_days_lie_behind(
    calendar: WorkCalendar, start: date, count: int
) -> None:
    due = calendar.add_working_days(start, count)
    between = [start + timedelta(days=offset) for offset in range(1, (due - start).days + 1)]
    assert sum(calendar.is_working_day(day) for day in between) == count
    assert due == start if count == 0 else calendar.is_working_day(due)


@given(calendars, days, days, st.integers(0, 40))
def test_who_comes_earlier_is_never_due_later(
    calendar: WorkCalendar, one: date, other: date, count: int
) -> None:
    earlier, later = sorted((one, other))
    assert calendar.add_working_days(earlier, count) <= calendar.add_working_days(later, count)


@given(calendars, days, st.integers(0, 20), st.integers(0, 20))
def test_days_add_up(calendar: WorkCalendar, start: date, some: int, more: int) -> None:
    in_steps = calendar.add_working_days(calendar.add_working_days(start, some), more)
    assert in_steps == calendar.add_working_days(start, some + more)


@given(few, days, st.integers(1, 30))
def test_a_further_day_off_never_makes_anything_due_earlier(
    closed: frozenset[date], start: date, count: int
) -> None:
    with_days_off = WorkCalendar(closed=closed)
    assert with_days_off.add_working_days(start, count) >= CALENDAR.add_working_days(start, count)
