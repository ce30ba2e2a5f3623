"""What officers may do at a counter, and when."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from gerai_booking.rules.catalogue import AsideReason, FloorRule, Text
from gerai_booking.rules.floor import (
    Placement,
    absent_at,
    moment_behind,
    placement_of_return,
    reason_with,
    reasons_on,
    recallable_at,
    rule_on,
    whole_seconds,
    worse_of,
)
from hypothesis import given
from hypothesis import strategies as st

NINE = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
DAY = date(2026, 12, 1)
FIRST = date(2026, 1, 1)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def a_rule(valid_from: date = FIRST, most_calls: int = 3) -> FloorRule:
    return FloorRule(
        most_calls=most_calls,
        recall_seconds=10,
        absent_seconds=30,
        place_kept_minutes=15,
        most_returns=2,
        later_people=3,
        meant_minutes=30,
        basis="Uji",
        valid_from=valid_from,
    )


def a_reason(code: str, valid_to: date | None = None) -> AsideReason:
    text = Text(id=code, en=code)
    return AsideReason(code=code, name=text, minutes=5, basis="Uji", valid_from=FIRST, valid_to=valid_to)


def test_the_rule_that_began_last_holds_and_goes_on_where_none_does() -> None:
    newer = a_rule(valid_from=DAY, most_calls=5)
    assert rule_on([a_rule(), newer], DAY) == newer
    assert rule_on([a_rule(), newer], DAY - timedelta(days=1)) == a_rule()
    assert rule_on([newer], FIRST) == newer
    over = replace(a_rule(), valid_to=FIRST)
    assert rule_on([over], DAY) == over
    with pytest.raises(LookupError):
        rule_on([], DAY)


def test_a_second_call_and_an_absence_have_their_moments() -> None:
    assert recallable_at(a_rule(), NINE) == NINE + 10 * SECOND
    assert absent_at(a_rule(), NINE) == NINE + 30 * SECOND


@pytest.mark.parametrize(("seconds", "waited"), [(0.1, 1), (1, 1), (1.2, 2), (17.9, 18)])
def test_a_wait_is_told_in_whole_seconds(seconds: float, waited: int) -> None:
    assert whole_seconds(timedelta(seconds=seconds)) == waited


@pytest.mark.parametrize(
    ("one", "other", "worse"), [("keep", "later", "later"), ("end", "later", "end"), ("keep", "keep", "keep")]
)
def test_the_worse_of_two_places(one: str, other: str, worse: str) -> None:
    assert worse_of(Placement(one), Placement(other)) is Placement(worse)


@pytest.mark.parametrize(
    ("minutes", "place"), [(0, Placement.KEEP), (15, Placement.KEEP), (16, Placement.END)]
)
def test_who_comes_after_all_has_the_old_place_for_a_while(minutes: int, place: Placement) -> None:
    found = placement_of_return(
        a_rule(), missed_at=NINE, times_missed=1, by_supervisor=False, now=NINE + minutes * MINUTE
    )
    assert found is place


def test_who_misses_every_call_is_let_in_by_a_supervisor_alone() -> None:
    missed = {"missed_at": NINE, "times_missed": 3, "now": NINE}
    assert placement_of_return(a_rule(), by_supervisor=False, **missed) is None
    assert placement_of_return(a_rule(), by_supervisor=True, **missed) is Placement.KEEP


def test_a_reason_for_waiting_aside_is_one_of_the_day() -> None:
    reasons = [a_reason("copy"), a_reason("old", valid_to=FIRST), a_reason("other")]
    assert [reason.code for reason in reasons_on(reasons, DAY)] == ["copy", "other"]
    codes = {asked: reason_with(reasons, asked, DAY) for asked in ("copy", "", "old", "nap")}
    assert codes == {"copy": a_reason("copy"), "": a_reason("other"), "old": None, "nap": None}


@given(st.lists(st.integers(-60, 0), max_size=12), st.integers(-60, 0), st.integers(1, 5))
def test_later_is_behind_so_many_and_never_a_better_place(others: list[int], mine: int, count: int) -> None:
    moments = [NINE + minute * MINUTE for minute in others]
    own = NINE + mine * MINUTE
    behind = moment_behind(moments, count=count, mine=own, now=NINE)
    assert behind >= own
    assert sum(moment < behind for moment in moments) >= min(count, sum(moment < NINE for moment in moments))
