"""Periods, changes and percentiles of statistics, names of regions, and what small numbers must not give away."""

from collections import Counter
from datetime import date, timedelta
from itertools import product

import pytest
from gerai_booking.rules import regions
from gerai_booking.rules.statistics import (
    AGAINST,
    KINDS,
    LAST_YEAR,
    PREVIOUS,
    RANGE,
    STEPS,
    Change,
    Period,
    change_of,
    compared,
    neighbour,
    percentile,
    period_of,
    spans_of,
    step_for,
)
from gerai_booking.rules.suppression import FLOOR, Hidden, Line, few, suppress, what_is_known
from hypothesis import given
from hypothesis import strategies as st

CALENDAR = [kind for kind in KINDS if kind != RANGE]
LONG_AGO = date(1990, 1, 1)
days = st.dates(date(2001, 6, 1), date(2098, 1, 1))
periods = st.one_of(
    st.builds(period_of, st.sampled_from(CALENDAR), days),
    st.builds(
        lambda first, length: Period(kind=RANGE, first=first, last=first + timedelta(days=length)),
        days,
        st.integers(0, 400),
    ),
)


def span(first: date, last: date, kind: str = RANGE) -> Period:
    return Period(kind=kind, first=first, last=last)


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        ("day", date(2026, 12, 1), date(2026, 12, 1)),
        ("week", date(2026, 11, 30), date(2026, 12, 6)),
        ("month", date(2026, 12, 1), date(2026, 12, 31)),
        ("quarter", date(2026, 10, 1), date(2026, 12, 31)),
        ("year", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_has_whole_days_of_the_calendar(kind: str, first: date, last: date) -> None:
    assert period_of(kind, date(2026, 12, 1)) == span(first, last, kind)


@given(periods)
def test_one_period_follows_the_other_without_a_gap(period: Period) -> None:
    assert neighbour(period, 1).first == period.last + timedelta(days=1)
    assert neighbour(neighbour(period, 1), -1) == period


@given(periods, st.sampled_from(AGAINST), days)
def test_what_still_runs_is_compared_with_as_many_days(period: Period, against: str, today: date) -> None:
    now, before = compared(period, against=against, today=today)
    assert before.first < now.first
    assert now.first == period.first
    if period.first <= today < period.last:
        assert now.last == today
        # A month may be compared with a shorter one: then with all of it.
        assert before.days <= now.days
    else:
        assert now == period


def test_a_day_is_compared_with_the_same_weekday_and_a_month_with_the_one_before() -> None:
    tuesday = date(2026, 12, 1)
    _now, before = compared(period_of("day", tuesday), against=PREVIOUS, today=LONG_AGO)
    assert before.first == date(2026, 11, 24)
    now, before = compared(period_of("month", tuesday), against=PREVIOUS, today=date(2026, 12, 10))
    assert (now.last, before.first, before.last) == (
        date(2026, 12, 10),
        date(2026, 11, 1),
        date(2026, 11, 10),
    )
    _now, before = compared(span(date(2024, 2, 29), date(2024, 3, 1)), against=LAST_YEAR, today=LONG_AGO)
    assert (before.first, before.days) == (date(2023, 2, 28), 2)
    _now, before = compared(period_of("week", tuesday), against=LAST_YEAR, today=LONG_AGO)
    assert (before.first.weekday(), before.days) == (0, 7)


@given(periods, st.sampled_from(STEPS))
def test_the_steps_of_a_period_are_all_of_its_days_once(period: Period, step: str) -> None:
    spans = spans_of(period, step)
    assert (spans[0].first, spans[-1].last) == (period.first, period.last)
    assert sum(each.days for each in spans) == period.days
    assert len(spans_of(period, step_for(period))) <= 40


@pytest.mark.parametrize(
    ("now", "before", "difference", "percent"),
    [
        (100, 1_000, -900, -90),
        (1_412, 1_000, 412, 41),
        (0, 50, -50, -100),
        (1, 1_000, -999, -99),
        (1_001, 1_000, 1, 1),
        (1_000, 1_000, 0, 0),
        (50, 0, 50, None),
        (30, 19, 11, None),
        (Hidden.FEW, 100, None, None),
        (100, Hidden.KEPT_BACK, None, None),
        (100, None, None, None),
    ],
)
def test_a_change_is_told_in_percent_only_of_a_base_that_bears_it(now, before, difference, percent) -> None:
    assert change_of(now, before) == Change(difference=difference, percent=percent)


@given(st.integers(0, 10**7), st.integers(20, 10**7))
def test_only_what_is_gone_fell_by_all_and_only_what_is_equal_did_not_change(now: int, before: int) -> None:
    percent = change_of(now, before).percent
    assert (percent == -100) == (now == 0)
    assert (percent == 0) == (now == before)


@given(st.lists(st.integers(0, 300), min_size=1), st.sampled_from([0.5, 0.9]))
def test_a_percentile_is_the_first_value_that_enough_do_not_exceed(values: list[int], share: float) -> None:
    found = percentile(Counter(values), share)
    assert sum(value <= found for value in values) >= share * len(values)
    assert sum(value < found for value in values) < share * len(values)


def test_there_is_no_percentile_of_nobody() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile({}, 0.5)


def table(rows: list[list[int]]) -> tuple[dict, list[Line]]:
    """A table with the totals of its rows and columns, and the total of all."""
    width = range(len(rows[0]))
    cells: dict = {(row, column): rows[row][column] for row in range(len(rows)) for column in width}
    cells |= {(row, "sum"): sum(rows[row]) for row in range(len(rows))}
    cells |= {("sum", column): sum(row[column] for row in rows) for column in width}
    cells["sum", "sum"] = sum(map(sum, rows))
    lines = [
        Line(total=(row, "sum"), parts=tuple((row, column) for column in width)) for row in range(len(rows))
    ]
    lines += [
        Line(total=("sum", column), parts=tuple((row, column) for row in range(len(rows))))
        for column in (*width, "sum")
    ]
    lines.append(Line(total=("sum", "sum"), parts=tuple(("sum", column) for column in width)))
    return cells, lines


counts = st.one_of(st.integers(0, 8), st.integers(0, 2_000))
tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(counts, min_size=width, max_size=width), min_size=1, max_size=5)
)


@given(tables)
def test_no_hidden_number_can_be_worked_out(rows: list[list[int]]) -> None:
    cells, lines = table(rows)
    shown = suppress(cells, lines)
    hidden = {cell: value for cell, value in shown.items() if isinstance(value, Hidden)}
    for cell, count in cells.items():
        assert (shown[cell] == count) if cell not in hidden else count > 0
        assert cell in hidden or not 0 < count < FLOOR
        assert shown[cell] != Hidden.FEW or count < FLOOR
    for line in lines:
        assert sum(cell in hidden for cell in line.cells) != 1
    known = what_is_known(cells, hidden, lines)
    assert [cell for cell in hidden if known[cell][0] == known[cell][1]] == []


@given(st.lists(st.integers(0, 9), min_size=2, max_size=4))
def test_a_reader_who_tries_every_possibility_finds_more_than_one(row: list[int]) -> None:
    cells = dict(enumerate(row)) | {"sum": sum(row)}
    shown = suppress(cells, [Line(total="sum", parts=tuple(range(len(row))))])
    choices = {
        Hidden.FEW: range(1, FLOOR),
        Hidden.KEPT_BACK: range(1, 45),
    }
    fits = [
        guess
        for guess in product(*(choices.get(shown[part], (shown[part],)) for part in range(len(row))))
        if sum(guess) == shown["sum"]
        or (isinstance(shown["sum"], Hidden) and sum(guess) in choices[shown["sum"]])
    ]
    assert tuple(row) in fits
    for part in range(len(row)):
        if isinstance(shown[part], Hidden):
            assert len({guess[part] for guess in fits}) > 1


def test_beside_one_small_number_the_next_smallest_is_kept_back() -> None:
    cells = {"pandeglang": 738, "lebak": 674, "cilegon": 3, "sum": 1_415}
    shown = suppress(cells, [Line(total="sum", parts=("pandeglang", "lebak", "cilegon"))])
    assert shown == {"pandeglang": 738, "lebak": Hidden.KEPT_BACK, "cilegon": Hidden.FEW, "sum": 1_415}


def test_nothing_is_hidden_where_nothing_is_small() -> None:
    cells = {"pandeglang": 738, "lebak": 674, "cilegon": 0, "sum": 1_412}
    assert suppress(cells, [Line(total="sum", parts=("pandeglang", "lebak", "cilegon"))]) == cells
    assert (few(0), few(4), few(5)) == (0, Hidden.FEW, 5)


def test_regions_have_the_names_of_kemendagri_and_not_of_bps() -> None:
    assert regions.region_name("75.01") == "Kabupaten Gorontalo"
    assert regions.region_name("36.02") == "Kabupaten Lebak"
    assert regions.region_name("32.01") == "32.01 (Jawa Barat)"
    assert regions.region_name("36") == "Banten"
    assert regions.region_name("00.01") == "00.01"
    assert len(regions.PROVINCES) == 38
    assert {code[:2] for code in regions.REGENCIES} == {"36", "75"}
