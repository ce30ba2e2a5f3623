"""What missed visits lead to: kind words first, a pause last, and nothing for who cancels in time."""

from datetime import date, timedelta

import pytest
from gerai_booking.rules.catalogue import NoShowRule
from gerai_booking.rules.no_show import (
    Grade,
    Visit,
    count_at,
    grade_of,
    missed_days,
    paused_until,
    reaches_back,
    rule_on,
)
from hypothesis import given
from hypothesis import strategies as st

FIRST = date(2026, 1, 1)
RULE = NoShowRule(window_days=180, paused_at=3, pause_days=14, basis="Uji", valid_from=FIRST)
STRICT = NoShowRule(window_days=30, paused_at=2, pause_days=60, basis="Uji", valid_from=date(2026, 7, 1))

days = st.dates(FIRST, date(2027, 12, 31))
visits = st.builds(
    Visit,
    day=days,
    state=st.sampled_from(["no_show", "served", "cancelled", "rescheduled"]),
    came_from=st.sampled_from(["booked", "called", "checked_in", "serving"]),
    excused=st.booleans(),
)


def cancelled(day: date, came_from: str) -> Visit:
    return Visit(day=day, state="cancelled", came_from=came_from)


@pytest.mark.parametrize(
    ("count", "grade"),
    [(1, Grade.REMINDER), (2, Grade.WARNING), (3, Grade.PAUSE), (4, Grade.PAUSE)],
)
def test_the_first_is_a_reminder_the_second_a_warning_the_third_a_pause(count: int, grade: Grade) -> None:
    assert grade_of(RULE, count) is grade


def test_a_pause_lasts_its_days_from_the_visit_that_led_to_it() -> None:
    missed = [FIRST, FIRST + timedelta(days=10), FIRST + timedelta(days=20)]
    assert paused_until([RULE], missed) == FIRST + timedelta(days=34)
    assert paused_until([RULE], missed[:2]) is None
    assert paused_until([], missed) is None


def test_only_what_lies_within_the_window_counts() -> None:
    last = FIRST + timedelta(days=200)
    assert count_at(RULE, [last - timedelta(days=180), last - timedelta(days=179), last], last) == 2


@pytest.mark.parametrize(
    ("visit", "counts"),
    [
        (Visit(day=FIRST, state="no_show", came_from="booked"), True),
        (Visit(day=FIRST, state="no_show", came_from="called"), True),
        # They were there, and nobody called them.
        (Visit(day=FIRST, state="no_show", came_from="checked_in"), False),
        (Visit(day=FIRST, state="no_show", came_from="booked", excused=True), False),
        (Visit(day=FIRST, state="cancelled", came_from="booked"), False),
    ],
)
def test_only_who_could_have_been_served_has_missed_the_visit(visit: Visit, *, counts: bool) -> None:
    assert missed_days([visit]) == ([FIRST] if counts else [])


def test_a_missed_visit_is_judged_by_the_rule_of_its_own_day() -> None:
    rules = [RULE, STRICT]
    assert rule_on(rules, date(2026, 6, 30)) is RULE
    assert rule_on(rules, date(2026, 7, 1)) is STRICT
    assert rule_on(rules, date(2025, 12, 31)) is None
    assert paused_until(rules, [date(2026, 6, 1), date(2026, 6, 2)]) is None
    assert paused_until(rules, [date(2026, 7, 1), date(2026, 7, 2)]) == date(2026, 8, 31)
    assert reaches_back(rules) == timedelta(days=194)
    assert reaches_back([]) is None


@given(st.lists(visits, max_size=12), st.lists(st.builds(cancelled, days, st.sampled_from(["booked"]))))
def test_cancelling_in_time_never_raises_the_grade(lived: list[Visit], given_up: list[Visit]) -> None:
    without, with_them = missed_days(lived), missed_days([*lived, *given_up])
    assert with_them == without
    assert paused_until([RULE], with_them) == paused_until([RULE], without)


@given(st.lists(days, max_size=12), days)
def test_one_more_missed_visit_never_shortens_a_pause(missed: list[date], more: date) -> None:
    before = paused_until([RULE], sorted(missed)) or FIRST
    after = paused_until([RULE], sorted([*missed, more])) or FIRST
    assert after >= before


@given(st.lists(visits, max_size=12), st.integers(0, 11))
def test_an_accepted_appeal_never_makes_it_worse(lived: list[Visit], which: int) -> None:
    eased = [
        Visit(day=each.day, state=each.state, came_from=each.came_from, excused=each.excused or at == which)
        for at, each in enumerate(lived)
    ]
    before = paused_until([RULE], missed_days(lived)) or FIRST
    after = paused_until([RULE], missed_days(eased)) or FIRST
    assert after <= before
