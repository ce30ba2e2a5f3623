"""Due dates: working days of Indonesia, dated rules, what is left and what is over."""

from datetime import date, timedelta

import holidays
import pytest
from gerai_complaints.rules.case import OPEN_STATES, Classification, State
from gerai_complaints.rules.due import (
    DueRule,
    NoDueRule,
    is_overdue,
    last_day,
    rule_for,
    working_days_between,
)
from gerai_complaints.rules.numbers import NUMBER, format_number
from gerai_shared.workdays import WorkCalendar
from hypothesis import given
from hypothesis import strategies as st

CALENDAR = WorkCalendar()
DAYS = st.dates(min_value=date(2024, 1, 1), max_value=date(2027, 6, 30))
COUNTS = st.integers(min_value=1, max_value=60)


def joint_leave(*years: int) -> frozenset[date]:
    """Return the days of cuti bersama of `years`."""
    return frozenset(holidays.country_holidays("ID", categories=("government",), years=years))


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        (date(2026, 3, 13), 4, date(2026, 3, 26)),
        (date(2026, 3, 17), 4, date(2026, 3, 30)),
        (date(2026, 3, 18), 5, date(2026, 3, 31)),
        (date(2026, 3, 13), 14, date(2026, 4, 10)),
        (date(2026, 3, 13), 60, date(2026, 6, 24)),
        (date(2026, 12, 23), 3, date(2026, 12, 30)),
        (date(2026, 11, 23), 3, date(2026, 11, 26)),
        (date(2026, 11, 23), 14, date(2026, 12, 11)),
        (date(2026, 11, 23), 60, date(2027, 2, 22)),
    ],
)
def test_holidays_and_joint_leave_are_no_working_days(start: date, count: int, due: date) -> None:
    assert CALENDAR.add_working_days(start, count) == due


@pytest.mark.parametrize(
    ("start", "count", "earlier"),
    [
        (date(2026, 3, 13), 4, date(2026, 3, 20)),
        (date(2026, 3, 17), 4, date(2026, 3, 24)),
        (date(2026, 3, 18), 5, date(2026, 3, 26)),
        (date(2026, 3, 13), 14, date(2026, 4, 6)),
        (date(2026, 3, 13), 60, date(2026, 6, 15)),
        (date(2026, 12, 23), 3, date(2026, 12, 29)),
        (date(2026, 11, 23), 3, date(2026, 11, 26)),
        (date(2026, 11, 23), 14, date(2026, 12, 11)),
        (date(2026, 11, 23), 60, date(2027, 2, 18)),
    ],
)
def test_a_place_that_works_through_joint_leave_answers_earlier(
    start: date, count: int, earlier: date
) -> None:
    working = {day for day in joint_leave(2026, 2027) if day.weekday() < 5}
    calendar = WorkCalendar(open=frozenset(working))
    assert calendar.add_working_days(start, count) == earlier


@pytest.mark.parametrize(
    ("count", "calendar_due"),
    [(14, date(2026, 12, 7)), (30, date(2026, 12, 23)), (60, date(2027, 1, 22))],
)
def test_working_days_reach_further_than_calendar_days(count: int, calendar_due: date) -> None:
    start = date(2026, 11, 23)
    assert start + timedelta(days=count) == calendar_due
    assert CALENDAR.add_working_days(start, count) > calendar_due


@given(start=DAYS, count=COUNTS)
def test_a_due_date_is_a_working_day_after_exactly_so_many(start: date, count: int) -> None:
    due = CALENDAR.add_working_days(start, count)
    assert CALENDAR.is_working_day(due)
    assert working_days_between(CALENDAR, start, due) == count


@given(start=DAYS, later=st.integers(min_value=0, max_value=30), count=COUNTS, more=st.integers(0, 10))
def test_later_receipt_or_more_days_never_bring_the_due_date_forward(
    start: date, later: int, count: int, more: int
) -> None:
    due = CALENDAR.add_working_days(start, count)
    assert CALENDAR.add_working_days(start + timedelta(days=later), count) >= due
    assert CALENDAR.add_working_days(start, count + more) >= due


@given(start=DAYS, count=COUNTS, closed=st.frozensets(DAYS, max_size=5))
def test_a_local_closure_never_brings_the_due_date_forward(
    start: date, count: int, closed: frozenset[date]
) -> None:
    assert WorkCalendar(closed=closed).add_working_days(start, count) >= CALENDAR.add_working_days(
        start, count
    )


@pytest.mark.parametrize(
    ("disputed", "due"),
    [(date(2026, 11, 23), date(2026, 12, 11)), (date(2026, 12, 14), date(2027, 1, 7))],
)
def test_a_period_leaves_out_the_day_on_which_it_begins(disputed: date, due: date) -> None:
    assert last_day(CALENDAR, start=disputed, working_days=14) == due


def test_no_working_day_lies_between_a_day_and_an_earlier_one() -> None:
    assert working_days_between(CALENDAR, date(2026, 11, 23), date(2026, 11, 20)) == 0


def test_a_weekend_after_the_due_date_is_overdue_by_no_working_day() -> None:
    friday, sunday = date(2026, 11, 20), date(2026, 11, 22)
    assert is_overdue(State.RECEIVED, due_on=friday, today=sunday)
    assert working_days_between(CALENDAR, friday, sunday) == 0


@pytest.mark.parametrize("state", list(State))
def test_only_what_still_wants_an_answer_is_overdue(state: State) -> None:
    assert is_overdue(state, due_on=date(2026, 11, 20), today=date(2026, 11, 21)) is (state in OPEN_STATES)
    assert not is_overdue(state, due_on=date(2026, 11, 20), today=date(2026, 11, 20))


def rule(
    working_days: int, *, agency: str | None = None, since: int = 2019, until: int | None = None
) -> DueRule:
    return DueRule(
        classification=Classification.COMPLAINT,
        agency=agency,
        working_days=working_days,
        basis="test",
        valid_from=date(since, 1, 1),
        valid_to=date(until, 12, 31) if until else None,
    )


def chosen(rules: list[DueRule], *, agency: str = "immigration", day: date = date(2026, 11, 23)) -> int:
    return rule_for(rules, classification=Classification.COMPLAINT, agency=agency, day=day).working_days


def test_an_agencys_own_rule_goes_before_the_general_one_there_alone() -> None:
    rules = [rule(14, since=2025), rule(7, agency="immigration")]
    assert chosen(rules) == 7
    assert chosen(rules, agency="legal") == 14


def test_what_was_received_under_an_old_rule_keeps_it() -> None:
    rules = [rule(14, until=2026), rule(10, since=2027)]
    assert chosen(rules, day=date(2026, 12, 31)) == 14
    assert chosen(rules, day=date(2027, 1, 1)) == 10


def test_of_two_rules_that_hold_the_newer_one_counts() -> None:
    assert chosen([rule(10, since=2025), rule(14)]) == 10


def test_a_gap_in_the_rules_is_an_error_and_no_guess() -> None:
    with pytest.raises(NoDueRule):
        chosen([rule(14, until=2025), rule(5, agency="legal")])


@pytest.mark.parametrize(("count", "number"), [(123, "P-2026-000123"), (1_234_567, "P-2026-1234567")])
def test_a_number_has_its_year_and_at_least_six_digits(count: int, number: str) -> None:
    assert format_number(2026, count) == number
    assert NUMBER.fullmatch(number)
